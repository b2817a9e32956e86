//! Clients and titles: what is active on which day, what one owner may read of others, who sees what titles
//! are really called, and what is refused.

use crate::world::{World, code, on_both};
use closedset_app::{
    Caller, Problem, ledger,
    titles::{self, ClientList, HandedOut, ListOf, NewClient, NewTitle},
};
use closedset_core::{
    Digest, Role,
    engagement::Days,
    id::{Client, Id, Title},
};
use closedset_store::{
    NewEntry, Scope,
    engagements::{AssignmentRow, assignment_insert},
    people,
};
use jiff::civil::date;
use serde_json::json;

on_both!(
    each_step_stands_in_the_ledger_with_its_names_in_fields_of_their_own,
    the_same_again_changes_nothing,
    a_client_is_active_by_contract_work_or_held_content_on_any_day,
    what_is_said_of_content_can_be_taken_back,
    one_owners_list_names_no_others_title_and_no_confidential_client,
    whoever_may_only_read_sees_aliases_everywhere,
    what_is_entered_wrongly_is_refused_by_field_all_at_once,
    hostile_names_are_refused_and_formulas_made_harmless,
    nothing_is_removed_from_under_what_rests_on_it,
    what_is_handed_out_leaves_its_digest,
    a_role_may_what_the_matrix_says,
    another_organisation_sees_and_touches_none_of_it,
);

fn named(name: &str) -> NewClient {
    NewClient { name: name.into(), ..NewClient::default() }
}

fn film(name: &str, alias: &str) -> NewTitle {
    NewTitle {
        name: name.into(),
        alias: alias.into(),
        begins_on: "2026-02-01".into(),
        ..NewTitle::default()
    }
}

async fn client(world: &World, name: &str) -> Id<Client> {
    titles::client_add(&world.app, &world.owner, named(name)).await.unwrap()
}

async fn title(world: &World, client: Id<Client>, new: NewTitle) -> Id<Title> {
    titles::title_add(&world.app, &world.owner, Some(client), new).await.unwrap()
}

async fn list(world: &World, by: &Caller, on: &str, for_client: Option<Id<Client>>) -> ClientList {
    let wanted = ListOf { on: on.into(), for_client };
    titles::client_list_of(&world.app, by, wanted).await.unwrap()
}

async fn active(world: &World, on: &str) -> Vec<String> {
    let list = list(world, &world.owner, on, None).await;
    list.clients.into_iter().map(|client| client.name).collect()
}

async fn handed_out(world: &World, for_client: Option<Id<Client>>) -> HandedOut {
    let wanted = ListOf { on: "2026-03-12".into(), for_client };
    titles::client_list_hand_out(&world.app, &world.owner, wanted).await.unwrap()
}

async fn each_step_stands_in_the_ledger_with_its_names_in_fields_of_their_own(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let from = world.entry_count(world.log()).await;
    let blue = client(&world, "Blue Lantern").await;
    let contract = NewClient {
        is_confidential: true,
        contract_from: "2026-01-01".into(),
        contract_to: "2026-12-31".into(),
        ..named("Blue Lantern")
    };
    titles::client_change(app, owner, blue, contract).await.unwrap();
    let film_id = title(&world, blue, film("The Salt Road", "MARMOT")).await;
    let ended = NewTitle { ends_on: "2026-03-01".into(), ..film("The Salt Way", "MARMOT") };
    titles::title_change(app, owner, film_id, ended).await.unwrap();
    titles::title_remove(app, owner, film_id).await.unwrap();
    titles::client_remove(app, owner, blue).await.unwrap();
    assert_eq!(
        world.kinds_from(from).await,
        [
            "client.added",
            "client.changed",
            "title.added",
            "title.changed",
            "title.removed",
            "client.removed"
        ]
    );
    assert_eq!(
        world.body(from + 1).await,
        json!({
            "client": blue, "name": "Blue Lantern",
            "is_confidential": true, "was_is_confidential": false,
            "contract_from": "2026-01-01", "was_contract_from": null,
            "contract_to": "2026-12-31", "was_contract_to": null,
        })
    );
    assert_eq!(
        world.body(from + 3).await,
        json!({
            "title": film_id, "client": blue, "name": "The Salt Way", "was_name": "The Salt Road",
            "alias": "MARMOT", "is_high_security": false, "begins_on": "2026-02-01",
            "ends_on": "2026-03-01", "was_ends_on": null, "content_gone_on": null,
        })
    );
    assert_eq!(world.body(from + 4).await, json!({"title": film_id, "client": blue}));
    assert!(titles::client_list(app, owner).await.unwrap().is_empty());
    for gone in [
        titles::client_one(app, owner, blue).await.err(),
        titles::title_one(app, owner, film_id).await.err(),
        titles::title_remove(app, owner, film_id).await.err(),
        titles::client_change(app, owner, blue, named("Again")).await.err(),
    ] {
        assert_eq!(code(&gone.unwrap()), "not_found");
    }
    // What was removed holds neither its name nor its alias.
    let again = client(&world, "Blue Lantern").await;
    title(&world, again, film("The Salt Road", "MARMOT")).await;
}

async fn the_same_again_changes_nothing(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let film_id = title(&world, blue, film("The Salt Road", "MARMOT")).await;
    let before = world.entry_count(world.log()).await;
    titles::client_change(&world.app, &world.owner, blue, named(" Blue Lantern ")).await.unwrap();
    let same = film("The Salt Road", "MARMOT");
    titles::title_change(&world.app, &world.owner, film_id, same).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn a_client_is_active_by_contract_work_or_held_content_on_any_day(world: World) {
    let contract = NewClient {
        contract_from: "2026-01-10".into(),
        contract_to: "2026-01-20".into(),
        ..named("By Contract")
    };
    titles::client_add(&world.app, &world.owner, contract).await.unwrap();
    let work = client(&world, "By Work").await;
    let booked = NewTitle {
        begins_on: "2026-06-01".into(),
        ends_on: "2026-06-30".into(),
        ..film("Later", "LATER")
    };
    title(&world, work, booked).await;
    let held = client(&world, "By Content").await;
    let ended = NewTitle {
        ends_on: "2026-02-10".into(),
        content_gone_on: "2026-03-01".into(),
        ..film("Gone", "GONE")
    };
    title(&world, held, ended).await;
    for (day, names) in [
        ("2026-01-09", vec![]),
        ("2026-01-10", vec!["By Contract"]),
        ("2026-01-20", vec!["By Contract"]),
        ("2026-01-21", vec![]),
        ("2026-01-31", vec![]),
        ("2026-02-01", vec!["By Content"]),
        ("2026-02-11", vec!["By Content"]),
        ("2026-02-28", vec!["By Content"]),
        ("2026-03-01", vec![]),
        ("2026-05-31", vec![]),
        ("2026-06-01", vec!["By Work"]),
        // Until somebody says that it is gone, content is held.
        ("2026-07-01", vec!["By Work"]),
    ] {
        assert_eq!(active(&world, day).await, names, "{day}");
    }
    let on = list(&world, &world.owner, "2026-02-11", None).await;
    let one = &on.clients[0];
    assert_eq!((one.since, one.contract), (date(2026, 2, 1), None));
    assert_eq!((one.titles[0].is_in_work, one.titles[0].is_held), (false, true));
    assert_eq!(one.titles[0].called, "GONE");
    // Without a day it is today, where the facility is.
    assert_eq!(list(&world, &world.owner, "", None).await.day, date(2026, 3, 12));
}

async fn what_is_said_of_content_can_be_taken_back(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let ended = NewTitle { ends_on: "2026-02-10".into(), ..film("The Salt Road", "MARMOT") };
    let id = title(&world, blue, ended.clone()).await;
    assert_eq!(active(&world, "2026-03-12").await, ["Blue Lantern"]);
    let gone = NewTitle { content_gone_on: "2026-03-12".into(), ..ended.clone() };
    titles::title_change(&world.app, &world.owner, id, gone).await.unwrap();
    assert!(active(&world, "2026-03-12").await.is_empty());
    assert_eq!(active(&world, "2026-03-11").await, ["Blue Lantern"]);
    titles::title_change(&world.app, &world.owner, id, ended).await.unwrap();
    assert_eq!(active(&world, "2026-03-12").await, ["Blue Lantern"]);
}

async fn one_owners_list_names_no_others_title_and_no_confidential_client(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    title(&world, blue, film("The Salt Road", "MARMOT")).await;
    let other = client(&world, "Kestrel Films").await;
    title(&world, other, film("Winter Harbour", "OTTER")).await;
    let secret = NewClient { is_confidential: true, ..named("Vantage Originals") };
    let secret = titles::client_add(&world.app, &world.owner, secret).await.unwrap();
    title(&world, secret, film("Paper Tigers", "BADGER")).await;
    client(&world, "Asleep").await;
    let shown = list(&world, &world.owner, "2026-03-12", Some(blue)).await;
    assert_eq!(shown.clients.len(), 1);
    assert_eq!(shown.clients[0].titles[0].called, "The Salt Road");
    assert_eq!((shown.others.as_slice(), shown.undisclosed), (&["Kestrel Films".into()][..], 1));
    let words = format!("{shown:?}");
    let file = handed_out(&world, Some(blue)).await;
    let text = String::from_utf8(file.bytes).unwrap();
    for hidden in ["Winter", "OTTER", "Vantage", "Paper", "BADGER", "Asleep", &secret.to_string()] {
        assert!(!words.contains(hidden) && !text.contains(hidden), "{hidden}");
    }
    assert!(!file.file_name.contains("Blue"), "{}", file.file_name);
    assert_eq!(
        text,
        "\u{feff}\"On\",\"Client\",\"Title\",\"Since\",\"Active because\"\r\n\
         \"2026-03-12\",\"Blue Lantern\",\"The Salt Road\",\"2026-02-01\",\"in work, content held\"\r\n\
         \"2026-03-12\",\"Kestrel Films\",\"\",\"\",\"\"\r\n\
         \"2026-03-12\",\"a client under a non-disclosure agreement\",\"\",\"\",\"\"\r\n"
    );
    // The confidential one reads its own name.
    let own = list(&world, &world.owner, "2026-03-12", Some(secret)).await;
    assert_eq!((own.clients[0].name.as_str(), own.undisclosed), ("Vantage Originals", 0));
    assert_eq!(own.others, ["Blue Lantern", "Kestrel Films"]);
}

async fn whoever_may_only_read_sees_aliases_everywhere(world: World) {
    let app = &world.app;
    let blue = client(&world, "Blue Lantern").await;
    let from = world.entry_count(world.log()).await;
    let id = title(&world, blue, film("The Salt Road", "MARMOT")).await;
    let renamed = film("The Salt Way", "MARMOT");
    titles::title_change(app, &world.owner, id, renamed).await.unwrap();
    let by = world.as_role(Role::Provider);
    let words = format!(
        "{:?}{:?}{:?}{:?}{:?}",
        titles::client_list(app, &by).await.unwrap(),
        titles::client_one(app, &by, blue).await.unwrap(),
        titles::title_one(app, &by, id).await.unwrap(),
        titles::title_page(app, &by, None, (None, 50)).await.unwrap(),
        list(&world, &by, "2026-03-12", Some(blue)).await,
    );
    assert!(words.contains("MARMOT") && !words.contains("Salt"), "{words}");
    for by in [by, world.as_role(Role::Auditor)] {
        // Nor in the ledger, nor by a salt with which to guess.
        for index in [from, from + 1] {
            let detail = ledger::entry_detail(app, &by, index).await.unwrap();
            assert!(detail.body.is_none());
            let said = String::from_utf8(detail.in_part.unwrap()).unwrap();
            assert!(said.contains("MARMOT") && !said.contains("Salt"), "{said}");
        }
    }
    let detail = ledger::entry_detail(app, &world.owner, from).await.unwrap();
    assert!(String::from_utf8(detail.body.unwrap().0).unwrap().contains("The Salt Road"));
}

async fn refused_title(world: &World, client: Option<Id<Client>>, new: NewTitle) -> String {
    code(&titles::title_add(&world.app, &world.owner, client, new).await.unwrap_err())
}

async fn what_is_entered_wrongly_is_refused_by_field_all_at_once(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern").await;
    title(&world, blue, film("The Salt Road", "MARMOT")).await;
    let before = world.entry_count(world.log()).await;
    for (new, wrong) in [
        (NewClient::default(), "name"),
        (named("blue  LANTERN"), "name"),
        (NewClient { contract_to: "2026-01-01".into(), ..named("A") }, "contract_from"),
        (
            NewClient {
                contract_from: "2026-01-02".into(),
                contract_to: "2026-01-01".into(),
                ..named("")
            },
            "name contract_to",
        ),
        (
            NewClient {
                contract_from: "1.1.2026".into(),
                contract_to: "9999-12-31".into(),
                ..named("A")
            },
            "contract_from contract_to",
        ),
        (NewClient { contract_from: "-000001-01-01".into(), ..named("A") }, "contract_from"),
    ] {
        let problem = titles::client_add(app, owner, new.clone()).await.unwrap_err();
        assert_eq!(code(&problem), wrong, "{new:?}");
    }
    for (new, wrong) in [
        (NewTitle::default(), "name alias begins_on"),
        (film("Another", "marmot"), "alias"),
        (NewTitle { ends_on: "2026-01-31".into(), ..film("B", "C") }, "ends_on"),
        (NewTitle { content_gone_on: "2026-03-13".into(), ..film("B", "C") }, "content_gone_on"),
        (NewTitle { content_gone_on: "2026-01-31".into(), ..film("B", "C") }, "content_gone_on"),
        (NewTitle { is_high_security: true, ..film("Salt", "SALT") }, "alias"),
        (NewTitle { begins_on: "2026-02-30".into(), ..film("B", "C") }, "begins_on"),
        (NewTitle { begins_on: "20260201".into(), ..film("B", "C") }, "begins_on"),
    ] {
        assert_eq!(refused_title(&world, Some(blue), new.clone()).await, wrong, "{new:?}");
    }
    assert_eq!(refused_title(&world, None, film("", "C")).await, "client name");
    let wanted = ListOf { on: "soon".into(), for_client: None };
    assert_eq!(code(&titles::client_list_of(app, owner, wanted).await.unwrap_err()), "on");
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn hostile_names_are_refused_and_formulas_made_harmless(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    for bad in ["two\nlines", "tab\there", "nul\0", "\u{202e}esrever", "\u{200b}", &"x".repeat(101)]
    {
        let problem = titles::client_add(app, owner, named(bad)).await.unwrap_err();
        assert_eq!(code(&problem), "name", "{bad:?}");
    }
    let formula = client(&world, "=HYPERLINK(\"http://x\",\"y\")").await;
    let script = film("<script>alert(1)</script>", "@SUM(A1); -1");
    title(&world, formula, script).await;
    let text = String::from_utf8(handed_out(&world, None).await.bytes).unwrap();
    assert!(text.contains("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""), "{text}");
    assert!(text.contains("\"'@SUM(A1); -1\""), "{text}");
    let text = String::from_utf8(handed_out(&world, Some(formula)).await.bytes).unwrap();
    assert!(text.contains("\"<script>alert(1)</script>\""), "{text}");
}

async fn nothing_is_removed_from_under_what_rests_on_it(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern").await;
    let id = title(&world, blue, film("The Salt Road", "MARMOT")).await;
    let problem = titles::client_remove(app, owner, blue).await.unwrap_err();
    assert_eq!(code(&problem), "client.has_titles");
    let (organisation, log) = (world.organisation(), world.log());
    app.store()
        .write(Scope::Organisation(organisation), move |tx| -> Result<_, Problem> {
            let person = tx.new_id();
            people::person_insert(tx, organisation, person, "Nina Cut", "nina@halide.example")?;
            let days = Days { first: date(2026, 2, 1), last: None };
            let row = AssignmentRow {
                id: tx.new_id(),
                person,
                title: id,
                job: "colourist".into(),
                days,
                created_at: tx.now(),
                removed_at: None,
            };
            assignment_insert(tx, organisation, &row)?;
            let actor = &closedset_core::Actor::Closedset;
            let subject = "test:note".to_owned();
            tx.record(log, NewEntry { actor, subject, kind: "test.noted", body: json!({}) })?;
            Ok(())
        })
        .await
        .unwrap();
    let detail = titles::title_one(app, owner, id).await.unwrap();
    assert_eq!(
        (detail.team[0].name.as_str(), detail.team[0].job.as_str()),
        ("Nina Cut", "colourist")
    );
    let problem = titles::title_remove(app, owner, id).await.unwrap_err();
    assert_eq!(code(&problem), "title.has_people");
    assert_eq!(active(&world, "2026-03-12").await, ["Blue Lantern"]);
}

async fn what_is_handed_out_leaves_its_digest(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    title(&world, blue, film("The Salt Road", "MARMOT")).await;
    let file = handed_out(&world, None).await;
    assert_eq!(file.digest, Digest::of(&file.bytes));
    assert_eq!(file.file_name, "active-clients-2026-03-12.csv");
    let said = json!({"for": null, "on": "2026-03-12", "clients": 1, "digest": file.digest});
    assert_eq!(world.body(file.entry).await, said);
    let file = handed_out(&world, Some(blue)).await;
    assert_eq!(world.body(file.entry).await["for"], json!(blue));
    assert_eq!(world.newest(world.log()).await.kind, "title.listed");
}

async fn a_role_may_what_the_matrix_says(world: World) {
    let app = &world.app;
    let blue = client(&world, "Blue Lantern").await;
    let id = title(&world, blue, film("The Salt Road", "MARMOT")).await;
    for role in Role::ALL {
        let by = world.as_role(*role);
        let wanted = ListOf { on: String::new(), for_client: Some(blue) };
        let may_read = role.may(closedset_core::Action::TitleRead);
        for (name, read) in [
            ("list", titles::client_list(app, &by).await.err()),
            ("page", titles::client_page(app, &by, None, 5).await.err()),
            ("titles", titles::title_page(app, &by, None, (None, 5)).await.err()),
            ("client", titles::client_one(app, &by, blue).await.err()),
            ("title", titles::title_one(app, &by, id).await.err()),
            ("list of", titles::client_list_of(app, &by, wanted.clone()).await.err()),
        ] {
            assert_eq!(
                read.map(|problem| code(&problem)),
                (!may_read).then(|| "role.forbids".into()),
                "{role} {name}"
            );
        }
        if role.may(closedset_core::Action::TitleWrite) {
            continue;
        }
        let before = world.entry_count(world.log()).await;
        for (name, written) in [
            ("add", titles::client_add(app, &by, named("New")).await.err()),
            ("change", titles::client_change(app, &by, blue, named("New")).await.err()),
            ("remove", titles::client_remove(app, &by, blue).await.err()),
            ("title", titles::title_add(app, &by, Some(blue), film("A", "B")).await.err()),
            ("change", titles::title_change(app, &by, id, film("A", "B")).await.err()),
            ("remove", titles::title_remove(app, &by, id).await.err()),
            ("hand out", titles::client_list_hand_out(app, &by, wanted).await.err()),
        ] {
            assert_eq!(code(&written.unwrap()), "role.forbids", "{role} {name}");
        }
        assert_eq!(world.entry_count(world.log()).await, before);
    }
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let app = &world.app;
    let blue = client(&world, "Blue Lantern").await;
    let id = title(&world, blue, film("The Salt Road", "MARMOT")).await;
    let there = world.neighbour().await;
    assert!(titles::client_list(app, &there).await.unwrap().is_empty());
    assert!(titles::client_page(app, &there, None, 50).await.unwrap().0.is_empty());
    assert!(titles::title_page(app, &there, None, (None, 50)).await.unwrap().0.is_empty());
    let of_blue = ListOf { on: String::new(), for_client: Some(blue) };
    for problem in [
        titles::client_one(app, &there, blue).await.err(),
        titles::title_one(app, &there, id).await.err(),
        titles::title_page(app, &there, Some(blue), (None, 50)).await.err(),
        titles::client_list_of(app, &there, of_blue.clone()).await.err(),
        titles::client_list_hand_out(app, &there, of_blue).await.err(),
        titles::client_change(app, &there, blue, named("Mine")).await.err(),
        titles::client_remove(app, &there, blue).await.err(),
        titles::title_change(app, &there, id, film("Mine", "MINE")).await.err(),
        titles::title_remove(app, &there, id).await.err(),
    ] {
        assert_eq!(code(&problem.unwrap()), "not_found");
    }
    let theirs = titles::title_add(app, &there, Some(blue), film("Mine", "MINE")).await;
    assert_eq!(code(&theirs.unwrap_err()), "client");
    // A name and an alias are one's own in each house.
    let own = titles::client_add(app, &there, named("Blue Lantern")).await.unwrap();
    titles::title_add(app, &there, Some(own), film("The Salt Road", "MARMOT")).await.unwrap();
    assert_eq!(active(&world, "2026-03-12").await, ["Blue Lantern"]);
}
