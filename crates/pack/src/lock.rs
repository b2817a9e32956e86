//! A pack in an age file (age-encryption.org/v1), by the `age` crate: to the holders of X25519 keys and
//! nobody else. Stock `age --decrypt` opens it, and what is in it is the pack, whole.
//!
//! Passphrases, keys of plugins and of SSH, and armoured files are not taken: whoever has such a file
//! opens it with their own `age` first, and verifies what comes out.

use age::{
    Decryptor, Encryptor,
    stream::{StreamReader, StreamWriter},
};
use std::{
    fmt,
    io::{self, BufRead, Read, Seek, SeekFrom, Write},
    str::FromStr,
};
use x25519_dalek::{PublicKey, StaticSecret};

/// The most recipients that a pack may have.
pub const RECIPIENT_LIMIT: usize = 20;
/// With what an age file begins.
const MAGIC: &[u8] = b"age-encryption.org/v1\n";
/// With what one begins that is written in letters.
const ARMOUR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
/// The longest head of an age file that is read, hundreds of recipients: what parses it takes long in the
/// square of its length.
const HEAD_LIMIT: usize = 64 << 10;
/// The largest file of identities that is read.
const IDENTITIES_LIMIT: u64 = 1 << 20;

/// Somebody to whom a pack can be encrypted: the public half of a key of theirs, `age1...`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Recipient(age::x25519::Recipient);

/// Why a text is no recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// The other half of the key.
    #[error(
        "that is a secret key, which belongs with nobody but its owner: ask them for the public one, \
         which begins with age1, and to make themselves a new pair"
    )]
    Secret,
    /// Another kind of key.
    #[error(
        "only keys as age-keygen makes them are taken: age1 and 58 letters and digits, not those of \
         plugins, of post-quantum age or of SSH"
    )]
    OtherKind,
    /// It begins as one.
    #[error(
        "a letter is missing, too many or wrong: copy the whole of it, age1 and 58 letters and digits"
    )]
    Mistyped,
    /// A point to which encrypting hides nothing.
    #[error("nobody can have made that key: whatever is encrypted to it, anybody can open")]
    Weak,
    /// Anything else.
    #[error("a recipient is written as age1 and 58 letters and digits")]
    None,
}

impl FromStr for Recipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("age-secret-key-") || lower.starts_with("age-plugin-") {
            return Err(RecipientError::Secret);
        }
        let Ok(recipient) = text.parse::<age::x25519::Recipient>() else {
            return Err(refusal(&lower));
        };
        if is_weak(&recipient.to_string()) {
            Err(RecipientError::Weak)
        } else {
            Ok(Self(recipient))
        }
    }
}

/// Why a text in small letters is none.
fn refusal(text: &str) -> RecipientError {
    let Some(rest) = text.strip_prefix("age1") else {
        return match text.starts_with("ssh-") || text.starts_with("ecdsa-") {
            true => RecipientError::OtherKind,
            false => RecipientError::None,
        };
    };
    // Their own name stands before the 1 that Bech32 separates by, which no data has.
    if rest.contains('1') { RecipientError::OtherKind } else { RecipientError::Mistyped }
}

/// Whether what is encrypted to the recipient is encrypted to everybody (RFC 7748, section 6.1: a shared
/// secret of zeros). To such a point every secret comes to the same, so that one is enough to ask.
fn is_weak(recipient: &str) -> bool {
    let Some(key) = key_bytes(recipient) else { return true };
    let shared = StaticSecret::from([1; 32]).diffie_hellman(&PublicKey::from(key));
    !shared.was_contributory()
}

/// The key in a recipient that was read and written again: 32 bytes in fives of bits, then a check sum of
/// six letters (BIP 173).
fn key_bytes(recipient: &str) -> Option<[u8; 32]> {
    const LETTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let data = recipient.strip_prefix("age1")?;
    let data = data.get(..data.len().checked_sub(6)?)?;
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(33), 0_u32, 0);
    for letter in data.chars() {
        bits = (bits << 5 | u32::try_from(LETTERS.find(letter)?).ok()?) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    bytes.try_into().ok()
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is written to it is encrypted on its way; without [`Encrypting::finish`] nobody can open it.
pub struct Encrypting<W: Write>(StreamWriter<W>);

impl<W: Write> fmt::Debug for Encrypting<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypting")
    }
}

impl<W: Write> Encrypting<W> {
    /// Begins an age file for these recipients, of whom there must be at least one.
    pub fn to(recipients: &[Recipient], out: W) -> io::Result<Self> {
        let all = recipients.iter().map(|one| &one.0 as &dyn age::Recipient);
        let encryptor = Encryptor::with_recipients(all).map_err(io::Error::other)?;
        Ok(Self(encryptor.wrap_output(out)?))
    }

    /// Ends the file and gives back what was written to.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Encrypting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// In what a pack comes, as its beginning says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// In nothing, or in what is no age file.
    Plain,
    /// An age file.
    Age,
    /// An age file written in letters.
    Armoured,
}

impl Wrapping {
    /// Looks at the beginning of a file, and goes back to it.
    pub fn of(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let mut start = Vec::with_capacity(ARMOUR.len());
        file.by_ref().take(ARMOUR.len() as u64).read_to_end(&mut start)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(if start.starts_with(MAGIC) {
            Self::Age
        } else if start == ARMOUR {
            Self::Armoured
        } else {
            Self::Plain
        })
    }
}

/// Why an encrypted pack cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The file with the key is itself encrypted.
    #[error("the file with the identity is encrypted itself: open it first, with age --decrypt")]
    LockedIdentity,
    /// The file with the key has none of the kind that is known here.
    #[error(
        "the file holds no identity as age-keygen writes it, AGE-SECRET-KEY-1... on a line; with one of \
         another kind, open the pack by age --decrypt and verify what comes out"
    )]
    NoIdentity,
    /// Encrypted to others.
    #[error("it is encrypted to others: none of the identities opens it")]
    NotForThese,
    /// Encrypted with a passphrase.
    #[error(
        "it is encrypted with a passphrase, which packs never are: open it by age --decrypt, and verify \
         what comes out"
    )]
    Passphrase,
    /// The head or what follows is not what was encrypted.
    #[error("it is not what was encrypted: a part of it was altered, or cut off")]
    Altered,
    /// The file could not be read.
    #[error("cannot read it")]
    Read(#[from] io::Error),
}

/// What opens packs: the secret halves of keys.
pub struct Identities(Vec<Box<dyn age::Identity + Send + Sync>>);

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identities")
    }
}

impl Identities {
    /// Those in a file as `age-keygen` writes it.
    pub fn read(mut file: impl BufRead) -> Result<Self, LockError> {
        let start = file.fill_buf()?;
        if start.starts_with(MAGIC) || start.starts_with(ARMOUR) {
            return Err(LockError::LockedIdentity);
        }
        // The error of a line that is none names the line alone, and so do we.
        let read = age::IdentityFile::from_buffer(io::BufReader::new(file.take(IDENTITIES_LIMIT)));
        let identities = match read {
            Ok(read) => read.into_identities().map_err(|_| LockError::NoIdentity)?,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(LockError::NoIdentity);
            }
            Err(error) => return Err(LockError::Read(error)),
        };
        if identities.is_empty() { Err(LockError::NoIdentity) } else { Ok(Self(identities)) }
    }

    /// Opens an age file. What is read of it was authenticated, and nothing of it is written anywhere.
    pub fn open<R: Read + Seek>(&self, mut file: R) -> Result<Opened<R>, LockError> {
        check_head(&mut file)?;
        let decryptor = Decryptor::new(file).map_err(told)?;
        if decryptor.is_scrypt() {
            return Err(LockError::Passphrase);
        }
        let all = self.0.iter().map(|one| &**one as &dyn age::Identity);
        let mut reader = decryptor.decrypt(all).map_err(told)?;
        let of_stream = |error: io::Error| match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => LockError::Altered,
            _ => LockError::Read(error),
        };
        // Where it ends is authenticated by this.
        let size = reader.seek(SeekFrom::End(0)).map_err(of_stream)?;
        reader.seek(SeekFrom::Start(0)).map_err(of_stream)?;
        Ok(Opened { reader, size, place: 0 })
    }
}

/// A head is read into memory, so that one without end is refused before.
fn check_head(file: &mut (impl Read + Seek)) -> Result<(), LockError> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD_LIMIT as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let ends = head.windows(5).any(|window| window == b"\n--- ");
    if ends { Ok(()) } else { Err(LockError::Altered) }
}

fn told(error: age::DecryptError) -> LockError {
    use age::DecryptError as E;
    match error {
        E::NoMatchingKeys => LockError::NotForThese,
        E::ExcessiveWork { .. } => LockError::Passphrase,
        E::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => LockError::Read(error),
        // What else there is says in one way or another that the head is not as it was.
        _ => LockError::Altered,
    }
}

/// The pack in an age file, as it is read.
pub struct Opened<R> {
    reader: StreamReader<R>,
    size: u64,
    place: u64,
}

impl<R> fmt::Debug for Opened<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened")
    }
}

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer).map_err(altered)?;
        self.place += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for Opened<R> {
    /// Goes to a place that there is: the reader beneath is not made for others.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.place.checked_add_signed(by),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
        };
        let place = place
            .filter(|place| *place <= self.size)
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.place = self.reader.seek(SeekFrom::Start(place)).map_err(altered)?;
        Ok(self.place)
    }
}

/// A part that does not decrypt is told as what it means.
fn altered(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            io::Error::new(io::ErrorKind::InvalidData, LockError::Altered)
        }
        _ => error,
    }
}

impl LockError {
    /// Whether reading an opened pack failed because it is not what was encrypted.
    pub fn is_inside(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}
