//! The register as a file that somebody takes along, whole or for one owner, who reads of others' own audits that
//! there were some and nothing of whose they were. An entry holds the file's digest.

use super::{AuditShown, WhoseAudit, list::listed};
use crate::{
    App, Caller, Problem, answers::Hidden, csv::Table, people::today, titles::client_here,
};
use closedset_core::{
    Action, Digest,
    entry::Log,
    id::{Client, Id},
};
use closedset_store::NewEntry;
use jiff::civil::Date;
use serde_json::json;

/// The register as a file.
#[derive(Debug, Clone)]
pub struct HandedOut {
    /// What the file is called: without the name of whom it is for.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256.
    pub digest: Digest,
    /// The index of the entry that says so.
    pub entry: i64,
}

/// What stands in the place of whose an audit was, on a list that is for another.
const ANOTHERS: &str = "another client";

/// Draws up the register, for the house or for one owner, as comma-separated values.
pub async fn audit_list_hand_out(
    app: &App,
    caller: &Caller,
    for_client: Option<Id<Client>>,
) -> Result<HandedOut, Problem> {
    app.write_for(caller, Action::EvidenceWrite, move |tx, caller| {
        let organisation = caller.organisation;
        if let Some(client) = for_client {
            caller.require(Action::TitleRead)?;
            client_here(tx, organisation, client)?;
        }
        let hidden = for_client.map(|client| Hidden::from(tx, organisation, client)).transpose()?;
        let (rows, day) = (listed(tx, caller)?, today(tx, organisation)?);
        let bytes = table(&rows, day, for_client.zip(hidden.as_ref())).into_bytes();
        let digest = Digest::of(&bytes);
        let subject = match for_client {
            Some(client) => format!("client:{client}"),
            None => format!("organisation:{organisation}"),
        };
        let body = json!({"for": for_client, "on": day, "audits": rows.len(), "digest": digest});
        let entry = tx.record(
            Log::Organisation(organisation),
            NewEntry { actor: &caller.actor, subject, kind: "audit.listed", body },
        )?;
        let whose = if for_client.is_some() { "for-one-owner-" } else { "" };
        let file_name = format!("audits-{whose}{day}.csv");
        Ok(HandedOut { file_name, bytes, digest, entry: entry.index })
    })
    .await
}

/// The table; for an owner with the names that they must not read, which somebody may have typed.
fn table(rows: &[AuditShown], today: Date, owner: Option<(Id<Client>, &Hidden)>) -> Table {
    let for_client = owner.map(|(client, _)| client);
    let mut table = Table::new(&[
        "Kind",
        "Whose own",
        "Firm",
        "By",
        "Scope",
        "First day",
        "Last day",
        "Report of",
        "Report kept here",
        "Next due",
        "Is overdue",
        "Open: critical",
        "Open: high",
        "Open: medium",
        "Open: low",
        "Open: informational",
        "Open and past their day",
        "Risk accepted",
        "Closed",
    ]);
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    for row in rows {
        let (whose, is_told) = match (&row.whose, for_client) {
            (WhoseAudit::Nobodys, _) => (String::new(), true),
            (WhoseAudit::Client(id, name, _), own) if own.is_none_or(|own| own == *id) => {
                (name.clone(), true)
            }
            (WhoseAudit::Client(..) | WhoseAudit::Undisclosed, Some(_)) => {
                (ANOTHERS.to_owned(), false)
            }
            (WhoseAudit::Client(..) | WhoseAudit::Undisclosed, None) => {
                (crate::titles::UNDISCLOSED.to_owned(), false)
            }
        };
        let told = |text: &Option<String>| {
            let text = text.clone().filter(|_| is_told).unwrap_or_default().replace('\n', " ");
            owner.map_or_else(|| text.clone(), |(_, hidden)| hidden.told(&text))
        };
        let is_kept = row.report.as_ref().is_some_and(|report| !report.is_withdrawn);
        let mut cells = vec![
            row.kind.title().to_owned(),
            whose,
            told(&row.firm),
            told(&row.assessors),
            told(&row.scope),
            row.begins_on.to_string(),
            row.ends_on.to_string(),
            row.report_on.map(|day| day.to_string()).unwrap_or_default(),
            yes(is_kept),
            row.due_on.to_string(),
            yes(row.due_on < today),
        ];
        cells.extend(row.findings.open.iter().map(i64::to_string));
        let counts = [row.findings.late, row.findings.accepted, row.findings.closed];
        cells.extend(counts.iter().map(i64::to_string));
        table.line(&cells);
    }
    table
}
