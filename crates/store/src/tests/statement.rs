//! Statements are read rightly whatever stands in their literals and comments.

use super::*;
use proptest::prelude::*;

fn parse(sql: &str) -> Statement {
    Statement::parse(sql).unwrap()
}

#[test]
fn the_table_that_is_written_to_is_found() {
    for (sql, target) in [
        ("SELECT 1", None),
        ("select * from thing for update", None),
        ("INSERT INTO thing (a) VALUES ($1)", Some("thing")),
        ("insert\ninto Thing values (1)", Some("thing")),
        ("UPDATE thing SET a = 1", Some("thing")),
        ("DELETE /* from other */ FROM thing", Some("thing")),
        ("-- UPDATE other\nDELETE FROM thing", Some("thing")),
        ("WITH a AS (SELECT 1) SELECT * FROM a", None),
        ("WITH a AS (SELECT ')' FROM b), c AS (SELECT (1)) DELETE FROM thing", Some("thing")),
        ("INSERT INTO thing (a) SELECT 'x' ON CONFLICT (a) DO UPDATE SET a = 1", Some("thing")),
        ("SELECT 'UPDATE thing' AS \"DELETE\"", None),
    ] {
        assert_eq!(parse(sql).target.as_deref(), target, "{sql}");
    }
}

#[test]
fn what_hides_its_table_is_refused() {
    for sql in [
        "",
        " -- nothing\n",
        "INSERT thing VALUES (1)",
        "UPDATE",
        "UPDATE \"thing\" SET a = 1",
        "UPDATE main.thing SET a = 1",
        "DELETE thing",
        "WITH a AS (SELECT 1)",
        "WITH a AS (UPDATE thing SET a = 1 RETURNING a) SELECT a FROM a",
        "EXPLAIN DELETE FROM thing",
        "VACUUM",
        "SELECT 1;",
        "SELECT 'open",
        "SELECT \"open",
        "SELECT /* open",
        "SELECT /* a /* b */ c */ 1",
        "SELECT $0",
        "SELECT $01",
        "SELECT $1a",
        "SELECT $",
        "SELECT $$text$$",
        "SELECT E'a\\'b'",
        "SELECT x'00'",
        "SELECT :name",
        "SELECT 1 é",
        "SELECT $99999999999999999999",
    ] {
        assert!(Statement::parse(sql).is_err(), "{sql}");
    }
}

#[test]
fn placeholders_are_counted_and_rewritten_outside_of_literals() {
    let read = parse("SELECT '$9', \"$8\", $2 /* $7 */ FROM t WHERE a = $1 AND b = $2 -- $6");
    assert_eq!(read.placeholders, 2);
    assert_eq!(
        read.sqlite,
        "SELECT '$9', \"$8\", ?2 /* $7 */ FROM t WHERE a = ?1 AND b = ?2 -- $6"
    );
    assert!(Statement::parse("SELECT $1, $3").is_err());
}

/// A piece of a statement, and what SQLite must be given for it.
fn piece() -> impl Strategy<Value = (String, String)> {
    let same = |text: String| (text.clone(), text);
    prop_oneof![
        (1usize..4).prop_map(|number| (format!("${number}"), format!("?{number}"))),
        "[a-z$?'\"; -]{0,12}".prop_map(move |text| same(format!("'{}'", text.replace('\'', "''")))),
        "[a-z$?'; -]{0,12}".prop_map(move |text| same(format!("\"{text}\""))),
        "[a-z$?'\"; -]{0,12}".prop_map(move |text| same(format!("--{text}\n"))),
        "[a-z$?'\"; -]{0,12}".prop_map(move |text| same(format!("/*{text}*/"))),
        "[a-z_]{1,8}".prop_map(same),
        "[0-9]{1,5}".prop_map(same),
        "[-+*(),.<>=|]".prop_map(same),
    ]
}

proptest! {
    #[test]
    fn only_placeholders_are_rewritten(pieces in prop::collection::vec(piece(), 0..24)) {
        let join = |side: fn(&(String, String)) -> &String| {
            let texts: Vec<&str> = pieces.iter().map(|piece| side(piece).as_str()).collect();
            format!("SELECT $1, $2, $3 {}", texts.join(" "))
        };
        let read = Statement::parse(&join(|piece| &piece.0)).unwrap();
        prop_assert_eq!(read.sqlite, join(|piece| &piece.1).replacen("$1, $2, $3", "?1, ?2, ?3", 1));
        prop_assert_eq!(read.placeholders, 3);
        prop_assert_eq!(read.target, None);
    }

    #[test]
    fn tokens_are_the_whole_text(sql in "\\PC{0,80}") {
        if let Ok(tokens) = tokens(&sql) {
            let text: String = tokens.iter().map(|token| token.text).collect();
            prop_assert_eq!(text, sql);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(sql in "[a-zA-Z0-9$?'\";:/*(). \n-]{0,60}") {
        let _ = Statement::parse(&sql);
        let _ = crate::ddl::for_sqlite(&sql);
        let _ = crate::ddl::for_postgres(&sql);
    }

    #[test]
    fn a_write_is_never_taken_for_a_read(
        noise in prop::collection::vec(piece(), 0..8),
        verb in prop::sample::select(vec!["INSERT INTO", "UPDATE", "DELETE FROM"]),
    ) {
        let noise: Vec<&str> = noise.iter().map(|piece| piece.0.as_str()).collect();
        let sql = format!("/* SELECT */ {verb} -- SELECT\n thing {}", noise.join(" "));
        if let Ok(read) = Statement::parse(&sql) {
            prop_assert_eq!(read.target.as_deref(), Some("thing"));
        }
    }
}
