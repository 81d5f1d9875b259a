//! Waiting with bounds that mean the same on a busy machine. A law says "within a second on a machine with a free
//! CPU": so a wait counts each of its steps as ten milliseconds at most, however long this process was kept from
//! running, and gives up at ten times the bound by the clock. Not here: the watchdog over a whole test (`turn`).

use std::time::{Duration, Instant};

const STEP: Duration = Duration::from_millis(10);

/// Did it come true within the limit?
pub fn eventually(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    let mut counted = Duration::ZERO;
    loop {
        let at = Instant::now();
        if done() {
            return true;
        }
        if counted > limit || begun.elapsed() > 10 * limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
        counted += at.elapsed().min(STEP);
    }
}

/// For what a test waits for before it begins to judge: half a minute.
pub fn soon(what: &str, done: impl FnMut() -> bool) {
    assert!(eventually(Duration::from_secs(30), done), "it never came to this: {what}");
}
