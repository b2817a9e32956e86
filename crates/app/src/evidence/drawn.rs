//! Files that the program draws up itself, kept before the unit that speaks of them, and let go again where that refuses.

use crate::{App, Problem};
use closedset_core::{
    Digest,
    id::{Id, Organisation},
};

/// The largest such file.
const FILE_LIMIT: u64 = 64 << 20;

/// Draws a file and keeps it, where that holds up nobody. Yields its digest and its size. What is drawn is like no other
/// file, so that whoever is refused takes nothing from another.
pub(crate) async fn keep_drawn(
    app: &App,
    organisation: Id<Organisation>,
    draw: impl FnOnce() -> Result<Vec<u8>, Problem> + Send + 'static,
) -> Result<(Digest, i64), Problem> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || -> Result<_, Problem> {
        let bytes = draw()?;
        let mut upload = app.objects().begin(organisation, FILE_LIMIT)?;
        upload.write(&bytes)?;
        let stored = upload.finish()?;
        Ok((stored.digest, i64::try_from(stored.size).unwrap_or(i64::MAX)))
    })
    .await
    .map_err(|error| Problem::fault("a thread ended early", error))?
}

/// Lets a file go that was drawn for a unit which was refused. Where it is not known how the unit ended, it stays.
pub(crate) async fn let_go_if_refused<T>(
    app: &App,
    organisation: Id<Organisation>,
    drawn: Option<Digest>,
    outcome: &Result<T, Problem>,
) -> Result<(), Problem> {
    let is_refused = outcome.as_ref().is_err_and(|problem| problem.status() < 500);
    let Some(digest) = drawn.filter(|_| is_refused) else { return Ok(()) };
    let app = app.clone();
    tokio::task::spawn_blocking(move || app.objects().remove(organisation, digest))
        .await
        .map_err(|error| Problem::fault("a thread ended early", error))??;
    Ok(())
}
