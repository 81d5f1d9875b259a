//! The programs of the repository: checked, lowered and proved with the library they use, and, as far as the
//! evaluator models what they call, executed with nothing left on the heap.

use crate::eval::{Stop, run};
use std::path::{Path, PathBuf};
use wat_check::{Entry, Library, Linked, World, check};
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

#[test]
fn the_library_names_intrinsics_that_exist() {
    let mut sources = SourceMap::new();
    for def in library(&mut sources).defs() {
        if let wat_check::hir::Body::Intrinsic(name) = def.body {
            assert!(wat_mir::is_intrinsic(name.as_str()), "{}: {name}", def.name);
        }
    }
}
