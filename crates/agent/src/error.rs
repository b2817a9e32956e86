//! Why the agent cannot go on, and what a person can do about it.

use crate::{Refusal, transport::TransportError};
use std::{io, path::PathBuf};

/// Why the agent cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The folder holds no identity.
    #[error("this computer is not enrolled: {folder} holds no identity")]
    NotEnrolled {
        /// The state folder.
        folder: PathBuf,
    },
    /// The folder holds an identity already.
    #[error("this computer is enrolled already, as {device} at {server}")]
    AlreadyEnrolled {
        /// The device's id.
        device: String,
        /// Its server.
        server: String,
    },
    /// The folder holds the identity of another machine.
    #[error("what lies in {folder} is another machine's, enrolled as {name:?}")]
    OtherMachine {
        /// The state folder.
        folder: PathBuf,
        /// What that machine called itself.
        name: String,
    },
    /// Another agent uses the folder.
    #[error("another agent uses {folder}")]
    Busy {
        /// The state folder.
        folder: PathBuf,
    },
    /// A file is not what this program wrote.
    #[error("the file {path} is damaged: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// In what way.
        what: String,
    },
    /// Others than the owner can read the key.
    #[error("the key {path} is open to others than its owner (mode bits {bits:03o})")]
    KeyExposed {
        /// The file.
        path: PathBuf,
        /// Group's and others' permission bits.
        bits: u32,
    },
    /// The disk does not do as asked.
    #[error("cannot {action} {path}")]
    Disk {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The name that the computer gives itself is empty or too long.
    #[error("a computer's name has 1 to 253 characters")]
    Name,
    /// The link does not say where the device will belong.
    #[error("this link does not say what a computer without network must know")]
    OldLink,
    /// Statements wait for the network.
    #[error("statements of this computer wait for the server: {count}")]
    Waiting {
        /// How many.
        count: usize,
    },
    /// The server could not be spoken with.
    #[error("cannot speak with the server")]
    Transport(#[from] TransportError),
    /// The server said no.
    #[error("{0}")]
    Refused(Refusal),
    /// The device was revoked; it reports no more.
    #[error("this device was revoked and reports no more; {0}")]
    Revoked(Refusal),
    /// No number is left to count on with.
    #[error("the counter of this device has come to its end")]
    CounterSpent,
    /// The facts have no canonical form; a fault of this program.
    #[error("the facts have no canonical form")]
    Canonical(#[from] closedset_core::canonical::CanonicalError),
}

impl AgentError {
    /// What a person can do about it, in one sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::NotEnrolled { .. } => {
                "copy a link from the devices page and run `closedset agent enrol LINK`".into()
            }
            Self::AlreadyEnrolled { .. } => {
                "leave it as it is, or enrol with `--replace` to give this computer a new identity"
                    .into()
            }
            Self::OtherMachine { .. } => {
                "make a link for this computer on the devices page and name a folder of its own with \
                 `--state`; if this is the same computer with its system put in anew, enrol it with a new \
                 link and `--replace`"
                    .into()
            }
            Self::Busy { .. } => "stop the other agent first (`systemctl stop closedset-agent`), \
                                  or use `closedset agent status`, which only looks"
                .into(),
            Self::Damaged { .. } => {
                "restore the file from a backup made since, or copy a new link \
                                     from the devices page and enrol with `--replace`"
                    .into()
            }
            Self::KeyExposed { path, .. } => format!(
                "if somebody else may have read it, enrol again with `--replace`; if not, run \
                 `chmod 600 {}`",
                path.display()
            ),
            Self::Disk { path, source, .. } => disk_remedy(path, source),
            Self::Name => "name the computer with `--name`".into(),
            Self::OldLink => "make a new link on the devices page of a server of this version".into(),
            Self::Waiting { .. } => {
                "deliver them with `closedset agent once`; a computer with an agent needs no report \
                 by hand"
                    .into()
            }
            Self::Transport(error) => error.remedy(),
            Self::Refused(refusal) | Self::Revoked(refusal) => refusal.remedy().into(),
            Self::CounterSpent => {
                "copy a new link from the devices page and enrol with `--replace`".into()
            }
            Self::Canonical(_) => "bring the agent to the newest version".into(),
        }
    }

    /// Whether trying again later can help without a person. A service manager should start the agent
    /// again only then.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Disk { .. } | Self::Transport(_) | Self::Canonical(_) => true,
            Self::NotEnrolled { .. }
            | Self::AlreadyEnrolled { .. }
            | Self::OtherMachine { .. }
            | Self::Busy { .. }
            | Self::Damaged { .. }
            | Self::KeyExposed { .. }
            | Self::Name
            | Self::OldLink
            | Self::Waiting { .. }
            | Self::Refused(_)
            | Self::Revoked(_)
            | Self::CounterSpent => false,
        }
    }

    /// Says on which file the disk failed, and at what.
    pub(crate) fn disk(action: &'static str, path: &std::path::Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Disk { action, path: path.to_owned(), source }
    }
}

fn disk_remedy(path: &std::path::Path, source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room on the disk; nothing that was stored is lost".into()
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "run the agent as the user who enrolled it (root for the service), with the folder \
             writable"
                .into()
        }
        _ => format!("look at the disk that holds {}", path.display()),
    }
}
