//! What facilities are like, as somebody said last.

use crate::{Row, StoreError, Tx, params, tasks::Owner};
use closedset_core::{
    Time,
    facility::Building,
    id::{Document, Facility, Id, Organisation, Person},
};

/// A place on the map, in millionths of a degree (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapPlace {
    /// North of the equator.
    pub latitude_e6: i64,
    /// East of Greenwich.
    pub longitude_e6: i64,
}

/// What a facility is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileRow {
    /// The facility.
    pub facility: Id<Facility>,
    /// What it is in.
    pub building: Building,
    /// How much floor it has, in square metres.
    pub floor_area_m2: i64,
    /// Which rooms there are, and in which of them content is.
    pub rooms: String,
    /// Who else is in the building and around it.
    pub neighbours: String,
    /// Where it stands on the map.
    pub place: Option<MapPlace>,
    /// How often it was said.
    pub changes: i64,
    /// Who said so last; none where that was no person.
    pub said_by: Option<Owner>,
    /// When.
    pub said_at: Time,
    /// The file of it, the last that was drawn up.
    pub document: Option<Id<Document>>,
}

fn profile(row: &Row<'_>) -> Result<ProfileRow, StoreError> {
    let place = match (row.int_opt(5)?, row.int_opt(6)?) {
        (Some(latitude_e6), Some(longitude_e6)) => Some(MapPlace { latitude_e6, longitude_e6 }),
        _ => None,
    };
    let (by, name): (Option<Id<Person>>, _) = (row.id_opt(8)?, row.text_opt(9)?);
    let building = Building::from_word(row.text_ref(1)?);
    Ok(ProfileRow {
        facility: row.id(0)?,
        building: building.ok_or(StoreError::Column { column: 1, wanted: "kind of building" })?,
        floor_area_m2: row.int(2)?,
        rooms: row.text(3)?,
        neighbours: row.text(4)?,
        place,
        changes: row.int(7)?,
        said_by: by.map(|person| Owner { person, name: name.unwrap_or_default() }),
        said_at: row.time(10)?,
        document: row.id_opt(11)?,
    })
}

/// What a facility is like, if anybody said.
pub fn profile_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    facility: Id<Facility>,
) -> Result<Option<ProfileRow>, StoreError> {
    tx.query_opt(
        "SELECT f.facility, f.building, f.floor_area_m2, f.rooms, f.neighbours, f.latitude_e6, f.longitude_e6, f.changes, \
         f.said_by, p.name, f.said_at, f.document \
         FROM facility_profile f LEFT JOIN person p ON p.id = f.said_by WHERE f.organisation = $1 AND f.facility = $2",
        params![organisation, facility],
        profile,
    )
}

/// Writes down what a facility is like now.
pub fn profile_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &ProfileRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO facility_profile (facility, organisation, building, floor_area_m2, rooms, neighbours, latitude_e6, \
         longitude_e6, changes, said_by, said_at, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (facility) DO UPDATE SET building = excluded.building, floor_area_m2 = excluded.floor_area_m2, \
         rooms = excluded.rooms, neighbours = excluded.neighbours, latitude_e6 = excluded.latitude_e6, \
         longitude_e6 = excluded.longitude_e6, changes = excluded.changes, said_by = excluded.said_by, \
         said_at = excluded.said_at, document = excluded.document",
        params![
            row.facility,
            organisation,
            row.building.as_str(),
            row.floor_area_m2,
            row.rooms.as_str(),
            row.neighbours.as_str(),
            row.place.map(|place| place.latitude_e6),
            row.place.map(|place| place.longitude_e6),
            row.changes,
            row.said_by.as_ref().map(|by| by.person),
            row.said_at,
            row.document
        ],
    )?;
    Ok(())
}
