//! Expressions: `value` gives a local, `route` sends the value to a goal (control flow forks there), `condition`
//! branches on a bool. All answer "none" where control does not come back.

use super::{FnLower, Goal, Own};
use crate::intrinsic;
use crate::mir::{BlockId, Local, Rvalue, Term, Type, TypeId};
use wat_abi::rtfn::RtFn;
use wat_check::hir::{Arm, Body, Def, Expr, ExprKind, Lit, Pattern, PatternKind};
use wat_check::ty::Ty;
use wat_source::Symbol;

impl<'d> FnLower<'_, 'd> {
    /// The value of an expression that is not in tail position.
    pub fn value(&mut self, e: &'d Expr) -> Option<Local> {
        self.current?;
        self.span = e.span;
        match &e.kind {
            ExprKind::Lit(lit) => {
                let ty = self.id(&e.ty);
                self.literal(lit, ty)
            }
            ExprKind::Local(id) => {
                Some(*self.env.get(id).expect("checking binds a local before it is mentioned"))
            }
            ExprKind::Def { name, targs } => self.def_value(*name, targs),
            ExprKind::Call { name, targs, args } => {
                let call = self.prepare(*name, targs, args, &e.ty)?;
                self.span = e.span;
                self.call_value(&call)
            }
            ExprKind::Apply { callee, args } => {
                if let ExprKind::Def { name, targs } = &callee.kind {
                    let call = self.prepare(*name, targs, args, &e.ty)?;
                    self.span = e.span;
                    return self.call_value(&call);
                }
                let callee = self.value(callee)?;
                let args = self.values(args)?;
                self.span = e.span;
                let ty = self.id(&e.ty);
                let result = self.special.types.repr(ty);
                Some(self.let_(ty, Rvalue::Apply { callee, args, result }))
            }
            ExprKind::Construct { variant, args } => {
                let fields = self.values(args)?;
                self.span = e.span;
                let ty = self.id(&e.ty);
                Some(self.construct(ty, *variant, fields))
            }
            ExprKind::Field { value, index } => {
                let obj = self.value(value)?;
                self.span = e.span;
                let ty = self.id(&e.ty);
                Some(self.let_(ty, Rvalue::Slot { obj, index: *index }))
            }
            ExprKind::With { value, fields } => {
                let mut obj = self.value(value)?;
                let mut news = Vec::new();
                for (index, field) in fields {
                    news.push((*index, self.value(field)?));
                }
                self.span = e.span;
                let ty = self.id(&e.ty);
                for (index, value) in news {
                    obj = self.let_(ty, Rvalue::SetSlot { obj, index, value });
                }
                Some(obj)
            }
            ExprKind::Tuple(items) => {
                let fields = self.values(items)?;
                self.span = e.span;
                let ty = self.id(&e.ty);
                Some(self.construct(ty, 0, fields))
            }
            ExprKind::Vector(items) => self.vector(e, items),
            ExprKind::Map(entries) => self.map(e, entries),
            ExprKind::Set(items) => self.set(e, items),
            ExprKind::Let { binds, body } => {
                self.binds(binds)?;
                self.value(body)
            }
            ExprKind::Do(items) => {
                let (last, before) = items.split_last().expect("a `do` has at least one expression");
                for item in before {
                    self.value(item)?;
                }
                self.value(last)
            }
            ExprKind::If { .. } | ExprKind::Match { .. } | ExprKind::Loop { .. } | ExprKind::Select(_) => {
                let ty = self.id(&e.ty);
                let join = self.join(ty);
                self.route(e, Goal::Join(join));
                self.enter_join(join)
            }
            ExprKind::Lambda(lambda) => Some(self.lambda(e, lambda)),
            ExprKind::ProgramOf { name, targs, contract } => {
                let targs: Vec<Ty> = targs.iter().map(|t| self.ty(t)).collect();
                Some(self.program_of(*name, &targs, contract))
            }
            ExprKind::Recur(args) => {
                self.recur(args);
                None
            }
            ExprKind::Try { value, is_result } => self.try_(value, *is_result),
            ExprKind::WithPeers { binds, body } => self.with_peers(binds, body),
        }
    }

    /// Values from left to right.
    pub fn values(&mut self, exprs: &'d [Expr]) -> Option<Vec<Local>> {
        exprs.iter().map(|e| self.value(e)).collect()
    }

    /// Sends the value of an expression to a goal; afterwards no block is being written.
    pub fn route(&mut self, e: &'d Expr, goal: Goal) {
        if self.current.is_none() {
            return;
        }
        self.span = e.span;
        match &e.kind {
            ExprKind::Let { binds, body } => {
                if self.binds(binds).is_some() {
                    self.route(body, goal);
                }
            }
            ExprKind::Do(items) => {
                let (last, before) = items.split_last().expect("a `do` has at least one expression");
                for item in before {
                    self.value(item);
                }
                self.route(last, goal);
            }
            ExprKind::If { test, then, other } => {
                let (yes, no) = (self.block(), self.block());
                self.condition(test, yes, no);
                for (block, branch) in [(yes, then), (no, other)] {
                    if self.enter(block) {
                        self.route(branch, goal);
                    }
                }
            }
            ExprKind::Match { scrutinee, arms } => self.match_(scrutinee, arms, goal),
            ExprKind::Loop { params, body } => self.loop_(params, body, goal),
            ExprKind::Select(clauses) => self.select(clauses, goal),
            ExprKind::Recur(args) => self.recur(args),
            ExprKind::Call { name, targs, args } if goal == Goal::Tail => {
                if let Some(call) = self.prepare(*name, targs, args, &e.ty) {
                    self.span = e.span;
                    self.tail_call(call);
                }
            }
            ExprKind::Apply { callee, args } if goal == Goal::Tail => {
                if let ExprKind::Def { name, targs } = &callee.kind {
                    if let Some(call) = self.prepare(*name, targs, args, &e.ty) {
                        self.span = e.span;
                        self.tail_call(call);
                    }
                    return;
                }
                self.tail_apply(e, callee, args);
            }
            _ => {
                if let Some(value) = self.value(e) {
                    self.span = e.span;
                    self.reach(value, goal);
                }
            }
        }
    }

    /// Sends a value to a goal.
    pub fn reach(&mut self, value: Local, goal: Goal) {
        match goal {
            Goal::Tail => self.end(Term::Return(value)),
            Goal::Join(block) => self.jump(block, vec![value]),
        }
    }

    /// Branches on a bool without making one where its shape allows.
    pub fn condition(&mut self, e: &'d Expr, yes: BlockId, no: BlockId) {
        if self.current.is_none() {
            return;
        }
        self.span = e.span;
        match &e.kind {
            ExprKind::Lit(Lit::Bool(b)) => self.jump(if *b { yes } else { no }, Vec::new()),
            ExprKind::If { test, then, other } => {
                let (t, o) = (self.block(), self.block());
                self.condition(test, t, o);
                for (block, branch) in [(t, then), (o, other)] {
                    if self.enter(block) {
                        self.condition(branch, yes, no);
                    }
                }
            }
            ExprKind::Call { name, args, .. } if args.len() == 1 && self.is_not(*name) => {
                self.condition(&args[0], no, yes);
            }
            ExprKind::Let { binds, body } => {
                if self.binds(binds).is_some() {
                    self.condition(body, yes, no);
                }
            }
            _ => {
                if let Some(test) = self.value(e) {
                    self.span = e.span;
                    self.branch(test, yes, no);
                }
            }
        }
    }

    fn is_not(&self, name: Symbol) -> bool {
        matches!(self.special.def(name).body, Body::Intrinsic(op) if op == "not")
    }

    /// Evaluates and binds; none when an expression does not come back.
    fn binds(&mut self, binds: &'d [(Pattern, Expr)]) -> Option<()> {
        for (pattern, expr) in binds {
            if let (PatternKind::Tuple(_), ExprKind::Tuple(_)) = (&pattern.kind, &expr.kind) {
                self.bind_match(expr, pattern)?;
                continue;
            }
            let value = self.value(expr)?;
            self.span = expr.span;
            self.bind(value, pattern)?;
        }
        Some(())
    }

    /// Matches arms against a value, each body going to the goal.
    fn match_(&mut self, scrutinee: &'d Expr, arms: &'d [Arm], goal: Goal) {
        let cases = arms.iter().map(|arm| (&arm.pattern, arm.guard.as_ref())).collect();
        let Some(entries) = self.dispatch_expr(scrutinee, cases) else { return };
        for (entry, arm) in entries.into_iter().zip(arms) {
            if self.enter_arm(entry) {
                self.route(&arm.body, goal);
            }
        }
    }
}

/// A call whose arguments have been evaluated.
pub struct Call<'d> {
    def: &'d Def,
    targs: Vec<Ty>,
    args: Vec<Local>,
    /// Types of the arguments in wat.
    types: Vec<TypeId>,
    result: TypeId,
}

impl<'d> FnLower<'_, 'd> {
    fn prepare(&mut self, name: Symbol, targs: &[Ty], args: &'d [Expr], result: &Ty) -> Option<Call<'d>> {
        let targs: Vec<Ty> = targs.iter().map(|t| self.ty(t)).collect();
        let types = args.iter().map(|a| self.id(&a.ty)).collect();
        let args = self.values(args)?;
        let result = self.id(result);
        let (def, targs) = self.special.chosen(name, targs);
        Some(Call { def, targs, args, types, result })
    }

    /// A call of a definition on locals, to a goal.
    pub fn call_def(
        &mut self,
        def: &'d Def,
        targs: &[Ty],
        args: Vec<Local>,
        params: &[Ty],
        result: &Ty,
        goal: Goal,
    ) {
        let types = params.iter().map(|t| self.special.types.id(t)).collect();
        let result = self.special.types.id(result);
        let call = Call { def, targs: targs.to_vec(), args, types, result };
        if goal == Goal::Tail {
            self.tail_call(call);
        } else if let Some(value) = self.call_value(&call) {
            self.reach(value, goal);
        }
    }

    fn call_value(&mut self, call: &Call<'d>) -> Option<Local> {
        match &call.def.body {
            Body::Intrinsic(name) => {
                intrinsic::call(self, *name, call.args.clone(), &call.types, call.result)
            }
            Body::Fn(_) => {
                let func = self.special.direct(call.def.name, &call.targs);
                Some(self.let_(call.result, Rvalue::Call(func, call.args.clone())))
            }
            Body::Method { .. } => unreachable!("the definition that implements it has been chosen"),
            Body::Value(_) => {
                let callee = self.def_value(call.def.name, &call.targs)?;
                let (args, result) = (call.args.clone(), self.special.types.repr(call.result));
                Some(self.let_(call.result, Rvalue::Apply { callee, args, result }))
            }
        }
    }

    fn tail_call(&mut self, call: Call<'d>) {
        match &call.def.body {
            Body::Intrinsic(_) => {
                if let Some(value) = self.call_value(&call) {
                    self.end(Term::Return(value));
                }
            }
            Body::Fn(_) => {
                let instance = self.special.instance(call.def.name, &call.targs);
                if self.own == Own::Instance(instance)
                    && let Some(header) = self.header()
                {
                    return self.jump(header, call.args);
                }
                let func = self.special.direct(call.def.name, &call.targs);
                self.end(Term::TailCall(func, call.args));
            }
            Body::Method { .. } => unreachable!("the definition that implements it has been chosen"),
            Body::Value(_) => {
                if let Some(callee) = self.def_value(call.def.name, &call.targs) {
                    self.end(Term::TailApply { callee, args: call.args });
                }
            }
        }
    }

    fn tail_apply(&mut self, e: &'d Expr, callee: &'d Expr, args: &'d [Expr]) {
        if let ExprKind::Local(id) = callee.kind
            && self.own == Own::Lambda(id)
            && let Some(header) = self.header()
        {
            if let Some(args) = self.values(args) {
                self.span = e.span;
                self.jump(header, args);
            }
            return;
        }
        let Some(callee) = self.value(callee) else { return };
        let Some(args) = self.values(args) else { return };
        self.span = e.span;
        self.end(Term::TailApply { callee, args });
    }

    /// A definition as a value.
    fn def_value(&mut self, name: Symbol, targs: &[Ty]) -> Option<Local> {
        let targs: Vec<Ty> = targs.iter().map(|t| self.ty(t)).collect();
        let (def, targs) = self.special.chosen(name, targs);
        let name = def.name;
        if let Some(literal) = self.special.literal(def)
            && let ExprKind::Lit(lit) = &literal.kind
        {
            let ty = self.special.types.id(&def.result);
            return self.literal(lit, ty);
        }
        match &def.body {
            Body::Value(_) => {
                let global = self.special.global(name, &targs);
                let result = def.result.subst(&crate::special::subst_of(def, &targs));
                let ty = self.special.types.id(&result);
                Some(self.let_(ty, Rvalue::Global(global)))
            }
            Body::Fn(_) | Body::Intrinsic(_) | Body::Method { .. } => {
                let constant = self.special.value(name, &targs);
                let ty = self.special.types.plain(Type::Fn);
                Some(self.let_(ty, Rvalue::Const(constant)))
            }
        }
    }
}

/// Collection literals: built element by element, in order.
impl<'d> FnLower<'_, 'd> {
    /// The type a literal is built at, and whether it is then made an `Edn`.
    fn literal_type(&mut self, ty: &Ty, as_edn: Type) -> (TypeId, bool) {
        let ty = self.id(ty);
        if *self.special.types.get(ty) == Type::Edn {
            (self.special.types.plain(as_edn), true)
        } else {
            (ty, false)
        }
    }

    fn edn(&mut self) -> TypeId {
        self.special.types.plain(Type::Edn)
    }

    fn finish_literal(&mut self, value: Local, ty: TypeId, is_edn: bool) -> Option<Local> {
        if !is_edn {
            return Some(value);
        }
        let edn = self.edn();
        self.rt(RtFn::edn_of, vec![value], &[ty], edn)
    }

    pub fn vector_of(
        &mut self,
        ty: TypeId,
        count: usize,
        mut item: impl FnMut(&mut Self, usize) -> Option<Local>,
    ) -> Option<Local> {
        if count == 0 {
            return self.rt(RtFn::vec_empty, vec![], &[], ty);
        }
        let room = self.int(count as i64);
        let mut vector = self.rt(RtFn::vec_with_capacity, vec![room], &[], ty)?;
        for at in 0..count {
            let item = item(self, at)?;
            vector = self.rt(RtFn::vec_conj, vec![vector, item], &[], ty)?;
        }
        Some(vector)
    }

    fn vector(&mut self, e: &'d Expr, items: &'d [Expr]) -> Option<Local> {
        let edn = self.edn();
        let (ty, is_edn) = self.literal_type(&e.ty, Type::Vector(edn));
        let vector = self.vector_of(ty, items.len(), |lower, at| {
            let item = lower.value(&items[at])?;
            lower.span = e.span;
            Some(item)
        })?;
        self.finish_literal(vector, ty, is_edn)
    }

    fn map(&mut self, e: &'d Expr, entries: &'d [(Expr, Expr)]) -> Option<Local> {
        let edn = self.edn();
        let (ty, is_edn) = self.literal_type(&e.ty, Type::Map(edn, edn));
        let mut map = self.rt(RtFn::map_empty, vec![], &[], ty)?;
        for (key, value) in entries {
            let (key, value) = (self.value(key)?, self.value(value)?);
            self.span = e.span;
            map = self.rt(RtFn::map_assoc, vec![map, key, value], &[], ty)?;
        }
        self.finish_literal(map, ty, is_edn)
    }

    fn set(&mut self, e: &'d Expr, items: &'d [Expr]) -> Option<Local> {
        let edn = self.edn();
        let (ty, is_edn) = self.literal_type(&e.ty, Type::Set(edn));
        let mut set = self.rt(RtFn::set_empty, vec![], &[], ty)?;
        for item in items {
            let item = self.value(item)?;
            self.span = e.span;
            set = self.rt(RtFn::set_conj, vec![set, item], &[], ty)?;
        }
        self.finish_literal(set, ty, is_edn)
    }
}
