//! Every page filled with invented data: empty, typical, with errors, with many rows. The tests
//! render them all, and the `gallery` example writes them out to be looked at.

mod agreements;
mod answers;
mod audit_register;
mod audits;
mod board;
mod checks;
mod contacts;
mod controls;
mod devices;
mod entry;
mod facility;
mod frameworks;
mod guide;
mod leavings;
mod ledger;
mod mail;
mod notice;
mod people;
mod policies;
mod questionnaires;
mod register;
mod risks;
mod settings;
mod sign_in;
mod tasks;
mod titles;

use crate::audits::exceptions::{ExceptionLine, ExceptionState};
use crate::components::{BoxGroup, Boxes, Cover, Field, Past, TickBox, TimeText};
use crate::registers::{LastConfirmed, RegisterPanel};
use crate::{Area, Flash, FlashKind, Shell};
use askama::Template;
use closedset_core::Role;

/// One page with invented data, rendered.
pub struct Sample {
    /// Its name, unique, usable as a file name: `board-typical`.
    pub name: &'static str,
    /// The whole page.
    pub html: String,
}

/// Every sample of every page.
pub fn all() -> Vec<Sample> {
    let mut samples = entry::samples();
    samples.extend(board::samples());
    samples.extend(controls::samples());
    samples.extend(tasks::samples());
    samples.extend(devices::samples());
    samples.extend(register::samples());
    samples.extend(leavings::samples());
    samples.extend(agreements::samples());
    samples.extend(contacts::samples());
    samples.extend(policies::samples());
    samples.extend(titles::samples());
    samples.extend(answers::samples());
    samples.extend(audits::samples());
    samples.extend(audit_register::samples());
    samples.extend(facility::samples());
    samples.extend(questionnaires::samples());
    samples.extend(risks::samples());
    samples.extend(ledger::samples());
    samples.extend(settings::samples());
    samples.extend(checks::samples());
    samples.extend(frameworks::samples());
    samples.extend(mail::samples());
    samples.extend(sign_in::samples());
    samples.extend(people::samples());
    samples.extend(notice::samples());
    samples.extend(guide::samples());
    samples
}

fn sample(name: &'static str, view: &impl Template) -> Sample {
    Sample { name, html: view.render().expect("a template writes only into a String") }
}

const CSRF: &str = "c7Qk0m2yTz";

fn shell(area: Area) -> Shell {
    Shell {
        organisation: "Halide Post".into(),
        person: "Inés Okafor".into(),
        area: Some(area),
        csrf: CSRF.into(),
        open_tasks: 7,
        allowed: Role::Owner.actions(),
        may_switch: true,
        ..Shell::default()
    }
}

fn shell_saying(area: Area, kind: FlashKind, text: &str) -> Shell {
    Shell { flash: Some(Flash { kind, text: text.into() }), ..shell(area) }
}

fn time(iso: &str, words: &str) -> TimeText {
    TimeText::new(iso, words)
}

fn day(iso: &str, words: &str) -> TimeText {
    TimeText::new(iso, words)
}

fn present() -> Past {
    Past { today: "2026-03-12".into(), ..Past::default() }
}

fn refused_day() -> Past {
    let asked = Field::new("2026-03-14");
    let refused = asked.with_error("Choose a day of the past; what will be is not known.");
    Past { refused: Some(refused), ..present() }
}

fn past() -> Past {
    Past { shown: Some(("2026-02-01".into(), day("2026-02-01", "1 February 2026"))), ..present() }
}

/// An exception as it stands beside what it covers.
fn cover() -> Cover {
    Cover {
        by: "Mara Sloane".into(),
        until: day("2026-06-30", "30 June 2026"),
        reason: "The colour panel cannot lock while it drives the projector.".into(),
        measure: "The room is locked and filmed.".into(),
        is_one_person: false,
    }
}

/// An exception in a list.
fn exception(number: usize, state: ExceptionState) -> ExceptionLine {
    use ExceptionState::{Declined, Ending, InForce, Waiting};
    let is_granted = !matches!(state, Waiting | Declined);
    ExceptionLine {
        id: format!("exc_{number}"),
        control: "IS-7".into(),
        form: "Risk accepted",
        about: "Screen lock, on colour-<1>".into(),
        state,
        reason: "The colour panel cannot lock while it drives the projector.".into(),
        measure: "The room is locked & filmed.".into(),
        covers_unknown: number % 2 == 1,
        asked_by: "Inés Okafor".into(),
        is_own: state == Waiting,
        approved_by: is_granted.then(|| "Mara Sloane".into()),
        is_one_person: is_granted && number % 3 == 1,
        invited_by: match number % 3 {
            2 if is_granted => "whoever asked had invited whoever approved",
            _ => "",
        },
        last_day: day("2026-06-30", "30 June 2026"),
        entry: 1_190,
        withdrawn_entry: (state == ExceptionState::Withdrawn).then_some(1_201),
        may_approve: state == Waiting,
        may_withdraw: matches!(state, Waiting | InForce | Ending),
    }
}

fn recovery_codes() -> Vec<String> {
    [
        "4f7q-91kd",
        "x2mc-77ha",
        "p0ds-4wzt",
        "b8rn-31ey",
        "k6vf-52ul",
        "t3hj-90sq",
        "n7ga-28xo",
        "c1pe-65wm",
        "r9yb-43id",
        "z5lk-17ft",
    ]
    .map(Into::into)
    .into()
}

/// By which a register is confirmed.
fn panel(is_of_people: bool) -> RegisterPanel {
    let tick = |(value, words): (&str, &str)| TickBox {
        value: value.into(),
        words: words.into(),
        hint: String::new(),
        is_ticked: value == "payroll",
    };
    let boxes = [("payroll", "the payroll list"), ("badges", "whoever has a badge or a key")];
    let group = BoxGroup {
        words: "One thing at least".into(),
        boxes: boxes.map(tick).into_iter().collect(),
    };
    RegisterPanel {
        path: if is_of_people { "/people/count/confirm" } else { "/titles/list/confirm" },
        is_of_people,
        control: if is_of_people { "AD-4" } else { "AD-2" },
        is_empty: false,
        undisclosed: 1,
        seen: "5f".repeat(32),
        may_confirm: true,
        last: Some(LastConfirmed {
            document: "doc_0".into(),
            by: "Mara <Sloane>".into(),
            at: day("2026-01-20", "20 January 2026"),
            until: day("2026-04-22", "22 April 2026"),
            ended: "",
            counted: "3".into(),
            counted_now: Some("4".into()),
            since: Some(("2".into(), "0".into(), "1".into())),
        }),
        has_looked: Field::default(),
        compared_with: Boxes { groups: vec![group], error: None },
        note: Field::default(),
        problem: None,
    }
}
