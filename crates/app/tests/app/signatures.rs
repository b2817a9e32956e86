//! The control about signatures: what the register of people makes of it, each change at its own instant, and what
//! a pack proves of it.

use crate::{
    packs::{checked, holds, pack, whole_period},
    world::{World, on_both, profile},
};
use closedset_app::{
    agreements::{self, NewAgreement, NewVersion},
    evidence::{self, NewAttestation},
    exceptions::{self, NewException},
    organisations::{self, Profile},
    people::{self, NewEngagement, NewPerson},
    titles::{self, NewClient},
};
use closedset_core::{
    Duration, Status, Subject, Time,
    exception::ExceptionForm,
    id::{Agreement, Engagement, Id, Person},
};
use closedset_pack::{Finding, FindingKind, Severity};
use jiff::{Span, civil::Date, tz::TimeZone};

on_both!(
    without_an_agreement_statements_count_and_with_one_people_do,
    who_signs_turns_it_and_closes_the_task,
    days_turn_it_at_midnight_where_the_facility_is,
    a_new_version_turns_it_only_where_it_asks_again,
    an_agreement_for_a_clients_titles_alone_counts_nobody,
    the_risk_that_somebody_has_not_signed_can_be_accepted,
    another_time_zone_is_another_day,
    a_pack_counts_anew_and_names_nobody,
    a_register_changed_behind_the_ledger_is_found,
);

const CHECK: &str = "everyone-has-signed";

fn control() -> Subject {
    Subject::control("AD-3")
}

const WORDS: &str = "# Confidentiality\n\nWhat I see here I tell nobody.\n";

async fn status(world: &World) -> Status {
    world.status(&control(), CHECK).await
}

async fn because(world: &World) -> String {
    world.verdict(&control(), CHECK).await.because
}

/// What the board says of the control.
async fn on_board(world: &World) -> Status {
    let board = closedset_app::board::board(&world.app, &world.owner, None).await.unwrap();
    board.controls.iter().find(|one| one.id == "AD-3").unwrap().status.status
}

async fn agreed(world: &World) -> Id<Agreement> {
    let new = NewAgreement { name: "Confidentiality".into(), client: None, text: WORDS.into() };
    agreements::agreement_add(&world.app, &world.owner, new).await.unwrap()
}

fn days(begins_on: &str, ends_on: &str) -> NewEngagement {
    NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: begins_on.into(),
        ends_on: ends_on.into(),
    }
}

async fn entered(world: &World, name: &str, begins_on: &str, ends_on: &str) -> Id<Person> {
    let new = NewPerson { name: name.into(), ..NewPerson::default() };
    people::person_add(&world.app, &world.owner, new, days(begins_on, ends_on)).await.unwrap()
}

async fn engagement_of(world: &World, person: Id<Person>) -> Id<Engagement> {
    let detail = people::person_detail(&world.app, &world.owner, person).await.unwrap();
    detail.registered.engagements[0].id
}

async fn signs(world: &World, person: Id<Person>, agreement: Id<Agreement>, number: i64) {
    let made = agreements::personal_link_make(&world.app, &world.owner, person).await.unwrap();
    let token = made.0.split_once("token=").unwrap().1;
    let name = agreements::owed(&world.app, token).await.unwrap().name;
    agreements::sign(&world.app, token, (agreement, number), (&name, true)).await.unwrap();
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn today(world: &World) -> Date {
    world.now().timestamp().to_zoned(zone("Europe/Stockholm")).date()
}

fn later(day: Date, days: i64) -> String {
    day.checked_add(Span::new().days(days)).unwrap().to_string()
}

/// When a day begins in Stockholm.
fn beginning(day: &str) -> Time {
    let day: Date = day.parse().unwrap();
    let begins = day.to_zoned(zone("Europe/Stockholm")).unwrap();
    Time::from_millis(begins.timestamp().as_millisecond())
}

async fn without_an_agreement_statements_count_and_with_one_people_do(world: World) {
    let nina = entered(&world, "Nina Cut", "2020-01-01", "").await;
    assert_eq!(status(&world).await, Status::NotApplicable);
    assert_eq!(on_board(&world).await, Status::Unknown, "nothing proves it");
    let new = NewAttestation {
        control: "AD-3".into(),
        statement: "Everybody on the payroll has signed on paper.".into(),
        valid_from: None,
        valid_to: world.now() + Duration::from_days(60),
    };
    evidence::attestation_sign(&world.app, &world.owner, new).await.unwrap();
    assert_eq!(on_board(&world).await, Status::Pass);
    let nda = agreed(&world).await;
    assert_eq!((status(&world).await, on_board(&world).await), (Status::Fail, Status::Fail));
    assert_eq!(because(&world).await, "1 of 1 who are engaged have not signed");
    agreements::agreement_retire(&world.app, &world.owner, nda).await.unwrap();
    assert_eq!(
        (status(&world).await, on_board(&world).await),
        (Status::NotApplicable, Status::Pass)
    );
    // With an agreement and nobody engaged nothing is measured either.
    agreed(&world).await;
    assert_eq!(status(&world).await, Status::Fail);
    let id = engagement_of(&world, nina).await;
    people::engagement_remove(&world.app, &world.owner, id).await.unwrap();
    assert_eq!(
        (status(&world).await, on_board(&world).await),
        (Status::NotApplicable, Status::Pass)
    );
}

async fn who_signs_turns_it_and_closes_the_task(world: World) {
    let nda = agreed(&world).await;
    assert_eq!(status(&world).await, Status::NotApplicable);
    let nina = entered(&world, "Nina Cut", "2020-01-01", "").await;
    let omar = entered(&world, "Omar Reel", "2020-01-01", "").await;
    assert_eq!(because(&world).await, "2 of 2 who are engaged have not signed");
    let tasks = world.tasks(&control(), CHECK).await;
    assert_eq!((tasks.len(), tasks[0].control.as_str()), (1, "AD-3"));
    signs(&world, nina, nda, 1).await;
    assert_eq!(because(&world).await, "1 of 2 who are engaged have not signed");
    signs(&world, omar, nda, 1).await;
    assert_eq!((status(&world).await, on_board(&world).await), (Status::Pass, Status::Pass));
    assert_eq!(because(&world).await, "all 2 who are engaged have signed");
    assert!(world.tasks(&control(), CHECK).await.is_empty());
    // One more is one more who has not.
    entered(&world, "Petra Grade", "2020-01-01", "").await;
    assert_eq!(because(&world).await, "1 of 3 who are engaged have not signed");
    assert!(world.verify().await.faults.is_empty());
}

async fn days_turn_it_at_midnight_where_the_facility_is(world: World) {
    let (nda, today) = (agreed(&world).await, today(&world));
    let nina = entered(&world, "Nina Cut", "2020-01-01", "").await;
    signs(&world, nina, nda, 1).await;
    let (first, last) = (later(today, 3), later(today, 5));
    entered(&world, "Omar Reel", &first, &last).await;
    assert_eq!(status(&world).await, Status::Pass, "who is booked is not engaged yet");
    // However late it is noticed.
    world.advance(Duration::from_days(9));
    world.sweep().await;
    let history = world.history(&control(), CHECK).await;
    let told: Vec<_> = history.iter().rev().take(3).rev().map(|one| (one.0, one.1)).collect();
    assert_eq!(told[1], (Status::Fail, beginning(&first)));
    assert_eq!(told[2], (Status::Pass, beginning(&later(today, 6))));
    assert_eq!(told[0].0, Status::Pass);
    assert!(world.verify().await.faults.is_empty());
}

async fn a_new_version_turns_it_only_where_it_asks_again(world: World) {
    let nda = agreed(&world).await;
    let nina = entered(&world, "Nina Cut", "2020-01-01", "").await;
    signs(&world, nina, nda, 1).await;
    for (after, asks_again, expected) in [(1, false, Status::Pass), (2, true, Status::Fail)] {
        let new = NewVersion { text: format!("{WORDS}\n{after}"), asks_again, after };
        agreements::agreement_publish(&world.app, &world.owner, nda, new).await.unwrap();
        assert_eq!(status(&world).await, expected);
    }
    signs(&world, nina, nda, 3).await;
    assert_eq!(status(&world).await, Status::Pass);
}

async fn an_agreement_for_a_clients_titles_alone_counts_nobody(world: World) {
    entered(&world, "Nina Cut", "2020-01-01", "").await;
    let client = NewClient { name: "Meridian".into(), ..NewClient::default() };
    let client = titles::client_add(&world.app, &world.owner, client).await.unwrap();
    let new = NewAgreement { name: "Meridian".into(), client: Some(client), text: WORDS.into() };
    agreements::agreement_add(&world.app, &world.owner, new).await.unwrap();
    assert_eq!(status(&world).await, Status::NotApplicable);
}

async fn the_risk_that_somebody_has_not_signed_can_be_accepted(world: World) {
    agreed(&world).await;
    entered(&world, "Nina Cut", "2020-01-01", "").await;
    let new = NewException {
        form: ExceptionForm::RiskAccepted,
        control: "AD-3".into(),
        check: Some(CHECK.into()),
        subject: None,
        covers_unknown: false,
        reason: "She is on a boat without a telephone until Friday.".into(),
        measure: "She has no access to any content until then.".into(),
        last_day: later(today(&world), 4),
    };
    assert!(exceptions::exception_ask(&world.app, &world.owner, new).await.unwrap().is_granted);
    assert_eq!(
        (status(&world).await, on_board(&world).await),
        (Status::Excepted, Status::Excepted)
    );
    world.advance(Duration::from_days(6));
    world.sweep().await;
    assert_eq!(on_board(&world).await, Status::Fail);
}

async fn another_time_zone_is_another_day(world: World) {
    agreed(&world).await;
    // While it is one day in Stockholm, there is a place where it is another.
    let there = |name: &str| world.now().timestamp().to_zoned(zone(name)).date();
    let here = today(&world);
    let far = ["Pacific/Kiritimati", "Pacific/Pago_Pago"];
    let far = far.into_iter().find(|name| there(name) != here).unwrap();
    let day = there(far).to_string();
    entered(&world, "Omar Reel", &day, &day).await;
    assert_eq!(status(&world).await, Status::NotApplicable, "not engaged on {here}");
    let moved = Profile { time_zone: far.into(), ..profile() };
    organisations::profile_change(&world.app, &world.owner, moved).await.unwrap();
    assert_eq!(status(&world).await, Status::Fail);
}

async fn a_pack_counts_anew_and_names_nobody(world: World) {
    let nda = agreed(&world).await;
    let nina = entered(&world, "Nina Cut", "2020-01-01", "").await;
    let omar = entered(&world, "Omar Reel", "2020-01-01", "").await;
    let gone = entered(&world, "Petra Grade", "2020-01-01", "2020-02-01").await;
    signs(&world, nina, nda, 1).await;
    let id = engagement_of(&world, omar).await;
    let changed = days("2020-01-01", &later(today(&world), 30));
    people::engagement_change(&world.app, &world.owner, id, changed).await.unwrap();
    let reason = "asked to be forgotten, as is her right";
    people::person_forget(&world.app, &world.owner, gone, reason).await.unwrap();
    for without_names in [false, true] {
        let mut new = whole_period(&world);
        new.without_names = without_names;
        let bytes = pack(&world, new).await;
        let report = checked(&world, &bytes).await;
        let doubts = report.findings.iter().filter(|one| one.severity < Severity::Warning);
        assert_eq!(doubts.collect::<Vec<_>>(), Vec::<&Finding>::new());
        for name in ["Nina Cut", "Omar Reel", "Petra Grade", "colourist", &nina.to_string()] {
            assert!(!holds(&bytes, name.as_bytes()), "{name}");
        }
        assert!(holds(&bytes, b"agreements") && holds(&bytes, b"begins_on"));
    }
}

async fn a_register_changed_behind_the_ledger_is_found(world: World) {
    let nda = agreed(&world).await;
    let nina = entered(&world, "Nina Cut", "2020-01-01", "").await;
    entered(&world, "Omar Reel", "2020-01-01", "").await;
    world
        .tamper("UPDATE engagement SET removed_at = 1 WHERE person = (SELECT id FROM person WHERE name = 'Omar Reel')")
        .await;
    signs(&world, nina, nda, 1).await;
    assert_eq!(status(&world).await, Status::Pass, "so the database has it");
    let bytes = pack(&world, whole_period(&world)).await;
    let report = checked(&world, &bytes).await;
    assert!(!report.is_valid());
    let found = report.findings.iter().find(|one| one.kind == FindingKind::OtherFact).unwrap();
    assert!(found.what.contains("2 people are engaged"), "{}", found.what);
}
