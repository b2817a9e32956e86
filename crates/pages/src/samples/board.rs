//! The board: on the first day, on an ordinary day, with everything met.

use super::{Sample, sample, shell, shell_saying, time};
use crate::board::overview::{
    Board, Change, DeviceSummary, Frame, FrameworkTab, Group, LedgerLine, NextThing, Turn, TurnedBy,
};
use crate::components::{Counts, Past, Status, Trend, TrendWeek};
use crate::{Area, FlashKind, Shell};
use Status::{Excepted, Fail, NotApplicable, Pass, Unknown};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("board-first-day", &first_day()),
        sample("board-typical", &typical()),
        sample("board-frameworks", &several()),
        sample("board-all-met", &all_met()),
        sample("board-past", &past()),
        sample("board-day-refused", &Board { past: super::refused_day(), ..typical() }),
    ]
}

const TITLES: [(&str, &[(&str, &str)]); 4] = [
    (
        "Administrative",
        &[
            ("AD-1", "Facility profile"),
            ("AD-2", "Active clients"),
            ("AD-3", "An NDA from everyone"),
            ("AD-4", "Who is engaged"),
            ("AD-5", "Written policies"),
            ("AD-6", "Security contact"),
            ("AD-7", "Vulnerability programme"),
            ("AD-8", "Earlier audits"),
            ("AD-9", "Penetration tests"),
        ],
    ),
    (
        "Physical",
        &[
            ("PH-1", "Entries and exits secured"),
            ("PH-2", "Visitors logged and escorted"),
            ("PH-3", "Cameras, kept 60 days"),
            ("PH-4", "Electronic access control"),
            ("PH-5", "Alarm with a code each"),
            ("PH-6", "Secure storage area"),
        ],
    ),
    (
        "Information",
        &[
            ("IS-1", "Network and its reach"),
            ("IS-2", "Vulnerability scans"),
            ("IS-3", "Firewalls on"),
            ("IS-4", "Strong wireless"),
            ("IS-5", "Accounts of one’s own"),
            ("IS-6", "Current, patched systems"),
            ("IS-7", "Screens lock in 15 minutes"),
            ("IS-8", "MFA where content lies"),
            ("IS-9", "Portable disks encrypted"),
            ("IS-10", "Remote access restricted"),
            ("IS-11", "Internet restricted"),
            ("IS-12", "Mass storage restricted"),
            ("IS-13", "Approved, encrypted storage"),
            ("IS-14", "Approved transfer only"),
            ("IS-15", "Nothing on unapproved clouds"),
            ("IS-16", "Content deleted securely"),
        ],
    ),
    ("Incident", &[("IR-1", "Owner told at once"), ("IR-2", "Audits permitted")]),
];

fn groups(say: impl Fn(&str) -> (Status, &'static str)) -> Vec<Group> {
    TITLES
        .iter()
        .map(|(name, controls)| Group {
            name: (*name).into(),
            controls: controls
                .iter()
                .map(|(id, title)| {
                    let (status, because) = say(id);
                    Frame {
                        id: (*id).into(),
                        title: (*title).into(),
                        status,
                        because: because.into(),
                    }
                })
                .collect(),
        })
        .collect()
}

fn counts(groups: &[Group]) -> Counts {
    groups.iter().flat_map(|group| &group.controls).map(|frame| frame.status).collect()
}

fn thing(title: &str, why: &str, href: &str) -> NextThing {
    NextThing { title: title.into(), why: why.into(), href: href.into() }
}

/// One of several frameworks, with parts of its own.
fn several() -> Board {
    let tab = |title: &str, id: &str, is_here, fail, unknown| FrameworkTab {
        title: title.into(),
        href: format!("/board?framework={id}"),
        is_here,
        fail,
        unknown,
    };
    let frame = |id: &str, title: &str, status| Frame {
        id: id.into(),
        title: title.into(),
        status,
        because: "No evidence is in force".into(),
    };
    let groups = vec![
        Group {
            name: "Organizational".into(),
            controls: vec![frame("OR-1.0", "Content security is <somebody’s> job", Unknown)],
        },
        Group {
            name: "Technical".into(),
            controls: vec![
                frame("TS-1.6", "Sign-in: long passwords and a second factor", Fail),
                frame("TS-3.0", "Content is encrypted", Pass),
            ],
        },
    ];
    Board {
        framework: "MPA best practices, 5.3.1".into(),
        frameworks: vec![
            tab("Netflix minimum", "netflix-minimum", false, 0, 0),
            tab("MPA best practices", "mpa-best-practices", true, 1, 1),
        ],
        counts: counts(&groups),
        groups,
        past: Past { framework: Some("mpa-best-practices".into()), ..super::present() },
        ..typical()
    }
}

fn first_day() -> Board {
    let groups = groups(|id| match id {
        "IS-3" | "IS-6" => (Fail, "1 of 1 device fails"),
        "IS-7" => (NotApplicable, "No device has a screen"),
        "IS-12" => (Pass, "1 of 1 device"),
        "IS-9" | "IS-10" | "IS-11" | "IS-15" => (Unknown, "Waiting for a first report"),
        _ => (Unknown, "No evidence yet"),
    });
    Board {
        shell: Shell {
            open_tasks: 0,
            ..shell_saying(
                Area::Board,
                FlashKind::Done,
                "Halide Post is set up. This computer has reported for 20 seconds.",
            )
        },
        facility: "Keilestraat".into(),
        framework: "Netflix minimum, version 2025-03".into(),
        source: "Our restatement of an edition. Neither written nor approved by the owner.".into(),
        frameworks: Vec::new(),
        counts: counts(&groups),
        next: vec![
            thing("Turn on the firewall on colour-1", "Clears IS-3", "/controls/IS-3"),
            thing("Name the security contact", "Answers AD-6", "/controls/AD-6"),
            thing("Upload the policies you have", "Answers AD-5", "/controls/AD-5"),
        ],
        groups,
        turns: Vec::new(),
        changes: Vec::new(),
        trend: trend(1),
        devices: DeviceSummary { total: 0, ..DeviceSummary::default() },
        ledger: Some(LedgerLine { entries: "12".into(), checkpoint: None, verified: None }),
        as_of: time("2026-03-12T09:41:00Z", "12 March, 09:41"),
        past: super::present(),
    }
}

fn typical() -> Board {
    let groups = groups(|id| match id {
        "AD-1" | "AD-2" | "AD-6" => (Pass, "Reviewed 3 February"),
        "AD-3" => (Fail, "2 of 31 people have not signed"),
        "AD-5" => (Pass, "6 policies in force"),
        "AD-8" => (Pass, "TPN report of May 2025"),
        "AD-9" => (Excepted, "Until 30 June, by M. Sloane"),
        "PH-5" => (Pass, "Attested until 1 September"),
        "PH-6" => (NotApplicable, "No physical material is held"),
        "IS-3" | "IS-12" => (Pass, "11 of 11 devices"),
        "IS-6" => (Fail, "1 of 11 devices fails"),
        "IS-7" => (Fail, "3 of 11 devices fail"),
        "IS-9" => (Unknown, "audio-laptop: not read for 9 days"),
        "IS-10" | "IS-15" => (Pass, "11 of 11 devices"),
        "IS-11" => (Unknown, "2 devices could not be read"),
        "IR-2" => (Pass, "Standing permission signed"),
        _ => (Unknown, "No evidence yet"),
    });
    Board {
        shell: shell(Area::Board),
        facility: "Keilestraat".into(),
        framework: "Netflix minimum, version 2025-03".into(),
        source: "Our restatement of an edition. Neither written nor approved by the owner.".into(),
        frameworks: Vec::new(),
        counts: counts(&groups),
        next: vec![
            thing(
                "Turn on the screen lock on 3 computers",
                "Clears IS-7 · one command each",
                "/controls/IS-7",
            ),
            thing(
                "Have Jonah Reyes and Wen Li sign the NDA",
                "Clears AD-3 · both start Monday",
                "/controls/AD-3",
            ),
            thing(
                "Say who keeps the camera recordings, and how long",
                "Answers PH-3 · upload or attest",
                "/controls/PH-3",
            ),
        ],
        groups,
        turns: turns(),
        changes: changes(),
        trend: trend(12),
        devices: DeviceSummary { total: 11, good: 6, failing: 3, unknown: 1, silent: 1 },
        ledger: Some(LedgerLine {
            entries: "1,204".into(),
            checkpoint: Some(time("2026-03-12T09:40:20Z", "40 s ago")),
            verified: Some(true),
        }),
        as_of: time("2026-03-12T09:41:00Z", "12 March, 09:41"),
        past: super::present(),
    }
}

fn turns() -> Vec<Turn> {
    let turn = |iso: &str, words: &str, control: &str, title: &str, was, is, by| Turn {
        when: super::day(iso, words),
        control: control.into(),
        title: title.into(),
        was,
        is,
        by,
    };
    let by = |words: &str, entry| {
        Some(TurnedBy { words: words.into(), href: "/devices/dev_0195c2".into(), entry })
    };
    let lock = by("Screen locks within 15 minutes, on grading-<2>", Some(1_190));
    vec![
        turn("2026-03-12", "12 March 2026", "IS-7", "Screens lock in 15 minutes", Pass, Fail, lock),
        turn("2026-03-11", "11 March 2026", "IS-3", "Firewalls on", Fail, Pass, None),
        turn(
            "2026-03-09",
            "9 March 2026",
            "IR-2",
            "Audits permitted",
            Unknown,
            Pass,
            by("Evidence is in force", None),
        ),
    ]
}

fn trend(weeks: i64) -> Trend {
    let week = |number: i64| TrendWeek {
        at: super::day("2026-03-12", &format!("week {number}")),
        counts: Counts {
            pass: 10 + number,
            fail: 12 - number,
            unknown: 10,
            excepted: 1,
            not_applicable: 0,
        },
    };
    Trend { weeks: (0..weeks).map(week).collect() }
}

fn changes() -> Vec<Change> {
    let change = |iso: &str, words: &str, what: &str, was: Option<Status>, is: Status| Change {
        when: time(iso, words),
        what: what.into(),
        was,
        is,
        href: "/devices/dev_0195c2".into(),
    };
    vec![
        change("2026-03-12T08:02:00Z", "Today, 08:02", "IS-7 on grading-2", Some(Pass), Fail),
        change("2026-03-11T17:45:00Z", "Wed, 17:45", "IS-3 on ingest-1", Some(Fail), Pass),
        change(
            "2026-03-11T10:12:00Z",
            "Wed, 10:12",
            "AD-9 Penetration tests",
            Some(Fail),
            Excepted,
        ),
        change("2026-03-10T06:00:00Z", "Tue, 06:00", "IS-9 on audio-laptop", Some(Pass), Unknown),
        change("2026-03-09T14:20:00Z", "Mon, 14:20", "IR-2 Audits permitted", None, Pass),
    ]
}

fn all_met() -> Board {
    let groups = groups(|id| match id {
        "PH-6" => (NotApplicable, "No physical material is held"),
        _ => (Pass, "Evidence in force"),
    });
    Board {
        shell: Shell { demonstration: true, open_tasks: 0, ..shell(Area::Board) },
        counts: counts(&groups),
        next: Vec::new(),
        groups,
        ledger: Some(LedgerLine {
            entries: "1,204".into(),
            checkpoint: None,
            verified: Some(false),
        }),
        ..typical()
    }
}

fn past() -> Board {
    Board { next: Vec::new(), ledger: None, past: super::past(), ..typical() }
}
