//! Every example in the documents is run: those of the library's docstrings, the pages of `errors/`, the README, the book.
//!
//! The examples of the language's own forms print what they say. A docstring's `Example: CODE => OUT` must print OUT; one without `=>` must check. The first `wat` block of a page
//! must give exactly the codes it marks, the others none. The README's program must run.
//!
//! In a chapter of the book a `wat` block with marked codes gives exactly those; one with a `text` block after it prints
//! exactly that; any other must check. A block whose fence names a file (```` ```wat hello.wat ````) is that file for the
//! `sh` blocks below it, where each line after `$ ` is run and what follows is all that it prints. The reference is what
//! the library's rows make of it.

#[path = "support/reference.rs"]
mod reference;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use wat_source::SourceMap;
use wat_syntax::Form;

fn main() {
    let args = Arguments::from_args();
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout exists");
    let mut trials = Vec::new();
    for dir in ["lib/wat", "lib/macros"] {
        for file in files(&root.join(dir), "wat") {
            examples(&file, &mut trials);
        }
    }
    for space in wat_driver::docs::library() {
        for entry in space.entries.into_iter().filter(|entry| entry.kind == "form") {
            let Some(wat_driver::docs::Example { code, gives: Some(gives) }) = entry.example else {
                continue;
            };
            let program = format!("(println {code})\n");
            trials.push(Trial::test(format!("forms/{}", entry.name), move || {
                prints(&program, &format!("{gives}\n"))
            }));
        }
    }
    for file in files(&root.join("errors"), "md") {
        page(&file, &mut trials);
    }
    for file in files(&root.join("book"), "md") {
        chapter(&file, &mut trials);
    }
    trials.push(Trial::test("book/reference", {
        let root = root.clone();
        move || reference_is_fresh(&root)
    }));
    let readme = blocks(&fs::read_to_string(root.join("README.md")).expect("the README is text"), "clojure");
    for (nth, block) in readme.into_iter().enumerate() {
        trials.push(Trial::test(format!("README/{nth}"), move || succeeds(&wat(&["FILE"], &block))));
    }
    libtest_mimic::run(&args, trials).exit();
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).expect("a readable directory");
    let mut files: Vec<PathBuf> = entries.map(|e| e.expect("a directory entry").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == extension));
    files.sort();
    files
}

/// The examples in the docstrings of a library file.
fn examples(file: &Path, trials: &mut Vec<Trial>) {
    let text = fs::read_to_string(file).expect("a library file is text");
    let mut sources = SourceMap::new();
    let id = sources.add(file.display().to_string(), text.clone());
    for form in wat_syntax::read(id, &text).forms {
        let Some([_, name, rest @ ..]) = form.as_list() else { continue };
        let Some(doc) = rest.iter().find_map(Form::as_str) else { continue };
        let Some((_, example)) = doc.split_once("Example: ") else { continue };
        let example = example.lines().next().unwrap_or_default().to_string();
        let stem = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let name = format!("lib/{stem}/{name}");
        trials.push(Trial::test(name, move || match example.rsplit_once(" => ") {
            Some((code, expected)) => {
                let output = wat(&["FILE"], &format!("(println {code})\n"));
                succeeds(&output)?;
                let found = String::from_utf8_lossy(&output.stdout).trim_end().to_string();
                let wanted = expected.trim_end();
                if found == wanted {
                    Ok(())
                } else {
                    Err(format!("{code}\nexpected {wanted}\nfound    {found}").into())
                }
            }
            None => succeeds(&wat(&["check", "FILE"], &format!("(ignore {example})\n"))),
        }));
    }
}

/// The blocks of an error's page.
fn page(file: &Path, trials: &mut Vec<Trial>) {
    let text = fs::read_to_string(file).expect("a page is text");
    let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
    for (nth, block) in blocks(&text, "wat").into_iter().enumerate() {
        trials.push(Trial::test(format!("errors/{name}/{nth}"), move || judged(&block, nth == 0)));
    }
}

/// `wat check` names exactly the marked codes at the lines below their marks; a page's first block, and it alone, has some.
fn judged(block: &str, is_first: bool) -> Result<(), Failed> {
    let mut expected: Vec<(u64, String)> = Vec::new();
    for (nth, line) in block.lines().enumerate() {
        let mark = line.trim_start().strip_prefix(";; ");
        let mark = mark.and_then(|m| m.strip_prefix("error[").or_else(|| m.strip_prefix("warning[")));
        if let Some(code) = mark.and_then(|m| m.split(']').next()) {
            expected.push((nth as u64 + 2, code.to_string()));
        }
    }
    if expected.is_empty() == is_first {
        return Err(format!("a page begins with its mistake and goes on with cures\n{block}").into());
    }
    let output = wat(&["--diagnostics", "json", "check", "FILE"], block);
    let mut found = Vec::new();
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        let told: serde_json::Value = serde_json::from_str(line).map_err(|e| format!("{e}: {line}"))?;
        let code = told["code"].as_str().unwrap_or_default().to_string();
        found.push((told["line"].as_u64().unwrap_or(0), code));
    }
    expected.sort();
    found.sort();
    if expected == found {
        Ok(())
    } else {
        Err(format!("expected {expected:?}\nfound    {found:?}\n{block}").into())
    }
}

/// The fenced blocks of a language, in order.
fn blocks(text: &str, language: &str) -> Vec<String> {
    fences(text).into_iter().filter(|f| f.language == language).map(|f| f.text).collect()
}

/// A fenced block: what its fence says, the number of that line, and what it holds.
struct Fence {
    language: String,
    file: Option<String>,
    line: usize,
    text: String,
}

fn fences(text: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((nth, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let mut words = info.split_whitespace().map(str::to_string);
        let (language, file) = (words.next().unwrap_or_default(), words.next());
        let inside: Vec<&str> =
            lines.by_ref().map(|(_, l)| l).take_while(|l| !l.starts_with("```")).collect();
        fences.push(Fence { language, file, line: nth + 1, text: inside.join("\n") + "\n" });
    }
    fences
}

/// The blocks of a chapter of the book.
fn chapter(path: &Path, trials: &mut Vec<Trial>) {
    let text = fs::read_to_string(path).expect("a chapter is text");
    let stem = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
    let mut named: Vec<(String, String)> = Vec::new();
    let mut fences = fences(&text).into_iter().peekable();
    while let Some(fence) = fences.next() {
        let name = format!("book/{stem}/{}", fence.line);
        let block = fence.text;
        if let Some(file) = fence.file {
            named.retain(|(other, _)| *other != file);
            named.push((file, block.clone()));
        }
        match fence.language.as_str() {
            "wat" if block.contains(";; error[") || block.contains(";; warning[") => {
                trials.push(Trial::test(name, move || judged(&block, true)));
            }
            "wat" => match fences.next_if(|f| f.language == "text") {
                Some(printed) => trials.push(Trial::test(name, move || prints(&block, &printed.text))),
                None => trials.push(Trial::test(name, move || judged(&block, false))),
            },
            "sh" => {
                let files = named.clone();
                trials.push(Trial::test(name, move || session(&files, &block)));
            }
            _ => {}
        }
    }
}

fn prints(program: &str, expected: &str) -> Result<(), Failed> {
    let output = wat(&["FILE"], program);
    succeeds(&output)?;
    let found = String::from_utf8_lossy(&output.stdout);
    if found == expected { Ok(()) } else { Err(format!("expected\n{expected}found\n{found}").into()) }
}

/// Runs what follows each `$ ` in a directory with the files, and compares what it prints, errors included. A block
/// without a `$ ` is for the reader alone.
fn session(files: &[(String, String)], block: &str) -> Result<(), Failed> {
    let dir = fresh();
    for (file, text) in files {
        let path = dir.join(file);
        fs::create_dir_all(path.parent().expect("it is below the directory"))?;
        fs::write(path, text)?;
    }
    let tools = Path::new(env!("CARGO_BIN_EXE_wat")).parent().expect("the binary is in a directory");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default());
    let mut found = String::new();
    for line in block.lines().filter_map(|l| l.strip_prefix("$ ")) {
        let output = Command::new("timeout")
            .args(["--signal=KILL", "60", "sh", "-c", &format!("exec 2>&1; {line}")])
            .current_dir(&dir)
            .env("PATH", &path)
            .stdin(Stdio::null())
            .output()?;
        found.push_str(&format!("$ {line}\n{}", String::from_utf8_lossy(&output.stdout)));
    }
    fs::remove_dir_all(&dir)?;
    if found.is_empty() || found == block {
        Ok(())
    } else {
        Err(format!("expected\n{block}found\n{found}").into())
    }
}

/// The book's reference says what the library's rows say.
fn reference_is_fresh(root: &Path) -> Result<(), Failed> {
    let files: Result<Vec<String>, _> =
        files(&root.join("lib/wat"), "wat").iter().map(fs::read_to_string).collect();
    let made = reference::page(&files?);
    let file = root.join("book/08-reference.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&file, &made)?;
    }
    let written = fs::read_to_string(&file)?;
    match written.lines().zip(made.lines()).find(|(a, b)| a != b) {
        None if written == made => Ok(()),
        found => Err(format!(
            "the library has changed: UPDATE_EXPECT=1 cargo test -p wat --test documents reference\n{found:?}"
        )
        .into()),
    }
}

fn fresh() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("wat-documents-{}-{number}", std::process::id()));
    fs::create_dir(&dir).expect("a fresh directory");
    dir
}

/// Runs wat with `FILE` standing for a file that holds the text.
fn wat(words: &[&str], text: &str) -> Output {
    let dir = fresh();
    let file = dir.join("example.wat");
    fs::write(&file, text).expect("a small file");
    let words = words.iter().map(|w| if *w == "FILE" { "example.wat" } else { *w });
    // An example that hangs is ended, and fails by its exit code.
    let output = Command::new("timeout")
        .args(["--signal=KILL", "60", env!("CARGO_BIN_EXE_wat")])
        .args(words)
        .current_dir(&dir)
        .stdin(Stdio::null())
        .output()
        .expect("timeout, of the core utilities, starts");
    fs::remove_dir_all(&dir).expect("our own directory");
    output
}

fn succeeds(output: &Output) -> Result<(), Failed> {
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}
