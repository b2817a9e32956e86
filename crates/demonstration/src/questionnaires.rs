//! A client's questionnaire that was answered and handed over, and another's that came in since, answered in part.

use crate::error::{DemonstrationError, refused};
use closedset_app::{
    App, Caller,
    questionnaires::{
        NewAnswer, NewQuestionnaire, question_answer, questionnaire_file, questionnaire_fill,
        questionnaire_take_in,
    },
};
use closedset_core::id::{Client, Id, Questionnaire};

/// What was asked, what is answered, and by which control that is shown; empty for none.
const ANSWERED: [(&str, &str, &str, &str); 8] = [
    (
        "People",
        "Who answers for content security, and who is the deputy?",
        "Both stand on the sheet of contacts.",
        "AD-6",
    ),
    (
        "People",
        "Does everybody sign a confidentiality agreement before they see content?",
        "Yes, also freelancers; on their telephone or on paper.",
        "AD-3",
    ),
    (
        "People",
        "Is access taken back on the day on which somebody leaves?",
        "Accounts at midnight by themselves; keys and drives by a list that somebody ticks off.",
        "",
    ),
    (
        "Building",
        "Are visitors received by somebody, identified and escorted?",
        "Yes, by reception; the log is kept for a year.",
        "PH-2",
    ),
    (
        "Building",
        "Is there a camera at every entrance, and how long are recordings kept?",
        "At every door, for 90 days.",
        "PH-3",
    ),
    (
        "Network",
        "Can a computer with content reach the internet?",
        "No; transfers go through one computer that stands apart.",
        "IS-11",
    ),
    (
        "Network",
        "Are the disks of laptops encrypted?",
        "All but one, for which an exception runs.",
        "IS-9",
    ),
    (
        "Incidents",
        "Within how many hours would you tell us of an incident?",
        "Within 24 hours, by telephone and in writing.",
        "",
    ),
];

/// What another client asks: some of it in the same words, some in others.
const ASKED: [&str; 7] = [
    "Does everybody sign a confidentiality agreement before they see content?",
    "Are visitors received by somebody, identified and escorted?",
    "Within how many hours would you tell us of an incident?",
    "Are disks of laptops and portable drives encrypted?",
    "Who answers for content security at your facility?",
    "How many people work with our content today?",
    "Do you use tools that learn from what they are given?",
];

fn line(cells: &[&str]) -> String {
    let quoted = cells.iter().map(|cell| format!("\"{cell}\""));
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

async fn bring(
    app: &App,
    caller: &Caller,
    (client, name): (Id<Client>, &str),
    list: String,
) -> Result<Id<Questionnaire>, DemonstrationError> {
    let new = NewQuestionnaire { client, name: name.to_owned(), due_on: String::new() };
    let file = ("questionnaire.csv", list.into_bytes());
    let brought = questionnaire_take_in(app, caller, new, file).await;
    brought.map_err(refused("a questionnaire"))
}

/// Enters both: the first of these clients was answered, the second waits.
pub(crate) async fn enter(
    app: &App,
    caller: &Caller,
    clients: &[Id<Client>],
) -> Result<(), DemonstrationError> {
    let what = "an answer to a questionnaire";
    let [first, second, ..] = clients else {
        return Err(DemonstrationError::Lacks("two clients"));
    };
    let mut list = line(&["Section", "Question", "Answer"]);
    for (part, question, _, _) in ANSWERED {
        list += &line(&[part, question, ""]);
    }
    let id = bring(app, caller, (*first, "Yearly security questionnaire"), list).await?;
    for (position, (_, _, answer, control)) in (1..).zip(ANSWERED) {
        let new =
            NewAnswer { answer: answer.to_owned(), control: control.to_owned(), is_reusable: true };
        let answered = question_answer(app, caller, (id, position), (new, None)).await;
        answered.map_err(refused(what))?;
    }
    questionnaire_file(app, caller, id).await.map_err(refused(what))?;
    let list = ASKED.iter().map(|question| line(&[question, ""]));
    let list = line(&["Question", "Response"]) + &list.collect::<String>();
    let id = bring(app, caller, (*second, "Before the next season"), list).await?;
    questionnaire_fill(app, caller, id).await.map_err(refused(what))?;
    Ok(())
}
