//! Writes packs that are recorded like any others and meant to exhaust whoever verifies them:
//! `hostile_pack FILE KIND COUNT`, and looks at one: `hostile_pack FILE verify`. For measurements; `crates/pack/src/tests/exhaust.rs` has the same by the dozen.

#![expect(clippy::print_stdout, reason = "the log's key is what it says")]

use closedset_core::{
    Digest, Duration, Status, Subject,
    exception::{ExceptionForm, Terms},
    id::Id,
};
use closedset_pack::{
    VerifyOptions,
    rows::{AttestationRow, Check, Control, ExceptionRow, FactRow, Interval, VerdictRow},
    sample::{BEGINNING, Sample},
    verify,
};
use serde_json::json;
use std::{collections::BTreeMap, env, error::Error, fs, io::BufReader, time::Instant};

fn control(number: usize, area: &str) -> Control {
    Control {
        id: format!("X-{number}"),
        title: "x".to_owned(),
        area: area.to_owned(),
        asks: String::new(),
        verb: String::new(),
        status: Status::Unknown,
        because: String::new(),
        checks: Vec::new(),
    }
}

/// One text of thousands of lines, signed thousands of times.
fn attestations(sample: &mut Sample, text: &str, count: usize, each: usize) {
    let signed_at = BEGINNING + Duration::from_days(4);
    for number in 0..count {
        if number % each == 0 {
            sample.input.controls.push(control(number / each, "Information"));
        }
        let mut row = AttestationRow {
            attestation: Id::from_bits(0x1_0000_0000 + number as u128),
            digest: Digest::of(text.as_bytes()),
            control: format!("X-{}", number / each),
            signed_by: "Nobody".to_owned(),
            signed_at,
            valid_from: signed_at,
            valid_to: signed_at + Duration::from_days(90),
            withdrawn_at: None,
            entry: 0,
            left_out: None,
        };
        let body = json!({
            "attestation": row.attestation,
            "control": row.control,
            "digest": row.digest,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "signed_by": row.signed_by,
        });
        row.entry = sample.log.record("attestation.signed", &body, signed_at);
        sample.attestations.push((row, Some(text.to_owned())));
    }
}

/// Words without end in cells of tables.
fn exceptions(sample: &mut Sample, count: usize, letters: [char; 2]) {
    let at = sample.input.heading.scope.to;
    for number in 0..count {
        if number % 100 == 0 {
            sample.input.controls.push(control(number / 100, "Information"));
        }
        // Each another word.
        let word = |shift: usize| -> String {
            let is_one = |place: usize| (number >> (place % 20)) & 1 == shift;
            (0..1_500).map(|place| letters[usize::from(is_one(place))]).collect()
        };
        let terms = Terms {
            form: ExceptionForm::NotApplicable,
            control: format!("X-{}", number / 100),
            check: None,
            subject: None,
            covers_unknown: false,
            reason: word(0),
            measure: word(1),
            valid_to: at + Duration::from_days(90),
        };
        let mut row = ExceptionRow {
            exception: Id::from_bits(0x2_0000_0000 + number as u128),
            terms,
            asked_by: "A".to_owned(),
            approved_by: "B".to_owned(),
            has_second_person: false,
            granted_at: at,
            withdrawn_at: None,
            asked: 0,
            entry: 0,
        };
        let body =
            json!({"exception": row.exception, "terms": row.terms, "asked_by": row.asked_by});
        row.asked = sample.log.record("exception.asked", &body, at);
        let body = json!({
            "exception": row.exception,
            "terms": row.terms,
            "asked": row.asked,
            "asked_by": row.asked_by,
            "approved_by": row.approved_by,
            "has_second_person": row.has_second_person,
        });
        row.entry = sample.log.record("exception.granted", &body, at);
        sample.input.exceptions.push(row);
    }
}

/// Checks that nobody knows, each of which rests on a fact whose one field has a name of megabytes.
fn facts(sample: &mut Sample, count: usize, bytes: usize) {
    let at = sample.input.heading.scope.to;
    let said = json!({ "k".repeat(bytes): 1 });
    let device = sample.add_device_saying(BTreeMap::from([("x_long".to_owned(), said)]));
    let made = sample.facts[0].0.clone();
    let mut list = control(0, "Information");
    for part in 0..count.div_ceil(4_000) {
        let entry = sample.log.size();
        let mut turns = Vec::new();
        for number in part * 4_000..count.min((part + 1) * 4_000) {
            let id = format!("x{number}");
            list.checks.push(Check {
                id: id.clone(),
                title: String::new(),
                condition: String::new(),
                fresh_for: String::new(),
                needs: Vec::new(),
                version: "1".to_owned(),
            });
            turns.push(json!({"check": id, "subject": device, "status": "fail", "version": 1, "because": "", "was": null}));
            sample.input.verdicts.push(VerdictRow {
                check: id.clone(),
                subject: device.clone(),
                subject_name: made.subject_name.clone(),
                status: Status::Fail,
                because: String::new(),
                facts: vec![made.digest; 10],
                excepted: None,
                since: at,
            });
            sample.input.history.push(Interval {
                check: id,
                check_version: "1".to_owned(),
                subject: device.clone(),
                subject_name: made.subject_name.clone(),
                status: Status::Fail,
                because: String::new(),
                excepted: None,
                from: at,
                to: None,
                entry,
            });
        }
        let body = json!({"subject": device, "at": at, "facts": [], "verdicts": turns});
        sample.log.record("subject.assessed", &body, at);
    }
    list.status = Status::Fail;
    sample.input.controls.push(list);
}

/// A fact that is said to follow from thousands of statements, again and again.
fn evidence(sample: &mut Sample, count: usize) {
    attestations(sample, "x", count, usize::MAX);
    let at = sample.input.heading.scope.to;
    let subject = Subject::control("X-0");
    let bytes =
        br#"{"begins_at":null,"in_force":0,"items":[],"lapsed":0,"taken_back":0,"valid_to":null}"#;
    for _ in 0..100 {
        let row = FactRow {
            subject: subject.clone(),
            subject_name: "x".to_owned(),
            kind: "evidence".to_owned(),
            title: "Evidence".to_owned(),
            source: "closedset/evidence".to_owned(),
            digest: Digest::of(bytes),
            collected_at: at,
            confirmed_at: None,
            entry: sample.log.size(),
            left_out: None,
        };
        let fact = json!({"subject": subject, "kind": row.kind, "source": row.source, "digest": row.digest});
        let body = json!({"subject": subject, "at": at, "facts": [fact], "verdicts": []});
        sample.log.record("subject.assessed", &body, at);
        sample.facts.push((row, Some(bytes.to_vec())));
    }
}

/// Entries that are small to write and large to read.
fn trees(sample: &mut Sample, count: usize) {
    let at = sample.input.heading.scope.to;
    for _ in 0..count {
        let many: Vec<serde_json::Value> = (0..130_000).map(|_| json!({"": 0})).collect();
        let entry = sample.log.record("device.revoked", &json!({ "x": many }), at);
        sample.input.more_entries.push(entry);
    }
}

/// One long name, and many rows that call the thing otherwise.
fn names(sample: &mut Sample, count: usize) {
    let mut long = control(0, "Information");
    long.title = "n".repeat(3 << 20);
    let subject = Subject::control(&long.id);
    sample.input.controls.push(long);
    for number in 0..count {
        sample.input.verdicts.push(VerdictRow {
            check: format!("c{number}"),
            subject: subject.clone(),
            subject_name: "x".to_owned(),
            status: Status::Fail,
            because: String::new(),
            facts: Vec::new(),
            excepted: None,
            since: BEGINNING,
        });
    }
}

/// What is found in the file, without a catalogue, and how long that takes.
fn verify_file(file: &str) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let report = verify(BufReader::new(fs::File::open(file)?), &VerifyOptions::default())?;
    for finding in report.findings.iter().take(5) {
        println!("{finding}");
    }
    println!("{:?} after {:?}", report.outcome(), begun.elapsed());
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let file = arguments.next().ok_or("which file is to be written?")?;
    let kind = arguments.next().ok_or("which kind?")?;
    let count: usize = arguments.next().map_or(Ok(100), |count| count.parse())?;
    if kind == "verify" {
        return verify_file(&file);
    }
    let page = (kind != "pageless").then_some(&b""[..]);
    let mut sample = Sample::empty();
    match kind.as_str() {
        "lines" => attestations(&mut sample, &format!("{}x", "\n".repeat(3_900)), count, 100),
        "words" => exceptions(&mut sample, count, ['x', 'y']),
        "spelled" => exceptions(&mut sample, count, ['\u{1f3ac}', '\u{1f3a5}']),
        "marks" => exceptions(&mut sample, count, ['\u{301}', '\u{308}']),
        "ideographs" => exceptions(&mut sample, count, ['東', '京']),
        "arabic" => exceptions(&mut sample, count, ['س', 'ش']),
        "controls" => {
            sample.input.controls.extend((0..count).map(|one| control(one, &format!("{one}"))));
        }
        "facts" => facts(&mut sample, count, 3 << 20),
        "evidence" => evidence(&mut sample, count),
        "trees" => trees(&mut sample, count),
        "pageless" => {}
        "names" => names(&mut sample, count),
        "devices" => sample = Sample::with_devices(count),
        _ => return Err(
            "pageless, evidence, trees, lines, words, spelled, marks, ideographs, arabic, controls, facts, names or devices"
                .into(),
        ),
    }
    let pack = sample.forge(page, b"%PDF-1.7\n%%EOF\n")?;
    let key = sample.log.key();
    drop(sample);
    fs::write(&file, &pack)?;
    println!("{key}");
    Ok(())
}
