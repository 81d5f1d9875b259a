//! Sealed memory files, in which images travel. Not here: what an image holds.

use crate::sys::fd;
use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

/// A memory file with these bytes that nobody can change any more, close-on-exec.
pub fn sealed(name: &CStr, bytes: &[u8]) -> io::Result<OwnedFd> {
    let mut file = File::from(fd::memory_file(name)?);
    file.write_all(bytes)?;
    let file = OwnedFd::from(file);
    fd::seal(&file)?;
    Ok(file)
}
