//! Packs in age files: stock age opens ours, we open stock age's, and nothing else.

use crate::{
    Outcome, VerifyOptions,
    lock::{Encrypting, Identities, LockError, Recipient, RecipientError, Wrapping},
    sample::Sample,
    verify,
};
use std::{
    fs::{self, File},
    io::{self, BufReader, Cursor, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    process::Command,
};

/// A pair of keys: the file's text, and the recipient.
fn pair() -> (String, Recipient) {
    use age::secrecy::ExposeSecret as _;
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string().parse().unwrap();
    (format!("# a comment\n{}\n", identity.to_string().expose_secret()), recipient)
}

fn identities(text: &str) -> Identities {
    Identities::read(text.as_bytes()).unwrap()
}

fn encrypted(pack: &[u8], recipients: &[Recipient]) -> Vec<u8> {
    let mut writer = Encrypting::to(recipients, Vec::new()).unwrap();
    // In pieces, as from a disk.
    pack.chunks(70_001).for_each(|piece| writer.write_all(piece).unwrap());
    writer.finish().unwrap()
}

fn outcome(bytes: &[u8], identities: &Identities) -> Result<Outcome, String> {
    let opened = identities.open(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    match verify(opened, &VerifyOptions::default()) {
        Ok(report) => Ok(report.outcome()),
        Err(error) => {
            assert!(LockError::is_inside(&error), "{error:?}");
            Err(error.to_string())
        }
    }
}

/// What the pack itself comes to.
fn plain_outcome(pack: &[u8]) -> Outcome {
    verify(Cursor::new(pack), &VerifyOptions::default()).unwrap().outcome()
}

#[test]
fn every_recipient_opens_it_and_nobody_else() {
    let pack = Sample::with_devices(3).build().unwrap();
    let ((first, to_first), (second, to_second), (other, _)) = (pair(), pair(), pair());
    let file = encrypted(&pack, &[to_first, to_second]);
    assert_eq!(Wrapping::of(&mut Cursor::new(&file)).unwrap(), Wrapping::Age);
    assert_eq!(Wrapping::of(&mut Cursor::new(&pack)).unwrap(), Wrapping::Plain);
    for text in [&first, &second, &format!("{other}{second}")] {
        let mut bytes = Vec::new();
        identities(text).open(Cursor::new(&file)).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, pack);
        assert_eq!(outcome(&file, &identities(text)).unwrap(), plain_outcome(&pack));
    }
    let refused = identities(&other).open(Cursor::new(&file)).unwrap_err();
    assert!(matches!(refused, LockError::NotForThese), "{refused}");
}

#[test]
fn it_is_read_at_any_place_and_at_none_that_there_is_not() {
    let (text, recipient) = pair();
    // One that ends with a part of the stream, one in the middle of one, and one that is empty.
    for size in [2_usize << 16, (2 << 16) + 9, 0] {
        let pack: Vec<u8> = (0..size).map(|place| (place % 251) as u8).collect();
        let file = encrypted(&pack, std::slice::from_ref(&recipient));
        let mut opened = identities(&text).open(Cursor::new(file)).unwrap();
        assert_eq!(opened.seek(SeekFrom::End(0)).unwrap(), size as u64);
        assert_eq!(opened.read(&mut [0; 8]).unwrap(), 0);
        for place in [0, 1, 65_535, 65_536, 65_537, size.saturating_sub(1)] {
            if place >= size {
                continue;
            }
            opened.seek(SeekFrom::Start(place as u64)).unwrap();
            let mut byte = [0];
            opened.read_exact(&mut byte).unwrap();
            assert_eq!(byte[0], pack[place], "{size} {place}");
        }
        let beyond = [
            SeekFrom::End(1),
            SeekFrom::Start(u64::MAX),
            SeekFrom::Current(i64::MIN),
            SeekFrom::End(i64::MIN),
        ];
        for beyond in beyond {
            assert!(opened.seek(beyond).is_err(), "{beyond:?}");
        }
    }
}

#[test]
fn whatever_is_altered_or_cut_off_is_said_to_be() {
    let pack = Sample::with_devices(2).build().unwrap();
    let (text, recipient) = pair();
    let file = encrypted(&pack, &[recipient]);
    let identities = identities(&text);
    for place in (0..file.len()).step_by(file.len() / 60).chain([0, 22, file.len() - 1]) {
        let mut altered = file.clone();
        altered[place] ^= 1;
        assert!(outcome(&altered, &identities).is_err(), "{place}");
        let cut = &file[..place];
        assert!(outcome(cut, &identities).is_err(), "cut at {place}");
    }
    let mut longer = file.clone();
    longer.push(0);
    assert!(outcome(&longer, &identities).is_err());
    // A head without end is not read to its end.
    let mut endless = b"age-encryption.org/v1\n".to_vec();
    for _ in 0..40_000 {
        endless.extend_from_slice(b"-> X25519 AAAA\nAAAA\n");
    }
    let refused = identities.open(Cursor::new(endless.repeat(2))).unwrap_err();
    assert!(matches!(refused, LockError::Altered), "{refused}");
    let failed = identities.open(Failing).unwrap_err();
    assert!(matches!(failed, LockError::Read(_)), "{failed}");
}

/// A disk that fails.
struct Failing;

impl io::Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk failed"))
    }
}

impl io::Seek for Failing {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

#[test]
fn what_is_no_recipient_is_refused_with_what_it_is() {
    let (secret, recipient) = pair();
    let text = recipient.to_string();
    assert_eq!(text.to_uppercase().parse::<Recipient>().unwrap().to_string(), text);
    assert_eq!(format!(" {text}\n").parse::<Recipient>().unwrap(), recipient);
    let secret = secret.lines().nth(1).unwrap();
    let mut mistyped = text.clone();
    mistyped.replace_range(20..21, if &text[20..21] == "q" { "p" } else { "q" });
    let cases = [
        (secret, RecipientError::Secret),
        (&mistyped, RecipientError::Mistyped),
        (&text[..61], RecipientError::Mistyped),
        ("age1", RecipientError::Mistyped),
        (
            "age1pq1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqsugwwr",
            RecipientError::OtherKind,
        ),
        (
            "age1yubikey1q2w7u3vpya839jxxuq8g0sedh3d740d4xvn639sqhr95ejj8vu3hyfumptt",
            RecipientError::OtherKind,
        ),
        (
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN",
            RecipientError::OtherKind,
        ),
        ("", RecipientError::None),
        ("assessor@example.com", RecipientError::None),
        ("äge1", RecipientError::None),
    ];
    for (text, why) in cases {
        assert_eq!(text.parse::<Recipient>().unwrap_err(), why, "{text}");
    }
    assert!(!RecipientError::Secret.to_string().contains(secret));
}

/// The points of small order (RFC 7748, section 6.1), however they are written: encrypting to one would
/// hide nothing.
#[test]
fn a_key_that_hides_nothing_is_refused() {
    for weak in [
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
        "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
        "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
        "age1t7wft09r2zxzfvwsk92eeql0tvzyghxytqwgapkcyf8dm5ylz9ts6wm9s8",
        "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
        "age1ahlllllllllllllllllllllllllllllllllllllllllllllllalsn46ayy",
        "age1amlllllllllllllllllllllllllllllllllllllllllllllllalselrwrv",
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqzqqsuwj9m",
        "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhzqqxqejhu",
    ] {
        assert_eq!(weak.parse::<Recipient>().unwrap_err(), RecipientError::Weak, "{weak}");
    }
}

#[test]
fn what_holds_no_identity_is_told_from_one() {
    let (text, recipient) = pair();
    let locked = encrypted(text.as_bytes(), &[recipient]);
    let refused = Identities::read(&locked[..]).unwrap_err();
    assert!(matches!(refused, LockError::LockedIdentity), "{refused}");
    let armoured = b"-----BEGIN AGE ENCRYPTED FILE-----\n";
    assert!(matches!(Identities::read(&armoured[..]), Err(LockError::LockedIdentity)));
    for none in ["", "# nothing\n", "hello\n", "-----BEGIN OPENSSH PRIVATE KEY-----\n", "\u{fffd}"]
    {
        let refused = Identities::read(none.as_bytes()).unwrap_err();
        assert!(matches!(refused, LockError::NoIdentity), "{none:?}: {refused}");
    }
}

#[test]
fn one_with_a_passphrase_is_refused_without_trying() {
    let (text, _) = pair();
    let secret = age::secrecy::SecretString::from("correct horse".to_owned());
    let mut recipient = age::scrypt::Recipient::new(secret);
    recipient.set_work_factor(2);
    let encryptor =
        age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
            .unwrap();
    let mut writer = encryptor.wrap_output(Vec::new()).unwrap();
    writer.write_all(b"PK").unwrap();
    let file = writer.finish().unwrap();
    let refused = identities(&text).open(Cursor::new(file)).unwrap_err();
    assert!(matches!(refused, LockError::Passphrase), "{refused}");
}

/// Runs a program; none where it is not installed and need not be.
fn ran(program: &str, words: &[&Path]) -> Option<std::process::Output> {
    match Command::new(program).args(words).output() {
        Ok(output) => Some(output),
        Err(error) => {
            let is_required =
                std::env::var_os("CLOSEDSET_REQUIRE_TOOLS").is_some_and(|set| set == "1");
            assert!(!is_required, "{program}: {error}");
            None
        }
    }
}

#[test]
fn stock_age_opens_ours_and_makes_what_we_open() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let Some(made) = ran("age-keygen", &[Path::new("-o"), &at("key")]) else { return };
    let said = String::from_utf8(made.stderr).unwrap();
    let recipient: Recipient = said.trim().rsplit(' ').next().unwrap().parse().unwrap();
    let (_, another) = pair();
    let pack = Sample::with_devices(3).build().unwrap();
    fs::write(at("ours.age"), encrypted(&pack, &[another, recipient.clone()])).unwrap();
    let words = [
        Path::new("--decrypt"),
        Path::new("-i"),
        &at("key"),
        Path::new("-o"),
        &at("pack.zip"),
        &at("ours.age"),
    ];
    let opened = ran("age", &words).unwrap();
    assert!(opened.status.success(), "{opened:?}");
    assert_eq!(fs::read(at("pack.zip")).unwrap(), pack);
    let to = recipient.to_string();
    for (flags, name) in
        [(&["--encrypt"][..], "theirs.age"), (&["--encrypt", "--armor"], "letters.age")]
    {
        let mut age = Command::new("age");
        age.args(flags).arg("-r").arg(&to).arg("-o").arg(at(name)).arg(at("pack.zip"));
        assert!(age.status().unwrap().success());
    }
    let identities = Identities::read(BufReader::new(File::open(at("key")).unwrap())).unwrap();
    let theirs = fs::read(at("theirs.age")).unwrap();
    assert_eq!(outcome(&theirs, &identities).unwrap(), plain_outcome(&pack));
    let mut letters = File::open(at("letters.age")).unwrap();
    assert_eq!(Wrapping::of(&mut letters).unwrap(), Wrapping::Armoured);
}
