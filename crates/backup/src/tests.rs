//! A backup reads back as it was written, and in no other way.

use super::*;
use closedset_core::{Digest, Time, entry::Log, id::Id};
use proptest::prelude::*;
use std::io::{self, Read, Write as _};

fn passphrase() -> Passphrase {
    Passphrase::new("tungsten gate slate".into())
}

/// A lock and its key that take no second each.
fn quick() -> (Lock, WitnessKey) {
    let someone = age::x25519::Identity::generate().to_public().to_string();
    let lock = Lock::recipients([someone.as_str()]).unwrap();
    let key = lock.witness();
    (lock, key)
}

fn header() -> Header {
    Header {
        format: FORMAT.into(),
        version: VERSION,
        program: "0.1.0".into(),
        made_at: Time::from_millis(1_773_307_800_000),
        has_master_key: true,
        migrations: Vec::new(),
        tables: Vec::new(),
        logs: vec![LogLine { log: Log::Installation, built: 3 }],
    }
}

fn object(bytes: &[u8]) -> Member {
    Member::Object { organisation: Id::from_bits(1), digest: Digest::of(bytes) }
}

fn large() -> Vec<u8> {
    (0..50_000u32).flat_map(u32::to_le_bytes).collect()
}

fn members() -> Vec<(Member, Vec<u8>)> {
    vec![
        (Member::File(KeptFile::MasterKey), b"00".to_vec()),
        (Member::File(KeptFile::GivenCertificate), b"pem".to_vec()),
        (Member::File(KeptFile::Authority), b"{}".to_vec()),
        (Member::File(KeptFile::IssuedCertificate), b"pem".to_vec()),
        (Member::File(KeptFile::catalogue("checks", "ünser eigenes.toml").unwrap()), b"#".to_vec()),
        (Member::Checkpoint(Log::Organisation(Id::from_bits(1))), b"note\n".to_vec()),
        (Member::Rows { table: "log".into(), piece: 1 }, b"[1]\n[2]\n".to_vec()),
        (object(b""), Vec::new()),
        (object(&large()), large()),
    ]
}

fn totals() -> Totals {
    Totals { rows: 2, entries: 3, objects: 2, object_bytes: large().len() as u64 }
}

fn written(lock: &Lock) -> Vec<u8> {
    let mut writer = Writer::begin(Vec::new(), lock, &header()).unwrap();
    for (member, bytes) in members() {
        writer.stream(&member, bytes.len() as u64, &mut bytes.as_slice()).unwrap();
    }
    writer.finish(totals(), Vec::new()).unwrap()
}

#[derive(Default)]
struct Taken {
    header: Option<Header>,
    members: Vec<(Member, Vec<u8>)>,
    reads_nothing: bool,
}

impl Visitor for Taken {
    type Error = BackupError;
    fn header(&mut self, header: Header) -> Result<(), BackupError> {
        self.header = Some(header);
        Ok(())
    }
    fn member(
        &mut self,
        member: &Member,
        size: u64,
        from: &mut dyn Read,
    ) -> Result<(), BackupError> {
        let mut bytes = Vec::new();
        if !self.reads_nothing {
            from.read_to_end(&mut bytes).map_err(BackupError::Read)?;
            assert_eq!(bytes.len() as u64, size);
        }
        self.members.push((member.clone(), bytes));
        Ok(())
    }
}

fn opened(file: &[u8], keys: &Keys) -> Result<(Taken, Manifest), BackupError> {
    let mut taken = Taken::default();
    let manifest = read(file, keys, &mut taken)?;
    Ok((taken, manifest))
}

#[test]
fn what_is_written_reads_back() {
    let (lock, key) = quick();
    let file = written(&lock);
    let (taken, manifest) = opened(&file, key.keys()).unwrap();
    assert_eq!(taken.header, Some(header()));
    assert_eq!(taken.members, members());
    assert_eq!((manifest.members, manifest.totals), (10, totals()));
    // Who reads nothing of a member is led to the next one all the same.
    let mut skipping = Taken { reads_nothing: true, ..Taken::default() };
    read(&file[..], key.keys(), &mut skipping).unwrap();
    assert_eq!(skipping.members.len(), 9);
}

#[test]
fn a_passphrase_opens_it_and_another_does_not() {
    let lock = Lock::passphrase(passphrase());
    let file = written(&lock);
    assert!(wants_passphrase(&file[..]).unwrap());
    opened(&file, &Keys::passphrase(passphrase())).unwrap();
    opened(&file, lock.witness().keys()).unwrap();
    let other = Keys::passphrase(Passphrase::new("tungsten gate slat".into()));
    assert!(matches!(opened(&file, &other), Err(BackupError::WrongKey(_))));
    let (_, key) = quick();
    assert!(matches!(opened(&file, key.keys()), Err(BackupError::WantsPassphrase)));
}

#[test]
fn an_identity_opens_what_is_encrypted_to_its_recipient_and_nothing_else() {
    use age::secrecy::ExposeSecret as _;
    let [anna, ben] = [(), ()].map(|()| age::x25519::Identity::generate());
    let to = anna.to_public().to_string();
    let file = written(&Lock::recipients([to.as_str()]).unwrap());
    assert!(!wants_passphrase(&file[..]).unwrap());
    let keys = |identity: &age::x25519::Identity| {
        let text = format!("# made by hand\n\n{}\n", identity.to_string().expose_secret());
        Keys::identities(text.as_bytes()).unwrap()
    };
    opened(&file, &keys(&anna)).unwrap();
    assert!(matches!(opened(&file, &keys(&ben)), Err(BackupError::WrongKey(_))));
    let refused = opened(&file, &Keys::passphrase(passphrase()));
    assert!(matches!(refused, Err(BackupError::WantsIdentity)));
    assert!(Lock::recipients(["age1nobody"]).is_err() && Lock::recipients([]).is_err());
    assert!(Keys::identities(&b"age1nobody"[..]).is_err());
}

#[test]
fn wherever_it_is_cut_it_is_refused() {
    let (lock, key) = quick();
    let file = written(&lock);
    let pieces = (0..file.len())
        .step_by(7_919)
        .chain((0..400).step_by(7))
        .chain(file.len() - 70..file.len());
    for length in pieces {
        let refused = opened(&file[..length], key.keys()).map(|_| ()).unwrap_err();
        let is_head =
            length < 500 && matches!(refused, BackupError::NotAge | BackupError::HeadAltered);
        assert!(
            is_head || matches!(refused, BackupError::CutShort { .. }),
            "{length}: {refused:?}"
        );
    }
    // Cut exactly where a piece of age's ends.
    let start = file.len() % (65_536 + 16);
    for length in (start..file.len()).step_by(65_536 + 16) {
        assert!(opened(&file[..length], key.keys()).is_err(), "{length}");
    }
}

#[test]
fn wherever_it_is_altered_it_is_refused() {
    let (lock, key) = quick();
    let file = written(&lock);
    let places = (0..file.len())
        .step_by(9_973)
        .chain((0..400).step_by(7))
        .chain(file.len() - 70..file.len());
    for place in places {
        let mut altered = file.clone();
        altered[place] ^= 1;
        let refused = opened(&altered, key.keys()).map(|_| ());
        assert!(refused.is_err(), "{place}");
    }
    let mut middle = file.clone();
    middle[file.len() / 2] ^= 1;
    assert!(matches!(opened(&middle, key.keys()), Err(BackupError::Altered { at, .. })
        if at > file.len() as u64 / 2));
    let mut longer = file.clone();
    longer.extend_from_slice(b"more");
    assert!(opened(&longer, key.keys()).is_err());
    let twice = [file.clone(), file].concat();
    assert!(opened(&twice, key.keys()).is_err());
}

/// An archive of these members, encrypted, as somebody who holds the key can make it.
fn forged(lock: &Lock, change: impl FnOnce(&mut tar::Builder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut builder = tar::Builder::new(&mut archive);
    change(&mut builder);
    builder.into_inner().unwrap();
    let mut out = lock.encrypt(Vec::new()).unwrap();
    out.write_all(&archive).unwrap();
    out.finish().unwrap()
}

fn put(builder: &mut tar::Builder<&mut Vec<u8>>, name: &str, bytes: &[u8]) {
    put_kind(builder, name, tar::EntryType::Regular, bytes);
}

fn put_kind(
    builder: &mut tar::Builder<&mut Vec<u8>>,
    name: &str,
    kind: tar::EntryType,
    bytes: &[u8],
) {
    let mut head = tar::Header::new_gnu();
    head.set_size(bytes.len() as u64);
    head.set_entry_type(kind);
    // The builder's own way refuses `..`.
    let place = &mut head.as_gnu_mut().unwrap().name;
    place[..name.len()].copy_from_slice(name.as_bytes());
    head.set_cksum();
    builder.append(&head, bytes).unwrap();
}

#[test]
fn an_archive_that_is_no_backup_is_refused_though_its_key_is_right() {
    let (lock, key) = quick();
    let head = serde_json::to_vec(&header()).unwrap();
    let refused = |change: &dyn Fn(&mut tar::Builder<&mut Vec<u8>>)| {
        opened(&forged(&lock, |builder| change(builder)), key.keys()).map(|_| ()).unwrap_err()
    };
    assert!(matches!(refused(&|_| {}), BackupError::CutShort { .. }));
    let whole_but = refused(&|builder| put(builder, "closedset-backup.json", &head));
    assert!(matches!(whole_but, BackupError::CutShort { .. }), "no manifest: {whole_but:?}");
    for name in [
        "../master.key",
        "/etc/passwd",
        "files/../../x",
        "files/catalogue/checks/../x.toml",
        "files/catalogue/checks/.toml",
        "database/log/1.jsonl",
        "database/log/00000000.jsonl",
        "database/LOG/00000001.jsonl",
        "objects/org_1/abc",
        "ledger/installation/../checkpoint",
        "files/master.key/",
        "",
    ] {
        let refused = refused(&|builder| {
            put(builder, "closedset-backup.json", &head);
            put(builder, name, b"x");
        });
        assert!(matches!(refused, BackupError::NotABackup(_)), "{name}: {refused:?}");
    }
    let link = refused(&|builder| {
        put(builder, "closedset-backup.json", &head);
        let mut head = tar::Header::new_gnu();
        head.set_entry_type(tar::EntryType::Symlink);
        head.set_size(0);
        builder.append_link(&mut head, "files/master.key", "/etc/shadow").unwrap();
    });
    assert!(matches!(link, BackupError::NotABackup(_)), "{link:?}");
    for kind in
        [tar::EntryType::XHeader, tar::EntryType::XGlobalHeader, tar::EntryType::GNULongLink]
    {
        let extended = refused(&|builder| {
            put(builder, "closedset-backup.json", &head);
            put_kind(builder, "x", kind, b"20 path=manifest.js\n");
            put(builder, "files/master.key", b"x");
        });
        assert!(matches!(extended, BackupError::NotABackup(_)), "{kind:?}: {extended:?}");
    }
    let long = |names: &[&[u8]]| {
        refused(&|builder| {
            put(builder, "closedset-backup.json", &head);
            for name in names {
                put_kind(builder, "././@LongLink", tar::EntryType::GNULongName, name);
            }
        })
    };
    assert!(matches!(long(&[&[b'x'; 2_000]]), BackupError::NotABackup(_)));
    assert!(matches!(
        long(&[b"files/master.key\0", b"files/closedset.toml"]),
        BackupError::NotABackup(_)
    ));
    assert!(matches!(long(&[b"manifest.json"]), BackupError::CutShort { .. }));
    let first = refused(&|builder| put(builder, "files/master.key", b"x"));
    assert!(matches!(first, BackupError::NotABackup(_)), "{first:?}");
    let twice = refused(&|builder| {
        put(builder, "closedset-backup.json", &head);
        put(builder, "closedset-backup.json", &head);
    });
    assert!(matches!(twice, BackupError::NotABackup(_)), "{twice:?}");
    let other = refused(&|builder| {
        put(builder, "closedset-backup.json", b"{\"format\": \"another\", \"version\": 1}");
    });
    assert!(matches!(other, BackupError::NotABackup(_)), "{other:?}");
    let newer = refused(&|builder| {
        let head = b"{\"format\": \"closedset-backup\", \"version\": 2, \"more\": true}";
        put(builder, "closedset-backup.json", head);
    });
    assert!(matches!(newer, BackupError::Newer { found: 2, known: 1 }), "{newer:?}");
    let manifest = |members: u64| {
        let (digest, totals, gaps) = (Digest::of(b""), Totals::default(), Vec::new());
        let manifest = Manifest { members, digest, totals, gaps };
        serde_json::to_vec(&manifest).unwrap()
    };
    let wrong = refused(&|builder| {
        put(builder, "closedset-backup.json", &head);
        put(builder, "manifest.json", &manifest(1));
    });
    assert!(matches!(wrong, BackupError::Contradicts(_)), "{wrong:?}");
    let large = refused(&|builder| put(builder, "closedset-backup.json", &vec![b' '; 2 << 20]));
    assert!(matches!(large, BackupError::Contradicts(_)), "{large:?}");
}

#[test]
fn what_is_no_age_file_is_called_so() {
    let (_, key) = quick();
    for bytes in [&b""[..], b"PK\x03\x04", b"age-encryption.org/v9\n", &[0; 100_000]] {
        assert!(matches!(opened(bytes, key.keys()), Err(BackupError::NotAge)), "{:?}", bytes.len());
    }
}

#[test]
fn a_source_that_changes_or_fails_while_it_is_read_is_named() {
    let (lock, _) = quick();
    let begin = || Writer::begin(Vec::new(), &lock, &header()).unwrap();
    let shorter = begin().stream(&object(b"abc"), 3, &mut &b"ab"[..]);
    assert!(matches!(shorter, Err(BackupError::Source { .. })), "{shorter:?}");
    let longer = begin().stream(&object(b"abc"), 3, &mut &b"abcd"[..]);
    assert!(matches!(longer, Err(BackupError::Source { .. })), "{longer:?}");
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("a bad sector"))
        }
    }
    let failed = begin().stream(&object(b"abc"), 3, &mut Failing).unwrap_err();
    let BackupError::Source { name, cause } = failed else { panic!("{failed:?}") };
    assert!(name.starts_with("objects/") && cause.to_string() == "a bad sector");
}

#[test]
fn a_failing_disk_is_not_called_an_alteration() {
    let (lock, key) = quick();
    struct Failing(io::Cursor<Vec<u8>>);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.position() {
                100_000.. => Err(io::Error::new(io::ErrorKind::InvalidData, "a bad sector")),
                _ => self.0.read(buffer),
            }
        }
    }
    let file = Failing(io::Cursor::new(written(&lock)));
    let refused = read(file, key.keys(), &mut Taken::default()).unwrap_err();
    assert!(matches!(refused, BackupError::Read(_)), "{refused:?}");
}

proptest! {
    #[test]
    fn every_name_has_one_spelling(name in "(files|ledger|database|objects|[a-z./]{0,20})(/[a-z0-9_./]{0,30}){0,3}") {
        if let Ok(member) = name.parse::<Member>() {
            prop_assert_eq!(member.to_string(), name);
        }
    }
}
