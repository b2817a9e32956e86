//! Measures a text before any parser sees it, so that no parser's stack can be overrun, and keeps
//! to the characters that the language needs.

use super::{BRACKET_LIMIT, LanguageError, TEXT_LIMIT};

/// The most signs in a row that may stand before a value, as in `!!a` or `--1`.
const SIGN_LIMIT: usize = 2;
/// The most words, numbers, texts and signs.
const TOKEN_LIMIT: usize = 400;

/// Checks length, characters, quotes and brackets.
pub(super) fn scan(text: &str) -> Result<(), LanguageError> {
    if text.len() > TEXT_LIMIT {
        return Err(LanguageError::new(
            TEXT_LIMIT,
            format!("longer than {TEXT_LIMIT} bytes ({})", text.len()),
        ));
    }
    if text.trim().is_empty() {
        return Err(LanguageError::new(0, "there is nothing here"));
    }
    let mut open: Vec<(usize, u8)> = Vec::new();
    let mut tokens = 0;
    let mut signs = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let start = at;
        at += 1;
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => continue,
            b'\'' | b'"' => {
                at = end_of_text(bytes, start)?;
                signs = 0;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' => {
                while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                    at += 1;
                }
                if at < bytes.len() && matches!(bytes[at], b'\'' | b'"') {
                    return Err(LanguageError::new(
                        start,
                        "a text is written 'so', with no letter before its quotes",
                    ));
                }
                signs = 0;
            }
            b'(' | b'[' => {
                open.push((start, byte));
                if open.len() > BRACKET_LIMIT {
                    return Err(LanguageError::new(
                        start,
                        format!("brackets are nested deeper than {BRACKET_LIMIT}"),
                    ));
                }
                signs = 0;
            }
            b')' | b']' => {
                let wanted = if byte == b')' { b'(' } else { b'[' };
                match open.pop() {
                    Some((_, other)) if other == wanted => {}
                    _ => {
                        return Err(LanguageError::new(
                            start,
                            format!("`{}` closes nothing", byte as char),
                        ));
                    }
                }
                signs = 0;
            }
            b'!' if bytes.get(at) != Some(&b'=') => signs += 1,
            b'-' => signs += 1,
            b'!' | b'&' | b'|' | b'=' | b'<' | b'>' | b'+' | b'*' | b'/' | b'%' | b'.' | b','
            | b'?' | b':' => {
                if byte == b'/' && bytes.get(at) == Some(&b'/') {
                    return Err(LanguageError::new(
                        start,
                        "a remark stands in the file after `#`, not in the condition",
                    ));
                }
                signs = 0;
            }
            _ => {
                let sign = text[start..].chars().next().unwrap_or_default();
                return Err(LanguageError::new(start, format!("`{sign}` has no meaning here")));
            }
        }
        if signs > SIGN_LIMIT {
            return Err(LanguageError::new(
                start,
                format!("more than {SIGN_LIMIT} signs in a row before a value"),
            ));
        }
        tokens += 1;
        if tokens > TOKEN_LIMIT {
            return Err(LanguageError::new(
                start,
                format!("more than {TOKEN_LIMIT} words and signs"),
            ));
        }
    }
    match open.first() {
        Some((start, byte)) => {
            Err(LanguageError::new(*start, format!("`{}` is never closed", *byte as char)))
        }
        None => Ok(()),
    }
}

/// Where the text that opens at `start` ends; a backslash or line break has no place in it.
fn end_of_text(bytes: &[u8], start: usize) -> Result<usize, LanguageError> {
    let quote = bytes[start];
    for (offset, byte) in bytes[start + 1..].iter().enumerate() {
        let at = start + 1 + offset;
        match *byte {
            b'\\' => {
                return Err(LanguageError::new(
                    at,
                    "a backslash has no meaning in a text; use the other kind of quotes",
                ));
            }
            byte if byte < b' ' => {
                return Err(LanguageError::new(at, "a text ends on the line it began"));
            }
            byte if byte == quote => {
                if bytes.get(at + 1) == Some(&quote) {
                    return Err(LanguageError::new(at, "two quotes in a row"));
                }
                return Ok(at + 1);
            }
            _ => {}
        }
    }
    Err(LanguageError::new(start, "this text is never closed"))
}
