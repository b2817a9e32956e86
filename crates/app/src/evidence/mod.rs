//! Evidence given by hand for a control: documents and attestations, and the fact derived of them.

mod attestation;
mod derive;
mod document;
mod drawn;
mod pieces;

pub use attestation::{NewAttestation, attestation_list, attestation_sign, attestation_withdraw};
pub(crate) use derive::{asked_again, catch_up, derive_control, in_force_at};
pub use document::{
    DOCUMENT_LIMIT, DocumentDetail, NewDocument, document_add, document_detail, document_list,
    document_open, document_withdraw,
};
pub(crate) use document::{Given, document_give, document_take_back, file_name, receive};
pub(crate) use drawn::{keep_drawn, let_go_if_refused};
pub use pieces::{Piece, Pieces, pieces};

use crate::{FieldProblem, Problem};
use closedset_catalogue::Catalogue;
use closedset_core::{Duration, Time};

/// The longest that evidence given by hand may count.
pub const LONGEST: Duration = Duration::from_days(3 * 366);

pub(crate) fn check_period(
    catalogue: &Catalogue,
    control: &str,
    valid_from: Time,
    valid_to: Time,
    now: Time,
) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if !catalogue.answers(control) {
        problems.push(FieldProblem {
            field: "control",
            message:
                "Choose the control this is evidence for, of a framework that is answered here."
                    .into(),
        });
    }
    if valid_to <= now {
        problems.push(FieldProblem {
            field: "valid_to",
            message: "The last day lies in the past.".into(),
        });
    } else if valid_to <= valid_from {
        problems.push(FieldProblem {
            field: "valid_to",
            message: "The last day must not lie before the day from which it counts.".into(),
        });
    } else if valid_to.since(valid_from) > LONGEST {
        problems.push(FieldProblem {
            field: "valid_to",
            message: "Evidence counts for at most three years.".into(),
        });
    }
    problems
}

/// The first `limit` of the rows, and whether there are more.
pub(crate) fn page<T>(mut rows: Vec<T>, limit: i64) -> (Vec<T>, bool) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    (rows, more)
}

/// The longest reason that is kept.
const REASON_LIMIT: usize = 500;

/// A reason as it is kept.
pub(crate) fn reason(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Problem::field("reason", "Say why, in a few words; it stands in the ledger.")),
        count if count > REASON_LIMIT => {
            Err(Problem::field("reason", "A reason has at most 500 characters."))
        }
        _ => Ok(text.to_owned()),
    }
}

pub(crate) fn invalid_unless_empty(problems: Vec<FieldProblem>) -> Result<(), Problem> {
    if problems.is_empty() { Ok(()) } else { Err(Problem::Invalid(problems)) }
}
