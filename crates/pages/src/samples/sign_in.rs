//! The provider by which people sign in: none, one that is set, one that cannot be; and as whom it knows
//! one's own account.

use super::{Sample, day, sample, shell};
use crate::{
    Area,
    components::Field,
    settings::{
        ProviderForm, ProviderView, SignInPage, factors,
        view::{IdentityLine, LinkView},
    },
};

pub(super) fn samples() -> Vec<Sample> {
    let set = page(true);
    vec![
        sample("sign-in-settings-none", &page(false)),
        sample("sign-in-settings", &set),
        sample("sign-in-settings-error", &SignInPage { form: with_errors(), ..page(false) }),
        sample("sign-in-settings-stale", &SignInPage { is_confirmed: false, ..set.clone() }),
        sample(
            "sign-in-settings-not-keeper",
            &SignInPage { may_change: false, provider: None, ..set },
        ),
        sample(
            "sign-in-settings-demonstration",
            &SignInPage { is_demonstration: true, ..page(false) },
        ),
    ]
}

fn page(is_set: bool) -> SignInPage {
    let text = |text: &str| Field::new(if is_set { text } else { "" });
    SignInPage {
        shell: shell(Area::Settings),
        tab: "sign-in",
        is_demonstration: false,
        name: is_set.then(|| "Film <House>".into()),
        may_change: true,
        is_confirmed: true,
        provider: is_set.then(provider),
        back: "https://closedset.halide.example/sign-in/provider/back".into(),
        form: ProviderForm {
            name: text("Film <House>"),
            issuer: text("https://login.film.example/realms/halide"),
            client: text("closedset"),
            secret: Field::default(),
            factor: Field::new("provider"),
            factors: factors(),
            levels: text("urn:film:two"),
        },
    }
}

fn provider() -> ProviderView {
    let at = |path: &str| format!("https://login.film.example/realms/halide/protocol/{path}");
    ProviderView {
        issuer: "https://login.film.example/realms/halide".into(),
        client: "closedset".into(),
        since: day("2026-03-12", "12 March 2026"),
        linked: "3 accounts are linked".into(),
        counts_factor: true,
        levels: "urn:film:two".into(),
        authorization: at("auth"),
        tokens: at("token"),
        keys: at("certs"),
        algorithms: "RS256, ES256".into(),
        pkce: "known",
    }
}

fn with_errors() -> ProviderForm {
    ProviderForm {
        name: Field::new("Film House"),
        issuer: Field::new("https://login.film.example").with_error(
            "This address cannot be used: what the provider says of itself cannot be used: it calls itself “https://login.film.example/”, not “https://login.film.example”.",
        ),
        client: Field::default().with_error("Enter the client id as the provider shows it."),
        secret: Field::default().with_error("Enter the secret. It is kept only for the same provider and client."),
        factor: Field::new("provider"),
        factors: factors(),
        levels: Field::default(),
    }
}

/// Before an account that is linked, and has a password or none.
pub(super) fn linked() -> LinkView {
    LinkView {
        name: "Film <House>".into(),
        offers_link: false,
        identities: vec![IdentityLine {
            id: "idt_1".into(),
            provider: "Film <House>".into(),
            email: "ines@halide.example".into(),
            since: day("2026-02-02", "2 February 2026"),
            used: Some(super::time("2026-03-12T09:40:00Z", "just now")),
        }],
    }
}

/// Before an account that is not linked.
pub(super) fn unlinked() -> LinkView {
    LinkView { name: "Film <House>".into(), offers_link: true, identities: Vec::new() }
}
