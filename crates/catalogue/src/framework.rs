//! Frameworks and their controls: what is asked, by whom, and how strongly.

use crate::check::Check;
use jiff::civil::Date;

/// A set of requirements of one owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    /// Its stable id: `netflix-minimum`.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Whose it is.
    pub owner: String,
    /// The source's version.
    pub version: String,
    /// When the source was read.
    pub retrieved: Date,
    /// Where it was read.
    pub source: String,
    /// What the owner points to for more than this.
    pub refers_to: Option<String>,
    /// Whom to write to.
    pub contacts: Contacts,
    /// Its controls, in the source's order.
    pub controls: Vec<Control>,
    /// A facility's files have it, not the program.
    pub is_own: bool,
}

/// The owner's addresses. Nothing is ever sent to them by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contacts {
    /// For notices of incidents.
    pub incidents: Option<String>,
    /// For questions.
    pub guidance: Option<String>,
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its id, unique in the whole catalogue: `IS-7`.
    pub id: String,
    /// The id of its framework.
    pub framework: String,
    /// Where it belongs.
    pub area: Area,
    /// How strongly the source asks.
    pub verb: Verb,
    /// Its name for people.
    pub title: String,
    /// What is asked, in our own words.
    pub requirement: String,
    /// Why it matters.
    pub why: String,
    /// How a small facility meets it.
    pub meet: Vec<String>,
    /// How it is tested here.
    pub tested: String,
    /// What an assessor will want to see.
    pub assessor: Vec<String>,
    /// How evidence given by hand counts beside the technical checks.
    pub evidence: EvidenceRole,
    /// What evidence to give.
    pub evidence_hint: String,
    /// The source says "any", so that a signed "none" is an answer.
    pub none_allowed: bool,
    /// Facts from machines prove it, at least in part.
    pub is_technical: bool,
    /// Checks that stand beside another control and prove this one too, at least in part.
    pub proved_by: Vec<String>,
}

impl Control {
    /// The id of the implicit check that evidence is in force: `is-7-evidence`.
    pub fn evidence_check(&self) -> String {
        format!("{}-evidence", self.id.to_lowercase())
    }

    /// Whether what `check` measures decides the control's status: it stands beside the control and asks
    /// no more than the source, or the control names it. What another framework makes of it says nothing here.
    pub fn counts(&self, check: &Check) -> bool {
        let is_beside = check.control == self.id && check.framework == self.framework;
        !check.is_evidence && (is_beside && !check.is_beyond || self.proved_by.contains(&check.id))
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Its word in the catalogue.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
            /// The one with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// The parts of a framework.
    Area {
        /// Who, what is agreed, what is written.
        Administrative = "administrative",
        /// Doors, cameras, alarms, shelves.
        Physical = "physical",
        /// Computers, networks, content.
        Information = "information",
        /// When something goes wrong.
        Incident = "incident",
        /// How the house is led: risks, people, contracts, incidents.
        Organizational = "organizational",
        /// How content is handled: what comes in, goes out, is counted, destroyed.
        Operational = "operational",
        /// Computers, networks, programs.
        Technical = "technical",
    }
}

words! {
    /// The verb with which the source asks.
    Verb {
        /// It must be.
        Must = "must",
        /// It should be.
        Should = "should",
        /// It is asked where possible.
        WherePossible = "where possible",
    }
}

words! {
    /// How a document or attestation counts for a control.
    EvidenceRole {
        /// Only where no technical source exists.
        Instead = "instead",
        /// Always needed: technical checks cover only a part, or none.
        Also = "also",
    }
}

words! {
    /// A family of operating systems, as in the fact `operating_system`.
    Platform {
        /// Linux.
        Linux = "linux",
        /// macOS.
        Macos = "macos",
        /// Windows.
        Windows = "windows",
    }
}
