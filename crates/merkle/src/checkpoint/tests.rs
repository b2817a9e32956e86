use super::*;
use crate::{cosignature::Cosigner, hash::leaf_hash, note::KeyName, tree::TreeSize};
use proptest::prelude::*;

/// From tlog-checkpoint and tlog-cosignature.
const EXAMPLE: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

fn log() -> SignerKey {
    SignerKey::from_seed(KeyName::new("example.com/behind-the-sofa").unwrap(), &[1; 32])
}

fn witness(seed: u8) -> Cosigner {
    Cosigner::from_seed(KeyName::new("witness.example.com/w1").unwrap(), &[seed; 32])
}

fn example() -> Checkpoint {
    Checkpoint::parse(EXAMPLE).unwrap()
}

#[test]
fn the_specifications_example_is_read_and_written() {
    let checkpoint = example();
    assert_eq!(checkpoint.origin(), "example.com/behind-the-sofa");
    assert_eq!(checkpoint.head().size, TreeSize(20_852_163));
    assert_eq!(checkpoint.extensions(), [""; 0]);
    assert_eq!(checkpoint.to_string(), EXAMPLE);
    let same = Checkpoint::new("example.com/behind-the-sofa", *checkpoint.head());
    assert_eq!(same.unwrap(), checkpoint);
}

#[test]
fn the_specifications_signed_example_is_read() {
    let note = format!(
        "{EXAMPLE}\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    );
    let read = SignedNote::parse(note.as_bytes()).unwrap();
    assert_eq!(read.to_string(), note);
    let time = u64::from_be_bytes(read.signatures()[1].bytes[..8].try_into().unwrap());
    assert_eq!((time, read.signatures()[1].bytes.len()), (1_679_315_147, 72));
    let not_ours = Checkpoint::open_note(&read, log().verifier(), &[]);
    assert!(matches!(not_ours, Err(CheckpointError::NotSignedByLog(_))));
}

#[test]
fn other_spellings_are_refused_by_name() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    for (text, error) in [
        (String::new(), CheckpointError::Lines),
        ("a\n".into(), CheckpointError::Lines),
        ("a\n1\n".into(), CheckpointError::Lines),
        (format!("a\n1\n{root}"), CheckpointError::Lines),
        (format!("\n1\n{root}\n"), CheckpointError::Origin),
        (format!("a\tb\n1\n{root}\n"), CheckpointError::Origin),
        (format!("{}\n1\n{root}\n", "a".repeat(256)), CheckpointError::Origin),
        (format!("a\n01\n{root}\n"), CheckpointError::Size),
        (format!("a\n+1\n{root}\n"), CheckpointError::Size),
        (format!("a\n\n{root}\n"), CheckpointError::Size),
        (format!("a\n18446744073709551616\n{root}\n"), CheckpointError::Size),
        ("a\n1\nAAAA\n".into(), CheckpointError::Root),
        (format!("a\n1\n{root} \n"), CheckpointError::Root),
        (format!("a\n1\n{root}\n\n"), CheckpointError::Extension(1)),
        (format!("a\n1\n{root}\nx\n\n"), CheckpointError::Extension(2)),
        (format!("a\n1\n{root}\nx\r\n"), CheckpointError::Extension(1)),
        (format!("a\n0\n{root}\n"), CheckpointError::EmptyRoot(Hash::from_base64(root).unwrap())),
        ("a".repeat(MAX_TEXT_LENGTH + 1), CheckpointError::TooLong(MAX_TEXT_LENGTH + 1)),
    ] {
        assert_eq!(Checkpoint::parse(&text), Err(error), "{text:?}");
    }
    let empty = TreeHead { size: TreeSize(0), root: empty_root() };
    assert_eq!(Checkpoint::new("a\nb", empty), Err(CheckpointError::Origin));
    assert!(Checkpoint::new("a", empty).is_ok());
}

#[test]
fn a_signed_and_cosigned_checkpoint_opens() {
    let mut note = example().sign(&log());
    note.add_signature(witness(2).cosign(&example(), 1_679_315_147).unwrap());
    note.add_signature(witness(3).cosign(&example(), 7).unwrap());
    let bytes = note.to_string();
    let witnesses = [witness(2).verifier().clone()];
    let opened = Checkpoint::open(bytes.as_bytes(), log().verifier(), &witnesses).unwrap();
    assert_eq!(opened.checkpoint, example());
    let [cosignature] = &opened.cosignatures[..] else { panic!("one known witness") };
    assert_eq!(cosignature.key, witnesses[0]);
    assert_eq!(cosignature.cosigned_at_s, Some(1_679_315_147));
}

#[test]
fn the_earliest_of_one_witnesss_cosignatures_counts() {
    let mut note = example().sign(&log());
    for time_s in [30, 10, 20] {
        note.add_signature(witness(2).cosign(&example(), time_s).unwrap());
    }
    let witnesses = [witness(2).verifier().clone()];
    let opened = Checkpoint::open_note(&note, log().verifier(), &witnesses).unwrap();
    assert_eq!(opened.cosignatures.len(), 1);
    assert_eq!(opened.cosignatures[0].cosigned_at_s, Some(10));
}

#[test]
fn a_cosignature_signs_time_and_checkpoint() {
    use ed25519_dalek::{Signature, VerifyingKey};
    let signature = witness(2).cosign(&example(), 1_679_315_147).unwrap();
    let (time, ed25519) = signature.bytes.split_at(8);
    assert_eq!(time, 1_679_315_147u64.to_be_bytes());
    let message = format!("cosignature/v1\ntime 1679315147\n{EXAMPLE}");
    let key = VerifyingKey::from_bytes(witness(2).verifier().public_key()).unwrap();
    let ed25519 = Signature::from_slice(ed25519).unwrap();
    key.verify_strict(message.as_bytes(), &ed25519).unwrap();
    assert!(witness(2).cosign(&example(), 1 << 63).is_err());
}

#[test]
fn a_cosignature_of_another_time_or_checkpoint_is_refused() {
    let witnesses = [witness(2).verifier().clone()];
    let other = Checkpoint::parse(&EXAMPLE.replace("2085", "2086")).unwrap();
    let mut later = witness(2).cosign(&example(), 7).unwrap();
    later.bytes[7] = 8;
    let mut negative = witness(2).cosign(&example(), 7).unwrap();
    negative.bytes[0] = 0x80;
    let mut cut = witness(2).cosign(&example(), 7).unwrap();
    cut.bytes.truncate(7);
    let of_other = witness(2).cosign(&other, 7).unwrap();
    for wrong in [later, negative, cut, of_other] {
        let mut note = example().sign(&log());
        note.add_signature(wrong);
        let refused = Checkpoint::open_note(&note, log().verifier(), &witnesses);
        let wrong = CheckpointError::Note(NoteError::WrongSignature {
            name: witnesses[0].name().clone(),
            id: witnesses[0].id(),
        });
        assert_eq!(refused, Err(wrong));
    }
}

#[test]
fn a_cosignature_does_not_stand_for_the_logs_signature() {
    let mut note = SignedNote::new(EXAMPLE).unwrap();
    note.add_signature(witness(2).cosign(&example(), 7).unwrap());
    let witnesses = [witness(2).verifier().clone()];
    let refused = Checkpoint::open_note(&note, log().verifier(), &witnesses);
    assert!(matches!(refused, Err(CheckpointError::NotSignedByLog(_))));
}

#[test]
fn a_checkpoint_of_another_log_is_refused_even_if_signed() {
    let other = Checkpoint::new("example.com/other", *example().head()).unwrap();
    let refused = Checkpoint::open_note(&other.sign(&log()), log().verifier(), &[]);
    let other_origin = CheckpointError::OtherOrigin {
        expected: "example.com/behind-the-sofa".into(),
        found: "example.com/other".into(),
    };
    assert_eq!(refused, Err(other_origin));
}

#[test]
fn extension_lines_are_kept_and_signed() {
    let text = format!("{EXAMPLE}one\n— two\n");
    let checkpoint = Checkpoint::parse(&text).unwrap();
    assert_eq!(checkpoint.extensions(), ["one", "— two"]);
    let note = checkpoint.sign(&log());
    assert_eq!(note.text(), text);
    let opened = Checkpoint::open(note.to_string().as_bytes(), log().verifier(), &[]).unwrap();
    assert_eq!(opened.checkpoint, checkpoint);
}

proptest! {
    #[test]
    fn any_checkpoint_survives(
        origin in "\\PC{1,60}", size in 1u64.., extensions in "(\\PC{1,20}\n){0,3}",
    ) {
        let head = TreeHead { size: TreeSize(size), root: leaf_hash(origin.as_bytes()) };
        let checkpoint = Checkpoint::new(&origin, head).unwrap();
        let text = format!("{checkpoint}{extensions}");
        let read = Checkpoint::parse(&text).unwrap();
        prop_assert_eq!(read.head(), &head);
        prop_assert_eq!(read.to_string(), text);
    }

    #[test]
    fn any_text_is_read_without_panic(text: String, lines in "[a\n]{0,3}\n[0-9]{0,22}\n[A-Z=]{0,44}\n") {
        let _ = Checkpoint::parse(&text);
        let _ = Checkpoint::parse(&lines);
    }
}
