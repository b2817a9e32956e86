//! What owners ask in files of their own, and what is answered.

use crate::{Row, StoreError, Tx, params, tasks::Owner};
use closedset_core::{
    Digest, Time,
    id::{Client, Id, Organisation, Person, Questionnaire},
};
use jiff::civil::Date;

/// A questionnaire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionnaireRow {
    /// Its id.
    pub id: Id<Questionnaire>,
    /// Whose it is: the client's id.
    pub client: Id<Client>,
    /// The client's name.
    pub client_name: String,
    /// What it is called.
    pub name: String,
    /// The last day on which its owner takes the answers.
    pub due_on: Option<Date>,
    /// What the file was called.
    pub file_name: String,
    /// The file's digest.
    pub digest: Digest,
    /// Since when it is here.
    pub created_at: Time,
    /// When the answers were drawn up last.
    pub handed_out_at: Option<Time>,
}

/// A questionnaire and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionnaireCounted {
    /// The questionnaire.
    pub row: QuestionnaireRow,
    /// How many questions it has.
    pub questions: i64,
    /// How many of them are answered.
    pub answered: i64,
}

/// A question of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionRow {
    /// Where it stands, from 1.
    pub position: i64,
    /// Under which heading; empty for none.
    pub part: String,
    /// As the owner counts it; empty where they do not.
    pub number: String,
    /// What is asked.
    pub words: String,
    /// The same as it is compared with others.
    pub alike: String,
    /// What is answered; empty while nothing is.
    pub answer: String,
    /// The control that says how it stands; empty for none.
    pub control: String,
    /// Whether the answer is proposed elsewhere.
    pub is_reusable: bool,
    /// Who answered; none where that was no person.
    pub answered_by: Option<Owner>,
    /// When.
    pub answered_at: Option<Time>,
    /// How often that was changed.
    pub changes: i64,
}

/// An answer that may serve again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedAnswer {
    /// The questionnaire in which it was given.
    pub questionnaire: Id<Questionnaire>,
    /// What that is called.
    pub name: String,
    /// Whose it is.
    pub client: Id<Client>,
    /// The client's name.
    pub client_name: String,
    /// The question with the answer.
    pub question: QuestionRow,
}

const QUESTIONNAIRE: &str = "SELECT n.id, n.client, c.name, n.name, n.due_on, n.file_name, n.digest, n.created_at, \
    n.handed_out_at FROM questionnaire n JOIN client c ON c.id = n.client WHERE n.organisation = $1";

fn questionnaire(row: &Row<'_>) -> Result<QuestionnaireRow, StoreError> {
    Ok(QuestionnaireRow {
        id: row.id(0)?,
        client: row.id(1)?,
        client_name: row.text(2)?,
        name: row.text(3)?,
        due_on: row.day_opt(4)?,
        file_name: row.text(5)?,
        digest: row.digest(6)?,
        created_at: row.time(7)?,
        handed_out_at: row.time_opt(8)?,
    })
}

const QUESTION: &str = "SELECT q.position, q.part, q.number, q.words, q.alike, q.answer, q.control, q.is_reusable, \
    q.answered_by, p.name, q.answered_at, q.changes";

const ASKED: &str = "FROM question q LEFT JOIN person p ON p.id = q.answered_by";

fn question(row: &Row<'_>) -> Result<QuestionRow, StoreError> {
    let (by, name): (Option<Id<Person>>, _) = (row.id_opt(8)?, row.text_opt(9)?);
    Ok(QuestionRow {
        position: row.int(0)?,
        part: row.text(1)?,
        number: row.text(2)?,
        words: row.text(3)?,
        alike: row.text(4)?,
        answer: row.text(5)?,
        control: row.text(6)?,
        is_reusable: row.bool(7)?,
        answered_by: by.map(|person| Owner { person, name: name.unwrap_or_default() }),
        answered_at: row.time_opt(10)?,
        changes: row.int(11)?,
    })
}

/// Adds a questionnaire with its questions.
pub fn questionnaire_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    new: &QuestionnaireRow,
    questions: &[QuestionRow],
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO questionnaire (id, organisation, client, name, due_on, file_name, digest, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            new.id,
            organisation,
            new.client,
            new.name.as_str(),
            new.due_on,
            new.file_name.as_str(),
            new.digest,
            new.created_at
        ],
    )?;
    for one in questions {
        tx.execute(
            "INSERT INTO question (questionnaire, position, organisation, part, number, words, alike, answer, control, \
             is_reusable, answered_by, answered_at, changes) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            params![
                new.id,
                one.position,
                organisation,
                one.part.as_str(),
                one.number.as_str(),
                one.words.as_str(),
                one.alike.as_str(),
                one.answer.as_str(),
                one.control.as_str(),
                one.is_reusable,
                one.answered_by.as_ref().map(|by| by.person),
                one.answered_at,
                one.changes
            ],
        )?;
    }
    Ok(())
}

/// All questionnaires, the latest first.
pub fn questionnaire_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Vec<QuestionnaireCounted>, StoreError> {
    let counts = tx.query(
        "SELECT questionnaire, COUNT(*), SUM(CASE WHEN answer <> '' THEN 1 ELSE 0 END) FROM question \
         WHERE organisation = $1 GROUP BY questionnaire",
        params![organisation],
        |row| Ok((row.id(0)?, row.int(1)?, row.int(2)?)),
    )?;
    let sql = format!("{QUESTIONNAIRE} ORDER BY n.id DESC");
    let rows = tx.query(&sql, params![organisation], questionnaire)?;
    let counted = rows.into_iter().map(|row| {
        let found: Option<&(Id<Questionnaire>, i64, i64)> =
            counts.iter().find(|(id, _, _)| *id == row.id);
        let (questions, answered) = found.map_or((0, 0), |(_, all, answered)| (*all, *answered));
        QuestionnaireCounted { row, questions, answered }
    });
    Ok(counted.collect())
}

/// One questionnaire.
pub fn questionnaire_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Questionnaire>,
) -> Result<Option<QuestionnaireRow>, StoreError> {
    tx.query_opt(
        &format!("{QUESTIONNAIRE} AND n.id = $2"),
        params![organisation, id],
        questionnaire,
    )
}

/// Its questions in their order.
pub fn question_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Questionnaire>,
) -> Result<Vec<QuestionRow>, StoreError> {
    tx.query(
        &format!(
            "{QUESTION} {ASKED} WHERE q.organisation = $1 AND q.questionnaire = $2 ORDER BY q.position"
        ),
        params![organisation, id],
        question,
    )
}

/// Writes down what is answered to a question now.
pub fn question_update(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Questionnaire>,
    one: &QuestionRow,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE question SET answer = $4, control = $5, is_reusable = $6, answered_by = $7, answered_at = $8, changes = $9 \
         WHERE organisation = $1 AND questionnaire = $2 AND position = $3",
        params![
            organisation,
            id,
            one.position,
            one.answer.as_str(),
            one.control.as_str(),
            one.is_reusable,
            one.answered_by.as_ref().map(|by| by.person),
            one.answered_at,
            one.changes
        ],
    )?;
    Ok(())
}

/// The latest answers that may serve again, the latest first.
pub fn saved_answer_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    limit: i64,
) -> Result<Vec<SavedAnswer>, StoreError> {
    tx.query(
        &format!(
            "{QUESTION}, n.id, n.name, n.client, c.name {ASKED} JOIN questionnaire n ON n.id = q.questionnaire \
             JOIN client c ON c.id = n.client \
             WHERE q.organisation = $1 AND q.answer <> '' AND q.is_reusable = 1 \
             ORDER BY q.answered_at DESC, q.questionnaire DESC, q.position LIMIT $2"
        ),
        params![organisation, limit],
        |row| {
            Ok(SavedAnswer {
                questionnaire: row.id(12)?,
                name: row.text(13)?,
                client: row.id(14)?,
                client_name: row.text(15)?,
                question: question(row)?,
            })
        },
    )
}

/// Says that the answers were drawn up.
pub fn questionnaire_handed_out(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Questionnaire>,
    at: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE questionnaire SET handed_out_at = $3 WHERE organisation = $1 AND id = $2",
        params![organisation, id, at],
    )?;
    Ok(())
}

/// Takes a questionnaire out with its questions and answers.
pub fn questionnaire_delete(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Questionnaire>,
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM question WHERE organisation = $1 AND questionnaire = $2",
        params![organisation, id],
    )?;
    tx.execute(
        "DELETE FROM questionnaire WHERE organisation = $1 AND id = $2",
        params![organisation, id],
    )?;
    Ok(())
}
