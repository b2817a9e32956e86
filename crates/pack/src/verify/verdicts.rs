//! Verdicts against the facts they name, controls against their verdicts, and all of them against a
//! catalogue if the verifier brings one.

use super::{
    CATALOGUE_KIND, DerivedFact, Finding,
    FindingKind::*,
    KnownFact, Recompute, Remade, Report, Said, VerifyOptions,
    container::Contents,
    covers::Covers,
    evidence::{self, Facts},
    given, history,
    manifest::Opened,
    names::{self, Names},
    register::SLACK,
    without_names,
};
use crate::{
    builder::Verdicts,
    manifest::{
        CHECK_LIMIT, CONTROL_LIMIT, CONTROLS, DEVICES, Manifest, VERDICTS, entry_path, fact_path,
    },
    rows::{Check, Control, DeviceRow, FactRow, VerdictRow},
};
use closedset_core::{
    Digest, Status, Subject, SubjectKind, Time,
    entry::Envelope,
    exception::Exception,
    fact::{FactRecord as _, device::OperatingSystem},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Checks verdicts and controls.
pub(super) fn check(
    contents: &Contents,
    opened: &Opened,
    told: history::Told<'_>,
    facts: &Facts,
    options: &VerifyOptions<'_>,
    report: &mut Report,
) {
    let controls: Vec<Control> = given::list(contents, CONTROLS, report).unwrap_or_default();
    let Some(given) = given::list::<Verdicts>(contents, VERDICTS, report) else {
        return;
    };
    report.counts.controls = controls.len() as u64;
    report.counts.verdicts = given.verdicts.len() as u64;
    let devices: Vec<DeviceRow> =
        given::list(contents, DEVICES, &mut Report::new()).unwrap_or_default();
    let gone: BTreeSet<Subject> = devices
        .iter()
        .filter(|row| row.revoked_at.is_some())
        .map(|row| Subject::device(row.id))
        .collect();
    let known = Known::of(facts, contents);
    check_once(&controls, &given, report);
    let checks: BTreeMap<&str, &Check> = controls
        .iter()
        .flat_map(|control| &control.checks)
        .map(|check| (check.id.as_str(), check))
        .collect();
    told.own.compare(&controls, report);
    let period = opened.manifest.heading.scope.from;
    told.own.compare_history(&given.history, (told.entries, period), report);
    let with_own = with_own(options.recompute, told, opened, report);
    let catalogue = with_own.as_deref().or(options.recompute);
    check_needs(&checks, report);
    // Asked once for each check, however many verdicts there are of it.
    let needed: BTreeMap<&str, Vec<String>> = checks
        .iter()
        .map(|(id, check)| {
            let needs = catalogue.and_then(|catalogue| catalogue.needs(id));
            let needs =
                needs.unwrap_or_else(|| check.needs.iter().take(NEEDS_LIMIT).cloned().collect());
            (*id, needs)
        })
        .collect();
    let mut worst: BTreeMap<&str, Status> = BTreeMap::new();
    for verdict in &given.verdicts {
        if let Some(what) = verdict_fault(verdict, &checks, &known) {
            let what = format!("{} about {}: {what}", verdict.check, verdict.subject);
            report.add(Finding::new(Contradiction, VERDICTS, what));
        }
        let needs = needed.get(verdict.check.as_str()).map_or(&[][..], Vec::as_slice);
        let said = || {
            let VerdictRow { check, subject, status, .. } = verdict;
            format!("{check} about {subject}: it is said to be {status}")
        };
        if is_claim(verdict) && facts.is_erased_under(verdict, needs) {
            let (kind, what) = match told.entries.has_left_out() {
                true => (Unshown, "was erased, or is left out with names in it"),
                false => (NotProven, "was erased"),
            };
            let what = format!("{}, and what it rests on {what}", said());
            report.add(Finding::new(kind, VERDICTS, what));
        }
        // What would show a failure could otherwise be kept back as somebody's private matter.
        let own = known.by_subject.get(&verdict.subject);
        let has_all =
            needs.iter().all(|kind| own.is_some_and(|own| own.kinds.contains(kind.as_str())));
        let follows = told.entries.without_names() && follows(catalogue, needs);
        if let Some(row) = own.and_then(|own| own.left_out(needs, &verdict.facts, follows)) {
            let is_known =
                catalogue.is_some_and(|catalogue| catalogue.needs(&verdict.check).is_some());
            if told.entries.without_names() {
                let what = format!(
                    "{}, and {}, which it rests on, {}: it was not made anew",
                    said(),
                    row.kind,
                    without_names::why_left_out(&row.kind)
                );
                report.add(Finding::new(Unshown, VERDICTS, what));
            } else if is_claim(verdict) || is_known {
                let what =
                    format!("{}, and {}, which it rests on, is not in the pack", said(), row.kind);
                report.add(Finding::new(NotProven, VERDICTS, what));
            }
        } else if verdict.status == Status::Pass && !has_all {
            let what = format!("{}, and not all that it rests on is in the pack", said());
            report.add(Finding::new(NotProven, VERDICTS, what));
        }
        if facts.gone.contains(&verdict.subject) || gone.contains(&verdict.subject) {
            let what = format!("{}, and that computer was sent away", said());
            report.add(Finding::new(Contradiction, VERDICTS, what));
        }
        worst
            .entry(&verdict.check)
            .and_modify(|status| *status = status.worse(verdict.status))
            .or_insert(verdict.status);
    }
    check_devices(&devices, &given, report);
    let names = Names::new(opened, &controls, &devices);
    names::check_verdicts(&names, &given, told.entries, report);
    let is_ours = is_of_this_program(&opened.manifest);
    names::check_facts(&names, &facts.rows, (told.entries, is_ours), report);
    for control in &controls {
        if let Some(what) = control_fault(control, &worst) {
            let what = format!("{}: {what}", control.id);
            report.add(Finding::new(Contradiction, CONTROLS, what));
        }
    }
    let told_of = checks.keys().copied().collect();
    history::check(&given, &devices, &told_of, told, opened, report);
    if let Some(catalogue) = catalogue {
        let made = Remaking {
            catalogue,
            contents,
            exceptions: told.exceptions.all(),
            covers: Covers::new(told.exceptions.all(), catalogue, opened.manifest.heading.made_at),
            made_at: opened.manifest.heading.made_at,
            is_of_this_program: is_of_this_program(&opened.manifest),
            unshown: told.entries.without_names().then_some(&known),
        };
        let subjects = controls
            .iter()
            .map(|control| Subject::control(&control.id))
            .chain(devices.iter().map(|row| Subject::device(row.id)))
            .filter(|subject| !gone.contains(subject))
            .collect();
        told.scope.check_controls(&controls, catalogue, report);
        if told.entries.has_left_out() {
            let what = "no verdict was made anew: what that needs is left out with the names in it";
            report.add(Finding::new(Unshown, VERDICTS, what));
        } else {
            made.verdicts(facts, &given.verdicts, (&checks, &subjects), report);
        }
        // What controls are by their verdicts rests on no entry; but on exceptions, of which some may be left out.
        let excepted = given.verdicts.iter().filter(|row| row.excepted.is_some());
        let excepted: BTreeSet<&str> = excepted.map(|row| row.check.as_str()).collect();
        let is_excepted = |check: &Check| excepted.contains(check.id.as_str());
        let has_all = |control: &&Control| {
            !told.entries.has_left_out() || !control.checks.iter().any(is_excepted)
        };
        let of_all: Vec<&Control> = controls.iter().filter(has_all).collect();
        made.controls(&of_all, &given.verdicts, report);
        made.terms(told, report);
        for what in catalogue.differences(&opened.manifest.heading.scope, &controls) {
            report.add(Finding::new(OtherCheck, CONTROLS, what));
        }
    }
}

/// The verifier's catalogue with the facility's own checks, if it has any.
fn with_own<'a>(
    catalogue: Option<&'a dyn Recompute>,
    told: history::Told<'_>,
    opened: &Opened,
    report: &mut Report,
) -> Option<Box<dyn Recompute + 'a>> {
    let (own, entries): (Vec<_>, Vec<_>) = told.own.in_force().into_iter().unzip();
    let with = catalogue?.with_own(&own).filter(|_| !own.is_empty())?;
    let changed = last_change(told.envelopes);
    for (id, what) in with.faults {
        let place = own.iter().position(|one| one.id.to_string() == id);
        let entry = place.and_then(|place| entries.get(place)).copied().unwrap_or(0);
        let is_ours = is_of_this_program(&opened.manifest) && changed <= entry;
        let kind = if is_ours { Contradiction } else { OtherCheck };
        let what = format!("the facility's check {id} is not what it says: {what}");
        report.add(Finding::new(kind, entry_path(entry), what));
    }
    Some(with.recompute)
}

/// The newest entry by which another catalogue was taken up.
fn last_change(envelopes: &[Envelope]) -> u64 {
    envelopes.iter().rposition(|one| one.kind == CATALOGUE_KIND).unwrap_or(0) as u64
}

/// Whether a verdict says more than that something is wrong or not known.
fn is_claim(verdict: &VerdictRow) -> bool {
    !matches!(verdict.status, Status::Fail | Status::Unknown)
}

/// Whether the pack was made with this very version, so that its catalogue is the same.
pub(super) fn is_of_this_program(manifest: &Manifest) -> bool {
    manifest.heading.made_with == concat!("closedset ", env!("CARGO_PKG_VERSION"))
}

/// No control, check or verdict stands there twice: a second one could be meant for the eye alone.
fn check_once(controls: &[Control], given: &Verdicts, report: &mut Report) {
    let checks: usize = controls.iter().map(|control| control.checks.len()).sum();
    for (what, count, limit) in
        [("controls", controls.len(), CONTROL_LIMIT), ("checks", checks, CHECK_LIMIT)]
    {
        if count > limit {
            let what = format!("it has {count} {what}, more than the {limit} that a pack may have");
            report.add(Finding::new(TooLarge, CONTROLS, what));
        }
    }
    let mut ids = BTreeSet::new();
    for control in controls {
        if !ids.insert(&control.id) {
            let what = format!("the control {} stands there twice", control.id);
            report.add(Finding::new(Contradiction, CONTROLS, what));
        }
    }
    // Controls may share a check: then it says the same under each of them.
    let mut known: BTreeMap<&str, (&str, &Check)> = BTreeMap::new();
    for control in controls {
        for check in &control.checks {
            let before = known.insert(&check.id, (&control.id, check));
            if before.is_some_and(|(beside, one)| beside == control.id || one != check) {
                let what = format!("the check {} stands there twice", check.id);
                report.add(Finding::new(Contradiction, CONTROLS, what));
            }
        }
    }
    let mut said = BTreeSet::new();
    for verdict in &given.verdicts {
        if !said.insert((&verdict.check, &verdict.subject)) {
            let what = format!("{} about {} stands there twice", verdict.check, verdict.subject);
            report.add(Finding::new(Contradiction, VERDICTS, what));
        }
    }
}

/// Every device that was not sent away has a verdict, if any device has.
fn check_devices(devices: &[DeviceRow], given: &Verdicts, report: &mut Report) {
    let judged: BTreeSet<&Subject> = given.verdicts.iter().map(|row| &row.subject).collect();
    if !judged.iter().any(|subject| subject.kind == SubjectKind::Device) {
        return;
    }
    for row in devices.iter().filter(|row| row.revoked_at.is_none()) {
        if !judged.contains(&Subject::device(row.id)) {
            let what = format!("nothing is said of the device {} ({})", row.name, row.id);
            report.add(Finding::new(Removed, VERDICTS, what));
        }
    }
}

fn verdict_fault(
    verdict: &VerdictRow,
    checks: &BTreeMap<&str, &Check>,
    known: &Known<'_>,
) -> Option<String> {
    if !checks.contains_key(verdict.check.as_str()) {
        return Some("no control of the pack has this check".to_owned());
    }
    if verdict.status == Status::Pass && verdict.facts.is_empty() {
        return Some("it passes without any fact".to_owned());
    }
    verdict.facts.iter().find_map(|digest| match known.is_about(*digest, &verdict.subject) {
        None => Some(format!("it rests on the fact {digest}, which is not in the pack")),
        Some(false) => {
            Some(format!("it rests on the fact {digest}, which is about something else"))
        }
        Some(true) => None,
    })
}

/// Whether one of these kinds of fact follows from others.
fn follows(catalogue: Option<&dyn Recompute>, needs: &[String]) -> bool {
    catalogue.is_some_and(|catalogue| needs.iter().any(|kind| catalogue.is_derived(kind)))
}

/// The most kinds of fact that a check rests on.
const NEEDS_LIMIT: usize = 64;

/// No check asks for more kinds of fact than any could.
fn check_needs(checks: &BTreeMap<&str, &Check>, report: &mut Report) {
    for check in checks.values().filter(|check| check.needs.len() > NEEDS_LIMIT) {
        let what = format!(
            "the check {} is to rest on {} kinds of fact, more than the {NEEDS_LIMIT} that one may",
            check.id,
            check.needs.len()
        );
        report.add(Finding::new(TooLarge, CONTROLS, what));
    }
}

/// The facts of the pack, found at once: many verdicts may name them.
#[derive(Default)]
struct Known<'a> {
    by_subject: BTreeMap<&'a Subject, Own<'a>>,
    /// All of them, with what they are about.
    about: BTreeSet<(Digest, &'a Subject)>,
    /// Those about the organisation, on which a verdict about anything may rest.
    of_all: BTreeSet<Digest>,
}

/// The facts of a subject.
#[derive(Default)]
struct Own<'a> {
    kinds: BTreeSet<&'a str>,
    /// Those that are not in the pack.
    left_out_kinds: BTreeMap<&'a str, &'a FactRow>,
    left_out_digests: BTreeMap<Digest, &'a FactRow>,
}

impl<'a> Known<'a> {
    fn of(facts: &'a Facts, contents: &Contents) -> Self {
        let mut known = Self::default();
        for row in &facts.rows {
            known.about.insert((row.digest, &row.subject));
            if evidence::is_about_all(row) {
                known.of_all.insert(row.digest);
            }
            let own = known.by_subject.entry(&row.subject).or_default();
            own.kinds.insert(&row.kind);
            let is_left_out =
                row.left_out.is_some() && contents.bytes(&fact_path(row.digest)).is_none();
            if is_left_out && facts.unnamed(row).is_none() {
                own.left_out_kinds.entry(&row.kind).or_insert(row);
                own.left_out_digests.entry(row.digest).or_insert(row);
            }
        }
        known
    }

    /// Whether the fact is what a verdict about `subject` may rest on; none if it is not in the pack.
    fn is_about(&self, digest: Digest, subject: &Subject) -> Option<bool> {
        if self.of_all.contains(&digest) || self.about.contains(&(digest, subject)) {
            return Some(true);
        }
        let least = Subject { kind: SubjectKind::ALL[0], id: String::new() };
        let mut others = self.about.range((digest, &least)..);
        others.next().filter(|(other, _)| *other == digest).map(|_| false)
    }
}

impl<'a> Own<'a> {
    /// A fact that is not in the pack, of those of which a verdict needs the kind or names the digest; also one from
    /// which that follows, if it does.
    fn left_out(&self, needs: &[String], facts: &[Digest], follows: bool) -> Option<&'a FactRow> {
        let mut needed = needs.iter().filter_map(|kind| self.left_out_kinds.get(kind.as_str()));
        let mut named = facts.iter().filter_map(|digest| self.left_out_digests.get(digest));
        let beneath = || self.beneath().filter(|_| follows);
        needed.next().or_else(|| named.next()).copied().or_else(beneath)
    }

    /// From what others follow, if it is not in the pack.
    fn beneath(&self) -> Option<&'a FactRow> {
        self.left_out_kinds.get(OperatingSystem::KIND).copied()
    }
}

/// A control's status is the worst of those of its checks that count for it, so at least one of
/// them has it; unknown needs none, and that a control does not apply is signed for it as a whole.
/// Which checks count, only a catalogue knows: see [`super::Recompute::control`].
fn control_fault(control: &Control, worst: &BTreeMap<&str, Status>) -> Option<String> {
    let status = control.status;
    let mut said = control.checks.iter().filter_map(|check| worst.get(check.id.as_str()));
    match status {
        Status::Unknown | Status::NotApplicable => None,
        Status::Fail | Status::Excepted | Status::Pass => {
            let is_said = said.any(|worst| *worst == status);
            (!is_said).then(|| format!("it is said to be {status}, and none of its checks says so"))
        }
    }
}

/// What a verdict of the same status says otherwise than the one made anew.
fn otherwise(verdict: &VerdictRow, remade: Remade, is_unshown: bool) -> Option<String> {
    if remade.excepted != verdict.excepted {
        return Some("by what the log grants, another exception covers it, or none".to_owned());
    }
    // That no other words are shown in such a pack was looked at.
    let because = remade.because.filter(|_| !is_unshown);
    if let Some(because) = because.filter(|because| *because != verdict.because) {
        return Some(format!(
            "the pack gives as its reason {:?}, the catalogue {because:?}",
            verdict.because
        ));
    }
    let sorted = |facts: &[Digest]| facts.iter().copied().collect::<BTreeSet<_>>();
    remade
        .facts
        .is_some_and(|facts| sorted(&facts) != sorted(&verdict.facts))
        .then(|| "it rests on other facts than the catalogue takes".to_owned())
}

/// Everything made anew.
struct Remaking<'a> {
    catalogue: &'a dyn Recompute,
    contents: &'a Contents,
    /// As the log tells of them, not the pack's list.
    exceptions: &'a [Exception],
    covers: Covers,
    made_at: Time,
    /// With another version, a difference may come from what that version knew.
    is_of_this_program: bool,
    /// If the pack is to name nobody: the facts, some of which are not shown.
    unshown: Option<&'a Known<'a>>,
}

type Bodies = BTreeMap<Digest, Value>;

impl Remaking<'_> {
    fn verdicts(
        &self,
        facts: &Facts,
        verdicts: &[VerdictRow],
        (checks, subjects): (&BTreeMap<&str, &Check>, &BTreeSet<Subject>),
        report: &mut Report,
    ) {
        let bodies = self.bodies(&facts.rows);
        // Without what was erased, and without what follows from the rest.
        let mut known: BTreeMap<&Subject, Vec<KnownFact<'_>>> = BTreeMap::new();
        let mut derived: BTreeMap<&Subject, Vec<&FactRow>> = BTreeMap::new();
        for (row, confirmed_at) in facts.rows.iter().zip(&facts.confirmed) {
            if self.catalogue.is_derived(&row.kind) {
                derived.entry(&row.subject).or_default().push(row);
            } else if let Some(body) = bodies
                .get(&row.digest)
                .or_else(|| facts.unnamed(row))
                .filter(|_| !facts.is_erased(row))
            {
                let fact = KnownFact { row, body, confirmed_at: *confirmed_at };
                known.entry(&row.subject).or_default().push(fact);
            }
        }
        let known_of = |subject: &Subject| known.get(subject).map_or(&[][..], Vec::as_slice);
        let mut derived_otherwise = BTreeSet::new();
        for (subject, rows) in derived {
            if let Some(beneath) = self.beneath(subject) {
                let what = format!(
                    "{} of {subject} follows from {}, which {}: it was not derived anew",
                    rows.first().map_or("it", |row| &row.kind),
                    beneath.kind,
                    without_names::why_left_out(&beneath.kind)
                );
                report.add(Finding::new(Unshown, fact_path(beneath.digest), what));
                continue;
            }
            let expected = self.catalogue.derive(known_of(subject), self.made_at);
            for row in rows {
                let is_it = |one: &DerivedFact| {
                    let (later, earlier) = (one.collected_at, row.collected_at);
                    let is_as_old = later.since(earlier) <= SLACK && earlier.since(later) <= SLACK;
                    is_as_old
                        && one.kind == row.kind
                        && one.source == row.source
                        && one.digest == row.digest
                };
                if facts.is_erased(row) || expected.iter().any(is_it) {
                    continue;
                }
                derived_otherwise.insert(subject);
                let what = format!(
                    "given as {} of {} ({subject}), and something else follows from what it said",
                    row.kind, row.subject_name
                );
                let kind = if self.is_of_this_program { OtherFact } else { OtherCheck };
                report.add(Finding::new(kind, fact_path(row.digest), what));
            }
        }
        let mut said = BTreeSet::new();
        for verdict in verdicts {
            if !said.insert((verdict.check.as_str(), &verdict.subject)) {
                // It stands there twice, which was reported.
                continue;
            }
            let VerdictRow { check: id, subject, status: given, .. } = verdict;
            if self.rests_on_unshown(id, subject) {
                // That it was not made anew was reported.
                continue;
            }
            let known = known_of(subject);
            let exceptions = self.covers.of(id, subject);
            let remade = self.catalogue.assess(id, subject, known, &exceptions, self.made_at);
            if self.catalogue.needs(id).is_some() && !self.catalogue.concerns(id, subject) {
                let what = format!("{id} about {subject}: nobody asks that about it");
                report.add(Finding::new(OtherVerdict, VERDICTS, what));
                continue;
            }
            let Some(remade) = remade else {
                if is_claim(verdict) && self.catalogue.needs(id).is_some() {
                    let what = format!("{id} about {subject}: {given} could not be made anew");
                    report.add(Finding::new(NotProven, VERDICTS, what));
                }
                continue;
            };
            let is_same_check =
                checks.get(id.as_str()).is_some_and(|check| self.catalogue.has_version(check));
            let is_ours = self.is_of_this_program
                || is_same_check && !derived_otherwise.contains(&verdict.subject);
            let status = remade.status;
            let what = if status != *given {
                format!("the pack says {given}, the catalogue says {status}")
            } else if let Some(what) = otherwise(verdict, remade, self.unshown.is_some()) {
                what
            } else {
                report.counts.recomputed += 1;
                continue;
            };
            let what = format!("{id} about {subject}: {what}");
            let kind = if is_ours { OtherVerdict } else { OtherCheck };
            report.add(Finding::new(kind, VERDICTS, what));
        }
        // A verdict that was left out is as good as one that was changed.
        for subject in subjects {
            for id in checks.keys() {
                if said.contains(&(*id, subject)) || !self.catalogue.concerns(id, subject) {
                    continue;
                }
                if self.rests_on_unshown(id, subject) {
                    let what = format!(
                        "{id} about {subject}: nothing is said, and what it would rest on is left out with the \
                         names in it"
                    );
                    report.add(Finding::new(Unshown, VERDICTS, what));
                    continue;
                }
                let known = known_of(subject);
                let exceptions = self.covers.of(id, subject);
                let remade = self.catalogue.assess(id, subject, known, &exceptions, self.made_at);
                let status = remade.map(|remade| remade.status);
                // What only an exception keeps from failing is said too.
                let is_open = |status| !matches!(status, Status::Pass | Status::NotApplicable);
                if let Some(status) = status.filter(|status| is_open(*status)) {
                    let what = format!(
                        "{id} about {subject}: the pack says nothing, the catalogue says {status}"
                    );
                    report.add(Finding::new(OtherVerdict, VERDICTS, what));
                }
            }
        }
    }

    /// From what others follow, if a pack that is to name nobody does not show it.
    fn beneath(&self, subject: &Subject) -> Option<&FactRow> {
        self.unshown.and_then(|known| known.by_subject.get(subject)?.beneath())
    }

    /// Whether a check asks for a fact of the subject that is left out with the names in it.
    fn rests_on_unshown(&self, check: &str, subject: &Subject) -> bool {
        let Some(own) = self.unshown.and_then(|known| known.by_subject.get(subject)) else {
            return false;
        };
        let needs = self.catalogue.needs(check).unwrap_or_default();
        own.left_out(&needs, &[], follows(Some(self.catalogue), &needs)).is_some()
    }

    /// What was granted can be granted, by the catalogue as it was then: where it changed since, this is
    /// a doubt.
    fn terms(&self, told: history::Told<'_>, report: &mut Report) {
        let changed = last_change(told.envelopes);
        for (terms, entry) in told.exceptions.granted() {
            if self.catalogue.grants(terms) == Some(false) {
                let what = format!(
                    "it grants for {} what cannot be granted there, by the catalogue",
                    terms.control
                );
                let is_ours = self.is_of_this_program && changed <= entry;
                let kind = if is_ours { Contradiction } else { OtherCheck };
                report.add(Finding::new(kind, entry_path(entry), what));
            }
        }
    }

    fn bodies(&self, facts: &[FactRow]) -> Bodies {
        let body = |row: &FactRow| {
            let bytes = self.contents.whole(&fact_path(row.digest), row.digest)?;
            Some((row.digest, serde_json::from_slice(bytes).ok()?))
        };
        facts.iter().filter_map(body).collect()
    }

    fn controls(&self, controls: &[&Control], verdicts: &[VerdictRow], report: &mut Report) {
        let mut by_check: BTreeMap<&str, Vec<&VerdictRow>> = BTreeMap::new();
        for verdict in verdicts {
            by_check.entry(&verdict.check).or_default().push(verdict);
        }
        for control in controls {
            let rows = control.checks.iter().filter_map(|check| by_check.get(check.id.as_str()));
            let rows: Vec<&VerdictRow> = rows.flatten().copied().collect();
            let said = Said { verdicts: &rows, exceptions: self.exceptions };
            let status = self.catalogue.control(control, said);
            if status.is_none() {
                let what = format!("this program does not know the control {}", control.id);
                report.add(Finding::new(OtherCheck, CONTROLS, what));
            }
            if let Some(status) = status.filter(|status| *status != control.status) {
                let what = format!(
                    "{}: the pack says {}, the catalogue says {status}",
                    control.id, control.status
                );
                report.add(Finding::new(OtherVerdict, CONTROLS, what));
            }
            let words = self.catalogue.because(control, said);
            if let Some(words) = words.filter(|words| *words != control.because) {
                let what = format!(
                    "{}: the pack gives as its reason {:?}, the catalogue {words:?}",
                    control.id, control.because
                );
                let kind = if self.is_of_this_program { OtherVerdict } else { OtherCheck };
                report.add(Finding::new(kind, CONTROLS, what));
            }
        }
    }
}
