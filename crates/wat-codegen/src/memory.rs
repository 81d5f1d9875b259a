//! Objects: allocation from the context's free lists, counting, fields.
//!
//! Counts are plain 32-bit numbers: 1 is unique, negative is immortal. A local that may hold an immediate is
//! tested first; others are always pointers.

use crate::lower::{Lower, plain, register};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use std::mem::offset_of;
use wat_abi::context::Ctx;
use wat_abi::layout::{COUNT_OFFSET, HEADER, IMMEDIATE_END, Repr, TAG_OFFSET, class_of, slot_offset};
use wat_abi::rtfn::RtFn;
use wat_mir::mir::{Local, SumKind, Type};

impl Lower<'_, '_> {
    /// A new unique object with these slots.
    pub fn object(&mut self, word: u32, slots: &[Value]) -> Value {
        let cell = self.allocate(HEADER + 8 * slots.len());
        let header = self.int((i64::from(word) << 32) | 1);
        self.b.ins().store(plain(), header, cell, COUNT_OFFSET);
        for (i, value) in slots.iter().enumerate() {
            self.b.ins().store(plain(), *value, cell, slot_offset(i));
        }
        cell
    }

    fn allocate(&mut self, bytes: usize) -> Value {
        let Some(class) = class_of(bytes) else {
            let bytes = self.int(bytes as i64);
            return self.fallible(RtFn::alloc_slow, &[bytes]);
        };
        let list = free_list(class);
        let context = self.context();
        let head = self.b.ins().load(types::I64, plain(), context, list);
        let (take, slow, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.append_block_param(done, types::I64);
        self.b.set_cold_block(slow);
        self.b.ins().brif(head, take, &[], slow, &[]);
        self.b.switch_to_block(slow);
        let size = self.int(bytes as i64);
        let fresh = self.fallible(RtFn::alloc_slow, &[size]);
        self.b.ins().jump(done, &[fresh.into()]);
        self.b.switch_to_block(take);
        let next = self.b.ins().load(types::I64, plain(), head, 0);
        self.b.ins().store(plain(), next, context, list);
        self.b.ins().jump(done, &[head.into()]);
        self.b.switch_to_block(done);
        self.b.block_params(done)[0]
    }

    fn free(&mut self, cell: Value, class: usize) {
        let context = self.context();
        let head = self.b.ins().load(types::I64, plain(), context, free_list(class));
        self.b.ins().store(plain(), head, cell, 0);
        self.b.ins().store(plain(), cell, context, free_list(class));
    }

    fn count(&mut self, object: Value) -> Value {
        self.b.ins().load(types::I32, plain(), object, COUNT_OFFSET)
    }

    pub fn dup_local(&mut self, local: Local) {
        let info = self.func.locals[local.index()];
        if info.repr == Repr::P {
            let value = self.get(local);
            self.dup(value, info.immediate);
        }
    }

    pub fn drop_local(&mut self, local: Local) {
        let info = self.func.locals[local.index()];
        if info.repr == Repr::P {
            let value = self.get(local);
            self.drop(value, info.immediate);
        }
    }

    fn dup(&mut self, object: Value, immediate: bool) {
        let done = self.b.create_block();
        if immediate {
            self.skip_immediate(object, done);
        }
        let count = self.count(object);
        let more = self.b.create_block();
        let immortal = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, count, 0);
        self.b.ins().brif(immortal, done, &[], more, &[]);
        self.b.switch_to_block(more);
        let count = self.b.ins().iadd_imm_s(count, 1);
        self.b.ins().store(plain(), count, object, COUNT_OFFSET);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    fn drop(&mut self, object: Value, immediate: bool) {
        let done = self.b.create_block();
        if immediate {
            self.skip_immediate(object, done);
        }
        let count = self.count(object);
        let (last, less) = (self.b.create_block(), self.b.create_block());
        let few = self.b.ins().icmp_imm_s(IntCC::SignedLessThanOrEqual, count, 1);
        self.b.ins().brif(few, last, &[], less, &[]);
        self.b.switch_to_block(less);
        self.lower_count(object, count);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(last);
        let release = self.b.create_block();
        let immortal = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, count, 0);
        self.b.ins().brif(immortal, done, &[], release, &[]);
        self.b.switch_to_block(release);
        self.leaf(RtFn::drop_slow, &[object]);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    fn lower_count(&mut self, object: Value, count: Value) {
        let count = self.b.ins().iadd_imm_s(count, -1);
        self.b.ins().store(plain(), count, object, COUNT_OFFSET);
    }

    /// Goes to `done` where the value is an immediate; else goes on.
    fn skip_immediate(&mut self, value: Value, done: cranelift_codegen::ir::Block) {
        let go = self.b.create_block();
        let small = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, value, IMMEDIATE_END as i64);
        self.b.ins().brif(small, done, &[], go, &[]);
        self.b.switch_to_block(go);
    }

    pub fn slot(&mut self, result: Local, obj: Local, index: u32) -> Value {
        let info = self.func.locals[result.index()];
        let obj = self.get(obj);
        let value = self.b.ins().load(register(info.repr), plain(), obj, slot_offset(index as usize));
        if info.repr == Repr::P {
            self.dup(value, info.immediate);
        }
        value
    }

    pub fn tag(&mut self, obj: Local) -> Value {
        let immediate = self.func.locals[obj.index()].immediate;
        let value = self.get(obj);
        if !immediate {
            return self.b.ins().uload8(types::I64, plain(), value, TAG_OFFSET);
        }
        let (load, done) = (self.b.create_block(), self.b.create_block());
        self.b.append_block_param(done, types::I64);
        let small = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, value, IMMEDIATE_END as i64);
        self.b.ins().brif(small, done, &[value.into()], load, &[]);
        self.b.switch_to_block(load);
        let tag = self.b.ins().uload8(types::I64, plain(), value, TAG_OFFSET);
        self.b.ins().jump(done, &[tag.into()]);
        self.b.switch_to_block(done);
        self.b.block_params(done)[0]
    }

    pub fn set_slot(&mut self, obj: Local, index: u32, value: Local) -> Value {
        let info = self.func.locals[value.index()];
        let obj = self.get(obj);
        let value = self.get(value);
        let (shared, own) = (self.b.create_block(), self.b.create_block());
        self.b.append_block_param(own, types::I64);
        let count = self.count(obj);
        let unique = self.b.ins().icmp_imm_s(IntCC::Equal, count, 1);
        self.b.ins().brif(unique, own, &[obj.into()], shared, &[]);
        self.b.switch_to_block(shared);
        let copy = self.fallible(RtFn::unshare, &[obj]);
        self.b.ins().jump(own, &[copy.into()]);
        self.b.switch_to_block(own);
        let obj = self.b.block_params(own)[0];
        let at = slot_offset(index as usize);
        if info.repr == Repr::P {
            let old = self.b.ins().load(types::I64, plain(), obj, at);
            self.b.ins().store(plain(), value, obj, at);
            self.drop(old, info.immediate);
        } else {
            self.b.ins().store(plain(), value, obj, at);
        }
        obj
    }

    pub fn unpack(&mut self, obj: Local, fields: &[(u32, Local)]) {
        let slots = self.slots_of(obj, fields);
        let object = self.get(obj);
        for (index, field) in fields {
            let ty = register(self.repr(*field));
            let value = self.b.ins().load(ty, plain(), object, slot_offset(*index as usize));
            self.set(*field, value);
        }
        let count = self.count(object);
        let (shared, unique, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let class = class_of(HEADER + 8 * slots);
        match class {
            Some(class) => {
                let is_unique = self.b.ins().icmp_imm_s(IntCC::Equal, count, 1);
                self.b.ins().brif(is_unique, unique, &[], shared, &[]);
                self.b.switch_to_block(unique);
                self.free(object, class);
                self.b.ins().jump(done, &[]);
            }
            // A large cell goes back through the runtime, with its fields still in it.
            None => {
                self.b.ins().jump(shared, &[]);
                self.b.switch_to_block(unique);
                self.b.ins().jump(done, &[]);
            }
        }
        self.b.switch_to_block(shared);
        for (_, field) in fields {
            self.dup_local(*field);
        }
        if class.is_none() {
            self.drop(object, false);
        } else {
            let less = self.b.create_block();
            let immortal = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, count, 0);
            self.b.ins().brif(immortal, done, &[], less, &[]);
            self.b.switch_to_block(less);
            self.lower_count(object, count);
        }
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    /// How many slots the object has: by its type where that says so, else by the fields, which are all of
    /// its variant's.
    fn slots_of(&self, obj: Local, fields: &[(u32, Local)]) -> usize {
        let listed = fields.iter().map(|(i, _)| *i as usize + 1).max().unwrap_or(0);
        let ty = self.func.locals[obj.index()].ty.map(|t| &self.module.types[t.index()]);
        match ty {
            Some(Type::Tuple(parts)) => parts.len(),
            Some(Type::Closure(captures) | Type::Program(captures)) => captures.len() + 1,
            Some(Type::Sum(s)) if s.kind == SumKind::Struct => s.variants[0].fields.len(),
            _ => listed,
        }
    }
}

fn free_list(class: usize) -> i32 {
    (offset_of!(Ctx, free) + 8 * class) as i32
}
