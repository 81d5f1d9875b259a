//! The locals in scope, innermost last: a later one of the same name hides an earlier one until its scope ends. Not
//! here: what a local is.

use crate::hir::LocalId;
use rustc_hash::FxHashMap;
use wat_source::Symbol;

#[derive(Debug, Default)]
pub(super) struct Names {
    /// In the order in which they came into scope.
    bound: Vec<(Symbol, LocalId)>,
    /// Of each name those in scope, innermost last: a body of ten thousand names is looked up in, too.
    of_name: FxHashMap<Symbol, Vec<LocalId>>,
}

impl Names {
    /// Where a scope that opens now will end.
    pub fn mark(&self) -> usize {
        self.bound.len()
    }

    pub fn push(&mut self, name: Symbol, id: LocalId) {
        self.bound.push((name, id));
        self.of_name.entry(name).or_default().push(id);
    }

    /// Ends the scopes opened since the mark.
    pub fn truncate(&mut self, mark: usize) {
        for (name, _) in self.bound.drain(mark..) {
            if let Some(ids) = self.of_name.get_mut(&name) {
                ids.pop();
            }
        }
    }

    /// What has come into scope since the mark.
    pub fn since(&self, mark: usize) -> &[(Symbol, LocalId)] {
        &self.bound[mark..]
    }

    pub fn lookup(&self, name: Symbol) -> Option<LocalId> {
        self.of_name.get(&name)?.last().copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = Symbol> {
        self.bound.iter().map(|(name, _)| *name)
    }
}
