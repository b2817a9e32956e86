//! Settings: the organisation's profile, one's own account, tokens, and what runs here.

mod browser;
mod handlers;
pub mod view;

pub(crate) use handlers::routes;
