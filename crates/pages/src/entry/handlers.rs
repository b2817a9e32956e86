//! From requests to the pages of set-up and sign-in.

use super::{
    account_delete, confirm, countries, join, organisations, passkey, provider,
    set_up::{
        JOINING, SetUpAccount, SetUpFactor, SetUpLink, SetUpOrganisation, SetUpRecovery, Step,
        leader, leader_of,
    },
    sign_in::{SecondFactor, SignIn, SignedOut},
    time_zones,
};
use crate::{
    components::{Field, QrCode},
    serve::{
        Done, Form, FormOfAnywhere, PageProblem, Query, Visitor, clear, confirm_first, cookie, go,
        go_on, leave, once, refused, show,
    },
};
use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use closedset_app::{
    App, FieldProblem, Problem,
    accounts::{self, NewAccount, SessionToken, SetUpState, Signed, Stage},
    organisations::{Profile, organisation_create as set_up_organisation},
    sign_on,
};
use serde::Deserialize;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/setup", get(set_up).post(set_up_account))
        .route("/setup/second-factor", get(factor).post(factor))
        .route("/setup/totp", post(totp))
        .route("/setup/recovery", get(recovery).post(recovery_make))
        .route("/setup/recovery/kept", post(recovery_kept))
        .route("/setup/organisation", get(organisation).post(organisation_create))
        .route("/sign-in", get(sign_in).post(sign_in_password))
        .route("/sign-in/second-factor", get(second_factor).post(second_factor))
        .route("/sign-in/totp", post(second_factor_totp))
        .route("/sign-in/recovery", post(second_factor_recovery))
        .route("/sign-out", post(sign_out))
        .route("/signed-out", get(signed_out))
        .merge(confirm::routes())
        .merge(join::routes())
        .merge(organisations::routes())
        .merge(account_delete::routes())
        .merge(passkey::routes())
        .merge(provider::routes())
}

pub(super) type Answer = Result<Response, PageProblem>;

/// A visitor whose browser holds a token, so that forms can carry theirs; and the token to set if it
/// held none.
pub(crate) fn known(app: &App, visitor: Visitor) -> (Visitor, Option<SessionToken>) {
    match visitor.token {
        Some(_) => (visitor, None),
        None => {
            let token = app.visitor_token();
            (Visitor { token: Some(token.clone()), ..visitor }, Some(token))
        }
    }
}

pub(crate) fn with_cookie(mut response: Response, token: Option<SessionToken>) -> Response {
    if let Some(token) = token {
        cookie::set(&mut response, &token);
    }
    response
}

pub(super) fn signed_in(token: &SessionToken, path: &str) -> Response {
    let mut response = go(path);
    cookie::set(&mut response, token);
    response
}

/// What is wrong with one field, out of a problem's list.
fn error_of(problems: &[FieldProblem], field: &str) -> Option<String> {
    problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.clone())
}

pub(crate) fn field(value: &str, problems: &[FieldProblem], name: &str) -> Field {
    Field { value: value.to_owned(), error: error_of(problems, name) }
}

/// The problem as what stands beside fields, or above the form.
pub(crate) fn split(problem: Problem) -> Result<(Vec<FieldProblem>, Option<String>), PageProblem> {
    match problem {
        Problem::Invalid(fields) => Ok((fields, None)),
        Problem::Conflict { .. } | Problem::Limited { .. } => {
            Ok((Vec::new(), Some(format!("{} {}", problem.sentence(), problem.remedy()))))
        }
        other => Err(other.into()),
    }
}

#[derive(Debug, Deserialize)]
struct SetUpQuery {
    #[serde(default)]
    token: String,
}

async fn set_up(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<SetUpQuery>,
) -> Answer {
    match accounts::set_up_state(&app).await? {
        SetUpState::Account => {}
        SetUpState::Organisation | SetUpState::Done => return Ok(go("/")),
    }
    let (visitor, fresh) = known(&app, visitor);
    let response = if query.token.is_empty() {
        show(&SetUpLink { shell: visitor.outside() })
    } else {
        show(&account_view(&visitor, query.token, &Form::default(), &[], None))
    };
    Ok(with_cookie(response, fresh))
}

fn account_view(
    visitor: &Visitor,
    token: String,
    form: &Form,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> SetUpAccount {
    SetUpAccount {
        shell: visitor.outside(),
        steps: leader(0),
        token,
        problem,
        name: field(form.text("name"), problems, "name"),
        email: field(form.text("email"), problems, "email"),
        password: field("", problems, "password"),
    }
}

async fn set_up_account(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let new = NewAccount {
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        password: form.text("password").to_owned(),
        browser: visitor.browser.clone(),
    };
    match accounts::set_up_account(&app, form.text("token"), new).await {
        Ok(token) => Ok(signed_in(&token, "/setup/second-factor")),
        Err(problem) => {
            let (problems, problem) = split(problem)?;
            Ok(refused(&account_view(
                &visitor,
                form.text("token").to_owned(),
                &form,
                &problems,
                problem,
            )))
        }
    }
}

/// The leader: whoever joined has no facility to set up.
fn steps(signed: &Signed, now: usize) -> Vec<Step> {
    if signed.memberships.is_empty() { leader(now) } else { leader_of(&JOINING, now) }
}

async fn factor(State(app): State<App>, visitor: Visitor) -> Answer {
    let signed = visitor.signed()?;
    if signed.stage == Stage::SecondFactor {
        return Ok(go("/sign-in/second-factor"));
    }
    Ok(show(&factor_view(&app, &visitor, signed, &[]).await?))
}

async fn factor_view(
    app: &App,
    visitor: &Visitor,
    signed: &Signed,
    problems: &[FieldProblem],
) -> Result<SetUpFactor, PageProblem> {
    let secret = accounts::totp_begin(app, signed).await;
    let secret = secret.map_err(confirm_first("/confirm-it-is-you?next=factor"))?;
    Ok(SetUpFactor {
        shell: visitor.outside(),
        steps: steps(signed, 1),
        offers_passkeys: app.offers_passkeys(),
        qr: QrCode::new(&secret.url),
        secret: grouped(&secret.secret),
        code: field("", problems, "code"),
    })
}

/// In groups of four, as people read it.
pub(crate) fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

async fn totp(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let signed = visitor.signed()?;
    match accounts::totp_finish(&app, signed, form.text("code"), &visitor.browser).await {
        Ok(token) => Ok(signed_in(&token, "/setup/recovery")),
        Err(Problem::Invalid(problems)) => {
            Ok(refused(&factor_view(&app, &visitor, signed, &problems).await?))
        }
        Err(other) => Err(confirm_first("/confirm-it-is-you?next=factor")(other)),
    }
}

async fn recovery(State(app): State<App>, visitor: Visitor) -> Answer {
    let signed = visitor.signed()?;
    if signed.stage != Stage::Full {
        return Ok(go("/"));
    }
    Ok(show(&recovery_view(&app, &visitor, Vec::new(), false)))
}

fn recovery_view(
    app: &App,
    visitor: &Visitor,
    codes: Vec<String>,
    were_shown: bool,
) -> SetUpRecovery {
    let (shell, once) = (visitor.outside(), once::token(app));
    let steps = visitor.signed.as_ref().map_or_else(Vec::new, |signed| steps(signed, 2));
    SetUpRecovery { shell, steps, codes, were_shown, once }
}

async fn recovery_make(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    if visitor.sent_before(&form) {
        return Ok(show(&recovery_view(&app, &visitor, Vec::new(), true)));
    }
    let codes = accounts::recovery_codes_make(&app, visitor.signed()?).await;
    let codes = codes.map_err(confirm_first("/confirm-it-is-you?next=recovery"))?;
    let mut response = show(&recovery_view(&app, &visitor, codes, false));
    once::use_up(&mut response, &visitor, &form);
    Ok(response)
}

async fn recovery_kept(State(app): State<App>, visitor: Visitor, _form: Form) -> Answer {
    accounts::recovery_codes_confirm(&app, visitor.signed()?).await?;
    Ok(go("/"))
}

async fn organisation(State(app): State<App>, visitor: Visitor) -> Answer {
    let signed = visitor.signed()?;
    if signed.stage != Stage::Full || accounts::set_up_state(&app).await? == SetUpState::Done {
        return Ok(go("/"));
    }
    Ok(show(&organisation_view(&visitor, &Form::default(), &[])))
}

fn organisation_view(
    visitor: &Visitor,
    form: &Form,
    problems: &[FieldProblem],
) -> SetUpOrganisation {
    let kept = |name: &str| field(form.text(name), problems, name);
    SetUpOrganisation {
        shell: visitor.outside(),
        steps: leader(3),
        organisation: kept("organisation"),
        facility: kept("facility"),
        address: kept("address"),
        country: kept("country"),
        time_zone: kept("time_zone"),
        countries: countries(),
        time_zones: time_zones(),
    }
}

async fn organisation_create(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let signed = visitor.signed()?;
    let profile = Profile {
        organisation: form.text("organisation").to_owned(),
        facility: form.text("facility").to_owned(),
        address: form.text("address").to_owned(),
        country: form.text("country").to_owned(),
        time_zone: form.text("time_zone").to_owned(),
    };
    match set_up_organisation(&app, signed, profile).await {
        Ok(_) => Ok(go("/")),
        Err(Problem::Invalid(problems)) => {
            Ok(refused(&organisation_view(&visitor, &form, &problems)))
        }
        Err(other) => Err(other.into()),
    }
}

async fn sign_in(State(app): State<App>, visitor: Visitor) -> Answer {
    if accounts::set_up_state(&app).await? == SetUpState::Account {
        return Ok(go("/setup"));
    }
    if visitor.signed.as_ref().is_some_and(|signed| signed.stage == Stage::Full) {
        return Ok(go_on(&visitor));
    }
    let (visitor, fresh) = known(&app, visitor);
    Ok(with_cookie(show(&sign_in_view(&app, &visitor, "", &[], None).await?), fresh))
}

pub(super) async fn sign_in_view(
    app: &App,
    visitor: &Visitor,
    email: &str,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> Result<SignIn, PageProblem> {
    Ok(SignIn {
        shell: visitor.outside(),
        provider: sign_on::offered(app).await?,
        problem,
        email: field(email, problems, "email"),
        password: field("", problems, "password"),
    })
}

async fn sign_in_password(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let password = form.text("password").to_owned();
    match accounts::sign_in(&app, form.text("email"), password, &visitor.browser).await {
        Ok(token) => Ok(signed_in(&token, "/sign-in/second-factor")),
        Err(problem) => {
            let (problems, problem) = split(problem)?;
            let email = form.text("email");
            Ok(refused(&sign_in_view(&app, &visitor, email, &problems, problem).await?))
        }
    }
}

async fn second_factor(State(app): State<App>, visitor: Visitor) -> Answer {
    if visitor.signed()?.stage != Stage::SecondFactor {
        return Ok(go_on(&visitor));
    }
    Ok(show(&second_factor_view(&app, &visitor, &[], None).await?))
}

async fn second_factor_view(
    app: &App,
    visitor: &Visitor,
    problems: &[FieldProblem],
    problem: Option<String>,
) -> Result<SecondFactor, PageProblem> {
    let security = accounts::account_security(app, visitor.signed()?).await?;
    Ok(SecondFactor {
        shell: visitor.outside(),
        problem,
        has_passkey: app.offers_passkeys() && !security.passkeys.is_empty(),
        has_totp: security.has_totp,
        code: field("", problems, "code"),
        recovery_code: field("", problems, "recovery_code"),
    })
}

async fn second_factor_totp(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let signed = visitor.signed()?;
    let signed_in_now =
        accounts::totp_sign_in(&app, signed, form.text("code"), &visitor.browser).await;
    second_factor_answer(&app, &visitor, signed_in_now).await
}

async fn second_factor_recovery(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let signed = visitor.signed()?;
    let code = form.text("recovery_code");
    let signed_in_now = accounts::recovery_sign_in(&app, signed, code, &visitor.browser).await;
    let is_in = signed_in_now.is_ok();
    let mut response = second_factor_answer(&app, &visitor, signed_in_now).await?;
    if is_in && let Ok(security) = accounts::account_security(&app, signed).await {
        let left = u8::try_from(security.recovery_codes_left).unwrap_or_default();
        leave(&mut response, Done::RecoveryCodeUsed(left));
    }
    Ok(response)
}

async fn second_factor_answer(
    app: &App,
    visitor: &Visitor,
    answer: Result<SessionToken, Problem>,
) -> Answer {
    match answer {
        Ok(token) => {
            let mut response = go_on(visitor);
            cookie::set(&mut response, &token);
            Ok(response)
        }
        Err(problem) => {
            let (problems, problem) = split(problem)?;
            Ok(refused(&second_factor_view(app, visitor, &problems, problem).await?))
        }
    }
}

/// Out is out, in whichever organisation the button was drawn.
async fn sign_out(State(app): State<App>, visitor: Visitor, _form: FormOfAnywhere) -> Answer {
    if let Some(signed) = &visitor.signed {
        accounts::session_end(&app, signed).await?;
    }
    let mut response = go("/signed-out");
    clear(&mut response);
    Ok(response)
}

async fn signed_out(visitor: Visitor) -> Answer {
    Ok(show(&SignedOut { shell: visitor.outside() }))
}
