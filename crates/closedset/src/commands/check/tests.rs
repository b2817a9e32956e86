//! Tests of what is shown: how text is cleaned and broken, and how a page is laid out.

use super::{
    report::{Computer, Counts, Finding, Next, Report, Step},
    table::table,
    text::{CommandLine, clean, commands, width, wrapped},
};
use crate::printer::Marks;
use closedset_core::{Status, Time, fact::device::Device};
use closedset_probes::Platform;

fn indented(text: &str) -> CommandLine {
    CommandLine::Indented(text.to_owned())
}

#[test]
fn names_that_strangers_chose_cannot_steer_the_terminal() {
    let hostile = "Free\u{1b}[2J WiFi\r\n\u{9b}31m\u{202e}txt\u{200f}\tend";
    let shown = clean(hostile);
    assert_eq!(shown, "Free\u{fffd}[2J WiFi  \u{fffd}31m\u{fffd}txt\u{fffd} end");
}

#[test]
fn text_is_broken_between_words_and_counts_wide_letters_twice() {
    assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
    assert_eq!(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
    assert_eq!(wrapped("", 3), [""]);
    for line in wrapped("編集室 の 画面 が ロック されない", 9) {
        assert!(width(&line) <= 9, "{line}");
    }
}

#[test]
fn long_command_is_continued_before_its_operators() {
    assert_eq!(
        commands("apt install ufw && ufw default deny incoming && ufw enable", 34),
        [
            indented("apt install ufw \\"),
            indented("  && ufw default deny incoming \\"),
            indented("  && ufw enable")
        ]
    );
}

#[test]
fn long_command_is_never_broken_within_quotes() {
    let lines = commands("printf 'a long text that stays whole' | tee \"another long one\"", 20);
    assert_eq!(
        lines,
        [
            indented("printf \\"),
            indented("  'a long text that stays whole' \\"),
            indented("  | tee \\"),
            indented("  \"another long one\""),
        ]
    );
}

#[test]
fn line_that_begins_within_quotes_is_not_moved() {
    let lines = commands(
        "echo 'PasswordAuthentication no\nKbdInteractiveAuthentication no' | tee x\nreload",
        60,
    );
    assert_eq!(
        lines,
        [
            indented("echo 'PasswordAuthentication no"),
            CommandLine::Flush("KbdInteractiveAuthentication no' | tee x".to_owned()),
            indented("reload"),
        ]
    );
}

#[test]
fn apostrophe_in_a_comment_opens_no_quote() {
    let lines = commands("# the person's own\ntrue   # isn't\nfalse", 40);
    assert_eq!(lines[1..], [indented("true   # isn't"), indented("false")]);
    let long =
        commands("apt remove SOMETHING     # Debian's way of removing what it installed", 40);
    assert_eq!(
        long,
        [
            CommandLine::Comment("# Debian's way of removing what it".to_owned()),
            CommandLine::Comment("# installed".to_owned()),
            indented("apt remove SOMETHING"),
        ]
    );
}

#[test]
fn here_document_is_left_as_it_stands() {
    let lines = commands("cat > x <<EOF\n  indented\nEOF", 5);
    assert!(lines.iter().all(|line| matches!(line, CommandLine::Flush(_))), "{lines:?}");
}

fn finding(status: Status, found: &str) -> Finding {
    Finding {
        check: "device-x".to_owned(),
        check_version: 1,
        control: "IS-7".to_owned(),
        title: "Screens lock by themselves when nobody is at them for a while".to_owned(),
        status,
        found: found.to_owned(),
        wanted:
            "For everybody who works on it the screen locks after at most a quarter of an hour."
                .to_owned(),
        is_beyond: status == Status::Pass,
        next: (status == Status::Fail).then(|| Next {
            step: Step::Mend,
            commands: "gsettings set org.example idle-delay 900".to_owned(),
        }),
        facts: Vec::new(),
        fresh_until: None,
        explanation: None,
    }
}

fn report(found: &str) -> Report {
    Report {
        format: "closedset-check",
        version: 1,
        computer: Computer {
            name: "edit-07".to_owned(),
            platform: Platform::Linux,
            system: None,
            looks_portable: None,
        },
        checked_at: Time::from_millis(1_773_307_800_000),
        is_replayed: false,
        is_root: false,
        assumed: Device { has_screen: true, is_portable: false, handles_content: true },
        counts: Counts { fail: 1, unknown: 0, pass: 1, not_applicable: 1 },
        findings: [Status::Fail, Status::Pass, Status::NotApplicable]
            .map(|status| finding(status, found))
            .into(),
        handed: None,
        took_ms: 1234,
    }
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn page_fits_whatever_the_terminal_has() {
    let report = report(
        "averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongword and more",
    );
    for columns in [72, 80, 100, 109, 110, 140, 180] {
        for line in plain(&table(&report, columns, Marks::Unicode)).lines() {
            assert!(width(line) <= columns, "{columns}: {line}");
        }
    }
}

#[test]
fn page_can_be_read_without_colour_and_beyond_ascii() {
    let page = plain(&table(&report("as found"), 80, Marks::Ascii));
    assert!(page.is_ascii(), "{page}");
    for words in ["x fail", "+ pass", "- n/a", "You said: it never leaves the building."] {
        assert!(page.contains(words), "{words} in {page}");
    }
}

#[test]
fn page_shows_no_control_character_of_a_fact() {
    let page = plain(&table(&report("evil\u{7}\u{8}\u{1b}]0;title\u{7}"), 140, Marks::Unicode));
    assert!(!page.chars().any(|letter| letter.is_control() && letter != '\n'), "{page:?}");
}
