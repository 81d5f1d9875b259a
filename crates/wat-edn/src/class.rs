//! What each byte may begin, continue or end: one table for the lexer and the framer, so that both cut alike.

/// Space, tab, line feed, vertical tab, form feed, carriage return and comma.
pub const SPACE: u8 = 1;
/// Ends a number, name or character: white space, brackets, `"`, `;` and `\`.
pub const END: u8 = 2;
/// ASCII that stands anywhere in a name.
pub const NAME: u8 = 4;
/// Changes the framer's depth or mode within a collection: brackets, `"`, `;` and `\`.
pub const STRUCTURE: u8 = 8;

pub static CLASS: [u8; 256] = table();

const fn table() -> [u8; 256] {
    let mut table = [0u8; 256];
    mark(&mut table, b" \t\n\x0b\x0c\r,", SPACE | END);
    mark(&mut table, b"()[]{}\";\\", STRUCTURE | END);
    mark(&mut table, b".*+!-_?$%&=<>0123456789", NAME);
    mark(&mut table, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", NAME);
    table
}

const fn mark(table: &mut [u8; 256], bytes: &[u8], flags: u8) {
    let mut i = 0;
    while i < bytes.len() {
        table[bytes[i] as usize] |= flags;
        i += 1;
    }
}

#[inline(always)]
pub fn is(byte: u8, flags: u8) -> bool {
    CLASS[byte as usize] & flags != 0
}

/// The first place at or after `at` that ends a token, or the end of `bytes`.
#[inline]
pub fn token_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&b) = bytes.get(at) {
        if is(b, END) {
            break;
        }
        at += 1;
    }
    at
}
