//! What people's exceptions make of a verdict. Pure, and the same for whoever assesses and whoever
//! makes a pack's verdicts anew.

use crate::catalogue::Catalogue;
use crate::check::Check;
use closedset_core::exception::{Asked, Excepted, Exception, ExceptionForm, covering};
use closedset_core::{Status, Subject, Time, Verdict};

impl Catalogue {
    /// The verdict of `check` about `subject` as of `at`, where `beneath` is what the check says by
    /// itself: the same, or what the exception that covers it makes of it. The words keep what was
    /// found. An expiry of the exception is not in `fresh_until`; see
    /// [`next_change`](closedset_core::exception::next_change).
    pub fn except(
        &self,
        check: &Check,
        subject: &Subject,
        beneath: Verdict,
        exceptions: &[Exception],
        at: Time,
    ) -> Verdict {
        let control = self.control(&check.control);
        let asked = Asked {
            check: &check.id,
            control: &check.control,
            is_evidence: check.is_evidence,
            is_none_allowed: control.is_some_and(|control| control.none_allowed),
            subject,
        };
        let Some((exception, status)) = covering(exceptions, asked, beneath.status, at) else {
            return beneath;
        };
        let found = &beneath.because;
        let because = match (exception.terms.form, beneath.status) {
            (ExceptionForm::RiskAccepted, Status::Unknown) => {
                format!("risk accepted although it is unknown: {found}")
            }
            (ExceptionForm::RiskAccepted, _) => {
                format!("risk accepted although it fails: {found}")
            }
            (ExceptionForm::NotApplicable, _) => {
                format!("signed: does not apply. Without that it is unknown: {found}")
            }
            (ExceptionForm::NoneExists, _) => {
                format!("signed: there is none. Without that it is unknown: {found}")
            }
        };
        let excepted = Some(Excepted { beneath: beneath.status, exception: exception.id });
        Verdict { status, because, excepted, ..beneath }
    }
}
