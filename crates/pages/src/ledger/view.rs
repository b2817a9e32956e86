//! The ledger's views.

use crate::Shell;
use crate::components::{Choice, Command, DigestText, Field, Paging, TimeText};
use askama::Template;

/// The head and a page of entries.
#[derive(Debug, Clone, Template)]
#[template(path = "ledger/ledger.html")]
pub struct LedgerPage {
    /// The frame around the page.
    pub shell: Shell,
    /// Entries recorded.
    pub entries: String,
    /// Entries that the checkpoint covers.
    pub signed: String,
    /// When it was signed.
    pub signed_at: Option<TimeText>,
    /// Erased bodies.
    pub tombstones: String,
    /// The tree's root.
    pub root: DigestText,
    /// The signed note.
    pub checkpoint: String,
    /// The key to verify it with.
    pub verifier_key: DigestText,
    /// Its fingerprint, for people to compare.
    pub fingerprint: String,
    /// The kind that is looked for; empty for all.
    pub kind: String,
    /// The kinds to choose from.
    pub kinds: Vec<Choice>,
    /// The entries, newest first.
    pub rows: Vec<EntryLine>,
    /// Where the list goes on.
    pub paging: Paging,
    /// How to verify it at the server.
    pub verify: Command,
}

/// Who or what an entry names.
#[derive(Debug, Clone, Default)]
pub struct Party {
    /// As people call it.
    pub words: String,
    /// As the ledger does; empty where that was erased.
    pub name: String,
    /// Its page; empty if it has none.
    pub href: String,
}

/// One entry in the list.
#[derive(Debug, Clone)]
pub struct EntryLine {
    /// Its index.
    pub index: i64,
    /// When it was recorded.
    pub when: TimeText,
    /// What happened, in words.
    pub what: String,
    /// Its kind.
    pub kind: String,
    /// Who did it.
    pub actor: Party,
    /// What it is about.
    pub subject: Party,
    /// Its body was erased.
    pub is_erased: bool,
}

/// One entry.
#[derive(Debug, Clone, Template)]
#[template(path = "ledger/entry.html")]
pub struct EntryPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The entry.
    pub line: EntryLine,
    /// The leaf, as it is hashed.
    pub envelope: String,
    /// The body, readable; none if it was erased.
    pub body: Option<String>,
    /// The salt in hexadecimal.
    pub salt: String,
    /// The proof, as a file.
    pub proof: String,
    /// How to take the proof along.
    pub prove: Command,
    /// Whether this person may erase the body.
    pub may_erase: bool,
    /// The form's reason.
    pub reason: Field,
}
