//! The devices' pages, filled.

use super::{
    Device, Devices, Revoke,
    device::{Confirmation, EntryLine, Turn, VerdictLine},
    draw,
    list::{DeviceLine, NewLink},
};
use crate::{
    Area,
    components::{Command, Counts, DigestText, Field, Paging, Status},
    serve::{ListQuery, Looker, PageProblem, ago, moment, show, status},
};
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use closedset_app::{App, Problem, devices};
use closedset_catalogue::Platform;
use closedset_core::{
    Action, Duration, Time,
    id::{self, Id},
};
use closedset_store::verdicts::VerdictRow;
use std::collections::BTreeMap;

/// How many devices one page lists.
const PAGE: i64 = 50;
/// A device that says nothing for so long is called silent.
const SILENT: Duration = Duration::from_days(1);

pub(super) fn device_id(text: &str) -> Result<Id<id::Device>, Problem> {
    text.parse().map_err(|_| Problem::NotFound("device"))
}

pub(super) async fn devices(
    State(app): State<App>,
    looker: Looker,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageProblem> {
    Ok(show(&list(&app, &looker, query.after.as_deref(), None).await?))
}

pub(super) async fn list(
    app: &App,
    looker: &Looker,
    after: Option<&str>,
    link: Option<NewLink>,
) -> Result<Devices, PageProblem> {
    let key = after.map(device_id).transpose()?;
    let (rows, more) = devices::device_list(app, &looker.caller, key, PAGE).await?;
    let now = app.now();
    let next =
        rows.last().filter(|_| more).map(|last| format!("/devices?after={}", last.device.id));
    let lines: Vec<DeviceLine> = rows.into_iter().map(|row| line(row, now)).collect();
    Ok(Devices {
        shell: looker.shell(Area::Devices),
        here: key.map_or_else(|| "/devices".into(), |key| format!("/devices?after={key}")),
        paging: Paging {
            shown: i64::try_from(lines.len()).unwrap_or(i64::MAX),
            total: None,
            first: key.map(|_| "/devices".into()),
            next,
        },
        devices: lines,
        link,
        can_manage: looker.caller.role.may(Action::DeviceManage),
    })
}

fn line(row: devices::DeviceSummary, now: Time) -> DeviceLine {
    let is_revoked = row.state.is_revoked || row.device.revoked_at.is_some();
    let of = |status| row.counts.get(&status).copied().unwrap_or_default();
    DeviceLine {
        id: row.device.id.to_string(),
        name: row.device.name,
        system: row.system,
        counts: Counts {
            pass: of(closedset_core::Status::Pass),
            fail: of(closedset_core::Status::Fail),
            unknown: of(closedset_core::Status::Unknown),
            excepted: of(closedset_core::Status::Excepted),
            not_applicable: of(closedset_core::Status::NotApplicable),
        },
        seen: ago(row.state.received_at, now),
        is_silent: !is_revoked && now.since(row.state.received_at) > SILENT,
        is_revoked,
        is_confirmed: row.device.confirmed_at.is_some(),
    }
}

pub(super) async fn device(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    Ok(show(&view(&app, &looker, device_id(&id)?).await?))
}

/// The page of one device.
pub(super) async fn view(
    app: &App,
    looker: &Looker,
    id: Id<id::Device>,
) -> Result<Device, PageProblem> {
    let detail = devices::device_detail(app, &looker.caller, id).await?;
    let zone = looker.zone.as_str();
    let names = crate::ledger::Names::of(app, looker).await?;
    let system = Known::of(&detail.facts);
    let verdicts = verdict_lines(app, &detail.verdicts, system.platform, zone);
    let device = detail.device;
    Ok(Device {
        shell: looker.shell(Area::Devices),
        id: device.id.to_string(),
        system: system.name,
        key: DigestText::new(device.key.fingerprint().to_string()),
        enrolled: moment(device.enrolled_at, zone),
        enrolled_entry: device.enrolled_entry,
        seen: ago(detail.state.received_at, app.now()),
        revoked: device.revoked_at.map(|time| moment(time, zone)),
        counts: verdicts.iter().map(|verdict| verdict.status).collect(),
        confirmation: Confirmation {
            name: Field::new(&device.name),
            has_screen: device.has_screen,
            is_portable: device.is_portable,
            handles_content: device.handles_content,
            by: device.confirmed_by.zip(device.confirmed_at.map(|time| moment(time, zone))),
        },
        name: device.name,
        verdicts,
        facts: draw::sheets(&detail.facts, zone),
        turns: turns(app, &detail.history, zone),
        entries: detail
            .entries
            .into_iter()
            .map(|entry| EntryLine {
                index: entry.index,
                when: moment(entry.at, zone),
                kind: entry.kind,
                actor: names.party(entry.actor_name.as_deref()).words,
            })
            .collect(),
        can_manage: looker.caller.role.may(Action::DeviceManage),
    })
}

/// What the device says of its operating system.
#[derive(Default)]
struct Known {
    name: Option<String>,
    platform: Option<Platform>,
}

impl Known {
    fn of(facts: &[closedset_store::facts::FactRow]) -> Self {
        let body = facts
            .iter()
            .find(|fact| fact.kind == "operating_system")
            .and_then(|fact| serde_json::from_slice::<serde_json::Value>(&fact.body).ok());
        let text = |field| body.as_ref()?.get(field)?.as_str().map(str::to_owned);
        Self {
            name: text("name"),
            platform: text("family").and_then(|family| Platform::from_word(&family)),
        }
    }
}

fn title(app: &App, check: &str) -> String {
    app.catalogue().check(check).map_or_else(|| check.to_owned(), |check| check.title.clone())
}

fn verdict_lines(
    app: &App,
    rows: &[VerdictRow],
    platform: Option<Platform>,
    zone: &str,
) -> Vec<VerdictLine> {
    let mut lines: Vec<VerdictLine> = rows
        .iter()
        .map(|row| {
            let check = app.catalogue().check(&row.check);
            let status = status(row.status);
            let fix = check.zip(platform).and_then(|(check, platform)| check.fix.on(platform));
            let is_open = matches!(status, Status::Fail | Status::Unknown);
            VerdictLine {
                title: title(app, &row.check),
                control: check.map(|check| check.control.clone()).unwrap_or_default(),
                status,
                because: row.because.clone(),
                wanted: check.map(|check| check.wanted.clone()).unwrap_or_default(),
                is_beyond: check.is_some_and(|check| check.is_beyond),
                mend: fix.filter(|_| is_open).map(|fix| Command::new(fix.trim())),
                since: moment(row.began_at, zone),
                entry: row.entry,
            }
        })
        .collect();
    lines.sort_by_key(|line| match line.status {
        Status::Fail => 0,
        Status::Unknown => 1,
        Status::Excepted => 2,
        Status::Pass => 3,
        Status::NotApplicable => 4,
    });
    lines
}

/// What changed, newest first; what a verdict was before is the next older one of its check.
fn turns(app: &App, history: &[VerdictRow], zone: &str) -> Vec<Turn> {
    let mut before: BTreeMap<&str, Status> = BTreeMap::new();
    let mut turns: Vec<Turn> = history
        .iter()
        .rev()
        .map(|row| {
            let is = status(row.status);
            Turn {
                when: moment(row.began_at, zone),
                what: title(app, &row.check),
                // Where only the reason changed, there is no turn to draw.
                was: before.insert(&row.check, is).filter(|was| *was != is),
                is,
                because: row.because.clone(),
                entry: row.entry,
            }
        })
        .collect();
    turns.reverse();
    turns
}

pub(super) async fn revoke(
    State(app): State<App>,
    looker: Looker,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    looker.caller.require(Action::DeviceManage)?;
    let detail = devices::device_detail(&app, &looker.caller, device_id(&id)?).await?;
    Ok(show(&Revoke {
        shell: looker.shell(Area::Devices),
        id: detail.device.id.to_string(),
        name: detail.device.name,
        reason: Field::default(),
    }))
}
