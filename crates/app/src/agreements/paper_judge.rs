//! Looking at a paper that another uploaded: it is confirmed, and counts as a signature from then on, or refused.

use super::{in_force, list::file};
use crate::{
    App, Caller, Problem,
    evidence::reason,
    people::{known_person, write_counted},
    second_person,
};
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, Organisation, Paper, Signature},
};
use closedset_store::{
    NewEntry, Tx,
    agreements::{self, SignatureRow},
    papers::{self, Judged, PaperRow},
};
use serde_json::json;

/// A paper that somebody still has to look at.
fn waiting(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Paper>,
) -> Result<PaperRow, Problem> {
    let row = paper(tx, organisation, id)?;
    match row.judged {
        None => Ok(row),
        Some(_) => Err(Problem::Conflict {
            code: "paper.judged",
            sentence: "This paper was confirmed or refused before.",
            remedy: "Nothing more is needed. A signature that is wrong can be withdrawn.",
        }),
    }
}

fn paper(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Paper>,
) -> Result<PaperRow, Problem> {
    let row = papers::paper_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("paper"))?;
    known_person(tx, organisation, row.person)?;
    Ok(row)
}

/// Confirms that a paper bears the signature of this person beneath this agreement: it counts from now on. Whoever
/// uploaded it does not, where there is another who may.
pub async fn paper_confirm(
    app: &App,
    caller: &Caller,
    id: Id<Paper>,
) -> Result<Id<Signature>, Problem> {
    write_counted(app, caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let row = waiting(tx, organisation, id)?;
        in_force(tx, organisation, row.agreement).map_err(|problem| match problem {
            Problem::NotFound(_) => Problem::Conflict {
                code: "paper.agreement_over",
                sentence: "This agreement is not in force any more.",
                remedy: "Refuse the paper: it would count for nothing.",
            },
            other => other,
        })?;
        let action = Action::PeopleWrite;
        let word = second_person::approves(tx, caller, &row.uploaded_actor, action)?;
        // Nobody is the second to look at their own signature.
        let is_own = caller.person == Some(row.person);
        let must_be_another =
            is_own && second_person::has_other(tx, organisation, &caller.actor, action)?;
        let word = word.filter(|_| !must_be_another);
        let has_second_person = !is_own
            & word.ok_or(Problem::Conflict {
                code: "paper.second_person",
                sentence: "Whoever uploaded a paper, or signed it, does not confirm it alone.",
                remedy: "Ask somebody else who enters people to look at it.",
            })?;
        let version = agreements::agreement_version(tx, row.agreement, row.number)?;
        let words = version.filter(|_| !row.is_earlier_wording).map(|version| version.digest);
        let name = known_person(tx, organisation, row.person)?.name;
        let signature = tx.new_id();
        let entry = tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("person:{}", row.person),
                kind: "agreement.signed",
                body: json!({
                    "signature": signature,
                    "agreement": row.agreement,
                    "number": row.number,
                    "digest": words,
                    "person": row.person,
                    "name": name,
                    "way": "paper",
                    "paper": row.id,
                    "uploaded": row.entry,
                    "signed_on": row.signed_on,
                    "is_earlier_wording": row.is_earlier_wording,
                    "has_second_person": has_second_person,
                    "file": row.file,
                }),
            },
        )?;
        let judged = Judged {
            by: caller.name.clone(),
            at: tx.now(),
            has_second_person,
            refused_because: None,
        };
        papers::paper_judge(tx, organisation, id, &judged)?;
        let signed = SignatureRow {
            id: signature,
            agreement: row.agreement,
            number: row.number,
            person: row.person,
            name,
            signed_at: tx.now(),
            file: row.file,
            entry: entry.index,
            paper: Some(row.id),
            withdrawn: None,
        };
        agreements::signature_insert(tx, organisation, &signed)?;
        Ok(signature)
    })
    .await
}

/// Refuses a paper: it never counts. Whoever uploaded it may, having seen that it is the wrong one.
pub async fn paper_refuse(
    app: &App,
    caller: &Caller,
    id: Id<Paper>,
    why: &str,
) -> Result<(), Problem> {
    caller.require(Action::PeopleWrite)?;
    let why = reason(why)?;
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        let organisation = caller.organisation;
        let row = waiting(tx, organisation, id)?;
        tx.record(
            Log::Organisation(organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("person:{}", row.person),
                kind: "agreement.paper_refused",
                body: json!({"paper": id, "agreement": row.agreement, "person": row.person, "reason": why}),
            },
        )?;
        let judged = Judged {
            by: caller.name.clone(),
            at: tx.now(),
            has_second_person: row.uploaded_actor != caller.actor.to_string(),
            refused_because: Some(why.clone()),
        };
        papers::paper_judge(tx, organisation, id, &judged)?;
        Ok(())
    })
    .await
}

/// One paper, for whoever sees people.
pub async fn paper_one(app: &App, caller: &Caller, id: Id<Paper>) -> Result<PaperRow, Problem> {
    caller.require(Action::PeopleRead)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| paper(tx, organisation, id)).await
}

/// The scan of a paper, for whoever sees people.
pub async fn paper_file(app: &App, caller: &Caller, id: Id<Paper>) -> Result<Vec<u8>, Problem> {
    let row = paper_one(app, caller, id).await?;
    file(app, caller.organisation, row.file).await
}
