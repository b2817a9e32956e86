//! Who is cleared for a title: engaged, with everything signed and read, on the day that counts.

use crate::world::{World, code, on_both};
use closedset_app::{
    agreements::{self, NewAgreement, NewVersion},
    people::{self, Clearance, Lack, NewAssignment, NewEngagement, NewPerson},
    policies::{self, Approving, NewDraft},
    titles::{self, NewClient, NewTitle},
};
use closedset_core::{
    Duration, Role,
    id::{Agreement, Client, Id, Person, Title},
    policy::Topic,
};

on_both!(
    whoever_lacks_something_is_booked_and_not_cleared,
    only_the_titles_own_client_asks,
    whoever_returns_is_cleared_at_once,
    other_words_and_a_withdrawn_signature_end_it,
    work_that_lies_ahead_is_asked_for_its_first_day,
    nobody_else_is_told,
);

async fn client(world: &World, name: &str) -> Id<Client> {
    let new = NewClient { name: name.into(), ..NewClient::default() };
    titles::client_add(&world.app, &world.owner, new).await.unwrap()
}

async fn title(world: &World, client: Id<Client>, alias: &str) -> Id<Title> {
    let new = NewTitle {
        name: format!("The {alias}"),
        alias: alias.into(),
        begins_on: "2020-01-01".into(),
        ..NewTitle::default()
    };
    titles::title_add(&world.app, &world.owner, Some(client), new).await.unwrap()
}

fn engagement(begins_on: &str, ends_on: &str) -> NewEngagement {
    NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: begins_on.into(),
        ends_on: ends_on.into(),
    }
}

async fn entered(world: &World, name: &str, ends_on: &str) -> Id<Person> {
    let new = NewPerson { name: name.into(), ..NewPerson::default() };
    let first = engagement("2020-01-01", ends_on);
    people::person_add(&world.app, &world.owner, new, first).await.unwrap()
}

async fn booked(world: &World, person: Id<Person>, title: Id<Title>, begins_on: &str) {
    let new = NewAssignment {
        job: "grading".into(),
        begins_on: begins_on.into(),
        ends_on: String::new(),
    };
    people::assign(&world.app, &world.owner, person, title, new).await.unwrap();
}

async fn agreed(world: &World, name: &str, client: Option<Id<Client>>) -> Id<Agreement> {
    let text = "What I see here I tell nobody, during my work and after it.".into();
    let new = NewAgreement { name: name.into(), client, text };
    agreements::agreement_add(&world.app, &world.owner, new).await.unwrap()
}

async fn token(world: &World, person: Id<Person>) -> String {
    let link = agreements::personal_link_make(&world.app, &world.owner, person).await.unwrap().0;
    link.split_once("token=").unwrap().1.to_owned()
}

async fn sign(world: &World, person: (Id<Person>, &str), agreement: Id<Agreement>, number: i64) {
    let token = token(world, person.0).await;
    let typed = (person.1, true);
    agreements::sign(&world.app, &token, (agreement, number), typed).await.unwrap();
}

async fn clearance(world: &World, title: Id<Title>, person: Id<Person>) -> Clearance {
    let part = (None, 50);
    let all = people::clearance_list(&world.app, &world.owner, title, part).await.unwrap().0;
    all.into_iter().find(|one| one.person == person).unwrap().clearance
}

/// What is lacking, in a word each.
async fn lacks(world: &World, title: Id<Title>, person: Id<Person>) -> Vec<String> {
    let words = |lack: Lack| match lack {
        Lack::Engagement => "engagement".to_owned(),
        Lack::Signature(_, name) => format!("sign {name}"),
        Lack::Reading(_, name) => format!("read {name}"),
    };
    clearance(world, title, person).await.lacks.into_iter().map(words).collect()
}

async fn whoever_lacks_something_is_booked_and_not_cleared(world: World) {
    let marmot = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let nina = entered(&world, "Nina Cut", "").await;
    booked(&world, nina, marmot, "2026-01-01").await;
    assert!(clearance(&world, marmot, nina).await.is_cleared(), "nothing is asked yet");
    let nda = agreed(&world, "Confidentiality", None).await;
    let draft = NewDraft {
        name: "Handbook".into(),
        topics: Topic::ALL.iter().map(|topic| topic.as_str().to_owned()).collect(),
        text: "Keep what you see here to yourself, wherever you are and whoever asks.".into(),
        ..NewDraft::default()
    };
    let policy = policies::policy_start(&world.app, &world.owner, draft).await.unwrap();
    assert_eq!(lacks(&world, marmot, nina).await, ["sign Confidentiality"], "a draft asks nobody");
    policies::policy_send(&world.app, &world.owner, (policy, 1)).await.unwrap();
    let approving = Approving { edition: 1, review_by: String::new() };
    policies::policy_approve(&world.app, &world.owner, policy, approving).await.unwrap();
    let both = ["sign Confidentiality", "read Handbook"];
    assert_eq!(lacks(&world, marmot, nina).await, both);
    sign(&world, (nina, "Nina Cut"), nda, 1).await;
    assert_eq!(lacks(&world, marmot, nina).await, ["read Handbook"]);
    let token = token(&world, nina).await;
    policies::acknowledge(&world.app, &token, (policy, 1)).await.unwrap();
    assert!(clearance(&world, marmot, nina).await.is_cleared());
    // Their page says the same.
    let detail = people::person_detail(&world.app, &world.owner, nina).await.unwrap();
    assert!(detail.clearances.values().all(Clearance::is_cleared) && detail.clearances.len() == 1);
}

async fn only_the_titles_own_client_asks(world: World) {
    let (blue, kestrel) = (client(&world, "Blue Lantern").await, client(&world, "Kestrel").await);
    let (marmot, otter) =
        (title(&world, blue, "MARMOT").await, title(&world, kestrel, "OTTER").await);
    let nina = entered(&world, "Nina Cut", "").await;
    for title in [marmot, otter] {
        booked(&world, nina, title, "2026-01-01").await;
    }
    agreed(&world, "Kestrel’s own", Some(kestrel)).await;
    assert!(clearance(&world, marmot, nina).await.is_cleared());
    assert_eq!(lacks(&world, otter, nina).await, ["sign Kestrel’s own"]);
}

async fn whoever_returns_is_cleared_at_once(world: World) {
    let marmot = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let nda = agreed(&world, "Confidentiality", None).await;
    let nina = entered(&world, "Nina Cut", "").await;
    booked(&world, nina, marmot, "2026-01-01").await;
    sign(&world, (nina, "Nina Cut"), nda, 1).await;
    assert!(clearance(&world, marmot, nina).await.is_cleared());
    let detail = people::person_detail(&world.app, &world.owner, nina).await.unwrap();
    let first = detail.registered.engagements[0].id;
    let over = engagement("2020-01-01", "2026-01-31");
    people::engagement_change(&world.app, &world.owner, first, over).await.unwrap();
    assert_eq!(lacks(&world, marmot, nina).await, ["engagement"]);
    let back = engagement("2026-03-01", "");
    people::engage(&world.app, &world.owner, nina, back).await.unwrap();
    assert!(clearance(&world, marmot, nina).await.is_cleared());
}

async fn other_words_and_a_withdrawn_signature_end_it(world: World) {
    let marmot = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let nda = agreed(&world, "Confidentiality", None).await;
    let nina = entered(&world, "Nina Cut", "").await;
    booked(&world, nina, marmot, "2026-01-01").await;
    sign(&world, (nina, "Nina Cut"), nda, 1).await;
    let publish = |text: &str, asks_again, after| {
        let new = NewVersion { text: text.into(), asks_again, after };
        agreements::agreement_publish(&world.app, &world.owner, nda, new)
    };
    publish("What I see here I tell nobody, and never shall.", false, 1).await.unwrap();
    assert!(clearance(&world, marmot, nina).await.is_cleared(), "earlier words go on counting");
    publish("What I see here I tell nobody at all, and never shall.", true, 2).await.unwrap();
    assert_eq!(lacks(&world, marmot, nina).await, ["sign Confidentiality"]);
    sign(&world, (nina, "Nina Cut"), nda, 3).await;
    assert!(clearance(&world, marmot, nina).await.is_cleared());
    let bound = agreements::bound_by(&world.app, &world.owner, nina).await.unwrap();
    let signature = bound[0].signature.as_ref().unwrap().id;
    let why = "it was another who typed it";
    agreements::signature_withdraw(&world.app, &world.owner, signature, why).await.unwrap();
    assert_eq!(lacks(&world, marmot, nina).await, ["sign Confidentiality"]);
    // Once nobody has to sign it any more, nobody lacks it.
    agreements::agreement_retire(&world.app, &world.owner, nda).await.unwrap();
    assert!(clearance(&world, marmot, nina).await.is_cleared());
}

async fn work_that_lies_ahead_is_asked_for_its_first_day(world: World) {
    let marmot = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let today = world.now().timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
    let ahead = |days| today.checked_add(jiff::Span::new().days(days)).unwrap();
    let nina = entered(&world, "Nina Cut", &ahead(5).to_string()).await;
    booked(&world, nina, marmot, &ahead(9).to_string()).await;
    let asked = clearance(&world, marmot, nina).await;
    assert_eq!((asked.on, asked.lacks), (ahead(9), vec![Lack::Engagement]));
    // Work that is over is asked of nobody.
    let omar = entered(&world, "Omar Reel", "").await;
    let over = NewAssignment {
        job: "edit".into(),
        begins_on: "2021-01-01".into(),
        ends_on: "2021-02-01".into(),
    };
    people::assign(&world.app, &world.owner, omar, marmot, over).await.unwrap();
    let part = (None, 50);
    let all = people::clearance_list(&world.app, &world.owner, marmot, part).await.unwrap().0;
    assert_eq!(all.iter().map(|one| one.person).collect::<Vec<_>>(), [nina]);
    world.advance(Duration::from_days(10));
    assert_eq!(clearance(&world, marmot, nina).await.on, ahead(10));
}

async fn nobody_else_is_told(world: World) {
    let marmot = title(&world, client(&world, "Blue Lantern").await, "MARMOT").await;
    let by = world.neighbour().await;
    let asked = people::clearance_list(&world.app, &by, marmot, (None, 50)).await;
    assert_eq!(code(&asked.unwrap_err()), "not_found");
    for role in [Role::Member, Role::Auditor, Role::Reception] {
        let by = world.as_role(role);
        let asked = people::clearance_list(&world.app, &by, marmot, (None, 50)).await;
        assert_eq!(code(&asked.unwrap_err()), "role.forbids");
    }
}
