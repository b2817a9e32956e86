//! The facility, the people in it, and the computers at which they sit. All of it is invented.

use closedset_app::organisations::Profile;

/// What the facility is called: its name says what it is wherever it is printed.
pub(crate) const ORGANISATION: &str = "Salt Lantern Post (demonstration)";
/// Where its clocks are.
pub(crate) const ZONE: &str = "Europe/Lisbon";

/// The facility as it is set up.
pub(crate) fn profile() -> Profile {
    Profile {
        organisation: ORGANISATION.into(),
        facility: "Armazém 7".into(),
        address: "Rua do Farol Velho 7\n1200-000 Lisboa\n(an invented address)".into(),
        country: "PT".into(),
        time_zone: ZONE.into(),
    }
}

/// Who sets everything up and answers for it.
pub(crate) const OWNER: (&str, &str) = ("Inês Carvalho", "ines@saltlantern.example");

/// Everybody who works there: name, what they do.
pub(crate) const PEOPLE: [(&str, &str); 40] = [
    ("Inês Carvalho", "head of operations, content security"),
    ("Rui Tavares", "systems"),
    ("Amara Okafor", "editor, freelance"),
    ("Sunniva Lindqvist", "editor"),
    ("Yusuf Haddad", "editor, freelance"),
    ("Haruka Nakamura", "editor, freelance"),
    ("Tomasz Kowalczyk", "compositor, freelance"),
    ("Kofi Mensah", "sound editor, freelance"),
    ("Beatriz Silva", "assistant editor, freelance"),
    ("Ciara O’Connor", "post supervisor, freelance"),
    ("Mateus Rocha", "editor"),
    ("Leila Farahani", "editor"),
    ("Duc Nguyen", "editor"),
    ("Ana-Maria Ionescu", "editor"),
    ("Pieter van Dijk", "editor"),
    ("Catarina Lopes", "assistant editor"),
    ("Joon-ho Park", "assistant editor"),
    ("Zanele Dlamini", "assistant editor"),
    ("Oskar Nyström", "assistant editor"),
    ("Giulia Ferrante", "colourist"),
    ("Rashid Al-Masri", "colourist"),
    ("Margarida Pires", "colour assistant"),
    ("Dmytro Shevchenko", "conform"),
    ("Chiara Bellini", "conform"),
    ("Nuno Abrantes", "finishing"),
    ("Priya Raghunathan", "compositing lead"),
    ("Lucas Ferreira", "compositor"),
    ("Mei-Ling Chen", "compositor"),
    ("Eoin Gallagher", "compositor"),
    ("Fatou Diallo", "compositor"),
    ("Søren Holm", "re-recording mixer"),
    ("Vasco Brandão", "re-recording mixer"),
    ("Ayşe Yıldız", "dialogue editor"),
    ("Petra Novotná", "foley"),
    ("Hugo Marchetti", "quality control"),
    ("Salomé Duarte", "quality control"),
    ("Isaac Goldberg", "mastering"),
    ("Teresa Quintela", "producer"),
    ("Noor van den Berg", "producer"),
    ("Filipe Antunes", "reception and accounts"),
];

/// What a computer runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// macOS, the version that most have.
    Mac,
    /// macOS, held back for the sake of an audio workstation.
    OldMac,
    /// Windows 11 Pro.
    Windows,
    /// Rocky Linux, of which only the newest point release is mended.
    Rocky,
    /// Debian.
    Debian,
    /// Ubuntu with a long life.
    Ubuntu,
}

/// What a computer is for, which decides what concerns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Stands in a suite, with content on it.
    Suite,
    /// Stands in the machine room; nobody sits at it.
    Server,
    /// Goes in and out, with content on it.
    Laptop,
    /// An office computer that goes home; no content.
    OfficeLaptop,
    /// An office computer; no content.
    Office,
}

/// A computer and who sits at it.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) host: String,
    pub(crate) system: System,
    pub(crate) of: Use,
    /// The account's name there.
    pub(crate) user: String,
    /// Its number in the whole house.
    pub(crate) number: usize,
}

impl Seat {
    pub(crate) fn has_screen(&self) -> bool {
        self.of != Use::Server
    }
    pub(crate) fn is_portable(&self) -> bool {
        matches!(self.of, Use::Laptop | Use::OfficeLaptop)
    }
    pub(crate) fn handles_content(&self) -> bool {
        matches!(self.of, Use::Suite | Use::Server | Use::Laptop)
    }
}

/// The computers of one house: host, system, use, and the person by their place in [`PEOPLE`].
const SEATS: [(&str, System, Use, usize); 60] = {
    use System::{Debian, Mac, OldMac, Rocky, Ubuntu, Windows};
    use Use::{Laptop, Office, OfficeLaptop, Server, Suite};
    [
        ("edit-01", Mac, Suite, 3),
        ("edit-02", Mac, Suite, 10),
        ("edit-03", Mac, Suite, 11),
        ("edit-04", Mac, Suite, 12),
        ("edit-05", Mac, Suite, 13),
        ("edit-06", Windows, Suite, 14),
        ("edit-07", Windows, Suite, 4),
        ("edit-08", Windows, Suite, 2),
        ("assist-01", Mac, Suite, 15),
        ("assist-02", Mac, Suite, 16),
        ("assist-03", Mac, Suite, 17),
        ("assist-04", Mac, Suite, 18),
        ("grade-01", Rocky, Suite, 19),
        ("grade-02", Rocky, Suite, 20),
        ("grade-03", Rocky, Suite, 21),
        ("conform-01", Rocky, Suite, 22),
        ("conform-02", Rocky, Suite, 23),
        ("flame-01", Rocky, Suite, 24),
        ("comp-01", Ubuntu, Suite, 25),
        ("comp-02", Ubuntu, Suite, 26),
        ("comp-03", Ubuntu, Suite, 27),
        ("comp-04", Windows, Suite, 28),
        ("comp-05", Ubuntu, Suite, 29),
        ("comp-06", Windows, Suite, 6),
        ("mix-01", Mac, Suite, 30),
        ("mix-02", OldMac, Suite, 31),
        ("mix-03", Mac, Suite, 32),
        ("foley-01", Mac, Suite, 33),
        ("adr-01", Windows, Suite, 32),
        ("qc-01", Windows, Suite, 34),
        ("qc-02", Windows, Suite, 35),
        ("dcp-01", Debian, Suite, 36),
        ("ingest-01", Windows, Suite, 36),
        ("render-01", Rocky, Server, 1),
        ("render-02", Rocky, Server, 1),
        ("render-03", Rocky, Server, 1),
        ("render-04", Rocky, Server, 1),
        ("store-01", Debian, Server, 1),
        ("store-02", Debian, Server, 1),
        ("licence-01", Debian, Server, 1),
        ("backup-01", Debian, Server, 1),
        ("review-01", Ubuntu, Server, 1),
        ("mbp-okafor", Mac, Laptop, 2),
        ("mbp-lindqvist", Mac, Laptop, 3),
        ("mbp-haddad", Mac, Laptop, 4),
        ("xps-nakamura", Windows, Laptop, 5),
        ("tp-kowalczyk", Ubuntu, Laptop, 6),
        ("mbp-mensah", Mac, Laptop, 7),
        ("mbp-silva", Mac, Laptop, 8),
        ("sf-oconnor", Windows, Laptop, 9),
        ("prod-01", Mac, OfficeLaptop, 37),
        ("prod-02", Mac, OfficeLaptop, 38),
        ("prod-03", Windows, OfficeLaptop, 9),
        ("prod-04", Windows, OfficeLaptop, 0),
        ("coord-01", Mac, Office, 9),
        ("coord-02", Mac, Office, 37),
        ("reception-01", Windows, Office, 39),
        ("finance-01", Windows, Office, 39),
        ("screening-01", Debian, Suite, 24),
        ("it-01", Ubuntu, OfficeLaptop, 1),
    ]
};

/// How many computers one house has.
pub(crate) const PER_HOUSE: usize = SEATS.len();

/// The computers of so many houses. The first has the names that people tell; the others are numbered.
pub(crate) fn seats(houses: usize) -> Vec<Seat> {
    let mut seats = Vec::with_capacity(houses * PER_HOUSE);
    for house in 0..houses {
        for (place, (host, system, of, person)) in SEATS.into_iter().enumerate() {
            let host = match house {
                0 => host.to_owned(),
                _ => format!("{host}-h{house:03}"),
            };
            let number = house * PER_HOUSE + place;
            seats.push(Seat { host, system, of, user: login(PEOPLE[person].0), number });
        }
    }
    seats
}

/// The account's name of a person: the first letter and the last name, in plain letters.
pub(crate) fn login(name: &str) -> String {
    let plain = |letter: char| match letter {
        'á' | 'ã' | 'â' => 'a',
        'é' | 'ê' => 'e',
        'ö' | 'ø' | 'ó' => 'o',
        'ş' => 's',
        'ı' => 'i',
        other => other,
    };
    let words: Vec<String> = name
        .to_lowercase()
        .split(' ')
        .map(|word| word.chars().map(plain).filter(char::is_ascii_alphabetic).collect())
        .collect();
    let first = words.first().and_then(|word| word.chars().next()).unwrap_or('x');
    format!("{first}.{}", words.iter().skip(1).map(String::as_str).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn sixty_computers_of_three_systems_with_names_of_their_own() {
        let seats = seats(2);
        assert_eq!(seats.len(), 120);
        assert_eq!(seats.iter().map(|seat| &seat.host).collect::<BTreeSet<_>>().len(), 120);
        let is_mac = |seat: &&Seat| matches!(seat.system, System::Mac | System::OldMac);
        let is_windows = |seat: &&Seat| seat.system == System::Windows;
        let counts = (seats.iter().filter(is_mac).count(), seats.iter().filter(is_windows).count());
        assert_eq!(counts, (44, 30));
    }

    #[test]
    fn every_account_is_called_after_a_person_in_plain_letters() {
        for (name, _) in PEOPLE {
            let login = login(name);
            assert!(login.len() > 3, "{login}");
            assert!(login.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.'), "{login}");
        }
        assert_eq!(login("Ayşe Yıldız"), "a.yildiz");
        assert_eq!(login("Ciara O’Connor"), "c.oconnor");
    }
}
