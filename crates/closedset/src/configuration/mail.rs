//! The mail server of the configuration.

use crate::commands::UserError;
use anyhow::{Context, Result};
use closedset_outbound::{Address, Login, MailServer, Security, Sender};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What was said of it, by flags, environment and file together.
#[derive(Debug, Default)]
pub(super) struct MailArguments {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) security: Option<String>,
    pub(super) user: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) sender: Option<String>,
}

fn wrong(why: impl Into<String>) -> anyhow::Error {
    UserError(why.into()).into()
}

/// The mail server, if a host is named.
pub(super) fn server(said: MailArguments, data: &Path) -> Result<Option<MailServer>> {
    let Some(host) = said.host else {
        let is_silent = said.port.is_none()
            && said.security.is_none()
            && said.user.is_none()
            && said.password_file.is_none()
            && said.sender.is_none();
        return match is_silent {
            true => Ok(None),
            false => Err(wrong(
                "a mail server is set by mail_host; without it leave out what else begins with mail_",
            )),
        };
    };
    let word = said.security.as_deref().unwrap_or("tls");
    let security = Security::from_word(word)
        .ok_or_else(|| wrong(format!("mail_security is {word}; it is tls, starttls or plain")))?;
    let sender = said
        .sender
        .ok_or_else(|| wrong("mail_sender is missing: the address that mails come from"))?;
    let sender = sender_of(&sender).ok_or_else(|| {
        wrong(format!("mail_sender is {sender}; it is written NAME@HOST, or Somebody <NAME@HOST>"))
    })?;
    let login = match (said.user, said.password_file) {
        (None, None) => None,
        (Some(user), Some(file)) => {
            let path = data.join(file);
            let text = std::fs::read_to_string(&path)
                .map(Zeroizing::new)
                .with_context(|| format!("cannot read mail_password_file {}", path.display()))?;
            let password = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
            Some(Login { user, password })
        }
        _ => return Err(wrong("mail_user and mail_password_file go together")),
    };
    let port = said.port.unwrap_or(security.usual_port());
    let server = MailServer { host, port, security, login, sender };
    server.check().map_err(|fault| wrong(format!("the mail server cannot be used: {fault}")))?;
    Ok(Some(server))
}

/// `Somebody <name@host>`, or the address alone.
fn sender_of(text: &str) -> Option<Sender> {
    let (name, address) = match text.trim().strip_suffix('>').and_then(|text| text.split_once('<'))
    {
        Some((name, address)) => (name.trim(), address),
        None => ("Closedset", text.trim()),
    };
    Some(Sender { name: name.to_owned(), address: Address::parse(address).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> MailArguments {
        MailArguments {
            host: Some("mail.example.com".into()),
            sender: Some("closedset@example.com".into()),
            ..MailArguments::default()
        }
    }

    #[test]
    fn a_mail_server_is_whole_or_told_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("password"), "hush hush\n").unwrap();
        let of = |said| server(said, folder.path());
        assert!(of(MailArguments::default()).unwrap().is_none());
        let plain = of(arguments()).unwrap().unwrap();
        assert_eq!((plain.port, plain.security), (465, Security::Tls));
        assert_eq!(plain.sender.name, "Closedset");
        let whole = MailArguments {
            security: Some("starttls".into()),
            user: Some("post".into()),
            password_file: Some("password".into()),
            sender: Some("Halide Post <post@example.com>".into()),
            ..arguments()
        };
        let whole = of(whole).unwrap().unwrap();
        assert_eq!(whole.port, 587);
        assert_eq!(*whole.login.unwrap().password, "hush hush");
        assert_eq!(whole.sender.name, "Halide Post");
        for (said, why) in [
            (MailArguments { port: Some(25), ..MailArguments::default() }, "mail_host"),
            (MailArguments { sender: None, ..arguments() }, "mail_sender"),
            (MailArguments { sender: Some("me".into()), ..arguments() }, "mail_sender is me"),
            (MailArguments { security: Some("ssl".into()), ..arguments() }, "mail_security is ssl"),
            (MailArguments { security: Some("plain".into()), ..arguments() }, "localhost"),
            (MailArguments { user: Some("post".into()), ..arguments() }, "go together"),
            (MailArguments { host: Some("a b".into()), ..arguments() }, "host"),
        ] {
            let said = format!("{:#}", of(said).unwrap_err());
            assert!(said.contains(why), "{said}");
        }
    }
}
