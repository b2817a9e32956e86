//! How many controls stood where, week by week: a small picture, and the same in words and numbers beside
//! it.

use super::{Counts, Status, TimeText};
use askama::Template;
use askama::filters::HtmlSafe;

/// The width of a column of the picture, in its own units, and of the gap after it.
const WIDTH: i64 = 8;
const GAP: i64 = 2;
/// What stands on what, from the ground.
const FROM_GROUND: [Status; 5] =
    [Status::Pass, Status::Excepted, Status::NotApplicable, Status::Unknown, Status::Fail];

/// The counts of some weeks.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/trend.html")]
pub struct Trend {
    /// The weeks, the oldest first.
    pub weeks: Vec<TrendWeek>,
}

impl HtmlSafe for Trend {}

/// How many controls stood where at the end of a week.
#[derive(Debug, Clone)]
pub struct TrendWeek {
    /// When that was.
    pub at: TimeText,
    /// How many stood where.
    pub counts: Counts,
}

/// A part of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    status: Status,
    x: i64,
    y: i64,
    height: i64,
}

impl Trend {
    /// Whether there is anything to compare.
    pub fn is_shown(&self) -> bool {
        self.weeks.len() > 1
    }

    /// The first week and the last.
    fn ends(&self) -> Option<(&TrendWeek, &TrendWeek)> {
        Some((self.weeks.first()?, self.weeks.last()?)).filter(|_| self.is_shown())
    }

    /// The picture's width, in its own units.
    fn width(&self) -> i64 {
        i64::try_from(self.weeks.len()).unwrap_or(0) * (WIDTH + GAP) - GAP
    }

    /// The picture's height, in its own units: one for each control.
    fn height(&self) -> i64 {
        self.weeks.iter().map(|week| week.counts.total()).max().unwrap_or(0).max(1)
    }

    /// The parts of a week's column.
    fn bars(&self, place: &usize, week: &TrendWeek) -> Vec<Bar> {
        let x = i64::try_from(*place).unwrap_or(0) * (WIDTH + GAP);
        let mut y = self.height();
        let mut bars = Vec::new();
        for status in FROM_GROUND {
            let height = week.counts.of(&status);
            if height > 0 {
                y -= height;
                bars.push(Bar { status, x, y, height });
            }
        }
        bars
    }

    /// The statuses that some week has, in the order in which counts are shown.
    fn statuses(&self) -> Vec<Status> {
        let has = |status: &&Status| self.weeks.iter().any(|week| week.counts.of(status) > 0);
        Status::ALL.iter().filter(has).copied().collect()
    }
}

/// What became of a count, as people say it: `3 more than at first`, `as at first`.
fn step(was: i64, is: i64) -> String {
    match is - was {
        0 => "as at first".to_owned(),
        more @ 1.. => format!("{more} more than at first"),
        fewer => format!("{} fewer than at first", fewer.abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_holds_every_control_once_without_a_gap() {
        let counts = Counts { pass: 20, fail: 3, unknown: 8, excepted: 1, not_applicable: 1 };
        let week = TrendWeek { at: TimeText::new("2026-03-12", "12 March"), counts };
        let trend = Trend { weeks: vec![week.clone(), week.clone()] };
        let bars = trend.bars(&1, &week);
        assert_eq!(bars[0], Bar { status: Status::Pass, x: 10, y: 13, height: 20 });
        let mut ground = trend.height();
        for bar in &bars {
            assert_eq!(bar.y + bar.height, ground);
            ground = bar.y;
        }
        assert_eq!((ground, bars.len(), trend.width()), (0, 5, 18));
    }

    #[test]
    fn one_week_is_no_trend_and_none_is_no_picture() {
        let week =
            TrendWeek { at: TimeText::new("2026-03-12", "12 March"), counts: Counts::default() };
        for weeks in [Vec::new(), vec![week]] {
            let trend = Trend { weeks };
            assert!(!trend.is_shown());
            assert!(!trend.render().unwrap().contains("<svg"));
        }
        assert_eq!(
            [step(3, 3), step(3, 5), step(3, 2)],
            ["as at first", "2 more than at first", "1 fewer than at first"]
        );
    }
}
