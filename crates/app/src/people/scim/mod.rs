//! People as a directory brings them by SCIM (RFC 7643, 7644): users are people of the register, and whether they are
//! active is whether they are engaged. One use case a file.
//!
//! A directory sees whom it brought and nobody else. Whoever is in the register by the same address is taken over when it
//! brings them; whom it removes stays in the register, with an engagement that ended. What it said is kept beside the
//! register, so that it is told the same again; names and addresses of whoever signs in here are not its to change. Groups
//! grant nothing.
//!
//! What is sent is read in `closedset-scim`, and put into words of the register by `closedset-api`.

mod activity;
mod group;
mod group_add;
mod group_change;
mod group_remove;
mod known;
mod list;
mod user_add;
mod user_change;
mod user_remove;

pub use group::{GROUPS, Group, GroupWords, MEMBERS, group_list, group_one};
pub use group_add::group_add;
pub use group_change::group_change;
pub use group_remove::group_remove;
pub use known::{Said, USERS, User, UserWords};
pub use list::{user_by_external_id, user_by_name, user_list, user_one, user_page};
pub use user_add::user_add;
pub use user_change::user_change;
pub use user_remove::user_remove;
