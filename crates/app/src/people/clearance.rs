//! Who is cleared for a title: engaged, with everything signed and read that is asked of them for it.
//!
//! Somebody is booked at once, so that scheduling goes on, and cleared only when nothing is lacking. It is drawn from
//! the registers at the moment it is asked, and stored nowhere.

use super::known::today;
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    engagement::Days,
    id::{Agreement, Id, Organisation, Person, Policy, Title},
};
use closedset_store::{
    Tx,
    agreements::{self, AgreementRow},
    engagements::{self, EngagementRow},
    policies::{self, PolicyRow},
    titles,
};
use jiff::civil::Date;

/// What somebody lacks to be cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// Nobody engages them on the day that counts.
    Engagement,
    /// Their signature beneath this agreement, in words that still count.
    Signature(Id<Agreement>, String),
    /// Their word that they read this policy.
    Reading(Id<Policy>, String),
}

/// Whether somebody is cleared for a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearance {
    /// The day for which it is asked: today, or the first one of their work on it.
    pub on: Date,
    /// What is lacking; nothing for whoever is cleared.
    pub lacks: Vec<Lack>,
}

impl Clearance {
    /// Whether nothing is lacking.
    pub fn is_cleared(&self) -> bool {
        self.lacks.is_empty()
    }
}

/// Somebody who works on a title, or will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// Who.
    pub person: Id<Person>,
    /// What they are called.
    pub name: String,
    /// From when to when they work on it.
    pub days: Days,
    /// Whether they are cleared.
    pub clearance: Clearance,
}

/// What is asked of whoever works on a client's titles.
pub(crate) struct Asked {
    agreements: Vec<AgreementRow>,
    policies: Vec<PolicyRow>,
    today: Date,
}

impl Asked {
    /// What is in force now.
    pub(crate) fn now(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<Self, Problem> {
        let mut agreements = agreements::agreement_list(tx, organisation)?;
        agreements.retain(|row| row.retired_at.is_none());
        let mut policies = policies::policy_list(tx, organisation)?;
        policies.retain(PolicyRow::is_in_force);
        Ok(Self { agreements, policies, today: today(tx, organisation)? })
    }

    /// Whether somebody is cleared for a title on which they work on these days; none for work that is over.
    pub(crate) fn of(
        &self,
        tx: &mut Tx<'_>,
        organisation: Id<Organisation>,
        (person, engaged): (Id<Person>, &[EngagementRow]),
        (title, days): (Id<Title>, Days),
    ) -> Result<Option<Clearance>, Problem> {
        if days.are_before(self.today) {
            return Ok(None);
        }
        let on = days.first.max(self.today);
        let client = titles::title_by_id(tx, organisation, title)?.map(|row| row.client);
        let mut lacks = Vec::new();
        if !engaged.iter().any(|row| row.days.holds(on)) {
            lacks.push(Lack::Engagement);
        }
        let signed = agreements::signature_list_of(tx, organisation, person)?;
        for row in self.agreements.iter().filter(|row| row.client.is_none() || row.client == client)
        {
            let counts = signed.iter().any(|one| {
                one.agreement == row.id && one.number >= row.counts_from && one.withdrawn.is_none()
            });
            if !counts {
                lacks.push(Lack::Signature(row.id, row.name.clone()));
            }
        }
        let read = policies::acknowledgement_list_of(tx, organisation, person)?;
        for row in &self.policies {
            if !read.iter().any(|one| one.policy == row.id && one.number >= row.counts_from) {
                lacks.push(Lack::Reading(row.id, row.name.clone()));
            }
        }
        Ok(Some(Clearance { on, lacks }))
    }
}

/// Who works on a title or will, by name, and whether they are cleared for it: at most so many, and whether there are
/// more.
pub async fn clearance_list(
    app: &App,
    caller: &Caller,
    title: Id<Title>,
    (after, limit): (Option<Id<Person>>, i64),
) -> Result<(Vec<Cleared>, bool), Problem> {
    caller.require(Action::PeopleRead)?;
    caller.require(Action::TitleRead)?;
    let (organisation, limit) = (caller.organisation, limit.clamp(1, 200));
    app.store()
        .read(move |tx| {
            titles::title_by_id(tx, organisation, title)?
                .filter(|row| row.removed_at.is_none())
                .ok_or(Problem::NotFound("title"))?;
            let asked = Asked::now(tx, organisation)?;
            let mut team = titles::team_list(tx, organisation, title)?;
            team.retain(|row| !row.days.are_before(asked.today));
            team.sort_by_key(|row| (row.person, row.days.first));
            // Somebody with two pieces of work on it stands there once, by the first.
            team.dedup_by_key(|row| row.person);
            team.retain(|row| after.is_none_or(|after| row.person > after));
            let (team, more) = crate::evidence::page(team, limit);
            let mut all = Vec::new();
            for row in team {
                let engaged = engagements::engagement_list_of(tx, organisation, row.person)?;
                let whose = (row.person, engaged.as_slice());
                let clearance = asked.of(tx, organisation, whose, (title, row.days))?;
                let Some(clearance) = clearance else { continue };
                all.push(Cleared { person: row.person, name: row.name, days: row.days, clearance });
            }
            Ok((all, more))
        })
        .await
}
