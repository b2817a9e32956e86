//! The packs that were made.

use crate::{App, Caller, Problem};
use closedset_core::{
    Action, Duration, Time,
    id::{Id, Pack},
};
use closedset_objects::ObjectReader;
use closedset_store::{
    organisations,
    packs::{self, PackRow},
};

/// The packs of the organisation, newest first, at most a hundred.
pub async fn pack_list(app: &App, caller: &Caller) -> Result<Vec<PackRow>, Problem> {
    caller.require(Action::PackCreate)?;
    let organisation = caller.organisation;
    app.store().read(move |tx| Ok(packs::pack_list(tx, organisation, 100)?)).await
}

/// One pack.
pub async fn pack_detail(app: &App, caller: &Caller, id: Id<Pack>) -> Result<PackRow, Problem> {
    caller.require(Action::PackCreate)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| packs::pack_by_id(tx, organisation, id)?.ok_or(Problem::NotFound("pack")))
        .await
}

/// Opens a pack's file; its bytes are verified as they are read.
pub async fn pack_open(
    app: &App,
    caller: &Caller,
    id: Id<Pack>,
) -> Result<(PackRow, ObjectReader), Problem> {
    let pack = pack_detail(app, caller, id).await?;
    let (digest, _) = pack.file.ok_or(Problem::Conflict {
        code: "pack.unfinished",
        sentence: "This pack was not finished: the server stopped while it was being written.",
        remedy: "Make a new one.",
    })?;
    let (app, organisation) = (app.clone(), caller.organisation);
    let reader = tokio::task::spawn_blocking(move || app.objects().read(organisation, digest))
        .await
        .map_err(|error| Problem::fault("a thread ended early", error))??;
    Ok((pack, reader))
}

/// The report in a pack: a PDF.
pub async fn pack_report(app: &App, caller: &Caller, id: Id<Pack>) -> Result<Vec<u8>, Problem> {
    let (pack, mut reader) = pack_open(app, caller, id).await?;
    if !pack.recipients.is_empty() {
        return Err(Problem::Conflict {
            code: "pack.encrypted",
            sentence: "This pack is encrypted to its recipients, and the server cannot open it.",
            remedy: "Whoever holds the key has the report in the file: closedset pack report FILE --identity KEYFILE --out REPORT.",
        });
    }
    tokio::task::spawn_blocking(move || closedset_pack::report_in(&mut reader))
        .await
        .map_err(|error| Problem::fault("a thread ended early", error))?
        .map_err(|error| Problem::fault("a pack's file could not be read", error))?
        .ok_or(Problem::Conflict {
            code: "pack.no_report",
            sentence: "This pack was made by a version whose packs had no report.",
            remedy: "Make a new one.",
        })
}

/// What the pack's file is called where it is downloaded: by the days of its period, as the facility
/// counts them.
pub async fn pack_file_name(app: &App, caller: &Caller, pack: &PackRow) -> Result<String, Problem> {
    caller.require(Action::PackCreate)?;
    let organisation = caller.organisation;
    let facilities = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            Ok(organisations::facility_list(tx, organisation)?)
        })
        .await?;
    let zone = facilities.first().map_or("UTC", |facility| facility.time_zone.as_str());
    let day = |time: Time| {
        let time = time.timestamp();
        let zoned = time.in_tz(zone).unwrap_or_else(|_| time.to_zoned(jiff::tz::TimeZone::UTC));
        zoned.strftime("%Y-%m-%d").to_string()
    };
    let last = pack.period_to - Duration::from_millis(1);
    let ending = if pack.recipients.is_empty() { "zip" } else { "zip.age" };
    Ok(format!("closedset-{}-{}.{ending}", day(pack.period_from), day(last)))
}
