//! Facts that follow from other facts alone.

use crate::facts::SubjectFacts;
use crate::releases::{Product, place};
use closedset_core::fact::device::{OperatingSystem, ReleaseLine};
use closedset_core::fact::{Body, BodyError, FactRecord};
use closedset_core::{Digest, Time};

/// The kinds of fact that are derived here, each with those it is derived from.
pub(crate) const DERIVED: &[(&str, &[&str])] = &[(ReleaseLine::KIND, &[OperatingSystem::KIND])];

/// A fact that follows from another.
#[derive(Debug, Clone)]
pub struct Derived {
    /// Its kind.
    pub kind: &'static str,
    /// Its source: the deriver, and of whose fact: `closedset/release-line/agent`.
    pub source: String,
    /// Its body.
    pub body: Body,
    /// The digest of the fact it follows from.
    pub from: Digest,
    /// When that fact was collected: the derived one is no fresher.
    pub collected_at: Time,
    /// When that fact was last confirmed.
    pub confirmed_at: Time,
    /// That fact was attested by a person.
    pub is_attested: bool,
    /// When the derived fact changes by itself.
    pub changes_at: Option<Time>,
}

/// Derives what follows from `facts` at `now`.
pub(crate) fn derive(
    products: &[Product],
    facts: &SubjectFacts,
    now: Time,
) -> Result<Vec<Derived>, BodyError> {
    facts
        .of(OperatingSystem::KIND)
        .iter()
        .map(|fact| {
            let (body, changes_at) = match fact.body().record::<OperatingSystem>() {
                Some(system) => {
                    let place = place(products, &system, now)?;
                    (place.body, place.changes_at)
                }
                None => {
                    let why = fact
                        .unread()
                        .first()
                        .map_or("the operating system was not read", |one| one.why.as_str());
                    (Body::unreadable(why), None)
                }
            };
            Ok(Derived {
                kind: ReleaseLine::KIND,
                source: format!("closedset/release-line/{}", fact.source),
                body,
                from: fact.digest,
                collected_at: fact.collected_at,
                confirmed_at: fact.confirmed_at,
                is_attested: fact.is_attested,
                changes_at,
            })
        })
        .collect()
}
