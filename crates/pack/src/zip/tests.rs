use super::{
    Archive, ZipWriter,
    header::{End, FileHeader},
};
use crate::{PackError, verify::Limits};
use std::io::{Cursor, Read};

fn written(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.add(name, &mut &content[..]).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = Archive::open(Cursor::new(bytes), &Limits::default()).unwrap();
    let mut files = Vec::new();
    let findings = archive.for_each(|header, content| {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        files.push((header.name.clone(), bytes));
        Ok(())
    });
    assert_eq!(findings.unwrap(), []);
    files
}

#[test]
fn what_is_written_is_read_back_by_us_and_by_another_program() {
    let large = vec![b'x'; 300_000];
    let files: &[(&str, &[u8])] = &[("empty", b""), ("a/b/c.txt", b"hello"), ("large", &large)];
    let bytes = written(files);
    let ours = read(&bytes);
    let mut other = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(other.len(), files.len());
    for (at, (name, content)) in files.iter().enumerate() {
        assert_eq!((ours[at].0.as_str(), &ours[at].1[..]), (*name, *content));
        let mut theirs = Vec::new();
        other.by_name(name).unwrap().read_to_end(&mut theirs).unwrap();
        assert_eq!(theirs, *content);
    }
}

#[test]
fn more_files_than_sixteen_bits_count_are_held() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..70_000 {
        zip.add(&format!("f{number}"), &mut &b""[..]).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert_eq!(read(&bytes).len(), 70_000);
    let other = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(other.len(), 70_000);
}

#[test]
fn places_beyond_four_gigabytes_are_spelled_as_zip64() {
    for offset in [0, u64::from(u32::MAX) - 1, u64::from(u32::MAX), 1 << 40] {
        let header = FileHeader { name: "far".to_owned(), crc: 1, size: 2, offset };
        let is_large = offset >= u64::from(u32::MAX);
        assert_eq!(header.central().len(), 46 + 3 + if is_large { 12 } else { 0 });
        let end = End { count: 1, length: 49, offset };
        let bytes = end.bytes();
        assert_eq!(bytes.len(), if is_large { 98 } else { 22 });
        let size = offset + 49 + bytes.len() as u64;
        assert_eq!(End::parse(&bytes, size), Some(end));
        assert_eq!(End::parse(&bytes, size + 1), None);
    }
}

#[test]
fn the_writer_refuses_unsafe_and_repeated_names() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add("a", &mut &b""[..]).unwrap();
    for name in ["a", "A", "../a", ""] {
        let refused = zip.add(name, &mut &b""[..]);
        assert!(matches!(refused, Err(PackError::Name(_))), "{name}");
    }
}

#[test]
fn content_that_cannot_be_read_is_named() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("rotten"))
        }
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let refused = zip.add("documents/x", &mut Broken);
    assert!(matches!(refused, Err(PackError::Content { name, .. }) if name == "documents/x"));
}
