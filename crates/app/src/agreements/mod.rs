//! What whoever works here must sign: confidentiality before anything else. One use case a file.
//!
//! An agreement has versions; a new one can ask everybody to sign again. It binds everybody who is engaged, or, where a
//! client asks for one of its own, everybody who is assigned to that client's titles. Somebody without an account
//! signs by a link that was made for them alone. Each signature becomes a file to keep, whose digest stands in the
//! ledger.

mod add;
mod list;
mod paper;
mod personal_link;
mod publish;
mod retire;
mod sign;
mod text;

pub use add::{NewAgreement, agreement_add};
pub use list::{
    AgreementDetail, AgreementShown, Bound, OWING, agreement_detail, agreement_list, bound_by,
    signature_file,
};
pub use personal_link::{LINK_DAYS, personal_link_make};
pub use publish::{NewVersion, agreement_publish};
pub use retire::agreement_retire;
pub use sign::{Offered, Owed, owed, sign, signed_file};
pub(crate) use sign::{digest_of, live, name_of};

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
