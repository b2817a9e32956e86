//! Foreign mail servers in processes of their own, and a foreign parser: aiosmtpd and Python's own, as
//! Debian has them. What fails here fails a test, so that nothing is handed on.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};
use tempfile::TempDir;

/// Debian's own, which finds Debian's packages.
const PYTHON: &str = "/usr/bin/python3";

/// A certificate, with its key in files.
#[derive(Debug)]
pub struct Certificate {
    /// It in PEM.
    pub pem: String,
    folder: TempDir,
}

/// A certificate of its own for these names.
pub fn certificate(names: &[&str]) -> Certificate {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pem = made.cert.pem();
    std::fs::write(folder.path().join("cert"), &pem).unwrap();
    std::fs::write(folder.path().join("key"), made.signing_key.serialize_pem()).unwrap();
    Certificate { pem, folder }
}

/// A mail server.
#[derive(Debug)]
pub struct Foreign {
    /// Where it listens.
    pub port: u16,
    child: Child,
    letters: BufReader<ChildStdout>,
}

impl Foreign {
    /// Starts a server that behaves as `arguments` say.
    pub fn start(certificate: Option<&Certificate>, arguments: &[&str]) -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/smtpd.py");
        let mut command = Command::new(PYTHON);
        command.arg(script).args(arguments).stdout(Stdio::piped()).stdin(Stdio::null());
        if let Some(Certificate { folder, .. }) = certificate {
            command.arg("--cert").arg(folder.path().join("cert"));
            command.arg("--key").arg(folder.path().join("key"));
        }
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut letters = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        letters.read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("python3-aiosmtpd is installed");
        Self { port, child, letters }
    }

    /// The next letter that it took.
    pub fn letter(&mut self) -> Value {
        let mut line = String::new();
        self.letters.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// How many letters it took that nobody looked at, once it is stopped.
    pub fn letters_left(&mut self) -> usize {
        let mut rest = String::new();
        self.letters.read_to_string(&mut rest).unwrap();
        rest.lines().count()
    }

    /// Ends it.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        self.stop();
    }
}

const PARSER: &str = "
import email, email.policy, json, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
text = m.get_body(('plain',)); html = m.get_body(('html',))
print(json.dumps({'subject': m['subject'], 'to': str(m['to'].addresses[0].display_name) + ' <' + m['to'].addresses[0].addr_spec + '>',
  'message_id': m['message-id'], 'text': text.get_content(), 'html': html.get_content(),
  'defects': len(m.defects) + len(m['to'].defects) + len(m['subject'].defects)}))
";

/// What Python's own mail parser makes of a letter.
pub fn parsed(letter: &str) -> Value {
    let mut child = Command::new(PYTHON)
        .args(["-c", PARSER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(letter.as_bytes()).unwrap();
    let answer = child.wait_with_output().unwrap();
    serde_json::from_slice(&answer.stdout).unwrap()
}
