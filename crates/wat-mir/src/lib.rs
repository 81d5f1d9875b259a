//! From typed HIR to MIR: specialisation, lowering to control-flow graphs, ownership, and the proof that
//! ownership is right.
//!
//! Knows nothing of Cranelift, images, files or processes. Begin with [`mir`] (the language of this crate),
//! then `special` (what gets compiled), `lower` (how an expression becomes blocks), `ownership` (where counts
//! change) and [`verify`] (what holds afterwards).

pub mod mir;

mod hash;
mod intrinsic;
mod liveness;
mod lower;
mod operands;
mod ownership;
mod print;
mod reach;
mod simplify;
mod special;
mod types;
mod verify;

pub use hash::hashes;
pub use intrinsic::is_intrinsic;

pub use verify::{verify, verify_func};

use mir::Module;
use wat_check::hir::Defs;
use wat_source::Symbol;

/// The program whose entry is the definition `main`: the static closure of everything it mentions and every
/// program it mentions, specialised, with explicit ownership.
///
/// `defs` must hold a program that checking accepted: names resolve and types agree.
pub fn lower(defs: &(dyn Defs + Sync), main: Symbol) -> Module {
    std::thread::scope(|scope| {
        let work = move || on_deep_stack(defs, main);
        let thread = std::thread::Builder::new().name("lower".to_owned()).stack_size(STACK_BYTES);
        let handle = thread.spawn_scoped(scope, work).expect("a thread can be started");
        handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Expressions are as deep as the checker lets through, on a stack as large as its own.
const STACK_BYTES: usize = 256 << 20;

fn on_deep_stack(defs: &dyn Defs, main: Symbol) -> Module {
    let mut module = special::specialise(defs, main);
    for id in 0..module.funcs.len() {
        simplify::simplify(&mut module.funcs[id]);
        ownership::insert(&module.types, &mut module.funcs[id]);
    }
    if cfg!(debug_assertions)
        && let Err(why) = verify(&module)
    {
        panic!("MIR is not well formed: {why}\n{module}");
    }
    module
}
