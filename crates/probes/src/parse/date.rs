//! Dates as mail headers and virus databases write them.

use closedset_core::Time;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads `Sat, 09 Aug 2025 09:12:33 UTC` (RFC 2822, 3.3). A zone that is not a number of hours and
/// minutes counts as UTC.
pub fn rfc_2822(text: &str) -> Option<Time> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let words: Vec<&str> = text.split_whitespace().collect();
    let [day, month, year, clock, ..] = words[..] else {
        return None;
    };
    let time = of(day, month, year, &clock.replace(':', " "))?;
    let zone = words.get(4).copied().unwrap_or("UTC");
    Some(time - closedset_core::Duration::from_minutes(zone_minutes(zone)))
}

/// Reads the date in the header of a ClamAV database: `ClamAV-VDB:07 Apr 2024 10-25 -0400:...`.
pub fn clamav_database(header: &str) -> Option<Time> {
    let rest = header.strip_prefix("ClamAV-VDB:")?;
    let text = rest.split(':').next()?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let [day, month, year, clock, ..] = words[..] else {
        return None;
    };
    let time = of(day, month, year, &clock.replace('-', " "))?;
    let zone = words.get(4).copied().unwrap_or("UTC");
    Some(time - closedset_core::Duration::from_minutes(zone_minutes(zone)))
}

fn zone_minutes(zone: &str) -> i64 {
    let (sign, digits) = match zone.as_bytes() {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return 0,
    };
    let number: i64 = std::str::from_utf8(digits)
        .ok()
        .filter(|text| text.len() == 4)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    sign * (number / 100 * 60 + number % 100)
}

fn of(day: &str, month: &str, year: &str, clock: &str) -> Option<Time> {
    let day: u32 = day.parse().ok()?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let year: u32 = year.parse().ok()?;
    let mut parts = clock.split(' ').map(str::parse::<u32>);
    let hour = parts.next()?.ok()?;
    let minute = parts.next()?.ok()?;
    let second = parts.next().transpose().ok()?.unwrap_or(0);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_release_files_and_virus_databases_are_read() {
        let time = |text: &str| text.parse::<Time>().ok();
        assert_eq!(rfc_2822("Sat, 09 Aug 2025 09:12:33 UTC"), time("2025-08-09T09:12:33Z"));
        assert_eq!(rfc_2822("Sat, 9 Aug 2025 09:12:33 +0200"), time("2025-08-09T07:12:33Z"));
        assert_eq!(
            clamav_database("ClamAV-VDB:07 Apr 2024 10-25 -0400:27238:2:63:abc"),
            time("2024-04-07T14:25:00Z")
        );
        assert_eq!(rfc_2822("tomorrow"), None);
    }
}
