//! The register as a PDF.

use super::{
    RiskShown,
    file::{Drawn, NOTE, standing},
};
use crate::Problem;
use closedset_core::risk::{RiskLevel, impact_words, likelihood_words};
use closedset_pdf::{Block, Column, Cover, Document, Field, Row, Section, Table, Text};
use jiff::civil::Date;

/// Its bytes.
pub(super) fn paper(drawn: &Drawn) -> Result<Vec<u8>, Problem> {
    closedset_pdf::render(&document(drawn))
        .map_err(|error| Problem::fault("a file could not be made", error))
}

fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn field(name: &str, value: impl Into<Text>) -> Field {
    Field { name: name.into(), value: value.into() }
}

fn table(summary: &str, columns: &[(&str, f32)], rows: Vec<Vec<String>>) -> Block {
    let column = |(title, share): &(&str, f32)| Column { title: (*title).into(), share: *share };
    let row = |cells: Vec<String>| Row { cells: cells.into_iter().map(Into::into).collect() };
    Block::Table(Table {
        summary: summary.into(),
        columns: columns.iter().map(column).collect(),
        rows: rows.into_iter().map(row).collect(),
    })
}

fn document(drawn: &Drawn) -> Document {
    let register = &drawn.register;
    let mut fields = vec![
        field("On", day(register.today)),
        field("Risks that are followed", register.open.len().to_string()),
    ];
    for level in [RiskLevel::Severe, RiskLevel::High, RiskLevel::Medium, RiskLevel::Low] {
        let count = register.open.iter().filter(|one| one.level() == level).count();
        fields.push(field(&format!("{} today", level.title()), count.to_string()));
    }
    fields.push(field("Drawn up at (UTC)", drawn.at.to_string()));
    let mut sections = vec![Section { title: "At a glance".into(), blocks: glance(drawn) }];
    if !register.open.is_empty() {
        let blocks = register.open.iter().enumerate().flat_map(|(at, one)| blocks(at + 1, one));
        sections.push(Section { title: "Each risk".into(), blocks: blocks.collect() });
    }
    if !register.closed.is_empty() {
        sections.push(Section { title: "Closed".into(), blocks: closed(drawn) });
    }
    Document {
        title: format!("Risks of {} on {}", drawn.house, register.today),
        subject: "What can happen, how bad it would be, and what is done about it".into(),
        author: drawn.house.clone(),
        producer: "Closedset".into(),
        language: "en".into(),
        id: drawn.id.to_string(),
        made_at: drawn.at,
        head: ("Risk register".to_owned(), drawn.house.clone()),
        foot: day(register.today),
        cover: Cover {
            kind: "Risk register".into(),
            name: drawn.house.clone(),
            lines: vec![format!("on {}", day(register.today))],
            fields,
            note: NOTE.into(),
            ..Cover::default()
        },
        sections,
    }
}

fn owner(one: &RiskShown) -> String {
    match &one.risk.owner {
        None => "nobody".to_owned(),
        Some(owner) if one.has_left => format!("{} (cannot any more)", owner.name),
        Some(owner) => owner.name.clone(),
    }
}

fn glance(drawn: &Drawn) -> Vec<Block> {
    if drawn.register.open.is_empty() {
        return vec![Block::Paragraph("No risk is followed.".into())];
    }
    let rows = drawn.register.open.iter().enumerate().map(|(at, one)| {
        vec![
            (at + 1).to_string(),
            one.risk.title.clone(),
            owner(one),
            one.inherent().to_string(),
            format!("{} {}", one.residual(), one.level().as_str()),
            one.risk.review_on.to_string(),
        ]
    });
    let columns = [
        ("No.", 0.5),
        ("Risk", 3.4),
        ("Owner", 1.6),
        ("Inherent", 0.9),
        ("Today", 1.1),
        ("Review", 1.1),
    ];
    vec![table("The risks that are followed, the worst today first", &columns, rows.collect())]
}

fn blocks(number: usize, one: &RiskShown) -> Vec<Block> {
    let risk = &one.risk;
    let mut fields = vec![
        field(
            "With nothing done",
            format!(
                "{}: likelihood {} ({}) times impact {} ({})",
                one.inherent(),
                risk.likelihood,
                likelihood_words(risk.likelihood),
                risk.impact,
                impact_words(risk.impact)
            ),
        ),
        field(
            "Today",
            format!(
                "{} ({}): likelihood {} times impact {}",
                one.residual(),
                one.level().as_str(),
                one.residual_likelihood(),
                risk.impact
            ),
        ),
        field("Owner", owner(one)),
        field("Next review by", day(risk.review_on)),
    ];
    if let Some(said) = &risk.reviewed {
        fields
            .push(field("Last review", format!("{} ({})", said.words.replace('\n', " "), said.by)));
    }
    if let Some(accepted) = &risk.accepted {
        let words = accepted.said.words.replace('\n', " ");
        let until = day(accepted.until);
        fields.push(field("Borne", format!("{words} ({}, until {until})", accepted.said.by)));
    }
    let mut blocks = vec![Block::Heading(format!("{number}. {}", risk.title))];
    blocks.extend(
        risk.words
            .lines()
            .filter(|line| !line.is_empty())
            .map(|line| Block::Paragraph(line.into())),
    );
    blocks.push(Block::Fields(fields));
    if one.treatments.is_empty() {
        blocks.push(Block::Small(Text::soft("No control treats it.".to_owned())));
    } else {
        let rows = one.treatments.iter().map(|treatment| {
            vec![treatment.control.clone(), treatment.title.clone(), standing(treatment).to_owned()]
        });
        let columns = [("Control", 0.8), ("Asks for", 3.2), ("Today", 1.8)];
        blocks.push(table("The controls that treat it", &columns, rows.collect()));
    }
    blocks
}

fn closed(drawn: &Drawn) -> Vec<Block> {
    let rows = drawn.register.closed.iter().filter_map(|row| {
        let closed = row.closed.as_ref()?;
        Some(vec![row.title.clone(), closed.words.replace('\n', " "), closed.by.clone()])
    });
    let columns = [("Risk", 2.0), ("Why it is followed no more", 3.0), ("By", 1.2)];
    vec![table("The risks that are followed no more, the latest first", &columns, rows.collect())]
}
