//! What stands after the question mark: lists paged by key, and the moment asked for.

use closedset_core::Time;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which part of a list is wanted. Each list describes it with the ids that are its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// The id after which to go on: `next` of the page before.
    pub(crate) after: Option<String>,
    /// How many at most, 1 to 200.
    pub(crate) limit: Option<i64>,
}

impl PageQuery {
    pub(crate) fn limit(&self) -> i64 {
        limit(self.limit)
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

/// How many to give where `wanted` are asked for: 50 if nothing is said, at most 200.
pub(crate) fn limit(wanted: Option<i64>) -> i64 {
    wanted.unwrap_or(50).clamp(1, 200)
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
