//! The bytes of a pack's headers, each a pure function of what it says.

/// What a pack's headers say of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileHeader {
    pub(crate) name: String,
    pub(crate) crc: u32,
    /// Its bytes, in the pack as they are.
    pub(crate) size: u32,
    /// Where its local header begins.
    pub(crate) offset: u64,
}

pub(crate) const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
pub(crate) const CENTRAL_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
/// The fixed part of a local header.
pub(crate) const LOCAL_LENGTH: usize = 30;
/// The fixed part of a central header.
pub(crate) const CENTRAL_LENGTH: usize = 46;
/// The end record, which every archive ends with.
pub(crate) const END_LENGTH: usize = 22;
/// The end record with what ZIP64 puts before it.
pub(crate) const LARGE_END_LENGTH: usize = 56 + 20 + END_LENGTH;

/// As it is, without compression (APPNOTE 4.4.5): of one content there are many compressed forms, and
/// what no two programs write alike nobody can demand to the byte.
const STORED: u16 = 0;
/// 2.0: folders. 4.5: ZIP64.
const VERSION: u16 = 20;
const LARGE_VERSION: u16 = 45;
/// Made on Unix, so that the mode below counts.
const MADE_BY: u16 = 3 << 8 | LARGE_VERSION;
/// The first of January 1980: the earliest date ZIP knows; when a pack was made, its manifest says.
const DATE: u16 = 0x0021;
/// A regular file that everybody may read.
const MODE: u32 = 0o100_644 << 16;
/// What stands where ZIP64 says it better.
const LARGE: u32 = u32::MAX;

impl FileHeader {
    /// The local header, before the file's bytes.
    pub(crate) fn local(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LOCAL_LENGTH + self.name.len());
        bytes.extend(LOCAL_SIGNATURE);
        bytes.extend(VERSION.to_le_bytes());
        self.common(&mut bytes);
        bytes.extend(0_u16.to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes
    }

    /// The central header, in the list at the end.
    pub(crate) fn central(&self) -> Vec<u8> {
        let place = u32::try_from(self.offset).ok().filter(|at| *at != LARGE);
        let version = if place.is_some() { VERSION } else { LARGE_VERSION };
        let mut bytes = Vec::with_capacity(CENTRAL_LENGTH + self.name.len() + 12);
        bytes.extend(CENTRAL_SIGNATURE);
        bytes.extend(MADE_BY.to_le_bytes());
        bytes.extend(version.to_le_bytes());
        self.common(&mut bytes);
        let extra_length: u16 = if place.is_some() { 0 } else { 12 };
        bytes.extend(extra_length.to_le_bytes());
        // No comment, first disk, no internal attributes.
        bytes.extend([0; 6]);
        bytes.extend(MODE.to_le_bytes());
        bytes.extend(place.unwrap_or(LARGE).to_le_bytes());
        bytes.extend(self.name.as_bytes());
        if place.is_none() {
            bytes.extend(1_u16.to_le_bytes());
            bytes.extend(8_u16.to_le_bytes());
            bytes.extend(self.offset.to_le_bytes());
        }
        bytes
    }

    /// From the flags to the name's length: the same in both headers.
    fn common(&self, bytes: &mut Vec<u8>) {
        bytes.extend(0_u16.to_le_bytes());
        bytes.extend(STORED.to_le_bytes());
        bytes.extend(0_u16.to_le_bytes());
        bytes.extend(DATE.to_le_bytes());
        bytes.extend(self.crc.to_le_bytes());
        // In the pack, and unpacked.
        bytes.extend(self.size.to_le_bytes());
        bytes.extend(self.size.to_le_bytes());
        // Names are at most 255 bytes, see `name`.
        bytes.extend((self.name.len() as u16).to_le_bytes());
    }
}

/// What a central header says before it is compared with the one spelling.
#[derive(Debug)]
pub(crate) struct CentralFields {
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) size: u32,
    pub(crate) name_length: usize,
    pub(crate) extra_length: usize,
    pub(crate) comment_length: usize,
    pub(crate) attributes: u32,
    pub(crate) offset: u32,
}

impl CentralFields {
    /// Whether the file is encrypted.
    pub(crate) const fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0 || self.flags & (1 << 6) != 0
    }

    /// Whether it is compressed.
    pub(crate) const fn is_compressed(&self) -> bool {
        self.method != STORED
    }

    /// Whether it is a symbolic link.
    pub(crate) const fn is_link(&self) -> bool {
        (self.attributes >> 16) & 0o170_000 == 0o120_000
    }

    /// Bytes after the fixed part.
    pub(crate) const fn variable_length(&self) -> usize {
        self.name_length + self.extra_length + self.comment_length
    }

    /// Reads the fixed part; none if it does not begin with the signature.
    pub(crate) fn parse(bytes: &[u8; CENTRAL_LENGTH]) -> Option<Self> {
        if bytes[..4] != CENTRAL_SIGNATURE {
            return None;
        }
        Some(Self {
            flags: u16_at(bytes, 8),
            method: u16_at(bytes, 10),
            crc: u32_at(bytes, 16),
            size: u32_at(bytes, 24),
            name_length: usize::from(u16_at(bytes, 28)),
            extra_length: usize::from(u16_at(bytes, 30)),
            comment_length: usize::from(u16_at(bytes, 32)),
            attributes: u32_at(bytes, 38),
            offset: u32_at(bytes, 42),
        })
    }
}

/// How many files there are and where their list lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) count: u64,
    /// Length of the list in bytes.
    pub(crate) length: u64,
    /// Where the list begins.
    pub(crate) offset: u64,
}

impl End {
    /// The end of the archive, after the list.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let count = u16::try_from(self.count).ok().filter(|n| *n != u16::MAX);
        let length = u32::try_from(self.length).ok().filter(|n| *n != LARGE);
        let offset = u32::try_from(self.offset).ok().filter(|n| *n != LARGE);
        let mut bytes = Vec::new();
        if count.is_none() || length.is_none() || offset.is_none() {
            bytes.extend(b"PK\x06\x06");
            bytes.extend(44_u64.to_le_bytes());
            bytes.extend(MADE_BY.to_le_bytes());
            bytes.extend(LARGE_VERSION.to_le_bytes());
            bytes.extend([0; 8]);
            for number in [self.count, self.count, self.length, self.offset] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend(b"PK\x06\x07");
            bytes.extend([0; 4]);
            bytes.extend((self.offset + self.length).to_le_bytes());
            bytes.extend(1_u32.to_le_bytes());
        }
        let count = count.unwrap_or(u16::MAX).to_le_bytes();
        bytes.extend(b"PK\x05\x06");
        bytes.extend([0; 4]);
        bytes.extend(count);
        bytes.extend(count);
        bytes.extend(length.unwrap_or(LARGE).to_le_bytes());
        bytes.extend(offset.unwrap_or(LARGE).to_le_bytes());
        bytes.extend([0; 2]);
        bytes
    }

    /// Reads what the last bytes of an archive of `size` bytes say, and demands the one spelling.
    pub(crate) fn parse(tail: &[u8], size: u64) -> Option<Self> {
        let small = tail.len().checked_sub(END_LENGTH).map(|at| &tail[at..])?;
        let candidates = [
            Some(Self {
                count: u64::from(u16_at(small, 10)),
                length: u64::from(u32_at(small, 12)),
                offset: u64::from(u32_at(small, 16)),
            }),
            tail.len().checked_sub(LARGE_END_LENGTH).map(|at| Self {
                count: u64_at(&tail[at..], 32),
                length: u64_at(&tail[at..], 40),
                offset: u64_at(&tail[at..], 48),
            }),
        ];
        candidates.into_iter().flatten().find(|end| {
            let Some(list_end) = end.offset.checked_add(end.length) else {
                return false;
            };
            let bytes = end.bytes();
            tail.ends_with(&bytes) && list_end.checked_add(bytes.len() as u64) == Some(size)
        })
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}
fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
