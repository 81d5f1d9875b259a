//! One program of a session in a process of its own: what it writes goes on to stdout, and the value after the mark is
//! the answer. Ctrl-C ends the process and what it runs.

use crate::report;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// The value follows this line.
pub const MARK: &str = ":wat.repl/value";

pub enum Outcome {
    /// The value's EDN text.
    Value(String),
    /// It ended well without one.
    Done,
    /// It crashed, which has been told, or was ended.
    Failed,
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

extern "C" fn note(_: i32) {
    INTERRUPTED.store(true, Ordering::SeqCst);
}

/// `inputs` say where the program's parts were written; `set` are settings as the command line gives them.
pub fn run(program: &str, inputs: &str, set: &[String]) -> Outcome {
    INTERRUPTED.store(false, Ordering::SeqCst);
    // SAFETY: the handler stores to an atomic and nothing else.
    let before = unsafe { libc::signal(libc::SIGINT, note as *const () as libc::sighandler_t) };
    let outcome = start(program, inputs, set).map_or_else(
        |e| {
            report::write(&format!("wat: start a process for the expression: {e}\n"));
            Outcome::Failed
        },
        follow,
    );
    // SAFETY: what was there before is put back.
    unsafe { libc::signal(libc::SIGINT, before) };
    outcome
}

fn start(program: &str, inputs: &str, set: &[String]) -> std::io::Result<Child> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(set.iter().flat_map(|setting| ["--set", setting]))
        .args(["--inputs", inputs, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // A process that ends before it has read says why itself.
        let _ = input.write_all(program.as_bytes());
    }
    Ok(child)
}

fn follow(mut child: Child) -> Outcome {
    let lines = lines_of(&mut child);
    let (mut marked, mut value) = (false, None);
    loop {
        match lines.recv_timeout(Duration::from_millis(20)) {
            Ok(line) if marked => value = Some(line),
            Ok(line) if line == MARK => marked = true,
            Ok(line) => super::say(&format!("{line}\n")),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if INTERRUPTED.load(Ordering::SeqCst) {
            let _ = child.kill();
            let _ = child.wait();
            report::write("wat: interrupted\n");
            return Outcome::Failed;
        }
    }
    match (child.wait(), value) {
        (Ok(status), Some(value)) if status.success() => Outcome::Value(value),
        (Ok(status), None) if status.success() => Outcome::Done,
        (Ok(status), _) if status.code().is_none() => {
            report::write("wat: the process of the expression was ended by a signal\n");
            Outcome::Failed
        }
        _ => Outcome::Failed,
    }
}

fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sent, lines) = channel();
    if let Some(out) = child.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sent.send(line).is_err() {
                    return;
                }
            }
        });
    }
    lines
}
