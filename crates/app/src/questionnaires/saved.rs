//! The answers that may serve again.

use super::{SAVED, alike::Library, needs_to_read};
use crate::{App, Caller, Problem};
use closedset_store::questionnaires::{SavedAnswer, saved_answer_list};

/// So many are shown.
const SHOWN: usize = 50;

/// Those in whose question or answer all words of `search` stand, of each question the latest, the latest first; at most
/// 50, and how many there are.
pub async fn saved_answers(
    app: &App,
    caller: &Caller,
    search: &str,
) -> Result<(Vec<SavedAnswer>, usize), Problem> {
    caller.require_all(needs_to_read())?;
    let organisation = caller.organisation;
    let search: String = search.chars().take(200).collect();
    app.store()
        .read(move |tx| -> Result<_, Problem> {
            let library = Library::new(saved_answer_list(tx, organisation, SAVED)?);
            let mut found = library.search(&search);
            let count = found.len();
            found.truncate(SHOWN);
            Ok((found, count))
        })
        .await
}
