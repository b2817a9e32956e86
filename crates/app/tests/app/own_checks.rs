//! A facility's own checks and thresholds: what they ask, what they never touch, and how they change while
//! reports arrive.

use crate::{
    computer::{Computer, SCREEN_LOCK, screen_lock},
    packs::{checked, pack, whole_period},
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem, board, ledger,
    own_checks::{
        self, Place, WrittenCheck, own_check_list, own_check_one, own_check_preview,
        own_check_retire, own_check_write, threshold_clear, threshold_list, threshold_preview,
        threshold_set,
    },
};
use closedset_core::{Duration, Role, Status, Subject, check_in::Outcome, own_check::Terms};
use closedset_pack::{FindingKind, Severity};
use serde_json::json;
use std::collections::BTreeMap;

on_both!(
    an_own_check_is_asked_of_everybody_and_never_counts_for_the_framework,
    a_change_is_a_version_and_each_verdict_names_its_own,
    what_is_retired_is_asked_no_more_and_its_history_stays,
    whoever_looked_at_an_older_version_changes_nothing,
    the_same_words_again_write_nothing,
    what_went_stale_before_a_change_is_told_in_the_old_words,
    a_check_edited_while_reports_arrive_leaves_no_verdict_of_two_wordings,
    a_preview_says_what_the_assessment_would_and_writes_nothing,
    a_stricter_threshold_stands_beside_the_frameworks,
    a_laxer_threshold_is_refused_with_the_reason,
    only_owners_and_security_contacts_write,
    another_organisation_sees_and_touches_none_of_it,
    what_cannot_be_asked_is_refused_by_field,
    no_more_than_a_hundred_are_in_force,
    terms_are_not_erased,
    a_pack_with_own_checks_is_valid_for_whoever_knows_only_the_program,
    a_database_that_forges_an_own_check_makes_no_valid_pack,
    a_database_that_changes_terms_is_found_by_the_ledger,
);

const DAY: Duration = Duration::from_days(1);

pub fn locks_within(seconds: i64) -> Terms {
    Terms {
        control: "IS-7".into(),
        title: format!("Screens lock within {seconds} seconds"),
        pass: format!("screen_lock.longest_s <= {seconds}"),
        because: vec!["'locks after ' + string(screen_lock.longest_s) + ' s'".into()],
        wanted: "The screen locks as early as the house wants it.".into(),
        fix: "Ask the house technician.".into(),
        fresh_for: "7d".into(),
        applies: None,
        may_be_empty: BTreeMap::new(),
        may_be_absent: BTreeMap::new(),
        stricter: None,
    }
}

pub async fn written(world: &World, terms: Terms) -> WrittenCheck {
    own_check_write(&world.app, &world.owner, Place::New, terms).await.unwrap()
}

async fn changed(world: &World, check: WrittenCheck, terms: Terms) -> WrittenCheck {
    let place = Place::After { id: check.id, version: check.version };
    own_check_write(&world.app, &world.owner, place, terms).await.unwrap()
}

async fn retired(world: &World, check: WrittenCheck) {
    let (app, owner) = (&world.app, &world.owner);
    own_check_retire(app, owner, check.id, check.version, "nobody needs it").await.unwrap();
}

async fn control_status(world: &World, control: &str) -> Status {
    let board = board::board(&world.app, &world.owner, None).await.unwrap();
    board.controls.into_iter().find(|one| one.id == control).unwrap().status.status
}

/// A computer whose screen locks after ten minutes, as the framework wants it.
async fn computer(world: &World, seed: u8) -> Computer {
    let mut computer = Computer::reporting(world, seed).await;
    computer.say("screen_lock", screen_lock(10));
    computer.report(world).await.unwrap();
    computer
}

async fn an_own_check_is_asked_of_everybody_and_never_counts_for_the_framework(world: World) {
    let (one, never) = (computer(&world, 1).await, Computer::enrolled(&world, 2).await);
    let before = control_status(&world, "IS-7").await;
    let from = world.entry_count(world.log()).await;
    let check = written(&world, locks_within(60)).await;
    let id = check.id.to_string();
    let kinds = world.kinds_from(from).await;
    assert_eq!(kinds[0], "catalogue.check_written");
    assert_eq!(world.body(from).await["terms"]["pass"], "screen_lock.longest_s <= 60");
    let verdict = world.verdict(&one.subject(), &id).await;
    assert_eq!((verdict.status, verdict.check_version), (Status::Fail, 1));
    assert_eq!(verdict.because, "locks after 600 s");
    // Nothing is known of the other: that is unknown, never a pass.
    assert_eq!(world.status(&never.subject(), &id).await, Status::Unknown);
    assert_eq!(control_status(&world, "IS-7").await, before);
    let detail = board::control_detail(&world.app, &world.owner, "IS-7").await.unwrap();
    let shown = detail.checks.iter().find(|one| one.check.id == id).unwrap();
    assert!(shown.check.is_own && shown.check.is_beyond);
    // Who comes later is asked too.
    let late = computer(&world, 3).await;
    assert_eq!(world.status(&late.subject(), &id).await, Status::Fail);
    assert!(world.verify().await.faults.is_empty());
}

async fn a_change_is_a_version_and_each_verdict_names_its_own(world: World) {
    let one = computer(&world, 1).await;
    let check = written(&world, locks_within(60)).await;
    world.advance(DAY);
    let next = changed(&world, check, locks_within(900)).await;
    assert_eq!((next.id, next.version), (check.id, 2));
    let verdict = world.verdict(&one.subject(), &check.id.to_string()).await;
    assert_eq!((verdict.status, verdict.check_version), (Status::Pass, 2));
    let detail = own_check_one(&world.app, &world.owner, check.id).await.unwrap();
    let passes: Vec<_> = detail.versions.iter().map(|one| one.terms.pass.as_str()).collect();
    assert_eq!(passes, ["screen_lock.longest_s <= 900", "screen_lock.longest_s <= 60"]);
    assert!(world.tasks(&one.subject(), &check.id.to_string()).await.is_empty());
}

async fn what_is_retired_is_asked_no_more_and_its_history_stays(world: World) {
    let one = computer(&world, 1).await;
    let check = written(&world, locks_within(60)).await;
    let id = check.id.to_string();
    assert_eq!(world.tasks(&one.subject(), &id).await.len(), 1);
    world.advance(DAY);
    retired(&world, check).await;
    let history = world.history(&one.subject(), &id).await;
    assert_eq!(history.len(), 1);
    assert!(history.iter().all(|(_, _, ended)| *ended == Some(world.now())), "{history:?}");
    assert!(world.tasks(&one.subject(), &id).await.is_empty());
    let again = own_check_retire(&world.app, &world.owner, check.id, 1, "again").await;
    assert_eq!(code(&again.unwrap_err()), "own_check.retired");
    let place = Place::After { id: check.id, version: 1 };
    let later = own_check_write(&world.app, &world.owner, place, locks_within(5)).await;
    assert_eq!(code(&later.unwrap_err()), "own_check.retired");
    let (rows, _) = own_check_list(&world.app, &world.owner, None, 50).await.unwrap();
    assert!(rows[0].retired.is_some());
    assert!(world.verify().await.faults.is_empty());
}

async fn whoever_looked_at_an_older_version_changes_nothing(world: World) {
    let check = written(&world, locks_within(60)).await;
    changed(&world, check, locks_within(120)).await;
    let before = world.entry_count(world.log()).await;
    let place = Place::After { id: check.id, version: 1 };
    let stale = own_check_write(&world.app, &world.owner, place, locks_within(5)).await;
    assert_eq!(code(&stale.unwrap_err()), "own_check.changed");
    let stale = own_check_retire(&world.app, &world.owner, check.id, 1, "old").await;
    assert_eq!(code(&stale.unwrap_err()), "own_check.changed");
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn the_same_words_again_write_nothing(world: World) {
    let check = written(&world, locks_within(60)).await;
    let before = world.entry_count(world.log()).await;
    // Also where the answer to the first was lost, and its version is named.
    assert_eq!(changed(&world, check, locks_within(60)).await, check);
    threshold_set(&world.app, &world.owner, "screen_lock_s", 300).await.unwrap();
    let after = world.entry_count(world.log()).await;
    assert_eq!(after, before + 1);
    threshold_set(&world.app, &world.owner, "screen_lock_s", 300).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, after);
}

async fn what_went_stale_before_a_change_is_told_in_the_old_words(world: World) {
    let one = computer(&world, 1).await;
    let check = written(&world, locks_within(900)).await;
    let id = check.id.to_string();
    let stale_at = world.now() + Duration::from_days(7);
    // Nobody swept when it went stale, and then the check is changed.
    world.advance(Duration::from_days(9));
    changed(&world, check, locks_within(60)).await;
    let history = world.history(&one.subject(), &id).await;
    let mut told: Vec<_> = history.iter().map(|(status, began, _)| (*status, *began)).collect();
    told.sort_by_key(|(_, began)| *began);
    assert_eq!(
        told[1..],
        [(Status::Unknown, stale_at), (Status::Unknown, world.now())],
        "{history:?}"
    );
    assert_eq!(world.verdict(&one.subject(), &id).await.check_version, 2);
    let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
}

/// The fault: a check is edited again and again while computers report. The ledger has one order: whatever
/// an entry says of the check is what the version before it says of what the computer said before it.
async fn a_check_edited_while_reports_arrive_leaves_no_verdict_of_two_wordings(world: World) {
    let mut computers = Vec::new();
    for seed in 1..=4 {
        computers.push(computer(&world, seed).await);
    }
    let check = written(&world, locks_within(601)).await;
    let id = check.id.to_string();
    let reporting = computers.into_iter().map(|mut computer| {
        let check_ins: Vec<_> = (0..12)
            .map(|turn| {
                computer.say("screen_lock", screen_lock(if turn % 2 == 0 { 5 } else { 10 }));
                computer.full(world.now())
            })
            .collect();
        let app = world.app.clone();
        tokio::spawn(async move {
            for check_in in check_ins {
                let answer = closedset_app::devices::check_in(&app, check_in).await.unwrap();
                assert_eq!(answer.outcome, Outcome::Changed);
            }
            computer
        })
    });
    let reporting: Vec<_> = reporting.collect();
    let (app, owner) = (world.app.clone(), world.owner.clone());
    let editing = tokio::spawn(async move {
        let mut last = check;
        for turn in 0..12 {
            let terms = locks_within(if turn % 2 == 0 { 301 } else { 601 });
            let place = Place::After { id: last.id, version: last.version };
            last = own_check_write(&app, &owner, place, terms).await.unwrap();
        }
        last
    });
    let last = editing.await.unwrap();
    let mut subjects = Vec::new();
    for task in reporting {
        subjects.push(task.await.unwrap().subject());
    }
    assert_eq!(last.version, 13);
    world.sweep().await;
    for subject in &subjects {
        let verdict = world.verdict(subject, &id).await;
        assert_eq!((verdict.check_version, verdict.status), (13, Status::Pass));
    }
    // The whole log, from its first entry: the version in force, and what each computer said last.
    let (mut version, mut limit, mut turns) = (0, 0, 0);
    let mut said: BTreeMap<String, i64> = BTreeMap::new();
    for index in 0..world.entry_count(world.log()).await {
        let kind = &world.kinds_from(index).await[0];
        let body = world.body(index).await;
        match kind.as_str() {
            "catalogue.check_written" => {
                version = body["version"].as_i64().unwrap();
                let pass = body["terms"]["pass"].as_str().unwrap();
                limit = pass.rsplit(' ').next().unwrap().parse().unwrap();
            }
            "subject.assessed" => {
                for (place, turn) in body["verdicts"].as_array().unwrap().iter().enumerate() {
                    if turn["check"] != json!(id) {
                        continue;
                    }
                    assert_eq!(turn["version"], json!(version), "entry {index}");
                    let because = body["because"][place].as_str().unwrap();
                    let seconds: i64 = because.split(' ').nth(2).unwrap().parse().unwrap();
                    let status = if seconds <= limit { "pass" } else { "fail" };
                    assert_eq!(turn["status"], json!(status), "entry {index}: {turn}");
                    said.insert(turn["subject"].as_str().unwrap().to_owned(), seconds);
                    turns += 1;
                }
            }
            _ => {}
        }
    }
    assert!(turns >= 16, "{turns}");
    assert!(world.verify().await.faults.is_empty());
    let report = checked(&world, &pack(&world, whole_period(&world)).await).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
}

async fn a_preview_says_what_the_assessment_would_and_writes_nothing(world: World) {
    let late = computer(&world, 1).await;
    let mut early = computer(&world, 2).await;
    early.say("screen_lock", screen_lock(1));
    early.report(&world).await.unwrap();
    let _never = Computer::enrolled(&world, 3).await;
    let before = world.entry_count(world.log()).await;
    let preview = own_check_preview(&world.app, &world.owner, locks_within(60)).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, before);
    let counts: Vec<_> = preview.counts.iter().map(|(status, count)| (*status, *count)).collect();
    assert_eq!(counts, [(Status::Fail, 1), (Status::Unknown, 1), (Status::Pass, 1)]);
    let check = written(&world, locks_within(60)).await.id.to_string();
    for line in &preview.lines {
        let verdict = world.verdict(&Subject::device(line.device), &check).await;
        assert_eq!((verdict.status, &verdict.because), (line.status, &line.because));
    }
    assert_eq!(world.status(&late.subject(), &check).await, Status::Fail);
    let preview = threshold_preview(&world.app, &world.owner, "screen_lock_s", 300).await.unwrap();
    assert_eq!(preview.counts[&Status::Fail], 1);
}

async fn a_stricter_threshold_stands_beside_the_frameworks(world: World) {
    let one = computer(&world, 1).await;
    let before = control_status(&world, "IS-7").await;
    threshold_set(&world.app, &world.owner, "screen_lock_s", 300).await.unwrap();
    let all = threshold_list(&world.app, &world.owner).await.unwrap();
    let standing = all.into_iter().find(|one| one.threshold.limit == "screen_lock_s").unwrap();
    assert_eq!((standing.value, standing.threshold.floor), (Some(300), 900));
    let check = standing.checks[0].newest.clone();
    // The framework's own check goes on; the stricter one fails beside it and reddens nothing.
    assert_eq!(world.status(&one.subject(), SCREEN_LOCK).await, Status::Pass);
    assert_eq!(world.status(&one.subject(), &check.id.to_string()).await, Status::Fail);
    assert_eq!(control_status(&world, "IS-7").await, before);
    threshold_set(&world.app, &world.owner, "screen_lock_s", 600).await.unwrap();
    let verdict = world.verdict(&one.subject(), &check.id.to_string()).await;
    assert_eq!((verdict.status, verdict.check_version), (Status::Pass, 2));
    threshold_clear(&world.app, &world.owner, "screen_lock_s", "as before").await.unwrap();
    let all = threshold_list(&world.app, &world.owner).await.unwrap();
    assert!(all.iter().all(|one| one.value.is_none()));
    let again = threshold_clear(&world.app, &world.owner, "screen_lock_s", "again").await;
    assert_eq!(code(&again.unwrap_err()), "threshold.not_set");
}

async fn a_laxer_threshold_is_refused_with_the_reason(world: World) {
    for (limit, value, why) in [
        ("screen_lock_s", 901, "901 seconds is laxer than the 900"),
        ("screen_lock_s", 900, "asked of everybody already"),
        ("screen_lock_s", 0, "whole number from 1"),
        ("password_length", 11, "Only more than that is stricter"),
    ] {
        let refused = threshold_set(&world.app, &world.owner, limit, value).await.unwrap_err();
        let Problem::Invalid(problems) = &refused else { panic!("{refused}") };
        assert!(problems[0].message.contains(why), "{problems:?}");
    }
    let unknown = threshold_set(&world.app, &world.owner, "nothing", 5).await.unwrap_err();
    assert_eq!(code(&unknown), "not_found");
    // Nor by way of a check that says of itself that it is the stricter one.
    let mut forged = world.app.catalogue().stricter("screen_lock_s", 300).unwrap().remove(0);
    forged.stricter.as_mut().unwrap().value = 3_000;
    forged.pass = forged.pass.replace("300", "3000");
    let refused = own_check_write(&world.app, &world.owner, Place::New, forged).await;
    assert_eq!(code(&refused.unwrap_err()), "pass");
}

async fn only_owners_and_security_contacts_write(world: World) {
    let check = written(&world, locks_within(60)).await;
    for role in Role::ALL {
        let caller = world.as_role(*role);
        let may = matches!(role, Role::Owner | Role::SecurityContact);
        let is_forbidden = |done: Result<(), Problem>| {
            done.err().is_some_and(|problem| matches!(problem, Problem::Forbidden))
        };
        let app = &world.app;
        let preview = own_check_preview(app, &caller, locks_within(60)).await.map(drop);
        assert_eq!(is_forbidden(preview), !may, "{role}");
        let place = Place::After { id: check.id, version: 9 };
        let write = own_check_write(app, &caller, place, locks_within(70)).await.map(drop);
        assert_eq!(is_forbidden(write), !may, "{role}");
        let retire = own_check_retire(app, &caller, check.id, 9, "no").await;
        assert_eq!(is_forbidden(retire), !may, "{role}");
        assert_eq!(is_forbidden(threshold_set(app, &caller, "screen_lock_s", 901).await), !may);
        assert_eq!(is_forbidden(threshold_clear(app, &caller, "screen_lock_s", "x").await), !may);
        let sees = caller.may(closedset_core::Action::BoardRead);
        assert_eq!(is_forbidden(threshold_list(app, &caller).await.map(drop)), !sees);
        assert_eq!(is_forbidden(own_check_one(app, &caller, check.id).await.map(drop)), !sees);
    }
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let other: Caller = world.neighbour().await;
    let before = own_checks::catalogue_in_force(&world.app, &other).await.unwrap();
    let check = written(&world, locks_within(60)).await;
    let theirs = Computer::enrolled_by(&world, &other, 9).await;
    let asked = own_checks::catalogue_in_force(&world.app, &other).await.unwrap();
    assert_eq!(asked.digest(), before.digest());
    let ours = own_checks::catalogue_in_force(&world.app, &world.owner).await.unwrap();
    assert_ne!(ours.digest(), before.digest());
    let seen = own_check_one(&world.app, &other, check.id).await.map(drop);
    assert_eq!(code(&seen.unwrap_err()), "not_found");
    let place = Place::After { id: check.id, version: 1 };
    let write = own_check_write(&world.app, &other, place, locks_within(5)).await;
    assert_eq!(code(&write.unwrap_err()), "not_found");
    let retire = own_check_retire(&world.app, &other, check.id, 1, "theirs").await;
    assert_eq!(code(&retire.unwrap_err()), "not_found");
    let (rows, _) = own_check_list(&world.app, &other, None, 50).await.unwrap();
    assert!(rows.is_empty());
    world.sweep().await;
    let of_theirs = world.history(&theirs.subject(), &check.id.to_string()).await;
    assert!(of_theirs.is_empty());
}

async fn what_cannot_be_asked_is_refused_by_field(world: World) {
    let before = world.entry_count(world.log()).await;
    type Spoil = fn(&mut Terms);
    let cases: [(&str, Spoil); 12] = [
        ("pass", |terms| terms.pass = "screen_lock.gone > 1".into()),
        ("pass", |terms| terms.pass = "true".into()),
        ("pass", |terms| terms.pass = "(".repeat(2_001)),
        ("pass", |terms| terms.pass = "screen_lock.longest_s".into()),
        ("pass", |terms| terms.because = vec!["1".into()]),
        ("pass", |terms| {
            terms.may_be_absent.insert("other.path".into(), "for a reason".into());
        }),
        ("title", |terms| terms.title = "two\nlines".into()),
        ("title", |terms| terms.title = "x".repeat(121)),
        ("wanted", |terms| terms.wanted = " ".into()),
        ("fix", |terms| terms.fix = "x".repeat(2_001)),
        ("control", |terms| terms.control = "IS-99".into()),
        ("fresh_for", |terms| terms.fresh_for = "1s".into()),
    ];
    for (field, spoil) in cases {
        let mut terms = locks_within(60);
        spoil(&mut terms);
        for refused in [
            own_check_write(&world.app, &world.owner, Place::New, terms.clone()).await.map(drop),
            own_check_preview(&world.app, &world.owner, terms).await.map(drop),
        ] {
            let refused = refused.unwrap_err();
            let Problem::Invalid(problems) = &refused else { panic!("{field}: {refused}") };
            assert_eq!(problems[0].field, field, "{problems:?}");
        }
    }
    assert_eq!(world.entry_count(world.log()).await, before);
}

async fn no_more_than_a_hundred_are_in_force(world: World) {
    for seconds in 1..=100 {
        written(&world, locks_within(seconds)).await;
    }
    let more = own_check_write(&world.app, &world.owner, Place::New, locks_within(101)).await;
    assert_eq!(code(&more.unwrap_err()), "own_check.too_many");
    let (rows, _) = own_check_list(&world.app, &world.owner, None, 1).await.unwrap();
    let first = WrittenCheck { id: rows[0].newest.id, version: 1 };
    retired(&world, first).await;
    written(&world, locks_within(101)).await;
}

async fn terms_are_not_erased(world: World) {
    let from = world.entry_count(world.log()).await;
    let check = written(&world, locks_within(60)).await;
    retired(&world, check).await;
    for (index, kind) in (from..).zip(world.kinds_from(from).await) {
        if kind.starts_with("catalogue.check_") {
            let reason = "somebody asks for it to be gone";
            let refused = ledger::entry_erase(&world.app, &world.owner, index, reason).await;
            assert_eq!(code(&refused.unwrap_err()), "entry.kept");
        }
    }
}

/// Two own checks and a threshold, one of them changed and one retired.
async fn live(world: &World) -> WrittenCheck {
    let mut one = computer(world, 1).await;
    let _never = Computer::enrolled(world, 2).await;
    let check = written(world, locks_within(60)).await;
    let gone = written(world, locks_within(30)).await;
    threshold_set(&world.app, &world.owner, "screen_lock_s", 300).await.unwrap();
    world.advance(DAY);
    one.confirm(world).await.unwrap();
    let check = changed(world, check, locks_within(120)).await;
    retired(world, gone).await;
    world.advance(DAY);
    one.say("screen_lock", screen_lock(1));
    one.report(world).await.unwrap();
    check
}

async fn a_pack_with_own_checks_is_valid_for_whoever_knows_only_the_program(world: World) {
    let check = live(&world).await;
    for new in [
        whole_period(&world),
        closedset_app::packs::NewPack { from: world.now() - DAY, ..whole_period(&world) },
    ] {
        let bytes = pack(&world, new).await;
        let report = checked(&world, &bytes).await;
        let doubts: Vec<_> =
            report.findings.iter().filter(|one| one.kind.severity() != Severity::Notice).collect();
        assert!(report.is_valid() && doubts.is_empty(), "{doubts:#?}");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains(&check.id.to_string()) && text.contains("\"is_own\":true"));
        assert!(text.contains("The facility asks this of itself"));
    }
}

async fn forged(world: &World, what: &str, kinds: &[FindingKind]) {
    let report = checked(world, &pack(world, whole_period(world)).await).await;
    let is_found = kinds.iter().any(|kind| report.has(*kind));
    assert!(!report.is_valid() && is_found, "{what}: {:#?}", report.findings);
}

async fn a_database_that_forges_an_own_check_makes_no_valid_pack(world: World) {
    use FindingKind::{Contradiction, OtherVerdict, Removed};
    live(&world).await;
    for (change, back) in [
        (
            "UPDATE own_check_version SET terms = REPLACE(terms, '<= 120', '<= 9000') WHERE version = 2",
            "UPDATE own_check_version SET terms = REPLACE(terms, '<= 9000', '<= 120') WHERE version = 2",
        ),
        (
            "UPDATE own_check_version SET terms = REPLACE(terms, 'within 120', 'within 12') WHERE version = 2",
            "UPDATE own_check_version SET terms = REPLACE(terms, 'within 12 ', 'within 120 ') WHERE version = 2",
        ),
        (
            "UPDATE own_check SET retired_at = 5 WHERE version = 2",
            "UPDATE own_check SET retired_at = NULL WHERE retired_at = 5",
        ),
        (
            "UPDATE own_check SET version = 1 WHERE version = 2",
            "UPDATE own_check SET version = 2 WHERE id = (SELECT own_check FROM own_check_version \
             WHERE version = 2)",
        ),
        (
            "UPDATE verdict SET check_version = 7 WHERE check_version = 2 AND check_id LIKE 'chk_%' \
             AND ended_at IS NULL AND status = 'pass'",
            "UPDATE verdict SET check_version = 2 WHERE check_version = 7",
        ),
    ] {
        // What the server remembers of the wording is not to stand in the way of the forgery.
        world.tamper(change).await;
        world
            .tamper(
                "UPDATE catalogue_use SET digest = (SELECT digest FROM migration WHERE number = 1)",
            )
            .await;
        forged(&world, change, &[Contradiction, OtherVerdict, Removed]).await;
        world.tamper(back).await;
    }
}

async fn a_database_that_changes_terms_is_found_by_the_ledger(world: World) {
    live(&world).await;
    assert!(world.verify().await.faults.is_empty());
    for (change, back) in [
        (
            "UPDATE own_check_version SET terms = REPLACE(terms, '<= 120', '<= 9000') WHERE version = 2",
            "UPDATE own_check_version SET terms = REPLACE(terms, '<= 9000', '<= 120') WHERE version = 2",
        ),
        (
            "UPDATE own_check SET retired_at = 5 WHERE version = 2 AND retired_at IS NULL",
            "UPDATE own_check SET retired_at = NULL WHERE retired_at = 5",
        ),
    ] {
        world.tamper(change).await;
        let faults = world.verify().await.faults;
        let is_found = faults.iter().any(|fault| fault.contains("own check"));
        assert!(is_found, "{change}: {faults:?}");
        world.tamper(back).await;
    }
    assert!(world.verify().await.faults.is_empty());
}
