//! What makes two requests the same: who is asked where for what, and the bytes of the body. Those
//! of an upload are known only when it was read to its end.

use super::LIMIT;
use crate::{ApiProblem, audits, devices, evidence, papers};
use axum::{
    body::Body,
    http::{header, request::Parts, uri::PathAndQuery},
};
use closedset_app::{Problem, evidence::DOCUMENT_LIMIT};
use closedset_core::{
    Digest,
    id::{Id, Organisation},
    report::REPORT_LIMIT,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex, PoisonError};

/// A request, as far as it is known.
pub(super) struct Asked {
    /// Of everything, except the body of an upload.
    digest: Digest,
    upload: Option<Upload>,
}

/// What an upload says of its length, and what of it was read.
#[derive(Default)]
struct Upload {
    length: Option<u64>,
    read: Arc<Mutex<Sha256>>,
}

impl Asked {
    /// What is asked, and the body to go on with.
    pub(super) async fn of(
        parts: &Parts,
        body: Body,
        organisation: Id<Organisation>,
    ) -> Result<(Self, Body), ApiProblem> {
        // Not the whole of the address: HTTP/2 names scheme and host in it, HTTP/1.1 does not.
        let target = parts.uri.path_and_query().map_or("", PathAndQuery::as_str);
        let mut asked = format!("{organisation}\n{} {target}\n", parts.method).into_bytes();
        let is_file = [evidence::UPLOAD, papers::PAPERS].contains(&parts.uri.path());
        if is_file || audits::is_upload(parts.uri.path()) {
            let length = parts.headers.get(header::CONTENT_LENGTH);
            let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
            let upload = Some(Upload { length, ..Upload::default() });
            return Ok((Self { digest: Digest::of(&asked), upload }, body));
        }
        let is_report = parts.uri.path() == devices::REPORTS;
        let limit = if is_report { REPORT_LIMIT } else { LIMIT };
        let bytes = Limited::new(body, limit).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                Problem::TooLarge
            } else {
                Problem::field("body", "The body could not be read to its end.")
            }
        })?;
        let bytes = bytes.to_bytes();
        asked.extend_from_slice(&bytes);
        Ok((Self { digest: Digest::of(&asked), upload: None }, Body::from(bytes)))
    }

    /// The digest of what was read so far.
    pub(super) fn digest(&self) -> Digest {
        let Some(upload) = &self.upload else { return self.digest };
        let read = upload.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.with_bytes(&read.finalize())
    }

    fn with_bytes(&self, bytes: &[u8]) -> Digest {
        Digest::of(&[self.digest.bytes(), bytes].concat())
    }

    /// The digest once all of the body was read, of which nothing is kept.
    pub(super) async fn whole(self, body: Body) -> Result<Digest, ApiProblem> {
        let Some(upload) = &self.upload else { return Ok(self.digest) };
        if upload.length.is_some_and(|length| length > DOCUMENT_LIMIT) {
            return Err(Problem::TooLarge.into());
        }
        let limit = usize::try_from(DOCUMENT_LIMIT).unwrap_or(usize::MAX);
        let mut body = Limited::new(body, limit);
        let mut read = Sha256::new();
        loop {
            let cut_short =
                || Problem::field("file", "The upload was cut short; send the file again.");
            match body.frame().await {
                None => return Ok(self.with_bytes(&read.finalize())),
                Some(Ok(frame)) => read.update(frame.data_ref().map_or(&[][..], |data| &data[..])),
                Some(Err(error)) if error.is::<LengthLimitError>() => {
                    return Err(Problem::TooLarge.into());
                }
                Some(Err(_)) => return Err(cut_short().into()),
            }
        }
    }

    /// The body, of which the digest is made as it passes.
    pub(super) fn watch(self, body: Body) -> (Self, Body) {
        let Some(upload) = &self.upload else { return (self, body) };
        let read = upload.read.clone();
        let body = body.map_frame(move |frame| {
            if let Some(data) = frame.data_ref() {
                read.lock().unwrap_or_else(PoisonError::into_inner).update(data);
            }
            frame
        });
        (self, Body::new(body))
    }
}
