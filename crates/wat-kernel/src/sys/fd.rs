//! Calls on descriptors: pipes, control sockets, polling, memory files. Not here: what flows through them.

use super::{check, check_long};
use crate::mutation::removed;
use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

/// Between two looks at entries that cannot be polled together.
const APART: Duration = Duration::from_millis(5);

/// Takes ownership of a descriptor that a system call has just returned.
fn own(fd: i32) -> OwnedFd {
    // SAFETY: `fd` comes straight from a call that created it, so nobody else owns it.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// Takes ownership of a descriptor at a number agreed with the spawner. One that is not open shows itself at its first
/// use; asking here would cost every child a call each.
///
/// # Safety
/// Nothing else in the process may own this number.
pub(crate) unsafe fn adopt(number: RawFd) -> OwnedFd {
    // SAFETY: by this function's contract.
    unsafe { OwnedFd::from_raw_fd(number) }
}

/// Moves a descriptor to this number, close-on-exec; what was there is closed.
pub(crate) fn move_to(fd: OwnedFd, number: RawFd) -> io::Result<OwnedFd> {
    if fd.as_raw_fd() == number {
        return Ok(fd);
    }
    // SAFETY: the caller owns the number, or nobody does; the new descriptor is owned here alone.
    Ok(own(check(unsafe { libc::dup3(fd.as_raw_fd(), number, libc::O_CLOEXEC) })?))
}

/// Below this are the numbers of what comes and goes.
const LASTING: RawFd = 128;
/// So many may last and stand there.
const FEW: RawFd = 48;

/// Gives a descriptor that will last a number beyond those of what comes and goes. The ends of each new child then stay
/// among the low numbers, up to which its clone copies the table. Where it cannot be it stays where it is.
pub(crate) fn to_last(fd: OwnedFd) -> OwnedFd {
    if fd.as_raw_fd() < FEW || fd.as_raw_fd() >= LASTING {
        return fd;
    }
    // SAFETY: the new descriptor is owned here alone.
    let moved = check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, LASTING) });
    moved.map_or(fd, own)
}

/// A descriptor of the standard three, valid for the life of the process (boot opens closed ones).
pub(crate) fn standard(number: RawFd) -> BorrowedFd<'static> {
    assert!((0..=2).contains(&number), "a standard descriptor is 0, 1 or 2");
    // SAFETY: 0 to 2 are opened at boot and never closed by this crate.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// A pipe (reading end, writing end), both ends close-on-exec and blocking.
pub(crate) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: `ends` has room for two descriptors.
    check(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    Ok((own(ends[0]), own(ends[1])))
}

/// Asks for a capacity and answers what was got, which may be less for a user whose pipe quota is spent.
pub(crate) fn pipe_capacity(fd: &OwnedFd, wanted: usize) -> io::Result<usize> {
    // SAFETY: plain fcntl on an open descriptor.
    let got = check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETPIPE_SZ) })? as usize;
    if got == wanted {
        return Ok(got);
    }
    // SAFETY: as above; a refusal leaves the capacity as it was.
    match check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETPIPE_SZ, wanted as libc::c_int) }) {
        Ok(set) => Ok(set as usize),
        Err(_) => Ok(got),
    }
}

/// Bytes in a pipe that nobody has read.
pub(crate) fn unread(fd: BorrowedFd) -> usize {
    let mut count: libc::c_int = 0;
    // SAFETY: the call fills one integer; a failure leaves it 0.
    unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONREAD, &raw mut count) };
    count as usize
}

/// Bytes sent on a socket that the other end has not read, with what the system needs to keep them.
pub(crate) fn unread_by_other(fd: BorrowedFd) -> usize {
    let mut count: libc::c_int = 0;
    // SAFETY: the call fills one integer; a failure leaves it 0.
    unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCOUTQ, &raw mut count) };
    count as usize
}

/// Makes one end non-blocking. Only for ends whose open file description is this process's alone.
pub(crate) fn set_nonblocking(fd: &OwnedFd) -> io::Result<()> {
    // SAFETY: plain fcntl on an open descriptor.
    unsafe {
        let flags = check(libc::fcntl(fd.as_raw_fd(), libc::F_GETFL))?;
        check(libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK))?;
    }
    Ok(())
}

/// A connected pair of sequenced-packet sockets, close-on-exec.
pub(crate) fn packet_pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC;
    // SAFETY: `ends` has room for two descriptors.
    check(unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) })?;
    Ok((own(ends[0]), own(ends[1])))
}

/// Is it a socket of any kind?
pub(crate) fn is_socket(fd: BorrowedFd) -> bool {
    let mut kind: libc::c_int = 0;
    let mut size = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the option value and its size point at locals of the right type.
    let asked = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_TYPE,
            (&raw mut kind).cast(),
            &raw mut size,
        )
    };
    asked == 0
}

/// Sends one packet on a connected socket other than the control socket, by the call that has no room for descriptors.
pub(crate) fn send_word(fd: BorrowedFd, word: &[u8]) -> io::Result<()> {
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    // SAFETY: the bytes are readable for their whole length.
    let sent = unsafe { libc::send(fd.as_raw_fd(), word.as_ptr().cast(), word.len(), flags) };
    check_long(sent as i64).map(drop)
}

/// Is it an end of a pipe, open this way alone?
pub(crate) fn is_pipe(fd: &OwnedFd, way: i32) -> bool {
    // SAFETY: all-zero is a valid stat, which the call fills; the other asks for flags.
    unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        let looked = libc::fstat(fd.as_raw_fd(), &raw mut stat);
        looked == 0
            && stat.st_mode & libc::S_IFMT == libc::S_IFIFO
            && libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) & libc::O_ACCMODE == way
    }
}

/// Says no more on a connected socket; what the other end says is still heard.
pub(crate) fn close_writing(fd: &OwnedFd) {
    // SAFETY: touches no memory; one that is closed already stays so.
    unsafe { libc::shutdown(fd.as_raw_fd(), libc::SHUT_WR) };
}

/// Is this number a sequenced-packet socket?
pub(crate) fn is_packet_socket(number: RawFd) -> bool {
    let mut kind: libc::c_int = 0;
    let mut size = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the option value and its size point at locals of the right type.
    let asked = unsafe {
        libc::getsockopt(number, libc::SOL_SOCKET, libc::SO_TYPE, (&raw mut kind).cast(), &raw mut size)
    };
    asked == 0 && kind == libc::SOCK_SEQPACKET
}

/// Sends one packet made of two parts. Never raises SIGPIPE; `wait` says whether it may block.
pub(crate) fn send_packet(fd: BorrowedFd, head: &[u8], body: &[u8], wait: bool) -> io::Result<()> {
    let mut parts = [
        libc::iovec { iov_base: head.as_ptr() as *mut _, iov_len: head.len() },
        libc::iovec { iov_base: body.as_ptr() as *mut _, iov_len: body.len() },
    ];
    // SAFETY: an all-zero msghdr is a valid empty one; the parts outlive the call and are only read.
    unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = parts.as_mut_ptr();
        message.msg_iovlen = parts.len();
        let flags = libc::MSG_NOSIGNAL | if wait { 0 } else { libc::MSG_DONTWAIT };
        check_long(libc::sendmsg(fd.as_raw_fd(), &raw const message, flags) as i64)?;
    }
    Ok(())
}

/// Closes on a thread of its own: to close a socket may take as long as its owner has said. Where there is no thread to be
/// had it stays open, rather than hold up the caller.
pub(crate) fn close_apart<T: Send + 'static>(what: T) {
    let kept = std::mem::ManuallyDrop::new(what);
    drop(std::thread::Builder::new().spawn(move || drop(std::mem::ManuallyDrop::into_inner(kept))));
}

/// Descriptors that go with one packet at most.
pub(crate) const MOST_CARRIED: usize = 4;
/// What the system lets go with one packet (`SCM_MAX_FD`).
const MOST_SENT: usize = 253;

/// Room for the descriptors of one packet, aligned as the kernel lays them out.
#[repr(C, align(8))]
struct Carriage<const SIZE: usize>([u8; SIZE]);

/// The same with descriptors, at most [`MOST_CARRIED`], which the receiver gets copies of. Never waits.
pub(crate) fn send_packet_with(
    fd: BorrowedFd,
    head: &[u8],
    body: &[u8],
    carried: &[OwnedFd],
) -> io::Result<()> {
    if carried.is_empty() {
        return send_packet(fd, head, body, false);
    }
    let bytes = size_of_val(carried) as u32;
    let mut carriage = Carriage([0; 64]);
    let mut parts = [
        libc::iovec { iov_base: head.as_ptr() as *mut _, iov_len: head.len() },
        libc::iovec { iov_base: body.as_ptr() as *mut _, iov_len: body.len() },
    ];
    // SAFETY: an all-zero msghdr is a valid empty one; parts and carriage outlive the call, and the carriage has room for
    // a header and as many numbers as are put behind it.
    unsafe {
        if libc::CMSG_SPACE(bytes) as usize > carriage.0.len() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = parts.as_mut_ptr();
        message.msg_iovlen = parts.len();
        message.msg_control = carriage.0.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE(bytes) as usize;
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(bytes) as usize;
        for (at, fd) in carried.iter().enumerate() {
            libc::CMSG_DATA(header).cast::<RawFd>().add(at).write_unaligned(fd.as_raw_fd());
        }
        let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
        check_long(libc::sendmsg(fd.as_raw_fd(), &raw const message, flags) as i64)?;
    }
    Ok(())
}

/// A packet that has come.
pub(crate) struct Came {
    /// 0 is the end; above the buffer's length, the packet was cut short.
    pub(crate) length: usize,
    /// Close-on-exec.
    pub(crate) carried: Vec<OwnedFd>,
    /// More descriptors were sent than there was room for in the process's table.
    pub(crate) cut: bool,
}

/// Receives one packet and the descriptors that came with it, however many they are: what finds no room the system closes
/// within the call, which may take long. Never waits.
pub(crate) fn receive_packet_with(fd: BorrowedFd, buffer: &mut [u8]) -> io::Result<Came> {
    let mut carriage = Carriage([0; 16 + size_of::<[RawFd; MOST_SENT + 1]>()]);
    let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: an all-zero msghdr is a valid empty one; buffer and carriage are writable and outlive the call; the kernel
    // fills in whole headers, and each number behind one is a descriptor that is this process's from now on, once.
    unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = carriage.0.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE((MOST_SENT * size_of::<RawFd>()) as u32) as usize;
        let flags = libc::MSG_TRUNC | libc::MSG_DONTWAIT | libc::MSG_CMSG_CLOEXEC;
        let length = check_long(libc::recvmsg(fd.as_raw_fd(), &raw mut message, flags) as i64)? as usize;
        let mut carried = Vec::new();
        let mut header = libc::CMSG_FIRSTHDR(&raw const message);
        while !header.is_null() {
            if (*header).cmsg_level == libc::SOL_SOCKET && (*header).cmsg_type == libc::SCM_RIGHTS {
                let bytes = (*header).cmsg_len - libc::CMSG_LEN(0) as usize;
                for at in 0..bytes / size_of::<RawFd>() {
                    let number = libc::CMSG_DATA(header).cast::<RawFd>().add(at).read_unaligned();
                    carried.push(OwnedFd::from_raw_fd(number));
                }
            }
            header = libc::CMSG_NXTHDR(&raw const message, header);
        }
        Ok(Came { length, carried, cut: message.msg_flags & libc::MSG_CTRUNC != 0 })
    }
}

/// Has the other end of a socket of packets been closed, and has all that it sent been read? A packet of no bytes, which
/// reads as the end does, is told from it by the sender's credentials, which the system adds to packets alone.
pub(crate) fn is_spent(fd: BorrowedFd) -> bool {
    let on: libc::c_int = 1;
    // Room for the credentials and no descriptor: one that came too would be this process's.
    let mut carriage = Carriage([0; 32]);
    // SAFETY: the option's value is an integer of the size given; an all-zero msghdr is a valid empty one, and the
    // carriage is writable and outlives the call.
    unsafe {
        let size = size_of::<libc::c_int>() as libc::socklen_t;
        let value = (&raw const on).cast();
        if libc::setsockopt(fd.as_raw_fd(), libc::SOL_SOCKET, libc::SO_PASSCRED, value, size) != 0 {
            return false;
        }
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_control = carriage.0.as_mut_ptr().cast();
        message.msg_controllen = carriage.0.len() as _;
        let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT | libc::MSG_CMSG_CLOEXEC;
        libc::recvmsg(fd.as_raw_fd(), &raw mut message, flags) == 0 && message.msg_controllen == 0
    }
}

/// Reads from a place in a file, and leaves its position.
pub(crate) fn read_at(fd: BorrowedFd, buffer: &mut [u8], place: i64) -> io::Result<usize> {
    // SAFETY: the buffer is writable for its whole length.
    let got = unsafe { libc::pread(fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), place) };
    Ok(check_long(got as i64)? as usize)
}

/// Is it ready for these events, so that a call for them returns at once?
pub(crate) fn is_ready(fd: BorrowedFd, events: i16) -> bool {
    matches!(poll(&mut [interest(fd, events)], Some(Duration::ZERO)), Ok(1))
}

/// Has the other end of a socket been closed? Async-signal-safe.
pub(crate) fn is_hung_up(fd: BorrowedFd) -> bool {
    let mut entry = interest(fd, 0);
    // SAFETY: one writable entry.
    let count = unsafe { libc::poll(&raw mut entry, 1, 0) };
    count == 1 && entry.revents & libc::POLLHUP != 0
}

/// Receives one packet; `Ok(0)` is the end, a length above `buffer.len()` a packet cut short.
/// Descriptors a hostile peer attaches are dropped by the kernel, since no room is given for them.
pub(crate) fn receive_packet(fd: BorrowedFd, buffer: &mut [u8], wait: bool) -> io::Result<usize> {
    let flags = libc::MSG_TRUNC | if wait { 0 } else { libc::MSG_DONTWAIT };
    // SAFETY: the buffer is writable for its whole length.
    let got = unsafe { libc::recv(fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), flags) };
    Ok(check_long(got as i64)? as usize)
}

/// The same into a buffer's spare room, of which it touches no more than it fills.
pub(crate) fn receive_packet_into(fd: BorrowedFd, buffer: &mut Vec<u8>) -> io::Result<usize> {
    buffer.clear();
    let room = buffer.spare_capacity_mut();
    // SAFETY: the room is writable for its whole length.
    let got = unsafe { libc::recv(fd.as_raw_fd(), room.as_mut_ptr().cast(), room.len(), libc::MSG_TRUNC) };
    let length = check_long(got as i64)? as usize;
    let filled = length.min(room.len());
    // SAFETY: the kernel has filled so much of the room.
    unsafe { buffer.set_len(filled) };
    Ok(length)
}

pub(crate) fn read(fd: BorrowedFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the buffer is writable for its whole length.
    let got = unsafe { libc::read(fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len()) };
    Ok(check_long(got as i64)? as usize)
}

pub(crate) fn write(fd: BorrowedFd, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the bytes are readable for their whole length.
    let put = unsafe { libc::write(fd.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) };
    Ok(check_long(put as i64)? as usize)
}

/// Writes what fits without blocking, without touching the flags of a description others may share.
/// Where the file does not know RWF_NOWAIT, a poll and a write of at most one page (which a writable pipe takes
/// whole) stand in for it.
pub(crate) fn write_now(fd: BorrowedFd, bytes: &[u8]) -> io::Result<usize> {
    let part = libc::iovec { iov_base: bytes.as_ptr() as *mut _, iov_len: bytes.len() };
    // SAFETY: one part that outlives the call and is only read; offset -1 means the file's own position.
    let put = unsafe { libc::pwritev2(fd.as_raw_fd(), &raw const part, 1, -1, libc::RWF_NOWAIT) };
    match check_long(put as i64) {
        Ok(count) => return Ok(count as usize),
        Err(e)
            if !matches!(
                e.raw_os_error(),
                Some(libc::EOPNOTSUPP | libc::EINVAL | libc::ENOSYS | libc::ESPIPE)
            ) =>
        {
            return Err(e);
        }
        Err(_) => {}
    }
    let mut waits = [interest(fd, libc::POLLOUT)];
    if poll(&mut waits, Some(Duration::ZERO))? == 0 {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    write(fd, &bytes[..bytes.len().min(4096)])
}

/// One entry for [`poll`].
pub(crate) fn interest(fd: BorrowedFd, events: i16) -> libc::pollfd {
    libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 }
}

/// Waits until one of the entries has an event, the time is over (`Ok(0)`) or a signal arrives (`EINTR`).
pub(crate) fn poll(entries: &mut [libc::pollfd], timeout: Option<Duration>) -> io::Result<usize> {
    match poll_together(entries, timeout) {
        Err(e) if e.raw_os_error() == Some(libc::EINVAL) && !removed("poll-apart") => {
            poll_apart(entries, timeout)
        }
        polled => polled,
    }
}

/// The same where RLIMIT_NOFILE has fallen below the number of entries, which the system then does not take: one after
/// the other, again and again. Where it has fallen to none an error is all there is, and comes no faster.
fn poll_apart(entries: &mut [libc::pollfd], timeout: Option<Duration>) -> io::Result<usize> {
    let end = timeout.and_then(|time| Instant::now().checked_add(time));
    loop {
        let (mut count, mut refused) = (0, None);
        for entry in entries.iter_mut() {
            match poll_together(std::slice::from_mut(entry), Some(Duration::ZERO)) {
                Ok(found) => count += found,
                Err(e) => refused = Some(e),
            }
        }
        let left = end.map_or(APART, |end| end.saturating_duration_since(Instant::now()).min(APART));
        if count == 0 && !left.is_zero() {
            // A signal ends the rest. Where something was refused that is the answer: whoever is signalled again and
            // again would else never learn it.
            let rest = poll_together(&mut [], Some(left));
            if refused.is_none() {
                rest?;
            }
        }
        match refused {
            Some(e) if count == 0 => return Err(e),
            _ if count > 0 || left.is_zero() => return Ok(count),
            _ => {}
        }
    }
}

fn poll_together(entries: &mut [libc::pollfd], timeout: Option<Duration>) -> io::Result<usize> {
    let limit = timeout.map(timespec);
    let limit = limit.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the entries and the optional time outlive the call.
    let count =
        unsafe { libc::ppoll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, limit, std::ptr::null()) };
    Ok(check(count)? as usize)
}

pub(crate) fn timespec(time: Duration) -> libc::timespec {
    let seconds = time.as_secs().min(i32::MAX as u64) as libc::time_t;
    libc::timespec { tv_sec: seconds, tv_nsec: time.subsec_nanos() as libc::c_long }
}

/// A wake-up counter: close-on-exec, non-blocking.
pub(crate) fn event() -> io::Result<OwnedFd> {
    // SAFETY: creates a descriptor and touches no memory.
    Ok(own(check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?))
}

/// Makes an event readable. A counter that is full is readable already, so the result does not matter.
pub(crate) fn raise_event(fd: &OwnedFd) {
    let one = 1u64;
    // SAFETY: eight readable bytes, as eventfd wants.
    unsafe { libc::write(fd.as_raw_fd(), (&raw const one).cast(), 8) };
}

/// Makes an event unreadable again; one that is so already stays so.
pub(crate) fn clear_event(fd: &OwnedFd) {
    let mut count = 0u64;
    // SAFETY: eight writable bytes, as eventfd wants.
    unsafe { libc::read(fd.as_raw_fd(), (&raw mut count).cast(), 8) };
}

pub(crate) fn epoll() -> io::Result<OwnedFd> {
    // SAFETY: creates a descriptor and touches no memory.
    Ok(own(check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?))
}

pub(crate) fn epoll_add(set: &OwnedFd, fd: BorrowedFd, events: i32, token: u64) -> io::Result<()> {
    let mut event = libc::epoll_event { events: events as u32, u64: token };
    // SAFETY: the event is copied by the call.
    check(unsafe { libc::epoll_ctl(set.as_raw_fd(), libc::EPOLL_CTL_ADD, fd.as_raw_fd(), &raw mut event) })?;
    Ok(())
}

/// Takes a descriptor out of the set; one that is not in it is no error.
pub(crate) fn epoll_remove(set: &OwnedFd, fd: BorrowedFd) {
    // SAFETY: EPOLL_CTL_DEL reads no event.
    unsafe { libc::epoll_ctl(set.as_raw_fd(), libc::EPOLL_CTL_DEL, fd.as_raw_fd(), std::ptr::null_mut()) };
}

/// The events pending now, without waiting.
pub(crate) fn epoll_take(set: &OwnedFd, events: &mut [libc::epoll_event]) -> io::Result<usize> {
    // SAFETY: the events are writable for their whole length.
    let count =
        unsafe { libc::epoll_wait(set.as_raw_fd(), events.as_mut_ptr(), events.len() as libc::c_int, 0) };
    Ok(check(count)? as usize)
}

/// Marks the numbers `first..=last` close-on-exec, open or not. Kernels before 5.11 take the slow way.
pub(crate) fn close_on_exec(first: u32, last: u32) {
    const CLOEXEC: libc::c_uint = 4;
    // SAFETY: changes descriptor flags only.
    if unsafe { libc::syscall(libc::SYS_close_range, first, last, CLOEXEC) } == 0 {
        return;
    }
    let last = last.min(65_536);
    for number in first..=last {
        // SAFETY: as above; a closed number answers EBADF.
        unsafe { libc::fcntl(number as RawFd, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
}

/// Opens those of 0, 1, 2 that are closed on /dev/null, so that no later descriptor takes their number.
pub(crate) fn open_standard() -> io::Result<()> {
    for number in 0..=2 {
        // SAFETY: F_GETFD only looks; open takes a constant string and gives the lowest free number, which is
        // `number` since all below it are open.
        unsafe {
            if libc::fcntl(number, libc::F_GETFD) < 0 {
                check(libc::open(c"/dev/null".as_ptr(), libc::O_RDWR))?;
            }
        }
    }
    Ok(())
}

/// Opens a path (no creation), close-on-exec.
pub(crate) fn open(path: &CStr, flags: i32) -> io::Result<OwnedFd> {
    // SAFETY: a terminated string; no mode is needed without O_CREAT.
    Ok(own(check(unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC) })?))
}

/// A memory file, close-on-exec and sealable, executable when mapped.
pub(crate) fn memory_file(name: &CStr) -> io::Result<OwnedFd> {
    const EXEC: libc::c_uint = 0x10;
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    // SAFETY: a terminated string. Kernels before 6.3 do not know the second flag and need none.
    unsafe {
        match check(libc::memfd_create(name.as_ptr(), flags | EXEC)) {
            Ok(fd) => Ok(own(fd)),
            Err(e) if e.raw_os_error() == Some(libc::EINVAL) => {
                Ok(own(check(libc::memfd_create(name.as_ptr(), flags))?))
            }
            Err(e) => Err(e),
        }
    }
}

/// Forbids every later change of a memory file.
pub(crate) fn seal(fd: &OwnedFd) -> io::Result<()> {
    let seals = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;
    // SAFETY: plain fcntl on an open descriptor.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_ADD_SEALS, seals) })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;

    #[test]
    fn a_socket_is_spent_when_nothing_is_left_and_nobody_can_add_to_it() {
        let (near, far) = packet_pair().expect("a pair");
        assert!(!is_spent(near.as_fd()), "more may come");
        drop(far);
        assert!(is_spent(near.as_fd()) && is_spent(near.as_fd()));
        let descriptor = || vec![event().expect("a descriptor")];
        let packets: [(&[u8], Vec<OwnedFd>); 4] =
            [(b"", vec![]), (b"x", vec![]), (b"", descriptor()), (b"x", descriptor())];
        for (bytes, carried) in packets {
            let (near, far) = packet_pair().expect("a pair");
            send_packet_with(far.as_fd(), bytes, &[], &carried).expect("there is room");
            drop(far);
            assert!(!is_spent(near.as_fd()), "{bytes:?} and {} descriptors", carried.len());
            let mut room = [0; 8];
            let came = receive_packet_with(near.as_fd(), &mut room).expect("it is still there");
            assert_eq!((came.length, came.carried.len(), came.cut), (bytes.len(), carried.len(), false));
            assert!(is_spent(near.as_fd()));
        }
    }
}
