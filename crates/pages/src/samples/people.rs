//! People: who belongs, invitations, joining, several organisations.

use super::{CSRF, Sample, entry, sample, shell, shell_saying, time};
use crate::components::{Choice, Command, Field, Paging};
use crate::entry::{
    join::{Join, JoinAccept, JoinDead},
    organisations::{OrganisationLine, OrganisationNew, Organisations},
    set_up::{JOINING, leader_of},
};
use crate::settings::{
    InvitationLine, Made, PeoplePage, PersonLine, PersonPage, PersonRemove, role_words,
};
use crate::{Area, FlashKind, Shell};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("people-typical", &people()),
        sample("people-alone", &people_alone()),
        sample("people-many", &people_many()),
        sample("people-read-only", &PeoplePage { may_manage: false, ..people() }),
        sample("people-stale", &PeoplePage { is_confirmed: false, ..people() }),
        sample("people-invited", &people_invited()),
        sample("people-error", &people_error()),
        sample("person", &person()),
        sample("person-self", &PersonPage { person: self_line(), ..person() }),
        sample("person-beyond", &PersonPage { may_change: false, ..person() }),
        sample("person-stale", &PersonPage { is_confirmed: false, ..person() }),
        sample("person-last-owner", &person_last_owner()),
        sample("person-remove", &remove()),
        sample("person-remove-self", &remove_self()),
        sample("join", &join(None)),
        sample("join-provider", &Join { provider: Some("Film <House>".into()), ..join(None) }),
        sample("join-error", &join_error()),
        sample("join-accept", &accept("nina@cut.example")),
        sample("join-other", &accept("someone@else.example")),
        sample("join-dead", &JoinDead { shell: outside(), is_forgotten: false }),
        sample("join-forgotten", &JoinDead { shell: outside(), is_forgotten: true }),
        sample("organisations", &organisations(false)),
        sample("organisations-none", &organisations(true)),
        sample("organisation-new", &organisation_new(None)),
        sample(
            "organisation-new-error",
            &organisation_new(Some("Enter the company's name, at most 120 characters.")),
        ),
    ]
}

pub(super) fn outside() -> Shell {
    Shell::outside(CSRF)
}

fn line(number: usize, role: Role) -> PersonLine {
    PersonLine {
        id: format!("per_{number}"),
        name: format!("Nina <Cut> {number}"),
        email: format!("nina.{number}@halide.example"),
        role: role_words(role),
        factors: "passkey, authenticator app".into(),
        signed_in: Some(time("2026-03-12T07:00:00Z", "2 hours ago")),
        last_day: None,
        has_ended: false,
        is_self: false,
    }
}

fn self_line() -> PersonLine {
    PersonLine { is_self: true, name: "Inés Okafor".into(), ..line(1, Role::Owner) }
}

fn choices() -> Vec<Choice> {
    Role::ALL.iter().map(|role| Choice::new(role.as_str(), role_words(*role))).collect()
}

fn people() -> PeoplePage {
    let auditor = PersonLine {
        last_day: Some(time("2026-04-30", "30 April 2026")),
        factors: "passkey".into(),
        signed_in: None,
        ..line(3, Role::Auditor)
    };
    let over = PersonLine {
        last_day: Some(time("2026-02-28", "28 February 2026")),
        has_ended: true,
        ..line(4, Role::Auditor)
    };
    let unfinished =
        PersonLine { factors: String::new(), signed_in: None, ..line(5, Role::Member) };
    PeoplePage {
        shell: shell(Area::Settings),
        tab: "people",
        people: vec![self_line(), line(2, Role::SecurityContact), auditor, over, unfinished],
        paging: Paging { shown: 5, ..Paging::default() },
        invitations: vec![invitation(1, false), invitation(2, true)],
        made: None,
        may_manage: true,
        is_confirmed: true,
        once: "b25jZQ".into(),
        problem: None,
        name: Field::default(),
        email: Field::default(),
        role: Field::default(),
        last_day: Field::default(),
        roles: choices(),
        means: vec![("Owner", "May do everything."), ("Auditor", "Looks & changes nothing.")],
    }
}

fn invitation(number: usize, is_expired: bool) -> InvitationLine {
    InvitationLine {
        id: format!("inv_{number}"),
        name: "Otto <Grade>".into(),
        email: "otto@halide.example".into(),
        role: role_words(Role::Coordinator),
        by: "Inés Okafor".into(),
        expires: time("2026-03-19", "19 March 2026"),
        is_expired,
        may_revoke: number == 1,
    }
}

fn people_alone() -> PeoplePage {
    PeoplePage { people: vec![self_line()], invitations: Vec::new(), ..people() }
}

fn people_many() -> PeoplePage {
    PeoplePage {
        shell: shell_saying(Area::Settings, FlashKind::Done, "Removed."),
        people: (0..100).map(|number| line(number, Role::Member)).collect(),
        paging: Paging {
            shown: 100,
            total: None,
            first: Some("/settings/people".into()),
            next: Some("/settings/people?after=per_99".into()),
        },
        ..people()
    }
}

fn people_invited() -> PeoplePage {
    let made = Made {
        name: "Otto <Grade>".into(),
        link: Command::new(
            "https://closedset.halide.example/join?token=7Qk0m2yTzR4vN8cL1pXwE5sHdJ3bAfGu",
        ),
        only_here: Some("https://localhost:8443".into()),
        expires: time("2026-03-19T10:30:00Z", "19 March 2026, 11:30"),
    };
    PeoplePage { made: Some(made), ..people() }
}

fn people_error() -> PeoplePage {
    PeoplePage {
        problem: Some(
            "This address has an open invitation. Take that one back first, then invite again."
                .into(),
        ),
        name: Field::default().with_error("Enter the person's name, at most 100 characters."),
        email: Field::new("otto").with_error("Enter an e-mail address such as name@example.com."),
        role: Field::new("auditor"),
        last_day: Field::default().with_error("Say until which day the auditor may look."),
        ..people()
    }
}

fn person() -> PersonPage {
    PersonPage {
        shell: shell(Area::Settings),
        person: line(2, Role::Coordinator),
        may_change: true,
        is_confirmed: true,
        problem: None,
        role: Field::new("coordinator"),
        last_day: Field::default(),
        roles: choices(),
    }
}

fn person_last_owner() -> PersonPage {
    PersonPage {
        problem: Some(
            "This is the only owner who can sign in, and an organisation is never without one."
                .into(),
        ),
        last_day: Field::new("2026-02-01").with_error("The last day lies in the past."),
        ..person()
    }
}

fn remove() -> PersonRemove {
    PersonRemove {
        shell: shell(Area::Settings),
        id: "per_2".into(),
        name: "Nina <Cut>".into(),
        is_self: false,
        problem: None,
        tokens: vec!["Nightly <pack>".into(), "Wall screen".into()],
    }
}

fn remove_self() -> PersonRemove {
    PersonRemove {
        is_self: true,
        tokens: Vec::new(),
        problem: Some("This is the only owner who can sign in.".into()),
        ..remove()
    }
}

fn join(problem: Option<&str>) -> Join {
    Join {
        shell: outside(),
        steps: leader_of(&JOINING, 0),
        invitation: "0f".repeat(32),
        organisation: "Halide <Post>".into(),
        role: role_words(Role::Coordinator),
        invited_by: "Inés Okafor".into(),
        email: "nina@cut.example".into(),
        provider: None,
        problem: problem.map(str::to_owned),
        name: Field::new("Nina Cut"),
        password: Field::default(),
    }
}

fn join_error() -> Join {
    Join {
        password: Field::default().with_error("Choose a password of at least 12 characters."),
        ..join(Some("No account could be made for this address."))
    }
}

fn accept(own: &str) -> JoinAccept {
    JoinAccept {
        shell: outside(),
        invitation: "0f".repeat(32),
        is_another: own != "nina@cut.example",
        organisation: "Halide <Post>".into(),
        role: role_words(Role::Auditor),
        invited_by: "Inés Okafor".into(),
        email: "nina@cut.example".into(),
        own: own.into(),
    }
}

fn organisations(none: bool) -> Organisations {
    let line = |number: usize| OrganisationLine {
        id: format!("org_{number}"),
        name: format!("Halide <{number}>"),
        site: (number == 2).then(|| "Annex <2>".into()),
        role: role_words(Role::Owner),
        is_here: number == 1,
    };
    Organisations {
        shell: outside(),
        email: "ines@halide.example".into(),
        organisations: if none { Vec::new() } else { (1..4).map(line).collect() },
        may_add: !none,
    }
}

fn organisation_new(wrong: Option<&str>) -> OrganisationNew {
    let organisation = Field { error: wrong.map(str::to_owned), ..Field::default() };
    OrganisationNew {
        shell: shell(Area::Settings),
        problem: wrong.map(|_| "You own 100 organisations.".to_owned()),
        organisation,
        facility: Field::default(),
        address: Field::default(),
        country: Field::default(),
        time_zone: Field::default(),
        countries: entry::countries(),
        time_zones: entry::time_zones(),
    }
}
