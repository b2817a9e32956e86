//! A QR code as a single SVG path.

use askama::Template;
use askama::filters::HtmlSafe;
use qrcode::{Color, EcLevel, QrCode as Matrix};
use std::fmt::Write;

/// A QR code, drawn dark on white in both themes so that every camera reads it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/qr.html")]
pub struct QrCode {
    /// Modules on a side, with the quiet zone.
    side: usize,
    /// What it says.
    text: String,
    /// The dark modules as an SVG path, one unit a module.
    path: String,
}

impl HtmlSafe for QrCode {}

/// The white border that the standard asks for, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

impl QrCode {
    /// The code that says `text`, or none when it is too long for one.
    pub fn new(text: &str) -> Option<Self> {
        let matrix = Matrix::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = matrix.width();
        let mut path = String::new();
        for (row, modules) in matrix.to_colors().chunks(width).enumerate() {
            for (column, module) in modules.iter().enumerate() {
                if *module == Color::Dark {
                    // Writing into a String cannot fail.
                    let _ = write!(path, "M{} {}h1v1h-1z", column + QUIET, row + QUIET);
                }
            }
        }
        Some(Self { side: width + 2 * QUIET, text: text.to_owned(), path })
    }

    /// What it says, for a device that cannot photograph itself.
    pub fn text(&self) -> &str {
        &self.text
    }
}
