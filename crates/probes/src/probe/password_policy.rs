//! The rules for local passwords that are in force: length by pam_pwquality or pam_unix, locking by
//! pam_faillock.
//!
//! A setting in a file counts only if PAM's stack calls the module that reads it; `PASS_MIN_LEN` in
//! `login.defs` is read by nothing where PAM is.

use crate::{
    look::{Found, Look, Reading, Why, body},
    parse::pam::{Line, settings, stack},
};
use closedset_core::fact::{Body, device::PasswordPolicy};
use std::collections::BTreeMap;

/// The stacks that other services include: Debian's, and Red Hat's.
const PASSWORD_STACKS: [&str; 2] = ["/etc/pam.d/common-password", "/etc/pam.d/system-auth"];
const SIGN_IN_STACKS: [&str; 2] = ["/etc/pam.d/common-auth", "/etc/pam.d/system-auth"];
/// pwquality's own value, and the least it takes.
const QUALITY_LENGTH: i64 = 8;
const QUALITY_LEAST: i64 = 6;
/// faillock's own value.
const FAILURES: i64 = 3;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<PasswordPolicy> {
    let password = first_stack(look, PASSWORD_STACKS)?;
    let sign_in = first_stack(look, SIGN_IN_STACKS)?;
    let (minimum_length, by) = minimum_length(look, &password)?;
    let (locks_after_failures, lock_by) = failures(look, &sign_in)?;
    Ok(Reading {
        record: PasswordPolicy {
            minimum_length,
            locks_after_failures,
            seen: format!("{by}; {lock_by}"),
        },
        unread: Vec::new(),
    })
}

fn first_stack(look: &Look<'_>, paths: [&str; 2]) -> Result<Vec<Line>, Why> {
    for path in paths {
        if let Some(text) = look.text_if_there(path)? {
            return Ok(stack(&text));
        }
    }
    Err(Why::new(format!("neither {} is there", paths.join(" nor "))))
}

fn minimum_length(look: &Look<'_>, stack: &[Line]) -> Result<(Option<i64>, String), Why> {
    let line =
        |module: &str| stack.iter().find(|line| line.kind == "password" && line.module == module);
    if let Some(line) = line("pam_pwquality.so") {
        let values = quality(look)?;
        let value = |name: &str| line.value(name).or(values.get(name).map(String::as_str));
        let number = |name: &str, default: i64| {
            value(name).and_then(|text| text.parse().ok()).unwrap_or(default)
        };
        if number("enforcing", 1) == 0 {
            return Ok((None, "pam_pwquality only warns (enforcing = 0)".into()));
        }
        // A positive credit lets a character of that class count for more.
        let credits: i64 = ["dcredit", "ucredit", "lcredit", "ocredit"]
            .into_iter()
            .map(|name| number(name, 0).clamp(0, 64))
            .sum();
        let length = (number("minlen", QUALITY_LENGTH).clamp(0, 1024) - credits).max(QUALITY_LEAST);
        return Ok((Some(length), "pam_pwquality".into()));
    }
    if let Some(length) =
        line("pam_unix.so").and_then(|line| line.value("minlen")).and_then(|text| text.parse().ok())
    {
        return Ok((Some(length), "pam_unix minlen".into()));
    }
    Ok((None, "no module checks a password's length".into()))
}

fn quality(look: &Look<'_>) -> Result<BTreeMap<String, String>, Why> {
    const DIRECTORY: &str = "/etc/security/pwquality.conf.d";
    let mut values = BTreeMap::new();
    for name in look.names(DIRECTORY)? {
        if name.ends_with(".conf")
            && let Some(text) = look.text_if_there(&format!("{DIRECTORY}/{name}"))?
        {
            values.extend(settings(&text));
        }
    }
    // libpwquality reads the directory first and the file after it.
    if let Some(text) = look.text_if_there("/etc/security/pwquality.conf")? {
        values.extend(settings(&text));
    }
    Ok(values)
}

fn failures(look: &Look<'_>, stack: &[Line]) -> Result<(Option<i64>, String), Why> {
    let lines: Vec<&Line> = stack
        .iter()
        .filter(|line| line.kind == "auth" && line.module == "pam_faillock.so")
        .collect();
    let has = |word: &str| {
        lines.iter().any(|line| line.arguments.iter().any(|argument| argument == word))
    };
    // Failures are counted by one call and judged by the other.
    if has("authfail") && has("preauth") {
        let file = look
            .text_if_there("/etc/security/faillock.conf")?
            .map(|text| settings(&text))
            .unwrap_or_default();
        let deny = lines
            .iter()
            .find_map(|line| line.value("deny"))
            .or(file.get("deny").map(String::as_str))
            .and_then(|text| text.parse().ok())
            .unwrap_or(FAILURES);
        return Ok(((deny > 0).then_some(deny), "pam_faillock".into()));
    }
    let tally = stack
        .iter()
        .find(|line| line.kind == "auth" && line.module == "pam_tally2.so")
        .and_then(|line| line.value("deny"))
        .and_then(|text| text.parse().ok())
        .filter(|deny: &i64| *deny > 0);
    Ok(match tally {
        Some(deny) => (Some(deny), "pam_tally2".into()),
        None => (None, "nothing counts wrong attempts".into()),
    })
}
