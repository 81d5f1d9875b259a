//! What `{:intrinsic "name"}` means: one table from names to operations. A name that is not in it is a row of
//! the runtime.

use crate::lower::FnLower;
use crate::mir::{Local, Prim, Term, Type, TypeId};
use wat_abi::layout::Repr;
use wat_abi::rtfn::RtFn;
use wat_abi::trap::Trap;
use wat_source::Symbol;

/// An operation of this crate's own. Which instruction it is depends on the first argument's type.
#[derive(Clone, Copy, Debug)]
enum Op {
    /// An instruction for `I` arguments and one for `F` arguments, with a result of their type.
    Same {
        int: Option<Prim>,
        float: Option<Prim>,
    },
    /// `F` by the runtime, `I` by an instruction.
    Remainder,
    /// Floors, on both.
    Modulo,
    Equal {
        negate: bool,
    },
    /// By instruction on registers, by the total order elsewhere.
    Order {
        int: Prim,
        float: Prim,
    },
    Compare,
    /// The lesser or the greater by the order.
    Pick {
        float: Prim,
        less: bool,
    },
    ToFloat,
    CharOfInt,
    /// The argument itself, at another type of the same representation.
    Alias,
    Ignore,
}

const fn same(int: Prim, float: Prim) -> Op {
    Op::Same { int: Some(int), float: Some(float) }
}
const fn ints(int: Prim) -> Op {
    Op::Same { int: Some(int), float: None }
}
const fn floats(float: Prim) -> Op {
    Op::Same { int: None, float: Some(float) }
}
const fn order(int: Prim, float: Prim) -> Op {
    Op::Order { int, float }
}

const OPS: &[(&str, Op)] = &[
    ("add", same(Prim::Add, Prim::FAdd)),
    ("sub", same(Prim::Sub, Prim::FSub)),
    ("mul", same(Prim::Mul, Prim::FMul)),
    ("neg", same(Prim::Neg, Prim::FNeg)),
    ("abs", same(Prim::Abs, Prim::FAbs)),
    ("div", same(Prim::Quot, Prim::FDiv)),
    ("quot", ints(Prim::Quot)),
    ("rem", Op::Remainder),
    ("mod", Op::Modulo),
    ("wrap_add", ints(Prim::WrapAdd)),
    ("wrap_sub", ints(Prim::WrapSub)),
    ("wrap_mul", ints(Prim::WrapMul)),
    ("bit_and", ints(Prim::And)),
    ("bit_or", ints(Prim::Or)),
    ("bit_xor", ints(Prim::Xor)),
    ("bit_not", ints(Prim::Not)),
    ("shl", ints(Prim::Shl)),
    ("shr", ints(Prim::Shr)),
    ("not", ints(Prim::BNot)),
    ("eq", Op::Equal { negate: false }),
    ("ne", Op::Equal { negate: true }),
    ("lt", order(Prim::Lt, Prim::FLt)),
    ("le", order(Prim::Le, Prim::FLe)),
    ("gt", order(Prim::Gt, Prim::FGt)),
    ("ge", order(Prim::Ge, Prim::FGe)),
    ("compare", Op::Compare),
    ("min", Op::Pick { float: Prim::FMin, less: true }),
    ("max", Op::Pick { float: Prim::FMax, less: false }),
    ("to_f64", Op::ToFloat),
    ("char_of_i64", Op::CharOfInt),
    ("i64_of_char", Op::Alias),
    ("same", Op::Alias),
    ("sqrt", floats(Prim::FSqrt)),
    ("floor", floats(Prim::FFloor)),
    ("ceil", floats(Prim::FCeil)),
    ("trunc", floats(Prim::FTrunc)),
    ("round", floats(Prim::FRound)),
    ("ignore", Op::Ignore),
];

fn op(name: &str) -> Option<Op> {
    OPS.iter().find(|row| row.0 == name).map(|row| row.1)
}

/// Arithmetic on numbers that are objects: BigInt and Decimal.
fn on_objects(name: &str) -> Option<RtFn> {
    Some(match name {
        "add" => RtFn::num_add,
        "sub" => RtFn::num_sub,
        "mul" => RtFn::num_mul,
        "div" | "quot" => RtFn::num_div,
        "rem" => RtFn::num_rem,
        "mod" => RtFn::num_mod,
        "neg" => RtFn::num_neg,
        "abs" => RtFn::num_abs,
        _ => return None,
    })
}

/// Whether a definition of the library may name this as its implementation.
pub fn is_intrinsic(name: &str) -> bool {
    op(name).is_some() || RtFn::by_name(name).is_some()
}

/// The operation on these arguments; `types` are theirs in wat. None when it does not come back.
pub fn call(
    lower: &mut FnLower<'_, '_>,
    name: Symbol,
    args: Vec<Local>,
    types: &[TypeId],
    result: TypeId,
) -> Option<Local> {
    let Some(op) = op(name.as_str()) else {
        let row = RtFn::by_name(name.as_str());
        let row =
            row.unwrap_or_else(|| panic!("the library names the intrinsic `{name}`, which does not exist"));
        return lower.rt(row, args, types, result);
    };
    let repr = args.first().map_or(Repr::I, |a| lower.repr_of(*a));
    let mut code = Code { lower, types, result };
    match (op, repr) {
        (Op::Same { int: Some(prim), .. }, Repr::I) | (Op::Same { float: Some(prim), .. }, Repr::F) => {
            Some(code.to(result, prim, args))
        }
        (Op::Remainder, Repr::I) => Some(code.to(result, Prim::Rem, args)),
        (Op::Remainder, Repr::F) => code.lower.rt(RtFn::f64_rem, args, types, result),
        (Op::Modulo, Repr::I) => Some(code.to(result, Prim::Mod, args)),
        (Op::Modulo, Repr::F) => code.lower.rt(RtFn::f64_mod, args, types, result),
        (Op::Equal { negate }, _) => code.equal(args, repr, negate),
        (Op::Order { int, float }, _) => code.order(args, repr, int, float),
        (Op::Compare, Repr::I) => {
            let greater = code.lower.prim(Type::I64, Prim::Gt, args.clone());
            let less = code.lower.prim(Type::I64, Prim::Lt, args);
            Some(code.to(result, Prim::WrapSub, vec![greater, less]))
        }
        (Op::Compare, _) => code.lower.rt(RtFn::cmp, args, types, result),
        (Op::Pick { float, .. }, Repr::F) => Some(code.to(result, float, args)),
        (Op::Pick { less, .. }, _) => code.pick(args, repr, less),
        (Op::ToFloat, Repr::I) => Some(code.to(result, Prim::ToF, args)),
        (Op::ToFloat | Op::Alias, _) => args.first().copied(),
        (Op::CharOfInt, _) => Some(code.char_of(args[0])),
        (Op::Ignore, _) => Some(code.lower.nil()),
        (Op::Same { .. } | Op::Remainder | Op::Modulo, _) => {
            let Some(func) = on_objects(name.as_str()) else {
                // The checker admits no such type.
                code.lower.trap(Trap::Unreachable);
                return None;
            };
            code.lower.rt(func, args, types, result)
        }
    }
}

struct Code<'l, 's, 'd, 't> {
    lower: &'l mut FnLower<'s, 'd>,
    types: &'t [TypeId],
    result: TypeId,
}

impl Code<'_, '_, '_, '_> {
    fn to(&mut self, ty: TypeId, prim: Prim, args: Vec<Local>) -> Local {
        self.lower.let_(ty, crate::mir::Rvalue::Prim(prim, args))
    }

    fn equal(&mut self, args: Vec<Local>, repr: Repr, negate: bool) -> Option<Local> {
        let result = self.result;
        match (repr, negate) {
            (Repr::I, false) => Some(self.to(result, Prim::Eq, args)),
            (Repr::I, true) => Some(self.to(result, Prim::Ne, args)),
            (Repr::F, false) => Some(self.to(result, Prim::FEq, args)),
            (Repr::F, true) => Some(self.to(result, Prim::FNe, args)),
            (Repr::P, _) => {
                let equal = self.lower.rt(RtFn::eq, args, self.types, result)?;
                Some(if negate { self.to(result, Prim::BNot, vec![equal]) } else { equal })
            }
        }
    }

    fn order(&mut self, args: Vec<Local>, repr: Repr, int: Prim, float: Prim) -> Option<Local> {
        let result = self.result;
        match repr {
            Repr::I => Some(self.to(result, int, args)),
            Repr::F => Some(self.to(result, float, args)),
            Repr::P => {
                let number = self.lower.id_of(Type::I64);
                let sign = self.lower.rt(RtFn::cmp, args, self.types, number)?;
                let zero = self.lower.int(0);
                Some(self.to(result, int, vec![sign, zero]))
            }
        }
    }

    /// The first argument unless the second is strictly on the wanted side of it.
    fn pick(&mut self, args: Vec<Local>, repr: Repr, less: bool) -> Option<Local> {
        let (int, float) = if less { (Prim::Lt, Prim::FLt) } else { (Prim::Gt, Prim::FGt) };
        let (ty, swapped) = (self.result, vec![args[1], args[0]]);
        self.result = self.lower.id_of(Type::Bool);
        let test = self.order(swapped, repr, int, float)?;
        let (first, second, join) = (self.lower.block(), self.lower.block(), self.lower.join(ty));
        self.lower.branch(test, second, first);
        for (block, arg) in [(first, args[0]), (second, args[1])] {
            self.lower.enter(block);
            self.lower.jump(join, vec![arg]);
        }
        self.lower.enter_join(join)
    }

    /// A Unicode scalar value, or a trap.
    fn char_of(&mut self, number: Local) -> Local {
        let mut is = |prim, bound| {
            let bound = self.lower.int(bound);
            self.lower.prim(Type::Bool, prim, vec![number, bound])
        };
        let (below, above) = (is(Prim::Lt, 0), is(Prim::Gt, 0x10_FFFF));
        let (from, to) = (is(Prim::Ge, 0xD800), is(Prim::Le, 0xDFFF));
        let surrogate = self.lower.prim(Type::Bool, Prim::And, vec![from, to]);
        let outside = self.lower.prim(Type::Bool, Prim::Or, vec![below, above]);
        let bad = self.lower.prim(Type::Bool, Prim::Or, vec![outside, surrogate]);
        let (trap, go) = (self.lower.block(), self.lower.block());
        self.lower.branch(bad, trap, go);
        self.lower.enter(trap);
        self.lower.end(Term::Trap(Trap::Index));
        self.lower.enter(go);
        self.to(self.result, Prim::Move, vec![number])
    }
}
