//! What becomes of a certificate of ours at the next start, and later.

use super::*;
use crate::{Keeper, Options, testing::NOW};
use std::path::Path;

struct Certificate;

impl Certificate {
    fn open(folder: &Path, names: &[String], now: Time) -> Result<Keeper, TlsError> {
        let (folder, names) = (folder.to_owned(), names.to_vec());
        Keeper::open(Options { folder, names, host: "localhost".into(), files: None }, now)
    }
}

/// Looks as a running server does; whether another certificate is shown then.
fn renew(keeper: &Keeper, now: Time) -> bool {
    let before = keeper.situation().own.digest;
    keeper.look(now).unwrap();
    keeper.situation().own.digest != before
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn lies_in(folder: &Path) -> (Vec<String>, i64) {
    let first = CertificateDer::from_pem_file(folder.join("certificate.pem")).unwrap();
    let facts = Facts::of(&first).unwrap();
    (facts.names.clone(), facts.ends.seconds())
}

#[test]
fn a_new_name_is_added_and_agents_still_know_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let first = names(&["localhost", "127.0.0.1"]);
    let pin = Certificate::open(folder.path(), &first, NOW).unwrap().pin();
    let made = fs::read(folder.path().join("certificate.pem")).unwrap();
    assert_eq!(Certificate::open(folder.path(), &first, NOW).unwrap().pin(), pin);
    assert_eq!(fs::read(folder.path().join("certificate.pem")).unwrap(), made);
    let more = names(&["localhost", "::1", "closedset.example"]);
    assert_eq!(Certificate::open(folder.path(), &more, NOW).unwrap().pin(), pin);
    let all = names(&["localhost", "127.0.0.1", "::1", "closedset.example"]);
    assert_eq!(lies_in(folder.path()).0, all);
}

#[test]
fn one_that_ends_soon_is_made_anew_with_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let first = names(&["localhost"]);
    let pin = Certificate::open(folder.path(), &first, NOW).unwrap().pin();
    let (_, ends) = lies_in(folder.path());
    let day = closedset_core::Duration::from_days;
    Certificate::open(folder.path(), &first, NOW + day(760)).unwrap();
    assert_eq!(lies_in(folder.path()).1, ends);
    let later = Certificate::open(folder.path(), &first, NOW + day(770)).unwrap();
    assert_eq!(later.pin(), pin);
    assert_eq!(lies_in(folder.path()).1, ends + 770 * 86_400);
}

#[test]
fn somebody_elses_certificate_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    Certificate::open(folder.path(), &names(&["localhost"]), NOW).unwrap();
    let key = fs::read_to_string(folder.path().join("key.pem")).unwrap();
    let mut params = CertificateParams::new(vec!["closedset.example".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "closedset.example");
    let theirs = params.self_signed(&KeyPair::from_pem(&key).unwrap()).unwrap().pem();
    fs::write(folder.path().join("certificate.pem"), &theirs).unwrap();
    Certificate::open(folder.path(), &names(&["other.example"]), NOW).unwrap();
    let lies = fs::read_to_string(folder.path().join("certificate.pem")).unwrap();
    assert_eq!(lies, theirs);
}

#[test]
fn one_that_has_not_begun_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let ahead = NOW + closedset_core::Duration::from_days(3 * 365);
    let pin = Certificate::open(folder.path(), &names(&["localhost"]), ahead).unwrap().pin();
    let now = Certificate::open(folder.path(), &names(&["localhost"]), NOW).unwrap();
    assert_eq!(now.pin(), pin);
    let good = closedset_core::Duration::from_days(GOOD_DAYS);
    assert!(lies_in(folder.path()).1 <= (NOW + good).seconds());
}

#[test]
fn an_address_is_known_however_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| Certificate::open(folder.path(), &names(&[name]), NOW).unwrap();
    open("2001:DB8:0:0::7");
    let made = fs::read(folder.path().join("certificate.pem")).unwrap();
    open("2001:db8::7");
    open("2001:0db8::0007");
    assert_eq!(fs::read(folder.path().join("certificate.pem")).unwrap(), made);
    assert_eq!(lies_in(folder.path()).0, ["2001:db8::7"]);
    open("Closedset.example");
    let made = fs::read(folder.path().join("certificate.pem")).unwrap();
    open("closedset.EXAMPLE");
    assert_eq!(fs::read(folder.path().join("certificate.pem")).unwrap(), made);
}

#[test]
fn an_address_in_brackets_is_no_name_and_goes() {
    let folder = tempfile::tempdir().unwrap();
    let name = names(&["[::1]"]);
    make(&Folder::new(folder.path()), &name, NOW).unwrap();
    Certificate::open(folder.path(), &names(&["::1"]), NOW).unwrap();
    assert_eq!(lies_in(folder.path()).0, ["::1"]);
}

#[test]
fn a_server_that_is_never_restarted_renews_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = Certificate::open(folder.path(), &names(&["localhost"]), NOW).unwrap();
    let pin = certificate.pin();
    let day = closedset_core::Duration::from_days;
    assert!(!renew(&certificate, NOW + day(760)));
    assert!(renew(&certificate, NOW + day(770)));
    assert!(!renew(&certificate, NOW + day(771)));
    assert_eq!(certificate.pin(), pin);
    // Another key waits for the next start: links and agents go by this one.
    fs::remove_file(folder.path().join("key.pem")).unwrap();
    let other = Certificate::open(folder.path(), &names(&["localhost"]), NOW + day(771)).unwrap();
    assert_ne!(other.pin(), pin);
    assert!(!renew(&certificate, NOW + day(771)));
    assert_eq!(certificate.pin(), pin);
}
