//! Seeing a running tree from outside: `wat tree`, and what SIGQUIT prints, against real trees.

mod support;

/// The drawing, whose own tests run here: a binary with the C library's entry has no place for them.
#[path = "../src/seeing/draw.rs"]
#[allow(dead_code, reason = "the command uses what these tests do not")]
mod draw;

/// The frames of `wat top`, for the same reason.
#[path = "../src/seeing/top.rs"]
#[allow(dead_code, reason = "the command uses what these tests do not")]
mod top;

use serde_json::Value;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
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

/// Guards: the quiet end when the reader leaves, and the word when there is no room for what is shown.
#[test]
fn a_reader_that_leaves_and_a_full_disk_end_what_is_shown() {
    let _turn = turn(Duration::from_secs(60));
    let source = program(
        r#"
(ns tick)
(defn main [] -> nil
  (let [p (spawn-process (fn {:in i64 :out i64} [] (serve inc)))]
    (loop [n 0] (do (ignore (call p n)) (sleep (millis 5)) (recur (+ n 1))))))
"#,
    );
    let root = wat(&source.file).start();
    soon("its child", || root.nodes().len() == 1);
    let pid = root.pid().to_string();
    for words in [&["tap", &pid, "/0"][..], &["tree", &pid, "--watch"]] {
        let mut tool = Command::new(env!("CARGO_BIN_EXE_wat"));
        let mut tool =
            tool.args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        let mut first = [0];
        tool.stdout.take().expect("piped").read_exact(&mut first).expect("a byte");
        let ended = tool.wait_with_output().expect("an end");
        assert!(ended.status.success() && ended.stderr.is_empty(), "{words:?} {ended:?}");
    }
    for words in [&["tap", &pid, "/0"][..], &["tree", &pid], &["tree", &pid, "--json"], &["metrics", &pid]] {
        let full = File::create("/dev/full").expect("a full device");
        let ended =
            Command::new(env!("CARGO_BIN_EXE_wat")).args(words).stdout(full).output().expect("starts");
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success(), "{words:?} {ended:?}");
        assert!(told.starts_with("wat: write stdout: No space left on device"), "{words:?} {told}");
    }
    root.signal(libc::SIGTERM);
    let mut root = root;
    root.ends_within(Duration::from_secs(6));
}

/// Guards: the supervisor's word on its services (without it their queues are not seen).
#[test]
fn a_pool_shows_how_many_wait() {
    let _turn = turn(Duration::from_secs(60));
    let source = program(
        r#"
(ns pool (:use [wat.supervisor :only [supervise child service]]))
(defn slow {:in i64 :out i64} [] -> nil
  (serve (fn [n] (sleep (seconds n)) n)))
(defn main [] -> nil
  (let [p (service (supervise {} (child slow {:name "slow" :copies 2 :queue 9})) slow)]
    (dotimes [_ 6] (ignore (send p 600)))
    (println :sent)
    (ignore (recv p))))
"#,
    );
    let mut root = wat(&source.file).start();
    assert_eq!(root.line(), ":sent");
    let queue = |nodes: &[Value]| nodes.iter().find_map(|node| node["queues"].get(0).cloned());
    soon("two are at work, and four wait", || {
        let nodes = nodes(root.pid());
        let wanted = serde_json::json!({ "name": "slow", "waiting": 4, "room": 9, "up": 2 });
        queue(&nodes) == Some(wanted) && node(&nodes, "/0")["queued"] == 4
    });
    let drawn = text(&["tree", &root.pid().to_string()]);
    assert!(drawn.contains("queue of slow at /0: 4 of 9 wait, 2 up"), "{drawn}");
    root.signal(libc::SIGTERM);
    root.ends_within(Duration::from_secs(6));
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
    // Below a confined node too, whose namespace has other numbers.
    for path in ["/0", "/0/0"] {
        assert_eq!(node(&nodes, path)["pid"], root.node(path).pid, "{path}");
    }
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

/// Every line is a comment or a sample, and the samples are those of the tree.
#[test]
fn metrics_are_text_that_prometheus_reads() {
    let _turn = turn(Duration::from_secs(60));
    let (_source, root) = shop();
    let shown = text(&["metrics", &root.pid().to_string()]);
    let samples: Vec<&str> = shown.lines().filter(|line| !line.starts_with('#')).collect();
    let labels = |path: &str, program: &str, tier: &str| {
        format!("{{path=\"{path}\",program=\"{program}\",tier=\"{tier}\"}}")
    };
    let till = labels("/0", "shop/counter", "process");
    for sample in [
        format!("wat_node_up{till} 1.0"),
        format!("wat_node_sent_total{till} 3.0"),
        format!("wat_node_read_total{till} 3.0"),
        format!("wat_node_written_total{} 1.0", labels("/1", "shop/slow", "thread")),
    ] {
        assert!(samples.contains(&sample.as_str()), "{sample} in\n{shown}");
    }
    for sample in &samples {
        let (name, rest) = sample.split_once('{').expect("labels");
        assert!(name.starts_with("wat_node_"), "{sample}");
        let value = rest.rsplit_once("} ").expect("a value").1;
        assert!(value.parse::<f64>().is_ok_and(|value| value >= 0.0), "{sample}");
        let family = name.trim_end_matches("_total");
        assert!(shown.contains(&format!("# TYPE {family} ")), "{sample}");
    }
    assert!(shown.ends_with("# EOF\n"));
}

/// The shape that the OpenTelemetry protocol gives its JSON: names, integers as strings, one kind of data a metric.
#[test]
fn otlp_has_the_shape_of_its_protocol() {
    let _turn = turn(Duration::from_secs(60));
    let (_source, root) = shop();
    let line = text(&["metrics", &root.pid().to_string(), "--otlp"]);
    let request: Value = serde_json::from_str(&line).expect("JSON");
    let resource = &request["resourceMetrics"][0];
    assert_eq!(resource["resource"]["attributes"][0]["value"]["stringValue"], "shop/main");
    let scope = &resource["scopeMetrics"][0];
    assert_eq!(scope["scope"]["name"], "wat");
    let metrics = scope["metrics"].as_array().expect("a list");
    assert!(metrics.len() >= 10, "{metrics:#?}");
    for metric in metrics {
        let keys: Vec<&str> = metric.as_object().expect("an object").keys().map(String::as_str).collect();
        let kind = if keys.contains(&"sum") { "sum" } else { "gauge" };
        assert_eq!(keys, ["description", kind, "name", "unit"].to_vec().sorted());
        let data = &metric[kind];
        if kind == "sum" {
            assert_eq!((&data["aggregationTemporality"], &data["isMonotonic"]), (&2.into(), &true.into()));
        }
        for point in data["dataPoints"].as_array().expect("a list") {
            let nanos =
                |key: &str| -> u64 { point[key].as_str().expect("a string").parse().expect("a number") };
            assert!(nanos("startTimeUnixNano") <= nanos("timeUnixNano"));
            assert!(point["asDouble"].is_number());
            for attribute in point["attributes"].as_array().expect("a list") {
                let value = attribute["value"].as_object().expect("an object");
                assert!(attribute["key"].is_string() && value.len() == 1, "{attribute}");
                assert!(value.iter().all(|(kind, value)| {
                    value.is_string() && matches!(kind.as_str(), "stringValue" | "intValue")
                }));
            }
        }
    }
    let sent = metrics.iter().find(|metric| metric["name"] == "wat.node.sent").expect("the metric");
    let points = sent["sum"]["dataPoints"].as_array().expect("a list");
    let till =
        points.iter().find(|point| point["attributes"][0]["value"]["stringValue"] == "/0").expect("a point");
    assert_eq!(till["asDouble"], 3.0);
}

trait Sorted {
    fn sorted(self) -> Self;
}

impl Sorted for Vec<&str> {
    fn sorted(mut self) -> Self {
        self.sort_unstable();
        self
    }
}

/// `wat top` in a terminal: it draws the tree, takes a key, and leaves the terminal as it was.
#[test]
fn top_runs_in_a_terminal() {
    let _turn = turn(Duration::from_secs(60));
    let (_source, root) = shop();
    let (mut child, mut terminal, screen) = in_terminal(&["top", &root.pid().to_string()]);
    soon("the tree on the screen", || {
        String::from_utf8_lossy(&screen.lock().expect("unpoisoned")).contains("shop/counter")
    });
    terminal.write_all(b"q").expect("a terminal");
    let status = child.wait().expect("a status");
    let shown = String::from_utf8_lossy(&screen.lock().expect("unpoisoned")).into_owned();
    assert!(status.success(), "{status:?} {shown}");
    // The screen of before is back.
    soon("the screen of before", || {
        String::from_utf8_lossy(&screen.lock().expect("unpoisoned")).contains("\x1b[?1049l")
    });
    assert!(tool(&["top", &root.pid().to_string()]).status.code() == Some(64), "a pipe is no terminal");
}

/// `wat` on a terminal of its own: the process, the terminal's other side, and all that was drawn.
fn in_terminal(words: &[&str]) -> (Child, File, Arc<Mutex<Vec<u8>>>) {
    let (mut ours, mut theirs) = (0, 0);
    let mut size = libc::winsize { ws_row: 30, ws_col: 140, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: fills two numbers; the size outlives the call.
    let made = unsafe {
        libc::openpty(
            &raw mut ours,
            &raw mut theirs,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            &raw mut size,
        )
    };
    assert_eq!(made, 0, "a terminal");
    // SAFETY: both have just been opened.
    let (ours, theirs) = unsafe { (File::from_raw_fd(ours), File::from_raw_fd(theirs)) };
    let side = || Stdio::from(theirs.try_clone().expect("a descriptor"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_wat"));
    command.args(words).stdin(side()).stdout(side()).stderr(side()).env("TERM", "xterm");
    let child = command.spawn().expect("the binary starts");
    drop(command);
    let screen = Arc::new(Mutex::new(Vec::new()));
    let (mut from, into) = (ours.try_clone().expect("a descriptor"), screen.clone());
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            into.lock().expect("unpoisoned").extend_from_slice(&buffer[..count]);
        }
    });
    (child, ours, screen)
}

const CHAT: &str = r#"
(ns chat)

(defn main [] -> nil
  (let [house (spawn-process house)]
    (talk house 0)))

(defn talk [house <- (Peer i64 i64)  n <- i64] -> nil
  (match (readln -> i64)
    ((Some times) (do (burst house n times) (println times) (talk house (+ n times))))
    (None nil)))

(defn burst [house <- (Peer i64 i64)  n <- i64  times <- i64] -> nil
  (when (> times 0)
    (ignore (call house n))
    (burst house (inc n) (dec times))))

(defn house {:in i64 :out i64} [] -> nil
  (let [guest (spawn-process guest)]
    (serve (fn [n] (unwrap (call guest n) "guest")))))

(defn guest {:in i64 :out i64} [] -> nil
  (let [helper (spawn-thread (fn {:in i64 :out i64} [] (serve (fn [n] (* n 10)))))]
    (serve (fn [n] (unwrap (call helper n) "helper")))))
"#;

/// A tap under way and what it has shown.
struct Tap {
    child: Child,
    shown: Arc<Mutex<String>>,
}

fn tap(pid: i32, path: &str, words: &[&str]) -> Tap {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wat"));
    command.args(["tap", &pid.to_string(), path]).args(words);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary starts");
    let shown = Arc::new(Mutex::new(String::new()));
    let (mut from, into) = (child.stdout.take().expect("piped"), shown.clone());
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            into.lock().expect("unpoisoned").push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    });
    Tap { child, shown }
}

impl Tap {
    fn shown(&self) -> String {
        self.shown.lock().expect("unpoisoned").clone()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Guards: the copies at the edge and their way up (without them nothing is shown). An edge between processes, one two
/// levels down, one to a thread; both ways, one way, and filtered.
#[test]
fn a_tap_shows_the_values_of_one_edge() {
    let _turn = turn(Duration::from_secs(120));
    let source = program(CHAT);
    let mut root = wat(&source.file).start();
    assert_eq!(root.ask("1"), "1");
    let (near, deep) = (tap(root.pid(), "/0", &[]), tap(root.pid(), "/0/0", &["--replies"]));
    let thread = tap(root.pid(), "/0/0/0", &["--requests", "--filter", "2"]);
    let mut sent = 1;
    soon("each tap shows something", || {
        assert_eq!(root.ask("5"), "5");
        sent += 5;
        [&near, &deep, &thread].iter().all(|tap| !tap.shown().is_empty())
    });
    let first = sent;
    assert_eq!(root.ask("30"), "30");
    soon("the last value", || near.shown().ends_with(&format!("< {}\n", (first + 29) * 10)));
    let expect =
        |from: i64, to: i64| (from..to).map(|n| format!("> {n}\n< {}\n", n * 10)).collect::<String>();
    assert!(near.shown().ends_with(&expect(first, first + 30)), "{}", near.shown());
    let replies: String = (first..first + 30).map(|n| format!("< {}\n", n * 10)).collect();
    soon("the deep ones", || deep.shown().ends_with(&replies));
    let filtered: Vec<i64> = (first..first + 30).filter(|n| n.to_string().contains('2')).collect();
    let last = format!("> {}\n", filtered.last().expect("one of thirty numbers has a 2"));
    soon("the filtered ones", || thread.shown().ends_with(&last));
    assert!(
        thread.shown().lines().all(|line| line.starts_with("> ") && line.contains('2')),
        "{}",
        thread.shown()
    );
}

/// Guards: the bounds of a tap. Nobody reads what it shows, and the edge goes on at its pace.
#[test]
fn a_tap_that_nobody_reads_holds_nothing_up_and_counts_what_it_drops() {
    let _turn = turn(Duration::from_secs(120));
    let source = program(CHAT);
    let mut root = wat(&source.file).start();
    assert_eq!(root.ask("1"), "1");
    let watcher = tap(root.pid(), "/0/0", &[]);
    soon("it watches", || {
        assert_eq!(root.ask("5"), "5");
        !watcher.shown().is_empty()
    });
    // SAFETY: stops the tool that this test has started.
    unsafe { libc::kill(watcher.child.id() as i32, libc::SIGSTOP) };
    assert_eq!(root.ask("40000"), "40000");
    // SAFETY: as above.
    unsafe { libc::kill(watcher.child.id() as i32, libc::SIGCONT) };
    soon("the count of the dropped", || watcher.shown().contains(" values not shown"));
}

#[test]
fn a_tap_ends_with_its_node_and_wants_a_node_that_is_there() {
    let _turn = turn(Duration::from_secs(120));
    let (_source, mut root) = shop();
    let mut watcher = tap(root.pid(), "/0/0", &[]);
    // Long enough to be watching; what it then shows is its end.
    std::thread::sleep(Duration::from_millis(300));
    root.node("/0/0").signal(libc::SIGKILL);
    soon("the tap ends", || watcher.child.try_wait().expect("a status").is_some());
    let why = |path: &str| {
        String::from_utf8_lossy(&tool(&["tap", &root.pid().to_string(), path]).stderr).into_owned()
    };
    assert!(why("/").contains("name a node below it"), "{}", why("/"));
    assert!(why("/0/7").contains("there is no node /0/7"), "{}", why("/0/7"));
    root.signal(libc::SIGTERM);
    root.ends_within(Duration::from_secs(20));
}

/// Guards: the credentials of whoever comes to the door. Only root can play another user, so only root runs all of it.
#[test]
fn only_its_own_user_and_root_may_look() {
    let _turn = turn(Duration::from_secs(60));
    // SAFETY: touches no memory.
    if unsafe { libc::geteuid() } != 0 {
        return;
    }
    let (source, root) = shop();
    let nobody = |words: &[&str]| {
        Command::new(source.binary()).args(words).uid(65_534).gid(65_534).output().expect("the binary starts")
    };
    let output = nobody(&["tree", &root.pid().to_string()]);
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(why.contains("only its own user and root may look"), "{why}");
    assert!(output.stdout.is_empty());
    let why = String::from_utf8_lossy(&nobody(&["tree"]).stderr).into_owned();
    assert!(why.contains("no tree is running"), "{why}");
}

/// Guards: the client's look at who listens. Somebody else took the name that belongs to the pid.
#[test]
fn who_answers_in_the_place_of_another_is_not_believed() {
    let _turn = turn(Duration::from_secs(60));
    let mut other = Command::new("sleep").arg("60").spawn().expect("sleep");
    // SAFETY: touches no memory.
    let user = unsafe { libc::geteuid() };
    let name = format!("\0wat-tree/{user}/{}", other.id());
    // SAFETY: plain socket calls over an address that outlives them; the descriptor is ours alone.
    let squatter = unsafe {
        let socket = File::from_raw_fd(libc::socket(libc::AF_UNIX, libc::SOCK_SEQPACKET, 0));
        let mut address: libc::sockaddr_un = std::mem::zeroed();
        address.sun_family = libc::AF_UNIX as u16;
        for (to, from) in address.sun_path.iter_mut().zip(name.bytes()) {
            *to = from as libc::c_char;
        }
        let length = (2 + name.len()) as libc::socklen_t;
        assert_eq!(libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length), 0);
        assert_eq!(libc::listen(socket.as_raw_fd(), 8), 0);
        socket
    };
    let output = tool(&["tree", &other.id().to_string()]);
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(why.contains("answers in the place of"), "{why}");
    drop(squatter);
    other.kill().expect("ours");
    other.wait().expect("a status");
}

const LOGGING: &str = r#"
(ns logging (:use [wat.log :as log]))

(defn main [] -> nil
  (let [loud (spawn-process worker)
        kept (spawn-process worker)
        lines (logs kept)]
    (each loud kept lines)))

(defn each [loud <- (Peer i64 i64)  kept <- (Peer i64 i64)  lines <- (Receiver LogLine)] -> nil
  (match (readln -> keyword)
    ((Some :loud) (do (println (unwrap (call loud 1) "loud")) (each loud kept lines)))
    ((Some :kept) (do (ignore (call kept 2)) (println (recv lines)) (each loud kept lines)))
    ((Some :raise) (do (log/set-level kept :warn) (println 0) (each loud kept lines)))
    (_ nil)))

(defn worker {:in i64 :out i64} [] -> nil
  (let [below (spawn-thread (fn {:in i64 :out i64} [] (serve (fn [n] (do (log/debug "below" "deep" n) n)))))]
    (serve (fn [n]
      (log/debug "worker" "detail" n)
      (log/warn "worker" "careful" n)
      (unwrap (call below n) "below")))))
"#;

/// Guards: the level on its way down the tree, and `(logs p)` in the place of passing lines on.
#[test]
fn the_level_of_a_subtree_changes_while_it_runs() {
    let _turn = turn(Duration::from_secs(120));
    let source = program(LOGGING);
    let mut root = wat(&source.file).start();
    assert_eq!(root.ask(":loud"), "1");
    soon("a warning", || root.stderr().contains("careful"));
    assert!(!root.stderr().contains("detail"), "{}", root.stderr());
    let pid = root.pid().to_string();
    assert_eq!(text(&["log-level", &pid, "/0", "debug"]), "");
    soon("details of a process and of its thread", || {
        assert_eq!(root.ask(":loud"), "1");
        let shown = root.stderr();
        shown.contains("[/0] #wat.kernel/LogEvent") && shown.contains("detail") && shown.contains("deep")
    });
    // The other child was not told, and its lines go to whoever takes them.
    let line = root.ask(":kept");
    assert!(line.contains("careful") && line.contains("/1"), "{line}");
    assert!(!root.stderr().contains("[/1]"), "{}", root.stderr());
    assert_eq!(text(&["log-level", &pid, "/0", "off"]), "");
    soon("silence", || {
        let before = root.stderr().len();
        assert_eq!(root.ask(":loud"), "1");
        std::thread::sleep(Duration::from_millis(50));
        root.stderr().len() == before
    });
    let why = |words: &[&str]| String::from_utf8_lossy(&tool(words).stderr).into_owned();
    assert!(
        why(&["log-level", &pid, "/0", "loud"])
            .contains("a level is debug, info, warn, error, off or default")
    );
    assert!(why(&["log-level", &pid, "/7", "info"]).contains("there is no node /7"));
}

const ONWARD: &str = r#"
(defn main [] -> nil
  (let [p (spawn-process (fn {:in i64 :out i64} [] (serve inc)))]
    (serve (fn [n] (unwrap (call p n) "an answer")))))
"#;

/// Guards: what an edge tells of a request's context, its way up, and the numbers by which answers belong to a trace.
#[test]
fn a_tap_tells_what_goes_with_a_request() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let _turn = turn(Duration::from_secs(120));
    let source = program(ONWARD);
    let mut root = wat(&source.file).start();
    assert_eq!(root.ask("1"), "2");
    let all = tap(root.pid(), "/0", &[]);
    let traced = tap(root.pid(), "/0", &["--json", "--trace", TRACE]);
    soon("each tap shows something", || {
        assert_eq!(root.ask(&format!("#_#wat/context {{:left 9000000000 :trace \"{TRACE}\"}} 5")), "6");
        assert_eq!(root.ask("7"), "8");
        let whole = |tap: &Tap, line: &str| tap.shown().contains(line);
        whole(&all, "> 7\n< 8\n") && whole(&traced, "\"reply\":\"6\"}\n")
    });
    let shown = all.shown();
    let request = shown.lines().find(|line| line.starts_with("> 5  ; ")).expect("a request with its context");
    assert!(request.ends_with(&format!(" ms left, trace {TRACE}")), "{request}");
    let shown = traced.shown();
    assert!(shown.contains(&format!("\"request\":\"5\",\"trace\":\"{TRACE}\"")), "{shown}");
    assert!(shown.lines().all(|line| !line.contains("\"7\"") && !line.contains("\"8\"")), "{shown}");
    let wrong = tool(&["tap", &root.pid().to_string(), "/0", "--trace", "4bf9"]);
    assert_eq!(wrong.status.code(), Some(64), "{wrong:?}");
}
