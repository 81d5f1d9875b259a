//! Which signals a process blocks, ignores and takes. Not here: what the warden does with one (`warden/`), nor the
//! handlers of traps and of the kick, which are the runtime's.

use crate::channel::{Receiver, Sender, channel};
use crate::mutation::removed;
use crate::sys::signal::{self, Set, bit};
use crate::waiter::KICK;
use std::io;
use std::os::fd::OwnedFd;

/// The set-up of one process.
pub(crate) struct Signals {
    /// Gives the signals that the warden takes; only the root has one.
    pub(crate) taken: Option<OwnedFd>,
    /// What the spawner sets back to default in a child, because exec keeps ignored signals ignored.
    pub(crate) reset: Set,
}

/// A signal for the program. That it came is kept until it is taken; how often it came meanwhile is not.
pub(crate) struct UserSignal {
    came: Sender<()>,
    taken: Receiver<()>,
}

impl Default for UserSignal {
    fn default() -> UserSignal {
        let (came, taken) = channel(1, 0);
        UserSignal { came, taken }
    }
}

impl UserSignal {
    pub(crate) fn raise(&self) {
        self.came.push((), 0);
    }

    /// Gives a message when the signal has come.
    pub(crate) fn receiver(&self) -> Receiver<()> {
        self.taken.clone()
    }
}

/// wat itself ignores these: a closed pipe is an error value, and the user signals are for programs that ask.
const IGNORED: [i32; 3] = [libc::SIGPIPE, libc::SIGUSR1, libc::SIGUSR2];

/// The root: the signals that end a tree are blocked in every thread and read by the warden. A hang-up, interrupt or
/// quit that was ignored at the start stays ignored (nohup, a shell's background job). SIGTSTP keeps its default
/// action, which suspends the root alone.
pub(crate) fn root() -> io::Result<Signals> {
    let ignored = signal::ignored();
    // Ignored ones that are blocked still reach a descriptor.
    let mut taken = bit(libc::SIGTERM) | bit(libc::SIGUSR1) | bit(libc::SIGUSR2);
    for number in [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP] {
        if number == libc::SIGHUP && removed("hang-up") {
            signal::ignore(number);
        } else if ignored & bit(number) == 0 || removed("nohup") {
            taken |= bit(number);
        }
    }
    // An ignored SIGCHLD would let the kernel reap our children before we do.
    signal::restore_default(libc::SIGCHLD);
    if crate::sys::process::id() == 1 {
        taken |= bit(libc::SIGCHLD);
    }
    IGNORED.into_iter().for_each(signal::ignore);
    signal::set_mask(taken);
    let reset = ignored | IGNORED.into_iter().map(bit).fold(0, |set, one| set | one) | bit(KICK);
    Ok(Signals { taken: Some(signal::descriptor(taken)?), reset })
}

/// A child: born with an empty mask and default actions, and spoken to over its control socket.
pub(crate) fn child() -> Signals {
    IGNORED.into_iter().for_each(signal::ignore);
    Signals { taken: None, reset: IGNORED.into_iter().map(bit).fold(bit(KICK), |set, one| set | one) }
}

/// Installs a handler for [`KICK`] that does nothing but interrupt blocking calls: for programs without compiled
/// code. The runtime installs its own instead.
pub fn install_plain_kick() -> io::Result<()> {
    signal::interrupt_only(KICK)
}
