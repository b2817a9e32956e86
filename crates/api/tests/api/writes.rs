//! Every route that writes leaves its trace in the ledger; what is refused leaves none.

use crate::{calls::operations, world::World};

/// What does not change anything, though it is a POST.
const READS: [&str; 3] =
    ["/api/v1/ledger/verify", "/api/v1/own-checks/preview", "/api/v1/frameworks/preview"];

#[tokio::test]
async fn every_writing_route_leaves_an_entry_and_no_reading_one_does() {
    let world = World::new().await;
    for operation in operations() {
        let call = world.example(&world.home, &operation).await;
        let before = world.all_entries(&world.home).await;
        world.ask(call.by(world.home.owner())).await.well();
        let after = world.all_entries(&world.home).await;
        let writes = operation.method != "GET" && !READS.contains(&operation.path.as_str());
        assert_eq!(after > before, writes, "{} {}", operation.method, operation.path);
    }
}

#[tokio::test]
async fn what_is_refused_leaves_nothing() {
    let world = World::new().await;
    for operation in operations().iter().filter(|operation| !operation.is_open) {
        let call = world.example(&world.home, operation).await;
        let (before, files) = (world.entries(&world.home).await, world.files());
        for refused in [call.clone(), call.clone().by(&world.away.tokens["reception"])] {
            let answer = world.ask(refused).await;
            let is_anybodys =
                ["/api/v1/profile", "/api/v1/organisations"].contains(&operation.path.as_str());
            let is_read = operation.method == "GET" && is_anybodys;
            if !is_read && !operation.path.starts_with("/api/v1/tasks") {
                assert!(answer.status >= 400, "{} {}", operation.method, operation.path);
            }
        }
        assert_eq!(
            world.entries(&world.home).await,
            before,
            "{} {}",
            operation.method,
            operation.path
        );
        assert_eq!(world.files(), files, "{} {}", operation.method, operation.path);
    }
}
