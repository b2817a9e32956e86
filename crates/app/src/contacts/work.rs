//! Until when somebody is engaged without a gap, and with that, until when what they confirmed counts.

use super::CONFIRMED_FOR_DAYS;
use crate::Problem;
use closedset_core::{
    engagement::Days,
    id::{Id, Organisation, Person},
};
use closedset_store::{Tx, contacts::ContactRow, engagements, people};
use jiff::{Span, civil::Date};

/// The last day of somebody's work that holds `day`, over engagements that follow on each other; none where it is open.
/// Nothing where they are not engaged on that day.
pub(super) fn engaged_until(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    day: Date,
) -> Result<Option<Option<Date>>, Problem> {
    if people::person_by_id(tx, organisation, person)?.is_none() {
        return Ok(None);
    }
    let rows = engagements::engagement_list_of(tx, organisation, person)?;
    Ok(without_gap(rows.into_iter().map(|row| row.days), day))
}

fn without_gap(all: impl Iterator<Item = Days>, day: Date) -> Option<Option<Date>> {
    let mut all: Vec<Days> = all.collect();
    all.sort_by_key(|days| days.first);
    let mut last = None;
    for days in all {
        let reached = last.map_or(day, |last: Date| last.saturating_add(Span::new().days(1)));
        if days.first > reached || days.are_before(reached) {
            continue;
        }
        match days.last {
            None => return Some(None),
            end => last = end,
        }
    }
    last.map(Some)
}

/// The last day on which something counts that is confirmed on `day` by somebody who is engaged until `last`.
pub(super) fn counts_until(day: Date, last: Option<Date>) -> Date {
    let longest = day.saturating_add(Span::new().days(CONFIRMED_FOR_DAYS));
    last.map_or(longest, |last| last.min(longest))
}

/// Whether somebody confirmed their place, and that counts on `today`: they are still called so and reached there, and
/// their engagement goes on as long as it did.
pub(crate) fn counts(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &ContactRow,
    today: Date,
) -> Result<bool, Problem> {
    let Some(confirmed) = row.confirmed.filter(|confirmed| today <= confirmed.until) else {
        return Ok(false);
    };
    let is_same = people::person_by_id(tx, organisation, row.person)?.is_some_and(|person| {
        person.name == row.name && person.email.as_deref() == Some(row.email.as_str())
    });
    let until = engaged_until(tx, organisation, row.person, today)?;
    Ok(is_same && until.is_some_and(|last| last.is_none_or(|last| confirmed.until <= last)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(first: i8, last: Option<i8>) -> Days {
        Days { first: date(2026, 3, first), last: last.map(|last| date(2026, 3, last)) }
    }

    #[test]
    fn work_goes_on_over_what_follows_and_what_overlaps_and_not_over_a_gap() {
        let until = |all: &[Days], day| without_gap(all.iter().copied(), date(2026, 3, day));
        let to = |day| Some(Some(date(2026, 3, day)));
        assert_eq!(until(&[], 5), None);
        assert_eq!(until(&[days(6, None)], 5), None);
        assert_eq!(until(&[days(1, Some(4))], 5), None);
        assert_eq!(until(&[days(1, None)], 5), Some(None));
        assert_eq!(until(&[days(1, Some(5))], 5), to(5));
        assert_eq!(until(&[days(1, Some(5)), days(6, Some(9))], 5), to(9));
        assert_eq!(until(&[days(1, Some(5)), days(7, Some(9))], 5), to(5));
        assert_eq!(until(&[days(4, None), days(1, Some(9)), days(2, Some(3))], 5), Some(None));
        assert_eq!(until(&[days(1, Some(9)), days(2, Some(6)), days(10, Some(12))], 5), to(12));
    }

    #[test]
    fn it_counts_for_half_a_year_and_never_beyond_the_work() {
        let day = date(2026, 3, 12);
        assert_eq!(counts_until(day, None), date(2026, 9, 11));
        assert_eq!(counts_until(day, Some(date(2027, 1, 1))), date(2026, 9, 11));
        assert_eq!(counts_until(day, Some(date(2026, 4, 1))), date(2026, 4, 1));
        assert_eq!(counts_until(day, Some(day)), day);
    }
}
