//! Reads an organisation's own checks by the same rules as those of files.

use super::checks::{Known, Own, RawCheck, own_check};
use super::{Source, on_own_stack};
use crate::catalogue::Catalogue;
use crate::check::Check;
use crate::load::CatalogueFile;
use closedset_core::own_check::Terms;

/// Each check, or what is wrong with it. They are read on a stack of their own, as files are.
pub(crate) fn read_all<'t>(
    catalogue: &Catalogue,
    own: impl Iterator<Item = (String, i64, &'t Terms)>,
) -> Vec<Result<Check, String>> {
    let own: Vec<_> = own.collect();
    let read = || -> Vec<_> {
        own.iter().map(|(id, version, terms)| read(catalogue, id, *version, terms)).collect()
    };
    on_own_stack(read).unwrap_or_else(|why| own.iter().map(|_| Err(why.to_owned())).collect())
}

fn read(catalogue: &Catalogue, id: &str, version: i64, terms: &Terms) -> Result<Check, String> {
    let Some(control) = catalogue.control(&terms.control) else {
        return Err(format!("there is no control {}", terms.control));
    };
    let source = Source { file: CatalogueFile { name: "an own check", text: "" } };
    let known = Known { frameworks: &[], limits: catalogue.limits(), is_complete: false };
    let own = Own { id, version, framework: &control.framework, terms };
    let needs = super::checks::needs(&own, known)?;
    let raw = RawCheck::own(&own, needs);
    let mut errors = Vec::new();
    let check = own_check(&source, &raw, known, &mut errors);
    match (check, errors.into_iter().next()) {
        (_, Some(error)) => Err(error.message),
        (Some(check), None)
            if terms.stricter.as_ref().is_some_and(|one| check.names_limit(&one.limit)) =>
        {
            Err("it still asks with the framework's own number".to_owned())
        }
        (Some(check), None) => Ok(check),
        (None, None) => Err("it could not be read".to_owned()),
    }
}
