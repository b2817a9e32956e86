//! Roles in words that people know.

use crate::components::Choice;
use closedset_core::Role;

/// What a role is called, and what whoever has it may do.
const fn of(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Owner => ("Owner", "Answers for the organisation and may do everything."),
        Role::SecurityContact => (
            "Security contact",
            "Everything but owners’ matters: also approves exceptions and erases from the ledger.",
        ),
        Role::Administrator => (
            "Administrator",
            "Runs it: devices, evidence, packs, people, settings. Approves no exceptions.",
        ),
        Role::Coordinator => (
            "Coordinator",
            "Enters people and titles; sees board and devices; gives evidence, closes tasks.",
        ),
        Role::Reception => ("Reception", "Sees and closes tasks."),
        Role::Member => ("Member", "Sees and closes tasks."),
        Role::Auditor => (
            "Auditor",
            "Looks at board, devices, evidence, tasks and ledger until a last day; changes nothing.",
        ),
        Role::Provider => {
            ("Service provider", "An outside firm that runs it, like an administrator.")
        }
    }
}

/// What a role is called.
pub(crate) fn role_words(role: Role) -> &'static str {
    of(role).0
}

/// What whoever has it may do.
pub(crate) fn role_means(role: Role) -> &'static str {
    of(role).1
}

/// Lines to choose from.
pub(crate) fn choices(roles: &[Role]) -> Vec<Choice> {
    roles.iter().map(|role| Choice::new(role.as_str(), role_words(*role))).collect()
}
