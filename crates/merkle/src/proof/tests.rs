use super::*;
use crate::{
    note::{KeyName, SignerKey},
    tile::grow,
    tree::{Frontier, TreeSize, inclusion_proof},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn log() -> SignerKey {
    SignerKey::from_seed(KeyName::new("log.example/one").unwrap(), &[1; 32])
}

fn proof(index: u64, size: u64) -> Proof {
    let leaves: Vec<_> = (0..size).map(|index| leaf_hash(&entry(index))).collect();
    let files = grow(&BTreeMap::new(), TreeSize(0), &leaves).unwrap();
    let tiles: BTreeMap<_, _> = files.into_iter().map(|file| (file.path, file.bytes)).collect();
    let mut frontier = Frontier::new();
    frontier.extend(leaves);
    let checkpoint = Checkpoint::new("log.example/one", frontier.head()).unwrap();
    Proof {
        extra: None,
        index: LeafIndex(index),
        hashes: inclusion_proof(&tiles, LeafIndex(index), TreeSize(size)).unwrap(),
        checkpoint: checkpoint.sign(&log()),
    }
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

fn parse(text: &str) -> Result<Proof, ProofError> {
    Proof::parse(text.as_bytes())
}

#[test]
fn a_proof_file_is_as_the_specification_lays_it_out() {
    let mut proof = proof(2, 3);
    let bare = format!(
        "c2sp.org/tlog-proof@v1\nindex 2\n{}\n\n{}",
        proof.hashes[0].to_base64(),
        proof.checkpoint
    );
    assert_eq!(proof.to_string(), bare);
    proof.extra = Some(b"more".to_vec());
    assert_eq!(proof.to_string(), bare.replace("index", "extra bW9yZQ==\nindex"));
}

#[test]
fn a_proof_read_back_verifies_its_entry_and_no_other() {
    for (index, size) in [(0, 1), (2, 3), (299, 300), (255, 300), (256, 300)] {
        let read = parse(&proof(index, size).to_string()).unwrap();
        let opened = read.verify(&entry(index), log().verifier()).unwrap();
        assert_eq!(opened.checkpoint.head().size, TreeSize(size));
        let other = read.verify(&entry(index + 1), log().verifier());
        assert!(matches!(other, Err(ProofError::Inclusion(VerifyError::Root { .. }))));
    }
}

#[test]
fn a_proof_under_another_key_or_checkpoint_is_refused() {
    let other_key = SignerKey::from_seed(KeyName::new("log.example/one").unwrap(), &[2; 32]);
    let refused = proof(2, 3).verify(&entry(2), other_key.verifier());
    assert!(matches!(refused, Err(ProofError::Checkpoint(CheckpointError::NotSignedByLog(_)))));
    let mut spliced = proof(2, 3);
    spliced.checkpoint = proof(2, 4).checkpoint;
    let refused = spliced.verify(&entry(2), log().verifier());
    let length = VerifyError::Length { expected: 2, found: 1 };
    assert_eq!(refused, Err(ProofError::Inclusion(length)));
    let mut moved = proof(2, 3);
    moved.index = LeafIndex(1 << 40);
    let refused = moved.verify(&entry(2), log().verifier());
    assert!(matches!(refused, Err(ProofError::Inclusion(VerifyError::OutsideTree { .. }))));
    let forged = proof(2, 3).to_string().replace("\n3\n", "\n4\n");
    let refused = parse(&forged).unwrap().verify(&entry(2), log().verifier());
    assert!(matches!(refused, Err(ProofError::Checkpoint(CheckpointError::Note(_)))));
}

#[test]
fn other_spellings_are_refused_by_name() {
    let good = proof(2, 3).to_string();
    assert!(parse(&good).is_ok());
    let hash = format!("{}\n", proof(2, 3).hashes[0].to_base64());
    for (text, error) in [
        (String::new(), ProofError::NoCheckpoint),
        (good.replace("@v1", "@v2"), ProofError::Header),
        (good.replace("index 2", "index 02"), ProofError::Index),
        (good.replace("index 2", "index"), ProofError::Index),
        (good.replace("index 2\n", ""), ProofError::Index),
        (good.replace("index", "extra\nindex"), ProofError::Index),
        (good.replace("index", "extra AA\nindex"), ProofError::Extra),
        (good.replace("index", "extra AA==\nextra AA==\nindex"), ProofError::Index),
        (good.replace(&hash, "AAAA\n"), ProofError::Hash(1)),
        (good.replace(&hash, &format!("{hash}{hash} ")), ProofError::Hash(3)),
        (good.replace(&hash, &hash.repeat(65)), ProofError::TooManyHashes),
        (good.replace("\n\n", "\n"), ProofError::NoCheckpoint),
        (good.trim_end().to_owned(), ProofError::Note(NoteError::NoSignatures)),
        (" ".repeat(MAX_PROOF_LENGTH + 1), ProofError::TooLong(MAX_PROOF_LENGTH + 1)),
    ] {
        assert_eq!(parse(&text), Err(error), "{text}");
    }
    assert_eq!(Proof::parse(b"\xff"), Err(ProofError::NotUtf8));
    let too_much = Proof { extra: Some(vec![0; MAX_EXTRA_LENGTH + 1]), ..proof(2, 3) };
    assert_eq!(parse(&too_much.to_string()), Err(ProofError::Extra));
    let most = Proof { extra: Some(vec![0; MAX_EXTRA_LENGTH]), ..proof(2, 3) };
    assert_eq!(parse(&most.to_string()), Ok(most));
}

proptest! {
    #[test]
    fn any_proof_survives(index: u64, extra: Option<Vec<u8>>, hashes in proptest::collection::vec(any::<[u8; 32]>(), 0..=64)) {
        let hashes = hashes.into_iter().map(Hash::from_bytes).collect();
        let proof = Proof { extra, index: LeafIndex(index), hashes, checkpoint: proof(2, 3).checkpoint };
        prop_assert_eq!(parse(&proof.to_string()), Ok(proof));
    }

    #[test]
    fn any_changed_byte_is_noticed(at in 0usize..1000, bit in 0u8..8) {
        let mut bytes = proof(2, 3).to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let believed = Proof::parse(&bytes).and_then(|proof| proof.verify(&entry(2), log().verifier()));
        prop_assert!(believed.is_err(), "byte {} bit {}", at, bit);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>, rest in "\\PC{0,40}\n\n\\PC{0,40}") {
        let _ = Proof::parse(&bytes);
        let _ = parse(&format!("{HEADER}\n{rest}"));
    }
}
