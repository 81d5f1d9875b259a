//! How names are spelled: symbols, keywords, and colon paths, which are symbols in another spelling. What a name
//! means is not known here.

use wat_source::{Code, Diagnostic, Span, Symbol};

/// A symbol token: at most one `/`, which separates the namespace.
pub fn symbol(text: &str, span: Span) -> Result<Symbol, Diagnostic> {
    if memchr::memchr2(b'/', b':', text.as_bytes()).is_none() && !text.starts_with('.') {
        return Ok(Symbol::new(text));
    }
    if text.contains("::") {
        let bad = malformed(text, "a name with `::` starts with a colon", span);
        return Err(bad.suggest(format!("write `:{text}`"), span, format!(":{text}")));
    }
    if text.starts_with('.') && text[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Diagnostic::new(Code::BadLiteral, format!("`{text}` is not a number"))
            .label(span, "a number starts with a digit")
            .suggest(format!("write `0{text}`"), span, format!("0{text}")));
    }
    match qualified(text) {
        Ok(()) => Ok(Symbol::new(text)),
        Err(why) => Err(malformed(text, why, span)),
    }
}

/// A keyword token, colon included; the symbol is without it.
pub fn keyword(text: &str, span: Span) -> Result<Symbol, Diagnostic> {
    let name = &text[1..];
    let good = match name {
        "" => Err("a keyword has a name after its colon"),
        "/" => Err("`/` alone is no keyword"),
        _ => qualified(name),
    };
    good.map(|()| Symbol::new(name)).map_err(|why| malformed(text, why, span))
}

/// A colon path `:a::b::c` is the symbol `a.b/c`.
pub fn path(text: &str, span: Span) -> Result<Symbol, Diagnostic> {
    let body = &text[1..];
    if body.starts_with(':') {
        let name = body.trim_start_matches(':');
        let bad = malformed(text, "a colon path starts with one colon and a namespace", span);
        return Err(if name.is_empty() { bad } else { bad.help(format!("a keyword is `:{name}`")) });
    }
    let segments: Vec<&str> = body.split("::").collect();
    let (last, before) = segments.split_last().expect("splitting gives at least one piece");
    for segment in before {
        if let Some(why) = bad_segment(segment).or(segment
            .contains('/')
            .then_some("the parts of a colon path are separated by `::`, without `/`"))
        {
            return Err(malformed(text, why, span));
        }
    }
    match bad_segment(last) {
        None if *last == "/" || !last.contains('/') => {
            Ok(Symbol::new(&format!("{}/{last}", before.join("."))))
        }
        None => Err(malformed(text, "the parts of a colon path are separated by `::`, without `/`", span)),
        Some(why) => Err(malformed(text, why, span)),
    }
}

fn bad_segment(segment: &str) -> Option<&'static str> {
    if segment.is_empty() {
        Some("a name is missing at a `::`")
    } else if segment.starts_with(':') || segment.ends_with(':') {
        Some("its parts are separated by exactly two colons")
    } else if segment.starts_with(|c: char| c.is_ascii_digit()) {
        Some("no part of it starts with a digit")
    } else {
        None
    }
}

/// `name` or `namespace/name`; the name `/` may stand alone or after a namespace.
fn qualified(text: &str) -> Result<(), &'static str> {
    if text.ends_with(':') {
        return Err("a name does not end with a colon; a type follows its name as in n <- i64");
    }
    let Some(slash) = text.find('/') else { return Ok(()) };
    let (namespace, name) = (&text[..slash], &text[slash + 1..]);
    match (namespace, name) {
        ("", "") => Ok(()),
        ("", _) => Err("the namespace before the `/` is missing"),
        (_, "") => Err("the name after the `/` is missing"),
        (_, "/") => Ok(()),
        _ if name.contains('/') => {
            Err("a name has one `/`, after its namespace; the parts of a namespace are separated by dots")
        }
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => Err("a name does not start with a digit"),
        _ => Ok(()),
    }
}

fn malformed(text: &str, why: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::BadName, format!("`{}` is not a name", shortened(text))).label(span, why)
}

/// A text short enough for a title.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_string(),
    }
}
