//! Where a relative name leads that a statement gives, as `attach` and `vacuum into` do: from the root's directory, as
//! for all of the library. SQLite would ask the system for the process's own, which in a child is `/`.

use super::error::Problem;
use rusqlite::ffi;
use std::ffi::{c_char, c_int};
use std::os::unix::ffi::OsStringExt;
use std::ptr;
use std::sync::OnceLock;
use wat_kernel::Waiter;

/// The root's directory; one for all threads of the process.
static DIRECTORY: OnceLock<Vec<u8>> = OnceLock::new();

/// SQLite's `getcwd`.
type Ask = unsafe extern "C" fn(*mut c_char, usize) -> *mut c_char;

/// Has SQLite take names from the root's directory. Before the first connection; again it does nothing.
pub fn lead(waiter: &Waiter) -> Result<(), Problem> {
    DIRECTORY.get_or_init(|| waiter.place("").into_os_string().into_vec());
    // Told each time: a connection that opened all the same would take names from elsewhere.
    static TAKEN: OnceLock<bool> = OnceLock::new();
    if !TAKEN.get_or_init(|| set() == ffi::SQLITE_OK) {
        return Err(Problem::new("failed", "SQLite does not take the directory of names from us"));
    }
    Ok(())
}

fn set() -> c_int {
    let ask: Ask = answer;
    // SAFETY: SQLite's table of system calls holds functions of no stated type and casts each to its own, which for
    // `getcwd` is that of `answer`; no connection of this process is open yet that would read the table meanwhile.
    unsafe {
        let system = ffi::sqlite3_vfs_find(ptr::null());
        match system.as_ref().and_then(|system| system.xSetSystemCall) {
            Some(set) => {
                set(system, c"getcwd".as_ptr(), Some(std::mem::transmute::<Ask, unsafe extern "C" fn()>(ask)))
            }
            None => ffi::SQLITE_ERROR,
        }
    }
}

/// The directory as SQLite asks for it: into `room` bytes, with a zero at the end; null where they are too few.
unsafe extern "C" fn answer(into: *mut c_char, room: usize) -> *mut c_char {
    let directory = DIRECTORY.wait();
    if directory.len() >= room {
        return ptr::null_mut();
    }
    // SAFETY: SQLite's buffer has `room` bytes, which are more than the directory's.
    unsafe {
        ptr::copy_nonoverlapping(directory.as_ptr(), into.cast(), directory.len());
        into.add(directory.len()).write(0);
    }
    into
}
