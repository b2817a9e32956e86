//! A backup made by somebody who may encrypt to its reader: the bytes are the archive inside.

#![no_main]

use closedset_backup::{BackupError, Header, Lock, Member, Visitor, Writer, read};
use closedset_fuzz::backup::{KEY, sealed};
use libfuzzer_sys::fuzz_target;
use std::io::Read;

#[derive(Default)]
struct Taken {
    header: Option<Header>,
    members: Vec<(Member, Vec<u8>)>,
}

impl Visitor for Taken {
    type Error = BackupError;

    fn header(&mut self, header: Header) -> Result<(), BackupError> {
        self.header = Some(header);
        Ok(())
    }

    fn member(&mut self, member: &Member, _: u64, bytes: &mut dyn Read) -> Result<(), BackupError> {
        let mut content = Vec::new();
        bytes.read_to_end(&mut content).map_err(BackupError::Read)?;
        self.members.push((member.clone(), content));
        Ok(())
    }
}

fuzz_target!(|archive: &[u8]| {
    let mut taken = Taken::default();
    let Ok(manifest) = read(&*sealed(archive), &KEY.keys, &mut taken) else {
        return;
    };
    // What was taken is written as a backup that says the same.
    let header = taken.header.as_ref().expect("a whole backup has a header");
    let lock = Lock::recipients([KEY.recipient.as_str()]).expect("the key has a recipient");
    let mut writer = Writer::begin(Vec::new(), &lock, header).expect("memory can be written");
    for (member, content) in &taken.members {
        writer.add(member, content).expect("memory can be written");
    }
    let file = writer.finish(manifest.totals.clone(), manifest.gaps.clone()).expect("memory can be written");
    let mut again = Taken::default();
    let anew = read(&*file, &KEY.keys, &mut again).expect("what was written can be read");
    assert_eq!((anew.members, anew.totals), (manifest.members, manifest.totals));
    assert_eq!((again.header, again.members), (taken.header, taken.members));
});
