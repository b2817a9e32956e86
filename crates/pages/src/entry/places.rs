//! The choices of country (ISO 3166-1, from the time zone database, public domain) and time zone
//! (IANA).

use crate::components::Choice;

const COUNTRIES: &str = include_str!("countries.tsv");

/// Every country, by name.
pub(crate) fn countries() -> Vec<Choice> {
    COUNTRIES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(code, name)| Choice::new(code, name))
        .collect()
}

/// Every time zone named after a place.
pub(crate) fn time_zones() -> Vec<Choice> {
    const AREAS: [&str; 10] = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| AREAS.iter().any(|area| name.starts_with(area)))
        .collect();
    names.sort();
    names.into_iter().map(|name| Choice::new(name.clone(), name.replace('_', " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_two_letters_and_madrid_has_a_time_zone() {
        let countries = countries();
        assert!(countries.len() > 240);
        assert!(countries.iter().all(|choice| choice.value.len() == 2 && !choice.words.is_empty()));
        assert!(time_zones().iter().any(|choice| choice.value == "Europe/Madrid"));
    }
}
