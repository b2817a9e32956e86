//! Questionnaires: none, some, refused; one with questions, all answered, naming others, only to read; a question open,
//! proposed, answered and refused.

use super::{Sample, day, sample, shell, time};
use crate::{
    Area, Shell,
    components::{Choice, DigestText, Field, Status},
    questionnaires::{
        ProposedLine, QuestionLine, QuestionPage, QuestionnaireLine, QuestionnairePage,
        QuestionnairesPage, SavedLine, ToldLine,
    },
};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    let changed = Some("Somebody changed this answer since you looked.".to_owned());
    vec![
        sample(
            "questionnaires-empty",
            &QuestionnairesPage { questionnaires: vec![], saved: vec![], saved_count: 0, ..list() },
        ),
        sample(
            "questionnaires-no-clients",
            &QuestionnairesPage {
                questionnaires: vec![],
                clients: vec![],
                saved: vec![],
                saved_count: 0,
                ..list()
            },
        ),
        sample("questionnaires-typical", &list()),
        sample(
            "questionnaires-refused",
            &QuestionnairesPage {
                client: Field::default().with_error("Choose whose questionnaire it is."),
                called: Field::new("2026 <security>"),
                due_on: Field::new("soon").with_error("Write the day like 2026-09-30."),
                file: Field::default()
                    .with_error("Choose the file again; browsers do not keep it."),
                problem: Some("There are 200 questionnaires. Remove one.".into()),
                ..list()
            },
        ),
        sample(
            "questionnaires-search-without-result",
            &QuestionnairesPage {
                search: "zebra \"x\"".into(),
                saved: vec![],
                saved_count: 0,
                shell: reader(),
                may_write: false,
                ..list()
            },
        ),
        sample("questionnaire-typical", &one()),
        sample(
            "questionnaire-names-others",
            &QuestionnairePage {
                naming: vec![2, 7],
                problem: Some("An answer names another client’s title. Write it anew.".into()),
                previous: Some(0),
                reason: Field::default().with_error("Say why, in a few words."),
                ..one()
            },
        ),
        sample(
            "questionnaire-answered",
            &QuestionnairePage {
                answered: (60, 60),
                is_open: true,
                questions: vec![],
                same: 0,
                next: None,
                is_overdue: false,
                handed_out: Some(time("2026-03-12T09:30:00Z", "12 March 2026, 10:30")),
                ..one()
            },
        ),
        sample(
            "questionnaire-only-to-read",
            &QuestionnairePage { shell: reader(), may_write: false, ..one() },
        ),
        sample("question-open", &QuestionPage { proposed: None, ..question() }),
        sample(
            "question-proposed",
            &QuestionPage { answer: Field::new("Yes, at all times."), ..question() },
        ),
        sample(
            "question-answered",
            &QuestionPage {
                answer: Field::new("Yes.\nReception <signs> them in."),
                control: Field::new("AD-2"),
                proposed: None,
                answered: answered(),
                told: told(),
                names_others: true,
                ..question()
            },
        ),
        sample(
            "question-refused",
            &QuestionPage {
                answer: Field::new("x").with_error("Write at most 4,000 characters."),
                control: Field::new("ZZ-1").with_error("Choose a requirement."),
                proposed: None,
                is_reusable: false,
                problem: changed,
                ..question()
            },
        ),
        sample(
            "question-only-to-read",
            &QuestionPage {
                shell: reader(),
                answer: Field::new("Yes."),
                proposed: None,
                answered: answered(),
                told: told(),
                may_write: false,
                ..question()
            },
        ),
    ]
}

fn reader() -> Shell {
    Shell { allowed: Role::Provider.actions(), ..shell(Area::Titles) }
}

fn list() -> QuestionnairesPage {
    let line = |number: i64| QuestionnaireLine {
        id: format!("qst_{number}"),
        name: format!("Security <questionnaire> {}", 2026 - number),
        client: ["Blue Lantern", "Kestrel <Films>"][usize::from(number % 2 == 1)].into(),
        answered: (if number == 0 { 12 } else { 60 }, 60),
        due: (number < 2).then(|| day("2026-03-01", "1 March 2026")),
        is_overdue: number == 0,
        handed_out: (number > 0).then(|| time("2026-02-12T09:30:00Z", "12 February 2026, 10:30")),
    };
    let saved = |number: i64| SavedLine {
        place: (format!("qst_{number}"), number),
        question: "Are visitors <escorted> at all times?".into(),
        answer: "Yes.\nReception signs them in.".into(),
        client: "Blue Lantern".into(),
        when: Some(day("2026-02-12", "12 February 2026")),
    };
    QuestionnairesPage {
        shell: shell(Area::Titles),
        questionnaires: (0..3).map(line).collect(),
        clients: vec![
            Choice::new("cli_1", "Blue Lantern"),
            Choice::new("cli_2", "Kestrel <Films>"),
        ],
        client: Field::default(),
        called: Field::default(),
        due_on: Field::default(),
        file: Field::default(),
        problem: None,
        search: String::new(),
        saved: (1..4).map(saved).collect(),
        saved_count: 70,
        may_write: true,
    }
}

fn one() -> QuestionnairePage {
    let line = |position: i64| QuestionLine {
        position,
        part: [Some("Physical <security>"), None, None, Some("Network"), None, None]
            [usize::try_from(position - 1).unwrap_or(0) % 6]
            .map(str::to_owned),
        number: format!("1.{position}"),
        words: "Are visitors <escorted> at all times?\nSay by whom.".into(),
        answer: if position % 2 == 0 { "Yes, by reception.".into() } else { String::new() },
        control: (position == 2).then(|| ("PS-7".to_owned(), Status::Pass)),
        proposed: match position {
            1 => Some("answered before in the same words"),
            3 => Some("something like it was answered before"),
            _ => None,
        },
        names_others: position == 4,
    };
    QuestionnairePage {
        shell: shell(Area::Titles),
        id: "qst_1".into(),
        name: "Security <questionnaire> 2026".into(),
        client: ("cli_1".into(), "Blue Lantern".into()),
        due: Some(day("2026-03-01", "1 March 2026")),
        is_overdue: true,
        file_name: "Security <questionnaire> 2026.xlsx".into(),
        digest: DigestText::new("sha256:".to_owned() + &"0123456789abcdef".repeat(4)),
        taken_in: time("2026-02-12T09:30:00Z", "12 February 2026, 10:30"),
        handed_out: None,
        answered: (12, 60),
        same: 7,
        naming: vec![],
        is_open: false,
        questions: (1..7).map(line).collect(),
        previous: None,
        next: Some(20),
        reason: Field::default(),
        problem: None,
        may_write: true,
    }
}

fn answered() -> Option<(String, crate::components::TimeText)> {
    Some(("Mira <Sol>".into(), time("2026-03-12T09:30:00Z", "12 March 2026, 10:30")))
}

fn told() -> Option<ToldLine> {
    Some(ToldLine {
        control: "AD-2".into(),
        title: "A current list of your <clients>".into(),
        status: Status::Pass,
        words: vec!["1 document in force.".into(), "Clients active: 2.".into()],
        evidence: vec![("Client <list>".into(), day("2026-06-12", "12 June 2026"))],
    })
}

fn question() -> QuestionPage {
    QuestionPage {
        shell: shell(Area::Titles),
        questionnaire: ("qst_1".into(), "Security <questionnaire> 2026".into()),
        client: "Blue Lantern".into(),
        position: 3,
        heading: "Physical <security>, 1.3".into(),
        words: "Are visitors <escorted> at all times?\nSay by whom.".into(),
        answer: Field::default(),
        control: Field::default(),
        controls: vec![
            Choice::new("AD-2", "AD-2 A current list of your <clients>"),
            Choice::new("PS-7", "PS-7 Visitors"),
        ],
        is_reusable: true,
        proposed: Some(ProposedLine {
            is_same: false,
            question: "Are <visitors> escorted?".into(),
            name: "Audit 2025".into(),
            client: "Kestrel <Films>".into(),
            when: Some(day("2025-02-12", "12 February 2025")),
        }),
        answered: None,
        told: None,
        names_others: false,
        changes: "0".into(),
        problem: None,
        may_write: true,
    }
}
