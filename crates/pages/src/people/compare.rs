//! Lists held against the register: bringing one, saying what its columns are, and settling what the two do not agree on.

use crate::{
    Area, Shell,
    audits::upload::{LIST_LIMIT, lost, receive_whole},
    components::{Choice, DigestText, Field, TimeText},
    serve::{
        Done, Form, Looker, Multipart, PageProblem, Path, ago, count, done, go, refused, show,
    },
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    comparisons::{self, ComparisonShown, HeldLook, Says},
};
use closedset_core::{
    Action,
    comparison::{DifferenceKind, ListKind, Settlement},
    id::{Comparison, Difference, Id},
};
use closedset_store::comparisons::DifferenceRow;

/// Columns of a list that are asked for.
const COLUMNS: usize = 64;

/// The last comparisons, and the form that takes a list.
#[derive(Debug, Clone, Template)]
#[template(path = "people/compare.html")]
pub struct ComparePage {
    /// The frame around the page.
    pub shell: Shell,
    /// Each kind of list.
    pub kinds: Vec<KindLine>,
    /// What the list is.
    pub kind: Field,
    /// What it can be.
    pub choices: Vec<Choice>,
    /// The file.
    pub file: Field,
}

/// A kind of list and its last comparison.
#[derive(Debug, Clone)]
pub struct KindLine {
    /// The kind.
    pub words: String,
    /// The last comparison and its age; none if there was never one.
    pub last: Option<(String, TimeText)>,
    /// Differences that nobody settled.
    pub open: String,
}

/// How a list would be read.
#[derive(Debug, Clone, Template)]
#[template(path = "people/compare_list.html")]
pub struct ListPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// The file's name.
    pub file_name: String,
    /// How many rows.
    pub rows: String,
    /// Its columns.
    pub columns: Vec<ListColumn>,
    /// What a column can be.
    pub choices: Vec<Choice>,
    /// The first rows: name and addresses.
    pub first: Vec<(String, String)>,
    /// What is wrong with what was chosen.
    pub problem: Option<String>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct ListColumn {
    /// The name of its field.
    pub field: String,
    /// What stands at its head.
    pub head: String,
    /// As what it is read; empty for nothing.
    pub says: Field,
}

/// A comparison.
#[derive(Debug, Clone, Template)]
#[template(path = "people/compared.html")]
pub struct ComparedPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// What the list was.
    pub kind: String,
    /// When.
    pub at: TimeText,
    /// Who compared.
    pub by: String,
    /// The file's digest.
    pub digest: DigestText,
    /// Rows; of whoever is known; off; twice; without a name.
    pub figures: Vec<(&'static str, String)>,
    /// What a list of accounts did not say.
    pub untold: Vec<&'static str>,
    /// The differences by kind.
    pub groups: Vec<DifferenceGroup>,
    /// Whether there is a later one.
    pub is_old: bool,
    /// Whether this person may make tasks.
    pub may_task: bool,
}

/// The differences of a kind.
#[derive(Debug, Clone)]
pub struct DifferenceGroup {
    /// Its word.
    pub word: &'static str,
    /// What people call it.
    pub words: &'static str,
    /// How many there are.
    pub count: String,
    /// How many more are counted and not kept.
    pub more: Option<String>,
    /// Everybody can be confirmed at once.
    pub may_tie_all: bool,
    /// The differences.
    pub lines: Vec<DifferenceLine>,
}

/// A difference.
#[derive(Debug, Clone)]
pub struct DifferenceLine {
    /// Its id.
    pub id: String,
    /// The row of the list; none for somebody who is not in it.
    pub row: Option<String>,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Whose page it leads to: id and name.
    pub person: Option<(String, String)>,
    /// What is to be said of it.
    pub note: String,
    /// How it was settled.
    pub settled: Option<String>,
    /// The task for it.
    pub task: Option<String>,
    /// Somebody may be entered.
    pub may_enter: bool,
    /// Who it may be.
    pub candidates: Vec<Choice>,
    /// Why it is well, as typed.
    pub reason: Field,
}

fn comparison_id(text: &str) -> Result<Id<Comparison>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("comparison"))
}

/// The form.
pub(super) async fn form(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, (Field::default(), Field::default())).await?))
}

async fn page(
    app: &App,
    looker: &Looker,
    (kind, file): (Field, Field),
) -> Result<ComparePage, PageProblem> {
    let last = comparisons::comparison_last(app, &looker.caller).await?;
    let line = |one: comparisons::LastOfKind| KindLine {
        words: one.kind.words().to_owned(),
        last: one.comparison.map(|row| (row.id.to_string(), ago(row.compared_at, looker.present))),
        open: many(one.open),
    };
    Ok(ComparePage {
        shell: looker.shell(Area::People),
        kinds: last.into_iter().map(line).collect(),
        kind,
        choices: ListKind::ALL.iter().map(|one| Choice::new(one.as_str(), one.words())).collect(),
        file,
    })
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
    let (sent, (name, bytes)) = receive_whole(&app, &looker, form, (LIST_LIMIT, &uri)).await?;
    let kind = sent.text("kind");
    let held = comparisons::list_hold(&app, &looker.caller, kind, (&name, bytes)).await;
    match held {
        Ok(id) => Ok(go(&format!("/people/lists/{id}"))),
        Err(Problem::Invalid(problems)) => {
            let kind = super::typed("kind", kind, &problems);
            let file = super::typed("file", "", &problems);
            Ok(refused(&page(&app, &looker, (kind, file)).await?))
        }
        Err(other) => Err(other.into()),
    }
}

/// How a list would be read.
pub(super) async fn look(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let id = comparison_id(&id)?;
    let held = comparisons::list_look(&app, &looker.caller, id).await?;
    Ok(show(&list_page(&looker, held, None)))
}

fn list_page(
    looker: &Looker,
    held: HeldLook,
    chosen: Option<(&Form, Vec<FieldProblem>)>,
) -> ListPage {
    let column = |one: comparisons::SaysColumn| {
        let field = format!("column_{}", one.column);
        let says = match &chosen {
            Some((form, _)) => form.text(&field),
            None => one.says.map_or("", Says::as_str),
        };
        ListColumn { says: Field::new(says), head: one.head, field }
    };
    let is_accounts = held.list.kind == ListKind::Identities;
    let choices =
        Says::ALL.iter().filter(|one| is_accounts || !matches!(one, Says::Mfa | Says::SignIn));
    ListPage {
        shell: looker.shell(Area::People),
        id: held.list.id.to_string(),
        kind: held.list.kind.words().to_owned(),
        file_name: held.list.file_name,
        rows: many(held.rows),
        columns: held.columns.into_iter().map(column).collect(),
        choices: choices.map(|one| Choice::new(one.as_str(), one.words())).collect(),
        first: held.first,
        problem: chosen
            .and_then(|(_, problems)| problems.into_iter().next())
            .map(|problem| problem.message),
    }
}

/// Compares it.
pub(super) async fn compare(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = comparison_id(&id)?;
    let chosen = (0..COLUMNS)
        .filter_map(|at| Some((at, Says::from_word(form.text(&format!("column_{at}")))?)))
        .collect();
    match comparisons::list_compare(&app, &looker.caller, id, chosen).await {
        Ok(()) => Ok(go(&format!("/comparisons/{id}"))),
        Err(Problem::Invalid(problems)) => {
            let held = comparisons::list_look(&app, &looker.caller, id).await?;
            Ok(refused(&list_page(&looker, held, Some((&form, problems)))))
        }
        Err(other) => Err(other.into()),
    }
}

/// A comparison.
pub(super) async fn one(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let shown = comparisons::comparison_one(&app, &looker.caller, comparison_id(&id)?).await?;
    Ok(show(&compared(&looker, shown, None)))
}

/// Settles a difference.
pub(super) async fn settle(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let caller = &looker.caller;
    caller.require(Action::PeopleWrite)?;
    let id = comparison_id(&id)?;
    let known = |word: &str| -> Result<Id<Difference>, Problem> {
        word.parse().map_err(|_| Problem::NotFound("difference"))
    };
    let settled = match form.text("do") {
        "tie_all" => comparisons::names_tie(&app, caller, id).await.map(|_| ()),
        "task" => {
            let of = (id, known(form.text("difference"))?);
            comparisons::difference_task(&app, caller, of).await.map(|_| ())
        }
        "tie" => {
            let of = (id, known(form.text("difference"))?);
            comparisons::difference_tie(&app, caller, of, form.text("person")).await
        }
        _ => {
            let of = (id, known(form.text("difference"))?);
            comparisons::difference_aside(&app, caller, of, form.text("reason")).await
        }
    };
    match settled {
        Ok(()) => Ok(done(&format!("/comparisons/{id}"), Done::Saved)),
        Err(Problem::Invalid(problems)) => {
            let shown = comparisons::comparison_one(&app, caller, id).await?;
            let said = problems.into_iter().next().map(|problem| problem.message);
            let field = Field::new(form.text("reason")).with_error(said.unwrap_or_default());
            Ok(refused(&compared(&looker, shown, Some((form.text("difference"), field)))))
        }
        Err(other) => Err(other.into()),
    }
}

fn compared(looker: &Looker, shown: ComparisonShown, wrong: Option<(&str, Field)>) -> ComparedPage {
    let counts = &shown.counts;
    let columns: Vec<&str> = shown.comparison.columns.split(' ').collect();
    let is_accounts = shown.comparison.kind == ListKind::Identities;
    let untold = [
        ("mfa", "whether accounts have a second factor"),
        ("sign_in", "when accounts were used last"),
    ]
    .into_iter()
    .filter(|(word, _)| is_accounts && !columns.contains(word));
    let figures = [
        ("rows", counts.rows),
        ("of people who are known and engaged", counts.known),
        ("switched off, and not looked at", counts.off),
        ("there twice", counts.twice),
        ("that name nobody", counts.unread),
    ];
    let group = |kind: DifferenceKind| {
        let rows: Vec<_> = shown.differences.iter().filter(|(row, _)| row.kind == kind).collect();
        let found = counts.differences.get(kind.as_str()).copied().unwrap_or(0).max(rows.len());
        let may_tie_all = kind == DifferenceKind::ByName
            && rows.iter().filter(|(row, _)| is_plain(row)).count() > 1;
        DifferenceGroup {
            word: kind.as_str(),
            words: kind.words(),
            count: many(found),
            // What was kept less was cut for all kinds together.
            more: (shown.differences.len() >= comparisons::DIFFERENCES && found > rows.len())
                .then(|| many(found - rows.len())),
            may_tie_all,
            lines: rows
                .into_iter()
                .map(|(row, done)| line(row, done.is_some(), (&shown, wrong.as_ref())))
                .collect(),
        }
    };
    let groups = DifferenceKind::ALL.iter().copied().map(group);
    ComparedPage {
        shell: looker.shell(Area::People),
        id: shown.comparison.id.to_string(),
        kind: shown.comparison.kind.words().to_owned(),
        at: ago(shown.comparison.compared_at, looker.present),
        by: shown.comparison.compared_by.clone(),
        digest: DigestText::new(shown.comparison.digest.to_string()),
        figures: figures.into_iter().map(|(words, number)| (words, many(number))).collect(),
        untold: untold.map(|(_, words)| words).collect(),
        groups: groups.filter(|group| !group.lines.is_empty() || group.more.is_some()).collect(),
        is_old: !shown.is_last,
        may_task: looker.caller.may(Action::TaskWrite),
    }
}

/// Whether a name is that of one person alone, and nobody said yet whether it is them.
fn is_plain(row: &DifferenceRow) -> bool {
    row.settled.is_none() && row.candidates.len() == 1
}

fn line(
    row: &DifferenceRow,
    is_done: bool,
    (shown, wrong): (&ComparisonShown, Option<&(&str, Field)>),
) -> DifferenceLine {
    let id = row.id.to_string();
    let candidates = match (row.kind, &row.settled) {
        (DifferenceKind::ByName, None) => row.candidates.as_slice(),
        _ => &[],
    };
    let choice = |person: &Id<_>| {
        shown.names.get(person).map(|name| Choice::new(person.to_string(), name.clone()))
    };
    let settled = row.settled.as_ref().map(|settled| match settled.how {
        Settlement::Task if is_done => format!("The task for it was done. {} made it.", settled.by),
        Settlement::Aside => format!("Set aside by {}: {}", settled.by, settled.why),
        how => format!("{}, by {}", how.words(), settled.by),
    });
    DifferenceLine {
        row: (row.line > 0).then(|| row.line.to_string()),
        name: row.name.clone(),
        email: row.email.clone(),
        person: row
            .person
            .and_then(|person| Some((person.to_string(), shown.names.get(&person)?.clone()))),
        note: row.note.clone(),
        settled,
        task: row.task.map(|task| task.to_string()),
        may_enter: row.kind == DifferenceKind::NotKnown
            && row.person.is_none()
            && row.settled.is_none(),
        candidates: candidates.iter().filter_map(choice).collect(),
        reason: wrong
            .filter(|(of, _)| *of == id)
            .map_or_else(Field::default, |(_, field)| field.clone()),
        id,
    }
}

fn many(number: usize) -> String {
    count(i64::try_from(number).unwrap_or(i64::MAX))
}
