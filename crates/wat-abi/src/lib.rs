//! The contract between compiled code and the runtime, and nothing else: how values lie in registers and
//! memory, what the context record holds, which runtime functions exist and who owns their arguments.
//!
//! Everything here is data and constants. MIR, code generation, runtime and host all depend on it; it depends
//! on none of them. A change here changes [`abi_hash`], which is part of every image's key.
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
pub fn abi_hash() -> u64 {
    let mut h: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |b: u8| {
        h ^= u64::from(b);
        h = h.wrapping_mul(0x100_0000_01b3);
    };
    for f in rtfn::RtFn::ALL {
        let row = f.row();
        row.name.bytes().for_each(&mut eat);
        eat(row.class as u8);
        row.params.iter().for_each(|p| eat(*p as u8));
        eat(row.result as u8);
    }
    (std::mem::size_of::<context::Ctx>() as u64).to_le_bytes().into_iter().for_each(&mut eat);
    h
}
