//! Operations on registers. What can go wrong is a `trapnz` with the reason as its code.

use crate::lower::Lower;
use crate::piece::code_of;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use wat_abi::trap::Trap;
use wat_mir::mir::{Local, Prim};

/// The largest f64 below one half: adding it and truncating rounds halves away from zero without the error
/// that one half itself makes just below it.
const BELOW_HALF: f64 = 0.499_999_999_999_999_94;

impl Lower<'_, '_> {
    pub fn prim(&mut self, prim: Prim, args: &[Local]) -> Value {
        let a = self.get(args[0]);
        let b = args.get(1).map_or(a, |b| self.get(*b));
        let divisor = args.get(1).and_then(|b| self.constants[b.index()]);
        match prim {
            Prim::Add => {
                let (value, over) = self.b.ins().sadd_overflow(a, b);
                self.trap_if(over, Trap::Overflow);
                value
            }
            Prim::Sub => {
                let (value, over) = self.b.ins().ssub_overflow(a, b);
                self.trap_if(over, Trap::Overflow);
                value
            }
            Prim::Mul => {
                let (value, over) = self.b.ins().smul_overflow(a, b);
                self.trap_if(over, Trap::Overflow);
                value
            }
            Prim::Neg => {
                let zero = self.int(0);
                let (value, over) = self.b.ins().ssub_overflow(zero, a);
                self.trap_if(over, Trap::Overflow);
                value
            }
            Prim::Abs => {
                let least = self.b.ins().icmp_imm_s(IntCC::Equal, a, i64::MIN);
                self.trap_if(least, Trap::Overflow);
                self.b.ins().iabs(a)
            }
            Prim::Quot => {
                self.check_divisor(b, divisor);
                if divisor.is_none_or(|d| d == -1) {
                    let least = self.b.ins().icmp_imm_s(IntCC::Equal, a, i64::MIN);
                    let minus = self.b.ins().icmp_imm_s(IntCC::Equal, b, -1);
                    let both = self.b.ins().band(least, minus);
                    self.trap_if(both, Trap::Overflow);
                }
                self.b.ins().sdiv(a, b)
            }
            Prim::Rem => {
                self.check_divisor(b, divisor);
                self.b.ins().srem(a, b)
            }
            Prim::Mod => {
                self.check_divisor(b, divisor);
                let rem = self.b.ins().srem(a, b);
                let shifted = self.b.ins().iadd(rem, b);
                let mixed = self.b.ins().bxor(rem, b);
                let differ = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, mixed, 0);
                let some = self.b.ins().icmp_imm_s(IntCC::NotEqual, rem, 0);
                let adjust = self.b.ins().band(differ, some);
                self.b.ins().select(adjust, shifted, rem)
            }
            Prim::WrapAdd => self.b.ins().iadd(a, b),
            Prim::WrapSub => self.b.ins().isub(a, b),
            Prim::WrapMul => self.b.ins().imul(a, b),
            Prim::And => self.b.ins().band(a, b),
            Prim::Or => self.b.ins().bor(a, b),
            Prim::Xor => self.b.ins().bxor(a, b),
            Prim::Not => self.b.ins().bnot(a),
            Prim::Shl => self.b.ins().ishl(a, b),
            Prim::Shr => self.b.ins().sshr(a, b),
            Prim::BNot => self.b.ins().bxor_imm_u(a, 1),
            Prim::Eq => self.compare(IntCC::Equal, a, b),
            Prim::Ne => self.compare(IntCC::NotEqual, a, b),
            Prim::Lt => self.compare(IntCC::SignedLessThan, a, b),
            Prim::Le => self.compare(IntCC::SignedLessThanOrEqual, a, b),
            Prim::Gt => self.compare(IntCC::SignedGreaterThan, a, b),
            Prim::Ge => self.compare(IntCC::SignedGreaterThanOrEqual, a, b),
            Prim::FAdd => self.b.ins().fadd(a, b),
            Prim::FSub => self.b.ins().fsub(a, b),
            Prim::FMul => self.b.ins().fmul(a, b),
            Prim::FDiv => self.b.ins().fdiv(a, b),
            Prim::FNeg => self.b.ins().fneg(a),
            Prim::FAbs => self.b.ins().fabs(a),
            Prim::FSqrt => self.b.ins().sqrt(a),
            Prim::FFloor => self.b.ins().floor(a),
            Prim::FCeil => self.b.ins().ceil(a),
            Prim::FTrunc => self.b.ins().trunc(a),
            Prim::FRound => {
                let half = self.b.ins().f64const(BELOW_HALF);
                let half = self.b.ins().fcopysign(half, a);
                let moved = self.b.ins().fadd(a, half);
                self.b.ins().trunc(moved)
            }
            Prim::FMin => self.b.ins().fmin(a, b),
            Prim::FMax => self.b.ins().fmax(a, b),
            Prim::FEq => self.compare_f(FloatCC::Equal, a, b),
            Prim::FNe => self.compare_f(FloatCC::NotEqual, a, b),
            Prim::FLt => self.compare_f(FloatCC::LessThan, a, b),
            Prim::FLe => self.compare_f(FloatCC::LessThanOrEqual, a, b),
            Prim::FGt => self.compare_f(FloatCC::GreaterThan, a, b),
            Prim::FGe => self.compare_f(FloatCC::GreaterThanOrEqual, a, b),
            Prim::ToF => self.b.ins().fcvt_from_sint(types::F64, a),
            Prim::FBits => self.b.ins().bitcast(types::I64, MemFlagsData::new(), a),
            Prim::FOfBits => self.b.ins().bitcast(types::F64, MemFlagsData::new(), a),
            Prim::Move => a,
        }
    }

    fn trap_if(&mut self, test: Value, trap: Trap) {
        self.b.ins().trapnz(test, code_of(trap));
    }

    fn check_divisor(&mut self, divisor: Value, known: Option<i64>) {
        if known.is_none_or(|d| d == 0) {
            let zero = self.b.ins().icmp_imm_s(IntCC::Equal, divisor, 0);
            self.trap_if(zero, Trap::DivideByZero);
        }
    }

    fn compare(&mut self, how: IntCC, a: Value, b: Value) -> Value {
        let bit = self.b.ins().icmp(how, a, b);
        self.b.ins().uextend(types::I64, bit)
    }

    fn compare_f(&mut self, how: FloatCC, a: Value, b: Value) -> Value {
        let bit = self.b.ins().fcmp(how, a, b);
        self.b.ins().uextend(types::I64, bit)
    }
}
