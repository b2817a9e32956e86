//! Registers that stand for a control once a person looked through them: of clients (AD-2) and of people (AD-4).
//!
//! Whoever keeps a register says that it is complete. What it held then becomes a document for its control, by the
//! same way as any that is uploaded: its end, its reminder and its place in a pack are those of documents
//! ([`crate::evidence`]). Nothing here decides a verdict.

mod confirm;
mod counted;
mod paper;
mod standing;

pub use confirm::{Confirming, register_confirm};
pub use standing::{Changes, Confirmed, RegisterStanding, register_standing};

use crate::Problem;
use closedset_core::{Action, Actions};

/// So many days a confirmation counts: a quarter.
pub const CONFIRMED_FOR_DAYS: i32 = 92;

/// A register that somebody confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Register {
    /// Of clients and titles.
    Clients,
    /// Of who works here.
    People,
}

impl Register {
    /// The control that it answers.
    pub const fn control(self) -> &'static str {
        match self {
            Self::Clients => "AD-2",
            Self::People => "AD-4",
        }
    }

    /// The word used in entries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::People => "people",
        }
    }

    /// What it takes to see how it stands.
    pub fn needs_to_read(self) -> Actions {
        let evidence = Actions::from(Action::EvidenceRead).with(Action::TitleRead);
        match self {
            Self::Clients => evidence,
            Self::People => evidence.with(Action::PeopleRead),
        }
    }

    /// What it takes to confirm it.
    pub fn needs_to_confirm(self) -> Actions {
        let evidence = Actions::from(Action::EvidenceWrite);
        match self {
            Self::Clients => evidence.with(Action::TitleWrite),
            Self::People => evidence.with(Action::PeopleWrite).with(Action::TitleRead),
        }
    }

    /// What its document is called.
    const fn title(self) -> &'static str {
        match self {
            Self::Clients => "Active clients, confirmed as complete",
            Self::People => "How many people work here, confirmed as complete",
        }
    }

    /// How its document's file begins.
    const fn file_stem(self) -> &'static str {
        match self {
            Self::Clients => "active-clients",
            Self::People => "head-count",
        }
    }
}

/// With what a register of people was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComparedWith {
    /// Who is paid.
    Payroll,
    /// Who sends invoices.
    Invoices,
    /// Who has a badge or a key.
    Badges,
    /// Who has an account on the computers.
    Accounts,
}

impl ComparedWith {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Payroll, Self::Invoices, Self::Badges, Self::Accounts];

    /// The word used in forms, JSON and entries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payroll => "payroll",
            Self::Invoices => "invoices",
            Self::Badges => "badges",
            Self::Accounts => "accounts",
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Payroll => "the payroll list",
            Self::Invoices => "invoices of contractors and freelancers",
            Self::Badges => "whoever has a badge or a key",
            Self::Accounts => "accounts on our computers and services",
        }
    }

    fn from_word(word: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|one| one.as_str() == word).ok_or_else(|| {
            Problem::field("compared_with", "Choose among payroll, invoices, badges and accounts.")
        })
    }
}
