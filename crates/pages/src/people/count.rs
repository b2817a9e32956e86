//! How many work here on a day, as what, and how many of them on whose content.

use super::{day_text, form_words};
use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    registers::{self, RegisterPanel},
    serve::{Form, Looker, PageProblem, Query, count as count_text, file, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem,
    people::{self, HEAD_LINES, HeadCount, HeadCountOf},
    registers::Register,
    titles,
};
use closedset_core::Action;
use jiff::civil::Date;
use serde::Deserialize;

/// The count for a day.
#[derive(Debug, Clone, Template)]
#[template(path = "people/count.html")]
pub struct CountPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Of which day.
    pub day: TimeText,
    /// It is today.
    pub is_today: bool,
    /// The field for the day.
    pub on: Field,
    /// The field for the client.
    pub client: Field,
    /// The clients that there are; none for whoever may see no titles.
    pub clients: Vec<Choice>,
    /// How many are engaged.
    pub total: String,
    /// As what, and how many.
    pub forms: Vec<(&'static str, String)>,
    /// How many are assigned to the titles asked for; none for whoever may see no titles.
    pub assigned: Option<String>,
    /// How many of those nobody has engaged on that day.
    pub beyond: i64,
    /// Whose content was asked for.
    pub client_name: Option<String>,
    /// Who.
    pub lines: Vec<CountLine>,
    /// That not all stand here.
    pub is_cut: Option<String>,
    /// The last twelve months.
    pub months: Vec<Month>,
    /// By which the register is confirmed: of today and of all, for whoever sees evidence and titles.
    pub register: Option<RegisterPanel>,
    /// What is shown is another day, or one client's.
    pub is_part: bool,
}

impl CountPage {
    /// Whether anybody was engaged on the first day of any of the months.
    pub fn has_months(&self) -> bool {
        self.months.iter().any(|month| month.count > 0)
    }
}

/// Somebody in the count.
#[derive(Debug, Clone)]
pub struct CountLine {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they do.
    pub job: String,
    /// As what; none where nobody engaged them on that day.
    pub form: Option<&'static str>,
    /// The titles by their aliases.
    pub titles: String,
    /// The first day.
    pub first: TimeText,
    /// The last day.
    pub last: Option<TimeText>,
}

/// How many were engaged on the first day of a month.
#[derive(Debug, Clone)]
pub struct Month {
    /// The day.
    pub day: TimeText,
    /// How it is written below its bar: `Mar`.
    pub name: String,
    /// How many.
    pub count: i64,
    /// How high its bar is, of 100.
    pub height: i64,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct CountQuery {
    #[serde(default)]
    on: String,
    #[serde(default, rename = "for")]
    client: String,
}

fn asked(on: &str, client: &str) -> Result<HeadCountOf, Problem> {
    let on = match on.trim() {
        "" => None,
        text => match text.parse::<Date>().ok().filter(|day| day.to_string() == text) {
            Some(day) => Some(day),
            None => return Err(Problem::field("on", "Write the day like 2026-09-30.")),
        },
    };
    let client = match client {
        "" => None,
        text => Some(text.parse().map_err(|_| Problem::NotFound("client"))?),
    };
    Ok(HeadCountOf { on, client, title: None })
}

pub(super) async fn count(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<CountQuery>,
) -> Result<Response, PageProblem> {
    match asked(&query.on, &query.client) {
        Ok(of) => {
            let register = registers::panel(&app, &looker, Register::People).await?;
            Ok(show(&CountPage { register, ..page(&app, &looker, of, None).await? }))
        }
        Err(Problem::Invalid(problems)) => {
            let problem = problems.into_iter().next().map(|problem| problem.message);
            let on = Field::new(&query.on).with_error(problem.unwrap_or_default());
            Ok(refused(&page(&app, &looker, HeadCountOf::default(), Some(on)).await?))
        }
        Err(other) => Err(other.into()),
    }
}

async fn page(
    app: &App,
    looker: &Looker,
    of: HeadCountOf,
    on: Option<Field>,
) -> Result<CountPage, PageProblem> {
    let count = people::head_count(app, &looker.caller, of).await?;
    let clients = match looker.caller.may(Action::TitleRead) {
        true => titles::client_list(app, &looker.caller).await?,
        false => Vec::new(),
    };
    let choice = |one: titles::ClientShown| Choice::new(one.client.id.to_string(), one.client.name);
    Ok(CountPage {
        shell: looker.shell(Area::People),
        day: day_text(count.on),
        is_today: count.on == count.today,
        on: on.unwrap_or_else(|| Field::new(count.on.to_string())),
        client: Field::new(of.client.map(|id| id.to_string()).unwrap_or_default()),
        clients: clients.into_iter().map(choice).collect(),
        total: count_text(count.total),
        forms: count.forms.iter().map(|(form, many)| (many_of(*form), count_text(*many))).collect(),
        assigned: count.assigned.map(count_text),
        beyond: count.assigned_beyond,
        is_cut: count.is_cut.then(|| count_text(HEAD_LINES)),
        months: months(&count),
        lines: count
            .lines
            .into_iter()
            .map(|line| CountLine {
                id: line.person.to_string(),
                name: line.name,
                job: line.job,
                form: line.form.map(form_words),
                titles: line.titles.join(", "),
                first: day_text(line.days.first),
                last: line.days.last.map(day_text),
            })
            .collect(),
        client_name: count.client,
        is_part: count.on != count.today || of.client.is_some(),
        register: None,
    })
}

pub(super) async fn confirm(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    let back = (&form, "/people/count#confirm");
    match registers::confirm(&app, &looker, Register::People, back).await? {
        Ok(response) => Ok(response),
        Err(register) => {
            let page = page(&app, &looker, HeadCountOf::default(), None).await?;
            Ok(refused(&CountPage { register, ..page }))
        }
    }
}

const fn many_of(form: closedset_core::engagement::EngagementForm) -> &'static str {
    use closedset_core::engagement::EngagementForm::{Contractor, Employee, Freelancer, Trainee};
    match form {
        Employee => "employees",
        Contractor => "contractors",
        Freelancer => "freelancers",
        Trainee => "trainees",
    }
}

fn months(count: &HeadCount) -> Vec<Month> {
    let most = count.months.iter().map(|(_, many)| *many).max().unwrap_or(0).max(1);
    let month = |(day, many): &(Date, i64)| Month {
        day: day_text(*day),
        name: day.strftime("%b").to_string(),
        count: *many,
        height: many * 100 / most,
    };
    count.months.iter().map(month).collect()
}

pub(super) async fn table(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    let of = asked(form.text("on"), form.text("for"))?;
    let (name, bytes) = people::head_count_table(&app, &looker.caller, of).await?;
    Ok(file(&name, "text/csv; charset=utf-8", bytes))
}
