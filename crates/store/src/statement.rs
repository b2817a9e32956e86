//! What the store must know of a statement before it runs: how many placeholders it has, which
//! table it writes to, and its text for SQLite, where `$1` would be a name and misbind silently
//! and therefore becomes `?1`.

use crate::{
    StoreError,
    lexer::{Kind, Token, tokens},
};

/// A statement that both engines take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The highest placeholder.
    pub(crate) placeholders: usize,
    /// The table that it inserts into, updates or deletes from; none if it only reads.
    pub(crate) target: Option<String>,
    /// The text with `?1` for `$1`.
    pub(crate) sqlite: String,
}

impl Statement {
    /// Reads one statement: SELECT, INSERT, UPDATE or DELETE, with WITH before it or not.
    pub(crate) fn parse(sql: &str) -> Result<Self, StoreError> {
        let all = tokens(sql).map_err(StoreError::Statement)?;
        let significant: Vec<Token<'_>> =
            all.iter().copied().filter(Token::is_significant).collect();
        if significant.iter().any(|token| token.is_mark(";")) {
            return Err(StoreError::statement("one statement at a time, without a semicolon"));
        }
        let placeholders = all.iter().map(placeholder).max().unwrap_or(0);
        for wanted in 1..=placeholders {
            if !all.iter().any(|token| placeholder(token) == wanted) {
                return Err(StoreError::statement(format!("${wanted} is missing")));
            }
        }
        Ok(Self { placeholders, target: target(&significant)?, sqlite: sqlite(&all) })
    }
}

fn placeholder(token: &Token<'_>) -> usize {
    match token.kind {
        Kind::Placeholder(number) => number,
        _ => 0,
    }
}

fn sqlite(all: &[Token<'_>]) -> String {
    let mut text = String::with_capacity(all.iter().map(|token| token.text.len()).sum());
    for token in all {
        match token.kind {
            Kind::Placeholder(_) => {
                text.push('?');
                text.push_str(&token.text[1..]);
            }
            _ => text.push_str(token.text),
        }
    }
    text
}

fn target(tokens: &[Token<'_>]) -> Result<Option<String>, StoreError> {
    for pair in tokens.windows(2) {
        let writes = ["INSERT", "UPDATE", "DELETE"].iter().any(|verb| pair[1].is_word(verb));
        if pair[0].is_mark("(") && writes {
            return Err(StoreError::statement("SQLite has no writing statement within another"));
        }
    }
    let verb = verb(tokens)?;
    let name = match tokens.get(verb).map(|token| token.text.to_ascii_uppercase()).as_deref() {
        Some("SELECT") => return Ok(None),
        Some("INSERT") if follows(tokens, verb, "INTO") => verb + 2,
        Some("DELETE") if follows(tokens, verb, "FROM") => verb + 2,
        Some("UPDATE") => verb + 1,
        _ => {
            return Err(StoreError::statement(
                "a unit runs SELECT, INSERT INTO, UPDATE and DELETE FROM alone",
            ));
        }
    };
    match (tokens.get(name), tokens.get(name + 1)) {
        (Some(table), after)
            if table.kind == Kind::Word && !after.is_some_and(|token| token.is_mark(".")) =>
        {
            Ok(Some(table.text.to_ascii_lowercase()))
        }
        _ => Err(StoreError::statement("a table is named plainly, without quotes or a schema")),
    }
}

fn follows(tokens: &[Token<'_>], at: usize, word: &str) -> bool {
    tokens.get(at + 1).is_some_and(|token| token.is_word(word))
}

/// Where the statement's own verb stands: the first word, or after WITH the first verb that stands
/// in no parentheses.
fn verb(tokens: &[Token<'_>]) -> Result<usize, StoreError> {
    if !tokens.first().is_some_and(|token| token.is_word("WITH")) {
        return Ok(0);
    }
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.is_mark("(") {
            depth += 1;
        } else if token.is_mark(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0
            && ["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| token.is_word(verb))
        {
            return Ok(at);
        }
    }
    Err(StoreError::statement("WITH leads to no SELECT, INSERT, UPDATE or DELETE"))
}

#[cfg(test)]
#[path = "tests/statement.rs"]
mod tests;
