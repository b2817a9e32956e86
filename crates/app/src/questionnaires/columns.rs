//! Which column says what, found by the words at its head.

use crate::{Problem, people::head_word};

/// Words of a head above questions, in English, Spanish, German and French, the surest first.
const QUESTION: [&str; 4] = [
    "question questions pregunta preguntas frage fragen",
    "requirement requirements requisito requisitos anforderung anforderungen exigence exigences",
    "control controls statement kontrolle controle",
    "description item descripcion beschreibung",
];
/// Words of a head above what is answered.
const ANSWER: &str = "answer answers response responses reply respuesta respuestas antwort antworten reponse reponses";
/// Words of a head above what is said beside an answer.
const COMMENT: &str =
    "comment comments comentario comentarios kommentar kommentare commentaire commentaires";
/// Words of a head above numbers.
const NUMBER: &str = "n no nr num number id ref reference numero nummer identifier";
/// Words of a head above headings.
const PART: &str = "part section category domain area topic group family chapter subject seccion categoria tema \
    abschnitt bereich kategorie thema categorie domaine theme chapitre";

/// A head is no longer, in characters: what is longer is a sentence.
const HEAD_LIMIT: usize = 80;

/// Where each thing stands, by the columns from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) question: usize,
    /// The columns whose cells together are the answer.
    pub(super) answer: Vec<usize>,
    pub(super) number: Option<usize>,
    pub(super) part: Option<usize>,
}

/// The words of a head, each without case and accents.
fn words(head: &str) -> Vec<String> {
    if head.chars().nth(HEAD_LIMIT).is_some() {
        return Vec::new();
    }
    if matches!(head.trim(), "#" | "№") {
        return vec!["no".to_owned()];
    }
    let words = head.split(|letter: char| !letter.is_alphanumeric());
    words.map(head_word).filter(|word| !word.is_empty()).collect()
}

fn has(head: &[String], wanted: &str) -> bool {
    head.iter().any(|word| wanted.split(' ').any(|one| one == word))
}

/// What a head above something else than questions says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Answer,
    Comment,
    Number,
    Part,
    Other,
}

fn beside(head: &[String]) -> Option<Beside> {
    // “Question ID”, “Type of question”, “Answer options”: what they are of does not count.
    if head.iter().any(|word| {
        matches!(word.as_str(), "type" | "options" | "weight" | "score" | "guidance" | "required")
    }) {
        return Some(Beside::Other);
    }
    if has(head, ANSWER) {
        return Some(Beside::Answer);
    }
    if has(head, COMMENT) {
        return Some(Beside::Comment);
    }
    if has(head, NUMBER) {
        return Some(Beside::Number);
    }
    let is_asked = QUESTION.iter().any(|rank| has(head, rank));
    (!is_asked && has(head, PART)).then_some(Beside::Part)
}

impl Columns {
    /// Whether this looks like the heads of a questionnaire.
    pub(super) fn are(heads: &[&str]) -> bool {
        let said = heads.iter().filter(|head| !head.trim().is_empty()).count();
        said > 1 && Self::found(heads).is_some()
    }

    /// The columns of these heads.
    pub(super) fn of(heads: &[&str]) -> Result<Self, Problem> {
        Self::found(heads).ok_or_else(|| {
            let shown = heads.iter().filter(|head| !head.is_empty()).take(20);
            let cut = shown.map(|head| head.chars().take(40).collect::<String>());
            let listed = cut.collect::<Vec<_>>().join(", ");
            Problem::field(
                "file",
                format!("No column holds the questions. The heads found are: {listed}. Write “Question” at the head of the column with the questions."),
            )
        })
    }

    fn found(heads: &[&str]) -> Option<Self> {
        let heads: Vec<Vec<String>> = heads.iter().map(|head| words(head)).collect();
        let place = |wanted: &dyn Fn(&[String]) -> bool| heads.iter().position(|head| wanted(head));
        let question = QUESTION
            .iter()
            .find_map(|rank| place(&|head| has(head, rank) && beside(head).is_none()))?;
        let of = |wanted: Beside| place(&|head| beside(head) == Some(wanted));
        let answer = (0..heads.len())
            .filter(|at| {
                let said = heads.get(*at).and_then(|head| beside(head));
                matches!(said, Some(Beside::Answer | Beside::Comment))
            })
            .collect();
        Some(Self { question, answer, number: of(Beside::Number), part: of(Beside::Part) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(heads: &str) -> Option<Columns> {
        let heads: Vec<&str> = heads.split(',').collect();
        Columns::are(&heads).then(|| Columns::of(&heads).unwrap())
    }

    #[test]
    fn columns_are_found_as_owners_name_them() {
        let all = |part, number, question, answer: &[usize]| {
            Some(Columns { question, answer: answer.to_vec(), number, part })
        };
        for (heads, found) in [
            ("Section,No.,Question,Answer", all(Some(0), Some(1), 2, &[3])),
            (
                "#,Domain,Control Question,Vendor Response (Yes/No/NA),Comments",
                all(Some(1), Some(0), 2, &[3, 4]),
            ),
            ("Question ID,Category,Requirement,Response", all(Some(1), Some(0), 2, &[3])),
            ("Control,Question,Response", all(None, None, 1, &[2])),
            ("Control,Response", all(None, None, 0, &[1])),
            ("ID,Description,Guidance,Your answer", all(None, Some(0), 1, &[3])),
            ("Nummer,Bereich,Frage,Antwort", all(Some(1), Some(0), 2, &[3])),
            ("Sección,Pregunta,Respuesta", all(Some(0), None, 1, &[2])),
            ("Thème,N°,Question,Réponse", all(Some(0), Some(1), 2, &[3])),
            ("Question type,Question,Answer options,Answer", all(None, None, 1, &[3])),
            ("Section,Question", all(Some(0), None, 1, &[])),
        ] {
            assert_eq!(columns(heads), found, "{heads}");
        }
    }

    #[test]
    fn what_is_no_head_is_none() {
        for heads in [
            "Questions",
            "Security questionnaire of 2026,Halide",
            "Name,E-mail",
            "Please answer every question below as it stands on the day on which you return this file to us,x",
            "",
        ] {
            assert_eq!(columns(heads), None, "{heads}");
        }
        let refused = Columns::of(&["Name", "", "E-mail"]).unwrap_err().sentence();
        assert!(refused.contains("Name, E-mail"), "{refused}");
        assert!(
            Columns::of(&["Questions"]).is_ok(),
            "one column alone, where nothing better is found"
        );
    }
}
