//! Who leaves: nobody, several, very many; one foreseen, open, with an error, over and called off; what is taken back.

use super::{Sample, day, sample, shell};
use crate::{
    Area, Shell,
    components::{Field, Paging},
    people::{LeavingItemsPage, LeavingLine, LeavingPage, LeavingsPage, StepLine},
};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    let note = Field::new("x").with_error("Say what shows it, in 3 to 500 characters.");
    vec![
        sample("leavings-empty", &list(0)),
        sample("leavings-typical", &list(3)),
        sample("leavings-many", &list(50)),
        sample("leavings-over", &LeavingsPage { is_over: true, may_manage: false, ..list(0) }),
        sample("leaving-foreseen", &one(foreseen())),
        sample("leaving-open", &one(line(5))),
        sample(
            "leaving-refused",
            &LeavingPage {
                by_hand: vec![StepLine { said: note, chosen: "not_had".into(), ..step("") }],
                problem: Some("They can still sign in to Closedset.".into()),
                ..one(LeavingLine { is_settled: true, ..line(1) })
            },
        ),
        sample(
            "leaving-over",
            &LeavingPage {
                by_hand: vec![step("done"), step("had none")],
                by_itself: vec![step("done")],
                ..one(LeavingLine { is_settled: true, ..line(0) })
            },
        ),
        sample(
            "leaving-called-off",
            &LeavingPage {
                by_hand: vec![step("called off")],
                by_itself: vec![step("called off")],
                ..one(LeavingLine { is_called_off: true, ..line(0) })
            },
        ),
        sample(
            "leaving-only-to-read",
            &LeavingPage { shell: reader(), may_write: false, ..one(line(5)) },
        ),
        sample("leaving-items", &items()),
        sample(
            "leaving-items-refused",
            &LeavingItemsPage {
                items: Field::new("").with_error("Write 1 to 30 things."),
                problem: Some("Somebody changed the list meanwhile.".into()),
                ..items()
            },
        ),
        sample(
            "leaving-items-only-to-read",
            &LeavingItemsPage { shell: reader(), may_manage: false, ..items() },
        ),
    ]
}

fn reader() -> Shell {
    Shell { allowed: Role::Provider.actions(), ..shell(Area::People) }
}

/// Somebody's leaving of which so many steps are open.
pub(super) fn line(open: usize) -> LeavingLine {
    LeavingLine {
        id: "lvg_0".into(),
        person: ("per_0".into(), "Nina <Cut>".into()),
        last_day: Some(day("2026-03-13", "13 March 2026")),
        returns_on: (open > 4).then(|| day("2026-06-01", "1 June 2026")),
        open,
        steps: 9,
        ..LeavingLine::default()
    }
}

fn foreseen() -> LeavingLine {
    LeavingLine { is_foreseen: true, steps: 0, ..line(0) }
}

fn list(count: usize) -> LeavingsPage {
    let several = [
        line(6),
        LeavingLine { is_settled: true, ..line(2) },
        foreseen(),
        LeavingLine { is_settled: true, ..line(0) },
    ];
    LeavingsPage {
        shell: shell(Area::People),
        is_over: false,
        leavings: several.iter().cycle().take(count).cloned().collect(),
        paging: Paging {
            shown: i64::try_from(count).unwrap_or(0),
            total: None,
            first: None,
            next: (count == 50).then(|| "/leavings?tab=open&after=lvg_0".into()),
        },
        may_manage: true,
    }
}

fn step(outcome: &'static str) -> StepLine {
    let is_open = outcome.is_empty();
    StepLine {
        id: format!("lvs_{}", outcome.len()),
        name: "Badge <returned>".into(),
        outcome,
        note: if is_open { String::new() } else { "lies in the <safe>".into() },
        by: if is_open { String::new() } else { "Inés Okafor".into() },
        at: (!is_open).then(|| day("2026-03-13T16:00:00Z", "13 March 2026, 17:00")),
        entry: (!is_open).then_some(812),
        chosen: "done".into(),
        said: Field::default(),
    }
}

fn one(line: LeavingLine) -> LeavingPage {
    let itself = |name: &str| StepLine { name: name.into(), ..step("") };
    LeavingPage {
        shell: shell(Area::People),
        line,
        by_hand: vec![step("done"), step(""), step("had none")],
        by_itself: vec![itself("Access to Closedset ended"), itself("Personal link revoked")],
        foreseen: vec!["Badge <returned>".into(), "Keys returned".into()],
        problem: None,
        may_write: true,
    }
}

fn items() -> LeavingItemsPage {
    LeavingItemsPage {
        shell: shell(Area::People),
        items: Field::new("Badge returned\nKeys <returned>"),
        before: "Badge returned\nKeys <returned>".into(),
        problem: None,
        may_manage: true,
    }
}
