//! The address of a PostgreSQL server, and how it is reached: over TLS whose certificate is verified,
//! unless it is the same machine or the address says otherwise.

use super::postgres_error;
use crate::StoreError;
use postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{fmt, net::IpAddr, sync::Arc, time::Duration};
use tokio_postgres_rustls::MakeRustlsConnect;

const CONNECT: Duration = Duration::from_secs(5);
/// How long a silent network holds a thread, unless the address says otherwise.
const SILENCE: Duration = Duration::from_secs(30);

/// Where the server is and how to speak with it.
#[derive(Clone)]
pub(crate) struct Address {
    config: Config,
    /// None where the connection is not encrypted.
    tls: Option<MakeRustlsConnect>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("tls", &self.tls.is_some()).finish_non_exhaustive()
    }
}

/// What an address says, before any file is read.
#[derive(Debug)]
struct Said {
    config: Config,
    is_encrypted: bool,
    /// The file with the certificates that the server's must lead to; the system's, if absent.
    roots: Option<String>,
}

impl Address {
    /// Reads the address, and the certificates that it trusts.
    pub(crate) fn read(url: &str) -> Result<Self, StoreError> {
        let Said { config, is_encrypted, roots } = said(url)?;
        let tls = if is_encrypted { Some(tls(roots.as_deref())?) } else { None };
        Ok(Self { config, tls })
    }

    /// Connects.
    pub(crate) fn connect(&self) -> Result<Client, StoreError> {
        let connected = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        connected.map_err(|error| postgres_error::of(&error))
    }
}

/// Whether this is the address of a PostgreSQL server.
pub(crate) fn check(url: &str) -> Result<(), StoreError> {
    said(url).map(|_| ())
}

fn said(url: &str) -> Result<Said, StoreError> {
    let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut roots, mut others) = (None, None, Vec::new());
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(parameter).map_err(|_| StoreError::Url)?;
        match pairs.into_iter().next() {
            Some((name, value)) if name == "sslmode" => mode = Some(value),
            Some((name, value)) if name == "sslrootcert" => roots = Some(value),
            _ => others.push(parameter),
        }
    }
    // The parser's message may repeat the password, so it is not kept.
    let mut config: Config =
        format!("{place}?{}", others.join("&")).parse().map_err(|_| StoreError::Url)?;
    let is_encrypted = match mode.as_deref() {
        None => roots.is_some() || !is_this_machine(&config),
        Some("disable") => false,
        Some("require" | "verify-full") => true,
        Some(_) => {
            return Err(StoreError::Settings(
                "sslmode is either verify-full or disable in a database's address; others would \
                 trust any certificate"
                    .to_owned(),
            ));
        }
    };
    config.ssl_mode(if is_encrypted { SslMode::Require } else { SslMode::Disable });
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE).keepalives_idle(SILENCE);
    }
    if config.get_application_name().is_none() {
        config.application_name("closedset");
    }
    Ok(Said { config, is_encrypted, roots })
}

/// Whether nothing leaves this machine on the way.
fn is_this_machine(config: &Config) -> bool {
    let is_near = |host: &Host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    };
    config.get_hosts().iter().all(is_near) && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

fn tls(roots: Option<&str>) -> Result<MakeRustlsConnect, StoreError> {
    let settings = |what: String| StoreError::Settings(what);
    let mut trusted = RootCertStore::empty();
    match roots {
        Some(file) => {
            let cannot = |error: &dyn fmt::Display| {
                settings(format!(
                    "the certificates in {file} (sslrootcert) cannot be read: {error}"
                ))
            };
            let read = CertificateDer::pem_file_iter(file).map_err(|error| cannot(&error))?;
            for certificate in read {
                let certificate = certificate.map_err(|error| cannot(&error))?;
                trusted.add(certificate).map_err(|error| cannot(&error))?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            trusted.add_parsable_certificates(found.certs);
        }
    }
    if trusted.is_empty() {
        let from = roots.unwrap_or("this system");
        return Err(settings(format!(
            "the connection to PostgreSQL is encrypted, and {from} has no certificate to trust: name \
             the authority's with sslrootcert=FILE in the database's address"
        )));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| settings(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_on_this_machine_goes_unencrypted_by_itself() {
        for near in [
            "postgres://closedset@localhost/c",
            "postgres://closedset@127.0.0.1:5433/c",
            "postgres://closedset@[::1]/c",
            "postgres://closedset@%2Frun%2Fpostgresql/c",
            "postgres://closedset@db.example/c?sslmode=disable",
        ] {
            assert!(!said(near).unwrap().is_encrypted, "{near}");
        }
        for far in [
            "postgres://closedset@db.example/c",
            "postgres://closedset@localhost,db.example/c",
            "postgres://closedset@localhost/c?hostaddr=192.0.2.1",
            "postgres://closedset@192.0.2.1/c?connect_timeout=3",
            "postgres://closedset@localhost/c?sslmode=require",
            "postgres://closedset@localhost/c?sslmode=verify-full&application_name=a",
            "postgres://closedset@localhost/c?sslrootcert=%2Fetc%2Fca.pem",
        ] {
            let said = said(far).unwrap();
            assert!(said.is_encrypted, "{far}");
            assert_eq!(said.config.get_ssl_mode(), SslMode::Require);
        }
        let both = said("postgres://a@h/c?sslrootcert=%2Fetc%2Fmy%20ca.pem&sslmode=verify-full");
        assert_eq!(both.unwrap().roots.as_deref(), Some("/etc/my ca.pem"));
    }

    #[test]
    fn modes_that_trust_any_certificate_are_refused() {
        for mode in ["prefer", "allow", "verify-ca", "", "VERIFY-FULL"] {
            let refused = said(&format!("postgres://a@localhost/c?sslmode={mode}")).unwrap_err();
            assert!(matches!(refused, StoreError::Settings(_)), "{mode}: {refused}");
        }
        for bad in ["postgres://a:b@[", "postgres://a@h/c?unknown=1", "postgres://a@h:port/c"] {
            assert!(matches!(said(bad).unwrap_err(), StoreError::Url), "{bad}");
        }
    }

    #[test]
    fn certificates_that_cannot_be_read_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let read = |file: &std::path::Path| {
            Address::read(&format!("postgres://a@h/c?sslrootcert={}", file.display())).unwrap_err()
        };
        assert!(read(&file).to_string().contains("ca.pem"));
        std::fs::write(&file, "no certificate").unwrap();
        assert!(read(&file).to_string().contains("has no certificate to trust"));
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        std::fs::write(&file, broken).unwrap();
        assert!(read(&file).to_string().contains("cannot be read"));
    }
}
