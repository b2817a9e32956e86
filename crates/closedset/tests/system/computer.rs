//! A computer with a key of its own that reports over the real line, by the agent's own transport.

use crate::installation::{Installation, now};
use closedset_agent::transport::{Connect, Https, Transport, TransportError};
use closedset_core::{
    Digest,
    check_in::{
        CheckIn, CheckInAnswer, EnrolAnswer, EnrolRequest, Outcome, Statement, facts_digest,
    },
    fact::{
        Body,
        device::{ScreenLock, UserScreenLock},
    },
    id::{Device, Id, Organisation},
};
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;

pub const ENROL: &str = "/api/v1/agent/enrol";
pub const CHECK_INS: &str = "/api/v1/agent/check-ins";

pub struct Computer {
    pub key: SigningKey,
    pub organisation: Id<Organisation>,
    pub device: Id<Device>,
    pub counter: i64,
    pub facts: BTreeMap<String, Body>,
}

/// The way to the installation's server, which proves its key.
pub fn way(installation: &Installation) -> Box<dyn Transport> {
    Https::default().connect(&installation.url(), &installation.pin).unwrap()
}

/// A screen that locks after so many seconds.
pub fn screen_lock(seconds: i64) -> Body {
    let user = UserScreenLock {
        name: "ines".into(),
        desktop: "gnome".into(),
        locks_after_s: seconds,
        asks_password: true,
        is_enforced: Some(true),
    };
    let record = ScreenLock { longest_s: Some(seconds), users: vec![user] };
    Body::read(&record, Vec::new()).unwrap()
}

impl Computer {
    /// Uses the installation's next link.
    pub fn enrolled(installation: &mut Installation, seed: u8) -> Self {
        let link = installation.links.pop().expect("a link is left");
        let key = SigningKey::from_bytes(&[seed; 32]);
        let request = EnrolRequest::signed(link.token.to_token(), &key, format!("suite-{seed}"));
        let body = serde_json::to_vec(&request).unwrap();
        let answer = way(installation).post(ENROL, &body).unwrap();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let answer: EnrolAnswer = serde_json::from_slice(&answer.body).unwrap();
        Self {
            key,
            organisation: answer.organisation,
            device: answer.device,
            counter: 0,
            facts: [("screen_lock".to_owned(), screen_lock(600))].into(),
        }
    }

    pub fn digests(&self) -> BTreeMap<String, Digest> {
        self.facts.iter().map(|(kind, body)| (kind.clone(), body.digest().unwrap())).collect()
    }

    /// The next check-in, with every fact.
    pub fn full(&mut self) -> CheckIn {
        self.counter += 1;
        let statement = Statement {
            organisation: self.organisation,
            device: self.device,
            counter: self.counter,
            collected_at: now(),
            facts: facts_digest(&self.digests()).unwrap(),
        };
        CheckIn {
            statement,
            signature: statement.sign(&self.key),
            digests: Some(self.digests()),
            bodies: self.facts.clone(),
        }
    }

    /// The next check-in, which says nothing new.
    pub fn confirmation(&mut self) -> CheckIn {
        CheckIn { digests: None, bodies: BTreeMap::new(), ..self.full() }
    }

    /// Reports everything, and demands that it is taken.
    pub fn report(&mut self, way: &dyn Transport) -> CheckInAnswer {
        let answer = deliver(way, &self.full()).unwrap().expect("it is taken");
        assert_eq!(answer.outcome, Outcome::Changed);
        answer
    }
}

/// Delivers a check-in: the server's answer, its status if it refused, or why none came.
pub fn deliver(
    way: &dyn Transport,
    check_in: &CheckIn,
) -> Result<Result<CheckInAnswer, u16>, TransportError> {
    let answer = way.post(CHECK_INS, &serde_json::to_vec(check_in).unwrap())?;
    if answer.status == 200 {
        Ok(Ok(serde_json::from_slice(&answer.body).unwrap()))
    } else {
        Ok(Err(answer.status))
    }
}
