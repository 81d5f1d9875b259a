//! Literals: scalars in registers, everything else an immortal object of the image.

use super::FnLower;
use crate::mir::{Const, Local, Rvalue, Type, TypeId};
use wat_abi::rtfn::RtFn;
use wat_check::hir::Lit;

impl FnLower<'_, '_> {
    /// A literal at the type its place requires.
    pub fn literal(&mut self, lit: &Lit, ty: TypeId) -> Option<Local> {
        let rvalue = match (lit, self.special.types.get(ty)) {
            (lit, Type::Edn) => {
                let own = self.special.types.plain(natural(lit));
                let value = self.literal(lit, own)?;
                return self.rt(RtFn::edn_of, vec![value], &[own], ty);
            }
            (Lit::Int(n), Type::F64) => Rvalue::ConstF((*n as f64).to_bits()),
            (Lit::Int(n), Type::BigInt) => self.object(Const::BigInt(n.to_string().into())),
            (Lit::Int(n), Type::Decimal) => self.object(Const::Decimal(n.to_string().into())),
            (Lit::Nil, _) => Rvalue::ConstI(0),
            (Lit::Bool(b), _) => Rvalue::ConstI(i64::from(*b)),
            (Lit::Int(n) | Lit::Instant(n), _) => Rvalue::ConstI(*n),
            (Lit::Char(c), _) => Rvalue::ConstI(i64::from(u32::from(*c))),
            (Lit::Float(x), _) => Rvalue::ConstF(x.to_bits()),
            (Lit::Str(s), _) => self.object(Const::Str(s.clone())),
            (Lit::Keyword(k), _) => self.object(Const::Keyword(*k)),
            (Lit::Symbol(s), _) => self.object(Const::Symbol(*s)),
            (Lit::BigInt(d), _) => self.object(Const::BigInt(d.clone())),
            (Lit::Decimal(d), _) => self.object(Const::Decimal(d.clone())),
            (Lit::Uuid(u), _) => self.object(Const::Uuid(*u)),
        };
        Some(self.let_(ty, rvalue))
    }

    fn object(&mut self, constant: Const) -> Rvalue {
        Rvalue::Const(self.special.constant(constant))
    }
}

/// The type a literal has by itself.
fn natural(lit: &Lit) -> Type {
    match lit {
        Lit::Nil => Type::Nil,
        Lit::Bool(_) => Type::Bool,
        Lit::Int(_) => Type::I64,
        Lit::Float(_) => Type::F64,
        Lit::Char(_) => Type::Char,
        Lit::Str(_) => Type::Str,
        Lit::Keyword(_) => Type::Keyword,
        Lit::Symbol(_) => Type::Symbol,
        Lit::BigInt(_) => Type::BigInt,
        Lit::Decimal(_) => Type::Decimal,
        Lit::Instant(_) => Type::Instant,
        Lit::Uuid(_) => Type::Uuid,
    }
}
