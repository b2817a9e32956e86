//! A file on its way in: the request's body, handed on a few pieces at a time.

use crate::{ApiProblem, Asker, address::Query, body::Created, problem::ProblemBody};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use closedset_app::{
    App, Problem,
    evidence::{self, DOCUMENT_LIMIT, Piece, Pieces},
};
use closedset_core::{
    Action, Time,
    id::{Document, Id},
};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::IntoParams;

/// Where files are sent.
pub const UPLOAD: &str = "/api/v1/documents";

/// What is said of the file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct UploadQuery {
    /// The control it is evidence for; needed unless it replaces another.
    control: Option<String>,
    /// The file's name, if absent.
    title: Option<String>,
    /// The file's name.
    file_name: Option<String>,
    /// What the file is; the header Content-Type, if absent.
    media_type: Option<String>,
    /// From when it says something; now, if absent.
    #[param(value_type = Option<String>, format = DateTime)]
    valid_from: Option<Time>,
    /// Until when it counts, at most three years later.
    #[param(value_type = String, format = DateTime)]
    valid_to: Time,
    /// The document this is a new version of: it keeps its control and title.
    #[param(value_type = Option<String>)]
    replaces: Option<Id<Document>>,
}

/// Adds a document, or a version of one. The body is the file itself, at most 2 GiB.
#[utoipa::path(post, path = "/api/v1/documents", tag = "evidence", security(("token" = [Action::EvidenceWrite])), params(UploadQuery),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses(
        (status = 201, body = Created),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such document to replace", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 2 GiB", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Not acceptable", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn document_add(
    State(app): State<App>,
    Asker(caller): Asker,
    Query(said): Query<UploadQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Created>), ApiProblem> {
    let media_type = said.media_type.clone();
    let id = receive(&headers, media_type.as_deref(), body, |media_type, chunks| {
        let new = evidence::NewDocument {
            replaces: said.replaces,
            control: said.control.unwrap_or_default(),
            title: said.title.unwrap_or_default(),
            file_name: said.file_name.unwrap_or_default(),
            media_type,
            valid_from: said.valid_from,
            valid_to: said.valid_to,
        };
        evidence::document_add(&app, &caller, new, chunks)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(Created { id: id.to_string() })))
}

/// Hands the body of a request to whoever takes the file that it is: `take` is told what the file is, and where its
/// pieces come out. `media_type` is said beside the header Content-Type, if it is.
pub(crate) async fn receive<T, F>(
    headers: &HeaderMap,
    media_type: Option<&str>,
    body: Body,
    take: impl FnOnce(String, mpsc::Receiver<Piece>) -> F,
) -> Result<T, ApiProblem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let length: Option<u64> = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    if length.is_some_and(|length| length > DOCUMENT_LIMIT) {
        return Err(Problem::TooLarge.into());
    }
    let media_type = media_type.or_else(|| text(header::CONTENT_TYPE)).unwrap_or_default();
    let (pieces, chunks) = evidence::pieces();
    let taking = take(media_type.to_owned(), chunks);
    tokio::pin!(taking);
    let taken = tokio::select! {
        biased;
        refused = &mut taking => refused?,
        whole = hand_on(body, DOCUMENT_LIMIT, pieces) => {
            let taken = taking.await;
            whole?;
            taken?
        }
    };
    Ok(taken)
}

/// Hands the body on; a problem where it is larger than `limit`, which is then cut short.
async fn hand_on(mut body: Body, limit: u64, pieces: Pieces) -> Result<(), Problem> {
    let mut left = limit;
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => {
                pieces.break_off(error.to_string());
                return Ok(());
            }
        };
        let Ok(data) = frame.into_data() else { continue };
        let Some(rest) = left.checked_sub(data.len() as u64) else {
            pieces.break_off("it is too large");
            return Err(Problem::TooLarge);
        };
        left = rest;
        if !pieces.send(data.into()).await {
            return Ok(());
        }
    }
    pieces.end();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_says_nothing_of_its_size_is_cut_off_at_the_limit() {
        for (limit, is_whole) in [(10, true), (9, false)] {
            let (pieces, mut chunks) = evidence::pieces();
            let outcome = hand_on(Body::from("ten bytes."), limit, pieces).await;
            assert_eq!(outcome.is_ok(), is_whole, "{outcome:?}");
            let mut came = Vec::new();
            while let Some(piece) = chunks.recv().await {
                came.push(piece.is_ok());
            }
            // The end of the pieces is not the end of the file where it was cut off.
            assert_eq!(came, [is_whole]);
        }
    }
}
