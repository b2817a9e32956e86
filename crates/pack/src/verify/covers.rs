//! Which exceptions may cover a verdict, found at once: a stranger's pack may hold many of both.

use super::Recompute;
use closedset_core::{
    Subject, SubjectKind, Time,
    exception::{Exception, Terms},
};
use std::collections::{BTreeMap, btree_map::Entry};

/// The check, or none for a control as a whole; and the one subject, or none for all.
type About = (Option<String>, Option<Subject>);
/// Of those about the same that make the same of a verdict, the one that was granted last counts.
type Kind = (closedset_core::exception::ExceptionForm, bool);

/// Those in force.
#[derive(Debug, Default)]
pub(super) struct Covers {
    about: BTreeMap<About, BTreeMap<Kind, Exception>>,
}

impl Covers {
    /// Those of `exceptions` that are in force at `at` and that the catalogue lets anybody grant.
    pub(super) fn new(exceptions: &[Exception], catalogue: &dyn Recompute, at: Time) -> Self {
        let mut covers = Self::default();
        let is_it =
            |one: &&Exception| one.is_in_force(at) && catalogue.grants(&one.terms) != Some(false);
        for one in exceptions.iter().filter(is_it) {
            let of = covers.about.entry(about(&one.terms)).or_default();
            match of.entry((one.terms.form, one.terms.covers_unknown)) {
                Entry::Vacant(place) => {
                    place.insert(one.clone());
                }
                Entry::Occupied(mut known) => {
                    let granted = |one: &Exception| (one.granted_at, one.id);
                    if granted(one) > granted(known.get()) {
                        known.insert(one.clone());
                    }
                }
            }
        }
        covers
    }

    /// Those that may cover what this check says of the subject.
    pub(super) fn of(&self, check: &str, subject: &Subject) -> Vec<Exception> {
        let own = (Some(check.to_owned()), Some(subject.clone()));
        let of_all = (Some(check.to_owned()), None);
        let whole = (subject.kind == SubjectKind::Control).then(|| (None, Some(subject.clone())));
        let keys = [own, of_all].into_iter().chain(whole);
        keys.filter_map(|key| self.about.get(&key)).flat_map(BTreeMap::values).cloned().collect()
    }
}

fn about(terms: &Terms) -> About {
    match &terms.check {
        Some(check) => (Some(check.clone()), terms.subject.clone()),
        None => (None, Some(Subject::control(&terms.control))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ControlWords,
        rows::Control,
        verify::{KnownFact, Remade, Said},
    };
    use closedset_core::{Duration, exception::ExceptionForm, id::Id};

    /// Knows that nothing can be granted for `IS-1`.
    struct Knows;

    impl ControlWords for Knows {
        fn because(&self, _: &Control, _: Said<'_>) -> Option<String> {
            None
        }
    }

    impl Recompute for Knows {
        fn assess(
            &self,
            _: &str,
            _: &Subject,
            _: &[KnownFact<'_>],
            _: &[Exception],
            _: Time,
        ) -> Option<Remade> {
            None
        }
        fn grants(&self, terms: &Terms) -> Option<bool> {
            Some(terms.control != "IS-1")
        }
    }

    fn granted(number: u128, control: &str, about: Option<Subject>) -> Exception {
        let granted_at = Time::from_millis(number as i64);
        Exception {
            id: Id::from_bits(number),
            terms: Terms {
                form: ExceptionForm::RiskAccepted,
                control: control.into(),
                check: Some("lock".into()),
                subject: about,
                covers_unknown: false,
                reason: String::new(),
                measure: String::new(),
                valid_to: granted_at + Duration::from_days(1),
            },
            granted_at,
            withdrawn_at: None,
        }
    }

    #[test]
    fn a_verdict_is_held_against_few_however_many_there_are() {
        let one = |number: u128| Subject::device(Id::from_bits(number % 100));
        let all: Vec<Exception> = (1..1_000)
            .map(|number| granted(number, "IS-7", (number % 2 == 0).then(|| one(number))))
            .chain([granted(5_000, "IS-1", None), granted(900_000_000, "IS-7", None)])
            .collect();
        let covers = Covers::new(&all, &Knows, Time::from_millis(9_000));
        let found = covers.of("lock", &one(24));
        let ids: Vec<_> = found.iter().map(|one| one.id).collect();
        assert_eq!(ids, [Id::from_bits(924), Id::from_bits(999)]);
        assert!(covers.of("firewall", &one(24)).is_empty());
    }
}
