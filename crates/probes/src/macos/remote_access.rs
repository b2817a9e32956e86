//! Ways to reach a Mac from afar: what listens, and what calls out to a provider.
//!
//! The application firewall goes by programs and not by who asks, so a listener that every network
//! leads to counts as open to all.

use super::system::{Running, listeners};
use crate::{
    look::{Found, Look, body},
    probe::remote_access::{self, known::CALLING_OUT_OF_DESKTOPS},
};
use closedset_core::fact::{
    Body,
    device::{RemoteAccess, RemoteMethod},
};

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<RemoteAccess> {
    let listening = listeners(look)?;
    let calls_out = Running::read(look).map(|running| {
        CALLING_OUT_OF_DESKTOPS
            .into_iter()
            .filter(|(_, program)| running.has(program))
            .map(|(kind, program)| remote_access::calls_out(kind, program))
            .collect::<Vec<RemoteMethod>>()
    });
    Ok(remote_access::methods(look, &listening, |_, method| method, calls_out))
}
