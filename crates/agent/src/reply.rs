//! What the server's answer to a check-in means.

use crate::{Refusal, refusal::CUT_SHORT, schedule, transport::Answer};
use closedset_core::{
    Duration, Time,
    check_in::{CheckInAnswer, Outcome},
};

/// What the server's answer to a check-in means.
pub(crate) enum Reply {
    /// The statement was taken, now or before.
    Taken(CheckInAnswer),
    /// It was not taken: the server wants to be told everything.
    SendAll,
    /// It will never be taken for what it says.
    Malformed(Refusal),
    /// It will never be taken for the time it bears.
    WrongTime(Refusal),
    /// The device reports no more.
    Revoked(Refusal),
    /// Its number was used by another statement; the highest that was used is this.
    Replayed(Refusal, i64),
    /// It may be taken later.
    Later(Refusal, Option<Duration>),
    /// The answer is none of ours.
    Garbled(String),
}

impl Reply {
    pub(crate) fn read(answer: &Answer, now: Time) -> Self {
        if answer.status == 200 {
            return match serde_json::from_slice::<CheckInAnswer>(&answer.body) {
                Ok(read) if read.outcome == Outcome::SendAll => Self::SendAll,
                Ok(read) => Self::Taken(read),
                Err(error) => Self::Garbled(error.to_string()),
            };
        }
        let refusal = Refusal::read(answer);
        let asked = answer.retry_after.as_deref().and_then(|text| schedule::retry_after(text, now));
        match (refusal.status, refusal.code.as_str(), refusal.highest) {
            (400, CUT_SHORT, _) => Self::Later(refusal, asked),
            (400 | 413, ..) => Self::Malformed(refusal),
            (403, "device.revoked", _) => Self::Revoked(refusal),
            (409, "counter.replayed", Some(highest)) => Self::Replayed(refusal, highest),
            (422, "clock.ahead" | "clock.behind", _) => Self::WrongTime(refusal),
            (422, ..) => Self::Malformed(refusal),
            _ => Self::Later(refusal, asked),
        }
    }
}
