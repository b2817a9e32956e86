//! On which day somebody wants their weekly mail, or never.

use super::{
    server::in_use,
    weekly::{USUAL_DAY, WEEKLY, has_work},
};
use crate::{App, Caller, Problem, demonstration};
use closedset_core::{
    Action, Actor,
    entry::Log,
    id::{Id, Organisation, Person},
};
use closedset_store::{
    NewEntry, Tx,
    mail::{self, MailRow},
    people,
};
use serde_json::json;

/// On which day of the week a mail comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeeklyDay(i64);

impl WeeklyDay {
    /// Never.
    pub const NEVER: Self = Self(0);

    /// Monday is 1, Sunday 7, never 0.
    pub fn from_number(number: i64) -> Option<Self> {
        (0..=7).contains(&number).then_some(Self(number))
    }

    /// Monday is 1, Sunday 7, never 0.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// What somebody is reminded of, and how.
#[derive(Debug, Clone)]
pub struct Reminders {
    /// On which day their weekly mail comes.
    pub day: WeeklyDay,
    /// Whether their role gives them anything to do here; without they get no mail.
    pub has_work: bool,
    /// Mail goes out from this installation.
    pub is_sending: bool,
    /// Their last mail.
    pub last: Option<MailRow>,
    /// The address that it goes to.
    pub email: String,
}

/// What whoever asks is reminded of; none for programs and operators.
pub async fn reminders(app: &App, caller: &Caller) -> Result<Option<Reminders>, Problem> {
    caller.require(Action::TaskRead)?;
    let is_sending = in_use(app).await?.is_some() && !demonstration::is_demonstration(app).await?;
    let caller = caller.clone();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let Some(account) = caller.account() else { return Ok(None) };
            let organisation = caller.organisation;
            let Some(own) = people::membership_of(tx, account, organisation)? else {
                return Ok(None);
            };
            let wish = mail::mail_wish(tx, organisation, own.person)?;
            let member = people::member_by_person(tx, organisation, own.person)?;
            let held = mail::mail_course(tx)?.is_some_and(|course| course.held_at.is_some());
            Ok(Some(Reminders {
                day: WeeklyDay(wish.map_or(USUAL_DAY, |(day, _)| day)),
                has_work: has_work(own.role),
                is_sending: is_sending && !held,
                last: mail::mail_last_of(tx, organisation, own.person, WEEKLY)?,
                email: member.map(|member| member.email).unwrap_or_default(),
            }))
        })
        .await
}

/// Whoever asks wants their mail on this day from now on.
pub async fn weekly_day_set(app: &App, caller: &Caller, day: WeeklyDay) -> Result<(), Problem> {
    caller.require(Action::TaskWrite)?;
    app.write_for(caller, Action::TaskWrite, move |tx, caller| {
        let own = match (caller.account(), caller.person) {
            (Some(_), Some(person)) => person,
            _ => return Err(Problem::Forbidden),
        };
        change(tx, &caller.actor, caller.organisation, own, day)
    })
    .await
}

/// Writes a wish down, if it is another than before.
pub(super) fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    organisation: Id<Organisation>,
    person: Id<Person>,
    day: WeeklyDay,
) -> Result<(), Problem> {
    let was = mail::mail_wish(tx, organisation, person)?.map_or(USUAL_DAY, |(day, _)| day);
    if was == day.0 {
        return Ok(());
    }
    mail::mail_wish_put(tx, organisation, person, day.0)?;
    tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor,
            subject: format!("person:{person}"),
            kind: "mail.day_changed",
            body: json!({
                "person": person,
                "day": {"was": was, "is": day.0},
                "by_link": matches!(actor, Actor::Closedset),
            }),
        },
    )?;
    Ok(())
}
