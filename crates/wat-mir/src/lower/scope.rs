//! Leaving: `recur`, `try`, and the peers of `with-peers` on every way out.

use super::{FnLower, Goal};
use crate::mir::{BlockId, Local, Rvalue, Term, Type};
use wat_abi::rtfn::RtFn;
use wat_check::hir::{Expr, LocalId};

/// What encloses the code being written, within one function.
#[derive(Clone, Debug)]
pub enum Scope {
    /// `recur` jumps here.
    Loop(BlockId),
    /// The peers bound so far by a `with-peers`, in order.
    Peers(Vec<Local>),
}

impl<'d> FnLower<'_, 'd> {
    /// Ends the peers of all scopes from the innermost to the one at `depth`.
    fn leave(&mut self, depth: usize) {
        for at in (depth..self.scopes.len()).rev() {
            if let Scope::Peers(peers) = self.scopes[at].clone() {
                self.end_peers(&peers);
            }
        }
    }

    fn end_peers(&mut self, peers: &[Local]) {
        if peers.is_empty() {
            return;
        }
        let peer = self.special.types.plain(Type::Peer);
        let all = self.special.types.plain(Type::Vector(peer));
        let nil = self.special.types.plain(Type::Nil);
        let vector = self.vector_of(all, peers.len(), |lower, at| {
            let _ = lower;
            Some(peers[at])
        });
        if let Some(vector) = vector {
            self.rt(RtFn::end_peers, vec![vector], &[all], nil);
        }
    }

    pub fn with_peers(&mut self, binds: &'d [(LocalId, Expr)], body: &'d Expr) -> Option<Local> {
        let depth = self.scopes.len();
        self.scopes.push(Scope::Peers(Vec::new()));
        let value = self.peers_body(depth, binds, body);
        if value.is_some() {
            self.leave(depth);
        }
        self.scopes.truncate(depth);
        value
    }

    fn peers_body(&mut self, depth: usize, binds: &'d [(LocalId, Expr)], body: &'d Expr) -> Option<Local> {
        for (id, expr) in binds {
            let peer = self.value(expr)?;
            self.env.insert(*id, peer);
            if let Scope::Peers(peers) = &mut self.scopes[depth] {
                peers.push(peer);
            }
        }
        self.value(body)
    }

    pub fn loop_(&mut self, params: &'d [(LocalId, Expr)], body: &'d Expr, goal: Goal) {
        let mut inits = Vec::new();
        for (_, init) in params {
            let Some(value) = self.value(init) else { return };
            inits.push(value);
        }
        let header = self.block();
        self.jump(header, inits);
        for (id, init) in params {
            let ty = self.id(&init.ty);
            let local = self.block_param(header, ty);
            self.env.insert(*id, local);
        }
        self.enter(header);
        let depth = self.scopes.len();
        self.scopes.push(Scope::Loop(header));
        self.route(body, goal);
        self.scopes.truncate(depth);
    }

    pub fn recur(&mut self, args: &'d [Expr]) {
        let Some(args) = self.values(args) else { return };
        let at = self.scopes.iter().rposition(|s| matches!(s, Scope::Loop(_)));
        let at = at.expect("checking places recur in a loop or a function");
        self.leave(at + 1);
        if let Scope::Loop(header) = self.scopes[at] {
            self.jump(header, args);
        }
    }

    /// The block a self call in tail position jumps to.
    pub fn header(&self) -> Option<BlockId> {
        match self.scopes.first() {
            Some(Scope::Loop(header)) => Some(*header),
            _ => None,
        }
    }

    /// `Ok`/`Some` go on; `Err`/`None` leave, rebuilt at the function's result type.
    pub fn try_(&mut self, value: &'d Expr, is_result: bool) -> Option<Local> {
        let obj = self.value(value)?;
        let ty = self.id(&value.ty);
        let result = self.result.clone();
        let result = self.special.types.id(&result);
        let (go, leave) = (self.block(), self.block());
        let tag = self.tag(obj);
        // Ok is 0 and Err 1; None is 0 and Some 1.
        let (then, other) = if is_result { (leave, go) } else { (go, leave) };
        self.branch(tag, then, other);
        self.enter(leave);
        let answer = if !is_result {
            self.let_(result, Rvalue::Immediate(0))
        } else if ty == result {
            obj
        } else {
            let fields = self.unpack(obj, ty, 1);
            self.construct(result, 1, fields)
        };
        self.leave(0);
        self.end(Term::Return(answer));
        self.enter(go);
        let fields = self.unpack(obj, ty, u32::from(!is_result));
        Some(*fields.first().expect("Ok and Some have one field"))
    }
}
