//! Reads which limits a facility may set stricter, and proves which way that is.

use super::{RawFile, Source};
use crate::check::Check;
use crate::error::CatalogueError;
use crate::limits::Limits;
use crate::thresholds::{Threshold, provable};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawThreshold {
    title: String,
    unit: String,
}

/// Reads the thresholds of a file.
pub(super) fn thresholds(
    source: &Source<'_>,
    raw: &RawFile,
    (checks, limits): (&[Check], &Limits),
    thresholds: &mut Vec<Threshold>,
    errors: &mut Vec<CatalogueError>,
) {
    for (limit, raw) in &raw.threshold {
        let (span, raw) = (raw.span(), raw.get_ref());
        let texts = [("title", raw.title.as_str()), ("unit", raw.unit.as_str())];
        source.texts(span.clone(), &format!("the threshold {limit}"), &texts, errors);
        if thresholds.iter().any(|known| known.limit == *limit) {
            errors.push(source.error(span, format!("there is already a threshold `{limit}`")));
            continue;
        }
        match provable(checks, limit, limits.value(limit)) {
            Ok((floor, stricter, checks)) => thresholds.push(Threshold {
                limit: limit.clone(),
                title: raw.title.clone(),
                unit: raw.unit.clone(),
                floor,
                stricter,
                checks,
            }),
            Err(message) => errors.push(source.error(span, message)),
        }
    }
}
