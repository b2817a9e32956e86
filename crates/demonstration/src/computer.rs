//! A computer of the story: its key, what it says now, and the statements that it signs.

use crate::{
    error::{DemonstrationError, refused},
    facts::{Condition, facts},
    house::Seat,
};
use closedset_app::{App, Caller, devices};
use closedset_core::{
    Digest, Time,
    check_in::{CheckIn, EnrolRequest, Statement, fact_salt, facts_digest},
    fact::{Body, FactKind},
    id::{Device, Id, Organisation},
};
use ed25519_dalek::SigningKey;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The keys of all computers of a demonstration, made from one secret so that they go on reporting when
/// it is started again.
#[derive(Clone)]
pub struct DeviceKeys([u8; 32]);

impl DeviceKeys {
    /// The keys that follow from this secret.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// The key of the computer with this number.
    pub(crate) fn key(&self, number: usize) -> SigningKey {
        let mut hash = Sha256::new();
        hash.update(b"closedset/demonstration-key/v1\n");
        hash.update(self.0);
        hash.update((number as u64).to_be_bytes());
        SigningKey::from_bytes(&hash.finalize().into())
    }
}

/// A computer that is enrolled.
pub(crate) struct Computer {
    pub(crate) seat: Seat,
    pub(crate) device: Id<Device>,
    pub(crate) condition: Condition,
    /// It reports.
    pub(crate) is_on: bool,
    /// The hour of the day in which it says that nothing is new.
    pub(crate) hour: i64,
    organisation: Id<Organisation>,
    key: SigningKey,
    counter: i64,
    facts: Digest,
}

type Said = (BTreeMap<String, Digest>, BTreeMap<String, Body>);

impl Computer {
    /// Enrols it by a link of its own, as its agent would; and what it says first.
    pub(crate) async fn enrol(
        app: &App,
        caller: &Caller,
        key: SigningKey,
        seat: Seat,
        condition: Condition,
        kinds: &[FactKind],
    ) -> Result<(Self, CheckIn), DemonstrationError> {
        let what = || format!("enrolling {}", seat.host);
        let (link, _) = devices::enrolment_create(app, caller).await.map_err(refused(what()))?;
        let request = EnrolRequest::signed(link.token.to_token(), &key, seat.host.clone());
        let answer = devices::enrol(app, request).await.map_err(refused(what()))?;
        let (digests, bodies) = say(&seat, &condition, (&key, kinds))?;
        let mut computer = Self {
            device: answer.device,
            organisation: answer.organisation,
            is_on: true,
            hour: 8,
            counter: 0,
            facts: facts_digest(&digests)?,
            seat,
            condition,
            key,
        };
        let (statement, signature) = computer.sign(app.now());
        Ok((computer, CheckIn { statement, signature, digests: Some(digests), bodies }))
    }

    fn sign(&mut self, at: Time) -> (Statement, closedset_core::check_in::DeviceSignature) {
        self.counter += 1;
        let statement = Statement {
            organisation: self.organisation,
            device: self.device,
            counter: self.counter,
            collected_at: at,
            facts: self.facts,
        };
        (statement, statement.sign(&self.key))
    }

    /// A check-in that says nothing new.
    pub(crate) fn unchanged(&mut self, at: Time) -> CheckIn {
        let (statement, signature) = self.sign(at);
        CheckIn { statement, signature, digests: None, bodies: BTreeMap::new() }
    }

    /// A check-in of what is so from now on.
    pub(crate) fn changed(
        &mut self,
        condition: Condition,
        at: Time,
        kinds: &[FactKind],
    ) -> Result<CheckIn, DemonstrationError> {
        let (before, _) = say(&self.seat, &self.condition, (&self.key, kinds))?;
        let (digests, mut bodies) = say(&self.seat, &condition, (&self.key, kinds))?;
        bodies.retain(|kind, _| before.get(kind) != digests.get(kind));
        self.facts = facts_digest(&digests)?;
        self.condition = condition;
        let (statement, signature) = self.sign(at);
        Ok(CheckIn { statement, signature, digests: Some(digests), bodies })
    }
}

/// Everything that the computer says, with its digests.
fn say(
    seat: &Seat,
    condition: &Condition,
    (key, kinds): (&SigningKey, &[FactKind]),
) -> Result<Said, DemonstrationError> {
    let (mut digests, mut bodies) = (BTreeMap::new(), BTreeMap::new());
    for (kind, value) in facts(seat, condition) {
        let known = kinds
            .iter()
            .find(|known| known.name == kind)
            .ok_or(DemonstrationError::Lacks("a kind of fact"))?;
        let body = Body::from_foreign(known, value)
            .map_err(|source| DemonstrationError::Body { kind, source })?
            .salted(fact_salt(key, kind));
        digests.insert(kind.to_owned(), body.digest()?);
        bodies.insert(kind.to_owned(), body);
    }
    Ok((digests, bodies))
}
