//! The whole router, and the order in which a request passes the guards.

use crate::{guard, headers, health, metrics, metrics::Metrics, session};
use axum::{Router, extract::DefaultBodyLimit, middleware};
use closedset_app::App;
use std::{sync::Arc, time::Duration};
use tower_http::timeout::TimeoutLayer;

/// The largest body of an ordinary request; uploads and check-ins have limits of their own.
const BODY_LIMIT: usize = 1 << 20;
/// The longest an ordinary request may take. Uploads of gigabytes take longer and are bounded by
/// progress instead.
const TIME_LIMIT: Duration = Duration::from_secs(30 * 60);

/// What the binary decides about the server.
#[derive(Debug, Clone)]
pub struct WebOptions {
    /// What counts requests.
    pub metrics: Arc<Metrics>,
}

/// Everything Closedset serves. Requests pass from the outermost layer inwards: counting, headers,
/// the same-origin guard, the session.
pub fn router(app: &App, options: &WebOptions) -> Router {
    let served = Router::new()
        .merge(closedset_pages::routes(app))
        .merge(closedset_api::routes(app))
        .layer(middleware::from_fn_with_state(app.clone(), session::attach))
        .layer(middleware::from_fn(guard::same_origin));
    Router::new()
        .merge(served)
        .merge(health::routes(app))
        .merge(metrics::routes(options.metrics.clone()))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard::one_host))
        .layer(middleware::from_fn(headers::add))
        .layer(TimeoutLayer::with_status_code(http::StatusCode::REQUEST_TIMEOUT, TIME_LIMIT))
        .layer(middleware::from_fn_with_state(options.metrics.clone(), metrics::count))
}
