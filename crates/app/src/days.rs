//! The facility's days: in which zone they are, and when one is over.

use crate::Problem;
use closedset_core::{
    Time,
    id::{Id, Organisation},
};
use closedset_store::{Tx, organisations};
use jiff::{Span, civil::Date, tz::TimeZone};

/// The time zone of the organisation's first facility.
pub(crate) fn zone_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<TimeZone, Problem> {
    let facilities = organisations::facility_list(tx, organisation)?;
    let zone = facilities.first().map_or("UTC", |first| first.time_zone.as_str());
    TimeZone::get(zone)
        .map_err(|error| Problem::fault("a facility's time zone is not known", error))
}

/// The first moment after a day.
pub(crate) fn end_of(day: Date, zone: &TimeZone) -> Result<Time, Problem> {
    let end = day.saturating_add(Span::new().days(1)).to_zoned(zone.clone());
    let end = end.map_err(|error| Problem::fault("the end of a day is not known", error))?;
    Ok(Time::from_millis(end.timestamp().as_millisecond()))
}
