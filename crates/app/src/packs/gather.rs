//! What stands in a pack, read in one unit so that all of it is of one moment.

use super::{
    counted::{Counted, counted},
    create::unknown_zone,
    limited, remake, without_names,
};
use crate::{App, Problem, board, frameworks};
use closedset_catalogue::Check;
use closedset_core::{
    Subject, SubjectKind, Time,
    entry::Log,
    fact,
    id::{Id, Organisation, Pack},
};
use closedset_pack::{
    PackInput, RolledUp, Zone, confirmation_hash, counted_within,
    rows::{
        AttestationRow, Confirmation, Control, DeviceRow, DocumentRow, ERASED_WORDS, ExceptionRow,
        Facility, FactRow, Heading, Interval, LogName, Scope, VerdictRow,
    },
};
use closedset_store::{
    Tx, devices, evidence, exceptions,
    facts::{self, FactRow as StoredFact},
    ledger,
    organisations::{self, FacilityRow},
    verdicts,
};
use std::collections::{BTreeMap, BTreeSet};

/// Rows read at once.
const BATCH: i64 = 1_000;
/// Facts that no check rests on are named without their body if it is larger than this.
const UNNEEDED_LIMIT: usize = 64 << 10;

/// What the pack is to cover.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) pack: Id<Pack>,
    pub(super) organisation: Id<Organisation>,
    pub(super) framework: String,
    pub(super) from: Time,
    pub(super) to: Time,
    pub(super) made_at: Time,
    pub(super) made_by: String,
    /// The controls to which it is limited, in the framework's order; none if it holds all.
    pub(super) controls: Vec<String>,
    /// It is to name nobody.
    pub(super) without_names: bool,
    pub(super) log: LogName,
}

impl Wanted {
    /// From the beginning of the period until all that is known when the pack is made.
    fn whole(&self) -> (Time, Time) {
        (self.from, self.to.max(self.made_at))
    }
}

/// Everything, with the bodies of facts and statements; documents are read from their files.
pub(super) struct Gathered {
    pub(super) input: PackInput,
    pub(super) facts: Vec<(FactRow, Option<Vec<u8>>)>,
    pub(super) documents: Vec<DocumentRow>,
    pub(super) attestations: Vec<(AttestationRow, String)>,
}

pub(super) fn index(entry: i64) -> u64 {
    u64::try_from(entry).unwrap_or(0)
}

/// Reads it all.
pub(super) fn gather(tx: &mut Tx<'_>, app: &App, wanted: &Wanted) -> Result<Gathered, Problem> {
    let organisation = wanted.organisation;
    let log = Log::Organisation(organisation);
    let size = ledger::entry_count(tx, log)?;
    let begins_at = ledger::entry_at(tx, log, 0)?.ok_or(Problem::NotFound("entry"))?.at;
    let catalogue = &*app.catalogue_of(tx, organisation)?;
    let framework = frameworks::looked_at(catalogue, Some(&wanted.framework))?;
    // What stands beside its controls, and nothing else.
    let checks: BTreeMap<&str, &Check> = framework
        .controls
        .iter()
        .flat_map(|control| catalogue.checks_of(&control.id))
        .filter(|check| catalogue.asks(&check.id))
        .map(|check| (check.id.as_str(), check))
        .collect();
    let mut names = BTreeMap::new();
    let mut subjects = Vec::new();
    let mut device_rows = gather_devices(tx, organisation, &mut names, &mut subjects)?;
    prove_confirmations(tx, organisation, &mut device_rows)?;
    for control in &framework.controls {
        names.insert(Subject::control(&control.id), control.title.clone());
        subjects.push((Subject::control(&control.id), None));
    }
    let needed: BTreeSet<&str> =
        checks.values().flat_map(|check| check.needs.iter().map(String::as_str)).collect();
    let mut fact_rows = Vec::new();
    for (subject, confirmed_at) in &subjects {
        for fact in facts::fact_list(tx, organisation, subject)? {
            fact_rows.push(fact_row(fact, &names, &needed, *confirmed_at));
        }
    }
    let erased: BTreeSet<i64> =
        ledger::erasure_list(tx, log, 0, i64::MAX)?.into_iter().map(|(entry, _)| entry).collect();
    let (rows, history) = gather_verdicts(tx, &checks, wanted, (&names, &erased))?;
    let statuses = board::statuses(tx, app, organisation)?;
    let statuses = board::of_framework(catalogue, &statuses, &framework.id);
    let controls = framework
        .controls
        .iter()
        .zip(statuses)
        .map(|(control, on_board)| Control {
            id: control.id.clone(),
            title: control.title.clone(),
            area: control.area.as_str().to_owned(),
            asks: control.requirement.clone(),
            verb: control.verb.as_str().to_owned(),
            status: on_board.status.status,
            because: on_board.status.because,
            checks: catalogue
                .checks_of(&control.id)
                .filter(|check| checks.contains_key(check.id.as_str()))
                .map(remake::row)
                .collect(),
        })
        .collect();
    let facilities = organisations::facility_list(tx, organisation)?;
    let organisation_name = organisations::organisation_by_id(tx, organisation)?
        .ok_or(Problem::NotFound("organisation"))?
        .name;
    let heading = Heading {
        pack: wanted.pack,
        organisation,
        organisation_name,
        zone: zone(&facilities, wanted.made_at)?,
        facilities: facilities
            .into_iter()
            .map(|row| Facility {
                id: row.id,
                name: row.name,
                address: row.address,
                country: row.country,
                time_zone: row.time_zone,
            })
            .collect(),
        scope: Scope {
            framework: framework.id.clone(),
            framework_title: framework.title.clone(),
            framework_version: framework.version.clone(),
            controls: wanted.controls.clone(),
            recipient: String::new(),
            from: wanted.from,
            to: wanted.to,
        },
        made_at: wanted.made_at,
        made_by: wanted.made_by.clone(),
        made_with: concat!("closedset ", env!("CARGO_PKG_VERSION")).to_owned(),
        is_demonstration: ledger::is_demonstration(tx)?,
        without_names: false,
    };
    let documents = gather_documents(tx, wanted, &erased)?;
    let attestations = gather_attestations(tx, wanted, &erased)?;
    let names = limited::names(tx, log, wanted)?;
    let Counted { entries: more_entries, restored, erasures } =
        counted(tx, log, (size, wanted.from), names.as_ref())?;
    let mut gathered = Gathered {
        input: PackInput {
            heading,
            log: LogName { size: index(size), begins_at, restored, ..wanted.log.clone() },
            controls,
            verdicts: rows,
            history,
            devices: device_rows,
            exceptions: gather_exceptions(tx, wanted)?,
            left_out: Vec::new(),
            more_entries,
            erased: Vec::new(),
        },
        facts: fact_rows,
        documents,
        attestations,
    };
    limited::apply(&mut gathered, wanted);
    if wanted.without_names {
        without_names::apply(tx, app, log, &mut gathered)?;
    }
    let named = named_entries(&gathered);
    gathered.input.erased =
        erased.into_iter().map(index).filter(|entry| named.contains(entry)).collect();
    limited::add_erasures(tx, log, &mut gathered.input, erasures)?;
    Ok(gathered)
}

pub(super) fn named_entries(gathered: &Gathered) -> BTreeSet<u64> {
    let input = &gathered.input;
    let facts = gathered.facts.iter().map(|(row, _)| row.entry);
    let devices = input.devices.iter().map(|row| row.enrolled);
    let documents = gathered.documents.iter().map(|row| row.entry);
    let attestations = gathered.attestations.iter().map(|(row, _)| row.entry);
    let exceptions = input.exceptions.iter().flat_map(|row| [row.asked, row.entry]);
    let more = input.more_entries.iter().copied();
    let history = input.history.iter().map(|row| row.entry);
    let rolled_up = input.devices.iter().flat_map(|row| &row.confirmations);
    let rolled_up = rolled_up.filter_map(|one| Some(one.rolled_up.as_ref()?.entry));
    facts
        .chain(rolled_up)
        .chain(devices)
        .chain(documents)
        .chain(attestations)
        .chain(exceptions)
        .chain(history)
        .chain(more)
        .collect()
}

type Subjects = Vec<(Subject, Option<Time>)>;

fn gather_devices(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    names: &mut BTreeMap<Subject, String>,
    subjects: &mut Subjects,
) -> Result<Vec<DeviceRow>, Problem> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = devices::device_list(tx, organisation, after, BATCH)?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Some(last.id);
        for device in page {
            let subject = Subject::device(device.id);
            let state = devices::device_state(tx, device.id)?;
            // One that is older than what the device says now confirms what it says no more.
            let facts = state.as_ref().and_then(|state| state.facts_digest);
            let confirmations = devices::confirmation_latest(tx, device.id)?
                .into_iter()
                .filter(|(statement, ..)| facts == Some(statement.facts))
                .map(|(statement, signature, entry)| Confirmation {
                    statement,
                    signature,
                    rolled_up: entry.map(|entry| RolledUp {
                        entry: index(entry),
                        index: 0,
                        hashes: Vec::new(),
                    }),
                })
                .collect();
            if device.revoked_at.is_none() {
                subjects.push((subject.clone(), state.map(|state| state.confirmed_at)));
            }
            names.insert(subject, device.name.clone());
            rows.push(DeviceRow {
                id: device.id,
                name: device.name,
                key: device.key,
                enrolled: index(device.enrolled_entry),
                revoked_at: device.revoked_at,
                confirmations,
            });
        }
    }
}

/// The zone in which people are told days and times.
fn zone(facilities: &[FacilityRow], made_at: Time) -> Result<Zone, Problem> {
    let name = facilities.first().map_or("UTC", |first| first.time_zone.as_str());
    Zone::named(name, (made_at, made_at)).ok_or_else(unknown_zone)
}

/// Adds the proof that its entry commits to each confirmation.
fn prove_confirmations(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    devices: &mut [DeviceRow],
) -> Result<(), Problem> {
    let mut by_entry: BTreeMap<u64, Vec<&mut Confirmation>> = BTreeMap::new();
    for confirmation in devices.iter_mut().flat_map(|row| &mut row.confirmations) {
        if let Some(rolled_up) = &confirmation.rolled_up {
            by_entry.entry(rolled_up.entry).or_default().push(confirmation);
        }
    }
    for (entry, confirmations) in by_entry {
        let at = i64::try_from(entry).unwrap_or(i64::MAX);
        let all: Vec<_> = devices::confirmation_rolled_up(tx, organisation, at)?
            .iter()
            .map(|(statement, signature)| confirmation_hash(statement, signature))
            .collect();
        let places: BTreeMap<_, u64> = all.iter().copied().zip(0..).collect();
        for one in confirmations {
            let leaf = confirmation_hash(&one.statement, &one.signature);
            let place = places.get(&leaf).copied();
            one.rolled_up = place.and_then(|place| RolledUp::prove(entry, &all, place));
        }
    }
    Ok(())
}

fn name(names: &BTreeMap<Subject, String>, subject: &Subject) -> String {
    names.get(subject).cloned().unwrap_or_else(|| subject.id.clone())
}

fn fact_row(
    fact: StoredFact,
    names: &BTreeMap<Subject, String>,
    needed: &BTreeSet<&str>,
    confirmed_at: Option<Time>,
) -> (FactRow, Option<Vec<u8>>) {
    let is_left_out = !needed.contains(fact.kind.as_str()) && fact.body.len() > UNNEEDED_LIMIT;
    let title = fact::kinds()
        .into_iter()
        .find(|kind| kind.name == fact.kind)
        .map_or(fact.kind.clone(), |kind| kind.title.to_owned());
    let is_own = fact.source == closedset_pack::rows::AGENT_SOURCE;
    let row = FactRow {
        subject_name: name(names, &fact.subject),
        subject: fact.subject,
        kind: fact.kind,
        title,
        source: fact.source,
        digest: fact.digest,
        collected_at: fact.collected_at,
        confirmed_at: confirmed_at.filter(|_| is_own),
        entry: index(fact.entry),
        left_out: is_left_out.then(|| "no check of this framework rests on it".to_owned()),
    };
    (row, (!is_left_out).then_some(fact.body))
}

fn gather_verdicts(
    tx: &mut Tx<'_>,
    checks: &BTreeMap<&str, &Check>,
    wanted: &Wanted,
    (names, erased): (&BTreeMap<Subject, String>, &BTreeSet<i64>),
) -> Result<(Vec<VerdictRow>, Vec<Interval>), Problem> {
    let mut current = Vec::new();
    let mut history = Vec::new();
    let mut after = None;
    loop {
        let page = verdicts::verdict_page(
            tx,
            wanted.organisation,
            (wanted.from, wanted.to.max(wanted.made_at)),
            after,
            BATCH,
        )?;
        let Some(last) = page.last() else { return Ok((current, history)) };
        after = Some((last.recorded_at, last.id));
        for row in page {
            if !checks.contains_key(row.check.as_str())
                || row.subject.kind == SubjectKind::Organisation
            {
                continue;
            }
            let subject_name = name(names, &row.subject);
            if row.ended_at.is_none() {
                current.push(VerdictRow {
                    check: row.check.clone(),
                    subject: row.subject.clone(),
                    subject_name: subject_name.clone(),
                    status: row.status,
                    because: row.because.clone(),
                    facts: row.facts,
                    excepted: row.excepted,
                    since: row.began_at.max(wanted.from),
                });
            }
            let is_erased = erased.contains(&row.entry);
            history.push(Interval {
                check: row.check,
                check_version: row.check_version.to_string(),
                subject: row.subject,
                subject_name,
                status: row.status,
                because: if is_erased { ERASED_WORDS.to_owned() } else { row.because },
                excepted: row.excepted,
                from: row.began_at.max(wanted.from),
                to: row.ended_at,
                entry: index(row.entry),
            });
        }
    }
}

/// Documents of which a version was in force at some time of the period, without those versions of
/// which nothing shows any more that they were given.
fn gather_documents(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    erased: &BTreeSet<i64>,
) -> Result<Vec<DocumentRow>, Problem> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = evidence::document_list(tx, wanted.organisation, after, BATCH)?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Some(last.id);
        for document in page {
            for version in evidence::document_version_list(tx, document.id)? {
                let validity = (version.valid_from, version.valid_to);
                if erased.contains(&version.entry)
                    || !counted_within(wanted.whole(), validity, document.withdrawn_at)
                {
                    continue;
                }
                rows.push(DocumentRow {
                    document: document.id,
                    version: version.id,
                    title: document.title.clone(),
                    file_name: version.file_name,
                    digest: version.digest,
                    size: u64::try_from(version.size_bytes).unwrap_or(0),
                    control: document.control.clone(),
                    valid_from: version.valid_from,
                    valid_to: version.valid_to,
                    withdrawn_at: document.withdrawn_at,
                    given_by: version.uploaded_by,
                    given_at: version.uploaded_at,
                    entry: index(version.entry),
                    path: None,
                    left_out: None,
                });
            }
        }
    }
}

fn gather_attestations(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    erased: &BTreeSet<i64>,
) -> Result<Vec<(AttestationRow, String)>, Problem> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = evidence::attestation_list(tx, wanted.organisation, after, BATCH)?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Some(last.id);
        for row in page {
            let validity = (row.valid_from, row.valid_to);
            if erased.contains(&row.entry)
                || !counted_within(wanted.whole(), validity, row.withdrawn_at)
            {
                continue;
            }
            let attestation = AttestationRow {
                attestation: row.id,
                digest: row.digest,
                control: row.control,
                signed_by: row.signed_by,
                signed_at: row.signed_at,
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                withdrawn_at: row.withdrawn_at,
                entry: index(row.entry),
                left_out: None,
            };
            rows.push((attestation, row.statement));
        }
    }
}

/// Exceptions that were granted and covered something at some time of the period.
fn gather_exceptions(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Vec<ExceptionRow>, Problem> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let page = exceptions::exception_list(tx, wanted.organisation, after, BATCH)?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Some(last.id);
        for row in page {
            let Some(exception) = row.exception() else { continue };
            let Some(granted) = row.granted else { continue };
            if exception.ends_at() < wanted.from {
                continue;
            }
            rows.push(ExceptionRow {
                exception: row.id,
                terms: row.terms,
                asked_by: row.asked_by,
                approved_by: granted.by,
                has_second_person: granted.has_second_person,
                granted_at: granted.at,
                withdrawn_at: row.withdrawn_at,
                asked: index(row.asked_entry),
                entry: index(granted.entry),
            });
        }
    }
}
