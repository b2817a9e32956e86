//! From the application's ledger to the pages.

use super::{
    names::Names,
    view::{EntryLine, EntryPage, LedgerPage},
};
use crate::{
    Area,
    components::{Choice, Command, DigestText, Field, Paging, TimeText},
    serve::{
        Done, Form, Looker, PageProblem, Path, Query, ago, count, done, moment, query_escape, show,
    },
};
use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use closedset_app::{App, Problem, ledger};
use closedset_core::Action;
use closedset_store::ledger::EntryRow;
use serde::Deserialize;

/// Entries on one page.
const PAGE: i64 = 50;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/ledger", get(list))
        .route("/ledger/entries/{index}", get(entry))
        .route("/ledger/entries/{index}/erase", post(erase))
}

/// The kinds of entry, with what each says in words.
const KINDS: [(&str, &str); 162] = [
    ("account.created", "An account was made"),
    ("account.confirmed", "Somebody showed the second factor again"),
    ("account.signed_in", "Somebody signed in"),
    ("account.locked", "An account was locked after wrong attempts"),
    ("agreement.added", "An agreement was put in force"),
    ("agreement.published", "Other words of an agreement were put in force"),
    ("agreement.paper_refused", "An agreement signed on paper was refused"),
    ("agreement.paper_uploaded", "An agreement signed on paper was uploaded"),
    ("agreement.retired", "An agreement was taken out of force"),
    ("agreement.signature_withdrawn", "A signature was withdrawn"),
    ("agreement.signed", "Somebody signed an agreement"),
    ("answers.handed_out", "Answers for an owner were handed out"),
    ("assignment.added", "Somebody was put on a title"),
    ("assignment.changed", "Something else was entered of somebody’s work on a title"),
    ("assignment.removed", "Somebody’s work on a title was taken out"),
    ("attestation.signed", "An attestation was signed"),
    ("attestation.withdrawn", "An attestation was withdrawn"),
    ("audit.added", "An audit or a test was entered"),
    ("audit.changed", "Something else was entered of an audit or a test"),
    ("audit.listed", "The register of audits was handed out"),
    ("audit.removed", "An audit or a test was taken out"),
    ("authority.agreed", "An authority was agreed with for the server’s certificate"),
    ("authority.held", "The authority is not asked for certificates after everything was restored"),
    ("calendar.made", "Somebody made an address for their calendar"),
    ("calendar.withdrawn", "Somebody withdrew their calendar’s address"),
    ("certificate.refused", "The server’s certificate could not be used or renewed"),
    ("certificate.reminded", "Somebody was reminded of the server’s certificate"),
    ("certificate.well", "The server’s certificate is good again"),
    ("certificate.served", "Another certificate of the server was taken into use"),
    ("catalogue.changed", "The catalogue of checks was changed"),
    ("client.added", "A client was entered"),
    ("client.changed", "Something else was entered of a client"),
    ("client.removed", "A client was taken out"),
    ("confirmations.rolled_up", "Devices confirmed their facts"),
    ("comparison.made", "A list was held against the register of people"),
    ("comparison.settled", "A difference between a list and the register was settled"),
    ("contact.confirmed", "A security contact confirmed their place and number"),
    ("contact.named", "A security contact was named"),
    ("contact.reset", "A security contact is asked to confirm anew"),
    ("device.checked_in", "A device reported something new"),
    ("device.key_used_twice", "Two computers used one device’s key"),
    ("device.confirmed", "A person confirmed what a device is"),
    ("device.enrolled", "A device was enrolled"),
    ("device.report_handed_in", "A person handed in a device’s report"),
    ("device.revoked", "A device was revoked"),
    ("demonstration.begun", "A demonstration was begun: everything in it is invented"),
    ("document.added", "A document was added"),
    ("document.withdrawn", "A document was withdrawn"),
    ("engagement.began", "Somebody was engaged"),
    ("engagement.changed", "Something else was entered of an engagement"),
    ("engagement.ended", "An engagement got its last day"),
    ("engagement.removed", "An engagement was taken out"),
    ("enrolment.created", "An enrolment link was made"),
    ("entry.erased", "The body of an entry was erased"),
    ("evidence.began", "Evidence came into force"),
    ("evidence.reminded", "Somebody was reminded that evidence ends"),
    ("evidence.expired", "Evidence expired"),
    ("exception.asked", "An exception was asked for"),
    ("exception.granted", "An exception was granted"),
    ("exception.lapsed", "An exception lapsed"),
    ("installation.begun", "This installation was begun; it is no demonstration"),
    ("exception.reminded", "Somebody was reminded that an exception ends"),
    ("exception.withdrawn", "An exception was withdrawn or declined"),
    ("facility.changed", "The facility's profile was changed"),
    ("facility.described", "Somebody said what the facility is like"),
    ("finding.accepted", "The risk of a finding was accepted"),
    ("finding.added", "What an audit found was entered"),
    ("finding.changed", "Something else was entered of a finding"),
    ("finding.closed", "A finding was closed"),
    ("finding.removed", "A finding was taken out"),
    ("finding.reopened", "A finding is open again"),
    ("backup.made", "A backup was made"),
    ("log.moved", "Everything was moved to another database"),
    ("leaving.called_off", "Somebody does not leave after all"),
    ("leaving.come_back", "Somebody who had left is back"),
    ("leaving.items_changed", "What is taken back from leavers was changed"),
    ("leaving.link_revoked", "The personal link of a leaver was revoked"),
    ("leaving.moved", "Somebody leaves on another day"),
    ("leaving.opened", "Somebody leaves"),
    ("leaving.settled", "Somebody left: what ends by itself ended"),
    ("leaving.step_closed", "Something was taken back from a leaver"),
    ("log.opened", "The ledger was opened with its key"),
    ("log.restored", "Everything was restored from a backup"),
    ("mail.began", "Mail began to go out"),
    ("mail.day_changed", "Somebody chose another day for their mail"),
    ("mail.given_up", "A mail could not be sent and was given up"),
    ("mail.held", "Mail was held back after everything was restored"),
    ("mail.resumed", "Mail goes out again"),
    ("mail.server_changed", "The mail server was set"),
    ("mail.server_removed", "The mail server was taken out"),
    ("mail.tested", "A test mail was sent"),
    ("mail.withdrawn", "A mail was not sent any more"),
    ("mail.written", "A mail was written"),
    ("organisation.created", "The organisation was set up"),
    ("pack.created", "An audit pack was made"),
    ("people.counted", "A count of people was handed out"),
    ("people.imported", "A list of people was written"),
    ("person.added", "Somebody was entered"),
    ("person.changed", "Something else was entered of somebody"),
    ("person.forgotten", "Somebody was forgotten"),
    ("person.invited", "Somebody was invited"),
    ("person.joined", "Somebody joined"),
    ("person.role_changed", "Somebody was given another role or last day"),
    ("person.signed_out", "Somebody was signed out everywhere"),
    ("person.access_ended", "Somebody’s last day was over"),
    ("person.link_made", "A link was made by which somebody signs"),
    ("person.link_mailed", "The mail server took the mail with a personal link"),
    ("person.removed", "Somebody was removed"),
    ("policy.acknowledged", "Somebody read a policy and will keep to it"),
    ("policy.approved", "A policy was approved and put in force"),
    ("policy.draft_dropped", "A draft of a policy was given up"),
    ("policy.drafted", "A policy was drafted"),
    ("policy.retired", "A policy was taken out of force"),
    ("policy.reviewed", "A policy was reviewed, with nothing to change"),
    ("policy.sent", "A policy was sent to be approved"),
    ("question.answered", "A question of a questionnaire was answered"),
    ("question.cleared", "An answer to a questionnaire was taken back"),
    ("questionnaire.filled", "Answers given before were taken over into a questionnaire"),
    ("questionnaire.handed_out", "The answers to a questionnaire were drawn up"),
    ("questionnaire.removed", "A questionnaire was taken out"),
    ("questionnaire.taken_in", "An owner’s questionnaire was taken in"),
    ("risk.acceptance_ended", "A risk is borne no more: the last day of that is over"),
    ("risk.acceptance_withdrawn", "Somebody took back that a risk is borne"),
    ("risk.accepted", "Somebody decided to bear a risk until a day"),
    ("risk.added", "A risk was added to the register"),
    ("risk.changed", "Something else was entered of a risk"),
    ("risk.closed", "A risk was closed"),
    ("risk.listed", "The register of risks was drawn up to be handed over"),
    ("risk.review_due", "The review of a risk is due"),
    ("risk.reviewed", "A risk was reviewed"),
    ("register.confirmed", "A register was confirmed as complete"),
    ("invitation.revoked", "An invitation was taken back"),
    ("scim.group_added", "The directory made a group"),
    ("scim.group_changed", "The directory changed a group"),
    ("scim.group_removed", "The directory removed a group"),
    ("scim.user_brought", "The directory brought somebody"),
    ("scim.user_changed", "The directory said something else of somebody"),
    ("scim.user_removed", "The directory removed somebody"),
    ("sign_in.provider_set", "The provider by which people sign in was set"),
    ("sign_in.provider_removed", "The provider by which people signed in was taken out"),
    ("sign_in.provider_tested", "Somebody tried the provider"),
    ("sign_in.refused", "Somebody did not get in by the provider"),
    ("subject.assessed", "Checked anew"),
    ("task.done", "A task was done"),
    ("task.planned", "A task was planned"),
    ("title.added", "A title was entered"),
    ("title.changed", "Something else was entered of a title"),
    ("title.listed", "The list of active clients was handed out"),
    ("title.removed", "A title was taken out"),
    ("token.created", "An API token was made"),
    ("token.revoked", "An API token was revoked"),
    ("account.session_ended", "Somebody was signed out from another browser"),
    ("account.joined", "An account joined another organisation"),
    ("account.entered", "Somebody went to another organisation"),
    ("account.signed_out_everywhere", "Somebody signed out everywhere"),
    ("account.password_changed", "A password was changed"),
    ("account.second_factor_added", "A second factor was added"),
    ("account.second_factor_removed", "A second factor was removed"),
    ("account.identity_added", "An account was linked with the provider"),
    ("account.identity_removed", "An account’s link with the provider was ended"),
    ("account.vouched_for", "The provider vouched for somebody, who is asked for a second factor"),
    ("account.recovery_codes_made", "Recovery codes were made"),
];

/// Whether this kind stands in the installation's own log alone, of which this page shows nothing.
fn is_elsewhere(kind: &str) -> bool {
    kind.starts_with("account.")
        || kind.starts_with("sign_in.")
        || matches!(
            kind,
            "authority.agreed"
                | "authority.held"
                | "backup.made"
                | "certificate.refused"
                | "certificate.served"
                | "installation.begun"
                | "mail.began"
                | "mail.held"
                | "mail.resumed"
                | "mail.server_changed"
                | "mail.server_removed"
                | "mail.tested"
        )
}

fn words(kind: &str) -> String {
    KINDS
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or_else(|| kind.to_owned(), |(_, words)| (*words).to_owned())
}

fn line(row: &EntryRow, names: &Names, when: TimeText) -> EntryLine {
    EntryLine {
        index: row.index,
        when,
        what: words(&row.kind),
        kind: row.kind.clone(),
        actor: names.party(row.actor_name.as_deref()),
        subject: names.party(row.subject_name.as_deref()),
        is_erased: row.is_erased,
    }
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    before: Option<i64>,
    #[serde(default)]
    kind: String,
}

async fn list(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageProblem> {
    let head = ledger::head(&app, &looker.caller).await?;
    let kind = (!query.kind.is_empty()).then(|| query.kind.clone());
    let mut rows = ledger::entry_list(&app, &looker.caller, query.before, PAGE + 1, kind).await?;
    let more = i64::try_from(rows.len()).unwrap_or(0) > PAGE;
    rows.truncate(usize::try_from(PAGE).unwrap_or(0));
    let names = Names::of(&app, &looker, &rows).await?;
    let now = looker.present;
    let query_of = |before: Option<i64>| {
        let mut parts = Vec::new();
        if !query.kind.is_empty() {
            parts.push(format!("kind={}", query_escape(&query.kind)));
        }
        if let Some(before) = before {
            parts.push(format!("before={before}"));
        }
        format!("/ledger?{}", parts.join("&"))
    };
    Ok(show(&LedgerPage {
        shell: looker.shell(Area::Ledger),
        entries: count(head.entries),
        signed: count(i64::try_from(head.size).unwrap_or(0)),
        signed_at: head.signed_at.map(|at| ago(at, now)),
        tombstones: count(head.tombstones),
        root: DigestText::new(head.root),
        checkpoint: head.checkpoint,
        verifier_key: DigestText::new(head.verifier_key),
        fingerprint: head.key_fingerprint.to_string(),
        kinds: KINDS
            .iter()
            .filter(|(kind, _)| !is_elsewhere(kind))
            .map(|(kind, words)| Choice::new(*kind, *words))
            .collect(),
        paging: Paging {
            shown: i64::try_from(rows.len()).unwrap_or(0),
            total: query.kind.is_empty().then_some(head.entries),
            first: query.before.map(|_| query_of(None)),
            next: rows.last().filter(|_| more).map(|last| query_of(Some(last.index))),
        },
        rows: rows.iter().map(|row| line(row, &names, moment(row.at, &looker.zone))).collect(),
        kind: query.kind,
        verify: Command::new("closedset ledger verify --data DIR"),
    }))
}

async fn entry(
    State(app): State<App>,
    looker: Looker,
    Path(index): Path<i64>,
) -> Result<Response, PageProblem> {
    page(&app, &looker, index, Field::default()).await
}

async fn page(
    app: &App,
    looker: &Looker,
    index: i64,
    reason: Field,
) -> Result<Response, PageProblem> {
    let detail = ledger::entry_detail(app, &looker.caller, index).await?;
    let proof = ledger::entry_proof(app, &looker.caller, index).await?;
    let names = Names::of(app, looker, std::slice::from_ref(&detail.entry)).await?;
    let readable = |bytes: &[u8]| {
        serde_json::from_slice::<serde_json::Value>(bytes)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
    };
    let hexadecimal = |salt: &[u8; 32]| salt.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(show(&EntryPage {
        shell: looker.shell(Area::Ledger),
        line: line(&detail.entry, &names, moment(detail.entry.at, &looker.zone)),
        envelope: String::from_utf8_lossy(&detail.entry.envelope).into_owned(),
        salt: detail.body.as_ref().map(|(_, salt)| hexadecimal(salt)).unwrap_or_default(),
        may_erase: detail.body.is_some() && looker.caller.may(Action::LedgerErase),
        body: detail.body.map(|(body, _)| body).or(detail.in_part).map(|body| readable(&body)),
        proof,
        prove: Command::new(format!(
            "closedset ledger prove {index} --out entry-{index}.tlog-proof --data DIR"
        )),
        reason,
    }))
}

async fn erase(
    State(app): State<App>,
    looker: Looker,
    Path(index): Path<i64>,
    form: Form,
) -> Result<Response, PageProblem> {
    match ledger::entry_erase(&app, &looker.caller, index, form.text("reason")).await {
        Ok(()) => Ok(done(&format!("/ledger/entries/{index}"), Done::Erased)),
        Err(Problem::Invalid(problems)) => {
            let mut reason = Field::new(form.text("reason"));
            reason.error = problems.into_iter().next().map(|problem| problem.message);
            page(&app, &looker, index, reason).await
        }
        Err(other) => Err(other.into()),
    }
}
