//! What was signed on paper: it counts when a second person has confirmed it, and as long as nobody withdraws it.

use crate::{
    packs::{checked, pack, whole_period},
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem,
    agreements::{self, Bound, NewAgreement, NewPaper, NewVersion},
    people::{self, NewEngagement, NewPerson},
};
use closedset_core::{
    Actor, Role, Status, Subject,
    id::{Agreement, Id, Paper, Person},
};
use closedset_pack::Severity;
use closedset_store::people as store_people;

on_both!(
    a_paper_counts_from_when_a_second_person_confirmed_it,
    whoever_is_alone_confirms_their_own_and_that_is_said,
    nobody_confirms_their_own_signature_as_the_second,
    a_refused_paper_never_counts,
    what_is_no_scan_or_day_or_version_is_refused,
    an_earlier_wording_covers_no_version_that_asks_again,
    a_withdrawn_signature_does_not_count_and_stays_to_be_seen,
    two_who_look_at_once_do_not_both_judge,
    whoever_is_forgotten_takes_scans_along_unless_they_are_anothers_too,
    a_pack_counts_papers_and_what_was_withdrawn,
    a_role_may_what_the_matrix_says,
    another_organisation_sees_and_touches_none_of_it,
);

const WORDS: &str = "# Confidentiality\n\nWhat I see here I tell nobody, ever.\n";
const SCAN: &[u8] = b"%PDF-1.4 a scan";

fn refused<T>(outcome: Result<T, Problem>) -> String {
    outcome.map_or_else(|problem| code(&problem), |_| "done".to_owned())
}

async fn agreed(world: &World) -> Id<Agreement> {
    let new = NewAgreement { name: "Confidentiality".into(), client: None, text: WORDS.into() };
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

fn paper(agreement: Id<Agreement>) -> NewPaper {
    NewPaper {
        agreement,
        number: 1,
        signed_on: "2025-09-30".into(),
        is_earlier_wording: false,
        scan: SCAN.to_vec(),
    }
}

async fn uploaded(world: &World, by: &Caller, person: Id<Person>, new: NewPaper) -> Id<Paper> {
    agreements::paper_upload(&world.app, by, person, new).await.unwrap()
}

/// Everything that counts signatures says the same: how many signed, who owes, the person's page, and the control.
async fn signed(world: &World, agreement: Id<Agreement>, person: Id<Person>) -> bool {
    let detail = agreements::agreement_detail(&world.app, &world.owner, agreement).await.unwrap();
    let counted = detail.shown.signed == 1;
    let owes = detail.owing.iter().any(|(id, _)| *id == person);
    let is_owed = bound(world, person).await.is_owed();
    let status = world.status(&Subject::control("AD-3"), "everyone-has-signed").await;
    assert_eq!((owes, is_owed, status == Status::Pass), (!counted, !counted, counted));
    counted
}

async fn bound(world: &World, person: Id<Person>) -> Bound {
    agreements::bound_by(&world.app, &world.owner, person).await.unwrap().remove(0)
}

async fn a_paper_counts_from_when_a_second_person_confirmed_it(world: World) {
    let (nda, nina) = (agreed(&world).await, entered(&world, "Nina Cut", "").await);
    let jonas = world.colleague("Jonas", Role::Coordinator).await;
    let id = uploaded(&world, &jonas, nina, paper(nda)).await;
    assert!(!signed(&world, nda, nina).await);
    assert_eq!(bound(&world, nina).await.papers[0].id, id);
    let own = agreements::paper_confirm(&world.app, &jonas, id).await;
    assert_eq!(refused(own), "paper.second_person");
    assert!(!signed(&world, nda, nina).await);
    let signature = agreements::paper_confirm(&world.app, &world.owner, id).await.unwrap();
    assert!(signed(&world, nda, nina).await);
    let entry = world.newest_of("agreement.signed").await.index;
    let body = world.body(entry).await;
    assert_eq!((&body["way"], &body["has_second_person"]), (&"paper".into(), &true.into()));
    assert_eq!(body["signed_on"], "2025-09-30");
    let (row, bytes) =
        agreements::signature_file(&world.app, &world.owner, signature).await.unwrap();
    assert_eq!((row.paper, row.name.as_str(), bytes.as_slice()), (Some(id), "Nina Cut", SCAN));
    // The same scan again is no other paper.
    let again = agreements::paper_upload(&world.app, &jonas, nina, paper(nda)).await;
    assert_eq!(refused(again), "paper.known");
    assert_eq!(agreements::paper_file(&world.app, &world.owner, id).await.unwrap(), SCAN);
    assert!(world.verify().await.faults.is_empty());
}

async fn whoever_is_alone_confirms_their_own_and_that_is_said(world: World) {
    let (nda, nina) = (agreed(&world).await, entered(&world, "Nina Cut", "").await);
    // A member who may not enter people is no second person.
    world.colleague("Omar", Role::Member).await;
    let id = uploaded(&world, &world.owner, nina, paper(nda)).await;
    agreements::paper_confirm(&world.app, &world.owner, id).await.unwrap();
    assert!(signed(&world, nda, nina).await);
    let judged = bound(&world, nina).await.papers[0].judged.clone().unwrap();
    assert!(!judged.has_second_person);
}

async fn nobody_confirms_their_own_signature_as_the_second(world: World) {
    let nda = agreed(&world).await;
    let jonas = world.colleague("Jonas", Role::Coordinator).await;
    let Actor::Account { account, .. } = jonas.actor else { unreachable!() };
    let organisation = world.organisation();
    let own = world
        .read(move |tx| Ok(store_people::membership_of(tx, account, organisation)?.unwrap().person))
        .await;
    let first = NewEngagement {
        form: "employee".into(),
        job: "coordinator".into(),
        begins_on: "2020-01-01".into(),
        ends_on: String::new(),
    };
    people::engage(&world.app, &world.owner, own, first).await.unwrap();
    let id = uploaded(&world, &world.owner, own, paper(nda)).await;
    let confirmed = agreements::paper_confirm(&world.app, &jonas, id).await;
    assert_eq!(refused(confirmed), "paper.second_person");
    assert!(!signed(&world, nda, own).await);
    // Nor what nobody has to sign any more.
    agreements::agreement_retire(&world.app, &world.owner, nda).await.unwrap();
    let late = agreements::paper_confirm(&world.app, &jonas, id).await;
    assert_eq!(refused(late), "paper.agreement_over");
}

async fn a_refused_paper_never_counts(world: World) {
    let (nda, nina) = (agreed(&world).await, entered(&world, "Nina Cut", "").await);
    let id = uploaded(&world, &world.owner, nina, paper(nda)).await;
    let silent = agreements::paper_refuse(&world.app, &world.owner, id, " ").await;
    assert_eq!(refused(silent), "reason");
    agreements::paper_refuse(&world.app, &world.owner, id, "no signature on it").await.unwrap();
    assert!(!signed(&world, nda, nina).await);
    let after = agreements::paper_confirm(&world.app, &world.owner, id).await;
    assert_eq!(refused(after), "paper.judged");
    // It may be brought again, by somebody who sees better.
    uploaded(&world, &world.owner, nina, paper(nda)).await;
}

async fn what_is_no_scan_or_day_or_version_is_refused(world: World) {
    let (nda, nina) = (agreed(&world).await, entered(&world, "Nina Cut", "").await);
    let today = people::person_detail(&world.app, &world.owner, nina).await.unwrap().today;
    let tomorrow = today.tomorrow().unwrap().to_string();
    let large = [SCAN, &vec![0; agreements::SCAN_LIMIT]].concat();
    for (wrong, new) in [
        ("signed_on", NewPaper { signed_on: tomorrow, ..paper(nda) }),
        ("signed_on", NewPaper { signed_on: "1989-12-31".into(), ..paper(nda) }),
        ("signed_on", NewPaper { signed_on: "30.9.2025".into(), ..paper(nda) }),
        ("signed_on file", NewPaper { signed_on: String::new(), scan: Vec::new(), ..paper(nda) }),
        ("file", NewPaper { scan: b"<html>".to_vec(), ..paper(nda) }),
        ("file", NewPaper { scan: large, ..paper(nda) }),
        ("version", NewPaper { number: 2, ..paper(nda) }),
        ("version", NewPaper { number: 0, ..paper(nda) }),
    ] {
        let outcome = agreements::paper_upload(&world.app, &world.owner, nina, new).await;
        assert_eq!(refused(outcome), wrong);
    }
    uploaded(&world, &world.owner, nina, NewPaper { signed_on: today.to_string(), ..paper(nda) })
        .await;
    agreements::agreement_retire(&world.app, &world.owner, nda).await.unwrap();
    let late = NewPaper { scan: b"\xff\xd8\xff another".to_vec(), ..paper(nda) };
    let late = agreements::paper_upload(&world.app, &world.owner, nina, late).await;
    assert_eq!(refused(late), "not_found");
}

async fn an_earlier_wording_covers_no_version_that_asks_again(world: World) {
    let (nda, nina) = (agreed(&world).await, entered(&world, "Nina Cut", "").await);
    let earlier = NewPaper { is_earlier_wording: true, ..paper(nda) };
    let id = uploaded(&world, &world.owner, nina, earlier.clone()).await;
    agreements::paper_confirm(&world.app, &world.owner, id).await.unwrap();
    assert!(signed(&world, nda, nina).await);
    let publish = |after, asks_again| {
        let new = NewVersion { text: format!("{WORDS}\n{after}"), asks_again, after };
        agreements::agreement_publish(&world.app, &world.owner, nda, new)
    };
    publish(1, false).await.unwrap();
    assert!(signed(&world, nda, nina).await);
    publish(2, true).await.unwrap();
    assert!(!signed(&world, nda, nina).await);
    publish(3, false).await.unwrap();
    for number in [3, 4] {
        let new = NewPaper { number, scan: b"%PDF-2".to_vec(), ..earlier.clone() };
        let outcome = agreements::paper_upload(&world.app, &world.owner, nina, new).await;
        assert_eq!(refused(outcome), "is_earlier_wording");
    }
    // One that bears these very words does.
    let new = NewPaper { number: 3, scan: b"%PDF-2".to_vec(), ..paper(nda) };
    let id = uploaded(&world, &world.owner, nina, new).await;
    agreements::paper_confirm(&world.app, &world.owner, id).await.unwrap();
    assert!(signed(&world, nda, nina).await);
    let others = bound(&world, nina).await.others;
    assert_eq!(others.iter().map(|one| one.number).collect::<Vec<_>>(), [1]);
}

async fn a_withdrawn_signature_does_not_count_and_stays_to_be_seen(world: World) {
    let (nda, nina) = (agreed(&world).await, entered(&world, "Nina Cut", "").await);
    let made = agreements::personal_link_make(&world.app, &world.owner, nina).await.unwrap();
    let token = made.0.split_once("token=").unwrap().1.to_owned();
    let by_screen = || agreements::sign(&world.app, &token, (nda, 1), ("Nina Cut", true));
    let first = by_screen().await.unwrap();
    assert!(signed(&world, nda, nina).await);
    let why = "somebody else typed her name";
    agreements::signature_withdraw(&world.app, &world.owner, first, why).await.unwrap();
    assert!(!signed(&world, nda, nina).await);
    let again = agreements::signature_withdraw(&world.app, &world.owner, first, why).await;
    assert_eq!(refused(again), "signature.withdrawn");
    let id = uploaded(&world, &world.owner, nina, paper(nda)).await;
    let paper_one = agreements::paper_confirm(&world.app, &world.owner, id).await.unwrap();
    assert!(signed(&world, nda, nina).await);
    agreements::signature_withdraw(&world.app, &world.owner, paper_one, why).await.unwrap();
    assert!(!signed(&world, nda, nina).await);
    // She signs anew, and the same scan may be brought again.
    by_screen().await.unwrap();
    assert!(signed(&world, nda, nina).await);
    uploaded(&world, &world.owner, nina, paper(nda)).await;
    let shown = bound(&world, nina).await;
    assert!(shown.signature.unwrap().withdrawn.is_none());
    let withdrawn = shown.others.iter().map(|one| one.withdrawn.as_ref().unwrap().because.as_str());
    assert_eq!(withdrawn.collect::<Vec<_>>(), [why, why]);
    agreements::signature_file(&world.app, &world.owner, first).await.unwrap();
}

async fn two_who_look_at_once_do_not_both_judge(world: World) {
    let (nda, nina) = (agreed(&world).await, entered(&world, "Nina Cut", "").await);
    let jonas = world.colleague("Jonas", Role::Coordinator).await;
    let ada = world.colleague("Ada", Role::Coordinator).await;
    let id = uploaded(&world, &jonas, nina, paper(nda)).await;
    let (one, two) = tokio::join!(
        agreements::paper_confirm(&world.app, &world.owner, id),
        agreements::paper_refuse(&world.app, &ada, id, "I see no signature"),
    );
    let mut told = [refused(one), refused(two)];
    told.sort();
    assert_eq!(told, ["done", "paper.judged"]);
}

async fn whoever_is_forgotten_takes_scans_along_unless_they_are_anothers_too(world: World) {
    let nda = agreed(&world).await;
    let nina = entered(&world, "Nina Cut", "2020-02-01").await;
    let omar = entered(&world, "Omar Reel", "2020-02-01").await;
    let both = NewPaper { scan: b"\x89PNG\r\n\x1a\n both".to_vec(), ..paper(nda) };
    let hers = uploaded(&world, &world.owner, nina, paper(nda)).await;
    let shared = uploaded(&world, &world.owner, nina, both.clone()).await;
    uploaded(&world, &world.owner, omar, both).await;
    let why = "this is what Nina Cut’s sister signed";
    agreements::paper_refuse(&world.app, &world.owner, shared, why).await.unwrap();
    agreements::paper_confirm(&world.app, &world.owner, hers).await.unwrap();
    let uploads = world.newest_of("agreement.paper_uploaded").await.index;
    let refusal = world.newest_of("agreement.paper_refused").await.index;
    let files: Vec<_> = bound(&world, nina).await.papers.iter().map(|one| one.file).collect();
    let reason = "Asked for it in writing.";
    people::person_forget(&world.app, &world.owner, nina, reason).await.unwrap();
    let size = |file| world.app.objects().size(world.organisation(), file).unwrap();
    assert!(size(files[0]).is_some(), "it is Omar's too");
    assert_eq!(size(files[1]), None);
    let opened = agreements::paper_one(&world.app, &world.owner, hers).await;
    assert_eq!(refused(opened), "not_found");
    let entry = |index| closedset_app::ledger::entry_detail(&world.app, &world.owner, index);
    assert!(entry(refusal).await.unwrap().body.is_none());
    assert!(entry(uploads).await.unwrap().body.is_some(), "Omar's");
    people::person_forget(&world.app, &world.owner, omar, reason).await.unwrap();
    assert_eq!(size(files[0]), None);
    assert!(world.verify().await.faults.is_empty());
}

async fn a_pack_counts_papers_and_what_was_withdrawn(world: World) {
    let nda = agreed(&world).await;
    let nina = entered(&world, "Nina Cut", "").await;
    let omar = entered(&world, "Omar Reel", "").await;
    for (person, withdraws) in [(nina, false), (omar, true)] {
        let id = uploaded(&world, &world.owner, person, paper(nda)).await;
        let signature = agreements::paper_confirm(&world.app, &world.owner, id).await.unwrap();
        if withdraws {
            let why = "the wrong person";
            agreements::signature_withdraw(&world.app, &world.owner, signature, why).await.unwrap();
        }
    }
    let verdict = world.verdict(&Subject::control("AD-3"), "everyone-has-signed").await;
    assert_eq!(verdict.because, "1 of 2 who are engaged have not signed");
    for without_names in [false, true] {
        let mut new = whole_period(&world);
        new.without_names = without_names;
        let report = checked(&world, &pack(&world, new).await).await;
        let doubts: Vec<_> =
            report.findings.iter().filter(|one| one.severity < Severity::Warning).collect();
        assert!(doubts.is_empty(), "{doubts:?}");
    }
    // One who withdraws it behind the ledger is found out.
    world.tamper("UPDATE signature SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL").await;
    agreements::agreement_publish(
        &world.app,
        &world.owner,
        nda,
        NewVersion { text: format!("{WORDS}\nmore"), asks_again: false, after: 1 },
    )
    .await
    .unwrap();
    assert_eq!(world.status(&Subject::control("AD-3"), "everyone-has-signed").await, Status::Pass);
    let bytes = pack(&world, whole_period(&world)).await;
    assert!(!checked(&world, &bytes).await.is_valid());
}

async fn a_role_may_what_the_matrix_says(world: World) {
    let (nda, nina) = (agreed(&world).await, entered(&world, "Nina Cut", "").await);
    let id = uploaded(&world, &world.owner, nina, paper(nda)).await;
    for role in Role::ALL {
        let by = world.as_role(*role);
        let may = |action| if role.may(action) { "done" } else { "role.forbids" };
        let reads = [
            refused(agreements::paper_one(&world.app, &by, id).await),
            refused(agreements::paper_file(&world.app, &by, id).await),
        ];
        assert!(reads.iter().all(|one| one == may(closedset_core::Action::PeopleRead)), "{role}");
        let scan = format!("%PDF-1.4 by {role}").into_bytes();
        let new = NewPaper { scan, ..paper(nda) };
        let made = agreements::paper_upload(&world.app, &by, nina, new).await;
        assert_eq!(refused(made), may(closedset_core::Action::PeopleWrite), "{role}");
    }
    let by = world.as_role(Role::Member);
    let forbidden = [
        refused(agreements::paper_confirm(&world.app, &by, id).await),
        refused(agreements::paper_refuse(&world.app, &by, id, "no").await),
    ];
    assert_eq!(forbidden, ["role.forbids", "role.forbids"]);
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let (nda, nina) = (agreed(&world).await, entered(&world, "Nina Cut", "").await);
    let id = uploaded(&world, &world.owner, nina, paper(nda)).await;
    let other = NewPaper { scan: b"%PDF-1.4 other".to_vec(), ..paper(nda) };
    let other = uploaded(&world, &world.owner, nina, other).await;
    let signature = agreements::paper_confirm(&world.app, &world.owner, other).await.unwrap();
    let by = world.neighbour().await;
    let outcomes = [
        refused(agreements::paper_one(&world.app, &by, id).await),
        refused(agreements::paper_file(&world.app, &by, id).await),
        refused(agreements::paper_confirm(&world.app, &by, id).await),
        refused(agreements::paper_refuse(&world.app, &by, id, "no").await),
        refused(agreements::signature_withdraw(&world.app, &by, signature, "no").await),
        refused(agreements::paper_upload(&world.app, &by, nina, paper(nda)).await),
    ];
    assert!(outcomes.iter().all(|one| one == "not_found"), "{outcomes:?}");
    assert!(signed(&world, nda, nina).await);
}
