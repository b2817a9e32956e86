//! Devices: none yet, a link just made, several, a long list; one that fails, one new, one revoked.

use super::{Sample, sample, shell, time};
use crate::Area;
use crate::components::{Command, Counts, DigestText, Field, Paging, Status, TimeText};
use crate::devices::{
    Device, Devices, HandIn, Revoke,
    device::{Confirmation, EntryLine, Turn, VerdictLine},
    facts::{FactRow, FactSheet, FactTable, FactValue, UnreadLine},
    list::{DeviceLine, NewLink},
};
use Status::{Excepted, Fail, NotApplicable, Pass, Unknown};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("devices-empty", &list(Vec::new(), None)),
        sample("devices-link", &list(Vec::new(), Some(link()))),
        sample(
            "devices-link-only-here",
            &Devices {
                only_here: Some("https://localhost:8443".into()),
                ..list(Vec::new(), Some(link()))
            },
        ),
        sample(
            "devices-report-refused",
            &Devices {
                hand_in: HandIn::refused(
                    "A later report of this computer was taken before. Hand in the newest. If this \
                     is the newest, the computer was copied or put back: revoke it and enrol it anew.",
                ),
                ..list(typical_lines(), None)
            },
        ),
        sample("devices-typical", &list(typical_lines(), None)),
        sample("devices-many", &many()),
        sample("devices-only-to-read", &Devices { can_manage: false, ..list(Vec::new(), None) }),
        sample("device-typical", &typical()),
        sample("device-new", &new()),
        sample("device-error", &with_error()),
        sample("device-by-hand", &by_hand()),
        sample("device-revoked", &revoked()),
        sample("device-past", &Device { can_manage: false, past: super::past(), ..typical() }),
        sample("device-day-refused", &Device { past: super::refused_day(), ..typical() }),
        sample("device-in-order", &in_order()),
        sample("device-revoke", &revoke(Field::default())),
        sample(
            "device-revoke-error",
            &revoke(
                Field::default().with_error("Say why, in a few words; it stands in the ledger."),
            ),
        ),
    ]
}

fn list(devices: Vec<DeviceLine>, link: Option<NewLink>) -> Devices {
    Devices {
        shell: shell(Area::Devices),
        here: "/devices".into(),
        devices,
        paging: Paging::default(),
        link,
        once: "Yk3v0m2yTz".into(),
        hand_in: HandIn::default(),
        can_manage: true,
        only_here: None,
    }
}

fn link() -> NewLink {
    let link = "https://closedset.halide.example:8443/enrol#Q2xvc2Vkc2V0.cGlubmVk.org_01.enr_01";
    NewLink {
        link: Command::new(link),
        command: Command::new(format!("sudo closedset agent enrol '{link}'")),
        sign: Command::new(format!("sudo closedset check --sign '{link}' --out report.json")),
        send: Command::new(format!("closedset check --send '{link}'")),
        expires: time("2026-03-13T09:41:00Z", "13 March 2026, 10:41"),
    }
}

fn device_line(name: &str, fail: i64, unknown: i64, seen: &str) -> DeviceLine {
    DeviceLine {
        id: format!("dev_{name}"),
        name: name.into(),
        system: Some("Debian GNU/Linux 12 (bookworm)".into()),
        counts: Counts { pass: 21 - fail - unknown, fail, unknown, ..Counts::default() },
        seen: time("2026-03-12T09:40:00Z", seen),
        is_silent: false,
        is_revoked: false,
        is_confirmed: true,
    }
}

fn typical_lines() -> Vec<DeviceLine> {
    vec![
        device_line("colour-1", 0, 0, "1 minute ago"),
        device_line("grading-2", 2, 1, "40 seconds ago"),
        DeviceLine { is_silent: true, ..device_line("audio-laptop", 0, 21, "9 days ago") },
        DeviceLine {
            system: None,
            counts: Counts::default(),
            is_confirmed: false,
            ..device_line("ingest-1", 0, 0, "just now")
        },
        DeviceLine {
            is_revoked: true,
            counts: Counts::default(),
            ..device_line("<old> & gone", 0, 0, "4 months ago")
        },
    ]
}

fn many() -> Devices {
    Devices {
        devices: (1..=50)
            .map(|n| device_line(&format!("render-{n:03}"), n % 3, n % 2, "2 minutes ago"))
            .collect(),
        here: "/devices?after=dev_render-000".into(),
        paging: Paging {
            shown: 50,
            total: None,
            first: Some("/devices".into()),
            next: Some("/devices?after=dev_render-050".into()),
        },
        ..list(Vec::new(), None)
    }
}

fn verdict(
    title: &str,
    control: &str,
    status: Status,
    because: &str,
    mend: Option<&str>,
) -> VerdictLine {
    VerdictLine {
        title: title.into(),
        control: control.into(),
        status,
        because: because.into(),
        cover: None,
        may_be_excepted: status == Fail,
        is_untold: status == Unknown,
        wanted: "the screen locks within 15 minutes and asks for the password".into(),
        is_beyond: false,
        is_own: false,
        mend: mend.map(Command::new),
        may_have_no_screen: status == Unknown,
        since: time("2026-03-12T08:02:00Z", "12 March 2026, 09:02"),
        entry: 1187,
    }
}

fn text(words: &str, value: &str) -> FactRow {
    FactRow { words: words.into(), value: FactValue::Text(value.into()) }
}

fn sheet(kind: &str, title: &str, rows: Vec<FactRow>, unread: Vec<UnreadLine>) -> FactSheet {
    FactSheet {
        kind: kind.into(),
        title: title.into(),
        source: None,
        rows,
        unread,
        digest: digest(),
        collected: collected(),
        entry: Some(1187),
    }
}

fn digest() -> DigestText {
    DigestText::new("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
}

fn collected() -> TimeText {
    time("2026-03-12T08:01:58Z", "12 March 2026, 09:01")
}

fn facts() -> Vec<FactSheet> {
    let users = FactTable {
        caption: "One for each person with a desktop".into(),
        columns: vec!["Its name".into(), "Locks after".into(), "Fixed".into()],
        rows: vec![
            vec![
                Some(FactValue::Text("ines".into())),
                Some(FactValue::Text("30 min".into())),
                Some(FactValue::Truth(false)),
            ],
            vec![
                Some(FactValue::Text("<b>mallory</b>".into())),
                Some(FactValue::Text("never".into())),
                None,
            ],
        ],
        left_out: 12,
    };
    vec![
        sheet(
            "local_accounts",
            "Local accounts",
            vec![FactRow {
                words: "Names besides root that have root's number".into(),
                value: FactValue::List(Vec::new()),
            }],
            vec![
                UnreadLine {
                    what: Some("Names of accounts that let one in without a password".into()),
                    why: "not allowed to read /etc/shadow: run the agent as root".into(),
                },
                UnreadLine { what: None, why: "the session bus did not answer".into() },
            ],
        ),
        sheet(
            "screen_lock",
            "Screen lock",
            vec![
                FactRow {
                    words: "One for each person with a desktop".into(),
                    value: FactValue::Table(users),
                },
                text("The longest time until any screen locks, in seconds", "30 min"),
            ],
            Vec::new(),
        ),
        FactSheet {
            source: Some("closedset/release-line/1".into()),
            entry: None,
            ..sheet(
                "release_line",
                "Place among the releases",
                vec![
                    FactRow {
                        words: "Its maker still mends security faults in it".into(),
                        value: FactValue::Truth(true),
                    },
                    FactRow {
                        words: "When that ends".into(),
                        value: FactValue::Moment(time("2028-06-30T00:00:00Z", "30 June 2028")),
                    },
                    FactRow {
                        words: "Something within".into(),
                        value: FactValue::Record(vec![
                            text("Empty", ""),
                            FactRow {
                                words: "Several".into(),
                                value: FactValue::List(vec!["/srv".into(), "/home".into()]),
                            },
                        ]),
                    },
                ],
                Vec::new(),
            )
        },
    ]
}

fn turn(was: Option<Status>, is: Status, because: &str) -> Turn {
    Turn {
        when: time("2026-03-12T08:02:00Z", "12 March 2026, 09:02"),
        what: "Screen locks within 15 minutes".into(),
        was,
        is,
        because: because.into(),
        entry: 1187,
    }
}

fn typical() -> Device {
    let verdicts = vec![
        verdict(
            "Screen locks within 15 minutes",
            "IS-7",
            Fail,
            "locks after 30 min",
            Some(
                "gsettings set org.gnome.desktop.session idle-delay 900\ngsettings set org.gnome.desktop.screensaver lock-enabled true",
            ),
        ),
        verdict("No account without a password", "IS-5", Unknown, "could not be read", None),
        VerdictLine {
            cover: Some(super::cover()),
            ..verdict(
                "Disks are encrypted",
                "IS-13",
                Excepted,
                "risk accepted although it fails: 1 of 2 volumes is not",
                None,
            )
        },
        VerdictLine {
            is_beyond: true,
            is_own: false,
            ..verdict("Firewall refuses inbound", "IS-3", Pass, "ufw, on", None)
        },
        verdict("Mass storage is refused", "IS-12", NotApplicable, "it has no ports", None),
    ];
    Device {
        shell: shell(Area::Devices),
        id: "dev_grading-2".into(),
        name: "grading-2".into(),
        system: Some("Ubuntu 24.04.2 LTS".into()),
        key: digest(),
        enrolled: time("2026-01-08T10:00:00Z", "8 January 2026, 11:00"),
        enrolled_entry: 41,
        seen: time("2026-03-12T09:40:20Z", "40 seconds ago"),
        measured: None,
        silent_since: None,
        hand_in: HandIn::default(),
        revoked: None,
        counts: verdicts.iter().map(|verdict| verdict.status).collect(),
        confirmation: Confirmation {
            name: Field::new("grading-2"),
            has_screen: true,
            is_portable: false,
            handles_content: true,
            by: Some(("Inés Okafor".into(), time("2026-01-08T10:05:00Z", "8 January 2026, 11:05"))),
        },
        verdicts,
        facts: facts(),
        turns: vec![
            turn(Some(Pass), Fail, "locks after 30 min"),
            turn(None, Pass, "locks after 10 min"),
        ],
        entries: vec![
            entry(1188, "device.report_handed_in"),
            entry(1187, "device.checked_in"),
            entry(1100, "device.key_used_twice"),
            entry(41, "device.enrolled"),
            entry(40, "something.newer"),
        ],
        can_manage: true,
        past: super::present(),
    }
}

fn entry(index: i64, kind: &str) -> EntryLine {
    EntryLine {
        index,
        when: time("2026-03-12T08:02:00Z", "12 March 2026, 09:02"),
        kind: kind.into(),
        actor: "grading-2".into(),
        skipped: (kind == "device.report_handed_in").then_some(2),
    }
}

fn new() -> Device {
    Device {
        system: None,
        counts: Counts::default(),
        confirmation: Confirmation { by: None, is_portable: true, ..typical().confirmation },
        verdicts: Vec::new(),
        facts: Vec::new(),
        turns: Vec::new(),
        entries: Vec::new(),
        ..typical()
    }
}

fn in_order() -> Device {
    let passes = |title: &str| verdict(title, "IS-3", Pass, "ufw, on", None);
    let verdicts = vec![passes("Firewall refuses inbound"), passes("Firewall comes back")];
    let counts = verdicts.iter().map(|verdict| verdict.status).collect();
    Device { verdicts, counts, ..typical() }
}

fn with_error() -> Device {
    let name = Field::new(" ").with_error("Give the device a name of at most 253 characters.");
    Device { confirmation: Confirmation { name, ..typical().confirmation }, ..typical() }
}

fn revoked() -> Device {
    Device {
        revoked: Some(time("2026-03-10T16:00:00Z", "10 March 2026, 17:00")),
        verdicts: Vec::new(),
        counts: Counts::default(),
        ..typical()
    }
}

/// A suite without network, whose report was nine days on the way.
fn by_hand() -> Device {
    let read = time("2026-03-03T09:40:00Z", "3 March 2026, 10:40");
    Device {
        measured: Some(time("2026-03-03T09:40:00Z", "9 days ago")),
        silent_since: Some(read),
        hand_in: HandIn::refused(
            "This report is another computer's. Choose the report of this computer, or hand it in \
             on the list of devices.",
        ),
        ..typical()
    }
}

fn revoke(reason: Field) -> Revoke {
    Revoke {
        shell: shell(Area::Devices),
        id: "dev_grading-2".into(),
        name: "grading-2".into(),
        reason,
    }
}
