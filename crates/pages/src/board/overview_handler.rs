//! From the application's board to the page.

use super::overview::{Board, Change, DeviceSummary, Frame, Group, LedgerLine, NextThing};
use crate::{
    Area,
    components::{Counts, Status},
    serve::{Looker, PageProblem, ago, count, moment, show, status},
};
use axum::{extract::State, response::Response};
use closedset_app::{App, board, ledger};
use closedset_catalogue::Area as ControlArea;
use closedset_core::{Subject, SubjectKind};
use closedset_store::verdicts::VerdictRow;

/// How many things are to be done next.
const NEXT: usize = 3;
/// How many changes are shown.
const CHANGES: usize = 20;

/// What a verdict is about, in words, and where to look.
pub(crate) fn about(app: &App, row: &VerdictRow) -> (String, String) {
    let check = app.catalogue().check(&row.check);
    let control = check.map_or_else(String::new, |check| check.control.clone());
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

pub(crate) async fn board(State(app): State<App>, looker: Looker) -> Result<Response, PageProblem> {
    let board = board::board(&app, &looker.caller).await?;
    let head = ledger::head(&app, &looker.caller).await?;
    let devices = board::device_tally(&app, &looker.caller).await?;
    let now = app.now();
    let framework = app.catalogue().frameworks().first();
    let groups = ControlArea::ALL
        .iter()
        .map(|area| Group {
            name: title_case(area.as_str()),
            controls: board
                .controls
                .iter()
                .filter_map(|on_board| {
                    app.catalogue().control(&on_board.id).map(|control| (control, on_board))
                })
                .filter(|(control, _)| control.area == *area)
                .map(|(control, on_board)| Frame {
                    id: control.id.clone(),
                    title: control.title.clone(),
                    status: status(on_board.status.status),
                    because: on_board.status.because.clone(),
                })
                .collect(),
        })
        .collect::<Vec<_>>();
    let counts: Counts = groups
        .iter()
        .flat_map(|group: &Group| group.controls.iter().map(|frame| frame.status))
        .collect::<Vec<Status>>()
        .into_iter()
        .collect();
    // What a computer is decides which checks concern it, so it is said before any is mended.
    let to_confirm = board.to_confirm.as_ref().map(|device| NextThing {
        title: format!("Say what {} is", device.name),
        why: "it decides which checks concern it".to_owned(),
        href: format!("/devices/{}#confirm", device.id),
    });
    let steps = board.next.iter().map(|step| NextThing {
        title: title_case(&step.words),
        why: format!("for {}", step.control),
        href: if board.devices == 0 && step.control == "IS-7" {
            "/devices#enrol".to_owned()
        } else {
            format!("/controls/{}", step.control)
        },
    });
    let next = to_confirm.into_iter().chain(steps).take(NEXT).collect();
    let changes = board
        .turns
        .iter()
        .take(CHANGES)
        .map(|(row, was)| {
            let (what, href) = about(&app, row);
            Change {
                when: ago(row.recorded_at, now),
                what,
                was: Some(status(*was)),
                is: status(row.status),
                href,
            }
        })
        .collect();
    let is_whole = i64::try_from(head.size).unwrap_or(0) > 0;
    Ok(show(&Board {
        shell: looker.shell(Area::Board),
        facility: looker.facility.clone(),
        framework: framework
            .map(|framework| format!("{}, {}", framework.title, framework.version))
            .unwrap_or_default(),
        counts,
        next,
        groups,
        changes,
        devices: DeviceSummary {
            total: devices.total,
            good: devices.good,
            failing: devices.failing,
            unknown: devices.unknown,
            silent: devices.silent,
        },
        ledger: LedgerLine {
            entries: count(head.entries),
            checkpoint: head.signed_at.filter(|_| is_whole).map(|at| ago(at, now)),
            verified: head.verified.map(|verified| verified.is_whole),
        },
        as_of: moment(now, &looker.zone),
    }))
}

pub(crate) fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
