//! The sockets that listen.

use crate::{
    look::{Look, Why},
    parse::socket::{self, Listener},
};

/// The listening TCP and UDP sockets; only root is told the programs behind them.
pub(crate) fn listeners(look: &Look<'_>) -> Result<Vec<Listener>, Why> {
    look.output("ss -H -lntup").map(|text| socket::ss(&text))
}
