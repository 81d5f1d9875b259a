//! What a user gives a whole tree on the command line, and what the machine can hold it to.

mod support;

use std::time::Duration;
use support::command::{err, out, run};
use support::{program, turn};

/// A root that is granted less than its user has starts, is held to it, and so is all below it. Guards: `--authority`, and
/// that a narrowed root still has all that its start needs.
#[test]
fn a_narrowed_root_runs_and_reaches_what_it_is_granted() {
    let _turn = turn(Duration::from_secs(60));
    let place = program(
        "(ns narrowed (:use [wat.fs :as fs]))
         (defn told [path <- String] -> String (match (fs/read-text path) ((Ok text) text) ((Err e) (str (:kind e)))))
         (defn reader {:in String :out String} [] -> nil (serve told))
         (defn main [] -> nil
           (let [path (nth (args) 0)
                 p    (spawn-process reader {:authority [(inherit)]})]
             (println (told path))
             (println (call p path))))",
    );
    let note = place.file.with_file_name("note.txt");
    std::fs::write(&note, "a note").expect("a file");
    let (file, path) = (place.file.to_str().expect("plain"), note.to_str().expect("plain"));
    let folder = note.parent().and_then(|folder| folder.to_str()).expect("plain");
    let granted = format!("[(fs-read {folder:?})]");
    let said = |options: &[&str]| {
        let output = run(note.parent().expect("a folder"), &[options, &[file, path]].concat());
        format!("{}{}", out(&output), err(&output))
    };
    assert_eq!(said(&[]), "\"a note\"\n#wat.core/Ok \"a note\"\n");
    assert_eq!(said(&["--authority", &granted]), said(&[]));
    assert_eq!(said(&["--authority", "[]"]), "\":permission-denied\"\n#wat.core/Ok \":permission-denied\"\n");
}

/// Guards: a root that was narrowed starts no command with the authority that it gave up.
#[test]
fn a_narrowed_root_has_no_commands() {
    let _turn = turn(Duration::from_secs(30));
    let place = program(
        "(ns p (:use [wat.process :as process]))
         (defn main [] -> nil (println (map-err :message (process/run \"echo\" [\"hello\"]))))",
    );
    let output = run(&place.directory, &["--authority", "[]", place.file.to_str().expect("plain")]);
    let told = "echo may not be started: a root that --authority has narrowed has no commands";
    assert_eq!(out(&output), format!("#wat.core/Err {told:?}\n"), "{output:?}");
}

#[test]
fn what_is_no_authority_is_told() {
    let _turn = turn(Duration::from_secs(30));
    let place = program("(ns p) (defn main [] -> nil (println 1))");
    let file = place.file.to_str().expect("plain");
    for spec in ["[(run \"git\")]", "fs-read", "[(fs-reed \"/\")]", "[", "[(net-listen :any)]"] {
        let output = run(&place.directory, &["--authority", spec, file]);
        assert!(output.status.code() == Some(64) && err(&output).contains("authority"), "{spec}: {output:?}");
        assert_eq!(out(&output), "");
    }
    let output = run(&place.directory, &["--require-sandbox", "--debuggable", file]);
    assert!(!output.status.success() && out(&output).is_empty() && !err(&output).is_empty(), "{output:?}");
}

/// Guards: what the machine lacks is said, each mechanism by its name.
#[test]
fn the_doctor_names_each_mechanism() {
    let _turn = turn(Duration::from_secs(30));
    let place = program("(ns p) (defn main [] -> nil nil)");
    let output = run(&place.directory, &["doctor"]);
    assert!(output.status.success(), "{output:?}");
    for mechanism in
        ["seccomp", "landlock files", "landlock ports", "pid namespaces", "filter: ", "not enforced"]
    {
        assert!(out(&output).contains(mechanism), "{mechanism}: {}", out(&output));
    }
}
