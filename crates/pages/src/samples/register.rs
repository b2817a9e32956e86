//! The register of people: nobody, several, very many, somebody new, with errors, and as whoever may only read.

use super::{Sample, day, panel, sample, shell};
use crate::{
    Area, Shell,
    components::{Choice, Command, DigestText, Field, Paging, TimeText},
    people::{
        BoundLine, ComparePage, ComparedPage, CountLine, CountPage, DifferenceGroup,
        DifferenceLine, ImportFigures, ImportLine, ImportPage, ImportShown, KindLine, ListColumn,
        ListPage, MadeLink, Month, Open, PaperForm, PersonForm, PersonInRegister, PersonShown,
        ReadsLine, RegisterPage, RegisteredPage, WorkForm, WorkLine, WorkPage,
    },
    registers::{LastConfirmed, RegisterPanel},
};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    let wrong = || Field::new("soon").with_error("Write the day like 2026-09-30.");
    let refused = Some("Somebody who is known here has this address. Look for it.".to_owned());
    vec![
        sample("register-empty", &list(0)),
        sample("register-typical", &list(4)),
        sample("register-many", &list(100)),
        sample(
            "register-nobody-found",
            &RegisterPage { text: "<nina>".into(), tab: "left", ..list(0) },
        ),
        sample(
            "register-only-to-read",
            &RegisterPage { shell: reader(), may_write: false, ..list(2) },
        ),
        sample("registered-new", &RegisteredPage { person: None, ..person() }),
        sample(
            "registered-new-refused",
            &RegisteredPage {
                person: None,
                problem: refused.clone(),
                known: Some(("per_0".into(), "Nina <Cut>".into())),
                ..person()
            },
        ),
        sample("registered-typical", &person()),
        sample(
            "registered-link-made",
            &RegisteredPage {
                made: Some(MadeLink {
                    link: Command::new("https://closedset.example/mine?token=abc"),
                    only_here: Some("localhost:8443".into()),
                    expires: day("2026-02-15T10:00:00Z", "15 February 2026, 10:00"),
                }),
                ..person()
            },
        ),
        sample(
            "registered-bare",
            &RegisteredPage {
                person: Some(PersonShown {
                    email: String::new(),
                    phone: String::new(),
                    role: None,
                    engagements: Vec::new(),
                    assignments: Some(Vec::new()),
                    tasks: Vec::new(),
                    directory: None,
                    ..shown()
                }),
                titles: Vec::new(),
                leavings: Vec::new(),
                bound: Vec::new(),
                reads: Vec::new(),
                ..person()
            },
        ),
        sample(
            "registered-errors",
            &RegisteredPage {
                form: PersonForm {
                    phone: Field::new("call me").with_error("Write the number with digits."),
                    ..PersonForm::default()
                },
                engage: WorkForm { begins_on: wrong(), ..WorkForm::default() },
                reason: Field::new("so").with_error("Say why they are forgotten."),
                problem: refused.clone(),
                open: Open::Engage,
                ..person()
            },
        ),
        sample(
            "registered-only-to-read",
            &RegisteredPage {
                shell: reader(),
                person: Some(PersonShown { assignments: None, ..shown() }),
                may_write: false,
                may_assign: false,
                may_forget: false,
                may_invite: false,
                ..person()
            },
        ),
        sample("engagement-typical", &work()),
        sample(
            "engagement-refused",
            &WorkPage {
                problem: refused,
                form: WorkForm { ends_on: wrong(), ..WorkForm::default() },
                ..work()
            },
        ),
        sample(
            "assignment-typical",
            &WorkPage { title: Some(("ttl_0".into(), "MARMOT".into())), ..work() },
        ),
        sample(
            "assignment-only-to-read",
            &WorkPage {
                shell: reader(),
                title: Some(("ttl_0".into(), "MARMOT".into())),
                may_write: false,
                ..work()
            },
        ),
        sample("compare", &compare()),
        sample(
            "compare-refused",
            &ComparePage {
                kind: Field::default().with_error("Choose what the list is."),
                ..compare()
            },
        ),
        sample("compare-list", &compare_list()),
        sample("compared", &compared(false)),
        sample("compared-agreed", &ComparedPage { groups: Vec::new(), ..compared(false) }),
        sample("compared-refused", &compared(true)),
        sample("import", &import()),
        sample(
            "import-refused",
            &ImportPage {
                file: Field::default()
                    .with_error("The cell C17 has more than 500 characters. Shorten the cell."),
                held: vec![(
                    Choice::new("imp_0", "crew <1>.csv"),
                    day("2026-03-12", "2 hours ago"),
                )],
                may_assign: false,
                ..import()
            },
        ),
        sample("import-looked-at", &looked_at(4)),
        sample(
            "import-many",
            &ImportShown { more: Some("99,800".into()), unread: String::new(), ..looked_at(200) },
        ),
        sample(
            "import-written",
            &ImportShown {
                sheet: Some("Crew & cast".into()),
                written: Some((figures("3"), true)),
                adds: false,
                ..looked_at(2)
            },
        ),
        sample(
            "import-written-whole",
            &ImportShown {
                written: Some((figures(""), false)),
                counts: figures(""),
                adds: false,
                rows: Vec::new(),
                ..looked_at(0)
            },
        ),
        sample("count-empty", &count(0)),
        sample("count-typical", &count(12)),
        sample("count-many", &CountPage { is_cut: Some("5,000".into()), ..count(200) }),
        sample(
            "count-of-a-client",
            &CountPage {
                client_name: Some("Blue <Lantern>".into()),
                is_part: true,
                beyond: 1,
                is_today: false,
                ..count(3)
            },
        ),
        sample("count-day-refused", &CountPage { on: wrong(), ..count(3) }),
        sample(
            "count-without-titles",
            &CountPage {
                shell: reader(),
                clients: Vec::new(),
                assigned: None,
                register: None,
                ..count(3)
            },
        ),
        sample("count-confirm-refused", &CountPage { register: Some(refused_panel()), ..count(3) }),
        sample(
            "count-confirmed-long-ago",
            &CountPage { register: Some(ended_panel("over")), ..count(3) },
        ),
        sample(
            "count-withdrawn",
            &CountPage { register: Some(ended_panel("withdrawn")), ..count(3) },
        ),
    ]
}

fn reader() -> Shell {
    Shell { allowed: Role::Provider.actions(), ..shell(Area::People) }
}

fn refused_panel() -> RegisterPanel {
    let mut panel = panel(true);
    panel.has_looked.error =
        Some("Look through the list, then say here that it is complete.".into());
    panel.compared_with.error = Some("Say with what you compared it, one thing at least.".into());
    panel.note = Field::new("<b>both</b>").with_error("A note has at most 500 characters.");
    panel.problem = Some("The list is not the one that you looked through.".into());
    panel
}

fn ended_panel(ended: &'static str) -> RegisterPanel {
    let panel = panel(true);
    let last = panel.last.clone().map(|last| LastConfirmed {
        ended,
        since: None,
        counted_now: None,
        ..last
    });
    RegisterPanel { last, ..panel }
}

fn compare() -> ComparePage {
    ComparePage {
        shell: shell(Area::People),
        kinds: vec![
            KindLine {
                words: "Payroll".into(),
                last: Some(("cmp_0".into(), TimeText::new("2026-08-01", "12 days ago"))),
                open: "3".into(),
            },
            KindLine { words: "Badge holders".into(), last: None, open: "0".into() },
        ],
        kind: Field::default(),
        choices: vec![Choice::new("payroll", "Payroll"), Choice::new("badges", "Badge holders")],
        file: Field::default(),
    }
}

fn compare_list() -> ListPage {
    ListPage {
        shell: shell(Area::People),
        id: "cmp_0".into(),
        kind: "Payroll".into(),
        file_name: "pay <1>.csv".into(),
        rows: "12".into(),
        columns: vec![ListColumn {
            field: "column_0".into(),
            head: "Full <name>".into(),
            says: Field::new("name"),
        }],
        choices: vec![Choice::new("name", "Name"), Choice::new("email", "E-mail")],
        first: vec![("Nina <Cut>".into(), String::new())],
        problem: Some("Say which column holds the name.".into()),
    }
}

fn compared(is_refused: bool) -> ComparedPage {
    let line = |number: usize| DifferenceLine {
        id: format!("dif_{number}"),
        row: Some(number.to_string()),
        name: format!("Nina <Cut> {number}"),
        email: "nina@cut.example".into(),
        person: None,
        note: String::new(),
        settled: None,
        task: None,
        may_enter: number == 2,
        candidates: Vec::new(),
        reason: match is_refused && number == 2 {
            true => Field::default().with_error("Say why it is well, in a few words."),
            false => Field::default(),
        },
    };
    let group = |word, words, lines: Vec<DifferenceLine>| DifferenceGroup {
        word,
        words,
        count: lines.len().to_string(),
        more: None,
        may_tie_all: word == "by_name",
        lines,
    };
    let by_name = |number| DifferenceLine {
        candidates: vec![Choice::new("per_0", "Cut Nina")],
        note: "The list has another address.".into(),
        ..line(number)
    };
    ComparedPage {
        shell: shell(Area::People),
        id: "cmp_0".into(),
        kind: "Payroll".into(),
        at: TimeText::new("2026-08-01", "12 days ago"),
        by: "Mira Lindqvist".into(),
        digest: DigestText::new("d".repeat(64)),
        figures: vec![("rows", "12".into()), ("there twice", "0".into())],
        untold: vec!["when accounts were used last"],
        groups: vec![
            group(
                "not_known",
                "Works here and is not known",
                vec![
                    line(2),
                    DifferenceLine {
                        settled: Some("there is a task for it, by Mira".into()),
                        task: Some("tsk_0".into()),
                        person: Some(("per_0".into(), "Nina Cut".into())),
                        ..line(3)
                    },
                ],
            ),
            group("by_name", "Same name: is it them?", vec![by_name(4), by_name(5)]),
        ],
        is_old: is_refused,
        may_task: true,
    }
}

fn import() -> ImportPage {
    ImportPage {
        shell: shell(Area::People),
        file: Field::default(),
        held: Vec::new(),
        may_assign: true,
    }
}

fn figures(refused: &str) -> ImportFigures {
    ImportFigures {
        rows: "1,204".into(),
        refused: refused.into(),
        known: "1,180".into(),
        people: "12".into(),
        engagements: "18".into(),
        assignments: "0".into(),
    }
}

fn looked_at(count: usize) -> ImportShown {
    let line = |number: usize| ImportLine {
        number: u32::try_from(number + 2).unwrap_or(2),
        name: format!("Nina <Cut> {number}"),
        fate: ["refused", "somebody new", "more work of somebody known", "known, nothing new"]
            [number % 4],
        is_refused: number.is_multiple_of(4),
        problems: match number % 4 {
            0 => vec![
                ("A2".into(), "Enter the person's name.".into()),
                ("C2".into(), "Write the number with digits & spaces.".into()),
            ],
            2 => vec![("C4".into(), "Another telephone is known here, and stays.".into())],
            _ => Vec::new(),
        },
    };
    ImportShown {
        shell: shell(Area::People),
        id: "imp_0".into(),
        file_name: "crew <1>.csv".into(),
        digest: DigestText::new("d".repeat(64)),
        sheet: None,
        read: "Name, Form, Job, First day".into(),
        unread: "Shoe size".into(),
        counts: figures("1"),
        written: None,
        rows: (0..count).map(line).collect(),
        more: None,
        adds: true,
        mark: "m".repeat(64),
    }
}

fn list(count: usize) -> RegisterPage {
    let one = |number: usize| PersonInRegister {
        id: format!("per_{number}"),
        name: format!("Nina <Cut> {number}"),
        job: if number.is_multiple_of(5) { String::new() } else { "colourist & grader".into() },
        form: if number.is_multiple_of(5) { "" } else { "freelancer" },
        first: (!number.is_multiple_of(5)).then(|| day("2026-02-01", "1 February 2026")),
        last: (number % 3 == 1).then(|| day("2026-03-20", "20 March 2026")),
        standing: ["now", "to come", "over"][number % 3],
        titles: (0..number % 4).map(|title| format!("MARMOT {title}")).collect(),
    };
    RegisterPage {
        shell: shell(Area::People),
        tab: "here",
        text: String::new(),
        today: day("2026-03-12", "12 March 2026"),
        people: (0..count).map(one).collect(),
        paging: Paging {
            shown: i64::try_from(count).unwrap_or(0),
            total: None,
            first: None,
            next: (count >= 100).then(|| "/people?tab=here&q=&after=per_99".into()),
        },
        may_write: true,
    }
}

fn line(number: usize) -> WorkLine {
    WorkLine {
        id: format!("eng_{number}"),
        what: "colourist & grader".into(),
        note: "freelancer".into(),
        first: day("2026-02-01", "1 February 2026"),
        last: (number % 2 == 1).then(|| day("2026-03-20", "20 March 2026")),
        standing: ["now", "to come", "over"][number % 3],
        is_beyond: false,
        clearance: None,
    }
}

fn shown() -> PersonShown {
    PersonShown {
        id: "per_0".into(),
        name: "Nina <Cut>".into(),
        email: "nina@halide.example".into(),
        phone: "+44 20 7946 0000".into(),
        role: Some("Coordinator"),
        engagements: vec![line(0), line(1), line(2)],
        assignments: Some(vec![
            WorkLine {
                what: "MARMOT".into(),
                is_beyond: true,
                clearance: Some(vec!["has not signed <Confidentiality>".into()]),
                ..line(1)
            },
            WorkLine { what: "OTTER".into(), clearance: Some(Vec::new()), ..line(0) },
            WorkLine { what: "<KESTREL>".into(), ..line(2) },
        ]),
        tasks: vec![("tsk_0".into(), "Encrypt the system volume".into())],
        directory: Some(vec!["Editors & <assistants>".into()]),
    }
}

fn person() -> RegisteredPage {
    RegisteredPage {
        shell: shell(Area::People),
        person: Some(shown()),
        form: PersonForm { name: Field::new("Nina <Cut>"), ..PersonForm::default() },
        engage: WorkForm { begins_on: Field::new("2026-03-12"), ..WorkForm::default() },
        assign: WorkForm { begins_on: Field::new("2026-03-12"), ..WorkForm::default() },
        forms: vec![Choice::new("freelancer", "Freelancer: by the job or the day")],
        titles: vec![Choice::new("ttl_0", "The Salt <Road> (Blue Lantern)")],
        problem: None,
        known: None,
        open: Open::Nothing,
        leavings: vec![super::leavings::line(6), super::leavings::line(0)],
        bound: vec![
            BoundLine {
                id: "agr_0".into(),
                name: "Confidentiality".into(),
                is_owed: true,
                signed: None,
                is_on_paper: false,
                others: Vec::new(),
                papers: vec![super::agreements::paper(None)],
            },
            BoundLine {
                id: "agr_1".into(),
                name: "Blue <Lantern>’s own".into(),
                is_owed: false,
                signed: Some((
                    "sgn_0".into(),
                    day("2026-02-01T10:00:00Z", "1 February 2026, 10:00"),
                    2,
                )),
                is_on_paper: true,
                others: vec![
                    super::agreements::signature(true),
                    super::agreements::signature(false),
                ],
                papers: vec![super::agreements::paper(Some("No <signature> on it"))],
            },
        ],
        reads: vec![
            ReadsLine {
                id: "pol_0".into(),
                name: "Handbook <of all>".into(),
                is_owed: true,
                is_retired: false,
                said: Some((1, day("2026-02-01T10:00:00Z", "1 February 2026, 10:00"))),
            },
            ReadsLine {
                id: "pol_1".into(),
                name: "Social media".into(),
                is_owed: false,
                is_retired: true,
                said: Some((2, day("2026-02-01T10:00:00Z", "1 February 2026, 10:00"))),
            },
        ],
        signable: vec![Choice::new("agr_0:1", "Confidentiality, version 1")],
        paper: PaperForm::default(),
        made: None,
        once: "o".into(),
        is_mailing: true,
        reason: Field::default(),
        may_write: true,
        may_assign: true,
        may_forget: true,
        may_invite: true,
    }
}

fn work() -> WorkPage {
    WorkPage {
        shell: shell(Area::People),
        path: "/engagements/eng_0".into(),
        person: ("per_0".into(), "Nina <Cut>".into()),
        title: None,
        job: "colourist & grader".into(),
        first: day("2026-02-01", "1 February 2026"),
        last: None,
        standing: "now",
        form: WorkForm {
            what: Field::new("freelancer"),
            job: Field::new("colourist & grader"),
            begins_on: Field::new("2026-02-01"),
            ends_on: Field::default(),
        },
        forms: vec![Choice::new("freelancer", "Freelancer: by the job or the day")],
        problem: None,
        may_write: true,
    }
}

fn count(lines: usize) -> CountPage {
    let line = |number: usize| CountLine {
        id: format!("per_{number}"),
        name: format!("Nina <Cut> {number}"),
        job: "colourist".into(),
        form: (!number.is_multiple_of(4)).then_some("freelancer"),
        titles: if number.is_multiple_of(2) { "MARMOT, KESTREL".into() } else { String::new() },
        first: day("2026-02-01", "1 February 2026"),
        last: (number % 2 == 1).then(|| day("2026-03-20", "20 March 2026")),
    };
    let month = |number: i64| Month {
        day: day("2026-02-01", "1 February 2026"),
        name: "Feb".into(),
        count: number * 3,
        height: number * 8,
    };
    CountPage {
        shell: shell(Area::People),
        day: day("2026-03-12", "12 March 2026"),
        is_today: true,
        on: Field::new("2026-03-12"),
        client: Field::default(),
        clients: vec![Choice::new("cli_0", "Blue <Lantern>")],
        total: lines.to_string(),
        forms: vec![
            ("employees", lines.to_string()),
            ("contractors", "0".into()),
            ("freelancers", "0".into()),
            ("trainees", "0".into()),
        ],
        assigned: Some("2".into()),
        beyond: 0,
        client_name: None,
        lines: (0..lines).map(line).collect(),
        is_cut: None,
        months: (1..=12).map(month).collect(),
        register: Some(panel(true)),
        is_part: false,
    }
}
