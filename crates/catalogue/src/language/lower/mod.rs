//! The checker: walks the syntax tree and lets through what it knows, typed; refuses the rest by
//! name, saying what was meant.

mod loops;
mod names;

use super::scan::scan;
use super::term::{Arithmetic, Comparison, Literal, Path, Quantifier, Term};
use super::{LanguageError, Names};
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};
use closedset_core::fact::Shape;

/// The deepest tree.
const DEPTH_LIMIT: usize = 48;

/// Which part of the language is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What decides.
    Condition,
    /// What only says what was found.
    Wording,
}

/// A checked text.
pub(super) struct Lowered {
    pub term: Term,
    pub shape: Shape,
    pub paths: Vec<Path>,
}

/// Reads, parses and checks a text.
pub(super) fn lower(text: &str, names: &Names<'_>, part: Part) -> Result<Lowered, LanguageError> {
    scan(text)?;
    // An environment without macros leaves `all`, `map`, `has` and so on as the calls they are.
    let program = cel::Env::default().compile(text).map_err(|errors| unparsable(text, &errors))?;
    let mut lowering = Lowering {
        names,
        part,
        source: program.source_info(),
        variables: Vec::new(),
        quantifiers: 0,
        paths: Vec::new(),
    };
    let (term, shape) = lowering.lower(program.expression(), 0)?;
    Ok(Lowered { term, shape, paths: lowering.paths })
}

fn unparsable(text: &str, errors: &cel::ParseErrors) -> LanguageError {
    let Some(error) = errors.errors.first() else {
        return LanguageError::new(0, "cannot be read");
    };
    let before: usize = text
        .split_inclusive('\n')
        .take(usize::try_from(error.pos.0).unwrap_or(1).saturating_sub(1))
        .map(str::len)
        .sum();
    let at = before + usize::try_from(error.pos.1).unwrap_or(0);
    let at = at.min(text.len());
    let near: String = text.get(at..).unwrap_or_default().chars().take(20).collect();
    if near.trim().is_empty() {
        LanguageError::new(at, "cannot be read: it stops too early")
    } else {
        LanguageError::new(at, format!("cannot be read from `{near}` on"))
    }
}

struct Lowering<'a> {
    names: &'a Names<'a>,
    part: Part,
    source: &'a SourceInfo,
    variables: Vec<Variable>,
    quantifiers: usize,
    paths: Vec<Path>,
}

struct Variable {
    name: String,
    shape: Shape,
    meaning: &'static str,
    text: String,
}

type Checked = Result<(Term, Shape), LanguageError>;

impl Lowering<'_> {
    fn refuse<T>(&self, expr: &IdedExpr, message: impl Into<String>) -> Result<T, LanguageError> {
        let at = self.source.offset_for(expr.id).map_or(0, |(start, _)| start as usize);
        Err(LanguageError::new(at, message))
    }

    fn lower(&mut self, expr: &IdedExpr, depth: usize) -> Checked {
        if depth > DEPTH_LIMIT {
            return self.refuse(expr, format!("nested deeper than {DEPTH_LIMIT}"));
        }
        match &expr.expr {
            Expr::Literal(literal) => self.literal(expr, literal),
            Expr::Ident(_) | Expr::Select(_) => self.name(expr),
            Expr::Call(call) => self.call(expr, call, depth + 1),
            Expr::List(_) => self.refuse(expr, "a list stands only on the right of `in`"),
            Expr::Map(_) => self.refuse(expr, "a map {...} has no place here"),
            Expr::Struct(_) => self.refuse(expr, "a message has no place here"),
            Expr::Comprehension(_) => self.refuse(expr, "a comprehension has no place here"),
            Expr::Unspecified => self.refuse(expr, "cannot be read"),
        }
    }

    fn literal(&self, expr: &IdedExpr, literal: &LiteralValue) -> Checked {
        let literal = match literal {
            LiteralValue::Boolean(value) => Literal::Bool(*value.inner()),
            LiteralValue::Int(value) => Literal::Integer(*value.inner()),
            LiteralValue::String(value) => Literal::Text(value.inner().to_owned()),
            LiteralValue::Null => {
                return self.refuse(
                    expr,
                    "null has no place here: what is missing makes a check unknown by itself",
                );
            }
            LiteralValue::Double(_) => return self.refuse(expr, "numbers here are whole"),
            LiteralValue::UInt(_) => {
                return self.refuse(expr, "write a number without `u` after it");
            }
            LiteralValue::Bytes(_) => return self.refuse(expr, "bytes have no place here"),
        };
        let shape = literal.shape();
        Ok((Term::Literal(literal), shape))
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr, depth: usize) -> Checked {
        if let Some(target) = &call.target {
            return self.method(expr, target, call, depth);
        }
        let name = call.func_name.as_str();
        match (name, call.args.as_slice()) {
            (operators::LOGICAL_NOT, [one]) => {
                let one = self.of(one, &Shape::Bool, "`!`", depth)?;
                Ok((Term::Not(one), Shape::Bool))
            }
            (operators::LOGICAL_AND, [one, other]) => {
                let one = self.of(one, &Shape::Bool, "`&&`", depth)?;
                let other = self.of(other, &Shape::Bool, "`&&`", depth)?;
                Ok((Term::And(one, other), Shape::Bool))
            }
            (operators::LOGICAL_OR, [one, other]) => {
                let one = self.of(one, &Shape::Bool, "`||`", depth)?;
                let other = self.of(other, &Shape::Bool, "`||`", depth)?;
                Ok((Term::Or(one, other), Shape::Bool))
            }
            (operators::NEGATE, [one]) => {
                let one = self.of(one, &Shape::Integer, "`-`", depth)?;
                Ok((Term::Negate(one), Shape::Integer))
            }
            (operators::IN, [one, list]) => self.is_in(expr, one, list, depth),
            (operators::CONDITIONAL, [condition, one, other]) if self.part == Part::Wording => {
                let condition = self.of(condition, &Shape::Bool, "`?`", depth)?;
                let (one, shape) = self.lower(one, depth)?;
                let other = self.of(other, &shape, "`:`", depth)?;
                Ok((Term::If(condition, Box::new(one), other), shape))
            }
            ("size", [one]) => {
                let (one, shape) = self.lower(one, depth)?;
                match shape {
                    Shape::List(_) | Shape::Text => Ok((Term::Size(Box::new(one)), Shape::Integer)),
                    other => self.refuse(
                        expr,
                        format!("size counts a list or a text, not {}", other.words()),
                    ),
                }
            }
            ("string", [one]) => {
                let (one, shape) = self.lower(one, depth)?;
                match shape {
                    Shape::List(_) | Shape::Record(_) | Shape::Optional(_) => {
                        self.refuse(expr, format!("string writes one value, not {}", shape.words()))
                    }
                    Shape::Bool | Shape::Integer | Shape::Text | Shape::Time | Shape::Duration => {
                        Ok((Term::String(Box::new(one)), Shape::Text))
                    }
                }
            }
            (_, [one, other]) => {
                if let Some(comparison) = comparison(name) {
                    self.compare(expr, comparison, one, other, depth)
                } else if let Some(arithmetic) = arithmetic(name) {
                    self.arithmetic(expr, arithmetic, one, other, depth)
                } else {
                    self.unknown_call(expr, name)
                }
            }
            _ => self.unknown_call(expr, name),
        }
    }

    fn unknown_call<T>(&self, expr: &IdedExpr, name: &str) -> Result<T, LanguageError> {
        let message = match name {
            operators::CONDITIONAL => {
                "`? :` has no place in a condition: write `&&` and `||`".to_owned()
            }
            operators::INDEX | operators::OPT_INDEX => {
                "`[...]` picks one of a list: write all or exists to look at each".to_owned()
            }
            operators::OPT_SELECT => {
                "`.?` has no place here: what is missing makes a check unknown by itself".to_owned()
            }
            "has" => "`has` has no place here: what is missing makes a check unknown by itself"
                .to_owned(),
            "size" | "string" => format!("`{name}` takes one value"),
            "int" | "uint" | "double" | "bool" | "bytes" | "dyn" | "type" | "duration"
            | "timestamp" => {
                format!("`{name}` has no place here: values keep the type their fact gives them")
            }
            "all" | "exists" | "startsWith" => format!("write list.{name}(...)"),
            _ => format!(
                "`{name}` is not known here; there are ! && || == != < <= > >= + - * / %, in, \
                 size, string, startsWith, all and exists"
            ),
        };
        self.refuse(expr, message)
    }

    fn method(
        &mut self,
        expr: &IdedExpr,
        target: &IdedExpr,
        call: &CallExpr,
        depth: usize,
    ) -> Checked {
        let name = call.func_name.as_str();
        match (name, call.args.as_slice()) {
            ("startsWith", [start]) => {
                let text = self.of(target, &Shape::Text, "startsWith", depth)?;
                let start = self.of(start, &Shape::Text, "startsWith", depth)?;
                Ok((Term::StartsWith(text, start), Shape::Bool))
            }
            ("all", [variable, body]) => {
                self.quantified(expr, Quantifier::All, target, (variable, body), depth)
            }
            ("exists", [variable, body]) => {
                self.quantified(expr, Quantifier::Exists, target, (variable, body), depth)
            }
            ("map" | "filter", [variable, body]) if self.part == Part::Wording => {
                self.mapped(expr, name, target, (variable, body), depth)
            }
            ("join", [separator]) if self.part == Part::Wording => {
                let texts = Shape::List(Box::new(Shape::Text));
                let list = self.of(target, &texts, "join", depth)?;
                match &separator.expr {
                    Expr::Literal(LiteralValue::String(separator)) => {
                        Ok((Term::Join(list, separator.inner().to_owned()), Shape::Text))
                    }
                    _ => self.refuse(separator, "join takes the text between, such as ', '"),
                }
            }
            ("map" | "filter" | "join", _) => self
                .refuse(expr, format!("`{name}` has no place in a condition: write all or exists")),
            ("exists_one" | "existsOne", _) => {
                self.refuse(expr, format!("`{name}` has no place here: write exists"))
            }
            ("matches", _) => {
                self.refuse(expr, "`matches` has no place here: write startsWith, `in` or `==`")
            }
            ("contains" | "endsWith", _) => self.refuse(
                expr,
                format!("`{name}` has no place here: write startsWith, `in` or `==`"),
            ),
            ("size", []) => self.refuse(expr, "write size(list)"),
            ("all" | "exists", _) => {
                self.refuse(expr, format!("write list.{name}(one, what is true of one)"))
            }
            _ => self.unknown_call(expr, name),
        }
    }

    fn is_in(&mut self, expr: &IdedExpr, one: &IdedExpr, list: &IdedExpr, depth: usize) -> Checked {
        let (one, shape) = self.lower(one, depth)?;
        if !matches!(shape, Shape::Text | Shape::Integer) {
            return self
                .refuse(expr, format!("`in` looks for a text or a number, not {}", shape.words()));
        }
        let list = match &list.expr {
            Expr::List(items) => {
                if items.elements.is_empty() {
                    return self.refuse(list, "nothing is in an empty list");
                }
                let terms = items
                    .elements
                    .iter()
                    .map(|item| self.of(item, &shape, "`in`", depth).map(|term| *term))
                    .collect::<Result<Vec<_>, _>>()?;
                Box::new(Term::List(terms))
            }
            _ => {
                let wanted = Shape::List(Box::new(shape));
                self.of(list, &wanted, "`in`", depth)?
            }
        };
        Ok((Term::In(Box::new(one), list), Shape::Bool))
    }

    fn compare(
        &mut self,
        expr: &IdedExpr,
        comparison: Comparison,
        one: &IdedExpr,
        other: &IdedExpr,
        depth: usize,
    ) -> Checked {
        let (one, shape) = self.lower(one, depth)?;
        let (other, other_shape) = self.lower(other, depth)?;
        if shape != other_shape {
            return self.refuse(
                expr,
                format!(
                    "the two sides differ: {} on the left, {} on the right",
                    shape.words(),
                    other_shape.words()
                ),
            );
        }
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        match shape {
            Shape::Integer | Shape::Time | Shape::Duration => {}
            Shape::Bool | Shape::Text if is_equality => {}
            Shape::Bool => {
                return self.refuse(expr, "true and false have no order");
            }
            Shape::Text => {
                return self.refuse(expr, "texts have no order here ('10' comes before '9')");
            }
            Shape::List(_) | Shape::Record(_) | Shape::Optional(_) => {
                return self.refuse(
                    expr,
                    format!("{} cannot be compared; compare its parts", shape.words()),
                );
            }
        }
        let term = Term::Compare(comparison, Box::new(one), Box::new(other));
        Ok((term, Shape::Bool))
    }

    fn arithmetic(
        &mut self,
        expr: &IdedExpr,
        arithmetic: Arithmetic,
        one: &IdedExpr,
        other: &IdedExpr,
        depth: usize,
    ) -> Checked {
        use Arithmetic::{Add, Divide, Subtract};
        let (one, left) = self.lower(one, depth)?;
        let (other, right) = self.lower(other, depth)?;
        let shape = match (arithmetic, &left, &right) {
            (_, Shape::Integer, Shape::Integer) => Shape::Integer,
            (Add, Shape::Text, Shape::Text) => Shape::Text,
            (Subtract, Shape::Time, Shape::Time) => Shape::Duration,
            (Add | Subtract, Shape::Time, Shape::Duration) => Shape::Time,
            (Add | Subtract, Shape::Duration, Shape::Duration) => Shape::Duration,
            (Divide, Shape::Duration, Shape::Duration) => Shape::Integer,
            _ => {
                return self.refuse(
                    expr,
                    format!(
                        "cannot be reckoned: {} on the left, {} on the right",
                        left.words(),
                        right.words()
                    ),
                );
            }
        };
        let term = Term::Arithmetic(arithmetic, Box::new(one), Box::new(other));
        Ok((term, shape))
    }

    /// The term of `expr`, which must have the shape `wanted`.
    fn of(
        &mut self,
        expr: &IdedExpr,
        wanted: &Shape,
        by: &str,
        depth: usize,
    ) -> Result<Box<Term>, LanguageError> {
        let (term, shape) = self.lower(expr, depth)?;
        if shape == *wanted {
            return Ok(Box::new(term));
        }
        self.refuse(expr, format!("{by} takes {} here, not {}", of(wanted), of(&shape)))
    }
}

fn of(shape: &Shape) -> String {
    match shape {
        Shape::List(element) => format!("a list of {}", element.words()),
        other => other.words().to_owned(),
    }
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(name: &str) -> Option<Arithmetic> {
    Some(match name {
        operators::ADD => Arithmetic::Add,
        operators::SUBSTRACT => Arithmetic::Subtract,
        operators::MULTIPLY => Arithmetic::Multiply,
        operators::DIVIDE => Arithmetic::Divide,
        operators::MODULO => Arithmetic::Remainder,
        _ => return None,
    })
}
