//! Every expression of a body in the order of the text, for passes that look for one kind of it. Uses its own
//! stack, since a long `cond` is a deep tree. Not a rewriter.

use crate::hir::{Expr, ExprKind, Source};

/// What to do below an expression just seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Below {
    Enter,
    Skip,
}

/// Calls `visit` for `root` and all that stands in it.
pub(crate) fn walk<'a>(root: &'a Expr, mut visit: impl FnMut(&'a Expr) -> Below) {
    let mut todo = vec![root];
    while let Some(expr) = todo.pop() {
        if visit(expr) == Below::Enter {
            let first = todo.len();
            push_parts(expr, &mut todo);
            todo[first..].reverse();
        }
    }
}

fn push_parts<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match &expr.kind {
        ExprKind::Lit(_) | ExprKind::Local(_) | ExprKind::Def { .. } | ExprKind::ProgramOf { .. } => {}
        ExprKind::Call { args, .. } | ExprKind::Construct { args, .. } => out.extend(args),
        ExprKind::Apply { callee, args } => {
            out.push(callee);
            out.extend(args);
        }
        ExprKind::Field { value, .. } | ExprKind::Try { value, .. } => out.push(value),
        ExprKind::With { value, fields } => {
            out.push(value);
            out.extend(fields.iter().map(|(_, e)| e));
        }
        ExprKind::Tuple(es)
        | ExprKind::Vector(es)
        | ExprKind::Set(es)
        | ExprKind::Do(es)
        | ExprKind::Recur(es) => {
            out.extend(es);
        }
        ExprKind::Map(entries) => out.extend(entries.iter().flat_map(|(k, v)| [k, v])),
        ExprKind::Let { binds, body } => {
            out.extend(binds.iter().map(|(_, e)| e));
            out.push(body);
        }
        ExprKind::If { test, then, other } => out.extend([&**test, &**then, &**other]),
        ExprKind::Match { scrutinee, arms } => {
            out.push(scrutinee);
            out.extend(arms.iter().flat_map(|arm| arm.guard.iter().chain([&arm.body])));
        }
        ExprKind::Lambda(lambda) => out.push(&lambda.body),
        ExprKind::Loop { params, body } => {
            out.extend(params.iter().map(|(_, e)| e));
            out.push(body);
        }
        ExprKind::WithPeers { binds, body } => {
            out.extend(binds.iter().map(|(_, e)| e));
            out.push(body);
        }
        ExprKind::Select(clauses) => {
            for clause in clauses {
                match &clause.source {
                    Source::Peer(e) | Source::Receiver(e) | Source::Exit(e) | Source::After(e) => out.push(e),
                    Source::Stopped | Source::Cancelled | Source::Signal(_) => {}
                }
            }
            out.extend(clauses.iter().map(|clause| &clause.body));
        }
    }
}
