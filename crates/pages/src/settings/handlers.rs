//! From the application's settings to the pages.

use super::view::{AboutPage, PasskeyLine, ProfilePage, SecurityPage, SessionLine};
use super::{
    authenticator::{authenticator, authenticator_add},
    browser,
    factor_remove::{app_remove, app_remove_ask, passkey_remove, passkey_remove_ask},
    network::network,
    password::{password, password_change},
    provider::{self, provider_link, provider_unlink},
    token_revoke::{token_revoke, token_revoke_ask},
    tokens::{token_create, tokens},
};
use crate::{
    Area,
    components::Field,
    entry::{countries, time_zones},
    serve::{
        Done, Form, Looker, Own, PageProblem, Path, ago, clear, confirm_first, day, done, go,
        lasting, once, refused, show,
    },
};
use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use closedset_app::{
    App, FieldProblem, Problem, accounts, backup,
    organisations::{self, Profile},
};
use closedset_core::{Action, Duration};

/// A backup that is older lacks more than anybody wants to do again.
const BACKUP_WITHIN: Duration = Duration::from_days(7);

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/settings", get(profile).post(profile_change))
        .route("/settings/security", get(security).post(security))
        .route("/settings/security/app", get(authenticator).post(authenticator_add))
        .route("/settings/security/app/remove", get(app_remove_ask).post(app_remove))
        .route(
            "/settings/security/passkeys/{id}/remove",
            get(passkey_remove_ask).post(passkey_remove),
        )
        .route("/settings/security/password", get(password).post(password_change))
        .route("/settings/security/recovery", post(recovery))
        .route("/settings/security/sessions/{id}/end", post(session_end))
        .route("/settings/tokens", get(tokens).post(token_create))
        .route("/settings/tokens/{id}/revoke", get(token_revoke_ask).post(token_revoke))
        .route("/settings/about", get(about))
        .route("/settings/network", get(network))
        .route("/settings/security/sign-out-everywhere", post(sign_out_everywhere))
        .route("/settings/security/provider", post(provider_link))
        .route("/settings/security/provider/{id}/remove", post(provider_unlink))
        .merge(super::mail::routes())
        .merge(super::sign_in::routes())
        .merge(super::people::routes())
        .merge(super::checks::routes())
        .merge(super::frameworks::routes())
}

pub(super) type Answer = Result<Response, PageProblem>;

pub(super) fn field(form: &Form, problems: &[FieldProblem], name: &str) -> Field {
    Field {
        value: form.text(name).to_owned(),
        error: problems
            .iter()
            .find(|problem| problem.field == name)
            .map(|problem| problem.message.clone()),
    }
}

async fn profile(State(app): State<App>, looker: Looker) -> Answer {
    looker.caller.require(Action::SettingsRead)?;
    let (organisation, facilities) = organisations::profile(&app, &looker.caller).await?;
    let first = facilities.into_iter().next();
    let of = |text: Option<String>| Field::new(text.unwrap_or_default());
    Ok(show(&ProfilePage {
        shell: looker.shell(Area::Settings),
        tab: "profile",
        organisation: Field::new(organisation.name),
        facility: of(first.as_ref().map(|first| first.name.clone())),
        address: of(first.as_ref().map(|first| first.address.clone())),
        country: of(first.as_ref().map(|first| first.country.clone())),
        time_zone: of(first.map(|first| first.time_zone)),
        countries: countries(),
        time_zones: time_zones(),
    }))
}

async fn profile_change(State(app): State<App>, looker: Looker, form: Form) -> Answer {
    let text = |name: &str| form.text(name).to_owned();
    let profile = Profile {
        organisation: text("organisation"),
        facility: text("facility"),
        address: text("address"),
        country: text("country"),
        time_zone: text("time_zone"),
    };
    let was = looker.zone.clone();
    let said = if profile.time_zone == was { Done::Saved } else { Done::ZoneChanged };
    match organisations::profile_change(&app, &looker.caller, profile).await {
        Ok(()) => Ok(done("/settings", said)),
        Err(Problem::Invalid(problems)) => Ok(refused(&ProfilePage {
            shell: looker.shell(Area::Settings),
            tab: "profile",
            organisation: field(&form, &problems, "organisation"),
            facility: field(&form, &problems, "facility"),
            address: field(&form, &problems, "address"),
            country: field(&form, &problems, "country"),
            time_zone: field(&form, &problems, "time_zone"),
            countries: countries(),
            time_zones: time_zones(),
        })),
        Err(other) => Err(other.into()),
    }
}

async fn security(State(app): State<App>, own: Own) -> Answer {
    security_page(&app, &own, Vec::new()).await
}

async fn security_page(app: &App, own: &Own, codes: Vec<String>) -> Answer {
    let security = accounts::account_security(app, &own.signed).await?;
    let now = app.now();
    Ok(show(&SecurityPage {
        shell: own.shell.clone(),
        tab: "security",
        email: own.signed.email.clone(),
        provider: provider::view(app, own, &security.identities).await?,
        has_password: security.has_password,
        is_confirmed: own.signed.has_fresh_factor(now),
        has_totp: security.has_totp,
        offers_passkeys: app.offers_passkeys(),
        totp_is_last: security.totp_is_last,
        passkey_is_last: security.passkey_is_last,
        passkeys: security
            .passkeys
            .into_iter()
            .map(|row| PasskeyLine {
                id: row.id.to_string(),
                name: row.name,
                added: day(row.created_at, &own.zone),
            })
            .collect(),
        once: once::token(app),
        recovery_codes_left: security.recovery_codes_left,
        codes,
        sessions: security
            .sessions
            .into_iter()
            .filter(|session| session.stage == "full")
            .map(|session| SessionLine {
                is_this: session.id == own.signed.session,
                id: session.id.to_string(),
                browser: browser::words(&session.browser),
                since: lasting(ago(session.created_at, now)),
                seen: ago(session.seen_at, now),
            })
            .collect(),
    }))
}

async fn recovery(State(app): State<App>, own: Own, form: Form) -> Answer {
    if own.visitor.sent_before(&form) {
        return Ok(go("/settings/security"));
    }
    let codes = accounts::recovery_codes_make(&app, &own.signed).await;
    let codes = codes.map_err(confirm_first("/confirm-it-is-you?next=security"))?;
    let mut response = security_page(&app, &own, codes).await?;
    once::use_up(&mut response, &own.visitor, &form);
    Ok(response)
}

async fn session_end(
    State(app): State<App>,
    own: Own,
    Path(id): Path<String>,
    _form: Form,
) -> Answer {
    let id = id.parse().map_err(|_| Problem::NotFound("session"))?;
    accounts::session_end_by_id(&app, &own.signed, id).await?;
    Ok(done("/settings/security", Done::SignedOutThere))
}

async fn sign_out_everywhere(State(app): State<App>, own: Own, _form: Form) -> Answer {
    accounts::session_end_all(&app, &own.signed).await?;
    let mut response = go("/signed-out");
    clear(&mut response);
    Ok(response)
}

async fn about(State(app): State<App>, looker: Looker) -> Answer {
    let chosen: Vec<_> = looker.catalogue.chosen().collect();
    let backup = backup::last_made(&app).await?;
    let now = app.now();
    Ok(show(&AboutPage {
        shell: looker.shell(Area::Settings),
        tab: "about",
        version: env!("CARGO_PKG_VERSION"),
        framework: chosen
            .iter()
            .map(|one| format!("{}, {}, read on {}", one.title, one.version, one.retrieved))
            .collect::<Vec<_>>()
            .join("; "),
        source: chosen.iter().map(|one| one.source.as_str()).collect::<Vec<_>>().join(" "),
        checks: looker.catalogue.asked().count(),
        address: app.public_url().to_owned(),
        backup: backup.map(|at| ago(at, now)),
        wants_backup: backup.is_none_or(|at| now.since(at) > BACKUP_WITHIN),
    }))
}
