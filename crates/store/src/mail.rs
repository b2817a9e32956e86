//! Mail: the server it goes through, who wants it when, and the outbox.

use crate::{Row, StoreError, Tx, params};
use closedset_core::{
    Time,
    id::{Id, Mail, Organisation, Person},
};

/// The mail server of the installation.
#[derive(Debug, Clone)]
pub struct MailServerRow {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: i64,
    /// How the connection is encrypted, in a word.
    pub security: String,
    /// Who signs in.
    pub login: Option<String>,
    /// Their password, sealed.
    pub password_sealed: Option<Vec<u8>>,
    /// The name that letters come from.
    pub sender_name: String,
    /// The address that letters come from.
    pub sender_address: String,
}

/// The mail server, where one was set.
pub fn mail_server(tx: &mut Tx<'_>) -> Result<Option<MailServerRow>, StoreError> {
    tx.query_opt(
        "SELECT host, port, security, login, password_sealed, sender_name, sender_address \
         FROM mail_server WHERE id = 1",
        params![],
        |row| {
            Ok(MailServerRow {
                host: row.text(0)?,
                port: row.int(1)?,
                security: row.text(2)?,
                login: row.text_opt(3)?,
                password_sealed: row.bytes_opt(4)?,
                sender_name: row.text(5)?,
                sender_address: row.text(6)?,
            })
        },
    )
}

/// Sets the mail server.
pub fn mail_server_put(tx: &mut Tx<'_>, row: &MailServerRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO mail_server (id, host, port, security, login, password_sealed, sender_name, sender_address) \
         VALUES (1, $1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (id) DO UPDATE SET host = excluded.host, port = excluded.port, \
         security = excluded.security, login = excluded.login, \
         password_sealed = excluded.password_sealed, sender_name = excluded.sender_name, \
         sender_address = excluded.sender_address",
        params![
            row.host.as_str(),
            row.port,
            row.security.as_str(),
            row.login.as_deref(),
            row.password_sealed.as_deref(),
            row.sender_name.as_str(),
            row.sender_address.as_str()
        ],
    )?;
    Ok(())
}

/// Takes the mail server out; false if there was none.
pub fn mail_server_delete(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM mail_server WHERE id = 1", params![])? == 1)
}

/// Since when mail goes out from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailCourse {
    /// Nothing that was to go out before is written.
    pub since: Time,
    /// Since when it is held back.
    pub held_at: Option<Time>,
}

/// Since when mail goes out from here, if it ever did.
pub fn mail_course(tx: &mut Tx<'_>) -> Result<Option<MailCourse>, StoreError> {
    tx.query_opt("SELECT since, held_at FROM mail_course WHERE id = 1", params![], |row| {
        Ok(MailCourse { since: row.time(0)?, held_at: row.time_opt(1)? })
    })
}

/// Says since when mail goes out from here.
pub fn mail_course_put(tx: &mut Tx<'_>, course: MailCourse) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO mail_course (id, since, held_at) VALUES (1, $1, $2) \
         ON CONFLICT (id) DO UPDATE SET since = excluded.since, held_at = excluded.held_at",
        params![course.since, course.held_at],
    )?;
    Ok(())
}

/// On which day somebody wants their mail, Monday being 1 and never 0, and since when.
pub fn mail_wish(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Option<(i64, Time)>, StoreError> {
    tx.query_opt(
        "SELECT day, changed_at FROM mail_wish WHERE organisation = $1 AND person = $2",
        params![organisation, person],
        |row| Ok((row.int(0)?, row.time(1)?)),
    )
}

/// Somebody wants their mail on this day from now on.
pub fn mail_wish_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    day: i64,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO mail_wish (organisation, person, day, changed_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (organisation, person) DO UPDATE SET day = excluded.day, changed_at = excluded.changed_at",
        params![organisation, person, day, now],
    )?;
    Ok(())
}

/// The last week for which somebody's mail was thought of, by its Monday.
pub fn mail_week(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Option<String>, StoreError> {
    tx.query_opt(
        "SELECT week FROM mail_week WHERE organisation = $1 AND person = $2",
        params![organisation, person],
        |row| row.text(0),
    )
}

/// Somebody's mail of this week was thought of.
pub fn mail_week_put(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    week: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO mail_week (organisation, person, week) VALUES ($1, $2, $3) \
         ON CONFLICT (organisation, person) DO UPDATE SET week = excluded.week",
        params![organisation, person, week],
    )?;
    Ok(())
}

/// A mail, and how far it got.
#[derive(Debug, Clone)]
pub struct MailRow {
    /// Its id.
    pub id: Id<Mail>,
    /// Whose it is.
    pub organisation: Id<Organisation>,
    /// To whom.
    pub person: Id<Person>,
    /// What they are called; nothing where they are not known any more.
    pub name: String,
    /// The week that it is of, by its Monday; of other kinds than the weekly one, what tells it from the others.
    pub week: String,
    /// When it was written.
    pub written_at: Time,
    /// When it was withdrawn or given up.
    pub ended_at: Option<Time>,
    /// Why.
    pub ended_why: Option<String>,
    /// What it says, in JSON; empty once it is sent.
    pub content: String,
    /// What tells it from every other mail in the world.
    pub message_id: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Option<Time>,
    /// Until when a server is at it.
    pub leased_until: Option<Time>,
    /// When it was sent.
    pub sent_at: Option<Time>,
    /// What was answered last.
    pub answer: String,
    /// What kind of mail it is, in a word.
    pub kind: String,
}

const MAIL: &str = "SELECT m.id, m.organisation, m.person, p.name, m.week, m.written_at, m.ended_at, m.ended_why, \
    d.content, d.message_id, d.attempts, d.next_at, d.leased_until, d.sent_at, d.answer, m.kind \
    FROM mail m JOIN mail_delivery d ON d.mail = m.id LEFT JOIN person p ON p.id = m.person";

fn mail(row: &Row<'_>) -> Result<MailRow, StoreError> {
    Ok(MailRow {
        id: row.id(0)?,
        organisation: row.id(1)?,
        person: row.id(2)?,
        name: row.text_opt(3)?.unwrap_or_default(),
        week: row.text(4)?,
        written_at: row.time(5)?,
        ended_at: row.time_opt(6)?,
        ended_why: row.text_opt(7)?,
        content: row.text(8)?,
        message_id: row.text(9)?,
        attempts: row.int(10)?,
        next_at: row.time_opt(11)?,
        leased_until: row.time_opt(12)?,
        sent_at: row.time_opt(13)?,
        answer: row.text(14)?,
        kind: row.text(15)?,
    })
}

/// A mail that is to be sent.
#[derive(Debug, Clone)]
pub struct NewMail<'m> {
    /// Its id.
    pub id: Id<Mail>,
    /// To whom.
    pub person: Id<Person>,
    /// What kind of mail.
    pub kind: &'m str,
    /// The week that it is of, by its Monday; of other kinds, what tells it from the others.
    pub week: &'m str,
    /// What it says, in JSON.
    pub content: &'m str,
    /// What tells it from every other mail in the world.
    pub message_id: &'m str,
}

/// Lays a mail into the outbox, to be sent at once.
pub fn mail_insert(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    new: &NewMail<'_>,
) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO mail (id, organisation, person, kind, week, written_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![new.id, organisation, new.person, new.kind, new.week, now],
    )?;
    tx.execute(
        "INSERT INTO mail_delivery (mail, organisation, content, message_id, attempts, next_at, answer) \
         VALUES ($1, $2, $3, $4, 0, $5, '')",
        params![new.id, organisation, new.content, new.message_id, now],
    )?;
    Ok(())
}

/// The mail with this id.
pub fn mail_by_id(tx: &mut Tx<'_>, id: Id<Mail>) -> Result<Option<MailRow>, StoreError> {
    tx.query_opt(&format!("{MAIL} WHERE m.id = $1"), params![id], mail)
}

/// The latest mails of an organisation.
pub fn mail_list(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    limit: i64,
) -> Result<Vec<MailRow>, StoreError> {
    let sql = format!("{MAIL} WHERE m.organisation = $1 ORDER BY m.id DESC LIMIT $2");
    tx.query(&sql, params![organisation, limit], mail)
}

/// The last mail of a kind that was written to somebody.
pub fn mail_last_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    kind: &str,
) -> Result<Option<MailRow>, StoreError> {
    let sql = format!(
        "{MAIL} WHERE m.organisation = $1 AND m.person = $2 AND m.kind = $3 ORDER BY m.id DESC LIMIT 1"
    );
    tx.query_opt(&sql, params![organisation, person, kind], mail)
}

/// How many mails of a kind were written to somebody since.
pub fn mail_count_since(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (person, kind): (Id<Person>, &str),
    since: Time,
) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM mail WHERE organisation = $1 AND person = $2 AND kind = $3 AND written_at > $4",
        params![organisation, person, kind, since],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or_default())
}

/// A mail with the organisation whose it is.
pub type OwnedMail = (Id<Organisation>, Id<Mail>);

/// Mails that are to be tried now and that no server is at.
pub fn mail_due(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<Vec<OwnedMail>, StoreError> {
    tx.query(
        "SELECT organisation, mail FROM mail_delivery WHERE next_at IS NOT NULL AND next_at <= $1 \
         AND (leased_until IS NULL OR leased_until <= $1) ORDER BY next_at, mail LIMIT $2",
        params![now, limit],
        |row| Ok((row.id(0)?, row.id(1)?)),
    )
}

/// Mails of a kind to somebody that are still to be tried.
pub fn mail_waiting_of(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
    kind: &str,
) -> Result<Vec<Id<Mail>>, StoreError> {
    tx.query(
        "SELECT m.id FROM mail m JOIN mail_delivery d ON d.mail = m.id \
         WHERE m.organisation = $1 AND m.person = $2 AND m.kind = $3 AND d.next_at IS NOT NULL ORDER BY m.id",
        params![organisation, person, kind],
        |row| row.id(0),
    )
}

/// Mails that are still to be tried, of all organisations.
pub fn mail_waiting(tx: &mut Tx<'_>) -> Result<Vec<OwnedMail>, StoreError> {
    tx.query(
        "SELECT organisation, mail FROM mail_delivery WHERE next_at IS NOT NULL ORDER BY organisation, mail",
        params![],
        |row| Ok((row.id(0)?, row.id(1)?)),
    )
}

/// A server is at it until then.
pub fn mail_lease(tx: &mut Tx<'_>, id: Id<Mail>, until: Time) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail_delivery SET leased_until = $2, attempts = attempts + 1 WHERE mail = $1",
        params![id, until],
    )?;
    Ok(())
}

/// It was sent: what it said is not needed any more.
pub fn mail_sent(tx: &mut Tx<'_>, id: Id<Mail>) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE mail_delivery SET sent_at = $2, next_at = NULL, leased_until = NULL, content = '', answer = '' \
         WHERE mail = $1",
        params![id, now],
    )?;
    Ok(())
}

/// It is tried again then.
pub fn mail_put_off(
    tx: &mut Tx<'_>,
    id: Id<Mail>,
    next_at: Time,
    answer: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail_delivery SET next_at = $2, leased_until = NULL, answer = $3 \
         WHERE mail = $1 AND next_at IS NOT NULL",
        params![id, next_at, answer],
    )?;
    Ok(())
}

/// All of an organisation that are to be tried are put off until then, because the server takes none.
pub fn mail_put_off_all(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    now: Time,
    next_at: Time,
    answer: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail_delivery SET next_at = $3, answer = $4 \
         WHERE organisation = $1 AND next_at IS NOT NULL AND next_at <= $2 \
         AND (leased_until IS NULL OR leased_until <= $2)",
        params![organisation, now, next_at, answer],
    )?;
    Ok(())
}

/// All that wait are tried at once, because the server is another.
pub fn mail_hurry(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute("UPDATE mail_delivery SET next_at = $1 WHERE next_at IS NOT NULL", params![now])?;
    Ok(())
}

/// It is not tried any more, for this reason.
pub fn mail_end(tx: &mut Tx<'_>, id: Id<Mail>, why: &str, answer: &str) -> Result<(), StoreError> {
    let now = tx.now();
    tx.execute(
        "UPDATE mail SET ended_at = $2, ended_why = $3 WHERE id = $1",
        params![id, now, why],
    )?;
    tx.execute(
        "UPDATE mail_delivery SET next_at = NULL, leased_until = NULL, content = '', answer = $2 \
         WHERE mail = $1",
        params![id, answer],
    )?;
    Ok(())
}
