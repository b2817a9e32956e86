//! Writing: a new policy, and other words for one that is there. Nobody has to keep to a draft.

use super::{POLICIES, changed, kept, refuse_same_name, tell, text::Written, text::written};
use crate::{App, Caller, Problem, admitted::Admitted};
use closedset_core::{
    Action,
    id::{Id, Policy},
};
use closedset_store::{
    Tx,
    policies::{self, DraftRow, PolicyRow},
};
use serde_json::json;

/// A draft as it is entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewDraft {
    /// What it is called.
    pub name: String,
    /// The words of what it is about: `social_media`.
    pub topics: Vec<String>,
    /// Its words, in Markdown.
    pub text: String,
    /// Whoever read an earlier version reads again, once this is in force.
    pub asks_again: bool,
}

/// Begins a policy.
pub async fn policy_start(
    app: &App,
    caller: &Caller,
    new: NewDraft,
) -> Result<Id<Policy>, Problem> {
    caller.require(Action::PeopleManage)?;
    let written = written(&new)?;
    app.write_for(caller, Action::PeopleManage, move |tx, caller| {
        let organisation = caller.organisation;
        if policies::policy_list(tx, organisation)?.len() >= POLICIES {
            return Err(Problem::Conflict {
                code: "policy.too_many",
                sentence: "There are 100 policies, and more are not kept.",
                remedy: "Change one that is there instead.",
            });
        }
        let row = PolicyRow {
            id: tx.new_id(),
            name: written.name.clone(),
            topics: written.topics.clone(),
            number: 0,
            counts_from: 1,
            edition: 1,
            review_by: None,
            reviewed_at: None,
            reviewed_by: None,
            created_at: tx.now(),
            retired_at: None,
        };
        refuse_same_name(tx, organisation, (row.id, &row.name))?;
        policies::policy_insert(tx, organisation, &row)?;
        put(tx, caller, &row, &written)?;
        Ok(row.id)
    })
    .await
}

/// Writes other words. `edition` is what was seen when they were begun; what came between is not overwritten. What was
/// sent must be sent again. Yields the edition that is now.
pub async fn policy_draft_save(
    app: &App,
    caller: &Caller,
    (id, edition): (Id<Policy>, i64),
    new: NewDraft,
) -> Result<i64, Problem> {
    caller.require(Action::PeopleManage)?;
    let written = written(&new)?;
    app.write_for(caller, Action::PeopleManage, move |tx, caller| {
        let organisation = caller.organisation;
        let mut row = kept(tx, organisation, id)?;
        let before = policies::draft_of(tx, id)?;
        // Pressing the button again saves nothing twice.
        if before.is_some_and(|before| is_same(&before, &written)) {
            return Ok(row.edition);
        }
        if row.edition != edition {
            return Err(changed());
        }
        refuse_same_name(tx, organisation, (id, &written.name))?;
        let in_force = policies::policy_version(tx, id, row.number)?;
        let is_in_force = in_force.is_some_and(|one| {
            one.digest == written.digest()
                && one.name == written.name
                && one.topics == written.topics
        });
        if is_in_force {
            return Err(Problem::field("text", "These are the words that are in force."));
        }
        row.edition += 1;
        if row.number == 0 {
            (row.name, row.topics) = (written.name.clone(), written.topics.clone());
        }
        policies::policy_update(tx, organisation, &row)?;
        put(tx, caller, &row, &written)?;
        Ok(row.edition)
    })
    .await
}

fn is_same(draft: &DraftRow, written: &Written) -> bool {
    (&draft.name, &draft.topics, &draft.text, draft.asks_again)
        == (&written.name, &written.topics, &written.text, written.asks_again)
}

fn put(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    row: &PolicyRow,
    written: &Written,
) -> Result<(), Problem> {
    let draft = DraftRow {
        name: written.name.clone(),
        topics: written.topics.clone(),
        text: written.text.clone(),
        asks_again: written.asks_again,
        saved_by: caller.name.clone(),
        saved_actor: caller.actor.to_string(),
        saved_at: tx.now(),
        sent_at: None,
    };
    policies::draft_put(tx, row.id, &draft)?;
    let body = json!({
        "policy": row.id,
        "edition": row.edition,
        "name": draft.name,
        "topics": draft.topics,
        "digest": written.digest(),
        "asks_again": draft.asks_again,
    });
    tell(tx, caller, row.id, "policy.drafted", body)?;
    Ok(())
}
