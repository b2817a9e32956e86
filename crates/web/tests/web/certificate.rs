//! The server's own certificate while it runs.

use crate::{
    line::shown,
    world::{NOW, World, limits},
};
use closedset_core::Duration;
use closedset_web::Limits;
use std::time;

#[tokio::test(flavor = "multi_thread")]
async fn it_is_made_anew_before_it_ends_without_a_restart() {
    let world = World::new().await;
    let certificate = time::Duration::from_millis(20);
    let serving = world.serve(Limits { certificate, ..limits() }).await;
    let line = serving.line.clone();
    let before = shown(&line.connect().unwrap());
    world.clock.set(NOW + Duration::from_days(800));
    for _ in 0..200 {
        if shown(&line.connect().unwrap()) != before {
            return;
        }
        tokio::time::sleep(certificate).await;
    }
    panic!("the old certificate is still shown");
}
