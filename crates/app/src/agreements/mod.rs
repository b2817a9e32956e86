//! What whoever works here must sign: confidentiality before anything else. One use case a file.
//!
//! An agreement has versions; a new one can ask everybody to sign again. It binds everybody who is engaged, or, where a
//! client asks for one of its own, everybody who is assigned to that client's titles. Somebody without an account
//! signs by a link that was made for them alone. Each signature becomes a file to keep, whose digest stands in the
//! ledger. What was signed on paper is uploaded, and counts when a second person has confirmed it.

mod add;
mod list;
mod paper;
mod paper_judge;
mod paper_upload;
mod personal_link;
mod publish;
mod retire;
mod scan;
mod sign;
mod signature_withdraw;
mod text;

pub use add::{NewAgreement, agreement_add};
use list::owing;
pub use list::{
    AgreementDetail, AgreementShown, Bound, OWING, agreement_detail, agreement_list, bound_by,
    signature_file, signature_one,
};
pub use paper_judge::{paper_confirm, paper_file, paper_one, paper_refuse};
pub use paper_upload::{NewPaper, paper_upload};
pub(crate) use personal_link::remind;
pub use personal_link::{
    LINK_DAYS, REMINDED, Reminded, agreement_remind, personal_link_mail, personal_link_make,
};
pub use publish::{NewVersion, agreement_publish};
pub use retire::agreement_retire;
pub(crate) use scan::let_go;
pub use scan::{SCAN_LIMIT, ScanForm};
pub use sign::{Offered, Owed, owed, sign, signed_file};
pub(crate) use sign::{digest_of, live, name_of};
pub use signature_withdraw::signature_withdraw;

use crate::Problem;
use closedset_core::id::{Agreement, Id, Organisation};
use closedset_store::{
    Tx,
    agreements::{self, AgreementRow},
};

/// More agreements are not kept.
const AGREEMENTS: usize = 200;

/// An agreement that was not retired.
fn in_force(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    id: Id<Agreement>,
) -> Result<AgreementRow, Problem> {
    agreements::agreement_by_id(tx, organisation, id)?
        .filter(|row| row.retired_at.is_none())
        .ok_or(Problem::NotFound("agreement"))
}
