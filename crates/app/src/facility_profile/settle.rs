//! What was said, once the facility is called otherwise or stands elsewhere.

use crate::Problem;
use closedset_catalogue::Catalogue;
use closedset_core::{
    Actor,
    id::{Facility, Id, Organisation},
};
use closedset_store::{Tx, evidence, facility_profiles};

/// Takes back the file of what a facility is like, if there is one that counts.
pub(crate) fn take_back(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: (&Actor, Id<Organisation>),
    facility: Id<Facility>,
) -> Result<(), Problem> {
    let profile = facility_profiles::profile_of(tx, by.1, facility)?;
    let Some(id) = profile.and_then(|profile| profile.document) else { return Ok(()) };
    let (document, now) = (evidence::document_by_id(tx, by.1, id)?, tx.now());
    let counts = |document: &evidence::DocumentRow| {
        document.withdrawn_at.is_none() && document.newest.valid_to > now
    };
    if document.is_some_and(|document| counts(&document)) {
        let reason = "The facility is called otherwise or stands elsewhere.";
        crate::evidence::document_take_back(tx, catalogue, by, id, reason)?;
    }
    Ok(())
}
