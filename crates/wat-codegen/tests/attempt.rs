//! `attempt` on compiled code: results come out, crashes come out as values, and nothing else does.

mod common;

use common::*;
use std::time::{Duration, Instant};
use wat_abi::context::stop;
use wat_abi::rtfn::RtFn;
use wat_mir::mir::*;
use wat_source::Symbol;

struct Types {
    text: TypeId,
    strings: TypeId,
    result: TypeId,
    crash: TypeId,
}

fn sum(b: &mut Builder, name: &str, kind: SumKind, variants: &[(&str, Vec<(&str, TypeId)>)]) -> TypeId {
    let variants = variants
        .iter()
        .map(|(name, fields)| Variant {
            name: Symbol::new(name),
            fields: fields.iter().map(|(f, t)| (Symbol::new(f), *t)).collect(),
        })
        .collect();
    b.ty(Type::Sum(Sum { name: Symbol::new(name), args: vec![], kind, variants }))
}

fn option(b: &mut Builder, of: TypeId) -> TypeId {
    let variants = [("None", vec![]), ("Some", vec![("value", of)])];
    let variants = variants
        .into_iter()
        .map(|(name, fields)| Variant {
            name: Symbol::new(name),
            fields: fields.into_iter().map(|(f, t): (&str, _)| (Symbol::new(f), t)).collect(),
        })
        .collect();
    let sum = Sum { name: Symbol::new("wat.core/Option"), args: vec![of], kind: SumKind::Option, variants };
    b.ty(Type::Sum(sum))
}

/// The types of the library that an attempt's result is made of, for results that are vectors of Strings.
fn types(b: &mut Builder) -> Types {
    use SumKind::{Result, Struct};
    let (i, text, key, edn) = (b.ty(Type::I64), b.ty(Type::Str), b.ty(Type::Keyword), b.ty(Type::Edn));
    let duration = b.ty(Type::Duration);
    let place = vec![("file", text), ("line", i), ("column", i)];
    let place = sum(b, "wat.kernel/Place", Struct, &[("Place", place)]);
    let frame = vec![("fn", text), ("file", text), ("line", i)];
    let frame = sum(b, "wat.kernel/Frame", Struct, &[("Frame", frame)]);
    let usage = sum(b, "wat.kernel/Usage", Struct, &[("Usage", vec![("cpu", duration), ("max-rss", i)])]);
    let (place, usage, keyword, number) = (option(b, place), option(b, usage), option(b, key), option(b, i));
    let (frames, strings) = (b.ty(Type::Vector(frame)), b.ty(Type::Vector(text)));
    // The cause is an option of the Crash itself, whose number is the next but one.
    let crash = TypeId(b.module.types.len() as u32 + 1);
    let cause = option(b, crash);
    let fields = vec![
        ("kind", key),
        ("path", text),
        ("program", text),
        ("message", text),
        ("data", edn),
        ("place", place),
        ("trace", frames),
        ("cause", cause),
        ("signal", number),
        ("exit", number),
        ("stderr", strings),
        ("usage", usage),
        ("in-flight", i),
        ("executed", keyword),
    ];
    assert_eq!(sum(b, "wat.kernel/Crash", Struct, &[("Crash", fields)]), crash);
    let variants = [("Ok", vec![("value", strings)]), ("Err", vec![("error", crash)])];
    let result = sum(b, "wat.core/Result", Result, &variants);
    Types { text, strings, result, crash }
}

/// `(attempt f)` in a function of its own; `f` captures a String and its body is given. Answers the number of Strings
/// in the result, or minus the number of frames in the crash's trace.
fn attempting(b: &mut Builder, body: impl FnOnce(&mut Body<'_>, Local)) -> Types {
    let t = types(b);
    let captures = b.ty(Type::Closure(vec![t.text]));
    let main = b.declare("user/main", &[P], I);
    let lambda = b.declare("user/main.fn", &[P], P);
    let once = b.declare("user/once", &[P], I);
    let hello = b.constant(Const::Str("hello, ".into()));
    // Repeats as often as the argument says; the last answer counts.
    b.define(main, |f| {
        let n = f.prim(Prim::Move, &[f.param(0)]);
        let i = f.local(I);
        let head = f.block(&[i]);
        f.jump(head, &[n]);
        f.at(head);
        let one = f.int(1);
        // A String made at run time, so that it is no immortal constant.
        let a = f.set(P, Rvalue::Const(hello));
        let s = f.set(P, Rvalue::Rt { func: RtFn::str_concat, args: vec![a, a], descs: vec![] });
        f.line(3);
        let r = f.call(once, &[s]);
        let next = f.prim(Prim::Sub, &[i, one]);
        let (more, done) = f.branch(next);
        f.at(more);
        f.jump(head, &[next]);
        f.at(done);
        f.ret(r);
    });
    b.define(once, |f| {
        f.line(5);
        let s = f.param(0);
        let c = f.set(P, Rvalue::Closure { func: lambda, ty: captures, captures: vec![s] });
        let r = f.set(P, Rvalue::Rt { func: RtFn::attempt, args: vec![c], descs: vec![t.result] });
        f.typed(r, t.result, false);
        let tag = f.set(I, Rvalue::Tag(r));
        let inside = f.local(P);
        f.typed(inside, t.strings, false);
        f.stmt(StmtKind::Unpack { obj: r, fields: vec![(0, inside)] });
        let (failed, well) = f.branch(tag);
        f.at(well);
        let n = f.set(I, Rvalue::Rt { func: RtFn::vec_count, args: vec![inside], descs: vec![] });
        f.drop(inside);
        f.ret(n);
        f.at(failed);
        let trace = f.slot(inside, 6, P);
        let n = f.set(I, Rvalue::Rt { func: RtFn::vec_count, args: vec![trace], descs: vec![] });
        f.drop(trace);
        f.drop(inside);
        let n = f.prim(Prim::Neg, &[n]);
        f.ret(n);
    });
    b.define(lambda, |f| {
        f.line(8);
        let c = f.param(0);
        f.typed(c, captures, false);
        let s = f.local(P);
        f.stmt(StmtKind::Unpack { obj: c, fields: vec![(1, s)] });
        body(f, s);
    });
    t
}

fn strings(f: &mut Body<'_>, ty: TypeId, s: Local, n: usize) -> Local {
    let mut v = f.set(P, Rvalue::Rt { func: RtFn::vec_empty, args: vec![], descs: vec![ty] });
    for _ in 0..n {
        f.stmt(StmtKind::Dup(s));
        v = f.set(P, Rvalue::Rt { func: RtFn::vec_conj, args: vec![v, s], descs: vec![] });
    }
    v
}

#[test]
fn a_result_is_copied_out() {
    let mut b = Builder::new();
    // The Vector of Strings is a builtin type: its descriptor needs no number.
    let strings_ty = {
        let text = b.ty(Type::Str);
        b.ty(Type::Vector(text))
    };
    attempting(&mut b, |f, s| {
        let v = strings(f, strings_ty, s, 40);
        f.drop(s);
        f.ret(v);
    });
    let mut m = Machine::new(b);
    assert_eq!(m.run(100), Ok(40));
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn a_crash_becomes_a_value_with_the_whole_trace() {
    let mut b = Builder::new();
    attempting(&mut b, |f, _| {
        f.line(9);
        f.term(Term::Trap(wat_abi::trap::Trap::Index));
    });
    let mut m = Machine::new(b);
    // user/main.fn, user/once, user/main
    assert_eq!(m.run(1), Ok(-3));
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn ten_thousand_crashing_attempts_leave_memory_flat() {
    let mut b = Builder::new();
    let strings_ty = {
        let text = b.ty(Type::Str);
        b.ty(Type::Vector(text))
    };
    attempting(&mut b, |f, s| {
        let v = strings(f, strings_ty, s, 40);
        let hundred = f.int(100);
        let e = f.set(P, Rvalue::Rt { func: RtFn::vec_nth, args: vec![v, hundred], descs: vec![] });
        f.ret(e);
    });
    let mut m = Machine::new(b);
    assert_eq!(m.run(1000), Ok(-3));
    let before = resident();
    let start = Instant::now();
    assert_eq!(m.run(10_000), Ok(-3));
    println!("a crashing attempt takes {:?}", start.elapsed() / 10_000);
    assert_eq!(m.live_objects(), 0);
    let grown = resident().saturating_sub(before);
    assert!(grown < 256 << 10, "{grown} bytes more");
}

#[test]
fn a_stack_overflow_inside_an_attempt_is_caught() {
    let mut b = Builder::new();
    let text = b.ty(Type::Str);
    let _ = text;
    attempting(&mut b, |f, s| {
        let deep = FuncId(3);
        let r = f.set(P, Rvalue::Call(deep, vec![s]));
        f.ret(r);
    });
    let deep = b.declare("user/deep", &[P], P);
    assert_eq!(deep, FuncId(3));
    b.define(deep, |f| {
        let s = f.param(0);
        f.stmt(StmtKind::Dup(s));
        let r = f.call(deep, &[s]);
        f.drop(s);
        f.ret(r);
    });
    let mut m = Machine::new(b);
    for _ in 0..10 {
        assert_eq!(m.run(1), Ok(-64));
    }
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn a_kill_ends_the_thread_and_not_just_the_attempt() {
    let mut b = Builder::new();
    attempting(&mut b, |f, _| {
        let head = f.block(&[]);
        f.jump(head, &[]);
        f.at(head);
        f.jump(head, &[]);
    });
    let mut m = Machine::new(b);
    let remote = m.thread.remote();
    let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = done.clone();
    let killer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        let start = Instant::now();
        while !seen.load(std::sync::atomic::Ordering::SeqCst) && start.elapsed() < Duration::from_secs(20) {
            remote.ask(stop::KILL);
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let crash = m.run(1).expect_err("it never ends by itself");
    done.store(true, std::sync::atomic::Ordering::SeqCst);
    killer.join().expect("no panic");
    assert_eq!(crash.kind, "killed");
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn the_crash_of_a_peer_becomes_the_cause() {
    let mut b = Builder::new();
    let t = attempting(&mut b, |f, _| {
        f.line(9);
        f.term(Term::Trap(wat_abi::trap::Trap::Index));
    });
    // Unwraps the Err that the attempt has answered.
    let message = b.constant(Const::Str("no luck".into()));
    let captures = TypeId(b.module.types.len() as u32 - 1);
    b.module.funcs[0].blocks.truncate(1);
    b.module.funcs[0].blocks[0].stmts.clear();
    b.define(FuncId(0), |f| {
        f.line(20);
        let s = f.set(P, Rvalue::Const(message));
        let c = f.set(P, Rvalue::Closure { func: FuncId(1), ty: captures, captures: vec![s] });
        let r = f.set(P, Rvalue::Rt { func: RtFn::attempt, args: vec![c], descs: vec![t.result] });
        let crash = f.slot(r, 0, P);
        f.line(21);
        f.term(Term::Diverge { func: RtFn::unwrap_failed, args: vec![s, crash], descs: vec![t.crash] });
    });
    let mut m = Machine::new(b);
    m.thread.identify("/4", "user/main");
    let crash = m.run(1).expect_err("an unwrap of an Err");
    assert_eq!((crash.kind.as_str(), crash.message.as_str()), ("panic", "no luck"));
    assert_eq!(crash.place.map(|p| p.line), Some(21));
    let cause = crash.cause.expect("the Crash that was unwrapped");
    assert!(
        cause.starts_with("#wat.kernel/Crash {:kind :index :path \"/4\" :program \"user/main\""),
        "{cause}"
    );
}

/// Bytes of memory this process has.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("proc is mounted");
    let pages: usize = statm.split(' ').nth(1).and_then(|p| p.parse().ok()).expect("numbers");
    pages * 4096
}
