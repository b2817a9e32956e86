//! Policies: from a draft to a version in force, who knows it, and the document that all of them together are.

use crate::world::{World, code, on_both};
use closedset_app::{
    Caller, Problem,
    agreements::personal_link_make,
    evidence,
    people::{self, NewEngagement, NewPerson},
    policies::{self, Approving, EVERYTHING, NewDraft, Policies, PolicyDetail},
};
use closedset_core::{
    Action, Digest, Duration, Role, Status, Subject,
    id::{Document, Engagement, Id, Person, Policy},
    policy::Topic,
};
use jiff::civil::date;
use std::collections::BTreeSet;

on_both!(
    the_templates_cover_every_topic_and_bear_the_facilitys_names,
    the_handbook_answers_its_control_until_the_first_review_is_over,
    six_topics_give_nothing_and_what_alone_covers_one_takes_it_back,
    whoever_wrote_it_does_not_approve_it_where_there_is_another,
    whoever_is_alone_sleeps_on_it,
    what_changed_meanwhile_is_neither_overwritten_nor_approved,
    everybody_who_is_engaged_reads_it_by_their_link,
    words_that_changed_meanwhile_are_not_acknowledged,
    other_words_are_read_again_only_where_that_is_said,
    a_draft_is_given_up_and_a_retired_policy_stays_in_the_record,
    the_document_of_other_framework_or_withdrawn_by_hand_is_given_anew,
    what_is_entered_wrongly_is_refused,
    a_role_may_what_the_matrix_says,
    another_organisation_sees_and_touches_none_of_it,
);

const WORDS: &str =
    "Whoever works here leaves their telephone in the locker, every day, without exception.";

fn draft(name: &str, topics: &[Topic]) -> NewDraft {
    NewDraft {
        name: name.into(),
        topics: topics.iter().map(|topic| topic.as_str().to_owned()).collect(),
        text: WORDS.into(),
        asks_again: false,
    }
}

fn whole(name: &str) -> NewDraft {
    draft(name, Topic::ALL)
}

fn refused<T>(outcome: Result<T, Problem>) -> String {
    match outcome {
        Ok(_) => "done".to_owned(),
        Err(problem) => code(&problem),
    }
}

async fn all(world: &World) -> Policies {
    policies::policy_list(&world.app, &world.owner).await.unwrap()
}

async fn detail(world: &World, id: Id<Policy>) -> PolicyDetail {
    policies::policy_detail(&world.app, &world.owner, id).await.unwrap()
}

/// Written by the owner and sent; its edition.
async fn sent(world: &World, new: NewDraft) -> (Id<Policy>, i64) {
    let id = policies::policy_start(&world.app, &world.owner, new).await.unwrap();
    let edition = detail(world, id).await.shown.policy.edition;
    policies::policy_send(&world.app, &world.owner, (id, edition)).await.unwrap();
    (id, edition)
}

async fn approve(
    world: &World,
    by: &Caller,
    (id, edition): (Id<Policy>, i64),
) -> Result<i64, Problem> {
    let approving = Approving { edition, review_by: String::new() };
    policies::policy_approve(&world.app, by, id, approving).await
}

/// Put in force by two people; the second of them.
async fn in_force(world: &World, by: &Caller, new: NewDraft) -> Id<Policy> {
    let (id, edition) = sent(world, new).await;
    approve(world, by, (id, edition)).await.unwrap();
    id
}

async fn second(world: &World) -> Caller {
    world.colleague("Nadia", Role::SecurityContact).await
}

/// Other words for one that is in force, put in force too; their version.
async fn changed(world: &World, by: &Caller, id: Id<Policy>, new: NewDraft) -> i64 {
    let seen = detail(world, id).await.shown.policy.edition;
    let edition =
        policies::policy_draft_save(&world.app, &world.owner, (id, seen), new).await.unwrap();
    policies::policy_send(&world.app, &world.owner, (id, edition)).await.unwrap();
    approve(world, by, (id, edition)).await.unwrap()
}

async fn status(world: &World) -> Status {
    world.status(&Subject::control("AD-5"), "ad-5-evidence").await
}

async fn document(world: &World) -> Option<Id<Document>> {
    all(world).await.handbook.document.map(|(id, _)| id)
}

async fn entered(world: &World, name: &str) -> Id<Person> {
    let new = NewPerson { name: name.into(), ..NewPerson::default() };
    let first = NewEngagement {
        form: "freelancer".into(),
        job: "colourist".into(),
        begins_on: "2020-01-01".into(),
        ends_on: String::new(),
    };
    people::person_add(&world.app, &world.owner, new, first).await.unwrap()
}

async fn engagement(world: &World, person: Id<Person>) -> Id<Engagement> {
    let detail = people::person_detail(&world.app, &world.owner, person).await.unwrap();
    detail.registered.engagements[0].id
}

async fn link(world: &World, person: Id<Person>) -> String {
    let made = personal_link_make(&world.app, &world.owner, person).await.unwrap();
    made.0.split_once("token=").unwrap().1.to_owned()
}

/// The names of what whoever's link it is must still read.
async fn open(world: &World, token: &str) -> Vec<String> {
    let known = policies::to_read(&world.app, token).await.unwrap().policies.into_iter();
    known.filter(|one| one.is_owed).map(|one| one.policy.name).collect()
}

async fn the_templates_cover_every_topic_and_bear_the_facilitys_names(world: World) {
    let templates = policies::template_list(&world.app, &world.owner).await.unwrap();
    assert_eq!(templates.len(), 8);
    let every: BTreeSet<Topic> = Topic::ALL.iter().copied().collect();
    assert_eq!((templates[0].id, &templates[0].topics), (EVERYTHING, &every));
    let each: BTreeSet<Topic> =
        templates[1..].iter().flat_map(|one| one.topics.iter().copied()).collect();
    assert_eq!(each, every);
    for one in &templates {
        assert!(one.text.contains("Halide Post"), "{}", one.id);
        assert!(!one.text.contains(['{', '}']), "{}", one.id);
        // It can be used as it is.
        let new = NewDraft {
            name: one.name.into(),
            topics: one.topics.iter().map(|topic| topic.as_str().to_owned()).collect(),
            text: one.text.clone(),
            asks_again: false,
        };
        policies::policy_start(&world.app, &world.owner, new).await.unwrap();
    }
    assert_eq!(all(&world).await.missing.len(), 7, "nobody has to keep to a draft");
    assert_ne!(status(&world).await, Status::Pass);
}

async fn the_handbook_answers_its_control_until_the_first_review_is_over(world: World) {
    let nadia = second(&world).await;
    let (id, edition) = sent(&world, whole("Handbook")).await;
    assert_eq!(status(&world).await, Status::Unknown);
    let from = world.entry_count(world.log()).await;
    let approving = Approving { edition, review_by: "2026-06-30".into() };
    assert_eq!(policies::policy_approve(&world.app, &nadia, id, approving).await.unwrap(), 1);
    assert_eq!(
        world.kinds_from(from).await,
        ["policy.approved", "document.added", "subject.assessed"]
    );
    let body = world.body(from).await;
    assert_eq!(body["digest"], Digest::of(WORDS.as_bytes()).to_string());
    assert_eq!(body["has_second_person"], true);
    assert_eq!(status(&world).await, Status::Pass);
    let handbook = document(&world).await.unwrap();
    let (version, _) =
        evidence::document_open(&world.app, &world.owner, handbook, None).await.unwrap();
    assert_eq!(version.file_name, "policies.pdf");
    // 12 March to 30 June, whose last moment still counts.
    world.advance(Duration::from_days(110));
    world.sweep().await;
    assert_eq!(status(&world).await, Status::Pass);
    world.advance(Duration::from_days(1));
    world.sweep().await;
    assert_eq!(status(&world).await, Status::Unknown);
    let shown = detail(&world, id).await.shown;
    assert!(shown.is_overdue && document(&world).await.is_none());
    assert!(!all(&world).await.handbook.can_be_given, "a review is overdue");
    // Looked at again, it counts again, as the next version of the same document.
    let by = policies::policy_review(&world.app, &nadia, (id, 1), "").await.unwrap();
    assert_eq!(by, Some(date(2027, 7, 1)));
    assert_eq!(status(&world).await, Status::Pass);
    assert_eq!(document(&world).await, Some(handbook));
    assert!(world.verify().await.faults.is_empty());
}

async fn six_topics_give_nothing_and_what_alone_covers_one_takes_it_back(world: World) {
    let nadia = second(&world).await;
    let (last, six) = Topic::ALL.split_last().unwrap();
    in_force(&world, &nadia, draft("Most", six)).await;
    assert_eq!(all(&world).await.missing, [*last]);
    assert_eq!((status(&world).await, document(&world).await), (Status::Unknown, None));
    let give = policies::handbook_give(&world.app, &nadia).await;
    assert_eq!(refused(give), "policy.handbook_stands");
    let one = in_force(&world, &nadia, draft("Incidents", &[*last])).await;
    assert_eq!(status(&world).await, Status::Pass);
    // Other words that leave a topic out take it back as well.
    let first = in_force(&world, &nadia, draft("Incidents, in short", &[*last])).await;
    policies::policy_retire(&world.app, &nadia, one, "Another says it.").await.unwrap();
    assert_eq!(status(&world).await, Status::Pass);
    let other =
        NewDraft { text: format!("{WORDS} And home."), ..draft("Incidents, in short", &[six[0]]) };
    changed(&world, &nadia, first, other).await;
    assert_eq!((status(&world).await, document(&world).await), (Status::Unknown, None));
    let taken = world.newest_of("document.withdrawn").await;
    let why = world.body(taken.index).await["reason"].to_string();
    assert!(why.contains("Incident response"), "{why}");
    assert!(world.verify().await.faults.is_empty());
}

async fn whoever_wrote_it_does_not_approve_it_where_there_is_another(world: World) {
    let nadia = second(&world).await;
    let (id, edition) = sent(&world, whole("Handbook")).await;
    assert_eq!(refused(approve(&world, &world.owner, (id, edition)).await), "policy.second_person");
    assert_eq!(detail(&world, id).await.approval, None);
    // Whoever changed a word is the one who wrote it.
    let new = NewDraft { text: format!("{WORDS} Always."), ..whole("Handbook") };
    let edition =
        policies::policy_draft_save(&world.app, &nadia, (id, edition), new).await.unwrap();
    assert_eq!(refused(approve(&world, &nadia, (id, edition)).await), "policy.not_sent");
    policies::policy_send(&world.app, &world.owner, (id, edition)).await.unwrap();
    assert_eq!(refused(approve(&world, &nadia, (id, edition)).await), "policy.second_person");
    approve(&world, &world.owner, (id, edition)).await.unwrap();
    let version = detail(&world, id).await.versions.remove(0);
    assert!(version.has_second_person);
    assert_eq!(
        (version.written_by, version.approved_by),
        ("Nadia".into(), world.owner.name.clone())
    );
}

async fn whoever_is_alone_sleeps_on_it(world: World) {
    // A coordinator may not approve, and is no second person.
    world.colleague("Omar", Role::Coordinator).await;
    let (id, edition) = sent(&world, whole("Handbook")).await;
    let approving = Approving { edition, review_by: "2027-01-01".into() };
    policies::policy_approve(&world.app, &world.owner, id, approving).await.unwrap();
    let shown = detail(&world, id).await;
    assert!(!shown.versions[0].has_second_person);
    assert_eq!(shown.shown.policy.review_by, Some(date(2026, 3, 13)));
    assert_eq!(status(&world).await, Status::Pass);
    let review = policies::policy_review(&world.app, &world.owner, (id, 1), "").await;
    assert_eq!(refused(review), "policy.reviewed_today");
    world.advance(Duration::from_days(1));
    policies::policy_review(&world.app, &world.owner, (id, 1), "").await.unwrap();
    world.advance(Duration::from_days(300));
    world.sweep().await;
    assert_eq!(status(&world).await, Status::Pass);
}

async fn what_changed_meanwhile_is_neither_overwritten_nor_approved(world: World) {
    let nadia = second(&world).await;
    let (id, edition) = sent(&world, whole("Handbook")).await;
    let mine = NewDraft { text: format!("{WORDS} Mine."), ..whole("Handbook") };
    let theirs = NewDraft { text: format!("{WORDS} Theirs."), ..whole("Handbook") };
    let next = policies::policy_draft_save(&world.app, &world.owner, (id, edition), mine.clone())
        .await
        .unwrap();
    let late = policies::policy_draft_save(&world.app, &nadia, (id, edition), theirs).await;
    assert_eq!(refused(late), "policy.changed");
    assert_eq!(refused(approve(&world, &nadia, (id, edition)).await), "policy.changed");
    assert_eq!(detail(&world, id).await.draft.unwrap().text, mine.text);
    // Pressed twice, it is saved once.
    let from = world.entry_count(world.log()).await;
    let again = policies::policy_draft_save(&world.app, &world.owner, (id, edition), mine).await;
    assert_eq!(again.unwrap(), next);
    assert_eq!(world.entry_count(world.log()).await, from);
    policies::policy_send(&world.app, &world.owner, (id, next)).await.unwrap();
    approve(&world, &nadia, (id, next)).await.unwrap();
    assert_eq!(refused(approve(&world, &nadia, (id, next)).await), "policy.changed");
    assert_eq!(detail(&world, id).await.versions.len(), 1);
}

async fn everybody_who_is_engaged_reads_it_by_their_link(world: World) {
    let nadia = second(&world).await;
    let id = in_force(&world, &nadia, whole("Handbook")).await;
    let (nina, omar) = (entered(&world, "Nina Cut").await, entered(&world, "Omar Reel").await);
    let shown = detail(&world, id).await.shown;
    assert_eq!((shown.bound, shown.acknowledged), (2, 0));
    let token = link(&world, nina).await;
    assert_eq!(open(&world, &token).await, ["Handbook"]);
    assert_eq!(policies::to_read_one(&world.app, &token, id).await.unwrap().text, WORDS);
    let said = policies::acknowledge(&world.app, &token, (id, 1)).await.unwrap();
    assert!(open(&world, &token).await.is_empty());
    let entry = world.newest_of("policy.acknowledged").await;
    assert_eq!(entry.actor_name.as_deref(), Some(format!("person:{nina}").as_str()));
    let body = world.body(entry.index).await;
    assert_eq!(body["digest"], Digest::of(WORDS.as_bytes()).to_string());
    assert!(!body.to_string().contains("Nina"), "{body}");
    // Said twice it is written once.
    let from = world.entry_count(world.log()).await;
    assert_eq!(policies::acknowledge(&world.app, &token, (id, 1)).await.unwrap(), said);
    assert_eq!(world.entry_count(world.log()).await, from);
    let shown = detail(&world, id).await;
    assert_eq!((shown.shown.bound, shown.shown.acknowledged), (2, 1));
    assert_eq!(shown.owing.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [omar]);
    assert_eq!(shown.acknowledged.len(), 1);
    // Whoever left has nothing to read, and what they said stays.
    for (person, left) in [(nina, 0), (omar, 0)] {
        let over = NewEngagement {
            form: "freelancer".into(),
            job: "colourist".into(),
            begins_on: "2020-01-01".into(),
            ends_on: "2020-01-02".into(),
        };
        let engagement = engagement(&world, person).await;
        people::engagement_change(&world.app, &world.owner, engagement, over).await.unwrap();
        let known = policies::known_by(&world.app, &world.owner, person).await.unwrap();
        assert_eq!(known.iter().filter(|one| one.is_owed).count(), left);
    }
    let others = link(&world, omar).await;
    assert_eq!(refused(policies::acknowledge(&world.app, &others, (id, 1)).await), "not_found");
    assert_eq!(policies::known_by(&world.app, &world.owner, nina).await.unwrap().len(), 1);
    let none = policies::acknowledge(&world.app, "no token", (id, 1)).await;
    assert_eq!(refused(none), "personal_link.dead");
}

async fn words_that_changed_meanwhile_are_not_acknowledged(world: World) {
    let nadia = second(&world).await;
    let id = in_force(&world, &nadia, whole("Handbook")).await;
    let nina = entered(&world, "Nina Cut").await;
    let token = link(&world, nina).await;
    let other = NewDraft { text: format!("{WORDS} And watches."), ..whole("Handbook") };
    assert_eq!(changed(&world, &nadia, id, other).await, 2);
    for number in [1, 3, 0, -1] {
        let late = policies::acknowledge(&world.app, &token, (id, number)).await;
        assert_eq!(refused(late), "policy.changed_while_read", "{number}");
    }
    policies::acknowledge(&world.app, &token, (id, 2)).await.unwrap();
    // A draft is nothing to be read.
    let draft = policies::policy_start(&world.app, &world.owner, whole("Next")).await.unwrap();
    assert_eq!(refused(policies::to_read_one(&world.app, &token, draft).await), "not_found");
    assert_eq!(refused(policies::acknowledge(&world.app, &token, (draft, 0)).await), "not_found");
}

async fn other_words_are_read_again_only_where_that_is_said(world: World) {
    let nadia = second(&world).await;
    let id = in_force(&world, &nadia, whole("Handbook")).await;
    let token = link(&world, entered(&world, "Nina Cut").await).await;
    policies::acknowledge(&world.app, &token, (id, 1)).await.unwrap();
    let small = NewDraft { text: format!("{WORDS} A comma, moved."), ..whole("Handbook") };
    assert_eq!(changed(&world, &nadia, id, small).await, 2);
    assert!(open(&world, &token).await.is_empty());
    let large =
        NewDraft { text: format!("{WORDS} And watches."), asks_again: true, ..whole("Handbook") };
    assert_eq!(changed(&world, &nadia, id, large).await, 3);
    assert_eq!(open(&world, &token).await, ["Handbook"]);
    let shown = detail(&world, id).await.shown;
    assert_eq!((shown.bound, shown.acknowledged), (1, 0));
}

async fn a_draft_is_given_up_and_a_retired_policy_stays_in_the_record(world: World) {
    let nadia = second(&world).await;
    let id = in_force(&world, &nadia, whole("Handbook")).await;
    let token = link(&world, entered(&world, "Nina Cut").await).await;
    policies::acknowledge(&world.app, &token, (id, 1)).await.unwrap();
    let seen = detail(&world, id).await.shown.policy.edition;
    let other = NewDraft { text: format!("{WORDS} Not so."), ..whole("Handbook") };
    let edition =
        policies::policy_draft_save(&world.app, &world.owner, (id, seen), other).await.unwrap();
    let late = policies::policy_draft_drop(&world.app, &world.owner, (id, seen)).await;
    assert_eq!(refused(late), "policy.changed");
    policies::policy_draft_drop(&world.app, &world.owner, (id, edition)).await.unwrap();
    assert!(detail(&world, id).await.draft.is_none());
    assert_eq!(refused(approve(&world, &nadia, (id, edition)).await), "policy.changed");
    let (alone, edition) = sent(&world, draft("Never in force", &[Topic::SocialMedia])).await;
    let drop = policies::policy_draft_drop(&world.app, &world.owner, (alone, edition)).await;
    assert_eq!(refused(drop), "policy.draft_alone");
    assert_eq!(refused(policies::policy_retire(&world.app, &nadia, id, "").await), "reason");
    policies::policy_retire(&world.app, &nadia, id, "Two others replace it.").await.unwrap();
    assert_eq!(
        refused(policies::policy_retire(&world.app, &nadia, id, "Twice.").await),
        "not_found"
    );
    assert!(open(&world, &token).await.is_empty());
    assert_eq!(status(&world).await, Status::Unknown);
    let kept = detail(&world, id).await;
    assert_eq!((kept.versions.len(), kept.shown.policy.is_in_force()), (1, false));
    assert!(world.verify().await.faults.is_empty());
}

async fn the_document_of_other_framework_or_withdrawn_by_hand_is_given_anew(world: World) {
    let nadia = second(&world).await;
    in_force(&world, &nadia, whole("Handbook")).await;
    let first = document(&world).await.unwrap();
    evidence::document_withdraw(&world.app, &world.owner, first, "By mistake, it was.")
        .await
        .unwrap();
    assert_eq!((status(&world).await, document(&world).await), (Status::Unknown, None));
    assert!(all(&world).await.handbook.can_be_given);
    policies::handbook_give(&world.app, &nadia).await.unwrap();
    assert_eq!(status(&world).await, Status::Pass);
    assert_ne!(document(&world).await, Some(first));
}

async fn what_is_entered_wrongly_is_refused(world: World) {
    let start = |new: NewDraft| policies::policy_start(&world.app, &world.owner, new);
    let ok = || whole("Handbook");
    for (wrong, new) in [
        ("name", NewDraft { name: String::new(), ..ok() }),
        ("name", NewDraft { name: "two\nlines".into(), ..ok() }),
        ("name", NewDraft { name: "x".repeat(101), ..ok() }),
        ("topics", NewDraft { topics: Vec::new(), ..ok() }),
        ("topics", NewDraft { topics: vec!["social_media".into(), "cats".into()], ..ok() }),
        ("text", NewDraft { text: "too short".into(), ..ok() }),
        ("text", NewDraft { text: "x".repeat(60_001), ..ok() }),
        ("text", NewDraft { text: format!("{WORDS}\u{202e}more"), ..ok() }),
        ("text", NewDraft { text: format!("{WORDS}\u{0}more"), ..ok() }),
        ("name topics text", NewDraft::default()),
    ] {
        assert_eq!(refused(start(new.clone()).await), wrong, "{:?}", new.name);
    }
    let (id, edition) = sent(&world, ok()).await;
    assert_eq!(refused(start(ok()).await), "policy.same_name");
    for wrong in ["yesterday", "2026-03-12", "2027-03-13", "2026-02-30"] {
        let approving = Approving { edition, review_by: wrong.into() };
        let outcome = policies::policy_approve(&world.app, &world.owner, id, approving).await;
        assert_eq!(refused(outcome), "review_by", "{wrong}");
    }
    // Nothing of what was refused is in force.
    assert_eq!(detail(&world, id).await.versions.len(), 0);
}

async fn a_role_may_what_the_matrix_says(world: World) {
    let nadia = second(&world).await;
    let id = in_force(&world, &nadia, whole("Handbook")).await;
    let nina = entered(&world, "Nina Cut").await;
    for role in Role::ALL {
        let by = world.as_role(*role);
        let may = |actions: &[Action]| match actions.iter().all(|action| role.may(*action)) {
            true => "done",
            false => "role.forbids",
        };
        let reads = [
            refused(policies::policy_list(&world.app, &by).await),
            refused(policies::policy_detail(&world.app, &by, id).await),
            refused(policies::known_by(&world.app, &by, nina).await),
            refused(policies::template_list(&world.app, &by).await),
        ];
        assert!(reads.iter().all(|one| one == may(&[Action::PeopleRead])), "{role} {reads:?}");
        let start = policies::policy_start(&world.app, &by, whole(&format!("By a {role}"))).await;
        assert_eq!(refused(start), may(&[Action::PeopleManage]), "{role}");
        let both = [Action::PeopleManage, Action::EvidenceWrite];
        let review = refused(policies::policy_review(&world.app, &by, (id, 1), "").await);
        assert_eq!(review, may(&both), "{role}");
    }
    let reads = Caller { allowed: Action::PeopleManage.into(), ..world.owner.clone() };
    let (other, edition) = sent(&world, draft("Other", &[Topic::SocialMedia])).await;
    for outcome in [
        refused(approve(&world, &reads, (other, edition)).await),
        refused(policies::policy_retire(&world.app, &reads, id, "Not theirs to do.").await),
        refused(policies::handbook_give(&world.app, &reads).await),
    ] {
        assert_eq!(outcome, "role.forbids");
    }
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let nadia = second(&world).await;
    let id = in_force(&world, &nadia, whole("Handbook")).await;
    let nina = entered(&world, "Nina Cut").await;
    let (open, edition) = sent(&world, draft("Other", &[Topic::SocialMedia])).await;
    let by = world.neighbour().await;
    let theirs = policies::policy_list(&world.app, &by).await.unwrap();
    assert!(theirs.policies.is_empty() && theirs.missing.len() == 7);
    let outcomes = [
        refused(policies::policy_detail(&world.app, &by, id).await),
        refused(policies::known_by(&world.app, &by, nina).await),
        refused(policies::policy_draft_save(&world.app, &by, (open, edition), whole("x")).await),
        refused(policies::policy_send(&world.app, &by, (open, edition)).await),
        refused(policies::policy_draft_drop(&world.app, &by, (open, edition)).await),
        refused(approve(&world, &by, (open, edition)).await),
        refused(policies::policy_review(&world.app, &by, (id, 1), "").await),
        refused(policies::policy_retire(&world.app, &by, id, "Not theirs to do.").await),
    ];
    assert!(outcomes.iter().all(|one| one == "not_found"), "{outcomes:?}");
    assert_eq!(status(&world).await, Status::Pass);
}
