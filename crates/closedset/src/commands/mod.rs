//! The command tree. Every command says whether all is well; one that could not be carried out
//! ends with an error.

mod agent;
pub(crate) mod backup;
mod certificate;
mod check;
pub(crate) mod demonstration;
mod ledger;
mod pack;
mod people;
mod serve;

use crate::printer::Printer;
use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::Path;

/// Meets, proves and keeps meeting the content-security requirements of a film and television
/// facility.
///
/// Exit codes: 0 all is well, 1 something was found or was asked wrongly, 2 it could not be done.
#[derive(Debug, Parser)]
#[command(name = "closedset", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check this computer against the device controls; needs no server
    Check(check::CheckArguments),
    /// Run the server
    Serve(serve::Serve),
    /// Report this computer to a server
    #[command(subcommand, after_help = agent::EXAMPLES)]
    Agent(agent::AgentCommand),
    /// Make and verify audit packs
    #[command(subcommand, after_help = pack::EXAMPLES)]
    Pack(pack::PackCommand),
    /// Verify the ledger, prove an entry, show the checkpoint
    #[command(subcommand, after_help = ledger::EXAMPLES)]
    Ledger(ledger::LedgerCommand),
    /// Show the server's certificate, and the ways to one that browsers trust
    #[command(subcommand, after_help = certificate::EXAMPLES)]
    Certificate(certificate::CertificateCommand),
    /// Show who belongs, invite from the server's own command line
    #[command(subcommand, after_help = people::EXAMPLES)]
    People(people::PeopleCommand),
    /// Save the whole installation in one encrypted file, while the server runs
    Backup(backup::make::BackupArguments),
    /// Restore an installation from a backup, or verify the backup alone
    Restore(backup::restore::RestoreArguments),
    /// Move an installation's database from SQLite to PostgreSQL, or back
    MigrateDb(backup::migrate_db::MigrateArguments),
}

/// Asked wrongly: the exit code is 1.
#[derive(Debug)]
pub(crate) struct UserError(pub(crate) String);

impl std::fmt::Display for UserError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for UserError {}

/// Runs a command; whether all is well.
pub(crate) fn run(command: Command, printer: &Printer) -> Result<bool> {
    match command {
        Command::Check(arguments) => check::run(arguments, printer),
        Command::Serve(arguments) => serve::run(arguments, printer),
        Command::Agent(command) => agent::run(command, printer),
        Command::Pack(command) => pack::run(command, printer),
        Command::Ledger(command) => ledger::run(command, printer),
        Command::Certificate(command) => certificate::run(command, printer),
        Command::People(command) => people::run(command, printer),
        Command::Backup(arguments) => backup::make::run(arguments, printer),
        Command::Restore(arguments) => backup::restore::run(arguments, printer),
        Command::MigrateDb(arguments) => backup::migrate_db::run(arguments, printer),
    }
}

/// Why a file cannot be written, of which there must be none yet.
pub(crate) fn no_new_file(path: &Path) -> String {
    format!("{} cannot be made; name a new file in a folder of yours", path.display())
}

/// A runtime for commands that wait.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
