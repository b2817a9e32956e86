//! How many people are engaged on a day, as what, and who sees a client's content: counted by the program and, one
//! by one, by the tests; and the file that is handed out.

use crate::{
    register::{
        add, assigned, booking, client, engaged, only_engagement, person, title, work, write,
    },
    world::{World, code, on_both},
};
use closedset_app::{
    people::{self, HEAD_LINES, HeadCount, HeadCountOf, NewAssignment, NewEngagement},
    titles::{self, NewTitle},
};
use closedset_core::{
    Digest,
    engagement::{Days, EngagementForm},
    id::{Client, Id, Person, Title},
    randomness::{Seeded, bytes},
};
use closedset_store::{
    engagements::{
        AssignmentRow, EngagementRow, assignment_insert, assignment_update, engagement_insert,
        engagement_update,
    },
    people as people_store,
};
use jiff::{
    Span,
    civil::{Date, date},
};
use serde_json::json;
use std::collections::BTreeSet;

on_both!(
    each_person_is_counted_once_on_any_day,
    whoever_sees_a_clients_content_is_counted_engaged_or_not,
    what_was_removed_counts_on_no_day,
    the_last_twelve_months_are_counted_on_their_first_days,
    what_is_handed_out_leaves_its_digest_and_holds_no_formula,
    a_count_is_that_of_whoever_counts_one_by_one,
    more_than_is_listed_is_counted_and_said_to_be_cut,
);

async fn count_of(world: &World, of: HeadCountOf) -> HeadCount {
    people::head_count(&world.app, &world.owner, of).await.unwrap()
}

async fn on(world: &World, day: Date) -> HeadCount {
    count_of(world, HeadCountOf { on: Some(day), ..HeadCountOf::default() }).await
}

/// The counts in the order of the forms.
fn forms(count: &HeadCount) -> Vec<i64> {
    let forms: Vec<EngagementForm> = count.forms.iter().map(|(form, _)| *form).collect();
    assert_eq!(forms, EngagementForm::ALL);
    count.forms.iter().map(|(_, count)| *count).collect()
}

async fn each_person_is_counted_once_on_any_day(world: World) {
    let nina = add(&world, "Nina Cut", work("freelancer", "2026-02-01 2026-04-30")).await;
    engaged(&world, nina, work("contractor", "2026-03-01 2026-03-31")).await;
    engaged(&world, nina, work("trainee", "2026-01-01 2026-12-31")).await;
    add(&world, "Otto Reel", work("employee", "2026-03-12")).await;
    add(&world, "Ada Matte", work("freelancer", "2026-03-13")).await;
    for (day, counts) in [
        (date(2025, 12, 31), [0, 0, 0, 0]),
        (date(2026, 1, 1), [0, 0, 0, 1]),
        (date(2026, 1, 31), [0, 0, 0, 1]),
        (date(2026, 2, 1), [0, 0, 1, 0]),
        (date(2026, 2, 28), [0, 0, 1, 0]),
        (date(2026, 3, 1), [0, 1, 0, 0]),
        (date(2026, 3, 12), [1, 1, 0, 0]),
        (date(2026, 3, 13), [1, 1, 1, 0]),
        (date(2026, 3, 31), [1, 1, 1, 0]),
        (date(2026, 4, 1), [1, 0, 2, 0]),
        (date(2026, 5, 1), [1, 0, 1, 1]),
        (date(2027, 1, 1), [1, 0, 1, 0]),
        (date(2149, 12, 31), [1, 0, 1, 0]),
    ] {
        let count = on(&world, day).await;
        assert_eq!((forms(&count), count.on), (counts.to_vec(), day), "{day}");
        assert_eq!(count.total, counts.iter().sum::<i64>(), "{day}");
        assert_eq!((count.assigned, count.assigned_beyond), (Some(0), 0));
        assert_eq!(i64::try_from(count.lines.len()).unwrap(), count.total, "{day}");
        for (form, counted) in &count.forms {
            let listed = count.lines.iter().filter(|line| line.form == Some(*form)).count();
            assert_eq!(i64::try_from(listed).unwrap(), *counted, "{day} {form:?}");
        }
    }
    // The line tells the engagement as which somebody is counted.
    let count = on(&world, date(2026, 3, 15)).await;
    let names: Vec<&str> = count.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["Ada Matte", "Nina Cut", "Otto Reel"]);
    let days = Days { first: date(2026, 3, 1), last: Some(date(2026, 3, 31)) };
    assert_eq!((count.lines[1].person, count.lines[1].days), (nina, days));
    // Without a day it is today.
    let count = count_of(&world, HeadCountOf::default()).await;
    assert_eq!((count.on, count.today, count.total), (date(2026, 3, 12), date(2026, 3, 12), 2));
}

async fn whoever_sees_a_clients_content_is_counted_engaged_or_not(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let (blue, kestrel) = (client(&world, "Blue Lantern").await, client(&world, "Kestrel").await);
    let (marmot, otter) = (title(&world, blue, "MARMOT").await, title(&world, blue, "OTTER").await);
    let badger = title(&world, kestrel, "BADGER").await;
    let nina = add(&world, "Nina Cut", work("freelancer", "2026-02-01 2026-02-28")).await;
    engaged(&world, nina, work("employee", "2026-02-10 2026-02-20")).await;
    let otto = add(&world, "Otto Reel", work("employee", "2026-01-01")).await;
    add(&world, "Ada Matte", work("employee", "2026-01-01")).await;
    assigned(&world, nina, marmot, "2026-02-01 2026-03-31").await;
    assigned(&world, nina, otter, "2026-02-15").await;
    assigned(&world, otto, badger, "2026-02-15 2026-02-15").await;
    let of = |client: Option<Id<Client>>, title: Option<Id<Title>>, day| HeadCountOf {
        on: Some(day),
        client,
        title,
    };
    for (client, title, day, counts) in [
        (None, None, date(2026, 1, 31), (0, 0)),
        (None, None, date(2026, 2, 1), (1, 0)),
        (None, None, date(2026, 2, 15), (2, 0)),
        (None, None, date(2026, 3, 1), (1, 1)),
        (Some(blue), None, date(2026, 2, 15), (1, 0)),
        (Some(kestrel), None, date(2026, 2, 15), (1, 0)),
        (Some(kestrel), None, date(2026, 2, 16), (0, 0)),
        (Some(blue), None, date(2026, 3, 1), (1, 1)),
        (Some(blue), Some(otter), date(2026, 2, 14), (0, 0)),
        (None, Some(otter), date(2026, 2, 15), (1, 0)),
        (None, Some(marmot), date(2026, 3, 31), (1, 1)),
        (None, Some(marmot), date(2026, 4, 1), (0, 0)),
        (None, Some(otter), date(2046, 4, 1), (1, 1)),
    ] {
        let count = count_of(&world, of(client, title, day)).await;
        let (all, beyond) = counts;
        assert_eq!((count.assigned, count.assigned_beyond), (Some(all), beyond), "{day}");
        // How many are engaged does not depend on whose content is asked for.
        assert_eq!(count.total, on(&world, day).await.total, "{day}");
    }
    let count = count_of(&world, of(Some(blue), None, date(2026, 2, 15))).await;
    assert_eq!((count.client.as_deref(), count.title.as_deref()), (Some("Blue Lantern"), None));
    let lines: Vec<_> = count.lines.iter().map(|line| (line.person, line.form)).collect();
    let as_employee = (nina, Some(EngagementForm::Employee));
    assert_eq!(lines, [as_employee, as_employee]);
    // Those of one person stand in the order of their ids.
    let shown: BTreeSet<&str> =
        count.lines.iter().flat_map(|line| &line.titles).map(String::as_str).collect();
    assert_eq!(shown, BTreeSet::from(["MARMOT", "OTTER"]));
    let count = count_of(&world, of(None, Some(otter), date(2026, 3, 1))).await;
    assert_eq!((count.title.as_deref(), count.lines.len()), (Some("OTTER"), 1));
    assert_eq!(count.lines[0].form, None);
    // Of all, each person stands once with all that they work on.
    let count = on(&world, date(2026, 2, 15)).await;
    let lines: Vec<(&str, &[String])> =
        count.lines.iter().map(|line| (line.name.as_str(), line.titles.as_slice())).collect();
    let both = ["MARMOT".to_owned(), "OTTER".to_owned()];
    let badger_alone = ["BADGER".to_owned()];
    assert_eq!(lines, [("Ada Matte", &[][..]), ("Nina Cut", &both), ("Otto Reel", &badger_alone)]);
    let others = of(Some(kestrel), Some(otter), date(2026, 2, 15));
    assert_eq!(code(&people::head_count(app, owner, others).await.unwrap_err()), "title");
    let empty = client(&world, "Gone").await;
    titles::client_remove(app, owner, empty).await.unwrap();
    let gone = of(Some(empty), None, date(2026, 2, 15));
    assert_eq!(code(&people::head_count(app, owner, gone).await.unwrap_err()), "not_found");
}

async fn what_was_removed_counts_on_no_day(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern").await;
    let film = title(&world, blue, "MARMOT").await;
    let nina = add(&world, "Nina Cut", work("employee", "2025-12-01")).await;
    let booked = assigned(&world, nina, film, "2025-12-01").await;
    let one = only_engagement(&world, nina).await.id;
    let of_blue = HeadCountOf { client: Some(blue), ..HeadCountOf::default() };
    people::engagement_remove(app, owner, one).await.unwrap();
    for day in [date(2025, 12, 15), date(2026, 3, 12), date(2027, 1, 1)] {
        let count = on(&world, day).await;
        assert_eq!((count.total, count.lines.len()), (0, 0), "{day}");
        assert_eq!((count.assigned, count.assigned_beyond), (Some(1), 1), "{day}");
        assert!(count.months.iter().all(|(_, count)| *count == 0));
    }
    let count = count_of(&world, of_blue).await;
    assert_eq!((count.lines.len(), count.lines[0].form), (1, None));
    people::assignment_remove(app, owner, booked).await.unwrap();
    let count = count_of(&world, of_blue).await;
    assert_eq!((count.assigned, count.assigned_beyond, count.lines.len()), (Some(0), 0, 0));
    // Beside one that was removed another counts, once.
    engaged(&world, nina, work("trainee", "2025-12-01")).await;
    assert_eq!(forms(&on(&world, date(2026, 1, 1)).await), [0, 0, 0, 1]);
}

async fn the_last_twelve_months_are_counted_on_their_first_days(world: World) {
    let nina = add(&world, "Nina Cut", work("freelancer", "2025-06-01 2025-08-01")).await;
    engaged(&world, nina, work("employee", "2025-07-15 2025-09-30")).await;
    add(&world, "Otto Reel", work("employee", "2025-04-02")).await;
    add(&world, "Ada Matte", work("employee", "2020-01-01 2025-04-01")).await;
    add(&world, "Late Comer", work("employee", "2026-03-02")).await;
    let count = on(&world, date(2020, 1, 1)).await;
    let day = |year, month, people| (date(year, month, 1), people);
    assert_eq!(
        count.months,
        [
            day(2025, 4, 1),
            day(2025, 5, 1),
            day(2025, 6, 2),
            day(2025, 7, 2),
            day(2025, 8, 2),
            day(2025, 9, 2),
            day(2025, 10, 1),
            day(2025, 11, 1),
            day(2025, 12, 1),
            day(2026, 1, 1),
            day(2026, 2, 1),
            day(2026, 3, 1),
        ]
    );
    for (day, people) in count.months {
        assert_eq!(on(&world, day).await.total, people, "{day}");
    }
}

async fn what_is_handed_out_leaves_its_digest_and_holds_no_formula(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern").await;
    let new = NewTitle {
        name: "The Salt Road".into(),
        alias: "@SUM(A1)".into(),
        begins_on: "2026-01-01".into(),
        ..NewTitle::default()
    };
    let film = titles::title_add(app, owner, Some(blue), new).await.unwrap();
    let first = NewEngagement { job: "+1".into(), ..work("freelancer", "2026-02-01 2026-02-28") };
    let name = "=HYPERLINK(\"http://x\",\"y\")";
    let nina = people::person_add(app, owner, person(name), first).await.unwrap();
    add(&world, "-2+3, \"Otto\"", work("employee", "2026-01-01")).await;
    let booked = NewAssignment { job: "－1".into(), ..booking("2026-02-01") };
    people::assign(app, owner, nina, film, booked).await.unwrap();
    let from = world.entry_count(world.log()).await;
    let of = HeadCountOf { on: Some(date(2026, 2, 2)), ..HeadCountOf::default() };
    let (file, table) = people::head_count_table(app, owner, of).await.unwrap();
    assert_eq!(file, "people-2026-02-02.csv");
    let heads =
        "\u{feff}\"On\",\"Name\",\"Job\",\"Form\",\"Titles by alias\",\"From\",\"Until\"\r\n";
    assert_eq!(
        String::from_utf8(table.clone()).unwrap(),
        [
            heads,
            "\"2026-02-02\",\"'-2+3, \"\"Otto\"\"\",\"colourist\",\"employee\",\"\",\"2026-01-01\",\"\"\r\n",
            "\"2026-02-02\",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",\"'+1\",\"freelancer\",\"'@SUM(A1)\",\"2026-02-01\",\"2026-02-28\"\r\n",
        ]
        .concat()
    );
    let body = json!({
        "on": "2026-02-02", "client": null, "title": null, "people": 2, "assigned": 1,
        "digest": Digest::of(&table),
    });
    assert_eq!(world.body(from).await, body);
    let entry = world.newest(world.log()).await;
    assert_eq!((entry.index, entry.kind.as_str()), (from, "people.counted"));
    assert_eq!(entry.subject_name, Some(format!("organisation:{}", world.organisation())));
    // Of a client, on a day on which nobody has engaged whoever is booked; without a day it says which it was.
    let of = HeadCountOf { on: None, client: Some(blue), title: Some(film) };
    let (_, table) = people::head_count_table(app, owner, of).await.unwrap();
    assert_eq!(
        String::from_utf8(table.clone()).unwrap(),
        [
            heads,
            "\"2026-03-12\",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",\"'－1\",\"not engaged on this day\",\"'@SUM(A1)\",\"2026-02-01\",\"\"\r\n",
        ]
        .concat()
    );
    let body = json!({
        "on": "2026-03-12", "client": blue, "title": film, "people": 1, "assigned": 1,
        "digest": Digest::of(&table),
    });
    assert_eq!(world.body(from + 1).await, body);
    // What was handed out is not denied later.
    let outcome = closedset_app::ledger::entry_erase(app, owner, from, "it is inconvenient").await;
    assert_eq!(code(&outcome.unwrap_err()), "entry.kept");
}

/// What a test makes up of somebody, with whether it was removed.
type Made<T> = (Id<Person>, T, Days, bool);

/// Numbers below a bound, the same in each run.
struct Dice(Seeded);

impl Dice {
    fn below(&self, bound: u32) -> u32 {
        u32::from_be_bytes(bytes::<4>(&self.0)) % bound
    }

    fn day(&self) -> Date {
        date(2025, 1, 1).saturating_add(Span::new().days(i64::from(self.below(700))))
    }

    fn days(&self) -> Days {
        let first = self.day();
        let last = first.saturating_add(Span::new().days(i64::from(self.below(120))));
        Days { first, last: (self.below(4) > 0).then_some(last) }
    }
}

/// Writes what was made up into the database.
async fn insert(
    world: &World,
    ids: Vec<Id<Person>>,
    engagements: Vec<Made<EngagementForm>>,
    bookings: Vec<Made<Id<Title>>>,
) {
    let organisation = world.organisation();
    write(world, move |tx| {
        for (count, id) in ids.iter().enumerate() {
            let name = format!("Somebody {count}");
            people_store::person_insert(tx, organisation, *id, &name, &id.to_string())?;
        }
        let job = "runner";
        for (person, form, days, gone) in engagements.iter().copied() {
            let (id, created_at, job) = (tx.new_id(), tx.now(), job.to_owned());
            let removed_at = None;
            let mut row = EngagementRow { id, person, form, job, days, created_at, removed_at };
            engagement_insert(tx, organisation, &row)?;
            row.removed_at = gone.then_some(created_at);
            engagement_update(tx, organisation, &row)?;
        }
        for (person, title, days, gone) in bookings.iter().copied() {
            let (id, created_at, job) = (tx.new_id(), tx.now(), job.to_owned());
            let removed_at = None;
            let mut row = AssignmentRow { id, person, title, job, days, created_at, removed_at };
            assignment_insert(tx, organisation, &row)?;
            row.removed_at = gone.then_some(created_at);
            assignment_update(tx, organisation, &row)?;
        }
        Ok(())
    })
    .await;
}

async fn a_count_is_that_of_whoever_counts_one_by_one(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let kestrel = client(&world, "Kestrel").await;
    let titles = [
        (title(&world, blue, "A").await, blue),
        (title(&world, blue, "B").await, blue),
        (title(&world, kestrel, "C").await, kestrel),
    ];
    let dice = Dice(Seeded::new(2026));
    let ids: Vec<Id<Person>> = world.read(|tx| Ok((0..60).map(|_| tx.new_id()).collect())).await;
    let mut engagements: Vec<Made<EngagementForm>> = Vec::new();
    let mut bookings: Vec<Made<usize>> = Vec::new();
    for id in &ids {
        for _ in 0..dice.below(5) {
            let form = EngagementForm::ALL[dice.below(4) as usize];
            engagements.push((*id, form, dice.days(), dice.below(6) == 0));
        }
        for _ in 0..dice.below(4) {
            bookings.push((*id, dice.below(3) as usize, dice.days(), dice.below(6) == 0));
        }
    }
    let booked = bookings.iter().map(|(who, at, days, gone)| (*who, titles[*at].0, *days, *gone));
    insert(&world, ids, engagements.clone(), booked.collect()).await;
    let form_of = |person: Id<Person>, day: Date| {
        let own = engagements.iter().filter(|(who, ..)| *who == person);
        own.filter(|(_, _, days, gone)| !gone && is_in(*days, day)).map(|(_, form, ..)| *form).min()
    };
    for _ in 0..40 {
        let day = dice.day();
        let people: BTreeSet<Id<Person>> = engagements.iter().map(|(who, ..)| *who).collect();
        let naive: Vec<i64> = EngagementForm::ALL
            .iter()
            .map(|form| people.iter().filter(|who| form_of(**who, day) == Some(*form)).count())
            .map(|count| i64::try_from(count).unwrap())
            .collect();
        let asked = [
            (None, None),
            (Some(blue), None),
            (Some(kestrel), None),
            (None, Some(titles[0].0)),
            (Some(blue), Some(titles[1].0)),
        ];
        for (client, title) in asked {
            let count = count_of(&world, HeadCountOf { on: Some(day), client, title }).await;
            assert_eq!(forms(&count), naive, "{day}");
            assert_eq!(count.total, naive.iter().sum::<i64>(), "{day}");
            let is_asked = |at: usize| {
                client.is_none_or(|client| titles[at].1 == client)
                    && title.is_none_or(|title| titles[at].0 == title)
            };
            let working: Vec<Id<Person>> = bookings
                .iter()
                .filter(|(_, at, days, gone)| !gone && is_asked(*at) && is_in(*days, day))
                .map(|(who, ..)| *who)
                .collect();
            let each: BTreeSet<Id<Person>> = working.iter().copied().collect();
            let beyond = each.iter().filter(|who| form_of(**who, day).is_none()).count();
            assert_eq!(count.assigned, i64::try_from(each.len()).ok(), "{day}");
            assert_eq!(count.assigned_beyond, i64::try_from(beyond).unwrap(), "{day}");
            let is_any = client.is_none() && title.is_none();
            let lines = if is_any { usize::try_from(count.total).unwrap() } else { working.len() };
            assert_eq!((count.lines.len(), count.is_cut), (lines, false), "{day}");
            for line in &count.lines {
                assert_eq!(line.form, form_of(line.person, day), "{day}");
            }
        }
    }
}

/// Counted by hand, not by [`Days::holds`].
fn is_in(days: Days, day: Date) -> bool {
    (days.first.year(), days.first.day_of_year()) <= (day.year(), day.day_of_year())
        && days
            .last
            .is_none_or(|last| (last.year(), last.day_of_year()) >= (day.year(), day.day_of_year()))
}

async fn more_than_is_listed_is_counted_and_said_to_be_cut(world: World) {
    let organisation = world.organisation();
    // One more than is listed, and before them some who are engaged twice.
    let people = usize::try_from(HEAD_LINES).unwrap() + 1;
    write(&world, move |tx| {
        for count in 0..people {
            let id = tx.new_id();
            let name = format!("Somebody {count:05}");
            people_store::person_insert(tx, organisation, id, &name, &id.to_string())?;
            let forms = [EngagementForm::Trainee, EngagementForm::Employee];
            for form in forms.into_iter().take(if count < 10 { 2 } else { 1 }) {
                let row = EngagementRow {
                    id: tx.new_id(),
                    person: id,
                    form,
                    job: "runner".into(),
                    days: Days { first: date(2026, 1, 1), last: None },
                    created_at: tx.now(),
                    removed_at: None,
                };
                engagement_insert(tx, organisation, &row)?;
            }
        }
        Ok(())
    })
    .await;
    let count = count_of(&world, HeadCountOf::default()).await;
    assert_eq!((count.total, count.is_cut), (HEAD_LINES + 1, true));
    assert_eq!(i64::try_from(count.lines.len()).unwrap(), HEAD_LINES);
    assert_eq!(forms(&count), [10, 0, 0, HEAD_LINES - 9]);
    let employed =
        count.lines.iter().filter(|line| line.form == Some(EngagementForm::Employee)).count();
    assert_eq!(employed, 10);
}
