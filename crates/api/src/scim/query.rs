//! What stands after the question mark: a filter, a part of a list, and what of each resource is wanted.

use super::ScimProblem;
use axum::{
    extract::{FromRequestParts, Path as AnyPath, Query as AnyQuery},
    http::request::Parts,
};
use closedset_scim::{Filter, PAGE_LIMIT, Projection, Refusal, Schema};

/// What stands in the address in place of an id.
pub(super) struct Place(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Place {
    type Rejection = ScimProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ScimProblem> {
        let found = AnyPath::from_request_parts(parts, state).await;
        found.map(|AnyPath(id)| Self(id)).map_err(|_| ScimProblem::ADDRESS)
    }
}

/// What is asked of a list, in texts. What else is said is ignored: there is no order to choose.
#[derive(Debug, Default)]
pub(super) struct Query {
    filter: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
    attributes: Option<String>,
    excluded: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = ScimProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ScimProblem> {
        let read = AnyQuery::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let AnyQuery(pairs) = read.map_err(|_| Refusal {
            kind: "invalidSyntax",
            detail: "The query string cannot be read.".into(),
        })?;
        let mut query = Self::default();
        for (name, value) in pairs {
            let field = match name.to_ascii_lowercase().as_str() {
                "filter" => &mut query.filter,
                "startindex" => &mut query.start_index,
                "count" => &mut query.count,
                "attributes" => &mut query.attributes,
                "excludedattributes" => &mut query.excluded,
                _ => continue,
            };
            *field = Some(value);
        }
        Ok(query)
    }
}

/// A part of a list: from the place `from`, which counts from one, at most `count`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) from: i64,
    pub(super) count: i64,
}

impl Query {
    /// The filter, if there is one.
    pub(super) fn filter(&self, schema: &Schema) -> Result<Option<Filter>, Refusal> {
        let text = self.filter.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| Filter::read(schema, text)).transpose()
    }

    /// What of each resource is wanted.
    pub(super) fn projection(&self, schema: &Schema) -> Result<Projection, Refusal> {
        Projection::of(schema, self.attributes.as_deref(), self.excluded.as_deref())
    }

    /// Which part. A place before the first is the first, less than none is none (RFC 7644, section 3.4.2.4).
    pub(super) fn part(&self) -> Result<Part, Refusal> {
        Ok(Part {
            from: number(self.start_index.as_deref(), "startIndex")?.unwrap_or(1).max(1),
            count: number(self.count.as_deref(), "count")?.unwrap_or(100).clamp(0, PAGE_LIMIT),
        })
    }
}

/// A whole number, however large.
fn number(text: Option<&str>, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        let detail = format!("{name} is a whole number.");
        return Err(Refusal { kind: "invalidValue", detail });
    }
    let beyond = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Ok(Some(text.parse().unwrap_or(beyond)))
}
