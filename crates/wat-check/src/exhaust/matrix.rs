//! The two questions about rows of patterns: which values does no row take, and does a row take a value that
//! those above do not? After Luc Maranget, "Warnings for pattern matching", JFP 17(3), 2007.
//!
//! Departures: vectors are constructors by length, listed as far as the patterns tell lengths apart; several
//! missing values are found, not one; and since the problem is NP-complete, work is bounded.
//!
//! A row is a stack: its last element is the column looked at next.

use super::pattern::{Case, Con, Pat};
use super::split::{Split, of_shape, push_parts};
use crate::hir::Defs;

pub(super) type Row<'p> = Vec<&'p Pat>;

/// The budget is spent.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct TooMuch;

/// Patterns looked at before giving up: a second or two in a debug build, and far from anything a person writes.
const BUDGET: usize = 4_000_000;
/// Nested calls, for the stack's sake.
const DEPTH: usize = 1_000;

pub(super) struct Matrix<'d> {
    defs: &'d dyn Defs,
    budget: usize,
    depth: usize,
}

impl<'d> Matrix<'d> {
    pub(super) fn new(defs: &'d dyn Defs) -> Matrix<'d> {
        Matrix { defs, budget: BUDGET, depth: 0 }
    }

    /// Up to `limit` values of `width` columns that no row takes, each a stack like the rows.
    pub(super) fn missing(
        &mut self,
        mut rows: Vec<Row>,
        mut width: usize,
        limit: usize,
    ) -> Result<Vec<Vec<Case>>, TooMuch> {
        let full = width;
        let found = loop {
            self.spend_on(&rows)?;
            if rows.is_empty() {
                break vec![vec![Case::Any; width]];
            }
            if rows.iter().any(|row| row.iter().all(|pat| pat.is_any())) {
                return Ok(Vec::new());
            }
            rows = split_alternatives(rows);
            let heads = heads(&rows);
            match Con::siblings(&heads, self.defs) {
                Some(shapes) => break self.missing_by_shape(&rows, shapes, width, limit)?,
                None => {
                    rows = others(&rows);
                    width -= 1;
                }
            }
        };
        // The columns passed over take anything.
        let pad = |mut case: Vec<Case>| {
            case.resize(full, Case::Any);
            case
        };
        Ok(found.into_iter().map(pad).collect())
    }

    fn missing_by_shape(
        &mut self,
        rows: &[Row],
        shapes: Vec<Con>,
        width: usize,
        limit: usize,
    ) -> Result<Vec<Vec<Case>>, TooMuch> {
        self.spend(shapes.len() + rows.len())?;
        let split = Split::of(rows);
        let is_named = |shape: &Con| split.names(rows, shape);
        let unnamed = if shapes.iter().all(is_named) {
            Vec::new()
        } else {
            let left = self.deeper(|it| it.missing(others(rows), width - 1, limit))?;
            // What takes every value of a shape nobody names takes every value.
            if left.is_empty() {
                return Ok(left);
            }
            left
        };
        let mut found: Vec<Vec<Case>> = Vec::new();
        for shape in shapes {
            if found.len() >= limit {
                break;
            }
            let arity = shape.arity(self.defs);
            let mut left = if is_named(&shape) {
                let part = split.at(rows, &shape, arity);
                match self.deeper(|it| it.missing(part, width - 1 + arity, limit - found.len())) {
                    Ok(left) => left,
                    // There is something to report already.
                    Err(TooMuch) if !unnamed.is_empty() => continue,
                    Err(TooMuch) => return Err(TooMuch),
                }
            } else {
                let mut left = unnamed.clone();
                for case in &mut left {
                    case.resize(width - 1 + arity, Case::Any);
                }
                left
            };
            left.truncate(limit - found.len());
            for case in &mut left {
                let mut parts = case.split_off(width - 1);
                parts.reverse();
                case.push(Case::Con(shape.clone(), parts));
            }
            found.extend(left);
        }
        Ok(found)
    }

    /// Does `row` take a value that none of `rows` takes?
    pub(super) fn is_useful(&mut self, mut rows: Vec<Row>, mut row: Row) -> Result<bool, TooMuch> {
        loop {
            self.spend_on(&rows)?;
            let Some(head) = row.pop() else { return Ok(rows.is_empty()) };
            if rows.iter().any(|above| above.iter().all(|pat| pat.is_any())) {
                return Ok(false);
            }
            let parts: &[Pat] = match head {
                Pat::Or(parts) => {
                    for part in parts {
                        let mut one = row.clone();
                        one.push(part);
                        if self.deeper(|it| it.is_useful(rows.clone(), one))? {
                            return Ok(true);
                        }
                    }
                    return Ok(false);
                }
                Pat::Con(_, parts) => parts,
                Pat::Any => &[],
            };
            rows = split_alternatives(rows);
            let shapes = match head {
                // Lengths overlap: each that the rows tell apart is asked about by itself.
                Pat::Con(con @ Con::Vector { .. }, _) => {
                    let mut heads = heads(&rows);
                    heads.push(con);
                    let shapes = Con::siblings(&heads, self.defs).unwrap_or_default();
                    shapes.into_iter().filter(|shape| con.covers(shape)).collect()
                }
                Pat::Con(con, _) => vec![con.clone()],
                _ => match self.all_named(&rows)? {
                    Some(shapes) => shapes,
                    None => {
                        rows = others(&rows);
                        continue;
                    }
                },
            };
            if let [shape] = &shapes[..] {
                let arity = shape.arity(self.defs);
                rows = rows.iter().filter_map(|row| of_shape(row, shape, arity)).collect();
                push_parts(&mut row, parts, arity);
                continue;
            }
            let split = Split::of(&rows);
            for shape in &shapes {
                let arity = shape.arity(self.defs);
                let mut one = row.clone();
                push_parts(&mut one, parts, arity);
                if self.deeper(|it| it.is_useful(split.at(&rows, shape, arity), one))? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
    }

    /// All shapes of the column's type where the rows name each of them.
    fn all_named(&mut self, rows: &[Row]) -> Result<Option<Vec<Con>>, TooMuch> {
        let Some(shapes) = Con::siblings(&heads(rows), self.defs) else { return Ok(None) };
        self.spend(shapes.len() + rows.len())?;
        let split = Split::of(rows);
        let named = shapes.iter().all(|shape| split.names(rows, shape));
        Ok(named.then_some(shapes))
    }

    pub(super) fn is_spent(&self) -> bool {
        self.budget == 0
    }

    fn spend_on(&mut self, rows: &[Row]) -> Result<(), TooMuch> {
        self.spend(1 + rows.iter().map(|row| row.len() + 1).sum::<usize>())
    }

    fn spend(&mut self, cost: usize) -> Result<(), TooMuch> {
        self.budget = self.budget.saturating_sub(cost);
        if self.budget == 0 { Err(TooMuch) } else { Ok(()) }
    }

    fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, TooMuch>) -> Result<T, TooMuch> {
        if self.depth == DEPTH {
            return Err(TooMuch);
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        done
    }
}

/// A row for each alternative at its head.
fn split_alternatives(rows: Vec<Row>) -> Vec<Row> {
    if !rows.iter().any(|row| matches!(row.last(), Some(Pat::Or(_)))) {
        return rows;
    }
    let mut out = Vec::new();
    let mut todo: Vec<Row> = rows.into_iter().rev().collect();
    while let Some(mut row) = todo.pop() {
        match row.pop() {
            Some(Pat::Or(parts)) => {
                for part in parts.iter().rev() {
                    let mut one = row.clone();
                    one.push(part);
                    todo.push(one);
                }
            }
            head => {
                row.extend(head);
                out.push(row);
            }
        }
    }
    out
}

/// The constructors at the heads of the rows.
fn heads<'p>(rows: &[Row<'p>]) -> Vec<&'p Con> {
    let head = |row: &Row<'p>| match row.last() {
        Some(Pat::Con(con, _)) => Some(con),
        _ => None,
    };
    rows.iter().filter_map(head).collect()
}

/// The rows that take a value whose first column has a shape no row names, over the columns left.
fn others<'p>(rows: &[Row<'p>]) -> Vec<Row<'p>> {
    let takes_any = rows.iter().filter(|row| row.last().is_some_and(|pat| pat.is_any()));
    takes_any.map(|row| row[..row.len() - 1].to_vec()).collect()
}
