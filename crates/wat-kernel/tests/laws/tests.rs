//! The tests: each starts roots and judges from outside.

use crate::observer::{
    Random, Root, eventually, expect_ok, kill, lives, rounds, seed, tag, tagged_processes,
};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::time::{Duration, Instant};
use wat_kernel::machine;
use wat_kernel::see::{Sight, Tier, Visit, Wait, own_user, trees};

type Test = (&'static str, fn());

pub const TESTS: &[Test] = &[
    ("a_root_echoes", a_root_echoes),
    ("a_tree_of_three_levels_answers", a_tree_of_three_levels_answers),
    ("k1_sigkill_of_any_node_leaves_no_descendant", k1),
    ("k1_a_native_runaway_ends_with_any_node_above_it", k1_runaways),
    ("k1_without_namespaces_a_runaway_ends_with_any_node_but_the_root", k1_runaways_without_namespaces),
    ("k1_a_node_takes_its_runaway_along_when_it_ends_well", k1_runaway_of_a_good_end),
    ("k2_cycles_leak_nothing", || {
        expect_ok("self-check", &["leaks", &rounds(50).to_string(), &(seed() as u32).to_string()]);
    }),
    ("k3_the_descriptor_table_at_birth_is_exact", k3),
    ("k4_threads_that_allocate_do_not_hang_a_spawn", || {
        expect_ok("self-check", &["threads", &rounds(50).to_string()]);
    }),
    ("k5_sigterm_ends_every_wait", k5),
    ("k7_a_blocked_writer_reads_ahead_and_finds_the_deadlock", || {
        expect_ok("self-check", &["window"]);
    }),
    ("k7_wait_drains_what_nobody_reads", || {
        expect_ok("self-check", &["drain"]);
    }),
    ("k9_each_end_has_its_kind", || {
        expect_ok("self-check", &["ends"]);
    }),
    ("k10_a_hostile_control_socket_ends_the_child_alone", || {
        expect_ok("self-check", &["protocol"]);
    }),
    ("k11_what_an_ancestor_has_is_asked_for_and_given_as_granted", || {
        expect_ok("self-check", &["asks"]);
    }),
    ("k11_a_child_that_asks_without_end_costs_a_bound_and_ends_with_it", || {
        expect_ok("self-check", &["asks-flood"]);
    }),
    ("k11_what_nobody_asked_for_is_closed_and_holds_up_nobody", || {
        expect_ok("self-check", &["asks-linger"]);
    }),
    ("k11_a_stop_does_not_wait_behind_answers", || {
        expect_ok("self-check", &["asks-stop"]);
    }),
    ("k11_no_answer_is_lost_where_too_many_descriptors_are_on_their_way", crowded),
    ("k12_deleting_the_binary_does_no_harm", k12),
    ("k17_closed_stdio_is_opened", k17_closed_stdio),
    ("a_boot_record_of_any_size_arrives", || {
        expect_ok("self-check", &["boot-record"]);
    }),
    ("stop_is_polite_then_final", || {
        expect_ok("self-check", &["stop"]);
    }),
    ("a_child_suspended_while_stopping_is_killed", || {
        expect_ok("self-check", &["stalled"]);
    }),
    ("logs_are_taken_or_kept", || {
        expect_ok("self-check", &["logs"]);
    }),
    ("stderr_goes_up_with_its_path", stderr_goes_up),
    ("a_blocked_stderr_blocks_no_child", blocked_stderr),
    ("a_spawn_without_descriptors_says_so", || {
        expect_ok("self-check", &["starved"]);
    }),
    ("a_command_asked_of_whoever_has_no_descriptors_says_so", || {
        expect_ok("self-check", &["starved-above"]);
    }),
    ("k11_a_child_that_asks_without_end_leaves_room_for_all_above_it", || {
        expect_ok("self-check", &["asks-nearer"]);
    }),
    ("k11_who_asks_of_a_process_without_descriptors_is_told_which", || {
        expect_ok("self-check", &["asks-starved"]);
    }),
    ("k11_a_grant_is_for_the_file_that_its_path_leads_to", || {
        expect_ok("self-check", &["replaced"]);
    }),
    ("a_file_system_that_does_not_answer_holds_up_no_other_birth", slow_places),
    ("k9_a_stop_and_an_end_wait_for_memory", crate::faults::short_of_memory),
    ("k1_a_child_is_made_while_the_keeper_ends", || {
        expect_ok("self-check", &["keeper", &rounds(20).to_string()]);
    }),
    ("k2_what_a_command_left_ends_however_soon_the_command_does", late_command),
    ("k2_a_child_that_cannot_be_watched_has_its_end", crate::faults::unwatched),
    ("k5_a_node_whose_limit_of_files_falls_rests_and_stops", crate::faults::narrowed),
    ("k2_a_keeper_that_cannot_end_holds_nobody_up", crate::faults::traced),
    ("k5_no_warden_waits_for_its_parent", crate::faults::parent_is_deaf),
    ("k2_a_child_that_a_tracer_keeps_costs_nothing", crate::faults::kept_by_a_tracer),
    ("a_door_that_nobody_can_be_let_in_by_costs_nothing", crate::faults::crowded),
    ("k17_pid_1_takes_no_status_of_a_child_being_made", crate::faults::pid_1),
    ("a_spawn_without_processes_says_so", || {
        expect_ok("self-check", &["processes"]);
    }),
    ("the_bound_on_processes_holds", the_bound_on_processes_holds),
    ("a_thread_may_spawn_and_end", || {
        expect_ok("self-check", &["other-thread"]);
    }),
    ("select_is_fair_and_wakes", || {
        expect_ok("self-check", &["select"]);
    }),
    ("channels_carry_wake_and_end", || {
        expect_ok("self-check", &["channel"]);
    }),
    ("a_tree_is_seen_within_a_bound_whoever_does_not_answer", seen_within_a_bound),
    ("a_suspended_command_of_a_confined_node_is_seen", suspended_command),
    ("nobody_answers_for_others_or_unasked", nobody_lies),
    ("strangers_at_the_door_harm_nothing", strangers),
    ("a_wide_tree_is_seen_whole", seen_whole),
    ("what_is_written_arrives", || {
        expect_ok("self-check", &["gather"]);
    }),
    ("a_root_ends_by_the_signal_that_stopped_it", a_root_ends_by_its_signal),
    ("a_second_interrupt_makes_the_deadline_now", second_interrupt),
    ("nohup_is_respected", nohup),
    ("a_crash_nobody_sees_goes_to_stderr", || {
        let err = expect_ok("self-check", &["unseen"]);
        assert!(err.contains("/ends: crashed") && err.contains("/ends: exited with 3"), "{err}");
    }),
    ("channel_pace", || {
        print!("{}", expect_ok("self-check", &["channel-pace", "20000"]));
    }),
    ("spawn_to_first_reply", || {
        print!("{}", expect_ok("self-check", &["pace", "100"]));
    }),
];

/// From linux/capability.h.
const CAP_SYS_ADMIN: libc::c_ulong = 21;
const CAP_SYS_RESOURCE: libc::c_ulong = 24;

/// A root held to what the system lets a user send at a time, as one without powers is.
fn crowded() {
    let root = Root::command("/proc/self/exe", "self-check", &["asks-crowded"], |command| {
        let limit = libc::rlimit { rlim_cur: 1024, rlim_max: 1024 };
        // SAFETY: system calls alone; who has no powers cannot drop them, and needs not.
        unsafe {
            command.pre_exec(move || {
                for power in [CAP_SYS_ADMIN, CAP_SYS_RESOURCE] {
                    libc::prctl(libc::PR_CAPBSET_DROP, power, 0, 0, 0);
                }
                match libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) {
                    0 => Ok(()),
                    _ => Err(std::io::Error::last_os_error()),
                }
            })
        }
    });
    let (out, err, status) = root.finish();
    assert!(status.success() && out.ends_with("ok\n"), "{status:?}\n{out}\n{err}");
}

fn slow_places() {
    let root = Root::command("/proc/self/exe", "self-check", &["slow-places"], |command| {
        let removed = std::env::var("WAT_MUTATION").unwrap_or_default();
        command.env("WAT_MUTATION", format!("{removed},pause:look"))
    });
    let (out, err, status) = root.finish();
    assert!(status.success() && out.ends_with("ok\n"), "{status:?}\n{out}\n{err}");
}

fn a_root_echoes() {
    let mut root = Root::start("echo", &[]);
    root.say("hello");
    assert_eq!(root.line(), "hello");
    let (_, err, status) = root.finish();
    assert!(status.success() && err.is_empty(), "{status:?} {err}");
}

fn a_tree_of_three_levels_answers() {
    let mut root = Root::start("relay", &["1", "echo"]);
    for word in ["one", "two", "three"] {
        root.say(word);
        assert_eq!(root.line(), word);
    }
    assert_eq!(tagged_processes().len(), 3);
    let (_, err, status) = root.finish();
    assert!(status.success(), "{status:?} {err}");
}

/// Victims of every kind, at every time: before, while and after the tree comes up.
fn k1() {
    let mut random = Random(seed());
    for round in 0..rounds(50) {
        let leaf = ["hang", "spin", "suspend", "deaf", "scream"][random.below(5) as usize];
        let depth = 1 + random.below(3);
        let mut root = Root::start("bush", &[&depth.to_string(), "2", leaf]);
        if random.below(2) == 0 {
            assert_eq!(root.line(), "up");
        } else {
            std::thread::sleep(Duration::from_micros(random.below(8000)));
        }
        let nodes = tagged_processes();
        let inner: Vec<i32> = nodes.iter().copied().filter(|pid| *pid != root.pid()).collect();
        let victim = match inner.len() {
            0 => root.pid(),
            n => inner[random.below(n as u64) as usize],
        };
        let below = descendants(victim);
        let was = format!(
            "{}, below it {:?}",
            told(victim),
            below.iter().map(|pid| told(*pid)).collect::<Vec<_>>()
        );
        kill(victim, libc::SIGKILL);
        let gone = eventually(Duration::from_secs(1), || !below.iter().any(|pid| lives(*pid)));
        let left: Vec<String> = below.iter().filter(|pid| lives(**pid)).map(|pid| told(*pid)).collect();
        assert!(gone, "round {round}: below a {leaf} tree's node: {left:?}; killed {was}");
        kill(root.pid(), libc::SIGKILL);
        root.ends_within(Duration::from_secs(1));
        let mut left = Vec::new();
        let gone = eventually(Duration::from_secs(1), || {
            left = tagged_processes();
            left.is_empty()
        });
        assert!(gone, "round {round}: after the root of a {leaf} tree: {left:?}");
    }
}

/// Native code three levels down leaves a process behind; then one node of the tree is killed, or all of them at once.
fn k1_runaways() {
    let contained = machine::mechanisms().iter().any(|m| m.name == "pid namespaces" && m.present);
    if !contained {
        println!("pid namespaces are not granted here: the root is not among those killed");
    }
    for _ in 0..rounds(1) {
        for victims in [&[3][..], &[2], &[1], &[0], &[1, 2, 3], &[0, 1, 2, 3]] {
            if contained || !victims.contains(&0) {
                kill_above_a_runaway(victims, None);
            }
        }
    }
}

fn k1_runaways_without_namespaces() {
    for _ in 0..rounds(1) {
        for victims in [&[3][..], &[2], &[1], &[1, 2, 3]] {
            kill_above_a_runaway(victims, Some("keeper"));
        }
    }
}

/// The nodes at these depths are killed, and what is below the uppermost must be gone, and nothing above it.
fn kill_above_a_runaway(victims: &[usize], without: Option<&str>) {
    let mut root = littering(&["3", "hang"], without);
    assert_eq!(root.line(), "left");
    let nodes = chain(root.pid());
    assert_eq!(nodes.len(), 4, "a root and three nodes");
    let runaway: Vec<i32> = tagged_processes().into_iter().filter(|pid| !nodes.contains(pid)).collect();
    assert_eq!(runaway.len(), 1, "one was left: {runaway:?}");
    victims.iter().for_each(|depth| kill(nodes[*depth], libc::SIGKILL));
    let top = *victims.iter().min().expect("somebody is killed");
    let below = [&nodes[top..], &runaway].concat();
    let gone = eventually(Duration::from_secs(1), || !below.iter().any(|pid| lives(*pid)));
    let left: Vec<&i32> = below.iter().filter(|pid| lives(**pid)).collect();
    assert!(gone, "nodes at depth {victims:?} of {nodes:?} were killed, and this lives: {left:?}");
    assert!(nodes[..top].iter().all(|pid| lives(*pid)), "{victims:?} of {nodes:?} took others along");
}

fn k1_runaway_of_a_good_end() {
    for without in [None, Some("keeper")] {
        let mut root = littering(&["1", "ends"], without);
        assert_eq!(root.line(), "left");
        let mut left = Vec::new();
        let gone = eventually(Duration::from_secs(1), || {
            left = tagged_processes();
            left.len() == 1
        });
        assert!(gone && lives(root.pid()), "the root's child has ended, and this lives: {left:?}");
    }
}

/// A root of `litter`, with one more mechanism taken away.
fn littering(args: &[&str], without: Option<&str>) -> Root {
    Root::command("/proc/self/exe", "litter", args, |command| {
        let removed = std::env::var("WAT_MUTATION").unwrap_or_default();
        command.env("WAT_MUTATION", format!("{removed},{}", without.unwrap_or_default()))
    })
}

/// A root and the nodes below it, each the child of the one before.
pub fn chain(root: i32) -> Vec<i32> {
    let mut found = vec![root];
    let all: Vec<(i32, i32)> = tagged_processes().into_iter().filter_map(|p| Some((p, parent(p)?))).collect();
    while let Some((pid, _)) = all.iter().find(|(_, parent)| Some(parent) == found.last()) {
        found.push(*pid);
    }
    found
}

/// All processes below one, by parent links.
fn descendants(pid: i32) -> Vec<i32> {
    let all: Vec<(i32, i32)> = tagged_processes().into_iter().filter_map(|p| Some((p, parent(p)?))).collect();
    let mut found = vec![pid];
    let mut at = 0;
    while at < found.len() {
        let above = found[at];
        found.extend(all.iter().filter(|(_, parent)| *parent == above).map(|(pid, _)| *pid));
        at += 1;
    }
    found.split_off(1)
}

/// A process in words: its state, its parent, where it waits in the kernel and what it was started with.
fn told(pid: i32) -> String {
    let read = |name: &str| std::fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
    let stat = String::from_utf8_lossy(&read("stat")).into_owned();
    let state: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().take(2).collect();
    let words = String::from_utf8_lossy(&read("cmdline")).replace('\0', " ");
    format!("{pid} {} ({}) {words}", state.join(" "), String::from_utf8_lossy(&read("wchan")))
}

fn parent(pid: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

fn k3() {
    // 6 is the warden's.
    let exact = "0+:pipe 1+:pipe 2+:pipe 3:socket 4:file 5:file 6:other";
    for (depth, held) in [(1, 0), (1, 100), (1, 5000), (2, 0), (2, 100), (3, 5000), (20, 100)] {
        let depth = (depth - 1).to_string();
        let junk: Vec<std::fs::File> =
            (0..held).map(|_| std::fs::File::open("/dev/null").expect("enough descriptors")).collect();
        let numbers: Vec<i32> = junk.iter().map(AsRawFd::as_raw_fd).collect();
        let mut root = Root::command("/proc/self/exe", "relay", &[&depth, "table"], |command| {
            // SAFETY: fcntl and setrlimit may be called between fork and exec.
            unsafe {
                command.pre_exec(move || {
                    for fd in &numbers {
                        libc::fcntl(*fd, libc::F_SETFD, 0);
                    }
                    Ok(())
                })
            }
        });
        root.say("show");
        let shown = root.line();
        // Without a type of its own, an event or poll descriptor has no file kind.
        let shown = shown.replace("6:file", "6:other");
        assert_eq!(shown, exact, "depth {depth}, {held} others");
        let (_, err, status) = root.finish();
        assert!(status.success(), "{status:?} {err}");
    }
}

fn k5() {
    for place in ["read", "recv", "send", "child", "select", "sleep", "wait"] {
        for _ in 0..rounds(3) {
            let mut root = Root::start("waits", &[place]);
            assert_eq!(root.line(), "blocked");
            std::thread::sleep(Duration::from_millis(30));
            let begun = Instant::now();
            kill(root.pid(), libc::SIGTERM);
            let status = root.ends_within(Duration::from_secs(4));
            assert_eq!(status.signal(), Some(libc::SIGTERM), "{place}: {status:?}");
            assert!(begun.elapsed() < Duration::from_secs(1), "{place}: {:?}", begun.elapsed());
        }
    }
}

fn k12() {
    let copy = std::env::temp_dir().join(format!("{}-copy", tag()));
    std::fs::copy("/proc/self/exe", &copy).expect("a copy");
    let mut root = Root::start_from(copy.to_str().expect("plain"), "relay", &["0", "relay"]);
    // The first node is up; the next is spawned on demand below, from a binary that is gone.
    std::fs::remove_file(&copy).expect("removed");
    std::fs::write(&copy, b"not a program").expect("replaced");
    drop(root.stdin.take());
    let (_, err, status) = root.finish();
    assert!(status.success() || err.contains("ended"), "{status:?} {err}");
    let copy2 = std::env::temp_dir().join(format!("{}-copy2", tag()));
    std::fs::copy("/proc/self/exe", &copy2).expect("a copy");
    let mut root = Root::start_from(copy2.to_str().expect("plain"), "bush", &["1", "1", "echo"]);
    assert_eq!(root.line(), "up");
    std::fs::remove_file(&copy2).expect("removed");
    drop(root);
    let mut root = Root::start_from(
        {
            std::fs::copy("/proc/self/exe", &copy2).expect("a copy");
            copy2.to_str().expect("plain")
        },
        "self-check",
        &["leaks", "200", "3"],
    );
    std::thread::sleep(Duration::from_millis(20));
    std::fs::remove_file(&copy2).expect("removed");
    drop(root.stdin.take());
    let (out, err, status) = root.finish();
    assert!(status.success() && out.ends_with("ok\n"), "{status:?} {out} {err}");
    let _ = std::fs::remove_file(&copy);
}

fn k17_closed_stdio() {
    let mut root = Root::command("/proc/self/exe", "echo", &[], |command| {
        // SAFETY: close may be called between fork and exec.
        unsafe {
            command.pre_exec(|| {
                libc::close(0);
                libc::close(2);
                Ok(())
            })
        }
    });
    let status = root.ends_within(Duration::from_secs(5));
    assert!(status.success(), "{status:?}");
}

fn stderr_goes_up() {
    let (_, err, status) = Root::start("bush", &["2", "1", "scream"]).finish();
    assert!(status.success(), "{status:?} {err}");
    let (_, err, _) = Root::start("relay", &["1", "ends"]).finish();
    assert!(err.contains("[/0/0] no such end"), "{err}");
}

/// Nobody reads the root's stderr, and its child writes far more than any pipe holds.
fn blocked_stderr() {
    expect_ok("self-check", &["noise", "20000"]);
    let mut root = Root::start("self-check", &["noise", "20000"]);
    assert_eq!(root.line(), "quiet again");
}

/// Guards: a command is known to have begun before its end can be seen.
fn late_command() {
    let root = Root::command("/proc/self/exe", "self-check", &["late-command"], |command| {
        command.env("WAT_MUTATION", "pause:adopt")
    });
    let (out, err, status) = root.finish();
    assert!(status.success() && out.ends_with("ok\n"), "{out}{err}");
}

fn the_bound_on_processes_holds() {
    let root = Root::command("/proc/self/exe", "self-check", &["quota"], |c| c.env("LAWS_PROCESSES", "3"));
    let (out, err, status) = root.finish();
    assert!(status.success() && out.ends_with("ok\n"), "{status:?} {out} {err}");
}

/// A root that finds the signal so disposed, whatever this process does about it: under nohup it ignores SIGHUP.
fn root_with(signal: i32, disposition: libc::sighandler_t, program: &str, args: &[&str]) -> Root {
    let dispose = move || {
        // SAFETY: signal may be called between fork and exec.
        unsafe { libc::signal(signal, disposition) };
        Ok(())
    };
    // SAFETY: as above.
    Root::command("/proc/self/exe", program, args, |command| unsafe { command.pre_exec(dispose) })
}

fn a_root_ends_by_its_signal() {
    for signal in [libc::SIGTERM, libc::SIGHUP] {
        let mut root = root_with(signal, libc::SIG_DFL, "bush", &["2", "2", "hang"]);
        assert_eq!(root.line(), "up");
        kill(root.pid(), signal);
        let status = root.ends_within(Duration::from_secs(4));
        assert_eq!(status.signal(), Some(signal), "{status:?}");
        assert!(eventually(Duration::from_secs(1), || tagged_processes().is_empty()));
    }
}

fn second_interrupt() {
    let mut root = root_with(libc::SIGINT, libc::SIG_DFL, "bush", &["1", "2", "spin"]);
    assert_eq!(root.line(), "up");
    let begun = Instant::now();
    kill(root.pid(), libc::SIGINT);
    std::thread::sleep(Duration::from_millis(200));
    kill(root.pid(), libc::SIGINT);
    let status = root.ends_within(Duration::from_secs(3));
    assert_eq!(status.signal(), Some(libc::SIGINT), "{status:?}");
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert!(eventually(Duration::from_secs(1), || tagged_processes().is_empty()));
}

fn nohup() {
    let mut root = root_with(libc::SIGHUP, libc::SIG_IGN, "relay", &["0", "echo"]);
    root.say("a");
    assert_eq!(root.line(), "a");
    kill(root.pid(), libc::SIGHUP);
    std::thread::sleep(Duration::from_millis(50));
    root.say("b");
    assert_eq!(root.line(), "b");
    let (_, err, status) = root.finish();
    assert!(status.success(), "{status:?} {err}");
}

/// A root of these children, and a way to look at it.
fn family(kinds: &[&str]) -> (Root, Visit) {
    let mut root = Root::start("family", kinds);
    assert_eq!(root.line(), "ready");
    let visit = Visit::new(root.pid(), own_user()).expect("an open door");
    (root, visit)
}

fn shown<'a>(sights: &'a [Sight], path: &str) -> &'a Sight {
    sights.iter().find(|s| s.path == path).unwrap_or_else(|| panic!("{path} is not among {sights:#?}"))
}

/// Waits until the node is suspended, which it does to itself at some time after it has started.
fn until_suspended(visit: &mut Visit, path: &str) {
    let begun = Instant::now();
    while !shown(&visit.look(Duration::from_millis(100)).expect("an answer"), path).suspended {
        assert!(begun.elapsed() < Duration::from_secs(10), "{path} is not suspended");
    }
}

/// Guards: the deadline of a question. Without it one child that says nothing keeps the whole answer back.
fn seen_within_a_bound() {
    let (_root, mut visit) = family(&["echo", "mute", "suspend", "echo"]);
    until_suspended(&mut visit, "/2");
    let begun = Instant::now();
    let sights = visit.look(Duration::from_millis(500)).expect("an answer");
    assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
    assert_eq!(sights.len(), 5);
    assert!(["/", "/0", "/3"].iter().all(|path| shown(&sights, path).answers), "{sights:#?}");
    assert!(!shown(&sights, "/1").answers && !shown(&sights, "/1").suspended);
    assert!(!shown(&sights, "/2").answers && shown(&sights, "/2").suspended);
    // Without the mute one nobody is waited for: a suspended child is known to be.
    let (_root, mut visit) = family(&["suspend", "echo"]);
    until_suspended(&mut visit, "/0");
    let begun = Instant::now();
    let sights = visit.look(Duration::from_secs(20)).expect("an answer");
    assert!(begun.elapsed() < Duration::from_secs(5) && sights.len() == 3, "{:?}", begun.elapsed());
    let wait = shown(&sights, "/1").wait.clone().expect("it reads its stdin");
    assert_eq!(wait.what, Wait::Stdin);
}

/// Guards: whoever started the command marks it, for its asker cannot see.
fn suspended_command() {
    for levels in ["1", "2"] {
        let mut root = Root::start("client", &[levels]);
        assert_eq!(root.line(), "ready");
        let mut visit = Visit::new(root.pid(), own_user()).expect("an open door");
        let mut command = || {
            let sights = visit.look(Duration::from_secs(5)).expect("an answer");
            sights.into_iter().find(|sight| sight.tier == Tier::Command).expect("a command")
        };
        let first = command();
        assert!(!first.suspended, "{first:?}");
        for (signal, suspended) in [(libc::SIGSTOP, true), (libc::SIGCONT, false)] {
            kill(first.pid, signal);
            let seen = eventually(Duration::from_secs(5), || command().suspended == suspended);
            assert!(seen, "{levels} levels down, suspended should be {suspended}: {:?}", command());
        }
    }
}

/// Guards: answers are believed for a question that was asked, and within the child's own part of the tree.
fn nobody_lies() {
    let (mut root, mut visit) = family(&["liar", "echo"]);
    for _ in 0..20 {
        let sights = visit.look(Duration::from_millis(300)).expect("an answer");
        assert!(shown(&sights, "/").answers && shown(&sights, "/1").answers, "{sights:#?}");
    }
    kill(root.pid(), libc::SIGTERM);
    root.ends_within(Duration::from_secs(10));
}

/// Guards: the door's bounds on visitors, questions and patience.
fn strangers() {
    let (root, mut visit) = family(&["echo"]);
    // More than are let in; each says nothing, or nonsense, or asks and never reads.
    let mut crowd: Vec<OwnedFd> = Vec::new();
    for i in 0..60 {
        // While too many wait to be let in, the next tries again.
        let mut socket = None;
        eventually(Duration::from_secs(5), || {
            socket = knock(root.pid()).ok();
            socket.is_some()
        });
        let Some(socket) = socket else { continue };
        match i % 3 {
            0 => {}
            1 => say(&socket, &[0xff; 3000]),
            _ => (0..200).for_each(|_| say(&socket, &[1, 0, 200])),
        }
        crowd.push(socket);
    }
    assert!(crowd.len() > 8, "{}", crowd.len());
    // Whoever comes after them is served, though an idle one may have lost its place.
    let served = eventually(Duration::from_secs(10), || {
        let sights = visit.look(Duration::from_millis(300));
        if sights.is_err() {
            visit = Visit::new(root.pid(), own_user()).expect("an open door");
        }
        sights.is_ok_and(|sights| sights.len() == 2)
    });
    assert!(served, "the crowd shut the door");
    drop(crowd);
    assert_eq!(visit.look(Duration::from_secs(1)).map(|s| s.len()).ok(), Some(2));
}

fn seen_whole() {
    let (root, mut visit) = family(&["echo"; 60]);
    let sights = visit.look(Duration::from_secs(5)).expect("an answer");
    assert_eq!(sights.iter().filter(|s| s.answers).count(), 61);
    assert_eq!(sights[0].path, "/");
    assert!(sights.iter().all(|s| s.pid > 0 && s.memory.is_some_and(|bytes| bytes > 100_000)));
    assert!(trees().expect("a list").contains(&(root.pid(), own_user())));
    drop(root);
    assert!(eventually(Duration::from_secs(5), || visit.look(Duration::from_millis(100)).is_err()));
}

/// A connection to the door of a root, as any program makes one.
pub fn knock(pid: i32) -> std::io::Result<OwnedFd> {
    let name = format!("\0wat-tree/{}/{pid}", own_user());
    // SAFETY: plain socket calls over an address that outlives them.
    unsafe {
        let kind = libc::SOCK_SEQPACKET | libc::SOCK_NONBLOCK;
        let socket = OwnedFd::from_raw_fd(libc::socket(libc::AF_UNIX, kind, 0));
        let mut address: libc::sockaddr_un = std::mem::zeroed();
        address.sun_family = libc::AF_UNIX as u16;
        for (to, from) in address.sun_path.iter_mut().zip(name.bytes()) {
            *to = from as libc::c_char;
        }
        let length = (2 + name.len()) as libc::socklen_t;
        match libc::connect(socket.as_raw_fd(), (&raw const address).cast(), length) {
            0 => Ok(socket),
            _ => Err(std::io::Error::last_os_error()),
        }
    }
}

fn say(socket: &OwnedFd, bytes: &[u8]) {
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    // SAFETY: sends readable bytes.
    unsafe { libc::send(socket.as_raw_fd(), bytes.as_ptr().cast(), bytes.len(), flags) };
}
