//! What the facility is like (AD-1): its building, how large it is, which rooms hold content, who is next door.
//!
//! Saying so draws up a file, which counts as a document for the control for a year ([`crate::evidence`]): its end, its
//! reminder and its place in a pack are those of documents. When it is said otherwise, the file is another version. When the
//! facility's name or address changes, it is taken back until somebody looks.

mod map;
mod paper;
mod say;
mod settle;
mod shown;
mod terms;

pub use map::{map_text, osm_address};
pub use say::facility_profile_say;
pub(crate) use settle::take_back;
pub use shown::{FacilityProfileShown, ProfileFile, facility_profile};
pub use terms::NewFacilityProfile;

use closedset_core::{Action, Actions};

/// The control that the file answers.
pub const CONTROL: &str = "AD-1";
/// So many days what was said counts.
pub const SAID_FOR_DAYS: i32 = 365;

/// What it takes to see it.
pub fn needs_to_read() -> Actions {
    Actions::from(Action::EvidenceRead)
}

/// What it takes to say it.
pub fn needs_to_write() -> Actions {
    Actions::from(Action::EvidenceWrite)
}
