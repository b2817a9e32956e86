//! The whole router, and the order in which a request passes the guards.

use crate::{
    Limits,
    bodies::{self, BODY_LIMIT, Bodies},
    demonstration, guard, headers, health, limits, metrics,
    metrics::Metrics,
    remains, session,
};
use axum::{Router, extract::DefaultBodyLimit, middleware};
use closedset_app::App;
use std::sync::Arc;

/// What the binary decides about the server.
#[derive(Debug, Clone, Default)]
pub struct WebOptions {
    /// What counts requests.
    pub metrics: Arc<Metrics>,
    /// What it bears.
    pub limits: Limits,
}

/// Everything Closedset serves. Requests pass from the outermost layer inwards: counting, headers,
/// the mark of a demonstration, the same-origin guard, the session, the body.
pub fn router(app: &App, options: &WebOptions) -> Router {
    let served = Router::new()
        .merge(closedset_pages::routes(app))
        .merge(closedset_api::routes(app))
        .layer(middleware::from_fn_with_state(Bodies::new(app, &options.limits), bodies::take))
        .layer(middleware::from_fn_with_state(app.clone(), session::attach))
        .layer(middleware::from_fn(guard::same_origin));
    Router::new()
        .merge(served)
        .merge(health::routes(app))
        .merge(metrics::routes(app, options.metrics.clone()))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard::one_host))
        .layer(middleware::from_fn_with_state(options.limits.clone(), limits::in_time))
        .layer(middleware::from_fn_with_state(remains::Bounds::default(), remains::drop_them))
        .layer(middleware::from_fn_with_state(app.clone(), demonstration::tell))
        .layer(middleware::from_fn(headers::add))
        .layer(middleware::from_fn_with_state(options.metrics.clone(), metrics::count))
}
