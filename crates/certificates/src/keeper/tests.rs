//! Certificates that are given, replaced, renewed beside the server, broken and taken away.

use super::*;
use crate::testing::{Authority, HOST, NOW, Wanted, day, keeper, options};
use std::os::unix::fs::PermissionsExt;
use x509_parser::{certification_request::X509CertificationRequest, prelude::FromDer};

fn code(error: &NotTaken) -> &'static str {
    match error {
        NotTaken::Refused(refusal) => refusal.code(),
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_given_is_kept_closed_to_others_and_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Halide");
    let pin = {
        let keeper = keeper(folder.path());
        keeper.give(&authority.issue(&Wanted::default()), NOW).unwrap();
        assert_eq!(keeper.situation().chosen, Way::Given);
        keeper.pin()
    };
    let file = folder.path().join("tls/given.pem");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let keeper = keeper(folder.path());
    let situation = keeper.situation();
    assert_eq!((situation.in_use.way, keeper.pin()), (Way::Given, pin));
    assert_eq!((situation.renews_at, situation.failure.clone()), (None, None));
    assert!(!situation.wants_attention(NOW));
    assert!(situation.wants_attention(NOW + day(80)) && situation.ends_soon(NOW + day(80)));
    assert!(!situation.keeps_failing(NOW + day(80)));
    // A second one takes its place at once; going back brings ours.
    let second = keeper.give(&authority.issue(&Wanted::default()), NOW).unwrap();
    assert_eq!(keeper.situation().in_use.facts, second);
    assert_ne!(second, situation.in_use.facts);
    keeper.go_own(NOW).unwrap();
    let situation = keeper.situation();
    assert_eq!((situation.in_use.way, situation.in_use.facts.pin), (Way::Own, pin));
    assert!(!file.exists());
}

#[test]
fn what_is_refused_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Halide");
    let keeper = keeper(folder.path());
    let good = keeper.give(&authority.issue(&Wanted::default()), NOW).unwrap();
    let lying = fs::read(folder.path().join("tls/given.pem")).unwrap();
    let ended = Wanted { begins: NOW - day(90), ends: NOW - day(1), ..Wanted::default() };
    let other = Wanted { names: vec!["other.example"], ..Wanted::default() };
    for (wanted, expected) in [(ended, "certificate.ended"), (other, "certificate.name")] {
        let refused = keeper.give(&authority.issue(&wanted), NOW).unwrap_err();
        assert_eq!(code(&refused), expected);
        assert_eq!(keeper.situation().in_use.facts, good);
        assert_eq!(fs::read(folder.path().join("tls/given.pem")).unwrap(), lying);
    }
}

#[test]
fn what_is_taken_is_what_is_shown_whatever_else_stands_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Halide");
    let keeper = keeper(folder.path());
    let issue = || authority.issue(&Wanted::default());
    let good = keeper.give(&issue(), NOW).unwrap();
    let with = |chain: &[&[u8]], key: &[&[u8]]| Material {
        chain: chain.concat(),
        key: Some(key.concat()),
    };
    // Another's key inside the chain's file, before and after the chain.
    let (one, other) = (issue(), issue());
    let (key, others) = (one.key.clone().unwrap(), other.key.unwrap());
    for chain in [[one.chain.as_slice(), &others], [&others, &one.chain]] {
        let refused = keeper.give(&with(&chain, &[&key]), NOW).unwrap_err();
        assert_eq!(code(&refused), "certificate.key_other");
        assert!(refused.to_string().contains("holds a private key too"), "{refused}");
        assert_eq!(keeper.situation().in_use.facts, good);
        assert_eq!(keeper.situation().failure, None);
    }
    // The same key twice, the chain once more beside the key, another key behind the right one.
    for material in [
        with(&[&one.chain, &key], &[&key]),
        with(&[&one.chain], &[&key, &one.chain]),
        with(&[&one.chain], &[&key, &others]),
    ] {
        keeper.give(&issue(), NOW).unwrap();
        let facts = keeper.give(&material, NOW).unwrap();
        let situation = keeper.situation();
        assert_eq!((situation.in_use.facts, situation.failure), (facts.clone(), None));
        let again = Keeper::open(options(folder.path()), NOW).unwrap().situation();
        assert_eq!((again.in_use.facts, again.failure), (facts, None), "after a restart too");
    }
}

/// Files that another program renews.
fn with_files(folder: &Path) -> (Options, PathBuf, PathBuf) {
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    let files = Files { certificate: chain.clone(), key: Some(key.clone()) };
    (Options { files: Some(files), ..options(folder) }, chain, key)
}

#[test]
fn files_that_others_renew_are_taken_up_and_half_of_a_pair_is_waited_out() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Halide");
    let (options, chain, key) = with_files(folder.path());
    let (first, second) =
        (authority.issue(&Wanted::default()), authority.issue(&Wanted::default()));
    fs::write(&chain, &first.chain).unwrap();
    fs::write(&key, first.key.unwrap()).unwrap();
    let keeper = Keeper::open(options, NOW).unwrap();
    let before = keeper.situation();
    assert_eq!((before.chosen, before.failure), (Way::Files, None));
    // The chain is there already, its key not yet.
    fs::write(&chain, &second.chain).unwrap();
    keeper.look(NOW + day(1)).unwrap();
    let between = keeper.situation();
    assert_eq!(between.in_use, before.in_use);
    let failure = between.failure.unwrap();
    assert_eq!((failure.code.as_str(), failure.at), ("certificate.key_other", NOW + day(1)));
    keeper.look(NOW + day(2)).unwrap();
    let situation = keeper.situation();
    assert!(!situation.keeps_failing(NOW + day(1)), "another program may be at it");
    assert!(situation.keeps_failing(NOW + day(2)));
    assert_eq!(situation.failure.unwrap().at, NOW + day(1), "since when it is so");
    fs::write(&key, second.key.unwrap()).unwrap();
    keeper.look(NOW + day(2)).unwrap();
    let after = keeper.situation();
    assert_ne!(after.in_use.facts, before.in_use.facts);
    assert_eq!(after.failure, None);
    // Commands leave to the settings what the settings say.
    let refused = keeper.give(&authority.issue(&Wanted::default()), NOW).unwrap_err();
    assert_eq!(code(&refused), "certificate.configured");
    assert_eq!(code(&keeper.go_own(NOW).unwrap_err()), "certificate.configured");
    fs::remove_file(&chain).unwrap();
    keeper.look(NOW + day(2)).unwrap();
    let failure = keeper.situation().failure.unwrap();
    assert_eq!(failure.code, "certificate.file");
    let told = format!("{} {}", failure.sentence, failure.remedy);
    assert!(!told.contains(folder.path().to_str().unwrap()), "{told}");
    assert_eq!(keeper.situation().in_use, after.in_use);
}

#[test]
fn a_server_starts_without_its_files_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (options, chain, key) = with_files(folder.path());
    let keeper = Keeper::open(options.clone(), NOW).unwrap();
    let situation = keeper.situation();
    assert_eq!((situation.chosen, situation.in_use.way), (Way::Files, Way::Own));
    assert_eq!(situation.failure.unwrap().code, "certificate.file");
    // One that has ended is shown on: its name at least is right.
    let ended = Wanted { begins: NOW - day(90), ends: NOW - day(1), ..Wanted::default() };
    let material = Authority::new("Halide").issue(&ended);
    fs::write(&chain, &material.chain).unwrap();
    fs::write(&key, material.key.unwrap()).unwrap();
    let situation = Keeper::open(options, NOW).unwrap().situation();
    assert_eq!(situation.in_use.way, Way::Files);
    assert_eq!(situation.failure.unwrap().code, "certificate.ended");
}

#[test]
fn a_request_is_for_the_servers_name_and_its_own_key() {
    let folder = tempfile::tempdir().unwrap();
    let keeper = keeper(folder.path());
    let pem = keeper.request().unwrap();
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap();
    let (_, request) = X509CertificationRequest::from_der(&pem.contents).unwrap();
    let info = &request.certification_request_info;
    assert_eq!(Digest::of(info.subject_pki.raw), keeper.pin());
    assert_eq!(info.subject.to_string(), format!("CN={HOST}"));
}

#[test]
fn an_agreement_that_cannot_be_read_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    drop(keeper(folder.path()));
    fs::write(folder.path().join("tls/acme.json"), "{").unwrap();
    let error = Keeper::open(options(folder.path()), NOW).unwrap_err();
    assert!(error.to_string().contains("acme.json cannot be read; remove it"), "{error}");
}

#[tokio::test]
async fn an_authority_is_not_asked_for_what_it_cannot_give() {
    let folder = tempfile::tempdir().unwrap();
    let new = || crate::NewAgreement {
        directory: crate::LETS_ENCRYPT.into(),
        contact: "it@halide.example".into(),
        agrees_to_terms: true,
        authorities: None,
    };
    let asked = keeper(folder.path());
    assert_eq!(code(&asked.agree(new(), NOW).await.unwrap_err()), "acme.not_serving");
    let served = |host: &str| {
        let options = Options { host: host.into(), ..options(folder.path()) };
        let keeper = Keeper::open(options, NOW).unwrap();
        keeper.config().unwrap();
        keeper
    };
    for host in ["localhost", "192.0.2.7", "::1"] {
        let refused = served(host).agree(new(), NOW).await.unwrap_err();
        assert_eq!(code(&refused), "acme.no_name");
    }
    let keeper = served(HOST);
    for directory in ["http://acme.example/dir", "acme.example", "https://", ""] {
        let new = crate::NewAgreement { directory: directory.into(), ..new() };
        assert_eq!(code(&keeper.agree(new, NOW).await.unwrap_err()), "acme.directory");
    }
    for contact in ["", "it", "@halide.example", "it@halide", "it@halide.example, b@c.example"] {
        let new = crate::NewAgreement { contact: contact.into(), ..new() };
        assert_eq!(code(&keeper.agree(new, NOW).await.unwrap_err()), "acme.contact");
    }
    assert_eq!(code(&keeper.renew(NOW).await.unwrap_err()), "acme.none");
    assert!(keeper.renew_if_due(NOW).await.is_none());
}

#[test]
fn an_authority_is_not_asked_for_an_address_and_is_at_once_for_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let kept = serde_json::json!({
        "is_active": true, "directory": crate::LETS_ENCRYPT, "contact": "it@halide.example",
        "terms": null, "authorities": null, "account": null, "next_at": NOW + day(30),
        "failures": 0, "failure": null,
    });
    let mut failing = kept.clone();
    let open = |host: &str| {
        let options = Options { host: host.into(), ..options(folder.path()) };
        Keeper::open(options, NOW).unwrap()
    };
    drop(open(HOST));
    let tls = folder.path().join("tls");
    fs::write(tls.join("acme.json"), kept.to_string()).unwrap();
    let pem = fs::read_to_string(tls.join("key.pem")).unwrap();
    let authority = Authority::new("Halide");
    let key = rcgen::KeyPair::from_pem(&pem).unwrap();
    let chain = authority.leaf(&Wanted::default(), &key) + authority.between();
    fs::write(tls.join("acme.pem"), chain).unwrap();
    let keeper = open(HOST);
    assert_eq!(keeper.situation().in_use.way, Way::Acme);
    assert_eq!(keeper.asks_at(), Some(NOW + day(30)));
    assert_eq!(keeper.situation().renews_at, Some(NOW + day(30)));
    // One failure mends itself more often than not, and the certificate is good for a month; the third is told.
    failing["failure"] =
        serde_json::json!({"at": NOW, "code": "acme.late", "sentence": "", "remedy": ""});
    for (failures, is_lasting) in [(1, false), (2, false), (3, true)] {
        failing["failures"] = failures.into();
        fs::write(tls.join("acme.json"), failing.to_string()).unwrap();
        assert_eq!(open(HOST).situation().keeps_failing(NOW + day(1)), is_lasting, "{failures}");
    }
    // That it is not asked any more is told whatever had failed before.
    failing["failures"] = 2.into();
    fs::write(tls.join("acme.json"), failing.to_string()).unwrap();
    let restored = open(HOST);
    assert!(restored.hold(NOW).unwrap());
    assert!(!restored.situation().keeps_failing(NOW));
    assert!(restored.situation().keeps_failing(NOW + day(1)));
    fs::write(tls.join("acme.json"), kept.to_string()).unwrap();
    // A restored copy leaves the authority alone and shows what it has.
    assert!(keeper.hold(NOW).unwrap());
    assert!(!keeper.hold(NOW + day(1)).unwrap(), "it is no news twice");
    for keeper in [keeper, open(HOST)] {
        let situation = keeper.situation();
        let failure = situation.failure.as_ref().unwrap();
        assert_eq!((failure.code.as_str(), failure.at), ("acme.held", NOW));
        assert_eq!((keeper.asks_at(), situation.renews_at), (None, None));
        assert_eq!(situation.in_use.way, Way::Acme);
    }
    fs::write(tls.join("acme.json"), kept.to_string()).unwrap();
    // The name was changed: what there is is for another one.
    let keeper = open("other.example");
    assert_eq!(keeper.asks_at(), Some(Time::from_millis(0)));
    assert_eq!(keeper.situation().failure.unwrap().code, "certificate.name");
    for host in ["localhost", "192.0.2.7"] {
        assert_eq!(open(host).asks_at(), None, "{host}");
    }
}
