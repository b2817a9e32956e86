//! Days and times, told as the facility counts them.

use super::edit::{Files, assert_errors, check};
use crate::{FindingKind::*, Outcome, SealedPack, Zone, rows::Facility, sample::Sample};
use closedset_core::{Digest, Time, canonical};
use serde_json::{Value, json};

/// The sample, told in this zone; the log says that the facility moved there.
fn moved(time_zone: &str) -> Sample {
    let mut sample = Sample::with_devices(2);
    let heading = &mut sample.input.heading;
    let facility = Facility { time_zone: time_zone.to_owned(), ..heading.facilities[0].clone() };
    heading.zone = Zone::named(time_zone, (heading.made_at, heading.made_at)).unwrap();
    let said = json!({"organisation": heading.organisation_name, "facility": facility});
    heading.facilities = vec![facility];
    let at = heading.scope.to;
    sample.log.record("facility.changed", &said, at);
    sample
}

fn page(sample: &mut Sample) -> String {
    let mut files = Files::of(&sample.build().unwrap());
    String::from_utf8(files.file("index.html").clone()).unwrap()
}

/// Seals the sample with another zone, as somebody would who writes his own files.
fn sealed_with(sample: &mut Sample, alter: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut files = Files::of(&sample.clone().build().unwrap());
    files.0.retain(|(path, _)| !path.starts_with("ledger/"));
    let mut manifest: Value = serde_json::from_slice(files.file("manifest.json")).unwrap();
    let honest = serde_json::from_value(manifest.clone()).unwrap();
    alter(&mut manifest["heading"]["zone"]);
    // His own report: one that is drawn as this program draws would be held against his zone.
    manifest["report"] = 99.into();
    let bytes = canonical::to_vec(&manifest).unwrap();
    *files.file("manifest.json") = bytes.clone();
    let sealed = SealedPack::forged(files.writer(), honest, Digest::of(&bytes));
    let own = sample.record_pack(&sealed);
    sample.finish(sealed, own).unwrap()
}

#[test]
fn a_day_in_a_pack_is_the_facilitys_own_day() {
    // Until the end of 31 March 2027 in California, and of 1 April in India.
    let (end, midnight) = ("2027-04-01T07:00:00Z", "2026-06-03T07:00:00Z");
    for (zone, day, began, shift) in [
        ("America/Los_Angeles", "31 March 2027", "3 June 2026", "UTC\u{2212}7"),
        ("Asia/Kolkata", "1 April 2027", "3 June 2026", "UTC+5:30"),
        ("Pacific/Kiritimati", "1 April 2027", "3 June 2026", "UTC+14"),
    ] {
        let mut sample = moved(zone);
        let row = &mut sample.documents[0].0;
        (row.valid_from, row.valid_to) = (midnight.parse().unwrap(), end.parse::<Time>().unwrap());
        let page = page(&mut sample);
        assert!(page.contains(&format!("in force {began} to {day}")), "{zone}");
        assert!(page.contains(&format!("{zone} <span class=\"soft\">{shift} when this")), "{zone}");
        assert!(!page.contains("UTC and") && !page.contains(":00 UTC"), "{zone}");
    }
}

#[test]
fn the_report_tells_times_as_the_pack_does() {
    let mut sample = moved("America/Los_Angeles");
    let key = sample.log.key();
    sample.log.record("door.opened", &json!({}), crate::sample::BEGINNING);
    let made_at = sample.input.heading.made_at;
    let report = check(&sample.build().unwrap(), Some(&key));
    assert_errors("moved", &report, &[]);
    let summary = report.summary();
    for part in ["31 May 2026 to 30 June 2026", "1 July 2026, 02:00", "America/Los_Angeles."] {
        assert!(summary.contains(part), "{part}: {summary}");
    }
    let value = serde_json::to_value(&report).unwrap();
    assert_eq!(value["about"]["made_at"], json!(made_at), "JSON stays UTC");
    sample.documents[0].0.given_at = made_at;
    let report = check(&sample.build().unwrap(), Some(&key));
    let what = &report.findings.iter().find(|one| one.kind == Contradiction).unwrap().what;
    assert!(what.contains("not on 1 July 2026, 02:00"), "{what}");
}

#[test]
fn times_in_facts_and_reasons_are_told_alike() {
    let mut sample = moved("America/Los_Angeles");
    let is_it = |row: &&mut crate::rows::VerdictRow| row.check == "device-firewall";
    sample.input.verdicts.iter_mut().find(is_it).unwrap().because =
        "was last reported on 2026-06-03 06:59 UTC".into();
    let page = page(&mut sample);
    assert!(page.contains("was last reported on 2 June 2026, 23:59<"));
    // The end of the document, in the fact that rests on it.
    assert!(page.contains("<dt>valid to</dt><dd>3 June 2027, 17:00</dd>"), "{page}");
}

#[test]
fn a_zone_of_the_makers_own_making_is_pointed_out() {
    let mut sample = Sample::with_devices(1);
    let key = sample.log.key();
    let made_up = sealed_with(&mut sample, |zone| {
        assert_eq!(zone["name"], "Europe/London");
        zone["seconds"] = json!(-43_200);
    });
    let report = check(&made_up, Some(&key));
    assert_errors("made up", &report, &[]);
    assert_eq!(report.outcome(), Outcome::NotProven);
    let is_it = |one: &&crate::Finding| one.kind == OtherZone;
    let what = &report.findings.iter().find(is_it).unwrap().what;
    assert!(what.contains("knows other clocks in Europe/London"), "{what}");
}

#[test]
fn five_hundred_turns_hide_no_later_day() {
    for count in [499, 500] {
        let mut sample = Sample::with_devices(1);
        let key = sample.log.key();
        let from = sample.input.heading.scope.from;
        let made_up = sealed_with(&mut sample, |zone| {
            zone["seconds"] = json!(3600);
            let turn = |n: i64| {
                let seconds = if n == count { 50_400 } else { 3600 * (1 - n % 2) };
                let at = from + closedset_core::Duration::from_seconds(n);
                json!({"at": at, "seconds": seconds})
            };
            zone["turns"] = (1..=count).map(turn).collect();
        });
        let report = check(&made_up, Some(&key));
        assert_errors("made up", &report, &[]);
        assert!(report.has(OtherZone), "{:#?}", report.findings);
        assert_eq!(report.outcome(), Outcome::NotProven);
    }
}

#[test]
fn no_time_that_anybody_writes_keeps_a_pack_from_being_made() {
    let mut sample = moved("Asia/Hebron");
    sample.input.controls[0].because =
        "Kept from 1970-01-01T00:00:00.000Z to 2199-12-31T00:00:00.000Z, always.".into();
    let row = &mut sample.documents[0].0;
    row.valid_to = "2999-01-01T00:00:00Z".parse().unwrap();
    let page = page(&mut sample);
    assert!(page.contains("to 31 December 2998 UTC"), "{page}");
    assert!(page.contains("to 2199-12-31T00:00:00.000Z, always"), "{page}");
}

#[test]
fn what_is_no_zone_is_no_pack() {
    for alter in [
        |zone: &mut Value| zone["seconds"] = json!(70_000),
        |zone: &mut Value| zone["name"] = json!("<b>"),
        |zone: &mut Value| {
            zone["turns"] = json!([{"at": "2026-06-01T00:00:00.000Z", "seconds": 3600}, {"at": "2026-05-01T00:00:00.000Z", "seconds": 0}]);
        },
    ] {
        let mut sample = Sample::with_devices(1);
        let key = sample.log.key();
        let pack = sealed_with(&mut sample, alter);
        let report = check(&pack, Some(&key));
        assert_errors("no zone", &report, &[(Changed, "manifest.json")]);
    }
}

#[test]
fn the_zone_is_the_one_that_the_log_knows() {
    let mut sample = Sample::with_devices(1);
    let heading = &mut sample.input.heading;
    heading.zone = Zone::named("Asia/Tokyo", (heading.made_at, heading.made_at)).unwrap();
    let key = sample.log.key();
    let report = check(&sample.build().unwrap(), Some(&key));
    assert_errors("another", &report, &[(Contradiction, "manifest.json")]);
}
