//! The packs that were made.

use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Id, Pack},
};
use closedset_objects::ObjectReader;
use closedset_store::packs::{self, PackRow};

/// The packs of the organisation, newest first, at most a hundred.
pub async fn pack_list(app: &App, caller: &Caller) -> Result<Vec<PackRow>, Problem> {
    caller.require(Action::PackCreate)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| Ok(packs::pack_list(tx, organisation, 100)?)).await
}

/// One pack.
pub async fn pack_detail(app: &App, caller: &Caller, id: Id<Pack>) -> Result<PackRow, Problem> {
    caller.require(Action::PackCreate)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| packs::pack_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("pack")))
        .await
}

/// Opens a pack's file; its bytes are verified as they are read.
pub async fn pack_open(
    app: &App,
    caller: &Caller,
    id: Id<Pack>,
) -> Result<(PackRow, ObjectReader), Problem> {
    let pack = pack_detail(app, caller, id).await?;
    let (digest, _) = pack.file.ok_or(Problem::Conflict {
        code: "pack.unfinished",
        sentence: "This pack was not finished: the server stopped while it was being written.",
        remedy: "Make a new one.",
    })?;
    let (app, organisation) = (app.clone(), caller.organisation);
    let reader = tokio::task::spawn_blocking(move || app.objects().read(organisation, digest))
        .await
        .map_err(|error| Problem::fault("a thread ended early", error))??;
    Ok((pack, reader))
}
