//! What is said, and written down, where somebody does not get in by the provider.

use crate::{App, Problem};
use closedset_core::{
    Actor, Duration, Time,
    entry::Log,
    id::{Account, Id},
};
use closedset_openid::Failed;
use closedset_store::{
    NewEntry, Scope,
    accounts::{self, RateLimitRow},
};
use serde_json::json;

/// So many refusals of nobody in particular are written down within a while: anybody can make them.
const MOST: i64 = 60;
/// How long that is.
const WITHIN: Duration = Duration::from_hours(1);
const KEY: &str = "provider-refused";

/// What the person is told. What exactly was wrong stands in the ledger, in a word, and in the log.
pub(super) fn told(failed: &Failed) -> Problem {
    match failed {
        Failed::Unreachable { .. } => Problem::Conflict {
            code: "provider.unreachable",
            sentence: "The provider was not reached, or did not answer in time.",
            remedy: "Try again in a minute, or sign in with your password.",
        },
        Failed::Odd { .. } => Problem::Conflict {
            code: "provider.odd",
            sentence: "What the provider answered cannot be used.",
            remedy: "Sign in with your password, and tell whoever runs this installation.",
        },
        Failed::Refused { .. } => Problem::Conflict {
            code: "provider.code",
            sentence: "The provider gave nothing for the code that your browser brought.",
            remedy: "Begin again. If it stays, whoever runs this installation should set the client's secret anew.",
        },
        Failed::NotBelieved(_) => Problem::Conflict {
            code: "provider.token",
            sentence: "What the provider says of you is not believed.",
            remedy: "Begin again. If it stays, whoever runs this installation finds the reason in the ledger.",
        },
    }
}

/// Why, in a word that stands in the ledger.
pub(super) fn word(failed: &Failed) -> &'static str {
    match failed {
        Failed::Unreachable { .. } => "unreachable",
        Failed::Odd { .. } => "answer",
        Failed::Refused { .. } => "code",
        Failed::NotBelieved(why) => why.word(),
    }
}

/// Writes down that somebody was refused, and gives the reason back. Of an account that is known each
/// time, of nobody so often within a while.
pub(super) async fn refuse(
    app: &App,
    who: Option<Id<Account>>,
    why: &'static str,
    problem: Problem,
) -> Problem {
    let code = problem.code();
    tracing::info!(code, why, "somebody did not get in by the provider");
    let written = app
        .store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            if who.is_none() {
                let now = tx.now();
                let before = accounts::rate_limit(tx, KEY)?;
                let before = before.filter(|before| now.since(before.last_at) < WITHIN);
                let count = before.as_ref().map_or(0, |before| before.failures);
                if count >= MOST {
                    return Ok(());
                }
                let last_at = before.map_or(now, |before| before.last_at);
                let locked_until = Time::from_millis(0);
                let row = RateLimitRow { failures: count + 1, last_at, locked_until };
                accounts::rate_limit_set(tx, KEY, row)?;
            }
            let subject =
                who.map_or_else(|| "installation:self".to_owned(), |id| format!("account:{id}"));
            let mut body = json!({"code": code, "why": why});
            if let Some(account) = who {
                body["account"] = json!(account);
            }
            let kind = "sign_in.refused";
            tx.record(
                Log::Installation,
                NewEntry { actor: &Actor::Closedset, subject, kind, body },
            )?;
            Ok(())
        })
        .await;
    match written {
        Ok(()) => problem,
        Err(other) => other,
    }
}
