//! Kinds of facts as people name them, wherever they do, and what they meant where there is none of
//! that name.

use crate::commands::UserError;
use closedset_probes::KINDS;

/// The kinds that are not to be looked for.
pub(crate) fn skipped(kinds: &[String]) -> Result<Vec<String>, UserError> {
    let kinds = kinds.iter().map(|kind| kind.trim()).filter(|kind| !kind.is_empty());
    kinds
        .map(|kind| {
            if KINDS.contains(&kind) {
                return Ok(kind.to_owned());
            }
            let mut known = KINDS;
            known.sort_unstable();
            Err(UserError(format!(
                "there is no kind of fact {kind}{}; there are {}",
                nearest(kind, KINDS.into_iter()),
                known.join(", ")
            )))
        })
        .collect()
}

/// An id without the ways in which people write it differently: `is7` for `IS-7`.
pub(crate) fn plain(id: &str) -> String {
    id.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// ` (did you mean IS-7?)` if a known name is near or begins so.
pub(crate) fn nearest<'a>(asked: &str, known: impl Iterator<Item = &'a str>) -> String {
    let asked = plain(asked);
    let far = |name: &str| {
        let name = plain(name);
        let begins_so = asked.len() >= 4 && name.starts_with(&asked);
        if begins_so { 0 } else { strsim::damerau_levenshtein(&asked, &name) }
    };
    match known.map(|name| (far(name), name)).min_by_key(|(far, _)| *far) {
        Some((far, name)) if far <= 1 + asked.len() / 4 => format!(" (did you mean {name}?)"),
        _ => String::new(),
    }
}
