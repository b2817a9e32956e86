//! What the server says when it does not do as asked: problem details after RFC 9457.

use crate::transport::Answer;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A server's refusal, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// A stable word for the cause, such as `device.revoked`; empty if it gave none.
    pub code: String,
    /// The cause in a few words.
    pub title: String,
    /// More, if it said more.
    pub detail: String,
    /// The highest counter it has taken, where the cause is a counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest: Option<i64>,
}

/// Its body broke off on the way, which says nothing of what was in it.
pub(crate) const CUT_SHORT: &str = "body.cut_short";

/// The longest text that is taken over from a server, in characters.
const TEXT_LIMIT: usize = 400;

impl Refusal {
    /// Reads an answer; one that holds no problem details is a refusal all the same.
    pub(crate) fn read(answer: &Answer) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Problem {
            code: String,
            title: String,
            detail: String,
            highest: Option<i64>,
        }
        let problem: Problem = serde_json::from_slice(&answer.body).unwrap_or_default();
        Self {
            status: answer.status,
            code: plain(&problem.code),
            title: part(&problem.title),
            detail: part(&problem.detail),
            highest: problem.highest,
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match (self.status, self.code.as_str()) {
            (_, "device.revoked" | "device.unknown") => {
                "ask for a new link on the devices page and enrol this computer again"
            }
            (_, "counter.replayed") => {
                "find out whether this computer was cloned or restored from a backup; if it may \
                 have been copied, remove the device on the devices page and enrol it again"
            }
            (_, "clock.ahead" | "clock.behind") => {
                "set this computer's clock and turn on its time synchronisation"
            }
            (408, _) | (400, CUT_SHORT) => {
                "nothing if it passes: the report is kept and sent again; if it does not, look at \
                 the line to the server"
            }
            (404 | 405, _) => {
                "bring the agent and the server to the same version, and look whether the address \
                 in the link is that of the server"
            }
            (429 | 503, _) => "nothing: the agent waits as the server asked and tries again",
            (500.., _) => "look into the server's log; the agent keeps its reports and tries again",
            (400 | 413 | 422, _) => "bring the agent and the server to the same version",
            _ => "ask for a new link on the devices page if this does not pass",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.title.as_str(), self.detail.as_str()) {
            ("", "") => write!(f, "the server answered with status {}", self.status),
            (title, "") => write!(f, "the server answered: {title}"),
            ("", detail) => write!(f, "the server answered: {detail}"),
            (title, detail) => write!(f, "the server answered: {title}: {detail}"),
        }
    }
}

/// A sentence that becomes part of a longer one.
fn part(text: &str) -> String {
    plain(text).trim_end_matches('.').to_owned()
}

/// A stranger's text without what could steer a terminal, and not for ever.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(TEXT_LIMIT)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &[u8]) -> Refusal {
        Refusal::read(&Answer { status: 403, retry_after: None, body: body.to_vec() })
    }

    #[test]
    fn a_problem_is_read_and_what_steers_a_terminal_is_taken_out() {
        let read = refusal(br#"{"title":"No\u001b[2J","detail":"d","code":"c","highest":7}"#);
        assert_eq!(read.to_string(), "the server answered: No [2J: d");
        assert_eq!((read.code.as_str(), read.highest), ("c", Some(7)));
    }

    #[test]
    fn no_full_stop_stands_within_the_sentence() {
        let read = refusal(br#"{"title":"This link is none of ours.","detail":"It was used."}"#);
        let said = "the server answered: This link is none of ours: It was used";
        assert_eq!(read.to_string(), said);
    }

    #[test]
    fn an_answer_without_problem_details_still_says_its_status() {
        for body in [&b""[..], b"<html>", b"[]", b"{\"title\":1}"] {
            assert_eq!(refusal(body).to_string(), "the server answered with status 403");
        }
    }
}
