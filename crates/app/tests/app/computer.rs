//! A computer with a key of its own, and what it says of itself.

use crate::world::World;
use closedset_app::{Caller, Problem, devices};
use closedset_core::{
    Digest, Subject, Time,
    check_in::{
        CheckIn, CheckInAnswer, DeviceSignature, EnrolRequest, Outcome, Statement, facts_digest,
    },
    fact::{
        Body, FactRecord,
        device::{HostFirewall, OperatingSystem, ScreenLock, UserScreenLock},
    },
    id::{Device, Id, Organisation},
    link::EnrolLink,
};
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;

pub const SCREEN_LOCK: &str = "device-screen-lock";

#[derive(Clone)]
pub struct Computer {
    pub key: SigningKey,
    pub organisation: Id<Organisation>,
    pub device: Id<Device>,
    pub counter: i64,
    pub facts: BTreeMap<String, Body>,
}

/// A screen that locks after so many minutes, and asks for the password.
pub fn screen_lock(minutes: i64) -> Body {
    screen_lock_of("gnome", minutes)
}

/// The same of another desktop.
pub fn screen_lock_of(desktop: &str, minutes: i64) -> Body {
    let user = UserScreenLock {
        name: "ines".into(),
        desktop: desktop.into(),
        locks_after_s: minutes * 60,
        asks_password: true,
        is_enforced: Some(true),
    };
    body(&ScreenLock { longest_s: Some(minutes * 60), users: vec![user] })
}

pub fn firewall(is_active: bool) -> Body {
    body(&HostFirewall {
        backend: "nftables".into(),
        is_active,
        refuses_inbound: is_active,
        starts_at_boot: Some(is_active),
        seen: "input policy drop".into(),
    })
}

pub fn debian(version: &str) -> Body {
    body(&OperatingSystem {
        family: "linux".into(),
        product: "debian".into(),
        name: format!("Debian GNU/Linux {version}"),
        version: version.into(),
        build: None,
        kernel: "6.12.0".into(),
        architecture: "x86_64".into(),
    })
}

pub fn body<T: FactRecord>(record: &T) -> Body {
    Body::read(record, Vec::new()).unwrap()
}

/// A request to be enrolled by `link`.
pub fn request(link: &EnrolLink, key: &SigningKey, name: &str) -> EnrolRequest {
    EnrolRequest::signed(link.token.to_token(), key, name.to_owned())
}

impl Computer {
    /// Enrolled in the owner's organisation; has reported nothing.
    pub async fn enrolled(world: &World, seed: u8) -> Self {
        Self::enrolled_by(world, &world.owner, seed).await
    }

    pub async fn enrolled_by(world: &World, caller: &Caller, seed: u8) -> Self {
        let (link, _) = devices::enrolment_create(&world.app, caller).await.unwrap();
        let key = SigningKey::from_bytes(&[seed; 32]);
        let name = format!("suite-{seed}");
        let answer = devices::enrol(&world.app, request(&link, &key, &name)).await.unwrap();
        assert_eq!(answer.organisation, caller.organisation);
        let facts = [
            ("screen_lock", screen_lock(10)),
            ("host_firewall", firewall(true)),
            ("operating_system", debian("13")),
        ];
        Self {
            key,
            organisation: answer.organisation,
            device: answer.device,
            counter: 0,
            facts: facts.map(|(kind, body)| (kind.to_owned(), body)).into(),
        }
    }

    /// Enrolled, and everything reported once.
    pub async fn reporting(world: &World, seed: u8) -> Self {
        let mut computer = Self::enrolled(world, seed).await;
        let answer = computer.report(world).await.unwrap();
        assert_eq!(answer.outcome, Outcome::Changed);
        computer
    }

    pub fn subject(&self) -> Subject {
        Subject::device(self.device)
    }

    pub fn say(&mut self, kind: &str, body: Body) {
        self.facts.insert(kind.to_owned(), body);
    }

    pub fn digests(&self) -> BTreeMap<String, Digest> {
        self.facts.iter().map(|(kind, body)| (kind.clone(), body.digest().unwrap())).collect()
    }

    /// The next statement, over the present facts.
    pub fn statement(&mut self, collected_at: Time) -> Statement {
        self.counter += 1;
        Statement {
            organisation: self.organisation,
            device: self.device,
            counter: self.counter,
            collected_at,
            facts: facts_digest(&self.digests()).unwrap(),
        }
    }

    pub fn sign(&self, statement: &Statement) -> DeviceSignature {
        statement.sign(&self.key)
    }

    /// A check-in that carries every fact.
    pub fn full(&mut self, at: Time) -> CheckIn {
        let statement = self.statement(at);
        CheckIn {
            statement,
            signature: self.sign(&statement),
            digests: Some(self.digests()),
            bodies: self.facts.clone(),
        }
    }

    /// A check-in that carries the digests and the bodies of `kinds` alone.
    pub fn delta(&mut self, at: Time, kinds: &[&str]) -> CheckIn {
        let mut check_in = self.full(at);
        check_in.bodies.retain(|kind, _| kinds.contains(&kind.as_str()));
        check_in
    }

    /// A check-in that says nothing new.
    pub fn confirmation(&mut self, at: Time) -> CheckIn {
        CheckIn { digests: None, bodies: BTreeMap::new(), ..self.full(at) }
    }

    pub async fn report(&mut self, world: &World) -> Result<CheckInAnswer, Problem> {
        let check_in = self.full(world.now());
        devices::check_in(&world.app, check_in).await
    }

    pub async fn confirm(&mut self, world: &World) -> Result<CheckInAnswer, Problem> {
        let check_in = self.confirmation(world.now());
        devices::check_in(&world.app, check_in).await
    }
}
