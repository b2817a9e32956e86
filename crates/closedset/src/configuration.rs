//! What can be configured: by flag, by environment, by `closedset.toml` in the data folder, in this
//! order; docs/configuration.md is the list for people.

use crate::{commands::UserError, data::OTHERWISE, kinds};
use anyhow::{Context, Result};
use clap::Args;
use closedset_certificates::Files;
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Where an installation's data lies where nothing is said.
pub(crate) const USUAL_DATA: &str = "/var/lib/closedset";

/// Where an installation's data lies, for every command that acts on one.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataArgument {
    /// The data folder of the installation
    #[arg(long, env = "CLOSEDSET_DATA", default_value = USUAL_DATA, value_name = "DIR")]
    pub(crate) data: PathBuf,
}

/// How the server runs.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServeArguments {
    /// The address to listen on [default: 127.0.0.1:8443]
    #[arg(long, env = "CLOSEDSET_LISTEN", value_name = "ADDR", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
    /// The address that people and agents use [default: https://localhost:8443]
    #[arg(long, env = "CLOSEDSET_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// A certificate of your own for that address: a file with the chain in PEM
    #[arg(long, env = "CLOSEDSET_CERTIFICATE", value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Its key, where it is not in the same file and not the server's own
    #[arg(long, env = "CLOSEDSET_CERTIFICATE_KEY", value_name = "FILE", requires = "certificate")]
    pub(crate) certificate_key: Option<PathBuf>,
    /// The database: sqlite:FILE or postgres://USER@HOST/NAME [default: a SQLite file in the data folder]
    #[arg(long, env = "CLOSEDSET_DATABASE", value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Seconds between a device's check-ins when nothing changes [default: 300]
    #[arg(long, env = "CLOSEDSET_CHECK_IN_EVERY", value_name = "SECONDS")]
    pub(crate) check_in_every: Option<i64>,
    /// Enrol this computer as a device once an organisation is set up
    #[arg(long, env = "CLOSEDSET_ENROL_THIS_COMPUTER")]
    pub(crate) enrol_this_computer: bool,
    /// Facts that this computer's own agent leaves out, by kind, separated by commas
    #[arg(long, env = "CLOSEDSET_SKIP_FACTS", value_name = "KINDS", value_delimiter = ',')]
    pub(crate) skip_facts: Vec<String>,
    /// Write logs as JSON lines
    #[arg(long, env = "CLOSEDSET_LOG_JSON")]
    pub(crate) log_json: bool,
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "write ADDRESS:PORT, for instance 127.0.0.1:8443")
}

/// The whole configuration, complete.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: String,
    /// The files of a certificate of the facility's own.
    pub(crate) certificate: Option<Files>,
    pub(crate) database: String,
    /// The database is not the one in the data folder: somebody named it.
    pub(crate) is_database_named: bool,
    pub(crate) check_in_every_s: i64,
    pub(crate) enrol_this_computer: bool,
    pub(crate) skip_facts: Vec<String>,
    pub(crate) log_json: bool,
}

impl Configuration {
    /// Flags and environment over the file in the data folder over the defaults.
    pub(crate) fn resolve(data: &Path, given: ServeArguments) -> Result<Self> {
        let path = data.join("closedset.toml");
        let file: ServeArguments = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                .with_context(|| format!("{} cannot be used", path.display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => ServeArguments::default(),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                return Err(error).with_context(|| {
                    format!("{} is no text in UTF-8; save it as UTF-8", path.display())
                });
            }
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot read {}; {OTHERWISE}", path.display()));
            }
        };
        let listen = given
            .listen
            .or(file.listen)
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8443)));
        let url_is_flag = given.public_url.is_some();
        let public_url = given
            .public_url
            .or(file.public_url)
            .unwrap_or_else(|| format!("https://localhost:{}", listen.port()));
        let named = given.database.or(file.database);
        let is_database_named = named.is_some();
        let database =
            named.unwrap_or_else(|| format!("sqlite:{}", data.join("closedset.sqlite").display()));
        // Where a setting was given, for whoever has to correct it.
        let place = |is_flag: bool, flag: &str| match is_flag {
            true => {
                format!("--{flag} (or CLOSEDSET_{})", flag.replace('-', "_").to_ascii_uppercase())
            }
            false => format!("{} in {}", flag.replace('-', "_"), path.display()),
        };
        let is_flag = !given.skip_facts.is_empty();
        let skip_facts = if is_flag { given.skip_facts } else { file.skip_facts };
        let skip_facts = kinds::skipped(&skip_facts).map_err(|UserError(why)| match is_flag {
            true => UserError(why),
            false => UserError(format!("{}: {why}", place(false, "skip-facts"))),
        })?;
        let certificate = match (given.certificate, file.certificate) {
            (Some(certificate), _) => Some(Files { certificate, key: given.certificate_key }),
            // Beside the settings that name them.
            (None, Some(certificate)) => Some(Files {
                certificate: data.join(certificate),
                key: file.certificate_key.map(|key| data.join(key)),
            }),
            (None, None) if file.certificate_key.is_some() => {
                let line = format!("certificate_key in {}", path.display());
                let why = "names a key without a certificate; set certificate too";
                return Err(UserError(format!("{line} {why}")).into());
            }
            (None, None) => None,
        };
        let every_place = place(given.check_in_every.is_some(), "check-in-every");
        let url_place = place(url_is_flag, "public-url");
        let configuration = Self {
            listen,
            public_url: public_url.trim_end_matches('/').to_owned(),
            certificate,
            database,
            is_database_named,
            check_in_every_s: given.check_in_every.or(file.check_in_every).unwrap_or(300),
            enrol_this_computer: given.enrol_this_computer || file.enrol_this_computer,
            skip_facts,
            log_json: given.log_json || file.log_json,
        };
        anyhow::ensure!(
            (10..=86_400).contains(&configuration.check_in_every_s),
            "{every_place} is {}; check-ins come between every 10 and every 86400 seconds",
            configuration.check_in_every_s
        );
        let host = configuration.public_url.strip_prefix("https://").unwrap_or_default();
        anyhow::ensure!(
            !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']),
            "{url_place} is written https://HOST or https://HOST:PORT, not {}",
            configuration.public_url
        );
        Ok(configuration)
    }

    /// The address by which this very computer reaches the server.
    pub(crate) fn local_url(&self) -> String {
        let port = self.listen.port();
        match self.listen.ip() {
            ip if ip.is_loopback() || ip.is_unspecified() => format!("https://localhost:{port}"),
            std::net::IpAddr::V4(ip) => format!("https://{ip}:{port}"),
            std::net::IpAddr::V6(ip) => format!("https://[{ip}]:{port}"),
        }
    }

    /// The host of the public URL, without its port; an address of IPv6 without its brackets.
    pub(crate) fn public_host(&self) -> &str {
        let host = self.public_url.strip_prefix("https://").unwrap_or_default();
        if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            return address;
        }
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
            _ => host,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_cannot_be_is_named_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("closedset.toml");
        let refused = |given: ServeArguments| {
            format!("{:#}", Configuration::resolve(folder.path(), given).unwrap_err())
        };
        for (line, setting, why) in [
            ("check_in_every = 5", "check_in_every in ", "is 5"),
            ("check_in_every = 'often'", "", "check_in_every"),
            ("public_url = 'http://a'", "public_url in ", "https://HOST"),
            ("skip_facts = ['screen_lok']", "skip_facts in ", "(did you mean screen_lock?)"),
        ] {
            std::fs::write(&file, line).unwrap();
            let said = refused(ServeArguments::default());
            assert!(said.contains(why) && said.contains("closedset.toml"), "{said}");
            assert!(said.starts_with(setting), "{said}");
        }
        std::fs::remove_file(&file).unwrap();
        let given = ServeArguments { check_in_every: Some(5), ..ServeArguments::default() };
        assert!(refused(given).starts_with("--check-in-every (or CLOSEDSET_CHECK_IN_EVERY) is 5"));
        let skip_facts = vec!["nosuch".to_owned()];
        let given = ServeArguments { skip_facts, ..ServeArguments::default() };
        assert!(refused(given).starts_with("there is no kind of fact nosuch; there are "));
    }

    #[test]
    fn the_host_stands_without_port_and_brackets() {
        let folder = tempfile::tempdir().unwrap();
        for (url, host) in [
            ("https://closedset.example", "closedset.example"),
            ("https://closedset.example:8443/", "closedset.example"),
            ("https://192.0.2.7:8443", "192.0.2.7"),
            ("https://[::1]", "::1"),
            ("https://[2001:db8::7]:8443", "2001:db8::7"),
        ] {
            let given =
                ServeArguments { public_url: Some(url.into()), ..ServeArguments::default() };
            let configuration = Configuration::resolve(folder.path(), given).unwrap();
            assert_eq!(configuration.public_host(), host);
        }
    }
}
