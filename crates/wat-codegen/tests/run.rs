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

/// A function of one argument whose body is given.
fn unary(body: impl FnOnce(&mut Body<'_>)) -> Builder {
    let mut b = Builder::new();
    b.func("user/f", &[P], I, body);
    b
}

fn list(b: &mut Builder) -> TypeId {
    let i64_ = b.ty(Type::I64);
    let id = TypeId(b.module.types.len() as u32);
    let name = |n| wat_source::Symbol::new(n);
    let sum = Sum {
        name: name("user/List"),
        args: vec![],
        kind: SumKind::Enum,
        variants: vec![
            Variant { name: name("Empty"), fields: vec![] },
            Variant { name: name("Cons"), fields: vec![(name("head"), i64_), (name("tail"), id)] },
        ],
    };
    assert_eq!(b.ty(Type::Sum(sum)), id);
    id
}

fn pair(b: &mut Builder) -> TypeId {
    let (i, s) = (b.ty(Type::I64), b.ty(Type::Fn));
    b.ty(Type::Tuple(vec![i, s]))
}

#[test]
fn loops_carry_values_in_block_parameters() {
    let mut m = Machine::new(unary(|f| {
        let n = f.param(0);
        let (i, sum) = (f.local(I), f.local(I));
        let head = f.block(&[i, sum]);
        let (zero, one) = (f.int(0), f.int(1));
        f.jump(head, &[zero, zero]);
        f.at(head);
        let more = f.prim(Prim::Lt, &[i, n]);
        let (body, done) = f.branch(more);
        f.at(done);
        f.ret(sum);
        f.at(body);
        let next = f.prim(Prim::Add, &[sum, i]);
        let i2 = f.prim(Prim::Add, &[i, one]);
        f.jump(head, &[i2, next]);
    }));
    assert_eq!(m.run(1000), Ok(499_500));
}

#[test]
fn the_entry_block_may_be_jumped_to() {
    let mut m = Machine::new(unary(|f| {
        let n = f.param(0);
        let ten = f.int(10);
        let big = f.prim(Prim::Gt, &[n, ten]);
        let (yes, no) = f.branch(big);
        f.at(yes);
        f.ret(n);
        f.at(no);
        let m = f.prim(Prim::Add, &[n, n]);
        f.jump(BlockId(0), &[m]);
    }));
    assert_eq!(m.run(3), Ok(12));
}

#[test]
fn ten_million_tail_calls_with_ten_arguments_take_no_stack() {
    let mut b = Builder::new();
    b.declare("user/main", &[P], I);
    let params = [I; 10];
    let ten = b.declare("user/ten", &params, I);
    let three = b.declare("user/three", &[I, I, I], I);
    b.define(FuncId(0), |f| {
        let n = f.param(0);
        let args: Vec<Local> = (1..10).map(|i| f.int(i)).collect();
        let r = f.call(ten, &[&[n], &args[..]].concat());
        f.ret(r);
    });
    b.define(ten, |f| {
        let (more, done) = f.branch(f.param(0));
        f.at(done);
        let mut sum = f.param(1);
        for i in 2..10 {
            sum = f.prim(Prim::Add, &[sum, Local(i)]);
        }
        f.ret(sum);
        f.at(more);
        // Half of the calls go through a function with fewer arguments, so that the frame must shrink and grow.
        let one = f.int(1);
        let n = f.prim(Prim::Sub, &[f.param(0), one]);
        let odd = f.prim(Prim::And, &[n, one]);
        let (through, direct) = f.branch(odd);
        f.at(direct);
        let rotated: Vec<Local> = (0..9).map(|i| Local(1 + (i + 1) % 9)).collect();
        f.term(Term::TailCall(ten, [&[n], &rotated[..]].concat()));
        f.at(through);
        f.term(Term::TailCall(three, vec![n, f.param(1), f.param(2)]));
    });
    b.define(three, |f| {
        let mut args = vec![f.param(0), f.param(1), f.param(2)];
        for i in 3..10 {
            args.push(f.int(i));
        }
        f.term(Term::TailCall(ten, args));
    });
    let mut m = Machine::new(b);
    let result = m.run(10_000_000).expect("no crash");
    assert!(result > 0, "{result}");
}

#[test]
fn division_follows_the_language() {
    let machine = |prim| {
        let mut b = Builder::new();
        b.declare("user/main", &[P], I);
        let div = b.func("user/div", &[I, I], I, move |f| {
            let r = f.prim(prim, &[f.param(0), f.param(1)]);
            f.ret(r);
        });
        // The argument is a pointer to two numbers.
        b.define(FuncId(0), |f| {
            let p = f.param(0);
            let (x, y) = (f.slot(p, 0, I), f.slot(p, 1, I));
            let r = f.call(div, &[x, y]);
            f.ret(r);
        });
        Machine::new(b)
    };
    let numbers = [i64::MIN, i64::MIN + 1, -7, -2, -1, 0, 1, 2, 7, i64::MAX];
    for prim in [Prim::Quot, Prim::Rem, Prim::Mod] {
        let mut m = machine(prim);
        for x in numbers {
            for y in numbers {
                let cell = [0u64, x as u64, y as u64];
                let expected = match prim {
                    _ if y == 0 => Err("divide-by-zero"),
                    Prim::Quot => x.checked_div(y).ok_or("overflow"),
                    Prim::Rem => Ok(x.wrapping_rem(y)),
                    _ => {
                        let r = x.wrapping_rem(y);
                        Ok(if r != 0 && (r < 0) != (y < 0) { r + y } else { r })
                    }
                };
                let got = m.run(cell.as_ptr() as u64).map_err(|c| c.kind);
                assert_eq!(got, expected.map_err(str::to_owned), "{prim:?} {x} {y}");
            }
        }
    }
}

#[test]
fn division_by_a_known_number_needs_no_check() {
    for (prim, d, x, expected) in [
        (Prim::Quot, 7, -50, Ok(-7)),
        (Prim::Mod, 7, -50, Ok(6)),
        (Prim::Rem, 8, -50, Ok(-2)),
        (Prim::Quot, -1, i64::MIN, Err("overflow")),
        (Prim::Rem, -1, i64::MIN, Ok(0)),
        (Prim::Quot, 0, 5, Err("divide-by-zero")),
    ] {
        let mut m = Machine::new(unary(|f| {
            let d = f.int(d);
            let r = f.prim(prim, &[f.param(0), d]);
            f.ret(r);
        }));
        assert_eq!(m.run(x as u64).map_err(|c| c.kind), expected.map_err(str::to_owned), "{prim:?} {d}");
    }
}

#[test]
fn arithmetic_traps_where_it_does_not_fit() {
    let cases: [(Prim, i64, i64, Option<i64>); 12] = [
        (Prim::Add, i64::MAX, 1, None),
        (Prim::Add, i64::MAX, -1, Some(i64::MAX - 1)),
        (Prim::Sub, i64::MIN, 1, None),
        (Prim::Mul, 1 << 40, 1 << 40, None),
        (Prim::Mul, -3, 7, Some(-21)),
        (Prim::Neg, i64::MIN, 0, None),
        (Prim::Neg, 5, 0, Some(-5)),
        (Prim::Abs, i64::MIN, 0, None),
        (Prim::Abs, -5, 0, Some(5)),
        (Prim::WrapAdd, i64::MAX, 1, Some(i64::MIN)),
        (Prim::Shr, -8, 1, Some(-4)),
        (Prim::BNot, 1, 0, Some(0)),
    ];
    for (prim, x, y, expected) in cases {
        let mut m = Machine::new(unary(|f| {
            let y = f.int(y);
            let r = f.prim(prim, &[f.param(0), y]);
            f.ret(r);
        }));
        let got = m.run(x as u64).map_err(|c| c.kind);
        assert_eq!(got, expected.ok_or_else(|| "overflow".to_owned()), "{prim:?} {x} {y}");
    }
}

#[test]
fn floats_compute() {
    let case = |body: &dyn Fn(&mut Body<'_>) -> Local| {
        let mut m = Machine::new(unary(|f| {
            let r = body(f);
            let r = f.prim(Prim::FBits, &[r]);
            f.ret(r);
        }));
        f64::from_bits(m.run(3).expect("no crash") as u64)
    };
    assert_eq!(case(&|f| f.prim(Prim::ToF, &[f.param(0)])), 3.0);
    assert_eq!(
        case(&|f| {
            let (x, y) = (f.float(1.5), f.float(-0.25));
            let p = f.prim(Prim::FMul, &[x, y]);
            f.prim(Prim::FSub, &[p, y])
        }),
        -0.125
    );
    for (x, rounded) in
        [(2.5, 3.0), (-2.5, -3.0), (0.499_999_999_999_999_94, 0.0), (-0.4, -0.0), (1e300, 1e300)]
    {
        let got = case(&|f| {
            let x = f.float(x);
            f.prim(Prim::FRound, &[x])
        });
        assert_eq!(got.to_bits(), f64::to_bits(rounded), "{x}");
    }
    assert_eq!(
        case(&|f| {
            let (x, y) = (f.float(2.0), f.float(10.0));
            let args = vec![x, y];
            f.set(F, Rvalue::Rt { func: wat_abi::rtfn::RtFn::f64_pow, args, descs: vec![] })
        }),
        1024.0
    );
    let nan = |f: &mut Body<'_>, prim| {
        let x = f.float(f64::NAN);
        let bit = f.prim(prim, &[x, x]);
        f.prim(Prim::ToF, &[bit])
    };
    assert_eq!(case(&|f| nan(f, Prim::FEq)), 0.0);
    assert_eq!(case(&|f| nan(f, Prim::FNe)), 1.0);
}

#[test]
fn fallible_functions_answer_or_crash() {
    let mut m = Machine::new(unary(|f| {
        f.line(7);
        let x = f.prim(Prim::FOfBits, &[f.param(0)]);
        f.line(8);
        let args = vec![x];
        let r = f.set(I, Rvalue::Rt { func: wat_abi::rtfn::RtFn::i64_of_f64, args, descs: vec![] });
        f.ret(r);
    }));
    assert_eq!(m.run(12.75f64.to_bits()), Ok(12));
    let crash = m.run(1e300f64.to_bits()).expect_err("too large");
    assert_eq!(crash.kind, "overflow");
    assert!(crash.message.ends_with("does not fit in an i64"), "{}", crash.message);
    assert_eq!(crash.place.as_ref().map(|p| p.line), Some(8));
    assert_eq!(m.run(1f64.to_bits()), Ok(1));
}

#[test]
fn switches_choose() {
    for cases in [vec![0, 1, 2, 3, 4, 5, 6], vec![-5, 1000, i64::MAX], vec![3]] {
        let given = cases.clone();
        let mut m = Machine::new(unary(move |f| {
            let on = f.param(0);
            let default = f.block(&[]);
            let arms: Vec<(i64, BlockId)> = given.iter().map(|c| (*c, f.block(&[]))).collect();
            f.term(Term::Switch { on, cases: arms.clone(), default });
            f.at(default);
            let none = f.int(-1);
            f.ret(none);
            for (i, (_, block)) in arms.iter().enumerate() {
                f.at(*block);
                let r = f.int(i as i64);
                f.ret(r);
            }
        }));
        for probe in [-6, -5, -1, 0, 1, 3, 6, 7, 1000, i64::MIN, i64::MAX] {
            let expected = cases.iter().position(|c| *c == probe).map_or(-1, |i| i as i64);
            assert_eq!(m.run(probe as u64), Ok(expected), "{probe} in {cases:?}");
        }
    }
}

/// Builds the list n, n-1, … 1 and sums it, with and without a second owner of its cells.
fn sum_of_list(share: bool) -> Builder {
    let mut b = Builder::new();
    let list = list(&mut b);
    let main = b.declare("user/main", &[P], I);
    let build = b.declare("user/build", &[I, I, P], P);
    let sum = b.declare("user/sum", &[P, I], I);
    b.define(main, |f| {
        let n = f.param(0);
        let one = f.int(1);
        let empty = f.set(P, Rvalue::Immediate(0));
        let l = f.call(build, &[one, n, empty]);
        f.typed(l, list, true);
        if share {
            f.stmt(StmtKind::Dup(l));
        }
        let zero = f.int(0);
        let r = f.call(sum, &[l, zero]);
        if share {
            let again = f.call(sum, &[l, r]);
            f.ret(again);
        } else {
            f.ret(r);
        }
    });
    b.define(build, |f| {
        let (i, n, tail) = (f.param(0), f.param(1), f.param(2));
        let more = f.prim(Prim::Le, &[i, n]);
        let (yes, no) = f.branch(more);
        f.at(no);
        f.ret(tail);
        f.at(yes);
        let cell = f.new_object(list, 1, &[i, tail]);
        let one = f.int(1);
        let next = f.prim(Prim::Add, &[i, one]);
        f.term(Term::TailCall(build, vec![next, n, cell]));
    });
    b.define(sum, |f| {
        let (l, acc) = (f.param(0), f.param(1));
        f.typed(l, list, true);
        let tag = f.set(I, Rvalue::Tag(l));
        let (cons, empty) = f.branch(tag);
        f.at(empty);
        f.ret(acc);
        f.at(cons);
        let (head, tail) = (f.local(I), f.local(P));
        f.typed(tail, list, true);
        f.stmt(StmtKind::Unpack { obj: l, fields: vec![(0, head), (1, tail)] });
        let acc = f.prim(Prim::Add, &[acc, head]);
        f.term(Term::TailCall(sum, vec![tail, acc]));
    });
    b
}

#[test]
fn unpacking_a_unique_list_frees_its_cells() {
    let mut m = Machine::new(sum_of_list(false));
    for _ in 0..3 {
        assert_eq!(m.run(10_000), Ok(50_005_000));
        assert_eq!(m.live_objects(), 0);
    }
}

#[test]
fn unpacking_a_shared_list_keeps_it_for_the_other_owner() {
    let mut m = Machine::new(sum_of_list(true));
    assert_eq!(m.run(1000), Ok(1_001_000));
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn a_long_list_is_dropped_without_recursion() {
    let mut b = sum_of_list(false);
    let build = FuncId(1);
    let list = TypeId(1);
    b.module.funcs[0].blocks.truncate(1);
    b.module.funcs[0].blocks[0].stmts.clear();
    b.define(FuncId(0), |f| {
        let n = f.param(0);
        let one = f.int(1);
        let empty = f.set(P, Rvalue::Immediate(0));
        let l = f.call(build, &[one, n, empty]);
        f.typed(l, list, true);
        let head = f.slot(l, 0, I);
        let tail = f.slot(l, 1, P);
        f.typed(tail, list, true);
        f.drop(l);
        f.drop(tail);
        f.ret(head);
    });
    let mut m = Machine::new(b);
    assert_eq!(m.run(300_000), Ok(300_000));
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn closures_hold_captures_and_are_applied() {
    let mut b = Builder::new();
    let i64_ = b.ty(Type::I64);
    let f64_ = b.ty(Type::F64);
    let captures = b.ty(Type::Closure(vec![i64_, f64_]));
    let main = b.declare("user/main", &[P], I);
    let lambda = b.declare("user/main.fn", &[P, I], I);
    let twice = b.declare("user/twice", &[P, I], I);
    b.define(main, |f| {
        let n = f.param(0);
        let x = f.float(0.5);
        let c = f.set(P, Rvalue::Closure { func: lambda, ty: captures, captures: vec![n, x] });
        let ten = f.int(10);
        let r = f.call(twice, &[c, ten]);
        f.ret(r);
    });
    // (f (f x)), the second call in tail position.
    b.define(twice, |f| {
        let (c, x) = (f.param(0), f.param(1));
        f.stmt(StmtKind::Dup(c));
        let once = f.apply(c, &[x], I);
        f.term(Term::TailApply { callee: c, args: vec![once] });
    });
    // x * captured integer, plus twice the captured float.
    b.define(lambda, |f| {
        let (c, x) = (f.param(0), f.param(1));
        f.typed(c, captures, false);
        let (n, half) = (f.local(I), f.local(F));
        f.stmt(StmtKind::Unpack { obj: c, fields: vec![(1, n), (2, half)] });
        let r = f.prim(Prim::Mul, &[x, n]);
        let one = f.prim(Prim::FAdd, &[half, half]);
        let args = vec![one];
        let one = f.set(I, Rvalue::Rt { func: wat_abi::rtfn::RtFn::i64_of_f64, args, descs: vec![] });
        let r = f.prim(Prim::Add, &[r, one]);
        f.ret(r);
    });
    let mut m = Machine::new(b);
    assert_eq!(m.run(3), Ok((10 * 3 + 1) * 3 + 1));
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn constants_are_immortal() {
    let mut b = Builder::new();
    let none = b.ty(Type::Closure(vec![]));
    let main = b.declare("user/main", &[P], I);
    let double = b.func("user/double", &[P, I], I, |f| {
        f.drop(f.param(0));
        let r = f.prim(Prim::Add, &[f.param(1), f.param(1)]);
        f.ret(r);
    });
    let text = b.constant(Const::Str("héllo".into()));
    let closure = b.constant(Const::Func(double, none));
    b.define(main, |f| {
        let s = f.set(P, Rvalue::Const(text));
        f.stmt(StmtKind::Dup(s));
        f.drop(s);
        let args = vec![s];
        let n = f.set(I, Rvalue::Rt { func: wat_abi::rtfn::RtFn::str_count, args, descs: vec![] });
        f.drop(s);
        f.drop(s);
        let c = f.set(P, Rvalue::Const(closure));
        let r = f.apply(c, &[n], I);
        f.ret(r);
    });
    let mut m = Machine::new(b);
    assert_eq!(m.run(0), Ok(10));
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn a_field_is_replaced_in_place_when_unique_and_in_a_copy_when_shared() {
    for share in [false, true] {
        let mut b = Builder::new();
        let fun = pair(&mut b);
        let i64_ = b.ty(Type::I64);
        let inner = b.ty(Type::Tuple(vec![i64_]));
        b.func("user/main", &[P], I, |f| {
            let n = f.prim(Prim::Move, &[f.param(0)]);
            let one = f.int(1);
            let old = f.new_object(inner, 0, &[one]);
            let new = f.new_object(inner, 0, &[n]);
            let p = f.new_object(fun, 0, &[one, old]);
            if share {
                f.stmt(StmtKind::Dup(p));
            }
            let q = f.set(P, Rvalue::SetSlot { obj: p, index: 1, value: new });
            let q = f.set(P, Rvalue::SetSlot { obj: q, index: 0, value: n });
            let a = f.slot(q, 0, I);
            let field = f.slot(q, 1, P);
            let x = f.slot(field, 0, I);
            f.drop(field);
            f.drop(q);
            let mut r = f.prim(Prim::Add, &[a, x]);
            if share {
                let kept = f.slot(p, 0, I);
                f.drop(p);
                r = f.prim(Prim::Add, &[r, kept]);
            }
            f.ret(r);
        });
        let mut m = Machine::new(b);
        assert_eq!(m.run(20), Ok(if share { 41 } else { 40 }));
        assert_eq!(m.live_objects(), 0, "shared: {share}");
    }
}

#[test]
fn large_objects_go_through_the_runtime() {
    let mut b = Builder::new();
    let i64_ = b.ty(Type::I64);
    let wide = b.ty(Type::Tuple(vec![i64_; 100]));
    b.func("user/main", &[P], I, |f| {
        let fields: Vec<Local> = (0..100).map(|i| f.int(i)).collect();
        let o = f.new_object(wide, 0, &fields);
        let back: Vec<(u32, Local)> = (0..100).map(|i| (i, f.local(I))).collect();
        f.stmt(StmtKind::Unpack { obj: o, fields: back.clone() });
        let mut sum = f.param(0);
        for (_, local) in back {
            sum = f.prim(Prim::Add, &[sum, local]);
        }
        f.ret(sum);
    });
    let mut m = Machine::new(b);
    assert_eq!(m.run(0), Ok(4950));
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn defs_are_evaluated_once_before_the_program() {
    let mut b = Builder::new();
    let i64_ = b.ty(Type::I64);
    let f64_ = b.ty(Type::F64);
    let tuple = b.ty(Type::Tuple(vec![i64_]));
    let main = b.declare("user/main", &[P], I);
    let first = b.func("user/first", &[], P, |f| {
        let n = f.int(41);
        let t = f.new_object(tuple, 0, &[n]);
        f.ret(t);
    });
    let second = b.func("user/second", &[], F, |f| {
        let t = f.set(P, Rvalue::Global(GlobalId(0)));
        let n = f.slot(t, 0, I);
        let x = f.prim(Prim::ToF, &[n]);
        f.ret(x);
    });
    for (name, init, ty) in [("user/first", first, tuple), ("user/second", second, f64_)] {
        b.module.globals.push(Global { name: wat_source::Symbol::new(name), init, ty });
    }
    b.define(main, |f| {
        f.line(5);
        let t = f.set(P, Rvalue::Global(GlobalId(0)));
        f.stmt(StmtKind::Dup(t));
        f.drop(t);
        let n = f.slot(t, 0, I);
        let x = f.set(F, Rvalue::Global(GlobalId(1)));
        let m = f.prim(Prim::ToF, &[n]);
        let same = f.prim(Prim::FEq, &[x, m]);
        let (yes, no) = f.branch(same);
        f.at(yes);
        f.ret(n);
        f.at(no);
        f.term(Term::Trap(wat_abi::trap::Trap::Index));
    });
    let mut m = Machine::new(b);
    for _ in 0..2 {
        assert!(matches!(m.run_program(), wat_runtime::unit::Outcome::Done));
    }
    assert_eq!(m.live_objects(), 0);
}

#[test]
fn damaged_images_are_refused() {
    use std::os::fd::AsFd;
    use wat_runtime::unit::{Image, image, region::Region};
    let b = fib();
    let good = {
        let mut b = b;
        b.program(FuncId(0));
        wat_codegen::compile(&b.module, &b.sources).expect("compiles").bytes
    };
    let map = |bytes: &[u8]| {
        let file = image::seal(bytes).expect("a memory file");
        Image::map(Region::reserve().expect("address space"), file.as_fd()).map(|_| ())
    };
    assert_eq!(map(&good), Ok(()));
    assert!(map(&good[..100]).is_err());
    assert!(map(&good[..good.len() - 4096]).is_err());
    // Every word of the header but the content's hash and the feature word means something.
    let header = size_of::<wat_abi::image::Header>();
    for at in (0..header).step_by(4).filter(|at| !(16..56).contains(at)) {
        let mut bytes = good.clone();
        bytes[at..at + 4].copy_from_slice(&0xffff_fff0u32.to_le_bytes());
        let empty_table = bytes[at..].len() > 8 && good[at + 4..at + 8] == [0; 4];
        assert!(map(&bytes).is_err() || empty_table, "header word at {at}");
    }
}
