//! What the registers say to one control, in words.

use super::{day_words, hidden::Hidden};
use crate::{
    Caller, Problem, contacts,
    days::zone_of,
    people::{self, HeadCountOf},
    titles::{self, ListOf},
};
use closedset_core::{
    Role,
    engagement::EngagementForm,
    id::{Client, Id},
};
use closedset_store::{
    Tx, agreements,
    contacts::{self as contacts_store, ContactRow},
    organisations, people as people_store,
};
use jiff::civil::Date;

/// Members read at a time.
const BATCH: i64 = 200;

/// Who asks for whom, and for which day.
pub(super) struct Asked<'a> {
    pub(super) caller: &'a Caller,
    pub(super) owner: (Id<Client>, &'a str),
    pub(super) day: Date,
    pub(super) is_today: bool,
    pub(super) hidden: &'a Hidden,
}

/// What they say, each a paragraph; nothing where no register tells of it.
pub(super) fn of_registers(
    tx: &mut Tx<'_>,
    asked: &Asked<'_>,
    control: &str,
) -> Result<Vec<String>, Problem> {
    match control {
        "AD-1" => places(tx, asked),
        "AD-2" => clients(tx, asked),
        "AD-3" if asked.is_today => signatures(tx, asked),
        "AD-4" => heads(tx, asked),
        "AD-6" if asked.is_today => security_contacts(tx, asked),
        _ => Ok(Vec::new()),
    }
}

fn places(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Vec<String>, Problem> {
    let rows = organisations::facility_list(tx, asked.caller.organisation)?;
    let place = |row: organisations::FacilityRow| {
        let lines: Vec<&str> =
            row.address.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        format!("{}: {}, {}.", row.name, lines.join(", "), row.country)
    };
    Ok(rows.into_iter().map(place).collect())
}

fn clients(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Vec<String>, Problem> {
    let wanted = ListOf { on: asked.day.to_string(), for_client: Some(asked.owner.0) };
    let list = titles::drawn_up(tx, asked.caller, &wanted)?;
    let mut names: Vec<String> = list.clients.iter().map(|client| client.name.clone()).collect();
    names.extend(list.others.iter().cloned());
    names.sort_by_cached_key(|name| people::name_key(name));
    let mut words = vec![format!("Clients active on {}: {}.", day_words(asked.day), list.count())];
    if !names.is_empty() {
        words.push(format!("{}.", names.join("; ")));
    }
    match list.undisclosed {
        0 => {}
        1 => words.push("One more is under a non-disclosure agreement and counted above.".into()),
        more => words
            .push(format!("{more} more are under non-disclosure agreements and counted above.")),
    }
    Ok(words)
}

fn signatures(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Vec<String>, Problem> {
    let organisation = asked.caller.organisation;
    let mut words = Vec::new();
    for agreement in agreements::agreement_list(tx, organisation)? {
        let concerns = agreement.client.is_none_or(|client| client == asked.owner.0);
        if agreement.retired_at.is_some() || !concerns {
            continue;
        }
        let (bound, signed) = agreements::bound_count(tx, organisation, &agreement, asked.day)?;
        let name = asked.hidden.told(&agreement.name);
        words.push(format!("{name}: signed by {signed} of the {bound} who must."));
    }
    Ok(words)
}

fn heads(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Vec<String>, Problem> {
    let of =
        HeadCountOf { on: Some(asked.day), client: Some(asked.owner.0), ..HeadCountOf::default() };
    let count = people::heads_counted(tx, asked.caller.organisation, of, true)?;
    let form = |form: EngagementForm| match form {
        EngagementForm::Employee => "employees",
        EngagementForm::Contractor => "contractors",
        EngagementForm::Freelancer => "freelancers",
        EngagementForm::Trainee => "trainees",
    };
    let forms: Vec<String> =
        count.forms.iter().map(|(one, many)| format!("{} {many}", form(*one))).collect();
    let day = day_words(asked.day);
    let mut words = vec![
        format!("People engaged on {day}: {}, of these {}.", count.total, forms.join(", ")),
        format!(
            "People put on titles of {} on {day}: {}.",
            asked.owner.1,
            count.assigned.unwrap_or(0)
        ),
    ];
    if count.assigned_beyond > 0 {
        words.push(format!("Of these nobody has engaged {} on that day.", count.assigned_beyond));
    }
    Ok(words)
}

/// Who stands on the sheet of contacts. Where nobody does: those who answer for content security in this program; where
/// there is none, who owns the organisation.
fn security_contacts(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Vec<String>, Problem> {
    let named = contacts_store::contact_list(tx, asked.caller.organisation)?;
    if !named.is_empty() {
        return named.iter().map(|row| contact(tx, asked, row)).collect();
    }
    let (now, mut after) = (tx.now(), None);
    let (mut contacts, mut owners) = (Vec::new(), Vec::new());
    loop {
        let rows = people_store::member_list(tx, asked.caller.organisation, after, BATCH)?;
        after = rows.last().map(|row| row.person);
        for row in rows {
            let is_over = row.ends_at.is_some_and(|end| end <= now);
            let line = format!("{}, {}", row.name, row.email);
            match row.role {
                _ if is_over => {}
                Role::SecurityContact => contacts.push(line),
                Role::Owner => owners.push(line),
                Role::Administrator
                | Role::Coordinator
                | Role::Reception
                | Role::Member
                | Role::Auditor
                | Role::Provider => {}
            }
        }
        if after.is_none() {
            break;
        }
    }
    let told = |lines: Vec<String>, what: &str| -> Vec<String> {
        lines.into_iter().map(|line| format!("{what}: {line}.")).collect()
    };
    Ok(match contacts.is_empty() {
        true => told(owners, "Answers for the facility"),
        false => told(contacts, "Security contact"),
    })
}

fn contact(tx: &mut Tx<'_>, asked: &Asked<'_>, row: &ContactRow) -> Result<String, Problem> {
    let (place, name, email, phone) = (row.place.title(), &row.name, &row.email, &row.phone);
    let organisation = asked.caller.organisation;
    let said = match row.confirmed {
        Some(confirmed) if contacts::counts(tx, organisation, row, asked.day)? => {
            let day = confirmed.at.timestamp().to_zoned(zone_of(tx, organisation)?).date();
            format!("confirmed by themselves on {}", day_words(day))
        }
        _ => "not confirmed by themselves".to_owned(),
    };
    Ok(format!("{place}: {name}, {phone} at any hour, {email}; {said}."))
}
