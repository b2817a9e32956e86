//! The register of people as it is read: who is here, is coming and left on the facility's day, who is found, and who
//! may do what with it.

use crate::{
    register::{
        add, assigned, booking, client, detail, engaged, only_engagement, person, refused, title,
        tx_id, work, write,
    },
    world::{World, code, on_both, profile},
};
use closedset_app::{
    Caller, organisations,
    people::{self, HeadCountOf, NewPerson, RegisterPage, Standing, Wanted},
};
use closedset_core::{
    Action, Duration, Role,
    engagement::{Days, EngagementForm},
};
use closedset_store::{
    engagements::{EngagementRow, engagement_insert},
    people as people_store,
};
use jiff::civil::date;
use serde_json::json;

on_both!(
    the_register_goes_by_the_day_where_the_facility_is,
    the_register_is_read_by_name_in_parts,
    somebody_is_found_by_part_of_a_name_or_an_address,
    who_works_on_a_title_is_found,
    a_role_may_what_the_matrix_says,
    whoever_sees_no_titles_sees_no_assignments,
    another_organisation_sees_and_touches_none_of_it,
);

fn wanted(standing: Standing) -> Wanted {
    Wanted { standing, text: String::new(), title: None, after: None, limit: 50 }
}

async fn list(world: &World, wanted: Wanted) -> RegisterPage {
    people::register_list(&world.app, &world.owner, wanted).await.unwrap()
}

async fn names(world: &World, wanted: Wanted) -> Vec<String> {
    list(world, wanted).await.people.into_iter().map(|one| one.person.name).collect()
}

pub async fn standing(world: &World, standing: Standing) -> Vec<String> {
    names(world, wanted(standing)).await
}

async fn the_register_goes_by_the_day_where_the_facility_is(world: World) {
    // 09:30 of 12 March in UTC.
    for (name, form, days) in [
        ("Here", "employee", "2026-01-01"),
        ("Here today", "employee", "2026-03-12 2026-03-12"),
        ("Left", "employee", "2026-01-01 2026-03-11"),
        ("Tomorrow", "employee", "2026-03-13"),
        ("Returning", "employee", "2026-01-01 2026-01-31"),
        ("Removed", "employee", "2026-01-01"),
    ] {
        let id = add(&world, name, work(form, days)).await;
        if name == "Returning" {
            engaged(&world, id, work("employee", "2026-03-14")).await;
        }
        if name == "Removed" {
            let one = only_engagement(&world, id).await;
            people::engagement_remove(&world.app, &world.owner, one.id).await.unwrap();
        }
    }
    assert_eq!(standing(&world, Standing::Here).await, ["Here", "Here today"]);
    assert_eq!(standing(&world, Standing::Coming).await, ["Returning", "Tomorrow"]);
    assert_eq!(standing(&world, Standing::Left).await, ["Left"]);
    let all = standing(&world, Standing::All).await;
    let known =
        ["Here", "Here today", "Left", "Mira Lindqvist", "Removed", "Returning", "Tomorrow"];
    assert_eq!(all, known);
    world.advance(Duration::from_hours(4));
    // 02:30 of the next day in Auckland, 22:30 in Tokyo.
    for (zone, day, here, left) in [
        ("Pacific/Auckland", 13, &["Here", "Tomorrow"][..], &["Here today", "Left"][..]),
        ("Asia/Tokyo", 12, &["Here", "Here today"][..], &["Left"][..]),
        ("Pacific/Niue", 12, &["Here", "Here today"][..], &["Left"][..]),
    ] {
        let moved = organisations::Profile { time_zone: zone.into(), ..profile() };
        organisations::profile_change(&world.app, &world.owner, moved).await.unwrap();
        assert_eq!(standing(&world, Standing::Here).await, here, "{zone}");
        assert_eq!(standing(&world, Standing::Left).await, left, "{zone}");
        let count = people::head_count(&world.app, &world.owner, HeadCountOf::default()).await;
        let count = count.unwrap();
        assert_eq!((count.on, count.today), (date(2026, 3, day), date(2026, 3, day)), "{zone}");
        assert_eq!(list(&world, wanted(Standing::All)).await.today, date(2026, 3, day), "{zone}");
    }
    world.advance(Duration::from_hours(2));
    // 00:30 of the 13th in Tokyo, and in UTC still the 12th.
    let moved = organisations::Profile { time_zone: "Asia/Tokyo".into(), ..profile() };
    organisations::profile_change(&world.app, &world.owner, moved).await.unwrap();
    assert_eq!(standing(&world, Standing::Here).await, ["Here", "Tomorrow"]);
}

async fn the_register_is_read_by_name_in_parts(world: World) {
    let organisation = world.organisation();
    write(&world, move |tx| {
        for count in 0..450 {
            // Three of each name, and letters of either case and beyond ASCII.
            let (id, letter) = (tx.new_id(), ["a", "B", "ö", "Z", "李"][count % 5]);
            let name = format!("{letter} {:03}", count / 3);
            people_store::person_insert(tx, organisation, id, &name, &id.to_string())?;
            let row = EngagementRow {
                id: tx.new_id(),
                person: id,
                form: EngagementForm::Employee,
                job: "runner".into(),
                days: Days { first: date(2026, 1, 1), last: None },
                created_at: tx.now(),
                removed_at: None,
            };
            engagement_insert(tx, organisation, &row)?;
        }
        Ok(())
    })
    .await;
    for (limit, parts) in [(50, 9), (200, 3), (10_000, 3), (0, 450)] {
        let (mut seen, mut after, mut asked) = (Vec::new(), None, 0);
        loop {
            let wanted = Wanted { after, limit, ..wanted(Standing::Here) };
            let part = list(&world, wanted).await;
            assert!(part.people.iter().all(|one| one.engagements.len() == 1));
            asked += 1;
            after = part.people.last().map(|one| one.person.id);
            seen.extend(part.people.into_iter().map(|one| (one.person.name, one.person.id)));
            if !part.more {
                break;
            }
        }
        assert_eq!((seen.len(), asked), (450, parts), "{limit}");
        assert!(seen.is_sorted(), "by the bytes of the name, then by id");
        seen.dedup();
        assert_eq!(seen.len(), 450);
    }
    // Searched, in parts too.
    let (mut found, mut after) = (0, None);
    loop {
        let wanted = Wanted { text: "Ö 0".into(), after, limit: 7, ..wanted(Standing::Here) };
        let part = list(&world, wanted).await;
        assert!(part.people.iter().all(|one| one.person.name.starts_with("ö 0")));
        found += part.people.len();
        after = part.people.last().map(|one| one.person.id);
        if !part.more {
            break;
        }
    }
    assert_eq!(found, 60);
    let nobody = Wanted { after: Some(tx_id(&world).await), ..wanted(Standing::Here) };
    let outcome = people::register_list(&world.app, &world.owner, nobody).await;
    assert_eq!(refused(outcome), "not_found");
}

async fn somebody_is_found_by_part_of_a_name_or_an_address(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    for (name, email) in [
        ("Zoë Äng", "zoe@halide.example"),
        ("Ada Reel", "first.last@studio.example"),
        ("Otto 100%_Reel", ""),
    ] {
        let new = NewPerson { email: email.into(), ..person(name) };
        people::person_add(app, owner, new, work("employee", "2026-01-01")).await.unwrap();
    }
    for (text, found) in [
        ("ZOE\u{308} ä", &["Zoë Äng"][..]),
        ("zoë", &["Zoë Äng"]),
        ("ＲＥＥＬ", &["Ada Reel", "Otto 100%_Reel"]),
        ("aree", &["Ada Reel"]),
        ("First.LAST@", &["Ada Reel"]),
        ("example", &["Ada Reel", "Zoë Äng"]),
        ("%", &["Otto 100%_Reel"]),
        ("_", &["Otto 100%_Reel"]),
        ("per_", &[]),
        ("'; DROP TABLE person", &[]),
        ("  ", &["Ada Reel", "Otto 100%_Reel", "Zoë Äng"]),
    ] {
        let wanted = Wanted { text: text.into(), ..wanted(Standing::Here) };
        assert_eq!(names(&world, wanted).await, found, "{text}");
    }
}

async fn who_works_on_a_title_is_found(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let film = title(&world, blue, "MARMOT").await;
    for (name, engaged, booked) in [
        ("Both", "2026-01-01", "2026-03-01"),
        ("Booked later", "2026-01-01", "2026-04-01"),
        ("Coming", "2026-05-01", "2026-05-01"),
        ("Left", "2026-01-01 2026-01-31", "2026-01-01"),
        ("Not on it", "2026-01-01", ""),
    ] {
        let id = add(&world, name, work("employee", engaged)).await;
        if !booked.is_empty() {
            assigned(&world, id, film, booked).await;
        }
    }
    for (standing, found) in [
        (Standing::Here, &["Both"][..]),
        (Standing::Coming, &["Coming"]),
        (Standing::Left, &["Left"]),
        (Standing::All, &["Booked later", "Both", "Coming", "Left"]),
    ] {
        let wanted = Wanted { title: Some(film), ..wanted(standing) };
        assert_eq!(names(&world, wanted).await, found, "{standing:?}");
        // With a text and behind somebody, so that every value is bound in its place.
        let first = list(&world, Wanted { title: Some(film), limit: 1, ..self::wanted(standing) });
        let after = first.await.people.first().map(|one| one.person.id);
        let behind = Wanted {
            title: Some(film),
            after,
            text: "o".into(),
            limit: 2,
            ..self::wanted(standing)
        };
        let rest: Vec<&str> =
            found[1..].iter().copied().filter(|name| name.contains('o')).collect();
        assert_eq!(names(&world, behind).await, rest, "{standing:?}");
    }
}

async fn a_role_may_what_the_matrix_says(world: World) {
    let app = &world.app;
    let blue = client(&world, "Blue Lantern").await;
    let film = title(&world, blue, "MARMOT").await;
    let nina = add(&world, "Nina Cut", work("employee", "2026-01-01")).await;
    let one = only_engagement(&world, nina).await.id;
    let booked = assigned(&world, nina, film, "2026-02-01").await;
    let first = || work("employee", "2026-01-01");
    let of = HeadCountOf { client: Some(blue), ..HeadCountOf::default() };
    for role in [Role::Coordinator, Role::Provider] {
        assert!(role.may(Action::PeopleWrite), "{role}");
    }
    assert!(!Role::Coordinator.may(Action::PeopleManage));
    for role in Role::ALL {
        let by = world.as_role(*role);
        let before = world.entry_count(world.log()).await;
        let reads = vec![
            ("list", people::register_list(app, &by, wanted(Standing::All)).await.err()),
            ("detail", people::person_detail(app, &by, nina).await.err()),
            ("address", people::person_with_email(app, &by, "a@b.example").await.err()),
            ("count", people::head_count(app, &by, HeadCountOf::default()).await.err()),
        ];
        let reads_titles = vec![("count of client", people::head_count(app, &by, of).await.err())];
        assert_eq!(world.entry_count(world.log()).await, before);
        let table =
            vec![("table", people::head_count_table(app, &by, HeadCountOf::default()).await.err())];
        let writes = vec![
            ("add", people::person_add(app, &by, person(role.as_str()), first()).await.err()),
            ("edit", people::person_edit(app, &by, nina, person("Nina Cut")).await.err()),
            ("change", people::engagement_change(app, &by, one, first()).await.err()),
        ];
        let writes_titles = vec![("booking", {
            people::assignment_change(app, &by, booked, booking("2026-02-01")).await.err()
        })];
        for (action, outcomes) in [
            (Action::PeopleRead, reads),
            (Action::TitleRead, reads_titles),
            (Action::PeopleRead, table),
            (Action::PeopleWrite, writes),
            (Action::TitleWrite, writes_titles),
        ] {
            for (name, problem) in outcomes {
                let wanted = (!role.may(action)).then(|| "role.forbids".to_owned());
                assert_eq!(problem.map(|problem| code(&problem)), wanted, "{role} {name}");
            }
        }
        let before = world.entry_count(world.log()).await;
        let mut writes = Vec::new();
        if !role.may(Action::PeopleWrite) {
            writes.push(people::engage(app, &by, nina, first()).await.err());
            writes.push(people::engagement_remove(app, &by, one).await.err());
        }
        if !role.may(Action::TitleWrite) {
            writes.push(people::assign(app, &by, nina, film, booking("2026-01-01")).await.err());
            writes.push(people::assignment_remove(app, &by, booked).await.err());
        }
        let forgets = role.may(Action::PeopleManage) && role.may(Action::LedgerErase);
        if !forgets {
            writes.push(people::person_forget(app, &by, nina, "asked for by them").await.err());
        }
        for problem in writes {
            assert_eq!(code(&problem.unwrap()), "role.forbids", "{role}");
        }
        assert_eq!(world.entry_count(world.log()).await, before, "{role}");
    }
}

async fn whoever_sees_no_titles_sees_no_assignments(world: World) {
    let app = &world.app;
    let blue = client(&world, "Blue Lantern").await;
    let film = title(&world, blue, "MARMOT").await;
    let nina = add(&world, "Nina Cut", work("employee", "2026-01-01")).await;
    assigned(&world, nina, film, "2026-01-01").await;
    let by = Caller { allowed: Action::PeopleRead.into(), ..world.owner.clone() };
    let (file, table) = people::head_count_table(app, &by, HeadCountOf::default()).await.unwrap();
    assert_eq!(world.body(world.newest(world.log()).await.index).await["assigned"], json!(null));
    let words = format!(
        "{:?}{:?}{:?}{file}{}",
        people::register_list(app, &by, wanted(Standing::All)).await.unwrap(),
        people::person_detail(app, &by, nina).await.unwrap(),
        people::head_count(app, &by, HeadCountOf::default()).await.unwrap(),
        String::from_utf8(table).unwrap(),
    );
    assert!(words.contains("Nina Cut"), "{words}");
    assert!(!words.contains("MARMOT") && !words.contains(&film.to_string()), "{words}");
    let on_film = Wanted { title: Some(film), ..wanted(Standing::All) };
    let of_film = HeadCountOf { title: Some(film), ..HeadCountOf::default() };
    for outcome in [
        people::register_list(app, &by, on_film).await.err(),
        people::head_count(app, &by, of_film).await.err(),
        people::head_count_table(app, &by, of_film).await.err(),
    ] {
        assert_eq!(code(&outcome.unwrap()), "role.forbids");
    }
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let app = &world.app;
    let blue = client(&world, "Blue Lantern").await;
    let film = title(&world, blue, "MARMOT").await;
    let new = NewPerson { email: "nina@halide.example".into(), ..person("Nina Cut") };
    let first = || work("employee", "2026-01-01");
    let nina = people::person_add(app, &world.owner, new.clone(), first()).await.unwrap();
    let one = only_engagement(&world, nina).await.id;
    let booked = assigned(&world, nina, film, "2026-01-01").await;
    let there = world.neighbour().await;
    let shown = people::register_list(app, &there, wanted(Standing::All)).await.unwrap();
    assert!(shown.people.is_empty() && !shown.more);
    let found = people::person_with_email(app, &there, "nina@halide.example").await.unwrap();
    assert!(found.is_none());
    let count = people::head_count(app, &there, HeadCountOf::default()).await.unwrap();
    assert_eq!((count.total, count.assigned, count.lines.len()), (0, Some(0), 0));
    assert!(count.months.iter().all(|(_, count)| *count == 0));
    let before = world.entry_count(world.log()).await;
    let of_client = HeadCountOf { client: Some(blue), ..HeadCountOf::default() };
    let of_film = HeadCountOf { title: Some(film), ..HeadCountOf::default() };
    let behind = Wanted { after: Some(nina), ..wanted(Standing::All) };
    for problem in [
        people::person_detail(app, &there, nina).await.err(),
        people::person_edit(app, &there, nina, person("Mine")).await.err(),
        people::person_forget(app, &there, nina, "asked for by them").await.err(),
        people::engage(app, &there, nina, work("trainee", "2026-01-01")).await.err(),
        people::engagement_change(app, &there, one, work("trainee", "2026-01-01")).await.err(),
        people::engagement_remove(app, &there, one).await.err(),
        people::assign(app, &there, nina, film, booking("2026-01-01")).await.err(),
        people::assignment_change(app, &there, booked, booking("2026-01-02")).await.err(),
        people::assignment_remove(app, &there, booked).await.err(),
        people::register_list(app, &there, behind).await.err(),
        people::head_count(app, &there, of_client).await.err(),
        people::head_count(app, &there, of_film).await.err(),
        people::head_count_table(app, &there, of_client).await.err(),
        people::head_count_table(app, &there, of_film).await.err(),
    ] {
        assert_eq!(code(&problem.unwrap()), "not_found");
    }
    // Whoever works in both houses is known to each by the same name and address, and put on its titles alone.
    let theirs = people::person_add(app, &there, new, first()).await.unwrap();
    let outcome = people::assign(app, &there, theirs, film, booking("2026-01-01")).await;
    assert_eq!(refused(outcome), "not_found");
    let on_film = Wanted { title: Some(film), ..wanted(Standing::All) };
    let problem = people::register_list(app, &there, on_film).await.unwrap_err();
    assert_eq!(code(&problem), "not_found");
    assert_eq!(world.entry_count(world.log()).await, before);
    assert_eq!(detail(&world, nina).await.registered.assignments.len(), 1);
}
