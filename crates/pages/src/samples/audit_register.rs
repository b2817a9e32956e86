//! The register of audits: none, several, very many, with errors, and as whoever may only read sees it.

use super::{Sample, day, sample, shell};
use crate::{
    Area, Shell,
    audits::register::{
        AuditForm, AuditLine, AuditNew, AuditPage, Decision, FindingForm, FindingLine, FindingNew,
        FindingPage, RegisterPage, ReportFile,
    },
    components::{Choice, Field, Paging},
    tasks::Owner,
};
use closedset_core::Role;

const FOUND: &str = "The guest <Wi-Fi> reaches the render network & the NAS.";

pub(super) fn samples() -> Vec<Sample> {
    let wrong = Field::new("soon").with_error("Write the day like 2026-09-30.");
    vec![
        sample("audits-empty", &register(0)),
        sample("audits-typical", &register(2)),
        sample("audits-many", &register(40)),
        sample(
            "audits-only-to-read",
            &RegisterPage {
                shell: reader(),
                may_write: false,
                owners: Vec::new(),
                signed_none: Vec::new(),
                ..register(2)
            },
        ),
        sample("audit-new", &form(None)),
        sample(
            "audit-error",
            &AuditNew {
                form: AuditForm {
                    begins_on: wrong.clone(),
                    assessors: Field::default()
                        .with_error("Enter the testers by name: content owners ask for them."),
                    ..AuditForm::default()
                },
                ..form(Some("aud_1"))
            },
        ),
        sample("audit-typical", &audit(3)),
        sample("audit-many", &audit(100)),
        sample("audit-without-a-report", &AuditPage { report: None, report_on: None, ..audit(0) }),
        sample(
            "audit-of-a-client-only-to-read",
            &AuditPage {
                shell: reader(),
                is_withheld: true,
                assessors: String::new(),
                scope: String::new(),
                may_write: false,
                line: AuditLine { firm: String::new(), whose: "of a client".into(), ..line(1) },
                ..audit(2)
            },
        ),
        sample(
            "audit-refused",
            &AuditPage {
                file: Field::default().with_error("Choose a file; this one is empty."),
                reason: Field::default()
                    .with_error("Say why, in a few words; it stands in the ledger."),
                ..audit(1)
            },
        ),
        sample("finding-new", &finding_new()),
        sample("finding-open", &finding("open")),
        sample("finding-accepted", &finding("accepted")),
        sample("finding-closed", &finding("closed")),
        sample(
            "finding-error",
            &FindingPage {
                said: Field::default().with_error("Say what was done, in a few words."),
                until: wrong,
                ..finding("open")
            },
        ),
        sample(
            "finding-only-to-read",
            &FindingPage {
                shell: reader(),
                may_write: false,
                may_accept: false,
                ..finding("open")
            },
        ),
    ]
}

fn reader() -> Shell {
    Shell { allowed: Role::Auditor.actions(), ..shell(Area::Documents) }
}

fn line(number: usize) -> AuditLine {
    AuditLine {
        id: format!("aud_{number}"),
        kind: ["TPN assessment", "Content owner’s audit", "Internal audit"][number % 3],
        whose: if number % 3 == 1 { "of Blue <Lantern>, whose name is confidential" } else { "" }
            .into(),
        firm: "Harbour <& Sons>".into(),
        first: day("2026-02-02", "2 February 2026"),
        last: number.is_multiple_of(2).then(|| day("2026-02-03", "3 February 2026")),
        due: day("2027-02-20", "20 February 2027"),
        is_overdue: number % 3 == 2,
        report: ["report kept here", "no report here", "report taken back"][number % 3],
        open: 4,
        grave: i64::try_from(number % 3).unwrap_or(0),
        late: i64::try_from(number % 2).unwrap_or(0),
    }
}

fn open() -> Vec<(&'static str, i64)> {
    vec![("Critical", 1), ("High", 2), ("Medium", 0), ("Low", 1), ("Informational", 0)]
}

fn register(count: usize) -> RegisterPage {
    let none = count == 0;
    RegisterPage {
        shell: shell(Area::Documents),
        tab: "audits",
        audits: (0..count).map(line).collect(),
        tests: (0..count / 2)
            .map(|number| AuditLine { kind: "External penetration test", ..line(number * 3) })
            .collect(),
        open: if none { vec![("Critical", 0)] } else { open() },
        late: i64::from(!none),
        accepted: i64::from(!none),
        closed: if none { 0 } else { 9 },
        signed_none: if none { Vec::new() } else { vec!["AD-9"] },
        owners: vec![Choice::new("cli_1", "Blue <Lantern>")],
        may_write: true,
    }
}

fn form(id: Option<&str>) -> AuditNew {
    AuditNew {
        shell: shell(Area::Documents),
        id: id.map(str::to_owned),
        name: "TPN assessment".into(),
        form: AuditForm {
            changes: id.map_or(String::new(), |_| "3".into()),
            ..AuditForm::default()
        },
        kinds: vec![
            Choice::new("tpn", "Audit: TPN assessment"),
            Choice::new("external_test", "Test: External penetration test"),
        ],
        clients: vec![Choice::new("cli_1", "Blue <Lantern>")],
    }
}

fn finding_line(number: usize) -> FindingLine {
    let state = ["open", "accepted", "closed"][number % 3];
    FindingLine {
        id: format!("fnd_{number}"),
        reference: format!("3.{number}"),
        what: FOUND.into(),
        severity: ["Critical", "High", "Medium"][number % 3],
        control: if number.is_multiple_of(2) { "IS-3" } else { "" }.into(),
        state,
        owner: [Owner::Nobody, Owner::Me, Owner::Person("Nina <Cut>".into())][number % 3].clone(),
        due: (state != "closed").then(|| day("2026-04-01", "1 April 2026")),
        is_late: number == 0,
    }
}

fn audit(count: usize) -> AuditPage {
    AuditPage {
        shell: shell(Area::Documents),
        line: AuditLine { open: i64::try_from(count.div_ceil(3)).unwrap_or(0), ..line(0) },
        control: "AD-8",
        assessors: "Ida <Falk>, Per Holm".into(),
        scope: "The whole site.\nNot the landlord’s <server room>.".into(),
        is_withheld: false,
        report_on: Some(day("2026-02-20", "20 February 2026")),
        report: Some(ReportFile {
            document: "doc_1".into(),
            name: "TPN <report>.pdf".into(),
            size: "2.4 MB".into(),
            is_withdrawn: false,
            last_day: day("2027-02-20", "20 February 2027"),
            is_over: false,
        }),
        file: Field::default(),
        open: open(),
        accepted: i64::try_from(count / 3).unwrap_or(0),
        closed: i64::try_from(count / 3).unwrap_or(0),
        state: "",
        findings: (0..count).map(finding_line).collect(),
        paging: Paging {
            shown: i64::try_from(count).unwrap_or(0),
            total: Some(i64::try_from(count).unwrap_or(0)),
            first: None,
            next: (count > 50).then(|| "/audits/aud_0?state=&from=100".into()),
        },
        reason: Field::default(),
        may_write: true,
    }
}

fn finding_form() -> FindingForm {
    FindingForm {
        reference: Field::new("3.1"),
        what: Field::new(FOUND),
        severity: Field::new("high"),
        severities: vec![Choice::new("critical", "Critical"), Choice::new("high", "High")],
        control: Field::new("IS-3"),
        controls: vec![Choice::new("IS-3", "IS-3 A firewall on every computer")],
        owner: Field::new("per_nina"),
        owners: vec![Choice::new("per_nina", "Nina <Cut>")],
        due_on: Field::new("2026-04-01"),
        is_open: true,
        changes: "2".into(),
    }
}

fn finding_new() -> FindingNew {
    FindingNew {
        shell: shell(Area::Documents),
        audit: ("aud_0".into(), "TPN assessment".into()),
        form: finding_form(),
    }
}

fn finding(state: &'static str) -> FindingPage {
    let number = match state {
        "open" => 0,
        "accepted" => 1,
        _ => 2,
    };
    let decision = Decision {
        said: "A network of its own.\nTested <again>.".into(),
        by: "Mara Sloane".into(),
        when: Some(day("2026-03-12T09:30:00+01:00", "12 March 2026, 09:30")),
        proof: Some(("doc_2".into(), "Retest <2026>".into())),
    };
    FindingPage {
        shell: shell(Area::Documents),
        audit: ("aud_0".into(), "TPN assessment".into()),
        line: finding_line(number),
        owner: Owner::Person("Nina <Cut>".into()),
        due: day("2026-04-01", "1 April 2026"),
        task: "tsk_1".into(),
        decision: (state != "open").then_some(decision),
        form: FindingForm { is_open: state == "open", ..finding_form() },
        said: Field::default(),
        proof: Field::default(),
        proofs: vec![Choice::new("doc_2", "AD-9: Retest <2026>")],
        why: Field::default(),
        until: Field::default(),
        again: Field::default(),
        reason: Field::default(),
        may_write: true,
        may_accept: true,
    }
}
