//! What people are called: names that show as they are, and that can be told apart.
//!
//! A name stands beside what somebody signs, in registers and packs. So nobody is called what another
//! who belongs is called, and nothing in a name moves what stands beside it.

use crate::Problem;
use closedset_core::id::{Id, Organisation};
use closedset_store::{Tx, people, register};
use unicode_normalization::UnicodeNormalization;

/// The longest name.
const NAME_LIMIT: usize = 100;
/// What a name is, after "Enter a name, ...".
pub(crate) const NAME_RULE: &str = "at most 100 characters on one line, none of them invisible";
/// How Closedset names whoever acts at the server's own command line: nobody else is called so.
const OPERATOR: &str = "attheserver";

/// Whether this can be somebody's name, or a token's.
pub(crate) fn is_name(name: &str) -> bool {
    !key(name).is_empty() && is_line(name, NAME_LIMIT) && !key(name).ends_with(OPERATOR)
}

/// Whether this shows as one line of at most `limit` characters, as it is.
pub(crate) fn is_line(text: &str, limit: usize) -> bool {
    text.chars().count() <= limit
        && !text.chars().any(|letter| letter.is_control() || is_direction(letter))
}

/// Separators of lines, and what turns the direction of what follows (Unicode 9, UAX 9, 2: explicit
/// directional formatting), or shows as nothing at all. The joiners and the selectors of a letter's form, which
/// names in some scripts need, are not among them.
const fn is_direction(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}'
    )
}

/// What two names have in common that people take for one: compared in compatibility form (Unicode
/// Standard Annex 15, NFKC), without case, spaces, joiners and selectors of a letter's form.
pub(crate) fn key(name: &str) -> String {
    let composed: String = name.nfkc().collect();
    let lowered: String = composed.to_lowercase().nfkc().collect();
    lowered.chars().filter(|letter| !letter.is_whitespace() && !is_joiner(*letter)).collect()
}

/// What shows in the letters beside it alone, if at all.
const fn is_joiner(letter: char) -> bool {
    matches!(
        letter,
        '\u{34f}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{200c}' | '\u{200d}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Refuses the name of another who belongs, is invited, or works here or ever did.
pub(super) fn refuse_same_name(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    name: &str,
    email: &str,
) -> Result<(), Problem> {
    let wanted = key(name);
    let is_taken = |other: &str, by: &str| by != email && key(other) == wanted;
    let open = people::invitation_list(tx, organisation)?;
    let mut taken = open.iter().any(|row| is_taken(&row.name, &row.email));
    let registered = register::register_names(tx, organisation)?;
    taken = taken || registered.iter().any(|(other, by)| is_taken(other, by));
    let mut after = None;
    while !taken {
        let rows = people::member_list(tx, organisation, after, 200)?;
        taken = rows.iter().any(|row| is_taken(&row.name, &row.email));
        match rows.last() {
            Some(last) => after = Some(last.person),
            None => break,
        }
    }
    if !taken {
        return Ok(());
    }
    Err(Problem::Conflict {
        code: "person.same_name",
        sentence: "Somebody else who belongs here, is invited, or stands in the register of people has this name.",
        remedy: "Write it so that the two can be told apart, with a second name or the firm: it stands beside what each of them signs.",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_one() {
        for (one, other) in [
            ("Ada Reel", "ada  reel"),
            ("Ada Reel", "ＡＤＡ ＲＥＥＬ"),
            ("Zoë", "Zoe\u{308}"),
            ("Ada Reel", "Ada\u{a0}Re\u{200d}el"),
            ("Ada Reel", "AdaReel"),
            ("Ada Reel", "Ada\u{fe0f} R\u{34f}eel\u{e0100}"),
        ] {
            assert_eq!(key(one), key(other), "{one:?} {other:?}");
        }
        assert_ne!(key("Ada Reel"), key("Ada Real"));
        assert_ne!(key("Zoë"), key("Zoe"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in [
            "",
            " \u{200d}",
            "\u{fe0f}",
            "\u{3164}",
            "Ada\u{2800}Reel",
            "Fake\nowner Ada",
            "\u{1b}[31mRed",
            "Ada\u{202e}leeR",
            "Ada\u{200b}Reel",
            "root at the server",
            "Root  AT the Server",
        ] {
            assert!(!is_name(bad), "{bad:?}");
        }
        assert!(!is_name(&"a".repeat(101)));
        for good in ["Ada Reel", "Þórunn Æsa", "نازنین\u{200c}زهرا", "李 小龍", "O'Neil-Smith, Jr."]
        {
            assert!(is_name(good), "{good:?}");
        }
    }
}
