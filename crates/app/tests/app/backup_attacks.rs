//! Backups whose form is right in everything, made by somebody who can encrypt to the same recipient,
//! and which do not agree with themselves: each is refused, says why, and leaves the database empty.

use crate::{
    backup::{Locked, Opened, Place, check, lived_in, make, opened},
    evidence::{document, upload},
    exceptions::{granted, late_to_lock, of_all},
    world::World,
};
use closedset_app::{
    backup::BackupProblem,
    evidence::document_withdraw,
    exceptions::{NewException, exception_withdraw},
    ledger,
};
use closedset_backup::{KeptFile, Keys, Lock, Member, MigrationLine};
use closedset_core::Digest;
use serde_json::Value;
use std::fmt::Write as _;

/// Where a change is made, and what is said of it.
struct Attack<'a> {
    name: &'a str,
    says: &'a str,
    change: &'a dyn Fn(&mut Opened),
}

/// Changes the rows of a table.
fn rows(backup: &mut Opened, table: &str, change: impl FnOnce(&mut Vec<Vec<Value>>)) {
    let place = backup
        .members
        .iter_mut()
        .find(|(member, _)| matches!(member, Member::Rows { table: name, .. } if name == table));
    let (_, text) = place.unwrap_or_else(|| panic!("{table} has rows"));
    let lines = std::str::from_utf8(text).unwrap().lines();
    let mut parsed: Vec<Vec<Value>> =
        lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    change(&mut parsed);
    let mut changed = String::new();
    for row in parsed {
        let _ = writeln!(changed, "{}", serde_json::to_string(&row).unwrap());
    }
    *text = changed.into_bytes();
}

fn column(backup: &Opened, table: &str, name: &str) -> usize {
    let table = backup.header.tables.iter().find(|line| line.name == table).unwrap();
    table.columns.iter().position(|column| column.name == name).unwrap()
}

/// Cuts the organisation's log to its first entries.
fn cut(backup: &mut Opened, to: i64) {
    for table in ["entry", "entry_body", "entry_erasure"] {
        let (log, index) = (column(backup, table, "log"), column(backup, table, "idx"));
        rows(backup, table, |rows| {
            rows.retain(|row| row[log] == "installation" || row[index].as_i64().unwrap() < to);
        });
    }
    let (log, next) = (column(backup, "log", "log"), column(backup, "log", "next_index"));
    rows(backup, "log", |rows| {
        rows.iter_mut()
            .filter(|row| row[log] != "installation")
            .for_each(|row| row[next] = to.into());
    });
}

/// Has the manifest count what is there.
fn count(backup: &mut Opened) {
    let counted = |wanted: Option<&str>| -> u64 {
        let is_wanted = |name: &String| wanted.is_none_or(|wanted| wanted == name);
        let rows = backup.members.iter().filter_map(|(member, text)| match member {
            Member::Rows { table, .. } if is_wanted(table) => Some(text),
            _ => None,
        });
        rows.map(|text| text.iter().filter(|byte| **byte == b'\n').count() as u64).sum()
    };
    let (all, entries) = (counted(None), counted(Some("entry")));
    (backup.manifest.totals.rows, backup.manifest.totals.entries) = (all, entries);
}

/// Where the exception stands that was withdrawn, or that was not.
fn is_withdrawn(backup: &Opened, wanted: bool) -> usize {
    let (place, mut backup) = (column(backup, "exception", "withdrawn_at"), backup.clone());
    let mut found = None;
    rows(&mut backup, "exception", |rows| {
        found = rows.iter().position(|row| row[place].is_null() != wanted);
    });
    found.unwrap()
}

fn object(backup: &mut Opened) -> usize {
    let is_object = |(member, bytes): &(Member, Vec<u8>)| {
        matches!(member, Member::Object { .. }) && bytes == b"a policy"
    };
    backup.members.iter().position(is_object).unwrap()
}

fn refused(attack: &Attack<'_>, whole: &Opened, lock: &Lock, keys: &Keys) {
    let mut changed = whole.clone();
    (attack.change)(&mut changed);
    let file = changed.written(lock);
    let said = |problem: BackupProblem| {
        let mut text = problem.to_string();
        if let Some(cause) = std::error::Error::source(&problem) {
            let _ = write!(text, ": {cause}");
        }
        assert!(!problem.remedy().is_empty());
        text
    };
    let checked = said(check(&file, keys, None).map(|_| ()).expect_err(attack.name));
    assert!(checked.contains(attack.says), "{}: {checked}", attack.name);
    for place in Place::each() {
        let restored = said(place.restore(&file, keys).map(|_| ()).expect_err(attack.name));
        // The engine may notice first.
        let is_said = restored.contains(attack.says) || restored.contains("the database could not");
        assert!(is_said, "{}: {restored}", attack.name);
        assert!(place.is_empty(), "{}: the database is as empty as before", attack.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_agree_with_itself_is_refused_and_leaves_nothing() {
    let world = World::sqlite().await;
    lived_in(&world).await;
    world.tamper("DELETE FROM entry_body WHERE log <> 'installation' AND idx = 2").await;
    world
        .tamper("INSERT INTO entry_erasure (log, idx, erased_at) SELECT log, 2, 5 FROM entry WHERE log <> 'installation' AND idx = 2")
        .await;
    let locked = Locked::new();
    let key = locked.lock.witness();
    let whole = opened(&make(&world, &locked.lock), key.keys());
    // Written again unchanged it is as good as before, so the changes alone are refused below.
    check(&whole.written(&locked.lock), key.keys(), None).unwrap();
    let envelope = column(&whole, "entry", "envelope");
    let body = column(&whole, "entry_body", "body");
    let next = column(&whole, "log", "next_index");
    let seed = column(&whole, "ledger_key", "seed_sealed");
    let number = column(&whole, "document_version", "number");
    let other_key = hex::encode([6; 32]).into_bytes();
    let attacks = [
        Attack {
            name: "the newest entry is left out",
            says: "should have",
            change: &|backup| {
                rows(backup, "entry", |rows| drop(rows.pop()));
                backup.manifest.totals.entries -= 1;
                backup.manifest.totals.rows -= 1;
            },
        },
        Attack {
            name: "the newest entry is left out everywhere",
            says: "has a body and no envelope",
            change: &|backup| {
                rows(backup, "entry", |rows| drop(rows.pop()));
                rows(backup, "log", |rows| {
                    let last = rows.len() - 1;
                    let count = rows[last][next].as_i64().unwrap();
                    rows[last][next] = (count - 1).into();
                });
            },
        },
        Attack {
            name: "two entries are swapped",
            says: "are not those that were signed",
            change: &|backup| {
                rows(backup, "entry", |rows| {
                    let (one, other) = (rows[1][envelope].clone(), rows[0][envelope].clone());
                    rows[0][envelope] = one;
                    rows[1][envelope] = other;
                });
            },
        },
        Attack {
            name: "an entry comes twice",
            says: "where",
            change: &|backup| rows(backup, "entry", |rows| rows.insert(1, rows[0].clone())),
        },
        Attack {
            name: "a body is another",
            says: "was changed",
            change: &|backup| rows(backup, "entry_body", |rows| rows[0][body] = "e30=".into()),
        },
        Attack {
            name: "a body is missing",
            says: "missing without a tombstone",
            change: &|backup| rows(backup, "entry_body", |rows| drop(rows.remove(1))),
        },
        Attack {
            name: "a tombstone is missing",
            says: "missing without a tombstone",
            change: &|backup| rows(backup, "entry_erasure", Vec::clear),
        },
        Attack {
            name: "a tombstone too many",
            says: "counted as erased",
            change: &|backup| {
                rows(backup, "entry_erasure", |rows| {
                    let mut more = rows[0].clone();
                    more[1] = 1.into();
                    rows.insert(0, more);
                });
            },
        },
        Attack {
            name: "the tree is another",
            says: "is not of its entries",
            change: &|backup| backup.header.logs[0].built -= 1,
        },
        Attack {
            name: "the checkpoint is missing",
            says: "is gone",
            change: &|backup| {
                backup.members.retain(|(member, _)| !matches!(member, Member::Checkpoint(_)));
            },
        },
        Attack {
            name: "a log is cut short, and nothing says any more that it was ever signed",
            says: "and the checkpoint over them is not there",
            change: &|backup| {
                cut(backup, 4);
                let of_installation =
                    |log: &dyn std::fmt::Display| log.to_string() == "installation";
                let log = column(backup, "ledger_head", "log");
                rows(backup, "ledger_head", |rows| {
                    rows.retain(|row| row[log].as_str() == Some("installation"));
                });
                backup.header.logs.retain(|line| of_installation(&line.log));
                backup.members.retain(
                    |(member, _)| !matches!(member, Member::Checkpoint(log) if !of_installation(log)),
                );
                count(backup);
            },
        },
        Attack {
            name: "the checkpoint was altered",
            says: "checkpoint",
            change: &|backup| {
                let place = backup.members.iter_mut();
                for (member, bytes) in place {
                    if let Member::Checkpoint(_) = member {
                        let text = String::from_utf8(bytes.clone()).unwrap();
                        let line = text.lines().nth(1).unwrap();
                        let size: u64 = line.parse().unwrap();
                        let changed = text.replacen(line, &(size - 1).to_string(), 1);
                        *bytes = changed.into_bytes();
                    }
                }
            },
        },
        Attack {
            name: "a checkpoint of a log that nothing knows",
            says: "which no row knows",
            change: &|backup| {
                let log =
                    closedset_core::entry::Log::Organisation(closedset_core::id::Id::from_bits(9));
                let first = backup
                    .members
                    .iter()
                    .position(|(member, _)| matches!(member, Member::Checkpoint(_)));
                let note = backup.members[first.unwrap()].1.clone();
                backup.members.insert(first.unwrap(), (Member::Checkpoint(log), note));
            },
        },
        Attack {
            name: "another installation's master key",
            says: "another installation's",
            change: &|backup| {
                for (member, bytes) in &mut backup.members {
                    if *member == Member::File(KeptFile::MasterKey) {
                        bytes.clone_from(&other_key);
                    }
                }
            },
        },
        Attack {
            name: "half a master key",
            says: "its master key is none",
            change: &|backup| {
                for (member, bytes) in &mut backup.members {
                    if *member == Member::File(KeptFile::MasterKey) {
                        bytes.truncate(32);
                    }
                }
            },
        },
        Attack {
            name: "another sealed key",
            says: "another installation's",
            change: &|backup| {
                rows(backup, "ledger_key", |rows| {
                    let one = rows[0][seed].clone();
                    rows[1][seed] = one;
                });
            },
        },
        Attack {
            name: "an object is missing",
            says: "is missing",
            change: &|backup| {
                let place = object(backup);
                backup.members.remove(place);
            },
        },
        Attack {
            name: "an object has other bytes",
            says: "is damaged",
            change: &|backup| {
                let place = object(backup);
                backup.members[place].1[0] ^= 1;
            },
        },
        Attack {
            name: "an object more",
            says: "named by no row",
            change: &|backup| {
                let place = object(backup);
                let Member::Object { organisation, .. } = backup.members[place].0 else { return };
                let digest = Digest::of(b"more");
                let member = Member::Object { organisation, digest };
                backup.members.insert(place, (member, b"more".to_vec()));
            },
        },
        Attack {
            name: "an object comes twice",
            says: "comes twice",
            change: &|backup| {
                let place = object(backup);
                let twice = backup.members[place].clone();
                backup.members.insert(place, twice);
            },
        },
        Attack {
            name: "objects before the rows that name them",
            says: "named by no row",
            change: &|backup| {
                let place = object(backup);
                let early = backup.members.remove(place);
                backup.members.insert(0, early);
            },
        },
        Attack {
            name: "a column of another kind",
            says: "could not be read or filled",
            change: &|backup| rows(backup, "document_version", |rows| rows[0][number] = "1".into()),
        },
        Attack {
            name: "a piece is left out",
            says: "out of order",
            change: &|backup| {
                for (member, _) in &mut backup.members {
                    if let Member::Rows { piece, .. } = member {
                        *piece += 1;
                    }
                }
            },
        },
        Attack {
            name: "tables in another order",
            says: "out of order",
            change: &|backup| {
                let is_rows =
                    |(member, _): &(Member, Vec<u8>)| matches!(member, Member::Rows { .. });
                let first = backup.members.iter().position(is_rows).unwrap();
                backup.members.swap(first, first + 1);
            },
        },
        Attack {
            name: "rows of a table that is none",
            says: "a table session",
            change: &|backup| {
                let member = Member::Rows { table: "session".into(), piece: 1 };
                backup.members.push((member, b"[]\n".to_vec()));
            },
        },
        Attack {
            name: "other counts in the manifest",
            says: "counts other",
            change: &|backup| backup.manifest.totals.rows += 1,
        },
        Attack {
            name: "another table than its migrations make",
            says: "are not those of its migrations",
            change: &|backup| backup.header.tables[0].columns[0].name = "more".into(),
        },
        Attack {
            name: "a changed migration",
            says: "migration 2 was applied in another form",
            change: &|backup| backup.header.migrations[1].digest = Digest::of(b""),
        },
        Attack {
            name: "a newer schema",
            says: "use a newer Closedset",
            change: &|backup| {
                let number = backup.header.migrations.len() as i64 + 1;
                let last = backup.header.migrations[0].clone();
                backup.header.migrations.push(MigrationLine { number, ..last });
            },
        },
    ];
    for attack in &attacks {
        refused(attack, &whole, &locked.lock, key.keys());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registers_that_say_otherwise_than_the_entries_are_refused() {
    let world = World::sqlite().await;
    lived_in(&world).await;
    let computer = late_to_lock(&world, 1).await;
    let new = NewException { subject: Some(computer.subject()), ..of_all() };
    let withdrawn = granted(&world, new.clone()).await;
    exception_withdraw(&world.app, &world.owner, withdrawn, "signed by mistake").await.unwrap();
    granted(&world, new).await;
    let id = upload(&world, &world.owner, document(&world), b"a draft").await.unwrap();
    document_withdraw(&world.app, &world.owner, id, "it was a draft").await.unwrap();
    world.integrate().await;
    let report = ledger::verify(&world.app, &world.owner).await.unwrap();
    assert_eq!(report.faults, [""; 0]);
    let locked = Locked::new();
    let key = locked.lock.witness();
    let whole = opened(&make(&world, &locked.lock), key.keys());
    check(&whole.written(&locked.lock), key.keys(), None).unwrap();
    let at = |table: &str, name: &str| column(&whole, table, name);
    // The one that was withdrawn, and the one that stands.
    let taken = is_withdrawn(&whole, true);
    let stands = is_withdrawn(&whole, false);
    let twenty_years = 20 * 365 * 86_400_000i64;
    let later = |value: &mut Value| *value = (value.as_i64().unwrap() + twenty_years).into();
    let (withdrawn_at, valid_to) = (at("exception", "withdrawn_at"), at("exception", "valid_to"));
    let attacks = [
        Attack {
            name: "a withdrawn exception lives again",
            says: "another withdrawal than its entries say",
            change: &|backup| {
                let entry = column(backup, "exception", "withdrawn_entry");
                rows(backup, "exception", |rows| {
                    rows[taken][withdrawn_at] = Value::Null;
                    rows[taken][entry] = Value::Null;
                });
            },
        },
        Attack {
            name: "an exception is withdrawn in twenty years",
            says: "another withdrawal",
            change: &|backup| {
                rows(backup, "exception", |rows| later(&mut rows[taken][withdrawn_at]))
            },
        },
        Attack {
            name: "an exception lasts twenty years more",
            says: "another terms, granted terms",
            change: &|backup| rows(backup, "exception", |rows| later(&mut rows[stands][valid_to])),
        },
        Attack {
            name: "an exception covers all",
            says: "another terms",
            change: &|backup| {
                let subject = column(backup, "exception", "subject");
                rows(backup, "exception", |rows| rows[stands][subject] = Value::Null);
            },
        },
        Attack {
            name: "an exception was never granted",
            says: "another grant",
            change: &|backup| {
                let names = ["approved_by", "granted_at", "granted_entry"];
                let places = names.map(|name| column(backup, "exception", name));
                rows(backup, "exception", |rows| {
                    places.iter().for_each(|place| rows[stands][*place] = Value::Null);
                });
            },
        },
        Attack {
            name: "an exception is granted by half",
            says: "granted by half",
            change: &|backup| {
                let place = column(backup, "exception", "granted_at");
                rows(backup, "exception", |rows| rows[stands][place] = Value::Null);
            },
        },
        Attack {
            name: "an exception is gone",
            says: "of which no row is kept",
            change: &|backup| {
                rows(backup, "exception", |rows| drop(rows.remove(taken)));
                backup.manifest.totals.rows -= 1;
            },
        },
        Attack {
            name: "a withdrawn document lives again",
            says: "another withdrawal",
            change: &|backup| {
                let names = ["withdrawn_at", "withdrawn_entry"];
                let places = names.map(|name| column(backup, "document", name));
                rows(backup, "document", |rows| {
                    let row = rows.iter_mut().find(|row| !row[places[0]].is_null()).unwrap();
                    places.iter().for_each(|place| row[*place] = Value::Null);
                });
            },
        },
        Attack {
            name: "a document counts longer",
            says: "another period",
            change: &|backup| {
                let place = column(backup, "document_version", "valid_to");
                rows(backup, "document_version", |rows| later(&mut rows[0][place]));
            },
        },
        Attack {
            name: "an attestation counts longer",
            says: "another period",
            change: &|backup| {
                let place = column(backup, "attestation", "valid_to");
                rows(backup, "attestation", |rows| later(&mut rows[0][place]));
            },
        },
        Attack {
            name: "an attestation says something else",
            says: "another statement",
            change: &|backup| {
                let place = column(backup, "attestation", "statement");
                rows(backup, "attestation", |rows| rows[0][place] = "All is well, always.".into());
            },
        },
    ];
    for attack in &attacks {
        refused(attack, &whole, &locked.lock, key.keys());
    }
    // The same in the database itself.
    world.tamper("UPDATE exception SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL").await;
    let report = ledger::verify(&world.app, &world.owner).await.unwrap();
    assert!(report.faults[0].contains("another withdrawal than its entries say"), "{report:?}");
    world.tamper("UPDATE attestation SET valid_to = valid_to + 1").await;
    let report = ledger::verify(&world.app, &world.owner).await.unwrap();
    assert!(report.faults.iter().any(|fault| fault.contains("another period")), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_thousand_faults_the_first_are_told_and_the_rest_counted() {
    let world = World::sqlite().await;
    lived_in(&world).await;
    let locked = Locked::new();
    let key = locked.lock.witness();
    let mut backup = opened(&make(&world, &locked.lock), key.keys());
    let lines = |range: std::ops::Range<u64>| {
        range.fold(String::new(), |mut text, index| {
            let _ = writeln!(text, "[\"installation\",{index},0]");
            text
        })
    };
    let after = |(member, _): &(Member, Vec<u8>)| matches!(member, Member::Rows { table, .. } if table == "entry_body");
    let place = backup.members.iter().rposition(after).unwrap() + 1;
    let table = "entry_erasure".to_owned();
    let member = Member::Rows { table, piece: 1 };
    backup.members.insert(place, (member, lines(0..100_000).into_bytes()));
    let refused = check(&backup.written(&locked.lock), key.keys(), None).unwrap_err();
    let BackupProblem::Faults { told, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(told.len(), 21);
    assert_eq!(told[20], "and 99980 more");
}
