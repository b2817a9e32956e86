//! Checks what looks at each of a list: `all` and `exists`, and for wordings `map` and `filter`.

use super::super::LanguageError;
use super::super::term::{Path, Quantifier, Term};
use super::{Checked, Lowering, Part, Variable};
use cel::common::ast::{Expr, IdedExpr};
use closedset_core::fact::Shape;

impl Lowering<'_> {
    pub(super) fn quantified(
        &mut self,
        expr: &IdedExpr,
        quantifier: Quantifier,
        target: &IdedExpr,
        (variable, body): (&IdedExpr, &IdedExpr),
        depth: usize,
    ) -> Checked {
        self.quantifiers += 1;
        if self.part == Part::Condition && self.quantifiers > 1 {
            return self.refuse(expr, "a condition has one `all` or `exists`, not several");
        }
        let (list, shape) = self.lower(target, depth)?;
        let (Term::Path(list), Shape::List(element)) = (list, shape) else {
            return self.refuse(target, "all and exists look at a list of a fact");
        };
        let body = self.with_variable(variable, &list, *element, |lowering| {
            lowering.of(body, &Shape::Bool, "all and exists", depth)
        })?;
        let variable = ident(variable).unwrap_or_default().to_owned();
        Ok((Term::Quantified { quantifier, list, variable, body }, Shape::Bool))
    }

    pub(super) fn mapped(
        &mut self,
        expr: &IdedExpr,
        name: &str,
        target: &IdedExpr,
        (variable, body): (&IdedExpr, &IdedExpr),
        depth: usize,
    ) -> Checked {
        let (list, shape) = self.lower(target, depth)?;
        let Shape::List(element) = shape else {
            return self.refuse(target, format!("{name} takes a list"));
        };
        let path = list_path(&list).cloned();
        let Some(path) = path else {
            return self.refuse(expr, format!("{name} takes a list of a fact"));
        };
        let element = *element;
        let (body, shape) = self.with_variable(variable, &path, element.clone(), |lowering| {
            lowering.lower(body, depth)
        })?;
        if name == "filter" {
            if shape != Shape::Bool {
                return self.refuse(expr, "filter takes what is true of those to keep");
            }
            let list = Term::Filter(Box::new(list), Box::new(body));
            return Ok((list, Shape::List(Box::new(element))));
        }
        if matches!(shape, Shape::List(_) | Shape::Record(_)) {
            return self.refuse(expr, "map takes one value of each");
        }
        let list = Term::Map(Box::new(list), Box::new(body));
        Ok((list, Shape::List(Box::new(shape))))
    }

    fn with_variable<T>(
        &mut self,
        variable: &IdedExpr,
        list: &Path,
        element: Shape,
        inner: impl FnOnce(&mut Self) -> Result<T, LanguageError>,
    ) -> Result<T, LanguageError> {
        let Some(name) = ident(variable) else {
            return self
                .refuse(variable, "name each one of the list with one word, as in all(u, ...)");
        };
        let is_taken = name == "limit" || self.names.facts.iter().any(|kind| kind.name == name);
        if is_taken {
            return self.refuse(variable, format!("`{name}` is already the name of something"));
        }
        if !self.variables.is_empty() {
            return self.refuse(variable, "a loop in a loop has no place here");
        }
        self.variables.push(Variable {
            name: name.to_owned(),
            shape: element,
            meaning: list.meaning,
            text: format!("{}[]", list.text),
        });
        let result = inner(self);
        self.variables.pop();
        result
    }
}

/// The list of a fact that a chain of `filter` and `map` starts from.
fn list_path(term: &Term) -> Option<&Path> {
    match term {
        Term::Path(path) => Some(path),
        Term::Filter(list, _) | Term::Map(list, _) => list_path(list),
        _ => None,
    }
}

fn ident(expr: &IdedExpr) -> Option<&str> {
    match &expr.expr {
        Expr::Ident(name) => Some(name),
        _ => None,
    }
}
