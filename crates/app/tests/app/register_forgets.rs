//! Forgetting somebody who is gone: their words leave the register and the ledger, and the counts of the past stay.

use crate::{
    packs::{checked, holds, live, pack, whole_period},
    register::{
        add, assigned, booking, client, detail, engaged, only_engagement, person, title, work,
    },
    world::{World, code, on_both, profile},
};
use closedset_app::{
    Caller, Problem, ledger,
    organisations::Profile,
    packs::NewPack,
    people::{
        self, HeadCountOf, NewAssignment, NewEngagement, NewInvitation, NewMember, NewPerson,
        Standing, Wanted,
    },
};
use closedset_core::{
    Duration, Role,
    id::{Id, Person},
};
use closedset_pack::{Finding, Severity, rows::ERASED_WORDS};
use closedset_store::ledger as ledger_store;
use jiff::civil::date;
use serde_json::json;

on_both!(
    whoever_has_an_account_or_is_booked_is_not_forgotten,
    whoever_is_forgotten_leaves_the_register_and_the_ledger_and_counts_on,
    whoever_was_invited_and_belonged_is_forgotten_whole,
    of_somebody_with_many_entries_all_are_erased,
    packs_from_after_somebody_was_forgotten_are_valid,
    somebody_is_gone_by_the_day_where_the_facility_is,
    what_was_said_when_inviting_another_stays,
    an_erased_entry_takes_the_job_out_of_work_that_is_over,
    what_a_former_member_signed_keeps_their_name,
);

const REASON: &str = "asked for in writing";

async fn forget(world: &World, id: Id<Person>) -> Result<(), Problem> {
    people::person_forget(&world.app, &world.owner, id, REASON).await
}

async fn refused(world: &World, id: Id<Person>) -> String {
    code(&forget(world, id).await.unwrap_err())
}

/// The owner, with the second factor shown just now.
fn manager(world: &World) -> Caller {
    Caller { factor_at: Some(world.now()), ..world.owner.clone() }
}

fn invitation(name: &str, email: &str) -> NewInvitation {
    NewInvitation {
        email: email.into(),
        name: name.into(),
        role: Role::Member.as_str().into(),
        last_day: String::new(),
    }
}

/// Where in the database, the bodies of the ledger among it, these words stand.
async fn told(world: &World, words: &'static [&'static str]) -> Vec<String> {
    let log = world.log();
    world
        .read(move |tx| {
            let mut found = Vec::new();
            for (table, column) in [
                ("person", "name"),
                ("person", "email"),
                ("person", "phone"),
                ("engagement", "job"),
                ("assignment", "job"),
                ("invitation", "name"),
                ("invitation", "email"),
            ] {
                let sql = format!("SELECT {column} FROM {table}");
                for text in tx.query(&sql, &[], |row| row.text(0))? {
                    if words.iter().any(|word| text.contains(word)) {
                        found.push(format!("{table}.{column}"));
                    }
                }
            }
            for index in 0..ledger_store::entry_count(tx, log)? {
                let Some(body) = ledger_store::entry_body_at(tx, log, index)? else { continue };
                let text = String::from_utf8(body.body).unwrap();
                if words.iter().any(|word| text.contains(word)) {
                    let entry = ledger_store::entry_at(tx, log, index)?.unwrap();
                    found.push(format!("{} {text}", entry.kind));
                }
            }
            Ok(found)
        })
        .await
}

async fn whoever_has_an_account_or_is_booked_is_not_forgotten(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let film = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    world.colleague("nina", Role::Member).await;
    let nina = people::person_with_email(app, owner, "nina@halide.example").await.unwrap();
    assert_eq!(refused(&world, nina.unwrap().id).await, "person.has_account");
    let otto = add(&world, "Otto Reel", work("freelancer", "2026-02-01 2026-03-11")).await;
    let one = only_engagement(&world, otto).await.id;
    for days in ["2026-02-01", "2026-02-01 2026-03-12", "2026-04-01 2026-04-02"] {
        people::engagement_change(app, owner, one, work("freelancer", days)).await.unwrap();
        assert_eq!(refused(&world, otto).await, "person.engaged", "{days}");
    }
    let past = work("freelancer", "2026-02-01 2026-03-11");
    people::engagement_change(app, owner, one, past).await.unwrap();
    let booked = assigned(&world, otto, film, "2026-02-01").await;
    for days in ["2026-02-01", "2026-02-01 2026-03-12", "2027-01-01 2027-01-01"] {
        people::assignment_change(app, owner, booked, booking(days)).await.unwrap();
        assert_eq!(refused(&world, otto).await, "person.engaged", "{days}");
    }
    people::assignment_remove(app, owner, booked).await.unwrap();
    let before = world.entry_count(world.log()).await;
    for reason in ["", " too short ", "x".repeat(501).as_str()] {
        let outcome = people::person_forget(app, owner, otto, reason).await;
        assert_eq!(code(&outcome.unwrap_err()), "reason");
    }
    assert_eq!(world.entry_count(world.log()).await, before);
    forget(&world, otto).await.unwrap();
    assert_eq!(refused(&world, otto).await, "not_found");
}

async fn whoever_is_forgotten_leaves_the_register_and_the_ledger_and_counts_on(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern").await;
    let film = title(&world, blue, "MARMOT").await;
    let new = NewPerson {
        name: "Nina Cut".into(),
        email: "nina@halide.example".into(),
        phone: "555 1234".into(),
    };
    let first =
        NewEngagement { job: "wrangler".into(), ..work("freelancer", "2025-12-01 2026-02-28") };
    let nina = people::person_add(app, owner, new.clone(), first.clone()).await.unwrap();
    add(&world, "Otto Reel", work("employee", "2025-12-15")).await;
    let one = only_engagement(&world, nina).await.id;
    let later = NewEngagement { ends_on: "2026-03-01".into(), ..first.clone() };
    people::engagement_change(app, owner, one, later).await.unwrap();
    let again = NewEngagement { ends_on: "2026-03-02".into(), job: "wrangling".into(), ..first };
    people::engagement_change(app, owner, one, again).await.unwrap();
    let gone = engaged(
        &world,
        nina,
        NewEngagement { job: "wrangler".into(), ..work("trainee", "2026-01-01") },
    )
    .await;
    people::engagement_remove(app, owner, gone).await.unwrap();
    let on = NewAssignment { job: "wrangler".into(), ..booking("2026-01-01 2026-01-31") };
    let booked = people::assign(app, owner, nina, film, on.clone()).await.unwrap();
    let on = NewAssignment { ends_on: "2026-02-01".into(), ..on };
    people::assignment_change(app, owner, booked, on.clone()).await.unwrap();
    let other = NewAssignment { begins_on: "2026-03-01".into(), ends_on: String::new(), ..on };
    let other = people::assign(app, owner, nina, film, other).await.unwrap();
    people::assignment_remove(app, owner, other).await.unwrap();
    let moved = NewPerson {
        name: "Nina Cutter".into(),
        email: "nina.cutter@halide.example".into(),
        phone: "555 9999".into(),
    };
    people::person_edit(app, owner, nina, moved.clone()).await.unwrap();
    let words = &["Nina", "nina", "555", "wrangl"];
    assert!(told(&world, words).await.len() >= 14);
    let days = [
        date(2025, 12, 1),
        date(2026, 1, 15),
        date(2026, 2, 1),
        date(2026, 3, 2),
        date(2026, 3, 3),
    ];
    let mut before = Vec::new();
    for day in days {
        let of = HeadCountOf { on: Some(day), client: Some(blue), title: None };
        let count = people::head_count(app, owner, of).await.unwrap();
        before.push((
            count.forms,
            count.total,
            count.assigned,
            count.assigned_beyond,
            count.months,
        ));
    }
    let tombstones = world.verify().await.tombstones;
    forget(&world, nina).await.unwrap();
    assert_eq!(told(&world, words).await, Vec::<String>::new());
    for (day, before) in days.into_iter().zip(before) {
        let of = HeadCountOf { on: Some(day), client: Some(blue), title: None };
        let count = people::head_count(app, owner, of).await.unwrap();
        let after = (count.forms, count.total, count.assigned, count.assigned_beyond, count.months);
        assert_eq!(after, before, "{day}");
    }
    let of = HeadCountOf { on: Some(date(2026, 1, 15)), ..HeadCountOf::default() };
    let count = people::head_count(app, owner, of).await.unwrap();
    let line = count.lines.iter().find(|line| line.person == nina).unwrap();
    assert_eq!((line.name.as_str(), line.job.as_str()), (ERASED_WORDS, ERASED_WORDS));
    let entry = world.newest(world.log()).await;
    assert_eq!(entry.kind, "person.forgotten");
    let said = world.body(entry.index).await;
    let erased = said["erased"].as_array().unwrap();
    assert_eq!((&said["person"], &said["reason"]), (&json!(nina), &json!(REASON)));
    assert_eq!((erased.len(), &said["tasks_left"]), (11, &json!([])));
    let report = world.verify().await;
    assert_eq!(report.faults, Vec::<String>::new());
    assert_eq!(report.tombstones, tombstones + 11);
    let kept = ledger::entry_erase(app, owner, entry.index, "it is inconvenient").await;
    assert_eq!(code(&kept.unwrap_err()), "entry.kept");
    // Whoever they were, they are found and changed no more; and whoever comes is another.
    for outcome in [
        people::person_detail(app, owner, nina).await.err(),
        people::person_edit(app, owner, nina, moved.clone()).await.err(),
        people::engage(app, owner, nina, work("employee", "2026-03-12")).await.err(),
        people::engagement_change(app, owner, one, work("employee", "2026-03-12")).await.err(),
        people::engagement_remove(app, owner, one).await.err(),
        people::assign(app, owner, nina, film, booking("2026-03-12")).await.err(),
        people::assignment_change(app, owner, booked, booking("2026-03-12")).await.err(),
        people::assignment_remove(app, owner, booked).await.err(),
    ] {
        assert_eq!(code(&outcome.unwrap()), "not_found");
    }
    for standing in [Standing::All, Standing::Left] {
        let text = String::new();
        let wanted = Wanted { standing, text, title: None, after: None, limit: 50 };
        let page = people::register_list(app, owner, wanted).await.unwrap();
        assert!(page.people.iter().all(|one| one.person.id != nina), "{standing:?}");
    }
    let gone = people::person_with_email(app, owner, &nina.to_string()).await.unwrap();
    assert!(gone.is_none(), "{gone:?}");
    let another = people::person_add(app, owner, moved, work("employee", "2026-03-12")).await;
    assert_ne!(another.unwrap(), nina);
    // Two who were forgotten are not in each other's way.
    let third = add(&world, "Ada Matte", work("employee", "2026-01-01 2026-01-31")).await;
    forget(&world, third).await.unwrap();
}

async fn whoever_was_invited_and_belonged_is_forgotten_whole(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let by = manager(&world);
    let email = "nina@halide.example";
    let (row, _) = people::invite(app, &by, invitation("Nina Revoked", email)).await.unwrap();
    people::invitation_revoke(app, &by, row.id).await.unwrap();
    let (_, link) = people::invite(app, &by, invitation("Nina Cut", email)).await.unwrap();
    let new = NewMember {
        name: "Nina Cut".into(),
        password: "velvet harbour lantern".into(),
        browser: "a browser".into(),
    };
    let token = link.split_once("/join?token=").unwrap().1;
    people::join_new(app, token, new).await.unwrap();
    let nina = people::person_with_email(app, owner, email).await.unwrap().unwrap().id;
    assert_eq!(refused(&world, nina).await, "person.has_account");
    people::person_remove(app, &by, nina).await.unwrap();
    let (row, _) = people::invite(app, &by, invitation("Nina Again", email)).await.unwrap();
    assert_eq!(refused(&world, nina).await, "invitation.open");
    // One that expired opens nothing, and is forgotten with them.
    world.advance(people::INVITATION_LIFE);
    forget(&world, nina).await.unwrap();
    assert_eq!(told(&world, &["Nina", "nina"]).await, Vec::<String>::new(), "{}", row.id);
    assert!(world.verify().await.faults.is_empty());
}

async fn of_somebody_with_many_entries_all_are_erased(world: World) {
    let nina = add(&world, "Nina Cut", work("employee", "2026-01-01 2026-01-31")).await;
    for count in 0..230 {
        let new = NewPerson { phone: format!("555 {count}"), ..person("Nina Cut") };
        people::person_edit(&world.app, &world.owner, nina, new).await.unwrap();
    }
    forget(&world, nina).await.unwrap();
    assert_eq!(told(&world, &["Nina", "555"]).await, Vec::<String>::new());
    let said = world.body(world.newest(world.log()).await.index).await;
    assert_eq!(said["erased"].as_array().unwrap().len(), 232);
    assert!(world.verify().await.faults.is_empty());
}

async fn packs_from_after_somebody_was_forgotten_are_valid(world: World) {
    live(&world).await;
    let today = world.now().timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
    let past = format!("2026-01-01 {}", today.yesterday().unwrap().yesterday().unwrap());
    let nina = add(&world, "Nina Cut", work("employee", &past)).await;
    forget(&world, nina).await.unwrap();
    let without_names = NewPack { without_names: true, ..whole_period(&world) };
    for new in [whole_period(&world), without_names] {
        let bytes = pack(&world, new).await;
        let report = checked(&world, &bytes).await;
        let is_error = |one: &&Finding| one.kind.severity() == Severity::Error;
        let errors: Vec<_> = report.findings.iter().filter(is_error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert!(!holds(&bytes, b"Nina"));
    }
}

async fn somebody_is_gone_by_the_day_where_the_facility_is(world: World) {
    let nina = add(&world, "Nina Cut", work("employee", "2026-01-01 2026-03-12")).await;
    // 13:30 of the 12th in UTC, and the 13th in Auckland.
    world.advance(Duration::from_hours(4));
    assert_eq!(refused(&world, nina).await, "person.engaged");
    let moved = Profile { time_zone: "Pacific/Auckland".into(), ..profile() };
    closedset_app::organisations::profile_change(&world.app, &world.owner, moved).await.unwrap();
    forget(&world, nina).await.unwrap();
}

async fn what_was_said_when_inviting_another_stays(world: World) {
    let (app, by) = (&world.app, manager(&world));
    let shared = NewPerson { email: "desk@halide.example".into(), ..person("Nina Cut") };
    let past = work("employee", "2026-01-01 2026-01-31");
    let nina = people::person_add(app, &by, shared, past.clone()).await.unwrap();
    people::person_edit(app, &by, nina, person("Nina Cut")).await.unwrap();
    let other = NewPerson { email: "desk@halide.example".into(), ..person("Otto Reel") };
    people::person_add(app, &by, other, past).await.unwrap();
    people::invite(app, &by, invitation("Otto Reel", "desk@halide.example")).await.unwrap();
    let invited = world.newest(world.log()).await.index;
    forget(&world, nina).await.unwrap();
    assert_eq!(world.body(invited).await["name"], json!("Otto Reel"));
    assert_eq!(people::invitation_list(app, &by).await.unwrap().len(), 1);
}

async fn an_erased_entry_takes_the_job_out_of_work_that_is_over(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let film = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let from = world.entry_count(world.log()).await;
    let nina = add(&world, "Nina Cut", work("employee", "2026-01-01 2026-01-31")).await;
    let going_on = engaged(&world, nina, work("employee", "2026-02-01")).await;
    assigned(&world, nina, film, "2026-01-01 2026-01-31").await;
    let booked = assigned(&world, nina, film, "2026-02-01").await;
    // person.added, engagement.began twice, assignment.added twice.
    for index in from..from + 5 {
        ledger::entry_erase(app, owner, index, "it held a nickname").await.unwrap();
    }
    let shown = detail(&world, nina).await.registered;
    assert_eq!(shown.person.name, "Nina Cut", "who is here has a name");
    let jobs = |jobs: Vec<&str>| assert_eq!(jobs, [ERASED_WORDS, "colourist"]);
    jobs(shown.engagements.iter().map(|row| row.job.as_str()).collect());
    jobs(shown.assignments.iter().map(|(row, _)| row.job.as_str()).collect());
    // What is over by now can be erased too; the days stay.
    people::engagement_change(app, owner, going_on, work("employee", "2026-02-01 2026-03-11"))
        .await
        .unwrap();
    let ended = world.newest_of("engagement.ended").await.index;
    people::assignment_change(app, owner, booked, booking("2026-02-01 2026-03-11")).await.unwrap();
    for index in [ended, world.newest_of("assignment.changed").await.index] {
        ledger::entry_erase(app, owner, index, "it held a nickname").await.unwrap();
    }
    let shown = detail(&world, nina).await.registered;
    assert!(shown.engagements.iter().all(|row| row.job == ERASED_WORDS));
    assert!(shown.assignments.iter().all(|(row, _)| row.job == ERASED_WORDS));
    let of = HeadCountOf { on: Some(date(2026, 3, 11)), ..HeadCountOf::default() };
    let count = people::head_count(app, owner, of).await.unwrap();
    assert_eq!((count.total, count.assigned), (1, Some(1)));
    assert!(world.verify().await.faults.is_empty());
    // Of somebody who left, the entry that holds their name takes it with it.
    people::person_edit(app, owner, nina, person("Nina Cutter")).await.unwrap();
    let edited = world.newest(world.log()).await.index;
    ledger::entry_erase(app, owner, edited, "they asked for it").await.unwrap();
    assert_eq!(told(&world, &["Nina"]).await, Vec::<String>::new());
}

async fn what_a_former_member_signed_keeps_their_name(world: World) {
    let (app, by) = (&world.app, manager(&world));
    let email = "nina@halide.example";
    let (_, link) = people::invite(app, &by, invitation("Nina Cut", email)).await.unwrap();
    let new = NewMember {
        name: "Nina Cut".into(),
        password: "velvet harbour lantern".into(),
        browser: "a browser".into(),
    };
    let token = link.split_once("/join?token=").unwrap().1;
    people::join_new(app, token, new).await.unwrap();
    let nina = people::person_with_email(app, &by, email).await.unwrap().unwrap().id;
    people::person_remove(app, &by, nina).await.unwrap();
    let coordinator = world.as_role(Role::Coordinator);
    let own = NewPerson { email: email.into(), ..person("Nina Cut") };
    for new in [
        NewPerson { name: "Mallory".into(), ..own.clone() },
        NewPerson { email: String::new(), ..own.clone() },
        NewPerson { email: "other@halide.example".into(), ..own.clone() },
    ] {
        let outcome = people::person_edit(app, &coordinator, nina, new.clone()).await;
        assert_eq!(code(&outcome.unwrap_err()), "role.forbids", "{new:?}");
    }
    let phone = NewPerson { phone: "123".into(), ..own.clone() };
    people::person_edit(app, &coordinator, nina, phone).await.unwrap();
    let renamed = NewPerson { name: "Nina Cutter".into(), ..own };
    people::person_edit(app, &by, nina, renamed).await.unwrap();
}
