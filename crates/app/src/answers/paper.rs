//! The answers as a PDF.

use super::{Answer, Answers, NOTE, day_words, standing_words};
use crate::Problem;
use closedset_core::{
    Status, Time,
    id::{Document as DocumentId, Id},
};
use closedset_pdf::{Block, Column, Cover, Document, Field, Row, Section, Table, Tally, Text};

/// Its bytes.
pub(super) fn paper(
    answers: &Answers,
    (id, made_at): (Id<DocumentId>, Time),
) -> Result<Vec<u8>, Problem> {
    let field = |name: &str, value: String| Field { name: name.into(), value: value.into() };
    let mut fields = vec![
        field("For", answers.owner.1.clone()),
        field("On", day_words(answers.day)),
        field("Drawn up at (UTC)", made_at.to_string()),
    ];
    if let Some(begins) = answers.begins {
        fields.push(field("The record begins on", day_words(begins)));
    }
    let tally = Status::ALL.iter().map(|status| Tally {
        status: *status,
        count: answers.answers.iter().filter(|one| one.status == *status).count(),
    });
    let document = Document {
        title: format!("Answers of {} for {}", answers.house, answers.owner.1),
        subject: "What an owner's questionnaire asks of the facility itself".into(),
        author: answers.house.clone(),
        producer: "Closedset".into(),
        language: "en".into(),
        id: id.to_string(),
        made_at,
        head: ("Answers".to_owned(), answers.house.clone()),
        foot: day_words(answers.day),
        cover: Cover {
            kind: "Answers to an owner's questionnaire".into(),
            name: answers.house.clone(),
            lines: vec![
                format!("for {}", answers.owner.1),
                format!("on {}", day_words(answers.day)),
            ],
            fields,
            tally: tally.collect(),
            counted: "questions".into(),
            note: NOTE.into(),
        },
        sections: vec![Section {
            title: "Answers".into(),
            blocks: answers.answers.iter().flat_map(blocks).collect(),
        }],
    };
    closedset_pdf::render(&document)
        .map_err(|error| Problem::fault("a file could not be made", error))
}

fn blocks(one: &Answer) -> Vec<Block> {
    let mut blocks = vec![
        Block::Requirement {
            id: one.control.clone(),
            title: one.title.clone(),
            status: one.status,
        },
        Block::Quote(one.question.clone()),
    ];
    blocks.extend(one.words.iter().map(|words| Block::Paragraph(words.as_str().into())));
    blocks.push(Block::Small(Text::soft(standing_words(one))));
    if one.evidence.is_empty() {
        return blocks;
    }
    let rows = one.evidence.iter().map(|item| Row {
        cells: vec![
            item.title.as_str().into(),
            if item.is_statement { "signed statement" } else { "document" }.into(),
            item.from.to_string().into(),
            item.until.to_string().into(),
        ],
    });
    let columns = [("Evidence", 3.0), ("Form", 1.3), ("From", 1.0), ("Until", 1.0)];
    blocks.push(Block::Table(Table {
        summary: format!("The evidence for {} that was in force", one.control),
        columns: columns
            .map(|(title, share)| Column { title: title.into(), share })
            .into_iter()
            .collect(),
        rows: rows.collect(),
    }));
    blocks
}
