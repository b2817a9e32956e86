//! Forgetting somebody: what lists say of them goes, and by which names lists have them.

use super::fold::fold;
use crate::Problem;
use closedset_core::id::{Id, Organisation};
use closedset_pack::rows::ERASED_WORDS;
use closedset_store::{Tx, comparisons, people::PersonRow};
use std::collections::{BTreeMap, BTreeSet};

/// Takes somebody's words out of every comparison; the indices of the entries that may name them too.
pub(crate) fn forget(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &PersonRow,
    addresses: &BTreeSet<String>,
) -> Result<BTreeSet<i64>, Problem> {
    for list in comparisons::held_lists(tx, organisation)? {
        comparisons::held_list_delete(tx, organisation, list.id)?;
    }
    comparisons::ties_delete(tx, organisation, row.id)?;
    let key = fold(&row.name);
    let (mut found, mut entries) = (BTreeMap::new(), BTreeSet::new());
    let none = String::new();
    for address in addresses.iter().chain([&none]) {
        for line in comparisons::differences_naming(tx, organisation, (row.id, address, &key))? {
            // Somebody else of this name.
            if line.person.is_none_or(|person| person == row.id) {
                found.insert(line.id, line);
            }
        }
    }
    for mut line in found.into_values() {
        ERASED_WORDS.clone_into(&mut line.name);
        line.email.clear();
        line.name_key.clear();
        line.candidates.retain(|person| *person != row.id);
        if let Some(settled) = &mut line.settled
            && !settled.why.is_empty()
        {
            entries.insert(settled.entry);
            ERASED_WORDS.clone_into(&mut settled.why);
        }
        comparisons::difference_update(tx, organisation, &line)?;
    }
    Ok(entries)
}
