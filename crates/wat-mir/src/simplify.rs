//! Tidying before ownership: unreachable blocks go, a block with one predecessor that jumps to it is joined
//! with it, and pure statements whose result nobody uses go.
//!
//! Works on MIR without `Dup` and `Drop`. Not an optimiser: it removes what lowering leaves behind so that
//! lowering can stay simple.

use crate::mir::{Block, BlockId, Func, Local, StmtKind, Term};
use wat_abi::trap::Trap;

pub fn simplify(func: &mut Func) {
    thread_jumps(func);
    join_chains(func);
    remove_unreachable(func);
    remove_unused(func);
    number_locals(func);
}

/// A test that leads to an empty block which only jumps on, without arguments, leads to where that jumps.
fn thread_jumps(func: &mut Func) {
    let forward: Vec<BlockId> = (0..func.blocks.len())
        .map(|at| {
            let mut to = BlockId(at as u32);
            // A cycle of empty blocks is an endless loop of the program; the bound keeps it from being ours.
            for _ in 0..func.blocks.len() {
                let block = &func.blocks[to.index()];
                match &block.term {
                    Term::Jump(next, args)
                        if block.stmts.is_empty() && block.params.is_empty() && args.is_empty() =>
                    {
                        to = *next;
                    }
                    _ => break,
                }
            }
            to
        })
        .collect();
    for block in &mut func.blocks {
        block.term.each_target_mut(&mut |to| *to = forward[to.index()]);
    }
}

/// Counts the edges into each block from blocks reachable from the entry.
fn edges(func: &Func) -> Vec<u32> {
    let mut count = vec![0u32; func.blocks.len()];
    let mut seen = vec![false; func.blocks.len()];
    let mut todo = vec![BlockId(0)];
    seen[0] = true;
    while let Some(at) = todo.pop() {
        func.blocks[at.index()].term.each_target(&mut |to| {
            count[to.index()] += 1;
            if !std::mem::replace(&mut seen[to.index()], true) {
                todo.push(to);
            }
        });
    }
    count
}

fn join_chains(func: &mut Func) {
    let count = edges(func);
    let mut names: Vec<Local> = (0..func.locals.len()).map(|l| Local(l as u32)).collect();
    let mut joined = vec![false; func.blocks.len()];
    for at in 0..func.blocks.len() {
        if joined[at] || (at > 0 && count[at] == 0) {
            continue;
        }
        while let Term::Jump(to, args) = &func.blocks[at].term {
            let to = *to;
            if count[to.index()] != 1 || to.index() == 0 || to.index() == at {
                break;
            }
            for (param, arg) in func.blocks[to.index()].params.iter().zip(args) {
                names[param.index()] = *arg;
            }
            joined[to.index()] = true;
            let taken = std::mem::replace(
                &mut func.blocks[to.index()],
                Block {
                    params: Vec::new(),
                    stmts: Vec::new(),
                    term: Term::Trap(Trap::Unreachable),
                    term_span: wat_source::Span::NONE,
                },
            );
            let block = &mut func.blocks[at];
            block.stmts.extend(taken.stmts);
            block.term = taken.term;
            block.term_span = taken.term_span;
        }
    }
    let find = |mut local: Local| {
        while names[local.index()] != local {
            local = names[local.index()];
        }
        local
    };
    for block in &mut func.blocks {
        for stmt in &mut block.stmts {
            match &mut stmt.kind {
                StmtKind::Let(_, rvalue) => rvalue.each_local_mut(&mut |l| *l = find(*l)),
                StmtKind::Dup(l) | StmtKind::Drop(l) | StmtKind::Unpack { obj: l, .. } => *l = find(*l),
            }
        }
        block.term.each_local_mut(&mut |l| *l = find(*l));
    }
}

fn remove_unused(func: &mut Func) {
    let mut uses = vec![0u32; func.locals.len()];
    for block in &func.blocks {
        for stmt in &block.stmts {
            stmt.each_use(&mut |l, _| uses[l.index()] += 1);
        }
        block.term.each_use(&mut |l, _| uses[l.index()] += 1);
    }
    let mut changed = true;
    while changed {
        changed = false;
        for block in &mut func.blocks {
            // From the last, so that what only feeds unused statements goes in the same round.
            let mut kept = Vec::with_capacity(block.stmts.len());
            while let Some(stmt) = block.stmts.pop() {
                let unused = match &stmt.kind {
                    StmtKind::Let(l, rvalue) => uses[l.index()] == 0 && rvalue.is_pure(),
                    StmtKind::Unpack { fields, .. } => fields.iter().all(|(_, l)| uses[l.index()] == 0),
                    StmtKind::Dup(_) | StmtKind::Drop(_) => false,
                };
                if unused {
                    stmt.each_use(&mut |l, _| uses[l.index()] -= 1);
                    changed = true;
                } else {
                    kept.push(stmt);
                }
            }
            kept.reverse();
            block.stmts = kept;
        }
    }
}

fn remove_unreachable(func: &mut Func) {
    let count = edges(func);
    let mut next = 0;
    let kept: Vec<Option<BlockId>> = (0..func.blocks.len())
        .map(|at| {
            (at == 0 || count[at] > 0).then(|| {
                next += 1;
                BlockId(next - 1)
            })
        })
        .collect();
    let mut at = 0;
    func.blocks.retain(|_| {
        at += 1;
        kept[at - 1].is_some()
    });
    for block in &mut func.blocks {
        block.term.each_target_mut(&mut |to| {
            *to = kept[to.index()].expect("a target of a reachable block is reachable");
        });
    }
}

/// Locals in order of definition, without gaps.
fn number_locals(func: &mut Func) {
    let mut map: Vec<Option<Local>> = vec![None; func.locals.len()];
    let mut locals = Vec::new();
    {
        let mut define = |l: Local| {
            map[l.index()] = Some(Local(locals.len() as u32));
            locals.push(func.locals[l.index()]);
        };
        for block in &func.blocks {
            block.params.iter().for_each(|&p| define(p));
            for stmt in &block.stmts {
                stmt.each_def(&mut define);
            }
        }
    }
    let rename = |l: &mut Local| *l = map[l.index()].expect("lowering defines a local before its uses");
    func.params.iter_mut().for_each(rename);
    for block in &mut func.blocks {
        block.params.iter_mut().for_each(rename);
        for stmt in &mut block.stmts {
            match &mut stmt.kind {
                StmtKind::Let(l, rvalue) => {
                    rename(l);
                    rvalue.each_local_mut(&mut |l| rename(l));
                }
                StmtKind::Dup(l) | StmtKind::Drop(l) => rename(l),
                StmtKind::Unpack { obj, fields } => {
                    rename(obj);
                    fields.iter_mut().for_each(|f| rename(&mut f.1));
                }
            }
        }
        block.term.each_local_mut(&mut |l| rename(l));
    }
    func.locals = locals;
}
