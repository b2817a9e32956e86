//! The handbook's file: where each topic stands, then every policy with who approved it and when.

use super::handbook::{Chapter, Handbook};
use crate::{Problem, prose::blocks};
use closedset_core::{
    Time,
    id::{DocumentVersion, Id},
    policy::Topic,
};
use closedset_pdf::{
    Block, Column, Cover, Document, Field, Limits, PdfError, Row, Section, Table, Text,
};

/// So much is drawn at most, of words that nobody would read to their end.
const LIMITS: Limits = Limits { pages: 2_000, letters: 6_000_000 };

/// What is drawn.
pub(super) struct Paper<'h> {
    pub(super) id: Id<DocumentVersion>,
    pub(super) handbook: &'h Handbook,
    pub(super) made_at: Time,
}

fn field(name: &str, value: impl Into<Text>) -> Field {
    Field { name: name.into(), value: value.into() }
}

/// Its bytes, a PDF.
pub(super) fn paper(paper: &Paper<'_>) -> Result<Vec<u8>, Problem> {
    let handbook = paper.handbook;
    let mut sections = vec![Section {
        title: "Where each topic stands".into(),
        blocks: vec![Block::Table(topics(handbook))],
    }];
    sections.extend(handbook.chapters.iter().map(section));
    let document = Document {
        title: format!("Policies of {}", handbook.organisation),
        subject: format!("What whoever works at {} must know and keep to", handbook.organisation),
        author: handbook.organisation.clone(),
        producer: "Closedset".into(),
        language: "en".into(),
        id: paper.id.to_string(),
        made_at: paper.made_at,
        head: ("Policies".into(), handbook.organisation.clone()),
        foot: paper.id.to_string(),
        cover: Cover {
            kind: "Policies".into(),
            name: handbook.organisation.clone(),
            lines: vec!["What whoever works here must know and keep to".into()],
            fields: vec![
                field("Policies in force", handbook.chapters.len().to_string()),
                field("Reviewed again by", handbook.last_day.to_string()),
            ],
            note: "The ledger of the organisation holds the digest of this file, in an entry of the kind document.added, and \
                   that of each policy’s words, in an entry of the kind policy.approved."
                .into(),
            ..Cover::default()
        },
        sections,
    };
    closedset_pdf::render_within(&document, LIMITS).map_err(|error| match error {
        PdfError::TooLarge { .. } => Problem::Conflict {
            code: "policy.handbook_too_long",
            sentence: "All policies together are too long for one handbook.",
            remedy: "Shorten one, or take one out of force.",
        },
        error => Problem::fault("a file could not be made", error),
    })
}

fn topics(handbook: &Handbook) -> Table {
    let column = |title: &str, share| Column { title: title.into(), share };
    let mut rows = Vec::new();
    for topic in Topic::ALL {
        for chapter in handbook.chapters.iter().filter(|one| one.row.topics.contains(topic)) {
            rows.push(Row {
                cells: vec![
                    topic.title().into(),
                    chapter.version.name.as_str().into(),
                    chapter.version.number.to_string().into(),
                    chapter.version.approved_by.as_str().into(),
                    chapter.approved_on.to_string().into(),
                ],
            });
        }
    }
    Table {
        summary: "For each topic the policy that covers it, its version, and who approved it when"
            .into(),
        columns: vec![
            column("Topic", 3.0),
            column("Policy", 3.0),
            column("Version", 1.1),
            column("Approved by", 2.2),
            column("On", 1.6),
        ],
        rows,
    }
}

fn section(chapter: &Chapter) -> Section {
    let (row, version) = (&chapter.row, &chapter.version);
    let approved = match version.has_second_person {
        true => version.approved_by.clone(),
        false => {
            format!("{}, with no second person who could have approved it", version.approved_by)
        }
    };
    let topics: Vec<&str> = row.topics.iter().map(|topic| topic.title()).collect();
    let mut fields = vec![
        field("Version", version.number.to_string()),
        field("Covers", topics.join(", ")),
        field("Written by", version.written_by.as_str()),
        field("Approved by", approved),
        field("Approved on", chapter.approved_on.to_string()),
    ];
    if let (Some(on), Some(by)) = (chapter.reviewed_on, &row.reviewed_by) {
        fields.push(field("Reviewed, nothing to change", format!("{on}, {by}")));
    }
    fields.push(field("Reviewed again by", chapter.review_by.to_string()));
    fields.push(field("SHA-256 of the words", Text::mono(version.digest.to_string())));
    let mut pieces = vec![Block::Fields(fields)];
    pieces.extend(blocks(&version.text));
    Section { title: version.name.clone(), blocks: pieces }
}
