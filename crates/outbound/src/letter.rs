//! A letter and its form on the wire (RFC 5322): a plain text, the same as a quiet page, and the headers
//! by which other machines know what it is.

use crate::{Address, MailServer};
use closedset_core::Time;
use lettre::message::{
    Mailbox, Message, MultiPart, SinglePart,
    header::{HeaderName, HeaderValue},
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A letter that a program wrote to one person.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What tells it from every other, `id@domain`; the same however often it is tried.
    pub id: String,
    /// When it was written.
    pub date: Time,
    /// The recipient's name.
    pub name: String,
    /// The recipient's address.
    pub to: Address,
    /// What it is about.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as a page.
    pub html: String,
    /// Where one posts to so that no more of these come (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// One line without control characters, which never end a header.
pub fn clean(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|letter| match letter {
            '\u{2028}' | '\u{2029}' => ' ',
            letter if letter.is_control() => ' ',
            letter => letter,
        })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Letter {
    /// The bytes that a mail server is handed.
    pub(crate) fn message(&self, server: &MailServer) -> Result<Message, lettre::error::Error> {
        let name = Some(clean(&self.name)).filter(|name| !name.is_empty());
        let millis = u64::try_from(self.date.millis()).unwrap_or(0);
        let date: SystemTime = UNIX_EPOCH + Duration::from_millis(millis);
        let mut builder = Message::builder()
            .from(Mailbox::new(server.sender_name(), server.sender.address.inner().clone()))
            .to(Mailbox::new(name, self.to.inner().clone()))
            .subject(clean(&self.subject))
            .date(date)
            .message_id(Some(format!("<{}>", token(&self.id))))
            // RFC 3834: nobody's absence answers it.
            .raw_header(raw("Auto-Submitted", "auto-generated"))
            .raw_header(raw("X-Auto-Response-Suppress", "All"));
        if let Some(url) = &self.unsubscribe {
            builder = builder
                .raw_header(raw("List-Unsubscribe", &format!("<{}>", token(url))))
                .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        builder.multipart(
            MultiPart::alternative()
                .singlepart(SinglePart::plain(self.text.clone()))
                .singlepart(SinglePart::html(self.html.clone())),
        )
    }
}

/// What stands between angle brackets: printable ASCII alone.
fn token(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_graphic() && !"<>".contains(*letter)).collect()
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Security, Sender};

    fn server(name: &str) -> MailServer {
        let address = Address::parse("closedset@halide.example").unwrap();
        let sender = Sender { name: name.into(), address };
        let host = "localhost".into();
        MailServer { host, port: 25, security: Security::Plain, login: None, sender }
    }

    fn letter() -> Letter {
        Letter {
            id: "mai_1@halide.example".into(),
            date: Time::from_millis(1_773_307_800_000),
            name: "Ann".into(),
            to: Address::parse("ann@halide.example").unwrap(),
            subject: "Three things to do this week".into(),
            text: "Hello".into(),
            html: "<p>Hello</p>".into(),
            unsubscribe: Some("https://closedset.example/unsubscribe/abc".into()),
        }
    }

    fn head(letter: &Letter, server: &MailServer) -> String {
        let bytes = letter.message(server).unwrap().formatted();
        let text = String::from_utf8(bytes).unwrap();
        text.split_once("\r\n\r\n").unwrap().0.to_owned()
    }

    #[test]
    fn a_letter_has_the_headers_that_a_programs_letter_has() {
        let head = head(&letter(), &server("Closedset"));
        for line in [
            "From: Closedset <closedset@halide.example>",
            "To: Ann <ann@halide.example>",
            "Subject: Three things to do this week",
            "Date: Thu, 12 Mar 2026 09:30:00 +0000",
            "Message-ID: <mai_1@halide.example>",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe: <https://closedset.example/unsubscribe/abc>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "MIME-Version: 1.0",
        ] {
            assert!(head.lines().any(|one| one == line), "{line} in\n{head}");
        }
    }

    #[test]
    fn nobody_adds_a_header_by_a_name_a_subject_or_an_id() {
        let evil = "Ann\r\nBcc: eve@evil.example\r\n\r\nHello\u{2028}X: y\0\u{85}";
        let letter = Letter {
            id: format!("a@b>\r\n{evil}"),
            name: evil.into(),
            subject: evil.into(),
            unsubscribe: Some(format!("https://a/{evil}")),
            ..letter()
        };
        let head = head(&letter, &server(evil));
        let names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split_once(':').expect("a header").0)
            .collect();
        let mut known = names.clone();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), names.len(), "{head}");
        assert!(!names.iter().any(|name| ["Bcc", "X"].contains(name)), "{head}");
        assert!(!head.contains(['\0', '\u{85}', '\u{2028}']));
    }

    #[test]
    fn names_in_any_script_are_ascii_on_the_wire() {
        let letter = Letter {
            name: "Zoë Łukasiewicz-Ørsted 藤田, \"Z\"".into(),
            subject: "Drei Dinge für diese Woche – Süd".into(),
            text: "Grüße aus Łódź\n".repeat(200),
            ..letter()
        };
        let bytes = letter.message(&server("Büro für Ton")).unwrap().formatted();
        assert!(bytes.is_ascii());
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.split("\r\n").all(|line| line.len() <= 998));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }
}
