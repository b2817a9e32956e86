//! One sentence about what a form just did, carried to the next page by a cookie that lives a
//! minute and is taken back as soon as it was shown.

use super::cookie;
use crate::{Flash, FlashKind};
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use std::borrow::Cow;

const NAME: &str = "__Host-closedset-done";
const KEPT_S: u32 = 60;

/// What a form did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Saved,
    ZoneChanged,
    Uploaded,
    Signed,
    Asked,
    Granted,
    Withdrawn,
    Confirmed,
    DeviceRevoked,
    ReportEnrolled,
    ReportTaken,
    ReportConfirmed,
    ReportKnown,
    ReportOld,
    TokenRevoked,
    TaskClosed,
    TaskPlanned,
    TaskTaken,
    Erased,
    SignedOutThere,
    PackBegun,
    FactorAdded,
    FactorRemoved,
    IdentityAdded,
    IdentityRemoved,
    PasswordChanged,
    InvitationRevoked,
    RoleChanged,
    PersonRemoved,
    PersonSignedOut,
    Joined,
    OrganisationMade,
    CheckWritten,
    CheckRetired,
    FrameworksChosen,
    ClientEntered,
    TitleEntered,
    AgreementInForce,
    AgreementRetired,
    DraftSaved,
    DraftSent,
    DraftDropped,
    PolicyApproved,
    PolicyReviewed,
    PolicyRetired,
    HandbookGiven,
    ContactsNamed,
    PersonEntered,
    PersonForgotten,
    RegisterConfirmed,
    PaperUploaded,
    PaperRefused,
    TakenOut,
    AuditEntered,
    FindingEntered,
    FindingClosed,
    StepClosed,
    LinkMailed,
    FindingAccepted,
    FindingReopened,
    FacilityDescribed,
    QuestionnaireTakenIn,
    AnswersTakenOver,
    NothingTakenOver,
    RiskAdded,
    RiskReviewed,
    RiskAccepted,
    RiskClosed,
    /// Signed in with a recovery code; so many are left.
    RecoveryCodeUsed(u8),
    /// A mail goes to so many; of so many no address is known; so many got one lately.
    Reminded((u16, u16, u16)),
}

/// What a recovery code's use is called, before the number of those left.
const RECOVERY: &str = "recovery-code-used-";
/// What reminding is called, before the number of those to whom a mail goes, of those without an address, and of those who
/// got one lately.
const REMINDED: &str = "reminded-";
/// More are never left.
const MOST_LEFT: u8 = 10;
/// More are never reminded in one go.
const MOST_REMINDED: u16 = 999;

impl Done {
    /// That people were reminded.
    pub(crate) fn reminded(who: closedset_app::agreements::Reminded) -> Self {
        let count = |many: usize| u16::try_from(many).unwrap_or(MOST_REMINDED).min(MOST_REMINDED);
        Self::Reminded((count(who.mailed), count(who.without_address), count(who.lately)))
    }

    /// All that say the same each time.
    const ALL: [Self; 68] = [
        Self::Saved,
        Self::ZoneChanged,
        Self::Uploaded,
        Self::Signed,
        Self::Asked,
        Self::Granted,
        Self::Withdrawn,
        Self::Confirmed,
        Self::DeviceRevoked,
        Self::ReportEnrolled,
        Self::ReportTaken,
        Self::ReportConfirmed,
        Self::ReportKnown,
        Self::ReportOld,
        Self::TokenRevoked,
        Self::TaskClosed,
        Self::TaskPlanned,
        Self::TaskTaken,
        Self::Erased,
        Self::SignedOutThere,
        Self::PackBegun,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::IdentityAdded,
        Self::IdentityRemoved,
        Self::PasswordChanged,
        Self::InvitationRevoked,
        Self::RoleChanged,
        Self::PersonRemoved,
        Self::PersonSignedOut,
        Self::Joined,
        Self::OrganisationMade,
        Self::CheckWritten,
        Self::CheckRetired,
        Self::FrameworksChosen,
        Self::ClientEntered,
        Self::TitleEntered,
        Self::AgreementInForce,
        Self::AgreementRetired,
        Self::DraftSaved,
        Self::DraftSent,
        Self::DraftDropped,
        Self::PolicyApproved,
        Self::PolicyReviewed,
        Self::PolicyRetired,
        Self::HandbookGiven,
        Self::ContactsNamed,
        Self::PersonEntered,
        Self::PersonForgotten,
        Self::RegisterConfirmed,
        Self::PaperUploaded,
        Self::PaperRefused,
        Self::TakenOut,
        Self::AuditEntered,
        Self::FindingEntered,
        Self::FindingClosed,
        Self::StepClosed,
        Self::LinkMailed,
        Self::FindingAccepted,
        Self::FindingReopened,
        Self::FacilityDescribed,
        Self::QuestionnaireTakenIn,
        Self::AnswersTakenOver,
        Self::NothingTakenOver,
        Self::RiskAdded,
        Self::RiskReviewed,
        Self::RiskAccepted,
        Self::RiskClosed,
    ];

    fn of(key: &str) -> Option<Self> {
        if let Some(left) = key.strip_prefix(RECOVERY) {
            let left = left.parse().ok().filter(|left| *left <= MOST_LEFT)?;
            return Some(Self::RecoveryCodeUsed(left));
        }
        if let Some(counts) = key.strip_prefix(REMINDED) {
            let mut counts = counts.split('-').map(|count| count.parse().ok());
            let mut next = || counts.next().flatten().filter(|count| *count <= MOST_REMINDED);
            let reminded = (next()?, next()?, next()?);
            return counts.next().is_none().then_some(Self::Reminded(reminded));
        }
        Self::ALL.into_iter().find(|done| done.key() == key)
    }

    fn key(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Saved => "saved",
            Self::ZoneChanged => "zone-changed",
            Self::Uploaded => "uploaded",
            Self::Signed => "signed",
            Self::Asked => "asked",
            Self::Granted => "granted",
            Self::Withdrawn => "withdrawn",
            Self::Confirmed => "confirmed",
            Self::DeviceRevoked => "device-revoked",
            Self::ReportEnrolled => "report-enrolled",
            Self::ReportTaken => "report-taken",
            Self::ReportConfirmed => "report-confirmed",
            Self::ReportKnown => "report-known",
            Self::ReportOld => "report-old",
            Self::TokenRevoked => "token-revoked",
            Self::TaskClosed => "task-closed",
            Self::TaskPlanned => "task-planned",
            Self::TaskTaken => "task-taken",
            Self::Erased => "erased",
            Self::SignedOutThere => "signed-out-there",
            Self::PackBegun => "pack-begun",
            Self::FactorAdded => "factor-added",
            Self::FactorRemoved => "factor-removed",
            Self::IdentityAdded => "identity-added",
            Self::IdentityRemoved => "identity-removed",
            Self::PasswordChanged => "password-changed",
            Self::InvitationRevoked => "invitation-revoked",
            Self::RoleChanged => "role-changed",
            Self::PersonRemoved => "person-removed",
            Self::PersonSignedOut => "person-signed-out",
            Self::Joined => "joined",
            Self::OrganisationMade => "organisation-made",
            Self::CheckWritten => "check-written",
            Self::CheckRetired => "check-retired",
            Self::FrameworksChosen => "frameworks-chosen",
            Self::ClientEntered => "client-entered",
            Self::TitleEntered => "title-entered",
            Self::AgreementInForce => "agreement-in-force",
            Self::AgreementRetired => "agreement-retired",
            Self::DraftSaved => "draft-saved",
            Self::DraftSent => "draft-sent",
            Self::DraftDropped => "draft-dropped",
            Self::PolicyApproved => "policy-approved",
            Self::PolicyReviewed => "policy-reviewed",
            Self::PolicyRetired => "policy-retired",
            Self::ContactsNamed => "contacts-named",
            Self::HandbookGiven => "handbook-given",
            Self::PersonEntered => "person-entered",
            Self::PersonForgotten => "person-forgotten",
            Self::RegisterConfirmed => "register-confirmed",
            Self::PaperUploaded => "paper-uploaded",
            Self::PaperRefused => "paper-refused",
            Self::TakenOut => "taken-out",
            Self::AuditEntered => "audit-entered",
            Self::FindingEntered => "finding-entered",
            Self::FindingClosed => "finding-closed",
            Self::StepClosed => "step-closed",
            Self::LinkMailed => "link-mailed",
            Self::FindingAccepted => "finding-accepted",
            Self::FindingReopened => "finding-reopened",
            Self::FacilityDescribed => "facility-described",
            Self::QuestionnaireTakenIn => "questionnaire-taken-in",
            Self::AnswersTakenOver => "answers-taken-over",
            Self::NothingTakenOver => "nothing-taken-over",
            Self::RiskAdded => "risk-added",
            Self::RiskReviewed => "risk-reviewed",
            Self::RiskAccepted => "risk-accepted",
            Self::RiskClosed => "risk-closed",
            Self::RecoveryCodeUsed(left) => return Cow::Owned(format!("{RECOVERY}{left}")),
            Self::Reminded((mailed, without, lately)) => {
                return Cow::Owned(format!("{REMINDED}{mailed}-{without}-{lately}"));
            }
        })
    }

    fn sentence(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Saved => "Saved.",
            Self::ZoneChanged => {
                "Saved. Days that were given keep their moment: in the new time zone some may show as \
                 the day before or after. Look at the last days of your documents, attestations and exceptions."
            }
            Self::Uploaded => "Uploaded, and written into the ledger.",
            Self::Signed => "Signed, and written into the ledger.",
            Self::Asked => "Asked for. It covers nothing until another person approves it.",
            Self::Granted => "Granted, and written into the ledger. What it covers stays visible.",
            Self::Withdrawn => "Withdrawn. It no longer counts.",
            Self::Confirmed => "Confirmed. The checks that concern it were asked anew.",
            Self::DeviceRevoked => "Revoked. Nothing that it sends is taken any more.",
            Self::ReportEnrolled => "Taken. The computer is enrolled, and its checks were asked.",
            Self::ReportTaken => "Taken, and written into the ledger. The checks were asked anew.",
            Self::ReportConfirmed => {
                "Taken. It says what was known already, which counts from when it was made."
            }
            Self::ReportKnown => "This report was taken before. Nothing changed.",
            Self::ReportOld => {
                "Taken, and counts from when it was made, which is more than a day ago. What is too \
                 old for a check is unknown."
            }
            Self::TokenRevoked => "Revoked. The token opens nothing any more.",
            Self::TaskClosed => "The task is closed.",
            Self::TaskPlanned => "Planned, and written into the ledger.",
            Self::TaskTaken => "The task is yours.",
            Self::Erased => "Erased. That it was there, and when, stays in the ledger.",
            Self::SignedOutThere => "Signed out there.",
            Self::PackBegun => "The pack is made.",
            Self::FactorAdded => "Added. You can sign in with it from now on.",
            Self::FactorRemoved => "Removed. It opens nothing any more.",
            Self::IdentityAdded => "Linked. You can sign in by the provider from now on.",
            Self::IdentityRemoved => "Ended. The provider lets you in here no more.",
            Self::PasswordChanged => "Changed. Everywhere else you are signed out.",
            Self::InvitationRevoked => "Taken back. Its link opens nothing any more.",
            Self::RoleChanged => "Changed. It counts from their next click on.",
            Self::PersonRemoved => {
                "Removed. They are signed out here, and what they made to come in by is taken back."
            }
            Self::PersonSignedOut => "Signed out. To come in here they sign in anew.",
            Self::Joined => "Welcome. You belong here now.",
            Self::OrganisationMade => {
                "Set up. This is its board; nothing of your other organisations is seen here."
            }
            Self::CheckWritten => {
                "Asked from now on, and written into the ledger. The computers are being looked at."
            }
            Self::CheckRetired => "Asked no more. What it found until now stays.",
            Self::FrameworksChosen => {
                "Answered from now on, and written into the ledger. The computers are being looked at."
            }
            Self::ClientEntered => "Entered. Now enter the titles that you work on for it.",
            Self::TitleEntered => "Entered, and written into the ledger.",
            Self::AgreementInForce => "In force from now on, and written into the ledger.",
            Self::AgreementRetired => "Out of force. What was signed stays signed.",
            Self::DraftSaved => "Saved. Nobody has to keep to it before it is approved.",
            Self::DraftSent => "Sent. It waits to be approved.",
            Self::DraftDropped => "Given up. The words in force stay as they are.",
            Self::PolicyApproved => "In force from now on, and written into the ledger.",
            Self::PolicyReviewed => "Written into the ledger: reviewed, nothing to change.",
            Self::PolicyRetired => "Out of force. Who read it is still shown.",
            Self::ContactsNamed => "Named. Whoever is asked confirms by their own link.",
            Self::HandbookGiven => "The handbook was given as a document for its control.",
            Self::PersonEntered => "Entered, and written into the ledger.",
            Self::PersonForgotten => {
                "Forgotten. That somebody was here on those days stays, without a name."
            }
            Self::RegisterConfirmed => {
                "Confirmed. The list of today is evidence now, and its digest stands in the ledger."
            }
            Self::AuditEntered => {
                "Entered. Now give its report, which is the evidence, and enter what it found."
            }
            Self::FindingEntered => "Entered, with a task for it.",
            Self::FindingClosed | Self::StepClosed => "Closed, and its task with it.",
            Self::LinkMailed => "Mailed. Links that they had before open nothing any more.",
            Self::FindingAccepted => "Accepted. After the last day it is open again by itself.",
            Self::FindingReopened => "Open again, with a new task.",
            Self::FacilityDescribed => "Said. The file of it counts as a document for a year.",
            Self::QuestionnaireTakenIn => {
                "Read. Look through the questions: every one of the file must be here."
            }
            Self::AnswersTakenOver => "Taken over. Read them: they are yours now.",
            Self::NothingTakenOver => {
                "Nothing was taken over: no open question was answered before in the same words."
            }
            Self::RiskAdded => "Added. A task reminds of its review a week before.",
            Self::RiskReviewed => "Reviewed; a task for it is closed.",
            Self::RiskAccepted => {
                "Accepted until then. It stands where it stood; after the last day a task opens."
            }
            Self::RiskClosed => "Closed. It stays to be read.",
            Self::PaperUploaded => "Uploaded. It counts when somebody else has confirmed it.",
            Self::PaperRefused => "Refused. It never counts.",
            Self::TakenOut => "Taken out. That it was there stays in the ledger.",
            Self::Reminded((mailed, without, lately)) => {
                let mut words = match mailed {
                    0 => "No mail was written".to_owned(),
                    1 => "A mail goes to one person".to_owned(),
                    more => format!("A mail goes to each of {more} people"),
                };
                if without > 0 {
                    words += &format!("; of {without} no address is known");
                }
                if lately > 0 {
                    words += &format!("; {lately} got one within a day");
                }
                return Cow::Owned(words + ".");
            }
            Self::RecoveryCodeUsed(left) => {
                let left = match left {
                    0 => "none is left, so make new ones".to_owned(),
                    1 => "1 is left".to_owned(),
                    more => format!("{more} are left"),
                };
                return Cow::Owned(format!(
                    "You used a recovery code; {left}. Add a new second factor under Settings, My \
                     account."
                ));
            }
        })
    }
}

/// Leaves the sentence for the next page.
pub(crate) fn leave(response: &mut Response, done: Done) {
    lay(response, &done.key(), KEPT_S);
}

/// Takes it back.
pub(crate) fn take_back(response: &mut Response) {
    lay(response, "", 0);
}

fn lay(response: &mut Response, value: &str, kept_s: u32) {
    let text = format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={kept_s}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The sentence that was left.
pub(crate) fn left(headers: &HeaderMap) -> Option<Flash> {
    let value = cookie::value(headers, NAME)?;
    let done = Done::of(value)?;
    Some(Flash { kind: FlashKind::Done, text: done.sentence().into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_once_and_nothing_else_can_be_put_into_a_page() {
        let counted = (0..=MOST_LEFT).map(Done::RecoveryCodeUsed);
        let counted = counted.chain([(0, 0, 0), (1, 2, 3), (999, 0, 1)].map(Done::Reminded));
        for done in Done::ALL.into_iter().chain(counted) {
            let mut response = Response::default();
            leave(&mut response, done);
            let set = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
            let mut headers = HeaderMap::new();
            let pair = set.split(';').next().unwrap();
            headers.insert(header::COOKIE, HeaderValue::from_str(pair).unwrap());
            assert_eq!(left(&headers).unwrap().text, done.sentence());
        }
        for forged in [
            "You+have+won",
            "recovery-code-used-11",
            "recovery-code-used-",
            "reminded-1-2",
            "reminded-1-2-3-4",
            "reminded-1000-0-0",
            "",
        ] {
            let mut headers = HeaderMap::new();
            let forged = format!("{NAME}={forged}");
            headers.insert(header::COOKIE, HeaderValue::from_str(&forged).unwrap());
            assert!(left(&headers).is_none(), "{forged}");
        }
        let sentence = Done::RecoveryCodeUsed(9).sentence();
        assert!(sentence.starts_with("You used a recovery code; 9 are left. Add"), "{sentence}");
    }
}
