//! Calls, closures, runtime functions and the ends of blocks.

use crate::lower::{Lower, SigKey, plain, tail_signature};
use crate::piece::code_of;
use cranelift_codegen::ir::{AbiParam, BlockArg, InstBuilder, MemFlagsData, SigRef, Signature, Value, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::Switch;
use std::mem::offset_of;
use wat_abi::context::Ctx;
use wat_abi::layout::{Repr, slot_offset};
use wat_abi::rtfn::{Class, Ret, RtFn};
use wat_abi::trap::Trap;
use wat_mir::mir::{BlockId, Local, Term, TypeId};

impl Lower<'_, '_> {
    pub fn call(&mut self, func: u32, args: &[Local]) -> Value {
        let args = self.values(args);
        let func = self.func_ref(func);
        let call = self.b.ins().call(func, &args);
        self.b.inst_results(call)[0]
    }

    pub fn apply(&mut self, callee: Local, args: &[Local], result: Repr) -> Value {
        let (sig, code, args) = self.closure_call(callee, args, result);
        let call = self.b.ins().call_indirect(sig, code, &args);
        self.b.inst_results(call)[0]
    }

    pub fn term(&mut self, term: &Term) {
        match term {
            Term::Return(local) => {
                let value = self.get(*local);
                self.b.ins().return_(&[value]);
            }
            Term::Jump(to, args) => {
                let args: Vec<BlockArg> = args.iter().map(|a| self.get(*a).into()).collect();
                let to = self.blocks[to.index()];
                self.b.ins().jump(to, &args);
            }
            Term::Branch { test, then, other } => {
                let test = self.get(*test);
                let (then, other) = (self.blocks[then.index()], self.blocks[other.index()]);
                self.b.ins().brif(test, then, &[], other, &[]);
            }
            Term::Switch { on, cases, default } => self.switch(*on, cases, *default),
            Term::TailCall(func, args) => {
                let args = self.values(args);
                let func = self.func_ref(func.0);
                if jumps() {
                    self.b.ins().return_call(func, &args);
                } else {
                    let call = self.b.ins().call(func, &args);
                    let results = self.b.inst_results(call).to_vec();
                    self.b.ins().return_(&results);
                }
            }
            Term::TailApply { callee, args } => {
                let (sig, code, args) = self.closure_call(*callee, args, self.func.result);
                self.b.ins().return_call_indirect(sig, code, &args);
            }
            Term::Diverge { func, args, descs } => {
                let args = self.runtime_args(*func, args, descs);
                self.diverge(*func, &args);
            }
            Term::Trap(trap) => {
                self.b.ins().trap(code_of(*trap));
            }
        }
    }

    fn switch(&mut self, on: Local, cases: &[(i64, BlockId)], default: BlockId) {
        let value = self.get(on);
        let default = self.blocks[default.index()];
        if let [(case, then)] = cases {
            let case = self.int(*case);
            let hit = self.b.ins().icmp(cranelift_codegen::ir::condcodes::IntCC::Equal, value, case);
            let then = self.blocks[then.index()];
            self.b.ins().brif(hit, then, &[], default, &[]);
            return;
        }
        let mut switch = Switch::new();
        for (case, to) in cases {
            switch.set_entry(u128::from(*case as u64), self.blocks[to.index()]);
        }
        switch.emit(&mut self.b, value, default);
    }

    /// Signature, code address and arguments (the closure first) of a call through a closure.
    fn closure_call(&mut self, callee: Local, args: &[Local], result: Repr) -> (SigRef, Value, Vec<Value>) {
        let mut reprs = vec![Repr::P];
        reprs.extend(args.iter().map(|a| self.repr(*a)));
        let sig = match self.sigs.get(&SigKey::Tail(reprs.clone(), result)) {
            Some(sig) => *sig,
            None => {
                let sig = self.b.import_signature(tail_signature(reprs.iter().copied(), result));
                self.sigs.insert(SigKey::Tail(reprs, result), sig);
                sig
            }
        };
        let closure = self.get(callee);
        let mut values = vec![closure];
        values.extend(self.values(args));
        let offset = self.b.ins().load(types::I64, plain(), closure, slot_offset(0));
        let region = self.context_field(offset_of!(Ctx, region));
        let code = self.b.ins().iadd(region, offset);
        (sig, code, values)
    }

    fn values(&mut self, locals: &[Local]) -> Vec<Value> {
        locals.iter().map(|l| self.get(*l)).collect()
    }

    /// Calls a runtime function of any returning class; answers its value at `result`'s repr.
    pub fn runtime(&mut self, func: RtFn, args: &[Local], descs: &[TypeId], result: Repr) -> Value {
        let args = self.runtime_args(func, args, descs);
        let value = match func.row().class {
            Class::Leaf => self.leaf(func, &args),
            Class::Fallible => self.fallible(func, &args),
            Class::Diverging => {
                self.diverge(func, &args);
                let dead = self.b.create_block();
                self.b.switch_to_block(dead);
                self.int(0)
            }
        };
        match (func.row().result, result) {
            (Ret::N, _) => self.int(0),
            (_, Repr::F) => self.b.ins().bitcast(types::F64, MemFlagsData::new(), value),
            _ => value,
        }
    }

    /// The arguments in the order of the row: values as bits, descriptors as region offsets.
    fn runtime_args(&mut self, func: RtFn, args: &[Local], descs: &[TypeId]) -> Vec<Value> {
        let (mut args, mut descs) = (args.iter(), descs.iter());
        let mut out = Vec::with_capacity(func.row().params.len());
        for param in func.row().params {
            out.push(if param.is_value() {
                let arg = *args.next().expect("MIR gives every value parameter of the row");
                let value = self.get(arg);
                match self.repr(arg) {
                    Repr::F => self.b.ins().bitcast(types::I64, MemFlagsData::new(), value),
                    Repr::I | Repr::P => value,
                }
            } else {
                let ty = *descs.next().expect("MIR gives every descriptor parameter of the row");
                self.int(i64::from(self.types.offset(ty)))
            });
        }
        out
    }

    pub fn leaf(&mut self, func: RtFn, args: &[Value]) -> Value {
        let call = self.runtime_call(func, args, 1);
        self.b.inst_results(call)[0]
    }

    /// Calls a fallible function; when it fails the unit is left.
    pub fn fallible(&mut self, func: RtFn, args: &[Value]) -> Value {
        let call = self.runtime_call(func, args, 2);
        let [value, status] = *self.b.inst_results(call) else {
            unreachable!("the signature has two results")
        };
        let (cold, go) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(cold);
        self.b.ins().brif(status, cold, &[], go, &[]);
        self.b.switch_to_block(cold);
        self.diverge(RtFn::crash_now, &[]);
        self.b.switch_to_block(go);
        value
    }

    pub fn diverge(&mut self, func: RtFn, args: &[Value]) {
        self.runtime_call(func, args, 0);
        self.b.ins().trap(code_of(Trap::Unreachable));
    }

    fn runtime_call(&mut self, func: RtFn, args: &[Value], results: usize) -> cranelift_codegen::ir::Inst {
        let context = self.context();
        let mut all = Vec::with_capacity(args.len() + 1);
        all.push(context);
        all.extend_from_slice(args);
        let key = SigKey::Runtime(all.len(), results);
        let sig = match self.sigs.get(&key) {
            Some(sig) => *sig,
            None => {
                let mut sig = Signature::new(CallConv::SystemV);
                sig.params.resize(all.len(), AbiParam::new(types::I64));
                sig.returns.resize(results, AbiParam::new(types::I64));
                let sig = self.b.import_signature(sig);
                self.sigs.insert(key, sig);
                sig
            }
        };
        let address = self.context_field(offset_of!(Ctx, rt) + 8 * func as usize);
        self.b.ins().call_indirect(sig, address, &all)
    }
}

/// Whether a tail call is a jump; a debug build can be told otherwise, to see that the law on tail calls then fails.
fn jumps() -> bool {
    !cfg!(debug_assertions)
        || !std::env::var("WAT_MUTATION").is_ok_and(|names| names.split(',').any(|name| name == "tail-jump"))
}
