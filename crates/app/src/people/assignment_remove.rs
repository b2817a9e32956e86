//! Removing an assignment that was entered by mistake: it counts on no day any more, also of the past.

use super::known::{assignment, tell, told_assignment};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Assignment, Id},
};
use closedset_store::engagements;

/// Removes an assignment.
pub async fn assignment_remove(
    app: &App,
    caller: &Caller,
    id: Id<Assignment>,
) -> Result<(), Problem> {
    app.write_for(caller, Action::TitleWrite, move |tx, caller| {
        let mut row = assignment(tx, caller.organisation, id)?;
        row.removed_at = Some(tx.now());
        engagements::assignment_update(tx, caller.organisation, &row)?;
        tell(tx, caller, row.person, "assignment.removed", told_assignment(&row))
    })
    .await
}
