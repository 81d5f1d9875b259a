//! What goes with a request down the tree: deadlines and traces, on pipes as text and between threads. The wire is looked
//! at as anybody would see it.

mod support;

use std::time::Duration;
use support::{Ended, program, soon, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Answers each number with the trace it came with and whether there is a deadline.
const ECHO: &str = r#"
(defn main [] -> nil
  (serve (fn [n <- i64] (tuple n (trace-id) (match (deadline) (None :none) ((Some d) (if (< d (seconds 5)) :soon :far)))))))
"#;

fn ran(text: &str, input: &str) -> Ended {
    let source = program(text);
    wat(&source.file).run(input)
}

fn echo(input: &str) -> String {
    let ended = ran(ECHO, input);
    assert!(ended.status.success(), "{ended:?}");
    ended.out
}

/// Guards: the discarded form in front of a value read as its context, for that value alone; a form that is none passed
/// over as the comment it is.
#[test]
fn a_discarded_form_in_front_of_a_request_is_its_context() {
    let _turn = turn(MINUTE);
    let all = format!("#_#wat/context {{:left 1000000000 :trace \"{TRACE}\"}} 1\n2\n");
    assert_eq!(echo(&all), format!("[1 \"{TRACE}\" :soon]\n[2 nil :none]\n"));
    // One without a line of its own, with parts that nobody knows, in another order.
    let odd = format!("#_ #wat/context{{:more [1] :trace \"{TRACE}\" :left 9000000000}}3 4\n");
    assert_eq!(echo(&odd), format!("[3 \"{TRACE}\" :far]\n[4 nil :none]\n"));
    // Two on a line that does not end, so that neither is read as a line.
    let open = format!("#_#wat/context {{:trace \"{TRACE}\"}} 5 6");
    assert_eq!(echo(&open), format!("[5 \"{TRACE}\" :none]\n[6 nil :none]\n"));
    for comment in [
        "#_5",
        "#_#wat/context [1 2]",
        "#_#wat/context {:left \"soon\" :trace 7}",
        "#_#wat/contexts {:left 0}",
        "#_#wat/context {:trace \"4bf9\"}",
        "#_#wat/context {:left 1} #_again",
    ] {
        assert_eq!(echo(&format!("{comment} 6\n")), "[6 nil :none]\n", "{comment}");
    }
    let long = format!("#_#wat/context {{:left 0 :more \"{}\"}} 7\n", "x".repeat(1 << 16));
    assert_eq!(echo(&long), "[7 nil :none]\n");
}

/// Guards: a context that comes in another read than its value.
#[test]
fn a_context_waits_for_its_value() {
    let _turn = turn(MINUTE);
    let source = program(ECHO);
    let mut root = wat(&source.file).start();
    root.say(&format!("#_#wat/context {{:trace \"{TRACE}\"}}"));
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(root.ask("1"), format!("[1 \"{TRACE}\" :none]"));
    assert_eq!(root.ask("2"), "[2 nil :none]");
    assert!(root.finish().status.success());
}

/// Guards: the look at the deadline before `serve-state` begins a request; that of `serve` is looked at below.
#[test]
fn a_request_that_comes_too_late_is_answered_and_not_run() {
    let _turn = turn(MINUTE);
    let ended = ran(
        "(defn main [] -> nil (serve-state 0 (fn [runs <- i64  n <- i64] (tuple (inc runs) (tuple n runs)))))",
        "1\n#_#wat/context {:left 0} 2\n#_#wat/context {:left -5} 3\n4\n",
    );
    assert_eq!(ended.out, "[1 0]\n#_#wat/late {} nil\n#_#wat/late {} nil\n[4 1]\n");
    assert!(ended.status.success(), "{ended:?}");
}

/// Guards: the context that ends with the answer to its request, or with the refusal of it.
#[test]
fn what_follows_an_answer_is_in_no_context() {
    let _turn = turn(MINUTE);
    let after =
        "(defn main [] -> nil (do (serve (fn [n <- i64] n)) (println (tuple (deadline) (trace-id)))))";
    for (left, answer) in [(60_000_000_000u64, "1"), (0, "#_#wat/late {} nil")] {
        let ended = ran(after, &format!("#_#wat/context {{:left {left} :trace \"{TRACE}\"}} 1\n"));
        assert_eq!(ended.out, format!("{answer}\n[nil nil]\n"), "{}", ended.err);
    }
}

const LATE: &str = r#"
(defn slow {:in i64 :out i64} [] -> nil
  (serve (fn [n] (do (sleep (millis n)) (eprintln n) n))))

(defn try-late [p <- (Peer i64 i64)] -> nil
  (do
    ;; The first keeps it busy beyond the time of the second, whose answer is taken all the same.
    (unwrap (send p 400))
    (unwrap (with-deadline (millis 100) (send p 1)))
    (unwrap (send p 2))
    (println (map-err :kind (recv p)))
    (println (map-err (fn [c] (tuple (:kind c) (:executed c))) (recv p)))
    (println (map-err :kind (recv p)))))

(defn main [] -> nil
  (do (try-late (spawn-process slow))
      (try-late (spawn-thread slow))))
"#;

/// Guards: the deadline on the wire and in a thread's parcel, the look that `serve` takes at it, and the answer of one that is too late, which counts as an
/// answer: the next request has its own.
#[test]
fn a_child_does_not_begin_what_nobody_waits_for() {
    let _turn = turn(MINUTE);
    let ended = ran(LATE, "");
    let each = "#wat.core/Ok 400\n#wat.core/Err [:timeout :no]\n#wat.core/Ok 2\n";
    assert_eq!(ended.out, format!("{each}{each}"), "{}", ended.err);
    assert_eq!(ended.err.matches("400").count(), 2, "{}", ended.err);
    assert!(!ended.err.lines().any(|line| line.ends_with(" 1") || line == "1"), "{}", ended.err);
}

const TREE: &str = r#"
(defn leaf {:in i64 :out (Tuple bool (Option String))} [] -> nil
  (serve (fn [n] (tuple (match (deadline) (None false) ((Some d) (<= d (millis n)))) (trace-id)))))

(defn middle {:in i64 :out (Vector (Tuple bool (Option String)))} [] -> nil
  (let [p (spawn-process leaf)
        t (spawn-thread leaf)
        q (pool 1 leaf)]
    (serve (fn [n]
      (concat [(unwrap (call p n)) (unwrap (call t n {:timeout (hours 1)}))] (map unwrap (pool-map q [n])))))))

(defn main [] -> nil
  (let [p (spawn-process middle)
        t (spawn-thread middle)]
    (serve (fn [n <- i64]
      (with-deadline (millis n)
        (concat (unwrap (call p n)) (unwrap (call t n))))))))
"#;

/// Guards: a context passed on with every request that another leads to, through processes, threads and pools; a timeout
/// that is longer than what is left.
#[test]
fn a_context_goes_all_the_way_down() {
    let _turn = turn(MINUTE);
    let source = program(TREE);
    let mut root = wat(&source.file).start();
    let six = |each: &str| format!("[{}]", [each; 6].join(" "));
    let asked = format!("#_#wat/context {{:trace \"{TRACE}\"}} 60000");
    assert_eq!(root.ask(&asked), six(&format!("[true \"{TRACE}\"]")));
    assert_eq!(root.ask("60000"), six("[true nil]"));
    assert!(root.finish().status.success());
    // With --trace every request has one, and all that it leads to have the same.
    let mut root = wat(&source.file).options(&["--trace"]).start();
    let trace = |line: String| {
        let found = line.split('"').nth(1).expect("a trace").to_string();
        assert_eq!(line, six(&format!("[true \"{found}\"]")));
        assert_eq!(found.len(), 32);
        found
    };
    let first = trace(root.ask("60000"));
    assert_ne!(first, trace(root.ask("60000")));
    assert_eq!(trace(root.ask(&asked)), TRACE);
    assert!(root.finish().status.success());
}

const SERVICE: &str = r#"
(ns user (:use [wat.supervisor :as supervisor]))

;; No `serve`, which would look at the deadline itself.
(defn turns [] -> nil
  (match (readln -> i64)
    ((Some n) (do (sleep (millis n))
                  (println (tuple (some? (deadline)) (trace-id)))
                  (turns)))
    (None nil)))

(defn leaf {:in i64 :out (Tuple bool (Option String))} [] -> nil (turns))

(defn main [] -> nil
  (let [sup  (supervisor/supervise {} (supervisor/child leaf {:copies 1}))
        leaf (supervisor/service sup leaf)]
    (serve (fn [n <- i64]
      (if (= n 0)
        (with-deadline (seconds 50)
          (do (unwrap (send leaf 50))
              (str (call leaf 50) (recv leaf))))
        ;; The service is busy with the first beyond the time of the second.
        (do (unwrap (send leaf n))
            (unwrap (with-deadline (millis 50) (send leaf 0)))
            (ignore (recv leaf))
            (str (map-err (fn [c] (tuple (:kind c) (:executed c))) (recv leaf)))))))))
"#;

/// Guards: a context that waits with its request in a service's queue, and the look at its deadline before the request is
/// passed on.
#[test]
fn a_context_goes_through_a_service() {
    let _turn = turn(MINUTE);
    for copies in [1, 2] {
        let source = program(SERVICE.replace(":copies 1", &format!(":copies {copies}")));
        let mut root = wat(&source.file).start();
        let asked = format!("#_#wat/context {{:trace \"{TRACE}\"}} 0");
        let answer = format!("#wat.core/Ok [true \\\"{TRACE}\\\"]");
        assert_eq!(root.ask(&asked), format!("\"{answer}{answer}\""));
        if copies == 1 {
            assert_eq!(root.ask("400"), "\"#wat.core/Err [:timeout :no]\"");
        }
        assert!(root.finish().status.success());
    }
}

const SHELL: &str = r#"
(ns user (:use [wat.process :as process]))

(defn main [] -> nil
  (let [edn   (process/spawn-edn "sh" ["-c" "while read -r line; do echo \"$line\" >&2; echo 1; done"] -> (Peer i64 i64))
        lines (process/spawn-lines "sh" ["-c" "while read -r line; do echo \"$line\"; done"])
        cat   (process/spawn-edn "cat" [] -> (Peer (Map keyword i64) (Map keyword i64)))]
    (println (call edn 1))
    (println (with-deadline (seconds 50) (call edn 2)))
    (println (with-deadline (seconds 50) (call lines "3")))
    (println (with-deadline (seconds 50) (call cat {:n 4})))
    (println (with-deadline (nanos 0) (map-err (fn [c] (tuple (:kind c) (:executed c))) (call edn 5))))))
"#;

/// Guards: nothing written where there is nothing to say, or when the time has passed; nothing but values to what does not
/// speak EDN; no time of a clock that a command, which may be a way to another machine, need not have.
#[test]
fn a_command_that_speaks_edn_is_told_too() {
    let _turn = turn(MINUTE);
    let ended = ran(SHELL, "");
    let answers = "#wat.core/Ok 1\n#wat.core/Ok 1\n#wat.core/Ok \"3\"\n#wat.core/Ok {:n 4}\n#wat.core/Err [:timeout :no]\n";
    assert_eq!(ended.out, answers, "{}", ended.err);
    let told: Vec<&str> = ended.err.lines().collect();
    assert_eq!((told.len(), told[0]), (2, "[/0] 1"));
    let said = told[1].strip_prefix("[/0] #_#wat/context {:left ").and_then(|rest| rest.strip_suffix("} 2"));
    let left: u64 = said.and_then(|left| left.parse().ok()).unwrap_or_else(|| panic!("{told:?}"));
    assert!((10_000_000_000..=50_000_000_000).contains(&left), "{left}");
}

/// Guards: the scope left by a crash inside it.
#[test]
fn a_deadline_ends_with_its_body_however_that_ends() {
    let _turn = turn(MINUTE);
    let ended = ran(
        r#"
(defn boom [] -> i64
  (with-deadline (millis 1) (do (sleep (millis 5)) (panic! "no"))))

(defn main [] -> nil
  (let [p (spawn-thread (fn {:in i64 :out i64} [] (serve inc)))]
    (do (println (with-deadline (seconds 9) (with-deadline (seconds 99) (< (unwrap (deadline)) (seconds 10)))))
        (println (map-err :message (attempt boom)))
        (println (deadline))
        (println (with-deadline (millis 0) (map-err (fn [c] (tuple (:kind c) (:executed c))) (call p 1))))
        (println (call p 1)))))
"#,
        "",
    );
    assert_eq!(
        ended.out, "true\n#wat.core/Err \"no\"\nnil\n#wat.core/Err [:timeout :no]\n#wat.core/Ok 2\n",
        "{}",
        ended.err
    );
}

/// Guards: the trace and the fields around on every event.
#[test]
fn events_tell_their_trace_and_the_fields_around_them() {
    let _turn = turn(MINUTE);
    let source = program(
        r#"
(ns user (:use [wat.log :as log]))
(defn worker {:in i64 :out i64} [] -> nil
  (serve (fn [n] (do (with-log {:order n :step 0} (log/info "shop" "worked" {:step 1})) n))))
(defn main [] -> nil
  (let [p (spawn-process worker)]
    (serve (fn [n <- i64] (unwrap (call p n))))))
"#,
    );
    let mut root = wat(&source.file).start();
    assert_eq!(root.ask(&format!("#_#wat/context {{:trace \"{TRACE}\"}} 7")), "7");
    soon("the event", || root.stderr().contains("worked"));
    let event = root.stderr();
    assert!(event.starts_with("[/0] #wat.kernel/LogEvent {:level :info "), "{event}");
    assert!(
        event.contains(&format!(":path \"/0\" :namespace \"shop\" :message \"worked\" :trace \"{TRACE}\"")),
        "{event}"
    );
    assert!(
        [":fields {:order 7 :step 1}}", ":fields {:step 1 :order 7}}"].iter().any(|f| event.contains(f)),
        "{event}"
    );
    assert!(root.finish().status.success());
}
