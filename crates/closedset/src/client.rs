//! How commands speak to an installation: the REST router, over the running server's control socket,
//! or in this process where none runs.

use crate::{
    commands::UserError,
    compose::compose,
    configuration::{Configuration, ServeArguments},
    data::{DataFolder, Held},
};
use anyhow::{Context, Result, bail};
use axum::{Extension, Router, body::Body};
use closedset_api::Operator;
use closedset_web::{WebOptions, control_socket};
use http_body_util::BodyExt;
use hyper::{Request, StatusCode, body::Bytes, header};
use hyper_util::rt::TokioIo;
use std::{io::Write, path::Path};
use tower::ServiceExt;

/// A way to an installation.
pub(crate) struct Client {
    way: Way,
    organisation: Option<String>,
}

enum Way {
    Socket(std::path::PathBuf),
    Here { router: Box<Router>, _data: DataFolder },
}

/// A refusal of the server, in its words.
#[derive(Debug)]
pub(crate) struct Refused {
    sentence: String,
    remedy: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.sentence, self.remedy)
    }
}
impl std::error::Error for Refused {}

impl Client {
    /// Reaches the installation in `data`.
    pub(crate) async fn reach(
        data: &Path,
        database: Option<String>,
        organisation: Option<String>,
    ) -> Result<Self> {
        if !data.join("closedset.toml").exists() && !data.join("lock").exists() {
            bail!("{} is no data folder of an installation; name it with --data", data.display());
        }
        let way = match DataFolder::take(data)? {
            Held::ByAnother => Way::Socket(control_socket(data)),
            Held::Here(folder) => {
                let configuration = Configuration::resolve(
                    data,
                    ServeArguments { database, ..ServeArguments::default() },
                )?;
                let composed = compose(&folder, &configuration).await?;
                let options = WebOptions::default();
                let router = closedset_web::router(&composed.app, &options)
                    .layer(Extension(Operator(rustix::process::getuid().as_raw())));
                Way::Here { router: Box::new(router), _data: folder }
            }
        };
        Ok(Self { way, organisation })
    }

    /// Reaches the server that runs on `data`, and opens nothing where none does.
    pub(crate) fn of_server(data: &Path) -> Self {
        Self { way: Way::Socket(control_socket(data)), organisation: None }
    }

    /// Asks and gives the JSON answer; `null` where there is none.
    pub(crate) async fn json(
        &self,
        method: &str,
        path: &str,
        body: Option<serde_json::Value>,
    ) -> Result<serde_json::Value> {
        let bytes = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        let mut answer = Vec::new();
        self.send(method, path, bytes, &mut answer).await?;
        if answer.is_empty() {
            return Ok(serde_json::Value::Null);
        }
        serde_json::from_slice(&answer).context("the server's answer is not JSON")
    }

    /// Asks and writes the answer to `out` as it comes.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        body: Vec<u8>,
        out: &mut impl Write,
    ) -> Result<()> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(organisation) = &self.organisation {
            request = request.header("closedset-organisation", organisation);
        }
        let request = request.body(Body::from(body))?;
        match &self.way {
            Way::Here { router, .. } => {
                let response =
                    router.as_ref().clone().oneshot(request).await.context("the router failed")?;
                let (parts, body) = response.into_parts();
                take(parts.status, body, out).await
            }
            Way::Socket(path) => {
                let stream = tokio::net::UnixStream::connect(path).await.with_context(|| {
                    format!(
                        "a server holds the data folder, but its control socket {} does not answer",
                        path.display()
                    )
                })?;
                let (mut sender, connection) =
                    hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
                let driver = tokio::spawn(connection);
                let response =
                    sender.send_request(request).await.context("the server did not answer")?;
                let (parts, body) = response.into_parts();
                let taken = take(parts.status, body, out).await;
                drop(sender);
                driver.abort();
                taken
            }
        }
    }
}

/// What to do, for somebody at a terminal: there is no list to choose from there, and nothing is
/// marked.
fn remedy(code: &str, words: String) -> String {
    match code {
        "not_found" => "Look whether its number or id is written rightly.".to_owned(),
        "input.invalid" => "Correct the command and run it again.".to_owned(),
        _ => words,
    }
}

async fn take<B>(status: StatusCode, mut body: B, out: &mut impl Write) -> Result<()>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    if !status.is_success() {
        let bytes = body.collect().await?.to_bytes();
        let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = |name: &str| {
            problem.get(name).and_then(|text| text.as_str()).unwrap_or_default().to_owned()
        };
        let sentence = match text("title") {
            empty if empty.is_empty() => format!("the server answered {status}"),
            title => title,
        };
        let code = text("code");
        let refused = Refused { sentence, remedy: remedy(&code, text("remedy")) };
        // A certificate or an authority that is refused is something that was found.
        let is_found = status == StatusCode::CONFLICT
            && (code.starts_with("certificate.") || code.starts_with("acme."));
        return Err(match code.as_str() {
            "input.invalid" => UserError(refused.to_string()).into(),
            _ if is_found => UserError(refused.to_string()).into(),
            _ => refused.into(),
        });
    }
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame.context("the answer was cut short")?.into_data() {
            out.write_all(&bytes)?;
        }
    }
    Ok(())
}
