use crate::{Objects, ObjectsError, Stored, TileFiles};
use closedset_core::{
    Digest,
    entry::Log,
    id::{Id, Organisation},
};
use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

const LIMIT: u64 = 64 << 20;

fn org(number: u128) -> Id<Organisation> {
    Id::from_bits(number)
}

/// Objects of which everything from three MiB on counts as large.
fn objects(root: &Path) -> Objects {
    let mut objects = Objects::open(root).unwrap();
    objects.large = 3 << 20;
    objects
}

fn put(objects: &Objects, organisation: Id<Organisation>, bytes: &[u8]) -> Stored {
    let mut upload = objects.begin(organisation, LIMIT).unwrap();
    bytes.chunks(100_003).for_each(|part| upload.write(part).unwrap());
    upload.finish().unwrap()
}

fn read(objects: &Objects, organisation: Id<Organisation>, digest: Digest) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    objects.read(organisation, digest).map_err(io::Error::other)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn large_bytes() -> Vec<u8> {
    (0..(5 << 20) + 17_u32).map(|n| (n % 251) as u8).collect()
}

fn flip(path: &Path, place: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[place] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn an_object_is_found_by_its_digest_and_reads_back() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    for bytes in [Vec::new(), b"policy".to_vec(), large_bytes()] {
        let stored = put(&objects, org(1), &bytes);
        assert_eq!(stored.digest, Digest::of(&bytes));
        assert_eq!(stored.size, bytes.len() as u64);
        assert_eq!(read(&objects, org(1), stored.digest).unwrap(), bytes);
        assert_eq!(objects.size(org(1), stored.digest).unwrap(), Some(stored.size));
        assert_eq!(objects.read(org(1), stored.digest).unwrap().size(), stored.size);
    }
}

#[test]
fn organisations_share_nothing() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let stored = put(&objects, org(1), b"policy");
    assert!(matches!(objects.read(org(2), stored.digest), Err(ObjectsError::Missing { .. })));
    put(&objects, org(2), b"policy");
    assert!(objects.remove(org(1), stored.digest).unwrap());
    assert!(objects.read(org(1), stored.digest).is_err());
    assert_eq!(read(&objects, org(2), stored.digest).unwrap(), b"policy");
}

#[test]
fn folders_and_files_are_closed_to_others() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("objects");
    let objects = objects(&place);
    put(&objects, org(1), &large_bytes());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let all = files(&place);
    assert_eq!(all.len(), 2);
    for file in all {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        for folder in file.ancestors().skip(1).take_while(|folder| *folder != root.path()) {
            assert_eq!(mode(folder), 0o700, "{}", folder.display());
        }
    }
}

#[test]
fn an_object_beyond_the_limit_is_refused_and_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let mut upload = objects.begin(org(1), 10).unwrap();
    upload.write(&[0; 10]).unwrap();
    assert!(matches!(upload.write(&[0]), Err(ObjectsError::TooLarge { limit: 10 })));
    drop(upload);
    assert!(files(root.path()).is_empty());
}

#[test]
fn a_full_disk_is_named_and_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let mut upload = objects.begin(org(1), LIMIT).unwrap();
    upload.write_into(fs::File::options().write(true).open("/dev/full").unwrap());
    assert!(matches!(upload.write(&[0; 4096]), Err(ObjectsError::DiskFull { .. })));
    drop(upload);

    let mut upload = objects.begin(org(1), LIMIT).unwrap();
    upload.write_into(fs::File::options().write(true).open("/dev/full").unwrap());
    upload.write(b"few").unwrap();
    assert!(matches!(upload.finish(), Err(ObjectsError::DiskFull { .. })));
    assert!(files(root.path()).is_empty());
}

#[test]
fn opening_removes_what_was_cut_short_but_not_what_is_still_being_written() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let mut upload = objects.begin(org(1), LIMIT).unwrap();
    upload.write(b"policy").unwrap();
    let left_over = root.path().join("unfinished").join("1-0-left");
    fs::write(&left_over, b"half").unwrap();
    Objects::open(root.path()).unwrap();
    assert!(!left_over.exists());
    let stored = upload.finish().unwrap();
    assert_eq!(read(&objects, org(1), stored.digest).unwrap(), b"policy");
}

#[test]
fn a_small_object_that_rotted_is_refused_by_name_before_any_byte() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let stored = put(&objects, org(1), b"policy");
    flip(&objects.object_path(org(1), stored.digest), 3);
    let error = objects.read(org(1), stored.digest).unwrap_err();
    assert!(matches!(error, ObjectsError::Corrupt { .. }));
    assert!(error.to_string().contains(&stored.digest.to_string()));
}

#[test]
fn a_large_object_that_rotted_is_served_up_to_the_piece_before() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let bytes = large_bytes();
    let stored = put(&objects, org(1), &bytes);
    flip(&objects.object_path(org(1), stored.digest), (2 << 20) + 5);
    let mut reader = objects.read(org(1), stored.digest).unwrap();
    let mut seen = Vec::new();
    let error = reader.read_to_end(&mut seen).unwrap_err();
    assert_eq!(seen, bytes[..2 << 20]);
    assert!(matches!(
        ObjectsError::inside(&error),
        Some(ObjectsError::Corrupt { digest, .. }) if *digest == stored.digest
    ));
    assert!(reader.read(&mut [0; 16]).is_err(), "it stays refused");
}

#[test]
fn an_object_altered_together_with_its_pieces_digests_never_reaches_its_end() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let bytes = large_bytes();
    let stored = put(&objects, org(1), &bytes);
    let path = objects.object_path(org(1), stored.digest);
    flip(&path, 9);
    let (_, chunks) = crate::chunks::digest_all(fs::File::open(&path).unwrap()).unwrap();
    fs::write(path.with_extension("chunks"), chunks.to_text(stored.digest)).unwrap();
    let mut seen = Vec::new();
    let mut reader = objects.read(org(1), stored.digest).unwrap();
    assert!(reader.read_to_end(&mut seen).is_err());
    assert!(seen.len() < bytes.len());
}

#[test]
fn a_large_object_without_its_pieces_digests_is_read_whole_first() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let stored = put(&objects, org(1), &large_bytes());
    let path = objects.object_path(org(1), stored.digest);
    fs::remove_file(path.with_extension("chunks")).unwrap();
    assert!(read(&objects, org(1), stored.digest).is_ok());
    flip(&path, 9);
    assert!(matches!(objects.read(org(1), stored.digest), Err(ObjectsError::Corrupt { .. })));
}

#[test]
fn cut_lengthened_and_linked_objects_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let stored = put(&objects, org(1), &large_bytes());
    let path = objects.object_path(org(1), stored.digest);
    for length in [0, 1 << 20, (5 << 20) + 18] {
        fs::File::options().write(true).open(&path).unwrap().set_len(length).unwrap();
        assert!(read(&objects, org(1), stored.digest).is_err(), "{length}");
    }
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
    assert!(read(&objects, org(1), stored.digest).is_err());
}

#[test]
fn storing_again_mends_an_object_that_rotted() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let stored = put(&objects, org(1), b"policy");
    flip(&objects.object_path(org(1), stored.digest), 0);
    put(&objects, org(1), b"policy");
    assert_eq!(read(&objects, org(1), stored.digest).unwrap(), b"policy");
}

#[test]
fn verification_counts_everything_and_names_what_is_broken() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let whole = put(&objects, org(1), b"whole");
    let rotten = put(&objects, org(2), b"rotten");
    let large = put(&objects, org(2), &large_bytes());
    flip(&objects.object_path(org(2), rotten.digest), 0);
    fs::remove_file(objects.object_path(org(2), large.digest).with_extension("chunks")).unwrap();
    let stray = objects.object_path(org(1), whole.digest).with_file_name("stray");
    fs::write(&stray, b"").unwrap();

    let mut seen = Vec::new();
    let report = objects.verify_all(&mut |at| seen.push(at.objects)).unwrap();
    assert_eq!(seen, [1, 2, 3]);
    assert_eq!((report.objects, report.bytes), (3, 5 + 6 + large.size));
    let mut broken: Vec<_> = report.broken.iter().map(|one| one.digest).collect();
    broken.sort();
    let mut expected = [rotten.digest, large.digest];
    expected.sort();
    assert_eq!(broken, expected);
    assert_eq!(report.foreign, [stray]);
}

#[test]
fn removing_takes_the_pieces_digests_along_and_says_whether_there_was_one() {
    let root = tempfile::tempdir().unwrap();
    let objects = objects(root.path());
    let stored = put(&objects, org(1), &large_bytes());
    assert!(objects.remove(org(1), stored.digest).unwrap());
    assert!(!objects.remove(org(1), stored.digest).unwrap());
    assert!(files(root.path()).is_empty());
    assert_eq!(objects.size(org(1), stored.digest).unwrap(), None);
}

#[test]
fn a_tile_is_written_once_and_never_changes() {
    let root = tempfile::tempdir().unwrap();
    let tiles = TileFiles::open(root.path()).unwrap();
    let log = Log::Organisation(org(1));
    let path = "tile/0/x001/067";
    assert_eq!(tiles.tile(log, path).unwrap(), None);
    tiles.put_tile(log, path, b"hashes").unwrap();
    tiles.put_tile(log, path, b"hashes").unwrap();
    let error = tiles.put_tile(log, path, b"others").unwrap_err();
    assert!(matches!(error, ObjectsError::TileConflict { .. }));
    assert!(error.to_string().contains(path));
    assert_eq!(tiles.tile(log, path).unwrap().unwrap(), b"hashes");
    assert_eq!(tiles.tile(Log::Installation, path).unwrap(), None);
}

#[test]
fn partial_tiles_and_bundles_have_places_of_their_own() {
    let root = tempfile::tempdir().unwrap();
    let tiles = TileFiles::open(root.path()).unwrap();
    let all = [
        ("tile/0/000", &b"full"[..]),
        ("tile/0/000.p/17", b"part"),
        ("tile/entries/x123/456", b"bundle"),
    ];
    tiles.put_tiles(Log::Installation, all).unwrap();
    for (path, bytes) in all {
        assert_eq!(tiles.tile(Log::Installation, path).unwrap().unwrap(), bytes);
    }
}

#[test]
fn paths_that_no_tile_has_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let tiles = TileFiles::open(root.path()).unwrap();
    for path in [
        "",
        "checkpoint",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/../../../x",
        "tile/0/001/067",
        "tile/0/x001",
        "tile/0/x001/x067",
        "tile/0/067.p/",
        "tile/0/067.p/1/2",
        "tile/0/067.p/../1",
        "tile/100/067",
        "/tile/0/067",
        "tile/entries/0\\67",
        "tile/0/é67",
    ] {
        assert!(
            matches!(
                tiles.put_tile(Log::Installation, path, b""),
                Err(ObjectsError::TilePath { .. })
            ),
            "{path}"
        );
    }
}

#[test]
fn a_checkpoint_is_replaced_whole() {
    let root = tempfile::tempdir().unwrap();
    let tiles = TileFiles::open(root.path()).unwrap();
    assert_eq!(tiles.checkpoint(Log::Installation).unwrap(), None);
    tiles.put_checkpoint(Log::Installation, b"one").unwrap();
    tiles.put_checkpoint(Log::Installation, b"two").unwrap();
    assert_eq!(tiles.checkpoint(Log::Installation).unwrap().unwrap(), b"two");
    let mut half = fs::File::create(root.path().join("unfinished/half")).unwrap();
    half.write_all(b"thr").unwrap();
    drop(half);
    let tiles = TileFiles::open(root.path()).unwrap();
    assert_eq!(tiles.checkpoint(Log::Installation).unwrap().unwrap(), b"two");
    assert_eq!(files(root.path()).len(), 1);
}

#[test]
fn turns_to_replace_a_checkpoint_are_one_at_a_time_between_servers() {
    const ROUNDS: u64 = 50;
    let folder = tempfile::tempdir().unwrap();
    let log = Log::Installation;
    let count = |files: &TileFiles| {
        let bytes = files.checkpoint(log).unwrap().unwrap_or_else(|| b"0".to_vec());
        String::from_utf8(bytes).unwrap().parse::<u64>().unwrap()
    };
    let servers = [(); 3].map(|()| TileFiles::open(folder.path()).unwrap());
    std::thread::scope(|scope| {
        for files in &servers {
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    let _turn = files.checkpoint_turn(log).unwrap();
                    let next = count(files) + 1;
                    files.put_checkpoint(log, next.to_string().as_bytes()).unwrap();
                }
            });
        }
    });
    assert_eq!(count(&servers[0]), 3 * ROUNDS);
    assert_eq!(servers[0].logs().unwrap(), [log]);
}
