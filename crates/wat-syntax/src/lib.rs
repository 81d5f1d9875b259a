//! wat's text as data: characters → lossless tokens → forms, and forms back to text.
//!
//! Reading never fails: [`read`] returns what it understood and a diagnostic for each mistake. This crate
//! does not know macros, types or the disk; to it `(if 1 2)` is a list of three forms like any other.
//! Begin with [`Form`]; the reader is in `reader.rs`, its lexer in `token.rs`.

mod form;
mod literal;
mod name;
mod print;
mod reader;
mod recover;
#[cfg(test)]
mod tests;
mod token;

pub use form::{Form, FormKind};
pub use print::{float_text, print, string_text};
pub use reader::{MAX_DEPTH, Reading, decode, load, read, read_bytes, read_one};
pub use token::{Bracket, Token, TokenKind, tokens};
