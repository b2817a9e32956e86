//! Questionnaires of owners: what is read of a file, what is proposed and what is not, what goes back, and what is
//! refused.

use crate::{
    evidence::{document, upload},
    register::{client, title},
    world::{World, code, on_both},
};
use closedset_app::{
    Problem,
    evidence::NewDocument,
    questionnaires::{
        NewAnswer, NewQuestionnaire, QuestionnaireFile, QuestionnaireShown, QuestionsOf,
        needs_to_read, needs_to_write, question_answer, question_one, questionnaire_file,
        questionnaire_fill, questionnaire_list, questionnaire_one, questionnaire_remove,
        questionnaire_take_in, saved_answers,
    },
    titles::{self, NewClient},
};
use closedset_core::{
    Actions, Digest, Role, Status,
    id::{Client, Id, Questionnaire},
};
use closedset_sheets as sheets;
use closedset_sheets::made::{self, Sheet};
use serde_json::json;

on_both!(
    a_file_is_read_into_questions_and_the_answers_go_back,
    an_answer_is_tied_to_its_evidence,
    every_sheet_with_questions_is_read,
    what_was_answered_before_is_proposed_and_taken_over_by_a_person,
    what_is_not_to_serve_again_is_not_proposed,
    another_owners_title_is_neither_proposed_nor_handed_out,
    every_write_leaves_its_entry_and_no_change_leaves_none,
    open_questions_are_found_from_part_to_part,
    more_than_an_entry_holds_is_taken_over_at_once,
    what_is_entered_wrongly_is_refused,
    two_who_answer_the_same_do_not_undo_each_other,
    no_cell_that_goes_back_is_a_formula,
    what_is_removed_is_proposed_no_more,
    it_takes_everything_that_is_told_and_the_titles_to_answer,
    another_organisation_sees_and_touches_none_of_it,
);

const LIST: &str = "Section,No.,Question,Answer\n\
    Access,1,Are visitors escorted at all times?,\n\
    Access,2,Who is your security contact?,\n\
    Network,3,Is the production network apart from the internet?,\n";

const ALL: QuestionsOf = QuestionsOf { is_open: false, after: 0, limit: 200 };

fn new(client: Id<Client>) -> NewQuestionnaire {
    NewQuestionnaire { client, name: String::new(), due_on: String::new() }
}

async fn take_in(world: &World, client: Id<Client>, list: &str) -> Id<Questionnaire> {
    let file = ("Security 2026.csv", list.as_bytes().to_vec());
    questionnaire_take_in(&world.app, &world.owner, new(client), file).await.unwrap()
}

async fn all(world: &World, id: Id<Questionnaire>) -> QuestionnaireShown {
    questionnaire_one(&world.app, &world.owner, id, ALL).await.unwrap()
}

fn words(answer: &str) -> NewAnswer {
    NewAnswer { answer: answer.into(), control: String::new(), is_reusable: true }
}

async fn answer(world: &World, id: Id<Questionnaire>, position: i64, new: NewAnswer) {
    question_answer(&world.app, &world.owner, (id, position), (new, None)).await.unwrap();
}

async fn file(world: &World, id: Id<Questionnaire>) -> QuestionnaireFile {
    questionnaire_file(&world.app, &world.owner, id).await.unwrap()
}

/// The cells of the sheet whose heads have this one.
fn cells(file: &QuestionnaireFile, head: &'static str) -> Vec<Vec<String>> {
    let tables = sheets::read_texts(&file.bytes, &|heads| heads.contains(&head)).unwrap();
    let width = tables[0].heads().len();
    let row = |row: sheets::Row<'_>| (0..width).map(|at| row.cell(at).to_owned()).collect();
    tables[0].rows().map(row).collect()
}

async fn a_file_is_read_into_questions_and_the_answers_go_back(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let id = take_in(&world, blue, LIST).await;
    let shown = all(&world, id).await;
    assert_eq!((shown.questions, shown.answered, shown.same), (3, 0, 0));
    assert_eq!(
        (shown.row.name.as_str(), shown.row.client_name.as_str()),
        ("Security 2026", "Blue Lantern")
    );
    let first = &shown.shown[0].question;
    assert_eq!((first.part.as_str(), first.number.as_str()), ("Access", "1"));
    answer(&world, id, 1, words("Yes, at all times.\nReception signs them in.")).await;
    let shown = all(&world, id).await;
    assert_eq!(shown.answered, 1);
    let by = shown.shown[0].question.answered_by.as_ref().unwrap();
    assert_eq!(by.name, world.owner.name);
    let file = file(&world, id).await;
    assert_eq!(file.file_name, "questionnaire-2026-03-12.xlsx");
    assert_eq!(file.digest, Digest::of(&file.bytes));
    let rows = cells(&file, "How it stands");
    assert_eq!(
        rows[0][..4],
        [
            "Access",
            "1",
            "Are visitors escorted at all times?",
            "Yes, at all times.\nReception signs them in."
        ]
    );
    assert_eq!((rows.len(), rows[1][3].as_str()), (3, ""), "an open question is handed out open");
    let (list, _) = questionnaire_list(&world.app, &world.owner).await.unwrap();
    assert_eq!((list[0].questions, list[0].answered), (3, 1));
    assert_eq!(list[0].row.handed_out_at, Some(world.now()));
    // What went back can be brought again: last year's answers are this year's first.
    let again = questionnaire_take_in(
        &world.app,
        &world.owner,
        NewQuestionnaire { name: "Next year".into(), due_on: "2027-03-01".into(), ..new(blue) },
        ("q.xlsx", file.bytes),
    )
    .await
    .unwrap();
    let again = all(&world, again).await;
    assert_eq!((again.questions, again.answered), (3, 1));
    assert_eq!(again.row.due_on.map(|day| day.to_string()), Some("2027-03-01".into()));
    assert!(again.shown[0].question.is_reusable);
}

async fn an_answer_is_tied_to_its_evidence(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let id = take_in(&world, blue, LIST).await;
    let audit =
        NewDocument { control: "AD-8".into(), title: "TPN audit".into(), ..document(&world) };
    upload(&world, &world.owner, audit, b"audit").await.unwrap();
    answer(&world, id, 2, NewAnswer { control: "AD-8".into(), ..words("See the audit.") }).await;
    let shown = all(&world, id).await;
    let told = shown.shown[1].told.as_ref().unwrap();
    assert_eq!((told.status, told.evidence[0].title.as_str()), (Status::Pass, "TPN audit"));
    let file = file(&world, id).await;
    let rows = cells(&file, "How it stands");
    assert!(rows[1][4].starts_with("AD-8 ") && rows[1][4].contains("Pass:"), "{rows:?}");
    assert_eq!(rows[1][5], "TPN audit (document, until 2027-03-12)");
    let evidence = cells(&file, "Form");
    assert_eq!(evidence[0], ["AD-8", "TPN audit", "document", "2026-03-12", "2027-03-12"]);
    // What the registers say stands with it.
    title(&world, blue, "MARMOT").await;
    answer(&world, id, 1, NewAnswer { control: "AD-2".into(), ..words("Below.") }).await;
    let file = super::questionnaires::file(&world, id).await;
    assert!(cells(&file, "How it stands")[0][4].contains("Clients active on 12 March 2026: 1."));
}

async fn every_sheet_with_questions_is_read(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let sheet = |name: &str, heads: &[&str], rows: &[&[&str]]| Sheet {
        name: name.into(),
        heads: heads.iter().map(|head| ((*head).to_owned(), 20)).collect(),
        rows: rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect(),
    };
    let book = made::workbook(
        "Q",
        &[
            sheet("Read me", &["How to answer"], &[&["Fill in every tab."]]),
            sheet("Physical", &["Question", "Response"], &[&["Are doors locked?", ""]]),
            sheet("Network", &["#", "Question", "Response"], &[&["1", "Is it apart?", "Yes"]]),
        ],
    )
    .unwrap();
    let id =
        questionnaire_take_in(&world.app, &world.owner, new(blue), ("q.xlsx", book)).await.unwrap();
    let shown = all(&world, id).await;
    let read: Vec<(&str, &str, &str)> = shown
        .shown
        .iter()
        .map(|one| &one.question)
        .map(|one| (one.part.as_str(), one.words.as_str(), one.answer.as_str()))
        .collect();
    assert_eq!(read, [("Physical", "Are doors locked?", ""), ("Network", "Is it apart?", "Yes")]);
}

async fn what_was_answered_before_is_proposed_and_taken_over_by_a_person(world: World) {
    let (blue, kestrel) =
        (client(&world, "Blue Lantern").await, client(&world, "Kestrel Films").await);
    let first = take_in(&world, blue, LIST).await;
    answer(&world, first, 1, NewAnswer { control: "AD-8".into(), ..words("Always.") }).await;
    answer(&world, first, 2, words("Mira.")).await;
    let list = "Question,Answer\n\"ARE visitors escorted, at all times\",\nWho is the security contact at your site?,\n\
        How many employees are there?,\n";
    let second = take_in(&world, kestrel, list).await;
    let shown = all(&world, second).await;
    assert_eq!((shown.answered, shown.same), (0, 1), "nothing is answered by itself");
    let proposals: Vec<Option<(&str, bool)>> = shown
        .shown
        .iter()
        .map(|one| one.proposal.as_ref())
        .map(|one| one.map(|one| (one.saved.question.answer.as_str(), one.likeness == 100)))
        .collect();
    assert_eq!(proposals, [Some(("Always.", true)), Some(("Mira.", false)), None]);
    let filled = questionnaire_fill(&world.app, &world.owner, second).await.unwrap();
    assert_eq!(filled, 1, "what is alike alone a person reads first");
    let shown = all(&world, second).await;
    let one = &shown.shown[0].question;
    assert_eq!((one.answer.as_str(), one.control.as_str()), ("Always.", "AD-8"));
    assert_eq!(questionnaire_fill(&world.app, &world.owner, second).await.unwrap(), 0);
    // The latest answer is the one that serves.
    world.advance(closedset_core::Duration::from_days(1));
    answer(&world, second, 1, words("Always, by reception.")).await;
    let (saved, count) = saved_answers(&world.app, &world.owner, "visitors").await.unwrap();
    assert_eq!((saved[0].question.answer.as_str(), count), ("Always, by reception.", 1));
    let (found, _) = saved_answers(&world.app, &world.owner, "RECEPTION escorted").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(saved_answers(&world.app, &world.owner, "").await.unwrap().1, 2);
    assert_eq!(saved_answers(&world.app, &world.owner, "zebra").await.unwrap().1, 0);
}

async fn what_is_not_to_serve_again_is_not_proposed(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let first = take_in(&world, blue, LIST).await;
    answer(&world, first, 1, NewAnswer { is_reusable: false, ..words("For you alone.") }).await;
    let second = take_in(&world, blue, LIST).await;
    let shown = all(&world, second).await;
    assert_eq!((shown.same, &shown.shown[0].proposal), (0, &None));
    assert_eq!(questionnaire_fill(&world.app, &world.owner, second).await.unwrap(), 0);
    assert_eq!(saved_answers(&world.app, &world.owner, "").await.unwrap().1, 0);
}

async fn another_owners_title_is_neither_proposed_nor_handed_out(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let secret = NewClient {
        name: "Vantage Originals".into(),
        is_confidential: true,
        ..NewClient::default()
    };
    let secret = titles::client_add(&world.app, &world.owner, secret).await.unwrap();
    let first = take_in(&world, secret, LIST).await;
    answer(&world, first, 1, words("Yes, as for B\u{e0}dger.")).await;
    answer(&world, first, 2, words("The one of Vantage-Originals.")).await;
    title(&world, secret, "BADGER").await;
    file(&world, first).await;
    let second = take_in(&world, blue, LIST).await;
    let shown = all(&world, second).await;
    assert_eq!(shown.same, 0);
    assert!(shown.shown.iter().all(|one| one.proposal.is_none()));
    assert_eq!(questionnaire_fill(&world.app, &world.owner, second).await.unwrap(), 0);
    answer(&world, second, 3, words("Yes; BADGER has its own.")).await;
    let shown = all(&world, second).await;
    assert_eq!((shown.naming, shown.shown[2].names_others), (vec![3], true));
    let before = world.entry_count(world.log()).await;
    let refused = questionnaire_file(&world.app, &world.owner, second).await.unwrap_err();
    assert_eq!(code(&refused), "questionnaire.names_others");
    assert_eq!(world.entry_count(world.log()).await, before);
    answer(&world, second, 3, words("Yes; each title has its own.")).await;
    file(&world, second).await;
}

async fn every_write_leaves_its_entry_and_no_change_leaves_none(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let from = world.entry_count(world.log()).await;
    let id = take_in(&world, blue, LIST).await;
    let digest = Digest::of(LIST.as_bytes());
    assert_eq!(
        world.body(from).await,
        json!({
            "questionnaire": id, "client": blue, "name": "Security 2026", "due_on": null,
            "file_name": "Security 2026.csv", "digest": digest, "questions": 3, "answered": 0,
        })
    );
    answer(&world, id, 1, words("Yes.")).await;
    answer(&world, id, 1, words(" Yes. ")).await;
    answer(&world, id, 2, words("")).await;
    let entry = world.newest(world.log()).await;
    assert_eq!(
        world.body(entry.index).await,
        json!({"questionnaire": id, "question": 1, "answer": "Yes.", "control": null, "is_reusable": true})
    );
    let second = take_in(&world, blue, LIST).await;
    questionnaire_fill(&world.app, &world.owner, second).await.unwrap();
    let filled = world.body(world.newest(world.log()).await.index).await;
    assert_eq!(
        filled,
        json!({
            "questionnaire": second,
            "filled": [{
                "question": 1, "answer": Digest::of(b"Yes."), "control": null,
                "from": {"questionnaire": id, "question": 1},
            }],
        })
    );
    answer(&world, id, 1, words("")).await;
    let handed_out = file(&world, id).await;
    assert_eq!(
        world.body(handed_out.entry).await,
        json!({
            "questionnaire": id, "for": blue, "on": "2026-03-12", "answered": 0, "open": 3,
            "digest": handed_out.digest,
        })
    );
    questionnaire_remove(&world.app, &world.owner, id, "It was a test.").await.unwrap();
    assert_eq!(
        world.kinds_from(from).await,
        [
            "questionnaire.taken_in",
            "question.answered",
            "questionnaire.taken_in",
            "questionnaire.filled",
            "question.cleared",
            "questionnaire.handed_out",
            "questionnaire.removed",
        ]
    );
    assert!(world.verify().await.faults.is_empty());
}

async fn open_questions_are_found_from_part_to_part(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let questions: String = (1..=7).map(|number| format!("Is this number {number}?\n")).collect();
    let id = take_in(&world, blue, &format!("Question\n{questions}")).await;
    for position in [2, 3] {
        answer(&world, id, position, words("It is.")).await;
    }
    let part = async |is_open, after| {
        let of = QuestionsOf { is_open, after, limit: 3 };
        let shown = questionnaire_one(&world.app, &world.owner, id, of).await.unwrap();
        let places: Vec<i64> = shown.shown.iter().map(|one| one.question.position).collect();
        (places, shown.more, shown.before)
    };
    assert_eq!(part(false, 0).await, (vec![1, 2, 3], true, None));
    assert_eq!(part(false, 3).await, (vec![4, 5, 6], true, Some(0)));
    assert_eq!(part(false, 6).await, (vec![7], false, Some(3)));
    assert_eq!(part(true, 0).await, (vec![1, 4, 5], true, None));
    assert_eq!(part(true, 5).await, (vec![6, 7], false, Some(0)));
    assert_eq!(part(true, 99).await.0, Vec::<i64>::new());
}

async fn more_than_an_entry_holds_is_taken_over_at_once(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let list = |answer: &str| {
        let rows: String = (0..300).map(|at| format!("Is this number {at}?,{answer}\n")).collect();
        format!("Question,Answer\n{rows}")
    };
    take_in(&world, blue, &list(&"long ".repeat(799))).await;
    let second = take_in(&world, blue, &list("")).await;
    assert_eq!(all(&world, second).await.same, 300);
    assert_eq!(questionnaire_fill(&world.app, &world.owner, second).await.unwrap(), 300);
    assert_eq!(all(&world, second).await.answered, 300);
    file(&world, second).await;
}

async fn what_is_entered_wrongly_is_refused(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let id = take_in(&world, blue, LIST).await;
    let count = world.entry_count(world.log()).await;
    let refused = async |new: NewQuestionnaire, bytes: &[u8]| {
        let file = ("q.csv", bytes.to_vec());
        code(&questionnaire_take_in(&world.app, &world.owner, new, file).await.unwrap_err())
    };
    let list = LIST.as_bytes();
    assert_eq!(refused(new(blue), b"").await, "file");
    assert_eq!(refused(new(blue), b"Name,E-mail\nNina,n@x.example\n").await, "file");
    assert_eq!(refused(new(blue), b"PK\x03\x04 and nothing").await, "file");
    assert_eq!(refused(new(Id::from_bits(5)), list).await, "not_found");
    let named = NewQuestionnaire { name: "a\u{202e}b".into(), due_on: "soon".into(), ..new(blue) };
    assert_eq!(refused(named, list).await, "name due_on");
    let wrong = async |answer: &str, control: &str| {
        let new = NewAnswer { control: control.into(), ..words(answer) };
        let made = question_answer(&world.app, &world.owner, (id, 1), (new, None)).await;
        code(&made.unwrap_err())
    };
    assert_eq!(wrong(&"x".repeat(4_001), "ZZ-9").await, "answer control");
    assert_eq!(wrong("a\u{200b}b", "").await, "answer");
    assert_eq!(wrong("\u{200d}", "").await, "answer");
    let nowhere =
        question_answer(&world.app, &world.owner, (id, 4), (words("x"), None)).await.unwrap_err();
    assert_eq!(code(&nowhere), "not_found");
    let removed = questionnaire_remove(&world.app, &world.owner, id, " ").await.unwrap_err();
    assert_eq!(code(&removed), "reason");
    assert_eq!(world.entry_count(world.log()).await, count);
}

async fn two_who_answer_the_same_do_not_undo_each_other(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let id = take_in(&world, blue, LIST).await;
    let (_, seen) = question_one(&world.app, &world.owner, (id, 1)).await.unwrap();
    let seen = Some(seen.question.changes);
    question_answer(&world.app, &world.owner, (id, 1), (words("First."), seen)).await.unwrap();
    let second = question_answer(&world.app, &world.owner, (id, 1), (words("Second."), seen)).await;
    assert_eq!(code(&second.unwrap_err()), "question.changed");
    let (_, now) = question_one(&world.app, &world.owner, (id, 1)).await.unwrap();
    assert_eq!(now.question.answer, "First.");
}

async fn no_cell_that_goes_back_is_a_formula(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let id = take_in(&world, blue, "Section,Question,Answer\n=A1,@SUM(A1) is what?,\n").await;
    answer(&world, id, 1, words("=HYPERLINK(\"http://x\",\"y\")")).await;
    let rows = cells(&file(&world, id).await, "How it stands");
    assert_eq!(
        (rows[0][0].as_str(), rows[0][2].as_str(), rows[0][3].as_str()),
        ("'=A1", "'@SUM(A1) is what?", "'=HYPERLINK(\"http://x\",\"y\")")
    );
}

async fn what_is_removed_is_proposed_no_more(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let first = take_in(&world, blue, LIST).await;
    answer(&world, first, 1, words("Always.")).await;
    let second = take_in(&world, blue, LIST).await;
    assert_eq!(all(&world, second).await.same, 1);
    questionnaire_remove(&world.app, &world.owner, first, "Out of date.").await.unwrap();
    assert_eq!(all(&world, second).await.same, 0);
    let gone = questionnaire_one(&world.app, &world.owner, first, ALL).await.unwrap_err();
    assert_eq!(code(&gone), "not_found");
}

async fn it_takes_everything_that_is_told_and_the_titles_to_answer(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let id = take_in(&world, blue, LIST).await;
    for role in Role::ALL {
        let by = world.as_role(*role);
        let may = |needed: Actions| needed.iter().all(|action| role.may(action));
        let read = [
            questionnaire_list(&world.app, &by).await.map(|_| ()),
            questionnaire_one(&world.app, &by, id, ALL).await.map(|_| ()),
            question_one(&world.app, &by, (id, 1)).await.map(|_| ()),
            saved_answers(&world.app, &by, "").await.map(|_| ()),
        ];
        assert!(read.iter().all(|read| read.is_ok() == may(needs_to_read())), "{role}");
        if may(needs_to_write()) {
            continue;
        }
        let before = world.entry_count(world.log()).await;
        let file = ("q.csv", LIST.as_bytes().to_vec());
        let refused = [
            questionnaire_take_in(&world.app, &by, new(blue), file).await.map(|_| ()),
            question_answer(&world.app, &by, (id, 1), (words("x"), None)).await,
            questionnaire_fill(&world.app, &by, id).await.map(|_| ()),
            questionnaire_file(&world.app, &by, id).await.map(|_| ()),
            questionnaire_remove(&world.app, &by, id, "why").await,
        ];
        assert!(refused.iter().all(|made| matches!(made, Err(Problem::Forbidden))), "{role}");
        assert_eq!(world.entry_count(world.log()).await, before);
    }
}

async fn another_organisation_sees_and_touches_none_of_it(world: World) {
    let blue = client(&world, "Blue Lantern").await;
    let id = take_in(&world, blue, LIST).await;
    answer(&world, id, 1, words("Always.")).await;
    let there = world.neighbour().await;
    let file = ("q.csv", LIST.as_bytes().to_vec());
    let refused = [
        questionnaire_one(&world.app, &there, id, ALL).await.map(|_| ()),
        question_one(&world.app, &there, (id, 1)).await.map(|_| ()),
        questionnaire_take_in(&world.app, &there, new(blue), file).await.map(|_| ()),
        question_answer(&world.app, &there, (id, 1), (words("x"), None)).await,
        questionnaire_fill(&world.app, &there, id).await.map(|_| ()),
        questionnaire_file(&world.app, &there, id).await.map(|_| ()),
        questionnaire_remove(&world.app, &there, id, "why").await,
    ];
    for made in refused {
        assert_eq!(code(&made.unwrap_err()), "not_found");
    }
    assert!(questionnaire_list(&world.app, &there).await.unwrap().0.is_empty());
    assert_eq!(saved_answers(&world.app, &there, "").await.unwrap().1, 0);
}
