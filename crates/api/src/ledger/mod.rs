//! The ledger: its head, its entries with their proofs, and its files under the standard paths.

mod entries;
mod tiles;

use crate::{ApiProblem, Asker, problem::ProblemBody};
use axum::{Json, extract::State};
use closedset_app::{App, ledger};
use closedset_core::{Action, Time};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ledger_head))
        .routes(routes!(ledger_verify))
        .merge(entries::routes())
        .merge(tiles::routes())
}

/// The log as it was last signed.
#[derive(Serialize, ToSchema)]
struct LedgerHeadBody {
    /// The log's name in the paths of checkpoint and tiles.
    log: String,
    /// Entries that the checkpoint covers.
    size: u64,
    /// The tree's root in base64.
    root: String,
    /// The signed note, as C2SP tlog-checkpoint has it.
    checkpoint: String,
    /// The key to verify it with, as C2SP signed-note has it.
    verifier_key: String,
    /// The SHA-256 of that key's text in hexadecimal, for people to compare.
    key_fingerprint: String,
    /// Entries recorded so far.
    entries: i64,
    /// How many bodies were erased.
    tombstones: i64,
    /// When the newest entry was recorded.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    newest_at: Option<Time>,
}

/// How far the ledger has come and what was last signed.
#[utoipa::path(get, path = "/api/v1/ledger", tag = "ledger", security(("token" = [Action::BoardRead])), responses(
    (status = 200, body = LedgerHeadBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn ledger_head(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<LedgerHeadBody>, ApiProblem> {
    let head = ledger::head(&app, &caller).await?;
    Ok(Json(LedgerHeadBody {
        log: head.log.to_string(),
        size: head.size,
        root: head.root,
        checkpoint: head.checkpoint,
        verifier_key: head.verifier_key,
        key_fingerprint: head.key_fingerprint.to_string(),
        entries: head.entries,
        tombstones: head.tombstones,
        newest_at: head.newest_at,
    }))
}

/// What was held against what.
#[derive(Serialize, ToSchema)]
struct LedgerReportBody {
    /// Whether everything fits.
    is_whole: bool,
    /// Entries that were read.
    entries: u64,
    /// Bodies that fit their entries.
    bodies: u64,
    /// Bodies that were erased and are counted as such.
    tombstones: u64,
    /// Tiles and bundles that were read.
    tiles: u64,
    /// Entries that the signed checkpoint covers.
    signed: u64,
    /// What does not fit.
    faults: Vec<String>,
}

/// Holds the whole log against itself: entries, bodies, tiles and checkpoint. Changes nothing.
#[utoipa::path(post, path = "/api/v1/ledger/verify", tag = "ledger", security(("token" = [Action::LedgerRead])), responses(
    (status = 200, body = LedgerReportBody),
    (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, body = ProblemBody, content_type = "application/problem+json"),
))]
async fn ledger_verify(
    State(app): State<App>,
    Asker(caller): Asker,
) -> Result<Json<LedgerReportBody>, ApiProblem> {
    let report = ledger::verify(&app, &caller).await?;
    Ok(Json(LedgerReportBody {
        is_whole: report.faults.is_empty(),
        entries: report.entries,
        bodies: report.bodies,
        tombstones: report.tombstones,
        tiles: report.tiles,
        signed: report.signed,
        faults: report.faults,
    }))
}
