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
    let future = br#"{"format":"closedset-pack/9"}"#;
    assert_only("future", &archive(&[stored("manifest.json", future)]), NotAPack);
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
