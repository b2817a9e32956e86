//! Rewrites table definitions for each engine. They are written once, in PostgreSQL's spelling:
//!
//! - SQLite gets STRICT tables with INTEGER for BIGINT and BLOB for BYTEA, and `WITHOUT ROWID` where
//!   `-- clustered` stands before `CREATE TABLE`: rows lie in the order of their key.
//! - PostgreSQL gets `COLLATE "C"` for every text, so that keys sort by their bytes on both engines
//!   whatever collation the database has.

use crate::lexer::{Kind, Token, tokens};

/// The definition in SQLite's words.
pub(crate) fn for_sqlite(sql: &str) -> Result<String, String> {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut is_clustered = false;
    let mut is_table = false;
    let mut before: Option<Token<'_>> = None;
    for token in tokens(sql)? {
        if token.kind == Kind::Comment && token.text.trim_end() == "-- clustered" {
            is_clustered = true;
        }
        if token.is_word("TABLE") && before.is_some_and(|before| before.is_word("CREATE")) {
            is_table = true;
        }
        if token.is_mark(";") {
            if is_table {
                out.push_str(" STRICT");
                if is_clustered {
                    out.push_str(", WITHOUT ROWID");
                }
            }
            (is_table, is_clustered) = (false, false);
        }
        out.push_str(if token.is_word("BIGINT") {
            "INTEGER"
        } else if token.is_word("BYTEA") {
            "BLOB"
        } else {
            token.text
        });
        if token.is_significant() {
            before = Some(token);
        }
    }
    if is_table {
        return Err("a table's definition ends with a semicolon".into());
    }
    Ok(out)
}

/// The definition in PostgreSQL's words.
pub(crate) fn for_postgres(sql: &str) -> Result<String, String> {
    let mut out = String::with_capacity(sql.len() + 256);
    let mut before: Option<Token<'_>> = None;
    for token in tokens(sql)? {
        out.push_str(token.text);
        // Not in `CAST(x AS TEXT)`.
        if token.is_word("TEXT") && !before.is_some_and(|before| before.is_word("AS")) {
            out.push_str(" COLLATE \"C\"");
        }
        if token.is_significant() {
            before = Some(token);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "-- clustered\nCREATE TABLE t (\n  a TEXT NOT NULL, -- public\n  b BIGINT,\n  c BYTEA DEFAULT 'BIGINT; TEXT'\n);\nCREATE INDEX t_b ON t (b);\nCREATE TABLE u (a BIGINT);";

    #[test]
    fn sqlite_gets_strict_tables_of_its_own_types() {
        assert_eq!(
            for_sqlite(TABLE).unwrap(),
            "-- clustered\nCREATE TABLE t (\n  a TEXT NOT NULL, -- public\n  b INTEGER,\n  c BLOB DEFAULT 'BIGINT; TEXT'\n) STRICT, WITHOUT ROWID;\nCREATE INDEX t_b ON t (b);\nCREATE TABLE u (a INTEGER) STRICT;"
        );
    }

    #[test]
    fn postgresql_compares_every_text_by_its_bytes() {
        let text = for_postgres(TABLE).unwrap();
        assert!(text.contains("a TEXT COLLATE \"C\" NOT NULL"));
        assert!(text.contains("'BIGINT; TEXT'"));
        let cast = "UPDATE t SET a = CAST(b AS TEXT);";
        assert_eq!(for_postgres(cast).unwrap(), cast);
    }
}
