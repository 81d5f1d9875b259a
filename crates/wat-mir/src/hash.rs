//! A content hash per function: equal for equal code reaching equal code, in whatever program it stands.
//!
//! The text of a function with every reference replaced by what it refers to is hashed. References may be
//! circular, so functions are hashed by strongly connected component: within one, hashes are refined as many
//! rounds as it has members, which tells apart what can be told apart. Places in files do not count; names do,
//! since traces show them.

use crate::mir::{Func, FuncId, GlobalId, Module, ProgramId, Rvalue, StmtKind, Term, Type, TypeId};
use crate::print::{Names, func_text, type_text};
use crate::reach::mentions;

/// A hash for each function of the module, by `FuncId`.
pub fn hashes(module: &Module) -> Vec<[u8; 32]> {
    let count = module.funcs.len();
    // A reference to a global or a program leads to its function.
    let edges: Vec<Vec<usize>> = (0..count)
        .map(|f| {
            let m = mentions(module, FuncId(f as u32));
            let globals = m.globals.iter().map(|g| module.globals[g.index()].init.index());
            let programs = m.programs.iter().map(|p| module.programs[p.index()].func.index());
            m.funcs.iter().map(|f| f.index()).chain(globals).chain(programs).collect()
        })
        .collect();
    let mut hashes = vec![[0u8; 32]; count];
    for group in components(&edges) {
        for _ in 0..group.len() {
            let next: Vec<[u8; 32]> = group.iter().map(|&f| hash(module, &hashes, f)).collect();
            for (&f, h) in group.iter().zip(next) {
                hashes[f] = h;
            }
        }
    }
    hashes
}

struct ByHash<'m> {
    module: &'m Module,
    hashes: &'m [[u8; 32]],
}

fn hex(hash: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*hash).to_hex().to_string()
}

impl Names for ByHash<'_> {
    fn func(&self, id: FuncId) -> String {
        format!("@{}", hex(&self.hashes[id.index()]))
    }
    fn global(&self, id: GlobalId) -> String {
        let global = &self.module.globals[id.index()];
        format!("${}={}", global.name, hex(&self.hashes[global.init.index()]))
    }
    fn program(&self, id: ProgramId) -> String {
        let program = &self.module.programs[id.index()];
        let (input, output) = (type_text(self.module, program.input), type_text(self.module, program.output));
        format!("!{}[{input} {output}]={}", program.name, hex(&self.hashes[program.func.index()]))
    }
}

fn hash(module: &Module, hashes: &[[u8; 32]], at: usize) -> [u8; 32] {
    let func = &module.funcs[at];
    let mut hasher = blake3::Hasher::new();
    hasher.update(func.name.as_str().as_bytes());
    hasher.update(func_text(module, func, &ByHash { module, hashes }).as_bytes());
    for ty in reachable(module, func) {
        hasher.update(shape(module, ty).as_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// The types a function's code depends on, each once, in order of first mention.
fn reachable(module: &Module, func: &Func) -> Vec<TypeId> {
    let mut found: Vec<TypeId> = Vec::new();
    let mut seen = vec![false; module.types.len()];
    let mut note = |ty: TypeId, found: &mut Vec<TypeId>| {
        if !std::mem::replace(&mut seen[ty.index()], true) {
            found.push(ty);
        }
    };
    func.locals.iter().filter_map(|l| l.ty).for_each(|ty| note(ty, &mut found));
    for block in &func.blocks {
        for stmt in &block.stmts {
            if let StmtKind::Let(_, Rvalue::Rt { descs, .. }) = &stmt.kind {
                descs.iter().for_each(|ty| note(*ty, &mut found));
            }
        }
        if let Term::Diverge { descs, .. } = &block.term {
            descs.iter().for_each(|ty| note(*ty, &mut found));
        }
    }
    let mut next = 0;
    while let Some(&ty) = found.get(next) {
        next += 1;
        match &module.types[ty.index()] {
            Type::Vector(t) | Type::Set(t) => note(*t, &mut found),
            Type::Map(k, v) => {
                note(*k, &mut found);
                note(*v, &mut found);
            }
            Type::Tuple(ts) | Type::Closure(ts) | Type::Program(ts) => {
                ts.iter().for_each(|t| note(*t, &mut found));
            }
            Type::Sum(sum) => {
                let fields = sum.variants.iter().flat_map(|v| &v.fields);
                fields.for_each(|f| note(f.1, &mut found));
            }
            _ => {}
        }
    }
    found
}

/// What a type's name stands for: a struct changed in place is another type.
fn shape(module: &Module, ty: TypeId) -> String {
    let Type::Sum(sum) = &module.types[ty.index()] else { return String::new() };
    let mut text = format!("{}{:?}", sum.name, sum.kind);
    for variant in &sum.variants {
        text.push_str(variant.name.as_str());
        for (name, ty) in &variant.fields {
            text.push_str(&format!(" {name} {}", type_text(module, *ty)));
        }
        text.push(';');
    }
    text
}

/// Strongly connected components, each after those it leads to (Tarjan 1972, with an explicit stack).
fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut order = vec![NEW; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let (mut stack, mut groups, mut next) = (Vec::new(), Vec::new(), 0);
    for root in 0..edges.len() {
        if order[root] != NEW {
            continue;
        }
        let mut work = vec![(root, 0)];
        while let Some((at, edge)) = work.pop() {
            if edge == 0 {
                order[at] = next;
                low[at] = next;
                next += 1;
                stack.push(at);
                on_stack[at] = true;
            } else {
                let child = edges[at][edge - 1];
                if on_stack[child] {
                    low[at] = low[at].min(low[child]);
                }
            }
            if let Some(&to) = edges[at].get(edge) {
                work.push((at, edge + 1));
                if order[to] == NEW {
                    work.push((to, 0));
                } else if on_stack[to] {
                    low[at] = low[at].min(order[to]);
                }
                continue;
            }
            if low[at] == order[at] {
                let mut group = Vec::new();
                loop {
                    let member = stack.pop().expect("a component's root is on the stack");
                    on_stack[member] = false;
                    group.push(member);
                    if member == at {
                        break;
                    }
                }
                groups.push(group);
            }
        }
    }
    groups
}
