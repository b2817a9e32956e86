//! The running server: started, waited for by what it says, stopped or killed.

use crate::installation::Installation;
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread::JoinHandle,
    time::Duration,
};

/// How long a server may take to start or to stop before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Server {
    child: Child,
    listening: Receiver<()>,
    log: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts the server and waits until it listens.
    pub fn start(installation: &Installation) -> Self {
        let mut server = Self::spawn(installation.serve());
        server.wait_until_it_listens();
        server
    }

    /// Starts the server and waits for nothing.
    pub fn spawn(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let (sender, listening) = channel();
        // Reads on, so that the server never waits for somebody to read its log.
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            for line in stderr.lines() {
                let Ok(line) = line else { break };
                if line.contains("listening") {
                    let _ = sender.send(());
                }
                log += &line;
                log.push('\n');
            }
            log
        });
        Self { child, listening, log: Some(log) }
    }

    pub fn wait_until_it_listens(&mut self) {
        if let Some(log) = self.ended_before_it_listened() {
            panic!("the server ended before it listened: {log}");
        }
    }

    /// Waits until it listens; what it logged, where it ended before.
    pub fn ended_before_it_listened(&mut self) -> Option<String> {
        match self.listening.recv_timeout(PATIENCE) {
            Ok(()) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the server did not listen in a minute"),
            Err(RecvTimeoutError::Disconnected) => {
                Some(self.log.take().expect("it is read once").join().unwrap())
            }
        }
    }

    /// How much memory it has now, in KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// SIGKILL: nothing is flushed, nobody is told.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.take().expect("it is read once").join().unwrap()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGTERM.
    pub fn ask_to_stop(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// SIGTERM, which it must end by in good order; what it logged.
    #[track_caller]
    pub fn stop(self) -> String {
        self.ask_to_stop();
        let (status, log) = self.wait();
        assert!(status.success(), "{status}: {log}");
        assert!(!log.contains("panicked"), "{log}");
        log
    }

    /// Waits until it has ended by itself.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let log = self.log.take().expect("it is read once").join().unwrap();
        (self.child.wait().unwrap(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(mut stderr) = self.child.stderr.take() {
            let _ = stderr.read_to_end(&mut Vec::new());
        }
    }
}
