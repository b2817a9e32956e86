//! HTTP/1.1 over TLS by ureq and rustls. ureq's own TLS step knows no pinned keys, so this brings
//! one of its own; redirects and proxies are not followed, for the link names the server itself.

use super::{
    ANSWER_LIMIT, Answer, Connect, Transport, TransportError,
    pin::{OtherKey, tls_config},
};
use closedset_core::{Digest, Duration};
use rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};
use std::{
    fmt,
    io::{self, Read as _, Write as _},
    sync::Arc,
};
use ureq::{
    Error,
    config::Config,
    http::{Response, header},
    unversioned::{
        resolver::DefaultResolver,
        transport::{
            self, Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, TcpConnector,
            TransportAdapter,
        },
    },
};

/// Enough for a check-in's parts; small, because the agent waits most of its life.
const BUFFER: usize = 16 << 10;
/// How long a name and a connection may take.
const CONNECT_LIMIT: std::time::Duration = std::time::Duration::from_secs(15);
/// How long an unused connection is kept, for the next statement of a queue.
const IDLE: std::time::Duration = std::time::Duration::from_secs(10);

/// Opens pinned HTTPS connections.
#[derive(Debug, Clone, Copy)]
pub struct Https {
    /// How long one exchange may take in all.
    pub exchange_limit: Duration,
}

impl Default for Https {
    /// Six minutes: the largest check-in passes even over the slowest line that a server waits for,
    /// 16 KiB in a second.
    fn default() -> Self {
        Self { exchange_limit: Duration::from_minutes(6) }
    }
}

impl Connect for Https {
    fn connect(&self, server: &str, pin: &Digest) -> Result<Box<dyn Transport>, TransportError> {
        let tls = tls_config(pin)
            .map_err(|source| TransportError::Tls { server: server.to_owned(), source })?;
        let limit = std::time::Duration::from_millis(self.exchange_limit.millis().unsigned_abs());
        let config = Config::builder()
            .https_only(true)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("closedset-agent/", env!("CARGO_PKG_VERSION")))
            .accept("application/json, application/problem+json")
            .timeout_global(Some(limit))
            .timeout_resolve(Some(CONNECT_LIMIT.min(limit)))
            .timeout_connect(Some(CONNECT_LIMIT.min(limit)))
            // Below the buffer's size, or a longer head looks like the end of the line.
            .max_response_header_size(BUFFER / 2)
            .input_buffer_size(BUFFER)
            .output_buffer_size(BUFFER)
            .max_idle_connections(1)
            .max_idle_age(IDLE)
            .build();
        let connector = ().chain(TcpConnector::default()).chain(PinnedTls(Arc::new(tls)));
        Ok(Box::new(HttpsTransport {
            agent: ureq::Agent::with_parts(config, connector, DefaultResolver::default()),
            server: server.to_owned(),
            pin: *pin,
        }))
    }
}

struct HttpsTransport {
    agent: ureq::Agent,
    server: String,
    pin: Digest,
}

impl Transport for HttpsTransport {
    fn post(&self, path: &str, body: &[u8]) -> Result<Answer, TransportError> {
        let response = self
            .agent
            .post(format!("{}{path}", self.server))
            .header(header::CONTENT_TYPE, "application/json")
            .send(body)
            .map_err(|error| self.why(error))?;
        self.read(response)
    }
}

impl HttpsTransport {
    fn read(&self, response: Response<ureq::Body>) -> Result<Answer, TransportError> {
        let (head, body) = response.into_parts();
        let retry_after = head
            .headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = body
            .into_with_config()
            .limit(ANSWER_LIMIT)
            .read_to_vec()
            .map_err(|error| self.why(error))?;
        Ok(Answer { status: head.status.as_u16(), retry_after, body })
    }

    fn why(&self, error: Error) -> TransportError {
        let server = self.server.clone();
        match error {
            Error::Rustls(source) => match OtherKey::within(&source) {
                Some(other) => {
                    TransportError::WrongKey { server, expected: self.pin, shown: other.shown }
                }
                None => TransportError::Tls { server, source },
            },
            Error::Io(source) => match tls_cause(&source) {
                Some(source) => TransportError::Tls { server, source },
                None => TransportError::Unreachable { server, source },
            },
            Error::Timeout(_) => TransportError::TimedOut { server },
            Error::HostNotFound => TransportError::Name { server },
            Error::BodyExceedsLimit(_) | Error::LargeResponseHeader(..) => {
                TransportError::TooLarge { server }
            }
            Error::BadUri(_) | Error::Http(_) | Error::RequireHttpsOnly(_) => {
                TransportError::Address { server }
            }
            other => TransportError::Garbled { server, what: other.to_string() },
        }
    }
}

/// The step that puts TLS with a pinned key around a connection.
#[derive(Debug)]
struct PinnedTls(Arc<ClientConfig>);

impl<In: transport::Transport> Connector<In> for PinnedTls {
    type Out = TlsTransport;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        plain: Option<In>,
    ) -> Result<Option<TlsTransport>, Error> {
        let plain = plain.ok_or(Error::ConnectionFailed)?;
        let host = details.uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Error::BadUri(details.uri.to_string()))?;
        let mut connection =
            ClientConnection::new(Arc::clone(&self.0), name).map_err(Error::Rustls)?;
        let mut socket = TransportAdapter::new(plain.boxed(), Arc::clone(&details.current_time));
        socket.set_timeout(details.timeout);
        // Nothing of a request is written before the server has proved its key.
        while connection.is_handshaking() {
            connection.complete_io(&mut socket).map_err(tls_error)?;
        }
        Ok(Some(TlsTransport {
            buffers: LazyBuffers::new(
                details.config.input_buffer_size(),
                details.config.output_buffer_size(),
            ),
            stream: StreamOwned::new(connection, socket),
        }))
    }
}

struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsTransport").finish_non_exhaustive()
    }
}

impl transport::Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.sock.set_timeout(timeout);
        let output = &self.buffers.output()[..amount];
        self.stream.write_all(output).map_err(tls_error)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        let input = self.buffers.input_append_buf();
        let amount = self.stream.read(input).map_err(tls_error)?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

/// Takes TLS's own cause, and ureq's time limit, out of the error of a stream.
fn tls_error(error: io::Error) -> Error {
    match tls_cause(&error) {
        Some(cause) => Error::Rustls(cause),
        None => error.into(),
    }
}

fn tls_cause(error: &io::Error) -> Option<rustls::Error> {
    error.get_ref()?.downcast_ref::<rustls::Error>().cloned()
}
