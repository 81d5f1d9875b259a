//! Lambdas and programs: code that takes its object first, and the object over its captures.

use super::{FnLower, Goal, Own};
use crate::mir::{Const, Local, Rvalue, Type, TypeId};
use wat_check::hir::{Contract, Expr, Lambda};
use wat_check::ty::Ty;
use wat_source::Symbol;

impl<'d> FnLower<'_, 'd> {
    pub fn lambda(&mut self, e: &'d Expr, lambda: &'d Lambda) -> Local {
        let captured: Vec<Local> = lambda
            .captures
            .iter()
            .map(|id| *self.env.get(id).expect("checking lists captures among the enclosing locals"))
            .collect();
        let types: Vec<TypeId> = lambda
            .captures
            .iter()
            .map(|id| {
                let def = self.def;
                self.id(&def.locals[id.0 as usize].ty)
            })
            .collect();
        let (result, contract) = match (self.ty(&e.ty), &lambda.contract) {
            (Ty::Program(i, o), contract) => {
                let own = Contract { input: (*i).clone(), output: (*o).clone() };
                (Ty::Nil, Some(contract.clone().unwrap_or(own)))
            }
            (Ty::Fn(_, result), _) => ((*result).clone(), None),
            _ => (self.ty(&lambda.body.ty), None),
        };
        let object = match contract {
            Some(_) => self.special.types.plain(Type::Program(types.clone())),
            None => self.special.types.plain(Type::Closure(types.clone())),
        };
        let name = Symbol::new(&format!("{}.fn", self.name));
        let func = self.special.reserve();
        let code = self.lambda_code(lambda, name, object, &types, result, e.span);
        self.special.finish(func, code);
        self.span = e.span;
        let slot = self.id(&e.ty);
        let rvalue = match contract {
            Some(contract) => {
                let ends = (self.id(&contract.input), self.id(&contract.output));
                let program = self.special.program(name, func, types, ends, e.span);
                if captured.is_empty() {
                    Rvalue::Const(self.special.constant(Const::Program(program, object)))
                } else {
                    Rvalue::Program { program, ty: object, captures: captured }
                }
            }
            None if captured.is_empty() => Rvalue::Const(self.special.constant(Const::Func(func, object))),
            None => Rvalue::Closure { func, ty: object, captures: captured },
        };
        self.let_(slot, rvalue)
    }

    fn lambda_code(
        &mut self,
        lambda: &'d Lambda,
        name: Symbol,
        object: TypeId,
        types: &[TypeId],
        result: Ty,
        span: wat_source::Span,
    ) -> crate::mir::Func {
        let (def, targs) = (self.def, self.targs.clone());
        let mut inner = FnLower::new(self.special, def, &targs, name, result);
        inner.span = span;
        let this = inner.param(object);
        if let Some(own) = lambda.own {
            inner.env.insert(own, this);
            inner.own = Own::Lambda(own);
        }
        for (at, (id, ty)) in lambda.captures.iter().zip(types).enumerate() {
            let value = inner.let_(*ty, Rvalue::Slot { obj: this, index: at as u32 + 1 });
            inner.env.insert(*id, value);
        }
        let params: Vec<_> =
            lambda.params.iter().map(|id| (*id, inner.ty(&def.locals[id.0 as usize].ty))).collect();
        inner.parameters(&params);
        inner.route(&lambda.body, Goal::Tail);
        inner.func(span)
    }

    pub fn program_of(&mut self, name: Symbol, targs: &[Ty], contract: &Contract) -> Local {
        let contract = Contract { input: self.ty(&contract.input), output: self.ty(&contract.output) };
        let program = self.special.program_of(name, targs, &contract);
        let ty = self.special.types.plain(Type::Program(Vec::new()));
        let constant = self.special.constant(Const::Program(program, ty));
        self.let_(ty, Rvalue::Const(constant))
    }
}
