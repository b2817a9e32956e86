//! Typed terms: what a checked text becomes.

use closedset_core::Duration;
use closedset_core::fact::Shape;
use std::fmt;

/// A value that stands in the text itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Bool(bool),
    Integer(i64),
    Text(String),
    Duration(Duration),
    Texts(Vec<String>),
}

/// Where a path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// The fact at this place of the check's `needs`.
    Fact(usize),
    /// The loop's variable at this depth.
    Variable(usize),
}

/// A name: where it begins and the fields from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub root: Root,
    pub steps: Vec<String>,
    /// As it is named to people: `screen_lock.users[].name`.
    pub text: String,
    /// The shape at its end, never optional.
    pub shape: Shape,
    /// What the last field means.
    pub meaning: &'static str,
    /// Why its absence is accounted for, if it is.
    pub may_be_absent: Option<String>,
    /// Why it may be an empty list, if it may.
    pub may_be_empty: Option<String>,
}

impl Path {
    /// The part below the fact: `users` of `screen_lock.users`.
    pub(crate) fn below(&self) -> &str {
        self.text.split_once('.').map_or("", |(_, below)| below)
    }

    /// The one of `facts` that it leads into.
    pub(crate) fn fact<'a, T: ?Sized>(&self, facts: &[&'a T]) -> Option<&'a T> {
        match self.root {
            Root::Fact(index) => facts.get(index).copied(),
            Root::Variable(_) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// `all` or `exists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    All,
    Exists,
}

/// A checked expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    Literal(Literal),
    Limit {
        name: String,
        value: Literal,
    },
    Path(Path),
    Not(Box<Term>),
    And(Box<Term>, Box<Term>),
    Or(Box<Term>, Box<Term>),
    Compare(Comparison, Box<Term>, Box<Term>),
    Arithmetic(Arithmetic, Box<Term>, Box<Term>),
    Negate(Box<Term>),
    /// The value, and the values it may be one of.
    In(Box<Term>, Box<Term>),
    /// Only on the right of `in`.
    List(Vec<Term>),
    Size(Box<Term>),
    String(Box<Term>),
    StartsWith(Box<Term>, Box<Term>),
    Quantified {
        quantifier: Quantifier,
        list: Path,
        variable: String,
        body: Box<Term>,
    },
    /// Wording only.
    If(Box<Term>, Box<Term>, Box<Term>),
    /// Wording only.
    Map(Box<Term>, Box<Term>),
    /// Wording only.
    Filter(Box<Term>, Box<Term>),
    /// Wording only.
    Join(Box<Term>, String),
}

impl Term {
    /// Shows every term to `visitor`, this one first.
    pub(crate) fn visit<'a>(&'a self, visitor: &mut impl FnMut(&'a Self)) {
        visitor(self);
        match self {
            Self::Literal(_) | Self::Limit { .. } | Self::Path(_) => {}
            Self::Not(one)
            | Self::Negate(one)
            | Self::Size(one)
            | Self::String(one)
            | Self::Join(one, _)
            | Self::Quantified { body: one, .. } => one.visit(visitor),
            Self::And(one, other)
            | Self::Or(one, other)
            | Self::Compare(_, one, other)
            | Self::Arithmetic(_, one, other)
            | Self::In(one, other)
            | Self::StartsWith(one, other)
            | Self::Map(one, other)
            | Self::Filter(one, other) => {
                one.visit(visitor);
                other.visit(visitor);
            }
            Self::If(condition, one, other) => {
                condition.visit(visitor);
                one.visit(visitor);
                other.visit(visitor);
            }
            Self::List(terms) => terms.iter().for_each(|term| term.visit(visitor)),
        }
    }
}

impl Literal {
    pub(crate) fn shape(&self) -> Shape {
        match self {
            Self::Bool(_) => Shape::Bool,
            Self::Integer(_) => Shape::Integer,
            Self::Text(_) => Shape::Text,
            Self::Duration(_) => Shape::Duration,
            Self::Texts(_) => Shape::List(Box::new(Shape::Text)),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "'{value}'"),
            Self::Duration(value) => f.write_str(&value.words()),
            Self::Texts(values) => f.write_str(&values.join(", ")),
        }
    }
}
