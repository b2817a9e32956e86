//! A pack of invented things never passes for a real one, whatever its maker takes out of it.

use super::edit::{assert_errors, check};
use crate::{
    FindingKind::*, Outcome, Report, Severity, sample::Sample, verify::DEMONSTRATION_KIND,
};
use serde_json::json;

/// What makes it a demonstration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Entry,
    Origin,
}

fn sample(marks: &[Mark]) -> Sample {
    let mut sample = Sample::with_devices(2);
    if marks.contains(&Mark::Origin) {
        let origin = format!("closedset/demonstration/{}", sample.organisation());
        sample.log.change_origin(&origin);
        sample.input.log.origin = origin;
        sample.input.log.key = sample.log.key();
    }
    if marks.contains(&Mark::Entry) {
        let at = sample.input.heading.made_at;
        sample.log.record(DEMONSTRATION_KIND, &json!({"words": "invented"}), at);
    }
    sample.input.heading.is_demonstration = !marks.is_empty();
    sample
}

fn report(sample: &mut Sample) -> Report {
    let pack = sample.build().unwrap();
    check(&pack, Some(&sample.log.key()))
}

#[test]
fn a_demonstration_is_whole_and_says_loudly_what_it_is() {
    for marks in [&[Mark::Entry][..], &[Mark::Origin], &[Mark::Entry, Mark::Origin]] {
        let report = report(&mut sample(marks));
        let worst = report.findings.iter().map(|one| one.severity).min();
        assert_eq!(worst, Some(Severity::Warning), "{:#?}", report.findings);
        assert_eq!(report.outcome(), Outcome::Demonstration);
        assert!(report.is_demonstration && report.has(Demonstration));
        assert!(!report.is_valid(), "nobody who asks whether it is valid hears yes");
        assert!(report.summary().starts_with("DEMONSTRATION"), "{}", report.summary());
    }
}

#[test]
fn one_whose_heading_was_made_to_hide_it_is_not_valid() {
    for marks in [&[Mark::Entry][..], &[Mark::Origin]] {
        let mut sample = sample(marks);
        sample.input.heading.is_demonstration = false;
        let found = report(&mut sample);
        assert_errors("hidden", &found, &[(Contradiction, "manifest.json")]);
        assert_eq!(found.outcome(), Outcome::NotValid);
        assert!(found.is_demonstration);
    }
}

#[test]
fn a_real_one_that_calls_itself_a_demonstration_contradicts_its_log() {
    let mut sample = sample(&[]);
    sample.input.heading.is_demonstration = true;
    assert_errors("claimed", &report(&mut sample), &[(Contradiction, "manifest.json")]);
}

#[test]
fn the_page_for_people_says_it_first() {
    let page = |marks: &[Mark]| {
        let pack = sample(marks).build().unwrap();
        let mut files = super::edit::Files::of(&pack);
        String::from_utf8(files.file("index.html").clone()).unwrap()
    };
    let invented = page(&[Mark::Entry]);
    assert!(invented.contains("<strong>Demonstration.</strong>"));
    assert!(invented.contains("Demonstration of an audit pack"));
    assert!(!page(&[]).contains("emonstration</") && !page(&[]).contains("Demonstration."));
}
