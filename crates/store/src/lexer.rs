//! Cuts SQL text into tokens: enough to find placeholders, the statement's table and the columns
//! of a definition without being fooled by literals and comments. It knows no grammar.

/// One token with its text; all tokens together are the whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'s> {
    pub(crate) kind: Kind,
    pub(crate) text: &'s str,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// White space.
    Space,
    /// `-- ...` up to the end of the line, or `/* ... */`.
    Comment,
    /// A keyword or a name.
    Word,
    /// `"name"`.
    QuotedName,
    /// `'text'`.
    Text,
    /// `12`, `1.5`.
    Number,
    /// `$1`.
    Placeholder(usize),
    /// Any other character.
    Mark,
}

/// The most placeholders of one statement: what SQLite takes.
const PLACEHOLDER_LIMIT: usize = 32_766;

impl Token<'_> {
    /// Whether this is the keyword, in any case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }
    /// Whether this is the character.
    pub(crate) fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }
    /// Whether it means something to the engine.
    pub(crate) fn is_significant(&self) -> bool {
        !matches!(self.kind, Kind::Space | Kind::Comment)
    }
}

/// The tokens of `sql`, or why it is not taken: something left open, or a spelling that only one
/// of the engines has.
pub(crate) fn tokens(sql: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::with_capacity(sql.len() / 4);
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = token(rest, first)?;
        let (text, after) = rest.split_at(length);
        if kind == Kind::Text
            && tokens.last().is_some_and(|before: &Token<'_>| before.kind == Kind::Word)
        {
            return Err(format!(
                "{text} follows a word without a space: the engines read it differently"
            ));
        }
        tokens.push(Token { kind, text });
        rest = after;
    }
    Ok(tokens)
}

fn token(rest: &str, first: char) -> Result<(Kind, usize), String> {
    let while_true = |test: fn(char) -> bool| rest.find(|c| !test(c)).unwrap_or(rest.len());
    Ok(match first {
        c if c.is_ascii_whitespace() => (Kind::Space, while_true(|c| c.is_ascii_whitespace())),
        '-' if rest.starts_with("--") => (Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => {
            let end = rest[2..].find("*/").ok_or("a comment is not closed")? + 4;
            if rest[2..end].contains("/*") {
                return Err("a comment within a comment: the engines read it differently".into());
            }
            (Kind::Comment, end)
        }
        '\'' => (Kind::Text, quoted(rest, '\'').ok_or("a text is not closed")?),
        '"' => (Kind::QuotedName, quoted(rest, '"').ok_or("a quoted name is not closed")?),
        '$' => {
            let digits = rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1);
            let number = &rest[1..=digits];
            let follows = rest[1 + digits..].chars().next();
            match number.parse::<usize>() {
                Ok(value)
                    if (1..=PLACEHOLDER_LIMIT).contains(&value)
                        && !number.starts_with('0')
                        && !follows.is_some_and(is_name) =>
                {
                    (Kind::Placeholder(value), 1 + digits)
                }
                _ => return Err("a placeholder is written as $1".into()),
            }
        }
        c if c.is_ascii_digit() => {
            let length = while_true(|c| c.is_ascii_digit() || c == '.');
            if rest[length..].chars().next().is_some_and(is_name) {
                return Err("a number runs into a word".into());
            }
            (Kind::Number, length)
        }
        c if is_name(c) => (Kind::Word, while_true(is_name)),
        ':' | '?' | '@' | '`' | '[' | ']' | '\\' | '\0' => {
            return Err(format!("{first:?} is not understood by both engines"));
        }
        c if c.is_ascii() => (Kind::Mark, 1),
        other => return Err(format!("{other:?} stands outside of a text")),
    })
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The length of the literal at the start, where a doubled quote stands for one.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    loop {
        at += rest[at..].find(quote)? + 1;
        if !rest[at..].starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}
