//! The sheet: who answers for content security, who stands in, who of them confirmed, and the form that names both.

use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    entry::split,
    people::{day_text, typed},
    serve::{Done, Form, Looker, PageProblem, Query, done, moment, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem,
    contacts::{self, CONTROL, ContactShown, ContactsShown, Naming},
    mail,
    people::{self, Standing, Wanted},
};
use closedset_core::{Action, contact::ContactPlace};
use serde::Deserialize;

/// So many people can be chosen from; more are looked for by name.
const CHOICES: i64 = 200;
/// The longest text that is looked for.
const TEXT_LIMIT: usize = 100;

/// The sheet.
#[derive(Debug, Clone, Template)]
#[template(path = "contacts/sheet.html")]
pub struct ContactsPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Its control.
    pub control: &'static str,
    /// The control is answered here.
    pub is_answered: bool,
    /// Who answers, then who stands in; nobody where nobody is named.
    pub places: Vec<Place>,
    /// The file that names both.
    pub document: Option<SheetDocument>,
    /// The form; none for whoever may not name anybody.
    pub form: Option<ContactForm>,
    /// Whether this person may make links.
    pub may_link: bool,
    /// Whether mail goes out from here.
    pub is_mailing: bool,
    /// What spoke against what was asked for, and what to do.
    pub problem: Option<String>,
}

impl ContactsPage {
    /// How many places are held by somebody whose confirmation counts.
    pub fn confirmed(&self) -> usize {
        self.places.iter().filter(|place| place.counts).count()
    }

    /// The file that names both, while it counts.
    pub fn counting(&self) -> Option<&SheetDocument> {
        self.document.as_ref().filter(|document| document.counts)
    }
}

/// Who has a place.
#[derive(Debug, Clone)]
pub struct Place {
    /// Which.
    pub place: &'static str,
    /// Who: their id and what they are called.
    pub person: (String, String),
    /// Their address.
    pub email: String,
    /// Where they are called at any hour.
    pub phone: String,
    /// They are engaged today.
    pub is_engaged: bool,
    /// They confirmed it, and that counts.
    pub counts: bool,
    /// When they confirmed it last, and until when that counts or did.
    pub confirmed: Option<(TimeText, TimeText)>,
}

/// The file that names both.
#[derive(Debug, Clone)]
pub struct SheetDocument {
    /// The document.
    pub id: String,
    /// The last day on which it counts, or did.
    pub until: TimeText,
    /// It counts.
    pub counts: bool,
}

/// The form that names both.
#[derive(Debug, Clone, Default)]
pub struct ContactForm {
    /// Which sheet was seen.
    pub changes: i64,
    /// Who can be chosen.
    pub choices: Vec<Choice>,
    /// There are more people than can be chosen from.
    pub has_more: bool,
    /// What is looked for.
    pub text: String,
    /// Who answers.
    pub responsible: Field,
    /// Where they are called.
    pub responsible_phone: Field,
    /// Who stands in.
    pub deputy: Field,
    /// Where they are called.
    pub deputy_phone: Field,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct SheetQuery {
    #[serde(default)]
    q: String,
}

fn place(shown: &ContactShown, zone: &str) -> Place {
    let row = &shown.row;
    Place {
        place: row.place.title(),
        person: (row.person.to_string(), row.name.clone()),
        email: row.email.clone(),
        phone: row.phone.clone(),
        is_engaged: shown.is_engaged,
        counts: shown.counts,
        confirmed: row.confirmed.map(|one| (moment(one.at, zone), day_text(one.until))),
    }
}

/// The form as the sheet stands.
async fn form(
    app: &App,
    looker: &Looker,
    shown: &ContactsShown,
    text: &str,
) -> Result<ContactForm, PageProblem> {
    let text: String = text.trim().chars().take(TEXT_LIMIT).collect();
    let wanted = Wanted {
        standing: Standing::Here,
        text: text.clone(),
        title: None,
        after: None,
        limit: CHOICES,
    };
    let here = people::register_list(app, &looker.caller, wanted).await?;
    let words = |name: &str, email: Option<&str>| match email {
        Some(email) => format!("{name}, {email}"),
        None => format!("{name} (no e-mail address yet)"),
    };
    let mut choices: Vec<Choice> = here
        .people
        .iter()
        .map(|one| &one.person)
        .map(|one| Choice::new(one.id.to_string(), words(&one.name, one.email.as_deref())))
        .collect();
    let of = |place: ContactPlace| shown.contacts.iter().find(|one| one.row.place == place);
    // Who stands there can be kept, also where another was looked for.
    for one in &shown.contacts {
        let id = one.row.person.to_string();
        if one.is_engaged && !choices.iter().any(|choice| choice.value == id) {
            choices.push(Choice::new(id, words(&one.row.name, Some(&one.row.email))));
        }
    }
    let who = |place| of(place).map(|one| one.row.person.to_string()).unwrap_or_default();
    let phone = |place| of(place).map(|one| one.row.phone.clone()).unwrap_or_default();
    Ok(ContactForm {
        changes: shown.changes,
        choices,
        has_more: here.more || !text.is_empty(),
        text,
        responsible: Field::new(who(ContactPlace::Responsible)),
        responsible_phone: Field::new(phone(ContactPlace::Responsible)),
        deputy: Field::new(who(ContactPlace::Deputy)),
        deputy_phone: Field::new(phone(ContactPlace::Deputy)),
    })
}

async fn page(app: &App, looker: &Looker, text: &str) -> Result<ContactsPage, PageProblem> {
    let shown = contacts::contacts_shown(app, &looker.caller).await?;
    let may_link = looker.caller.may(Action::PeopleWrite);
    let form = match may_link && looker.caller.may(Action::EvidenceWrite) {
        true => Some(form(app, looker, &shown, text).await?),
        false => None,
    };
    Ok(ContactsPage {
        shell: looker.shell(Area::People),
        control: CONTROL,
        is_answered: shown.is_asked,
        places: shown.contacts.iter().map(|one| place(one, &looker.zone)).collect(),
        document: shown.file.map(|file| SheetDocument {
            id: file.document.to_string(),
            until: day_text(file.until),
            counts: !file.is_over && !file.is_withdrawn,
        }),
        form,
        may_link,
        is_mailing: mail::goes_out(app).await?,
        problem: None,
    })
}

pub(super) async fn contacts(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<SheetQuery>,
) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker, &query.q).await?))
}

pub(super) async fn name(
    State(app): State<App>,
    looker: Looker,
    said: Form,
) -> Result<Response, PageProblem> {
    let naming = Naming {
        responsible: said.text("responsible").to_owned(),
        responsible_phone: said.text("responsible_phone").to_owned(),
        deputy: said.text("deputy").to_owned(),
        deputy_phone: said.text("deputy_phone").to_owned(),
        changes: said.text("changes").parse().unwrap_or(-1),
    };
    let problem = match contacts::contacts_name(&app, &looker.caller, naming).await {
        Ok(()) => return Ok(done("/contacts", Done::ContactsNamed)),
        Err(problem) => problem,
    };
    let (fields, problem): (Vec<FieldProblem>, _) = split(problem)?;
    let mut page = page(&app, &looker, "").await?;
    if let Some(form) = &mut page.form {
        let kept = |name: &str| typed(name, said.text(name), &fields);
        form.responsible = kept("responsible");
        form.responsible_phone = kept("responsible_phone");
        form.deputy = kept("deputy");
        form.deputy_phone = kept("deputy_phone");
    }
    Ok(refused(&ContactsPage { problem, ..page }))
}
