//! The outside observer: starts roots, looks into /proc, keeps deadlines.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A mark in every node's arguments, of this run alone.
pub fn tag() -> &'static str {
    static TAG: OnceLock<String> = OnceLock::new();
    TAG.get_or_init(|| format!("laws-{}", std::process::id()))
}

pub fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let given = std::env::var("WAT_SEED").ok().and_then(|s| s.parse().ok());
        given.unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.expect("after 1970").as_nanos() as u64
        })
    })
}

/// Rounds of a test: a twentieth of what `WAT_LAWS=full` runs. Printed, for the table of laws.
pub fn rounds(ordinary: usize) -> usize {
    let full = std::env::var("WAT_LAWS").is_ok_and(|word| word == "full");
    let rounds = if full { 20 * ordinary } else { ordinary };
    println!("law rounds {rounds}");
    rounds
}

/// Numbers from a seed (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// Pids of all living nodes of this run, zombies not included.
pub fn tagged_processes() -> Vec<i32> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc is mounted").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse::<i32>().ok()) else { continue };
        if pid == std::process::id() as i32 {
            continue;
        }
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(tag()) {
            found.push(pid);
        }
    }
    found
}

pub fn kill_all() {
    tagged_processes().into_iter().for_each(|pid| kill(pid, libc::SIGKILL));
}

/// Waits until `done`, for at most `limit`.
pub fn eventually(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    loop {
        if done() {
            return true;
        }
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs or is stopped; a zombie whose parent was killed too is for the machine's first process to reap.
pub fn lives(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')')
        .next()
        .and_then(|rest| rest.trim_start().chars().next())
        .is_some_and(|s| s != 'Z' && s != 'X')
}

pub fn kill(pid: i32, signal: i32) {
    // SAFETY: signals a process this runner's tree consists of.
    unsafe { libc::kill(pid, signal) };
}

/// A root under observation. Dropping it kills it.
pub struct Root {
    child: Child,
    pub stdin: Option<ChildStdin>,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Root {
    pub fn start(program: &str, args: &[&str]) -> Root {
        Root::start_from("/proc/self/exe", program, args)
    }

    pub fn start_from(binary: &str, program: &str, args: &[&str]) -> Root {
        Root::command(binary, program, args, |command| command)
    }

    pub fn command(
        binary: &str,
        program: &str,
        args: &[&str],
        adapt: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Root {
        let mut command = Command::new(binary);
        command.arg("root").arg(format!("{}/{program}", tag())).args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = adapt(&mut command).spawn().expect("the test binary starts");
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().map(BufReader::new);
        Root { child, stdin, stdout }
    }

    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    pub fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        stdin.write_all(format!("{line}\n").as_bytes()).expect("the root reads");
    }

    /// The next line, without its newline; a root silent for 20 s is killed, which ends its output.
    pub fn line(&mut self) -> String {
        let watch = Watchdog::over(self.pid(), Duration::from_secs(20));
        let mut line = String::new();
        self.stdout.as_mut().expect("stdout is open").read_line(&mut line).expect("text");
        drop(watch);
        line.trim_end().to_string()
    }

    /// Closes stdin and gives the rest of stdout, all of stderr and the status; within 60 s.
    pub fn finish(mut self) -> (String, String, ExitStatus) {
        self.stdin = None;
        let watch = Watchdog::over(self.pid(), Duration::from_secs(60));
        let mut stderr = self.child.stderr.take().expect("piped");
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        let mut text = String::new();
        if let Some(mut stdout) = self.stdout.take() {
            stdout.read_to_string(&mut text).expect("text");
        }
        let status = self.child.wait().expect("a status");
        drop(watch);
        (text, errors.join().expect("read"), status)
    }

    /// Waits for the end, which must come within the limit.
    pub fn ends_within(&mut self, limit: Duration) -> ExitStatus {
        let mut status = None;
        assert!(
            eventually(limit, || {
                status = self.child.try_wait().expect("a status");
                status.is_some()
            }),
            "still running after {limit:?}"
        );
        status.expect("just seen")
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Kills a process that takes too long, unless dropped before.
struct Watchdog {
    _stop: std::sync::mpsc::Sender<()>,
}

impl Watchdog {
    fn over(pid: i32, limit: Duration) -> Watchdog {
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        std::thread::spawn(move || {
            if stopped.recv_timeout(limit) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                kill(pid, libc::SIGKILL);
                // What it has left holds its pipes.
                kill_all();
            }
        });
        Watchdog { _stop: stop }
    }
}

/// Runs a root program that checks itself and prints `ok`.
pub fn expect_ok(program: &str, args: &[&str]) -> String {
    let (out, err, status) = Root::start(program, args).finish();
    assert!(
        status.success() && out.ends_with("ok\n"),
        "{program}: {status:?} (signal {:?})\n{out}\n{err}",
        status.signal()
    );
    err
}
