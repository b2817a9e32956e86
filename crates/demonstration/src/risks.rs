//! Some risks of this trade, as the facility weighed them: one of them borne, one in words of its own.

use crate::{
    error::{DemonstrationError, refused},
    roster::day,
};
use closedset_app::{
    App, Caller,
    risks::{self, NewRisk, Review},
};
use closedset_core::{
    Time,
    id::{Id, Person},
};

/// Which scenarios, how likely and how bad they are held to be, and in how many days they are reviewed.
const WEIGHED: [(&str, i64, i64, i64); 7] = [
    ("stolen-drive", 3, 5, 120),
    ("leaver-with-access", 4, 4, 4),
    ("transfer-account", 3, 5, 200),
    ("working-from-home", 4, 4, 90),
    ("ai-tools", 4, 4, 90),
    ("visitor-in-the-suite", 3, 3, 250),
    ("told-too-late", 2, 5, 250),
];
/// Which of them is borne, and why.
const BORNE: (&str, &str) = (
    "visitor-in-the-suite",
    "Guests are expected, met at the door and never alone; the rest is small.",
);

/// Enters them, looked after by `owner`.
pub(crate) async fn enter(
    app: &App,
    caller: &Caller,
    (owner, ends): (Option<Id<Person>>, Time),
) -> Result<(), DemonstrationError> {
    let what = "a risk";
    let scenarios = risks::scenario_list(caller).map_err(refused(what))?;
    for (id, likelihood, impact, due) in WEIGHED {
        let known = scenarios.iter().find(|one| one.id == id);
        let one = known.ok_or(DemonstrationError::Lacks("a scenario"))?;
        let new = NewRisk {
            title: one.title.clone(),
            words: one.words.clone(),
            begun_from: one.id.clone(),
            likelihood,
            impact,
            owner,
            controls: one.controls.clone(),
        };
        let risk = risks::risk_add(app, caller, (new, day(ends, -due)?)).await;
        let risk = risk.map_err(refused(what))?;
        if id == BORNE.0 {
            let said = (BORNE.1.to_owned(), day(ends, -180)?);
            risks::risk_accept(app, caller, risk, said).await.map_err(refused(what))?;
        }
    }
    let own = NewRisk {
        title: "The cellar floods again".into(),
        words: "Because the river stood in the cellar two winters ago, the storage there is lost, and with it the only copy of what came in that day.".into(),
        likelihood: 2,
        impact: 4,
        owner,
        ..NewRisk::default()
    };
    let added = risks::risk_add(app, caller, (own, day(ends, -30)?)).await;
    let id = added.map_err(refused(what))?;
    let said = "The pump was tested; moving the storage upstairs is still too dear.".to_owned();
    let review = Review { said, review_on: day(ends, -60)? };
    risks::risk_review(app, caller, id, (review, None)).await.map_err(refused(what))
}
