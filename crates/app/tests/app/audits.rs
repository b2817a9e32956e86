//! Audits and penetration tests: what their reports are evidence of, what becomes of what they found, who reads of
//! whom, and what is refused.

use crate::{
    exceptions::{granted, of_control},
    packs::{checked, pack, whole_period},
    world::{World, code, on_both},
};
use closedset_app::{
    Caller, Problem,
    audits::{self, AuditDetail, Closing, FindingsOf, NewAudit, NewFinding, Report, WhoseAudit},
    calendar,
    evidence::{self, pieces},
    frameworks, ledger, people,
    tasks::{self, NewPlan, TaskState, TasksOf},
    titles::{self, NewClient},
};
use closedset_core::{
    Digest, Duration, Role, Status, Subject,
    audit::FindingState,
    exception::ExceptionForm,
    id::{Audit, Client, Finding, Id, Person},
};
use closedset_store::{audits::FindingRow, tasks::TaskRow};
use jiff::civil::date;
use serde_json::json;

on_both!(
    a_report_counts_until_the_next_audit_is_due,
    without_a_report_there_is_no_evidence,
    a_correction_gives_the_report_anew,
    an_audit_that_is_taken_out_takes_its_report_and_tasks_along,
    a_report_that_is_over_already_is_kept_and_proves_nothing,
    a_report_that_was_taken_back_stays_so,
    a_finding_is_a_task_and_is_closed_with_it_alone,
    a_finding_goes_on_where_its_framework_is_chosen_no_more,
    an_accepted_risk_is_open_again_after_its_day,
    a_finding_of_somebody_who_leaves_is_nobodys,
    what_is_entered_wrongly_is_refused_by_field_all_at_once,
    findings_that_are_entered_wrongly_are_refused_by_field,
    hostile_texts_are_refused,
    two_who_change_the_same_do_not_undo_each_other,
    whoever_sees_no_clients_reads_nothing_of_whose_an_audit_was,
    one_owners_list_names_no_other,
    a_role_may_what_the_matrix_says,
    another_organisation_sees_and_touches_none_of_it,
    that_there_is_none_is_held_against_what_there_is,
    findings_are_listed_open_ones_first_and_the_worst_of_them_page_by_page,
);

fn tpn() -> NewAudit {
    NewAudit {
        kind: "tpn".into(),
        firm: "Blue Harbour Assurance".into(),
        assessors: "Ida Falk".into(),
        scope: "The whole site.\nNot the server room of the landlord.".into(),
        begins_on: "2026-02-02".into(),
        ends_on: "2026-02-03".into(),
        report_on: "2026-02-20".into(),
        ..NewAudit::default()
    }
}

fn test() -> NewAudit {
    NewAudit { kind: "external_test".into(), assessors: "Per Holm, Lo Ek".into(), ..tpn() }
}

fn of_client(client: Id<Client>) -> NewAudit {
    NewAudit {
        kind: "content_owner".into(),
        client: Some(client),
        firm: "Blue Lantern Content Security".into(),
        ..tpn()
    }
}

fn found(reference: &str, severity: &str) -> NewFinding {
    NewFinding {
        reference: reference.into(),
        what: "The guest Wi-Fi reaches the render network.".into(),
        severity: severity.into(),
        control: "IS-3".into(),
        ..NewFinding::default()
    }
}

pub fn report(name: &str, bytes: &[u8]) -> Report {
    let (pieces, receiver) = pieces();
    let bytes = bytes.to_vec();
    tokio::spawn(async move {
        if pieces.send(bytes).await {
            pieces.end();
        }
    });
    Report { file_name: name.into(), media_type: "application/pdf".into(), pieces: receiver }
}

async fn add(world: &World, new: NewAudit, with_report: Option<&[u8]>) -> Id<Audit> {
    let report = with_report.map(|bytes| report("report.pdf", bytes));
    audits::audit_add(&world.app, &world.owner, new, report).await.unwrap()
}

async fn find(world: &World, audit: Id<Audit>, new: NewFinding) -> Id<Finding> {
    audits::finding_add(&world.app, &world.owner, audit, new).await.unwrap()
}

async fn one(world: &World, by: &Caller, id: Id<Audit>) -> AuditDetail {
    let all = FindingsOf { state: None, skip: 0, limit: 200 };
    audits::audit_one(&world.app, by, id, all).await.unwrap()
}

async fn finding(world: &World, id: Id<Finding>) -> FindingRow {
    audits::finding_one(&world.app, &world.owner, id).await.unwrap().finding
}

async fn open_tasks(world: &World) -> Vec<TaskRow> {
    let (rows, _) =
        tasks::task_list(&world.app, &world.owner, TaskState::Open, TasksOf::Anybody, None, 200)
            .await
            .unwrap();
    rows.into_iter().filter(|row| tasks::finding_of(row).is_some()).collect()
}

async fn status(world: &World, control: &str) -> Status {
    let check = format!("{}-evidence", control.to_lowercase());
    world.status(&Subject::control(control), &check).await
}

async fn person_of(world: &World, caller: &Caller) -> Id<Person> {
    let (all, _) = people::person_list(&world.app, &world.owner, None, 200).await.unwrap();
    all.iter().find(|row| Some(row.account) == caller.account()).unwrap().person
}

async fn client(world: &World, name: &str, is_confidential: bool) -> Id<Client> {
    let new = NewClient { name: name.into(), is_confidential, ..NewClient::default() };
    titles::client_add(&world.app, &world.owner, new).await.unwrap()
}

async fn assert_pack_is_valid(world: &World) {
    let report = checked(world, &pack(world, whole_period(world)).await).await;
    assert!(report.is_valid(), "{:#?}", report.findings);
}

fn closing(said: &str) -> Closing {
    Closing { said: said.into(), proof: None }
}

async fn a_report_counts_until_the_next_audit_is_due(world: World) {
    let from = world.entry_count(world.log()).await;
    let id = add(&world, tpn(), Some(b"the report")).await;
    let kinds = world.kinds_from(from).await;
    assert_eq!(kinds, ["document.added", "subject.assessed", "audit.added"]);
    assert_eq!(status(&world, "AD-8").await, Status::Pass);
    assert_eq!(status(&world, "AD-9").await, Status::Unknown);
    let shown = one(&world, &world.owner, id).await.audit;
    assert_eq!(shown.due_on, date(2027, 2, 20));
    let document = shown.report.unwrap().document;
    let detail = evidence::document_detail(&world.app, &world.owner, document).await.unwrap();
    let newest = &detail.document.newest;
    assert_eq!(detail.document.title, "TPN assessment, Blue Harbour Assurance, 2026-02-03");
    assert_eq!(newest.digest, Digest::of(b"the report"));
    assert_eq!(newest.valid_from, "2026-02-19T23:00:00Z".parse().unwrap());
    assert_eq!(newest.valid_to, "2027-02-20T23:00:00Z".parse().unwrap());
    assert_eq!(
        world.body(from + 2).await,
        json!({
            "audit": id, "kind": "tpn", "client": null, "firm": "Blue Harbour Assurance",
            "assessors": "Ida Falk", "scope": "The whole site.\nNot the server room of the landlord.",
            "begins_on": "2026-02-02", "ends_on": "2026-02-03", "report_on": "2026-02-20",
            "due_on": "2027-02-20", "document": document,
        })
    );
    assert_pack_is_valid(&world).await;
    // It reminds before its end, as every document does, and then counts no more.
    world.clock.set("2027-02-10T09:00:00Z".parse().unwrap());
    world.sweep().await;
    let task = world.tasks(&Subject::control("AD-8"), "ad-8-evidence").await.remove(0);
    assert_eq!(task.title, "Renew the evidence for AD-8 before it ends");
    world.clock.set("2027-02-20T23:00:00Z".parse().unwrap());
    world.sweep().await;
    assert_eq!(status(&world, "AD-8").await, Status::Unknown);
    assert_pack_is_valid(&world).await;
    assert!(world.verify().await.faults.is_empty());
}

async fn without_a_report_there_is_no_evidence(world: World) {
    let id = add(&world, NewAudit { report_on: String::new(), ..test() }, None).await;
    assert_eq!(status(&world, "AD-9").await, Status::Unknown);
    let shown = one(&world, &world.owner, id).await.audit;
    assert_eq!((shown.report, shown.due_on), (None, date(2027, 2, 3)));
    // A report has a day.
    let (app, owner) = (&world.app, &world.owner);
    let early = audits::audit_report(app, owner, id, report("r.pdf", b"r")).await;
    assert_eq!(code(&early.unwrap_err()), "report_on");
    audits::audit_change(app, owner, id, (test(), None), None).await.unwrap();
    audits::audit_report(app, owner, id, report("r.pdf", b"r")).await.unwrap();
    assert_eq!(status(&world, "AD-9").await, Status::Pass);
    assert_eq!(status(&world, "AD-8").await, Status::Unknown);
}

async fn a_correction_gives_the_report_anew(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, tpn(), Some(b"the report")).await;
    let first = one(&world, owner, id).await.audit.report.unwrap().document;
    let from = world.entry_count(world.log()).await;
    let same = audits::audit_change(app, owner, id, (tpn(), Some(0)), None).await;
    same.unwrap();
    assert_eq!(world.entry_count(world.log()).await, from, "nothing changed");
    // Another due day: a version of the same document, whose file is the same.
    let later = NewAudit { due_on: "2028-02-20".into(), ..tpn() };
    audits::audit_change(app, owner, id, (later.clone(), None), None).await.unwrap();
    let detail = evidence::document_detail(app, owner, first).await.unwrap();
    assert_eq!(detail.versions.len(), 2);
    assert_eq!(detail.document.newest.digest, Digest::of(b"the report"));
    assert_eq!(detail.document.newest.valid_to, "2028-02-20T23:00:00Z".parse().unwrap());
    // What it is called as a document is another: that one is taken back once the new one is there.
    let firm = NewAudit { firm: "Harbour & Sons".into(), ..later.clone() };
    audits::audit_change(app, owner, id, (firm.clone(), None), None).await.unwrap();
    assert!(
        evidence::document_detail(app, owner, first).await.unwrap().document.withdrawn_at.is_some()
    );
    let second = one(&world, owner, id).await.audit.report.unwrap().document;
    let detail = evidence::document_detail(app, owner, second).await.unwrap();
    assert_eq!(detail.document.title, "TPN assessment, Harbour & Sons, 2026-02-03");
    // It was a test, after all.
    let kind = NewAudit { kind: "internal_test".into(), ..firm.clone() };
    audits::audit_change(app, owner, id, (kind.clone(), None), None).await.unwrap();
    assert_eq!(status(&world, "AD-8").await, Status::Unknown);
    assert_eq!(status(&world, "AD-9").await, Status::Pass);
    // Whoever looks after nothing of this changes nothing of the document.
    let words = NewAudit { scope: "All of it.".into(), ..kind };
    let before = one(&world, owner, id).await.audit.report;
    let from = world.entry_count(world.log()).await;
    audits::audit_change(app, owner, id, (words.clone(), None), None).await.unwrap();
    assert_eq!(world.kinds_from(from).await, ["audit.changed"]);
    assert_eq!(one(&world, owner, id).await.audit.report, before);
    // Another file is the next version.
    let kept = before.unwrap().document;
    audits::audit_report(app, owner, id, report("final.pdf", b"final")).await.unwrap();
    let detail = evidence::document_detail(app, owner, kept).await.unwrap();
    assert_eq!(
        (detail.versions.len(), detail.document.newest.file_name.as_str()),
        (2, "final.pdf")
    );
    // The day of a report that is kept cannot be taken away.
    let dayless = NewAudit { report_on: String::new(), due_on: String::new(), ..words };
    let refused = audits::audit_change(app, owner, id, (dayless, None), None).await;
    assert_eq!(code(&refused.unwrap_err()), "report_on");
    assert_pack_is_valid(&world).await;
}

async fn an_audit_that_is_taken_out_takes_its_report_and_tasks_along(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, tpn(), Some(b"the report")).await;
    let first = find(&world, id, found("1", "high")).await;
    let second = find(&world, id, found("2", "low")).await;
    let until = ("Nobody uses it.".to_owned(), "2026-03-20".to_owned());
    audits::finding_accept(app, owner, second, until).await.unwrap();
    for reason in ["", "  ", &"x".repeat(501)] {
        let refused = audits::audit_remove(app, owner, id, reason).await;
        assert_eq!(code(&refused.unwrap_err()), "reason");
    }
    let from = world.entry_count(world.log()).await;
    audits::audit_remove(app, owner, id, "It was another site's.").await.unwrap();
    let kinds = world.kinds_from(from).await;
    assert_eq!(kinds, ["document.withdrawn", "subject.assessed", "audit.removed"]);
    assert_eq!(status(&world, "AD-8").await, Status::Unknown);
    assert!(open_tasks(&world).await.is_empty());
    // Its accepted risk does not come back.
    world.advance(Duration::from_days(30));
    world.sweep().await;
    assert!(open_tasks(&world).await.is_empty());
    assert!(audits::audit_list(app, owner).await.unwrap().audits.is_empty());
    for gone in [
        audits::audit_remove(app, owner, id, "again").await.err(),
        audits::audit_change(app, owner, id, (tpn(), None), None).await.err(),
        audits::finding_add(app, owner, id, found("3", "low")).await.err(),
        audits::finding_one(app, owner, first).await.err(),
        audits::finding_close(app, owner, first, closing("done")).await.err(),
        audits::finding_reopen(app, owner, second, "again").await.err(),
    ] {
        assert_eq!(code(&gone.unwrap()), "not_found");
    }
}

async fn a_report_that_is_over_already_is_kept_and_proves_nothing(world: World) {
    let old = NewAudit {
        begins_on: "2024-02-02".into(),
        ends_on: "2024-02-03".into(),
        report_on: "2024-02-20".into(),
        ..tpn()
    };
    let id = add(&world, old, Some(b"old")).await;
    assert_eq!(status(&world, "AD-8").await, Status::Unknown);
    assert!(one(&world, &world.owner, id).await.audit.report.is_some());
    add(&world, tpn(), Some(b"new")).await;
    assert_eq!(status(&world, "AD-8").await, Status::Pass);
    assert_pack_is_valid(&world).await;
}

async fn a_report_that_was_taken_back_stays_so(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, tpn(), Some(b"the report")).await;
    let document = one(&world, owner, id).await.audit.report.unwrap().document;
    evidence::document_withdraw(app, owner, document, "another owner's").await.unwrap();
    assert!(one(&world, owner, id).await.audit.report.unwrap().is_withdrawn);
    let later = NewAudit { due_on: "2028-02-20".into(), ..tpn() };
    audits::audit_change(app, owner, id, (later, None), None).await.unwrap();
    assert_eq!(status(&world, "AD-8").await, Status::Unknown);
    audits::audit_report(app, owner, id, report("r.pdf", b"another")).await.unwrap();
    assert_eq!(status(&world, "AD-8").await, Status::Pass);
    assert_ne!(one(&world, owner, id).await.audit.report.unwrap().document, document);
    audits::audit_remove(app, owner, id, "entered twice").await.unwrap();
}

async fn a_finding_is_a_task_and_is_closed_with_it_alone(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(&world, &nina).await;
    let audit = add(&world, tpn(), None).await;
    let new =
        NewFinding { owner: Some(person), due_on: "2026-04-01".into(), ..found("3.1", "high") };
    let from = world.entry_count(world.log()).await;
    let id = find(&world, audit, new.clone()).await;
    assert_eq!(world.kinds_from(from).await, ["finding.added"]);
    let (mine, _) =
        tasks::task_list(app, &nina, TaskState::Open, TasksOf::Me, None, 50).await.unwrap();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].title, "Mend: The guest Wi-Fi reaches the render network. (high, 3.1)");
    assert_eq!((mine[0].control.as_str(), tasks::finding_of(&mine[0])), ("IS-3", Some(id)));
    assert_eq!(mine[0].due_at, "2026-04-01T21:59:59.999Z".parse().unwrap());
    // It stands in its owner's calendar like any other.
    let address = calendar::calendar_make(app, owner).await.unwrap();
    let plan = NewPlan {
        owner: Some(person_of(&world, owner).await),
        due: Some("2026-04-02".into()),
        remark: String::new(),
    };
    tasks::task_plan(app, owner, mine[0].id, plan).await.unwrap();
    let token = address.rsplit('/').next().unwrap().strip_suffix(".ics").unwrap().to_owned();
    let text = calendar::calendar_text(app, &token).await.unwrap().text;
    assert!(text.contains("20260402"), "{text}");
    // What is planned of the task is so of the finding: it is one and the same.
    let row = finding(&world, id).await;
    assert_eq!(row.owner.unwrap().name, "Mira Lindqvist");
    assert_eq!(row.due_at, "2026-04-02T21:59:59.999Z".parse().unwrap());
    // And the other way round.
    let worse = NewFinding { severity: "critical".into(), control: String::new(), ..new.clone() };
    audits::finding_change(app, owner, id, (worse.clone(), None)).await.unwrap();
    let task = open_tasks(&world).await.remove(0);
    assert!(task.title.ends_with("(critical, 3.1)"), "{}", task.title);
    assert_eq!((task.control.as_str(), task.plan.owner.as_ref().unwrap().person), ("AD-8", person));
    let entries = world.entry_count(world.log()).await;
    audits::finding_change(app, owner, id, (worse, None)).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, entries, "the same again is no news");
    // Not by its task.
    for by in [&nina, owner] {
        let refused = tasks::task_done(app, by, task.id, "done").await;
        assert_eq!(code(&refused.unwrap_err()), "task.of_finding");
    }
    for said in ["", "   ", &"x".repeat(1001), "a\u{202e}b"] {
        let refused = audits::finding_close(app, owner, id, closing(said)).await;
        assert_eq!(code(&refused.unwrap_err()), "said", "{said:?}");
    }
    let proof = Closing {
        said: "x".into(),
        proof: Some("doc_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap()),
    };
    assert_eq!(code(&audits::finding_close(app, owner, id, proof).await.unwrap_err()), "proof");
    let proof = add(&world, test(), Some(b"the retest")).await;
    let proof = one(&world, owner, proof).await.audit.report.unwrap().document;
    let close = Closing { said: "Separate networks.\nTested again.".into(), proof: Some(proof) };
    audits::finding_close(app, owner, id, close).await.unwrap();
    assert!(open_tasks(&world).await.is_empty());
    let done = tasks::task_one(app, owner, task.id).await.unwrap();
    assert_eq!(
        (done.note.as_str(), done.done_by.as_deref()),
        ("Separate networks.\nTested again.", Some("Mira Lindqvist"))
    );
    let detail = audits::finding_one(app, owner, id).await.unwrap();
    assert_eq!(detail.proof.unwrap().0, proof);
    assert_eq!(detail.finding.state, FindingState::Closed);
    assert_eq!(
        code(&audits::finding_close(app, owner, id, closing("x")).await.unwrap_err()),
        "finding.closed"
    );
    let accept = ("x".to_owned(), "2026-03-20".to_owned());
    assert_eq!(
        code(&audits::finding_accept(app, owner, id, accept).await.unwrap_err()),
        "finding.not_open"
    );
    // Whose it is says its task, and that is done.
    let moved = NewFinding { owner: None, due_on: "2026-05-01".into(), ..found("3.1", "high") };
    assert_eq!(
        code(&audits::finding_change(app, owner, id, (moved, None)).await.unwrap_err()),
        "due_on"
    );
    let reworded = NewFinding { owner: Some(person), ..found("3.1", "low") };
    audits::finding_change(app, owner, id, (reworded, None)).await.unwrap();
    // Again, with a task of its own, for whoever had it.
    assert_eq!(code(&audits::finding_reopen(app, owner, id, " ").await.unwrap_err()), "reason");
    audits::finding_reopen(app, owner, id, "It is there again.").await.unwrap();
    assert_eq!(
        code(&audits::finding_reopen(app, owner, id, "x").await.unwrap_err()),
        "finding.open"
    );
    let again = open_tasks(&world).await.remove(0);
    assert_ne!(again.id, task.id);
    assert_eq!(again.plan.owner.unwrap().person, person);
    // 180 days for a low one.
    assert_eq!(again.due_at, "2026-09-08T21:59:59.999Z".parse().unwrap());
    audits::finding_remove(app, owner, id, "It was another house's.").await.unwrap();
    assert!(open_tasks(&world).await.is_empty());
    assert_eq!(code(&audits::finding_one(app, owner, id).await.unwrap_err()), "not_found");
    assert_pack_is_valid(&world).await;
    assert!(world.verify().await.faults.is_empty());
}

async fn a_finding_goes_on_where_its_framework_is_chosen_no_more(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let audit = add(&world, tpn(), Some(b"the report")).await;
    let id = find(&world, audit, found("1", "high")).await;
    let ids = |name: &str| vec![name.to_owned()];
    let choose = |to, from| {
        let (to, from) = (ids(to), ids(from));
        async move { frameworks::frameworks_choose(app, owner, &to, &from).await.unwrap() }
    };
    choose("mpa-best-practices", "netflix-minimum").await;
    assert_eq!(open_tasks(&world).await.len(), 1);
    // A report would be evidence for what nobody asks; what is there can be corrected and taken out.
    let other = audits::audit_add(app, owner, test(), Some(report("r.pdf", b"r"))).await;
    assert_eq!(code(&other.unwrap_err()), "file");
    let later = NewAudit { due_on: "2028-02-20".into(), ..tpn() };
    audits::audit_change(app, owner, audit, (later, None), None).await.unwrap();
    let own = NewFinding { what: "Another word.".into(), ..found("1", "high") };
    audits::finding_change(app, owner, id, (own, None)).await.unwrap();
    assert_eq!(
        code(&audits::finding_add(app, owner, audit, found("2", "low")).await.unwrap_err()),
        "control"
    );
    choose("netflix-minimum", "mpa-best-practices").await;
    assert_eq!(status(&world, "AD-8").await, Status::Pass);
    assert_eq!(open_tasks(&world).await.len(), 1);
    choose("mpa-best-practices", "netflix-minimum").await;
    audits::audit_remove(app, owner, audit, "a mistake").await.unwrap();
    assert!(open_tasks(&world).await.is_empty());
    assert_pack_is_valid(&world).await;
}

async fn an_accepted_risk_is_open_again_after_its_day(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let audit = add(&world, tpn(), None).await;
    let id = find(&world, audit, found("1", "medium")).await;
    let accept = |reason: &str, until: &str| {
        let said = (reason.to_owned(), until.to_owned());
        async move { audits::finding_accept(app, owner, id, said).await }
    };
    for (reason, until, wrong) in [
        ("", "2026-03-20", "reason"),
        ("x", "", "until"),
        ("x", "20.3.2026", "until"),
        ("x", "2026-03-11", "until"),
        ("x", "2027-03-13", "until"),
        (" ", "soon", "reason until"),
    ] {
        assert_eq!(code(&accept(reason, until).await.unwrap_err()), wrong, "{reason} {until}");
    }
    accept("It is switched off until the move.", "2026-03-20").await.unwrap();
    assert!(open_tasks(&world).await.is_empty());
    let counts = one(&world, owner, audit).await.audit.findings;
    assert_eq!((counts.accepted, counts.open_count()), (1, 0));
    world.clock.set("2026-03-20T22:59:59.999Z".parse().unwrap());
    world.sweep().await;
    assert!(open_tasks(&world).await.is_empty(), "the last day counts");
    world.clock.set("2026-03-20T23:00:00Z".parse().unwrap());
    let from = world.entry_count(world.log()).await;
    world.sweep().await;
    world.sweep().await;
    assert_eq!(world.kinds_from(from).await, ["finding.reopened"]);
    assert_eq!(open_tasks(&world).await.len(), 1);
    let row = finding(&world, id).await;
    assert_eq!((row.state, row.lapses_at), (FindingState::Open, None));
    // Mended meanwhile, it stays closed.
    accept("Again.", "2026-03-22").await.unwrap();
    audits::finding_close(app, owner, id, closing("Mended.")).await.unwrap();
    world.advance(Duration::from_days(10));
    world.sweep().await;
    assert_eq!(finding(&world, id).await.state, FindingState::Closed);
}

async fn a_finding_of_somebody_who_leaves_is_nobodys(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let person = person_of(&world, &nina).await;
    let audit = add(&world, tpn(), None).await;
    let id = find(&world, audit, NewFinding { owner: Some(person), ..found("1", "high") }).await;
    let closed = find(&world, audit, NewFinding { owner: Some(person), ..found("2", "low") }).await;
    audits::finding_close(app, owner, closed, closing("Mended.")).await.unwrap();
    people::person_remove(app, owner, person).await.unwrap();
    let row = finding(&world, id).await;
    assert_eq!((row.owner, row.left_by.unwrap().name), (None, "Nina Cut".to_owned()));
    people::person_forget(app, owner, person, "asked to be forgotten").await.unwrap();
    let row = finding(&world, id).await;
    assert!(!format!("{row:?}").contains("Nina"), "{row:?}");
    assert!(!format!("{:?}", finding(&world, closed).await).contains("Nina"));
    // Whoever had it is not given it again.
    audits::finding_reopen(app, owner, closed, "It is there again.").await.unwrap();
    assert_eq!(finding(&world, closed).await.owner, None);
    let gone = NewFinding { owner: Some(person), ..found("1", "high") };
    assert_eq!(
        code(&audits::finding_change(app, owner, id, (gone, None)).await.unwrap_err()),
        "owner"
    );
    assert!(world.verify().await.faults.is_empty());
}

async fn what_is_entered_wrongly_is_refused_by_field_all_at_once(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern", false).await;
    let gone = client(&world, "Gone", false).await;
    titles::client_remove(app, owner, gone).await.unwrap();
    let before = world.entry_count(world.log()).await;
    let with = |change: fn(&mut NewAudit)| {
        let mut new = tpn();
        change(&mut new);
        new
    };
    for (new, wrong) in [
        (NewAudit::default(), "kind firm begins_on"),
        (with(|new| new.kind = "iso".into()), "kind"),
        (with(|new| new.kind = "content_owner".into()), "client"),
        (NewAudit { client: Some(blue), ..tpn() }, "client"),
        (of_client(gone), "client"),
        (with(|new| new.firm = " \u{200d}".into()), "firm"),
        (with(|new| new.assessors = "x".repeat(301)), "assessors"),
        (NewAudit { assessors: " ".into(), ..test() }, "assessors"),
        (with(|new| new.scope = "x".repeat(2001)), "scope"),
        (with(|new| new.begins_on = "2 February".into()), "begins_on"),
        (with(|new| new.begins_on = "2026-03-13".into()), "begins_on"),
        (with(|new| new.ends_on = "2026-02-01".into()), "ends_on"),
        (with(|new| new.ends_on = "2026-03-13".into()), "ends_on"),
        (with(|new| new.report_on = "2026-02-01".into()), "report_on"),
        (with(|new| new.report_on = "2026-03-13".into()), "report_on"),
        (with(|new| new.due_on = "2026-02-20".into()), "due_on"),
        (with(|new| new.due_on = "2029-02-21".into()), "due_on"),
        (with(|new| new.due_on = "9999-12-31".into()), "due_on"),
        (with(|new| new.begins_on = "1900-01-01".into()), "begins_on"),
    ] {
        let refused = audits::audit_add(app, owner, new.clone(), Some(report("r", b"r"))).await;
        assert_eq!(code(&refused.unwrap_err()), wrong, "{new:?}");
    }
    let dayless = NewAudit { report_on: String::new(), ..tpn() };
    let refused = audits::audit_add(app, owner, dayless, Some(report("r", b"r"))).await;
    assert_eq!(code(&refused.unwrap_err()), "report_on");
    let empty = audits::audit_add(app, owner, tpn(), Some(report("r", b""))).await;
    assert_eq!(code(&empty.unwrap_err()), "file");
    let (pieces, receiver) = pieces();
    pieces.break_off("the line went dead");
    let cut = Report { file_name: "r".into(), media_type: String::new(), pieces: receiver };
    assert_eq!(code(&audits::audit_add(app, owner, tpn(), Some(cut)).await.unwrap_err()), "file");
    assert_eq!(world.entry_count(world.log()).await, before);
    // What is at the bounds is taken.
    add(&world, with(|new| new.due_on = "2029-02-20".into()), Some(b"long")).await;
    assert_eq!(status(&world, "AD-8").await, Status::Pass);
}

async fn findings_that_are_entered_wrongly_are_refused_by_field(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let audit = add(&world, tpn(), None).await;
    let first = find(&world, audit, found("3.1", "high")).await;
    let second = find(&world, audit, found("3.2", "high")).await;
    let guest = world.colleague("Guest", Role::Auditor).await;
    let guest = person_of(&world, &guest).await;
    let before = world.entry_count(world.log()).await;
    let with = |change: fn(&mut NewFinding)| {
        let mut new = found("4", "low");
        change(&mut new);
        new
    };
    for (new, wrong) in [
        (NewFinding::default(), "reference what severity"),
        (found(" 3. 1", "high"), "reference"),
        (with(|new| new.reference = "x".repeat(51)), "reference"),
        (with(|new| new.what = " \u{200d} ".into()), "what"),
        (with(|new| new.what = "x".repeat(501)), "what"),
        (with(|new| new.severity = "grave".into()), "severity"),
        (with(|new| new.control = "AD-99".into()), "control"),
        (with(|new| new.control = "OR-1.0".into()), "control"),
        (NewFinding { owner: Some(guest), ..found("4", "low") }, "owner"),
        (with(|new| new.due_on = "soon".into()), "due_on"),
        (with(|new| new.due_on = "2026-02-01".into()), "due_on"),
        (with(|new| new.due_on = "2028-03-13".into()), "due_on"),
    ] {
        let refused = audits::finding_add(app, owner, audit, new.clone()).await.unwrap_err();
        assert_eq!(code(&refused), wrong, "{new:?}");
    }
    let taken = audits::finding_change(app, owner, second, (found("3.1", "high"), None)).await;
    assert_eq!(code(&taken.unwrap_err()), "reference");
    assert_eq!(world.entry_count(world.log()).await, before);
    // A day that is over is what the report says; its own reference is no other's.
    let late = NewFinding { due_on: "2026-02-02".into(), ..found("3.1", "high") };
    audits::finding_change(app, owner, first, (late, None)).await.unwrap();
    assert_eq!(one(&world, owner, audit).await.audit.findings.late, 1);
    audits::finding_remove(app, owner, first, "a mistake").await.unwrap();
    find(&world, audit, found("3.1", "high")).await;
}

async fn hostile_texts_are_refused(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    for bad in ["a\u{202e}b", "a\u{200b}b", "a\u{1b}[31m", "a\u{0}b"] {
        for (new, wrong) in [
            (NewAudit { firm: bad.into(), ..tpn() }, "firm"),
            (NewAudit { assessors: bad.into(), ..tpn() }, "assessors"),
            (NewAudit { scope: bad.into(), ..tpn() }, "scope"),
        ] {
            let refused = audits::audit_add(app, owner, new, None).await.unwrap_err();
            assert_eq!(code(&refused), wrong, "{bad:?}");
        }
    }
    let id = add(&world, NewAudit { firm: "=HYPERLINK(1)".into(), ..tpn() }, None).await;
    for (new, wrong) in [
        (NewFinding { reference: "a\nb".into(), ..found("1", "low") }, "reference"),
        (NewFinding { what: "a\nb".into(), ..found("1", "low") }, "what"),
    ] {
        assert_eq!(code(&audits::finding_add(app, owner, id, new).await.unwrap_err()), wrong);
    }
    let out = audits::audit_list_hand_out(app, owner, None).await.unwrap();
    assert!(String::from_utf8(out.bytes).unwrap().contains("\"'=HYPERLINK(1)\""));
}

async fn two_who_change_the_same_do_not_undo_each_other(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, tpn(), None).await;
    let first = find(&world, id, found("1", "high")).await;
    let words = |scope: &str| NewAudit { scope: scope.into(), ..tpn() };
    audits::audit_change(app, owner, id, (words("one"), Some(0)), None).await.unwrap();
    let late = audits::audit_change(app, owner, id, (words("two"), Some(0)), None).await;
    assert_eq!(code(&late.unwrap_err()), "audit.changed");
    audits::audit_change(app, owner, id, (words("two"), Some(1)), None).await.unwrap();
    audits::finding_change(app, owner, first, (found("1", "low"), Some(0))).await.unwrap();
    let late = audits::finding_change(app, owner, first, (found("1", "medium"), Some(0))).await;
    assert_eq!(code(&late.unwrap_err()), "audit.changed");
    // Both at once: one closes it.
    let (one, two) = tokio::join!(
        audits::finding_close(app, owner, first, closing("one")),
        audits::finding_close(app, owner, first, closing("two")),
    );
    let refused: Vec<Problem> = [one, two].into_iter().filter_map(Result::err).collect();
    assert_eq!((refused.len(), code(&refused[0]).as_str()), (1, "finding.closed"));
}

async fn whoever_sees_no_clients_reads_nothing_of_whose_an_audit_was(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern", true).await;
    let from = world.entry_count(world.log()).await;
    let new = of_client(blue);
    let report = report("Blue Lantern findings.PDF", b"theirs");
    let id = audits::audit_add(app, owner, new.clone(), Some(report)).await.unwrap();
    let shown = one(&world, owner, id).await.audit;
    assert_eq!(shown.whose, WhoseAudit::Client(blue, "Blue Lantern".into(), true));
    let auditor = world.as_role(Role::Auditor);
    let theirs = one(&world, &auditor, id).await.audit;
    assert_eq!(theirs.whose, WhoseAudit::Undisclosed);
    assert_eq!((&theirs.firm, &theirs.assessors, &theirs.scope), (&None, &None, &None));
    let register = audits::audit_list(app, &auditor).await.unwrap();
    assert!(!format!("{register:?}").contains("Blue"), "{register:?}");
    // The document says nothing of it either, nor does the ledger.
    let document = shown.report.unwrap().document;
    let detail = evidence::document_detail(app, &auditor, document).await.unwrap();
    assert!(!format!("{detail:?}").contains("Blue"), "{detail:?}");
    assert_eq!(detail.document.title, "Content owner’s audit, 2026-02-03");
    assert_eq!(detail.document.newest.file_name, "content-owner-audit-2026-02-03.pdf");
    for index in from..world.entry_count(world.log()).await {
        let entry = ledger::entry_detail(app, &auditor, index).await.unwrap();
        let body = entry.in_part.or(entry.body.map(|(body, _)| body)).unwrap();
        assert!(!String::from_utf8(body).unwrap().contains("Blue"), "{index}");
    }
    // Whoever sees no clients enters none and changes nothing of theirs.
    let blind = Caller {
        allowed: owner.allowed.without(closedset_core::Action::TitleRead.into()),
        ..owner.clone()
    };
    for problem in [
        audits::audit_add(app, &blind, new.clone(), None).await.err(),
        audits::audit_change(app, &blind, id, (tpn(), None), None).await.err(),
        audits::audit_remove(app, &blind, id, "x").await.err(),
        audits::audit_list_hand_out(app, &blind, Some(blue)).await.err(),
    ] {
        assert_eq!(code(&problem.unwrap()), "role.forbids");
    }
    // A client that was taken out keeps its audit.
    titles::client_remove(app, owner, blue).await.unwrap();
    audits::audit_change(app, owner, id, (NewAudit { scope: "x".into(), ..new }, None), None)
        .await
        .unwrap();
}

async fn one_owners_list_names_no_other(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let blue = client(&world, "Blue Lantern", false).await;
    let kestrel = client(&world, "Kestrel Films", true).await;
    add(&world, of_client(blue), None).await;
    let other = NewAudit {
        firm: "Kestrel Security".into(),
        scope: "Kestrel's edit.".into(),
        assessors: "K. Kestrel".into(),
        ..of_client(kestrel)
    };
    add(&world, other, None).await;
    let tested = NewAudit { scope: "The store of kestrel_films".into(), ..test() };
    let tested = add(&world, tested, None).await;
    find(&world, tested, found("1", "critical")).await;
    let from = world.entry_count(world.log()).await;
    let out = audits::audit_list_hand_out(app, owner, Some(blue)).await.unwrap();
    let text = String::from_utf8(out.bytes.clone()).unwrap();
    assert!(text.contains("Blue Lantern") && text.contains("another client"), "{text}");
    assert!(!text.to_lowercase().contains("kestrel"), "{text}");
    assert_eq!(text.lines().count(), 4);
    assert_eq!(
        world.body(from).await,
        json!({"for": blue, "on": "2026-03-12", "audits": 3, "digest": Digest::of(&out.bytes)})
    );
    assert_eq!(out.file_name, "audits-for-one-owner-2026-03-12.csv");
    let kestrels = audits::audit_list_hand_out(app, owner, Some(kestrel)).await.unwrap();
    let text = String::from_utf8(kestrels.bytes).unwrap();
    assert!(text.contains("Kestrel Films") && !text.contains("Blue Lantern"), "{text}");
    let whole = audits::audit_list_hand_out(app, owner, None).await.unwrap();
    let text = String::from_utf8(whole.bytes).unwrap();
    assert!(text.contains("Kestrel Films") && text.contains("Blue Lantern"), "{text}");
}

async fn a_role_may_what_the_matrix_says(world: World) {
    let app = &world.app;
    let audit = add(&world, tpn(), None).await;
    let id = find(&world, audit, found("1", "high")).await;
    for role in Role::ALL {
        let by = world.as_role(*role);
        let actions = role.actions();
        let (reads, writes) = (
            actions.contains(closedset_core::Action::EvidenceRead),
            actions.contains(closedset_core::Action::EvidenceWrite),
        );
        let all = FindingsOf { state: None, skip: 0, limit: 10 };
        assert_eq!(audits::audit_list(app, &by).await.is_ok(), reads, "{role}");
        assert_eq!(audits::audit_page(app, &by, (None, 5)).await.is_ok(), reads, "{role}");
        assert_eq!(audits::audit_one(app, &by, audit, all).await.is_ok(), reads, "{role}");
        assert_eq!(audits::finding_one(app, &by, id).await.is_ok(), reads, "{role}");
        assert_eq!(audits::finding_page(app, &by, audit, (None, 5)).await.is_ok(), reads, "{role}");
        assert_eq!(audits::proof_list(app, &by).await.is_ok(), reads, "{role}");
        let change = audits::finding_change(app, &by, id, (found("1", "high"), None)).await;
        assert_eq!(change.is_ok(), writes, "{role}");
        for outcome in [
            audits::audit_add(app, &by, NewAudit::default(), None).await.err(),
            audits::audit_change(app, &by, audit, (NewAudit::default(), None), None).await.err(),
            audits::audit_remove(app, &by, audit, "").await.err(),
            audits::finding_add(app, &by, audit, NewFinding::default()).await.err(),
            audits::finding_close(app, &by, id, closing("")).await.err(),
            audits::finding_reopen(app, &by, id, "").await.err(),
            audits::finding_remove(app, &by, id, "").await.err(),
        ] {
            assert_eq!(code(&outcome.unwrap()) == "role.forbids", !writes, "{role}");
        }
        let accept = (String::new(), String::new());
        let accepted = audits::finding_accept(app, &by, id, accept).await.unwrap_err();
        let may = actions.contains(closedset_core::Action::ExceptionGrant);
        assert_eq!(code(&accepted) == "role.forbids", !may, "{role}");
    }
    // Whoever enters evidence and plans nobody's tasks gives none away.
    let nina = world.colleague("Nina Cut", Role::Member).await;
    let nina = person_of(&world, &nina).await;
    let lesser = world.owner.allowed.without(closedset_core::Action::TaskAssign.into());
    let lesser = Caller { allowed: lesser, ..world.owner.clone() };
    let given = NewFinding { owner: Some(nina), ..found("9", "low") };
    assert_eq!(
        code(&audits::finding_add(app, &lesser, audit, given).await.unwrap_err()),
        "role.forbids"
    );
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let app = &world.app;
    let blue = client(&world, "Blue Lantern", false).await;
    let audit = add(&world, of_client(blue), Some(b"the report")).await;
    let id = find(&world, audit, found("1", "high")).await;
    let document = one(&world, &world.owner, audit).await.audit.report.unwrap().document;
    let there = world.neighbour().await;
    let register = audits::audit_list(app, &there).await.unwrap();
    assert!(register.audits.is_empty() && register.findings.count() == 0);
    assert!(audits::audit_page(app, &there, (None, 5)).await.unwrap().0.is_empty());
    assert!(audits::proof_list(app, &there).await.unwrap().is_empty());
    let all = FindingsOf { state: None, skip: 0, limit: 10 };
    let accept = ("x".to_owned(), "2026-03-20".to_owned());
    for problem in [
        audits::audit_one(app, &there, audit, all).await.err(),
        audits::finding_one(app, &there, id).await.err(),
        audits::finding_page(app, &there, audit, (None, 5)).await.err(),
        audits::audit_change(app, &there, audit, (tpn(), None), None).await.err(),
        audits::audit_report(app, &there, audit, report("r", b"r")).await.err(),
        audits::audit_remove(app, &there, audit, "x").await.err(),
        audits::finding_add(app, &there, audit, found("2", "low")).await.err(),
        audits::finding_change(app, &there, id, (found("1", "low"), None)).await.err(),
        audits::finding_close(app, &there, id, closing("x")).await.err(),
        audits::finding_accept(app, &there, id, accept).await.err(),
        audits::finding_reopen(app, &there, id, "x").await.err(),
        audits::finding_remove(app, &there, id, "x").await.err(),
        audits::audit_list_hand_out(app, &there, Some(blue)).await.err(),
    ] {
        assert_eq!(code(&problem.unwrap()), "not_found");
    }
    assert_eq!(
        code(&audits::audit_add(app, &there, of_client(blue), None).await.unwrap_err()),
        "client"
    );
    let own = audits::audit_add(app, &there, tpn(), None).await.unwrap();
    let person = person_of(&world, &world.owner).await;
    let given = NewFinding { owner: Some(person), control: String::new(), ..found("1", "low") };
    assert_eq!(code(&audits::finding_add(app, &there, own, given).await.unwrap_err()), "owner");
    let theirs = NewFinding { control: String::new(), ..found("1", "low") };
    let theirs = audits::finding_add(app, &there, own, theirs).await.unwrap();
    let proof = Closing { said: "x".into(), proof: Some(document) };
    assert_eq!(
        code(&audits::finding_close(app, &there, theirs, proof).await.unwrap_err()),
        "proof"
    );
    // One's own task of another house's finding is closed by nobody else.
    let task = open_tasks(&world).await.remove(0);
    assert_eq!(code(&tasks::task_done(app, &there, task.id, "x").await.unwrap_err()), "not_found");
}

async fn that_there_is_none_is_held_against_what_there_is(world: World) {
    granted(&world, of_control("AD-9", ExceptionForm::NoneExists)).await;
    let register = audits::audit_list(&world.app, &world.owner).await.unwrap();
    assert!(register.signed_none.is_empty());
    add(&world, test(), None).await;
    let register = audits::audit_list(&world.app, &world.owner).await.unwrap();
    assert_eq!(register.signed_none, ["AD-9"]);
    assert_eq!((register.audits.len(), register.tests.len()), (0, 1));
}

async fn findings_are_listed_open_ones_first_and_the_worst_of_them_page_by_page(world: World) {
    let (app, owner) = (&world.app, &world.owner);
    let id = add(&world, tpn(), None).await;
    for number in 0..12 {
        find(&world, id, found(&number.to_string(), ["low", "critical", "medium"][number % 3]))
            .await;
    }
    let part = FindingsOf { state: Some(FindingState::Open), skip: 2, limit: 5 };
    let detail = audits::audit_one(app, owner, id, part).await.unwrap();
    let references: Vec<&str> = detail.findings.iter().map(|row| row.reference.as_str()).collect();
    assert_eq!(references, ["7", "10", "2", "5", "8"]);
    assert!(detail.more);
    assert_eq!(detail.audit.findings.open, [4, 0, 4, 4, 0]);
    let (rows, more) = audits::finding_page(app, owner, id, (None, 5)).await.unwrap();
    assert!(more && rows.len() == 5);
    let (rows, more) = audits::finding_page(app, owner, id, (Some(rows[4].id), 200)).await.unwrap();
    assert!(!more && rows.len() == 7);
    let closed = FindingsOf { state: Some(FindingState::Closed), skip: 0, limit: 5 };
    assert!(audits::audit_one(app, owner, id, closed).await.unwrap().findings.is_empty());
}
