//! What a person gets wrong, and what a machine withholds: each is said once, briefly, with the right exit code.
//!
//! Exit codes: 0 ended well, 1 crashed, 2 did not compile, 64 misuse. Each test names what its failing would mean.

mod support;

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;
use support::edn::{crash, field, inside, parse};
use support::source::test_file;
use support::{Ended, Launch, Source, eventually, program, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);

/// Codes, lines and titles of the errors that `wat check` finds.
fn errors(source: &Source) -> Vec<(String, u64, String)> {
    let checked = wat("check").options(&["--diagnostics", "json"]).args(&[text(&source.file)]).run("");
    assert_eq!(checked.status.code(), Some(2), "{checked:?}");
    let parsed = checked.err.lines().map(|line| {
        let found: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let word = |key: &str| found[key].as_str().unwrap_or_default().to_string();
        (word("severity"), word("code"), found["line"].as_u64().unwrap_or(0), found.to_string())
    });
    parsed
        .filter(|(severity, ..)| severity == "error")
        .map(|(_, code, line, all)| (code, line, all))
        .collect()
}

fn text(path: &std::path::Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

/// Refused with one error of this code; what was drawn for people.
fn refused(source: &Source, code: &str) -> String {
    let found = errors(source);
    let codes: Vec<&str> = found.iter().map(|(code, ..)| code.as_str()).collect();
    assert_eq!(codes, [code], "{found:?}");
    let ended = wat(&source.file).run("");
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(ended.out.is_empty(), "{ended:?}");
    assert!(ended.err.contains(code), "{ended:?}");
    ended.err
}

// ---- files

/// Guards: reading the entry as a fallible step with its name and reason.
#[test]
fn a_file_that_is_not_there_is_named() {
    let _turn = turn(MINUTE);
    let place = Source::empty();
    let said = refused(&place, "cannot-read");
    assert!(said.contains("program.wat") && said.contains("no such file"), "{said}");
}

/// Guards: as above, for what opens and cannot be read.
#[test]
fn a_directory_is_no_program() {
    let _turn = turn(MINUTE);
    let place = Source::empty();
    fs::create_dir(&place.file).expect("a directory");
    let said = refused(&place, "cannot-read");
    assert!(said.contains("directory"), "{said}");
}

/// Guards: the check of UTF-8 before the reader (without it a slice in the middle of a character is a defect of wat).
#[test]
fn a_file_that_is_not_utf8_is_refused_at_its_line() {
    let _turn = turn(MINUTE);
    let source = program(b"(defn main [] -> nil\n  (println \"\xff\xfe\"))\n");
    refused(&source, "not-utf8");
    assert_eq!(errors(&source)[0].1, 2);
}

/// Guards: the stack of open brackets in the reader (without it the error stands at the end of the file alone).
#[test]
fn an_open_bracket_is_shown_where_it_opens() {
    let _turn = turn(MINUTE);
    let source = program("(defn main [] -> nil\n  (println [1 2 3))\n");
    let said = refused(&source, "unbalanced-bracket");
    assert!(said.contains("(println [1 2 3"), "{said}");
    let source = program("(defn main [] -> nil\n  (println 1)\n");
    let said = refused(&source, "unbalanced-bracket");
    assert!(said.contains("(defn main"), "the opener is not shown: {said}");
}

/// Guards: the cutting of lines when they are drawn (without it the terminal gets ten megabytes).
#[test]
fn a_line_of_ten_megabytes_is_read_and_cut_when_shown() {
    let _turn = turn(MINUTE);
    let long = "x".repeat(10 << 20);
    let ended = wat(&program(format!("(defn main [] -> nil (println (count \"{long}\")))")).file).run("");
    assert_eq!((ended.out.as_str(), ended.status.code()), ("10485760\n", Some(0)), "{:?}", ended.status);
    let said = refused(
        &program(format!("(defn main [] -> nil (println (str \"{long}\" nowhere)))")),
        "unbound-name",
    );
    assert!(said.len() < 20_000, "{} bytes were shown", said.len());
}

/// Guards: the bound on nesting in reader and checker (without it the stack ends by a signal).
#[test]
fn a_hundred_thousand_brackets_are_too_deep() {
    let _turn = turn(MINUTE);
    for (open, shut) in [("(", ")"), ("[", "]"), ("{:a ", "}"), ("#{", "}"), ("'", ""), ("#_", "")] {
        let core = format!("{}1{}", open.repeat(100_000), shut.repeat(100_000));
        let source = program(format!("(defn main [] -> nil (println {core}))"));
        let found = errors(&source);
        assert!(found.iter().any(|(code, ..)| code == "too-deep"), "{open}: {:.300}", format!("{found:?}"));
        assert!(found.len() <= 3, "{open}: {} errors for one mistake", found.len());
    }
}

/// Guards: the search for cycles among files (without it loading never ends).
#[test]
fn files_that_use_each_other_show_the_circle() {
    let _turn = turn(MINUTE);
    let source = program("(ns program (:use [a :as a]))\n(defn main [] -> nil (println (a/x)))")
        .with("a.wat", "(ns a (:use [b :as b]))\n(defn x [] -> i64 (b/y))")
        .with("b.wat", "(ns b (:use [a :as a]))\n(defn y [] -> i64 (a/x))");
    let said = refused(&source, "import-cycle");
    assert!(said.contains('a') && said.contains('b'), "{said}");
}

// ---- the shape of a program

/// Guards: the check of the entry point.
#[test]
fn a_program_needs_a_main_of_the_right_shape() {
    let _turn = turn(MINUTE);
    let library = program("(defn helper [] -> i64 1)");
    let checked = wat("check").args(&[text(&library.file)]).run("");
    assert_eq!(checked.status.code(), Some(0), "a library's file is checked as it is: {checked:?}");
    let ended = wat(&library.file).run("");
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(ended.err.contains("missing-main"), "{ended:?}");
    refused(&program("(defn main [n <- i64] -> nil (println n))"), "bad-main");
    refused(&program("(defn main [] -> i64 1)"), "bad-main");
}

/// Guards: suggestions by distance, at most one (hundreds of suggestions are not help).
#[test]
fn an_unknown_name_gets_one_suggestion() {
    let _turn = turn(MINUTE);
    let source = program("(defn main [] -> nil (pritnln 1))");
    let said = refused(&source, "unbound-name");
    assert!(said.contains("println"), "{said}");
    assert!(said.matches("did you mean").count() <= 1, "{said}");
    let said = refused(&program("(defn main [] -> nil (zqxjkvbpw 1))"), "unbound-name");
    assert!(!said.contains("did you mean"), "{said}");
}

// ---- words

/// Guards: the table of options; exit 64 is for words, 2 for programs, 1 for crashes.
#[test]
fn words_that_mean_nothing_are_misuse() {
    let _turn = turn(MINUTE);
    let said = |words: &[&str]| {
        let (last, options) = words.split_last().expect("a word");
        let ended = wat(last).options(options).run("");
        assert_eq!(ended.status.code(), Some(64), "{words:?}: {ended:?}");
        assert!(ended.out.is_empty() && ended.err.lines().count() <= 3, "{words:?}: {ended:?}");
        ended.err
    };
    assert!(said(&["--hlep"]).contains("--help"));
    assert!(said(&["-q"]).contains("-q"));
    assert!(said(&["--in", "xml", "a.wat"]).contains("edn or lines"));
    assert!(said(&["check"]).contains("wat check FILE"));
    assert!(said(&["explain", "type-mismatc"]).contains("type-mismatch"));
}

/// Guards: the three codes of ends.
#[test]
fn exit_codes_tell_a_crash_from_a_mistake() {
    let _turn = turn(MINUTE);
    let code = |text: &str| wat(&program(text).file).run("").status.code();
    assert_eq!(code("(defn main [] -> nil (println 1))"), Some(0));
    assert_eq!(code("(defn main [] -> nil (println (/ 1 0)))"), Some(1));
    assert_eq!(code("(defn main [] -> nil (println (/ 1 \"0\")))"), Some(2));
}

// ---- stdin

/// Guards: that the end of input is a value, and malformed input a crash with the place in the input.
#[test]
fn stdin_is_empty_cut_or_of_another_type() {
    let _turn = turn(MINUTE);
    let total = |input: &str| wat(test_file("session/total")).run(input);
    let ended = total("");
    assert_eq!((ended.out.as_str(), ended.status.code()), ("0\n", Some(0)), "{ended:?}");
    let ended = total("1 2\n\n 3");
    assert_eq!((ended.out.as_str(), ended.status.code()), ("6\n", Some(0)), "{ended:?}");
    for (input, line, part) in
        [("1\n\"2", 2, ""), ("1\n2\n[3", 3, ""), ("1 2.5", 1, "i64"), ("1\n\n\"2\"", 3, "i64")]
    {
        let ended = total(input);
        assert_eq!((ended.out.as_str(), ended.status.code()), ("", Some(1)), "{input:?}: {ended:?}");
        let found = crash(&ended.err);
        assert_eq!(field(&found, "kind"), "malformed-input", "{input:?}: {found}");
        let said = field(&found, "message");
        assert!(said.contains(part), "{input:?}: {found}");
        assert!(
            said.contains(&format!("line {line}"))
                || field(&found, "data").contains(&format!(":line {line}"))
        );
    }
}

/// Guards: the limit on a value that never ends (without it memory grows until the machine is short of it).
#[test]
fn stdin_without_end_is_refused_at_the_limit() {
    let _turn = turn(MINUTE);
    let mut root = wat(test_file("session/total")).start();
    let mut stdin = root.stdin.take().expect("piped");
    let writer = std::thread::spawn(move || {
        // The root ends in the middle of it.
        let piece = vec![b'7'; 1 << 20];
        (0..256).take_while(|_| stdin.write_all(&piece).is_ok()).count()
    });
    let status = root.ends_within(Duration::from_secs(30));
    assert!(writer.join().expect("a writer does not fail") < 64, "it read far beyond the limit");
    let ended = root.finish();
    assert_eq!(status.code(), Some(1), "{ended:?}");
    let kind = field(&crash(&ended.err), "kind");
    assert!(kind == "malformed-input" || kind == "limit", "{ended:?}");
}

// ---- stdout and stderr

/// Guards: a closed stdout as a quiet end (without it `| head` prints a crash, or SIGPIPE ends the root).
#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let _turn = turn(MINUTE);
    let mut root = wat(test_file("session/counting")).unread().start();
    let mut lines = BufReader::new(root.take_stdout());
    let mut first = String::new();
    lines.read_line(&mut first).expect("a line");
    assert_eq!(first, "0\n");
    drop(lines);
    let ended = ended(root);
    assert_eq!((ended.err.as_str(), ended.status.code()), ("", Some(0)), "{ended:?}");
}

fn ended(mut root: support::Tree) -> Ended {
    let status = root.ends_within(Duration::from_secs(10));
    Ended { out: String::new(), err: root.stderr(), status }
}

/// Guards: that a stream which was closed is opened on /dev/null before anything else can take its number (without it
/// a child's pipe becomes the root's stdout), and that nobody's reading stderr is no error.
#[test]
fn closed_streams_do_no_harm() {
    let _turn = turn(MINUTE);
    for closed in [vec![0], vec![1], vec![2], vec![0, 1], vec![0, 1, 2]] {
        let numbers = closed.clone();
        let close = move || {
            for number in &numbers {
                // SAFETY: closes a descriptor of the new process.
                unsafe { libc::close(*number) };
            }
            Ok(())
        };
        // SAFETY: the function only closes.
        let ended = unsafe { wat(test_file("session/speaks")).before(close) }.run("5");
        assert_eq!(ended.status.code(), Some(0), "{closed:?}: {ended:?}");
        let third = if closed.contains(&0) { ":nothing" } else { "5" };
        let out = format!("#wat.core/Ok 42\n{third}\n");
        assert_eq!(ended.out, if closed.contains(&1) { "" } else { &out }, "{closed:?}: {ended:?}");
        assert_eq!(ended.err, if closed.contains(&2) { "" } else { "\"to stderr\"\n" }, "{closed:?}");
    }
}

/// Guards: SIGPIPE ignored and the failure to write to stderr swallowed.
#[test]
fn a_stderr_that_nobody_reads_does_no_harm() {
    let _turn = turn(MINUTE);
    let gone = || {
        let mut ends = [0; 2];
        // SAFETY: a pipe whose read end is closed takes the place of stderr in the new process.
        unsafe {
            if libc::pipe(ends.as_mut_ptr()) != 0 || libc::dup2(ends[1], 2) != 2 {
                return Err(std::io::Error::last_os_error());
            }
            libc::close(ends[0]);
            libc::close(ends[1]);
        }
        Ok(())
    };
    // SAFETY: the function makes system calls on locals.
    let ended = unsafe { wat(test_file("session/speaks")).before(gone) }.run("5");
    assert_eq!((ended.out.as_str(), ended.status.code()), ("#wat.core/Ok 42\n5\n", Some(0)), "{ended:?}");
}

// ---- places

/// Guards: that other files are looked for beside the entry, not in the working directory.
#[test]
fn a_program_runs_from_any_directory() {
    let _turn = turn(MINUTE);
    let source = program("(ns program (:use [other :as o]))\n(defn main [] -> nil (println (o/six)))")
        .with("other.wat", "(ns other)\n(defn six [] -> i64 6)");
    let elsewhere = Source::empty();
    let ran = wat(&source.file).directory(&elsewhere.directory).run("");
    assert_eq!(ran.out, "6\n", "{ran:?}");
    let ran = wat("program.wat").directory(&source.directory).run("");
    assert_eq!(ran.out, "6\n", "{ran:?}");
    let above = source.directory.parent().expect("a directory has one").to_path_buf();
    let relative = source.file.strip_prefix(&above).expect("below").to_path_buf();
    let ran = wat(relative).directory(&above).run("");
    assert_eq!(ran.out, "6\n", "{ran:?}");
}

/// Guards: that the working directory is only noted, never needed.
#[test]
fn a_directory_that_cannot_be_read_or_is_gone_does_no_harm() {
    let _turn = turn(MINUTE);
    let source = Source::empty().with("wat-file", "");
    fs::copy(test_file("session/speaks"), &source.file).expect("a copy");
    let closed = Source::empty();
    // Shut from inside: nobody but root could enter it afterwards.
    // SAFETY: the function makes one system call, on a constant.
    let shut = || match unsafe { libc::chmod(c".".as_ptr(), 0) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    };
    // SAFETY: as above.
    let ran = ordinary(&source, |launch| unsafe { launch.directory(&closed.directory).before(shut) }).run("");
    fs::set_permissions(&closed.directory, Permissions::from_mode(0o755)).expect("mode");
    assert_eq!((ran.out.as_str(), ran.status.code()), ("#wat.core/Ok 42\n:nothing\n", Some(0)), "{ran:?}");

    let gone = Source::empty();
    let remove = {
        let path = std::ffi::CString::new(text(&gone.directory)).expect("no zero");
        // SAFETY: removes the new process's own working directory.
        move || match unsafe { libc::rmdir(path.as_ptr()) } {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        }
    };
    // SAFETY: the function makes one system call.
    let ran = unsafe { wat(&source.file).directory(&gone.directory).before(remove) }.run("");
    assert_eq!((ran.out.as_str(), ran.status.code()), ("#wat.core/Ok 42\n:nothing\n", Some(0)), "{ran:?}");
}

// ---- limits of the machine

/// A run of the source's entry with a copy of the binary, as an ordinary user where the test runs as root. The
/// user's number is this test's own: limits on processes count a user's processes all over the machine.
fn ordinary(source: &Source, adapt: impl FnOnce(Launch) -> Launch) -> Launch {
    let binary: PathBuf = source.binary();
    for path in [&source.directory, &source.file, &binary] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).expect("mode");
    }
    let user = 200_000 + std::process::id();
    let become_ordinary = move || {
        // SAFETY: raw calls with numbers: the C library's versions would address threads that do not exist here.
        unsafe {
            if libc::geteuid() == 0
                && (libc::syscall(libc::SYS_setgroups, 0, std::ptr::null::<u32>()) != 0
                    || libc::syscall(libc::SYS_setresgid, user, user, user) != 0
                    || libc::syscall(libc::SYS_setresuid, user, user, user) != 0)
            {
                return Err(std::io::Error::last_os_error());
            }
        }
        Ok(())
    };
    // SAFETY: the function makes system calls with numbers.
    unsafe { adapt(wat(&source.file).binary(binary)).before(become_ordinary) }
}

fn limited(resource: libc::__rlimit_resource_t, count: u64) -> Ended {
    let source = Source::empty();
    fs::copy(test_file("session/starved"), &source.file).expect("a copy");
    let limit = libc::rlimit { rlim_cur: count, rlim_max: count };
    // SAFETY: sets a limit of the new process.
    let set = move || match unsafe { libc::setrlimit(resource, &raw const limit) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    };
    // SAFETY: the function makes one system call.
    ordinary(&source, |launch| unsafe { launch.before(set) }).run("")
}

fn spawn_failed(ended: &Ended, limit: &str) {
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("[:spawn-failed "), "{ended:?}");
    assert!(lines[0].contains(limit), "the limit is not named: {ended:?}");
    assert_eq!(lines[1], "true", "the children before it do not answer: {ended:?}");
}

/// Guards: the step and the limit in a failed spawn, from `errno` at the clone (without it a person sees "resource
/// temporarily unavailable"), and that a failed spawn harms no child before it.
#[test]
fn too_few_processes_are_a_failed_spawn_that_names_the_limit() {
    let _turn = turn(MINUTE);
    // SAFETY: geteuid only answers.
    if unsafe { libc::geteuid() } != 0 {
        println!("not root: cannot become a user without other processes");
        return;
    }
    // Each node is two threads, and each thread counts.
    for count in [11, 12, 13] {
        spawn_failed(&limited(libc::RLIMIT_NPROC, count), "RLIMIT_NPROC");
    }
}

/// Guards: as above, and that descriptors opened for a spawn that fails are closed again.
#[test]
fn too_few_descriptors_are_a_failed_spawn_that_names_the_limit() {
    let _turn = turn(MINUTE);
    for count in [40, 41, 42, 43, 44, 45, 46] {
        spawn_failed(&limited(libc::RLIMIT_NOFILE, count), "RLIMIT_NOFILE");
    }
}

/// Guards: whose limit it is, in what is answered to a process that has its sockets opened above it.
#[test]
fn a_socket_that_an_ancestor_has_no_descriptor_for_names_the_ancestor() {
    let _turn = turn(MINUTE);
    let source = program(
        "(defn opener {:in nil :out String} [] -> nil
           (serve (fn [_] (match (wat.net/listen \"127.0.0.1:0\")
                            ((Ok _)  \"open\")
                            ((Err e) (str (:kind e) \" \" (:message e)))))))
         (defn full [files <- (Vector wat.fs/File)] -> (Vector wat.fs/File)
           (match (wat.fs/open \"/dev/null\") ((Ok file) (full (conj files file))) ((Err _) files)))
         (defn main [] -> nil
           (let [p (spawn-process opener {:authority [(net-listen 0)]})]
             (println (call p nil))
             (let [files (full [])]
               (println (call p nil))
               (println (count files)))))",
    );
    let limit = libc::rlimit { rlim_cur: 64, rlim_max: 64 };
    // SAFETY: sets a limit of the new process.
    let set = move || match unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    };
    // SAFETY: the function makes one system call.
    let ended = unsafe { wat(&source.file).before(set) }.run("");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines[0], "#wat.core/Ok \"open\"", "{ended:?}");
    let told = "the process /: RLIMIT_NOFILE is 64 there";
    assert!(lines[1].contains(":limit listen 127.0.0.1:0: ") && lines[1].contains(told), "{ended:?}");
}

/// Guards: the crash at the root when nobody handles a failed spawn: typed, with its path, exit 1.
#[test]
fn an_unhandled_failed_spawn_is_the_cause_of_the_crash() {
    let _turn = turn(MINUTE);
    let source = program(
        "(defn main [] -> nil (more [])) (defn more [ps <- (Vector (Peer i64 i64))] -> nil (let [p (spawn-process twice)]
           (ignore (unwrap (call p 1) \"no more\")) (more (conj ps p))))
         (defn twice {:in i64 :out i64} [] -> nil (serve (fn [n] (* 2 n))))",
    );
    let limit = libc::rlimit { rlim_cur: 40, rlim_max: 40 };
    // SAFETY: sets a limit of the new process.
    let set = move || match unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    };
    // SAFETY: the function makes one system call.
    let ended = unsafe { wat(&source.file).before(set) }.run("");
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let found = crash(&ended.err);
    assert_eq!((field(&found, "kind").as_str(), field(&found, "message").as_str()), ("panic", "no more"));
    let cause = inside(&found, "cause");
    assert_eq!(field(cause, "kind"), "spawn-failed", "{found}");
    assert_eq!(parse(&cause.to_string()), *cause);
    let silent = eventually(Duration::from_secs(1), || support::process::descendants().is_empty());
    assert!(silent, "children are left");
}
