//! Whoever was removed writes nothing more, however far their request had come; and what a revoked token
//! made ends with it.

use crate::world::{World, code, on_both};
use closedset_app::{
    Caller, Problem,
    accounts::{self, NewToken},
    devices, evidence, exceptions, ledger, organisations,
    people::{self, NewInvitation, NewMember, RoleChange},
    tasks,
};
use closedset_core::{
    Actions, Actor, Digest, Duration, Role,
    entry::Log,
    exception::ExceptionForm,
    id::{Id, Person},
};
use closedset_store::ledger::Page;

on_both!(
    nothing_is_written_for_whoever_was_removed,
    what_races_with_a_removal_stands_before_it_or_not_at_all,
    a_revoked_token_takes_along_what_it_made,
    an_invitation_dies_with_the_token_that_gave_it,
    links_for_computers_end_with_their_maker,
    a_name_has_one_bearer_and_is_what_the_inviter_wrote,
    an_approval_says_that_one_of_the_two_had_invited_the_other,
    erasing_and_forgetting_leave_no_address,
);

fn owner(world: &World) -> Caller {
    Caller { factor_at: Some(world.now()), ..world.owner.clone() }
}

async fn person_of(world: &World, caller: &Caller) -> Id<Person> {
    let (rows, _) = people::person_list(&world.app, &world.owner, None, 200).await.unwrap();
    rows.iter().find(|row| Some(row.account) == caller.account()).unwrap().person
}

fn invitation(email: &str, name: &str, role: Role) -> NewInvitation {
    NewInvitation {
        email: email.into(),
        name: name.into(),
        role: role.as_str().into(),
        last_day: String::new(),
    }
}

fn member(name: &str) -> NewMember {
    NewMember { name: name.into(), password: "velvet harbour lantern".into(), browser: "b".into() }
}

fn token_in(link: &str) -> &str {
    link.split_once("token=").unwrap().1
}

async fn token(
    world: &World,
    by: &Caller,
    scopes: Actions,
) -> (closedset_store::organisations::ApiTokenRow, Caller) {
    let new = NewToken { name: format!("t{}", scopes.iter().count()), scopes, days: 5 };
    let (row, text) = accounts::token_create(&world.app, by, new).await.unwrap();
    (row, accounts::token_caller(&world.app, &text).await.unwrap())
}

fn exception() -> exceptions::NewException {
    exceptions::NewException {
        form: ExceptionForm::NotApplicable,
        control: "PH-1".into(),
        check: None,
        subject: None,
        covers_unknown: false,
        reason: "There is no such room in this house.".into(),
        measure: String::new(),
        last_day: "2026-12-31".into(),
    }
}

async fn nothing_is_written_for_whoever_was_removed(world: World) {
    let app = &world.app;
    let ron = world.colleague("Ron", Role::Owner).await;
    let ron = Caller { factor_at: Some(world.now()), ..ron };
    let asked = exceptions::exception_ask(app, &world.owner, exception()).await.unwrap().id;
    let (kept, _) = token(&world, &owner(&world), Role::Member.actions()).await;
    let (open, _) =
        people::invite(app, &owner(&world), invitation("o@x.example", "Olga", Role::Member))
            .await
            .unwrap();
    let mira = person_of(&world, &world.owner).await;
    let control = "AD-1".to_owned();
    let stated = evidence::NewAttestation {
        control: control.clone(),
        statement: "It is so, and I have looked at it.".into(),
        valid_from: None,
        valid_to: world.now() + Duration::from_days(30),
    };
    let signed = evidence::attestation_sign(app, &world.owner, stated.clone()).await.unwrap();
    let person = person_of(&world, &ron).await;
    people::person_remove(app, &owner(&world), person).await.unwrap();
    let before = world.entry_count(world.log()).await;
    let mut refused: Vec<(&str, Result<(), Problem>)> = Vec::new();
    let new = NewToken { name: "mine".into(), scopes: Role::Member.actions(), days: 1 };
    refused.push(("token_create", accounts::token_create(app, &ron, new).await.map(drop)));
    refused.push(("token_revoke", accounts::token_revoke(app, &ron, kept.id).await));
    refused.push((
        "invite",
        people::invite(app, &ron, invitation("p@x.example", "Pia", Role::Member)).await.map(drop),
    ));
    refused.push(("invitation_revoke", people::invitation_revoke(app, &ron, open.id).await));
    refused.push(("person_remove", people::person_remove(app, &ron, mira).await));
    refused.push(("person_sign_out", people::person_sign_out(app, &ron, mira).await));
    let change = RoleChange { role: "member".into(), last_day: String::new() };
    refused.push(("person_change", people::person_change(app, &ron, mira, change).await));
    refused.push((
        "organisation_add",
        organisations::organisation_add(app, &ron, crate::world::profile()).await.map(drop),
    ));
    refused.push((
        "profile_change",
        organisations::profile_change(app, &ron, crate::world::profile()).await,
    ));
    refused
        .push(("attestation_sign", evidence::attestation_sign(app, &ron, stated).await.map(drop)));
    refused.push((
        "attestation_withdraw",
        evidence::attestation_withdraw(app, &ron, signed, "It is not so.").await.map(drop),
    ));
    refused
        .push(("exception_ask", exceptions::exception_ask(app, &ron, exception()).await.map(drop)));
    refused.push(("exception_approve", exceptions::exception_approve(app, &ron, asked).await));
    refused.push((
        "exception_withdraw",
        exceptions::exception_withdraw(app, &ron, asked, "No longer wanted.").await.map(drop),
    ));
    refused.push(("enrolment_create", devices::enrolment_create(app, &ron).await.map(drop)));
    refused.push(("entry_erase", ledger::entry_erase(app, &ron, 1, "a reason that is long").await));
    refused.push((
        "task_done",
        tasks::task_done(
            app,
            &ron,
            Id::new(world.now(), &closedset_core::randomness::Seeded::new(1)),
            "",
        )
        .await,
    ));
    for (name, outcome) in refused {
        let problem = outcome.expect_err(name);
        assert_eq!(code(&problem), "sign_in.needed", "{name}");
    }
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn what_races_with_a_removal_stands_before_it_or_not_at_all(world: World) {
    let ron = world.colleague("Ron", Role::Administrator).await;
    let ron = Caller { factor_at: Some(world.now()), ..ron };
    let person = person_of(&world, &ron).await;
    let mut tries = tokio::task::JoinSet::new();
    for number in 0..24 {
        let (app, ron) = (world.app.clone(), ron.clone());
        tries.spawn(async move {
            let new =
                NewToken { name: format!("t{number}"), scopes: Role::Member.actions(), days: 1 };
            accounts::token_create(&app, &ron, new).await.is_ok()
        });
        if number == 12 {
            let (app, by) = (world.app.clone(), owner(&world));
            tries.spawn(async move {
                people::person_remove(&app, &by, person).await.unwrap();
                false
            });
        }
    }
    while tries.join_next().await.is_some() {}
    let page = Page { before: None, kind: None, limit: 200 };
    let log = world.log();
    let rows = world.read(move |tx| closedset_store::ledger::entry_page(tx, log, page)).await;
    let removed = rows.iter().find(|row| row.kind == "person.removed").unwrap().index;
    let late = rows.iter().filter(|row| row.kind == "token.created" && row.index > removed).count();
    assert_eq!(late, 0, "tokens were made after the removal");
    let tokens = accounts::token_list(&world.app, &world.owner).await.unwrap();
    assert!(tokens.iter().all(|token| token.revoked_at.is_some()));
}

async fn a_revoked_token_takes_along_what_it_made(world: World) {
    let (parent, program) = token(&world, &owner(&world), Role::Administrator.actions()).await;
    let (child, child_program) =
        token(&world, &program, "board.read settings.write".parse().unwrap()).await;
    let (grandchild, _) = token(&world, &child_program, "board.read".parse().unwrap()).await;
    let (other, _) = token(&world, &owner(&world), "board.read".parse().unwrap()).await;
    let (open, link) = people::invite(
        &world.app,
        &program,
        invitation("evil@x.example", "Evil", Role::Administrator),
    )
    .await
    .unwrap();
    let made = accounts::token_made(&world.app, &world.owner, parent.id).await.unwrap();
    assert_eq!(made.tokens.iter().map(|row| row.id).collect::<Vec<_>>(), [child.id, grandchild.id]);
    assert_eq!(made.invitations.len(), 1);
    accounts::token_revoke(&world.app, &world.owner, parent.id).await.unwrap();
    let tokens = accounts::token_list(&world.app, &world.owner).await.unwrap();
    for token in &tokens {
        assert_eq!(token.revoked_at.is_none(), token.id == other.id, "{}", token.name);
    }
    let entry = world.newest(world.log()).await;
    let body = world.body(entry.index).await;
    assert_eq!(entry.kind, "token.revoked");
    assert_eq!(body["tokens_revoked"], serde_json::json!([child.id, grandchild.id]));
    assert_eq!(body["invitations_revoked"], serde_json::json!([open.id]));
    let joined = people::join_new(&world.app, token_in(&link), member("Evil")).await;
    assert_eq!(code(&joined.unwrap_err()), "invitation.dead");
}

async fn an_invitation_dies_with_the_token_that_gave_it(world: World) {
    let operator = Caller { actor: Actor::Operator(0), ..owner(&world) };
    let (row, program) = token(&world, &operator, Role::Administrator.actions()).await;
    assert_eq!(row.account, None);
    let (_, link) =
        people::invite(&world.app, &program, invitation("evil@x.example", "Evil", Role::Member))
            .await
            .unwrap();
    people::offer(&world.app, token_in(&link)).await.unwrap();
    world.clock.set(row.expires_at);
    let offer = people::offer(&world.app, token_in(&link)).await;
    assert_eq!(code(&offer.unwrap_err()), "invitation.dead");
}

async fn links_for_computers_end_with_their_maker(world: World) {
    let ron = world.colleague("Ron", Role::Administrator).await;
    let (link, _) = devices::enrolment_create(&world.app, &ron).await.unwrap();
    let (row, program) = token(&world, &owner(&world), Role::Administrator.actions()).await;
    let (other, _) = devices::enrolment_create(&world.app, &program).await.unwrap();
    let person = person_of(&world, &ron).await;
    people::person_remove(&world.app, &owner(&world), person).await.unwrap();
    let body = world.body(world.newest(world.log()).await.index).await;
    assert_eq!(body["enrolments_ended"].as_array().unwrap().len(), 1);
    accounts::token_revoke(&world.app, &world.owner, row.id).await.unwrap();
    let body = world.body(world.newest(world.log()).await.index).await;
    assert_eq!(body["enrolments_ended"].as_array().unwrap().len(), 1);
    for token in [link.token, other.token] {
        let digest = Digest::of(token.expose());
        let row = world
            .read(move |tx| closedset_store::devices::enrolment_by_token(tx, digest))
            .await
            .unwrap();
        assert!(row.expires_at <= world.now());
    }
}

async fn a_name_has_one_bearer_and_is_what_the_inviter_wrote(world: World) {
    for name in ["Mira Lindqvist", "mira  LINDQVIST", "Ｍｉｒａ Lindqvist"] {
        let same = people::invite(
            &world.app,
            &owner(&world),
            invitation("z@x.example", name, Role::Coordinator),
        )
        .await;
        assert_eq!(code(&same.unwrap_err()), "person.same_name", "{name}");
    }
    for name in ["Zed\nSmith", "Zed\u{202e}htimS", "root at the server"] {
        let odd = people::invite(
            &world.app,
            &owner(&world),
            invitation("z@x.example", name, Role::Coordinator),
        )
        .await;
        assert_eq!(code(&odd.unwrap_err()), "name", "{name}");
    }
    let (_, link) = people::invite(
        &world.app,
        &owner(&world),
        invitation("z@x.example", "Zed Smith", Role::Coordinator),
    )
    .await
    .unwrap();
    people::join_new(&world.app, token_in(&link), member("Mira Lindqvist")).await.unwrap();
    let (rows, _) = people::person_list(&world.app, &world.owner, None, 10).await.unwrap();
    assert!(rows.iter().any(|row| row.name == "Zed Smith" && row.email == "z@x.example"));
    assert_eq!(rows.iter().filter(|row| row.name == "Mira Lindqvist").count(), 1);
}

async fn an_approval_says_that_one_of_the_two_had_invited_the_other(world: World) {
    let (_, link) = people::invite(
        &world.app,
        &owner(&world),
        invitation("tim@halide.example", "Tim", Role::SecurityContact),
    )
    .await
    .unwrap();
    people::join_new(&world.app, token_in(&link), member("Tim")).await.unwrap();
    // Without a second factor there is nobody else who could approve.
    let alone = exceptions::exception_ask(&world.app, &world.owner, exception()).await.unwrap();
    assert!(alone.is_granted);
    let email = "tim@halide.example";
    let account = world
        .app
        .store()
        .write(
            closedset_store::Scope::Installation,
            move |tx| -> Result<_, closedset_store::StoreError> {
                let row = closedset_store::accounts::account_by_email(tx, email)?.unwrap();
                closedset_store::accounts::account_set_totp(tx, row.id, b"sealed")?;
                tx.record(
                    Log::Installation,
                    closedset_store::NewEntry {
                        actor: &Actor::Closedset,
                        subject: "test:x".into(),
                        kind: "test.noted",
                        body: serde_json::json!({}),
                    },
                )?;
                Ok(row.id)
            },
        )
        .await
        .unwrap();
    let tim = Caller {
        actor: Actor::Account { account, organisation: world.organisation() },
        name: "Tim".into(),
        allowed: Role::SecurityContact.actions(),
        ..world.owner.clone()
    };
    let asked = exceptions::exception_ask(
        &world.app,
        &world.owner,
        exceptions::NewException { control: "PH-2".into(), ..exception() },
    )
    .await
    .unwrap();
    assert!(!asked.is_granted);
    exceptions::exception_approve(&world.app, &tim, asked.id).await.unwrap();
    let row = exceptions::exception_one(&world.app, &tim, asked.id).await.unwrap();
    let granted = row.granted.unwrap();
    assert!(granted.has_second_person);
    assert_eq!(granted.invited_by, Some(closedset_store::exceptions::InvitedBy::Asker));
    let body = world.body(granted.entry).await;
    assert_eq!(body["invited_by"], "asker");
    assert!(body["approved_by_person"].as_str().unwrap().starts_with("per_"));
    assert!(world.verify().await.faults.is_empty());
}

async fn erasing_and_forgetting_leave_no_address(world: World) {
    let (row, link) = people::invite(
        &world.app,
        &owner(&world),
        invitation("sue@x.example", "Sue", Role::Member),
    )
    .await
    .unwrap();
    let invited = world.newest(world.log()).await.index;
    let refused = ledger::entry_erase(&world.app, &world.owner, invited, "she asked for it").await;
    assert_eq!(code(&refused.unwrap_err()), "entry.in_force", "{}", row.id);
    people::join_new(&world.app, token_in(&link), member("Sue")).await.unwrap();
    let joined = world.newest(world.log()).await.index;
    let operator = Actor::Operator(0);
    let belongs = accounts::account_forget(&world.app, operator.clone(), "sue@x.example").await;
    assert_eq!(code(&belongs.unwrap_err()), "account.belongs");
    let (rows, _) = people::person_list(&world.app, &world.owner, None, 10).await.unwrap();
    let person = rows.iter().find(|row| row.email == "sue@x.example").unwrap().person;
    people::person_remove(&world.app, &owner(&world), person).await.unwrap();
    for index in [invited, joined] {
        ledger::entry_erase(&world.app, &world.owner, index, "she asked for it").await.unwrap();
    }
    let by_caller =
        accounts::account_forget(&world.app, world.owner.actor.clone(), "sue@x.example").await;
    assert_eq!(code(&by_caller.unwrap_err()), "role.forbids");
    accounts::account_forget(&world.app, operator, "Sue@x.example").await.unwrap();
    let found = world
        .read(move |tx| {
            let mut found = 0;
            for sql in [
                "SELECT COUNT(*) FROM account WHERE email = 'sue@x.example'",
                "SELECT COUNT(*) FROM person WHERE email = 'sue@x.example' OR name = 'Sue'",
                "SELECT COUNT(*) FROM invitation WHERE email = 'sue@x.example'",
                "SELECT COUNT(*) FROM rate_limit WHERE key LIKE '%sue@x.example'",
            ] {
                found += tx.query_opt(sql, &[], |row| row.int(0))?.unwrap();
            }
            for log in [Log::Installation, world_log(tx)?] {
                for index in 0..closedset_store::ledger::entry_count(tx, log)? {
                    if let Some(body) = closedset_store::ledger::entry_body_at(tx, log, index)? {
                        found += i64::from(
                            String::from_utf8_lossy(&body.body).contains("sue@x.example"),
                        );
                    }
                }
            }
            Ok(found)
        })
        .await;
    assert_eq!(found, 0);
}

fn world_log(tx: &mut closedset_store::Tx<'_>) -> Result<Log, closedset_store::StoreError> {
    let all = closedset_store::organisations::organisation_list(tx)?;
    Ok(Log::Organisation(all[0].id))
}

/// Writes for callers go through one entrance: no file that takes a caller opens a unit by itself.
#[test]
fn no_use_case_opens_a_writing_unit_for_a_caller_by_itself() {
    fn walk(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
                continue;
            }
            let text: String = std::fs::read_to_string(&path).unwrap().split_whitespace().collect();
            let opens = text.matches("store().write(").count();
            if text.contains("caller:&Caller") && opens > 0 {
                let name = path.file_name().unwrap().to_string_lossy();
                found.push(format!("{name} {opens}"));
            }
        }
    }
    let mut found = Vec::new();
    walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.sort();
    // The entrance; a pack's finished file, a device that enrols itself, the set-up, which has no caller.
    assert_eq!(found, ["admitted.rs 2", "create.rs 1", "enrol.rs 1", "organisations.rs 1"]);
}
