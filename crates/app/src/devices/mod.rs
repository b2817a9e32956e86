//! Devices: enrolment, check-ins, what a person confirms, and revocation.

mod allowance;
mod check_in;
mod confirm;
mod enrol;
mod hand_in;
mod list;
mod names;
mod revoke;
mod roll_up;
mod two_computers;

pub(crate) use allowance::Allowances;
pub(crate) use check_in::AGENT;
pub use check_in::{CLOCK_TOLERANCE, check_in};
pub use confirm::{Confirmed, device_confirm};
pub use enrol::{ENROLMENT_LIFE, enrol, enrolment_create};
pub use hand_in::{HandedIn, report_hand_in};
pub use list::{DeviceDetail, DeviceSummary, device_detail, device_detail_as_of, device_list};
pub use names::device_names;
pub use revoke::device_revoke;
pub use roll_up::{roll_up, roll_up_due};
