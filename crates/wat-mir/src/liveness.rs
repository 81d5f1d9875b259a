//! Which owned locals are live where blocks begin: the usual backward data-flow over the control-flow graph.
//!
//! Only locals of class `Owned` are tracked; block parameters count as defined at the block's start.

use crate::mir::{Func, Local, StmtKind};
use crate::operands::Class;

/// A set of locals.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Set(Vec<u64>);

impl Set {
    pub fn new(locals: usize) -> Set {
        Set(vec![0; locals.div_ceil(64)])
    }
    pub fn has(&self, local: Local) -> bool {
        self.0[local.index() / 64] >> (local.index() % 64) & 1 == 1
    }
    pub fn add(&mut self, local: Local) {
        self.0[local.index() / 64] |= 1 << (local.index() % 64);
    }
    pub fn remove(&mut self, local: Local) {
        self.0[local.index() / 64] &= !(1 << (local.index() % 64));
    }
    pub fn join(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }
    pub fn meet(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }
    pub fn iter(&self) -> impl Iterator<Item = Local> + '_ {
        self.0.iter().enumerate().flat_map(|(at, &word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| Local((at * 64 + bit) as u32))
        })
    }
}

/// Live owned locals at the start of each block, its parameters excluded unless used.
pub fn live_in(func: &Func, classes: &[Class]) -> Vec<Set> {
    let empty = Set::new(func.locals.len());
    let mut live = vec![empty.clone(); func.blocks.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for at in (0..func.blocks.len()).rev() {
            let block = &func.blocks[at];
            let mut set = empty.clone();
            block.term.each_target(&mut |to| {
                let mut into = live[to.index()].clone();
                func.blocks[to.index()].params.iter().for_each(|&p| into.remove(p));
                set.join(&into);
            });
            let uses = |local: Local, set: &mut Set| {
                if classes[local.index()] == Class::Owned {
                    set.add(local);
                }
            };
            block.term.each_use(&mut |local, _| uses(local, &mut set));
            for stmt in block.stmts.iter().rev() {
                match &stmt.kind {
                    StmtKind::Let(local, rvalue) => {
                        set.remove(*local);
                        rvalue.each_use(&mut |local, _| uses(local, &mut set));
                    }
                    StmtKind::Unpack { obj, fields } => {
                        fields.iter().for_each(|f| set.remove(f.1));
                        uses(*obj, &mut set);
                    }
                    StmtKind::Dup(local) | StmtKind::Drop(local) => uses(*local, &mut set),
                }
            }
            if set != live[at] {
                live[at] = set;
                changed = true;
            }
        }
    }
    live
}
