//! The fonts that are built in, and which of them shows a character.
//!
//! Archivo and Sometype Mono are those of the program's pages. Others stand behind them for what they lack:
//! Greek, Cyrillic, Hebrew, Arabic, Armenian, Georgian and signs in DejaVu Sans; Chinese, Japanese and Korean in
//! Droid Sans Fallback; Devanagari and Thai in Noto Sans. For any other script there is none.

use crate::PdfError;
use harfrust::{
    Direction, FontRef, ShapeOptions, ShaperData, UnicodeBuffer,
    script::{ARABIC, HEBREW},
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{MetadataProvider as _, charmap::Charmap};
use std::sync::OnceLock;

/// A face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Face {
    Text,
    Strong,
    Head,
    Mono,
    MonoStrong,
    Signs,
    Ideographs,
    Devanagari,
    Thai,
}

/// How many faces there are.
const COUNT: usize = 9;

/// Those that stand behind all others, in the order in which they are asked.
const BEHIND: [Face; 4] = [Face::Signs, Face::Ideographs, Face::Devanagari, Face::Thai];

impl Face {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Text => include_bytes!("../assets/fonts/archivo-regular.ttf"),
            Self::Strong => include_bytes!("../assets/fonts/archivo-bold.ttf"),
            Self::Head => include_bytes!("../assets/fonts/archivo-head.ttf"),
            Self::Mono => include_bytes!("../assets/fonts/sometype-mono-regular.ttf"),
            Self::MonoStrong => include_bytes!("../assets/fonts/sometype-mono-bold.ttf"),
            Self::Signs => include_bytes!("../assets/fonts/dejavu-sans.ttf"),
            Self::Ideographs => include_bytes!("../assets/fonts/droid-sans-fallback.ttf"),
            Self::Devanagari => include_bytes!("../assets/fonts/noto-sans-devanagari.ttf"),
            Self::Thai => include_bytes!("../assets/fonts/noto-sans-thai.ttf"),
        }
    }

    fn loaded(self) -> Option<&'static Loaded> {
        static LOADED: [OnceLock<Option<Loaded>>; COUNT] = [const { OnceLock::new() }; COUNT];
        LOADED[self as usize].get_or_init(|| Loaded::new(self.bytes())).as_ref()
    }

    fn has(self, letter: char) -> bool {
        self.loaded().is_some_and(|loaded| loaded.has(letter))
    }

    /// This one, or the first behind it that has the letter.
    pub(crate) fn for_letter(self, letter: char) -> Option<Self> {
        std::iter::once(self).chain(BEHIND).find(|face| face.has(letter))
    }

    /// The glyphs of a text in one direction, for a size of 1, and how wide they are.
    pub(crate) fn shape(self, text: &str, is_rtl: bool) -> (Vec<KrillaGlyph>, f32) {
        match self.loaded() {
            Some(loaded) => loaded.shape(text, is_rtl),
            None => (Vec::new(), 0.0),
        }
    }
}

/// The faces as the library that writes PDF wants them, each made once for a document.
pub(crate) struct Written([Option<Font>; COUNT]);

impl Written {
    pub(crate) fn new() -> Self {
        Self([const { None }; COUNT])
    }

    pub(crate) fn font(&mut self, face: Face) -> Result<Font, PdfError> {
        let place = &mut self.0[face as usize];
        if place.is_none() {
            *place = Font::new(face.bytes().into(), 0);
        }
        place.clone().ok_or(PdfError::Font)
    }
}

struct Loaded {
    font: FontRef<'static>,
    data: ShaperData,
    units: f32,
    letters: Charmap<'static>,
}

impl Loaded {
    fn new(bytes: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(bytes).ok()?;
        let data = ShaperData::new(&font);
        let units = data.shaper(&font).build().units_per_em() as f32;
        let letters = font.charmap();
        Some(Self { font, data, units, letters })
    }

    fn has(&self, letter: char) -> bool {
        self.letters.map(letter).is_some()
    }

    fn shape(&self, text: &str, is_rtl: bool) -> (Vec<KrillaGlyph>, f32) {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        // A sign between letters of the other direction goes with them.
        let direction = if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        if !is_rtl && matches!(buffer.script(), ARABIC | HEBREW) {
            buffer.set_script(harfrust::script::COMMON);
        }
        buffer.set_direction(direction);
        let shaped = self.data.shaper(&self.font).build().shape(buffer, ShapeOptions::new());
        let mut starts: Vec<usize> =
            shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let end_of = |start: usize| {
            let next = starts.partition_point(|other| *other <= start);
            starts.get(next).copied().unwrap_or(text.len())
        };
        let mut width = 0.0;
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
        let glyphs = glyphs.map(|(info, position)| {
            let start = info.cluster as usize;
            let advance = position.x_advance as f32 / self.units;
            width += advance;
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                advance,
                position.x_offset as f32 / self.units,
                position.y_offset as f32 / self.units,
                0.0,
                start..end_of(start),
                None,
            )
        });
        (glyphs.collect(), width)
    }
}
