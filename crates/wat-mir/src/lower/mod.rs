//! One function at a time: typed expressions to blocks in single-assignment form, without counting.
//!
//! `build` makes blocks, `expr` walks expressions, `pattern` compiles matches, `select` waits, `scope` leaves
//! loops and functions, `lambda` makes closures and programs, `literal` makes constants.

mod build;
mod expr;
mod lambda;
mod literal;
mod mention;
mod pattern;
mod scope;
mod select;

use crate::mir::{Block, BlockId, Func, Local, LocalInfo, Type, TypeId};
use crate::special::{Instance, Special, subst_of};
use rustc_hash::FxHashMap;
use scope::Scope;
use wat_abi::layout::Repr;
use wat_check::hir::{Body, Def, LocalId};
use wat_check::ty::Ty;
use wat_source::{Span, Symbol};

/// How a definition is entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// By name, with its parameters.
    Direct,
    /// Through a closure object, which comes first.
    Closure,
    /// As a program, with the program object.
    Program,
}

/// Where an expression's value goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// Out of the function: calls are tail calls.
    Tail,
    /// To a block with one parameter.
    Join(BlockId),
}

pub struct FnLower<'s, 'd> {
    pub special: &'s mut Special<'d>,
    /// The definition the code stands in: types of locals.
    def: &'d Def,
    targs: Vec<Ty>,
    /// For traces.
    name: Symbol,
    result: Ty,
    params: Vec<Local>,
    locals: Vec<LocalInfo>,
    blocks: Vec<Block>,
    /// How many edges lead to each block so far.
    edges: Vec<u32>,
    /// The block being written; none where control does not come.
    current: Option<BlockId>,
    env: FxHashMap<LocalId, Local>,
    scopes: Vec<Scope>,
    /// What a tail call can reach by a jump.
    own: Own,
    span: Span,
}

/// How the code being lowered can mention itself.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Own {
    None,
    Instance(Instance),
    Lambda(LocalId),
}

impl<'s, 'd> FnLower<'s, 'd> {
    fn new(special: &'s mut Special<'d>, def: &'d Def, targs: &[Ty], name: Symbol, result: Ty) -> Self {
        let mut lower = FnLower {
            special,
            def,
            targs: targs.to_vec(),
            name,
            result,
            params: Vec::new(),
            locals: Vec::new(),
            blocks: Vec::new(),
            edges: Vec::new(),
            current: None,
            env: FxHashMap::default(),
            scopes: Vec::new(),
            own: Own::None,
            span: def.span,
        };
        let entry = lower.block();
        lower.edges[entry.index()] = 1;
        lower.enter(entry);
        lower
    }

    /// A whole definition, entered as `entry` says.
    pub fn definition(special: &'s mut Special<'d>, def: &'d Def, targs: &[Ty], entry: Entry) -> Func {
        let result = def.result.subst(&subst_of(def, targs));
        let mut lower = FnLower::new(special, def, targs, def.name, result);
        match (entry, &def.body) {
            (Entry::Direct, Body::Fn(body)) => {
                lower.own = Own::Instance(lower.special.instance(def.name, targs));
                let params = def.params.iter().map(|(id, ty)| (*id, lower.ty(ty))).collect::<Vec<_>>();
                lower.parameters(&params);
                lower.route(body, Goal::Tail);
            }
            (Entry::Direct, Body::Value(value)) => lower.route(value, Goal::Tail),
            _ => lower.wrapper(entry),
        }
        lower.func(def.span)
    }

    /// A function with another entry than its own: drops the object it is given and calls.
    fn wrapper(&mut self, entry: Entry) {
        let object = match entry {
            Entry::Direct => None,
            Entry::Closure => Some(Type::Closure(Vec::new())),
            Entry::Program => Some(Type::Program(Vec::new())),
        };
        if let Some(object) = object {
            let ty = self.special.types.plain(object);
            self.param(ty);
        }
        let def = self.def;
        let mut args = Vec::new();
        for (_, ty) in &def.params {
            let ty = self.ty(ty);
            let ty = self.special.types.id(&ty);
            args.push(self.param(ty));
        }
        let targs = self.targs.clone();
        let params = def.params.iter().map(|(_, ty)| self.ty(ty)).collect::<Vec<_>>();
        let result = self.result.clone();
        self.call_def(def, &targs, args, &params, &result, Goal::Tail);
    }

    /// A parameter of the function.
    fn param(&mut self, ty: TypeId) -> Local {
        let local = self.local(ty);
        self.blocks[0].params.push(local);
        self.params.push(local);
        local
    }

    /// The parameters of the entry block, and the block that `recur` and self calls jump to.
    fn parameters(&mut self, params: &[(LocalId, Ty)]) {
        let mut entry = Vec::new();
        for (_, ty) in params {
            let ty = self.special.types.id(ty);
            entry.push(self.param(ty));
        }
        let header = self.block();
        self.jump(header, entry);
        for (id, ty) in params {
            let ty = self.special.types.id(ty);
            let local = self.block_param(header, ty);
            self.env.insert(*id, local);
        }
        self.scopes.push(Scope::Loop(header));
        self.enter(header);
    }

    fn func(self, span: Span) -> Func {
        let result = self.special.types.id(&self.result);
        let result: Repr = self.special.types.repr(result);
        Func { name: self.name, params: self.params, result, locals: self.locals, blocks: self.blocks, span }
    }

    /// A type of the definition with its type variables replaced.
    fn ty(&self, ty: &Ty) -> Ty {
        ty.subst(&subst_of(self.def, &self.targs))
    }

    /// The same, interned.
    fn id(&mut self, ty: &Ty) -> TypeId {
        let ty = self.ty(ty);
        self.special.types.id(&ty)
    }
}
