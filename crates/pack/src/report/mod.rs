//! `report.pdf`: the pack for people who print and hand on. The same rows as on the page, each with its
//! reason; made to be read from the first page to the last.
//!
//! Alone it proves nothing, and says so. In the pack it is made anew by whoever verifies, byte for byte. How it
//! is set is not said here but in `closedset-pdf`.

mod back;
mod budget;
mod control;
mod summary;

use crate::{
    PackError, limited,
    manifest::REPORT,
    spelling::limit_of,
    viewer::{
        Content,
        view::{self, Area},
    },
    without_names,
    zip::stream,
};
use budget::{Budget, cut};
use closedset_core::Status;
use closedset_pdf::{Block, Cover, Document, Field, Section, Style, Tally, Text};
use std::io::{self, Read};

/// What a demonstration says of itself; at the head of every page it says that it is one.
const INVENTED: &str = "Demonstration. Every person, computer, document and verdict in this report is invented. It \
                        proves nothing about any facility.";

/// The report.
pub(crate) fn render(content: &Content<'_>) -> Result<Vec<u8>, PackError> {
    Ok(closedset_pdf::render(&document(content, &mut Budget::default()))?)
}

/// What a report says that has so many rows and letters, and whether it is shortened.
#[cfg(test)]
pub(crate) fn within(content: &Content<'_>, rows: usize, letters: usize) -> (Document, bool) {
    let mut budget = Budget::new(rows, letters);
    let document = document(content, &mut budget);
    (document, budget.is_shortened())
}

/// The report in a pack that is read from its beginning to its end; none in packs made before there were reports.
/// Nothing is verified: that is for [`crate::verify()`].
pub fn report_in(pack: &mut dyn Read) -> io::Result<Option<Vec<u8>>> {
    stream::file(pack, REPORT, limit_of(REPORT))
}

fn document(content: &Content<'_>, budget: &mut Budget) -> Document {
    let heading = &content.input.heading;
    let scope = &heading.scope;
    let zone = &heading.zone;
    let areas = view::areas(content);
    // A report is handed on alone, and pages of it are.
    let mark = if heading.is_demonstration { "Demonstration: " } else { "" };
    let mut sections = vec![summary::section(content, &areas, budget)];
    for area in &areas {
        sections.push(area_section(content, area, budget));
    }
    sections.extend(back::devices(content, budget));
    sections.extend(back::left_out(content, budget));
    sections.push(back::checking(content));
    if budget.is_shortened()
        && let Some(summary) = sections.first_mut()
    {
        // Before anything else is read.
        summary.blocks.insert(0, Block::Paragraph(shortened()));
    }
    let period = view::span(zone, scope.from, scope.to);
    Document {
        title: cut(format!(
            "{mark}{}: {}, {period}",
            heading.organisation_name, scope.framework_title
        )),
        subject:
            "Content security: each control with its verdict, the evidence, exceptions and history"
                .to_owned(),
        author: cut(&heading.organisation_name),
        producer: cut(&heading.made_with),
        language: "en".to_owned(),
        id: heading.pack.to_string(),
        made_at: heading.made_at,
        head: (cut(format!("{mark}{}", heading.organisation_name)), cut(&scope.framework_title)),
        foot: cut(format!("{period}, as of {}", zone.moment(heading.made_at))),
        cover: cover(content, &period),
        sections,
    }
}

fn cover(content: &Content<'_>, period: &str) -> Cover {
    let input = content.input;
    let heading = &input.heading;
    let scope = &heading.scope;
    let zone = &heading.zone;
    let field = |name: &str, value: Text| Field { name: name.to_owned(), value };
    let mut fields = vec![
        field(
            "Framework",
            Text::from(cut(&scope.framework_title))
                .and(closedset_pdf::Style::Soft, format!(" {}", cut(&scope.framework_version))),
        ),
        field("Period", period_of(content, period)),
    ];
    if !scope.controls.is_empty() {
        let limited = Text::from(cut(limited::words(&scope.controls)));
        fields.push(field("Limited to", limited.and(Style::Soft, format!(" {}", limited::MEANS))));
    }
    if heading.without_names {
        fields.push(field(
            "People's names",
            Text::from("Left out.").and(Style::Soft, format!(" {}", without_names::MEANS)),
        ));
    }
    if !scope.recipient.is_empty() {
        fields.push(field("For", cut(&scope.recipient).into()));
    }
    fields.push(field("As of", zone.moment(heading.made_at).into()));
    fields.push(field(
        "Days and times",
        Text::from(zone.name().to_owned())
            .and(closedset_pdf::Style::Soft, format!(" {}", zone.from_utc(heading.made_at))),
    ));
    fields.push(field("Pack", Text::mono(heading.pack.to_string())));
    let places = heading.facilities.iter().take(5).map(|facility| {
        let address = view::one_line(&facility.address);
        let name = cut(&facility.name);
        if address.is_empty() { name } else { format!("{name}, {}", cut(address)) }
    });
    let more = heading.facilities.len().saturating_sub(5);
    let more = (more > 0).then(|| format!("and {more} more"));
    Cover {
        kind: if heading.is_demonstration {
            "Demonstration of a content security report".to_owned()
        } else {
            "Content security report".to_owned()
        },
        name: cut(&heading.organisation_name),
        lines: places.chain(more).collect(),
        fields,
        tally: tally(content),
        counted: format!("The {} controls at a glance", input.controls.len()),
        note: if heading.is_demonstration {
            INVENTED.to_owned()
        } else {
            format!(
                "{} made this report with Closedset; no content owner has certified it. It shows what is weak \
                 and where: hand it over as you would hand over the film. The last pages say how it can be checked.",
                cut(&heading.organisation_name)
            )
        },
    }
}

/// The period, and where the record begins later.
fn period_of(content: &Content<'_>, period: &str) -> Text {
    let zone = &content.input.heading.zone;
    let begins_at = content.input.log.begins_at;
    let text = Text::from(period);
    if begins_at > content.input.heading.scope.from {
        let words = format!(" the record begins on {}", zone.moment(begins_at));
        return text.and(closedset_pdf::Style::Soft, words);
    }
    text
}

fn tally(content: &Content<'_>) -> Vec<Tally> {
    let count = |status: Status| {
        content.input.controls.iter().filter(|control| control.status == status).count()
    };
    Status::ALL.iter().map(|status| Tally { status: *status, count: count(*status) }).collect()
}

fn area_section(content: &Content<'_>, area: &Area<'_>, budget: &mut Budget) -> Section {
    let title = budget.text_of(&area.name, 200);
    let blocks = area.controls.iter().flat_map(|view| control::blocks(content, view, budget));
    Section { title, blocks: blocks.collect() }
}

/// What stands before everything else where not all of it could be said.
fn shortened() -> Text {
    Text::strong("This report is shortened. ").and(
        Style::Plain,
        "There is more to say than a report holds: where rows are left out, it says how many and in which list of the \
         pack they stand, and texts that end with \u{2026} stand there whole.",
    )
}
