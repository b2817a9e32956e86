//! Running programs: the output of `ps -ww -eo pid=,ppid=,uid=,comm=`, and with `args=` for some.

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// The number of the one that started it.
    pub parent: u32,
    /// The number of the account it runs as.
    pub uid: u32,
    /// Its program's name, cut at 15 characters by the kernel.
    pub name: String,
}

/// The processes in the output of `ps -eo pid=,ppid=,uid=,comm=`.
pub fn ps(text: &str) -> Vec<Process> {
    text.lines()
        .filter_map(|line| {
            let (pid, rest) = next_word(line)?;
            let (parent, rest) = next_word(rest)?;
            let (uid, rest) = next_word(rest)?;
            let name = rest.trim().trim_end_matches("<defunct>").trim();
            Some(Process {
                pid: pid.parse().ok()?,
                parent: parent.parse().ok()?,
                uid: uid.parse().ok()?,
                name: (!name.is_empty()).then(|| name.to_owned())?,
            })
        })
        .collect()
}

/// Account numbers and whole command lines in the output of `ps -o uid=,args=`.
pub fn command_lines(text: &str) -> Vec<(u32, String)> {
    text.lines()
        .filter_map(|line| {
            let (uid, rest) = next_word(line)?;
            Some((uid.parse().ok()?, rest.trim().to_owned()))
        })
        .collect()
}

fn next_word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).or_else(|| (!text.is_empty()).then_some((text, "")))
}
