//! The register of people as pages and the API show it.

use super::{
    clearance::{Asked, Clearance},
    known::{assignment, engagement, person, today},
    name::key,
};
use crate::{App, Caller, Problem, evidence::page};
use closedset_core::{
    Action, Actions,
    id::{Assignment, Engagement, Id, Organisation, Person, Title},
};
use closedset_store::{
    Tx,
    engagements::{self, AssignmentRow, EngagementRow},
    people::{self, MemberRow, PersonRow},
    register, scim,
    tasks::{self, TaskRow, Whose},
    titles,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

pub use closedset_store::register::Standing;

/// How many rows are looked through at a time for a text.
const BATCH: i64 = 1_000;
/// Open tasks of somebody that their page tells.
const TASKS: i64 = 20;

/// Whom of the register somebody asks for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Who is here, is coming, left; or all.
    pub standing: Standing,
    /// Part of a name or an address; empty for any.
    pub text: String,
    /// Those who work on this title.
    pub title: Option<Id<Title>>,
    /// Behind this one.
    pub after: Option<Id<Person>>,
    /// How many at most, 200 in any case.
    pub limit: i64,
}

/// Somebody in the register.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Who.
    pub person: PersonRow,
    /// Their engagements, the earliest first.
    pub engagements: Vec<EngagementRow>,
    /// Their assignments with the titles' aliases, the earliest first; empty for whoever may see no titles.
    pub assignments: Vec<(AssignmentRow, String)>,
}

/// One part of the register, by name.
#[derive(Debug, Clone)]
pub struct RegisterPage {
    /// The people.
    pub people: Vec<Registered>,
    /// There are more.
    pub more: bool,
    /// The day that it is where the facility is.
    pub today: Date,
}

/// The people asked for, by name.
pub async fn register_list(
    app: &App,
    caller: &Caller,
    wanted: Wanted,
) -> Result<RegisterPage, Problem> {
    caller.require(Action::PeopleRead)?;
    if wanted.title.is_some() {
        caller.require(Action::TitleRead)?;
    }
    let (organisation, sees_titles) = (caller.organisation, caller.may(Action::TitleRead));
    app.store()
        .read(move |tx| {
            let today = today(tx, organisation)?;
            if let Some(title) = wanted.title {
                titles::title_by_id(tx, organisation, title)?
                    .filter(|row| row.removed_at.is_none())
                    .ok_or(Problem::NotFound("title"))?;
            }
            let limit = wanted.limit.clamp(1, 200);
            let rows = found(tx, organisation, &wanted, today, limit + 1)?;
            let (rows, more) = page(rows, limit);
            Ok(RegisterPage {
                people: with_work(tx, organisation, rows, sees_titles)?,
                more,
                today,
            })
        })
        .await
}

/// The rows asked for. Names are compared as [`key`] has them, which no database does.
fn found(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    wanted: &Wanted,
    day: Date,
    limit: i64,
) -> Result<Vec<PersonRow>, Problem> {
    let mut after = match wanted.after {
        Some(id) => {
            let row = person(tx, organisation, id)?;
            Some((row.name, row.id))
        }
        None => None,
    };
    let asked = register::Asked { standing: wanted.standing, day, title: wanted.title };
    let text = key(&wanted.text);
    let is_it = |row: &PersonRow| {
        text.is_empty()
            || key(&row.name).contains(&text)
            || row.email.as_ref().is_some_and(|email| email.contains(&text))
    };
    let batch = if text.is_empty() { limit } else { BATCH };
    let (mut rows, enough) = (Vec::new(), usize::try_from(limit).unwrap_or(0));
    loop {
        let behind = after.as_ref().map(|(name, id)| (name.as_str(), *id));
        let part = register::register_page(tx, organisation, asked, behind, batch)?;
        let is_last = part.len() < usize::try_from(batch).unwrap_or(0);
        after = part.last().map(|row| (row.name.clone(), row.id));
        rows.extend(part.into_iter().filter(is_it).take(enough - rows.len()));
        if is_last || rows.len() >= enough {
            return Ok(rows);
        }
    }
}

/// The same people with their work.
fn with_work(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    rows: Vec<PersonRow>,
    sees_titles: bool,
) -> Result<Vec<Registered>, Problem> {
    let ids: Vec<Id<Person>> = rows.iter().map(|row| row.id).collect();
    let mut engaged: BTreeMap<Id<Person>, Vec<EngagementRow>> = BTreeMap::new();
    for row in engagements::engagement_list_of_all(tx, organisation, &ids)? {
        engaged.entry(row.person).or_default().push(row);
    }
    let mut assigned: BTreeMap<Id<Person>, Vec<(AssignmentRow, String)>> = BTreeMap::new();
    if sees_titles {
        for row in engagements::assignment_list_of_all(tx, organisation, &ids)? {
            assigned.entry(row.0.person).or_default().push(row);
        }
    }
    Ok(rows
        .into_iter()
        .map(|person| Registered {
            engagements: engaged.remove(&person.id).unwrap_or_default(),
            assignments: assigned.remove(&person.id).unwrap_or_default(),
            person,
        })
        .collect())
}

/// Everything about somebody.
#[derive(Debug, Clone)]
pub struct PersonDetail {
    /// Who, and their work.
    pub registered: Registered,
    /// What their account may, where they have one here.
    pub member: Option<MemberRow>,
    /// Open tasks that they have, the most urgent first, at most 20; none for whoever may see no tasks.
    pub tasks: Vec<TaskRow>,
    /// Whether they are cleared for the titles on which they work or will; empty for whoever may see no titles.
    pub clearances: BTreeMap<Id<Assignment>, Clearance>,
    /// The groups that the directory has them in; none where no directory brought them.
    pub directory: Option<Vec<String>>,
    /// The day that it is where the facility is.
    pub today: Date,
}

impl PersonDetail {
    /// Whether they are booked on a title beyond their engagements.
    pub fn is_beyond(&self, assignment: &AssignmentRow) -> bool {
        let engaged = self.registered.engagements.iter().map(|row| row.days);
        !assignment.days.are_covered_by(engaged)
    }
}

/// Somebody's page.
pub async fn person_detail(
    app: &App,
    caller: &Caller,
    id: Id<Person>,
) -> Result<PersonDetail, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    let (sees_titles, sees_tasks) = (caller.may(Action::TitleRead), caller.may(Action::TaskRead));
    app.store()
        .read(move |tx| {
            let today = today(tx, organisation)?;
            let row = person(tx, organisation, id)?;
            let mut rows = with_work(tx, organisation, vec![row], sees_titles)?;
            let registered = rows.pop().ok_or(Problem::NotFound("person"))?;
            let member = people::member_by_person(tx, organisation, id)?;
            let tasks = match sees_tasks {
                true => tasks::task_list_open(tx, organisation, Whose::Of(id), None, TASKS)?,
                false => Vec::new(),
            };
            let asked = Asked::now(tx, organisation)?;
            let mut clearances = BTreeMap::new();
            for (row, _) in &registered.assignments {
                let engaged = (id, registered.engagements.as_slice());
                let of = asked.of(tx, organisation, engaged, (row.title, row.days))?;
                clearances.extend(of.map(|clearance| (row.id, clearance)));
            }
            let brought = scim::user_by_person(tx, organisation, id)?;
            let directory = match brought.filter(|row| row.removed_at.is_none()) {
                Some(_) => {
                    let groups = scim::group_list_of_all(tx, organisation, &[id])?;
                    Some(groups.into_iter().map(|(_, _, name)| name).collect())
                }
                None => None,
            };
            Ok(PersonDetail { registered, member, tasks, clearances, directory, today })
        })
        .await
}

/// An engagement, and whose it is.
pub async fn engagement_one(
    app: &App,
    caller: &Caller,
    id: Id<Engagement>,
) -> Result<(EngagementRow, PersonRow), Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let row = engagement(tx, organisation, id)?;
            let whose = person(tx, organisation, row.person)?;
            Ok((row, whose))
        })
        .await
}

/// An assignment, whose it is, and the title's alias.
pub async fn assignment_one(
    app: &App,
    caller: &Caller,
    id: Id<Assignment>,
) -> Result<(AssignmentRow, PersonRow, String), Problem> {
    caller.require_all(Actions::from(Action::PeopleRead).with(Action::TitleRead))?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let row = assignment(tx, organisation, id)?;
            let whose = person(tx, organisation, row.person)?;
            let title = titles::title_by_id(tx, organisation, row.title)?;
            let alias = title.ok_or(Problem::NotFound("assignment"))?.alias;
            Ok((row, whose, alias))
        })
        .await
}

/// The person who has this address, for whoever entered it a second time.
pub async fn person_with_email(
    app: &App,
    caller: &Caller,
    email: &str,
) -> Result<Option<PersonRow>, Problem> {
    caller.require(Action::PeopleRead)?;
    let (organisation, email) = (caller.organisation, email.trim().to_lowercase());
    app.store()
        .read(move |tx| {
            let Some(id) = people::person_by_email(tx, organisation, &email)? else {
                return Ok(None);
            };
            // What stands for an address where none is known is nobody's.
            let row = people::person_by_id(tx, organisation, id)?;
            Ok(row.filter(|row| row.email.is_some()))
        })
        .await
}
