//! `closedset certificate`: which certificate browsers see, and the ways to one that they trust.

use super::{UserError, ledger::InstallationArguments};
use crate::{
    client::Client,
    printer::{GREEN, Printer, YELLOW},
};
use anyhow::{Context, Result};
use clap::Subcommand;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

pub(super) const EXAMPLES: &str = "\
Examples, as the account that owns the data folder:
  closedset certificate show --data /srv/closedset    which one is in use, until when
  closedset certificate acme --contact it@example.com --agree-terms --data /srv/closedset
                                                      from Let's Encrypt, renewed by itself
  closedset certificate use --certificate chain.pem --key key.pem --data /srv/closedset
                                                      one that you have
  closedset certificate request --data /srv/closedset > request.csr
                                                      ask your authority for one
  closedset certificate own --data /srv/closedset     back to Closedset's own

Agents go by the server's own key whichever is in use, and need nothing done.
A server that runs on that folder is asked; else the folder is opened here.";

#[derive(Debug, Subcommand)]
pub(crate) enum CertificateCommand {
    /// Show which certificate browsers see, and what is to be done; exits with 1 if something is
    ///
    /// Example: closedset certificate show --data /srv/closedset
    Show {
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Take a certificate of your own into use, at once and without a restart
    ///
    /// Example: closedset certificate use --certificate chain.pem --key key.pem --data /srv/closedset
    Use {
        /// The chain in PEM: the server's certificate, then what issued it
        #[arg(long, value_name = "FILE")]
        certificate: PathBuf,
        /// Its key in PEM, without a passphrase; leave it out if it was asked for by request
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Print a request for a certificate for the server's name and its own key
    ///
    /// Example: closedset certificate request --data /srv/closedset > request.csr
    Request {
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Have an authority issue certificates by itself (ACME); the server must run
    ///
    /// Example: closedset certificate acme --contact it@example.com --agree-terms --data /srv/closedset
    Acme {
        /// An e-mail address that the authority may write to
        #[arg(long, value_name = "EMAIL")]
        contact: String,
        /// Its terms of service are agreed to; without this they are named
        #[arg(long)]
        agree_terms: bool,
        /// The address of its directory [default: that of Let's Encrypt]
        #[arg(long, value_name = "URL")]
        directory: Option<String>,
        /// Believe the authority's own server by these certificates in PEM, not by this system's
        #[arg(long, value_name = "FILE")]
        authority: Option<PathBuf>,
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Have the authority issue a new certificate now
    ///
    /// Example: closedset certificate renew --data /srv/closedset
    Renew {
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Go back to Closedset's own certificate
    ///
    /// Example: closedset certificate own --data /srv/closedset
    Own {
        #[command(flatten)]
        installation: InstallationArguments,
    },
}

const PATH: &str = "/api/v1/control/certificate";

/// Runs the command.
pub(crate) fn run(command: CertificateCommand, printer: &Printer) -> Result<bool> {
    super::runtime()?.block_on(async {
        match command {
            CertificateCommand::Show { installation } => {
                let shown = installation.reach().await?.json("GET", PATH, None).await?;
                tell(&shown, printer)?;
                Ok(shown["wants_attention"] == false)
            }
            CertificateCommand::Use { certificate, key, installation } => {
                let chain = text(&certificate)?;
                let key = key.as_ref().map(text).transpose()?;
                // One file may hold both.
                let key = key.or_else(|| chain.contains("PRIVATE KEY-----").then(|| chain.clone()));
                let body = json!({"chain": chain, "key": key});
                change(&installation.reach().await?, "", Some(body), printer).await
            }
            CertificateCommand::Request { installation } => {
                let path = format!("{PATH}/request");
                let made = installation.reach().await?.json("POST", &path, None).await?;
                if printer.is_json() {
                    printer.json(&made)?;
                } else {
                    printer.line(made["request"].as_str().unwrap_or_default().trim_end());
                }
                Ok(true)
            }
            CertificateCommand::Acme {
                contact,
                agree_terms,
                directory,
                authority,
                installation,
            } => {
                let authorities = authority.as_ref().map(text).transpose()?;
                let body = json!({
                    "contact": contact,
                    "agrees_to_terms": agree_terms,
                    "directory": directory,
                    "authorities": authorities,
                });
                change(&installation.reach().await?, "/acme", Some(body), printer).await
            }
            CertificateCommand::Renew { installation } => {
                change(&installation.reach().await?, "/renew", None, printer).await
            }
            CertificateCommand::Own { installation } => {
                change(&installation.reach().await?, "/own", None, printer).await
            }
        }
    })
}

fn text(path: &PathBuf) -> Result<String> {
    let bytes = fs::read(path).with_context(|| {
        format!("cannot read {}; name a file that you may read", path.display())
    })?;
    String::from_utf8(bytes).map_err(|_| {
        let why = "is not in PEM; openssl x509 -inform DER, or openssl pkcs12, turns it into that";
        UserError(format!("{} {why}", path.display())).into()
    })
}

/// A refusal is something that was found, and ends with 1.
async fn change(
    client: &Client,
    what: &str,
    body: Option<Value>,
    printer: &Printer,
) -> Result<bool> {
    let body = Some(body.unwrap_or_else(|| json!({})));
    let shown = client.json("POST", &format!("{PATH}{what}"), body).await?;
    tell(&shown, printer)?;
    Ok(true)
}

fn tell(shown: &Value, printer: &Printer) -> Result<()> {
    if printer.is_json() {
        return printer.json(shown);
    }
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (used, own) = (&shown["in_use"], &shown["own"]);
    let names: Vec<&str> =
        used["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let how = match shown["way"].as_str() {
        Some("files") => "yours, from the files in closedset.toml",
        Some("given") => "yours, given by closedset certificate use",
        Some("acme") => "issued by an authority by itself (ACME)",
        _ => "Closedset's own; browsers ask once",
    };
    for (what, words) in [
        ("address", word(&shown["public_url"])),
        ("listens on", word(&shown["listen"])),
        ("certificate", how.to_owned()),
        ("names", names.join(", ")),
        ("issued by", word(&used["issuer"])),
        ("good from", word(&used["begins_at"])),
        ("until", word(&used["ends_at"])),
        ("fingerprint", word(&used["fingerprint"])),
        ("renewed", shown["renews_at"].as_str().unwrap_or("not by the server").to_owned()),
        ("agents' key", word(&own["key"])),
    ] {
        printer.line(format!("{what:12} {}", plain(&words)));
    }
    match &shown["failure"] {
        Value::Null => {}
        failure => printer.message(format!(
            "{YELLOW}{}{YELLOW:#} {} ({}, {})",
            plain(&word(&failure["sentence"])),
            plain(&word(&failure["remedy"])),
            word(&failure["code"]),
            word(&failure["at"]),
        )),
    }
    if shown["wants_attention"] == false {
        printer.message(format!("{GREEN}Nothing is to be done.{GREEN:#}"));
    } else if shown["failure"].is_null() {
        printer.message(format!("{YELLOW}It ends soon: have it renewed.{YELLOW:#}"));
    }
    Ok(())
}

/// What a certificate or an authority says, as it may be written to a terminal.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}
