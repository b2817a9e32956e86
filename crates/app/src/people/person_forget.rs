//! Forgetting somebody who is gone, as privacy law may ask for: their name, address, telephone, jobs and what they signed go out of the
//! register and out of the bodies of the entries about them and of their invitations. That somebody was here on those days stays, so that the
//! counts of the past stay true; the ledger still verifies, and a tombstone stands for each body.

use super::known::{person, tell, today};
use crate::{App, Caller, Problem, agreements::let_go, comparisons, ledger::erased_tell, tasks};
use closedset_core::{
    Action, Actions, Digest,
    entry::Log,
    id::{Id, Organisation, Person},
};
use closedset_pack::rows::ERASED_WORDS;
use closedset_store::{
    Tx, agreements, engagements, imports, leavings,
    ledger::{self, EntryRow, Page},
    papers,
    people::{self, PersonRow},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Entries looked at in one go.
const BATCH: i64 = 200;
/// The kinds of entry about somebody that hold a name, an address, a telephone or a job.
const TELLING: [&str; 15] = [
    "leaving.step_closed",
    "agreement.paper_refused",
    "agreement.paper_uploaded",
    "agreement.signature_withdrawn",
    "agreement.signed",
    "person.added",
    "person.changed",
    "person.joined",
    "engagement.began",
    "engagement.changed",
    "engagement.ended",
    "engagement.removed",
    "assignment.added",
    "assignment.changed",
    "assignment.removed",
];

/// Forgets somebody who has no account here, is not engaged, and is booked nowhere. Since it erases from the ledger
/// it takes both: who manages people, and may erase.
pub async fn person_forget(
    app: &App,
    caller: &Caller,
    id: Id<Person>,
    reason: &str,
) -> Result<(), Problem> {
    let both = Actions::from(Action::PeopleManage).with(Action::LedgerErase);
    caller.require_all(both)?;
    let reason = reason.trim().to_owned();
    if !(10..=500).contains(&reason.chars().count()) {
        return Err(Problem::field(
            "reason",
            "Say why they are forgotten, in 10 to 500 characters, without their name.",
        ));
    }
    let files = app
        .write_for(caller, Action::PeopleManage, move |tx, caller| {
        caller.require(Action::LedgerErase)?;
        let (organisation, log) = (caller.organisation, Log::Organisation(caller.organisation));
        let row = person(tx, organisation, id)?;
        if people::member_by_person(tx, organisation, id)?.is_some() {
            return Err(Problem::Conflict {
                code: "person.has_account",
                sentence: "This person has an account here, and what they signed bears their name.",
                remedy: "Remove them under Settings, People first.",
            });
        }
        let today = today(tx, organisation)?;
        if engagements::is_booked(tx, organisation, id, today)? {
            return Err(Problem::Conflict {
                code: "person.engaged",
                sentence: "This person is engaged or assigned today or later.",
                remedy: "End their engagements and assignments first; their days must be over.",
            });
        }
        let telling = telling(tx, log, &row)?;
        for invitation in people::invitation_list(tx, organisation)? {
            if !telling.addresses.contains(&invitation.email) {
                continue;
            }
            if tx.now() < invitation.expires_at {
                return Err(Problem::Conflict {
                    code: "invitation.open",
                    sentence: "The address of this person has an open invitation.",
                    remedy: "Take it back under Settings, People first.",
                });
            }
            people::invitation_delete(tx, invitation.id)?;
        }
        let mut erased = Vec::new();
        for entry in &telling.entries {
            if ledger::erase_body(tx, log, entry.index)? {
                erased_tell(tx, caller, entry, &reason, &[])?;
                erased.push(entry.index);
            }
        }
        for index in comparisons::forget(tx, organisation, &row, &telling.addresses)? {
            if let Some(entry) = ledger::entry_at(tx, log, index)?
                && ledger::erase_body(tx, log, index)?
            {
                erased_tell(tx, caller, &entry, &reason, &[])?;
                erased.push(index);
            }
        }
        let files = strike(tx, organisation, id)?;
        let left = tasks::leave(tx, organisation, id)?;
        let body = json!({"person": id, "reason": reason, "erased": erased, "tasks_left": left});
        tell(tx, caller, id, "person.forgotten", body)?;
        Ok(files)
    })
    .await?;
    // A file that stays because of this failing holds a name that nothing leads to any more.
    let_go(app, caller.organisation, files).await
}

/// Takes their words out of every register; the signed files that are to go too.
fn strike(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Person>,
) -> Result<Vec<Digest>, Problem> {
    people::person_strike(tx, organisation, id, ERASED_WORDS)?;
    engagements::jobs_strike(tx, organisation, id, ERASED_WORDS)?;
    let signed = agreements::signature_list_of(tx, organisation, id)?;
    agreements::signatures_strike(tx, organisation, id, ERASED_WORDS)?;
    agreements::personal_link_delete(tx, organisation, id)?;
    // Lists that are held may name them.
    for held in imports::import_list(tx, organisation)? {
        imports::import_delete(tx, organisation, held.id)?;
    }
    let scans = papers::paper_list_of(tx, organisation, id)?;
    crate::leaving::forget(tx, organisation, id)?;
    leavings::leavings_strike(tx, organisation, id, ERASED_WORDS)?;
    papers::papers_strike(tx, organisation, id, ERASED_WORDS)?;
    Ok(signed
        .into_iter()
        .map(|row| row.file)
        .chain(scans.into_iter().map(|row| row.file))
        .collect())
}

/// The entries that hold the words of somebody.
#[derive(Default)]
struct Telling {
    /// Oldest first.
    entries: Vec<EntryRow>,
    /// The addresses that they have or had, unless another has them now.
    addresses: BTreeSet<String>,
}

/// Finds what tells of somebody: the entries about them, and those about invitations by which they came, or that
/// went to their address.
fn telling(tx: &mut Tx<'_>, log: Log, row: &PersonRow) -> Result<Telling, Problem> {
    let (mut found, mut invitations, mut before) = (Telling::default(), BTreeSet::new(), None);
    let (Log::Organisation(organisation), name) = (log, format!("person:{}", row.id)) else {
        return Ok(found);
    };
    let mut addresses: BTreeSet<String> = row.email.iter().cloned().collect();
    loop {
        let page = ledger::entries_of_subject(tx, log, &name, before, BATCH)?;
        let Some(last) = page.last() else { break };
        before = Some(last.index);
        for entry in page {
            if !TELLING.contains(&entry.kind.as_str()) {
                continue;
            }
            let Some(body) = body(tx, log, &entry)? else { continue };
            addresses.extend(text(&body, "email"));
            invitations.extend(text(&body, "invitation"));
            found.entries.push(entry);
        }
    }
    for address in addresses {
        if people::person_by_email(tx, organisation, &address)?.is_none_or(|who| who == row.id) {
            found.addresses.insert(address);
        }
    }
    before = None;
    loop {
        let page = Page { before, kind: Some("person.invited"), limit: BATCH };
        let page = ledger::entry_page(tx, log, page)?;
        let Some(last) = page.last() else { break };
        before = Some(last.index);
        for entry in page {
            let Some(body) = body(tx, log, &entry)? else { continue };
            let is_theirs = text(&body, "email").is_some_and(|to| found.addresses.contains(&to))
                || text(&body, "invitation").is_some_and(|id| invitations.contains(&id));
            if is_theirs {
                found.entries.push(entry);
            }
        }
    }
    found.entries.sort_by_key(|entry| entry.index);
    Ok(found)
}

/// What an entry says; none if it was erased.
fn body(tx: &mut Tx<'_>, log: Log, entry: &EntryRow) -> Result<Option<Value>, Problem> {
    let Some(body) = ledger::entry_body_at(tx, log, entry.index)? else { return Ok(None) };
    serde_json::from_slice(&body.body)
        .map(Some)
        .map_err(|error| Problem::fault("the body of an entry could not be read", error))
}

fn text(body: &Value, key: &str) -> Option<String> {
    body.get(key).and_then(Value::as_str).map(str::to_owned)
}
