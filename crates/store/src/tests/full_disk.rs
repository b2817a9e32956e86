//! SQLite on a full disk: what was acknowledged stays, what does not fit is refused by name, and
//! once there is room everything works again. A limit on its pages lets statements fail; a small
//! disk of memory, where the machine lets us have one, lets commits fail.

use super::{Fixture, log, make, record, scope};
use crate::{StoreError, params};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    thread,
};

#[test]
fn acknowledged_units_survive_a_full_file_and_others_are_refused() {
    let fixture = Fixture::sqlite_with(|options| options.page_limit = Some(300));
    let kept = fill(&fixture);

    // After a few rows are gone there is room again.
    fixture
        .write(1, |tx| {
            tx.execute("DELETE FROM thing WHERE number < 20", params![])?;
            record(tx, log(1), "thing:many")
        })
        .unwrap();
    fixture.write(1, |tx| make(tx, 1, "after")).unwrap();

    let options = crate::StoreOptions { page_limit: None, ..fixture.options.clone() };
    let again = super::open(&options);
    let entries = again.read_blocking(|tx| super::count(tx, "entry"));
    assert_eq!(entries.unwrap(), kept + 2);
}

#[test]
fn acknowledged_units_survive_a_full_disk_and_others_are_refused() {
    let Some(disk) = SmallDisk::new("3m") else { return };
    let path = disk.0.path().join("closedset.db");
    let fixture = Fixture::new(crate::DatabaseUrl::Sqlite(path.clone()), None, |_| {});
    let kept = fill(&fixture);

    disk.mount("remount,size=30m");
    let more = fixture.write(1, |tx| make(tx, 1, "after")).unwrap();
    assert_eq!(more.index, kept);
    fixture.store.clone().close();
    let check = rusqlite::Connection::open(&path).unwrap();
    let said: String = check.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(said, "ok");
    drop(check);
    let entries = super::open(&fixture.options).read_blocking(|tx| super::count(tx, "entry"));
    assert_eq!(entries.unwrap(), kept + 1);
}

/// A disk of memory, gone when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// None where this user may not mount anything.
    fn new(size: &str) -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        if disk.mount(&format!("size={size}")) {
            return Some(disk);
        }
        println!("left out: what needs a small disk, which this user may not mount");
        None
    }

    fn mount(&self, options: &str) -> bool {
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(self.0.path());
        mount.output().is_ok_and(|output| output.status.success())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a reader may still have a file open.
        let _ = std::process::Command::new("umount").arg("--lazy").arg(self.0.path()).output();
    }
}

/// Writes until hardly anything fits, from 16 threads; proves what must hold and says how many
/// units were kept.
fn fill(fixture: &Fixture) -> i64 {
    let kept = Arc::new(Mutex::new(BTreeSet::new()));
    let threads: Vec<_> = (0..16)
        .map(|name| {
            let (store, kept) = (fixture.store.clone(), Arc::clone(&kept));
            thread::spawn(move || {
                let mut refused = 0;
                for number in 0..40 {
                    let id = format!("{name}-{number}");
                    let own = id.clone();
                    let outcome = store.write_blocking(scope(1), move |tx| {
                        let entry = record(tx, log(1), &format!("thing:{own}"))?;
                        tx.execute(
                            "INSERT INTO thing (id, organisation, number, body) \
                             VALUES ($1, 'o', $2, $3)",
                            params![&own, entry.index, vec![7u8; 3_000]],
                        )?;
                        Ok(entry.index)
                    });
                    match outcome {
                        Ok(index) => assert!(kept.lock().unwrap().insert((index, id))),
                        Err(StoreError::DiskFull) => refused += 1,
                        Err(other) => panic!("{other:?}"),
                    }
                }
                refused
            })
        })
        .collect();
    let refused: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    let kept = std::mem::take(&mut *kept.lock().unwrap());
    assert!(refused > 0 && !kept.is_empty(), "{refused} refused, {} kept", kept.len());
    assert_eq!(refused + kept.len(), 640);

    let read = |tx: &mut crate::Tx<'_>| {
        let things = tx.query("SELECT number, id FROM thing", params![], |row| {
            Ok((row.int(0)?, row.text(1)?))
        })?;
        let entries =
            tx.query("SELECT idx FROM entry ORDER BY idx", params![], |row| row.int(0))?;
        Ok((things, entries))
    };
    let (things, entries) = fixture.read(read).unwrap();
    assert_eq!(things.into_iter().collect::<BTreeSet<_>>(), kept);
    assert!(entries.iter().copied().eq(0..kept.len() as i64), "numbers are dense");

    kept.len() as i64
}

#[test]
fn a_rule_checked_at_commit_refuses_its_unit_and_not_the_group() {
    let mut migrations = super::migrations();
    migrations.push(crate::migrate::Migration {
        number: 1_001,
        name: "late",
        sql: "CREATE TABLE late (id TEXT PRIMARY KEY, \
              thing TEXT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED);",
    });
    let fixture = Fixture::sqlite();
    let store = crate::Store::open_with(fixture.options.clone(), &migrations).unwrap();
    let threads: Vec<_> = (0..16)
        .map(|name| {
            let store = store.clone();
            thread::spawn(move || {
                let outcome = store.write_blocking(scope(1), move |tx| {
                    make(tx, 1, &name.to_string())?;
                    let thing = if name == 5 { "nowhere".to_owned() } else { name.to_string() };
                    tx.execute(
                        "INSERT INTO late (id, thing) VALUES ($1, $2)",
                        params![name.to_string(), thing],
                    )
                });
                (name, outcome)
            })
        })
        .collect();
    for thread in threads {
        let (name, outcome) = thread.join().unwrap();
        match outcome {
            Ok(_) => assert_ne!(name, 5),
            Err(StoreError::Constraint { .. }) => assert_eq!(name, 5),
            Err(other) => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(fixture.count("late"), 15);
}
