//! Writes the seeds of every target to `fuzz/corpus`: pieces of the sample pack, a backup,
//! recordings of computers, the catalogue.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use closedset_catalogue::Catalogue;
use closedset_core::{
    Digest, Id, Secret,
    link::{EnrolLink, Home},
    report::REPORT_FORMAT,
};
use closedset_fuzz::{SAMPLE, backup};
use closedset_pack::sample::Sample;
use serde_json::{Value, json};
use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let corpus = Corpus(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"));
    corpus.add("backup", backup::archive_of_backup())?;
    packs(&corpus)?;
    catalogue(&corpus)?;
    recordings(&corpus)?;
    links(&corpus)
}

struct Corpus(PathBuf);

impl Corpus {
    /// A seed is named by its digest, as the fuzzer names what it finds.
    fn add(&self, target: &str, seed: impl AsRef<[u8]>) -> Result<()> {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(Digest::of(seed.as_ref()).to_string().replace(':', "-")), seed)?;
        Ok(())
    }
}

fn packs(corpus: &Corpus) -> Result<()> {
    corpus.add("pack_verify", &SAMPLE.bytes)?;
    let mut unnamed = Sample::with_devices(1);
    unnamed.unname();
    corpus.add("pack_verify", unnamed.build()?)?;
    for (at, (name, bytes)) in SAMPLE.files.iter().enumerate() {
        // What nobody parses teaches the fuzzer nothing.
        if name.ends_with(".html") || bytes.len() > 100_000 {
            continue;
        }
        if let Ok(at) = u8::try_from(at) {
            corpus.add("pack_file", [&[at][..], bytes].concat())?;
        }
        corpus.add("merkle_note", bytes)?;
        corpus.add("merkle_note", name)?;
        corpus.add("check_in", bytes)?;
        corpus.add("envelope", bytes)?;
        let entry = serde_json::from_slice::<Value>(bytes).unwrap_or_default();
        if let Some(envelope) = entry.get("envelope").and_then(Value::as_str) {
            corpus.add("envelope", STANDARD.decode(envelope)?)?;
        }
    }
    corpus.add("merkle_note", &SAMPLE.key)
}

fn catalogue(corpus: &Corpus) -> Result<()> {
    for file in Catalogue::embedded_files() {
        corpus.add("check_language", file.text)?;
    }
    for check in Catalogue::embedded()?.checks() {
        corpus.add("check_language", check.condition())?;
    }
    Ok(())
}

/// The recordings, and what each of their commands wrote and their files held.
fn recordings(corpus: &Corpus) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/probes/tests/fixtures");
    for file in fs::read_dir(folder)? {
        let text = fs::read_to_string(file?.path())?;
        corpus.add("recording", &text)?;
        texts(&serde_json::from_str(&text)?, &mut |text| corpus.add("probe_parsers", text))?;
    }
    Ok(())
}

fn texts(value: &Value, add: &mut impl FnMut(&str) -> Result<()>) -> Result<()> {
    match value {
        Value::String(text) if text.len() > 8 => add(text),
        Value::Array(items) => items.iter().try_for_each(|item| texts(item, add)),
        Value::Object(fields) => fields.values().try_for_each(|item| texts(item, add)),
        _ => Ok(()),
    }
}

fn links(corpus: &Corpus) -> Result<()> {
    let link = EnrolLink {
        server: "https://closedset.example:8443".to_owned(),
        token: Secret::new([7; 32]),
        pin: Digest::of(b"a key"),
        home: Some(Home { organisation: Id::from_bits(1), enrolment: Id::from_bits(2) }),
    };
    corpus.add("enrol_link", link.to_string())?;
    corpus.add("enrol_link", EnrolLink { home: None, ..link }.to_string())?;
    let report = json!({ "format": REPORT_FORMAT, "check_in": check_in() });
    corpus.add("report", report.to_string())?;
    for text in ["2026-03-12T09:30:00.000Z", "device:dev_01jp00000000000000000000", "control:AD-1"]
    {
        corpus.add("enrol_link", text)?;
    }
    corpus.add("enrol_link", Digest::of(b"").to_string())?;
    corpus.add("check_in", check_in().to_string())
}

/// A check-in as a device spells it; its signature is nobody's.
fn check_in() -> Value {
    json!({
        "statement": {
            "organisation": "org_06cs00000000000000000000",
            "device": "dev_06cs00000000000000000000",
            "counter": 1,
            "collected_at": "2026-03-12T09:30:00.000Z",
            "facts": Digest::of(b""),
        },
        "signature": format!("{}==", "A".repeat(86)),
        "digests": { "time_sync": Digest::of(b"") },
        "bodies": { "time_sync": { "synchronised": true } },
    })
}
