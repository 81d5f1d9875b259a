//! The session on a real terminal: a pseudo terminal on whose other end a person is played.

mod support;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use support::Source;

const PATIENCE: Duration = Duration::from_secs(60);

struct Terminal {
    keys: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
    session: Child,
    home: Source,
}

impl Terminal {
    fn open(home: Source) -> Terminal {
        // SAFETY: plain calls; each descriptor is owned from here on.
        let (master, name) = unsafe {
            let master = libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY);
            assert!(master >= 0, "a pseudo terminal");
            assert_eq!((libc::grantpt(master), libc::unlockpt(master)), (0, 0));
            let mut name = [0; 64];
            assert_eq!(libc::ptsname_r(master, name.as_mut_ptr(), name.len()), 0);
            let size = libc::winsize { ws_row: 30, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
            libc::ioctl(master, libc::TIOCSWINSZ, &size);
            (OwnedFd::from_raw_fd(master), std::ffi::CStr::from_ptr(name.as_ptr()).to_owned())
        };
        let path = name.to_str().expect("the path of a terminal");
        let slave = std::fs::OpenOptions::new().read(true).write(true).open(path).expect("its other end");
        let end = || Stdio::from(slave.try_clone().expect("a descriptor"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_wat"));
        command.arg("repl").current_dir(&home.directory).stdin(end()).stdout(end()).stderr(end());
        command.env("TERM", "xterm").env("XDG_STATE_HOME", &home.directory).env_remove("NO_COLOR");
        // SAFETY: two system calls between fork and exec.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                libc::ioctl(0, libc::TIOCSCTTY, 0);
                Ok(())
            });
        }
        let session = command.spawn().expect("the binary starts");
        drop(slave);
        let keys = File::from(master);
        let mut eyes = keys.try_clone().expect("a descriptor");
        assert!(eyes.as_raw_fd() >= 0);
        let (sent, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = eyes.read(&mut bytes) {
                if sent.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut terminal = Terminal { keys, screen, seen: String::new(), session, home };
        terminal.sees("wat> ");
        terminal
    }

    fn types(&mut self, keys: &str) {
        self.seen.clear();
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    fn sees(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.plain().contains(text) {
            match self.screen.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("{text:?} does not appear; there is {:?}", self.seen)
                }
            }
        }
    }

    /// What is seen without colours and movements of the cursor.
    fn plain(&self) -> String {
        let mut out = String::new();
        let mut chars = self.seen.chars();
        while let Some(c) = chars.next() {
            if c == '\x1b' {
                if chars.next() == Some('[') {
                    for c in chars.by_ref() {
                        if c.is_ascii_alphabetic() {
                            break;
                        }
                    }
                }
            } else {
                out.push(c);
            }
        }
        out
    }

    /// Types a line and waits for an answer and the next prompt.
    fn asks(&mut self, line: &str, answer: &str) {
        self.types(&format!("{line}\r"));
        self.sees(&format!("{answer}\r\n"));
        self.sees_prompt();
    }

    fn sees_prompt(&mut self) {
        let at = self.seen.len();
        let end = Instant::now() + PATIENCE;
        while !self.plain().trim_end_matches('\r').ends_with("wat> ") {
            let Ok(bytes) = self.screen.recv_timeout(end.saturating_duration_since(Instant::now())) else {
                panic!("no prompt after {:?}", &self.seen[at..])
            };
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    fn ends(mut self) -> (Option<i32>, Source) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.session.try_wait().expect("it is ours") {
                let home = std::mem::replace(&mut self.home, Source::empty());
                return (status.code(), home);
            }
            assert!(Instant::now() < end, "the session does not end: {:?}", self.seen);
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended, or the test failed.
        let _ = self.session.kill();
        let _ = self.session.wait();
    }
}

#[test]
fn expressions_definitions_and_documentation() {
    let mut terminal = Terminal::open(Source::empty());
    terminal.asks("(+ 1 2)", "3 <- i64");
    terminal.asks("(defn twice \"Two of it.\" [n <- i64] -> i64 (* 2 n))", "");
    terminal.asks("(twice 21)", "42 <- i64");
    terminal.asks("(doc twice)", "Two of it.");
    terminal.types("(doc map)\r");
    terminal.sees("The function applied");
    terminal.sees_prompt();
    terminal.asks("(/ 1 0)", "");
    terminal.asks("*1", "42 <- i64");
    terminal.types(":quit\r");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn control_c_ends_the_expression_and_not_the_session() {
    let mut terminal = Terminal::open(Source::empty());
    terminal.types("(do (println :begun) (sleep (seconds 3600)))\r");
    terminal.sees(":begun\r\n");
    terminal.types("\x03");
    terminal.sees("interrupted");
    terminal.sees_prompt();
    terminal.asks("(+ 40 2)", "42 <- i64");
    // A line half written is dropped.
    terminal.types("(+ 1 \x03");
    terminal.sees_prompt();
    terminal.asks("(+ 2 2)", "4 <- i64");
    terminal.types("\x04");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn a_form_goes_over_lines_and_names_complete() {
    let mut terminal = Terminal::open(Source::empty());
    terminal.types("(let [x 1\r");
    terminal.types("      y 2]\r");
    terminal.types("  (+ x y))\r");
    terminal.sees("3 <- i64");
    terminal.sees_prompt();
    terminal.types("(wat.string/starts-w\t \"abc\" \"a\")\r");
    terminal.sees("true <- bool");
    terminal.sees_prompt();
    terminal.types("\x04");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn the_next_session_knows_the_history() {
    let mut terminal = Terminal::open(Source::empty());
    terminal.asks("(* 6 7)", "42 <- i64");
    terminal.types("\x04");
    let (code, home) = terminal.ends();
    assert_eq!(code, Some(0));
    let mut terminal = Terminal::open(home);
    terminal.types("\x1b[A\r");
    terminal.sees("42 <- i64");
    terminal.sees_prompt();
    terminal.types("\x04");
    assert_eq!(terminal.ends().0, Some(0));
}
