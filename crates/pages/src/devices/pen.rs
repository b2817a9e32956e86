//! What the values of one fact are drawn with: the zone of its times, and how much may be drawn.

use std::cell::Cell;

/// How many values of one fact are drawn. A table has a cell for every field of any of its records,
/// so that a few thousand bytes could otherwise become a page of many megabytes.
const VALUE_LIMIT: usize = 20_000;

pub(super) struct Pen<'z> {
    zone: &'z str,
    left: Cell<usize>,
}

impl<'z> Pen<'z> {
    pub(super) const fn new(zone: &'z str) -> Self {
        Self { zone, left: Cell::new(VALUE_LIMIT) }
    }

    pub(super) const fn zone(&self) -> &'z str {
        self.zone
    }

    /// How many of `wanted` may still be drawn, each of which is `cells` values.
    pub(super) fn take(&self, wanted: usize, cells: usize) -> usize {
        let granted = wanted.min(self.left.get() / cells.max(1));
        self.left.set(self.left.get().saturating_sub(granted * cells));
        granted
    }
}

#[cfg(test)]
mod tests {
    use crate::devices::{
        draw::sheets,
        facts::{FactSheet, FactValue},
    };
    use closedset_core::{Digest, Subject, Time};
    use closedset_store::facts::FactRow as StoredFact;
    use serde_json::{Map, Value, json};

    fn sheet(body: &Value) -> FactSheet {
        let fact = StoredFact {
            subject: Subject::control("IS-7"),
            kind: "quantum_lock".into(),
            source: "agent".into(),
            digest: Digest::of(b""),
            collected_at: Time::from_millis(0),
            entry: 7,
            body: serde_json::to_vec(body).unwrap(),
        };
        sheets(&[fact], "UTC").remove(0)
    }

    fn cells(value: &FactValue) -> usize {
        match value {
            FactValue::Table(table) => {
                let drawn = table.rows.iter().flatten();
                drawn.map(|cell| 1 + cell.as_ref().map_or(0, cells)).sum::<usize>()
                    + table.columns.len()
            }
            FactValue::Record(rows) => rows.iter().map(|row| 1 + cells(&row.value)).sum(),
            FactValue::List(items) => items.len(),
            _ => 1,
        }
    }

    #[test]
    fn a_small_fact_never_becomes_a_large_page() {
        let fields = |row: usize| -> Map<String, Value> {
            (0..50).map(|field| (format!("f{row}_{field}"), json!(1))).collect()
        };
        // Every record has fields of its own; many tables; tables in tables; a long list.
        let foreign: Vec<_> = (0..100).map(fields).collect();
        let mut wide = fields(0);
        wide.insert("pad".into(), json!(vec![json!({}); 99]));
        let table: Vec<Value> = [json!(wide)].into_iter().chain(vec![json!({}); 99]).collect();
        let tables: Map<String, Value> =
            (0..300).map(|name| (format!("t{name}"), json!(table.clone()))).collect();
        let nested = json!(vec![json!({ "inner": table }); 100]);
        for body in [
            json!({ "ports": foreign }),
            json!(tables),
            json!({ "ports": nested }),
            json!({ "ports": vec![1; 100_000] }),
        ] {
            let sheet = sheet(&body);
            let drawn: usize = sheet.rows.iter().map(|row| 1 + cells(&row.value)).sum();
            assert!((100..40_000).contains(&drawn), "{drawn}");
        }
        let sheet = sheet(&json!({ "ports": foreign }));
        let FactValue::Table(table) = &sheet.rows[0].value else { panic!("{sheet:?}") };
        assert_eq!((table.columns.len(), table.rows.len()), (24, 100));
    }
}
