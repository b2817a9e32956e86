//! Reading a backup, member after member, in one pass.

use crate::{BackupError, FORMAT, Header, Keys, Manifest, Member, VERSION, write::Names};
use closedset_core::Digest;
use sha2::{Digest as _, Sha256};
use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

/// The size of the pieces that age authenticates, in KiB.
const PIECE_KIB: u64 = 64;

/// The most bytes that a member's name may have where it stands in a record of its own.
const LONGEST_NAME: u64 = 1_024;

/// What is done with a backup's members.
pub trait Visitor {
    /// Why it stopped.
    type Error: From<BackupError>;
    /// Takes the header, first of all.
    fn header(&mut self, header: Header) -> Result<(), Self::Error>;
    /// Takes a member of `size` bytes. Whatever it leaves unread is read behind it. A failure of the
    /// reader is to be handed back as [`BackupError::Read`].
    fn member(
        &mut self,
        member: &Member,
        size: u64,
        bytes: &mut dyn Read,
    ) -> Result<(), Self::Error>;
}

/// Reads a backup to its end. When this answers, every byte was authentic and everything that was
/// written came; before that, what a visitor took may be the beginning of something else.
pub fn read<R: Read, V: Visitor>(
    input: R,
    keys: &Keys,
    visitor: &mut V,
) -> Result<Manifest, V::Error> {
    let place = Rc::new(Place::default());
    let input = Watched { inner: input, place: Rc::clone(&place) };
    let stream = keys.decrypt(input)?;
    walk(stream, visitor).map_err(|failed| match failed {
        Failed::Visitor(error) => error,
        Failed::Form(error) => place.explain(error).into(),
    })
}

enum Failed<E> {
    Visitor(E),
    Form(BackupError),
}

impl<E> From<BackupError> for Failed<E> {
    fn from(error: BackupError) -> Self {
        Self::Form(error)
    }
}

fn walk<V: Visitor>(stream: impl Read, visitor: &mut V) -> Result<Manifest, Failed<V::Error>> {
    let mut archive = tar::Archive::new(stream);
    let mut names = Names::default();
    let mut manifest = None;
    let mut long = None;
    // Raw, since tar's extensions may be of any size and would be read into memory whole.
    for entry in archive.entries().map_err(BackupError::Read)?.raw(true) {
        let mut entry = entry.map_err(BackupError::Read)?;
        if manifest.is_some() {
            return Err(contradicts("something follows the manifest").into());
        }
        if entry.header().entry_type().is_gnu_longname() && long.is_none() {
            long = Some(long_name(&mut entry)?);
            continue;
        }
        let name = long.take().unwrap_or_else(|| entry.path_bytes().into_owned());
        let member = member(&name, entry.header().entry_type())?;
        let size = entry.size();
        if member.limit().is_some_and(|limit| size > limit) {
            return Err(contradicts(format!("{member} has {size} bytes")).into());
        }
        let is_first = names.members == 0;
        if is_first != (member == Member::Header) {
            let what =
                if is_first { "it does not begin with its header" } else { "a second header" };
            return Err(BackupError::NotABackup(what.into()).into());
        }
        let mut source =
            Hashed { inner: &mut entry, digest: Sha256::new(), count: 0, failure: None };
        match &member {
            Member::Header => {
                let header = header(&json(&mut source)?)?;
                visitor.header(header).map_err(Failed::Visitor)?;
            }
            Member::Manifest => {
                let mut text = Vec::new();
                source.read_to_end(&mut text).map_err(BackupError::Read)?;
                let found: Manifest = serde_json::from_slice(&text)
                    .map_err(|error| contradicts(format!("the manifest is none: {error}")))?;
                manifest = Some(found);
            }
            _ => {
                let taken = visitor.member(&member, size, &mut source);
                // What the stream says goes before what a visitor makes of it.
                if let Some(failure) = source.failure.take() {
                    return Err(BackupError::Read(failure).into());
                }
                taken.map_err(Failed::Visitor)?;
            }
        }
        io::copy(&mut source, &mut io::sink()).map_err(BackupError::Read)?;
        if source.count != size {
            return Err(BackupError::CutShort { at: 0 }.into());
        }
        let digest = Digest::from_bytes(source.digest.finalize().into());
        if let Some(manifest) = &manifest {
            if (manifest.members, manifest.digest) != (names.members, names.digest()) {
                return Err(contradicts("the members are not those of the manifest").into());
            }
        } else {
            names.add(&member, size, digest);
        }
    }
    rest(archive.into_inner())?;
    Ok(manifest.ok_or(BackupError::CutShort { at: 0 })?)
}

/// Reads to the end, so that the last piece is authenticated too; nothing but zeros may stand there.
fn rest(mut stream: impl Read) -> Result<(), BackupError> {
    let mut buffer = [0; 8_192];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) if buffer[..count].iter().all(|byte| *byte == 0) => {}
            Ok(_) => return Err(contradicts("something follows its end")),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(BackupError::Read(error)),
        }
    }
}

/// A name of more than a hundred bytes, as GNU tar writes it: a record before the member's own.
fn long_name(entry: &mut tar::Entry<'_, impl Read>) -> Result<Vec<u8>, BackupError> {
    if entry.size() > LONGEST_NAME {
        return Err(BackupError::NotABackup("a name in it has no end".into()));
    }
    let mut name = Vec::new();
    entry.read_to_end(&mut name).map_err(BackupError::Read)?;
    if name.last() == Some(&0) {
        name.pop();
    }
    Ok(name)
}

fn member(name: &[u8], kind: tar::EntryType) -> Result<Member, BackupError> {
    let name = String::from_utf8_lossy(name);
    let shown: String = name.chars().flat_map(char::escape_default).take(120).collect();
    if kind != tar::EntryType::Regular {
        return Err(BackupError::NotABackup(format!("{shown} is no plain file")));
    }
    name.parse().map_err(|_| BackupError::NotABackup(format!("it has no place for {shown}")))
}

fn json(source: &mut impl Read) -> Result<serde_json::Value, BackupError> {
    let mut text = Vec::new();
    source.read_to_end(&mut text).map_err(BackupError::Read)?;
    serde_json::from_slice(&text).map_err(|error| contradicts(format!("it is not JSON: {error}")))
}

fn header(value: &serde_json::Value) -> Result<Header, BackupError> {
    if value["format"] != FORMAT {
        return Err(BackupError::NotABackup("its header says something else".into()));
    }
    match value["version"].as_u64() {
        Some(VERSION) => {}
        Some(found) if found > VERSION => {
            return Err(BackupError::Newer { found, known: VERSION });
        }
        _ => return Err(BackupError::NotABackup("its header has no version".into())),
    }
    serde_json::from_value(value.clone())
        .map_err(|error| contradicts(format!("the header is none: {error}")))
}

fn contradicts(what: impl Into<String>) -> BackupError {
    BackupError::Contradicts(what.into())
}

/// How far the file was read.
#[derive(Default)]
struct Place {
    at: Cell<u64>,
    is_at_end: Cell<bool>,
    failure: Cell<bool>,
}

impl Place {
    /// Says what a failure of the stream means.
    fn explain(&self, error: BackupError) -> BackupError {
        let at = self.at.get();
        match error {
            // The disk's own failure.
            BackupError::Read(error) if self.failure.get() => BackupError::Read(error),
            BackupError::CutShort { .. } => BackupError::CutShort { at },
            BackupError::Read(_) if self.is_at_end.get() => BackupError::CutShort { at },
            BackupError::Read(error) if error.kind() == io::ErrorKind::InvalidData => {
                BackupError::Altered { at, kib: PIECE_KIB }
            }
            BackupError::Read(error) => {
                BackupError::NotABackup(format!("its archive cannot be read ({error})"))
            }
            other => other,
        }
    }
}

struct Watched<R> {
    inner: R,
    place: Rc<Place>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(count) => {
                self.place.at.set(self.place.at.get() + count as u64);
                self.place.is_at_end.set(count == 0 && !buffer.is_empty());
                Ok(count)
            }
            Err(error) => {
                self.place.failure.set(error.kind() != io::ErrorKind::Interrupted);
                Err(error)
            }
        }
    }
}

/// Counts and digests what is read of a member.
struct Hashed<'s, R> {
    inner: &'s mut R,
    digest: Sha256,
    count: u64,
    failure: Option<io::Error>,
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(count) => {
                self.count += count as u64;
                self.digest.update(&buffer[..count]);
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.failure = Some(io::Error::new(error.kind(), error.to_string()));
                Err(error)
            }
        }
    }
}
