//! The mail with somebody's personal link. Until it is sent its row holds the link sealed, afterwards nothing.

use super::{
    DEMONSTRATION, NO_SERVER, course,
    letter::{Written, escape, page},
    server,
};
use crate::{App, Problem, days::zone_of, demonstration};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use closedset_core::{
    Actor, Digest, Secret,
    entry::Log,
    id::{Id, Mail, Organisation, Person},
};
use closedset_store::{
    NewEntry, Tx,
    agreements::{self, PersonalLinkRow},
    mail::{self, MailRow, NewMail},
    people::PersonRow,
};
use serde_json::json;

/// The kind of these mails.
pub(crate) const PERSONAL: &str = "personal_link";
/// What the link is sealed for.
const PURPOSE: &str = "mail-personal-link";

/// Why no mail goes out.
#[derive(Debug, Clone, Copy)]
enum Obstacle {
    Demonstration,
    NoServer,
    Held,
}

/// How mail goes out: what stands behind the `@` of its ids; or why none does.
#[derive(Debug, Clone)]
pub(crate) struct Way(Result<String, Obstacle>);

impl Way {
    /// What stands behind the `@`; what is missing, if no mail goes out.
    pub(crate) fn domain(&self) -> Result<&str, Problem> {
        self.0.as_deref().map_err(|obstacle| match obstacle {
            Obstacle::Demonstration => DEMONSTRATION,
            Obstacle::NoServer => NO_SERVER,
            Obstacle::Held => Problem::Conflict {
                code: "mail.held",
                sentence: "Mail is held back, because this installation was restored from a backup.",
                remedy: "Say under Settings, Mail, that this is the one that runs; then mail it.",
            },
        })
    }
}

/// How mail goes out from here.
pub(crate) async fn way(app: &App) -> Result<Way, Problem> {
    if demonstration::is_demonstration(app).await? {
        return Ok(Way(Err(Obstacle::Demonstration)));
    }
    let Some(server) = server::in_use(app).await? else {
        return Ok(Way(Err(Obstacle::NoServer)));
    };
    course::under_way(app).await?;
    let course =
        app.store().read(|tx| -> Result<_, Problem> { Ok(mail::mail_course(tx)?) }).await?;
    if course.is_some_and(|course| course.held_at.is_some()) {
        return Ok(Way(Err(Obstacle::Held)));
    }
    Ok(Way(Ok(server.sender.address.domain().to_owned())))
}

/// Whether mail goes out from here now.
pub async fn goes_out(app: &App) -> Result<bool, Problem> {
    Ok(way(app).await?.0.is_ok())
}

/// Lays the mail with a link into the outbox; one that waits still is withdrawn, since its link opens nothing any more.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    app: &App,
    (actor, way): (&Actor, &Way),
    (organisation, person, secret): (Id<Organisation>, Id<Person>, &Secret<32>),
) -> Result<Id<Mail>, Problem> {
    for earlier in mail::mail_waiting_of(tx, organisation, person, PERSONAL)? {
        super::outbox::withdraw(tx, organisation, earlier, "another link was made since")?;
    }
    let id: Id<Mail> = tx.new_id();
    let sealed = app.master_key().seal(PURPOSE, secret.to_token().as_bytes(), app.randomness())?;
    let new = NewMail {
        id,
        person,
        kind: PERSONAL,
        week: &id.to_string(),
        content: &URL_SAFE_NO_PAD.encode(sealed),
        message_id: &format!("{id}@{}", way.domain()?),
    };
    mail::mail_insert(tx, organisation, &new)?;
    tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor,
            subject: format!("person:{person}"),
            kind: "mail.written",
            body: json!({"mail": id, "person": person, "kind": PERSONAL}),
        },
    )?;
    Ok(id)
}

/// What the mail says now, to whom; why it is not to go, if it is not.
pub(super) fn letter(
    tx: &mut Tx<'_>,
    app: &App,
    row: &MailRow,
    organisation: &str,
) -> Result<Result<(PersonRow, Written), &'static str>, Problem> {
    let Ok(person) = crate::people::known_person(tx, row.organisation, row.person) else {
        return Ok(Err("the recipient is not known any more"));
    };
    let token = opened(app, &row.content);
    let secret = token.as_deref().and_then(Secret::<32>::from_token);
    let (Some(token), Some(secret)) = (token, secret) else {
        return Ok(Err("what it says cannot be read any more"));
    };
    let link = agreements::personal_link_by_token(tx, Digest::of(secret.expose()))?;
    let is_whole = |link: &PersonalLinkRow| link.mail == Some(row.id) && link.expires_at > tx.now();
    let Some(link) = link.filter(is_whole) else {
        return Ok(Err("its link opens nothing any more"));
    };
    let zone = zone_of(tx, row.organisation)?;
    let until = link.expires_at.timestamp().to_zoned(zone).strftime("%-d %B %Y").to_string();
    let url = format!("{}/mine?token={token}", app.public_url());
    let written = words(&person.name, organisation, (&url, &until));
    Ok(Ok((person, written)))
}

/// Says that a mail server took the mail with a link, for this address: where a signature is asked how it came about, that is
/// part of the answer.
pub(super) fn taken(tx: &mut Tx<'_>, row: &MailRow, address: &str) -> Result<(), Problem> {
    agreements::personal_link_mailed(tx, row.organisation, row.id, address)?;
    tx.record(
        Log::Organisation(row.organisation),
        NewEntry {
            actor: &Actor::Closedset,
            subject: format!("person:{}", row.person),
            kind: "person.link_mailed",
            body: json!({"mail": row.id, "person": row.person}),
        },
    )?;
    Ok(())
}

fn opened(app: &App, content: &str) -> Option<String> {
    let sealed = URL_SAFE_NO_PAD.decode(content).ok()?;
    String::from_utf8(app.master_key().open(PURPOSE, &sealed).ok()?).ok()
}

fn words(name: &str, organisation: &str, (url, until): (&str, &str)) -> Written {
    let title = "Please read and sign";
    let asks = format!(
        "{organisation} asks you to read what belongs to your work there, and to sign what is to be signed. A telephone is \
         enough, and five minutes."
    );
    let alone = format!(
        "The link is yours alone: whoever has it can sign in your name, so pass it on to nobody. It opens until {until}."
    );
    let unknown = format!("If you do not know {organisation}, throw this mail away.");
    let text = format!(
        "Hello {name},\n\n{asks}\n\n{url}\n\n{alone}\n\n{unknown}\n\n-- \nSent by Closedset for {organisation}.\n"
    );
    let body = format!(
        "<p>Hello {},</p>\n<h1 style=\"font-size:20px;line-height:1.3;margin:0 0 16px\">{title}</h1>\n<p>{}</p>\n\
         <p><a href=\"{}\">Read and sign</a></p>\n<p>{}</p>\n<p style=\"font-size:14px\">{}</p>\n",
        escape(name),
        escape(&asks),
        escape(url),
        escape(&alone),
        escape(&unknown)
    );
    Written {
        subject: format!("{organisation}: please read and sign"),
        text,
        html: page(title, &body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_page_say_the_same_and_what_people_typed_is_text() {
        let url = "https://closedset.example/mine?token=abc";
        let written = words("Ann <b>Reel</b>", "Halide & Post", (url, "8 December 2026"));
        assert_eq!(written.subject, "Halide & Post: please read and sign");
        for words in [url, "It opens until 8 December 2026."] {
            assert!(written.text.contains(words) && written.html.contains(words), "{words}");
        }
        assert!(written.html.contains("Ann &lt;b&gt;Reel&lt;/b&gt;"));
        assert!(!written.html.contains("<b>"));
    }
}
