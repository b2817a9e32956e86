//! An organisation's own checks beside the catalogue.

use crate::catalogue::Catalogue;
use crate::check::Check;
use crate::load::own;
use closedset_core::Digest;
use closedset_core::own_check::{OwnCheck, Terms};
use std::fmt::Write as _;

/// An own check that this program cannot ask, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAsked {
    /// The check's id.
    pub id: String,
    /// Why, for people.
    pub why: String,
}

impl Catalogue {
    /// This catalogue with an organisation's own checks, and those that cannot be asked.
    pub fn and_own(&self, own: &[OwnCheck]) -> (Self, Vec<NotAsked>) {
        if own.is_empty() {
            return (self.clone(), Vec::new());
        }
        let (mut checks, mut not_asked) = (self.checks().to_vec(), Vec::new());
        let read = own::read_all(
            self,
            own.iter().map(|one| (one.id.to_string(), one.version, &one.terms)),
        );
        for (one, read) in own.iter().zip(read) {
            match read {
                Ok(check) => checks.push(check),
                Err(why) => not_asked.push(NotAsked { id: one.id.to_string(), why }),
            }
        }
        let mut text = format!("closedset/catalogue/own/v1\n{}\n", self.digest());
        for one in own {
            // Writing to a text does not fail.
            let terms = serde_json::to_vec(&one.terms).unwrap_or_default();
            let _ = writeln!(text, "{} {} {}", one.id, one.version, Digest::of(&terms));
        }
        (self.with_checks(checks, Digest::of(text.as_bytes())), not_asked)
    }

    /// The check that these terms are, or what is wrong with them, for people.
    pub fn own_check(&self, id: &str, version: i64, terms: &Terms) -> Result<Check, String> {
        own::read_all(self, std::iter::once((id.to_owned(), version, terms)))
            .pop()
            .unwrap_or_else(|| Err("it could not be read".to_owned()))
    }
}
