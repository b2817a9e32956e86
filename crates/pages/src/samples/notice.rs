//! What a person sees when something was not carried out, or is not there.

use super::{Sample, sample, shell};
use crate::notice::{ErrorPage, NotFound};
use crate::{Area, Shell};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample("error-server", &error(Shell::default(), "op-1774")),
        sample("error-refused", &error(shell(Area::Packs), "")),
        sample("not-found", &NotFound { shell: Shell::default() }),
    ]
}

fn error(shell: Shell, operation: &str) -> ErrorPage {
    ErrorPage {
        shell,
        code: "ledger.behind".into(),
        sentence: "The ledger is ahead of the database, so nothing is written.".into(),
        remedy: "Tell whoever runs this server; they will find what to do in the log.".into(),
        operation: operation.into(),
    }
}
