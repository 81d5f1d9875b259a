//! What each definition reads and writes on the ambient stdio, itself or through what it mentions: one summary
//! per definition, in terms of its type variables. Whether that fits a contract is `contract.rs`'s business.

use crate::hir::{Body, Def, Expr, ExprKind};
use crate::table::Stdio;
use crate::ty::Ty;
use crate::walk::{Below, walk};
use rustc_hash::FxHashMap;
use wat_source::Symbol;

/// Summaries may grow by mentions at ever larger types only where recursion is polymorphic, which is an error.
const MOST_ROUNDS: usize = 64;

/// The summaries of these definitions; `known` answers for all others, with their type variables.
pub fn summaries<'s>(
    defs: &[Def],
    known: &dyn Fn(Symbol) -> Option<(&'s Stdio, &'s [Symbol])>,
) -> FxHashMap<Symbol, Stdio> {
    let mut found: FxHashMap<Symbol, Stdio> = FxHashMap::default();
    let mentions: Vec<Vec<(Symbol, Vec<Ty>)>> = defs.iter().map(mentions).collect();
    let generics: FxHashMap<Symbol, &[Symbol]> =
        defs.iter().map(|def| (def.name, &def.generics[..])).collect();
    for def in defs {
        if let Body::Intrinsic(name) = def.body {
            found.insert(def.name, intrinsic(name, &def.generics));
        }
    }
    for _ in 0..MOST_ROUNDS {
        let mut changed = false;
        for (def, mentions) in defs.iter().zip(&mentions) {
            let mut stdio = found.get(&def.name).cloned().unwrap_or_default();
            let before = stdio.reads.len() + stdio.writes.len();
            for (name, targs) in mentions {
                let (theirs, names) = match (generics.get(name), found.get(name)) {
                    (Some(names), Some(theirs)) => (theirs, *names),
                    (Some(_), None) => continue,
                    (None, _) => match known(*name) {
                        Some(known) => known,
                        None => continue,
                    },
                };
                for (input, tys) in [(true, &theirs.reads), (false, &theirs.writes)] {
                    for ty in tys {
                        stdio.add(input, at(ty, names, targs));
                    }
                }
            }
            if stdio.reads.len() + stdio.writes.len() > before {
                changed = true;
                found.insert(def.name, stdio);
            }
        }
        if !changed {
            break;
        }
    }
    found
}

fn at(ty: &Ty, names: &[Symbol], targs: &[Ty]) -> Ty {
    ty.subst(&|name| {
        let index = names.iter().position(|g| *g == name);
        index.and_then(|at| targs.get(at).cloned()).unwrap_or(Ty::Var(name))
    })
}

fn intrinsic(name: Symbol, generics: &[Symbol]) -> Stdio {
    let variable = || generics.first().map(|name| Ty::Var(*name)).into_iter().collect();
    match name.as_str() {
        "readln" | "try_readln" => Stdio { reads: variable(), writes: Vec::new() },
        "println" => Stdio { reads: Vec::new(), writes: variable() },
        _ => Stdio::default(),
    }
}

/// Every definition that the body mentions, with the type arguments there; not inside programs.
fn mentions(def: &Def) -> Vec<(Symbol, Vec<Ty>)> {
    let mut found = Vec::new();
    if let Body::Fn(body) | Body::Value(body) = &def.body {
        visit(body, false, &mut |e| match &e.kind {
            ExprKind::Def { name, targs } | ExprKind::Call { name, targs, .. } => {
                found.push((*name, targs.clone()));
            }
            _ => {}
        });
    }
    found
}

/// Each expression inside, outermost first; programs' bodies only where asked.
pub fn visit(e: &Expr, programs: bool, f: &mut dyn FnMut(&Expr)) {
    walk(e, |e| {
        f(e);
        match &e.kind {
            ExprKind::Lambda(lambda) if lambda.contract.is_some() && !programs => Below::Skip,
            _ => Below::Enter,
        }
    });
}
