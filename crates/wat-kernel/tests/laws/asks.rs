//! Asking up, as programs: what is answered at which depth, to whom it is refused, and what a hostile child costs.

use crate::programs::{Here, check, hang, settled_descriptors};
use std::io::Read as _;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use wat_kernel::ask::{Answer, AskError, Asked, Opener};
use wat_kernel::{Authority, Child, Grant, Process, Waiter};

/// Answers what it is asked, with what came with it.
const ECHO: u8 = 1;
/// A pipe that holds what was asked; a grant is needed.
const PIPE: u8 = 2;
/// No answer, until nobody waits for it.
const WAIT: u8 = 3;

/// Works of the last kind that are going on.
static WAITING: AtomicUsize = AtomicUsize::new(0);

pub struct Works;

impl Opener for Works {
    fn permits(&self, asked: &Asked) -> Result<(), Vec<u8>> {
        let denied = asked.kind == PIPE && !asked.authority.connects("host", 1);
        if denied { Err(b"denied".to_vec()) } else { Ok(()) }
    }

    fn open(&self, asked: &Asked, carried: Vec<OwnedFd>, _: &Process, waiter: &Waiter) -> Answer {
        match asked.kind {
            PIPE => {
                let (reader, mut writer) = std::io::pipe().expect("a pipe");
                std::io::Write::write_all(&mut writer, asked.bytes).expect("room");
                Answer { bytes: b"a pipe".to_vec(), carried: vec![reader.into()] }
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
    let deadline = Instant::now() + Duration::from_millis(if here.arg(1) == "3" { 50 } else { 20_000 });
    let asked = here.waiter().ask(here.number(1) as u8, here.arg(2).as_bytes(), Vec::new(), Some(deadline));
    let said = match asked {
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
    };
    here.print(&said)
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

/// The same number twice, which no process of ours would ask by.
pub fn stutterer(here: &Here) -> Result<(), String> {
    request(7, WAIT);
    request(7, WAIT);
    hang(here)
}

/// Passes up a connection that takes ten seconds to close, and keeps none of it.
pub fn lingerer(here: &Here) -> Result<(), String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    let at = listener.local_addr().map_err(|e| e.to_string())?;
    let near = std::net::TcpStream::connect(at).map_err(|e| e.to_string())?;
    let _far = listener.accept().map_err(|e| e.to_string())?;
    near.set_nonblocking(true).map_err(|e| e.to_string())?;
    while std::io::Write::write(&mut &near, &[0; 65536]).is_ok() {}
    let linger = libc::linger { l_onoff: 1, l_linger: 10 };
    let size = size_of::<libc::linger>() as libc::socklen_t;
    // SAFETY: the option's value is of its type and size.
    unsafe {
        let value = (&raw const linger).cast();
        libc::setsockopt(near.as_raw_fd(), libc::SOL_SOCKET, libc::SO_LINGER, value, size)
    };
    let packet = [&[24][..], &1u32.to_le_bytes(), &[ECHO], b"anything"].concat();
    send(&packet, Some(near.as_raw_fd()));
    // While the parent has one, this is not the last.
    drop(near);
    hang(here)
}

fn request(token: u32, kind: u8) {
    send(&[&[24][..], &token.to_le_bytes(), &[kind], b"anything"].concat(), Some(0));
}

/// On the control socket, with a descriptor beside it.
fn send(packet: &[u8], carried: Option<i32>) {
    let part = libc::iovec { iov_base: packet.as_ptr() as *mut _, iov_len: packet.len() };
    let number = carried.unwrap_or(0) as u64;
    let control: [u64; 3] = [20, (libc::SCM_RIGHTS as u64) << 32 | libc::SOL_SOCKET as u64, number];
    // SAFETY: an all-zero message is an empty one; its parts outlive the call, and the control part is laid out as the
    // system wants it.
    unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = (&raw const part).cast_mut();
        message.msg_iovlen = 1;
        if carried.is_some() {
            message.msg_control = (&raw const control).cast_mut().cast();
            message.msg_controllen = 24;
        }
        libc::sendmsg(3, &raw const message, libc::MSG_NOSIGNAL);
    }
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

pub fn check_answers(here: &Here) -> Result<(), String> {
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
    let after = settled_descriptors();
    check("descriptors are as before", before == after).map_err(|e| format!("{e}: {before} {after}"))
}
