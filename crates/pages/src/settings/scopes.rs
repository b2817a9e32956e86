//! The scopes of tokens in words that people know.

use crate::{
    board::title_case,
    components::{BoxGroup, TickBox},
};
use closedset_core::{Action, Actions};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Reading,
    Writing,
    Running,
}

const GROUPS: [(Group, &str); 3] =
    [(Group::Reading, "Reading"), (Group::Writing, "Writing"), (Group::Running, "Running")];

/// Where a scope stands, what it allows, and what that means.
const fn of(scope: Action) -> (Group, &'static str, &'static str) {
    use Group::{Reading, Running, Writing};
    match scope {
        Action::BoardRead => (Reading, "see the board", "controls and verdicts"),
        Action::DeviceRead => (Reading, "see devices", "and what they report"),
        Action::EvidenceRead => (Reading, "see evidence", "documents and attestations"),
        Action::TaskRead => (Reading, "see tasks", "open and closed"),
        Action::LedgerRead => (Reading, "read the ledger", "entries and proofs"),
        Action::SettingsRead => (Reading, "see the settings", "and which tokens there are"),
        Action::EvidenceWrite => {
            (Writing, "give evidence", "upload documents, sign attestations, ask for exceptions")
        }
        Action::ExceptionGrant => (Writing, "grant exceptions", "accept a risk until a day"),
        Action::CatalogueWrite => {
            (Writing, "write own checks", "and stricter numbers, beyond the frameworks")
        }
        Action::TaskWrite => (Writing, "close tasks", "with a note"),
        Action::TaskAssign => (Writing, "plan tasks", "who does them, and by when"),
        Action::SettingsWrite => {
            (Writing, "change the settings", "and make tokens that may no more than this one")
        }
        Action::LedgerErase => (Writing, "erase from the ledger", "what an entry says, for good"),
        Action::DeviceManage => (Running, "manage devices", "enrol, confirm and revoke them"),
        Action::PeopleRead => (Reading, "see people", "who belongs and who is invited"),
        Action::PeopleWrite => (Writing, "enter people", "and from when to when each works here"),
        Action::TitleRead => (Reading, "see titles", "by their aliases, with their clients"),
        Action::TitleWrite => {
            (Writing, "enter titles", "and clients; see what titles are really called")
        }
        Action::PeopleManage => (Running, "manage people", "invite, change and remove them"),
        Action::OrganisationCreate => (Running, "set up organisations", "others, owned by you"),
        Action::PackCreate => (Running, "make packs", "and download them"),
        Action::Scim => {
            (Running, "bring people by SCIM", "for a directory; nothing else beside it")
        }
    }
}

/// Boxes for what may be given, those in `ticked` ticked.
pub(crate) fn groups(offered: Actions, ticked: &[&str]) -> Vec<BoxGroup> {
    let group = |(group, words): (Group, &'static str)| {
        let own = offered.iter().filter(|scope| of(*scope).0 == group);
        let boxes: Vec<TickBox> = own
            .map(|scope| TickBox {
                value: scope.to_string(),
                words: title_case(of(scope).1),
                hint: of(scope).2.to_owned(),
                is_ticked: ticked.contains(&scope.as_str()),
            })
            .collect();
        BoxGroup { words: words.to_owned(), boxes }
    };
    GROUPS.into_iter().map(group).filter(|group| !group.boxes.is_empty()).collect()
}

/// What a token may, as it stands behind "may": `see the board, close tasks`.
pub(super) fn words(scopes: Actions) -> String {
    if Action::ALL.iter().all(|scope| *scope == Action::Scim || scopes.contains(*scope)) {
        return "do everything".to_owned();
    }
    let all =
        GROUPS.iter().flat_map(|(group, _)| scopes.iter().filter(|scope| of(*scope).0 == *group));
    let words: Vec<&str> = all.map(|scope| of(scope).1).collect();
    if words.is_empty() { "do nothing".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::Role;

    #[test]
    fn what_may_be_given_is_offered_and_nothing_else() {
        for role in Role::ALL {
            let groups = groups(role.actions(), &["task.read", "ledger.erase"]);
            let boxes = groups.iter().flat_map(|group| &group.boxes);
            let offered = Actions::from_words(boxes.clone().map(|one| one.value.as_str()));
            assert_eq!(offered, Ok(role.actions()), "{role}");
            for one in boxes {
                let wanted = ["task.read", "ledger.erase"].contains(&one.value.as_str());
                assert_eq!(one.is_ticked, wanted, "{role} {}", one.value);
            }
        }
    }

    #[test]
    fn a_token_is_told_in_words_the_readings_first() {
        let words = |text: &str| words(text.parse().unwrap());
        assert_eq!(
            words("task.write pack.create board.read"),
            "see the board, close tasks, make packs"
        );
        assert_eq!(words(""), "do nothing");
        assert_eq!(super::words(Role::Owner.actions()), "do everything");
    }
}
