//! A place on the map, as people copy it: `40.41678, -3.70379`.

use closedset_store::facility_profiles::MapPlace;

/// Millionths in a degree.
const MILLION: i64 = 1_000_000;

/// The place that a text names: two numbers of degrees, north and east, with a comma or blanks between.
pub(super) fn place(text: &str) -> Option<MapPlace> {
    let parts: Vec<&str> =
        text.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let [latitude, longitude] = parts.as_slice() else { return None };
    let latitude_e6 = degrees(latitude).filter(|at| at.abs() <= 90 * MILLION)?;
    let longitude_e6 = degrees(longitude).filter(|at| at.abs() <= 180 * MILLION)?;
    Some(MapPlace { latitude_e6, longitude_e6 })
}

fn degrees(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || fraction.len() > 15 {
        return None;
    }
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
    Some(sign * (whole.parse::<i64>().ok()? * MILLION + six.parse::<i64>().ok()?))
}

fn text(at: i64) -> String {
    let sign = if at < 0 { "-" } else { "" };
    format!("{sign}{}.{:06}", at.abs() / MILLION, at.abs() % MILLION)
}

/// A place as it is shown and entered again.
pub fn map_text(place: MapPlace) -> String {
    format!("{}, {}", text(place.latitude_e6), text(place.longitude_e6))
}

/// Where a browser shows it, when somebody follows the link: a map of OpenStreetMap.
pub fn osm_address(place: MapPlace) -> String {
    let (north, east) = (text(place.latitude_e6), text(place.longitude_e6));
    format!("https://www.openstreetmap.org/?mlat={north}&mlon={east}#map=18/{north}/{east}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_people_copy_them() {
        for (typed, shown) in [
            ("40.41678, -3.70379", "40.416780, -3.703790"),
            ("40.4167754 -3.7037902", "40.416775, -3.703790"),
            ("-0.5;0", "-0.500000, 0.000000"),
            ("90,180", "90.000000, 180.000000"),
        ] {
            assert_eq!(place(typed).map(map_text).as_deref(), Some(shown), "{typed}");
        }
        for typed in [
            "",
            "40",
            "90.1,0",
            "0,-180.5",
            "1,2,3",
            "1e2,3",
            "+1,2",
            ".5,1",
            "a,b",
            "--1,2",
            "1.2.3,4",
            "٤,1",
            "40.4167°, 3",
        ] {
            assert_eq!(place(typed), None, "{typed}");
        }
    }
}
