//! Documents and packs: none, several, with errors, very many.

use super::{Sample, day, exception, sample, shell, time};
use crate::Area;
use crate::audits::{
    Attestations, DocumentPage, Documents, Exceptions, PackPage, Packs, Withdraw,
    attestations::AttestationLine,
    document::{VersionForm, VersionLine},
    documents::{DocumentLine, Standing},
    exceptions::ExceptionState,
    packs::{PackLine, Recipient},
};
use crate::components::{BoxGroup, Boxes, Choice, Command, DigestText, Field, Paging, TickBox};
use Standing::{Ending, Expired, InForce, NotYet, Replaced, Withdrawn};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("documents-empty", &documents(Vec::new())),
        sample("documents-typical", &documents(lines(5))),
        sample("documents-many", &many()),
        sample("document-typical", &document()),
        sample("document-error", &document_with_error()),
        sample("document-withdrawn", &withdrawn()),
        sample("document-withdraw", &withdraw("document", "Policy on <content>", Field::default())),
        sample(
            "attestation-withdraw-error",
            &withdraw(
                "attestation",
                &"a".repeat(4_999),
                Field::default().with_error("Say why, in a few words; it stands in the ledger."),
            ),
        ),
        sample("exceptions-empty", &exceptions(&[])),
        sample("exceptions-typical", &exceptions(&EVERY_STATE)),
        sample("exceptions-many", &exceptions(&EVERY_STATE.repeat(8))),
        sample("attestations-empty", &attestations(0)),
        sample("attestations-typical", &attestations(5)),
        sample("attestations-many", &attestations(50)),
        sample("packs-empty", &packs(Vec::new())),
        sample(
            "packs-typical",
            &packs(vec![encrypted("pck_3"), pack("pck_2", true), pack("pck_1", false)]),
        ),
        sample("packs-error", &packs_with_error()),
        sample("packs-many", &packs((0..100).map(|n| pack(&format!("pck_{n}"), true)).collect())),
        sample("pack-typical", &pack_page(true)),
        sample("pack-encrypted", &encrypted_page()),
        sample("pack-unfinished", &pack_page(false)),
    ]
}

fn withdraw(form: &'static str, title: &str, reason: Field) -> Withdraw {
    Withdraw {
        shell: shell(Area::Documents),
        form,
        title: title.into(),
        control: "AD-5".into(),
        back: "/controls/AD-5".into(),
        action: "/documents/doc_1/withdraw".into(),
        reason,
    }
}

fn documents(documents: Vec<DocumentLine>) -> Documents {
    Documents {
        shell: shell(Area::Documents),
        documents,
        paging: Paging::default(),
        tab: "documents",
    }
}

fn attestations(count: usize) -> Attestations {
    let line = |(index, standing): (usize, Standing)| AttestationLine {
        statement: "Every outer door was tried <by hand> after closing. ".repeat(1 + index * 3),
        control: format!("PH-{}", 1 + index % 6),
        standing,
        last_day: day("2027-03-12", "12 March 2027"),
        by: "Ada Reel".into(),
        entry: 7,
        withdrawn_entry: (standing == Withdrawn).then_some(418),
    };
    let standings = [InForce, Ending, NotYet, Expired, Withdrawn].into_iter().cycle();
    Attestations {
        shell: shell(Area::Documents),
        attestations: standings.take(count).enumerate().map(line).collect(),
        paging: Paging::default(),
        tab: "attestations",
    }
}

fn lines(count: usize) -> Vec<DocumentLine> {
    [InForce, Ending, NotYet, Expired, Withdrawn]
        .into_iter()
        .cycle()
        .take(count)
        .enumerate()
        .map(|(n, standing)| DocumentLine {
            id: format!("doc_{n}"),
            title: "Policy on <content> & devices".into(),
            control: "AD-5".into(),
            standing,
            last_day: day("2027-03-12", "12 March 2027"),
            versions: 2,
            by: "Inés Okafor".into(),
        })
        .collect()
}

fn many() -> Documents {
    Documents {
        paging: Paging {
            shown: 50,
            total: None,
            first: Some("/documents".into()),
            next: Some("/documents?after=doc_49".into()),
        },
        ..documents(lines(50))
    }
}

const EVERY_STATE: [ExceptionState; 6] = [
    ExceptionState::Waiting,
    ExceptionState::InForce,
    ExceptionState::Ending,
    ExceptionState::Lapsed,
    ExceptionState::Withdrawn,
    ExceptionState::Declined,
];

fn exceptions(states: &[ExceptionState]) -> Exceptions {
    let lines = states.iter().enumerate().map(|(number, state)| exception(number, *state));
    Exceptions {
        shell: shell(Area::Documents),
        exceptions: lines.collect(),
        paging: Paging {
            shown: i64::try_from(states.len()).unwrap_or_default(),
            total: None,
            first: None,
            next: None,
        },
        tab: "exceptions",
    }
}

fn digest() -> DigestText {
    DigestText::new("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
}

fn version(number: i64, standing: Standing) -> VersionLine {
    VersionLine {
        number,
        file_name: "TPN report, May 2025.pdf".into(),
        size: "2.4 MiB".into(),
        digest: digest(),
        standing,
        first_day: day("2026-03-12", "12 March 2026"),
        last_day: day("2027-03-12", "12 March 2027"),
        by: "Inés Okafor".into(),
        when: time("2026-03-12T08:00:00Z", "12 March 2026, 09:00"),
        entry: 812,
    }
}

fn document() -> DocumentPage {
    DocumentPage {
        shell: shell(Area::Documents),
        id: "doc_1".into(),
        title: "TPN report".into(),
        control: "AD-8".into(),
        control_title: "Earlier audits".into(),
        standing: InForce,
        withdrawn: None,
        withdrawn_entry: None,
        versions: vec![version(2, InForce), version(1, Replaced)],
        upload: VersionForm::default(),
        can_write: true,
    }
}

fn document_with_error() -> DocumentPage {
    DocumentPage {
        upload: VersionForm {
            valid_from: Field::new("2026-03-12"),
            valid_to: Field::new("2026-03-01").with_error("The last day lies in the past."),
            file: Field::default().with_error("Choose a file; this one is empty."),
        },
        ..document()
    }
}

fn withdrawn() -> DocumentPage {
    DocumentPage {
        standing: Withdrawn,
        withdrawn: Some(time("2026-03-12T08:00:00Z", "12 March 2026, 09:00")),
        withdrawn_entry: Some(418),
        versions: vec![version(1, Withdrawn)],
        ..document()
    }
}

fn pack(id: &str, is_finished: bool) -> PackLine {
    PackLine {
        id: id.into(),
        framework: "Netflix minimum".into(),
        from: day("2025-03-12", "12 March 2025"),
        to: day("2026-03-12", "12 March 2026"),
        made: time("2026-03-12T09:00:00Z", "12 March 2026, 10:00"),
        by: "Inés Okafor".into(),
        size: is_finished.then(|| "38 MiB".into()),
        recipients: Vec::new(),
        controls: Vec::new(),
        without_names: false,
    }
}

fn encrypted(id: &str) -> PackLine {
    let whole = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
    PackLine {
        recipients: vec![Recipient::new(whole.into())],
        controls: vec!["AD-5".into(), "PH-1".into()],
        without_names: true,
        ..pack(id, true)
    }
}

fn packs(packs: Vec<PackLine>) -> Packs {
    Packs {
        shell: shell(Area::Packs),
        packs,
        framework: Field::default(),
        frameworks: vec![
            Choice::new("netflix-minimum", "Netflix minimum, 2025-03"),
            Choice::new("mpa-best-practices", "MPA best practices, 5.3.1"),
        ],
        from: Field::new("2025-03-12"),
        to: Field::new("2026-03-12"),
        recipients: Field::default(),
        controls: controls(false),
        without_names: false,
    }
}

fn controls(is_ticked: bool) -> Boxes {
    let tick = |id: &str, title: &str| TickBox {
        value: id.into(),
        words: format!("{id} {title}"),
        hint: String::new(),
        is_ticked,
    };
    let groups = vec![
        BoxGroup {
            words: "Administrative".into(),
            boxes: vec![tick("AD-1", "The facility"), tick("AD-5", "Written <policies>")],
        },
        BoxGroup { words: "Physical".into(), boxes: vec![tick("PH-1", "Entries and exits")] },
    ];
    Boxes { groups, error: None }
}

fn packs_with_error() -> Packs {
    Packs {
        from: Field::new("soon").with_error("Enter the first day, such as 2026-03-12."),
        to: Field::new("2024-01-01")
            .with_error("The end of the period must lie after its beginning."),
        without_names: true,
        controls: Boxes { error: Some("IS-7 is tested on computers.".into()), ..controls(true) },
        recipients: Field::new("assessor@example.com").with_error(
            "\u{201c}assessor@example.com\u{201d} is not taken: a recipient is written as age1 and 58 letters and digits.",
        ),
        ..packs(Vec::new())
    }
}

fn encrypted_page() -> PackPage {
    PackPage {
        pack: encrypted("pck_3"),
        verify: Command::new(
            "closedset pack verify closedset-2026-01-01-2026-03-12.zip.age --identity KEYFILE",
        ),
        verify_with_key: Command::new(
            "closedset pack verify closedset-2026-01-01-2026-03-12.zip.age --identity KEYFILE --key 'closedset/org_1+0a1b2c3d+AZ'",
        ),
        ..pack_page(true)
    }
}

fn pack_page(is_finished: bool) -> PackPage {
    PackPage {
        shell: shell(Area::Packs),
        pack: pack("pck_2", is_finished),
        manifest: digest(),
        file: is_finished.then(digest),
        entry: 1203,
        verify: Command::new("closedset pack verify closedset-2026-01-01-2026-03-12.zip"),
        verify_with_key: Command::new(
            "closedset pack verify closedset-2026-01-01-2026-03-12.zip --key 'closedset/org_1+0a1b2c3d+AZ'",
        ),
        fingerprint: "9f2c4b1e07d35a6688c1f0e2b4a79d3c5e60817f2a4bd9c8e7135062fa1b8d4c".into(),
    }
}
