//! Film, paper and tungsten: the colours of the program's pages, on paper.

use closedset_core::Status;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

pub(crate) const PAPER: Colour = Colour(0xff, 0xfd, 0xf8);
pub(crate) const SUNK: Colour = Colour(0xf4, 0xf1, 0xea);
pub(crate) const INK: Colour = Colour(0x1b, 0x19, 0x17);
pub(crate) const SOFT: Colour = Colour(0x5c, 0x55, 0x4a);
pub(crate) const LINE: Colour = Colour(0xd5, 0xcd, 0xbe);
pub(crate) const HATCH: Colour = Colour(0xe9, 0xe3, 0xd5);
pub(crate) const FAIL_WASH: Colour = Colour(0xfb, 0xe9, 0xe4);
pub(crate) const FILM: Colour = Colour(0x13, 0x12, 0x10);
pub(crate) const FILM_LINE: Colour = Colour(0x3a, 0x36, 0x2f);
pub(crate) const FILM_INK: Colour = Colour(0xf4, 0xef, 0xe6);
pub(crate) const FILM_SOFT: Colour = Colour(0xb5, 0xac, 0x9d);
pub(crate) const TUNGSTEN: Colour = Colour(0xff, 0xb4, 0x5c);
pub(crate) const SIGNAL: Colour = Colour(0xd8, 0x33, 0x1f);

/// What lies beneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Paper.
    Paper,
    /// Film.
    Film,
}

/// The colour of a status on a ground; each has a contrast of at least 4.5 with it.
pub(crate) fn of(status: Status, ground: Ground) -> Colour {
    match (status, ground) {
        (Status::Pass, Ground::Paper) => Colour(0x17, 0x66, 0x3a),
        (Status::Fail, Ground::Paper) => Colour(0xb2, 0x24, 0x1a),
        (Status::Unknown, Ground::Paper) => Colour(0x57, 0x50, 0x3f),
        (Status::Excepted, Ground::Paper) => Colour(0x22, 0x56, 0x8f),
        (Status::NotApplicable, Ground::Paper) => Colour(0x66, 0x5f, 0x53),
        (Status::Pass, Ground::Film) => Colour(0x7e, 0xd6, 0x9d),
        (Status::Fail, Ground::Film) => Colour(0xff, 0x8f, 0x7f),
        (Status::Unknown, Ground::Film) => Colour(0xd3, 0xca, 0xb9),
        (Status::Excepted, Ground::Film) => Colour(0x9c, 0xc6, 0xf7),
        (Status::NotApplicable, Ground::Film) => Colour(0xa8, 0xa0, 0x94),
    }
}

/// A status in words.
pub(crate) const fn words(status: Status) -> &'static str {
    match status {
        Status::Fail => "Fail",
        Status::Unknown => "Unknown",
        Status::Excepted => "Excepted",
        Status::Pass => "Pass",
        Status::NotApplicable => "Not applicable",
    }
}
