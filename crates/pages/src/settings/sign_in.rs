//! How people sign in: the provider of the installation.

use super::handlers::{Answer, field};
use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    entry::going_on,
    serve::{Done, Form, Looker, confirm_first, day, done, refused, show},
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use closedset_app::{
    App, FieldProblem, Problem,
    sign_on::{self, FactorWord, NewProvider, ProviderShown, SignOnSettings, Wish},
};
use closedset_core::Action;

/// Where the second factor is shown first, and from where it leads back here.
const CONFIRM: &str = "/confirm-it-is-you?next=sign-in";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/sign-in", get(page).post(change))
        .route("/settings/sign-in/test", post(test))
        .route("/settings/sign-in/remove", post(remove))
}

/// How people sign in.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/sign_in.html")]
pub struct SignInPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// A demonstration asks nobody.
    pub is_demonstration: bool,
    /// What the provider is called, where there is one.
    pub name: Option<String>,
    /// The organisation keeps the provider, and whoever looks may change it.
    pub may_change: bool,
    /// The second factor was shown a short while ago.
    pub is_confirmed: bool,
    /// The provider, for whoever keeps it.
    pub provider: Option<ProviderView>,
    /// The address of return, to be entered at the provider.
    pub back: String,
    /// The form.
    pub form: ProviderForm,
}

/// A provider, and what it said of itself.
#[derive(Debug, Clone)]
pub struct ProviderView {
    /// Its address.
    pub issuer: String,
    /// What this program is called there.
    pub client: String,
    /// When it was set.
    pub since: TimeText,
    /// How many accounts are linked with it, in words.
    pub linked: String,
    /// Its word that a second factor was shown counts.
    pub counts_factor: bool,
    /// The levels that show one; empty where none was named.
    pub levels: String,
    /// Where browsers are sent.
    pub authorization: String,
    /// Where codes are redeemed.
    pub tokens: String,
    /// Where its keys are.
    pub keys: String,
    /// By which algorithms it signs.
    pub algorithms: String,
    /// What it says of PKCE.
    pub pkce: &'static str,
}

/// The fields of a provider.
#[derive(Debug, Clone, Default)]
pub struct ProviderForm {
    /// What people call it.
    pub name: Field,
    /// Its address.
    pub issuer: Field,
    /// What this program is called there.
    pub client: Field,
    /// Its secret: never filled.
    pub secret: Field,
    /// Whose word a second factor is.
    pub factor: Field,
    /// Words to choose from.
    pub factors: Vec<Choice>,
    /// The levels that show one.
    pub levels: Field,
}

/// Whose word a second factor is, with what it is called.
pub(crate) fn factors() -> Vec<Choice> {
    vec![
        Choice::new("provider", "The provider’s; where it does not say so, it is asked for here"),
        Choice::new("here", "Ours alone: it is asked for here, always"),
    ]
}

async fn page(State(app): State<App>, looker: Looker) -> Answer {
    let settings = sign_on::settings(&app, &looker.caller).await?;
    let form = form_of(settings.provider.as_ref());
    Ok(show(&view(&app, &looker, settings, form)))
}

fn form_of(provider: Option<&ProviderShown>) -> ProviderForm {
    let Some(provider) = provider else {
        return ProviderForm {
            factor: Field::new(FactorWord::Provider.as_str()),
            factors: factors(),
            ..ProviderForm::default()
        };
    };
    ProviderForm {
        name: Field::new(&provider.name),
        issuer: Field::new(&provider.issuer),
        client: Field::new(&provider.client),
        secret: Field::default(),
        factor: Field::new(provider.factor.as_str()),
        factors: factors(),
        levels: Field::new(&provider.levels),
    }
}

fn view(app: &App, looker: &Looker, settings: SignOnSettings, form: ProviderForm) -> SignInPage {
    let zone = looker.zone.as_str();
    SignInPage {
        shell: looker.shell(Area::Settings),
        tab: "sign-in",
        is_demonstration: settings.is_demonstration,
        name: settings.name,
        may_change: settings.is_keeper && looker.caller.may(Action::SettingsWrite),
        is_confirmed: looker.signed.has_fresh_factor(app.now()),
        provider: settings.provider.map(|provider| ProviderView {
            issuer: provider.issuer,
            client: provider.client,
            since: day(provider.changed_at, zone),
            linked: match provider.linked {
                0 => "no account is linked yet".into(),
                1 => "1 account is linked".into(),
                more => format!("{more} accounts are linked"),
            },
            counts_factor: provider.factor == FactorWord::Provider,
            levels: provider.levels,
            authorization: provider.said.authorization,
            tokens: provider.said.tokens,
            keys: provider.said.keys,
            algorithms: provider.said.algorithms.join(", "),
            pkce: match provider.said.knows_pkce {
                Some(_) => "known",
                None => "not mentioned; it is used all the same",
            },
        }),
        back: settings.back,
        form,
    }
}

async fn change(State(app): State<App>, looker: Looker, form: Form) -> Answer {
    let text = |name: &str| form.text(name).to_owned();
    let new = NewProvider {
        name: text("name"),
        issuer: text("issuer"),
        client: text("client"),
        secret: text("secret").into(),
        factor: text("factor"),
        levels: text("levels"),
    };
    match sign_on::provider_put(&app, &looker.caller, new).await {
        Ok(()) => Ok(done("/settings/sign-in", Done::Saved)),
        Err(Problem::Invalid(problems)) => {
            let settings = sign_on::settings(&app, &looker.caller).await?;
            Ok(refused(&view(&app, &looker, settings, entered(&form, &problems))))
        }
        Err(other) => Err(confirm_first(CONFIRM)(other)),
    }
}

fn entered(form: &Form, problems: &[FieldProblem]) -> ProviderForm {
    let of = |name: &str| field(form, problems, name);
    ProviderForm {
        name: of("name"),
        issuer: of("issuer"),
        client: of("client"),
        secret: Field { value: String::new(), ..of("secret") },
        factor: of("factor"),
        factors: factors(),
        levels: of("levels"),
    }
}

async fn test(State(app): State<App>, looker: Looker, _form: Form) -> Answer {
    let sent = sign_on::send(&app, Wish::Test(&looker.caller)).await?;
    Ok(going_on(looker.visitor.outside(), sent))
}

async fn remove(State(app): State<App>, looker: Looker, _form: Form) -> Answer {
    let removed = sign_on::provider_remove(&app, &looker.caller).await;
    removed.map_err(confirm_first(CONFIRM))?;
    Ok(done("/settings/sign-in", Done::Saved))
}
