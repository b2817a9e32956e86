//! The signed file: the words that were signed, and a page that says who signed them, when and how.

use crate::{Problem, prose::blocks};
use closedset_core::{
    Digest, Time,
    id::{Id, Signature},
};
use closedset_pdf::{Block, Cover, Document, Field, Section, Text};

/// What the file says.
pub(super) struct Signed {
    pub(super) id: Id<Signature>,
    pub(super) organisation: String,
    pub(super) agreement: String,
    pub(super) number: i64,
    pub(super) text: String,
    pub(super) digest: Digest,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) signed_at: Time,
    pub(super) made_at: Time,
    /// The address to which a mail server took the link, and when; none where somebody handed it on.
    pub(super) mailed: Option<(String, Time)>,
}

/// Its bytes, a PDF.
pub(super) fn paper(signed: &Signed) -> Result<Vec<u8>, Problem> {
    let at = |time: Time| time.to_string();
    let field = |name: &str, value: Text| Field { name: name.into(), value };
    let how = "By a link made for them alone, on a page that showed the words above to their end. They typed their name \
               and said that they had read them.";
    let mut fields = vec![
        field("Signed by", signed.name.as_str().into()),
        field("Address known of them", signed.email.as_deref().unwrap_or("none").into()),
        field("Signed at (UTC)", at(signed.signed_at).into()),
        field("How", how.into()),
        field("The link was made at (UTC)", at(signed.made_at).into()),
        field("Signature", Text::mono(signed.id.to_string())),
        field("SHA-256 of the words", Text::mono(signed.digest.to_string())),
    ];
    let way = match &signed.mailed {
        Some((address, sent_at)) => {
            format!("It was mailed to {address} at {} (UTC).", at(*sent_at))
        }
        None => "It was handed on by whoever made it.".to_owned(),
    };
    fields.insert(5, field("How the link came to them", way.into()));
    let document = Document {
        title: format!("{}, signed by {}", signed.agreement, signed.name),
        subject: format!("An agreement with {}", signed.organisation),
        author: signed.organisation.clone(),
        producer: "Closedset".into(),
        language: "en".into(),
        id: signed.id.to_string(),
        made_at: signed.signed_at,
        head: (signed.agreement.clone(), signed.organisation.clone()),
        foot: signed.id.to_string(),
        cover: Cover {
            kind: "Signed agreement".into(),
            name: signed.agreement.clone(),
            lines: vec![format!("with {}", signed.organisation), format!("version {}", signed.number)],
            fields: vec![
                field("Signed by", signed.name.as_str().into()),
                field("Signed at (UTC)", at(signed.signed_at).into()),
            ],
            note: "The ledger of the organisation holds the digest of this file, in an entry of the kind agreement.signed."
                .into(),
            ..Cover::default()
        },
        sections: vec![
            Section { title: "What was signed".into(), blocks: blocks(&signed.text) },
            Section { title: "Certificate".into(), blocks: vec![Block::Fields(fields)] },
        ],
    };
    closedset_pdf::render(&document)
        .map_err(|error| Problem::fault("a file could not be made", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(text: &str) -> Signed {
        Signed {
            id: Id::from_bits(7),
            organisation: "Halide & <Post>".into(),
            agreement: "Confidentiality".into(),
            number: 2,
            text: text.into(),
            digest: Digest::of(text.as_bytes()),
            name: "Nina Çut".into(),
            email: None,
            signed_at: Time::from_millis(1_772_000_000_000),
            made_at: Time::from_millis(1_771_000_000_000),
            mailed: None,
        }
    }

    #[test]
    fn every_word_stands_in_the_file_and_the_same_becomes_the_same_bytes() {
        let text = "# Secrets\n\nDo **not** tell.\n\n1. Nobody\n2. Never\n\n- <b>raw</b> html\n- [a link](https://x.example)\n\n```\ncode\n```\n";
        let words: String = blocks(text)
            .into_iter()
            .map(|block| match block {
                Block::Heading(text) => text,
                Block::Paragraph(text) => text.0.into_iter().map(|span| span.text).collect(),
                _ => String::new(),
            })
            .collect::<Vec<_>>()
            .join("|");
        assert_eq!(
            words,
            "Secrets|Do not tell.|1. Nobody|2. Never|– <b>raw</b> html|– a link (https://x.example)|code\n"
        );
        let one = paper(&signed(text)).unwrap();
        assert!(one.starts_with(b"%PDF"));
        assert_eq!(one, paper(&signed(text)).unwrap());
        assert_ne!(one, paper(&signed("Something else altogether.")).unwrap());
    }
}
