pub mod contract;
pub mod exhaust;
pub mod hir;
pub mod ty;
mod walk;
