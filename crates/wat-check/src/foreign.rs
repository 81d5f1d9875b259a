//! Names of other languages, and what they are here. Not typing mistakes, which `suggest` finds.

use wat_source::{Code, Diagnostic, Span, Symbol};
use wat_syntax::Form;

/// Help for an unknown name that another language has, and what to write in its place where that is certain.
pub fn name(name: &str, is_type: bool) -> Option<(String, Option<&'static str>)> {
    let row = |text: &'static str| Some((format!("write `{text}`"), Some(text)));
    let words = |text: &str| Some((text.to_string(), None));
    if is_type {
        return row(match name {
            "int" | "Int" | "integer" | "Integer" | "long" | "Long" | "i32" | "Int64" => "i64",
            "string" | "str" | "Str" | "Text" => "String",
            "boolean" | "Boolean" | "Bool" => "bool",
            "float" | "Float" | "double" | "Double" | "f32" => "f64",
            "list" | "List" | "array" | "Array" | "vec" | "Vec" | "vector" => "Vector",
            "unit" | "Unit" | "void" | "Void" | "Nil" => "nil",
            "map" | "HashMap" | "dict" | "Dict" => "Map",
            "set" | "HashSet" => "Set",
            "Char" | "character" | "Character" => "char",
            "Keyword" => "keyword",
            "symbol" => "Symbol",
            _ => return None,
        });
    }
    match name {
        "True" | "TRUE" => row("true"),
        "False" | "FALSE" => row("false"),
        "null" | "NULL" | "Nil" | "undefined" => words(
            "what may be absent is an Option: `None`, or (Some x); `nil` is the value of what gives nothing",
        ),
        "else" => row(":else"),
        "lambda" | "fun" | "function" | "λ" => row("fn"),
        "defun" | "define" | "func" | "def-fn" | "defunc" => {
            words("a function is defined by `defn`, a value by `def`")
        }
        "struct" | "record" | "defrecord" | "deftype" | "data" => row("defstruct"),
        "enum" => row("defenum"),
        "print" | "printf" | "echo" | "puts" | "prn" => row("println"),
        "length" | "len" | "size" => row("count"),
        "==" => row("="),
        "not=" | "!=" | "<>" => words("write `(not (= a b))`"),
        "let*" | "letrec" => row("let"),
        "list" => words("a vector is written `[a b]`"),
        "set!" | "setq" | "setf" => words("values do not change; `loop` goes on with new ones"),
        "while" | "for-each" | "until" => words(
            "`doseq` goes through a collection; `loop` with `recur` repeats: (loop [i 0] (if (< i 3) (recur (inc i)) i))",
        ),
        "return" => words("the last form of a body is its value"),
        "new" => words("a struct is built by its name: (Point 1.0 2.0)"),
        "require" | "import" | "include" | "use" => {
            words("other namespaces are brought by `(ns … (:use [name]))`")
        }
        "throw" | "raise" => row("panic!"),
        "catch" | "rescue" | "try-catch" => words("(attempt (fn [] …)) gives a crash as a value"),
        "plus" | "add" => row("+"),
        "minus" | "sub" | "subtract" => row("-"),
        "multiply" | "mul" => row("*"),
        "div" | "divide" => row("/"),
        "%" | "modulo" => row("mod"),
        "&&" => row("and"),
        "||" => row("or"),
        "!" => words("(not b) is the opposite of a bool; (send p v) sends to a peer"),
        "?" => words("(try e) returns a failure from the function around it"),
        "=>" => words(
            "in `match` and `cond` what is given stands beside the pattern or test, with nothing between",
        ),
        "receive" => {
            words("(readln) reads the next request, (recv p) what a peer writes; `select` waits for several")
        }
        "spawn" => words("(spawn-process f) starts a process, (spawn-thread f) a thread"),
        "self" => {
            words("a program reads with (readln) and answers with (println …); it needs no name of its own")
        }
        "defn-" => words(
            "{:private true} after the name keeps a definition in its file: (defn f {:private true} […] …)",
        ),
        "begin" | "progn" => row("do"),
        "foreach" | "dolist" => row("doseq"),
        "car" | "head" => row("first"),
        "cdr" | "tail" => row("rest"),
        "cons" => words("(conj xs x) adds at the end of a vector; (concat [x] xs) puts it first"),
        "fold" | "foldl" | "inject" => row("reduce"),
        "int" | "integer" => row("i64"),
        "float" | "double" => row("f64"),
        "string" | "to-string" | "toString" => row("str"),
        "format" | "sprintf" => words("`str` puts text together: (str n \" items\")"),
        "nil?" | "null?" => words("only an Option may hold nothing: (none? x)"),
        "Just" => row("Some"),
        "Nothing" => row("None"),
        "atom" | "ref" | "var" | "swap!" | "reset!" | "deref" => words(
            "values do not change; `loop` goes on with new ones, and `serve-state` keeps what a process knows",
        ),
        _ => None,
    }
}

/// Does a form of this name define a function in another language?
pub fn defines(name: &str) -> bool {
    matches!(name, "defun" | "define" | "function" | "fun" | "func" | "def-fn" | "defunc" | "defn-")
}

/// Does a form of this name in another language hold names of its own, which would all be unknown here?
pub fn binds(name: &str) -> bool {
    matches!(
        name,
        "lambda"
            | "fun"
            | "function"
            | "λ"
            | "defun"
            | "func"
            | "def-fn"
            | "defunc"
            | "define"
            | "struct"
            | "record"
            | "defrecord"
            | "deftype"
            | "data"
            | "enum"
            | "class"
            | "defclass"
            | "let*"
            | "letrec"
            | "while"
            | "until"
            | "for-each"
            | "foreach"
            | "dolist"
            | "catch"
            | "require"
            | "import"
            | "include"
            | "use"
            | "receive"
            | "defn-"
    )
}

/// Code of another language at the top of a file: `fn double(x: i64) -> i64 {`, `print("hello")`.
pub struct Prose<'a> {
    /// The first of its forms.
    pub at: usize,
    pub place: Span,
    /// Where the next definition begins.
    pub end: u32,
    /// What it would define.
    pub defines: Option<(Symbol, Span)>,
    /// The call as it is written here.
    call: Option<(String, &'a Form, Span)>,
}

/// The first form that is a word of another language, or a name before its parentheses.
pub fn prose(forms: &[Form]) -> Option<Prose<'_>> {
    let starts = |word: &Form| word.as_symbol().is_some_and(|word| BEGIN.contains(&word.as_str()));
    let touches = |pair: &[Form]| {
        pair[0].as_symbol().is_some()
            && pair[1].as_list().is_some()
            && !pair[0].span.is_none()
            && pair[0].span.end == pair[1].span.start
    };
    let at = (0..forms.len()).find(|&at| starts(&forms[at]) || forms[at..].get(..2).is_some_and(touches))?;
    let defines = |form: &Form| {
        let head = form.head()?;
        crate::special::Special::definition(head.as_str())
    };
    let end =
        forms[at..].iter().find(|form| defines(form).is_some()).map_or(u32::MAX, |form| form.span.start);
    let name = forms.get(at + 1).and_then(|name| Some((name.as_symbol()?, name.span)));
    let call = forms[at..].get(..2).filter(|pair| !starts(&pair[0]) && touches(pair)).map(|pair| {
        let args: String = pair[1].as_list().unwrap_or(&[]).iter().map(|arg| format!(" {arg}")).collect();
        let written = pair[0].to_string();
        let head = name_here(&written).unwrap_or(&written);
        (format!("({head}{args})"), &pair[0], pair[0].span.to(pair[1].span))
    });
    let defines = name.filter(|_| call.is_none());
    Some(Prose { at, place: forms[at].span, end, defines, call })
}

/// What a name of another language is here.
fn name_here(written: &str) -> Option<&'static str> {
    name(written, false)?.1
}

impl Prose<'_> {
    pub fn diagnostic(&self) -> Diagnostic {
        match &self.call {
            Some((call, name, span)) => {
                Diagnostic::new(Code::BadSyntax, format!("`{name}` stands before its parentheses"))
                    .label(self.place, "a call begins inside them")
                    .suggest(format!("write `{call}`"), *span, call)
            }
            None => Diagnostic::new(Code::BadSyntax, "a definition stands in parentheses")
                .label(self.place, "this is code of another language")
                .help("(defn twice [x <- i64] -> i64 (* 2 x)) defines a function, (def limit 100) a value"),
        }
    }
}

/// Words with which definitions of other languages begin.
const BEGIN: &[&str] = &[
    "fn",
    "def",
    "defn",
    "let",
    "fun",
    "func",
    "function",
    "const",
    "var",
    "class",
    "struct",
    "enum",
    "import",
    "from",
    "use",
    "pub",
    "impl",
    "defmodule",
    "public",
    "static",
    "type",
];
