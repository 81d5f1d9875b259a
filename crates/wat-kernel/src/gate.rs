//! A lock whose waiting can be ended: by a kill, or as any wait of a program by a stop and a deadline too.
//!
//! It guards what a thread may hold while it is blocked in a system call (the writer of a full pipe) or waits for a peer,
//! so a thread waiting for it may wait long. The standard mutex would sleep through the kick. Not for short critical
//! sections.

use crate::sys::futex;
use crate::waiter::{Interrupt, Waiter, Wakes};
use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

const FREE: u32 = 0;
const HELD: u32 = 1;
const CONTENDED: u32 = 2;

pub struct Gate<T> {
    state: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through a guard, and there is one guard at a time.
unsafe impl<T: Send> Sync for Gate<T> {}

/// Inside as long as it lives.
pub struct Held<'a, T> {
    gate: &'a Gate<T>,
}

impl<T> Gate<T> {
    pub fn new(value: T) -> Self {
        Gate { state: AtomicU32::new(FREE), value: UnsafeCell::new(value) }
    }

    pub(crate) fn try_enter(&self) -> Option<Held<'_, T>> {
        let taken = self.state.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok();
        // Lazily: a guard made in vain would open the gate when dropped.
        taken.then(|| Held { gate: self })
    }

    pub(crate) fn enter(&self, waiter: &Waiter) -> Result<Held<'_, T>, Interrupt> {
        if let Some(held) = self.try_enter() {
            return Ok(held);
        }
        let held = self.wait(waiter, Wakes::Kill, None)?;
        Ok(held.expect("without a deadline none passes"))
    }

    /// Goes in after whoever is inside, as a wait of the program's; nothing when the deadline passes first.
    pub fn enter_until(
        &self,
        waiter: &Waiter,
        deadline: Option<Instant>,
    ) -> Result<Option<Held<'_, T>>, Interrupt> {
        if let Some(held) = self.try_enter() {
            return Ok(Some(held));
        }
        waiter.settle();
        self.wait(waiter, Wakes::Stop, deadline)
    }

    fn wait(
        &self,
        waiter: &Waiter,
        wakes: Wakes,
        deadline: Option<Instant>,
    ) -> Result<Option<Held<'_, T>>, Interrupt> {
        while self.state.swap(CONTENDED, Ordering::Acquire) != FREE {
            if !waiter.park(wakes, &self.state, CONTENDED, deadline)? {
                return Ok(None);
            }
        }
        Ok(Some(Held { gate: self }))
    }
}

impl<T> Deref for Held<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: this guard is the only one.
        unsafe { &*self.gate.value.get() }
    }
}

impl<T> DerefMut for Held<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one.
        unsafe { &mut *self.gate.value.get() }
    }
}

impl<T> Drop for Held<'_, T> {
    fn drop(&mut self) {
        if self.gate.state.swap(FREE, Ordering::Release) == CONTENDED {
            futex::wake(&self.gate.state, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_that_is_held_stays_shut() {
        let gate = Gate::new(1);
        let held = gate.try_enter().expect("free");
        assert!(gate.try_enter().is_none());
        assert!(gate.try_enter().is_none());
        drop(held);
        assert!(gate.try_enter().is_some());
    }
}
