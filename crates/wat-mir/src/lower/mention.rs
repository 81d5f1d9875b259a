//! Which locals an expression mentions: a guard loads what it tests and no more.

use rustc_hash::FxHashSet;
use wat_check::hir::{Expr, ExprKind, LocalId, Source};

/// Adds every local mentioned in `e`, those bound inside it too.
pub fn mentions(e: &Expr, found: &mut FxHashSet<LocalId>) {
    let mut each = |e: &Expr| mentions(e, found);
    match &e.kind {
        ExprKind::Lit(_) | ExprKind::Def { .. } | ExprKind::ProgramOf { .. } => {}
        ExprKind::Local(id) => {
            found.insert(*id);
        }
        ExprKind::Call { args, .. }
        | ExprKind::Construct { args, .. }
        | ExprKind::Tuple(args)
        | ExprKind::Vector(args)
        | ExprKind::Set(args)
        | ExprKind::Do(args)
        | ExprKind::Recur(args) => args.iter().for_each(each),
        ExprKind::Apply { callee, args } => {
            each(callee);
            args.iter().for_each(each);
        }
        ExprKind::Field { value, .. } | ExprKind::Try { value, .. } => each(value),
        ExprKind::With { value, fields } => {
            each(value);
            fields.iter().for_each(|f| each(&f.1));
        }
        ExprKind::Map(entries) => entries.iter().for_each(|(k, v)| {
            each(k);
            each(v);
        }),
        ExprKind::Let { binds, body } => {
            binds.iter().for_each(|b| each(&b.1));
            each(body);
        }
        ExprKind::If { test, then, other } => [test, then, other].into_iter().for_each(|e| each(e)),
        ExprKind::Match { scrutinee, arms } => {
            each(scrutinee);
            for arm in arms {
                arm.guard.iter().for_each(&mut each);
                each(&arm.body);
            }
        }
        ExprKind::Lambda(lambda) => found.extend(&lambda.captures),
        ExprKind::Loop { params: binds, body } | ExprKind::WithPeers { binds, body } => {
            binds.iter().for_each(|b| each(&b.1));
            each(body);
        }
        ExprKind::Select(clauses) => {
            for clause in clauses {
                match &clause.source {
                    Source::Peer(e) | Source::Receiver(e) | Source::Exit(e) | Source::After(e) => each(e),
                    Source::Stopped | Source::Cancelled | Source::Signal(_) => {}
                }
                each(&clause.body);
            }
        }
    }
}
