//! An authority of the tests' own, with an issuer between it and what it issues.

use crate::{Keeper, Material, Options};
use closedset_core::{Duration, Time};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use std::path::Path;

/// 12 March 2026.
pub(crate) const NOW: Time = Time::from_millis(1_773_307_800_000);
pub(crate) const HOST: &str = "closedset.example";

pub(crate) fn day(days: i64) -> Duration {
    Duration::from_days(days)
}

pub(crate) struct Authority {
    root: String,
    between: String,
    issuer: Issuer<'static, KeyPair>,
}

/// What is issued.
pub(crate) struct Wanted {
    pub(crate) names: Vec<&'static str>,
    pub(crate) begins: Time,
    pub(crate) ends: Time,
    pub(crate) purpose: ExtendedKeyUsagePurpose,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            names: vec![HOST],
            begins: NOW - day(1),
            ends: NOW + day(89),
            purpose: ExtendedKeyUsagePurpose::ServerAuth,
        }
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let authority = |words: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.distinguished_name.push(DnType::CommonName, words);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            dates(&mut params, NOW - day(1000), NOW + day(3000));
            params
        };
        let (root_key, root) = (KeyPair::generate().unwrap(), authority(&format!("{name} root")));
        let root_pem = root.self_signed(&root_key).unwrap().pem();
        let (key, params) = (KeyPair::generate().unwrap(), authority(&format!("{name} issuing")));
        let root = Issuer::new(root, root_key);
        let between = params.signed_by(&key, &root).unwrap().pem();
        Self { root: root_pem, between, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    pub(crate) fn between(&self) -> &str {
        &self.between
    }

    /// A certificate alone, for this key.
    pub(crate) fn leaf(&self, wanted: &Wanted, key: &KeyPair) -> String {
        let names: Vec<String> = wanted.names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        dates(&mut params, wanted.begins, wanted.ends);
        params.extended_key_usages = vec![wanted.purpose.clone()];
        params.signed_by(key, &self.issuer).unwrap().pem()
    }

    /// A chain with its key, as an authority hands it over.
    pub(crate) fn issue(&self, wanted: &Wanted) -> Material {
        let key = KeyPair::generate().unwrap();
        let chain = format!("{}{}", self.leaf(wanted, &key), self.between);
        Material { chain: chain.into(), key: Some(key.serialize_pem().into()) }
    }
}

fn dates(params: &mut CertificateParams, begins: Time, ends: Time) {
    let date = |time: Time| {
        let date = time.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
        rcgen::date_time_ymd(i32::from(date.year()), date.month() as u8, date.day() as u8)
    };
    params.not_before = date(begins);
    params.not_after = date(ends);
}

pub(crate) fn options(folder: &Path) -> Options {
    Options {
        folder: folder.join("tls"),
        names: vec!["localhost".into(), "127.0.0.1".into(), HOST.into()],
        host: HOST.into(),
        files: None,
    }
}

pub(crate) fn keeper(folder: &Path) -> Keeper {
    Keeper::open(options(folder), NOW).unwrap()
}
