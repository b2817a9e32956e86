//! The objects that rows name: documents and packs, what they are called, and which of them came.

use super::{
    BackupProblem,
    cells::Columns,
    faults::{About, Faults},
};
use closedset_backup::{Gap, GapReason};
use closedset_core::{
    Digest,
    id::{Id, Organisation},
};
use closedset_store::portable::{Cells, Table};
use std::collections::{BTreeMap, BTreeSet};

/// An object: whose, and its digest.
pub(super) type Key = (Id<Organisation>, Digest);

/// Objects that rows name, and those that came.
#[derive(Default)]
pub(super) struct Held {
    titles: BTreeMap<String, String>,
    packs: BTreeMap<String, Id<Organisation>>,
    named: BTreeMap<Key, Named>,
    came: BTreeSet<Key>,
    lost: BTreeMap<Key, GapReason>,
}

/// What rows say of an object.
struct Named {
    size: u64,
    /// What it belongs to: title, version and id.
    belongs_to: Vec<String>,
}

impl Held {
    /// Takes rows of documents.
    pub(super) fn documents(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["id", "title", "withdrawn_at"])?;
        for row in rows {
            let withdrawn = if columns.time_opt(row, 2)?.is_some() { ", withdrawn" } else { "" };
            let title = format!("“{}”{withdrawn}", columns.text(row, 1)?);
            self.titles.insert(columns.text(row, 0)?.to_owned(), title);
        }
        Ok(())
    }

    /// Takes rows of documents' versions.
    pub(super) fn versions(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let names = ["organisation", "digest", "size_bytes", "document", "number"];
        let columns = Columns::of(table, names)?;
        for row in rows {
            let organisation = columns.parsed(row, 0, "an id")?;
            let digest = Digest::from_bytes(columns.array(row, 1)?);
            let document = columns.text(row, 3)?;
            let title = self.titles.get(document).map_or("a document", String::as_str);
            let name = format!("{title}, version {} of {document}", columns.count(row, 4)?);
            self.name((organisation, digest), columns.count(row, 2)?, name);
        }
        Ok(())
    }

    /// Takes rows of packs.
    pub(super) fn packs(&mut self, table: &Table, rows: &[Cells]) -> Result<(), BackupProblem> {
        let columns = Columns::of(table, ["id", "organisation"])?;
        for row in rows {
            let organisation = columns.parsed(row, 1, "an id")?;
            self.packs.insert(columns.text(row, 0)?.to_owned(), organisation);
        }
        Ok(())
    }

    /// Takes rows of packs' files; those that belong to no pack.
    pub(super) fn pack_files(
        &mut self,
        table: &Table,
        rows: &[Cells],
    ) -> Result<Vec<String>, BackupProblem> {
        let columns = Columns::of(table, ["pack", "digest", "size_bytes"])?;
        let mut strays = Vec::new();
        for row in rows {
            let pack = columns.text(row, 0)?;
            let digest = Digest::from_bytes(columns.array(row, 1)?);
            match self.packs.get(pack).copied() {
                Some(organisation) => {
                    let size = columns.count(row, 2)?;
                    self.name((organisation, digest), size, format!("the pack {pack}"));
                }
                None => strays.push(format!("the file of the pack {pack} belongs to no pack")),
            }
        }
        Ok(strays)
    }

    fn name(&mut self, key: Key, size: u64, name: String) {
        let named = self.named.entry(key).or_insert(Named { size, belongs_to: Vec::new() });
        named.size = size;
        named.belongs_to.push(name);
    }

    /// The objects in order; complete when all rows have passed.
    pub(super) fn keys(&self) -> Vec<Key> {
        self.named.keys().copied().collect()
    }

    /// How large all of them are together.
    pub(super) fn bytes(&self) -> u64 {
        self.named.values().map(|named| named.size).sum()
    }

    /// Takes an object, of which this was found.
    pub(super) fn object(
        &mut self,
        key: Key,
        (size, found): (u64, Digest),
        about: About,
        faults: &mut Faults,
    ) {
        let name = format!("the object {} of {}", key.1, key.0);
        match self.named.get(&key) {
            None => faults.add(about, format!("{name} is named by no row")),
            Some(named) if found != key.1 => {
                let what = named.belongs_to.join("; ");
                let about = if about == About::Backup { about } else { About::Objects };
                let words =
                    format!("{name} is damaged: its bytes have the digest {found} ({what})");
                faults.add(about, words);
            }
            Some(Named { size: named, .. }) if *named != size => {
                faults.add(about, format!("{name} has {size} bytes, and its row says {named}"));
            }
            Some(_) => {}
        }
        if !self.came.insert(key) {
            faults.add(about, format!("{name} comes twice"));
        }
    }

    /// Notes that an object which a row names cannot be had.
    pub(super) fn lost(&mut self, key: Key, why: GapReason) {
        self.lost.insert(key, why);
    }

    /// Whether an object came of which it is said that it is lost.
    pub(super) fn has_come_though_lost(&self) -> bool {
        self.lost.keys().any(|key| self.came.contains(key))
    }

    /// What is not there, in the words of the rows that name it.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let lost = self.lost.iter().filter_map(|(key, why)| {
            let belongs_to = self.named.get(key)?.belongs_to.clone();
            let (organisation, digest) = *key;
            Some(Gap { organisation, digest, belongs_to, why: *why })
        });
        lost.collect()
    }

    /// Objects that rows name, that did not come, and of which nobody said that they are lost.
    pub(super) fn absent(&self) -> impl Iterator<Item = String> {
        let is_absent = |key: &Key| !self.came.contains(key) && !self.lost.contains_key(key);
        let absent = self.named.iter().filter(move |(key, _)| is_absent(key));
        absent.map(|((organisation, digest), named)| {
            let what = named.belongs_to.join("; ");
            format!("the object {digest} of {organisation}, which a row names, is missing ({what})")
        })
    }
}
