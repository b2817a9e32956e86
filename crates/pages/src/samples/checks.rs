//! Own checks: the list, one of them, the form with its preview, a threshold.

use super::{Sample, day, sample, shell};
use crate::Area;
use crate::components::{Choice, Field, Status};
use crate::settings::{
    CheckFormPage, CheckVersionLine, LineFields, OwnCheckLine, OwnCheckPage, OwnChecksPage,
    PreviewRow, PreviewView, ThresholdLine, ThresholdPage,
};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("own-checks", &list()),
        sample(
            "own-checks-empty",
            &OwnChecksPage {
                checks: Vec::new(),
                retired: Vec::new(),
                may_write: false,
                thresholds: vec![threshold_line(None)],
                ..list()
            },
        ),
        sample("own-check", &one()),
        sample(
            "own-check-retired",
            &OwnCheckPage { is_retired: true, retired_entry: Some(1_300), ..one() },
        ),
        sample(
            "own-check-not-asked",
            &OwnCheckPage {
                not_asked: Some("screen_lock has no field `longest`".into()),
                reason: Field::default().with_error("Say why, in a few words."),
                ..one()
            },
        ),
        sample("own-check-form", &form()),
        sample("own-check-form-preview", &CheckFormPage { preview: Some(preview()), ..form() }),
        sample("own-check-form-error", &form_error()),
        sample("threshold", &threshold()),
        sample(
            "threshold-error",
            &ThresholdPage {
                own: None,
                value: Field::new("1200").with_error(
                    "1200 seconds is laxer than the 900 that are asked of everybody. Only less than \
                     that is stricter.",
                ),
                preview: None,
                ..threshold()
            },
        ),
    ]
}

fn threshold_line(own: Option<&str>) -> ThresholdLine {
    ThresholdLine {
        limit: "screen_lock_s".into(),
        title: "Longest time until a screen locks".into(),
        control: "IS-7".into(),
        everybody: "15 minutes (900 seconds)".into(),
        own: own.map(Into::into),
    }
}

fn line(number: usize) -> OwnCheckLine {
    OwnCheckLine {
        id: format!("chk_{number}"),
        title: "Grading suites lock <early>".into(),
        control: "IS-7".into(),
        condition: "screen_lock.longest_s <= 60 && screen_lock.longest_s > 0".into(),
        version: 2,
        by: "Inés Okafor".into(),
        at: day("2026-03-12", "12 March 2026"),
        entry: 1_190,
    }
}

fn list() -> OwnChecksPage {
    OwnChecksPage {
        shell: shell(Area::Settings),
        tab: "checks",
        thresholds: vec![threshold_line(Some("300 seconds")), threshold_line(None)],
        checks: vec![line(1), line(2)],
        retired: vec![line(3)],
        next: Some("/settings/checks?after=chk_3".into()),
        may_write: true,
    }
}

fn version(version: i64) -> CheckVersionLine {
    CheckVersionLine {
        version,
        title: "Grading suites lock <early>".into(),
        condition: "screen_lock.longest_s <= 60".into(),
        applies: (version == 2).then(|| "device.has_screen".into()),
        wanted: "The screen locks within a minute.".into(),
        fix: if version == 2 { "Ask the house technician.".into() } else { String::new() },
        fresh_for: "7 days".into(),
        by: "Inés Okafor".into(),
        at: day("2026-03-12", "12 March 2026"),
        entry: 1_190,
    }
}

fn one() -> OwnCheckPage {
    OwnCheckPage {
        shell: shell(Area::Settings),
        tab: "checks",
        id: "chk_1".into(),
        version: 2,
        title: "Grading suites lock <early>".into(),
        control: "IS-7".into(),
        edit: "/settings/checks/chk_1/edit".into(),
        is_retired: false,
        retired_entry: None,
        not_asked: None,
        versions: vec![version(2), version(1)],
        reason: Field::default(),
        may_write: true,
    }
}

fn fields(number: usize) -> LineFields {
    let name = |word: &str| format!("{word}_{number}");
    LineFields {
        number,
        names: (name("field"), name("each"), name("compared"), name("value")),
        field: Field::new(if number == 1 { "screen_lock.longest_s" } else { "" }),
        each: Field::new("all"),
        compared: Field::new("at_most"),
        value: Field::new(if number == 1 { "60" } else { "" }),
    }
}

fn form() -> CheckFormPage {
    let choice = |(value, words): (&str, &str)| Choice::new(value, words);
    CheckFormPage {
        shell: shell(Area::Settings),
        tab: "checks",
        heading: "Write a check",
        action: "/settings/checks/new".into(),
        save: "Ask it from now on",
        once: "b25jZQ".into(),
        version: String::new(),
        control: Field::new("IS-7"),
        controls: [("IS-6", "IS-6 Patching"), ("IS-7", "IS-7 Screen lock")].map(choice).into(),
        title: Field::new("Grading suites lock <early>"),
        joined: Field::new("all"),
        joins: [("all", "all lines hold"), ("any", "at least one line holds")].map(choice).into(),
        lines: (1..=4).map(fields).collect(),
        field_choices: [(
            "screen_lock.longest_s",
            "Screen lock: The longest time until any screen locks, in seconds",
        )]
        .map(choice)
        .into(),
        eaches: [("all", "of every one"), ("any", "of at least one")].map(choice).into(),
        comparisons: [("at_most", "is at most")].map(choice).into(),
        pass: Field::default(),
        pass_is_open: false,
        concerns: Field::default(),
        concern_choices: [("", "All")].map(choice).into(),
        fresh_for: Field::new("7d"),
        fresh_choices: [("7d", "7 days")].map(choice).into(),
        wanted: Field::new("The screen locks within a minute."),
        fix: Field::default(),
        preview: None,
    }
}

fn form_error() -> CheckFormPage {
    let mut form = form();
    form.title = Field::default().with_error("Say in one line what is so when it passes.");
    form.pass = Field::new("screen_lock.longest > 1")
        .with_error("This cannot be asked: screen_lock has no field `longest`.");
    form.pass_is_open = true;
    if let Some(line) = form.lines.first_mut() {
        line.field = line.field.clone().with_error("Compare this field with a whole number.");
    }
    form
}

fn preview() -> PreviewView {
    let row = |name: &str, status, because: &str| PreviewRow {
        name: name.into(),
        status,
        because: because.into(),
    };
    PreviewView {
        condition: "screen_lock.longest_s <= 60".into(),
        counts: vec![(Status::Fail, 51), (Status::Unknown, 1), (Status::Pass, 3)],
        lines: vec![
            row("suite <1>", Status::Fail, "Screen lock (longest s): 600"),
            row("suite 2", Status::Unknown, "this computer has not reported yet"),
            row("suite 3", Status::Pass, "Screen lock (longest s): 60"),
        ],
        is_cut: true,
    }
}

fn threshold() -> ThresholdPage {
    ThresholdPage {
        shell: shell(Area::Settings),
        tab: "checks",
        limit: "screen_lock_s".into(),
        title: "Longest time until a screen locks".into(),
        unit: "Seconds".into(),
        way: "lower",
        everybody: "15 minutes (900 seconds)".into(),
        own: Some("300 seconds".into()),
        value: Field::new("300"),
        reason: Field::default(),
        preview: Some(preview()),
    }
}
