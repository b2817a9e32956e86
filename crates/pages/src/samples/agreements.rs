//! What is to be signed: nothing, several, with errors, as whoever may only read; and the page of whoever signs.

use super::{Sample, day, people::outside, sample, shell};
use crate::{
    Area, Shell,
    agreements::{
        AgreementForm, AgreementLine, AgreementPage, AgreementsPage, MineDead, MinePage, PaperLine,
        PaperPage, ReadLine, SignatureLine, SignedLine, VersionLine,
    },
    components::{Choice, Field, Prose},
    contacts::ContactLine,
};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    let refused = Some("Another agreement is called so. Call this one otherwise.".to_owned());
    let wrong = || Field::new("short").with_error("Write or paste what is to be signed.");
    vec![
        sample("agreements-empty", &list(0)),
        sample("agreements-typical", &list(3)),
        sample(
            "agreements-only-to-read",
            &AgreementsPage { shell: reader(), may_write: false, ..list(0) },
        ),
        sample("agreement-new", &AgreementPage { agreement: None, ..agreement() }),
        sample(
            "agreement-new-refused",
            &AgreementPage {
                agreement: None,
                problem: refused.clone(),
                form: AgreementForm { text: wrong(), ..AgreementForm::default() },
                ..agreement()
            },
        ),
        sample("agreement-typical", &agreement()),
        sample(
            "agreement-refused",
            &AgreementPage {
                problem: refused.clone(),
                form: AgreementForm { text: wrong(), asks_again: true, ..AgreementForm::default() },
                ..agreement()
            },
        ),
        sample(
            "agreement-signed-by-all",
            &AgreementPage { shell: reader(), owing: Vec::new(), may_write: false, ..agreement() },
        ),
        sample(
            "agreement-retired",
            &AgreementPage { is_retired: true, may_write: false, ..agreement() },
        ),
        sample("paper-waits", &paper_page(Some(paper(None)), None)),
        sample(
            "paper-refused-without-a-reason",
            &PaperPage {
                problem: Some("Whoever uploaded a paper does not confirm it alone.".into()),
                reason: Field::default().with_error("Say why, in a few words."),
                ..paper_page(Some(paper(None)), None)
            },
        ),
        sample("paper-refused", &paper_page(Some(paper(Some("No <signature> on it"))), None)),
        sample(
            "paper-confirmed-alone",
            &paper_page(
                Some(PaperLine { refused_because: None, is_alone: true, ..paper(Some("")) }),
                None,
            ),
        ),
        sample("signature-typical", &paper_page(None, Some(signature(false)))),
        sample("signature-withdrawn", &paper_page(None, Some(signature(true)))),
        sample(
            "signature-only-to-read",
            &PaperPage {
                shell: reader(),
                may_write: false,
                ..paper_page(None, Some(signature(false)))
            },
        ),
        sample("mine-typical", &mine()),
        sample("mine-again", &MinePage { is_again: true, place: (1, 1), ..mine() }),
        sample(
            "mine-refused",
            &MinePage {
                problem: refused,
                name: Field::new("Omar").with_error("Type your name as it stands here: Nina <Cut>"),
                has_read: Field::default().with_error("Read it to the end."),
                ..mine()
            },
        ),
        sample("mine-to-read", &MinePage { next: None, ..mine() }),
        sample("mine-contact", &MinePage { next: None, reads: Vec::new(), ..mine_contact(true) }),
        sample(
            "mine-contact-confirmed",
            &MinePage { next: None, reads: Vec::new(), signed: Vec::new(), ..mine_contact(false) },
        ),
        sample(
            "mine-contact-refused",
            &MinePage {
                next: None,
                problem: Some(
                    "What stands on the sheet of contacts changed while you read it.".into(),
                ),
                ..mine_contact(true)
            },
        ),
        sample("mine-nothing-owed", &MinePage { next: None, reads: Vec::new(), ..mine() }),
        sample("mine-dead", &MineDead { shell: outside(), is_forgotten: false }),
        sample("mine-forgotten", &MineDead { shell: outside(), is_forgotten: true }),
    ]
}

fn reader() -> Shell {
    Shell { allowed: Role::Coordinator.actions(), ..shell(Area::People) }
}

fn line(number: i64) -> AgreementLine {
    AgreementLine {
        id: format!("agr_{number}"),
        name: format!("Confidentiality <{number}>"),
        client: (number % 2 == 1).then(|| "Blue <Lantern>".into()),
        number: number + 1,
        bound: number * 4,
        signed: number * 2,
    }
}

fn list(count: i64) -> AgreementsPage {
    AgreementsPage {
        shell: shell(Area::People),
        agreements: (0..count).map(line).collect(),
        retired: (10..10 + count / 3).map(line).collect(),
        may_write: true,
    }
}

fn agreement() -> AgreementPage {
    AgreementPage {
        shell: shell(Area::People),
        agreement: Some(line(1)),
        is_retired: false,
        words: Prose::from_markdown("# What is confidential\n\nEverything **here**. <script>"),
        versions: vec![VersionLine {
            number: 1,
            since: day("2026-02-01", "1 February 2026"),
            by: "Ada Reel".into(),
            entry: 41,
        }],
        owing: vec![("per_0".into(), "Nina <Cut>".into())],
        is_cut: true,
        form: AgreementForm {
            name: Field::new("Confidentiality"),
            text: Field::new("# What is confidential\n\nEverything."),
            version: 1,
            ..AgreementForm::default()
        },
        clients: vec![Choice::new("cli_0", "Blue <Lantern>")],
        problem: None,
        may_write: true,
        may_remind: true,
    }
}

fn mine() -> MinePage {
    MinePage {
        shell: outside(),
        organisation: "Halide <Post>".into(),
        person: "Nina <Cut>".into(),
        next: Some((
            "agr_0".into(),
            2,
            "Confidentiality".into(),
            Prose::from_markdown("# What is confidential\n\nEverything **here**."),
        )),
        place: (1, 2),
        is_again: false,
        signed: vec![SignedLine {
            id: "sgn_0".into(),
            agreement: "Blue <Lantern>’s own".into(),
            at: day("2026-02-01T10:00:00Z", "1 February 2026, 10:00"),
        }],
        reads: vec![
            read(Some("pol_0"), "Handbook <of all>", true),
            read(Some("pol_1"), "Social media", false),
            read(None, "Older rules", false),
        ],
        contact: None,
        name: Field::default(),
        has_read: Field::default(),
        problem: None,
    }
}

fn mine_contact(is_due: bool) -> MinePage {
    let confirmed =
        (day("2026-02-01T10:00:00Z", "1 February 2026, 10:00"), day("2026-08-03", "3 August 2026"));
    MinePage {
        contact: Some(ContactLine {
            place: "Deputy",
            name: "Nina <Cut>".into(),
            email: "nina@halide.example".into(),
            phone: "+46 70 123 45 67".into(),
            edition: 3,
            confirmed: (!is_due).then_some(confirmed),
            is_due,
            may_confirm: true,
        }),
        ..mine()
    }
}

fn read(id: Option<&str>, name: &str, is_owed: bool) -> ReadLine {
    ReadLine {
        id: id.map(str::to_owned),
        name: name.into(),
        is_owed,
        said: (!is_owed).then(|| day("2026-02-01T10:00:00Z", "1 February 2026, 10:00")),
    }
}

fn paper_page(paper: Option<PaperLine>, signature: Option<SignatureLine>) -> PaperPage {
    PaperPage {
        shell: shell(Area::People),
        person: ("per_0".into(), "Nina <Cut>".into()),
        agreement: ("agr_0".into(), "Confidentiality".into()),
        paper,
        signature,
        problem: None,
        reason: Field::default(),
        may_write: true,
    }
}

pub(super) fn paper(refused_because: Option<&str>) -> PaperLine {
    PaperLine {
        id: "pap_0".into(),
        number: 1,
        signed_on: day("2025-09-30", "30 September 2025"),
        is_earlier_wording: true,
        form: "PDF".into(),
        uploaded_by: "Jonas <Plan>".into(),
        uploaded_at: day("2026-03-12T09:00:00Z", "12 March 2026, 10:00"),
        judged: refused_because
            .map(|_| ("Ada".into(), day("2026-03-12T10:00:00Z", "12 March 2026, 11:00"))),
        is_alone: false,
        refused_because: refused_because.map(str::to_owned),
    }
}

pub(super) fn signature(is_withdrawn: bool) -> SignatureLine {
    let at = || day("2026-01-12T10:00:00Z", "12 January 2026, 11:00");
    SignatureLine {
        id: "sgn_1".into(),
        number: 1,
        at: at(),
        is_on_paper: is_withdrawn,
        withdrawn: is_withdrawn.then(|| ("Ada".into(), at(), "the <wrong> person".into())),
    }
}
