//! K14: a supervised tree under load whose nodes are killed.

use crate::support::source::repository;
use crate::support::source::test_file;
use crate::support::{Random, Tree, edn, size, soon, turn, wat};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use wat_edn::Value;

/// A journal of what was executed, gone with the value.
struct Journal(PathBuf);

impl Journal {
    fn new(name: &str) -> Journal {
        let path = std::env::temp_dir().join(format!("wat-{name}-{}", std::process::id()));
        std::fs::write(&path, "").expect("a file for the journal");
        Journal(path)
    }

    /// How often each request was executed.
    fn counts(&self) -> HashMap<i64, usize> {
        let text = std::fs::read_to_string(&self.0).expect("the journal is there");
        let mut counts = HashMap::new();
        for line in text.lines() {
            *counts.entry(line.parse().expect("a number a line")).or_default() += 1;
        }
        counts
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn start(journal: &Journal, restarts: usize) -> Tree {
    let path = journal.0.to_str().expect("a plain path").to_string();
    wat(test_file("laws/supervised")).args(&[&path, &restarts.to_string()]).start()
}

fn workers(root: i32) -> Vec<crate::support::process::Process> {
    let mut nodes = crate::support::process::below(root);
    nodes.retain(|node| node.program() == Some("user/worker") && node.state != 'Z');
    nodes
}

/// K14. Guards: the ticket of each request (without its answer when it is dropped, a request has none), passing a request
/// on once (with those in flight put back, some are executed twice), and the restart (without it nothing heals).
#[test]
fn k14_each_request_has_one_answer_and_one_execution_at_most() {
    let _turn = turn(Duration::from_secs(900));
    let mut random = Random::seeded();
    let journal = Journal::new("supervised");
    let kills = size(1000);
    let mut root = start(&journal, 100_000);
    assert_eq!(root.ask("0"), "[:ok :ok :ok :ok :ok]");
    let (killed, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut answers: HashMap<i64, String> = HashMap::new();
    let pid = root.pid();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while killed.load(Ordering::SeqCst) < kills && !over.load(Ordering::SeqCst) {
                let alive = workers(pid);
                if !alive.is_empty() {
                    random.one_of(&alive).signal(libc::SIGKILL);
                    killed.fetch_add(1, Ordering::SeqCst);
                }
                std::thread::sleep(Duration::from_micros(random.below(40_000) as u64));
            }
        });
        let mut rounds = 0;
        while killed.load(Ordering::SeqCst) < kills || rounds < 20 {
            let Value::Vector(round) = edn::parse(&root.ask("12")) else { panic!("a round is a vector") };
            assert_eq!(round.len(), 60, "each request is answered");
            for answer in round {
                let Value::Vector(pair) = answer else { panic!("an answer is a pair") };
                let id = pair[0].as_int().expect("a number");
                let how = pair[1].as_keyword().expect("a keyword").to_string();
                assert_eq!(answers.insert(id, how), None, "request {id} is answered twice");
            }
            rounds += 1;
        }
        over.store(true, Ordering::SeqCst);
    });
    // The last of those killed may be found out by this very question.
    soon("the tree heals", || root.ask("0") == "[:ok :ok :ok :ok :ok]");
    assert_eq!(root.ask("0"), "[:ok :ok :ok :ok :ok]", "and stays whole");
    soon("each child is there once, and the copies in the pool", || workers(pid).len() == 7);
    let counts = journal.counts();
    let mut tally: HashMap<&str, usize> = HashMap::new();
    for (id, how) in &answers {
        *tally.entry(how).or_default() += 1;
        let executed = counts.get(id).copied().unwrap_or(0);
        match how.as_str() {
            "ok" => assert_eq!(executed, 1, "request {id} was answered"),
            "refused" => assert_eq!(executed, 0, "request {id} was told it had not been executed"),
            "swapped" | "nothing" => panic!("request {id}: {how}"),
            _ => assert!(executed <= 1, "request {id} was executed {executed} times"),
        }
    }
    println!("{} requests, {kills} kills: {tally:?}", answers.len());
    assert!(tally.len() > 1, "no request met a kill: {tally:?}");
    let ended = root.finish();
    assert!(ended.status.success(), "{ended:?}");
}

/// K14: a budget that is spent ends the supervisor, with the last child's crash as the cause.
#[test]
fn k14_a_spent_budget_escalates() {
    let _turn = turn(Duration::from_secs(120));
    let journal = Journal::new("spent");
    let mut root = start(&journal, 3);
    assert_eq!(root.ask("0"), "[:ok :ok :ok :ok :ok]");
    for round in 0..4 {
        let first =
            workers(root.pid()).into_iter().find(|w| w.path().is_some_and(|p| p.matches('/').count() == 2));
        first.expect("a worker of the outer supervisor").signal(libc::SIGKILL);
        if round < 3 {
            crate::support::soon("all workers again", || {
                root.ask("0") == "[:ok :ok :ok :ok :ok]" && workers(root.pid()).len() == 7
            });
        }
    }
    let told = root.ask("-1");
    assert!(told.starts_with("[:panic \"the restart budget of 3"), "{told}");
    assert!(told.ends_with(":killed]"), "{told}");
    assert!(workers(root.pid()).is_empty(), "the others have been stopped");
    let ended = root.finish();
    assert!(ended.status.success(), "{ended:?}");
}

/// K14. Guards: leaving the queue (without it what nobody waits for keeps others out, and is executed), and the word to
/// whoever has begun (without it it works on for nobody).
#[test]
fn k14_what_nobody_waits_for_is_given_up() {
    let _turn = turn(Duration::from_secs(120));
    let program = repository().join("tests/run/supervisor/cancel.wat");
    let expected = std::fs::read_to_string(program.with_extension("stdout")).expect("what it prints");
    let ended = wat(&program).run("");
    assert_eq!(ended.out, expected);
}

/// K14. Guards: the budget of retries (without it a hundred callers of what always fails ask three hundred times).
#[test]
fn k14_a_budget_bounds_what_is_asked_again() {
    let _turn = turn(Duration::from_secs(120));
    let program = repository().join("tests/run/supervisor/retry.wat");
    let ended = wat(&program).run("");
    assert!(ended.out.contains("[113 :limit :divide-by-zero]\n"), "{ended:?}");
}
