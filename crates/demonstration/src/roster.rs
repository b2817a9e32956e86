//! Who works at the facility from when to when, for whom, on what, and what they signed. Days count back from
//! the day on which the story ends; those ahead of it are negative.

use crate::{
    audits,
    error::{DemonstrationError, refused},
    house::{OWNER, PEOPLE, ZONE, login},
    questionnaires, risks,
};
use closedset_app::{
    App, Caller,
    agreements::{self, NewAgreement},
    leaving::{self, Outcome},
    people::{self, NewAssignment, NewEngagement, NewPerson},
    policies::{self, Approving, NewDraft},
    registers::{Confirming, Register, register_confirm, register_standing},
    titles::{self, NewClient, NewTitle},
};
use closedset_core::{
    Duration, Time,
    id::{Agreement, Client, Finding, Id, Person, Policy, Title},
};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Clients: name, and whether it may be told to others.
const CLIENTS: [(&str, bool); 3] =
    [("Blue Meridian Pictures", false), ("Kestrel & Vale", false), ("Northlight Streaming", true)];

/// A production.
pub(crate) struct Film {
    client: usize,
    name: &'static str,
    alias: &'static str,
    is_high_security: bool,
    pub(crate) first: i64,
    last: Option<i64>,
    /// When nothing of it was left.
    pub(crate) gone: Option<i64>,
}

/// What is worked on.
pub(crate) const FILMS: [Film; 5] = [
    Film {
        client: 1,
        name: "Paper Moons",
        alias: "HERON",
        is_high_security: false,
        first: 390,
        last: Some(220),
        gone: Some(160),
    },
    Film {
        client: 0,
        name: "The Salt Road",
        alias: "MARMOT",
        is_high_security: false,
        first: 310,
        last: Some(24),
        gone: None,
    },
    Film {
        client: 1,
        name: "Glass Harbour, season 2",
        alias: "LANTERN",
        is_high_security: true,
        first: 150,
        last: None,
        gone: None,
    },
    Film {
        client: 2,
        name: "Last Ferry to Ísafjörður",
        alias: "OTTER",
        is_high_security: false,
        first: 62,
        last: None,
        gone: None,
    },
    Film {
        client: 0,
        name: "Winter Atlas",
        alias: "PUFFIN",
        is_high_security: false,
        first: -14,
        last: None,
        gone: None,
    },
];

/// Freelancers by their place among the people: first day, last day.
const BOOKED: [(usize, i64, Option<i64>); 7] = [
    (2, 210, None),
    (4, 160, Some(-20)),
    (5, 95, Some(-45)),
    (6, 40, Some(-30)),
    (7, 12, Some(-17)),
    (8, -4, Some(-25)),
    (9, 380, Some(140)),
];

/// Who works on what: the film, the person, what they do.
const TEAMS: [(usize, usize, &str); 17] = [
    (0, 9, "post supervision"),
    (0, 10, "editing"),
    (1, 2, "editing"),
    (1, 3, "editing"),
    (1, 19, "grading"),
    (1, 30, "mixing"),
    (2, 4, "editing"),
    (2, 11, "editing"),
    (2, 15, "assisting"),
    (2, 20, "grading"),
    (2, 25, "compositing"),
    (2, 37, "producing"),
    (3, 5, "editing"),
    (3, 6, "compositing"),
    (3, 7, "sound editing"),
    (3, 22, "conform"),
    (4, 8, "assisting"),
];

/// Who has not signed yet.
const UNSIGNED: [usize; 2] = [7, 8];

/// Whose engagement the owner ended two days ago, and the last day that they get.
const LEAVES: (usize, i64) = (7, -3);

/// What was taken back from whoever left, in the order of the list that comes with the program.
const TAKEN_BACK: [&str; 6] = [
    "Badge 14 is back in the reception’s drawer.",
    "Her code was taken out of the alarm, seen on its panel.",
    "The key of the machine room hangs in the box.",
    "Shuttle drive 6 was handed in and wiped.",
    "Account in the review platform closed, mailbox too.",
    "She showed me that nothing was on her laptop.",
];

/// When the policies are looked at again.
const REVIEWED: [i64; 2] = [389, 31];

/// When the registers are confirmed: a little more often than each quarter.
const CONFIRMED: [i64; 2] = [100, 11];

/// The words of the agreement.
const WORDS: &str = include_str!("../../../catalogue/policies/confidentiality.md");

/// What is known of all of them so far.
#[derive(Default)]
pub(crate) struct Roster {
    clients: Vec<Id<Client>>,
    films: BTreeMap<usize, Id<Title>>,
    people: BTreeMap<usize, Id<Person>>,
    agreement: Option<Id<Agreement>>,
    findings: Vec<Id<Finding>>,
    policy: Option<Id<Policy>>,
}

/// Something that is written down about them.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Note {
    /// The clients, and what everybody must sign.
    House,
    /// A person comes.
    Person(usize),
    /// A production comes, with its team.
    Film(usize),
    /// Nothing of a production is left.
    Gone(usize),
    /// A person signs.
    Signs(usize),
    /// The owner looks through the registers and confirms them.
    Confirms,
    /// An audit and a test are entered.
    Audits,
    /// Some of what they found was mended.
    Mended,
    /// The handbook comes into force.
    Policies,
    /// The owner looks at it again.
    Reviews,
    /// A person says that they read it.
    Reads(usize),
    /// The owner gives somebody's engagement its last day, and has some things back already.
    Leaves,
    /// Everything was taken back from somebody who left.
    TakenBack(usize),
    /// Risks are weighed.
    Risks,
}

/// The first day of somebody, in days before the end.
fn first_day(place: usize) -> i64 {
    let booked = BOOKED.iter().find(|(person, ..)| *person == place);
    booked.map_or_else(|| 700 + i64::try_from(place).unwrap_or(0) * 37, |(_, first, _)| *first)
}

/// Everything that is written down, each with how many days before the end.
pub(crate) fn notes() -> Vec<(i64, Note)> {
    let mut notes =
        vec![(1_000, Note::House), (40, Note::Audits), (25, Note::Mended), (20, Note::Risks)];
    for place in 0..PEOPLE.len() {
        let known = first_day(place) + 8;
        notes.push((known, Note::Person(place)));
        if !UNSIGNED.contains(&place) {
            let signs = known.min(395) - 1 - i64::try_from(place % 6).unwrap_or(0);
            notes.push((signs, Note::Signs(place)));
            notes.push((signs.min(388) - 1, Note::Reads(place)));
        }
    }
    for (place, film) in FILMS.iter().enumerate() {
        // Whoever works on it is known by then, or the team is entered once they are.
        notes.push((film.first + 5, Note::Film(place)));
        notes.extend(film.gone.map(|gone| (gone, Note::Gone(place))));
    }
    notes.push((391, Note::Policies));
    notes.extend(REVIEWED.map(|day| (day, Note::Reviews)));
    notes.push((2, Note::Leaves));
    for (place, _, last) in BOOKED {
        notes.extend(last.filter(|last| *last > 2).map(|last| (last - 2, Note::TakenBack(place))));
    }
    notes.extend(CONFIRMED.map(|day| (day, Note::Confirms)));
    notes
}

impl Roster {
    /// Writes it down, by the day that it is then.
    pub(crate) async fn write(
        &mut self,
        app: &App,
        caller: &Caller,
        (note, ends): (Note, Time),
    ) -> Result<(), DemonstrationError> {
        match note {
            Note::House => self.house(app, caller).await,
            Note::Person(place) => self.person(app, caller, (place, ends)).await,
            Note::Film(place) => self.film(app, caller, (place, ends)).await,
            Note::Gone(place) => self.gone(app, caller, (place, ends)).await,
            Note::Signs(place) => self.signs(app, caller, place).await,
            Note::Confirms => confirm(app, caller).await,
            Note::Audits => {
                self.findings = audits::enter(app, caller, (self.clients.first(), ends)).await?;
                Ok(())
            }
            Note::Mended => audits::mend(app, caller, &self.findings).await,
            Note::Policies => self.policies(app, caller).await,
            Note::Reviews => self.reviews(app, caller).await,
            Note::Reads(place) => self.reads(app, caller, place).await,
            Note::Leaves => self.leaves(app, caller, ends).await,
            Note::TakenBack(place) => self.taken_back(app, caller, (place, 6)).await,
            Note::Risks => {
                let owner = PEOPLE.iter().position(|(name, _)| *name == OWNER.0);
                let owner = owner.and_then(|place| self.people.get(&place)).copied();
                risks::enter(app, caller, (owner, ends)).await?;
                questionnaires::enter(app, caller, &self.clients).await
            }
        }
    }

    async fn house(&mut self, app: &App, caller: &Caller) -> Result<(), DemonstrationError> {
        for (name, is_confidential) in CLIENTS {
            let new = NewClient { name: name.into(), is_confidential, ..NewClient::default() };
            self.clients.push(titles::client_add(app, caller, new).await.map_err(refused(name))?);
        }
        let new = NewAgreement {
            name: "Confidentiality".into(),
            client: None,
            text: WORDS.replace("{facility}", "Salt Lantern Post"),
        };
        let made = agreements::agreement_add(app, caller, new).await;
        self.agreement = Some(made.map_err(refused("an agreement"))?);
        Ok(())
    }

    async fn person(
        &mut self,
        app: &App,
        caller: &Caller,
        (place, ends): (usize, Time),
    ) -> Result<(), DemonstrationError> {
        let (name, does) = PEOPLE[place];
        let job = does.split(", freelance").next().unwrap_or(does);
        let booked = BOOKED.iter().find(|(person, ..)| *person == place);
        let first = NewEngagement {
            form: if booked.is_some() { "freelancer" } else { "employee" }.into(),
            job: job.into(),
            begins_on: day(ends, first_day(place))?,
            ends_on: booked
                .and_then(|(.., last)| *last)
                .map_or(Ok(String::new()), |last| day(ends, last))?,
        };
        let id = if name == OWNER.0 {
            let known = people::person_with_email(app, caller, OWNER.1).await;
            let known =
                known.map_err(refused(name))?.ok_or(DemonstrationError::Lacks("its owner"))?;
            people::engage(app, caller, known.id, first).await.map_err(refused(name))?;
            known.id
        } else {
            let house = if booked.is_some() { "freelance.example" } else { "saltlantern.example" };
            let email = format!("{}@{house}", login(name));
            let new = NewPerson { name: name.into(), email, phone: String::new() };
            people::person_add(app, caller, new, first).await.map_err(refused(name))?
        };
        self.people.insert(place, id);
        // Whoever comes to a production that is there already.
        for (film, person, job) in TEAMS.iter().filter(|(_, person, _)| *person == place) {
            self.assign(app, caller, (*film, *person, job), ends).await?;
        }
        Ok(())
    }

    async fn film(
        &mut self,
        app: &App,
        caller: &Caller,
        (place, ends): (usize, Time),
    ) -> Result<(), DemonstrationError> {
        let film = &FILMS[place];
        let client = self.clients.get(film.client).copied();
        let made = titles::title_add(app, caller, client, film.entered(ends, None)?).await;
        self.films.insert(place, made.map_err(refused(film.alias))?);
        for (film, person, job) in TEAMS.iter().filter(|(film, ..)| *film == place) {
            self.assign(app, caller, (*film, *person, job), ends).await?;
        }
        Ok(())
    }

    /// Puts somebody on a production, once both are known; from the later of the days on which they begin.
    async fn assign(
        &self,
        app: &App,
        caller: &Caller,
        (film, person, job): (usize, usize, &str),
        ends: Time,
    ) -> Result<(), DemonstrationError> {
        let (Some(title), Some(id)) = (self.films.get(&film), self.people.get(&person)) else {
            return Ok(());
        };
        let booked = BOOKED.iter().find(|(place, ..)| *place == person);
        let last = FILMS[film].last.into_iter().chain(booked.and_then(|(.., last)| *last)).max();
        let new = NewAssignment {
            job: job.into(),
            begins_on: day(ends, FILMS[film].first.min(first_day(person)))?,
            ends_on: last.map_or(Ok(String::new()), |last| day(ends, last))?,
        };
        people::assign(app, caller, *id, *title, new).await.map_err(refused("somebody’s work"))?;
        Ok(())
    }

    async fn gone(
        &mut self,
        app: &App,
        caller: &Caller,
        (place, ends): (usize, Time),
    ) -> Result<(), DemonstrationError> {
        let film = &FILMS[place];
        let Some(id) = self.films.get(&place) else { return Ok(()) };
        let changed = film.entered(ends, film.gone)?;
        titles::title_change(app, caller, *id, changed).await.map_err(refused(film.alias))
    }

    async fn signs(
        &mut self,
        app: &App,
        caller: &Caller,
        place: usize,
    ) -> Result<(), DemonstrationError> {
        let (Some(agreement), Some(id)) = (self.agreement, self.people.get(&place)) else {
            return Ok(());
        };
        let name = PEOPLE[place].0;
        let (link, _) =
            agreements::personal_link_make(app, caller, *id).await.map_err(refused(name))?;
        let token = link.rsplit_once("token=").map_or("", |(_, token)| token);
        // In a short story some have left before it begins.
        let owed = agreements::owed(app, token).await.map_err(refused(name))?;
        if !owed.agreements.iter().any(|one| one.bound.is_owed()) {
            return Ok(());
        }
        let signed = agreements::sign(app, token, (agreement, 1), (name, true)).await;
        signed.map_err(refused("a signature"))?;
        Ok(())
    }
}

impl Roster {
    /// The handbook with all topics. The owner is alone here, and approves their own words.
    async fn policies(&mut self, app: &App, caller: &Caller) -> Result<(), DemonstrationError> {
        let what = "the handbook";
        let mut templates = policies::template_list(app, caller).await.map_err(refused(what))?;
        let words = templates.swap_remove(0);
        let draft = NewDraft {
            name: words.name.into(),
            topics: words.topics.iter().map(|topic| topic.as_str().to_owned()).collect(),
            text: words.text,
            asks_again: false,
        };
        let id = policies::policy_start(app, caller, draft).await.map_err(refused(what))?;
        policies::policy_send(app, caller, (id, 1)).await.map_err(refused(what))?;
        let approving = Approving { edition: 1, review_by: String::new() };
        policies::policy_approve(app, caller, id, approving).await.map_err(refused(what))?;
        self.policy = Some(id);
        Ok(())
    }

    async fn reviews(&self, app: &App, caller: &Caller) -> Result<(), DemonstrationError> {
        let Some(id) = self.policy else { return Ok(()) };
        match policies::policy_review(app, caller, (id, 1), "").await {
            // In a short story it came into force today.
            Err(problem) if problem.code() == "policy.reviewed_today" => Ok(()),
            reviewed => reviewed.map(|_| ()).map_err(refused("a review")),
        }
    }

    async fn reads(
        &self,
        app: &App,
        caller: &Caller,
        place: usize,
    ) -> Result<(), DemonstrationError> {
        let Some(id) = self.people.get(&place) else { return Ok(()) };
        let name = PEOPLE[place].0;
        let (link, _) =
            agreements::personal_link_make(app, caller, *id).await.map_err(refused(name))?;
        let token = link.rsplit_once("token=").map_or("", |(_, token)| token);
        let asked = policies::known_by(app, caller, *id).await.map_err(refused(name))?;
        for one in asked.iter().filter(|one| one.is_owed) {
            let read = policies::acknowledge(app, token, (one.policy.id, one.policy.number)).await;
            read.map_err(refused("an acknowledgement"))?;
        }
        Ok(())
    }

    async fn leaves(
        &self,
        app: &App,
        caller: &Caller,
        ends: Time,
    ) -> Result<(), DemonstrationError> {
        let (place, last) = LEAVES;
        let Some(id) = self.people.get(&place) else { return Ok(()) };
        let detail = people::person_detail(app, caller, *id).await;
        let detail = detail.map_err(refused("somebody who leaves"))?;
        let Some(row) = detail.registered.engagements.first() else { return Ok(()) };
        let new = NewEngagement {
            form: row.form.as_str().into(),
            job: row.job.clone(),
            begins_on: row.days.first.to_string(),
            ends_on: day(ends, last)?,
        };
        let ended = people::engagement_change(app, caller, row.id, new).await;
        ended.map_err(refused("the end of an engagement"))?;
        self.taken_back(app, caller, (place, 2)).await
    }

    /// Says of so many things that they were taken back.
    async fn taken_back(
        &self,
        app: &App,
        caller: &Caller,
        (place, count): (usize, usize),
    ) -> Result<(), DemonstrationError> {
        let Some(id) = self.people.get(&place) else { return Ok(()) };
        let what = "what is taken back";
        for one in leaving::leavings_of(app, caller, *id).await.map_err(refused(what))? {
            let by_hand = one.steps.iter().filter(|step| step.act.is_empty());
            for (step, said) in by_hand.zip(TAKEN_BACK).take(count) {
                let closed = leaving::step_close(app, caller, step.id, (Outcome::Done, said)).await;
                closed.map_err(refused(what))?;
            }
        }
        Ok(())
    }
}

/// Confirms what stands in the registers; where a story is short, nothing may stand there yet.
async fn confirm(app: &App, caller: &Caller) -> Result<(), DemonstrationError> {
    for register in [Register::Clients, Register::People] {
        let standing = register_standing(app, caller, register).await;
        let standing = standing.map_err(refused("a register"))?;
        let Some(standing) = standing.filter(|standing| standing.count > 0) else { continue };
        let with: &[&str] = match register {
            Register::Clients => &[],
            Register::People => &["payroll", "invoices", "badges"],
        };
        let said = Confirming {
            has_looked: true,
            seen: standing.seen.to_string(),
            compared_with: with.iter().map(|word| (*word).to_owned()).collect(),
            note: String::new(),
        };
        let confirmed = register_confirm(app, caller, register, said).await;
        confirmed.map_err(refused("a confirmed register"))?;
    }
    Ok(())
}

impl Film {
    fn entered(&self, ends: Time, gone: Option<i64>) -> Result<NewTitle, DemonstrationError> {
        let text = |of: Option<i64>| of.map_or(Ok(String::new()), |days| day(ends, days));
        Ok(NewTitle {
            name: self.name.into(),
            alias: self.alias.into(),
            is_high_security: self.is_high_security,
            begins_on: day(ends, self.first)?,
            ends_on: text(self.last)?,
            content_gone_on: text(gone)?,
        })
    }
}

/// The facility's day so many days before the end.
pub(crate) fn day(ends: Time, before: i64) -> Result<String, DemonstrationError> {
    let zone = TimeZone::get(ZONE).map_err(|_| DemonstrationError::Lacks("its time zone"))?;
    Ok((ends - Duration::from_days(before)).timestamp().to_zoned(zone).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_works_on_something_is_engaged_then() {
        for (film, person, _) in TEAMS {
            let booked = BOOKED.iter().find(|(place, ..)| *place == person);
            let last = booked.and_then(|(.., last)| *last).unwrap_or(i64::MIN);
            let first = FILMS[film].first.min(first_day(person));
            assert!(first_day(person) >= first && last <= first, "{} on {film}", PEOPLE[person].0);
        }
    }

    #[test]
    fn nothing_is_signed_before_it_is_asked_nor_by_whoever_is_unknown() {
        let notes = notes();
        for (at, note) in &notes {
            if let Note::Signs(place) = note {
                let known = notes
                    .iter()
                    .find(|(_, one)| matches!(one, Note::Person(person) if person == place));
                assert!(known.is_some_and(|(known, _)| known >= at), "{}", PEOPLE[*place].0);
            }
        }
    }
}
