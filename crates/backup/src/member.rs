//! The names of an archive's members. Each has one spelling, and nothing else is taken from an
//! archive: no name leads anywhere but where these words say.

use closedset_core::{
    Digest,
    entry::Log,
    id::{Id, Organisation},
};
use std::{fmt, str::FromStr};

/// A member of the archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// `closedset-backup.json`: the header.
    Header,
    /// `files/...`: a file of the data folder.
    File(KeptFile),
    /// `ledger/LOG/checkpoint`: the log's last signed checkpoint.
    Checkpoint(Log),
    /// `database/TABLE/00000001.jsonl`: rows of a table.
    Rows {
        /// The table.
        table: String,
        /// Which piece of it, counted from 1.
        piece: u32,
    },
    /// `objects/ORGANISATION/SHA256`: a document or a pack.
    Object {
        /// Whose.
        organisation: Id<Organisation>,
        /// Its digest.
        digest: Digest,
    },
    /// `manifest.json`: the manifest.
    Manifest,
}

/// A file of the data folder that a backup takes along.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeptFile {
    /// `master.key`.
    MasterKey,
    /// `closedset.toml`.
    Settings,
    /// `tls/certificate.pem`.
    Certificate,
    /// `tls/key.pem`.
    CertificateKey,
    /// `tls/given.pem`: the facility's own certificate, where it gave one.
    GivenCertificate,
    /// `tls/acme.json`: the account with an authority, where one was agreed with.
    Authority,
    /// `tls/acme.pem`: what that authority issued last.
    IssuedCertificate,
    /// `catalogue/FOLDER/NAME.toml`: a file of the facility's own catalogue.
    Catalogue {
        /// `frameworks`, `checks` or `releases`.
        folder: String,
        /// The file's name.
        name: String,
    },
}

const HEADER: &str = "closedset-backup.json";
const MANIFEST: &str = "manifest.json";
/// The most bytes that the line of one row may have. The largest that is kept in a database, the body
/// of an entry, has not a fortieth of it.
pub const ROW_LIMIT: u64 = 64 << 20;

const FOLDERS: [&str; 3] = ["frameworks", "checks", "releases"];

impl Member {
    /// The most bytes that such a member may have; none where they are streamed.
    pub(crate) const fn limit(&self) -> Option<u64> {
        match self {
            Self::Header | Self::Checkpoint(_) => Some(1 << 20),
            // It names what is missing.
            Self::Manifest => Some(8 << 20),
            Self::File(_) => Some(16 << 20),
            // A piece is a few MiB and the row that ends it.
            Self::Rows { .. } => Some(16 * 1_024 * 1_024 + ROW_LIMIT),
            Self::Object { .. } => None,
        }
    }
}

impl KeptFile {
    /// A file of the catalogue, if it may have this name.
    pub fn catalogue(folder: &str, name: &str) -> Option<Self> {
        let is_plain = name.ends_with(".toml")
            && name.len() <= 100
            && !name.starts_with('.')
            && !name.contains(|letter: char| letter == '/' || letter.is_control());
        (is_plain && FOLDERS.contains(&folder))
            .then(|| Self::Catalogue { folder: folder.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for KeptFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MasterKey => f.write_str("master.key"),
            Self::Settings => f.write_str("closedset.toml"),
            Self::Certificate => f.write_str("tls/certificate.pem"),
            Self::CertificateKey => f.write_str("tls/key.pem"),
            Self::GivenCertificate => f.write_str("tls/given.pem"),
            Self::Authority => f.write_str("tls/acme.json"),
            Self::IssuedCertificate => f.write_str("tls/acme.pem"),
            Self::Catalogue { folder, name } => write!(f, "catalogue/{folder}/{name}"),
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str(HEADER),
            Self::File(file) => write!(f, "files/{file}"),
            Self::Checkpoint(log) => write!(f, "ledger/{log}/checkpoint"),
            Self::Rows { table, piece } => write!(f, "database/{table}/{piece:08}.jsonl"),
            Self::Object { organisation, digest } => write!(f, "objects/{organisation}/{digest}"),
            Self::Manifest => f.write_str(MANIFEST),
        }
    }
}

/// A name that no member has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a backup has no member of this name")]
pub struct NameError;

impl FromStr for Member {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let parts: Vec<&str> = text.split('/').collect();
        let found = match parts.as_slice() {
            [HEADER] => Some(Self::Header),
            [MANIFEST] => Some(Self::Manifest),
            ["files", rest @ ..] => file(rest).map(Self::File),
            ["ledger", log, "checkpoint"] => log.parse().ok().map(Self::Checkpoint),
            ["database", table, piece] => piece
                .strip_suffix(".jsonl")
                .and_then(|number| number.parse().ok())
                .filter(|piece| *piece > 0 && is_table(table))
                .map(|piece| Self::Rows { table: (*table).to_owned(), piece }),
            ["objects", organisation, digest] => organisation
                .parse()
                .ok()
                .zip(digest.parse().ok())
                .map(|(organisation, digest)| Self::Object { organisation, digest }),
            _ => None,
        };
        found.filter(|member| member.to_string() == text).ok_or(NameError)
    }
}

fn is_table(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn file(parts: &[&str]) -> Option<KeptFile> {
    match parts {
        ["master.key"] => Some(KeptFile::MasterKey),
        ["closedset.toml"] => Some(KeptFile::Settings),
        ["tls", "certificate.pem"] => Some(KeptFile::Certificate),
        ["tls", "key.pem"] => Some(KeptFile::CertificateKey),
        ["tls", "given.pem"] => Some(KeptFile::GivenCertificate),
        ["tls", "acme.json"] => Some(KeptFile::Authority),
        ["tls", "acme.pem"] => Some(KeptFile::IssuedCertificate),
        ["catalogue", folder, name] => KeptFile::catalogue(folder, name),
        _ => None,
    }
}
