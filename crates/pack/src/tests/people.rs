//! Who works here and who has signed: counted anew from the log, and named nowhere.

use super::edit::{Files, assert_errors, check, reseal};
use crate::{
    FindingKind::{self, *},
    Report,
    entry_file::EntryFile,
    manifest::FileKind,
    rows::{FactRow, PEOPLE_SOURCE, fact_title},
    sample::{BEGINNING, Sample},
};
use closedset_core::{
    Digest, Duration, Subject, canonical,
    fact::{FactRecord as _, people::Signatures},
};
use serde_json::{Value, json};

/// Of these somebody is engaged or signs, by their pseudonyms.
const NINA: &str = "0000000000000000000000000000000a";
const OMAR: &str = "0000000000000000000000000000000b";
const NDA: &str = "0000000000000000000000000000000c";

/// A facility with one agreement for everybody, Nina who signed it, and what else is `done`.
struct House {
    sample: Sample,
    done: Vec<u64>,
}

impl House {
    fn new() -> Self {
        let mut house = Self { sample: Sample::with_devices(1), done: Vec::new() };
        house.tell(
            NDA,
            "agreement.added",
            json!({"agreement": "nda", "name": "Secrecy", "client": null, "number": 1}),
        );
        house.engage(NINA, "began", "nina", Some("2099-12-31"));
        house.tell(
            NINA,
            "agreement.signed",
            json!({"signature": "by-nina", "agreement": "nda", "number": 1, "name": "Nina Cut"}),
        );
        house
    }

    fn tell(&mut self, who: &str, kind: &str, body: Value) -> u64 {
        let at = BEGINNING + Duration::from_days(5);
        let at = at.max(self.sample.input.heading.scope.to);
        let index = self.sample.log.record_as(who, kind, &body, at);
        self.done.push(index);
        index
    }

    fn engage(&mut self, who: &str, what: &str, id: &str, last: Option<&str>) -> u64 {
        let body = json!({"engagement": id, "job": "colourist", "form": "employee", "begins_on": "2020-01-01", "ends_on": last});
        self.tell(who, &format!("engagement.{what}"), body)
    }

    /// States that so many are engaged and owe; yields the fact's place.
    fn state(&mut self, (agreements, engaged, owing): (i64, i64, i64)) -> String {
        let salt = "ab".repeat(16);
        let body =
            json!({"agreements": agreements, "engaged": engaged, "owing": owing, "salt": salt});
        let bytes = canonical::to_vec(&body).unwrap();
        let (digest, at) = (Digest::of(&bytes), self.sample.input.heading.scope.to);
        let subject = Subject::control("AD-3");
        let fact = json!({"subject": subject, "kind": "signatures", "source": PEOPLE_SOURCE, "digest": digest});
        let body =
            json!({"subject": subject, "at": at, "facts": [fact], "verdicts": [], "because": []});
        let entry = self.sample.log.record("subject.assessed", &body, at);
        let row = FactRow {
            subject_name: self.sample.name_of(&subject),
            subject,
            kind: Signatures::KIND.to_owned(),
            title: fact_title(Signatures::KIND),
            source: PEOPLE_SOURCE.to_owned(),
            digest,
            collected_at: at,
            confirmed_at: None,
            entry,
            left_out: None,
        };
        self.sample.facts.push((row, Some(bytes)));
        format!("facts/{digest}.json")
    }

    fn erase(&mut self, index: u64) {
        self.sample.log.erase(index);
        self.sample.input.erased.push(index);
        self.sample.input.erased.sort_unstable();
    }

    fn report(&mut self) -> Report {
        let pack = self.sample.build().unwrap();
        check(&pack, Some(&self.sample.log.key()))
    }
}

fn place(index: u64) -> String {
    format!("ledger/entries/{index}.json")
}

/// What is found of a house in which that was done, and this is stated.
fn found(done: impl Fn(&mut House), stated: (i64, i64, i64)) -> (Report, String) {
    let mut house = House::new();
    done(&mut house);
    let fact = house.state(stated);
    (house.report(), fact)
}

#[test]
fn what_follows_from_the_log_is_valid_and_anything_else_is_another_fact() {
    let omar = |house: &mut House| {
        house.engage(OMAR, "began", "omar", None);
    };
    let signs = |number: i64| {
        move |house: &mut House| {
            house.engage(OMAR, "began", "omar", None);
            house.tell(
                NDA,
                "agreement.published",
                json!({"agreement": "nda", "number": 2, "asks_again": true}),
            );
            house.tell(
                OMAR,
                "agreement.signed",
                json!({"signature": "by-omar", "agreement": "nda", "number": number}),
            );
        }
    };
    type Done = Box<dyn Fn(&mut House)>;
    let cases: Vec<(&str, Done, (i64, i64, i64))> = vec![
        ("Nina alone", Box::new(|_| {}), (1, 1, 0)),
        ("Omar has not signed", Box::new(omar), (1, 2, 1)),
        ("both must sign again", Box::new(signs(1)), (1, 2, 2)),
        ("Omar signed again", Box::new(signs(2)), (1, 2, 1)),
        (
            "he left",
            Box::new(move |house| {
                omar(house);
                house.engage(OMAR, "ended", "omar", Some("2020-02-01"));
            }),
            (1, 1, 0),
        ),
        (
            "Nina's was withdrawn",
            Box::new(|house| {
                house.tell(NINA, "agreement.signature_withdrawn", json!({"signature": "by-nina"}));
            }),
            (1, 1, 1),
        ),
        (
            "he was entered by mistake",
            Box::new(move |house| {
                omar(house);
                house.engage(OMAR, "removed", "omar", None);
            }),
            (1, 1, 0),
        ),
        (
            "a client's agreement",
            Box::new(|house| {
                house.tell(
                    NDA,
                    "agreement.added",
                    json!({"agreement": "theirs", "client": "cli_1", "number": 1}),
                );
            }),
            (1, 1, 0),
        ),
        (
            "nothing is to be signed",
            Box::new(|house| {
                house.tell(NDA, "agreement.retired", json!({"agreement": "nda"}));
            }),
            (0, 0, 0),
        ),
    ];
    for (name, done, stated) in cases {
        assert_errors(name, &found(&done, stated).0, &[]);
        for other in [(1, 1, 0), (1, 2, 0), (1, 2, 1), (1, 2, 2), (0, 0, 0), (2, 1, 0)] {
            if other != stated {
                let (report, fact) = found(&done, other);
                assert_errors(name, &report, &[(OtherFact, &fact)]);
            }
        }
    }
}

#[test]
fn an_engagement_that_is_kept_back_is_missed() {
    let mut house = House::new();
    let began = house.engage(OMAR, "began", "omar", None);
    house.state((1, 1, 0));
    house.sample.withheld.insert(began);
    assert_errors("kept back", &house.report(), &[(Withheld, &place(began))]);
}

#[test]
fn what_no_register_does_is_a_contradiction() {
    type Done = fn(&mut House) -> u64;
    let cases: [(&str, Done); 10] = [
        ("withdrawn but never given", |house| {
            house.tell(OMAR, "agreement.signature_withdrawn", json!({"signature": "by-omar"}))
        }),
        ("signed twice as one", |house| {
            house.tell(
                OMAR,
                "agreement.signed",
                json!({"signature": "by-omar", "agreement": "nda", "number": 1}),
            );
            house.tell(
                OMAR,
                "agreement.signed",
                json!({"signature": "by-omar", "agreement": "nda", "number": 1}),
            )
        }),
        ("twice", |house| house.engage(NINA, "began", "nina", None)),
        ("ended before it began", |house| house.engage(OMAR, "ended", "omar", None)),
        ("removed twice", |house| {
            house.engage(NINA, "removed", "nina", None);
            house.engage(NINA, "removed", "nina", None)
        }),
        ("done to", |house| house.engage(NINA, "forgiven", "nina", None)),
        ("no days", |house| {
            house.tell(
                NINA,
                "engagement.changed",
                json!({"engagement": "nina", "begins_on": "soon"}),
            )
        }),
        ("signs nothing", |house| {
            house.tell(
                NINA,
                "agreement.signed",
                json!({"signature": "of-none", "agreement": "none", "number": 1}),
            )
        }),
        ("added twice", |house| {
            house.tell(
                NDA,
                "agreement.added",
                json!({"agreement": "nda", "client": null, "number": 1}),
            )
        }),
        ("after they were forgotten", |house| {
            let at = house.sample.input.heading.scope.to;
            house.sample.log.record_as(NINA, "person.forgotten", &json!({}), at);
            house.engage(NINA, "changed", "nina", None)
        }),
    ];
    for (name, done) in cases {
        let mut house = House::new();
        let index = done(&mut house);
        house.state((1, 1, 0));
        let report = house.report();
        let is_it = |one: &crate::Finding| one.kind == Contradiction && one.place == place(index);
        assert!(report.findings.iter().any(is_it), "{name}: {:#?}", report.findings);
    }
}

#[test]
fn who_is_forgotten_is_not_counted_and_what_else_is_erased_is_a_doubt() {
    let doubts = |report: &Report| report.has(FindingKind::ErasedEvidence);
    let mut house = House::new();
    let began = house.engage(OMAR, "began", "omar", None);
    let at = house.sample.input.heading.scope.to;
    house.erase(began);
    let mut unsaid = House { sample: house.sample.clone(), done: Vec::new() };
    unsaid.state((1, 1, 0));
    let report = unsaid.report();
    assert_errors("erased", &report, &[]);
    assert!(doubts(&report), "{:#?}", report.findings);
    house.sample.log.record_as(OMAR, "person.forgotten", &json!({}), at);
    house.state((1, 1, 0));
    let report = house.report();
    assert_errors("forgotten", &report, &[]);
    assert!(!doubts(&report), "{:#?}", report.findings);
}

#[test]
fn a_limited_pack_shows_no_count() {
    let mut house = House::new();
    house.sample.limit_to(&["AD-3", "AD-5"]);
    let fact = house.state((1, 1, 0));
    let is_it = |one: &crate::Finding| one.kind == OtherFact && one.place == fact;
    let report = house.report();
    assert!(report.findings.iter().any(is_it), "{:#?}", report.findings);
}

#[test]
fn a_pack_of_a_form_before_counts_nobody() {
    for form in ["closedset-pack/6", "closedset-pack/7"] {
        let pack = |house: &mut House| {
            let mut files = Files::of(&house.sample.build().unwrap());
            files.json("manifest.json", |manifest| {
                manifest["format"] = form.into();
                let kept = manifest["entries"].as_array().unwrap().iter();
                let kept = kept.filter(|one| !house.done.contains(&one.as_u64().unwrap()));
                manifest["entries"] = kept.cloned().collect();
            });
            reseal(&mut house.sample, &mut files, FileKind::Document)
        };
        let mut house = House::new();
        house.sample.withheld.extend(house.done.iter().copied());
        let made = pack(&mut house);
        assert_errors(form, &check(&made, Some(&house.sample.log.key())), &[]);
        let mut house = House::new();
        let fact = house.state((1, 1, 0));
        house.sample.withheld.extend(house.done.iter().copied());
        let made = pack(&mut house);
        assert_errors(form, &check(&made, Some(&house.sample.log.key())), &[(OtherFact, &fact)]);
    }
}

#[test]
fn only_the_register_states_the_count() {
    let mut house = House::new();
    let fact = house.state((1, 1, 0));
    house.sample.facts.last_mut().unwrap().0.source = "agent".into();
    let report = house.report();
    assert!(report.findings.iter().any(|one| one.place == fact), "{:#?}", report.findings);
    assert!(!report.is_valid());
}

#[test]
fn no_pack_shows_who_it_is() {
    let mut house = House::new();
    house.state((1, 1, 0));
    let pack = house.sample.build().unwrap();
    let key = house.sample.log.key();
    let mut files = Files::of(&pack);
    for (name, bytes) in &files.0 {
        for word in ["Nina", "Secrecy", "colourist"] {
            assert!(!String::from_utf8_lossy(bytes).contains(word), "{name} says {word}");
        }
    }
    // A maker who shows all of an entry has made no pack.
    let index = house.done[1];
    let whole = EntryFile::new(&house.sample.log.entry(index)).unwrap();
    *files.file(&place(index)) = canonical::to_vec(&whole).unwrap();
    let report = files.verify(&key);
    let is_it = |one: &crate::Finding| one.kind == Added && one.place == place(index);
    assert!(report.findings.iter().any(is_it), "{:#?}", report.findings);
}
