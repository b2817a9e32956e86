//! Every use case that writes leaves an entry, in the log it belongs to.

use crate::{
    computer::Computer,
    phone,
    world::{EMAIL, PASSWORD, World, account, on_both, profile, resolve},
};
use closedset_app::{
    accounts::{self, NewToken},
    devices::{self, Confirmed},
    evidence::{self, NewAttestation},
    ledger, organisations,
    packs::{self, NewPack},
    tasks,
};
use closedset_core::{Duration, Role, Time, entry::Log};
use closedset_store::ledger as ledger_store;

on_both!(set_up_leaves_entries_in_both_logs, every_use_case_that_writes_leaves_its_entry);

async fn kinds(world: &World, log: Log) -> Vec<String> {
    let page = ledger_store::Page { before: None, kind: None, limit: 500 };
    let mut rows = world.read(move |tx| ledger_store::entry_page(tx, log, page)).await;
    rows.reverse();
    assert!(rows.iter().zip(0..).all(|(row, index)| row.index == index), "dense from 0");
    rows.into_iter().map(|row| row.kind).collect()
}

async fn set_up_leaves_entries_in_both_logs(world: World) {
    assert_eq!(
        kinds(&world, Log::Installation).await,
        ["account.created", "account.second_factor_added", "organisation.created"]
    );
    let own = kinds(&world, world.log()).await;
    assert_eq!(own[0], "organisation.created");
    assert_eq!(own.len(), 1 + 33, "and one for each control");
    assert!(own[1..].iter().all(|kind| kind == "subject.assessed"));
    // No person's name or address stands in the tree itself.
    let (log, before) = (Log::Installation, world.entry_count(Log::Installation).await);
    let leaves = world.read(move |tx| ledger_store::entries_from(tx, log, 0, before)).await;
    for leaf in leaves {
        let text = String::from_utf8(leaf).unwrap();
        for secret in [EMAIL, &account().name, PASSWORD] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

/// Runs a use case and names the kinds it left, in this order: those of the installation's log,
/// then those of the organisation's.
async fn left<T>(world: &World, use_case: impl Future<Output = T>) -> (T, String) {
    let logs = [Log::Installation, world.log()];
    let mut before = Vec::new();
    for log in logs {
        before.push(kinds(world, log).await.len());
    }
    let answer = use_case.await;
    let mut new = Vec::new();
    for (log, count) in logs.into_iter().zip(before) {
        new.extend(kinds(world, log).await.split_off(count));
    }
    (answer, new.join(" "))
}

async fn every_use_case_that_writes_leaves_its_entry(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let until = world.now() + Duration::from_days(30);

    let (link, kinds) = left(&world, devices::enrolment_create(app, owner)).await;
    assert_eq!(kinds, "enrolment.created");
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let request = crate::computer::request(&link.unwrap().0, &key, "suite-1");
    let (answer, kinds) = left(&world, devices::enrol(app, request)).await;
    assert_eq!(kinds, "device.enrolled subject.assessed");
    let device = answer.unwrap().device;
    let mut computer = Computer::enrolled(&world, 2).await;
    let (_, kinds) = left(&world, computer.report(&world)).await;
    assert_eq!(kinds, "device.checked_in subject.assessed");
    computer.say("screen_lock", crate::computer::screen_lock(60));
    computer.report(&world).await.unwrap();
    let said = Confirmed {
        name: "suite-1".into(),
        has_screen: true,
        is_portable: false,
        handles_content: true,
    };
    let (_, kinds) = left(&world, devices::device_confirm(app, owner, device, said)).await;
    assert_eq!(kinds, "device.confirmed subject.assessed");
    let (_, kinds) = left(&world, devices::device_revoke(app, owner, device, "sold")).await;
    assert_eq!(kinds, "device.revoked");
    computer.confirm(&world).await.unwrap();
    let (rolled, kinds) = left(&world, devices::roll_up(app, owner.organisation)).await;
    assert!(rolled.unwrap());
    assert_eq!(kinds, "confirmations.rolled_up");

    let new = NewAttestation {
        control: "IR-1".into(),
        statement: "The incident plan was rehearsed with everybody.".into(),
        valid_from: None,
        valid_to: until,
    };
    let (signed, kinds) = left(&world, evidence::attestation_sign(app, owner, new)).await;
    assert_eq!(kinds, "attestation.signed subject.assessed");
    let id = signed.unwrap();
    let (_, kinds) =
        left(&world, evidence::attestation_withdraw(app, owner, id, "a mistake")).await;
    assert_eq!(kinds, "attestation.withdrawn subject.assessed");

    let (mut open, _) =
        tasks::task_list(app, owner, tasks::TaskState::Open, tasks::TasksOf::Anybody, None, 50)
            .await
            .unwrap();
    let task = open.remove(0);
    let (_, kinds) = left(&world, tasks::task_take(app, owner, task.id)).await;
    assert_eq!(kinds, "task.planned");
    let (_, kinds) =
        left(&world, tasks::task_plan(app, owner, task.id, tasks::NewPlan::default())).await;
    assert_eq!(kinds, "task.planned");
    let (_, kinds) = left(&world, tasks::task_done(app, owner, task.id, "seen to")).await;
    assert_eq!(kinds, "task.done");
    let (_, kinds) = left(&world, organisations::profile_change(app, owner, profile())).await;
    assert_eq!(kinds, "facility.changed");
    let new = NewToken { name: "board".into(), scopes: Role::Auditor.actions(), days: 1 };
    let (made, kinds) = left(&world, accounts::token_create(app, owner, new)).await;
    assert_eq!(kinds, "token.created");
    let id = made.unwrap().0.id;
    let (_, kinds) = left(&world, accounts::token_revoke(app, owner, id)).await;
    assert_eq!(kinds, "token.revoked");

    let (_, kinds) = left(&world, ledger::integrate(app, world.log())).await;
    assert_eq!(kinds, "log.opened", "the key of a log is made once");
    let (_, kinds) = left(&world, ledger::integrate(app, world.log())).await;
    assert_eq!(kinds, "");
    let new = NewPack::of(Time::from_millis(0), until);
    let (made, kinds) = left(&world, packs::pack_create(app, owner, new)).await;
    made.unwrap();
    assert_eq!(kinds, "pack.created");
    let noted = world.record().await;
    let (_, kinds) =
        left(&world, ledger::entry_erase(app, owner, noted, "asked for by the person")).await;
    assert_eq!(kinds, "entry.erased");

    let signed = &world.signed;
    let (_, kinds) = left(&world, accounts::recovery_codes_make(app, signed)).await;
    assert_eq!(kinds, "account.recovery_codes_made");
    let (_, kinds) = left(&world, accounts::recovery_codes_confirm(app, signed)).await;
    assert_eq!(kinds, "account.recovery_codes_kept");
    world.advance(Duration::from_minutes(1));
    let password = accounts::sign_in(app, EMAIL, PASSWORD.into(), "a browser");
    let (session, kinds) = left(&world, password).await;
    assert_eq!(kinds, "", "the password alone opens nothing yet");
    let half = resolve(app, &session.unwrap()).await;
    let code = phone::code(&world.totp, world.now());
    let (session, kinds) =
        left(&world, accounts::totp_sign_in(app, &half, &code, "a browser")).await;
    assert_eq!(kinds, "account.signed_in");
    let full = resolve(app, &session.unwrap()).await;
    let (_, kinds) =
        left(&world, accounts::session_end_by_id(app, &world.signed, full.session)).await;
    assert_eq!(kinds, "account.session_ended");
    let (_, kinds) = left(&world, accounts::session_end(app, &world.signed)).await;
    assert_eq!(kinds, "", "whoever signs out ends only what was recorded where it began");
}
