//! What people write in the story: documents, attestations, accepted risks. Days count back from the
//! day on which the story ends; a term that ends in the past lapses by itself, as real ones do.

use crate::house::ORGANISATION;

/// A document, with the days before the end on which a version was given and for how many days each
/// counts.
#[derive(Debug)]
pub(crate) struct Paper {
    pub(crate) control: &'static str,
    pub(crate) title: &'static str,
    pub(crate) file: &'static str,
    pub(crate) says: &'static str,
    pub(crate) given: &'static [(i64, i64)],
}

/// A statement, likewise.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) control: &'static str,
    pub(crate) says: &'static str,
    pub(crate) given: &'static [(i64, i64)],
}

/// The file of a document: a page of plain text that says first of all that it is invented.
pub(crate) fn file(paper: &Paper, number: usize) -> String {
    format!(
        "DEMONSTRATION: this document is invented, as is everything in it.\n\n{ORGANISATION}\n{}\nVersion {number}, for {}\n\n{}\n",
        paper.title, paper.control, paper.says
    )
}

pub(crate) const PAPERS: &[Paper] = &[
    Paper {
        control: "AD-1",
        title: "The site, its neighbours and its surroundings",
        file: "site-and-surroundings.txt",
        given: &[(395, 730)],
        says: "Ground floor and two upper floors of a former salt store. Neighbours: a ship chandler, a print shop, and the harbour office across the street. Photographs of all four sides, the map, crime figures of the parish.",
    },
    Paper {
        control: "AD-3",
        title: "Register of non-disclosure agreements",
        file: "nda-register.txt",
        given: &[(394, 120), (280, 120), (165, 120), (52, 120)],
        says: "One line for each of the 40 people with the date of signature, the signed file's name and, for freelancers, the production. Checked against the payroll and the desk plan.",
    },
    Paper {
        control: "AD-8",
        title: "Site assessment, report and answers",
        file: "site-assessment.txt",
        given: &[(388, 730)],
        says: "Two findings, both answered: the loading bay's camera was moved, and the visitors' log is now kept for a year. The assessor of this story is invented, too.",
    },
    Paper {
        control: "PH-2",
        title: "How visitors are received",
        file: "visitors.txt",
        given: &[(390, 540)],
        says: "An identity document is seen, a badge given, and somebody from the house stays with the visitor. The log is kept twelve months; a page of it with the names blacked out is attached.",
    },
    Paper {
        control: "PH-3",
        title: "Camera retention test",
        file: "camera-retention.txt",
        given: &[(389, 95), (291, 95), (198, 95), (102, 95)],
        says: "Fourteen cameras, a clip of each from 60 days before, its first and last second compared with the wall clock. Camera 9 (stairs) was two minutes slow, and set.",
    },
    Paper {
        control: "PH-4",
        title: "Electronic locks: rooms, rights and twelve months of log",
        file: "door-log.txt",
        given: &[(387, 190), (204, 190), (19, 190)],
        says: "Machine room, grading, mastering and the vault. Rights by person, and the export of the controller's log with its first and last line.",
    },
    Paper {
        control: "IS-1",
        title: "Network plan, and who reaches the content",
        file: "network-plan.txt",
        given: &[(392, 380), (20, 365)],
        says: "Four networks: production, machine room, office, guests. What may pass between them, rule by rule. Ten people reach the storage; they are named.",
    },
    Paper {
        control: "IS-2",
        title: "Scan for weak spots, findings and mending",
        file: "scan.txt",
        given: &[(385, 95), (295, 95), (204, 95), (86, 95)],
        says: "Everything with an address was scanned from inside. Nothing critical; three findings of the print server were mended within a week, the second scan shows none.",
    },
    Paper {
        control: "IS-3",
        title: "Rules of the network's firewall",
        file: "firewall-rules.txt",
        given: &[(391, 370), (38, 365)],
        says: "Export of the rules of both firewalls, the last line of each being: everything else is refused and noted.",
    },
    Paper {
        control: "IS-4",
        title: "Survey of the wireless networks",
        file: "wireless-survey.txt",
        given: &[(380, 370), (45, 365)],
        says: "Two networks, WPA3 and WPA2 Enterprise. No wireless network reaches the production network without the VPN. Walked with a scanner on all floors.",
    },
    Paper {
        control: "IS-5",
        title: "One account a person: export of the directory",
        file: "directory.txt",
        given: &[(378, 190), (195, 190), (12, 190)],
        says: "42 accounts: 40 people, two for machines with an owner each. All with a second factor. The three that left in this period were closed on their last day.",
    },
    Paper {
        control: "IS-8",
        title: "The second factor where content is handled",
        file: "second-factor.txt",
        given: &[(376, 370), (8, 365)],
        says: "Screens of the storage's, the transfer platform's and the review platform's settings: nobody signs in to any of them without a second factor.",
    },
    Paper {
        control: "IS-10",
        title: "The VPN: settings and who may use it",
        file: "vpn.txt",
        given: &[(384, 370), (16, 365)],
        says: "Certificate and second factor, no split tunnel, ended after twelve hours. Eight people, by name, until the day on which their work ends.",
    },
    Paper {
        control: "IS-11",
        title: "What content systems may reach",
        file: "outbound-rules.txt",
        given: &[(383, 370), (28, 365)],
        says: "Four destinations: licence server, update mirror, transfer platform, time. Each with the reason and who approved it.",
    },
    Paper {
        control: "IS-12",
        title: "How storage is handed in and out",
        file: "storage-desk.txt",
        given: &[(381, 540)],
        says: "Drives are copied at the desk in mastering alone, by two people, and noted. Ports elsewhere are closed; for Macs by the device management's profile, shown here as a screen.",
    },
    Paper {
        control: "IS-13",
        title: "Encrypted storage, and the owners' approval",
        file: "storage.txt",
        given: &[(379, 370), (27, 365)],
        says: "Both storage systems encrypt every disk; the keys lie in the vault. The approvals of the three owners of this period are attached.",
    },
    Paper {
        control: "IS-14",
        title: "Transfers: platforms and approvals",
        file: "transfers.txt",
        given: &[(377, 370), (26, 365)],
        says: "Two platforms, both named in the owners' letters. A month of their logs, with sender, recipient and size.",
    },
    Paper {
        control: "IS-16",
        title: "Certificates of deletion",
        file: "deletion.txt",
        given: &[(300, 200), (130, 200)],
        says: "Three titles, wrapped in this period: what was deleted, where, how, by whom, and when the owner was told.",
    },
    Paper {
        control: "IR-1",
        title: "What to do when something happened",
        file: "incident-plan.txt",
        given: &[(390, 370), (44, 365)],
        says: "Who is called first, within the hour, by telephone: the owner's content security, then the house. Practised twice, the minutes are attached.",
    },
];

pub(crate) const WORDS: &[Word] = &[
    Word {
        control: "AD-2",
        given: &[(394, 200), (199, 120)],
        says: "These are all of our clients at present: Meridian Pictures, Northern Quay Television and Casa Verde Filmes. I compared the list with the running contracts myself.",
    },
    Word {
        control: "AD-4",
        given: &[(394, 200), (199, 120)],
        says: "40 people work here, 12 of them freelance. 31 can see content. I counted by the engagements and the directory, on the day of signature.",
    },
    Word {
        control: "AD-6",
        given: &[(394, 395), (14, 365)],
        says: "I answer for content security. Rui Tavares stands in for me. Both of us can be reached at any hour by the number in the incident plan.",
    },
    Word {
        control: "PH-1",
        given: &[(393, 395), (13, 365)],
        says: "I walked every door, window and roof hatch with the locksmith: all close by themselves, the loading bay has two locks, and no window on the ground floor opens wider than a hand.",
    },
    Word {
        control: "PH-5",
        given: &[(386, 351), (33, 365)],
        says: "Everybody who may set the alarm has a code of their own; the list was compared with the control panel. The monitoring company called back within two minutes in the test.",
    },
    Word {
        control: "PH-6",
        given: &[(393, 395), (13, 365)],
        says: "The vault in mastering has its own lock and camera, two people have the right to it, and the inventory of drives agreed with what lies there, drive by drive.",
    },
    Word {
        control: "IS-6",
        given: &[(375, 370), (9, 365)],
        says: "Network devices, storage and door controllers have the newest version of their makers; I compared each with the maker's page.",
    },
    Word {
        control: "IS-9",
        given: &[(374, 370), (9, 365)],
        says: "Every shuttle drive and telephone that leaves the house is encrypted: I looked at each of the 22 drives and at the management of the phones.",
    },
    Word {
        control: "IS-15",
        given: &[(373, 370), (9, 365)],
        says: "Nobody works on content in a cloud, at home or in a public place. No owner was asked for an approval in this period, and none was given.",
    },
    Word {
        control: "IR-2",
        given: &[(372, 370), (9, 365)],
        says: "The owners may audit us with ten working days' notice. Two did in this period, and saw whatever they asked for.",
    },
];

/// A risk that is accepted, or an answer that is signed.
#[derive(Debug)]
pub(crate) struct Risk {
    pub(crate) day: i64,
    pub(crate) control: &'static str,
    pub(crate) check: Option<&'static str>,
    /// The one computer.
    pub(crate) host: Option<&'static str>,
    pub(crate) is_none: bool,
    pub(crate) covers_unknown: bool,
    pub(crate) reason: &'static str,
    pub(crate) measure: &'static str,
    /// For how many days; those that end before the story's end have lapsed, or were renewed.
    pub(crate) days: i64,
}

pub(crate) const RISKS: &[Risk] = &[
    Risk {
        day: 370,
        control: "AD-9",
        check: None,
        host: None,
        is_none: true,
        covers_unknown: false,
        days: 300,
        reason: "No penetration test was commissioned so far; the first is planned for next spring.",
        measure: "",
    },
    Risk {
        day: 71,
        control: "AD-9",
        check: None,
        host: None,
        is_none: true,
        covers_unknown: false,
        days: 200,
        reason: "No penetration test was commissioned in this period; the first is booked for April.",
        measure: "",
    },
    Risk {
        day: 366,
        control: "IS-5",
        check: Some("device-accounts-have-passwords"),
        host: None,
        is_none: false,
        covers_unknown: true,
        days: 350,
        reason: "Neither macOS nor Windows shows whether a password is empty, so that no program can tell.",
        measure: "Systems makes every account with a first password, the rules refuse fewer than 14 characters, and each quarter somebody tries an empty one on every computer.",
    },
    Risk {
        day: 18,
        control: "IS-5",
        check: Some("device-accounts-have-passwords"),
        host: None,
        is_none: false,
        covers_unknown: true,
        days: 350,
        reason: "Neither macOS nor Windows shows whether a password is empty, so that no program can tell.",
        measure: "Systems makes every account with a first password, the rules refuse fewer than 14 characters, and each quarter somebody tries an empty one on every computer.",
    },
    Risk {
        day: 66,
        control: "IS-6",
        check: Some("device-os-release"),
        host: Some("mix-02"),
        is_none: false,
        covers_unknown: false,
        days: 150,
        reason: "The maker of the audio workstation has not released its hardware driver for a newer macOS; without it the room cannot mix.",
        measure: "The computer stands in the production network alone, reaches nothing outside, and takes no storage. Meridian Pictures agreed in writing until the driver is out.",
    },
    Risk {
        day: 34,
        control: "IS-10",
        check: Some("device-remote-access-closed"),
        host: Some("qc-01"),
        is_none: false,
        covers_unknown: false,
        days: 45,
        reason: "The maker of the analyser mends its calibration from afar and works with no other program.",
        measure: "The program is started by hand for each session, somebody sits beside it, and the machine is taken off the storage meanwhile.",
    },
    Risk {
        day: 240,
        control: "IS-12",
        check: Some("device-storage-ports-blocked"),
        host: Some("ingest-01"),
        is_none: false,
        covers_unknown: false,
        days: 120,
        reason: "The second ingest station was being repaired, and camera cards had to be read here meanwhile.",
        measure: "Only at the desk in mastering, by two people, each card noted in the storage desk's log.",
    },
];

/// What people wrote when they closed a task by hand, by check.
pub(crate) const NOTES: &[(&str, &str)] = &[
    (
        "device-screen-lock",
        "Asked the client's editor to leave the setting alone; it is ours to fix.",
    ),
    (
        "device-storage-ports-blocked",
        "A shuttle had to come in on a Sunday. Rui closes the port on Monday.",
    ),
];
