//! One MIR function to Cranelift IR. This file walks blocks and statements; values in memory are in
//! [`memory`](crate::memory), calls and jumps in [`control`](crate::control), register operations in
//! [`prim`](crate::prim).
//!
//! All functions use the Tail convention; the pinned register holds the context record. A function that calls
//! anything compares the stack pointer with the context's limit first.

use crate::describe::Types;
use crate::piece::{CONSTS, Compiler, FUNCS, Piece};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    self, AbiParam, ExtFuncData, ExternalName, FuncRef, GlobalValueData, InstBuilder, MemFlagsData, SigRef,
    Signature, SourceLoc, UserExternalName, UserFuncName, Value, types as clif,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, Variable};
use rustc_hash::FxHashMap;
use std::mem::offset_of;
use wat_abi::context::Ctx;
use wat_abi::layout::Repr;
use wat_abi::rtfn::RtFn;
use wat_mir::mir::{Func, Local, Module, Rvalue, Stmt, StmtKind, Term};
use wat_source::Span;

pub fn function(
    compiler: &mut Compiler<'_>,
    module: &Module,
    types: &Types,
    index: usize,
) -> Result<Piece, String> {
    let func = &module.funcs[index];
    let config = compiler.isa().frontend_config();
    compiler.context.func.name = UserFuncName::user(FUNCS, index as u32);
    compiler.context.func.signature = signature(func);
    let builder = FunctionBuilder::new(&mut compiler.context.func, &mut compiler.builder);
    let mut lower = Lower {
        module,
        types,
        func,
        b: builder,
        vars: Vec::with_capacity(func.locals.len()),
        blocks: Vec::with_capacity(func.blocks.len()),
        constants: vec![None; func.locals.len()],
        sigs: FxHashMap::default(),
        funcs: FxHashMap::default(),
        spans: vec![func.span],
    };
    lower.run();
    let Lower { b, spans, .. } = lower;
    b.finalize(config);
    compiler.finish(func.name.as_str(), &spans)
}

/// A function's signature: its parameters and its one result.
pub fn signature(func: &Func) -> Signature {
    tail_signature(func.params.iter().map(|p| func.locals[p.index()].repr), func.result)
}

pub fn tail_signature(params: impl Iterator<Item = Repr>, result: Repr) -> Signature {
    let mut sig = Signature::new(CallConv::Tail);
    sig.params.extend(params.map(|r| AbiParam::new(register(r))));
    sig.returns.push(AbiParam::new(register(result)));
    sig
}

pub fn register(repr: Repr) -> ir::Type {
    match repr {
        Repr::F => clif::F64,
        Repr::I | Repr::P => clif::I64,
    }
}

/// Loads and stores of our own objects and of the context: they never fault.
pub fn plain() -> MemFlagsData {
    MemFlagsData::trusted()
}

#[derive(PartialEq, Eq, Hash)]
pub enum SigKey {
    /// A runtime function by number of arguments (the context included) and results.
    Runtime(usize, usize),
    Tail(Vec<Repr>, Repr),
}

pub struct Lower<'a, 'b> {
    pub module: &'a Module,
    pub types: &'a Types,
    pub func: &'a Func,
    pub b: FunctionBuilder<'b>,
    vars: Vec<Variable>,
    pub blocks: Vec<ir::Block>,
    /// Locals known to be a certain integer.
    pub constants: Vec<Option<i64>>,
    pub sigs: FxHashMap<SigKey, SigRef>,
    funcs: FxHashMap<u32, FuncRef>,
    spans: Vec<Span>,
}

impl Lower<'_, '_> {
    fn run(&mut self) {
        for local in &self.func.locals {
            let var = self.b.declare_var(register(local.repr));
            self.vars.push(var);
        }
        let entry = self.b.create_block();
        self.b.append_block_params_for_function_params(entry);
        for block in &self.func.blocks {
            let made = self.b.create_block();
            for param in &block.params {
                self.b.append_block_param(made, register(self.func.locals[param.index()].repr));
            }
            self.blocks.push(made);
        }
        self.b.switch_to_block(entry);
        self.b.set_srcloc(SourceLoc::new(0));
        if calls(self.func) {
            self.check_stack();
        }
        let params: Vec<ir::BlockArg> = self.b.block_params(entry).iter().map(|v| (*v).into()).collect();
        self.b.ins().jump(self.blocks[0], &params);
        for (index, block) in self.func.blocks.iter().enumerate() {
            let made = self.blocks[index];
            self.b.switch_to_block(made);
            for (i, param) in block.params.iter().enumerate() {
                let value = self.b.block_params(made)[i];
                self.set(*param, value);
            }
            for stmt in &block.stmts {
                self.place(stmt.span);
                self.stmt(stmt);
            }
            self.place(block.term_span);
            self.term(&block.term);
        }
        self.b.seal_all_blocks();
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let(local, value) => {
                let value = self.rvalue(*local, value);
                self.set(*local, value);
            }
            StmtKind::Dup(local) => self.dup_local(*local),
            StmtKind::Drop(local) => self.drop_local(*local),
            StmtKind::Unpack { obj, fields } => self.unpack(*obj, fields),
        }
    }

    fn rvalue(&mut self, local: Local, value: &Rvalue) -> Value {
        match value {
            Rvalue::ConstI(n) => {
                self.constants[local.index()] = Some(*n);
                self.int(*n)
            }
            Rvalue::ConstF(bits) => self.b.ins().f64const(f64::from_bits(*bits)),
            Rvalue::Const(id) => self.constant(id.0),
            Rvalue::Immediate(tag) => self.int(i64::from(*tag)),
            Rvalue::Prim(prim, args) => self.prim(*prim, args),
            Rvalue::Call(func, args) => self.call(func.0, args),
            Rvalue::Apply { callee, args, result } => self.apply(*callee, args, *result),
            Rvalue::Rt { func, args, descs } => self.runtime(*func, args, descs, self.repr(local)),
            Rvalue::New { ty, tag, fields } => {
                let fields: Vec<Value> = fields.iter().map(|f| self.get(*f)).collect();
                self.object(self.types.word(*ty, *tag), &fields)
            }
            Rvalue::Closure { func, ty, captures } => {
                let code = self.code_offset(func.0);
                let mut slots = vec![code];
                slots.extend(captures.iter().map(|c| self.get(*c)));
                self.object(self.types.word(*ty, 0), &slots)
            }
            Rvalue::Program { program, ty, captures } => {
                let mut slots = vec![self.int(i64::from(program.0))];
                slots.extend(captures.iter().map(|c| self.get(*c)));
                self.object(self.types.word(*ty, 0), &slots)
            }
            Rvalue::Slot { obj, index } => self.slot(local, *obj, *index),
            Rvalue::Tag(obj) => self.tag(*obj),
            Rvalue::SetSlot { obj, index, value } => self.set_slot(*obj, *index, *value),
            Rvalue::Global(id) => {
                let globals = self.context_field(offset_of!(Ctx, globals));
                let ty = register(self.repr(local));
                self.b.ins().load(ty, plain(), globals, 8 * id.0 as i32)
            }
        }
    }

    /// The source location of what follows.
    fn place(&mut self, span: Span) {
        if self.spans.last() != Some(&span) {
            self.spans.push(span);
        }
        self.b.set_srcloc(SourceLoc::new(self.spans.len() as u32 - 1));
    }

    pub fn repr(&self, local: Local) -> Repr {
        self.func.locals[local.index()].repr
    }

    pub fn get(&mut self, local: Local) -> Value {
        self.b.use_var(self.vars[local.index()])
    }

    pub fn set(&mut self, local: Local, value: Value) {
        self.b.def_var(self.vars[local.index()], value);
    }

    pub fn int(&mut self, n: i64) -> Value {
        self.b.ins().iconst(clif::I64, n)
    }

    pub fn context(&mut self) -> Value {
        self.b.ins().get_pinned_reg(clif::I64)
    }

    pub fn context_field(&mut self, offset: usize) -> Value {
        let context = self.context();
        self.b.ins().load(clif::I64, plain(), context, offset as i32)
    }

    /// The address of a constant's object.
    fn constant(&mut self, id: u32) -> Value {
        let name =
            self.b.func.declare_imported_user_function(UserExternalName { namespace: CONSTS, index: id });
        let global = self.b.create_global_value(GlobalValueData::Symbol {
            name: ExternalName::user(name),
            offset: 0.into(),
            colocated: true,
            tls: false,
        });
        self.b.ins().symbol_value(clif::I64, global)
    }

    pub fn func_ref(&mut self, index: u32) -> FuncRef {
        if let Some(&known) = self.funcs.get(&index) {
            return known;
        }
        let name = self.b.func.declare_imported_user_function(UserExternalName { namespace: FUNCS, index });
        let signature = self.b.import_signature(signature(&self.module.funcs[index as usize]));
        let made = self.b.import_function(ExtFuncData {
            name: ExternalName::user(name),
            signature,
            colocated: true,
            patchable: false,
        });
        self.funcs.insert(index, made);
        made
    }

    /// The region offset of a function's code, as closures hold it.
    fn code_offset(&mut self, index: u32) -> Value {
        let func = self.func_ref(index);
        let address = self.b.ins().func_addr(clif::I64, func);
        let region = self.context_field(offset_of!(Ctx, region));
        self.b.ins().isub(address, region)
    }

    fn check_stack(&mut self) {
        let limit = self.context_field(offset_of!(Ctx, stack_limit));
        let sp = self.b.ins().get_stack_pointer(clif::I64);
        let over = self.b.ins().icmp(IntCC::UnsignedLessThan, sp, limit);
        let (cold, go) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(cold);
        self.b.ins().brif(over, cold, &[], go, &[]);
        self.b.switch_to_block(cold);
        self.diverge(RtFn::stack_overflow, &[]);
        self.b.switch_to_block(go);
    }
}

/// Whether the function needs room on the stack for anything but itself.
fn calls(func: &Func) -> bool {
    let stmt = |s: &Stmt| match &s.kind {
        StmtKind::Let(_, value) => match value {
            Rvalue::Call(..)
            | Rvalue::Apply { .. }
            | Rvalue::Rt { .. }
            | Rvalue::New { .. }
            | Rvalue::Closure { .. }
            | Rvalue::Program { .. }
            | Rvalue::SetSlot { .. } => true,
            Rvalue::ConstI(_)
            | Rvalue::ConstF(_)
            | Rvalue::Const(_)
            | Rvalue::Immediate(_)
            | Rvalue::Prim(..)
            | Rvalue::Slot { .. }
            | Rvalue::Tag(_)
            | Rvalue::Global(_) => false,
        },
        StmtKind::Drop(_) | StmtKind::Unpack { .. } => true,
        StmtKind::Dup(_) => false,
    };
    func.blocks.iter().any(|b| b.stmts.iter().any(stmt) || matches!(b.term, Term::Diverge { .. }))
}
