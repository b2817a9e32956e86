//! Confirming one's own place, by whoever holds the link that was made for them. When the other one did too, the file is
//! drawn up that names both.

use super::{
    CONTROL,
    paper::{Said, paper},
    tell,
    work::{counts, counts_until, engaged_until},
};
use crate::{
    App, Caller, Problem,
    admitted::Admitted,
    agreements::{digest_of, live, name_of},
    days::{end_of, zone_of},
    evidence::{Given, document_give, keep_drawn, let_go_if_refused},
};
use closedset_core::{
    Actions, Actor, Digest, Time,
    id::{Id, Organisation},
};
use closedset_store::{
    Scope, Tx,
    contacts::{self, ConfirmedContact, ContactRow, SheetRow},
    evidence,
};
use jiff::civil::Date;
use serde_json::json;

/// Who gave it, in the words of its entry.
const GIVEN_BY: &str = "Closedset";
/// What its document is called.
const TITLE: &str = "Security contacts, confirmed by each";

/// What becomes of the sheet when somebody confirms.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    organisation: Id<Organisation>,
    house: String,
    day: Date,
    sheet: SheetRow,
    /// Whoever confirms.
    own: ContactRow,
    /// The last day on which both count, and both, where the other one confirmed too and the control is asked for.
    both: Option<(Date, Vec<ContactRow>)>,
}

fn changed() -> Problem {
    Problem::Conflict {
        code: "contact.changed_while_read",
        sentence: "What stands on the sheet of contacts changed while you read it; nothing was confirmed.",
        remedy: "Read what stands there now, then confirm that.",
    }
}

fn plan(
    tx: &mut Tx<'_>,
    app: &App,
    token: Digest,
    (edition, now): (i64, Time),
) -> Result<Plan, Problem> {
    let (link, person) = live(tx, token)?;
    let organisation = link.organisation;
    let rows = contacts::contact_list(tx, organisation)?;
    let (mine, others): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.person == person.id);
    let mut own = mine.into_iter().next().ok_or(Problem::NotFound("contact"))?;
    if own.edition != edition {
        return Err(changed());
    }
    let day = now.timestamp().to_zoned(zone_of(tx, organisation)?).date();
    let email = person.email.ok_or(Problem::Conflict {
        code: "contact.no_address",
        sentence: "Your e-mail address is not known here any more.",
        remedy: "Ask whoever gave you the link to enter it.",
    })?;
    let last = engaged_until(tx, organisation, person.id, day)?.ok_or(Problem::Conflict {
        code: "contact.not_engaged",
        sentence: "You are not engaged here today, so you cannot be the one to call.",
        remedy: "Ask whoever gave you the link to look at your engagement.",
    })?;
    let until = counts_until(day, last);
    own.confirmed = Some(ConfirmedContact { at: now, link_made_at: link.made_at, until });
    (own.name, own.email) = (person.name, email);
    let mut both = None;
    if let Some(other) = others.into_iter().next()
        && counts(tx, organisation, &other, day)?
        && app.catalogue_of(tx, organisation)?.answers(CONTROL)
    {
        let until = other.confirmed.map_or(until, |confirmed| confirmed.until.min(until));
        let mut all = vec![own.clone(), other];
        all.sort_by_key(|row| row.place);
        both = Some((until, all));
    }
    let sheet = contacts::sheet_of(tx, organisation)?.unwrap_or_default();
    Ok(Plan { organisation, house: name_of(tx, organisation)?, day, sheet, own, both })
}

/// Confirms. `edition` is what was read: if the place or the number is another meanwhile, nothing is confirmed.
pub async fn contact_confirm(app: &App, token: &str, edition: i64) -> Result<(), Problem> {
    let (token, now) = (digest_of(token)?, app.now());
    let read_app = app.clone();
    let planned = app.store().read(move |tx| plan(tx, &read_app, token, (edition, now))).await?;
    let organisation = planned.organisation;
    let stored = match &planned.both {
        Some((until, contacts)) => {
            let said = Said {
                id: Id::new(now, app.randomness()),
                house: planned.house.clone(),
                at: now,
                day: planned.day,
                until: *until,
                contacts: contacts.clone(),
            };
            Some(keep_drawn(app, organisation, move || paper(&said)).await?)
        }
        None => None,
    };
    let unit_app = app.clone();
    let confirmed = app
        .store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            if plan(tx, &unit_app, token, (edition, now))? != planned {
                return Err(changed());
            }
            take_effect(tx, &unit_app, &planned, stored)
        })
        .await;
    let file = stored.map(|(digest, _)| digest);
    let_go_if_refused(app, organisation, file, &confirmed).await?;
    confirmed
}

fn take_effect(
    tx: &mut Tx<'_>,
    app: &App,
    planned: &Plan,
    stored: Option<(Digest, i64)>,
) -> Result<(), Problem> {
    let (organisation, own, mut sheet) = (planned.organisation, &planned.own, planned.sheet);
    let actor = Actor::Person(own.person);
    if let (Some((until, _)), Some(stored)) = (&planned.both, stored) {
        let by = Admitted {
            caller: Caller {
                actor: actor.clone(),
                // Forgetting somebody leaves the entry of a document as it is: it says who by the id alone.
                name: GIVEN_BY.to_owned(),
                organisation,
                allowed: Actions::NONE,
                factor_at: None,
                session: None,
            },
            account: None,
            person: Some(own.person),
        };
        sheet.document = Some(give(tx, app, &by, (&sheet, planned.day, *until), stored)?);
    }
    let confirmed = own.confirmed.ok_or_else(changed)?;
    let more = json!({
        "way": "link",
        "link_made_at": confirmed.link_made_at,
        "until": confirmed.until,
        "document": stored.and(sheet.document),
        "file": stored.map(|(digest, _)| digest),
    });
    tell(tx, (&actor, organisation), ("contact.confirmed", own), more)?;
    contacts::contact_put(tx, organisation, own)?;
    contacts::sheet_put(tx, organisation, &sheet)?;
    Ok(())
}

/// Gives the file as a document for the control, or as the next version of the one that counts.
fn give(
    tx: &mut Tx<'_>,
    app: &App,
    by: &Admitted,
    (sheet, day, until): (&SheetRow, Date, Date),
    stored: (Digest, i64),
) -> Result<Id<closedset_core::id::Document>, Problem> {
    let organisation = by.organisation;
    let catalogue = app.catalogue_of(tx, organisation)?;
    let before = match sheet.document {
        // One that was withdrawn stays so: the next is another document.
        Some(id) => evidence::document_by_id(tx, organisation, id)?
            .filter(|document| document.withdrawn_at.is_none()),
        None => None,
    };
    let end = end_of(until, &zone_of(tx, organisation)?)?;
    let given = Given {
        replaces: before.as_ref().map(|document| document.id),
        control: CONTROL,
        title: before.as_ref().map_or(TITLE, |document| &document.title),
        file_name: &format!("security-contacts-{day}.pdf"),
        media_type: "application/pdf",
        valid: (tx.now(), end),
    };
    document_give(tx, &catalogue, by, &given, stored)
}
