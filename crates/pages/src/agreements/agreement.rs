//! One agreement: its words, its versions, who still owes a signature, and the forms that put words in force.

use super::{AgreementLine, agreement_id};
use crate::{
    Area, Shell,
    components::{Choice, Field, Prose, TimeText},
    entry::{field, split},
    serve::{Done, Form, Looker, PageProblem, Path, day, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem,
    agreements::{self, NewAgreement, NewVersion, OWING},
    mail, titles,
};
use closedset_core::Action;

/// The words from which a facility's own agreement begins.
const TEMPLATE: &str = include_str!("../../../../catalogue/policies/confidentiality.md");

/// An agreement, or the form for a new one.
#[derive(Debug, Clone, Template)]
#[template(path = "agreements/agreement.html")]
pub struct AgreementPage {
    /// The frame around the page.
    pub shell: Shell,
    /// How it stands; none where it is to be written.
    pub agreement: Option<AgreementLine>,
    /// Nobody has to sign it any more.
    pub is_retired: bool,
    /// The words in force.
    pub words: Prose,
    /// Its versions, the newest first.
    pub versions: Vec<VersionLine>,
    /// Who must sign it and did not: id and name.
    pub owing: Vec<(String, String)>,
    /// That not all of them stand here.
    pub is_cut: bool,
    /// The form.
    pub form: AgreementForm,
    /// Whose titles a new one can be for.
    pub clients: Vec<Choice>,
    /// What spoke against all of it, and what to do.
    pub problem: Option<String>,
    /// Whether this person may write agreements.
    pub may_write: bool,
    /// Whether this person may mail whoever owes a signature a link, and mail goes out.
    pub may_remind: bool,
}

/// A version in the list.
#[derive(Debug, Clone)]
pub struct VersionLine {
    /// Its number.
    pub number: i64,
    /// Since when.
    pub since: TimeText,
    /// Who put it in force.
    pub by: String,
    /// The entry that says so.
    pub entry: i64,
}

/// The form. Posts `name` and `client` (of a new one), `text`, `asks_again` and `version` (of another version).
#[derive(Debug, Clone, Default)]
pub struct AgreementForm {
    /// What it is called.
    pub name: Field,
    /// Whose titles ask for it.
    pub client: Field,
    /// Its words.
    pub text: Field,
    /// Whoever signed before signs again.
    pub asks_again: bool,
    /// The version that is seen.
    pub version: i64,
}

async fn blank(
    app: &App,
    looker: &Looker,
    form: AgreementForm,
) -> Result<AgreementPage, PageProblem> {
    let clients = match looker.caller.may(Action::TitleRead) {
        true => titles::client_list(app, &looker.caller).await?,
        false => Vec::new(),
    };
    let choice = |one: titles::ClientShown| Choice::new(one.client.id.to_string(), one.client.name);
    Ok(AgreementPage {
        shell: looker.shell(Area::People),
        agreement: None,
        is_retired: false,
        words: Prose::default(),
        versions: Vec::new(),
        owing: Vec::new(),
        is_cut: false,
        form,
        clients: clients.into_iter().map(choice).collect(),
        problem: None,
        may_write: true,
        may_remind: false,
    })
}

pub(super) async fn new(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PeopleManage)?;
    let form = AgreementForm {
        name: Field::new("Confidentiality"),
        text: Field::new(TEMPLATE.replace("{facility}", &looker.organisation)),
        ..AgreementForm::default()
    };
    Ok(show(&blank(&app, &looker, form).await?))
}

pub(super) async fn add(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    let client = form.text("client");
    let new = NewAgreement {
        name: form.text("name").to_owned(),
        client: client.parse().ok(),
        text: form.text("text").to_owned(),
    };
    let is_nobodys = new.client.is_none() && !client.is_empty();
    let tried = match is_nobodys {
        true => Err(Problem::field("client", "Choose who signs it.")),
        false => agreements::agreement_add(&app, &looker.caller, new.clone()).await,
    };
    let problem = match tried {
        Ok(id) => return Ok(done(&format!("/agreements/{id}"), Done::AgreementInForce)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let form = AgreementForm {
        name: field(&new.name, &problems, "name"),
        client: field(client, &problems, "client"),
        text: field(&new.text, &problems, "text"),
        ..AgreementForm::default()
    };
    let page = blank(&app, &looker, form).await?;
    Ok(refused(&AgreementPage { problem, ..page }))
}

async fn page(app: &App, looker: &Looker, text: &str) -> Result<AgreementPage, PageProblem> {
    let id = agreement_id(text)?;
    let detail = agreements::agreement_detail(app, &looker.caller, id).await?;
    let words = detail.versions.first().map(|one| one.text.clone()).unwrap_or_default();
    let is_retired = detail.shown.agreement.retired_at.is_some();
    let form = AgreementForm {
        text: Field::new(&words),
        version: detail.shown.agreement.number,
        ..AgreementForm::default()
    };
    Ok(AgreementPage {
        shell: looker.shell(Area::People),
        is_retired,
        words: Prose::from_markdown(&words),
        versions: detail
            .versions
            .into_iter()
            .map(|version| VersionLine {
                number: version.number,
                since: day(version.published_at, &looker.zone),
                by: version.published_by,
                entry: version.entry,
            })
            .collect(),
        is_cut: i64::try_from(detail.owing.len()).is_ok_and(|many| many >= OWING),
        owing: detail.owing.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        agreement: Some(AgreementLine::of(detail.shown)),
        form,
        clients: Vec::new(),
        problem: None,
        may_write: !is_retired && looker.caller.may(Action::PeopleManage),
        may_remind: looker.caller.may(Action::PeopleWrite) && mail::goes_out(app).await?,
    })
}

pub(super) async fn agreement(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, &id).await?))
}

pub(super) async fn remind(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    let id = agreement_id(&text)?;
    let problem = match agreements::agreement_remind(&app, &looker.caller, id).await {
        Ok(reminded) => return Ok(done(&format!("/agreements/{id}"), Done::reminded(reminded))),
        Err(problem) => problem,
    };
    let (_, problem) = split(problem)?;
    let page = page(&app, &looker, &text).await?;
    Ok(refused(&AgreementPage { problem, ..page }))
}

pub(super) async fn publish(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    let id = agreement_id(&text)?;
    let new = NewVersion {
        text: form.text("text").to_owned(),
        asks_again: form.is_yes("asks_again"),
        after: form.text("version").parse().unwrap_or(0),
    };
    let problem = match agreements::agreement_publish(&app, &looker.caller, id, new.clone()).await {
        Ok(_) => return Ok(done(&format!("/agreements/{id}"), Done::AgreementInForce)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let mut page = page(&app, &looker, &text).await?;
    page.form.text = field(&new.text, &problems, "text");
    page.form.asks_again = new.asks_again;
    page.problem = problem;
    Ok(refused(&page))
}

pub(super) async fn retire(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    _form: Form,
) -> Result<Response, PageProblem> {
    let id = agreement_id(&text)?;
    agreements::agreement_retire(&app, &looker.caller, id).await?;
    Ok(done(&format!("/agreements/{id}"), Done::AgreementRetired))
}
