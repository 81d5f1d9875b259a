//! A test in a process of its own, so that it may last beside another of its binary: a turn looks at all descendants of
//! its process, which are then this test's alone. For tests that mostly wait, and judge no times. Where
//! one test of a binary is apart all are, since a turn beside it would see its process.

use std::process::Command;

/// Names the test that a process was started for.
const APART: &str = "WAT_TEST_APART";

/// Runs the calling test's body in a process of its own, which takes the body's turn. `body` must be a closure written
/// in the test itself: its type bears the test's name, which a thread may not.
pub fn apart<Body: FnOnce()>(body: Body) {
    let path = std::any::type_name::<Body>().trim_end_matches("::{{closure}}");
    let (_, name) = path.split_once("::").expect("a closure is in a crate");
    if std::env::var(APART).is_ok_and(|told| told == name) {
        return body();
    }
    let own = std::env::current_exe().expect("this binary has a path");
    let output = Command::new(own)
        .args(["--exact", name, "--nocapture"])
        .env(APART, name)
        .output()
        .expect("this binary starts again");
    let [said, told] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    println!("{said}{told}");
    // One that ran nothing has not passed.
    assert!(output.status.success() && said.contains("1 passed"), "{name}: {}", output.status);
}
