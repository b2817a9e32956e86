//! A mail server, and how one signs in to it.

use crate::{Address, clean};
use std::fmt;
use zeroize::Zeroizing;

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// From its first byte (RFC 8314), usually on port 465.
    Tls,
    /// From the command STARTTLS on (RFC 3207), usually on port 587; without it nothing is sent.
    StartTls,
    /// Not at all: only to a server on the same machine.
    Plain,
}

impl Security {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Tls, Self::StartTls, Self::Plain];

    /// The word in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Plain => "plain",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// The port that usually belongs to it.
    pub const fn usual_port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::Plain => 25,
        }
    }
}

/// Who signs in.
#[derive(Clone)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// Their password.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Whom letters come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name that mail readers show.
    pub name: String,
    /// The address.
    pub address: Address,
}

/// A mail server to hand letters to.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// Who signs in, if somebody has to.
    pub login: Option<Login>,
    /// Whom letters come from.
    pub sender: Sender,
}

/// What cannot be used of a mail server's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailServerFault {
    /// The host is neither a name nor an address.
    #[error("the host is written as a name such as mail.example.com, or an address")]
    Host,
    /// Nothing is encrypted on the way to another machine.
    #[error("without encryption mail goes only to a server on this machine (localhost)")]
    Plain,
    /// A password without encryption.
    #[error("a user name or password cannot be used")]
    Login,
}

impl MailServer {
    /// Refuses what cannot be used.
    pub fn check(&self) -> Result<(), MailServerFault> {
        let is_host = !self.host.is_empty()
            && self.host.len() <= 253
            && self.host.chars().all(|l| l.is_ascii_alphanumeric() || ".-:_".contains(l));
        if !is_host || self.port == 0 {
            return Err(MailServerFault::Host);
        }
        if self.security == Security::Plain && !is_here(&self.host) {
            return Err(MailServerFault::Plain);
        }
        if let Some(login) = &self.login {
            let wrong = |text: &str| {
                text.is_empty() || text.len() > 500 || text.contains(|l: char| l.is_control())
            };
            if wrong(&login.user) || wrong(&login.password) {
                return Err(MailServerFault::Login);
            }
        }
        Ok(())
    }

    pub(crate) fn sender_name(&self) -> Option<String> {
        Some(clean(&self.sender.name)).filter(|name| !name.is_empty())
    }
}

/// Whether it is this very machine, whatever a resolver says.
fn is_here(host: &str) -> bool {
    ["localhost", "127.0.0.1", "::1"].contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, security: Security) -> MailServer {
        let address = Address::parse("closedset@halide.example").unwrap();
        let sender = Sender { name: "Closedset".into(), address };
        MailServer { host: host.into(), port: 25, security, login: None, sender }
    }

    #[test]
    fn nothing_goes_unencrypted_to_another_machine() {
        for here in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(server(here, Security::Plain).check(), Ok(()));
        }
        for there in ["mail.example.com", "localhost.evil.example", "127.0.0.2", "192.0.2.1"] {
            assert_eq!(server(there, Security::Plain).check(), Err(MailServerFault::Plain));
            assert_eq!(server(there, Security::Tls).check(), Ok(()));
        }
        for bad in ["", "a b", "mail.example.com\r\n", "http://mail", "a@b"] {
            assert_eq!(server(bad, Security::Tls).check(), Err(MailServerFault::Host), "{bad:?}");
        }
    }

    #[test]
    fn a_password_is_shown_nowhere() {
        let password = Zeroizing::new("hush-hush".to_owned());
        let login = Some(Login { user: "post".into(), password });
        let server = MailServer { login, ..server("localhost", Security::Tls) };
        assert!(!format!("{server:?}").contains("hush"));
    }
}
