//! The answers as a workbook.

use super::file::Drawn;
use crate::{
    Problem,
    answers::{Answer, NOTE, standing_words},
    csv::harmless,
};
use closedset_sheets::made::{self, Sheet};

/// Its bytes: each question with its answer and what proves it, that evidence, and what it is. No cell is a formula.
pub(super) fn workbook(drawn: &Drawn) -> Result<Vec<u8>, Problem> {
    let rows = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
        let harmless =
            |row: Vec<String>| row.iter().map(|cell| harmless(cell).into_owned()).collect();
        rows.into_iter().map(harmless).collect()
    };
    let heads = |heads: &[(&str, u16)]| {
        heads.iter().map(|(head, width)| ((*head).to_owned(), *width)).collect()
    };
    let told = |control: &str| drawn.told.iter().find(|told| told.control == control);
    let answered = drawn.questions.iter().map(|one| {
        let told = told(&one.control);
        vec![
            one.part.clone(),
            one.number.clone(),
            one.words.clone(),
            one.answer.clone(),
            told.map(stands).unwrap_or_default(),
            told.map(proofs).unwrap_or_default(),
        ]
    });
    let evidence = drawn.told.iter().flat_map(|told| {
        told.evidence.iter().map(|item| {
            vec![
                told.control.clone(),
                item.title.clone(),
                form(item.is_statement).to_owned(),
                item.from.to_string(),
                item.until.to_string(),
            ]
        })
    });
    let about = [
        ("Facility", drawn.house.clone()),
        ("For", drawn.row.client_name.clone()),
        ("Questionnaire", drawn.row.name.clone()),
        ("On", drawn.day.to_string()),
        ("Note", NOTE.to_owned()),
    ];
    let about = about.map(|(name, value)| vec![name.to_owned(), value]);
    let sheets = [
        Sheet {
            name: "Answers".into(),
            heads: heads(&[
                ("Section", 24),
                ("No.", 10),
                ("Question", 50),
                ("Answer", 60),
                ("How it stands", 44),
                ("Evidence", 50),
            ]),
            rows: rows(answered.collect()),
        },
        Sheet {
            name: "Evidence".into(),
            heads: heads(&[
                ("Control", 10),
                ("Title", 60),
                ("Form", 18),
                ("From", 12),
                ("Until", 12),
            ]),
            rows: rows(evidence.collect()),
        },
        Sheet {
            name: "About".into(),
            heads: heads(&[("What", 24), ("Is", 80)]),
            rows: rows(about.into()),
        },
    ];
    made::workbook(&format!("{}: answers of {}", drawn.row.name, drawn.house), &sheets)
        .map_err(|error| Problem::fault("a file could not be made", error))
}

/// How a control stands, with what the registers say.
fn stands(told: &Answer) -> String {
    let mut words = vec![format!("{} {}. {}", told.control, told.title, standing_words(told))];
    words.extend(told.words.iter().cloned());
    words.join("\n")
}

fn proofs(told: &Answer) -> String {
    let line = |item: &crate::answers::AnswerEvidence| {
        format!("{} ({}, until {})", item.title, form(item.is_statement), item.until)
    };
    told.evidence.iter().map(line).collect::<Vec<_>>().join("\n")
}

const fn form(is_statement: bool) -> &'static str {
    if is_statement { "signed statement" } else { "document" }
}
