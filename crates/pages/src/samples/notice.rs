//! What a person sees when something was not carried out, or is not there.

use super::{Sample, sample, shell};
use crate::notice::{ErrorPage, Kept, LostForm, LostReason, NotFound};
use crate::{Area, Shell};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("error-server", &error(Shell::default(), "op-1774")),
        sample("error-refused", &error(shell(Area::Packs), "")),
        sample("not-found", &NotFound { shell: Shell::default() }),
        sample("lost-form", &lost(LostReason::SignedOut(15), statement())),
        sample("lost-form-empty", &lost(LostReason::SignedOut(15), Vec::new())),
        sample("lost-form-out-of-date", &lost(LostReason::OutOfDate, statement())),
        sample("lost-form-moved", &lost(moved(), statement())),
    ]
}

fn lost(reason: LostReason, kept: Vec<Kept>) -> LostForm {
    LostForm { shell: Shell::default(), reason, back: "/controls/AD-6".into(), kept }
}

fn moved() -> LostReason {
    let sentence =
        "This form belongs to Halide Post; you are now in Southpaw VFX. Nothing was done.";
    LostReason::Moved(sentence.into())
}

fn statement() -> Vec<Kept> {
    let one = |name: &str, words: &str, value: String, rows| Kept {
        name: name.into(),
        words: words.into(),
        value,
        rows,
    };
    vec![
        one(
            "statement",
            "What you state",
            "We counted the keys of the machine room on 3 March. ".repeat(6),
            6,
        ),
        one("valid_to", "Last day", "2027-03-12".into(), 1),
    ]
}

fn error(shell: Shell, operation: &str) -> ErrorPage {
    ErrorPage {
        shell,
        code: "ledger.behind".into(),
        sentence: "The ledger is ahead of the database, so nothing is written.".into(),
        remedy: "Tell whoever runs this server; they will find what to do in the log.".into(),
        operation: operation.into(),
    }
}
