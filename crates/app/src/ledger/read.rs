//! Reading the ledger: its head, its entries, their proofs, and its files under the standard paths.

use super::{
    LogTiles, Verified, guard::checkpoint_on_disk, integrate, key::signer, tiles::damaged,
};
use crate::{App, Caller, Problem, audits, people, titles};
use closedset_core::{
    Action, Digest, Time, canonical,
    entry::{Envelope, Log},
};
use closedset_merkle::{
    Checkpoint, LeafIndex, Proof, SignedNote, TilePath, TreeError,
    tree::{self, Fault},
};
use closedset_store::{
    StoreError,
    ledger::{self, EntryBody, EntryRow, Page},
};

/// The log as it was last signed.
#[derive(Debug, Clone)]
pub struct LedgerHead {
    /// The log.
    pub log: Log,
    /// Entries the checkpoint covers.
    pub size: u64,
    /// The tree's root in base64.
    pub root: String,
    /// The signed note.
    pub checkpoint: String,
    /// The key to verify it with.
    pub verifier_key: String,
    /// The SHA-256 of that key's text, as whoever verifies a pack is shown it.
    pub key_fingerprint: Digest,
    /// Entries recorded so far.
    pub entries: i64,
    /// How many bodies were erased.
    pub tombstones: i64,
    /// When the newest entry was recorded.
    pub newest_at: Option<Time>,
    /// When it was last held against itself as a whole; none since the server started.
    pub verified: Option<Verified>,
    /// When the tree was last brought up to its entries and signed.
    pub signed_at: Option<Time>,
}

fn log_of(caller: &Caller) -> Log {
    Log::Organisation(caller.organisation)
}

/// The head of the caller's log; integrated first if it was never signed.
pub async fn head(app: &App, caller: &Caller) -> Result<LedgerHead, Problem> {
    caller.require(Action::BoardRead)?;
    let log = log_of(caller);
    let key = signer(app, log).await?;
    let note = match app.tiles().checkpoint(log)? {
        Some(note) => note,
        None => {
            integrate(app, log).await?;
            app.tiles().checkpoint(log)?.unwrap_or_default()
        }
    };
    let opened = Checkpoint::open(&note, key.verifier(), &[]).map_err(|error| {
        Problem::LedgerClosed(format!("the checkpoint on disk cannot be read ({error})"))
    })?;
    let (entries, tombstones, newest, built) = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let newest = ledger::entry_page(tx, log, Page { before: None, kind: None, limit: 1 })?
                .into_iter()
                .next();
            let built = ledger::ledger_head(tx, log)?;
            Ok((ledger::entry_count(tx, log)?, ledger::erasure_count(tx, log)?, newest, built))
        })
        .await?;
    Ok(LedgerHead {
        log,
        size: opened.checkpoint.head().size.0,
        root: opened.checkpoint.head().root.to_base64(),
        checkpoint: String::from_utf8_lossy(&note).into_owned(),
        key_fingerprint: Digest::of(key.verifier().to_string().as_bytes()),
        verifier_key: key.verifier().to_string(),
        entries,
        tombstones,
        newest_at: newest.map(|entry| entry.at),
        verified: app.ledger_guard().verified(log),
        signed_at: built.map(|head| head.committed_at),
    })
}

/// Entries before `before`, newest first, of one kind or of all.
pub async fn entry_list(
    app: &App,
    caller: &Caller,
    before: Option<i64>,
    limit: i64,
    kind: Option<String>,
) -> Result<Vec<EntryRow>, Problem> {
    caller.require(Action::LedgerRead)?;
    let (log, limit) = (log_of(caller), limit.clamp(1, 500));
    app.store()
        .read(move |tx| {
            Ok(ledger::entry_page(tx, log, Page { before, kind: kind.as_deref(), limit })?)
        })
        .await
}

/// An entry with what it commits to.
#[derive(Debug, Clone)]
pub struct EntryDetail {
    /// The entry.
    pub entry: EntryRow,
    /// The body and its salt; none if they were erased.
    pub body: Option<(Vec<u8>, [u8; 32])>,
    /// In place of a body that says what whoever asks need not know: the same without that. No salt goes with
    /// it, by which what is left out could be guessed.
    pub in_part: Option<Vec<u8>>,
}

/// One entry.
pub async fn entry_detail(app: &App, caller: &Caller, index: i64) -> Result<EntryDetail, Problem> {
    caller.require(Action::LedgerRead)?;
    let log = log_of(caller);
    let hidden = Hidden::from(caller);
    app.store()
        .read(move |tx| {
            let entry = ledger::entry_at(tx, log, index)?.ok_or(Problem::NotFound("entry"))?;
            let body = ledger::entry_body_at(tx, log, index)?;
            // A damaged page can change a body without the engine noticing.
            let envelope = Envelope::from_canonical(&entry.envelope).ok();
            let fits = |body: &EntryBody| {
                envelope.is_some_and(|one| one.commitment().is_to(&body.salt, &body.body))
            };
            if !body.as_ref().is_none_or(fits) {
                let id = entry.id.to_string();
                return Err(
                    StoreError::corrupt("an entry with the body that it commits to", &id).into()
                );
            }
            if let (Some(body), Some((fields, words))) = (&body, hidden.of(&entry.kind)) {
                return Ok(EntryDetail {
                    in_part: Some(without(&body.body, fields, words)?),
                    body: None,
                    entry,
                });
            }
            Ok(EntryDetail { body: body.map(|body| (body.body, body.salt)), in_part: None, entry })
        })
        .await
}

/// What a caller need not know of what entries say.
#[derive(Debug, Clone, Copy)]
struct Hidden {
    titles: bool,
    clients: bool,
    people: bool,
}

impl From<&Caller> for Hidden {
    fn from(caller: &Caller) -> Self {
        Self {
            titles: !caller.may(Action::TitleWrite),
            clients: !caller.may(Action::TitleRead),
            people: !caller.may(Action::PeopleRead),
        }
    }
}

impl Hidden {
    /// The fields that are left out of the body of an entry of this kind, and what stands in their place.
    fn of(self, kind: &str) -> Option<(&'static [&'static str], &'static str)> {
        if self.titles && titles::SECRET_KINDS.contains(&kind) {
            return Some((&titles::SECRET_FIELDS, "shown to whoever may enter titles"));
        }
        if self.clients && audits::SECRET_KINDS.contains(&kind) {
            return Some((&audits::SECRET_FIELDS, "shown to whoever sees clients"));
        }
        if self.people && people::PRIVATE_KINDS.contains(&kind) {
            return Some((&people::PRIVATE_FIELDS, "shown to whoever sees people"));
        }
        None
    }
}

/// The body of an entry without what these fields say.
fn without(body: &[u8], fields: &[&str], words: &str) -> Result<Vec<u8>, Problem> {
    let unreadable = |error| Problem::fault("the body of an entry cannot be read", error);
    let mut body = canonical::from_slice(body).map_err(unreadable)?;
    for field in fields {
        if let Some(value) = body.get_mut(*field) {
            *value = words.into();
        }
    }
    canonical::to_vec(&body).map_err(unreadable)
}

/// The proof that the entry at `index` is in the log, as a file that stands alone.
pub async fn entry_proof(app: &App, caller: &Caller, index: i64) -> Result<String, Problem> {
    caller.require(Action::LedgerRead)?;
    Ok(proof(app, log_of(caller), index).await?.to_string())
}

/// The proof against the checkpoint that is signed now, or a new one if that does not cover it yet.
pub(crate) async fn proof(app: &App, log: Log, index: i64) -> Result<Proof, Problem> {
    let index = u64::try_from(index).map_err(|_| Problem::NotFound("entry"))?;
    let key = signer(app, log).await?;
    for is_second_try in [false, true] {
        if let Some(note) = app.tiles().checkpoint(log)? {
            let opened = Checkpoint::open(&note, key.verifier(), &[]).map_err(|error| {
                Problem::LedgerClosed(format!("the checkpoint on disk cannot be read ({error})"))
            })?;
            let size = opened.checkpoint.head().size;
            if index < size.0 {
                let hashes = tree::inclusion_proof(&LogTiles { app, log }, LeafIndex(index), size)
                    .map_err(|error| Problem::fault("a tile of the log is damaged", error))?;
                let checkpoint = SignedNote::parse(&note)
                    .map_err(|error| Problem::fault("the checkpoint cannot be read", error))?;
                return Ok(Proof { extra: None, index: LeafIndex(index), hashes, checkpoint });
            }
        }
        if !is_second_try {
            integrate(app, log).await?;
        }
    }
    Err(Problem::NotFound("entry"))
}

/// The signed checkpoint of a log, public. One that the log's key did not sign is not served.
pub async fn checkpoint(app: &App, log: Log) -> Result<Vec<u8>, Problem> {
    let note = app.tiles().checkpoint(log)?.ok_or(Problem::NotFound("checkpoint"))?;
    let key = signer(app, log).await?;
    checkpoint_on_disk(app, log, &key)?;
    Ok(note)
}

/// A tile of the caller's log, for whoever may read the ledger. One that does not lead to the signed
/// root is not served.
pub async fn tile(app: &App, caller: &Caller, path: &str) -> Result<Vec<u8>, Problem> {
    caller.require(Action::LedgerRead)?;
    let log = log_of(caller);
    let not_found = || Problem::NotFound("tile");
    let bytes = app.tiles().tile(log, path)?.ok_or_else(not_found)?;
    let path: TilePath = path.parse().map_err(|_| not_found())?;
    let key = signer(app, log).await?;
    let head = checkpoint_on_disk(app, log, &key)?.ok_or_else(not_found)?;
    match tree::check_file(&LogTiles { app, log }, &head, path, &bytes) {
        Ok(()) => Ok(bytes),
        Err(Fault::File(TreeError::OutsideTree { .. })) => Err(not_found()),
        Err(fault) => Err(damaged(log, &fault)),
    }
}

/// Whether the database answers and every log is open.
pub async fn is_ready(app: &App) -> Result<(), Problem> {
    if let Some(why) = app.ledger_guard().closed() {
        return Err(Problem::LedgerClosed(why));
    }
    app.store()
        .read(|tx| -> Result<_, Problem> { ledger::log_list(tx).map(drop).map_err(Problem::from) })
        .await
}
