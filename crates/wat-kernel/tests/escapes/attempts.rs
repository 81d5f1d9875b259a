//! The attempts, each a few raw system calls. An attempt undoes nothing of its scene, which is thrown away.

use libc::*;
use std::ffi::CString;
use std::os::fd::AsRawFd;
use std::ptr::null;
use std::time::{Duration, Instant};
use wat_kernel::Waiter;
use wat_kernel::ask::AskError;

use crate::opener::{CONNECT, DATAGRAMS, DONE, LISTEN};

/// What an attempt is aimed at.
pub struct Place<'a> {
    pub directory: String,
    pub victim: i32,
    pub port: u16,
    pub waiter: &'a Waiter,
}

pub enum Tried {
    Through,
    Errno(i32),
}

use Tried::{Errno, Through};

/// A raw call; its result, or the attempt's end with its error.
macro_rules! call {
    ($number:expr $(, $arg:expr)*) => {{
        // SAFETY: arguments are numbers, or point at values that outlive the call and are as long as it expects.
        let result = unsafe { syscall($number $(, $arg)*) };
        if result < 0 {
            return Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(0));
        }
        result
    }};
}

/// What the ancestors open, or the attempt's end with their error.
macro_rules! asked {
    ($place:ident, $kind:expr, $request:expr) => {
        match $place.ask($kind, $request.as_ref()) {
            Ok(number) => number,
            Err(errno) => return Errno(errno),
        }
    };
}

/// Attempts that are calls and no more.
macro_rules! attempts {
    ($($name:ident($place:ident) $body:block)*) => { $(
        #[allow(unreachable_code, reason = "some go on until they are ended")]
        pub fn $name($place: &Place) -> Tried {
            let _ = $place;
            $body
            Through
        }
    )* };
}

impl Place<'_> {
    fn path(&self, name: &str) -> CString {
        CString::new(format!("{}/{name}", self.directory)).expect("no zero bytes")
    }

    /// Asks the ancestors; what they open stays open.
    fn ask(&self, kind: u8, request: &str) -> Result<i64, i32> {
        let deadline = Some(Instant::now() + Duration::from_secs(20));
        match self.waiter.ask(kind, request.as_bytes(), Vec::new(), deadline) {
            Ok(mut answer) if answer.bytes == DONE => {
                let opened = answer.carried.remove(0);
                let number = i64::from(opened.as_raw_fd());
                std::mem::forget(opened);
                Ok(number)
            }
            Ok(_) => Err(EACCES),
            Err(AskError::System(e)) => Err(e.raw_os_error().unwrap_or(0)),
            Err(_) => Err(0),
        }
    }

    fn of_victim(&self, name: &str) -> CString {
        CString::new(format!("/proc/{}/{name}", self.victim)).expect("no zero bytes")
    }
}

/// Of an abstract socket that the scene listens on.
pub fn abstract_name(directory: &str) -> String {
    format!("{directory}/abstract-listener")
}

fn of_parent(name: &str) -> CString {
    // As /proc has it: the parent's own number may be one of another namespace.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)).unwrap_or("0");
    CString::new(format!("/proc/{parent}/{name}")).expect("no zero bytes")
}

fn loopback(port: u16) -> sockaddr_in {
    sockaddr_in {
        sin_family: AF_INET as u16,
        sin_port: port.to_be(),
        sin_addr: in_addr { s_addr: u32::from_ne_bytes([127, 0, 0, 1]) },
        sin_zero: [0; 8],
    }
}

fn unix(name: &[u8]) -> sockaddr_un {
    let mut address = sockaddr_un { sun_family: AF_UNIX as u16, sun_path: [0; 108] };
    for (to, from) in address.sun_path.iter_mut().zip(name) {
        *to = *from as c_char;
    }
    address
}

const IN: usize = size_of::<sockaddr_in>();
const UN: usize = size_of::<sockaddr_un>();

attempts! {
    open_to_read(p) { call!(SYS_openat, AT_FDCWD, p.path("victim").as_ptr(), O_RDONLY); }
    open_to_write(p) { call!(SYS_open, p.path("victim").as_ptr(), O_WRONLY | O_TRUNC); }
    create(p) { call!(SYS_openat, AT_FDCWD, p.path("new").as_ptr(), O_CREAT | O_WRONLY, 0o600); }
    open_in_proc(p) { call!(SYS_openat, AT_FDCWD, c"/proc/self/status".as_ptr(), O_RDONLY); }
    descriptors_of_a_sibling(p) { call!(SYS_openat, AT_FDCWD, p.of_victim("fd").as_ptr(), O_RDONLY); }
    memory_of_a_sibling(p) { call!(SYS_openat, AT_FDCWD, p.of_victim("mem").as_ptr(), O_RDWR); }
    list(p) { call!(SYS_openat, AT_FDCWD, c"/".as_ptr(), O_RDONLY | O_DIRECTORY); }
    stat(p) {
        let mut room = [0u64; 64];
        call!(SYS_newfstatat, AT_FDCWD, p.path("victim").as_ptr(), room.as_mut_ptr(), 0);
    }
    read_link(p) {
        let mut room = [0u8; 256];
        call!(SYS_readlink, p.of_victim("exe").as_ptr(), room.as_mut_ptr(), 256);
    }
    change_directory(p) { call!(SYS_chdir, p.path("").as_ptr()); }
    list_directory(p) { call!(SYS_openat, AT_FDCWD, p.path("").as_ptr(), O_RDONLY | O_DIRECTORY); }
    link_into_grant(p) { call!(SYS_link, p.path("victim").as_ptr(), p.path("granted/other").as_ptr()); }
    move_out_of_grant(p) { call!(SYS_rename, p.path("granted/own").as_ptr(), p.path("own").as_ptr()); }
    make_device(p) { call!(SYS_mknod, p.path("granted/null").as_ptr(), S_IFCHR | 0o600, makedev(1, 3)); }
    memory_of_the_parent(p) { call!(SYS_openat, AT_FDCWD, of_parent("mem").as_ptr(), O_RDONLY); }
    environment_of_the_parent(p) { call!(SYS_openat, AT_FDCWD, of_parent("environ").as_ptr(), O_RDONLY); }
    descriptors_of_the_parent(p) {
        let mut room = [0u8; 256];
        call!(SYS_readlink, of_parent("fd/0").as_ptr(), room.as_mut_ptr(), 256);
    }
    root_of_the_parent(p) {
        let mut room = [0u8; 256];
        call!(SYS_readlink, of_parent("root").as_ptr(), room.as_mut_ptr(), 256);
    }
    read_memory_of_a_stranger(p) { call!(SYS_openat, AT_FDCWD, p.of_victim("mem").as_ptr(), O_RDONLY); }
    unlink(p) { call!(SYS_unlink, p.path("victim").as_ptr()); }
    rename(p) { call!(SYS_rename, p.path("victim").as_ptr(), p.path("other").as_ptr()); }
    link(p) { call!(SYS_link, p.path("victim").as_ptr(), p.path("other").as_ptr()); }
    symlink(p) { call!(SYS_symlink, c"/etc".as_ptr(), p.path("other").as_ptr()); }
    make_directory(p) { call!(SYS_mkdir, p.path("other").as_ptr(), 0o700); }
    make_node(p) { call!(SYS_mknod, p.path("other").as_ptr(), S_IFIFO | 0o600, 0); }
    chmod(p) { call!(SYS_chmod, p.path("victim").as_ptr(), 0); }
    chown(p) { call!(SYS_chown, p.path("victim").as_ptr(), 1, 1); }
    set_times(p) { call!(SYS_utimensat, AT_FDCWD, p.path("victim").as_ptr(), null::<u8>(), 0); }
    truncate(p) { call!(SYS_truncate, p.path("victim").as_ptr(), 0); }
    watch_files(p) { call!(SYS_inotify_init1, 0); }
    open_by_x32(p) { call!(0x4000_0000 + SYS_open, p.path("victim").as_ptr(), O_RDONLY); }
    handle_of_file(p) { call!(SYS_name_to_handle_at, AT_FDCWD, c"/".as_ptr(), null::<u8>(), null::<u8>(), 0); }
    open_by_handle(p) { call!(SYS_open_by_handle_at, 0, null::<u8>(), 0); }
    fanotify(p) { call!(SYS_fanotify_init, 0, 0); }

    connect_tcp(p) {
        let fd = call!(SYS_socket, AF_INET, SOCK_STREAM, 0);
        let address = loopback(p.port);
        call!(SYS_connect, fd, &raw const address, IN);
    }
    listen_tcp(p) {
        let fd = call!(SYS_socket, AF_INET, SOCK_STREAM, 0);
        let address = loopback(0);
        call!(SYS_bind, fd, &raw const address, IN);
        call!(SYS_listen, fd, 1);
    }
    send_udp(p) {
        let fd = call!(SYS_socket, AF_INET, SOCK_DGRAM, 0);
        let address = loopback(p.port);
        call!(SYS_sendto, fd, c"x".as_ptr(), 1, 0, &raw const address, IN);
    }
    ask_for_another_host(p) { asked!(p, CONNECT, format!("beside.test:{}", p.port)); }
    ask_for_another_port(p) { asked!(p, CONNECT, format!("granted.test:{}", p.port)); }
    ask_for_an_address(p) { asked!(p, CONNECT, format!("127.0.0.1:{}", p.port)); }
    ask_for_a_listener(p) { asked!(p, LISTEN, "127.0.0.1:0"); }
    ask_for_datagrams(p) { asked!(p, DATAGRAMS, format!("beside.test:{}", p.port)); }
    ask_for_everything(p) { asked!(p, CONNECT, format!("*:{}", p.port)); }
    ask_by_no_kind(p) { asked!(p, 200, format!("granted.test:{}", p.port)); }
    point_elsewhere(p) {
        let fd = asked!(p, DATAGRAMS, "granted.test:1");
        let address = loopback(p.port);
        call!(SYS_connect, fd, &raw const address, IN);
    }
    send_elsewhere(p) {
        let fd = asked!(p, DATAGRAMS, "granted.test:1");
        let address = loopback(p.port);
        call!(SYS_sendto, fd, c"x".as_ptr(), 1, 0, &raw const address, IN);
    }
    send_a_message_elsewhere(p) {
        let fd = asked!(p, DATAGRAMS, "granted.test:1");
        let address = loopback(p.port);
        let part = iovec { iov_base: c"x".as_ptr().cast_mut().cast(), iov_len: 1 };
        let message = [&raw const address as u64, IN as u64, &raw const part as u64, 1, 0, 0, 0];
        call!(SYS_sendmsg, fd, message.as_ptr(), 0);
    }
    send_as_if_it_were_the_control_socket(p) {
        let fd = asked!(p, DATAGRAMS, "granted.test:1");
        call!(SYS_close, 3);
        call!(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
        let address = loopback(p.port);
        let part = iovec { iov_base: c"x".as_ptr().cast_mut().cast(), iov_len: 1 };
        let message = [&raw const address as u64, IN as u64, &raw const part as u64, 1, 0, 0, 0];
        call!(SYS_sendmsg, 3, message.as_ptr(), 0);
    }
    raw_socket(p) { call!(SYS_socket, AF_INET, SOCK_RAW, IPPROTO_ICMP); }
    packet_socket(p) { call!(SYS_socket, AF_PACKET, SOCK_RAW, 0); }
    netlink_socket(p) { call!(SYS_socket, AF_NETLINK, SOCK_RAW, 0); }
    connect_unix(p) {
        let fd = call!(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
        let address = unix(p.path("socket").as_bytes());
        call!(SYS_connect, fd, &raw const address, UN);
    }
    abstract_socket(p) {
        let fd = call!(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
        let address = unix(&[&[0], p.path("abstract").as_bytes()].concat());
        call!(SYS_bind, fd, &raw const address, UN);
        call!(SYS_listen, fd, 1);
    }
    connect_abstract(p) {
        let fd = call!(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
        let name = [&[0], abstract_name(&p.directory).as_bytes()].concat();
        let address = unix(&name);
        call!(SYS_connect, fd, &raw const address, size_of::<sa_family_t>() + name.len());
    }
    datagram_pair(p) {
        let mut ends = [0i32; 2];
        call!(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, ends.as_mut_ptr());
    }
    pass_descriptor(p) {
        // A packet of no kind, with descriptor 5.
        let mut byte = [255u8];
        let part = iovec { iov_base: byte.as_mut_ptr().cast(), iov_len: 1 };
        let control: [u64; 3] = [20, (SCM_RIGHTS as u64) << 32 | SOL_SOCKET as u64, 5];
        let message = [0u64, 0, &raw const part as u64, 1, &raw const control as u64, 24, 0];
        call!(SYS_sendmsg, 3, message.as_ptr(), 0);
        loop { call!(SYS_poll, null::<u8>(), 0, 1000); }
    }

    signal(p) { call!(SYS_kill, p.victim, SIGKILL); }
    signal_thread(p) { call!(SYS_tgkill, p.victim, p.victim, SIGKILL); }
    queue_signal(p) {
        let info = [SIGUSR1 as u32, 0, -1i32 as u32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        call!(SYS_rt_sigqueueinfo, p.victim, SIGUSR1, info.as_ptr());
    }
    signal_own_group(p) { call!(SYS_kill, 0, 0); }
    pidfd_open(p) { call!(SYS_pidfd_open, p.victim, 0); }
    owner_of_file(p) { call!(SYS_fcntl, 0, F_SETOWN, p.victim); }
    set_priority(p) { call!(SYS_setpriority, PRIO_PROCESS, p.victim, 19); }
    set_affinity(p) {
        let one = [1u64; 16];
        call!(SYS_sched_setaffinity, p.victim, 128, one.as_ptr());
    }
    set_limits(p) {
        let low = [1u64, 1];
        call!(SYS_prlimit64, p.victim, RLIMIT_CORE, low.as_ptr(), null::<u8>());
    }
    timer_on_sibling(p) {
        // The processor clock of another process, by its number.
        let clock = (!p.victim << 3) | 2;
        let mut timer = 0i32;
        call!(SYS_timer_create, clock, null::<u8>(), &raw mut timer);
    }
    trace(p) { call!(SYS_ptrace, PTRACE_SEIZE, p.victim, 0, 0); }
    vm_read(p) { call!(SYS_process_vm_readv, p.victim, null::<u8>(), 0, null::<u8>(), 0, 0); }
    vm_write(p) { call!(SYS_process_vm_writev, p.victim, null::<u8>(), 0, null::<u8>(), 0, 0); }
    take_descriptor(p) { call!(SYS_pidfd_getfd, 0, 0, 0); }
    compare(p) { call!(SYS_kcmp, p.victim, p.victim, 0, 0, 0); }

    fork(p) { if call!(SYS_fork) == 0 { call!(SYS_exit_group, 0); } }
    vfork(p) {
        // As a clone with its flags: the call itself cannot return twice from a function.
        if call!(SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0 { call!(SYS_exit_group, 0); }
    }
    double_fork(p) {
        if call!(SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0 {
            if call!(SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0 {
                call!(SYS_setsid);
                call!(SYS_poll, null::<u8>(), 0, 300);
            }
            call!(SYS_exit_group, 0);
        }
    }
    clone3(p) {
        let arguments = [0u64, 0, 0, 0, SIGCHLD as u64, 0, 0, 0, 0, 0, 0];
        if call!(SYS_clone3, arguments.as_ptr(), 88) == 0 { call!(SYS_exit_group, 0); }
    }
    clone_parent(p) { if call!(SYS_clone, CLONE_PARENT, 0, 0, 0, 0) == 0 { call!(SYS_exit_group, 0); } }
    clone_namespace(p) {
        if call!(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) == 0 { call!(SYS_exit_group, 0); }
    }
    forget_death_signal(p) { call!(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0); }
    leave_session(p) { call!(SYS_setsid); }
    join_group(p) { call!(SYS_setpgid, 0, p.victim); }
    execute(p) {
        let arguments = [c"/bin/true".as_ptr(), null()];
        call!(SYS_execve, c"/bin/true".as_ptr(), arguments.as_ptr(), null::<u8>());
    }
    execute_preloaded(p) {
        let arguments = [c"/bin/true".as_ptr(), null()];
        let environment = [c"LD_PRELOAD=/tmp/escape.so".as_ptr(), null()];
        call!(SYS_execve, c"/bin/true".as_ptr(), arguments.as_ptr(), environment.as_ptr());
    }
    execute_at(p) {
        let arguments = [c"/bin/true".as_ptr(), null()];
        call!(SYS_execveat, AT_FDCWD, c"/bin/true".as_ptr(), arguments.as_ptr(), null::<u8>(), 0);
    }
    write_then_execute(p) {
        let fd = call!(SYS_memfd_create, c"x".as_ptr(), 0);
        call!(SYS_write, fd, c"#!/bin/true\n".as_ptr(), 12);
        call!(SYS_dup3, fd, 4, 0);
        let arguments = [c"x".as_ptr(), null()];
        call!(SYS_execveat, 4, c"".as_ptr(), arguments.as_ptr(), null::<u8>(), AT_EMPTY_PATH);
    }
    execute_other(p) {
        call!(SYS_dup3, 5, 4, 0);
        let arguments = [c"x".as_ptr(), null()];
        call!(SYS_execveat, 4, c"".as_ptr(), arguments.as_ptr(), null::<u8>(), AT_EMPTY_PATH);
    }
    spawn_raw(p) { call!(SYS_clone, CLONE_VM | CLONE_FILES | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, 0, 0, 0, 0); }
    execute_self(p) {
        let arguments = [c"wat".as_ptr(), null()];
        call!(SYS_execveat, 4, c"".as_ptr(), arguments.as_ptr(), null::<u8>(), AT_EMPTY_PATH);
    }
    memory_file(p) { call!(SYS_memfd_create, c"x".as_ptr(), 0); }
    writable_code(p) {
        call!(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    data_made_code(p) {
        let at = call!(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        call!(SYS_mprotect, at, 4096, PROT_READ | PROT_EXEC);
    }
    unshare(p) { call!(SYS_unshare, CLONE_NEWUSER); }
    enter_namespace(p) { call!(SYS_setns, 0, 0); }
    mount(p) { call!(SYS_mount, c"none".as_ptr(), p.path("").as_ptr(), c"tmpfs".as_ptr(), 0, null::<u8>()); }
    unmount(p) { call!(SYS_umount2, p.path("").as_ptr(), 0); }
    chroot(p) { call!(SYS_chroot, p.path("").as_ptr()); }
    pivot_root(p) { call!(SYS_pivot_root, p.path("").as_ptr(), p.path("").as_ptr()); }
    fsopen(p) { call!(SYS_fsopen, c"tmpfs".as_ptr(), 0); }

    io_uring(p) {
        let mut room = [0u64; 64];
        call!(SYS_io_uring_setup, 2, room.as_mut_ptr());
    }
    userfault(p) { call!(SYS_userfaultfd, 0); }
    bpf(p) { call!(SYS_bpf, 0, null::<u8>(), 0); }
    perf(p) { call!(SYS_perf_event_open, null::<u8>(), p.victim, -1, -1, 0); }
    add_key(p) { call!(SYS_add_key, c"user".as_ptr(), c"x".as_ptr(), c"y".as_ptr(), 1, -3); }
    keyctl(p) { call!(SYS_keyctl, 0, -3, 0, 0, 0); }
    module(p) { call!(SYS_init_module, null::<u8>(), 0, c"".as_ptr()); }
    kexec(p) { call!(SYS_kexec_load, 0, 0, null::<u8>(), 0); }
    reboot(p) { call!(SYS_reboot, 0, 0, 0, 0); }
    set_clock(p) { call!(SYS_clock_settime, 99, null::<u8>()); }
    name_host(p) { call!(SYS_sethostname, null::<u8>(), 0); }
    io_ports(p) { call!(SYS_iopl, 3); }
    call_32(p) {
        // getpid by the gate of 32-bit programs.
        // SAFETY: the call touches no memory.
        unsafe { std::arch::asm!("int 0x80", inlateout("eax") 20 => _, options(nostack)) };
    }
    // These four are the system's, not of the scene, and outlive the process: what comes through is taken away.
    shared_memory(p) {
        let segment = call!(SYS_shmget, 0, 4096, 0o1600);
        call!(SYS_shmctl, segment, IPC_RMID, null::<u8>());
    }
    message_queue(p) {
        let queue = call!(SYS_msgget, 0, 0o1600);
        call!(SYS_msgctl, queue, IPC_RMID, null::<u8>());
    }
    semaphores(p) {
        let set = call!(SYS_semget, 0, 1, 0o1600);
        call!(SYS_semctl, set, 0, IPC_RMID, 0);
    }
    posix_queue(p) {
        let name = CString::new(format!("escapes-{}", p.victim)).expect("no zero bytes");
        // One message of one byte: the bytes of all queues of a user have a limit, of which one as by default is a tenth.
        let smallest: [c_long; 8] = [0, 1, 1, 0, 0, 0, 0, 0];
        call!(SYS_mq_open, name.as_ptr(), O_CREAT | O_RDWR, 0o600, smallest.as_ptr());
        call!(SYS_mq_unlink, name.as_ptr());
    }

    other_handler(p) {
        let ignore = [1u64, 0, 0, 0];
        call!(SYS_rt_sigaction, SIGSYS, ignore.as_ptr(), null::<u8>(), 8);
    }
    filter_listener(p) {
        let allow = sock_filter { code: 6, jt: 0, jf: 0, k: SECCOMP_RET_ALLOW };
        let whole = sock_fprog { len: 1, filter: (&raw const allow).cast_mut() };
        call!(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &raw const whole);
    }
    become_dumpable(p) { call!(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0); }
    become_user(p) { call!(SYS_setresuid, 1, 1, 1); }
    regain_capabilities(p) {
        let header = [0x2008_0522u32, 0];
        let all = [u32::MAX; 6];
        call!(SYS_capset, header.as_ptr(), all.as_ptr());
    }
    regain_limits(p) {
        let most = [RLIM_INFINITY, RLIM_INFINITY];
        call!(SYS_prlimit64, 0, RLIMIT_CORE, most.as_ptr(), null::<u8>());
    }
    type_into_terminal(p) { call!(SYS_ioctl, 0, TIOCSTI, c"x".as_ptr()); }

    exhaust_memory(p) {
        loop {
            let at = call!(SYS_mmap, 0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            // SAFETY: a mebibyte just mapped, which nobody else knows.
            unsafe { std::ptr::write_bytes(at as *mut u8, 1, 1 << 20) };
        }
    }
    exhaust_descriptors(p) { loop { call!(SYS_dup, 0); } }
    burn(p) { loop { std::hint::spin_loop(); } }
    wait_for_ever(p) { loop { call!(SYS_poll, null::<u8>(), 0, 1000); } }
    fill_disk(p) {
        let fd = call!(SYS_openat, AT_FDCWD, p.path("full").as_ptr(), O_CREAT | O_WRONLY, 0o600);
        call!(SYS_fallocate, fd, 0, 0, 1 << 16);
    }
}
