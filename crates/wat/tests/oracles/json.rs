//! JSON as serde_json reads and refuses it.

use crate::batch::answers;
use crate::drawing::{Eyes, drawn, float, hexed, joined, unordered};
use crate::pages::table;
use crate::random::Random;
use crate::wire;
use serde_json::{Value, json};

/// What was read, as EDN and as JSON again on one line and over several; or the kind of the error.
const PROGRAM: &str = r#"
(ns user (:use [wat.json :as json] [wat.edn :as edn] [wat.string :as string]))
(defn dynamic [text <- String] -> (Result Edn ReadError) (json/parse text))
(defn main {:in String :out String} [] -> nil
  (serve (fn [text]
    (match (dynamic text)
      ((Ok e)  (string/join "\t" [(edn/text e) (json/text e) (json/pretty e)]))
      ((Err e) (do (assert (and (> (:line e) 0) (> (:column e) 0))) (str "!" (:kind e))))))))
"#;

enum Ours {
    Read { seen: String, line: String, pretty: String },
    Refused(String),
}

fn ours(texts: &[String]) -> Vec<Ours> {
    let read = |answer: String| match answer.strip_prefix('!') {
        Some(kind) => Ours::Refused(kind.to_string()),
        None => {
            let fields: Vec<&str> = answer.split('\t').collect();
            let [edn, line, pretty] = fields[..] else { panic!("three fields: {answer}") };
            let value = wat_edn::Value::parse(edn.as_bytes()).unwrap_or_else(|e| panic!("{e}: {edn}"));
            let seen = drawn(&value, Eyes { tick: 1, ..Eyes::default() });
            Ours::Read { seen, line: line.to_string(), pretty: pretty.to_string() }
        }
    };
    answers(PROGRAM, texts).into_iter().map(read).collect()
}

fn seen_by_serde(value: &Value) -> String {
    match value {
        Value::Null => "nil".to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) if n.is_i64() => format!("i{n}"),
        Value::Number(n) if n.is_u64() => format!("n{n}"),
        Value::Number(n) => float(n.as_f64().expect("without arbitrary precision")),
        Value::String(text) => format!("s{}", hexed(text)),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(seen_by_serde))),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| format!("s{} {}", hexed(key), seen_by_serde(value));
            unordered("{", entries.iter().map(entry))
        }
    }
}

/// The cell of the table: what happens to a text on both sides.
fn verdict(text: &str, answer: &Ours) -> (String, String) {
    let theirs: Result<Value, _> = serde_json::from_str(text);
    let theirs = theirs.map(|value| seen_by_serde(&value)).unwrap_or_else(|_| "refused".to_string());
    match answer {
        Ours::Read { seen, .. } => (seen.clone(), theirs),
        Ours::Refused(_) => ("refused".to_string(), theirs),
    }
}

fn value(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth > 4 { 7 } else { 9 }) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 => json!(random.next() as i64 >> random.below(64)),
        3 => match wire::float(random) {
            wat_edn::Value::Float(x) if x.is_finite() => json!(x),
            _ => json!(random.next()),
        },
        4..7 => json!(wire::text(random)),
        7 => Value::Array((0..random.below(5)).map(|_| value(random, depth + 1)).collect()),
        _ => Value::Object(
            (0..random.below(5)).map(|_| (wire::text(random), value(random, depth + 1))).collect(),
        ),
    }
}

/// A text with one to three letters changed, put in or taken out.
fn mutated(random: &mut Random, text: &str) -> String {
    const OTHERS: [char; 24] = [
        '"', '\\', '{', '}', '[', ']', ',', ':', '0', '1', '9', '-', '+', '.', 'e', 'E', 'n', 'u', ' ',
        '\u{1}', '\n', '\u{7f}', '/', '\u{feff}',
    ];
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..1 + random.below(3) {
        let at = random.below(letters.len() + 1);
        let other = *random.one_of(&OTHERS);
        match random.below(3) {
            0 if at < letters.len() => letters[at] = other,
            1 if at < letters.len() => drop(letters.remove(at)),
            _ => letters.insert(at, other),
        }
    }
    letters.into_iter().collect()
}

/// Guards: the reader's grammar, numbers, strings and limits; and what the writer makes of any value.
#[test]
fn json_is_what_serde_json_reads() {
    let mut random = Random::of(7);
    let mut texts = Vec::new();
    for _ in 0..2500 {
        let value = value(&mut random, 0);
        let text = if random.below(2) == 0 { value.to_string() } else { format!("{value:#}") };
        texts.push(mutated(&mut random, &text));
        texts.push(text);
    }
    let (mut read, mut refused) = (0, 0);
    for (text, answer) in texts.iter().zip(ours(&texts)) {
        let theirs: Result<Value, _> = serde_json::from_str(text);
        match (answer, theirs) {
            (Ours::Refused(kind), Ok(_)) => assert_eq!(kind, ":duplicate-key", "{text}"),
            (Ours::Refused(_), Err(_)) => refused += 1,
            (Ours::Read { .. }, Err(error)) => panic!("read though {error}: {text}"),
            (Ours::Read { seen, line, pretty }, Ok(value)) => {
                let theirs = seen_by_serde(&value);
                assert!(near(&without_big(&seen), &without_big(&theirs)), "{text}\n{seen}\n{theirs}");
                for ours in [line, pretty] {
                    let again: Value =
                        serde_json::from_str(&ours).unwrap_or_else(|error| panic!("{error}: {ours}"));
                    assert!(near(&seen_by_serde(&again), &theirs), "{text} was written {ours}");
                }
                read += 1;
            }
        }
    }
    assert!(read > 2500 && refused > 1000, "{read} read, {refused} refused");
}

/// Whole numbers beyond 64 bits are BigInts here and f64 there: the nearest f64 of each.
fn without_big(seen: &str) -> String {
    let part = |word: &str| {
        let bare = word.trim_start_matches(['[', '{']);
        let digits = bare.trim_end_matches([']', '}']);
        match digits.strip_prefix('n').and_then(|digits| digits.parse::<f64>().ok()) {
            Some(x) => word.replace(digits, &float(x)),
            None => word.to_string(),
        }
    };
    seen.split(' ').map(part).collect::<Vec<_>>().join(" ")
}

/// Alike but for the last bits of an f64, which serde_json computes fast and not always to the nearest; `floats.rs`
/// compares wat's own.
fn near(ours: &str, theirs: &str) -> bool {
    let bits = |word: &str| {
        let word = word.trim_matches(['[', ']', '{', '}']);
        word.strip_prefix('f')
            .filter(|digits| digits.len() == 16)
            .and_then(|d| u64::from_str_radix(d, 16).ok())
    };
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (ours.split(' ').collect(), theirs.split(' ').collect());
    let alike = |(a, b): (&&str, &&str)| {
        a == b || matches!((bits(a), bits(b)), (Some(x), Some(y)) if x.abs_diff(y) <= 4)
    };
    ours.len() == theirs.len() && ours.iter().zip(&theirs).all(alike)
}

/// Numbers, strings and nesting at their edges.
#[test]
fn edges_of_json_are_where_serde_json_has_them() {
    let numbers = [
        "0",
        "-0.0",
        "1e0",
        "1E+2",
        "1e-2",
        "0.1e1",
        "-1.5",
        "01",
        "-01",
        "00",
        "1.",
        ".5",
        "+1",
        "1e",
        "1e+",
        "-",
        "--1",
        "0x1",
        "NaN",
        "Infinity",
        "-Infinity",
        "1_000",
        "1 2",
        "9223372036854775807",
        "-9223372036854775808",
        "1.7976931348623157e308",
        "5e-324",
        "1e-400",
        "123456789012345678.5",
        "0.30000000000000004",
        "9007199254740993.0",
        "1e22",
        "1e23",
        "0e5",
        "-1e-5",
    ];
    let strings = [
        r#""\"\\\/\b\f\n\r\t""#,
        r#""\u00e9\u2028\u0000""#,
        r#""\ud83d\ude00""#,
        r#""\ud83d""#,
        r#""\ude00\ud83d""#,
        r#""\ud83dx""#,
        r#""\ud83d\u0041""#,
        r#""\x41""#,
        r#""\u12""#,
        r#""\u12g4""#,
        r#""\U0041""#,
        r#""\'""#,
        "\"\u{7f}\u{80}\u{2028}\u{feff}\"",
        "\"\t\"",
        "\"\n\"",
        "\"\u{0}\"",
        "\"",
        "'a'",
        "\"a\"\"b\"",
    ];
    let shapes = [
        "",
        " ",
        "null",
        "nul",
        "nulll",
        "True",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "{\"a\":}",
        "{1:2}",
        "[",
        "]",
        "[]]",
        "{}",
        " [ ] ",
        "[\r\n\t ]",
        "[\u{b}]",
        "[\u{a0}]",
        "\u{feff}[]",
        "// c\n1",
        "/* c */ 1",
        "[1]\u{0}",
        "{\"\":0}",
        "\"\"",
    ];
    let mut texts: Vec<String> =
        [&numbers[..], &strings, &shapes].concat().iter().map(|t| t.to_string()).collect();
    // wat takes 128 levels, serde_json one less.
    for depth in [1, 100, 127, 129, 1000] {
        texts.push("[".repeat(depth) + &"]".repeat(depth));
        texts.push("{\"a\":".repeat(depth) + "1" + &"}".repeat(depth));
        texts.push("[".repeat(depth));
    }
    for (text, answer) in texts.iter().zip(ours(&texts)) {
        let (ours, theirs) = verdict(text, &answer);
        assert!(near(&ours, &theirs), "{text:.60?}: {ours}, not {theirs}");
    }
}

/// Each difference that stays, as the table says.
#[test]
fn differences_from_serde_json_are_those_of_the_table() {
    let rows = table("JSON.md", "Differences from serde_json");
    let texts: Vec<String> = rows[1..].iter().map(|row| expanded(&row[1])).collect();
    for (row, (text, answer)) in rows[1..].iter().zip(texts.iter().zip(ours(&texts))) {
        let (ours, theirs) = verdict(text, &answer);
        let cells = [row[2].clone(), row[3].clone()];
        assert_eq!([short(&ours), short(&theirs)], cells, "{}", row[0]);
        assert_ne!(ours, theirs, "no difference: {}", row[0]);
    }
}

/// `1 and 400 zeros` stands for what is too long for a table.
fn expanded(cell: &str) -> String {
    match cell.strip_suffix(" zeros").and_then(|rest| rest.split_once(" and ")) {
        Some((begin, count)) => begin.to_string() + &"0".repeat(count.parse().expect("a number of zeros")),
        None => cell.to_string(),
    }
}

fn short(seen: &str) -> String {
    if seen.len() > 80 { format!("{}…", &seen[..20]) } else { seen.to_string() }
}
