//! What the library asks of the machine besides processes and stdio: files, sockets, databases, external commands. One
//! room per namespace of `lib/wat/`. It must not know the checker, nor how a peer is kept.
//!
//! A row is declared in wat-abi's table, defined here by [`wat_host::world_rows`], and named by `{:intrinsic …}` in
//! `lib/wat/`. What the machine refuses is a value: `error.rs` makes it.

mod entropy;
mod env;
pub mod error;
mod file;
mod fs;
mod http;
mod net;
mod opener;
mod place;
mod process;
mod random;
mod sqlite;

pub use opener::Opener;
use wat_runtime::unit::Table;

/// Puts this crate's rows into a table.
pub fn fill(table: &mut Table) {
    http::fill(table);
    net::fill(table);
    random::fill(table);
    sqlite::fill(table);
    entropy::fill(table);
    fs::fill(table);
    file::fill(table);
    env::fill(table);
    process::fill(table);
}
