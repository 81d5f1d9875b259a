//! `wat chaos`: each request's fate is told right, whatever is done to the tree.

mod support;

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use support::source::{repository, test_file};
use support::{Random, apart, is_full, program, size, turn};

const WAT: &str = env!("CARGO_BIN_EXE_wat");

fn chaos(options: &[&str], command: &[&str], input: &[u8]) -> Output {
    let mut tool = Command::new(WAT)
        .arg("chaos")
        .args(options)
        .arg("--")
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool starts");
    let mut stdin = tool.stdin.take().expect("piped");
    let input = input.to_vec();
    // The tool may be done before all is read.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = tool.wait_with_output().expect("an end");
    writer.join().expect("a writer does not fail");
    output
}

/// The number after a word of the report.
fn told(report: &str, word: &str) -> u64 {
    let rest = report.split_once(word).unwrap_or_else(|| panic!("no {word:?} in {report}")).1;
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no number after {word:?} in {report}"))
}

/// Random kills, suspensions, small and slow pipes over random trees, up to eight levels deep and up to two hundred
/// processes large: each request is answered or crashes exactly once, and nothing is left. Guards: all that K1, K2, K6
/// and K14 name at once.
#[test]
fn k14_random_faults_over_random_trees_lose_nothing() {
    apart(|| {
        let _turn = turn(Duration::from_secs(7200));
        let mut random = Random::seeded();
        let mut requests = String::new();
        for id in 1..200_000 {
            requests.push_str(&format!("[{id} {}]\n", random.below(1_000_000)));
        }
        let faults = size(10_000).to_string();
        let seed = random.below(1 << 30).to_string();
        let bush = test_file("laws/bush");
        let output = chaos(
            &[
                "--seed", &seed, "--kill", "14", "--stop", "14", "--full", "5", "--slow", "5", "--ahead",
                "4", "--delay", "30", "--faults", &faults, "--repeat",
            ],
            &[WAT, bush.to_str().expect("a plain path"), "8", "199", "400", &seed],
            requests.as_bytes(),
        );
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        println!("{report}");
        let failed = format!("{report}\n{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{failed}");
        assert_eq!(told(&report, "faults ").to_string(), faults, "{failed}");
        assert!(told(&report, "killed ") > 0 && told(&report, "suspended ") > 0, "{failed}");
        assert!(told(&report, "crashed once ") > 0 && told(&report, "answered once ") > 0, "{failed}");
        for nothing in ["lost ", "twice ", "strange ", "survivors ", "zombies ", "leaked descriptors "] {
            assert_eq!(told(&report, nothing), 0, "{nothing}: {failed}");
        }
        let [most, deep] = [told(&report, "up to "), told(&report, "processes, ")];
        assert!(most <= 200 && deep <= 8, "{failed}");
        // Beside other work a small run may end before the first tree has grown.
        let least = if is_full() { [180, 8] } else { [20, 4] };
        assert!(most >= least[0] && deep >= least[1], "{failed}");
    });
}

/// A tree of the examples under suspensions and small pipes: slower, and right.
#[test]
fn the_desk_answers_under_suspensions_and_small_pipes() {
    apart(|| {
        let _turn = turn(Duration::from_secs(300));
        let desk = repository().join("examples/desk");
        let log = std::fs::read(desk.join("small.log")).expect("a log");
        let output = chaos(
            &[
                "--seed", "7", "--stop", "40", "--full", "10", "--slow", "5", "--ahead", "100000", "--delay",
                "20",
            ],
            &[WAT, "--in", "lines", desk.join("desk.wat").to_str().expect("a plain path")],
            &log,
        );
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told(&report, "suspended ") > 0, "{report}");
        // Many lines, one report: the first is answered, the others have no answer of their own.
        assert_eq!(told(&report, "answered once "), 1, "{report}");
        for nothing in ["twice ", "survivors ", "zombies ", "leaked descriptors "] {
            assert_eq!(told(&report, nothing), 0, "{nothing}: {report}");
        }
        assert!(report.contains("the root ended with 0"), "{report}");
    });
}

/// The supervised desk heals: what was in hand when a node was killed is done once more, so that no request has a crash
/// for its answer. Guards: the restarts, and `retry` over them.
#[test]
fn the_supervised_desk_answers_each_request_under_kills() {
    apart(|| {
        let _turn = turn(Duration::from_secs(300));
        let desk = repository().join("examples/desk");
        let log = std::fs::read(desk.join("small.log")).expect("a log");
        let log = String::from_utf8_lossy(&log).replace(|c: char| c.is_control() && c != '\n', " ");
        let lines: Vec<String> = log.lines().map(|line| format!("{line:?}")).collect();
        let requests: String = lines.chunks(20).map(|batch| format!("[{}]\n", batch.join(" "))).collect();
        let faults = size(1000).to_string();
        let seed = Random::seeded().below(1 << 30).to_string();
        let output = chaos(
            &["--seed", &seed, "--kill", "3", "--stop", "2", "--full", "1", "--faults", &faults, "--repeat"],
            &[WAT, desk.join("served.wat").to_str().expect("a plain path")],
            requests.as_bytes(),
        );
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        println!("{report}");
        assert_eq!(output.status.code(), Some(0), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(told(&report, "killed ") > 5, "{report}");
        assert_eq!(told(&report, "crashed once "), 0, "{report}");
    });
}

/// What goes wrong is told: a program that answers twice, one that answers nothing, one that leaves a process behind.
#[test]
fn a_tree_that_is_wrong_is_told_so() {
    apart(|| {
        let _turn = turn(Duration::from_secs(120));
        let twice = program("(ns twice) (defn main [] -> nil (serve-twice))
          (defn serve-twice [] -> nil (match (readln -> i64) ((Some n) (do (println n) (println n) (serve-twice))) (None nil)))");
        let output = chaos(&[], &[WAT, twice.file.to_str().expect("plain")], b"1\n2\n");
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!((output.status.code(), told(&report, "twice ")), (Some(1), 2), "{report}");

        let output = chaos(&["--ahead", "9"], &["sh", "-c", "read a; echo 1; read b; exit 0"], b"1\n2\n");
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!((output.status.code(), told(&report, "lost ")), (Some(1), 1), "{report}");

        let left = "read a; echo 1; setsid sleep 30 >/dev/null 2>&1 & read b; wait $!; exit 0";
        let output = chaos(&[], &["sh", "-c", &left.replace("wait $!; ", "")], b"1\n");
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{report}");
        assert!(told(&report, "survivors ") >= 1, "{report}");
    });
}

#[test]
fn misuse_says_what_is_wanted() {
    apart(|| {
        let _turn = turn(Duration::from_secs(30));
        for (options, mistake) in [
            (&["--kill", "x"][..], "--kill wants faults a second"),
            (&["--harm", "1"], "unknown option --harm"),
            (&["--repeat"], "--repeat needs an end"),
        ] {
            let output = chaos(options, &["true"], b"");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code() == Some(64) && said.contains(mistake), "{said}");
        }
        let output = chaos(&[], &["/no/such/command"], b"");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(64) && said.contains("run /no/such/command"), "{said}");
    });
}
