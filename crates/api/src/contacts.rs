//! Whom one calls about content security at any hour. Confirming one's own place belongs to whoever holds a personal link,
//! and has pages only.

use crate::{ApiProblem, Asker, body::Body, problem::ProblemBody};
use axum::{Json, extract::State, http::StatusCode};
use closedset_app::{
    App,
    contacts::{self, ContactShown, ContactsShown, Naming},
};
use closedset_core::{Action, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(contacts_read, contacts_write))
}

/// Who has a place.
#[derive(Serialize, ToSchema)]
struct SecurityContactBody {
    /// `responsible` or `deputy`.
    place: String,
    person: String,
    name: String,
    email: String,
    /// Where they are called at any hour.
    phone: String,
    #[schema(value_type = String, format = DateTime)]
    named_at: Time,
    /// Whether they are engaged today.
    is_engaged: bool,
    /// Whether they confirmed it, so that it counts today.
    is_confirmed: bool,
    /// When they confirmed it; absent where they did not.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Time>,
    /// The last day on which that counts.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_until: Option<String>,
}

impl From<ContactShown> for SecurityContactBody {
    fn from(shown: ContactShown) -> Self {
        let row = shown.row;
        Self {
            place: row.place.as_str().to_owned(),
            person: row.person.to_string(),
            name: row.name,
            email: row.email,
            phone: row.phone,
            named_at: row.named_at,
            is_engaged: shown.is_engaged,
            is_confirmed: shown.counts,
            confirmed_at: row.confirmed.map(|one| one.at),
            confirmed_until: row.confirmed.map(|one| one.until.to_string()),
        }
    }
}

/// Who answers for content security, and who stands in.
#[derive(Serialize, ToSchema)]
struct SecurityContactsBody {
    /// Rises with every change of either place: `before` of the next.
    changes: i64,
    /// The control for which both together are given as a document.
    control: String,
    /// Whether that control is answered here.
    is_answered: bool,
    /// That document's id, and the last day on which it counts; absent where it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    document_until: Option<String>,
    /// Who answers, then who stands in: two at most.
    items: Vec<SecurityContactBody>,
}

impl From<ContactsShown> for SecurityContactsBody {
    fn from(shown: ContactsShown) -> Self {
        let file = shown.file.filter(|file| !file.is_over && !file.is_withdrawn);
        Self {
            changes: shown.changes,
            control: contacts::CONTROL.to_owned(),
            is_answered: shown.is_asked,
            document: file.map(|file| file.document.to_string()),
            document_until: file.map(|file| file.until.to_string()),
            items: shown.contacts.into_iter().map(SecurityContactBody::from).collect(),
        }
    }
}

/// Who answers for content security, who stands in, and who of them confirmed it.
#[utoipa::path(get, path = "/api/v1/contacts", tag = "contacts", security(("token" = [Action::PeopleRead, Action::EvidenceRead])), responses(
    (status = 200, body = SecurityContactsBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn contacts_read(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<SecurityContactsBody>, ApiProblem> {
    Ok(Json(contacts::contacts_shown(&app, &caller).await?.into()))
}

/// Who stands there from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSecurityContactsBody {
    /// The id of somebody who is engaged today and has an address.
    responsible: String,
    /// Digits, spaces, and a + in front: 7 to 15 digits.
    #[schema(min_length = 7, max_length = 24)]
    responsible_phone: String,
    /// The id of somebody else.
    deputy: String,
    #[schema(min_length = 7, max_length = 24)]
    deputy_phone: String,
    /// `changes` as it was read.
    #[schema(minimum = 0)]
    before: i64,
}

/// Names both. Whoever is named anew, or with another number, confirms it by their personal link; the document that named
/// both before is taken back.
#[utoipa::path(put, path = "/api/v1/contacts", tag = "contacts", security(("token" = [Action::PeopleWrite, Action::EvidenceWrite])), request_body = NewSecurityContactsBody, responses(
    (status = 204),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "Somebody changed it meanwhile", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn contacts_write(
    State(app): State<App>,
    Asker(caller): Asker,
    Body(said): Body<NewSecurityContactsBody>,
) -> Result<StatusCode, ApiProblem> {
    let naming = Naming {
        responsible: said.responsible,
        responsible_phone: said.responsible_phone,
        deputy: said.deputy,
        deputy_phone: said.deputy_phone,
        changes: said.before,
    };
    contacts::contacts_name(&app, &caller, naming).await?;
    Ok(StatusCode::NO_CONTENT)
}
