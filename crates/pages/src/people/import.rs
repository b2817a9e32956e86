//! Bringing a list of people: the form, what would become of each row, and what was written.

use crate::{
    Area, Shell,
    audits::upload::{LIST_LIMIT, lost, receive_whole},
    components::{Choice, DigestText, Field, TimeText},
    serve::{
        Done, Form, Looker, Multipart, PageProblem, Path, ago, count, done, file, go, refused, show,
    },
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use closedset_app::{
    App, Problem,
    people::{self, Fate, IMPORT_ROWS, ImportCounts, ImportPreview},
};
use closedset_core::{
    Action,
    id::{Id, Import},
};

/// The form that takes a list.
#[derive(Debug, Clone, Template)]
#[template(path = "people/import.html")]
pub struct ImportPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The file.
    pub file: Field,
    /// Lists that are held: the id as the value, the file's name as the words.
    pub held: Vec<(Choice, TimeText)>,
    /// Whether this person may put people on titles.
    pub may_assign: bool,
}

/// What would become of a list, or became of it.
#[derive(Debug, Clone, Template)]
#[template(path = "people/import_one.html")]
pub struct ImportShown {
    /// The frame around the page.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// The file's name.
    pub file_name: String,
    /// The file's digest.
    pub digest: DigestText,
    /// The sheet that was read, of a workbook.
    pub sheet: Option<String>,
    /// The heads that are read.
    pub read: String,
    /// The heads that are not; empty if there are none.
    pub unread: String,
    /// What the rows come to now.
    pub counts: ImportFigures,
    /// What was written, and whether that was other than shown before.
    pub written: Option<(ImportFigures, bool)>,
    /// The rows that are shown.
    pub rows: Vec<ImportLine>,
    /// How many more there are.
    pub more: Option<String>,
    /// There is something to write.
    pub adds: bool,
    /// What tells this outcome from another.
    pub mark: String,
}

/// Counts as a page shows them.
#[derive(Debug, Clone, Default)]
pub struct ImportFigures {
    /// Rows that say something.
    pub rows: String,
    /// Rows that are refused; empty if none is.
    pub refused: String,
    /// Rows of which all is known.
    pub known: String,
    /// People who are entered.
    pub people: String,
    /// Engagements that are added.
    pub engagements: String,
    /// Assignments that are added.
    pub assignments: String,
}

/// A row.
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// Its number in the spreadsheet.
    pub number: u32,
    /// Whom it names.
    pub name: String,
    /// What becomes of it, in words.
    pub fate: &'static str,
    /// It is refused.
    pub is_refused: bool,
    /// Cells, each with what is wrong with it.
    pub problems: Vec<(String, String)>,
}

fn import_id(text: &str) -> Result<Id<Import>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("list"))
}

/// The form.
pub(super) async fn form(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, Field::default()).await?))
}

async fn page(app: &App, looker: &Looker, file: Field) -> Result<ImportPage, PageProblem> {
    let held = people::import_list(app, &looker.caller).await?;
    let line = |row: &closedset_store::imports::ImportRow| {
        (
            Choice::new(row.id.to_string(), row.file_name.clone()),
            ago(row.created_at, looker.present),
        )
    };
    Ok(ImportPage {
        shell: looker.shell(Area::People),
        file,
        held: held.iter().map(line).collect(),
        may_assign: looker.caller.may(Action::TitleWrite),
    })
}

/// An empty list with the heads that are read.
pub(super) async fn template(looker: Looker) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleWrite)?;
    Ok(file("people.csv", "text/csv; charset=utf-8", people::import_template()))
}

/// Takes a list.
pub(super) async fn bring(
    State(app): State<App>,
    looker: Result<Looker, PageProblem>,
    uri: Uri,
    Multipart(form): Multipart,
) -> Result<Response, PageProblem> {
    let looker = match looker {
        Ok(looker) => looker,
        Err(problem) => return Ok(lost(problem, &uri, form).await),
    };
    looker.caller.require(Action::PeopleWrite)?;
    let (_, (name, bytes)) = receive_whole(&app, &looker, form, (LIST_LIMIT, &uri)).await?;
    let held = people::import_hold(&app, &looker.caller, &name, bytes).await;
    match held {
        Ok(id) => Ok(go(&format!("/people/import/{id}"))),
        Err(Problem::Invalid(problems)) => {
            let said = problems.into_iter().next().map(|problem| problem.message);
            let field = Field::default().with_error(said.unwrap_or_default());
            Ok(refused(&page(&app, &looker, field).await?))
        }
        Err(other) => Err(other.into()),
    }
}

/// What would become of a list.
pub(super) async fn one(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let preview = people::import_preview(&app, &looker.caller, import_id(&id)?).await?;
    Ok(show(&shown(&looker, preview)))
}

/// Writes it.
pub(super) async fn write(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = import_id(&id)?;
    people::import_write(&app, &looker.caller, id, form.text("shown")).await?;
    Ok(done(&format!("/people/import/{id}"), Done::Saved))
}

fn shown(looker: &Looker, preview: ImportPreview) -> ImportShown {
    let counts = preview.counts;
    let line = |row: people::JudgedRow| ImportLine {
        number: row.number,
        name: row.name,
        fate: fate_words(row.fate),
        is_refused: row.fate == Fate::Refused,
        problems: row.problems.into_iter().map(|one| (one.cell, one.message)).collect(),
    };
    ImportShown {
        shell: looker.shell(Area::People),
        id: preview.import.id.to_string(),
        file_name: preview.import.file_name,
        digest: DigestText::new(preview.import.digest.to_string()),
        sheet: preview.sheet,
        read: preview.read.join(", "),
        unread: preview.unread.join(", "),
        counts: figures(counts),
        written: preview.written.map(|written| (figures(written.counts), written.is_other)),
        more: (counts.rows > IMPORT_ROWS).then(|| many(counts.rows - IMPORT_ROWS)),
        rows: preview.rows.into_iter().map(line).collect(),
        adds: counts.people + counts.engagements + counts.assignments > 0,
        mark: preview.mark,
    }
}

fn many(number: usize) -> String {
    count(i64::try_from(number).unwrap_or(i64::MAX))
}

fn figures(counts: ImportCounts) -> ImportFigures {
    ImportFigures {
        rows: many(counts.rows),
        refused: if counts.refused == 0 { String::new() } else { many(counts.refused) },
        known: many(counts.known),
        people: many(counts.people),
        engagements: many(counts.engagements),
        assignments: many(counts.assignments),
    }
}

const fn fate_words(fate: Fate) -> &'static str {
    match fate {
        Fate::Refused => "refused",
        Fate::NewPerson => "somebody new",
        Fate::NewWork => "more work of somebody known",
        Fate::Known => "known, nothing new",
    }
}
