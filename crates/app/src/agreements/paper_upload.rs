//! Uploading an agreement that somebody signed on paper. It counts when another person has confirmed it.

use super::{in_force, scan};
use crate::{
    App, Caller, FieldProblem, Problem,
    evidence::invalid_unless_empty,
    people::{day_of, known_person, today},
};
use closedset_core::{
    Action,
    entry::Log,
    id::{Agreement, Id, Paper, Person},
};
use closedset_store::{
    NewEntry,
    agreements::{self, AgreementRow},
    papers::{self, PaperRow},
};
use jiff::civil::{Date, date};
use serde_json::json;

/// No paper was signed before.
const EARLIEST: Date = date(1990, 1, 1);
/// More papers of one person are not kept.
const PAPERS: usize = 200;

/// A paper as it is uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPaper {
    /// Which agreement was signed.
    pub agreement: Id<Agreement>,
    /// As which version it is to count.
    pub number: i64,
    /// The day that stands on it, as `2025-09-30`.
    pub signed_on: String,
    /// Its words are not those of that version but earlier ones, which the facility holds to cover it.
    pub is_earlier_wording: bool,
    /// The scan: a PDF, JPEG or PNG.
    pub scan: Vec<u8>,
}

/// Uploads the scan of what somebody signed. It does not count yet.
pub async fn paper_upload(
    app: &App,
    caller: &Caller,
    person: Id<Person>,
    new: NewPaper,
) -> Result<Id<Paper>, Problem> {
    caller.require(Action::PeopleWrite)?;
    let mut problems = Vec::new();
    let mut wrong = |field, message: &str| {
        problems.push(FieldProblem { field, message: message.to_owned() });
    };
    let signed_on = day_of(new.signed_on.trim());
    if signed_on.is_none() {
        wrong("signed_on", "Enter the day that stands on the paper.");
    }
    let form = scan::form(&new.scan).map_err(|message| wrong("file", message));
    // What is wrong with agreement, version or day is told before the file is kept.
    let (organisation, agreement, number) = (caller.organisation, new.agreement, new.number);
    let is_earlier = new.is_earlier_wording;
    let read = app.store().read(move |tx| -> Result<_, Problem> {
        known_person(tx, organisation, person)?;
        let row = in_force(tx, organisation, agreement)?;
        let today = today(tx, organisation)?;
        Ok(refused((&row, today), number, is_earlier, signed_on))
    });
    problems.extend(read.await?);
    invalid_unless_empty(problems)?;
    let (Ok(form), Some(day)) = (form, signed_on) else {
        return Err(Problem::field("file", "Choose the scan."));
    };
    let file = scan::keep(app, organisation, new.scan).await?;
    let unit_app = app.clone();
    let done = app
        .write_for(caller, Action::PeopleWrite, move |tx, caller| {
            known_person(tx, organisation, person)?;
            let row = in_force(tx, organisation, agreement)?;
            let today = today(tx, organisation)?;
            invalid_unless_empty(refused((&row, today), number, is_earlier, Some(day)))?;
            // Somebody else's upload of the same scan may have failed meanwhile, and taken it along.
            if unit_app.objects().size(organisation, file)?.is_none() {
                return Err(Problem::field("file", "Choose the scan once more."));
            }
            let others = papers::paper_list_of(tx, organisation, person)?;
            if others.len() >= PAPERS {
                return Err(Problem::Conflict {
                    code: "paper.too_many",
                    sentence: "This person has 200 papers, and more are not kept.",
                    remedy: "Let them sign by their link instead.",
                });
            }
            let stands = |other: &PaperRow| {
                let was_refused =
                    other.judged.as_ref().is_some_and(|one| one.refused_because.is_some());
                !was_refused
                    && (other.agreement, other.number, other.file) == (agreement, number, file)
            };
            // One that was withdrawn may be given again, rightly.
            let signed = agreements::signature_list_of(tx, organisation, person)?;
            let is_withdrawn = |other: &PaperRow| {
                signed.iter().any(|one| one.paper == Some(other.id) && one.withdrawn.is_some())
            };
            if others.iter().any(|other| stands(other) && !is_withdrawn(other)) {
                return Err(Problem::Conflict {
                    code: "paper.known",
                    sentence: "This scan was uploaded for this person and version before.",
                    remedy: "Look at the one that is there.",
                });
            }
            let id = tx.new_id();
            let entry = tx.record(
                Log::Organisation(organisation),
                NewEntry {
                    actor: &caller.actor,
                    subject: format!("person:{person}"),
                    kind: "agreement.paper_uploaded",
                    body: json!({
                        "paper": id,
                        "agreement": agreement,
                        "number": number,
                        "person": person,
                        "signed_on": day,
                        "is_earlier_wording": is_earlier,
                        "file": file,
                    }),
                },
            )?;
            let row = PaperRow {
                id,
                agreement,
                number,
                person,
                signed_on: day,
                is_earlier_wording: is_earlier,
                file,
                form: form.as_str().to_owned(),
                uploaded_by: caller.name.clone(),
                uploaded_actor: caller.actor.to_string(),
                uploaded_at: tx.now(),
                entry: entry.index,
                judged: None,
            };
            papers::paper_insert(tx, organisation, &row)?;
            Ok(id)
        })
        .await;
    // Where it is not known how the unit ended, the file stays.
    if matches!(&done, Err(Problem::Invalid(_) | Problem::Conflict { .. } | Problem::NotFound(_))) {
        scan::let_go(app, organisation, vec![file]).await?;
    }
    done
}

/// What speaks against such a paper. An earlier wording counts as a version as long as none asked everybody to sign
/// again: what asks again says that what was signed before is not enough.
fn refused(
    (row, today): (&AgreementRow, Date),
    number: i64,
    is_earlier: bool,
    day: Option<Date>,
) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut wrong = |field, message: String| problems.push(FieldProblem { field, message });
    if !(1..=row.number).contains(&number) {
        wrong("version", format!("Choose a version from 1 to {}.", row.number));
    } else if is_earlier && row.counts_from > 1 && number >= row.counts_from {
        let from = row.counts_from;
        wrong(
            "is_earlier_wording",
            format!(
                "Version {from} asks everybody to sign again: an earlier wording covers neither it nor those after it."
            ),
        );
    }
    if day.is_some_and(|day| day > today) {
        wrong("signed_on", "This day is still to come.".to_owned());
    }
    if day.is_some_and(|day| day < EARLIEST) {
        wrong("signed_on", "Papers from before 1990 are not taken.".to_owned());
    }
    problems
}
