//! This process's out-of-memory score, which what it makes is born with: where memory is short, leaves die first.
//!
//! A clone has its maker's score from its first instruction, so the maker raises its own for as long as a birth takes.
//! To raise each child's in /proc would cost a look-up there at each birth, and a confined child can make none.

use crate::shared::lock;
use crate::sys::fd;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, OnceLock};

/// Points of one level.
const LEVEL: i32 = 50;
/// The system's greatest score.
const MOST: i32 = 1000;

/// The file of the score, opened with the first birth; `None` in it where there is none, or it does not obey.
#[derive(Default)]
pub(crate) struct Score(OnceLock<Mutex<Option<OwnedFd>>>);

/// As long as this lives the score is raised, and nobody else raises it.
pub(crate) struct Raised<'a> {
    file: MutexGuard<'a, Option<OwnedFd>>,
    before: i32,
}

impl Score {
    /// To be called while the process, or the thread, may do it still: who is closed to eyes, or confined, may not.
    pub(crate) fn open(&self) {
        self.file();
    }

    fn file(&self) -> &Mutex<Option<OwnedFd>> {
        self.0.get_or_init(|| Mutex::new(fd::open(c"/proc/self/oom_score_adj", libc::O_RDWR).ok()))
    }

    /// Raises it by so many levels; `None` without /proc.
    pub(crate) fn raised(&self, levels: usize) -> Option<Raised<'_>> {
        let file = lock(self.file());
        let before = read(file.as_ref()?).ok()?;
        let points = LEVEL.saturating_mul(levels.try_into().unwrap_or(MOST));
        write(file.as_ref()?, before.saturating_add(points).min(MOST)).ok()?;
        Some(Raised { file, before })
    }
}

impl Drop for Raised<'_> {
    fn drop(&mut self) {
        // Raised for good, it would rise with each birth.
        if self.file.as_ref().is_some_and(|file| write(file, self.before).is_err()) {
            *self.file = None;
        }
    }
}

fn read(file: &OwnedFd) -> io::Result<i32> {
    let mut text = [0; 16];
    let length = fd::read_at(file.as_fd(), &mut text, 0)?;
    let number = std::str::from_utf8(&text[..length]).ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn write(file: &OwnedFd, score: i32) -> io::Result<()> {
    fd::write(file.as_fd(), score.to_string().as_bytes())?;
    Ok(())
}
