//! The question before evidence is taken back, and the same once more where the answer does not say why.

use crate::{
    Shell,
    components::Field,
    serve::{Form, PageProblem, refused},
};
use askama::Template;
use axum::response::Response;

/// The longest reason that is kept.
const REASON_LIMIT: usize = 500;

/// Asks whether a document, an attestation or an exception is to be withdrawn, and why.
#[derive(Debug, Clone, Template)]
#[template(path = "audits/withdraw.html")]
pub struct Withdraw {
    /// The frame around the page.
    pub shell: Shell,
    /// `document`, `attestation` or `exception`.
    pub form: &'static str,
    /// A document's title, what was stated, or what is covered.
    pub title: String,
    /// The control it was given for.
    pub control: String,
    /// The page to go back to, below the shell's base.
    pub back: String,
    /// Where the answer is posted, below the shell's base.
    pub action: String,
    /// Why, as typed.
    pub reason: Field,
}

/// The question once more, where the answer does not say why as it must; none where it does. `question` is
/// asked for only then.
pub(crate) async fn asked_again(
    form: &Form,
    question: impl Future<Output = Result<Withdraw, PageProblem>>,
) -> Result<Option<Response>, PageProblem> {
    let reason = form.text("reason");
    let Some(problem) = reason_problem(reason) else { return Ok(None) };
    let reason = Field::new(reason).with_error(problem);
    Ok(Some(refused(&Withdraw { reason, ..question.await? })))
}

/// What is wrong with a reason.
fn reason_problem(reason: &str) -> Option<&'static str> {
    match reason.trim().chars().count() {
        0 => Some("Say why, in a few words; it stands in the ledger."),
        count if count > REASON_LIMIT => Some("A reason has at most 500 characters."),
        _ => None,
    }
}
