//! The server's own certificate while it runs.

use crate::{
    line::shown,
    world::{NOW, World, limits},
};
use closedset_app::network;
use closedset_core::Duration;
use std::{future, time};

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
