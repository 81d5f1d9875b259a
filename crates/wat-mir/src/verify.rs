//! The proof that MIR is well formed: every use is defined, every reference and representation agrees, and
//! each owned value is consumed exactly once on every path.
//!
//! Ownership is checked by walking each function with a count per owned local: the counts on all edges into a
//! block must agree, operands must be there, and at the end of the function none may be left. At a diverging
//! call only what it borrows may be left; into a bare trap anything may be.

use crate::liveness::{Crossing, Set, postorder};
use crate::mir::{
    Block, BlockId, Const, Func, FuncId, Local, Module, Prim, Rvalue, StmtKind, Term, Type, TypeId,
};
use crate::operands::{Class, Flow, classes};
use crate::ownership::is_bare_trap;
use wat_abi::layout::Repr;
use wat_abi::rtfn::{Class as RtClass, Param, Ret, RtFn};

type Proof = Result<(), String>;

/// Proves every function of the module, and that its tables agree.
pub fn verify(module: &Module) -> Proof {
    for (at, func) in module.funcs.iter().enumerate() {
        verify_func(module, FuncId(at as u32)).map_err(|why| format!("{}: {why}", func.name))?;
    }
    let nullary = |f: FuncId| module.funcs.get(f.index()).is_some_and(|f| f.params.is_empty());
    for global in &module.globals {
        need(nullary(global.init), || format!("the initialiser of {} takes parameters", global.name))?;
        let repr = module.types[global.ty.index()].repr();
        need(module.funcs[global.init.index()].result == repr, || {
            format!("{}: representation", global.name)
        })?;
    }
    for program in &module.programs {
        let func = &module.funcs[program.func.index()];
        let takes: Vec<Repr> = func.params.iter().map(|p| func.locals[p.index()].repr).collect();
        let entry = takes == [Repr::P] && func.result == Repr::I;
        need(entry, || format!("the entry of program {} does not take its object", program.name))?;
    }
    Ok(())
}

/// Proves one function.
pub fn verify_func(module: &Module, id: FuncId) -> Proof {
    let func = &module.funcs[id.index()];
    let check = Check { module, func, classes: classes(func) };
    check.shape()?;
    check.definitions()?;
    for (at, block) in func.blocks.iter().enumerate() {
        check.block(block).map_err(|why| format!("b{at}: {why}"))?;
    }
    check.counts()
}

fn need(holds: bool, why: impl FnOnce() -> String) -> Proof {
    if holds { Ok(()) } else { Err(why()) }
}

struct Check<'m> {
    module: &'m Module,
    func: &'m Func,
    classes: Vec<Class>,
}

/// Blocks, targets, parameters and locals exist; each local is assigned at one place.
impl Check<'_> {
    fn shape(&self) -> Proof {
        let func = self.func;
        let entry = func.blocks.first().ok_or("no blocks")?;
        need(entry.params == func.params, || "the entry block has other parameters".into())?;
        let mut assigned = vec![false; func.locals.len()];
        let mut twice = None;
        let mut define = |l: Local| match assigned.get_mut(l.index()) {
            Some(seen) if !*seen => *seen = true,
            _ => twice = Some(l),
        };
        for block in &func.blocks {
            block.params.iter().for_each(|&l| define(l));
            block.stmts.iter().for_each(|s| s.each_def(&mut define));
        }
        if let Some(l) = twice {
            return Err(format!("%{} is assigned twice or does not exist", l.0));
        }
        for local in &func.locals {
            if let Some(ty) = local.ty {
                let ty = self.ty(ty)?;
                let agrees = ty.repr() == local.repr && ty.may_be_immediate() == local.immediate;
                need(agrees, || format!("a local does not agree with its type {ty:?}"))?;
            }
            need(local.ty.is_some() || local.repr != Repr::P, || "a pointer without a type".into())?;
        }
        for block in &func.blocks {
            let mut missing = None;
            block.term.each_target(&mut |to| {
                if to.index() >= func.blocks.len() || to.index() == 0 {
                    missing = Some(to);
                }
            });
            if let Some(to) = missing {
                return Err(format!("b{} cannot be a target", to.0));
            }
        }
        Ok(())
    }

    /// Every use is preceded by the assignment on every path.
    fn definitions(&self) -> Proof {
        let func = self.func;
        let crossing = Crossing::new(func, |_| true);
        let defs: Vec<Set> = func
            .blocks
            .iter()
            .map(|block| {
                let mut set = crossing.empty();
                let mut define = |l: Local| {
                    if let Some(n) = crossing.of(l) {
                        set.add(n);
                    }
                };
                block.params.iter().for_each(|&p| define(p));
                block.stmts.iter().for_each(|s| s.each_def(&mut define));
                set
            })
            .collect();
        let order = postorder(func);
        let mut at_start: Vec<Option<Set>> = vec![None; func.blocks.len()];
        at_start[0] = Some(crossing.empty());
        let mut changed = true;
        while changed {
            changed = false;
            for at in order.iter().rev() {
                let Some(mut set) = at_start[at.index()].clone() else { continue };
                set.join(&defs[at.index()]);
                func.blocks[at.index()].term.each_target(&mut |to| {
                    let start = &mut at_start[to.index()];
                    let mut next = start.clone().unwrap_or_else(|| set.clone());
                    next.meet(&set);
                    if start.as_ref() != Some(&next) {
                        *start = Some(next);
                        changed = true;
                    }
                });
            }
        }
        let mut within = vec![false; func.locals.len()];
        for (at, block) in func.blocks.iter().enumerate() {
            let Some(before) = &at_start[at] else { continue };
            block.params.iter().for_each(|&p| within[p.index()] = true);
            let mut missing = None;
            let has = |l: Local, within: &[bool]| {
                within[l.index()] || crossing.of(l).is_some_and(|n| before.has(n))
            };
            for stmt in &block.stmts {
                stmt.each_use(&mut |l, _| missing = missing.or((!has(l, &within)).then_some(l)));
                stmt.each_def(&mut |l| within[l.index()] = true);
            }
            block.term.each_use(&mut |l, _| missing = missing.or((!has(l, &within)).then_some(l)));
            if let Some(l) = missing {
                return Err(format!("b{at}: %{} is used where it may not be assigned", l.0));
            }
            // Elsewhere it counts as assigned only where every path has passed here.
            block.params.iter().for_each(|&p| within[p.index()] = false);
            block.stmts.iter().for_each(|s| s.each_def(&mut |l| within[l.index()] = false));
        }
        Ok(())
    }
}

/// Counts, representations and types of operands.
impl Check<'_> {
    fn ty(&self, id: TypeId) -> Result<&Type, String> {
        self.module.types.get(id.index()).ok_or_else(|| format!("type {} does not exist", id.0))
    }

    fn repr(&self, local: Local) -> Repr {
        self.func.locals[local.index()].repr
    }

    fn reprs(&self, locals: &[Local], wanted: &[Repr], what: &str) -> Proof {
        let found: Vec<Repr> = locals.iter().map(|l| self.repr(*l)).collect();
        need(found == wanted, || format!("{what} takes {wanted:?}, gets {found:?}"))
    }

    fn is(&self, local: Local, repr: Repr, what: &str) -> Proof {
        need(self.repr(local) == repr, || format!("{what}: %{} is not {repr:?}", local.0))
    }

    fn block(&self, block: &Block) -> Proof {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::Let(local, rvalue) => self.rvalue(*local, rvalue)?,
                StmtKind::Dup(l) | StmtKind::Drop(l) => {
                    let owned = self.classes[l.index()] == Class::Owned;
                    need(owned, || format!("dup or drop of %{}, which is not owned", l.0))?;
                }
                StmtKind::Unpack { obj, fields } => self.unpack(*obj, fields)?,
            }
        }
        self.term(&block.term)
    }

    fn unpack(&self, obj: Local, fields: &[(u32, Local)]) -> Proof {
        self.is(obj, Repr::P, "unpack")?;
        let in_order = fields.iter().enumerate().all(|(at, f)| f.0 as usize == at);
        need(in_order && !fields.is_empty(), || "unpack lists every field in order".into())?;
        let found: Vec<Repr> = fields.iter().map(|f| self.repr(f.1)).collect();
        let fits = |ids: &mut dyn Iterator<Item = TypeId>| {
            ids.map(|id| self.module.types[id.index()].repr()).eq(found.iter().copied())
        };
        let ty = self.func.locals[obj.index()].ty.ok_or("unpack of a local without a type")?;
        let known = match self.ty(ty)? {
            Type::Tuple(items) => fits(&mut items.iter().copied()),
            Type::Sum(sum) => sum.variants.iter().any(|v| fits(&mut v.fields.iter().map(|f| f.1))),
            _ => false,
        };
        need(known, || format!("no variant of %{} has the fields it is unpacked to", obj.0))
    }

    fn rvalue(&self, to: Local, rvalue: &Rvalue) -> Proof {
        let gives = |repr: Repr, what: &str| self.is(to, repr, what);
        match rvalue {
            Rvalue::ConstI(_) => gives(Repr::I, "integer"),
            Rvalue::ConstF(_) => gives(Repr::F, "float"),
            Rvalue::Const(c) => {
                let exists = c.index() < self.module.consts.len();
                need(exists, || format!("constant {} does not exist", c.0))?;
                if let Const::Func(f, _) = self.module.consts[c.index()] {
                    self.takes_object(f)?;
                }
                gives(Repr::P, "constant")
            }
            Rvalue::Immediate(_) => {
                let fits = self.func.locals[to.index()].immediate;
                need(fits, || format!("%{} cannot be an immediate", to.0))
            }
            Rvalue::Prim(prim, args) => self.prim(to, *prim, args),
            Rvalue::Call(f, args) => {
                self.call(*f, args)?;
                gives(self.module.funcs[f.index()].result, "call")
            }
            Rvalue::Apply { callee, result, .. } => {
                self.is(*callee, Repr::P, "apply")?;
                gives(*result, "apply")
            }
            Rvalue::Rt { func, args, descs } => {
                self.rt(*func, args, descs)?;
                need(func.row().class != RtClass::Diverging, || "a diverging call ends its block".into())?;
                match func.row().result {
                    Ret::I | Ret::N => gives(Repr::I, func.row().name),
                    Ret::F => gives(Repr::F, func.row().name),
                    Ret::P => gives(Repr::P, func.row().name),
                    Ret::S | Ret::Never => Ok(()),
                }
            }
            Rvalue::New { ty, tag, fields } => {
                let types: Vec<TypeId> = match self.ty(*ty)? {
                    Type::Tuple(items) if *tag == 0 => items.clone(),
                    Type::Sum(sum) => {
                        let variant = sum.variants.get(usize::from(*tag)).ok_or("new of no variant")?;
                        variant.fields.iter().map(|f| f.1).collect()
                    }
                    _ => return Err("new of a type without fields".into()),
                };
                self.reprs(fields, &self.reprs_of(&types), "new")?;
                gives(Repr::P, "new")
            }
            Rvalue::Closure { func, ty, captures } => {
                self.takes_object(*func)?;
                self.captures(*ty, captures)?;
                gives(Repr::P, "closure")
            }
            Rvalue::Program { program, ty, captures } => {
                let exists = program.index() < self.module.programs.len();
                need(exists, || format!("program {} does not exist", program.0))?;
                self.captures(*ty, captures)?;
                gives(Repr::P, "program")
            }
            Rvalue::Slot { obj, .. } => self.is(*obj, Repr::P, "slot"),
            Rvalue::Tag(obj) => {
                self.is(*obj, Repr::P, "tag")?;
                gives(Repr::I, "tag")
            }
            Rvalue::SetSlot { obj, .. } => {
                self.is(*obj, Repr::P, "set slot")?;
                gives(Repr::P, "set slot")
            }
            Rvalue::Global(g) => {
                let global = self.module.globals.get(g.index()).ok_or("a global that does not exist")?;
                gives(self.ty(global.ty)?.repr(), "global")
            }
        }
    }

    fn reprs_of(&self, types: &[TypeId]) -> Vec<Repr> {
        types.iter().map(|t| self.module.types[t.index()].repr()).collect()
    }

    fn takes_object(&self, f: FuncId) -> Proof {
        let func = self.module.funcs.get(f.index()).ok_or("a function that does not exist")?;
        let first = func.params.first().map(|p| func.locals[p.index()].repr);
        need(first == Some(Repr::P), || format!("{} does not take its closure", func.name))
    }

    fn captures(&self, ty: TypeId, captures: &[Local]) -> Proof {
        match self.ty(ty)? {
            Type::Closure(types) | Type::Program(types) => {
                self.reprs(captures, &self.reprs_of(types), "captures")
            }
            _ => Err("captures of an object that is no closure".into()),
        }
    }

    fn prim(&self, to: Local, prim: Prim, args: &[Local]) -> Proof {
        use Prim::*;
        let (takes, result): (&[Repr], Repr) = match prim {
            Add | Sub | Mul | Quot | Rem | Mod | WrapAdd | WrapSub | WrapMul | And | Or | Xor | Shl | Shr
            | Eq | Ne | Lt | Le | Gt | Ge => (&[Repr::I, Repr::I], Repr::I),
            Neg | Abs | Not | BNot => (&[Repr::I], Repr::I),
            FAdd | FSub | FMul | FDiv | FMin | FMax => (&[Repr::F, Repr::F], Repr::F),
            FNeg | FAbs | FSqrt | FFloor | FCeil | FTrunc | FRound => (&[Repr::F], Repr::F),
            FEq | FNe | FLt | FLe | FGt | FGe => (&[Repr::F, Repr::F], Repr::I),
            ToF | FOfBits => (&[Repr::I], Repr::F),
            FBits => (&[Repr::F], Repr::I),
            Move => {
                let repr = self.repr(to);
                need(repr != Repr::P, || "move of a pointer".into())?;
                return self.reprs(args, &[repr], "Move");
            }
        };
        self.reprs(args, takes, &format!("{prim:?}"))?;
        self.is(to, result, &format!("{prim:?}"))
    }

    fn call(&self, f: FuncId, args: &[Local]) -> Proof {
        let func = self.module.funcs.get(f.index()).ok_or("a function that does not exist")?;
        let wanted: Vec<Repr> = func.params.iter().map(|p| func.locals[p.index()].repr).collect();
        self.reprs(args, &wanted, func.name.as_str())
    }

    fn rt(&self, func: RtFn, args: &[Local], descs: &[TypeId]) -> Proof {
        let row = func.row();
        let values: Vec<Param> = row.params.iter().copied().filter(|p| p.is_value()).collect();
        let counts = values.len() == args.len() && row.params.len() - values.len() == descs.len();
        need(counts, || format!("{} gets {} values, {} types", row.name, args.len(), descs.len()))?;
        for (param, arg) in values.iter().zip(args) {
            match param {
                Param::B | Param::O => self.is(*arg, Repr::P, row.name)?,
                Param::I => self.is(*arg, Repr::I, row.name)?,
                Param::F => self.is(*arg, Repr::F, row.name)?,
                _ => {}
            }
        }
        descs.iter().try_for_each(|d| self.ty(*d).map(|_| ()))
    }

    fn term(&self, term: &Term) -> Proof {
        let plain = |to: BlockId| {
            need(self.func.blocks[to.index()].params.is_empty(), || {
                format!("b{} takes parameters and is a target of a test", to.0)
            })
        };
        match term {
            Term::Return(l) => self.is(*l, self.func.result, "return"),
            Term::Jump(to, args) => {
                let wanted: Vec<Repr> =
                    self.func.blocks[to.index()].params.iter().map(|p| self.repr(*p)).collect();
                self.reprs(args, &wanted, &format!("b{}", to.0))
            }
            Term::Branch { test, then, other } => {
                plain(*then)?;
                plain(*other)?;
                self.is(*test, Repr::I, "branch")
            }
            Term::Switch { on, cases, default } => {
                cases.iter().try_for_each(|c| plain(c.1))?;
                plain(*default)?;
                self.is(*on, Repr::I, "switch")
            }
            Term::TailCall(f, args) => {
                self.call(*f, args)?;
                let result = self.module.funcs[f.index()].result;
                need(result == self.func.result, || "a tail call has another result".into())
            }
            Term::TailApply { callee, .. } => self.is(*callee, Repr::P, "tail apply"),
            Term::Diverge { func, args, descs } => {
                let diverges = func.row().class == RtClass::Diverging;
                need(diverges, || format!("{} comes back", func.row().name))?;
                self.rt(*func, args, descs)
            }
            Term::Trap(_) => Ok(()),
        }
    }
}

/// How often each owned local is held within a block. Between blocks a local is held once or not at all.
struct Held<'c> {
    counts: Vec<u32>,
    /// Locals whose count may not be 0.
    touched: Vec<Local>,
    crossing: &'c Crossing,
}

impl Held<'_> {
    fn gain(&mut self, local: Local) {
        if self.counts[local.index()] == 0 {
            self.touched.push(local);
        }
        self.counts[local.index()] += 1;
    }

    fn has(&self, local: Local) -> bool {
        self.counts[local.index()] > 0
    }

    /// What is held, as a set, and nothing any more. A local that no other block mentions cannot be held.
    fn leave(&mut self) -> Result<Set, Local> {
        let mut set = self.crossing.empty();
        let mut wrong = None;
        for local in std::mem::take(&mut self.touched) {
            match (std::mem::take(&mut self.counts[local.index()]), self.crossing.of(local)) {
                (0, _) => {}
                (1, Some(n)) => set.add(n),
                _ => wrong = Some(local),
            }
        }
        wrong.map_or(Ok(set), Err)
    }
}

impl Check<'_> {
    fn owned(&self, local: Local) -> bool {
        self.classes[local.index()] == Class::Owned
    }

    fn counts(&self) -> Proof {
        let func = self.func;
        let crossing = Crossing::new(func, |l| self.owned(l));
        let mut held = Held { counts: vec![0; func.locals.len()], touched: Vec::new(), crossing: &crossing };
        let mut at_start: Vec<Option<Set>> = vec![None; func.blocks.len()];
        at_start[0] = Some(crossing.empty());
        // Every block but the entry comes after one that leads to it.
        for at in postorder(func).into_iter().rev() {
            let block = &func.blocks[at.index()];
            let Some(start) = &at_start[at.index()] else { continue };
            start.iter().for_each(|n| held.gain(crossing.local(n)));
            self.walk(block, &mut held).map_err(|why| format!("b{}: {why}", at.0))?;
            let mut targets = Vec::new();
            block.term.each_target(&mut |to| {
                if !is_bare_trap(&func.blocks[to.index()]) {
                    targets.push(to);
                }
            });
            let end = held.leave();
            for to in targets {
                let end = end.as_ref().map_err(|l| format!("b{}: %{} is held at the end", at.0, l.0))?;
                match &at_start[to.index()] {
                    None => at_start[to.index()] = Some(end.clone()),
                    Some(other) if other == end => {}
                    Some(other) => {
                        let l = end.iter().find(|n| !other.has(*n));
                        let l = l.or_else(|| other.iter().find(|n| !end.has(*n)));
                        let l = l.map_or(0, |n| crossing.local(n).0);
                        return Err(format!("b{}: %{l} is held on one way to b{} only", at.0, to.0));
                    }
                }
            }
        }
        Ok(())
    }

    fn walk(&self, block: &Block, held: &mut Held<'_>) -> Proof {
        let gain = |l: Local, held: &mut Held<'_>| {
            let again = self.owned(l) && held.has(l);
            if self.owned(l) {
                held.gain(l);
            }
            // A local may be assigned again on the next turn of a loop, when it is no longer held.
            need(!again, || format!("%{} is assigned while it is held", l.0))
        };
        block.params.iter().try_for_each(|&p| gain(p, held))?;
        for stmt in &block.stmts {
            let mut uses = Vec::new();
            stmt.each_use(&mut |l, flow| uses.push((l, flow)));
            self.take(&uses, held)?;
            if let StmtKind::Dup(l) = stmt.kind {
                held.gain(l);
            }
            let mut proof = Ok(());
            stmt.each_def(&mut |l| {
                if proof.is_ok() {
                    proof = gain(l, held);
                }
            });
            proof?;
        }
        let mut uses = Vec::new();
        block.term.each_use(&mut |l, flow| uses.push((l, flow)));
        self.take(&uses, held)?;
        let left = |but: &[(Local, Flow)]| {
            let allowed = |l: Local| u32::from(but.contains(&(l, Flow::Borrow)));
            let left = held.touched.iter().find(|l| held.counts[l.index()] > allowed(**l));
            left.map_or(Ok(()), |l| Err(format!("%{} is still held at the end", l.0)))
        };
        match &block.term {
            Term::Return(_) | Term::TailCall(..) | Term::TailApply { .. } => left(&[]),
            Term::Diverge { .. } => left(&uses),
            Term::Jump(..) | Term::Branch { .. } | Term::Switch { .. } | Term::Trap(_) => Ok(()),
        }
    }

    /// Takes what is owned; what is borrowed must still be held afterwards.
    fn take(&self, uses: &[(Local, Flow)], held: &mut Held<'_>) -> Proof {
        for &(l, flow) in uses {
            if flow == Flow::Own && self.owned(l) {
                need(held.has(l), || format!("%{} is consumed and not held", l.0))?;
                held.counts[l.index()] -= 1;
            }
        }
        for &(l, flow) in uses {
            if flow == Flow::Borrow && self.owned(l) {
                need(held.has(l), || format!("%{} is used and not held", l.0))?;
            }
        }
        Ok(())
    }
}
