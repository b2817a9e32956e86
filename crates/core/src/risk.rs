//! How bad a risk is: how likely times how bad, before what treats it and after.

/// The highest likelihood, and the highest impact; the lowest is 1.
pub const HIGHEST: i64 = 5;

/// How bad a risk is, in a word; the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskLevel {
    /// Up to 4.
    Low,
    /// Up to 9.
    Medium,
    /// Up to 14.
    High,
    /// From 15.
    Severe,
}

impl RiskLevel {
    /// The one of a likelihood times an impact.
    pub const fn of(score: i64) -> Self {
        match score {
            ..=4 => Self::Low,
            5..=9 => Self::Medium,
            10..=14 => Self::High,
            15.. => Self::Severe,
        }
    }

    /// The word used in text and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Severe => "severe",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Severe => "Severe",
        }
    }
}

/// The likelihood that is left: each control that treats the risk and is met takes one off, and none the last.
pub fn residual_likelihood(likelihood: i64, met: usize) -> i64 {
    likelihood.saturating_sub(i64::try_from(met).unwrap_or(i64::MAX)).max(1)
}

/// What a likelihood is called.
pub const fn likelihood_words(likelihood: i64) -> &'static str {
    match likelihood {
        ..=1 => "rare",
        2 => "unlikely",
        3 => "possible",
        4 => "likely",
        5.. => "almost certain",
    }
}

/// What an impact is called.
pub const fn impact_words(impact: i64) -> &'static str {
    match impact {
        ..=1 => "negligible",
        2 => "minor",
        3 => "serious",
        4 => "grave",
        5.. => "threatens the business",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_met_lowers_the_likelihood_by_one_each_and_never_below_one() {
        for likelihood in 1..=HIGHEST {
            assert_eq!(residual_likelihood(likelihood, 0), likelihood);
            let mut before = likelihood;
            for met in 1..=40 {
                let left = residual_likelihood(likelihood, met);
                assert!(left >= 1 && left <= before && before - left <= 1);
                before = left;
            }
            assert_eq!(before, 1);
        }
        assert_eq!(residual_likelihood(5, usize::MAX), 1);
    }

    #[test]
    fn levels_cover_every_score() {
        let levels = [1, 4, 5, 9, 10, 14, 15, 25].map(|score| RiskLevel::of(score).as_str());
        assert_eq!(levels, ["low", "low", "medium", "medium", "high", "high", "severe", "severe"]);
    }
}
