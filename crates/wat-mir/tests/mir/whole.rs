//! The programs of the repository: checked, lowered and proved with the library they use, and, as far as the
//! evaluator models what they call, executed with nothing left on the heap.

use crate::eval::{Stop, run};
use std::path::{Path, PathBuf};
use wat_check::{Entry, Library, Linked, World, check};
use wat_mir::mir::{FuncId, Rvalue, StmtKind, Term};
use wat_source::{SourceMap, Symbol};

/// Programs of one file.
struct Alone;

impl World for Alone {
    fn read(&mut self, _: Symbol) -> Result<Option<(String, Vec<u8>)>, String> {
        Ok(None)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn wat_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            wat_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "wat") {
            found.push(path);
        }
    }
    found.sort();
}

fn library(sources: &mut SourceMap) -> Library {
    let mut paths = Vec::new();
    wat_files(&root().join("lib/wat"), &mut paths);
    let texts: Vec<(String, String)> = paths
        .iter()
        .map(|p| (p.display().to_string(), std::fs::read_to_string(p).expect("the library can be read")))
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    Library::build(&files, sources).0
}

#[test]
fn programs_of_the_repository_are_lowered_and_proved() {
    let mut sources = SourceMap::new();
    let library = library(&mut sources);
    let mut paths = Vec::new();
    for folder in ["tests/conformance", "tests/run", "examples"] {
        wat_files(&root().join(folder), &mut paths);
    }
    let (mut lowered, mut executed) = (0, 0);
    for path in paths {
        let entry = Entry {
            path: path.display().to_string(),
            text: std::fs::read(&path).expect("a test's program can be read"),
        };
        let checked = check(entry, &mut Alone, &library, &mut sources);
        let Some(main) = checked.main else { continue };
        if checked.diagnostics.iter().any(|d| d.is_error()) {
            continue;
        }
        // Proves what it makes, in a debug build.
        let module = wat_mir::lower(&Linked::new(&checked.unit, &library), main);
        assert_eq!(wat_mir::verify(&module), Ok(()), "{}", path.display());
        lowered += 1;
        match run(&module, &[]).1 {
            Err(Stop::Limit(_)) => {}
            Err(Stop::Fault(why)) => panic!("{}: {why}\n{module}", path.display()),
            _ => executed += 1,
        }
    }
    assert!(lowered > 0, "no program of the repository was found");
    println!("{lowered} programs lowered, {executed} executed");
}

/// Generic code calls the implementation for its type by name: no closures, no tables.
#[test]
fn a_call_of_a_method_is_a_direct_call() {
    let mut sources = SourceMap::new();
    let library = library(&mut sources);
    let text = "(defprotocol Describe (describe [self <- Self] -> String) (loud [self <- Self] -> String (describe self)))
(extend i64 Describe (describe [n] (str n)))
(extend (Vector T) Describe {:where [(Describe T)]} (describe [xs] (match xs ([] \"\") ([x & _] (describe x)))))
(defn both {:where [(Describe T)]} [x <- T] -> String (str (describe x) (loud x)))
(defn main [] -> nil (println (both [1])))";
    let entry = Entry { path: "main.wat".to_string(), text: text.as_bytes().to_vec() };
    let checked = check(entry, &mut Alone, &library, &mut sources);
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    let main = checked.main.expect("it has a main");
    let module = wat_mir::lower(&Linked::new(&checked.unit, &library), main);
    let mut calls = Vec::new();
    for func in module.funcs.iter().filter(|func| func.name.as_str().starts_with("user/")) {
        let mut note = |callee: &FuncId| {
            let callee = module.funcs[callee.index()].name.as_str();
            calls.extend(callee.starts_with("user/").then(|| format!("{} calls {callee}", func.name)));
        };
        for block in &func.blocks {
            for stmt in &block.stmts {
                match &stmt.kind {
                    StmtKind::Let(_, Rvalue::Call(callee, _)) => note(callee),
                    StmtKind::Let(_, Rvalue::Apply { .. }) => panic!("{} applies a closure", func.name),
                    _ => {}
                }
            }
            match &block.term {
                Term::TailCall(callee, _) => note(callee),
                Term::TailApply { .. } => panic!("{} applies a closure", func.name),
                _ => {}
            }
        }
    }
    calls.sort();
    let wanted = [
        "user/both calls user/describe of (Vector T)",
        "user/both calls user/loud by default",
        "user/describe of (Vector T) calls user/describe of i64",
        "user/loud by default calls user/describe of (Vector T)",
        "user/main calls user/both",
        // The program enters its definition.
        "user/main calls user/main",
    ];
    assert_eq!(calls, wanted);
}

#[test]
fn the_library_names_intrinsics_that_exist() {
    let mut sources = SourceMap::new();
    for def in library(&mut sources).defs() {
        if let wat_check::hir::Body::Intrinsic(name) = def.body {
            assert!(wat_mir::is_intrinsic(name.as_str()), "{}: {name}", def.name);
        }
    }
}
