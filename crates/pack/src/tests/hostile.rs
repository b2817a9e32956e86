//! Archives built to mislead or to harm.

use super::edit::{Files, check};
use crate::{
    FindingKind::{self, *},
    VerifyOptions,
    sample::Sample,
    verify,
    verify::Limits,
    zip::header::{End, FileHeader},
};
use std::io::{Cursor, Write};

/// An archive of these files as they are, whatever their headers claim.
fn archive(files: &[(FileHeader, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut headers = Vec::new();
    for (header, packed) in files {
        let mut header = header.clone();
        header.offset = bytes.len() as u64;
        bytes.extend(header.local());
        bytes.extend(packed);
        headers.push(header);
    }
    let offset = bytes.len() as u64;
    headers.iter().for_each(|header| bytes.extend(header.central()));
    let end = End { count: headers.len() as u64, length: bytes.len() as u64 - offset, offset };
    bytes.extend(end.bytes());
    bytes
}

fn stored(name: &str, content: &[u8]) -> (FileHeader, Vec<u8>) {
    let header = FileHeader {
        name: name.to_owned(),
        crc: crc32fast::hash(content),
        size: content.len() as u32,
        offset: 0,
    };
    (header, content.to_vec())
}

fn assert_only(name: &str, pack: &[u8], kind: FindingKind) {
    let report = check(pack, None);
    assert!(!report.is_valid(), "{name}");
    let kinds: Vec<_> = report.findings.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [kind], "{name}: {:#?}", report.findings);
}

#[test]
fn what_is_compressed_is_refused() {
    // Of one content there are many compressed forms: something could be hidden in the choice.
    let files = Files::of(&Sample::with_devices(1).build().unwrap());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in &files.0 {
        writer
            .start_file(name, options.compression_method(zip::CompressionMethod::Deflated))
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    let compressed = writer.finish().unwrap().into_inner();
    assert_only("compressed", &compressed, ForeignZip);
    // Also where it is said in the list of files alone, or in the file's own header.
    let pack = archive(&[stored("manifest.json", b"{}")]);
    assert_only("list", &with_central(&pack, |header| header[10] = 8), ForeignZip);
    let mut local = pack;
    local[8] = 8;
    assert!(check(&local, None).has(ForeignZip));
}

#[test]
fn files_in_another_order_are_found() {
    let mut sample = Sample::with_devices(2);
    let pack = sample.build().unwrap();
    let (files, key) = (Files::of(&pack), sample.log.key());
    assert!(files.pack() == pack, "put together again it is the same");
    for (one, other) in [(0, 1), (2, files.0.len() - 1), (files.0.len() - 2, files.0.len() - 1)] {
        let mut files = files.clone();
        files.0.swap(one, other);
        let report = files.verify(&key);
        assert!(report.has(ForeignZip) && !report.is_valid(), "{one}: {:#?}", report.findings);
        assert_eq!(report.findings.len(), 1);
    }
}

#[test]
fn limits_on_files_and_bytes_hold() {
    let files: Vec<_> = (0..50).map(|n| stored(&format!("f{n}"), &[0; 1_000])).collect();
    let pack = archive(&files);
    let with = |limits: Limits| {
        let options = VerifyOptions { limits, ..VerifyOptions::default() };
        verify(Cursor::new(&pack), &options).unwrap()
    };
    let limits = Limits::default();
    assert!(with(Limits { files: 49, ..limits }).has(TooLarge));
    assert!(with(Limits { bytes: 49_999, ..limits }).has(TooLarge));
    assert!(with(Limits { file_bytes: 999, ..limits }).has(TooLarge));
    assert!(with(Limits { list_bytes: 100, ..limits }).has(TooLarge));
    assert!(!with(limits).has(TooLarge));
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    for name in
        ["../../etc/passwd", "/etc/passwd", "a\\..\\b", "C:/x", "a//b", "aux.txt", "ledger/./key"]
    {
        assert_only(name, &archive(&[stored(name, b"x")]), UnsafeName);
    }
}

#[test]
fn a_name_used_twice_is_refused_in_any_case() {
    let pack = |other: &str| archive(&[stored("manifest.json", b"{}"), stored(other, b"[]")]);
    assert_only("twice", &pack("manifest.json"), DuplicateName);
    assert_only("other case", &pack("Manifest.JSON"), DuplicateName);
}

/// Alters the header of the first file in the list of files, by its place there.
fn with_central(pack: &[u8], alter: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut bytes = pack.to_vec();
    let end = End::parse(pack, pack.len() as u64).unwrap();
    alter(&mut bytes[end.offset as usize..]);
    bytes
}

#[test]
fn links_and_encrypted_files_are_refused() {
    let pack = archive(&[stored("link", b"/etc/passwd")]);
    let link = with_central(&pack, |header| {
        header[38..42].copy_from_slice(&(0o120_777_u32 << 16).to_le_bytes())
    });
    assert_only("link", &link, Link);
    let encrypted = with_central(&pack, |header| header[8] |= 1);
    assert_only("encrypted", &encrypted, Encrypted);
}

#[test]
fn bytes_that_belong_to_no_file_are_found() {
    let pack = Sample::with_devices(1).build().unwrap();
    let mut after = pack.clone();
    after.extend(b"and more");
    assert_only("after", &after, HiddenBytes);

    let mut before = b"before".to_vec();
    before.extend(&pack);
    assert_only("before", &before, NotAPack);

    // Between two files: the second begins later than the first ends.
    let (one, two) = (stored("one", b"1"), stored("two", b"2"));
    let mut bytes = one.0.local();
    bytes.extend(&one.1);
    bytes.extend(b"hidden");
    let mut second = two.0.clone();
    second.offset = bytes.len() as u64;
    bytes.extend(second.local());
    bytes.extend(&two.1);
    let offset = bytes.len() as u64;
    let list = [one.0.central(), second.central()].concat();
    bytes.extend(&list);
    bytes.extend(End { count: 2, length: list.len() as u64, offset }.bytes());
    assert_only("between", &bytes, HiddenBytes);
}

#[test]
fn two_headers_that_disagree_are_found() {
    let pack = archive(&[stored("manifest.json", b"{}")]);
    let mut local = pack.clone();
    local[30] = b'n';
    let report = check(&local, None);
    assert!(report.has(ForeignZip), "{:#?}", report.findings);
    let central = with_central(&pack, |header| header[12] ^= 1);
    assert_only("central", &central, ForeignZip);
    let overlapping = {
        let mut bytes = pack.clone();
        let end = End::parse(&pack, pack.len() as u64).unwrap();
        let list = bytes[end.offset as usize..(end.offset + end.length) as usize].to_vec();
        bytes.truncate(end.offset as usize);
        let second = FileHeader { offset: 0, ..stored("other.json", b"{}").0 };
        let list = [list, second.central()].concat();
        bytes.extend(&list);
        bytes.extend(End { count: 2, length: list.len() as u64, offset: end.offset }.bytes());
        bytes
    };
    assert_only("overlapping", &overlapping, ForeignZip);
}

#[test]
fn a_pack_repacked_by_another_program_is_called_so() {
    let files = Files::of(&Sample::with_devices(1).build().unwrap());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in &files.0 {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let pack = writer.finish().unwrap().into_inner();
    assert_only("repacked", &pack, ForeignZip);
}

#[test]
fn what_is_no_pack_at_all_is_called_so() {
    assert_only("text", b"Dear assessor, please find attached", NotAPack);
    assert_only("empty archive", &archive(&[]), NotAPack);
    assert_only("other archive", &archive(&[stored("letter.txt", b"hello")]), NotAPack);
    let foreign = br#"{"format":"others-pack/5"}"#;
    assert_only("foreign", &archive(&[stored("manifest.json", foreign)]), NotAPack);
}

#[test]
fn deep_and_wrong_json_is_refused_without_panic() {
    let deep = [vec![b'['; 200_000], vec![b']'; 200_000]].concat();
    for content in [&deep[..], b"", b"null", b"[]", b"{", b"\xff\xfe", b"{\"format\":1}"] {
        let report = check(&archive(&[stored("manifest.json", content)]), None);
        assert!(!report.is_valid());
    }
    let mut files = Files::of(&Sample::with_devices(1).build().unwrap());
    for path in ["facts.json", "verdicts.json", "controls.json", "devices.json", "documents.json"] {
        *files.file(path) = deep.clone();
    }
    assert!(!check(&files.pack(), None).is_valid());
}

#[test]
fn a_checkpoint_that_claims_a_huge_log_is_refused_quickly() {
    let mut sample = Sample::with_devices(1);
    let mut files = Files::of(&sample.build().unwrap());
    let huge = sample.log.sign_head(u64::MAX, [7; 32]);
    *files.file("ledger/checkpoint") = huge;
    let report = files.verify(&sample.log.key());
    assert!(report.has(Removed), "{:#?}", report.findings);
}

/// A pack of another version is no forgery. It is not called one, and not called whole either.
#[test]
fn a_pack_of_another_form_is_not_verified_and_says_what_reads_it() {
    for (format, age) in
        [("closedset-pack/5", "an older form"), ("closedset-pack/9", "a newer form")]
    {
        let mut files = Files::of(&Sample::with_devices(1).build().unwrap());
        files.json("manifest.json", |manifest| {
            manifest["format"] = format.into();
            manifest["heading"]["made_with"] = "closedset 9.8.7".into();
            manifest["heading"]["more"] = serde_json::json!({});
        });
        let report = check(&files.pack(), None);
        let kinds: Vec<_> = report.findings.iter().map(|one| one.kind).collect();
        assert_eq!((report.outcome(), kinds), (crate::Outcome::NotVerified, vec![OtherForm]));
        assert!(!report.is_valid() && !report.is_whole());
        let what = &report.findings[0].what;
        for part in
            [age, format, "closedset-pack/6 to closedset-pack/8", "closedset 9.8.7", "new pack"]
        {
            assert!(what.contains(part), "{part}: {what}");
        }
        assert!(report.summary().starts_with("Not verified"), "{}", report.summary());
        // Where something else is wrong as well, that is said.
        files.file("controls.json").push(b' ');
        let mut broken = files.pack();
        let at = broken.windows(13).position(|name| name == b"controls.json").unwrap();
        broken[at + 14] ^= 1;
        assert_eq!(check(&broken, None).outcome(), crate::Outcome::NotValid);
    }
}

/// What says twice where a file is, how long it is, or how many there are.
#[test]
fn an_archive_has_one_spelling_only() {
    let pack = Sample::with_devices(1).build().unwrap();
    let end = pack.len() - 22;
    let with = |alter: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = pack.clone();
        alter(&mut bytes);
        check(&bytes, None)
    };
    type Alter<'a> = (&'a str, &'a dyn Fn(&mut Vec<u8>));
    let list = End::parse(&pack[end - 76..], pack.len() as u64).unwrap();
    let first = list.offset as usize;
    let all: [Alter<'_>; 9] = [
        ("a comment at the end", &|bytes| {
            bytes[end + 20] = 4;
            bytes.extend(b"read");
        }),
        ("a comment that is said and not there", &|bytes| bytes[end + 20] = 4),
        ("fewer files here than on all disks", &|bytes| bytes[end + 8] ^= 1),
        ("fewer files than are listed", &|bytes| {
            bytes[end + 8] -= 1;
            bytes[end + 10] -= 1;
        }),
        ("a list that begins later", &|bytes| bytes[end + 16] += 1),
        ("a file's comment", &|bytes| bytes[first + 32] = 1),
        ("a file's extra field", &|bytes| bytes[first + 30] = 4),
        ("sizes that follow the file", &|bytes| bytes[first + 8] = 8),
        ("a size to be looked for elsewhere", &|bytes| {
            bytes[first + 24..first + 28].copy_from_slice(&[0xff; 4]);
        }),
    ];
    for (name, alter) in all {
        let report = with(alter);
        assert_eq!(report.outcome(), crate::Outcome::NotValid, "{name}");
    }
}

#[test]
fn a_file_that_only_one_of_both_headers_knows_is_found() {
    let mut files = Files::of(&Sample::with_devices(1).build().unwrap());
    let key = String::from_utf8(files.file("ledger/key").clone()).unwrap();
    let pack: Vec<_> = files.0.iter().map(|(name, bytes)| stored(name, bytes)).collect();
    assert!(check(&archive(&pack), Some(&key)).is_valid());
    // Once more before the list, and not in it: whoever reads from the beginning finds it.
    let end = End::parse(&archive(&pack), archive(&pack).len() as u64).unwrap();
    let whole = archive(&pack);
    let (header, content) = stored("report.pdf", b"%PDF-1.7\n%%EOF\n");
    let more = [header.local(), content].concat();
    let offset = end.offset + more.len() as u64;
    let hidden = [
        &whole[..end.offset as usize],
        &more,
        &whole[end.offset as usize..(end.offset + end.length) as usize],
        &End { offset, ..end }.bytes(),
    ]
    .concat();
    assert_only("local", &hidden, HiddenBytes);
    // In the list alone, in the place of another.
    let (mut header, _) = stored("Report.pdf.pdf", b"");
    header.offset = end.offset;
    let listed = header.central();
    let count = end.count + 1;
    let length = end.length + listed.len() as u64;
    let list = &whole[end.offset as usize..(end.offset + end.length) as usize];
    let last = End { count, length, ..end }.bytes();
    let bytes = [&whole[..end.offset as usize], list, &listed, &last].concat();
    assert_only("central", &bytes, ForeignZip);
}
