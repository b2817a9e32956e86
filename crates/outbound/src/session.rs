//! A conversation with a mail server (RFC 5321), step by step, so that a failure says how far it got.
//! Every step has an end by the clock, however slowly the server speaks.

use crate::{Failure, Letter, MailServer, Security, Step};
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{
        AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
    },
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailParameter},
};
use std::{error::Error as _, net::IpAddr, time::Duration};

/// How long a server may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until it is connected, encrypted and signed in.
    pub opening: Duration,
    /// Until one letter is taken.
    pub letter: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { opening: Duration::from_secs(30), letter: Duration::from_secs(60) }
    }
}

/// Whose certificates are believed.
#[derive(Debug, Clone, Default)]
pub enum Trust {
    /// The system's.
    #[default]
    System,
    /// These alone, in PEM.
    These(String),
}

/// A server that waits for letters.
pub struct Session<'s> {
    connection: AsyncSmtpConnection,
    server: &'s MailServer,
    patience: Patience,
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("server", &self.server.host).finish_non_exhaustive()
    }
}

/// What became of a step, where it went wrong.
fn failure(step: Step, error: &Error) -> Failure {
    let code = error.status();
    let source = error.source().map(ToString::to_string);
    let answer = match (code, source) {
        (Some(code), Some(text)) => format!("{code} {text}"),
        (Some(code), None) => code.to_string(),
        (None, Some(text)) => text,
        (None, None) => error.to_string(),
    };
    let step = match step {
        // A handshake is part of connecting, for the library.
        Step::Reach if is_of_the_handshake(error) => Step::Secure,
        step => step,
    };
    Failure::new(step, answer, error.is_permanent())
}

/// Whether encryption went wrong somewhere below this error.
fn is_of_the_handshake(error: &Error) -> bool {
    let mut below = error.source();
    while let Some(one) = below {
        let within = one.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if one.is::<rustls::Error>() || within.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        below = one.source();
    }
    error.is_tls()
}

async fn within<T>(
    limit: Duration,
    late: Failure,
    step: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::time::timeout(limit, step).await.unwrap_or(Err(late))
}

fn late(step: Step, limit: Duration) -> Failure {
    let seconds = limit.as_secs_f32();
    Failure::ours(step, format!("no answer within {seconds} seconds"), false)
}

impl<'s> Session<'s> {
    /// Connects, encrypts and signs in. `name` is what this machine calls itself.
    pub async fn open(
        server: &'s MailServer,
        name: &str,
        trust: &Trust,
        patience: Patience,
    ) -> Result<Self, Failure> {
        server.check().map_err(|fault| Failure::new(Step::Reach, fault, true))?;
        let reach = connect(server, name, trust, patience.opening);
        let mut connection =
            within(patience.opening, late(Step::Reach, patience.opening), reach).await?;
        if let Some(login) = &server.login {
            let credentials = Credentials::new(login.user.clone(), login.password.to_string());
            let sign_in = async {
                let known = [Mechanism::Plain, Mechanism::Login];
                let signed = connection.auth(&known, &credentials).await;
                signed.map_err(|error| failure(Step::SignIn, &error))
            };
            within(patience.opening, late(Step::SignIn, patience.opening), sign_in).await?;
        }
        Ok(Self { connection, server, patience })
    }

    /// Hands over one letter; what the server said to it. After a failure the session may be over.
    pub async fn hand_over(&mut self, letter: &Letter) -> Result<String, Failure> {
        let limit = self.patience.letter;
        within(limit, late(Step::Content, limit), self.hand(letter)).await
    }

    async fn hand(&mut self, letter: &Letter) -> Result<String, Failure> {
        let message = letter
            .message(self.server)
            .map_err(|error| Failure::new(Step::Content, error, true))?
            .formatted();
        let connection = &mut self.connection;
        let mut options = Vec::new();
        // The sender first: while it cannot be taken no letter can, whomever it is for.
        let beyond_ascii = [
            (Step::Sender, self.server.sender.address.is_internationalised()),
            (Step::Recipient, letter.to.is_internationalised()),
        ];
        if let Some((step, _)) = beyond_ascii.into_iter().find(|(_, is_beyond)| *is_beyond) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let answer =
                    "the server takes no address beyond ASCII before the @ (it lacks SMTPUTF8)";
                return Err(Failure::ours(step, answer, true));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        let of = |step| move |error: Error| failure(step, &error);
        let sender = self.server.sender.address.inner().clone();
        connection.command(Mail::new(Some(sender), options)).await.map_err(of(Step::Sender))?;
        let recipient = Rcpt::new(letter.to.inner().clone(), Vec::new());
        connection.command(recipient).await.map_err(of(Step::Recipient))?;
        connection.command(Data).await.map_err(of(Step::Content))?;
        let answer = connection.message(&message).await.map_err(of(Step::Content))?;
        let said: Vec<&str> = answer.message().collect();
        Ok(Failure::new(Step::Content, format!("{} {}", answer.code(), said.join(" ")), false)
            .answer)
    }

    /// Says good-bye, without waiting long for the answer.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(2), self.connection.quit()).await;
    }
}

async fn connect(
    server: &MailServer,
    name: &str,
    trust: &Trust,
    limit: Duration,
) -> Result<AsyncSmtpConnection, Failure> {
    let hello = hello(name);
    let tls = match server.security {
        Security::Plain => None,
        Security::Tls | Security::StartTls => Some(parameters(server, trust)?),
    };
    let (at_once, later) = match server.security {
        Security::StartTls => (None, tls),
        Security::Tls | Security::Plain => (tls, None),
    };
    let place = (server.host.as_str(), server.port);
    let connected =
        AsyncSmtpConnection::connect_tokio1(place, Some(limit), &hello, at_once, None).await;
    let mut connection = connected.map_err(|error| failure(Step::Reach, &error))?;
    if let Some(tls) = later {
        if !connection.can_starttls() {
            let answer = "the server offers no STARTTLS; nothing was sent to it";
            return Err(Failure::new(Step::Secure, answer, false));
        }
        let secured = connection.starttls(tls, &hello).await;
        secured.map_err(|error| failure(Step::Secure, &error))?;
    }
    Ok(connection)
}

fn parameters(server: &MailServer, trust: &Trust) -> Result<TlsParameters, Failure> {
    let wrong = |error: Error| failure(Step::Secure, &error);
    let mut builder = TlsParametersBuilder::new(server.host.clone());
    if let Trust::These(pem) = trust {
        builder = builder.certificate_store(CertificateStore::None);
        builder =
            builder.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(wrong)?);
    }
    builder.build_rustls().map_err(wrong)
}

/// RFC 5321, section 4.1.3: a machine without a name in full says its address.
fn hello(name: &str) -> ClientId {
    let is_name = name.contains('.')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-".contains(letter));
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) if is_name => ClientId::Domain(name.to_owned()),
        Err(_) => ClientId::default(),
    }
}
