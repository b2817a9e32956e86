//! Who can open a backup: the age format (age-encryption.org/v1), by the `age` crate. A passphrase, or
//! the holders of X25519 identities.

use crate::BackupError;
use age::{
    Decryptor, Encryptor,
    secrecy::{ExposeSecret as _, SecretString},
    stream::{StreamReader, StreamWriter},
};
use std::{
    fmt,
    io::{BufRead, Read, Write},
};

/// The work that opening by a passphrase takes, as stock age has it: 2^18 rounds, about a second.
const WORK: u8 = 18;
/// The most work that is put up with, as in stock age.
const WORK_LIMIT: u8 = 22;

/// A passphrase; not shown, wiped when dropped.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// Takes over the text.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// How many characters it has.
    pub fn length(&self) -> usize {
        self.0.expose_secret().chars().count()
    }

    /// Whether both are the same.
    pub fn is(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// What a backup is encrypted to.
pub struct Lock(To);

enum To {
    Passphrase(Passphrase),
    Recipients(Vec<age::x25519::Recipient>, age::x25519::Identity),
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lock")
    }
}

/// A text that is no recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a recipient is written as age1..., and {0:?} is none")]
pub struct RecipientError(String);

/// What opens a backup again while it is being made.
pub struct WitnessKey(Keys);

impl Lock {
    /// To whoever knows the passphrase.
    pub fn passphrase(passphrase: Passphrase) -> Self {
        Self(To::Passphrase(passphrase))
    }

    /// To the holders of these recipients' identities: `age1...`, at least one.
    ///
    /// One more is made up and forgotten when this is dropped, so that a backup can be opened and
    /// verified when it is written, by a program that holds nobody's identity.
    pub fn recipients<'r>(
        recipients: impl IntoIterator<Item = &'r str>,
    ) -> Result<Self, RecipientError> {
        let parse = |text: &str| {
            text.parse::<age::x25519::Recipient>().map_err(|_| RecipientError(text.to_owned()))
        };
        let recipients = recipients.into_iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        if recipients.is_empty() {
            return Err(RecipientError(String::new()));
        }
        Ok(Self(To::Recipients(recipients, age::x25519::Identity::generate())))
    }

    /// What opens the backup that is written with this.
    pub fn witness(&self) -> WitnessKey {
        WitnessKey(match &self.0 {
            To::Passphrase(passphrase) => Keys::passphrase(passphrase.clone()),
            To::Recipients(_, own) => Keys(By::Identities(vec![Box::new(own.clone())])),
        })
    }

    pub(crate) fn encrypt<W: Write>(&self, out: W) -> Result<StreamWriter<W>, BackupError> {
        let refused = |error: age::EncryptError| BackupError::Write(std::io::Error::other(error));
        let encryptor = match &self.0 {
            To::Passphrase(passphrase) => {
                let mut recipient = age::scrypt::Recipient::new(passphrase.0.clone());
                recipient.set_work_factor(WORK);
                Encryptor::with_recipients(std::iter::once(&recipient as _))
            }
            To::Recipients(recipients, own) => {
                let own = own.to_public();
                let all = recipients.iter().chain([&own]);
                Encryptor::with_recipients(all.map(|recipient| recipient as &dyn age::Recipient))
            }
        };
        encryptor.map_err(refused)?.wrap_output(out).map_err(BackupError::Write)
    }
}

impl WitnessKey {
    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.0
    }
}

/// What a backup is opened with.
pub struct Keys(By);

enum By {
    Passphrase(Passphrase),
    Identities(Vec<Box<dyn age::Identity + Send + Sync>>),
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// A passphrase.
    pub fn passphrase(passphrase: Passphrase) -> Self {
        Self(By::Passphrase(passphrase))
    }

    /// The identities in a file as `age-keygen` writes it.
    pub fn identities(file: impl BufRead) -> Result<Self, BackupError> {
        let file = age::IdentityFile::from_buffer(file).map_err(BackupError::Read)?;
        let identities = file.into_identities().map_err(|_| BackupError::WrongKey("the file"))?;
        Ok(Self(By::Identities(identities)))
    }

    pub(crate) fn decrypt<R: Read>(&self, input: R) -> Result<StreamReader<R>, BackupError> {
        let decryptor = Decryptor::new(input).map_err(|error| refusal(error, "it"))?;
        match (&self.0, decryptor.is_scrypt()) {
            (By::Passphrase(passphrase), true) => {
                let mut identity = age::scrypt::Identity::new(passphrase.0.clone());
                identity.set_max_work_factor(WORK_LIMIT);
                decryptor
                    .decrypt(std::iter::once(&identity as _))
                    .map_err(|error| refusal(error, "the passphrase"))
            }
            (By::Identities(identities), false) => decryptor
                .decrypt(identities.iter().map(|identity| &**identity as &dyn age::Identity))
                .map_err(|error| refusal(error, "the identity")),
            (By::Passphrase(_), false) => Err(BackupError::WantsIdentity),
            (By::Identities(_), true) => Err(BackupError::WantsPassphrase),
        }
    }
}

/// Whether the file asks for a passphrase; only its beginning is read.
pub fn wants_passphrase(input: impl Read) -> Result<bool, BackupError> {
    Ok(Decryptor::new(input).map_err(|error| refusal(error, "it"))?.is_scrypt())
}

fn refusal(error: age::DecryptError, what: &'static str) -> BackupError {
    use age::DecryptError as E;
    match error {
        E::DecryptionFailed | E::KeyDecryptionFailed | E::NoMatchingKeys => {
            BackupError::WrongKey(what)
        }
        E::ExcessiveWork { required, .. } => BackupError::Work(required),
        E::InvalidMac => BackupError::HeadAltered,
        E::InvalidHeader | E::UnknownFormat => BackupError::NotAge,
        E::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => BackupError::NotAge,
        E::Io(error) => BackupError::Read(error),
        // The enum is open; nothing else concerns us.
        other => BackupError::Read(std::io::Error::other(other)),
    }
}
