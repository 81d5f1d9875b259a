//! The requests that a program has read and not answered, as far as it matters that nobody waits for one any more. The n-th
//! value it reads is its n-th request, and the n-th it writes the answer. Not here: who gave up, or what the program does.

use crate::mutation::removed;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Requests given up before they were read that are remembered; of more, the program is not told.
const REMEMBERED: usize = 1024;

#[derive(Default)]
pub(crate) struct Hand(Mutex<State>);

#[derive(Default)]
struct State {
    taken: u64,
    /// Given up before they were read.
    ahead: BTreeSet<u64>,
}

impl Hand {
    /// The next request has been read; `tell` is told whether somebody waits for it, before anybody can give it up.
    pub(crate) fn take(&self, tell: impl FnOnce(bool)) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = state.taken;
        state.taken += 1;
        tell(!state.ahead.remove(&number) || removed("cancel"));
    }

    /// Nobody waits for the answer to this request any more; runs `tell` when it is the last one read, and has no answer
    /// among those `written`.
    pub(crate) fn cancel(&self, number: u64, written: u64, tell: impl FnOnce()) {
        if removed("cancel") {
            return;
        }
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if number >= state.taken {
            if state.ahead.len() < REMEMBERED {
                state.ahead.insert(number);
            }
        } else if number + 1 == state.taken && written <= number {
            tell();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cancelled(hand: &Hand, number: u64, written: u64) -> bool {
        let mut told = false;
        hand.cancel(number, written, || told = true);
        told
    }

    fn take(hand: &Hand) -> bool {
        let mut awaited = false;
        hand.take(|is| awaited = is);
        awaited
    }

    #[test]
    fn only_the_request_in_hand_is_told_at_once() {
        let hand = Hand::default();
        assert!(!cancelled(&hand, 0, 0), "it has not been read");
        assert!(!take(&hand), "given up before it was read");
        assert!(take(&hand));
        assert!(!cancelled(&hand, 0, 1), "one before it");
        assert!(cancelled(&hand, 1, 1));
        assert!(!cancelled(&hand, 1, 2), "it has been answered");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let hand = Hand::default();
        (0..10 * REMEMBERED as u64).for_each(|number| assert!(!cancelled(&hand, number, 0)));
        assert_eq!((0..10 * REMEMBERED).filter(|_| !take(&hand)).count(), REMEMBERED);
    }
}
