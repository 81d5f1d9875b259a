//! Patterns as the documentation of the crate regex describes them: one row of `tests/oracles/REGEX.md` for each construct.

use crate::batch::answers;
use crate::pages::table;
use wat_edn::Value;

/// The pattern is the first line of an input. The texts found; a piece of the text that is not where it is said to be is
/// a crash.
const PROGRAM: &str = r#"
(ns user (:use [wat.regex :as regex] [wat.edn :as edn]))
(defn found [re <- regex/Regex  text <- String] -> (Vector String)
  (map (fn [m] (do (assert (= (subs text (:start m) (:end m)) (:text m))) (:text m))) (regex/find-all re text)))
(defn main {:in String :out String} [] -> nil
  (serve (fn [input]
    (let [(tuple pattern text) (unwrap (edn/parse input -> (Tuple String String)))]
      (match (regex/regex pattern)
        ((Ok re) (edn/text (found re text)))
        ((Err e) (do (assert (and (> (:line e) 0) (> (:column e) 0))) "refused")))))))
"#;

#[test]
fn every_documented_construct_matches_as_documented() {
    let rows = table("REGEX.md", "Syntax");
    let rows = &rows[1..];
    let unescaped = |cell: &str| {
        let quoted = format!("\"{cell}\"");
        Value::parse(quoted.as_bytes()).unwrap_or_else(|error| panic!("{error}: {cell}"))
    };
    let inputs: Vec<String> = rows
        .iter()
        .map(|row| Value::Vector(vec![Value::string(row[1].as_str()), unescaped(&row[2])]).to_string())
        .collect();
    for (row, ours) in rows.iter().zip(answers(PROGRAM, &inputs)) {
        assert_eq!(ours, row[3], "{}: {} on {}", row[0], row[1], row[2]);
    }
    assert!(rows.len() > 90, "{} rows", rows.len());
}
