//! What whoever works here must know: policies with their drafts and versions, what they cover together, and who read
//! which. Saying that one read a policy belongs to whoever holds a personal link, and has pages only.

use crate::{
    ApiProblem, Asker,
    address::{Path, id},
    agreements::RemindedBody,
    body::{Body, Created},
    problem::ProblemBody,
};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App,
    policies::{self, Approving, Known, NewDraft, Policies, PolicyDetail, PolicyShown, Template},
};
use closedset_core::{Action, Time, policy::Topic};
use closedset_store::policies::{AcknowledgedRow, DraftRow, PolicyVersionRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(policy_remind))
        .routes(routes!(policy_list, policy_start))
        .routes(routes!(policy_templates))
        .routes(routes!(policy_handbook))
        .routes(routes!(policy_one))
        .routes(routes!(policy_draft_save))
        .routes(routes!(policy_draft_drop))
        .routes(routes!(policy_send))
        .routes(routes!(policy_approve))
        .routes(routes!(policy_review))
        .routes(routes!(policy_retire))
        .routes(routes!(register_policies))
}

fn words(topics: &BTreeSet<Topic>) -> Vec<String> {
    topics.iter().map(|topic| topic.as_str().to_owned()).collect()
}

/// A policy, and how far it is known.
#[derive(Serialize, ToSchema)]
struct PolicyBody {
    id: String,
    name: String,
    /// What it is about: of `responsibilities`, `secure_handling`, `personal_devices`, `social_media`,
    /// `business_resiliency`, `breach_notification` and `incident_response`.
    topics: Vec<String>,
    /// The number of the version in force; 0 while none was approved.
    version: i64,
    /// The first version that need not be read again.
    counts_from: i64,
    /// Rises with every change of its draft.
    edition: i64,
    /// Whether something is written that was not approved.
    has_draft: bool,
    /// Since when that waits to be approved; absent where it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Time>,
    /// The last day on which it counts without being looked at again; absent while none was approved.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    review_by: Option<String>,
    /// Whether that day is over.
    is_overdue: bool,
    /// When somebody said that nothing is to be changed, and who; absent while nobody did.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_by: Option<String>,
    /// How many must know it, being engaged today or later.
    bound: i64,
    /// How many of them said that they do.
    acknowledged: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Since when nobody has to keep to it any more; absent while it may be in force.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_at: Option<Time>,
}

impl From<PolicyShown> for PolicyBody {
    fn from(shown: PolicyShown) -> Self {
        let row = shown.policy;
        Self {
            id: row.id.to_string(),
            topics: words(&row.topics),
            name: row.name,
            version: row.number,
            counts_from: row.counts_from,
            edition: row.edition,
            has_draft: shown.draft.is_some(),
            sent_at: shown.draft.flatten(),
            review_by: row.review_by.map(|day| day.to_string()),
            is_overdue: shown.is_overdue,
            reviewed_at: row.reviewed_at,
            reviewed_by: row.reviewed_by,
            bound: shown.bound,
            acknowledged: shown.acknowledged,
            created_at: row.created_at,
            retired_at: row.retired_at,
        }
    }
}

/// All policies, and what they cover together.
#[derive(Serialize, ToSchema)]
struct PoliciesBody {
    /// The topics that no policy in force covers. While there is one, nothing is given for the control.
    missing: Vec<String>,
    /// The control for which all of them together are given as one document.
    control: String,
    /// Whether that control is answered here.
    is_answered: bool,
    /// That document's id, and until when it counts; absent where it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    document_valid_to: Option<Time>,
    /// Whether it could be given now and was not.
    can_be_given: bool,
    /// Oldest first, also those that nobody has to keep to any more: 100 at most.
    items: Vec<PolicyBody>,
}

impl From<Policies> for PoliciesBody {
    fn from(all: Policies) -> Self {
        let document = all.handbook.document;
        Self {
            missing: all.missing.iter().map(|topic| topic.as_str().to_owned()).collect(),
            control: policies::CONTROL.to_owned(),
            is_answered: all.handbook.is_answered,
            document: document.map(|(id, _)| id.to_string()),
            document_valid_to: document.map(|(_, until)| until),
            can_be_given: all.handbook.can_be_given,
            items: all.policies.into_iter().map(PolicyBody::from).collect(),
        }
    }
}

/// The policies, and which topics none of them covers.
#[utoipa::path(get, path = "/api/v1/policies", tag = "policies", security(("token" = [Action::PeopleRead])), responses(
    (status = 200, body = PoliciesBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_list(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<PoliciesBody>, ApiProblem> {
    Ok(Json(policies::policy_list(&app, &caller).await?.into()))
}

/// Words to begin with.
#[derive(Serialize, ToSchema)]
struct PolicyTemplateBody {
    /// A topic's word, or `handbook` for all of them.
    id: String,
    name: String,
    topics: Vec<String>,
    /// The words, in Markdown, with the facility's and the security contact's name in them.
    text: String,
}

impl From<Template> for PolicyTemplateBody {
    fn from(one: Template) -> Self {
        Self {
            id: one.id.to_owned(),
            name: one.name.to_owned(),
            topics: words(&one.topics),
            text: one.text,
        }
    }
}

/// Words from which a policy can begin: one text of all topics, and one for each.
#[utoipa::path(get, path = "/api/v1/policies/templates", tag = "policies", security(("token" = [Action::PeopleRead])), responses(
    (status = 200, body = Vec<PolicyTemplateBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_templates(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<Vec<PolicyTemplateBody>>, ApiProblem> {
    let all = policies::template_list(&app, &caller).await?;
    Ok(Json(all.into_iter().map(PolicyTemplateBody::from).collect()))
}

/// A new policy, as a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPolicyBody {
    /// No other that was not retired is called so.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it is about, one topic at least.
    #[schema(min_items = 1, max_items = 7)]
    topics: Vec<String>,
    /// Its words, in Markdown.
    #[schema(min_length = 40, max_length = 60_000)]
    text: String,
}

/// Begins a policy, as a draft. Nobody has to keep to it before it is approved.
#[utoipa::path(post, path = "/api/v1/policies", tag = "policies", security(("token" = [Action::PeopleManage])), request_body = NewPolicyBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Another is called so, or there are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_start(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewPolicyBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let new = NewDraft { name: said.name, topics: said.topics, text: said.text, asks_again: false };
    let id = policies::policy_start(&app, &caller, new).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// Gives all policies together as a document for their control, where that should stand and does not: it was withdrawn by
/// hand, or the framework that asks for it was chosen later.
#[utoipa::path(post, path = "/api/v1/policies/handbook", tag = "policies", security(("token" = [Action::PeopleManage, Action::EvidenceWrite])), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It stands already, or cannot be given", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_handbook(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<StatusCode, ApiProblem> {
    policies::handbook_give(&app, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A version of a policy.
#[derive(Serialize, ToSchema)]
struct PolicyVersionBody {
    /// From 1.
    version: i64,
    name: String,
    topics: Vec<String>,
    /// SHA-256 of its words.
    digest: String,
    written_by: String,
    approved_by: String,
    /// Whether another wrote it than approved it.
    has_second_person: bool,
    #[schema(value_type = String, format = DateTime)]
    approved_at: Time,
    /// The index of the entry that says so.
    entry: i64,
}

impl From<&PolicyVersionRow> for PolicyVersionBody {
    fn from(row: &PolicyVersionRow) -> Self {
        Self {
            version: row.number,
            name: row.name.clone(),
            topics: words(&row.topics),
            digest: row.digest.to_string(),
            written_by: row.written_by.clone(),
            approved_by: row.approved_by.clone(),
            has_second_person: row.has_second_person,
            approved_at: row.approved_at,
            entry: row.entry,
        }
    }
}

/// What is written and not approved.
#[derive(Serialize, ToSchema)]
struct PolicyDraftBody {
    name: String,
    topics: Vec<String>,
    /// The words, in Markdown.
    text: String,
    /// Whether whoever read an earlier version reads again.
    asks_again: bool,
    saved_by: String,
    #[schema(value_type = String, format = DateTime)]
    saved_at: Time,
    /// Since when it waits to be approved; absent where it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Time>,
}

impl From<DraftRow> for PolicyDraftBody {
    fn from(row: DraftRow) -> Self {
        Self {
            topics: words(&row.topics),
            name: row.name,
            text: row.text,
            asks_again: row.asks_again,
            saved_by: row.saved_by,
            saved_at: row.saved_at,
            sent_at: row.sent_at,
        }
    }
}

/// Somebody who must know a policy.
#[derive(Serialize, ToSchema)]
struct PolicyReaderBody {
    person: String,
    name: String,
    /// The newest version of which they said that they read it; absent where they must read still.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_at: Option<Time>,
}

impl From<AcknowledgedRow> for PolicyReaderBody {
    fn from(row: AcknowledgedRow) -> Self {
        Self {
            person: row.person.to_string(),
            name: row.name,
            version: Some(row.number),
            acknowledged_at: Some(row.at),
        }
    }
}

/// One policy with its words, its versions, its draft, and who read it.
#[derive(Serialize, ToSchema)]
struct PolicyDetailBody {
    #[serde(flatten)]
    policy: PolicyBody,
    /// The words in force, in Markdown; empty while none were approved.
    text: String,
    /// The newest first.
    versions: Vec<PolicyVersionBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<PolicyDraftBody>,
    /// Who must read it still, by name, at most 500; `bound` and `acknowledged` count all.
    owing: Vec<PolicyReaderBody>,
    /// Who read it, by name, at most 500.
    readers: Vec<PolicyReaderBody>,
}

impl From<PolicyDetail> for PolicyDetailBody {
    fn from(detail: PolicyDetail) -> Self {
        let owes = |(person, name): (closedset_core::Id<_>, String)| PolicyReaderBody {
            person: person.to_string(),
            name,
            version: None,
            acknowledged_at: None,
        };
        Self {
            policy: detail.shown.into(),
            text: detail.versions.first().map(|one| one.text.clone()).unwrap_or_default(),
            versions: detail.versions.iter().map(PolicyVersionBody::from).collect(),
            draft: detail.draft.map(PolicyDraftBody::from),
            owing: detail.owing.into_iter().map(owes).collect(),
            readers: detail.acknowledged.into_iter().map(PolicyReaderBody::from).collect(),
        }
    }
}

/// One policy.
#[utoipa::path(get, path = "/api/v1/policies/{id}", tag = "policies", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = PolicyDetailBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_one(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<PolicyDetailBody>, ApiProblem> {
    Ok(Json(policies::policy_detail(&app, &caller, id(&text, "policy")?).await?.into()))
}

/// Other words for a policy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftedPolicyBody {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[schema(min_items = 1, max_items = 7)]
    topics: Vec<String>,
    #[schema(min_length = 40, max_length = 60_000)]
    text: String,
    /// Whether whoever read an earlier version reads again, once this is in force.
    #[serde(default)]
    asks_again: bool,
    /// The edition that was seen when this was written; what came between is not overwritten.
    #[schema(minimum = 0)]
    after: i64,
}

/// What a policy's draft is now.
#[derive(Serialize, ToSchema)]
struct EditionBody {
    edition: i64,
}

/// Writes the draft of a policy. What was sent must be sent again.
#[utoipa::path(put, path = "/api/v1/policies/{id}/draft", tag = "policies", security(("token" = [Action::PeopleManage])), params(("id" = String, Path)), request_body = DraftedPolicyBody, responses(
    (status = 200, body = EditionBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was changed meanwhile, or another is called so", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_draft_save(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<DraftedPolicyBody>,
) -> Result<Json<EditionBody>, ApiProblem> {
    let of = (id(&text, "policy")?, said.after);
    let new = NewDraft {
        name: said.name,
        topics: said.topics,
        text: said.text,
        asks_again: said.asks_again,
    };
    let edition = policies::policy_draft_save(&app, &caller, of, new).await?;
    Ok(Json(EditionBody { edition }))
}

/// Which draft is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeenDraftBody {
    /// The edition that was read.
    #[schema(minimum = 1)]
    edition: i64,
}

/// Gives up the draft of a policy that is in force.
#[utoipa::path(post, path = "/api/v1/policies/{id}/drop", tag = "policies", security(("token" = [Action::PeopleManage])), params(("id" = String, Path)), request_body = SeenDraftBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was changed meanwhile, or nothing else of the policy would be left", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_draft_drop(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<SeenDraftBody>,
) -> Result<StatusCode, ApiProblem> {
    policies::policy_draft_drop(&app, &caller, (id(&text, "policy")?, said.edition)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that a draft is finished and waits to be approved.
#[utoipa::path(post, path = "/api/v1/policies/{id}/send", tag = "policies", security(("token" = [Action::PeopleManage])), params(("id" = String, Path)), request_body = SeenDraftBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was changed meanwhile", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_send(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<SeenDraftBody>,
) -> Result<StatusCode, ApiProblem> {
    policies::policy_send(&app, &caller, (id(&text, "policy")?, said.edition)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is approved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApprovedPolicyBody {
    /// The edition that was read: another is not approved.
    #[schema(minimum = 1)]
    edition: i64,
    /// The day by which it is reviewed, within a year; a year from today where it is absent.
    #[schema(format = Date)]
    review_by: Option<String>,
}

/// A version that was put in force.
#[derive(Serialize, ToSchema)]
struct PolicyInForceBody {
    /// Its number.
    version: i64,
}

/// Approves what was sent: everybody who is engaged must know it from now on. Whoever wrote it does not approve it where
/// another may; a token never does then.
#[utoipa::path(post, path = "/api/v1/policies/{id}/approve", tag = "policies", security(("token" = [Action::PeopleManage, Action::EvidenceWrite])), params(("id" = String, Path)), request_body = ApprovedPolicyBody, responses(
    (status = 201, body = PolicyInForceBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "It was changed meanwhile, was not sent, or another must approve it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_approve(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<ApprovedPolicyBody>,
) -> Result<(StatusCode, Json<PolicyInForceBody>), ApiProblem> {
    let policy = id(&text, "policy")?;
    let approving =
        Approving { edition: said.edition, review_by: said.review_by.unwrap_or_default() };
    let version = policies::policy_approve(&app, &caller, policy, approving).await?;
    Ok((StatusCode::CREATED, Json(PolicyInForceBody { version })))
}

/// What was reviewed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReviewedPolicyBody {
    /// The version that was read.
    #[schema(minimum = 1)]
    version: i64,
    /// The day by which it is reviewed next, within a year; a year from today where it is absent.
    #[schema(format = Date)]
    review_by: Option<String>,
}

/// Says that a policy was reviewed, and nothing is to be changed.
#[utoipa::path(post, path = "/api/v1/policies/{id}/review", tag = "policies", security(("token" = [Action::PeopleManage, Action::EvidenceWrite])), params(("id" = String, Path)), request_body = ReviewedPolicyBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Another version came into force meanwhile", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_review(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<ReviewedPolicyBody>,
) -> Result<StatusCode, ApiProblem> {
    let of = (id(&text, "policy")?, said.version);
    policies::policy_review(&app, &caller, of, &said.review_by.unwrap_or_default()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a policy is taken out of force.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RetiredPolicyBody {
    /// It stands in the ledger.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Takes a policy out of force, with its draft. Who read it is still shown.
#[utoipa::path(post, path = "/api/v1/policies/{id}/retire", tag = "policies", security(("token" = [Action::PeopleManage, Action::EvidenceWrite])), params(("id" = String, Path)), request_body = RetiredPolicyBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_retire(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<RetiredPolicyBody>,
) -> Result<StatusCode, ApiProblem> {
    policies::policy_retire(&app, &caller, id(&text, "policy")?, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A policy that somebody must know, or read.
#[derive(Serialize, ToSchema)]
struct KnownPolicyBody {
    /// The policy's id.
    policy: String,
    name: String,
    /// The number of the version in force.
    version: i64,
    /// Whether they must read it still.
    is_owed: bool,
    /// Since when nobody has to keep to it any more; absent while it is in force.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_at: Option<Time>,
    /// The newest version of which they said that they read it; absent where they said it of none.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_version: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_at: Option<Time>,
    /// The index of the entry that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<i64>,
}

impl From<Known> for KnownPolicyBody {
    fn from(known: Known) -> Self {
        let said = known.acknowledgement;
        Self {
            policy: known.policy.id.to_string(),
            name: known.policy.name,
            version: known.policy.number,
            is_owed: known.is_owed,
            retired_at: known.policy.retired_at,
            acknowledged_version: said.as_ref().map(|row| row.number),
            acknowledged_at: said.as_ref().map(|row| row.acknowledged_at),
            entry: said.map(|row| row.entry),
        }
    }
}

/// What somebody must know, being engaged today or later, and what they read. The oldest policy comes first.
#[utoipa::path(get, path = "/api/v1/register/{id}/policies", tag = "policies", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = Vec<KnownPolicyBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn register_policies(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<Vec<KnownPolicyBody>>, ApiProblem> {
    let all = policies::known_by(&app, &caller, id(&text, "person")?).await?;
    Ok(Json(all.into_iter().map(KnownPolicyBody::from).collect()))
}

/// Mails a link to everybody who must know a policy and did not say that they read it, at most 500 in one go.
#[utoipa::path(post, path = "/api/v1/policies/{id}/remind", tag = "policies", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), responses(
    (status = 200, body = RemindedBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "No mail goes out", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn policy_remind(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<RemindedBody>, ApiProblem> {
    let id = id(&text, "policy")?;
    Ok(Json(policies::policy_remind(&app, &caller, id).await?.into()))
}
