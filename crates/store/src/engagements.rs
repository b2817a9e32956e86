//! Who works here, from when to when, and on which titles.

use crate::{Row, StoreError, Tx, Value, params};
use closedset_core::{
    Time,
    engagement::{Days, EngagementForm},
    id::{Assignment, Engagement, Id, Organisation, Person, Title},
};
use jiff::civil::Date;

/// Somebody's dated work for an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngagementRow {
    /// Its id.
    pub id: Id<Engagement>,
    /// Whose.
    pub person: Id<Person>,
    /// As what.
    pub form: EngagementForm,
    /// What they do, in the facility's words: "colourist".
    pub job: String,
    /// From when to when.
    pub days: Days,
    /// Since when it is known.
    pub created_at: Time,
    /// When it was removed as entered by mistake.
    pub removed_at: Option<Time>,
}

pub(crate) const ENGAGEMENT: &str = "SELECT id, person, form, job, begins_on, ends_on, created_at, removed_at FROM engagement \
    WHERE organisation = $1";

pub(crate) fn engagement(row: &Row<'_>) -> Result<EngagementRow, StoreError> {
    let word = row.text(2)?;
    Ok(EngagementRow {
        id: row.id(0)?,
        person: row.id(1)?,
        form: EngagementForm::from_word(&word)
            .ok_or_else(|| StoreError::corrupt("a form of engagement", &word))?,
        job: row.text(3)?,
        days: Days { first: row.day(4)?, last: row.day_opt(5)? },
        created_at: row.time(6)?,
        removed_at: row.time_opt(7)?,
    })
}

/// Adds an engagement.
pub fn engagement_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    engagement: &EngagementRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO engagement (id, organisation, person, form, job, begins_on, ends_on, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            engagement.id,
            organisation,
            engagement.person,
            engagement.form,
            engagement.job.as_str(),
            engagement.days.first,
            engagement.days.last,
            engagement.created_at
        ],
    )?;
    Ok(())
}

/// Writes down what an engagement is now. Whose it is never changes.
pub fn engagement_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    engagement: &EngagementRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE engagement SET form = $3, job = $4, begins_on = $5, ends_on = $6, removed_at = $7 \
         WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            engagement.id,
            engagement.form,
            engagement.job.as_str(),
            engagement.days.first,
            engagement.days.last,
            engagement.removed_at
        ],
    )?;
    Ok(())
}

/// One engagement, removed or not.
pub fn engagement_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Engagement>,
) -> Result<Option<EngagementRow>, StoreError> {
    tx.query_opt(&format!("{ENGAGEMENT} AND id = $2"), params![organisation, id], engagement)
}

/// The engagements of a person that were not removed, the latest first.
pub fn engagement_list_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<EngagementRow>, StoreError> {
    tx.query(
        &format!(
            "{ENGAGEMENT} AND person = $2 AND removed_at IS NULL ORDER BY begins_on DESC, id DESC"
        ),
        params![organisation, person],
        engagement,
    )
}

/// The engagements of these people that were not removed, the earliest first. They are as many as one page
/// lists.
pub fn engagement_list_of_all(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    people: &[Id<Person>],
) -> Result<Vec<EngagementRow>, StoreError> {
    let Some((places, values)) = among(organisation, people) else { return Ok(Vec::new()) };
    tx.query(
        &format!(
            "{ENGAGEMENT} AND person IN ({places}) AND removed_at IS NULL ORDER BY begins_on, id"
        ),
        &values,
        engagement,
    )
}

/// The placeholders of these people behind that of the organisation, and the values of all; none for nobody.
fn among(
    organisation: Id<Organisation>,
    people: &[Id<Person>],
) -> Option<(String, Vec<Value<'static>>)> {
    let places: Vec<String> = (2..people.len() + 2).map(|place| format!("${place}")).collect();
    let own = std::iter::once(Value::from(organisation));
    let values = own.chain(people.iter().map(|person| Value::from(*person))).collect();
    (!people.is_empty()).then(|| (places.join(", "), values))
}

/// Takes the words of what somebody did out of all their engagements and assignments.
pub fn jobs_strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    words: &str,
) -> Result<(), StoreError> {
    for table in ["engagement", "assignment"] {
        tx.execute(
            &format!("UPDATE {table} SET job = $3 WHERE organisation = $1 AND person = $2"),
            params![organisation, person, words],
        )?;
    }
    Ok(())
}

/// Whether somebody works here, or on something, on a day or later.
pub fn is_booked(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    day: Date,
) -> Result<bool, StoreError> {
    for table in ["engagement", "assignment"] {
        let found = tx.query(
            &format!(
                "SELECT id FROM {table} WHERE organisation = $1 AND person = $2 AND removed_at IS NULL \
                 AND (ends_on IS NULL OR ends_on >= $3) LIMIT 1"
            ),
            params![organisation, person, day],
            |row| row.text(0),
        )?;
        if !found.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The next first day of an engagement after `day`, and the next last one from `day` on.
pub fn next_days(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    day: Date,
) -> Result<(Option<Date>, Option<Date>), StoreError> {
    let begins = tx.query_opt(
        "SELECT MIN(begins_on) FROM engagement WHERE organisation = $1 AND removed_at IS NULL AND begins_on > $2",
        params![organisation, day],
        |row| row.day_opt(0),
    )?;
    let ends = tx.query_opt(
        "SELECT MIN(ends_on) FROM engagement WHERE organisation = $1 AND removed_at IS NULL AND ends_on >= $2",
        params![organisation, day],
        |row| row.day_opt(0),
    )?;
    Ok((begins.flatten(), ends.flatten()))
}

/// Somebody's dated work on a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRow {
    /// Its id.
    pub id: Id<Assignment>,
    /// Whose.
    pub person: Id<Person>,
    /// On what.
    pub title: Id<Title>,
    /// What they do on it.
    pub job: String,
    /// From when to when.
    pub days: Days,
    /// Since when it is known.
    pub created_at: Time,
    /// When it was removed as entered by mistake.
    pub removed_at: Option<Time>,
}

pub(crate) const ASSIGNMENT: &str = "SELECT id, person, title, job, begins_on, ends_on, created_at, removed_at FROM assignment \
    WHERE organisation = $1";

pub(crate) fn assignment(row: &Row<'_>) -> Result<AssignmentRow, StoreError> {
    Ok(AssignmentRow {
        id: row.id(0)?,
        person: row.id(1)?,
        title: row.id(2)?,
        job: row.text(3)?,
        days: Days { first: row.day(4)?, last: row.day_opt(5)? },
        created_at: row.time(6)?,
        removed_at: row.time_opt(7)?,
    })
}

/// Adds an assignment.
pub fn assignment_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    assignment: &AssignmentRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO assignment (id, organisation, person, title, job, begins_on, ends_on, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            assignment.id,
            organisation,
            assignment.person,
            assignment.title,
            assignment.job.as_str(),
            assignment.days.first,
            assignment.days.last,
            assignment.created_at
        ],
    )?;
    Ok(())
}

/// Writes down what an assignment is now. Whose it is, and on what, never changes.
pub fn assignment_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    assignment: &AssignmentRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE assignment SET job = $3, begins_on = $4, ends_on = $5, removed_at = $6 \
         WHERE organisation = $1 AND id = $2",
        params![
            organisation,
            assignment.id,
            assignment.job.as_str(),
            assignment.days.first,
            assignment.days.last,
            assignment.removed_at
        ],
    )?;
    Ok(())
}

/// One assignment, removed or not.
pub fn assignment_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Assignment>,
) -> Result<Option<AssignmentRow>, StoreError> {
    tx.query_opt(&format!("{ASSIGNMENT} AND id = $2"), params![organisation, id], assignment)
}

/// The assignments of a person that were not removed, the latest first.
pub fn assignment_list_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<AssignmentRow>, StoreError> {
    tx.query(
        &format!(
            "{ASSIGNMENT} AND person = $2 AND removed_at IS NULL ORDER BY begins_on DESC, id DESC"
        ),
        params![organisation, person],
        assignment,
    )
}

/// The assignments of these people that were not removed, with the aliases of the titles, the earliest first.
/// They are as many as one page lists.
pub fn assignment_list_of_all(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    people: &[Id<Person>],
) -> Result<Vec<(AssignmentRow, String)>, StoreError> {
    let Some((places, values)) = among(organisation, people) else { return Ok(Vec::new()) };
    tx.query(
        &format!(
            "SELECT a.id, a.person, a.title, a.job, a.begins_on, a.ends_on, a.created_at, a.removed_at, t.alias \
             FROM assignment a JOIN title t ON t.id = a.title \
             WHERE a.organisation = $1 AND a.person IN ({places}) AND a.removed_at IS NULL ORDER BY a.begins_on, a.id"
        ),
        &values,
        |row| Ok((assignment(row)?, row.text(8)?)),
    )
}

/// The assignments to a title that were not removed, the latest first.
pub fn assignment_list_on(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    title: Id<Title>,
) -> Result<Vec<AssignmentRow>, StoreError> {
    tx.query(
        &format!(
            "{ASSIGNMENT} AND title = $2 AND removed_at IS NULL ORDER BY begins_on DESC, id DESC"
        ),
        params![organisation, title],
        assignment,
    )
}
