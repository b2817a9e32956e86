//! The questions of a file.

use super::{QUESTIONS, TEXT_LIMIT, alike::alike, columns::Columns};
use crate::{Problem, people::is_line};
use closedset_sheets::{Row, SheetError, Table, read_texts};
use closedset_store::questionnaires::QuestionRow;

/// The longest heading and the longest number, in characters.
const HEADING_LIMIT: usize = 200;

/// Reads the questions of a file, with what is answered there already.
pub(super) fn questions(bytes: &[u8]) -> Result<Vec<QuestionRow>, Problem> {
    let tables = read_texts(bytes, &|heads| Columns::are(heads)).map_err(|error| wrong(&error))?;
    let mut questions = Vec::new();
    let many = tables.len() > 1;
    for table in &tables {
        let sheet = table.sheet().filter(|_| many).unwrap_or_default();
        of_table(table, sheet, &mut questions)?;
    }
    if questions.is_empty() {
        return Err(Problem::field("file", "There is no question below the heads of this list."));
    }
    Ok(questions)
}

fn wrong(error: &SheetError) -> Problem {
    let mut said = error.to_string();
    if let Some(first) = said.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Problem::field("file", format!("{said}. {}", error.remedy()))
}

fn of_table(table: &Table, sheet: &str, questions: &mut Vec<QuestionRow>) -> Result<(), Problem> {
    let columns = Columns::of(&table.heads())?;
    let width = table.heads().len().max(closedset_sheets::COLUMN_LIMIT);
    let mut part = shown(sheet, HEADING_LIMIT);
    for row in table.rows() {
        let words = shown(row.cell(columns.question), TEXT_LIMIT);
        let own = columns.part.map(|column| shown(row.cell(column), HEADING_LIMIT));
        if let Some(own) = own.filter(|own| !own.is_empty()) {
            part = own;
        }
        if alike(&words).is_empty() {
            // A row that says one thing alone is a heading.
            if let Some(heading) = alone(&row, width, &columns) {
                part = shown(heading, HEADING_LIMIT);
            }
            continue;
        }
        if questions.len() >= QUESTIONS {
            let message = "A questionnaire has at most 1,000 questions. Split it, and bring one part after the other.";
            return Err(Problem::field("file", message));
        }
        let number = columns.number.map(|column| shown(row.cell(column), HEADING_LIMIT));
        let answers = columns.answer.iter().map(|column| shown(row.cell(*column), TEXT_LIMIT));
        let answer = answers.filter(|answer| !answer.is_empty()).collect::<Vec<_>>().join("\n");
        if answer.chars().nth(TEXT_LIMIT).is_some() {
            let message = format!(
                "The answer in row {} has more than 4,000 characters. Shorten it.",
                row.number
            );
            return Err(Problem::field("file", message));
        }
        questions.push(QuestionRow {
            position: i64::try_from(questions.len() + 1).unwrap_or(i64::MAX),
            part: part.clone(),
            number: number.unwrap_or_default(),
            alike: alike(&words),
            words,
            is_reusable: !answer.is_empty(),
            answer,
            control: String::new(),
            answered_by: None,
            answered_at: None,
            changes: 0,
        });
    }
    Ok(())
}

/// The one cell of a row that says something, if it is one and no answer.
fn alone<'t>(row: &Row<'t>, width: usize, columns: &Columns) -> Option<&'t str> {
    let mut said = (0..width).filter(|column| !row.cell(*column).is_empty());
    let column = said.next()?;
    (said.next().is_none() && !columns.answer.contains(&column)).then(|| row.cell(column))
}

/// A cell as it may be shown: without what cannot be seen, and no longer than `limit`.
pub(super) fn shown(text: &str, limit: usize) -> String {
    let text =
        text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
    let seen = |letter: &char| *letter == '\n' || is_line(&letter.to_string(), 1);
    let text: String = text.trim().chars().filter(seen).take(limit).collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, String, String)> {
        let all = questions(text.as_bytes()).unwrap();
        let said = |one: QuestionRow| (one.part, one.number, one.words, one.answer);
        all.into_iter().map(said).collect()
    }

    fn one(
        part: &str,
        number: &str,
        words: &str,
        answer: &str,
    ) -> (String, String, String, String) {
        (part.into(), number.into(), words.into(), answer.into())
    }

    #[test]
    fn questions_are_read_with_their_headings_and_what_is_answered_already() {
        let list = "Security questionnaire\n\nNo;Question;Response;Comments\n\
            Access;;;\n1.1;Are doors locked?;Yes;Since 2020\n1.2;\"Who has\nkeys?\";;\n\
            ;;only a remark;\nNetwork;;;\n2.1;Is Wi\u{200b}-Fi apart?;;\n;???;;\n";
        assert_eq!(
            read(list),
            [
                one("Access", "1.1", "Are doors locked?", "Yes\nSince 2020"),
                one("Access", "1.2", "Who has\nkeys?", ""),
                one("Network", "2.1", "Is Wi-Fi apart?", ""),
            ]
        );
        let list = "Section,Question\nA,One?\n,Two?\nB,Three?\n";
        let parts: Vec<String> = read(list).into_iter().map(|one| one.0).collect();
        assert_eq!(parts, ["A", "A", "B"]);
        assert_eq!(read("Questions\nOne?\n=1+1\n")[1].2, "=1+1");
    }

    #[test]
    fn what_is_no_questionnaire_is_refused() {
        let refused = |bytes: &[u8]| questions(bytes).unwrap_err().sentence();
        assert!(refused(b"Question,Answer\n").contains("no question"));
        assert!(refused(b"Name,E-mail\nNina,n@x.example\n").contains("Name, E-mail"));
        assert!(refused(b"").contains("empty"));
        assert!(refused(b"%PDF-1.7").contains("no list"));
        let many = format!("Question\n{}", "One?\n".repeat(1_001));
        assert!(refused(many.as_bytes()).contains("1,000"));
        let long = format!("Question,Answer\nOne?,{}\n", "x".repeat(4_001));
        assert!(
            refused(long.as_bytes()).contains("B2 has more than 4000"),
            "{}",
            refused(long.as_bytes())
        );
        let twice = format!("Question,Answer,Comment\nOne?,{0},{0}\n", "x".repeat(3_000));
        assert!(refused(twice.as_bytes()).contains("row 2"));
    }
}
