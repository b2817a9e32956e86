//! The register of people read as a whole: who is here, who is coming, who left, and how many are here on a
//! day. What is written stands in `people` and `engagements`.

use crate::{
    Row, StoreError, Tx, Value, params,
    people::{PERSON, PersonRow, person},
};
use closedset_core::{
    engagement::{Days, EngagementForm},
    id::{Client, Id, Organisation, Person, Title},
};
use jiff::civil::Date;

/// Whom of the register somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Engaged on the day.
    Here,
    /// Engaged later, and not on the day.
    Coming,
    /// Engaged earlier, and not on the day or later.
    Left,
    /// Whoever is known, also those whom nobody has engaged.
    All,
}

/// What of the register is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Whom.
    pub standing: Standing,
    /// On which day.
    pub day: Date,
    /// Only those who work on this title: on that day where those are asked for who are here, else whenever.
    pub title: Option<Id<Title>>,
}

const HELD: &str = "begins_on <= $2 AND (ends_on IS NULL OR ends_on >= $2) AND removed_at IS NULL";

/// The people asked for, by name, behind the one who is named and has this id; at most `limit`.
pub fn register_page(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    asked: Asked,
    after: Option<(&str, Id<Person>)>,
    limit: i64,
) -> Result<Vec<PersonRow>, StoreError> {
    let mut values = vec![Value::from(organisation), Value::from(asked.day)];
    let mut bind = |value: Value<'static>| {
        values.push(value);
        format!("${}", values.len())
    };
    let engaged = |condition: &str| {
        format!(
            "EXISTS (SELECT 1 FROM engagement e WHERE e.organisation = $1 AND e.person = p.id AND {condition})"
        )
    };
    let (here, later) = (engaged(HELD), engaged("begins_on > $2 AND removed_at IS NULL"));
    let mut conditions = match asked.standing {
        Standing::Here => here,
        Standing::Coming => format!("{later} AND NOT {here}"),
        Standing::Left => {
            let ever = engaged("begins_on <= $2 AND removed_at IS NULL");
            format!("{ever} AND NOT {here} AND NOT {later}")
        }
        // The day is bound in any case, and has to be a text somewhere.
        Standing::All => "p.id <> $2".to_owned(),
    };
    if let Some(title) = asked.title {
        let when = match asked.standing {
            Standing::Here => HELD,
            Standing::Coming | Standing::Left | Standing::All => "removed_at IS NULL",
        };
        let title = bind(Value::from(title));
        conditions += &format!(
            " AND EXISTS (SELECT 1 FROM assignment a WHERE a.organisation = $1 AND a.person = p.id \
             AND a.title = {title} AND {when})"
        );
    }
    if let Some((name, id)) = after {
        let name = bind(Value::from(name.to_owned()));
        let id = bind(Value::from(id));
        conditions += &format!(" AND (p.name, p.id) > ({name}, {id})");
    }
    let limit = bind(Value::from(limit));
    let sql = format!("{PERSON} AND {conditions} ORDER BY p.name, p.id LIMIT {limit}");
    tx.query(&sql, &values, person)
}

/// Everybody who was ever engaged and is not forgotten: their names, and what stands for their address.
pub fn register_names(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<(String, String)>, StoreError> {
    tx.query(
        "SELECT p.name, p.email FROM person p WHERE p.organisation = $1 AND p.forgotten_at IS NULL \
         AND EXISTS (SELECT 1 FROM engagement e WHERE e.organisation = $1 AND e.person = p.id AND e.removed_at IS NULL)",
        params![organisation],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )
}

/// How many people are engaged on a day, as what. Whoever is engaged twice is counted once, as what comes
/// first in the order of [`EngagementForm::ALL`].
pub fn head_count(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    day: Date,
) -> Result<Vec<(EngagementForm, i64)>, StoreError> {
    let mut counts = Vec::new();
    let rows = tx.query(
        &format!(
            "SELECT place, COUNT(*) FROM (SELECT MIN({}) AS place FROM engagement \
             WHERE organisation = $1 AND begins_on <= $2 AND (ends_on IS NULL OR ends_on >= $2) AND removed_at IS NULL \
             GROUP BY person) AS engaged GROUP BY place ORDER BY place",
            place_of("form")
        ),
        params![organisation, day],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    for (place, count) in rows {
        let form = usize::try_from(place).ok().and_then(|place| EngagementForm::ALL.get(place));
        counts.push((*form.ok_or_else(|| StoreError::corrupt("a form of engagement", ""))?, count));
    }
    Ok(counts)
}

/// The place of a form among [`EngagementForm::ALL`].
fn place_of(column: &str) -> String {
    let places: String = EngagementForm::ALL
        .iter()
        .enumerate()
        .map(|(place, form)| format!(" WHEN '{}' THEN {place}", form.as_str()))
        .collect();
    format!("CASE {column}{places} END")
}

/// Who was engaged on any of these days, as what and when.
pub fn engaged_within(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (from, to): (Date, Date),
) -> Result<Vec<(Id<Person>, Days)>, StoreError> {
    tx.query(
        "SELECT person, begins_on, ends_on FROM engagement \
         WHERE organisation = $1 AND begins_on <= $3 AND (ends_on IS NULL OR ends_on >= $2) AND removed_at IS NULL",
        params![organisation, from, to],
        |row| Ok((row.id(0)?, Days { first: row.day(1)?, last: row.day_opt(2)? })),
    )
}

/// Somebody's work on a day, for the organisation or on a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkRow {
    /// Who.
    pub person: Id<Person>,
    /// Their name.
    pub name: String,
    /// What they do.
    pub job: String,
    /// From when to when.
    pub days: Days,
}

fn work(row: &Row<'_>) -> Result<WorkRow, StoreError> {
    Ok(WorkRow {
        person: row.id(0)?,
        name: row.text(1)?,
        job: row.text(2)?,
        days: Days { first: row.day(3)?, last: row.day_opt(4)? },
    })
}

/// Who is engaged on a day, by name, each once: as what [`head_count`] counts them; at most `limit`.
pub fn engaged_on(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    day: Date,
    limit: i64,
) -> Result<Vec<(WorkRow, EngagementForm)>, StoreError> {
    tx.query(
        &format!(
            "SELECT person, name, job, begins_on, ends_on, form FROM (SELECT e.person AS person, p.name AS name, \
             e.job AS job, e.begins_on AS begins_on, e.ends_on AS ends_on, e.form AS form, \
             ROW_NUMBER() OVER (PARTITION BY e.person ORDER BY {}, e.id) AS place \
             FROM engagement e JOIN person p ON p.id = e.person \
             WHERE e.organisation = $1 AND e.begins_on <= $2 AND (e.ends_on IS NULL OR e.ends_on >= $2) \
             AND e.removed_at IS NULL) AS engaged WHERE place = 1 ORDER BY name, person LIMIT $3",
            place_of("e.form")
        ),
        params![organisation, day, limit],
        |row| {
            let word = row.text(5)?;
            let form = EngagementForm::from_word(&word)
                .ok_or_else(|| StoreError::corrupt("a form of engagement", &word))?;
            Ok((work(row)?, form))
        },
    )
}

/// Which titles somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Titles {
    /// All.
    Any,
    /// Those of a client.
    Of(Id<Client>),
    /// This one.
    One(Id<Title>),
}

impl Titles {
    /// What is asked of an assignment and its title, and what `$3` stands for.
    fn condition(self) -> (&'static str, String) {
        match self {
            Self::Any => ("t.id <> $3", String::new()),
            Self::Of(client) => ("t.client = $3", client.to_string()),
            Self::One(title) => ("t.id = $3", title.to_string()),
        }
    }
}

const ASSIGNED: &str = "FROM assignment a JOIN title t ON t.id = a.title JOIN person p ON p.id = a.person \
    WHERE a.organisation = $1 AND a.begins_on <= $2 AND (a.ends_on IS NULL OR a.ends_on >= $2) AND a.removed_at IS NULL \
    AND t.removed_at IS NULL";

/// How many people are assigned to titles on a day, each once; and how many of them nobody has engaged then.
pub fn assigned_count(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    day: Date,
    titles: Titles,
) -> Result<(i64, i64), StoreError> {
    let (condition, asked) = titles.condition();
    let counts = tx.query_opt(
        &format!(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM engagement e WHERE e.organisation = $1 \
             AND e.person = assigned.person AND e.begins_on <= $2 AND (e.ends_on IS NULL OR e.ends_on >= $2) \
             AND e.removed_at IS NULL) THEN 0 ELSE 1 END), 0) \
             FROM (SELECT DISTINCT a.person AS person {ASSIGNED} AND {condition}) AS assigned"
        ),
        params![organisation, day, asked],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    Ok(counts.unwrap_or_default())
}

/// The assignments to titles that hold on a day, by name, with the titles' aliases; at most `limit`.
pub fn assigned_on(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (day, titles): (Date, Titles),
    limit: i64,
) -> Result<Vec<(WorkRow, String)>, StoreError> {
    let (condition, asked) = titles.condition();
    tx.query(
        &format!(
            "SELECT a.person, p.name, a.job, a.begins_on, a.ends_on, t.alias {ASSIGNED} AND {condition} \
             ORDER BY p.name, a.person, a.id LIMIT $4"
        ),
        params![organisation, day, asked, limit],
        |row| Ok((work(row)?, row.text(5)?)),
    )
}
