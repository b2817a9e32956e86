//! All policies in force as one document for the control that asks for them. It is drawn before the unit that changes
//! what is in force, of what will be in force then; where something else came between, it is drawn anew.

use super::paper::{Paper, paper};
use crate::{
    App, Caller, Problem,
    admitted::Admitted,
    days::{end_of, zone_of},
    evidence::{Given, document_give, document_take_back, keep_drawn, let_go_if_refused},
};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Action, Actions, Digest, Time,
    id::{Document, DocumentVersion, Id, Organisation},
    policy::Topic,
};
use closedset_store::{
    Tx,
    evidence::{self, DocumentRow},
    organisations,
    policies::{self, PolicyRow, PolicyVersionRow},
};
use jiff::civil::Date;
use std::sync::Arc;

/// The control for which policies are given.
pub const CONTROL: &str = "AD-5";

/// How often it is drawn where others change policies at the same time.
const ATTEMPTS: usize = 5;

/// A policy as it is once something was done to it.
#[derive(Debug, Clone)]
pub(super) struct After {
    pub(super) row: PolicyRow,
    /// Its version in force, if that is a new one.
    pub(super) version: Option<PolicyVersionRow>,
}

/// A policy in the handbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chapter {
    pub(super) row: PolicyRow,
    pub(super) version: PolicyVersionRow,
    pub(super) approved_on: Date,
    pub(super) reviewed_on: Option<Date>,
    pub(super) review_by: Date,
}

/// What the handbook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handbook {
    pub(super) organisation: String,
    /// In the order in which they were begun.
    pub(super) chapters: Vec<Chapter>,
    /// The last day on which it counts: the first by which one of them is reviewed.
    pub(super) last_day: Date,
    /// When that day is over.
    until: Time,
}

impl Handbook {
    /// Whether the file says the same: times that it does not show are left out.
    fn is_same(&self, other: &Self) -> bool {
        let shown = |one: &Self| {
            let mut one = one.clone();
            for chapter in &mut one.chapters {
                (chapter.version.entry, chapter.version.approved_at) = (0, Time::from_millis(0));
                (chapter.row.reviewed_at, chapter.row.edition) = (None, 0);
            }
            one
        };
        shown(self) == shown(other)
    }
}

/// How the handbook stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandbookStanding {
    /// The document as which it was given, and until when it counts; none where none is, or it was taken back.
    pub document: Option<(Id<Document>, Time)>,
    /// The control is answered here.
    pub is_answered: bool,
    /// Nothing speaks against giving it now.
    pub can_be_given: bool,
}

/// A handbook whose file is kept.
struct Drawn {
    handbook: Arc<Handbook>,
    digest: Digest,
    size: i64,
}

/// Carries out what changes what is in force, with what follows for the handbook. `prepare` says how a policy will stand;
/// it is asked before the file is drawn and once more within the unit, which `write` then carries out.
pub(super) async fn carry_out<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    prepare: impl Fn(&mut Tx<'_>, &Caller) -> Result<Option<After>, Problem> + Clone + Send + 'static,
    write: impl Fn(&mut Tx<'_>, &Admitted, Option<After>) -> Result<T, Problem> + Clone + Send + 'static,
) -> Result<T, Problem> {
    // Whoever does this gives evidence, or takes it back.
    let needed = Actions::from(Action::PeopleManage).with(Action::EvidenceWrite);
    caller.require_all(needed)?;
    for _ in 0..ATTEMPTS {
        let drawn = draw(app, caller, prepare.clone()).await?;
        let made = drawn.as_ref().map(|drawn| drawn.digest);
        let (unit_app, prepare, write) = (app.clone(), prepare.clone(), write.clone());
        let done = app
            .write_for(caller, Action::PeopleManage, move |tx, caller| {
                caller.require_all(needed)?;
                let after = prepare(tx, caller)?;
                let outcome = write(tx, caller, after)?;
                settle(tx, &unit_app, caller, drawn.as_ref())?;
                Ok(outcome)
            })
            .await;
        let_go_if_refused(app, caller.organisation, made, &done).await?;
        match done {
            Err(problem) if problem.code() == moved().code() => {}
            done => return done,
        }
    }
    Err(moved())
}

const fn moved() -> Problem {
    Problem::Conflict {
        code: "policy.handbook_moved",
        sentence: "Others changed policies all the while the handbook was drawn.",
        remedy: "Try again in a moment.",
    }
}

/// Draws the handbook that will be in force, if one will.
async fn draw(
    app: &App,
    caller: &Caller,
    prepare: impl Fn(&mut Tx<'_>, &Caller) -> Result<Option<After>, Problem> + Send + 'static,
) -> Result<Option<Drawn>, Problem> {
    let (unit_app, unit_caller, organisation) = (app.clone(), caller.clone(), caller.organisation);
    let handbook = app
        .store()
        .read(move |tx| -> Result<_, Problem> {
            let after = prepare(tx, &unit_caller)?;
            let catalogue = unit_app.catalogue_of(tx, organisation)?;
            let chapters = chapters(tx, organisation, after.as_ref())?;
            handbook(tx, &catalogue, organisation, chapters)
        })
        .await?;
    let Some(handbook) = handbook else { return Ok(None) };
    let (now, id): (_, Id<DocumentVersion>) = (app.now(), Id::new(app.now(), app.randomness()));
    let handbook = Arc::new(handbook);
    let drawn = Arc::clone(&handbook);
    let draw = move || paper(&Paper { id, handbook: &drawn, made_at: now });
    let (digest, size) = keep_drawn(app, organisation, draw).await?;
    Ok(Some(Drawn { handbook, digest, size }))
}

/// The policies that are in force, oldest first, once one of them is `after`.
pub(super) fn chapters(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
    after: Option<&After>,
) -> Result<Vec<Chapter>, Problem> {
    let zone = zone_of(tx, organisation)?;
    let day = |time: Time| time.timestamp().to_zoned(zone.clone()).date();
    let mut chapters = Vec::new();
    for row in policies::policy_list(tx, organisation)? {
        let after = after.filter(|after| after.row.id == row.id);
        let row = after.map_or(row, |after| after.row.clone());
        if !row.is_in_force() {
            continue;
        }
        let version = match after.and_then(|after| after.version.clone()) {
            Some(version) => Some(version),
            None => policies::policy_version(tx, row.id, row.number)?,
        };
        let (Some(version), Some(review_by)) = (version, row.review_by) else {
            return Err(Problem::Fault("a policy in force has no words or no review".into()));
        };
        chapters.push(Chapter {
            approved_on: day(version.approved_at),
            reviewed_on: row.reviewed_at.map(day),
            row,
            version,
            review_by,
        });
    }
    Ok(chapters)
}

/// The handbook of these; none where a topic is not covered, the review of one is overdue, or nobody asks for it.
fn handbook(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    organisation: Id<Organisation>,
    chapters: Vec<Chapter>,
) -> Result<Option<Handbook>, Problem> {
    let is_whole = Topic::missing(chapters.iter().map(|one| &one.row.topics)).is_empty();
    let Some(last_day) = chapters.iter().map(|one| one.review_by).min() else { return Ok(None) };
    let until = end_of(last_day, &zone_of(tx, organisation)?)?;
    if !is_whole || !catalogue.answers(CONTROL) || until <= tx.now() {
        return Ok(None);
    }
    let here = organisations::organisation_by_id(tx, organisation)?;
    let name = here.ok_or(Problem::NotFound("organisation"))?.name;
    Ok(Some(Handbook { organisation: name, chapters, last_day, until }))
}

/// The document as which the handbook counts now, unless it was taken back.
fn standing(
    tx: &mut Tx<'_>,
    organisation: Id<Organisation>,
) -> Result<Option<DocumentRow>, Problem> {
    let Some(id) = policies::handbook_of(tx, organisation)? else { return Ok(None) };
    let known = evidence::document_by_id(tx, organisation, id)?;
    Ok(known.filter(|document| document.withdrawn_at.is_none()))
}

/// Gives the handbook that is in force now, which must be the one that was drawn; where none is, takes back the one before.
fn settle(
    tx: &mut Tx<'_>,
    app: &App,
    caller: &Admitted,
    drawn: Option<&Drawn>,
) -> Result<(), Problem> {
    let (organisation, now) = (caller.organisation, tx.now());
    let catalogue = app.catalogue_of(tx, organisation)?;
    let chapters = chapters(tx, organisation, None)?;
    let missing = Topic::missing(chapters.iter().map(|one| &one.row.topics));
    let wanted = handbook(tx, &catalogue, organisation, chapters)?;
    let standing = standing(tx, organisation)?;
    match (wanted, drawn) {
        (Some(wanted), Some(drawn)) if wanted.is_same(&drawn.handbook) => {
            let given = Given {
                replaces: standing.map(|document| document.id),
                control: CONTROL,
                title: "Policies",
                file_name: "policies.pdf",
                media_type: "application/pdf",
                valid: (now, wanted.until),
            };
            let stored = (drawn.digest, drawn.size);
            let id = document_give(tx, &catalogue, caller, &given, stored)?;
            Ok(policies::handbook_put(tx, organisation, id)?)
        }
        (None, None) => {
            let Some(document) = standing else { return Ok(()) };
            // What ended by itself, because a review is overdue, goes on with its next version.
            if missing.is_empty() && document.newest.valid_to <= now {
                return Ok(());
            }
            let why = match missing[..] {
                [] => "The policies changed while nobody asked for them.".to_owned(),
                _ => {
                    let titles: Vec<&str> = missing.iter().map(|topic| topic.title()).collect();
                    format!("No policy in force covers: {}.", titles.join(", "))
                }
            };
            let by = (&caller.actor, organisation);
            document_take_back(tx, &catalogue, by, document.id, &why)
        }
        _ => Err(moved()),
    }
}

/// How the handbook stands, for pages and the API.
pub(super) fn handbook_standing(
    tx: &mut Tx<'_>,
    app: &App,
    organisation: Id<Organisation>,
) -> Result<HandbookStanding, Problem> {
    let catalogue = app.catalogue_of(tx, organisation)?;
    let chapters = chapters(tx, organisation, None)?;
    let wanted = handbook(tx, &catalogue, organisation, chapters)?;
    let now = tx.now();
    let document = standing(tx, organisation)?.filter(|document| document.newest.valid_to > now);
    Ok(HandbookStanding {
        can_be_given: wanted.is_some() && document.is_none(),
        document: document.map(|document| (document.id, document.newest.valid_to)),
        is_answered: catalogue.answers(CONTROL),
    })
}

/// Gives the handbook where it should stand and does not: its document was withdrawn by hand, or the framework that asks
/// for it was chosen later.
pub async fn handbook_give(app: &App, caller: &Caller) -> Result<(), Problem> {
    let unit_app = app.clone();
    let prepare = move |tx: &mut Tx<'_>, caller: &Caller| {
        let stands = handbook_standing(tx, &unit_app, caller.organisation)?;
        match stands.can_be_given {
            true => Ok(None),
            false => Err(Problem::Conflict {
                code: "policy.handbook_stands",
                sentence: "The handbook was given already, or cannot be given: a topic is missing, a review is overdue, or nobody asks for it.",
                remedy: "Look at the page of policies: it says what is missing.",
            }),
        }
    };
    carry_out(app, caller, prepare, |_, _, _| Ok(())).await
}
