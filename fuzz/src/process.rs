//! Targets that read inputs on stdin and answer a word a line on stdout: a wat program, or this program itself.

use crate::HANG;
use crate::target::{Asked, Word, here};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};

/// A process, its lines, and what it says on stderr.
pub struct Talk {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    errors: Option<JoinHandle<String>>,
}

impl Talk {
    pub fn start(command: &mut Command) -> Result<Talk, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{command:?}: {error}; build it first"))?;
        let (to, lines) = channel();
        let output = BufReader::new(child.stdout.take().expect("piped"));
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| to.send(line)));
        let stderr = child.stderr.take().expect("piped");
        // Its first bytes are kept; the rest is read so that nobody waits.
        let errors = thread::spawn(move || {
            let mut reader = stderr;
            let mut first = Vec::new();
            let _ = (&mut reader).take(8 << 10).read_to_end(&mut first);
            let _ = std::io::copy(&mut reader, &mut std::io::sink());
            String::from_utf8_lossy(&first).into_owned()
        });
        let stdin = child.stdin.take();
        Ok(Talk { child, stdin, lines, errors: Some(errors) })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What is not written shows as a line that does not come.
    pub fn write(&mut self, bytes: &[u8]) {
        let _ = self.stdin.as_mut().map(|stdin| stdin.write_all(bytes).and_then(|()| stdin.flush()));
    }

    pub fn line(&mut self) -> Result<String, String> {
        match self.lines.recv_timeout(HANG) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => Err(format!("no answer in {HANG:?}")),
            Err(RecvTimeoutError::Disconnected) => match self.child.wait() {
                Ok(status) => Err(format!("it ended: {status}")),
                Err(error) => Err(error.to_string()),
            },
        }
    }

    /// A line that has come already.
    pub fn ready_line(&mut self) -> Option<String> {
        self.lines.try_recv().ok()
    }

    pub fn end(&mut self) -> Result<(), String> {
        drop(self.stdin.take());
        let status = self.child.wait().map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("ended with {status}: {}", self.last_words())) }
    }

    pub fn stop(&mut self) -> Result<(), String> {
        // SAFETY: the process is a child that has not been waited for.
        unsafe { libc::kill(self.child.id() as i32, libc::SIGTERM) };
        self.child.wait().map(drop).map_err(|error| error.to_string())
    }

    /// Ends it whatever it does.
    pub fn last_words(&mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default()
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The most resident memory a process has had, in KiB.
pub fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The `wat` built beside this program, or `WAT`.
pub fn wat() -> PathBuf {
    let beside = || std::env::current_exe().expect("own path").with_file_name("wat");
    std::env::var_os("WAT").map_or_else(beside, PathBuf::from)
}

/// `programs/NAME.wat`, which answers each String with `accepted` or `refused`, and crashes where a law does not hold.
pub struct Program(Talk);

impl Program {
    pub fn start(name: &str) -> Result<Program, String> {
        let file = here(&format!("programs/{name}.wat"));
        Talk::start(Command::new(wat()).args(["--out", "lines"]).arg(file)).map(Program)
    }
}

impl Asked for Program {
    fn ask(&mut self, input: &[u8]) -> Result<Word, String> {
        let mut line = Vec::new();
        let text = std::str::from_utf8(input).map_err(|error| error.to_string())?;
        wat_edn::write::string(&mut line, text);
        line.push(b'\n');
        self.0.write(&line);
        word(&self.0.line()?)
    }

    fn talk(&mut self) -> &mut Talk {
        &mut self.0
    }
}

/// A reader of `inside.rs` in a process of its own. Inputs are framed by their length.
pub struct Inside(Talk);

impl Inside {
    pub fn start(name: &str) -> Result<Inside, String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        Talk::start(Command::new(own).args(["--inside", name])).map(Inside)
    }
}

impl Asked for Inside {
    fn ask(&mut self, input: &[u8]) -> Result<Word, String> {
        let length = u32::try_from(input.len()).map_err(|error| error.to_string())?;
        self.0.write(&[&length.to_le_bytes(), input].concat());
        word(&self.0.line()?)
    }

    fn talk(&mut self) -> &mut Talk {
        &mut self.0
    }
}

/// What a target's line says of an input.
pub fn word(line: &str) -> Result<Word, String> {
    match line {
        "accepted" => Ok(Word::Accepted),
        "refused" => Ok(Word::Refused),
        other => Err(format!("it answered {other:?}")),
    }
}
