//! `closedset ledger`: verify, prove, show.

use crate::{
    client::Client,
    configuration::DataArgument,
    printer::{GREEN, Printer, RED},
};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use std::{fs::File, io::Write, path::PathBuf};

pub(super) const EXAMPLES: &str = "\
Examples, as the account that owns the data folder:
  closedset ledger verify --data /srv/closedset       is everything still whole?
  closedset ledger prove 12 --out entry-12.tlog-proof --data /srv/closedset
                                                      entry 12 is in the log
  closedset ledger checkpoint --data /srv/closedset   its signed head and key

A server that runs on that folder is asked; else the folder is opened here.";

#[derive(Debug, Args)]
pub(crate) struct InstallationArguments {
    #[command(flatten)]
    data: DataArgument,
    /// The database, if it is not the SQLite file in the data folder and not named in closedset.toml
    #[arg(long, env = "CLOSEDSET_DATABASE", value_name = "URL")]
    database: Option<String>,
    /// The organisation, where there are several
    #[arg(long, value_name = "ID")]
    organisation: Option<String>,
}

impl InstallationArguments {
    pub(crate) async fn reach(self) -> Result<Client> {
        Client::reach(&self.data.data, self.database, self.organisation).await
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Hold entries, bodies, tiles and checkpoint against each other
    ///
    /// Example: closedset ledger verify --data /srv/closedset
    Verify {
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Write the proof that an entry is in the log
    ///
    /// Example: closedset ledger prove 12 --out entry-12.tlog-proof --data /srv/closedset
    Prove {
        /// The entry's index
        index: u64,
        /// A new file to write it to [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Show the signed checkpoint and the key to verify it with
    ///
    /// Example: closedset ledger checkpoint --data /srv/closedset > checkpoint.txt
    Checkpoint {
        #[command(flatten)]
        installation: InstallationArguments,
    },
}

/// Runs the ledger's command.
pub(crate) fn run(command: LedgerCommand, printer: &Printer) -> Result<bool> {
    super::runtime()?.block_on(async {
        match command {
            LedgerCommand::Verify { installation } => {
                let report =
                    installation.reach().await?.json("POST", "/api/v1/ledger/verify", None).await?;
                let faults = report["faults"].as_array().cloned().unwrap_or_default();
                if printer.is_json() {
                    printer.json(&report)?;
                } else {
                    printer.line(format!(
                        "{} entries, {} bodies, {} tombstones, {} tiles; {} entries signed",
                        report["entries"],
                        report["bodies"],
                        report["tombstones"],
                        report["tiles"],
                        report["signed"]
                    ));
                    for fault in &faults {
                        printer
                            .line(format!("{RED}✗{RED:#} {}", fault.as_str().unwrap_or_default()));
                    }
                    if faults.is_empty() {
                        printer.line(format!("{GREEN}✓ the ledger is whole{GREEN:#}"));
                    }
                }
                Ok(faults.is_empty())
            }
            LedgerCommand::Prove { index, out, installation } => {
                let client = installation.reach().await?;
                let mut proof = Vec::new();
                client
                    .send(
                        "GET",
                        &format!("/api/v1/ledger/entries/{index}/proof"),
                        Vec::new(),
                        &mut proof,
                    )
                    .await?;
                match out {
                    Some(path) => {
                        let file = File::options().write(true).create_new(true).open(&path);
                        file.and_then(|mut file| file.write_all(&proof))
                            .with_context(|| super::no_new_file(&path))?;
                    }
                    None => printer.line(String::from_utf8_lossy(&proof).trim_end()),
                }
                Ok(true)
            }
            LedgerCommand::Checkpoint { installation } => {
                let head = installation.reach().await?.json("GET", "/api/v1/ledger", None).await?;
                if printer.is_json() {
                    printer.json(&head)?;
                } else {
                    printer.line(head["checkpoint"].as_str().unwrap_or_default().trim_end());
                    printer.message(format!(
                        "verifier key: {}",
                        head["verifier_key"].as_str().unwrap_or_default()
                    ));
                    printer.message(format!(
                        "fingerprint: SHA-256 {}",
                        head["key_fingerprint"].as_str().unwrap_or_default()
                    ));
                }
                Ok(true)
            }
        }
    })
}
