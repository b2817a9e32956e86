//! The tokens of programs: their list, and making one.

use super::{
    handlers::{Answer, field},
    scopes,
    view::{TokenLine, TokensPage},
};
use crate::{
    Area,
    components::{Boxes, Field},
    serve::{Form, Looker, PageProblem, confirm_first, day, go, once, refused, show},
};
use axum::extract::State;
use closedset_app::{
    App, FieldProblem, Problem,
    accounts::{self, NewToken},
};
use closedset_core::Actions;

/// Where the second factor is shown first, and from where it leads back here.
const CONFIRM: &str = "/confirm-it-is-you?next=tokens";

pub(super) async fn tokens(State(app): State<App>, looker: Looker) -> Answer {
    Ok(show(&view(&app, &looker, &Form::default(), &[], None).await?))
}

async fn view(
    app: &App,
    looker: &Looker,
    form: &Form,
    problems: &[FieldProblem],
    made: Option<String>,
) -> Result<TokensPage, PageProblem> {
    let now = app.now();
    let rows = accounts::token_list(app, &looker.caller).await?;
    let mut days = field(form, problems, "days");
    if days.value.is_empty() {
        days.value = "90".into();
    }
    let Field { error, .. } = field(form, problems, "scopes");
    let ticked: Vec<&str> = form.ticked("scopes").collect();
    Ok(TokensPage {
        shell: looker.shell(Area::Settings),
        tab: "tokens",
        made,
        once: once::token(app),
        is_confirmed: looker.signed.has_fresh_factor(now),
        name: field(form, problems, "name"),
        scopes: Boxes { groups: scopes::groups(accounts::offered(&looker.caller), &ticked), error },
        days,
        tokens: rows
            .into_iter()
            .map(|row| TokenLine {
                id: row.id.to_string(),
                name: row.name,
                may: scopes::words(row.scopes),
                made: day(row.created_at, &looker.zone),
                ends: day(row.expires_at, &looker.zone),
                state: match row.revoked_at {
                    Some(_) => "revoked",
                    None if row.expires_at <= now => "ended",
                    None => "in force",
                },
            })
            .collect(),
    })
}

pub(super) async fn token_create(State(app): State<App>, looker: Looker, form: Form) -> Answer {
    if looker.visitor.sent_before(&form) {
        return Ok(go("/settings/tokens"));
    }
    let made = match Actions::from_words(form.ticked("scopes")) {
        Ok(scopes) => {
            let days = form.text("days").trim().parse().unwrap_or(0);
            let new = NewToken { name: form.text("name").to_owned(), scopes, days };
            accounts::token_create(&app, &looker.caller, new).await
        }
        Err(error) => Err(Problem::field("scopes", format!("{error}."))),
    };
    match made {
        Ok((_, token)) => {
            let page = view(&app, &looker, &Form::default(), &[], Some(token)).await?;
            let mut response = show(&page);
            once::use_up(&mut response, &looker.visitor, &form);
            Ok(response)
        }
        Err(Problem::Invalid(problems)) => {
            Ok(refused(&view(&app, &looker, &form, &problems, None).await?))
        }
        Err(other) => Err(confirm_first(CONFIRM)(other)),
    }
}
