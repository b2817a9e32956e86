//! No text, however made, may panic or overrun the stack.

use super::*;
use proptest::prelude::*;

/// As much of the limits as one kind of nesting or chaining can use.
fn towers() -> Vec<String> {
    let fill = |unit: &str, tail: &str| {
        let count = (TEXT_LIMIT - tail.len()) / unit.len();
        format!("{}{tail}", unit.repeat(count))
    };
    let brackets = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(BRACKET_LIMIT), close.repeat(BRACKET_LIMIT))
    };
    vec![
        fill("!", "true"),
        fill("-", "1 == 1"),
        fill("! ", "true"),
        fill("1+", "1 == 1"),
        fill("1-", "1 == 1"),
        fill("true&&", "true"),
        fill("true||", "true"),
        fill("1<", "1"),
        fill("1 in ", "1"),
        fill("true?true:", "true"),
        fill("true?", "true"),
        fill("a.", "a"),
        fill("a.b(", ""),
        fill("(", ""),
        fill("[", ""),
        fill(")", ""),
        fill("'a'+", "'a' == 'a'"),
        fill("a,", "a"),
        fill("9", ""),
        fill("a", ""),
        fill(".", ""),
        fill("?", ""),
        fill(":", ""),
        fill("=", ""),
        fill("&", ""),
        fill("'' ", ""),
        brackets("(", "true", ")"),
        brackets("[", "1", "]"),
        brackets("size(", "'a'", ")"),
        brackets("(!", "true", ")"),
        brackets("(1+", "1", ")"),
        brackets("(true?true:", "true", ")"),
        brackets("a.all(u,", "true", ")"),
        brackets("[1 in ", "[1]", "]"),
        brackets("f(a,b,", "c", ")"),
        // Chains inside the deepest brackets.
        brackets("(", &"1+".repeat(150), ")"),
        brackets("(", &format!("{}1", "1+".repeat(150)), ")"),
        brackets("(", &format!("{}true", "true?true:".repeat(90)), ")"),
        brackets("(", &format!("{}a", "a.".repeat(150)), ")"),
    ]
}

#[test]
fn the_tallest_texts_within_the_limits_do_not_overrun_a_small_stack() {
    // Half of what a thread has at least, so that a caller's own frames have room.
    let worker = std::thread::Builder::new().stack_size(1 << 20);
    let run = worker.spawn(|| {
        let world = World::new();
        for text in towers() {
            let _ = world.compile(&text);
            let _ = Wording::default().add(&text, &world.names());
        }
    });
    run.unwrap().join().unwrap();
}

#[test]
fn texts_beyond_the_limits_are_refused_before_they_are_parsed() {
    let world = World::new();
    let long = format!("{} == 1", "1+".repeat(TEXT_LIMIT));
    assert!(world.refusal(&long).contains("longer than 2000 bytes"));
    let deep = format!("{}true{}", "(".repeat(33), ")".repeat(33));
    assert_eq!(world.refusal(&deep), "brackets are nested deeper than 32");
    let many = format!("1 == 1{}", " + 1".repeat(300));
    assert_eq!(world.refusal(&many), "more than 400 words and signs");
    let tall = format!("{}1 == 1", "1 + ".repeat(100));
    assert!(world.refusal(&tall).contains("nested deeper than 48"));
}

/// Scraps of the language, so that random texts get past the first letter.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "screen_lock",
        "host_firewall",
        ".users",
        ".all(u,",
        ".exists(u,",
        "u.name",
        "u",
        ".is_active",
        "limit",
        ".screen_lock_s",
        "true",
        "false",
        "null",
        "1",
        "9223372036854775808",
        "-1",
        "0x1",
        "1e3",
        "'a'",
        "\"b\"",
        "'",
        "\"",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "&&",
        "||",
        "!",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "%",
        " in ",
        "?",
        ":",
        ",",
        ".",
        " ",
        "\n",
        "\t",
        "size(",
        "string(",
        ".startsWith(",
        ".map(u,",
        ".filter(u,",
        ".join(",
        "has(",
        "..",
        "//",
        "\\",
        "`",
        "@",
        "ä",
        "\u{0}",
        "1u",
        "1.5",
        "b'a'",
        "r'a'",
        "'''",
        "for",
        "var",
        "import",
        "as",
        "if",
    ]);
    prop::collection::vec(scrap, 0..40).prop_map(|scraps| scraps.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn no_text_made_of_scraps_panics(text in scraps()) {
        let world = World::new();
        let _ = world.compile(&text);
        let _ = Wording::default().add(&text, &world.names());
    }

    #[test]
    fn no_text_at_all_panics(text in "\\PC{0,200}") {
        let _ = World::new().compile(&text);
    }
}
