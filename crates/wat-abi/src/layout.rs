//! How a value lies in a register and an object in memory.
//!
//! **Slots.** Every value occupies one 64-bit slot: a register, a field, an element, an argument. [`Repr`] says
//! what the slot holds. `I`: nil (0), bool (0/1), i64, char (scalar value), Instant and Duration (nanoseconds),
//! and an enum none of whose variants has fields (the variant's number). `F`: the bits of an f64. `P`: a
//! pointer to an object, or an *immediate*: a number below [`IMMEDIATE_END`], which is the variant number of a
//! field-less variant of an enum that has other variants with fields (`None` is immediate 0).
//!
//! **Objects** start with an 8-byte header: a signed 32-bit count and a 32-bit reference word.
//! `word = (descriptor_region_offset / 16) << 8 | tag`; the tag is the variant number of an enum value and 0
//! elsewhere. A count of 1 means unique; a negative count is immortal (image constants, `def` values): dup and
//! drop test the sign and write nothing. Objects are 16-byte aligned. An object that never reaches another
//! object's fields through anything but its own slots keeps the heap acyclic.
//!
//! | object | after the header |
//! |---|---|
//! | struct, tuple, enum variant, closure, program | slots of 8 bytes: fields; closure: slot 0 = code region offset, captures follow; program: slot 0 = program index, captures follow |
//! | box of a scalar (an `Edn` scalar) | one slot |
//! | String, Bytes, keyword, symbol | `len: u64` (bytes), `hash: u64` (keyword and symbol: computed at creation; String: 0 = not computed), then the bytes, padded to 8 |
//! | BigInt | `sign_len: i64` (limb count, negative for negative numbers), then `u64` limbs, least significant first |
//! | Decimal | `scale: i64`, then as BigInt |
//! | Uuid | two slots: high, low 64 bits |
//! | Vector, Map, Set | as the runtime's `collections` define; opaque to compiled code except for the count in slot 0 |
//! | Peer, Sender, Receiver, Resource (handles) | slot 0 = index in the process's handle table |

/// What a slot holds; the calling convention of compiled code follows from it (`I`, `P`: I64; `F`: F64).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Repr {
    I = 0,
    F = 1,
    P = 2,
}

/// A `P` slot below this number is an immediate variant number, not a pointer.
pub const IMMEDIATE_END: u64 = 4096;
/// Only so many variants of an enum, its first, may have fields: the tag is one byte.
pub const MAX_TAGS: usize = 255;
/// Size of an object's header.
pub const HEADER: usize = 8;
/// Offset of the signed 32-bit count.
pub const COUNT_OFFSET: i32 = 0;
/// Offset of the 32-bit reference word.
pub const WORD_OFFSET: i32 = 4;
/// Offset of the tag byte (the low byte of the little-endian reference word).
pub const TAG_OFFSET: i32 = 4;
/// The count of an object in an image.
pub const IMMORTAL: i32 = i32::MIN / 2;

/// Byte offset of slot `i` of an object.
pub const fn slot_offset(i: usize) -> i32 {
    (HEADER + 8 * i) as i32
}

/// The reference word of an object whose descriptor lies at `desc` (a region offset, multiple of 16).
pub const fn word(desc: u32, tag: u8) -> u32 {
    (desc / 16) << 8 | tag as u32
}

/// The descriptor's region offset out of a reference word.
pub const fn desc_of_word(word: u32) -> u32 {
    (word >> 8) * 16
}

/// Size classes of the unit heap: an object of `bytes` (header included) belongs to class
/// `(bytes + 15) / 16 - 1` when that is below [`CLASSES`]; larger objects go through the runtime.
pub const CLASS_GRAIN: usize = 16;
pub const CLASSES: usize = 32;

/// The size class for `bytes` (header included), or none when the object is large.
pub const fn class_of(bytes: usize) -> Option<usize> {
    let c = bytes.div_ceil(CLASS_GRAIN) - 1;
    if c < CLASSES { Some(c) } else { None }
}

/// Each process reserves one region of this many bytes at a random base; every segment of an image lies at the
/// same offset from that base in every process of a tree.
pub const REGION_SIZE: usize = 1 << 30;
