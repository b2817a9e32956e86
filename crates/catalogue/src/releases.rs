//! Where an operating system stands among its releases: a pure derivation from the fact
//! `operating_system` and the catalogue's release data.
//!
//! What cannot be placed (an unknown product, a testing branch, a version newer than the data, data
//! too old to trust) is said to be unread with the reason, never guessed.

use closedset_core::fact::device::{OperatingSystem, ReleaseLine};
use closedset_core::fact::{Body, BodyError};
use closedset_core::{Duration, Time};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Data older than this says nothing about what the newest releases are.
const DATA_LIMIT: Duration = Duration::from_days(400);

/// The releases of one operating system, under all its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The words that systems report: `debian`; `windows-pro`.
    pub products: Vec<String>,
    /// Its name for people.
    pub name: String,
    /// How old the data is.
    pub data_of: Date,
    pub(crate) by: By,
    /// Its lines, in no particular order.
    pub lines: Vec<Line>,
}

/// What tells lines apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// So many parts of the version.
    Parts(usize),
    /// The first part of the build.
    Build,
}

/// One line of releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id: `debian-12`.
    pub line: String,
    /// The version, or build, that a system of this line reports.
    pub version: String,
    /// When it came out.
    pub released: Date,
    /// The last day on which its maker mends security faults in it, if that is known.
    pub supported_until: Option<Date>,
    /// A release between the long-lived ones; these count only for each other.
    pub is_interim: bool,
    /// Point releases by number, where only the newest is mended.
    pub points: BTreeMap<u32, Date>,
}

/// What was derived, and when it changes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub body: Body,
    pub changes_at: Option<Time>,
}

/// Finds the place of `system` among `products` at `now`.
pub(crate) fn place(
    products: &[Product],
    system: &OperatingSystem,
    now: Time,
) -> Result<Place, BodyError> {
    match found(products, system, now) {
        Ok((record, changes_at)) => {
            Ok(Place { body: Body::read(&record, Vec::new())?, changes_at })
        }
        Err(why) => Ok(Place { body: Body::unreadable(why), changes_at: None }),
    }
}

fn found(
    products: &[Product],
    system: &OperatingSystem,
    now: Time,
) -> Result<(ReleaseLine, Option<Time>), String> {
    let product = products
        .iter()
        .find(|product| product.products.contains(&system.product))
        .ok_or_else(|| format!("no release data for `{}`", system.product))?;
    let data_of = start_of(product.data_of);
    if now.since(data_of) > DATA_LIMIT {
        return Err(format!(
            "the release data of {} is of {}, too old to know the newest releases: update Closedset",
            product.name, product.data_of
        ));
    }
    let version = product.version_of(system)?;
    let line = product
        .lines
        .iter()
        .find(|line| line.version == version && start_of(line.released) <= now)
        .ok_or_else(|| {
            format!(
                "{} {version} is not among the releases known on {}",
                product.name, product.data_of
            )
        })?;
    let newer: Vec<&Line> = product
        .lines
        .iter()
        .filter(|other| other.released > line.released && (line.is_interim || !other.is_interim))
        .collect();
    let out = newer.iter().filter(|other| start_of(other.released) <= now).count();
    let (label, is_newest_point) = line.point_of(system, product, now)?;
    let ends = line.supported_until.map(end_of);
    let record = ReleaseLine {
        line: label,
        position: i64::try_from(out).unwrap_or(i64::MAX - 1) + 1,
        is_supported: is_newest_point && ends.is_none_or(|ends| now < ends),
        supported_until: ends,
        data_of,
    };
    let changes_at = newer
        .iter()
        .map(|other| start_of(other.released))
        .chain(line.points.values().map(|date| start_of(*date)))
        .chain(ends)
        .chain([data_of + DATA_LIMIT + Duration::from_millis(1)])
        .filter(|time| *time > now)
        .min();
    Ok((record, changes_at))
}

impl Product {
    /// The part of the version, or build, that tells lines apart.
    fn version_of(&self, system: &OperatingSystem) -> Result<String, String> {
        let is_moving = system.name.to_lowercase().contains("/sid")
            || matches!(system.version.as_str(), "" | "testing" | "unstable" | "sid" | "rawhide")
            || system.version.contains("rawhide");
        if is_moving && self.by != By::Build {
            return Err(format!(
                "`{}` is a moving branch of {}, not a release",
                system.name, self.name
            ));
        }
        match self.by {
            By::Build => system
                .build
                .as_deref()
                .and_then(|build| build.rsplit(' ').next())
                .and_then(|build| build.split('.').find(|part| part.len() >= 5))
                .map(str::to_owned)
                .ok_or_else(|| format!("the build of {} was not reported", self.name)),
            By::Parts(count) => {
                let parts: Vec<&str> = system.version.split('.').take(count).collect();
                if parts.len() == count {
                    Ok(parts.join("."))
                } else {
                    Err(format!("`{}` names no release of {}", system.version, self.name))
                }
            }
        }
    }
}

impl Line {
    /// The line's label, and whether the system runs its newest point release.
    fn point_of(
        &self,
        system: &OperatingSystem,
        product: &Product,
        now: Time,
    ) -> Result<(String, bool), String> {
        let newest = self
            .points
            .iter()
            .filter(|(_, released)| start_of(**released) <= now)
            .map(|(minor, _)| *minor)
            .max();
        let Some(newest) = newest else {
            return Ok((self.line.clone(), true));
        };
        let minor: u32 =
            system.version.split('.').nth(1).and_then(|minor| minor.parse().ok()).ok_or_else(
                || {
                    format!(
                        "`{}` does not say which point release of {} it is",
                        system.version, product.name
                    )
                },
            )?;
        Ok((format!("{}.{minor}", self.line), minor >= newest))
    }
}

/// The first instant of a day, in UTC.
fn start_of(date: Date) -> Time {
    date.to_zoned(TimeZone::UTC).map_or_else(
        |_| Time::default(),
        |zoned| Time::from_millis(zoned.timestamp().as_millisecond()),
    )
}

/// The first instant after a day, in UTC.
fn end_of(date: Date) -> Time {
    start_of(date) + Duration::from_days(1)
}
