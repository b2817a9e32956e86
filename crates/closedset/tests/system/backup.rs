//! Backups of the real program: made beside a running server, opened by stock age, restored into either
//! engine, refused when anything is wrong, and never half there.

use crate::{
    computer::{Computer, screen_lock, way},
    installation::{Installation, Run, closedset},
    lifecycle::refused,
    server::Server,
};
use closedset_testing::Postgres;
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

const PASSPHRASE: &str = "tungsten gate slate amber";

/// A folder for backups, with a passphrase in a file.
struct Shelf(TempDir);

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("passphrase"), format!("{PASSPHRASE}\n")).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn backup(&self, of: &Installation, name: &str) -> Run {
        let (file, passphrase) = (self.text(name), self.text("passphrase"));
        of.run(&["--json", "backup", &file, "--passphrase-file", &passphrase])
    }

    fn check(&self, name: &str) -> Run {
        self.run(&["--json", "restore", "--check", &self.text(name)])
    }

    fn run(&self, words: &[&str]) -> Run {
        let mut command = closedset();
        command.args(words).arg("--passphrase-file").arg(self.path("passphrase"));
        command.output().unwrap().into()
    }

    fn restore(&self, name: &str, data: &Path, database: Option<&str>) -> Run {
        let (file, data) = (self.text(name), data.display().to_string());
        let mut words = vec!["restore", &file, "--data", &data];
        words.extend(database.into_iter().flat_map(|database| ["--database", database]));
        self.run(&words)
    }

    fn files(&self) -> Vec<String> {
        names(self.0.path())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The installation as it is in another folder.
fn elsewhere(of: &Installation, folder: TempDir, database: Option<String>) -> Installation {
    Installation {
        folder,
        address: of.address,
        database,
        pin: of.pin,
        organisation: of.organisation,
        token: of.token.clone(),
        links: Vec::new(),
    }
}

/// An installation with a device that reported, and a pack.
fn lived_in(database: Option<String>) -> (Installation, Computer) {
    let mut installation = Installation::with(database, 1);
    let server = Server::start(&installation);
    let mut computer = Computer::enrolled(&mut installation, 1);
    computer.report(&*way(&installation));
    let shelf = Shelf::new();
    installation.run(&["pack", "create", "--out", &shelf.text("pack.zip")]).well();
    server.stop();
    (installation, computer)
}

/// The entries, spelt alike whatever the engine.
fn history(of: &Installation) -> Vec<(String, String)> {
    let text = |entry: &serde_json::Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let entries = of.entries();
    entries
        .iter()
        .map(|entry| (text(entry, "envelope").to_lowercase(), text(entry, "body")))
        .collect()
}

/// Reports something new.
fn say(computer: &mut Computer, to: &Installation, seconds: i64) {
    computer.facts.insert("screen_lock".into(), screen_lock(seconds));
    computer.report(&*way(to));
}

fn comes_back(from: Option<String>, to: Option<String>) {
    let (installation, mut computer) = lived_in(from);
    let shelf = Shelf::new();
    let server = Server::start(&installation);
    say(&mut computer, &installation, 61);
    let made = shelf.backup(&installation, "one.age").well().json();
    assert_eq!(shelf.files(), ["one.age", "passphrase"], "nothing lies beside it");
    let mode = fs::metadata(shelf.path("one.age")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let entries = history(&installation);
    let (checked, made) = (shelf.check("one.age").well().json(), made);
    for name in ["rows", "entries", "objects", "object_bytes", "made_at"] {
        assert_eq!(checked[name], made[name], "{name}");
    }
    assert_eq!(made["objects"], 1);
    let noted = "SELECT COUNT(*) FROM entry WHERE log = 'installation' AND kind = 'backup.made'";
    assert_eq!(installation.query(noted).trim(), "1", "the server has written it down");
    server.stop();
    shelf.backup(&installation, "two.age").well();
    shelf.backup(&installation, "three.age").well();
    let left = installation.data().join("backup-made.json");
    assert_eq!(installation.query(noted).trim(), "1", "nothing is opened for a note");
    let notes = fs::read(&left).unwrap();
    Server::start(&installation).stop();
    assert_eq!(installation.query(noted).trim(), "3", "the next start has written down both");
    assert!(!left.exists());
    // Killed before it took the notes away, it does not write them down twice.
    fs::write(&left, notes).unwrap();
    Server::start(&installation).stop();
    assert_eq!(installation.query(noted).trim(), "3");
    assert!(!left.exists());
    for name in ["two.age", "three.age"] {
        fs::remove_file(shelf.path(name)).unwrap();
    }

    let folder = tempfile::tempdir().unwrap();
    let said = shelf.restore("one.age", folder.path(), to.as_deref()).well().stdout;
    assert!(said.contains("this program cannot know"), "{said}");
    let restored = elsewhere(&installation, folder, to);
    for secret in ["master.key", "tls/key.pem"] {
        let kept = fs::read(installation.data().join(secret)).unwrap();
        assert_eq!(fs::read(restored.data().join(secret)).unwrap(), kept);
        let mode = fs::metadata(restored.data().join(secret)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    let again = shelf.restore("one.age", restored.data(), restored.database.as_deref());
    assert_eq!(again.code, Some(1), "{again:?}");
    assert!(again.stderr.contains("is not empty"), "{again:?}");
    if let Some(database) = &restored.database {
        // The server finds the database that it was restored into by itself.
        let settings = fs::read_to_string(restored.data().join("closedset.toml")).unwrap();
        assert!(settings.contains(database.as_str()), "{settings}");
        let other = tempfile::tempdir().unwrap();
        let again = shelf.restore("one.age", other.path(), Some(database));
        assert_eq!(again.code, Some(1), "{again:?}");
        assert!(again.stderr.contains("the database is not empty"), "{again:?}");
        assert!(names(other.path()).is_empty(), "{:?}", names(other.path()));
    }
    restored.verified();
    assert!(history(&restored).starts_with(&entries), "the history is the same up to then");
    let later: Vec<_> =
        restored.entries()[entries.len()..].iter().map(|entry| entry["kind"].clone()).collect();
    assert!(later.iter().any(|kind| *kind == "log.restored"), "{later:?}");
    let server = Server::start(&restored);
    // The device goes on with its key and its counter, against the same certificate.
    say(&mut computer, &restored, 62);
    server.stop();
    restored.verified();
}

#[test]
fn a_backup_of_a_running_server_is_restored_and_goes_on() {
    comes_back(None, None);
}

#[test]
fn a_restored_copy_asks_no_authority_for_certificates() {
    let installation = Installation::new(0);
    let agreement = installation.data().join("tls/acme.json");
    let kept = serde_json::json!({
        "is_active": true, "directory": "https://acme.example/directory",
        "contact": "it@halide.example", "terms": null, "authorities": null, "account": null,
        "next_at": null, "failures": 0, "failure": null,
    });
    Server::start(&installation).stop();
    fs::write(&agreement, kept.to_string()).unwrap();
    let shelf = Shelf::new();
    shelf.backup(&installation, "one.age").well();
    let folder = tempfile::tempdir().unwrap();
    shelf.restore("one.age", folder.path(), None).well();
    let restored = elsewhere(&installation, folder, None);
    let shown = restored.run(&["--json", "certificate", "show"]).json();
    assert_eq!((&shown["way"], &shown["failure"]["code"]), (&"acme".into(), &"acme.held".into()));
    assert_eq!(shown["wants_attention"], true);
    let held = "SELECT COUNT(*) FROM entry WHERE log = 'installation' AND kind = 'authority.held'";
    assert_eq!(restored.query(held).trim(), "1");
    assert_eq!(installation.query(held).trim(), "0");
    let own = installation.run(&["--json", "certificate", "show"]).json();
    assert_ne!(own["failure"]["code"], "acme.held", "the one that it was goes on");
}

#[test]
fn a_backup_moves_from_sqlite_to_postgres() {
    let Some(server) = Postgres::shared() else { return };
    comes_back(None, Some(server.database().url));
}

#[test]
fn a_backup_moves_from_postgres_to_sqlite() {
    let Some(server) = Postgres::shared() else { return };
    comes_back(Some(server.database().url), None);
}

/// Whether stock age is there; where tools are required it must be.
fn has_age() -> bool {
    let there = Command::new("age").arg("--version").output().is_ok();
    let is_required = std::env::var("CLOSEDSET_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
    assert!(there || !is_required, "age is not installed, and CLOSEDSET_REQUIRE_TOOLS is 1");
    if !there {
        eprintln!("left out: what needs age, which is not installed");
    }
    there
}

fn members(archive: &Path) -> Vec<String> {
    let output = Command::new("tar").arg("--list").arg("--file").arg(archive).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn is_a_backup(archive: &Path) {
    let found = members(archive);
    assert_eq!(found.first().map(String::as_str), Some("closedset-backup.json"));
    assert_eq!(found.last().map(String::as_str), Some("manifest.json"));
    for wanted in
        ["files/master.key", "database/entry/00000001.jsonl", "ledger/installation/checkpoint"]
    {
        assert!(found.iter().any(|name| name == wanted), "{wanted}: {found:?}");
    }
}

#[test]
fn stock_age_opens_it_with_an_identity_and_this_program_does_too() {
    if !has_age() {
        return;
    }
    let (installation, _) = lived_in(None);
    let shelf = Shelf::new();
    let made = Command::new("age-keygen").arg("-o").arg(shelf.path("identity")).output().unwrap();
    let said = String::from_utf8(made.stderr).unwrap();
    let recipient = said.trim().rsplit(' ').next().unwrap();
    let file = shelf.text("one.age");
    // Encrypting to a point that nobody's key can be hides nothing.
    let weak = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z";
    let refused = installation.run(&["backup", &file, "--recipient", weak]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("anybody can open"), "{refused:?}");
    installation.run(&["backup", &file, "--recipient", recipient]).well();
    let mut age = Command::new("age");
    age.arg("--decrypt").arg("-i").arg(shelf.path("identity"));
    let opened = age.arg("-o").arg(shelf.path("one.tar")).arg(&file).output().unwrap();
    assert!(opened.status.success(), "{opened:?}");
    is_a_backup(&shelf.path("one.tar"));
    // An object is itself under the name of its digest.
    let found = members(&shelf.path("one.tar"));
    let object = found.iter().find(|name| name.starts_with("objects/")).unwrap();
    let mut tar = Command::new("tar");
    tar.arg("--extract").arg("--to-stdout").arg("--file").arg(shelf.path("one.tar")).arg(object);
    let bytes = tar.output().unwrap().stdout;
    let digest = closedset_core::Digest::of(&bytes).to_string();
    assert!(object.ends_with(&digest), "{object} {digest}");

    let identity = shelf.text("identity");
    let check = |words: &[&str]| -> Run {
        closedset().args(["restore", "--check", &file]).args(words).output().unwrap().into()
    };
    check(&["--identity", &identity]).well();
    let run = check(&["--passphrase-file", &shelf.text("passphrase")]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("--identity"), "{run:?}");
    let other = shelf.path("other");
    Command::new("age-keygen").arg("-o").arg(&other).output().unwrap();
    let run = check(&["--identity", &other.display().to_string()]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("the identity does not open this backup"), "{run:?}");
}

#[test]
fn stock_age_opens_it_with_the_passphrase() {
    if !has_age() {
        return;
    }
    let (installation, _) = lived_in(None);
    let shelf = Shelf::new();
    shelf.backup(&installation, "one.age").well();
    // age asks on a terminal alone; `script` is one.
    let command = format!("age --decrypt -o {} {}", shelf.text("one.tar"), shelf.text("one.age"));
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--echo", "never", "--command", &command, "/dev/null"]);
    let mut terminal = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut keyboard = terminal.stdin.take().unwrap();
    keyboard.write_all(format!("{PASSPHRASE}\n").as_bytes()).unwrap();
    let output = terminal.wait_with_output().unwrap();
    drop(keyboard);
    assert!(output.status.success(), "{output:?}");
    is_a_backup(&shelf.path("one.tar"));
}

#[test]
fn what_is_cut_short_altered_or_opened_wrongly_is_refused_and_leaves_nothing() {
    let (installation, _) = lived_in(None);
    let shelf = Shelf::new();
    shelf.backup(&installation, "one.age").well();
    let whole = fs::read(shelf.path("one.age")).unwrap();
    let mut middle = whole.clone();
    middle[whole.len() / 2] ^= 1;
    let mut head = whole.clone();
    head[60] ^= 1;
    let half = &whole[..whole.len() / 2];
    let cases: [(&str, &[u8], &str); 6] = [
        ("cut.age", half, "cut short"),
        ("nearly.age", &whole[..whole.len() - 1], "cut short"),
        ("altered.age", &middle, "altered"),
        ("head.age", &head, "altered does not open"),
        ("empty.age", b"", "age format"),
        ("pack.age", b"PK\x03\x04", "age format"),
    ];
    for (name, bytes, says) in cases {
        fs::write(shelf.path(name), bytes).unwrap();
        for run in [shelf.check(name), {
            let folder = tempfile::tempdir().unwrap();
            let run = shelf.restore(name, folder.path(), None);
            assert!(names(folder.path()).is_empty(), "{name}: {:?}", names(folder.path()));
            run
        }] {
            assert_eq!(run.code, Some(1), "{name}: {run:?}");
            let said = run.stderr + &run.stdout;
            let is_said = says.split(' ').any(|word| said.contains(word));
            assert!(
                is_said && said.contains("Take another copy") || said.contains("passphrase"),
                "{name}: {said}"
            );
        }
    }
    fs::write(shelf.path("passphrase"), "not the passphrase").unwrap();
    let run = shelf.check("one.age");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("the passphrase does not open this backup"), "{run:?}");
    // Nothing that exists is overwritten, and nothing weak is made.
    let run = shelf.backup(&installation, "one.age");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(fs::read(shelf.path("one.age")).unwrap(), whole);
    fs::write(shelf.path("passphrase"), "short").unwrap();
    let run = shelf.backup(&installation, "two.age");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("at least 12"), "{run:?}");
    assert!(!shelf.path("two.age").exists() && !shelf.path("two.age.unfinished").exists());
}

#[test]
fn a_damaged_installation_is_not_saved_as_if_it_were_whole() {
    let (installation, _) = lived_in(None);
    let shelf = Shelf::new();
    let organisation =
        installation.data().join("objects").join(installation.organisation.to_string());
    let first = fs::read_dir(&organisation).unwrap().next().unwrap().unwrap().path();
    let object = fs::read_dir(first).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&object).unwrap();
    bytes[10] ^= 1;
    fs::write(&object, bytes).unwrap();
    let run = shelf.backup(&installation, "one.age");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("is damaged"), "{run:?}");
    assert_eq!(shelf.files(), ["passphrase"], "nothing is left of it");
    // Everything else is saved if that is asked for, and everybody says what is missing.
    let (file, passphrase) = (shelf.text("one.age"), shelf.text("passphrase"));
    let words = ["--json", "backup", &file, "--passphrase-file", &passphrase, "--despite-missing"];
    let run = installation.run(&words);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(run.json()["missing"][0]["why"], "damaged");
    let run = shelf.check("one.age");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(run.json()["missing"][0]["why"], "damaged");
    let folder = tempfile::tempdir().unwrap();
    let run = shelf.restore("one.age", folder.path(), None);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("Missing in this backup") && run.stdout.contains("damaged"));
    elsewhere(&installation, folder, None).verified();
    fs::remove_file(shelf.path("one.age")).unwrap();
    // What a restore began is no installation.
    let mark = installation.data().join("restore-unfinished");
    fs::write(&mark, "").unwrap();
    let run = shelf.backup(&installation, "one.age");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("was begun and not finished"), "{run:?}");
    fs::remove_file(&mark).unwrap();
    let nowhere = closedset()
        .args(["backup", &shelf.text("two.age"), "--data", &shelf.text("nothing")])
        .output()
        .unwrap();
    assert_eq!(nowhere.status.code(), Some(1), "{nowhere:?}");
    assert!(!shelf.path("nothing").exists(), "no folder is made");
}

/// Runs the program until it says so, and kills it.
fn killed_at(words: &[&str], says: &str) {
    let mut child = closedset().args(words).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let found = lines.map_while(Result::ok).any(|line| line.contains(says));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(found, "it says {says}");
}

#[test]
fn what_is_interrupted_does_not_look_whole() {
    let (installation, _) = lived_in(None);
    let shelf = Shelf::new();
    let (file, passphrase) = (shelf.text("one.age"), shelf.text("passphrase"));
    let data = installation.data().display().to_string();
    let words = ["backup", &file, "--passphrase-file", &passphrase, "--data", &data];
    killed_at(&words, "Saving the database");
    assert!(!shelf.path("one.age").exists());
    shelf.backup(&installation, "one.age").well();
    assert_eq!(shelf.files(), ["one.age", "passphrase"], "what was left is gone");

    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().display().to_string();
    let words = ["restore", &file, "--passphrase-file", &passphrase, "--data", &to];
    killed_at(&words, "Restoring the database");
    let half = elsewhere(&installation, folder, None);
    let said = refused(&half);
    assert!(said.contains("was begun and not finished"), "{said}");
    let run = half.run(&["ledger", "verify"]);
    assert!(run.code != Some(0) && run.stderr.contains("was begun and not finished"), "{run:?}");
    let run = shelf.restore("one.age", half.data(), None);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("remove the folder and try again"), "{run:?}");
    let path = half.data().to_owned();
    fs::remove_dir_all(&path).unwrap();
    shelf.restore("one.age", &path, None).well();
    half.verified();
}

#[test]
fn a_relative_database_is_written_down_as_it_is_meant() {
    let (installation, _) = lived_in(None);
    let shelf = Shelf::new();
    shelf.backup(&installation, "one.age").well();
    let folder = tempfile::tempdir().unwrap();
    let mut command = closedset();
    command.current_dir(shelf.path("")).arg("restore").arg(shelf.path("one.age"));
    command.arg("--data").arg(folder.path()).args(["--database", "sqlite:here.sqlite"]);
    command.arg("--passphrase-file").arg(shelf.path("passphrase"));
    Run::from(command.output().unwrap()).well();
    let settings = fs::read_to_string(folder.path().join("closedset.toml")).unwrap();
    let named = shelf.path("here.sqlite").canonicalize().unwrap();
    let found = settings.split('"').nth(1).unwrap().strip_prefix("sqlite:").unwrap().to_owned();
    assert!(found.starts_with('/'), "{settings}");
    assert_eq!(Path::new(&found).canonicalize().unwrap(), named);
}

#[test]
fn a_newer_pack_shows_that_a_backup_is_older_and_an_older_one_that_it_goes_on() {
    let (installation, mut computer) = lived_in(None);
    let shelf = Shelf::new();
    installation.run(&["pack", "create", "--out", &shelf.text("before.zip")]).well();
    shelf.backup(&installation, "one.age").well();
    let server = Server::start(&installation);
    say(&mut computer, &installation, 77);
    installation.run(&["pack", "create", "--out", &shelf.text("after.zip")]).well();
    server.stop();
    let since = |pack: &str| {
        let (file, pack) = (shelf.text("one.age"), shelf.text(pack));
        shelf.run(&["restore", "--check", &file, "--since", &pack])
    };
    let run = since("before.zip").well();
    assert!(run.stdout.contains("goes on from what you held it against"), "{run:?}");
    let run = since("after.zip");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("older than what you hold") && run.stderr.contains("newer backup"),
        "{run:?}"
    );
    let (other, _) = lived_in(None);
    other.run(&["pack", "create", "--out", &shelf.text("other.zip")]).well();
    let run = since("other.zip");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("of another installation"), "{run:?}");
    let run = since("passphrase");
    assert_eq!(run.code, Some(1), "{run:?}");
    // A checkpoint as it lies there, or as `ledger checkpoint` shows it.
    fs::copy(installation.log_folder().join("checkpoint"), shelf.path("checkpoint")).unwrap();
    assert_eq!(since("checkpoint").code, Some(1));
}

#[test]
fn a_move_that_was_broken_off_starts_on_no_old_database_and_is_brought_to_its_end() {
    let (mut installation, _) = lived_in(None);
    let old = format!("sqlite:{}", installation.database_file().display());
    let file = installation.data().join("new.sqlite");
    let new = format!("sqlite:{}", file.display());
    let (settings, mark) = (
        installation.data().join("closedset.toml"),
        installation.data().join("database-moved.json"),
    );
    installation.run(&["migrate-db", "--to", &new]).well();
    assert!(!mark.exists());
    let entries = history(&installation);
    // As a kill leaves it right after the rows are there, and right after the settings name them: the
    // old database knows nothing of it, and its checkpoint is the newest that was signed.
    let told = "SELECT COUNT(*) FROM entry WHERE kind = 'log.moved'";
    let (mut broken, _) = lived_in(None);
    let file = broken.data().join("new.sqlite");
    let to = format!("sqlite:{}", file.display());
    fs::copy(broken.database_file(), &file).unwrap();
    let words = serde_json::json!({"to": to, "by": 7, "id": "5f5f"}).to_string();
    let (settings_there, mark_there) =
        (broken.data().join("closedset.toml"), broken.data().join("database-moved.json"));
    fs::write(&mark_there, &words).unwrap();
    let said = refused(&broken);
    assert!(said.contains("migrate-db") && said.contains("what they left"), "{said}");
    let other = format!("sqlite:{}", broken.data().join("other.sqlite").display());
    assert_eq!(broken.run(&["migrate-db", "--to", &other]).code, Some(1));
    broken.run(&["migrate-db", "--to", &to]).well();
    assert!(!mark_there.exists());
    assert!(fs::read_to_string(&settings_there).unwrap().contains(&to));
    // The next start takes it up as well, and says it no second time.
    fs::write(&mark_there, &words).unwrap();
    Server::start(&broken).stop();
    assert!(!mark_there.exists());
    let count = |file: &Path| {
        let mut command = std::process::Command::new("sqlite3");
        let output = command.arg(file).arg(told).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(count(&file), "2", "one for each log");
    broken.database = Some(format!("sqlite:{}", broken.database_file().display()));
    assert!(refused(&broken).contains("were moved to another database"));
    // And one that went through is not gone back on.
    assert!(fs::read_to_string(&settings).unwrap().contains(&new));
    installation.database = Some(old);
    assert!(refused(&installation).contains("were moved to another database"));
    assert!(!entries.is_empty());
}

#[test]
fn a_database_is_moved_while_no_server_runs_and_the_old_one_is_not_gone_back_to() {
    let Some(server) = Postgres::shared() else { return };
    let (mut installation, mut computer) = lived_in(None);
    let url = server.database().url;
    let running = Server::start(&installation);
    let run = installation.run(&["migrate-db", "--to", &url]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("stop it first"), "{run:?}");
    running.stop();
    let entries = history(&installation);
    fs::write(installation.data().join("closedset.toml"), "# ours\nlog_json = true\n").unwrap();
    installation.run(&["migrate-db", "--to", &url]).well();
    let settings = fs::read_to_string(installation.data().join("closedset.toml")).unwrap();
    assert!(
        settings.contains(&url) && settings.contains("# ours\nlog_json = true\n"),
        "{settings}"
    );
    // The old one is refused at once, before the new one has run.
    let new = installation
        .database
        .replace(format!("sqlite:{}", installation.data().join("closedset.sqlite").display()));
    let said = refused(&installation);
    assert!(said.contains("were moved to another database"), "{said}");
    installation.database = new;
    // Started as before: the new database stands in the settings.
    let running = Server::start(&installation);
    say(&mut computer, &installation, 77);
    running.stop();
    let old = fs::read(installation.data().join("closedset.sqlite")).unwrap();
    installation.database = Some(url.clone());
    assert!(history(&installation).starts_with(&entries));
    installation.verified();
    let run = installation.run(&["migrate-db", "--to", &url]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("not empty"), "{run:?}");
    // And back, into another file; the first one is as it was, and is refused.
    let back = format!("sqlite:{}", installation.data().join("back.sqlite").display());
    installation.run(&["migrate-db", "--to", &back]).well();
    assert_eq!(fs::read(installation.data().join("closedset.sqlite")).unwrap(), old);
    installation.database = Some(back);
    installation.run(&["ledger", "verify"]).well();
    installation.database =
        Some(format!("sqlite:{}", installation.data().join("closedset.sqlite").display()));
    let said = refused(&installation);
    assert!(said.contains("were moved to another database"), "{said}");
}
