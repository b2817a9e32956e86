//! The files a browser fetches, kept by it for as long as their fingerprint stays.

use super::Path;
use crate::assets;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// Serves `/assets/...`.
pub(crate) async fn asset(Path(path): Path<String>) -> Response {
    match assets::find(&path) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.media_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
