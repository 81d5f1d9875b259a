//! The contract between compiled code and the runtime, and nothing else: how values lie in registers and
//! memory, what the context record holds, which runtime functions exist and who owns their arguments.
//!
//! Everything here is data and constants. MIR, code generation, runtime and host all depend on it; it depends
//! on none of them. A change here changes [`ABI_HASH`], which is part of every image's key.
//!
//! Begin with [`layout`] (values and objects), then [`context`] (the pinned record), then [`rtfn`] (the table).

pub mod builtin;
pub mod context;
pub mod desc;
pub mod hash;
pub mod image;
pub mod layout;
pub mod rtfn;
pub mod trap;

/// A number that differs whenever compiled code and runtime could misunderstand each other
/// (FNV-1a over the runtime table's names, classes and parameter modes, and the record's size).
pub const ABI_HASH: u64 = abi_hash();

const fn abi_hash() -> u64 {
    let mut h: u64 = 0xcbf2_9ce4_8422_2325;
    let mut row = 0;
    while row < rtfn::RtFn::ALL.len() {
        let f = rtfn::RtFn::ALL[row].row();
        let name = f.name.as_bytes();
        let mut i = 0;
        while i < name.len() {
            h = eat(h, name[i]);
            i += 1;
        }
        h = eat(h, f.class as u8);
        let mut i = 0;
        while i < f.params.len() {
            h = eat(h, f.params[i] as u8);
            i += 1;
        }
        h = eat(h, f.result as u8);
        row += 1;
    }
    let size = (size_of::<context::Ctx>() as u64).to_le_bytes();
    let mut i = 0;
    while i < size.len() {
        h = eat(h, size[i]);
        i += 1;
    }
    h
}

const fn eat(h: u64, byte: u8) -> u64 {
    (h ^ byte as u64).wrapping_mul(0x100_0000_01b3)
}
