//! Matches and contracts from source text, with the library: a mistake is marked by `;; error[code]` or
//! `;; warning[code]` on the line above it, and nothing else is reported.

use expect_test::expect;
use wat_check::{Entry, Library, World, check};
use wat_source::{Diagnostic, SourceMap, Symbol};

/// No namespaces beside the entry file's.
struct Alone;

impl World for Alone {
    fn read(&mut self, _: Symbol) -> Result<Option<(String, Vec<u8>)>, String> {
        Ok(None)
    }
}

fn library(sources: &mut SourceMap) -> Library {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../lib/wat");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("lib/wat is there") {
        let path = entry.expect("lib/wat is readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a UTF-8 name").to_string();
        files.push((format!("wat/{name}"), std::fs::read_to_string(&path).expect("a text")));
    }
    files.sort();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (library, diagnostics) = Library::build(&files, sources);
    assert!(diagnostics.iter().all(|d| !d.is_error()), "{}", drawn(&diagnostics, sources));
    library
}

fn drawn(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    diagnostics.iter().map(|d| wat_source::draw(d, sources, false)).collect::<Vec<_>>().join("\n")
}

/// `error[code]` with the line it is about.
fn marks(text: &str) -> Vec<(usize, String)> {
    let mark = |(line, text): (usize, &str)| {
        let mark = text.trim().strip_prefix(";; ")?;
        let is_mark = mark.ends_with(']') && (mark.starts_with("error[") || mark.starts_with("warning["));
        is_mark.then(|| (line + 2, mark.to_string()))
    };
    text.lines().enumerate().filter_map(mark).collect()
}

#[track_caller]
fn marked(texts: &[&str]) {
    let mut sources = SourceMap::new();
    let library = library(&mut sources);
    for text in texts {
        let entry = Entry { path: "test.wat".to_string(), text: text.as_bytes().to_vec() };
        let checked = check(entry, &mut Alone, &library, &mut sources);
        let mut found: Vec<(usize, String)> = checked
            .diagnostics
            .iter()
            .map(|d| (sources.position(d.span()).line as usize, format!("{}[{}]", d.severity.name(), d.code)))
            .collect();
        found.sort();
        assert_eq!(found, marks(text), "in\n{text}\n{}", drawn(&checked.diagnostics, &sources));
    }
}

#[test]
fn matches() {
    marked(&[
        "(defenum (Tree T) Leaf (Node [left <- (Tree T)  value <- T  right <- (Tree T)]))
(defn depth [t <- (Tree T)] -> i64
  (match t
    (Tree/Leaf 0)
    ((Tree/Node l _ r) (+ 1 (max (depth l) (depth r))))))
(defn lone [t <- (Tree i64)] -> bool
  ;; error[missing-case]
  (match t
    ((Tree/Node Tree/Leaf _ Tree/Leaf) true)
    (Tree/Leaf false)))
(defn main [] -> nil (println (tuple (depth (Tree/Node Tree/Leaf 1 Tree/Leaf)) (lone Tree/Leaf))))",
        "(defstruct Point [x <- i64  y <- i64])
(defn where-is [p <- Point] -> String
  (match p
    ((Point 0 0) \"origin\")
    ({:x 0} \"axis\")
    ({:x x :y y} (str x \" \" y))))
(defn main [] -> nil
  (let [(Point x _) (Point 1 2)
        (tuple a [& more]) (tuple x [1])
        ;; error[refutable-pattern]
        [b & _] more]
    (println (str (where-is (Point 1 2)) a b))))",
        "(defn f [xs <- (Vector bool)] -> i64
  (match xs
    ([] 0)
    ([true] 1)
    ([false] 2)
    ((as [_ _ & rest] all) (+ (count rest) (count all)))))
(defn g [x <- (Result (Option i64) String)] -> i64
  (match x
    ((Ok (Some n)) :when (> n 0) n)
    ((or (Ok None) (Err _)) 0)
    ((Ok (Some _)) 1)
    ;; warning[unreachable-arm]
    ((Ok _) 2)))
(defn h [x <- (Option i64)] -> i64
  (if-let [n x] n (match x (None 0) (_ 1))))
(defn main [] -> nil
  (println (+ (f []) (g (Ok None)) (h None))))",
        "(defn main [] -> nil
  (let [p (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))]
    (select
      ;; error[refutable-pattern]
      (p (Ok v) (println v))
      (exit p r (println r))
      (after (seconds 1) (println \"late\")))))",
        "(defn f [x <- i64] -> (Fn [bool] -> i64)
  (fn [b]
    ;; error[missing-case]
    (match (tuple b x)
      ((tuple true 0) 0)
      ((tuple false _) 1))))
(defn main [] -> nil (println ((f 1) true)))",
    ]);
}

#[test]
fn contracts() {
    marked(&[
        // The contract is kept, through generic functions, serve and functions that are passed.
        "(defn say {:where [(Wire T)]} [x <- T] -> nil (println x))
(defn worker {:in i64 :out i64} [] -> nil
  (match (readln)
    ((Some n) (do (doseq [i (range n)] (say i)) (worker)))
    (None nil)))
(defn echo {:in String :out String} [] -> nil (serve (fn [s] s)))
(defn main [] -> nil
  (let [w (spawn-process worker) e (spawn-thread echo)]
    (say \"any\")
    (println (call w 1))
    (println (call e \"x\"))))",
        "(defn say {:where [(Wire T)]} [x <- T] -> nil
  ;; error[contract-violation]
  (println x))
(defn worker {:in i64 :out i64} [] -> nil
  (say \"text\"))
(defn main [] -> nil (ignore (wait (spawn-process worker))))",
        // Passed, not called.
        "(defn worker {:in i64 :out i64} [] -> nil
  ;; error[contract-violation]
  (ignore (map println [\"a\"])))
(defn main [] -> nil (ignore (wait (spawn-process worker))))",
        // A program inside a program is proved for itself.
        "(defn main [] -> nil
  (let [p (spawn-process (fn {:in i64 :out String} []
            (let [q (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))]
              (serve (fn [n] (str (unwrap (call q n) \"q\")))))))]
    (println (call p 1))))",
        "(defn main [] -> nil
  (let [p (spawn-process (fn {:in i64 :out String} []
            (let [q (spawn-thread (fn {:in i64 :out i64} []
                      (do
                        ;; error[contract-violation]
                        (println \"no\")
                        (serve inc))))]
              (serve (fn [n] (str (unwrap (call q n) \"q\")))))))]
    (println (call p 1))))",
        // Two that call each other.
        "(defn even [n <- i64] -> nil (if (> n 0) (odd (- n 1)) (println n)))
(defn odd [n <- i64] -> nil
  ;; error[contract-violation]
  (do (println (= n 1)) (even n)))
(defn worker {:in Edn :out i64} [] -> nil (even 9))
(defn main [] -> nil (ignore (wait (spawn-process worker))))",
    ]);
}

#[test]
fn the_chain_is_shown() {
    let text = "(defn report [n <- i64] -> nil
  (println (str \"got \" n)))
(defn worker {:in i64 :out i64} [] -> nil
  (serve (fn [n] (do (report n) n))))
(defn main [] -> nil (println (call (spawn-process worker) 1)))";
    let mut sources = SourceMap::new();
    let library = library(&mut sources);
    let entry = Entry { path: "test.wat".to_string(), text: text.as_bytes().to_vec() };
    let checked = check(entry, &mut Alone, &library, &mut sources);
    expect![[r#"
        error[contract-violation]: `worker` writes a String, but its contract says i64
         --> test.wat:2:3
          |
        2 |   (println (str "got " n)))
          |   ^^^^^^^^^^^^^^^^^^^^^^^^ this writes a String
        3 | (defn worker {:in i64 :out i64} [] -> nil
          |       ------ `:out` is i64
        4 |   (serve (fn [n] (do (report n) n))))
          |                      ---------- `worker` calls `report`
          |
          = note: the way there: `worker` → `report` → `println`
          = help: what is meant for a person goes to stderr: `eprintln`
    "#]]
    .assert_eq(&drawn(&checked.diagnostics, &sources));
}

#[test]
fn pages_and_conformance() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for path in ["conformance/31-missing-case.wat", "conformance/33-contract.wat"] {
        let text = std::fs::read_to_string(format!("{root}/tests/{path}")).expect("the program is there");
        marked(&[&text]);
    }
    for code in ["missing-case", "unreachable-arm", "refutable-pattern", "contract-violation"] {
        for entry in std::fs::read_dir(format!("{root}/tests/fail/{code}")).expect("the folder is there") {
            let path = entry.expect("the folder is readable").path();
            marked(&[&std::fs::read_to_string(path).expect("a text")]);
        }
        let page = std::fs::read_to_string(format!("{root}/errors/{code}.md")).expect("the page is there");
        for block in page.split("```wat\n").skip(1) {
            let (block, _) = block.split_once("```").expect("the block ends");
            marked(&[block]);
        }
    }
}
