//! Whom one calls about content security: who names them, how each confirms, when the file counts that names both, and
//! what takes it back.

use crate::{
    register::{add, engaged, only_engagement, work},
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem, agreements,
    contacts::{
        CONFIRMED_FOR_DAYS, ContactAsked, ContactsShown, Naming, contact_asked, contact_confirm,
        contacts_name, contacts_shown,
    },
    evidence,
    people::{self, NewInvitation, NewMember, NewPerson},
};
use closedset_core::{
    Action, Actions, Actor, Digest, Duration, Role, Status, Subject,
    id::{ApiToken, Id, Person},
};
use jiff::civil::date;
use std::{io::Read as _, process::Command};

on_both!(
    both_confirm_by_their_own_link_and_the_file_counts_for_half_a_year,
    one_alone_is_no_evidence,
    the_older_confirmation_decides_and_confirming_again_renews,
    it_never_counts_beyond_an_engagement,
    another_person_or_number_takes_it_back_and_asks_again,
    an_engagement_that_ends_or_goes_takes_it_back,
    another_name_or_address_takes_it_back,
    whoever_joins_by_another_name_confirms_anew,
    nobody_confirms_for_another,
    what_was_read_before_a_change_is_not_confirmed,
    of_two_who_change_it_at_once_one_is_refused,
    what_is_entered_wrongly_is_refused_by_field,
    the_same_again_changes_nothing,
    whoever_is_forgotten_leaves_the_sheet,
    a_role_may_what_the_matrix_says,
    another_organisation_has_its_own,
);

const CHECK: &str = "ad-6-evidence";
const ADA: &str = "+46 70 123 45 67";
const OTTO: &str = "08 123 45 67";

async fn known(world: &World, name: &str, email: &str, days: &str) -> Id<Person> {
    let new = NewPerson { name: name.into(), email: email.into(), ..NewPerson::default() };
    people::person_add(&world.app, &world.owner, new, work("employee", days)).await.unwrap()
}

async fn two(world: &World) -> (Id<Person>, Id<Person>) {
    let ada = known(world, "Ada Reel", "ada@halide.example", "2026-01-01").await;
    (ada, known(world, "Otto Cut", "otto@halide.example", "2026-01-01").await)
}

async fn shown(world: &World) -> ContactsShown {
    contacts_shown(&world.app, &world.owner).await.unwrap()
}

fn naming((ada, otto): (Id<Person>, Id<Person>), changes: i64) -> Naming {
    Naming {
        responsible: ada.to_string(),
        responsible_phone: ADA.into(),
        deputy: otto.to_string(),
        deputy_phone: OTTO.into(),
        changes,
    }
}

async fn name(world: &World, new: Naming) -> Result<(), Problem> {
    contacts_name(&world.app, &world.owner, new).await
}

/// Two people, named.
async fn named(world: &World) -> (Id<Person>, Id<Person>) {
    let both = two(world).await;
    name(world, naming(both, 0)).await.unwrap();
    both
}

async fn link(world: &World, person: Id<Person>) -> String {
    let made = agreements::personal_link_make(&world.app, &world.owner, person).await.unwrap();
    made.0.split_once("token=").unwrap().1.to_owned()
}

async fn asked(world: &World, token: &str) -> ContactAsked {
    contact_asked(&world.app, token).await.unwrap().unwrap()
}

async fn confirm(world: &World, person: Id<Person>) {
    let token = link(world, person).await;
    let edition = asked(world, &token).await.edition;
    contact_confirm(&world.app, &token, edition).await.unwrap();
}

/// Two people, named and confirmed.
async fn confirmed(world: &World) -> (Id<Person>, Id<Person>) {
    let (ada, otto) = named(world).await;
    confirm(world, ada).await;
    confirm(world, otto).await;
    assert_eq!(status(world).await, Status::Pass);
    (ada, otto)
}

async fn status(world: &World) -> Status {
    world.status(&Subject::control("AD-6"), CHECK).await
}

fn refused<T>(outcome: Result<T, Problem>) -> String {
    match outcome {
        Ok(_) => "done".to_owned(),
        Err(problem) => code(&problem),
    }
}

/// Who confirmed, so that it counts.
async fn counting(world: &World) -> Vec<bool> {
    shown(world).await.contacts.into_iter().map(|one| one.counts).collect()
}

async fn both_confirm_by_their_own_link_and_the_file_counts_for_half_a_year(world: World) {
    assert_eq!(status(&world).await, Status::Unknown);
    let (ada, otto) = two(&world).await;
    let from = world.entry_count(world.log()).await;
    name(&world, naming((ada, otto), 0)).await.unwrap();
    assert_eq!(world.kinds_from(from).await, ["contact.named", "contact.named"]);
    assert_eq!((status(&world).await, counting(&world).await), (Status::Unknown, vec![false; 2]));
    confirm(&world, ada).await;
    let from = world.entry_count(world.log()).await;
    confirm(&world, otto).await;
    assert_eq!(
        world.kinds_from(from).await,
        ["person.link_made", "document.added", "subject.assessed", "contact.confirmed"]
    );
    let body = world.body(from + 3).await;
    assert_eq!((&body["place"], &body["way"]), (&"deputy".into(), &"link".into()));
    assert_eq!((&body["person"], &body["until"]), (&otto.to_string().into(), &"2026-09-11".into()));
    for index in 0..world.entry_count(world.log()).await {
        let log = world.log();
        let body =
            world.read(move |tx| closedset_store::ledger::entry_body_at(tx, log, index)).await;
        let text = String::from_utf8(body.unwrap().body).unwrap();
        assert!(!text.contains(ADA) && !text.contains(OTTO), "no number in the ledger: {text}");
    }
    assert_eq!((status(&world).await, counting(&world).await), (Status::Pass, vec![true; 2]));
    let file = shown(&world).await.file.unwrap();
    assert_eq!((file.until, file.is_over, file.is_withdrawn), (date(2026, 9, 11), false, false));
    let (version, mut reader) =
        evidence::document_open(&world.app, &world.owner, file.document, None).await.unwrap();
    assert_eq!(version.file_name, "security-contacts-2026-03-12.pdf");
    assert_eq!(version.uploaded_by, "Closedset", "nobody’s name stays in the entry of a document");
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    assert!(bytes.starts_with(b"%PDF"));
    assert_eq!(body["file"], Digest::of(&bytes).to_string());
    let path = world.folder.path().join("contacts.pdf");
    std::fs::write(&path, bytes).unwrap();
    if let Ok(output) = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() {
        let words = String::from_utf8(output.stdout).unwrap();
        for told in ["Ada Reel", "Otto Cut", ADA, OTTO, "ada@halide.example", "otto@halide.example"]
        {
            assert!(words.contains(told), "{told}: {words}");
        }
    }
    let token = link(&world, ada).await;
    assert!(!asked(&world, &token).await.is_due);
    // On its last day it still counts, and somebody is asked for the next.
    world.advance(Duration::from_days(i64::from(CONFIRMED_FOR_DAYS)));
    world.sweep().await;
    assert_eq!((status(&world).await, counting(&world).await), (Status::Pass, vec![true; 2]));
    assert_eq!(world.tasks(&Subject::control("AD-6"), CHECK).await.len(), 1);
    let token = link(&world, ada).await;
    assert!(asked(&world, &token).await.is_due, "asked again before it ends");
    world.advance(Duration::from_days(1));
    world.sweep().await;
    assert_eq!((status(&world).await, counting(&world).await), (Status::Unknown, vec![false; 2]));
    assert!(shown(&world).await.file.unwrap().is_over);
    assert!(world.verify().await.faults.is_empty());
}

async fn one_alone_is_no_evidence(world: World) {
    let (ada, _) = named(&world).await;
    confirm(&world, ada).await;
    confirm(&world, ada).await;
    assert_eq!(
        (status(&world).await, counting(&world).await),
        (Status::Unknown, vec![true, false])
    );
    assert!(shown(&world).await.file.is_none());
}

async fn the_older_confirmation_decides_and_confirming_again_renews(world: World) {
    let (ada, otto) = named(&world).await;
    confirm(&world, ada).await;
    world.advance(Duration::from_days(100));
    confirm(&world, otto).await;
    let first = shown(&world).await.file.unwrap();
    assert_eq!(first.until, date(2026, 9, 11), "half a year from Ada’s");
    world.advance(Duration::from_days(10));
    confirm(&world, ada).await;
    let next = shown(&world).await.file.unwrap();
    assert_eq!((next.document, next.until), (first.document, date(2026, 12, 20)), "from Otto’s");
    let detail = evidence::document_detail(&world.app, &world.owner, next.document).await.unwrap();
    assert_eq!(detail.versions.len(), 2);
    // One whose half year is over does not count towards the next file.
    world.advance(Duration::from_days(174));
    world.sweep().await;
    assert_eq!(
        (status(&world).await, counting(&world).await),
        (Status::Unknown, vec![true, false])
    );
    confirm(&world, ada).await;
    assert_eq!(status(&world).await, Status::Unknown);
    confirm(&world, otto).await;
    assert_eq!(status(&world).await, Status::Pass);
}

async fn it_never_counts_beyond_an_engagement(world: World) {
    let ada = known(&world, "Ada Reel", "ada@halide.example", "2026-01-01 2026-04-30").await;
    let otto = known(&world, "Otto Cut", "otto@halide.example", "2026-01-01").await;
    name(&world, naming((ada, otto), 0)).await.unwrap();
    confirm(&world, ada).await;
    confirm(&world, otto).await;
    assert_eq!(shown(&world).await.file.unwrap().until, date(2026, 4, 30));
    world.advance(Duration::from_days(50));
    world.sweep().await;
    assert_eq!(
        (status(&world).await, counting(&world).await),
        (Status::Unknown, vec![false, true])
    );
    let token = link(&world, ada).await;
    let before = asked(&world, &token).await;
    assert!(!before.may_confirm);
    let outcome = contact_confirm(&world.app, &token, before.edition).await;
    assert_eq!(refused(outcome), "contact.not_engaged");
    // Whoever returns says so anew: what was confirmed before does not come back.
    engaged(&world, ada, work("employee", "2026-05-02")).await;
    world.advance(Duration::from_days(1));
    world.sweep().await;
    assert_eq!(
        (status(&world).await, counting(&world).await),
        (Status::Unknown, vec![false, true])
    );
    confirm(&world, ada).await;
    assert_eq!(status(&world).await, Status::Pass);
}

async fn another_person_or_number_takes_it_back_and_asks_again(world: World) {
    let (ada, otto) = confirmed(&world).await;
    let before = shown(&world).await;
    let other = Naming {
        responsible_phone: "+46 70 765 43 21".into(),
        ..naming((ada, otto), before.changes)
    };
    let from = world.entry_count(world.log()).await;
    name(&world, other.clone()).await.unwrap();
    assert_eq!(
        world.kinds_from(from).await,
        ["contact.named", "document.withdrawn", "subject.assessed"]
    );
    assert_eq!(
        (status(&world).await, counting(&world).await),
        (Status::Unknown, vec![false, true])
    );
    confirm(&world, ada).await;
    assert_eq!(status(&world).await, Status::Pass);
    let after = shown(&world).await;
    assert_ne!(after.file.unwrap().document, before.file.unwrap().document);
    // Each in the other's place.
    let swapped = Naming {
        responsible: other.deputy,
        responsible_phone: other.deputy_phone,
        deputy: other.responsible,
        deputy_phone: other.responsible_phone,
        changes: after.changes,
    };
    name(&world, swapped).await.unwrap();
    assert_eq!((status(&world).await, counting(&world).await), (Status::Unknown, vec![false; 2]));
    let nina = known(&world, "Nina Matte", "nina@halide.example", "2026-01-01").await;
    confirm(&world, ada).await;
    confirm(&world, otto).await;
    let now = shown(&world).await.changes;
    name(&world, Naming { deputy: nina.to_string(), ..naming((otto, otto), now) }).await.unwrap();
    assert_eq!(status(&world).await, Status::Unknown);
    let token = link(&world, ada).await;
    assert!(contact_asked(&world.app, &token).await.unwrap().is_none(), "who is named no more");
}

async fn an_engagement_that_ends_or_goes_takes_it_back(world: World) {
    let (_, otto) = confirmed(&world).await;
    let one = only_engagement(&world, otto).await.id;
    let from = world.entry_count(world.log()).await;
    // Its last day lies before the file's.
    let ends = work("employee", "2026-01-01 2026-06-30");
    people::engagement_change(&world.app, &world.owner, one, ends).await.unwrap();
    assert_eq!(
        world.kinds_from(from).await,
        [
            "engagement.ended",
            "leaving.opened",
            "contact.reset",
            "document.withdrawn",
            "subject.assessed"
        ]
    );
    assert_eq!(
        (status(&world).await, counting(&world).await),
        (Status::Unknown, vec![true, false])
    );
    confirm(&world, otto).await;
    assert_eq!(shown(&world).await.file.unwrap().until, date(2026, 6, 30));
    // A later one changes nothing of what was said.
    let longer = work("employee", "2026-01-01 2027-06-30");
    people::engagement_change(&world.app, &world.owner, one, longer).await.unwrap();
    assert_eq!(shown(&world).await.file.unwrap().until, date(2026, 6, 30));
    people::engagement_remove(&world.app, &world.owner, one).await.unwrap();
    assert_eq!(
        (status(&world).await, counting(&world).await),
        (Status::Unknown, vec![true, false])
    );
    assert!(!shown(&world).await.contacts[1].is_engaged);
    let token = link(&world, otto).await;
    let edition = asked(&world, &token).await.edition;
    let outcome = contact_confirm(&world.app, &token, edition).await;
    assert_eq!(refused(outcome), "contact.not_engaged");
}

async fn another_name_or_address_takes_it_back(world: World) {
    let (ada, _) = confirmed(&world).await;
    for (name, email) in [
        ("Ada Reel", "ada.reel@halide.example"),
        ("Ada Matte", "ada.reel@halide.example"),
        ("Ada Matte", ""),
    ] {
        let new = NewPerson { name: name.into(), email: email.into(), ..NewPerson::default() };
        people::person_edit(&world.app, &world.owner, ada, new).await.unwrap();
        assert_eq!(
            (status(&world).await, counting(&world).await),
            (Status::Unknown, vec![false, true]),
            "{name} {email}"
        );
        let token = link(&world, ada).await;
        let edition = asked(&world, &token).await.edition;
        let wanted = if email.is_empty() { "contact.no_address" } else { "done" };
        let outcome = contact_confirm(&world.app, &token, edition).await;
        assert_eq!(refused(outcome), wanted, "{name} {email}");
    }
    // The number of the register is another than that of the sheet.
    let new = NewPerson {
        name: "Ada Matte".into(),
        email: "ada@halide.example".into(),
        ..NewPerson::default()
    };
    people::person_edit(&world.app, &world.owner, ada, new.clone()).await.unwrap();
    confirm(&world, ada).await;
    let new = NewPerson { phone: "08 1".into(), ..new };
    people::person_edit(&world.app, &world.owner, ada, new).await.unwrap();
    assert_eq!(status(&world).await, Status::Pass);
}

async fn whoever_joins_by_another_name_confirms_anew(world: World) {
    let (ada, _) = confirmed(&world).await;
    let by = Caller { factor_at: Some(world.now()), ..world.owner.clone() };
    let new = NewInvitation {
        email: "ada@halide.example".into(),
        name: "Ada Marie Reel".into(),
        role: Role::Member.as_str().into(),
        last_day: String::new(),
    };
    let (_, link) = people::invite(&world.app, &by, new).await.unwrap();
    let joins = NewMember {
        name: "Ada Marie Reel".into(),
        password: "velvet harbour lantern".into(),
        browser: "b".into(),
    };
    let token = link.split_once("token=").unwrap().1;
    people::join_new(&world.app, token, joins).await.unwrap();
    assert_eq!(
        (status(&world).await, counting(&world).await),
        (Status::Unknown, vec![false, true])
    );
    confirm(&world, ada).await;
    assert_eq!(status(&world).await, Status::Pass);
    assert!(world.verify().await.faults.is_empty());
}

async fn nobody_confirms_for_another(world: World) {
    let (ada, otto) = named(&world).await;
    let nina = add(&world, "Nina Matte", work("employee", "2026-01-01")).await;
    let token = link(&world, nina).await;
    assert!(contact_asked(&world.app, &token).await.unwrap().is_none());
    for edition in [0, 1, 2] {
        let outcome = contact_confirm(&world.app, &token, edition).await;
        assert_eq!(refused(outcome), "not_found");
    }
    // Each confirms their own place alone, and a link opens until a newer one is made.
    let (old, new) = (link(&world, ada).await, link(&world, ada).await);
    let dead = contact_confirm(&world.app, &old, 1).await;
    assert_eq!(refused(dead), "personal_link.dead");
    assert_eq!(refused(contact_asked(&world.app, &old).await), "personal_link.dead");
    assert_eq!(refused(contact_confirm(&world.app, "no token", 1).await), "personal_link.dead");
    contact_confirm(&world.app, &new, 1).await.unwrap();
    assert_eq!(counting(&world).await, [true, false]);
    let late = link(&world, otto).await;
    world.advance(Duration::from_days(14));
    assert_eq!(refused(contact_confirm(&world.app, &late, 1).await), "personal_link.dead");
    assert_eq!(status(&world).await, Status::Unknown);
}

async fn what_was_read_before_a_change_is_not_confirmed(world: World) {
    let (ada, otto) = named(&world).await;
    let token = link(&world, ada).await;
    let read = asked(&world, &token).await;
    assert_eq!((read.phone.as_str(), read.confirmed), (ADA, None));
    let other = Naming { responsible_phone: "+46 70 765 43 21".into(), ..naming((ada, otto), 1) };
    name(&world, other).await.unwrap();
    let outcome = contact_confirm(&world.app, &token, read.edition).await;
    assert_eq!(refused(outcome), "contact.changed_while_read");
    assert_eq!(counting(&world).await, [false; 2]);
    contact_confirm(&world.app, &token, asked(&world, &token).await.edition).await.unwrap();
    assert_eq!(counting(&world).await, [true, false]);
}

async fn of_two_who_change_it_at_once_one_is_refused(world: World) {
    let both = named(&world).await;
    let other = Naming { deputy_phone: "08 765 43 21".into(), ..naming(both, 0) };
    assert_eq!(refused(name(&world, other.clone()).await), "contacts.changed_meanwhile");
    assert_eq!(shown(&world).await.contacts[1].row.phone, OTTO);
    name(&world, Naming { changes: 1, ..other }).await.unwrap();
    assert_eq!(shown(&world).await.contacts[1].row.phone, "08 765 43 21");
}

async fn what_is_entered_wrongly_is_refused_by_field(world: World) {
    let (ada, otto) = two(&world).await;
    let gone = known(&world, "Nina Matte", "nina@halide.example", "2026-01-01 2026-02-01").await;
    let mute = add(&world, "Omar Grade", work("employee", "2026-01-01")).await;
    let right = naming((ada, otto), 0);
    for (wrong, new) in [
        ("deputy", Naming { deputy: ada.to_string(), ..right.clone() }),
        ("deputy", Naming { deputy: gone.to_string(), ..right.clone() }),
        ("responsible", Naming { responsible: mute.to_string(), ..right.clone() }),
        ("responsible", Naming { responsible: String::new(), ..right.clone() }),
        ("responsible_phone", Naming { responsible_phone: "112".into(), ..right.clone() }),
        ("deputy_phone", Naming { deputy_phone: "ask at the desk".into(), ..right.clone() }),
        (
            "responsible responsible_phone deputy deputy_phone",
            Naming {
                responsible: "x".into(),
                responsible_phone: String::new(),
                deputy: "y".into(),
                deputy_phone: String::new(),
                changes: 0,
            },
        ),
        ("not_found", Naming { deputy: Id::<Person>::from_bits(9).to_string(), ..right }),
    ] {
        assert_eq!(refused(name(&world, new.clone()).await), wrong, "{new:?}");
    }
    assert!(shown(&world).await.contacts.is_empty());
}

async fn the_same_again_changes_nothing(world: World) {
    let both = confirmed(&world).await;
    let (from, changes) = (world.entry_count(world.log()).await, shown(&world).await.changes);
    name(&world, naming(both, changes)).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, from);
    assert_eq!((status(&world).await, counting(&world).await), (Status::Pass, vec![true; 2]));
}

async fn whoever_is_forgotten_leaves_the_sheet(world: World) {
    let (_, otto) = confirmed(&world).await;
    let one = only_engagement(&world, otto).await.id;
    let past = work("employee", "2026-01-01 2026-02-01");
    people::engagement_change(&world.app, &world.owner, one, past).await.unwrap();
    people::person_forget(&world.app, &world.owner, otto, "Asked for it in writing.")
        .await
        .unwrap();
    for index in 0..world.entry_count(world.log()).await {
        let log = world.log();
        let body =
            world.read(move |tx| closedset_store::ledger::entry_body_at(tx, log, index)).await;
        let Some(body) = body else { continue };
        let text = String::from_utf8(body.body).unwrap();
        for told in ["Otto", "otto@", OTTO] {
            assert!(!text.contains(told), "{told} stays in the ledger: {text}");
        }
    }
    let after = shown(&world).await;
    assert_eq!(after.contacts.len(), 1);
    assert_eq!(after.contacts[0].row.name, "Ada Reel");
    assert_eq!(status(&world).await, Status::Unknown);
    assert!(world.verify().await.faults.is_empty());
}

async fn a_role_may_what_the_matrix_says(world: World) {
    let both = named(&world).await;
    for role in Role::ALL {
        let by = world.as_role(*role);
        let may = |one: Action, other: Action| {
            if role.may(one) && role.may(other) { "done" } else { "role.forbids" }
        };
        let read = refused(contacts_shown(&world.app, &by).await);
        assert_eq!(read, may(Action::PeopleRead, Action::EvidenceRead), "{role}");
        let changes = shown(&world).await.changes;
        let written = refused(contacts_name(&world.app, &by, naming(both, changes)).await);
        assert_eq!(written, may(Action::PeopleWrite, Action::EvidenceWrite), "{role}");
    }
    for lacking in [Action::PeopleWrite, Action::EvidenceWrite] {
        let both_scopes = Actions::from(Action::PeopleWrite).with(Action::EvidenceWrite);
        let program = Caller {
            actor: Actor::Token {
                token: Id::<ApiToken>::from_bits(1),
                organisation: world.organisation(),
            },
            allowed: both_scopes.without(lacking.into()),
            ..world.owner.clone()
        };
        let changes = shown(&world).await.changes;
        let outcome = contacts_name(&world.app, &program, naming(both, changes)).await;
        assert_eq!(refused(outcome), "scope.lacking");
    }
}

async fn another_organisation_has_its_own(world: World) {
    let both = confirmed(&world).await;
    let by = world.neighbour().await;
    let theirs = contacts_shown(&world.app, &by).await.unwrap();
    assert!(theirs.contacts.is_empty() && theirs.file.is_none() && theirs.changes == 0);
    let outcome = contacts_name(&world.app, &by, naming(both, 0)).await;
    assert_eq!(refused(outcome), "not_found");
    assert_eq!((status(&world).await, counting(&world).await), (Status::Pass, vec![true; 2]));
}
