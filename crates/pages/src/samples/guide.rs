//! The guide: its contents, its first page, one with tables and code, and its last.

use super::{Sample, sample};
use crate::{
    Shell,
    guide::{GuideContents, GuidePage},
};

pub(super) fn samples() -> Vec<Sample> {
    let page = |sample_name, name| {
        let page = GuidePage::new(Shell::default(), name).expect("the guide has it");
        sample(sample_name, &page)
    };
    vec![
        sample("guide-contents", &GuideContents::new(Shell::default())),
        page("guide-first", "introduction"),
        page("guide-tables", "network"),
        page("guide-last", "performance"),
    ]
}
