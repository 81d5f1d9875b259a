//! String, Bytes, keyword and symbol objects: making and reading them. Operations on strings are in
//! [`crate::strings`].
//!
//! All four have one layout: length in bytes, hash, bytes. A keyword's and symbol's hash is there from the start; a
//! String's is kept once somebody has asked, unless it is immortal and perhaps in memory that cannot be written.

use crate::desc::DescRef;
use crate::fail::Fail;
use crate::heap::Mem;
use crate::heap::shape::TEXT_HEAD;
use crate::object::Obj;
use wat_abi::desc::Builtin;

/// A unique object of type `ty`, one of the four, with this hash and room for `length` bytes, to be written.
fn make(mem: Mem, ty: Builtin, length: usize, hash: u64) -> Result<Obj, Fail> {
    let slots = length.div_ceil(8);
    let object = mem.object(DescRef::builtin(ty), 0, TEXT_HEAD + slots)?;
    object.set(0, length as u64);
    object.set(1, hash);
    if slots > 0 {
        object.set(TEXT_HEAD + slots - 1, 0);
    }
    Ok(object)
}

fn copy_of(mem: Mem, ty: Builtin, bytes: &[u8], hash: u64) -> Result<u64, Fail> {
    let object = make(mem, ty, bytes.len(), hash)?;
    object.bytes_mut(TEXT_HEAD, bytes.len()).copy_from_slice(bytes);
    Ok(object.slot())
}

/// A unique String.
pub fn make_string(mem: Mem, text: &str) -> Result<u64, Fail> {
    copy_of(mem, Builtin::Str, text.as_bytes(), 0)
}

/// A unique String of these pieces one after another.
pub fn make_string_of<'a>(mem: Mem, pieces: impl Iterator<Item = &'a str> + Clone) -> Result<u64, Fail> {
    let object = make(mem, Builtin::Str, pieces.clone().map(str::len).sum(), 0)?;
    let mut at = 0;
    let bytes = object.bytes_mut(TEXT_HEAD, object.get(0) as usize);
    for piece in pieces {
        bytes[at..at + piece.len()].copy_from_slice(piece.as_bytes());
        at += piece.len();
    }
    Ok(object.slot())
}

pub fn make_bytes(mem: Mem, bytes: &[u8]) -> Result<u64, Fail> {
    copy_of(mem, Builtin::Bytes, bytes, 0)
}

/// A unique keyword of a name without its colon.
pub fn make_keyword(mem: Mem, name: &str) -> Result<u64, Fail> {
    copy_of(mem, Builtin::Keyword, name.as_bytes(), wat_abi::hash::keyword(name))
}

pub fn make_symbol(mem: Mem, name: &str) -> Result<u64, Fail> {
    copy_of(mem, Builtin::Symbol, name.as_bytes(), wat_abi::hash::symbol(name))
}

/// The bytes of one of the four; the caller keeps it alive.
#[inline]
pub fn bytes<'a>(slot: u64) -> &'a [u8] {
    let object = Obj::of(slot);
    object.bytes(TEXT_HEAD, object.get(0) as usize)
}

/// The text of a String, keyword or symbol; the caller keeps it alive.
#[inline]
pub fn str<'a>(slot: u64) -> &'a str {
    debug_assert!(std::str::from_utf8(bytes(slot)).is_ok());
    // SAFETY: Strings, keywords and symbols are made of `&str`, or by the code generator of checked text.
    unsafe { std::str::from_utf8_unchecked(bytes(slot)) }
}

/// The hash a keyword or symbol carries.
#[inline]
pub fn stored_hash(slot: u64) -> u64 {
    Obj::of(slot).get(1)
}

/// The hash of a String.
pub fn string_hash(slot: u64) -> u64 {
    let object = Obj::of(slot);
    let stored = object.get(1);
    if stored != 0 {
        return stored;
    }
    let hash = wat_abi::hash::bytes(bytes(slot));
    if !object.is_immortal() {
        object.set(1, hash);
    }
    hash
}
