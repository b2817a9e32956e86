//! The file: whom one calls about content security, and when each of them said so.

use super::CONTROL;
use crate::Problem;
use closedset_core::{
    Time,
    id::{DocumentVersion, Id},
};
use closedset_pdf::{Block, Cover, Document, Field, Section, Text};
use closedset_store::contacts::ContactRow;
use jiff::civil::Date;

/// What the file says.
pub(super) struct Said {
    /// What tells this file from every other.
    pub(super) id: Id<DocumentVersion>,
    pub(super) house: String,
    pub(super) at: Time,
    pub(super) day: Date,
    pub(super) until: Date,
    /// Who answers, then who stands in.
    pub(super) contacts: Vec<ContactRow>,
}

/// Its bytes, a PDF.
pub(super) fn paper(said: &Said) -> Result<Vec<u8>, Problem> {
    closedset_pdf::render(&document(said))
        .map_err(|error| Problem::fault("a file could not be made", error))
}

fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn field(name: &str, value: impl Into<Text>) -> Field {
    Field { name: name.into(), value: value.into() }
}

fn section(row: &ContactRow) -> Section {
    let mut fields = vec![
        field("Name", row.name.as_str()),
        field("Telephone, at any hour", row.phone.as_str()),
        field("E-mail", row.email.as_str()),
    ];
    if let Some(confirmed) = row.confirmed {
        fields.push(field("Confirmed at (UTC)", confirmed.at.to_string()));
        fields.push(field("By the link made at (UTC)", confirmed.link_made_at.to_string()));
        fields.push(field("Counts until", day(confirmed.until)));
    }
    Section { title: row.place.title().into(), blocks: vec![Block::Fields(fields)] }
}

fn document(said: &Said) -> Document {
    let mut fields = vec![field("On", day(said.day)), field("Counts until", day(said.until))];
    fields.extend(said.contacts.iter().map(|row| field(row.place.title(), row.name.as_str())));
    let mut sections: Vec<Section> = said.contacts.iter().map(section).collect();
    let how = "Each of the two confirmed their own place and number by a link that was made for them alone: mailed to \
        them, or handed on by whoever made it.";
    sections.push(Section { title: "How".into(), blocks: vec![Block::Paragraph(how.into())] });
    Document {
        title: format!("Security contacts of {} on {}", said.house, said.day),
        subject: format!("Whom to call about content security at {}", said.house),
        author: said.house.clone(),
        producer: "Closedset".into(),
        language: "en".into(),
        id: said.id.to_string(),
        made_at: said.at,
        head: ("Security contacts".into(), said.house.clone()),
        foot: day(said.day),
        cover: Cover {
            kind: "Confirmed contacts".into(),
            name: "Security contacts".into(),
            lines: vec![format!("of {}", said.house), format!("on {}", day(said.day))],
            fields,
            note: format!(
                "The ledger of the organisation holds the digest of this file, in the entry by which it became a document for {CONTROL}."
            ),
            ..Cover::default()
        },
        sections,
    }
}
