//! `(signal :usr1 body)` in a select of the root, and what becomes of the same signals elsewhere.

mod support;

use std::time::Duration;
use support::{program, soon, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);

/// Tells what woke it, until it is stopped; `:busy` keeps it from looking for a while.
const LOOP: &str = r#"
(defn reader {:in keyword :out keyword} [] -> nil
  (serve (fn [word] (do (when (= word :busy) (sleep (millis 400))) word))))

(defn rounds [p <- (Peer keyword keyword)] -> nil
  (select
    (signal :usr1 (do (println :usr1) (rounds p)))
    (signal :usr2 (do (println :usr2) (rounds p)))
    (stopped      (println :stopped))
    (p answer
      (match answer
        ((Ok (Some word)) (do (println word)
                              (when (= word :busy) (sleep (millis 400)) (println :looking))
                              (rounds p)))
        (other            (println other))))))

(defn main [] -> nil
  (let [p (spawn-thread reader)]
    (do (sleep (millis (match (readln -> i64) ((Some n) n) (None 0))))
        (unwrap (send p :ready))
        (unwrap (send p :busy))
        (rounds p))))
"#;

/// Guards: the signal on its way to a select, kept while none waits, and taken once however often it came.
#[test]
fn a_signal_wakes_a_select() {
    let _turn = turn(MINUTE);
    let source = program(LOOP);
    let mut root = wat(&source.file).start();
    root.say("0");
    assert_eq!(root.line(), ":ready");
    assert_eq!(root.line(), ":busy");
    // While it does not look.
    (0..50).for_each(|_| root.signal(libc::SIGUSR2));
    assert_eq!(root.line(), ":looking");
    assert_eq!(root.line(), ":usr2");
    root.signal(libc::SIGUSR1);
    assert_eq!(root.line(), ":usr1");
    // Nothing is left of the fifty.
    root.signal(libc::SIGUSR2);
    assert_eq!(root.line(), ":usr2");
    root.signal(libc::SIGTERM);
    assert_eq!(root.line(), ":stopped");
    root.ends_within(MINUTE);
}

/// Guards: the signal that comes before the program has looked at all, and a stop that comes with one.
#[test]
fn a_signal_before_the_select_is_kept_and_a_stop_goes_first() {
    let _turn = turn(MINUTE);
    let source = program(LOOP);
    let mut root = wat(&source.file).start();
    root.say("300");
    soon("its thread", || root.nodes().is_empty());
    std::thread::sleep(Duration::from_millis(100));
    root.signal(libc::SIGUSR1);
    let mut lines = [root.line(), root.line()];
    lines.sort();
    assert_eq!(lines, [":ready", ":usr1"]);
    assert_eq!(root.line(), ":busy");
    root.signal(libc::SIGUSR1);
    root.signal(libc::SIGTERM);
    assert_eq!(root.line(), ":looking");
    assert_eq!(root.line(), ":stopped");
    root.ends_within(MINUTE);
}

/// Guards: the signals ignored by a program that does not ask, and by every child.
#[test]
fn a_program_that_does_not_ask_is_not_disturbed() {
    let _turn = turn(MINUTE);
    let source = program(
        r#"
(defn child {:in i64 :out keyword} [] -> nil
  (serve (fn [n]
    (select (signal :usr1 :usr1)
            (after (millis n) :after)))))
(defn main [] -> nil
  (let [p (spawn-process child)
        t (spawn-thread child)]
    (serve (fn [n <- i64] (tuple (unwrap (call p n)) (unwrap (call t n)))))))
"#,
    );
    let mut root = wat(&source.file).start();
    assert_eq!(root.ask("1"), "[:after :after]");
    root.say("300");
    for signal in [libc::SIGUSR1, libc::SIGUSR2] {
        root.signal(signal);
        root.node("/0").signal(signal);
    }
    assert_eq!(root.line(), "[:after :after]");
    assert!(root.finish().status.success());
}
