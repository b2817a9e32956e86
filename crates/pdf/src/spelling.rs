//! What is written where a character has no glyph, or would do something to its neighbours: its number,
//! `[U+1F3AC]`. Nothing is left out unseen, and nobody's file name can turn the line around.

use crate::fonts::Face;

/// The text as it can be shown with these faces: line ends are kept, other white space becomes spaces.
pub(crate) fn shown(text: &str, face: Face) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut last = ' ';
    for letter in text.chars() {
        match letter {
            '\n' => shown.push('\n'),
            '\r' => {}
            '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => shown.push(' '),
            '\u{2011}' => shown.push('-'),
            // Where a word may be parted, and whether a sign is coloured: neither says anything.
            '\u{ad}' | '\u{fe0e}' | '\u{fe0f}' => {}
            // Joins and keeps apart letters of scripts that change their shapes.
            '\u{200c}' | '\u{200d}' if joins(last) => shown.push(letter),
            _ if is_plain(letter) && face.for_letter(letter).is_some() => shown.push(letter),
            _ => shown.push_str(&format!("[U+{:04X}]", u32::from(letter))),
        }
        last = letter;
    }
    shown
}

/// How many letters are set for this one in a text: one, none, or as many as spell it.
pub fn shown_length(letter: char) -> usize {
    if letter == '\n' || letter.is_ascii_graphic() || letter == ' ' {
        return 1;
    }
    let mut bytes = [0; 4];
    shown(letter.encode_utf8(&mut bytes), Face::Text).chars().count()
}

fn joins(letter: char) -> bool {
    matches!(letter, '\u{600}'..='\u{6ff}' | '\u{900}'..='\u{97f}')
}

/// Neither a control, nor for private use, nor one that changes how others are read.
fn is_plain(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter,
            '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{61c}'
            | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fff0}'..='\u{ffff}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{10ffff}')
}
