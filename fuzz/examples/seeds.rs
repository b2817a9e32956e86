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
    sheets(&corpus)?;
    tokens(&corpus)?;
    links(&corpus)
}

/// What a provider says of itself, its keys, and the token of RFC 8037, appendix A.
fn tokens(corpus: &Corpus) -> Result<()> {
    let own = "https://login.example.com";
    let said = json!({
        "issuer": own,
        "authorization_endpoint": format!("{own}/authorize"),
        "token_endpoint": format!("{own}/token"),
        "jwks_uri": format!("{own}/keys"),
    });
    let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    for document in [said, json!({"keys": [key]})] {
        corpus.add("id_token", format!("{document}\n{token}"))?;
    }
    corpus.add("id_token", format!("\n{own}"))
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

/// A list of each form, and the parts of a workbook as the target puts them together.
fn sheets(corpus: &Corpus) -> Result<()> {
    const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    for text in [
        "sep=;\nName;Job\nAda;\"a;b\"\n\n",
        "\u{feff}Name,Job\r\nZo\u{eb},x\r\n",
        "Name\tJob\n'=A\t1\n",
    ] {
        corpus.add("sheet", text)?;
    }
    let utf_16: Vec<u8> =
        "\u{feff}Name,Job\nAda,x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    corpus.add("sheet", utf_16)?;
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{KIND}/{kind}\" Target=\"{target}\"/>")
    };
    let of_book = [
        relation("a", "worksheet", "worksheets/sheet1.xml"),
        relation("b", "sharedStrings", "sharedStrings.xml"),
        relation("c", "styles", "styles.xml"),
    ];
    let parts = [
        format!("<r>{}</r>", relation("w", "officeDocument", "xl/workbook.xml")),
        "<workbook><workbookPr date1904=\"0\"/><sheets><sheet name=\"A\" r:id=\"a\"/></sheets></workbook>".to_owned(),
        format!("<r>{}</r>", of_book.concat()),
        "<sst><si><t>Name</t></si><si><r><t>a&amp;b</t></r></si></sst>".to_owned(),
        "<s><numFmts><numFmt numFmtId=\"164\" formatCode=\"[x]dd\"/></numFmts><cellXfs><xf/><xf numFmtId=\"164\"/></cellXfs></s>".to_owned(),
        "<w><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row><c s=\"1\"><f>A1</f><v>46295.5</v></c>\
         <c t=\"inlineStr\"><is><t>x</t></is></c></row></sheetData></w>".to_owned(),
    ];
    let mut seed = vec![0xff];
    for part in parts {
        seed.extend_from_slice(part.as_bytes());
        seed.push(0xff);
    }
    corpus.add("sheet", seed)
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
