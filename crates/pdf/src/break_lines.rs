//! Paragraphs as lines: where they may break, what a word does that is wider than the line, and in which
//! order the words of a line stand where some of them are read from the right.

use crate::{
    document::{Style, Text},
    fonts::Face,
    palette::Colour,
    shape::{Run, Shaper, Word},
    spelling,
};
use std::rc::Rc;
use unicode_bidi::{BidiInfo, Level};

/// How a paragraph is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) size: f32,
    pub(crate) leading: f32,
    pub(crate) face: Face,
    pub(crate) strong: Face,
    pub(crate) ink: Colour,
    pub(crate) soft: Colour,
}

impl Setting {
    const fn face(&self, style: Style) -> Face {
        match style {
            Style::Plain | Style::Soft => self.face,
            Style::Strong => self.strong,
            Style::Mono => Face::Mono,
        }
    }

    fn size(&self, style: Style) -> f32 {
        // Letters of one width look larger than they are called.
        if style == Style::Mono { self.size * 0.94 } else { self.size }
    }

    const fn colour(&self, style: Style) -> Colour {
        match style {
            Style::Soft => self.soft,
            Style::Plain | Style::Strong | Style::Mono => self.ink,
        }
    }
}

/// A line: what stands in it from left to right.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) width: f32,
}

/// Glyphs of one face, size and colour.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) run: Run,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
    /// From the line's beginning.
    pub(crate) x: f32,
}

/// As much as is never parted.
#[derive(Debug, Clone)]
struct Atom {
    text: String,
    word: Rc<Word>,
    style: Style,
    level: u8,
    width: f32,
    is_space: bool,
    may_break_before: bool,
}

/// A longer word is several, so that no more than that is shaped again for each of its lines. In bytes.
const ATOM_LIMIT: usize = 256;

/// The lines of a text.
pub(crate) fn lines(shaper: &mut Shaper, text: &Text, setting: &Setting, width: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in paragraphs(text, setting) {
        let atoms = atoms(shaper, &paragraph, setting);
        fill(shaper, atoms, setting, width, &mut lines);
    }
    lines
}

/// Parted at line ends, and each character one that can be shown.
fn paragraphs(text: &Text, setting: &Setting) -> Vec<Vec<(Style, String)>> {
    let mut paragraphs = vec![Vec::new()];
    for span in &text.0 {
        let shown = spelling::shown(&span.text, setting.face(span.style));
        for (place, part) in shown.split('\n').enumerate() {
            if place > 0 {
                paragraphs.push(Vec::new());
            }
            if let Some(last) = paragraphs.last_mut()
                && !part.is_empty()
            {
                last.push((span.style, part.to_owned()));
            }
        }
    }
    while paragraphs.len() > 1 && paragraphs.last().is_some_and(Vec::is_empty) {
        paragraphs.pop();
    }
    paragraphs
}

fn atoms(shaper: &mut Shaper, paragraph: &[(Style, String)], setting: &Setting) -> Vec<Atom> {
    let whole: String = paragraph.iter().map(|(_, text)| text.as_str()).collect();
    let bidi = whole.chars().any(is_rtl).then(|| BidiInfo::new(&whole, Some(Level::ltr())));
    let level_at = |place: usize| bidi.as_ref().map_or(0, |bidi| bidi.levels[place].number());
    let mut atoms: Vec<Atom> = Vec::new();
    let mut place = 0;
    let mut last = None;
    for (style, text) in paragraph {
        let mut is_new = true;
        for letter in text.chars() {
            let level = level_at(place);
            let is_space = letter == ' ';
            let breaks = last.is_some_and(|last| may_break(last, letter));
            let joins = |atom: &Atom| {
                !is_new
                    && !breaks
                    && atom.is_space == is_space
                    && atom.level == level
                    && atom.text.len() < ATOM_LIMIT
            };
            match atoms.last_mut().filter(|atom| joins(atom)) {
                Some(atom) => atom.text.push(letter),
                None => atoms.push(Atom {
                    text: letter.to_string(),
                    word: Rc::new(Word { runs: Vec::new(), width: 0.0 }),
                    style: *style,
                    level,
                    width: 0.0,
                    is_space,
                    may_break_before: breaks,
                }),
            }
            is_new = false;
            last = Some(letter);
            place += letter.len_utf8();
        }
    }
    for atom in &mut atoms {
        measure(shaper, atom, setting);
    }
    atoms
}

fn measure(shaper: &mut Shaper, atom: &mut Atom, setting: &Setting) {
    atom.word = shaper.word(setting.face(atom.style), atom.level % 2 == 1, &atom.text);
    atom.width = atom.word.width * setting.size(atom.style);
}

/// Whether a line may end between these two.
fn may_break(before: char, after: char) -> bool {
    if after == ' ' || is_closing(after) {
        return false;
    }
    before == ' '
        || (matches!(before, '-' | '/' | '\u{2013}' | '\u{2014}') && after.is_alphanumeric())
        || is_ideograph(after)
        || (is_ideograph(before) && !is_opening(before))
}

/// Scripts without spaces between words.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn is_closing(letter: char) -> bool {
    matches!(
        letter,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | ')'
            | ']'
            | '}'
            | '\u{2019}'
            | '\u{201d}'
            | '\u{3001}'
            | '\u{3002}'
            | '\u{300d}'
            | '\u{300f}'
            | '\u{30fc}'
            | '\u{ff09}'
            | '\u{ff0c}'
            | '\u{ff0e}'
    )
}

fn is_opening(letter: char) -> bool {
    matches!(letter, '(' | '[' | '{' | '\u{300c}' | '\u{300e}' | '\u{ff08}')
}

fn is_rtl(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Fills lines, one word after the other.
fn fill(
    shaper: &mut Shaper,
    atoms: Vec<Atom>,
    setting: &Setting,
    width: f32,
    lines: &mut Vec<Line>,
) {
    let mut line: Vec<Atom> = Vec::new();
    let mut used = 0.0;
    let mut rest = units(atoms).into_iter();
    let mut next = rest.next();
    while let Some(unit) = next.take() {
        // Spaces at the end may stand out.
        let needed: f32 = unit.iter().filter(|atom| !atom.is_space).map(|atom| atom.width).sum();
        if used + needed <= width || needed <= 0.0 {
            used += unit.iter().map(|atom| atom.width).sum::<f32>();
            line.extend(unit);
        } else if !line.is_empty() {
            lines.push(placed(std::mem::take(&mut line), setting));
            used = 0.0;
            next = Some(unit);
            continue;
        } else {
            let (fits, left) = part(shaper, unit, setting, width);
            lines.push(placed(fits, setting));
            next = (!left.is_empty()).then_some(left);
            if next.is_some() {
                continue;
            }
        }
        next = rest.next();
    }
    lines.push(placed(line, setting));
    if lines.len() > 1 && lines.last().is_some_and(|line| line.pieces.is_empty()) {
        lines.pop();
    }
}

/// Atoms between which no line may end.
fn units(atoms: Vec<Atom>) -> Vec<Vec<Atom>> {
    let mut units: Vec<Vec<Atom>> = Vec::new();
    for atom in atoms {
        match units.last_mut() {
            Some(unit) if !atom.may_break_before => unit.push(atom),
            _ => units.push(vec![atom]),
        }
    }
    units
}

/// As much of what is wider than a line as fits into one, at least a character, and the rest.
fn part(
    shaper: &mut Shaper,
    unit: Vec<Atom>,
    setting: &Setting,
    width: f32,
) -> (Vec<Atom>, Vec<Atom>) {
    let (mut fits, mut left): (Vec<Atom>, Vec<Atom>) = (Vec::new(), Vec::new());
    let mut used = 0.0;
    for atom in unit {
        if !left.is_empty() {
            left.push(atom);
        } else if used + atom.width <= width {
            used += atom.width;
            fits.push(atom);
        } else {
            let (face, size) = (setting.face(atom.style), setting.size(atom.style));
            let mut end = 0;
            for (start, letter) in atom.text.char_indices() {
                let mut bytes = [0; 4];
                let letter = letter.encode_utf8(&mut bytes);
                used += shaper.width(face, size, letter);
                if used > width && (end > 0 || !fits.is_empty()) {
                    break;
                }
                end = start + letter.len();
            }
            for (text, to) in [(&atom.text[..end], &mut fits), (&atom.text[end..], &mut left)] {
                if !text.is_empty() {
                    let mut part = Atom { text: text.to_owned(), ..atom.clone() };
                    measure(shaper, &mut part, setting);
                    to.push(part);
                }
            }
        }
    }
    (fits, left)
}

/// The atoms of a line in the order in which they are seen.
fn placed(mut atoms: Vec<Atom>, setting: &Setting) -> Line {
    for atom in atoms.iter_mut().rev().take_while(|atom| atom.is_space) {
        atom.level = 0;
    }
    let highest = atoms.iter().map(|atom| atom.level).max().unwrap_or(0);
    for level in (1..=highest).rev() {
        let mut start = 0;
        while start < atoms.len() {
            let length = atoms[start..].iter().take_while(|atom| atom.level >= level).count();
            atoms[start..start + length].reverse();
            start += length.max(1);
        }
    }
    let mut line = Line::default();
    let mut trailing = 0.0;
    for atom in atoms {
        let (size, colour) = (setting.size(atom.style), setting.colour(atom.style));
        trailing = if atom.is_space { trailing + atom.width } else { 0.0 };
        for run in &atom.word.runs {
            match line.pieces.last_mut() {
                Some(last)
                    if last.run.face == run.face
                        && last.colour == colour
                        && atom.level % 2 == 0
                        && (last.size - size).abs() < f32::EPSILON =>
                {
                    append(&mut last.run, run);
                }
                _ => line.pieces.push(Piece { run: run.clone(), size, colour, x: line.width }),
            }
            line.width += run.width * size;
        }
    }
    line.width -= trailing;
    line
}

fn append(run: &mut Run, more: &Run) {
    let offset = run.text.len();
    run.text.push_str(&more.text);
    run.glyphs.extend(more.glyphs.iter().cloned().map(|mut glyph| {
        glyph.text_range = glyph.text_range.start + offset..glyph.text_range.end + offset;
        glyph
    }));
    run.width += more.width;
}
