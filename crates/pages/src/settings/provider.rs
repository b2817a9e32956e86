//! As whom the provider knows one's own account.

use super::{
    handlers::Answer,
    view::{IdentityLine, LinkView},
};
use crate::{
    entry::going_on,
    serve::{Done, Form, Own, PageProblem, Path, ago, confirm_first, day, done},
};
use axum::extract::State;
use closedset_app::{
    App, Problem,
    sign_on::{self, Wish},
};
use closedset_store::providers::IdentityRow;

/// Where the second factor is shown first, and from where it leads back here.
const CONFIRM: &str = "/confirm-it-is-you?next=security";

/// What stands on the page of one's own account; none where there is no provider and never was.
pub(super) async fn view(
    app: &App,
    own: &Own,
    identities: &[IdentityRow],
) -> Result<Option<LinkView>, PageProblem> {
    let known = sign_on::named(app).await?;
    if known.is_none() && identities.is_empty() {
        return Ok(None);
    }
    let is_present =
        |row: &IdentityRow| known.as_ref().is_some_and(|known| known.issuer == row.issuer);
    let name = known.as_ref().map(|known| known.name.clone()).unwrap_or_default();
    Ok(Some(LinkView {
        offers_link: known.is_some() && !identities.iter().any(is_present),
        identities: identities
            .iter()
            .map(|row| IdentityLine {
                id: row.id.to_string(),
                provider: if is_present(row) { name.clone() } else { row.issuer.clone() },
                email: row.email.clone(),
                since: day(row.linked_at, &own.zone),
                used: row.used_at.map(|at| ago(at, app.now())),
            })
            .collect(),
        name,
    }))
}

pub(super) async fn provider_link(State(app): State<App>, own: Own, _form: Form) -> Answer {
    let sent = sign_on::send(&app, Wish::Link(&own.signed)).await;
    let sent = sent.map_err(confirm_first(CONFIRM))?;
    Ok(going_on(own.visitor.outside(), sent))
}

pub(super) async fn provider_unlink(
    State(app): State<App>,
    own: Own,
    Path(id): Path<String>,
    _form: Form,
) -> Answer {
    let id = id.parse().map_err(|_| Problem::NotFound("link"))?;
    let removed = sign_on::identity_remove(&app, &own.signed, id).await;
    removed.map_err(confirm_first(CONFIRM))?;
    Ok(done("/settings/security", Done::IdentityRemoved))
}
