//! The summary of a body: which definitions it mentions, and which programs stand in it. Nested `fn` literals are
//! part of the body; programs are not, for each is proved for itself.

use super::{Literal, Named};
use crate::hir::{Expr, ExprKind};
use crate::ty::Ty;
use crate::walk::{Below, walk};
use wat_source::{Span, Symbol};

/// A name in a body, called or passed.
#[derive(Clone, Copy)]
pub(super) struct Mention<'a> {
    pub name: Symbol,
    /// Over the type variables of the definition the body belongs to.
    pub targs: &'a [Ty],
    pub called: bool,
    pub span: Span,
}

/// All mentions in the order of the text.
pub(super) fn mentions(body: &Expr) -> Vec<Mention<'_>> {
    let mut out = Vec::new();
    walk(body, |expr| {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Call { name, targs, .. } => {
                out.push(Mention { name: *name, targs, called: true, span });
            }
            ExprKind::Def { name, targs } => out.push(Mention { name: *name, targs, called: false, span }),
            ExprKind::Lambda(lambda) if lambda.contract.is_some() => return Below::Skip,
            _ => {}
        }
        Below::Enter
    });
    out
}

/// The programs in a text, those inside others included.
#[derive(Default)]
pub(super) struct Programs<'a> {
    pub literals: Vec<Literal<'a>>,
    pub named: Vec<Named<'a>>,
}

pub(super) fn programs(body: &Expr) -> Programs<'_> {
    let mut out = Programs::default();
    walk(body, |expr| {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Lambda(lambda) => {
                if let Some(contract) = &lambda.contract {
                    out.literals.push(Literal { contract, body: &lambda.body, span });
                }
            }
            ExprKind::ProgramOf { name, targs, contract } => {
                out.named.push(Named { name: *name, targs, contract, span });
            }
            _ => {}
        }
        Below::Enter
    });
    out
}
