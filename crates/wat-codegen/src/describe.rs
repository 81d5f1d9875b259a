//! Types to descriptors. Types that every image describes take the builtin place; the others stand from
//! `PROGRAM_BASE` up, in the order of the module, so their offsets are known before any code is made.

use crate::data::Data;
use wat_abi::desc::{Builtin, DESC_SIZE, Desc, Kind, flags};
use wat_abi::layout::MAX_TAGS;
use wat_mir::mir::{Module, SumKind, Type, TypeId};

/// The region offset of each type's descriptor, by `TypeId`.
pub struct Types(Vec<u32>);

impl Types {
    pub fn offset(&self, ty: TypeId) -> u32 {
        self.0[ty.index()]
    }

    /// The reference word of an object of this type.
    pub fn word(&self, ty: TypeId, tag: u8) -> u32 {
        wat_abi::layout::word(self.offset(ty), tag)
    }
}

pub fn types(module: &Module, data: &mut Data) -> Result<Types, String> {
    let mut offsets = Vec::with_capacity(module.types.len());
    data.align(DESC_SIZE as usize);
    for ty in &module.types {
        offsets.push(match builtin(module, ty) {
            Some(b) => b.offset(),
            None => data.reserve(DESC_SIZE as usize),
        });
    }
    // The tag takes the low 8 of a reference word's 32 bits, and descriptors count in steps of 16.
    if data.offset() >= 1 << 28 {
        return Err("the program has too many types for one image".into());
    }
    let types = Types(offsets);
    let wire = wire(module);
    for (i, ty) in module.types.iter().enumerate() {
        if builtin(module, ty).is_none() {
            let desc = describe(&types, ty, wire[i], data)?;
            data.write(types.0[i], &desc.to_bytes());
        }
    }
    Ok(types)
}

fn builtin(module: &Module, ty: &Type) -> Option<Builtin> {
    let is_edn = |t: &TypeId| module.types[t.index()] == Type::Edn;
    Some(match ty {
        Type::Nil => Builtin::Nil,
        Type::Bool => Builtin::Bool,
        Type::I64 => Builtin::I64,
        Type::F64 => Builtin::F64,
        Type::Char => Builtin::Char,
        Type::Keyword => Builtin::Keyword,
        Type::Symbol => Builtin::Symbol,
        Type::Str => Builtin::Str,
        Type::Bytes => Builtin::Bytes,
        Type::BigInt => Builtin::BigInt,
        Type::Decimal => Builtin::Decimal,
        Type::Instant => Builtin::Instant,
        Type::Duration => Builtin::Duration,
        Type::Uuid => Builtin::Uuid,
        Type::Edn => Builtin::Edn,
        Type::Vector(t) if is_edn(t) => Builtin::EdnVector,
        Type::Vector(t) if module.types[t.index()] == Type::Str => Builtin::StrVector,
        Type::Map(k, v) if is_edn(k) && is_edn(v) => Builtin::EdnMap,
        Type::Set(t) if is_edn(t) => Builtin::EdnSet,
        Type::Peer => Builtin::Peer,
        Type::Sender => Builtin::Sender,
        Type::Receiver => Builtin::Receiver,
        Type::Resource => Builtin::Resource,
        _ => return None,
    })
}

fn describe(types: &Types, ty: &Type, wire: bool, data: &mut Data) -> Result<Desc, String> {
    let mut desc = Desc {
        kind: Kind::Closure,
        repr: ty.repr(),
        flags: 0,
        variant_count: 0,
        name: 0,
        arg0: 0,
        arg1: 0,
        variants: 0,
        reserved: [0; 2],
    };
    if wire {
        desc.flags |= flags::WIRE;
    }
    if ty.may_be_immediate() {
        desc.flags |= flags::IMMEDIATE;
    }
    match ty {
        Type::Vector(t) | Type::Set(t) => {
            let vector = matches!(ty, Type::Vector(_));
            desc.kind = if vector { Kind::Vector } else { Kind::Set };
            desc.name = data.name(if vector { "Vector" } else { "Set" });
            desc.arg0 = types.offset(*t);
        }
        Type::Map(k, v) => {
            desc.kind = Kind::Map;
            desc.name = data.name("Map");
            desc.arg0 = types.offset(*k);
            desc.arg1 = types.offset(*v);
        }
        Type::Tuple(parts) => {
            desc.kind = Kind::Tuple;
            desc.name = data.name("Tuple");
            unnamed(types, parts, &mut desc, data);
        }
        Type::Closure(captures) => {
            desc.name = data.name("Fn");
            unnamed(types, captures, &mut desc, data);
        }
        Type::Program(captures) => {
            desc.kind = Kind::Program;
            desc.name = data.name("Program");
            unnamed(types, captures, &mut desc, data);
        }
        Type::Fn => desc.name = data.name("Fn"),
        Type::Seq => {
            desc.kind = Kind::Seq;
            desc.name = data.name("Seq");
        }
        Type::Sum(sum) => {
            desc.kind = match sum.kind {
                SumKind::Struct => Kind::Struct,
                SumKind::Enum => Kind::Enum,
                SumKind::Option => Kind::Option,
                SumKind::Result => Kind::Result,
            };
            if sum.kind == SumKind::Option {
                desc.flags |= flags::ADMITS_NIL;
            }
            if sum.variants.iter().skip(MAX_TAGS).any(|variant| !variant.fields.is_empty()) {
                return Err(format!(
                    "a variant of {} with fields is not among its first {MAX_TAGS}",
                    sum.name
                ));
            }
            desc.name = data.name(sum.name.as_str());
            let mut variants = Vec::with_capacity(sum.variants.len());
            for v in &sum.variants {
                let name = if sum.kind == SumKind::Struct { 0 } else { data.name(v.name.name()) };
                let fields: Vec<[u32; 2]> = v
                    .fields
                    .iter()
                    .map(|(field, ty)| [data.name(field.as_str()), types.offset(*ty)])
                    .collect();
                variants.push((name, fields));
            }
            records(variants, &mut desc, data);
        }
        _ => return Err(format!("{ty:?} has a builtin descriptor")),
    }
    Ok(desc)
}

fn unnamed(types: &Types, parts: &[TypeId], desc: &mut Desc, data: &mut Data) {
    let fields = parts.iter().map(|t| [0, types.offset(*t)]).collect();
    records(vec![(0, fields)], desc, data);
}

/// Writes the variant and field records.
fn records(variants: Vec<(u32, Vec<[u32; 2]>)>, desc: &mut Desc, data: &mut Data) {
    data.align(4);
    let mut heads = Vec::with_capacity(variants.len());
    for (name, fields) in &variants {
        let at = if fields.is_empty() { 0 } else { data.offset() };
        heads.push([*name, fields.len() as u32, at]);
        for word in fields.iter().flatten() {
            data.push(&word.to_le_bytes());
        }
    }
    desc.variant_count = variants.len() as u32;
    desc.variants = data.offset();
    for word in heads.iter().flatten() {
        data.push(&word.to_le_bytes());
    }
}

/// Which types are wire types: the greatest solution, so recursion alone refuses nothing.
fn wire(module: &Module) -> Vec<bool> {
    let mut wire = vec![true; module.types.len()];
    loop {
        let mut changed = false;
        for (i, ty) in module.types.iter().enumerate() {
            let held = |t: &TypeId| wire[t.index()];
            let holds = match ty {
                Type::Fn
                | Type::Seq
                | Type::Closure(_)
                | Type::Program(_)
                | Type::Peer
                | Type::Sender
                | Type::Receiver
                | Type::Resource => false,
                Type::Vector(t) | Type::Set(t) => wire[t.index()],
                Type::Map(k, v) => wire[k.index()] && wire[v.index()],
                Type::Tuple(parts) => parts.iter().all(held),
                Type::Sum(s) => s.variants.iter().flat_map(|v| &v.fields).all(|(_, t)| held(t)),
                _ => true,
            };
            if wire[i] && !holds {
                wire[i] = false;
                changed = true;
            }
        }
        if !changed {
            return wire;
        }
    }
}
