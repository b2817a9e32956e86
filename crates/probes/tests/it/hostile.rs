//! Computers that mean harm: output without end, bytes that are no text, commands that hang.

use crate::{assert_fits, now};
use closedset_probes::{
    CollectOptions, Command, CommandOutput, Destination, FileKind, FileMeta, HostError, HostView,
    KINDS, LiveHost, LiveLimits, Platform, Reach, RecordedHost, collect,
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};

/// Answers everything with the same bytes.
struct Parrot(Platform, Vec<u8>);

impl HostView for Parrot {
    fn platform(&self) -> Platform {
        self.0
    }
    fn run(&self, _: &Command) -> Result<CommandOutput, HostError> {
        Ok(CommandOutput { status: 0, stdout: self.1.clone(), stderr: self.1.clone() })
    }
    fn read_file(&self, _: &str) -> Result<Vec<u8>, HostError> {
        Ok(self.1.clone())
    }
    fn list_dir(&self, path: &str) -> Result<Vec<String>, HostError> {
        // Not without end, or a probe that follows directories would not end either.
        if path.len() > 200 {
            return Ok(Vec::new());
        }
        Ok(vec!["..".into(), "domain0".into(), "a b\n".into(), "x.conf".into(), "sr0".into()])
    }
    fn file_meta(&self, _: &str) -> Result<FileMeta, HostError> {
        Ok(FileMeta { kind: FileKind::File, owner: u32::MAX, mode: 0, modified_s: i64::MIN })
    }
    fn try_reach(&self, _: &Destination) -> Result<Reach, HostError> {
        Err(HostError::TimedOut)
    }
}

/// Plays a recording, of each look only the first part.
struct Short(RecordedHost, usize);

impl HostView for Short {
    fn platform(&self) -> Platform {
        self.0.platform()
    }
    fn run(&self, command: &Command) -> Result<CommandOutput, HostError> {
        let mut output = self.0.run(command)?;
        output.stdout.truncate(output.stdout.len() * self.1 / 10);
        Ok(output)
    }
    fn read_file(&self, path: &str) -> Result<Vec<u8>, HostError> {
        let mut content = self.0.read_file(path)?;
        content.truncate(content.len() * self.1 / 10);
        Ok(content)
    }
    fn list_dir(&self, path: &str) -> Result<Vec<String>, HostError> {
        self.0.list_dir(path)
    }
    fn file_meta(&self, path: &str) -> Result<FileMeta, HostError> {
        self.0.file_meta(path)
    }
    fn try_reach(&self, destination: &Destination) -> Result<Reach, HostError> {
        self.0.try_reach(destination)
    }
}

/// Panics at every look.
struct Bomb(Platform);

impl HostView for Bomb {
    fn platform(&self) -> Platform {
        self.0
    }
    fn run(&self, _: &Command) -> Result<CommandOutput, HostError> {
        panic!("a fault in the host")
    }
    fn read_file(&self, _: &str) -> Result<Vec<u8>, HostError> {
        panic!("a fault in the host")
    }
    fn list_dir(&self, _: &str) -> Result<Vec<String>, HostError> {
        panic!("a fault in the host")
    }
    fn file_meta(&self, _: &str) -> Result<FileMeta, HostError> {
        panic!("a fault in the host")
    }
    fn try_reach(&self, _: &Destination) -> Result<Reach, HostError> {
        panic!("a fault in the host")
    }
}

fn options() -> CollectOptions {
    CollectOptions { now: now(), control_host: Some("::".into()), skip: Vec::new() }
}

/// Every platform's probes survive a computer that answers everything with these bytes.
fn assert_parrot(bytes: Vec<u8>) {
    for platform in Platform::ALL {
        assert_survives(&Parrot(platform, bytes.clone()));
    }
}

fn assert_survives(host: &dyn HostView) {
    let bodies = collect(host, &options());
    assert_eq!(bodies.len(), KINDS.len());
    for (kind, body) in &bodies {
        assert_fits(kind, body);
    }
}

#[test]
fn bytes_that_are_no_text_yield_bodies_that_fit() {
    assert_parrot(vec![0xff, 0xfe, 0, b'\n', 0x80, b'=', 0xc3, 0x28]);
    assert_parrot((0..=255).cycle().take(10_000).collect());
    assert_parrot(Vec::new());
}

#[test]
fn answers_that_are_cut_off_yield_bodies_that_fit() {
    let folder = format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let Ok(host) = RecordedHost::from_json(&text) else { continue };
        for tenths in 0..=10 {
            assert_survives(&Short(host.clone(), tenths));
        }
    }
}

#[test]
fn words_that_mean_something_everywhere_yield_bodies_that_fit() {
    for text in [
        "[[[[[[{{{{",
        "Date: Thu, 99 Foo 99999 99:99:99 +9999",
        "a:x:0:0:::\n:::::\nroot::99999999999:1:1:1:1",
        "{\"blockdevices\":[{\"name\":\"x\",\"children\":[{\"name\":\"x\"}]}],\"nftables\":[{\"chain\":{}}]}",
        "*filter\n:INPUT DROP\n-A INPUT ! ! ! -j\n-A INPUT -p",
        "Uid:\t0\t0\t0\t0\nStatus: active\nName=a\nUser=1\nType=x11\nClass=user",
    ] {
        assert_parrot(text.as_bytes().to_vec());
    }
}

#[test]
fn megabytes_of_one_line_or_of_many_are_read_in_time() {
    let began = Instant::now();
    assert_parrot(vec![b'a'; 1 << 20]);
    assert_parrot(b"a b/c-d:e=f\n".repeat(40_000));
    assert_parrot(b"[".repeat(1 << 18));
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn probe_that_panics_costs_its_own_fact_alone() {
    for platform in Platform::ALL {
        let bodies = collect(&Bomb(platform), &options());
        for kind in KINDS {
            assert!(bodies[kind].unread().iter().any(|one| one.path.is_empty()), "{kind}");
        }
    }
}

fn programs(directory: &Path, limits: LiveLimits, script: &str) -> LiveHost {
    let path = directory.join("tool");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    LiveHost::with_limits(limits).with_programs_in(vec![directory.to_string_lossy().into_owned()])
}

fn limits(millis: u64, bytes: usize) -> LiveLimits {
    LiveLimits {
        command_timeout: Duration::from_millis(millis),
        output_bytes: bytes,
        ..LiveLimits::default()
    }
}

#[test]
fn command_that_hangs_is_ended_with_all_it_started() {
    let directory = tempfile::tempdir().unwrap();
    let mark = directory.path().join("pid");
    let script = format!("sleep 60 &\necho $! > {}\nwait", mark.display());
    let host = programs(directory.path(), limits(300, 1024), &script);
    let began = Instant::now();
    assert_eq!(host.run(&Command::new("tool")), Err(HostError::TimedOut));
    assert!(began.elapsed() < Duration::from_secs(5));
    let child = fs::read_to_string(mark).unwrap();
    // The signal is on its way, and a killed process may wait to be taken up by its new parent.
    let is_gone = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ")
    };
    while !is_gone() {
        assert!(began.elapsed() < Duration::from_secs(5), "{child} still runs");
        std::thread::yield_now();
    }
}

#[test]
fn child_that_keeps_the_output_open_does_not_hold_the_probe_up() {
    let directory = tempfile::tempdir().unwrap();
    let host = programs(directory.path(), limits(300, 1024), "setsid sleep 3 & exit 0");
    let began = Instant::now();
    assert_eq!(host.run(&Command::new("tool")), Err(HostError::TimedOut));
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[test]
fn output_without_end_is_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let host =
        programs(directory.path(), limits(5_000, 1 << 16), "while :; do echo xxxxxxxx; done");
    assert_eq!(host.run(&Command::new("tool")), Err(HostError::TooLarge { limit: 1 << 16 }));
}

#[test]
fn programs_get_a_clean_environment_and_no_shell_reads_their_words() {
    let directory = tempfile::tempdir().unwrap();
    let host =
        programs(directory.path(), limits(5_000, 1 << 16), "/usr/bin/env; echo \"[$1]\"; exit 3");
    let output = host.run(&Command::new("tool").arg("$(id); `id`")).unwrap();
    assert_eq!(output.status, 3);
    let text = output.text();
    assert!(text.contains("LC_ALL=C\n"));
    assert!(text.contains("[$(id); `id`]"));
    assert!(!text.contains("CARGO") && !text.contains("HOME="), "{text}");
}

#[test]
fn programs_are_found_by_name_alone() {
    let directory = tempfile::tempdir().unwrap();
    let host = programs(directory.path(), limits(1_000, 1024), "echo yes");
    for name in ["/bin/sh", "../tool", "", "absent"] {
        assert_eq!(host.run(&Command::new(name)), Err(HostError::NotFound), "{name}");
    }
}

#[test]
fn pipes_devices_directories_and_large_files_are_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let host = LiveHost::with_limits(limits(1_000, 1024));
    let read = |path: &Path| host.read_file(&path.to_string_lossy());
    assert_eq!(read(&pipe), Err(HostError::NotRegular));
    assert_eq!(read(Path::new("/dev/zero")), Err(HostError::NotRegular));
    assert_eq!(read(directory.path()), Err(HostError::NotRegular));
    assert_eq!(read(&directory.path().join("absent")), Err(HostError::NotFound));
    let large = directory.path().join("large");
    fs::write(&large, vec![b'x'; 1025]).unwrap();
    assert_eq!(read(&large), Err(HostError::TooLarge { limit: 1024 }));
}
