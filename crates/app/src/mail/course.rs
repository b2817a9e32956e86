//! Whether mail goes out from here, and since when. An installation that was restored from a backup
//! sends nothing until somebody says that it is the one: it may stand beside the one that it was, and
//! nobody is to get the same week's mail from both.

use super::server::keeper;
use crate::{App, Problem};
use closedset_core::{Actor, Time, entry::Log};
use closedset_store::{
    NewEntry, Scope, Tx,
    mail::{self, MailCourse},
};
use serde_json::json;

/// Why mails that wait in a restored outbox are not sent.
const RESTORED: &str = "this installation was restored from a backup";

pub(super) fn note<'a>(
    actor: &'a Actor,
    kind: &'static str,
    body: serde_json::Value,
) -> NewEntry<'a> {
    NewEntry { actor, subject: "installation:self".into(), kind, body }
}

/// Holds mail back, and withdraws what waits: whether it was sent, only the other copy knows.
pub(crate) async fn hold(app: &App, actor: &Actor) -> Result<(), Problem> {
    let waiting =
        app.store().read(|tx| -> Result<_, Problem> { Ok(mail::mail_waiting(tx)?) }).await?;
    for (organisation, id) in waiting {
        app.store()
            .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
                super::outbox::withdraw(tx, organisation, id, RESTORED)
            })
            .await?;
    }
    let actor = actor.clone();
    app.store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            let now = tx.now();
            mail::mail_course_put(tx, MailCourse { since: now, held_at: Some(now) })?;
            tx.record(Log::Installation, note(&actor, "mail.held", json!({"why": "restored"})))?;
            Ok(())
        })
        .await
}

/// What was to go out before this unit is not written.
pub(super) fn begin(tx: &mut Tx<'_>) -> Result<(), Problem> {
    let since = tx.now();
    mail::mail_course_put(tx, MailCourse { since, held_at: None })?;
    Ok(())
}

/// Since when mail goes out from here; none while it is held or there is no server. The first time
/// that the configuration names one, this begins.
pub(super) async fn under_way(app: &App) -> Result<Option<Time>, Problem> {
    let is_configured = app.mail_options().server.is_some();
    let course = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let has_server = is_configured || mail::mail_server(tx)?.is_some();
            Ok(has_server.then_some(mail::mail_course(tx)?))
        })
        .await?;
    match course {
        None => Ok(None),
        Some(Some(course)) => Ok(course.held_at.is_none().then_some(course.since)),
        Some(None) => {
            app.store()
                .write(Scope::Installation, |tx| -> Result<_, Problem> {
                    // An installation that nobody has set up yet has nothing to write.
                    if mail::mail_course(tx)?.is_none() && keeper(tx)?.is_some() {
                        begin(tx)?;
                        let body = json!({"by": "configuration"});
                        tx.record(Log::Installation, note(&Actor::Closedset, "mail.began", body))?;
                    }
                    Ok(())
                })
                .await?;
            Ok(None)
        }
    }
}
