//! Making Options, Results and tuples out of slots, by their descriptors.

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::Mem;

/// Variant numbers of `wat.core/Option` and `wat.core/Result`.
pub const NONE: u8 = 0;
pub const SOME: u8 = 1;
pub const OK: u8 = 0;
pub const ERR: u8 = 1;

/// An Option of type `desc`; takes the value over.
pub fn option(mem: Mem, desc: DescRef, value: Option<u64>) -> Result<u64, Fail> {
    match value {
        None => Ok(u64::from(NONE)),
        Some(value) => Ok(mem.object_of(desc, SOME, &[value])?.slot()),
    }
}

/// `(Ok value)` of type `desc`; takes the value over.
pub fn ok(mem: Mem, desc: DescRef, value: u64) -> Result<u64, Fail> {
    Ok(mem.object_of(desc, OK, &[value])?.slot())
}

/// `(Err error)` of type `desc`; takes the error over.
pub fn err(mem: Mem, desc: DescRef, error: u64) -> Result<u64, Fail> {
    Ok(mem.object_of(desc, ERR, &[error])?.slot())
}

/// A tuple of type `desc`; takes the fields over.
pub fn tuple(mem: Mem, desc: DescRef, fields: &[u64]) -> Result<u64, Fail> {
    Ok(mem.object_of(desc, 0, fields)?.slot())
}

/// The type of what `Some`, or `Ok`, holds.
pub fn payload(desc: DescRef) -> DescRef {
    let variant = if desc.kind() == wat_abi::desc::Kind::Option { SOME } else { OK };
    desc.variant(usize::from(variant)).field(0)
}

/// The type of what `Err` holds.
pub fn error(desc: DescRef) -> DescRef {
    desc.variant(usize::from(ERR)).field(0)
}
