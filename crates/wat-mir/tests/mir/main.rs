//! MIR by example and by generation. The evaluator and the HIR helpers stand beside, for other crates' tests.

#[path = "../eval/mod.rs"]
mod eval;
mod generated;
#[path = "../hir/mod.rs"]
mod hir;
mod programs;
mod whole;
