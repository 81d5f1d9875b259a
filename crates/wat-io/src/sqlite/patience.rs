//! How long a call into SQLite may take: a lock held by another is waited for up to a limit, and both that wait and a
//! long computation end when this node is told to stop. SQLite asks through handlers that are given nothing of the
//! calling thread, so the thread's registration stands in a thread-local while a call runs.

use super::error::{Problem, Trouble};
use rusqlite::Connection;
use std::cell::Cell;
use std::time::{Duration, Instant};
use wat_kernel::{Interrupt, Waiter};

/// Instructions of SQLite's machine between two looks at the stop word.
const STEPS: i32 = 10_000;
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// The call that this thread is in.
#[derive(Clone, Copy)]
struct Call {
    waiter: *const Waiter,
    /// A node that stops may still use its databases: only a stop that comes during a call ends the call.
    was_stopping: bool,
    /// When the wait for a lock began.
    began: Option<Instant>,
}

thread_local! {
    static CALL: Cell<Option<Call>> = const { Cell::new(None) };
}

/// Gives the connection its handlers.
pub fn attend(connection: &mut Connection, busy: Duration) -> rusqlite::Result<()> {
    connection.busy_handler(Some(move |count| wait(busy, count)))?;
    connection.progress_handler(STEPS, Some(|| interrupted().is_some()))
}

/// Runs `body`, which calls SQLite, for the thread of `waiter`.
pub fn during<T>(waiter: &Waiter, body: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    struct Leave(Option<Call>);
    impl Drop for Leave {
        fn drop(&mut self) {
            CALL.set(self.0);
        }
    }
    let was_stopping = waiter.interrupted() == Some(Interrupt::Stopped);
    let leave = Leave(CALL.replace(Some(Call { waiter, was_stopping, began: None })));
    let result = body();
    if result.is_err() {
        match interrupted() {
            Some(Interrupt::Killed) => return Err(Trouble::Killed),
            Some(Interrupt::Stopped) => {
                return Err(Problem::new("stopped", "this node was told to stop").into());
            }
            None => {}
        }
    }
    drop(leave);
    result
}

/// Whether the thread's call is to end now.
fn interrupted() -> Option<Interrupt> {
    let call = CALL.get()?;
    // SAFETY: the pointer is set by `during` from a reference that outlives the call.
    let why = unsafe { (*call.waiter).interrupted() };
    why.filter(|why| *why == Interrupt::Killed || !call.was_stopping)
}

/// Whether SQLite is to try for the lock again.
fn wait(busy: Duration, count: i32) -> bool {
    let Some(mut call) = CALL.get() else { return false };
    let now = Instant::now();
    let began = match call.began {
        Some(began) if count > 0 => began,
        _ => now,
    };
    call.began = Some(began);
    CALL.set(Some(call));
    let left = busy.saturating_sub(now - began);
    if left.is_zero() || interrupted().is_some() {
        return false;
    }
    let pause = Duration::from_millis(1 << count.clamp(0, 6)).min(LONGEST_PAUSE).min(left);
    if call.was_stopping {
        std::thread::sleep(pause);
        return true;
    }
    // SAFETY: as above.
    unsafe { (*call.waiter).sleep_until(now + pause).is_ok() }
}
