//! Files, spans, names and diagnostics: what every phase says about the text it was given.
//!
//! This crate does not know what wat means: it has no lexer, no types and no processes. Begin with
//! [`SourceMap`] for texts, [`Diagnostic`] for what is wrong with them and [`draw`] for how that looks.

mod code;
mod diagnostic;
mod draw;
mod json;
mod map;
mod span;
mod suggest;
mod symbol;

pub use code::Code;
pub use diagnostic::{Diagnostic, Edit, Help, Label, Severity};
pub use draw::draw;
pub use json::to_json;
pub use map::{Position, SourceMap};
pub use span::{FileId, Span};
pub use suggest::suggest;
pub use symbol::Symbol;
