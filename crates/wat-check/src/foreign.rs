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
        "defun" | "define" => words("a function is defined by `defn`, a value by `def`"),
        "struct" | "record" | "defrecord" | "deftype" | "data" => row("defstruct"),
        "enum" => row("defenum"),
        "print" | "printf" | "echo" | "puts" | "prn" => row("println"),
        "length" | "len" | "size" => row("count"),
        "==" => row("="),
        "not=" | "!=" | "<>" => words("write `(not (= a b))`"),
        "let*" | "letrec" => row("let"),
        "list" => words("a vector is written `[a b]`"),
        "set!" | "setq" | "setf" => words("values do not change; `loop` goes on with new ones"),
        "while" => row("loop"),
        "return" => words("the last form of a body is its value"),
        "require" | "import" | "include" => words("other namespaces are brought by `(ns … (:use [name]))`"),
        "throw" | "raise" => row("panic!"),
        _ => None,
    }
}
