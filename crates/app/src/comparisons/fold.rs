//! A name as two lists may both have it: without accents, case and marks, its words in one order.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// `Doe, José` and `Jose DOE` are one.
pub(super) fn fold(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        for letter in letter.to_lowercase() {
            match letter {
                'ß' => plain.push_str("ss"),
                'æ' => plain.push_str("ae"),
                'œ' => plain.push_str("oe"),
                'ø' => plain.push('o'),
                'đ' | 'ð' => plain.push('d'),
                'ł' => plain.push('l'),
                'þ' => plain.push_str("th"),
                'ı' => plain.push('i'),
                '\'' | '’' | '\u{200c}' | '\u{200d}' => {}
                letter if letter.is_alphanumeric() => plain.push(letter),
                _ => plain.push(' '),
            }
        }
    }
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}
