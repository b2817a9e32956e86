//! Text as glyphs: each piece of a word in a face that has it, remembered, since words repeat.

use crate::fonts::Face;
use krilla::text::KrillaGlyph;
use std::{collections::HashMap, rc::Rc};

/// Glyphs of one face that stand together, for a size of 1.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) face: Face,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    pub(crate) width: f32,
}

/// A word, for a size of 1.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) runs: Vec<Run>,
    pub(crate) width: f32,
}

/// A longer word is not remembered: it does not come again, unless somebody means harm. In bytes.
const REMEMBERED: usize = 128;
/// When so many words are known, all are forgotten.
const KNOWN_LIMIT: usize = 20_000;

/// Makes words.
#[derive(Debug, Default)]
pub(crate) struct Shaper {
    known: HashMap<(Face, bool), HashMap<String, Rc<Word>>>,
}

impl Shaper {
    /// A word in this face and direction. Its characters must be ones that can be shown.
    pub(crate) fn word(&mut self, face: Face, is_rtl: bool, text: &str) -> Rc<Word> {
        let known = self.known.entry((face, is_rtl)).or_default();
        if let Some(word) = known.get(text) {
            return Rc::clone(word);
        }
        let word = Rc::new(shape(face, is_rtl, text));
        if text.len() <= REMEMBERED {
            if known.len() >= KNOWN_LIMIT {
                known.clear();
            }
            known.insert(text.to_owned(), Rc::clone(&word));
        }
        word
    }

    /// How wide a text is in one line.
    pub(crate) fn width(&mut self, face: Face, size: f32, text: &str) -> f32 {
        self.word(face, false, text).width * size
    }
}

fn shape(face: Face, is_rtl: bool, text: &str) -> Word {
    let mut pieces: Vec<(Face, String)> = Vec::new();
    for letter in text.chars() {
        let own = face.for_letter(letter);
        match pieces.last_mut() {
            // What only modifies stays with what it modifies.
            Some((of, piece)) if own == Some(*of) || (is_mark(letter) && covers(*of, letter)) => {
                piece.push(letter);
            }
            _ => pieces.push((own.unwrap_or(face), letter.to_string())),
        }
    }
    if is_rtl {
        pieces.reverse();
    }
    let runs: Vec<Run> = pieces
        .into_iter()
        .map(|(face, text)| {
            let (glyphs, width) = face.shape(&text, is_rtl);
            Run { face, text, glyphs, width }
        })
        .collect();
    let width = runs.iter().map(|run| run.width).sum();
    Word { runs, width }
}

fn covers(face: Face, letter: char) -> bool {
    face.for_letter(letter) == Some(face)
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut shaper = Shaper::default();
        shaper.word(Face::Text, false, &"x".repeat(REMEMBERED + 1));
        assert!(shaper.known.values().all(HashMap::is_empty));
        for number in 0..=KNOWN_LIMIT {
            shaper.word(Face::Text, false, &number.to_string());
        }
        assert!(shaper.known.values().all(|known| known.len() <= KNOWN_LIMIT));
        let word = shaper.word(Face::Text, false, "7");
        assert!(Rc::ptr_eq(&word, &shaper.word(Face::Text, false, "7")));
    }
}
