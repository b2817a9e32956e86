//! The place that somebody has on the sheet, before themselves, and the button by which they confirm it.

use crate::{
    agreements::mine::{again, dead},
    components::TimeText,
    entry::split,
    people::day_text,
    serve::{Form, PageProblem, Visitor, go, invited::PERSONAL, moment},
};
use axum::{extract::State, http::HeaderMap, response::Response};
use closedset_app::{
    App,
    contacts::{self, ContactAsked},
};

/// A place on the sheet, before whoever has it.
#[derive(Debug, Clone)]
pub struct ContactLine {
    /// Which.
    pub place: &'static str,
    /// What they are called.
    pub name: String,
    /// Their address; empty where none is known any more.
    pub email: String,
    /// Where they are called at any hour.
    pub phone: String,
    /// What is confirmed with it.
    pub edition: i64,
    /// When they confirmed, and until when that counts; none where it does not.
    pub confirmed: Option<(TimeText, TimeText)>,
    /// They are asked to confirm it.
    pub is_due: bool,
    /// They can.
    pub may_confirm: bool,
}

impl ContactLine {
    /// As it is shown, in the time of this place.
    pub(crate) fn of(asked: ContactAsked, zone: &str) -> Self {
        Self {
            place: asked.place.title(),
            name: asked.name,
            email: asked.email.unwrap_or_default(),
            phone: asked.phone,
            edition: asked.edition,
            confirmed: asked.confirmed.map(|(at, until)| (moment(at, zone), day_text(until))),
            is_due: asked.is_due,
            may_confirm: asked.may_confirm,
        }
    }

    /// There is something for them to do.
    pub fn is_asked(&self) -> bool {
        self.is_due && self.may_confirm
    }
}

pub(super) async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, PageProblem> {
    let token = PERSONAL.kept(&headers);
    let edition = form.text("edition").parse().unwrap_or(0);
    let problem = match contacts::contact_confirm(&app, &token, edition).await {
        Ok(()) => return Ok(go("/mine")),
        Err(problem) => problem,
    };
    if !problem.code().starts_with("contact.") {
        return dead(&visitor, problem, &token);
    }
    let (_, problem) = split(problem)?;
    again(&app, &visitor, &token, problem).await
}
