//! What compiled code and its making cost: `cargo run --release -p wat-codegen --example measure`.

#[path = "../tests/common/mod.rs"]
mod common;

use common::*;
use std::os::fd::AsFd;
use std::time::Duration;
use wat_abi::rtfn::RtFn;
use wat_mir::mir::*;
use wat_runtime::unit::region::Region;
use wat_runtime::unit::{Image, image};

fn main() {
    run_fib();
    compile_many();
    map_and_run();
    lists();
}

fn fib(b: &mut Builder) {
    let fib = b.declare("user/fib", &[P], I);
    b.define(fib, |f| {
        let n = f.param(0);
        let two = f.int(2);
        let small = f.prim(Prim::Lt, &[n, two]);
        let (yes, no) = f.branch(small);
        f.at(yes);
        f.ret(n);
        f.at(no);
        let one = f.int(1);
        let a = f.prim(Prim::Sub, &[n, one]);
        let a = f.call(fib, &[a]);
        let c = f.prim(Prim::Sub, &[n, two]);
        let c = f.call(fib, &[c]);
        let sum = f.prim(Prim::Add, &[a, c]);
        f.ret(sum);
    });
}

/// Processor time of this thread: what others do on the machine counts less.
fn now() -> Duration {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the record is ours.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut t) };
    Duration::new(t.tv_sec as u64, t.tv_nsec as u32)
}

fn best(times: usize, mut run: impl FnMut()) -> Duration {
    (0..times)
        .map(|_| {
            let start = now();
            run();
            now() - start
        })
        .min()
        .expect("at least once")
}

fn run_fib() {
    let mut b = Builder::new();
    fib(&mut b);
    let mut m = Machine::new(b);
    let time = best(7, || assert_eq!(m.run(35), Ok(9_227_465)));
    println!("fib 35: {time:?}");
}

/// Ten lines of wat: checked arithmetic, a field, a runtime call, a branch, a new object, a drop; again and again.
fn typical(b: &mut Builder, functions: usize, times: usize) -> usize {
    let i64_ = b.ty(Type::I64);
    let pair = b.ty(Type::Tuple(vec![i64_, i64_]));
    let mut statements = 0;
    for n in 0..functions {
        b.func(&format!("user/f{n}"), &[P], I, |f| {
            let mut x = f.prim(Prim::Move, &[f.param(0)]);
            for t in 0..times {
                f.line(1 + t as u32);
                let one = f.int(t as i64);
                let y = f.prim(Prim::Add, &[x, one]);
                let y = f.prim(Prim::Mul, &[y, x]);
                let o = f.new_object(pair, 0, &[x, y]);
                let a = f.slot(o, 1, I);
                let z = f.prim(Prim::ToF, &[a]);
                let args = vec![z];
                let z = f.set(I, Rvalue::Rt { func: RtFn::i64_of_f64, args, descs: vec![] });
                f.drop(o);
                let less = f.prim(Prim::Lt, &[z, y]);
                let (then, other) = f.branch(less);
                let out = f.local(I);
                let join = f.block(&[out]);
                f.at(then);
                f.jump(join, &[z]);
                f.at(other);
                f.jump(join, &[y]);
                f.at(join);
                x = out;
                statements += 11;
            }
            f.ret(x);
        });
    }
    statements
}

fn compile_many() {
    for (functions, times) in [(1, 1), (300, 1), (300, 10)] {
        let mut b = Builder::new();
        let statements = typical(&mut b, functions, times);
        b.program(FuncId(0));
        let mut bytes = 0;
        let time = best(5, || {
            bytes = wat_codegen::compile(&b.module, &b.sources).expect("it compiles").bytes.len();
        });
        println!(
            "compile {functions} functions of {} MIR statements: {time:?}, {:.2} us a function, {:.2} us a statement, \
             image {bytes} bytes",
            statements / functions,
            time.as_secs_f64() * 1e6 / functions as f64,
            time.as_secs_f64() * 1e6 / statements as f64
        );
    }
}

fn map_and_run() {
    let mut b = Builder::new();
    fib(&mut b);
    b.program(FuncId(0));
    let bytes = wat_codegen::compile(&b.module, &b.sources).expect("it compiles").bytes;
    let file = image::seal(&bytes).expect("a memory file");
    let mapped = best(20, || {
        let region = Region::reserve().expect("address space");
        Image::map(region, file.as_fd()).expect("a good image");
    });
    let start = now();
    let mut m = Machine::new(b);
    let compiled = now() - start;
    let start = now();
    assert_eq!(m.run(20), Ok(6765));
    println!(
        "reserve and map an image: {mapped:?}; compile, map, prepare a thread: {compiled:?}; first fib 20: {:?}",
        now() - start
    );
}

/// Builds and consumes a list of a million cells.
fn lists() {
    let mut b = Builder::new();
    let i64_ = b.ty(Type::I64);
    let name = wat_source::Symbol::new;
    let list = TypeId(1);
    let variants = vec![
        Variant { name: name("Empty"), fields: vec![] },
        Variant { name: name("Cons"), fields: vec![(name("head"), i64_), (name("tail"), list)] },
    ];
    let sum = Sum { name: name("user/List"), args: vec![], kind: SumKind::Enum, variants };
    assert_eq!(b.ty(Type::Sum(sum)), list);
    b.func("user/main", &[P], I, |f| {
        let n = f.prim(Prim::Move, &[f.param(0)]);
        let (i, l) = (f.local(I), f.local(P));
        let (zero, one) = (f.int(0), f.int(1));
        let empty = f.set(P, Rvalue::Immediate(0));
        let build = f.block(&[i, l]);
        f.jump(build, &[zero, empty]);
        f.at(build);
        let more = f.prim(Prim::Lt, &[i, n]);
        let (go, built) = f.branch(more);
        f.at(go);
        let cell = f.new_object(list, 1, &[i, l]);
        let next = f.prim(Prim::Add, &[i, one]);
        f.jump(build, &[next, cell]);
        f.at(built);
        let (rest, total) = (f.local(P), f.local(I));
        f.typed(rest, list, true);
        let walk = f.block(&[rest, total]);
        f.jump(walk, &[l, zero]);
        f.at(walk);
        let tag = f.set(I, Rvalue::Tag(rest));
        let (cons, end) = f.branch(tag);
        f.at(end);
        f.ret(total);
        f.at(cons);
        let (head, tail) = (f.local(I), f.local(P));
        f.typed(tail, list, true);
        f.stmt(StmtKind::Unpack { obj: rest, fields: vec![(0, head), (1, tail)] });
        let total = f.prim(Prim::Add, &[total, head]);
        f.jump(walk, &[tail, total]);
    });
    let mut m = Machine::new(b);
    let time = best(7, || assert_eq!(m.run(1_000_000), Ok(499_999_500_000)));
    println!(
        "build and consume a list of a million cells: {time:?}, {:.1} ns a cell",
        time.as_secs_f64() * 1e3
    );
}
