//! Mail: no server yet, one that works, one that does not, after a restore; and one's own reminders.

use super::{Sample, day, sample, shell, time};
use crate::components::Field;
use crate::settings::{MailForm, MailLine, MailPage, MailState, Tested, securities};
use crate::tasks::{MailStop, RemindersPage, days};
use crate::{Area, Shell};

pub(super) fn samples() -> Vec<Sample> {
    let typical = mail(MailState::Here);
    vec![
        sample("mail-nowhere", &mail(MailState::Nowhere)),
        sample("mail-typical", &typical),
        sample("mail-tested", &MailPage { tested: Some(tested(true)), ..typical.clone() }),
        sample("mail-refused", &MailPage { tested: Some(tested(false)), ..typical.clone() }),
        sample("mail-error", &MailPage { form: with_errors(), ..typical.clone() }),
        sample(
            "mail-held",
            &MailPage { held: Some(day("2026-03-12", "12 March 2026")), ..typical.clone() },
        ),
        sample("mail-stale", &MailPage { is_confirmed: false, ..typical.clone() }),
        sample("mail-configured", &mail(MailState::Configured)),
        sample(
            "mail-not-keeper",
            &MailPage { may_change: false, server: None, ..mail(MailState::Here) },
        ),
        sample("mail-demonstration", &mail(MailState::Demonstration)),
        sample("reminders", &reminders()),
        sample("reminders-nothing-sent", &RemindersPage { is_sending: false, ..reminders() }),
        sample("reminders-no-work", &RemindersPage { has_work: false, ..reminders() }),
        sample("reminders-calendar", &with_calendar()),
        sample("mail-stop", &stop(false)),
        sample("mail-stopped", &stop(true)),
    ]
}

fn mail(state: MailState) -> MailPage {
    let is_set = matches!(state, MailState::Here | MailState::Configured);
    MailPage {
        shell: shell(Area::Settings),
        tab: "mail",
        state,
        held: None,
        may_change: true,
        is_confirmed: true,
        server: is_set
            .then(|| "mail.halide.example, port 465, as closedset@halide.example".to_owned()),
        has_password: is_set,
        tested: None,
        form: MailForm {
            host: Field::new(if is_set { "mail.halide.example" } else { "" }),
            port: Field::new(if is_set { "465" } else { "" }),
            security: Field::new("tls"),
            securities: securities(),
            user: Field::new(if is_set { "closedset@halide.example" } else { "" }),
            password: Field::default(),
            sender_name: Field::new("Closedset"),
            sender: Field::new(if is_set { "closedset@halide.example" } else { "" }),
        },
        mails: if is_set { lines() } else { Vec::new() },
    }
}

fn lines() -> Vec<MailLine> {
    let of = |name: &str, state, note: &str| MailLine {
        name: name.into(),
        written: time("2026-03-16T06:00:00Z", "16 March 2026, 07:00"),
        state,
        note: note.into(),
    };
    vec![
        of("Inés Okafor", "sent", ""),
        of(
            "Tomasz Bielski",
            "waits",
            "The mail server could not be reached. Connection refused (os error 111)",
        ),
        of(
            "Ann Reel",
            "given up",
            "The mail server does not take mail for this address. 550 5.1.1 (the address) unknown",
        ),
        of("Nils Berg", "withdrawn", "the recipient does not belong any more"),
    ]
}

fn tested(is_sent: bool) -> Tested {
    Tested {
        is_sent,
        sentence: match is_sent {
            true => "The mail server took the test mail.",
            false => "The mail server refused the user name or the password.",
        }
        .into(),
        remedy: match is_sent {
            true => "",
            false => {
                "Check the user name and the password; some services want one made for programs."
            }
        }
        .into(),
        answer: if is_sent {
            "250 2.0.0 Ok: queued as 4Zx1"
        } else {
            "535 5.7.8 Error: authentication failed"
        }
        .into(),
        to: "ines@halide.example".into(),
    }
}

fn with_errors() -> MailForm {
    let form = mail(MailState::Here).form;
    MailForm {
        host: Field::new("mail server")
            .with_error("Enter a name such as mail.example.com, or an address."),
        password: Field::default()
            .with_error("Enter the password. It is kept only for the same server and user."),
        sender: Field::new("closedset")
            .with_error("Enter an e-mail address such as closedset@example.com."),
        ..form
    }
}

fn reminders() -> RemindersPage {
    RemindersPage {
        shell: shell(Area::Tasks),
        has_work: true,
        is_sending: true,
        email: "ines@halide.example".into(),
        day: Field::new("1"),
        days: days(),
        last: Some((time("2026-03-16T06:00:00Z", "16 March 2026, 07:00"), "was sent")),
        calendar: None,
        made: None,
        once: "b25jZQ".into(),
    }
}

fn with_calendar() -> RemindersPage {
    RemindersPage {
        calendar: Some(day("2026-03-12", "12 March 2026")),
        made: Some("https://closedset.example/calendar/c2VjcmV0.ics".into()),
        ..reminders()
    }
}

fn stop(is_done: bool) -> MailStop {
    MailStop {
        shell: Shell::outside(super::CSRF),
        organisation: "Halide Post".into(),
        token: "c2VhbGVk".into(),
        is_done,
    }
}
