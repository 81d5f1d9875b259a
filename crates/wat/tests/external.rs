//! Commands from outside wat as peers: what they are born with, how they end, and what they leave behind. Each turn ends
//! by asserting that no process and no zombie is left.
//!
//! A process with grants has its commands started by an ancestor; what holds of those is held against the same scripts.

mod support;

use std::time::{Duration, Instant};
use support::command::{out, run};
use support::process::{below, counts, memory};
use support::{Tree, eventually, program, soon, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);

/// A root that runs each line it reads as a shell script, as a peer of lines, and prints what the peer writes; `stop`,
/// `kill` and `wait` end the last one and print how that went.
const SHELL: &str = r#"
(ns user (:use [wat.process :as process]))
(defn sh [script <- String] -> (Peer String String) (process/spawn-lines "sh" ["-c" script]))
(defn told [p <- (Peer String String)  how <- (Result nil Crash)] -> nil
  (println (map-err (fn [c] (tuple (:kind c) (:signal c) (:message c))) how)))
(defn with [p <- (Peer String String)] -> nil
  (match (readln -> String)
    ((Some "stop") (told p (stop p)))
    ((Some "kill") (told p (kill p)))
    ((Some "wait") (told p (wait p)))
    ((Some "recv") (do (println (recv p)) (with p)))
    (other (panic! "what?" other))))
(defn main [] -> nil
  (match (readln -> String)
    ((Some "forget") (do (forget) (main)))
    ((Some script)   (do (with (sh script)) (main)))
    (None            nil)))
(defn forget "A peer that nobody holds." [] -> nil
  (match (readln -> String)
    ((Some script) (unwrap (send (sh script) "x")))
    (None nil)))
"#;

/// The same by a process that many levels down, which is granted the shell; all between hand on its lines.
const BELOW: &str = r#"
(defn start [depth <- i64] -> (Peer String String)
  (if (= depth 1)
    (spawn-process shell {:authority [(run "sh")]})
    (spawn-process (fn {:in String :out String} [] (pass (start (- depth 1)))) {:authority [(run "sh") (run "cat")]})))
(defn pass [p <- (Peer String String)] -> nil
  (match (readln -> String)
    (None nil)
    ((Some line)
      (do (unwrap (send p line))
          (when (contains? #{"recv" "stop" "kill" "wait"} line) (println (unwrap (unwrap (recv p)))))
          (pass p)))))
(defn main [] -> nil (pass (start DEPTH)))
"#;

struct Shell {
    tree: Tree,
    /// The path of the node that starts the scripts.
    asker: String,
    _source: support::Source,
}

fn shell() -> Shell {
    let source = program(SHELL);
    Shell {
        tree: wat(&source.file).options(&["--in", "lines"]).start(),
        asker: "/".to_string(),
        _source: source,
    }
}

/// One by a process with a grant.
fn shell_below(depth: usize) -> Shell {
    let told = SHELL
        .replace("(defn main [] -> nil", "(defn shell {:in String :out String} [] -> nil")
        .replace("(main)", "(shell)")
        .replace("(println (recv p))", "(println (edn/text (recv p)))")
        .replace(
            "(println (map-err (fn [c] (tuple (:kind c) (:signal c) (:message c))) how))",
            "(println (edn/text (map-err (fn [c] (tuple (:kind c) (:signal c) (:message c))) how)))",
        )
        .replace("[wat.process :as process]", "[wat.process :as process] [wat.edn :as edn]");
    let source = program(told + &BELOW.replace("DEPTH", &depth.to_string()));
    let options = ["--in", "lines", "--out", "lines"];
    let asker = format!("/{}", vec!["0"; depth].join("/"));
    Shell { tree: wat(&source.file).options(&options).start(), asker, _source: source }
}

impl Shell {
    /// What runs below the root and is no node.
    fn commands(&self) -> Vec<support::process::Process> {
        self.tree.nodes().into_iter().filter(|process| process.path().is_none()).collect()
    }

    /// Starts a script, and waits for its first line.
    fn start(&mut self, script: &str) -> String {
        self.tree.say(script);
        self.tree.ask("recv")
    }

    fn end(self) {
        let ended = self.tree.finish();
        assert!(ended.status.success(), "{ended:?}");
    }
}

/// Guards: the places alone in a command's table, default dispositions (SIGPIPE included), an empty mask, the umask, a
/// session and a group of its own, no core file, the customary number of files.
#[test]
fn a_command_is_born_with_three_pipes_and_nothing_else() {
    let _turn = turn(MINUTE);
    birth(shell());
    birth(shell_below(3));
}

fn birth(mut shell: Shell) {
    shell.start("exec python3 -c 'import time; print(1, flush=True); time.sleep(1000)'");
    let nodes = shell.commands();
    let [command] = nodes.as_slice() else { panic!("one command: {nodes:#?}") };
    if shell.asker != "/" {
        // The asker shows it, and nobody else.
        let seen = out(&run(&std::env::temp_dir(), &["tree", &shell.tree.pid().to_string()]));
        let shown: Vec<&str> = seen.lines().filter(|line| line.contains("(command)")).collect();
        let [line] = shown.as_slice() else { panic!("one command: {seen}") };
        assert!(line.contains(&format!("{}/0 sh", shell.asker)), "{seen}");
        assert!(line.contains(&command.pid.to_string()), "{seen}");
    }
    let table = support::process::table(command.pid);
    let kinds: Vec<(i32, bool)> = table.iter().map(|d| (d.number, d.target.starts_with("pipe:"))).collect();
    assert_eq!(kinds, [(0, true), (1, true), (2, true)], "{table:#?}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", command.pid)).expect("it lives");
    let field = |name: &str| {
        let line =
            status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}"));
        line.trim().to_string()
    };
    assert_eq!(field("SigBlk:"), "0000000000000000");
    // Python ignores SIGPIPE and SIGXFSZ by itself; nothing else is ignored.
    assert_eq!(field("SigIgn:"), "0000000001001000");
    assert_eq!(field("Umask:"), "0077");
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", command.pid)).expect("it lives");
    let words: Vec<&str> = stat.rsplit(')').next().expect("a name").split_whitespace().collect();
    assert_eq!((words[2], words[3]), (command.pid.to_string().as_str(), command.pid.to_string().as_str()));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", command.pid)).expect("it lives");
    let soft = |name: &str| {
        let line =
            limits.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}"));
        line.split_whitespace().next().map(str::to_string)
    };
    assert_eq!(soft("Max core file size"), Some("0".to_string()));
    assert_eq!(soft("Max open files"), Some("1024".to_string()));
    assert_eq!(shell.tree.ask("stop"), "#wat.core/Ok nil");
    // The shell itself: a broken pipe ends it, as in any pipeline.
    shell.tree.say("grep SigIgn /proc/self/status; grep SigBlk /proc/self/status");
    assert_eq!(shell.tree.ask("recv"), "#wat.core/Ok \"SigIgn:\\t0000000000000000\"");
    assert_eq!(shell.tree.ask("recv"), "#wat.core/Ok \"SigBlk:\\t0000000000000000\"");
    assert_eq!(shell.tree.ask("wait"), "#wat.core/Ok nil");
    shell.end();
}

/// Guards: SIGTERM to the whole group, and at the deadline SIGKILL to it.
#[test]
fn a_stop_reaches_the_group_and_its_deadline_ends_it() {
    let _turn = turn(2 * MINUTE);
    stop(shell_below(3));
    let mut shell = stop(shell());
    shell.start("trap '' TERM; sleep 1000 & echo up; while :; do wait; sleep 0.1; done");
    let begun = Instant::now();
    let told = "#wat.core/Err [:killed 9 \"did not stop in time\"]";
    assert_eq!(shell.tree.ask("stop"), told);
    assert!(begun.elapsed() > Duration::from_secs(4), "it has its five seconds");
    soon("no process of the group", || shell.tree.nodes().is_empty());

    shell.end();
}

fn stop(mut shell: Shell) -> Shell {
    shell.start("sleep 1000 & sleep 1000 & echo up; wait");
    let begun = Instant::now();
    assert_eq!(shell.tree.ask("stop"), "#wat.core/Ok nil");
    assert!(begun.elapsed() < Duration::from_secs(4), "nobody waits for the deadline");
    soon("no process of the group", || shell.commands().is_empty());

    shell.start("sleep 1000 & echo up; wait");
    assert_eq!(shell.tree.ask("kill"), "#wat.core/Err [:killed 9 \"killed by its parent\"]");
    soon("no process of the group", || shell.commands().is_empty());
    shell
}

/// Guards: the kill of what is left of the group before its leader is reaped.
#[test]
fn what_a_command_leaves_in_its_group_ends_with_it() {
    let _turn = turn(MINUTE);
    for mut shell in [shell(), shell_below(1)] {
        shell.start("sleep 1000 & echo up; exit 0");
        assert_eq!(shell.tree.ask("wait"), "#wat.core/Ok nil");
        soon("no process of the group", || shell.commands().is_empty());
        shell.end();
    }
}

/// A process that leaves its session and its parent, and tells when it has.
const RUNAWAY: &str = "
import os, sys, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
print(\"away\", flush=True)
time.sleep(1000)";

/// Guards: the subreaper, and the look for strays when a command ends (without either the runaway lives on, and holds
/// the pipe for ever).
#[test]
fn a_runaway_ends_with_the_command_that_started_it() {
    let _turn = turn(MINUTE);
    runaway(shell());
    runaway(shell_below(3));
}

fn runaway(mut shell: Shell) {
    let file = program("").with("runaway.py", RUNAWAY);
    let script = format!("python3 {}/runaway.py; sleep 2", file.directory.display());
    assert_eq!(shell.start(&script), "#wat.core/Ok \"away\"");
    let (root, script) = (shell.tree.pid(), "runaway.py");
    soon("a runaway that has come to the root", || {
        let nodes = shell.tree.nodes();
        nodes.iter().any(|p| p.parent == root && p.words.iter().any(|word| word.ends_with(script)))
    });
    assert_eq!(shell.tree.ask("wait"), "#wat.core/Ok nil");
    soon("no runaway", || shell.commands().is_empty());
    shell.end();
}

/// Guards: the end of the program waits for strays to be gone (else the root leaves them behind).
#[test]
fn the_end_of_the_program_takes_runaways_along() {
    let _turn = turn(MINUTE);
    let source = program(
        r#"(ns user (:use [wat.process :as process]))
        (defn main [] -> nil
          (println (map :exit (process/run "sh" ["-c" "setsid sleep 1000 & setsid sleep 1000 & setsid sleep 1000 &"]))))"#,
    );
    let ended = wat(&source.file).run("");
    assert_eq!((ended.out.as_str(), ended.status.success()), ("#wat.core/Ok 0\n", true), "{ended:?}");
}

/// Guards: a stray is spared while a command lives that may have started it.
#[test]
fn what_another_command_has_started_is_left_to_it() {
    let _turn = turn(MINUTE);
    let source = program(
        r#"(ns user (:use [wat.process :as process]))
        (defn main [] -> nil
          (let [p (process/spawn-lines "sh" ["-c" "(setsid sleep 1000 & echo $!); read x; echo done"])
                sleeper (unwrap (unwrap (recv p)))
                alive   (fn [] (map :exit (process/run "kill" ["-0" sleeper])))]
            (println (alive))
            (sleep (millis 100))
            (println (alive))
            (println (send p "x"))
            (println (recv p))
            (println (wait p))
            (println (when-gone alive 100))))

        (defn when-gone [alive <- (Fn [] -> (Result i64 Crash))  looks <- i64] -> (Result i64 Crash)
          (match (alive)
            ((Ok 0) :when (> looks 0) (do (sleep (millis 50)) (when-gone alive (- looks 1))))
            (other other)))"#,
    );
    let ended = wat(&source.file).run("");
    assert_eq!(
        ended.out,
        "#wat.core/Ok 0\n#wat.core/Ok 0\n#wat.core/Ok nil\n#wat.core/Ok \"done\"\n#wat.core/Ok nil\n#wat.core/Ok 1\n",
        "{ended:?}"
    );
}

/// Guards: the death signal set before exec.
#[test]
fn a_command_ends_with_a_killed_root() {
    let _turn = turn(MINUTE);
    let mut shell = shell();
    shell.start("echo up; exec sleep 1000");
    shell.tree.signal(libc::SIGKILL);
    soon("no command", || below(std::process::id() as i32).len() <= 1);
}

/// Guards: the tether, whose cut ends the command whatever way its asker ended: killed, stopped within its time, or gone
/// without a word. What is started for it ends too.
#[test]
fn a_command_ends_with_a_killed_asker() {
    let _turn = turn(MINUTE);
    for depth in [1, 3] {
        let mut shell = shell_below(depth);
        shell.start("sleep 1000 & echo up; exec sleep 1000");
        assert_eq!(shell.commands().len(), 2);
        shell.tree.node(&shell.asker).signal(libc::SIGKILL);
        soon("no command", || shell.commands().is_empty());
        drop(shell);
    }
}

/// Guards: what a command of a process with a grant is told, reads, writes, ends by and uses, which is the same as without
/// one: the same programs print the same.
#[test]
fn an_ancestor_starts_commands_as_a_process_would_itself() {
    let _turn = turn(2 * MINUTE);
    for name in ["run", "ends", "peers"] {
        let place = support::source::repository().join("tests/run/process").join(name);
        let text = std::fs::read_to_string(place.with_extension("wat")).expect("a golden program");
        let wanted = std::fs::read_to_string(place.with_extension("stdout")).expect("what it prints");
        let told = text
            .replace("(println ", "(say ")
            .replace("(defn main [] -> nil", "(defn body {:in nil :out String} [] -> nil")
            .replace("[wat.process :as process]", "[wat.process :as process] [wat.edn :as edn]")
            + r#"
            (defn say {:where [(Wire T)]} [value <- T] -> nil (println (edn/text value)))
            (defn granted "What they start." [] -> (Vector Grant)
              [(run "sh") (run "tr") (run "true") (run "env") (run "pwd") (run "sleep") (run "cat") (run "printf")
               (run "echo") (run "head") (run "sed") (run "python3") (run "gzip") (run "gunzip") (run "jq") (run "false")])
            (defn copy [p <- (Peer nil String)] -> nil
              (match (recv p)
                ((Ok (Some line)) (do (println line) (copy p)))
                ((Ok None)        nil)
                ((Err c)          (println (edn/text c)))))
            (defn main [] -> nil
              (copy (spawn-process
                (fn {:in nil :out String} []
                  (copy (spawn-process
                    (fn {:in nil :out String} [] (copy (spawn-process body {:authority (granted)})))
                    {:authority (granted)})))
                {:authority (granted)})))"#;
        let source = program(told);
        let ended = wat(&source.file).options(&["--out", "lines"]).run("");
        // Where it stands in the tree is another matter.
        let out = ended.out.replace("/0/0/0/", "/");
        assert!(out == wanted && ended.status.success(), "{name}: {wanted}\n{ended:#?}");
    }
}

/// Guards: the stop passed on to commands as to any child.
#[test]
fn a_stopped_root_stops_its_commands() {
    let _turn = turn(MINUTE);
    let source = program(
        r#"(ns user (:use [wat.process :as process]))
        (defn main [] -> nil
          (let [p (process/spawn-lines "sh" ["-c" "trap 'echo bye >&2; exit 0' TERM; echo up; while :; do sleep 0.01; done"])]
            (println (recv p))
            (println (map-err :kind (recv p)))
            (println (map-err :kind (process/run "sleep" ["1000"])))))"#,
    );
    let mut tree = wat(&source.file).start();
    assert_eq!(tree.line(), "#wat.core/Ok \"up\"");
    tree.signal(libc::SIGTERM);
    tree.ends_within(Duration::from_secs(10));
    soon("what it said last", || tree.stderr().contains("[/0] bye"));
}

/// Guards: a stop of the tree reaches a command by way of its asker, in time for its last words, and the ancestor that
/// started it waits for it.
#[test]
fn a_stopped_root_stops_the_commands_of_those_below() {
    let _turn = turn(MINUTE);
    let source = program(
        r#"(ns user (:use [wat.process :as process]))
        (defn node {:in nil :out String} [] -> nil
          (let [p (process/spawn-lines "sh" ["-c" "trap 'sleep 0.1; echo bye >&2; exit 0' TERM; echo up; while :; do sleep 0.01; done"])]
            (println (unwrap (unwrap (recv p))))
            (ignore (recv p))))
        (defn main [] -> nil
          (let [p (spawn-process node {:authority [(run "sh")]})]
            (println (recv p))
            (ignore (recv p))))"#,
    );
    let mut tree = wat(&source.file).start();
    assert!(tree.line().contains("up"));
    tree.signal(libc::SIGTERM);
    tree.ends_within(Duration::from_secs(10));
    soon("what it said last", || tree.stderr().contains("[/0/0] bye"));
}

/// Guards: the warden's drain of a command's stderr into a bounded ring.
#[test]
fn a_flood_of_stderr_is_bounded() {
    let _turn = turn(2 * MINUTE);
    let source = program(
        r#"(ns user (:use [wat.process :as process]))
        (defn main [] -> nil
          (let [p (process/spawn-lines "sh" ["-c" "yes flood | head -c 30000000 >&2; echo done; cat"])]
            (println (recv p))
            (println (readln -> i64))
            (println (wait p))))"#,
    );
    let mut tree = wat(&source.file).start();
    assert_eq!(tree.line(), "#wat.core/Ok \"done\"");
    assert!(memory(tree.pid(), "VmHWM:") < 100 * 1024, "{} KiB", memory(tree.pid(), "VmHWM:"));
    assert_eq!(tree.ask("1"), "1");
    assert_eq!(tree.line(), "#wat.core/Ok nil");
    assert!(tree.finish().status.success());
}

/// Guards: the look at a command that sleeps between two full pipes.
#[test]
fn two_sides_blocked_on_each_other_are_told() {
    let _turn = turn(MINUTE);
    let source = program(
        r#"(ns user (:use [wat.process :as process]))
        (defn flood [p <- (Peer String String)  line <- String  n <- i64] -> (Result nil Crash)
          (match (send p line)
            ((Ok _)  (if (< n 100000) (flood p line (+ n 1)) (Ok nil)))
            ((Err e) (Err e))))
        (defn main [] -> nil
          (with-peers [p (process/spawn-lines "cat" [])]
            (println (map-err :kind (flood p (wat.string/join "" (vec (repeat 1000 "x"))) 0)))))"#,
    );
    let ended = wat(&source.file).run("");
    assert_eq!(ended.out, "#wat.core/Err :deadlock\n", "{ended:?}");
}

/// Guards: the answer of the ancestor that started it, without which a command of a process with grants could not be told
/// to be computing.
#[test]
fn a_command_of_a_process_with_grants_is_blocked_or_computes() {
    let _turn = turn(MINUTE);
    let source = program(
        r#"(ns user (:use [wat.process :as process]))
        (defn flood [p <- (Peer String String)  line <- String  n <- i64] -> (Result nil Crash)
          (match (send p line)
            ((Ok _)  (if (> n 0) (flood p line (- n 1)) (Ok nil)))
            ((Err e) (Err e))))
        (defn node {:in String :out (Result nil keyword)} [] -> nil
          (serve (fn [script]
            (with-peers [p (process/spawn-lines "python3" ["-uc" script])]
              (map-err :kind (flood p (wat.string/join "" (vec (repeat 1000 "x"))) 300))))))
        (defn main [] -> nil
          (let [p (spawn-process node {:authority [(run "python3")]})]
            (println (call p "import sys
for line in sys.stdin: print(line, end='')"))
            (println (call p "import sys, time
print('y' * 120000)
end = time.time() + 1.6
while time.time() < end: pass
for line in sys.stdin: pass"))))"#,
    );
    let ended = wat(&source.file).run("");
    assert_eq!(
        ended.out, "#wat.core/Ok #wat.core/Err :deadlock\n#wat.core/Ok #wat.core/Ok nil\n",
        "{ended:?}"
    );
}

/// Guards: the closing of every descriptor and the reaping of every command, well ended or not.
#[test]
fn many_commands_leave_nothing_in_the_node() {
    let _turn = turn(3 * MINUTE);
    let source = program(
        r#"(ns user (:use [wat.process :as process]))
        (defn one [i <- i64] -> nil
          (let [p (process/spawn-lines (if (= 0 (mod i 4)) "no-such-command" "sh") ["-c" "read x; echo $x; exit $x"])]
            (ignore (call p (str (mod i 3))))
            (when (= 0 (mod i 2)) (ignore (kill p)))
            (ignore (process/run "sh" ["-c" "setsid true & exit 1"]))))
        (defn node {:in i64 :out i64} [] -> nil (serve (fn [n] (do (doseq [i (range n)] (one i)) n))))
        (defn below {:in i64 :out i64} [] -> nil
          (let [p (spawn-process node {:authority [(run "sh") (run "no-such-command")]})]
            (serve (fn [n] (unwrap (call p n))))))
        (defn leave {:in i64 :out i64} [] -> nil
          (let [p (process/spawn-lines "sh" ["-c" "read x"])]
            (serve (fn [n] (panic! "it leaves its command" n)))))
        (defn main [] -> nil (with (spawn-process below {:authority [(run "sh") (run "no-such-command")]})))
        (defn with [p <- (Peer i64 i64)] -> nil
          (match (readln -> i64)
            ((Some n) (do (doseq [i (range n)] (one i))
                          (ignore (call p n))
                          (doseq [i (range (quot n 12))] (ignore (call (spawn-process leave {:authority [(run "sh")]}) i)))
                          (println n)
                          (with p)))
            (None nil)))"#,
    );
    let mut tree = wat(&source.file).start();
    assert_eq!(tree.ask("12"), "12");
    let commands = |tree: &Tree| tree.nodes().iter().filter(|process| process.path().is_none()).count();
    soon("no command", || commands(&tree) == 0);
    let before = [tree.pid(), tree.node("/0/0").pid].map(counts);
    assert_eq!(tree.ask("120"), "120");
    soon("no command", || commands(&tree) == 0);
    let now = || [tree.pid(), tree.node("/0/0").pid].map(counts);
    assert!(eventually(Duration::from_secs(5), || now() == before), "{:?} {before:?}", now());
    assert!(tree.finish().status.success());
}
