//! Each entry against its envelope, the log and its proof, and the one that records the pack itself.

use super::{
    Finding,
    FindingKind::*,
    Report,
    checkpoint::Log,
    container::Contents,
    index::{Index, Listed},
    manifest::Opened,
    without_names,
};
use crate::{
    entry_file::{EntryFile, OpenedEntry},
    lock::{RECIPIENT_LIMIT, Recipient},
    manifest::{CREATED_KIND, LEDGER, MANIFEST, entry_path, proof_path},
    rows::FactRow,
    without_names::UNSHOWN,
};
use closedset_core::{Duration, entry};
use closedset_merkle::{LeafIndex, Proof, leaf_hash, tree::verify_inclusion};
use serde::Deserialize as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How long making a pack may take, from reading what is in force to recording the manifest.
const TO_MAKE: Duration = Duration::from_hours(1);

/// Entries by their index.
pub(super) type OpenedEntries = BTreeMap<u64, OpenedEntry>;

/// The entries that are what they seem to be.
#[derive(Debug, Default)]
pub(super) struct Entries {
    good: OpenedEntries,
    /// What stands in their lists.
    lists: Index,
    /// All that the manifest names; what is wrong with one of them is reported here.
    named: BTreeSet<u64>,
    /// The one that records the manifest.
    own: Option<u64>,
    /// Nothing is shown of some of them, since the pack is to name nobody and they can only be shown whole.
    has_left_out: bool,
    /// The pack is to name nobody.
    without_names: bool,
}

impl Entries {
    /// The entry that `what` rests on. None if it is not good, which was reported, or if the
    /// manifest does not name it at all, which is reported now.
    pub(super) fn demand(
        &self,
        index: u64,
        (place, what): (&str, &str),
        report: &mut Report,
    ) -> Option<&OpenedEntry> {
        if !self.named.contains(&index) {
            let what = format!("{what}: the manifest does not name entry {index} it rests on");
            report.add(Finding::new(NotProven, place, what));
        }
        self.good.get(&index)
    }

    /// The entry, if it is a good one.
    pub(super) fn get(&self, index: u64) -> Option<&OpenedEntry> {
        self.good.get(&index)
    }

    /// What the entry says of a check about a subject.
    pub(super) fn turn(&self, index: u64, check: &str, subject: &str) -> Option<&Value> {
        let place = self.lists.turn(index, check, subject)?;
        self.good.get(&index)?.body.as_ref()?.get("verdicts")?.get(place)
    }

    /// Whether the row's entry lists it among the facts that Closedset derived.
    pub(super) fn lists_fact(&self, row: &FactRow) -> Listed {
        self.lists.fact(row)
    }

    /// Whether the entry is in the pack; if it is not a good one, that was reported.
    pub(super) fn is_named(&self, index: u64) -> bool {
        self.named.contains(&index) || self.own == Some(index)
    }

    /// The index of the entry that records the manifest.
    pub(super) fn own(&self) -> Option<u64> {
        self.own
    }

    /// Whether the entry is a good one of which nothing is shown: its body was erased or is left out.
    pub(super) fn is_erased(&self, index: u64) -> bool {
        self.good.get(&index).is_some_and(|entry| entry.body.is_none())
    }

    /// Whether nothing is shown of some entries, since the pack is to name nobody.
    pub(super) fn has_left_out(&self) -> bool {
        self.has_left_out
    }

    /// Whether the pack is to name nobody.
    pub(super) fn without_names(&self) -> bool {
        self.without_names
    }

    /// Why an entry says of a check about a subject what it says; none if it says nothing of that.
    pub(super) fn words(&self, index: u64, check: &str, subject: &str) -> Option<&str> {
        let place = self.lists.turn(index, check, subject)?;
        let entry = self.good.get(&index)?;
        let body = entry.body.as_ref()?;
        if entry.hidden.contains("because") {
            return Some(UNSHOWN);
        }
        let within = text_of(body.get("verdicts")?.get(place)?, "because");
        within.or_else(|| body.get("because")?.get(place)?.as_str())
    }

    /// The good ones, in the log's order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &OpenedEntry)> {
        self.good.iter().map(|(index, entry)| (*index, entry))
    }
}

/// The index in the path of an entry or proof.
pub(super) fn index_of(path: &str) -> Option<u64> {
    let rest = path.strip_prefix("ledger/")?;
    let number = rest
        .strip_prefix("entries/")
        .and_then(|rest| rest.strip_suffix(".json"))
        .or_else(|| rest.strip_prefix("proofs/")?.strip_suffix(".tlog-proof"))?;
    let index: u64 = number.parse().ok()?;
    (index.to_string() == number).then_some(index)
}

/// The entry in a file, if it is one that fits its own envelope.
pub(super) fn open_quietly(bytes: &[u8]) -> Option<OpenedEntry> {
    EntryFile::parse(bytes).and_then(EntryFile::open).ok()
}

/// A field of an entry's body, as text.
pub(super) fn text_of<'a>(body: &'a Value, field: &str) -> Option<&'a str> {
    body.get(field)?.as_str()
}

/// Checks every entry that the manifest names, and the one that records the manifest.
pub(super) fn check(
    contents: &Contents,
    opened: &Opened,
    log: Option<&Log>,
    report: &mut Report,
) -> Entries {
    let mut entries = Entries {
        good: BTreeMap::new(),
        lists: Index::default(),
        named: opened.manifest.entries.iter().copied().collect(),
        own: None,
        has_left_out: false,
        without_names: opened.manifest.heading.without_names,
    };
    let mut known = BTreeSet::new();
    for index in &opened.manifest.entries {
        known.insert(entry_path(*index));
        known.insert(proof_path(*index));
        if let Some(entry) = check_entry(contents, opened, log, *index, report) {
            entries.good.insert(*index, entry);
        }
    }
    entries.own = own_record(contents, opened, report);
    if let Some(index) = entries.own {
        known.insert(entry_path(index));
        known.insert(proof_path(index));
        if let Some(entry) = check_entry(contents, opened, log, index, report) {
            check_time(&entry, opened, report);
            check_recipients((index, &entry), report);
            entries.good.insert(index, entry);
        }
    }
    if let Some(log) = log {
        for path in contents.paths().filter(|path| path.starts_with(LEDGER)) {
            if !known.contains(path) && !log.paths.contains(path) {
                let what = "nothing in the pack calls for it";
                report.add(Finding::new(Added, path, what));
            }
        }
    }
    entries.lists = Index::of(&entries.good);
    report.counts.entries = entries.good.len() as u64;
    report.counts.erased = entries.iter().filter(|(_, entry)| entry.is_erased).count() as u64;
    entries.has_left_out = entries.good.values().any(OpenedEntry::is_left_out);
    entries
}

/// The index of the entry that records this pack; compares the manifest with what it holds.
fn own_record(contents: &Contents, opened: &Opened, report: &mut Report) -> Option<u64> {
    let pack = opened.manifest.heading.pack.to_string();
    let candidates = contents
        .paths()
        .filter(|path| path.starts_with("ledger/entries/"))
        .filter_map(|path| Some((index_of(path)?, path)))
        .filter(|(index, _)| opened.manifest.entries.binary_search(index).is_err());
    let mut unreadable = None;
    for (index, path) in candidates {
        let Some(entry) = contents.bytes(path).and_then(open_quietly) else {
            unreadable = Some(index);
            continue;
        };
        let Some(body) = &entry.body else { continue };
        if entry.envelope.kind != CREATED_KIND || text_of(body, "pack") != Some(&pack) {
            continue;
        }
        if text_of(body, "manifest") != Some(&opened.digest.to_string()) {
            let what = format!("it is not the manifest that entry {index} recorded");
            report.add(Finding::new(Changed, MANIFEST, what));
        }
        return Some(index);
    }
    // A broken candidate is looked at as if it were the one: its finding says what is wrong.
    if unreadable.is_none() {
        let what = "the entry that records the manifest is not in the pack";
        report.add(Finding::new(Removed, "ledger/entries", what));
    }
    unreadable
}

/// Freshness is judged as of the time at which the pack is said to be made: what is stale today was
/// fresh some time ago.
fn check_time(own: &OpenedEntry, opened: &Opened, report: &mut Report) {
    let (made_at, at) = (opened.manifest.heading.made_at, own.envelope.at);
    let is_ours = own.body.as_ref().and_then(|body| text_of(body, "manifest"))
        == Some(&opened.digest.to_string());
    if is_ours && (at.since(made_at) > TO_MAKE || made_at.since(at) > TO_MAKE) {
        let what = format!("it is said to be made on {made_at}, and was recorded on {at}");
        report.add(Finding::new(Contradiction, MANIFEST, what));
    }
}

/// To whom the pack was encrypted, as its own entry says.
fn check_recipients((index, own): (u64, &OpenedEntry), report: &mut Report) {
    let Some(given) = own.body.as_ref().and_then(|body| body.get("recipients")) else { return };
    let recipients = Vec::<String>::deserialize(given).ok().filter(|given| {
        let is_spelt = |one: &String| {
            one.parse::<Recipient>().is_ok_and(|recipient| recipient.to_string() == *one)
        };
        given.len() <= RECIPIENT_LIMIT && given.iter().all(is_spelt)
    });
    match (recipients, &mut report.about) {
        (Some(recipients), Some(about)) => about.recipients = recipients,
        (Some(_), None) => {}
        (None, _) => {
            let what = "it does not say to whom the pack was encrypted";
            report.add(Finding::new(Contradiction, entry_path(index), what));
        }
    }
}

fn check_entry(
    contents: &Contents,
    opened: &Opened,
    log: Option<&Log>,
    index: u64,
    report: &mut Report,
) -> Option<OpenedEntry> {
    let path = entry_path(index);
    let bytes = contents.demand(&path, "an entry of the log", report)?;
    let entry = match EntryFile::parse(bytes).and_then(EntryFile::open) {
        Ok(entry) => entry,
        Err(fault) => {
            report.add(Finding::new(Changed, path, fault.to_string()));
            return None;
        }
    };
    let organisation = entry::Log::Organisation(opened.manifest.heading.organisation);
    if entry.envelope.log != organisation {
        let what = format!("it is an entry of the log {}, not of this one", entry.envelope.log);
        report.add(Finding::new(SplicedIn, path, what));
        return None;
    }
    let is_proven = log.is_none_or(|log| is_in_log(contents, log, index, &entry, report));
    let was_erased = opened.manifest.erased.binary_search(&index).is_ok();
    if let Some((kind, what)) = without_names::fault(&entry, opened.manifest.heading.without_names)
    {
        report.add(Finding::new(kind, path, what));
        return None;
    }
    if entry.is_left_out() {
        report.add(without_names::left_out(index));
    }
    match (!entry.is_erased, was_erased) {
        (false, false) => {
            let what = "its body was there when the pack was made, and was taken out";
            report.add(Finding::new(Removed, path, what));
            return None;
        }
        (true, true) => {
            let what = "its body had been erased when the pack was made, and was put in";
            report.add(Finding::new(Added, path, what));
        }
        (false, true) => {
            let what = "its body was erased; the log still holds that it happened, and when";
            report.add(Finding::new(Erased, path, what));
        }
        (true, false) => {}
    }
    is_proven.then_some(entry)
}

fn is_in_log(
    contents: &Contents,
    log: &Log,
    index: u64,
    entry: &OpenedEntry,
    report: &mut Report,
) -> bool {
    let leaf = leaf_hash(&entry.leaf);
    let is_leaf = log.leaf(index).map(|there| there == leaf);
    if is_leaf == Some(false) {
        let what = format!("it is not the entry that the log holds at {index}");
        report.add(Finding::new(Changed, entry_path(index), what));
        return false;
    }
    let path = proof_path(index);
    let Some(bytes) = contents.demand(&path, "the proof of an entry", report) else {
        return false;
    };
    let proof = match Proof::parse(bytes) {
        Ok(proof) if proof.to_string().as_bytes() == bytes && proof.extra.is_none() => proof,
        _ => {
            report.add(Finding::new(Changed, path, "it is not a proof as packs hold them"));
            return false;
        }
    };
    let has_place = proof.index == LeafIndex(index);
    if !has_place || proof.checkpoint != log.note {
        let origin = |text: &str| text.split('\n').next().map(str::to_owned);
        let is_elsewhere = origin(proof.checkpoint.text()) != origin(log.note.text());
        let (kind, what) = if is_elsewhere {
            (SplicedIn, "it is a proof of another log")
        } else if has_place {
            (Changed, "it is a proof for another checkpoint than the pack's")
        } else {
            (SplicedIn, "it is the proof of another entry")
        };
        report.add(Finding::new(kind, path, what));
        return false;
    }
    if let Err(error) = verify_inclusion(&log.head, (proof.index, &leaf), &proof.hashes) {
        let (kind, place) =
            if is_leaf == Some(true) { (Changed, path) } else { (NotProven, entry_path(index)) };
        report.add(Finding::new(kind, place, format!("the proof does not hold: {error}")));
        return false;
    }
    true
}
