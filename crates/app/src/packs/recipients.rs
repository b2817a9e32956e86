//! To whom a pack is encrypted, as people write it.

use crate::Problem;
use closedset_pack::lock::{RECIPIENT_LIMIT, Recipient, RecipientError};

/// How many letters of what was written are said again.
const SHOWN: usize = 24;

/// The recipients in what was written. The same one twice counts once.
pub fn recipients<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Vec<Recipient>, Problem> {
    let mut recipients = Vec::new();
    for text in texts {
        let recipient = text.parse().map_err(|error| refused(text, error))?;
        if !recipients.contains(&recipient) {
            recipients.push(recipient);
        }
    }
    if recipients.len() > RECIPIENT_LIMIT {
        let what = format!("A pack can be encrypted to at most {RECIPIENT_LIMIT} recipients.");
        return Err(Problem::field("recipients", what));
    }
    Ok(recipients)
}

fn refused(text: &str, error: RecipientError) -> Problem {
    let what = match text.char_indices().nth(SHOWN) {
        // A secret is not shown again.
        _ if error == RecipientError::Secret => "This".to_owned(),
        Some((end, _)) => format!("\u{201c}{}\u{2026}\u{201d}", &text[..end]),
        None => format!("\u{201c}{text}\u{201d}"),
    };
    Problem::field("recipients", format!("{what} is not taken: {error}."))
}

#[cfg(test)]
mod tests {
    use super::recipients;
    use crate::Problem;

    const ONE: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

    fn words(problem: Problem) -> String {
        let Problem::Invalid(fields) = problem else { panic!("{problem}") };
        assert_eq!(fields[0].field, "recipients");
        fields[0].message.clone()
    }

    #[test]
    fn each_counts_once_and_what_is_none_is_said() {
        assert_eq!(recipients([ONE, &ONE.to_uppercase()]).unwrap().len(), 1);
        assert!(recipients([]).unwrap().is_empty());
        let said = words(recipients([ONE, &"\u{e4}".repeat(900)]).unwrap_err());
        assert!(said.contains("\u{e4}\u{2026}") && said.len() < 300, "{said}");
        let secret = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
        let said = words(recipients([secret]).unwrap_err());
        assert!(!said.contains("GQ97") && said.contains("a new pair"), "{said}");
    }
}
