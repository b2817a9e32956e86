//! Documents as a whole: that they are made, always alike, and conform.

use crate::{
    Block, Cell, Column, Cover, Document, FORM, Field, Frame, Row, Section, Span, Style, Table,
    Tally, Text, render,
};
use closedset_core::{Digest, Status, Time};
use proptest::prelude::*;
use std::process::Command;

fn document(words: &str) -> Document {
    let table = Table {
        summary: words.to_owned(),
        columns: vec![
            Column { title: words.to_owned(), share: 1.0 },
            Column { title: "Status".to_owned(), share: 0.4 },
            Column { title: String::new(), share: 2.0 },
        ],
        rows: (0..40)
            .map(|row| Row {
                cells: vec![
                    words.into(),
                    Cell::Status(Status::ALL[row % Status::ALL.len()]),
                    Cell::Text(vec![Text::mono(words), Text::soft(words)]),
                ],
            })
            .collect(),
    };
    let frame =
        |status: &Status| Frame { id: "IS-1".to_owned(), title: words.to_owned(), status: *status };
    let tally: Vec<Tally> =
        Status::ALL.iter().map(|status| Tally { status: *status, count: 3 }).collect();
    let section = Section {
        title: words.to_owned(),
        blocks: vec![
            Block::Tally(tally.clone()),
            Block::Strip {
                name: words.to_owned(),
                frames: Status::ALL.iter().map(frame).collect(),
            },
            Block::Heading(words.to_owned()),
            Block::Requirement {
                id: "IS-1".to_owned(),
                title: words.to_owned(),
                status: Status::Pass,
            },
            Block::Minor(words.to_owned()),
            Block::Paragraph(Text::from(words).and(Style::Strong, words).and(Style::Mono, words)),
            Block::Small(words.into()),
            Block::Quote(words.to_owned()),
            Block::Code(words.to_owned()),
            Block::Fields(vec![Field { name: words.to_owned(), value: words.into() }]),
            Block::Table(table),
        ],
    };
    Document {
        title: words.to_owned(),
        subject: words.to_owned(),
        author: words.to_owned(),
        producer: words.to_owned(),
        language: "en".to_owned(),
        id: "pack_1".to_owned(),
        made_at: Time::from_millis(1_780_000_000_000),
        head: (words.to_owned(), words.to_owned()),
        foot: words.to_owned(),
        cover: Cover {
            kind: words.to_owned(),
            name: words.to_owned(),
            lines: vec![words.to_owned(); 3],
            fields: vec![Field { name: words.to_owned(), value: words.into() }; 5],
            tally,
            counted: words.to_owned(),
            note: words.to_owned(),
        },
        sections: vec![section.clone(), section],
    }
}

#[test]
fn the_same_document_becomes_the_same_bytes_on_every_machine() {
    let bytes = render(&document("Halide Post, 東京 القاهرة 14:00")).unwrap();
    assert_eq!(bytes, render(&document("Halide Post, 東京 القاهرة 14:00")).unwrap());
    // Another digest: whatever is drawn is drawn otherwise. Then FORM rises, and with it this pair.
    let expected = (2, "377025fb35cfd4aa8070aa866d24b25d58a9593b5ebf99091797499aa8f72d76");
    assert_eq!((FORM, Digest::of(&bytes).to_string().as_str()), expected);
}

#[test]
fn another_program_finds_nothing_wrong_and_every_page() {
    let file = std::env::temp_dir().join(format!("closedset-pdf-{}.pdf", std::process::id()));
    std::fs::write(&file, render(&document("Halide Post")).unwrap()).unwrap();
    let ran = Command::new("qpdf").arg("--check").arg(&file).output();
    let info = Command::new("pdfinfo").arg(&file).output();
    std::fs::remove_file(&file).unwrap();
    let (Ok(ran), Ok(info)) = (ran, info) else {
        let is_required = std::env::var_os("CLOSEDSET_REQUIRE_TOOLS").is_some_and(|set| set == "1");
        assert!(!is_required, "qpdf and pdfinfo are not installed");
        return;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let info = String::from_utf8(info.stdout).unwrap();
    for part in [
        "Title:           Halide Post",
        "Tagged:          yes",
        "Page size:       595.276 x 841.89 pts (A4)",
    ] {
        assert!(info.contains(part), "{part}\n{info}");
    }
}

#[test]
fn an_empty_document_has_a_cover_and_contents() {
    assert!(render(&Document::default()).is_ok());
    assert!(render(&document("")).is_ok());
}

#[test]
fn a_word_without_end_is_parted_and_a_row_without_end_goes_over_pages() {
    let mut document = document("x");
    document.sections[0].blocks = vec![Block::Table(Table {
        summary: "long".to_owned(),
        columns: vec![
            Column { title: "a".to_owned(), share: 1.0 },
            Column { title: "b".to_owned(), share: 9.0 },
        ],
        rows: vec![Row { cells: vec!["W".repeat(3_000).into(), "word ".repeat(4_000).into()] }],
    })];
    assert!(render(&document).is_ok());
}

/// One of every hundred characters there are, so that no block of them is left out.
#[test]
fn there_is_no_character_that_cannot_be_shown_or_spelled() {
    let all: Vec<char> = (0..=0x10_ffff).filter_map(char::from_u32).step_by(97).collect();
    let joined =
        "می\u{200c}خواهم क्\u{200d}ष a\u{200d}b e\u{301} x\u{200b}y\u{feff} ❤\u{fe0f} 👩\u{200d}💻"
            .to_owned();
    let parts = all.chunks(600).map(|part| part.iter().collect());
    for words in parts.chain([joined]) {
        let words: String = words;
        let text =
            Text(vec![Span { style: Style::Plain, text: words.clone() }]).and(Style::Mono, words);
        let section = Section { title: "a".to_owned(), blocks: vec![Block::Paragraph(text)] };
        let document = Document {
            title: "a".to_owned(),
            language: "en".to_owned(),
            sections: vec![section],
            ..Document::default()
        };
        render(&document).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_is_said_becomes_a_conforming_document(words in "\\PC{0,80}") {
        prop_assert!(render(&document(&words)).is_ok(), "{words}");
    }
}
