//! Specialisation: the instances (definition × concrete types) reachable from `main` and from every program
//! mentioned, each lowered once.
//!
//! A worklist: lowering one function asks for others by number, and they are lowered in turn. Lambdas are
//! lowered where they stand. Ends because polymorphic recursion is rejected by checking.

use crate::lower::{Entry, FnLower};
use crate::mir::{Const, ConstId, Func, FuncId, Global, GlobalId, Module, Program, ProgramId, Type, TypeId};
use crate::reach;
use crate::types::Types;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use wat_check::hir::{Body, Contract, Def, Defs, Expr, ExprKind};
use wat_check::protocol::{is_defined, resolve};
use wat_check::ty::Ty;
use wat_source::Symbol;

/// The module with `main` as program 0, before ownership.
pub fn specialise(defs: &dyn Defs, main: Symbol) -> Module {
    let mut special = Special {
        defs,
        types: Types::new(defs),
        funcs: Vec::new(),
        queue: VecDeque::new(),
        direct: FxHashMap::default(),
        values: FxHashMap::default(),
        consts: Vec::new(),
        const_ids: FxHashMap::default(),
        globals: Vec::new(),
        global_ids: FxHashMap::default(),
        programs: Vec::new(),
        program_ids: FxHashMap::default(),
    };
    let edn = Contract { input: Ty::Edn, output: Ty::Edn };
    let contract = special.def(main).contract.clone().unwrap_or(edn);
    special.program_of(main, &[], &contract);
    special.run();
    let mut module = Module {
        funcs: special
            .funcs
            .into_iter()
            .map(|f| f.expect("every function asked for is lowered before the worklist is empty"))
            .collect(),
        types: special.types.into_list(),
        consts: special.consts,
        globals: special.globals,
        programs: special.programs,
    };
    reach::order_globals(&mut module);
    module
}

/// A definition and the ids of its type arguments: types alike in memory share an instance. They do not where the
/// definition calls methods of its types, since all functions are alike in memory, but not in what implements their
/// methods: there the types themselves stand too.
pub type Instance = (Symbol, Vec<TypeId>, Vec<Ty>);

struct Job<'d> {
    func: FuncId,
    def: &'d Def,
    targs: Vec<Ty>,
    entry: Entry,
}

pub struct Special<'d> {
    defs: &'d dyn Defs,
    pub types: Types<'d>,
    funcs: Vec<Option<Func>>,
    queue: VecDeque<Job<'d>>,
    /// Called by name.
    direct: FxHashMap<Instance, FuncId>,
    /// Called through a closure object.
    values: FxHashMap<Instance, FuncId>,
    consts: Vec<Const>,
    const_ids: FxHashMap<Const, ConstId>,
    globals: Vec<Global>,
    global_ids: FxHashMap<Instance, GlobalId>,
    programs: Vec<Program>,
    program_ids: FxHashMap<(Instance, TypeId, TypeId), ProgramId>,
}

impl<'d> Special<'d> {
    pub fn def(&self, name: Symbol) -> &'d Def {
        self.defs.def(name).unwrap_or_else(|| panic!("checking resolved every name, but `{name}` is missing"))
    }

    /// The value of a `def` that is a literal: it stands where it is mentioned.
    pub fn literal(&self, def: &'d Def) -> Option<&'d Expr> {
        match &def.body {
            Body::Value(value) if matches!(value.kind, ExprKind::Lit(_)) => Some(value),
            _ => None,
        }
    }

    pub fn constant(&mut self, constant: Const) -> ConstId {
        if let Some(&id) = self.const_ids.get(&constant) {
            return id;
        }
        let id = ConstId(self.consts.len() as u32);
        self.consts.push(constant.clone());
        self.const_ids.insert(constant, id);
        id
    }

    /// A number for a function that will be [`finish`](Self::finish)ed.
    pub fn reserve(&mut self) -> FuncId {
        let id = FuncId(u32::try_from(self.funcs.len()).expect("fewer than 2^32 functions fit in memory"));
        self.funcs.push(None);
        id
    }

    pub fn finish(&mut self, id: FuncId, func: Func) {
        self.funcs[id.index()] = Some(func);
    }

    pub fn instance(&mut self, name: Symbol, targs: &[Ty]) -> Instance {
        let asks = self.def(name).bounds.iter().any(|(protocol, _)| is_defined(*protocol));
        let exact = if asks { targs.to_vec() } else { Vec::new() };
        (name, targs.iter().map(|t| self.types.id(t)).collect(), exact)
    }

    /// The definition that a mention stands for: of a method, the one that implements it for its type.
    pub fn chosen(&self, name: Symbol, targs: Vec<Ty>) -> (&'d Def, Vec<Ty>) {
        let def = self.def(name);
        if !matches!(def.body, Body::Method { .. }) {
            return (def, targs);
        }
        let (name, targs) = resolve(self.defs, name, &targs)
            .unwrap_or_else(|| panic!("checking found an implementation of `{name}` for {}", targs[0]));
        (self.def(name), targs)
    }

    fn ask(&mut self, name: Symbol, targs: &[Ty], entry: Entry) -> FuncId {
        let func = self.reserve();
        self.queue.push_back(Job { func, def: self.def(name), targs: targs.to_vec(), entry });
        func
    }

    /// The function that a call by name reaches.
    pub fn direct(&mut self, name: Symbol, targs: &[Ty]) -> FuncId {
        let key = self.instance(name, targs);
        if let Some(&id) = self.direct.get(&key) {
            return id;
        }
        let id = self.ask(name, targs, Entry::Direct);
        self.direct.insert(key, id);
        id
    }

    /// The definition as a function value: a constant closure whose code takes the closure first.
    pub fn value(&mut self, name: Symbol, targs: &[Ty]) -> ConstId {
        let key = self.instance(name, targs);
        let func = match self.values.get(&key) {
            Some(&id) => id,
            None => {
                let id = self.ask(name, targs, Entry::Closure);
                self.values.insert(key, id);
                id
            }
        };
        let ty = self.types.plain(Type::Closure(Vec::new()));
        self.constant(Const::Func(func, ty))
    }

    pub fn global(&mut self, name: Symbol, targs: &[Ty]) -> GlobalId {
        let key = self.instance(name, targs);
        if let Some(&id) = self.global_ids.get(&key) {
            return id;
        }
        let id = GlobalId(self.globals.len() as u32);
        self.global_ids.insert(key, id);
        let def = self.def(name);
        let subst = subst_of(def, targs);
        let ty = self.types.id(&def.result.subst(&subst));
        let init = self.ask(name, targs, Entry::Direct);
        self.globals.push(Global { name, init, ty });
        id
    }

    /// A definition as a program: an entry that drops the program object and calls it.
    pub fn program_of(&mut self, name: Symbol, targs: &[Ty], contract: &Contract) -> ProgramId {
        let (input, output) = (self.types.id(&contract.input), self.types.id(&contract.output));
        let key = (self.instance(name, targs), input, output);
        if let Some(&id) = self.program_ids.get(&key) {
            return id;
        }
        let func = self.ask(name, targs, Entry::Program);
        let id = self.program(name, func, Vec::new(), (input, output), self.def(name).span);
        self.program_ids.insert(key, id);
        id
    }

    pub fn program(
        &mut self,
        name: Symbol,
        func: FuncId,
        captures: Vec<TypeId>,
        (input, output): (TypeId, TypeId),
        span: wat_source::Span,
    ) -> ProgramId {
        let id = ProgramId(self.programs.len() as u32);
        let ty = self.types.plain(Type::Program(captures));
        self.programs.push(Program { name, func, ty, input, output, globals: Vec::new(), span });
        id
    }

    fn run(&mut self) {
        while let Some(job) = self.queue.pop_front() {
            let func = FnLower::definition(self, job.def, &job.targs, job.entry);
            self.finish(job.func, func);
        }
    }
}

/// The type arguments by the definition's type variables; an open one is nil.
pub fn subst_of<'t>(def: &'t Def, targs: &'t [Ty]) -> impl Fn(Symbol) -> Ty + 't {
    move |var| {
        let at = def.generics.iter().position(|g| *g == var);
        at.and_then(|at| targs.get(at)).cloned().unwrap_or(Ty::Nil)
    }
}
