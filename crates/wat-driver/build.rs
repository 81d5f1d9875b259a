//! Checks the library in `lib/` and leaves it, checked, as one file for the driver to carry: the front end
//! alone, no code generation.

use std::path::{Path, PathBuf};
use wat_check::Library;
use wat_source::{SourceMap, draw};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lib");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut names: Vec<PathBuf> = std::fs::read_dir(root.join("wat"))
        .expect("lib/wat is part of the checkout")
        .map(|e| e.expect("lib/wat can be listed").path())
        .filter(|p| p.extension().is_some_and(|e| e == "wat"))
        .collect();
    names.sort();
    let texts: Vec<(String, String)> = names
        .iter()
        .map(|p| {
            let name = p.file_name().expect("a file has a name").to_string_lossy();
            (format!("wat/{name}"), std::fs::read_to_string(p).expect("a library file is UTF-8 text"))
        })
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let mut sources = SourceMap::new();
    let (library, diagnostics) = Library::build(&files, &mut sources);
    if !diagnostics.is_empty() {
        for d in &diagnostics {
            eprint!("{}", draw(d, &sources, false));
        }
        panic!("the library does not check");
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let bytes = postcard::to_stdvec(&library).expect("a library can be written");
    std::fs::write(out.join("library.bin"), bytes).expect("OUT_DIR can be written");
    let table: String = texts
        .iter()
        .map(|(n, _)| format!("(\"{n}\", include_str!(\"{}/{n}\")),\n", root.display()))
        .collect();
    std::fs::write(out.join("library_files.rs"), format!("&[\n{table}]")).expect("OUT_DIR can be written");
}
