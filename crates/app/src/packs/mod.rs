//! Audit packs: everything an assessor needs, gathered from the registers and proven by the ledger.

mod create;
mod gather;
mod list;

pub use create::{NewPack, pack_create};
pub use list::{pack_detail, pack_list, pack_open};
