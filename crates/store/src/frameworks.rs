//! Which frameworks an organisation chose to answer.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Time,
    id::{Id, Organisation},
};

/// One choice, with all that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceRow {
    /// The ids of the frameworks, in their order; at least one.
    pub frameworks: Vec<String>,
    /// Who chose.
    pub chosen_by: String,
    /// When: from then on it holds.
    pub chosen_at: Time,
    /// The entry that recorded it.
    pub entry: i64,
}

const CHOICE: &str = "SELECT frameworks, chosen_by, chosen_at, entry FROM framework_choice";

fn choice(row: &Row<'_>) -> Result<ChoiceRow, StoreError> {
    let frameworks = row.text(0)?;
    Ok(ChoiceRow {
        frameworks: frameworks.split(' ').map(str::to_owned).collect(),
        chosen_by: row.text(1)?,
        chosen_at: row.time(2)?,
        entry: row.int(3)?,
    })
}

/// The choice in force at a time of the past, or now; none if nobody had chosen.
pub fn framework_choice_in_force(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Option<Time>,
) -> Result<Option<ChoiceRow>, StoreError> {
    let at = at.unwrap_or(Time::from_millis(i64::MAX));
    tx.query_opt(
        &format!(
            "{CHOICE} WHERE organisation = $1 AND chosen_at <= $2 ORDER BY entry DESC LIMIT 1"
        ),
        params![organisation, at],
        choice,
    )
}

/// Every choice, newest first.
pub fn framework_choice_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<ChoiceRow>, StoreError> {
    tx.query(
        &format!("{CHOICE} WHERE organisation = $1 ORDER BY entry DESC"),
        params![organisation],
        choice,
    )
}

/// Writes a choice down. Ids of frameworks hold no spaces.
pub fn framework_choice_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &ChoiceRow,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO framework_choice (organisation, entry, frameworks, chosen_by, chosen_at) \
         VALUES ($1, $2, $3, $4, $5)",
        params![
            organisation,
            row.entry,
            row.frameworks.join(" "),
            row.chosen_by.as_str(),
            row.chosen_at
        ],
    )?;
    Ok(())
}
