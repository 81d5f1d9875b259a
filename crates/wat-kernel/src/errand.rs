//! An external command that is asked of an ancestor: what the asker says of it, and what the ancestor that starts it
//! makes of that.
//!
//! A filter fit for wat is not fit for a command, and would be inherited; so a confined process makes the pipes alone,
//! and whoever is above it without a filter starts the command between them. The asker is not believed: its program
//! must be granted to the child through which it asks, is looked up by the ancestor's own PATH, and gets nothing but
//! pipes for its standard three. Not here: how a question travels, nor what is said while the command runs
//! (`tether.rs`).

use crate::ask::{Answer, AskError, Asked, CROWDED, starved};
use crate::authority::{Authority, Grant, resolve_program};
use crate::boot::{Boot, Limits};
use crate::child::core::{ChildCore, Ends, Identity};
use crate::child::end::{self, Refusal};
use crate::child::hold::Hold;
use crate::command::{Command, Looked};
use crate::shared::{Shared, lock};
use crate::spawn::{self, Pipes, at, pipes};
use crate::sys::{fd, process};
use crate::waiter::{Waiter, Wakes};
use serde::{Deserialize, Serialize};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

/// The kind of question; the library's are below it.
pub(crate) const KIND: u8 = 255;
/// Bytes of a command's arguments, environment and the rest, for one that is asked of an ancestor.
const LETTER: usize = 128 * 1024;
/// Commands at a time that one child may have, with all below it.
const MOST: usize = 256;

/// What is said of a command beside its name. It lies in a pipe, for it is longer than a question.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Letter {
    args: Vec<String>,
    environment: Vec<(String, String)>,
    directory: Option<String>,
    data: Option<u64>,
    cpu_ms: Option<u64>,
    files: Option<u64>,
    depth: u32,
}

/// What the ancestor answers; with `Started` comes a half of the tether.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Told {
    Started { pid: i32 },
    Failed { step: String, errno: i32, reason: String },
    Denied { reason: String },
}

impl Told {
    fn answer(&self, carried: Vec<OwnedFd>) -> Answer {
        let bytes = postcard::to_stdvec(self).expect("a vector grows to hold any answer");
        Answer { bytes, carried }
    }
}

// ---- the asker

/// Has an ancestor start the command.
pub(crate) fn ask(shared: &Arc<Shared>, waiter: &Waiter, what: &Command) -> Result<Ends, Refusal> {
    let boot = shared.boot();
    if boot.depth() == 0 {
        let program = &what.program;
        let reason =
            format!("{program} may not be started: a root that --authority has narrowed has no commands");
        return Err(Refusal::Authority(reason));
    }
    if let Some(lacking) = waiter.lacks(&[Grant::Run(what.program.clone())]) {
        return Err(Refusal::Authority(format!("{} may not be started: {lacking}", what.program)));
    }
    let (fds, [stdin, stdout, stderr]) = question(boot, what)?;
    let answer = waiter.ask(KIND, what.program.as_bytes(), fds, None).map_err(|error| match error {
        AskError::System(error) if error.raw_os_error() == Some(libc::EAGAIN) => {
            let text = "too many requests are under way";
            Refusal::Step("ask", io::Error::new(ErrorKind::QuotaExceeded, text))
        }
        AskError::Starved(text) => {
            Refusal::Step("ask", io::Error::new(io::Error::from_raw_os_error(libc::EMFILE).kind(), text))
        }
        AskError::System(error) if error.raw_os_error() == Some(libc::ETOOMANYREFS) => {
            Refusal::Step("ask", io::Error::new(ErrorKind::QuotaExceeded, CROWDED))
        }
        AskError::System(error) => Refusal::Step("ask", error),
        AskError::Interrupt(_) | AskError::Late => Refusal::Step("ask", ErrorKind::Interrupted.into()),
    })?;
    let hold = answered(answer)?;
    let stdin = Some(stdin);
    Ok(Ends { hold, control: None, stdin, stdout, stderr, spawns: true, contained: false })
}

/// What goes with the program's name, the command's ends of its pipes and the letter; and the asker's ends of the pipes.
fn question(boot: &Boot, what: &Command) -> Result<(Vec<OwnedFd>, [OwnedFd; 3]), Refusal> {
    // What cannot be a word or a variable is told here, in the same words as by whoever starts commands itself.
    what.arguments().map_err(at("arguments"))?;
    let environment = what.environment.clone().unwrap_or_else(|| boot.environment.clone());
    let letter = Letter {
        args: what.args.clone(),
        environment,
        directory: what.directory.clone(),
        data: what.limits.data,
        cpu_ms: what.limits.cpu_ms,
        files: what.limits.files,
        depth: boot.depth() as u32,
    };
    let letter = postcard::to_stdvec(&letter).expect("a vector grows to hold any letter");
    if letter.len() > LETTER {
        let text = format!(
            "the arguments and the environment are {} bytes; a process with grants may give a command {LETTER}",
            letter.len()
        );
        return Err(Refusal::Step("arguments", io::Error::new(ErrorKind::ArgumentListTooLong, text)));
    }
    let Pipes { stdin_read, stdin, stdout, stdout_write, stderr, stderr_write, .. } = pipes()?;
    Ok((vec![stdin_read, stdout_write, stderr_write, post(&letter)?], [stdin, stdout, stderr]))
}

/// A pipe in which the letter lies, whole.
fn post(letter: &[u8]) -> Result<OwnedFd, Refusal> {
    let (theirs, own) = fd::pipe().map_err(at("letter"))?;
    let room = fd::pipe_capacity(&own, LETTER).map_err(at("letter"))?;
    fd::set_nonblocking(&own).map_err(at("letter"))?;
    if fd::write(own.as_fd(), letter).map_err(at("letter"))? < letter.len() {
        let text = format!(
            "the arguments and the environment are {} bytes, and the system gives a pipe {room} here",
            letter.len()
        );
        return Err(Refusal::Step("arguments", io::Error::new(ErrorKind::ArgumentListTooLong, text)));
    }
    Ok(theirs)
}

/// The asker's hold on what the ancestor has answered.
fn answered(mut answer: Answer) -> Result<Hold, Refusal> {
    match (postcard::from_bytes(&answer.bytes), answer.carried.pop()) {
        (Ok(Told::Started { pid }), Some(tether)) => Ok(Hold::Tether { pid, tether }),
        (Ok(Told::Denied { reason }), _) => Err(Refusal::Authority(reason)),
        (Ok(Told::Failed { step, errno, reason }), _) => {
            Err(Refusal::Above { step, error: io::Error::from_raw_os_error(errno).kind(), reason })
        }
        (Ok(Told::Started { .. }) | Err(_), _) => Err(at("tether")(ErrorKind::InvalidData.into())),
    }
}

// ---- the ancestor

/// May the child have the program started? Else the answer that it gets.
pub(crate) fn permits(asked: &Asked) -> Result<(), Vec<u8>> {
    let reason = match std::str::from_utf8(asked.bytes) {
        Ok(program) if asked.authority.runs(program, asked.directory) => return Ok(()),
        Ok(program) => format!("{program:.200} may not be started: it was not granted"),
        Err(_) => "what was asked of an ancestor is malformed: a command's name is UTF-8".to_string(),
    };
    Err(Told::Denied { reason }.answer(Vec::new()).bytes)
}

/// Starts the command for a node at or below the child of that number, which [`permits`] has looked at. It looks at
/// files, so it is not for the warden's thread.
pub(crate) fn open(
    shared: &Arc<Shared>,
    waiter: &Waiter,
    through: u32,
    program: &[u8],
    carried: Vec<OwnedFd>,
) -> Answer {
    match start(shared, waiter, through, program, carried) {
        Ok((pid, tether)) => Told::Started { pid }.answer(vec![tether]),
        Err(Refusal::Authority(reason)) => Told::Denied { reason }.answer(Vec::new()),
        Err(Refusal::Above { step, error, reason }) => {
            Told::Failed { step, errno: errno(error), reason }.answer(Vec::new())
        }
        Err(Refusal::Step(step, error)) => {
            let errno = error.raw_os_error().unwrap_or_else(|| errno(error.kind()));
            let reason = match error.raw_os_error() {
                Some(libc::EMFILE) => format!("{step}: {}", starved(shared.boot())),
                _ => end::explain(step, &error),
            };
            Told::Failed { step: step.to_string(), errno, reason }.answer(Vec::new())
        }
    }
}

fn start(
    shared: &Arc<Shared>,
    waiter: &Waiter,
    through: u32,
    program: &[u8],
    carried: Vec<OwnedFd>,
) -> Result<(i32, OwnedFd), Refusal> {
    let malformed =
        |what: &str| Refusal::Authority(format!("what was asked of an ancestor is malformed: {what}"));
    let boot = shared.boot();
    if !boot.authority.is_whole() {
        let reason = "a root that was narrowed starts no commands, and nobody is above it".to_string();
        return Err(Refusal::Authority(reason));
    }
    let program = std::str::from_utf8(program).map_err(|_| malformed("the name"))?;
    let [stdin, stdout, stderr, letter] =
        <[OwnedFd; 4]>::try_from(carried).map_err(|_| malformed("the descriptors"))?;
    let pipes = [stdin, stdout, stderr];
    let ways = [libc::O_RDONLY, libc::O_WRONLY, libc::O_WRONLY];
    // A file that the asker has made could be loaded as code by way of its number.
    if !pipes.iter().zip(ways).all(|(end, way)| fd::is_pipe(end, way)) {
        return Err(malformed("a command's standard three are pipes"));
    }
    let letter = read(waiter, &letter).ok_or_else(|| malformed("the letter"))?;
    if let Some((name, _)) =
        letter.environment.iter().find(|pair| loads(&pair.0) && !boot.environment.contains(pair))
    {
        let reason =
            format!("{name} would change what {program} is; only who may start commands itself can set it");
        return Err(Refusal::Authority(reason));
    }
    let what = Command {
        // The path that was granted, and not one that leads elsewhere by way of a link.
        program: resolve_program(&boot.directory, program),
        args: letter.args,
        environment: Some(letter.environment),
        directory: letter.directory,
        limits: Limits { data: letter.data, cpu_ms: letter.cpu_ms, files: letter.files, ..Limits::default() },
        path: None,
        below: (letter.depth as usize).saturating_sub(boot.depth()).min(64),
    };
    let (looked, birth) = shared.birth_after(|| Looked::at(&what, boot));
    // What is counted is adopted under the same lock.
    let going = shared.children_now().iter().filter(|core| core.errand == Some(through)).count()
        + lock(&shared.untold).count(through);
    if going >= MOST {
        let text = format!("{MOST} commands run already for the child that this was asked through");
        return Err(Refusal::Step("limits", io::Error::new(ErrorKind::QuotaExceeded, text)));
    }
    let looked = looked?;
    let (half, theirs) = fd::packet_pair().map_err(at("tether"))?;
    let number = shared.next_foreign();
    let started = process::boot_ticks();
    let hold = match spawn::start_command(shared, waiter, looked, &pipes) {
        Ok(hold) => hold,
        Err(refusal) => {
            drop(birth);
            return Err(spawn::explained(shared, &what, refusal));
        }
    };
    let pid = hold.pid();
    let who = Identity {
        number,
        path: boot.child_path(number),
        program: what.name().to_string(),
        granted: 0,
        authority: Authority::none(),
    };
    shared.strays.begin(shared, number, started);
    shared.adopt(&Arc::new(ChildCore::errand(who, through, hold, half)));
    drop(birth);
    Ok((pid, theirs))
}

/// The letter, which lies there whole or is none.
fn read(waiter: &Waiter, from: &OwnedFd) -> Option<Letter> {
    let length = fd::unread(from.as_fd());
    if length == 0 || length > LETTER || !fd::is_pipe(from, libc::O_RDONLY) {
        return None;
    }
    let mut letter = vec![0; length];
    // An asker that takes it out again waits here for its own end.
    let got = waiter.blocking(Wakes::Kill, || fd::read(from.as_fd(), &mut letter)).ok()?;
    match postcard::take_from_bytes(letter.get(..got)?) {
        Ok((letter, [])) => Some(letter),
        _ => None,
    }
}

/// Does the variable make the system's loader take other code than the program's own?
fn loads(name: &str) -> bool {
    name.starts_with("LD_") || matches!(name, "GLIBC_TUNABLES" | "GCONV_PATH" | "LOCPATH")
}

/// A number for a kind that has none of its own, by which the asker knows it again.
fn errno(kind: ErrorKind) -> i32 {
    match kind {
        ErrorKind::NotFound => libc::ENOENT,
        ErrorKind::PermissionDenied => libc::EACCES,
        ErrorKind::IsADirectory => libc::EISDIR,
        ErrorKind::NotADirectory => libc::ENOTDIR,
        ErrorKind::InvalidInput | ErrorKind::InvalidData => libc::EINVAL,
        ErrorKind::ArgumentListTooLong => libc::E2BIG,
        ErrorKind::QuotaExceeded => libc::EDQUOT,
        ErrorKind::WouldBlock => libc::EAGAIN,
        ErrorKind::OutOfMemory => libc::ENOMEM,
        _ => libc::EIO,
    }
}
