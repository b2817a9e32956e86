//! The bytes of entry bundles: big-endian 16-bit length, then the entry
//! (c2sp.org/tlog-tiles, "Log entries").

use super::TILE_WIDTH;

/// The longest entry a bundle can hold, in bytes.
pub const MAX_ENTRY_LENGTH: usize = u16::MAX as usize;

/// Why entries do not make a bundle, or bytes are not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry is longer than [`MAX_ENTRY_LENGTH`].
    #[error("entry {entry} has {length} bytes, at most 65535 fit")]
    EntryTooLong {
        /// Its position among the entries given.
        entry: usize,
        /// Its bytes.
        length: usize,
    },
    /// More than 256 entries, or none, were to be bundled.
    #[error("a bundle holds 1 to 256 entries, not {0}")]
    Count(usize),
    /// The bytes end inside an entry or its length.
    #[error("the bundle is cut off inside entry {entry}")]
    CutOff {
        /// Position in the bundle.
        entry: usize,
    },
    /// The bytes hold fewer entries than the bundle's path says.
    #[error("the bundle holds {found} entries, {expected} are wanted")]
    TooFew {
        /// The path's width.
        expected: u16,
        /// Entries found.
        found: usize,
    },
    /// Bytes follow the last entry that the bundle's path allows.
    #[error("{extra} bytes follow the last of {expected} entries")]
    TooMany {
        /// The path's width.
        expected: u16,
        /// Bytes left over.
        extra: usize,
    },
}

/// The bytes of a bundle of 1 to 256 entries.
pub fn encode_bundle<T: AsRef<[u8]>>(entries: &[T]) -> Result<Vec<u8>, BundleError> {
    if !(1..=usize::from(TILE_WIDTH)).contains(&entries.len()) {
        return Err(BundleError::Count(entries.len()));
    }
    let length: usize = entries.iter().map(|entry| 2 + entry.as_ref().len()).sum();
    let mut bytes = Vec::with_capacity(length);
    for (at, entry) in entries.iter().enumerate() {
        append_entry(&mut bytes, at, entry.as_ref())?;
    }
    Ok(bytes)
}

/// The `width` entries of a bundle, which must hold exactly so many.
pub fn decode_bundle(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::with_capacity(usize::from(width.min(TILE_WIDTH)));
    let mut rest = bytes;
    while !rest.is_empty() {
        if entries.len() == usize::from(width) {
            return Err(BundleError::TooMany { expected: width, extra: rest.len() });
        }
        let cut_off = BundleError::CutOff { entry: entries.len() };
        let (length, after) = rest.split_first_chunk::<2>().ok_or(cut_off)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(cut_off)?;
        entries.push(entry);
        rest = after;
    }
    if entries.len() < usize::from(width) {
        return Err(BundleError::TooFew { expected: width, found: entries.len() });
    }
    Ok(entries)
}

/// Appends one entry; `at` is its position, for the error alone.
pub(super) fn append_entry(
    bytes: &mut Vec<u8>,
    at: usize,
    entry: &[u8],
) -> Result<(), BundleError> {
    let too_long = BundleError::EntryTooLong { entry: at, length: entry.len() };
    let length = u16::try_from(entry.len()).map_err(|_| too_long)?;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(entry);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bundle_is_lengths_and_entries() {
        let bytes = encode_bundle(&["ab", "", "c"]).unwrap();
        assert_eq!(bytes, b"\0\x02ab\0\0\0\x01c");
        assert_eq!(decode_bundle(&bytes, 3).unwrap(), [&b"ab"[..], b"", b"c"]);
    }

    #[test]
    fn wrong_counts_and_lengths_are_named() {
        let bytes = encode_bundle(&["ab", "c"]).unwrap();
        let too_many = BundleError::TooMany { expected: 1, extra: 3 };
        assert_eq!(decode_bundle(&bytes, 1), Err(too_many));
        let too_few = BundleError::TooFew { expected: 3, found: 2 };
        assert_eq!(decode_bundle(&bytes, 3), Err(too_few));
        assert_eq!(decode_bundle(&bytes[..6], 2), Err(BundleError::CutOff { entry: 1 }));
        assert_eq!(decode_bundle(&bytes[..5], 2), Err(BundleError::CutOff { entry: 1 }));
        assert_eq!(encode_bundle::<&str>(&[]), Err(BundleError::Count(0)));
        assert_eq!(encode_bundle(&[""; 257]), Err(BundleError::Count(257)));
        let too_long = BundleError::EntryTooLong { entry: 1, length: 65_536 };
        assert_eq!(encode_bundle(&[vec![], vec![0; 65_536]]), Err(too_long));
        assert!(encode_bundle(&[vec![0; MAX_ENTRY_LENGTH]]).is_ok());
    }

    proptest! {
        #[test]
        fn any_entries_survive(entries in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..50), 1..=256)) {
            let bytes = encode_bundle(&entries).unwrap();
            prop_assert_eq!(decode_bundle(&bytes, entries.len() as u16).unwrap(), entries);
        }

        #[test]
        fn any_bytes_are_decoded_without_panic(bytes: Vec<u8>, width: u16) {
            let decoded = decode_bundle(&bytes, width);
            if let Ok(entries @ [_, ..]) = decoded.as_deref() {
                prop_assume!(width <= 256);
                prop_assert_eq!(encode_bundle(entries).unwrap(), bytes);
            }
        }
    }
}
