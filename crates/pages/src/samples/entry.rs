//! The way in: set-up step by step, sign-in, the second factor, and out again.

use super::{CSRF, Sample, sample};
use crate::Shell;
use crate::components::{Choice, Field, QrCode};
use crate::entry::{
    account_delete::AccountDelete,
    confirm::Confirm,
    provider::{GoingOn, ProviderTested},
    set_up::{SetUpAccount, SetUpFactor, SetUpLink, SetUpOrganisation, SetUpRecovery, leader},
    sign_in::{SecondFactor, SignIn, SignedOut},
};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("set-up-link", &SetUpLink { shell: outside() }),
        sample("set-up-account", &account()),
        sample("set-up-account-error", &account_error()),
        sample("set-up-factor", &factor(true)),
        sample("set-up-factor-error", &factor_error()),
        sample("set-up-recovery", &recovery(Vec::new())),
        sample("set-up-recovery-codes", &recovery(super::recovery_codes())),
        sample(
            "set-up-recovery-again",
            &SetUpRecovery { were_shown: true, ..recovery(Vec::new()) },
        ),
        sample("set-up-organisation", &organisation()),
        sample("set-up-organisation-error", &organisation_error()),
        sample("sign-in", &sign_in(None)),
        sample(
            "sign-in-error",
            &sign_in(Some("This address and password do not belong together.")),
        ),
        sample("second-factor", &second_factor(None)),
        sample(
            "second-factor-error",
            &second_factor(Some("This code is used up or not yet valid.")),
        ),
        sample("confirm", &confirm(None)),
        sample("confirm-error", &confirm(Some("Wait 40 seconds and try again."))),
        sample("account-delete", &account_delete(None)),
        sample(
            "account-delete-error",
            &account_delete(Some("This is not the password that you sign in with now.")),
        ),
        sample(
            "sign-in-provider",
            &SignIn { provider: Some("Film <House>".into()), ..sign_in(None) },
        ),
        sample("confirm-provider", &confirm_at_provider()),
        sample("account-delete-no-password", &no_password()),
        sample("going-on", &going_on()),
        sample("provider-tested", &tested(true)),
        sample("provider-tested-little", &tested(false)),
        sample("signed-out", &SignedOut { shell: outside() }),
    ]
}

fn account_delete(wrong: Option<&str>) -> AccountDelete {
    AccountDelete {
        shell: outside(),
        email: "ada@example.com".into(),
        has_password: true,
        problem: None,
        password: Field { error: wrong.map(str::to_owned), ..Field::default() },
    }
}

fn outside() -> Shell {
    Shell::outside(CSRF)
}

fn account() -> SetUpAccount {
    SetUpAccount {
        shell: outside(),
        steps: leader(0),
        token: "7Qk0m2yTzR4".into(),
        problem: None,
        name: Field::default(),
        email: Field::default(),
        password: Field::default(),
    }
}

fn account_error() -> SetUpAccount {
    SetUpAccount {
        name: Field::new("Inés Okafor"),
        email: Field::new("ines@halide")
            .with_error("Write the whole address, such as name@company.example."),
        password: Field::default().with_error("Use at least 12 characters."),
        ..account()
    }
}

fn factor(offers_passkeys: bool) -> SetUpFactor {
    SetUpFactor {
        shell: outside(),
        steps: leader(1),
        offers_passkeys,
        qr: QrCode::new(
            "otpauth://totp/Closedset:ines@halide.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Closedset",
        ),
        secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".into(),
        code: Field::default(),
    }
}

fn factor_error() -> SetUpFactor {
    SetUpFactor {
        code: Field::default()
            .with_error("That is not the code of this minute. Wait for the next one and type it."),
        ..factor(false)
    }
}

fn recovery(codes: Vec<String>) -> SetUpRecovery {
    SetUpRecovery {
        shell: outside(),
        steps: leader(2),
        codes,
        were_shown: false,
        once: "b25jZQ".into(),
    }
}

fn organisation() -> SetUpOrganisation {
    SetUpOrganisation {
        shell: outside(),
        steps: leader(3),
        organisation: Field::default(),
        facility: Field::default(),
        address: Field::default(),
        country: Field::default(),
        time_zone: Field::new("Europe/Amsterdam"),
        countries: countries(),
        time_zones: time_zones(),
    }
}

fn organisation_error() -> SetUpOrganisation {
    SetUpOrganisation {
        organisation: Field::new("Halide Post"),
        facility: Field::default().with_error("Name the site, as your people call it."),
        country: Field::default()
            .with_error("Choose the country: its law decides how long cameras may keep."),
        ..organisation()
    }
}

pub(super) fn countries() -> Vec<Choice> {
    vec![
        Choice::new("NL", "Netherlands"),
        Choice::new("PL", "Poland"),
        Choice::new("GB", "United Kingdom"),
    ]
}

pub(super) fn time_zones() -> Vec<Choice> {
    ["Europe/Amsterdam", "Europe/London", "Europe/Warsaw"]
        .map(|zone| Choice::new(zone, zone))
        .into()
}

fn sign_in(problem: Option<&str>) -> SignIn {
    let email = problem.map(|_| "ines@halide.example").unwrap_or_default();
    SignIn {
        shell: outside(),
        provider: None,
        problem: problem.map(Into::into),
        email: Field::new(email),
        password: Field::default(),
    }
}

fn confirm(problem: Option<&str>) -> Confirm {
    Confirm {
        shell: outside(),
        problem: problem.map(Into::into),
        next: "tokens".into(),
        back: "/settings/tokens",
        provider: None,
        has_passkey: true,
        has_totp: true,
        code: Field::default(),
    }
}

fn confirm_at_provider() -> Confirm {
    Confirm {
        provider: Some("Film <House>".into()),
        has_passkey: false,
        has_totp: false,
        ..confirm(None)
    }
}

fn no_password() -> AccountDelete {
    AccountDelete { has_password: false, ..account_delete(None) }
}

fn going_on() -> GoingOn {
    GoingOn {
        shell: outside(),
        provider: "Film <House>".into(),
        address: "https://login.film.example/authorize?response_type=code&client_id=closedset"
            .into(),
    }
}

fn tested(says_much: bool) -> ProviderTested {
    let said = |text: &str| if says_much { text.to_owned() } else { String::new() };
    ProviderTested {
        shell: outside(),
        subject: "7f1c<9>".into(),
        email: said("ines@halide.example"),
        email_is_verified: says_much,
        methods: said("pwd, otp"),
        level: said("urn:film:two"),
        shown: says_much.then(|| super::time("2026-03-12T09:40:00Z", "12 March 2026, 09:40")),
        counts: says_much,
    }
}

fn second_factor(problem: Option<&str>) -> SecondFactor {
    SecondFactor {
        shell: outside(),
        problem: problem.map(Into::into),
        has_passkey: true,
        has_totp: true,
        code: Field::default(),
        recovery_code: Field::default(),
    }
}
