//! Asking up, as programs: what is answered at which depth, to whom it is refused, and what a hostile child costs.

use crate::programs::{Here, check, hang, settled_descriptors};
use std::io::Read as _;
use std::os::fd::{AsFd as _, AsRawFd as _, FromRawFd as _, OwnedFd};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use wat_kernel::ask::{Answer, AskError, Asked, LONGEST_ANSWER, LONGEST_REQUEST, Opener};
use wat_kernel::{Authority, Cause, Child, Command, Grant, Process, ReadError, Waiter};

/// Answers what it is asked, with what came with it.
const ECHO: u8 = 1;
/// A pipe that holds what was asked; a grant is needed.
const PIPE: u8 = 2;
/// No answer, until nobody waits for it.
const WAIT: u8 = 3;

/// A connection whose other end reads nothing; a grant is needed.
const STREAM: u8 = 4;
/// Holds up the warden that hears it, for a moment in which more comes.
const STALL: u8 = 5;
/// The longest of answers, once the gate is open.
const GATE: u8 = 6;

/// Works that wait, going on.
static WAITING: AtomicUsize = AtomicUsize::new(0);

static GATE_IS_OPEN: AtomicBool = AtomicBool::new(false);

/// The other ends.
static FAR: Mutex<Vec<std::net::TcpStream>> = Mutex::new(Vec::new());

pub struct Works;

impl Opener for Works {
    fn permits(&self, asked: &Asked) -> Result<(), Vec<u8>> {
        if asked.kind == STALL {
            std::thread::sleep(Duration::from_millis(50));
        }
        let denied = matches!(asked.kind, PIPE | STREAM) && !asked.authority.connects("host", 1);
        if denied { Err(b"denied".to_vec()) } else { Ok(()) }
    }

    fn open(&self, asked: &Asked, carried: Vec<OwnedFd>, _: &Process, waiter: &Waiter) -> Answer {
        match asked.kind {
            PIPE => Answer { bytes: b"a pipe".to_vec(), carried: vec![holding(asked.bytes).into()] },
            STREAM => {
                let (near, far) = connection();
                FAR.lock().expect("no panic").push(far);
                Answer { bytes: b"a connection".to_vec(), carried: vec![near.into()] }
            }
            GATE => {
                WAITING.fetch_add(1, Ordering::SeqCst);
                let nap = || waiter.sleep_until(Instant::now() + Duration::from_millis(2));
                while !GATE_IS_OPEN.load(Ordering::SeqCst) {
                    if nap().is_err() {
                        break;
                    }
                }
                WAITING.fetch_sub(1, Ordering::SeqCst);
                Answer { bytes: vec![b'x'; LONGEST_ANSWER], carried }
            }
            WAIT => {
                WAITING.fetch_add(1, Ordering::SeqCst);
                let _ = waiter.sleep_until(Instant::now() + Duration::from_secs(600));
                WAITING.fetch_sub(1, Ordering::SeqCst);
                Answer::default()
            }
            _ => Answer { bytes: asked.bytes.to_vec(), carried },
        }
    }
}

/// `asker LEVELS KIND TEXT`: that many levels down, asks once and says what was answered.
pub fn asker(here: &Here) -> Result<(), String> {
    let levels = here.number(0);
    if levels > 0 {
        let child = below(here, "asker", levels - 1, &[here.arg(1), here.arg(2)], true);
        let said = here.reply(&child)?;
        return here.print(&said);
    }
    let said = ask(here, here.number(1) as u8, here.arg(2).as_bytes(), Vec::new())?;
    here.print(&said)
}

/// `enquirer LEVELS`: that many levels down, asks once for each line of its stdin, which names the kind: with the reading
/// end of a pipe that holds a word, where it says so. `fill LEVELS` takes all descriptors there may be of the one so many
/// levels above that, `room LEVELS` gives them back.
pub fn enquirer(here: &Here) -> Result<(), String> {
    let levels = here.number(0);
    let below = (levels > 0).then(|| below(here, "enquirer", levels - 1, &[], true));
    let (mut line, mut taken) = ([0; 64], Vec::new());
    loop {
        let line = match here.process().stdin().read(here.waiter(), &mut line) {
            Ok(0) | Err(ReadError::Interrupted(_)) => return Ok(()),
            Ok(count) => std::str::from_utf8(&line[..count]).map_err(|e| e.to_string())?.trim_end(),
            Err(e) => return Err(format!("{e:?}")),
        };
        let said = match &below {
            _ if line == format!("fill {levels}") => {
                taken = std::iter::from_fn(|| std::io::stdin().as_fd().try_clone_to_owned().ok()).collect();
                "full".to_string()
            }
            _ if line == format!("room {levels}") => {
                taken.clear();
                "room".to_string()
            }
            Some(below) => here.call(below, line)?,
            None => {
                let (kind, with) = line.split_once(' ').unwrap_or((line, ""));
                let carried =
                    if with.is_empty() { Vec::new() } else { vec![holding(with.as_bytes()).into()] };
                ask(here, kind.parse().unwrap_or(0), b"hello", carried)?
            }
        };
        here.print(&said)?;
    }
}

/// What is answered, in words.
fn ask(here: &Here, kind: u8, bytes: &[u8], carried: Vec<OwnedFd>) -> Result<String, String> {
    let deadline = Instant::now() + Duration::from_millis(if kind == WAIT { 50 } else { 8_000 });
    Ok(match here.waiter().ask(kind, bytes, carried, Some(deadline)) {
        Ok(answer) => {
            let mut text = String::from_utf8_lossy(&answer.bytes).into_owned();
            for fd in answer.carried {
                // SAFETY: F_GETFD only looks.
                let flags = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFD) };
                let mut held = String::new();
                std::fs::File::from(fd).read_to_string(&mut held).map_err(|e| e.to_string())?;
                text = format!("{text} with {held}, closed on exec: {}", flags == libc::FD_CLOEXEC);
            }
            text
        }
        Err(AskError::Late) => "late".to_string(),
        Err(e) => format!("{e:?}"),
    })
}

/// The reading end of a pipe that holds these bytes.
fn holding(bytes: &[u8]) -> std::io::PipeReader {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    std::io::Write::write_all(&mut writer, bytes).expect("room");
    reader
}

/// `mumbler`: asks without end for what is answered at once, and reads none of it.
pub fn mumbler(here: &Here) -> Result<(), String> {
    let mut ends = [0; 2];
    // SAFETY: there is room for two descriptors; its warden finds a silent socket in place of the parent's, which has
    // another number from now on.
    let parent = unsafe {
        libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET, 0, ends.as_mut_ptr());
        let parent = libc::dup(3);
        libc::dup2(ends[0], 3);
        parent
    };
    for token in 1..3000u32 {
        let packet = [&[24][..], &token.to_le_bytes(), &[ECHO, 0], b"anything"].concat();
        send_on(parent, &packet, &[0]).map_err(|e| e.to_string())?;
    }
    here.print("mumbled")?;
    hang(here)
}

/// `flooder LEVELS`: asks, far more often than anybody may, for what is never answered, with a descriptor each, and takes
/// back every second request many times over.
pub fn flooder(here: &Here) -> Result<(), String> {
    let levels = here.number(0);
    if levels > 0 {
        let child = below(here, "flooder", levels - 1, &[], false);
        let said = here.reply(&child)?;
        here.print(&said)?;
        return hang(here);
    }
    for token in 1..3000u32 {
        request(token, WAIT);
        if token % 2 == 0 {
            for _ in 0..3 {
                send(&[&[25][..], &token.to_le_bytes()].concat(), None);
            }
        }
    }
    here.print("flooded")?;
    hang(here)
}

/// `sponsor LEVELS`: the parent of a flooder, so many levels down: asks beside it. All above it ask then too.
pub fn sponsor(here: &Here) -> Result<(), String> {
    let levels = here.number(0);
    let (program, next) = if levels > 0 { ("sponsor", levels - 1) } else { ("flooder", 0) };
    let child = below(here, program, next, &[], false);
    let said = here.reply(&child)?;
    let own = ask(here, ECHO, b"hello", Vec::new())?;
    here.print(&format!("{said}, {own}"))?;
    hang(here)?;
    drop(child);
    Ok(())
}

/// `self-check asks-nearer`: what is asked further down without end leaves room for all that are nearer.
pub fn check_nearer(here: &Here) -> Result<(), String> {
    let child = below(here, "sponsor", 2, &[], false);
    let said = here.reply(&child)?;
    check("all above are answered", said == "flooded, hello, hello, hello")
        .map_err(|e| format!("{e}: {said}"))?;
    check("a sibling is answered", self::said(here, 1, ECHO, false)? == "hello")?;
    let _ = child.kill(here.waiter());
    drop(child);
    within("its works end with it", || WAITING.load(Ordering::SeqCst) == 0)
}

/// The same number twice, which no process of ours would ask by.
pub fn stutterer(here: &Here) -> Result<(), String> {
    request(7, WAIT);
    request(7, WAIT);
    hang(here)
}

/// Passes up a connection that takes ten seconds to close, and keeps none of it.
pub fn lingerer(here: &Here) -> Result<(), String> {
    let (near, _far) = connection();
    linger(near.as_raw_fd());
    let packet = [&[24][..], &1u32.to_le_bytes(), &[ECHO, 0], b"anything"].concat();
    send(&packet, Some(near.as_raw_fd()));
    // While the parent has one, this is not the last.
    drop(near);
    hang(here)
}

/// `clinger _ HOW`: passes such a connection up in a way in which nobody is to receive it, and has closed its own before
/// anybody can.
pub fn clinger(here: &Here) -> Result<(), String> {
    let answer = here.waiter().ask(STREAM, b"", Vec::new(), None).map_err(|e| format!("{e:?}"))?;
    let near = answer.carried[0].as_raw_fd();
    linger(near);
    let packet = [&[24][..], &1u32.to_le_bytes(), &[ECHO, 0]].concat();
    let pass = |packet: &[u8], carried: &[i32]| send_on(3, packet, carried).map_err(|e| e.to_string());
    let stall = || request(1000, STALL);
    if here.arg(1) != "to a command" {
        stall();
    }
    match here.arg(1) {
        "the last of five" => pass(&packet, &[0, 0, 0, 0, near])?,
        "with nothing" => pass(b"", &[near])?,
        "behind nonsense" => {
            pass(b"nonsense", &[])?;
            pass(&packet, &[near])?;
        }
        "behind nothing" => {
            pass(b"", &[])?;
            pass(&packet, &[near])?;
            // SAFETY: ends this process, which holds nothing.
            unsafe { libc::_exit(0) };
        }
        _ => {
            let what = Command::new("sleep", vec!["20".to_string()]);
            let command = here.process().spawn_command(here.waiter(), &what);
            stall();
            for other in (4..64).filter(|number| *number != near) {
                let _ = send_on(other, b"a word", &[near]);
            }
            drop(answer);
            here.print("passed")?;
            return hang(here).map(|()| drop(command));
        }
    }
    drop(answer);
    here.print("passed")?;
    hang(here)
}

/// Two ends; nobody reads at the far one.
fn connection() -> (std::net::TcpStream, std::net::TcpStream) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let near = std::net::TcpStream::connect(listener.local_addr().expect("bound")).expect("it listens");
    let far = listener.accept().expect("it connects").0;
    near.set_nonblocking(true).expect("it is open");
    while std::io::Write::write(&mut &near, &[0; 65536]).is_ok() {}
    (near, far)
}

/// The last to close it waits ten seconds for what was not sent.
fn linger(socket: i32) {
    let linger = libc::linger { l_onoff: 1, l_linger: 10 };
    let size = size_of::<libc::linger>() as libc::socklen_t;
    // SAFETY: the option's value is of its type and size.
    unsafe {
        let value = (&raw const linger).cast();
        libc::setsockopt(socket, libc::SOL_SOCKET, libc::SO_LINGER, value, size)
    };
}

/// `self-check asks-linger`: what a child has passed up unasked holds up neither its parent nor its siblings.
pub fn check_linger(here: &Here) -> Result<(), String> {
    check("works", said(here, 0, ECHO, false)? == "hello")?;
    for how in ["the last of five", "with nothing", "behind nonsense", "behind nothing", "to a command"] {
        let grants = vec![Grant::Connect(Some("host".to_string()), Some(1)), Grant::Run("sleep".to_string())];
        let child = here.spawn_with("clinger", &["0", how], |what| {
            what.authority = Some(Authority::of(grants, true));
        });
        let read = child.read(here.waiter(), &mut [0; 16]);
        let begun = Instant::now();
        let echoed = said(here, 0, ECHO, false)?;
        check("a sibling is answered", echoed == "hello" && begun.elapsed() < Duration::from_secs(3))
            .map_err(|e| format!("{e}: {how}: {echoed:?} after {:?}, {read:?}", begun.elapsed()))?;
        let _ = child.kill(here.waiter());
        let end = here.end(&child);
        check("there was a connection", !format!("{end:?}").contains("panic"))
            .map_err(|e| format!("{e}: {end:?}"))?;
        check("there was a connection", std::mem::take(&mut *FAR.lock().expect("no panic")).len() == 1)?;
    }
    Ok(())
}

fn request(token: u32, kind: u8) {
    send(&[&[24][..], &token.to_le_bytes(), &[kind, 0], b"anything"].concat(), Some(0));
}

/// On the control socket, with a descriptor beside it.
fn send(packet: &[u8], carried: Option<i32>) {
    let _ = send_on(3, packet, carried.as_slice());
}

fn send_on(socket: i32, packet: &[u8], carried: &[i32]) -> std::io::Result<()> {
    let part = libc::iovec { iov_base: packet.as_ptr() as *mut _, iov_len: packet.len() };
    let mut control = [0u64; 40];
    let length = 16 + size_of_val(carried);
    control[..2].copy_from_slice(&[length as u64, (libc::SCM_RIGHTS as u64) << 32 | libc::SOL_SOCKET as u64]);
    for (at, pair) in carried.chunks(2).enumerate() {
        control[2 + at] = (pair.get(1).copied().unwrap_or(0) as u64) << 32 | pair[0] as u64;
    }
    // SAFETY: an all-zero message is an empty one; its parts outlive the call, and the control part is laid out as the
    // system wants it.
    let sent = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = (&raw const part).cast_mut();
        message.msg_iovlen = 1;
        if !carried.is_empty() {
            message.msg_control = (&raw const control).cast_mut().cast();
            message.msg_controllen = length.next_multiple_of(8);
        }
        libc::sendmsg(socket, &raw const message, libc::MSG_NOSIGNAL)
    };
    if sent < 0 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}

/// So many descriptors on their way that this user can send no more.
struct Crowd {
    _pair: [OwnedFd; 2],
}

impl Crowd {
    fn gather() -> Result<Crowd, String> {
        let mut ends = [0; 2];
        // SAFETY: there is room for two descriptors, which are owned from here on.
        let pair = unsafe {
            libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC, 0, ends.as_mut_ptr());
            ends.map(|end| OwnedFd::from_raw_fd(end))
        };
        for _ in 0..100 {
            match send_on(ends[0], b"more", &[0; 64]) {
                Err(e) if e.raw_os_error() == Some(libc::ETOOMANYREFS) => return Ok(Crowd { _pair: pair }),
                sent => sent.map_err(|e| format!("a crowd: {e}"))?,
            }
        }
        Err("no number of descriptors on their way is too many".to_string())
    }
}

/// `self-check asks-crowded`: while too many descriptors are on their way, for the answer or the question; for a moment, or
/// for good.
pub fn check_crowded(here: &Here) -> Result<(), String> {
    let children = [0, 1].map(|levels| below(here, "enquirer", levels, &[], true));
    let wanted = "a pipe with hello, closed on exec: true";
    for child in &children {
        check("works", here.call(child, "2")? == wanted)?;
    }
    let before = settled_descriptors();
    for (levels, child) in children.iter().enumerate() {
        for (line, wanted) in [("2", wanted), ("1 word", "hello with word, closed on exec: true")] {
            let what = |said: String| format!(" of {line} from {} levels down: {said}", levels + 1);
            let crowd = Crowd::gather()?;
            let freed = std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(50));
                drop(crowd);
            });
            let said = here.call(child, line)?;
            freed.join().expect("it only sleeps");
            check("late, not lost: the answer", said == wanted).map_err(|e| e + &what(said))?;
        }
    }
    let crowd = Crowd::gather()?;
    let begun = Instant::now();
    for (child, line) in children.iter().zip(["2", "1 word"]) {
        child.write(here.waiter(), format!("{line}\n").as_bytes()).map_err(|e| format!("{e:?}"))?;
    }
    for child in &children {
        let said = here.reply(child)?;
        check("why there is none", said.contains("code: 109")).map_err(|e| format!("{e}: {said}"))?;
    }
    check("in time", begun.elapsed() < Duration::from_secs(10))?;
    check("what carries nothing passes by", here.call(&children[1], "1")? == "hello")?;
    drop(crowd);
    for child in &children {
        check("works again", here.call(child, "2")? == wanted)?;
    }
    let after = settled_descriptors();
    check("descriptors are as before", before == after).map_err(|e| format!("{e}: {before} {after}"))
}

/// `self-check asks-starved`: a request or an answer that finds no descriptor free, in a process between or in the asker.
pub fn check_starved(here: &Here) -> Result<(), String> {
    let child = here.spawn_with("enquirer", &["1"], |what| {
        what.limits.files = Some(64);
        what.authority = Some(Authority::of(vec![Grant::Connect(Some("host".into()), Some(1))], true));
    });
    let works = || -> Result<(), String> {
        for (line, wanted) in [("2", "a pipe with hello"), ("1 word", "hello with word")] {
            let said = here.call(&child, line)?;
            check("works", said.starts_with(wanted)).map_err(|e| format!("{e}: {said}"))?;
        }
        Ok(())
    };
    works()?;
    let mut told = Vec::new();
    for (whose, lines) in [("1", &["2", "1 word"][..]), ("0", &["2"])] {
        check("full", here.call(&child, &format!("fill {whose}"))? == "full")?;
        for line in lines {
            let said = here.call(&child, line)?;
            let named = said.starts_with("Starved") && said.contains(": RLIMIT_NOFILE is 64 there");
            check("whose limit", named).map_err(|e| format!("{e}: {whose}, {line}: {said}"))?;
            told.push(said);
        }
        check("room", here.call(&child, &format!("room {whose}"))? == "room")?;
        works()?;
    }
    let process = |at: usize| told[at].split(" is free in the process ").nth(1).unwrap_or_default();
    let own = process(2).split(':').next().unwrap_or_default();
    let above = process(0).split(':').next().unwrap_or_default();
    check("which one", process(0) == process(1) && own.starts_with(&format!("{above}/")))
        .map_err(|e| format!("{e}: {told:?}"))
}

/// `crammer LEVELS`: asks as much as it may at a time, and waits for all answers, or its stop.
pub fn crammer(here: &Here) -> Result<(), String> {
    let asked: Vec<_> = (0..64).map(|_| here.waiter().begin_ask(GATE, b"", Vec::new())).collect();
    here.print("asked")?;
    for asking in asked {
        let answer = asking.map_err(|e| e.to_string())?.wait(here.waiter(), None);
        match answer {
            Ok(answer) => check("the longest", answer.bytes.len() == LONGEST_ANSWER)?,
            Err(AskError::Interrupt(_)) => return Ok(()),
            Err(e) => return Err(format!("{e:?}")),
        }
    }
    here.print("answered")?;
    // Not the end of its stdin: its stop.
    let _ = here.waiter().sleep_until(Instant::now() + Duration::from_secs(600));
    Ok(())
}

/// `self-check asks-stop`: a child with more answers than its socket holds has them all, or its stop.
pub fn check_stop(here: &Here) -> Result<(), String> {
    check("works", said(here, 0, ECHO, false)? == "hello")?;
    let threads_before = threads();
    for stops in [false, true] {
        GATE_IS_OPEN.store(false, Ordering::SeqCst);
        let child = here.spawn("crammer", &["0"]);
        check("asked", here.reply(&child)? == "asked")?;
        within("all is being done", || WAITING.load(Ordering::SeqCst) == 64)?;
        let pid = child.pid().expect("it runs");
        // SAFETY: signals a child that has not been waited for.
        unsafe { libc::kill(pid, libc::SIGSTOP) };
        GATE_IS_OPEN.store(true, Ordering::SeqCst);
        within("all is done, and sent as far as it goes", || threads() <= threads_before)?;
        let goes_on = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            // SAFETY: as above.
            unsafe { libc::kill(pid, libc::SIGCONT) };
        });
        if stops {
            let end = child.stop(here.waiter(), Duration::from_secs(2)).expect("not killed");
            check("it is told to stop", end.cause == Cause::Clean).map_err(|e| format!("{e}: {end:?}"))?;
        } else {
            check("all is answered", here.reply(&child)? == "answered")?;
        }
        goes_on.join().expect("it only signals");
        let _ = child.kill(here.waiter());
    }
    Ok(())
}

/// The next level, with the grant or without.
fn below(here: &Here, program: &str, levels: usize, args: &[&str], granted: bool) -> Child {
    let levels = levels.to_string();
    let args = [&[levels.as_str()], args].concat();
    here.spawn_with(program, &args, |what| {
        let held = here.process().boot().authority.connects("host", 1);
        let grants =
            if granted && held { vec![Grant::Connect(Some("host".into()), Some(1))] } else { Vec::new() };
        what.authority = Some(Authority::of(grants, true));
    })
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

fn within(what: &str, holds: impl Fn() -> bool) -> Result<(), String> {
    let end = Instant::now() + Duration::from_secs(10);
    while !holds() {
        if Instant::now() > end {
            return check(what, false);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

fn said(here: &Here, levels: usize, kind: u8, granted: bool) -> Result<String, String> {
    let child = below(here, "asker", levels, &[&kind.to_string(), "hello"], granted);
    let said = here.reply(&child)?;
    here.end(&child);
    Ok(said)
}

/// `measurer LENGTH`: asks for so many bytes back.
pub fn measurer(here: &Here) -> Result<(), String> {
    let asked = here.waiter().ask(ECHO, &vec![b'x'; here.number(0)], Vec::new(), None);
    here.print(&match asked {
        Ok(answer) => answer.bytes.len().to_string(),
        Err(AskError::System(e)) => format!("error {}", e.raw_os_error().unwrap_or(0)),
        Err(e) => format!("{e:?}"),
    })
}

pub fn check_answers(here: &Here) -> Result<(), String> {
    let long = format!("error {}", libc::EMSGSIZE);
    for (length, wanted) in [
        (0, "0"),
        (LONGEST_ANSWER, &*LONGEST_ANSWER.to_string()),
        (LONGEST_ANSWER + 1, &long),
        (LONGEST_REQUEST, &long),
        (LONGEST_REQUEST + 1, &long),
    ] {
        let child = here.spawn("measurer", &[&length.to_string()]);
        let got = here.reply(&child)?;
        check("its length", got == wanted).map_err(|e| format!("{e}: {length}: {got}"))?;
    }
    for levels in [0, 2] {
        let got = said(here, levels, ECHO, false)?;
        check("the answer", got == "hello").map_err(|e| format!("{e}: {got}"))?;
        let got = said(here, levels, PIPE, true)?;
        let wanted = "a pipe with hello, closed on exec: true";
        check("a descriptor", got == wanted).map_err(|e| format!("{e}: {got}"))?;
        let got = said(here, levels, PIPE, false)?;
        check("a refusal", got == "denied").map_err(|e| format!("{e}: {got}"))?;
        let got = said(here, levels, WAIT, false)?;
        check("a deadline", got == "late").map_err(|e| format!("{e}: {got}"))?;
        within("the work ends with it", || WAITING.load(Ordering::SeqCst) == 0)?;
    }
    // Each is read from until it is ended: with its stdin open it does not end by itself.
    let begun = Instant::now();
    let child = here.spawn("lingerer", &[]);
    let _ = child.read(here.waiter(), &mut [0; 16]);
    let end = here.end(&child);
    check("no socket is passed up", format!("{end:?}").contains("protocol"))?;
    check("closing one holds up nobody", said(here, 0, ECHO, false)? == "hello")?;
    check("closing one holds up nobody", begun.elapsed() < Duration::from_secs(5))?;
    let child = here.spawn("stutterer", &[]);
    let _ = child.read(here.waiter(), &mut [0; 16]);
    let end = here.end(&child);
    check("a number has one request", format!("{end:?}").contains("protocol"))
        .map_err(|e| format!("{e}: {end:?}"))
}

pub fn check_flood(here: &Here) -> Result<(), String> {
    check("works", said(here, 0, ECHO, false)? == "hello")?;
    // The first of its kind leaves open what finds strays.
    check("works", here.end(&here.spawn("ends", &["clean"])).cause == Cause::Clean)?;
    let (before, threads_before) = (settled_descriptors(), threads());
    for levels in [0, 2] {
        let child = below(here, "flooder", levels, &[], false);
        check("flooded", here.reply(&child)? == "flooded")?;
        let most = threads_before + 64;
        check("threads are bounded", threads() <= most).map_err(|e| format!("{e}: {}", threads()))?;
        check("works are bounded", WAITING.load(Ordering::SeqCst) <= 64)?;
        let open = settled_descriptors();
        check("descriptors are bounded", open < before + 100).map_err(|e| format!("{e}: {open}"))?;
        check("a sibling is answered", said(here, 1, ECHO, false)? == "hello")?;
        let _ = child.kill(here.waiter());
        drop(child);
        within("its works end with it", || {
            WAITING.load(Ordering::SeqCst) == 0 && threads() <= threads_before
        })?;
    }
    let child = here.spawn("mumbler", &[]);
    check("mumbled", here.reply(&child)? == "mumbled")?;
    let most = threads_before + 64;
    check("threads are bounded", threads() <= most).map_err(|e| format!("{e}: {}", threads()))?;
    let open = settled_descriptors();
    check("descriptors are bounded", open < before + 100).map_err(|e| format!("{e}: {before} {open}"))?;
    check("a sibling is answered", said(here, 1, ECHO, false)? == "hello")?;
    let _ = child.kill(here.waiter());
    drop(child);
    within("its works end with it", || threads() <= threads_before)?;
    let after = settled_descriptors();
    check("descriptors are as before", before == after).map_err(|e| format!("{e}: {before} {after}"))
}
