//! The register as a workbook.

use super::file::{Drawn, NOTE, standing};
use crate::{Problem, csv::harmless};
use closedset_sheets::made::{self, Sheet};

/// Its bytes: the risks, what treats them, those that were closed, and what it is. No cell is a formula.
pub(super) fn workbook(drawn: &Drawn) -> Result<Vec<u8>, Problem> {
    let register = &drawn.register;
    let rows = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
        let harmless =
            |row: Vec<String>| row.iter().map(|cell| harmless(cell).into_owned()).collect();
        rows.into_iter().map(harmless).collect()
    };
    let heads = |heads: &[(&str, u16)]| {
        heads.iter().map(|(head, width)| ((*head).to_owned(), *width)).collect()
    };
    let numbered = || register.open.iter().enumerate().map(|(at, one)| (at + 1, one));
    let risks = numbered().map(|(number, one)| {
        let risk = &one.risk;
        let accepted = risk.accepted.as_ref();
        vec![
            number.to_string(),
            risk.title.clone(),
            risk.words.clone(),
            risk.owner.as_ref().map(|owner| owner.name.clone()).unwrap_or_default(),
            risk.likelihood.to_string(),
            risk.impact.to_string(),
            one.inherent().to_string(),
            one.residual_likelihood().to_string(),
            one.residual().to_string(),
            one.level().as_str().to_owned(),
            risk.review_on.to_string(),
            risk.reviewed.as_ref().map(|said| said.words.clone()).unwrap_or_default(),
            accepted.map(|accepted| accepted.said.words.clone()).unwrap_or_default(),
            accepted.map(|accepted| accepted.said.by.clone()).unwrap_or_default(),
            accepted.map(|accepted| accepted.until.to_string()).unwrap_or_default(),
        ]
    });
    let treatments = numbered().flat_map(|(number, one)| {
        one.treatments.iter().map(move |treatment| {
            vec![
                number.to_string(),
                one.risk.title.clone(),
                treatment.control.clone(),
                treatment.title.clone(),
                standing(treatment).to_owned(),
            ]
        })
    });
    let closed = register.closed.iter().filter_map(|row| {
        let closed = row.closed.as_ref()?;
        Some(vec![row.title.clone(), closed.words.clone(), closed.by.clone()])
    });
    let about = [
        ("Facility", drawn.house.clone()),
        ("On", register.today.to_string()),
        ("Drawn up at (UTC)", drawn.at.to_string()),
        ("Note", NOTE.to_owned()),
    ];
    let sheets = [
        Sheet {
            name: "Risks".into(),
            heads: heads(&[
                ("No.", 6),
                ("Risk", 36),
                ("What can happen", 60),
                ("Owner", 22),
                ("Likelihood", 10),
                ("Impact", 10),
                ("Inherent", 10),
                ("Likelihood today", 16),
                ("Today", 10),
                ("Level today", 12),
                ("Next review by", 14),
                ("Last review", 40),
                ("Borne because", 40),
                ("Borne by", 22),
                ("Borne until", 12),
            ]),
            rows: rows(risks.collect()),
        },
        Sheet {
            name: "Treatments".into(),
            heads: heads(&[
                ("No.", 6),
                ("Risk", 36),
                ("Control", 10),
                ("Asks for", 50),
                ("Today", 30),
            ]),
            rows: rows(treatments.collect()),
        },
        Sheet {
            name: "Closed".into(),
            heads: heads(&[("Risk", 36), ("Why it is followed no more", 60), ("By", 22)]),
            rows: rows(closed.collect()),
        },
        Sheet {
            name: "About".into(),
            heads: heads(&[("What", 24), ("Is", 80)]),
            rows: rows(
                about.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect(),
            ),
        },
    ];
    made::workbook(&format!("Risks of {}", drawn.house), &sheets)
        .map_err(|error| Problem::fault("a file could not be made", error))
}
