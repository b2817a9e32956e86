//! The ledger: before its first checkpoint, on an ordinary day, with an entry and an erased one.

use super::{Sample, sample, shell, time};
use crate::Area;
use crate::components::{Choice, Command, DigestText, Field, Paging};
use crate::ledger::view::{EntryLine, EntryPage, LedgerPage, Party};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("ledger-empty", &empty()),
        sample("ledger-typical", &typical()),
        sample("ledger-many", &many()),
        sample("entry-typical", &entry()),
        sample("entry-erased", &erased()),
        sample("entry-error", &with_error()),
    ]
}

const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

fn typical() -> LedgerPage {
    LedgerPage {
        shell: shell(Area::Ledger),
        entries: "1,204".into(),
        signed: "1,203".into(),
        signed_at: Some(time("2026-03-12T09:40:20Z", "40 seconds ago")),
        tombstones: "2".into(),
        root: DigestText::new(ROOT),
        checkpoint: format!(
            "closedset.halide.example/log/org_0195c2\n1203\n{ROOT}\n\n\u{2014} \
             closedset.halide.example/log/org_0195c2 f2Kq0Zc8mP1sW4uVxYb7TgQdRkLhJ9nE6oAi3yXtBvC5wUzSMDFGHpN0l2KjqR=="
        ),
        verifier_key: DigestText::new(
            "closedset.halide.example/log/org_0195c2+7f62aad1+AQkzrWl3qTnXc0vYy5b4uJ8Z1pLm2oEwRsDfGhKjQ6xT",
        ),
        fingerprint: "9f2c4b1e07d35a6688c1f0e2b4a79d3c5e60817f2a4bd9c8e7135062fa1b8d4c".into(),
        kind: String::new(),
        kinds: vec![
            Choice::new("device.checked_in", "A device reported something new"),
            Choice::new("document.added", "A document was added"),
        ],
        rows: vec![
            line(1_203, "Checked anew", "subject.assessed", "Closedset", "grading-2"),
            line(
                1_202,
                "A device said something new",
                "device.checked_in",
                "grading-2",
                "grading-2",
            ),
            line(1_201, "Document uploaded", "document.added", "Mara Sloane", "control:IS-7"),
            EntryLine {
                is_erased: true,
                ..line(1_200, "A visitor signed out", "visit.ended", "erased", "erased")
            },
        ],
        paging: Paging {
            shown: 4,
            total: Some(1_204),
            first: None,
            next: Some("/ledger?before=1200".into()),
        },
        verify: Command::new("closedset ledger verify --data /var/lib/closedset"),
    }
}

fn line(index: i64, what: &str, kind: &str, actor: &str, subject: &str) -> EntryLine {
    EntryLine {
        index,
        when: time("2026-03-12T09:40:00Z", "12 March 2026, 10:40"),
        what: what.into(),
        kind: kind.into(),
        actor: party(actor),
        subject: party(subject),
        is_erased: false,
    }
}

fn party(name: &str) -> Party {
    let (kind, id) = name.split_once(':').unwrap_or((name, name));
    Party {
        words: id.into(),
        name: name.into(),
        href: if kind == "control" { format!("/controls/{id}") } else { String::new() },
    }
}

fn empty() -> LedgerPage {
    LedgerPage {
        entries: "1".into(),
        signed: "0".into(),
        signed_at: None,
        tombstones: "0".into(),
        checkpoint: String::new(),
        kind: "document.added".into(),
        rows: Vec::new(),
        paging: Paging::default(),
        ..typical()
    }
}

fn many() -> LedgerPage {
    LedgerPage {
        rows: (1..=100)
            .rev()
            .map(|index| {
                line(index, "A device said something new", "device.checked_in", "edit-1", "edit-1")
            })
            .collect(),
        paging: Paging {
            shown: 100,
            total: Some(1_204),
            first: Some("/ledger".into()),
            next: None,
        },
        ..typical()
    }
}

fn entry() -> EntryPage {
    EntryPage {
        shell: shell(Area::Ledger),
        line: line(1_201, "Document uploaded", "document.added", "Mara Sloane", "control:IS-7"),
        envelope: r#"{"actor":"p_81f3","body":"sha256:5be1c0","id":"ent_0195c2","kind":"document.added","log":"org_0195c2","subject":"s_02aa","time":"2026-03-12T09:40:00Z","version":1}"#.into(),
        body: Some("{\n  \"title\": \"Workstation policy\",\n  \"bytes\": 184320\n}".into()),
        salt: "5be1c07ab8e0c4415b3d66cf12aa7709be34f1c58d20e6f7b3a41c5d98e21041".into(),
        proof: format!("c2sp.org/tlog-proof@v1\nindex 1201\n{ROOT}\n{ROOT}\n"),
        prove: Command::new("closedset ledger prove 1201 --data /var/lib/closedset --out entry-1201.proof"),
        may_erase: true,
        reason: Field::default(),
    }
}

fn erased() -> EntryPage {
    EntryPage {
        line: EntryLine {
            is_erased: true,
            ..line(1_200, "A visitor signed out", "visit.ended", "erased", "erased")
        },
        body: None,
        salt: String::new(),
        may_erase: false,
        ..entry()
    }
}

fn with_error() -> EntryPage {
    EntryPage {
        reason: Field::default().with_error("Say why: the law or the request that asks for it."),
        ..entry()
    }
}
