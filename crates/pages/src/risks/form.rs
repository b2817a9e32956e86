//! The form of a risk: a new one, from a scenario or from nothing, and one that is changed.

use super::risk_id;
use crate::{
    Area, Shell,
    components::{Choice, Field, TickBox},
    entry::{field, split},
    serve::{Done, Form, Looker, PageProblem, Path, Query, done, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    risks::{self, NewRisk, RiskShown},
    tasks,
};
use closedset_core::{
    Action,
    risk::{HIGHEST, impact_words, likelihood_words},
};
use serde::Deserialize;

/// The page with the form.
#[derive(Debug, Clone, Template)]
#[template(path = "risks/form.html")]
pub struct RiskFormPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Which is changed: its id and what it is called; none for a new one.
    pub risk: Option<(String, String)>,
    /// The form.
    pub form: RiskForm,
    /// How likely it can be.
    pub likelihoods: Vec<Choice>,
    /// How bad it can be.
    pub impacts: Vec<Choice>,
    /// Who can look after it.
    pub owners: Vec<Choice>,
    /// What spoke against all of it, and what to do.
    pub problem: Option<String>,
}

/// The form. Posts `title`, `words`, `begun_from`, `likelihood`, `impact`, `controls`, `owner`, `review_on` and
/// `changes`.
#[derive(Debug, Clone, Default)]
pub struct RiskForm {
    /// What it is called.
    pub title: Field,
    /// What can happen.
    pub words: Field,
    /// The scenario that it begins from; empty for none.
    pub begun_from: String,
    /// How likely it is.
    pub likelihood: Field,
    /// How bad it would be.
    pub impact: Field,
    /// What treats it.
    pub controls: Vec<ControlBoxes>,
    /// What is wrong with that.
    pub controls_error: Option<String>,
    /// Who looks after it.
    pub owner: Field,
    /// By when it is looked at; of a new one alone.
    pub review_on: Field,
    /// How often it had been changed when it was drawn.
    pub changes: String,
}

/// The controls of one area.
#[derive(Debug, Clone)]
pub struct ControlBoxes {
    /// The area, with its framework where there are several.
    pub words: String,
    /// The controls.
    pub boxes: Vec<TickBox>,
}

impl ControlBoxes {
    /// How many are ticked.
    pub fn ticked(&self) -> usize {
        self.boxes.iter().filter(|one| one.is_ticked).count()
    }
}

/// A risk as typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    new: NewRisk,
    likelihood: String,
    impact: String,
    owner: String,
    review_on: String,
    changes: String,
}

impl Typed {
    fn of(form: &Form) -> Self {
        let text = |name| form.text(name).to_owned();
        let number = |name| form.text(name).parse().unwrap_or(0);
        Self {
            new: NewRisk {
                title: text("title"),
                words: text("words"),
                begun_from: text("begun_from"),
                likelihood: number("likelihood"),
                impact: number("impact"),
                owner: form.text("owner").parse().ok(),
                controls: form.ticked("controls").map(str::to_owned).collect(),
            },
            likelihood: text("likelihood"),
            impact: text("impact"),
            owner: text("owner"),
            review_on: text("review_on"),
            changes: text("changes"),
        }
    }

    fn standing(shown: &RiskShown) -> Self {
        let risk = &shown.risk;
        let owner = risk.owner.as_ref().map(|owner| owner.person);
        Self {
            new: NewRisk {
                title: risk.title.clone(),
                words: risk.words.clone(),
                begun_from: String::new(),
                likelihood: risk.likelihood,
                impact: risk.impact,
                owner,
                controls: risk.controls.clone(),
            },
            likelihood: risk.likelihood.to_string(),
            impact: risk.impact.to_string(),
            owner: owner.map(|owner| owner.to_string()).unwrap_or_default(),
            review_on: String::new(),
            changes: risk.changes.to_string(),
        }
    }

    /// What is to be written; an owner that is none of the list is refused.
    fn read(&self) -> Result<NewRisk, Problem> {
        if !self.owner.is_empty() && self.new.owner.is_none() {
            return Err(Problem::field("owner", "Choose somebody of the list."));
        }
        Ok(self.new.clone())
    }
}

/// The page with what was typed, or with what stands there.
async fn page(
    app: &App,
    looker: &Looker,
    typed: &Typed,
    problems: &[FieldProblem],
) -> Result<RiskFormPage, PageProblem> {
    let owners = tasks::task_owners(app, &looker.caller).await?;
    let groups = risks::control_groups(app, &looker.caller).await?;
    let is_alone = groups
        .iter()
        .all(|group| Some(&group.framework) == groups.first().map(|one| &one.framework));
    let is_ticked = |id: &str| typed.new.controls.iter().any(|one| one == id);
    let boxes = |group: risks::ControlGroup| {
        let area = crate::board::title_case(group.area);
        let one = |(id, title): (String, String)| TickBox {
            is_ticked: is_ticked(&id),
            words: id.clone(),
            hint: title,
            value: id,
        };
        ControlBoxes {
            words: if is_alone { area } else { format!("{}: {area}", group.framework) },
            boxes: group.controls.into_iter().map(one).collect(),
        }
    };
    let mut controls: Vec<ControlBoxes> = groups.into_iter().map(boxes).collect();
    // What nobody answers here any more can be kept.
    let is_offered =
        |id: &&String| controls.iter().flat_map(|group| &group.boxes).any(|one| one.value == **id);
    let kept: Vec<TickBox> = typed
        .new
        .controls
        .iter()
        .filter(|id| !is_offered(id))
        .map(|id| TickBox {
            value: id.clone(),
            words: id.clone(),
            hint: "of a framework that nobody answers here any more".to_owned(),
            is_ticked: true,
        })
        .collect();
    if !kept.is_empty() {
        controls.push(ControlBoxes { words: "Not answered here any more".to_owned(), boxes: kept });
    }
    let levels = |words: fn(i64) -> &'static str| {
        let one = |level: i64| Choice::new(level.to_string(), format!("{level} {}", words(level)));
        (1..=HIGHEST).map(one).collect()
    };
    let new = &typed.new;
    Ok(RiskFormPage {
        shell: looker.shell(Area::Documents),
        risk: None,
        form: RiskForm {
            title: field(&new.title, problems, "title"),
            words: field(&new.words, problems, "words"),
            begun_from: new.begun_from.clone(),
            likelihood: field(&typed.likelihood, problems, "likelihood"),
            impact: field(&typed.impact, problems, "impact"),
            controls,
            controls_error: field("", problems, "controls").error,
            owner: field(&typed.owner, problems, "owner"),
            review_on: field(&typed.review_on, problems, "review_on"),
            changes: typed.changes.clone(),
        },
        likelihoods: levels(likelihood_words),
        impacts: levels(impact_words),
        owners: owners
            .into_iter()
            .map(|one| Choice::new(one.person.to_string(), one.name))
            .collect(),
        problem: None,
    })
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    from: String,
}

pub(super) async fn new(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<From>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let known = risks::scenario_list(&looker.caller)?.iter().find(|one| one.id == query.from);
    let Some(scenario) = known else {
        return Ok(show(&page(&app, &looker, &Typed::default(), &[]).await?));
    };
    let answered = risks::control_groups(&app, &looker.caller).await?;
    let is_answered =
        |id: &&String| answered.iter().flat_map(|group| &group.controls).any(|one| one.0 == **id);
    let typed = Typed {
        new: NewRisk {
            title: scenario.title.clone(),
            words: scenario.words.clone(),
            begun_from: scenario.id.clone(),
            controls: scenario.controls.iter().filter(is_answered).cloned().collect(),
            ..NewRisk::default()
        },
        likelihood: scenario.likelihood.to_string(),
        impact: scenario.impact.to_string(),
        ..Typed::default()
    };
    Ok(show(&page(&app, &looker, &typed, &[]).await?))
}

pub(super) async fn add(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let typed = Typed::of(&form);
    let added = match typed.read() {
        Ok(new) => risks::risk_add(&app, &looker.caller, (new, typed.review_on.clone())).await,
        Err(problem) => Err(problem),
    };
    let problem = match added {
        Ok(id) => return Ok(done(&format!("/risks/{id}"), Done::RiskAdded)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    Ok(refused(&RiskFormPage { problem, ..page(&app, &looker, &typed, &problems).await? }))
}

/// The form of one that is there, with what stands there or with what was typed.
async fn again(
    app: &App,
    looker: &Looker,
    text: &str,
    posted: Option<(&Typed, &[FieldProblem])>,
) -> Result<RiskFormPage, PageProblem> {
    let shown = risks::risk_one(app, &looker.caller, risk_id(text)?).await?.shown;
    let standing = Typed::standing(&shown);
    let (typed, problems) = posted.unwrap_or((&standing, &[]));
    let mut page = page(app, looker, typed, problems).await?;
    // Whoever looks after it can be kept.
    if let Some(owner) = &shown.risk.owner
        && page.owners.iter().all(|one| one.value != owner.person.to_string())
    {
        page.owners.push(Choice::new(owner.person.to_string(), owner.name.clone()));
    }
    page.risk = Some((shown.risk.id.to_string(), shown.risk.title));
    Ok(page)
}

pub(super) async fn ask(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    Ok(show(&again(&app, &looker, &id, None).await?))
}

pub(super) async fn change(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::EvidenceWrite)?;
    let (id, typed) = (risk_id(&text)?, Typed::of(&form));
    let seen = typed.changes.parse().ok();
    let changed = match typed.read() {
        Ok(new) => risks::risk_change(&app, &looker.caller, id, (new, seen)).await,
        Err(problem) => Err(problem),
    };
    let problem = match changed {
        Ok(()) => return Ok(done(&format!("/risks/{id}"), Done::Saved)),
        Err(problem) => problem,
    };
    let (problems, problem) = split(problem)?;
    let page = again(&app, &looker, &text, Some((&typed, &problems))).await?;
    Ok(refused(&RiskFormPage { problem, ..page }))
}
