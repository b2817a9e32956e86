//! Enrolment: a one-time link, and the device that uses it.

use super::confirm::register_fact;
use crate::{
    App, Caller, Problem,
    accounts::{Opened, may_still},
    assessment,
};
use closedset_core::{
    Action, Actor, Digest, Duration, Secret, Subject, Time,
    check_in::{DeviceKey, EnrolAnswer, EnrolRequest},
    entry::Log,
    link::{EnrolLink, Home, device_of},
};
use closedset_store::{
    NewEntry, Scope, Tx,
    devices::{self, DeviceRow, EnrolmentRow},
};
use serde_json::json;

/// How long a link can be used.
pub const ENROLMENT_LIFE: Duration = Duration::from_hours(24);

/// Makes a link by which one device can be enrolled, and says until when.
pub async fn enrolment_create(app: &App, caller: &Caller) -> Result<(EnrolLink, Time), Problem> {
    caller.require(Action::DeviceManage)?;
    let token = Secret::<32>::random(app.randomness());
    let digest = Digest::of(token.expose());
    let organisation = caller.organisation;
    let (enrolment, expires_at) = app
        .write_for(caller, Action::DeviceManage, move |tx, caller| {
            let enrolment = EnrolmentRow {
                id: tx.new_id(),
                organisation: caller.organisation,
                expires_at: tx.now() + ENROLMENT_LIFE,
                device: None,
                account: caller.account,
                made_with: caller.token(),
            };
            devices::enrolment_insert(tx, &enrolment, digest, &caller.name)?;
            tx.record(
                Log::Organisation(caller.organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("enrolment:{}", enrolment.id),
                    kind: "enrolment.created",
                    body: json!({"enrolment": enrolment.id, "expires_at": enrolment.expires_at}),
                },
            )?;
            Ok((enrolment.id, enrolment.expires_at))
        })
        .await?;
    let home = Some(Home { organisation, enrolment });
    let link = EnrolLink { server: app.public_url().to_owned(), token, pin: app.pin(), home };
    Ok((link, expires_at))
}

pub(super) fn used() -> Problem {
    Problem::Conflict {
        code: "enrolment.used",
        sentence: "This enrolment link is not valid: it was used, has expired, is not one of ours, or whoever made it may not any more.",
        remedy: "Make a new link on the devices page; each enrols one device within 24 hours.",
    }
}

pub(super) fn unsigned() -> Problem {
    Problem::Conflict {
        code: "enrolment.signature",
        sentence: "The request is not signed with the key it names.",
        remedy: "Enrol again with the agent of this version.",
    }
}

/// A request that its key signed, as the unit takes it.
pub(super) struct Applicant {
    token: Digest,
    key: DeviceKey,
    name: String,
}

impl Applicant {
    /// Everything that can be said of a request without the database.
    pub(super) fn examined(request: EnrolRequest) -> Result<Self, Problem> {
        let token = Secret::<32>::from_token(&request.token).ok_or_else(used)?;
        if !request.is_signed() {
            return Err(unsigned());
        }
        let name: String =
            request.name.chars().filter(|letter| !letter.is_control()).take(253).collect();
        let name = match name.trim() {
            "" => "unnamed computer".to_owned(),
            name => name.to_owned(),
        };
        Ok(Self { token: Digest::of(token.expose()), key: request.key, name })
    }

    /// The digest of the link's secret.
    pub(super) fn token(&self) -> Digest {
        self.token
    }

    /// The device's own key.
    pub(super) fn key(&self) -> DeviceKey {
        self.key
    }
}

/// Enrols the device that asks. Asking again with the same key and link gives the same answer, so
/// that a device whose answer was lost is not locked out.
pub async fn enrol(app: &App, request: EnrolRequest) -> Result<EnrolAnswer, Problem> {
    let applicant = Applicant::examined(request)?;
    let token = applicant.token;
    let found = app
        .store()
        .read(move |tx| -> Result<_, Problem> { Ok(devices::enrolment_by_token(tx, token)?) })
        .await?
        .ok_or_else(used)?;
    let unit_app = app.clone();
    app.store()
        .write(Scope::Organisation(found.organisation), move |tx| {
            enrol_in(tx, &unit_app, &applicant)
        })
        .await
}

/// The same within a unit.
pub(super) fn enrol_in(
    tx: &mut Tx<'_>,
    app: &App,
    applicant: &Applicant,
) -> Result<EnrolAnswer, Problem> {
    let Applicant { token: digest, key, name } = applicant;
    let digest = *digest;
    let enrolment = devices::enrolment_by_token(tx, digest)?.ok_or_else(used)?;
    let organisation = enrolment.organisation;
    let every_s = app.check_in_every_s();
    let answer = |device| EnrolAnswer { enrolment: enrolment.id, organisation, device, every_s };
    let known = devices::device_by_key(tx, key)?;
    match (enrolment.device, known) {
        (Some(device), Some(known)) if device == known.id && known.revoked_at.is_none() => {
            return Ok(answer(device));
        }
        (Some(_), _) => return Err(used()),
        (None, Some(_)) => {
            return Err(Problem::Conflict {
                code: "device.known",
                sentence: "A device with this key is enrolled already.",
                remedy: "Remove the agent's state folder on a copied machine and enrol it anew.",
            });
        }
        (None, None) if enrolment.expires_at <= tx.now() => return Err(used()),
        (None, None) => {}
    }
    // A link is good as long as whoever made it belongs and may make one.
    let maker = Opened { organisation, account: enrolment.account, token: enrolment.made_with };
    if !may_still(tx, maker)?.contains(Action::DeviceManage) {
        return Err(used());
    }
    let device = device_of(enrolment.id);
    if !devices::enrolment_use(tx, enrolment.id, device)? {
        return Err(used());
    }
    let subject = Subject::device(device);
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &Actor::Device(device),
            subject: subject.to_string(),
            kind: "device.enrolled",
            body: json!({"device": device, "organisation": organisation, "key": key, "name": name, "enrolment": enrolment.id}),
        },
    )?;
    let row = DeviceRow {
        id: device,
        organisation,
        name: name.clone(),
        key: *key,
        has_screen: true,
        is_portable: true,
        handles_content: true,
        confirmed_by: None,
        confirmed_at: None,
        enrolled_at: tx.now(),
        enrolled_entry: entry.index,
        revoked_at: None,
    };
    devices::device_insert(tx, &row)?;
    let now = tx.now();
    let stated = vec![register_fact(&row, now)?];
    let catalogue = app.catalogue_of(tx, organisation)?;
    assessment::assess(tx, &catalogue, organisation, &subject, now, stated)?;
    Ok(answer(device))
}
