//! The leak checker itself: one leak of each kind, and a turn that ends by naming it.

use crate::support::turn::temporary;
use crate::support::{program, turn, wat};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;

/// What a turn says at its end when the test in it leaves something behind.
fn said(leak: impl FnOnce()) -> String {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _turn = turn(Duration::from_secs(60));
        leak();
    }));
    let said = outcome.expect_err("a leak that nobody saw");
    said.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn a_process_left_behind_is_seen() {
    let told = said(|| {
        let mut shell = Command::new("sh").args(["-c", "setsid sleep 60 & exit 0"]).spawn().expect("a shell");
        shell.wait().expect("an end");
    });
    assert!(told.contains("left behind: processes") && told.contains("sleep"), "{told}");
}

#[test]
fn a_descriptor_left_open_is_seen() {
    let mut kept = Vec::new();
    let told = said(|| kept.push(std::fs::File::open("/dev/null").expect("a device")));
    assert!(told.contains("/dev/null"), "{told}");
}

#[test]
fn a_thread_left_running_is_seen() {
    let (alive, over) = channel::<()>();
    let told = said(|| drop(std::thread::spawn(move || over.recv().is_err())));
    drop(alive);
    assert!(told.contains("threads: 2"), "{told}");
}

#[test]
fn a_temporary_file_left_is_seen() {
    let told = said(|| {
        std::fs::write(temporary().expect("a turn lasts").join("wat-left"), "x")
            .expect("a writable directory");
    });
    assert!(told.contains("temporary files") && told.contains("wat-left"), "{told}");
}

#[test]
fn nothing_left_is_nothing_said() {
    let _turn = turn(Duration::from_secs(60));
    let hello = program("(ns hello) (defn main [] -> nil (println 1))");
    let ended = wat(&hello.file).run("");
    assert_eq!(ended.out, "1\n", "{ended:?}");
}
