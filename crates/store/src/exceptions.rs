//! Exceptions: what people signed where a check does not pass.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Subject, Time,
    exception::{self, ExceptionForm, Terms},
    id::{Exception, Id, Organisation},
};

/// An exception, asked for or granted.
#[derive(Debug, Clone)]
pub struct ExceptionRow {
    /// Its id.
    pub id: Id<Exception>,
    /// What is signed.
    pub terms: Terms,
    /// Who asked for it.
    pub asked_by: String,
    /// The same, as an actor's text.
    pub asked_actor: String,
    /// When.
    pub asked_at: Time,
    /// The entry that recorded it.
    pub asked_entry: i64,
    /// How it was granted, if it was.
    pub granted: Option<Granted>,
    /// When it was taken back, if it was.
    pub withdrawn_at: Option<Time>,
    /// The entry that says why it was taken back.
    pub withdrawn_entry: Option<i64>,
}

/// How an exception was granted.
#[derive(Debug, Clone)]
pub struct Granted {
    /// Who approved it.
    pub by: String,
    /// When.
    pub at: Time,
    /// The entry that recorded it.
    pub entry: i64,
    /// Whoever approved it is another person than whoever asked for it.
    pub has_second_person: bool,
    /// Which of the two invited the other, if one did.
    pub invited_by: Option<InvitedBy>,
}

/// Which of two people who asked for something and approved it had invited the other: then two
/// accounts are no proof of two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitedBy {
    /// Whoever asked invited whoever approved.
    Asker,
    /// Whoever approved invited whoever asked.
    Approver,
}

impl InvitedBy {
    /// The word for it in rows, entries and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asker => "asker",
            Self::Approver => "approver",
        }
    }

    /// Which one a word is.
    ///
    /// # Errors
    ///
    /// Another word.
    pub fn from_word(word: &str) -> Result<Self, StoreError> {
        match word {
            "asker" => Ok(Self::Asker),
            "approver" => Ok(Self::Approver),
            other => Err(StoreError::corrupt("who invited", other)),
        }
    }
}

impl ExceptionRow {
    /// The exception as it is assessed; none while it is only asked for.
    pub fn exception(&self) -> Option<exception::Exception> {
        let granted = self.granted.as_ref()?;
        Some(exception::Exception {
            id: self.id,
            terms: self.terms.clone(),
            granted_at: granted.at,
            withdrawn_at: self.withdrawn_at,
        })
    }

    /// What is known of it at `at`, if anything is: what came later had not happened.
    fn known_at(mut self, at: Time) -> Option<Self> {
        self.granted = self.granted.filter(|granted| granted.at <= at);
        self.withdrawn_at = self.withdrawn_at.filter(|withdrawn_at| *withdrawn_at <= at);
        self.withdrawn_entry = self.withdrawn_entry.filter(|_| self.withdrawn_at.is_some());
        (self.asked_at <= at).then_some(self)
    }
}

const EXCEPTION: &str = "SELECT id, form, control, check_id, subject, covers_unknown, reason, measure, valid_to, \
    asked_by, asked_actor, asked_at, asked_entry, approved_by, granted_at, granted_entry, has_second_person, \
    withdrawn_at, withdrawn_entry, invited_by FROM exception";

fn exception(row: &Row<'_>) -> Result<ExceptionRow, StoreError> {
    let form = row.text(1)?;
    let subject = row.text_opt(4)?;
    let subject: Option<Subject> = subject
        .map(|text| text.parse().map_err(|_| StoreError::corrupt("a subject", &text)))
        .transpose()?;
    let granted = match (row.text_opt(13)?, row.time_opt(14)?, row.int_opt(15)?) {
        (Some(by), Some(at), Some(entry)) => Some(Granted {
            by,
            at,
            entry,
            has_second_person: row.bool(16)?,
            invited_by: row.text_opt(19)?.as_deref().map(InvitedBy::from_word).transpose()?,
        }),
        _ => None,
    };
    Ok(ExceptionRow {
        id: row.id(0)?,
        terms: Terms {
            form: ExceptionForm::from_word(&form)
                .ok_or_else(|| StoreError::corrupt("a form of exception", &form))?,
            control: row.text(2)?,
            check: row.text_opt(3)?,
            subject,
            covers_unknown: row.bool(5)?,
            reason: row.text(6)?,
            measure: row.text(7)?,
            valid_to: row.time(8)?,
        },
        asked_by: row.text(9)?,
        asked_actor: row.text(10)?,
        asked_at: row.time(11)?,
        asked_entry: row.int(12)?,
        granted,
        withdrawn_at: row.time_opt(17)?,
        withdrawn_entry: row.int_opt(18)?,
    })
}

/// The exceptions after `after`, oldest first.
pub fn exception_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<Id<Exception>>,
    limit: i64,
) -> Result<Vec<ExceptionRow>, StoreError> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    tx.query(
        &format!("{EXCEPTION} WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3"),
        params![organisation, after, limit],
        exception,
    )
}

/// The exceptions that were granted and end by themselves after `at`, the soonest first.
pub fn exception_list_ending(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Time,
    limit: i64,
) -> Result<Vec<ExceptionRow>, StoreError> {
    tx.query(
        &format!(
            "{EXCEPTION} WHERE organisation = $1 AND granted_at IS NOT NULL AND withdrawn_at IS NULL \
             AND valid_to > $2 ORDER BY valid_to, id LIMIT $3"
        ),
        params![organisation, at, limit],
        exception,
    )
}

/// The exceptions of a control and its checks, newest first.
pub fn exception_list_of_control(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
) -> Result<Vec<ExceptionRow>, StoreError> {
    tx.query(
        &format!("{EXCEPTION} WHERE organisation = $1 AND control = $2 ORDER BY id DESC"),
        params![organisation, control],
        exception,
    )
}

/// The same as they stood at a time of the past.
pub fn exception_list_of_control_as_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    control: &str,
    at: Time,
) -> Result<Vec<ExceptionRow>, StoreError> {
    let rows = exception_list_of_control(tx, organisation, control)?;
    Ok(rows.into_iter().filter_map(|row| row.known_at(at)).collect())
}

/// The exception with this id.
pub fn exception_by_id(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Exception>,
) -> Result<Option<ExceptionRow>, StoreError> {
    tx.query_opt(
        &format!("{EXCEPTION} WHERE organisation = $1 AND id = $2"),
        params![organisation, id],
        exception,
    )
}

/// The exceptions that were granted about `subject`, whether to it alone or to all of its kind, and
/// that cover something at `at` or later. As of now or later, one that was withdrawn or lapsed stays so
/// whatever the clock says: one that went back brings none of them to life.
pub fn exception_list_about(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    subject: &Subject,
    at: Time,
) -> Result<Vec<exception::Exception>, StoreError> {
    // A control's own is about that control alone; all others without a subject are about devices.
    let stands = match at < tx.now() {
        true => "(withdrawn_at IS NULL OR withdrawn_at > $2)",
        false => "withdrawn_at IS NULL AND lapsed_at IS NULL",
    };
    let rows = tx.query(
        &format!(
            "{EXCEPTION} WHERE organisation = $1 AND granted_at IS NOT NULL AND valid_to > $2 \
             AND {stands} \
             AND (subject = $3 OR subject IS NULL AND (check_id IS NOT NULL OR control = $4)) ORDER BY id"
        ),
        params![organisation, at, subject.to_string(), subject.id.as_str()],
        exception,
    )?;
    Ok(rows.iter().filter_map(ExceptionRow::exception).collect())
}

/// The exceptions about controls as a whole that cover a verdict in force, now or at a time of the past.
pub fn exception_list_answering(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    at: Option<Time>,
) -> Result<Vec<ExceptionRow>, StoreError> {
    let in_force = match at {
        Some(_) => "began_at <= $2 AND (ended_at IS NULL OR ended_at > $2)",
        None => "ended_at IS NULL AND began_at <= $2",
    };
    tx.query(
        &format!(
            "{EXCEPTION} WHERE organisation = $1 AND check_id IS NULL AND id IN (SELECT exception FROM verdict \
             WHERE organisation = $1 AND exception IS NOT NULL AND subject >= 'control:' AND subject < 'control;' \
             AND {in_force}) ORDER BY id"
        ),
        params![organisation, at.unwrap_or(Time::from_millis(i64::MAX))],
        exception,
    )
}

/// An exception that answered for its control as a whole, from when, and until when.
pub type AnswerInterval = (Id<Exception>, Time, Option<Time>);

/// When exceptions answered for a control as a whole, as far as that touches the period.
pub fn exception_answers(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (from, to): (Time, Time),
) -> Result<Vec<AnswerInterval>, StoreError> {
    tx.query(
        "SELECT exception, began_at, ended_at FROM verdict \
         WHERE organisation = $1 AND exception IS NOT NULL AND subject >= 'control:' AND subject < 'control;' \
         AND began_at <= $3 AND (ended_at IS NULL OR ended_at > $2) ORDER BY exception, began_at",
        params![organisation, from, to],
        |row| Ok((row.id(0)?, row.time(1)?, row.time_opt(2)?)),
    )
}

/// Writes down what is asked for. What is granted of it is not read.
pub fn exception_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    row: &ExceptionRow,
) -> Result<(), StoreError> {
    let terms = &row.terms;
    tx.execute(
        "INSERT INTO exception (id, organisation, form, control, check_id, subject, covers_unknown, reason, \
         measure, valid_to, asked_by, asked_actor, asked_at, asked_entry, has_second_person) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        params![
            row.id,
            organisation,
            terms.form.as_str(),
            terms.control.as_str(),
            terms.check.as_deref(),
            terms.subject.as_ref().map(Subject::to_string),
            terms.covers_unknown,
            terms.reason.as_str(),
            terms.measure.as_str(),
            terms.valid_to,
            row.asked_by.as_str(),
            row.asked_actor.as_str(),
            row.asked_at,
            row.asked_entry,
            false
        ],
    )?;
    Ok(())
}

/// Writes down how it was granted, and when somebody is to be reminded of its end.
pub fn exception_grant(
    tx: &mut Tx<'_>,
    id: Id<Exception>,
    granted: &Granted,
    remind_at: Time,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE exception SET approved_by = $2, granted_at = $3, granted_entry = $4, has_second_person = $5, \
         remind_at = $6, invited_by = $7 WHERE id = $1 AND granted_at IS NULL AND withdrawn_at IS NULL",
        params![
            id,
            granted.by.as_str(),
            granted.at,
            granted.entry,
            granted.has_second_person,
            remind_at,
            granted.invited_by.map(InvitedBy::as_str)
        ],
    )?;
    Ok(())
}

/// Takes an exception back, for the reason that the entry holds.
pub fn exception_withdraw(
    tx: &mut Tx<'_>,
    id: Id<Exception>,
    entry: i64,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE exception SET withdrawn_at = $2, withdrawn_entry = $3 \
         WHERE id = $1 AND withdrawn_at IS NULL",
        params![id, now, entry],
    )?;
    Ok(())
}

/// An exception with the organisation whose it is.
pub type OwnedException = (Id<Organisation>, Id<Exception>);

/// Exceptions, granted or not, whose last day was over by `now`, or of whose end somebody is to be
/// reminded, and that nobody took note of.
pub fn exception_due(
    tx: &mut Tx<'_>,
    now: Time,
    limit: i64,
) -> Result<Vec<OwnedException>, StoreError> {
    tx.query(
        "SELECT organisation, id FROM exception WHERE withdrawn_at IS NULL AND lapsed_at IS NULL \
         AND (valid_to <= $1 OR remind_at <= $1 AND reminded_at IS NULL) \
         ORDER BY valid_to, id LIMIT $2",
        params![now, limit],
        |row| Ok((row.id(0)?, row.id(1)?)),
    )
}

/// Notes that it lapsed and that an entry says so; whether that was not known.
pub fn exception_lapse(tx: &mut Tx<'_>, id: Id<Exception>) -> Result<bool, StoreError> {
    let rows = tx.execute(
        "UPDATE exception SET lapsed_at = valid_to WHERE id = $1 AND lapsed_at IS NULL \
         AND withdrawn_at IS NULL",
        params![id],
    )?;
    Ok(rows == 1)
}

/// Notes that somebody was reminded of its end; whether that was not so.
pub fn exception_remind(tx: &mut Tx<'_>, id: Id<Exception>) -> Result<bool, StoreError> {
    let now = tx.now();
    let rows = tx.execute(
        "UPDATE exception SET reminded_at = $2 WHERE id = $1 AND reminded_at IS NULL",
        params![id, now],
    )?;
    Ok(rows == 1)
}
