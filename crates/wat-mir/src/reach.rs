//! Which globals each program must have evaluated, in order: those its code reaches, each after those it
//! needs.
//!
//! A program that can start threads shares its globals with them, so it also evaluates those of the programs
//! it mentions; one that cannot leaves them to the processes that run them.

use crate::mir::{Const, FuncId, GlobalId, Module, ProgramId, Rvalue, StmtKind, Term};
use wat_abi::rtfn::RtFn;

/// What one function mentions directly.
#[derive(Default)]
pub struct Mentions {
    pub funcs: Vec<FuncId>,
    pub globals: Vec<GlobalId>,
    pub programs: Vec<ProgramId>,
    spawns_threads: bool,
}

/// In order of first mention.
pub fn mentions(module: &Module, func: FuncId) -> Mentions {
    let mut found = Mentions::default();
    fn note<T: PartialEq>(list: &mut Vec<T>, item: T) {
        if !list.contains(&item) {
            list.push(item);
        }
    }
    for block in &module.funcs[func.index()].blocks {
        for stmt in &block.stmts {
            let StmtKind::Let(_, rvalue) = &stmt.kind else { continue };
            match rvalue {
                Rvalue::Call(f, _) | Rvalue::Closure { func: f, .. } => note(&mut found.funcs, *f),
                Rvalue::Global(g) => note(&mut found.globals, *g),
                Rvalue::Program { program, .. } => note(&mut found.programs, *program),
                Rvalue::Rt { func: RtFn::spawn_thread, .. } => found.spawns_threads = true,
                Rvalue::Const(c) => match module.consts[c.index()] {
                    Const::Func(f, _) => note(&mut found.funcs, f),
                    Const::Program(p, _) => note(&mut found.programs, p),
                    _ => {}
                },
                _ => {}
            }
        }
        if let Term::TailCall(f, _) = block.term {
            note(&mut found.funcs, f);
        }
    }
    found
}

/// Fills `Program::globals` of every program.
pub fn order_globals(module: &mut Module) {
    let all: Vec<Mentions> = (0..module.funcs.len()).map(|f| mentions(module, FuncId(f as u32))).collect();
    for at in 0..module.programs.len() {
        let mut walk = Walk {
            module,
            all: &all,
            seen: vec![false; module.funcs.len()],
            placed: vec![false; module.globals.len()],
            order: Vec::new(),
            programs: Vec::new(),
            threads: false,
        };
        walk.funcs(module.programs[at].func);
        let mut next = 0;
        while walk.threads && next < walk.programs.len() {
            let program: ProgramId = walk.programs[next];
            walk.funcs(module.programs[program.index()].func);
            next += 1;
        }
        module.programs[at].globals = walk.order;
    }
}

struct Walk<'m> {
    module: &'m Module,
    all: &'m [Mentions],
    seen: Vec<bool>,
    placed: Vec<bool>,
    order: Vec<GlobalId>,
    programs: Vec<ProgramId>,
    threads: bool,
}

impl Walk<'_> {
    /// All functions reachable from `start`; their globals are placed as they are met.
    fn funcs(&mut self, start: FuncId) {
        let mut seen = std::mem::take(&mut self.seen);
        self.follow(start, &mut seen);
        self.seen = seen;
    }

    /// The globals that `global` needs, then itself. Its initialiser is walked apart from what has been seen:
    /// a function already met may mention a global that has not been placed yet.
    fn place(&mut self, global: GlobalId) {
        if !std::mem::replace(&mut self.placed[global.index()], true) {
            let mut seen = vec![false; self.module.funcs.len()];
            self.follow(self.module.globals[global.index()].init, &mut seen);
            self.order.push(global);
        }
    }

    fn follow(&mut self, start: FuncId, seen: &mut [bool]) {
        let mut todo = vec![start];
        while let Some(func) = todo.pop() {
            if std::mem::replace(&mut seen[func.index()], true) {
                continue;
            }
            let mentions = &self.all[func.index()];
            self.threads |= mentions.spawns_threads;
            self.programs.extend(&mentions.programs);
            for &global in &mentions.globals {
                self.place(global);
            }
            todo.extend(mentions.funcs.iter().rev());
        }
    }
}
