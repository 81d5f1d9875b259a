//! Whose turn it is: a lock that is held while its holder waits for the world, so that whoever waits for it does so with a
//! deadline and can be stopped, as in any wait. Not here: what is locked.

use std::time::Instant;
use wat_kernel::{Interrupt, Receiver, Sender, Waiter};

/// A channel that holds one message while nobody is inside.
pub struct Gate {
    key: Receiver<()>,
    back: Sender<()>,
}

/// Inside as long as it lives.
pub struct Turn<'a>(&'a Sender<()>);

impl Default for Gate {
    fn default() -> Gate {
        let (back, key) = wat_kernel::channel(1, 1);
        back.push((), 1);
        Gate { key, back }
    }
}

impl Gate {
    /// Goes in, after whoever is inside; nothing when the deadline passes first.
    pub fn enter(&self, waiter: &Waiter, deadline: Option<Instant>) -> Result<Option<Turn<'_>>, Interrupt> {
        Ok(self.key.receive_until(waiter, deadline)?.flatten().map(|()| Turn(&self.back)))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.push((), 1);
    }
}
