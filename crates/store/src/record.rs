//! Recording entries: numbers are given at once from the log's locked row, rows are written when
//! the unit ends.

use crate::{Scope, StoreError, Tx, Value, params};
use closedset_core::{
    Actor, Time, canonical,
    entry::{self, Envelope, Log},
    id::{Entry, Id},
};
use std::{fmt::Write as _, sync::LazyLock};

/// What happened.
#[derive(Debug)]
pub struct NewEntry<'e> {
    /// Who did it.
    pub actor: &'e Actor,
    /// What it is about, in the form `kind:id`; the log shows it as a pseudonym.
    pub subject: String,
    /// An area and a past participle: `device.enrolled`.
    pub kind: &'static str,
    /// What else is worth proving: an object; no floats, integers within 2^53. Each of its fields is committed
    /// to by itself, so that a pack can show some of them.
    pub body: serde_json::Value,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRef {
    /// The log.
    pub log: Log,
    /// Its number there, from 0.
    pub index: i64,
    /// Its id.
    pub id: Id<Entry>,
    /// When it was recorded.
    pub at: Time,
}

/// What a unit has recorded so far.
#[derive(Default)]
pub(crate) struct Journal {
    /// Rows of the store's own tables were written.
    pub(crate) wrote: bool,
    logs: Vec<OpenLog>,
    entries: Vec<Pending>,
    names: Vec<NewName>,
}

/// A log whose row this unit holds.
struct OpenLog {
    log: Log,
    text: String,
    position: Position,
    has_entries: bool,
}

/// Where a log stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position {
    /// The number of its next entry.
    pub(crate) next: i64,
    /// How often a pseudonym was erased.
    pub(crate) erasures: i64,
    /// When its last entry was recorded.
    pub(crate) last_at: Time,
}

struct Pending {
    log: usize,
    index: i64,
    id: Id<Entry>,
    kind: &'static str,
    actor: String,
    subject: String,
    envelope: Vec<u8>,
    salt: [u8; 32],
    body: Vec<u8>,
}

/// A pseudonym that this unit gave out; known to others when the unit is kept.
struct NewName {
    log: usize,
    name: String,
    pseudonym: String,
}

impl Journal {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Tx<'_> {
    /// Adds an entry to a log and says which number it has there. The log begins with its first
    /// entry. The rows are written when the unit ends, and only then can be read.
    pub fn record(&mut self, log: Log, entry: NewEntry<'_>) -> Result<EntryRef, StoreError> {
        self.guarded(|tx| {
            let place = tx.open(log)?;
            let body = canonical::to_vec(&entry.body).map_err(|reason| StoreError::Entry {
                kind: entry.kind,
                reason: reason.to_string(),
            })?;
            if body.len() > entry::BODY_LIMIT {
                let reason = format!("its body is larger than {} bytes", entry::BODY_LIMIT);
                return Err(StoreError::Entry { kind: entry.kind, reason });
            }
            let salt = tx.random();
            let committed = entry::commitment(&salt, &entry.body).map_err(|reason| {
                StoreError::Entry { kind: entry.kind, reason: reason.to_string() }
            })?;
            let actor = tx.pseudonym(place, entry.actor.to_string())?;
            let subject = tx.pseudonym(place, entry.subject)?;
            let envelope = Envelope {
                version: entry::VERSION,
                id: tx.new_id(),
                log,
                at: tx.now(),
                actor,
                subject,
                kind: entry.kind.to_owned(),
                body: committed,
            };
            let index = tx.journal.logs[place].position.next;
            tx.journal.logs[place].position.next += 1;
            tx.journal.logs[place].has_entries = true;
            tx.journal.entries.push(Pending {
                log: place,
                index,
                id: envelope.id,
                kind: entry.kind,
                envelope: bytes(&envelope, entry.kind)?,
                actor: envelope.actor,
                subject: envelope.subject,
                salt,
                body,
            });
            Ok(EntryRef { log, index, id: envelope.id, at: envelope.at })
        })
    }

    /// Holds a log from here to the end of the unit: what the log's own units change stays as it is
    /// read from now on. A unit holds the log of its scope from the beginning; only a unit of the
    /// installation can hold others. Those are serialised among themselves, and a unit of an
    /// organisation waits for no other log, so no circle of waiting can arise.
    pub fn lock(&mut self, log: Log) -> Result<(), StoreError> {
        self.guarded(|tx| tx.open(log).map(|_| ()))
    }

    /// Takes over the row of a log, which is locked and read. From here on it is not earlier than
    /// the log's last entry.
    pub(crate) fn adopt(&mut self, log: Log, position: Position) {
        self.not_before(position.last_at);
        let text = log.to_string();
        self.journal.logs.push(OpenLog { log, text, position, has_entries: false });
    }

    /// Where the scope's log stands after this unit.
    pub(crate) fn position(&self) -> Option<Position> {
        let open = self.journal.logs.first()?;
        let last_at = if open.has_entries { self.now() } else { open.position.last_at };
        Some(Position { last_at, ..open.position })
    }

    fn open(&mut self, log: Log) -> Result<usize, StoreError> {
        if let Some(place) = self.journal.logs.iter().position(|open| open.log == log) {
            return Ok(place);
        }
        let scope =
            self.scope().ok_or_else(|| StoreError::ReadOnly { table: "entry".to_owned() })?;
        if scope != Scope::Installation && scope.log() != log {
            return Err(StoreError::WrongLog {
                scope: scope.log().to_string(),
                log: log.to_string(),
            });
        }
        let text = log.to_string();
        let row = match self.log_row(&text)? {
            Some(row) => row,
            None => {
                // A row that nothing follows is not worth keeping the unit for.
                let (now, wrote) = (self.now(), self.journal.wrote);
                self.execute_reserved(
                    "INSERT INTO log (log, origin, next_index, erasures, created_at) \
                     VALUES ($1, $2, 0, 0, $3) ON CONFLICT (log) DO NOTHING",
                    params![&text, format!("closedset/{log}"), now],
                )?;
                self.journal.wrote = wrote;
                self.log_row(&text)?.ok_or_else(|| StoreError::corrupt("a log", &text))?
            }
        };
        self.adopt(log, row);
        Ok(self.journal.logs.len() - 1)
    }

    fn pseudonym(&mut self, place: usize, name: String) -> Result<String, StoreError> {
        let OpenLog { log, position: Position { erasures, .. }, .. } = self.journal.logs[place];
        if let Some(known) = self.memory.names.find(log, erasures, &name) {
            return Ok(known.to_owned());
        }
        let is_it = |new: &&NewName| new.log == place && new.name == name;
        if let Some(new) = self.journal.names.iter().find(is_it) {
            return Ok(new.pseudonym.clone());
        }
        let text = self.journal.logs[place].text.clone();
        let known = self.query_opt(
            "SELECT pseudonym FROM pseudonym WHERE log = $1 AND name = $2",
            params![&text, &name],
            |row| row.text(0),
        )?;
        let pseudonym = match known {
            Some(known) => known,
            None => {
                let fresh = base32(u128::from_be_bytes(self.random()));
                self.execute_reserved(
                    "INSERT INTO pseudonym (log, name, pseudonym) VALUES ($1, $2, $3)",
                    params![&text, &name, &fresh],
                )?;
                fresh
            }
        };
        self.journal.names.push(NewName { log: place, name, pseudonym: pseudonym.clone() });
        Ok(pseudonym)
    }

    /// Forgets who stands behind a pseudonym. See [`crate::ledger::erase_pseudonym`].
    pub(crate) fn forget_name(&mut self, log: Log, name: &str) -> Result<bool, StoreError> {
        self.guarded(|tx| {
            let place = tx.open(log)?;
            let text = tx.journal.logs[place].text.clone();
            let rows = tx.execute(
                "DELETE FROM pseudonym WHERE log = $1 AND name = $2",
                params![&text, name],
            )?;
            tx.execute_reserved(
                "UPDATE log SET erasures = erasures + 1 WHERE log = $1",
                params![&text],
            )?;
            tx.journal.logs[place].position.erasures += 1;
            tx.journal.names.retain(|new| new.log != place);
            Ok(rows > 0)
        })
    }

    /// Writes the entries and the logs' next numbers.
    pub(crate) fn journal_flush(&mut self) -> Result<(), StoreError> {
        if self.journal.entries.is_empty() {
            return Ok(());
        }
        let entries = std::mem::take(&mut self.journal.entries);
        let logs: Vec<String> = self.journal.logs.iter().map(|open| open.text.clone()).collect();
        let at = self.now();
        let mut rest = &entries[..];
        while !rest.is_empty() {
            let batch =
                BATCHES.iter().find(|batch| batch.rows <= rest.len()).unwrap_or(&BATCHES[3]);
            let (now, later) = rest.split_at(batch.rows);
            let mut values = Vec::with_capacity(8 * now.len());
            for entry in now {
                values.extend([
                    Value::from(&logs[entry.log]),
                    Value::from(entry.index),
                    Value::from(entry.id),
                    Value::from(at),
                    Value::from(entry.kind),
                    Value::from(&entry.actor),
                    Value::from(&entry.subject),
                    Value::from(&entry.envelope),
                ]);
            }
            self.execute_reserved(&batch.entries, &values)?;
            values.clear();
            for entry in now {
                values.extend([
                    Value::from(&logs[entry.log]),
                    Value::from(entry.index),
                    Value::from(&entry.salt),
                    Value::from(&entry.body),
                ]);
            }
            self.execute_reserved(&batch.bodies, &values)?;
            rest = later;
        }
        for (place, log) in logs.iter().enumerate() {
            let OpenLog { position, has_entries, .. } = self.journal.logs[place];
            if has_entries {
                let sql = "UPDATE log SET next_index = $2, last_at = $3 WHERE log = $1";
                self.execute_reserved(sql, params![log, position.next, at])?;
            }
        }
        Ok(())
    }

    /// The unit is kept: its pseudonyms are known from here on. Those of a unit that is undone never
    /// are; should the commit fail after this, the thread forgets them all.
    pub(crate) fn journal_keep(&mut self) {
        for new in &self.journal.names {
            let open = &self.journal.logs[new.log];
            let erasures = open.position.erasures;
            self.memory.names.learn(open.log, erasures, &new.name, &new.pseudonym);
        }
    }
}

fn bytes(envelope: &Envelope, kind: &'static str) -> Result<Vec<u8>, StoreError> {
    let refuse = |reason: String| StoreError::Entry { kind, reason };
    let bytes = envelope.canonical().map_err(|error| refuse(error.to_string()))?;
    if bytes.len() > entry::ENVELOPE_LIMIT {
        return Err(refuse(format!("larger than {} bytes", entry::ENVELOPE_LIMIT)));
    }
    Ok(bytes)
}

/// Statements that write several rows at once, from many to one: on PostgreSQL each is a round
/// trip.
struct Batch {
    rows: usize,
    entries: String,
    bodies: String,
}

static BATCHES: LazyLock<[Batch; 4]> = LazyLock::new(|| {
    [16, 4, 2, 1].map(|rows| Batch {
        rows,
        entries: insert(
            "INSERT INTO entry (log, idx, id, at, kind, actor, subject, envelope) VALUES ",
            rows,
            8,
        ),
        bodies: insert("INSERT INTO entry_body (log, idx, salt, body) VALUES ", rows, 4),
    })
});

fn insert(start: &str, rows: usize, columns: usize) -> String {
    let mut sql = start.to_owned();
    for place in 0..rows * columns {
        let before = match (place, place % columns) {
            (0, _) => "(",
            (_, 0) => "), (",
            _ => ", ",
        };
        let _ = write!(sql, "{before}${}", place + 1);
    }
    sql.push(')');
    sql
}

/// 128 bits in 26 characters of Crockford's base 32, lower case.
fn base32(bits: u128) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    (0..26u32)
        .map(|place| char::from(ALPHABET[((bits >> (5 * (25 - place))) & 31) as usize]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_26_characters_and_keeps_every_bit() {
        assert_eq!(base32(0), "0".repeat(26));
        assert_eq!(base32(u128::MAX), format!("7{}", "z".repeat(25)));
        assert_eq!(base32(1 << 5), format!("{}10", "0".repeat(24)));
    }

    #[test]
    fn batches_number_their_placeholders_through() {
        assert_eq!(insert("V ", 2, 2), "V ($1, $2), ($3, $4)");
        assert_eq!(insert("V ", 1, 1), "V ($1)");
    }
}
