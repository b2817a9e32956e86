//! A new agreement.

use super::{AGREEMENTS, text};
use crate::{
    App, Caller, Problem,
    evidence::invalid_unless_empty,
    people::{name_key, write_counted},
    titles::client_here,
};
use closedset_core::{
    Action, Actions, Digest,
    entry::Log,
    id::{Agreement, Client, Id},
};
use closedset_store::{
    NewEntry,
    agreements::{self, AgreementRow, AgreementVersionRow},
};
use serde_json::json;

/// An agreement as it is entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAgreement {
    /// What it is called.
    pub name: String,
    /// Whose titles ask for it; none where everybody signs it.
    pub client: Option<Id<Client>>,
    /// Its words, in Markdown.
    pub text: String,
}

/// Puts an agreement in force: from now on it is owed. One for a client's titles is for whoever sees titles: it shows who
/// works on them.
pub async fn agreement_add(
    app: &App,
    caller: &Caller,
    new: NewAgreement,
) -> Result<Id<Agreement>, Problem> {
    let mut needed = Actions::from(Action::PeopleManage);
    if new.client.is_some() {
        needed = needed.with(Action::TitleRead);
    }
    caller.require_all(needed)?;
    let mut problems = Vec::new();
    let (name, words) =
        (text::name(&mut problems, &new.name), text::text(&mut problems, &new.text));
    invalid_unless_empty(problems)?;
    write_counted(app, caller, Action::PeopleManage, move |tx, caller| {
        caller.require_all(needed)?;
        let organisation = caller.organisation;
        let client = new.client.map(|id| client_here(tx, organisation, id)).transpose();
        let client = client.map_err(|problem| match problem {
            Problem::NotFound(_) => {
                Problem::field("client", "There is no such client here: choose another.")
            }
            other => other,
        })?;
        let others = agreements::agreement_list(tx, organisation)?;
        let is_called_so = |other: &AgreementRow| {
            other.retired_at.is_none() && name_key(&other.name) == name_key(&name)
        };
        if others.len() >= AGREEMENTS {
            return Err(Problem::Conflict {
                code: "agreement.too_many",
                sentence: "There are 200 agreements, and more are not kept.",
                remedy: "Put a new version of one that is there in force instead.",
            });
        }
        if others.iter().any(is_called_so) {
            return Err(Problem::Conflict {
                code: "agreement.same_name",
                sentence: "Another agreement is called so.",
                remedy: "Put a new version of that one in force, or call this one otherwise.",
            });
        }
        let row = AgreementRow {
            id: tx.new_id(),
            name: name.clone(),
            client: client.map(|client| client.id),
            number: 1,
            counts_from: 1,
            created_at: tx.now(),
            retired_at: None,
        };
        let digest = Digest::of(words.as_bytes());
        agreements::agreement_insert(tx, organisation, &row)?;
        let entry = tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("agreement:{}", row.id),
                kind: "agreement.added",
                body: json!({
                    "agreement": row.id,
                    "name": row.name,
                    "client": row.client,
                    "number": 1,
                    "digest": digest,
                }),
            },
        )?;
        let version = AgreementVersionRow {
            number: 1,
            text: words.clone(),
            digest,
            published_by: caller.name.clone(),
            published_at: tx.now(),
            entry: entry.index,
        };
        agreements::agreement_version_insert(tx, row.id, &version)?;
        Ok(row.id)
    })
    .await
}
