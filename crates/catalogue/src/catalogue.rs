//! The catalogue as a whole: what there is and how to find it.

use crate::check::Check;
use crate::derive::{DERIVED, Derived, derive};
use crate::embedded::EMBEDDED;
use crate::error::CatalogueErrors;
use crate::facts::SubjectFacts;
use crate::framework::{Control, Framework};
use crate::limits::Limits;
use crate::load::{CatalogueFile, load};
use crate::releases::Product;
use crate::thresholds::Threshold;
use closedset_core::fact::{BodyError, FactKind, kinds};
use closedset_core::{Digest, Subject, SubjectKind, Time, Verdict};
use std::collections::{HashMap, HashSet};

/// Frameworks, controls, checks, limits and release data, proven sound.
#[derive(Debug, Clone)]
pub struct Catalogue {
    frameworks: Vec<Framework>,
    /// The places of those that are chosen, in the order of the choice.
    chosen: Vec<usize>,
    checks: Vec<Check>,
    /// Of each check, whether it is asked.
    is_asked: Vec<bool>,
    limits: Limits,
    thresholds: Vec<Threshold>,
    releases: Vec<Product>,
    digest: Digest,
    kinds: Vec<FactKind>,
    check_places: HashMap<String, usize>,
    control_places: HashMap<String, (usize, usize)>,
}

/// What is asked, and by which numbers.
pub(crate) struct Asked {
    pub(crate) checks: Vec<Check>,
    pub(crate) limits: Limits,
    pub(crate) thresholds: Vec<Threshold>,
}

fn places(checks: &[Check]) -> HashMap<String, usize> {
    checks.iter().enumerate().map(|(place, check)| (check.id.clone(), place)).collect()
}

impl Catalogue {
    /// The catalogue that this program carries.
    pub fn embedded() -> Result<Self, CatalogueErrors> {
        load(EMBEDDED)
    }

    /// The catalogue that this program carries, and a facility's own files.
    pub fn with(own: &[CatalogueFile<'_>]) -> Result<Self, CatalogueErrors> {
        let mut catalogue = load(&[EMBEDDED, own].concat())?;
        let carried = Self::embedded()?;
        catalogue.keep_beyond(&carried);
        for framework in &mut catalogue.frameworks {
            framework.is_own = carried.framework(&framework.id).is_none();
        }
        Ok(catalogue)
    }

    /// What a facility's files ask beside the checks of a framework that the program carries never counts
    /// for that framework.
    fn keep_beyond(&mut self, carried: &Self) {
        for check in &mut self.checks {
            let is_of_carried = carried.framework(&check.framework).is_some();
            check.is_beyond |= is_of_carried && carried.check(&check.id).is_none();
        }
    }

    /// A catalogue of these files alone.
    pub fn of(files: &[CatalogueFile<'_>]) -> Result<Self, CatalogueErrors> {
        load(files)
    }

    /// The files that this program carries, to be shown and copied.
    pub fn embedded_files() -> impl Iterator<Item = CatalogueFile<'static>> {
        EMBEDDED.iter().copied()
    }

    pub(crate) fn new(
        mut frameworks: Vec<Framework>,
        asked: Asked,
        releases: Vec<Product>,
        digest: Digest,
    ) -> Self {
        let Asked { checks, limits, thresholds } = asked;
        let mut control_places = HashMap::new();
        for (place, framework) in frameworks.iter_mut().enumerate() {
            for (inner, control) in framework.controls.iter_mut().enumerate() {
                control.is_technical |= !control.proved_by.is_empty()
                    || checks.iter().any(|check| {
                        check.control == control.id && check.over != SubjectKind::Control
                    });
                control_places.insert(control.id.clone(), (place, inner));
            }
        }
        let check_places = places(&checks);
        let chosen = (0..frameworks.len()).collect();
        let is_asked = vec![true; checks.len()];
        Self {
            frameworks,
            chosen,
            is_asked,
            checks,
            limits,
            thresholds,
            releases,
            digest,
            kinds: kinds(),
            check_places,
            control_places,
        }
    }

    /// The same with other checks, told from it by `digest`.
    pub(crate) fn with_checks(&self, checks: Vec<Check>, digest: Digest) -> Self {
        let check_places = places(&checks);
        let is_asked = self.asked_of(&self.chosen, &checks);
        Self { checks, is_asked, check_places, digest, ..self.clone() }
    }

    pub(crate) fn with_chosen(&self, chosen: Vec<usize>, digest: Digest) -> Self {
        let is_asked = self.asked_of(&chosen, &self.checks);
        Self { chosen, is_asked, digest, ..self.clone() }
    }

    /// Of each check, whether these frameworks ask it, or the facility itself.
    fn asked_of(&self, chosen: &[usize], checks: &[Check]) -> Vec<bool> {
        let frameworks = || chosen.iter().filter_map(|place| self.frameworks.get(*place));
        let named: HashSet<&str> = frameworks()
            .flat_map(|framework| &framework.controls)
            .flat_map(|control| control.proved_by.iter().map(String::as_str))
            .collect();
        let ids: HashSet<&str> = frameworks().map(|framework| framework.id.as_str()).collect();
        let is_asked = |check: &Check| {
            check.is_own || ids.contains(check.framework.as_str()) || named.contains(&*check.id)
        };
        checks.iter().map(is_asked).collect()
    }

    /// What tells this catalogue from another: a digest of its files and of the version of this
    /// crate, which reads and derives.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Every framework that there is, chosen or not.
    pub fn frameworks(&self) -> &[Framework] {
        &self.frameworks
    }

    /// The frameworks that are chosen, in the order of the choice: all of them, until somebody
    /// [chooses](Self::choosing).
    pub fn chosen(&self) -> impl Iterator<Item = &Framework> {
        self.chosen.iter().filter_map(|place| self.frameworks.get(*place))
    }

    /// Whether the framework with this id is chosen.
    pub fn is_chosen(&self, framework: &str) -> bool {
        self.chosen().any(|chosen| chosen.id == framework)
    }

    /// Whether the control with this id belongs to a framework that is chosen.
    pub fn answers(&self, control: &str) -> bool {
        self.control(control).is_some_and(|control| self.is_chosen(&control.framework))
    }

    /// Whether the check with this id is asked: by a framework that is chosen, whose control it stands
    /// beside or that names it, or by the facility itself.
    pub fn asks(&self, check: &str) -> bool {
        let place = self.check_places.get(check).and_then(|place| self.is_asked.get(*place));
        place.copied().unwrap_or(false)
    }

    /// Every check that is asked, those of evidence included.
    pub fn asked(&self) -> impl Iterator<Item = &Check> {
        self.checks
            .iter()
            .zip(&self.is_asked)
            .filter(|(_, is_asked)| **is_asked)
            .map(|(one, _)| one)
    }

    /// The framework with this id.
    pub fn framework(&self, id: &str) -> Option<&Framework> {
        self.frameworks.iter().find(|framework| framework.id == id)
    }

    /// The control with this id, of whatever framework.
    pub fn control(&self, id: &str) -> Option<&Control> {
        let (framework, control) = self.control_places.get(id)?;
        self.frameworks.get(*framework)?.controls.get(*control)
    }

    /// Every check that there is, asked or not, those of evidence included.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The check with this id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.get(*self.check_places.get(id)?)
    }

    /// The checks of a control: those that stand beside it, that of its evidence included, and those that
    /// it names.
    pub fn checks_of<'a>(&'a self, control: &'a str) -> impl Iterator<Item = &'a Check> {
        let named = self.control(control).map(|control| control.proved_by.as_slice());
        let named = named.unwrap_or_default();
        let is_its = move |check: &&Check| check.control == control || named.contains(&check.id);
        self.checks.iter().filter(is_its)
    }

    /// Whether a check decides the status of no control of the frameworks that are chosen.
    pub fn is_beyond(&self, check: &Check) -> bool {
        let mut controls = self.chosen().flat_map(|framework| &framework.controls);
        !check.is_evidence && !controls.any(|control| control.counts(check))
    }

    /// The control under which whoever chose these frameworks meets a check: its own, or the first of
    /// theirs that names it.
    pub fn control_shown<'a>(&'a self, check: &'a Check) -> &'a str {
        if self.is_chosen(&check.framework) {
            return &check.control;
        }
        let controls = self.chosen().flat_map(|framework| &framework.controls);
        let mut naming = controls.filter(|control| control.proved_by.contains(&check.id));
        naming.next().map_or(&check.control, |control| &control.id)
    }

    /// The checks that ask about `subject`: of a control only its own. What is not asked is left out.
    pub fn checks_about<'a>(&'a self, subject: &'a Subject) -> impl Iterator<Item = &'a Check> {
        self.asked().filter(move |check| {
            check.over == subject.kind
                && (subject.kind != SubjectKind::Control || check.control == subject.id)
        })
    }

    /// The checks about `subject` whose verdict may change when facts of the kinds `changed` do,
    /// by way of derived facts too.
    pub fn checks_touched<'a>(
        &'a self,
        subject: &'a Subject,
        changed: &'a [&'a str],
    ) -> impl Iterator<Item = &'a Check> {
        let touched = move |kind: &str| {
            changed.contains(&kind)
                || DERIVED.iter().any(|(derived, from)| {
                    *derived == kind && from.iter().any(|from| changed.contains(from))
                })
        };
        self.checks_about(subject).filter(move |check| {
            check.needs.iter().any(|kind| touched(kind))
                || (check.applies.is_some() && touched("device"))
        })
    }

    /// Every limit.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The limits that a facility may set stricter.
    pub fn thresholds(&self) -> &[Threshold] {
        &self.thresholds
    }

    /// The release lines of operating systems.
    pub fn releases(&self) -> &[Product] {
        &self.releases
    }

    /// The kind of fact with this name.
    pub fn kind(&self, name: &str) -> Option<&FactKind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// What follows from a subject's facts: at present the place among the releases.
    pub fn derive(&self, facts: &SubjectFacts, now: Time) -> Result<Vec<Derived>, BodyError> {
        derive(&self.releases, facts, now)
    }

    /// What `check` says of the subject that has these facts.
    pub fn assess(&self, check: &Check, facts: &SubjectFacts, now: Time) -> Verdict {
        crate::assess::assess(check, facts, now)
    }

    /// What every check about `subject` says.
    pub fn assess_all<'a>(
        &'a self,
        subject: &'a Subject,
        facts: &'a SubjectFacts,
        now: Time,
    ) -> impl Iterator<Item = (&'a Check, Verdict)> {
        self.checks_about(subject).map(move |check| (check, self.assess(check, facts, now)))
    }
}
