//! From the application's board to the page.

use super::overview::{
    Board, Change, DeviceSummary, Frame, FrameworkTab, Group, LedgerLine, NextThing, Turn, TurnedBy,
};
use crate::{
    Area,
    components::{Counts, Past, TimeText, Trend, TrendWeek},
    serve::{
        AsOfQuery, Looker, PageProblem, Query, ago, count, day, moment, show, show_present, status,
    },
};
use axum::{extract::State, response::Response};
use closedset_app::{
    App, Problem,
    board::{
        self, ControlOnBoard, ControlTurn, ControlTurns, DeviceTally, FrameworkOnBoard, TrendPoint,
    },
    ledger,
};
use closedset_catalogue::{Area as ControlArea, Catalogue, Control};
use closedset_core::{Action, Subject, SubjectKind, Time};
use closedset_store::verdicts::VerdictRow;

/// How many things are to be done next.
const NEXT: usize = 3;
/// How many changes are shown.
const CHANGES: usize = 20;

/// What a verdict is about, in words, and where to look.
pub(crate) fn about(catalogue: &Catalogue, row: &VerdictRow) -> (String, String) {
    let check = catalogue.check(&row.check);
    let control = check.map_or_else(String::new, |check| catalogue.control_shown(check).to_owned());
    let title = check.map_or_else(|| row.check.clone(), |check| check.title.clone());
    match row.subject.kind {
        SubjectKind::Device => (format!("{control} {title}"), href(&row.subject)),
        _ => (format!("{control} {title}"), format!("/controls/{control}")),
    }
}

/// The page of a subject; empty if it has none.
pub(crate) fn href(subject: &Subject) -> String {
    match subject.kind {
        SubjectKind::Device => format!("/devices/{}", subject.id),
        SubjectKind::Control => format!("/controls/{}", subject.id),
        SubjectKind::Organisation | SubjectKind::Facility | SubjectKind::Person => String::new(),
    }
}

pub(crate) async fn board(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<AsOfQuery>,
) -> Result<Response, PageProblem> {
    let (at, mut past) = query.past(&looker);
    let wanted = query.framework();
    past.framework = wanted.map(str::to_owned);
    if let Some(at) = at {
        match past_view(&app, &looker, (at, wanted), past.clone()).await {
            // It is answered now, and was not on that day.
            Err(PageProblem::Problem(Problem::NotFound("framework")))
                if wanted.is_some_and(|id| looker.catalogue.is_chosen(id)) =>
            {
                past = past.refusing("This framework was not answered here on that day.");
            }
            page => return Ok(show(&page?)),
        }
    }
    let page = view(&app, &looker, wanted, past).await?;
    Ok(show_present(&page, &page.past))
}

async fn view(
    app: &App,
    looker: &Looker,
    wanted: Option<&str>,
    past: Past,
) -> Result<Board, PageProblem> {
    let board = board::board(app, &looker.caller, wanted).await?;
    let head = ledger::head(app, &looker.caller).await?;
    let devices = board::device_tally(app, &looker.caller).await?;
    let now = looker.present;
    // What a computer is decides which checks concern it, so it is said before any is mended.
    let to_confirm = board.to_confirm.as_ref().map(|device| NextThing {
        title: format!("Say what {} is", device.name),
        why: "it decides which checks concern it".to_owned(),
        href: format!("/devices/{}#confirm", device.id),
    });
    let steps = board.next.iter().map(|step| NextThing {
        title: title_case(&step.words),
        why: format!("for {}", step.control),
        href: if step.is_enrolment {
            "/devices#enrol".to_owned()
        } else {
            format!("/controls/{}", step.control)
        },
    });
    let next = to_confirm.into_iter().chain(steps).take(NEXT).collect();
    let is_whole = i64::try_from(head.size).unwrap_or(0) > 0;
    let groups = groups(app, &board.controls);
    Ok(Board {
        shell: looker.shell(Area::Board),
        facility: looker.facility.clone(),
        framework: name(app, &board.framework),
        source: source(app, &board.framework),
        frameworks: tabs(app, (&board.frameworks, &board.framework), &past),
        counts: counts(&groups),
        next,
        groups,
        turns: turns(app, looker, &board.over_time.changed),
        trend: trend(&board.over_time.trend, &looker.zone),
        changes: changes(&looker.catalogue, &board.turns, |row| ago(row.recorded_at, now)),
        devices: figures(devices),
        ledger: Some(LedgerLine {
            entries: count(head.entries),
            checkpoint: head.signed_at.filter(|_| is_whole).map(|at| ago(at, now)),
            verified: head.verified.map(|verified| verified.is_whole),
        }),
        as_of: moment(now, &looker.zone),
        past,
    })
}

async fn past_view(
    app: &App,
    looker: &Looker,
    (at, wanted): (Time, Option<&str>),
    past: Past,
) -> Result<Board, PageProblem> {
    let board = board::board_as_of(app, &looker.caller, wanted, at).await?;
    let groups = groups(app, &board.controls);
    Ok(Board {
        shell: looker.shell(Area::Board),
        facility: looker.facility.clone(),
        framework: name(app, &board.framework),
        source: source(app, &board.framework),
        frameworks: tabs(app, (&board.frameworks, &board.framework), &past),
        counts: counts(&groups),
        next: Vec::new(),
        groups,
        turns: Vec::new(),
        trend: Trend::default(),
        changes: changes(&looker.catalogue, &board.turns, |row| {
            moment(row.recorded_at, &looker.zone)
        }),
        devices: figures(board.devices),
        ledger: None,
        as_of: moment(at, &looker.zone),
        past,
    })
}

fn name(app: &App, id: &str) -> String {
    let framework = app.catalogue().framework(id);
    framework
        .map(|framework| format!("{}, {}", framework.title, framework.version))
        .unwrap_or_default()
}

fn source(app: &App, id: &str) -> String {
    app.catalogue().framework(id).map(|framework| framework.source.clone()).unwrap_or_default()
}

/// The frameworks that can be looked at; none where there is but one.
fn tabs(app: &App, (all, here): (&[FrameworkOnBoard], &str), past: &Past) -> Vec<FrameworkTab> {
    let tab = |one: &FrameworkOnBoard| {
        let day = past.shown.as_ref().map_or_else(String::new, |(day, _)| format!("&as_of={day}"));
        let of = |status| one.counts.get(&status).copied().unwrap_or(0);
        FrameworkTab {
            title: app
                .catalogue()
                .framework(&one.id)
                .map_or_else(|| one.id.clone(), |framework| framework.title.clone()),
            href: format!("/board?framework={}{day}", one.id),
            is_here: one.id == here,
            fail: of(closedset_core::Status::Fail),
            unknown: of(closedset_core::Status::Unknown),
        }
    };
    if all.len() > 1 { all.iter().map(tab).collect() } else { Vec::new() }
}

fn groups(app: &App, controls: &[ControlOnBoard]) -> Vec<Group> {
    let known = |on_board: &'_ ControlOnBoard| {
        app.catalogue().control(&on_board.id).cloned().map(|control| (control, on_board.clone()))
    };
    let frame = |(control, on_board): (Control, ControlOnBoard)| Frame {
        id: control.id,
        title: control.title,
        status: status(on_board.status.status),
        because: on_board.status.because,
    };
    let group = |area: &ControlArea| Group {
        name: title_case(area.as_str()),
        controls: controls
            .iter()
            .filter_map(known)
            .filter(|(control, _)| control.area == *area)
            .map(frame)
            .collect(),
    };
    ControlArea::ALL.iter().map(group).filter(|group| !group.controls.is_empty()).collect()
}

fn counts(groups: &[Group]) -> Counts {
    groups.iter().flat_map(|group| group.controls.iter().map(|frame| frame.status)).collect()
}

fn changes(
    catalogue: &Catalogue,
    turns: &[(VerdictRow, closedset_core::Status)],
    when: impl Fn(&VerdictRow) -> TimeText,
) -> Vec<Change> {
    let change = |(row, was): &(VerdictRow, closedset_core::Status)| {
        let (what, href) = about(catalogue, row);
        Change { when: when(row), what, was: Some(status(*was)), is: status(row.status), href }
    };
    turns.iter().take(CHANGES).map(change).collect()
}

/// The controls that turned, each with what turned it.
fn turns(app: &App, looker: &Looker, changed: &ControlTurns) -> Vec<Turn> {
    let turn = |turn: &ControlTurn| Turn {
        when: day(turn.until, &looker.zone),
        control: turn.control.clone(),
        title: app
            .catalogue()
            .control(&turn.control)
            .map(|control| control.title.clone())
            .unwrap_or_default(),
        was: status(turn.was),
        is: status(turn.is),
        by: turned_by(app, looker, turn),
    };
    changed.turns.iter().take(CHANGES).map(turn).collect()
}

/// The verdict that turned a control, as the board names it.
fn turned_by(app: &App, looker: &Looker, turn: &ControlTurn) -> Option<TurnedBy> {
    let row = turn.turned_by.as_ref()?;
    let check = app.catalogue().check(&row.check);
    let title = check.map_or(row.check.as_str(), |check| check.title.as_str());
    Some(TurnedBy {
        words: match &turn.device {
            Some(name) => format!("{title}, on {name}"),
            None => title.to_owned(),
        },
        href: href(&row.subject),
        entry: looker.caller.may(Action::LedgerRead).then_some(row.entry),
    })
}

fn trend(points: &[TrendPoint], zone: &str) -> Trend {
    let week = |point: &TrendPoint| {
        let of = |status| point.counts.get(&status).copied().unwrap_or(0);
        let counts = Counts {
            pass: of(closedset_core::Status::Pass),
            fail: of(closedset_core::Status::Fail),
            unknown: of(closedset_core::Status::Unknown),
            excepted: of(closedset_core::Status::Excepted),
            not_applicable: of(closedset_core::Status::NotApplicable),
        };
        TrendWeek { at: day(point.at, zone), counts }
    };
    Trend { weeks: points.iter().map(week).collect() }
}

fn figures(devices: DeviceTally) -> DeviceSummary {
    DeviceSummary {
        total: devices.total,
        good: devices.good,
        failing: devices.failing,
        unknown: devices.unknown,
        silent: devices.silent,
    }
}

pub(crate) fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
