//! How many people are engaged on a day, as what, and how many of them see a client's content: what owners ask.

use super::{
    entered::{EARLIEST, LATEST},
    known::today,
};
use crate::{App, Caller, Problem, csv::Table};
use closedset_core::{
    Action, Digest,
    engagement::{Days, EngagementForm},
    entry::Log,
    id::{Client, Id, Organisation, Person, Title},
};
use closedset_store::{
    NewEntry, Tx, engagements,
    register::{self, Titles},
    titles,
};
use jiff::{Span, civil::Date};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Lines that are listed at most; counts are of all.
pub const HEAD_LINES: i64 = 5_000;
/// People whose work is read at a time.
const BATCH: usize = 200;

/// What is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeadCountOf {
    /// Of which day, past or booked; today if nothing is said.
    pub on: Option<Date>,
    /// Who sees this client's content.
    pub client: Option<Id<Client>>,
    /// Who sees this title.
    pub title: Option<Id<Title>>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct HeadCount {
    /// Of which day.
    pub on: Date,
    /// The day that it is where the facility is.
    pub today: Date,
    /// How many are engaged in each form, each person once: in the first of their forms.
    pub forms: Vec<(EngagementForm, i64)>,
    /// How many are engaged.
    pub total: i64,
    /// How many are assigned to the titles asked for; none for whoever may see no titles.
    pub assigned: Option<i64>,
    /// How many of those nobody has engaged on that day.
    pub assigned_beyond: i64,
    /// The client asked for.
    pub client: Option<String>,
    /// The title asked for, by its alias.
    pub title: Option<String>,
    /// Who works on what was asked for; where nothing was, who is engaged. By name, at most [`HEAD_LINES`].
    pub lines: Vec<HeadLine>,
    /// There are more lines.
    pub is_cut: bool,
    /// How many were engaged on the first day of each of the last twelve months, the earliest first.
    pub months: Vec<(Date, i64)>,
}

/// Somebody in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadLine {
    /// Who.
    pub person: Id<Person>,
    /// Their name.
    pub name: String,
    /// What they do.
    pub job: String,
    /// As what they are engaged on that day; none where nobody has engaged them.
    pub form: Option<EngagementForm>,
    /// The titles by their aliases.
    pub titles: Vec<String>,
    /// From when to when.
    pub days: Days,
}

/// Counts.
pub async fn head_count(app: &App, caller: &Caller, of: HeadCountOf) -> Result<HeadCount, Problem> {
    require(caller, of)?;
    let (organisation, sees_titles) = (caller.organisation, caller.may(Action::TitleRead));
    app.store().read(move |tx| counted(tx, organisation, of, sees_titles)).await
}

/// The same as a table, with an entry of which day it was made for and whom.
pub async fn head_count_table(
    app: &App,
    caller: &Caller,
    of: HeadCountOf,
) -> Result<(String, Vec<u8>), Problem> {
    require(caller, of)?;
    app.write_for(caller, Action::PeopleRead, move |tx, caller| {
        require(caller, of)?;
        let organisation = caller.organisation;
        let count = counted(tx, organisation, of, caller.may(Action::TitleRead))?;
        let table = table(&count);
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("organisation:{organisation}"),
                kind: "people.counted",
                body: json!({
                    "on": count.on,
                    "client": of.client,
                    "title": of.title,
                    "people": count.total,
                    "assigned": count.assigned,
                    "digest": Digest::of(&table),
                }),
            },
        )?;
        Ok((format!("people-{}.csv", count.on), table))
    })
    .await
}

fn require(caller: &Caller, of: HeadCountOf) -> Result<(), Problem> {
    let reads_titles = of.client.is_some() || of.title.is_some();
    caller.require(Action::PeopleRead)?;
    if reads_titles { caller.require(Action::TitleRead) } else { Ok(()) }
}

/// The same within a unit.
pub(crate) fn counted(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    of: HeadCountOf,
    sees_titles: bool,
) -> Result<HeadCount, Problem> {
    let today = today(tx, organisation)?;
    let on = of.on.unwrap_or(today);
    if !(EARLIEST..=LATEST).contains(&on) {
        return Err(Problem::field("on", "Choose a day from 1950 to 2149."));
    }
    let client = match of.client {
        Some(id) => {
            let row = titles::client_by_id(tx, organisation, id)?;
            Some(row.filter(|row| row.removed_at.is_none()).ok_or(Problem::NotFound("client"))?)
        }
        None => None,
    };
    let title = match of.title {
        Some(id) => {
            let row = titles::title_by_id(tx, organisation, id)?;
            let row =
                row.filter(|row| row.removed_at.is_none()).ok_or(Problem::NotFound("title"))?;
            if of.client.is_some_and(|client| client != row.client) {
                return Err(Problem::field("title", "This title is another client's."));
            }
            Some(row)
        }
        None => None,
    };
    let counts = register::head_count(tx, organisation, on)?;
    let of_form = |form: EngagementForm| {
        counts.iter().find(|(one, _)| *one == form).map_or(0, |(_, count)| *count)
    };
    let asked = match (of.title, of.client) {
        (Some(title), _) => Titles::One(title),
        (None, Some(client)) => Titles::Of(client),
        (None, None) => Titles::Any,
    };
    let (assigned, assigned_beyond) = match sees_titles {
        true => {
            let (all, beyond) = register::assigned_count(tx, organisation, on, asked)?;
            (Some(all), beyond)
        }
        false => (None, 0),
    };
    let mut lines = match asked {
        Titles::Any => engaged(tx, organisation, on, sees_titles)?,
        Titles::Of(_) | Titles::One(_) => assigned_lines(tx, organisation, on, asked)?,
    };
    let most = usize::try_from(HEAD_LINES).unwrap_or(0);
    let is_cut = lines.len() > most;
    lines.truncate(most);
    Ok(HeadCount {
        on,
        today,
        forms: EngagementForm::ALL.iter().map(|form| (*form, of_form(*form))).collect(),
        total: counts.iter().map(|(_, count)| count).sum(),
        assigned,
        assigned_beyond,
        client: client.map(|row| row.name),
        title: title.map(|row| row.alias),
        lines,
        is_cut,
        months: months(tx, organisation, today)?,
    })
}

/// Who is engaged, each person once: in the first of their forms.
fn engaged(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    on: Date,
    sees_titles: bool,
) -> Result<Vec<HeadLine>, Problem> {
    let line = |(row, form): (register::WorkRow, EngagementForm)| HeadLine {
        person: row.person,
        name: row.name,
        job: row.job,
        form: Some(form),
        titles: Vec::new(),
        days: row.days,
    };
    let rows = register::engaged_on(tx, organisation, on, HEAD_LINES + 1)?;
    let mut lines: Vec<HeadLine> = rows.into_iter().map(line).collect();
    if sees_titles {
        let ids: Vec<Id<Person>> = lines.iter().map(|line| line.person).collect();
        let mut titles: BTreeMap<Id<Person>, BTreeSet<String>> = BTreeMap::new();
        for part in ids.chunks(BATCH) {
            for (row, alias) in engagements::assignment_list_of_all(tx, organisation, part)? {
                if row.days.holds(on) {
                    titles.entry(row.person).or_default().insert(alias);
                }
            }
        }
        for line in &mut lines {
            line.titles = titles.remove(&line.person).into_iter().flatten().collect();
        }
    }
    Ok(lines)
}

/// Who works on these titles, an assignment a line.
fn assigned_lines(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    on: Date,
    asked: Titles,
) -> Result<Vec<HeadLine>, Problem> {
    let rows = register::assigned_on(tx, organisation, (on, asked), HEAD_LINES + 1)?;
    let ids: BTreeSet<Id<Person>> = rows.iter().map(|(row, _)| row.person).collect();
    let ids: Vec<Id<Person>> = ids.into_iter().collect();
    let mut forms: BTreeMap<Id<Person>, EngagementForm> = BTreeMap::new();
    for part in ids.chunks(BATCH) {
        for row in engagements::engagement_list_of_all(tx, organisation, part)? {
            if row.days.holds(on) {
                let form = forms.entry(row.person).or_insert(row.form);
                *form = row.form.min(*form);
            }
        }
    }
    let line = |(row, alias): (register::WorkRow, String)| HeadLine {
        form: forms.get(&row.person).copied(),
        person: row.person,
        name: row.name,
        job: row.job,
        titles: vec![alias],
        days: row.days,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The first day of each of the last twelve months, and how many were engaged then.
fn months(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    today: Date,
) -> Result<Vec<(Date, i64)>, Problem> {
    let last = today.first_of_month();
    let days: Vec<Date> =
        (0..12).rev().map(|back| last.saturating_sub(Span::new().months(back))).collect();
    let first = days.first().copied().unwrap_or(last);
    let engaged = register::engaged_within(tx, organisation, (first, last))?;
    let count = |day: Date| {
        let people: BTreeSet<Id<Person>> =
            engaged.iter().filter(|(_, days)| days.holds(day)).map(|(person, _)| *person).collect();
        i64::try_from(people.len()).unwrap_or(i64::MAX)
    };
    Ok(days.into_iter().map(|day| (day, count(day))).collect())
}

/// Its people as a file.
pub(crate) fn table(count: &HeadCount) -> Vec<u8> {
    let mut table = Table::new(&["On", "Name", "Job", "Form", "Titles by alias", "From", "Until"]);
    for line in &count.lines {
        table.line(&[
            count.on.to_string(),
            line.name.clone(),
            line.job.clone(),
            line.form.map_or("not engaged on this day", EngagementForm::as_str).to_owned(),
            line.titles.join("; "),
            line.days.first.to_string(),
            line.days.last.map(|last| last.to_string()).unwrap_or_default(),
        ]);
    }
    table.into_bytes()
}
