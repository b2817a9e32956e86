//! A test mail to whoever asks for it, at once and past the outbox, and what the server said to it.

use super::{
    DEMONSTRATION, NO_SERVER,
    server::{in_use, own_name, require_keeper},
};
use crate::{App, Caller, Problem, demonstration};
use closedset_core::{Action, Duration, Time, entry::Log, id::Id};
use closedset_outbound::{Address, Failure, Letter, Session};
use closedset_store::{
    NewEntry,
    accounts::{self, RateLimitRow},
};
use serde_json::json;

/// So many are sent to one person within a while.
const MOST: i64 = 20;
/// How long that is.
const WITHIN: Duration = Duration::from_hours(1);

/// What became of a test mail.
#[derive(Debug, Clone)]
pub struct TestAnswer {
    /// The mail server took it.
    pub is_sent: bool,
    /// What happened, in plain words.
    pub sentence: String,
    /// What to look at, where it was not sent.
    pub remedy: String,
    /// What the server said itself.
    pub answer: String,
    /// The address it was sent to.
    pub to: String,
}

/// Sends a test mail to whoever asks.
pub async fn test(app: &App, caller: &Caller) -> Result<TestAnswer, Problem> {
    caller.require(Action::SettingsWrite)?;
    if demonstration::is_demonstration(app).await? {
        return Err(DEMONSTRATION);
    }
    let server = in_use(app).await?.ok_or(NO_SERVER)?;
    let (email, name, written_at) = allowed(app, caller).await?;
    let answered = |failure: Failure| TestAnswer {
        is_sent: false,
        sentence: failure.sentence().into(),
        remedy: failure.remedy().into(),
        answer: failure.answer,
        to: email.clone(),
    };
    let Ok(to) = Address::parse(&email) else {
        return Err(Problem::Conflict {
            code: "mail.no_recipient",
            sentence: "Your account’s address is none to which mail can be sent.",
            remedy: "Have somebody else send the test mail.",
        });
    };
    let id: Id<closedset_core::id::Mail> = Id::new(written_at, app.randomness());
    let letter = Letter {
        id: format!("{id}@{}", server.sender.address.domain()),
        date: written_at,
        name,
        to,
        subject: "A test mail from Closedset".into(),
        text: TEXT.into(),
        html: super::letter::page("A test mail from Closedset", &format!("<p>{TEXT}</p>")),
        unsubscribe: None,
    };
    let options = app.mail_options();
    let opened = Session::open(&server, own_name(app), &options.trust, options.patience).await;
    let mut session = match opened {
        Ok(session) => session,
        Err(failure) => return Ok(answered(failure)),
    };
    let handed = session.hand_over(&letter).await;
    session.close().await;
    Ok(match handed {
        Ok(answer) => TestAnswer {
            is_sent: true,
            sentence: "The mail server took the test mail.".into(),
            remedy: String::new(),
            answer,
            to: email,
        },
        Err(failure) => answered(failure),
    })
}

const TEXT: &str = "Somebody asked Closedset for this mail to see whether mail arrives. It does.";

/// Whoever asks, if they may now, with the time of the entry that says so.
async fn allowed(app: &App, caller: &Caller) -> Result<(String, String, Time), Problem> {
    app.write_for_in_installation(caller, Action::SettingsWrite, |tx, caller| {
        require_keeper(tx, caller)?;
        let account = match caller.account {
            Some(account) => accounts::account_by_id(tx, account)?,
            None => None,
        };
        let account = account.ok_or(Problem::Conflict {
            code: "mail.no_recipient",
            sentence: "A test mail goes to whoever asks for it, and whoever asks here is no person.",
            remedy: "Ask for it on the screen, or with a token that a person made.",
        })?;
        let now = tx.now();
        let key = format!("mail-test:{}", account.id);
        let before = accounts::rate_limit(tx, &key)?;
        let before = before.filter(|before| now.since(before.last_at) < WITHIN);
        let count = before.as_ref().map_or(0, |before| before.failures);
        let last_at = before.map_or(now, |before| before.last_at);
        if count >= MOST {
            let retry_after_s = (last_at + WITHIN).since(now).seconds() + 1;
            return Err(Problem::Limited { retry_after_s });
        }
        let row = RateLimitRow { failures: count + 1, last_at, locked_until: Time::from_millis(0) };
        accounts::rate_limit_set(tx, &key, row)?;
        tx.record(
            Log::Installation,
            NewEntry {
                actor: &caller.actor,
                subject: "installation:self".into(),
                kind: "mail.tested",
                body: json!({"account": account.id}),
            },
        )?;
        Ok((account.email, account.name, now))
    })
    .await
}
