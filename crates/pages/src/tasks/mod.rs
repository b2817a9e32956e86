//! Tasks: what is to be done, whose it is and by when, saying that it is done, and being reminded.

mod list;
mod owner;
mod plan;
mod reminders;
mod serve;
mod task;

pub use list::{DoneTask, OpenTask, TaskSubject, TaskTab, Tasks};
pub use owner::Owner;
pub(crate) use reminders::days;
pub use reminders::{MailStop, RemindersPage};
pub use task::{PlanForm, TaskDone, TaskPage};

use axum::{
    Router,
    routing::{get, post},
};
use closedset_app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(reminders::routes())
        .route("/tasks", get(serve::tasks))
        .route("/tasks/{id}", get(plan::task))
        .route("/tasks/{id}/plan", post(plan::plan))
        .route("/tasks/{id}/take", post(plan::take))
        .route("/tasks/{id}/done", post(serve::done))
}
