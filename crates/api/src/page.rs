//! What stands after the question mark: lists paged by key, and the moment asked for.

use closedset_app::Problem;
use closedset_core::{
    Time,
    id::{Id, IdError, Kind},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which part of a list is wanted. Each list describes it with the ids that are its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// The id after which to go on: `next` of the page before.
    pub(crate) after: Option<String>,
    /// How many at most.
    #[serde(default)]
    pub(crate) limit: Limit,
}

/// The id after which a list goes on.
pub(crate) fn after<K: Kind>(text: Option<&str>) -> Result<Option<Id<K>>, Problem> {
    text.map(str::parse)
        .transpose()
        .map_err(|error: IdError| Problem::field("after", error.to_string()))
}

/// How many items to give: 1 to 200, and 50 if nothing is said.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Limit(pub(crate) i64);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<i64> for Limit {
    type Error = &'static str;

    fn try_from(wanted: i64) -> Result<Self, Self::Error> {
        match wanted {
            1..=200 => Ok(Self(wanted)),
            _ => Err("a limit lies between 1 and 200"),
        }
    }
}

/// Which moment is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AsOfQuery {
    /// A time of the past, as RFC 3339 writes it; now, if absent.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) as_of: Option<Time>,
}

/// One part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Where to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}
