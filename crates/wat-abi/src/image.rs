//! The image's header page and tables, as code generation writes and a process reads them in place.
//!
//! An image is one segment at region offset 0: the header page, builtin descriptors, the program's descriptors
//! and names, constants (immortal objects), tables, then, from a page boundary, code. All references are
//! region offsets (0 = none); all tables are arrays of the `repr(C)` records below, sorted where it says so.

/// A `repr(C)` record without padding, every bit pattern of which is valid: it may be written and read as bytes.
///
/// # Safety
/// The type must be `repr(C)`, free of padding, references and niches.
pub unsafe trait Record: Copy {
    fn as_bytes(&self) -> &[u8] {
        // SAFETY: the trait promises that every byte of the record is initialised.
        unsafe { std::slice::from_raw_parts((&raw const *self).cast(), size_of::<Self>()) }
    }
}

// SAFETY: fields of 4 bytes, or 8-byte fields first; the sizes are checked below.
unsafe impl Record for Header {}
// SAFETY: as above.
unsafe impl Record for Program {}
// SAFETY: as above.
unsafe impl Record for Global {}
// SAFETY: as above.
unsafe impl Record for Func {}
// SAFETY: as above.
unsafe impl Record for Place {}
// SAFETY: as above.
unsafe impl Record for TrapSite {}
// SAFETY: a plain number.
unsafe impl Record for u32 {}

const _: () = assert!(size_of::<Header>() == 56 + 18 * 4);

/// The page size of images: sections begin at its multiples.
pub const PAGE: u32 = 4096;

pub const MAGIC: u64 = u64::from_le_bytes(*b"watimg\x00\x01");

#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Table {
    pub offset: u32,
    pub count: u32,
}

#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Header {
    pub magic: u64,
    pub abi_hash: u64,
    /// blake3 of everything after the header page.
    pub content_hash: [u8; 32],
    /// CPU features the code was generated for (opaque word of the code generator).
    pub features: u64,
    /// Bytes of the whole segment; a multiple of the page size.
    pub len: u32,
    /// Page-aligned start of code; code reaches to `len`.
    pub code: u32,
    /// `Program` records by `ProgramId`.
    pub programs: Table,
    /// `Global` records by `GlobalId`.
    pub globals: Table,
    /// `Func` records sorted by start.
    pub funcs: Table,
    /// `Place` records sorted by offset.
    pub places: Table,
    /// `TrapSite` records sorted by offset.
    pub traps: Table,
    /// `u32` region offsets of length-prefixed file paths. Records name file `n` as `n + 1`; 0 is none.
    pub files: Table,
    pub thunks: Thunks,
}

/// System V functions in the image through which Rust enters compiled code. Each sets the pinned register from
/// its first argument and calls `target` (an address) with the Tail convention.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Thunks {
    /// `(ctx, target) -> u64` for nullary functions with an `I`/`P` result.
    pub call0: u32,
    /// The same with an `F` result, as bits.
    pub call0_f: u32,
    /// `(ctx, target, arg) -> u64`: one `P` argument (owned), `I`/`P` result.
    pub call1: u32,
    pub call1_f: u32,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Program {
    pub name: u32,
    /// Takes the program object.
    pub code: u32,
    /// Descriptor (kind Program) whose variant 0 lists the captures.
    pub desc: u32,
    pub input: u32,
    pub output: u32,
    /// Array of `u32` global numbers in order of evaluation.
    pub globals: Table,
    pub file: u32,
    pub line: u32,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Global {
    pub name: u32,
    pub code: u32,
    pub desc: u32,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Func {
    pub start: u32,
    pub end: u32,
    pub name: u32,
    pub file: u32,
    pub line: u32,
}

/// Code from `offset` (to the next record) comes from this place. A return address is looked up minus one.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Place {
    pub offset: u32,
    pub file: u32,
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct TrapSite {
    pub offset: u32,
    /// A `Trap` code.
    pub code: u32,
}
