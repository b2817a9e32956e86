//! The packs' pages, filled, and what is posted from them.

use super::{
    PackPage, Packs,
    packs::{PackLine, Recipient},
    serve_documents::last_day,
};
use crate::{
    Area,
    board::title_case,
    components::{BoxGroup, Boxes, Choice, Command, DigestText, Field, TickBox},
    devices::size,
    serve::{
        Form, Looker, PageProblem, Path, date_end, date_start, day, go, moment, refused, show,
    },
};
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem, ledger,
    packs::{self, NewPack},
};
use closedset_core::{
    Action, Duration, Time,
    id::{Id, Pack},
};
use closedset_store::packs::PackRow;

/// How long a period is offered.
const PERIOD: Duration = Duration::from_days(365);

fn pack_id(text: &str) -> Result<Id<Pack>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("pack"))
}

pub(super) async fn packs(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    let now = looker.present;
    let offered = |time| Field::new(date(time, &looker.zone));
    let fields = Fields { from: offered(now - PERIOD), to: offered(now), ..Fields::default() };
    Ok(show(&list(&app, &looker, fields).await?))
}

/// The day as a date field holds it.
fn date(time: Time, zone: &str) -> String {
    let timestamp = time.timestamp();
    let zoned =
        timestamp.in_tz(zone).unwrap_or_else(|_| timestamp.to_zoned(jiff::tz::TimeZone::UTC));
    zoned.date().to_string()
}

/// What the form keeps between two tries.
#[derive(Default)]
struct Fields {
    framework: Field,
    from: Field,
    to: Field,
    recipients: Field,
    /// The controls that are ticked.
    controls: Vec<String>,
    controls_error: Option<String>,
    without_names: bool,
}

impl Fields {
    fn named(&mut self, name: &str) -> &mut Field {
        match name {
            "framework" => &mut self.framework,
            "from" => &mut self.from,
            "recipients" => &mut self.recipients,
            _ => &mut self.to,
        }
    }

    fn refuse(&mut self, problem: Problem) -> Result<(), Problem> {
        let Problem::Invalid(problems) = problem else { return Err(problem) };
        for problem in problems {
            let error = match problem.field {
                "controls" => &mut self.controls_error,
                field => &mut self.named(field).error,
            };
            *error = Some(problem.message);
        }
        Ok(())
    }
}

async fn list(app: &App, looker: &Looker, fields: Fields) -> Result<Packs, PageProblem> {
    let rows = packs::pack_list(app, &looker.caller).await?;
    let choices = packs::choices(app, &looker.caller).await?;
    Ok(Packs {
        controls: Boxes {
            groups: groups(looker, &choices, &fields.controls),
            error: fields.controls_error,
        },
        shell: looker.shell(Area::Packs),
        packs: rows.into_iter().map(|row| line(row, looker)).collect(),
        framework: fields.framework,
        frameworks: looker
            .catalogue
            .chosen()
            .map(|one| Choice::new(&one.id, format!("{}, {}", one.title, one.version)))
            .collect(),
        from: fields.from,
        to: fields.to,
        recipients: fields.recipients,
        without_names: fields.without_names,
    })
}

/// The controls to which a pack can be limited, by the parts of the frameworks.
fn groups(looker: &Looker, choices: &[packs::Choice], ticked: &[String]) -> Vec<BoxGroup> {
    let mut groups: Vec<BoxGroup> = Vec::new();
    for choice in choices.iter().filter(|choice| choice.can_be_chosen) {
        let one = TickBox {
            value: choice.id.clone(),
            words: format!("{} {}", choice.id, choice.title),
            hint: String::new(),
            is_ticked: ticked.contains(&choice.id),
        };
        let words = match looker.catalogue.framework(&choice.framework) {
            Some(framework) if looker.catalogue.chosen().nth(1).is_some() => {
                format!("{}: {}", framework.title, choice.area)
            }
            _ => title_case(choice.area),
        };
        match groups.last_mut().filter(|group| group.words == words) {
            Some(group) => group.boxes.push(one),
            None => groups.push(BoxGroup { words, boxes: vec![one] }),
        }
    }
    groups
}

fn line(row: PackRow, looker: &Looker) -> PackLine {
    let zone = &looker.zone;
    let framework = row.framework.as_deref().map(|id| {
        let known = looker.catalogue.framework(id);
        known.map_or(id, |framework| framework.title.as_str()).to_owned()
    });
    PackLine {
        id: row.id.to_string(),
        framework: framework.unwrap_or_default(),
        from: day(row.period_from, zone),
        to: last_day(row.period_to, zone),
        made: moment(row.made_at, zone),
        by: row.made_by,
        size: row.file.map(|(_, bytes)| size(bytes)),
        controls: row.controls,
        recipients: row.recipients.into_iter().map(Recipient::new).collect(),
        without_names: row.without_names,
    }
}

/// Makes a pack of the days between two dates, both included.
pub(super) async fn create(
    State(app): State<App>,
    looker: Looker,
    form: Form,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::PackCreate)?;
    let mut fields = Fields {
        framework: Field::new(form.text("framework")),
        from: Field::new(form.text("from")),
        to: Field::new(form.text("to")),
        recipients: Field::new(form.text("recipients")),
        controls: form.ticked("controls").map(str::to_owned).collect(),
        controls_error: None,
        without_names: form.ticked("without_names").next().is_some(),
    };
    let first = date_start(&fields.from.value, &looker.zone);
    let last = date_end(&fields.to.value, &looker.zone);
    let recipients = packs::recipients(fields.recipients.value.split_whitespace());
    match (first, last, recipients) {
        (Some(first), Some(last), Ok(recipients)) => {
            let (controls, without_names) = (fields.controls.clone(), fields.without_names);
            let framework = Some(fields.framework.value.clone()).filter(|id| !id.is_empty());
            let new = NewPack {
                framework,
                controls,
                recipients,
                without_names,
                ..NewPack::of(first, last)
            };
            match packs::pack_create(&app, &looker.caller, new).await {
                Ok(row) => return Ok(go(&format!("/packs/{}", row.id))),
                Err(problem) => fields.refuse(problem)?,
            }
        }
        (_, _, Err(problem)) => fields.refuse(problem)?,
        _ => {}
    }
    if first.is_none() {
        fields.from.error = Some("Enter the first day, such as 2026-03-12.".into());
    }
    if last.is_none() {
        fields.to.error = Some("Enter the last day, such as 2026-03-12.".into());
    }
    Ok(refused(&list(&app, &looker, fields).await?))
}

pub(super) async fn pack(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let row = packs::pack_detail(&app, &looker.caller, pack_id(&id)?).await?;
    let file_name = packs::pack_file_name(&app, &looker.caller, &row).await?;
    let head = ledger::head(&app, &looker.caller).await?;
    let key = if row.recipients.is_empty() { "" } else { " --identity KEYFILE" };
    Ok(show(&PackPage {
        shell: looker.shell(Area::Packs),
        manifest: DigestText::new(row.manifest_digest.to_string()),
        file: row.file.map(|(digest, _)| DigestText::new(digest.to_string())),
        entry: row.entry,
        verify: Command::new(format!("closedset pack verify {file_name}{key}")),
        verify_with_key: Command::new(format!(
            "closedset pack verify {file_name}{key} --key '{}'",
            head.verifier_key
        )),
        fingerprint: head.key_fingerprint.to_string(),
        pack: line(row, &looker),
    }))
}

/// A pack's file, sent by the API to whoever is signed in.
pub(super) async fn file(_looker: Looker, Path(id): Path<String>) -> Result<Response, PageProblem> {
    Ok(go(&format!("/api/v1/packs/{}/file", pack_id(&id)?)))
}

/// A pack's report, likewise.
pub(super) async fn report(
    _looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(go(&format!("/api/v1/packs/{}/report", pack_id(&id)?)))
}
