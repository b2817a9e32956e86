//! What a server keeps of one device, by the contract: it verifies, counts, knows bodies, and
//! remembers every statement it was ever shown so that a test can look for two under one number.

use crate::server::{Act, Request};
use closedset_core::{
    Digest, Id, Time,
    check_in::{
        CheckIn, CheckInAnswer, DeviceKey, EnrolAnswer, EnrolRequest, Outcome, Statement,
        facts_digest,
    },
    fact::Body,
};
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};

pub const EVERY_S: i64 = 300;

#[derive(Default)]
pub struct Books {
    /// Answers that go out before any of its own.
    pub script: VecDeque<Act>,
    /// The token that was used, and by which key.
    pub enrolled: Option<(String, DeviceKey)>,
    /// How many devices came into being.
    pub devices: usize,
    /// The highest number that was taken.
    pub highest: i64,
    /// The bodies that it knows.
    pub bodies: BTreeMap<Digest, Body>,
    /// The facts as they are now.
    pub facts: BTreeMap<String, Digest>,
    /// What was taken, in order.
    pub taken: Vec<CheckIn>,
    /// Every statement that was shown, by number.
    pub shown: BTreeMap<i64, Statement>,
    /// Two statements under one number.
    pub contradictions: Vec<(Statement, Statement)>,
}

impl Books {
    pub fn answer(&mut self, request: &Request) -> Act {
        match request.path.as_str() {
            "/api/v1/agent/enrol" => self.enrol(&serde_json::from_slice(&request.body).unwrap()),
            "/api/v1/agent/check-ins" => {
                self.check_in(serde_json::from_slice(&request.body).unwrap())
            }
            other => panic!("{other} is no path of ours"),
        }
    }

    /// Loses everything but the device, as a server restored from an old backup does.
    pub fn forget_facts(&mut self) {
        self.bodies.clear();
        self.facts.clear();
    }

    fn enrol(&mut self, request: &EnrolRequest) -> Act {
        assert!(request.is_signed());
        if let Some(act) = self.script.pop_front() {
            return act;
        }
        let asked = (request.token.clone(), request.key);
        match &self.enrolled {
            Some(enrolled) if enrolled.0 == asked.0 && *enrolled != asked => {
                return problem(410, "link.used", json!({"title": "The link was used already"}));
            }
            Some(enrolled) if *enrolled == asked => {}
            _ => {
                self.enrolled = Some(asked);
                self.devices += 1;
                self.highest = 0;
                self.shown.clear();
                self.forget_facts();
            }
        }
        Act::json(
            200,
            &EnrolAnswer {
                enrolment: Id::from_bits(1),
                organisation: Id::from_bits(2),
                device: Id::from_bits(100 + self.devices as u128),
                every_s: EVERY_S,
            },
        )
    }

    fn check_in(&mut self, check_in: CheckIn) -> Act {
        let statement = check_in.statement;
        self.look_for_contradiction(statement);
        let key = self.enrolled.as_ref().unwrap().1.verifying_key().unwrap();
        assert!(statement.is_signed_by(&key, &check_in.signature));
        assert_eq!(statement.device, Id::from_bits(100 + self.devices as u128));
        if let Some(act) = self.script.pop_front() {
            return act;
        }
        if self.taken.iter().any(|taken| taken.statement == statement) {
            return said(Outcome::Repeated);
        }
        if statement.counter <= self.highest {
            return problem(
                409,
                "counter.replayed",
                json!({"title": "The counter was used", "highest": self.highest}),
            );
        }
        self.take(check_in)
    }

    fn take(&mut self, check_in: CheckIn) -> Act {
        let digests = check_in.digests.clone().unwrap_or(self.facts.clone());
        for (kind, body) in &check_in.bodies {
            assert_eq!(body.digest().unwrap(), digests[kind]);
        }
        let is_known = |kind: &String, digest: &Digest| {
            check_in.bodies.contains_key(kind) || self.bodies.contains_key(digest)
        };
        let is_whole = digests.iter().all(|(kind, digest)| is_known(kind, digest));
        if !is_whole || facts_digest(&digests).unwrap() != check_in.statement.facts {
            return said(Outcome::SendAll);
        }
        self.highest = check_in.statement.counter;
        for body in check_in.bodies.values() {
            self.bodies.insert(body.digest().unwrap(), body.clone());
        }
        let outcome = if digests == self.facts { Outcome::Confirmed } else { Outcome::Changed };
        self.facts = digests;
        self.taken.push(check_in);
        said(outcome)
    }

    fn look_for_contradiction(&mut self, statement: Statement) {
        let earlier = *self.shown.entry(statement.counter).or_insert(statement);
        if earlier != statement {
            self.contradictions.push((earlier, statement));
        }
    }

    /// The numbers of what was taken, in order.
    pub fn counters(&self) -> Vec<i64> {
        self.taken.iter().map(|check_in| check_in.statement.counter).collect()
    }

    /// When what was taken was read, in order.
    pub fn times(&self) -> Vec<Time> {
        self.taken.iter().map(|check_in| check_in.statement.collected_at).collect()
    }

    /// Which bodies travelled with the last statement that was taken.
    pub fn last_bodies(&self) -> Vec<String> {
        self.taken.last().unwrap().bodies.keys().cloned().collect()
    }
}

pub fn said(outcome: Outcome) -> Act {
    Act::json(200, &CheckInAnswer { outcome, entry: Some(7), next_in_s: EVERY_S })
}

/// A refusal with a code; `more` holds its other fields.
pub fn problem(status: u16, code: &str, more: serde_json::Value) -> Act {
    problem_with(status, "", code, more)
}

pub fn problem_with(status: u16, headers: &str, code: &str, mut more: serde_json::Value) -> Act {
    more["code"] = code.into();
    Act::json_with(status, headers, &more)
}
