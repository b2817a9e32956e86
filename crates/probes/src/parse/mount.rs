//! What is mounted: `/proc/self/mountinfo` (proc_pid_mountinfo(5)).

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Where.
    pub point: String,
    /// The file system's type: `ext4`, `fuse.rclone`.
    pub kind: String,
    /// What is mounted there.
    pub source: String,
}

/// The mounts.
pub fn mountinfo(text: &str) -> Vec<Mount> {
    text.lines()
        .filter_map(|line| {
            let (before, after) = line.split_once(" - ")?;
            let point = before.split(' ').nth(4)?;
            let mut words = after.split(' ');
            Some(Mount {
                point: unescaped(point),
                kind: words.next()?.to_owned(),
                source: unescaped(words.next()?),
            })
        })
        .collect()
}

/// Blanks and the like stand as three octal digits after a backslash.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after
            .get(..3)
            .filter(|_| byte == b'\\')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
