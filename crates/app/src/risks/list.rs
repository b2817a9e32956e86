//! Risks as pages and the API show them: how bad they are with nothing done about them, and how bad today.

use super::{known, task::still};
use crate::{
    App, Caller, Problem, board, evidence::page, own_checks::catalogue_in_force, people::today,
};
use closedset_catalogue::{Catalogue, Scenario, scenarios};
use closedset_core::{
    Action, Actions, Status,
    id::{Id, Organisation, Risk},
    risk::{RiskLevel, residual_likelihood},
};
use closedset_store::{
    Tx,
    risks::{self, RiskRow},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What it takes to read risks: how they stand tells how controls do.
pub fn needs_to_read() -> Actions {
    Actions::from(Action::BoardRead).with(Action::EvidenceRead)
}

/// A control that treats a risk, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Treatment {
    /// The control.
    pub control: String,
    /// What it is called.
    pub title: String,
    /// How it stands on the board; none where nobody answers its framework here any more.
    pub status: Option<Status>,
}

impl Treatment {
    /// Whether it holds the risk today: it is met, by what is known now.
    pub fn holds(&self) -> bool {
        self.status == Some(Status::Pass)
    }
}

/// A risk as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskShown {
    /// The risk.
    pub risk: RiskRow,
    /// What treats it.
    pub treatments: Vec<Treatment>,
    /// Whoever looks after it cannot any more.
    pub has_left: bool,
}

impl RiskShown {
    /// How bad it is with nothing done about it.
    pub fn inherent(&self) -> i64 {
        self.risk.likelihood * self.risk.impact
    }

    /// How likely it is today.
    pub fn residual_likelihood(&self) -> i64 {
        let met = self.treatments.iter().filter(|one| one.holds()).count();
        residual_likelihood(self.risk.likelihood, met)
    }

    /// How bad it is today.
    pub fn residual(&self) -> i64 {
        self.residual_likelihood() * self.risk.impact
    }

    /// How bad it is today, in a word.
    pub fn level(&self) -> RiskLevel {
        RiskLevel::of(self.residual())
    }

    /// Neither a control treats it, nor did anybody decide to bear it.
    pub fn is_untreated(&self) -> bool {
        self.treatments.is_empty() && self.risk.accepted.is_none()
    }
}

/// The register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskRegister {
    /// Those that are followed, the worst today first.
    pub open: Vec<RiskShown>,
    /// Those that are followed no more, the latest first.
    pub closed: Vec<RiskRow>,
    /// The day that it is.
    pub today: Date,
}

/// One risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskDetail {
    /// The risk.
    pub shown: RiskShown,
    /// The day that it is.
    pub today: Date,
}

/// How the controls of the frameworks that are answered stand, with what each known one is called.
pub(super) struct Stand {
    statuses: BTreeMap<String, Status>,
    catalogue: std::sync::Arc<Catalogue>,
}

impl Stand {
    pub(super) fn now(
        tx: &mut Tx<'_>,
        app: &App,
        organisation: Id<Organisation>,
    ) -> Result<Self, Problem> {
        let controls = board::statuses(tx, app, organisation)?;
        let statuses = controls.into_iter().map(|one| (one.id, one.status.status)).collect();
        Ok(Self { statuses, catalogue: app.catalogue_of(tx, organisation)? })
    }

    fn treatment(&self, control: &str) -> Treatment {
        let known = self.catalogue.control(control);
        Treatment {
            control: control.to_owned(),
            title: known.map(|known| known.title.clone()).unwrap_or_default(),
            status: self.statuses.get(control).copied(),
        }
    }

    pub(super) fn shown(
        &self,
        tx: &mut Tx<'_>,
        organisation: Id<Organisation>,
        row: RiskRow,
    ) -> Result<RiskShown, Problem> {
        let has_left =
            row.owner.is_some() && still(tx, organisation, row.owner.as_ref())?.is_none();
        let treatments = row.controls.iter().map(|control| self.treatment(control)).collect();
        Ok(RiskShown { risk: row, treatments, has_left })
    }
}

/// The register within a unit.
pub(super) fn register(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
) -> Result<RiskRegister, Problem> {
    let stand = Stand::now(tx, app, organisation)?;
    let rows = risks::risk_list(tx, organisation)?;
    let (mut closed, open): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.closed.is_some());
    closed.sort_by_key(|row| {
        std::cmp::Reverse((row.closed.as_ref().map(|closed| closed.at), row.id))
    });
    let shown: Result<Vec<_>, Problem> =
        open.into_iter().map(|row| stand.shown(tx, organisation, row)).collect();
    let mut open = shown?;
    open.sort_by_key(|one| (-one.residual(), -one.risk.impact, -one.inherent(), one.risk.id));
    Ok(RiskRegister { open, closed, today: today(tx, organisation)? })
}

/// The register whole: it has at most 500 risks.
pub async fn risk_list(app: &App, caller: &Caller) -> Result<RiskRegister, Problem> {
    caller.require_all(needs_to_read())?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store().read(move |tx| register(tx, &unit_app, organisation)).await
}

/// The risks after `after`, oldest first, closed ones too, and whether there are more.
pub async fn risk_page(
    app: &App,
    caller: &Caller,
    (after, limit): (Option<Id<Risk>>, i64),
) -> Result<(Vec<RiskShown>, bool), Problem> {
    caller.require_all(needs_to_read())?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    let limit = limit.clamp(1, 200);
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let stand = Stand::now(tx, &unit_app, organisation)?;
            let mut rows = risks::risk_list(tx, organisation)?;
            rows.retain(|row| after.is_none_or(|after| row.id > after));
            let (rows, more) = page(rows, limit);
            let shown: Result<Vec<_>, Problem> =
                rows.into_iter().map(|row| stand.shown(tx, organisation, row)).collect();
            Ok((shown?, more))
        })
        .await
}

/// One risk, followed or not.
pub async fn risk_one(app: &App, caller: &Caller, id: Id<Risk>) -> Result<RiskDetail, Problem> {
    caller.require_all(needs_to_read())?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let row = known(tx, organisation, id)?;
            let stand = Stand::now(tx, &unit_app, organisation)?;
            let shown = stand.shown(tx, organisation, row)?;
            Ok(RiskDetail { shown, today: today(tx, organisation)? })
        })
        .await
}

/// Controls that a risk can be treated by: one area of one framework that is answered here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlGroup {
    /// What the framework is called.
    pub framework: String,
    /// The area, in a word.
    pub area: &'static str,
    /// Their ids and titles, in the framework's order.
    pub controls: Vec<(String, String)>,
}

/// The controls that a risk can be treated by, in the order of the frameworks.
pub async fn control_groups(app: &App, caller: &Caller) -> Result<Vec<ControlGroup>, Problem> {
    caller.require_all(needs_to_read())?;
    let catalogue = catalogue_in_force(app, caller).await?;
    let mut groups: Vec<ControlGroup> = Vec::new();
    for framework in catalogue.chosen() {
        for control in &framework.controls {
            let (title, area) = (&framework.title, control.area.as_str());
            let one = (control.id.clone(), control.title.clone());
            match groups.iter_mut().find(|group| group.framework == *title && group.area == area) {
                Some(group) => group.controls.push(one),
                None => groups.push(ControlGroup {
                    framework: title.clone(),
                    area,
                    controls: vec![one],
                }),
            }
        }
    }
    Ok(groups)
}

/// The risks of this trade from which one can begin.
pub fn scenario_list(caller: &Caller) -> Result<&'static [Scenario], Problem> {
    caller.require_all(needs_to_read())?;
    Ok(scenarios())
}
