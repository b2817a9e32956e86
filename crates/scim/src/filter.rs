//! Filters (RFC 7644, section 3.4.2.2): read, and held against a resource.

use crate::{
    Refusal, Resource, Schema,
    read::bare,
    schema::{Attribute, Kind},
};
use jiff::Timestamp;
use serde_json::Value;

/// The longest filter, in bytes.
pub const FILTER_LIMIT: usize = 2_000;
/// How deep brackets may stand in each other.
const DEPTH: usize = 10;
/// The most comparisons.
const COMPARISONS: usize = 50;

/// What is asked of resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter(Expression);

#[derive(Debug, Clone, PartialEq)]
enum Expression {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    /// One of the values of a list is such.
    Any(String, Box<Self>),
    Is(Named, Test),
}

/// An attribute, and the part of it that is meant.
#[derive(Debug, Clone, PartialEq)]
struct Named {
    attribute: String,
    part: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Present,
    Compared(Comparison, Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Contains,
    Begins,
    Ends,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Filter {
    /// The filter that this text is.
    ///
    /// # Errors
    ///
    /// What is none, too long, too deep, or has too many comparisons.
    pub fn read(schema: &Schema, text: &str) -> Result<Self, Refusal> {
        if text.len() > FILTER_LIMIT {
            return Err(Refusal::filter(format!("A filter has at most {FILTER_LIMIT} bytes.")));
        }
        let mut reader = Reader { rest: text, schema, comparisons: 0 };
        let expression = reader.either(0)?;
        reader.blanks();
        match reader.rest {
            "" => Ok(Self(expression)),
            rest => Err(unexpected(rest)),
        }
    }

    /// The filter at the beginning of `text`, up to the bracket that closes it, and what stands behind that.
    pub(crate) fn read_in_brackets<'t>(
        schema: &Schema,
        text: &'t str,
    ) -> Result<(Self, &'t str), Refusal> {
        if text.len() > FILTER_LIMIT {
            return Err(Refusal::path(format!("A path has at most {FILTER_LIMIT} bytes.")));
        }
        let mut reader = Reader { rest: text, schema, comparisons: 0 };
        let expression = reader.either(1)?;
        reader.blanks();
        let rest = reader.rest.strip_prefix(']');
        rest.map(|rest| (Self(expression), rest)).ok_or_else(|| unexpected(reader.rest))
    }

    /// Whether a resource is such.
    pub fn holds(&self, schema: &Schema, resource: &Resource) -> bool {
        self.0.holds(schema, resource)
    }

    /// Whether one value of a list is such.
    pub(crate) fn holds_of(&self, attribute: &Attribute, value: &Value) -> bool {
        self.0.holds_of(attribute, value)
    }

    /// The attribute and the text, where nothing else is asked than that the one equals the other.
    pub fn sole(&self) -> Option<(&str, &str)> {
        match &self.0 {
            Expression::Is(
                Named { attribute, part: None },
                Test::Compared(Comparison::Equal, Value::String(text)),
            ) => Some((attribute, text)),
            _ => None,
        }
    }

    /// The parts that a value must have to be such, where equality alone is asked for.
    pub(crate) fn wanted(&self) -> Option<Vec<(String, Value)>> {
        self.0.wanted()
    }
}

impl Expression {
    fn holds(&self, schema: &Schema, resource: &Resource) -> bool {
        match self {
            Self::And(one, other) => one.holds(schema, resource) && other.holds(schema, resource),
            Self::Or(one, other) => one.holds(schema, resource) || other.holds(schema, resource),
            Self::Not(inner) => !inner.holds(schema, resource),
            Self::Any(name, inner) => {
                let Some(attribute) = schema.attribute(name) else { return false };
                each(resource.get(attribute.name))
                    .iter()
                    .any(|value| inner.holds_of(attribute, value))
            }
            Self::Is(named, test) => {
                let Some(attribute) = schema.attribute(&named.attribute) else { return false };
                let values = each(resource.get(attribute.name));
                // A list, or something with parts, is asked by its value where no part is named.
                let part = match (&named.part, attribute.kind) {
                    (Some(part), _) => match attribute.part(part) {
                        Some(part) => Some(part),
                        None => return false,
                    },
                    (None, Kind::Parts) => attribute.part("value"),
                    (None, _) => None,
                };
                match (part, attribute.kind) {
                    (Some(part), _) => test.holds(part, |test| {
                        values.iter().any(|value| value.get(part.name).is_some_and(test))
                    }),
                    (None, Kind::Parts) => test == &Test::Present && !values.is_empty(),
                    (None, _) => test.holds(attribute, |test| values.iter().any(test)),
                }
            }
        }
    }

    fn holds_of(&self, attribute: &Attribute, value: &Value) -> bool {
        match self {
            Self::And(one, other) => {
                one.holds_of(attribute, value) && other.holds_of(attribute, value)
            }
            Self::Or(one, other) => {
                one.holds_of(attribute, value) || other.holds_of(attribute, value)
            }
            Self::Not(inner) => !inner.holds_of(attribute, value),
            Self::Any(..) => false,
            Self::Is(named, test) => {
                let Some(part) = attribute.part(&named.attribute) else { return false };
                test.holds(part, |test| value.get(part.name).is_some_and(test))
            }
        }
    }

    fn wanted(&self) -> Option<Vec<(String, Value)>> {
        match self {
            Self::And(one, other) => {
                let mut wanted = one.wanted()?;
                wanted.extend(other.wanted()?);
                Some(wanted)
            }
            Self::Is(Named { attribute, part: None }, Test::Compared(Comparison::Equal, value)) => {
                Some(vec![(attribute.clone(), value.clone())])
            }
            _ => None,
        }
    }
}

impl Test {
    /// Whether it holds of what `any` looks at. What differs from something differs from nothing too.
    fn holds(&self, attribute: &Attribute, any: impl Fn(&dyn Fn(&Value) -> bool) -> bool) -> bool {
        match self {
            Self::Present => any(&|_| true),
            Self::Compared(Comparison::NotEqual, wanted) => {
                !any(&|value| compares(attribute, value, Comparison::Equal, wanted))
            }
            Self::Compared(comparison, wanted) => {
                any(&|value| compares(attribute, value, *comparison, wanted))
            }
        }
    }
}

fn each(value: Option<&Value>) -> &[Value] {
    match value {
        None => &[],
        Some(Value::Array(all)) => all,
        Some(one) => std::slice::from_ref(one),
    }
}

fn compares(attribute: &Attribute, value: &Value, how: Comparison, wanted: &Value) -> bool {
    use Comparison::{
        Begins, Contains, Ends, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual,
    };
    let ordering = match (value, wanted) {
        (Value::Bool(value), Value::Bool(wanted)) => {
            return how == Equal && value == wanted;
        }
        // Some send truth as a text.
        (Value::Bool(value), Value::String(wanted)) => {
            return how == Equal && wanted.eq_ignore_ascii_case(&value.to_string());
        }
        (Value::String(value), Value::String(wanted)) => {
            let times = (attribute.kind == Kind::Time)
                .then(|| Some((value.parse::<Timestamp>().ok()?, wanted.parse().ok()?)))
                .flatten();
            let (value, wanted) = match attribute.is_case_exact {
                true => (value.clone(), wanted.clone()),
                false => (value.to_lowercase(), wanted.to_lowercase()),
            };
            match how {
                Contains => return value.contains(&wanted),
                Begins => return value.starts_with(&wanted),
                Ends => return value.ends_with(&wanted),
                _ => {}
            }
            match times {
                Some((value, wanted)) => value.cmp(&wanted),
                None => value.cmp(&wanted),
            }
        }
        _ => return false,
    };
    match how {
        Equal => ordering.is_eq(),
        Greater => ordering.is_gt(),
        GreaterOrEqual => ordering.is_ge(),
        Less => ordering.is_lt(),
        LessOrEqual => ordering.is_le(),
        NotEqual | Contains | Begins | Ends => false,
    }
}

struct Reader<'t, 's> {
    rest: &'t str,
    schema: &'s Schema,
    comparisons: usize,
}

impl<'t> Reader<'t, '_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    /// The next word, if it is this one, in whatever case.
    fn word(&mut self, wanted: &str) -> bool {
        self.blanks();
        let Some(found) = self.rest.get(..wanted.len()) else { return false };
        let behind = &self.rest[wanted.len()..];
        let ends = behind.chars().next().is_none_or(|next| !is_of_name(next));
        if !found.eq_ignore_ascii_case(wanted) || !ends {
            return false;
        }
        self.rest = behind;
        true
    }

    fn sign(&mut self, wanted: char) -> bool {
        self.blanks();
        let found = self.rest.strip_prefix(wanted);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn either(&mut self, depth: usize) -> Result<Expression, Refusal> {
        let mut left = self.both(depth)?;
        while self.word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.both(depth)?));
        }
        Ok(left)
    }

    fn both(&mut self, depth: usize) -> Result<Expression, Refusal> {
        let mut left = self.one(depth)?;
        while self.word("and") {
            left = Expression::And(Box::new(left), Box::new(self.one(depth)?));
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Expression, Refusal> {
        if depth > DEPTH {
            return Err(Refusal::filter(format!("Brackets stand at most {DEPTH} deep.")));
        }
        let is_not = self.word("not");
        if self.sign('(') {
            let inner = self.either(depth + 1)?;
            if !self.sign(')') {
                return Err(unexpected(self.rest));
            }
            return Ok(if is_not { Expression::Not(Box::new(inner)) } else { inner });
        }
        if is_not {
            return Err(unexpected(self.rest));
        }
        self.comparisons += 1;
        if self.comparisons > COMPARISONS {
            return Err(Refusal::filter(format!(
                "A filter has at most {COMPARISONS} comparisons."
            )));
        }
        let name = self.name()?;
        if let Some(rest) = self.rest.strip_prefix('[') {
            self.rest = rest;
            let inner = self.either(depth + 1)?;
            if !self.sign(']') {
                return Err(unexpected(self.rest));
            }
            // A part behind the bracket asks for that part of those values.
            if self.rest.starts_with('.') {
                return Err(unexpected(self.rest));
            }
            return Ok(Expression::Any(name.to_owned(), Box::new(inner)));
        }
        let named = match name.split_once('.') {
            Some((attribute, part)) => {
                Named { attribute: attribute.to_owned(), part: Some(part.to_owned()) }
            }
            None => Named { attribute: name.to_owned(), part: None },
        };
        let test = self.test()?;
        Ok(Expression::Is(named, test))
    }

    fn name(&mut self) -> Result<&'t str, Refusal> {
        self.blanks();
        let end = self.rest.find(|letter| !is_of_name(letter)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '$') {
            return Err(unexpected(self.rest));
        }
        self.rest = rest;
        Ok(bare(self.schema, name))
    }

    fn test(&mut self) -> Result<Test, Refusal> {
        use Comparison::{
            Begins, Contains, Ends, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual,
        };
        if self.word("pr") {
            return Ok(Test::Present);
        }
        let words = [
            ("eq", Equal),
            ("ne", NotEqual),
            ("co", Contains),
            ("sw", Begins),
            ("ew", Ends),
            ("gt", Greater),
            ("ge", GreaterOrEqual),
            ("lt", Less),
            ("le", LessOrEqual),
        ];
        let found = words.into_iter().find(|(word, _)| self.word(word));
        let (_, comparison) = found.ok_or_else(|| unexpected(self.rest))?;
        Ok(Test::Compared(comparison, self.literal()?))
    }

    /// A text, number, truth or nothing as JSON writes it, or truth in capitals.
    fn literal(&mut self) -> Result<Value, Refusal> {
        self.blanks();
        if self.rest.starts_with('"') {
            let mut texts = serde_json::Deserializer::from_str(self.rest).into_iter::<Value>();
            let Some(Ok(text)) = texts.next() else { return Err(unexpected(self.rest)) };
            self.rest = &self.rest[texts.byte_offset()..];
            return Ok(text);
        }
        let end = self.rest.find([' ', ')', ']']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        match serde_json::from_str(&word.to_ascii_lowercase()) {
            Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => {
                self.rest = rest;
                Ok(value)
            }
            _ => Err(unexpected(self.rest)),
        }
    }
}

/// What names of attributes are made of, with the URN of a schema before them.
fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '$' | ':' | '.')
}

fn unexpected(rest: &str) -> Refusal {
    let shown: String = rest.chars().take(20).collect();
    match shown.is_empty() {
        true => Refusal::filter("The filter ends too early."),
        false => Refusal::filter(format!("The filter cannot be read at: {shown}")),
    }
}
