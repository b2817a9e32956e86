//! Migrations: SQL files, applied in order, forward only, all missing ones in one transaction. The
//! database remembers the digest of each; one that was changed after it was applied, and a database
//! that is newer than the program, are refused.

use crate::{StoreError, ddl};
use closedset_core::Digest;

macro_rules! migrations {
    ($($number:literal $name:literal),* $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../migrations/", $name, ".sql")),
        }),*]
    };
}

/// Every migration of this program, in order.
pub(crate) const MIGRATIONS: &[Migration] = migrations![
    1 "0001_ledger",
    2 "0002_accounts",
    3 "0003_organisations",
    4 "0004_devices",
    5 "0005_facts",
    6 "0006_evidence",
    7 "0007_ledger_keys",
    8 "0008_verdict_indexes",
    9 "0009_catalogue_use",
    10 "0010_session_factor_at",
    11 "0011_api_token_scopes",
    12 "0012_log_last_at",
    13 "0013_withdrawn_entry",
    14 "0014_exceptions",
    15 "0015_people",
    16 "0016_verdicts_over_time",
    17 "0017_who_let_whom_in",
    18 "0018_own_checks",
    19 "0019_task_plans",
    20 "0020_mail",
    21 "0021_pack_recipients",
    22 "0022_framework_choice",
    23 "0023_pack_without_names",
    24 "0024_engagements_and_titles",
    25 "0025_register_of_people",
    26 "0026_agreements",
    27 "0027_imports",
    28 "0028_register_confirmation",
    29 "0029_audits",
    30 "0030_papers",
    31 "0031_indices_of_people",
    32 "0032_policies",
    33 "0033_sso",
    34 "0034_leavings",
    35 "0035_mailed_links",
    36 "0036_scim",
    37 "0037_risks",
    38 "0038_contacts",
    39 "0039_questionnaires",
    40 "0040_facility_profiles",
    41 "0041_comparisons",
];

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

const REGISTER: &str = "CREATE TABLE IF NOT EXISTS migration (
  number BIGINT NOT NULL PRIMARY KEY, -- internal
  name TEXT NOT NULL, -- internal
  digest BYTEA NOT NULL, -- internal
  applied_at BIGINT NOT NULL -- internal
);";

impl Migration {
    /// What the database remembers of it.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(self.sql.as_bytes())
    }
    pub(crate) fn for_sqlite(&self) -> Result<String, StoreError> {
        ddl::for_sqlite(self.sql).map_err(StoreError::Statement)
    }
    pub(crate) fn for_postgres(&self) -> Result<String, StoreError> {
        ddl::for_postgres(self.sql).map_err(StoreError::Statement)
    }
}

/// Creates the register of migrations.
pub(crate) fn register_for_sqlite() -> Result<String, StoreError> {
    ddl::for_sqlite(REGISTER).map_err(StoreError::Statement)
}

/// Creates the register of migrations.
pub(crate) fn register_for_postgres() -> Result<String, StoreError> {
    ddl::for_postgres(REGISTER).map_err(StoreError::Statement)
}

/// The migrations that follow after the `applied` ones, given by number and digest in order.
pub(crate) fn missing(
    known: &[Migration],
    applied: Vec<(i64, Vec<u8>)>,
) -> Result<&[Migration], StoreError> {
    let program = known.last().map_or(0, |newest| newest.number);
    if let Some((database, _)) = applied.last().filter(|(number, _)| *number > program) {
        return Err(StoreError::Newer { database: *database, program });
    }
    for (migration, (number, digest)) in known.iter().zip(&applied) {
        if migration.number != *number || migration.digest().bytes()[..] != digest[..] {
            return Err(StoreError::MigrationChanged { number: *number });
        }
    }
    Ok(known.get(applied.len()..).unwrap_or_default())
}

#[cfg(test)]
#[path = "tests/schema.rs"]
mod tests;
