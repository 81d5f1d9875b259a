//! `wat fmt`: files, directories or stdin through the formatter. How code looks is decided in wat-fmt.

use crate::options::Options;
use crate::{exit, report};
use similar::TextDiff;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use wat_driver::Report;
use wat_fmt::Spelling;
use wat_source::SourceMap;

/// The exit code: 0, or 1 where `--check` found a difference or a file could not be written, or 2 where one does not
/// read.
pub fn run(paths: &[String], options: &Options) -> i32 {
    let mut code = 0;
    for path in paths {
        let found = if path == "-" { stdin(options) } else { below(Path::new(path), options) };
        code = code.max(found);
    }
    code
}

fn stdin(options: &Options) -> i32 {
    let mut bytes = Vec::new();
    if let Err(error) = io::stdin().read_to_end(&mut bytes) {
        return failed(&format!("read stdin: {error}"));
    }
    let (before, after) = match formatted("<stdin>", bytes, options) {
        Ok(texts) => texts,
        Err(code) => return code,
    };
    if options.check {
        return compare("<stdin>", &before, &after);
    }
    match io::stdout().write_all(after.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => failed(&format!("write stdout: {error}")),
        _ => 0,
    }
}

/// A file, or all wat files below a directory.
fn below(path: &Path, options: &Options) -> i32 {
    if !path.is_dir() {
        return file(path, options);
    }
    let mut entries: Vec<PathBuf> = match fs::read_dir(path) {
        Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
        Err(error) => return failed(&format!("open {}: {error}", path.display())),
    };
    entries.sort();
    let mut code = 0;
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // A link to a directory may lead back up.
        let linked = entry.is_symlink() && entry.is_dir();
        if !hidden && !linked && (entry.is_dir() || entry.extension().is_some_and(|e| e == "wat")) {
            code = code.max(below(&entry, options));
        }
    }
    code
}

fn file(path: &Path, options: &Options) -> i32 {
    let name = path.display().to_string();
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return failed(&format!("open {name}: no such file"));
        }
        Err(error) => return failed(&format!("open {name}: {error}")),
    };
    let (before, after) = match formatted(&name, bytes, options) {
        Ok(texts) => texts,
        Err(code) => return code,
    };
    if options.check {
        return compare(&name, &before, &after);
    }
    if before == after {
        return 0;
    }
    match replace(path, after.as_bytes()) {
        Ok(()) => 0,
        Err(error) => failed(&format!("write {name}: {error}")),
    }
}

/// The text and how it should look; the exit code where it does not read.
fn formatted(name: &str, bytes: Vec<u8>, options: &Options) -> Result<(String, String), i32> {
    let mut sources = SourceMap::new();
    let (file, reading) = wat_syntax::load(&mut sources, name, bytes);
    let spelling = if options.edn { Spelling::Edn } else { Spelling::Short };
    let text = sources.text(file).to_string();
    let found = match reading.diagnostics.is_empty() {
        true => wat_fmt::format(file, &text, spelling),
        false => Err(reading.diagnostics),
    };
    match found {
        Ok(after) => Ok((text, after)),
        Err(diagnostics) => {
            report::print(&Report { diagnostics, sources }, options.json);
            Err(exit::COMPILE)
        }
    }
}

/// Prints what would change.
fn compare(name: &str, before: &str, after: &str) -> i32 {
    if before == after {
        return 0;
    }
    let diff = TextDiff::from_lines(before, after);
    let shown =
        diff.unified_diff().context_radius(2).header(name, &format!("{name} (formatted)")).to_string();
    // A reader that has gone is not an error.
    let _ = io::stdout().write_all(shown.as_bytes());
    1
}

/// The new text takes the old one's place whole or not at all; the mode stays, and a link stays a link.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let mode = fs::metadata(&path)?.permissions();
    if mode.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = fs::OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|mut file| {
        file.write_all(text)?;
        file.set_permissions(mode)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| fs::rename(&beside, &path));
    if moved.is_err() {
        // What could not be made whole is of no use to anybody.
        let _ = fs::remove_file(&beside);
    }
    moved
}

fn failed(reason: &str) -> i32 {
    report::write(&format!("wat: {reason}\n"));
    1
}
