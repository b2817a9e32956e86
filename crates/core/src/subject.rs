//! What a fact is about.

use crate::id::{Device, Id, Organisation, Person};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! subject_kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// The kinds of subject. A kind is added when its area is built.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum SubjectKind { $($(#[$doc])* $name),* }

        impl SubjectKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The word used in text, SQL and the catalogue.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

subject_kinds! {
    /// The organisation itself.
    Organisation = "organisation",
    /// A site.
    Facility = "facility",
    /// A person.
    Person = "person",
    /// A computer.
    Device = "device",
    /// One control as this organisation meets it: what documents and attestations are about.
    Control = "control",
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SubjectKind {
    type Err = SubjectError;
    fn from_str(text: &str) -> Result<Self, SubjectError> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(SubjectError)
    }
}

/// Why a text names no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a subject is written as kind:id")]
pub struct SubjectError;

/// One subject: its kind and its id as text. Its text form is `device:dev_...`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Which one: an [`Id`] as text, or a control's id.
    pub id: String,
}

impl Subject {
    /// The subject of this kind with this id.
    pub fn new(kind: SubjectKind, id: impl fmt::Display) -> Self {
        Self { kind, id: id.to_string() }
    }
    /// A device.
    pub fn device(id: Id<Device>) -> Self {
        Self::new(SubjectKind::Device, id)
    }
    /// Somebody.
    pub fn person(id: Id<Person>) -> Self {
        Self::new(SubjectKind::Person, id)
    }
    /// An organisation.
    pub fn organisation(id: Id<Organisation>) -> Self {
        Self::new(SubjectKind::Organisation, id)
    }
    /// A control, for instance `AD-1`.
    pub fn control(id: &str) -> Self {
        Self::new(SubjectKind::Control, id)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

impl FromStr for Subject {
    type Err = SubjectError;
    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let (kind, id) = text.split_once(':').ok_or(SubjectError)?;
        if id.is_empty() || id.len() > 64 {
            return Err(SubjectError);
        }
        Ok(Self { kind: kind.parse()?, id: id.to_owned() })
    }
}

impl Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
