//! One file of a pack that is read from its beginning on, as a server reads what it keeps.

use super::header::{LOCAL_LENGTH, LOCAL_SIGNATURE};
use std::io::{self, Read};

/// Where the name's length, the extra field's length and the size stand in a local header.
const SIZE_AT: usize = 22;
const NAME_LENGTH_AT: usize = 26;
const EXTRA_LENGTH_AT: usize = 28;

/// The bytes of the file of this name, if it has at most `limit`; the pack is read to its end. None if there is
/// no such file. Nothing is verified: that is for [`crate::verify()`].
pub(crate) fn file(reader: &mut dyn Read, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut found = None;
    loop {
        let mut header = Vec::with_capacity(LOCAL_LENGTH);
        reader.take(LOCAL_LENGTH as u64).read_to_end(&mut header)?;
        if header.len() < LOCAL_LENGTH || !header.starts_with(&LOCAL_SIGNATURE) {
            // The list of files, or the end.
            io::copy(reader, &mut io::sink())?;
            return Ok(found);
        }
        let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let size = u64::from(u32::from(short(SIZE_AT)) | u32::from(short(SIZE_AT + 2)) << 16);
        let mut own = Vec::new();
        reader.take(u64::from(short(NAME_LENGTH_AT))).read_to_end(&mut own)?;
        io::copy(&mut reader.take(u64::from(short(EXTRA_LENGTH_AT))), &mut io::sink())?;
        let mut content = reader.take(size);
        if own == name.as_bytes() && size <= limit {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes)?;
            if bytes.len() as u64 != size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            found = Some(bytes);
        } else {
            io::copy(&mut content, &mut io::sink())?;
        }
    }
}
