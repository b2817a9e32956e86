//! Answers for an owner: what they say of a day, what they tell of others, and the files that are handed out.

use crate::{
    evidence::{document, sign, upload},
    register::{add, assigned, client, title, work},
    world::{World, code, on_both},
};
use closedset_app::{
    Problem,
    agreements::{self, NewAgreement},
    answers::{
        Answer, Answers, AnswersFile, AnswersForm, AnswersOf, answers, answers_file,
        needs_to_hand_out, needs_to_read,
    },
    evidence::{self, NewDocument},
    frameworks::{framework_list, frameworks_choose},
    titles::{self, NewClient, NewTitle},
};
use closedset_core::{
    Actions, Digest, Duration, Role, Status,
    id::{Client, Id},
};
use closedset_sheets as sheets;
use serde_json::json;
use std::process::Command;

on_both!(
    nine_questions_are_answered_from_registers_and_evidence,
    a_day_of_the_past_is_answered_as_it_stood,
    nothing_of_other_owners_titles_is_told_wherever_somebody_typed_it,
    what_a_title_was_called_before_is_not_told_either,
    each_file_says_the_same_and_leaves_its_digest,
    no_cell_of_the_workbook_is_a_formula,
    what_cannot_be_answered_is_refused,
    it_takes_everything_that_is_told_and_the_titles_to_hand_it_out,
    another_organisation_sees_none_of_it,
);

fn of(client: Id<Client>, on: &str) -> AnswersOf {
    AnswersOf { client, on: on.to_owned() }
}

async fn answered(world: &World, client: Id<Client>, on: &str) -> Answers {
    answers(&world.app, &world.owner, of(client, on)).await.unwrap()
}

async fn refused(world: &World, client: Id<Client>, on: &str) -> String {
    code(&answers(&world.app, &world.owner, of(client, on)).await.unwrap_err())
}

async fn handed_out(world: &World, client: Id<Client>, form: AnswersForm) -> AnswersFile {
    answers_file(&world.app, &world.owner, of(client, ""), form).await.unwrap()
}

fn one<'a>(answers: &'a Answers, control: &str) -> &'a Answer {
    answers.answers.iter().find(|one| one.control == control).unwrap()
}

/// A house that works for three: whom it answers, another, and one that may not be named.
async fn house(world: &World) -> Id<Client> {
    let blue = client(world, "Blue Lantern").await;
    let marmot = title(world, blue, "MARMOT").await;
    let kestrel = client(world, "Kestrel Films").await;
    let otter = title(world, kestrel, "OTTER").await;
    let secret = NewClient {
        name: "Vantage Originals".into(),
        is_confidential: true,
        ..NewClient::default()
    };
    let secret = titles::client_add(&world.app, &world.owner, secret).await.unwrap();
    title(world, secret, "BADGER").await;
    let nina = add(world, "Nina Cut", work("freelancer", "2026-02-01")).await;
    assigned(world, nina, marmot, "2026-02-01").await;
    let otto = add(world, "Otto Reel", work("employee", "2026-01-01")).await;
    assigned(world, otto, otter, "2026-02-01").await;
    blue
}

async fn agreement(world: &World, name: &str, client: Option<Id<Client>>) {
    let text = "What I see here I tell nobody, during my work and after it.".into();
    let new = NewAgreement { name: name.into(), client, text };
    agreements::agreement_add(&world.app, &world.owner, new).await.unwrap();
}

async fn nine_questions_are_answered_from_registers_and_evidence(world: World) {
    let blue = house(&world).await;
    let kestrel = titles::client_list(&world.app, &world.owner).await.unwrap();
    let kestrel = kestrel.iter().find(|one| one.client.name == "Kestrel Films").unwrap().client.id;
    agreement(&world, "Confidentiality", None).await;
    agreement(&world, "Rider of Blue Lantern", Some(blue)).await;
    agreement(&world, "Rider of another", Some(kestrel)).await;
    let audit =
        NewDocument { control: "AD-8".into(), title: "TPN audit".into(), ..document(&world) };
    upload(&world, &world.owner, audit, b"audit").await.unwrap();
    let answers = answered(&world, blue, "").await;
    let controls: Vec<&str> = answers.answers.iter().map(|one| one.control.as_str()).collect();
    assert_eq!(controls, ["AD-1", "AD-2", "AD-3", "AD-4", "AD-5", "AD-6", "AD-7", "AD-8", "AD-9"]);
    assert_eq!((answers.owner.1.as_str(), answers.is_today), ("Blue Lantern", true));
    assert_eq!(answers.begins, None);
    assert!(one(&answers, "AD-1").words[0].contains(", "));
    assert_eq!(
        one(&answers, "AD-2").words,
        [
            "Clients active on 12 March 2026: 3.",
            "Blue Lantern; Kestrel Films.",
            "One more is under a non-disclosure agreement and counted above.",
        ]
    );
    assert_eq!(
        one(&answers, "AD-3").words,
        [
            "Confidentiality: signed by 0 of the 2 who must.",
            "Rider of Blue Lantern: signed by 0 of the 1 who must.",
        ]
    );
    assert_eq!(
        one(&answers, "AD-4").words,
        [
            "People engaged on 12 March 2026: 2, of these employees 1, contractors 0, freelancers 1, trainees 0.",
            "People put on titles of Blue Lantern on 12 March 2026: 1.",
        ]
    );
    let contact = &one(&answers, "AD-6").words[0];
    assert_eq!(
        *contact,
        format!("Answers for the facility: {}, mira@halide.example.", world.owner.name)
    );
    let audits = one(&answers, "AD-8");
    assert_eq!(audits.status, Status::Pass);
    assert_eq!((audits.evidence[0].title.as_str(), audits.evidence.len()), ("TPN audit", 1));
    assert_eq!(audits.evidence[0].until.to_string(), "2027-03-12");
    assert_eq!(one(&answers, "AD-9").status, Status::Unknown);
}

async fn a_day_of_the_past_is_answered_as_it_stood(world: World) {
    let blue = house(&world).await;
    let policy = NewDocument { title: "Policy".into(), ..document(&world) };
    let id = upload(&world, &world.owner, policy, b"policy").await.unwrap();
    world.advance(Duration::from_days(10));
    evidence::document_withdraw(&world.app, &world.owner, id, "out of date").await.unwrap();
    add(&world, "Ada Matte", work("employee", "2026-03-20")).await;
    let now = answered(&world, blue, "").await;
    assert_eq!((one(&now, "AD-1").status, one(&now, "AD-1").evidence.len()), (Status::Unknown, 0));
    assert!(one(&now, "AD-4").words[0].contains("22 March 2026: 3,"));
    assert!(!one(&now, "AD-6").words.is_empty());
    let then = answered(&world, blue, "2026-03-15").await;
    assert!(!then.is_today && then.begins.is_none());
    assert_eq!((one(&then, "AD-1").status, one(&then, "AD-1").evidence.len()), (Status::Pass, 1));
    assert!(one(&then, "AD-4").words[0].contains("15 March 2026: 2,"));
    // Who signed, and who answers for security, is told of today alone.
    assert!(one(&then, "AD-3").words.is_empty() && one(&then, "AD-6").words.is_empty());
    // Before the record begins, nothing but registers tells of a day.
    let before = answered(&world, blue, "2026-02-10").await;
    assert_eq!(before.begins.map(|day| day.to_string()), Some("2026-03-12".into()));
    assert_eq!(one(&before, "AD-1").status, Status::Unknown);
    assert!(one(&before, "AD-4").words[0].contains("10 February 2026: 2,"));
}

/// Everything that may not be read by Blue Lantern.
const HIDDEN: [&str; 7] =
    ["OTTER", "Otter", "BADGER", "Badger", "Vantage", "vantage originals", "secret reason"];

async fn nothing_of_other_owners_titles_is_told_wherever_somebody_typed_it(world: World) {
    let blue = house(&world).await;
    for (control, title) in [
        ("AD-5", "Handbook, with a chapter on OTTER"),
        ("AD-7", "Scan of the Badger store"),
        ("AD-8", "Audit by vantage originals"),
        ("AD-9", "Test of marmot"),
    ] {
        let new = NewDocument {
            control: control.into(),
            title: title.into(),
            file_name: "the-otter.pdf".into(),
            ..document(&world)
        };
        upload(&world, &world.owner, new, title.as_bytes()).await.unwrap();
    }
    let until = world.now() + Duration::from_days(30);
    let statement = format!("{} Kept apart from The OTTER.", "x ".repeat(60));
    let new = evidence::NewAttestation {
        control: "AD-1".into(),
        statement,
        valid_from: None,
        valid_to: until,
    };
    evidence::attestation_sign(&world.app, &world.owner, new).await.unwrap();
    sign(&world, "AD-1", None, until).await;
    agreement(&world, "Rider for BADGER and all", None).await;
    let answers = answered(&world, blue, "").await;
    let words = format!("{answers:?}");
    for hidden in HIDDEN {
        assert!(!words.contains(hidden), "{hidden}: {words}");
    }
    assert_eq!(one(&answers, "AD-9").evidence[0].title, "Test of marmot");
    let statements: Vec<&str> =
        one(&answers, "AD-1").evidence.iter().map(|item| item.title.as_str()).collect();
    assert!(
        statements.iter().any(|title| title.starts_with("The incident plan")),
        "{statements:?}"
    );
    for form in AnswersForm::ALL {
        let Some(words) = words_of(&world, &handed_out(&world, blue, form).await, form) else {
            continue;
        };
        assert!(words.contains("Kestrel Films") && words.contains("not told here"), "{words}");
        for hidden in HIDDEN {
            assert!(!words.contains(hidden), "{form:?} {hidden}: {words}");
        }
    }
    // The one whose name is confidential reads its own.
    let clients = titles::client_list(&world.app, &world.owner).await.unwrap();
    let secret = clients.iter().find(|one| one.client.is_confidential).unwrap().client.id;
    let own = answered(&world, secret, "").await;
    assert!(one(&own, "AD-8").evidence[0].title.contains("vantage originals"));
    assert!(!format!("{own:?}").contains("OTTER"));
}

/// The words of a file as another program reads them; none where it is not there.
fn words_of(world: &World, file: &AnswersFile, form: AnswersForm) -> Option<String> {
    let path = world.folder.path().join(&file.file_name);
    std::fs::write(&path, &file.bytes).unwrap();
    let ran = match form {
        AnswersForm::Pdf => {
            Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&path).arg("-").output()
        }
        // All parts, unpacked, one after the other.
        AnswersForm::Xlsx | AnswersForm::Docx => {
            let script = "import sys, zipfile\n\
                 sys.stdout.reconfigure(encoding='utf-8')\n\
                 with zipfile.ZipFile(sys.argv[1]) as file:\n  assert file.testzip() is None\n\
                 \x20 for name in file.namelist(): print(file.read(name).decode())";
            Command::new("python3").args(["-c", script]).arg(&path).output()
        }
    };
    match ran {
        Ok(ran) => {
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
            let words = String::from_utf8(ran.stdout).unwrap();
            Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        Err(error) => {
            let is_required =
                std::env::var_os("CLOSEDSET_REQUIRE_TOOLS").is_some_and(|set| set == "1");
            assert!(!is_required, "{form:?}: {error}");
            None
        }
    }
}

async fn what_a_title_was_called_before_is_not_told_either(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let kestrel = client(&world, "Kestrel Films").await;
    let renamed = title(&world, kestrel, "WOLVERINE").await;
    let gone = title(&world, kestrel, "CAPYBARA").await;
    let own = title(&world, blue, "PANGOLIN").await;
    for (control, title) in
        [("AD-5", "scan_wolver-ine.pdf"), ("AD-7", "Report, Capybara"), ("AD-9", "On the Pangolin")]
    {
        let new = NewDocument { control: control.into(), title: title.into(), ..document(&world) };
        upload(&world, &world.owner, new, title.as_bytes()).await.unwrap();
    }
    for (id, alias) in [(renamed, "MARTEN"), (own, "AARDVARK")] {
        let new = NewTitle {
            name: format!("A Film called {alias}"),
            alias: alias.into(),
            begins_on: "2026-01-01".into(),
            ..NewTitle::default()
        };
        titles::title_change(&world.app, &world.owner, id, new).await.unwrap();
    }
    titles::title_remove(&world.app, &world.owner, gone).await.unwrap();
    let answers = answered(&world, blue, "").await;
    for control in ["AD-5", "AD-7"] {
        let told = &one(&answers, control).evidence[0].title;
        assert!(told.contains("not told here"), "{told}");
    }
    assert_eq!(one(&answers, "AD-9").evidence[0].title, "On the Pangolin");
}

async fn each_file_says_the_same_and_leaves_its_digest(world: World) {
    let blue = house(&world).await;
    upload(&world, &world.owner, document(&world), b"policy").await.unwrap();
    for form in AnswersForm::ALL {
        let file = handed_out(&world, blue, form).await;
        assert_eq!(file.digest, Digest::of(&file.bytes));
        assert_eq!(file.file_name, format!("answers-2026-03-12.{}", form.as_str()));
        assert_eq!(
            world.body(file.entry).await,
            json!({"for": blue, "on": "2026-03-12", "form": form.as_str(), "digest": file.digest})
        );
        assert_eq!(world.newest(world.log()).await.kind, "answers.handed_out");
        let Some(words) = words_of(&world, &file, form) else { continue };
        for said in [
            "AD-9",
            "Blue Lantern; Kestrel Films.",
            "People put on titles of Blue Lantern on 12 March 2026: 1.",
            "policy.pdf",
            "2027-03-12",
        ] {
            assert!(words.contains(said), "{form:?} {said}: {words}");
        }
    }
}

async fn no_cell_of_the_workbook_is_a_formula(world: World) {
    let formula = client(&world, "=HYPERLINK(\"http://x\",\"y\")").await;
    title(&world, formula, "MARMOT").await;
    for (control, title) in [("AD-5", "@SUM(A1)"), ("AD-7", "+1"), ("AD-9", "-1")] {
        let new = NewDocument { control: control.into(), title: title.into(), ..document(&world) };
        upload(&world, &world.owner, new, title.as_bytes()).await.unwrap();
    }
    let file = handed_out(&world, formula, AnswersForm::Xlsx).await;
    // The sheet of the evidence.
    let table = sheets::read(&file.bytes, &|heads| heads.contains(&"Form")).unwrap();
    let titles: Vec<String> = table.rows().map(|row| row.cell(1).to_owned()).collect();
    assert_eq!(titles, ["'@SUM(A1)", "'+1", "'-1"]);
    let about = sheets::read(&file.bytes, &|heads| heads.contains(&"Is")).unwrap();
    let named: Vec<String> = about.rows().map(|row| row.cell(1).to_owned()).collect();
    assert!(named.contains(&"'=HYPERLINK(\"http://x\",\"y\")".to_owned()), "{named:?}");
}

async fn what_cannot_be_answered_is_refused(world: World) {
    let blue = house(&world).await;
    for on in ["2026-03-13", "9999-12-31", "12.3.2026", "2026-02-30", "1949-12-31", "20260301"] {
        assert_eq!(refused(&world, blue, on).await, "on", "{on}");
    }
    assert_eq!(refused(&world, Id::from_bits(5), "").await, "not_found");
    let before = framework_list(&world.app, &world.owner).await.unwrap().chosen();
    let wanted = vec!["mpa-best-practices".to_owned()];
    world.advance(Duration::from_days(1));
    frameworks_choose(&world.app, &world.owner, &wanted, &before).await.unwrap();
    assert_eq!(refused(&world, blue, "").await, "answers.not_asked");
    // The day before it was asked.
    assert_eq!(answered(&world, blue, "2026-03-12").await.answers.len(), 9);
}

async fn it_takes_everything_that_is_told_and_the_titles_to_hand_it_out(world: World) {
    let blue = house(&world).await;
    for role in Role::ALL {
        let by = world.as_role(*role);
        let may = |needed: Actions| needed.iter().all(|action| role.may(action));
        let read = answers(&world.app, &by, of(blue, "")).await;
        assert_eq!(read.is_ok(), may(needs_to_read()), "{role}");
        let before = world.entry_count(world.log()).await;
        let made = answers_file(&world.app, &by, of(blue, ""), AnswersForm::Docx).await;
        assert_eq!(made.is_ok(), may(needs_to_hand_out()), "{role}");
        if let Err(problem) = made {
            assert!(matches!(problem, Problem::Forbidden), "{role}");
            assert_eq!(world.entry_count(world.log()).await, before);
        }
    }
}

async fn another_organisation_sees_none_of_it(world: World) {
    let blue = house(&world).await;
    let there = world.neighbour().await;
    let read = answers(&world.app, &there, of(blue, "")).await;
    assert_eq!(code(&read.unwrap_err()), "not_found");
    let made = answers_file(&world.app, &there, of(blue, ""), AnswersForm::Pdf).await;
    assert_eq!(code(&made.unwrap_err()), "not_found");
}
