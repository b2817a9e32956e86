//! A file on its way in: a form's parts, read one after the other.
//!
//! The form's token comes first and is checked before anything else is read; the fields that
//! speak of the file follow, and the file itself is last. It is handed on a few pieces at a time,
//! and no more is taken from the browser than can be written. How long nothing may come is the server's
//! to say.

use crate::serve::{Drawn, Form, Looker, Loss, Lost, PageProblem, date_end, date_start};
use axum::{
    extract::multipart::{Field, Multipart, MultipartError},
    http::Uri,
    response::{IntoResponse, Response},
};
use closedset_app::{
    App, FieldProblem, Problem,
    audits::{self, Report},
    evidence::{self, NewDocument, Pieces},
};
use closedset_core::id::{Audit, Document, Id};
use std::collections::BTreeMap;

/// The most bytes of any field but the file.
const FIELD_LIMIT: usize = 4 << 10;
/// The most fields before the file.
const FIELDS_LIMIT: usize = 16;
/// The largest list, in bytes: 20 MB.
pub(crate) const LIST_LIMIT: usize = 20 << 20;
/// How much of a refused file is still read, so that the browser comes to read the answer.
pub(crate) const DRAIN_LIMIT: usize = 64 << 20;
/// The same where nobody is signed in.
const STRANGERS_DRAIN_LIMIT: usize = 4 << 20;

/// What was entered, and what of it cannot be taken.
#[derive(Debug)]
pub(crate) struct Refused {
    /// What was entered.
    pub(crate) form: Form,
    /// What is wrong with it.
    pub(crate) problems: Vec<FieldProblem>,
}

/// Takes a document, or a version of the one it replaces, from a form with the fields `csrf`,
/// `title`, `valid_from`, `valid_to` (days of the facility's, both included) and last `file`.
pub(crate) async fn receive(
    app: &App,
    looker: &Looker,
    multipart: Multipart,
    control: Option<String>,
    replaces: Option<Id<Document>>,
    uri: &Uri,
) -> Result<Result<Id<Document>, Refused>, PageProblem> {
    let taken = take(app, looker, multipart, &Target::Document(control, replaces), uri).await?;
    Ok(match taken {
        Ok(Some(id)) => Ok(id),
        Ok(None) => return Err(Problem::Fault("a document was taken and has no id".into()).into()),
        Err(refused) => Err(refused),
    })
}

/// Takes the report of an audit from a form with the fields `csrf` and last `file`.
pub(crate) async fn receive_report(
    app: &App,
    looker: &Looker,
    multipart: Multipart,
    audit: Id<Audit>,
    uri: &Uri,
) -> Result<Result<(), Refused>, PageProblem> {
    let taken = take(app, looker, multipart, &Target::Report(audit), uri).await?;
    Ok(taken.map(|_| ()))
}

/// What a file is to become.
enum Target {
    /// A document for this control, or a version of this one.
    Document(Option<String>, Option<Id<Document>>),
    /// The report of this audit.
    Report(Id<Audit>),
}

async fn take(
    app: &App,
    looker: &Looker,
    mut multipart: Multipart,
    target: &Target,
    uri: &Uri,
) -> Result<Result<Option<Id<Document>>, Refused>, PageProblem> {
    let mut form: Option<Form> = None;
    let mut fields = BTreeMap::new();
    for _ in 0..FIELDS_LIMIT {
        let Some(field) = next(&mut multipart).await? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "csrf" {
            let token = text(field).await?;
            if let Some(loss) = drawn_elsewhere(app, looker, &token).await? {
                return Err(keep(loss, uri, multipart, DRAIN_LIMIT).await);
            }
            fields.insert(name, token);
            form = Some(Form::of(fields.clone(), &looker.visitor)?);
            continue;
        }
        if form.is_none() {
            return Err(PageProblem::FormToken);
        }
        if name != "file" {
            fields.insert(name, text(field).await?);
            continue;
        }
        let form = Form::of(fields, &looker.visitor)?;
        let taken = match target {
            Target::Document(control, replaces) => {
                document(app, looker, &form, control.clone(), *replaces, field).await.map(Some)
            }
            Target::Report(audit) => report(app, looker, *audit, field).await.map(|()| None),
        };
        return match taken {
            Ok(id) => Ok(Ok(id)),
            Err(Problem::Invalid(problems)) => {
                Ok(Err(Refused { form, problems: and_the_file(problems) }))
            }
            Err(problem) => Err(problem.into()),
        };
    }
    if form.is_none() {
        return Err(PageProblem::FormToken);
    }
    let form = Form::of(fields, &looker.visitor)?;
    let problems = vec![FieldProblem { field: "file", message: "Choose a file.".into() }];
    Ok(Err(Refused { form, problems }))
}

/// Reads a form whose last field, `file`, is held whole: its name, and its bytes, none where no file was chosen. One byte
/// more than `limit` says that it is too large.
pub(crate) async fn receive_whole(
    app: &App,
    looker: &Looker,
    mut multipart: Multipart,
    (limit, uri): (usize, &Uri),
) -> Result<(Form, (String, Vec<u8>)), PageProblem> {
    let (mut is_ours, mut fields, mut file) = (false, BTreeMap::new(), Default::default());
    for _ in 0..FIELDS_LIMIT {
        let Some(mut field) = next(&mut multipart).await? else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "csrf" {
            let token = text(field).await?;
            if let Some(loss) = drawn_elsewhere(app, looker, &token).await? {
                return Err(keep(loss, uri, multipart, DRAIN_LIMIT).await);
            }
            fields.insert(name, token);
            Form::of(fields.clone(), &looker.visitor)?;
            is_ours = true;
            continue;
        }
        if !is_ours {
            return Err(PageProblem::FormToken);
        }
        if name != "file" {
            fields.insert(name, text(field).await?);
            continue;
        }
        let called = field.file_name().unwrap_or_default().to_owned();
        let (mut bytes, mut length) = (Vec::new(), 0);
        while let Some(piece) = field.chunk().await.map_err(|error| unreadable(&error))? {
            length += piece.len();
            let left = (limit + 1).saturating_sub(bytes.len());
            bytes.extend_from_slice(piece.get(..left).unwrap_or(&piece));
            // What is too large is read on for a while, so that the browser comes to read the answer.
            if length > DRAIN_LIMIT {
                break;
            }
        }
        file = (called, bytes);
        break;
    }
    if !is_ours {
        return Err(PageProblem::FormToken);
    }
    Ok((Form::of(fields, &looker.visitor)?, file))
}

/// Says also that the file is to be chosen again, where nothing is wrong with it.
fn and_the_file(mut problems: Vec<FieldProblem>) -> Vec<FieldProblem> {
    if problems.iter().all(|problem| problem.field != "file") {
        let message = "Choose the file again; browsers do not keep it.".into();
        problems.push(FieldProblem { field: "file", message });
    }
    problems
}

/// Why a form with this token is not carried out where its browser looks now, if it was drawn elsewhere.
pub(crate) async fn drawn_elsewhere(
    app: &App,
    looker: &Looker,
    token: &str,
) -> Result<Option<Loss>, PageProblem> {
    match looker.visitor.drawn(token) {
        Drawn::Elsewhere(from) => Ok(Some(Loss::Moved(looker.visitor.moved(app, from).await?))),
        Drawn::Here | Drawn::Unknown => Ok(None),
    }
}

/// Answers a form for which nobody is signed in any more, with what was typed in it.
pub(crate) async fn lost(problem: PageProblem, uri: &Uri, multipart: Multipart) -> Response {
    if !matches!(&problem, PageProblem::Elsewhere { path, .. } if path == "/sign-in") {
        return problem.into_response();
    }
    keep(Loss::SignedOut, uri, multipart, STRANGERS_DRAIN_LIMIT).await.into_response()
}

/// What is said of a form that is not carried out, with what was typed in it.
pub(crate) async fn keep(
    loss: Loss,
    uri: &Uri,
    mut multipart: Multipart,
    drain_limit: usize,
) -> PageProblem {
    let mut fields = Vec::new();
    for _ in 0..FIELDS_LIMIT {
        let Ok(Some(mut field)) = next(&mut multipart).await else { break };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" || name == "report" {
            fields.push((name, field.file_name().unwrap_or_default().to_owned()));
            drain(&mut field, drain_limit).await;
            break;
        }
        match text(field).await {
            Ok(value) => fields.push((name, value)),
            Err(problem) => return problem.into(),
        }
    }
    PageProblem::FormLost(Box::new(Lost { loss, uri: uri.clone(), fields }))
}

async fn document(
    app: &App,
    looker: &Looker,
    form: &Form,
    control: Option<String>,
    replaces: Option<Id<Document>>,
    mut file: Field<'_>,
) -> Result<Id<Document>, Problem> {
    let new = match new_document(looker, form, control, replaces, &file) {
        Ok(new) => new,
        Err(problems) => {
            drain(&mut file, DRAIN_LIMIT).await;
            return Err(Problem::Invalid(problems));
        }
    };
    let (pieces, chunks) = evidence::pieces();
    let adding = evidence::document_add(app, &looker.caller, new, chunks);
    tokio::pin!(adding);
    let outcome = tokio::select! {
        biased;
        refused = &mut adding => refused,
        () = hand_on(&mut file, pieces) => adding.await,
    };
    if matches!(outcome, Err(Problem::Invalid(_))) {
        drain(&mut file, DRAIN_LIMIT).await;
    }
    outcome
}

async fn report(
    app: &App,
    looker: &Looker,
    audit: Id<Audit>,
    mut file: Field<'_>,
) -> Result<(), Problem> {
    let file_name = file.file_name().unwrap_or_default().to_owned();
    if file_name.is_empty() {
        drain(&mut file, DRAIN_LIMIT).await;
        return Err(Problem::field("file", "Choose a file."));
    }
    let media_type = file.content_type().unwrap_or_default().to_owned();
    let (sender, pieces) = evidence::pieces();
    let new = Report { file_name, media_type, pieces };
    let giving = audits::audit_report(app, &looker.caller, audit, new);
    tokio::pin!(giving);
    let outcome = tokio::select! {
        biased;
        refused = &mut giving => refused,
        () = hand_on(&mut file, sender) => giving.await,
    };
    if matches!(outcome, Err(Problem::Invalid(_))) {
        drain(&mut file, DRAIN_LIMIT).await;
    }
    outcome
}

fn new_document(
    looker: &Looker,
    form: &Form,
    control: Option<String>,
    replaces: Option<Id<Document>>,
    file: &Field<'_>,
) -> Result<NewDocument, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut wrong = |field, message: &str| {
        problems.push(FieldProblem { field, message: message.to_owned() });
    };
    let typed_from = form.text("valid_from").trim();
    let valid_from = date_start(typed_from, &looker.zone);
    if valid_from.is_none() && !typed_from.is_empty() {
        wrong("valid_from", "Enter the first day, such as 2026-03-12, or leave it empty.");
    }
    let valid_to = date_end(form.text("valid_to"), &looker.zone);
    if valid_to.is_none() {
        wrong("valid_to", "Enter the last day on which this counts, such as 2027-03-12.");
    }
    let file_name = file.file_name().unwrap_or_default();
    if file_name.is_empty() {
        wrong("file", "Choose a file.");
    }
    match valid_to {
        Some(valid_to) if problems.is_empty() => Ok(NewDocument {
            replaces,
            control: control.unwrap_or_default(),
            title: form.text("title").to_owned(),
            file_name: file_name.to_owned(),
            media_type: file.content_type().unwrap_or_default().to_owned(),
            valid_from,
            valid_to,
        }),
        _ => Err(problems),
    }
}

fn unreadable(error: &MultipartError) -> Problem {
    tracing::info!(%error, "a form could not be read");
    Problem::field("form", "The form could not be read; load the page again and send it once more.")
}

async fn next(multipart: &mut Multipart) -> Result<Option<Field<'_>>, Problem> {
    multipart.next_field().await.map_err(|error| unreadable(&error))
}

/// A field of text, bounded.
async fn text(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    loop {
        let chunk = field.chunk().await.map_err(|error| unreadable(&error))?;
        let Some(chunk) = chunk else { break };
        if bytes.len() + chunk.len() > FIELD_LIMIT {
            return Err(Problem::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes)
        .map_err(|_| Problem::field("form", "The form holds text that is not UTF-8."))
}

/// Reads on and forgets, up to a limit.
async fn drain(file: &mut Field<'_>, limit: usize) {
    let mut read = 0;
    while read < limit {
        let Ok(Some(chunk)) = file.chunk().await else { return };
        read += chunk.len();
    }
}

async fn hand_on(file: &mut Field<'_>, pieces: Pieces) {
    loop {
        match file.chunk().await {
            Ok(Some(chunk)) => {
                if !pieces.send(chunk.into()).await {
                    return;
                }
            }
            Ok(None) => return pieces.end(),
            Err(error) => return pieces.break_off(error.to_string()),
        }
    }
}
