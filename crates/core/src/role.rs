//! Roles, and the one matrix of what each may do.

use crate::Actions;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),* }
        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The word used in text and SQL.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
            /// The one with this word.
            pub fn from_word(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What an account is in one organisation.
    Role {
        /// Answers for the organisation; may do everything.
        Owner = "owner",
        /// The person responsible for content security.
        SecurityContact = "security_contact",
        /// Runs the installation: devices, accounts, settings.
        Administrator = "administrator",
        /// Plans people and titles.
        Coordinator = "coordinator",
        /// Looks after visitors.
        Reception = "reception",
        /// Works here; sees what concerns them.
        Member = "member",
        /// An outsider who looks, within a time and a scope.
        Auditor = "auditor",
        /// A service provider who runs many organisations.
        Provider = "provider",
    }
}

words! {
    /// What can be asked for. Every route names exactly one; its word is the scope by which a token
    /// may.
    Action {
        /// See the board, controls and verdicts.
        BoardRead = "board.read",
        /// See devices and their facts.
        DeviceRead = "device.read",
        /// Enrol, confirm and revoke devices.
        DeviceManage = "device.manage",
        /// See documents and attestations.
        EvidenceRead = "evidence.read",
        /// Upload documents, write attestations.
        EvidenceWrite = "evidence.write",
        /// Grant exceptions: accept a risk, sign that something does not apply or that there is none.
        ExceptionGrant = "exception.grant",
        /// Write and retire the facility's own checks and thresholds.
        CatalogueWrite = "catalogue.write",
        /// See tasks.
        TaskRead = "task.read",
        /// Complete tasks, take those that nobody has and give them back.
        TaskWrite = "task.write",
        /// Plan tasks: say whose they are, and by when they are to be done.
        TaskAssign = "task.assign",
        /// Read the ledger and its proofs.
        LedgerRead = "ledger.read",
        /// Erase the body of an entry, leaving a tombstone.
        LedgerErase = "ledger.erase",
        /// Make and download packs.
        PackCreate = "pack.create",
        /// See who belongs to the organisation, in which role, and who is invited.
        PeopleRead = "people.read",
        /// Enter people and their engagements, and end them.
        PeopleWrite = "people.write",
        /// Invite people, change what they may, sign them out and remove them.
        PeopleManage = "people.manage",
        /// See clients, and titles by their aliases, and who works on which.
        TitleRead = "title.read",
        /// See what titles are really called, enter clients and titles, and say who works on which.
        TitleWrite = "title.write",
        /// See the organisation's settings.
        SettingsRead = "settings.read",
        /// Change the organisation's settings, make tokens.
        SettingsWrite = "settings.write",
        /// Set up another organisation in this installation, as its owner.
        OrganisationCreate = "organisation.create",
        /// Bring people as a directory does, by SCIM. No role has it and no other stands beside it: it is for tokens alone.
        Scim = "scim",
    }
}

impl Role {
    /// Whether this role may do `action`. The whole matrix is a snapshot in the tests.
    pub const fn may(self, action: Action) -> bool {
        use Action::*;
        match self {
            Self::Owner => !matches!(action, Scim),
            Self::SecurityContact => !matches!(action, OrganisationCreate | Scim),
            Self::Administrator => !matches!(
                action,
                LedgerErase | ExceptionGrant | CatalogueWrite | OrganisationCreate | Scim
            ),
            // What titles are really called is no business of whoever looks after the computers.
            Self::Provider => Self::Administrator.may(action) && !matches!(action, TitleWrite),
            Self::Coordinator => matches!(
                action,
                BoardRead
                    | DeviceRead
                    | EvidenceRead
                    | EvidenceWrite
                    | TaskRead
                    | TaskWrite
                    | TaskAssign
                    | PeopleRead
                    | PeopleWrite
                    | TitleRead
                    | TitleWrite
            ),
            Self::Reception | Self::Member => matches!(action, TaskRead | TaskWrite),
            Self::Auditor => {
                matches!(action, BoardRead | DeviceRead | EvidenceRead | TaskRead | LedgerRead)
            }
        }
    }

    /// Everything that this role may do.
    pub fn actions(self) -> Actions {
        Action::ALL.iter().copied().filter(|action| self.may(*action)).collect()
    }

    /// Whether somebody in this role may make others `role`, and change or remove those who are it:
    /// nobody gives more than they may themselves, and only owners make owners.
    pub fn may_give(self, role: Self) -> bool {
        let may = self.actions();
        may.contains(Action::PeopleManage)
            && role.actions().without(may).is_empty()
            && (role != Self::Owner || self == Self::Owner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_as_reviewed() {
        let mut matrix = String::new();
        for action in Action::ALL {
            let marks: Vec<_> =
                Role::ALL.iter().map(|role| if role.may(*action) { "x" } else { "." }).collect();
            matrix += &format!("{:19} {}\n", action.as_str(), marks.join(" "));
        }
        assert_eq!(
            matrix,
            // owner, security contact, administrator, coordinator, reception, member, auditor, provider
            "\
board.read          x x x x . . x x
device.read         x x x x . . x x
device.manage       x x x . . . . x
evidence.read       x x x x . . x x
evidence.write      x x x x . . . x
exception.grant     x x . . . . . .
catalogue.write     x x . . . . . .
task.read           x x x x x x x x
task.write          x x x x x x . x
task.assign         x x x x . . . x
ledger.read         x x x . . . x x
ledger.erase        x x . . . . . .
pack.create         x x x . . . . x
people.read         x x x x . . . x
people.write        x x x x . . . x
people.manage       x x x . . . . x
title.read          x x x x . . . x
title.write         x x x x . . . .
settings.read       x x x . . . . x
settings.write      x x x . . . . x
organisation.create x . . . . . . .
scim                . . . . . . . .
"
        );
    }

    #[test]
    fn nobody_gives_a_role_that_may_more_than_their_own() {
        let mut matrix = String::new();
        for giver in Role::ALL {
            let given: Vec<_> = Role::ALL
                .iter()
                .filter(|role| giver.may_give(**role))
                .map(|role| role.as_str())
                .collect();
            matrix += &format!("{giver}: {}\n", given.join(" "));
        }
        assert_eq!(
            matrix,
            "\
owner: owner security_contact administrator coordinator reception member auditor provider
security_contact: security_contact administrator coordinator reception member auditor provider
administrator: administrator coordinator reception member auditor provider
coordinator: 
reception: 
member: 
auditor: 
provider: reception member auditor provider
"
        );
    }
}
