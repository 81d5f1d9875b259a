//! `wat fmt` and `wat new`, from outside: what they write, what they leave alone, and how they end.

mod support;

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};
use support::command::{err, out, run};
use support::{Source, program};

const UNTIDY: &str =
    ";; kept\n(defn f   [a <- i64 b <- i64] -> i64 ; why\n (+ a\n b)\n  )\n\n\n\n(def x #_1 0x2A)";
const TIDY: &str =
    ";; kept\n(defn f [a <- i64  b <- i64] -> i64 ; why\n  (+ a\n     b))\n\n(def x #_1 0x2A)\n";

#[test]
fn a_file_is_formatted_in_place_with_its_mode() {
    let source = program(UNTIDY);
    fs::set_permissions(&source.file, fs::Permissions::from_mode(0o750)).expect("a mode");
    let done = run(&source.directory, &["fmt", "program.wat"]);
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
    assert_eq!(fs::read_to_string(&source.file).expect("it is there"), TIDY);
    assert_eq!(fs::metadata(&source.file).expect("it is there").permissions().mode() & 0o777, 0o750);
    assert_eq!(fs::read_dir(&source.directory).expect("a directory").count(), 1, "nothing is left beside it");
}

#[test]
fn a_link_stays_a_link() {
    let source = program(UNTIDY);
    let link = source.directory.join("link.wat");
    symlink(&source.file, &link).expect("a link");
    assert_eq!(run(&source.directory, &["fmt", "link.wat"]).status.code(), Some(0));
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&source.file).expect("it is there"), TIDY);
}

#[test]
fn check_shows_a_difference_and_writes_nothing() {
    let source = program(UNTIDY).with("tidy.wat", TIDY);
    let done = run(&source.directory, &["fmt", "--check", "."]);
    assert_eq!(done.status.code(), Some(1));
    let shown = out(&done);
    assert!(shown.contains("--- ./program.wat") && shown.contains("+  (+ a\n"), "{shown}");
    assert!(!shown.contains("tidy.wat"), "{shown}");
    assert_eq!(fs::read_to_string(&source.file).expect("it is there"), UNTIDY);
    let done = run(&source.directory, &["fmt", "--check", "tidy.wat"]);
    assert_eq!((done.status.code(), out(&done).as_str()), (Some(0), ""));
}

#[test]
fn a_file_that_does_not_read_is_left_and_the_others_are_formatted() {
    let source = program(UNTIDY).with("broken.wat", "(defn f [\n");
    let done = run(&source.directory, &["fmt", "."]);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("broken.wat"), "{}", err(&done));
    assert_eq!(fs::read_to_string(source.directory.join("broken.wat")).expect("it is there"), "(defn f [\n");
    assert_eq!(fs::read_to_string(&source.file).expect("it is there"), TIDY);
}

#[test]
fn stdin_goes_to_stdout_in_either_spelling() {
    let ask = |words: &[&str], text: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wat"));
        let mut child = command
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
        out(&child.wait_with_output().expect("it ends"))
    };
    assert_eq!(ask(&["fmt", "-"], "(:a::b::c   'x)"), "(a.b/c 'x)\n");
    let long = ask(&["fmt", "--edn", "-"], "(f 'x `(a ~b ~@c) #(+ % 1) 0x2A :a::b)");
    let wanted =
        "(f (quote x) (quasiquote (a (unquote b) (unquote-splicing c))) (fn [%1] (+ %1 1)) 42 a/b)\n";
    assert_eq!(long, wanted);
}

#[test]
fn a_missing_file_or_word_is_said() {
    let source = Source::empty();
    let done = run(&source.directory, &["fmt", "gone.wat"]);
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(1), "wat: open gone.wat: no such file\n"));
}

#[test]
fn without_a_path_all_below_the_directory_is_formatted() {
    let source = program(UNTIDY);
    assert_eq!(run(&source.directory, &["fmt"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(&source.file).expect("it is there"), TIDY);
}

#[test]
fn a_project_replaces_nothing_and_has_a_good_name() {
    let source = program("1");
    for (name, why) in
        [("program.wat", "may have"), ("Shop", "small letter"), ("../x", "small letter"), ("wat", "taken")]
    {
        let done = run(&source.directory, &["new", name]);
        assert_eq!(done.status.code(), Some(64), "{name}");
        assert!(err(&done).contains(why), "{}", err(&done));
    }
    fs::create_dir(source.directory.join("here")).expect("a directory");
    let done = run(&source.directory, &["new", "here"]);
    assert_eq!(done.status.code(), Some(64));
    assert!(err(&done).contains("it is there already"), "{}", err(&done));
    assert_eq!(fs::read_dir(&source.directory).expect("a directory").count(), 2);
}
