pub mod hir;
pub mod ty;
