//! The log as strangers read it: tiles, bundles, checkpoint, cosignature and proofs of this crate
//! are verified by Go's checksum-database packages (Debian: golang-go, golang-golang-x-mod-dev).
//!
//! Where they are not installed the tests say so and pass, unless CLOSEDSET_REQUIRE_TOOLS=1.

#![expect(clippy::unwrap_used, reason = "the functions around the tests are tests as well")]

use closedset_merkle::{
    Checkpoint, Cosigner, Frontier, Hash, KeyName, LeafIndex, Proof, SignedNote, SignerKey,
    TilePath, TileReader, TreeSize, leaf_hash,
    tile::{grow, grow_bundles},
    tree::{consistency_proof, inclusion_proof},
};
use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

const GO_PATH: &str = "/usr/share/gocode";
const SIZES: [u64; 9] = [1, 255, 256, 257, 1000, 1024, 4999, 5000, 70_003];
const ORIGIN: &str = "log.example/facility";

/// A log in a directory, as it would be served.
struct Log {
    dir: tempfile::TempDir,
    signer: SignerKey,
}

impl TileReader for Log {
    type Error = io::Error;
    fn tile(&self, path: &TilePath) -> Result<Vec<u8>, io::Error> {
        fs::read(self.dir.path().join(path.to_string()))
    }
}

impl Log {
    /// Writes a log that grew through all [`SIZES`], with its keys and proofs.
    fn write() -> Self {
        let name = KeyName::new(ORIGIN).unwrap();
        let signer = SignerKey::from_seed(name, &[42; 32]);
        let log = Self { dir: tempfile::tempdir().unwrap(), signer };
        let mut frontier = Frontier::new();
        let mut roots = Vec::new();
        for size in SIZES {
            log.grow(&mut frontier, size);
            roots.push((size, frontier.root()));
        }
        log.sign(&frontier);
        log.write_proofs(&roots);
        log
    }

    fn grow(&self, frontier: &mut Frontier, size: u64) {
        let old = frontier.size();
        let entries: Vec<_> = (old.0..size).map(entry).collect();
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let tiles = grow(self, old, &leaves).unwrap();
        let bundles = grow_bundles(self, old, &entries).unwrap();
        for file in tiles.into_iter().chain(bundles) {
            self.put(&file.path.to_string(), &file.bytes);
        }
        frontier.extend(leaves);
        assert_eq!(&Frontier::from_tiles(self, frontier.size()).unwrap(), frontier);
    }

    fn sign(&self, frontier: &Frontier) {
        let witness = Cosigner::from_seed(KeyName::new("witness.example").unwrap(), &[43; 32]);
        let checkpoint = Checkpoint::new(ORIGIN, frontier.head()).unwrap();
        let mut note = checkpoint.sign(&self.signer);
        note.add_signature(witness.cosign(&checkpoint, 1_700_000_000).unwrap());
        self.put("checkpoint", note.to_string().as_bytes());
        self.put("log.vkey", self.signer.verifier().to_string().as_bytes());
        self.put("log.skey", self.signer.to_text().as_bytes());
        self.put("witness.vkey", witness.verifier().to_string().as_bytes());
    }

    fn write_proofs(&self, roots: &[(u64, Hash)]) {
        let size = TreeSize(SIZES[SIZES.len() - 1]);
        let checkpoint = fs::read(self.dir.path().join("checkpoint")).unwrap();
        let checkpoint = SignedNote::parse(&checkpoint).unwrap();
        let edges = SIZES.iter().flat_map(|size| [size - 1, *size]);
        for index in edges.chain((0..size.0).step_by(997)).filter(|index| *index < size.0) {
            let index = LeafIndex(index);
            let hashes = inclusion_proof(self, index, size).unwrap();
            let proof = Proof { extra: None, index, hashes, checkpoint: checkpoint.clone() };
            proof.verify(&entry(index.0), self.signer.verifier()).unwrap();
            let name = format!("inclusion/{index}.tlog-proof");
            self.put(&name, proof.to_string().as_bytes());
        }
        for (old, root) in roots {
            let proof = consistency_proof(self, TreeSize(*old), size).unwrap();
            let lines: Vec<_> = std::iter::once(root).chain(&proof).map(Hash::to_base64).collect();
            self.put(&format!("consistency/{old}"), lines.join("\n").as_bytes());
        }
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn flip_a_bit(&self, name: &str) {
        let mut bytes = fs::read(self.dir.path().join(name)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        self.put(name, &bytes);
    }
}

fn entry(index: u64) -> Vec<u8> {
    format!("{{\"entry\":{index}}}").repeat(index as usize % 5).into_bytes()
}

#[test]
fn go_verifies_the_log_and_its_proofs() {
    let Some(checker) = checker() else { return };
    let log = Log::write();
    let output = run(checker, log.dir.path());
    let said = String::from_utf8_lossy(&output.stdout);
    let refused = String::from_utf8_lossy(&output.stderr);
    let inclusions = fs::read_dir(log.dir.path().join("inclusion")).unwrap().count();
    assert!(inclusions > 70);
    let expected = format!("70003 entries, {inclusions} inclusions, 9 consistencies\n");
    assert_eq!((said.as_ref(), refused.as_ref()), (expected.as_str(), ""));

    let signed_by_go = fs::read(log.dir.path().join("signed-by-go")).unwrap();
    let note = SignedNote::parse(&signed_by_go).unwrap();
    assert_eq!(note.text(), "signed by Go\n");
    note.verify(&[log.signer.verifier().clone()]).unwrap();
    let mut ours = SignedNote::new("signed by Go\n").unwrap();
    ours.sign(&log.signer);
    assert_eq!(ours.to_string().as_bytes(), signed_by_go);
}

#[test]
fn go_refuses_the_log_once_a_bit_is_flipped() {
    let Some(checker) = checker() else { return };
    for (file, part) in [
        ("checkpoint", "checkpoint:"),
        ("tile/0/017", "entries:"),
        ("tile/1/001.p/17", "tiles:"),
        ("tile/entries/273.p/115", "entries:"),
        ("inclusion/1000.tlog-proof", "inclusion:"),
        ("consistency/1000", "consistency:"),
    ] {
        let log = Log::write();
        log.flip_a_bit(file);
        let output = run(checker, log.dir.path());
        let refused = String::from_utf8_lossy(&output.stderr);
        assert!(refused.starts_with(&format!("refused: {part}")), "{file}: {refused:?}");
    }
}

fn run(checker: &Path, dir: &Path) -> Output {
    Command::new(checker).arg(dir).output().unwrap()
}

/// The Go program beside this file, built once and offline; `None` where Go or the packages are
/// missing and may be.
fn checker() -> Option<&'static Path> {
    static CHECKER: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match CHECKER.get_or_init(build) {
        Ok(checker) => Some(checker),
        Err(missing)
            if std::env::var_os("CLOSEDSET_REQUIRE_TOOLS").is_some_and(|set| set == "1") =>
        {
            panic!("the independent check cannot run: {missing}")
        }
        Err(missing) => {
            // Past the capture of test output, so that it is seen.
            let left_out = format!("LEFT OUT: the independent check of the log: {missing}\n");
            io::stderr().write_all(left_out.as_bytes()).unwrap();
            None
        }
    }
}

fn build() -> Result<PathBuf, String> {
    let packages = Path::new(GO_PATH).join("src/golang.org/x/mod/sumdb/tlog");
    if !packages.is_dir() {
        return Err("install golang-golang-x-mod-dev".into());
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let checker = target.join("independent");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&checker)
        .arg("main.go")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent"))
        .env("GO111MODULE", "off")
        .env("GOPATH", GO_PATH)
        .env("GOPROXY", "off")
        .env("GOFLAGS", "")
        .env("GOCACHE", target.join("go-cache"))
        .output();
    match built {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err("install golang-go".into()),
        Err(error) => panic!("go cannot be run: {error}"),
        Ok(output) if output.status.success() => Ok(checker),
        Ok(output) => panic!("go build: {}", String::from_utf8_lossy(&output.stderr)),
    }
}
