//! The register of people: who is entered, engaged from when to when and assigned to which title, and what is
//! refused. Who reads it stands in [`crate::register_read`], counts in [`crate::register_counts`].

use crate::{
    register_read::standing,
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem,
    people::{
        self, NewAssignment, NewEngagement, NewInvitation, NewPerson, PersonDetail, Standing,
    },
    titles::{self, NewClient, NewTitle},
};
use closedset_core::{
    Actor, Role,
    engagement::EngagementForm,
    id::{Assignment, Client, Engagement, Id, Person, Title},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    engagements::{AssignmentRow, EngagementRow, assignment_insert, engagement_insert},
};
use jiff::civil::date;
use serde_json::json;
use std::collections::BTreeSet;

on_both!(
    each_step_stands_in_the_ledger_with_every_field,
    the_same_again_changes_nothing,
    what_is_left_out_is_none,
    an_address_is_one_persons_and_a_name_too,
    what_is_entered_wrongly_is_refused_by_field_all_at_once,
    engagements_overlap_only_in_different_forms,
    of_two_who_enter_the_same_at_once_one_is_refused,
    a_last_day_ends_an_engagement_and_all_else_changes_it,
    assignments_overlap_only_on_different_titles,
    whoever_is_booked_beyond_their_engagements_is_told,
    at_the_limit_work_can_still_be_changed_and_ended,
    of_whoever_signs_in_the_address_stays_and_the_name_is_managed,
    whoever_returns_is_engaged_again_and_whoever_is_invited_is_the_same_person,
);

pub fn person(name: &str) -> NewPerson {
    NewPerson { name: name.into(), ..NewPerson::default() }
}

/// An engagement from a day on, or from a day to another: `2026-02-01`, `2026-02-01 2026-02-28`.
pub fn work(form: &str, days: &str) -> NewEngagement {
    let (first, last) = days.split_once(' ').unwrap_or((days, ""));
    NewEngagement {
        form: form.into(),
        job: "colourist".into(),
        begins_on: first.into(),
        ends_on: last.into(),
    }
}

/// An assignment, likewise.
pub fn booking(days: &str) -> NewAssignment {
    let NewEngagement { job, begins_on, ends_on, .. } = work("", days);
    NewAssignment { job, begins_on, ends_on }
}

pub async fn add(world: &World, name: &str, first: NewEngagement) -> Id<Person> {
    people::person_add(&world.app, &world.owner, person(name), first).await.unwrap()
}

pub async fn engaged(world: &World, id: Id<Person>, new: NewEngagement) -> Id<Engagement> {
    people::engage(&world.app, &world.owner, id, new).await.unwrap()
}

pub async fn assigned(
    world: &World,
    id: Id<Person>,
    title: Id<Title>,
    days: &str,
) -> Id<Assignment> {
    people::assign(&world.app, &world.owner, id, title, booking(days)).await.unwrap()
}

pub async fn client(world: &World, name: &str) -> Id<Client> {
    let new = NewClient { name: name.into(), ..NewClient::default() };
    titles::client_add(&world.app, &world.owner, new).await.unwrap()
}

pub async fn title(world: &World, client: Id<Client>, alias: &str) -> Id<Title> {
    let new = NewTitle {
        name: format!("The {alias}"),
        alias: alias.into(),
        begins_on: "2026-01-01".into(),
        ..NewTitle::default()
    };
    titles::title_add(&world.app, &world.owner, Some(client), new).await.unwrap()
}

pub async fn detail(world: &World, id: Id<Person>) -> PersonDetail {
    people::person_detail(&world.app, &world.owner, id).await.unwrap()
}

/// The only engagement of somebody.
pub async fn only_engagement(world: &World, id: Id<Person>) -> EngagementRow {
    let mut rows = detail(world, id).await.registered.engagements;
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// Writes into the database as a use case would.
pub async fn write(
    world: &World,
    unit: impl for<'t> Fn(&mut Tx<'t>) -> Result<(), Problem> + Send + 'static,
) {
    let log = world.log();
    world
        .app
        .store()
        .write(Scope::Organisation(world.organisation()), move |tx| -> Result<_, Problem> {
            unit(tx)?;
            let (actor, subject) = (&Actor::Closedset, "test:note".to_owned());
            tx.record(log, NewEntry { actor, subject, kind: "test.noted", body: json!({}) })?;
            Ok(())
        })
        .await
        .unwrap();
}

async fn refused_person(world: &World, new: NewPerson, first: NewEngagement) -> String {
    code(&people::person_add(&world.app, &world.owner, new, first).await.unwrap_err())
}

pub fn refused<T>(outcome: Result<T, Problem>) -> String {
    outcome.map_or_else(|problem| code(&problem), |_| "nothing".into())
}

async fn each_step_stands_in_the_ledger_with_every_field(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern").await;
    let film = title(&world, blue, "MARMOT").await;
    let from = world.entry_count(world.log()).await;
    let new = NewPerson {
        name: " Nina Cut ".into(),
        email: " Nina@Halide.Example ".into(),
        phone: " +46 (0)8-123.45/6 ".into(),
    };
    let first = NewEngagement {
        form: " freelancer ".into(),
        job: " grader ".into(),
        begins_on: " 2026-02-01 ".into(),
        ends_on: " ".into(),
    };
    let nina = people::person_add(app, owner, new.clone(), first).await.unwrap();
    let one = only_engagement(&world, nina).await.id;
    let renamed = NewPerson { name: "Nina Cutter".into(), phone: String::new(), ..new };
    people::person_edit(app, owner, nina, renamed).await.unwrap();
    people::engagement_change(app, owner, one, work("employee", "2026-02-02")).await.unwrap();
    let until = work("employee", "2026-02-02 2026-04-30");
    people::engagement_change(app, owner, one, until).await.unwrap();
    let booked = assigned(&world, nina, film, "2026-02-03").await;
    let changed = NewAssignment { job: "conform".into(), ..booking("2026-02-03 2026-02-04") };
    people::assignment_change(app, owner, booked, changed).await.unwrap();
    people::assignment_remove(app, owner, booked).await.unwrap();
    people::engagement_remove(app, owner, one).await.unwrap();
    let kinds = world.kinds_from(from).await;
    assert_eq!(
        kinds,
        [
            "person.added",
            "engagement.began",
            "person.changed",
            "engagement.changed",
            "engagement.ended",
            "leaving.opened",
            "assignment.added",
            "assignment.changed",
            "assignment.removed",
            "engagement.removed",
            "leaving.called_off",
        ]
    );
    let engaged = |form: &str, job: &str, first: &str, last: Option<&str>| {
        json!({
            "engagement": one, "person": nina, "form": form, "job": job, "begins_on": first,
            "ends_on": last,
        })
    };
    let booking = |job: &str, last: Option<&str>| {
        json!({
            "assignment": booked, "person": nina, "title": film, "job": job,
            "begins_on": "2026-02-03", "ends_on": last,
        })
    };
    let email = "nina@halide.example";
    let bodies = [
        json!({"person": nina, "name": "Nina Cut", "email": email, "phone": "+46 (0)8-123.45/6"}),
        engaged("freelancer", "grader", "2026-02-01", None),
        json!({"person": nina, "name": "Nina Cutter", "email": email, "phone": ""}),
        engaged("employee", "colourist", "2026-02-02", None),
        engaged("employee", "colourist", "2026-02-02", Some("2026-04-30")),
        booking("colourist", None),
        booking("conform", Some("2026-02-04")),
        booking("conform", Some("2026-02-04")),
        engaged("employee", "colourist", "2026-02-02", Some("2026-04-30")),
    ];
    // What is said of their leaving stands in tests of its own.
    let own = (0..kinds.len()).filter(|at| !kinds[*at].starts_with("leaving."));
    for (at, body) in own.zip(bodies) {
        let index = from + i64::try_from(at).unwrap();
        assert_eq!(world.body(index).await, body, "{}", kinds[at]);
        let log = world.log();
        let entry =
            world.read(move |tx| closedset_store::ledger::entry_at(tx, log, index)).await.unwrap();
        assert_eq!(entry.subject_name, Some(format!("person:{nina}")));
    }
    let shown = detail(&world, nina).await.registered;
    assert!(shown.engagements.is_empty() && shown.assignments.is_empty());
    for gone in [
        people::engagement_change(app, owner, one, work("trainee", "2026-05-01")).await,
        people::engagement_remove(app, owner, one).await,
        people::assignment_remove(app, owner, booked).await,
    ] {
        assert_eq!(refused(gone), "not_found");
    }
    assert!(world.verify().await.faults.is_empty());
}

async fn the_same_again_changes_nothing(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let film = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let nina = add(&world, "Nina Cut", work("freelancer", "2026-02-01")).await;
    let one = only_engagement(&world, nina).await.id;
    let booked = assigned(&world, nina, film, "2026-02-01").await;
    let before = world.entry_count(world.log()).await;
    people::person_edit(app, owner, nina, person(" Nina Cut ")).await.unwrap();
    people::engagement_change(app, owner, one, work("freelancer", "2026-02-01")).await.unwrap();
    people::assignment_change(app, owner, booked, booking("2026-02-01")).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn what_is_left_out_is_none(world: World) {
    let from = world.entry_count(world.log()).await;
    let nina = add(&world, "Nina Cut", work("trainee", "2026-02-01")).await;
    let body = json!({"person": nina, "name": "Nina Cut", "email": null, "phone": ""});
    assert_eq!(world.body(from).await, body);
    let shown = detail(&world, nina).await;
    assert_eq!(shown.registered.person.email, None);
    assert!(shown.member.is_none() && shown.tasks.is_empty());
    assert_eq!(shown.today, date(2026, 3, 12));
    // Two without an address do not have the same one.
    add(&world, "Otto Reel", work("trainee", "2026-02-01")).await;
    let by_id = people::person_with_email(&world.app, &world.owner, &nina.to_string()).await;
    let whose = by_id.unwrap();
    assert!(whose.is_none(), "what stands for an address is none: {whose:?}");
}

async fn an_address_is_one_persons_and_a_name_too(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let with = |name: &str, email: &str| NewPerson { email: email.into(), ..person(name) };
    let first = || work("employee", "2026-02-01");
    let nina = with("Nina Cut", "nina@halide.example");
    let nina = people::person_add(app, owner, nina, first()).await.unwrap();
    let otto = add(&world, "Otto Reel", first()).await;
    let before = world.entry_count(world.log()).await;
    for (new, wrong) in [
        (with("Another", "NINA@halide.example"), "person.same_email"),
        (with("nina  CUT", ""), "person.same_name"),
        (with("NinaCut", "other@halide.example"), "person.same_name"),
        // The owner, who is in no engagement.
        (person("Mira Lindqvist"), "person.same_name"),
        (with("Another", "mira@halide.example"), "person.same_email"),
    ] {
        assert_eq!(refused_person(&world, new.clone(), first()).await, wrong, "{new:?}");
    }
    for (new, wrong) in [
        (with("Otto Reel", "nina@halide.example"), "person.same_email"),
        (with("nina cut", ""), "person.same_name"),
    ] {
        assert_eq!(refused(people::person_edit(app, owner, otto, new).await), wrong);
    }
    assert_eq!(world.entry_count(world.log()).await, before);
    let found = people::person_with_email(app, owner, " NINA@halide.example ").await.unwrap();
    assert_eq!(found.map(|row| row.id), Some(nina));
    // Their own name and address stay theirs, whatever else changes.
    let own = NewPerson { phone: "123".into(), ..with("NINA CUT", "nina@halide.example") };
    people::person_edit(app, owner, nina, own).await.unwrap();
}

async fn what_is_entered_wrongly_is_refused_by_field_all_at_once(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let film = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let nina = add(&world, "Nina Cut", work("employee", "2026-02-01")).await;
    let one = only_engagement(&world, nina).await.id;
    let booked = assigned(&world, nina, film, "2026-02-01").await;
    let before = world.entry_count(world.log()).await;
    let long = "x".repeat(101);
    for bad in ["", " ", "two\nlines", "tab\there", "nul\0", "\u{202e}esrever", "\u{200b}", &long] {
        let new = person(bad);
        let first = work("employee", "2026-02-01");
        assert_eq!(refused_person(&world, new.clone(), first).await, "name", "{bad:?}");
        assert_eq!(refused(people::person_edit(app, owner, nina, new).await), "name", "{bad:?}");
    }
    for bad in [
        "nina",
        "nina@",
        "@halide.example",
        "a b@halide.example",
        "a\0@halide.example",
        "a\u{202e}@halide.example",
    ] {
        let new = NewPerson { email: bad.into(), ..person("Otto Reel") };
        assert_eq!(refused(people::person_edit(app, owner, nina, new).await), "email", "{bad:?}");
    }
    for bad in ["call me", "+46\u{202e}1", "1\n2", "٤٥", "0".repeat(41).as_str(), "=1+1"] {
        let new = NewPerson { phone: bad.into(), ..person("Otto Reel") };
        assert_eq!(refused(people::person_edit(app, owner, nina, new).await), "phone", "{bad:?}");
    }
    for bad in [
        "",
        " ",
        "\u{200d}",
        "\u{3164}",
        "two\nlines",
        "\u{202e}esrever",
        "nul\0",
        "x".repeat(81).as_str(),
    ] {
        let new = NewEngagement { job: bad.into(), ..work("employee", "2026-02-01") };
        assert_eq!(refused(people::engage(app, owner, nina, new.clone()).await), "job", "{bad:?}");
        let outcome = people::engagement_change(app, owner, one, new).await;
        assert_eq!(refused(outcome), "job", "{bad:?}");
        let new = NewAssignment { job: bad.into(), ..booking("2026-02-01") };
        let outcome = people::assign(app, owner, nina, film, new.clone()).await;
        assert_eq!(refused(outcome), "job", "{bad:?}");
        let outcome = people::assignment_change(app, owner, booked, new).await;
        assert_eq!(refused(outcome), "job", "{bad:?}");
    }
    for (form, days, wrong) in [
        ("", "2026-02-01", "form"),
        ("Employee", "2026-02-01", "form"),
        ("boss", "", "form begins_on"),
        ("employee", "2026-9-1", "begins_on"),
        ("employee", "20260901", "begins_on"),
        ("employee", "1.9.2026", "begins_on"),
        ("employee", "2026-02-30", "begins_on"),
        ("employee", "2026-02-01T00:00", "begins_on"),
        ("employee", "1949-12-31", "begins_on"),
        ("employee", "2150-01-01", "begins_on"),
        ("employee", "-000001-01-01", "begins_on"),
        ("employee", "2026-02-02 2026-02-01", "ends_on"),
        ("employee", "2026-02-02 2150-01-01", "ends_on"),
        ("employee", "2026-02-02 2026-9-1", "ends_on"),
        ("employee", "soon later", "begins_on ends_on"),
    ] {
        let new = work(form, days);
        assert_eq!(refused(people::engage(app, owner, nina, new.clone()).await), wrong, "{days}");
        let outcome = people::engagement_change(app, owner, one, new).await;
        assert_eq!(refused(outcome), wrong, "{days}");
        let wrong = wrong.trim_start_matches("form").trim_start();
        if !wrong.is_empty() {
            let outcome = people::assign(app, owner, nina, film, booking(days)).await;
            assert_eq!(refused(outcome), wrong, "{days}");
            let outcome = people::assignment_change(app, owner, booked, booking(days)).await;
            assert_eq!(refused(outcome), wrong, "{days}");
        }
    }
    let all = NewPerson { name: String::new(), email: "x".into(), phone: "x".into() };
    let wrong = "name email phone form job begins_on ends_on";
    let first = NewEngagement { ends_on: "x".into(), ..NewEngagement::default() };
    assert_eq!(refused_person(&world, all, first).await, wrong);
    assert_eq!(world.entry_count(world.log()).await, before);
    // The very first and the very last day that can be said, and one day alone.
    for days in ["1950-01-01 1950-01-01", "2149-12-31 2149-12-31"] {
        engaged(&world, nina, work("trainee", days)).await;
    }
    let found = people::assign(app, owner, nina, tx_id(&world).await, booking("2026-02-01")).await;
    assert_eq!(refused(found), "not_found", "a title that never was");
}

/// An id of nothing.
pub async fn tx_id<K: closedset_core::id::Kind + Send + 'static>(world: &World) -> Id<K> {
    world.read(|tx| Ok(tx.new_id())).await
}

async fn engagements_overlap_only_in_different_forms(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let nina = add(&world, "Nina Cut", work("freelancer", "2026-02-01 2026-02-28")).await;
    let other = add(&world, "Otto Reel", work("freelancer", "2026-02-01 2026-02-28")).await;
    let first = only_engagement(&world, nina).await.id;
    for days in [
        "2026-02-28",
        "2026-01-01 2026-02-01",
        "2026-01-01",
        "2026-02-10 2026-02-11",
        "2026-02-01 2026-02-28",
    ] {
        let outcome = people::engage(app, owner, nina, work("freelancer", days)).await;
        assert_eq!(refused(outcome), "engagement.overlaps", "{days}");
    }
    let beside = engaged(&world, nina, work("employee", "2026-02-10")).await;
    let later = engaged(&world, nina, work("freelancer", "2026-03-01")).await;
    engaged(&world, nina, work("freelancer", "2026-01-01 2026-01-31")).await;
    for (id, new) in [
        (first, work("freelancer", "2026-02-01 2026-03-01")),
        (beside, work("freelancer", "2026-02-10")),
        (later, work("freelancer", "2026-02-28")),
        (later, work("employee", "2026-03-01")),
    ] {
        let outcome = people::engagement_change(app, owner, id, new.clone()).await;
        assert_eq!(refused(outcome), "engagement.overlaps", "{new:?}");
    }
    // It does not stand in its own way, nor does another's, nor one that was removed.
    let own = work("freelancer", "2026-02-02 2026-02-27");
    people::engagement_change(app, owner, first, own).await.unwrap();
    people::engagement_remove(app, owner, first).await.unwrap();
    engaged(&world, nina, work("freelancer", "2026-02-01 2026-02-28")).await;
    assert_eq!(detail(&world, other).await.registered.engagements.len(), 1);
    let rows = detail(&world, nina).await.registered.engagements;
    let begun: Vec<String> = rows.iter().map(|row| row.days.first.to_string()).collect();
    assert_eq!(begun, ["2026-01-01", "2026-02-01", "2026-02-10", "2026-03-01"]);
}

async fn of_two_who_enter_the_same_at_once_one_is_refused(world: World) {
    let (second, owner) = (world.second(), &world.owner);
    let film = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let new = || NewPerson { email: "nina@halide.example".into(), ..person("Nina Cut") };
    let first = || work("employee", "2026-02-01");
    let (one, other) = tokio::join!(
        people::person_add(&world.app, owner, new(), first()),
        people::person_add(&second, owner, new(), first()),
    );
    let (nina, other) = if one.is_ok() { (one, other) } else { (other, one) };
    assert_eq!(refused(other), "person.same_email");
    let nina = nina.unwrap();
    let (one, other) = tokio::join!(
        people::engage(&world.app, owner, nina, work("trainee", "2026-02-01")),
        people::engage(&second, owner, nina, work("trainee", "2026-01-01")),
    );
    let outcomes = BTreeSet::from([refused(one), refused(other)]);
    assert_eq!(outcomes, BTreeSet::from(["nothing".into(), "engagement.overlaps".into()]));
    let (one, other) = tokio::join!(
        people::assign(&world.app, owner, nina, film, booking("2026-02-01")),
        people::assign(&second, owner, nina, film, booking("2026-01-01")),
    );
    let outcomes = BTreeSet::from([refused(one), refused(other)]);
    assert_eq!(outcomes, BTreeSet::from(["nothing".into(), "assignment.overlaps".into()]));
}

async fn a_last_day_ends_an_engagement_and_all_else_changes_it(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let nina = add(&world, "Nina Cut", work("freelancer", "2026-02-01")).await;
    let id = only_engagement(&world, nina).await.id;
    let job = |days: &str| NewEngagement { job: "grader".into(), ..work("freelancer", days) };
    for (new, kind) in [
        (work("freelancer", "2026-02-01 2026-02-28"), "engagement.ended"),
        // Put off, or to come.
        (work("freelancer", "2026-02-01 2026-12-31"), "engagement.ended"),
        (work("freelancer", "2026-02-01"), "engagement.changed"),
        (job("2026-02-01 2026-12-31"), "engagement.changed"),
        (job("2026-02-02 2026-11-30"), "engagement.changed"),
        (NewEngagement { form: "employee".into(), ..job("2026-02-02") }, "engagement.changed"),
    ] {
        let from = world.entry_count(world.log()).await;
        people::engagement_change(app, owner, id, new.clone()).await.unwrap();
        assert_eq!(world.kinds_from(from).await[0], kind, "{new:?}");
    }
    assert_eq!(only_engagement(&world, nina).await.form, EngagementForm::Employee);
}

async fn assignments_overlap_only_on_different_titles(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern").await;
    let (film, other) = (title(&world, blue, "MARMOT").await, title(&world, blue, "OTTER").await);
    let nina = add(&world, "Nina Cut", work("freelancer", "2026-01-01")).await;
    let first = assigned(&world, nina, film, "2026-02-01 2026-02-28").await;
    for days in ["2026-02-28", "2026-01-01 2026-02-01", "2026-02-03 2026-02-03"] {
        let outcome = people::assign(app, owner, nina, film, booking(days)).await;
        assert_eq!(refused(outcome), "assignment.overlaps", "{days}");
    }
    assigned(&world, nina, other, "2026-02-01").await;
    let next = assigned(&world, nina, film, "2026-03-01").await;
    let outcome = people::assignment_change(app, owner, next, booking("2026-02-28")).await;
    assert_eq!(refused(outcome), "assignment.overlaps");
    people::assignment_change(app, owner, first, booking("2026-02-02 2026-02-27")).await.unwrap();
    people::assignment_remove(app, owner, first).await.unwrap();
    people::assignment_change(app, owner, next, booking("2026-02-28")).await.unwrap();
    let rows = detail(&world, nina).await.registered.assignments;
    let shown: Vec<(&str, String)> =
        rows.iter().map(|(row, alias)| (alias.as_str(), row.days.first.to_string())).collect();
    assert_eq!(shown, [("OTTER", "2026-02-01".into()), ("MARMOT", "2026-02-28".into())]);
    let gone = people::assignment_change(app, owner, first, booking("2026-05-01")).await;
    assert_eq!(refused(gone), "not_found");
    // Nobody is put on a title that was removed.
    let third = title(&world, blue, "BADGER").await;
    titles::title_remove(app, owner, third).await.unwrap();
    let outcome = people::assign(app, owner, nina, third, booking("2026-02-01")).await;
    assert_eq!(refused(outcome), "not_found");
}

async fn whoever_is_booked_beyond_their_engagements_is_told(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let nina = add(&world, "Nina Cut", work("freelancer", "2026-02-01 2026-02-28")).await;
    engaged(&world, nina, work("employee", "2026-03-01 2026-03-31")).await;
    let gone = engaged(&world, nina, work("employee", "2026-05-01")).await;
    people::engagement_remove(&world.app, &world.owner, gone).await.unwrap();
    for (alias, days, is_beyond) in [
        ("A", "2026-02-01 2026-02-28", false),
        ("B", "2026-02-15 2026-03-15", false),
        ("C", "2026-01-31 2026-02-28", true),
        ("D", "2026-03-15 2026-04-01", true),
        ("E", "2026-03-15", true),
        ("F", "2026-05-02 2026-05-03", true),
    ] {
        let title = title(&world, blue, alias).await;
        let id = assigned(&world, nina, title, days).await;
        let detail = detail(&world, nina).await;
        let of = |(row, _): &&(AssignmentRow, String)| row.id == id;
        let (row, shown) = detail.registered.assignments.iter().find(of).unwrap();
        assert_eq!((detail.is_beyond(row), shown.as_str()), (is_beyond, alias), "{days}");
    }
}

async fn at_the_limit_work_can_still_be_changed_and_ended(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let film = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let nina = add(&world, "Nina Cut", work("trainee", "2026-02-01")).await;
    let one = only_engagement(&world, nina).await;
    let booked = assigned(&world, nina, film, "2026-02-01").await;
    let organisation = world.organisation();
    write(&world, move |tx| {
        let mut day = date(1960, 1, 1);
        for count in 1..2_000 {
            let days = closedset_core::engagement::Days { first: day, last: Some(day) };
            day = day.tomorrow().unwrap();
            let (created_at, job) = (tx.now(), "runner".to_owned());
            let row = AssignmentRow {
                id: tx.new_id(),
                person: nina,
                title: film,
                job: job.clone(),
                days,
                created_at,
                removed_at: None,
            };
            assignment_insert(tx, organisation, &row)?;
            if count < 200 {
                let form = EngagementForm::Trainee;
                let row = EngagementRow { id: tx.new_id(), form, job, days, ..one.clone() };
                engagement_insert(tx, organisation, &row)?;
            }
        }
        Ok(())
    })
    .await;
    let one = detail(&world, nina).await.registered.engagements.pop().unwrap();
    let outcome = people::engage(app, owner, nina, work("employee", "2026-02-01")).await;
    assert_eq!(refused(outcome), "engagement.too_many");
    let outcome = people::assign(app, owner, nina, film, booking("2026-01-01 2026-01-01")).await;
    assert_eq!(refused(outcome), "assignment.too_many");
    let until = work("trainee", "2026-02-01 2026-03-31");
    assert_eq!(refused(people::engagement_change(app, owner, one.id, until).await), "nothing");
    let until = booking("2026-02-01 2026-03-31");
    assert_eq!(refused(people::assignment_change(app, owner, booked, until).await), "nothing");
}

async fn of_whoever_signs_in_the_address_stays_and_the_name_is_managed(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let colleague = world.colleague("nina", Role::Coordinator).await;
    let email = "nina@halide.example";
    let nina = people::person_with_email(app, owner, email).await.unwrap().unwrap().id;
    let by = world.as_role(Role::Coordinator);
    let own = NewPerson { email: email.into(), ..person("nina") };
    let moved = NewPerson { email: "other@halide.example".into(), ..own.clone() };
    let dropped = NewPerson { email: String::new(), ..own.clone() };
    let renamed = NewPerson { name: "Nina Cut".into(), ..own.clone() };
    for by in [&by, owner] {
        for new in [&moved, &dropped] {
            let outcome = people::person_edit(app, by, nina, new.clone()).await;
            assert_eq!(refused(outcome), "person.email_of_account");
        }
    }
    for by in [&by, &colleague] {
        let outcome = people::person_edit(app, by, nina, renamed.clone()).await;
        assert_eq!(refused(outcome), "role.forbids");
    }
    let phone = NewPerson { phone: "123".into(), ..own };
    people::person_edit(app, &by, nina, phone).await.unwrap();
    people::person_edit(app, owner, nina, renamed).await.unwrap();
    people::engage(app, &by, nina, work("employee", "2026-01-01")).await.unwrap();
    let shown = detail(&world, nina).await;
    assert_eq!(shown.member.map(|row| (row.name, row.email)), {
        Some(("Nina Cut".into(), email.into()))
    });
    assert_eq!(standing(&world, Standing::Here).await, ["Nina Cut"]);
}

async fn whoever_returns_is_engaged_again_and_whoever_is_invited_is_the_same_person(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let nina = NewPerson { email: "nina@halide.example".into(), ..person("Nina Cut") };
    let past = work("freelancer", "2025-02-01 2025-02-28");
    let id = people::person_add(app, owner, nina.clone(), past).await.unwrap();
    engaged(&world, id, work("freelancer", "2026-02-01")).await;
    let manager = Caller { factor_at: Some(world.now()), ..owner.clone() };
    let new = NewInvitation {
        email: nina.email.clone(),
        name: nina.name.clone(),
        role: "member".into(),
        last_day: String::new(),
    };
    let (_, link) = people::invite(app, &manager, new).await.unwrap();
    let taken = NewInvitation {
        email: "another@halide.example".into(),
        name: "nina CUT".into(),
        role: "member".into(),
        last_day: String::new(),
    };
    assert_eq!(refused(people::invite(app, &manager, taken).await), "person.same_name");
    let token = link.split_once("/join?token=").unwrap().1;
    let member = people::NewMember {
        name: nina.name,
        password: "velvet harbour lantern".into(),
        browser: "a browser".into(),
    };
    people::join_new(app, token, member).await.unwrap();
    let shown = detail(&world, id).await;
    assert_eq!(shown.member.unwrap().role, Role::Member);
    assert_eq!(shown.registered.engagements.len(), 2);
    assert_eq!(standing(&world, Standing::All).await, ["Mira Lindqvist", "Nina Cut"]);
}
