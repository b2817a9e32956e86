//! The sheet of security contacts: nobody named, asked, one confirmed, both, over, with errors, as whoever may only read.

use super::{Sample, day, sample, shell};
use crate::{
    Area, Shell,
    components::{Choice, Field},
    contacts::{ContactForm, ContactsPage, Place, SheetDocument},
};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    let document = |counts| SheetDocument {
        id: "doc_0".into(),
        until: day("2026-09-11", "11 September 2026"),
        counts,
    };
    vec![
        sample("contacts-empty", &sheet(Vec::new())),
        sample(
            "contacts-nobody-here",
            &ContactsPage { form: Some(ContactForm::default()), ..sheet(Vec::new()) },
        ),
        sample("contacts-asked", &sheet(vec![place(0, false), place(1, false)])),
        sample("contacts-one-confirmed", &sheet(vec![place(0, true), place(1, false)])),
        sample(
            "contacts-confirmed",
            &ContactsPage {
                document: Some(document(true)),
                ..sheet(vec![place(0, true), place(1, true)])
            },
        ),
        sample(
            "contacts-withdrawn",
            &ContactsPage {
                document: Some(document(false)),
                ..sheet(vec![place(0, true), place(1, true)])
            },
        ),
        sample(
            "contacts-not-answered",
            &ContactsPage { is_answered: false, ..sheet(vec![place(0, true), place(1, true)]) },
        ),
        sample(
            "contacts-gone",
            &sheet(vec![
                Place { is_engaged: false, counts: false, ..place(0, true) },
                Place { email: String::new(), ..place(1, false) },
            ]),
        ),
        sample(
            "contacts-refused",
            &ContactsPage {
                problem: Some("The sheet of contacts changed while you looked at it.".into()),
                form: Some(ContactForm {
                    has_more: true,
                    text: "Ree".into(),
                    deputy: Field::new("per_0")
                        .with_error("Choose somebody else: nobody stands in for themselves."),
                    deputy_phone: Field::new("112").with_error("Write the number with digits."),
                    ..form()
                }),
                ..sheet(vec![place(0, true)])
            },
        ),
        sample(
            "contacts-only-to-read",
            &ContactsPage {
                shell: Shell { allowed: Role::Provider.actions(), ..shell(Area::People) },
                form: None,
                may_link: false,
                ..sheet(vec![place(0, true), place(1, false)])
            },
        ),
    ]
}

fn place(number: usize, counts: bool) -> Place {
    let confirmed = (
        day("2026-03-12T10:00:00Z", "12 March 2026, 11:00"),
        day("2026-09-11", "11 September 2026"),
    );
    Place {
        place: ["Responsible for content security", "Deputy"][number % 2],
        person: (format!("per_{number}"), "Ada <Reel>".into()),
        email: "ada@halide.example".into(),
        phone: "+46 70 123 45 67".into(),
        is_engaged: true,
        counts,
        confirmed: counts.then_some(confirmed),
    }
}

fn form() -> ContactForm {
    ContactForm {
        changes: 3,
        choices: vec![
            Choice::new("per_0", "Ada <Reel>, ada@halide.example"),
            Choice::new("per_1", "Otto Cut (no e-mail address yet)"),
        ],
        responsible: Field::new("per_0"),
        responsible_phone: Field::new("+46 70 123 45 67"),
        ..ContactForm::default()
    }
}

fn sheet(places: Vec<Place>) -> ContactsPage {
    ContactsPage {
        shell: shell(Area::People),
        control: "AD-6",
        is_answered: true,
        places,
        document: None,
        form: Some(form()),
        may_link: true,
        is_mailing: true,
        problem: None,
    }
}
