//! Checking: forms → namespaces → resolved names → inference → typed HIR, with a diagnostic for each mistake.
//!
//! Begin with [`check`]; its stages are in `check.rs`. Source text comes through [`World`], so no files are
//! opened here; nothing here knows how code is generated or where processes come from.

mod bounds;
mod check;
mod contract;
mod declare;
mod effects;
mod exhaust;
mod expand;
mod foreign;
mod head;
pub mod hir;
mod infer;
mod library;
mod namespace;
mod prelude;
pub mod protocol;
mod recursion;
mod scope;
mod shelf;
mod special;
mod stdio;
mod table;
pub mod testing;
#[cfg(test)]
mod tests;
pub mod ty;
mod typeform;
mod unify;
mod walk;
mod wire;

/// The names of the language's own forms.
pub fn form_names() -> &'static [&'static str] {
    special::Special::NAMES
}

pub use check::{Checked, check, check_with_macros, expand};
pub use expand::{Code, Fault, MacroRunner, NoMacros, Node};
pub use library::{Library, Linked};
pub use namespace::{Entry, World};
pub use wire::is_wire;
