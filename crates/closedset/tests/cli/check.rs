//! `closedset check`. The imagined workstation `edit-07` runs Debian 12 with GNOME: its disk is
//! encrypted and its firewall on, but one screen never locks, a plain USB drive is attached and a
//! cloud program runs.

use crate::world::{closedset, recording, replay, run};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

/// The recording with `change` made to it, in a file that lasts as long as the folder.
fn changed(folder: &tempfile::TempDir, change: impl FnOnce(&mut Value)) -> String {
    let text = fs::read_to_string(recording("edit-07.json")).unwrap();
    let mut value = serde_json::from_str(&text).unwrap();
    change(&mut value);
    let path = folder.path().join("changed.json");
    fs::write(&path, value.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The page without the time it took.
fn steady(page: &str) -> String {
    let lines = page.lines().map(|line| match line.rsplit_once(" in ") {
        Some((start, _)) if start.ends_with("checks") || start.ends_with("check") => {
            format!("{start} in TIME")
        }
        _ => line.to_owned(),
    });
    lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn statuses(report: &Value) -> BTreeMap<String, String> {
    let findings = report["findings"].as_array().unwrap();
    let word = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    findings.iter().map(|finding| (word(finding, "check"), word(finding, "status"))).collect()
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let help = run(["check", "--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    let (options, rest) = help.stdout.split_once("Examples:").unwrap();
    for words in ["--control <ID>", "--replay <FILE>", "--no-content", "--json"] {
        assert!(options.contains(words), "{words} in {options}");
    }
    assert!(rest.contains("Exit codes: 0"), "{rest}");
    for line in rest.lines() {
        assert!(line.len() <= 80, "{line}");
    }
}

#[test]
fn every_command_has_examples_and_they_fit_a_terminal() {
    for words in [&["check"][..], &["serve"], &["agent"], &["ledger"]] {
        let help = run(words.iter().copied().chain(["--help"]));
        let (_, examples) =
            help.stdout.split_once("Examples").unwrap_or_else(|| panic!("{help:?}"));
        assert!(examples.contains(&format!("closedset {}", words[0])), "{help:?}");
        for line in examples.lines() {
            assert!(line.len() <= 80, "{line}");
        }
    }
}

#[test]
fn a_control_named_without_its_option_or_not_at_all_is_asked_for() {
    let stray = run(["check", "IS-7"]);
    assert_eq!(stray.code, Some(1));
    assert!(stray.stderr.contains("closedset check --control IS-7"), "{stray:?}");
    let none = run(["check", "--control", ""]);
    assert_eq!(none.code, Some(1));
    assert!(none.stderr.contains("names no control"), "{none:?}");
}

#[test]
fn replay_shows_what_fails_and_how_to_mend_it_in_80_columns() {
    let seen = replay(&["--control", "IS-7,IS-9,IS-11"]);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(1), ""));
    insta::assert_snapshot!(steady(&seen.stdout));
}

#[test]
fn replay_stands_in_columns_where_there_is_room() {
    let mut command = closedset();
    command.args(["check", "--control", "IS-7,IS-9", "--replay"]).arg(recording("edit-07.json"));
    let output = command.env("COLUMNS", "140").output().unwrap();
    insta::assert_snapshot!(steady(&String::from_utf8(output.stdout).unwrap()));
}

#[test]
fn explanation_names_condition_limits_fields_and_freshness() {
    let seen = replay(&["--control", "IS-6", "--explain"]);
    assert_eq!(seen.code, Some(0));
    insta::assert_snapshot!(steady(&seen.stdout));
}

#[test]
fn every_device_check_is_answered_and_the_worst_comes_first() {
    let seen = replay(&["--json"]);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(1), ""));
    let report = seen.json();
    insta::assert_snapshot!(
        statuses(&report)
            .into_iter()
            .map(|(check, status)| format!("{status:8} {check}"))
            .collect::<Vec<_>>()
            .join("\n")
    );
    let rank = |status: &str| {
        ["fail", "unknown", "pass", "not_applicable"].iter().position(|one| *one == status)
    };
    let ranks: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| rank(one["status"].as_str().unwrap()))
        .collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
}

#[test]
fn json_keeps_its_documented_shape() {
    let report = replay(&["--json", "--control", "IS-7"]).json();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&report),
        [
            "assumed",
            "checked_at",
            "computer",
            "counts",
            "findings",
            "format",
            "is_replayed",
            "is_root",
            "took_ms",
            "version"
        ]
    );
    assert_eq!(report["format"], "closedset-check");
    assert_eq!(report["version"], 1);
    assert_eq!(report["checked_at"], "2026-03-12T09:30:00.000Z");
    assert_eq!(report["counts"], json!({"fail": 2, "unknown": 0, "pass": 0, "not_applicable": 0}));
    assert_eq!(
        report["assumed"],
        json!({"has_screen": true, "is_portable": true, "handles_content": true})
    );
    let finding = &report["findings"][0];
    assert_eq!(
        names(finding),
        [
            "check",
            "check_version",
            "control",
            "facts",
            "found",
            "fresh_until",
            "is_beyond",
            "next",
            "status",
            "title",
            "wanted"
        ]
    );
    assert_eq!(finding["next"]["step"], "mend");
    let commands = finding["next"]["commands"].as_str().unwrap();
    assert!(commands.contains("GNOME") && !commands.contains("KDE"), "{commands}");
}

#[test]
fn json_explains_when_asked() {
    let report = replay(&["--json", "--explain", "--control", "IS-6"]).json();
    let explanation = &report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["check"] == "device-os-release");
    let explanation = &explanation.unwrap()["explanation"];
    assert_eq!(explanation["limits"], json!({"os_lines": "2"}));
    assert_eq!(explanation["read"]["release_line.position"], 2);
    assert_eq!(explanation["fresh_for_s"], 7 * 86_400);
    assert_eq!(explanation["unread"], json!([]));
}

#[test]
fn controls_are_found_however_they_are_written() {
    for written in ["IS-7", "is-7", "is7", "IS 7"] {
        let report = replay(&["--json", "--control", written]).json();
        let findings = report["findings"].as_array().unwrap();
        assert!(
            !findings.is_empty() && findings.iter().all(|finding| finding["control"] == "IS-7"),
            "{written}"
        );
    }
}

#[test]
fn unknown_control_suggests_the_nearest() {
    let seen = replay(&["--control", "IZ-7"]);
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""));
    assert!(
        seen.stderr.contains("there is no control IZ-7 (did you mean IS-7?)"),
        "{}",
        seen.stderr
    );
    let json = replay(&["--json", "--control", "IZ-7"]);
    assert!(json.json()["error"].as_str().unwrap().contains("did you mean IS-7?"));
}

#[test]
fn control_that_no_computer_proves_is_told_apart_from_an_unknown_one() {
    let seen = replay(&["--control", "AD-1"]);
    assert_eq!(seen.code, Some(1));
    assert!(seen.stderr.contains("is not proven by what a computer says"), "{}", seen.stderr);
}

#[test]
fn unknown_kind_of_fact_suggests_the_nearest() {
    let seen = replay(&["--skip-facts", "screen_lok"]);
    assert_eq!(seen.code, Some(1));
    assert!(seen.stderr.contains("(did you mean screen_lock?)"), "{}", seen.stderr);
}

#[test]
fn fact_that_was_left_out_is_unknown_and_never_a_pass() {
    let seen = replay(&["--json", "--skip-facts", "host_firewall", "--control", "IS-3"]);
    assert_eq!(seen.code, Some(0), "unknown is not a failure");
    let report = seen.json();
    assert!(statuses(&report).values().all(|status| status == "unknown"), "{report}");
    assert_eq!(report["findings"][0]["next"]["step"], "look_again");
}

#[test]
fn what_is_assumed_can_be_said_otherwise_and_takes_checks_out_of_scope() {
    let seen = replay(&["--json", "--no-screen", "--not-portable", "--no-content"]);
    let report = seen.json();
    let statuses = statuses(&report);
    for check in ["device-screen-lock", "device-disk-encryption", "device-storage-ports-blocked"] {
        assert_eq!(statuses[check], "not_applicable", "{check}");
    }
    let page = replay(&["--no-screen", "--control", "IS-7"]);
    assert_eq!(page.code, Some(0));
    assert!(page.stdout.contains("you said --no-screen"), "{}", page.stdout);
}

#[test]
fn ordinary_user_is_told_what_root_would_add() {
    let folder = tempfile::tempdir().unwrap();
    let path = changed(&folder, |recording| {
        recording["is_root"] = json!(false);
        let files = &mut recording["host"]["files"];
        files["/proc/self/status"] = json!("Name:\tclosedset\nUid:\t1000\t1000\t1000\t1000\n");
        files["/etc/shadow"] = json!({"error": "permission_denied"});
    });
    let seen = run(["check", "--replay", &path, "--control", "IS-5"]);
    assert_eq!(seen.code, Some(0));
    for words in [
        "as an ordinary user",
        "sudo closedset check --control IS-5",
        "Root could also answer 1 of them",
    ] {
        assert!(seen.stdout.contains(words), "{words} in {}", seen.stdout);
    }
    assert!(!replay(&["--control", "IS-5"]).stdout.contains("sudo closedset check"));
}

#[test]
fn name_of_a_network_cannot_steer_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let path = changed(&folder, |recording| {
        for (command, answer) in recording["host"]["commands"].as_object_mut().unwrap() {
            if command.starts_with("nmcli") {
                let text = answer["stdout"].as_str().unwrap().replace("Edit", "Ed\u{1b}[2Jit");
                answer["stdout"] = json!(text);
            }
        }
    });
    let seen = closedset()
        .args(["check", "--control", "IS-4", "--replay", &path])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    let page = String::from_utf8(seen.stdout).unwrap();
    assert!(
        page.contains("\u{1b}[") && page.contains("[2Jit") && !page.contains("\u{1b}[2J"),
        "{page:?}"
    );
}

#[test]
fn colour_goes_where_a_person_asked_for_it() {
    let page = |variables: &[(&str, &str)]| {
        let mut command = closedset();
        command.args(["check", "--control", "IS-7", "--replay"]).arg(recording("edit-07.json"));
        let output = command.envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(!page(&[]).contains('\u{1b}'), "not a terminal");
    assert!(page(&[("CLICOLOR_FORCE", "1")]).contains('\u{1b}'));
    assert!(!page(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]).contains('\u{1b}'));
}

#[test]
fn marks_are_plain_letters_where_the_locale_has_no_others() {
    let output = closedset()
        .args(["check", "--replay"])
        .arg(recording("edit-07.json"))
        .env("LANG", "C")
        .output()
        .unwrap();
    assert!(output.stdout.is_ascii());
}

#[test]
fn reader_that_goes_away_changes_neither_output_nor_exit_code() {
    let mut child = closedset()
        .args(["check", "--explain", "--replay"])
        .arg(recording("edit-07.json"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Dropped at once, before or while it is written to.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "a failure stays one");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn reader_of_the_first_line_gets_it() {
    let mut child = closedset()
        .args(["check", "--replay"])
        .arg(recording("edit-07.json"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "edit-07, Debian GNU/Linux 12 (bookworm)\n");
    child.wait().unwrap();
}

#[test]
fn answer_that_cannot_be_written_is_no_answer() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = closedset()
        .args(["check", "--json", "--replay"])
        .arg(recording("edit-07.json"))
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot be written"));
}

#[test]
fn unreadable_recordings_are_named_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let newer = changed(&folder, |recording| recording["version"] = json!(99));
    let cases = [
        (folder.path().join("none.json").to_str().unwrap().to_owned(), "cannot be read"),
        (folder.path().to_str().unwrap().to_owned(), "cannot be read"),
        (file("text.json", "hello"), "is not a recording"),
        (file("other.json", r#"{"otherwise": "not_found"}"#), "is not a recording of a computer"),
        (file("damaged.json", r#"{"format": "closedset-recording", "version": 1}"#), "is damaged"),
        (newer, "was made by a newer Closedset"),
    ];
    for (path, words) in cases {
        let seen = run(["check", "--replay", &path]);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(2), ""), "{path}");
        for words in [path.as_str(), words, "closedset check --record FILE"] {
            assert!(seen.stderr.contains(words), "{words} in {}", seen.stderr);
        }
    }
}

#[test]
fn recording_of_this_computer_replays_to_the_same_findings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("here.json");
    let path = path.to_str().unwrap();
    let left_out = ["--skip-facts", "internet_access,pending_updates,software"];
    let live =
        closedset().args(["check", "--json", "--record", path]).args(left_out).output().unwrap();
    let live: Value = serde_json::from_slice(&live.stdout).unwrap();
    assert_eq!(live["is_replayed"], false);
    let again = run(["check", "--json", "--replay", path]).json();
    assert_eq!(again["is_replayed"], true);
    assert_eq!(again["findings"], live["findings"]);
    assert_eq!(again["checked_at"], live["checked_at"]);
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn recording_never_overwrites_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept");
    fs::write(&path, "mine").unwrap();
    let seen =
        run(["check", "--skip-facts", "internet_access", "--record", path.to_str().unwrap()]);
    assert_eq!(seen.code, Some(2));
    assert!(seen.stderr.contains("name a new file"), "{}", seen.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn silence_of_the_internet_means_nothing_without_a_host_that_must_answer() {
    const TRIED: [&str; 8] = [
        "www.wikipedia.org",
        "www.google.com",
        "mail.google.com",
        "outlook.live.com",
        "www.dropbox.com",
        "drive.google.com",
        "wetransfer.com",
        "web.whatsapp.com",
    ];
    let folder = tempfile::tempdir().unwrap();
    let silent = |recording: &mut Value| {
        recording["skipped"] = json!([]);
        for host in TRIED {
            recording["host"]["reached"][host] = json!("nothing");
        }
    };
    let path = changed(&folder, silent);
    let ask = |path: &str| {
        run(["check", "--json", "--replay", path, "--control", "IS-11"]).json()["findings"][0]
            .take()
    };
    let unproven = ask(&path);
    assert_eq!(unproven["status"], "unknown");
    assert!(unproven["found"].as_str().unwrap().contains("nothing was reached, but no host"));
    assert!(unproven["next"]["commands"].as_str().unwrap().starts_with("closedset check --server"));
    let path = changed(&folder, |recording| {
        silent(recording);
        recording["server"] = json!("closedset.example.com:443");
        recording["host"]["reached"]["closedset.example.com"] = json!("tls");
    });
    assert_eq!(ask(&path)["status"], "pass");
}

#[test]
fn server_is_a_host_with_its_port() {
    let seen =
        run(["check", "--skip-facts", "internet_access", "--server", "closedset.example.com"]);
    assert_eq!(seen.code, Some(1));
    assert!(seen.stderr.contains("write it as closedset.example.com:443"), "{}", seen.stderr);
}

/// A recording of another system, out of those that the probes are tested with.
fn of_other_system(folder: &tempfile::TempDir, name: &str) -> String {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../probes/tests/fixtures");
    let host = fs::read_to_string(format!("{fixtures}/{name}.json")).unwrap();
    let host: Value = serde_json::from_str(&host).unwrap();
    let recording = json!({
        "format": "closedset-recording", "version": 1, "recorded_at": "2026-03-12T09:30:00.000Z",
        "computer": name, "is_root": true, "server": "server.studio.example:8443", "host": host,
    });
    let path = folder.path().join(format!("{name}.json"));
    fs::write(&path, recording.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn macs_and_windows_computers_are_judged_from_their_recordings() {
    let folder = tempfile::tempdir().unwrap();
    for (name, platform, failing, fix) in [
        ("macos-26-bad", "macos", "device-disk-encryption", "fdesetup"),
        ("windows-11-24h2-pro-de-bad", "windows", "device-firewall-on", "Set-NetFirewallProfile"),
    ] {
        let file = of_other_system(&folder, name);
        let seen = run(["check", "--json", "--replay", &file]);
        assert_eq!((seen.code, seen.stderr.as_str()), (Some(1), ""), "{name}");
        let report = seen.json();
        assert_eq!(report["computer"]["platform"], platform);
        let findings = report["findings"].as_array().unwrap();
        let finding = findings.iter().find(|one| one["check"] == failing).unwrap();
        assert_eq!(finding["status"], "fail");
        assert!(finding["next"]["commands"].as_str().unwrap().contains(fix), "{finding}");
        for finding in findings {
            let next = finding["next"]["commands"].as_str().unwrap_or_default();
            assert!(!next.contains("apt install"), "{name}: {next}");
        }
        let page = run(["check", "--control", "IS-3,IS-7", "--explain", "--replay", &file]).stdout;
        let who = if platform == "windows" { "an administrator" } else { "root" };
        let head = format!("Recorded 2026-03-12 09:30 UTC as {who}; judged as of then");
        assert!(page.contains(&head), "{page}");
    }
}

#[test]
fn on_windows_an_administrator_is_asked_for_and_not_root() {
    let folder = tempfile::tempdir().unwrap();
    let file = of_other_system(&folder, "windows-11-24h2-pro-de-good");
    let mut recording: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    recording["is_root"] = json!(false);
    let commands = &mut recording["host"]["commands"];
    commands["whoami /groups /fo csv /nh"]["stdout"] = json!("\"x\",\"x\",\"S-1-16-8192\",\"\"");
    let disks = commands["powershell disks"]["stdout"].as_str().unwrap();
    let mut disks: Value = serde_json::from_str(disks).unwrap();
    disks["bitlocker"] = json!({"e": "Access denied"});
    commands["powershell disks"]["stdout"] = json!(disks.to_string());
    fs::write(&file, recording.to_string()).unwrap();
    let page = run(["check", "--control", "IS-9", "--replay", &file]).stdout;
    assert!(page.contains("An administrator could also answer"), "{page}");
    assert!(!page.contains("sudo"), "{page}");
}

#[test]
fn hostile_recordings_are_refused_with_words_and_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.json");
    let head = "{\"format\": \"closedset-recording\", \"version\": 1, ";
    let deep = format!("{head}\"host\": {}", "[".repeat(1_000_000));
    let wide = format!("{head}\"host\": [{}0]}}", "0,".repeat(5_000_000));
    let odd = format!(
        "{head}\"recorded_at\": \"2026-03-12T09:30:00Z\", \"computer\": \"x\", \"is_root\": true, \
         \"host\": {{\"platform\": \"plan9\"}}}}"
    );
    for text in [deep, wide, odd, "[]".into(), "\u{0}".repeat(100), "{}{}".into()] {
        fs::write(&path, &text).unwrap();
        let seen = run(["check", "--replay", path.to_str().unwrap()]);
        let start: String = text.chars().take(60).collect();
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(2), ""), "{start}");
        assert!(seen.stderr.contains("closedset check --record FILE"), "{start}: {}", seen.stderr);
        assert!(seen.stderr.len() < 1_000, "{start}: {}", seen.stderr.len());
    }
}
