//! The language's own forms as a reader looks them up: how each is written, what it does, an example. What they mean
//! is in wat-check; a test holds this table to the checker's list.

use crate::docs::{Entry, Example};

/// Shape, text, example and what it gives. The name is the shape's first word.
const FORMS: &[(&str, &str, &str, &str)] = &[
    (
        "(ns name (:use [other :as o :only [f]]))",
        "The namespace of the file, and the others it uses.",
        "",
        "",
    ),
    (
        "(def name \"text\" value)",
        "A value, computed once in each process that mentions it; it has no effects.",
        "",
        "",
    ),
    (
        "(defn name \"text\" {:where [(Ord T)] :in I :out O} [x <- T  & more <- U] -> R body…)",
        "A function with the types of what it takes and gives. With `:in` and `:out` it is a program.",
        "",
        "",
    ),
    (
        "(defstruct Name \"text\" [field <- T …])",
        "A struct: (Name …) makes one, (:field s) reads a field, (with s :field v) is another with that field.",
        "",
        "",
    ),
    (
        "(defenum Name Variant (Variant [field <- T]) …)",
        "A type of several variants, told apart by `match`.",
        "",
        "",
    ),
    ("(defalias Name Type)", "Another name for a type.", "", ""),
    (
        "(defprotocol Name (method [self <- Self] -> T) …)",
        "Functions that types implement, each for itself.",
        "",
        "",
    ),
    ("(extend Type Protocol (method [x] body…) …)", "How a type implements a protocol.", "", ""),
    (
        "(defmacro name [form & body] template)",
        "A function from code to code that runs while the program is compiled.",
        "",
        "",
    ),
    ("(deftest \"what holds\" body…)", "A test; `wat test` runs it in a process of its own.", "", ""),
    (
        "(fn name [x y] body…)",
        "A function; it may name itself, and its types are inferred.",
        "(map (fn [x] (* x x)) [1 2 3])",
        "[1 4 9]",
    ),
    (
        "(let [pattern value …] body…)",
        "Names for values, one after another.",
        "(let [x 2 y (* x x)] (+ x y))",
        "6",
    ),
    ("(if test then else)", "One of two; the test is a bool.", "(if (< 1 2) :yes :no)", ":yes"),
    ("(do form… last)", "Each in turn; the value is the last one's.", "(do (ignore 1) 2)", "2"),
    (
        "(match value (pattern :when test body…) …)",
        "The first arm whose pattern fits; every value must have one.",
        "(match (Some 3) ((Some n) n) (None 0))",
        "3",
    ),
    (
        "(loop [name start …] body…)",
        "A body that `recur` begins again with other values.",
        "(loop [i 0 sum 0] (if (= i 4) sum (recur (+ i 1) (+ sum i))))",
        "6",
    ),
    ("(recur value …)", "Begins the innermost `loop` or function again, as its last step.", "", ""),
    ("(try e)", "The value of an Ok or Some; an Err or None is returned from the function.", "", ""),
    ("(quote form)", "The form as data; also written 'form.", "'sym", "sym"),
    ("(tuple a b …)", "Several values of their own types.", "(tuple 1 \"a\")", "[1 \"a\"]"),
    ("(with struct :field value …)", "The struct with other values in some fields.", "", ""),
    (
        "(select (peer v body…) (exit peer r body…) (after d body…) (signal :usr1 body…) (stopped body…) (cancelled body…))",
        "Waits for the first of several: a value, an end, a time, a stop; or until nobody waits for the request in hand any more or its time has passed.",
        "",
        "",
    ),
    (
        "(with-peers [name (spawn-process f) …] body…)",
        "Peers that end with the body, whatever happens in it.",
        "",
        "",
    ),
    ("(when test body…)", "The body where the test is true; nil.", "", ""),
    (
        "(cond test value … :else value)",
        "The value of the first test that is true.",
        "(cond (> 1 2) :a :else :b)",
        ":b",
    ),
    (
        "(case value constant result … otherwise)",
        "The result beside the equal constant, else the last one.",
        "(case 2 1 :one 2 :two :many)",
        ":two",
    ),
    (
        "(if-let [pattern value] then else)",
        "Then, with the value of a Some; else for None.",
        "(if-let [x (Some 1)] x 0)",
        "1",
    ),
    ("(when-let [pattern value] body…)", "The body with the value of a Some; nil.", "", ""),
    ("(and test …)", "Whether all are true, asked in turn.", "(and true false)", "false"),
    ("(or test …)", "Whether any is true, asked in turn.", "(or false true)", "true"),
    ("(-> x (f a) g)", "x threaded first through each call: (g (f x a)).", "(-> 1 (- 3) inc)", "-1"),
    (
        "(->> xs (map f) vec)",
        "xs threaded last through each call.",
        "(->> [1 2] (map inc) (reduce + 0))",
        "5",
    ),
    (
        "(for [x xs :when test] body)",
        "The body's value for each element.",
        "(vec (for [x [1 2]] (* 2 x)))",
        "[2 4]",
    ),
    ("(doseq [x xs] body…)", "The body for each element; nil.", "", ""),
    ("(str value …)", "The text of all values, one after another.", "(str \"n=\" 1)", "\"n=1\""),
    ("(panic! \"message\" data)", "A crash, which ends the smallest unit around it.", "", ""),
    ("(assert test \"message\")", "A crash where the test is false.", "(assert true)", ""),
    ("(quasiquote form)", "A template of code, also written `form.", "", ""),
    ("(unquote form)", "The value of code inside a template, also written ~form.", "", ""),
    ("(unquote-splicing forms)", "Several forms inside a template, also written ~@forms.", "", ""),
];

pub fn entries() -> impl Iterator<Item = Entry> {
    FORMS.iter().map(|(shape, text, code, gives)| Entry {
        name: name(shape).to_string(),
        kind: "form",
        signature: shape.to_string(),
        text: text.to_string(),
        example: (!gives.is_empty())
            .then(|| Example { code: code.to_string(), gives: Some(gives.to_string()) }),
        also: Vec::new(),
    })
}

fn name(shape: &str) -> &str {
    shape[1..].split([' ', ')']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_checker_is_told_once() {
        let mut told: Vec<&str> = FORMS.iter().map(|(shape, ..)| name(shape)).collect();
        let mut known = wat_check::form_names().to_vec();
        told.sort_unstable();
        known.sort_unstable();
        assert_eq!(told, known);
    }
}
