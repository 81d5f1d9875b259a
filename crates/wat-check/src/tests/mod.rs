//! Programs and what checking says of them, over the real library.

mod cascades;
mod conformance;
mod hir;
mod library;
mod mistakes;
mod names;
mod protocols;
mod size;
mod types;

use crate::namespace::{Entry, World};
use crate::{Checked, Library, check};
use std::path::PathBuf;
use std::sync::OnceLock;
use wat_source::{Diagnostic, SourceMap, Symbol};

/// The files of `lib/wat`, in the order of their names.
fn library_files() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../lib/wat");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("lib/wat is there") {
        let path = entry.expect("lib/wat is readable").path();
        if path.extension().is_some_and(|extension| extension == "wat") {
            let text = std::fs::read_to_string(&path).expect("library files are text");
            let name = path.file_name().expect("a file has a name").to_string_lossy();
            files.push((format!("lib/wat/{name}"), text));
        }
    }
    files.sort();
    files
}

/// The library with its sources and what was said about it.
fn library() -> &'static (Library, Vec<String>) {
    static LIBRARY: OnceLock<(Library, Vec<String>)> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let files = library_files();
        let borrowed: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
        let mut sources = SourceMap::new();
        let (library, found) = Library::build(&borrowed, &mut sources);
        let drawn = found.iter().map(|d| wat_source::draw(d, &sources, false)).collect();
        (library, drawn)
    })
}

/// Files by namespace.
struct Files<'a>(&'a [(&'a str, &'a str)]);

impl World for Files<'_> {
    fn read(&mut self, namespace: Symbol) -> Result<Option<(String, Vec<u8>)>, String> {
        let found = self.0.iter().find(|(name, _)| namespace == *name);
        Ok(found.map(|(name, text)| (format!("{}.wat", name.replace('.', "/")), text.as_bytes().to_vec())))
    }
}

/// Files below a folder.
struct Folder(PathBuf);

impl World for Folder {
    fn read(&mut self, namespace: Symbol) -> Result<Option<(String, Vec<u8>)>, String> {
        let path = self.0.join(format!("{}.wat", namespace.as_str().replace('.', "/")));
        Ok(std::fs::read(&path).ok().map(|bytes| (path.display().to_string(), bytes)))
    }
}

/// Check a file with others in reach.
fn check_in(main: &str, world: &mut dyn World) -> (Checked, SourceMap) {
    check_with(main, world, &library().0)
}

fn check_with(main: &str, world: &mut dyn World, library: &Library) -> (Checked, SourceMap) {
    let mut sources = SourceMap::new();
    for (path, text) in library_files() {
        sources.add(&path, text);
    }
    let entry = Entry { path: "main.wat".to_string(), text: main.as_bytes().to_vec() };
    let checked = check(entry, world, library, &mut sources);
    (checked, sources)
}

/// `line:col code title` of each diagnostic.
fn listed(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let at = sources.position(diagnostic.span());
        text += &format!("{}:{} {} {}\n", at.line, at.column, diagnostic.code, diagnostic.title);
    }
    text
}

/// What checking says of a program of one file.
fn said(main: &str) -> String {
    said_of(main, &[])
}

/// What checking says of a program of several files.
fn said_of(main: &str, others: &[(&str, &str)]) -> String {
    let (checked, sources) = check_in(main, &mut Files(others));
    listed(&checked.diagnostics, &sources)
}
