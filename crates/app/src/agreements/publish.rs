//! A new version of an agreement.

use super::{in_force, text};
use crate::{App, Caller, Problem, evidence::invalid_unless_empty, people::write_counted};
use closedset_core::{
    Action, Digest,
    entry::Log,
    id::{Agreement, Id},
};
use closedset_store::{
    NewEntry,
    agreements::{self, AgreementVersionRow},
};
use serde_json::json;

/// More versions of one agreement are not kept.
const VERSIONS: i64 = 200;

/// A version as it is entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewVersion {
    /// Its words, in Markdown.
    pub text: String,
    /// Whoever signed an earlier version signs again.
    pub asks_again: bool,
    /// The version that was seen when this was written; one that came between is not overwritten.
    pub after: i64,
}

/// Puts a new version in force. The words of the one before stay with whoever signed them.
pub async fn agreement_publish(
    app: &App,
    caller: &Caller,
    id: Id<Agreement>,
    new: NewVersion,
) -> Result<i64, Problem> {
    caller.require(Action::PeopleManage)?;
    let mut problems = Vec::new();
    let words = text::text(&mut problems, &new.text);
    invalid_unless_empty(problems)?;
    write_counted(app, caller, Action::PeopleManage, move |tx, caller| {
        let organisation = caller.organisation;
        let mut row = in_force(tx, organisation, id)?;
        if row.number != new.after {
            return Err(Problem::Conflict {
                code: "agreement.changed",
                sentence: "Somebody put another version in force meanwhile.",
                remedy: "Read that one, then write yours again if it is still needed.",
            });
        }
        if row.number >= VERSIONS {
            return Err(Problem::Conflict {
                code: "agreement.too_many",
                sentence: "This agreement has 200 versions, and more are not kept.",
                remedy: "Put another agreement in force, and take this one out of force.",
            });
        }
        let digest = Digest::of(words.as_bytes());
        let before = agreements::agreement_version(tx, id, row.number)?;
        if before.is_some_and(|before| before.digest == digest) {
            return Err(Problem::field("text", "These are the words that are in force."));
        }
        row.number += 1;
        if new.asks_again {
            row.counts_from = row.number;
        }
        agreements::agreement_update(tx, organisation, &row)?;
        let entry = tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("agreement:{id}"),
                kind: "agreement.published",
                body: json!({
                    "agreement": id,
                    "number": row.number,
                    "digest": digest,
                    "asks_again": new.asks_again,
                }),
            },
        )?;
        let version = AgreementVersionRow {
            number: row.number,
            text: words.clone(),
            digest,
            published_by: caller.name.clone(),
            published_at: tx.now(),
            entry: entry.index,
        };
        agreements::agreement_version_insert(tx, id, &version)?;
        Ok(row.number)
    })
    .await
}
