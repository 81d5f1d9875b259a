//! Golden programs: every `.wat` file under `tests/` that has an expectation beside it is run as a user would.
//!
//! `tests/run/<area>/<behaviour>.wat` and `tests/conformance/*.wat` are run with `.stdin` (or `.in`) and must print
//! `.stdout` (or `.out`) and end with `.exit` (0 where absent); `.stderr`, where present, must match too. A first line
//! `;; run: --in lines FILE a b` gives options and arguments. A program with `;; error[code]` above a line must be
//! rejected by `wat check` with exactly those codes at those lines. `tests/mistakes/*.wat` are what beginners write;
//! `.drawn` beside each is what `wat check` draws, to the letter. `UPDATE_EXPECT=1` rewrites expected output.
//! `tests/session/*.repl` is what a person types, its `.transcript` what they see.

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(60);

fn main() {
    let args = Arguments::from_args();
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").canonicalize().expect("tests/ exists");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let trials = files.into_iter().filter_map(|file| trial(&root, file)).collect();
    libtest_mimic::run(&args, trials).exit();
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a readable directory") {
        let path = entry.expect("a directory entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "wat" || e == "repl") {
            files.push(path);
        }
    }
}

fn trial(root: &Path, file: PathBuf) -> Option<Trial> {
    let text = fs::read_to_string(&file).expect("a golden program is UTF-8");
    if file.extension().is_some_and(|e| e == "repl") {
        let name = file.strip_prefix(root).expect("below the root").with_extension("").display().to_string();
        return Some(Trial::test(name, move || session(&file)));
    }
    let name = file.strip_prefix(root).expect("below the root").with_extension("").display().to_string();
    if name.starts_with("mistakes/") {
        return Some(Trial::test(name, move || drawn(&file)));
    }
    if text.contains(";; error[") {
        return Some(Trial::test(name, move || rejected(&file, &text)));
    }
    let expected = ["stdout", "out", "exit"].iter().any(|e| file.with_extension(e).exists());
    expected.then(|| Trial::test(name, move || runs(&file, &text)))
}

fn runs(file: &Path, text: &str) -> Result<(), Failed> {
    let either = |a: &str, b: &str| {
        let first = file.with_extension(a);
        if first.exists() { first } else { file.with_extension(b) }
    };
    let stdin = fs::read(either("stdin", "in")).unwrap_or_default();
    let words = text.lines().next().and_then(|l| l.strip_prefix(";; run: ")).unwrap_or("FILE");
    let name = file.file_name().expect("a file has a name").to_str().expect("UTF-8 names");
    let args: Vec<&str> = words.split_whitespace().map(|w| if w == "FILE" { name } else { w }).collect();
    let out = run(file.parent().expect("a file has a directory"), &args, &stdin)?;
    let expected = either("stdout", "out");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&expected, &out.stdout)?;
    }
    same("stdout", &fs::read(&expected).unwrap_or_default(), &out.stdout, &out)?;
    if let Ok(stderr) = fs::read(file.with_extension("stderr")) {
        same("stderr", &stderr, &out.stderr, &out)?;
    }
    let exit = fs::read_to_string(file.with_extension("exit")).map_or(Ok(0), |t| t.trim().parse::<i32>())?;
    if out.code != Some(exit) {
        return Err(format!("exit {:?}, expected {exit}\n{}", out.code, lossy(&out.stderr)).into());
    }
    Ok(())
}

/// What `wat check` draws of a common mistake, to the letter.
fn drawn(file: &Path) -> Result<(), Failed> {
    let name = file.file_name().expect("a file has a name").to_str().expect("UTF-8 names");
    let out = run(file.parent().expect("a file has a directory"), &["check", name], &[])?;
    let expected = file.with_extension("drawn");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&expected, &out.stderr)?;
    }
    let told = fs::read(&expected)?;
    same("stderr", &told, &out.stderr, &out)?;
    if told.is_empty() { Err("no mistake is told of".into()) } else { Ok(()) }
}

/// A session: stdout and stderr as a person would see them, one after the other, are those of the `.transcript`.
fn session(file: &Path) -> Result<(), Failed> {
    let dir = file.parent().expect("a file has a directory");
    let mut shown = std::env::temp_dir();
    shown.push(format!(
        "wat-session-{}-{}",
        std::process::id(),
        file.file_stem().unwrap_or_default().display()
    ));
    let both = fs::File::create(&shown)?;
    let status = Command::new(env!("CARGO_BIN_EXE_wat"))
        .arg("repl")
        .current_dir(dir)
        .stdin(fs::File::open(file)?)
        .stdout(both.try_clone()?)
        .stderr(both)
        .status()?;
    let found = fs::read(&shown)?;
    fs::remove_file(&shown)?;
    let expected = file.with_extension("transcript");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&expected, &found)?;
    }
    let out = Output { stdout: found.clone(), stderr: Vec::new(), code: status.code() };
    same("transcript", &fs::read(&expected).unwrap_or_default(), &found, &out)?;
    if out.code == Some(0) { Ok(()) } else { Err(format!("exit {:?}, expected 0", out.code).into()) }
}

fn same(what: &str, expected: &[u8], found: &[u8], out: &Output) -> Result<(), Failed> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (lossy(expected), lossy(found));
    Err(format!(
        "{what} differs\n--- expected\n{expected}--- found\n{found}--- stderr\n{}",
        lossy(&out.stderr)
    )
    .into())
}

/// `wat check` must name exactly the annotated codes at the lines below their comments.
fn rejected(file: &Path, text: &str) -> Result<(), Failed> {
    let mut expected: Vec<(usize, String)> = Vec::new();
    for (nth, line) in text.lines().enumerate() {
        if let Some(rest) = line.trim_start().strip_prefix(";; error[") {
            let code = rest.split(']').next().unwrap_or_default();
            expected.push((nth + 2, code.to_string()));
        }
    }
    let name = file.file_name().expect("a file has a name").to_str().expect("UTF-8 names");
    let dir = file.parent().expect("a file has a directory");
    let out = run(dir, &["--diagnostics", "json", "check", name], b"")?;
    let mut found: Vec<(usize, String)> = Vec::new();
    for line in lossy(&out.stderr).lines() {
        let value: serde_json::Value = serde_json::from_str(line).map_err(|e| format!("{e}: {line}"))?;
        if value["severity"] == "error" {
            let line = value["line"].as_u64().unwrap_or(0) as usize;
            found.push((line, value["code"].as_str().unwrap_or_default().to_string()));
        }
    }
    expected.sort();
    found.sort();
    if expected != found {
        let drawn = run(dir, &["check", name], b"")?;
        let drawn = lossy(&drawn.stderr);
        return Err(format!("expected {expected:?}\nfound    {found:?}\n{drawn}").into());
    }
    if out.code != Some(2) {
        return Err(format!("exit {:?}, expected 2", out.code).into());
    }
    Ok(())
}

struct Output {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    code: Option<i32>,
}

fn run(dir: &Path, args: &[&str], stdin: &[u8]) -> Result<Output, Failed> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wat"))
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().expect("piped");
    let stdin = stdin.to_vec();
    // A program may end without reading its input; that is its right.
    let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
    let mut out = child.stdout.take().expect("piped");
    let mut err = child.stderr.take().expect("piped");
    let reader = std::thread::spawn(move || read_all(&mut out));
    let errors = std::thread::spawn(move || read_all(&mut err));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > DEADLINE {
            child.kill()?;
            child.wait()?;
            return Err(format!("still running after {DEADLINE:?}").into());
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let collect = |t: std::thread::JoinHandle<Vec<u8>>| t.join().expect("a reader does not fail");
    let (stdout, stderr) = (collect(reader), collect(errors));
    writer.join().expect("a writer does not fail");
    Ok(Output { stdout, stderr, code: status.code() })
}

fn read_all(from: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read before an error is what there is to compare.
    let _ = from.read_to_end(&mut bytes);
    bytes
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
