//! `/metrics` in the text format of Prometheus: requests by area and status class, and how long they
//! took. No person, device or title is named.

use axum::{
    Router,
    extract::{Request, State},
    middleware::Next,
    response::Response,
    routing::get,
};
use closedset_app::{
    App,
    network::{self, Standing},
};
use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

const AREAS: [&str; 3] = ["pages", "api", "agent"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Upper bounds of the duration buckets, in microseconds.
const BUCKETS: [u64; 8] = [1_000, 5_000, 20_000, 50_000, 100_000, 300_000, 1_000_000, 5_000_000];

/// What is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: [[AtomicU64; CLASSES.len()]; AREAS.len()],
    durations: [[AtomicU64; BUCKETS.len() + 1]; AREAS.len()],
    duration_sums: [AtomicU64; AREAS.len()],
}

fn area(path: &str) -> usize {
    if path.starts_with("/api/v1/agent/") {
        2
    } else if path.starts_with("/api/") {
        1
    } else {
        0
    }
}

pub(crate) async fn count(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let area = area(request.uri().path());
    let begun = Instant::now();
    let response = next.run(request).await;
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let class = usize::from(response.status().as_u16() / 100).clamp(1, CLASSES.len()) - 1;
    metrics.requests[area][class].fetch_add(1, Ordering::Relaxed);
    let bucket = BUCKETS.iter().position(|bound| micros <= *bound).unwrap_or(BUCKETS.len());
    metrics.durations[area][bucket].fetch_add(1, Ordering::Relaxed);
    metrics.duration_sums[area].fetch_add(micros, Ordering::Relaxed);
    response
}

pub(crate) fn routes(app: &App, metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(text)).with_state((app.clone(), metrics))
}

async fn text(State((app, metrics)): State<(App, Arc<Metrics>)>) -> String {
    let mut text = String::from("# TYPE closedset_requests_total counter\n");
    for (area, counts) in AREAS.iter().zip(&metrics.requests) {
        for (class, count) in CLASSES.iter().zip(counts) {
            let count = count.load(Ordering::Relaxed);
            let _ = writeln!(
                text,
                "closedset_requests_total{{area=\"{area}\",status=\"{class}\"}} {count}"
            );
        }
    }
    text.push_str("# TYPE closedset_request_seconds histogram\n");
    for ((area, counts), sum) in AREAS.iter().zip(&metrics.durations).zip(&metrics.duration_sums) {
        let mut total = 0;
        for (bound, count) in BUCKETS.iter().zip(counts) {
            total += count.load(Ordering::Relaxed);
            let bound = *bound as f64 / 1e6;
            let _ = writeln!(
                text,
                "closedset_request_seconds_bucket{{area=\"{area}\",le=\"{bound}\"}} {total}"
            );
        }
        total += counts[BUCKETS.len()].load(Ordering::Relaxed);
        let sum = sum.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = writeln!(
            text,
            "closedset_request_seconds_bucket{{area=\"{area}\",le=\"+Inf\"}} {total}"
        );
        let _ = writeln!(text, "closedset_request_seconds_sum{{area=\"{area}\"}} {sum}");
        let _ = writeln!(text, "closedset_request_seconds_count{{area=\"{area}\"}} {total}");
    }
    if let Some(Standing { ends, fails }) = network::standing(&app) {
        let (ends, fails) = (ends.seconds(), u8::from(fails));
        text.push_str("# TYPE closedset_certificate_ends_seconds gauge\n");
        let _ = writeln!(text, "closedset_certificate_ends_seconds {ends}");
        text.push_str("# TYPE closedset_certificate_fails gauge\n");
        let _ = writeln!(text, "closedset_certificate_fails {fails}");
    }
    text
}
