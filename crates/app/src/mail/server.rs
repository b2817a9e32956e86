//! The installation's mail server. One organisation keeps it: the first, which whoever set the
//! installation up made. The others' mail goes through it as well, so that none of them may lead it
//! elsewhere.

use super::{DEMONSTRATION, course};
use crate::{App, Caller, FieldProblem, Problem, demonstration};
use closedset_core::{
    Action, Actor, Time,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_outbound::{Address, Login, MailServer, MailServerFault, Security, Sender, clean};
use closedset_store::{
    NewEntry, Tx,
    mail::{self, MailRow, MailServerRow},
    organisations,
};
use serde_json::json;
use zeroize::Zeroizing;

/// What the password is sealed for.
const PURPOSE: &str = "mail-server";
/// The longest name of a sender.
const NAME_LIMIT: usize = 120;
/// How many of the latest mails are shown.
const SHOWN: i64 = 30;

/// Where the mail server is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Nowhere: nothing is sent.
    Nowhere,
    /// On the screen, or by the API.
    Screen,
    /// In the configuration, which alone can change it.
    Configuration,
}

/// The mail server as it is shown: without its password.
#[derive(Debug, Clone)]
pub struct ServerShown {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: i64,
    /// How the connection is encrypted.
    pub security: Security,
    /// Who signs in; empty where nobody does.
    pub user: String,
    /// The name that letters come from.
    pub sender_name: String,
    /// The address that letters come from.
    pub sender: String,
}

/// How mail goes out.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Where the mail server is said.
    pub source: Source,
    /// The mail server, for whoever may change it.
    pub server: Option<ServerShown>,
    /// The caller's organisation keeps it.
    pub is_keeper: bool,
    /// Since when mail is held back after a restore.
    pub held_at: Option<Time>,
    /// A demonstration sends nothing.
    pub is_demonstration: bool,
    /// The latest mails of the caller's organisation.
    pub mails: Vec<MailRow>,
}

/// A mail server as entered.
#[derive(Clone, Default)]
pub struct NewMailServer {
    /// Its name or address.
    pub host: String,
    /// Its port; the usual one where none is said.
    pub port: Option<i64>,
    /// `tls`, `starttls` or `plain`.
    pub security: String,
    /// Who signs in; empty where nobody does.
    pub user: String,
    /// Their password; empty for the one that is kept.
    pub password: Zeroizing<String>,
    /// The name that letters come from.
    pub sender_name: String,
    /// The address that letters come from.
    pub sender: String,
}

impl std::fmt::Debug for NewMailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMailServer").field("host", &self.host).finish_non_exhaustive()
    }
}

/// The organisation that keeps the mail server, and what else is the whole installation's: the first.
pub(crate) fn keeper(tx: &mut Tx<'_>) -> Result<Option<Id<Organisation>>, Problem> {
    Ok(organisations::organisation_list(tx)?.first().map(|first| first.id))
}

/// Refuses whoever does not keep the mail server; whoever is at the server's command line does.
pub(super) fn require_keeper(tx: &mut Tx<'_>, caller: &Caller) -> Result<(), Problem> {
    if matches!(caller.actor, Actor::Operator(_)) || keeper(tx)? == Some(caller.organisation) {
        return Ok(());
    }
    Err(Problem::Conflict {
        code: "mail.not_keeper",
        sentence: "The mail server belongs to the whole installation, and another organisation keeps it.",
        remedy: "Ask whoever runs this installation.",
    })
}

async fn refuse_demonstration(app: &App) -> Result<(), Problem> {
    match demonstration::is_demonstration(app).await? {
        true => Err(DEMONSTRATION),
        false => Ok(()),
    }
}

fn shown_row(row: MailServerRow) -> Result<ServerShown, Problem> {
    Ok(ServerShown {
        security: security(&row.security)?,
        host: row.host,
        port: row.port,
        user: row.login.unwrap_or_default(),
        sender_name: row.sender_name,
        sender: row.sender_address,
    })
}

fn shown_configured(server: &MailServer) -> ServerShown {
    ServerShown {
        host: server.host.clone(),
        port: server.port.into(),
        security: server.security,
        user: server.login.as_ref().map(|login| login.user.clone()).unwrap_or_default(),
        sender_name: server.sender.name.clone(),
        sender: server.sender.address.to_string(),
    }
}

fn security(word: &str) -> Result<Security, Problem> {
    Security::from_word(word)
        .ok_or_else(|| Problem::Fault("the mail server's encryption is not known".into()))
}

/// How mail goes out; to whom it went, in the caller's organisation.
pub async fn settings(app: &App, caller: &Caller) -> Result<MailSettings, Problem> {
    caller.require(Action::SettingsRead)?;
    let is_demonstration = demonstration::is_demonstration(app).await?;
    let configured = app.mail_options().server.as_ref().map(shown_configured);
    let caller = caller.clone();
    app.store()
        .read(move |tx| {
            let is_keeper = require_keeper(tx, &caller).is_ok();
            let row = mail::mail_server(tx)?;
            let (source, server) = match (&configured, row) {
                (Some(server), _) => (Source::Configuration, Some(server.clone())),
                (None, Some(row)) => (Source::Screen, Some(shown_row(row)?)),
                (None, None) => (Source::Nowhere, None),
            };
            Ok(MailSettings {
                source,
                server: server.filter(|_| is_keeper),
                is_keeper,
                held_at: mail::mail_course(tx)?.and_then(|course| course.held_at),
                is_demonstration,
                mails: mail::mail_list(tx, caller.organisation, SHOWN)?,
            })
        })
        .await
}

/// Refuses to change on the screen what the configuration says.
fn refuse_configured(app: &App) -> Result<(), Problem> {
    if app.mail_options().server.is_none() {
        return Ok(());
    }
    Err(Problem::Conflict {
        code: "mail.configured",
        sentence: "The mail server is said in the server’s configuration.",
        remedy: "Change it there, or take it out there to set it here.",
    })
}

/// Sets the mail server.
pub async fn server_put(app: &App, caller: &Caller, new: NewMailServer) -> Result<(), Problem> {
    caller.require(Action::SettingsWrite)?;
    refuse_demonstration(app).await?;
    refuse_configured(app)?;
    caller.require_person_with_fresh_factor(app.now())?;
    let unit_app = app.clone();
    let sealed = match new.password.is_empty() {
        true => None,
        false => Some(app.master_key().seal(PURPOSE, new.password.as_bytes(), app.randomness())?),
    };
    app.write_for_in_installation(caller, Action::SettingsWrite, move |tx, caller| {
        require_keeper(tx, caller)?;
        let was = mail::mail_server(tx)?;
        let row = checked(&unit_app, &new, sealed.clone(), was.as_ref())?;
        if was.is_none() && mail::mail_course(tx)?.is_none_or(|course| course.held_at.is_none()) {
            course::begin(tx)?;
        }
        mail::mail_server_put(tx, &row)?;
        mail::mail_hurry(tx)?;
        tx.record(
            Log::Installation,
            NewEntry {
                actor: &caller.actor,
                subject: "installation:self".into(),
                kind: "mail.server_changed",
                body: json!({
                    "host": row.host,
                    "port": row.port,
                    "security": row.security,
                    "user": row.login,
                    "sender": row.sender_address,
                    "password_changed": sealed.is_some(),
                }),
            },
        )?;
        Ok(())
    })
    .await?;
    app.forget_mail_looks();
    Ok(())
}

/// Takes the mail server out: nothing is sent any more.
pub async fn server_remove(app: &App, caller: &Caller) -> Result<(), Problem> {
    caller.require(Action::SettingsWrite)?;
    caller.require_person_with_fresh_factor(app.now())?;
    refuse_configured(app)?;
    app.write_for_in_installation(caller, Action::SettingsWrite, |tx, caller| {
        require_keeper(tx, caller)?;
        if !mail::mail_server_delete(tx)? {
            return Ok(());
        }
        tx.record(
            Log::Installation,
            NewEntry {
                actor: &caller.actor,
                subject: "installation:self".into(),
                kind: "mail.server_removed",
                body: json!({}),
            },
        )?;
        Ok(())
    })
    .await
}

/// The row of what was entered. A password that is kept goes to the server that it was entered for and
/// to no other.
fn checked(
    app: &App,
    new: &NewMailServer,
    sealed: Option<Vec<u8>>,
    was: Option<&MailServerRow>,
) -> Result<MailServerRow, Problem> {
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, message: &str| {
        problems.push(FieldProblem { field, message: message.into() });
    };
    let security = Security::from_word(new.security.trim());
    if security.is_none() {
        wrong("security", "Choose how the connection is encrypted.");
    }
    let port = new.port.or(security.map(|one| one.usual_port().into())).unwrap_or(0);
    let wire_port = u16::try_from(port).ok().filter(|port| *port != 0);
    if wire_port.is_none() && security.is_some() {
        wrong("port", "A port is a number from 1 to 65535; 465 and 587 are usual.");
    }
    let address = Address::parse(&new.sender);
    if address.is_err() {
        wrong("sender", "Enter an e-mail address such as closedset@example.com.");
    }
    let sender_name = clean(&new.sender_name);
    if sender_name.chars().count() > NAME_LIMIT {
        wrong("sender_name", "A name has at most 120 characters.");
    }
    let user = new.user.trim().to_owned();
    let host = new.host.trim().to_owned();
    let is_same = |row: &&MailServerRow| {
        row.host == host
            && row.port == port
            && row.security == new.security.trim()
            && row.login.as_deref() == Some(&user)
    };
    let kept = was.filter(is_same).and_then(|row| row.password_sealed.clone());
    let password_sealed = match (user.is_empty(), sealed) {
        (true, None) => None,
        (true, Some(_)) => {
            wrong("user", "Enter the user whose password this is.");
            None
        }
        (false, Some(sealed)) => Some(sealed),
        (false, None) => {
            if kept.is_none() {
                wrong(
                    "password",
                    "Enter the password. It is kept only for the same server and user.",
                );
            }
            kept
        }
    };
    if let (Some(security), Some(port), Ok(address)) = (security, wire_port, address.clone()) {
        let password = match &password_sealed {
            Some(sealed) => Some(open_password(app, sealed)?),
            None => None,
        };
        let server = MailServer {
            host: host.clone(),
            port,
            security,
            login: password.map(|password| Login { user: user.clone(), password }),
            sender: Sender { name: sender_name.clone(), address },
        };
        match server.check() {
            Ok(()) => {}
            Err(MailServerFault::Host) => {
                wrong("host", "Enter a name such as mail.example.com, or an address.");
            }
            Err(MailServerFault::Plain) => wrong(
                "security",
                "Without encryption mail goes only to a server on this very machine, by the host localhost.",
            ),
            Err(MailServerFault::Login) => {
                wrong("user", "This user name or password cannot be used.");
            }
        }
    }
    match address {
        Ok(address) if problems.is_empty() => Ok(MailServerRow {
            host,
            port,
            security: new.security.trim().to_owned(),
            login: Some(user).filter(|user| !user.is_empty()),
            password_sealed,
            sender_name,
            sender_address: address.to_string(),
        }),
        _ => Err(Problem::Invalid(problems)),
    }
}

fn open_password(app: &App, sealed: &[u8]) -> Result<Zeroizing<String>, Problem> {
    let bytes = Zeroizing::new(app.master_key().open(PURPOSE, sealed)?);
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Problem::Fault("the mail server's password is no text".into()))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The mail server to hand mail to, if there is one.
pub(super) async fn in_use(app: &App) -> Result<Option<MailServer>, Problem> {
    if let Some(configured) = &app.mail_options().server {
        return Ok(Some(configured.clone()));
    }
    let row = app.store().read(|tx| -> Result<_, Problem> { Ok(mail::mail_server(tx)?) }).await?;
    let Some(row) = row else { return Ok(None) };
    let login = match (row.login, row.password_sealed) {
        (Some(user), Some(sealed)) => Some(Login { user, password: open_password(app, &sealed)? }),
        _ => None,
    };
    let wrong = |_| Problem::Fault("the mail server's settings cannot be used".into());
    let server = MailServer {
        host: row.host,
        port: u16::try_from(row.port).map_err(wrong)?,
        security: security(&row.security)?,
        login,
        sender: Sender {
            name: row.sender_name,
            address: Address::parse(&row.sender_address)
                .map_err(|error| Problem::fault("the mail server's settings", error))?,
        },
    };
    Ok(Some(server))
}

/// What this machine calls itself before a mail server.
pub(super) fn own_name(app: &App) -> &str {
    let host = app.public_url().strip_prefix("https://").unwrap_or_default();
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    }
}
