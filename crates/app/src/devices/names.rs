//! What computers are called, wherever something names one.

use crate::{App, Caller, Problem};
use closedset_core::{
    Action, Subject, SubjectKind,
    id::{Device, Id},
};
use closedset_store::devices;
use std::collections::{BTreeMap, BTreeSet};

/// The names of those computers of the caller's organisation, also of revoked ones. Tasks name them, so
/// whoever sees tasks may know them, and what a computer reports no more for that.
pub async fn device_names(
    app: &App,
    caller: &Caller,
    subjects: impl IntoIterator<Item = &Subject>,
) -> Result<BTreeMap<Subject, String>, Problem> {
    caller.require(Action::TaskRead)?;
    let ids: BTreeSet<Id<Device>> = subjects
        .into_iter()
        .filter(|subject| subject.kind == SubjectKind::Device)
        .filter_map(|subject| subject.id.parse().ok())
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let mut names = BTreeMap::new();
            for id in &ids {
                if let Some(row) = devices::device_by_id(tx, *id)?
                    && row.organisation == organisation
                {
                    names.insert(Subject::device(*id), row.name);
                }
            }
            Ok(names)
        })
        .await
}
