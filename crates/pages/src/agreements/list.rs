//! Which agreements there are, and how far each is signed.

use super::signature_id;
use crate::{
    Area, Shell,
    serve::{Looker, PageProblem, Path, file, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App,
    agreements::{self, AgreementShown, ScanForm},
};
use closedset_core::Action;

/// The agreements.
#[derive(Debug, Clone, Template)]
#[template(path = "agreements/list.html")]
pub struct AgreementsPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Those in force, oldest first.
    pub agreements: Vec<AgreementLine>,
    /// Those that nobody has to sign any more.
    pub retired: Vec<AgreementLine>,
    /// Whether this person may write agreements.
    pub may_write: bool,
}

/// An agreement, and how far it is signed.
#[derive(Debug, Clone)]
pub struct AgreementLine {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whose titles ask for it; none where everybody signs it.
    pub client: Option<String>,
    /// Which version is in force.
    pub number: i64,
    /// How many must sign it.
    pub bound: i64,
    /// How many of them did.
    pub signed: i64,
}

impl AgreementLine {
    /// How many still must.
    pub fn owing(&self) -> i64 {
        self.bound - self.signed
    }

    pub(super) fn of(shown: AgreementShown) -> Self {
        Self {
            id: shown.agreement.id.to_string(),
            name: shown.agreement.name,
            client: shown.client,
            number: shown.agreement.number,
            bound: shown.bound,
            signed: shown.signed,
        }
    }
}

pub(super) async fn agreements(
    State(app): State<App>,
    looker: Looker,
) -> Result<Response, PageProblem> {
    let all = agreements::agreement_list(&app, &looker.caller).await?;
    let (retired, in_force): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| one.agreement.retired_at.is_some());
    Ok(show(&AgreementsPage {
        shell: looker.shell(Area::People),
        agreements: in_force.into_iter().map(AgreementLine::of).collect(),
        retired: retired.into_iter().map(AgreementLine::of).collect(),
        may_write: looker.caller.may(Action::PeopleManage),
    }))
}

/// A signed file, or the scan of one, by what it is.
pub(super) fn signed_file(bytes: Vec<u8>) -> Response {
    let form = ScanForm::of(&bytes).unwrap_or(ScanForm::Pdf);
    file(&format!("signed.{}", form.as_str()), form.media_type(), bytes)
}

pub(super) async fn signature(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let id = signature_id(&id)?;
    let (_, bytes) = agreements::signature_file(&app, &looker.caller, id).await?;
    Ok(signed_file(bytes))
}
