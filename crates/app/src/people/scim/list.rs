//! Users as a directory reads them.

use super::known::{User, key, shown, shown_one, user};
use crate::{App, Caller, Problem};
use closedset_core::{
    Action,
    id::{Id, Organisation, Person},
};
use closedset_store::{
    Tx,
    scim::{self, UserRow},
};

/// More users are not read at once.
const PAGE: i64 = 500;

async fn read(
    app: &App,
    caller: &Caller,
    rows: impl for<'t> Fn(&mut Tx<'t>, Id<Organisation>) -> Result<Vec<UserRow>, Problem>
    + Send
    + 'static,
) -> Result<Vec<User>, Problem> {
    caller.require(Action::Scim)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let rows = rows(tx, organisation)?;
            shown(tx, organisation, rows)
        })
        .await
}

/// One user.
pub async fn user_one(app: &App, caller: &Caller, id: Id<Person>) -> Result<User, Problem> {
    caller.require(Action::Scim)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let (row, _) = user(tx, organisation, id)?;
            shown_one(tx, organisation, row)
        })
        .await
}

/// Whoever the directory calls so.
pub async fn user_by_name(
    app: &App,
    caller: &Caller,
    user_name: &str,
) -> Result<Vec<User>, Problem> {
    let key = key(user_name);
    read(app, caller, move |tx, organisation| {
        Ok(scim::user_by_name(tx, organisation, &key)?.into_iter().collect())
    })
    .await
}

/// Those with this id of the directory's.
pub async fn user_by_external_id(
    app: &App,
    caller: &Caller,
    external_id: &str,
) -> Result<Vec<User>, Problem> {
    let external_id = external_id.to_owned();
    read(app, caller, move |tx, organisation| {
        Ok(scim::user_list_by_external_id(tx, organisation, &external_id, PAGE)?)
    })
    .await
}

/// Users by id, from the place `from` on, which counts from nought; and how many there are.
pub async fn user_page(
    app: &App,
    caller: &Caller,
    from: i64,
    limit: i64,
) -> Result<(Vec<User>, i64), Problem> {
    caller.require(Action::Scim)?;
    let organisation = caller.organisation;
    app.store()
        .read(move |tx| {
            let total = scim::user_count(tx, organisation)?;
            let rows = match limit {
                ..=0 => Vec::new(),
                limit => scim::user_page(tx, organisation, from.max(0), limit.min(PAGE))?,
            };
            Ok((shown(tx, organisation, rows)?, total))
        })
        .await
}

/// Users by id, behind `after`; at most 500.
pub async fn user_list(
    app: &App,
    caller: &Caller,
    after: Option<Id<Person>>,
) -> Result<Vec<User>, Problem> {
    read(app, caller, move |tx, organisation| Ok(scim::user_list(tx, organisation, after, PAGE)?))
        .await
}
