//! Rows sorted by the shapes at their heads, so that a wide match is taken apart without comparing every arm with
//! every variant. Which rows take what is decided in `matrix`.

use super::matrix::Row;
use super::pattern::{Con, Key, Pat};
use rustc_hash::FxHashMap;

/// Rows by what stands at their heads, in the order they were added.
#[derive(Default)]
pub(super) struct Split {
    named: FxHashMap<Key, Vec<usize>>,
    /// Names, `_`, and vectors, whose lengths overlap: each shape must look at them.
    open: Vec<usize>,
}

impl Split {
    pub(super) fn of(rows: &[Row]) -> Split {
        let mut split = Split::default();
        for (at, row) in rows.iter().enumerate() {
            if let Some(head) = row.last() {
                split.add(at, head);
            }
        }
        split
    }

    pub(super) fn add(&mut self, at: usize, head: &Pat) {
        match key(head) {
            Some(key) => self.named.entry(key).or_default().push(at),
            None => self.open.push(at),
        }
    }

    /// The rows that may take a value of this shape, in order. `None`: all may.
    pub(super) fn near(&self, head: &Pat) -> Option<Vec<usize>> {
        let Pat::Con(shape, _) = head else { return None };
        shape.key().map(|key| self.with_key(&key))
    }

    fn with_key(&self, key: &Key) -> Vec<usize> {
        let mut rows = self.named.get(key).cloned().unwrap_or_default();
        rows.extend(&self.open);
        rows.sort_unstable();
        rows
    }

    /// Does a row name the shape?
    pub(super) fn names(&self, rows: &[Row], shape: &Con) -> bool {
        match shape.key() {
            Some(key) => self.named.contains_key(&key),
            None => self.open.iter().any(|at| match rows[*at].last() {
                Some(Pat::Con(head, _)) => head.covers(shape),
                _ => false,
            }),
        }
    }

    /// The rows that take a value whose first column has this shape, over its parts and the columns left.
    pub(super) fn at<'p>(&self, rows: &[Row<'p>], shape: &Con, arity: usize) -> Vec<Row<'p>> {
        let near = match shape.key() {
            Some(key) => self.with_key(&key),
            None => self.open.clone(),
        };
        near.into_iter().filter_map(|at| of_shape(&rows[at], shape, arity)).collect()
    }
}

fn key(head: &Pat) -> Option<Key> {
    match head {
        Pat::Con(shape, _) => shape.key(),
        Pat::Any | Pat::Or(_) => None,
    }
}

/// The row over the parts of the shape, if it takes it.
pub(super) fn of_shape<'p>(row: &Row<'p>, shape: &Con, arity: usize) -> Option<Row<'p>> {
    let (head, left) = row.split_last()?;
    let parts: &[Pat] = match head {
        Pat::Any => &[],
        Pat::Con(con, parts) if con.covers(shape) => parts,
        _ => return None,
    };
    let mut part = Vec::with_capacity(left.len() + arity);
    part.extend_from_slice(left);
    push_parts(&mut part, parts, arity);
    Some(part)
}

/// The parts as columns, the first to be looked at next; those not given are free.
pub(super) fn push_parts<'p>(row: &mut Row<'p>, parts: &'p [Pat], arity: usize) {
    row.extend((parts.len()..arity).map(|_| &Pat::Any));
    row.extend(parts.iter().take(arity).rev());
}
