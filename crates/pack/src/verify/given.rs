//! Lists that stand in the pack as JSON.

use super::{Finding, FindingKind::*, Report, container::Contents};
use closedset_core::canonical;
use serde::de::DeserializeOwned;

/// The list in the file `path`. A file that is missing or differs from the manifest was reported
/// when the manifest was checked; one that cannot be understood is reported here.
pub(super) fn list<T: DeserializeOwned>(
    contents: &Contents,
    path: &str,
    report: &mut Report,
) -> Option<T> {
    let bytes = contents.bytes(path)?;
    let value = canonical::from_slice(bytes).map_err(|error| error.to_string());
    match value.and_then(|value| serde_json::from_value(value).map_err(|error| error.to_string())) {
        Ok(list) => Some(list),
        Err(error) => {
            report.add(Finding::new(Changed, path, format!("it cannot be understood: {error}")));
            None
        }
    }
}
