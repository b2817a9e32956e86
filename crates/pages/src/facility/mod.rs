//! What the facility is like, and the form in which somebody says so.

use crate::{
    Area, Shell,
    components::{Choice, Field, TimeText},
    entry::{field, split},
    people::day_text,
    serve::{Done, Form, Looker, PageProblem, date, done, moment, refused, show},
};
use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use closedset_app::{
    App, FieldProblem, Problem,
    facility_profile::{
        self, CONTROL, FacilityProfileShown, NewFacilityProfile, map_text, osm_address,
    },
};
use closedset_core::{Action, facility::Building};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/facility", get(facility).post(say))
}

/// What the facility is like.
#[derive(Debug, Clone, Template)]
#[template(path = "facility/profile.html")]
pub struct FacilityPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Which of the tabs this is.
    pub tab: &'static str,
    /// Its control.
    pub control: &'static str,
    /// The control is answered here.
    pub is_answered: bool,
    /// What the site is called.
    pub name: String,
    /// Where it is, with its country.
    pub address: String,
    /// What was said last.
    pub said: Option<FacilitySaid>,
    /// The file of it.
    pub document: Option<FacilityDocument>,
    /// What else is in force for the control, each with its last day.
    pub others: Vec<(String, TimeText)>,
    /// The form; none for whoever may not say it.
    pub form: Option<FacilityForm>,
    /// What it can be in.
    pub buildings: Vec<Choice>,
    /// Whether this person may change name and address.
    pub may_set: bool,
    /// What spoke against what was said, and what to do.
    pub problem: Option<String>,
}

/// What was said last.
#[derive(Debug, Clone)]
pub struct FacilitySaid {
    /// What it is in.
    pub building: &'static str,
    /// How much floor it has, in square metres.
    pub floor_area_m2: i64,
    /// Its rooms.
    pub rooms: String,
    /// Who is around it.
    pub neighbours: String,
    /// Where it stands: the degrees, and where a map shows it.
    pub place: Option<(String, String)>,
    /// Who said so; empty where that was no person.
    pub by: String,
    /// When.
    pub when: TimeText,
}

/// The file of what was said.
#[derive(Debug, Clone)]
pub struct FacilityDocument {
    /// The document.
    pub id: String,
    /// The last day on which it counts, or did.
    pub until: TimeText,
    /// It counts.
    pub counts: bool,
}

/// The form. Posts `building`, `floor_area_m2`, `rooms`, `neighbours`, `place` and `changes`.
#[derive(Debug, Clone, Default)]
pub struct FacilityForm {
    /// What it is in.
    pub building: Field,
    /// How much floor it has.
    pub floor_area_m2: Field,
    /// Its rooms.
    pub rooms: Field,
    /// Who is around it.
    pub neighbours: Field,
    /// Where it stands.
    pub place: Field,
    /// How often it had been said when the form was drawn.
    pub changes: String,
}

fn form_of(new: &NewFacilityProfile, changes: String, problems: &[FieldProblem]) -> FacilityForm {
    FacilityForm {
        building: field(&new.building, problems, "building"),
        floor_area_m2: field(&new.floor_area_m2, problems, "floor_area_m2"),
        rooms: field(&new.rooms, problems, "rooms"),
        neighbours: field(&new.neighbours, problems, "neighbours"),
        place: field(&new.place, problems, "place"),
        changes,
    }
}

/// The form as it was said last.
fn standing(shown: &FacilityProfileShown) -> FacilityForm {
    let Some(profile) = &shown.profile else {
        return FacilityForm { changes: "0".to_owned(), ..FacilityForm::default() };
    };
    let new = NewFacilityProfile {
        building: profile.building.as_str().to_owned(),
        floor_area_m2: profile.floor_area_m2.to_string(),
        rooms: profile.rooms.clone(),
        neighbours: profile.neighbours.clone(),
        place: profile.place.map(map_text).unwrap_or_default(),
        seen: None,
    };
    form_of(&new, profile.changes.to_string(), &[])
}

async fn page(app: &App, looker: &Looker) -> Result<FacilityPage, PageProblem> {
    let shown = facility_profile::facility_profile(app, &looker.caller).await?;
    let form = looker.caller.may(Action::EvidenceWrite).then(|| standing(&shown));
    let facility = shown.facility;
    let lines = facility.address.lines().map(str::trim).filter(|line| !line.is_empty());
    let address: Vec<&str> = lines.chain([facility.country.as_str()]).collect();
    Ok(FacilityPage {
        shell: looker.shell(Area::Documents),
        tab: "facility",
        control: CONTROL,
        is_answered: shown.is_asked,
        name: facility.name.clone(),
        address: address.join(", "),
        said: shown.profile.map(|profile| FacilitySaid {
            building: profile.building.title(),
            floor_area_m2: profile.floor_area_m2,
            rooms: profile.rooms,
            neighbours: profile.neighbours,
            place: profile.place.map(|place| (map_text(place), osm_address(place))),
            by: profile.said_by.map(|by| by.name).unwrap_or_default(),
            when: moment(profile.said_at, &looker.zone),
        }),
        document: shown.file.map(|file| FacilityDocument {
            id: file.document.to_string(),
            until: day_text(file.until),
            counts: file.counts,
        }),
        others: shown
            .others
            .into_iter()
            .map(|item| {
                let last = item.valid_to - closedset_core::Duration::from_millis(1);
                let title = item.title.lines().next().unwrap_or_default().to_owned();
                (title, day_text(date(last, &looker.zone)))
            })
            .collect(),
        form,
        buildings: Building::ALL.iter().map(|one| Choice::new(one.as_str(), one.title())).collect(),
        may_set: looker.caller.may(Action::SettingsWrite),
        problem: None,
    })
}

async fn facility(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    Ok(show(&page(&app, &looker).await?))
}

async fn say(State(app): State<App>, looker: Looker, form: Form) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let text = |name| form.text(name).to_owned();
    let new = NewFacilityProfile {
        building: text("building"),
        floor_area_m2: text("floor_area_m2"),
        rooms: text("rooms"),
        neighbours: text("neighbours"),
        place: text("place"),
        seen: form.text("changes").parse().ok(),
    };
    let said = facility_profile::facility_profile_say(&app, &looker.caller, new.clone()).await;
    let problem: Problem = match said {
        Ok(Some(_)) => return Ok(done("/facility", Done::FacilityDescribed)),
        Ok(None) => return Ok(done("/facility", Done::Saved)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let typed = form_of(&new, text("changes"), &problems);
    let page = page(&app, &looker).await?;
    Ok(refused(&FacilityPage { problem, form: Some(typed), ..page }))
}
