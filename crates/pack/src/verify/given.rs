//! Lists that stand in the pack as JSON.

use super::{Finding, FindingKind::*, Report, container::Contents};
use crate::spelling::{self, Spelt};

/// The list in the file `path`. A file that is missing or differs from the manifest was reported
/// when the manifest was checked; one that cannot be understood is reported here.
pub(super) fn list<T: Spelt>(contents: &Contents, path: &str, report: &mut Report) -> Option<T> {
    let bytes = contents.bytes(path)?;
    match spelling::read(bytes) {
        Ok(list) => Some(list),
        Err(error) => {
            report.add(Finding::new(Changed, path, format!("it cannot be understood: {error}")));
            None
        }
    }
}
