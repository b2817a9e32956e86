//! Days of the past on pages, where the clock was set back since.

use crate::world::{NOW, World, answer, head, limits};
use axum::body::Body;
use closedset_core::Duration;

#[tokio::test]
async fn a_day_before_the_last_entry_is_shown_though_the_clock_went_back() {
    let world = World::new().await;
    // To just before midnight in Stockholm.
    world.clock.set(NOW - Duration::from_hours(11));
    let (cookie, _) = world.session().await;
    for page in ["/board", "/controls/AD-1"] {
        for (day, status) in [("2026-03-11", 200), ("2026-03-12", 200), ("2026-03-13", 422)] {
            let path = format!("{page}?as_of={day}");
            let request = head("GET", &path).header("cookie", &cookie).body(Body::empty()).unwrap();
            let (answered, body) = answer(world.router(limits()), request).await;
            assert_eq!(answered, status, "{path} {body}");
            assert!(body.contains("value=\"2026-03-1"), "{path} {body}");
        }
    }
}
