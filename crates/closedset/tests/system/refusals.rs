//! Starts that are refused because something is missing or was put back.

use crate::{
    computer::{Computer, way},
    installation::Installation,
    lifecycle::refused,
    server::Server,
};
use closedset_testing::Postgres;
use std::fs;

#[test]
fn a_missing_master_key_is_refused_on_either_database() {
    let database = Postgres::shared().map(|server| server.database().url);
    for database in [None].into_iter().chain(database.map(Some)) {
        let installation = Installation::with(database, 0);
        let key = installation.data().join("master.key");
        let kept = fs::read_to_string(&key).unwrap();
        fs::remove_file(&key).unwrap();
        let said = refused(&installation);
        assert!(said.contains("master.key is missing"), "{said}");
        assert!(said.contains("put it back"), "{said}");
        assert!(!key.exists(), "no other key takes its place");
        // A wrong one opens nothing, and neither does half of one.
        fs::write(&key, hex::encode([6; 32])).unwrap();
        let said = refused(&installation);
        assert!(said.contains("Put the master key of this installation back"), "{said}");
        fs::write(&key, &kept[..20]).unwrap();
        let said = refused(&installation);
        assert!(said.contains("64 hexadecimal characters"), "{said}");
        fs::write(&key, kept).unwrap();
        Server::start(&installation).stop();
    }
}

#[test]
fn a_restored_older_database_is_refused_at_the_start() {
    let mut installation = Installation::new(1);
    // Once, so that every log has its key.
    Server::start(&installation).stop();
    let database = installation.database_file();
    let backup = installation.data().join("backup.sqlite");
    fs::copy(&database, &backup).unwrap();
    let server = Server::start(&installation);
    let mut computer = Computer::enrolled(&mut installation, 1);
    computer.report(&*way(&installation));
    server.stop();
    let newest = fs::read(&database).unwrap();
    fs::copy(&backup, &database).unwrap();
    let said = refused(&installation);
    assert!(said.contains("an older copy was restored"), "{said}");
    // Commands that would run in their own process refuse it too.
    let run = installation.run(&["ledger", "verify"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("an older copy was restored"), "{run:?}");
    fs::remove_file(&database).unwrap();
    let said = refused(&installation);
    assert!(said.contains("knows no such log"), "{said}");
    fs::write(&database, newest).unwrap();
    Server::start(&installation).stop();
}
