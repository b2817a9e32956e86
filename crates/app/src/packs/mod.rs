//! Audit packs: everything an assessor needs, gathered from the registers and proven by the ledger.

mod counted;
mod create;
mod gather;
mod limited;
mod list;
mod recipients;
mod remake;
mod without_names;

pub use closedset_pack::lock::Recipient;
pub(crate) use counted::catch_up;
pub use create::{NewPack, pack_create};
pub use limited::{Choice, choices};
pub use list::{pack_detail, pack_file_name, pack_list, pack_open, pack_report};
pub use recipients::recipients;
pub use remake::Remake;
