//! Resolves names: limits, facts and their fields, and a loop's variable.

use super::super::LanguageError;
use super::super::term::{Literal, Path, Root, Term};
use super::{Checked, Lowering};
use crate::limits::Limit;
use crate::suggest::did_you_mean;
use cel::common::ast::{Expr, IdedExpr};
use closedset_core::fact::Shape;

impl Lowering<'_> {
    pub(super) fn name(&mut self, expr: &IdedExpr) -> Checked {
        let Some((root, steps)) = segments(&expr.expr) else {
            return self.refuse(expr, "a field can be taken only of a fact, not of a result");
        };
        if root == "limit" {
            return self.limit(expr, &steps);
        }
        let path = self.path(expr, root, &steps)?;
        let shape = path.shape.clone();
        if matches!(path.root, Root::Fact(_)) {
            self.paths.push(path.clone());
        }
        Ok((Term::Path(path), shape))
    }

    fn limit(&self, expr: &IdedExpr, steps: &[&str]) -> Checked {
        let [name] = steps else {
            return self.refuse(expr, "a limit is written limit.<name>");
        };
        let Some(limit) = self.names.limits.value(name) else {
            let meant = did_you_mean(name, self.names.limits.iter().map(|(name, _)| name));
            return self.refuse(expr, format!("there is no limit `{name}`{meant}"));
        };
        let value = match limit {
            Limit::Integer(value) => Literal::Integer(*value),
            Limit::Duration(value) => Literal::Duration(*value),
            Limit::Texts(values) => Literal::Texts(values.clone()),
        };
        let shape = value.shape();
        let name = (*name).to_owned();
        Ok((Term::Limit { name, value }, shape))
    }

    fn path(&self, expr: &IdedExpr, root: &str, steps: &[&str]) -> Result<Path, LanguageError> {
        let variable = self.variables.iter().rposition(|variable| variable.name == root);
        let fact = self.names.facts.iter().position(|kind| kind.name == root);
        let (root, mut shape, mut meaning, mut text) = match (variable, fact) {
            (Some(index), _) => {
                let variable = &self.variables[index];
                (
                    Root::Variable(index),
                    variable.shape.clone(),
                    variable.meaning,
                    variable.text.clone(),
                )
            }
            (None, Some(index)) => (
                Root::Fact(index),
                self.names.facts[index].shape.clone(),
                self.names.facts[index].title,
                root.to_owned(),
            ),
            (None, None) => {
                let known = self.names.facts.iter().map(|kind| kind.name).chain(["limit"]);
                let meant = did_you_mean(root, known);
                return self.refuse(
                    expr,
                    format!("`{root}` is not among the facts this check needs{meant}"),
                );
            }
        };
        for step in steps {
            let Shape::Record(fields) = &shape else {
                let advice = if matches!(shape, Shape::List(_)) {
                    "; write all or exists to look at each"
                } else {
                    ""
                };
                return self.refuse(
                    expr,
                    format!("{text} is {} and has no field `{step}`{advice}", shape.words()),
                );
            };
            let Some(field) = fields.iter().find(|field| field.name == *step) else {
                let meant = did_you_mean(step, fields.iter().map(|field| field.name));
                return self.refuse(expr, format!("{text} has no field `{step}`{meant}"));
            };
            meaning = field.words.trim();
            let next = field.shape.clone();
            text = format!("{text}.{step}");
            shape = match next {
                Shape::Optional(inner) => *inner,
                other => other,
            };
        }
        Ok(Path {
            root,
            steps: steps.iter().map(|step| (*step).to_owned()).collect(),
            may_be_absent: self.names.may_be_absent.get(&text).cloned(),
            may_be_empty: self.names.may_be_empty.get(&text).cloned(),
            text,
            shape,
            meaning,
        })
    }
}

/// `a.b.c` as `a` and `[b, c]`.
fn segments(expr: &Expr) -> Option<(&str, Vec<&str>)> {
    let mut steps = Vec::new();
    let mut expr = expr;
    loop {
        match expr {
            Expr::Ident(name) => {
                steps.reverse();
                return Some((name, steps));
            }
            Expr::Select(select) if !select.test => {
                steps.push(select.field.as_str());
                expr = &select.operand.expr;
            }
            _ => return None,
        }
    }
}
