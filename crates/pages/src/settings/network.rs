//! How the server is reached, which certificate browsers see, and the way to one that they trust.

use super::handlers::Answer;
use crate::{
    Area, Shell,
    components::{Command, TimeText},
    serve::{Looker, ago, day, moment, show},
};
use askama::Template;
use axum::extract::State;
use closedset_app::{
    App,
    network::{self, Reached, Way},
};

/// How the server is reached, and by which certificate.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/network.html")]
pub struct NetworkPage {
    /// The frame around the page.
    pub shell: Shell,
    /// The tab to mark.
    pub tab: &'static str,
    /// The address that people and agents use.
    pub address: String,
    /// The name or address in it.
    pub host: String,
    /// The address and port that are listened on.
    pub listen: String,
    /// The addresses of this computer on the network.
    pub addresses: Vec<String>,
    /// The certificate that browsers see.
    pub certificate: CertificateView,
    /// The fingerprint of Closedset's own certificate, where browsers see another under the name.
    pub own_fingerprint: Option<String>,
    /// What is wrong with it.
    pub alert: Option<CertificateAlert>,
    /// The server has a name of its own.
    pub has_name: bool,
    /// Other computers can reach it.
    pub is_on_network: bool,
    /// The certificate is not Closedset's own.
    pub has_certificate: bool,
    /// What `closedset.toml` is to say for others to reach the server under a name.
    pub settings: Vec<Command>,
}

impl NetworkPage {
    /// Others can reach it under its name, as far as the settings tell.
    pub fn is_reachable(&self) -> bool {
        self.has_name && self.is_on_network
    }
}

/// A certificate, in words.
#[derive(Debug, Clone)]
pub struct CertificateView {
    /// How the server came by it.
    pub way: &'static str,
    /// What it is good for.
    pub names: String,
    /// Who issued it.
    pub issuer: String,
    /// From when it is good.
    pub begins: TimeText,
    /// Until when.
    pub ends: TimeText,
    /// The fingerprint, in pairs.
    pub fingerprint: String,
    /// When the server renews it by itself.
    pub renews: Option<TimeText>,
}

/// What is wrong with a certificate, and what to do.
#[derive(Debug, Clone)]
pub struct CertificateAlert {
    /// What is wrong.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
    /// Since when, or when it was tried.
    pub at: Option<TimeText>,
}

pub(super) async fn network(State(app): State<App>, looker: Looker) -> Answer {
    let reached = network::reached(&app, &looker.caller).await?;
    let shell = looker.shell(Area::Settings);
    Ok(show(&page(shell, &reached, &looker.zone)))
}

fn page(shell: Shell, reached: &Reached, zone: &str) -> NetworkPage {
    let situation = &reached.certificate;
    let facts = &situation.in_use.facts;
    let has_certificate = reached.has_public_certificate();
    let way = match situation.in_use.way {
        Way::Own if facts.is_ours => "Closedset made it itself",
        Way::Own => "Yours, laid beside the server’s key",
        Way::Files => "Yours, from the files that the settings name",
        Way::Given => "Yours, given by a command",
        Way::Acme => "Issued by an authority by itself",
    };
    NetworkPage {
        shell,
        tab: "network",
        address: reached.public_url.clone(),
        host: situation.host.clone(),
        listen: reached.listen.to_string(),
        addresses: reached.addresses.iter().map(ToString::to_string).collect(),
        certificate: CertificateView {
            way,
            names: facts.names.join(", "),
            issuer: facts.issuer.clone(),
            begins: day(facts.begins, zone),
            ends: moment(facts.ends, zone),
            fingerprint: facts.fingerprint(),
            renews: situation.renews_at.map(|at| moment(at, zone)),
        },
        own_fingerprint: has_certificate.then(|| situation.own.fingerprint()),
        alert: alert(reached, zone),
        has_name: reached.has_name(),
        is_on_network: reached.is_on_the_network(),
        has_certificate,
        settings: settings(reached),
    }
}

fn alert(reached: &Reached, zone: &str) -> Option<CertificateAlert> {
    let situation = &reached.certificate;
    if let Some(failure) = &situation.failure {
        return Some(CertificateAlert {
            sentence: failure.sentence.clone(),
            remedy: failure.remedy.clone(),
            at: Some(ago(failure.at, reached.at)),
        });
    }
    situation.wants_attention(reached.at).then(|| CertificateAlert {
        sentence: format!(
            "The certificate ends on {}.",
            day(situation.in_use.facts.ends, zone).words
        ),
        remedy: "Have it renewed, and give the new one as you gave this one.".to_owned(),
        at: None,
    })
}

/// The lines that lead to a name: what stands there already where it does.
fn settings(reached: &Reached) -> Vec<Command> {
    let listen = match reached.is_on_the_network() {
        true => reached.listen.to_string(),
        false => "0.0.0.0:443".to_owned(),
    };
    let address = match reached.has_name() {
        true => reached.public_url.clone(),
        false => "https://closedset.example.com".to_owned(),
    };
    vec![
        Command::new(format!("listen = \"{listen}\"")),
        Command::new(format!("public_url = \"{address}\"")),
    ]
}
