//! K10: hostile bytes on the root's stdin never crash it, hang it or make it grow.

use crate::support::process::peak_of_own_pages;
use crate::support::source::test_file;
use crate::support::{Random, Tree, eventually, turn, wat};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::time::Duration;

/// What a decoder may take: the limit on a value, and a mebibyte.
const ROOM: u64 = (16 << 10) + (1 << 10);

/// K10. Guards: the framer's bounds on size and depth (without them memory or the stack ends), the checking of UTF-8,
/// and that what is not a value is an answer of `try-readln` and no crash.
#[test]
fn k10_hostile_input_is_answered_with_errors() {
    let _turn = turn(Duration::from_secs(300));
    let mut random = Random::seeded();
    let noise: Vec<u8> = (0..1 << 18).map(|_| random.below(256) as u8).collect();
    let brackets: Vec<u8> = (0..1 << 16).map(|_| *random.one_of(b"()[]{}#\"\\;:~^'` \n0aN.+-")).collect();
    let endless = [b"\"".to_vec(), vec![b'x'; 20 << 20]].concat();
    let cut = &b"#hostile.Order/Buy {:sku \"a long name\" :quantity 17}"[..random.below(50) + 1];
    let payloads: &[(&str, Vec<u8>)] = &[
        ("noise", noise),
        ("brackets", brackets),
        ("deep", b"[".repeat(100_000)),
        ("deep-maps", b"{:a ".repeat(100_000)),
        ("deep-tags", b"#a ".repeat(100_000)),
        ("digits", vec![b'7'; 1 << 20]),
        ("exponent", b"1e999999999999 -1e-99999999999 9999999999999999999999 1M 1e5M".to_vec()),
        ("bad-utf8", b"\"\xff\xfe\xc0\xaf\xed\xa0\x80\" \"\xf4\x90\x80\x80\"".to_vec()),
        ("cut", cut.to_vec()),
        ("keywords", (0..10_000).flat_map(|n| format!(":k{n} ").into_bytes()).collect()),
        ("endless", endless),
    ];
    for target in ["order", "edn"] {
        for (name, payload) in payloads {
            let begun = std::time::Instant::now();
            let mut root = wat(test_file("laws/hostile")).args(&[target]).start();
            feed(&mut root, b":a-keyword-to-begin-with\n");
            let before = peak_of_own_pages(root.pid());
            feed(&mut root, payload);
            // Out of whatever the payload began, then a value that both targets read.
            feed(&mut root, b"\n #hostile.Order/Buy {:sku \"a\" :quantity 1}\n");
            let after = peak_of_own_pages(root.pid());
            assert!(after <= before + ROOM, "{target}, {name}: grew from {before} to {after} KiB");
            println!("{target}, {name}: {} KiB, {:?}", after.saturating_sub(before), begun.elapsed());
            let ended = root.finish();
            assert!(ended.status.success(), "{target}, {name}: {:?} {}", ended.status, ended.err);
            let answers: Vec<&str> = ended.out.lines().collect();
            assert_eq!(answers.last(), Some(&":end"), "{target}, {name}");
            assert!(answers.len() >= 3, "{target}, {name}: {answers:?}");
            let odd = answers.iter().find(|a| !a.starts_with(':') || a.contains(' '));
            assert_eq!(odd, None, "{target}, {name}");
            let refused = matches!(*name, "deep" | "deep-maps" | "deep-tags" | "endless");
            assert!(!refused || answers.contains(&":limit"), "{target}, {name}: {answers:?}");
        }
    }
}

/// Writes, and waits until all has been read and the root waits for more.
fn feed(root: &mut Tree, bytes: &[u8]) {
    let stdin = root.stdin.as_mut().expect("stdin is open");
    stdin.write_all(bytes).expect("the root reads");
    let pipe = stdin.as_raw_fd();
    let mut quiet = 0;
    let read = eventually(Duration::from_secs(60), || {
        let mut left: libc::c_int = 0;
        // SAFETY: FIONREAD stores the count of unread bytes in the local.
        unsafe { libc::ioctl(pipe, libc::FIONREAD, &raw mut left) };
        quiet = if left == 0 && waits(root.pid()) { quiet + 1 } else { 0 };
        quiet > 3
    });
    assert!(read, "the root does not read on: {}", root.stderr());
}

/// Does the root's main thread sleep in a read of stdin, or in a poll before it?
fn waits(pid: i32) -> bool {
    let call = std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
    let words: Vec<&str> = call.split_whitespace().collect();
    matches!(words.as_slice(), ["0", "0x0", ..] | ["7" | "271", ..])
}
