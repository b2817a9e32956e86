//! Reads checks, and makes the one about evidence for every control.

use super::frameworks::Located;
use super::{LIST_LIMIT, RawFile, Source, id};
use crate::check::{Applies, Check, Fix, Texts};
use crate::error::CatalogueError;
use crate::framework::Control;
use crate::language::{Condition, LanguageError, Names, Wording};
use crate::limits::{Limits, duration};
use crate::suggest::did_you_mean;
use closedset_core::fact::device::Device;
use closedset_core::fact::evidence::Evidence;
use closedset_core::fact::{FactKind, FactRecord, kinds};
use closedset_core::own_check::Terms;
use closedset_core::{Duration, SubjectKind};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCheck {
    id: Spanned<String>,
    framework: Spanned<String>,
    control: Spanned<String>,
    title: String,
    over: Spanned<String>,
    applies: Option<Spanned<String>>,
    otherwise: Option<String>,
    needs: Spanned<Vec<String>>,
    fresh_for: Option<Spanned<String>>,
    pass: Spanned<String>,
    because: Spanned<Because>,
    wanted: String,
    version: i64,
    #[serde(default)]
    beyond: bool,
    #[serde(default)]
    may_be_empty: BTreeMap<String, String>,
    #[serde(default)]
    may_be_absent: BTreeMap<String, String>,
    #[serde(default)]
    fix: RawFix,
}

/// One wording, or several of which the first that can be said is.
#[derive(Deserialize)]
#[serde(untagged)]
enum Because {
    One(String),
    Several(Vec<String>),
}

impl Because {
    fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawFix {
    linux: Option<String>,
    macos: Option<String>,
    windows: Option<String>,
}

/// An own check that is to be read.
pub(super) struct Own<'a> {
    pub id: &'a str,
    pub version: i64,
    pub framework: &'a str,
    pub terms: &'a Terms,
}

impl RawCheck {
    /// The same as it would stand in a file.
    pub(super) fn own(own: &Own<'_>, needs: Vec<String>) -> Self {
        fn bare<T>(value: T) -> Spanned<T> {
            Spanned::new(0..0, value)
        }
        let terms = own.terms;
        let fix = Some(terms.fix.clone()).filter(|fix| !fix.is_empty());
        Self {
            id: bare(own.id.to_owned()),
            framework: bare(own.framework.to_owned()),
            control: bare(terms.control.clone()),
            title: terms.title.clone(),
            over: bare(SubjectKind::Device.as_str().to_owned()),
            applies: terms.applies.as_ref().map(|applies| bare(applies.when.clone())),
            otherwise: terms.applies.as_ref().map(|applies| applies.otherwise.clone()),
            needs: bare(needs),
            fresh_for: Some(bare(terms.fresh_for.clone())),
            pass: bare(terms.pass.clone()),
            because: bare(Because::Several(terms.because.clone())),
            wanted: terms.wanted.clone(),
            version: own.version,
            beyond: true,
            may_be_empty: terms.may_be_empty.clone(),
            may_be_absent: terms.may_be_absent.clone(),
            fix: RawFix { linux: fix.clone(), macos: fix.clone(), windows: fix },
        }
    }
}

/// The kinds of fact that an own check's condition names, in the order in which it names them.
pub(super) fn needs(own: &Own<'_>, known: Known<'_>) -> Result<Vec<String>, String> {
    let kinds = kinds();
    let names = Names {
        facts: kinds.iter().filter(|kind| kind.subject == SubjectKind::Device).collect(),
        limits: known.limits,
        may_be_empty: &own.terms.may_be_empty,
        may_be_absent: &own.terms.may_be_absent,
    };
    let pass = Condition::compile(&own.terms.pass, &names).map_err(|error| error.message)?;
    let mut needs: Vec<String> = Vec::new();
    for path in pass.paths() {
        let kind = path.text.split('.').next().unwrap_or_default();
        if !needs.iter().any(|known| known == kind) {
            needs.push(kind.to_owned());
        }
    }
    if needs.is_empty() {
        return Err("the condition names no fact".to_owned());
    }
    Ok(needs)
}

/// Reads an own check.
pub(super) fn own_check(
    source: &Source<'_>,
    raw: &RawCheck,
    known: Known<'_>,
    errors: &mut Vec<CatalogueError>,
) -> Option<Check> {
    let kinds = kinds();
    Reading { source, raw, kinds: &kinds, known, is_own: true }.check(errors)
}

/// What checks may refer to.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub frameworks: &'a [Located],
    pub limits: &'a Limits,
    /// All of it could be read.
    pub is_complete: bool,
}

/// Reads the checks of a file into `checks`, and adds those that its framework's controls imply.
pub(super) fn checks(
    source: &Source<'_>,
    raw: &RawFile,
    known: Known<'_>,
    checks: &mut Vec<Check>,
    errors: &mut Vec<CatalogueError>,
) {
    let kinds = kinds();
    if raw.check.len() > LIST_LIMIT {
        errors.push(source.error(0..0, format!("more than {LIST_LIMIT} checks")));
        return;
    }
    if let Some(head) = &raw.framework {
        let framework = known
            .frameworks
            .iter()
            .map(|(framework, _)| framework)
            .find(|framework| framework.id == head.get_ref().id());
        for control in framework.into_iter().flat_map(|framework| &framework.controls) {
            match evidence(control, &kinds, known.limits) {
                Ok(check) => checks.push(check),
                Err(error) => errors.push(source.error(head.span(), error.message)),
            }
        }
    }
    for raw in &raw.check {
        let reading = Reading { source, raw: raw.get_ref(), kinds: &kinds, known, is_own: false };
        if checks.iter().any(|check| check.id == *reading.raw.id.get_ref()) {
            let message = format!("there is already a check {}", reading.raw.id.get_ref());
            errors.push(source.error(reading.raw.id.span(), message));
        } else if let Some(check) = reading.check(errors) {
            checks.push(check);
        }
    }
}

/// The implicit check that evidence for `control` is in force.
fn evidence(
    control: &Control,
    kinds: &[FactKind],
    limits: &Limits,
) -> Result<Check, LanguageError> {
    let nothing = BTreeMap::new();
    let names = Names {
        facts: kinds.iter().filter(|kind| kind.name == Evidence::KIND).collect(),
        limits,
        may_be_empty: &nothing,
        may_be_absent: &nothing,
    };
    Ok(Check {
        id: control.evidence_check(),
        control: control.id.clone(),
        framework: control.framework.clone(),
        title: format!("Evidence for {}", control.id),
        over: SubjectKind::Control,
        needs: vec![Evidence::KIND.to_owned()],
        fresh_for: None,
        wanted: control.evidence_hint.clone(),
        fix: Fix::default(),
        version: 2,
        is_beyond: false,
        is_evidence: true,
        is_own: false,
        texts: Texts::default(),
        applies: None,
        pass: Condition::compile("evidence.in_force > 0", &names)?,
        // What is found is said by name, which no wording of the catalogue can bound.
        because: Wording::default(),
    })
}

struct Reading<'a> {
    source: &'a Source<'a>,
    raw: &'a RawCheck,
    kinds: &'a [FactKind],
    known: Known<'a>,
    /// It is an organisation's own, and no file's.
    is_own: bool,
}

impl Reading<'_> {
    fn check(&self, errors: &mut Vec<CatalogueError>) -> Option<Check> {
        let raw = self.raw;
        let before = errors.len();
        self.plain(errors);
        if self.known.is_complete {
            self.control(self.known.frameworks, errors);
        }
        let over = self.over(errors);
        let facts = self.facts(over, errors)?;
        let fresh_for = self.fresh_for(over, errors);
        let names = Names {
            facts,
            limits: self.known.limits,
            may_be_empty: &raw.may_be_empty,
            may_be_absent: &raw.may_be_absent,
        };
        let pass = Condition::compile(raw.pass.get_ref(), &names)
            .map_err(|error| errors.push(self.at(&raw.pass.span(), "pass", &error)))
            .ok();
        if let Some(pass) = &pass {
            self.opt_outs(pass, &names, errors);
        }
        let because = self.because(&names, errors);
        let applies = self.applies(over, errors);
        if errors.len() > before {
            return None;
        }
        Some(Check {
            id: raw.id.get_ref().clone(),
            control: raw.control.get_ref().clone(),
            framework: raw.framework.get_ref().clone(),
            title: raw.title.clone(),
            over: over?,
            needs: raw.needs.get_ref().clone(),
            fresh_for,
            wanted: raw.wanted.clone(),
            fix: Fix {
                linux: raw.fix.linux.clone(),
                macos: raw.fix.macos.clone(),
                windows: raw.fix.windows.clone(),
            },
            version: raw.version,
            is_beyond: raw.beyond,
            is_evidence: false,
            is_own: self.is_own,
            texts: Texts {
                fresh_for: raw
                    .fresh_for
                    .as_ref()
                    .map(|one| one.get_ref().clone())
                    .unwrap_or_default(),
                because: raw.because.get_ref().texts().to_vec(),
                may_be_empty: raw.may_be_empty.clone(),
                may_be_absent: raw.may_be_absent.clone(),
            },
            applies,
            pass: pass?,
            because,
        })
    }

    fn plain(&self, errors: &mut Vec<CatalogueError>) {
        let raw = self.raw;
        if !self.is_own
            && let Err(message) = id(raw.id.get_ref())
        {
            errors.push(self.source.error(raw.id.span(), format!("a check's id {message}")));
        }
        if raw.id.get_ref().ends_with("-evidence") {
            let message = "ids that end in -evidence belong to the checks of evidence";
            errors.push(self.source.error(raw.id.span(), message));
        }
        if raw.version < 1 {
            let message = "`version` counts from 1";
            errors.push(self.source.error(raw.id.span(), message));
        }
        let fixes = [&raw.fix.linux, &raw.fix.macos, &raw.fix.windows];
        let mut texts = vec![("title", raw.title.as_str()), ("wanted", &raw.wanted)];
        texts.extend(fixes.into_iter().flatten().map(|fix| ("fix", fix.as_str())));
        let reasons = raw.may_be_empty.values().chain(raw.may_be_absent.values());
        texts.extend(reasons.map(|reason| ("the reason", reason.as_str())));
        self.source.texts(raw.id.span(), raw.id.get_ref(), &texts, errors);
    }

    fn control(&self, frameworks: &[Located], errors: &mut Vec<CatalogueError>) {
        let (name, control) = (&self.raw.framework, &self.raw.control);
        let Some((framework, _)) =
            frameworks.iter().find(|(framework, _)| framework.id == *name.get_ref())
        else {
            let known = frameworks.iter().map(|(framework, _)| framework.id.as_str());
            let meant = did_you_mean(name.get_ref(), known);
            let message = format!("there is no framework {}{meant}", name.get_ref());
            errors.push(self.source.error(name.span(), message));
            return;
        };
        let known = || framework.controls.iter().map(|control| control.id.as_str());
        if !known().any(|id| id == control.get_ref()) {
            let meant = did_you_mean(control.get_ref(), known());
            let message = format!("{} has no control {}{meant}", framework.id, control.get_ref());
            errors.push(self.source.error(control.span(), message));
        }
    }

    fn over(&self, errors: &mut Vec<CatalogueError>) -> Option<SubjectKind> {
        let word = &self.raw.over;
        match word.get_ref().parse() {
            Ok(kind) => Some(kind),
            Err(_) => {
                let known = SubjectKind::ALL.iter().map(|kind| kind.as_str());
                let meant = did_you_mean(word.get_ref(), known);
                let message = format!("there is no subject `{}`{meant}", word.get_ref());
                errors.push(self.source.error(word.span(), message));
                None
            }
        }
    }

    fn facts(
        &self,
        over: Option<SubjectKind>,
        errors: &mut Vec<CatalogueError>,
    ) -> Option<Vec<&FactKind>> {
        let before = errors.len();
        let needs = &self.raw.needs;
        if needs.get_ref().is_empty() {
            let message = "`needs` names the kinds of fact that the check reads";
            errors.push(self.source.error(needs.span(), message));
        }
        let mut facts: Vec<&FactKind> = Vec::new();
        for name in needs.get_ref() {
            let Some(kind) = self.kinds.iter().find(|kind| kind.name == name) else {
                let meant = did_you_mean(name, self.kinds.iter().map(|kind| kind.name));
                let message = format!("there is no kind of fact `{name}`{meant}");
                errors.push(self.source.error(needs.span(), message));
                continue;
            };
            if over.is_some_and(|over| over != kind.subject) {
                let message = format!("`{name}` is about a {}", kind.subject);
                errors.push(self.source.error(needs.span(), message));
            }
            if facts.iter().any(|known| known.name == name) {
                let message = format!("`{name}` is named twice");
                errors.push(self.source.error(needs.span(), message));
            }
            facts.push(kind);
        }
        (errors.len() == before).then_some(facts)
    }

    /// Every opt-out names something that the condition names, and every fact needed is named.
    fn opt_outs(&self, pass: &Condition, names: &Names<'_>, errors: &mut Vec<CatalogueError>) {
        let loops = |path: &str| path.contains("[]");
        for path in self.raw.may_be_empty.keys().chain(self.raw.may_be_absent.keys()) {
            if !loops(path) && !pass.paths().iter().any(|named| named.text == *path) {
                let known = pass.paths().iter().map(|path| path.text.as_str());
                let meant = did_you_mean(path, known);
                let message = format!("the condition does not name {path}{meant}");
                errors.push(self.source.error(self.raw.id.span(), message));
            }
        }
        for kind in &names.facts {
            let is_named =
                pass.paths().iter().any(|path| path.text.split('.').next() == Some(kind.name));
            if !is_named {
                let message =
                    format!("the condition does not name `{}`, which it needs", kind.name);
                errors.push(self.source.error(self.raw.needs.span(), message));
            }
        }
    }

    fn because(&self, names: &Names<'_>, errors: &mut Vec<CatalogueError>) -> Wording {
        let span = self.raw.because.span();
        let mut because = Wording::default();
        for text in self.raw.because.get_ref().texts() {
            if let Err(error) = because.add(text, names) {
                errors.push(self.at(&span, "because", &error));
            }
        }
        because
    }

    /// How long a fact counts. What Closedset itself says of a control is true until it says something else.
    fn fresh_for(
        &self,
        over: Option<SubjectKind>,
        errors: &mut Vec<CatalogueError>,
    ) -> Option<Duration> {
        let (span, fresh_for) = match (&self.raw.fresh_for, over) {
            (None, Some(SubjectKind::Control)) => return None,
            (Some(text), Some(SubjectKind::Control)) => {
                let message =
                    "what is known of a control does not grow stale: leave `fresh_for` out";
                errors.push(self.source.error(text.span(), message));
                return None;
            }
            (Some(text), _) => (text.span(), duration(text.get_ref())),
            (None, _) => (self.raw.id.span(), None),
        };
        let fresh_for = fresh_for.filter(|span| span.millis() > 0);
        if fresh_for.is_none() {
            let message = "`fresh_for` is a span such as \"7d\" or \"12h\"";
            errors.push(self.source.error(span, message));
        }
        fresh_for
    }

    /// Reads `applies`, which sees what no device says of itself: the server-confirmed fact `device`, and of a
    /// control what Closedset counts.
    fn applies(
        &self,
        over: Option<SubjectKind>,
        errors: &mut Vec<CatalogueError>,
    ) -> Option<Applies> {
        let text = self.raw.applies.as_ref()?;
        let Some(otherwise) = self.raw.otherwise.clone() else {
            let message = "`applies` needs `otherwise`: why the check does not concern the others";
            errors.push(self.source.error(text.span(), message));
            return None;
        };
        let nothing = BTreeMap::new();
        let sees = |kind: &&FactKind| match over {
            Some(SubjectKind::Control) => {
                self.raw.needs.get_ref().first() == Some(&kind.name.to_owned())
            }
            _ => kind.name == Device::KIND,
        };
        let names = Names {
            facts: self.kinds.iter().filter(sees).collect(),
            limits: self.known.limits,
            may_be_empty: &nothing,
            may_be_absent: &nothing,
        };
        match Condition::compile(text.get_ref(), &names) {
            Ok(condition) => Some(Applies { condition, otherwise }),
            Err(error) => {
                errors.push(self.at(&text.span(), "applies", &error));
                None
            }
        }
    }

    fn at(&self, span: &Range<usize>, what: &str, error: &LanguageError) -> CatalogueError {
        let id = self.raw.id.get_ref();
        let message = format!("{what} of {id}: {error}");
        self.source.error(self.source.inside(span, error.at), message)
    }
}
