//! Who is looking at a page.

use super::{PageProblem, cookie, flash, next, once};
use crate::{Area, Flash, Shell};
use axum::{
    extract::FromRequestParts,
    http::{Method, header, request::Parts},
};
use closedset_app::{
    App, Caller, Problem,
    accounts::{SetUpState, Signed, Stage, set_up_state},
    organisations::Named,
};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action, Secret, Time,
    id::{Id, Organisation, Person},
};
use std::{convert::Infallible, sync::Arc};

/// A browser, whoever sits before it.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// The token in its cookie, if it holds one.
    pub(crate) token: Option<Secret<32>>,
    /// Who it is, if somebody signed in or is about to.
    pub(crate) signed: Option<Signed>,
    /// What it calls itself.
    pub(crate) browser: String,
    /// Where it wanted to go before it had to sign in.
    pub(crate) next: Option<String>,
    /// The tokens of the last forms whose answers it saw once.
    pub(crate) used: Vec<String>,
    /// What its last form did.
    pub(crate) flash: Option<Flash>,
}

impl Visitor {
    /// The token for its forms, drawn where it looks; empty where it holds no cookie yet.
    pub(crate) fn csrf(&self) -> String {
        self.csrf_in(self.place())
    }

    /// The same, drawn in an organisation, or in none.
    pub(super) fn csrf_in(&self, place: Option<Id<Organisation>>) -> String {
        self.token.as_ref().map(|token| cookie::csrf(token, place)).unwrap_or_default()
    }

    /// The organisation that it looks at.
    pub(super) fn place(&self) -> Option<Id<Organisation>> {
        let signed = self.signed.as_ref().filter(|signed| signed.stage == Stage::Full)?;
        signed.membership().ok().map(|membership| membership.organisation)
    }

    /// Whoever is at least half signed in.
    pub(crate) fn signed(&self) -> Result<&Signed, Problem> {
        self.signed.as_ref().ok_or(Problem::NotSignedIn)
    }

    /// Where to go once signed in.
    pub(crate) fn next(&self) -> &str {
        self.next.as_deref().unwrap_or("/")
    }

    /// Whether a form whose answer is shown once was carried out already.
    pub(crate) fn sent_before(&self, form: &super::Form) -> bool {
        let once = form.text("once");
        self.used.iter().any(|used| used == once)
    }

    /// The shell of a page outside an organisation.
    pub(crate) fn outside(&self) -> Shell {
        Shell::outside(self.csrf())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let browser = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self {
            token: parts.extensions.get::<cookie::BrowserToken>().map(|token| token.0.clone()),
            signed: parts.extensions.get::<Signed>().cloned(),
            browser: browser.unwrap_or("unknown browser").to_owned(),
            next: next::remembered(&parts.headers),
            used: once::used(&parts.headers),
            flash: flash::left(&parts.headers),
        })
    }
}

/// Somebody who is fully signed in, in an organisation. Whoever is not is led to where they have to
/// go on: set-up, sign-in, the second factor.
#[derive(Debug, Clone)]
pub(crate) struct Looker {
    pub(crate) visitor: Visitor,
    pub(crate) signed: Signed,
    pub(crate) caller: Caller,
    pub(crate) organisation: String,
    pub(crate) open_tasks: i64,
    /// The facility's time zone.
    pub(crate) zone: String,
    /// The facility's name.
    pub(crate) facility: String,
    /// When the organisation was set up.
    pub(crate) since: Time,
    /// The present in the organisation.
    pub(crate) present: Time,
    /// What is asked here, and what was: own checks that were retired too, to tell of them by their names.
    pub(crate) catalogue: Arc<Catalogue>,
}

impl Looker {
    /// The frame of a page in `area`.
    pub(crate) fn shell(&self, area: Area) -> Shell {
        Shell {
            base: String::new(),
            organisation: self.organisation.clone(),
            person: self.signed.name.clone(),
            area: Some(area),
            csrf: self.visitor.csrf(),
            flash: self.visitor.flash.clone(),
            demonstration: super::is_demonstration(),
            open_tasks: self.open_tasks,
            allowed: self.caller.allowed,
            may_switch: self.signed.memberships.len() > 1
                || self.caller.may(Action::OrganisationCreate),
        }
    }

    /// The person whom whoever looks is here.
    pub(crate) fn person(&self) -> Option<Id<Person>> {
        self.signed.membership().ok().map(|membership| membership.person)
    }

    /// The first page of whoever looks.
    pub(crate) fn home(&self) -> String {
        let shell = self.shell(Area::Settings);
        Area::seen_by(self.caller.allowed)
            .next()
            .map_or("/settings/security".into(), |area| shell.path(area))
    }
}

impl FromRequestParts<App> for Looker {
    type Rejection = PageProblem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageProblem> {
        let (visitor, signed) = signed_in(parts, app).await?;
        if signed.membership().is_err() {
            return Err(elsewhere(parts, "/organisations"));
        }
        Self::of(app, visitor, signed).await
    }
}

/// Where whoever may not see a page yet has to go; they come back to it.
fn elsewhere(parts: &Parts, path: &'static str) -> PageProblem {
    let next = (parts.method == Method::GET).then(|| next::of_request(&parts.uri)).flatten();
    PageProblem::Elsewhere { path: path.into(), next }
}

/// Who is fully signed in, in an organisation or in none.
async fn signed_in(parts: &mut Parts, app: &App) -> Result<(Visitor, Signed), PageProblem> {
    let Ok(visitor) = <Visitor as FromRequestParts<App>>::from_request_parts(parts, app).await;
    let Some(signed) = visitor.signed.clone() else {
        let is_new = set_up_state(app).await? == SetUpState::Account;
        return Err(elsewhere(parts, if is_new { "/setup" } else { "/sign-in" }));
    };
    match signed.stage {
        Stage::SecondFactor => return Err(elsewhere(parts, "/sign-in/second-factor")),
        Stage::Enrolling => return Err(elsewhere(parts, "/setup/second-factor")),
        Stage::Full => {}
    }
    if !signed.recovery_is_confirmed {
        return Err(elsewhere(parts, "/setup/recovery"));
    }
    if signed.memberships.is_empty() && set_up_state(app).await? == SetUpState::Organisation {
        return Err(elsewhere(parts, "/setup/organisation"));
    }
    Ok((visitor, signed))
}

impl Looker {
    async fn of(app: &App, visitor: Visitor, signed: Signed) -> Result<Self, PageProblem> {
        let here = signed.membership()?.organisation;
        let names = closedset_app::organisations::organisation_names(app, &signed).await?;
        let named = names.iter().find(|named| named.organisation == here);
        let organisation = named.map(Named::full).unwrap_or_default();
        let caller = signed.caller()?;
        let (open_tasks, _) = closedset_app::tasks::task_counts(app, &caller).await?;
        let (of, facilities) = closedset_app::organisations::profile(app, &caller).await?;
        let first = facilities.into_iter().next();
        let (facility, zone) = first.map_or_else(
            || (String::new(), "UTC".to_owned()),
            |first| (first.name, first.time_zone),
        );
        let since = of.created_at;
        let present = closedset_app::present(app, &caller).await?;
        let catalogue = closedset_app::own_checks::catalogue_to_tell(app, &caller).await?;
        Ok(Self {
            visitor,
            signed,
            caller,
            organisation,
            open_tasks,
            zone,
            facility,
            since,
            present,
            catalogue,
        })
    }
}

/// Somebody who is fully signed in, before what is their own: in an organisation, or in none.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    pub(crate) visitor: Visitor,
    pub(crate) signed: Signed,
    /// The frame of their pages.
    pub(crate) shell: Shell,
    /// The facility's time zone; that of nowhere in particular where they are in none.
    pub(crate) zone: String,
}

impl FromRequestParts<App> for Own {
    type Rejection = PageProblem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageProblem> {
        let (visitor, signed) = signed_in(parts, app).await?;
        if signed.membership().is_ok() {
            let looker = Looker::of(app, visitor, signed).await?;
            let shell = looker.shell(Area::Settings);
            return Ok(Self {
                visitor: looker.visitor,
                signed: looker.signed,
                shell,
                zone: looker.zone,
            });
        }
        let shell = Shell {
            person: signed.name.clone(),
            area: Some(Area::Settings),
            flash: visitor.flash.clone(),
            may_switch: true,
            ..visitor.outside()
        };
        Ok(Self { visitor, signed, shell, zone: "UTC".to_owned() })
    }
}
