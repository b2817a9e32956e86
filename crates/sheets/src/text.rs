//! Bytes of a text in whatever encoding spreadsheets write it.

use crate::SheetError;
use encoding_rs::{Encoding, WINDOWS_1252};
use std::borrow::Cow;

/// The text, with lines that end in `\n` alone. With a mark at the beginning it is what the mark says; else UTF-8
/// if it can be that, else Windows-1252, which Latin-1 is read as everywhere (Encoding Standard, 4.2).
pub(crate) fn decode(bytes: &[u8]) -> Result<String, SheetError> {
    let text: Cow<'_, str> = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => {
            let (text, has_errors) =
                encoding.decode_without_bom_handling(bytes.get(length..).unwrap_or_default());
            if has_errors {
                return Err(SheetError::OtherForm);
            }
            text
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
        },
    };
    // No list has these, and every other kind of file does.
    let is_binary = |letter: char| letter.is_control() && !letter.is_whitespace();
    let controls = text.chars().take(4_096).filter(|letter| is_binary(*letter)).count();
    if text.contains('\0') || controls > 8 {
        return Err(SheetError::OtherForm);
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}
