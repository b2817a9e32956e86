//! Answers for an owner: before one is chosen, typical, of the past, refused, and without clients.

use super::{Sample, day, sample, shell};
use crate::{
    Area, Shell,
    answers::{AnswerEvidenceLine, AnswerLine, AnswersPage, AnswersShown},
    components::{Choice, Field, Status},
};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    let refused = Field::new("2027-01-01")
        .with_error("Choose today or a day of the past; what will be is not known.");
    vec![
        sample(
            "answers-no-clients",
            &AnswersPage { owners: Vec::new(), shown: None, ..answers(0) },
        ),
        sample("answers-to-choose", &AnswersPage { shown: None, ..answers(0) }),
        sample("answers-typical", &answers(3)),
        sample(
            "answers-before-the-record",
            &AnswersPage {
                shown: Some(AnswersShown {
                    is_today: false,
                    begins: Some(day("2026-02-10", "10 February 2026")),
                    ..shown(2)
                }),
                ..answers(2)
            },
        ),
        sample("answers-day-refused", &AnswersPage { on: refused, shown: None, ..answers(0) }),
        sample(
            "answers-not-asked",
            &AnswersPage {
                problem: Some("The framework with these questions is not answered.".into()),
                shown: None,
                ..answers(0)
            },
        ),
        sample(
            "answers-only-to-read",
            &AnswersPage {
                shell: Shell { allowed: Role::Provider.actions(), ..shell(Area::Titles) },
                may_hand_out: false,
                ..answers(2)
            },
        ),
    ]
}

fn shown(count: usize) -> AnswersShown {
    let line = |number: usize| AnswerLine {
        control: format!("AD-{}", number + 1),
        title: "A current list of your <clients>".into(),
        question: "Keep a list of the clients you work for at present, and hand it over.".into(),
        status: [Status::Pass, Status::Unknown, Status::Fail][number % 3],
        because: "1 document in force until 12 June 2026".into(),
        words: vec![
            "Clients active on 12 March 2026: 2.".into(),
            "Blue <Lantern>; Kestrel.".into(),
        ],
        evidence: (0..number)
            .map(|item| AnswerEvidenceLine {
                title: format!("Policy <{item}> & more"),
                form: "document",
                from: day("2026-01-12", "12 January 2026"),
                until: day("2026-06-12", "12 June 2026"),
            })
            .collect(),
    };
    AnswersShown {
        owner: "cli_0".into(),
        owner_name: "Blue <Lantern>".into(),
        day: day("2026-03-12", "12 March 2026"),
        is_today: true,
        begins: None,
        answers: (0..count).map(line).collect(),
    }
}

fn answers(count: usize) -> AnswersPage {
    AnswersPage {
        shell: shell(Area::Titles),
        owners: vec![Choice::new("cli_0", "Blue <Lantern>"), Choice::new("cli_1", "Kestrel")],
        owner: Field::new("cli_0"),
        on: Field::new("2026-03-12"),
        problem: None,
        shown: Some(shown(count)),
        may_hand_out: true,
    }
}
