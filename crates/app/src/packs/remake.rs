//! Making verdicts and statuses anew with a catalogue, whatever a pack says of its checks.

use crate::board::signed_answer;
use closedset_catalogue::{Catalogue, ControlStatus, SourcedFact, SubjectFacts, Tally};
use closedset_core::{
    Digest, Duration, Status, Subject, Time, Verdict,
    exception::{Exception, ExceptionForm, Terms},
    fact::Body,
    own_check::OwnCheck,
};
use closedset_pack::{
    ControlWords, Recompute,
    rows::{AGENT_SOURCE, Check, Control, Scope},
    verify::{DerivedFact, KnownFact, Remade, Said, WithOwn},
};
use std::{borrow::Cow, collections::BTreeMap};

/// The kind of fact that follows from others.
const DERIVED: &str = "release_line";

/// A catalogue that makes a pack's verdicts anew.
#[derive(Debug, Clone)]
pub struct Remake<'c>(Cow<'c, Catalogue>);

impl<'c> Remake<'c> {
    /// Makes them anew with this catalogue.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Self(Cow::Borrowed(catalogue))
    }
}

impl Remake<'_> {
    /// The facts of one subject. A device's own are as fresh as it signed; what Closedset keeps itself
    /// is true until it changes, and what follows from others is made anew. None if one of them cannot
    /// be understood.
    fn known(&self, facts: &[KnownFact<'_>], at: Time) -> Option<SubjectFacts> {
        let mut known = SubjectFacts::new();
        for fact in facts {
            let body: Body = serde_json::from_value(fact.body.clone()).ok()?;
            let (row, source) = (fact.row, fact.row.source.clone());
            let sourced = SourcedFact::new(source, body, row.digest, row.collected_at);
            let confirmed_at = match fact.confirmed_at {
                Some(at) => at,
                None if row.source == AGENT_SOURCE => return None,
                None => at,
            };
            known.put(&row.kind, sourced.confirmed(confirmed_at));
        }
        let derived = self.0.derive(&known, at).ok()?;
        for one in derived {
            let digest = Digest::of(&one.body.canonical().ok()?);
            let fact = SourcedFact::new(one.source, one.body, digest, one.collected_at);
            known.put(one.kind, fact.confirmed(one.confirmed_at));
        }
        Some(known)
    }

    /// A control's status by the verdicts in the pack and what was signed of it as a whole.
    fn control_status(&self, control: &Control, said: Said<'_>) -> Option<ControlStatus> {
        let known = self.0.control(&control.id)?;
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for verdict in said.verdicts {
            if let Some(check) = self.0.check(&verdict.check) {
                tallies.entry(check.id.as_str()).or_default().add(verdict.status);
            }
        }
        let named: BTreeMap<_, _> = said.exceptions.iter().map(|one| (one.id, one)).collect();
        let signed = said.verdicts.iter().find_map(|verdict| {
            let exception = named.get(&verdict.excepted?.exception)?;
            signed_answer(&exception.terms)
        });
        Some(self.0.control_status(known, &tallies, signed.as_ref()))
    }
}

impl Recompute for Remake<'_> {
    fn assess(
        &self,
        check: &str,
        subject: &Subject,
        facts: &[KnownFact<'_>],
        exceptions: &[Exception],
        at: Time,
    ) -> Option<Remade> {
        let check = self.0.check(check)?;
        let beneath = self.0.assess(check, &self.known(facts, at)?, at);
        let Verdict { status, because, facts, excepted, .. } =
            self.0.except(check, subject, beneath, exceptions, at);
        Some(Remade { status, because: Some(because), facts: Some(facts), excepted })
    }

    fn with_own(&self, own: &[OwnCheck]) -> Option<WithOwn<'_>> {
        let (catalogue, not_asked) = self.0.and_own(own);
        let mut faults: Vec<(String, String)> =
            not_asked.into_iter().map(|one| (one.id, one.why)).collect();
        faults.extend(own.iter().filter_map(|one| {
            self.0.stricter_fault(&one.terms).map(|why| (one.id.to_string(), why))
        }));
        Some(WithOwn { recompute: Box::new(Remake(Cow::Owned(catalogue))), faults })
    }

    fn grants(&self, terms: &Terms) -> Option<bool> {
        let control = self.0.control(&terms.control)?;
        let is_its = match &terms.check {
            Some(id) => self.0.check(id)?.control == control.id,
            None => true,
        };
        Some(is_its && (control.none_allowed || terms.form != ExceptionForm::NoneExists))
    }

    fn needs(&self, check: &str) -> Option<Vec<String>> {
        self.0.check(check).map(|check| check.needs.clone())
    }

    fn has_version(&self, check: &Check) -> bool {
        self.0.check(&check.id).is_some_and(|known| known.version.to_string() == check.version)
    }

    fn is_derived(&self, kind: &str) -> bool {
        kind == DERIVED
    }

    fn derive(&self, facts: &[KnownFact<'_>], at: Time) -> Vec<DerivedFact> {
        let Some(known) = self.known(facts, at) else { return Vec::new() };
        let of_kind = known.of(DERIVED).iter();
        of_kind
            .map(|fact| DerivedFact {
                kind: DERIVED.to_owned(),
                source: fact.source.clone(),
                digest: fact.digest,
                collected_at: fact.collected_at,
            })
            .collect()
    }

    fn concerns(&self, check: &str, subject: &Subject) -> bool {
        self.0.checks_about(subject).any(|known| known.id == check)
    }

    fn differences(&self, scope: &Scope, controls: &[Control]) -> Vec<String> {
        let Some(framework) = self.0.framework(&scope.framework) else {
            return vec![format!("this program does not know the framework {}", scope.framework)];
        };
        let mut differences = Vec::new();
        if (&framework.title, &framework.version)
            != (&scope.framework_title, &scope.framework_version)
        {
            differences.push(format!("the framework {} is called otherwise here", framework.id));
        }
        for known in &framework.controls {
            let Some(control) = controls.iter().find(|control| control.id == known.id) else {
                if !scope.controls.is_empty() && !scope.controls.contains(&known.id) {
                    continue;
                }
                differences.push(format!("{} is missing", known.id));
                continue;
            };
            let says = (control.title.as_str(), control.asks.as_str(), control.verb.as_str());
            if says != (&known.title, &known.requirement, known.verb.as_str())
                || control.area != known.area.as_str()
            {
                differences.push(format!("{} asks something else", control.id));
            }
            let is_limited = !scope.controls.is_empty();
            for known in self.0.checks_of(&known.id).filter(|known| !is_limited || !known.is_own) {
                let given = control.checks.iter().find(|check| check.id == known.id);
                let what = match given {
                    None => "is missing",
                    Some(check) if !self.has_version(check) => "is another version",
                    Some(check) if *check != row(known) => "asks something else",
                    Some(_) => continue,
                };
                differences.push(format!("{}: its check {} {what}", control.id, known.id));
            }
            for check in &control.checks {
                if !self.0.checks_of(&control.id).any(|known| known.id == check.id) {
                    differences.push(format!(
                        "{}: this program does not know its check {}, and what it says was not made anew",
                        control.id, check.id
                    ));
                }
            }
        }
        differences
    }

    fn control(&self, control: &Control, said: Said<'_>) -> Option<Status> {
        Some(self.control_status(control, said)?.status)
    }
}

/// A check as packs have it.
pub(super) fn row(check: &closedset_catalogue::Check) -> Check {
    Check {
        id: check.id.clone(),
        title: check.title.clone(),
        condition: check.condition().to_owned(),
        fresh_for: check.fresh_for.map(Duration::words).unwrap_or_default(),
        needs: check.needs.clone(),
        version: check.version.to_string(),
        is_own: check.is_own,
    }
}

impl ControlWords for Remake<'_> {
    fn because(&self, control: &Control, said: Said<'_>) -> Option<String> {
        Some(self.control_status(control, said)?.because)
    }
}
