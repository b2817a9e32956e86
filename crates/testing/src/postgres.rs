//! A PostgreSQL server that lives as long as the test process, from the binaries that the machine
//! has. It runs with `fsync` on and listens on a socket of its own and on a free loopback port.
//!
//! The server's parent is a small shell that waits for the end of a pipe from this process: however
//! the test process ends, the shell then stops the server and removes its directory.

use std::{
    ffi::OsStr,
    fs, io,
    io::Write as _,
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

/// Fails instead of leaving tests out when set to 1.
const REQUIRE_TOOLS: &str = "CLOSEDSET_REQUIRE_TOOLS";
const USER: &str = "closedset";

/// A server of one's own, stopped and removed when dropped.
#[derive(Debug)]
pub struct Postgres {
    binaries: PathBuf,
    directory: PathBuf,
    port: u16,
    owner: Option<Owner>,
    running: Mutex<Option<Child>>,
    databases: AtomicU32,
}

/// The user that the server runs as, where the tests run as root: PostgreSQL refuses root.
#[derive(Debug, Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

/// A fresh, empty database.
#[derive(Debug, Clone)]
pub struct Database {
    /// `postgres://...`
    pub url: String,
}

impl Postgres {
    /// The server that all tests of this process share; none where PostgreSQL is not installed.
    ///
    /// # Panics
    /// If PostgreSQL does not start, or is missing while `CLOSEDSET_REQUIRE_TOOLS` is 1.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// A server of one's own, for tests that stop it; none where PostgreSQL is not installed.
    ///
    /// # Panics
    /// As [`Self::shared`].
    pub fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            assert!(
                std::env::var_os(REQUIRE_TOOLS).is_none_or(|value| value != "1"),
                "PostgreSQL is not installed under /usr/lib/postgresql, and {REQUIRE_TOOLS} is 1"
            );
            let _ = writeln!(
                io::stderr(),
                "left out: what needs PostgreSQL, which is not installed under /usr/lib/postgresql"
            );
            return None;
        };
        Some(Self::create(binaries).expect("a throw-away PostgreSQL starts"))
    }

    fn create(binaries: PathBuf) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("closedset-postgres-").tempdir()?.keep();
        let owner = owner(&directory)?;
        if let Some(owner) = owner {
            std::os::unix::fs::chown(&directory, Some(owner.user), Some(owner.group))?;
        }
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o700))?;
        let mut server = Self {
            binaries,
            directory,
            port: 0,
            owner,
            running: Mutex::new(None),
            databases: AtomicU32::new(0),
        };
        let data = server.directory.join("data");
        let mut arguments = words(["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=trust"]);
        arguments.extend(words(["--username", USER, "--pgdata"]));
        arguments.push(data.as_os_str());
        server.run("initdb", &arguments)?;
        // Another process may take the port between choosing and listening.
        let mut refused = io::Error::other("never tried");
        for _ in 0..5 {
            server.port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
            match server.resume() {
                Ok(()) => return Ok(server),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// A fresh database with C collation.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn database(&self) -> Database {
        self.database_with("TEMPLATE template0")
    }

    /// A fresh database with these options of `CREATE DATABASE`.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn database_with(&self, options: &str) -> Database {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} {options}"));
        Database { url: format!("postgres://{USER}@127.0.0.1:{}/{name}", self.port) }
    }

    /// Runs `sql` in a database with `psql` and returns what it prints, unaligned.
    ///
    /// # Panics
    /// If it fails.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let port = self.port.to_string();
        let mut arguments = words(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        arguments.extend(words(["--set", "ON_ERROR_STOP=1", "--username", USER]));
        arguments.extend(words(["--dbname", database, "--command", sql, "--port", &port]));
        arguments.extend([OsStr::new("--host"), self.directory.as_os_str()]);
        self.run("psql", &arguments).expect("psql runs the statement")
    }

    /// Has the server take connections over TLS with this certificate and key, in PEM; those that do
    /// not ask for it stay unencrypted.
    ///
    /// # Panics
    /// If the server does not take them.
    pub fn encrypt(&self, certificate: &str, key: &str) {
        for (name, text) in [("server.pem", certificate), ("server.key", key)] {
            let file = self.directory.join(name);
            fs::write(&file, text).expect("the certificate is written");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("it is ours");
            if let Some(Owner { user, group }) = self.owner {
                std::os::unix::fs::chown(&file, Some(user), Some(group)).expect("it is given away");
            }
        }
        let folder = self.directory.display();
        self.sql("postgres", &format!("ALTER SYSTEM SET ssl_cert_file = '{folder}/server.pem'"));
        self.sql("postgres", &format!("ALTER SYSTEM SET ssl_key_file = '{folder}/server.key'"));
        self.sql("postgres", "ALTER SYSTEM SET ssl = on");
        self.pause();
        self.resume().expect("the server starts with its certificate");
    }

    /// Kills the server as a crash would: no connection is told, nothing is flushed. The files
    /// stay, see [`Self::resume`].
    ///
    /// # Panics
    /// If the server cannot be stopped.
    pub fn crash(&self) {
        self.stop("immediate");
    }

    /// Stops the server in order; the files stay, see [`Self::resume`].
    ///
    /// # Panics
    /// If the server cannot be stopped.
    pub fn pause(&self) {
        self.stop("fast");
    }

    /// Holds every process of the server where it is: connections stay open and nobody answers, as
    /// when its machine hangs. See [`Self::thaw`].
    ///
    /// # Panics
    /// If the processes cannot be found or signalled.
    pub fn freeze(&self) {
        // The first stops first, so that it starts no others meanwhile.
        self.signal("-STOP");
    }

    /// Lets a server go on that was held.
    ///
    /// # Panics
    /// If the processes cannot be found or signalled.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let file = fs::read_to_string(self.directory.join("data/postmaster.pid"));
        let file = file.expect("a running server says its number");
        let first = file.lines().next().expect("the number stands first").to_owned();
        let send = |program: &str, words: &[&str]| {
            Command::new(program).args(words).status().expect("procps is there").success()
        };
        assert!(send("kill", &[signal, &first]), "{signal} {first}");
        assert!(send("pkill", &[signal, "--parent", &first]), "{signal} to those of {first}");
    }

    fn stop(&self, mode: &str) {
        let data = self.directory.join("data");
        let mut arguments = words(["stop", "--wait", "--mode", mode, "--pgdata"]);
        arguments.push(data.as_os_str());
        self.run("pg_ctl", &arguments).expect("pg_ctl stops the server");
        self.end_supervisor();
    }

    /// Starts the server again on the same port and files.
    ///
    /// # Errors
    /// If it does not listen within a minute.
    pub fn resume(&self) -> io::Result<()> {
        let mut command = self.command(Path::new("/bin/sh"));
        // `read` ends with the pipe; `rm` only runs when this process is gone or drops the server.
        command
            .arg("-c")
            .arg(
                r#""$1"/pg_ctl start --silent --wait --timeout 60 --pgdata "$2/data" --log "$2/log" \
                    --options "-p $3 -k $2 -h 127.0.0.1 -c fsync=on -c max_connections=200" \
                    && echo started || { cat "$2/log" >&2; exit 1; }
                read -r last
                [ "$last" = keep ] && exit 0
                "$1"/pg_ctl stop --silent --mode immediate --pgdata "$2/data"
                rm -rf "$2""#,
            )
            .arg("supervisor")
            .arg(&self.binaries)
            .arg(&self.directory)
            .arg(self.port.to_string())
            .current_dir(&self.directory)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let mut line = String::new();
        let mut output = io::BufReader::new(child.stdout.take().expect("it is piped"));
        io::BufRead::read_line(&mut output, &mut line)?;
        if line.trim() != "started" {
            drop(child.stdin.take());
            let output = child.wait_with_output()?;
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        Ok(())
    }

    /// Ends the shell but leaves the files.
    fn end_supervisor(&self) {
        let child = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut child) = child {
            if let Some(mut pipe) = child.stdin.take() {
                let _ = pipe.write_all(b"keep\n");
            }
            let _ = child.wait();
        }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Some(owner) = self.owner {
            command.uid(owner.user).gid(owner.group);
        }
        command.current_dir(&self.directory).env("LC_ALL", "C").env_remove("PGOPTIONS");
        command
    }

    /// Runs one of PostgreSQL's programs to its end and returns what it prints.
    fn run(&self, binary: &str, arguments: &[&OsStr]) -> io::Result<String> {
        let output = self.command(&self.binaries.join(binary)).args(arguments).output()?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(io::Error::other(format!("{binary} failed: {said}")))
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let child = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        match child {
            // The shell stops the server and removes the files when its pipe ends.
            Some(mut child) => {
                drop(child.stdin.take());
                let _ = child.wait();
            }
            None => {
                let _ = fs::remove_dir_all(&self.directory);
            }
        }
    }
}

fn words<const N: usize>(words: [&str; N]) -> Vec<&OsStr> {
    words.map(OsStr::new).to_vec()
}

/// The newest installed version's programs.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(Result::ok)
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file())
        .max_by_key(|bin| {
            let name = bin.parent().and_then(Path::file_name).and_then(OsStr::to_str);
            name.and_then(|name| name.parse::<u32>().ok())
        })
}

/// Who the server must run as: the system's `postgres` user where this process is root.
fn owner(directory: &Path) -> io::Result<Option<Owner>> {
    if fs::metadata(directory)?.uid() != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let fields = accounts
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.first() == Some(&"postgres"));
    let number = |place: usize| {
        fields.as_ref().and_then(|fields| fields.get(place)).and_then(|text| text.parse().ok())
    };
    match (number(2), number(3)) {
        (Some(user), Some(group)) => Ok(Some(Owner { user, group })),
        _ => Err(io::Error::other("there is no user postgres to run the server as")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_crashes_comes_back_with_its_data_and_leaves_nothing() {
        let Some(server) = Postgres::start() else {
            return;
        };
        let database = server.database();
        let name = database.url.rsplit('/').next().unwrap().to_owned();
        server.sql(&name, "CREATE TABLE kept (a BIGINT); INSERT INTO kept VALUES (7)");
        assert_eq!(server.sql(&name, "SHOW fsync").trim(), "on");
        server.crash();
        server.resume().unwrap();
        assert_eq!(server.sql(&name, "SELECT a FROM kept").trim(), "7");
        let directory = server.directory.clone();
        drop(server);
        assert!(!directory.exists());
    }
}
