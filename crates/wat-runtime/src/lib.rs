//! What wat values are and do at run time, and how units run.
//!
//! The value half: [`heap`] (memory by unit, messages between heaps), [`object`] and [`desc`] (reading objects and
//! types where they lie), [`text`], [`number`], [`vector`], [`map`], [`sum`] (what lives in a heap), [`value`]
//! (equality, order, hash by descriptor), [`codec`] (EDN), [`handles`] (Rust objects behind values), and [`table`],
//! which puts all of it in reach of compiled code. The other half, [`unit`], enters and leaves compiled code.
//!
//! This crate knows neither syntax nor processes. Begin with [`object`], then [`heap`].

pub mod arithmetic;
pub mod codec;
pub mod desc;
pub mod fail;
pub mod handles;
pub mod heap;
pub mod map;
pub mod mutation;
pub mod number;
pub mod object;
pub mod region;
pub mod rows;
pub mod strings;
pub mod sum;
pub mod table;
#[cfg(test)]
mod testing;
pub mod text;
pub mod unit;
pub mod value;
pub mod vector;

pub use heap::message;
