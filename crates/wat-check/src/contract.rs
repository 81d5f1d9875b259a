//! The proof of contracts: whatever a program can read or write through the names it mentions has the type it
//! declares. Not inference, which lets a contract decide open types before, and not the question whether a
//! declared type can cross a process boundary.
//!
//! Begin at [`prove`]. `mentions` is the summary of a body: the definitions it names, each at its type arguments.
//! From a program's body the proof follows mentions breadth first, so the chain it reports is a shortest one, and
//! only into definitions from which stdio can be reached. It ends since no definition refers to itself at other
//! types than its own; where one does (an error reported elsewhere) the chain is cut.

mod mentions;
mod report;
#[cfg(test)]
mod tests;

use crate::hir::{Body, Contract, Def, Defs, Expr, Implementation, Unit};
use crate::protocol;
use crate::ty::Ty;
use mentions::{Mention, mentions, programs};
use report::{Chain, Findings, Link};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;
use wat_source::{Diagnostic, Span, Symbol};

/// Reports `contract-violation` for every program of the unit: definitions and `fn` literals with a contract, and
/// definitions named where a program is expected. A definition of the unit is the user's; what only `defs` knows
/// is the library's.
pub fn prove(unit: &Unit, defs: &dyn Defs, out: &mut Vec<Diagnostic>) {
    let own = unit.defs.iter().map(|def| (def.name, def)).collect();
    let mut proof = Proof { own, defs, bodies: FxHashMap::default() };
    let programs = proof.programs(unit);
    let speaking = proof.speaking(&programs);
    let mut findings = Findings::default();
    for program in &programs {
        proof.follow(program, &speaking, &mut findings);
    }
    out.extend(findings.into_diagnostics());
}

/// What a program declares, and where its text is.
struct Program<'a> {
    /// None for a `fn` literal.
    name: Option<Symbol>,
    contract: &'a Contract,
    /// What gives it its contract: the name in the definition, the literal, or the name in program position.
    span: Span,
    /// The mentions of its body, over the type variables of the definition around it.
    body: Rc<[Mention<'a>]>,
    /// What its definition's type variables stand for.
    types: Types,
    /// Where the user's files name it, for a program of the library.
    entrance: Option<Span>,
}

/// Which side of stdio.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    In,
    Out,
}

/// The names that are stdio; the type argument of each is the type read or written.
fn stdio(name: Symbol) -> Option<Side> {
    match name.as_str() {
        "wat.kernel/readln" | "wat.kernel/try-readln" => Some(Side::In),
        "wat.kernel/println" => Some(Side::Out),
        _ => None,
    }
}

impl Contract {
    fn side(&self, side: Side) -> &Ty {
        match side {
            Side::In => &self.input,
            Side::Out => &self.output,
        }
    }

    fn admits(&self, side: Side, ty: &Ty) -> bool {
        let declared = self.side(side);
        *declared == Ty::Edn || declared == ty
    }

    fn admits_everything(&self) -> bool {
        self.input == Ty::Edn && self.output == Ty::Edn
    }
}

/// Type variables of a definition, and what an instance of it has in their place.
type Types = Rc<[(Symbol, Ty)]>;

fn at(types: &Types, ty: &Ty) -> Ty {
    ty.subst(&|v| types.iter().find(|(name, _)| *name == v).map_or(Ty::Var(v), |(_, ty)| ty.clone()))
}

struct Proof<'a> {
    own: FxHashMap<Symbol, &'a Def>,
    defs: &'a dyn Defs,
    bodies: FxHashMap<Symbol, Rc<[Mention<'a>]>>,
}

/// A definition at certain types, as the proof came to it.
struct Step<'a> {
    name: Option<Symbol>,
    types: Types,
    body: Rc<[Mention<'a>]>,
    /// The step that mentions this one, and where.
    from: Option<(usize, Mention<'a>)>,
    /// Where the chain left the user's files.
    entrance: Option<Span>,
}

impl<'a> Proof<'a> {
    fn def(&self, name: Symbol) -> Option<&'a Def> {
        self.own.get(&name).copied().or_else(|| self.defs.def(name))
    }

    fn body(&mut self, name: Symbol) -> Rc<[Mention<'a>]> {
        if let Some(known) = self.bodies.get(&name) {
            return known.clone();
        }
        let summary: Rc<[Mention]> = match self.def(name).map(|def| &def.body) {
            Some(Body::Fn(body) | Body::Value(body)) => mentions(body).into(),
            Some(Body::Intrinsic(_) | Body::Method { .. }) | None => [].into(),
        };
        self.bodies.insert(name, summary.clone());
        summary
    }

    /// Programs whose contract admits everything need no proof.
    fn programs(&mut self, unit: &'a Unit) -> Vec<Program<'a>> {
        let mut out: Vec<Program> = Vec::new();
        let mut seen = FxHashSet::default();
        for def in &unit.defs {
            if let Some(contract) = &def.contract {
                out.push(Program {
                    name: Some(def.name),
                    contract,
                    span: def.span,
                    body: self.body(def.name),
                    types: [].into(),
                    entrance: None,
                });
            }
            let (Body::Fn(body) | Body::Value(body)) = &def.body else { continue };
            let found = programs(body);
            for literal in found.literals {
                out.push(Program {
                    name: None,
                    contract: literal.contract,
                    span: literal.span,
                    body: mentions(literal.body).into(),
                    types: [].into(),
                    entrance: None,
                });
            }
            for named in found.named {
                // One with a contract of its own is proved by that.
                let Some(target) = self.def(named.name).filter(|target| target.contract.is_none()) else {
                    continue;
                };
                if seen.insert((named.name, named.targs, named.contract)) {
                    out.push(Program {
                        name: Some(named.name),
                        contract: named.contract,
                        span: named.span,
                        body: self.body(named.name),
                        types: target.generics.iter().copied().zip(named.targs.iter().cloned()).collect(),
                        entrance: (!self.own.contains_key(&named.name)).then_some(named.span),
                    });
                }
            }
        }
        out.retain(|program| !program.contract.admits_everything());
        out
    }

    /// What a mention comes to: the definition itself; of a method the one that its type has, or, where that is a
    /// variable still, any.
    fn targets(&self, name: Symbol, targs: Vec<Ty>) -> Vec<(Symbol, Vec<Ty>)> {
        if !self.def(name).is_some_and(|def| matches!(def.body, Body::Method { .. })) {
            return vec![(name, targs)];
        }
        if let Some(chosen) = protocol::resolve(self.defs, name, &targs) {
            return vec![chosen];
        }
        let own = |implementation: &Implementation| {
            let variables = implementation.generics.iter().map(|v| Ty::Var(*v));
            variables.chain(targs[1..].iter().cloned()).collect()
        };
        let all = protocol::all(self.defs, name).into_iter();
        all.map(|(target, found)| (target, found.map_or_else(|| targs.clone(), own))).collect()
    }

    /// The definitions, among those the programs can reach, from which stdio can be reached.
    fn speaking(&mut self, programs: &[Program<'a>]) -> FxHashSet<Symbol> {
        let mut callers: FxHashMap<Symbol, Vec<Symbol>> = FxHashMap::default();
        let mut seen = FxHashSet::default();
        let mut todo: Vec<Symbol> = programs.iter().flat_map(|p| p.body.iter().map(|m| m.name)).collect();
        let mut speaking = FxHashSet::default();
        let mut spread = Vec::new();
        while let Some(name) = todo.pop() {
            if !seen.insert(name) {
                continue;
            }
            if stdio(name).is_some() {
                spread.push(name);
                continue;
            }
            for (target, _) in protocol::all(self.defs, name) {
                callers.entry(target).or_default().push(name);
                todo.push(target);
            }
            for mention in self.body(name).iter() {
                callers.entry(mention.name).or_default().push(name);
                todo.push(mention.name);
            }
        }
        while let Some(name) = spread.pop() {
            if speaking.insert(name) {
                spread.extend(callers.get(&name).into_iter().flatten());
            }
        }
        speaking
    }

    /// Follows the program's mentions to every readln and println, and notes those of another type.
    fn follow(&mut self, program: &Program<'a>, speaking: &FxHashSet<Symbol>, findings: &mut Findings) {
        let mut steps = vec![Step {
            name: program.name,
            types: program.types.clone(),
            body: program.body.clone(),
            from: None,
            entrance: program.entrance,
        }];
        // Each entrance to the library is a place of its own to report at.
        let mut seen = FxHashSet::default();
        let mut next = 0;
        while next < steps.len() {
            if steps.len() > MOST_STEPS {
                findings.too_many(program);
                return;
            }
            let (types, body, entrance) =
                (steps[next].types.clone(), steps[next].body.clone(), steps[next].entrance);
            for mention in body.iter().filter(|mention| speaking.contains(&mention.name)) {
                let targs: Vec<Ty> = mention.targs.iter().map(|ty| at(&types, ty)).collect();
                if let Some(side) = stdio(mention.name) {
                    if let Some(ty) = targs.first().filter(|ty| !program.contract.admits(side, ty)) {
                        let chain = chain(&steps, next, *mention);
                        let place = entrance.unwrap_or(mention.span);
                        findings.add(program, place, side, ty, chain);
                    }
                    continue;
                }
                for (name, targs) in self.targets(mention.name, targs) {
                    let Some(def) = self.def(name).filter(|_| speaking.contains(&name)) else { continue };
                    let entrance =
                        entrance.or_else(|| (!self.own.contains_key(&name)).then_some(mention.span));
                    let types: Types = def.generics.iter().copied().zip(targs).collect();
                    if seen.insert((name, types.clone(), entrance)) && !grows(&steps, next, name, &types) {
                        let body = self.body(name);
                        let from = Some((next, *mention));
                        steps.push(Step { name: Some(name), types, body, from, entrance });
                    }
                }
            }
            next += 1;
        }
    }
}

/// A program may reach so many definitions, each counted at each of its type arguments.
const MOST_STEPS: usize = 20_000;

/// How often a definition may come back on a chain at deeper types.
const MOST_GROWTH: usize = 8;

/// Is the definition on the chain already, at ever smaller types? Only polymorphic recursion does that; what
/// implements a method for a compound type goes on to that of its parts, the other way.
fn grows(steps: &[Step], last: usize, name: Symbol, types: &Types) -> bool {
    let depth = |types: &Types| types.iter().map(|(_, ty)| ty.depth()).max().unwrap_or(0);
    let (mut at, mut smaller, own) = (Some(last), 0, depth(types));
    while let Some(index) = at {
        let step = &steps[index];
        // The step of the program itself has no types of its own where its variables stand for themselves.
        if step.name == Some(name) && step.from.is_some() && depth(&step.types) < own {
            smaller += 1;
        }
        at = step.from.as_ref().map(|(index, _)| *index);
    }
    smaller >= MOST_GROWTH
}

/// The way from the program to the mention of stdio in step `last`.
fn chain(steps: &[Step], last: usize, end: Mention) -> Chain {
    let link = |index: usize, mention: &Mention| Link {
        from: steps[index].name,
        to: mention.name,
        called: mention.called,
        span: mention.span,
        users: steps[index].entrance.is_none(),
    };
    let mut links = vec![link(last, &end)];
    let mut at = last;
    while let Some((from, mention)) = &steps[at].from {
        links.push(link(*from, mention));
        at = *from;
    }
    links.reverse();
    links
}

/// A `fn` literal that is a program.
struct Literal<'a> {
    contract: &'a Contract,
    body: &'a Expr,
    span: Span,
}

/// A definition named where a program is expected.
struct Named<'a> {
    name: Symbol,
    targs: &'a [Ty],
    contract: &'a Contract,
    span: Span,
}
