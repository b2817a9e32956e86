//! The report: what stands in it, and what becomes of another one in its place.

use super::edit::{Files, assert_errors, check, reseal};
use crate::{
    FindingKind::{Added, Changed, OtherPage, OtherReport, Removed},
    Outcome,
    manifest::{FileKind, Manifest, REPORT, VIEWER},
    report_in,
    sample::Sample,
};
use std::process::Command;

fn report(sample: &mut Sample) -> Vec<u8> {
    report_in(&mut sample.build().unwrap().as_slice()).unwrap().unwrap()
}

/// The words of a PDF as another program reads them; none where it is not installed.
fn words(pdf: &[u8]) -> Option<String> {
    let file = std::env::temp_dir().join(format!(
        "closedset-report-{}-{}.pdf",
        std::process::id(),
        closedset_core::Digest::of(pdf).short()
    ));
    std::fs::write(&file, pdf).unwrap();
    let ran = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&file).arg("-").output();
    std::fs::remove_file(&file).unwrap();
    match ran {
        Ok(ran) => {
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
            let words = String::from_utf8(ran.stdout).unwrap();
            Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        Err(error) => {
            let is_required =
                std::env::var_os("CLOSEDSET_REQUIRE_TOOLS").is_some_and(|set| set == "1");
            assert!(!is_required, "pdftotext: {error}");
            None
        }
    }
}

#[test]
fn the_report_says_what_the_page_says() {
    let Some(words) = words(&report(&mut Sample::with_devices(9))) else { return };
    for part in [
        "Halide Post",
        "1 June 2026 to 1 July 2026",
        "Europe/London",
        "Meridian Pictures, content security",
        "no content owner has certified it",
        "What asks for attention",
        "locks after 45 min",
        "Content security handbook <draft & final>",
        "Jonas Okafor, facility manager",
        "Without the exception that Ada Lindqvist approved until 29 September 2026: unknown.",
        "How this can be checked",
        "closedset pack verify closedset-2026-06-01-2026-07-01.zip",
        "What it was during the period",
    ] {
        assert!(words.contains(part), "{part}\n{words}");
    }
    // Every control: in the contents, on the strip of film, and where it stands.
    for id in ["AD-1", "PH-6", "IS-16", "IR-2"] {
        assert!(words.matches(id).count() >= 3, "{id}");
    }
}

#[test]
fn a_limited_report_says_so_on_its_first_page() {
    let mut sample = Sample::with_devices(2);
    sample.limit_to(&["AD-5", "PH-1"]);
    let Some(words) = words(&report(&mut sample)) else { return };
    let (cover, _) = words.split_once("Contents").unwrap();
    for part in ["Limited to", "2 controls: AD-5, PH-1 The framework has other controls."] {
        assert!(cover.contains(part), "{part}: {cover}");
    }
    assert!(!words.contains("IS-7"), "{words}");
}

#[test]
fn the_same_pack_has_the_same_report_and_another_pack_another() {
    let first = report(&mut Sample::with_devices(3));
    assert_eq!(first, report(&mut Sample::with_devices(3)));
    let mut other = Sample::with_devices(3);
    other.input.controls[0].because = "Something else.".into();
    assert_ne!(first, report(&mut other));
}

#[test]
fn a_demonstration_says_so_on_every_page() {
    let mut sample = Sample::with_devices(1);
    sample.input.heading.is_demonstration = true;
    let Some(words) = words(&report(&mut sample)) else { return };
    assert!(words.contains("Demonstration of a content security report"));
    assert!(words.contains(
        "Demonstration. Every person, computer, document and verdict in this report is invented."
    ));
    assert!(words.matches("Demonstration: Halide Post").count() > 10, "{words}");
}

#[test]
fn a_pack_with_its_report_is_valid() {
    let mut sample = Sample::with_devices(4);
    let pack = sample.build().unwrap();
    let report = check(&pack, Some(&sample.log.key()));
    assert_eq!(report.outcome(), Outcome::Valid, "{:#?}", report.findings);
}

/// Somebody who may write packs has his own report in one: the same facility, drawn by this very program, with one
/// verdict put better; the manifest is made to fit and recorded in the log.
#[test]
fn a_report_with_other_words_recorded_like_any_other_makes_the_pack_invalid() {
    let mut kind = Sample::with_devices(4);
    for control in &mut kind.input.controls {
        control.because =
            control.because.replace("Nothing has been given for this yet.", "All is well.");
    }
    let flattering = report(&mut kind);

    let mut sample = Sample::with_devices(4);
    let mut files = Files::of(&sample.build().unwrap());
    assert_ne!(*files.file(REPORT), flattering);
    *files.file(REPORT) = flattering;
    let forged = reseal(&mut sample, &mut files, FileKind::Report);
    let found = check(&forged, Some(&sample.log.key()));
    assert_errors("spliced in", &found, &[(OtherReport, REPORT)]);
}

#[test]
fn one_byte_more_or_another_is_another_report() {
    for alter in [
        (|bytes: &mut Vec<u8>| bytes.push(b'\n')) as fn(&mut Vec<u8>),
        |bytes| *bytes.last_mut().unwrap() ^= 1,
        |bytes| *bytes = b"%PDF-1.7\n%%EOF\n".to_vec(),
        Vec::clear,
    ] {
        let mut sample = Sample::with_devices(1);
        let mut files = Files::of(&sample.build().unwrap());
        alter(files.file(REPORT));
        let forged = reseal(&mut sample, &mut files, FileKind::Report);
        let found = check(&forged, Some(&sample.log.key()));
        assert_errors("altered", &found, &[(OtherReport, REPORT)]);
    }
}

/// To say that it is drawn otherwise does not help: then nobody can say that it is right.
#[test]
fn a_report_that_claims_another_form_is_not_proven() {
    let mut sample = Sample::with_devices(1);
    let mut files = Files::of(&sample.build().unwrap());
    files.file(REPORT).push(b'\n');
    files.json("manifest.json", |manifest| manifest["report"] = 99.into());
    let forged = reseal(&mut sample, &mut files, FileKind::Report);
    let found = check(&forged, Some(&sample.log.key()));
    assert_eq!(found.outcome(), Outcome::NotProven, "{:#?}", found.findings);
    assert!(found.findings.iter().any(|one| one.kind == OtherPage && one.place == REPORT));
}

#[test]
fn a_report_that_is_exchanged_in_the_finished_file_is_changed() {
    let mut sample = Sample::with_devices(1);
    let key = {
        sample.build().unwrap();
        sample.log.key()
    };
    let mut files = Files::of(&Sample::with_devices(1).build().unwrap());
    files.file(REPORT).push(b'\n');
    let found = files.verify(&key);
    assert!(found.has(Changed), "{:#?}", found.findings);
}

/// Names in any script, without end, or with what turns the line around.
#[test]
fn whatever_people_are_called_there_is_a_report_and_it_is_made_anew() {
    let long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
        .repeat(12);
    for name in [
        "東京ポスト・プロダクション株式会社",
        "서울 후반작업",
        "استوديو القاهرة للدوبلاج 2026",
        "אולפני תל אביב",
        "मुंबई पोस्ट हाउस",
        "บริษัท กรุงเทพ โพสต์",
        "Студия Київ",
        "🎬 Clapper \u{1f1ef}\u{1f1f5}",
        "evil\u{202e}fdp.exe\u{0}\u{e000}\u{ffff}",
        "",
        long.as_str(),
    ] {
        let mut sample = Sample::with_devices(2);
        let text = name.to_owned();
        sample.input.controls[0].title = text.clone();
        sample.input.controls[1].because = text.clone();
        sample.input.heading.scope.recipient = text.clone();
        sample.documents[0].0.given_by = text.clone();
        let report = report(&mut sample);
        assert!(report.starts_with(b"%PDF-1.7"), "{name}");
    }
}

#[test]
fn the_manifest_says_how_the_report_is_drawn() {
    let mut files = Files::of(&Sample::with_devices(1).build().unwrap());
    let manifest: Manifest = serde_json::from_slice(files.file("manifest.json")).unwrap();
    assert_eq!(manifest.report, closedset_pdf::FORM);
}

#[test]
fn what_is_no_pack_has_no_report() {
    for bytes in [&b""[..], b"PK\x03\x04", b"%PDF-1.7", &[0x50, 0x4b, 3, 4, 0, 0]] {
        assert!(report_in(&mut &*bytes).unwrap().is_none());
    }
    let pack = Sample::with_devices(1).build().unwrap();
    let cut = report_in(&mut &pack[..pack.len() / 3]);
    assert!(cut.is_err() || cut.unwrap().is_none() || pack.len() > 3_000_000);
}

/// Of one sample the report always has the same bytes. Where this fails, its words or its layout changed: raise
/// `closedset_pdf::FORM` and put the new pair here. Packs that were made before are then *not proven* by the newer program,
/// which says so and names the version that made them; they are not called forged.
#[test]
fn whoever_changes_what_a_report_says_raises_its_form() {
    let made = closedset_core::Digest::of(&report(&mut Sample::with_devices(4))).to_string();
    let expected = (2, "802ed8fc9b394b7c9df9fd01f786292cb5dd18e72d619ac4afb5b0084a58fb4f");
    assert_eq!(
        (closedset_pdf::FORM, made.as_str()),
        expected,
        "the report's words or layout changed: raise FORM, and older packs are told from forged ones"
    );
}

/// The report of a later or earlier form is not compared with one that would be drawn otherwise anyway.
#[test]
fn a_report_of_another_form_is_named_and_what_to_do() {
    let mut sample = Sample::with_devices(1);
    let mut files = Files::of(&sample.build().unwrap());
    *files.file(REPORT) = b"%PDF-1.7\n%%EOF\n".to_vec();
    files.json("manifest.json", |manifest| {
        manifest["report"] = 1.into();
        manifest["heading"]["made_with"] = "closedset 0.0.9".into();
    });
    let forged = reseal(&mut sample, &mut files, FileKind::Report);
    let found = check(&forged, Some(&sample.log.key()));
    assert_eq!(found.outcome(), Outcome::NotProven, "{:#?}", found.findings);
    let finding = found.findings.iter().find(|one| one.place == REPORT).unwrap();
    for part in
        ["form 1", &format!("form {}", closedset_pdf::FORM), "closedset 0.0.9", "cannot tell"]
    {
        assert!(finding.what.contains(part), "{part}: {}", finding.what);
    }
}

/// An update at the end, with a script that runs when it is opened, or another file in it, is what PDF is made for.
#[test]
fn a_report_that_was_added_to_is_another_report() {
    let more: [&[u8]; 3] = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\nxref\n0 0\n\
          trailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n",
        b"9 0 obj<</Type/Filespec/F(more.exe)/EF<</F 10 0 R>>>>endobj\n%%EOF\n",
        b"\n%%EOF\n",
    ];
    for more in more {
        let mut sample = Sample::with_devices(1);
        let mut files = Files::of(&sample.build().unwrap());
        files.file(REPORT).extend(more);
        let forged = reseal(&mut sample, &mut files, FileKind::Report);
        let found = check(&forged, Some(&sample.log.key()));
        assert_errors("added to", &found, &[(OtherReport, REPORT)]);
    }
}

/// Without a page nothing would be compared, and without a report somebody's own goes along with the pack.
#[test]
fn a_pack_without_page_or_report_is_not_valid() {
    for (path, forged) in [(VIEWER, true), (VIEWER, false), (REPORT, false)] {
        let mut sample = Sample::with_devices(1);
        let mut files = Files::of(&sample.build().unwrap());
        files.remove(path);
        if forged {
            *files.file(REPORT) = b"%PDF-1.7\n%%EOF\n".to_vec();
        }
        let forged = reseal(&mut sample, &mut files, FileKind::Report);
        let found = check(&forged, Some(&sample.log.key()));
        assert_errors(path, &found, &[(Removed, path)]);
    }
}

/// A second one under another name, as a report or as anything else.
#[test]
fn there_is_one_report_under_one_name() {
    for (name, what) in [
        ("Report.pdf.pdf", FileKind::Report),
        ("report-2.pdf", FileKind::Document),
        ("documents/report.pdf", FileKind::Report),
    ] {
        let mut sample = Sample::with_devices(1);
        let mut files = Files::of(&sample.build().unwrap());
        let report = files.file(REPORT).clone();
        files.0.insert(2, (name.to_owned(), report));
        let forged = reseal(&mut sample, &mut files, what);
        let found = check(&forged, Some(&sample.log.key()));
        assert_errors(name, &found, &[(Added, name)]);
    }
}
