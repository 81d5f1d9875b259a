//! Seeing a running tree from outside: `wat tree`, and what SIGQUIT prints, against real trees.

mod support;

/// The drawing, whose own tests run here: a binary with the C library's entry has no place for them.
#[path = "../src/seeing/draw.rs"]
#[allow(dead_code, reason = "the command uses what these tests do not")]
mod draw;

use serde_json::Value;
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use support::{Source, Tree, program, soon, turn, wat};

const SHOP: &str = r#"
(ns shop)

(defn main [] -> nil
  (let [till  (spawn-process counter)
        clerk (spawn-thread slow)]
    (println (unwrap (call clerk 0) "clerk"))
    (println (unwrap (call till 1) "till"))
    (println (unwrap (call till 2) "till"))
    (ignore (send clerk 600))
    (ignore (call till 600))))

(defn counter {:in i64 :out i64} [] -> nil
  (let [below (spawn-process slow)]
    (serve (fn [n] (unwrap (call below n) "below")))))

(defn slow {:in i64 :out i64} [] -> nil
  (serve (fn [n] (if (> n 10) (do (sleep (seconds n)) n) n))))
"#;

/// `wat` with these words.
fn tool(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wat")).args(words).output().expect("the binary starts")
}

fn text(words: &[&str]) -> String {
    let output = tool(words);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The nodes that `wat tree --json` gives.
fn nodes(pid: i32) -> Vec<Value> {
    let line = text(&["tree", &pid.to_string(), "--json"]);
    let tree: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
    assert_eq!(tree["pid"], pid);
    tree["nodes"].as_array().expect("a list").clone()
}

fn node<'a>(nodes: &'a [Value], path: &str) -> &'a Value {
    nodes.iter().find(|node| node["path"] == path).unwrap_or_else(|| panic!("{path} in {nodes:#?}"))
}

/// The shop, once each of its nodes waits where it will stay.
fn shop() -> (Source, Tree) {
    let source = program(SHOP);
    let mut root = wat(&source.file).start();
    assert_eq!([root.line(), root.line(), root.line()], ["0", "1", "2"]);
    soon("everybody waits", || nodes(root.pid()).iter().all(|node| node["wait"]["ms"].is_u64()));
    (source, root)
}

/// Guards: the accounts, the question down the tree and the door (without any of them there is no answer).
#[test]
fn a_tree_shows_who_is_there_and_what_has_passed() {
    let _turn = turn(Duration::from_secs(120));
    let (_source, root) = shop();
    let nodes = nodes(root.pid());
    let paths: Vec<&str> = nodes.iter().filter_map(|node| node["path"].as_str()).collect();
    assert_eq!(paths, ["/", "/0", "/0/0", "/1"]);
    let till = node(&nodes, "/0");
    assert_eq!((&till["program"], &till["tier"]), (&"shop/counter".into(), &"process".into()));
    assert_eq!(till["pid"], root.node("/0").pid);
    assert_eq!((&till["sent"], &till["arrived"]), (&3.into(), &2.into()));
    assert_eq!((&till["read"], &till["written"], &till["queued"]), (&3.into(), &2.into(), &0.into()));
    assert!(till["memory"].as_u64() > Some(1 << 20) && till["cpu_us"].as_u64() > Some(0), "{till}");
    let clerk = node(&nodes, "/1");
    assert_eq!((&clerk["tier"], &clerk["pid"]), (&"thread".into(), &root.pid().into()));
    assert_eq!((&clerk["sent"], &clerk["read"], &clerk["written"]), (&2.into(), &2.into(), &1.into()));
    assert_eq!(node(&nodes, "/")["written"], 3);
    assert!(nodes.iter().all(|node| node["state"] == "running" && node["answers"] == true), "{nodes:#?}");
}

/// K15. Guards: the note of each wait. Without it nobody can tell why nothing moves.
#[test]
fn a_wait_longer_than_a_second_is_shown_with_whom_and_since_when() {
    let _turn = turn(Duration::from_secs(120));
    let (_source, root) = shop();
    let begun = Instant::now();
    soon("the waits are long", || {
        let nodes = nodes(root.pid());
        nodes.iter().all(|node| node["wait"]["ms"].as_u64() > Some(1000))
    });
    assert!(begun.elapsed() > Duration::from_millis(500), "they began earlier than they can have");
    let nodes = nodes(root.pid());
    let wait =
        |path: &str| (node(&nodes, path)["wait"]["what"].clone(), node(&nodes, path)["wait"]["on"].clone());
    assert_eq!(wait("/"), ("call".into(), serde_json::json!(["/0"])));
    assert_eq!(wait("/0"), ("call".into(), serde_json::json!(["/0/0"])));
    assert_eq!(wait("/0/0"), ("sleep".into(), serde_json::json!([])));
    assert_eq!(wait("/1"), ("sleep".into(), serde_json::json!([])));
    let shown = text(&["tree", &root.pid().to_string(), "--waits"]);
    for line in ["  / call on /0 for ", "  /0 call on /0/0 for ", "  /0/0 sleep for ", "  /1 sleep for "] {
        assert!(shown.contains(line), "{line} in\n{shown}");
    }
    // A node's pid finds the tree as well as the root's.
    assert!(text(&["tree", &root.node("/0/0").pid.to_string()]).contains("└─ /0/0 shop/slow"));
}

/// Guards: SIGQUIT's question (without it the signal would do nothing, or end the tree).
#[test]
fn sigquit_shows_the_tree_on_stderr_and_ends_nothing() {
    let _turn = turn(Duration::from_secs(120));
    let (_source, mut root) = shop();
    soon("the waits are long", || {
        nodes(root.pid()).iter().all(|node| node["wait"]["ms"].as_u64() > Some(1000))
    });
    root.signal(libc::SIGQUIT);
    soon("the tree on stderr", || root.stderr().contains("  /0 call on /0/0 for "));
    let shown = root.stderr();
    assert!(shown.starts_with("NODE") && shown.contains("└─ /1 shop/slow (thread)"), "{shown}");
    assert!(!root.has_ended());
}

/// Guards: the deadline, and the parent's word for who does not answer.
#[test]
fn a_suspended_node_is_shown_as_such_and_hides_nobody_else() {
    let _turn = turn(Duration::from_secs(120));
    let (_source, root) = shop();
    root.node("/0").signal(libc::SIGSTOP);
    let begun = Instant::now();
    let seen = nodes(root.pid());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let paths: Vec<&str> = seen.iter().filter_map(|node| node["path"].as_str()).collect();
    assert_eq!(paths, ["/", "/0", "/1"]);
    let till = node(&seen, "/0");
    assert_eq!((&till["answers"], &till["suspended"]), (&false.into(), &true.into()));
    assert_eq!((&till["sent"], &till["arrived"]), (&3.into(), &2.into()));
    assert!(text(&["tree", &root.pid().to_string()]).contains("suspended, not answering"));
    root.node("/0").signal(libc::SIGCONT);
    soon("it answers again", || nodes(root.pid()).len() == 4);
}

/// Guards: the client's own bound.
#[test]
fn a_suspended_root_is_an_error_within_a_bound() {
    let _turn = turn(Duration::from_secs(120));
    let (_source, root) = shop();
    root.signal(libc::SIGSTOP);
    let begun = Instant::now();
    let output = tool(&["tree", &root.pid().to_string()]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(output.status.code(), Some(64));
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(why.contains("did not answer") && why.contains("suspended"), "{why}");
    root.signal(libc::SIGCONT);
}

#[test]
fn a_process_outside_of_trees_is_told_from_none() {
    let _turn = turn(Duration::from_secs(60));
    let why = |words: &[&str]| {
        let output = tool(words);
        assert_eq!(output.status.code(), Some(64));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(why(&["tree", &std::process::id().to_string()]).contains("is in no tree"));
    assert!(why(&["tree", "999999999"]).contains("there is no process 999999999"));
    assert!(why(&["tree", "x"]).contains("a PID is a number, not x"));
}

/// Guards: the name of the door, which goes with its process.
#[test]
fn an_ended_tree_leaves_no_door() {
    let _turn = turn(Duration::from_secs(60));
    let (_source, root) = shop();
    let pid = root.pid();
    let door = format!("/{pid}");
    let list = || std::fs::read_to_string("/proc/net/unix").expect("a list of sockets");
    assert!(list().lines().any(|line| line.contains("@wat-tree/") && line.ends_with(&door)));
    drop(root);
    soon("the door is gone", || {
        !list().lines().any(|line| line.ends_with(&door) && line.contains("@wat-tree/"))
    });
}
