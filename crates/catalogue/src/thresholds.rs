//! Thresholds: the limits that a facility may set stricter than its frameworks do.

use crate::catalogue::Catalogue;
use crate::check::Check;
use crate::language::replace_limit;
use crate::limits::Limit;
use closedset_core::SubjectKind;
use closedset_core::own_check::{Applies, Stricter, Terms};

pub use crate::language::Direction;

/// The largest number that a threshold may be set to.
const LARGEST: i64 = 1_000_000_000;

/// A limit that a facility may set stricter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// The limit's name.
    pub limit: String,
    /// What it is: `Longest time until a screen locks`.
    pub title: String,
    /// In what it is counted: `seconds`.
    pub unit: String,
    /// The number that the catalogue has.
    pub floor: i64,
    /// Which way it is stricter.
    pub stricter: Direction,
    /// The checks whose conditions name it.
    pub checks: Vec<String>,
}

/// Why a threshold is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThresholdError {
    /// There is none of this name.
    #[error("there is no threshold of this name")]
    Unknown,
    /// It asks less than the framework.
    #[error("{value} is laxer than the {floor} of the framework")]
    Laxer {
        /// What was wanted.
        value: i64,
        /// What the framework asks.
        floor: i64,
    },
    /// It is what the framework asks already.
    #[error("{floor} is what the framework asks already")]
    Same {
        /// What the framework asks.
        floor: i64,
    },
    /// No facility could mean that.
    #[error("a threshold is a number from 1 to 1,000,000,000")]
    Range,
    /// The check's texts cannot be rewritten.
    #[error("the condition of {0} cannot be asked with another number")]
    Condition(String),
}

impl Catalogue {
    /// The threshold of this limit.
    pub fn threshold(&self, limit: &str) -> Option<&Threshold> {
        self.thresholds().iter().find(|threshold| threshold.limit == limit)
    }

    /// The terms that ask each check of a threshold with `value`: one for each check that names it.
    pub fn stricter(&self, limit: &str, value: i64) -> Result<Vec<Terms>, ThresholdError> {
        let threshold = self.threshold(limit).ok_or(ThresholdError::Unknown)?;
        let floor = threshold.floor;
        if !(1..=LARGEST).contains(&value) {
            return Err(ThresholdError::Range);
        }
        if value == floor {
            return Err(ThresholdError::Same { floor });
        }
        if !threshold.stricter.is_stricter(value, floor) {
            return Err(ThresholdError::Laxer { value, floor });
        }
        let checks = threshold.checks.iter().filter_map(|id| self.check(id));
        checks.map(|check| terms(check, threshold, value)).collect()
    }

    /// Why terms are not the stricter form of a framework's check that they say they are; none if they
    /// are, or say nothing of the kind.
    pub fn stricter_fault(&self, terms: &Terms) -> Option<String> {
        let stricter = terms.stricter.as_ref()?;
        let check = self.check(&stricter.than).filter(|check| check.version == stricter.version);
        let Some(check) = check else {
            return Some(format!("version {} of {} is not known", stricter.version, stricter.than));
        };
        let wanted = match self.stricter(&stricter.limit, stricter.value) {
            Ok(wanted) => wanted,
            Err(error) => return Some(error.to_string()),
        };
        let wanted = wanted
            .into_iter()
            .find(|wanted| wanted.stricter.as_ref().is_some_and(|wanted| wanted.than == check.id));
        // What people may word themselves is not compared.
        let asks = |terms: &Terms| {
            let Terms {
                control,
                pass,
                because,
                fresh_for,
                applies,
                may_be_empty,
                may_be_absent,
                ..
            } = terms.clone();
            (control, pass, because, fresh_for, applies, may_be_empty, may_be_absent)
        };
        match wanted {
            Some(wanted) if asks(&wanted) == asks(terms) => None,
            _ => Some(format!("it asks something else than {} with another number", check.id)),
        }
    }
}

fn terms(check: &Check, threshold: &Threshold, value: i64) -> Result<Terms, ThresholdError> {
    let Threshold { limit, title, unit, floor, .. } = threshold;
    let replaced = |text: &str| replace_limit(text, limit, value);
    Ok(Terms {
        control: check.control.clone(),
        title: format!("{title}: {value} {unit}"),
        pass: replaced(check.condition()),
        because: check.texts.because.iter().map(|text| replaced(text)).collect(),
        wanted: format!(
            "As “{}”, but stricter: {} {value} {unit} instead of {floor}.",
            check.title,
            lower(title)
        ),
        fix: String::new(),
        fresh_for: check.texts.fresh_for.clone(),
        applies: check.applies.as_ref().map(|applies| Applies {
            when: applies.condition.text().to_owned(),
            otherwise: applies.otherwise.clone(),
        }),
        may_be_empty: check.texts.may_be_empty.clone(),
        may_be_absent: check.texts.may_be_absent.clone(),
        stricter: Some(Stricter {
            than: check.id.clone(),
            version: check.version,
            limit: limit.clone(),
            value,
        }),
    })
}

fn lower(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The number and the direction of a limit, if it can be a threshold: every condition about a computer that
/// names it proves the same direction.
pub(crate) fn provable(
    checks: &[Check],
    limit: &str,
    value: Option<&Limit>,
) -> Result<(i64, Direction, Vec<String>), String> {
    let Some(Limit::Integer(floor)) = value else {
        return Err(format!("there is no limit `{limit}` that is a whole number"));
    };
    let named: Vec<&Check> = checks.iter().filter(|check| check.names_limit(limit)).collect();
    let mut directions = named.iter().map(|check| check.pass.direction(limit));
    let first = directions.next().flatten();
    let is_proven = first.is_some() && directions.all(|direction| direction == first);
    let is_about_devices = named.iter().all(|check| check.over == SubjectKind::Device);
    match first {
        Some(direction) if is_proven && is_about_devices => {
            let checks = named.into_iter().map(|check| check.id.clone()).collect();
            Ok((*floor, direction, checks))
        }
        _ => Err(format!("which way `{limit}` is stricter does not follow from the conditions")),
    }
}
