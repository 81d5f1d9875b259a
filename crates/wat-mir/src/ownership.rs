//! Explicit ownership: where counts rise and fall (Reinking, Xie, de Moura, Leijen: *Perceus: Garbage Free
//! Reference Counting with Reuse*, PLDI 2021), on the control-flow graph instead of on terms.
//!
//! Rules. An owning use of a local that lives on is preceded by a dup; a last owning use moves. A last
//! borrowing use is followed by a drop. A value nobody uses is dropped where it arises. A value that lives on
//! along one edge of a branch and not along another is dropped on the other. Nothing is ever dropped later
//! than right after its last use, so handles go where the language says they go.
//!
//! Lowering writes every destructuring as `Unpack` of all fields, whether or not the object lives on; here it
//! becomes either the consuming `Unpack` or loads of the fields that are used.
//!
//! Departures from the paper: no reuse tokens, no borrowed parameters; an edge into a bare trap drops nothing
//! (a crash releases the heap whole).

use crate::liveness::{Liveness, Set};
use crate::mir::{Block, BlockId, Func, Local, Rvalue, Stmt, StmtKind, Term, Type};
use crate::operands::{Class, Flow, classes};
use wat_source::Span;

/// Makes ownership explicit in a function without `Dup` and `Drop`.
pub fn insert(types: &[Type], func: &mut Func) {
    debug_assert!(func.locals.iter().all(|l| l.ty.is_none_or(|t| types[t.index()].repr() == l.repr)));
    let classes = classes(func);
    let pass = Pass { live: Liveness::new(func, &classes), used: used(func), classes };
    let mut within = vec![false; func.locals.len()];
    for at in 0..func.blocks.len() {
        let mut live = Live { pass: &pass, crossing: pass.live.at_end(func, at), within: &mut within };
        pass.block(&mut func.blocks[at], &mut live);
    }
    pass.edges(func);
}

/// A block that only traps: values need not be dropped on the way there.
pub fn is_bare_trap(block: &Block) -> bool {
    block.stmts.is_empty() && matches!(block.term, Term::Trap(_))
}

fn used(func: &Func) -> Vec<bool> {
    let mut used = vec![false; func.locals.len()];
    for block in &func.blocks {
        for stmt in &block.stmts {
            stmt.each_use(&mut |l, _| used[l.index()] = true);
        }
        block.term.each_use(&mut |l, _| used[l.index()] = true);
    }
    used
}

struct Pass {
    classes: Vec<Class>,
    used: Vec<bool>,
    live: Liveness,
}

/// What is live at a point of a block.
struct Live<'p> {
    pass: &'p Pass,
    crossing: Set,
    /// Locals of one block: each is touched in its own block only, so nothing is reset between blocks.
    within: &'p mut [bool],
}

impl Live<'_> {
    fn has(&self, local: Local) -> bool {
        match self.pass.live.crossing.of(local) {
            Some(n) => self.crossing.has(n),
            None => self.within[local.index()],
        }
    }
    fn set(&mut self, local: Local, live: bool) {
        match self.pass.live.crossing.of(local) {
            Some(n) if live => self.crossing.add(n),
            Some(n) => self.crossing.remove(n),
            None => self.within[local.index()] = live,
        }
    }
}

impl Pass {
    fn owned(&self, local: Local) -> bool {
        self.classes[local.index()] == Class::Owned
    }

    /// The statements of a block, from the last to the first; `out` is collected reversed.
    fn block(&self, block: &mut Block, live: &mut Live<'_>) {
        let mut out: Vec<Stmt> = Vec::with_capacity(block.stmts.len() * 2);
        let mut uses = Vec::new();
        block.term.each_use(&mut |l, flow| uses.push((l, flow)));
        let diverges = matches!(block.term, Term::Diverge { .. });
        self.consume(&uses, live, block.term_span, diverges, &mut out);
        for stmt in std::mem::take(&mut block.stmts).into_iter().rev() {
            self.stmt(stmt, live, &mut out);
        }
        for &param in block.params.iter().rev() {
            if self.owned(param) && !live.has(param) {
                out.push(Stmt { kind: StmtKind::Drop(param), span: block.term_span });
            }
        }
        out.reverse();
        block.stmts = out;
    }

    fn stmt(&self, stmt: Stmt, live: &mut Live<'_>, out: &mut Vec<Stmt>) {
        let span = stmt.span;
        if let StmtKind::Unpack { obj, fields } = stmt.kind {
            return self.unpack(obj, fields, span, live, out);
        }
        stmt.each_def(&mut |l| {
            if self.owned(l) && !live.has(l) {
                out.push(Stmt { kind: StmtKind::Drop(l), span });
            }
            live.set(l, false);
        });
        let mut uses = Vec::new();
        stmt.each_use(&mut |l, flow| uses.push((l, flow)));
        let mut before = Vec::new();
        // Drops stand after the statement, dups before it; `out` runs backwards.
        let mut after = Vec::new();
        self.flows(&uses, live, &mut before, &mut after, false);
        out.extend(after.into_iter().map(|l| Stmt { kind: StmtKind::Drop(l), span }));
        out.push(stmt);
        out.extend(before.into_iter().map(|l| Stmt { kind: StmtKind::Dup(l), span }));
    }

    /// A terminator's uses: nothing can follow it, so what it borrows must not need a drop.
    fn consume(
        &self,
        uses: &[(Local, Flow)],
        live: &mut Live<'_>,
        span: Span,
        diverges: bool,
        out: &mut Vec<Stmt>,
    ) {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        self.flows(uses, live, &mut before, &mut after, diverges);
        debug_assert!(after.is_empty(), "only diverging terminators borrow");
        out.extend(before.into_iter().map(|l| Stmt { kind: StmtKind::Dup(l), span }));
    }

    /// What one statement or terminator needs: dups before it, drops after it; its operands become live.
    fn flows(
        &self,
        uses: &[(Local, Flow)],
        live: &mut Live<'_>,
        dups: &mut Vec<Local>,
        drops: &mut Vec<Local>,
        never_returns: bool,
    ) {
        for (at, &(local, _)) in uses.iter().enumerate() {
            let seen = uses[..at].iter().any(|u| u.0 == local);
            if seen || !self.owned(local) {
                continue;
            }
            let count = |flow| uses.iter().filter(|u| **u == (local, flow)).count();
            let (owns, borrows) = (count(Flow::Own), count(Flow::Borrow));
            let stays = live.has(local) || borrows > 0;
            dups.extend(std::iter::repeat_n(local, if stays { owns } else { owns - 1 }));
            if borrows > 0 && !live.has(local) && !never_returns {
                drops.push(local);
            }
        }
        for &(local, _) in uses {
            if self.owned(local) {
                live.set(local, true);
            }
        }
    }

    fn unpack(
        &self,
        obj: Local,
        fields: Vec<(u32, Local)>,
        span: Span,
        live: &mut Live<'_>,
        out: &mut Vec<Stmt>,
    ) {
        let push = |out: &mut Vec<Stmt>, kind| out.push(Stmt { kind, span });
        let dies = self.owned(obj) && !live.has(obj);
        let pointers = fields.iter().filter(|f| self.owned(f.1)).count();
        let moved = fields.iter().filter(|f| self.owned(f.1) && self.used[f.1.index()]).count();
        fields.iter().for_each(|f| live.set(f.1, false));
        if dies && moved * 2 >= pointers.max(1) {
            for &(_, field) in fields.iter().rev() {
                if self.owned(field) && !self.used[field.index()] {
                    push(out, StmtKind::Drop(field));
                }
            }
            push(out, StmtKind::Unpack { obj, fields });
        } else {
            if dies {
                push(out, StmtKind::Drop(obj));
            }
            for (index, field) in fields.into_iter().rev() {
                if self.used[field.index()] {
                    push(out, StmtKind::Let(field, Rvalue::Slot { obj, index }));
                }
            }
        }
        if self.owned(obj) {
            live.set(obj, true);
        }
    }

    /// Drops on edges: at the start of a successor with one predecessor, else in a block of their own.
    fn edges(&self, func: &mut Func) {
        let preds = preds(func);
        for at in 0..preds.len() {
            let out = self.live.at_end(func, at);
            let mut targets = Vec::new();
            func.blocks[at].term.each_target(&mut |to| {
                if !targets.contains(&to) {
                    targets.push(to);
                }
            });
            if targets.len() < 2 {
                continue;
            }
            for to in targets {
                if is_bare_trap(&func.blocks[to.index()]) {
                    continue;
                }
                let into = self.live.at_start(to.index());
                let span = func.blocks[at].term_span;
                let drops: Vec<Stmt> = out
                    .iter()
                    .filter(|n| !into.has(*n))
                    .map(|n| Stmt { kind: StmtKind::Drop(self.live.crossing.local(n)), span })
                    .collect();
                if drops.is_empty() {
                    continue;
                }
                if preds[to.index()] == 1 {
                    func.blocks[to.index()].stmts.splice(0..0, drops);
                } else {
                    let edge = BlockId(func.blocks.len() as u32);
                    func.blocks.push(Block {
                        params: Vec::new(),
                        stmts: drops,
                        term: Term::Jump(to, Vec::new()),
                        term_span: span,
                    });
                    func.blocks[at].term.each_target_mut(&mut |t| {
                        if *t == to {
                            *t = edge;
                        }
                    });
                }
            }
        }
    }
}

/// How many blocks lead to each block.
fn preds(func: &Func) -> Vec<u32> {
    let mut count = vec![0; func.blocks.len()];
    for block in &func.blocks {
        let mut seen = Vec::new();
        block.term.each_target(&mut |to| {
            if !seen.contains(&to) {
                seen.push(to);
                count[to.index()] += 1;
            }
        });
    }
    count
}
