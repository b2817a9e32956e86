//! Reading a pack from a stranger: bounded, and only in the one spelling that the writer has.

use super::{
    header::{
        CENTRAL_LENGTH, CENTRAL_SIGNATURE, CentralFields, End, FileHeader, LARGE_END_LENGTH,
        LOCAL_LENGTH, LOCAL_SIGNATURE,
    },
    name,
};
use crate::verify::{
    Finding,
    FindingKind::{self, *},
    Limits,
};
use std::{
    collections::BTreeSet,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
};

/// Why an archive cannot be read.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The operating system says so.
    Io(io::Error),
    /// The archive is not what it should be.
    Found(Finding),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// An archive whose list of files has been read and is in order.
#[derive(Debug)]
pub(crate) struct Archive<R> {
    reader: R,
    /// In the order of their places.
    headers: Vec<FileHeader>,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the list of files.
    pub(crate) fn open(mut reader: R, limits: &Limits) -> Result<Self, Trouble> {
        let size = reader.seek(SeekFrom::End(0))?;
        let mut tail = vec![0; usize::try_from(size).unwrap_or(usize::MAX).min(LARGE_END_LENGTH)];
        reader.seek(SeekFrom::Start(size - tail.len() as u64))?;
        reader.read_exact(&mut tail)?;
        let Some(end) = End::parse(&tail, size) else {
            return Err(diagnose(reader, size)?);
        };
        if end.count > limits.files || end.length > limits.list_bytes {
            return found(TooLarge, "", "it lists more files than a pack may have");
        }
        reader.seek(SeekFrom::Start(end.offset))?;
        let headers = read_list(BufReader::new(&mut reader).take(end.length), &end)?;
        check_sizes(&headers, limits)?;
        Ok(Self { reader, headers })
    }

    /// The files.
    pub(crate) fn headers(&self) -> &[FileHeader] {
        &self.headers
    }

    /// Hands every file, in order, to `visit`, which may read it or not. What is wrong with a
    /// file's own bytes reaches `visit` as an error of the reader; what is wrong with the archive
    /// is returned.
    pub(crate) fn for_each(
        &mut self,
        mut visit: impl FnMut(&FileHeader, &mut dyn Read) -> io::Result<()>,
    ) -> Result<Vec<Finding>, Trouble> {
        let mut findings = Vec::new();
        self.reader.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 18, &mut self.reader);
        for header in &self.headers {
            let expected = header.local();
            let mut local = vec![0; expected.len()];
            reader.read_exact(&mut local)?;
            if local != expected {
                let what = "its header is not the one that the list of files calls for";
                findings.push(Finding::new(ForeignZip, &header.name, what));
                // Where its bytes begin is no longer certain, but its place in the list is.
            }
            let mut content = (&mut reader).take(u64::from(header.size));
            if let Err(error) = visit(header, &mut Checked::new(header, &mut content)) {
                if !is_about_content(&error) {
                    return Err(error.into());
                }
                findings.push(Finding::new(Changed, &header.name, error.to_string()));
            }
            io::copy(&mut content, &mut io::sink())?;
        }
        Ok(findings)
    }
}

fn read_list(mut list: impl BufRead, end: &End) -> Result<Vec<FileHeader>, Trouble> {
    let mut headers: Vec<FileHeader> = Vec::new();
    let mut names = BTreeSet::new();
    let mut place = 0_u64;
    for _ in 0..end.count {
        let mut fixed = [0; CENTRAL_LENGTH];
        read_or(&mut list, &mut fixed, ForeignZip, "its list of files is too short")?;
        let Some(fields) = CentralFields::parse(&fixed) else {
            return found(ForeignZip, "", "its list of files is broken");
        };
        let mut rest = vec![0; fields.variable_length()];
        read_or(&mut list, &mut rest, ForeignZip, "its list of files is too short")?;
        let raw_name = &rest[..fields.name_length];
        let Some(name) = std::str::from_utf8(raw_name).ok().filter(|name| name::is_safe(name))
        else {
            let shown = format!("{:?}", String::from_utf8_lossy(raw_name));
            return found(UnsafeName, "", format!("{shown} is no name for a file in a pack"));
        };
        if fields.is_encrypted() {
            return found(Encrypted, name, "a pack holds nothing encrypted");
        }
        if fields.is_link() {
            return found(Link, name, "a pack holds no links");
        }
        if !names.insert(name.to_ascii_lowercase()) {
            return found(DuplicateName, name, "the name is used twice");
        }
        if fields.is_compressed() {
            return found(ForeignZip, name, "it is compressed, and a pack holds files as they are");
        }
        let header =
            FileHeader { name: name.to_owned(), crc: fields.crc, size: fields.size, offset: place };
        let has_own_place = fields.offset == u32::MAX || u64::from(fields.offset) == place;
        if !has_own_place {
            let what = "it does not begin where the file before it ends";
            let kind = if u64::from(fields.offset) > place { HiddenBytes } else { ForeignZip };
            return found(kind, name, what);
        }
        if [&fixed[..], &rest].concat() != header.central() {
            let what = "its header has marks that packs never have: repacked by another tool, or \
                        altered";
            return found(ForeignZip, name, what);
        }
        place += header.local().len() as u64 + u64::from(header.size);
        headers.push(header);
    }
    if !list.fill_buf()?.is_empty() {
        return found(HiddenBytes, "", "bytes follow the list of files");
    }
    if place != end.offset {
        let kind = if place < end.offset { HiddenBytes } else { ForeignZip };
        return found(kind, "", "its files do not end where the list of files begins");
    }
    Ok(headers)
}

fn check_sizes(headers: &[FileHeader], limits: &Limits) -> Result<(), Trouble> {
    let mut total = 0_u64;
    for header in headers {
        let size = u64::from(header.size);
        total += size;
        if size > limits.file_bytes || total > limits.bytes {
            return found(TooLarge, &header.name, "that is more than a pack may hold");
        }
    }
    Ok(())
}

/// Says what is wrong with an archive that does not end as it should.
fn diagnose<R: Read + Seek>(mut reader: R, size: u64) -> Result<Trouble, Trouble> {
    reader.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(reader);
    let mut place = 0_u64;
    let mut whole = 0_u64;
    loop {
        let mut fixed = [0; LOCAL_LENGTH];
        let got = read_up_to(&mut reader, &mut fixed)?;
        if got >= 4 && fixed[..4] != LOCAL_SIGNATURE || got == 0 && place == 0 {
            break;
        }
        let cut = |name: &str| {
            let after = format!("the file ends here, after {whole} whole files");
            Ok(Trouble::Found(Finding::new(CutOff, name, after)))
        };
        if got < LOCAL_LENGTH {
            let starts = LOCAL_SIGNATURE.starts_with(&fixed[..got.min(4)]);
            let starts = starts || CENTRAL_SIGNATURE.starts_with(&fixed[..got.min(4)]);
            return if starts { cut("") } else { not_a_zip() };
        }
        let packed = u64::from(u32::from_le_bytes([fixed[18], fixed[19], fixed[20], fixed[21]]));
        let name_length = usize::from(u16::from_le_bytes([fixed[26], fixed[27]]));
        let extra = usize::from(u16::from_le_bytes([fixed[28], fixed[29]]));
        let mut name = vec![0; name_length + extra];
        let got = read_up_to(&mut reader, &mut name)?;
        let text = String::from_utf8_lossy(&name[..name_length.min(got)]).into_owned();
        place += (LOCAL_LENGTH + got) as u64;
        if got < name.len() {
            return cut("");
        }
        if place.saturating_add(packed) > size {
            return cut(if name::is_safe(&text) { &text } else { "" });
        }
        reader.seek_relative(i64::from(packed as u32))?;
        place += packed;
        whole += 1;
    }
    if whole == 0 {
        return not_a_zip();
    }
    after_the_files(reader, place, size)
}

/// The files are whole; the list of files or the end is not, or something follows.
fn after_the_files<R: Read + Seek>(
    mut reader: BufReader<R>,
    place: u64,
    size: u64,
) -> Result<Trouble, Trouble> {
    reader.seek(SeekFrom::Start(place))?;
    let (mut length, mut count) = (0_u64, 0_u64);
    let cut = || {
        let what = "the file ends within its list of files; the files themselves are whole";
        Ok(Trouble::Found(Finding::new(CutOff, "", what)))
    };
    loop {
        let mut fixed = [0; CENTRAL_LENGTH];
        let got = read_up_to(&mut reader, &mut fixed)?;
        let Some(fields) = CentralFields::parse(&fixed).filter(|_| got == CENTRAL_LENGTH) else {
            if got < 4 || got < CENTRAL_LENGTH && fixed[..4] == CENTRAL_SIGNATURE {
                return cut();
            }
            break;
        };
        let mut rest = vec![0; fields.variable_length()];
        if read_up_to(&mut reader, &mut rest)? < rest.len() {
            return cut();
        }
        length += (CENTRAL_LENGTH + rest.len()) as u64;
        count += 1;
    }
    let end = End { count, length, offset: place };
    let expected = end.bytes();
    reader.seek(SeekFrom::Start(place + length))?;
    let mut there = vec![0; expected.len()];
    let got = read_up_to(&mut reader, &mut there)?;
    Ok(Trouble::Found(if expected.starts_with(&there[..got]) && got < expected.len() {
        Finding::new(CutOff, "", "the file ends within its last record; the files are whole")
    } else if there == expected {
        let more = size - (place + length + got as u64);
        Finding::new(HiddenBytes, "", format!("{more} bytes follow the end of the pack"))
    } else {
        Finding::new(ForeignZip, "", "its end is not the one that its files call for")
    }))
}

fn not_a_zip() -> Result<Trouble, Trouble> {
    found(NotAPack, "", "this is not a ZIP archive that begins with a file")
}

fn found<T>(
    kind: FindingKind,
    place: impl Into<String>,
    what: impl Into<String>,
) -> Result<T, Trouble> {
    Err(Trouble::Found(Finding::new(kind, place, what)))
}

fn read_or(
    reader: &mut impl Read,
    buffer: &mut [u8],
    kind: FindingKind,
    what: &str,
) -> Result<(), Trouble> {
    match reader.read_exact(buffer) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => found(kind, "", what),
        done => Ok(done?),
    }
}

fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match reader.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(count) => got += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

/// Gives a file's bytes and demands that size and checksum are those of its header.
struct Checked<'a, R> {
    inner: R,
    header: &'a FileHeader,
    crc: crc32fast::Hasher,
    given: u64,
}

impl<'a, R: Read> Checked<'a, R> {
    fn new(header: &'a FileHeader, inner: R) -> Self {
        Self { inner, header, crc: crc32fast::Hasher::new(), given: 0 }
    }
}

/// Marks an error as one of the file's content rather than of the operating system.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct ContentError(&'static str);

fn content_error(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, ContentError(what))
}

fn is_about_content(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<ContentError>())
}

impl<R: Read> Read for Checked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let size = u64::from(self.header.size);
        self.given += count as u64;
        self.crc.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() {
            if self.given < size {
                return Err(content_error("it is shorter than its header says"));
            }
            if self.crc.clone().finalize() != self.header.crc {
                return Err(content_error("its bytes do not have the checksum in its header"));
            }
        }
        Ok(count)
    }
}
