//! Characters → tokens, without loss: the texts of a token list, joined, are the input. Blank space and comments
//! are tokens too, so that a formatter needs no lexer of its own. Whether a number or a name is a good one is
//! decided later; a token only says what something looks like.

/// A piece of text and what it looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: TokenKind,
    pub start: u32,
    pub end: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// The byte-order mark, at the start only.
    Mark,
    /// Blanks, line breaks and commas.
    Space,
    /// From `;` to before the end of the line.
    Comment,
    Open(Bracket),
    /// `#{`
    OpenSet,
    /// `#(`
    OpenFn,
    Close(Bracket),
    /// `'`
    Quote,
    /// `` ` ``
    Quasiquote,
    /// `~`
    Unquote,
    /// `~@`
    UnquoteSplicing,
    /// `#_`
    Discard,
    /// `#inst`, with the `#`.
    Tag,
    /// `##Inf`, with the `##`.
    Symbolic,
    /// With both quotes.
    Str,
    /// A string without end, up to the end of its first line.
    OpenStr,
    /// `\a`, with the backslash.
    Char,
    /// Starts with a digit, or a sign and a digit.
    Number,
    /// `:a`, with the colon.
    Keyword,
    /// `:a::b`
    Path,
    Symbol,
    /// No token starts like this.
    Junk,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bracket {
    Round,
    Square,
    Curly,
}

impl Bracket {
    pub fn open(self) -> &'static str {
        match self {
            Bracket::Round => "(",
            Bracket::Square => "[",
            Bracket::Curly => "{",
        }
    }

    pub fn close(self) -> &'static str {
        match self {
            Bracket::Round => ")",
            Bracket::Square => "]",
            Bracket::Curly => "}",
        }
    }
}

impl TokenKind {
    /// Blank space, comments and the byte-order mark: nothing to the reader.
    pub fn is_trivia(self) -> bool {
        matches!(self, TokenKind::Mark | TokenKind::Space | TokenKind::Comment)
    }

    /// The bracket that this token opens.
    pub fn opens(self) -> Option<Bracket> {
        match self {
            TokenKind::Open(bracket) => Some(bracket),
            TokenKind::OpenSet => Some(Bracket::Curly),
            TokenKind::OpenFn => Some(Bracket::Round),
            _ => None,
        }
    }
}

impl Token {
    pub fn text(self, source: &str) -> &str {
        &source[self.start as usize..self.end as usize]
    }
}

/// All tokens of a text shorter than 4 GiB.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 4);
    let mut at = 0;
    while at < text.len() {
        let (kind, end) = token(text, at);
        debug_assert!(end > at && text.is_char_boundary(end), "each token is some whole characters");
        tokens.push(Token { kind, start: at as u32, end: end as u32 });
        at = end;
    }
    tokens
}

/// The kind and the end of the token at `at`.
fn token(text: &str, at: usize) -> (TokenKind, usize) {
    let bytes = text.as_bytes();
    let next = bytes.get(at + 1).copied();
    match bytes[at] {
        b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b',' => (TokenKind::Space, space_end(bytes, at)),
        b';' => (TokenKind::Comment, line_end(bytes, at)),
        b'(' => (TokenKind::Open(Bracket::Round), at + 1),
        b'[' => (TokenKind::Open(Bracket::Square), at + 1),
        b'{' => (TokenKind::Open(Bracket::Curly), at + 1),
        b')' => (TokenKind::Close(Bracket::Round), at + 1),
        b']' => (TokenKind::Close(Bracket::Square), at + 1),
        b'}' => (TokenKind::Close(Bracket::Curly), at + 1),
        b'\'' => (TokenKind::Quote, at + 1),
        b'`' => (TokenKind::Quasiquote, at + 1),
        b'~' if next == Some(b'@') => (TokenKind::UnquoteSplicing, at + 2),
        b'~' => (TokenKind::Unquote, at + 1),
        b'"' => string(bytes, at),
        b'\\' => character(text, at),
        _ if is_foreign_comment(text, at) => {
            (TokenKind::Junk, at + text[at..].lines().next().map_or(1, str::len))
        }
        b'#' => dispatch(text, at),
        b':' => keyword(text, at),
        b'0'..=b'9' => (TokenKind::Number, name_end(text, at)),
        b'+' | b'-' if next.is_some_and(|b| b.is_ascii_digit()) => (TokenKind::Number, name_end(text, at)),
        _ if text[at..].starts_with('\u{feff}') && at == 0 => (TokenKind::Mark, at + 3),
        _ => {
            if text[at..].starts_with(is_smart_quote) {
                return (TokenKind::Junk, smart_end(text, at));
            }
            let end = name_end(text, at);
            if end > at { (TokenKind::Symbol, end) } else { (TokenKind::Junk, junk_end(text, at)) }
        }
    }
}

fn space_end(bytes: &[u8], at: usize) -> usize {
    let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b',');
    bytes[at..].iter().position(|b| !blank(b)).map_or(bytes.len(), |n| at + n)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n)
}

fn string(bytes: &[u8], at: usize) -> (TokenKind, usize) {
    let mut from = at + 1;
    while let Some(n) = memchr::memchr2(b'"', b'\\', &bytes[from.min(bytes.len())..]) {
        if bytes[from + n] == b'"' {
            return (TokenKind::Str, from + n + 1);
        }
        from += n + 2;
    }
    let end = line_end(bytes, at);
    let end = if bytes[..end].ends_with(b"\r") { end - 1 } else { end };
    (TokenKind::OpenStr, end.max(at + 1))
}

/// `\(` is a character of its own; `\newline` goes on as far as a name does.
fn character(text: &str, at: usize) -> (TokenKind, usize) {
    match text[at + 1..].chars().next() {
        Some(c) if !c.is_whitespace() && !c.is_control() => {
            let after = at + 1 + c.len_utf8();
            (TokenKind::Char, if in_name(c) { name_end(text, after) } else { after })
        }
        _ => (TokenKind::Junk, at + 1),
    }
}

/// `// …`, `# …` and `#!…`: to the end of its line it is one mistake, whatever it says.
fn is_foreign_comment(text: &str, at: usize) -> bool {
    let mut chars = text[at..].chars();
    match (chars.next(), chars.next()) {
        (Some('/'), Some('/')) | (Some('#'), Some('!')) => true,
        (Some('#'), Some(' ')) => chars.as_str().lines().next().is_some_and(|rest| !rest.trim().is_empty()),
        _ => false,
    }
}

fn dispatch(text: &str, at: usize) -> (TokenKind, usize) {
    match text[at + 1..].chars().next() {
        Some('{') => (TokenKind::OpenSet, at + 2),
        Some('(') => (TokenKind::OpenFn, at + 2),
        Some('_') => (TokenKind::Discard, at + 2),
        Some('#') => (TokenKind::Symbolic, name_end(text, at + 2)),
        Some(c) if c.is_alphabetic() => (TokenKind::Tag, name_end(text, at + 1)),
        Some('\'' | '^' | '=' | '?' | '!' | '<' | ':' | '@') => (TokenKind::Junk, at + 2),
        _ => (TokenKind::Junk, at + 1),
    }
}

fn keyword(text: &str, at: usize) -> (TokenKind, usize) {
    let end = name_end(text, at + 1);
    let kind = if text[at..end].contains("::") { TokenKind::Path } else { TokenKind::Keyword };
    (kind, end)
}

/// The end of the characters that names and numbers consist of, from `at`.
fn name_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    loop {
        while end < bytes.len() && bytes[end] < 0x80 && in_name(bytes[end] as char) {
            end += 1;
        }
        match text[end..].chars().next() {
            Some(c) if !c.is_ascii() && in_name(c) => end += c.len_utf8(),
            _ => return end,
        }
    }
}

/// The quotes that word processors put in the place of `"` and `'`.
pub(crate) fn is_smart_quote(c: char) -> bool {
    is_double(c) || matches!(c, '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}')
}

fn is_double(c: char) -> bool {
    matches!(c, '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}')
}

/// A text in such quotes is one mistake: up to the next of the kind on the line, else this character.
fn smart_end(text: &str, at: usize) -> usize {
    let line = &text[at..line_end(text.as_bytes(), at)];
    let first = line.chars().next().expect("the caller saw one");
    let mut others = line.char_indices().skip(1);
    let last = others.find(|(_, c)| is_smart_quote(*c) && is_double(*c) == is_double(first));
    at + last.map_or(first.len_utf8(), |(n, c)| n + c.len_utf8())
}

/// A run of the same character, so that one slip of the keyboard is one mistake.
fn junk_end(text: &str, at: usize) -> usize {
    let mut chars = text[at..].chars();
    let first = chars.next().expect("a token starts before the end of the text");
    at + first.len_utf8() * (1 + chars.take_while(|c| *c == first).count())
}

/// May it stand inside a name? `'` and `#` may, though no name starts with them.
fn in_name(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '.' | '*' | '+' | '!' | '-' | '_' | '?' | '$' | '%' | '&' | '=' | '<' | '>' | '|' => true,
        '/' | ':' | '#' | '\'' => true,
        c if c.is_ascii() || is_smart_quote(c) => false,
        c => !c.is_whitespace() && !c.is_control() && !is_invisible(c),
    }
}

/// Characters that show nothing, or turn the text around them.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn check(input: &str, expected: Expect) {
        let lines: Vec<String> =
            tokens(input).iter().map(|token| format!("{:?} {:?}\n", token.kind, token.text(input))).collect();
        expected.assert_eq(&lines.concat());
    }

    #[test]
    fn every_kind_of_token() {
        check(
            "\u{feff}; hi\n(a ['b] {:k #{1}}) #(f ~x ~@y `z) #_q #inst \"2020\" ##NaN \\newline\\( :a::b -> -1 \"o",
            expect![[r###"
                Mark "\u{feff}"
                Comment "; hi"
                Space "\n"
                Open(Round) "("
                Symbol "a"
                Space " "
                Open(Square) "["
                Quote "'"
                Symbol "b"
                Close(Square) "]"
                Space " "
                Open(Curly) "{"
                Keyword ":k"
                Space " "
                OpenSet "#{"
                Number "1"
                Close(Curly) "}"
                Close(Curly) "}"
                Close(Round) ")"
                Space " "
                OpenFn "#("
                Symbol "f"
                Space " "
                Unquote "~"
                Symbol "x"
                Space " "
                UnquoteSplicing "~@"
                Symbol "y"
                Space " "
                Quasiquote "`"
                Symbol "z"
                Close(Round) ")"
                Space " "
                Discard "#_"
                Symbol "q"
                Space " "
                Tag "#inst"
                Space " "
                Str "\"2020\""
                Space " "
                Symbolic "##NaN"
                Space " "
                Char "\\newline"
                Char "\\("
                Space " "
                Path ":a::b"
                Space " "
                Symbol "->"
                Space " "
                Number "-1"
                Space " "
                OpenStr "\"o"
            "###]],
        );
    }

    #[test]
    fn what_starts_no_token_is_junk() {
        check(
            "@@x ^y\u{a0}\u{a0}#'z \\",
            expect![[r###"
                Junk "@@"
                Symbol "x"
                Space " "
                Junk "^"
                Symbol "y"
                Junk "\u{a0}\u{a0}"
                Junk "#'"
                Symbol "z"
                Space " "
                Junk "\\"
            "###]],
        );
    }

    fn joined(text: &str) -> String {
        tokens(text).iter().map(|token| token.text(text)).collect()
    }

    proptest! {
        #[test]
        fn no_character_is_lost(text in any::<String>()) {
            prop_assert_eq!(joined(&text), text);
        }

        #[test]
        fn no_character_of_likely_text_is_lost(text in "[()\\[\\]{}#'`~@^:;\"\\\\ \n\ra-c0-3/.+é\u{feff}-]{0,60}") {
            prop_assert_eq!(joined(&text), text);
        }
    }
}
