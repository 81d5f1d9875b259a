//! An external command as its spawner describes it, and the file that its name means. Not here: starting it
//! (`spawn.rs`), what it is given between clone and exec (`sys/clone.rs`).

use crate::boot::{Boot, Limits};
use crate::child::end::Refusal;
use crate::mutation::pauses_at;
use crate::sys::clone::Foreign;
use std::ffi::CString;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where commands are looked for when the environment has no PATH.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// Open files a command may have where nobody says otherwise: the customary limit, which wat itself has raised.
const FILES: u64 = 1024;

/// What the spawner says of a command.
#[derive(Clone, Debug)]
pub struct Command {
    /// As the caller names it: a path if it has a slash, else a name that is looked for on PATH.
    pub program: String,
    /// Without the program's name, which comes first by itself.
    pub args: Vec<String>,
    /// All of its environment; `None` for the spawner's own.
    pub environment: Option<Vec<(String, String)>>,
    /// Relative to the root's, which it is where nobody says otherwise.
    pub directory: Option<String>,
    pub limits: Limits,
    /// Its place in the tree, where a thread of this process is its parent; else from its number.
    pub path: Option<String>,
    /// Levels between this process and the node whose command it is.
    pub(crate) below: usize,
}

impl Command {
    pub fn new(program: &str, args: Vec<String>) -> Command {
        Command {
            program: program.to_string(),
            args,
            environment: None,
            directory: None,
            limits: Limits::default(),
            path: None,
            below: 0,
        }
    }

    /// The name it goes by, without the way to it.
    pub(crate) fn name(&self) -> &str {
        self.program.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(&self.program)
    }

    /// Its words for exec, or which of them cannot be one.
    pub(crate) fn arguments(&self) -> io::Result<Vec<CString>> {
        let mut words = vec![word(&self.program, "the command's name")?];
        for (i, arg) in self.args.iter().enumerate() {
            words.push(word(arg, &format!("argument {}", i + 1))?);
        }
        Ok(words)
    }

    /// Why it cannot begin in its directory.
    pub(crate) fn misplaced(&self, boot: &Boot, error: &io::Error) -> io::Error {
        let what = match error.kind() {
            io::ErrorKind::NotFound => "does not exist",
            io::ErrorKind::NotADirectory => "is not a directory",
            io::ErrorKind::PermissionDenied => "cannot be entered: permission denied",
            _ => "cannot be entered",
        };
        refuse(error.kind(), format!("{} {what}", self.place(boot).display()))
    }

    fn place(&self, boot: &Boot) -> PathBuf {
        boot.directory.join(self.directory.as_deref().unwrap_or("."))
    }

    /// What the clone gives it.
    pub(crate) fn foreign(&self, boot: &Boot, file: &Path) -> io::Result<Foreign> {
        let mut environment = Vec::new();
        for (name, value) in self.environment.as_ref().unwrap_or(&boot.environment) {
            if name.is_empty() || name.contains('=') {
                return Err(refuse(
                    io::ErrorKind::InvalidInput,
                    format!("{name:?} is not a variable's name"),
                ));
            }
            environment.push(word(&format!("{name}={value}"), &format!("the variable {name}"))?);
        }
        let directory = self.place(boot);
        Ok(Foreign {
            file: word_of(file.as_os_str().as_bytes(), "the command's name")?,
            directory: word_of(directory.as_os_str().as_bytes(), "the directory")?,
            environment,
            limits: limits(&self.limits),
        })
    }
}

fn limits(given: &Limits) -> Vec<(u32, u64, u64)> {
    let files = given.files.unwrap_or(FILES);
    // One that asks for more may have what this process may have.
    let (_, most) = crate::sys::process::limit(libc::RLIMIT_NOFILE).unwrap_or((files, files));
    let hard = if given.files.is_some() { files.min(most) } else { most };
    let mut all = vec![(libc::RLIMIT_CORE, 0, 0), (libc::RLIMIT_NOFILE, files.min(most), hard)];
    if let Some(bytes) = given.data {
        all.push((libc::RLIMIT_DATA, bytes, bytes));
    }
    if let Some(ms) = given.cpu_ms {
        let seconds = ms.div_ceil(1000).max(1);
        all.push((libc::RLIMIT_CPU, seconds, seconds + 1));
    }
    all
}

fn word(text: &str, what: &str) -> io::Result<CString> {
    word_of(text.as_bytes(), what)
}

fn word_of(bytes: &[u8], what: &str) -> io::Result<CString> {
    CString::new(bytes).map_err(|e| {
        let message = format!("{what} contains a zero byte, at {}", e.nul_position());
        refuse(io::ErrorKind::InvalidInput, message)
    })
}

fn refuse(kind: io::ErrorKind, message: String) -> io::Error {
    io::Error::new(kind, message)
}

/// What is needed to start a command, and takes a look at files.
pub(crate) struct Looked {
    pub(crate) arguments: Vec<CString>,
    pub(crate) foreign: Foreign,
    /// How far below this process it counts.
    pub(crate) levels: usize,
}

impl Looked {
    pub(crate) fn at(what: &Command, boot: &Boot) -> Result<Looked, Refusal> {
        let step = |step| move |error| Refusal::Step(step, error);
        let file = find(&what.program, boot).map_err(step("lookup"))?;
        let arguments = what.arguments().map_err(step("arguments"))?;
        let foreign = what.foreign(boot, &file).map_err(step("environment"))?;
        Ok(Looked { arguments, foreign, levels: what.below + 1 })
    }
}

/// One question to a file system, which may take its time.
pub(crate) fn looked_up<T>(ask: impl FnOnce() -> T) -> T {
    if pauses_at("look") {
        std::thread::sleep(Duration::from_millis(500));
    }
    ask()
}

/// The file that a command's name means. One with a slash is a path from the root's directory; any other is looked for
/// in the absolute directories of PATH, as the spawner's environment has it.
pub(crate) fn find(name: &str, boot: &Boot) -> io::Result<PathBuf> {
    if name.is_empty() {
        return Err(refuse(io::ErrorKind::NotFound, "the command's name is empty".to_string()));
    }
    if name.contains('/') {
        let file = boot.directory.join(name);
        return runnable(&file).map(|()| file);
    }
    let given = boot.environment.iter().find(|(key, _)| key == "PATH").map(|(_, value)| value.as_str());
    let path = given.unwrap_or(PATH);
    let mut best = None;
    for directory in path.split(':').filter(|directory| directory.starts_with('/')) {
        let file = Path::new(directory).join(name);
        match runnable(&file) {
            Ok(()) => return Ok(file),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => best = best.or(Some(e)),
        }
    }
    Err(best.unwrap_or_else(|| {
        refuse(io::ErrorKind::NotFound, format!("{name} is in no directory of the PATH it is looked up by"))
    }))
}

fn runnable(file: &Path) -> io::Result<()> {
    let say = |kind, what: &str| refuse(kind, format!("{} {what}", file.display()));
    let meta = looked_up(|| fs::metadata(file)).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            say(io::ErrorKind::NotFound, "does not exist")
        }
        io::ErrorKind::PermissionDenied => say(e.kind(), "cannot be reached: permission denied"),
        _ => e,
    })?;
    if meta.is_dir() {
        return Err(say(io::ErrorKind::IsADirectory, "is a directory"));
    }
    if meta.permissions().mode() & 0o111 == 0 {
        return Err(say(io::ErrorKind::PermissionDenied, "is not executable"));
    }
    Ok(())
}

/// Why a file that is there could not be executed, in words that help.
pub(crate) fn explain(file: &Path, error: io::Error) -> io::Error {
    let shown = file.display();
    match error.raw_os_error() {
        Some(libc::ENOENT) => {
            let what = interpreter(file).map_or_else(
                || format!("what {shown} is loaded by does not exist"),
                |name| format!("the interpreter of {shown}, {name}, does not exist"),
            );
            refuse(io::ErrorKind::NotFound, what)
        }
        Some(libc::ENOEXEC) => {
            let what =
                format!("{shown} is not a program: neither a binary for this machine nor a script with #!");
            refuse(io::ErrorKind::InvalidData, what)
        }
        Some(libc::E2BIG) => {
            let what =
                format!("the arguments and the environment of {shown} are larger than the system takes");
            refuse(io::ErrorKind::ArgumentListTooLong, what)
        }
        Some(libc::EACCES) => {
            refuse(io::ErrorKind::PermissionDenied, format!("{shown} may not be executed: permission denied"))
        }
        _ => error,
    }
}

/// The word behind `#!`.
fn interpreter(file: &Path) -> Option<String> {
    let mut head = [0; 256];
    let count = fs::File::open(file).ok()?.read(&mut head).ok()?;
    let line = head[..count].strip_prefix(b"#!")?.split(|b| *b == b'\n').next()?;
    Some(String::from_utf8_lossy(line).split_whitespace().next()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boot(path: &str) -> Boot {
        let mut boot = Boot::root(0, "p");
        boot.environment = vec![("PATH".to_string(), path.to_string())];
        boot
    }

    #[test]
    fn names_are_looked_for_in_the_absolute_directories_of_path() {
        assert!(find("sh", &boot("/nowhere:.::/usr/bin:/bin")).is_ok_and(|file| file.is_absolute()));
        let missing = find("sh", &boot("bin:.:")).expect_err("relative directories are passed over");
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn what_is_no_program_is_said_before_the_clone() {
        let kind = |name| find(name, &boot("/bin")).map_err(|e| e.kind());
        assert_eq!(kind("/bin"), Err(io::ErrorKind::IsADirectory));
        assert_eq!(kind("/dev/null"), Err(io::ErrorKind::PermissionDenied));
        assert_eq!(kind("/dev/null/x"), Err(io::ErrorKind::NotFound));
        assert_eq!(kind(""), Err(io::ErrorKind::NotFound));
    }

    #[test]
    fn a_zero_byte_is_told_with_its_place() {
        let command = Command::new("cat", vec!["a".to_string(), "b\0c".to_string()]);
        let error = command.arguments().expect_err("exec would cut it");
        assert_eq!(error.to_string(), "argument 2 contains a zero byte, at 1");
    }
}
