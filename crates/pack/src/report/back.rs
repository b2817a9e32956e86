//! The last sections: the devices with their keys, what was left out, and how the report can be checked.

use super::{
    budget::{Budget, cut, cut_to},
    control::table,
};
use crate::viewer::{
    Content,
    view::{file_name, grouped},
};
use closedset_core::Digest;
use closedset_pdf::{Block, Cell, Field, Section, Text};

/// The most devices that are listed, and the most of what was left out.
const DEVICES: usize = 2_000;
const LEFT_OUT: usize = 1_000;

/// The devices, if there are any.
pub(super) fn devices(content: &Content<'_>, budget: &mut Budget) -> Option<Section> {
    let rows = &content.input.devices;
    if rows.is_empty() {
        return None;
    }
    let zone = &content.input.heading.zone;
    let mut table = table(
        "Devices with the fingerprints of their keys",
        &[("Device", 2.0), ("Key's fingerprint", 3.4), ("Enrolled", 0.9)],
    );
    let count = budget.fill(&mut table, rows, DEVICES, |row| {
        let mut name = vec![Text::strong(cut_to(&row.name, 200)), Text::soft(row.id.to_string())];
        name.extend(row.revoked_at.map(|at| Text::from(format!("sent away {}", zone.moment(at)))));
        vec![
            Cell::Text(name),
            Text::mono(row.key.fingerprint().to_string()).into(),
            format!("entry {}", row.enrolled).into(),
        ]
    });
    let mut blocks = vec![
        Block::Paragraph(
            "Each of these computers signs what it says of itself with a key of its own that never leaves it.".into(),
        ),
        Block::Table(table),
    ];
    if rows.len() > count {
        blocks.push(Block::Small(
            format!("{} more stand in devices.json.", rows.len() - count).into(),
        ));
    }
    Some(Section { title: "Devices and their keys".to_owned(), blocks })
}

/// What was left out, if anything was.
pub(super) fn left_out(content: &Content<'_>, budget: &mut Budget) -> Option<Section> {
    let rows = &content.input.left_out;
    if rows.is_empty() {
        return None;
    }
    let mut table = table("What was left out, and why", &[("What", 1.0), ("Why", 1.0)]);
    let count = budget
        .fill(&mut table, rows, LEFT_OUT, |row| vec![cut(&row.what).into(), cut(&row.why).into()]);
    let mut blocks = vec![Block::Table(table)];
    if rows.len() > count {
        let words = format!("{} more stand in manifest.json.", rows.len() - count);
        blocks.push(Block::Small(words.into()));
    }
    Some(Section { title: "Left out on purpose".to_owned(), blocks })
}

/// How what is said here was found, and how it can be checked.
pub(super) fn checking(content: &Content<'_>) -> Section {
    let input = content.input;
    let heading = &input.heading;
    let whose = cut(&heading.organisation_name);
    let pack = file_name(heading);
    let field = |name: &str, value: Text| Field { name: name.to_owned(), value };
    let fingerprint = grouped(&Digest::of(input.log.key.as_bytes()).to_string());
    let mut fields = vec![
        field("Pack", Text::mono(heading.pack.to_string())),
        field("Log", Text::mono(cut(&input.log.origin))),
        field("Entries when this was read", input.log.size.to_string().into()),
        field("The log's key", Text::mono(cut(&input.log.key))),
        field("Its fingerprint", Text::mono(fingerprint)),
        field("Made with", cut(&heading.made_with).into()),
    ];
    if !heading.made_by.is_empty() {
        let words = format!("{}, by the word of {whose}", cut(&heading.made_by));
        fields.push(field("Made by", words.into()));
    }
    let blocks = vec![
        Block::Paragraph(Text::strong("Alone, this file proves nothing: ").and(
            closedset_pdf::Style::Plain,
            "anybody can write a PDF. It is part of an audit pack, a ZIP that holds all the evidence, and whoever \
             has the pack can prove every word of it without a network and without trusting anybody.",
        )),
        Block::Heading("With the pack".to_owned()),
        Block::Paragraph(
            "This command makes every verdict anew from the evidence, and this report anew from the verdicts. If one \
             byte of the report in the pack is another, it says so."
                .into(),
        ),
        Block::Code(format!("closedset pack verify {pack}")),
        Block::Paragraph(
            "Whether the file that you are reading is the report in the pack, any computer can tell:".into(),
        ),
        Block::Code(format!("unzip -p {pack} report.pdf | cmp - THIS-FILE.pdf && echo the same")),
        Block::Heading("Whose log it is".to_owned()),
        Block::Paragraph(
            format!(
                "Everything rests on an append-only log that {whose} signs. Compare the fingerprint with the one that \
                 {whose} tells you by telephone or on paper."
            )
            .into(),
        ),
        Block::Fields(fields),
        Block::Heading("How it was found".to_owned()),
        Block::Paragraph(
            "Computers report what they are set to, signed with their own keys, every few minutes. People give \
             documents and sign statements, each with the days on which it counts. Checks are conditions over these \
             facts; their text stands beside each. A control has the worst of its checks: fail, unknown, excepted, \
             pass. Each report, document, signature and verdict became an entry of the log when it happened; none \
             can be removed, changed or dated back unseen."
                .into(),
        ),
        Block::Paragraph(
            "What no report can show: that somebody who rules over a computer did not have it lie from the start."
                .into(),
        ),
        Block::Heading("How to read it".to_owned()),
        Block::Paragraph(
            format!(
                "Days and times are those of {}, {} when this was made. What was so before the period began is told \
                 as \u{201c}or before\u{201d}. Characters that no built-in font shows are spelled by their number, \
                 like [U+1F3AC]. Digests are the beginnings of SHA-256; entries are those of the log, which stand \
                 in the pack under ledger/entries.",
                heading.zone.name(),
                heading.zone.from_utc(heading.made_at),
            )
            .into(),
        ),
    ];
    Section { title: "How this can be checked".to_owned(), blocks }
}
