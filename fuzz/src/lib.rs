//! What several fuzz targets and their seeds share: the sample pack, taken apart and put together
//! again, and a backup.

pub mod backup;

use closedset_core::{Digest, canonical};
use closedset_pack::{VerifyOptions, manifest::Manifest, sample::Sample, verify::Limits};
use std::{
    io::{Cursor, Read},
    sync::LazyLock,
};

/// Where the manifest lies in a pack.
const MANIFEST: &str = "manifest.json";

/// A pack that is valid, its log's key and its files in order.
#[derive(Debug)]
pub struct SamplePack {
    /// The pack's bytes.
    pub bytes: Vec<u8>,
    /// The log's verifier key.
    pub key: String,
    /// Each file's path and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// The pack of a made-up facility with one device.
pub static SAMPLE: LazyLock<SamplePack> = LazyLock::new(|| {
    let mut sample = Sample::with_devices(1);
    let bytes = sample.build().expect("the sample is a pack");
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a pack is an archive");
    let files = (0..archive.len()).map(|at| {
        let mut file = archive.by_index(at).expect("the archive has this file");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("memory can be read");
        (file.name().expect("a pack's names are text").into_owned(), content)
    });
    let files = files.collect();
    SamplePack { bytes, key: sample.log.key(), files }
});

/// Knows the sample's log, and reads so little that each run is short.
pub fn options() -> VerifyOptions<'static> {
    let limits = Limits {
        files: 1_000,
        list_bytes: 1 << 20,
        file_bytes: 4 << 20,
        bytes: 16 << 20,
        held_file_bytes: 4 << 20,
        held_bytes: 16 << 20,
        ..Limits::default()
    };
    VerifyOptions { expected_key: Some(SAMPLE.key.clone()), limits, ..VerifyOptions::default() }
}

/// Makes the manifest among `files` fit them, as an attacker would; leaves one that is none as it is.
pub fn fix_manifest(files: &mut [(String, Vec<u8>)]) {
    let place =
        |files: &[(String, Vec<u8>)], path: &str| files.iter().position(|(name, _)| name == path);
    let Some(at) = place(files, MANIFEST) else {
        return;
    };
    let Ok(mut manifest) = serde_json::from_slice::<Manifest>(&files[at].1) else {
        return;
    };
    for listed in &mut manifest.files {
        if let Some(found) = place(files, &listed.path) {
            listed.sha256 = Digest::of(&files[found].1);
            listed.size = files[found].1.len() as u64;
        }
    }
    if let Ok(bytes) = canonical::to_vec(&manifest) {
        files[at].1 = bytes;
    }
}

/// An archive of these files, stored, with headers spelled as a pack's are.
pub fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    for (name, content) in files {
        let offset = bytes.len() as u32;
        let common = common_header(name, content);
        bytes.extend(b"PK\x03\x04\x14\0");
        bytes.extend(&common);
        bytes.extend([0; 2]);
        bytes.extend(name.as_bytes());
        bytes.extend(content);
        // Made on Unix by version 4.5, a regular file.
        list.extend(b"PK\x01\x02\x2d\x03\x14\0");
        list.extend(&common);
        list.extend([0; 8]);
        list.extend((0o100_644_u32 << 16).to_le_bytes());
        list.extend(offset.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let offset = bytes.len() as u32;
    let count = (files.len() as u16).to_le_bytes();
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend((list.len() as u32).to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// From the flags to the name's length: the same in both headers.
fn common_header(name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 6];
    bytes.extend(0x0021_u16.to_le_bytes());
    bytes.extend(crc32fast::hash(content).to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use closedset_pack::verify;

    #[test]
    fn the_sample_is_valid_also_when_put_together_here() {
        for bytes in [SAMPLE.bytes.clone(), archive(&SAMPLE.files)] {
            let report = verify(Cursor::new(bytes), &options()).unwrap();
            assert!(report.is_valid(), "{:?}", report.findings);
        }
    }

    #[test]
    fn a_manifest_that_fits_already_stays_as_it_is() {
        let mut files = SAMPLE.files.clone();
        fix_manifest(&mut files);
        assert!(files == SAMPLE.files);
    }
}
