//! Which frameworks an organisation answers, and what is asked because of that.
//!
//! A choice is a row and an entry with all that is chosen, never edited. What it asks begins with the unit that
//! writes it, and what nobody asks any more ends there: controls at once, computers each in a unit of their
//! own, as with own checks. Whatever was given or signed stays.

mod choose;
mod list;
mod preview;

pub(crate) use choose::CHOSEN;
pub use choose::frameworks_choose;
pub use list::{KnownFramework, Standing, framework_list};
pub use preview::{FrameworkPreview, frameworks_preview};

use crate::{App, Problem};
use closedset_catalogue::{Catalogue, Framework};
use closedset_core::{
    Time,
    exception::Terms,
    id::{Id, Organisation},
};
use closedset_store::{Tx, frameworks};
use std::sync::Arc;

/// The catalogue that asks what the organisation chose, now or at a time of the past. Own checks are not in it.
pub(crate) fn in_force(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
    at: Option<Time>,
) -> Result<Arc<Catalogue>, Problem> {
    let row = frameworks::framework_choice_in_force(tx, organisation, at)?;
    Ok(match row {
        Some(row) => app.choosing(&row.frameworks),
        None => app.default_catalogue(),
    })
}

/// The framework that is looked at: the one that is named, which must be chosen, or the first.
pub(crate) fn looked_at<'c>(
    catalogue: &'c Catalogue,
    wanted: Option<&str>,
) -> Result<&'c Framework, Problem> {
    let mut chosen = catalogue.chosen();
    match wanted {
        Some(id) => chosen.find(|framework| framework.id == id),
        None => chosen.next(),
    }
    .ok_or(Problem::NotFound("framework"))
}

/// Whether an exception still covers something that is asked.
pub(crate) fn wants(catalogue: &Catalogue, terms: &Terms) -> bool {
    match &terms.check {
        Some(check) => catalogue.asks(check),
        None => catalogue.answers(&terms.control),
    }
}

/// The control under which an exception is met: its own, or one that names its check.
pub(crate) fn control_of<'c>(catalogue: &'c Catalogue, terms: &'c Terms) -> &'c str {
    let check = terms.check.as_deref().and_then(|id| catalogue.check(id));
    check.map_or(&terms.control, |check| catalogue.control_shown(check))
}
