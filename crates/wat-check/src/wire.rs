//! Which types are data: everything except functions, `Seq`, code and handles. Of recursive types the greatest
//! solution is taken.

use crate::hir::{Defs, TypeDef};
use crate::scope::Env;
use crate::ty::Ty;
use wat_source::Symbol;

/// Where structs and enums are found.
pub trait TypeDefs {
    fn find(&self, name: Symbol) -> Option<&TypeDef>;

    /// Is code data? It is to macros alone: what a name means is known to the process that compiles.
    fn code_travels(&self) -> bool {
        false
    }
}

impl TypeDefs for Env<'_> {
    fn find(&self, name: Symbol) -> Option<&TypeDef> {
        self.type_def(name)
    }

    fn code_travels(&self) -> bool {
        self.is_macro
    }
}

impl TypeDefs for &dyn Defs {
    fn find(&self, name: Symbol) -> Option<&TypeDef> {
        self.type_def(name)
    }
}

/// Is it a wire type? Else the part that is not, as text. A type variable counts as one.
pub fn is_wire(ty: &Ty, defs: &dyn Defs) -> Result<(), String> {
    match walk(ty, &defs, &mut Vec::new(), false) {
        Err(part) if !matches!(part, Ty::Var(_)) => Err(part.to_string()),
        _ => Ok(()),
    }
}

/// Is it a wire type? Else the first part that is not; type variables are not.
pub fn wire(ty: &Ty, env: &Env<'_>) -> Result<(), Ty> {
    walk(ty, env, &mut Vec::new(), false)
}

/// The same with Sender and Receiver allowed, as for what a thread takes along.
pub fn is_wire_or_channel(ty: &Ty, env: &Env<'_>) -> Result<(), Ty> {
    walk(ty, env, &mut Vec::new(), true)
}

/// A type that contains itself at ever larger arguments is reported elsewhere; here it only has to end.
pub const MOST_TYPES: usize = 256;

fn walk(ty: &Ty, defs: &dyn TypeDefs, seen: &mut Vec<Ty>, channels: bool) -> Result<(), Ty> {
    match ty {
        Ty::Fn(..) | Ty::Seq(_) | Ty::Program(..) | Ty::Peer(..) | Ty::Resource => Err(ty.clone()),
        Ty::Var(name) if *name != "?" => Err(ty.clone()),
        Ty::Sender(_) | Ty::Receiver(_) if channels => Ok(()),
        Ty::Sender(_) | Ty::Receiver(_) => Err(ty.clone()),
        Ty::Vector(t) | Ty::Set(t) => walk(t, defs, seen, channels),
        Ty::Map(k, v) => {
            walk(k, defs, seen, channels)?;
            walk(v, defs, seen, channels)
        }
        Ty::Tuple(ts) => ts.iter().try_for_each(|t| walk(t, defs, seen, channels)),
        Ty::Named(name, args) => {
            if *name == crate::expand::template::FORM && !defs.code_travels() {
                return Err(ty.clone());
            }
            if seen.contains(ty) || seen.len() > MOST_TYPES {
                return Ok(());
            }
            seen.push(ty.clone());
            let Some(def) = defs.find(*name) else { return Ok(()) };
            // A handle of the library is a struct or enum without variants.
            if def.variants.is_empty() {
                return Err(ty.clone());
            }
            for (_, field) in def.variants.iter().flat_map(|variant| &variant.fields) {
                walk(&field_at(field, def, args), defs, seen, channels)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A field's type at the arguments of its struct or enum.
pub fn field_at(field: &Ty, def: &TypeDef, args: &[Ty]) -> Ty {
    field.subst(&|name| match def.params.iter().position(|p| *p == name) {
        Some(at) => args.get(at).cloned().unwrap_or(Ty::Nil),
        None => Ty::Var(name),
    })
}
