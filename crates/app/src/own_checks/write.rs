//! Writing an own check: its first version, or the next.

use super::{IN_FORCE_LIMIT, after_change, before_change, catalogue_in_force, catch_up, take_up};
use crate::{
    App, Caller, FieldProblem, Problem, admitted::Admitted, evidence::invalid_unless_empty,
};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action,
    entry::Log,
    id::{Id, OwnCheck},
    own_check::{Terms, WRITTEN},
};
use closedset_store::{
    NewEntry, Tx,
    own_checks::{self, OwnVersionRow},
};
use serde_json::json;

/// Where terms are to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A new own check.
    New,
    /// The version after the one that the caller looked at.
    After {
        /// The own check.
        id: Id<OwnCheck>,
        /// The version that was looked at.
        version: i64,
    },
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenCheck {
    /// Its id.
    pub id: Id<OwnCheck>,
    /// The version in force from now on.
    pub version: i64,
}

pub(super) fn changed_meanwhile() -> Problem {
    Problem::Conflict {
        code: "own_check.changed",
        sentence: "Somebody changed this check since you looked at it.",
        remedy: "Look at what it asks now, and decide anew.",
    }
}

pub(super) fn retired() -> Problem {
    Problem::Conflict {
        code: "own_check.retired",
        sentence: "This check was retired.",
        remedy: "Write a new one; what a retired check found stays as it was.",
    }
}

fn too_many() -> Problem {
    Problem::Conflict {
        code: "own_check.too_many",
        sentence: "There are 100 own checks in force, and no more can be.",
        remedy: "Retire one that nobody needs, or ask several things in one check.",
    }
}

/// The longest term of a fact in an own check.
const FRESH_DAYS: i64 = 90;

/// What is wrong with terms, field by field.
pub(super) fn check(catalogue: &Catalogue, terms: &Terms) -> Result<(), Problem> {
    let mut problems = Vec::new();
    let mut length =
        |field: &'static str, text: &str, (least, most): (usize, usize), what: &str| {
            let is_one_line = field != "title" || !text.chars().any(char::is_control);
            if !(least..=most).contains(&text.trim().chars().count()) || !is_one_line {
                let message = format!("{what}, in {least} to {most} characters.");
                problems.push(FieldProblem { field, message });
            }
        };
    length("title", &terms.title, (3, 120), "Say in one line what is so when it passes");
    length("wanted", &terms.wanted, (3, 500), "Say what is wanted");
    length("fix", &terms.fix, (0, 2_000), "Say how to mend it");
    if let Some(applies) = &terms.applies {
        length("applies", &applies.otherwise, (3, 200), "Say why it does not concern the others");
    }
    for reason in terms.may_be_empty.values().chain(terms.may_be_absent.values()) {
        length("may_be_absent", reason, (3, 200), "Say why it may be missing");
    }
    if terms.because.len() > 5 {
        let message = "Say what was found in at most 5 ways.".to_owned();
        problems.push(FieldProblem { field: "because", message });
    }
    if !catalogue.answers(&terms.control) {
        let message = "Choose the control beside whose checks it stands.".to_owned();
        problems.push(FieldProblem { field: "control", message });
    }
    let days = terms.fresh_for.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
    if !days.is_some_and(|days| (1..=FRESH_DAYS).contains(&days)) {
        let message =
            "Choose for how long a report counts: 1 to 90 days, written as 7d.".to_owned();
        problems.push(FieldProblem { field: "fresh_for", message });
    }
    invalid_unless_empty(problems)?;
    catalogue
        .own_check("the check", 1, terms)
        .map_err(|why| Problem::field("pass", format!("This cannot be asked: {why}.")))?;
    match catalogue.stricter_fault(terms) {
        None => Ok(()),
        Some(why) => Err(Problem::field("pass", format!("This is no stricter threshold: {why}."))),
    }
}

/// Terms as they are kept.
pub(super) fn tidy(mut terms: Terms) -> Terms {
    for text in [&mut terms.title, &mut terms.wanted, &mut terms.fix, &mut terms.pass] {
        *text = text.trim().to_owned();
    }
    terms
}

/// Writes what is asked from now on. What is asked already in these words is not written again.
pub async fn own_check_write(
    app: &App,
    caller: &Caller,
    place: Place,
    terms: Terms,
) -> Result<WrittenCheck, Problem> {
    before_change(app, caller).await?;
    let terms = tidy(terms);
    check(&*catalogue_in_force(app, caller).await?, &terms)?;
    let unit_app = app.clone();
    let written = app
        .write_for(caller, Action::CatalogueWrite, move |tx, caller| {
            catch_up(tx, &unit_app, caller.organisation)?;
            let (written, is_news) = write(tx, caller, place, &terms)?;
            if is_news {
                take_up(tx, &unit_app, caller.organisation)?;
            }
            Ok(written)
        })
        .await?;
    after_change(app, caller).await?;
    Ok(written)
}

/// Writes one version with its entry, and says whether that is news. The caller has let take effect what fell due, and takes up the new
/// wording.
pub(super) fn write(
    tx: &mut Tx<'_>,
    caller: &Admitted,
    place: Place,
    terms: &Terms,
) -> Result<(WrittenCheck, bool), Problem> {
    let organisation = caller.organisation;
    let (id, version) = match place {
        Place::New => {
            if own_checks::own_check_in_force(tx, organisation)?.len() >= IN_FORCE_LIMIT {
                return Err(too_many());
            }
            (tx.new_id(), 1)
        }
        Place::After { id, version } => {
            let row = own_checks::own_check_by_id(tx, organisation, id)?
                .ok_or(Problem::NotFound("own check"))?;
            if row.retired.is_some() {
                return Err(retired());
            }
            if row.newest.terms == *terms {
                return Ok((WrittenCheck { id, version: row.newest.version }, false));
            }
            if row.newest.version != version {
                return Err(changed_meanwhile());
            }
            (id, version + 1)
        }
    };
    let entry = tx.record(
        Log::Organisation(organisation),
        NewEntry {
            actor: &caller.actor,
            subject: format!("check:{id}"),
            kind: WRITTEN,
            body: json!({
                "check": id,
                "version": version,
                "terms": terms,
                "written_by": caller.name,
            }),
        },
    )?;
    let row = OwnVersionRow {
        id,
        version,
        terms: terms.clone(),
        written_by: caller.name.clone(),
        written_at: tx.now(),
        entry: entry.index,
    };
    own_checks::own_check_write(tx, organisation, &row)?;
    Ok((WrittenCheck { id, version }, true))
}
