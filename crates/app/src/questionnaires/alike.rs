//! Which questions ask the same. Words are compared as they are written, without case, accents and the small words that
//! every question has; nothing is understood. What is found is a proposal to a person.

use closedset_store::questionnaires::{QuestionRow, SavedAnswer};
use std::collections::{BTreeSet, HashMap};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// So much two questions have in common at least, of 100: twice the common words by the words of both (Dice 1945).
const NEAR: usize = 60;

/// Words that tell no question from another. Those that turn one around (not, no, without) are not among them.
const SMALL: [&str; 40] = [
    "a", "all", "an", "and", "any", "are", "as", "at", "be", "been", "by", "describe", "do",
    "does", "for", "from", "has", "have", "how", "if", "in", "is", "it", "its", "of", "on", "or",
    "our", "please", "so", "that", "the", "their", "there", "this", "to", "what", "with", "you",
    "your",
];

/// A question as it is compared: its words in their order, without case, accents and marks.
pub(super) fn alike(words: &str) -> String {
    let plain = words.nfkd().filter(|letter| !is_combining_mark(*letter));
    let lowered: String = plain.flat_map(char::to_lowercase).collect();
    let words = lowered.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn telling(alike: &str) -> BTreeSet<&str> {
    let all = || alike.split(' ').filter(|word| !word.is_empty());
    let telling: BTreeSet<&str> = all().filter(|word| !SMALL.contains(word)).collect();
    if telling.is_empty() { all().collect() } else { telling }
}

/// The answers that may serve again, of each question the latest.
pub(super) struct Library {
    saved: Vec<SavedAnswer>,
    /// Which one answers exactly this.
    same: HashMap<String, usize>,
    /// Which ones have this word.
    having: HashMap<String, Vec<usize>>,
    /// How many telling words each has.
    sizes: Vec<usize>,
}

impl Library {
    /// One of answers that come the latest first.
    pub(super) fn new(all: Vec<SavedAnswer>) -> Self {
        let mut library =
            Self { saved: vec![], same: HashMap::new(), having: HashMap::new(), sizes: vec![] };
        for one in all {
            let place = library.saved.len();
            if library.same.contains_key(&one.question.alike) {
                continue;
            }
            library.same.insert(one.question.alike.clone(), place);
            let words = telling(&one.question.alike);
            library.sizes.push(words.len());
            for word in words {
                library.having.entry(word.to_owned()).or_default().push(place);
            }
            library.saved.push(one);
        }
        library
    }

    /// The answer to the same words.
    pub(super) fn same(&self, question: &QuestionRow) -> Option<&SavedAnswer> {
        self.same.get(&question.alike).and_then(|place| self.saved.get(*place))
    }

    /// Answers to what is asked in the same or in like words, the likest first, each with how like it is, of 100.
    pub(super) fn near(&self, question: &QuestionRow) -> Vec<(&SavedAnswer, usize)> {
        let words = telling(&question.alike);
        let mut common: HashMap<usize, usize> = HashMap::new();
        for place in words.iter().filter_map(|word| self.having.get(*word)).flatten() {
            *common.entry(*place).or_default() += 1;
        }
        let likeness = |(place, common): (usize, usize)| {
            let one = self.saved.get(place)?;
            let of_both = words.len() + self.sizes.get(place)?;
            // The same telling words are not yet the same question.
            let likeness = (200 * common / of_both.max(1)).min(99);
            let is_same = one.question.alike == question.alike;
            Some((one, if is_same { 100 } else { likeness }, place))
        };
        let mut found: Vec<_> = common.into_iter().filter_map(likeness).collect();
        found.retain(|(_, likeness, _)| *likeness >= NEAR);
        found.sort_by_key(|(_, likeness, place)| (std::cmp::Reverse(*likeness), *place));
        found.into_iter().map(|(one, likeness, _)| (one, likeness)).collect()
    }

    /// Those in whose question or answer all these words stand, the latest first.
    pub(super) fn search(self, words: &str) -> Vec<SavedAnswer> {
        let wanted = alike(words);
        let mut found = self.saved;
        found.retain(|one| {
            let text = format!("{} {}", one.question.alike, alike(&one.question.answer));
            wanted.split(' ').all(|word| text.contains(word))
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_core::id::Id;

    fn asked(words: &str) -> QuestionRow {
        QuestionRow {
            position: 1,
            part: String::new(),
            number: String::new(),
            words: words.into(),
            alike: alike(words),
            answer: "Yes.".into(),
            control: String::new(),
            is_reusable: true,
            answered_by: None,
            answered_at: None,
            changes: 1,
        }
    }

    fn library(all: &[&str]) -> Library {
        let saved = |words: &&str| SavedAnswer {
            questionnaire: Id::from_bits(1),
            name: String::new(),
            client: Id::from_bits(1),
            client_name: String::new(),
            question: asked(words),
        };
        Library::new(all.iter().map(saved).collect())
    }

    #[test]
    fn like_questions_are_found_and_others_are_not() {
        let library = library(&[
            "Are visitors escorted at all times?",
            "Do you encrypt portable drives?",
            "Is MFA required for remote access?",
            "are VISITORS   escorted, at all times",
        ]);
        assert_eq!(library.saved.len(), 3, "of each the latest");
        let near = |words: &str| -> Vec<(String, usize)> {
            let asked = asked(words);
            let found = library.near(&asked);
            found.into_iter().map(|(one, like)| (one.question.words.clone(), like)).collect()
        };
        assert_eq!(near("Are visitors escorted at all times?")[0].1, 100);
        assert_eq!(near("Visitors: are they escorted at all times?").len(), 1);
        assert!(
            near("Visitors: escorted times")[0].1 < 100,
            "the order of words may turn a meaning"
        );
        assert_eq!(
            near("Are all portable drives encrypted, do you encrypt them?")[0].0,
            "Do you encrypt portable drives?"
        );
        assert!(near("Who is your security contact?").is_empty());
        assert!(near("").is_empty() && near("do you").is_empty());
    }

    #[test]
    fn the_words_are_compared_without_case_accents_and_marks() {
        assert_eq!(
            alike("  ¿Están CIFRADOS los discos? (sí/no) "),
            "estan cifrados los discos si no"
        );
        assert_eq!(alike("???"), "");
        assert!(SMALL.is_sorted());
    }
}
