//! All questionnaires, the form that takes one in, and the answers that may serve again.

use super::{beginning, day_text, may_read, may_write, writes};
use crate::{
    Area, Shell,
    audits::upload::{LIST_LIMIT, lost, receive_whole},
    components::{Choice, Field, TimeText},
    entry::{field, split},
    serve::{Done, Form, Looker, Multipart, PageProblem, Query, date, done, moment, refused, show},
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    questionnaires::{self, NewQuestionnaire},
    titles,
};
use closedset_store::questionnaires::{QuestionnaireCounted, SavedAnswer};
use jiff::civil::Date;
use serde::Deserialize;

/// The questionnaires.
#[derive(Debug, Clone, Template)]
#[template(path = "questionnaires/list.html")]
pub struct QuestionnairesPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The latest first.
    pub questionnaires: Vec<QuestionnaireLine>,
    /// Whose one can be.
    pub clients: Vec<Choice>,
    /// Whose the new one is.
    pub client: Field,
    /// What it is called.
    pub called: Field,
    /// By when it is due.
    pub due_on: Field,
    /// Its file.
    pub file: Field,
    /// What spoke against taking it in, and what to do.
    pub problem: Option<String>,
    /// The words that saved answers are searched for.
    pub search: String,
    /// Those that were found: the latest 50.
    pub saved: Vec<SavedLine>,
    /// How many there are.
    pub saved_count: usize,
    /// Whether this person may take one in.
    pub may_write: bool,
}

/// A questionnaire.
#[derive(Debug, Clone)]
pub struct QuestionnaireLine {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub client: String,
    /// How many questions are answered, of how many.
    pub answered: (i64, i64),
    /// The last day on which its owner takes the answers.
    pub due: Option<TimeText>,
    /// That day is over, and no answers were drawn up.
    pub is_overdue: bool,
    /// When the answers were drawn up last.
    pub handed_out: Option<TimeText>,
}

impl QuestionnaireLine {
    fn of(one: QuestionnaireCounted, today: Date, zone: &str) -> Self {
        let row = one.row;
        Self {
            id: row.id.to_string(),
            name: row.name,
            client: row.client_name,
            answered: (one.answered, one.questions),
            due: row.due_on.map(day_text),
            is_overdue: row.handed_out_at.is_none() && row.due_on.is_some_and(|due| due < today),
            handed_out: row.handed_out_at.map(|at| moment(at, zone)),
        }
    }
}

/// An answer that may serve again.
#[derive(Debug, Clone)]
pub struct SavedLine {
    /// The questionnaire's id and the question's place in it.
    pub place: (String, i64),
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
    /// For whom.
    pub client: String,
    /// When.
    pub when: Option<TimeText>,
}

impl SavedLine {
    fn of(one: SavedAnswer, zone: &str) -> Self {
        Self {
            place: (one.questionnaire.to_string(), one.question.position),
            question: beginning(&one.question.words),
            answer: beginning(&one.question.answer),
            client: one.client_name,
            when: one.question.answered_at.map(|at| day_text(date(at, zone))),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Searched {
    #[serde(default)]
    search: String,
    #[serde(default, rename = "for")]
    client: String,
}

async fn page(
    app: &App,
    looker: &Looker,
    search: &str,
    (form, problems): (Option<&Form>, &[FieldProblem]),
) -> Result<QuestionnairesPage, PageProblem> {
    may_read(&looker.caller)?;
    let (all, today) = questionnaires::questionnaire_list(app, &looker.caller).await?;
    let (saved, saved_count) = questionnaires::saved_answers(app, &looker.caller, search).await?;
    let clients = titles::client_list(app, &looker.caller).await?;
    let choice = |one: titles::ClientShown| Choice::new(one.client.id.to_string(), one.client.name);
    let typed = |name: &str| field(form.map_or("", |form| form.text(name)), problems, name);
    let line = |one| QuestionnaireLine::of(one, today, &looker.zone);
    Ok(QuestionnairesPage {
        shell: looker.shell(Area::Titles),
        questionnaires: all.into_iter().map(line).collect(),
        clients: clients.into_iter().map(choice).collect(),
        client: typed("client"),
        called: typed("name"),
        due_on: typed("due_on"),
        file: field("", problems, "file"),
        problem: None,
        search: search.to_owned(),
        saved: saved.into_iter().map(|one| SavedLine::of(one, &looker.zone)).collect(),
        saved_count,
        may_write: may_write(&looker.caller),
    })
}

pub(super) async fn questionnaires(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<Searched>,
) -> Result<Response, PageProblem> {
    let page = page(&app, &looker, query.search.trim(), (None, &[])).await?;
    Ok(show(&QuestionnairesPage { client: Field::new(&query.client), ..page }))
}

/// Takes one in.
pub(super) async fn take_in(
    State(app): State<App>,
    looker: Result<Looker, PageProblem>,
    uri: Uri,
    Multipart(sent): Multipart,
) -> Result<Response, PageProblem> {
    let looker = match looker {
        Ok(looker) => looker,
        Err(problem) => return Ok(lost(problem, &uri, sent).await),
    };
    writes(&looker.caller)?;
    let (form, (name, bytes)) = receive_whole(&app, &looker, sent, (LIST_LIMIT, &uri)).await?;
    let tried = match form.text("client").parse() {
        Ok(client) => {
            let (called, due_on) = (form.text("name").to_owned(), form.text("due_on").to_owned());
            let new = NewQuestionnaire { client, name: called, due_on };
            questionnaires::questionnaire_take_in(&app, &looker.caller, new, (&name, bytes)).await
        }
        Err(_) => Err(Problem::field("client", "Choose whose questionnaire it is.")),
    };
    let problem = match tried {
        Ok(id) => return Ok(done(&format!("/questionnaires/{id}"), Done::QuestionnaireTakenIn)),
        Err(problem) => problem,
    };
    let (mut problems, problem) = split(problem)?;
    if problems.iter().all(|one| one.field != "file") {
        let message = "Choose the file again; browsers do not keep it.".to_owned();
        problems.push(FieldProblem { field: "file", message });
    }
    let page = page(&app, &looker, "", (Some(&form), &problems)).await?;
    Ok(refused(&QuestionnairesPage { problem, ..page }))
}
