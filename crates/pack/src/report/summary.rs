//! The first section: what the report says, before it says why.

use super::{
    budget::{Budget, cut, cut_to},
    tally,
};
use crate::viewer::{Content, view::Area};
use closedset_core::Status;
use closedset_pdf::{Block, Cell, Column, Frame, Section, Style, Table, Text};

/// The summary.
pub(super) fn section(content: &Content<'_>, areas: &[Area<'_>], budget: &mut Budget) -> Section {
    let input = content.input;
    let heading = &input.heading;
    let zone = &heading.zone;
    let count = input.controls.len();
    let passing = input.controls.iter().filter(|control| control.status == Status::Pass).count();
    let devices = input.devices.iter().filter(|row| row.revoked_at.is_none()).count();
    let mut blocks = vec![
        Block::Paragraph(Text::from(format!(
            "This report says how {count} control{} of {} stood at {} on {}, and how they turned before. \
             {passing} of them pass. Behind them stand {} that were given as evidence, and the signed word of {}.",
            if count == 1 { "" } else { "s" },
            cut(&heading.scope.framework_title),
            cut(&heading.organisation_name),
            zone.moment(heading.made_at),
            number(
                content.documents.len() + content.attestations.len(),
                "document or statement",
                "documents and statements"
            ),
            number(devices, "computer", "computers"),
        ))),
        Block::Paragraph(Text::from(
            "A control passes only where every question about it was answered with evidence that is in force. What \
             is missing, too old or unreadable is unknown, never a pass. Where a person accepted a risk, or signed \
             that something does not exist or does not apply, the control says who and until when.",
        )),
        Block::Tally(tally(content)),
    ];
    if heading.is_demonstration {
        blocks.insert(0, Block::Paragraph(Text::strong(super::INVENTED)));
    }
    // It is to be read before anything is believed.
    for (place, one) in input.log.restored.iter().take(20).enumerate() {
        let words = format!(
            " The backup was made on {}: what happened in between may be missing. Compare this with what you were \
             given before.",
            zone.moment(one.backup_made_at)
        );
        let text = Text::strong(format!("Restored from a backup on {}.", zone.moment(one.at)));
        blocks.insert(1 + place, Block::Paragraph(text.and(Style::Plain, words)));
    }
    for area in areas {
        blocks.push(Block::Strip {
            name: cut_to(&area.name, 200),
            frames: area
                .controls
                .iter()
                .map(|view| Frame {
                    id: cut_to(&view.control.id, 40),
                    title: cut_to(&view.control.title, 120),
                    status: view.control.status,
                })
                .collect(),
        });
    }
    blocks.extend(attention(content, budget));
    Section { title: "Summary".to_owned(), blocks }
}

/// What fails, is unknown or excepted, with the reason.
fn attention(content: &Content<'_>, budget: &mut Budget) -> Vec<Block> {
    let asks = |status: Status| matches!(status, Status::Fail | Status::Unknown | Status::Excepted);
    let mut controls: Vec<_> =
        content.input.controls.iter().filter(|control| asks(control.status)).collect();
    if controls.is_empty() {
        return Vec::new();
    }
    controls.sort_by_key(|control| control.status);
    let mut table = Table {
        summary: "Controls that fail, are unknown or are excepted, with the reason".to_owned(),
        columns: [("Control", 2.2), ("Status", 1.0), ("Why", 3.0)]
            .map(|(title, share)| Column { title: title.to_owned(), share })
            .into(),
        rows: Vec::new(),
    };
    let wanted = controls.len();
    let count = budget.fill(&mut table, controls, wanted, |control| {
        let name = Text::mono(format!("{} ", cut_to(&control.id, 40)))
            .and(Style::Plain, cut_to(&control.title, 200));
        vec![
            name.into(),
            Cell::Status(control.status),
            content.input.heading.zone.tell(&cut(&control.because)).into(),
        ]
    });
    let mut blocks =
        vec![Block::Heading("What asks for attention".to_owned()), Block::Table(table)];
    if wanted > count {
        let words = format!("{} more stand in controls.json.", wanted - count);
        blocks.push(Block::Small(words.into()));
    }
    blocks
}

fn number(count: usize, one: &str, more: &str) -> String {
    if count == 1 { format!("{count} {one}") } else { format!("{count} {more}") }
}
