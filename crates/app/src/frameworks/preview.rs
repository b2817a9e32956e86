//! How the controls of frameworks would stand today if they were chosen. Nothing is written.

use super::choose::check;
use crate::{
    App, Caller, Problem,
    assessment::known_now,
    board::{self, ControlOnBoard},
    present::moment,
};
use closedset_catalogue::{Catalogue, Check, Tally};
use closedset_core::{
    Action, Status, Subject,
    id::{Device, Id, Organisation},
};
use closedset_store::{Tx, devices, exceptions, verdicts};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Computers looked at in one unit.
const BATCH: i64 = 200;

/// How one framework would stand.
#[derive(Debug, Clone)]
pub struct FrameworkPreview {
    /// The framework's id.
    pub framework: String,
    /// How many of its controls would have each status, from worst to best.
    pub counts: BTreeMap<Status, i64>,
    /// Every control, in the framework's order.
    pub controls: Vec<ControlOnBoard>,
    /// How many checks would be asked that are not asked now, those of evidence left out.
    pub new_checks: usize,
}

/// How each of these frameworks would stand by today's facts, in this order.
pub async fn frameworks_preview(
    app: &App,
    caller: &Caller,
    wanted: &[String],
) -> Result<Vec<FrameworkPreview>, Problem> {
    caller.require(Action::CatalogueWrite)?;
    let wanted = check(app, wanted)?;
    let catalogue = app.choosing(&wanted);
    let (organisation, unit_app) = (caller.organisation, app.clone());
    // What is asked already is known; the rest is asked of everybody.
    let (mut tallies, now_asked) = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let asked = unit_app.catalogue_of(tx, organisation)?;
            let ids: BTreeSet<String> = asked.asked().map(|check| check.id.clone()).collect();
            Ok((verdicts::verdict_counts(tx, organisation)?, ids))
        })
        .await?;
    let fresh: Arc<BTreeSet<String>> = Arc::new(
        catalogue
            .asked()
            .filter(|check| !now_asked.contains(&check.id))
            .map(|check| check.id.clone())
            .collect(),
    );
    tallies.retain(|(check, ..)| !fresh.contains(check));
    if !fresh.is_empty() {
        for (check, tally) in ask_everybody(app, &catalogue, organisation, &fresh).await? {
            tallies.extend(tally.counted_by_status().map(|(status, count)| {
                (check.clone(), status, i64::try_from(count).unwrap_or(i64::MAX))
            }));
        }
    }
    let asked = Arc::clone(&catalogue);
    let controls = app
        .store()
        .read(move |tx| {
            let signed = board::signed(tx, organisation, None)?;
            Ok::<_, Problem>(board::on_board(&asked, &tallies, &signed))
        })
        .await?;
    let is_measured = |check: &&Check| !check.is_evidence && fresh.contains(&check.id);
    let previews = catalogue.chosen().map(|framework| {
        let controls = board::of_framework(&catalogue, &controls, &framework.id);
        let ids: BTreeSet<&str> = framework
            .controls
            .iter()
            .flat_map(|control| catalogue.checks_of(&control.id))
            .filter(is_measured)
            .map(|check| check.id.as_str())
            .collect();
        FrameworkPreview {
            framework: framework.id.clone(),
            counts: board::counts(&controls),
            new_checks: ids.len(),
            controls,
        }
    });
    Ok(previews.collect())
}

type Tallies = BTreeMap<String, Tally>;

/// Asks the checks `fresh` of whatever they are about.
async fn ask_everybody(
    app: &App,
    catalogue: &Arc<Catalogue>,
    organisation: Id<Organisation>,
    fresh: &Arc<BTreeSet<String>>,
) -> Result<Tallies, Problem> {
    let mut tallies = Tallies::new();
    let of_controls: BTreeSet<Subject> = catalogue
        .chosen()
        .flat_map(|framework| &framework.controls)
        .filter(|control| fresh.contains(&control.evidence_check()))
        .map(|control| Subject::control(&control.id))
        .collect();
    let (asked, ids) = (Arc::clone(catalogue), Arc::clone(fresh));
    let mut found = app
        .store()
        .read(move |tx| {
            let mut found = Vec::new();
            for subject in &of_controls {
                found.extend(ask(tx, (&asked, &ids), organisation, subject)?);
            }
            Ok::<_, Problem>(found)
        })
        .await?;
    let mut after = None;
    loop {
        let (asked, ids) = (Arc::clone(catalogue), Arc::clone(fresh));
        let (last, some) =
            app.store().read(move |tx| of_devices(tx, (&asked, &ids), organisation, after)).await?;
        found.extend(some);
        for (check, status) in found.drain(..) {
            tallies.entry(check).or_default().add(status);
        }
        match last {
            None => return Ok(tallies),
            last => after = last,
        }
    }
}

type Found = Vec<(String, Status)>;

fn of_devices(
    tx: &mut Tx<'_>,
    asked: (&Catalogue, &BTreeSet<String>),
    organisation: Id<Organisation>,
    after: Option<Id<Device>>,
) -> Result<(Option<Id<Device>>, Found), Problem> {
    let rows = devices::device_list(tx, organisation, after, BATCH)?;
    let last = rows.last().map(|row| row.id);
    let mut found = Vec::new();
    for row in rows.into_iter().filter(|row| row.revoked_at.is_none()) {
        found.extend(ask(tx, asked, organisation, &Subject::device(row.id))?);
    }
    Ok((last, found))
}

fn ask(
    tx: &mut Tx<'_>,
    (catalogue, fresh): (&Catalogue, &BTreeSet<String>),
    organisation: Id<Organisation>,
    subject: &Subject,
) -> Result<Found, Problem> {
    let now = moment(tx, organisation, None)?;
    let checks: Vec<&Check> =
        catalogue.checks_about(subject).filter(|check| fresh.contains(&check.id)).collect();
    if checks.is_empty() {
        return Ok(Vec::new());
    }
    let known = known_now(tx, catalogue, organisation, subject, now)?;
    let exceptions = exceptions::exception_list_about(tx, organisation, subject, now)?;
    let said = checks.into_iter().map(|check| {
        let beneath = catalogue.assess(check, &known, now);
        let verdict = catalogue.except(check, subject, beneath, &exceptions, now);
        (check.id.clone(), verdict.status)
    });
    Ok(said.collect())
}
