//! A report that is carried by hand: what a computer without network signed, in a file.
//!
//! The file holds what an agent would have sent: a check-in with the body of every fact, and the
//! request to be enrolled, which the server heeds once. Who carries it adds nothing and can alter
//! nothing; the device's signature says who speaks.

use crate::check_in::{CHECK_IN_LIMIT, CheckIn, EnrolRequest};
use serde::{Deserialize, Serialize};

/// What the file says it is.
pub const REPORT_FORMAT: &str = "closedset-report/1";
/// What every version of it begins with.
const FAMILY: &str = "closedset-report/";
/// The largest file in bytes: a check-in, and the request beside it.
pub const REPORT_LIMIT: usize = CHECK_IN_LIMIT + (64 << 10);

/// What a computer without network has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandReport {
    /// Its request to be enrolled; absent where it was enrolled over the network.
    pub enrol: Option<EnrolRequest>,
    /// What it says of itself, with every body.
    pub check_in: CheckIn,
}

/// Why a file is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Larger than any report.
    #[error("the file is larger than any report of a computer")]
    TooLarge,
    /// Something else.
    #[error("the file is no report of a computer; `closedset check --sign` writes one")]
    Foreign,
    /// Made by a version that is not known here.
    #[error("the report was made by a newer Closedset than this one")]
    Newer,
    /// A report that was cut short or written by somebody else.
    #[error("the report is damaged: {0}")]
    Damaged(String),
    /// Facts are named whose bodies are not there, and nobody can be asked for them.
    #[error("the report does not hold every fact that it speaks of")]
    Partial,
}

/// The file's own form. The format is read first, and alone: another version may have other fields.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<F, C> {
    format: F,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enrol: Option<EnrolRequest>,
    check_in: C,
}

#[derive(Deserialize)]
struct Head {
    format: Option<String>,
}

impl HandReport {
    /// Reads a file's bytes, which may be anybody's. Nothing is verified yet but the form.
    pub fn read(bytes: &[u8]) -> Result<Self, ReportError> {
        if bytes.len() > REPORT_LIMIT {
            return Err(ReportError::TooLarge);
        }
        // An array would be taken for the fields in their order.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(ReportError::Foreign);
        }
        match serde_json::from_slice::<Head>(bytes) {
            Ok(Head { format: Some(format) }) if format == REPORT_FORMAT => {}
            Ok(Head { format: Some(format) }) if format.starts_with(FAMILY) => {
                return Err(ReportError::Newer);
            }
            Ok(_) => return Err(ReportError::Foreign),
            Err(_) if mentions(bytes, FAMILY) => {
                return Err(ReportError::Damaged("it is not whole".into()));
            }
            Err(_) => return Err(ReportError::Foreign),
        }
        let file: File<String, CheckIn> = serde_json::from_slice(bytes)
            .map_err(|error| ReportError::Damaged(error.to_string()))?;
        let report = Self { enrol: file.enrol, check_in: file.check_in };
        if report.is_whole() { Ok(report) } else { Err(ReportError::Partial) }
    }

    /// The file's bytes.
    pub fn write(&self) -> Result<Vec<u8>, serde_json::Error> {
        let file =
            File { format: REPORT_FORMAT, enrol: self.enrol.clone(), check_in: &self.check_in };
        let mut bytes = serde_json::to_vec(&file)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Whether every fact that the statement speaks of is there.
    fn is_whole(&self) -> bool {
        let digests = self.check_in.digests.as_ref();
        digests.is_some_and(|digests| digests.keys().eq(self.check_in.bodies.keys()))
    }
}

/// Whether what cannot be read begins as a report does.
fn mentions(bytes: &[u8], word: &str) -> bool {
    let head = &bytes[..bytes.len().min(200)];
    head.windows(word.len()).any(|part| part == word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Digest, Id, Time,
        check_in::{Statement, facts_digest},
        fact::Body,
    };
    use ed25519_dalek::SigningKey;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn report() -> HandReport {
        let key = SigningKey::from_bytes(&[7; 32]);
        let body: Body = serde_json::from_value(json!({"is_on": true})).unwrap();
        let digests = BTreeMap::from([("lamp".to_owned(), body.digest().unwrap())]);
        let statement = Statement {
            organisation: Id::from_bits(1),
            device: Id::from_bits(2),
            counter: 3,
            collected_at: Time::from_millis(4_000),
            facts: facts_digest(&digests).unwrap(),
        };
        HandReport {
            enrol: Some(EnrolRequest::signed("token".into(), &key, "suite-1".into())),
            check_in: CheckIn {
                statement,
                signature: statement.sign(&key),
                digests: Some(digests),
                bodies: BTreeMap::from([("lamp".to_owned(), body)]),
            },
        }
    }

    fn altered(change: impl FnOnce(&mut Value)) -> Result<HandReport, ReportError> {
        let mut value = serde_json::from_slice(&report().write().unwrap()).unwrap();
        change(&mut value);
        HandReport::read(&serde_json::to_vec(&value).unwrap())
    }

    #[test]
    fn a_report_reads_back_with_and_without_its_enrolment() {
        for report in [report(), HandReport { enrol: None, ..report() }] {
            assert_eq!(HandReport::read(&report.write().unwrap()).unwrap(), report);
        }
    }

    #[test]
    fn what_is_no_report_is_told_from_a_newer_one_and_a_damaged_one() {
        for foreign in [&b""[..], b"[]", b"{}", b"\x00\xff", b"{\"format\":1}", b"PK\x03\x04"] {
            assert!(matches!(HandReport::read(foreign), Err(ReportError::Foreign)), "{foreign:?}");
        }
        let other = altered(|value| value["format"] = json!("closedset-check"));
        assert!(matches!(other, Err(ReportError::Foreign)));
        let newer = altered(|value| value["format"] = json!("closedset-report/2"));
        assert!(matches!(newer, Err(ReportError::Newer)));
        let more = altered(|value| value["more"] = json!(1));
        assert!(matches!(more, Err(ReportError::Damaged(_))));
        let bytes = report().write().unwrap();
        let short = HandReport::read(&bytes[..bytes.len() / 2]);
        assert!(matches!(short, Err(ReportError::Damaged(_))));
        let listed = HandReport::read(br#"["closedset-report/1", null, {}]"#);
        assert!(matches!(listed, Err(ReportError::Foreign)));
    }

    #[test]
    fn a_report_without_all_its_facts_is_refused_before_anybody_is_asked() {
        let confirmation = altered(|value| {
            let check_in = value["check_in"].as_object_mut().unwrap();
            check_in.remove("digests");
            check_in.remove("bodies");
        });
        assert!(matches!(confirmation, Err(ReportError::Partial)));
        let fewer = altered(|value| {
            value["check_in"]["digests"]["door"] = json!(Digest::of(b""));
        });
        assert!(matches!(fewer, Err(ReportError::Partial)));
    }

    #[test]
    fn a_file_larger_than_any_report_is_refused_unread() {
        let bytes = vec![b' '; REPORT_LIMIT + 1];
        assert!(matches!(HandReport::read(&bytes), Err(ReportError::TooLarge)));
    }
}
