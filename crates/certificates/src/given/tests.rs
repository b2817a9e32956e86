//! What is taken, and each way in which a certificate is not.

use super::*;
use crate::testing::{Authority, HOST, NOW, Wanted, day, keeper};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, PKCS_ED25519};

fn own() -> (tempfile::TempDir, Arc<CertifiedKey>) {
    let folder = tempfile::tempdir().unwrap();
    let own = keeper(folder.path()).shown.own();
    (folder, own)
}

fn refused(material: &Material) -> Refusal {
    read(material, &own().1).unwrap_err()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_chain_in_order_with_its_key_is_taken_with_and_without_its_root() {
    let authority = Authority::new("Halide");
    let mut material = authority.issue(&Wanted::default());
    let given = read(&material, &own().1).unwrap();
    assert_eq!(given.facts.names, [HOST]);
    assert_eq!(given.facts.issuer, "Halide issuing");
    assert_eq!(given.certified.cert.len(), 2);
    material.chain.extend_from_slice(authority.root().as_bytes());
    assert_eq!(read(&material, &own().1).unwrap().certified.cert.len(), 3);
    // One file may hold both, in any order of the two.
    let both = Material::of_file(material.to_file().unwrap());
    assert_eq!(read(&both, &own().1).unwrap().facts, given.facts);
}

#[test]
fn a_certificate_for_our_own_key_needs_no_key() {
    let authority = Authority::new("Halide");
    let folder = tempfile::tempdir().unwrap();
    let keeper = keeper(folder.path());
    let pem = std::fs::read_to_string(folder.path().join("tls/key.pem")).unwrap();
    let key = KeyPair::from_pem(&pem).unwrap();
    let chain = authority.leaf(&Wanted::default(), &key) + authority.between();
    let material = Material { chain: chain.into(), key: None };
    assert_eq!(read(&material, &keeper.shown.own()).unwrap().facts.pin, keeper.pin());
    assert_eq!(refused(&material), Refusal::KeyNotOurs);
}

#[test]
fn what_is_no_certificate_or_no_key_is_told_apart() {
    let material = Authority::new("Halide").issue(&Wanted::default());
    let no_chain = |chain: &[u8]| Material { chain: chain.to_vec(), ..material.clone() };
    let no_key = |key: &[u8]| Material { key: Some(key.to_vec()), ..material.clone() };
    let mut cut = material.chain.clone();
    cut.truncate(200);
    for chain in [b"".as_slice(), b"hello", &cut, &vec![b'x'; SIZE_LIMIT + 1]] {
        assert_eq!(refused(&no_chain(chain)), Refusal::NoCertificate);
    }
    let many = material.chain.repeat(CHAIN_LIMIT);
    assert_eq!(refused(&no_chain(&many)), Refusal::NoCertificate);
    let odd = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(refused(&no_chain(odd)), Refusal::NoCertificate);
    assert_eq!(refused(&no_key(b"")), Refusal::NoKey);
    let odd = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    assert_eq!(refused(&no_key(odd)), Refusal::KeyUnusable);
    for locked in [
        include_bytes!("vectors/encrypted-pkcs8.pem").as_slice(),
        include_bytes!("vectors/encrypted-traditional.pem"),
    ] {
        assert_eq!(refused(&no_key(locked)), Refusal::KeyEncrypted);
    }
}

#[test]
fn the_key_of_another_certificate_is_refused() {
    let authority = Authority::new("Halide");
    let (one, other) = (authority.issue(&Wanted::default()), authority.issue(&Wanted::default()));
    let mixed = Material { key: other.key, ..one };
    assert_eq!(refused(&mixed), Refusal::KeyOther);
}

#[test]
fn a_chain_out_of_order_or_not_of_one_piece_is_refused() {
    let authority = Authority::new("Halide");
    let material = authority.issue(&Wanted::default());
    let leaf_end = text(&material.chain).find(authority.between()).unwrap();
    let leaf = text(&material.chain)[..leaf_end].to_owned();
    let with = |chain: String| Material { chain: chain.into(), ..material.clone() };
    // The issuer first: it is no server's.
    let turned = with(format!("{}{leaf}", authority.between()));
    assert_eq!(refused(&turned), Refusal::Purpose);
    let root_first = with(format!("{leaf}{}{}", authority.root(), authority.between()));
    assert_eq!(refused(&root_first), Refusal::Order { number: 2 });
    let twice = with(format!("{leaf}{0}{0}", authority.between()));
    assert_eq!(refused(&twice), Refusal::Order { number: 3 });
    // Another authority of the same name: by words it fits, by signature it does not.
    let twin = Authority::new("Halide");
    let forged = with(format!("{leaf}{}", twin.between()));
    assert!(matches!(refused(&forged), Refusal::Chain { .. }));
}

#[test]
fn what_browsers_find_weak_or_misused_is_refused() {
    let authority = Authority::new("Halide");
    let weak = |pem: &str| {
        let chain = pem.as_bytes().to_vec();
        match refused(&Material { chain, key: None }) {
            Refusal::Weak { what } => what,
            other => panic!("{other}"),
        }
    };
    assert!(weak(include_str!("vectors/key-of-1024-bits.pem")).contains("1024 bits"));
    assert!(weak(include_str!("vectors/signed-with-sha1.pem")).contains("SHA-1"));
    let ed = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    assert!(weak(&authority.leaf(&Wanted::default(), &ed)).contains("Ed25519"));
    let purpose = ExtendedKeyUsagePurpose::ClientAuth;
    let client = authority.issue(&Wanted { purpose, ..Wanted::default() });
    assert_eq!(refused(&client), Refusal::Purpose);
}

#[test]
fn names_and_dates_are_held_against_the_host_and_now() {
    let authority = Authority::new("Halide");
    let held = |wanted: &Wanted, host: &str| {
        let given = read(&authority.issue(wanted), &own().1).unwrap();
        hold_against(&given.facts, host, NOW)
    };
    assert_eq!(held(&Wanted::default(), HOST), Ok(()));
    let names = vec!["*.example", "other.test"];
    let star = Wanted { names, ..Wanted::default() };
    assert_eq!(held(&star, HOST), Ok(()));
    let Err(Refusal::Name { names, host }) = held(&star, "closedset.test") else { panic!("taken") };
    assert_eq!((names.as_str(), host.as_str()), ("*.example, other.test", "closedset.test"));
    let ended = Wanted { begins: NOW - day(90), ends: NOW - day(1), ..Wanted::default() };
    assert!(matches!(held(&ended, HOST), Err(Refusal::Ended { .. })));
    let ahead = Wanted { begins: NOW + day(2), ..Wanted::default() };
    assert!(matches!(held(&ahead, HOST), Err(Refusal::NotBegun { .. })));
}
