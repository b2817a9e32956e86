//! The way to an authority, which is believed by the certificates that this system trusts, or by those
//! that were named.

use super::Failed;
use bytes::Bytes;
use closedset_https::{Bounds, Unreachable};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use std::{pin::Pin, time::Duration};

/// How long one exchange may take, and how large an answer may be.
const BOUNDS: Bounds = Bounds { time: Duration::from_secs(30), answer: 1 << 20 };

/// The way to an authority.
#[derive(Clone)]
pub(super) struct Https(closedset_https::Https);

impl Https {
    /// Believes the authorities in this PEM, or else this system's.
    pub(super) fn new(authorities: Option<&str>) -> Result<Self, Failed> {
        Ok(Self(closedset_https::Https::new(authorities, BOUNDS)?))
    }

    /// The address of the terms of service that a directory names.
    pub(super) async fn terms(&self, directory: &str) -> Result<Option<String>, Failed> {
        let request = Request::get(directory).body(Bytes::new());
        let request = request.map_err(|error| Failed::odd(&error))?;
        let response = self.0.exchange(request).await?;
        if !response.status().is_success() {
            let why = format!("its directory answers {}", response.status());
            return Err(Failed::Odd { why });
        }
        let directory: serde_json::Value = serde_json::from_slice(response.body())
            .map_err(|_| Failed::Odd { why: "its address holds no directory".into() })?;
        if !directory["newOrder"].is_string() {
            return Err(Failed::Odd { why: "its address holds no directory".into() });
        }
        let terms = directory["meta"]["termsOfService"].as_str();
        Ok(terms.filter(|terms| terms.starts_with("https://")).map(str::to_owned))
    }
}

impl From<Unreachable> for Failed {
    fn from(Unreachable(why): Unreachable) -> Self {
        Self::Unreachable { why }
    }
}

impl HttpClient for Https {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let way = self.0.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map(http_body_util::Collected::to_bytes);
            let body = body.unwrap_or_else(|never| match never {});
            let answered = way.exchange(Request::from_parts(head, body)).await;
            let answered = answered.map(|answer| answer.map(Full::new)).map_err(Failed::from);
            answered
                .map(|answer: Response<Full<Bytes>>| BytesResponse::from(answer))
                .map_err(|failed| Error::Other(Box::new(failed)))
        })
    }
}
