//! What the facility is like, and until when the file of it counts.

use super::{CONTROL, needs_to_read};
use crate::{App, Caller, Problem, days::zone_of, evidence::in_force_at, present::moment};
use closedset_core::{
    fact::evidence::EvidenceItem,
    id::{Document, Id, Organisation},
};
use closedset_store::{
    Tx, evidence,
    facility_profiles::{self, ProfileRow},
    organisations::{self, FacilityRow},
};
use jiff::{Span, civil::Date};

/// A facility.
#[derive(Debug, Clone)]
pub struct FacilityProfileShown {
    /// Where it is.
    pub facility: FacilityRow,
    /// What it is like, if anybody said.
    pub profile: Option<ProfileRow>,
    /// The file of it.
    pub file: Option<ProfileFile>,
    /// What else is in force for the control: photographs, plans.
    pub others: Vec<EvidenceItem>,
    /// The facility answers the control, so that a file is given for it.
    pub is_asked: bool,
}

/// The file of what it is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileFile {
    /// The document.
    pub document: Id<Document>,
    /// The last day on which it counts, or did.
    pub until: Date,
    /// It counts.
    pub counts: bool,
}

/// The facility as somebody described it.
pub async fn facility_profile(app: &App, caller: &Caller) -> Result<FacilityProfileShown, Problem> {
    caller.require_all(needs_to_read())?;
    let (unit_app, organisation) = (app.clone(), caller.organisation);
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let facility = first(tx, organisation)?;
            let profile = facility_profiles::profile_of(tx, organisation, facility.id)?;
            let file = file(tx, organisation, profile.as_ref())?;
            Ok(FacilityProfileShown {
                others: others(tx, organisation, profile.as_ref())?,
                is_asked: unit_app.catalogue_of(tx, organisation)?.answers(CONTROL),
                facility,
                profile,
                file,
            })
        })
        .await
}

/// The facility: an organisation has one.
pub(super) fn first(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<FacilityRow, Problem> {
    let first = organisations::facility_list(tx, organisation)?.into_iter().next();
    first.ok_or(Problem::NotFound("facility"))
}

/// What is in force for the control beside the file.
pub(super) fn others(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    profile: Option<&ProfileRow>,
) -> Result<Vec<EvidenceItem>, Problem> {
    let at = moment(tx, organisation, None)?;
    let own = profile.and_then(|profile| profile.document).map(|id| id.to_string());
    let mut items = in_force_at(tx, organisation, CONTROL, at)?;
    items.retain(|item| Some(&item.id) != own.as_ref());
    Ok(items)
}

fn file(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    profile: Option<&ProfileRow>,
) -> Result<Option<ProfileFile>, Problem> {
    let Some(id) = profile.and_then(|profile| profile.document) else { return Ok(None) };
    let Some(document) = evidence::document_by_id(tx, organisation, id)? else { return Ok(None) };
    // It ends with the day before the first moment at which it does not count.
    let until = document.newest.valid_to.timestamp().to_zoned(zone_of(tx, organisation)?).date();
    Ok(Some(ProfileFile {
        document: id,
        until: until.saturating_sub(Span::new().days(1)),
        counts: document.newest.valid_to > tx.now() && document.withdrawn_at.is_none(),
    }))
}
