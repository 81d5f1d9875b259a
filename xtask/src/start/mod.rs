//! `cargo xtask start`: which code a child runs from its first instruction to its end, written as a linker script
//! that lays it side by side, with what that code may look at.
//!
//! Why: a page of code that is not mapped yet is a fault of microseconds, and the linker's own order spreads those two
//! hundred KiB over fifteen MiB. A section that the script names and the program has no more does no harm, so the
//! script is a hint that ages: `cargo bench-all` says what it is worth, and this task writes it anew.

mod map;
mod trace;

use crate::table::repository;
use map::Map;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// A child that may do what its parent may, and one that may do nothing: `bench/wat/spawn.wat`.
const CHILDREN: [[&str; 3]; 2] = [["1", "2", "1"], ["1", "2", "0"]];

/// The exit code: 0 where the script is written.
pub fn run() -> i32 {
    match write() {
        Ok(said) => {
            println!("{said}");
            0
        }
        Err(reason) => {
            eprintln!("xtask: {reason}");
            70
        }
    }
}

fn write() -> Result<String, String> {
    let root = repository();
    let map = root.join("target/start.map");
    let wat = link(&root, &map)?;
    let text = std::fs::read_to_string(&map).map_err(|e| format!("open {}: {e}", map.display()))?;
    let map = Map::parse(&text);
    let (mut names, mut origins) = (BTreeSet::new(), BTreeSet::new());
    let (mut sections, mut bytes) = (BTreeSet::new(), 0);
    for words in CHILDREN {
        let program = root.join("bench/wat/spawn.wat");
        for address in trace::children(Command::new(&wat).arg(program).args(words))? {
            let Some(section) = map.section(address) else { continue };
            if sections.insert(section.address) {
                bytes += section.size;
                names.extend(section.pattern());
                origins.extend(section.origin());
            }
        }
    }
    if names.is_empty() {
        return Err("no code of a child is in the linker's map, which is read as lld writes it".to_string());
    }
    let script = root.join("crates/wat/start.ld");
    std::fs::write(&script, text_of(&names, &origins))
        .map_err(|e| format!("write {}: {e}", script.display()))?;
    Ok(format!("{}: {} sections, {} KiB", script.display(), sections.len(), bytes >> 10))
}

/// Kinds of what code looks at: the section, the sections that go into it, and where it lies, so that the two that are
/// written to are neighbours. What begins with `.data.r` is written to by the loader alone.
const LOOKED_AT: [(&str, &str, &str); 3] = [
    (".rodata", ".rodata .rodata.*", "BEFORE"),
    (".data", ".data .data.[!r]*", "AFTER"),
    (".bss", ".bss .bss.*", "BEFORE"),
];

fn text_of(code: &BTreeSet<String>, origins: &BTreeSet<String>) -> String {
    let mut text =
        "/* What a child looks at in its start, side by side; written by `cargo xtask start`. */\n"
            .to_string();
    let mut add = |section: &str, names: &mut dyn Iterator<Item = String>, place: &str| {
        let _ = writeln!(text, "SECTIONS\n{{\n  {section}.start : {{");
        for name in names {
            let _ = writeln!(text, "    {name}");
        }
        let _ = writeln!(text, "  }}\n}}\nINSERT {place} {section};");
    };
    add(".text", &mut code.iter().cloned(), "BEFORE");
    for (section, inputs, place) in LOOKED_AT {
        add(section, &mut origins.iter().map(|origin| format!("{origin}({inputs})")), place);
    }
    text
}

/// The release build of wat, with the linker's map of it.
fn link(root: &Path, map: &Path) -> Result<std::path::PathBuf, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_string());
    let status = Command::new(cargo)
        .args(["rustc", "--release", "--quiet", "--package", "wat", "--bin", "wat", "--"])
        .arg(format!("-Clink-arg=-Wl,-Map={}", map.display()))
        .current_dir(root)
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    if !status.success() {
        return Err("cargo could not build wat".to_string());
    }
    Ok(root.join("target/x86_64-unknown-linux-gnu/release/wat"))
}
