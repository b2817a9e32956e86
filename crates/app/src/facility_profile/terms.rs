//! What somebody says of a facility, read whole, so that all that is wrong is told at once.

use super::map::place;
use crate::{
    FieldProblem, Problem, audits::lines, evidence::invalid_unless_empty, people::name_key,
};
use closedset_core::facility::Building;
use closedset_store::facility_profiles::MapPlace;

/// The longest text.
const TEXT_LIMIT: usize = 2_000;
/// The largest floor, in square metres.
const FLOOR_LIMIT: i64 = 1_000_000;

/// What is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewFacilityProfile {
    /// What it is in, as a word of [`Building`].
    pub building: String,
    /// How much floor it has, in square metres.
    pub floor_area_m2: String,
    /// Which rooms there are, and in which of them content is.
    pub rooms: String,
    /// Who else is in the building and around it.
    pub neighbours: String,
    /// Where it stands on the map: `40.41678, -3.70379`; may be empty.
    pub place: String,
    /// How often it had been said when somebody looked; none says that it does not matter.
    pub seen: Option<i64>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) building: Building,
    pub(super) floor_area_m2: i64,
    pub(super) rooms: String,
    pub(super) neighbours: String,
    pub(super) place: Option<MapPlace>,
}

pub(super) fn terms(new: &NewFacilityProfile) -> Result<Terms, Problem> {
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, message: &str| {
        problems.push(FieldProblem { field, message: message.to_owned() });
    };
    let building = Building::from_word(new.building.trim());
    if building.is_none() {
        wrong("building", "Choose what it is in.");
    }
    let floor = new.floor_area_m2.trim().parse::<i64>().ok();
    let floor = floor.filter(|floor| (1..=FLOOR_LIMIT).contains(floor));
    if floor.is_none() {
        wrong("floor_area_m2", "Write whole square metres, from 1 to 1,000,000, in digits alone.");
    }
    let mut text = |field: &'static str, value: &str, asked: &str| {
        let text = lines(value, TEXT_LIMIT).filter(|text| !name_key(text).is_empty());
        if text.is_none() {
            wrong(field, asked);
        }
        text.unwrap_or_default()
    };
    let rooms = text(
        "rooms",
        &new.rooms,
        "Say which rooms there are and in which of them content is, in at most 2,000 characters, none of them invisible.",
    );
    let neighbours = text(
        "neighbours",
        &new.neighbours,
        "Say who else is in the building and around it, or that nobody is, in at most 2,000 characters, none of them invisible.",
    );
    let map = place(&new.place);
    if map.is_none() && !new.place.trim().is_empty() {
        wrong("place", "Write it as maps show it, north first: 40.41678, -3.70379.");
    }
    invalid_unless_empty(problems)?;
    let (Some(building), Some(floor_area_m2)) = (building, floor) else {
        return Err(Problem::Fault("a building was read and is not there".into()));
    };
    Ok(Terms { building, floor_area_m2, rooms, neighbours, place: map })
}
