//! The targets: where each one's seeds are, what answers it, and how much memory it may take.

use crate::names::{self, NameServer};
use crate::process::{Inside, Program, Talk};
use crate::sockets::{Client, Server};
use std::path::{Path, PathBuf};

/// What a target made of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Accepted,
    Refused,
}

/// A running target.
pub trait Asked {
    /// `Err` where it did not answer as it should.
    fn ask(&mut self, input: &[u8]) -> Result<Word, String>;
    /// Its process.
    fn talk(&mut self) -> &mut Talk;
    /// Ends it as a client does; `Err` where it does not end well.
    fn end(&mut self) -> Result<(), String> {
        self.talk().end()
    }
}

pub struct Target {
    pub name: &'static str,
    /// Only UTF-8 is given.
    pub is_text: bool,
    pub memory_kib: u64,
    pub start: fn(&str) -> Result<Box<dyn Asked>, String>,
}

const MIB: u64 = 1024;

pub const TARGETS: [Target; 15] = [
    inside("edn", false),
    inside("reader", true),
    inside("fmt", true),
    Target { memory_kib: 1024 * MIB, ..inside("check", true) },
    program("edn-typed"),
    program("json"),
    program("csv"),
    program("regex"),
    program("time"),
    program("sql"),
    over("http-requests", |name| Ok(Box::new(Server::start(name)?))),
    over("http-exchanges", |name| Ok(Box::new(Server::start(name)?))),
    over("http-responses", |name| Ok(Box::new(Client::start(name)?))),
    over("http-uploads", |name| Ok(Box::new(Client::start(name)?))),
    over("names", |name| Ok(Box::new(NameServer::start(name)?))),
];

/// The target of that name. `broken-panic`, `-hang`, `-grow` and `-overflow` are defects on purpose, for the harness's own test.
pub fn find(name: &str) -> Option<Target> {
    let known = TARGETS.into_iter().find(|target| target.name == name);
    known.or_else(|| {
        let name = ["broken-panic", "broken-hang", "broken-grow", "broken-overflow"]
            .into_iter()
            .find(|n| *n == name)?;
        Some(Target { start: |_| Ok(Box::new(Inside::start("broken")?)), ..inside(name, true) })
    })
}

/// A reader called in place, in a process of this program.
const fn inside(name: &'static str, is_text: bool) -> Target {
    Target { name, is_text, memory_kib: 256 * MIB, start: |name| Ok(Box::new(Inside::start(name)?)) }
}

/// A wat program that reads Strings and answers with a word.
const fn program(name: &'static str) -> Target {
    Target { name, is_text: true, memory_kib: 256 * MIB, start: |name| Ok(Box::new(Program::start(name)?)) }
}

/// A wat program that is met over sockets.
const fn over(name: &'static str, start: fn(&str) -> Result<Box<dyn Asked>, String>) -> Target {
    Target { name, is_text: false, memory_kib: 256 * MIB, start }
}

/// A path in this crate's folder.
pub fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

impl Target {
    /// The texts to begin with: one a line of `seeds/NAME.txt`, with `\n`, `\r` and `\t` for what they stand for; and for
    /// the readers of code the programs of the checkout.
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let file = here(&format!("seeds/{}.txt", self.name));
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let unescaped =
            |line: &str| line.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").into_bytes();
        let mut seeds: Vec<Vec<u8>> = text.lines().map(unescaped).collect();
        seeds.extend(self.name.strip_prefix("broken-").map(|word| word.as_bytes().to_vec()));
        if matches!(self.name, "reader" | "fmt" | "check") {
            programs(&here("../tests/run"), &mut seeds);
            programs(&here("../tests/fail"), &mut seeds);
        }
        if self.name == "names" {
            seeds.extend(names::seeds());
        }
        assert!(!seeds.is_empty(), "{} has seeds", file.display());
        seeds
    }
}

/// All `.wat` files below a folder, in an order that is the same everywhere.
fn programs(folder: &Path, seeds: &mut Vec<Vec<u8>>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            programs(&path, seeds);
        } else if path.extension().is_some_and(|extension| extension == "wat") {
            seeds.extend(std::fs::read(&path));
        }
    }
}
