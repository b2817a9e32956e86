//! Policies: none, with topics missing, covered, with errors, as whoever may only read; and the page of whoever reads one.

use super::{Sample, day, people::outside, sample, shell};
use crate::{
    Area, Shell,
    components::{BoxGroup, Boxes, Field, Prose, TickBox},
    policies::{
        Approval, Approved, DraftForm, DraftPage, DraftShown, HandbookLine, Open, PoliciesPage,
        PolicyLine, PolicyPage, ReadPage, TemplateLine, VersionLine, WhoKnows,
    },
};
use closedset_core::Role;

const WORDS: &str = "# What each of us does\n\nLock the **screen**. <script>\n\n- always\n- really";

pub(super) fn samples() -> Vec<Sample> {
    let refused = Some("Another policy is called so. Call this one otherwise.".to_owned());
    let covered = |handbook: HandbookLine| PoliciesPage {
        missing: Vec::new(),
        handbook: HandbookLine { control: "AD-5", is_answered: true, ..handbook },
        ..list()
    };
    let document = Some(("doc_0".into(), day("2027-02-01", "1 February 2027")));
    vec![
        sample(
            "policies-empty",
            &PoliciesPage {
                policies: Vec::new(),
                retired: Vec::new(),
                missing: vec!["Social media"; 7],
                ..list()
            },
        ),
        sample("policies-typical", &list()),
        sample("policies-covered", &covered(HandbookLine { document, ..HandbookLine::default() })),
        sample(
            "policies-withdrawn",
            &covered(HandbookLine { can_be_given: true, ..HandbookLine::default() }),
        ),
        sample("policies-overdue", &covered(HandbookLine::default())),
        sample(
            "policies-only-to-read",
            &PoliciesPage {
                shell: reader(),
                templates: Vec::new(),
                may_write: false,
                may_give: false,
                problem: refused.clone(),
                ..list()
            },
        ),
        sample("policy-new", &form()),
        sample(
            "policy-new-refused",
            &DraftPage { problem: refused.clone(), form: wrong(), preview: None, ..form() },
        ),
        sample(
            "policy-draft-preview",
            &DraftPage {
                policy: Some(("pol_1".into(), "Social <media>".into(), 2)),
                preview: Some(Prose::from_markdown(WORDS)),
                templates: Vec::new(),
                ..form()
            },
        ),
        sample("policy-typical", &policy()),
        sample(
            "policy-first-draft",
            &PolicyPage {
                policy: PolicyLine { number: 0, bound: 0, acknowledged: 0, ..line(0) },
                approved: None,
                draft: Some(DraftShown { sent: None, ..draft(Approval::NotThey) }),
                versions: Vec::new(),
                known: WhoKnows::default(),
                ..policy()
            },
        ),
        sample(
            "policy-sent-by-another",
            &PolicyPage { draft: Some(draft(Approval::Second)), problem: refused, ..policy() },
        ),
        sample(
            "policy-sent-alone",
            &PolicyPage {
                draft: Some(draft(Approval::Alone)),
                review_by: Field::new("2030-01-01")
                    .with_error("A policy is reviewed within a year."),
                ..policy()
            },
        ),
        sample(
            "policy-sent-by-oneself",
            &PolicyPage {
                draft: Some(draft(Approval::NotThey)),
                reason: Field::default().with_error("Say why, in a few words."),
                open: Open::Retire,
                ..policy()
            },
        ),
        sample(
            "policy-retired",
            &PolicyPage {
                shell: reader(),
                policy: PolicyLine { is_retired: true, ..line(2) },
                may_write: false,
                may_approve: false,
                ..policy()
            },
        ),
        sample("mine-policy", &read()),
        sample(
            "mine-policy-again",
            &ReadPage {
                said: Some((1, day("2026-02-01T10:00:00Z", "1 February 2026, 10:00"))),
                problem: Some("Other words came into force while you read these.".into()),
                ..read()
            },
        ),
        sample(
            "mine-policy-read",
            &ReadPage {
                is_owed: false,
                said: Some((1, day("2026-02-01T10:00:00Z", "1 February 2026, 10:00"))),
                ..read()
            },
        ),
    ]
}

fn reader() -> Shell {
    Shell { allowed: Role::Coordinator.actions(), ..shell(Area::People) }
}

fn line(number: i64) -> PolicyLine {
    PolicyLine {
        id: format!("pol_{number}"),
        name: format!("Social <{number}>"),
        topics: "Social media, Personal devices".into(),
        number,
        is_retired: false,
        review_by: Some(day("2027-02-01", "1 February 2027")),
        is_overdue: number == 3,
        has_draft: number == 2,
        is_sent: number == 0,
        bound: number * 4,
        acknowledged: number * 2,
    }
}

fn list() -> PoliciesPage {
    let template = |(id, name): (&str, &str)| TemplateLine { id: id.into(), name: name.into() };
    PoliciesPage {
        shell: shell(Area::People),
        missing: vec!["Business resiliency", "Incident response"],
        handbook: HandbookLine { control: "AD-5", is_answered: true, ..HandbookLine::default() },
        policies: (0..4).map(line).collect(),
        retired: vec![PolicyLine { is_retired: true, ..line(9) }],
        templates: [("handbook", "Content security handbook"), ("social_media", "Social media")]
            .map(template)
            .into(),
        problem: None,
        may_write: true,
        may_give: true,
    }
}

fn topics(error: Option<String>) -> Boxes {
    let one = |(value, words, is_ticked): (&str, &str, bool)| TickBox {
        value: value.into(),
        words: words.into(),
        hint: "what is said of the work to the world".into(),
        is_ticked,
    };
    let boxes = [("social_media", "Social media", true), ("secure_handling", "Handling", false)];
    let group = BoxGroup { words: "The topics".into(), boxes: boxes.map(one).into() };
    Boxes { groups: vec![group], error }
}

fn form() -> DraftPage {
    DraftPage {
        shell: shell(Area::People),
        policy: None,
        form: DraftForm {
            name: Field::new("Social <media>"),
            topics: topics(None),
            text: Field::default(),
            asks_again: true,
            edition: 3,
        },
        preview: None,
        templates: list().templates,
        problem: None,
    }
}

fn wrong() -> DraftForm {
    DraftForm {
        name: Field::default().with_error("Say what it is called."),
        topics: topics(Some("Choose what it is about, one topic at least.".into())),
        text: Field::new("short").with_error("Write what everybody is to keep to."),
        ..DraftForm::default()
    }
}

fn draft(approval: Approval) -> DraftShown {
    DraftShown {
        name: "Social <media>".into(),
        topics: "Social media".into(),
        words: Prose::from_markdown(WORDS),
        by: "Ada <Reel>".into(),
        at: day("2026-02-01T10:00:00Z", "1 February 2026, 10:00"),
        sent: Some(day("2026-02-01T11:00:00Z", "1 February 2026, 11:00")),
        asks_again: true,
        edition: 3,
        approval,
    }
}

fn policy() -> PolicyPage {
    PolicyPage {
        shell: shell(Area::People),
        policy: line(2),
        words: Prose::from_markdown(WORDS),
        approved: Some(Approved {
            by: "Ada <Reel>".into(),
            on: day("2026-02-01", "1 February 2026"),
            has_second_person: false,
            reviewed: Some(("Omar".into(), day("2026-02-03", "3 February 2026"))),
        }),
        draft: None,
        versions: vec![VersionLine {
            number: 2,
            since: day("2026-02-01", "1 February 2026"),
            written_by: "Omar".into(),
            approved_by: "Ada <Reel>".into(),
            entry: 41,
        }],
        known: WhoKnows {
            owing: vec![("per_0".into(), "Nina <Cut>".into())],
            acknowledged: vec![(
                "per_1".into(),
                "Omar".into(),
                2,
                day("2026-02-04", "4 February 2026"),
            )],
            is_owing_cut: true,
            is_acknowledged_cut: true,
        },
        review_by: Field::new("2027-02-01"),
        reason: Field::default(),
        open: Open::Nothing,
        problem: None,
        may_write: true,
        may_remind: true,
        may_approve: true,
    }
}

fn read() -> ReadPage {
    ReadPage {
        shell: outside(),
        organisation: "Halide <Post>".into(),
        person: "Nina <Cut>".into(),
        id: "pol_0".into(),
        name: "Social <media>".into(),
        number: 2,
        words: Prose::from_markdown(WORDS),
        is_owed: true,
        said: None,
        problem: None,
    }
}
