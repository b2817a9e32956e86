//! What befalls the computers: who leaves what open, for how long, and how it is mended. Days count
//! back from the day on which the story ends.

use crate::{
    dice::Dice,
    facts::Condition,
    house::{PER_HOUSE, Seat, System, Use},
};
use closedset_core::{Duration, Time};

/// A change of one computer's condition.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) seat: usize,
    pub(crate) at: Time,
    pub(crate) change: Change,
}

/// What changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Version(&'static str),
    Security(i64),
    Others(i64),
    LockMinutes(i64),
    Firewall(bool),
    Encrypted(bool),
    UsbOpen(bool),
    Drive(Option<&'static str>),
    Sync(Option<&'static str>),
    Remote(Option<(&'static str, &'static str)>),
    SshPasswords(bool),
    Reaches(Option<(&'static str, &'static str)>),
    SignsInItself(bool),
    /// It reports, or is switched off.
    On(bool),
}

impl Change {
    /// The condition with this changed; the computer's being on is not part of it.
    pub(crate) fn of(self, mut is: Condition) -> Condition {
        match self {
            Self::Version(version) => is.version = version,
            Self::Security(count) => is.security = count,
            Self::Others(count) => is.others = count,
            Self::LockMinutes(minutes) => is.lock_minutes = minutes,
            Self::Firewall(on) => is.has_firewall = on,
            Self::Encrypted(on) => is.is_encrypted = on,
            Self::UsbOpen(open) => is.usb_is_open = open,
            Self::Drive(drive) => is.drive = drive,
            Self::Sync(program) => is.sync = program,
            Self::Remote(program) => is.remote = program,
            Self::SshPasswords(on) => is.ssh_passwords = on,
            Self::Reaches(host) => is.reaches = host,
            Self::SignsInItself(on) => is.signs_in_itself = on,
            Self::On(_) => {}
        }
        is
    }
}

/// What people tell of the first house: the computer, when it began in days before the end, what, and
/// when it was mended; 0 for not yet.
const TOLD: &[(&str, f64, Change, f64, Change)] = &[
    // Now.
    ("grade-02", 18.3, Change::UsbOpen(true), 0.0, Change::UsbOpen(false)),
    ("mbp-okafor", 9.2, Change::Encrypted(false), 0.0, Change::Encrypted(true)),
    ("edit-06", 2.4, Change::LockMinutes(60), 0.0, Change::LockMinutes(10)),
    ("comp-05", 4.1, Change::Security(4), 0.0, Change::Security(0)),
    (
        "qc-01",
        36.2,
        Change::Remote(Some(("teamviewer", "TeamViewer_Service"))),
        0.0,
        Change::Remote(None),
    ),
    // Mended this week.
    ("prod-02", 5.6, Change::Sync(Some("Dropbox")), 1.3, Change::Sync(None)),
    ("ingest-01", 3.5, Change::Drive(Some("SHUTTLE_14")), 3.1, Change::Drive(None)),
    ("assist-03", 6.4, Change::Firewall(false), 5.2, Change::Firewall(true)),
    // This quarter.
    (
        "conform-02",
        40.3,
        Change::Reaches(Some(("drive.google.com", "cloud-storage"))),
        33.2,
        Change::Reaches(None),
    ),
    ("edit-03", 52.4, Change::LockMinutes(30), 50.3, Change::LockMinutes(10)),
    ("xps-nakamura", 61.2, Change::Sync(Some("OneDrive")), 57.3, Change::Sync(None)),
    ("render-02", 71.3, Change::SshPasswords(true), 66.4, Change::SshPasswords(false)),
    ("comp-01", 79.5, Change::Firewall(false), 78.4, Change::Firewall(true)),
    // Before.
    ("tp-kowalczyk", 104.2, Change::On(false), 88.4, Change::On(true)),
    ("adr-01", 122.4, Change::SignsInItself(true), 115.3, Change::SignsInItself(false)),
    ("licence-01", 163.3, Change::SshPasswords(true), 149.2, Change::SshPasswords(false)),
    (
        "edit-08",
        190.4,
        Change::Remote(Some(("anydesk", "AnyDesk.exe"))),
        187.3,
        Change::Remote(None),
    ),
    ("grade-01", 214.2, Change::UsbOpen(true), 205.4, Change::UsbOpen(false)),
    ("mbp-haddad", 233.3, Change::Encrypted(false), 226.2, Change::Encrypted(true)),
    ("prod-01", 251.4, Change::Sync(Some("Google Drive")), 243.3, Change::Sync(None)),
    ("screening-01", 287.3, Change::Version("12"), 260.2, Change::Version("13")),
    (
        "comp-03",
        301.2,
        Change::Reaches(Some(("wetransfer.com", "file-sharing"))),
        296.4,
        Change::Reaches(None),
    ),
    ("edit-01", 318.4, Change::LockMinutes(60), 311.2, Change::LockMinutes(10)),
    // Somebody's holiday: heard of last so many days ago.
    ("mbp-silva", 2.6, Change::On(false), 0.0, Change::On(true)),
];

/// Point releases and versions that come out, by the day, with the most days that anybody takes.
const RELEASES: &[(System, &str, &str, i64)] = &[
    (System::Rocky, "2025-12-01T10:00:00Z", "9.7", 9),
    (System::Mac, "2026-01-26T10:00:00Z", "26.2", 6),
    (System::Mac, "2026-03-24T10:00:00Z", "26.4", 6),
    (System::Rocky, "2026-05-28T10:00:00Z", "9.8", 12),
    (System::Mac, "2026-07-14T10:00:00Z", "26.5", 6),
    (System::Windows, "2026-10-13T10:00:00Z", "26300", 20),
];

/// Lapses that chance gives to the other houses' computers, not mended yet at the end.
const LAPSES: [Change; 6] = [
    Change::LockMinutes(45),
    Change::Firewall(false),
    Change::Security(3),
    Change::Sync(Some("Dropbox")),
    Change::Drive(Some("SHUTTLE_02")),
    Change::LockMinutes(30),
];

/// Everything that befalls these computers from `begins` to `ends`, oldest first.
pub(crate) fn turns(seats: &[Seat], dice: Dice, begins: Time, ends: Time) -> Vec<Turn> {
    let mut turns = Vec::new();
    for seat in seats {
        let mut turn = |at: Time, change| turns.push(Turn { seat: seat.number, at, change });
        if seat.number < PER_HOUSE {
            for (_, began, change, mended, back) in TOLD.iter().filter(|told| told.0 == seat.host) {
                let minute = |what| dice.number(what, seat.number, 0, WORKING_MINUTES / 2);
                let (early, late) = (minute("began"), WORKING_MINUTES / 2 + minute("mended"));
                turn(by_day(before(ends, *began), early), *change);
                if *mended > 0.0 {
                    turn(by_day(before(ends, *mended), late), *back);
                }
            }
        } else {
            if dice.throw("lapse", seat.number, 0, 100) < 7 && seat.of != Use::Server {
                let lapse = dice.throw("which", seat.number, 0, LAPSES.len() as u64);
                let lapse = LAPSES[usize::try_from(lapse).unwrap_or(0)];
                let hours = 20 + dice.number("since", seat.number, 0, 24 * 20);
                turn(ends - Duration::from_hours(hours), lapse);
            }
            if dice.throw("away", seat.number, 0, 100) < 1 {
                turn(
                    ends - Duration::from_hours(30 + dice.number("away for", seat.number, 0, 300)),
                    Change::On(false),
                );
            }
        }
        for (_, day, version, most) in RELEASES.iter().filter(|release| release.0 == seat.system) {
            let Ok(out) = day.parse::<Time>() else { continue };
            let hours = 20 + dice.number(version, seat.number, 0, most * 24);
            turn(out + Duration::from_hours(hours), Change::Version(version));
        }
        patches(seat, dice, begins, ends, &mut turn);
    }
    turns.retain(|turn| turn.at > begins && turn.at < ends);
    turns.sort_by_key(|turn| (turn.at, turn.seat));
    turns
}

/// Every month something comes out; mostly it is installed in the night, now and then it waits.
fn patches(seat: &Seat, dice: Dice, begins: Time, ends: Time, turn: &mut impl FnMut(Time, Change)) {
    let months = ends.since(begins).seconds() / 86_400 / 30;
    for month in 0..=months {
        let hour = dice.number("patch day", seat.number, month, 29 * 24);
        let out = begins + Duration::from_days(30 * month) + Duration::from_hours(hour);
        turn(out, Change::Others(1 + dice.number("others", seat.number, month, 9)));
        let waits = Duration::from_hours(14 + dice.number("waits", seat.number, month, 80));
        // What waits now stands among what people tell.
        if dice.throw("late", seat.number, month, 100) < 6
            && out + waits < ends - Duration::from_days(6)
        {
            turn(
                out + Duration::from_hours(1),
                Change::Security(1 + dice.number("how many", seat.number, month, 5)),
            );
            turn(out + waits, Change::Security(0));
        }
    }
}

/// How many minutes of a day people work.
pub(crate) const WORKING_MINUTES: i64 = 540;

/// The same day, at so many minutes after nine in the morning.
pub(crate) fn by_day(at: Time, minutes: i64) -> Time {
    let midnight = at.millis() - at.millis() % 86_400_000;
    Time::from_millis(midnight) + Duration::from_hours(9) + Duration::from_minutes(minutes)
}

fn before(ends: Time, days: f64) -> Time {
    // Days of the story, not of a measurement.
    #[expect(clippy::cast_possible_truncation, reason = "a few hundred days in milliseconds")]
    let millis = (days * 86_400_000.0) as i64;
    ends - Duration::from_millis(millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::house::seats;

    const ENDS: Time = Time::from_millis(1_795_000_000_000);

    fn told(seed: u64) -> Vec<Turn> {
        turns(&seats(2), Dice(seed), ENDS - Duration::from_days(400), ENDS)
    }

    #[test]
    fn the_same_seed_tells_the_same_and_another_does_not() {
        let plain = |turns: Vec<Turn>| -> Vec<_> {
            turns.into_iter().map(|turn| (turn.seat, turn.at, turn.change)).collect()
        };
        assert_eq!(plain(told(7)), plain(told(7)));
        assert_ne!(plain(told(7)), plain(told(8)));
    }

    #[test]
    fn whoever_is_told_of_is_in_the_house() {
        let seats = seats(1);
        for (host, began, _, mended, _) in TOLD {
            assert!(seats.iter().any(|seat| seat.host == *host), "{host}");
            assert!(began > mended, "{host}");
        }
    }

    #[test]
    fn turns_come_in_their_order_and_before_the_end() {
        let turns = told(7);
        assert!(turns.len() > 1_000, "{}", turns.len());
        assert!(turns.is_sorted_by_key(|turn| turn.at));
        assert!(turns.iter().all(|turn| turn.at < ENDS));
    }
}
