//! PostgreSQL over TLS.

use super::{Fixture, log, record};
use crate::{engine::postgres_address::Address, params};
use closedset_testing::Postgres;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{error::Error as _, path::Path};

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

#[test]
fn a_server_is_believed_by_its_certificate_alone() {
    let Some(server) = Postgres::start() else { return };
    let (ours, other) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &ours).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (trusted, foreign) = (folder.path().join("ours.pem"), folder.path().join("other.pem"));
    std::fs::write(&trusted, ours.pem()).unwrap();
    std::fs::write(&foreign, other.pem()).unwrap();
    let plain = server.database().url;
    let url = |host: &str, roots: &Path| {
        let named = plain.replace("127.0.0.1", host);
        format!("{named}?sslmode=verify-full&sslrootcert={}", roots.display())
    };

    let refused = refusal(&url("localhost", &trusted));
    assert!(refused.contains("does not support TLS"), "{refused}");
    server.encrypt(&certificate.pem(), &key.serialize_pem());

    let fixture = Fixture::at(&url("localhost", &trusted));
    fixture.write(1, |tx| record(tx, log(1), "a").map(|_| ())).unwrap();
    let encrypted = |tx: &mut crate::Tx<'_>| {
        let sql =
            "SELECT CASE WHEN ssl THEN 1 ELSE 0 END FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        tx.query_opt(sql, params![], |row| row.int_opt(0))
    };
    let seen = fixture.read(encrypted).unwrap();
    assert_eq!(seen, Some(Some(1)));

    for (host, roots, why) in [
        ("localhost", &foreign, "invalid peer certificate"),
        ("127.0.0.1", &trusted, "not valid for name"),
    ] {
        let refused = refusal(&url(host, roots));
        assert!(refused.contains(why), "{host}: {refused}");
    }
    // On this machine, and without being asked for, nothing is encrypted.
    let fixture = Fixture::at(&plain);
    assert_eq!(fixture.read(encrypted).unwrap(), Some(Some(0)));
}

/// Why a connection does not come about.
fn refusal(url: &str) -> String {
    let Err(error) = Address::read(url).and_then(|address| address.connect()) else {
        return String::new();
    };
    format!("{error}: {}", error.source().map(ToString::to_string).unwrap_or_default())
}
