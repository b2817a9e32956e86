//! What somebody enters of a client or a title, read whole, so that all that is wrong is told at once.

use crate::{
    FieldProblem, Problem,
    evidence::invalid_unless_empty,
    people::{NAME_RULE, is_name, name_key},
};
use closedset_core::{
    engagement::Days,
    id::{Client, Id, Organisation, Title},
};
use closedset_store::{
    Tx,
    titles::{ClientRow, TitleRow, client_list, title_list},
};
use jiff::civil::{Date, date};

/// No day lies before this, nor after [`LATEST`].
const EARLIEST: Date = date(1950, 1, 1);
/// See [`EARLIEST`].
const LATEST: Date = date(2149, 12, 31);

/// A client as entered, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewClient {
    /// Its name.
    pub name: String,
    /// Its name may not be told to other clients.
    pub is_confidential: bool,
    /// The first day of the contract with it, as `2026-09-30`; empty where there is none.
    pub contract_from: String,
    /// The last one; empty where it has no end.
    pub contract_to: String,
}

/// A title as entered, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTitle {
    /// What it is really called.
    pub name: String,
    /// What it is called before all who need not know.
    pub alias: String,
    /// Its owner asks for more than for others.
    pub is_high_security: bool,
    /// The first day of the work on it, as `2026-09-30`.
    pub begins_on: String,
    /// The last one; empty while it runs.
    pub ends_on: String,
    /// The first day on which nothing of its content is held here any more; empty while some is.
    pub content_gone_on: String,
}

/// What was read, and what is wrong with it.
#[derive(Default)]
struct Reading(Vec<FieldProblem>);

impl Reading {
    fn wrong(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(FieldProblem { field, message: message.into() });
    }

    fn is_right(&self, field: &str) -> bool {
        self.0.iter().all(|problem| problem.field != field)
    }

    fn name(&mut self, field: &'static str, text: &str, what: &str) -> String {
        let name = text.trim().to_owned();
        if !is_name(&name) {
            self.wrong(field, format!("Enter {what}, {NAME_RULE}."));
        }
        name
    }

    fn day(&mut self, field: &'static str, text: &str) -> Option<Date> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let day = day(text);
        if day.is_none() {
            self.wrong(field, DAY_RULE);
        }
        day
    }
}

/// What is said of a day that cannot be read.
pub(crate) const DAY_RULE: &str = "Write the day like 2026-09-30.";

/// A day as entered.
pub(crate) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text)?;
    (EARLIEST..=LATEST).contains(&day).then_some(day)
}

/// The client that is entered. `own` is the one that is changed, if one is.
pub(super) fn client(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    new: &NewClient,
    own: Option<Id<Client>>,
) -> Result<(String, Option<Days>), Problem> {
    let mut reading = Reading::default();
    let name = reading.name("name", &new.name, "the client's name");
    let first = reading.day("contract_from", &new.contract_from);
    let last = reading.day("contract_to", &new.contract_to);
    match (first, last) {
        (None, Some(_)) if reading.is_right("contract_from") => {
            reading.wrong("contract_from", "Enter the day from which the contract runs.");
        }
        (Some(first), Some(last)) if last < first => {
            reading.wrong("contract_to", "Choose a day that is not before the first one.");
        }
        _ => {}
    }
    if reading.is_right("name") {
        let wanted = name_key(&name);
        let is_taken = |row: &ClientRow| Some(row.id) != own && name_key(&row.name) == wanted;
        if client_list(tx, organisation)?.iter().any(is_taken) {
            reading
                .wrong("name", "There is a client with this name. Add what tells the two apart.");
        }
    }
    invalid_unless_empty(reading.0)?;
    Ok((name, first.map(|first| Days { first, last })))
}

/// What is read of a title.
pub(super) struct TitleTerms {
    pub(super) name: String,
    pub(super) alias: String,
    pub(super) days: Days,
    pub(super) content_gone_on: Option<Date>,
}

/// Whose title it is, and what is read of it.
pub(super) struct OfTitle<'a> {
    /// The title that is changed, if one is.
    pub(super) own: Option<Id<Title>>,
    /// What is wrong with whose it is to be.
    pub(super) no_client: Option<FieldProblem>,
    /// What was entered.
    pub(super) new: &'a NewTitle,
    /// The day that it is.
    pub(super) today: Date,
}

/// The title that is entered.
pub(super) fn title(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    of: OfTitle<'_>,
) -> Result<TitleTerms, Problem> {
    let OfTitle { own, no_client, new, today } = of;
    let mut reading = Reading(no_client.into_iter().collect());
    let name = reading.name("name", &new.name, "the title's name");
    let alias = reading.name("alias", &new.alias, "an alias");
    let first = reading.day("begins_on", &new.begins_on);
    let last = reading.day("ends_on", &new.ends_on);
    let gone = reading.day("content_gone_on", &new.content_gone_on);
    if first.is_none() && reading.is_right("begins_on") {
        reading.wrong("begins_on", "Enter the first day of the work on it.");
    }
    if let (Some(first), Some(last)) = (first, last)
        && last < first
    {
        reading.wrong("ends_on", "Choose a day that is not before the first one.");
    }
    if let Some(gone) = gone {
        if gone > today {
            reading
                .wrong("content_gone_on", "Say so once it is gone: choose today or a day before.");
        } else if first.is_some_and(|first| gone < first) {
            reading.wrong("content_gone_on", "Choose a day that is not before the first one.");
        }
    }
    if reading.is_right("alias") && reading.is_right("name") {
        let wanted = name_key(&alias);
        let is_taken = |row: &TitleRow| Some(row.id) != own && name_key(&row.alias) == wanted;
        if new.is_high_security && wanted == name_key(&name) {
            reading.wrong(
                "alias",
                "Choose an alias that is not its name: it is marked as high security.",
            );
        } else if title_list(tx, organisation, None)?.iter().any(is_taken) {
            reading.wrong("alias", "Another title has this alias. Choose one of its own.");
        }
    }
    invalid_unless_empty(reading.0)?;
    // It was read, or there would be something wrong.
    let first = first.ok_or_else(|| Problem::Fault("a title has no first day".into()))?;
    Ok(TitleTerms { name, alias, days: Days { first, last }, content_gone_on: gone })
}
