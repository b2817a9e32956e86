//! Clients and titles: none, several, with errors, very many, and as whoever may only read sees them.

use super::{Sample, day, panel, sample, shell};
use crate::{
    Area, Shell,
    components::{Choice, Field},
    registers::RegisterPanel,
    titles::{
        ClientForm, ClientLine, ClientPage, MemberLine, PrintedClient, PrintedPage, TitleForm,
        TitleLine, TitlePage, TitlesPage,
    },
};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    let wrong = Field::new("soon").with_error("Write the day like 2026-09-30.");
    vec![
        sample("titles-empty", &titles(0)),
        sample("titles-typical", &titles(3)),
        sample("titles-many", &titles(60)),
        sample("titles-day-refused", &TitlesPage { on: wrong.clone(), ..titles(3) }),
        sample(
            "titles-only-to-read",
            &TitlesPage { shell: reader(), may_write: false, ..titles(3) },
        ),
        sample("client-list", &printed(false)),
        sample("client-list-of-an-owner", &printed(true)),
        sample(
            "client-list-other-day",
            &PrintedPage { is_other_day: true, register: Some(panel(false)), ..printed(false) },
        ),
        sample(
            "client-list-never-confirmed",
            &PrintedPage {
                register: Some(RegisterPanel { undisclosed: 0, last: None, ..panel(false) }),
                ..printed(false)
            },
        ),
        sample(
            "client-list-only-to-read",
            &PrintedPage {
                shell: reader(),
                may_write: false,
                register: Some(RegisterPanel { may_confirm: false, ..panel(false) }),
                ..printed(false)
            },
        ),
        sample(
            "client-list-empty",
            &PrintedPage {
                clients: Vec::new(),
                count: 0,
                register: Some(RegisterPanel { is_empty: true, last: None, ..panel(false) }),
                ..printed(false)
            },
        ),
        sample("client-new", &ClientPage { id: None, titles: Vec::new(), ..client() }),
        sample("client-typical", &client()),
        sample(
            "client-error",
            &ClientPage {
                form: ClientForm { contract_to: wrong.clone(), ..ClientForm::default() },
                ..client()
            },
        ),
        sample("title-new", &TitlePage { title: None, team: Vec::new(), ..title() }),
        sample(
            "title-new-no-client",
            &TitlePage { title: None, team: Vec::new(), clients: Vec::new(), ..title() },
        ),
        sample("title-typical", &title()),
        sample(
            "title-error",
            &TitlePage {
                form: TitleForm {
                    alias: Field::new("MARMOT")
                        .with_error("Another title has this alias. Choose one of its own."),
                    ends_on: wrong,
                    ..TitleForm::default()
                },
                ..title()
            },
        ),
        sample("title-only-to-read", &TitlePage { shell: reader(), may_write: false, ..title() }),
    ]
}

fn reader() -> Shell {
    Shell { allowed: Role::Provider.actions(), ..shell(Area::Titles) }
}

fn line(number: usize) -> TitleLine {
    TitleLine {
        id: format!("ttl_{number}"),
        called: "The Salt <Road> & back".into(),
        alias: (number.is_multiple_of(2)).then(|| "MARMOT".into()),
        is_high_security: number.is_multiple_of(3),
        state: ["in work", "ended, content still held", "booked"][number % 3],
        first: day("2026-02-01", "1 February 2026"),
        last: (number % 3 == 1).then(|| day("2026-02-20", "20 February 2026")),
        gone: None,
    }
}

fn titles(count: usize) -> TitlesPage {
    let one = |number: usize| ClientLine {
        id: format!("cli_{number}"),
        name: format!("Blue <Lantern> & Sons {number}"),
        is_confidential: number % 2 == 1,
        contract: if number.is_multiple_of(2) { "contract until 31 December 2026" } else { "" }
            .into(),
        titles: (0..number % 4).map(|title| line(number * 10 + title)).collect(),
    };
    TitlesPage {
        shell: shell(Area::Titles),
        day: day("2026-03-12", "12 March 2026"),
        is_today: true,
        on: Field::new("2026-03-12"),
        active: (0..count).map(one).collect(),
        others: (count..count + count / 3).map(one).collect(),
        owners: (0..count).map(|n| Choice::new(format!("cli_{n}"), format!("Owner {n}"))).collect(),
        may_write: true,
    }
}

fn printed(is_for_owner: bool) -> PrintedPage {
    let client = |number: usize| PrintedClient {
        name: format!("Blue <Lantern> {number}"),
        is_confidential: number == 0,
        since: day("2026-02-01", "1 February 2026"),
        contract: "contract until 31 December 2026".into(),
        titles: vec![line(0), line(1)],
    };
    let others = ["Kestrel Films", "a client under a non-disclosure agreement"].map(str::to_owned);
    PrintedPage {
        shell: shell(Area::Titles),
        facility: "Halide Post".into(),
        day: day("2026-03-12", "12 March 2026"),
        owner: is_for_owner.then(|| ("cli_0".into(), "Blue <Lantern> 0".into())),
        clients: (0..if is_for_owner { 1 } else { 3 }).map(client).collect(),
        others: if is_for_owner { others.into() } else { Vec::new() },
        count: 3,
        may_write: true,
        register: (!is_for_owner).then(|| panel(false)),
        is_other_day: false,
    }
}

fn client() -> ClientPage {
    ClientPage {
        shell: shell(Area::Titles),
        id: Some("cli_0".into()),
        name: "Blue <Lantern> & Sons".into(),
        contract: "contract until 31 December 2026".into(),
        titles: vec![line(0), line(1)],
        form: ClientForm::default(),
        may_write: true,
    }
}

fn title() -> TitlePage {
    TitlePage {
        shell: shell(Area::Titles),
        title: Some(line(0)),
        client: ("cli_0".into(), "Blue <Lantern> & Sons".into()),
        team: [None, Some(Vec::new()), Some(vec!["has not read <Handbook>".into()])]
            .map(|clearance| MemberLine {
                name: "Nina Cut".into(),
                job: "colourist".into(),
                first: day("2026-02-01", "1 February 2026"),
                last: None,
                person: clearance.as_ref().map(|_| "per_0".into()),
                clearance,
            })
            .into(),
        cleared: (1, 1),
        clients: vec![Choice::new("cli_0", "Blue <Lantern> & Sons")],
        form: TitleForm::default(),
        may_write: true,
    }
}
