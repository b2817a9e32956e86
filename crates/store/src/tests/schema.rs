//! The schema as a whole: numbered without gaps, and every column classified.

use super::*;
use crate::lexer::{Kind, Token, tokens};

const CLASSES: [&str; 4] = ["public", "internal", "personal", "secret"];

#[test]
fn migrations_are_numbered_without_gaps_and_named_after_their_numbers() {
    for (migration, number) in MIGRATIONS.iter().zip(1..) {
        assert_eq!(migration.number, number);
        assert!(migration.name.starts_with(&format!("{number:04}_")), "{}", migration.name);
    }
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    assert_eq!(files.count(), MIGRATIONS.len(), "every file is embedded");
}

/// The columns that a migration creates, as `table.column`, with their classification if they have
/// one.
fn columns(sql: &str) -> Vec<(String, Option<String>)> {
    let all = tokens(sql).unwrap();
    let mut columns = Vec::new();
    let mut table = String::new();
    let mut depth = 0;
    let mut is_start = false;
    let mut open: Option<String> = None;
    let mut words: Vec<Token<'_>> = Vec::new();
    for token in all {
        if let Kind::Comment = token.kind {
            if let Some(column) = open.take() {
                let class = token.text.trim_start_matches('-').trim();
                let class = class.split([':', ' ']).next().unwrap_or_default();
                let class = CLASSES.contains(&class).then(|| class.to_owned());
                columns.push((column, class));
            }
            continue;
        }
        if !token.is_significant() {
            continue;
        }
        if token.is_mark(";") {
            columns.extend(open.take().map(|column| (column, None)));
            table.clear();
            words.clear();
            continue;
        }
        if table.is_empty() {
            words.push(token);
            if let [.., create, kind, name] = &words[..] {
                if create.is_word("CREATE") && kind.is_word("TABLE") {
                    table = name.text.to_owned();
                    is_start = false;
                    depth = 0;
                }
                if create.is_word("ADD") && kind.is_word("COLUMN") {
                    open = Some(format!("{}.{}", words[2].text, name.text));
                }
            }
            continue;
        }
        if is_start && depth == 1 && token.kind == Kind::Word {
            columns.extend(open.take().map(|column| (column, None)));
            let rules = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT"];
            if !rules.iter().any(|rule| token.is_word(rule)) {
                open = Some(format!("{table}.{}", token.text));
            }
        }
        is_start = depth == 0 && token.is_mark("(") || depth == 1 && token.is_mark(",");
        depth += i32::from(token.is_mark("(")) - i32::from(token.is_mark(")"));
    }
    columns
}

#[test]
fn every_column_is_classified() {
    let mut count = 0;
    for migration in MIGRATIONS {
        let columns = columns(migration.sql);
        for (column, class) in &columns {
            assert!(
                class.is_some(),
                "{} in {} needs `-- public`, `-- internal`, `-- personal` or `-- secret` behind it",
                column,
                migration.name
            );
        }
        count += columns.len();
    }
    assert!(count > 100, "{count} columns were found");
}

#[test]
fn a_column_without_a_classification_is_found() {
    let found = columns(
        "CREATE TABLE t (\n  a TEXT, -- public\n  b BIGINT CHECK (b IN (1, 2)),\n  c TEXT, -- a note\n  d TEXT REFERENCES t (a), -- secret: why\n  UNIQUE (a, b)\n);\nALTER TABLE t ADD COLUMN e TEXT;\nALTER TABLE t ADD COLUMN f TEXT; -- internal\nALTER TABLE t ADD COLUMN g TEXT -- internal\n;",
    );
    let named: Vec<(&str, Option<&str>)> =
        found.iter().map(|(column, class)| (column.as_str(), class.as_deref())).collect();
    assert_eq!(
        named,
        [
            ("t.a", Some("public")),
            ("t.b", None),
            ("t.c", None),
            ("t.d", Some("secret")),
            ("t.e", None),
            ("t.f", None),
            ("t.g", Some("internal")),
        ]
    );
}

#[test]
fn every_migration_has_a_form_for_both_engines() {
    for migration in MIGRATIONS {
        assert!(
            migration.for_sqlite().unwrap().contains("STRICT")
                || !migration.sql.contains("CREATE TABLE")
        );
        migration.for_postgres().unwrap();
    }
}
