//! Policies as pages and the API show them: which there are, what they cover, and who knows which.

use super::handbook::{HandbookStanding, handbook_standing};
use crate::{
    App, Caller, Problem,
    people::{known_person, today},
    second_person,
};
use closedset_core::{
    Action, Time,
    id::{Id, Organisation, Person, Policy},
    policy::Topic,
};
use closedset_store::{
    Tx,
    policies::{self, AcknowledgedRow, AcknowledgementRow, DraftRow, PolicyRow, PolicyVersionRow},
};
use jiff::civil::Date;

/// So many people are listed at most; the figures count all.
pub const LISTED: i64 = 500;

/// All policies, and what they cover together.
#[derive(Debug, Clone)]
pub struct Policies {
    /// Oldest first, those that were retired among them.
    pub policies: Vec<PolicyShown>,
    /// The topics that no policy in force covers.
    pub missing: Vec<Topic>,
    /// How the document of all of them stands.
    pub handbook: HandbookStanding,
}

/// A policy, and how far it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyShown {
    /// The policy.
    pub policy: PolicyRow,
    /// What is written and not approved: since when it waits to be approved, if it does.
    pub draft: Option<Option<Time>>,
    /// Its day of review is over.
    pub is_overdue: bool,
    /// How many must know it, being engaged today or later.
    pub bound: i64,
    /// How many of them said that they do.
    pub acknowledged: i64,
}

/// One policy whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDetail {
    /// How it stands.
    pub shown: PolicyShown,
    /// Its versions, the newest first.
    pub versions: Vec<PolicyVersionRow>,
    /// What is written and not approved.
    pub draft: Option<DraftRow>,
    /// Whether whoever asks may approve the draft: two people's word, or theirs alone; none where another must.
    pub approval: Option<bool>,
    /// Who must know it and did not say so, by name, at most [`LISTED`].
    pub owing: Vec<(Id<Person>, String)>,
    /// Who said so, by name, at most [`LISTED`].
    pub acknowledged: Vec<AcknowledgedRow>,
    /// The day that it is where the facility is.
    pub today: Date,
}

/// A policy that somebody must know, or said that they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The policy.
    pub policy: PolicyRow,
    /// They must read it still.
    pub is_owed: bool,
    /// Their newest word.
    pub acknowledgement: Option<AcknowledgementRow>,
}

fn shown(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    (policy, day): (PolicyRow, Date),
) -> Result<PolicyShown, Problem> {
    let (bound, acknowledged) = policies::bound_count(tx, organisation, (&policy, day))?;
    let draft = policies::draft_of(tx, policy.id)?.map(|draft| draft.sent_at);
    let is_overdue = policy.is_in_force() && policy.review_by.is_some_and(|by| by < day);
    Ok(PolicyShown { policy, draft, is_overdue, bound, acknowledged })
}

/// All policies, and what is missing.
pub async fn policy_list(app: &App, caller: &Caller) -> Result<Policies, Problem> {
    caller.require(Action::PeopleRead)?;
    let (organisation, unit_app) = (caller.organisation, app.clone());
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let day = today(tx, organisation)?;
            let rows = policies::policy_list(tx, organisation)?;
            let covered = rows.iter().filter(|row| row.is_in_force()).map(|row| &row.topics);
            let missing = Topic::missing(covered);
            let policies: Result<_, Problem> =
                rows.into_iter().map(|row| shown(tx, organisation, (row, day))).collect();
            let handbook = handbook_standing(tx, &unit_app, organisation)?;
            Ok(Policies { policies: policies?, missing, handbook })
        })
        .await
}

/// One policy.
pub async fn policy_detail(
    app: &App,
    caller: &Caller,
    id: Id<Policy>,
) -> Result<PolicyDetail, Problem> {
    caller.require(Action::PeopleRead)?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let organisation = caller.organisation;
            let row =
                policies::policy_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("policy"))?;
            let today = today(tx, organisation)?;
            let draft = policies::draft_of(tx, id)?;
            let approval = match &draft {
                Some(draft) if caller.may(Action::PeopleManage) => {
                    let action = Action::PeopleManage;
                    second_person::approves(tx, &caller, &draft.saved_actor, action)?
                }
                _ => None,
            };
            Ok(PolicyDetail {
                versions: policies::policy_version_list(tx, id)?,
                owing: policies::owing(tx, organisation, (&row, today), LISTED)?,
                acknowledged: policies::acknowledged(tx, organisation, (&row, today), LISTED)?,
                shown: shown(tx, organisation, (row, today))?,
                draft,
                approval,
                today,
            })
        })
        .await
}

/// What somebody must know and said that they do, for whoever sees people.
pub async fn known_by(app: &App, caller: &Caller, id: Id<Person>) -> Result<Vec<Known>, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            known_person(tx, organisation, id)?;
            known_in(tx, organisation, id)
        })
        .await
}

/// The same within a unit.
pub(super) fn known_in(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    person: Id<Person>,
) -> Result<Vec<Known>, Problem> {
    let day = today(tx, organisation)?;
    let said = policies::acknowledgement_list_of(tx, organisation, person)?;
    let mut all = Vec::new();
    for policy in policies::policy_list(tx, organisation)? {
        let is_bound = policies::is_bound(tx, organisation, (&policy, day), person)?;
        let acknowledgement = said.iter().find(|one| one.policy == policy.id).cloned();
        if !is_bound && acknowledgement.is_none() {
            continue;
        }
        let counts = |one: &AcknowledgementRow| one.number >= policy.counts_from;
        let is_owed = is_bound && !acknowledgement.as_ref().is_some_and(counts);
        all.push(Known { policy, is_owed, acknowledgement });
    }
    Ok(all)
}
