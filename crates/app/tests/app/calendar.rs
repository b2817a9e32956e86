//! People's calendars, read by a program that we did not write: Python's `icalendar`, as Debian has it.

use crate::{
    computer::{Computer, screen_lock},
    evidence::sign,
    world::{World, on_both},
};
use closedset_app::{
    Caller, Problem,
    calendar::{calendar_make, calendar_since, calendar_text, calendar_withdraw},
    people,
    tasks::{self, NewPlan, TaskState, TasksOf},
};
use closedset_core::{
    Duration, Role,
    id::{Id, Person},
};
use closedset_store::{Scope, StoreError, people as people_store};
use serde_json::Value;
use std::{
    io::Write,
    process::{Command, Stdio},
};

on_both!(
    a_calendar_holds_ones_own_days_and_nobodys_and_what_ends,
    an_address_lives_as_long_as_the_membership,
    an_address_is_not_guessed_and_not_hammered,
    what_is_to_come_is_shown_however_much_is_over,
    an_address_is_made_by_who_shows_that_it_is_them_and_ends_when_they_sign_out_everywhere,
);

/// What a foreign program finds in a calendar.
fn read(text: &str) -> Vec<Value> {
    let program = "import icalendar, json, sys\n\
        c = icalendar.Calendar.from_ical(sys.stdin.buffer.read())\n\
        print(json.dumps([{'uid': str(e['uid']), 'summary': str(e['summary']), 'day': e['dtstart'].dt.isoformat(),\n\
        'sequence': int(e['sequence']), 'about': str(e['description']), 'stamp': e['dtstamp'].dt.isoformat(),\n\
        'modified': e['last-modified'].dt.isoformat()} for e in c.walk('VEVENT')]))";
    let mut child = Command::new("/usr/bin/python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let answer = child.wait_with_output().unwrap();
    serde_json::from_slice(&answer.stdout).expect("python3-icalendar is installed")
}

fn token(url: &str) -> &str {
    let file = url.strip_prefix("https://closedset.example/calendar/").unwrap();
    file.strip_suffix(".ics").unwrap()
}

async fn person_of(world: &World, caller: &Caller) -> Id<Person> {
    let (organisation, account) = (caller.organisation, caller.account().unwrap());
    let row = world.read(move |tx| people_store::membership_of(tx, account, organisation)).await;
    row.unwrap().person
}

async fn a_calendar_holds_ones_own_days_and_nobodys_and_what_ends(world: World) {
    for seed in [2, 3, 4] {
        let mut computer = Computer::enrolled(&world, seed).await;
        computer.say("screen_lock", screen_lock(60));
        computer.report(&world).await.unwrap();
    }
    let nils = world.colleague("nils", Role::Member).await;
    let (open, _) =
        tasks::task_list(&world.app, &world.owner, TaskState::Open, TasksOf::Anybody, None, 50)
            .await
            .unwrap();
    let plan = NewPlan { owner: Some(person_of(&world, &nils).await), ..NewPlan::default() };
    tasks::task_plan(&world.app, &world.owner, open[0].id, plan).await.unwrap();
    tasks::task_take(&world.app, &world.owner, open[1].id).await.unwrap();
    let end = world.now() + Duration::from_days(30);
    sign(&world, "IR-1", None, end).await;

    let own = calendar_make(&world.app, &world.owner).await.unwrap();
    let served = calendar_text(&world.app, token(&own)).await.unwrap();
    assert!(served.text.split("\r\n").all(|line| line.len() <= 75), "{}", served.text);
    for word in ["suite", "nils", "Mira", "60 min", "ines"] {
        assert!(!served.text.contains(word), "{word} in {}", served.text);
    }
    let days = read(&served.text);
    let of = |id: &str, days: &[Value]| {
        let uid = format!("{id}@closedset.example");
        days.iter().find(|one| one["uid"] == uid.as_str()).cloned()
    };
    assert_eq!(of(&open[0].id.to_string(), &days), None, "somebody else's");
    let mine = of(&open[1].id.to_string(), &days).unwrap();
    assert_eq!((&mine["about"], &mine["sequence"]), (&"Yours.".into(), &1.into()));
    assert!(mine["summary"].as_str().unwrap().contains("(IS-"), "{mine}");
    // Seven days from 12 March, where the facility is.
    assert_eq!(mine["day"], "2026-03-19");
    let free = of(&open[2].id.to_string(), &days).unwrap();
    assert_eq!((&free["about"], &free["sequence"]), (&"Nobody’s yet.".into(), &0.into()));
    let ends: Vec<_> =
        days.iter().filter(|one| one["uid"].as_str().unwrap().starts_with("att_")).collect();
    assert_eq!(ends.len(), 1);
    assert!(ends[0]["summary"].as_str().unwrap().starts_with("An attestation ends: "));

    // The same is the same to the byte; another day is the same event, later.
    let again = calendar_text(&world.app, token(&own)).await.unwrap();
    assert_eq!((again.text, again.digest), (served.text, served.digest));
    world.advance(Duration::from_minutes(5));
    let owner = person_of(&world, &world.owner).await;
    let plan = NewPlan { owner: Some(owner), due: Some("2026-03-29".into()), ..NewPlan::default() };
    tasks::task_plan(&world.app, &world.owner, open[1].id, plan).await.unwrap();
    let moved = calendar_text(&world.app, token(&own)).await.unwrap();
    assert_ne!(moved.digest, served.digest);
    let moved = of(&open[1].id.to_string(), &read(&moved.text)).unwrap();
    assert_eq!((&moved["day"], &moved["sequence"]), (&"2026-03-29".into(), &2.into()));
    assert!(moved["modified"].as_str() > mine["modified"].as_str());

    // Who sees no evidence is told of none.
    let theirs = calendar_make(&world.app, &nils).await.unwrap();
    let theirs = read(&calendar_text(&world.app, token(&theirs)).await.unwrap().text);
    assert!(theirs.iter().all(|one| one["uid"].as_str().unwrap().starts_with("tsk_")));
    assert!(of(&open[0].id.to_string(), &theirs).is_some());
    assert!(of(&open[1].id.to_string(), &theirs).is_none());
}

async fn what_is_to_come_is_shown_however_much_is_over(world: World) {
    let far = world.now() + Duration::from_days(60);
    sign(&world, "IR-1", None, far).await;
    // More than a calendar holds: older ones that ended, and such as were withdrawn.
    let scope = Scope::Organisation(world.organisation());
    let log = world.log();
    let fill = move |tx: &mut closedset_store::Tx<'_>| -> Result<_, StoreError> {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5001) \
            INSERT INTO attestation (id, organisation, control, statement, digest, valid_from, valid_to, \
            signed_by, signed_at, entry, withdrawn_at) \
            SELECT 'att_00' || n.i, a.organisation, a.control, a.statement, a.digest, a.valid_from, \
            CASE WHEN n.i % 2 = 0 THEN a.valid_from + 1 ELSE a.valid_to END, a.signed_by, a.signed_at, a.entry, \
            CASE WHEN n.i % 2 = 0 THEN NULL ELSE a.signed_at END FROM n, attestation a";
        assert_eq!(tx.execute(sql, &[])?, 5001);
        tx.record(log, note())?;
        Ok(())
    };
    world.app.store().write(scope, fill).await.unwrap();
    world.advance(Duration::from_minutes(1));
    let own = calendar_make(&world.app, &world.owner).await.unwrap();
    let days = read(&calendar_text(&world.app, token(&own)).await.unwrap().text);
    assert_eq!(days.len(), 1, "{days:?}");
    assert!(days[0]["summary"].as_str().unwrap().starts_with("An attestation ends: "));
}

async fn an_address_is_made_by_who_shows_that_it_is_them_and_ends_when_they_sign_out_everywhere(
    world: World,
) {
    let own = calendar_make(&world.app, &world.owner).await.unwrap();
    let nils = world.colleague("nils", Role::Member).await;
    let theirs = calendar_make(&world.app, &nils).await.unwrap();
    world.advance(Duration::from_minutes(11));
    let refused = calendar_make(&world.app, &world.owner).await.unwrap_err();
    assert_eq!(refused.code(), "factor.stale");
    calendar_text(&world.app, token(&own)).await.unwrap();
    closedset_app::accounts::session_end_all(&world.app, &world.signed).await.unwrap();
    assert!(is_none(&calendar_text(&world.app, token(&own)).await));
    calendar_text(&world.app, token(&theirs)).await.unwrap();
}

fn note() -> closedset_store::NewEntry<'static> {
    closedset_store::NewEntry {
        actor: &closedset_core::Actor::Closedset,
        subject: "test:note".into(),
        kind: "test.noted",
        body: serde_json::json!({}),
    }
}

/// The same person, who has just shown the second factor.
fn fresh(world: &World, caller: &Caller) -> Caller {
    Caller { factor_at: Some(world.now()), ..caller.clone() }
}

fn is_none<T>(result: &Result<T, Problem>) -> bool {
    matches!(result, Err(Problem::NotFound("calendar")))
}

async fn an_address_lives_as_long_as_the_membership(world: World) {
    let nils = world.colleague("nils", Role::Coordinator).await;
    let first = calendar_make(&world.app, &nils).await.unwrap();
    assert_eq!(world.newest(world.log()).await.kind, "calendar.made");
    assert!(calendar_since(&world.app, &nils).await.unwrap().is_some());
    let second = calendar_make(&world.app, &nils).await.unwrap();
    assert!(is_none(&calendar_text(&world.app, token(&first)).await), "the new one alone");
    calendar_text(&world.app, token(&second)).await.unwrap();
    // Only its digest lies in the database.
    let (organisation, person) = (world.organisation(), person_of(&world, &nils).await);
    calendar_withdraw(&world.app, &nils).await.unwrap();
    calendar_withdraw(&world.app, &nils).await.unwrap();
    assert!(is_none(&calendar_text(&world.app, token(&second)).await));
    let third = calendar_make(&world.app, &nils).await.unwrap();
    calendar_text(&world.app, token(&third)).await.unwrap();

    let owner = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    people::person_remove(&world.app, &owner, person).await.unwrap();
    assert!(is_none(&calendar_text(&world.app, token(&third)).await), "removed");
    // Whoever comes back makes a new one: the old address stays dead.
    world.advance(Duration::from_days(1));
    let account = nils.account().unwrap();
    world
        .app
        .store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, StoreError> {
            people_store::membership_insert(tx, account, organisation, person, Role::Member, None)?;
            tx.record(closedset_core::entry::Log::Organisation(organisation), note())?;
            Ok(())
        })
        .await
        .unwrap();
    assert!(is_none(&calendar_text(&world.app, token(&third)).await), "of the time before");
    calendar_make(&world.app, &fresh(&world, &nils)).await.unwrap();

    // A last day that is over ends it at once.
    let last = world.now() + Duration::from_days(2);
    let fourth = calendar_make(&world.app, &fresh(&world, &nils)).await.unwrap();
    world
        .app
        .store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, StoreError> {
            people_store::membership_change(tx, account, organisation, Role::Member, Some(last))?;
            tx.record(closedset_core::entry::Log::Organisation(organisation), note())?;
            Ok(())
        })
        .await
        .unwrap();
    calendar_text(&world.app, token(&fourth)).await.unwrap();
    world.advance(Duration::from_days(2));
    assert!(is_none(&calendar_text(&world.app, token(&fourth)).await), "over");
}

async fn an_address_is_not_guessed_and_not_hammered(world: World) {
    let own = calendar_make(&world.app, &world.owner).await.unwrap();
    let own = token(&own);
    assert_eq!(own.len(), 43, "256 bits");
    for wrong in ["", "x", "../../x", &own[..42], &format!("{own}A"), &"A".repeat(43)] {
        assert!(is_none(&calendar_text(&world.app, wrong).await), "{wrong}");
    }
    // Guesses take nothing away from whoever has an address.
    for number in 0..50 {
        let guess = format!("{number:0>43}");
        assert!(is_none(&calendar_text(&world.app, &guess).await));
    }
    for _ in 0..20 {
        calendar_text(&world.app, own).await.unwrap();
    }
    let often = calendar_text(&world.app, own).await;
    assert!(matches!(often, Err(Problem::Limited { retry_after_s: 60 })), "{often:?}");
    world.advance(Duration::from_minutes(1));
    calendar_text(&world.app, own).await.unwrap();
    // An auditor writes nothing here, and makes no address.
    let auditor = world.as_role(Role::Auditor);
    assert!(matches!(calendar_make(&world.app, &auditor).await, Err(Problem::Forbidden)));
}
