//! Controls: one that devices answer, one that people answer, one whose forms are wrong, one that
//! was never assessed.

use super::{Sample, cover, exception, sample, shell, time};
use crate::Area;
use crate::audits::exceptions::ExceptionState;
use crate::board::control::{
    AskForm, AttestationForm, CheckBlock, ControlPage, DocumentForm, EvidenceRow, HistoryRow,
    SubjectRow,
};
use crate::components::{Choice, Command, DigestText, Field, Prose, Status, Verb};
use Status::{Excepted, Fail, NotApplicable, Pass, Unknown};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("control-typical", &measured()),
        sample("control-many", &many()),
        sample("control-error", &with_errors()),
        sample("control-by-hand", &by_hand()),
        sample("control-empty", &never_assessed()),
        sample(
            "control-not-answered",
            &ControlPage {
                board: "/board".into(),
                is_answered: false,
                may_write: false,
                may_withdraw: false,
                may_ask: false,
                to_do: None,
                ..measured()
            },
        ),
        sample(
            "control-past",
            &ControlPage {
                to_do: None,
                exceptions: vec![exception(2, ExceptionState::Lapsed)],
                may_write: false,
                may_withdraw: false,
                may_ask: false,
                past: super::past(),
                ..measured()
            },
        ),
    ]
}

fn measured() -> ControlPage {
    ControlPage {
        shell: shell(Area::Board),
        id: "IS-7".into(),
        board: "/board?framework=netflix-minimum".into(),
        is_answered: true,
        title: "Screens lock after 15 minutes".into(),
        previous: Some("IS-6".into()),
        next: Some("IS-8".into()),
        area: "Information".into(),
        verb: Verb::Must,
        status: Fail,
        because: "3 of 11 devices fail: locks after 30 min, never locks".into(),
        to_do: Some("Turn on the screen lock on 3 computers".into()),
        to_do_href: Some("/devices/dev_grading-2".into()),
        requirement: Prose::from_markdown(
            "Every screen locks by itself after **at most 15 minutes** without anybody at it, and \
             asks for the password again.",
        ),
        why: Prose::from_markdown(
            "A suite that is left open at lunch shows the cut to whoever walks past.",
        ),
        meet: prose(&[
            "Set the lock on every computer, for every person who signs in on it.",
            "Fix the setting, so that nobody can turn it off before a long render.",
            "Let renders run on: a locked screen does not stop them.",
        ]),
        tested: Prose::from_markdown(
            "The agent reads each person’s own setting. A time of zero means *never*, and fails.",
        ),
        assessor: prose(&[
            "A suite picked at random, left alone for a quarter of an hour.",
            "The setting on that computer, and who may change it.",
        ]),
        checks: vec![screen_lock(vec![
            row("grading-2", Fail, "locks after 30 min", true),
            row("edit-1", Fail, "never locks for the account assist", true),
            row(
                "audio-laptop",
                Unknown,
                "not read for 9 days; it was last heard of on 3 March",
                false,
            ),
            SubjectRow {
                cover: Some(cover()),
                ..row(
                    "colour-1",
                    Excepted,
                    "risk accepted although it fails: never locks for the account colour",
                    false,
                )
            },
            row("ingest-1", Pass, "locks after 10 min and asks again", false),
            row("render-1", NotApplicable, "has no screen, by I. Okafor", false),
        ])],
        evidence_counts: "Documents and attestations count where nothing measures this by itself; \
                          where something does, they stand beside it.",
        evidence_hint: "Useful here: your workstation policy.".into(),
        evidence: vec![document(), attestation()],
        document: DocumentForm::default(),
        attestation: AttestationForm::default(),
        exceptions: vec![
            exception(0, ExceptionState::Waiting),
            exception(1, ExceptionState::InForce),
            exception(2, ExceptionState::Lapsed),
        ],
        choices: vec![
            Choice::new(
                "risk|device-screen-lock|",
                "Accept the risk on all computers: Screen lock",
            ),
            Choice::new(
                "risk|device-screen-lock|device:dev_grading-2",
                "Accept the risk on grading-2: Screen lock",
            ),
        ],
        ask: AskForm::default(),
        history: vec![
            turn("Screen lock on grading-2", Fail, "locks after 30 min", 1_198),
            turn("Screen lock on grading-2", Pass, "locks after 10 min and asks again", 604),
            turn("Screen lock on audio-laptop", Unknown, "not read for 9 days", 588),
        ],
        framework: "Netflix minimum, 2025-03".into(),
        retrieved: "2026-02-02".into(),
        may_write: true,
        may_withdraw: true,
        may_ask: true,
        past: super::present(),
    }
}

fn prose(lines: &[&str]) -> Vec<Prose> {
    lines.iter().map(|line| Prose::from_markdown(line)).collect()
}

fn screen_lock(subjects: Vec<SubjectRow>) -> CheckBlock {
    let counted = |status: Status| subjects.iter().filter(|row| row.status == status).count();
    let counts = Status::ALL
        .iter()
        .map(|status| (*status, i64::try_from(counted(*status)).unwrap_or(0)))
        .filter(|(_, count)| *count > 0)
        .collect();
    CheckBlock {
        title: "Screen lock".into(),
        condition_words: "for every person, the screen locks after more than 0 s and at most 15 \
                          min, and asks for the password"
            .into(),
        condition: "screen_lock.users.all(u, u.locks_after_s > 0 && u.locks_after_s <= \
                    limit.screen_lock_s && u.asks_password)"
            .into(),
        wanted: "locks within 15 minutes and asks again".into(),
        fresh_for: Some("7 days".into()),
        is_beyond: false,
        is_own: false,
        counts: Vec::new(),
        subjects: Vec::new(),
        folded: Vec::new(),
        unlisted: 0,
        nobody: "No computer answers this yet. Enrol one on the devices page.",
    }
    .with_rows(subjects, counts)
}

fn row(name: &str, status: Status, because: &str, mends: bool) -> SubjectRow {
    let command = "gsettings set org.gnome.desktop.session idle-delay 900 && gsettings set \
                   org.gnome.desktop.screensaver lock-enabled true";
    SubjectRow {
        name: name.into(),
        href: format!("/devices/dev_{name}"),
        status,
        because: because.into(),
        cover: None,
        fix: mends.then(|| Command::new(command)),
        may_have_no_screen: false,
        since: time("2026-03-12T07:41:00Z", "for 2 hours"),
        entry: 1_198,
    }
}

fn document() -> EvidenceRow {
    EvidenceRow {
        form: "Document",
        title: "Workstation policy".into(),
        href: "/documents/doc_0195".into(),
        state: "in force",
        status: Pass,
        by: "Mara Sloane".into(),
        from: time("2026-01-05", "5 January 2026"),
        to: time("2026-12-31", "31 December 2026"),
        digest: DigestText::new("9f2c51d07ab8e0c4415b3d66cf12aa7709be34f1c58d20e6f7b3a41c5d98e210"),
        entry: 212,
        withdrawn_entry: None,
        withdraw: "/documents/doc_0195/withdraw".into(),
    }
}

fn attestation() -> EvidenceRow {
    EvidenceRow {
        form: "Attestation",
        title: "The two suites on the second floor have no screen saver but are locked by hand; I \
                checked both on 2 February."
            .into(),
        href: String::new(),
        state: "expired",
        status: Unknown,
        by: "Inés Okafor".into(),
        from: time("2026-02-02", "2 February 2026"),
        to: time("2026-03-02", "2 March 2026"),
        digest: DigestText::new("41aa0c7c9a1b5d7736f0c8e2aa91d0b3e47f6a558c0d9923bb1e60d2f4c7a588"),
        entry: 340,
        withdrawn_entry: None,
        withdraw: String::new(),
    }
}

fn turn(what: &str, status: Status, because: &str, entry: i64) -> HistoryRow {
    HistoryRow {
        when: time("2026-03-12T07:41:00Z", "12 March 2026, 08:41"),
        what: what.into(),
        status,
        because: because.into(),
        entry,
    }
}

fn many() -> ControlPage {
    let subjects = (1..=60)
        .map(|number| row(&format!("suite-{number}"), Fail, "locks after 30 min", number % 3 == 0))
        .collect();
    ControlPage {
        because: "60 of 60 devices fail".into(),
        checks: vec![
            screen_lock(subjects),
            CheckBlock {
                title: "The screen lock’s settings are fixed".into(),
                is_beyond: true,
                ..screen_lock(Vec::new())
            },
        ],
        may_write: false,
        may_withdraw: false,
        may_ask: false,
        ..measured()
    }
}

fn with_errors() -> ControlPage {
    ControlPage {
        document: DocumentForm {
            title: Field::default().with_error("Give the document a title."),
            valid_from: Field::new("2026-05-01"),
            valid_to: Field::new("2026-04-01")
                .with_error("The last day comes before the first. Choose a later one."),
            file: Field::default().with_error("Choose the file again; browsers do not keep it."),
        },
        attestation: AttestationForm {
            statement: Field::new("ok")
                .with_error("Say a little more: what is so, since when, how you know."),
            valid_to: Field::default().with_error("Say until which day this counts."),
        },
        ask: AskForm {
            what: Field::new("risk|device-screen-lock|")
                .with_error("Choose the one computer that it does not concern."),
            covers_unknown: true,
            reason: Field::new("because").with_error("Say why, in 20 to 1,000 characters."),
            measure: Field::default()
                .with_error("Say what is done instead, in 20 to 1,000 characters."),
            last_day: Field::new("2029-01-01")
                .with_error("An exception lasts at most a year; then renew it."),
            is_open: true,
        },
        ..measured()
    }
}

fn by_hand() -> ControlPage {
    ControlPage {
        id: "AD-6".into(),
        title: "Security contact".into(),
        area: "Administrative".into(),
        verb: Verb::Should,
        status: Pass,
        because: "an attestation in force until 1 September 2026".into(),
        to_do: None,
        to_do_href: None,
        checks: Vec::new(),
        evidence: vec![EvidenceRow { state: "in force", status: Pass, ..attestation() }],
        ..measured()
    }
}

fn never_assessed() -> ControlPage {
    ControlPage {
        id: "PH-3".into(),
        title: "Cameras on entrances and secure areas, kept 60 days or what local law gives".into(),
        area: "Physical".into(),
        verb: Verb::WherePossible,
        status: Unknown,
        because: "no evidence yet".into(),
        to_do: Some("Say who keeps the recordings, and for how long".into()),
        to_do_href: Some("#give".into()),
        checks: Vec::new(),
        evidence: Vec::new(),
        exceptions: Vec::new(),
        history: Vec::new(),
        ..measured()
    }
}
