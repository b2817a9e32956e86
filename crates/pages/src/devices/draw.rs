//! From a fact's body to what a person reads: the kinds' own words for fields, spans and sizes in
//! units, lists of records as tables.

use super::{
    facts::{FactRow, FactSheet, FactTable, FactValue, UnreadLine},
    pen::Pen,
};
use crate::{
    components::{DigestText, TimeText},
    serve::{count, moment},
};
use closedset_core::{
    Duration, Time,
    fact::{self, FactKind, Field, Shape, Unread},
};
use closedset_store::facts::FactRow as StoredFact;
use serde_json::{Map, Value};

/// How many records of one list are drawn.
const RECORD_LIMIT: usize = 100;
/// How many columns of a table may be fields that this program does not know.
const FOREIGN_COLUMN_LIMIT: usize = 24;

/// Draws every fact, those with something unread first, else in the order in which kinds are
/// declared.
pub(super) fn sheets(facts: &[StoredFact], zone: &str) -> Vec<FactSheet> {
    let kinds = fact::kinds();
    let place = |fact: &StoredFact| kinds.iter().position(|kind| kind.name == fact.kind);
    let mut sorted: Vec<&StoredFact> = facts.iter().collect();
    sorted.sort_by_key(|fact| place(fact).unwrap_or(usize::MAX));
    let mut sheets: Vec<FactSheet> = sorted
        .into_iter()
        .map(|fact| sheet(fact, place(fact).and_then(|place| kinds.get(place)), zone))
        .collect();
    sheets.sort_by_key(|sheet| sheet.unread.is_empty());
    sheets
}

fn sheet(fact: &StoredFact, kind: Option<&FactKind>, zone: &str) -> FactSheet {
    let body: Map<String, Value> = serde_json::from_slice(&fact.body).unwrap_or_default();
    let unread: Vec<Unread> = body
        .get(fact::UNREAD)
        .and_then(|unread| serde_json::from_value(unread.clone()).ok())
        .unwrap_or_default();
    let fields: &[Field] = match kind.map(|kind| &kind.shape) {
        Some(Shape::Record(fields)) => fields,
        _ => &[],
    };
    FactSheet {
        kind: fact.kind.clone(),
        title: kind.map_or_else(|| spoken(&fact.kind), |kind| kind.title.to_owned()),
        source: (fact.source != "agent").then(|| fact.source.clone()),
        rows: record(&body, fields, &Pen::new(zone)),
        unread: unread.into_iter().map(|unread| unread_line(unread, fields)).collect(),
        digest: DigestText::new(fact.digest.to_string()),
        collected: moment(fact.collected_at, zone),
        entry: (fact.entry > 0).then_some(fact.entry),
    }
}

fn unread_line(unread: Unread, fields: &[Field]) -> UnreadLine {
    let first = unread.path.split(['.', '[']).next().unwrap_or_default();
    let field = fields.iter().find(|field| field.name == first);
    let what = match field {
        Some(field) => Some(label(field)),
        None if unread.path.is_empty() => None,
        None => Some(spoken(&unread.path)),
    };
    UnreadLine { what, why: unread.why }
}

/// The fields of a record, those this program knows first, in their order.
fn record(body: &Map<String, Value>, fields: &[Field], pen: &Pen<'_>) -> Vec<FactRow> {
    let known = fields.iter().filter(|field| field.name != fact::SALT).filter_map(|field| {
        let value = body.get(field.name)?;
        Some(FactRow { words: label(field), value: draw(value, Some(field), pen) })
    });
    let others = body
        .iter()
        .filter(|(name, _)| {
            ![fact::UNREAD, fact::SALT].contains(&name.as_str())
                && !fields.iter().any(|field| field.name == *name)
        })
        .map(|(name, value)| FactRow { words: spoken(name), value: draw(value, None, pen) });
    let shown = pen.take(body.len(), 1);
    let more = (shown < body.len()).then(|| FactRow {
        words: "And more".into(),
        value: FactValue::Text("It is in the fact itself and in every pack.".into()),
    });
    known.chain(others).take(shown).chain(more).collect()
}

fn draw(value: &Value, field: Option<&Field>, pen: &Pen<'_>) -> FactValue {
    match value {
        Value::Bool(truth) => FactValue::Truth(*truth),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            FactValue::Table(table(items, field, pen))
        }
        Value::Array(items) => {
            let shown = pen.take(items.len(), 1);
            let more = (shown < items.len()).then(|| format!("and {} more", items.len() - shown));
            FactValue::List(items.iter().take(shown).map(plain).chain(more).collect())
        }
        Value::Object(fields) => {
            let shape = field.map(|field| inner(&field.shape));
            let known = if let Some(Shape::Record(known)) = shape { known.as_slice() } else { &[] };
            FactValue::Record(record(fields, known, pen))
        }
        _ => match (field.map(|field| inner(&field.shape)), value) {
            (Some(Shape::Time), Value::String(text)) => FactValue::Moment(time(text, pen.zone())),
            (Some(Shape::Duration), Value::Number(number)) => {
                FactValue::Text(span(number.as_i64().unwrap_or_default(), field))
            }
            (Some(Shape::Integer), Value::Number(number)) => {
                FactValue::Text(whole(number.as_i64().unwrap_or_default(), field))
            }
            _ => FactValue::Text(plain(value)),
        },
    }
}

fn table(items: &[Value], field: Option<&Field>, pen: &Pen<'_>) -> FactTable {
    let shape = match field.map(|field| inner(&field.shape)) {
        Some(Shape::List(one)) => Some(inner(one)),
        _ => None,
    };
    let known = if let Some(Shape::Record(known)) = shape { known.as_slice() } else { &[] };
    let shown = items.iter().take(RECORD_LIMIT).filter_map(Value::as_object);
    let mut names: Vec<(&str, Option<&Field>)> =
        known.iter().map(|field| (field.name, Some(field))).collect();
    for name in shown.clone().flat_map(Map::keys) {
        if names.len() == known.len() + FOREIGN_COLUMN_LIMIT {
            break;
        }
        if !names.iter().any(|(known, _)| known == name) {
            names.push((name, None));
        }
    }
    let rows = pen.take(items.len().min(RECORD_LIMIT), names.len());
    FactTable {
        caption: field.map(label).unwrap_or_default(),
        columns: names
            .iter()
            .map(|(name, field)| field.map_or_else(|| spoken(name), label))
            .collect(),
        rows: shown
            .take(rows)
            .map(|item| {
                names
                    .iter()
                    .map(|(name, field)| item.get(*name).map(|value| draw(value, *field, pen)))
                    .collect()
            })
            .collect(),
        left_out: items.len() - rows,
    }
}

fn inner(shape: &Shape) -> &Shape {
    if let Shape::Optional(shape) = shape { inner(shape) } else { shape }
}

/// A field's documentation up to where it goes into detail.
fn label(field: &Field) -> String {
    let words = field.words.trim();
    let end = words.find([':', ';']).into_iter().chain(words.find(". ")).min();
    let words = &words[..end.unwrap_or(words.len())];
    words.trim_end_matches('.').replace('`', "")
}

/// A name as it stands in JSON, as words: `is_active` becomes `Is active`.
fn spoken(name: &str) -> String {
    let words = name.replace(['_', '.'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn time(text: &str, zone: &str) -> TimeText {
    text.parse::<Time>().map_or_else(|_| TimeText::new(text, text), |time| moment(time, zone))
}

fn whole(number: i64, field: Option<&Field>) -> String {
    match field.map(|field| field.name) {
        Some(name) if name.ends_with("_bytes") => size(number),
        Some(name) if name.ends_with("_s") => span(number, field),
        // Ports and numbers of accounts are names, not amounts.
        Some("port" | "uid") => number.to_string(),
        _ => count(number),
    }
}

fn span(seconds: i64, field: Option<&Field>) -> String {
    if seconds == 0 && field.is_some_and(|field| field.words.contains("0 for never")) {
        return "never".into();
    }
    Duration::from_seconds(seconds).words()
}

/// A size in binary units: `1.5 GiB`.
pub(crate) fn size(bytes: i64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let mut tenths = bytes.saturating_mul(10) / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    let (whole, rest) = (tenths / 10, tenths % 10);
    if whole >= 10 || rest == 0 {
        format!("{} {}", count(whole), UNITS[unit])
    } else {
        format!("{whole}.{rest} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::{Digest, Subject};
    use serde_json::json;

    fn stored(kind: &str, body: &Value) -> StoredFact {
        StoredFact {
            subject: Subject::control("IS-7"),
            kind: kind.into(),
            source: "agent".into(),
            digest: Digest::of(b""),
            collected_at: Time::from_millis(0),
            entry: 7,
            body: serde_json::to_vec(body).unwrap(),
        }
    }

    fn one(kind: &str, body: &Value) -> FactSheet {
        sheets(&[stored(kind, body)], "UTC").remove(0)
    }

    #[test]
    fn spans_are_read_in_units_and_never_is_a_word() {
        let user = |after| json!({"name": "ana", "desktop": "gnome", "locks_after_s": after, "asks_password": true});
        let sheet = one("screen_lock", &json!({"users": [user(900), user(0)], "longest_s": 900}));
        assert_eq!(sheet.title, "Screen lock");
        let FactValue::Table(table) = &sheet.rows[0].value else { panic!("{sheet:?}") };
        assert_eq!(table.columns[2], "Seconds without input until the screen is locked");
        let cell = |row: usize| format!("{:?}", table.rows[row][2]);
        assert_eq!(cell(0), "Some(Text(\"15 min\"))");
        assert_eq!(cell(1), "Some(Text(\"never\"))");
        assert!(table.rows[0][4].is_none(), "an absent optional is empty");
    }

    #[test]
    fn what_could_not_be_read_comes_first_and_says_what_it_was() {
        let unread = json!({"unread": [
            {"path": "without_password", "why": "not allowed to read /etc/shadow"},
            {"path": "", "why": "no bus"},
        ]});
        let facts = [stored("hardware", &json!({})), stored("local_accounts", &unread)];
        let sheets = sheets(&facts, "UTC");
        assert_eq!(sheets[0].kind, "local_accounts");
        let what = sheets[0].unread[0].what.as_deref().unwrap();
        assert!(what.starts_with("Names of accounts that let one in"), "{what}");
        assert_eq!(sheets[0].unread[1].what, None);
    }

    #[test]
    fn kinds_and_fields_of_a_newer_agent_are_drawn_too() {
        let sheet = one("quantum_lock", &json!({"is_on": true, "keys": [{"a": 1}, {"b": "x"}]}));
        assert_eq!(sheet.title, "Quantum lock");
        assert_eq!(sheet.rows[0].words, "Is on");
        let FactValue::Table(table) = &sheet.rows[1].value else { panic!("{sheet:?}") };
        assert_eq!(table.columns, ["A", "B"]);
        assert!(table.rows[0][1].is_none() && table.rows[1][0].is_none());
    }

    #[test]
    fn long_lists_are_cut_and_say_by_how_much() {
        let packages: Vec<Value> = (0..250).map(|i| json!({"name": format!("p{i}")})).collect();
        let sheet = one("software", &json!({"packages": packages}));
        let FactValue::Table(table) = &sheet.rows[0].value else { panic!("{sheet:?}") };
        assert_eq!((table.rows.len(), table.left_out), (100, 150));
    }

    #[test]
    fn sizes_are_read_in_units() {
        let sizes = [0, 1023, 1024, 1536, 20 << 20, 3 << 40].map(size);
        assert_eq!(sizes, ["0 bytes", "1023 bytes", "1 KiB", "1.5 KiB", "20 MiB", "3 TiB"]);
    }

    #[test]
    fn every_field_of_every_kind_has_a_label() {
        for kind in fact::kinds() {
            let Shape::Record(fields) = kind.shape else { panic!("{}", kind.name) };
            for field in fields {
                assert!(!label(&field).is_empty(), "{}.{}", kind.name, field.name);
            }
        }
    }
}
