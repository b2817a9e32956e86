//! What whoever holds a personal link is asked to confirm of themselves.

use super::work::{counts, engaged_until};
use crate::{
    App, Problem,
    agreements::{digest_of, live, name_of},
    people::today,
};
use closedset_core::{Time, contact::ContactPlace};
use closedset_store::contacts;
use jiff::{Span, civil::Date};

/// So long before it ends somebody is asked again: as long as the task says that its document ends.
const ASKED_BEFORE_DAYS: i64 = 14;

/// A place on the sheet before whoever has it.
#[derive(Debug, Clone)]
pub struct ContactAsked {
    /// To whom.
    pub organisation: String,
    /// Which place.
    pub place: ContactPlace,
    /// What they are called.
    pub name: String,
    /// Their address; none where the register has none any more.
    pub email: Option<String>,
    /// Where they are called at any hour.
    pub phone: String,
    /// What is confirmed with it: the edition of the place.
    pub edition: i64,
    /// When they confirmed, and until when that counts; none where it does not.
    pub confirmed: Option<(Time, Date)>,
    /// They are asked to confirm it, again or for the first time: it does not count, or ends within days.
    pub is_due: bool,
    /// They can confirm it: they are engaged today, and their address is known.
    pub may_confirm: bool,
}

/// What whoever holds this link is asked; none where they have no place on the sheet.
pub async fn contact_asked(app: &App, token: &str) -> Result<Option<ContactAsked>, Problem> {
    let token = digest_of(token)?;
    app.store()
        .read(move |tx| {
            let (link, person) = live(tx, token)?;
            let organisation = link.organisation;
            let rows = contacts::contact_list(tx, organisation)?;
            let Some(row) = rows.into_iter().find(|row| row.person == person.id) else {
                return Ok(None);
            };
            let today = today(tx, organisation)?;
            let is_engaged = engaged_until(tx, organisation, person.id, today)?.is_some();
            let counts = counts(tx, organisation, &row, today)?;
            let confirmed = row.confirmed.filter(|_| counts);
            Ok(Some(ContactAsked {
                organisation: name_of(tx, organisation)?,
                place: row.place,
                name: person.name,
                may_confirm: is_engaged && person.email.is_some(),
                email: person.email,
                phone: row.phone,
                edition: row.edition,
                is_due: confirmed.is_none_or(|one| {
                    one.until < today.saturating_add(Span::new().days(ASKED_BEFORE_DAYS))
                }),
                confirmed: confirmed.map(|one| (one.at, one.until)),
            }))
        })
        .await
}
