//! Names of files in a pack: ASCII, relative, the same on every file system.

/// The longest name, in bytes.
pub(crate) const NAME_LIMIT: usize = 255;
/// The longest last part of a name that [`safe`] makes.
const SAFE_LIMIT: usize = 80;

/// Whether `name` is one that a pack may hold: parts of letters, digits, `.`, `-` and `_`, separated
/// by single slashes, none beginning or ending with a dot, none that Windows reserves.
pub(crate) fn is_safe(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_LIMIT && name.split('/').all(is_safe_part)
}

fn is_safe_part(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        && !part.starts_with('.')
        && !part.ends_with('.')
        && !is_reserved(part)
}

fn is_reserved(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
    let numbered = stem
        .strip_prefix("com")
        .or_else(|| stem.strip_prefix("lpt"))
        .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    numbered || matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
}

/// A safe last part that resembles `name` and keeps its ending.
pub(crate) fn safe(name: &str) -> String {
    let mut text: String = name
        .chars()
        .map(|letter| match letter {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '-' | '_' => letter,
            _ => '-',
        })
        .collect();
    while text.contains("--") {
        text = text.replace("--", "-");
    }
    let (stem, ending) = match text.rsplit_once('.') {
        Some((stem, ending)) if !ending.is_empty() && ending.len() <= 10 => {
            (stem.to_owned(), format!(".{ending}"))
        }
        _ => (text, String::new()),
    };
    let room = SAFE_LIMIT - ending.len();
    let stem = &stem[..stem.len().min(room)];
    let stem = stem.trim_matches(['.', '-']);
    let ending = ending.trim_end_matches(['.', '-']);
    let made = format!("{}{ending}", if stem.is_empty() { "file" } else { stem });
    if is_safe_part(&made) { made } else { format!("file-{made}") }
}

/// Endings of files as facilities hand them in. Whatever has another one, a browser or a desktop might
/// open as a page with scripts of its own, or run.
const HARMLESS: &[&str] = &[
    "7z", "asc", "avif", "bmp", "csv", "doc", "docx", "dwg", "dxf", "eml", "gif", "gz", "heic",
    "heif", "ics", "jpeg", "jpg", "json", "log", "m4a", "m4v", "md", "mov", "mp3", "mp4", "msg",
    "odg", "odp", "ods", "odt", "pdf", "png", "ppt", "pptx", "rtf", "tif", "tiff", "tsv", "txt",
    "vsdx", "wav", "webm", "webp", "xls", "xlsx", "zip",
];

/// Whether a file of this name opens as what it is, and never as a page, which could imitate the pack's
/// own, or as a program. Of a name without ending a browser looks at the content.
pub(crate) fn is_harmless(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.rsplit_once('.') {
        Some((_, ending)) => HARMLESS.iter().any(|known| ending.eq_ignore_ascii_case(known)),
        None => false,
    }
}

/// A safe last part that resembles `name`, of a file that no browser opens as a page.
pub(crate) fn safe_document(name: &str) -> String {
    let made = safe(name);
    if is_harmless(&made) { made } else { format!("{made}.txt") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_leave_the_folder_or_mean_something_to_a_system_are_unsafe() {
        assert!(is_safe("documents/0a/Report-2026.pdf"));
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            "a\\b",
            "C:x",
            ".hidden",
            "a/nul",
            "a/Com1.txt",
            "a.",
            "é",
            "a b",
            "a\0b",
        ] {
            assert!(!is_safe(name), "{name:?}");
        }
        assert!(!is_safe(&"a".repeat(256)));
    }

    #[test]
    fn a_safe_name_resembles_what_was_given() {
        for (given, made) in [
            ("Security Policy (v2).pdf", "Security-Policy-v2.pdf"),
            ("../../etc/passwd", "etc-passwd"),
            ("Überprüfung.PDF", "berpr-fung.PDF"),
            ("con.txt", "file-con.txt"),
            ("", "file"),
            ("...", "file"),
        ] {
            assert_eq!(safe(given), made, "{given:?}");
        }
    }

    #[test]
    fn what_a_browser_or_a_desktop_might_open_otherwise_is_called_text() {
        for (given, made) in [
            ("Policy.html", "Policy.html.txt"),
            ("Plan.SVG", "Plan.SVG.txt"),
            ("a.b.xhtml", "a.b.xhtml.txt"),
            ("Handbook", "Handbook.txt"),
            ("Report.shtm", "Report.shtm.txt"),
            ("Report.ehtml", "Report.ehtml.txt"),
            ("Feed.rss", "Feed.rss.txt"),
            ("Feed.atom", "Feed.atom.txt"),
            ("page.webarchive", "page.webarchive.txt"),
            ("page.mhtm", "page.mhtm.txt"),
            ("a.xbl", "a.xbl.txt"),
            ("Policy.pdf.lnk", "Policy.pdf.lnk.txt"),
            ("Policy.command", "Policy.command.txt"),
            ("Policy.url", "Policy.url.txt"),
            ("Policy.js", "Policy.js.txt"),
            ("Handbook.pdf", "Handbook.pdf"),
            ("Plan.HEIC", "Plan.HEIC"),
            ("Mail.eml", "Mail.eml"),
            ("html.txt", "html.txt"),
        ] {
            assert_eq!(safe_document(given), made);
        }
    }

    proptest! {
        #[test]
        fn no_document_is_a_page(name: String) {
            let made = safe_document(&name);
            prop_assert!(is_safe(&made) && is_harmless(&made), "{made}");
        }
        #[test]
        fn whatever_is_given_the_made_name_is_safe(name: String) {
            prop_assert!(is_safe(&format!("documents/{}", safe(&name))), "{}", safe(&name));
        }
        #[test]
        fn nasty_letters_too(name in "[./\\\\ acCoOnN1-]{0,120}") {
            prop_assert!(is_safe(&safe(&name)), "{}", safe(&name));
        }
    }
}
