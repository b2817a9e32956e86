//! Whom one calls about content security at any hour (AD-6): somebody who answers for it, and a deputy.
//!
//! Each says so by themselves, through the link that was made for them. Once both did, a file names both, and counts as a
//! document for the control ([`crate::evidence`]): its end, its reminder and its place in a pack are those of documents.
//! When somebody else is named, a number or an address changes or an engagement ends, the file is taken back.

mod asked;
mod confirm;
mod name;
mod paper;
mod settle;
mod shown;
mod work;

pub use asked::{ContactAsked, contact_asked};
pub use confirm::contact_confirm;
pub use name::{Naming, contacts_name};
pub(crate) use settle::settle;
pub use shown::{ContactShown, ContactsShown, SheetFile, contacts_shown};
pub(crate) use work::counts;

use crate::Problem;
use closedset_core::{
    Action, Actions, Actor,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_store::{NewEntry, Tx, contacts::ContactRow};
use serde_json::{Value, json};

/// The control that the sheet answers.
pub const CONTROL: &str = "AD-6";
/// So many days a confirmation counts: half a year.
pub const CONFIRMED_FOR_DAYS: i32 = 183;

/// What it takes to see the sheet.
fn needs_to_read() -> Actions {
    Actions::from(Action::PeopleRead).with(Action::EvidenceRead)
}

/// What it takes to say who stands on it.
fn needs_to_write() -> Actions {
    Actions::from(Action::PeopleWrite).with(Action::EvidenceWrite)
}

/// Writes an entry about whoever has a place. What they are called and their number stand in the register and in the
/// file, and not in the ledger.
fn tell(
    tx: &mut Tx<'_>,
    (actor, organisation): (&Actor, Id<Organisation>),
    (kind, row): (&'static str, &ContactRow),
    more: Value,
) -> Result<(), Problem> {
    let mut body = json!({"place": row.place, "person": row.person, "edition": row.edition});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let subject = format!("person:{}", row.person);
    tx.record(Log::Organisation(organisation), NewEntry { actor, subject, kind, body })?;
    Ok(())
}
