//! Which owned locals are live where blocks begin: the usual backward data-flow over the control-flow graph.
//!
//! Most locals live within one block. Sets hold only those that cross from one block to another, numbered
//! anew, so that a function of many blocks stays cheap.

use crate::mir::{BlockId, Func, Local};
use crate::operands::Class;

/// A set of small numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Set(Vec<u64>);

impl Set {
    pub fn new(len: usize) -> Set {
        Set(vec![0; len.div_ceil(64)])
    }
    pub fn has(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }
    pub fn add(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }
    pub fn remove(&mut self, at: usize) {
        self.0[at / 64] &= !(1 << (at % 64));
    }
    pub fn join(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }
    pub fn meet(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }
    pub fn subtract(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
    }
    /// Members from the least.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.wrapping_sub(1);
                (bit < 64).then_some(at * 64 + bit)
            })
        })
    }
}

/// The locals that are used in another block than the one that defines them.
pub struct Crossing {
    /// By local; `NONE` for those of one block.
    number: Vec<u32>,
    locals: Vec<Local>,
}

const NONE: u32 = u32::MAX;

impl Crossing {
    pub fn new(func: &Func, mut counts: impl FnMut(Local) -> bool) -> Crossing {
        let mut home = vec![NONE; func.locals.len()];
        for (at, block) in func.blocks.iter().enumerate() {
            let mut define = |l: Local| home[l.index()] = at as u32;
            block.params.iter().for_each(|&p| define(p));
            block.stmts.iter().for_each(|s| s.each_def(&mut define));
        }
        let mut found = Crossing { number: vec![NONE; func.locals.len()], locals: Vec::new() };
        for (at, block) in func.blocks.iter().enumerate() {
            let mut note = |l: Local| {
                if home[l.index()] != at as u32 && found.number[l.index()] == NONE && counts(l) {
                    found.number[l.index()] = found.locals.len() as u32;
                    found.locals.push(l);
                }
            };
            block.stmts.iter().for_each(|s| s.each_use(&mut |l, _| note(l)));
            block.term.each_use(&mut |l, _| note(l));
        }
        found
    }

    pub fn empty(&self) -> Set {
        Set::new(self.locals.len())
    }

    /// The local's number in sets, if it crosses blocks.
    pub fn of(&self, local: Local) -> Option<usize> {
        let number = self.number[local.index()];
        (number != NONE).then_some(number as usize)
    }

    pub fn local(&self, number: usize) -> Local {
        self.locals[number]
    }
}

/// The blocks reachable from the entry, each after its successors as far as loops allow.
pub fn postorder(func: &Func) -> Vec<BlockId> {
    let targets = |at: BlockId| {
        let mut list = Vec::new();
        func.blocks[at.index()].term.each_target(&mut |to| list.push(to));
        list
    };
    let mut seen = vec![false; func.blocks.len()];
    seen[0] = true;
    let mut order = Vec::with_capacity(func.blocks.len());
    let mut stack = vec![(BlockId(0), targets(BlockId(0)))];
    while let Some((at, rest)) = stack.last_mut() {
        match rest.pop() {
            Some(to) if !seen[to.index()] => {
                seen[to.index()] = true;
                stack.push((to, targets(to)));
            }
            Some(_) => {}
            None => {
                order.push(*at);
                stack.pop();
            }
        }
    }
    order
}

/// Live owned locals at block boundaries.
pub struct Liveness {
    pub crossing: Crossing,
    /// At the start of each block; its parameters are not among them.
    at_start: Vec<Set>,
}

impl Liveness {
    pub fn new(func: &Func, classes: &[Class]) -> Liveness {
        let crossing = Crossing::new(func, |l| classes[l.index()] == Class::Owned);
        // What a block uses before defining it, and what it defines.
        let mut uses = vec![crossing.empty(); func.blocks.len()];
        let mut defs = vec![crossing.empty(); func.blocks.len()];
        for (at, block) in func.blocks.iter().enumerate() {
            let (uses, defs) = (&mut uses[at], &mut defs[at]);
            let define = |l: Local, defs: &mut Set| {
                if let Some(n) = crossing.of(l) {
                    defs.add(n);
                }
            };
            block.params.iter().for_each(|&p| define(p, defs));
            let mut note = |l: Local, defs: &Set| {
                if let Some(n) = crossing.of(l)
                    && !defs.has(n)
                {
                    uses.add(n);
                }
            };
            for stmt in &block.stmts {
                stmt.each_use(&mut |l, _| note(l, defs));
                stmt.each_def(&mut |l| define(l, defs));
            }
            block.term.each_use(&mut |l, _| note(l, defs));
        }
        let mut live = Liveness { at_start: uses.clone(), crossing };
        let order = postorder(func);
        let mut changed = true;
        while changed {
            changed = false;
            for at in &order {
                let at = at.index();
                let mut set = live.at_end(func, at);
                set.subtract(&defs[at]);
                set.join(&uses[at]);
                if set != live.at_start[at] {
                    live.at_start[at] = set;
                    changed = true;
                }
            }
        }
        live
    }

    pub fn at_start(&self, block: usize) -> &Set {
        &self.at_start[block]
    }

    pub fn at_end(&self, func: &Func, block: usize) -> Set {
        let mut set = self.crossing.empty();
        func.blocks[block].term.each_target(&mut |to| set.join(&self.at_start[to.index()]));
        set
    }
}
