//! Crashes of compiled code: what they say, that they can happen again and again, and that a unit can be ended from
//! outside.

mod common;

use common::*;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use wat_abi::context::stop;
use wat_mir::mir::*;
use wat_runtime::unit::crash::Ending;
use wat_runtime::unit::{Outcome, Thread, program};

/// main (line 3) → middle (line 7) → leaf, which adds 1 to its argument at line 12.
fn chain() -> Builder {
    let mut b = Builder::new();
    b.declare("user/main", &[P], I);
    let middle = b.declare("user/middle", &[I], I);
    let leaf = b.declare("user/leaf", &[I], I);
    b.define(FuncId(0), |f| {
        f.line(3);
        let x = f.prim(Prim::Move, &[f.param(0)]);
        let r = f.call(middle, &[x]);
        f.line(4);
        let one = f.int(1);
        let r = f.prim(Prim::Sub, &[r, one]);
        f.ret(r);
    });
    b.define(middle, |f| {
        f.line(7);
        let r = f.call(leaf, &[f.param(0)]);
        f.line(8);
        let one = f.int(1);
        let r = f.prim(Prim::Add, &[r, one]);
        f.ret(r);
    });
    b.define(leaf, |f| {
        f.line(12);
        let one = f.int(1);
        let r = f.prim(Prim::Add, &[f.param(0), one]);
        f.ret(r);
    });
    b
}

#[test]
fn an_overflow_says_what_and_where_and_who_called() {
    let mut m = Machine::new(chain());
    for _ in 0..1000 {
        assert_eq!(m.run(41), Ok(42));
        let crash = m.run(i64::MAX as u64).expect_err("an overflow");
        assert_eq!(crash.kind, "overflow");
        assert_eq!(
            crash.place.as_ref().map(|p| (p.file.as_str(), p.line, p.column)),
            Some(("test.wat", 12, 1))
        );
        let trace: Vec<(&str, u32)> = crash.trace.iter().map(|f| (f.function.as_str(), f.line)).collect();
        assert_eq!(trace, [("user/leaf", 12), ("user/middle", 7), ("user/main", 3)]);
    }
}

#[test]
fn a_crash_travels_as_text() {
    let mut m = Machine::new(chain());
    let crash = m.run(i64::MAX as u64).expect_err("an overflow");
    let text = crash.render(&Ending::default());
    assert!(text.starts_with("#wat.kernel/Crash {:kind :overflow :path \"\""), "{text}");
    assert!(text.contains(":fn \"user/leaf\" :file \"test.wat\" :line 12}"), "{text}");
}

#[test]
fn a_panic_carries_its_message() {
    let mut b = Builder::new();
    let text = b.constant(Const::Str("cart is empty".into()));
    b.func("user/main", &[P], I, |f| {
        f.line(9);
        let s = f.set(P, Rvalue::Const(text));
        f.term(Term::Diverge { func: wat_abi::rtfn::RtFn::panic_plain, args: vec![s], descs: vec![] });
    });
    let mut m = Machine::new(b);
    let crash = m.run(0).expect_err("a panic");
    assert_eq!((crash.kind.as_str(), crash.message.as_str()), ("panic", "cart is empty"));
    assert_eq!(crash.place.map(|p| p.line), Some(9));
}

#[test]
fn a_stack_overflow_is_a_crash_and_can_happen_again() {
    let mut b = Builder::new();
    let deep = b.declare("user/deep", &[P], I);
    b.define(deep, |f| {
        f.line(2);
        let n = f.prim(Prim::Move, &[f.param(0)]);
        let (more, done) = f.branch(n);
        f.at(done);
        f.ret(n);
        f.at(more);
        let one = f.int(1);
        let less = f.prim(Prim::Sub, &[n, one]);
        let r = f.call(deep, &[less]);
        let r = f.prim(Prim::Add, &[r, one]);
        f.ret(r);
    });
    let mut m = Machine::new(b);
    for _ in 0..20 {
        let crash = m.run(u64::MAX >> 1).expect_err("no stack is that large");
        assert_eq!(crash.kind, "stack-overflow");
        assert!(crash.trace.len() > 30 && crash.trace.iter().all(|f| f.function == "user/deep"));
        assert_eq!(m.run(1000), Ok(1000));
    }
}

/// A loop without end or any call.
fn spin() -> Builder {
    let mut b = Builder::new();
    b.func("user/spin", &[P], I, |f| {
        f.line(2);
        let i = f.local(I);
        let head = f.block(&[i]);
        let (zero, one) = (f.int(0), f.int(1));
        f.jump(head, &[zero]);
        f.at(head);
        let next = f.prim(Prim::WrapAdd, &[i, one]);
        f.jump(head, &[next]);
    });
    b
}

#[test]
fn poll_free_loops_end_when_killed() {
    let mut b = spin();
    b.program(FuncId(0));
    let m = Machine::new(b);
    let process = m.process;
    let (to_us, from_threads) = mpsc::channel();
    let mut waits = Vec::new();
    for _ in 0..200 {
        let to_us = to_us.clone();
        let runner = std::thread::spawn(move || {
            let mut thread = Thread::new(process, 1 << 20).expect("a stack");
            let mut heap = wat_runtime::heap::Heap::new(1 << 20);
            // SAFETY: the heap lives until the thread has ended its program.
            unsafe { wat_runtime::heap::Heap::enter(&raw mut *heap, &mut *thread.ctx()) };
            to_us.send(thread.remote()).expect("the test waits");
            let object = thread.program_value(0);
            // SAFETY: the heap is entered; the program captures nothing.
            let outcome = unsafe { program::run_program(thread.ctx(), 0, object) };
            (outcome, Instant::now())
        });
        let remote = from_threads.recv().expect("the thread starts");
        std::thread::sleep(Duration::from_micros(300));
        let start = Instant::now();
        while remote.ask(stop::KILL) && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let (outcome, end) = runner.join().expect("the thread ends well");
        waits.push(end.saturating_duration_since(start));
        let Outcome::Crashed(crash) = outcome else { panic!("an endless loop has ended by itself") };
        assert_eq!(crash.kind, "killed");
        assert_eq!(crash.trace.first().map(|f| f.function.as_str()), Some("user/spin"));
        assert!(!remote.ask(stop::KILL), "the thread is gone");
    }
    waits.sort();
    println!("200 of 200 loops ended: median {:?}, longest {:?}", waits[100], waits[199]);
}

#[test]
fn a_kick_without_a_kill_changes_nothing() {
    let mut b = Builder::new();
    b.func("user/count", &[P], I, |f| {
        let n = f.prim(Prim::Move, &[f.param(0)]);
        let i = f.local(I);
        let head = f.block(&[i]);
        let (zero, one) = (f.int(0), f.int(1));
        f.jump(head, &[zero]);
        f.at(head);
        let next = f.prim(Prim::Add, &[i, one]);
        let more = f.prim(Prim::Lt, &[next, n]);
        let (on, done) = f.branch(more);
        f.at(on);
        f.jump(head, &[next]);
        f.at(done);
        f.ret(next);
    });
    let mut m = Machine::new(b);
    let remote = m.thread.remote();
    let kicks = std::sync::Arc::new(AtomicU64::new(0));
    let counted = kicks.clone();
    let kicker = std::thread::spawn(move || {
        while remote.ask(stop::STOP) {
            counted.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_micros(50));
        }
    });
    let start = Instant::now();
    while kicks.load(Ordering::Relaxed) < 200 && start.elapsed() < Duration::from_secs(20) {
        assert_eq!(m.run(1_000_000), Ok(1_000_000));
    }
    drop(m);
    kicker.join().expect("the thread is gone");
}

#[test]
fn out_of_memory_is_a_crash() {
    let mut b = Builder::new();
    let any = b.ty(Type::Fn);
    let cell = b.ty(Type::Tuple(vec![any]));
    b.func("user/fill", &[P], I, |f| {
        f.line(4);
        let last = f.local(P);
        let head = f.block(&[last]);
        let first = f.set(P, Rvalue::Immediate(0));
        f.jump(head, &[first]);
        f.at(head);
        let next = f.new_object(cell, 0, &[last]);
        f.jump(head, &[next]);
    });
    let mut m = Machine::with_limit(b, 4 << 20);
    let crash = m.run(0).expect_err("memory is limited");
    assert_eq!(crash.kind, "out-of-memory");
    assert_eq!(crash.place.map(|p| p.line), Some(4));
}

/// Runs this test program again with one of its tests as the one that ends the process.
fn ends_with_70(test: &str, says: &str) {
    let own = std::env::current_exe().expect("this program has a path");
    let out = std::process::Command::new(own)
        .args([test, "--exact", "--nocapture"])
        .env("WAT_TEST_DEFECT", "1")
        .output()
        .expect("this program starts");
    let stderr = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(70), "{stderr}");
    assert!(stderr.contains("this is a defect of wat") && stderr.contains(says), "{stderr}");
}

fn is_child() -> bool {
    std::env::var_os("WAT_TEST_DEFECT").is_some()
}

#[test]
fn reaching_the_unreachable_is_a_defect() {
    if !is_child() {
        return ends_with_70("reaching_the_unreachable_is_a_defect", "cannot be reached");
    }
    let mut b = Builder::new();
    b.func("user/main", &[P], I, |f| f.term(Term::Trap(wat_abi::trap::Trap::Unreachable)));
    let _ = Machine::new(b).run(0);
}

#[test]
fn a_fault_in_compiled_code_is_a_defect() {
    if !is_child() {
        return ends_with_70("a_fault_in_compiled_code_is_a_defect", "a fault in compiled code");
    }
    let mut b = Builder::new();
    b.func("user/main", &[P], I, |f| {
        let n = f.slot(f.param(0), 0, I);
        f.ret(n);
    });
    let _ = Machine::new(b).run(4096);
}

#[test]
fn a_panic_of_a_runtime_function_is_a_defect() {
    if !is_child() {
        return ends_with_70("a_panic_of_a_runtime_function_is_a_defect", "a runtime function failed");
    }
    let mut b = Builder::new();
    b.func("user/main", &[P], I, |f| {
        let r = f.set(I, Rvalue::Rt { func: wat_abi::rtfn::RtFn::now, args: vec![], descs: vec![] });
        f.ret(r);
    });
    let _ = Machine::new(b).run(0);
}
