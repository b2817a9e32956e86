//! Which way a limit is stricter, proven from the condition alone.
//!
//! A limit that is stricter when lower makes passing harder the lower it is, whatever the facts say. It
//! stands by itself on one side of an order, and `&&`, `||`, `all` and `exists` keep the direction that `!`
//! turns around. Anywhere else nothing is proven.

use super::term::{Comparison, Literal, Term};

/// Which way a limit is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// A lower number asks more.
    Lower,
    /// A higher number asks more.
    Higher,
}

impl Direction {
    const fn turned(self) -> Self {
        match self {
            Self::Lower => Self::Higher,
            Self::Higher => Self::Lower,
        }
    }

    /// Whether `value` asks more than `floor`.
    pub const fn is_stricter(self, value: i64, floor: i64) -> bool {
        match self {
            Self::Lower => value < floor,
            Self::Higher => value > floor,
        }
    }
}

/// What is known of a limit in a part of a condition.
enum Known {
    Absent,
    Stricter(Direction),
    Unproven,
}

impl Known {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, known) | (known, Self::Absent) => known,
            (Self::Stricter(one), Self::Stricter(other)) if one == other => Self::Stricter(one),
            _ => Self::Unproven,
        }
    }
}

/// Which way the limit is stricter; none if the term does not name it, or nothing is proven.
pub(super) fn direction(term: &Term, limit: &str) -> Option<Direction> {
    match known(term, limit) {
        Known::Stricter(direction) => Some(direction),
        Known::Absent | Known::Unproven => None,
    }
}

fn known(term: &Term, limit: &str) -> Known {
    match term {
        Term::And(one, other) | Term::Or(one, other) => known(one, limit).and(known(other, limit)),
        Term::Not(one) => match known(one, limit) {
            Known::Stricter(direction) => Known::Stricter(direction.turned()),
            known => known,
        },
        Term::Quantified { body, .. } => known(body, limit),
        Term::Compare(comparison, one, other) => compared(*comparison, (one, other), limit),
        other => anywhere(other, limit),
    }
}

fn compared(comparison: Comparison, (one, other): (&Term, &Term), limit: &str) -> Known {
    let is_it = |term: &Term| matches!(term, Term::Limit { name, value: Literal::Integer(_) } if name == limit);
    let on_right = match comparison {
        Comparison::Less | Comparison::LessOrEqual => Direction::Lower,
        Comparison::Greater | Comparison::GreaterOrEqual => Direction::Higher,
        Comparison::Equal | Comparison::NotEqual => {
            return anywhere(one, limit).and(anywhere(other, limit));
        }
    };
    match (is_it(one), is_it(other)) {
        (false, true) => anywhere(one, limit).and(Known::Stricter(on_right)),
        (true, false) => anywhere(other, limit).and(Known::Stricter(on_right.turned())),
        _ => anywhere(one, limit).and(anywhere(other, limit)),
    }
}

/// Nothing is proven of a limit that stands somewhere within.
fn anywhere(term: &Term, limit: &str) -> Known {
    let mut found = Known::Absent;
    term.visit(&mut |term| {
        if matches!(term, Term::Limit { name, .. } if name == limit) {
            found = Known::Unproven;
        }
    });
    found
}
