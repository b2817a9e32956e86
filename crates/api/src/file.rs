//! Files on their way out: verified piece by piece, always to be saved and never to be shown.

use crate::idempotency::ShownOnce;
use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use closedset_objects::ObjectReader;
use http_body_util::channel::{Channel, Sender};
use std::{
    fmt::Write as _,
    io::{self, Read as _},
    time::Duration,
};
use tokio::{task, time};

/// How much is read at once.
const PIECE: u64 = 256 << 10;
/// How many pieces may lie ready for a slow receiver.
const READY: usize = 2;
/// A receiver that takes nothing for so long is given up.
const STALL: Duration = Duration::from_secs(60);

const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
];

/// The answer that carries the file. A file that no longer is what was stored breaks off.
pub(crate) fn download(name: &str, reader: ObjectReader) -> Response {
    let size = reader.size();
    let (sender, body) = Channel::new(READY);
    // Ends by itself: at the end of the file, with the receiver, or after a stall.
    task::spawn(send(reader, sender));
    let mut response = (HEADERS, Body::new(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, size.into());
    headers.insert(header::CONTENT_DISPOSITION, attachment(name));
    response
}

/// The answer that carries a PDF that lies in memory, likewise to be saved.
pub(crate) fn pdf(name: &str, bytes: Vec<u8>) -> Response {
    let mut response = (HEADERS, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    headers.insert(header::CONTENT_DISPOSITION, attachment(name));
    response
}

/// The answer that carries a file of a known type that lies in memory, likewise to be saved.
pub(crate) fn saved((name, media_type): (&str, &'static str), bytes: Vec<u8>) -> Response {
    let mut response = (HEADERS, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_DISPOSITION, attachment(name));
    response
}

/// The answer that carries a table that lies in memory, likewise to be saved. It names people and titles, and is
/// not kept under an idempotency key: nobody is forgotten, and no right lost, while it is.
pub(crate) fn table(name: &str, bytes: Vec<u8>) -> Response {
    drawn(name, "text/csv; charset=utf-8", bytes)
}

/// The same of any form.
pub(crate) fn drawn(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = (HEADERS, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_DISPOSITION, attachment(name));
    response.extensions_mut().insert(ShownOnce);
    response
}

async fn send(mut reader: ObjectReader, mut sender: Sender<Bytes, io::Error>) {
    loop {
        let read = task::spawn_blocking(move || {
            let mut piece = Vec::new();
            let outcome = reader.by_ref().take(PIECE).read_to_end(&mut piece);
            (reader, outcome.map(|_| piece))
        });
        let piece = match read.await {
            Ok((back, piece)) => {
                reader = back;
                piece
            }
            Err(error) => {
                tracing::error!(%error, "a thread ended early");
                return;
            }
        };
        match piece {
            Ok(piece) if piece.is_empty() => return,
            Ok(piece) => match time::timeout(STALL, sender.send_data(piece.into())).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return,
            },
            Err(error) => {
                tracing::error!(%error, "a file was not sent to its end");
                return sender.abort(error);
            }
        }
    }
}

/// RFC 6266, with the name in plain characters and, for those who read it, whole (RFC 8187).
fn attachment(name: &str) -> HeaderValue {
    let plain: String =
        name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    let mut text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

/// Percent signs are left out because some browsers decode them.
fn is_plain(letter: char) -> bool {
    letter == ' ' || (letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | '%' | '/'))
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn names_are_given_in_plain_characters_and_whole() {
        assert_eq!(
            attachment("TPN report.pdf"),
            "attachment; filename=\"TPN report.pdf\"; filename*=UTF-8''TPN%20report.pdf"
        );
        assert_eq!(
            attachment("Prüfung \"A\"; x=1 100%.pdf"),
            "attachment; filename=\"Pr_fung _A_; x=1 100_.pdf\"; \
             filename*=UTF-8''Pr%C3%BCfung%20%22A%22%3B%20x%3D1%20100%25.pdf"
        );
    }

    #[test]
    fn a_name_cannot_add_a_header() {
        assert_eq!(
            attachment("a\r\nset-cookie: b"),
            "attachment; filename=\"a__set-cookie: b\"; filename*=UTF-8''a%0D%0Aset-cookie%3A%20b"
        );
    }
}
