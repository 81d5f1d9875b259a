//! Polymorphic recursion: definitions and types that refer to themselves at other types than their own, of which
//! specialisation would make copies without end. An edge leads from each type variable to those it fills; one
//! that wraps the variable in another type must not lie on a circle.

use crate::hir::{Body, Def, ExprKind, TypeDef};
use crate::stdio::visit;
use crate::ty::Ty;
use rustc_hash::{FxHashMap, FxHashSet};
use wat_source::{Code, Diagnostic, Span, Symbol};

/// A definition's type variable, by position.
type Node = (Symbol, usize);

struct Mention<'a> {
    from: Symbol,
    to: Symbol,
    targs: &'a [Ty],
    span: Span,
}

/// Functions: each mention of a definition within itself or its group.
pub fn functions(own: &[Def], out: &mut Vec<Diagnostic>) {
    let mut found: Vec<(Symbol, Symbol, Vec<Ty>, Span)> = Vec::new();
    for def in own {
        let (Body::Fn(body) | Body::Value(body)) = &def.body else { continue };
        visit(body, true, &mut |e| match &e.kind {
            ExprKind::Def { name, targs }
            | ExprKind::Call { name, targs, .. }
            | ExprKind::ProgramOf { name, targs, .. } => {
                found.push((def.name, *name, targs.clone(), e.span));
            }
            _ => {}
        });
    }
    let generics: FxHashMap<Symbol, &[Symbol]> =
        own.iter().map(|def| (def.name, &def.generics[..])).collect();
    let mentions: Vec<Mention<'_>> = found
        .iter()
        .map(|(from, to, targs, span)| Mention { from: *from, to: *to, targs, span: *span })
        .collect();
    for mention in growing(&generics, &mentions) {
        out.push(
            Diagnostic::new(
                Code::PolymorphicRecursion,
                format!("`{}` refers to itself at other types than its own", mention.to.name()),
            )
            .label(mention.span, format!("here at {}", list(mention.targs)))
            .note("inside its own definition a function keeps its type variables"),
        );
    }
}

/// Types: each mention of a type within its own fields or its group.
pub fn types<'a>(own: impl Iterator<Item = &'a TypeDef>, out: &mut Vec<Diagnostic>) {
    let mut all: Vec<&TypeDef> = own.collect();
    all.sort_by_key(|def| def.name);
    let mut found: Vec<(Symbol, Symbol, Vec<Ty>, Span)> = Vec::new();
    for def in &all {
        for variant in &def.variants {
            for (_, ty) in &variant.fields {
                named(ty, &mut |name, args| found.push((def.name, name, args.to_vec(), variant.span)));
            }
        }
    }
    let generics: FxHashMap<Symbol, &[Symbol]> = all.iter().map(|def| (def.name, &def.params[..])).collect();
    let mentions: Vec<Mention<'_>> = found
        .iter()
        .map(|(from, to, targs, span)| Mention { from: *from, to: *to, targs, span: *span })
        .collect();
    for mention in growing(&generics, &mentions) {
        out.push(
            Diagnostic::new(
                Code::PolymorphicRecursion,
                format!("`{}` contains itself at other types than its own", mention.to.name()),
            )
            .label(mention.span, format!("here at {}", list(mention.targs))),
        );
    }
}

fn list(targs: &[Ty]) -> String {
    targs.iter().map(Ty::to_string).collect::<Vec<_>>().join(" ")
}

/// The mentions that would never end.
fn growing<'m, 'a>(
    generics: &FxHashMap<Symbol, &[Symbol]>,
    mentions: &'m [Mention<'a>],
) -> Vec<&'m Mention<'a>> {
    let mut edges: FxHashMap<Node, FxHashSet<Node>> = FxHashMap::default();
    let mut wrapping: Vec<(&Mention<'_>, Node, Node)> = Vec::new();
    let mut bad: Vec<&Mention<'_>> = Vec::new();
    for mention in mentions {
        let (Some(ours), true) = (generics.get(&mention.from), generics.contains_key(&mention.to)) else {
            continue;
        };
        if mention.from == mention.to {
            let same = mention.targs.iter().zip(ours.iter()).all(|(ty, own)| *ty == Ty::Var(*own));
            if !same && !mention.targs.iter().any(|ty| crate::infer::mentions(ty, Symbol::new("?"))) {
                bad.push(mention);
            }
            continue;
        }
        for (to, ty) in mention.targs.iter().enumerate() {
            for (from, variable) in ours.iter().enumerate() {
                if !crate::infer::mentions(ty, *variable) {
                    continue;
                }
                let (from, to) = ((mention.from, from), (mention.to, to));
                edges.entry(from).or_default().insert(to);
                if *ty != Ty::Var(*variable) {
                    wrapping.push((mention, from, to));
                }
            }
        }
    }
    for (mention, from, to) in wrapping {
        if reaches(&edges, to, from) && !bad.iter().any(|other| std::ptr::eq(*other, mention)) {
            bad.push(mention);
        }
    }
    bad
}

fn reaches(edges: &FxHashMap<Node, FxHashSet<Node>>, from: Node, goal: Node) -> bool {
    let mut seen: FxHashSet<Node> = FxHashSet::default();
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        if node == goal {
            return true;
        }
        if seen.insert(node) {
            open.extend(edges.get(&node).into_iter().flatten());
        }
    }
    false
}

/// Each struct or enum in a type.
fn named(ty: &Ty, f: &mut dyn FnMut(Symbol, &[Ty])) {
    match ty {
        Ty::Named(name, args) => {
            f(*name, args);
            args.iter().for_each(|arg| named(arg, f));
        }
        Ty::Vector(t) | Ty::Set(t) | Ty::Seq(t) | Ty::Sender(t) | Ty::Receiver(t) => named(t, f),
        Ty::Map(a, b) | Ty::Program(a, b) | Ty::Peer(a, b) => {
            named(a, f);
            named(b, f);
        }
        Ty::Tuple(ts) => ts.iter().for_each(|t| named(t, f)),
        Ty::Fn(params, result) => {
            params.iter().for_each(|param| named(param, f));
            named(result, f);
        }
        _ => {}
    }
}
