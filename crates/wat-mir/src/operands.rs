//! Who uses which local, and how: the one place that says which operands of a statement or terminator are
//! owned (consumed) and which are borrowed.
//!
//! Uses of `I` and `F` locals are listed too; ownership means nothing for them and callers skip them.

use crate::mir::{BlockId, Func, Local, Rvalue, Stmt, StmtKind, Term};
use wat_abi::layout::Repr;
use wat_abi::rtfn::RtFn;

/// How an operand is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    Borrow,
    Own,
}

/// What counting has to do with a local.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// `I` or `F`: nothing.
    Scalar,
    /// A `P` known to be immortal or immediate (constants, globals, field-less variants): used at will.
    Static,
    /// A `P` that is consumed exactly once on each path.
    Owned,
}

/// The class of each local of a function.
pub fn classes(func: &Func) -> Vec<Class> {
    let mut classes: Vec<Class> =
        func.locals.iter().map(|l| if l.repr == Repr::P { Class::Owned } else { Class::Scalar }).collect();
    for stmt in func.blocks.iter().flat_map(|b| &b.stmts) {
        if let StmtKind::Let(local, Rvalue::Const(_) | Rvalue::Immediate(_) | Rvalue::Global(_)) = stmt.kind
            && classes[local.index()] == Class::Owned
        {
            classes[local.index()] = Class::Static;
        }
    }
    classes
}

fn rt_uses(func: RtFn, args: &[Local], f: &mut dyn FnMut(Local, Flow)) {
    let values = func.row().params.iter().filter(|p| p.is_value());
    for (&arg, param) in args.iter().zip(values) {
        f(arg, if param.is_owned() { Flow::Own } else { Flow::Borrow });
    }
}

impl Rvalue {
    pub fn each_use(&self, f: &mut dyn FnMut(Local, Flow)) {
        match self {
            Rvalue::ConstI(_)
            | Rvalue::ConstF(_)
            | Rvalue::Const(_)
            | Rvalue::Immediate(_)
            | Rvalue::Global(_) => {}
            Rvalue::Prim(_, args) => args.iter().for_each(|&a| f(a, Flow::Borrow)),
            Rvalue::Call(_, args)
            | Rvalue::New { fields: args, .. }
            | Rvalue::Closure { captures: args, .. }
            | Rvalue::Program { captures: args, .. } => args.iter().for_each(|&a| f(a, Flow::Own)),
            Rvalue::Apply { callee, args, .. } => {
                f(*callee, Flow::Own);
                args.iter().for_each(|&a| f(a, Flow::Own));
            }
            Rvalue::Rt { func, args, .. } => rt_uses(*func, args, f),
            Rvalue::Slot { obj, .. } | Rvalue::Tag(obj) => f(*obj, Flow::Borrow),
            Rvalue::SetSlot { obj, value, .. } => {
                f(*obj, Flow::Own);
                f(*value, Flow::Own);
            }
        }
    }

    pub fn each_local_mut(&mut self, f: &mut dyn FnMut(&mut Local)) {
        match self {
            Rvalue::ConstI(_)
            | Rvalue::ConstF(_)
            | Rvalue::Const(_)
            | Rvalue::Immediate(_)
            | Rvalue::Global(_) => {}
            Rvalue::Prim(_, args)
            | Rvalue::Call(_, args)
            | Rvalue::New { fields: args, .. }
            | Rvalue::Closure { captures: args, .. }
            | Rvalue::Program { captures: args, .. }
            | Rvalue::Rt { args, .. } => args.iter_mut().for_each(f),
            Rvalue::Apply { callee, args, .. } => {
                f(callee);
                args.iter_mut().for_each(f);
            }
            Rvalue::Slot { obj, .. } | Rvalue::Tag(obj) => f(obj),
            Rvalue::SetSlot { obj, value, .. } => {
                f(obj);
                f(value);
            }
        }
    }

    /// Whether an unused result makes the whole computation superfluous: it has no effect and cannot crash.
    pub fn is_pure(&self) -> bool {
        use crate::mir::Prim::{Abs, Add, Mod, Mul, Neg, Quot, Rem, Sub};
        match self {
            Rvalue::Prim(p, _) => !matches!(p, Add | Sub | Mul | Neg | Abs | Quot | Rem | Mod),
            Rvalue::ConstI(_)
            | Rvalue::ConstF(_)
            | Rvalue::Const(_)
            | Rvalue::Immediate(_)
            | Rvalue::Global(_)
            | Rvalue::Slot { .. }
            | Rvalue::Tag(_)
            | Rvalue::New { .. }
            | Rvalue::Closure { .. }
            | Rvalue::Program { .. } => true,
            Rvalue::Call(..) | Rvalue::Apply { .. } | Rvalue::Rt { .. } | Rvalue::SetSlot { .. } => false,
        }
    }
}

impl Stmt {
    pub fn each_use(&self, f: &mut dyn FnMut(Local, Flow)) {
        match &self.kind {
            StmtKind::Let(_, rvalue) => rvalue.each_use(f),
            StmtKind::Dup(local) => f(*local, Flow::Borrow),
            StmtKind::Drop(local) | StmtKind::Unpack { obj: local, .. } => f(*local, Flow::Own),
        }
    }

    pub fn each_def(&self, f: &mut dyn FnMut(Local)) {
        match &self.kind {
            StmtKind::Let(local, _) => f(*local),
            StmtKind::Unpack { fields, .. } => fields.iter().for_each(|&(_, l)| f(l)),
            StmtKind::Dup(_) | StmtKind::Drop(_) => {}
        }
    }
}

impl Term {
    pub fn each_use(&self, f: &mut dyn FnMut(Local, Flow)) {
        match self {
            Term::Return(local) => f(*local, Flow::Own),
            Term::Jump(_, args) | Term::TailCall(_, args) => args.iter().for_each(|&a| f(a, Flow::Own)),
            Term::Branch { test, .. } => f(*test, Flow::Borrow),
            Term::Switch { on, .. } => f(*on, Flow::Borrow),
            Term::TailApply { callee, args } => {
                f(*callee, Flow::Own);
                args.iter().for_each(|&a| f(a, Flow::Own));
            }
            Term::Diverge { func, args, .. } => rt_uses(*func, args, f),
            Term::Trap(_) => {}
        }
    }

    pub fn each_local_mut(&mut self, f: &mut dyn FnMut(&mut Local)) {
        match self {
            Term::Return(local) | Term::Branch { test: local, .. } | Term::Switch { on: local, .. } => {
                f(local)
            }
            Term::Jump(_, args) | Term::TailCall(_, args) | Term::Diverge { args, .. } => {
                args.iter_mut().for_each(f);
            }
            Term::TailApply { callee, args } => {
                f(callee);
                args.iter_mut().for_each(f);
            }
            Term::Trap(_) => {}
        }
    }

    /// Successors; a block that several cases lead to is listed as often.
    pub fn each_target(&self, f: &mut dyn FnMut(BlockId)) {
        match self {
            Term::Jump(to, _) => f(*to),
            Term::Branch { then, other, .. } => {
                f(*then);
                f(*other);
            }
            Term::Switch { cases, default, .. } => {
                cases.iter().for_each(|c| f(c.1));
                f(*default);
            }
            Term::Return(_)
            | Term::TailCall(..)
            | Term::TailApply { .. }
            | Term::Diverge { .. }
            | Term::Trap(_) => {}
        }
    }

    pub fn each_target_mut(&mut self, f: &mut dyn FnMut(&mut BlockId)) {
        match self {
            Term::Jump(to, _) => f(to),
            Term::Branch { then, other, .. } => {
                f(then);
                f(other);
            }
            Term::Switch { cases, default, .. } => {
                cases.iter_mut().for_each(|c| f(&mut c.1));
                f(default);
            }
            Term::Return(_)
            | Term::TailCall(..)
            | Term::TailApply { .. }
            | Term::Diverge { .. }
            | Term::Trap(_) => {}
        }
    }
}
