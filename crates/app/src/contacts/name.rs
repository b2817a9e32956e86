//! Saying who answers for content security, and who stands in.

use super::{CONTROL, needs_to_write, settle::take_back, tell, work::engaged_until};
use crate::{
    App, Caller, FieldProblem, Problem,
    evidence::invalid_unless_empty,
    people::{known_person, today},
};
use closedset_core::{
    Action,
    contact::ContactPlace,
    id::{Id, Person},
};
use closedset_store::contacts::{self, ContactRow};
use serde_json::json;

/// The longest number, in characters, and in digits (ITU-T E.164, 6: at most 15).
const PHONE_LIMIT: usize = 24;
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Who stands on the sheet from now on.
#[derive(Debug, Clone)]
pub struct Naming {
    /// Who answers: their id.
    pub responsible: String,
    /// Where they are called at any hour.
    pub responsible_phone: String,
    /// Who stands in: their id.
    pub deputy: String,
    /// Where they are called at any hour.
    pub deputy_phone: String,
    /// Which sheet was changed: [`super::ContactsShown::changes`].
    pub changes: i64,
}

struct Checked {
    place: ContactPlace,
    person: Id<Person>,
    phone: String,
}

/// The field of a person, and that of their number.
const fn fields(place: ContactPlace) -> (&'static str, &'static str) {
    match place {
        ContactPlace::Responsible => ("responsible", "responsible_phone"),
        ContactPlace::Deputy => ("deputy", "deputy_phone"),
    }
}

/// A number as it is kept, with one space where there are several; none where nobody can be called there.
fn phone_of(text: &str) -> Option<String> {
    let phone = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let rest = phone.strip_prefix('+').unwrap_or(&phone);
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    let is_number = rest.chars().all(|letter| letter.is_ascii_digit() || letter == ' ');
    (is_number && DIGITS.contains(&digits) && phone.len() <= PHONE_LIMIT).then_some(phone)
}

fn check(naming: &Naming) -> Result<Vec<Checked>, Problem> {
    let (mut problems, mut all) = (Vec::new(), Vec::<Checked>::new());
    for (place, person, phone) in [
        (ContactPlace::Responsible, &naming.responsible, &naming.responsible_phone),
        (ContactPlace::Deputy, &naming.deputy, &naming.deputy_phone),
    ] {
        let (of_person, of_phone) = fields(place);
        let mut wrong = |field, message: &str| {
            problems.push(FieldProblem { field, message: message.to_owned() });
        };
        let id = person.trim().parse::<Id<Person>>().ok();
        let number = phone_of(phone);
        match id {
            None => wrong(of_person, "Choose somebody who works here today."),
            Some(id) if all.iter().any(|other| other.person == id) => {
                wrong(of_person, "Choose somebody else: nobody stands in for themselves.");
            }
            Some(_) => {}
        }
        if number.is_none() {
            wrong(
                of_phone,
                "Write the number with digits, spaces and a + in front, 7 to 15 digits: +46 70 123 45 67.",
            );
        }
        if let (Some(person), Some(phone)) = (id, number) {
            all.push(Checked { place, person, phone });
        }
    }
    invalid_unless_empty(problems)?;
    Ok(all)
}

/// Names both. Who is named anew, or with another number, confirms anew; the file that named both before is taken back.
/// The same again changes nothing.
pub async fn contacts_name(app: &App, caller: &Caller, naming: Naming) -> Result<(), Problem> {
    caller.require_all(needs_to_write())?;
    let checked = check(&naming)?;
    let unit_app = app.clone();
    app.write_for(caller, Action::PeopleWrite, move |tx, caller| {
        caller.require_all(needs_to_write())?;
        let organisation = caller.organisation;
        let mut sheet = contacts::sheet_of(tx, organisation)?.unwrap_or_default();
        if naming.changes != sheet.changes {
            return Err(Problem::Conflict {
                code: "contacts.changed_meanwhile",
                sentence: "The sheet of contacts changed while you looked at it; nothing was written.",
                remedy: "Look at who stands on it now, then change that.",
            });
        }
        let (today, now) = (today(tx, organisation)?, tx.now());
        let known = contacts::contact_list(tx, organisation)?;
        let (mut problems, mut named) = (Vec::new(), Vec::new());
        for one in &checked {
            let person = known_person(tx, organisation, one.person)?;
            let mut wrong = |message: &str| {
                let field = fields(one.place).0;
                problems.push(FieldProblem { field, message: message.to_owned() });
            };
            if engaged_until(tx, organisation, one.person, today)?.is_none() {
                wrong("Choose somebody who works here today: this person is not engaged.");
            } else if person.email.is_none() {
                wrong("Enter this person’s e-mail address on their page first.");
            }
            named.push(ContactRow {
                place: one.place,
                person: one.person,
                name: person.name,
                email: person.email.unwrap_or_default(),
                phone: one.phone.clone(),
                edition: sheet.changes + 1,
                named_at: now,
                confirmed: None,
            });
        }
        invalid_unless_empty(problems)?;
        let before = |row: &ContactRow| known.iter().find(|other| other.place == row.place);
        named.retain(|row| {
            before(row).is_none_or(|other| {
                (other.person, &other.phone, &other.name, &other.email)
                    != (row.person, &row.phone, &row.name, &row.email)
            })
        });
        if named.is_empty() {
            return Ok(());
        }
        sheet.changes += 1;
        for row in &named {
            let other = before(row);
            let instead_of = other.map(|other| other.person).filter(|other| *other != row.person);
            let more = json!({
                "instead_of": instead_of,
                "is_other_number": other.is_some_and(|other| other.phone != row.phone),
            });
            tell(tx, (&caller.actor, organisation), ("contact.named", row), more)?;
            contacts::contact_put(tx, organisation, row)?;
        }
        let catalogue = unit_app.catalogue_of(tx, organisation)?;
        let reason = format!("Somebody else was named for {CONTROL}, or another number.");
        take_back(tx, &catalogue, (&caller.actor, organisation), &mut sheet, &reason)?;
        contacts::sheet_put(tx, organisation, &sheet)?;
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::phone_of;

    #[test]
    fn a_number_is_one_that_can_be_called() {
        for (good, kept) in [
            ("+46 70 123 45 67", "+46 70 123 45 67"),
            ("  08  123 45 67 ", "08 123 45 67"),
            ("0701234567", "0701234567"),
        ] {
            assert_eq!(phone_of(good).as_deref(), Some(kept), "{good:?}");
        }
        for bad in [
            "",
            "+",
            "112",
            "123456",
            "+46+701234567",
            "46 70+1234567",
            "070-123 45 67",
            "(08) 1234567",
            "070 123 45 67 ext 4",
            "１２３４５６７８",
            "1234567890123456",
            "1 2 3 4 5 6 7 8 9 0 1 2 3",
        ] {
            assert_eq!(phone_of(bad), None, "{bad:?}");
        }
    }
}
