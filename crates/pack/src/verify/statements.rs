//! What devices said, in statements whose signatures are theirs.

use closedset_core::{
    Digest, Subject, Time,
    check_in::Statement,
    id::{Device, Id},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// The digest of each fact, by kind.
pub(super) type Digests = BTreeMap<String, Digest>;

/// What the devices said.
#[derive(Debug, Default)]
pub(super) struct Statements {
    /// By entry.
    check_ins: BTreeMap<u64, (Id<Device>, Rc<Digests>)>,
    /// By what a statement calls all facts together.
    by_facts: BTreeMap<(Id<Device>, Digest), Rc<Digests>>,
    /// By time; a device may say two things in one millisecond.
    by_time: BTreeMap<(Id<Device>, Time), Vec<Rc<Digests>>>,
    /// Where a fact was signed first.
    origins: BTreeMap<Digest, Origin>,
    /// Devices whose enrolment or newest statement was erased: nothing that they said can be
    /// checked.
    unchecked: BTreeSet<Subject>,
    /// The entries with the newest statement of each device that is there, and with what a person
    /// confirmed last; none of those that never said anything.
    newest: BTreeMap<Id<Device>, (Option<u64>, Option<u64>)>,
    /// Devices that were sent away.
    gone: BTreeSet<Subject>,
}

/// Where a fact was signed first.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) entry: u64,
    pub(super) device: Id<Device>,
    pub(super) kind: String,
}

impl Statements {
    /// Without what these devices said.
    pub(super) fn without(unchecked: BTreeSet<Subject>) -> Self {
        Self { unchecked, ..Self::default() }
    }

    /// Takes where the newest of a device stands.
    pub(super) fn stands(
        &mut self,
        device: Id<Device>,
        newest: Option<u64>,
        confirmed: Option<u64>,
        is_erased: bool,
    ) {
        self.newest.insert(device, (newest, confirmed));
        if is_erased {
            self.unchecked.insert(Subject::device(device));
        }
    }

    /// Takes that the device was sent away.
    pub(super) fn is_gone(&mut self, device: Id<Device>) {
        self.gone.insert(Subject::device(device));
    }

    /// Whether the subject is a device that was sent away.
    pub(super) fn was_sent_away(&self, subject: &Subject) -> bool {
        self.gone.contains(subject)
    }

    /// The devices that are there, each with the entry of its newest statement and what that says.
    /// Nothing is said of a statement that is erased or not to be believed, which was reported.
    pub(super) fn newest(
        &self,
    ) -> impl Iterator<Item = (Id<Device>, Option<u64>, Option<&Digests>)> {
        self.newest.iter().map(|(device, (newest, _))| {
            let said = newest.and_then(|index| self.in_entry(index));
            let said = said.filter(|(speaker, _)| speaker == device).map(|(_, said)| said);
            (*device, *newest, said)
        })
    }

    /// The entry of what a person confirmed last about the subject, if it is a device that is there;
    /// none inside if nobody did.
    pub(super) fn confirmed(&self, subject: &Subject) -> Option<Option<u64>> {
        let device = subject.id.parse().ok()?;
        let (_, confirmed) = self.newest.get(&device)?;
        (Subject::device(device) == *subject).then_some(*confirmed)
    }

    /// When the device last signed that its fact of this kind has this digest.
    pub(super) fn last_said(
        &self,
        device: Id<Device>,
        (kind, digest): (&str, Digest),
    ) -> Option<Time> {
        let range = (device, Time::from_millis(i64::MIN))..=(device, Time::from_millis(i64::MAX));
        self.by_time
            .range(range)
            .rev()
            .find(|(_, all)| all.iter().any(|one| one.get(kind) == Some(&digest)))
            .map(|((_, at), _)| *at)
    }

    /// Whether what the device said cannot be checked because its enrolment was erased.
    pub(super) fn is_unchecked(&self, subject: &Subject) -> bool {
        self.unchecked.contains(subject)
    }

    /// Takes the signed statement in an entry.
    pub(super) fn take(&mut self, entry: u64, statement: &Statement, digests: Digests) {
        let device = statement.device;
        for (kind, digest) in &digests {
            self.origins.entry(*digest).or_insert_with(|| Origin {
                entry,
                device,
                kind: kind.clone(),
            });
        }
        let digests = Rc::new(digests);
        self.check_ins.insert(entry, (device, Rc::clone(&digests)));
        self.by_facts.insert((device, statement.facts), Rc::clone(&digests));
        self.by_time.entry((device, statement.collected_at)).or_default().push(digests);
    }

    /// Takes a signed statement that says nothing new; false if what it confirms is not known.
    pub(super) fn confirm(&mut self, statement: &Statement) -> bool {
        let device = statement.device;
        let Some(digests) = self.by_facts.get(&(device, statement.facts)) else {
            return false;
        };
        let all = self.by_time.entry((device, statement.collected_at)).or_default();
        all.push(Rc::clone(digests));
        true
    }

    /// Whether anything that the device said stands in the pack.
    pub(super) fn has_any_of(&self, device: Id<Device>) -> bool {
        let least = Digest::from_bytes([0; 32]);
        let mut from = self.by_facts.range((device, least)..);
        from.next().is_some_and(|((other, _), _)| *other == device)
    }

    /// The device that speaks in an entry, and what it says.
    pub(super) fn in_entry(&self, entry: u64) -> Option<(Id<Device>, &Digests)> {
        self.check_ins.get(&entry).map(|(device, digests)| (*device, &**digests))
    }

    /// Whether the device said at `at` or later that its fact of this kind has this digest. Later is
    /// good enough: a server that sees a device's clock run ahead keeps its own, earlier time.
    pub(super) fn said_since(
        &self,
        device: Id<Device>,
        (kind, digest): (&str, Digest),
        at: Time,
    ) -> bool {
        let last = Time::from_millis(i64::MAX);
        let mut since = self.by_time.range((device, at)..=(device, last));
        since.any(|(_, all)| all.iter().any(|one| one.get(kind) == Some(&digest)))
    }

    /// Where a fact was signed first, by whichever device.
    pub(super) fn origin(&self, digest: Digest) -> Option<&Origin> {
        self.origins.get(&digest)
    }
}
