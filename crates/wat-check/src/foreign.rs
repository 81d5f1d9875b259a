//! Names of other languages, and what they are here. Not typing mistakes, which `suggest` finds.

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
        "null" | "NULL" | "Nil" | "undefined" => row("nil"),
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
        "require" | "import" | "include" => words("other namespaces are brought by `(ns … (:use [name]))`"),
        "throw" | "raise" => row("panic!"),
        "catch" | "rescue" | "try-catch" => words("(attempt (fn [] …)) gives a crash as a value"),
        "plus" | "add" => row("+"),
        "minus" | "sub" | "subtract" => row("-"),
        "multiply" | "mul" => row("*"),
        "div" | "divide" => row("/"),
        "%" | "modulo" => row("mod"),
        "&&" => row("and"),
        "||" => row("or"),
        "!" => row("not"),
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
    matches!(name, "defun" | "define" | "function" | "fun" | "func" | "def-fn" | "defunc")
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
    )
}
