//! Saying what the facility is like: the file of it becomes a document for its control.

use super::{
    CONTROL, NewFacilityProfile, SAID_FOR_DAYS, needs_to_write,
    paper::{Said, paper},
    shown::{first, others},
    terms::{Terms, terms},
};
use crate::{
    App, Caller, Problem,
    admitted::Admitted,
    days::{end_of, zone_of},
    evidence::{Given, document_give, keep_drawn, let_go_if_refused},
    people::today,
};
use closedset_core::{
    Action, Digest,
    entry::Log,
    fact::evidence::EvidenceItem,
    id::{Document, Id},
};
use closedset_store::{
    NewEntry, Tx, evidence,
    facility_profiles::{self, ProfileRow},
    organisations::{self, FacilityRow},
    people,
    tasks::Owner,
};
use jiff::{Span, civil::Date};
use serde_json::json;

/// What its document is called.
const TITLE: &str = "Facility profile";

/// What the file is drawn from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ground {
    house: String,
    day: Date,
    facility: FacilityRow,
    before: Option<ProfileRow>,
    others: Vec<EvidenceItem>,
    is_asked: bool,
}

impl Ground {
    fn until(&self) -> Date {
        self.day.saturating_add(Span::new().days(SAID_FOR_DAYS))
    }
}

fn ground(
    tx: &mut Tx<'_>,
    app: &App,
    caller: &Caller,
    seen: Option<i64>,
) -> Result<Ground, Problem> {
    let organisation = caller.organisation;
    let house = organisations::organisation_by_id(tx, organisation)?;
    let facility = first(tx, organisation)?;
    let before = facility_profiles::profile_of(tx, organisation, facility.id)?;
    let changes = before.as_ref().map_or(0, |before| before.changes);
    if seen.is_some_and(|seen| seen != changes) {
        return Err(changed());
    }
    Ok(Ground {
        house: house.ok_or(Problem::NotFound("organisation"))?.name,
        day: today(tx, organisation)?,
        others: others(tx, organisation, before.as_ref())?,
        is_asked: app.catalogue_of(tx, organisation)?.answers(CONTROL),
        facility,
        before,
    })
}

fn changed() -> Problem {
    Problem::Conflict {
        code: "facility.changed",
        sentence: "Somebody described the facility, or changed what it is described by, since you looked.",
        remedy: "Look at how it stands now, and say it again.",
    }
}

/// Says what the facility is like. That counts for [`SAID_FOR_DAYS`] days, also where it is the same again. Yields the
/// document; none where nobody answers the control here.
pub async fn facility_profile_say(
    app: &App,
    caller: &Caller,
    new: NewFacilityProfile,
) -> Result<Option<Id<Document>>, Problem> {
    caller.require_all(needs_to_write())?;
    let (terms, organisation) = (terms(&new)?, caller.organisation);
    let (read_app, reader, seen) = (app.clone(), caller.clone(), new.seen);
    let ground = app.store().read(move |tx| ground(tx, &read_app, &reader, seen)).await?;
    let row = |terms: &Terms, ground: &Ground, by: Option<Owner>, at| ProfileRow {
        facility: ground.facility.id,
        building: terms.building,
        floor_area_m2: terms.floor_area_m2,
        rooms: terms.rooms.clone(),
        neighbours: terms.neighbours.clone(),
        place: terms.place,
        changes: ground.before.as_ref().map_or(0, |before| before.changes) + 1,
        said_by: by,
        said_at: at,
        document: ground.before.as_ref().and_then(|before| before.document),
    };
    let stored = match ground.is_asked {
        true => {
            let said = Said {
                id: Id::new(app.now(), app.randomness()),
                house: ground.house.clone(),
                by: caller.name.clone(),
                at: app.now(),
                day: ground.day,
                until: ground.until(),
                facility: ground.facility.clone(),
                profile: row(&terms, &ground, None, app.now()),
                others: ground.others.clone(),
            };
            Some(keep_drawn(app, organisation, move || paper(&said)).await?)
        }
        false => None,
    };
    let unit_app = app.clone();
    let said = app
        .write_for(caller, Action::EvidenceWrite, move |tx, caller| {
            caller.require_all(needs_to_write())?;
            if self::ground(tx, &unit_app, caller, seen)? != ground {
                return Err(changed());
            }
            let by = answering(tx, caller)?;
            let mut row = row(&terms, &ground, by, tx.now());
            if let Some(stored) = stored {
                row.document = Some(give(tx, &unit_app, caller, (&ground, stored))?);
            }
            facility_profiles::profile_put(tx, organisation, &row)?;
            let given = stored.and(row.document);
            let new = NewEntry {
                actor: &caller.actor,
                subject: format!("facility:{}", row.facility),
                kind: "facility.described",
                body: json!({
                    "facility": row.facility,
                    "building": row.building,
                    "floor_area_m2": row.floor_area_m2,
                    "rooms": row.rooms,
                    "neighbours": row.neighbours,
                    "place": row.place.map(super::map_text),
                    "document": given,
                    "file": stored.map(|(digest, _)| digest),
                }),
            };
            tx.record(Log::Organisation(organisation), new)?;
            Ok(given)
        })
        .await;
    let file = stored.map(|(digest, _)| digest);
    let_go_if_refused(app, organisation, file, &said).await?;
    said
}

/// Who says so, where that is a person.
fn answering(tx: &mut Tx<'_>, caller: &Admitted) -> Result<Option<Owner>, Problem> {
    let Some(person) = caller.person else { return Ok(None) };
    let row = people::person_by_id(tx, caller.organisation, person)?;
    Ok(row.map(|row| Owner { person, name: row.name }))
}

/// Gives the file as a document for the control, or as the next version of the one that counts.
fn give(
    tx: &mut Tx<'_>,
    app: &App,
    by: &Admitted,
    (ground, stored): (&Ground, (Digest, i64)),
) -> Result<Id<Document>, Problem> {
    let organisation = by.organisation;
    let catalogue = app.catalogue_of(tx, organisation)?;
    let before = match ground.before.as_ref().and_then(|before| before.document) {
        // One that was withdrawn stays so: the next is another document.
        Some(id) => evidence::document_by_id(tx, organisation, id)?
            .filter(|document| document.withdrawn_at.is_none()),
        None => None,
    };
    let end = end_of(ground.until(), &zone_of(tx, organisation)?)?;
    let given = Given {
        replaces: before.as_ref().map(|document| document.id),
        control: CONTROL,
        title: before.as_ref().map_or(TITLE, |document| &document.title),
        file_name: &format!("facility-profile-{}.pdf", ground.day),
        media_type: "application/pdf",
        valid: (tx.now(), end),
    };
    document_give(tx, &catalogue, by, &given, stored)
}
