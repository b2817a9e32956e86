//! Personal links that go by mail, handed to a server that we did not write: to whom, what they open, and what stops them.

use crate::world::{World, code, on_both};
use closedset_app::{
    Problem,
    agreements::{self, NewAgreement, Reminded},
    mail::{self, NewMailServer},
    people::{self, NewEngagement, NewPerson},
    policies,
};
use closedset_core::{
    Duration, Role,
    id::{Agreement, Id, Person},
};
use closedset_store::mail::MailRow;
use closedset_testing::mail::{Foreign, parsed};

on_both!(
    a_mailed_link_is_seen_by_nobody_else_and_signs,
    what_stops_a_link_stops_its_mail,
    nobody_is_flooded,
    whoever_owes_is_reminded_and_nobody_else,
    without_a_server_nothing_is_made,
    another_organisation_mails_nobody_here,
);

async fn with_server(world: &World) -> Foreign {
    let foreign = Foreign::start(None, &[]);
    let server = NewMailServer {
        host: "localhost".into(),
        port: Some(foreign.port.into()),
        security: "plain".into(),
        sender: "closedset@halide.example".into(),
        ..NewMailServer::default()
    };
    mail::server_put(&world.app, &world.owner, server).await.unwrap();
    foreign
}

async fn entered(world: &World, name: &str, email: &str) -> Id<Person> {
    let new = NewPerson { name: name.into(), email: email.into(), ..NewPerson::default() };
    let first = NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: "2026-01-01".into(),
        ends_on: String::new(),
    };
    people::person_add(&world.app, &world.owner, new, first).await.unwrap()
}

async fn nda(world: &World) -> Id<Agreement> {
    let new = NewAgreement {
        name: "Confidentiality".into(),
        client: None,
        text: "What I see here I tell nobody, during my work and after it.".into(),
    };
    agreements::agreement_add(&world.app, &world.owner, new).await.unwrap()
}

async fn mail_to(world: &World, person: Id<Person>) -> Result<(), Problem> {
    agreements::personal_link_mail(&world.app, &world.owner, person).await
}

async fn mails(world: &World) -> Vec<MailRow> {
    let organisation = world.organisation();
    world.read(move |tx| closedset_store::mail::mail_list(tx, organisation, 100)).await
}

fn token_in(text: &str) -> String {
    let (_, rest) = text.split_once("https://closedset.example/mine?token=").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn deliver(world: &World) {
    mail::deliver(&world.app).await.unwrap();
}

fn refused<T>(outcome: Result<T, Problem>) -> String {
    outcome.map_or_else(|problem| code(&problem), |_| "done".to_owned())
}

async fn a_mailed_link_is_seen_by_nobody_else_and_signs(world: World) {
    let mut foreign = with_server(&world).await;
    let nda = nda(&world).await;
    let nina = entered(&world, "Nina Cut", "nina@cut.example").await;
    mail_to(&world, nina).await.unwrap();
    let row = mails(&world).await.remove(0);
    assert!(row.kind == "personal_link" && row.sent_at.is_none() && !row.content.is_empty());
    deliver(&world).await;
    let letter = foreign.letter();
    assert_eq!(letter["to"][0], "nina@cut.example");
    let read = parsed(letter["body"].as_str().unwrap());
    let text = read["text"].as_str().unwrap();
    assert!(text.contains("Hello Nina Cut,") && text.contains("throw this mail away"), "{text}");
    let token = token_in(text);
    assert!(!row.content.contains(&token), "the outbox holds it sealed");
    for kind in ["mail.written", "person.link_made", "person.link_mailed"] {
        let body = world.body(world.newest_of(kind).await.index).await.to_string();
        assert!(!body.contains(&token) && !body.contains('@'), "{body}");
    }
    assert_eq!(mails(&world).await[0].content, "", "what was sent is not kept");
    let sent_at = mails(&world).await[0].sent_at.unwrap();
    agreements::sign(&world.app, &token, (nda, 1), ("Nina Cut", true)).await.unwrap();
    let signed = world.body(world.newest_of("agreement.signed").await.index).await;
    assert_eq!(signed["link_mailed_at"], sent_at.to_string());
    // One that is handed on says nothing of a mail.
    let omar = entered(&world, "Omar Reel", "omar@cut.example").await;
    let (link, _) = agreements::personal_link_make(&world.app, &world.owner, omar).await.unwrap();
    let token = token_in(&link);
    agreements::sign(&world.app, &token, (nda, 1), ("Omar Reel", true)).await.unwrap();
    let signed = world.body(world.newest_of("agreement.signed").await.index).await;
    assert!(signed["link_mailed_at"].is_null());
    assert!(world.verify().await.faults.is_empty());
}

async fn what_stops_a_link_stops_its_mail(world: World) {
    let foreign = with_server(&world).await;
    let nina = entered(&world, "Nina Cut", "nina@cut.example").await;
    // Another was made since, by mail and by hand.
    mail_to(&world, nina).await.unwrap();
    world.advance(Duration::from_hours(1));
    mail_to(&world, nina).await.unwrap();
    let all = mails(&world).await;
    assert!(all[1].ended_at.is_some() && all[1].content.is_empty() && all[0].next_at.is_some());
    agreements::personal_link_make(&world.app, &world.owner, nina).await.unwrap();
    deliver(&world).await;
    let why = mails(&world).await[0].ended_why.clone().unwrap();
    assert!(why.contains("opens nothing"), "{why}");
    // They left before it went.
    mail_to(&world, nina).await.unwrap();
    let detail = people::person_detail(&world.app, &world.owner, nina).await.unwrap();
    let over = NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: "2026-01-01".into(),
        ends_on: "2026-02-01".into(),
    };
    let engaged = detail.registered.engagements[0].id;
    people::engagement_change(&world.app, &world.owner, engaged, over).await.unwrap();
    world.sweep().await;
    deliver(&world).await;
    assert!(mails(&world).await[0].ended_at.is_some());
    // They were forgotten before it went.
    let omar = entered(&world, "Omar Reel", "omar@cut.example").await;
    mail_to(&world, omar).await.unwrap();
    let detail = people::person_detail(&world.app, &world.owner, omar).await.unwrap();
    let engaged = detail.registered.engagements[0].id;
    people::engagement_remove(&world.app, &world.owner, engaged).await.unwrap();
    people::person_forget(&world.app, &world.owner, omar, "asked for by the person").await.unwrap();
    deliver(&world).await;
    assert!(mails(&world).await.iter().all(|row| row.sent_at.is_none() && row.ended_at.is_some()));
    assert!(world.verify().await.faults.is_empty());
    let _ = foreign;
}

async fn nobody_is_flooded(world: World) {
    let foreign = with_server(&world).await;
    let nina = entered(&world, "Nina Cut", "nina@cut.example").await;
    for _ in 0..5 {
        mail_to(&world, nina).await.unwrap();
    }
    assert_eq!(refused(mail_to(&world, nina).await), "personal_link.mailed_often");
    world.advance(Duration::from_hours(25));
    mail_to(&world, nina).await.unwrap();
    let omar = entered(&world, "Omar Reel", "").await;
    assert_eq!(refused(mail_to(&world, omar).await), "personal_link.no_address");
    for role in [Role::Member, Role::Auditor, Role::Reception] {
        let by = world.as_role(role);
        let sent = agreements::personal_link_mail(&world.app, &by, nina).await;
        assert_eq!(refused(sent), "role.forbids");
    }
    let _ = foreign;
}

async fn whoever_owes_is_reminded_and_nobody_else(world: World) {
    let foreign = with_server(&world).await;
    let nda = nda(&world).await;
    let signer = entered(&world, "Ida Grade", "ida@cut.example").await;
    let (link, _) = agreements::personal_link_make(&world.app, &world.owner, signer).await.unwrap();
    let token = token_in(&link);
    agreements::sign(&world.app, &token, (nda, 1), ("Ida Grade", true)).await.unwrap();
    for (name, email) in [("Nina Cut", "nina@cut.example"), ("Omar Reel", "")] {
        entered(&world, name, email).await;
    }
    let told = entered(&world, "Told Twice", "told@cut.example").await;
    mail_to(&world, told).await.unwrap();
    let remind = || agreements::agreement_remind(&world.app, &world.owner, nda);
    let expected = Reminded { mailed: 1, without_address: 1, lately: 1 };
    assert_eq!(remind().await.unwrap(), expected);
    let expected = Reminded { mailed: 0, without_address: 1, lately: 2 };
    assert_eq!(remind().await.unwrap(), expected);
    world.advance(Duration::from_hours(21));
    assert_eq!(remind().await.unwrap().mailed, 2);
    let nobody = mails(&world).await.into_iter().all(|row| row.person != signer);
    assert!(nobody, "whoever signed is left alone");
    let unknown = policies::policy_remind(&world.app, &world.owner, Id::from_bits(9)).await;
    assert_eq!(refused(unknown), "not_found");
    let _ = foreign;
}

async fn without_a_server_nothing_is_made(world: World) {
    let nina = entered(&world, "Nina Cut", "nina@cut.example").await;
    let before = world.entry_count(world.log()).await;
    assert!(!mail::goes_out(&world.app).await.unwrap());
    assert_eq!(refused(mail_to(&world, nina).await), "mail.no_server");
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn another_organisation_mails_nobody_here(world: World) {
    let foreign = with_server(&world).await;
    let (nda, by) = (nda(&world).await, world.neighbour().await);
    let nina = entered(&world, "Nina Cut", "nina@cut.example").await;
    let sent = agreements::personal_link_mail(&world.app, &by, nina).await;
    assert_eq!(refused(sent), "not_found");
    let reminded = agreements::agreement_remind(&world.app, &by, nda).await;
    assert_eq!(refused(reminded), "not_found");
    assert!(mails(&world).await.is_empty());
    let _ = foreign;
}
