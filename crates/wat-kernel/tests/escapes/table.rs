//! The corpus: what is tried, and what must come of it. A row with `free` must succeed where nothing is confined.

use crate::attempts::{self as a, Place, Tried};
use crate::errands as e;
use wat_kernel::{Grant, Spawn};

pub struct Row {
    pub name: &'static str,
    pub attempt: fn(&Place) -> Tried,
    pub expect: Expect,
    pub free: bool,
    pub adapt: &'static [fn(&mut Spawn)],
    /// What every level below the root is granted.
    pub grants: fn(&Place) -> Vec<Grant>,
    /// A mechanism of `wat_kernel::machine` without which it is not held to.
    pub needs: Option<&'static str>,
}

/// What the parent sees.
#[derive(Clone, Copy)]
pub enum Expect {
    /// An error to the caller, one of these.
    Errno(&'static [i32]),
    /// The end of the process, with the call's name.
    Denied(&'static str),
    /// An end of this kind, whatever the reason.
    Ends(&'static str),
}

impl Expect {
    /// What is wrong with what was said.
    pub fn differs(self, said: &str) -> Option<String> {
        let fits = match self {
            Expect::Errno(of) => of.iter().any(|errno| said == format!("errno {errno}")),
            Expect::Denied(call) => {
                said == format!("Denied the system call {call}, which no program can need")
            }
            Expect::Ends(kind) => said.starts_with(kind),
        };
        (!fits).then(|| said.to_string())
    }
}

use Expect::{Denied, Ends, Errno};

const PERM: Expect = Errno(&[libc::EPERM]);
const SHUT: Expect = Errno(&[libc::EPERM, libc::EACCES]);

fn nothing(_: &Place) -> Vec<Grant> {
    Vec::new()
}

const fn bound(name: &'static str, attempt: fn(&Place) -> Tried, expect: Expect) -> Row {
    Row { name, attempt, expect, free: false, adapt: &[], grants: nothing, needs: None }
}

const fn free(name: &'static str, attempt: fn(&Place) -> Tried, expect: Expect) -> Row {
    Row { free: true, ..bound(name, attempt, expect) }
}

const fn under(
    name: &'static str,
    attempt: fn(&Place) -> Tried,
    expect: Expect,
    adapt: &'static [fn(&mut Spawn)],
) -> Row {
    Row { adapt, ..bound(name, attempt, expect) }
}

/// With something granted, and more than that tried.
const fn beside(name: &'static str, attempt: fn(&Place) -> Tried, grants: fn(&Place) -> Vec<Grant>) -> Row {
    Row { grants, needs: Some("landlock files"), ..free(name, attempt, SHUT) }
}

/// With the datagrams of one peer and no processes.
const fn sealed_beside(name: &'static str, attempt: fn(&Place) -> Tried) -> Row {
    Row { adapt: &[seal], free: false, ..beside(name, attempt, another_port) }
}

fn seal(what: &mut Spawn) {
    let grants = what.authority.as_ref().map_or(Vec::new(), |held| held.grants().to_vec());
    what.authority = Some(wat_kernel::Authority::of(grants, false));
}

fn a_host(place: &Place) -> Vec<Grant> {
    vec![Grant::Connect(Some("granted.test".to_string()), Some(place.port))]
}

fn another_port(_: &Place) -> Vec<Grant> {
    vec![Grant::Connect(Some("granted.test".to_string()), Some(1))]
}

fn any_port(place: &Place) -> Vec<Grant> {
    vec![Grant::Connect(Some("127.0.0.1".to_string()), None), Grant::Listen(place.port)]
}

/// With some commands, and a directory to write in.
const fn running(name: &'static str, attempt: fn(&Place) -> Tried) -> Row {
    Row { grants: commands, ..bound(name, attempt, Errno(&[libc::EACCES])) }
}

fn one_command(_: &Place) -> Vec<Grant> {
    vec![Grant::Run("true".to_string())]
}

fn commands(place: &Place) -> Vec<Grant> {
    let mut grants = reads(place);
    grants.extend(writes_within(place));
    let link = format!("{}/granted/room/true", place.directory);
    grants.extend(["true", "cat", "sh", &link].map(|name| Grant::Run(name.to_string())));
    grants
}

fn reads_elsewhere(_: &Place) -> Vec<Grant> {
    vec![Grant::Read("/etc".into())]
}

fn reads_processes(_: &Place) -> Vec<Grant> {
    vec![Grant::Read("/proc".into())]
}

fn reads(place: &Place) -> Vec<Grant> {
    vec![Grant::Read(place.directory.as_str().into())]
}

fn writes(place: &Place) -> Vec<Grant> {
    vec![Grant::Write(place.directory.as_str().into())]
}

fn writes_within(place: &Place) -> Vec<Grant> {
    vec![Grant::Write(format!("{}/granted", place.directory).into())]
}

fn other_port(_: &Place) -> Vec<Grant> {
    vec![Grant::Connect(Some("127.0.0.1".to_string()), Some(1)), Grant::Listen(1)]
}

fn a_socket(place: &Place) -> Vec<Grant> {
    vec![Grant::ConnectUnix(format!("{}/granted/socket", place.directory).into())]
}

pub const ROWS: &[Row] = &[
    // Files.
    free("open-to-read", a::open_to_read, SHUT),
    free("open-to-write", a::open_to_write, SHUT),
    free("create", a::create, SHUT),
    free("open-in-proc", a::open_in_proc, SHUT),
    free("descriptors-of-a-sibling", a::descriptors_of_a_sibling, SHUT),
    free("memory-of-a-sibling", a::memory_of_a_sibling, SHUT),
    free("list", a::list, SHUT),
    free("stat", a::stat, SHUT),
    free("read-link", a::read_link, SHUT),
    free("change-directory", a::change_directory, SHUT),
    free("unlink", a::unlink, SHUT),
    free("rename", a::rename, SHUT),
    free("link", a::link, SHUT),
    free("symlink", a::symlink, SHUT),
    free("make-directory", a::make_directory, SHUT),
    free("make-node", a::make_node, SHUT),
    free("chmod", a::chmod, SHUT),
    free("chown", a::chown, SHUT),
    free("set-times", a::set_times, SHUT),
    free("truncate", a::truncate, SHUT),
    free("watch-files", a::watch_files, SHUT),
    free("open-by-x32-number", a::open_by_x32, Errno(&[libc::EPERM, libc::ENOSYS])).unless_free(),
    bound("handle-of-a-file", a::handle_of_file, Denied("name_to_handle_at")),
    bound("open-by-handle", a::open_by_handle, Denied("open_by_handle_at")),
    bound("watch-a-mount", a::fanotify, Denied("fanotify_init")),
    // Files beside those that are granted.
    beside("read-beside-a-grant", a::open_to_read, reads_elsewhere),
    beside("write-what-may-be-read", a::open_to_write, reads),
    beside("empty-what-may-be-read", a::truncate, reads).needing("landlock truncate"),
    beside("remove-what-may-be-read", a::unlink, reads),
    beside("read-what-may-be-written", a::open_to_read, writes),
    beside("list-what-may-be-written", a::list_directory, writes),
    beside("create-beside-a-grant", a::create, writes_within),
    beside("write-beside-a-grant", a::open_to_write, writes_within),
    beside("rename-beside-a-grant", a::rename, writes_within),
    beside("remove-beside-a-grant", a::unlink, writes_within),
    beside("make-a-directory-beside-a-grant", a::make_directory, writes_within),
    beside("link-into-a-grant", a::link_into_grant, writes_within)
        .answering(Errno(&[libc::EXDEV, libc::EACCES])),
    beside("move-out-of-a-grant", a::move_out_of_grant, writes_within)
        .answering(Errno(&[libc::EXDEV, libc::EACCES])),
    beside("make-a-device-in-a-grant", a::make_device, writes_within),
    // The processes that /proc shows.
    beside("memory-of-the-parent", a::memory_of_the_parent, reads_processes),
    beside("environment-of-the-parent", a::environment_of_the_parent, reads_processes),
    beside("descriptors-of-the-parent", a::descriptors_of_the_parent, reads_processes),
    beside("root-of-the-parent", a::root_of_the_parent, reads_processes),
    beside("memory-of-a-stranger", a::read_memory_of_a_stranger, reads_processes),
    // Sockets.
    free("connect-tcp", a::connect_tcp, SHUT),
    free("listen-tcp", a::listen_tcp, SHUT),
    free("send-udp", a::send_udp, SHUT),
    free("raw-socket", a::raw_socket, SHUT),
    free("packet-socket", a::packet_socket, SHUT),
    free("netlink-socket", a::netlink_socket, SHUT),
    free("connect-unix", a::connect_unix, SHUT),
    free("abstract-socket", a::abstract_socket, SHUT),
    free("socket-pair-to-send-anywhere", a::datagram_pair, SHUT),
    beside("connect-beside-a-grant", a::connect_tcp, other_port),
    beside("listen-beside-a-grant", a::listen_tcp, other_port),
    beside("connect-by-oneself-as-granted", a::connect_tcp, any_port),
    beside("send-udp-beside-a-grant", a::send_udp, any_port),
    beside("ask-for-a-host-beside-a-grant", a::ask_for_another_host, a_host),
    beside("ask-for-a-port-beside-a-grant", a::ask_for_another_port, another_port),
    beside("ask-for-the-address-of-a-granted-name", a::ask_for_an_address, a_host),
    beside("ask-for-a-listener-that-is-not-granted", a::ask_for_a_listener, a_host),
    beside("ask-for-datagrams-to-another-host", a::ask_for_datagrams, a_host),
    bound("ask-without-a-grant", a::ask_for_another_port, SHUT),
    bound("ask-for-any-host", a::ask_for_everything, SHUT),
    bound("ask-by-no-kind", a::ask_by_no_kind, SHUT),
    beside("point-a-given-socket-elsewhere", a::point_elsewhere, another_port),
    beside("send-from-a-given-socket-elsewhere", a::send_elsewhere, another_port),
    sealed_beside("send-a-message-from-a-given-socket-elsewhere", a::send_a_message_elsewhere),
    sealed_beside(
        "put-a-given-socket-in-place-of-the-control-socket",
        a::send_as_if_it_were_the_control_socket,
    ),
    beside("connect-to-an-abstract-socket", a::connect_abstract, a_socket).needing("landlock scopes"),
    bound("pass-a-descriptor-up", a::pass_descriptor, Ends("Killed")),
    // Commands that an ancestor starts.
    free("run-what-is-not-granted", e::another, SHUT),
    beside("run-another-command", e::another, one_command),
    beside("run-another-by-its-path", e::another_by_path, one_command),
    running("run-what-one-has-written-by-its-name", e::by_own_path),
    running("run-what-one-has-written-by-a-link", e::by_a_link),
    running("run-with-words-to-the-loader", e::by_the_loader),
    running("run-with-a-file-for-a-pipe", e::with_a_file),
    running("run-without-descriptors", e::without_descriptors),
    running("run-with-junk", e::with_junk),
    running("run-with-nothing-to-read", e::with_nothing_to_read),
    running("run-more-than-a-bound", e::flood),
    running("junk-on-the-tether", e::junk_on_the_tether),
    running("leave-while-a-command-is-asked-for", e::while_it_is_asked_for).answering(Ends("Exited")),
    running("leave-while-a-command-runs", e::while_it_runs).answering(Ends("Exited")),
    running("leave-while-a-command-stops", e::while_it_is_told_to_stop).answering(Ends("Exited")),
    // Other processes.
    free("signal", a::signal, SHUT),
    free("signal-a-thread", a::signal_thread, SHUT),
    free("queue-a-signal", a::queue_signal, SHUT),
    free("signal-everybody-of-a-group", a::signal_own_group, SHUT),
    free("descriptor-of-a-process", a::pidfd_open, SHUT),
    free("signal-by-a-file", a::owner_of_file, SHUT),
    free("priority-of-a-sibling", a::set_priority, SHUT),
    free("processors-of-a-sibling", a::set_affinity, SHUT),
    free("limits-of-a-sibling", a::set_limits, SHUT),
    free("timer-on-a-sibling", a::timer_on_sibling, SHUT),
    free("trace", a::trace, Denied("ptrace")),
    bound("read-memory", a::vm_read, Denied("process_vm_readv")),
    bound("write-memory", a::vm_write, Denied("process_vm_writev")),
    bound("take-a-descriptor", a::take_descriptor, Denied("pidfd_getfd")),
    bound("compare-processes", a::compare, Denied("kcmp")),
    // Processes of its own.
    free("fork", a::fork, SHUT),
    free("vfork", a::vfork, SHUT),
    free("double-fork", a::double_fork, SHUT),
    free("clone-three", a::clone3, Errno(&[libc::ENOSYS])),
    free("fork-with-a-parent's-parent", a::clone_parent, SHUT),
    free("new-user-namespace", a::clone_namespace, SHUT),
    free("outlive-the-parent", a::forget_death_signal, SHUT),
    bound("leave-the-session", a::leave_session, PERM),
    bound("join-a-group", a::join_group, PERM),
    bound("execute", a::execute, Denied("execve")),
    bound("execute-with-a-library", a::execute_preloaded, Denied("execve")),
    bound("execute-by-path", a::execute_at, Denied("execveat")),
    bound("execute-what-is-written", a::write_then_execute, SHUT),
    bound("execute-something-else-at-four", a::execute_other, Errno(&[libc::EACCES, libc::ENOEXEC])),
    under("spawn-where-withheld", a::spawn_raw, PERM, &[|s| s.authority = Some(sealed())]),
    under(
        "re-execute-where-withheld",
        a::execute_self,
        Denied("execveat"),
        &[|s| s.authority = Some(sealed())],
    ),
    free("memory-file", a::memory_file, SHUT),
    free("code-that-is-written", a::writable_code, SHUT),
    free("data-made-code", a::data_made_code, SHUT),
    bound("unshare", a::unshare, Denied("unshare")),
    bound("enter-a-namespace", a::enter_namespace, Denied("setns")),
    bound("mount", a::mount, Denied("mount")),
    bound("unmount", a::unmount, Denied("umount2")),
    bound("change-root", a::chroot, Denied("chroot")),
    bound("pivot-root", a::pivot_root, Denied("pivot_root")),
    bound("mount-by-descriptor", a::fsopen, Denied("fsopen")),
    // The kernel's doors.
    bound("io-uring", a::io_uring, Denied("io_uring_setup")),
    bound("user-faults", a::userfault, Denied("userfaultfd")),
    bound("bpf", a::bpf, Denied("bpf")),
    bound("perf", a::perf, Denied("perf_event_open")),
    bound("add-a-key", a::add_key, Denied("add_key")),
    bound("search-keys", a::keyctl, Denied("keyctl")),
    bound("load-a-module", a::module, Denied("init_module")),
    bound("load-a-kernel", a::kexec, Denied("kexec_load")),
    bound("reboot", a::reboot, Denied("reboot")),
    bound("set-the-clock", a::set_clock, Denied("clock_settime")),
    bound("name-the-host", a::name_host, Denied("sethostname")),
    bound("io-ports", a::io_ports, Denied("iopl")),
    bound("thirty-two-bit-call", a::call_32, Ends("Denied")),
    free("shared-memory", a::shared_memory, SHUT),
    free("message-queue", a::message_queue, SHUT),
    free("semaphores", a::semaphores, SHUT),
    free("posix-queue", a::posix_queue, SHUT),
    // Confinement itself.
    bound("another-handler", a::other_handler, Denied("rt_sigaction of SIGSYS")),
    free("listen-to-filters", a::filter_listener, SHUT),
    free("become-dumpable", a::become_dumpable, SHUT),
    free("become-another-user", a::become_user, SHUT),
    bound("regain-capabilities", a::regain_capabilities, PERM),
    bound("regain-limits", a::regain_limits, PERM),
    bound("type-into-a-terminal", a::type_into_terminal, Errno(&[libc::ENOTTY])),
    // Exhaustion.
    under("exhaust-memory", a::exhaust_memory, Errno(&[libc::ENOMEM]), &[|s| s.limits.data = Some(64 << 20)]),
    under(
        "exhaust-descriptors",
        a::exhaust_descriptors,
        Errno(&[libc::EMFILE]),
        &[|s| s.limits.files = Some(64)],
    ),
    under("exhaust-the-processor", a::burn, Ends("Limit processor time"), &[|s| s.limits.cpu_ms = Some(1)]),
    under("exhaust-time", a::wait_for_ever, Ends("Limit wall time"), &[|s| s.limits.wall_ms = Some(200)]),
    free("exhaust-processes", a::fork, SHUT),
    free("exhaust-the-disk", a::fill_disk, SHUT),
];

impl Row {
    const fn unless_free(self) -> Row {
        Row { free: false, ..self }
    }

    const fn needing(self, mechanism: &'static str) -> Row {
        Row { needs: Some(mechanism), ..self }
    }

    const fn answering(self, expect: Expect) -> Row {
        Row { expect, ..self }
    }
}

fn sealed() -> wat_kernel::Authority {
    wat_kernel::Authority::of(Vec::new(), false)
}
