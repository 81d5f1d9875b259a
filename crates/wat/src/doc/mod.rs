//! `wat doc`: what a name, a namespace, a form or an error code is, from the library and the project, as text; or all
//! of it as pages (`html.rs`). Not here: how documentation is read from source (wat-driver).

mod html;

use crate::{exit, report};
use std::io::{IsTerminal, Write};
use std::path::Path;
use wat_driver::docs::{self, Entry, Space};
use wat_driver::project;
use wat_source::{Code, suggest};

/// What is to be found on this machine and in this place.
struct Shelf {
    library: Vec<Space>,
    /// The namespaces of the project.
    own: Vec<Space>,
}

impl Shelf {
    fn open() -> Shelf {
        let project = project::here().ok().flatten();
        let own = project.map_or_else(Vec::new, |project| docs::below(&project.paths));
        Shelf { library: docs::library(), own }
    }

    /// The project's first.
    fn spaces(&self) -> impl Iterator<Item = &Space> {
        self.own.iter().chain(&self.library)
    }
}

/// Prints what the name is; the namespaces there are, where no name is given.
pub fn run(name: Option<&str>) -> i32 {
    let shelf = Shelf::open();
    let ink = Ink { on: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() };
    let Some(name) = name else { return print(&contents(&shelf, ink)) };
    match found(&shelf, name, ink) {
        Some(text) => print(&text),
        None => {
            report::write(&format!("wat: nothing is called {name}{}\n", near(&shelf, name)));
            exit::MISUSE
        }
    }
}

/// Writes the pages into the directory.
pub fn pages(directory: &str) -> i32 {
    match html::write(&Shelf::open(), Path::new(directory)) {
        Ok(count) => print(&format!("{count} pages, from {directory}/index.html\n")),
        Err(reason) => {
            report::write(&format!("wat: {reason}\n"));
            1
        }
    }
}

fn contents(shelf: &Shelf, ink: Ink) -> String {
    let mut out = String::new();
    for (title, spaces) in [("this project", &shelf.own), ("the library", &shelf.library)] {
        if !spaces.is_empty() {
            out.push_str(&format!("{title}\n"));
            for space in spaces {
                out.push_str(&format!(
                    "  {} {}\n",
                    ink.bold(&format!("{:16}", space.name)),
                    first(&space.text)
                ));
            }
            out.push('\n');
        }
    }
    out.push_str("wat doc NAME tells of a function, a type, a namespace, a form or an error code\n");
    out
}

fn found(shelf: &Shelf, name: &str, ink: Ink) -> Option<String> {
    if let Some(space) = shelf.spaces().find(|space| space.name == name) {
        return Some(listed(space, ink));
    }
    let mut out = String::new();
    for space in shelf.spaces() {
        for entry in space.entries.iter().filter(|entry| is_called(space, entry, name)) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&told(space, entry, ink));
        }
    }
    match Code::from_name(name) {
        Some(code) if out.is_empty() => Some(code.page().to_string()),
        _ => (!out.is_empty()).then_some(out),
    }
}

/// By its bare name, its full one, or one that leads to it.
fn is_called(space: &Space, entry: &Entry, name: &str) -> bool {
    let name = match name.strip_prefix(&space.name).and_then(|rest| rest.strip_prefix('/')) {
        Some(bare) if !bare.is_empty() => bare,
        _ => name,
    };
    let variant =
        |other: &String| other == name || other.rsplit_once('/').is_some_and(|(_, short)| short == name);
    entry.name == name || entry.also.iter().any(variant)
}

fn listed(space: &Space, ink: Ink) -> String {
    let mut out = format!("{}\n", ink.bold(&space.name));
    if !space.text.is_empty() {
        out.push_str(&format!("{}\n", wrapped(&space.text, "  ")));
    }
    out.push('\n');
    let mut last = "";
    for entry in &space.entries {
        if entry.name != last {
            out.push_str(&format!("  {} {}\n", ink.bold(&format!("{:20}", entry.name)), first(&entry.text)));
        }
        last = &entry.name;
    }
    out
}

fn told(space: &Space, entry: &Entry, ink: Ink) -> String {
    let mut out = format!("{}  {} of {}\n", ink.bold(&entry.signature), entry.kind, space.name);
    if !entry.text.is_empty() {
        out.push_str(&format!("{}\n", wrapped(&entry.text, "  ")));
    }
    if let Some(example) = &entry.example {
        let gives = example.gives.as_ref().map_or(String::new(), |gives| format!(" => {gives}"));
        out.push_str(&format!("  Example: {}{gives}\n", example.code));
    }
    out
}

/// The first sentence.
fn first(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}

fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = vec![indent.to_string()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is one");
        if line.len() > indent.len() && line.chars().count() + word.chars().count() + 1 > 100 {
            lines.push(format!("{indent}{word}"));
        } else {
            if line.len() > indent.len() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// What somebody who wrote this may have meant.
fn near(shelf: &Shelf, name: &str) -> String {
    let full = shelf.spaces().flat_map(|space| {
        space.entries.iter().flat_map(|entry| [entry.name.clone(), format!("{}/{}", space.name, entry.name)])
    });
    let mut names: Vec<String> = full.chain(shelf.spaces().map(|space| space.name.clone())).collect();
    names.extend(Code::ALL.iter().map(|code| code.name().to_string()));
    match suggest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("; did you mean {near}?"),
        None => "; wat doc lists the namespaces".to_string(),
    }
}

/// Bold, where somebody looks at it.
#[derive(Clone, Copy)]
struct Ink {
    on: bool,
}

impl Ink {
    fn bold(self, text: &str) -> String {
        if self.on { format!("\x1b[1m{text}\x1b[0m") } else { text.to_string() }
    }
}

/// To stdout; a reader that has gone is not an error.
fn print(text: &str) -> i32 {
    let _ = std::io::stdout().write_all(text.as_bytes());
    0
}
