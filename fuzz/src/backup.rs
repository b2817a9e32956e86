//! A key whose holder and whose correspondents are both played by the fuzzer.

use age::{Encryptor, secrecy::ExposeSecret as _};
use closedset_backup::{Header, KeptFile, Keys, Lock, LogLine, Member, Totals, Writer};
use closedset_core::{Digest, Time, entry::Log, id::Id};
use std::{
    io::{Read, Write},
    sync::LazyLock,
};

/// An identity of age's, made up for this run.
pub struct Key {
    identity: age::x25519::Identity,
    /// What is encrypted to it.
    pub recipient: String,
    /// What opens that.
    pub keys: Keys,
}

/// The key by which everything is sealed here.
pub static KEY: LazyLock<Key> = LazyLock::new(|| {
    let identity = age::x25519::Identity::generate();
    let text = identity.to_string();
    let keys = Keys::identities(text.expose_secret().as_bytes()).expect("age reads its own");
    Key { recipient: identity.to_public().to_string(), identity, keys }
});

/// These bytes as somebody encrypts them who knows the recipient.
pub fn sealed(plain: &[u8]) -> Vec<u8> {
    let to = KEY.identity.to_public();
    let seal =
        Encryptor::with_recipients(std::iter::once(&to as _)).expect("one recipient is enough");
    let mut out = seal.wrap_output(Vec::new()).expect("memory can be written");
    out.write_all(plain).expect("memory can be written");
    out.finish().expect("memory can be written")
}

/// The archive inside a small backup that is whole.
pub fn archive_of_backup() -> Vec<u8> {
    let header = Header {
        format: closedset_backup::FORMAT.into(),
        version: closedset_backup::VERSION,
        program: "0.1.0".into(),
        made_at: Time::from_millis(1_773_307_800_000),
        has_master_key: true,
        migrations: Vec::new(),
        tables: Vec::new(),
        logs: vec![LogLine { log: Log::Installation, built: 3 }],
    };
    let object = Member::Object { organisation: Id::from_bits(1), digest: Digest::of(b"a plan") };
    let members = [
        (Member::File(KeptFile::MasterKey), &b"00"[..]),
        (Member::Checkpoint(Log::Organisation(Id::from_bits(1))), b"note\n"),
        (Member::Rows { table: "log".into(), piece: 1 }, b"[1]\n[2]\n"),
        (object, b"a plan"),
    ];
    let lock = Lock::recipients([KEY.recipient.as_str()]).expect("the key has a recipient");
    let mut writer = Writer::begin(Vec::new(), &lock, &header).expect("memory can be written");
    for (member, bytes) in members {
        writer.add(&member, bytes).expect("memory can be written");
    }
    let file = writer.finish(Totals::default(), Vec::new()).expect("memory can be written");
    let opened = age::Decryptor::new(&*file).expect("it is of age");
    let identity = std::iter::once(&KEY.identity as _);
    let mut plain = Vec::new();
    opened
        .decrypt(identity)
        .expect("it is to this key")
        .read_to_end(&mut plain)
        .expect("memory can be read");
    plain
}
