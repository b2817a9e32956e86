//! Risks: none, a map with some, as whoever may only read; one that holds, one that is let through, closed; the form,
//! new and refused.

use super::{Sample, day, sample, shell, time};
use crate::{
    Area, Shell,
    components::{Choice, Field, Status, TickBox},
    risks::{
        Borne, ClosedLine, ControlBoxes, RiskForm, RiskFormPage, RiskLine, RiskPage, RisksPage,
        SaidLine, ScenarioLine, Score, TreatmentLine, list::map,
    },
};
use closedset_core::{
    Role,
    risk::{HIGHEST, impact_words, likelihood_words},
};

pub(super) fn samples() -> Vec<Sample> {
    let changed = Some("Somebody changed this risk since you looked.".to_owned());
    vec![
        sample(
            "risks-empty",
            &RisksPage {
                map: Vec::new(),
                risks: Vec::new(),
                closed: Vec::new(),
                closed_count: 0,
                ..list()
            },
        ),
        sample("risks-typical", &list()),
        sample("risks-with-nothing-done", &RisksPage { is_inherent: true, ..list() }),
        sample(
            "risks-only-to-read",
            &RisksPage {
                shell: reader(),
                scenarios: Vec::new(),
                may_write: false,
                closed_count: 300,
                ..list()
            },
        ),
        sample("risk-typical", &risk()),
        sample(
            "risk-untreated",
            &RiskPage {
                line: RiskLine { is_untreated: true, held: (0, 0), ..line(4, 3) },
                holding: Vec::new(),
                open: Vec::new(),
                reviewed: None,
                borne: None,
                task: None,
                may_accept: false,
                ..risk()
            },
        ),
        sample(
            "risk-refused",
            &RiskPage {
                open: Vec::new(),
                problem: changed.clone(),
                review_on: Field::new("2030-01-01").with_error("A risk is reviewed within a year."),
                until: Field::new("soon").with_error("Write the day like 2026-09-30."),
                back: Field::default().with_error("Say why, in a few words."),
                reason: Field::default().with_error("Say why, in a few words."),
                ..risk()
            },
        ),
        sample(
            "risk-closed",
            &RiskPage {
                shell: reader(),
                closed: Some(said("We keep no <drives>.")),
                borne: None,
                task: None,
                may_write: false,
                may_accept: false,
                ..risk()
            },
        ),
        sample("risk-new", &form()),
        sample(
            "risk-change-refused",
            &RiskFormPage {
                risk: Some(("rsk_1".into(), "Drives <stolen>".into())),
                form: RiskForm {
                    title: Field::new("").with_error("Call it something."),
                    controls_error: Some("Choose at most 10.".into()),
                    ..form().form
                },
                problem: changed,
                ..form()
            },
        ),
    ]
}

fn reader() -> Shell {
    Shell { allowed: Role::Auditor.actions(), ..shell(Area::Documents) }
}

/// A risk that was this likely, of which so many of two controls hold.
fn line(likelihood: i64, number: usize) -> RiskLine {
    let held = number % 3;
    let likelihood_today = (likelihood - i64::try_from(held).unwrap_or(0)).max(1);
    let impact = 5 - i64::try_from(number % 2).unwrap_or(0);
    RiskLine {
        number,
        id: format!("rsk_{number}"),
        title: format!("Drives <stolen> {number}"),
        inherent: Score::of(likelihood * impact),
        today: Score::of(likelihood_today * impact),
        likelihood_today,
        likelihood,
        impact,
        held: (held, 2),
        is_untreated: false,
        borne_until: (number == 2).then(|| day("2026-09-30", "30 September 2026")),
        owner: if number == 3 { String::new() } else { "Inés Okafor".into() },
        has_left: number == 2,
        review: day("2026-12-01", "1 December 2026"),
        is_overdue: number == 1,
    }
}

fn list() -> RisksPage {
    let risks: Vec<RiskLine> = (1..=5).map(|number| line(4, number)).collect();
    RisksPage {
        shell: shell(Area::Documents),
        tab: "risks",
        is_inherent: false,
        map: map(&risks, |line| line.likelihood_today),
        impacts: (1..=HIGHEST).map(|impact| (impact, impact_words(impact))).collect(),
        risks,
        closed: vec![ClosedLine {
            id: "rsk_9".into(),
            title: "Tapes <lost>".into(),
            why: "There are no tapes any more.".into(),
            when: time("2026-02-01T10:00:00Z", "1 February 2026, 10:00"),
        }],
        closed_count: 1,
        scenarios: vec![ScenarioLine {
            id: "on-set-dailies".into(),
            title: "Dailies go astray".into(),
            words: "Because a van is full, a card is lost.".into(),
            controls: "IS-9, IS-13".into(),
        }],
        may_write: true,
    }
}

fn said(words: &str) -> SaidLine {
    SaidLine {
        words: words.into(),
        by: "Mara Sloane".into(),
        when: time("2026-02-01T10:00:00Z", "1 February 2026, 10:00"),
    }
}

fn treatment(control: &str, status: Option<Status>) -> TreatmentLine {
    TreatmentLine { control: control.into(), title: format!("What {control} asks"), status }
}

fn risk() -> RiskPage {
    RiskPage {
        shell: shell(Area::Documents),
        line: line(4, 1),
        words: "Because drives travel,\none is <taken>.".into(),
        called: (likelihood_words(4), likelihood_words(3), impact_words(4)),
        holding: vec![treatment("IS-9", Some(Status::Pass))],
        open: vec![
            treatment("PH-6", Some(Status::Fail)),
            treatment("PH-5", Some(Status::Unknown)),
            treatment("MPA-1", None),
        ],
        reviewed: Some(said("We looked at the safe.")),
        task: Some("tsk_1".into()),
        borne: Some(Borne {
            said: said("It is insured."),
            until: day("2026-09-30", "30 September 2026"),
        }),
        closed: None,
        changes: 3,
        said: Field::default(),
        review_on: Field::default(),
        why: Field::default(),
        until: Field::default(),
        back: Field::default(),
        reason: Field::default(),
        problem: None,
        may_write: true,
        may_accept: true,
    }
}

fn form() -> RiskFormPage {
    let levels = |words: fn(i64) -> &'static str| {
        let one = |level: i64| Choice::new(level.to_string(), format!("{level} {}", words(level)));
        (1..=HIGHEST).map(one).collect()
    };
    let group = |words: &str, ids: [&str; 2], is_ticked: bool| ControlBoxes {
        words: words.into(),
        boxes: ids
            .iter()
            .map(|id| TickBox {
                value: (*id).into(),
                words: (*id).into(),
                hint: format!("What {id} asks"),
                is_ticked: is_ticked && id.ends_with('9'),
            })
            .collect(),
    };
    RiskFormPage {
        shell: shell(Area::Documents),
        risk: None,
        form: RiskForm {
            title: Field::new("A drive with <content> is stolen"),
            words: Field::new("Because drives travel, one is taken."),
            begun_from: "stolen-drive".into(),
            likelihood: Field::new("3"),
            impact: Field::new("5"),
            controls: vec![
                group("Physical", ["PH-1", "PH-2"], false),
                group("Information", ["IS-8", "IS-9"], true),
            ],
            controls_error: None,
            owner: Field::new("per_1"),
            review_on: Field::default(),
            changes: "3".into(),
        },
        likelihoods: levels(likelihood_words),
        impacts: levels(impact_words),
        owners: vec![Choice::new("per_1", "Inés Okafor")],
        problem: None,
    }
}
