//! Reads the release lines of operating systems.

use super::frameworks::date;
use super::{LIST_LIMIT, RawFile, Source, twice};
use crate::error::CatalogueError;
use crate::releases::{By, Line, Product};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::value::Datetime;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReleases {
    products: Vec<String>,
    name: String,
    data_of: Datetime,
    by: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLine {
    line: String,
    version: String,
    released: Datetime,
    supported_until: Option<Datetime>,
    #[serde(default)]
    interim: bool,
    #[serde(default)]
    points: BTreeMap<String, Datetime>,
}

/// A product and what to say where one of its words occurs twice.
pub(super) type Located = (Product, CatalogueError);

/// The product of a file, if it has one.
pub(super) fn releases(
    source: &Source<'_>,
    raw: &RawFile,
    errors: &mut Vec<CatalogueError>,
) -> Option<Located> {
    let Some(head) = &raw.releases else {
        if let Some(line) = raw.line.first() {
            errors.push(source.error(line.span(), "a line needs a [releases] above it"));
        }
        return None;
    };
    let before = errors.len();
    let span = head.span();
    let head = head.get_ref();
    source.texts(span.clone(), "releases", &[("name", &head.name)], errors);
    if head.products.is_empty() || raw.line.is_empty() || raw.line.len() > LIST_LIMIT {
        errors.push(source.error(span.clone(), "releases name products and lines"));
    }
    let by = match head.by.get_ref().as_str() {
        "major" => Some(By::Parts(1)),
        "major.minor" => Some(By::Parts(2)),
        "build" => Some(By::Build),
        _ => None,
    };
    if by.is_none() {
        let message = "`by` is \"major\", \"major.minor\" or \"build\"";
        errors.push(source.error(head.by.span(), message));
    }
    let data_of = date(&head.data_of);
    if data_of.is_none() {
        errors.push(source.error(span.clone(), "`data_of` is a date such as 2026-03-12"));
    }
    let lines: Vec<Line> = raw
        .line
        .iter()
        .filter_map(|raw| match line(raw.get_ref()) {
            Some(line) => Some(line),
            None => {
                let message = "a line's dates are dates, and its points are as 9.4 = 2024-05-09";
                errors.push(source.error(raw.span(), message));
                None
            }
        })
        .collect();
    let located = raw.line.iter().map(|raw| {
        let version = raw.get_ref().version.as_str();
        (version, source.error(raw.span(), format!("there is already a line {version}")))
    });
    twice(located, errors);
    if errors.len() > before {
        return None;
    }
    let product = Product {
        products: head.products.clone(),
        name: head.name.clone(),
        data_of: data_of?,
        by: by?,
        lines,
    };
    let error = source.error(span, format!("there are already releases of {}", product.name));
    Some((product, error))
}

fn line(raw: &RawLine) -> Option<Line> {
    let supported_until = match &raw.supported_until {
        Some(until) => Some(date(until)?),
        None => None,
    };
    let points = raw
        .points
        .iter()
        .map(|(version, released)| {
            let minor = version.strip_prefix(&format!("{}.", raw.version))?;
            Some((minor.parse().ok()?, date(released)?))
        })
        .collect::<Option<BTreeMap<u32, Date>>>()?;
    Some(Line {
        line: raw.line.clone(),
        version: raw.version.clone(),
        released: date(&raw.released)?,
        supported_until,
        is_interim: raw.interim,
        points,
    })
}

/// Reports products that occur twice.
pub(super) fn unique(releases: &[Located], errors: &mut Vec<CatalogueError>) {
    let products = releases.iter().flat_map(|(product, error)| {
        let words = product.products.iter();
        words.map(move |word| (word.as_str(), error.clone()))
    });
    twice(products, errors);
}
