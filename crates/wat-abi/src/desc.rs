//! Type descriptors as they lie in an image: what the runtime knows of a type.
//!
//! A descriptor is 32 bytes at a region offset that is a multiple of 32; references to others are region
//! offsets, so an image needs no relocation. Every pointer value is self-describing through its header's
//! reference word; a slot's static type is needed only to decode, to build, and to read `I` and `F` slots.
//!
//! Builtin descriptors stand at fixed offsets from [`BUILTIN_BASE`] in every image, in the order of
//! [`Builtin::ALL`]; [`builtin_bytes`](crate::builtin::builtin_bytes) writes them.

use crate::layout::Repr;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Kind {
    Nil = 0,
    Bool,
    I64,
    F64,
    Char,
    Keyword,
    Symbol,
    Str,
    Bytes,
    BigInt,
    Decimal,
    Instant,
    Duration,
    Uuid,
    /// A slot of dynamic type: points at any of the `Edn*` builtins below, or at String, Keyword, …
    Edn,
    /// A scalar boxed to stand as an `Edn`: `arg0` is the scalar's descriptor.
    Box,
    /// `arg0` = element.
    Vector,
    /// An EDN list inside an `Edn` (a Vector of Edn in memory, printed with parentheses).
    List,
    /// `arg0` = key, `arg1` = value.
    Map,
    /// `arg0` = element.
    Set,
    /// Fields in variant 0; names are empty.
    Tuple,
    /// Fields in variant 0.
    Struct,
    Enum,
    /// An enum on the wire as bare value or nil: variants None, Some.
    Option,
    /// Variants Ok, Err.
    Result,
    /// A tagged value inside an `Edn`: slot 0 = tag (a symbol object), slot 1 = Edn.
    Tagged,
    /// Captures in variant 0 (its fields are slots 1…; slot 0 is the code offset).
    Closure,
    /// As Closure; slot 0 is the program index.
    Program,
    /// A lazy sequence: in memory a closure value.
    Seq,
    Peer,
    Sender,
    Receiver,
    /// What the library holds of the machine or of a crate: a file, a socket, a compiled pattern.
    Resource,
}

/// A descriptor. `name`, `variants`, `arg0`, `arg1` are region offsets (0 = none).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Desc {
    pub kind: Kind,
    pub repr: Repr,
    /// Bits of [`flags`].
    pub flags: u8,
    /// A length-prefixed name: `u32` length, then bytes. Structs and enums: the full name `user/Point`,
    /// type arguments left out.
    pub name: u32,
    pub arg0: u32,
    pub arg1: u32,
    /// `variant_count` records of [`Variant`].
    pub variants: u32,
    /// Number of variants (Struct, Tuple, Closure, Program: 1).
    pub variant_count: u32,
    pub reserved: [u32; 2],
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Variant {
    /// The variant's short name (`Circle`), length-prefixed; 0 for structs and tuples.
    pub name: u32,
    pub field_count: u32,
    /// `field_count` records of [`Field`].
    pub fields: u32,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Field {
    /// The field's name, length-prefixed; 0 in tuples and closures.
    pub name: u32,
    /// The field's descriptor.
    pub ty: u32,
}

pub mod flags {
    /// A `P` slot of this type may hold an immediate.
    pub const IMMEDIATE: u8 = 1;
    /// Some value of this type is written `nil` on the wire (nil itself, Option, Edn): `Some x` of such an x
    /// carries its tag.
    pub const ADMITS_NIL: u8 = 2;
    /// All parts are wire types.
    pub const WIRE: u8 = 4;
}

pub const DESC_SIZE: u32 = 32;
/// Region offset of the first builtin descriptor; the bytes below are the image's header page.
pub const BUILTIN_BASE: u32 = 4096;

macro_rules! builtins {
    ($($name:ident)*) => {
        /// Types every image describes, at fixed places.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u32)]
        pub enum Builtin { $($name),* }

        impl Builtin {
            pub const ALL: [Builtin; [$(Builtin::$name),*].len()] = [$(Builtin::$name),*];
        }
    };
}

builtins! {
    Nil Bool I64 F64 Char Keyword Symbol Str Bytes BigInt Decimal Instant Duration Uuid Edn BoxNil
    BoxBool BoxI64 BoxF64 BoxChar BoxInstant BoxDuration EdnVector EdnList EdnMap EdnSet EdnTagged
    Peer Sender Receiver StrVector Resource
}

impl Builtin {
    /// Region offset of this descriptor in every image.
    pub const fn offset(self) -> u32 {
        BUILTIN_BASE + self as u32 * DESC_SIZE
    }
}

/// Region offset just past the builtin descriptors (their names follow from here).
pub const BUILTIN_END: u32 = BUILTIN_BASE + Builtin::ALL.len() as u32 * DESC_SIZE;
/// Program descriptors start here or later.
pub const PROGRAM_BASE: u32 = 8192;
