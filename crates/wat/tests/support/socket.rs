//! Connections of this machine, as a test's own peer makes and ends them.

use std::net::TcpStream;
use std::os::fd::AsRawFd;

/// Closes so that the peer is sent a reset.
pub fn reset(client: TcpStream) {
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    let size = size_of::<libc::linger>() as libc::socklen_t;
    // SAFETY: the option's value is a linger, and lives over the call.
    let set = unsafe {
        libc::setsockopt(
            client.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const linger).cast(),
            size,
        )
    };
    assert_eq!(set, 0);
}
