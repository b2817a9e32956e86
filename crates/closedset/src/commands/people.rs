//! `closedset people`: who belongs, and an invitation from the server's own command line, for the day on
//! which no owner can sign in.

use super::{UserError, ledger::InstallationArguments};
use crate::{client::Client, printer::Printer};
use anyhow::{Context, Result};
use clap::Subcommand;
use serde_json::{Value, json};

pub(super) const EXAMPLES: &str = "\
Examples, as the account that owns the data folder:
  closedset people list --data /srv/closedset         who belongs, in which role
  closedset people invite nina@example.com --name 'Nina Cut' --role owner --data /srv/closedset
                                                      a one-time link, valid for seven days
  closedset people remove nina@example.com --data /srv/closedset
                                                      out of the organisation; the account stays
  closedset people forget nina@example.com --data /srv/closedset
                                                      deletes an account that belongs nowhere
  closedset people organisations --data /srv/closedset
                                                      the organisations, for --organisation

A server that runs on that folder is asked; else the folder is opened here.";

#[derive(Debug, Subcommand)]
pub(crate) enum PeopleCommand {
    /// Show who belongs, and who is invited
    ///
    /// Example: closedset people list --data /srv/closedset
    List {
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Invite somebody; prints a one-time link to hand to them
    ///
    /// Example: closedset people invite nina@example.com --name 'Nina Cut' --role owner --data /srv/closedset
    Invite {
        /// Their e-mail address, by which they will sign in
        email: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// owner, security_contact, administrator, coordinator, reception, member, auditor, provider
        #[arg(long)]
        role: String,
        /// The last day, as 2026-09-30, after which they are out by themselves; auditors need one
        #[arg(long, value_name = "DAY")]
        last_day: Option<String>,
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Remove somebody from an organisation; their account stays
    ///
    /// Example: closedset people remove nina@example.com --data /srv/closedset
    Remove {
        /// Their e-mail address
        email: String,
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Delete an account that belongs to no organisation, which frees its address
    ///
    /// Example: closedset people forget nina@example.com --data /srv/closedset
    Forget {
        /// The account's e-mail address
        email: String,
        #[command(flatten)]
        installation: InstallationArguments,
    },
    /// Show the organisations of the installation
    ///
    /// Example: closedset people organisations --data /srv/closedset
    Organisations {
        #[command(flatten)]
        installation: InstallationArguments,
    },
}

/// Runs the command.
pub(crate) fn run(command: PeopleCommand, printer: &Printer) -> Result<bool> {
    super::runtime()?.block_on(async {
        match command {
            PeopleCommand::List { installation } => list(installation, printer).await,
            PeopleCommand::Invite { email, name, role, last_day, installation } => {
                if closedset_core::Role::from_word(&role).is_none() {
                    let known: Vec<_> =
                        closedset_core::Role::ALL.iter().map(|role| role.as_str()).collect();
                    let known = known.join(", ");
                    return Err(
                        UserError(format!("there is no role {role}; choose of {known}")).into()
                    );
                }
                let mut body = json!({"email": email, "name": name, "role": role});
                if let Some(day) = last_day {
                    body["last_day"] = day.into();
                }
                invite(installation, body, printer).await
            }
            PeopleCommand::Remove { email, installation } => {
                remove(installation, &email, printer).await
            }
            PeopleCommand::Forget { email, installation } => {
                let client = installation.reach().await?;
                let body = json!({"email": email});
                client.json("POST", "/api/v1/control/forgotten-accounts", Some(body)).await?;
                printer.message("The account is deleted, and its address free.");
                Ok(true)
            }
            PeopleCommand::Organisations { installation } => {
                organisations(installation, printer).await
            }
        }
    })
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

/// A name or an address as it may be written to a terminal: older ones may have anything in them.
fn plain(text: &str) -> String {
    text.chars().flat_map(|letter| {
        let is_odd = letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let escaped: Vec<char> = match is_odd {
            true => letter.escape_unicode().collect(),
            false => vec![letter],
        };
        escaped
    }).collect()
}

async fn remove(
    installation: InstallationArguments,
    email: &str,
    printer: &Printer,
) -> Result<bool> {
    let client = installation.reach().await?;
    let people = all(&client).await?;
    let wanted = email.trim().to_lowercase();
    let found = people.iter().find(|person| text(person, "email") == wanted);
    let Some(person) = found else {
        return Err(UserError(format!("nobody with the address {wanted} belongs here")).into());
    };
    client.json("DELETE", &format!("/api/v1/people/{}", text(person, "id")), None).await?;
    printer.message("They are out. Their account stays, and what they did stays in the ledger.");
    Ok(true)
}

async fn all(client: &Client) -> Result<Vec<Value>> {
    let mut people = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let after = next.map_or_else(String::new, |next| format!("&after={next}"));
        let mut page =
            client.json("GET", &format!("/api/v1/people?limit=200{after}"), None).await?;
        if let Value::Array(items) = page["items"].take() {
            people.extend(items);
        }
        match page["next"].as_str() {
            Some(after) => next = Some(after.to_owned()),
            None => break,
        }
    }
    Ok(people)
}

async fn list(installation: InstallationArguments, printer: &Printer) -> Result<bool> {
    let client = installation.reach().await?;
    let people = all(&client).await?;
    let invitations = client.json("GET", "/api/v1/invitations", None).await?;
    if printer.is_json() {
        printer.json(&json!({"people": people, "invitations": invitations}))?;
        return Ok(true);
    }
    for person in &people {
        let until =
            person["ends_at"].as_str().map_or_else(String::new, |end| format!(", until {end}"));
        let (name, email, role) =
            (text(person, "name"), text(person, "email"), text(person, "role"));
        printer.line(plain(&format!("{role:17} {name} <{email}>{until}")));
    }
    for one in invitations.as_array().into_iter().flatten() {
        let (name, email, role) = (text(one, "name"), text(one, "email"), text(one, "role"));
        let until = text(one, "expires_at");
        let line = format!("{role:17} {name} <{email}>, invited, the link opens until {until}");
        printer.line(plain(&line));
    }
    Ok(true)
}

async fn invite(
    installation: InstallationArguments,
    body: Value,
    printer: &Printer,
) -> Result<bool> {
    let client = installation.reach().await?;
    let made = client.json("POST", "/api/v1/invitations", Some(body)).await?;
    if printer.is_json() {
        printer.json(&made)?;
        return Ok(true);
    }
    let link = made["link"].as_str().context("the server's answer has no link")?;
    printer.line(link);
    printer.message(format!(
        "Give it to them by a way that nobody else reads. It opens once, until {}.",
        text(&made, "expires_at")
    ));
    Ok(true)
}

async fn organisations(installation: InstallationArguments, printer: &Printer) -> Result<bool> {
    let client = installation.reach().await?;
    let all = client.json("GET", "/api/v1/organisations", None).await?;
    if printer.is_json() {
        printer.json(&all)?;
        return Ok(true);
    }
    for one in all.as_array().into_iter().flatten() {
        printer.line(plain(&format!("{} {}", text(one, "id"), text(one, "name"))));
    }
    Ok(true)
}
