//! Says a condition in words.

use super::term::{Arithmetic, Comparison, Literal, Path, Quantifier, Root, Term};

/// `every one of screen lock users: locks after s is at most 900 and asks password`.
pub(super) fn words(term: &Term) -> String {
    match term {
        Term::Literal(literal) | Term::Limit { value: literal, .. } => literal_words(literal),
        Term::Path(path) => path_words(path),
        Term::Not(one) => match one.as_ref() {
            Term::Path(path) => format!("not: {}", path_words(path)),
            other => format!("not ({})", words(other)),
        },
        Term::And(one, other) => format!("{} and {}", grouped(one), grouped(other)),
        Term::Or(one, other) => format!("{} or {}", grouped_in_or(one), grouped_in_or(other)),
        Term::Compare(comparison, one, other) => {
            let verb = match comparison {
                Comparison::Equal => "is",
                Comparison::NotEqual => "is not",
                Comparison::Less => "is less than",
                Comparison::LessOrEqual => "is at most",
                Comparison::Greater => "is more than",
                Comparison::GreaterOrEqual => "is at least",
            };
            format!("{} {verb} {}", words(one), words(other))
        }
        Term::Arithmetic(arithmetic, one, other) => {
            let sign = match arithmetic {
                Arithmetic::Add => "plus",
                Arithmetic::Subtract => "less",
                Arithmetic::Multiply => "times",
                Arithmetic::Divide => "divided by",
                Arithmetic::Remainder => "modulo",
            };
            format!("{} {sign} {}", words(one), words(other))
        }
        Term::Negate(one) => format!("minus {}", words(one)),
        Term::In(one, list) => format!("{} is one of {}", words(one), words(list)),
        Term::List(terms) => terms.iter().map(words).collect::<Vec<_>>().join(", "),
        Term::Size(one) => format!("the number of {}", words(one)),
        Term::String(one) => words(one),
        Term::StartsWith(text, start) => format!("{} begins with {}", words(text), words(start)),
        Term::Quantified { quantifier, list, body, .. } => {
            let who = match quantifier {
                Quantifier::All => "every one",
                Quantifier::Exists => "at least one",
            };
            format!("{who} of {}: {}", path_words(list), words(body))
        }
        Term::If(condition, one, other) => {
            format!("if {} then {}, else {}", words(condition), words(one), words(other))
        }
        Term::Map(list, body) | Term::Filter(list, body) => {
            format!("{} ({})", words(list), words(body))
        }
        Term::Join(list, _) => words(list),
    }
}

fn grouped(term: &Term) -> String {
    match term {
        Term::Or(..) => format!("({})", words(term)),
        _ => words(term),
    }
}

fn grouped_in_or(term: &Term) -> String {
    match term {
        Term::And(..) => format!("({})", words(term)),
        _ => words(term),
    }
}

fn literal_words(literal: &Literal) -> String {
    match literal {
        Literal::Bool(true) => "true".to_owned(),
        Literal::Bool(false) => "false".to_owned(),
        Literal::Text(text) if text.is_empty() => "empty".to_owned(),
        other => other.to_string(),
    }
}

/// `host_firewall.is_active` as `host firewall is active`; of a loop's variable only the fields.
fn path_words(path: &Path) -> String {
    let root = match path.root {
        Root::Fact(_) => path.text.split('.').next(),
        Root::Variable(_) if path.steps.is_empty() => Some("it"),
        Root::Variable(_) => None,
    };
    root.into_iter()
        .chain(path.steps.iter().map(String::as_str))
        .map(|step| step.replace('_', " "))
        .collect::<Vec<_>>()
        .join(" ")
}
