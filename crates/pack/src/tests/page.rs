//! The page for people.

use super::edit::Files;
use crate::FindingKind::UnsafeName;
use crate::sample::Sample;

fn page(alter: impl FnOnce(&mut Sample)) -> String {
    let mut sample = Sample::with_devices(9);
    alter(&mut sample);
    let mut files = Files::of(&sample.build().unwrap());
    String::from_utf8(files.file("index.html").clone()).unwrap()
}

#[test]
fn the_page_says_whose_it_is_for_when_and_how_to_verify() {
    let page = page(|_| {});
    for part in [
        "Halide Post",
        "1 June 2026 to 1 July 2026",
        "1 July 2026, 10:00",
        "Europe/London <span class=\"soft\">UTC+1 when this was made</span>",
        "<strong>Soho</strong>, 14 Meard Street, London W1F 0EN",
        "Meridian Pictures",
        "closedset pack verify closedset-2026-06-01-2026-07-01.zip",
        "no content owner has certified it",
        "locks after 45 min",
        "Content security handbook &#60;draft &#38; final&#62;",
        "the dock&#39;s roller door",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn what_was_withdrawn_or_sent_away_is_said_to_be() {
    let before = page(|_| {});
    assert!(!before.contains("withdrawn") && !before.contains("sent away"));
    let after = page(|sample| {
        let at = sample.input.heading.made_at;
        sample.documents[0].0.withdrawn_at = Some(at);
        sample.attestations[0].0.withdrawn_at = Some(at);
        sample.input.devices[0].revoked_at = Some(at);
    });
    assert_eq!(after.matches(", withdrawn 1 July 2026, 10:00").count(), 2);
    assert_eq!(after.matches("sent away 1 July 2026, 10:00").count(), 1);
}

#[test]
fn what_people_wrote_turns_and_hides_nothing() {
    let evil = "all\u{202e}evil\u{1b}[2Kof\u{9b}it\u{2066}\u{200b}";
    let page = page(|sample| {
        sample.input.controls[0].because = evil.into();
        sample.input.exceptions[0].terms.reason = evil.into();
    });
    let named = "all[U+202E]evil[U+001B][2Kof[U+009B]it[U+2066][U+200B]";
    assert_eq!(page.matches(named).count(), 2);
    let is_hidden =
        |one: char| one.is_control() && one != '\n' || ('\u{202a}'..'\u{202f}').contains(&one);
    assert!(!page.contains(is_hidden));
}

#[test]
fn text_from_people_is_never_markup() {
    let evil = "</script></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'";
    let page = page(|sample| {
        sample.input.heading.organisation_name = evil.into();
        sample.input.heading.scope.recipient = evil.into();
        sample.input.controls[0].title = evil.into();
        sample.input.controls[0].because = evil.into();
        sample.input.verdicts[0].because = evil.into();
        sample.input.verdicts[0].subject_name = evil.into();
        sample.documents[0].0.given_by = evil.into();
        sample.documents[0].0.file_name = format!("{evil}.pdf");
        sample.attestations[0].0.signed_by = evil.into();
        sample.input.devices[0].name = evil.into();
    });
    assert!(page.contains("alert(1)"));
    assert!(!page.contains("<script>alert"));
    assert!(!page.contains("<img"));
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("</script>").count(), 1);
    assert_eq!(page.matches("</style>").count(), 1);
}

#[test]
fn the_page_asks_nothing_of_the_network() {
    let page = page(|_| {});
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    for part in ["http://", "https://", " src=\"", "@import", "url(\"http"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(!page.contains(" onclick") && !page.contains(" style=\""));
}

#[test]
fn every_link_leads_to_a_file_of_the_pack_or_a_place_in_the_page() {
    let mut sample = Sample::with_devices(3);
    let mut files = Files::of(&sample.build().unwrap());
    let page = String::from_utf8(files.file("index.html").clone()).unwrap();
    let mut links = 0;
    for part in page.split("href=\"").skip(1) {
        let target = part.split('"').next().unwrap();
        links += 1;
        let is_there = match target.strip_prefix('#') {
            Some(id) => page.contains(&format!("id=\"{id}\"")),
            None => files.0.iter().any(|(path, _)| path == target),
        };
        assert!(is_there, "{target}");
    }
    assert!(links > 100);
}

#[test]
fn no_document_imitates_the_page() {
    let mut sample = Sample::with_devices(1);
    sample.documents[0].0.file_name = "index.html".into();
    let mut files = Files::of(&sample.build().unwrap());
    let page = String::from_utf8(files.file("index.html").clone()).unwrap();
    assert!(page.contains("/index.html.txt\" download>") && page.contains(">index.html, "));
    // A maker who writes his own names.
    let path = files.first("documents/", ".txt");
    let other = path.trim_end_matches(".txt").to_owned();
    files.0.iter_mut().for_each(|(name, _)| {
        if *name == path {
            name.clone_from(&other);
        }
    });
    files.json("manifest.json", |manifest| {
        for file in manifest["files"].as_array_mut().unwrap() {
            if file["path"] == path {
                file["path"] = other.clone().into();
            }
        }
    });
    let report = files.verify(&sample.log.key());
    let is_it = |one: &crate::Finding| one.kind == UnsafeName && one.place == other;
    assert!(report.findings.iter().any(is_it), "{:#?}", report.findings);
}
