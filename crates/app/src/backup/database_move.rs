//! Moving the rows from one database to another. Files stay where they are; no server may run meanwhile.

use super::{BackupProblem, CHUNK, Phase, Progress, Watch};
use closedset_core::Time;
use closedset_store::{
    DatabaseUrl,
    portable::{Import, Snapshot},
};

/// Fills the empty database `to` with everything in `from`, which stays as it is, and reads it back.
/// Returns how many rows there are.
pub fn database_move(
    from: &DatabaseUrl,
    to: &DatabaseUrl,
    now: Time,
    watch: Watch<'_>,
) -> Result<u64, BackupProblem> {
    let mut snapshot = Snapshot::open(from)?;
    watch(Progress { phase: Phase::Integrity, bytes: 0, of: None });
    snapshot.verify()?;
    let schema = snapshot.schema().clone();
    let mut import = Import::begin(to, schema.applied.clone())?;
    let (mut rows, mut bytes) = (0, 0);
    for table in &schema.tables {
        let read = snapshot.chunks::<BackupProblem>(table, CHUNK, |cells, lines| {
            import.rows(table, &cells)?;
            bytes += lines.len() as u64;
            watch(Progress { phase: Phase::Rows, bytes, of: None });
            Ok(())
        })?;
        if import.digest(table)? != read {
            return Err(BackupProblem::ReadBack(table.name.clone()));
        }
        rows += read.rows;
    }
    import.finish(now)?;
    Ok(rows)
}
