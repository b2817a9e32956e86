//! The devices' pages, filled.

use super::{
    Device, Devices, HandIn, Revoke,
    device::{Confirmation, EntryLine, Turn, VerdictLine},
    draw,
    list::{DeviceLine, NewLink},
};
use crate::{
    Area,
    audits::cover,
    components::{Command, Counts, DigestText, Field, Paging, Past, Status},
    serve::{
        AsOfQuery, ListQuery, Looker, PageProblem, Path, Query, ago, date, moment, once, show,
        show_present, status,
    },
};
use axum::{extract::State, response::Response};
use closedset_app::{App, Problem, devices};
use closedset_catalogue::{Catalogue, Check, Fitting};
use closedset_core::{
    Action, Duration, Status as Standing, Time,
    id::{self, Id},
};
use closedset_store::verdicts::VerdictRow;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// How many devices one page lists.
const PAGE: i64 = 50;
/// A device that says nothing for so long is called silent.
const SILENT: Duration = Duration::from_days(1);

/// What was heard so long after it was read was carried by hand, or waited for the network.
const LATE: Duration = Duration::from_hours(1);

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
    let now = looker.present;
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
        once: once::token(app),
        only_here: only_here(app),
        can_manage: looker.caller.may(Action::DeviceManage),
        hand_in: HandIn::default(),
    })
}

/// The server's address, if a link with it leads nowhere on another computer.
pub(crate) fn only_here(app: &App) -> Option<String> {
    Some(app.public_url().to_owned()).filter(|url| is_loopback(url))
}

/// Whether an address names the computer on which it is used (RFC 6761, 6.3; RFC 6890), so that a
/// link with it leads nowhere on any other.
fn is_loopback(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified())
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
    Query(query): Query<AsOfQuery>,
) -> Result<Response, PageProblem> {
    let id = device_id(&id)?;
    let (at, past) = query.past(&looker);
    let Some(at) = at else {
        let mut page = view(&app, &looker, id).await?;
        page.past = past;
        return Ok(show_present(&page, &page.past));
    };
    let detail = devices::device_detail_as_of(&app, &looker.caller, id, at).await?;
    let mut page = page(&app, &looker, detail).await?;
    for verdict in &mut page.verdicts {
        (verdict.mend, verdict.may_be_excepted, verdict.is_untold) = (None, false, false);
    }
    (page.can_manage, page.past) = (false, past);
    (page.measured, page.silent_since) = (None, None);
    Ok(show(&page))
}

/// The page of one device.
pub(super) async fn view(
    app: &App,
    looker: &Looker,
    id: Id<id::Device>,
) -> Result<Device, PageProblem> {
    let detail = devices::device_detail(app, &looker.caller, id).await?;
    page(app, looker, detail).await
}

async fn page(
    app: &App,
    looker: &Looker,
    detail: devices::DeviceDetail,
) -> Result<Device, PageProblem> {
    let zone = looker.zone.as_str();
    let names = crate::ledger::Names::of(app, looker, &detail.entries).await?;
    let fitting = detail.fitting();
    let mut verdicts = verdict_lines(&looker.catalogue, &detail, &fitting, zone);
    let may_ask = looker.caller.may(Action::EvidenceWrite);
    let (device, state) = (detail.device, detail.state);
    let has_spoken = state.facts_digest.is_some();
    let is_late = state.received_at.since(state.confirmed_at) > LATE;
    let is_silent = looker.present.since(state.confirmed_at) > SILENT;
    for line in &mut verdicts {
        line.may_be_excepted &= may_ask;
        line.is_untold &= may_ask && has_spoken && !is_silent;
    }
    Ok(Device {
        shell: looker.shell(Area::Devices),
        id: device.id.to_string(),
        system: system(&detail.facts),
        key: DigestText::new(device.key.fingerprint().to_string()),
        enrolled: moment(device.enrolled_at, zone),
        enrolled_entry: device.enrolled_entry,
        seen: ago(state.received_at, looker.present),
        measured: has_spoken.then(|| ago(state.confirmed_at, looker.present)).filter(|_| is_late),
        silent_since: (has_spoken && is_silent).then(|| moment(state.confirmed_at, zone)),
        hand_in: HandIn::default(),
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
        turns: turns(&looker.catalogue, &detail.history, zone),
        entries: detail
            .entries
            .into_iter()
            .map(|entry| EntryLine {
                index: entry.index,
                when: moment(entry.at, zone),
                kind: entry.kind,
                actor: names.party(entry.actor_name.as_deref()).words,
                skipped: detail.skipped.get(&entry.index).copied(),
            })
            .collect(),
        can_manage: looker.caller.may(Action::DeviceManage),
        past: Past { today: date(looker.present, zone).to_string(), ..Past::default() },
    })
}

/// What the device calls its operating system.
fn system(facts: &[closedset_store::facts::FactRow]) -> Option<String> {
    let fact = facts.iter().find(|fact| fact.kind == "operating_system")?;
    let body = serde_json::from_slice::<serde_json::Value>(&fact.body).ok()?;
    body.get("name")?.as_str().map(str::to_owned)
}

fn title(catalogue: &Catalogue, check: &str) -> String {
    catalogue.check(check).map_or_else(|| check.to_owned(), |check| check.title.clone())
}

fn verdict_lines(
    catalogue: &Catalogue,
    detail: &devices::DeviceDetail,
    fitting: &Fitting,
    zone: &str,
) -> Vec<VerdictLine> {
    let covering = |row: &VerdictRow| {
        let excepted = row.excepted?;
        Some(cover(detail.exceptions.get(&excepted.exception)?, zone))
    };
    let mut lines: Vec<VerdictLine> = detail
        .verdicts
        .iter()
        .map(|row| {
            let check = catalogue.check(&row.check);
            let status = status(row.status);
            // What is unknown may be well: commands that change the computer would be a guess.
            let fix = check.filter(|_| status == Status::Fail).and_then(|check| fitting.fix(check));
            VerdictLine {
                title: title(catalogue, &row.check),
                control: check
                    .map(|check| catalogue.control_shown(check).to_owned())
                    .unwrap_or_default(),
                status,
                because: row.because.clone(),
                cover: covering(row),
                may_be_excepted: status == Status::Fail && detail.device.revoked_at.is_none(),
                is_untold: status == Status::Unknown && detail.device.revoked_at.is_none(),
                wanted: check.map(|check| check.wanted.clone()).unwrap_or_default(),
                is_beyond: check.is_some_and(|check| catalogue.is_beyond(check)),
                is_own: check.is_some_and(|check| check.is_own),
                mend: fix.map(|fix| Command::new(fix.trim())),
                may_have_no_screen: status == Status::Unknown && asks_of_screen(check),
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

/// Whether a check concerns only a computer with a screen, and reads what only one with a desktop
/// can say.
pub(crate) fn asks_of_screen(check: Option<&Check>) -> bool {
    check.and_then(Check::applies).is_some_and(|applies| applies.contains("device.has_screen"))
}

/// What changed, newest first; what a verdict was before is the next older one of its check.
fn turns(catalogue: &Catalogue, history: &[VerdictRow], zone: &str) -> Vec<Turn> {
    let mut before: BTreeMap<&str, &VerdictRow> = BTreeMap::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut turns: Vec<Turn> = history
        .iter()
        .rev()
        .filter_map(|row| {
            let was = before.insert(&row.check, row);
            let was_known = known.contains(row.check.as_str());
            if row.status != Standing::Unknown {
                known.insert(&row.check);
            }
            is_news(row, was).then(|| Turn {
                when: moment(row.began_at, zone),
                what: title(catalogue, &row.check),
                // Where only the reason changed, there is no turn to draw, nor where nothing was known.
                was: was
                    .filter(|was| was_known && was.status != row.status)
                    .map(|was| status(was.status)),
                is: status(row.status),
                because: row.because.clone(),
                entry: row.entry,
            })
        })
        .collect();
    turns.reverse();
    turns
}

/// Whether an interval says something that the one before it did not. The first of all is none if
/// it only says that nothing is known yet.
pub(crate) fn is_news(row: &VerdictRow, was: Option<&VerdictRow>) -> bool {
    match was {
        Some(was) => was.status != row.status || was.because != row.because,
        None => row.status != closedset_core::Status::Unknown,
    }
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

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn an_address_that_is_every_computer_itself_is_told_from_others() {
        for here in [
            "https://localhost:8443",
            "https://LOCALHOST",
            "https://cs.localhost",
            "https://127.0.0.1:8443",
            "https://127.1.2.3",
            "https://[::1]:8443",
            "https://0.0.0.0:8443",
        ] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in [
            "https://closedset.example.com",
            "https://192.168.1.4:8443",
            "https://[fd00::1]",
            "https://localhost.example.com",
            "https://127.0.0.1.example.com",
        ] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }
}
