//! The answers as a workbook and as a text document.

use super::{Answer, AnswerEvidence, Answers, NOTE, day_words, standing_words, status_words};
use crate::{Problem, csv::harmless};
use closedset_sheets::made::{self, MadeError, Piece, Sheet};

fn fault(error: MadeError) -> Problem {
    Problem::fault("a file could not be made", error)
}

/// What is to be known first, as names and values.
fn about(answers: &Answers) -> Vec<(&'static str, String)> {
    let mut about = vec![
        ("Facility", answers.house.clone()),
        ("For", answers.owner.1.clone()),
        ("On", answers.day.to_string()),
    ];
    if let Some(begins) = answers.begins {
        about.push(("The record begins on", begins.to_string()));
    }
    about
}

const fn form(item: &AnswerEvidence) -> &'static str {
    if item.is_statement { "signed statement" } else { "document" }
}

fn answer_text(one: &Answer) -> String {
    let mut words = one.words.clone();
    words.push(standing_words(one));
    words.join("\n")
}

fn title(answers: &Answers) -> String {
    format!("Answers of {} for {}", answers.house, answers.owner.1)
}

/// As a workbook: the answers, their evidence, and what it is. No cell is a formula, nor becomes one in a table of
/// separated values.
pub(super) fn workbook(answers: &Answers) -> Result<Vec<u8>, Problem> {
    let rows = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
        let harmless =
            |row: Vec<String>| row.iter().map(|cell| harmless(cell).into_owned()).collect();
        rows.into_iter().map(harmless).collect()
    };
    let heads = |heads: &[(&str, u16)]| {
        heads.iter().map(|(head, width)| ((*head).to_owned(), *width)).collect()
    };
    let answered = answers.answers.iter().map(|one| {
        let evidence: Vec<String> = one
            .evidence
            .iter()
            .map(|item| format!("{} ({}, until {})", item.title, form(item), item.until))
            .collect();
        vec![
            one.control.clone(),
            one.title.clone(),
            one.question.clone(),
            answer_text(one),
            status_words(one.status).to_owned(),
            evidence.join("\n"),
        ]
    });
    let evidence = answers.answers.iter().flat_map(|one| {
        one.evidence.iter().map(|item| {
            vec![
                one.control.clone(),
                item.title.clone(),
                form(item).to_owned(),
                item.from.to_string(),
                item.until.to_string(),
            ]
        })
    });
    let mut about: Vec<Vec<String>> =
        about(answers).into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    about.push(vec!["Note".to_owned(), NOTE.to_owned()]);
    let sheets = [
        Sheet {
            name: "Answers".into(),
            heads: heads(&[
                ("Control", 10),
                ("Subject", 30),
                ("Question", 50),
                ("Answer", 60),
                ("Status", 14),
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
            rows: rows(about),
        },
    ];
    made::workbook(&title(answers), &sheets).map_err(fault)
}

/// As a text document.
pub(super) fn text_document(answers: &Answers) -> Result<Vec<u8>, Problem> {
    let mut pieces = vec![Piece::Title(title(answers))];
    pieces.push(Piece::Paragraph(format!("As of {}.", day_words(answers.day))));
    if let Some(begins) = answers.begins {
        pieces.push(Piece::Paragraph(format!("The record begins on {}.", day_words(begins))));
    }
    for one in &answers.answers {
        pieces.push(Piece::Heading(format!("{} {}", one.control, one.title)));
        pieces.push(Piece::Soft(one.question.clone()));
        pieces.extend(one.words.iter().cloned().map(Piece::Paragraph));
        pieces.push(Piece::Paragraph(standing_words(one)));
        if !one.evidence.is_empty() {
            let heads = ["Evidence", "Form", "From", "Until"].map(str::to_owned);
            let row = |item: &AnswerEvidence| {
                let days = [item.from, item.until].map(|day| day.to_string());
                let [from, until] = days;
                vec![item.title.clone(), form(item).to_owned(), from, until]
            };
            pieces.push(Piece::Table {
                heads: heads.into(),
                rows: one.evidence.iter().map(row).collect(),
            });
        }
    }
    pieces.push(Piece::Soft(NOTE.to_owned()));
    made::text_document(&title(answers), &pieces).map_err(fault)
}
