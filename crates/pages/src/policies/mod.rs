//! Written policies: which there are and what they cover, one of them, the form in which one is written, and the page on
//! which somebody reads it by their link.

pub mod draft;
pub mod list;
pub mod mine;
pub mod policy;

pub use draft::{DraftForm, DraftPage};
pub use list::{HandbookLine, PoliciesPage, PolicyLine, TemplateLine};
pub use mine::ReadPage;
pub use policy::{Approval, Approved, DraftShown, Open, PolicyPage, VersionLine, WhoKnows};

use crate::components::{BoxGroup, Boxes, TickBox, TimeText};
use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::{App, Problem};
use closedset_core::{
    id::{Id, Policy},
    policy::Topic,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/policies", get(list::policies))
        .route("/policies/new", get(draft::new).post(draft::start))
        .route("/policies/handbook", post(list::give))
        .route("/policies/{id}", get(policy::policy))
        .route("/policies/{id}/draft", get(draft::draft).post(draft::save))
        .route("/policies/{id}/remind", post(policy::remind))
        .route("/policies/{id}/send", post(policy::send))
        .route("/policies/{id}/drop", post(policy::drop_draft))
        .route("/policies/{id}/approve", post(policy::approve))
        .route("/policies/{id}/review", post(policy::review))
        .route("/policies/{id}/retire", post(policy::retire))
        .route("/mine/policies/{id}", get(mine::read).post(mine::acknowledge))
}

fn policy_id(text: &str) -> Result<Id<Policy>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("policy"))
}

fn day_text(day: Date) -> TimeText {
    TimeText::new(day.to_string(), day.strftime("%-d %B %Y").to_string())
}

/// Topics in words.
fn words(topics: &BTreeSet<Topic>) -> String {
    topics.iter().map(|topic| topic.title()).collect::<Vec<_>>().join(", ")
}

/// What a policy on it says.
const fn hint(topic: Topic) -> &'static str {
    match topic {
        Topic::Responsibilities => "what each person answers for",
        Topic::SecureHandling => "how content comes in, is kept, goes out and ends",
        Topic::PersonalDevices => "telephones, laptops and drives of one’s own",
        Topic::SocialMedia => "what is said of the work to the world",
        Topic::BusinessResiliency => "how work goes on through trouble",
        Topic::BreachNotification => "whom one tells, and how soon",
        Topic::IncidentResponse => "what is done when something is wrong",
    }
}

/// The boxes of all topics.
fn boxes(ticked: &[String], error: Option<String>) -> Boxes {
    let one = |topic: &Topic| TickBox {
        value: topic.as_str().to_owned(),
        words: topic.title().to_owned(),
        hint: hint(*topic).to_owned(),
        is_ticked: ticked.iter().any(|word| word == topic.as_str()),
    };
    let boxes = Topic::ALL.iter().map(one).collect();
    Boxes { groups: vec![BoxGroup { words: "The topics that owners name".into(), boxes }], error }
}
