//! What happens when the catalogue is another than the last time: a check was added, changed or
//! taken out, a limit was tightened, a system's support ended, or the program was upgraded. Verdicts
//! of the old one must not stand beside conditions of the new.

use crate::{App, Problem, assessment, own_checks};
use closedset_core::{
    Actor,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_store::{NewEntry, Scope, Tx, devices, organisations, verdicts};
use serde_json::json;

/// Takes up the catalogue for every organisation that was assessed by another one: its controls are
/// assessed at once, its devices fall due and are assessed by the next [`crate::sweep::sweep`].
pub async fn take_up(app: &App) -> Result<(), Problem> {
    let organisations =
        app.store().read(|tx| -> Result<_, Problem> { Ok(organisations::organisation_list(tx)?) });
    for organisation in organisations.await? {
        let (id, unit_app) = (organisation.id, app.clone());
        app.store()
            .write(Scope::Organisation(id), move |tx| -> Result<_, Problem> {
                let catalogue = own_checks::build(tx, &unit_app, id)?;
                if verdicts::catalogue_used(tx, id)? == Some(catalogue.digest()) {
                    return Ok(());
                }
                tx.record(
                    Log::Organisation(id),
                    NewEntry {
                        actor: &Actor::Closedset,
                        subject: format!("organisation:{id}"),
                        kind: "catalogue.changed",
                        body: json!({
                            "digest": catalogue.digest(),
                            "program": env!("CARGO_PKG_VERSION"),
                            "checks": catalogue.asked().count(),
                        }),
                    },
                )?;
                assess_all(tx, &unit_app, id)
            })
            .await?;
    }
    Ok(())
}

/// Notes the catalogue as the one in use, assesses every control by it and lets every device fall
/// due. The caller records why.
pub(crate) fn assess_all(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
) -> Result<(), Problem> {
    let now = tx.now();
    let catalogue = own_checks::build(tx, app, organisation)?;
    verdicts::catalogue_use(tx, organisation, catalogue.digest())?;
    devices::device_state_set_all_stale(tx, organisation, now)?;
    assessment::assess_controls(tx, &catalogue, organisation)
}
