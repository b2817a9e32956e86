//! What whoever works here must sign: agreements and their versions, who owes a signature, what somebody signed, and
//! the link by which they do. Signing itself belongs to whoever holds that link, and has pages only.

use crate::{
    ApiProblem, Asker,
    address::{Path, id},
    body::{Body, Created},
    idempotency::ShownOnce,
    papers::{self, PaperBody},
    problem::ProblemBody,
};
use axum::{Extension, Json, extract::State, http::StatusCode, response::Response};
use closedset_app::{
    App, Problem,
    agreements::{
        self, AgreementDetail, AgreementShown, Bound, NewAgreement, NewVersion, Reminded,
    },
};
use closedset_core::{
    Action, Time,
    id::{Id, Person},
};
use closedset_store::agreements::{AgreementVersionRow, SignatureRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(agreement_list, agreement_add))
        .routes(routes!(agreement_one, agreement_retire))
        .routes(routes!(agreement_publish))
        .routes(routes!(register_agreements))
        .routes(routes!(signature_file))
        .routes(routes!(register_link))
        .routes(routes!(register_link_mail))
        .routes(routes!(agreement_remind))
}

/// What is to be signed, and how far it is.
#[derive(Serialize, ToSchema)]
struct AgreementBody {
    id: String,
    name: String,
    /// Whether everybody signs it who is engaged today or later. Else a client asks for it, and it is signed by whoever is
    /// assigned to that client's titles.
    is_for_all: bool,
    /// The client's id; absent without the scope `title.read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    /// Absent without the scope `title.read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_name: Option<String>,
    /// The number of the version in force.
    version: i64,
    /// The first version whose signatures still count.
    counts_from: i64,
    /// How many must sign it; nobody once it is retired.
    bound: i64,
    /// How many of them did.
    signed: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Since when nobody has to sign it any more; absent while it is in force.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_at: Option<Time>,
}

impl AgreementBody {
    fn new(shown: AgreementShown, sees_titles: bool) -> Self {
        let row = shown.agreement;
        Self {
            id: row.id.to_string(),
            name: row.name,
            is_for_all: row.client.is_none(),
            client: row.client.filter(|_| sees_titles).map(|id| id.to_string()),
            client_name: shown.client.filter(|_| sees_titles),
            version: row.number,
            counts_from: row.counts_from,
            bound: shown.bound,
            signed: shown.signed,
            created_at: row.created_at,
            retired_at: row.retired_at,
        }
    }
}

/// The agreements, oldest first, also those that nobody has to sign any more: 200 at most.
#[utoipa::path(get, path = "/api/v1/agreements", tag = "agreements", security(("token" = [Action::PeopleRead])), responses(
    (status = 200, body = Vec<AgreementBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn agreement_list(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<Vec<AgreementBody>>, ApiProblem> {
    let sees_titles = caller.may(Action::TitleRead);
    let all = agreements::agreement_list(&app, &caller).await?;
    Ok(Json(all.into_iter().map(|shown| AgreementBody::new(shown, sees_titles)).collect()))
}

/// A new agreement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAgreementBody {
    /// No other in force is called so.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The id of the client who asks for it: it is signed by whoever is assigned to their titles. Absent where everybody
    /// signs. It takes the scope `title.read` too.
    client: Option<String>,
    /// Its words, in Markdown.
    #[schema(min_length = 40, max_length = 60_000)]
    text: String,
}

/// Puts an agreement in force: from now on it is owed.
#[utoipa::path(post, path = "/api/v1/agreements", tag = "agreements", security(("token" = [Action::PeopleManage])), request_body = NewAgreementBody, responses(
    (status = 201, body = Created),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Another one in force is called so, or there are as many as there may be", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn agreement_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewAgreementBody>,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    // One that is none must not become an agreement for everybody.
    let client =
        said.client.map(|text| text.parse()).transpose().map_err(|_| {
            Problem::field("client", "There is no such client here: choose another.")
        })?;
    let new = NewAgreement { name: said.name, client, text: said.text };
    let id = agreements::agreement_add(&app, &caller, new).await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// A version of an agreement.
#[derive(Serialize, ToSchema)]
struct AgreementVersionBody {
    /// From 1.
    version: i64,
    /// SHA-256 of its words.
    digest: String,
    /// Who put it in force.
    published_by: String,
    #[schema(value_type = String, format = DateTime)]
    published_at: Time,
    /// The index of the entry that says so.
    entry: i64,
}

impl From<AgreementVersionRow> for AgreementVersionBody {
    fn from(row: AgreementVersionRow) -> Self {
        Self {
            version: row.number,
            digest: row.digest.to_string(),
            published_by: row.published_by,
            published_at: row.published_at,
            entry: row.entry,
        }
    }
}

/// Somebody who must sign and did not.
#[derive(Serialize, ToSchema)]
struct OwingBody {
    person: String,
    name: String,
}

impl From<(Id<Person>, String)> for OwingBody {
    fn from((person, name): (Id<Person>, String)) -> Self {
        Self { person: person.to_string(), name }
    }
}

/// One agreement with its words, its versions, and who owes a signature.
#[derive(Serialize, ToSchema)]
struct AgreementDetailBody {
    #[serde(flatten)]
    agreement: AgreementBody,
    /// The words of the newest version, in Markdown.
    text: String,
    /// The newest first.
    versions: Vec<AgreementVersionBody>,
    /// Who must sign it and did not, by name, at most 500.
    owing: Vec<OwingBody>,
    /// Whether there are more.
    is_cut: bool,
}

impl AgreementDetailBody {
    fn new(detail: AgreementDetail, sees_titles: bool) -> Self {
        let AgreementDetail { shown, versions, owing } = detail;
        let left = usize::try_from(shown.bound - shown.signed).unwrap_or_default();
        Self {
            text: versions.first().map(|newest| newest.text.clone()).unwrap_or_default(),
            versions: versions.into_iter().map(AgreementVersionBody::from).collect(),
            is_cut: left > owing.len(),
            owing: owing.into_iter().map(OwingBody::from).collect(),
            agreement: AgreementBody::new(shown, sees_titles),
        }
    }
}

/// One agreement.
#[utoipa::path(get, path = "/api/v1/agreements/{id}", tag = "agreements", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = AgreementDetailBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn agreement_one(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<AgreementDetailBody>, ApiProblem> {
    let detail = agreements::agreement_detail(&app, &caller, id(&text, "agreement")?).await?;
    Ok(Json(AgreementDetailBody::new(detail, caller.may(Action::TitleRead))))
}

/// Other words for an agreement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAgreementVersionBody {
    /// The words, in Markdown.
    #[schema(min_length = 40, max_length = 60_000)]
    text: String,
    /// Whether whoever signed before signs again. Else earlier signatures go on counting.
    #[serde(default)]
    asks_again: bool,
    /// The number of the version that was seen when this was written; one that came between is not overwritten.
    #[schema(minimum = 1)]
    after: i64,
}

/// A version that was put in force.
#[derive(Serialize, ToSchema)]
struct AgreementPublishedBody {
    /// Its number.
    version: i64,
}

/// Puts other words in force. Those before stay with whoever signed them.
#[utoipa::path(post, path = "/api/v1/agreements/{id}/versions", tag = "agreements", security(("token" = [Action::PeopleManage])), params(("id" = String, Path)), request_body = NewAgreementVersionBody, responses(
    (status = 201, body = AgreementPublishedBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Another version came between", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn agreement_publish(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
    Body(said): Body<NewAgreementVersionBody>,
) -> Result<(StatusCode, Json<AgreementPublishedBody>), ApiProblem> {
    let agreement = id(&text, "agreement")?;
    let new = NewVersion { text: said.text, asks_again: said.asks_again, after: said.after };
    let version = agreements::agreement_publish(&app, &caller, agreement, new).await?;
    Ok((StatusCode::CREATED, Json(AgreementPublishedBody { version })))
}

/// Takes an agreement out of force: nobody owes it any more. What was signed stays signed, and is still shown.
#[utoipa::path(delete, path = "/api/v1/agreements/{id}", tag = "agreements", security(("token" = [Action::PeopleManage])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn agreement_retire(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    agreements::agreement_retire(&app, &caller, id(&text, "agreement")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody's signature. Its file is under `/api/v1/signatures/{id}/file`.
#[derive(Serialize, ToSchema)]
struct SignatureBody {
    id: String,
    /// The number of the version that was signed.
    version: i64,
    /// The name as it was typed; of one on paper, as it stood in the register.
    name: String,
    #[schema(value_type = String, format = DateTime)]
    signed_at: Time,
    /// SHA-256 of the signed file.
    digest: String,
    /// The index of the entry that says so.
    entry: i64,
    /// The id of the paper that it stands on; absent of one that was given on a screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    paper: Option<String>,
    /// Since when it does not count any more; absent where it was not withdrawn.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_because: Option<String>,
}

impl From<SignatureRow> for SignatureBody {
    fn from(row: SignatureRow) -> Self {
        Self {
            id: row.id.to_string(),
            version: row.number,
            name: row.name,
            signed_at: row.signed_at,
            digest: row.file.to_string(),
            entry: row.entry,
            paper: row.paper.map(|id| id.to_string()),
            withdrawn_at: row.withdrawn.as_ref().map(|one| one.at),
            withdrawn_by: row.withdrawn.as_ref().map(|one| one.by.clone()),
            withdrawn_because: row.withdrawn.map(|one| one.because),
        }
    }
}

/// An agreement that somebody must sign, or did.
#[derive(Serialize, ToSchema)]
struct BoundBody {
    /// The agreement's id.
    agreement: String,
    name: String,
    /// The number of the version in force.
    version: i64,
    /// Whether they must sign it still.
    is_owed: bool,
    /// Since when nobody has to sign it any more; absent while it is in force.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_at: Option<Time>,
    /// Beneath the newest version that they signed; absent where they signed none.
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<SignatureBody>,
    /// Their other signatures beneath it, withdrawn or not, the newest versions first.
    others: Vec<SignatureBody>,
    /// What was uploaded of it that they signed on paper, the newest first.
    papers: Vec<PaperBody>,
}

impl From<Bound> for BoundBody {
    fn from(bound: Bound) -> Self {
        Self {
            is_owed: bound.is_owed(),
            agreement: bound.agreement.id.to_string(),
            name: bound.agreement.name,
            version: bound.agreement.number,
            retired_at: bound.agreement.retired_at,
            signature: bound.signature.map(SignatureBody::from),
            others: bound.others.into_iter().map(SignatureBody::from).collect(),
            papers: bound.papers.into_iter().map(PaperBody::from).collect(),
        }
    }
}

/// What somebody must sign, being engaged or assigned today or later, and what they signed. The agreement that is the
/// oldest comes first.
#[utoipa::path(get, path = "/api/v1/register/{id}/agreements", tag = "agreements", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, body = Vec<BoundBody>),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn register_agreements(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<Vec<BoundBody>>, ApiProblem> {
    let all = agreements::bound_by(&app, &caller, id(&text, "person")?).await?;
    Ok(Json(all.into_iter().map(BoundBody::from).collect()))
}

/// The signed file: a PDF of the words as they were, with a page that says who signed them, when and how; or the scan of
/// what was signed on paper, a PDF, JPEG or PNG.
#[utoipa::path(get, path = "/api/v1/signatures/{id}/file", tag = "agreements", security(("token" = [Action::PeopleRead])), params(("id" = String, Path)), responses(
    (status = 200, description = "The file", body = [u8], content_type = "application/octet-stream"),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn signature_file(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Response, ApiProblem> {
    let (_, bytes) = agreements::signature_file(&app, &caller, id(&text, "signature")?).await?;
    Ok(papers::signed(bytes))
}

/// A link that was just made.
#[derive(Serialize, ToSchema)]
struct PersonalLinkBody {
    /// For nobody but that person. Shown once.
    link: String,
    /// Until when it opens.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

/// Makes the link by which somebody signs without an account, in the place of the one before, which opens nothing any more.
/// It is handed on by whoever asked for it, by a way that nobody else reads.
#[utoipa::path(post, path = "/api/v1/register/{id}/link", tag = "agreements", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), responses(
    (status = 201, body = PersonalLinkBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn register_link(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<PersonalLinkBody>), ApiProblem> {
    let person = id(&text, "person")?;
    let (link, expires_at) = agreements::personal_link_make(&app, &caller, person).await?;
    let body = PersonalLinkBody { link, expires_at };
    Ok((StatusCode::CREATED, Extension(ShownOnce), Json(body)))
}

/// Mails somebody a link by which they sign, to the address known of them; the one before opens nothing any more.
#[utoipa::path(post, path = "/api/v1/register/{id}/link/mail", tag = "agreements", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "No address is known, too many went there, or no mail goes out", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn register_link_mail(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<StatusCode, ApiProblem> {
    agreements::personal_link_mail(&app, &caller, id(&text, "person")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who was reminded.
#[derive(Serialize, ToSchema)]
pub(crate) struct RemindedBody {
    /// To so many a mail goes.
    mailed: usize,
    /// Of so many no address is known.
    without_address: usize,
    /// So many got one within twenty hours, and no other.
    lately: usize,
}

impl From<Reminded> for RemindedBody {
    fn from(who: Reminded) -> Self {
        let Reminded { mailed, without_address, lately } = who;
        Self { mailed, without_address, lately }
    }
}

/// Mails a link to everybody who must sign an agreement and did not, at most 500 in one go.
#[utoipa::path(post, path = "/api/v1/agreements/{id}/remind", tag = "agreements", security(("token" = [Action::PeopleWrite])), params(("id" = String, Path)), responses(
    (status = 200, body = RemindedBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "No mail goes out", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn agreement_remind(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(text): Path<String>,
) -> Result<Json<RemindedBody>, ApiProblem> {
    let id = id(&text, "agreement")?;
    Ok(Json(agreements::agreement_remind(&app, &caller, id).await?.into()))
}
