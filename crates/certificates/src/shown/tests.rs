//! Who is shown what: as functions of what a client says first, and by real handshakes.

use super::*;
use crate::{
    Keeper, Material,
    testing::{Authority, HOST, NOW, Wanted, keeper},
};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, ServerConnection,
    SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }
    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// The key that a client is shown which asks for `name` and offers `protocols`.
fn shown(keeper: &Keeper, name: &str, protocols: &[&[u8]]) -> Result<Facts, Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name)?;
    let mut server = ServerConnection::new(keeper.config().unwrap())?;
    while client.is_handshaking() {
        let mut bytes = Vec::new();
        client.write_tls(&mut bytes).unwrap();
        server.read_tls(&mut bytes.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut bytes = Vec::new();
        server.write_tls(&mut bytes).unwrap();
        client.read_tls(&mut bytes.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(Facts::of(&client.peer_certificates().unwrap()[0]).unwrap())
}

const BROWSER: &[&[u8]] = &[b"h2", b"http/1.1"];
const AGENT_NOW: &[&[u8]] = &[b"closedset-agent", b"http/1.1"];
const AGENT_BEFORE: &[&[u8]] = &[];

#[test]
fn browsers_see_the_public_one_under_its_name_and_agents_the_key_they_know() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = keeper(folder.path());
    let pin = keeper.pin();
    for protocols in [BROWSER, AGENT_NOW, AGENT_BEFORE] {
        assert_eq!(shown(&keeper, HOST, protocols).unwrap().pin, pin);
    }
    let authority = Authority::new("Halide");
    keeper.give(&authority.issue(&Wanted::default()), NOW).unwrap();
    let seen = shown(&keeper, HOST, BROWSER).unwrap();
    assert_eq!(seen, keeper.situation().in_use.facts);
    assert_ne!(seen.pin, pin);
    assert_eq!(shown(&keeper, HOST, &[b"http/1.1"]).unwrap(), seen);
    assert_eq!(shown(&keeper, "CLOSEDSET.example", BROWSER).unwrap(), seen);
    // Of earlier versions, of this one, under another name, and under an address (which is not sent).
    assert_eq!(shown(&keeper, HOST, AGENT_BEFORE).unwrap().pin, pin);
    assert_eq!(shown(&keeper, HOST, AGENT_NOW).unwrap().pin, pin);
    for name in ["localhost", "other.example", "127.0.0.1"] {
        assert_eq!(shown(&keeper, name, BROWSER).unwrap().pin, pin, "{name}");
    }
    assert_eq!(keeper.pin(), pin, "links go on carrying the key that agents see");
}

#[test]
fn one_for_our_own_key_is_for_everybody_under_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = keeper(folder.path());
    let pem = std::fs::read_to_string(folder.path().join("tls/key.pem")).unwrap();
    let authority = Authority::new("Halide");
    let key = rcgen::KeyPair::from_pem(&pem).unwrap();
    let chain = authority.leaf(&Wanted::default(), &key) + authority.between();
    keeper.give(&Material { chain: chain.into(), key: None }, NOW).unwrap();
    for protocols in [BROWSER, AGENT_NOW, AGENT_BEFORE] {
        let seen = shown(&keeper, HOST, protocols).unwrap();
        assert_eq!((seen.pin, seen.issuer.as_str()), (keeper.pin(), "Halide issuing"));
    }
}

#[test]
fn an_authority_is_answered_about_the_name_it_asks_for_and_only_while_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = keeper(folder.path());
    let challenge: &[&[u8]] = &[CHALLENGE];
    assert!(shown(&keeper, HOST, challenge).is_err());
    let key = rcgen::KeyPair::generate().unwrap();
    let made = rcgen::CertificateParams::new(vec![HOST.to_owned()]).unwrap();
    let made = made.self_signed(&key).unwrap();
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let answer =
        CertifiedKey::from_der(vec![made.der().clone()], private, &aws_lc_rs::default_provider());
    keeper.shown.set_challenge(Some((HOST.to_owned(), Arc::new(answer.unwrap()))));
    assert_eq!(shown(&keeper, HOST, challenge).unwrap().digest, Digest::of(made.der()));
    assert!(shown(&keeper, "other.example", challenge).is_err());
    // Nobody who speaks anything else sees it.
    assert_eq!(shown(&keeper, HOST, &[CHALLENGE, b"h2"]).unwrap().pin, keeper.pin());
    keeper.shown.set_challenge(None);
    assert!(shown(&keeper, HOST, challenge).is_err());
}
