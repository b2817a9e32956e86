//! From the application's control to the page, and a document given on it.

use super::{
    control::{
        AskForm, AttestationForm, CheckBlock, ControlPage, DocumentForm, EvidenceRow, HistoryRow,
        SubjectRow,
    },
    exception,
    overview_handler::{href, title_case},
};
use crate::{
    Area,
    audits::{cover, last_day, line, upload},
    components::{Command, DigestText, Field, Past, Prose, Status, Verb},
    devices::{asks_of_screen, is_news},
    serve::{
        AsOfQuery, Done, Form, Looker, Multipart, PageProblem, Path, Query, ago, date, day, done,
        go, lasting, moment, refused, show, show_present, status,
    },
};
use axum::{extract::State, http::Uri, response::Response};
use closedset_app::{
    App, FieldProblem,
    board::{self, CheckDetail, ControlDetail},
};
use closedset_catalogue::{Catalogue, EvidenceRole, Framework};
use closedset_core::{Action, SubjectKind, Time};
use closedset_store::{devices::DeviceRow, verdicts::VerdictRow};
use std::collections::BTreeMap;

pub(crate) async fn control(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    Query(query): Query<AsOfQuery>,
) -> Result<Response, PageProblem> {
    if app.catalogue().control(&id).is_none()
        && let Some(meant) = spelled_otherwise(&app, &id)
    {
        return Ok(go(&format!("/controls/{meant}")));
    }
    let (at, past) = query.past(&looker);
    let Some(at) = at else {
        let mut page = view(&app, &looker, &id, Forms::default()).await?;
        page.past = past;
        return Ok(show_present(&page, &page.past));
    };
    let detail = board::control_detail_as_of(&app, &looker.caller, &id, at).await?;
    let mut page = page(&app, &looker, detail, at, Forms::default());
    for check in &mut page.checks {
        check.nobody = "Nothing had been recorded of this by then.";
    }
    for exception in &mut page.exceptions {
        (exception.may_approve, exception.may_withdraw) = (false, false);
    }
    (page.may_write, page.may_ask, page.may_withdraw) = (false, false, false);
    (page.to_do, page.past) = (None, past);
    Ok(show(&page))
}

/// The control that is meant by `is-7` or `IS7`.
fn spelled_otherwise<'a>(app: &'a App, id: &str) -> Option<&'a str> {
    let plain = |text: &str| text.replace(['-', ' '], "").to_ascii_lowercase();
    let controls = app.catalogue().frameworks().iter().flat_map(|framework| &framework.controls);
    controls.map(|control| control.id.as_str()).find(|known| plain(known) == plain(id))
}

/// What was entered and what is wrong with it.
#[derive(Default)]
pub(super) struct Forms {
    pub(super) document: DocumentForm,
    pub(super) attestation: AttestationForm,
    pub(super) ask: AskForm,
}

pub(super) fn field(form: &Form, problems: &[FieldProblem], name: &str) -> Field {
    Field {
        value: form.text(name).to_owned(),
        error: problems
            .iter()
            .find(|problem| problem.field == name)
            .map(|problem| problem.message.clone()),
    }
}

pub(super) async fn view(
    app: &App,
    looker: &Looker,
    id: &str,
    forms: Forms,
) -> Result<ControlPage, PageProblem> {
    let detail = board::control_detail(app, &looker.caller, id).await?;
    Ok(page(app, looker, detail, looker.present, forms))
}

/// The control as it stands at `now`.
fn page(app: &App, looker: &Looker, detail: ControlDetail, now: Time, forms: Forms) -> ControlPage {
    let framework = app.catalogue().framework(&detail.control.framework);
    let (previous, next) = neighbours(framework, &detail.control.id);
    let today = date(looker.present, &looker.zone).to_string();
    let names = detail.devices.iter();
    let names = names.map(|(subject, row)| (subject.clone(), row.name.clone())).collect();
    ControlPage {
        board: if detail.is_answered {
            format!("/board?framework={}", detail.control.framework)
        } else {
            "/board".to_owned()
        },
        is_answered: detail.is_answered,
        previous,
        next,
        shell: looker.shell(Area::Board),
        verb: match detail.control.verb {
            closedset_catalogue::Verb::Must => Verb::Must,
            closedset_catalogue::Verb::Should => Verb::Should,
            closedset_catalogue::Verb::WherePossible => Verb::WherePossible,
        },
        status: status(detail.status.status),
        because: detail.status.because.clone(),
        to_do: detail.status.to_do.as_deref().map(title_case),
        to_do_href: to_do_href(&detail),
        requirement: Prose::from_markdown(&detail.control.requirement),
        why: Prose::from_markdown(&detail.control.why),
        meet: detail.control.meet.iter().map(|step| Prose::from_markdown(step)).collect(),
        tested: Prose::from_markdown(&detail.control.tested),
        assessor: detail.control.assessor.iter().map(|thing| Prose::from_markdown(thing)).collect(),
        checks: detail
            .checks
            .iter()
            .map(|check| check_block(&detail, check, looker, now))
            .collect(),
        evidence_counts: match detail.control.evidence {
            EvidenceRole::Instead => {
                "Documents and attestations count where nothing measures this by itself; where something does, they stand beside it."
            }
            EvidenceRole::Also => {
                "What is measured covers only a part of this control, so documents or attestations are needed as well."
            }
        },
        evidence_hint: detail.control.evidence_hint.clone(),
        evidence: evidence(&detail, now, &looker.zone),
        document: forms.document,
        attestation: forms.attestation,
        exceptions: detail.exceptions.iter().map(|row| line(looker, row, &names, now)).collect(),
        choices: exception::choices(&detail),
        ask: forms.ask,
        history: history(&looker.catalogue, &detail, &looker.zone),
        framework: framework
            .map(|framework| format!("{}, {}", framework.title, framework.version))
            .unwrap_or_default(),
        retrieved: framework.map(|framework| framework.retrieved.to_string()).unwrap_or_default(),
        may_withdraw: looker.caller.may(Action::EvidenceWrite),
        may_write: detail.is_answered && looker.caller.may(Action::EvidenceWrite),
        may_ask: (detail.is_answered || detail.checks.iter().any(|of| of.check.is_own))
            && looker.caller.may(Action::EvidenceWrite),
        area: title_case(detail.control.area.as_str()),
        id: detail.control.id,
        title: detail.control.title,
        past: Past { today, ..Past::default() },
    }
}

/// Where the next thing is done: at the first computer that does not pass, or where evidence is
/// given; where one must say whether there is a screen, at that question.
fn to_do_href(detail: &ControlDetail) -> Option<String> {
    let is_open =
        |status| matches!(status, closedset_core::Status::Fail | closedset_core::Status::Unknown);
    let decides = |check: &&CheckDetail| detail.status.deciding.contains(&check.check.id);
    let check = detail.checks.iter().find(decides)?;
    if check.check.is_evidence {
        return Some("#give".into());
    }
    if check.check.over == SubjectKind::Control {
        return Some(REGISTER.to_owned());
    }
    let row = check.verdicts.iter().find(|row| is_open(row.status));
    let Some(row) = row.filter(|row| row.subject.kind == SubjectKind::Device) else {
        return Some("/devices#enrol".into()).filter(|_| check.verdicts.is_empty());
    };
    let is_asked =
        row.status == closedset_core::Status::Unknown && asks_of_screen(Some(&check.check));
    Some(format!("{}{}", href(&row.subject), if is_asked { "#confirm" } else { "" }))
}

/// Where it stands who is counted, and who has not signed.
const REGISTER: &str = "/agreements";

/// The ids of the controls before and after one, in the framework's order.
fn neighbours(framework: Option<&Framework>, id: &str) -> (Option<String>, Option<String>) {
    let controls = framework.map(|framework| framework.controls.as_slice()).unwrap_or_default();
    let Some(place) = controls.iter().position(|control| control.id == id) else {
        return (None, None);
    };
    let at = |place: usize| controls.get(place).map(|control| control.id.clone());
    (place.checked_sub(1).and_then(at), at(place + 1))
}

fn check_block(
    control: &ControlDetail,
    detail: &CheckDetail,
    looker: &Looker,
    now: Time,
) -> CheckBlock {
    let check = &detail.check;
    let covering = |row: &VerdictRow| {
        let excepted = row.excepted?;
        let exception = control.exceptions.iter().find(|one| one.id == excepted.exception)?;
        Some(cover(exception, &looker.zone))
    };
    let rows = detail
        .verdicts
        .iter()
        .map(|row| SubjectRow {
            name: detail.names.get(&row.subject).cloned().unwrap_or_else(|| {
                match (check.is_evidence, check.over) {
                    (true, _) => "Documents and attestations".to_owned(),
                    (_, SubjectKind::Control) => "The register of people".to_owned(),
                    _ => row.subject.id.clone(),
                }
            }),
            href: match (check.is_evidence, check.over) {
                (true, _) => String::new(),
                (_, SubjectKind::Control) if looker.caller.may(Action::PeopleRead) => {
                    REGISTER.to_owned()
                }
                (_, SubjectKind::Control) => String::new(),
                _ => href(&row.subject),
            },
            status: status(row.status),
            because: row.because.clone(),
            cover: covering(row),
            fix: detail.fixes.get(&row.subject).map(|fix| Command::new(fix.trim())),
            may_have_no_screen: row.status == closedset_core::Status::Unknown
                && row.subject.kind == SubjectKind::Device
                && asks_of_screen(Some(check)),
            since: lasting(ago(row.began_at, now)),
            entry: row.entry,
        })
        .collect();
    let counts = detail.counts.iter().map(|(of, count)| (status(*of), *count)).collect();
    CheckBlock {
        title: check.title.clone(),
        condition_words: check.condition_words(),
        condition: check.condition().to_owned(),
        wanted: check.wanted.clone(),
        fresh_for: check.fresh_for.map(closedset_core::Duration::words),
        is_beyond: check.is_beyond,
        is_own: check.is_own,
        counts: Vec::new(),
        subjects: Vec::new(),
        folded: Vec::new(),
        unlisted: 0,
        nobody: if check.is_evidence {
            "No evidence was given yet."
        } else if check.over == SubjectKind::Control {
            "Nothing is counted yet."
        } else {
            "No computer answers this yet. Enrol one on the devices page."
        },
    }
    .with_rows(rows, counts)
}

fn evidence(detail: &ControlDetail, now: Time, zone: &str) -> Vec<EvidenceRow> {
    let state = |withdrawn: bool, from: Time, to: Time| match (withdrawn, from <= now, now < to) {
        (true, ..) => ("withdrawn", Status::NotApplicable),
        (_, false, _) => ("not yet", Status::Unknown),
        (_, _, false) => ("expired", Status::Unknown),
        (false, true, true) => ("in force", Status::Pass),
    };
    let mut rows = Vec::new();
    for document in &detail.documents {
        let newest = &document.newest;
        let is_withdrawn = document.withdrawn_at.is_some();
        let (state, status) = state(is_withdrawn, newest.valid_from, newest.valid_to);
        rows.push(EvidenceRow {
            form: "Document",
            title: document.title.clone(),
            href: format!("/documents/{}", document.id),
            state,
            status,
            by: newest.uploaded_by.clone(),
            from: day(newest.valid_from, zone),
            to: last_day(newest.valid_to, zone),
            digest: DigestText::new(newest.digest.to_string()),
            entry: newest.entry,
            withdrawn_entry: document.withdrawn_entry,
            withdraw: if is_withdrawn {
                String::new()
            } else {
                format!("/documents/{}/withdraw", document.id)
            },
        });
    }
    for attestation in &detail.attestations {
        let is_withdrawn = attestation.withdrawn_at.is_some();
        let (state, status) = state(is_withdrawn, attestation.valid_from, attestation.valid_to);
        rows.push(EvidenceRow {
            form: "Attestation",
            title: attestation.statement.clone(),
            href: String::new(),
            state,
            status,
            by: attestation.signed_by.clone(),
            from: day(attestation.valid_from, zone),
            to: last_day(attestation.valid_to, zone),
            digest: DigestText::new(attestation.digest.to_string()),
            entry: attestation.entry,
            withdrawn_entry: attestation.withdrawn_entry,
            withdraw: if is_withdrawn {
                String::new()
            } else {
                format!(
                    "/controls/{}/attestations/{}/withdraw",
                    attestation.control, attestation.id
                )
            },
        });
    }
    rows
}

fn history(catalogue: &Catalogue, detail: &ControlDetail, zone: &str) -> Vec<HistoryRow> {
    let mut before: BTreeMap<(&str, String), &VerdictRow> = BTreeMap::new();
    let mut turns: Vec<&VerdictRow> = detail.history.iter().collect();
    // Of those of one instant, in the order in which they were recorded.
    turns.sort_by_key(|row| (row.began_at, row.entry));
    let mut rows: Vec<HistoryRow> = turns
        .into_iter()
        .filter(|row| {
            let was = before.insert((&row.check, row.subject.to_string()), row);
            // A number that changed is told where it stands now.
            let is_count = catalogue
                .check(&row.check)
                .is_some_and(|check| check.over == SubjectKind::Control && !check.is_evidence);
            is_news(row, was) && !(is_count && was.is_some_and(|was| was.status == row.status))
        })
        .map(|row| {
            let device = detail.devices.get(&row.subject);
            let title = catalogue
                .check(&row.check)
                .map_or(row.check.as_str(), |check| check.title.as_str());
            HistoryRow {
                when: moment(row.began_at, zone),
                what: device.map_or_else(|| title.to_owned(), |device| on_device(title, device)),
                status: status(row.status),
                because: row.because.clone(),
                entry: row.entry,
            }
        })
        .collect();
    rows.reverse();
    rows
}

/// A check on a device, which may have been revoked since.
fn on_device(title: &str, device: &DeviceRow) -> String {
    let revoked = if device.revoked_at.is_some() { " (revoked)" } else { "" };
    format!("{title} on {}{revoked}", device.name)
}

/// Takes a document given on the control's page.
pub(crate) async fn document(
    State(app): State<App>,
    looker: Result<Looker, PageProblem>,
    Path(id): Path<String>,
    uri: Uri,
    Multipart(multipart): Multipart,
) -> Result<Response, PageProblem> {
    let looker = match looker {
        Ok(looker) => looker,
        Err(problem) => return Ok(upload::lost(problem, &uri, multipart).await),
    };
    match upload::receive(&app, &looker, multipart, Some(id.clone()), None, &uri).await? {
        Ok(_) => Ok(done(&format!("/controls/{id}"), Done::Uploaded)),
        Err(upload::Refused { form, problems }) => {
            let document = DocumentForm {
                title: field(&form, &problems, "title"),
                valid_from: field(&form, &problems, "valid_from"),
                valid_to: field(&form, &problems, "valid_to"),
                file: field(&form, &problems, "file"),
            };
            Ok(refused(&view(&app, &looker, &id, Forms { document, ..Forms::default() }).await?))
        }
    }
}
