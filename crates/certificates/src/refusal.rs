//! Why a certificate is not taken, in words for whoever brought it.

use closedset_core::Time;

/// Why a certificate and its key are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A file that settings name could not be read.
    #[error("the file that {setting} names cannot be read: {why}")]
    File {
        /// Which setting.
        setting: &'static str,
        /// Why.
        why: String,
    },
    /// There is no certificate in it.
    #[error("there is no certificate in PEM in it")]
    NoCertificate,
    /// There is no private key in it.
    #[error("there is no private key in PEM in it")]
    NoKey,
    /// The key is locked by a passphrase.
    #[error("the private key is locked by a passphrase, which the server does not have")]
    KeyEncrypted,
    /// The key is of a kind that cannot be used.
    #[error("the private key is of a kind, or as short, as cannot be used")]
    KeyUnusable,
    /// The key is another one's.
    #[error("the private key does not belong to the first certificate")]
    KeyOther,
    /// The chain's file holds another key than the one that was given beside it.
    #[error("the chain's file holds a private key too, and another one than was given beside it")]
    KeyTwice,
    /// The key is not the server's own, and none was given.
    #[error("the certificate is not for the server's own key, and no key was given with it")]
    KeyNotOurs,
    /// One of the chain did not issue the one before.
    #[error("certificate {number} of the chain did not issue the one before it")]
    Order {
        /// Its place, counted from 1.
        number: usize,
    },
    /// The chain does not hold by its signatures.
    #[error("the chain does not hold: {why}")]
    Chain {
        /// What does not.
        why: String,
    },
    /// Its key or a signature is too weak for browsers.
    #[error("{what}, which browsers refuse")]
    Weak {
        /// What is.
        what: String,
    },
    /// It is no certificate for a server.
    #[error("the first certificate is not made for a server")]
    Purpose,
    /// It is good for other names.
    #[error("the certificate is for {names}, and the server is reached as {host}")]
    Name {
        /// Those that it is for.
        names: String,
        /// The host of `public_url`.
        host: String,
    },
    /// It has ended.
    #[error("the certificate ended on {at}")]
    Ended {
        /// When.
        at: Time,
    },
    /// It has not begun.
    #[error("the certificate begins on {at} only")]
    NotBegun {
        /// When.
        at: Time,
    },
    /// The settings name files.
    #[error(
        "the settings (closedset.toml, or flags of closedset serve) name the files of a certificate"
    )]
    Configured,
    /// The server is reached under no name that an authority knows.
    #[error("authorities give certificates for names, and the server is reached as {host}")]
    NoName {
        /// The host of `public_url`.
        host: String,
    },
    /// Nobody could answer the authority.
    #[error("no server runs on this folder, and only a running one can answer the authority")]
    NotServing,
    /// The terms were not agreed to.
    #[error("the authority's terms of service were not agreed to")]
    TermsNotAgreed,
    /// The terms were not agreed to, and stand somewhere.
    #[error("the authority's terms of service at {at} were not agreed to")]
    TermsAt {
        /// Where.
        at: String,
    },
    /// No authority was agreed with.
    #[error("no authority was agreed with yet")]
    NoAuthority,
    /// This is a restored copy.
    #[error(
        "this installation was restored from a backup and may stand beside the one that it was: the authority is not asked for certificates"
    )]
    Held,
    /// The address of the authority is none.
    #[error("the authority's directory is an address that begins with https://")]
    Directory,
    /// The address of whoever looks after it is none.
    #[error("the contact is an e-mail address")]
    Contact,
}

impl Refusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "certificate.file",
            Self::NoCertificate => "certificate.missing",
            Self::NoKey => "certificate.key_missing",
            Self::KeyEncrypted => "certificate.key_encrypted",
            Self::KeyUnusable => "certificate.key_unusable",
            Self::KeyOther | Self::KeyTwice | Self::KeyNotOurs => "certificate.key_other",
            Self::Order { .. } => "certificate.order",
            Self::Chain { .. } => "certificate.chain",
            Self::Weak { .. } => "certificate.weak",
            Self::Purpose => "certificate.purpose",
            Self::Name { .. } => "certificate.name",
            Self::Ended { .. } => "certificate.ended",
            Self::NotBegun { .. } => "certificate.not_begun",
            Self::Configured => "certificate.configured",
            Self::NoName { .. } => "acme.no_name",
            Self::NotServing => "acme.not_serving",
            Self::TermsNotAgreed | Self::TermsAt { .. } => "acme.terms",
            Self::NoAuthority => "acme.none",
            Self::Held => "acme.held",
            Self::Directory => "acme.directory",
            Self::Contact => "acme.contact",
        }
    }

    /// What is wrong, in a sentence.
    pub fn sentence(&self) -> String {
        sentence(&self.to_string())
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::File { .. } => {
                "Let the server's account read it, or correct certificate and certificate_key."
            }
            Self::NoCertificate => {
                "Give the file that begins with BEGIN CERTIFICATE; openssl x509 -inform DER turns another form into it."
            }
            Self::NoKey => "Give the file that begins with BEGIN PRIVATE KEY.",
            Self::KeyEncrypted => {
                "Take the passphrase off: openssl pkey -in KEY -out KEY-PLAIN, and give that."
            }
            Self::KeyUnusable => "Use a key of RSA with 2048 bits or more, or of P-256 or P-384.",
            Self::KeyOther => "Give the key with which this certificate was asked for.",
            Self::KeyTwice => {
                "Take the key out of the chain's file, or give that file alone, without --key."
            }
            Self::KeyNotOurs => {
                "Give its key with --key, or ask for a certificate with closedset certificate request."
            }
            Self::Order { .. } => {
                "Put the server's own certificate first, then each issuer below what it issued; the root may be left out."
            }
            Self::Chain { .. } => "Give the chain as the authority issued it, whole.",
            Self::Weak { .. } => {
                "Ask for a new certificate with a key of P-256, or of RSA with 2048 bits."
            }
            Self::Purpose => {
                "Give the server's certificate first, and one with the purpose of a server."
            }
            Self::Name { .. } => {
                "Ask for one with this name, or set public_url to a name that it has and restart the server."
            }
            Self::Ended { .. } => "Have it renewed.",
            Self::NotBegun { .. } => "Look whether the server's clock is right, or wait.",
            Self::Configured => {
                "Change what lies in those files, or remove the two lines and restart the server."
            }
            Self::NoName { .. } => {
                "Set public_url to a name that leads to this server from the internet, and restart it."
            }
            Self::NotServing => "Start the server, then run this again beside it.",
            Self::TermsNotAgreed | Self::TermsAt { .. } => "Read them, then add --agree-terms.",
            Self::Held => {
                "If the other one is gone for good, run closedset certificate renew at the server."
            }
            Self::NoAuthority => "Begin with closedset certificate acme.",
            Self::Directory => "Write it as the authority does; without it Let's Encrypt is asked.",
            Self::Contact => "Write it as it@example.com.",
        }
    }
}

/// A cause as a sentence for people.
pub(crate) fn sentence(cause: &str) -> String {
    let mut letters = cause.trim().trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
