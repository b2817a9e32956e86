//! Reading the manifest and the lists: straight into their rows, and then held against what is written
//! for those rows, one after the other. A tree of the whole file is never made: it would take hundreds
//! of times the file's size in memory.

use crate::{
    builder::Verdicts,
    manifest::{CONTROLS, LEDGER, Manifest, VERDICTS},
};
use closedset_core::canonical;
use serde::{Serialize, de::DeserializeOwned};

/// The largest manifest and the largest list, in bytes.
pub(crate) const LIST_LIMIT: u64 = 64 << 20;
/// The largest list of verdicts with their history: every turn of the period stands in it.
const VERDICTS_LIMIT: u64 = 256 << 20;
/// The largest list of controls: no framework comes near it.
const CONTROLS_LIMIT: u64 = 4 << 20;

/// The largest entry, with its envelope: what the server records is smaller.
const ENTRY_LIMIT: u64 = 1 << 20;
/// The largest fact and the largest text of an attestation: what the server takes is smaller.
const EVIDENCE_LIMIT: u64 = 4 << 20;
/// The largest other file of the ledger: a bundle of 256 envelopes.
const LEDGER_LIMIT: u64 = 2 << 20;

/// What the bodies of all facts and entries may take in memory once they are read, see [`tree_bytes`]. Those of 200
/// computers and a year take less than a fifth of it.
pub(crate) const TREES_LIMIT: u64 = 1 << 30;

/// The most bytes that the file of this name may have, if a verifier is to look into it.
pub(crate) fn limit_of(name: &str) -> u64 {
    match name.split_once('/') {
        None if name == CONTROLS => CONTROLS_LIMIT,
        None if name == VERDICTS => VERDICTS_LIMIT,
        None => LIST_LIMIT,
        Some(("facts" | "attestations", _)) => EVIDENCE_LIMIT,
        Some(("ledger", rest)) if rest.starts_with("entries/") => ENTRY_LIMIT,
        Some(_) if name.starts_with(LEDGER) => LEDGER_LIMIT,
        Some(_) => u64::MAX,
    }
}

/// What a file of JSON takes in memory once it is read, more rather than less, in bytes.
pub(crate) fn tree_bytes(bytes: &[u8]) -> u64 {
    let cost = |byte: &u8| match byte {
        b'{' => 640,
        b',' | b':' | b'[' => 96,
        _ => 2,
    };
    bytes.iter().map(cost).sum()
}

/// A file that is written and read row by row.
pub(crate) trait Spelt: DeserializeOwned {
    /// Writes it once more over what was read.
    fn spell(&self, spelling: &mut Spelling<'_>);
}

/// What is left of a file that is compared with what is written for it.
pub(crate) struct Spelling<'b> {
    rest: Option<&'b [u8]>,
}

impl Spelling<'_> {
    fn text(&mut self, text: &[u8]) {
        self.rest = self.rest.and_then(|rest| rest.strip_prefix(text));
    }

    fn value<T: Serialize>(&mut self, value: &T) {
        match canonical::to_vec(value) {
            Ok(bytes) => self.text(&bytes),
            Err(_) => self.rest = None,
        }
    }

    fn rows<T: Serialize>(&mut self, rows: &[T]) {
        self.text(b"[");
        for (place, row) in rows.iter().enumerate() {
            if place > 0 {
                self.text(b",");
            }
            if self.rest.is_none() {
                return;
            }
            self.value(row);
        }
        self.text(b"]");
    }
}

impl<T: Serialize + DeserializeOwned> Spelt for Vec<T> {
    fn spell(&self, spelling: &mut Spelling<'_>) {
        spelling.rows(self);
    }
}

impl Spelt for Verdicts {
    fn spell(&self, spelling: &mut Spelling<'_>) {
        let Self { verdicts, history } = self;
        spelling.text(b"{\"history\":");
        spelling.rows(history);
        spelling.text(b",\"verdicts\":");
        spelling.rows(verdicts);
        spelling.text(b"}");
    }
}

impl Spelt for Manifest {
    fn spell(&self, spelling: &mut Spelling<'_>) {
        let Self { format, heading, log, entries, erased, left_out, report, files } = self;
        spelling.text(b"{\"entries\":");
        spelling.rows(entries);
        spelling.text(b",\"erased\":");
        spelling.rows(erased);
        spelling.text(b",\"files\":");
        spelling.rows(files);
        spelling.text(b",\"format\":");
        spelling.value(format);
        spelling.text(b",\"heading\":");
        spelling.value(heading);
        spelling.text(b",\"left_out\":");
        spelling.rows(left_out);
        spelling.text(b",\"log\":");
        spelling.value(log);
        spelling.text(b",\"report\":");
        spelling.value(report);
        spelling.text(b"}");
    }
}

/// What the file says, if its bytes are the ones that are written for it; otherwise why not.
pub(crate) fn read<T: Spelt>(bytes: &[u8]) -> Result<T, String> {
    let said: T = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut spelling = Spelling { rest: Some(bytes) };
    said.spell(&mut spelling);
    match spelling.rest {
        Some([]) => Ok(said),
        _ => Err("JSON, but not in canonical form".to_owned()),
    }
}
