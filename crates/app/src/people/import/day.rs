//! Days as lists write them. What comes first, day or month, is decided by all days of a list together, and where
//! nothing decides it the list is refused: a day that is read wrong is worse than none.

use jiff::civil::Date;

/// What comes first where a year comes last and slashes or dashes stand between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// The three numbers of a day whose order is not known.
fn unordered(text: &str) -> Option<(u8, u8)> {
    let text = day_part(text);
    let separator = ['/', '-'].into_iter().find(|separator| text.contains(*separator))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let [one, two, year] = parts.as_slice() else { return None };
    number(year, 4).filter(|_| year.len() == 4)?;
    Some((u8::try_from(number(one, 2)?).ok()?, u8::try_from(number(two, 2)?).ok()?))
}

fn number(text: &str, digits: usize) -> Option<i16> {
    let is_number = !text.is_empty() && text.len() <= digits;
    text.parse().ok().filter(|_| is_number && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The day of a moment that is the day's beginning, as programs write a day that they keep as a moment.
fn day_part(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(['T', ' ']) {
        Some((day, time))
            if time.contains(':')
                && time.trim_end_matches('Z').chars().all(|one| matches!(one, '0' | ':' | '.')) =>
        {
            day
        }
        _ => text,
    }
}

/// How days are written, by all of them; with the place of one that nothing decides, or of one that
/// contradicts another.
pub(super) fn order<'d, P: Copy>(
    days: impl Iterator<Item = (P, &'d str)>,
) -> Result<Order, Undecided<P>> {
    let (mut day_first, mut month_first, mut open) = (None, None, None);
    for (place, text) in days {
        match unordered(text) {
            Some((one, two)) if one > 12 && two <= 12 => day_first = day_first.or(Some(place)),
            Some((one, two)) if two > 12 && one <= 12 => month_first = month_first.or(Some(place)),
            Some((one, two)) if one != two && one.max(two) <= 12 => open = open.or(Some(place)),
            Some(_) | None => {}
        }
    }
    match (day_first, month_first, open) {
        (Some(one), Some(other), _) => Err(Undecided::Both(one, other)),
        (None, Some(_), _) => Ok(Order::MonthFirst),
        (None, None, Some(place)) => Err(Undecided::Nothing(place)),
        (Some(_), None, _) | (None, None, None) => Ok(Order::DayFirst),
    }
}

/// Why nobody can tell the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undecided<P> {
    /// One has the day first, another the month.
    Both(P, P),
    /// No day of the list is beyond the twelfth.
    Nothing(P),
}

/// A day as `2026-09-30`; what is none stays as it is.
pub(super) fn plain(text: &str, order: Order) -> String {
    let text = text.trim();
    read(day_part(text), order).map_or_else(|| text.to_owned(), |day| day.to_string())
}

fn read(text: &str, order: Order) -> Option<Date> {
    if let Some((one, two)) = unordered(text) {
        let year = text.get(text.len().checked_sub(4)?..)?.parse().ok()?;
        let (one, two) = (i8::try_from(one).ok()?, i8::try_from(two).ok()?);
        let (day, month) = match order {
            Order::DayFirst => (one, two),
            Order::MonthFirst => (two, one),
        };
        return Date::new(year, month, day).ok();
    }
    let separator = ['.', '-', '/'].into_iter().find(|separator| text.contains(*separator))?;
    let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (year, month, day),
        [day, month, year] if separator == '.' && year.len() == 4 => (year, month, day),
        _ => return None,
    };
    let small = |text: &str| i8::try_from(number(text, 2)?).ok();
    Date::new(number(year, 4)?, small(month)?, small(day)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order_of(days: &[&'static str]) -> Result<Order, Undecided<usize>> {
        order(days.iter().copied().enumerate())
    }

    #[test]
    fn days_are_read_in_the_forms_that_lists_have() {
        for text in [
            "2026-09-30",
            "2026/9/30",
            "2026.09.30",
            "30.09.2026",
            "30. 9. 2026",
            "30/09/2026",
            "30-9-2026",
            " 2026-09-30 00:00:00 ",
            "2026-09-30T00:00:00.000Z",
            "30/09/2026 0:00",
        ] {
            assert_eq!(plain(text, Order::DayFirst), "2026-09-30", "{text}");
        }
        assert_eq!(plain("09/30/2026", Order::MonthFirst), "2026-09-30");
        for text in [
            "",
            "30.09.26",
            "09/30/2026",
            "2026-02-30",
            "46295",
            "30 September 2026",
            "2026-09-30 12:00",
            "1/2",
            "+1/02/2026",
            "1/2/20266",
            "٣٠/09/2026",
            "2026-9",
            "....",
            "//2026",
            "é/é/2026",
        ] {
            assert_eq!(plain(text, Order::DayFirst), text, "{text}");
        }
    }

    #[test]
    fn all_days_together_say_what_comes_first() {
        assert_eq!(order_of(&["01/02/2026", "13/02/2026", ""]), Ok(Order::DayFirst));
        assert_eq!(order_of(&["01/02/2026", "02/13/2026"]), Ok(Order::MonthFirst));
        assert_eq!(order_of(&["2026-02-01", "01.02.2026", "x"]), Ok(Order::DayFirst));
        assert_eq!(order_of(&["05/05/2026"]), Ok(Order::DayFirst));
        assert_eq!(order_of(&["05/05/2026", "01/02/2026"]), Err(Undecided::Nothing(1)));
        assert_eq!(order_of(&["13/02/2026", "02/13/2026"]), Err(Undecided::Both(0, 1)));
        // What is no day in either order decides nothing.
        assert_eq!(order_of(&["13/14/2026", "01/02/2026"]), Err(Undecided::Nothing(1)));
    }
}
