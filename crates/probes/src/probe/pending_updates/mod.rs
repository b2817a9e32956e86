//! Updates that wait to be installed, told from the lists the computer already has: nothing is
//! fetched. Lists that are missing or old say nothing, and then the counts are absent.

mod debian;
mod red_hat;

#[cfg(test)]
mod tests;

use crate::look::{Found, Look, Reading, Why, body, in_days};
use closedset_core::{
    Duration,
    fact::{Body, device::PendingUpdates},
};

/// Lists older than this say nothing about today.
pub(crate) const LISTS_LIMIT: Duration = Duration::from_days(7);

/// How many updates wait.
struct Waiting {
    security: Result<i64, Why>,
    all: Result<i64, Why>,
}

/// What a package manager's lists are worth.
struct Lists {
    age: Result<Duration, Why>,
    /// Why they say nothing about security, if they do not.
    without_security: Option<Why>,
}

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<PendingUpdates> {
    let (lists, waiting, restart) = if look.exists("/var/lib/apt/lists")? {
        let lists = debian::lists(look);
        let waiting = are_usable(&lists).then(|| debian::waiting(look));
        (lists, waiting, debian::restart_needed(look))
    } else if look.exists("/var/cache/dnf")? || look.exists("/var/cache/libdnf5")? {
        let lists = red_hat::lists(look);
        let waiting = are_usable(&lists).then(|| red_hat::waiting(look));
        (lists, waiting, red_hat::restart_needed(look))
    } else {
        return Err(Why::new(
            "neither apt's nor dnf's lists are there; how this system updates itself is not known",
        ));
    };
    let mut unread = Vec::new();
    let lists_age = match &lists.age {
        Ok(age) => Some(in_days(*age)),
        Err(why) => {
            unread.push(why.clone().at("lists_age"));
            None
        }
    };
    let unusable = match &lists.age {
        Err(why) => why.clone(),
        Ok(age) => Why::new(format!(
            "the package lists are {} old, which is too old to say; update them",
            in_days(*age).words()
        )),
    };
    let Waiting { security, all } =
        waiting.unwrap_or_else(|| Waiting { security: Err(unusable.clone()), all: Err(unusable) });
    let security = match lists.without_security {
        Some(why) => Err(why),
        None => security,
    };
    let mut known = |value: Result<i64, Why>, path: &str| match value {
        Ok(value) => Some(value),
        Err(why) => {
            unread.push(why.at(path));
            None
        }
    };
    let record = PendingUpdates {
        security: known(security, "security"),
        all: known(all, "all"),
        lists_age,
        restart_needed: known(restart.map(i64::from), "restart_needed").map(|one| one == 1),
    };
    Ok(Reading { record, unread })
}

fn are_usable(lists: &Lists) -> bool {
    lists.age.as_ref().is_ok_and(|age| *age <= LISTS_LIMIT)
}

/// The age of something that is of `then`; the future counts as now.
fn age_of(look: &Look<'_>, then: closedset_core::Time) -> Duration {
    look.now().since(then).max(Duration::ZERO)
}
