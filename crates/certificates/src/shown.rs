//! Which certificate is shown to whom.
//!
//! Agents believe one key, our own, whatever name they ask for; browsers believe the certificate of
//! an authority, under its name. Both come to the same port and mostly ask for the same name, so the
//! name alone (SNI, RFC 6066) does not tell them apart. What they offer to speak (ALPN, RFC 7301)
//! does: browsers name HTTP, agents name themselves, and agents of earlier versions name nothing.

use crate::{Facts, given::Given};
use closedset_core::Digest;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::sync::{Arc, PoisonError, RwLock};

/// What an agent offers first; the server speaks HTTP/1.1 with it all the same.
const AGENT: &[u8] = b"closedset-agent";
/// What an authority offers, alone, when it looks whether we have a name (RFC 8737).
const CHALLENGE: &[u8] = b"acme-tls/1";
const WEB: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What can be shown.
#[derive(Debug)]
pub(crate) struct Shown(RwLock<Cards>);

#[derive(Debug, Clone)]
struct Cards {
    own: Arc<CertifiedKey>,
    own_pin: Digest,
    public: Option<Given>,
    /// The name that an authority asks about, and the answer.
    challenge: Option<(String, Arc<CertifiedKey>)>,
}

/// What a client says first.
struct Hello<'h> {
    name: Option<&'h str>,
    protocols: Vec<&'h [u8]>,
}

impl Shown {
    pub(crate) fn new(own: Arc<CertifiedKey>, own_pin: Digest) -> Self {
        Self(RwLock::new(Cards { own, own_pin, public: None, challenge: None }))
    }

    pub(crate) fn set_own(&self, own: Arc<CertifiedKey>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).own = own;
    }

    pub(crate) fn set_public(&self, public: Option<Given>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).public = public;
    }

    pub(crate) fn set_challenge(&self, challenge: Option<(String, Arc<CertifiedKey>)>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).challenge = challenge;
    }

    pub(crate) fn own(&self) -> Arc<CertifiedKey> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).own.clone()
    }

    fn choose(&self, hello: &Hello<'_>) -> Option<Arc<CertifiedKey>> {
        let cards = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if hello.protocols == [CHALLENGE] {
            let (name, answer) = cards.challenge.as_ref()?;
            let is_asked = hello.name.is_some_and(|asked| asked.eq_ignore_ascii_case(name));
            return is_asked.then(|| answer.clone());
        }
        Some(match &cards.public {
            Some(public) if is_for(&public.facts, cards.own_pin, hello) => public.certified.clone(),
            Some(_) | None => cards.own.clone(),
        })
    }
}

/// Whether the public certificate is for this client. Where it has our own key it is for everybody
/// under its names.
fn is_for(public: &Facts, own_pin: Digest, hello: &Hello<'_>) -> bool {
    let is_agent = hello.protocols.contains(&AGENT);
    let is_browser = !is_agent && hello.protocols.iter().any(|offered| WEB.contains(offered));
    let is_asked_for = hello.name.is_some_and(|name| public.covers(name));
    is_asked_for && (is_browser || public.pin == own_pin)
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let protocols = hello.alpn().map(Iterator::collect).unwrap_or_default();
        self.choose(&Hello { name: hello.server_name(), protocols })
    }
}

/// TLS 1.2 and 1.3 (RFC 5246, RFC 8446) with what is shown.
pub(crate) fn config(shown: Arc<Shown>) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(shown);
    config.alpn_protocols = WEB.iter().chain([&CHALLENGE]).map(|name| name.to_vec()).collect();
    Ok(config)
}

#[cfg(test)]
mod tests;
