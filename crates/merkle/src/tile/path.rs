//! Paths of tiles and entry bundles: `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`
//! (c2sp.org/tlog-tiles, "Merkle Tree", "Partial Tiles" and "Log entries").

use super::TILE_WIDTH;
use crate::decimal;
use std::{fmt, str::FromStr};

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Hashes at this level, 0 (leaf hashes) to 63.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// Names one tile or entry bundle, full or partial, below a log's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    layer: Layer,
    index: u64,
    width: u16,
}

/// Why a text is not a tile path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TilePathError {
    /// Does not begin with `tile/`.
    #[error("a tile path begins with 'tile/'")]
    Prefix,
    /// The level is neither `entries` nor 0 to 63 without leading zeroes.
    #[error("a tile's level is 'entries' or a number from 0 to 63")]
    Level,
    /// The index is not in groups of three digits, all but the last with an `x`.
    #[error("a tile's index is written in groups of three digits, like x001/x234/067")]
    Index,
    /// The width is not 1 to 255 (in a text), or 1 to 256 (of a [`TilePath`]).
    #[error("a partial tile's width is a number from 1 to 255")]
    Width,
}

/// `tile/entries/`, seven groups of four characters and a slash, `.p/255`, with room to spare.
const MAX_LENGTH: usize = 64;

impl TilePath {
    /// Names the tile at `index` of `layer` with `width` hashes or entries (1 to 256).
    pub fn new(layer: Layer, index: u64, width: u16) -> Result<Self, TilePathError> {
        if matches!(layer, Layer::Hashes(64..)) {
            return Err(TilePathError::Level);
        }
        if !(1..=TILE_WIDTH).contains(&width) {
            return Err(TilePathError::Width);
        }
        Ok(Self::of(layer, index, width))
    }

    /// For callers inside the crate that computed all three.
    pub(crate) const fn of(layer: Layer, index: u64, width: u16) -> Self {
        Self { layer, index, width }
    }

    /// What the tile holds.
    pub const fn layer(&self) -> Layer {
        self.layer
    }

    /// The position of the tile in its layer.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it holds, 1 to 256.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether it holds 256.
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The same tile once it is full: what a log may keep instead of the partial one.
    pub const fn to_full(&self) -> Self {
        Self::of(self.layer, self.index, TILE_WIDTH)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.layer {
            Layer::Hashes(level) => write!(f, "tile/{level}/")?,
            Layer::Entries => f.write_str("tile/entries/")?,
        }
        let digits = self.index.to_string();
        let digits = format!("{digits:0>width$}", width = digits.len().div_ceil(3) * 3);
        let last = digits.len() - 3;
        for at in (0..last).step_by(3) {
            write!(f, "x{}/", &digits[at..at + 3])?;
        }
        f.write_str(&digits[last..])?;
        if self.is_full() {
            return Ok(());
        }
        write!(f, ".p/{}", self.width)
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(text: &str) -> Result<Self, TilePathError> {
        let rest = text.strip_prefix("tile/").ok_or(TilePathError::Prefix)?;
        if text.len() > MAX_LENGTH {
            return Err(TilePathError::Index);
        }
        let (level, rest) = rest.split_once('/').ok_or(TilePathError::Level)?;
        let layer = parse_layer(level)?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, parse_partial_width(width)?),
            None => (rest, TILE_WIDTH),
        };
        Ok(Self::of(layer, parse_index(index)?, width))
    }
}

fn parse_layer(text: &str) -> Result<Layer, TilePathError> {
    if text == "entries" {
        return Ok(Layer::Entries);
    }
    match decimal::parse(text).map(u8::try_from) {
        Some(Ok(level @ 0..64)) => Ok(Layer::Hashes(level)),
        _ => Err(TilePathError::Level),
    }
}

fn parse_partial_width(text: &str) -> Result<u16, TilePathError> {
    match decimal::parse(text).map(u16::try_from) {
        Some(Ok(width @ 1..TILE_WIDTH)) => Ok(width),
        _ => Err(TilePathError::Width),
    }
}

fn parse_index(text: &str) -> Result<u64, TilePathError> {
    let mut groups = text.split('/').peekable();
    let mut index = 0u64;
    let mut is_first = true;
    while let Some(group) = groups.next() {
        let is_last = groups.peek().is_none();
        let digits = if is_last { Some(group) } else { group.strip_prefix('x') };
        let digits = digits.ok_or(TilePathError::Index)?;
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TilePathError::Index);
        }
        if is_first && !is_last && digits == "000" {
            return Err(TilePathError::Index);
        }
        let value: u64 = digits.parse().map_err(|_| TilePathError::Index)?;
        let shifted = index.checked_mul(1000).and_then(|index| index.checked_add(value));
        index = shifted.ok_or(TilePathError::Index)?;
        is_first = false;
    }
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_read_as_the_specification_writes_them() {
        for (text, layer, index, width) in [
            ("tile/0/x001/x234/067", Layer::Hashes(0), 1_234_067, 256),
            ("tile/0/000", Layer::Hashes(0), 0, 256),
            ("tile/63/999", Layer::Hashes(63), 999, 256),
            ("tile/2/x001/000.p/1", Layer::Hashes(2), 1000, 1),
            ("tile/entries/273.p/112", Layer::Entries, 273, 112),
            ("tile/0/x018/x446/x744/x073/x709/x551/615.p/255", Layer::Hashes(0), u64::MAX, 255),
        ] {
            let path = TilePath::new(layer, index, width).unwrap();
            assert_eq!(path.to_string(), text);
            assert_eq!(text.parse(), Ok(path));
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for (text, error) in [
            ("", TilePathError::Prefix),
            ("/tile/0/000", TilePathError::Prefix),
            ("tile/", TilePathError::Level),
            ("tile/0", TilePathError::Level),
            ("tile/00/000", TilePathError::Level),
            ("tile/64/000", TilePathError::Level),
            ("tile/Entries/000", TilePathError::Level),
            ("tile/8/0/000", TilePathError::Index),
            ("tile/0/", TilePathError::Index),
            ("tile/0/1", TilePathError::Index),
            ("tile/0/x001", TilePathError::Index),
            ("tile/0/001/000", TilePathError::Index),
            ("tile/0/x000/001", TilePathError::Index),
            ("tile/0/../000", TilePathError::Index),
            ("tile/0/x018/x446/x744/x073/x709/x551/616", TilePathError::Index),
            ("tile/0/000/", TilePathError::Index),
            ("tile/0/000.p/0", TilePathError::Width),
            ("tile/0/000.p/256", TilePathError::Width),
            ("tile/0/000.p/01", TilePathError::Width),
            ("tile/0/000.p/1/", TilePathError::Width),
            ("tile/0/000.p", TilePathError::Index),
        ] {
            assert_eq!(text.parse::<TilePath>(), Err(error), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_path_survives_its_text(level in 0u8..65, index: u64, width in 1u16..=256) {
            let layer = if level == 64 { Layer::Entries } else { Layer::Hashes(level) };
            let path = TilePath::new(layer, index, width).unwrap();
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }

        #[test]
        fn what_parses_is_written_back_the_same(text in "tile/(0|7|entries|1x)?[x0-9/.p]{0,24}") {
            if let Ok(path) = text.parse::<TilePath>() {
                prop_assert_eq!(path.to_string(), text);
            }
        }

        #[test]
        fn any_text_is_parsed_without_panic(text: String) {
            let _ = text.parse::<TilePath>();
        }
    }
}
