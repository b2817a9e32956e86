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
use std::collections::HashMap;

/// Frameworks, controls, checks, limits and release data, proven sound.
#[derive(Debug, Clone)]
pub struct Catalogue {
    frameworks: Vec<Framework>,
    checks: Vec<Check>,
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
        catalogue.keep_beyond(&Self::embedded()?);
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
                control.is_technical |=
                    checks.iter().any(|check| check.control == control.id && !check.is_evidence);
                control_places.insert(control.id.clone(), (place, inner));
            }
        }
        let check_places = places(&checks);
        Self {
            frameworks,
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
        Self { checks, check_places, digest, ..self.clone() }
    }

    /// What tells this catalogue from another: a digest of its files and of the version of this
    /// crate, which reads and derives.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Every framework.
    pub fn frameworks(&self) -> &[Framework] {
        &self.frameworks
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

    /// Every check, those of evidence included.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The check with this id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.get(*self.check_places.get(id)?)
    }

    /// The checks of a control, that of its evidence included.
    pub fn checks_of<'a>(&'a self, control: &'a str) -> impl Iterator<Item = &'a Check> {
        self.checks.iter().filter(move |check| check.control == control)
    }

    /// The checks that ask about `subject`: of a control only its own.
    pub fn checks_about<'a>(&'a self, subject: &'a Subject) -> impl Iterator<Item = &'a Check> {
        self.checks.iter().filter(move |check| {
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
