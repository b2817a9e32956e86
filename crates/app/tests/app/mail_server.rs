//! The foreign mail server of the crate that speaks to them, started here too.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

const PYTHON: &str = "/usr/bin/python3";

/// What computers are called in these tests.
pub const NAMES: [&str; 2] = ["grading", "dubbing"];

pub struct Foreign {
    pub port: u16,
    child: Child,
    letters: BufReader<ChildStdout>,
}

impl Foreign {
    pub fn start(arguments: &[&str]) -> Self {
        let script =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../outbound/tests/servers/smtpd.py");
        let mut command = Command::new(PYTHON);
        command.arg(script).args(arguments).stdout(Stdio::piped()).stdin(Stdio::null());
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

    /// What Python's own parser makes of a letter.
    pub fn parsed(&self, letter: &Value) -> Value {
        let program = "import email, email.policy, json, sys\n\
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)\n\
            print(json.dumps({'subject': m['subject'],\n\
            'text': m.get_body(('plain',)).get_content(), 'html': m.get_body(('html',)).get_content()}))";
        let mut child = Command::new(PYTHON)
            .args(["-c", program])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let body = letter["body"].as_str().unwrap();
        child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
        serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
    }

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
