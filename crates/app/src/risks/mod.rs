//! What can happen to the facility and the content that is entrusted to it, how bad that would be, and what is done
//! about it.
//!
//! One use case a file. How bad a risk is today is never stored: it follows from how the controls that treat it stand
//! on the board at the moment somebody looks. Each control that is met takes one off the likelihood, and nothing else
//! does: neither one that fails, is unknown, excepted or does not apply, nor the decision to bear what is left.

mod accept;
mod accept_withdraw;
mod add;
mod change;
mod close;
mod due;
mod file;
mod list;
mod paper;
mod review;
mod sheets;
mod task;
mod terms;

pub use accept::risk_accept;
pub use accept_withdraw::risk_accept_withdraw;
pub use add::risk_add;
pub use change::risk_change;
pub use close::risk_close;
pub(crate) use due::{due, take_effect};
pub use file::{RiskFile, RiskFileForm, risk_list_file};
pub use list::{
    ControlGroup, RiskDetail, RiskRegister, RiskShown, Treatment, control_groups, needs_to_read,
    risk_list, risk_one, risk_page, scenario_list,
};
pub use review::{Review, risk_review};
pub use terms::NewRisk;

use crate::{Problem, admitted::Admitted, titles::fields};
use closedset_core::{
    Actor,
    entry::Log,
    id::{Id, Organisation, Risk},
};
use closedset_store::{
    NewEntry, Tx,
    risks::{RiskRow, RiskSaid, risk_by_id},
};
use serde_json::{Map, Value, json};

/// How many risks an organisation has at most, closed ones among them.
const RISKS: usize = 500;

/// How often a risk had been changed when somebody looked at it; none says that it does not matter.
pub type Seen = Option<i64>;

/// A risk, closed or not.
fn known(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Risk>,
) -> Result<RiskRow, Problem> {
    risk_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("risk"))
}

/// A risk that is followed, as somebody saw it.
fn open(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (id, seen): (Id<Risk>, Seen),
) -> Result<RiskRow, Problem> {
    let row = known(tx, organisation, id)?;
    if row.closed.is_some() {
        return Err(Problem::Conflict {
            code: "risk.closed",
            sentence: "This risk was closed.",
            remedy: "If it is there again, add it again; what was said of this one stays.",
        });
    }
    if seen.is_some_and(|seen| seen != row.changes) {
        return Err(Problem::Conflict {
            code: "risk.changed",
            sentence: "Somebody changed this risk since you looked.",
            remedy: "Look at how it stands now, and enter your change again.",
        });
    }
    Ok(row)
}

/// What somebody says now.
fn saying(tx: &Tx<'_>, caller: &Admitted, words: &str) -> RiskSaid {
    RiskSaid { words: words.to_owned(), by: caller.name.clone(), at: tx.now() }
}

/// A risk as an entry tells it.
fn told(row: &RiskRow) -> Map<String, Value> {
    fields(json!({
        "risk": row.id,
        "title": row.title,
        "words": row.words,
        "likelihood": row.likelihood,
        "impact": row.impact,
        "controls": row.controls,
        "owner": row.owner.as_ref().map(|owner| owner.person),
    }))
}

/// Writes an entry about a risk.
fn tell(
    tx: &mut Tx<'_>,
    (actor, organisation): (&Actor, Id<Organisation>),
    id: Id<Risk>,
    kind: &'static str,
    body: Value,
) -> Result<(), Problem> {
    let new = NewEntry { actor, subject: format!("risk:{id}"), kind, body };
    tx.record(Log::Organisation(organisation), new)?;
    Ok(())
}
