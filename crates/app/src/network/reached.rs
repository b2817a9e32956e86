//! How the server is reached, and how its certificate stands.

use crate::{App, Caller, Problem};
use closedset_certificates::{Keeper, Situation};
use closedset_core::{Action, Time};
use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::Arc,
};

/// How a server is reached, as the binary knows it.
#[derive(Debug, Clone)]
pub struct Reaching {
    /// The certificates.
    pub certificates: Arc<Keeper>,
    /// The address that is listened on.
    pub listen: SocketAddr,
}

/// How the server is reached.
#[derive(Debug, Clone)]
pub struct Reached {
    /// The address that people and agents use.
    pub public_url: String,
    /// The address that is listened on.
    pub listen: SocketAddr,
    /// The addresses that this computer has on the network.
    pub addresses: Vec<IpAddr>,
    /// How the certificate stands.
    pub certificate: Situation,
    /// When that was.
    pub at: Time,
}

impl Reached {
    /// The server answers to others, and not to its own computer alone.
    pub fn is_on_the_network(&self) -> bool {
        !self.listen.ip().is_loopback()
    }

    /// It has a name of its own, under which a certificate can be had.
    pub fn has_name(&self) -> bool {
        let host = self.certificate.host.as_str();
        let is_local = host == "localhost" || host.ends_with(".localhost");
        !is_local && host.parse::<IpAddr>().is_err()
    }

    /// Browsers see a certificate under its name that was not made by Closedset itself.
    pub fn has_public_certificate(&self) -> bool {
        let facts = &self.certificate.in_use.facts;
        !facts.is_ours && facts.covers(&self.certificate.host)
    }
}

/// How the server is reached; `not_found` where none serves.
pub async fn reached(app: &App, caller: &Caller) -> Result<Reached, Problem> {
    caller.require(Action::SettingsRead)?;
    reached_at_the_server(app).await
}

/// How the certificate that browsers see stands, in numbers that name nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// When it ends.
    pub ends: Time,
    /// It could not be used or renewed.
    pub fails: bool,
}

/// How the certificate stands; none where none serves.
pub fn standing(app: &App) -> Option<Standing> {
    let situation = app.reaching().ok()?.certificates.situation();
    Some(Standing { ends: situation.in_use.facts.ends, fails: situation.failure.is_some() })
}

/// The same for whoever sits at the server, before there is an organisation.
pub async fn reached_at_the_server(app: &App) -> Result<Reached, Problem> {
    let reaching = app.reaching()?.clone();
    let looked = tokio::task::spawn_blocking(move || {
        (reaching.certificates.situation(), addresses(), reaching.listen)
    });
    let (certificate, addresses, listen) =
        looked.await.map_err(|error| Problem::fault("a thread ended early", error))?;
    Ok(Reached {
        public_url: app.public_url().to_owned(),
        listen,
        addresses,
        certificate,
        at: app.now(),
    })
}

/// The addresses by which this computer would leave for others. Nothing is sent: the system only
/// chooses a way (the addresses asked for are set aside for documents, RFC 5737 and RFC 3849).
fn addresses() -> Vec<IpAddr> {
    let ways = [("0.0.0.0:0", "192.0.2.1:9"), ("[::]:0", "[2001:db8::1]:9")];
    let own = ways.iter().filter_map(|(from, to)| {
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        Some(socket.local_addr().ok()?.ip())
    });
    own.filter(|address| !address.is_loopback() && !address.is_unspecified()).collect()
}
