//! A made-up facility with its own small log: for tests, pictures and measurements. Its keys are
//! public and prove nothing.

mod controls;
mod log;

pub use log::SampleLog;

use crate::{
    LedgerInput, PackBuilder, PackError, PackInput, SealedPack,
    manifest::CREATED_KIND,
    rows::{
        AGENT_SOURCE, AttestationRow, Check, Confirmation, Control, DeviceRow, DocumentRow,
        FactRow, Heading, Interval, LogName, Scope, VerdictRow,
    },
    verify::{ATTESTATION_KIND, CHECKED_IN_KIND, DOCUMENT_KIND, ENROLLED_KIND},
};
use closedset_core::{
    Digest, Duration, Status, Subject, Time, canonical,
    check_in::{DeviceKey, Statement, facts_digest},
    id::{Device, Id, Organisation},
};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::{collections::BTreeMap, io::Cursor};

/// When the sample's period begins.
pub const BEGINNING: Time = Time::from_millis(1_780_272_000_000);

/// A made-up facility: everything a pack is made of, to be altered before it is built.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its log.
    pub log: SampleLog,
    /// The pack's lists.
    pub input: PackInput,
    /// Facts with their bodies.
    pub facts: Vec<(FactRow, Option<Vec<u8>>)>,
    /// Documents with their content.
    pub documents: Vec<(DocumentRow, Option<Vec<u8>>)>,
    /// Attestations with their text.
    pub attestations: Vec<(AttestationRow, Option<String>)>,
}

/// One device of the sample.
struct SampleDevice {
    id: Id<Device>,
    name: String,
    key: SigningKey,
    counter: i64,
}

impl Sample {
    /// A facility with this many devices, and one document and one attestation. The same number
    /// always gives the same pack.
    pub fn with_devices(count: usize) -> Self {
        Self::new("Halide Post", 1, count)
    }

    /// A facility of this name; its seed makes its keys and ids.
    pub fn new(name: &str, seed: u8, count: usize) -> Self {
        let organisation =
            Id::from_bits(0x0199_0000_0000_7000_8000_0000_0000_0000 + u128::from(seed));
        let mut log = SampleLog::new(organisation, seed);
        // What else happened in the facility; nothing of it stands in the pack.
        for number in 0..300 {
            log.record("door.opened", &json!({ "door": number % 7 }), BEGINNING);
        }
        let mut sample = Self {
            input: input(name, organisation, &log),
            log,
            facts: Vec::new(),
            documents: Vec::new(),
            attestations: Vec::new(),
        };
        let names =
            ["Suite 1", "Suite 2", "Grading", "Mix stage", "Reception", "Producer's laptop"];
        for number in 0..count {
            let name = match names.get(number) {
                Some(name) => (*name).to_owned(),
                None => format!("Workstation {number}"),
            };
            sample.add_device(name, number, seed);
        }
        sample.add_document();
        sample.add_attestation();
        sample.add_exception();
        sample
    }

    /// The organisation.
    pub fn organisation(&self) -> Id<Organisation> {
        self.input.heading.organisation
    }

    /// Adds all evidence and seals; the entry `pack.created` is still to be recorded.
    pub fn seal(&self) -> Result<SealedPack<Cursor<Vec<u8>>>, PackError> {
        let mut builder = PackBuilder::new(Cursor::new(Vec::new()), self.input.clone());
        for (row, body) in &self.facts {
            builder.add_fact(row.clone(), body.as_deref())?;
        }
        for (row, content) in &self.documents {
            match content {
                Some(content) => {
                    builder.add_document(row.clone(), Some(&mut content.as_slice()))?
                }
                None => builder.add_document(row.clone(), None)?,
            }
        }
        for (row, text) in &self.attestations {
            builder.add_attestation(row.clone(), text.as_deref())?;
        }
        builder.seal()
    }

    /// Records the pack and finishes it.
    pub fn build(&mut self) -> Result<Vec<u8>, PackError> {
        let sealed = self.seal()?;
        let own = self.record_pack(&sealed);
        self.finish(sealed, own)
    }

    /// Records a sealed pack; yields the entry.
    pub fn record_pack<W>(&mut self, sealed: &SealedPack<W>) -> u64 {
        let body = json!({
            "pack": self.input.heading.pack,
            "manifest": sealed.manifest_digest(),
        });
        self.log.record(CREATED_KIND, &body, self.input.heading.made_at)
    }

    /// Finishes a sealed pack that the entry `own` records.
    pub fn finish(
        &self,
        sealed: SealedPack<Cursor<Vec<u8>>>,
        own: u64,
    ) -> Result<Vec<u8>, PackError> {
        self.finish_with(sealed, own, &self.log.checkpoint())
    }

    /// Finishes a sealed pack with this checkpoint.
    pub fn finish_with(
        &self,
        sealed: SealedPack<Cursor<Vec<u8>>>,
        own: u64,
        checkpoint: &[u8],
    ) -> Result<Vec<u8>, PackError> {
        let indexes: Vec<u64> = sealed.entries().iter().copied().chain([own]).collect();
        let ledger = LedgerInput { checkpoint, tiles: self.log.tiles() };
        let entries = indexes.into_iter().map(|index| self.log.entry(index));
        sealed.finish(ledger, entries).map(Cursor::into_inner)
    }

    fn add_device(&mut self, name: String, number: usize, seed: u8) {
        let mut secret = [seed; 32];
        secret[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let mut device = SampleDevice {
            id: Id::from_bits(0x0199_0000_0000_7000_9000_0000_0000_0000 + number as u128),
            name,
            key: SigningKey::from_bytes(&secret),
            counter: 0,
        };
        let key = DeviceKey(device.key.verifying_key().to_bytes());
        let body = json!({ "device": device.id, "key": key, "name": device.name });
        let enrolled = self.log.record(ENROLLED_KIND, &body, BEGINNING);
        let at = BEGINNING + Duration::from_hours(number as i64 + 1);
        let minutes = if number % 5 == 3 { 45 } else { 10 };
        let early = self.check_in(&mut device, at, facts_of(45, true));
        let later = at + Duration::from_days(9);
        let checked = self.check_in(&mut device, later, facts_of(minutes, number % 7 != 4));
        let confirmed_at = later + Duration::from_days(20);
        let confirmation = self.confirmation(&mut device, confirmed_at, checked);
        self.add_verdicts(&device, (early, checked), later, confirmed_at);
        self.input.devices.push(DeviceRow {
            id: device.id,
            name: device.name,
            key,
            enrolled,
            revoked_at: None,
            confirmations: vec![confirmation],
        });
    }

    /// The device says these facts; yields the entry.
    fn check_in(
        &mut self,
        device: &mut SampleDevice,
        at: Time,
        facts: BTreeMap<String, Value>,
    ) -> u64 {
        let bodies: BTreeMap<String, Vec<u8>> = facts
            .into_iter()
            .map(|(kind, body)| (kind, canonical::to_vec(&body).expect("samples are canonical")))
            .collect();
        let digests: BTreeMap<String, Digest> =
            bodies.iter().map(|(kind, body)| (kind.clone(), Digest::of(body))).collect();
        device.counter += 1;
        let statement = Statement {
            organisation: self.organisation(),
            device: device.id,
            counter: device.counter,
            collected_at: at,
            facts: facts_digest(&digests).expect("digests are canonical"),
        };
        let derived =
            canonical::to_vec(&json!({"line": "debian-13", "position": 1, "is_supported": true}))
                .expect("samples are canonical");
        let body = json!({
            "statement": statement,
            "signature": statement.sign(&device.key),
            "digests": digests,
            "facts": [{
                "subject": Subject::device(device.id),
                "kind": "release_line",
                "source": "closedset/releases",
                "digest": Digest::of(&derived),
            }],
        });
        let entry = self.log.record(CHECKED_IN_KIND, &body, at);
        let row = |kind: &str, title: &str, source: &str, digest| FactRow {
            subject: Subject::device(device.id),
            subject_name: device.name.clone(),
            kind: kind.to_owned(),
            title: title.to_owned(),
            source: source.to_owned(),
            digest,
            collected_at: at,
            confirmed_at: None,
            entry,
            left_out: None,
        };
        for (kind, body) in bodies {
            let title = if kind == "screen_lock" { "Screen lock" } else { "Host firewall" };
            let fact = row(&kind, title, AGENT_SOURCE, Digest::of(&body));
            self.facts.push((fact, Some(body)));
        }
        let fact = row(
            "release_line",
            "Place among the releases",
            "closedset/releases",
            Digest::of(&derived),
        );
        self.facts.push((fact, Some(derived)));
        entry
    }

    fn confirmation(&mut self, device: &mut SampleDevice, at: Time, entry: u64) -> Confirmation {
        let mut digests = BTreeMap::new();
        for (row, _) in &mut self.facts {
            if row.entry == entry && row.source == AGENT_SOURCE {
                row.confirmed_at = Some(at);
                digests.insert(row.kind.clone(), row.digest);
            }
        }
        device.counter += 1;
        let statement = Statement {
            organisation: self.organisation(),
            device: device.id,
            counter: device.counter,
            collected_at: at,
            facts: facts_digest(&digests).expect("digests are canonical"),
        };
        let signature = statement.sign(&device.key);
        Confirmation { statement, signature }
    }

    fn add_verdicts(
        &mut self,
        device: &SampleDevice,
        (early, now): (u64, u64),
        since: Time,
        confirmed_at: Time,
    ) {
        for (check, kind) in controls::DEVICE_CHECKS {
            let found = |entry: u64| {
                self.facts.iter().find(|(row, _)| row.entry == entry && row.kind == *kind).and_then(
                    |(row, body)| {
                        let body = serde_json::from_slice(body.as_ref()?).ok()?;
                        Some((row.digest, controls::judge(kind, &body)))
                    },
                )
            };
            let (Some((digest, (status, because))), Some((_, (was, because_then)))) =
                (found(now), found(early))
            else {
                continue;
            };
            self.input.verdicts.push(VerdictRow {
                check: (*check).to_owned(),
                subject: Subject::device(device.id),
                subject_name: device.name.clone(),
                status,
                because: because.clone(),
                facts: vec![digest],
                since: Some(since),
                fresh_until: Some(confirmed_at + Duration::from_days(7)),
            });
            let interval = |status, because, from, to| Interval {
                check: (*check).to_owned(),
                check_version: "1".to_owned(),
                subject: Subject::device(device.id),
                subject_name: device.name.clone(),
                status,
                because,
                from,
                to,
                entry: None,
            };
            if was != status {
                let from = since - Duration::from_days(9);
                let then = interval(was, because_then, from, Some(since));
                self.input.history.push(then);
                self.input.history.push(interval(status, because, since, None));
            }
        }
        self.settle_controls();
    }

    /// A control is the worst of its checks.
    fn settle_controls(&mut self) {
        for control in &mut self.input.controls {
            let worst = self
                .input
                .verdicts
                .iter()
                .filter(|row| control.checks.iter().any(|check| check.id == row.check))
                .map(|row| row.status)
                .min();
            if let Some(worst) = worst {
                control.status = worst;
                let bad = self.input.verdicts.iter().filter(|row| {
                    row.status == Status::Fail
                        && control.checks.iter().any(|check| check.id == row.check)
                });
                let names: Vec<&str> = bad.map(|row| row.subject_name.as_str()).collect();
                control.because = match names.as_slice() {
                    [] => String::new(),
                    names => format!("Not met on {}.", names.join(", ")),
                };
            }
        }
    }

    /// A risk that was accepted for the organisation as a whole.
    fn add_exception(&mut self) {
        self.input.verdicts.push(VerdictRow {
            check: controls::EXCEPTED_CHECK.to_owned(),
            subject: Subject::organisation(self.organisation()),
            subject_name: self.input.heading.organisation_name.clone(),
            status: Status::Excepted,
            because: "accepted by Ada Lindqvist until 30 Sep 2026".to_owned(),
            facts: Vec::new(),
            since: Some(BEGINNING),
            fresh_until: None,
        });
    }

    fn add_document(&mut self) {
        let content = b"%PDF-1.7\nHow we keep content secure, in nine pages.\n".to_vec();
        let given_at = BEGINNING + Duration::from_days(3);
        let mut row = DocumentRow {
            document: Id::from_bits(0x51),
            version: Id::from_bits(0x52),
            title: "Content security handbook <draft & final>".to_owned(),
            file_name: "Content Security Handbook (2026).pdf".to_owned(),
            digest: Digest::of(&content),
            size: content.len() as u64,
            controls: vec!["AD-5".to_owned()],
            valid_from: given_at,
            valid_to: given_at + Duration::from_days(365),
            withdrawn_at: None,
            given_by: "Ada Lindqvist".to_owned(),
            given_at,
            entry: 0,
            path: None,
            left_out: None,
        };
        let body = json!({
            "document": row.document,
            "digest": row.digest,
            "title": row.title,
            "controls": row.controls,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        });
        row.entry = self.record_evidence(DOCUMENT_KIND, body, "AD-5", (given_at, row.valid_to));
        self.documents.push((row, Some(content)));
    }

    fn add_attestation(&mut self) {
        let text = "Every external door was inspected on 4 June 2026. Locks, cameras and alarm \
                    contacts work; the dock's roller door got a second contact.\n";
        let signed_at = BEGINNING + Duration::from_days(4);
        let mut row = AttestationRow {
            attestation: Id::from_bits(0x61),
            digest: Digest::of(text.as_bytes()),
            controls: vec!["PH-1".to_owned()],
            signed_by: "Jonas Okafor, facility manager".to_owned(),
            signed_at,
            valid_from: signed_at,
            valid_to: signed_at + Duration::from_days(90),
            withdrawn_at: None,
            entry: 0,
            left_out: None,
        };
        let body = json!({
            "attestation": row.attestation,
            "digest": row.digest,
            "controls": row.controls,
            "valid_to": row.valid_to,
        });
        row.entry = self.record_evidence(ATTESTATION_KIND, body, "PH-1", (signed_at, row.valid_to));
        self.attestations.push((row, Some(text.to_owned())));
    }
}

impl Sample {
    /// Records what was given for a control, with the fact that Closedset derives from it, and the
    /// verdict that rests on that.
    fn record_evidence(
        &mut self,
        entry_kind: &str,
        mut body: Value,
        control: &str,
        (at, valid_to): (Time, Time),
    ) -> u64 {
        let subject = Subject::control(control);
        let fact = json!({ "in_force": 1, "lapsed": 0, "taken_back": 0, "valid_to": valid_to });
        let bytes = canonical::to_vec(&fact).expect("samples are canonical");
        let digest = Digest::of(&bytes);
        body["facts"] = json!([{
            "subject": subject,
            "kind": "evidence",
            "source": "closedset/evidence",
            "digest": digest,
        }]);
        let entry = self.log.record(entry_kind, &body, at);
        let row = FactRow {
            subject: subject.clone(),
            subject_name: control.to_owned(),
            kind: "evidence".to_owned(),
            title: "Documents and attestations".to_owned(),
            source: "closedset/evidence".to_owned(),
            digest,
            collected_at: at,
            confirmed_at: None,
            entry,
            left_out: None,
        };
        self.facts.push((row, Some(bytes)));
        self.input.verdicts.push(VerdictRow {
            check: format!("evidence-{}", control.to_lowercase()),
            subject,
            subject_name: control.to_owned(),
            status: Status::Pass,
            because: "1 in force".to_owned(),
            facts: vec![digest],
            since: Some(at),
            fresh_until: Some(valid_to),
        });
        self.settle_controls();
        entry
    }
}

fn input(name: &str, organisation: Id<Organisation>, log: &SampleLog) -> PackInput {
    let to = BEGINNING + Duration::from_days(30);
    PackInput {
        heading: Heading {
            pack: Id::from_bits(0x0199_7777_0000_7000_8000_0000_0000_0001),
            organisation,
            organisation_name: name.to_owned(),
            facilities: "Soho, London and Park Royal, London".to_owned(),
            scope: Scope {
                framework: "minimum".to_owned(),
                framework_title: "Content owner's minimum requirements".to_owned(),
                framework_version: "2026-05".to_owned(),
                recipient: "Meridian Pictures, content security".to_owned(),
                from: BEGINNING,
                to,
            },
            made_at: to + Duration::from_hours(9),
            made_by: "Ada Lindqvist".to_owned(),
            made_with: "closedset 0.1.0".to_owned(),
        },
        log: LogName { origin: log.origin().to_owned(), key: log.key() },
        controls: controls::all(),
        verdicts: Vec::new(),
        history: Vec::new(),
        devices: Vec::new(),
        left_out: Vec::new(),
        more_entries: Vec::new(),
        erased: Vec::new(),
    }
}

fn facts_of(minutes: i64, has_firewall: bool) -> BTreeMap<String, Value> {
    let lock = json!({
        "longest_s": minutes * 60,
        "users": [{"name": "editor", "desktop": "gnome", "locks_after_s": minutes * 60, "asks_password": true}],
    });
    let firewall = json!({
        "backend": "nftables",
        "is_active": has_firewall,
        "refuses_inbound": has_firewall,
        "starts_at_boot": true,
        "seen": if has_firewall { "policy drop on input, IPv4 and IPv6" } else { "no rule set is loaded" },
    });
    BTreeMap::from([("screen_lock".to_owned(), lock), ("host_firewall".to_owned(), firewall)])
}

/// A control without check: its evidence is given by hand, or missing.
fn by_hand(id: &str, area: &str, title: &str, asks: &str, status: Status) -> Control {
    Control {
        id: id.to_owned(),
        title: title.to_owned(),
        area: area.to_owned(),
        asks: asks.to_owned(),
        verb: if matches!(id, "PH-5" | "IS-2") { "should" } else { "must" }.to_owned(),
        status,
        because: match status {
            Status::Unknown => "Nothing has been given for this yet.".to_owned(),
            Status::Excepted => "Risk accepted by Ada Lindqvist until 30 Sep 2026: the vendor's tool needs the older system.".to_owned(),
            Status::NotApplicable => "Signed by Jonas Okafor: there is no such thing here.".to_owned(),
            Status::Pass | Status::Fail => String::new(),
        },
        checks: Vec::<Check>::new(),
    }
}
