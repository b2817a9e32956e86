//! What every probe is given: the computer, the options, and a way to say why something is unread.

use crate::{
    collect::CollectOptions,
    host::{Command, CommandOutput, HostError, HostView, Platform},
    parse::windows,
};
use closedset_core::{
    Duration, Time,
    fact::{BODY_LIMIT, Body, FactRecord, Unread},
};

/// Why something could not be read, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Why(pub(crate) String);

impl Why {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    /// `what` could not be read because of `error`.
    pub(crate) fn of(what: &str, error: &HostError) -> Self {
        Self(match error.remedy() {
            Some(remedy) => format!("{what} {error}; {remedy}"),
            None => format!("{what} {error}"),
        })
    }

    pub(crate) fn at(self, path: &str) -> Unread {
        Unread { path: path.into(), why: self.0 }
    }
}

/// A record, and what of it could not be read.
#[derive(Debug)]
pub(crate) struct Reading<T> {
    pub(crate) record: T,
    pub(crate) unread: Vec<Unread>,
}

/// What a probe finds: a reading, or why there is none.
pub(crate) type Found<T> = Result<Reading<T>, Why>;

/// The body that says what was found, if it is not larger than a body may be.
pub(crate) fn body<T: FactRecord>(found: Found<T>) -> Body {
    let reading = match found {
        Ok(reading) => reading,
        Err(Why(why)) => return Body::unreadable(shortened(&why)),
    };
    let unread = reading
        .unread
        .into_iter()
        .map(|one| Unread { path: one.path, why: shortened(&one.why) })
        .collect();
    let body = Body::read(&reading.record, unread);
    match body.and_then(|body| Ok((body.canonical()?.len(), body))) {
        Ok((size, body)) if size <= BODY_LIMIT => body,
        Ok((size, _)) => Body::unreadable(format!(
            "what was found has {size} bytes, more than the {BODY_LIMIT} a fact may have"
        )),
        Err(error) => Body::unreadable(error.to_string()),
    }
}

/// A reason that a person can read: a program's words may have no end.
fn shortened(why: &str) -> String {
    const LIMIT: usize = 500;
    match why.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}...", why.get(..end).unwrap_or_default()),
        None => why.to_owned(),
    }
}

/// The computer and the options.
pub(crate) struct Look<'h> {
    pub(crate) host: &'h dyn HostView,
    pub(crate) options: &'h CollectOptions,
}

impl<'h> Look<'h> {
    pub(crate) const fn new(host: &'h dyn HostView, options: &'h CollectOptions) -> Self {
        Self { host, options }
    }

    pub(crate) const fn now(&self) -> Time {
        self.options.now
    }

    /// A file's text; what is not UTF-8 is replaced.
    pub(crate) fn text(&self, path: &str) -> Result<String, HostError> {
        self.host.read_file(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A file's text, or none if there is no such file.
    pub(crate) fn text_if_there(&self, path: &str) -> Result<Option<String>, Why> {
        match self.text(path) {
            Ok(text) => Ok(Some(text)),
            Err(HostError::NotFound) => Ok(None),
            Err(error) => Err(Why::of(path, &error)),
        }
    }

    /// A file's text without the white space around it, if it can be read and is not empty.
    pub(crate) fn word(&self, path: &str) -> Option<String> {
        let text = self.text(path).ok()?;
        let word = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        (!word.is_empty()).then(|| word.to_owned())
    }

    /// The names in a directory; none if there is no such directory.
    pub(crate) fn names(&self, path: &str) -> Result<Vec<String>, Why> {
        match self.host.list_dir(path) {
            Ok(names) => Ok(names),
            Err(HostError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(Why::of(path, &error)),
        }
    }

    /// Whether there is anything at `path`.
    pub(crate) fn exists(&self, path: &str) -> Result<bool, Why> {
        self.host.exists(path).map_err(|error| Why::of(path, &error))
    }

    /// Runs a command of the words in `line`.
    pub(crate) fn run(&self, line: &str) -> Result<CommandOutput, HostError> {
        self.host.run(&command(line))
    }

    /// What a command wrote, if it ended well.
    pub(crate) fn output(&self, line: &str) -> Result<String, Why> {
        let name = line.split(' ').next().unwrap_or(line);
        match self.run(line) {
            Ok(output) if output.status == 0 => Ok(output.text()),
            Ok(output) => Err(self.refused(name, &output)),
            Err(error) => Err(Why::of(name, &error)),
        }
    }

    /// What a command wrote if it is there and ended well; none if it is not there.
    pub(crate) fn output_if_there(&self, line: &str) -> Result<Option<String>, Why> {
        match self.run(line) {
            Err(HostError::NotFound) => Ok(None),
            Ok(output) if output.status == 0 => Ok(Some(output.text())),
            _ => self.output(line).map(Some),
        }
    }

    /// A command's own words of refusal, with the remedy if that is to have more rights.
    pub(crate) fn refused(&self, name: &str, output: &CommandOutput) -> Why {
        let said = output.complaint();
        if self.is_root() == Some(false) {
            let remedy = self.host.platform().with_all_rights();
            Why(format!("{name} refused ({said}); {remedy}"))
        } else {
            Why(format!("{name} refused ({said})"))
        }
    }

    /// Whether the probes run with all rights: as root, or on Windows with an administrator's in
    /// force; none if even that cannot be read.
    pub(crate) fn is_root(&self) -> Option<bool> {
        match self.host.platform() {
            Platform::Linux => {
                let status = self.text("/proc/self/status").ok()?;
                let effective = crate::parse::effective_uid(&status)?;
                Some(effective == 0)
            }
            Platform::Macos => {
                let text = self.output_of(&command("id -u"))?;
                text.trim().parse::<u32>().ok().map(|uid| uid == 0)
            }
            Platform::Windows => {
                windows::is_elevated(&self.output_of(&command("whoami /groups /fo csv /nh"))?)
            }
        }
    }

    fn output_of(&self, command: &Command) -> Option<String> {
        self.host.run(command).ok().filter(|output| output.status == 0).map(|output| output.text())
    }
}

/// An age in whole days, those begun counted: one that is told more finely would make every look at
/// an unchanged computer a new fact.
pub(crate) fn in_days(age: Duration) -> Duration {
    const DAY: i64 = Duration::from_days(1).millis();
    let begun = age.millis().max(0).saturating_add(DAY - 1) / DAY;
    Duration::from_days(begun)
}

/// The command of the words in `line`.
pub(crate) fn command(line: &str) -> Command {
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    Command::new(words.next().unwrap_or_default()).args(words)
}
