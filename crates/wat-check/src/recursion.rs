//! Polymorphic recursion: definitions and types that refer to themselves at other types than their own, of which
//! specialisation would make copies without end. An edge leads from each type variable to those it fills; one
//! that wraps the variable in another type must not lie on a circle. A method leads on to what implements it, where
//! a type is taken apart: such an edge takes off what wrapping put on, and a circle is bad where it gains.

use crate::hir::{Body, Def, Defs, ExprKind, TypeDef};
use crate::protocol::{self, is_defined};
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

/// What leads from one variable to another, with the number of types wrapped around it on the way.
type Edges = FxHashMap<Node, FxHashMap<Node, i64>>;

/// Functions: each mention of a definition within itself or its group.
pub fn functions(own: &[Def], defs: &dyn Defs, out: &mut Vec<Diagnostic>) {
    let names: FxHashSet<Symbol> = own.iter().map(|def| def.name).collect();
    let mut edges = Edges::default();
    // Definitions that implement a method may come to themselves at the parts of their type.
    let mut by_method: FxHashSet<Symbol> = FxHashSet::default();
    for def in own.iter().filter(|def| matches!(def.body, Body::Method { .. })) {
        for (target, found) in protocol::all(defs, def.name) {
            by_method.insert(target);
            let mut edge = |from: usize, to: usize, gain: i64| {
                edges.entry((def.name, from)).or_default().insert((target, to), gain);
            };
            let taken = found.map_or(1, |found| found.generics.len());
            for (to, variable) in found.iter().flat_map(|found| found.generics.iter().enumerate()) {
                let mut depths = Vec::new();
                found.expect("it has variables").ty.depths(*variable, &mut depths);
                edge(0, to, -(depths.into_iter().min().unwrap_or(0) as i64));
            }
            if found.is_none() {
                edge(0, 0, 0);
            }
            for own in 1..def.generics.len() {
                edge(own, taken + own - 1, 0);
            }
        }
    }
    let mut found: Vec<(Symbol, Symbol, Vec<Ty>, Span)> = Vec::new();
    for def in own {
        let (Body::Fn(body) | Body::Value(body)) = &def.body else { continue };
        visit(body, true, &mut |e| match &e.kind {
            ExprKind::Def { name, targs }
            | ExprKind::Call { name, targs, .. }
            | ExprKind::ProgramOf { name, targs, .. } => {
                found.push((def.name, *name, targs.clone(), e.span));
                // What is defined elsewhere comes back through the methods it asks for.
                let Some(other) = defs.def(*name).filter(|_| !names.contains(name)) else { return };
                for (protocol, variable) in other.bounds.iter().filter(|(p, _)| is_defined(*p)) {
                    let at = other.generics.iter().position(|v| v == variable);
                    let Some(ty) = at.and_then(|at| targs.get(at)) else { continue };
                    for method in own.iter().filter(|def| is_method_of(def, *protocol)) {
                        found.push((def.name, method.name, vec![ty.clone()], e.span));
                    }
                }
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
    for mention in growing(&generics, &mentions, edges, &by_method) {
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
    for mention in growing(&generics, &mentions, Edges::default(), &FxHashSet::default()) {
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

fn is_method_of(def: &Def, protocol: Symbol) -> bool {
    matches!(def.body, Body::Method { protocol: own, .. } if own == protocol)
}

/// The mentions that would never end.
fn growing<'m, 'a>(
    generics: &FxHashMap<Symbol, &[Symbol]>,
    mentions: &'m [Mention<'a>],
    mut edges: Edges,
    by_method: &FxHashSet<Symbol>,
) -> Vec<&'m Mention<'a>> {
    let mut wrapping: Vec<(&Mention<'_>, Node, Node, i64)> = Vec::new();
    let mut bad: Vec<&Mention<'_>> = Vec::new();
    for mention in mentions {
        let (Some(ours), true) = (generics.get(&mention.from), generics.contains_key(&mention.to)) else {
            continue;
        };
        if mention.from == mention.to && !by_method.contains(&mention.to) {
            let same = mention.targs.iter().zip(ours.iter()).all(|(ty, own)| *ty == Ty::Var(*own));
            if !same && !mention.targs.iter().any(|ty| crate::infer::mentions(ty, Symbol::new("?"))) {
                bad.push(mention);
            }
            continue;
        }
        for (to, ty) in mention.targs.iter().enumerate() {
            for (from, variable) in ours.iter().enumerate() {
                let mut depths = Vec::new();
                ty.depths(*variable, &mut depths);
                let Some(gain) = depths.into_iter().max().map(|depth| depth as i64) else { continue };
                let (from, to) = ((mention.from, from), (mention.to, to));
                let edge = edges.entry(from).or_default().entry(to).or_insert(gain);
                *edge = gain.max(*edge);
                if gain > 0 {
                    wrapping.push((mention, from, to, gain));
                }
            }
        }
    }
    wrapping.retain(|(_, from, to, _)| reaches(&edges, *to, *from));
    if edges.values().flat_map(FxHashMap::values).all(|gain| *gain >= 0) {
        for (mention, ..) in wrapping {
            if !bad.iter().any(|other| std::ptr::eq(*other, mention)) {
                bad.push(mention);
            }
        }
        return bad;
    }
    // The shortest circle that gains is told by one of its mentions, and without that one the next is looked for.
    loop {
        let shortest = wrapping
            .iter()
            .filter_map(|edge @ (_, from, to, gain)| Some((rounds(&edges, *to, *from, *gain)?, edge)))
            .min_by_key(|(rounds, _)| *rounds);
        let Some((_, (mention, from, to, _))) = shortest else { return bad };
        bad.push(mention);
        let (from, to) = (*from, *to);
        edges.entry(from).or_default().remove(&to);
        wrapping.retain(|(_, f, t, _)| (*f, *t) != (from, to));
    }
}

/// The number of steps of the shortest way that, with what was gained before it, ends above nothing. Ways without
/// end gain on a circle, and as many steps as there are variables show that.
fn rounds(edges: &Edges, from: Node, goal: Node, before: i64) -> Option<usize> {
    let mut best: FxHashMap<Node, i64> = FxHashMap::from_iter([(from, before)]);
    for round in 0..=edges.len() + 1 {
        if best.get(&goal).is_some_and(|gain| *gain > 0) {
            return Some(round);
        }
        let mut next = best.clone();
        for (node, here) in &best {
            for (to, gain) in edges.get(node).into_iter().flatten() {
                let there = next.entry(*to).or_insert(i64::MIN);
                *there = (*there).max(here + gain);
            }
        }
        if next == best {
            return None;
        }
        best = next;
    }
    None
}

fn reaches(edges: &Edges, from: Node, goal: Node) -> bool {
    let mut seen: FxHashSet<Node> = FxHashSet::default();
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        if node == goal {
            return true;
        }
        if seen.insert(node) {
            open.extend(edges.get(&node).into_iter().flat_map(FxHashMap::keys));
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
