//! Removing an engagement that was entered by mistake: it counts on no day any more, also of the past.

use super::{
    derive::write_counted,
    known::{ended, engagement, tell, told},
};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Engagement, Id},
};
use closedset_store::engagements;

/// Removes an engagement.
pub async fn engagement_remove(
    app: &App,
    caller: &Caller,
    id: Id<Engagement>,
) -> Result<(), Problem> {
    write_counted(app, caller, Action::PeopleWrite, move |tx, caller| {
        let mut row = engagement(tx, caller.organisation, id)?;
        row.removed_at = Some(tx.now());
        engagements::engagement_update(tx, caller.organisation, &row)?;
        tell(tx, caller, row.person, "engagement.removed", told(&row))?;
        ended(tx, caller, row.person, None)?;
        Ok(())
    })
    .await
}
