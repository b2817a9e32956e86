//! The file: what the facility is like, and who said so.

use super::{CONTROL, map_text, osm_address};
use crate::Problem;
use closedset_core::{
    Time,
    fact::evidence::EvidenceItem,
    id::{DocumentVersion, Id},
};
use closedset_pdf::{Block, Cover, Document, Field, Section, Text};
use closedset_store::{facility_profiles::ProfileRow, organisations::FacilityRow};
use jiff::civil::Date;

/// What the file says.
pub(super) struct Said {
    /// What tells this file from every other.
    pub(super) id: Id<DocumentVersion>,
    pub(super) house: String,
    pub(super) by: String,
    pub(super) at: Time,
    pub(super) day: Date,
    pub(super) until: Date,
    pub(super) facility: FacilityRow,
    pub(super) profile: ProfileRow,
    pub(super) others: Vec<EvidenceItem>,
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

fn paragraphs(text: &str) -> Vec<Block> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| Block::Paragraph(line.into())).collect()
}

fn document(said: &Said) -> Document {
    let (facility, profile) = (&said.facility, &said.profile);
    let lines = facility.address.lines().map(str::trim).filter(|line| !line.is_empty());
    let address = format!("{}, {}", lines.collect::<Vec<_>>().join(", "), facility.country);
    let mut place = vec![
        field("Name", facility.name.as_str()),
        field("Address", address.as_str()),
        field("Building", profile.building.title()),
        field("Floor", format!("{} m²", profile.floor_area_m2)),
    ];
    if let Some(map) = profile.place {
        place.push(field("On the map", map_text(map)));
        place.push(field("Shown at", Text::mono(osm_address(map))));
    }
    let mut sections = vec![
        Section { title: "Where it is".into(), blocks: vec![Block::Fields(place)] },
        Section { title: "Rooms, and where content is".into(), blocks: paragraphs(&profile.rooms) },
        Section {
            title: "Who is in the building and around it".into(),
            blocks: paragraphs(&profile.neighbours),
        },
    ];
    if !said.others.is_empty() {
        let title = |item: &EvidenceItem| {
            Block::Paragraph(item.title.lines().next().unwrap_or_default().into())
        };
        sections.push(Section {
            title: "Given beside it: photographs, plans, statements".into(),
            blocks: said.others.iter().map(title).collect(),
        });
    }
    Document {
        title: format!("{} of {}, as of {}", facility.name, said.house, said.day),
        subject: "What the facility is like".into(),
        author: said.house.clone(),
        producer: "Closedset".into(),
        language: "en".into(),
        id: said.id.to_string(),
        made_at: said.at,
        head: ("Facility profile".into(), said.house.clone()),
        foot: day(said.day),
        cover: Cover {
            kind: "Facility profile".into(),
            name: facility.name.clone(),
            lines: vec![format!("of {}", said.house), format!("on {}", day(said.day))],
            fields: vec![
                field("Address", address),
                field("Said by", said.by.as_str()),
                field("Said at (UTC)", said.at.to_string()),
                field("Counts until", day(said.until)),
            ],
            note: format!(
                "It is the facility's own word. The ledger of the organisation holds the digest of this file, in the entry by which it became a document for {CONTROL}."
            ),
            ..Cover::default()
        },
        sections,
    }
}
