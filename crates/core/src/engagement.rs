//! Days on which somebody works: for an organisation, and on a title.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// As what somebody works for an organisation. Owners ask for employees and for all others apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngagementForm {
    /// On the payroll.
    Employee,
    /// By a contract with them, or with the firm that sends them.
    Contractor,
    /// By the job or by the day.
    Freelancer,
    /// Learns here: trainees, interns, apprentices.
    Trainee,
}

impl EngagementForm {
    /// Every one.
    pub const ALL: &'static [Self] =
        &[Self::Employee, Self::Contractor, Self::Freelancer, Self::Trainee];

    /// The word used in text and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Contractor => "contractor",
            Self::Freelancer => "freelancer",
            Self::Trainee => "trainee",
        }
    }

    /// The one with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|form| form.as_str() == word)
    }
}

/// Days from a first to a last, both in it; without a last it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Days {
    /// The first day.
    #[serde(rename = "begins_on")]
    pub first: Date,
    /// The last day.
    #[serde(rename = "ends_on")]
    pub last: Option<Date>,
}

impl Days {
    /// Whether `day` is one of them.
    pub fn holds(self, day: Date) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }

    /// Whether all of them lie before `day`.
    pub fn are_before(self, day: Date) -> bool {
        self.last.is_some_and(|last| last < day)
    }

    /// Whether each of them is one of `other`.
    pub fn are_within(self, other: Self) -> bool {
        let ends_with_it = match (self.last, other.last) {
            (_, None) => true,
            (Some(own), Some(other)) => own <= other,
            (None, Some(_)) => false,
        };
        other.first <= self.first && ends_with_it
    }

    /// Whether each of them is one of `others` taken together.
    pub fn are_covered_by(self, others: impl IntoIterator<Item = Self>) -> bool {
        let mut others: Vec<Self> = others.into_iter().collect();
        others.sort_by_key(|days| days.first);
        // The first day that none of those looked at holds.
        let mut open = self.first;
        for other in others {
            if other.first > open {
                return false;
            }
            match other.last {
                None => return true,
                Some(last) if self.last.is_some_and(|own| own <= last) && last >= open => {
                    return true;
                }
                Some(last) if last >= open => match last.tomorrow() {
                    Ok(next) => open = next,
                    Err(_) => return true,
                },
                Some(_) => {}
            }
        }
        false
    }

    /// Whether there is a day in both.
    pub fn overlap(self, other: Self) -> bool {
        !self.are_before(other.first) && !other.are_before(self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(first: i8, last: Option<i8>) -> Days {
        Days { first: date(2026, 9, first), last: last.map(|last| date(2026, 9, last)) }
    }

    #[test]
    fn first_and_last_day_count() {
        let week = days(7, Some(11));
        let held: Vec<i8> = (6..=12).filter(|day| week.holds(date(2026, 9, *day))).collect();
        assert_eq!(held, [7, 8, 9, 10, 11]);
        assert!(!week.are_before(date(2026, 9, 11)) && week.are_before(date(2026, 9, 12)));
        let open = days(7, None);
        assert!(open.holds(date(2046, 9, 7)) && !open.are_before(date(2046, 9, 7)));
    }

    #[test]
    fn periods_lie_within_each_other_or_overlap() {
        assert!(days(7, Some(11)).are_within(days(7, Some(11))));
        assert!(days(7, Some(11)).are_within(days(1, None)));
        assert!(!days(7, None).are_within(days(1, Some(30))));
        assert!(!days(7, Some(11)).are_within(days(8, None)));
        assert!(days(1, Some(7)).overlap(days(7, None)));
        assert!(!days(1, Some(6)).overlap(days(7, None)));
        assert!(days(1, None).overlap(days(20, Some(20))));
    }

    #[test]
    fn several_periods_cover_one_together() {
        let covered = |own: Days, others: &[Days]| own.are_covered_by(others.iter().copied());
        assert!(covered(days(7, Some(11)), &[days(9, None), days(1, Some(8))]));
        assert!(!covered(days(7, Some(11)), &[days(10, None), days(1, Some(8))]), "the 9th");
        assert!(!covered(days(7, None), &[days(1, Some(8)), days(9, Some(30))]));
        assert!(covered(
            days(7, Some(11)),
            &[days(1, Some(2)), days(7, Some(7)), days(8, Some(11))]
        ));
        assert!(!covered(days(7, Some(11)), &[days(1, Some(2))]) && !covered(days(7, None), &[]));
    }

    #[test]
    fn days_are_written_with_the_names_of_their_columns() {
        let text = serde_json::to_string(&days(7, None)).unwrap();
        assert_eq!(text, r#"{"begins_on":"2026-09-07","ends_on":null}"#);
    }
}
