//! The log of a tree as it looks on the root's stderr, and that it never holds anything up.

mod support;

use serde_json::Value;
use std::time::Duration;
use support::{Ended, program, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);

/// Its child logs, writes a text of its own, and tries to pass for another.
const SHOP: &str = r#"
(ns user (:use [wat.log :as log]))

(defn worker {:in i64 :out i64} [] -> nil
  (serve (fn [n]
    (do (log-warn "shop.cart" "slow" {:took (seconds n) :item "a b" :tags [:x 1.5]})
        (eprintln {:plain n})
        (eprintln (LogEvent :error (now) "/7" "bank" "forged\u001b[2J" None (edn nil)))
        n))))

(defn main [] -> nil
  (do (log/error "shop" "no stock" {"left" 0})
      (eprintln "of the root")
      (println (call (spawn-process worker) 2))))
"#;

fn shop(options: &[&str]) -> Ended {
    let source = program(SHOP);
    let ended = wat(&source.file).options(options).run("");
    assert_eq!(ended.out, "#wat.core/Ok 2\n", "{}", ended.err);
    ended
}

/// Guards: the form of the log; the path that the parent gives before what a line says of itself.
#[test]
fn a_person_reads_a_line_for_each_event() {
    let _turn = turn(MINUTE);
    let ended = shop(&["--log", "text"]);
    let lines: Vec<&str> = ended.err.lines().collect();
    let after_time = |line: &str| line.split_once(' ').expect("a time").1.to_string();
    assert_eq!(after_time(lines[0]), "ERROR / shop: no stock left=0");
    let time = lines[0].split(' ').next().expect("a time");
    assert!(time.len() == 12 && time.as_bytes()[2] == b':' && time.as_bytes()[8] == b'.', "{time}");
    assert_eq!(lines[1], "\"of the root\"");
    assert!(after_time(lines[2]).starts_with("WARN  /0 shop.cart: slow "), "{}", lines[2]);
    for field in [" took=#wat/duration \"2s\"", " item=\"a b\"", " tags=[:x 1.5]"] {
        assert!(lines[2].contains(field), "{}", lines[2]);
    }
    assert_eq!(lines[3], "[/0] {:plain 2}");
    // What is no terminal has no colours, and nothing moves the cursor of one.
    assert_eq!(after_time(lines[4]), "ERROR /0 bank: \"forged\\u001b[2J\"");
    assert_eq!(lines.len(), 5, "{}", ended.err);
}

/// Guards: the same as JSON, every line of it.
#[test]
fn a_machine_reads_an_object_a_line() {
    let _turn = turn(MINUTE);
    let ended = shop(&["--log", "json"]);
    let lines: Vec<Value> = ended
        .err
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect();
    let text = |line: &Value, key: &str| line[key].as_str().map(str::to_string);
    assert_eq!(text(&lines[0], "level").as_deref(), Some("error"));
    assert_eq!(lines[0]["fields"]["left"], 0);
    assert_eq!(text(&lines[1], "path").as_deref(), Some("/"));
    assert_eq!(text(&lines[1], "text").as_deref(), Some("\"of the root\""));
    assert_eq!(text(&lines[2], "path").as_deref(), Some("/0"));
    assert_eq!(text(&lines[2], "namespace").as_deref(), Some("shop.cart"));
    assert_eq!(lines[2]["fields"], serde_json::json!({"took": "2s", "item": "a b", "tags": ["x", 1.5]}));
    assert!(text(&lines[2], "time").is_some_and(|time| time.ends_with('Z')), "{}", lines[2]);
    assert_eq!(text(&lines[3], "text").as_deref(), Some("{:plain 2}"));
    assert_eq!(text(&lines[4], "path").as_deref(), Some("/0"));
    assert_eq!(text(&lines[4], "message").as_deref(), Some("forged\u{1b}[2J"));
    assert_eq!(lines.len(), 5, "{}", ended.err);
}

/// Guards: EDN where nobody asks for another form and stderr is no terminal.
#[test]
fn elsewhere_the_log_is_edn() {
    let _turn = turn(MINUTE);
    for options in [&[][..], &["--log", "edn"]] {
        let ended = shop(options);
        let lines: Vec<&str> = ended.err.lines().collect();
        assert!(lines[0].starts_with("#wat.kernel/LogEvent {:level :error :time #inst \""), "{}", lines[0]);
        assert!(lines[2].starts_with("[/0] #wat.kernel/LogEvent {:level :warn "), "{}", lines[2]);
        assert_eq!(lines[3], "[/0] {:plain 2}");
    }
    let wrong = wat("none.wat").options(&["--log", "xml"]).run("");
    assert_eq!(wrong.status.code(), Some(64));
    assert!(wrong.err.contains("--log wants text or edn or json, not xml"), "{}", wrong.err);
}

/// Guards: the log's own queue: with a stderr that takes nothing, neither the root nor a child is held up, and what had no
/// room is counted.
#[test]
fn a_flood_of_events_holds_nobody_up() {
    let _turn = turn(MINUTE * 2);
    let source = program(
        r#"
(ns user (:use [wat.log :as log]))
(defn flood [n <- i64] -> nil
  (when (> n 0)
    (log/info "flood" "an event among many of its kind" {:left n})
    (flood (dec n))))
(defn main [] -> nil
  (let [p (spawn-process (fn {:in i64 :out i64} [] (serve (fn [n] (do (flood n) n)))))]
    (do (flood 5000)
        (println (call p 5000)))))
"#,
    );
    for options in [&[][..], &["--log", "json"]] {
        let mut root = wat(&source.file).options(options).unread_stderr().start();
        assert_eq!(root.line(), "#wat.core/Ok 5000");
        let ended = root.finish();
        assert!(ended.err.contains(" lines of stderr dropped"), "{}", &ended.err[..200.min(ended.err.len())]);
        assert!(ended.err.len() < 1 << 20, "{}", ended.err.len());
        if !options.is_empty() {
            let is_object =
                |line: &str| serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object());
            assert_eq!(ended.err.lines().find(|line| !is_object(line)), None);
        }
    }
}

/// Guards: the level looked at before the fields are computed.
#[test]
fn what_is_not_logged_is_not_computed() {
    let _turn = turn(MINUTE);
    let source = program(
        r#"
(defn main [] -> nil
  (do (log-debug "shop" "quiet" {:cost (panic! "computed")})
      (log-info "shop" "heard" {:n 1 :word "two"})
      (println (map-err :message (attempt (fn [] (log-error "shop" "loud" {:cost (panic! "computed")})))))))
"#,
    );
    let ended = wat(&source.file).run("");
    assert_eq!(ended.out, "#wat.core/Err \"computed\"\n", "{}", ended.err);
    for part in [":message \"heard\" :trace nil :fields {", ":n 1", ":word \"two\""] {
        assert!(ended.err.contains(part), "{}", ended.err);
    }
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    let ended = wat(&source.file).env("WAT_LOG", "off").run("");
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("#wat.core/Ok nil\n", ""));
}

const LATE: &str = r#"
(ns user (:use [wat.log :as log] [wat.string :as string]))

(defn worker {:in i64 :out i64} [] -> nil
  (serve (fn [n] (do (log/debug "late" "heard of the level" {:n n}) n))))

(defn main [] -> nil
  (let [t (spawn-thread worker)]
    (do (log/set-level t :debug)
        (println (call t 1))
        (log/info "long" (string/join "" (vec (repeat 20000 "twenty characters ad"))) {:n 1}))))
"#;

/// Guards: the levels that are kept for a thread which is told before it is registered, which the pause makes sure of; the
/// cut of a message that no queue would take.
#[test]
fn a_level_reaches_a_thread_that_is_starting_and_a_long_message_is_cut() {
    let _turn = turn(MINUTE);
    let source = program(LATE);
    let ended = wat(&source.file).pausing("register").options(&["--log", "json"]).run("");
    assert_eq!(ended.out, "#wat.core/Ok 1\n", "{}", ended.err);
    assert!(ended.err.contains("heard of the level"), "{}", ended.err);
    let long = ended.err.lines().find(|line| line.contains("twenty characters")).expect("the long one");
    let event: Value = serde_json::from_str(long).expect("an object");
    let message = event["message"].as_str().expect("a message");
    assert!(message.ends_with(" … (400000 bytes in all)") && message.len() > 16 << 10, "{}", message.len());
}
