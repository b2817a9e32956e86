//! Evaluates checked terms over facts, without hiding a gap.
//!
//! Strictly: both sides of `&&` and `||` and every element of a list are looked at, and a gap in
//! any of them makes the whole unknown. Only an absence that the check itself accounts for
//! (`may_be_absent`) may be outweighed by the other side, as in Kleene's logic. Loosely, for
//! wordings: `? :` looks at the side taken, and lists may be empty.

use super::term::{Arithmetic, Comparison, Literal, Path, Quantifier, Root, Term};
use closedset_core::fact::Shape;
use closedset_core::{Duration, Time};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

/// The facts a text is evaluated over, in the order of its [`super::Names`].
pub(crate) struct Scope<'a> {
    pub facts: &'a [&'a Map<String, Json>],
}

/// A value while evaluating.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Bool(bool),
    Integer(i64),
    Text(Cow<'a, str>),
    Time(Time),
    Duration(Duration),
    /// A list of a fact and its elements' shape.
    List(&'a [Json], &'a Shape),
    /// A list made by `map` or `filter`, or a limit.
    Made(Vec<Value<'a>>),
    Record(&'a Map<String, Json>),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    pub kind: GapKind,
    /// The path it is about; empty if it is about none.
    pub path: String,
    /// What that path means.
    pub meaning: &'static str,
    /// The check accounts for this absence: the other side of `&&` or `||` may decide.
    pub accounted: Option<String>,
}

/// The kinds of gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GapKind {
    /// The path is not there.
    Missing,
    /// The list at the path is empty, so that nothing is said of any.
    Empty,
    /// The value at the path is of another type.
    Mismatch,
    /// A number grew too large, or was divided by zero.
    Arithmetic,
    /// The text was not evaluated as it was checked.
    Internal,
}

impl Gap {
    pub(crate) fn internal() -> Self {
        Self::without_path(GapKind::Internal)
    }

    fn without_path(kind: GapKind) -> Self {
        Self { kind, path: String::new(), meaning: "", accounted: None }
    }

    fn at(kind: GapKind, path: &Path) -> Self {
        Self { kind, path: path.text.clone(), meaning: path.meaning, accounted: None }
    }
}

/// Evaluates a condition that names `paths`, every one of which must be there first.
pub(super) fn strictly<'a>(
    term: &'a Term,
    paths: &'a [Path],
    scope: &'a Scope<'a>,
) -> Result<Value<'a>, Gap> {
    let is_strict = true;
    let evaluation = Evaluation { scope, is_strict };
    for path in paths.iter().filter(|path| path.may_be_absent.is_none()) {
        evaluation.path(path, None)?;
    }
    evaluation.term(term, None)
}

/// Evaluates a wording.
pub(super) fn loosely<'a>(term: &'a Term, scope: &'a Scope<'a>) -> Result<Value<'a>, Gap> {
    let is_strict = false;
    Evaluation { scope, is_strict }.term(term, None)
}

struct Evaluation<'a> {
    scope: &'a Scope<'a>,
    is_strict: bool,
}

type Evaluated<'a> = Result<Value<'a>, Gap>;

impl<'a> Evaluation<'a> {
    fn term(&self, term: &'a Term, variable: Option<&Value<'a>>) -> Evaluated<'a> {
        match term {
            Term::Literal(literal) | Term::Limit { value: literal, .. } => Ok(of_literal(literal)),
            Term::Path(path) => self.path(path, variable),
            Term::Not(one) => Ok(Value::Bool(!self.bool(one, variable)?)),
            Term::And(one, other) => {
                both(self.bool(one, variable), self.bool(other, variable), false).map(Value::Bool)
            }
            Term::Or(one, other) => {
                both(self.bool(one, variable), self.bool(other, variable), true).map(Value::Bool)
            }
            Term::Compare(comparison, one, other) => {
                let (one, other) = pair(self.term(one, variable), self.term(other, variable))?;
                compare(*comparison, &one, &other).map(Value::Bool)
            }
            Term::Arithmetic(arithmetic, one, other) => {
                let (one, other) = pair(self.term(one, variable), self.term(other, variable))?;
                reckon(*arithmetic, one, other)
            }
            Term::Negate(one) => match self.term(one, variable)? {
                Value::Integer(number) => number
                    .checked_neg()
                    .map(Value::Integer)
                    .ok_or_else(|| Gap::without_path(GapKind::Arithmetic)),
                _ => Err(Gap::internal()),
            },
            Term::In(one, list) => {
                let one = self.term(one, variable);
                let (one, items) = pair(one, self.items(list, variable))?;
                Ok(Value::Bool(items.contains(&one)))
            }
            Term::List(_) => Err(Gap::internal()),
            Term::Size(one) => self.size(one, variable),
            Term::String(one) => as_text(self.term(one, variable)?),
            Term::StartsWith(text, start) => {
                match pair(self.term(text, variable), self.term(start, variable))? {
                    (Value::Text(text), Value::Text(start)) => {
                        Ok(Value::Bool(text.starts_with(start.as_ref())))
                    }
                    _ => Err(Gap::internal()),
                }
            }
            Term::Quantified { quantifier, list, body, .. } => {
                self.quantified(*quantifier, list, body, variable)
            }
            Term::If(condition, one, other) => {
                if self.bool(condition, variable)? {
                    self.term(one, variable)
                } else {
                    self.term(other, variable)
                }
            }
            Term::Map(list, body) => {
                let items = elements(self.term(list, variable)?)?;
                items
                    .iter()
                    .map(|item| self.term(body, Some(item)))
                    .collect::<Result<_, _>>()
                    .map(Value::Made)
            }
            Term::Filter(list, body) => {
                let mut kept = Vec::new();
                for item in elements(self.term(list, variable)?)? {
                    if self.bool(body, Some(&item))? {
                        kept.push(item);
                    }
                }
                Ok(Value::Made(kept))
            }
            Term::Join(list, separator) => {
                let mut joined = String::new();
                for (index, item) in elements(self.term(list, variable)?)?.into_iter().enumerate() {
                    let Value::Text(item) = item else {
                        return Err(Gap::internal());
                    };
                    if index > 0 {
                        joined.push_str(separator);
                    }
                    joined.push_str(&item);
                }
                Ok(Value::Text(Cow::Owned(joined)))
            }
        }
    }

    fn bool(&self, term: &'a Term, variable: Option<&Value<'a>>) -> Result<bool, Gap> {
        match self.term(term, variable)? {
            Value::Bool(value) => Ok(value),
            _ => Err(Gap::internal()),
        }
    }

    fn path(&self, path: &'a Path, variable: Option<&Value<'a>>) -> Evaluated<'a> {
        let mut record = match path.root {
            Root::Fact(index) => *self.scope.facts.get(index).ok_or_else(Gap::internal)?,
            Root::Variable(_) => match variable {
                Some(Value::Record(record)) => record,
                Some(value) if path.steps.is_empty() => return Ok(value.clone()),
                _ => return Err(Gap::internal()),
            },
        };
        let Some((last, steps)) = path.steps.split_last() else {
            return Ok(Value::Record(record));
        };
        for step in steps {
            record = match record.get(step.as_str()) {
                Some(Json::Object(inner)) => inner,
                Some(_) => return Err(Gap::at(GapKind::Mismatch, path)),
                None => return Err(missing(path)),
            };
        }
        match record.get(last.as_str()) {
            None | Some(Json::Null) => Err(missing(path)),
            Some(json) => read(json, &path.shape).ok_or_else(|| Gap::at(GapKind::Mismatch, path)),
        }
    }

    /// The list at `list`; empty only where that is allowed.
    fn list(&self, list: &'a Path, variable: Option<&Value<'a>>) -> Result<Vec<Value<'a>>, Gap> {
        let items = elements(self.path(list, variable)?)?;
        if items.is_empty() && self.is_strict && list.may_be_empty.is_none() {
            return Err(Gap::at(GapKind::Empty, list));
        }
        Ok(items)
    }

    fn quantified(
        &self,
        quantifier: Quantifier,
        list: &'a Path,
        body: &'a Term,
        variable: Option<&Value<'a>>,
    ) -> Evaluated<'a> {
        let decisive = quantifier == Quantifier::Exists;
        let mut answer = Ok(!decisive);
        for item in self.list(list, variable)? {
            answer = both(answer, self.bool(body, Some(&item)), decisive);
        }
        answer.map(Value::Bool)
    }

    /// What stands on the right of `in`.
    fn items(&self, list: &'a Term, variable: Option<&Value<'a>>) -> Result<Vec<Value<'a>>, Gap> {
        match list {
            Term::Path(path) => self.list(path, variable),
            Term::List(terms) => terms.iter().map(|term| self.term(term, variable)).collect(),
            other => elements(self.term(other, variable)?),
        }
    }

    fn size(&self, term: &'a Term, variable: Option<&Value<'a>>) -> Evaluated<'a> {
        let size = match self.term(term, variable)? {
            Value::List(items, _) => items.len(),
            Value::Made(items) => items.len(),
            Value::Text(text) => text.chars().count(),
            _ => return Err(Gap::internal()),
        };
        i64::try_from(size).map(Value::Integer).map_err(|_| Gap::without_path(GapKind::Arithmetic))
    }
}

/// `&&` (`decisive` is false) or `||` (`decisive` is true) of two answers. A gap on either side is
/// the answer, unless it is accounted for and the other side decides.
fn both(one: Result<bool, Gap>, other: Result<bool, Gap>, decisive: bool) -> Result<bool, Gap> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok(if decisive { one || other } else { one && other }),
        (Err(gap), Ok(value)) | (Ok(value), Err(gap)) => {
            if gap.accounted.is_some() && value == decisive { Ok(decisive) } else { Err(gap) }
        }
        (Err(one), Err(other)) => Err(graver(one, other)),
    }
}

/// Both values, or the gap to name.
fn pair<T, U>(one: Result<T, Gap>, other: Result<U, Gap>) -> Result<(T, U), Gap> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(gap), Ok(_)) | (Ok(_), Err(gap)) => Err(gap),
        (Err(one), Err(other)) => Err(graver(one, other)),
    }
}

/// Of two gaps the one that nothing accounts for.
fn graver(one: Gap, other: Gap) -> Gap {
    if one.accounted.is_some() { other } else { one }
}

fn missing(path: &Path) -> Gap {
    Gap { accounted: path.may_be_absent.clone(), ..Gap::at(GapKind::Missing, path) }
}

fn read<'a>(json: &'a Json, shape: &'a Shape) -> Option<Value<'a>> {
    Some(match shape {
        Shape::Bool => Value::Bool(json.as_bool()?),
        Shape::Integer => Value::Integer(json.as_i64()?),
        Shape::Text => Value::Text(Cow::Borrowed(json.as_str()?)),
        Shape::Time => Value::Time(json.as_str()?.parse().ok()?),
        Shape::Duration => Value::Duration(Duration::from_seconds(json.as_i64()?)),
        Shape::List(element) => Value::List(json.as_array()?, element),
        Shape::Record(_) => Value::Record(json.as_object()?),
        Shape::Optional(inner) => return read(json, inner),
    })
}

fn elements(list: Value<'_>) -> Result<Vec<Value<'_>>, Gap> {
    match list {
        Value::List(items, shape) => items
            .iter()
            .map(|item| read(item, shape).ok_or_else(|| Gap::without_path(GapKind::Mismatch)))
            .collect(),
        Value::Made(items) => Ok(items),
        _ => Err(Gap::internal()),
    }
}

fn of_literal(literal: &Literal) -> Value<'_> {
    match literal {
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Integer(value) => Value::Integer(*value),
        Literal::Text(value) => Value::Text(Cow::Borrowed(value)),
        Literal::Duration(value) => Value::Duration(*value),
        Literal::Texts(values) => Value::Made(
            values.iter().map(|value| Value::Text(Cow::Borrowed(value.as_str()))).collect(),
        ),
    }
}

fn as_text(value: Value<'_>) -> Evaluated<'_> {
    Ok(Value::Text(match value {
        Value::Text(text) => text,
        Value::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
        Value::Integer(value) => Cow::Owned(value.to_string()),
        Value::Duration(value) => Cow::Owned(value.words()),
        Value::Time(value) => Cow::Owned(date(value)),
        Value::List(..) | Value::Made(_) | Value::Record(_) => return Err(Gap::internal()),
    }))
}

/// The day of a time, in UTC: `2026-03-12`.
fn date(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}

fn compare(comparison: Comparison, one: &Value<'_>, other: &Value<'_>) -> Result<bool, Gap> {
    let order = match (one, other) {
        (Value::Integer(one), Value::Integer(other)) => one.cmp(other),
        (Value::Time(one), Value::Time(other)) => one.cmp(other),
        (Value::Duration(one), Value::Duration(other)) => one.cmp(other),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        _ => return Err(Gap::internal()),
    };
    Ok(match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

fn reckon<'a>(arithmetic: Arithmetic, one: Value<'a>, other: Value<'a>) -> Evaluated<'a> {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    let too_large = || Gap::without_path(GapKind::Arithmetic);
    let whole = |one: i64, other: i64| {
        match arithmetic {
            Add => one.checked_add(other),
            Subtract => one.checked_sub(other),
            Multiply => one.checked_mul(other),
            Divide => one.checked_div(other),
            Remainder => one.checked_rem(other),
        }
        .ok_or_else(too_large)
    };
    Ok(match (one, other) {
        (Value::Integer(one), Value::Integer(other)) => Value::Integer(whole(one, other)?),
        (Value::Text(one), Value::Text(other)) => Value::Text(Cow::Owned(format!("{one}{other}"))),
        (Value::Time(one), Value::Time(other)) => Value::Duration(one.since(other)),
        (Value::Time(one), Value::Duration(other)) => match arithmetic {
            Subtract => Value::Time(one - other),
            _ => Value::Time(one + other),
        },
        (Value::Duration(one), Value::Duration(other)) => {
            let number = whole(one.millis(), other.millis())?;
            match arithmetic {
                Divide => Value::Integer(number),
                _ => Value::Duration(Duration::from_millis(number)),
            }
        }
        _ => return Err(Gap::internal()),
    })
}
