//! EDN text ↔ data: streaming, with limits.
//!
//! This crate knows EDN's letters and nothing of wat's types or processes. It has four layers, each usable alone:
//!
//! - [`Framer`] cuts a growing byte stream into complete top-level values without rescanning;
//! - [`Lexer`] turns the text of a value into [`Token`]s that borrow from it;
//! - [`mod@write`] appends literals to a `Vec<u8>`, [`Instant`], [`duration`], [`uuid`], [`base64`] and [`number`]
//!   convert their texts;
//! - [`Value`] is dynamic EDN for tools and tests; a typed decoder drives the lexer itself.
//!
//! Begin with [`Value::parse`] to see the lexer driven and with [`Framer::next`] to see a stream cut.
//!
//! # What is read
//!
//! The specification of EDN leaves matters open and its readers disagree. This reader is strict:
//!
//! | matter | decision |
//! |---|---|
//! | `017`, `08`, `01.5` | rejected: a number has no leading zero |
//! | `0x2A`, `2r101`, `1/2` | rejected: hexadecimal is for source files, radix and ratios are Clojure's |
//! | `+1`, `-0`, `1.`, `1E5` | accepted |
//! | `.5`, `-.5` | rejected; `.`, `-`, `+` and `...` are symbols |
//! | an integer beyond 64 bits without `N` | [`Token::IntOutOfRange`], an error of [`Value`] |
//! | `1e400` | [`Token::FloatOutOfRange`]: too large; too small a number rounds to zero |
//! | `##Inf ##-Inf ##NaN` | accepted; any other `##x` rejected |
//! | digits of a BigInt or Decimal, its exponent | at most 100,000 ([`number::MAX_DIGITS`]) |
//! | white space | space, tab, LF, VT, FF, CR, comma; NBSP and Unicode's others are rejected |
//! | byte-order mark | rejected, also at the start |
//! | string escapes | `\" \\ \n \r \t \b \f \uXXXX`; a pair of surrogates is one character, a lone one rejected; octal rejected |
//! | raw control characters in a string | accepted, newlines included |
//! | characters | `\x` for any one scalar value (beyond U+FFFF too) but white space other than the comma and controls; `\newline \space \tab \return \formfeed \backspace`, `\uXXXX` but surrogates |
//! | symbols | letters, digits, `. * + ! - _ ? $ % & = < >`, not first `: # '`, and non-ASCII but spaces, controls and U+FEFF |
//! | `a/b/c`, `a/`, `/a`, `a//` | rejected; `/` alone is a symbol |
//! | `:`, `::a`, `:a:`, `:a::b`, `:/`, `:a/`, `:a/1` | rejected; `:1` and `:1/a` accepted |
//! | metadata `^`, quote, `@`, `` ` ``, `~`, `#"…"`, `#(…)`, `#:ns{…}` | rejected: not EDN |
//! | tags | begin with a letter: `#a`, `#a.b/C`; a tag without a value is rejected |
//! | `#_` | discards the next value, nested and before tagged values too; the discarded text must be well formed and balanced, its keys are not compared |
//! | duplicate keys and elements | rejected by [`Value`]; equality is of the same kind (`1`, `1.0`, `1N` differ, `[1]` and `(1)` differ), NaN equals NaN, `0.0` equals `-0.0`, `1.0M` equals `1.00M` |
//! | `#inst` | RFC 3339, also cut after year, month, day, hour or minute (`"2024"`, `"2024-01-02"`), UTC without an offset; at most nine digits of fraction; no leap seconds; years 0000–9999 |
//! | `#uuid` | 8-4-4-4-12 hexadecimal digits of either case |
//! | nesting | 256 levels, tags counted; 16 MiB of text a value: both settable in [`Limits`] |
//! | invalid UTF-8 | rejected |
//!
//! # What is written
//!
//! One value holds no raw newline, so that a line is a value. The layout of each literal is told in [`mod@write`].

#![deny(unsafe_op_in_unsafe_fn)]

pub mod base64;
mod class;
pub mod duration;
mod error;
mod framer;
mod guess;
mod instant;
mod lexer;
mod limits;
mod name;
pub mod number;
mod parse;
mod position;
mod skip;
mod text;
mod utf8;
pub mod uuid;
mod value;
pub mod write;

pub use error::{ErrorKind, LexError, LiteralError, ReadError};
pub use framer::{Framer, Next};
pub use instant::Instant;
pub use lexer::{Lexer, Token};
pub use limits::Limits;
pub use name::{is_keyword, is_symbol, is_tag};
pub use position::Position;
pub use text::StrToken;
pub use value::Value;
