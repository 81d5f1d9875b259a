//! The library's functions that well-kept crates do the work of and that need nothing but values: one room per
//! namespace. It must not know descriptors, processes, clocks or syntax, so macros may call all of it.
//!
//! A row is declared in wat-abi's table, defined here by [`wat_runtime::value_rows`], and named by `{:intrinsic …}` in
//! `lib/wat/`.

mod crypto;
mod csv;
mod edn;
pub mod json;
mod regex;
mod result;
mod scalar;
mod time;

use wat_runtime::unit::Table;

/// Puts this crate's rows into a table.
pub fn fill(table: &mut Table) {
    crypto::fill(table);
    csv::fill(table);
    edn::fill(table);
    json::fill(table);
    regex::fill(table);
    time::fill(table);
}
