//! Every program under `examples/` that has its output beside it is run as its reader would run it.
//!
//! `examples/**/<name>.wat` is run in its directory with `<name>.in` as its input and must print `<name>.out` and end
//! well. A first line `;; run: --in lines FILE a b` gives options and arguments. `UPDATE_EXPECT=1` rewrites the output.
//! Not here: the desk, which has tests of its own.

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .canonicalize()
        .expect("examples/ exists");
    let mut programs = Vec::new();
    collect(&root, &mut programs);
    programs.sort();
    let trials = programs.into_iter().map(|program| {
        let name = program.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        Trial::test(name, move || runs(&program))
    });
    libtest_mimic::run(&args, trials.collect()).exit();
}

fn collect(dir: &Path, programs: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a readable directory") {
        let path = entry.expect("a directory entry").path();
        if path.is_dir() {
            collect(&path, programs);
        } else if path.extension().is_some_and(|e| e == "wat") && path.with_extension("out").exists() {
            programs.push(path);
        }
    }
}

fn runs(program: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(program)?;
    let words = text.lines().next().and_then(|l| l.strip_prefix(";; run: ")).unwrap_or("FILE");
    let file = program.file_name().expect("a file has a name").to_str().expect("a name of ours is UTF-8");
    let input = program.with_extension("in");
    let stdin = if input.exists() { Stdio::from(File::open(&input)?) } else { Stdio::null() };
    // An example that hangs is ended, and fails by its exit code.
    let output = Command::new("timeout")
        .args(["--signal=KILL", "60", env!("CARGO_BIN_EXE_wat")])
        .args(words.split_whitespace().map(|w| if w == "FILE" { file } else { w }))
        .current_dir(program.parent().expect("a file has a directory"))
        .stdin(stdin)
        .output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{}\n{stderr}", output.status).into());
    }
    let expected = program.with_extension("out");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&expected, &output.stdout)?;
    }
    let (expected, found) = (fs::read_to_string(&expected)?, String::from_utf8_lossy(&output.stdout));
    if expected == found {
        Ok(())
    } else {
        Err(format!("--- expected\n{expected}--- found\n{found}--- stderr\n{stderr}").into())
    }
}
