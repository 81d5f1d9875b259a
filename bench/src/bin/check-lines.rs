//! How `wat check` grows: lines a second over programs of 1 000, 10 000 and 100 000 lines, of several shapes. A shape
//! whose rate falls as it grows is checked in more than linear time; such a place is a defect.
//!
//! `cargo run --release -p wat-bench --bin check-lines [WAT]`; WAT is the binary measured, else the one built beside
//! this program. Not a test: nothing here fails but a program that does not check.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// Of each program the fastest of so many counts.
const ROUNDS: usize = 3;

/// A name, and how the program of so many lines is written.
type Shape = (&'static str, fn(usize) -> String);

const SHAPES: [Shape; 7] = [
    ("structs, enums, matches, calls", definitions),
    ("a script", script),
    ("one long body", body),
    ("one long let", lets),
    ("a match on integers", integers),
    ("calls of a macro", macros),
    ("one large literal", literal),
];

fn main() {
    let beside = || std::env::current_exe().expect("own path").with_file_name("wat").display().to_string();
    let wat = std::env::args().nth(1).unwrap_or_else(beside);
    let file = std::env::temp_dir().join(format!("wat-check-lines-{}.wat", std::process::id()));
    print!("{:32}", "lines a second of");
    SIZES.iter().for_each(|size| print!("{size:>10}"));
    println!("  last to first");
    for (name, write) in SHAPES {
        print!("{name:32}");
        let mut rates = Vec::new();
        for size in SIZES {
            let text = write(size);
            let lines = text.lines().count();
            std::fs::write(&file, text).expect("room for a program");
            let best = (0..ROUNDS).map(|_| seconds(&wat, &file)).fold(f64::MAX, f64::min);
            rates.push(lines as f64 / best);
            print!("{:>10.0}", lines as f64 / best);
        }
        println!("  {:.2}", rates[SIZES.len() - 1] / rates[0]);
    }
    // What is left of a run that ends badly is in the directory for such files.
    let _ = std::fs::remove_file(&file);
}

fn seconds(wat: &str, file: &Path) -> f64 {
    let start = Instant::now();
    let status = Command::new(wat).arg("check").arg(file).stdin(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| panic!("start {wat}: {error}; build it first"));
    assert!(status.success(), "{} checks", file.display());
    start.elapsed().as_secs_f64()
}

fn definitions(lines: usize) -> String {
    let mut text = String::new();
    for i in 0..lines / 10 {
        let before = i.saturating_sub(1);
        let rest = if i == 0 { "0".to_string() } else { format!("(total{before} xs)") };
        let _ = write!(
            text,
            "(defstruct Point{i} [x <- i64  name <- String])
(defenum Shape{i} Empty (Disc [r <- f64]) (Box [at <- Point{i}  size <- i64]))
(defn area{i} [s <- Shape{i}] -> f64
  (match s
    (Shape{i}/Empty 0.0)
    ((Shape{i}/Disc r) (* 3.14 r r))
    ((Shape{i}/Box at size) (f64 (* size (:x at))))))
(defn total{i} [xs <- (Vector i64)] -> i64
  (let [evens (filter even? xs)  sum (reduce + 0 (map (fn [x] (* x {i})) evens))]
    (if (> sum 10) sum {rest})))
"
        );
    }
    text
}

fn script(lines: usize) -> String {
    (0..lines).fold(String::new(), |mut text, i| {
        let _ = writeln!(text, "(println (+ {i} (count \"abc\")))");
        text
    })
}

fn body(lines: usize) -> String {
    let mut text = "(defn main [] -> nil\n".to_string();
    for i in 0..lines {
        let _ = writeln!(text, "  (println (map inc [{i} 2]))");
    }
    text + "  nil)\n"
}

fn lets(lines: usize) -> String {
    let mut text = "(defn main [] -> nil (let [x0 1\n".to_string();
    for i in 1..lines {
        let _ = writeln!(text, "  x{i} (+ x{} 1)", i - 1);
    }
    text + &format!("] (println x{})))\n", lines - 1)
}

fn integers(lines: usize) -> String {
    let mut text = "(defn next [n <- i64] -> i64 (match n\n".to_string();
    for i in 0..lines {
        let _ = writeln!(text, "  ({i} {})", i + 1);
    }
    text + "  (_ 0)))\n(println (next 3))\n"
}

fn macros(lines: usize) -> String {
    let mut text = "(defmacro twice [x] `(* 2 ~x))\n".to_string();
    for i in 0..lines {
        let _ = writeln!(text, "(defn f{i} [] -> i64 (twice {i}))");
    }
    text + "(println (f1))\n"
}

fn literal(lines: usize) -> String {
    let mut text = "(def rows [\n".to_string();
    for i in 0..lines {
        let _ = writeln!(text, "  (tuple {i} \"n{i}\" {i}.5)");
    }
    text + "])\n(println (count rows))\n"
}
