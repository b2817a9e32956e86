//! Reads a catalogue from the texts of its files and proves it sound: every name means something,
//! every condition is well typed, everything is bounded. Knows no file system.

mod checks;
mod frameworks;
pub(crate) mod own;
mod releases;
mod thresholds;

use crate::catalogue::{Asked, Catalogue};
use crate::error::{CatalogueError, CatalogueErrors};
use crate::limits::{Limit, Limits, duration};
use closedset_core::Digest;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;

/// The largest file, in bytes.
pub const FILE_LIMIT: usize = 1 << 20;
/// The most files.
const FILES_LIMIT: usize = 200;
/// The longest text of any field, in bytes.
const FIELD_LIMIT: usize = 8_000;
/// The most entries of any list.
const LIST_LIMIT: usize = 1_000;

/// One file of a catalogue.
#[derive(Debug, Clone, Copy)]
pub struct CatalogueFile<'a> {
    /// Its name, for messages.
    pub name: &'a str,
    /// Its text: TOML with `[framework]`, `[[check]]` or `[releases]` in it.
    pub text: &'a str,
}

/// What a file may hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    framework: Option<Spanned<frameworks::RawFramework>>,
    #[serde(default)]
    control: Vec<Spanned<frameworks::RawControl>>,
    #[serde(default)]
    limits: BTreeMap<String, Spanned<toml::Value>>,
    #[serde(default)]
    threshold: BTreeMap<String, Spanned<thresholds::RawThreshold>>,
    #[serde(default)]
    check: Vec<Spanned<checks::RawCheck>>,
    releases: Option<Spanned<releases::RawReleases>>,
    #[serde(default)]
    line: Vec<Spanned<releases::RawLine>>,
}

/// The stack that reading has: many times what the tallest texts within the limits take (under
/// 1 MiB, which a test holds), whatever is left of the caller's.
const STACK: usize = 8 << 20;

/// Reads all files together.
pub(crate) fn load(files: &[CatalogueFile<'_>]) -> Result<Catalogue, CatalogueErrors> {
    let failed = |message: &str| {
        CatalogueErrors(vec![CatalogueError {
            file: "the catalogue".to_owned(),
            line: 1,
            message: message.to_owned(),
        }])
    };
    on_own_stack(|| read_all(files)).unwrap_or_else(|why| Err(failed(why)))
}

/// Reads something on a stack of its own.
fn on_own_stack<T: Send>(read: impl FnOnce() -> T + Send) -> Result<T, &'static str> {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("catalogue".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, read)
            .map_err(|_| "no thread can be started to read it")?
            .join()
            .map_err(|_| "cannot be read: report this as a fault of the program")
    })
}

fn read_all(files: &[CatalogueFile<'_>]) -> Result<Catalogue, CatalogueErrors> {
    let mut errors = Vec::new();
    if files.len() > FILES_LIMIT {
        errors.push(CatalogueError {
            file: "the catalogue".to_owned(),
            line: 1,
            message: format!("more than {FILES_LIMIT} files"),
        });
        return Err(CatalogueErrors(errors));
    }
    let parsed: Vec<(Source<'_>, RawFile)> = files
        .iter()
        .filter_map(|file| {
            let source = Source { file: *file };
            parse(&source).map_err(|error| errors.push(error)).ok().map(|raw| (source, raw))
        })
        .collect();
    let limits = limits(&parsed, &mut errors);
    let mut frameworks = Vec::new();
    let mut releases = Vec::new();
    for (source, raw) in &parsed {
        frameworks.extend(frameworks::framework(source, raw, &mut errors));
        releases.extend(releases::releases(source, raw, &mut errors));
    }
    frameworks::unique(&frameworks, &mut errors);
    releases::unique(&releases, &mut errors);
    let mut checks = Vec::new();
    // Where a framework could not be read, what refers to it cannot be judged.
    let is_complete = errors.is_empty();
    for (source, raw) in &parsed {
        let known = checks::Known { frameworks: &frameworks, limits: &limits, is_complete };
        checks::checks(source, raw, known, &mut checks, &mut errors);
    }
    let mut known = Vec::new();
    if errors.is_empty() {
        for (source, raw) in &parsed {
            frameworks::crosswalk(source, raw, &checks, &mut errors);
            thresholds::thresholds(source, raw, (&checks, &limits), &mut known, &mut errors);
        }
    }
    let frameworks = frameworks.into_iter().map(|(framework, _)| framework).collect();
    let releases = releases.into_iter().map(|(product, _)| product).collect();
    if errors.is_empty() {
        let asked = Asked { checks, limits, thresholds: known };
        Ok(Catalogue::new(frameworks, asked, releases, digest(files)))
    } else {
        errors.sort();
        errors.dedup();
        Err(CatalogueErrors(errors))
    }
}

/// Tells these files, read by this version, from all others.
fn digest(files: &[CatalogueFile<'_>]) -> Digest {
    let mut bytes = format!("closedset/catalogue/v1\n{}\n", env!("CARGO_PKG_VERSION")).into_bytes();
    for file in files {
        bytes.extend(format!("{} {}\n", Digest::of(file.text.as_bytes()), file.name).bytes());
    }
    Digest::of(&bytes)
}

fn parse(source: &Source<'_>) -> Result<RawFile, CatalogueError> {
    let text = source.file.text;
    if text.len() > FILE_LIMIT {
        return Err(source.error(0..0, format!("larger than {FILE_LIMIT} bytes")));
    }
    toml::from_str(text).map_err(|error| {
        let message = error.message().replace('\n', " ");
        source.error(error.span().unwrap_or(0..0), message)
    })
}

fn limits(parsed: &[(Source<'_>, RawFile)], errors: &mut Vec<CatalogueError>) -> Limits {
    let mut limits = BTreeMap::new();
    for (source, raw) in parsed {
        for (name, value) in &raw.limits {
            if let Err(message) = word(name) {
                errors.push(source.error(value.span(), format!("the limit `{name}` {message}")));
            }
            match limit(value.get_ref()) {
                Some(limit) => {
                    if limits.insert(name.clone(), limit).is_some() {
                        let message = format!("there is already a limit `{name}`");
                        errors.push(source.error(value.span(), message));
                    }
                }
                None => errors.push(source.error(
                    value.span(),
                    "a limit is a whole number, a span such as \"7d\", or a list of texts",
                )),
            }
        }
    }
    Limits(limits)
}

fn limit(value: &toml::Value) -> Option<Limit> {
    match value {
        toml::Value::Integer(number) => Some(Limit::Integer(*number)),
        toml::Value::String(text) => duration(text).map(Limit::Duration),
        toml::Value::Array(items) if !items.is_empty() && items.len() <= LIST_LIMIT => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .map(Limit::Texts),
        _ => None,
    }
}

/// Whether `text` can be a name: small letters, digits and `_`, beginning with a letter.
fn word(text: &str) -> Result<(), &'static str> {
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let goes_on =
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if begins && goes_on && text.len() <= 64 {
        Ok(())
    } else {
        Err("is written in small letters, digits and `_`")
    }
}

/// Whether `text` can be an id: letters, digits, `-` and `.`, at most 64 of them.
fn id(text: &str) -> Result<(), &'static str> {
    let fits =
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    if fits && !text.is_empty() && text.len() <= 64 {
        Ok(())
    } else {
        Err("is written in letters, digits, `-` and `.`, at most 64 of them")
    }
}

/// A file with its text, to say where something stands.
#[derive(Clone, Copy)]
struct Source<'a> {
    file: CatalogueFile<'a>,
}

impl Source<'_> {
    fn error(&self, span: Range<usize>, message: impl Into<String>) -> CatalogueError {
        let before = self.file.text.get(..span.start).unwrap_or_default();
        CatalogueError {
            file: self.file.name.to_owned(),
            line: 1 + before.bytes().filter(|byte| *byte == b'\n').count(),
            message: message.into(),
        }
    }

    /// The place `at` bytes into the text that stands at `span` with its quotes.
    fn inside(&self, span: &Range<usize>, at: usize) -> Range<usize> {
        let written = self.file.text.get(span.clone()).unwrap_or_default();
        let opening = ["\"\"\"", "'''"].iter().find(|quotes| written.starts_with(**quotes)).map_or(
            1,
            |quotes| {
                let inner = written.get(quotes.len()..).unwrap_or_default();
                quotes.len() + usize::from(inner.starts_with('\n'))
            },
        );
        let start = (span.start + opening + at).min(span.end);
        start..span.end
    }

    /// Checks that the texts of something are there and bounded.
    fn texts(
        &self,
        span: Range<usize>,
        what: &str,
        texts: &[(&str, &str)],
        errors: &mut Vec<CatalogueError>,
    ) {
        for (name, text) in texts {
            if text.trim().is_empty() {
                errors.push(self.error(span.clone(), format!("{what}: `{name}` is empty")));
            } else if text.len() > FIELD_LIMIT {
                let message = format!("{what}: `{name}` is longer than {FIELD_LIMIT} bytes");
                errors.push(self.error(span.clone(), message));
            }
        }
    }
}

/// Reports every id that occurs twice.
fn twice<'a>(
    ids: impl Iterator<Item = (&'a str, CatalogueError)>,
    errors: &mut Vec<CatalogueError>,
) {
    let mut seen = BTreeSet::new();
    for (id, error) in ids {
        if !seen.insert(id) {
            errors.push(error);
        }
    }
}
