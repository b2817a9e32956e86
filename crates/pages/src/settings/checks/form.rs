//! The form that writes a check: lines become a condition, which is shown and asked of every computer by
//! today's facts before anything is saved.

use super::{
    check_id,
    preview::{self, PreviewView},
};
use crate::{
    Area, Shell,
    components::{Choice, Field},
    serve::{Done, Form, Looker, PageProblem, Path, done, go, once, refused, show},
};
use askama::Template;
use axum::{extract::State, response::Response};
use closedset_app::{
    App, FieldProblem, Problem,
    own_checks::{self, Place},
};
use closedset_catalogue::{Compared, ComposedLine, Joined, askable_fields, compose};
use closedset_core::{
    Action,
    own_check::{Applies, Terms},
};
use std::collections::BTreeMap;

/// How many lines the form has.
const LINES: usize = 4;
/// How long a report may count.
const DAYS: [&str; 5] = ["1d", "7d", "14d", "30d", "90d"];
/// Which computers a check may concern: what a person confirmed, in words, and why not the others.
const CONCERNS: [(&str, &str, &str); 3] = [
    (
        "device.has_screen",
        "Those with a screen that somebody can look at",
        "nobody works at its screen, as a person confirmed in the register",
    ),
    (
        "device.is_portable",
        "Those that leave the building",
        "it does not leave the building, as a person confirmed in the register",
    ),
    (
        "device.handles_content",
        "Those that handle content",
        "no content is handled on it, as a person confirmed in the register",
    ),
];

/// The form that writes a check.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/check_form.html")]
pub struct CheckFormPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// What the page is for.
    pub heading: &'static str,
    /// Where the form goes.
    pub action: String,
    /// What its last button says.
    pub save: &'static str,
    /// What lets the form be carried out once.
    pub once: String,
    /// The version that is changed; empty for a new check.
    pub version: String,
    /// The control.
    pub control: Field,
    /// The controls to choose from.
    pub controls: Vec<Choice>,
    /// What is so when it passes.
    pub title: Field,
    /// Whether all lines must hold, or one.
    pub joined: Field,
    /// The two ways.
    pub joins: Vec<Choice>,
    /// The lines.
    pub lines: Vec<LineFields>,
    /// The fields to choose from.
    pub field_choices: Vec<Choice>,
    /// What must hold of several.
    pub eaches: Vec<Choice>,
    /// The comparisons to choose from.
    pub comparisons: Vec<Choice>,
    /// The condition, where somebody writes it.
    pub pass: Field,
    /// That part of the form is open.
    pub pass_is_open: bool,
    /// Which computers it concerns.
    pub concerns: Field,
    /// What can be chosen there.
    pub concern_choices: Vec<Choice>,
    /// How long a report counts.
    pub fresh_for: Field,
    /// What can be chosen there.
    pub fresh_choices: Vec<Choice>,
    /// What is wanted.
    pub wanted: Field,
    /// How to mend it.
    pub fix: Field,
    /// What it would say today, if that was asked for.
    pub preview: Option<PreviewView>,
}

/// One line of the form.
#[derive(Debug, Clone)]
pub struct LineFields {
    /// Its number, from 1.
    pub number: usize,
    /// The names of its four fields.
    pub names: (String, String, String, String),
    /// The field of a fact.
    pub field: Field,
    /// Of every entry of a list, or of one.
    pub each: Field,
    /// The comparison.
    pub compared: Field,
    /// What it is compared with.
    pub value: Field,
}

impl LineFields {
    /// Whether it is the one that must be filled in.
    pub const fn is_first(&self) -> bool {
        self.number == 1
    }
}

fn names(number: usize) -> (String, String, String, String) {
    let name = |word: &str| format!("{word}_{number}");
    (name("field"), name("each"), name("compared"), name("value"))
}

/// What was typed, with what is wrong with it.
struct Typed<'a> {
    form: &'a Form,
    problems: &'a [FieldProblem],
    /// What is wrong with a line, from 1.
    lines: &'a BTreeMap<usize, String>,
}

impl Typed<'_> {
    fn field(&self, name: &str) -> Field {
        let problem = self.problems.iter().find(|problem| problem.field == name);
        Field {
            value: self.form.text(name).to_owned(),
            error: problem.map(|problem| problem.message.clone()),
        }
    }

    fn or(&self, name: &str, standard: &str) -> Field {
        let field = self.field(name);
        let is_empty = field.value.is_empty();
        Field { value: if is_empty { standard.to_owned() } else { field.value }, ..field }
    }
}

/// The page around what was typed.
fn page(app: &App, looker: &Looker, typed: &Typed<'_>) -> CheckFormPage {
    let choice = |(value, words): (&str, &str)| Choice::new(value, words);
    let controls = looker.catalogue.chosen().flat_map(|framework| &framework.controls);
    let line = |number: usize| {
        let (field, each, compared, value) = names(number);
        LineFields {
            number,
            field: Field { error: typed.lines.get(&number).cloned(), ..typed.field(&field) },
            each: typed.field(&each),
            compared: typed.field(&compared),
            value: typed.field(&value),
            names: (field, each, compared, value),
        }
    };
    let pass = typed.field("pass");
    let mut concern_choices = vec![Choice::new("", "All")];
    concern_choices.extend(CONCERNS.iter().map(|(when, words, _)| Choice::new(*when, *words)));
    let concerns = typed.field("concerns");
    if !concern_choices.iter().any(|choice| choice.value == concerns.value) {
        let words = format!("Where {}", concerns.value);
        concern_choices.push(Choice::new(concerns.value.clone(), words));
    }
    let fresh_for = typed.or("fresh_for", "7d");
    let mut days: Vec<&str> = DAYS.to_vec();
    if !days.contains(&fresh_for.value.as_str()) {
        days.push(&fresh_for.value);
    }
    CheckFormPage {
        shell: looker.shell(Area::Settings),
        tab: "checks",
        heading: "Write a check",
        action: "/settings/checks/new".to_owned(),
        save: "Ask it from now on",
        once: once::token(app),
        version: typed.form.text("version").to_owned(),
        control: typed.field("control"),
        controls: controls
            .map(|control| {
                Choice::new(control.id.clone(), format!("{} {}", control.id, control.title))
            })
            .collect(),
        title: typed.field("title"),
        joined: typed.or("joined", "all"),
        joins: [("all", "all lines hold"), ("any", "at least one line holds")].map(choice).into(),
        lines: (1..=LINES).map(line).collect(),
        field_choices: askable_fields()
            .into_iter()
            .map(|field| {
                let each = if field.path.contains("[]") { " (of each)" } else { "" };
                let words = format!("{}: {}{each}", field.fact, field.words);
                Choice::new(field.path, words)
            })
            .collect(),
        eaches: [("all", "of every one"), ("any", "of at least one")].map(choice).into(),
        comparisons: Compared::ALL
            .iter()
            .map(|one| Choice::new(one.as_str(), one.words().trim_end_matches(':')))
            .collect(),
        pass_is_open: !pass.value.is_empty() || pass.is_wrong(),
        pass,
        concerns,
        concern_choices,
        fresh_choices: days
            .into_iter()
            .map(|day| Choice::new(day, super::one::days(day)))
            .collect(),
        fresh_for,
        wanted: typed.field("wanted"),
        fix: typed.field("fix"),
        preview: None,
    }
}

pub(super) async fn new(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    looker.caller.require(Action::CatalogueWrite)?;
    Ok(show(&page(&app, &looker, &nothing_wrong(&Form::default()))))
}

fn nothing_wrong(form: &Form) -> Typed<'_> {
    static NONE: BTreeMap<usize, String> = BTreeMap::new();
    Typed { form, problems: &[], lines: &NONE }
}

/// What is wrong with what was typed.
struct Wrong {
    problems: Vec<FieldProblem>,
    lines: BTreeMap<usize, String>,
}

/// What the form asks. `before` are the terms that it changes.
fn terms(form: &Form, before: Option<&Terms>) -> Result<Terms, Wrong> {
    let filled: Vec<usize> =
        (1..=LINES).filter(|number| !form.text(&names(*number).0).is_empty()).collect();
    let written = form.text("pass").trim();
    let (pass, because) = match (written.is_empty(), filled.is_empty()) {
        (false, false) => {
            let message = "Choose lines or write the condition, not both.".to_owned();
            let problems = vec![FieldProblem { field: "pass", message }];
            return Err(Wrong { problems, lines: BTreeMap::new() });
        }
        (false, true) => {
            let same = before.filter(|before| before.pass == written);
            let because = same.map(|before| before.because.clone()).unwrap_or_default();
            (written.to_owned(), because)
        }
        (true, _) => {
            let line = |number: &usize| {
                let (field, each, compared, value) = names(*number);
                ComposedLine {
                    field: form.text(&field).to_owned(),
                    each: Joined::from_word(form.text(&each)).unwrap_or(Joined::All),
                    compared: Compared::from_word(form.text(&compared)).unwrap_or(Compared::Is),
                    value: form.text(&value).to_owned(),
                }
            };
            let lines: Vec<_> = filled.iter().map(line).collect();
            let joined = Joined::from_word(form.text("joined")).unwrap_or(Joined::All);
            let composed = compose(&lines, joined).map_err(|problems| Wrong {
                problems: Vec::new(),
                lines: problems
                    .into_iter()
                    .map(|one| (filled.get(one.line).copied().unwrap_or(1), one.message))
                    .collect(),
            })?;
            (composed.pass, composed.because)
        }
    };
    let kept = |reasons: &BTreeMap<String, String>| {
        let named = reasons.iter().filter(|(path, _)| pass.contains(path.as_str()));
        named.map(|(path, reason)| (path.clone(), reason.clone())).collect()
    };
    let wanted = form.text("concerns");
    let known = CONCERNS.iter().find(|(when, ..)| *when == wanted);
    let applies = match known {
        Some((when, _, otherwise)) => {
            Some(Applies { when: (*when).to_owned(), otherwise: (*otherwise).to_owned() })
        }
        None => before
            .and_then(|before| before.applies.clone())
            .filter(|applies| applies.when == wanted),
    };
    Ok(Terms {
        control: form.text("control").to_owned(),
        title: form.text("title").to_owned(),
        because,
        wanted: form.text("wanted").to_owned(),
        fix: form.text("fix").to_owned(),
        fresh_for: form.text("fresh_for").to_owned(),
        applies,
        may_be_empty: before.map(|before| kept(&before.may_be_empty)).unwrap_or_default(),
        may_be_absent: before.map(|before| kept(&before.may_be_absent)).unwrap_or_default(),
        stricter: None,
        pass,
    })
}

/// What became of what was typed.
enum Became {
    Written,
    Shown(Box<PreviewView>),
    Refused(Wrong),
}

async fn carry_out(
    app: &App,
    looker: &Looker,
    form: &Form,
    (place, before): (Place, Option<&Terms>),
) -> Result<Became, PageProblem> {
    looker.caller.require(Action::CatalogueWrite)?;
    let terms = match terms(form, before) {
        Ok(terms) => terms,
        Err(wrong) => return Ok(Became::Refused(wrong)),
    };
    let became = if form.text("act") == "save" {
        let written = own_checks::own_check_write(app, &looker.caller, place, terms).await;
        written.map(|_| Became::Written)
    } else {
        let preview = own_checks::own_check_preview(app, &looker.caller, terms).await;
        preview.map(|preview| Became::Shown(Box::new(preview::view(preview))))
    };
    match became {
        Err(Problem::Invalid(problems)) => {
            // What is wrong with a condition that lines wrote stands beside the first of them.
            let of_pass = problems.iter().find(|one| matches!(one.field, "pass" | "because"));
            let lines = of_pass
                .filter(|_| form.text("pass").trim().is_empty())
                .map(|one| (1, one.message.clone()));
            Ok(Became::Refused(Wrong { lines: lines.into_iter().collect(), problems }))
        }
        other => Ok(other?),
    }
}

pub(super) async fn write(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    if looker.visitor.sent_before(&form) {
        return Ok(go("/settings/checks"));
    }
    Ok(match carry_out(&app, &looker, &form, (Place::New, None)).await? {
        Became::Written => {
            let mut response = done("/settings/checks", Done::CheckWritten);
            once::use_up(&mut response, &looker.visitor, &form);
            response
        }
        Became::Shown(preview) => {
            let page = page(&app, &looker, &nothing_wrong(&form));
            show(&CheckFormPage { preview: Some(*preview), ..page })
        }
        Became::Refused(Wrong { problems, lines }) => {
            let typed = Typed { form: &form, problems: &problems, lines: &lines };
            refused(&page(&app, &looker, &typed))
        }
    })
}

fn changing(id: &str, page: CheckFormPage) -> CheckFormPage {
    CheckFormPage {
        heading: "Change a check",
        action: format!("/settings/checks/{id}/edit"),
        save: "Ask it so from now on",
        ..page
    }
}

pub(super) async fn edit(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::CatalogueWrite)?;
    let id = check_id(&text)?;
    let detail = own_checks::own_check_one(&app, &looker.caller, id).await?;
    let newest = detail.row.newest;
    if detail.row.retired.is_some() || newest.terms.stricter.is_some() {
        return Ok(go(&format!("/settings/checks/{id}")));
    }
    let page = page(&app, &looker, &nothing_wrong(&Form::default()));
    let terms = newest.terms;
    let concerns = terms.applies.map(|applies| applies.when).unwrap_or_default();
    let mut concern_choices = page.concern_choices.clone();
    if !concern_choices.iter().any(|choice| choice.value == concerns) {
        concern_choices.push(Choice::new(concerns.clone(), format!("Where {concerns}")));
    }
    Ok(show(&CheckFormPage {
        version: newest.version.to_string(),
        control: Field::new(terms.control),
        title: Field::new(terms.title),
        pass: Field::new(terms.pass),
        pass_is_open: true,
        concerns: Field::new(concerns),
        concern_choices,
        fresh_for: Field::new(terms.fresh_for),
        wanted: Field::new(terms.wanted),
        fix: Field::new(terms.fix),
        ..changing(&text, page)
    }))
}

pub(super) async fn change(
    State(app): State<App>,
    looker: Looker,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::CatalogueWrite)?;
    let id = check_id(&text)?;
    let detail = own_checks::own_check_one(&app, &looker.caller, id).await?;
    let place = Place::After { id, version: form.text("version").parse().unwrap_or(0) };
    let before = Some(&detail.row.newest.terms);
    Ok(match carry_out(&app, &looker, &form, (place, before)).await? {
        Became::Written => done(&format!("/settings/checks/{id}"), Done::CheckWritten),
        Became::Shown(preview) => {
            let page = changing(&text, page(&app, &looker, &nothing_wrong(&form)));
            show(&CheckFormPage { preview: Some(*preview), ..page })
        }
        Became::Refused(Wrong { problems, lines }) => {
            let typed = Typed { form: &form, problems: &problems, lines: &lines };
            refused(&changing(&text, page(&app, &looker, &typed)))
        }
    })
}
