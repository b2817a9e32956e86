//! Reads frameworks and their controls.

use super::{LIST_LIMIT, RawFile, Source, id, twice};
use crate::check::Check;
use crate::error::CatalogueError;
use crate::framework::{Area, Contacts, Control, EvidenceRole, Framework, Verb};
use crate::suggest::did_you_mean;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFramework {
    id: String,
    title: String,
    owner: String,
    version: String,
    retrieved: Datetime,
    source: String,
    refers_to: Option<String>,
    #[serde(default)]
    contacts: RawContacts,
}

impl RawFramework {
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawContacts {
    incidents: Option<String>,
    guidance: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawControl {
    id: Spanned<String>,
    area: Spanned<String>,
    verb: Spanned<String>,
    title: String,
    requirement: String,
    why: String,
    meet: Vec<String>,
    tested: String,
    assessor: Vec<String>,
    evidence: Spanned<String>,
    evidence_hint: String,
    #[serde(default)]
    none_allowed: bool,
    technical: Option<bool>,
    #[serde(default)]
    proved_by: Vec<Spanned<String>>,
}

/// A framework and what to say where one of its ids occurs twice.
pub(super) type Located = (Framework, Vec<CatalogueError>);

/// The framework of a file, if it has one.
pub(super) fn framework(
    source: &Source<'_>,
    raw: &RawFile,
    errors: &mut Vec<CatalogueError>,
) -> Option<Located> {
    let Some(head) = &raw.framework else {
        if let Some(control) = raw.control.first() {
            errors.push(source.error(control.span(), "a control needs a [framework] above it"));
        }
        return None;
    };
    let span = head.span();
    let head = head.get_ref();
    if let Err(message) = id(&head.id) {
        errors.push(source.error(span.clone(), format!("the framework's id {message}")));
    }
    let what = format!("the framework {}", head.id);
    source.texts(
        span.clone(),
        &what,
        &[
            ("title", &head.title),
            ("owner", &head.owner),
            ("version", &head.version),
            ("source", &head.source),
        ],
        errors,
    );
    let retrieved = match date(&head.retrieved) {
        Some(retrieved) => retrieved,
        None => {
            errors.push(source.error(span, "`retrieved` is a date such as 2026-03-12"));
            return None;
        }
    };
    if raw.control.len() > LIST_LIMIT {
        errors.push(source.error(0..0, format!("more than {LIST_LIMIT} controls")));
        return None;
    }
    let mut located = Vec::new();
    let mut controls = Vec::new();
    for raw_control in &raw.control {
        // A control whose checks are not in place yet proves itself by evidence alone.
        if let Some(control) = control(source, raw_control, &head.id, errors) {
            let message = format!("there is already a control {}", control.id);
            located.push(source.error(raw_control.get_ref().id.span(), message));
            controls.push(control);
        }
    }
    let framework = Framework {
        id: head.id.clone(),
        title: head.title.clone(),
        owner: head.owner.clone(),
        version: head.version.clone(),
        retrieved,
        source: head.source.trim().to_owned(),
        refers_to: head.refers_to.as_deref().map(|text| text.trim().to_owned()),
        contacts: Contacts {
            incidents: head.contacts.incidents.clone(),
            guidance: head.contacts.guidance.clone(),
        },
        controls,
        is_own: false,
    };
    Some((framework, located))
}

fn control(
    source: &Source<'_>,
    raw: &Spanned<RawControl>,
    framework: &str,
    errors: &mut Vec<CatalogueError>,
) -> Option<Control> {
    let span = raw.span();
    let raw = raw.get_ref();
    if let Err(message) = id(raw.id.get_ref()) {
        errors.push(source.error(raw.id.span(), format!("a control's id {message}")));
    }
    let what = raw.id.get_ref().as_str();
    let lists = raw.meet.iter().chain(&raw.assessor);
    let mut texts = vec![
        ("title", raw.title.as_str()),
        ("requirement", &raw.requirement),
        ("why", &raw.why),
        ("tested", &raw.tested),
        ("evidence_hint", &raw.evidence_hint),
    ];
    texts.extend(lists.map(|text| ("meet or assessor", text.as_str())));
    source.texts(span, what, &texts, errors);
    let area = one_of(source, &raw.area, Area::ALL, Area::as_str, errors);
    let verb = one_of(source, &raw.verb, Verb::ALL, Verb::as_str, errors);
    let roles = EvidenceRole::ALL;
    let evidence = one_of(source, &raw.evidence, roles, EvidenceRole::as_str, errors);
    Some(Control {
        id: raw.id.get_ref().clone(),
        framework: framework.to_owned(),
        area: area?,
        verb: verb?,
        title: raw.title.clone(),
        requirement: raw.requirement.trim().to_owned(),
        why: raw.why.trim().to_owned(),
        meet: raw.meet.clone(),
        tested: raw.tested.trim().to_owned(),
        assessor: raw.assessor.clone(),
        evidence: evidence?,
        evidence_hint: raw.evidence_hint.clone(),
        none_allowed: raw.none_allowed,
        is_technical: raw.technical.unwrap_or(false),
        proved_by: raw.proved_by.iter().map(|id| id.get_ref().clone()).collect(),
    })
}

fn one_of<T: Copy>(
    source: &Source<'_>,
    word: &Spanned<String>,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
    errors: &mut Vec<CatalogueError>,
) -> Option<T> {
    let found = all.iter().copied().find(|one| as_str(*one) == word.get_ref());
    if found.is_none() {
        let meant = did_you_mean(word.get_ref(), all.iter().map(|one| as_str(*one)));
        let message = format!("`{}` is not known here{meant}", word.get_ref());
        errors.push(source.error(word.span(), message));
    }
    found
}

/// The date that a TOML date without a time is.
pub(super) fn date(datetime: &Datetime) -> Option<jiff::civil::Date> {
    if datetime.time.is_some() || datetime.offset.is_some() {
        return None;
    }
    let date = datetime.date?;
    jiff::civil::Date::new(
        i16::try_from(date.year).ok()?,
        i8::try_from(date.month).ok()?,
        i8::try_from(date.day).ok()?,
    )
    .ok()
}

/// Reports frameworks and controls that occur twice, in whatever files.
pub(super) fn unique(frameworks: &[Located], errors: &mut Vec<CatalogueError>) {
    let controls = frameworks.iter().flat_map(|(framework, located)| {
        let ids = framework.controls.iter().map(|control| control.id.as_str());
        ids.zip(located.iter().cloned())
    });
    twice(controls, errors);
    let mut seen = Vec::new();
    for (framework, located) in frameworks {
        if seen.contains(&&framework.id) {
            let file = located.first().map_or("", |error| &error.file).to_owned();
            errors.push(CatalogueError {
                file,
                line: 1,
                message: format!("there is already a framework {}", framework.id),
            });
        }
        seen.push(&framework.id);
    }
}

/// Proves that every control names checks that there are, each once and none of its own: those stand
/// beside it anyway.
pub(super) fn crosswalk(
    source: &Source<'_>,
    raw: &RawFile,
    checks: &[Check],
    errors: &mut Vec<CatalogueError>,
) {
    for control in raw.control.iter().map(Spanned::get_ref) {
        let mut named: Vec<&str> = Vec::new();
        for id in &control.proved_by {
            let mut wrong = |message: String| errors.push(source.error(id.span(), message));
            let name = id.get_ref().as_str();
            let nameable = || checks.iter().filter(|check| !check.is_evidence);
            match nameable().find(|check| check.id == name) {
                None => {
                    let meant = did_you_mean(name, nameable().map(|check| check.id.as_str()));
                    wrong(format!("there is no check {name}{meant}"));
                }
                Some(check) if check.control == *control.id.get_ref() => {
                    wrong(format!("{name} stands beside {} anyway", check.control));
                }
                Some(_) if named.contains(&name) => wrong(format!("{name} is named twice")),
                Some(_) => named.push(name),
            }
        }
    }
}
