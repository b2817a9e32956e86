//! People whom a directory brings: who is taken over, engaged, ended and brought again, what stands in the ledger, and
//! what is none of the directory's.

use crate::{
    register::{add, detail, engaged, person, work},
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem, accounts, leaving,
    people::{
        self, NewEngagement, NewPerson,
        scim::{self, GroupWords, Said, User, UserWords},
    },
};
use closedset_core::{
    Action, Duration, Role,
    engagement::{Days, EngagementForm},
    id::{Id, Person},
};
use jiff::civil::{Date, date};
use serde_json::json;

on_both!(
    whoever_is_brought_is_engaged_and_the_ledger_says_so,
    the_same_again_changes_nothing,
    no_two_users_have_one_name_or_address,
    whoever_is_in_the_register_is_taken_over_by_their_address,
    whoever_is_not_active_is_ended_on_the_facilitys_day,
    whoever_is_active_again_on_the_same_day_goes_on,
    what_has_not_begun_never_does,
    what_the_register_says_since_stands_against_what_is_repeated,
    another_title_is_another_job_of_what_the_directory_began,
    whoever_is_removed_stays_in_the_register_and_may_be_brought_again,
    of_whoever_signs_in_name_and_address_stay,
    two_who_are_called_the_same_are_told_apart,
    whoever_was_forgotten_is_gone_here_too,
    groups_hold_users_and_grant_nothing,
    an_edition_that_is_over_is_refused,
    nothing_of_another_organisation_is_seen_or_changed,
    the_scope_stands_alone_and_no_other_is_enough,
    a_token_ends_with_what_its_maker_may,
    of_two_who_bring_the_same_at_once_one_is_refused,
    whoever_is_let_go_leaves_and_whoever_is_back_does_not,
);

/// 12 March 2026, as the world's clock stands.
const TODAY: Date = date(2026, 3, 12);

/// A directory, which has a token for SCIM.
async fn directory(world: &World, maker: &Caller) -> Caller {
    let maker = Caller { factor_at: Some(world.now()), ..maker.clone() };
    let new =
        accounts::NewToken { name: "directory".into(), scopes: Action::Scim.into(), days: 366 };
    let (_, token) = accounts::token_create(&world.app, &maker, new).await.unwrap();
    accounts::token_caller(&world.app, &token).await.unwrap()
}

fn words(user_name: &str, name: &str) -> UserWords {
    UserWords {
        user_name: user_name.into(),
        external_id: None,
        name: name.into(),
        email: None,
        form: EngagementForm::Employee,
        job: "colourist".into(),
        active: Said::Nothing,
        resource: json!({"userName": user_name, "displayName": name}).to_string(),
    }
}

async fn brought(world: &World, caller: &Caller, user_name: &str, name: &str) -> User {
    scim::user_add(&world.app, caller, words(user_name, name)).await.unwrap()
}

async fn said(world: &World, caller: &Caller, user: &User, active: Said) -> User {
    let words = UserWords { active, ..words("ada@halide.example", "Ada Reel") };
    scim::user_change(&world.app, caller, user.row.person, (words, None, false)).await.unwrap()
}

async fn days(world: &World, id: Id<Person>) -> Vec<Days> {
    let detail = detail(world, id).await;
    detail.registered.engagements.iter().map(|row| row.days).collect()
}

async fn whoever_is_brought_is_engaged_and_the_ledger_says_so(world: World) {
    let caller = directory(&world, &world.owner).await;
    let from = world.entry_count(world.log()).await;
    let new = UserWords {
        external_id: Some("x-1".into()),
        email: Some("Ada.Reel@Halide.example".into()),
        form: EngagementForm::Freelancer,
        ..words("ada", "Ada Reel")
    };
    let user = scim::user_add(&world.app, &caller, new).await.unwrap();
    let kinds = world.kinds_from(from).await;
    assert_eq!(kinds, ["person.added", "engagement.began", "scim.user_brought"]);
    let told = world.body(from + 2).await;
    let wanted = json!({"person": user.row.person, "is_new": true, "active": true});
    assert_eq!(told, wanted, "nothing personal stands in it");
    assert_eq!(user.active, Some(true));
    let detail = detail(&world, user.row.person).await;
    let row = &detail.registered.person;
    assert_eq!(
        (row.name.as_str(), row.email.as_deref()),
        ("Ada Reel", Some("ada.reel@halide.example"))
    );
    let engaged = &detail.registered.engagements[0];
    assert_eq!((engaged.form, engaged.job.as_str()), (EngagementForm::Freelancer, "colourist"));
    assert_eq!(engaged.days, Days { first: TODAY, last: None });
    assert_eq!(detail.directory, Some(Vec::new()));

    // Found by name in whatever case, by the directory's id, and in the list.
    for found in [
        scim::user_by_name(&world.app, &caller, " ADA ").await.unwrap(),
        scim::user_by_external_id(&world.app, &caller, "x-1").await.unwrap(),
        scim::user_list(&world.app, &caller, None).await.unwrap(),
        scim::user_page(&world.app, &caller, 0, 10).await.unwrap().0,
    ] {
        let found: Vec<_> = found.iter().map(|user| user.row.person).collect();
        assert_eq!(found, [user.row.person]);
    }
    assert!(scim::user_by_external_id(&world.app, &caller, "X-1").await.unwrap().is_empty());
    let behind = scim::user_list(&world.app, &caller, Some(user.row.person)).await.unwrap();
    assert!(behind.is_empty());
    let (none, total) = scim::user_page(&world.app, &caller, i64::MAX, i64::MAX).await.unwrap();
    assert_eq!((none.len(), total), (0, 1));

    // Whoever is brought as gone is known and not engaged.
    let gone = UserWords { active: Said::Alone(false), ..words("bo@halide.example", "Bo Splice") };
    let gone = scim::user_add(&world.app, &caller, gone).await.unwrap();
    assert_eq!(gone.active, Some(false));
    assert!(days(&world, gone.row.person).await.is_empty());
    assert!(world.verify().await.faults.is_empty());
}

async fn the_same_again_changes_nothing(world: World) {
    let caller = directory(&world, &world.owner).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let from = world.entry_count(world.log()).await;
    for active in [Said::Nothing, Said::Among(true), Said::Alone(true)] {
        let again = said(&world, &caller, &user, active).await;
        assert_eq!(again.edition(), user.edition());
    }
    assert_eq!(world.entry_count(world.log()).await, from);
    let taken_back = said(&world, &caller, &user, Said::TakenBack).await;
    assert_eq!((taken_back.active, days(&world, user.row.person).await.len()), (None, 1));
    assert_ne!(taken_back.edition(), user.edition());
}

async fn no_two_users_have_one_name_or_address(world: World) {
    let caller = directory(&world, &world.owner).await;
    let ada = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let bo = brought(&world, &caller, "bo", "Bo Splice").await;
    let refused = async |words: UserWords| {
        let before = world.entry_count(world.log()).await;
        let problem = scim::user_add(&world.app, &caller, words).await.unwrap_err();
        assert_eq!(world.entry_count(world.log()).await, before);
        code(&problem)
    };
    assert_eq!(refused(words("ADA@halide.example", "Other")).await, "scim.taken");
    let same = UserWords { email: Some("ADA@halide.example".into()), ..words("x", "Other") };
    assert_eq!(refused(same).await, "scim.taken");
    for (change, wanted) in [
        (words("Ada@Halide.example", "Bo Splice"), "scim.taken"),
        (
            UserWords { email: Some("ada@halide.example".into()), ..words("bo", "Bo Splice 2") },
            "person.same_email",
        ),
    ] {
        let resource = json!({"userName": change.user_name, "n": 2}).to_string();
        let change = UserWords { resource, ..change };
        let id = bo.row.person;
        let outcome = scim::user_change(&world.app, &caller, id, (change, None, false)).await;
        assert_eq!(code(&outcome.unwrap_err()), wanted);
    }
    for (bad, field) in [
        (words("x", ""), "name"),
        (words("x", "Fake\nowner"), "name"),
        (words("x", "root at the server"), "name"),
        (UserWords { email: Some("no address".into()), ..words("x", "Xi Reel") }, "email"),
        (UserWords { job: " ".into(), ..words("x", "Xi Reel") }, "job"),
    ] {
        assert_eq!(refused(bad).await, field);
    }
    assert_eq!(detail(&world, ada.row.person).await.registered.person.name, "Ada Reel");
}

async fn whoever_is_in_the_register_is_taken_over_by_their_address(world: World) {
    let caller = directory(&world, &world.owner).await;
    let known = NewPerson { email: "ada@halide.example".into(), ..person("Ada Real") };
    let known =
        people::person_add(&world.app, &world.owner, known, work("contractor", "2025-01-01"))
            .await
            .unwrap();
    // Before, the directory does not see them.
    let problem = scim::user_one(&world.app, &caller, known).await.unwrap_err();
    assert!(matches!(problem, Problem::NotFound("user")));
    assert!(
        scim::user_by_name(&world.app, &caller, "ada@halide.example").await.unwrap().is_empty()
    );

    let from = world.entry_count(world.log()).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    assert_eq!(user.row.person, known);
    assert_eq!(world.kinds_from(from).await, ["person.changed", "scim.user_brought"]);
    let detail = detail(&world, known).await;
    assert_eq!(detail.registered.person.name, "Ada Reel");
    // Who works here goes on working as entered.
    assert_eq!(detail.registered.engagements.len(), 1);
    assert_eq!(detail.registered.engagements[0].form, EngagementForm::Contractor);
    assert_eq!(user.active, Some(true));
}

async fn whoever_is_not_active_is_ended_on_the_facilitys_day(world: World) {
    let caller = directory(&world, &world.owner).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let id = user.row.person;
    engaged(&world, id, work("trainee", "2026-02-01 2026-12-31")).await;
    world.advance(Duration::from_days(10));
    let from = world.entry_count(world.log()).await;
    let user = said(&world, &caller, &user, Said::Alone(false)).await;
    assert_eq!(user.active, Some(false), "though the last day counts");
    let kinds = world.kinds_from(from).await;
    let leaving = ["leaving.moved", "leaving.opened"];
    let (ended, changed) = (["engagement.ended"; 2], ["scim.user_changed"]);
    assert_eq!(kinds, [&ended[..], &leaving[..], &changed[..]].concat());
    let last = date(2026, 3, 22);
    assert!(days(&world, id).await.iter().all(|days| days.last == Some(last)));

    world.advance(Duration::from_days(1));
    let from = world.entry_count(world.log()).await;
    let user = said(&world, &caller, &user, Said::Alone(true)).await;
    assert_eq!(user.active, Some(true));
    let kinds = ["engagement.began", "leaving.called_off", "scim.user_changed"];
    assert_eq!(world.kinds_from(from).await, kinds);
    let newest = days(&world, id).await.into_iter().max_by_key(|days| days.first);
    assert_eq!(newest, Some(Days { first: date(2026, 3, 23), last: None }));
}

async fn whoever_is_active_again_on_the_same_day_goes_on(world: World) {
    let caller = directory(&world, &world.owner).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    for _ in 0..3 {
        let user = said(&world, &caller, &user, Said::Alone(false)).await;
        assert_eq!(user.active, Some(false));
        let user = said(&world, &caller, &user, Said::Among(true)).await;
        assert_eq!(user.active, Some(true));
    }
    let wanted = [Days { first: TODAY, last: None }];
    assert_eq!(days(&world, user.row.person).await, wanted);
}

async fn what_has_not_begun_never_does(world: World) {
    let caller = directory(&world, &world.owner).await;
    let gone = UserWords { active: Said::Alone(false), ..words("ada@halide.example", "Ada Reel") };
    let user = scim::user_add(&world.app, &caller, gone).await.unwrap();
    engaged(&world, user.row.person, work("employee", "2026-05-01")).await;
    let user = scim::user_one(&world.app, &caller, user.row.person).await.unwrap();
    assert_eq!(user.active, Some(true), "whoever is coming is not gone");
    let from = world.entry_count(world.log()).await;
    let user = said(&world, &caller, &user, Said::Alone(false)).await;
    assert_eq!(user.active, Some(false));
    assert_eq!(world.kinds_from(from).await[0], "engagement.removed");
    assert!(days(&world, user.row.person).await.is_empty());
}

async fn what_the_register_says_since_stands_against_what_is_repeated(world: World) {
    let caller = directory(&world, &world.owner).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let id = user.row.person;
    let engagement = detail(&world, id).await.registered.engagements[0].id;
    let ended = NewEngagement {
        begins_on: "2026-03-12".into(),
        ..work("employee", "2026-03-12 2026-03-12")
    };
    people::engagement_change(&world.app, &world.owner, engagement, ended).await.unwrap();
    world.advance(Duration::from_days(2));
    let now = scim::user_one(&world.app, &caller, id).await.unwrap();
    assert_eq!(now.active, Some(false));
    assert_ne!(now.edition(), user.edition());
    // Among all else the directory repeats what it said: it is not a word about this.
    let repeated = said(&world, &caller, &now, Said::Among(true)).await;
    assert_eq!((repeated.active, days(&world, id).await.len()), (Some(false), 1));
    let meant = said(&world, &caller, &now, Said::Alone(true)).await;
    assert_eq!((meant.active, days(&world, id).await.len()), (Some(true), 2));
}

async fn another_title_is_another_job_of_what_the_directory_began(world: World) {
    let caller = directory(&world, &world.owner).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let id = user.row.person;
    let change = |job: &str, form| UserWords {
        job: job.into(),
        form,
        ..words("ada@halide.example", "Ada Reel")
    };
    let from = world.entry_count(world.log()).await;
    let editor = (change("editor", EngagementForm::Freelancer), None, true);
    scim::user_change(&world.app, &caller, id, editor).await.unwrap();
    assert_eq!(world.kinds_from(from).await, ["engagement.changed"]);
    let row = detail(&world, id).await.registered.engagements[0].clone();
    assert_eq!((row.form, row.job.as_str()), (EngagementForm::Freelancer, "editor"));
    // What somebody entered here is theirs.
    let entered = add(&world, "Bo Splice", work("employee", "2026-01-01")).await;
    let bo = NewPerson { email: "bo@halide.example".into(), ..person("Bo Splice") };
    people::person_edit(&world.app, &world.owner, entered, bo).await.unwrap();
    brought(&world, &caller, "bo@halide.example", "Bo Splice").await;
    let other = UserWords { job: "editor".into(), ..words("bo@halide.example", "Bo Splice") };
    scim::user_change(&world.app, &caller, entered, (other, None, true)).await.unwrap();
    assert_eq!(detail(&world, entered).await.registered.engagements[0].job, "colourist");
}

async fn whoever_is_removed_stays_in_the_register_and_may_be_brought_again(world: World) {
    let caller = directory(&world, &world.owner).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let id = user.row.person;
    let group = GroupWords { name: "Colour".into(), external_id: None, members: [id].into() };
    let group = scim::group_add(&world.app, &caller, group).await.unwrap();
    let from = world.entry_count(world.log()).await;
    scim::user_remove(&world.app, &caller, id, None).await.unwrap();
    let kinds = ["engagement.ended", "leaving.opened", "scim.user_removed"];
    assert_eq!(world.kinds_from(from).await, kinds);
    for outcome in [
        scim::user_one(&world.app, &caller, id).await.map(|_| ()),
        scim::user_remove(&world.app, &caller, id, None).await,
        scim::user_change(
            &world.app,
            &caller,
            id,
            (words("ada@halide.example", "Ada"), None, false),
        )
        .await
        .map(|_| ()),
    ] {
        assert!(matches!(outcome, Err(Problem::NotFound("user"))), "{outcome:?}");
    }
    assert_eq!(scim::user_page(&world.app, &caller, 0, 9).await.unwrap().1, 0);
    let group = scim::group_one(&world.app, &caller, group.row.id).await.unwrap();
    assert!(group.members.is_empty());
    let known = detail(&world, id).await;
    assert_eq!((known.registered.person.name.as_str(), known.directory), ("Ada Reel", None));
    assert_eq!(days(&world, id).await, [Days { first: TODAY, last: Some(TODAY) }]);

    let again = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    assert_eq!((again.row.person, again.active), (id, Some(true)));
    // Nobody is gone whose engagement somebody ended: to remove them is a word about the directory.
    said(&world, &caller, &again, Said::Alone(false)).await;
    let from = world.entry_count(world.log()).await;
    scim::user_remove(&world.app, &caller, id, None).await.unwrap();
    assert_eq!(world.kinds_from(from).await, ["scim.user_removed"]);
    assert!(world.verify().await.faults.is_empty());
}

async fn of_whoever_signs_in_name_and_address_stay(world: World) {
    let caller = directory(&world, &world.owner).await;
    let ann = world.colleague("ann", Role::Coordinator).await;
    let ann = people::person_list(&world.app, &world.owner, None, 200)
        .await
        .unwrap()
        .0
        .into_iter()
        .find(|row| Some(row.account) == ann.account())
        .unwrap();
    let user = brought(&world, &caller, &ann.email, "Somebody Else").await;
    assert_eq!(user.row.person, ann.person);
    let change = UserWords {
        email: Some("else@evil.example".into()),
        resource: "{\"userName\": \"x\"}".into(),
        ..words("x", "Mira Lindqvist")
    };
    scim::user_change(&world.app, &caller, ann.person, (change, None, false)).await.unwrap();
    let row = detail(&world, ann.person).await.registered.person;
    assert_eq!((row.name, row.email.as_deref()), (ann.name, Some(ann.email.as_str())));
    // It neither gives nor takes what somebody may.
    scim::user_remove(&world.app, &caller, ann.person, None).await.unwrap();
    let member = detail(&world, ann.person).await.member.unwrap();
    assert_eq!(member.role, Role::Coordinator);
}

async fn two_who_are_called_the_same_are_told_apart(world: World) {
    let caller = directory(&world, &world.owner).await;
    brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let other = brought(&world, &caller, "ada2@halide.example", "ada  reel").await;
    let name = || async { detail(&world, other.row.person).await.registered.person.name };
    assert_eq!(name().await, "ada  reel (ada2@halide.example)");
    // And stay so, whatever else is said.
    let change = UserWords {
        resource: "{\"userName\": \"ada2@halide.example\", \"title\": \"x\"}".into(),
        ..words("ada2@halide.example", "ada  reel")
    };
    let from = world.entry_count(world.log()).await;
    let id = other.row.person;
    scim::user_change(&world.app, &caller, id, (change, None, false)).await.unwrap();
    assert_eq!(world.kinds_from(from).await, ["scim.user_changed"]);
    assert_eq!(name().await, "ada  reel (ada2@halide.example)");
    // Also who was brought as gone, and comes when another of that name is here.
    let gone =
        |user_name: &str| UserWords { active: Said::Alone(false), ..words(user_name, "Bo Splice") };
    let late = scim::user_add(&world.app, &caller, gone("bo@halide.example")).await.unwrap();
    add(&world, "Bo Splice", work("employee", "2026-01-01")).await;
    let comes = UserWords { active: Said::Alone(true), ..gone("bo@halide.example") };
    let late = late.row.person;
    scim::user_change(&world.app, &caller, late, (comes, None, false)).await.unwrap();
    let named = detail(&world, late).await.registered.person.name;
    assert_eq!(named, "Bo Splice (bo@halide.example)");
}

async fn whoever_was_forgotten_is_gone_here_too(world: World) {
    let caller = directory(&world, &world.owner).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let id = user.row.person;
    let group = GroupWords { name: "Colour".into(), external_id: None, members: [id].into() };
    scim::group_add(&world.app, &caller, group).await.unwrap();
    said(&world, &caller, &user, Said::Alone(false)).await;
    world.advance(Duration::from_days(2));
    people::person_forget(&world.app, &world.owner, id, "asked for in writing").await.unwrap();
    let problem = scim::user_one(&world.app, &caller, id).await.unwrap_err();
    assert!(matches!(problem, Problem::NotFound("user")));
    let left = world
        .read(move |tx| {
            let mut left = Vec::new();
            for table in ["scim_user", "scim_member"] {
                left.extend(
                    tx.query(&format!("SELECT person FROM {table}"), &[], |row| row.text(0))?,
                );
            }
            Ok(left)
        })
        .await;
    assert!(left.is_empty(), "{left:?}");
    // Brought again, they are somebody new.
    let again = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    assert_ne!(again.row.person, id);
    assert!(world.verify().await.faults.is_empty());
}

async fn groups_hold_users_and_grant_nothing(world: World) {
    let caller = directory(&world, &world.owner).await;
    let ada = brought(&world, &caller, "ada@halide.example", "Ada Reel").await.row.person;
    let bo = brought(&world, &caller, "bo@halide.example", "Bo Splice").await.row.person;
    let stranger = add(&world, "Cy Gate", work("employee", "2026-01-01")).await;
    let group = |members: &[Id<Person>]| GroupWords {
        name: "Colour".into(),
        external_id: Some("g-1".into()),
        members: members.iter().copied().collect(),
    };
    let from = world.entry_count(world.log()).await;
    let made = scim::group_add(&world.app, &caller, group(&[ada])).await.unwrap();
    let id = made.row.id;
    let upon = (group(&[bo]), Some(made.edition()));
    let changed = scim::group_change(&world.app, &caller, id, upon).await.unwrap();
    assert_eq!(changed.members, [bo]);
    let same = scim::group_change(&world.app, &caller, id, (group(&[bo]), None)).await.unwrap();
    assert_eq!(same.edition(), changed.edition());
    assert_eq!(world.kinds_from(from).await, ["scim.group_added", "scim.group_changed"]);
    let told = world.body(from + 1).await;
    assert_eq!(told, json!({"group": id, "name": "Colour", "added": [bo], "removed": [ada]}));
    let user = scim::user_one(&world.app, &caller, bo).await.unwrap();
    assert_eq!(user.groups, [(id, "Colour".to_owned())]);
    assert_eq!(detail(&world, bo).await.directory, Some(vec!["Colour".to_owned()]));

    for (field, bad) in [
        ("members", group(&[stranger])),
        ("displayName", GroupWords { name: " ".into(), ..group(&[]) }),
        ("displayName", GroupWords { name: "x".repeat(201), ..group(&[]) }),
        ("displayName", GroupWords { name: "a\u{202e}b".into(), ..group(&[]) }),
    ] {
        for outcome in [
            scim::group_add(&world.app, &caller, bad.clone()).await.map(|_| ()),
            scim::group_change(&world.app, &caller, id, (bad.clone(), None)).await.map(|_| ()),
        ] {
            assert_eq!(code(&outcome.unwrap_err()), field, "{bad:?}");
        }
    }
    scim::group_remove(&world.app, &caller, id, None).await.unwrap();
    let gone = scim::group_one(&world.app, &caller, id).await.unwrap_err();
    assert!(matches!(gone, Problem::NotFound("group")));
    assert!(scim::group_list(&world.app, &caller).await.unwrap().is_empty());
    assert!(scim::user_one(&world.app, &caller, bo).await.unwrap().groups.is_empty());
}

async fn an_edition_that_is_over_is_refused(world: World) {
    let caller = directory(&world, &world.owner).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let (id, old) = (user.row.person, Some(user.edition()));
    said(&world, &caller, &user, Said::Alone(false)).await;
    let outcome = scim::user_change(&world.app, &caller, id, (words("a", "A"), old, false)).await;
    assert_eq!(code(&outcome.unwrap_err()), "scim.stale");
    let outcome = scim::user_remove(&world.app, &caller, id, old).await;
    assert_eq!(code(&outcome.unwrap_err()), "scim.stale");
}

async fn nothing_of_another_organisation_is_seen_or_changed(world: World) {
    let caller = directory(&world, &world.owner).await;
    let user = brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let id = user.row.person;
    let group = GroupWords { name: "Colour".into(), external_id: None, members: [id].into() };
    let group = scim::group_add(&world.app, &caller, group.clone()).await.unwrap();
    let there = world.neighbour().await;
    let there = Caller { allowed: Action::Scim.into(), ..there };
    let before = world.entry_count(world.log()).await;
    assert!(scim::user_list(&world.app, &there, None).await.unwrap().is_empty());
    assert_eq!(scim::user_page(&world.app, &there, 0, 9).await.unwrap().1, 0);
    assert!(scim::user_by_name(&world.app, &there, "ada@halide.example").await.unwrap().is_empty());
    assert!(scim::group_list(&world.app, &there).await.unwrap().is_empty());
    assert!(matches!(
        scim::user_one(&world.app, &there, id).await.unwrap_err(),
        Problem::NotFound("user")
    ));
    assert!(matches!(
        scim::group_one(&world.app, &there, group.row.id).await.unwrap_err(),
        Problem::NotFound("group")
    ));
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn the_scope_stands_alone_and_no_other_is_enough(world: World) {
    let make = async |scopes: &str| {
        let new = accounts::NewToken {
            name: "directory".into(),
            scopes: scopes.parse().unwrap(),
            days: 1,
        };
        accounts::token_create(&world.app, &world.owner, new).await
    };
    for both in ["scim people.read", "scim settings.write people.write"] {
        assert_eq!(code(&make(both).await.unwrap_err()), "scopes", "{both}");
    }
    let (_, text) = make("people.read people.write people.manage").await.unwrap();
    let other = accounts::token_caller(&world.app, &text).await.unwrap();
    for caller in [&other, &world.owner] {
        let outcome = scim::user_add(&world.app, caller, words("ada", "Ada Reel")).await;
        assert!(matches!(outcome.unwrap_err(), Problem::ScopeLacking(_) | Problem::Forbidden));
        assert!(scim::user_list(&world.app, caller, None).await.is_err());
        assert!(scim::group_list(&world.app, caller).await.is_err());
    }
    // And it is enough for nothing else.
    let caller = directory(&world, &world.owner).await;
    let outcome =
        people::person_add(&world.app, &caller, person("Ada Reel"), work("employee", "2026-01-01"))
            .await;
    assert!(matches!(outcome.unwrap_err(), Problem::ScopeLacking(_)));
}

async fn a_token_ends_with_what_its_maker_may(world: World) {
    // Whoever may make tokens, and see and enter people, makes one; whoever lacks one of that does not.
    let maker = world.colleague("ann", Role::Administrator).await;
    let caller = directory(&world, &maker).await;
    brought(&world, &caller, "ada@halide.example", "Ada Reel").await;
    let lacking = "settings.write people.read".parse().unwrap();
    let lacking = Caller { allowed: lacking, factor_at: Some(world.now()), ..maker.clone() };
    let new = accounts::NewToken { name: "x".into(), scopes: Action::Scim.into(), days: 1 };
    let problem = accounts::token_create(&world.app, &lacking, new).await.unwrap_err();
    assert_eq!(code(&problem), "scopes");
    let ann = people::person_list(&world.app, &world.owner, None, 200)
        .await
        .unwrap()
        .0
        .into_iter()
        .find(|row| Some(row.account) == maker.account())
        .unwrap();
    let owner = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    people::person_remove(&world.app, &owner, ann.person).await.unwrap();
    let outcome = scim::user_add(&world.app, &caller, words("bo", "Bo Splice")).await;
    assert!(outcome.is_err());
}

async fn of_two_who_bring_the_same_at_once_one_is_refused(world: World) {
    let caller = directory(&world, &world.owner).await;
    let (one, other) = tokio::join!(
        scim::user_add(&world.app, &caller, words("ada@halide.example", "Ada Reel")),
        scim::user_add(&world.app, &caller, words("ada@halide.example", "Ada Reel")),
    );
    assert_ne!(one.is_ok(), other.is_ok());
    assert_eq!(scim::user_page(&world.app, &caller, 0, 9).await.unwrap().1, 1);
}

async fn whoever_is_let_go_leaves_and_whoever_is_back_does_not(world: World) {
    let by = directory(&world, &world.owner).await;
    let nina = brought(&world, &by, "nina@cut.example", "Nina Cut").await;
    let leavings = || leaving::leavings_of(&world.app, &world.owner, nina.row.person);
    assert!(leavings().await.unwrap().is_empty());
    said(&world, &by, &nina, Said::Alone(false)).await;
    let open = leavings().await.unwrap().remove(0);
    assert_eq!((open.leaving.last_day, open.open()), (TODAY, 9));
    said(&world, &by, &nina, Said::Alone(true)).await;
    assert!(leavings().await.unwrap()[0].leaving.called_off_at.is_some());
    said(&world, &by, &nina, Said::Alone(false)).await;
    world.advance(Duration::from_days(1));
    world.sweep().await;
    let all = leavings().await.unwrap();
    assert!(all.iter().any(|one| one.leaving.settled_at.is_some()), "{all:?}");
    assert!(world.verify().await.faults.is_empty());
}
