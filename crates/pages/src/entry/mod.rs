//! The way in: set-up, sign-in, the second factor, and out again.

pub mod account_delete;
pub mod confirm;
mod handlers;
pub mod join;
pub mod organisations;
mod passkey;
mod places;
pub mod provider;
pub mod set_up;
pub mod sign_in;

pub(crate) use confirm::{Question, before};
pub(crate) use handlers::{field, grouped, known, routes, split, with_cookie};
pub(crate) use places::{countries, time_zones};
pub(crate) use provider::going_on;
