//! One process over many cases: a wat program, or a tool of another language. It knows no format.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file of the checkout's `tests/oracles`.
pub fn page(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracles").join(name)
}

/// What a wat program writes when it reads these values, as EDN texts, one a line.
pub fn values(program: &str, texts: &[String]) -> Vec<String> {
    let dir = tempdir();
    let file = dir.join("main.wat");
    std::fs::write(&file, program).expect("a temporary file can be written");
    let output = fed(Command::new(env!("CARGO_BIN_EXE_wat")).arg(&file), texts);
    std::fs::remove_dir_all(&dir).expect("the directory is this test's own");
    assert_eq!(output.len(), texts.len(), "one answer for each value");
    output
}

/// What a wat program of Strings answers to each of these.
pub fn answers(program: &str, inputs: &[String]) -> Vec<String> {
    let texts: Vec<String> = inputs.iter().map(|text| wat_edn::Value::string(text).to_string()).collect();
    let read = |text: String| {
        let value = wat_edn::Value::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
        value.as_str().unwrap_or_else(|| panic!("no String: {text}")).to_string()
    };
    values(program, &texts).into_iter().map(read).collect()
}

/// Gives a command these lines: the lines that it writes.
pub fn fed(command: &mut Command, lines: &[String]) -> Vec<String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input: Vec<u8> = lines.iter().flat_map(|line| [line.as_bytes(), b"\n"]).collect::<Vec<_>>().concat();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the command ends");
    let written = writer.join().expect("a writer does not panic");
    assert!(output.status.success(), "{command:?} ended with {}", output.status);
    written.expect("the command reads its input");
    let output = String::from_utf8(output.stdout).expect("UTF-8");
    // Not `lines`, which takes a CR for a part of a line's end.
    output.split_terminator('\n').map(str::to_string).collect()
}

/// Whether a tool is there. A missing one is named; where oracles are required it fails the test.
pub fn has(tool: &str, probe: &mut Command) -> bool {
    let status = probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = status.is_ok_and(|status| status.success());
    let required = std::env::var_os("WAT_REQUIRE_ORACLES").is_some();
    assert!(there || !required, "{tool} is missing: .ci/run installs it");
    if !there {
        eprintln!("not asked, for want of it: {tool}");
    }
    there
}

fn tempdir() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("wat-oracles-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let dir = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&dir).expect("a temporary directory can be made");
    dir
}
