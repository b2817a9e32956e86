//! Days, which a workbook keeps as numbers and shows by a cell's style (ISO/IEC 29500-1, 18.17.4 and 18.8.30).

use jiff::{Span, civil::DateTime, civil::date};

/// Whether one of the formats that have a number, and no code, shows a day.
pub(super) const fn id_shows_day(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether a format's code shows a day: it names years, months or days outside of what stands in quotes, in
/// brackets (colours, languages) and behind a backslash.
pub(super) fn code_shows_day(code: &str) -> bool {
    let mut letters = code.chars();
    let (mut is_quoted, mut is_in_brackets) = (false, false);
    while let Some(letter) = letters.next() {
        match letter {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '[' => is_in_brackets = true,
            ']' => is_in_brackets = false,
            _ if is_in_brackets => {}
            // What fills or leaves a place is followed by the character that it means.
            '\\' | '_' | '*' => {
                letters.next();
            }
            // Only the first section, which is of positive numbers.
            ';' => return false,
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' => return true,
            _ => {}
        }
    }
    false
}

/// The day that a number stands for, as `2026-09-30`; with the time of day where it says one.
pub(super) fn of_number(number: f64, begins_1904: bool) -> Option<String> {
    if !(0.0..3_000_000.0).contains(&number) {
        return None;
    }
    let whole = number.floor();
    #[expect(clippy::cast_possible_truncation, reason = "it is between 0 and three millions")]
    let (days, seconds) = (whole as i64, ((number - whole) * 86_400.0).round() as i64);
    let first = match days {
        _ if begins_1904 => date(1904, 1, 1),
        // The 29th of February 1900, which never was, is counted.
        60 => return None,
        0..=59 => date(1899, 12, 31),
        _ => date(1899, 12, 30),
    };
    let begin = first.checked_add(Span::new().days(days)).ok()?.at(0, 0, 0, 0);
    let at: DateTime = begin.checked_add(Span::new().seconds(seconds)).ok()?;
    let is_day = at.hour() == 0 && at.minute() == 0 && at.second() == 0;
    let form = if is_day { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    Some(at.strftime(form).to_string())
}
