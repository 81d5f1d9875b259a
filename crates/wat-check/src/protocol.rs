//! Protocols as tables know them, and the choice of an implementation by type: the one whose type fits. Whether
//! the bounds of that implementation hold is for `bounds.rs` to say; how protocols are written is in `declare`.

use crate::hir::{Body, Defs, Implementation};
use crate::scope::Env;
use crate::table::Sig;
use crate::ty::Ty;
use crate::unify::Types;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use wat_source::{Span, Symbol};

/// The type variable of a method that stands for the implementing type; it is the method's first.
pub const SELF: &str = "Self";

/// `(defprotocol P …)`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Protocol {
    /// Full name, `user/Describe`.
    pub name: Symbol,
    pub methods: Vec<Method>,
    pub private: bool,
    pub doc: Option<Arc<str>>,
    /// The name in the definition.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Method {
    /// Full name; its signature is that of a definition of this name.
    pub name: Symbol,
    /// The definition of the body that implementations may leave out.
    pub default: Option<Symbol>,
}

/// Is it one of a program or of the library, and not of the language itself?
pub fn is_defined(protocol: Symbol) -> bool {
    protocol.namespace().is_some()
}

/// The definition that a mention of a method stands for, with its type arguments. None for what is no method, and
/// while its type is a variable.
pub fn resolve(defs: &dyn Defs, name: Symbol, targs: &[Ty]) -> Option<(Symbol, Vec<Ty>)> {
    let Body::Method { protocol, default } = defs.def(name)?.body else { return None };
    choose(defs.implementations(protocol).into_iter(), name, default, targs)
}

/// Every definition that a method may stand for, each with its implementation; None for the default.
pub fn all(defs: &dyn Defs, name: Symbol) -> Vec<(Symbol, Option<&Implementation>)> {
    let Some(Body::Method { protocol, default }) = defs.def(name).map(|def| &def.body) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for implementation in defs.implementations(*protocol) {
        let own = implementation.methods.iter().find(|(method, _)| *method == name);
        found.extend(own.map(|(_, def)| (*def, Some(implementation))));
    }
    found.extend(default.map(|def| (def, None)));
    found
}

fn choose<'a>(
    mut all: impl Iterator<Item = &'a Implementation>,
    method: Symbol,
    default: Option<Symbol>,
    targs: &[Ty],
) -> Option<(Symbol, Vec<Ty>)> {
    let (ty, rest) = targs.split_first()?;
    let (implementation, mut found) =
        all.find_map(|candidate| Some((candidate, fit(&candidate.ty, &candidate.generics, ty)?)))?;
    match implementation.methods.iter().find(|(name, _)| *name == method) {
        Some((_, def)) => {
            found.extend_from_slice(rest);
            Some((*def, found))
        }
        None => Some((default?, targs.to_vec())),
    }
}

/// What the variables of a pattern stand for in a type that it fits.
fn fit(pattern: &Ty, variables: &[Symbol], ty: &Ty) -> Option<Vec<Ty>> {
    let mut found: Vec<Option<Ty>> = vec![None; variables.len()];
    fill(pattern, variables, ty, &mut found).then(|| found.into_iter().flatten().collect())
}

fn fill(pattern: &Ty, variables: &[Symbol], ty: &Ty, found: &mut [Option<Ty>]) -> bool {
    if let Ty::Var(name) = pattern
        && let Some(at) = variables.iter().position(|v| v == name)
    {
        return match &found[at] {
            Some(known) => known == ty,
            None => {
                found[at] = Some(ty.clone());
                true
            }
        };
    }
    let mut both = |a: &Ty, b: &Ty| fill(a, variables, b, found);
    match (pattern, ty) {
        (Ty::Vector(a), Ty::Vector(b))
        | (Ty::Set(a), Ty::Set(b))
        | (Ty::Seq(a), Ty::Seq(b))
        | (Ty::Sender(a), Ty::Sender(b))
        | (Ty::Receiver(a), Ty::Receiver(b)) => both(a, b),
        (Ty::Map(a, c), Ty::Map(b, d))
        | (Ty::Program(a, c), Ty::Program(b, d))
        | (Ty::Peer(a, c), Ty::Peer(b, d)) => both(a, b) && both(c, d),
        (Ty::Tuple(xs), Ty::Tuple(ys)) => {
            xs.len() == ys.len() && xs.iter().zip(ys.iter()).all(|(x, y)| both(x, y))
        }
        (Ty::Fn(xs, a), Ty::Fn(ys, b)) => {
            xs.len() == ys.len() && xs.iter().zip(ys.iter()).all(|(x, y)| both(x, y)) && both(a, b)
        }
        (Ty::Named(x, xs), Ty::Named(y, ys)) => x == y && xs.iter().zip(ys.iter()).all(|(x, y)| both(x, y)),
        (pattern, ty) => pattern == ty,
    }
}

/// An implementation of the method as one begins to write it: `(area-of [self] …)`.
pub fn stub(method: &Sig) -> String {
    let names: Vec<&str> = method.params.iter().map(|(name, _)| name.as_str()).collect();
    format!("({} [{}] …)", method.name.name(), names.join(" "))
}

/// Is there a type that fits both?
pub fn overlap(a: &Implementation, b: &Implementation) -> bool {
    let mut types = Types::default();
    let mut read = |implementation: &Implementation| {
        let fresh: Vec<_> = implementation.generics.iter().map(|_| types.fresh()).collect();
        let at = |name| implementation.generics.iter().position(|v| *v == name).map(|at| fresh[at]);
        types.read(&implementation.ty, &at)
    };
    let (a, b) = (read(a), read(b));
    types.unify(a, b).is_ok()
}

impl Env<'_> {
    pub fn protocol_def(&self, name: Symbol) -> Option<&Protocol> {
        self.own.protocols.get(&name).or_else(|| self.lib.protocols.get(&name))
    }

    /// The protocol of a method.
    pub fn protocol_of(&self, method: Symbol) -> Option<&Protocol> {
        let name = self.own.methods.get(&method).or_else(|| self.lib.methods.get(&method))?;
        self.protocol_def(*name)
    }

    /// The library's implementations of a protocol, then the program's.
    pub fn implementations(&self, protocol: Symbol) -> impl Iterator<Item = &Implementation> {
        let lib = self.lib.implementations.get(&protocol).into_iter().flatten();
        lib.chain(self.own.implementations.get(&protocol).into_iter().flatten())
    }

    /// The implementation for a type, and what its type variables stand for there.
    pub fn implementation(&self, protocol: Symbol, ty: &Ty) -> Option<(&Implementation, Vec<Ty>)> {
        self.implementations(protocol)
            .find_map(|candidate| Some((candidate, fit(&candidate.ty, &candidate.generics, ty)?)))
    }

    /// The definition that a mention of a method stands for, as [`resolve`] finds it.
    pub fn resolve(&self, name: Symbol, targs: &[Ty]) -> Option<(Symbol, Vec<Ty>)> {
        let protocol = self.protocol_of(name)?;
        let method = protocol.methods.iter().find(|method| method.name == name)?;
        choose(self.implementations(protocol.name), name, method.default, targs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn implementation(ty: Ty) -> Implementation {
        let generics = vec![Symbol::new("A"), Symbol::new("B")];
        let generics = generics.into_iter().filter(|v| crate::infer::mentions(&ty, *v)).collect();
        let (protocol, span) = (Symbol::new("user/P"), Span::NONE);
        Implementation { protocol, generics, ty, bounds: Vec::new(), methods: Vec::new(), span }
    }

    fn var(name: &str) -> Ty {
        Ty::Var(Symbol::new(name))
    }

    #[test]
    fn a_type_fits_a_pattern_at_one_place_or_none() {
        let (a, b) = (Symbol::new("A"), Symbol::new("B"));
        let pair = |x: Ty, y: Ty| Ty::Tuple([x, y].into());
        let vector = |t: Ty| Ty::Vector(Arc::new(t));
        assert_eq!(fit(&vector(var("A")), &[a], &vector(Ty::I64)), Some(vec![Ty::I64]));
        assert_eq!(fit(&vector(Ty::I64), &[], &vector(Ty::F64)), None);
        assert_eq!(fit(&pair(var("A"), var("A")), &[a], &pair(Ty::I64, Ty::F64)), None);
        let found = fit(&pair(var("A"), vector(var("B"))), &[a, b], &pair(Ty::Nil, vector(var("T"))));
        assert_eq!(found, Some(vec![Ty::Nil, var("T")]));
        assert_eq!(fit(&Ty::option(var("A")), &[a], &Ty::result(Ty::I64, Ty::Str)), None);
        // A variable of the code around is no type that a pattern could take apart.
        assert_eq!(fit(&vector(Ty::I64), &[], &vector(var("T"))), None);
    }

    #[test]
    fn patterns_overlap_where_a_type_fits_both() {
        let list = [Ty::option(var("A")), Ty::option(Ty::I64), Ty::I64, Ty::result(var("A"), Ty::I64)];
        let meets =
            |x: usize, y: usize| overlap(&implementation(list[x].clone()), &implementation(list[y].clone()));
        assert!(meets(0, 1) && meets(1, 0) && meets(2, 2));
        assert!(!meets(0, 2) && !meets(0, 3) && !meets(1, 2));
        let other = implementation(Ty::result(Ty::Str, var("B")));
        assert!(overlap(&implementation(list[3].clone()), &other));
    }
}
