//! Organisations and their facilities: set-up, and the profile.

mod named;

pub use named::{Named, organisation_names};

use crate::{
    App, Caller, FieldProblem, Problem,
    accounts::{Signed, look_at},
    catalogue_change, demonstration, facility_profile,
    leaving::{Ending, follow_all},
    people::write_counted,
};
use closedset_core::{
    Action, Actor, Role,
    entry::Log,
    id::{Account, Facility, Id, Organisation},
};
use closedset_store::{
    NewEntry, Scope, Tx, accounts,
    organisations::{self, FacilityRow, OrganisationRow},
    people,
};
use serde_json::json;

/// An organisation and its first facility, as entered.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// The company's name.
    pub organisation: String,
    /// The site's name.
    pub facility: String,
    /// Its address, in lines.
    pub address: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// IANA name, `Europe/Madrid`.
    pub time_zone: String,
}

impl Profile {
    fn checked(self) -> Result<Self, Problem> {
        let mut problems = Vec::new();
        let mut text = |field, value: String, most: usize, wanted: &str| {
            let value = value.trim().to_owned();
            if value.is_empty() || value.chars().count() > most {
                problems.push(FieldProblem {
                    field,
                    message: format!("{wanted}, at most {most} characters."),
                });
            }
            value
        };
        let profile = Self {
            organisation: text("organisation", self.organisation, 120, "Enter the company's name"),
            facility: text(
                "facility",
                self.facility,
                120,
                "Enter a name for the site, such as its street",
            ),
            address: text("address", self.address, 500, "Enter the address of the site"),
            country: self.country.trim().to_owned(),
            time_zone: self.time_zone.trim().to_owned(),
        };
        if profile.country.len() != 2
            || !profile.country.bytes().all(|letter| letter.is_ascii_uppercase())
        {
            problems.push(FieldProblem { field: "country", message: "Choose a country.".into() });
        }
        if jiff::tz::TimeZone::get(&profile.time_zone).is_err() {
            problems.push(FieldProblem {
                field: "time_zone",
                message: "Choose a time zone, such as Europe/Madrid.".into(),
            });
        }
        if problems.is_empty() { Ok(profile) } else { Err(Problem::Invalid(problems)) }
    }
}

/// The last step of set-up: the organisation, its facility, and the account as its owner.
pub async fn organisation_create(
    app: &App,
    signed: &Signed,
    profile: Profile,
) -> Result<Id<Organisation>, Problem> {
    if signed.stage != crate::accounts::Stage::Full {
        return Err(Problem::NotSignedIn);
    }
    let profile = profile.checked()?;
    let (signed, unit_app) = (signed.clone(), app.clone());
    let organisation = app
        .store()
        .write(Scope::Installation, move |tx| -> Result<_, Problem> {
            if !organisations::organisation_list(tx)?.is_empty() {
                return Err(Problem::Conflict {
                    code: "set_up.done",
                    sentence: "The organisation was set up already.",
                    remedy: "Go to the board.",
                });
            }
            let organisation = found(tx, &unit_app, signed.account, &profile)?;
            look_at(tx, signed.token, signed.account, organisation)?;
            Ok(organisation)
        })
        .await?;
    app.forget_set_up_token();
    Ok(organisation)
}

/// More organisations are not owned by one account.
const OWNED: usize = 100;

/// Sets up another organisation with its first facility. Whoever asks becomes its owner: of a program,
/// whoever made its token.
pub async fn organisation_add(
    app: &App,
    caller: &Caller,
    profile: Profile,
) -> Result<Id<Organisation>, Problem> {
    caller.require(Action::OrganisationCreate)?;
    let profile = profile.checked()?;
    caller.require_fresh_factor(app.now())?;
    let unit_app = app.clone();
    app.write_for_in_installation(caller, Action::OrganisationCreate, move |tx, caller| {
        let account = caller.account.ok_or(Problem::Conflict {
            code: "organisation.no_owner",
            sentence: "An organisation has an owner, and whoever asks here is no person.",
            remedy: "Have an owner do it on the screen, or with a token that they made.",
        })?;
        let owned = people::membership_list(tx, account)?;
        if owned.iter().filter(|one| one.role == Role::Owner).count() >= OWNED {
            return Err(Problem::Conflict {
                code: "organisation.too_many",
                sentence: "You own 100 organisations, and more are not set up for one account.",
                remedy: "Let another account own those that follow.",
            });
        }
        found(tx, &unit_app, account, &profile)
    })
    .await
}

/// The rows of a new organisation, its entries, and what its controls say of it.
fn found(
    tx: &mut Tx<'_>,
    app: &App,
    owner: Id<Account>,
    profile: &Profile,
) -> Result<Id<Organisation>, Problem> {
    let account = accounts::account_by_id(tx, owner)?.ok_or(Problem::NotSignedIn)?;
    let organisation: Id<Organisation> = tx.new_id();
    let (person, facility) = (tx.new_id(), tx.new_id());
    organisations::organisation_insert(tx, organisation, &profile.organisation)?;
    organisations::facility_put(tx, organisation, &facility_row(facility, profile))?;
    people::person_insert(tx, organisation, person, &account.name, &account.email)?;
    people::membership_insert(tx, owner, organisation, person, Role::Owner, None)?;
    demonstration::mark(tx, organisation)?;
    let actor = Actor::Account { account: owner, organisation };
    let subject = format!("organisation:{organisation}");
    tx.record(
        Log::Installation,
        NewEntry {
            actor: &actor,
            subject: subject.clone(),
            kind: "organisation.created",
            body: json!({"organisation": organisation, "owner": owner}),
        },
    )?;
    tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &actor,
            subject,
            kind: "organisation.created",
            body: json!({"organisation": organisation, "profile": profile_body(facility, profile), "owner": person}),
        },
    )?;
    catalogue_change::assess_all(tx, app, organisation)?;
    Ok(organisation)
}

fn facility_row(id: Id<Facility>, profile: &Profile) -> FacilityRow {
    FacilityRow {
        id,
        name: profile.facility.clone(),
        address: profile.address.clone(),
        country: profile.country.clone(),
        time_zone: profile.time_zone.clone(),
    }
}

fn profile_body(facility: Id<Facility>, profile: &Profile) -> serde_json::Value {
    json!({
        "organisation": profile.organisation,
        "facility": {
            "id": facility,
            "name": profile.facility,
            "address": profile.address,
            "country": profile.country,
            "time_zone": profile.time_zone,
        },
    })
}

/// The organisation and its sites.
pub async fn profile(
    app: &App,
    caller: &Caller,
) -> Result<(OrganisationRow, Vec<FacilityRow>), Problem> {
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let row = organisations::organisation_by_id(tx, organisation)?
                .ok_or(Problem::NotFound("organisation"))?;
            Ok((row, organisations::facility_list(tx, organisation)?))
        })
        .await
}

/// Changes the organisation's name and its first site.
pub async fn profile_change(app: &App, caller: &Caller, profile: Profile) -> Result<(), Problem> {
    caller.require(Action::SettingsWrite)?;
    let profile = profile.checked()?;
    let unit_app = app.clone();
    // Which day it is where the facility is decides who is engaged.
    write_counted(app, caller, Action::SettingsWrite, move |tx, caller| {
        let first = organisations::facility_list(tx, caller.organisation)?.into_iter().next();
        let facility = first.as_ref().map_or_else(|| tx.new_id(), |row| row.id);
        let place =
            |row: &FacilityRow| (row.name.clone(), row.address.clone(), row.country.clone());
        if first.is_some_and(|row| place(&row) != place(&facility_row(facility, &profile))) {
            let catalogue = unit_app.catalogue_of(tx, caller.organisation)?;
            let by = (&caller.actor, caller.organisation);
            facility_profile::take_back(tx, &catalogue, by, facility)?;
        }
        organisations::organisation_rename(tx, caller.organisation, &profile.organisation)?;
        organisations::facility_put(tx, caller.organisation, &facility_row(facility, &profile))?;
        tx.record(
            Log::Organisation(caller.organisation),
            NewEntry {
                actor: &caller.actor,
                subject: format!("facility:{facility}"),
                kind: "facility.changed",
                body: profile_body(facility, &profile),
            },
        )?;
        let by = Ending { actor: &caller.actor, owner: caller.person };
        follow_all(tx, caller.organisation, &by)
    })
    .await
}

/// The organisations that a caller reaches: a person all they belong to, a program its own, an operator
/// every one.
pub async fn organisation_list_of(
    app: &App,
    caller: &Caller,
) -> Result<Vec<OrganisationRow>, Problem> {
    let caller = caller.clone();
    app.store()
        .read(move |tx| {
            let now = tx.now();
            let all = organisations::organisation_list(tx)?;
            let reached = match caller.actor {
                Actor::Operator(_) => return Ok(all),
                Actor::Account { account, .. } | Actor::AccountAlone(account) => {
                    people::membership_list(tx, account)?
                        .into_iter()
                        .filter(|membership| membership.is_in_force(now))
                        .map(|membership| membership.organisation)
                        .collect()
                }
                Actor::Token { .. } | Actor::Person(_) | Actor::Device(_) | Actor::Closedset => {
                    vec![caller.organisation]
                }
            };
            Ok(all.into_iter().filter(|row| reached.contains(&row.id)).collect())
        })
        .await
}

/// Every organisation of the installation, for the operator's commands.
pub async fn organisation_list(app: &App) -> Result<Vec<OrganisationRow>, Problem> {
    app.store().read(|tx| Ok(organisations::organisation_list(tx)?)).await
}
