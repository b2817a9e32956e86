//! Thresholds that a facility sets stricter than its frameworks: each is an own check for every check of the
//! framework that names the limit.

use super::{
    Place, Preview, after_change, before_change, catch_up, preview::preview, retire::retire,
    take_up, write::write,
};
use crate::{App, Caller, Problem, evidence::reason};
use closedset_catalogue::{Direction, Threshold, ThresholdError};
use closedset_core::{
    Action,
    id::{Id, Organisation},
    own_check::Terms,
};
use closedset_store::{
    Tx,
    own_checks::{self, OwnCheckRow},
};

/// A threshold as it stands in an organisation.
#[derive(Debug, Clone)]
pub struct StandingThreshold {
    /// What the catalogue says of it.
    pub threshold: Threshold,
    /// The control that the first of its checks belongs to.
    pub control: String,
    /// The facility's own number, if it has one.
    pub value: Option<i64>,
    /// The own checks that ask with it.
    pub checks: Vec<OwnCheckRow>,
}

/// Every threshold, in the order of the catalogue.
pub async fn threshold_list(app: &App, caller: &Caller) -> Result<Vec<StandingThreshold>, Problem> {
    caller.require(Action::BoardRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store()
        .read(move |tx| {
            let rows = own_checks::own_check_in_force(tx, organisation)?;
            let catalogue = &*unit_app.catalogue_of(tx, organisation)?;
            let standing = |threshold: &Threshold| {
                let is_its = |row: &&OwnCheckRow| limit_of(row) == Some(&threshold.limit);
                let checks: Vec<_> = rows.iter().filter(is_its).cloned().collect();
                let first = threshold.checks.first().and_then(|id| catalogue.check(id));
                StandingThreshold {
                    threshold: threshold.clone(),
                    control: first
                        .map(|check| catalogue.control_shown(check))
                        .unwrap_or_default()
                        .to_owned(),
                    value: checks.first().and_then(value_of),
                    checks,
                }
            };
            Ok(catalogue.thresholds().iter().map(standing).collect())
        })
        .await
}

fn limit_of(row: &OwnCheckRow) -> Option<&String> {
    row.newest.terms.stricter.as_ref().map(|stricter| &stricter.limit)
}

fn value_of(row: &OwnCheckRow) -> Option<i64> {
    row.newest.terms.stricter.as_ref().map(|stricter| stricter.value)
}

/// What the number asks, or why it is not taken.
fn asked(app: &App, limit: &str, value: i64) -> Result<Vec<Terms>, Problem> {
    let catalogue = app.catalogue();
    let unit = catalogue.threshold(limit).map_or("", |threshold| threshold.unit.as_str());
    catalogue.stricter(limit, value).map_err(|error| match error {
        ThresholdError::Unknown => Problem::NotFound("threshold"),
        ThresholdError::Laxer { value, floor } => {
            let way = match catalogue.threshold(limit).map(|threshold| threshold.stricter) {
                Some(Direction::Higher) => "more",
                _ => "less",
            };
            Problem::field(
                "value",
                format!(
                    "{value} {unit} is laxer than the {floor} that are asked of everybody. Only {way} \
                     than that is stricter."
                ),
            )
        }
        ThresholdError::Same { floor } => Problem::field(
            "value",
            format!("{floor} {unit} is what is asked of everybody already."),
        ),
        ThresholdError::Range => {
            Problem::field("value", "Say a whole number from 1 to 1,000,000,000.")
        }
        ThresholdError::Condition(check) => {
            Problem::Fault(format!("the check {check} could not be made stricter"))
        }
    })
}

/// What the first check of the threshold would say of every computer.
pub async fn threshold_preview(
    app: &App,
    caller: &Caller,
    limit: &str,
    value: i64,
) -> Result<Preview, Problem> {
    caller.require(Action::CatalogueWrite)?;
    let terms = asked(app, limit, value)?;
    let first = terms.first().ok_or(Problem::NotFound("threshold"))?;
    preview(app, caller, first).await
}

/// Asks with the facility's own number from now on, beside the framework's.
pub async fn threshold_set(
    app: &App,
    caller: &Caller,
    limit: &str,
    value: i64,
) -> Result<(), Problem> {
    before_change(app, caller).await?;
    let wanted = asked(app, limit, value)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::CatalogueWrite, move |tx, caller| {
        let organisation = caller.organisation;
        catch_up(tx, &unit_app, organisation)?;
        let mut is_news = false;
        for terms in &wanted {
            let place = match of_check(tx, organisation, terms)? {
                Some(row) => Place::After { id: row.newest.id, version: row.newest.version },
                None => Place::New,
            };
            is_news |= write(tx, caller, place, terms)?.1;
        }
        if is_news {
            take_up(tx, &unit_app, organisation)?;
        }
        Ok(())
    })
    .await?;
    after_change(app, caller).await
}

/// The own check that asks the same of the same check with another number.
fn of_check(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    terms: &Terms,
) -> Result<Option<OwnCheckRow>, Problem> {
    let of = |terms: &Terms| {
        terms.stricter.as_ref().map(|stricter| (stricter.than.clone(), stricter.limit.clone()))
    };
    let rows = own_checks::own_check_in_force(tx, organisation)?;
    Ok(rows.into_iter().find(|row| of(&row.newest.terms) == of(terms)))
}

/// Asks with the framework's number alone again.
pub async fn threshold_clear(
    app: &App,
    caller: &Caller,
    limit: &str,
    why: &str,
) -> Result<(), Problem> {
    before_change(app, caller).await?;
    let why = reason(why)?;
    if app.catalogue().threshold(limit).is_none() {
        return Err(Problem::NotFound("threshold"));
    }
    let (unit_app, limit) = (app.clone(), limit.to_owned());
    app.write_for(caller, Action::CatalogueWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let rows = own_checks::own_check_in_force(tx, organisation)?;
        let rows: Vec<_> = rows.into_iter().filter(|row| limit_of(row) == Some(&limit)).collect();
        if rows.is_empty() {
            return Err(Problem::Conflict {
                code: "threshold.not_set",
                sentence: "The facility has no number of its own there.",
                remedy: "Nothing more is needed.",
            });
        }
        catch_up(tx, &unit_app, organisation)?;
        for row in rows {
            retire(tx, caller, (row.newest.id, row.newest.version), &why)?;
        }
        take_up(tx, &unit_app, organisation)
    })
    .await?;
    after_change(app, caller).await
}
