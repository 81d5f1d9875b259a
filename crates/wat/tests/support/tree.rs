//! A running root and what it prints. Dropping it kills it; what it leaves is then the turn's to find.

use super::process::{Process, below, signal_to};
use super::turn::temporary;
use super::{eventually, soon};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A program silent for so long has failed; values of many megabytes take long in an unoptimised build.
const SILENCE: Duration = Duration::from_secs(120);

/// Is a mechanism taken away, to see the law fail?
pub fn is_mutated() -> bool {
    std::env::var("WAT_MUTATION").is_ok_and(|words| !words.is_empty() && words != "one-page")
}

fn silence() -> Duration {
    if is_mutated() { Duration::from_secs(30) } else { SILENCE }
}

/// How a root will be started.
pub struct Launch {
    binary: PathBuf,
    options: Vec<String>,
    file: PathBuf,
    args: Vec<String>,
    command: Command,
    read: bool,
    read_stderr: bool,
}

/// `wat FILE`.
pub fn wat(file: impl AsRef<Path>) -> Launch {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_wat"));
    let file = file.as_ref().to_path_buf();
    Launch {
        command: command(&binary),
        binary,
        options: Vec::new(),
        file,
        args: Vec::new(),
        read: true,
        read_stderr: true,
    }
}

/// Whoever runs the tests in the background has them ignore interrupts, which what they start would inherit.
fn command(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    if let Some(place) = temporary() {
        command.env("TMPDIR", place);
    }
    // SAFETY: `signal` may be called between fork and exec.
    unsafe {
        command.pre_exec(|| {
            for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGHUP] {
                libc::signal(signal, libc::SIG_DFL);
            }
            Ok(())
        });
    }
    command
}

impl Launch {
    /// Words before the file.
    pub fn options(mut self, options: &[&str]) -> Launch {
        self.options = options.iter().map(|word| word.to_string()).collect();
        self
    }

    pub fn args(mut self, args: &[&str]) -> Launch {
        self.args = args.iter().map(|word| word.to_string()).collect();
        self
    }

    /// Another binary than the one under test, such as a copy.
    pub fn binary(mut self, path: PathBuf) -> Launch {
        self.command = command(&path);
        self.binary = path;
        self
    }

    /// Started by another command, which is given the words that start wat.
    pub fn through(mut self, words: &[&str]) -> Launch {
        self.command = command(Path::new(words[0]));
        self.command.args(&words[1..]).arg(&self.binary);
        self
    }

    pub fn directory(mut self, path: &Path) -> Launch {
        self.command.current_dir(path);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Launch {
        self.command.env(name, value);
        self
    }

    /// Stretches a moment that chance would not hit, beside whatever is taken away.
    pub fn pausing(self, step: &str) -> Launch {
        self.disturbed(&format!("pause:{step}"))
    }

    /// Every pipe of the tree has one page, the least there is.
    pub fn with_small_pipes(self) -> Launch {
        self.disturbed("one-page")
    }

    /// These mechanisms are taken away, so that another of the same purpose is seen to be enough.
    pub fn without(self, mechanisms: &str) -> Launch {
        self.disturbed(mechanisms)
    }

    fn disturbed(self, word: &str) -> Launch {
        let removed = std::env::var("WAT_MUTATION").unwrap_or_default();
        self.env("WAT_MUTATION", &format!("{removed},{word}"))
    }

    /// Nobody reads stdout until [`Tree::read_stdout`].
    pub fn unread(mut self) -> Launch {
        self.read = false;
        self
    }

    /// Nobody reads stderr until the end.
    pub fn unread_stderr(mut self) -> Launch {
        self.read_stderr = false;
        self
    }

    /// What the new process does to itself before it becomes wat.
    ///
    /// # Safety
    /// The function runs between fork and exec: it may make system calls and nothing else.
    pub unsafe fn before(
        mut self,
        adapt: impl Fn() -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Launch {
        // SAFETY: by this function's contract.
        unsafe { self.command.pre_exec(adapt) };
        self
    }

    pub fn start(mut self) -> Tree {
        self.command.args(&self.options).arg(&self.file).args(&self.args);
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            self.command.spawn().unwrap_or_else(|e| panic!("{} starts: {e}", self.binary.display()));
        ours().insert(child.id() as i32);
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("piped");
        let stderr = child.stderr.take().expect("piped");
        let mut tree = Tree {
            child,
            stdin,
            stdout: Some(stdout),
            stderr: None,
            out: Text::default(),
            err: Text::default(),
            readers: Vec::new(),
        };
        if self.read_stderr {
            tree.readers.push(tree.err.fill(stderr));
        } else {
            tree.stderr = Some(stderr);
        }
        if self.read {
            tree.read_stdout();
        }
        tree
    }

    /// Runs it with this input; it must end within two minutes.
    pub fn run(self, input: impl AsRef<[u8]>) -> Ended {
        let mut tree = self.start();
        let mut stdin = tree.stdin.take().expect("piped");
        let input = input.as_ref().to_vec();
        // A program may end without reading its input; that is its right.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let ended = tree.finish();
        writer.join().expect("a writer does not fail");
        ended
    }
}

pub struct Tree {
    child: Child,
    pub stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    /// Where it is left unread.
    stderr: Option<ChildStderr>,
    out: Text,
    err: Text,
    readers: Vec<JoinHandle<()>>,
}

/// A root that has ended, and all that it printed and nobody asked for before.
#[derive(Debug)]
pub struct Ended {
    pub out: String,
    pub err: String,
    pub status: ExitStatus,
}

impl Tree {
    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// Begins to read a stdout that was left unread.
    pub fn read_stdout(&mut self) {
        let stdout = self.stdout.take().expect("stdout is read once");
        self.readers.push(self.out.fill(stdout));
    }

    /// The read end of a stdout that was left unread.
    pub fn take_stdout(&mut self) -> ChildStdout {
        self.stdout.take().expect("stdout is left unread")
    }

    pub fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        let written = stdin.write_all(format!("{line}\n").as_bytes());
        assert!(written.is_ok(), "the root does not read: {written:?}\n{}", self.err.all());
    }

    /// The next line of stdout.
    pub fn line(&mut self) -> String {
        match self.out.line(silence()) {
            Some(line) => line,
            None => panic!("no line came; stderr: {}", self.err.all()),
        }
    }

    /// A request and its reply.
    pub fn ask(&mut self, line: &str) -> String {
        self.say(line);
        self.line()
    }

    pub fn stderr(&self) -> String {
        self.err.all()
    }

    /// The nodes below the root.
    /// Without keepers, which run no program.
    pub fn nodes(&self) -> Vec<Process> {
        let mut found = below(self.pid());
        found.retain(|process| !process.is_keeper());
        found
    }

    /// The node at a path, once it is there.
    pub fn node(&self, path: &str) -> Process {
        let mut found = None;
        soon(&format!("a node {path}"), || {
            found = self.nodes().into_iter().find(|node| node.path() == Some(path));
            found.is_some()
        });
        found.expect("just seen")
    }

    pub fn signal(&self, signal: i32) {
        signal_to(self.pid(), signal);
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_some()
    }

    /// The status, which must come within the limit.
    pub fn ends_within(&mut self, limit: Duration) -> ExitStatus {
        let ended = eventually(limit, || self.has_ended());
        assert!(ended, "still running after {limit:?}: {:#?}\n{}", self.nodes(), self.err.all());
        self.child.wait().expect("a status")
    }

    /// Closes stdin and waits for the end, two minutes at most.
    pub fn finish(mut self) -> Ended {
        drop(self.stdin.take());
        if let Some(stderr) = self.stderr.take() {
            self.readers.push(self.err.fill(stderr));
        }
        let status = self.ends_within(silence());
        if self.stdout.is_some() {
            self.read_stdout();
        }
        for reader in self.readers.drain(..) {
            reader.join().expect("a reader does not fail");
        }
        Ended { out: self.out.rest(), err: self.err.all(), status }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // Either may find that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
        ours().remove(&self.pid());
    }
}

/// Roots, whose statuses belong to their trees.
fn ours() -> MutexGuard<'static, BTreeSet<i32>> {
    static OURS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());
    OURS.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn is_ours(pid: i32) -> bool {
    ours().contains(&pid)
}

/// What a stream has given so far.
#[derive(Clone, Default)]
struct Text(Arc<(Mutex<Gathered>, Condvar)>);

#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    /// Bytes that [`Text::line`] has given.
    taken: usize,
    ended: bool,
}

impl Text {
    /// Reads the stream to its end in a thread.
    fn fill(&self, mut from: impl Read + Send + 'static) -> JoinHandle<()> {
        let text = self.clone();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            loop {
                // An error ends what can be compared.
                let count = from.read(&mut buffer).unwrap_or(0);
                let mut gathered = text.gathered();
                gathered.bytes.extend_from_slice(&buffer[..count]);
                gathered.ended = count == 0;
                text.0.1.notify_all();
                if count == 0 {
                    return;
                }
            }
        })
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, limit: Duration) -> Option<String> {
        let end = Instant::now() + limit;
        let mut gathered = self.gathered();
        let mut scanned = gathered.taken;
        loop {
            if let Some(at) = gathered.bytes[scanned..].iter().position(|b| *b == b'\n') {
                let line =
                    String::from_utf8_lossy(&gathered.bytes[gathered.taken..scanned + at]).into_owned();
                gathered.taken = scanned + at + 1;
                return Some(line);
            }
            scanned = gathered.bytes.len();
            let left = end.saturating_duration_since(Instant::now());
            if gathered.ended || left.is_zero() {
                return None;
            }
            gathered = self.0.1.wait_timeout(gathered, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn rest(&self) -> String {
        let gathered = self.gathered();
        String::from_utf8_lossy(&gathered.bytes[gathered.taken..]).into_owned()
    }

    fn all(&self) -> String {
        String::from_utf8_lossy(&self.gathered().bytes).into_owned()
    }
}
