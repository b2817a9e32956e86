//! What a check would say of every computer by today's facts. Nothing is written.

use super::{catalogue_in_force, write};
use crate::{App, Caller, Problem, assessment::known_now, present::moment};
use closedset_catalogue::{Catalogue, Check};
use closedset_core::{
    Action, Status, Subject,
    id::{Device, Id, Organisation},
    own_check::Terms,
};
use closedset_store::devices;
use std::{collections::BTreeMap, sync::Arc};

/// How many computers of each status are named.
pub const PREVIEW_LIMIT: usize = 50;
/// Computers looked at in one unit.
const BATCH: i64 = 200;

/// What a check would say.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The check that the terms are.
    pub check: Check,
    /// How many computers there are of each status.
    pub counts: BTreeMap<Status, u64>,
    /// The first of each status, worst first, by name.
    pub lines: Vec<PreviewLine>,
}

/// What a check would say of one computer.
#[derive(Debug, Clone)]
pub struct PreviewLine {
    /// The computer.
    pub device: Id<Device>,
    /// What people call it.
    pub name: String,
    /// The answer.
    pub status: Status,
    /// Why.
    pub because: String,
}

/// Asks every computer what the terms ask.
pub async fn own_check_preview(
    app: &App,
    caller: &Caller,
    terms: Terms,
) -> Result<Preview, Problem> {
    caller.require(Action::CatalogueWrite)?;
    let terms = write::tidy(terms);
    write::check(&*catalogue_in_force(app, caller).await?, &terms)?;
    preview(app, caller, &terms).await
}

/// The same for terms that were checked.
pub(super) async fn preview(app: &App, caller: &Caller, terms: &Terms) -> Result<Preview, Problem> {
    let catalogue = catalogue_in_force(app, caller).await?;
    let check = catalogue
        .own_check("the check", 1, terms)
        .map_err(|why| Problem::field("pass", format!("This cannot be asked: {why}.")))?;
    let asked = Arc::new(check);
    let (mut counts, mut lines) = (BTreeMap::new(), Vec::new());
    let mut after = None;
    loop {
        let (app, catalogue, check) = (app.clone(), Arc::clone(&catalogue), Arc::clone(&asked));
        let organisation = caller.organisation;
        let (last, some) =
            app.store().read(move |tx| some(tx, (&catalogue, &check), organisation, after)).await?;
        for line in some {
            let count: &mut u64 = counts.entry(line.status).or_default();
            *count += 1;
            let listed = usize::try_from(*count).unwrap_or(usize::MAX);
            if listed <= PREVIEW_LIMIT {
                lines.push(line);
            }
        }
        match last {
            None => break,
            last => after = last,
        }
    }
    lines.sort_by(|one: &PreviewLine, other| {
        (one.status, &one.name).cmp(&(other.status, &other.name))
    });
    Ok(Preview { check: (*asked).clone(), counts, lines })
}

/// Some computers after `after`, and the last of them.
fn some(
    tx: &mut closedset_store::Tx<'_>,
    (catalogue, check): (&Catalogue, &Check),
    organisation: Id<Organisation>,
    after: Option<Id<Device>>,
) -> Result<(Option<Id<Device>>, Vec<PreviewLine>), Problem> {
    let now = moment(tx, organisation, None)?;
    let rows = devices::device_list(tx, organisation, after, BATCH)?;
    let last = rows.last().map(|row| row.id);
    let mut lines = Vec::new();
    for row in rows.into_iter().filter(|row| row.revoked_at.is_none()) {
        let subject = Subject::device(row.id);
        let known = known_now(tx, catalogue, organisation, &subject, now)?;
        let verdict = catalogue.assess(check, &known, now);
        lines.push(PreviewLine {
            device: row.id,
            name: row.name,
            status: verdict.status,
            because: verdict.because,
        });
    }
    Ok((last, lines))
}
