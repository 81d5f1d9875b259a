//! A process above the runner that inherits what the runner's trees leave behind, and reaps it at once.
//!
//! Why: a process killed with its parent is a zombie of the machine's first process, which may look for those every
//! few seconds, and a PID namespace does not end before each of its processes is reaped: the bounds of the laws would
//! measure that process. Not here: any test.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus};

/// Of the runner's environment: whose it is.
const ABOVE: &str = "WAT_LAWS_REAPER";

/// `None` in the runner. Above it, runs it with the same arguments and answers its exit code.
pub fn above_the_runner(arguments: &[String]) -> Option<i32> {
    // SAFETY: touches no memory.
    let parent = unsafe { libc::getppid() };
    if std::env::var(ABOVE).is_ok_and(|above| above == parent.to_string()) {
        return None;
    }
    let mut command = Command::new("/proc/self/exe");
    command.args(&arguments[1..]).env(ABOVE, std::process::id().to_string());
    // SAFETY: a system call with numbers alone.
    unsafe {
        command.pre_exec(|| match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        });
        let set = libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        assert_eq!(set, 0, "this process cannot become a subreaper");
    }
    let runner = command.spawn().expect("the runner starts").id() as i32;
    loop {
        let mut status = 0;
        // SAFETY: fills one number.
        let ended = unsafe { libc::waitpid(-1, &raw mut status, 0) };
        if ended == runner {
            let status = ExitStatus::from_raw(status);
            return Some(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)));
        }
    }
}
