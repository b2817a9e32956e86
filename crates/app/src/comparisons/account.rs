//! What a list of accounts says of one: whether it is on, has a second factor, and when it was used last. What cannot be
//! read is not taken for well.

use crate::people::head_word;
use jiff::civil::Date;

/// Whether something is so, as lists say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Yes,
    No,
    /// Nothing stands there.
    Nothing,
    /// Something stands there that nobody here understands.
    Unread,
}

const YES: &str = "true yes y 1 on active enabled enrolled registered enforced capable staged provisioned si ja oui aktiv activo";
const NO: &str = "false no n 0 off inactive disabled suspended blocked archived deprovisioned deactivated none notenrolled \
    notregistered notcapable expired returned revoked lost nein non inaktiv inactivo never";
/// Words for a second factor that lists give in the place of a yes.
const FACTORS: &str =
    "verify totp authenticator webauthn fido passkey yubikey push sms securitykey";

fn told(text: &str, others: &str) -> Told {
    let word = head_word(text);
    let is_among = |words: &str| words.split_whitespace().any(|one| one == word);
    match () {
        () if word.is_empty() => Told::Nothing,
        // A formula is not evaluated.
        () if text.trim_start().starts_with('=') => Told::Unread,
        () if is_among(YES) => Told::Yes,
        () if is_among(NO) => Told::No,
        () if others.split_whitespace().any(|one| word.contains(one)) => Told::Yes,
        () => Told::Unread,
    }
}

/// Whether an account has a second factor.
pub(super) fn mfa(text: &str) -> Told {
    told(text, FACTORS)
}

/// Whether an account, or a badge, is off; what cannot be read is on.
pub(super) fn is_off(on: &str, off: &str) -> bool {
    told(on, "") == Told::No || told(off, "") == Told::Yes
}

/// When an account was used last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    /// Within the time that is asked for.
    Lately,
    /// Before that.
    LongAgo,
    Never,
    /// Nothing stands there that could be read.
    Unread,
}

/// When an account was used last: lately is on `since` or later. A day whose order of day and month nobody knows is
/// lately or long ago where both readings are.
pub(super) fn used(text: &str, since: Date, today: Date) -> Used {
    let word = head_word(text);
    if word.starts_with("never")
        || word.starts_with("nunca")
        || word.starts_with("jamais")
        || word == "nie"
    {
        return Used::Never;
    }
    let day = text.trim().split(['T', ' ', ',']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let number = |text: &str| text.parse::<i16>().ok().filter(|_| text.len() <= 4);
    let small = |text: &str| text.parse::<i8>().ok();
    let read = |year: &str, month: &str, day: &str| {
        Date::new(number(year)?, small(month)?, small(day)?).ok().filter(|read| *read <= today)
    };
    let readings: Vec<Date> = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => read(year, month, day).into_iter().collect(),
        [one, other, year] if year.len() == 4 && day.contains('.') => {
            read(year, other, one).into_iter().collect()
        }
        [one, other, year] if year.len() == 4 => {
            [read(year, one, other), read(year, other, one)].into_iter().flatten().collect()
        }
        _ => Vec::new(),
    };
    match readings.as_slice() {
        [] => Used::Unread,
        days if days.iter().all(|day| *day >= since) => Used::Lately,
        days if days.iter().all(|day| *day < since) => Used::LongAgo,
        _ => Used::Unread,
    }
}

/// What desks, machines and offices are called, of which nobody knows who signed in.
const GENERIC: &str = "admin administrator root office info contact hello team edit editor editing suite avid premiere resolve \
    flame nuke render renderer rendernode renderfarm farm node grade grading colour color conform online offline ingest dit lab data \
    dataio io mcr qc qa transfer aspera deliver delivery deliveries review screening projection projector theatre room machine \
    workstation ws pc mac studio sound audio mix mixing foley adr vo dub dubbing vfx cg production reception frontdesk accounts \
    accounting billing booking bookings scheduling facility service svc shared guest visitor freelance freelancer temp intern runner \
    runners test demo user support it helpdesk backup scanner printer print kiosk noreply machineroom server storage nas vault";

/// Whether an account is called like a desk or a machine: `edit1`, `Render Node 04`, `qc-room@`.
pub(super) fn is_generic(name: &str, address: &str) -> bool {
    let is_all = |text: &str| {
        let lowered = text.to_lowercase();
        let mut words = lowered
            .split(|letter: char| !letter.is_alphabetic())
            .filter(|word| !word.is_empty())
            .peekable();
        words.peek().is_some()
            && words
                .all(|word| word.len() == 1 || GENERIC.split_whitespace().any(|one| one == word))
    };
    let local = address.split('@').next().unwrap_or_default();
    // One letter alone is an initial.
    let has_word =
        |text: &str| text.split(|letter: char| !letter.is_alphabetic()).any(|word| word.len() > 1);
    (has_word(name) && is_all(name)) || (has_word(local) && is_all(local))
}
