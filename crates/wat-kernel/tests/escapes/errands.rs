//! Attempts by way of commands that an ancestor starts. Each says by what came out of the command whether it was another
//! than the one granted. Here the bytes of a request are made by hand, as a hostile process would.

use crate::attempts::Place;
use crate::attempts::Tried::{self, Errno, Through};
use libc::*;
use std::fs;
use std::io::{PipeReader, Read, pipe};
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::{Duration, Instant};
use wat_kernel::ask::{Answer, Asking};

/// The kind of the request.
const COMMAND: u8 = 255;

/// The ends of a command's pipes, and the asker's end of its stdout.
struct Pipes {
    theirs: Vec<OwnedFd>,
    output: PipeReader,
    input: OwnedFd,
}

fn pipes() -> Pipes {
    let (stdin, input) = pipe().expect("a pipe");
    let (output, stdout) = pipe().expect("a pipe");
    let (_, stderr) = pipe().expect("a pipe");
    Pipes { theirs: vec![stdin.into(), stdout.into(), stderr.into()], output, input: input.into() }
}

/// A pipe in which these bytes lie, as far as there is room.
fn letter(bytes: &[u8]) -> OwnedFd {
    let (theirs, own) = pipe().expect("a pipe");
    // SAFETY: the flags of a description that is this process's alone; the bytes are as long as said.
    unsafe {
        fcntl(own.as_raw_fd(), F_SETPIPE_SZ, 256 * 1024);
        fcntl(own.as_raw_fd(), F_SETFL, O_WRONLY | O_NONBLOCK);
        write(own.as_raw_fd(), bytes.as_ptr().cast(), bytes.len());
    }
    theirs.into()
}

fn described(args: &[&str], environment: &[(&str, &str)]) -> OwnedFd {
    let none: Option<u64> = None;
    let directory: Option<&str> = None;
    let depth = 3u32;
    let text = postcard::to_stdvec(&(args, environment, directory, none, none, none, depth)).expect("bytes");
    letter(&text)
}

fn begin(place: &Place, program: &str, carried: Vec<OwnedFd>) -> Result<Asking, i32> {
    place.waiter.begin_ask(COMMAND, program.as_bytes(), carried).map_err(|e| e.raw_os_error().unwrap_or(0))
}

/// Asks; the tether where it was started.
fn ask(place: &Place, program: &str, carried: Vec<OwnedFd>) -> Result<OwnedFd, i32> {
    let deadline = Some(Instant::now() + Duration::from_secs(20));
    match begin(place, program, carried)?.wait(place.waiter, deadline) {
        Ok(Answer { mut carried, .. }) => carried.pop().ok_or(EACCES),
        Err(error) => panic!("{error:?}"),
    }
}

/// What the command that is started so writes, until its end.
fn output(place: &Place, program: &str, args: &[&str], environment: &[(&str, &str)]) -> Result<String, i32> {
    let Pipes { mut theirs, mut output, .. } = pipes();
    theirs.push(described(args, environment));
    let _tether = ask(place, program, theirs)?;
    let mut text = String::new();
    output.read_to_string(&mut text).map_err(|e| e.raw_os_error().unwrap_or(0))?;
    Ok(text)
}

fn through(said: Result<String, i32>) -> Tried {
    match said {
        Err(errno) => Errno(errno),
        // The granted command, which says nothing.
        Ok(text) if text.is_empty() => Errno(EACCES),
        Ok(_) => Through,
    }
}

/// A program of the asker's own making, which speaks.
fn own(place: &Place, name: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = format!("{}/granted/room/{name}", place.directory);
    fs::write(&path, "#!/bin/sh\necho through\n").expect("it is granted");
    let script = fs::File::open(&path).expect("it is granted");
    script.set_permissions(fs::Permissions::from_mode(0o700)).expect("a mode");
    path
}

pub fn another(place: &Place) -> Tried {
    through(output(place, "echo", &["through"], &[]))
}

pub fn another_by_path(place: &Place) -> Tried {
    through(output(place, "/bin/echo", &["through"], &[]))
}

/// The granted name, found by another path.
pub fn by_own_path(place: &Place) -> Tried {
    own(place, "true");
    let path = format!("{}/granted/room", place.directory);
    through(output(place, "true", &[], &[("PATH", &path)]))
}

/// The granted path, by way of a link that leads elsewhere.
pub fn by_a_link(place: &Place) -> Tried {
    let room = format!("{}/granted/room", place.directory);
    fs::create_dir_all(format!("{room}/deep/deeper")).expect("it is granted");
    own(place, "deep/true");
    std::os::unix::fs::symlink(format!("{room}/deep/deeper"), format!("{room}/link")).expect("it is granted");
    through(output(place, &format!("{room}/link/../true"), &[], &[]))
}

/// By a variable of the system's loader: of those that take other code, one that shows on stdout that it was heard.
pub fn by_the_loader(place: &Place) -> Tried {
    through(output(place, "true", &[], &[("LD_SHOW_AUXV", "1")]))
}

/// A file of its own in place of a pipe.
pub fn with_a_file(place: &Place) -> Tried {
    let file = fs::File::open(own(place, "input")).expect("it is granted");
    let Pipes { mut theirs, .. } = pipes();
    theirs[0] = file.into();
    theirs.push(described(&[], &[]));
    ask(place, "cat", theirs).map_or_else(Errno, |_| Through)
}

pub fn without_descriptors(place: &Place) -> Tried {
    ask(place, "cat", Vec::new()).map_or_else(Errno, |_| Through)
}

pub fn with_junk(place: &Place) -> Tried {
    for bytes in [&b""[..], &[0xff; 40], &[0; 200 * 1024]] {
        let Pipes { mut theirs, .. } = pipes();
        theirs.push(letter(bytes));
        if ask(place, "cat", theirs).is_ok() {
            return Through;
        }
    }
    // A name that is no text, and one of which nothing may be started.
    for name in ["", "\0", "cat\0x"] {
        let Pipes { mut theirs, .. } = pipes();
        theirs.push(described(&[], &[]));
        if ask(place, name, theirs).is_ok() {
            return Through;
        }
    }
    Errno(EACCES)
}

/// A command that runs for ever, marked by the scene's directory.
fn lasting(place: &Place) -> Result<(OwnedFd, Pipes), i32> {
    let mut pipes = pipes();
    let mut theirs = std::mem::take(&mut pipes.theirs);
    theirs.push(described(&["-c", "sleep 1000 & echo up; sleep 1000", &place.directory], &[]));
    let tether = ask(place, "sh", theirs)?;
    pipes.output.read_exact(&mut [0; 2]).map_err(|_| EIO)?;
    Ok((tether, pipes))
}

/// Its asker ends without a word, at each moment.
pub fn while_it_is_asked_for(place: &Place) -> Tried {
    let Pipes { mut theirs, .. } = pipes();
    theirs.push(described(&["-c", "sleep 1000 & sleep 1000", &place.directory], &[]));
    let _asking = begin(place, "sh", theirs).expect("it is asked");
    leave()
}

pub fn while_it_runs(place: &Place) -> Tried {
    let _held = lasting(place).expect("it is granted");
    leave()
}

pub fn while_it_is_told_to_stop(place: &Place) -> Tried {
    let (tether, _pipes) = lasting(place).expect("it is granted");
    say(&tether, &[0, 0x80, 0xe1, 0xeb, 0x17]);
    leave()
}

/// A letter that nobody has written yet, and one that is a pipe's other end.
pub fn with_nothing_to_read(place: &Place) -> Tried {
    let Pipes { mut theirs, .. } = pipes();
    let (empty, _held) = pipe().expect("a pipe");
    theirs.push(empty.into());
    if ask(place, "cat", theirs).is_ok() {
        return Through;
    }
    let Pipes { mut theirs, .. } = pipes();
    let (_held, end) = pipe().expect("a pipe");
    theirs.push(end.into());
    ask(place, "cat", theirs).map_or_else(Errno, |_| Through)
}

/// Words on the tether that are none.
pub fn junk_on_the_tether(place: &Place) -> Tried {
    let (tether, mut pipes) = lasting(place).expect("it is granted");
    say(&tether, &[0xff; 64]);
    // The command is ended, and its pipe with it.
    pipes.output.read_to_end(&mut Vec::new()).expect("an end");
    drop(pipes.input);
    Errno(EACCES)
}

/// More than a child may have at once.
pub fn flood(place: &Place) -> Tried {
    let mut held = Vec::new();
    for _ in 0..300 {
        let Pipes { mut theirs, input, .. } = pipes();
        theirs.push(described(&["-", &place.directory], &[]));
        match ask(place, "cat", theirs) {
            Ok(tether) => held.push((tether, input)),
            Err(errno) if held.len() == 256 => return Errno(errno),
            Err(_) => return Through,
        }
    }
    Through
}

fn say(tether: &OwnedFd, word: &[u8]) {
    // SAFETY: the bytes are as long as said.
    unsafe { send(tether.as_raw_fd(), word.as_ptr().cast(), word.len(), MSG_NOSIGNAL) };
}

fn leave() -> ! {
    // SAFETY: ends the process and touches no memory.
    unsafe { _exit(0) }
}
