//! Programs that are large where it matters: types, contracts, names, and the number of mistakes.

use super::{Files, check_in, listed, said};
use std::fmt::Write;

#[test]
fn types_that_double_are_refused() {
    let mut pairs = String::from("a0 1");
    for n in 1..60 {
        write!(pairs, " a{n} (tuple a{0} a{0})", n - 1).expect("strings take text");
    }
    let found = said(&format!("(defn main [] -> nil\n  (let [{pairs}] (println 1)))"));
    assert_eq!(found, "1:7 bad-type this type is too large\n");
    let mut aliases = String::from("(defalias A0x i64)\n");
    for n in 1..26 {
        writeln!(aliases, "(defalias A{n}x (Tuple A{0}x A{0}x))", n - 1).expect("strings take text");
    }
    let found = said(&format!("{aliases}(defn main [] -> nil nil)"));
    assert_eq!(found, "14:16 bad-type this type is too large\n");
}

#[test]
fn types_of_parameters_may_double_too() {
    let names: Vec<String> = (0..40).map(|n| format!("x{n}")).collect();
    let mut same = String::new();
    for pair in names.windows(2) {
        write!(same, " (= {0} (tuple {1} {1}))", pair[0], pair[1]).expect("strings take text");
    }
    let text = format!("(defn main [] -> nil (do (fn [{}] (and{same})) nil))", names.join(" "));
    let found = said(&text);
    assert!(found.contains("bad-type this type is too large"), "{found}");
}

#[test]
fn a_proof_that_would_double_is_given_up() {
    let mut text = String::new();
    for n in 0..30 {
        let call = format!("f{}", n + 1);
        writeln!(
            text,
            "(defn f{n} {{:where [(Wire T)]}} [n <- T] -> nil (do ({call} [n]) ({call} (Some n))))"
        )
        .expect("strings take text");
    }
    text += "(defn f30 {:where [(Wire T)]} [n <- T] -> nil (println 1))
(defn w {:in i64 :out i64} [] -> nil (f0 1))
(defn main [] -> nil (ignore (wait (spawn-process w))))";
    assert_eq!(said(&text), "32:7 contract-violation this contract cannot be proved\n");
}

#[test]
fn of_many_mistakes_the_first_are_told() {
    let mut text = String::from("(defn main [] -> nil\n1\n");
    for n in 0..3000 {
        writeln!(text, "(unknown{n})").expect("strings take text");
    }
    let (checked, _) = check_in(&(text + "nil)"), &mut Files(&[]));
    assert_eq!(checked.diagnostics.len(), 200);
    let last = checked.diagnostics.last().expect("there are some");
    assert_eq!(last.notes, ["and 2800 more in this file"]);
}

#[test]
fn long_names_are_cut_and_large_enums_refused() {
    let (checked, sources) = check_in(&format!("(println {})", "x".repeat(100_000)), &mut Files(&[]));
    let wanted = format!("1:10 unbound-name unknown name `{}…`\n", "x".repeat(39));
    assert_eq!(listed(&checked.diagnostics, &sources), wanted);
    let variants: String = (0..70_000).map(|n| format!(" V{n}v")).collect();
    let found = said(&format!("(defenum Big{variants})\n(defn main [] -> nil nil)"));
    assert_eq!(found, "1:10 too-many-variants an enum has at most 4000 variants\n");
    let plain: String = (0..255).map(|n| format!(" V{n}")).collect();
    let late = said(&format!("(defenum Late{plain} (Held [n <- i64]))\n(defn main [] -> nil nil)"));
    assert_eq!(late, "1:1181 too-many-variants only the first 255 variants of an enum may have fields\n");
}
