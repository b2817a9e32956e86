//! The two engines behind one transaction. Nothing outside of this folder knows which one runs.

pub(crate) mod postgres;
pub(crate) mod postgres_address;
pub(crate) mod postgres_error;
mod postgres_group;
pub(crate) mod postgres_open;
pub(crate) mod postgres_value;
pub(crate) mod postgres_wire;
pub(crate) mod sqlite;
pub(crate) mod sqlite_error;
pub(crate) mod sqlite_open;

use crate::{Row, StoreError, Value, memory::Plan};

/// A connection with an open transaction.
pub(crate) enum Engine<'t> {
    Sqlite(&'t rusqlite::Connection),
    Postgres(&'t mut postgres_wire::Wire),
}

/// What is done with each row of an answer.
pub(crate) type Reader<'r> = &'r mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>;

impl Engine<'_> {
    pub(crate) fn execute(&mut self, plan: &Plan, params: &[Value<'_>]) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(connection) => sqlite::execute(connection, plan, params),
            Self::Postgres(client) => postgres::execute(client, plan, params),
        }
    }

    pub(crate) fn query(
        &mut self,
        plan: &Plan,
        params: &[Value<'_>],
        read: Reader<'_>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => sqlite::query(connection, plan, params, read),
            Self::Postgres(client) => postgres::query(client, plan, params, read),
        }
    }
}
