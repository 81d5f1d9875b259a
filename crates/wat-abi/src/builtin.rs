//! The bytes of the builtin descriptors and their names, which stand at [`BUILTIN_BASE`] in every image. The
//! code generator puts them into images; a process without an image (tests of the runtime) puts them into a
//! bare region.

use crate::desc::{BUILTIN_BASE, Builtin, DESC_SIZE, Desc, Kind, PROGRAM_BASE, flags};
use crate::layout::Repr;

impl Builtin {
    pub fn kind(self) -> Kind {
        match self {
            Builtin::Nil => Kind::Nil,
            Builtin::Bool => Kind::Bool,
            Builtin::I64 => Kind::I64,
            Builtin::F64 => Kind::F64,
            Builtin::Char => Kind::Char,
            Builtin::Keyword => Kind::Keyword,
            Builtin::Symbol => Kind::Symbol,
            Builtin::Str => Kind::Str,
            Builtin::Bytes => Kind::Bytes,
            Builtin::BigInt => Kind::BigInt,
            Builtin::Decimal => Kind::Decimal,
            Builtin::Instant => Kind::Instant,
            Builtin::Duration => Kind::Duration,
            Builtin::Uuid => Kind::Uuid,
            Builtin::Edn => Kind::Edn,
            Builtin::BoxNil
            | Builtin::BoxBool
            | Builtin::BoxI64
            | Builtin::BoxF64
            | Builtin::BoxChar
            | Builtin::BoxInstant
            | Builtin::BoxDuration => Kind::Box,
            Builtin::EdnVector | Builtin::StrVector => Kind::Vector,
            Builtin::EdnList => Kind::List,
            Builtin::EdnMap => Kind::Map,
            Builtin::EdnSet => Kind::Set,
            Builtin::EdnTagged => Kind::Tagged,
            Builtin::Peer => Kind::Peer,
            Builtin::Sender => Kind::Sender,
            Builtin::Receiver => Kind::Receiver,
            Builtin::Resource => Kind::Resource,
        }
    }

    pub fn repr(self) -> Repr {
        match self {
            Builtin::Nil
            | Builtin::Bool
            | Builtin::I64
            | Builtin::Char
            | Builtin::Instant
            | Builtin::Duration => Repr::I,
            Builtin::F64 => Repr::F,
            _ => Repr::P,
        }
    }

    pub fn flags(self) -> u8 {
        match self {
            Builtin::Nil | Builtin::Edn | Builtin::BoxNil => flags::ADMITS_NIL | flags::WIRE,
            Builtin::Peer | Builtin::Sender | Builtin::Receiver | Builtin::Resource => 0,
            _ => flags::WIRE,
        }
    }

    /// The descriptors `arg0` and `arg1` refer to.
    pub fn args(self) -> [Option<Builtin>; 2] {
        match self {
            Builtin::BoxNil => [Some(Builtin::Nil), None],
            Builtin::BoxBool => [Some(Builtin::Bool), None],
            Builtin::BoxI64 => [Some(Builtin::I64), None],
            Builtin::BoxF64 => [Some(Builtin::F64), None],
            Builtin::BoxChar => [Some(Builtin::Char), None],
            Builtin::BoxInstant => [Some(Builtin::Instant), None],
            Builtin::BoxDuration => [Some(Builtin::Duration), None],
            Builtin::EdnVector | Builtin::EdnList | Builtin::EdnSet => [Some(Builtin::Edn), None],
            Builtin::EdnMap => [Some(Builtin::Edn), Some(Builtin::Edn)],
            Builtin::StrVector => [Some(Builtin::Str), None],
            _ => [None, None],
        }
    }

    /// The type's name as a program writes it.
    pub fn name(self) -> &'static str {
        match self {
            Builtin::Nil | Builtin::BoxNil => "nil",
            Builtin::Bool | Builtin::BoxBool => "bool",
            Builtin::I64 | Builtin::BoxI64 => "i64",
            Builtin::F64 | Builtin::BoxF64 => "f64",
            Builtin::Char | Builtin::BoxChar => "char",
            Builtin::Keyword => "Keyword",
            Builtin::Symbol => "Symbol",
            Builtin::Str => "String",
            Builtin::Bytes => "Bytes",
            Builtin::BigInt => "BigInt",
            Builtin::Decimal => "Decimal",
            Builtin::Instant | Builtin::BoxInstant => "Instant",
            Builtin::Duration | Builtin::BoxDuration => "Duration",
            Builtin::Uuid => "Uuid",
            Builtin::Edn => "Edn",
            Builtin::EdnVector | Builtin::StrVector => "Vector",
            Builtin::EdnList => "List",
            Builtin::EdnMap => "Map",
            Builtin::EdnSet => "Set",
            Builtin::EdnTagged => "Tagged",
            Builtin::Peer => "Peer",
            Builtin::Sender => "Sender",
            Builtin::Receiver => "Receiver",
            Builtin::Resource => "Resource",
        }
    }
}

impl Desc {
    /// The descriptor as it lies in an image.
    pub fn to_bytes(&self) -> [u8; DESC_SIZE as usize] {
        let mut out = [0; DESC_SIZE as usize];
        out[0] = self.kind as u8;
        out[1] = self.repr as u8;
        out[2] = self.flags;
        let words = [self.name, self.arg0, self.arg1, self.variants, self.variant_count];
        for (i, w) in words.into_iter().enumerate() {
            out[4 + 4 * i..8 + 4 * i].copy_from_slice(&w.to_le_bytes());
        }
        out
    }
}

/// The bytes of region offsets [`BUILTIN_BASE`] to [`PROGRAM_BASE`]: descriptors, then names.
pub fn builtin_bytes() -> Vec<u8> {
    let mut out = vec![0; Builtin::ALL.len() * DESC_SIZE as usize];
    for b in Builtin::ALL {
        let name = BUILTIN_BASE + out.len() as u32;
        out.extend((b.name().len() as u32).to_le_bytes());
        out.extend(b.name().as_bytes());
        out.resize(out.len().next_multiple_of(4), 0);
        let [arg0, arg1] = b.args().map(|a| a.map_or(0, Builtin::offset));
        let desc = Desc {
            kind: b.kind(),
            repr: b.repr(),
            flags: b.flags(),
            variant_count: 0,
            name,
            arg0,
            arg1,
            variants: 0,
            reserved: [0; 2],
        };
        let at = (b.offset() - BUILTIN_BASE) as usize;
        out[at..at + DESC_SIZE as usize].copy_from_slice(&desc.to_bytes());
    }
    let room = (PROGRAM_BASE - BUILTIN_BASE) as usize;
    assert!(out.len() <= room, "the builtin descriptors and names fit below PROGRAM_BASE");
    out.resize(room, 0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_stand_where_they_say() {
        let bytes = builtin_bytes();
        assert_eq!(BUILTIN_BASE as usize + bytes.len(), PROGRAM_BASE as usize);
        for b in Builtin::ALL {
            let at = (b.offset() - BUILTIN_BASE) as usize;
            assert_eq!(bytes[at], b.kind() as u8);
            assert_eq!(bytes[at + 1], b.repr() as u8);
            let name = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().expect("4 bytes"));
            let at = (name - BUILTIN_BASE) as usize;
            assert_eq!(&bytes[at + 4..at + 4 + b.name().len()], b.name().as_bytes());
        }
    }
}
