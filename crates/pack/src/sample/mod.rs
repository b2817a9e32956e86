//! A made-up facility with its own small log: for tests, pictures and measurements. Its keys are
//! public and prove nothing.

mod controls;
mod log;

pub use log::SampleLog;

use crate::{
    LedgerInput, PackBuilder, PackError, PackInput, RolledUp, SealedPack, Zone, confirmation_hash,
    limited::{About, about},
    manifest::CREATED_KIND,
    rows::{
        AGENT_SOURCE, AttestationRow, Check, Confirmation, Control, DeviceRow, DocumentRow,
        EVIDENCE_SOURCE, ExceptionRow, Facility, FactRow, Heading, Interval, LogName, Scope,
        VerdictRow, fact_title,
    },
    verify::{
        ASKED_KIND, ATTESTATION_KIND, CHECKED_IN_KIND, DOCUMENT_KIND, ENROLLED_KIND, GRANTED_KIND,
        ORGANISATION_KIND, ROLLED_UP_KIND, counts, counts_from,
    },
    without_names::Contents,
};
use closedset_core::{
    Digest, Duration, Status, Subject, SubjectKind, Time, canonical,
    check_in::{DeviceKey, Statement, facts_digest},
    entry::Envelope,
    exception::{Excepted, ExceptionForm, Terms},
    fact::{
        Body,
        evidence::{Evidence, EvidenceItem},
    },
    id::{Device, Id, Organisation},
};
use closedset_merkle::{Frontier, Hash};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
};

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
    pub facts: Vec<GivenFact>,
    /// Documents with their content.
    pub documents: Vec<(DocumentRow, Option<Vec<u8>>)>,
    /// Attestations with their text.
    pub attestations: Vec<(AttestationRow, Option<String>)>,
    /// Entries that are kept back although what the pack says depends on them.
    pub withheld: BTreeSet<u64>,
}

/// A fact with its body.
type GivenFact = (FactRow, Option<Vec<u8>>);

/// One device of the sample.
struct SampleDevice {
    id: Id<Device>,
    name: String,
    key: SigningKey,
    counter: i64,
    enrolled: u64,
}

impl Sample {
    /// A facility with this many devices, and one document and one attestation. The same number
    /// always gives the same pack.
    pub fn with_devices(count: usize) -> Self {
        Self::new("Halide Post", 1, count)
    }

    /// A facility of which nothing is known: without controls, devices and evidence.
    pub fn empty() -> Self {
        let mut sample = Self::founded("Halide Post", 1);
        sample.input.controls.clear();
        sample
    }

    /// A facility of this name before anything is known of it.
    fn founded(name: &str, seed: u8) -> Self {
        let organisation =
            Id::from_bits(0x0199_0000_0000_7000_8000_0000_0000_0000 + u128::from(seed));
        let mut log = SampleLog::new(organisation, seed);
        // What else happened in the facility; nothing of it stands in the pack.
        for number in 0..299 {
            log.record("door.opened", &json!({ "door": number % 7 }), BEGINNING);
        }
        let facility = facility();
        let profile = json!({"organisation": name, "facility": facility});
        let body = json!({"organisation": organisation, "profile": profile});
        log.record(ORGANISATION_KIND, &body, BEGINNING);
        Self {
            input: input(name, organisation, facility, &log),
            log,
            facts: Vec::new(),
            documents: Vec::new(),
            attestations: Vec::new(),
            withheld: BTreeSet::new(),
        }
    }

    /// A facility of this name; its seed makes its keys and ids.
    pub fn new(name: &str, seed: u8, count: usize) -> Self {
        let mut sample = Self::founded(name, seed);
        let names =
            ["Suite 1", "Suite 2", "Grading", "Mix stage", "Reception", "Producer's laptop"];
        let mut devices: Vec<SampleDevice> = (0..count)
            .map(|number| {
                let name = match names.get(number) {
                    Some(name) => (*name).to_owned(),
                    None => format!("Workstation {number}"),
                };
                sample.enrol(name, number, seed)
            })
            .collect();
        let at = |number: usize| BEGINNING + Duration::from_minutes(10 * (number as i64 + 1));
        for (number, device) in devices.iter_mut().enumerate() {
            sample.check_in(device, at(number), facts_of(45, true));
        }
        sample.add_document();
        sample.add_attestation();
        for (number, mut device) in devices.into_iter().enumerate() {
            let minutes = if number % 5 == 3 { 45 } else { 10 };
            let later = at(number) + Duration::from_days(9);
            sample.check_in(&mut device, later, facts_of(minutes, number % 7 != 4));
            let again = (later + Duration::from_days(20)).min(sample.input.heading.scope.to);
            let confirmation = sample.confirmation(&mut device, again);
            sample.input.devices.push(DeviceRow {
                id: device.id,
                name: device.name,
                key: DeviceKey(device.key.verifying_key().to_bytes()),
                enrolled: device.enrolled,
                revoked_at: None,
                confirmations: vec![confirmation],
            });
        }
        sample.roll_up();
        // Devices first.
        sample.facts.sort_by_key(|(row, _)| row.subject.kind != SubjectKind::Device);
        sample.add_exception();
        sample.settle_controls();
        sample
    }

    /// Takes out everything that the pack would not hold if it were limited to these controls.
    pub fn limit_to(&mut self, controls: &[&str]) {
        let is_chosen = |control: &String| controls.contains(&control.as_str());
        let has =
            |subject: &Subject| subject.kind == SubjectKind::Control && is_chosen(&subject.id);
        let input = &mut self.input;
        input.controls.retain(|control| is_chosen(&control.id));
        let ids = input.controls.iter().map(|control| control.id.clone());
        input.heading.scope.controls = ids.collect();
        input.verdicts.retain(|row| has(&row.subject));
        input.history.retain(|row| has(&row.subject));
        input.devices.clear();
        input.exceptions.retain(|row| is_chosen(&row.terms.control));
        self.facts.retain(|(row, _)| has(&row.subject));
        self.documents.retain(|(row, _)| is_chosen(&row.control));
        self.attestations.retain(|(row, _)| is_chosen(&row.control));
    }

    /// Takes out who is named.
    pub fn unname(&mut self) {
        let (mut documents, mut attestations) = (Vec::new(), Vec::new());
        for (row, content) in &mut self.documents {
            *content = None;
            documents.push(row);
        }
        for (row, text) in &mut self.attestations {
            *text = None;
            attestations.push(row);
        }
        let contents =
            Contents { input: &mut self.input, facts: &mut self.facts, documents, attestations };
        let envelope = |index: u64| (index, self.log.envelope(index));
        let envelopes = contents.entries().into_iter().map(envelope).collect();
        contents.unname(&envelopes);
        for control in &mut self.input.controls {
            control.because.clear();
        }
    }

    /// Whether an entry belongs to the controls to which the pack is limited, if it is.
    fn is_asked_for(&self, envelope: &Envelope) -> bool {
        let controls = &self.input.heading.scope.controls;
        controls.is_empty()
            || match about(&envelope.kind) {
                About::Organisation => true,
                About::Control => controls
                    .iter()
                    .any(|id| log::subject_of(&json!({"control": id})) == envelope.subject),
                About::Erased | About::Other => false,
            }
    }

    /// The organisation.
    pub fn organisation(&self) -> Id<Organisation> {
        self.input.heading.organisation
    }

    /// What people call it.
    pub fn name_of(&self, subject: &Subject) -> String {
        let devices = self.input.devices.iter().map(|row| (Subject::device(row.id), &row.name));
        let controls = self.input.controls.iter();
        let controls = controls.map(|one| (Subject::control(&one.id), &one.title));
        let known = devices.chain(controls).find(|(known, _)| known == subject);
        known.map_or(&subject.id, |(_, name)| name).clone()
    }

    /// Adds all evidence and seals; the entry `pack.created` is still to be recorded.
    pub fn seal(&self) -> Result<SealedPack<Cursor<Vec<u8>>>, PackError> {
        self.builder()?.seal()
    }

    /// Builds the pack with a page, if any, and a report of the maker's own, recorded like any others.
    pub fn forge(&mut self, page: Option<&[u8]>, report: &[u8]) -> Result<Vec<u8>, PackError> {
        let sealed = self.builder()?.forge(page, report)?;
        let own = self.record_pack(&sealed);
        self.finish(sealed, own)
    }

    /// The report as it would be with so many rows and letters, and whether it is shortened.
    #[cfg(test)]
    pub(crate) fn report_within(
        &self,
        rows: usize,
        letters: usize,
    ) -> Result<(closedset_pdf::Document, bool), PackError> {
        Ok(self.builder()?.report_within(rows, letters))
    }

    fn builder(&self) -> Result<PackBuilder<Cursor<Vec<u8>>>, PackError> {
        let mut input = self.input.clone();
        if input.log.size == 0 {
            input.log.size = self.log.size();
        }
        input.more_entries.extend(self.counted());
        input.more_entries.retain(|index| !self.withheld.contains(index));
        let mut builder = PackBuilder::new(Cursor::new(Vec::new()), input);
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
        Ok(builder)
    }

    /// The entries on which what the pack says depends, whatever its rows name.
    fn counted(&self) -> Vec<u64> {
        let mut counted = Vec::new();
        let mut newest: BTreeMap<String, u64> = BTreeMap::new();
        for index in 0..self.log.size() {
            let envelope = self.log.envelope(index);
            if !self.is_asked_for(&envelope) {
                continue;
            }
            if counts(&envelope.kind) {
                counted.push(index);
            } else if envelope.kind == CHECKED_IN_KIND {
                newest.insert(envelope.subject, index);
            }
        }
        for (subject, newest) in newest {
            counted.push(newest);
            let Some(body) = self.log.entry(newest).body else { continue };
            let body: Value = serde_json::from_slice(&body.bytes).expect("samples are canonical");
            let at = body["statement"]["collected_at"].as_str().and_then(|at| at.parse().ok());
            let Some(since) = at.map(counts_from) else { continue };
            counted.extend((0..newest).filter(|index| {
                let envelope = self.log.envelope(*index);
                envelope.kind == CHECKED_IN_KIND
                    && envelope.subject == subject
                    && envelope.at >= since
            }));
        }
        counted
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

    fn enrol(&mut self, name: String, number: usize, seed: u8) -> SampleDevice {
        let mut secret = [seed; 32];
        secret[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let id: Id<Device> =
            Id::from_bits(0x0199_0000_0000_7000_9000_0000_0000_0000 + number as u128);
        let key = SigningKey::from_bytes(&secret);
        let public = DeviceKey(key.verifying_key().to_bytes());
        let body = json!({ "device": id, "key": public, "name": name });
        let enrolled = self.log.record(ENROLLED_KIND, &body, BEGINNING);
        SampleDevice { id, name, key, counter: 0, enrolled }
    }

    /// Adds a device that says these facts and nothing else, of which no check says anything; yields it.
    pub fn add_device_saying(&mut self, facts: BTreeMap<String, Value>) -> Subject {
        let number = self.input.devices.len();
        let mut device = self.enrol(format!("Device {number}"), number, 1);
        let (_, said) = self.say(&mut device, BEGINNING + Duration::from_days(1), facts);
        self.facts.extend(said);
        let subject = Subject::device(device.id);
        self.input.devices.push(DeviceRow {
            id: device.id,
            name: device.name,
            key: DeviceKey(device.key.verifying_key().to_bytes()),
            enrolled: device.enrolled,
            revoked_at: None,
            confirmations: Vec::new(),
        });
        subject
    }

    /// The device says these facts; yields the entry, and the facts with their bodies.
    fn say(
        &mut self,
        device: &mut SampleDevice,
        at: Time,
        facts: BTreeMap<String, Value>,
    ) -> (u64, Vec<GivenFact>) {
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
        let body = json!({
            "statement": statement,
            "signature": statement.sign(&device.key),
            "digests": digests,
        });
        let entry = self.log.record(CHECKED_IN_KIND, &body, at);
        let said = bodies.into_iter().map(|(kind, body)| {
            let digest = Digest::of(&body);
            (fact_row(device, (&kind, AGENT_SOURCE), digest, (at, entry)), Some(body))
        });
        (entry, said.collect())
    }

    /// The device says these facts, in place of what it said before; yields the entry.
    fn check_in(
        &mut self,
        device: &mut SampleDevice,
        at: Time,
        facts: BTreeMap<String, Value>,
    ) -> u64 {
        let (entry, mut said) = self.say(device, at, facts);
        let subject = Subject::device(device.id);
        let derived =
            canonical::to_vec(&json!({"line": "debian-13", "position": 1, "is_supported": true}))
                .expect("samples are canonical");
        let digest = Digest::of(&derived);
        let kind = ("release_line", "closedset/release-line/agent");
        let fact = fact_row(device, kind, digest, (at, self.log.size()));
        said.push((fact.clone(), Some(derived)));
        let found: Vec<Found> = controls::DEVICE_CHECKS
            .iter()
            .filter_map(|(check, kind)| {
                let (row, body) = said.iter().find(|(row, _)| row.kind == *kind)?;
                let body = serde_json::from_slice(body.as_ref()?).ok()?;
                let (status, because) = controls::judge(kind, &body);
                Some(Found { check: (*check).to_owned(), status, because, fact: row.digest })
            })
            .collect();
        self.assess(&subject, &device.name.clone(), at, &[fact], &found);
        self.facts.retain(|(row, _)| row.subject != subject);
        self.facts.extend(said);
        entry
    }

    /// Records what follows, with the verdicts that turned.
    fn assess(
        &mut self,
        subject: &Subject,
        name: &str,
        at: Time,
        facts: &[FactRow],
        found: &[Found],
    ) -> u64 {
        let entry = self.log.size();
        let (mut turned, mut words) = (Vec::new(), Vec::new());
        for one in found {
            let is_it = |row: &&mut VerdictRow| row.check == one.check && row.subject == *subject;
            let known = self.input.verdicts.iter_mut().find(is_it);
            let was = known.as_ref().map(|row| row.status);
            let is_same = known
                .as_ref()
                .is_some_and(|row| row.status == one.status && row.because == one.because);
            if let Some(known) = known {
                known.facts = vec![one.fact];
                if is_same {
                    continue;
                }
                (known.status, known.because) = (one.status, one.because.clone());
                (known.since, known.excepted) = (at, None);
            } else {
                self.input.verdicts.push(VerdictRow {
                    check: one.check.clone(),
                    subject: subject.clone(),
                    subject_name: name.to_owned(),
                    status: one.status,
                    because: one.because.clone(),
                    facts: vec![one.fact],
                    excepted: None,
                    since: at,
                });
            }
            let open =
                self.input.history.iter_mut().find(|row| {
                    row.check == one.check && row.subject == *subject && row.to.is_none()
                });
            if let Some(open) = open {
                open.to = Some(at);
            }
            self.input.history.push(Interval {
                check: one.check.clone(),
                check_version: "1".to_owned(),
                subject: subject.clone(),
                subject_name: name.to_owned(),
                status: one.status,
                because: one.because.clone(),
                excepted: None,
                from: at,
                to: None,
                entry,
            });
            turned.push(json!({
                "check": one.check,
                "subject": subject,
                "status": one.status,
                "version": 1,
                "was": was,
            }));
            words.push(one.because.clone());
        }
        let facts: Vec<Value> = facts
            .iter()
            .map(|row| {
                json!({
                    "subject": subject,
                    "kind": row.kind,
                    "source": row.source,
                    "digest": row.digest,
                })
            })
            .collect();
        let body = json!({
            "subject": subject,
            "at": at,
            "facts": facts,
            "verdicts": turned,
            "because": words,
        });
        self.log.record("subject.assessed", &body, at)
    }

    /// Records that a check says something else of a subject, resting on what it rested on.
    pub fn turn(&mut self, check: &str, subject: &Subject, status: Status) {
        let verdict = self.input.verdicts.iter();
        let verdict =
            verdict.clone().find(|row| row.check == check && row.subject == *subject).cloned();
        let Some(verdict) = verdict else { return };
        let Some(fact) = verdict.facts.first().copied() else { return };
        let because = format!("said to be {status}");
        let found = Found { check: check.to_owned(), status, because, fact };
        let at = self.input.heading.scope.to;
        self.assess(subject, &verdict.subject_name, at, &[], &[found]);
    }

    fn confirmation(&mut self, device: &mut SampleDevice, at: Time) -> Confirmation {
        let mut digests = BTreeMap::new();
        let subject = Subject::device(device.id);
        for (row, _) in self.facts.iter_mut().filter(|(row, _)| row.subject == subject) {
            if row.source == AGENT_SOURCE {
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
        Confirmation { statement, signature, rolled_up: None }
    }

    /// Records an entry that commits to all confirmations.
    fn roll_up(&mut self) {
        let all: Vec<&mut Confirmation> =
            self.input.devices.iter_mut().flat_map(|row| &mut row.confirmations).collect();
        let hashes: Vec<Hash> =
            all.iter().map(|one| confirmation_hash(&one.statement, &one.signature)).collect();
        let Some(at) = all.iter().map(|one| one.statement.collected_at).max() else { return };
        let mut tree = Frontier::new();
        tree.extend(hashes.iter().copied());
        let body = json!({"count": hashes.len(), "root": tree.root().to_hex()});
        let entry = self.log.record(ROLLED_UP_KIND, &body, at);
        for (index, one) in (0..).zip(all) {
            one.rolled_up = RolledUp::prove(entry, &hashes, index);
        }
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

    /// A risk that is accepted: nothing is known of the disks, and that is covered.
    fn add_exception(&mut self) {
        let at = self.input.heading.scope.to;
        let subject = Subject::control("IS-9");
        let exception = Id::from_bits(0x71);
        let terms = Terms {
            form: ExceptionForm::RiskAccepted,
            control: "IS-9".to_owned(),
            check: Some(controls::EXCEPTED_CHECK.to_owned()),
            subject: Some(subject.clone()),
            covers_unknown: true,
            reason: "The vendor's tool needs the older system, which cannot encrypt.".to_owned(),
            measure: "The laptop stays in the locked grading room.".to_owned(),
            valid_to: at + Duration::from_days(90),
        };
        let mut row = ExceptionRow {
            exception,
            terms,
            asked_by: "Jonas Okafor".to_owned(),
            approved_by: "Ada Lindqvist".to_owned(),
            has_second_person: false,
            granted_at: at,
            withdrawn_at: None,
            asked: 0,
            entry: 0,
        };
        let mut body = json!({"exception": exception, "asked_by": row.asked_by});
        row.terms.put_in(&mut body);
        row.asked = self.log.record(ASKED_KIND, &body, at);
        let mut body = json!({
            "exception": exception,
            "asked": row.asked,
            "asked_by": row.asked_by,
            "approved_by": row.approved_by,
            "has_second_person": row.has_second_person,
        });
        row.terms.put_in(&mut body);
        row.entry = self.log.record(GRANTED_KIND, &body, at);
        let excepted = Excepted { beneath: Status::Unknown, exception };
        let because = "risk accepted although it is unknown: nothing is known of the disks";
        let body = json!({
            "subject": subject,
            "at": at,
            "facts": [],
            "because": [because],
            "verdicts": [{
                "check": controls::EXCEPTED_CHECK,
                "subject": subject,
                "status": Status::Excepted,
                "version": 1,
                "was": null,
                "excepted": excepted,
            }],
        });
        let entry = self.log.record("subject.assessed", &body, at);
        let subject_name = self.name_of(&subject);
        self.input.verdicts.push(VerdictRow {
            check: controls::EXCEPTED_CHECK.to_owned(),
            subject: subject.clone(),
            subject_name: subject_name.clone(),
            status: Status::Excepted,
            because: because.to_owned(),
            facts: Vec::new(),
            excepted: Some(excepted),
            since: at,
        });
        self.input.history.push(Interval {
            check: controls::EXCEPTED_CHECK.to_owned(),
            check_version: "1".to_owned(),
            subject,
            subject_name,
            status: Status::Excepted,
            because: because.to_owned(),
            excepted: Some(excepted),
            from: at,
            to: None,
            entry,
        });
        self.input.exceptions.push(row);
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
            control: "AD-5".to_owned(),
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
            "version": row.version,
            "number": 1,
            "control": row.control,
            "title": row.title,
            "file_name": row.file_name,
            "digest": row.digest,
            "size": row.size,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "uploaded_by": row.given_by,
        });
        let item = EvidenceItem {
            id: row.document.to_string(),
            form: "document".to_owned(),
            title: row.title.clone(),
            digest: row.digest.to_string(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        };
        row.entry = self.record_evidence(DOCUMENT_KIND, &body, "AD-5", given_at, item);
        self.documents.push((row, Some(content)));
    }

    fn add_attestation(&mut self) {
        let text = "Every external door was inspected on 4 June 2026. Locks, cameras and alarm \
                    contacts work; the dock's roller door got a second contact.\n";
        let signed_at = BEGINNING + Duration::from_days(4);
        let mut row = AttestationRow {
            attestation: Id::from_bits(0x61),
            digest: Digest::of(text.as_bytes()),
            control: "PH-1".to_owned(),
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
            "control": row.control,
            "digest": row.digest,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "signed_by": row.signed_by,
        });
        let item = EvidenceItem {
            id: row.attestation.to_string(),
            form: "attestation".to_owned(),
            title: text.chars().take(80).collect(),
            digest: row.digest.to_string(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        };
        row.entry = self.record_evidence(ATTESTATION_KIND, &body, "PH-1", signed_at, item);
        self.attestations.push((row, Some(text.to_owned())));
    }
}

impl Sample {
    /// Records what was given for a control, the fact that Closedset derives from it, and the verdict
    /// that rests on that.
    fn record_evidence(
        &mut self,
        kind: &str,
        body: &Value,
        control: &str,
        at: Time,
        item: EvidenceItem,
    ) -> u64 {
        let entry = self.log.record(kind, body, at);
        let subject = Subject::control(control);
        let valid_to = Some(item.valid_to);
        let fact = Evidence {
            in_force: 1,
            lapsed: 0,
            taken_back: 0,
            items: vec![item],
            valid_to,
            begins_at: None,
            salt: Some("c105ed5e7c105ed5e7c105ed5e7c1055".to_owned()),
        };
        let bytes = Body::read(&fact, Vec::new())
            .and_then(|body| Ok(body.canonical()?))
            .expect("samples are canonical");
        let row = FactRow {
            subject: subject.clone(),
            subject_name: self.name_of(&subject),
            kind: "evidence".to_owned(),
            title: fact_title("evidence"),
            source: EVIDENCE_SOURCE.to_owned(),
            digest: Digest::of(&bytes),
            collected_at: at,
            confirmed_at: None,
            entry: self.log.size(),
            left_out: None,
        };
        let found = Found {
            check: format!("evidence-{}", control.to_lowercase()),
            status: Status::Pass,
            because: "1 in force".to_owned(),
            fact: row.digest,
        };
        self.assess(&subject, &row.subject_name, at, std::slice::from_ref(&row), &[found]);
        self.facts.push((row, Some(bytes)));
        entry
    }
}

/// What is said of a device: a fact of this kind from this source.
fn fact_row(
    device: &SampleDevice,
    (kind, source): (&str, &str),
    digest: Digest,
    (at, entry): (Time, u64),
) -> FactRow {
    FactRow {
        subject: Subject::device(device.id),
        subject_name: device.name.clone(),
        kind: kind.to_owned(),
        title: fact_title(kind),
        source: source.to_owned(),
        digest,
        collected_at: at,
        confirmed_at: None,
        entry,
        left_out: None,
    }
}

/// What a check says.
struct Found {
    check: String,
    status: Status,
    because: String,
    fact: Digest,
}

fn facility() -> Facility {
    Facility {
        id: Id::from_bits(0x41),
        name: "Soho".to_owned(),
        address: "14 Meard Street\nLondon W1F 0EN".to_owned(),
        country: "GB".to_owned(),
        time_zone: "Europe/London".to_owned(),
    }
}

fn input(
    name: &str,
    organisation: Id<Organisation>,
    facility: Facility,
    log: &SampleLog,
) -> PackInput {
    let to = BEGINNING + Duration::from_days(30);
    PackInput {
        heading: Heading {
            pack: Id::from_bits(0x0199_7777_0000_7000_8000_0000_0000_0001),
            organisation,
            organisation_name: name.to_owned(),
            zone: Zone::named(&facility.time_zone, (BEGINNING, to)).unwrap_or_else(Zone::utc),
            facilities: vec![facility],
            scope: Scope {
                framework: "minimum".to_owned(),
                framework_title: "Content owner's minimum requirements".to_owned(),
                framework_version: "2026-05".to_owned(),
                controls: Vec::new(),
                recipient: "Meridian Pictures, content security".to_owned(),
                from: BEGINNING,
                to,
            },
            made_at: to + Duration::from_hours(9),
            made_by: "Ada Lindqvist".to_owned(),
            made_with: "closedset 0.1.0".to_owned(),
            is_demonstration: false,
            without_names: false,
        },
        log: LogName {
            origin: log.origin().to_owned(),
            key: log.key(),
            size: 0,
            begins_at: BEGINNING,
            restored: Vec::new(),
        },
        controls: controls::all(),
        verdicts: Vec::new(),
        history: Vec::new(),
        devices: Vec::new(),
        exceptions: Vec::new(),
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
