//! A task where the certificate that browsers see ends soon or is not renewed. It is the first
//! organisation's, which keeps what the whole installation has, and closes by itself.

use crate::{App, Problem, mail::keeper, tasks};
use closedset_certificates::Situation;
use closedset_core::{
    Actor, Duration, Subject, Time,
    entry::Log,
    id::{Id, Organisation},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    tasks::{Plan, TaskRow, task_open},
};
use serde_json::json;

/// What such a task stands under, in the place of a check.
pub const CERTIFICATE_TASK: &str = "closedset/certificate";

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// It ends, and nobody but people renew it, or nobody did.
    Ends(Time),
    /// What renews it, or what it is read from, fails; it ends then.
    Fails(Time),
}

impl Due {
    fn of(situation: &Situation, now: Time) -> Option<Self> {
        let ends = situation.in_use.facts.ends;
        match (situation.ends_soon(now), situation.keeps_failing(now)) {
            (true, _) => Some(Self::Ends(ends)),
            (false, true) => Some(Self::Fails(ends)),
            (false, false) => None,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Ends(_) => "Renew the server’s certificate before it ends",
            Self::Fails(_) => "See why the server’s certificate is not used or renewed",
        }
    }

    /// The last moment of what it is good for, or a week from now.
    fn due_at(self, now: Time) -> Time {
        let instant = Duration::from_millis(1);
        match self {
            Self::Ends(ends) => ends - instant,
            Self::Fails(ends) => (ends - instant).min(now + Duration::from_days(7)),
        }
    }

    const fn why(self) -> Why {
        match self {
            Self::Ends(_) => Why::Ends,
            Self::Fails(_) => Why::Fails,
        }
    }
}

/// What a task was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The certificate ends soon.
    Ends,
    /// What renews it fails.
    Fails,
}

impl Why {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ends => "ends",
            Self::Fails => "fails",
        }
    }
}

/// What this server did about it last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Reminded {
    /// Nothing, since it was started.
    #[default]
    NotYet,
    /// It opened a task for this, or found one: whoever closes it by hand is not given another at once, unless for
    /// something else.
    Open(Why),
    /// Nothing was to be done.
    Well,
}

impl Reminded {
    /// What is to be done next, if it is something else.
    const fn after(self, due: Option<Due>, wants_attention: bool) -> Self {
        match due {
            Some(due) => Self::Open(due.why()),
            None if wants_attention => self,
            None => Self::Well,
        }
    }
}

/// Opens the task where there is something to do, and closes it where there is nothing any more. What
/// went wrong a moment ago does neither.
pub(super) async fn follow(
    app: &App,
    situation: &Situation,
    before: Reminded,
) -> Result<Reminded, Problem> {
    let now = app.now();
    let due = Due::of(situation, now);
    let wanted = before.after(due, situation.wants_attention(now));
    if wanted == before {
        return Ok(before);
    }
    let organisation = app.store().read(|tx| -> Result<_, Problem> { keeper(tx) }).await?;
    // Nobody has set it up yet.
    let Some(organisation) = organisation else { return Ok(before) };
    let unit = move |tx: &mut Tx<'_>| -> Result<(), Problem> {
        match due {
            Some(due) => open(tx, organisation, due),
            None => close(tx, organisation),
        }
    };
    app.store().write(Scope::Organisation(organisation), unit).await?;
    Ok(wanted)
}

fn open(tx: &mut Tx<'_>, organisation: Id<Organisation>, due: Due) -> Result<(), Problem> {
    let (now, subject) = (tx.now(), Subject::organisation(organisation));
    let task = TaskRow {
        id: tx.new_id(),
        title: due.title().to_owned(),
        control: String::new(),
        check: CERTIFICATE_TASK.to_owned(),
        subject,
        due_at: due.due_at(now),
        created_at: now,
        done_at: None,
        done_by: None,
        note: String::new(),
        plan: Plan::default(),
    };
    if task_open(tx, organisation, &task)? {
        let (Due::Ends(ends) | Due::Fails(ends)) = due;
        let body = json!({"why": due.why().as_str(), "ends_at": ends});
        note(tx, organisation, "certificate.reminded", body)?;
    }
    Ok(())
}

fn close(tx: &mut Tx<'_>, organisation: Id<Organisation>) -> Result<(), Problem> {
    let subject = Subject::organisation(organisation);
    let words = "the certificate is good again";
    if tasks::close(tx, organisation, CERTIFICATE_TASK, &subject, words)? {
        note(tx, organisation, "certificate.well", json!({}))?;
    }
    Ok(())
}

fn note(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    kind: &'static str,
    body: serde_json::Value,
) -> Result<(), Problem> {
    let subject = Subject::organisation(organisation).to_string();
    let entry = NewEntry { actor: &Actor::Closedset, subject, kind, body };
    tx.record(Log::Organisation(organisation), entry)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody may close what fails by hand, weeks before the certificate ends because of it.
    #[test]
    fn what_ends_is_told_though_that_it_fails_was_told_before() {
        let ends = Time::from_millis(1_000);
        let fails = Reminded::NotYet.after(Some(Due::Fails(ends)), true);
        assert_eq!(fails, Reminded::Open(Why::Fails));
        assert_eq!(fails.after(Some(Due::Fails(ends)), true), fails, "once");
        assert_eq!(fails.after(None, true), fails, "a moment ago it went well");
        let soon = fails.after(Some(Due::Ends(ends)), true);
        assert!(soon != fails && soon == Reminded::Open(Why::Ends));
        assert_eq!(soon.after(Some(Due::Ends(ends)), true), soon);
        assert_eq!(soon.after(None, false), Reminded::Well);
    }
}
