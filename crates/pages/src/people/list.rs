//! Who works here: today, soon, formerly.

use super::{day_text, form_words, standing};
use crate::{
    Area, Shell,
    components::{Paging, TimeText},
    serve::{Looker, PageProblem, Query, query_escape, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App,
    people::{self, Registered, Standing, Wanted},
};
use closedset_core::Action;
use jiff::civil::Date;
use serde::Deserialize;

/// People on one page.
const PAGE: i64 = 100;
/// The longest text that is looked for.
const TEXT_LIMIT: usize = 100;

/// The register, one tab of it.
#[derive(Debug, Clone, Template)]
#[template(path = "people/list.html")]
pub struct RegisterPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Which tab: `here`, `coming`, `left` or `all`.
    pub tab: &'static str,
    /// What is looked for.
    pub text: String,
    /// The day that it is where the facility is.
    pub today: TimeText,
    /// The people, by name.
    pub people: Vec<PersonInRegister>,
    /// Where the list goes on.
    pub paging: Paging,
    /// Whether this person may enter people.
    pub may_write: bool,
}

/// Somebody in the list.
#[derive(Debug, Clone)]
pub struct PersonInRegister {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they do, in their latest engagement.
    pub job: String,
    /// As what; empty for whoever was never engaged.
    pub form: &'static str,
    /// The first day.
    pub first: Option<TimeText>,
    /// The last day.
    pub last: Option<TimeText>,
    /// `now`, `to come`, `over`, or that nobody engaged them.
    pub standing: &'static str,
    /// The titles they work on now, by their aliases.
    pub titles: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct RegisterQuery {
    #[serde(default)]
    tab: String,
    #[serde(default)]
    q: String,
    after: Option<String>,
}

pub(super) async fn list(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<RegisterQuery>,
) -> Result<Response, PageProblem> {
    let (tab, asked) = match query.tab.as_str() {
        "coming" => ("coming", Standing::Coming),
        "left" => ("left", Standing::Left),
        "all" => ("all", Standing::All),
        _ => ("here", Standing::Here),
    };
    let text: String = query.q.trim().chars().take(TEXT_LIMIT).collect();
    let after =
        query.after.as_deref().map(str::parse).transpose().map_err(|_| PageProblem::Address)?;
    let wanted = Wanted { standing: asked, text: text.clone(), title: None, after, limit: PAGE };
    let page = people::register_list(&app, &looker.caller, wanted).await?;
    let here = format!("/people?tab={tab}&q={}", query_escape(&text));
    let next = page.people.last().filter(|_| page.more);
    Ok(show(&RegisterPage {
        shell: looker.shell(Area::People),
        tab,
        today: day_text(page.today),
        paging: Paging {
            shown: i64::try_from(page.people.len()).unwrap_or(0),
            total: None,
            first: query.after.map(|_| here.clone()),
            next: next.map(|one| format!("{here}&after={}", one.person.id)),
        },
        people: page.people.iter().map(|one| line(one, page.today)).collect(),
        text,
        may_write: looker.caller.may(Action::PeopleWrite),
    }))
}

/// The engagement that counts for a day: the one that holds then, else the next, else the last.
fn line(one: &Registered, today: Date) -> PersonInRegister {
    let holds = one.engagements.iter().rev().find(|row| row.days.holds(today));
    let next = || one.engagements.iter().find(|row| row.days.first > today);
    let engagement = holds.or_else(next).or_else(|| one.engagements.last());
    let mut titles: Vec<String> = one
        .assignments
        .iter()
        .filter(|(row, _)| row.days.holds(today))
        .map(|(_, alias)| alias.clone())
        .collect();
    titles.sort();
    titles.dedup();
    PersonInRegister {
        id: one.person.id.to_string(),
        name: one.person.name.clone(),
        job: engagement.map(|row| row.job.clone()).unwrap_or_default(),
        form: engagement.map_or("", |row| form_words(row.form)),
        first: engagement.map(|row| day_text(row.days.first)),
        last: engagement.and_then(|row| row.days.last).map(day_text),
        standing: engagement.map_or("never engaged", |row| standing(row.days, today)),
        titles,
    }
}
