use super::*;
use proptest::prelude::*;

/// From the specification, "Verifier keys", "Example".
const VERIFIER: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn signer(name: &str, seed: u8) -> SignerKey {
    SignerKey::from_seed(KeyName::new(name).unwrap(), &[seed; 32])
}

fn key(text: &str) -> Result<VerifierKey, KeyError> {
    text.parse()
}

#[test]
fn the_specifications_example_verifies() {
    let verifier = key(VERIFIER).unwrap();
    assert_eq!(verifier.to_string(), VERIFIER);
    let note = SignedNote::parse(NOTE.as_bytes()).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.to_string(), NOTE);
    let verified = note.verify(std::slice::from_ref(&verifier)).unwrap();
    assert_eq!(verified, [VerifiedSignature { key: verifier, cosigned_at_s: None }]);
}

#[test]
fn a_text_with_blank_lines_ends_at_the_last_one() {
    let text = "one\n\ntwo\n\n— like a signature\n";
    let mut note = SignedNote::new(text).unwrap();
    note.sign(&signer("a.example", 1));
    let read = SignedNote::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(read.text(), text);
    assert_eq!(read.verify(&[signer("a.example", 1).verifier().clone()]).unwrap().len(), 1);
}

#[test]
fn unknown_keys_are_ignored_and_known_ones_counted_once() {
    let (known, unknown) = (signer("a.example", 1), signer("b.example", 2));
    let mut note = SignedNote::new("text\n").unwrap();
    note.sign(&unknown);
    let known_keys = [known.verifier().clone()];
    assert_eq!(note.verify(&known_keys), Err(NoteError::NoKnownKey));
    note.sign(&known);
    note.sign(&known);
    assert_eq!(note.verify(&known_keys).unwrap().len(), 1);
    let same_name = signer("a.example", 3);
    note.sign(&same_name);
    assert_eq!(note.verify(&known_keys).unwrap().len(), 1, "a name alone is not a key");
}

#[test]
fn a_wrong_signature_by_a_known_key_refuses_the_note() {
    let (right, wrong) = (signer("a.example", 1), signer("b.example", 2));
    let mut other_text = SignedNote::new("other\n").unwrap();
    other_text.sign(&wrong);
    let mut note = SignedNote::new("text\n").unwrap();
    note.sign(&right);
    note.add_signature(other_text.signatures()[0].clone());
    let keys = [right.verifier().clone(), wrong.verifier().clone()];
    let refused = NoteError::WrongSignature {
        name: wrong.verifier().name().clone(),
        id: wrong.verifier().id(),
    };
    assert_eq!(note.verify(&keys), Err(refused));
    assert_eq!(note.verify(&keys[..1]).unwrap().len(), 1);
    let mut cut = note.signatures()[0].clone();
    cut.bytes.pop();
    note.add_signature(cut);
    assert!(matches!(note.verify(&keys[..1]), Err(NoteError::WrongSignature { .. })));
}

#[test]
fn malformed_notes_are_refused_by_name() {
    let line = NOTE.split("\n\n").nth(1).unwrap();
    let many = |count| format!("text\n\n{}", line.repeat(count));
    assert_eq!(SignedNote::parse(many(100).as_bytes()).unwrap().signatures().len(), 100);
    for (bytes, error) in [
        (&b""[..], NoteError::NoSignatures),
        (b"text\n", NoteError::NoSignatures),
        (b"text\n\n", NoteError::NoSignatures),
        (b"\xff\n\n", NoteError::NotUtf8),
        (b"a\tb\n\n\xe2\x80\x94 a AAAAAAA=\n", NoteError::ControlCharacter(1)),
        (b"a\nb\r\n\n\xe2\x80\x94 a AAAAAAA=\n", NoteError::ControlCharacter(2)),
        (line.as_bytes(), NoteError::NoSignatures),
        (NOTE.trim_end().as_bytes(), NoteError::NoSignatures),
        (many(101).as_bytes(), NoteError::TooManySignatures),
        (&vec![b'a'; MAX_NOTE_LENGTH + 1], NoteError::TooLong(MAX_NOTE_LENGTH + 1)),
    ] {
        assert_eq!(SignedNote::parse(bytes), Err(error));
    }
    for line in [
        "- a AAAAAAA=",
        "— a",
        "— a ",
        "—a AAAAAAA=",
        "—  AAAAAAA=",
        "— a+b AAAAAAA=",
        "— a AAAA",
        "— a AAAAAA==",
        "— a AAAAAAB=",
        "— a AAAAAAA",
        "— a AAAAAAA= ",
        "— a b AAAAAAA=",
        "x",
        "— a\u{2003}b AAAAAAA=",
        "— a AAAA\tAAA=",
    ] {
        let good = "— a AAAAAAA=";
        let note = format!("text\n\n{good}\n{line}\n");
        assert_eq!(
            SignedNote::parse(note.as_bytes()),
            Err(NoteError::SignatureLine(2)),
            "{line:?}"
        );
    }
    assert_eq!(SignedNote::new("no newline"), Err(NoteError::Text));
    assert_eq!(SignedNote::new(""), Err(NoteError::Text));
}

#[test]
fn verifier_keys_have_one_spelling() {
    let (start, material) = VERIFIER.split_at(25);
    for (text, error) in [
        ("", KeyError::Parts),
        ("a+b", KeyError::Parts),
        (&VERIFIER.replace("530d903a", "530D903A"), KeyError::Id),
        (&VERIFIER.replace("530d903a", "+30d903a"), KeyError::Id),
        (&VERIFIER.replace("530d903a", "30d903a"), KeyError::Id),
        (&VERIFIER.replace("example.com", "example com"), KeyError::Name),
        (&VERIFIER["example.com/foo".len()..], KeyError::Name),
        (&format!("{start}{}", &material[1..]), KeyError::Base64),
        (&format!("{start}{}", &material[..40]), KeyError::Length(29)),
        (start, KeyError::Length(0)),
        (&VERIFIER.replace("+Aeky", "+Beky"), KeyError::Kind(5)),
        ("a".repeat(513).as_str(), KeyError::Parts),
    ] {
        assert_eq!(key(text), Err(error), "{text}");
    }
    let renamed = VERIFIER.replace("example.com/foo", "example.com/bar");
    assert!(matches!(key(&renamed), Err(KeyError::WrongId { .. })));
    let name = || KeyName::new("a").unwrap();
    let identity = {
        let mut point = [0; 32];
        point[0] = 1;
        point
    };
    for weak in [[0; 32], identity] {
        assert_eq!(VerifierKey::new(name(), KeyKind::Ed25519, &weak), Err(KeyError::Point));
    }
}

#[test]
fn signer_keys_survive_their_text_and_do_not_show_it() {
    let signer = signer("log.example/one", 7);
    let text = signer.to_text();
    let read = SignerKey::from_text(&text).unwrap();
    assert_eq!(read.verifier(), signer.verifier());
    assert_eq!(*read.to_text(), *text);
    let shown = format!("{signer:?}");
    assert_eq!(shown, format!("SignerKey(log.example/one {})", signer.verifier().id()));
    let not_private = SignerKey::from_text(VERIFIER).unwrap_err();
    assert_eq!(not_private, KeyError::NotPrivate);
    let renamed = text.replace("one", "two");
    assert!(matches!(SignerKey::from_text(&renamed), Err(KeyError::WrongId { .. })));
}

#[test]
fn two_known_keys_with_one_name_and_id_are_refused() {
    let first = signer("a.example", 1);
    let forged = signer("a.example", 2).verifier().clone().with_id(first.verifier().id());
    let mut note = SignedNote::new("text\n").unwrap();
    note.sign(&first);
    let known = first.verifier().clone();
    let ambiguous = NoteError::AmbiguousKey { name: known.name().clone(), id: known.id() };
    assert_eq!(note.verify(&[known.clone(), forged]), Err(ambiguous));
    assert_eq!(note.verify(&[known.clone(), known]).unwrap().len(), 1);
}

proptest! {
    #[test]
    fn any_text_signed_verifies_and_survives(text in "(\\PC{0,20}\n){1,4}", seed: u8) {
        let signer = signer("a.example", seed);
        let mut note = SignedNote::new(text).unwrap();
        note.sign(&signer);
        let read = SignedNote::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&read, &note);
        read.verify(&[signer.verifier().clone()]).unwrap();
    }

    #[test]
    fn any_changed_byte_is_noticed(at in 0usize..160, bit in 0u8..8) {
        let verifier = key(VERIFIER).unwrap();
        let mut bytes = NOTE.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let believed = SignedNote::parse(&bytes).and_then(|note| note.verify(&[verifier]));
        prop_assert!(believed.is_err());
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
        let _ = SignedNote::parse(&bytes);
    }

    #[test]
    fn what_parses_is_written_back_the_same(
        text in "[a\n]{0,4}\n\n(— [a-c ]{1,3} [A-Za-z0-9+/=]{6,12}\n){0,3}",
    ) {
        if let Ok(note) = SignedNote::parse(text.as_bytes()) {
            prop_assert_eq!(note.to_string(), text);
        }
    }

    #[test]
    fn any_text_is_read_as_a_key_without_panic(text: String, tail in "[0-9a-f]{8}\\+[A-Za-z0-9+/=]{0,48}") {
        let _ = key(&text);
        let _ = key(&format!("a+{tail}"));
        let _ = SignerKey::from_text(&format!("PRIVATE+KEY+a+{tail}"));
    }
}
