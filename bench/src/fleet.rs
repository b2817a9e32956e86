//! Computers that check in: their keys, their facts, and signed statements made before they are
//! needed, since a device signs on its own processor and not on the server's.

use anyhow::{Context as _, Result};
use closedset_app::{App, Caller, devices};
use closedset_core::{
    Digest, Id, Time,
    check_in::{CheckIn, EnrolRequest, Outcome, Statement, facts_digest},
    fact::{Body, kinds},
    id::{Device, Organisation},
};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A fact of every kind that the device checks need, each as wanted.
pub(crate) fn healthy(number: usize) -> Vec<(&'static str, Value)> {
    let volume = json!({
        "name": "dm-0", "mounted_at": "/", "file_system": "ext4", "size_bytes": 512_110_190_592_i64,
        "is_encrypted": true, "because": "luks2 on nvme0n1p3", "is_exempt": false,
    });
    vec![
        (
            "host_firewall",
            json!({
                "backend": "ufw", "is_active": true, "refuses_inbound": true, "starts_at_boot": true,
                "seen": "Status: active, deny (incoming)",
            }),
        ),
        (
            "wireless",
            json!({
                "adapters": 1, "all_strong": true,
                "connected": [{"ssid": "Edit", "security": "WPA3", "is_strong": true}],
            }),
        ),
        (
            "local_accounts",
            json!({
                "users": [{"name": format!("person-{number}"), "uid": 1000, "password": "set", "is_administrator": false}],
                "without_password": [], "other_roots": [], "automatic_sign_in": [], "guest_allowed": false,
            }),
        ),
        (
            "password_policy",
            json!({
                "minimum_length": 16, "locks_after_failures": 5, "seen": "pwquality.conf, faillock.conf",
            }),
        ),
        (
            "operating_system",
            json!({
                "family": "linux", "product": "debian", "name": "Debian GNU/Linux 13 (trixie)", "version": "13",
                "kernel": "6.12", "architecture": "x86_64",
            }),
        ),
        (
            "automatic_updates",
            json!({
                "is_enabled": true, "by": "unattended-upgrades", "seen": "Unattended-Upgrade is \"1\"",
            }),
        ),
        ("pending_updates", pending(0)),
        (
            "screen_lock",
            json!({
                "users": [{"name": format!("person-{number}"), "desktop": "gnome", "locks_after_s": 900, "asks_password": true, "is_enforced": true}],
                "longest_s": 900,
            }),
        ),
        ("disk_encryption", json!({"volumes": [volume], "all_encrypted": true, "unencrypted": []})),
        ("removable_drives", json!({"attached": [], "all_encrypted": true})),
        (
            "storage_ports",
            json!({
                "ports": [{"kind": "usb", "state": "blocked", "seen": "install /bin/false"}],
                "all_blocked": true, "open": [],
            }),
        ),
        (
            "remote_access",
            json!({
                "methods": [{"kind": "ssh", "program": "sshd", "address": "10.8.0.2", "port": 22, "reach": "one-address"}],
                "is_open_to_all": false,
            }),
        ),
        (
            "ssh_server",
            json!({
                "is_running": true, "password_sign_in": false, "root_sign_in": "no", "empty_passwords": false,
            }),
        ),
        (
            "internet_access",
            json!({
                "control_answered": true, "is_restricted": true,
                "tried": [{"host": "example.com", "category": "web", "reached": "nothing"}],
            }),
        ),
        ("cloud_sync", json!({"found": [], "looked_at": ["processes", "packages"]})),
    ]
}

/// Updates that wait; each number makes another fact.
fn pending(number: i64) -> Value {
    json!({"security": 0, "all": number, "lists_age": 3600, "restart_needed": false})
}

/// A body that fits its kind.
pub(crate) fn body(kind: &str, value: Value) -> Result<Body> {
    let kinds = kinds();
    let known = kinds.iter().find(|known| known.name == kind).context("an unknown kind")?;
    Ok(Body::from_foreign(known, value)?)
}

/// One computer.
pub(crate) struct Computer {
    pub(crate) device: Id<Device>,
    organisation: Id<Organisation>,
    key: SigningKey,
    counter: i64,
    bodies: BTreeMap<String, Body>,
    digests: BTreeMap<String, Digest>,
}

impl Computer {
    /// Enrols a computer with the application and lets it say everything once.
    pub(crate) async fn enrol(app: App, owner: Caller, number: usize) -> Result<Self> {
        let (link, _) = devices::enrolment_create(&app, &owner).await?;
        let mut seed = [0; 32];
        aws_lc_rs::rand::fill(&mut seed)?;
        let key = SigningKey::from_bytes(&seed);
        let name = format!("suite-{number}");
        let request = EnrolRequest::signed(link.token.to_token(), &key, name);
        let answer = devices::enrol(&app, request).await?;
        let mut bodies = BTreeMap::new();
        let mut digests = BTreeMap::new();
        for (kind, value) in healthy(number) {
            let body = body(kind, value)?;
            digests.insert(kind.to_owned(), body.digest()?);
            bodies.insert(kind.to_owned(), body);
        }
        let mut computer = Self {
            device: answer.device,
            organisation: answer.organisation,
            key,
            counter: 0,
            bodies,
            digests,
        };
        let first = computer.everything(app.now())?;
        let taken = devices::check_in(&app, first).await?;
        anyhow::ensure!(taken.outcome == Outcome::Changed, "the first check-in changes something");
        Ok(computer)
    }

    fn statement(&mut self, now: Time) -> Result<Statement> {
        self.counter += 1;
        Ok(Statement {
            organisation: self.organisation,
            device: self.device,
            counter: self.counter,
            collected_at: now,
            facts: facts_digest(&self.digests)?,
        })
    }

    fn everything(&mut self, now: Time) -> Result<CheckIn> {
        let statement = self.statement(now)?;
        let signature = statement.sign(&self.key);
        let (digests, bodies) = (Some(self.digests.clone()), self.bodies.clone());
        Ok(CheckIn { statement, signature, digests, bodies })
    }

    /// A check-in that says nothing new.
    pub(crate) fn unchanged(&mut self, now: Time) -> Result<CheckIn> {
        let statement = self.statement(now)?;
        let signature = statement.sign(&self.key);
        Ok(CheckIn { statement, signature, digests: None, bodies: BTreeMap::new() })
    }

    /// A check-in in which one fact is new and two checks have new verdicts.
    pub(crate) fn changed(&mut self, now: Time) -> Result<CheckIn> {
        self.say("pending_updates", pending(self.counter), now)
    }

    /// A check-in of a screen that locks too late.
    pub(crate) fn lax(&mut self, now: Time) -> Result<CheckIn> {
        let user = json!({"name": "guest", "desktop": "gnome", "locks_after_s": 3_600, "asks_password": false});
        self.say("screen_lock", json!({"users": [user], "longest_s": 3_600}), now)
    }

    fn say(&mut self, kind: &str, value: Value, now: Time) -> Result<CheckIn> {
        let kind = kind.to_owned();
        let body = body(&kind, value)?;
        self.digests.insert(kind.clone(), body.digest()?);
        self.bodies.insert(kind.clone(), body.clone());
        let statement = self.statement(now)?;
        let signature = statement.sign(&self.key);
        let digests = Some(self.digests.clone());
        Ok(CheckIn { statement, signature, digests, bodies: BTreeMap::from([(kind, body)]) })
    }
}

/// Enrols many, some at a time.
pub(crate) async fn fleet(app: &App, owner: &Caller, count: usize) -> Result<Vec<Computer>> {
    let mut computers = Vec::with_capacity(count);
    for first in (0..count).step_by(64) {
        let some: Vec<_> = (first..count.min(first + 64))
            .map(|number| tokio::spawn(Computer::enrol(app.clone(), owner.clone(), number)))
            .collect();
        for one in some {
            computers.push(one.await??);
        }
    }
    Ok(computers)
}
