//! `report.pdf`: the pack for people who print and hand on. The same rows as on the page, each with its
//! reason; made to be read from the first page to the last.
//!
//! Alone it proves nothing, and says so. In the pack it is made anew by whoever verifies, byte for byte. How it
//! is set is not said here but in `closedset-pdf`.

mod back;
mod control;
mod summary;

use crate::{
    PackError,
    manifest::REPORT,
    spelling::limit_of,
    viewer::{
        Content,
        view::{self, Area},
    },
    zip::stream,
};
use closedset_core::Status;
use closedset_pdf::{Cover, Document, Field, Section, Tally, Text};
use std::io::{self, Read};

/// The most rows of tables in a report. No real one comes near it; it bounds what a stranger's pack can cost.
const ROW_LIMIT: usize = 20_000;
/// The most characters of one text.
const TEXT_LIMIT: usize = 1_500;

/// What a demonstration says of itself; at the head of every page it says that it is one.
const INVENTED: &str = "Demonstration. Every person, computer, document and verdict in this report is invented. It \
                        proves nothing about any facility.";

/// The report.
pub(crate) fn render(content: &Content<'_>) -> Result<Vec<u8>, PackError> {
    Ok(closedset_pdf::render(&document(content))?)
}

/// The report in a pack that is read from its beginning to its end; none in packs made before there were reports.
/// Nothing is verified: that is for [`crate::verify()`].
pub fn report_in(pack: &mut dyn Read) -> io::Result<Option<Vec<u8>>> {
    stream::file(pack, REPORT, limit_of(REPORT))
}

/// What may still be said.
#[derive(Debug)]
struct Budget {
    rows: usize,
}

impl Budget {
    /// As many of `wanted` rows as may be said, at most `limit`.
    fn take(&mut self, wanted: usize, limit: usize) -> usize {
        let taken = wanted.min(limit).min(self.rows);
        self.rows -= taken;
        taken
    }
}

fn document(content: &Content<'_>) -> Document {
    let heading = &content.input.heading;
    let scope = &heading.scope;
    let zone = &heading.zone;
    let areas = view::areas(content);
    let mut budget = Budget { rows: ROW_LIMIT };
    // A report is handed on alone, and pages of it are.
    let mark = if heading.is_demonstration { "Demonstration: " } else { "" };
    let mut sections = vec![summary::section(content, &areas)];
    for area in &areas {
        sections.push(area_section(content, area, &mut budget));
    }
    sections.extend(back::devices(content, &mut budget));
    sections.extend(back::left_out(content));
    sections.push(back::checking(content));
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
    let blocks = area.controls.iter().flat_map(|view| control::blocks(content, view, budget));
    Section { title: cut(&area.name), blocks: blocks.collect() }
}

/// As much of a text as is shown of one.
fn cut(text: impl AsRef<str>) -> String {
    cut_to(text, TEXT_LIMIT)
}

fn cut_to(text: impl AsRef<str>, limit: usize) -> String {
    let text = text.as_ref();
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}\u{2026}", &text[..at]),
        None => text.to_owned(),
    }
}
