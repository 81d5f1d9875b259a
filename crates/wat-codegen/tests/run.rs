//! Compiled code computes what MIR says.

mod common;

use common::*;
use wat_mir::mir::*;

fn fib() -> Builder {
    let mut b = Builder::new();
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
    b
}

#[test]
fn fib_runs() {
    let mut m = Machine::new(fib());
    assert_eq!(m.run(20), Ok(6765));
}
