//! Concrete types of the program, each once: from [`Ty`] to [`TypeId`].
//!
//! Types that are alike in memory and on the wire share an id: all function types are one, as are all peers.
//! A recursive sum gets its id before its fields are known. Not here: descriptors, which code generation
//! writes.

use crate::mir::{LocalInfo, Sum, SumKind, Type, TypeId, Variant};
use rustc_hash::FxHashMap;
use wat_abi::layout::Repr;
use wat_check::hir::{Defs, TypeDef};
use wat_check::ty::Ty;
use wat_source::Symbol;

pub struct Types<'d> {
    defs: &'d dyn Defs,
    list: Vec<Type>,
    by_ty: FxHashMap<Ty, TypeId>,
    /// Everything but sums, which refer to themselves.
    by_type: FxHashMap<Type, TypeId>,
    sums: FxHashMap<(Symbol, Vec<TypeId>), TypeId>,
}

impl<'d> Types<'d> {
    pub fn new(defs: &'d dyn Defs) -> Types<'d> {
        Types {
            defs,
            list: Vec::new(),
            by_ty: FxHashMap::default(),
            by_type: FxHashMap::default(),
            sums: FxHashMap::default(),
        }
    }

    pub fn into_list(self) -> Vec<Type> {
        self.list
    }

    pub fn get(&self, id: TypeId) -> &Type {
        &self.list[id.index()]
    }

    pub fn repr(&self, id: TypeId) -> Repr {
        self.get(id).repr()
    }

    pub fn local(&self, id: TypeId) -> LocalInfo {
        let ty = self.get(id);
        LocalInfo { repr: ty.repr(), ty: Some(id), immediate: ty.may_be_immediate() }
    }

    /// The types of a variant's fields; of a tuple's elements for variant 0.
    pub fn fields(&self, id: TypeId, variant: u32) -> Vec<TypeId> {
        match self.get(id) {
            Type::Tuple(fields) => fields.clone(),
            Type::Sum(sum) => sum.variants[variant as usize].fields.iter().map(|f| f.1).collect(),
            _ => Vec::new(),
        }
    }

    /// A type without names of its own.
    pub fn plain(&mut self, ty: Type) -> TypeId {
        if let Some(&id) = self.by_type.get(&ty) {
            return id;
        }
        let id = self.push(ty.clone());
        self.by_type.insert(ty, id);
        id
    }

    pub fn id(&mut self, ty: &Ty) -> TypeId {
        if let Some(&id) = self.by_ty.get(ty) {
            return id;
        }
        let id = self.make(ty);
        self.by_ty.insert(ty.clone(), id);
        id
    }

    fn push(&mut self, ty: Type) -> TypeId {
        let id = TypeId(u32::try_from(self.list.len()).expect("fewer than 2^32 types fit in memory"));
        self.list.push(ty);
        id
    }

    fn make(&mut self, ty: &Ty) -> TypeId {
        let plain = match ty {
            // An open type variable that nothing bounds stands for nil.
            Ty::Nil | Ty::Var(_) => Type::Nil,
            Ty::Bool => Type::Bool,
            Ty::I64 => Type::I64,
            Ty::F64 => Type::F64,
            Ty::Char => Type::Char,
            Ty::Keyword => Type::Keyword,
            Ty::Symbol => Type::Symbol,
            Ty::BigInt => Type::BigInt,
            Ty::Decimal => Type::Decimal,
            Ty::Str => Type::Str,
            Ty::Bytes => Type::Bytes,
            Ty::Instant => Type::Instant,
            Ty::Duration => Type::Duration,
            Ty::Uuid => Type::Uuid,
            Ty::Resource => Type::Resource,
            Ty::Edn => Type::Edn,
            Ty::Vector(t) => Type::Vector(self.id(t)),
            Ty::Map(k, v) => Type::Map(self.id(k), self.id(v)),
            Ty::Set(t) => Type::Set(self.id(t)),
            Ty::Tuple(ts) => Type::Tuple(ts.iter().map(|t| self.id(t)).collect()),
            Ty::Fn(..) => Type::Fn,
            Ty::Seq(_) => Type::Seq,
            // As a slot: the object's own header names the layout of its captures.
            Ty::Program(..) => Type::Program(Vec::new()),
            Ty::Peer(..) => Type::Peer,
            Ty::Sender(_) => Type::Sender,
            Ty::Receiver(_) => Type::Receiver,
            Ty::Named(name, args) => return self.sum(*name, args),
        };
        self.plain(plain)
    }

    fn sum(&mut self, name: Symbol, args: &[Ty]) -> TypeId {
        let ids: Vec<TypeId> = args.iter().map(|t| self.id(t)).collect();
        let key = (name, ids);
        if let Some(&id) = self.sums.get(&key) {
            return id;
        }
        let def: &'d TypeDef = self.defs.type_def(name).expect("checking resolved every type's name");
        let kind = match name.as_str() {
            _ if def.is_struct => SumKind::Struct,
            "wat.core/Option" => SumKind::Option,
            "wat.core/Result" => SumKind::Result,
            _ => SumKind::Enum,
        };
        let id = self.push(Type::Sum(Sum { name, args: key.1.clone(), kind, variants: Vec::new() }));
        self.sums.insert(key, id);
        let arg = |var: Symbol| {
            let at = def.params.iter().position(|p| *p == var);
            at.and_then(|at| args.get(at)).cloned().unwrap_or(Ty::Nil)
        };
        let mut variants = Vec::with_capacity(def.variants.len());
        for variant in &def.variants {
            let field = |(name, ty): &(Symbol, Ty)| (*name, self.id(&ty.subst(&arg)));
            variants.push(Variant { name: variant.name, fields: variant.fields.iter().map(field).collect() });
        }
        if let Type::Sum(sum) = &mut self.list[id.index()] {
            sum.variants = variants;
        }
        id
    }
}
