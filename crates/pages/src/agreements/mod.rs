//! What whoever works here must sign, and the page on which they do.

pub mod agreement;
pub mod list;
pub mod mine;
pub mod paper;

pub use agreement::{AgreementForm, AgreementPage, VersionLine};
pub use list::{AgreementLine, AgreementsPage};
pub use mine::{MineDead, MinePage, ReadLine, SignedLine};
pub use paper::{PaperLine, PaperPage, SignatureLine};

use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::{App, Problem};
use closedset_core::id::{Agreement, Id, Signature};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/agreements", get(list::agreements))
        .route("/agreements/new", get(agreement::new).post(agreement::add))
        .route("/agreements/{id}/remind", post(agreement::remind))
        .route("/agreements/{id}", get(agreement::agreement).post(agreement::publish))
        .route("/agreements/{id}/retire", post(agreement::retire))
        .route("/papers/{id}", get(paper::paper))
        .route("/papers/{id}/file", get(paper::paper_file))
        .route("/papers/{id}/confirm", post(paper::confirm))
        .route("/papers/{id}/refuse", post(paper::refuse))
        .route("/signatures/{id}", get(paper::signature))
        .route("/signatures/{id}/file", get(list::signature))
        .route("/signatures/{id}/withdraw", post(paper::withdraw))
        .route("/mine", get(mine::mine).post(mine::sign))
        .route("/mine/signatures/{id}/file", get(mine::signature))
}

fn agreement_id(text: &str) -> Result<Id<Agreement>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("agreement"))
}

fn signature_id(text: &str) -> Result<Id<Signature>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("signature"))
}
