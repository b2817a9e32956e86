//! Tasks: what is to be done, by when, and saying that it is.

mod list;
mod serve;

pub use list::{DoneTask, OpenTask, TaskSubject, Tasks};

use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/tasks", get(serve::tasks)).route("/tasks/{id}/done", post(serve::done))
}
