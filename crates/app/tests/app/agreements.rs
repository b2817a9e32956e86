//! What is to be signed: who owes it, how they sign, what stands in the ledger, and what is refused.

use crate::world::{World, code, on_both};
use closedset_app::{
    Caller, Problem,
    agreements::{self, NewAgreement, NewVersion, Owed},
    ledger,
    people::{self, NewAssignment, NewEngagement, NewPerson},
    titles::{self, NewClient, NewTitle},
};
use closedset_core::{
    Digest, Duration, Role,
    id::{Agreement, Client, Id, Person, Signature, Title},
};

on_both!(
    whoever_is_engaged_owes_it_and_signs_by_their_link,
    what_was_signed_is_a_file_whose_digest_stands_in_the_ledger,
    nothing_is_signed_by_another_name_or_unread_or_twice,
    a_link_opens_for_its_days_and_for_the_newest_alone,
    words_that_changed_meanwhile_are_not_signed,
    a_new_version_asks_again_only_where_it_says_so,
    a_clients_agreement_binds_whoever_works_on_its_titles,
    what_is_retired_is_owed_by_nobody_and_stays_signed,
    whoever_left_owes_nothing_and_whoever_returns_is_not_asked_again,
    whoever_is_forgotten_leaves_neither_name_nor_file_nor_link,
    what_is_entered_wrongly_is_refused,
    a_role_may_what_the_matrix_says,
    another_organisation_sees_and_touches_none_of_it,
);

const WORDS: &str =
    "# Confidentiality\n\nWhat I see here I tell **nobody**, during my work and after it.\n";

fn nda(name: &str) -> NewAgreement {
    NewAgreement { name: name.into(), client: None, text: WORDS.into() }
}

async fn agreed(world: &World, new: NewAgreement) -> Id<Agreement> {
    agreements::agreement_add(&world.app, &world.owner, new).await.unwrap()
}

async fn entered(world: &World, name: &str, ends_on: &str) -> Id<Person> {
    let new = NewPerson { name: name.into(), ..NewPerson::default() };
    let first = NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: "2020-01-01".into(),
        ends_on: ends_on.into(),
    };
    people::person_add(&world.app, &world.owner, new, first).await.unwrap()
}

async fn link(world: &World, person: Id<Person>) -> String {
    let made = agreements::personal_link_make(&world.app, &world.owner, person).await.unwrap();
    made.0.split_once("token=").unwrap().1.to_owned()
}

async fn owed(world: &World, token: &str) -> Owed {
    agreements::owed(&world.app, token).await.unwrap()
}

/// The names of what is still owed by whoever's link it is.
async fn open(world: &World, token: &str) -> Vec<String> {
    let owed = owed(world, token).await.agreements.into_iter();
    owed.filter(|one| one.bound.is_owed()).map(|one| one.bound.agreement.name).collect()
}

async fn sign(
    world: &World,
    token: &str,
    of: (Id<Agreement>, i64),
    name: &str,
) -> Result<Id<Signature>, Problem> {
    agreements::sign(&world.app, token, of, (name, true)).await
}

fn refused<T>(outcome: Result<T, Problem>) -> String {
    match outcome {
        Ok(_) => "done".to_owned(),
        Err(problem) => code(&problem),
    }
}

/// How many must sign, and how many did.
async fn counts(world: &World, id: Id<Agreement>) -> (i64, i64) {
    let detail = agreements::agreement_detail(&world.app, &world.owner, id).await.unwrap();
    assert_eq!(
        i64::try_from(detail.owing.len()).unwrap(),
        if detail.shown.agreement.retired_at.is_some() {
            0
        } else {
            detail.shown.bound - detail.shown.signed
        }
    );
    (detail.shown.bound, detail.shown.signed)
}

async fn whoever_is_engaged_owes_it_and_signs_by_their_link(world: World) {
    let nda = agreed(&world, nda("Confidentiality")).await;
    let (nina, _omar) =
        (entered(&world, "Nina Cut", "").await, entered(&world, "Omar Reel", "").await);
    assert_eq!(counts(&world, nda).await, (2, 0));
    let token = link(&world, nina).await;
    let before = owed(&world, &token).await;
    assert_eq!((before.name.as_str(), before.agreements.len()), ("Nina Cut", 1));
    assert_eq!(before.agreements[0].text, WORDS.trim());
    // Case, spaces and accents written otherwise are the same name.
    sign(&world, &token, (nda, 1), "  nina  CUT ").await.unwrap();
    assert_eq!(open(&world, &token).await, Vec::<String>::new());
    assert_eq!(counts(&world, nda).await, (2, 1));
    let bound = agreements::bound_by(&world.app, &world.owner, nina).await.unwrap();
    assert_eq!(bound.len(), 1);
    assert!(!bound[0].is_owed() && bound[0].signature.is_some());
    let owing = agreements::agreement_detail(&world.app, &world.owner, nda).await.unwrap().owing;
    assert_eq!(owing.into_iter().map(|(_, name)| name).collect::<Vec<_>>(), ["Omar Reel"]);
}

async fn what_was_signed_is_a_file_whose_digest_stands_in_the_ledger(world: World) {
    let nda = agreed(&world, nda("Confidentiality")).await;
    let added = world.newest_of("agreement.added").await;
    let digest = Digest::of(WORDS.trim().as_bytes());
    assert_eq!(world.body(added.index).await["digest"], digest.to_string());
    let nina = entered(&world, "Nina Cut", "").await;
    let token = link(&world, nina).await;
    let made = world.newest(world.log()).await;
    assert_eq!(made.kind, "person.link_made");
    assert!(!world.body(made.index).await.to_string().contains(&token));
    let id = sign(&world, &token, (nda, 1), "Nina Cut").await.unwrap();
    let entry = world.newest_of("agreement.signed").await;
    assert_eq!(entry.actor_name.as_deref(), Some(format!("person:{nina}").as_str()));
    let body = world.body(entry.index).await;
    assert_eq!(body["digest"], digest.to_string());
    assert_eq!(body["name"], "Nina Cut");
    assert_eq!(body["way"], "link");
    for bytes in [
        agreements::signature_file(&world.app, &world.owner, id).await.unwrap().1,
        agreements::signed_file(&world.app, &token, id).await.unwrap().1,
    ] {
        assert!(bytes.starts_with(b"%PDF"));
        assert_eq!(body["file"], Digest::of(&bytes).to_string());
    }
    // What the words were and what was signed is not taken out of the ledger from under the signature.
    for index in [added.index, entry.index] {
        let reason = "Nobody is to know what was signed.";
        let erased = ledger::entry_erase(&world.app, &world.owner, index, reason).await;
        assert_eq!(refused(erased), "entry.kept");
    }
    assert!(world.verify().await.faults.is_empty());
}

async fn nothing_is_signed_by_another_name_or_unread_or_twice(world: World) {
    let nda = agreed(&world, nda("Confidentiality")).await;
    let nina = entered(&world, "Nina Cut", "").await;
    let token = link(&world, nina).await;
    let before = world.entry_count(world.log()).await;
    for name in ["", "Omar Reel", "Nina", "Nina Cut Jr"] {
        assert_eq!(refused(sign(&world, &token, (nda, 1), name).await), "name", "{name}");
    }
    let unread = agreements::sign(&world.app, &token, (nda, 1), ("Nina Cut", false)).await;
    assert_eq!(refused(unread), "has_read");
    assert_eq!(refused(sign(&world, &token, (Id::from_bits(1), 1), "Nina Cut").await), "not_found");
    assert_eq!(world.entry_count(world.log()).await, before);
    sign(&world, &token, (nda, 1), "Nina Cut").await.unwrap();
    assert_eq!(refused(sign(&world, &token, (nda, 1), "Nina Cut").await), "agreement.not_owed");
    // Two at once: one signature, and no file but its own.
    let omar = entered(&world, "Omar Reel", "").await;
    let token = link(&world, omar).await;
    let (one, other) = tokio::join!(
        sign(&world, &token, (nda, 1), "Omar Reel"),
        sign(&world, &token, (nda, 1), "Omar Reel")
    );
    let mut outcomes = [refused(one), refused(other)];
    outcomes.sort();
    assert_eq!(outcomes, ["agreement.not_owed", "done"]);
    let checked = world.app.objects().verify_all(&mut |_| {}).unwrap();
    assert_eq!(checked.objects, 2, "a file for each signature");
}

async fn a_link_opens_for_its_days_and_for_the_newest_alone(world: World) {
    let nda = agreed(&world, nda("Confidentiality")).await;
    let (nina, omar) =
        (entered(&world, "Nina Cut", "").await, entered(&world, "Omar Reel", "").await);
    let first = link(&world, nina).await;
    let second = link(&world, nina).await;
    let others = link(&world, omar).await;
    for bad in ["", "nonsense", &"A".repeat(43), first.as_str()] {
        assert_eq!(refused(agreements::owed(&world.app, bad).await), "personal_link.dead", "{bad}");
        assert_eq!(refused(sign(&world, bad, (nda, 1), "Nina Cut").await), "personal_link.dead");
    }
    // Another's link shows and signs what is theirs alone.
    assert_eq!(refused(sign(&world, &others, (nda, 1), "Nina Cut").await), "name");
    let id = sign(&world, &second, (nda, 1), "Nina Cut").await.unwrap();
    assert_eq!(refused(agreements::signed_file(&world.app, &others, id).await), "not_found");
    world.advance(Duration::from_millis(14 * 86_400_000 - 1));
    sign(&world, &others, (nda, 1), "Omar Reel").await.unwrap();
    world.advance(Duration::from_millis(1_000));
    assert_eq!(refused(agreements::owed(&world.app, &others).await), "personal_link.dead");
    assert_eq!(
        refused(agreements::signed_file(&world.app, &second, id).await),
        "personal_link.dead"
    );
}

async fn words_that_changed_meanwhile_are_not_signed(world: World) {
    let nda = agreed(&world, nda("Confidentiality")).await;
    let nina = entered(&world, "Nina Cut", "").await;
    let token = link(&world, nina).await;
    let new = NewVersion { text: format!("{WORDS}\nNor for ever."), asks_again: true, after: 1 };
    let published = agreements::agreement_publish(&world.app, &world.owner, nda, new.clone()).await;
    assert_eq!(published.unwrap(), 2);
    let signed = sign(&world, &token, (nda, 1), "Nina Cut").await;
    assert_eq!(refused(signed), "agreement.changed_while_read");
    sign(&world, &token, (nda, 2), "Nina Cut").await.unwrap();
    // Whoever wrote at the same time does not overwrite it unseen.
    let again = agreements::agreement_publish(&world.app, &world.owner, nda, new).await;
    assert_eq!(refused(again), "agreement.changed");
    let same = NewVersion { text: format!("{WORDS}\nNor for ever."), asks_again: true, after: 2 };
    let same = agreements::agreement_publish(&world.app, &world.owner, nda, same).await;
    assert_eq!(refused(same), "text");
}

async fn a_new_version_asks_again_only_where_it_says_so(world: World) {
    let nda = agreed(&world, nda("Confidentiality")).await;
    let nina = entered(&world, "Nina Cut", "").await;
    let token = link(&world, nina).await;
    sign(&world, &token, (nda, 1), "Nina Cut").await.unwrap();
    for (number, asks_again, signed) in [(1, false, 1), (2, true, 0), (3, false, 0)] {
        let text = format!("{WORDS}\nEdition {number}.");
        let new = NewVersion { text, asks_again, after: number };
        agreements::agreement_publish(&world.app, &world.owner, nda, new).await.unwrap();
        assert_eq!(counts(&world, nda).await, (1, signed), "after version {number}");
    }
    sign(&world, &token, (nda, 4), "Nina Cut").await.unwrap();
    assert_eq!(counts(&world, nda).await, (1, 1));
    let bound = agreements::bound_by(&world.app, &world.owner, nina).await.unwrap();
    assert_eq!(bound[0].signature.as_ref().unwrap().number, 4);
}

async fn film(world: &World, client: Id<Client>, alias: &str) -> Id<Title> {
    let new = NewTitle {
        name: format!("The {alias}"),
        alias: alias.into(),
        begins_on: "2020-01-01".into(),
        ..NewTitle::default()
    };
    titles::title_add(&world.app, &world.owner, Some(client), new).await.unwrap()
}

async fn a_clients_agreement_binds_whoever_works_on_its_titles(world: World) {
    let lantern = NewClient { name: "Blue Lantern".into(), ..NewClient::default() };
    let lantern = titles::client_add(&world.app, &world.owner, lantern).await.unwrap();
    let kestrel = NewClient { name: "Kestrel".into(), ..NewClient::default() };
    let kestrel = titles::client_add(&world.app, &world.owner, kestrel).await.unwrap();
    let (marmot, other) =
        (film(&world, lantern, "MARMOT").await, film(&world, kestrel, "OTTER").await);
    let theirs = NewAgreement { client: Some(lantern), ..nda("Blue Lantern’s own") };
    let theirs = agreed(&world, theirs).await;
    let (nina, omar) =
        (entered(&world, "Nina Cut", "").await, entered(&world, "Omar Reel", "").await);
    let token = link(&world, nina).await;
    assert_eq!(counts(&world, theirs).await, (0, 0));
    let booking = |ends_on: &str| NewAssignment {
        job: "grading".into(),
        begins_on: "2020-01-01".into(),
        ends_on: ends_on.into(),
    };
    for (person, title, ends_on) in
        [(nina, marmot, ""), (omar, other, ""), (omar, marmot, "2020-02-01")]
    {
        people::assign(&world.app, &world.owner, person, title, booking(ends_on)).await.unwrap();
    }
    assert_eq!(counts(&world, theirs).await, (1, 0), "not whoever works for another, or did");
    assert_eq!(open(&world, &token).await, ["Blue Lantern’s own"]);
    sign(&world, &token, (theirs, 1), "Nina Cut").await.unwrap();
    assert_eq!(counts(&world, theirs).await, (1, 1));
    let others = link(&world, omar).await;
    assert_eq!(open(&world, &others).await, Vec::<String>::new());
    let refusal = sign(&world, &others, (theirs, 1), "Omar Reel").await;
    assert_eq!(refused(refusal), "not_found");
}

async fn what_is_retired_is_owed_by_nobody_and_stays_signed(world: World) {
    let nda = agreed(&world, nda("Confidentiality")).await;
    let (nina, omar) =
        (entered(&world, "Nina Cut", "").await, entered(&world, "Omar Reel", "").await);
    let (hers, his) = (link(&world, nina).await, link(&world, omar).await);
    let id = sign(&world, &hers, (nda, 1), "Nina Cut").await.unwrap();
    agreements::agreement_retire(&world.app, &world.owner, nda).await.unwrap();
    assert_eq!(counts(&world, nda).await, (0, 0));
    assert_eq!(open(&world, &his).await, Vec::<String>::new());
    assert_eq!(refused(sign(&world, &his, (nda, 1), "Omar Reel").await), "not_found");
    assert_eq!(owed(&world, &hers).await.agreements.len(), 1);
    agreements::signature_file(&world.app, &world.owner, id).await.unwrap();
    let again = agreements::agreement_retire(&world.app, &world.owner, nda).await;
    assert_eq!(refused(again), "not_found");
    let new = NewVersion { text: "x".repeat(50), asks_again: false, after: 1 };
    let new = agreements::agreement_publish(&world.app, &world.owner, nda, new).await;
    assert_eq!(refused(new), "not_found");
}

async fn whoever_left_owes_nothing_and_whoever_returns_is_not_asked_again(world: World) {
    let nda = agreed(&world, nda("Confidentiality")).await;
    let nina = entered(&world, "Nina Cut", "2020-03-01").await;
    assert_eq!(counts(&world, nda).await, (0, 0));
    let token = link(&world, nina).await;
    assert_eq!(open(&world, &token).await, Vec::<String>::new());
    let back = NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: "2099-01-01".into(),
        ends_on: String::new(),
    };
    people::engage(&world.app, &world.owner, nina, back).await.unwrap();
    assert_eq!(open(&world, &token).await, ["Confidentiality"], "before the first day");
    sign(&world, &token, (nda, 1), "Nina Cut").await.unwrap();
    assert_eq!(counts(&world, nda).await, (1, 1));
}

async fn whoever_is_forgotten_leaves_neither_name_nor_file_nor_link(world: World) {
    let nda = agreed(&world, nda("Confidentiality")).await;
    let nina = entered(&world, "Nina Cut", "").await;
    let token = link(&world, nina).await;
    let id = sign(&world, &token, (nda, 1), "Nina Cut").await.unwrap();
    let signed = world.newest_of("agreement.signed").await.index;
    let engagement = people::person_detail(&world.app, &world.owner, nina).await.unwrap();
    let over = NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: "2020-01-01".into(),
        ends_on: "2020-01-02".into(),
    };
    let engagement = engagement.registered.engagements[0].id;
    people::engagement_change(&world.app, &world.owner, engagement, over).await.unwrap();
    let file = agreements::signature_file(&world.app, &world.owner, id).await.unwrap().0.file;
    people::person_forget(&world.app, &world.owner, nina, "Asked for it in writing.")
        .await
        .unwrap();
    assert_eq!(refused(agreements::owed(&world.app, &token).await), "personal_link.dead");
    let opened = agreements::signature_file(&world.app, &world.owner, id).await;
    assert_eq!(refused(opened), "not_found");
    let path = world.app.objects().size(world.organisation(), file).unwrap();
    assert_eq!(path, None, "the file is gone");
    let entry = ledger::entry_detail(&world.app, &world.owner, signed).await.unwrap();
    assert!(entry.body.is_none());
    assert!(world.verify().await.faults.is_empty());
}

async fn what_is_entered_wrongly_is_refused(world: World) {
    for (wrong, name, text) in [
        ("name", "", WORDS),
        ("name", "two\nlines", WORDS),
        ("name text", "turned \u{202e}about", ""),
        ("text", "Confidentiality", "too short"),
        ("text", "Confidentiality", &"x".repeat(60_001)),
        ("text", "Confidentiality", &format!("{WORDS}\u{202e}more")),
        ("text", "Confidentiality", &format!("{WORDS}\u{0}more")),
    ] {
        let new = NewAgreement { name: name.into(), client: None, text: text.into() };
        let outcome = agreements::agreement_add(&world.app, &world.owner, new).await;
        assert_eq!(refused(outcome), wrong, "{name:?} {:?}", &text[..9.min(text.len())]);
    }
    agreed(&world, nda("Confidentiality")).await;
    let twin = agreements::agreement_add(&world.app, &world.owner, nda("Confidentiality")).await;
    assert_eq!(refused(twin), "agreement.same_name");
    let nobodys = NewAgreement { client: Some(Id::from_bits(9)), ..nda("Other") };
    let nobodys = agreements::agreement_add(&world.app, &world.owner, nobodys).await;
    assert_eq!(refused(nobodys), "client");
}

async fn a_role_may_what_the_matrix_says(world: World) {
    let nda_id = agreed(&world, nda("Confidentiality")).await;
    let nina = entered(&world, "Nina Cut", "").await;
    let token = link(&world, nina).await;
    let id = sign(&world, &token, (nda_id, 1), "Nina Cut").await.unwrap();
    for role in Role::ALL {
        let by = world.as_role(*role);
        let may = |action| if role.may(action) { "done" } else { "role.forbids" };
        let reads = [
            refused(agreements::agreement_list(&world.app, &by).await),
            refused(agreements::agreement_detail(&world.app, &by, nda_id).await),
            refused(agreements::bound_by(&world.app, &by, nina).await),
            refused(agreements::signature_file(&world.app, &by, id).await),
        ];
        assert!(reads.iter().all(|one| one == may(closedset_core::Action::PeopleRead)), "{role}");
        let links = refused(agreements::personal_link_make(&world.app, &by, nina).await);
        assert_eq!(links, may(closedset_core::Action::PeopleWrite), "{role}");
        let new = nda(&format!("By a {role}"));
        let added = refused(agreements::agreement_add(&world.app, &by, new).await);
        assert_eq!(added, may(closedset_core::Action::PeopleManage), "{role}");
    }
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let nda_id = agreed(&world, nda("Confidentiality")).await;
    let nina = entered(&world, "Nina Cut", "").await;
    let token = link(&world, nina).await;
    let id = sign(&world, &token, (nda_id, 1), "Nina Cut").await.unwrap();
    let by: Caller = world.neighbour().await;
    assert!(agreements::agreement_list(&world.app, &by).await.unwrap().is_empty());
    let new = NewVersion { text: "x".repeat(50), asks_again: true, after: 1 };
    let outcomes = [
        refused(agreements::agreement_detail(&world.app, &by, nda_id).await),
        refused(agreements::agreement_publish(&world.app, &by, nda_id, new).await),
        refused(agreements::agreement_retire(&world.app, &by, nda_id).await),
        refused(agreements::personal_link_make(&world.app, &by, nina).await),
        refused(agreements::signature_file(&world.app, &by, id).await),
        refused(agreements::bound_by(&world.app, &by, nina).await),
    ];
    assert!(outcomes.iter().all(|one| one == "not_found"), "{outcomes:?}");
    assert_eq!(counts(&world, nda_id).await, (1, 1));
}
