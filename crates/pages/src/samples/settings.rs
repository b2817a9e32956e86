//! Settings: the profile, one's own account, tokens, what runs here.

use super::{Sample, entry, sample, shell, shell_saying, sign_in, time};
use crate::components::{Boxes, Command, Field};
use crate::settings::view::{
    AboutPage, PasskeyLine, ProfilePage, SecurityPage, SessionLine, TokenLine, TokensPage,
};
use crate::settings::{
    AuthenticatorPage, CertificateAlert, CertificateView, FactorRemove, NetworkPage, PasswordPage,
    TokenRevoke, scope_groups,
};
use crate::{Area, FlashKind};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("settings-profile", &profile()),
        sample("settings-profile-error", &profile_error()),
        sample("settings-security", &security()),
        sample("settings-security-codes", &security_codes()),
        sample("settings-authenticator", &authenticator(false, Field::default())),
        sample(
            "settings-authenticator-error",
            &authenticator(
                true,
                Field::default().with_error("This is not the code the app shows now."),
            ),
        ),
        sample(
            "settings-security-last",
            &SecurityPage { totp_is_last: true, passkeys: Vec::new(), ..security() },
        ),
        sample(
            "settings-security-linked",
            &SecurityPage { provider: Some(sign_in::linked()), ..security() },
        ),
        sample(
            "settings-security-no-password",
            &SecurityPage {
                provider: Some(sign_in::linked()),
                has_password: false,
                has_totp: false,
                passkeys: Vec::new(),
                ..security()
            },
        ),
        sample(
            "settings-security-unlinked",
            &SecurityPage { provider: Some(sign_in::unlinked()), ..security() },
        ),
        sample(
            "settings-password-first",
            &PasswordPage { has_password: false, ..password(None, None) },
        ),
        sample("settings-password", &password(None, None)),
        sample(
            "settings-password-error",
            &password(Some("This is not the password that you sign in with now."), None),
        ),
        sample(
            "settings-password-locked",
            &password(
                None,
                Some(
                    "There were too many attempts, or too much was sent, in a short time. Wait 60 seconds and try again.",
                ),
            ),
        ),
        sample("settings-factor-remove", &factor_remove(false)),
        sample("settings-factor-remove-last", &factor_remove(true)),
        sample("settings-security-stale", &SecurityPage { is_confirmed: false, ..security() }),
        sample(
            "settings-token-revoke",
            &TokenRevoke {
                shell: shell(Area::Settings),
                id: "tok_1".into(),
                name: "Nightly <pack>".into(),
                tokens: Vec::new(),
                invited: Vec::new(),
            },
        ),
        sample(
            "settings-token-revoke-made",
            &TokenRevoke {
                shell: shell(Area::Settings),
                id: "tok_1".into(),
                name: "Nightly <pack>".into(),
                tokens: vec!["Board on the wall".into(), "Import".into()],
                invited: vec!["Nina Cut <nina@example.com>".into()],
            },
        ),
        sample("settings-tokens", &tokens()),
        sample("settings-tokens-stale", &TokensPage { is_confirmed: false, ..tokens() }),
        sample("settings-tokens-empty", &TokensPage { tokens: Vec::new(), ..tokens() }),
        sample("settings-tokens-made", &token_made()),
        sample("settings-tokens-error", &token_error()),
        sample("settings-network", &network()),
        sample("settings-network-failed", &network_failed()),
        sample("settings-about", &about()),
        sample(
            "settings-about-no-backup",
            &AboutPage { backup: None, wants_backup: true, ..about() },
        ),
    ]
}

fn profile() -> ProfilePage {
    ProfilePage {
        shell: shell_saying(Area::Settings, FlashKind::Done, "Saved."),
        tab: "profile",
        organisation: Field::new("Halide Post"),
        facility: Field::new("Keilestraat"),
        address: Field::new("Keilestraat 9, 3029 BP Rotterdam"),
        country: Field::new("NL"),
        time_zone: Field::new("Europe/Amsterdam"),
        countries: entry::countries(),
        time_zones: entry::time_zones(),
    }
}

fn profile_error() -> ProfilePage {
    ProfilePage {
        shell: shell(Area::Settings),
        organisation: Field::default().with_error("Name the company."),
        ..profile()
    }
}

fn security() -> SecurityPage {
    SecurityPage {
        shell: shell(Area::Settings),
        tab: "security",
        email: "ines@halide.example".into(),
        provider: None,
        has_password: true,
        is_confirmed: true,
        has_totp: true,
        offers_passkeys: true,
        totp_is_last: false,
        passkey_is_last: false,
        passkeys: vec![PasskeyLine {
            id: "psk_1".into(),
            name: "Laptop <13>".into(),
            added: time("2026-02-02", "2 February 2026"),
        }],
        once: "b25jZQ".into(),
        recovery_codes_left: 3,
        codes: Vec::new(),
        sessions: vec![
            session("ses_1", "Firefox on Linux", true),
            session("ses_2", "Safari on iPhone", false),
        ],
    }
}

fn session(id: &str, browser: &str, is_this: bool) -> SessionLine {
    SessionLine {
        id: id.into(),
        browser: browser.into(),
        since: time("2026-03-12T07:00:00Z", "since 12 March 2026, 08:00"),
        seen: time("2026-03-12T09:40:00Z", "just now"),
        is_this,
    }
}

fn authenticator(has_totp: bool, code: Field) -> AuthenticatorPage {
    AuthenticatorPage {
        shell: shell(Area::Settings),
        has_totp,
        qr: crate::components::QrCode::new("otpauth://totp/Closedset:ines?secret=JBSWY3DPEHPK3PXP"),
        secret: "JBSW Y3DP EHPK 3PXP".into(),
        is_new: !code.is_wrong(),
        code,
    }
}

fn password(wrong: Option<&str>, problem: Option<&str>) -> PasswordPage {
    let error = wrong.map(str::to_owned);
    PasswordPage {
        shell: shell(Area::Settings),
        has_password: true,
        problem: problem.map(str::to_owned),
        password: Field { value: String::new(), error },
        new_password: Field::default(),
    }
}

fn factor_remove(is_last: bool) -> FactorRemove {
    FactorRemove {
        shell: shell(Area::Settings),
        name: "the passkey Laptop <13>".into(),
        action: "/settings/security/passkeys/psk_1/remove".into(),
        is_last,
    }
}

fn security_codes() -> SecurityPage {
    SecurityPage {
        has_totp: false,
        offers_passkeys: false,
        passkeys: Vec::new(),
        recovery_codes_left: 10,
        codes: super::recovery_codes(),
        ..security()
    }
}

fn tokens() -> TokensPage {
    let token = |name: &str, state| TokenLine {
        id: format!("tok_{name}"),
        name: name.into(),
        may: "see the board, see devices".into(),
        made: time("2026-02-02", "2 February 2026"),
        ends: time("2026-05-03", "3 May 2026"),
        state,
    };
    TokensPage {
        shell: shell(Area::Settings),
        tab: "tokens",
        tokens: vec![token("nightly-pack", "in force"), token("old-scanner", "revoked")],
        made: None,
        once: "Yk3v0m2yTz".into(),
        is_confirmed: true,
        name: Field::default(),
        scopes: scopes(&[], None),
        days: Field::new("90"),
    }
}

fn scopes(ticked: &[&str], error: Option<&str>) -> Boxes {
    let groups = scope_groups(Role::Owner.actions(), ticked);
    Boxes { groups, error: error.map(str::to_owned) }
}

fn token_made() -> TokensPage {
    TokensPage { made: Some("cst_7Qk0m2yTzR4vN8cL1pXwE5sHdJ3bAfGu".into()), ..tokens() }
}

fn token_error() -> TokensPage {
    TokensPage {
        name: Field::default().with_error("Say what the token is for."),
        scopes: scopes(&["board.read", "ledger.erase"], Some("Choose what the token may do.")),
        days: Field::new("4000").with_error("At most 365 days."),
        ..tokens()
    }
}

fn network() -> NetworkPage {
    NetworkPage {
        shell: shell(Area::Settings),
        tab: "network",
        address: "https://localhost:8443".into(),
        host: "localhost".into(),
        listen: "127.0.0.1:8443".into(),
        addresses: vec!["192.0.2.7".into()],
        certificate: CertificateView {
            way: "Closedset made it itself",
            names: "localhost, 127.0.0.1".into(),
            issuer: "Closedset".into(),
            begins: time("2026-03-11", "11 March 2026"),
            ends: time("2028-06-14T00:00:00Z", "14 June 2028, 02:00"),
            fingerprint: ["0F:3A:5B:C1"; 8].join(":"),
            renews: Some(time("2028-04-15T00:00:00Z", "15 April 2028, 02:00")),
        },
        own_fingerprint: None,
        alert: None,
        has_name: false,
        is_on_network: false,
        has_certificate: false,
        settings: vec![
            Command::new("listen = \"0.0.0.0:443\""),
            Command::new("public_url = \"https://closedset.example.com\""),
        ],
    }
}

fn network_failed() -> NetworkPage {
    NetworkPage {
        address: "https://closedset.halide.example".into(),
        host: "closedset.halide.example".into(),
        listen: "0.0.0.0:443".into(),
        certificate: CertificateView {
            way: "Issued by an authority by itself",
            names: "closedset.halide.example".into(),
            issuer: "Let's Encrypt, R11".into(),
            ..network().certificate
        },
        own_fingerprint: Some(["A4:77:00:1E"; 8].join(":")),
        alert: Some(CertificateAlert {
            sentence: "The authority did not find this server under its name: connection refused."
                .into(),
            remedy: "Look whether the name leads to this server from the internet.".into(),
            at: Some(time("2026-03-12T08:00:00Z", "1 hour ago")),
        }),
        has_name: true,
        is_on_network: true,
        has_certificate: true,
        settings: vec![
            Command::new("listen = \"0.0.0.0:443\""),
            Command::new("public_url = \"https://closedset.halide.example\""),
        ],
        ..network()
    }
}

fn about() -> AboutPage {
    AboutPage {
        shell: shell(Area::Settings),
        tab: "about",
        version: "0.1.0",
        framework: "Netflix minimum, 2025-03".into(),
        source: "https://partnerhelp.netflixstudios.com".into(),
        checks: 61,
        address: "https://closedset.halide.example:8443".into(),
        backup: Some(time("2026-03-12T03:00:00Z", "6 hours ago")),
        wants_backup: false,
    }
}
