//! The server's own certificate while it runs.

use crate::{
    line::shown,
    world::{NOW, World, limits},
};
use closedset_app::{
    network::{self, CERTIFICATE_TASK},
    tasks::{self, TaskState, TasksOf},
};
use closedset_core::Duration;
use closedset_store::tasks::TaskRow;
use std::{fs, future, time};

const EVERY: time::Duration = time::Duration::from_millis(20);

/// The tasks about the certificate, once there are so many.
async fn tasks(world: &World, state: TaskState, count: usize) -> Vec<TaskRow> {
    let mut found = Vec::new();
    for _ in 0..200 {
        let listed =
            tasks::task_list(&world.app, &world.caller, state, TasksOf::Anybody, None, 50).await;
        found = listed.unwrap().0;
        found.retain(|task| task.check == CERTIFICATE_TASK);
        if found.len() == count {
            break;
        }
        tokio::time::sleep(EVERY).await;
    }
    assert_eq!(found.len(), count, "{found:?}");
    found
}

/// The task is about what others can see and browsers do: a file that nobody can read is told when it is
/// so for an hour, not in the middle of another program's renewal, and told once.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_there_while_the_certificate_keeps_failing_and_closes_by_itself() {
    let world = World::new().await;
    let given = world.folder.path().join("tls/given.pem");
    fs::write(&given, "nothing").unwrap();
    world.keeper.look(NOW).unwrap();
    tokio::spawn(network::keep(world.app.clone(), EVERY, future::pending()));
    tokio::time::sleep(EVERY * 10).await;
    tasks(&world, TaskState::Open, 0).await;
    world.clock.set(NOW + Duration::from_hours(2));
    let open = tasks(&world, TaskState::Open, 1).await.remove(0);
    assert_eq!(open.title, "See why the server’s certificate is not used or renewed");
    assert_eq!(open.due_at, NOW + Duration::from_hours(2) + Duration::from_days(7));
    // Whoever says that it is done is not contradicted every minute.
    tasks::task_done(&world.app, &world.caller, open.id, "seen to").await.unwrap();
    tokio::time::sleep(EVERY * 10).await;
    tasks(&world, TaskState::Open, 0).await;
    // Another server's start finds it as it is, and then it is mended.
    let second = tokio::spawn(network::keep(world.app.clone(), EVERY, future::pending()));
    tasks(&world, TaskState::Open, 1).await;
    fs::remove_file(&given).unwrap();
    tasks(&world, TaskState::Open, 0).await;
    let done = tasks(&world, TaskState::Done, 2).await;
    let closed = done.iter().find(|task| task.note == "the certificate is good again").unwrap();
    assert_eq!(closed.done_by.as_deref(), Some("Closedset"));
    second.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_made_anew_before_it_ends_without_a_restart() {
    let world = World::new().await;
    let every = time::Duration::from_millis(20);
    let serving = world.serve(limits()).await;
    tokio::spawn(network::keep(world.app.clone(), every, future::pending()));
    let line = serving.line.clone();
    let before = shown(&line.connect().unwrap());
    world.clock.set(NOW + Duration::from_days(800));
    for _ in 0..200 {
        if shown(&line.connect().unwrap()) != before {
            break;
        }
        tokio::time::sleep(every).await;
    }
    assert_ne!(shown(&line.connect().unwrap()), before, "the old certificate is still shown");
    let metrics =
        line.say(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let ends = world.keeper.situation().in_use.facts.ends.seconds();
    assert!(ends > (NOW + Duration::from_days(1600)).seconds());
    let line = format!("closedset_certificate_ends_seconds {ends}\n");
    assert!(metrics.body.contains(&line), "{}", metrics.body);
    assert!(metrics.body.contains("closedset_certificate_fails 0\n"));
}
