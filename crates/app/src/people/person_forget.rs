//! Forgetting somebody who is gone, as privacy law may ask for: their name, address, telephone and jobs go out of the
//! register and out of the bodies of the entries about them. That somebody was here on those days stays, so that the
//! counts of the past stay true; the ledger still verifies, and a tombstone stands for each body.

use super::known::{person, tell, today};
use crate::{App, Caller, Problem, tasks};
use closedset_core::{
    Action, Actions,
    entry::Log,
    id::{Id, Person},
};
use closedset_pack::rows::ERASED_WORDS;
use closedset_store::{agreements, engagements, ledger, people};
use serde_json::json;

/// Entries looked at in one go.
const BATCH: i64 = 200;
/// The kinds of entry about somebody that hold a name, an address, a telephone or a job.
const TELLING: [&str; 11] = [
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
        person(tx, organisation, id)?;
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
        let (mut before, mut erased) = (None, Vec::new());
        let name = format!("person:{id}");
        loop {
            let page = ledger::entries_of_subject(tx, log, &name, before, BATCH)?;
            let Some(last) = page.last() else { break };
            before = Some(last.index);
            for entry in page {
                let is_telling = TELLING.contains(&entry.kind.as_str()) && !entry.is_erased;
                if is_telling && ledger::erase_body(tx, log, entry.index)? {
                    erased.push(entry.index);
                }
            }
        }
        people::person_strike(tx, organisation, id, ERASED_WORDS)?;
        engagements::jobs_strike(tx, organisation, id, ERASED_WORDS)?;
        let signed = agreements::signature_list_of(tx, organisation, id)?;
        agreements::signatures_strike(tx, organisation, id, ERASED_WORDS)?;
        agreements::personal_link_delete(tx, organisation, id)?;
        let left = tasks::leave(tx, organisation, id)?;
        let body = json!({"person": id, "reason": reason, "erased": erased, "tasks_left": left});
        tell(tx, caller, id, "person.forgotten", body)?;
        Ok(signed.into_iter().map(|row| row.file).collect::<Vec<_>>())
    })
    .await?;
    // A file that stays because of this failing holds a name that nothing leads to any more.
    let (app, organisation) = (app.clone(), caller.organisation);
    let removed = tokio::task::spawn_blocking(move || {
        files
            .into_iter()
            .try_for_each(|file| app.objects().remove(organisation, file).map(|_was_there| ()))
    });
    Ok(removed.await.map_err(|error| Problem::fault("a thread ended early", error))??)
}
