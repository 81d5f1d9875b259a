//! `select`: every source is evaluated in order, then one row per clause tells the host what to wait for, then
//! the chosen clause takes what its source gives.

use super::{FnLower, Goal};
use crate::mir::{Local, Term, Type, TypeId};
use wat_abi::rtfn::RtFn;
use wat_check::hir::{Clause, Source};

impl<'d> FnLower<'_, 'd> {
    pub fn select(&mut self, clauses: &'d [Clause], goal: Goal) {
        let span = self.span;
        let mut sources = Vec::new();
        for clause in clauses {
            match self.source(&clause.source) {
                Some(source) => sources.push(source),
                None => return,
            }
        }
        self.span = span;
        let Some(chosen) = self.wait(&sources, clauses) else { return };
        let blocks: Vec<_> = clauses.iter().map(|_| self.block()).collect();
        match blocks.split_last() {
            Some((last, others)) => {
                let cases = others.iter().enumerate().map(|(at, b)| (at as i64, *b)).collect();
                self.end(Term::Switch { on: chosen, cases, default: *last });
            }
            None => self.trap(wat_abi::trap::Trap::Unreachable),
        }
        for ((clause, block), source) in clauses.iter().zip(blocks).zip(sources) {
            if self.enter(block) {
                self.span = clause.span;
                self.clause(clause, source, goal);
            }
        }
    }

    /// The source's local and its type; none of either for `stopped`, `cancelled` and `signal`.
    fn source(&mut self, source: &'d Source) -> Option<Option<(Local, TypeId)>> {
        match source {
            Source::Peer(e) | Source::Receiver(e) | Source::Exit(e) | Source::After(e) => {
                let value = self.value(e)?;
                Some(Some((value, self.id(&e.ty))))
            }
            Source::Stopped | Source::Cancelled | Source::Signal(_) => Some(None),
        }
    }

    fn wait(&mut self, sources: &[Option<(Local, TypeId)>], clauses: &[Clause]) -> Option<Local> {
        let nil = self.special.types.plain(Type::Nil);
        let int = self.special.types.plain(Type::I64);
        self.rt(RtFn::select_begin, vec![], &[], nil)?;
        for (source, clause) in sources.iter().zip(clauses) {
            let row = match clause.source {
                Source::Peer(_) => RtFn::select_peer,
                Source::Receiver(_) => RtFn::select_receiver,
                Source::Exit(_) => RtFn::select_exit,
                Source::After(_) => RtFn::select_after,
                Source::Stopped => RtFn::select_stopped,
                Source::Cancelled => RtFn::select_cancelled,
                Source::Signal(_) => RtFn::select_signal,
            };
            let args = match clause.source {
                Source::Signal(second) => vec![self.int(i64::from(second))],
                _ => source.iter().map(|s| s.0).collect(),
            };
            self.rt(row, args, &[], nil)?;
        }
        self.rt(RtFn::select_wait, vec![], &[], int)
    }

    fn clause(&mut self, clause: &'d Clause, source: Option<(Local, TypeId)>, goal: Goal) {
        let take = match clause.source {
            Source::Peer(_) => Some(RtFn::recv),
            Source::Receiver(_) => Some(RtFn::receiver_recv),
            Source::Exit(_) => Some(RtFn::wait),
            Source::After(_) | Source::Stopped | Source::Cancelled | Source::Signal(_) => None,
        };
        if let (Some(row), Some((source, ty))) = (take, source) {
            let result = self.id(&clause.pattern.ty);
            let Some(value) = self.rt(row, vec![source], &[ty], result) else { return };
            if self.bind(value, &clause.pattern).is_none() {
                return;
            }
        }
        self.route(&clause.body, goal);
    }
}
