//! Making a pack: confirmations are committed to, everything is gathered as of one moment, the
//! manifest's digest becomes an entry, and the ledger's proof of it all is added.

use super::{
    counted::{catch_up, is_due},
    gather::{Gathered, Wanted, gather},
    limited,
};
use crate::{
    App, Caller, Problem, devices, frameworks,
    ledger::{self, LogTiles},
};
use closedset_core::{
    Action, Time,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_objects::{ObjectsError, Upload};
use closedset_pack::{
    EntryBody, LedgerEntry, LedgerInput, PackBuilder, PackError, SealedPack,
    lock::{Encrypting, Recipient},
    rows::LogName,
};
use closedset_store::{
    NewEntry, Scope, ledger as ledger_store,
    ledger::time_in,
    packs::{self, PackRow},
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
};

/// The largest pack.
const PACK_LIMIT: u64 = 256 << 30;
/// How often it is tried to find a moment at which nothing is due.
const CATCH_UPS: usize = 10;

/// What the pack is to cover.
#[derive(Debug, Clone)]
pub struct NewPack {
    /// The framework that it is about, which must be answered; the first of them, if none is named.
    pub framework: Option<String>,
    /// The beginning of the period.
    pub from: Time,
    /// Its end.
    pub to: Time,
    /// The ids of the controls to which it is limited; all of them if there are none.
    pub controls: Vec<String>,
    /// To whom its file is encrypted; if there are none it is not, and anybody can read it.
    pub recipients: Vec<Recipient>,
    /// It is to name nobody: what may is left out, and what rests on that is not proven.
    pub without_names: bool,
}

impl NewPack {
    /// All of a period with everybody's names, not encrypted.
    pub fn of(from: Time, to: Time) -> Self {
        Self {
            framework: None,
            from,
            to,
            controls: Vec::new(),
            recipients: Vec::new(),
            without_names: false,
        }
    }
}

type Writer = BufWriter<File>;

/// Makes a pack. The finished file is kept with the organisation's documents.
pub async fn pack_create(app: &App, caller: &Caller, new: NewPack) -> Result<PackRow, Problem> {
    caller.require(Action::PackCreate)?;
    if new.to <= new.from {
        return Err(Problem::field("to", "The end of the period must lie after its beginning."));
    }
    let organisation = caller.organisation;
    let log = Log::Organisation(organisation);
    let now = app.store().read(move |tx| time_in(tx, log)).await?;
    // Nothing is known of what is to come.
    let to = new.to.min(now);
    if to <= new.from {
        return Err(Problem::field("from", "The period must begin in the past."));
    }
    let (unit_app, named) = (app.clone(), new.framework);
    let framework = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let catalogue = frameworks::in_force(tx, &unit_app, organisation, None)?;
            let framework = frameworks::looked_at(&catalogue, named.as_deref()).map_err(|_| {
                Problem::field("framework", "Choose a framework that the facility answers.")
            })?;
            Ok(framework.id.clone())
        })
        .await?;
    let controls = limited::chosen(app, caller, &framework, &new.controls).await?;
    devices::roll_up(app, organisation).await?;
    let key = ledger::verifier_key(app, log).await?;
    let origin = key.split('+').next().unwrap_or_default().to_owned();
    let wanted = Wanted {
        pack: Id::new(now, app.randomness()),
        organisation,
        framework,
        from: new.from,
        to,
        made_at: now,
        made_by: caller.name.clone(),
        controls,
        without_names: new.without_names,
        log: LogName { origin, key, size: 0, begins_at: now, restored: Vec::new() },
    };
    let (wanted, gathered) = read(app, wanted).await?;
    let unit_app = app.clone();
    let sealed = blocking(move || seal(&unit_app, organisation, gathered)).await??;
    let row = record(app, caller, &wanted, (&new.recipients, sealed.manifest_digest())).await?;
    ledger::integrate(app, log).await?;
    let entries = entries(
        app,
        log,
        sealed.entries().iter().copied().chain([u64::try_from(row.entry).unwrap_or(0)]),
    )
    .await?;
    let unit_app = app.clone();
    let (digest, size) =
        blocking(move || finish(&unit_app, organisation, sealed, (entries, &new.recipients)))
            .await??;
    let id = row.id;
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            Ok(packs::pack_file_put(tx, id, digest, size)?)
        })
        .await?;
    Ok(PackRow { file: Some((digest, size)), ..row })
}

/// Reads everything as of one moment, up to which whatever fell due has taken effect.
async fn read(app: &App, wanted: Wanted) -> Result<(Wanted, Gathered), Problem> {
    for _ in 0..CATCH_UPS {
        catch_up(app, wanted.organisation).await?;
        let log = Log::Organisation(wanted.organisation);
        let (unit_app, wanted) = (app.clone(), wanted.clone());
        let gathered = app
            .store()
            .read(move |tx| -> Result<_, Problem> {
                let wanted = Wanted { made_at: time_in(tx, log)?, ..wanted.clone() };
                if is_due(tx, wanted.organisation, wanted.made_at)? {
                    return Ok(None);
                }
                let gathered = gather(tx, &unit_app, &wanted)?;
                Ok(Some((wanted, gathered)))
            })
            .await?;
        if let Some(gathered) = gathered {
            return Ok(gathered);
        }
    }
    Err(Problem::Fault("something falls due at every moment, so that no pack can be made".into()))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::fault("a thread ended early", error))
}

fn failed(error: PackError) -> Problem {
    match error {
        PackError::Zone { .. } => return unknown_zone(),
        PackError::TooLarge { .. } => {
            tracing::warn!(%error, "a pack was not made");
            return Problem::Conflict {
                code: "pack.too_large",
                sentence: "More happened in this period than one pack can list.",
                remedy: "Choose a shorter period.",
            };
        }
        _ => {}
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    Problem::fault("the pack could not be made", text)
}

/// Refuses a time zone in which a pack cannot tell its days and times.
pub(super) fn unknown_zone() -> Problem {
    Problem::Conflict {
        code: "pack.zone",
        sentence: "A pack cannot tell its days in the facility's time zone as this computer knows it.",
        remedy: "Under Settings choose another zone with the same time, and make the pack again.",
    }
}

fn seal(
    app: &App,
    organisation: Id<Organisation>,
    gathered: Gathered,
) -> Result<SealedPack<Writer>, Problem> {
    let file = tempfile::tempfile_in(app.work_folder())
        .map_err(|error| Problem::fault("a file for the pack could not be made", error))?;
    let shows_all = !gathered.input.heading.without_names;
    let mut builder = PackBuilder::new(BufWriter::new(file), gathered.input);
    for (row, body) in gathered.facts {
        builder.add_fact(row, body.as_deref()).map_err(failed)?;
    }
    for row in gathered.documents {
        let added = if shows_all {
            let mut reader = app.objects().read(organisation, row.digest)?;
            builder.add_document(row, Some(&mut reader))
        } else {
            builder.add_document(row, None)
        };
        added.map_err(failed)?;
    }
    for (row, text) in gathered.attestations {
        builder.add_attestation(row, shows_all.then_some(text.as_str())).map_err(failed)?;
    }
    builder.seal().map_err(failed)
}

async fn record(
    app: &App,
    caller: &Caller,
    wanted: &Wanted,
    (recipients, manifest): (&[Recipient], closedset_core::Digest),
) -> Result<PackRow, Problem> {
    let wanted = wanted.clone();
    let recipients: Vec<String> = recipients.iter().map(ToString::to_string).collect();
    app.write_for(caller, Action::PackCreate, move |tx, caller| {
        let mut body = json!({
            "pack": wanted.pack,
            "manifest": manifest,
            "framework": wanted.framework,
            "from": wanted.from,
            "to": wanted.to,
        });
        if !wanted.controls.is_empty() {
            body["controls"] = json!(wanted.controls);
        }
        if !recipients.is_empty() {
            body["recipients"] = json!(recipients);
        }
        if wanted.without_names {
            body["without_names"] = true.into();
        }
        let entry = tx.record(
            Log::Organisation(caller.organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("pack:{}", wanted.pack),
                kind: "pack.created",
                body,
            },
        )?;
        let row = PackRow {
            id: wanted.pack,
            framework: Some(wanted.framework.clone()),
            period_from: wanted.from,
            period_to: wanted.to,
            manifest_digest: manifest,
            made_by: caller.name.clone(),
            made_at: wanted.made_at,
            entry: entry.index,
            controls: wanted.controls.clone(),
            recipients: recipients.clone(),
            without_names: wanted.without_names,
            file: None,
        };
        packs::pack_insert(tx, caller.organisation, &row)?;
        Ok(row)
    })
    .await
}

async fn entries(
    app: &App,
    log: Log,
    wanted: impl Iterator<Item = u64>,
) -> Result<Vec<LedgerEntry>, Problem> {
    let wanted: BTreeSet<u64> = wanted.collect();
    app.store()
        .read(move |tx| {
            let mut entries = Vec::with_capacity(wanted.len());
            for index in &wanted {
                let at = i64::try_from(*index).unwrap_or(i64::MAX);
                let entry =
                    ledger_store::entry_at(tx, log, at)?.ok_or(Problem::NotFound("entry"))?;
                let body = ledger_store::entry_body_at(tx, log, at)?;
                entries.push(LedgerEntry {
                    index: *index,
                    envelope: entry.envelope,
                    body: body.map(|body| EntryBody { bytes: body.body, salt: body.salt }),
                });
            }
            Ok(entries)
        })
        .await
}

fn finish(
    app: &App,
    organisation: Id<Organisation>,
    sealed: SealedPack<Writer>,
    (entries, recipients): (Vec<LedgerEntry>, &[Recipient]),
) -> Result<(closedset_core::Digest, i64), Problem> {
    let unreadable =
        |error: std::io::Error| Problem::fault("the pack's file could not be read", error);
    let log = Log::Organisation(organisation);
    let checkpoint = app.tiles().checkpoint(log)?.ok_or(Problem::NotFound("checkpoint"))?;
    let tiles = LogTiles { app, log };
    let written = sealed
        .finish(LedgerInput { checkpoint: &checkpoint, tiles: &tiles }, entries)
        .map_err(failed)?;
    let mut file = written.into_inner().map_err(|error| unreadable(error.into_error()))?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut kept = Kept { upload: app.objects().begin(organisation, PACK_LIMIT)?, failure: None };
    let copied = copy(&mut file, &mut kept, recipients);
    if let Some(failure) = kept.failure {
        return Err(failure.into());
    }
    copied.map_err(unreadable)?;
    let stored = kept.upload.finish()?;
    Ok((stored.digest, i64::try_from(stored.size).unwrap_or(i64::MAX)))
}

/// Copies the pack as it is, or to its recipients: then it is kept in no other form.
fn copy(file: &mut File, kept: &mut Kept<'_>, recipients: &[Recipient]) -> io::Result<()> {
    if recipients.is_empty() {
        return copy_pieces(file, kept);
    }
    let mut encrypting = Encrypting::to(recipients, kept)?;
    copy_pieces(file, &mut encrypting)?;
    encrypting.finish().map(|_| ())
}

fn copy_pieces(file: &mut File, out: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            count => out.write_all(&buffer[..count])?,
        }
    }
}

/// The object that is being kept, and why it could not be.
struct Kept<'a> {
    upload: Upload<'a>,
    failure: Option<ObjectsError>,
}

impl Write for Kept<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.upload.write(bytes).map_err(|failure| {
            let words = failure.to_string();
            self.failure = Some(failure);
            io::Error::other(words)
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_that_nobody_could_verify_is_refused_with_what_helps() {
        let error = PackError::TooLarge { name: "verdicts.json".into(), size: 2, limit: 1 };
        let problem = failed(error);
        assert_eq!(problem.code(), "pack.too_large");
        let Problem::Conflict { remedy, .. } = problem else { panic!("{problem}") };
        assert!(remedy.contains("shorter period"), "{remedy}");
    }
}
