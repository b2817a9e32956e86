//! The file: what a register held on a day, and who said that it was complete.

use super::{ComparedWith, Register, counted::Counted};
use crate::Problem;
use closedset_core::{
    Time,
    engagement::EngagementForm,
    id::{DocumentVersion, Id},
};
use closedset_pdf::{Block, Column, Cover, Document, Field, Row, Section, Table, Text};
use jiff::civil::Date;

/// What the file says.
pub(super) struct Said {
    /// What tells this file from every other.
    pub(super) id: Id<DocumentVersion>,
    pub(super) register: Register,
    pub(super) house: String,
    pub(super) by: String,
    pub(super) at: Time,
    pub(super) compared_with: Vec<ComparedWith>,
    pub(super) note: String,
    pub(super) counted: Counted,
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

fn document(said: &Said) -> Document {
    let counted = &said.counted;
    let (kind, how_many) = match said.register {
        Register::Clients => ("Active clients", "Active clients"),
        Register::People => ("How many people work here", "People engaged"),
    };
    let words = match said.register {
        Register::Clients => "I looked through the list of active clients today; it is complete.",
        Register::People => "I looked through the list of who works here today; it is complete.",
    };
    let mut fields = vec![
        field("On", day(counted.day)),
        field(how_many, counted.count.to_string()),
        field("Confirmed by", said.by.as_str()),
        field("Confirmed at (UTC)", said.at.to_string()),
    ];
    let mut saying = vec![field("Said", words), field("By", said.by.as_str())];
    if !said.compared_with.is_empty() {
        let with: Vec<&str> = said.compared_with.iter().map(|one| one.words()).collect();
        fields.push(field("Compared with", with.join(", ")));
        saying.push(field("Compared with", with.join(", ")));
    }
    if !said.note.is_empty() {
        saying.push(field("Note", said.note.replace('\n', " ")));
    }
    saying.push(field("SHA-256 of the list", Text::mono(counted.seen.to_string())));
    let mut sections = match said.register {
        Register::Clients => {
            vec![Section { title: "The clients".into(), blocks: clients(counted) }]
        }
        Register::People => vec![
            Section { title: "As what".into(), blocks: forms(counted) },
            Section { title: "On whose content".into(), blocks: by_client(counted) },
        ],
    };
    sections.push(Section { title: "Confirmed".into(), blocks: vec![Block::Fields(saying)] });
    Document {
        title: format!("{kind} of {} on {}", said.house, counted.day),
        subject: format!("What {} entered, confirmed as complete", said.house),
        author: said.house.clone(),
        producer: "Closedset".into(),
        language: "en".into(),
        id: said.id.to_string(),
        made_at: said.at,
        head: (kind.to_owned(), said.house.clone()),
        foot: day(counted.day),
        cover: Cover {
            kind: "Confirmed register".into(),
            name: kind.to_owned(),
            lines: vec![format!("of {}", said.house), format!("on {}", day(counted.day))],
            fields,
            note: "The ledger of the organisation holds the digest of this file, in an entry of the kind register.confirmed."
                .into(),
            ..Cover::default()
        },
        sections,
    }
}

fn column(title: &str, share: f32) -> Column {
    Column { title: title.into(), share }
}

fn row(cells: Vec<String>) -> Row {
    Row { cells: cells.into_iter().map(Into::into).collect() }
}

fn clients(counted: &Counted) -> Vec<Block> {
    let rule =
        "Active is a client of which a title is in work, content is held, or a contract runs.";
    let mut blocks = vec![Block::Paragraph(rule.into())];
    if counted.undisclosed > 0 {
        let words = format!(
            "{} of the {} may not be named: each stands here as one under a non-disclosure agreement.",
            counted.undisclosed, counted.count
        );
        blocks.push(Block::Paragraph(words.into()));
    }
    let rows = counted.clients.iter().map(|client| {
        row(vec![
            client.called.clone(),
            client.since.to_string(),
            match client.contract {
                None => "none".to_owned(),
                Some(None) => "without an end".to_owned(),
                Some(Some(last)) => format!("until {last}"),
            },
            client.in_work.to_string(),
            client.held.to_string(),
        ])
    });
    blocks.push(Block::Table(Table {
        summary: "The active clients with why they are".into(),
        columns: vec![
            column("Client", 3.0),
            column("Since", 1.4),
            column("Contract", 1.8),
            column("Titles in work", 1.0),
            column("Content held of", 1.0),
        ],
        rows: rows.collect(),
    }));
    blocks
}

fn forms(counted: &Counted) -> Vec<Block> {
    let words = |form: EngagementForm| match form {
        EngagementForm::Employee => "Employees",
        EngagementForm::Contractor => "Contractors",
        EngagementForm::Freelancer => "Freelancers",
        EngagementForm::Trainee => "Trainees",
    };
    let rows =
        counted.forms.iter().map(|(form, many)| row(vec![words(*form).into(), many.to_string()]));
    let mut rows: Vec<Row> = rows.collect();
    rows.push(row(vec!["All".into(), counted.count.to_string()]));
    let rule = "Each person is counted once: who is engaged twice, in the first of these forms.";
    vec![
        Block::Paragraph(rule.into()),
        Block::Table(Table {
            summary: "How many are engaged, and as what".into(),
            columns: vec![column("As what", 3.0), column("People", 1.0)],
            rows,
        }),
    ]
}

fn by_client(counted: &Counted) -> Vec<Block> {
    let (assigned, beyond) = counted.assigned;
    let mut words = format!("People put on a title: {assigned}.");
    if beyond > 0 {
        words += &format!(" Of these nobody has engaged {beyond} on this day.");
    }
    let mut blocks = vec![Block::Paragraph(words.into())];
    if counted.clients.is_empty() {
        blocks.push(Block::Paragraph("No client is active on this day.".into()));
        return blocks;
    }
    let rows =
        counted.clients.iter().map(|one| row(vec![one.called.clone(), one.people.to_string()]));
    blocks.push(Block::Table(Table {
        summary: "How many are put on each client's titles".into(),
        columns: vec![column("Client", 3.0), column("People", 1.0)],
        rows: rows.collect(),
    }));
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{registers::counted::CountedClient, titles::UNDISCLOSED};
    use closedset_core::Digest;
    use jiff::civil::date;

    fn said(register: Register) -> Said {
        let client = |called: &str, people| CountedClient {
            called: called.into(),
            since: date(2026, 1, 1),
            contract: Some(None),
            in_work: 1,
            held: 2,
            people,
        };
        Said {
            id: Id::from_bits(7),
            register,
            house: "Halide & <Post>".into(),
            by: "Mira Çut".into(),
            at: Time::from_millis(1_772_000_000_000),
            compared_with: vec![ComparedWith::Payroll],
            note: "two\nlines".into(),
            counted: Counted {
                day: date(2026, 3, 12),
                count: 2,
                undisclosed: 1,
                seen: Digest::of(b"list"),
                clients: vec![client("=Blue Lantern", 3), client(UNDISCLOSED, 1)],
                forms: vec![(EngagementForm::Employee, 2)],
                assigned: (4, 1),
            },
        }
    }

    #[test]
    fn the_same_becomes_the_same_bytes_and_another_count_others() {
        for register in [Register::Clients, Register::People] {
            let one = said(register);
            let bytes = paper(&one).unwrap();
            assert!(bytes.starts_with(b"%PDF"));
            assert_eq!(bytes, paper(&said(register)).unwrap());
            let mut other = said(register);
            other.counted.count = 3;
            assert_ne!(bytes, paper(&other).unwrap());
        }
    }
}
