//! How a parent holds the process of a child: by a pid descriptor, or, a command that an ancestor has started for it, by
//! a tether. Not here: what its end means (`end.rs`), nor the other half of a tether (`errand.rs`).

use crate::sys::{fd, process};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

pub(crate) enum Hold {
    Own { pid: i32, pidfd: OwnedFd },
    Tether { pid: i32, tether: OwnedFd },
}

impl Hold {
    /// Its number, for show.
    pub(crate) fn pid(&self) -> i32 {
        match self {
            Hold::Own { pid, .. } | Hold::Tether { pid, .. } => *pid,
        }
    }

    /// Its number where it is a child of this very process.
    pub(crate) fn own_pid(&self) -> Option<i32> {
        match self {
            Hold::Own { pid, .. } => Some(*pid),
            Hold::Tether { .. } => None,
        }
    }

    /// What the warden watches.
    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Hold::Own { pidfd, .. } => pidfd.as_fd(),
            Hold::Tether { tether, .. } => tether.as_fd(),
        }
    }

    /// An entry for a poll that has an event once the process has ended, whatever else is told of it.
    pub(crate) fn end(&self) -> libc::pollfd {
        match self {
            Hold::Own { pidfd, .. } => fd::interest(pidfd.as_fd(), libc::POLLIN),
            // Words may lie there; that the other half is closed is told unasked.
            Hold::Tether { tether, .. } => fd::interest(tether.as_fd(), 0),
        }
    }

    /// Suspended by a signal? Of a command on a tether its ancestor sees to that.
    pub(crate) fn is_suspended(&self) -> bool {
        match self {
            Hold::Own { pidfd, .. } => process::is_stopped(pidfd.as_fd()),
            Hold::Tether { .. } => false,
        }
    }
}
