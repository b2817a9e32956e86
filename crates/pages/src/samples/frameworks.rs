//! The choice of frameworks: as it is, with a preview, refused, only to read.

use super::{Sample, day, sample, shell};
use crate::Area;
use crate::components::{Field, Status};
use crate::settings::{ChoiceLine, FrameworkLine, FrameworksPage, PreviewOf};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("frameworks", &typical()),
        sample("frameworks-preview", &FrameworksPage { preview: vec![preview()], ..typical() }),
        sample(
            "frameworks-error",
            &FrameworksPage {
                wrong: Field::default().with_error("Choose at least one framework."),
                choices: Vec::new(),
                ..typical()
            },
        ),
        sample(
            "frameworks-missing",
            &FrameworksPage { missing: "house-rules".into(), ..typical() },
        ),
        sample("frameworks-only-to-read", &FrameworksPage { may_write: false, ..typical() }),
    ]
}

fn line(id: &str, title: &str, is_chosen: bool) -> FrameworkLine {
    FrameworkLine {
        id: id.into(),
        title: title.into(),
        owner: "An owner & sons".into(),
        version: "5.3.1".into(),
        source: "Our restatement. Neither written nor approved by <them>.".into(),
        controls: 82,
        measured: 12,
        first: "OR-1.0".into(),
        is_chosen,
        is_ticked: is_chosen,
    }
}

fn typical() -> FrameworksPage {
    FrameworksPage {
        shell: shell(Area::Settings),
        tab: "frameworks",
        frameworks: vec![
            line("netflix-minimum", "Netflix minimum content security", true),
            line("mpa-best-practices", "MPA content security best practices", false),
        ],
        before: "netflix-minimum".into(),
        missing: String::new(),
        wrong: Field::default(),
        preview: Vec::new(),
        choices: vec![ChoiceLine {
            what: "Netflix minimum content security".into(),
            by: "Inés Okafor".into(),
            at: day("2026-03-12", "12 March 2026"),
            entry: 1_190,
        }],
        may_write: true,
    }
}

fn preview() -> PreviewOf {
    PreviewOf {
        title: "MPA content security best practices".into(),
        counts: [Status::Fail, Status::Unknown, Status::Unknown].into_iter().collect(),
        new_checks: 2,
        failing: vec![(
            "TS-1.6".into(),
            "Sign-in: long passwords and a second factor".into(),
            "Passwords have at least 16 characters: not so on 3 of 11 computers".into(),
        )],
        more: 4,
    }
}
