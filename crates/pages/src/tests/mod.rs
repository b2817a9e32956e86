//! Holds every sample of every page to the rules of the screen, and shows its outline.

mod tags;

use crate::samples::{self, Sample};
use std::collections::BTreeSet;
use std::fmt::Write;
use tags::{Piece, Tag, pieces};

/// Calls `rule` with every sample's name and opening tags.
fn on_every_page(rule: impl Fn(&str, &[Tag])) {
    for Sample { name, html } in samples::all() {
        let tags: Vec<Tag> = pieces(&html)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Open(tag) => Some(tag),
                Piece::Close(_) | Piece::Text(_) => None,
            })
            .collect();
        rule(name, &tags);
    }
}

#[test]
fn samples_have_names_of_their_own() {
    let mut names = BTreeSet::new();
    for Sample { name, .. } in samples::all() {
        assert!(names.insert(name), "two samples are named {name}");
    }
}

#[test]
fn every_element_is_closed_in_order() {
    for Sample { name, html } in samples::all() {
        let mut open = Vec::new();
        for piece in pieces(&html) {
            match piece {
                Piece::Open(tag) if !tag.is_void() => open.push(tag.name),
                Piece::Close(closed) => assert_eq!(open.pop(), Some(closed), "{name}"),
                Piece::Open(_) | Piece::Text(_) => {}
            }
        }
        assert!(open.is_empty(), "{name} leaves open {open:?}");
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    on_every_page(|name, tags| {
        for tag in tags {
            assert_ne!(tag.name, "style", "{name}");
            for (key, value) in &tag.attributes {
                assert!(
                    key != "style" && !key.starts_with("on"),
                    "{name}: {key} in <{}>",
                    tag.name
                );
                assert!(!value.trim_start().starts_with("javascript:"), "{name}: {value}");
            }
            let loads = match tag.name.as_str() {
                "script" => {
                    Some(tag.attribute("src").unwrap_or_else(|| panic!("{name}: inline script")))
                }
                "link" => tag.attribute("href"),
                "img" => tag.attribute("src"),
                _ => None,
            };
            if let Some(url) = loads {
                assert!(url.starts_with("/assets/"), "{name}: {url}");
                let path = url.trim_start_matches("/assets/").split('?').next().unwrap_or_default();
                assert!(crate::assets::find(path).is_some(), "{name}: {url} is not an asset");
            }
        }
    });
}

#[test]
fn every_page_has_one_heading_of_the_first_level_and_skips_none() {
    on_every_page(|name, tags| {
        let levels: Vec<u32> = tags
            .iter()
            .filter_map(|tag| tag.name.strip_prefix('h').and_then(|level| level.parse().ok()))
            .collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{name}");
        for pair in levels.windows(2) {
            assert!(pair[1] <= pair[0] + 1, "{name}: h{} follows h{}", pair[1], pair[0]);
        }
    });
}

#[test]
fn ids_are_unique_and_whatever_points_to_one_finds_it() {
    on_every_page(|name, tags| {
        let mut ids = BTreeSet::new();
        for id in tags.iter().filter_map(|tag| tag.attribute("id")) {
            assert!(ids.insert(id), "{name}: two elements have the id {id}");
        }
        for tag in tags {
            let pointers = ["for", "aria-labelledby", "aria-describedby", "aria-controls"];
            let own = tag.attribute("href").and_then(|href| href.strip_prefix('#'));
            let pointed = pointers.iter().filter_map(|key| tag.attribute(key)).chain(own);
            for id in pointed.flat_map(str::split_whitespace) {
                assert!(
                    ids.contains(id),
                    "{name}: <{}> points to {id}, which is not there",
                    tag.name
                );
            }
        }
    });
}

/// A label either names its field or holds it.
#[test]
fn every_input_has_a_label() {
    for Sample { name, html } in samples::all() {
        let pieces = pieces(&html);
        let is_label = |tag: &&Tag| tag.name == "label";
        let opened = pieces.iter().filter_map(|piece| match piece {
            Piece::Open(tag) => Some(tag),
            Piece::Close(_) | Piece::Text(_) => None,
        });
        let labelled: BTreeSet<&str> =
            opened.filter(is_label).filter_map(|tag| tag.attribute("for")).collect();
        let mut is_held = false;
        for piece in &pieces {
            match piece {
                Piece::Open(tag) if tag.name == "label" => is_held = true,
                Piece::Close(closed) if closed == "label" => is_held = false,
                Piece::Open(tag) if is_field(tag) => {
                    let is_named = tag.attribute("id").is_some_and(|id| labelled.contains(id));
                    assert!(is_held || is_named, "{name}: {:?} has no label", tag.attributes);
                }
                Piece::Open(_) | Piece::Close(_) | Piece::Text(_) => {}
            }
        }
    }
}

fn is_field(tag: &Tag) -> bool {
    match tag.name.as_str() {
        "input" => tag.attribute("type") != Some("hidden"),
        "select" | "textarea" => true,
        _ => false,
    }
}

#[test]
fn every_form_that_posts_begins_with_its_token() {
    on_every_page(|name, tags| {
        for (place, tag) in tags.iter().enumerate().filter(|(_, tag)| tag.name == "form") {
            let method =
                tag.attribute("method").unwrap_or_else(|| panic!("{name}: a form has no method"));
            if method == "get" {
                continue;
            }
            assert_eq!(method, "post", "{name}");
            let first = tags.get(place + 1).and_then(|tag| tag.attribute("name"));
            assert_eq!(first, Some("csrf"), "{name}: {:?}", tag.attribute("action"));
            let action = tag.attribute("action").unwrap_or_default();
            assert!(action.starts_with('/'), "{name}: a form posts to {action:?}");
        }
    });
}

#[test]
fn every_status_has_an_icon_and_a_word() {
    for Sample { name, html } in samples::all() {
        let pieces = pieces(&html);
        for (place, piece) in pieces.iter().enumerate() {
            let Piece::Open(tag) = piece else { continue };
            if !tag
                .attribute("class")
                .is_some_and(|class| class.split(' ').any(|one| one == "status"))
            {
                continue;
            }
            let inside: Vec<&Piece> = pieces[place..]
                .iter()
                .take_while(|piece| **piece != Piece::Close(tag.name.clone()))
                .collect();
            let has_icon =
                inside.iter().any(|piece| matches!(piece, Piece::Open(tag) if tag.name == "svg"));
            let has_word = inside.iter().any(|piece| matches!(piece, Piece::Text(_)));
            assert!(has_icon && has_word, "{name}: {inside:?}");
        }
    }
}

#[test]
fn the_key_of_the_ledger_stands_with_its_fingerprint_wherever_it_is_handed_on() {
    for page in ["pack-typical", "ledger-typical"] {
        let sample = samples::all().into_iter().find(|sample| sample.name == page).unwrap();
        assert!(sample.html.contains("SHA-256 9f2c4b1e07d3"), "{page}");
    }
}

#[test]
fn fresh_recovery_codes_can_be_copied_and_printed_and_not_made_again_by_mistake() {
    let html =
        |page: &str| samples::all().into_iter().find(|sample| sample.name == page).unwrap().html;
    for page in ["settings-security-codes", "set-up-recovery-codes"] {
        let html = html(page);
        assert!(html.contains("Copy all") && html.contains("data-print"), "{page}");
        assert!(!html.contains("Make new codes"), "{page}");
    }
    assert!(html("settings-security").contains("Make new codes"));
}

#[test]
fn what_nothing_on_a_computer_tells_leads_to_what_a_person_can_do() {
    let html = |name: &str| {
        samples::all().into_iter().find(|sample| sample.name == name).expect(name).html
    };
    for (page, words, exceptions, give) in [
        ("control-typical", "Look there how it is set", "href=\"#exceptions\"", "href=\"#give\""),
        ("device-typical", "Look yourself", "/controls/IS-5#exceptions\"", "/controls/IS-5#give\""),
    ] {
        let html = html(page);
        assert_eq!(html.matches(words).count(), 1, "{page}");
        assert!(html.contains(exceptions) && html.contains(give), "{page}");
    }
    for page in ["device-in-order", "control-by-hand"] {
        let html = html(page);
        assert!(!html.contains("Look there") && !html.contains("Look yourself"), "{page}");
    }
}

/// Headings, states and forms: what a page is, without how it looks. What the guide says is its
/// authors' and no page's: a word changed there fails nothing here.
#[test]
fn outlines() {
    for Sample { name, html } in samples::all() {
        if name.starts_with("guide-") {
            continue;
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots", omit_expression => true }, {
            insta::assert_snapshot!(name, outline(&html));
        });
    }
}

fn outline(html: &str) -> String {
    let mut lines = String::new();
    let mut heading: Option<(usize, String)> = None;
    let mut is_within_menu = false;
    for piece in pieces(html) {
        match piece {
            Piece::Open(tag) if tag.name == "header" => is_within_menu = true,
            Piece::Close(tag) if tag == "header" => is_within_menu = false,
            _ if is_within_menu => {}
            Piece::Open(tag) => match tag.name.as_str() {
                "h1" | "h2" | "h3" | "h4" => {
                    heading = tag.name[1..].parse().ok().map(|level| (level, String::new()))
                }
                "form" => {
                    let method = tag.attribute("method").unwrap_or_default();
                    let action = tag.attribute("action").unwrap_or_default();
                    let _ = writeln!(lines, "{method} {action}");
                }
                "input" | "select" | "textarea" => {
                    let wrong =
                        if tag.attribute("aria-invalid").is_some() { " (wrong)" } else { "" };
                    let field = tag.attribute("name").unwrap_or_default();
                    if field != "csrf" {
                        let _ = writeln!(lines, "  {field}{wrong}");
                    }
                }
                _ => {}
            },
            Piece::Close(name) => {
                if name.starts_with('h')
                    && let Some((level, words)) = heading.take()
                {
                    let _ = writeln!(lines, "{} {}", "#".repeat(level), words.trim());
                }
            }
            Piece::Text(text) => {
                if let Some((_, words)) = &mut heading {
                    words.push(' ');
                    words.push_str(&text);
                }
            }
        }
    }
    lines
}
