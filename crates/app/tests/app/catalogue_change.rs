//! Starts with another catalogue than the last time.

use crate::{
    computer::{Computer, SCREEN_LOCK},
    world::{World, on_both},
};
use closedset_app::{board, sweep, tasks};
use closedset_catalogue::{Catalogue, CatalogueFile};
use closedset_core::{Duration, Status, check_in::Outcome};

on_both!(
    a_check_that_is_added_changed_and_taken_out_takes_effect_without_any_report,
    the_same_catalogue_again_writes_nothing,
    what_a_check_that_was_taken_out_left_behind_stops_nothing,
);

const OWN: &str = "own-short-lock";

/// The program's catalogue and one check of the facility's own.
fn with_own(version: i64, longest_s: i64) -> Catalogue {
    let text = format!(
        r#"
[[check]]
id = "{OWN}"
framework = "netflix-minimum"
control = "IS-7"
title = "Screens lock early"
over = "device"
needs = ["screen_lock"]
fresh_for = "7d"
pass = "screen_lock.longest_s <= {longest_s}"
because = "'locks after ' + string(screen_lock.longest_s) + ' s'"
wanted = "Screens lock early."
version = {version}
"#
    );
    Catalogue::with(&[CatalogueFile { name: "checks/own.toml", text: &text }]).unwrap()
}

async fn a_check_that_is_added_changed_and_taken_out_takes_effect_without_any_report(world: World) {
    let mut computer = Computer::reporting(&world, 1).await;
    let subject = computer.subject();
    let lasts = world.verdict(&subject, SCREEN_LOCK).await;
    world.advance(Duration::from_hours(1));
    let world = world.with_catalogue(with_own(1, 60)).await;
    world.sweep().await;
    let added = world.verdict(&subject, OWN).await;
    assert_eq!((added.status, added.began_at), (Status::Fail, world.now()));
    assert_eq!(world.tasks(&subject, OWN).await.len(), 1);
    world.advance(Duration::from_hours(1));
    let world = world.with_catalogue(with_own(2, 3600)).await;
    world.sweep().await;
    let changed = world.verdict(&subject, OWN).await;
    assert_eq!((changed.status, changed.check_version), (Status::Pass, 2));
    assert!(world.tasks(&subject, OWN).await.is_empty());
    world.advance(Duration::from_hours(1));
    let world = world.with_catalogue(with_own(3, 60)).await;
    world.sweep().await;
    let world = world.with_catalogue(Catalogue::embedded().unwrap()).await;
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    assert_eq!(world.kinds_from(from).await, ["subject.assessed"]);
    assert_eq!(world.body(from).await["verdicts_ended"], serde_json::json!([OWN]));
    let history = world.history(&subject, OWN).await;
    assert!(history.iter().all(|(_, _, ended)| ended.is_some()), "{history:?}");
    assert!(world.tasks(&subject, OWN).await.is_empty());
    // What did not change goes on as one interval, and so does the device.
    assert_eq!(world.verdict(&subject, SCREEN_LOCK).await.began_at, lasts.began_at);
    assert_eq!(computer.confirm(&world).await.unwrap().outcome, Outcome::Confirmed);
    assert!(world.verify().await.faults.is_empty());
}

async fn the_same_catalogue_again_writes_nothing(world: World) {
    Computer::reporting(&world, 1).await;
    // The first start opens the log.
    let world = world.with_catalogue(Catalogue::embedded().unwrap()).await;
    let before = world.entry_count(world.log()).await;
    let world = world.with_catalogue(Catalogue::embedded().unwrap()).await;
    world.sweep().await;
    assert_eq!(world.kinds_from(before).await, [""; 0]);
    let world = world.with_catalogue(with_own(1, 3600)).await;
    let kinds = world.kinds_from(before).await;
    assert_eq!(kinds, ["catalogue.changed"], "no control's verdict turned");
    world.sweep().await;
    assert!(world.entry_count(world.log()).await > before + 1);
}

async fn what_a_check_that_was_taken_out_left_behind_stops_nothing(world: World) {
    let world = world.with_catalogue(with_own(1, 60)).await;
    let mut first = Computer::reporting(&world, 1).await;
    let mut second = Computer::reporting(&world, 2).await;
    let world = world.with_catalogue(Catalogue::embedded().unwrap()).await;
    // Before any sweep: the statement itself meets what is left of the old check.
    assert_eq!(first.confirm(&world).await.unwrap().outcome, Outcome::Confirmed);
    sweep::sweep(&world.app).await.unwrap();
    assert_eq!(second.confirm(&world).await.unwrap().outcome, Outcome::Confirmed);
    for computer in [first, second] {
        let open = world.tasks(&computer.subject(), OWN).await;
        assert!(open.is_empty(), "{open:?}");
    }
    let (open, _) = tasks::task_counts(&world.app, &world.owner).await.unwrap();
    let control = board::control_detail(&world.app, &world.owner, "IS-7").await.unwrap();
    assert!(control.checks.iter().all(|check| check.check.id != OWN), "{open}");
}
