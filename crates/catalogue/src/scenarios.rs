//! Risks of this trade, from which a facility's own register begins: `catalogue/risks.toml`. They ask and judge
//! nothing.

use serde::Deserialize;
use std::sync::LazyLock;

/// What can happen, as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its word.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Cause and effect, in a sentence.
    pub words: String,
    /// How likely it is if nothing is done about it, from 1 to 5: a first guess.
    pub likelihood: i64,
    /// How bad it would be, from 1 to 5: a first guess.
    pub impact: i64,
    /// The controls that make it less likely.
    pub controls: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Scenario>,
}

static SCENARIOS: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    let text = include_str!("../../../catalogue/risks.toml");
    toml::from_str::<File>(text).expect("a test reads the file that is built in").scenario
});

/// All of them, in the order in which they are offered.
pub fn scenarios() -> &'static [Scenario] {
    &SCENARIOS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;
    use std::collections::BTreeSet;

    #[test]
    fn every_scenario_is_a_sentence_with_controls_of_the_minimum() {
        let catalogue = Catalogue::embedded().unwrap();
        let all = scenarios();
        assert!(all.len() >= 12);
        let ids: BTreeSet<_> = all.iter().map(|one| &one.id).collect();
        let titles: BTreeSet<_> = all.iter().map(|one| &one.title).collect();
        assert_eq!((ids.len(), titles.len()), (all.len(), all.len()));
        for one in all {
            assert!((1..=5).contains(&one.likelihood) && (1..=5).contains(&one.impact), "{one:?}");
            assert!(one.words.starts_with("Because ") && one.words.ends_with('.'), "{one:?}");
            assert_eq!(one.words.matches(". ").count(), 0, "one sentence: {one:?}");
            assert!(one.title.chars().count() <= 100 && one.words.chars().count() <= 400);
            let controls: BTreeSet<_> = one.controls.iter().collect();
            assert!(!controls.is_empty() && controls.len() == one.controls.len(), "{one:?}");
            for control in controls {
                let known = catalogue.control(control).unwrap();
                assert_eq!(known.framework, "netflix-minimum", "{one:?}");
            }
        }
    }
}
