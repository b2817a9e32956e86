//! How much memory an agent at rest takes, measured in a process of its own.

use crate::world::World;
use serde_json::json;

/// Kibibytes that the agent may take at rest, with the test's own server in the same process.
const LIMIT_KIB: u64 = 30 << 10;

#[cfg(target_os = "linux")]
#[test]
fn an_agent_at_rest_takes_less_than_thirty_mebibytes() {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["memory::a_busy_hour", "--exact", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{said}");
    let used: u64 = said
        .lines()
        .find_map(|line| line.split_once("at rest: ")?.1.parse().ok())
        .unwrap_or_else(|| panic!("{said}"));
    assert!(used < LIMIT_KIB, "{used} KiB");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "measured by an_agent_at_rest_takes_less_than_thirty_mebibytes"]
fn a_busy_hour() {
    let world = World::enrolled();
    let mut agent = world.open();
    for number in 0..60 {
        let names: Vec<String> = (0..4_000).map(|n| format!("package-{n}-{number}")).collect();
        world.set("software", json!({ "names": names }));
        world.once_with(&mut agent);
        let mut books = world.books();
        books.taken.clear();
        books.bodies.clear();
        world.server.requests.lock().unwrap().clear();
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let (_, rest) = status.split_once("VmRSS:").unwrap();
    println!("\nat rest: {}", rest.split_whitespace().next().unwrap());
}
