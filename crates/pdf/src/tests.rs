//! Documents as a whole: that they are made, always alike, and conform.

use crate::{
    Block, Cell, Column, Cover, Document, FORM, Field, Frame, Limits, PdfError, Row, Section, Span,
    Style, Table, Tally, Text, render, render_within,
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

/// What people and programs have written to break whoever sets it, in every place of a document.
#[test]
fn whatever_is_written_nothing_breaks() {
    let short = [
        "\u{1f469}\u{200d}\u{1f4bb}\u{200d}\u{200d}\u{1f469}",
        "e\u{301}\u{489}\u{20dd}\u{fe20}\u{301}\u{301}\u{301}",
        "\u{202e}\u{2067}\u{202a}\u{5d0}\u{661}a",
        "\u{0}\u{1}\u{1b}\u{7f}\u{80}\u{9b}\u{9f}",
        "\u{633}\u{640}\u{64b}\u{651}\u{651}",
        "\u{1820}\u{1e900}\u{11700}\u{2fa1d}\u{13000}",
        "\u{301}\u{301}",
        "\u{94d}\u{94d}\u{93f}\u{915}\u{200d}",
        "\u{e31}\u{e4d}\u{e33}",
        "\u{fffe}\u{ffff}\u{1fffe}\u{10ffff}\u{e0001}\u{e007f}",
        "\u{e000}\u{f8ff}\u{f0000}\u{378}\u{2fe0}",
        "\u{fe0f}\u{200d}\u{200c}\u{ad}",
        "\r\r\n\t\u{b}\u{c}\u{85}\u{2028}\u{2029}",
        "\u{fdfa}\u{fdfd}\u{1f1e6}\u{1f3fb}",
        "\u{1100}\u{1161}\u{11a8}\u{115f}\u{3164}\u{ffa0}",
    ];
    for words in short {
        let made = render(&document(words));
        assert!(made.is_ok(), "{words:?}: {made:?}");
    }
    // By the thousand, without a place where a line may end.
    for words in short.into_iter().chain(["W", " ", "\n", "a ", "-a", "\u{6771}", "["]) {
        let words = words.repeat(6_000 / words.len());
        let mut long = document("x");
        long.cover.name.clone_from(&words);
        long.head.0.clone_from(&words);
        long.sections.truncate(1);
        long.sections[0].blocks = vec![
            Block::Paragraph(Text::from(words.as_str()).and(Style::Mono, words.as_str())),
            Block::Quote(words.clone()),
            Block::Code(words.clone()),
            Block::Fields(vec![Field { name: words.clone(), value: words.as_str().into() }]),
        ];
        let made = render(&long);
        assert!(made.is_ok(), "{:.60}: {made:?}", words.escape_unicode());
    }
}

/// A limit is an answer; what has been set until then is not more than that.
#[test]
fn a_document_that_becomes_too_large_is_refused() {
    let large = document(&"word ".repeat(100));
    let refused = |limits| match render_within(&large, limits) {
        Err(PdfError::TooLarge { what, limit }) => (what, limit),
        other => panic!("{other:?}"),
    };
    let limits = Limits::default();
    assert_eq!(refused(Limits { pages: 3, ..limits }), ("pages", 3));
    assert_eq!(refused(Limits { letters: 1_000, ..limits }), ("letters", 1_000));
    assert!(render_within(&large, limits).is_ok());
    // A head that leaves no room for a row would take page after page.
    let mut endless = document("x");
    endless.sections[0].blocks = vec![Block::Table(Table {
        summary: String::new(),
        columns: vec![Column { title: "head\n".repeat(90), share: 1.0 }],
        rows: vec![Row { cells: vec!["a\nb".into()] }],
    })];
    let made = render_within(&endless, Limits { pages: 50, ..limits });
    assert!(matches!(made, Err(PdfError::TooLarge { what: "pages", .. })), "{made:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn hostile_words_become_a_conforming_document(
        words in "[\\PC\u{0}-\u{20}\u{200b}-\u{206f}\u{300}-\u{36f}\u{590}-\u{6ff}\u{900}-\u{97f}\u{e000}-\u{e010}]{0,60}"
    ) {
        let made = render(&document(&words));
        prop_assert!(made.is_ok(), "{words:?}: {made:?}");
    }

    #[test]
    fn whatever_is_said_becomes_a_conforming_document(words in "\\PC{0,80}") {
        prop_assert!(render(&document(&words)).is_ok(), "{words}");
    }
}
