//! A report that a person brings: from a computer without network, in a file.
//!
//! The device's signature says who speaks, as always; the person only carries it, and an entry says
//! who did. Whether they still may is asked first, and enrolment, report and that entry are one unit:
//! what is refused enrols nobody. What the report says counts from when it was made, not from when it
//! came.

use super::{
    check_in::{examine, take},
    enrol::{Applicant, enrol_in, used},
};
use crate::{App, Caller, Problem, accounts::admit};
use closedset_core::{
    Action, Subject, Time,
    check_in::{EnrolRequest, Outcome, Statement},
    entry::Log,
    id::{Device, Id},
    link::device_of,
    report::{HandReport, ReportError},
};
use closedset_store::{
    NewEntry, Tx,
    devices::{self, DeviceStateRow},
};
use serde_json::json;

/// The entry that says who brought a report.
pub(super) const HANDED_IN: &str = "device.report_handed_in";

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    /// Whose it was.
    pub device: Id<Device>,
    /// What it led to.
    pub outcome: Outcome,
    /// The entry that holds its statement; none if it said nothing new.
    pub entry: Option<i64>,
    /// When it was made. What it says counts from then.
    pub collected_at: Time,
    /// Whether the computer was enrolled by it, now.
    pub is_new: bool,
}

/// Reads a file's bytes, and takes the report in it. Where `expected` names a device, it must be
/// that one's.
pub async fn report_hand_in(
    app: &App,
    caller: &Caller,
    bytes: &[u8],
    expected: Option<Id<Device>>,
) -> Result<HandedIn, Problem> {
    caller.require(Action::DeviceManage)?;
    let HandReport { enrol: request, check_in } = HandReport::read(bytes).map_err(unreadable)?;
    let statement = check_in.statement;
    let device = statement.device;
    if statement.organisation != caller.organisation {
        return Err(Problem::Conflict {
            code: "report.other_organisation",
            sentence: "This report was made for another organisation.",
            remedy: "Hand it in where the link came from by which that computer was enrolled.",
        });
    }
    if expected.is_some_and(|expected| expected != device) {
        return Err(Problem::Conflict {
            code: "report.other_device",
            sentence: "This report is another computer's.",
            remedy: "Choose the report of this computer, or hand it in on the list of devices.",
        });
    }
    let known = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(devices::device_by_id(tx, device)?) })
        .await?;
    // A device of another organisation, whose statement would name that: to this one it is unknown.
    let known = known.filter(|row| row.organisation == caller.organisation);
    let (key, applicant) = match (known, request) {
        (Some(row), _) => (row.key, None),
        (None, Some(request)) => {
            let applicant = applicant(app, caller, request, device).await?;
            (applicant.key(), Some(applicant))
        }
        (None, None) => return Err(unknown()),
    };
    let examined = examine(app, check_in, &key).map_err(in_words)?;
    let is_new = applicant.is_some();
    let hand = Hand { caller: caller.clone(), applicant };
    let answer = take(app, examined, Some(hand)).await.map_err(in_words)?;
    Ok(HandedIn {
        device,
        outcome: answer.outcome,
        entry: answer.entry,
        collected_at: statement.collected_at,
        is_new,
    })
}

/// A computer that asks to be enrolled and may be, by its link.
async fn applicant(
    app: &App,
    caller: &Caller,
    request: EnrolRequest,
    device: Id<Device>,
) -> Result<Applicant, Problem> {
    let applicant = Applicant::examined(request)?;
    let (token, now) = (applicant.token(), app.now());
    let enrolment = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(devices::enrolment_by_token(tx, token)?) })
        .await?
        .filter(|enrolment| enrolment.organisation == caller.organisation)
        .filter(|enrolment| device_of(enrolment.id) == device)
        .ok_or_else(used)?;
    // The unit looks again; here it saves reading the report.
    if enrolment.device.is_some() || enrolment.expires_at <= now {
        return Err(used());
    }
    Ok(applicant)
}

/// Whose hand brought a report.
pub(super) struct Hand {
    caller: Caller,
    /// Who is enrolled by it, if anybody is.
    applicant: Option<Applicant>,
}

/// What became of a statement that somebody brought.
pub(super) struct Taken {
    pub(super) outcome: Outcome,
    /// The entry that holds it; none if it said nothing new.
    pub(super) entry: Option<i64>,
    /// How many numbers before it were never heard of.
    pub(super) skipped: i64,
}

impl Hand {
    /// Refuses whoever may no longer, for a file takes a while to arrive; then enrols whom it enrols.
    pub(super) fn begin(&self, tx: &mut Tx<'_>, app: &App) -> Result<(), Problem> {
        admit(tx, &self.caller, Action::DeviceManage)?;
        if let Some(applicant) = &self.applicant {
            enrol_in(tx, app, applicant)?;
        }
        Ok(())
    }

    /// Refuses what the computer says to be older than what it said before: nobody could tell what
    /// holds now.
    pub(super) fn accept(
        &self,
        statement: &Statement,
        state: &DeviceStateRow,
    ) -> Result<(), Problem> {
        let has_spoken = state.facts_digest.is_some();
        if has_spoken && statement.collected_at < state.confirmed_at {
            return Err(Problem::Conflict {
                code: "report.clock_back",
                sentence: "This report is newer than the last one, and says that it was made before that.",
                remedy: "Set that computer's clock, make a new report and hand that in.",
            });
        }
        Ok(())
    }

    /// Writes down who handed it in.
    pub(super) fn record(
        &self,
        tx: &mut Tx<'_>,
        statement: &Statement,
        taken: &Taken,
    ) -> Result<(), Problem> {
        if taken.outcome == Outcome::SendAll {
            return Err(Problem::Fault("a report with every fact was not enough".into()));
        }
        tx.record(
            Log::Organisation(statement.organisation),
            NewEntry {
                actor: &self.caller.actor,
                subject: Subject::device(statement.device).to_string(),
                kind: HANDED_IN,
                body: json!({
                    "device": statement.device,
                    "counter": statement.counter,
                    "collected_at": statement.collected_at,
                    "outcome": taken.outcome,
                    "checked_in": taken.entry,
                    "enrolled": self.applicant.is_some(),
                    "skipped": taken.skipped,
                }),
            },
        )?;
        Ok(())
    }
}

fn unknown() -> Problem {
    Problem::Conflict {
        code: "report.unknown_device",
        sentence: "No computer of this name is enrolled here, and the report does not ask for it.",
        remedy: "Make a link on the devices page and give it to closedset check --sign on that computer.",
    }
}

/// What is wrong with a file, beside its field.
fn unreadable(error: ReportError) -> Problem {
    let remedy = match error {
        ReportError::TooLarge => return Problem::TooLarge,
        ReportError::Newer => "Bring this server to that version, then hand it in again.",
        ReportError::Foreign => "Choose the file that was named there.",
        ReportError::Damaged(_) | ReportError::Partial => "Copy it again, or make a new one.",
    };
    let mut sentence = error.to_string();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Problem::field("report", format!("{sentence}. {remedy}"))
}

/// What is told to agents, told to the person who carries.
fn in_words(problem: Problem) -> Problem {
    match problem {
        Problem::CounterReplayed { .. } => Problem::Conflict {
            code: "report.older",
            sentence: "A later report of this computer was taken before.",
            remedy: "Hand in the newest. If this is the newest, the computer was copied or put back: revoke it and enrol it anew.",
        },
        Problem::Conflict { code: "statement.signature", .. } => Problem::Conflict {
            code: "report.signature",
            sentence: "That computer did not sign this report: it was altered on the way, or made by another.",
            remedy: "Make a new report on that computer. If it was put in anew, revoke it here and enrol it with a new link.",
        },
        Problem::Conflict { code: "device.unknown", .. } => unknown(),
        other => other,
    }
}
