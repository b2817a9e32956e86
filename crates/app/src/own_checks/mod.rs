//! A facility's own checks and thresholds: what it asks beyond any framework.
//!
//! Terms are written in versions and never edited. The unit that writes one lets what fell due take
//! effect first, by the wording before, and every computer fall due; each is then assessed in a unit of its
//! own. So no verdict is of two wordings, however many reports arrive meanwhile.

mod list;
mod preview;
mod retire;
mod thresholds;
mod write;

pub use list::{OwnCheckDetail, own_check_list, own_check_one};
pub use preview::{PREVIEW_LIMIT, Preview, PreviewLine, own_check_preview};
pub use retire::own_check_retire;
pub use thresholds::{
    StandingThreshold, threshold_clear, threshold_list, threshold_preview, threshold_set,
};
pub use write::{Place, WrittenCheck, own_check_write};

use crate::{App, Caller, Problem, assessment, frameworks};
use closedset_catalogue::{Catalogue, NotAsked};
use closedset_core::{
    Action,
    id::{Id, Organisation},
};
use closedset_store::{
    Tx, devices,
    own_checks::{self, OwnCheckRow},
    verdicts,
};
use std::sync::Arc;

/// The most own checks that are in force in an organisation.
const IN_FORCE_LIMIT: usize = 100;
/// Of how many computers the verdicts turn before the answer; of more, within seconds after it.
const AT_ONCE: i64 = 200;

/// What is asked of an organisation by the rows of this unit.
pub(crate) fn build(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
) -> Result<Arc<Catalogue>, Problem> {
    Ok(build_with_faults(tx, app, organisation)?.0)
}

/// The same, with those that this program cannot ask.
fn build_with_faults(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
) -> Result<(Arc<Catalogue>, Vec<NotAsked>), Problem> {
    let rows = own_checks::own_check_in_force(tx, organisation)?;
    let chosen = frameworks::in_force(tx, app, organisation, None)?;
    if rows.is_empty() {
        return Ok((chosen, Vec::new()));
    }
    let own: Vec<_> = rows.iter().map(OwnCheckRow::own_check).collect();
    let (catalogue, not_asked) = chosen.and_own(&own);
    for one in &not_asked {
        tracing::warn!(check = one.id, why = one.why, "an own check cannot be asked");
    }
    Ok((Arc::new(catalogue), not_asked))
}

/// What is asked of the caller's organisation now, its own checks included. Whoever belongs to it may know.
pub async fn catalogue_in_force(app: &App, caller: &Caller) -> Result<Arc<Catalogue>, Problem> {
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store().read(move |tx| unit_app.catalogue_of(tx, organisation)).await
}

/// The same with the own checks that were retired, to tell of them by their names; nothing is asked by it.
pub async fn catalogue_to_tell(app: &App, caller: &Caller) -> Result<Arc<Catalogue>, Problem> {
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store()
        .read(move |tx| {
            let asked = unit_app.catalogue_of(tx, organisation)?;
            let rows = own_checks::own_check_list(tx, organisation, None, i64::MAX)?;
            if rows.iter().all(|row| row.retired.is_none()) {
                return Ok(asked);
            }
            // Whatever is retired changes what is asked, or how many there are.
            let key = (asked.digest(), rows.len());
            if let Some(known) = unit_app.told_catalogue(organisation, key) {
                return Ok(known);
            }
            let own: Vec<_> = rows.iter().map(OwnCheckRow::own_check).collect();
            let chosen = frameworks::in_force(tx, &unit_app, organisation, None)?;
            let told = Arc::new(chosen.and_own(&own).0);
            unit_app.remember_told(organisation, key, &told);
            Ok(told)
        })
        .await
}

/// Lets whatever fell due of the organisation's computers take effect by the wording that is in force.
pub(crate) fn catch_up(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
) -> Result<(), Problem> {
    let now = tx.now();
    let catalogue = app.catalogue_of(tx, organisation)?;
    for (of, device) in devices::device_state_due(tx, now, i64::MAX)? {
        if of == organisation {
            assessment::catch_up(tx, &catalogue, organisation, device, now)?;
        }
    }
    Ok(())
}

/// Takes up what the rows of this unit say from now on.
fn take_up(tx: &mut Tx<'_>, app: &App, organisation: Id<Organisation>) -> Result<(), Problem> {
    let now = tx.now();
    let catalogue = build(tx, app, organisation)?;
    verdicts::catalogue_use(tx, organisation, catalogue.digest())?;
    devices::device_state_set_all_stale(tx, organisation, now)?;
    Ok(())
}

/// Before a unit that changes what is asked: most of what fell due takes effect in small units.
pub(crate) async fn before_change(app: &App, caller: &Caller) -> Result<(), Problem> {
    caller.require(Action::CatalogueWrite)?;
    crate::packs::catch_up(app, caller.organisation).await
}

/// After a unit that changed what is asked: assesses the computers unless they are many, which the sweeper
/// does.
pub(crate) async fn after_change(app: &App, caller: &Caller) -> Result<(), Problem> {
    let organisation = caller.organisation;
    let count = app.store().read(move |tx| devices::device_count(tx, organisation)).await?;
    if count <= AT_ONCE {
        crate::packs::catch_up(app, organisation).await?;
    }
    Ok(())
}
