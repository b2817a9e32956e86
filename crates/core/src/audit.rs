//! The words of audits and penetration tests, and of what they find.

use serde::{Deserialize, Serialize};

/// What kind of audit or test it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    /// An assessment of the Trusted Partner Network, by the Motion Picture Association's best practices.
    Tpn,
    /// An audit of the Content Delivery and Security Association.
    Cdsa,
    /// A content owner's own.
    ContentOwner,
    /// The facility's own.
    Internal,
    /// Any other audit.
    OtherAudit,
    /// A penetration test from the internet.
    ExternalTest,
    /// A penetration test from inside the network.
    InternalTest,
    /// A penetration test of a web application.
    WebApplicationTest,
    /// A test of whether networks are apart.
    SegmentationTest,
    /// A test of doors and people.
    PhysicalTest,
    /// Any other test.
    OtherTest,
}

impl AuditKind {
    /// Every one, audits before tests.
    pub const ALL: &'static [Self] = &[
        Self::Tpn,
        Self::Cdsa,
        Self::ContentOwner,
        Self::Internal,
        Self::OtherAudit,
        Self::ExternalTest,
        Self::InternalTest,
        Self::WebApplicationTest,
        Self::SegmentationTest,
        Self::PhysicalTest,
        Self::OtherTest,
    ];

    /// The word used in text and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tpn => "tpn",
            Self::Cdsa => "cdsa",
            Self::ContentOwner => "content_owner",
            Self::Internal => "internal",
            Self::OtherAudit => "other_audit",
            Self::ExternalTest => "external_test",
            Self::InternalTest => "internal_test",
            Self::WebApplicationTest => "web_application_test",
            Self::SegmentationTest => "segmentation_test",
            Self::PhysicalTest => "physical_test",
            Self::OtherTest => "other_test",
        }
    }

    /// What it is called.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tpn => "TPN assessment",
            Self::Cdsa => "CDSA audit",
            Self::ContentOwner => "Content owner’s audit",
            Self::Internal => "Internal audit",
            Self::OtherAudit => "Audit",
            Self::ExternalTest => "External penetration test",
            Self::InternalTest => "Internal penetration test",
            Self::WebApplicationTest => "Web application test",
            Self::SegmentationTest => "Segmentation test",
            Self::PhysicalTest => "Physical penetration test",
            Self::OtherTest => "Penetration test",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// Whether somebody tried to break in, rather than looked and asked.
    pub const fn is_test(self) -> bool {
        match self {
            Self::Tpn | Self::Cdsa | Self::ContentOwner | Self::Internal | Self::OtherAudit => {
                false
            }
            Self::ExternalTest
            | Self::InternalTest
            | Self::WebApplicationTest
            | Self::SegmentationTest
            | Self::PhysicalTest
            | Self::OtherTest => true,
        }
    }

    /// The control for which its report is evidence.
    pub const fn control(self) -> &'static str {
        if self.is_test() { "AD-9" } else { "AD-8" }
    }
}

/// How bad a finding is, as its report says; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The worst.
    Critical,
    /// To be mended soon.
    High,
    /// To be mended.
    Medium,
    /// Of little weight.
    Low,
    /// Said without asking for anything.
    Informational,
}

impl Severity {
    /// Every one, the worst first.
    pub const ALL: &'static [Self] =
        &[Self::Critical, Self::High, Self::Medium, Self::Low, Self::Informational];

    /// The word used in text and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Informational => "informational",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == word)
    }

    /// How many days there are to mend it where nobody sets a day.
    pub const fn days(self) -> i64 {
        match self {
            Self::Critical => 7,
            Self::High => 30,
            Self::Medium => 90,
            Self::Low | Self::Informational => 180,
        }
    }
}

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// It is to be mended.
    Open,
    /// It is left as it is, until a day.
    Accepted,
    /// It was mended.
    Closed,
}

impl FindingState {
    /// Every one.
    pub const ALL: &'static [Self] = &[Self::Open, Self::Accepted, Self::Closed];

    /// The word used in text and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Closed => "closed",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == word)
    }
}
