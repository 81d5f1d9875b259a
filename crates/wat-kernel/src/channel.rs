//! Bounded channels between threads of one process: capacity in messages and in bytes.
//!
//! A queue under a mutex with two futex words to sleep on; a thread that waits for several things is woken through
//! its event instead. Waits end on stop and kill. Not here: what a message is, or how it is copied.

use crate::waiter::{Interrupt, Waiter, WaiterCore, Wakes};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A message on its way and its size in bytes.
struct Sized<T> {
    value: T,
    bytes: usize,
}

struct Core<T> {
    queue: Mutex<Queue<T>>,
    /// Grows when a sleeping receiver should look again.
    filled: AtomicU32,
    /// Grows when a sleeping sender should look again.
    drained: AtomicU32,
    /// Length of the queue and the closed state, for looks without the lock.
    length: AtomicUsize,
    max_count: usize,
    max_bytes: usize,
}

struct Queue<T> {
    messages: VecDeque<Sized<T>>,
    bytes: usize,
    senders: usize,
    receivers: usize,
    /// No more messages will come, or be taken.
    closed: bool,
    sleeping_receivers: u32,
    sleeping_senders: u32,
    watchers: Vec<Arc<WaiterCore>>,
}

/// Added to `length` once the channel is closed, so that lookers see a change.
const CLOSED: usize = 1 << (usize::BITS - 1);

/// The sending end; the channel closes when the last clone is dropped.
pub struct Sender<T>(Arc<Core<T>>);

/// The receiving end; sends fail once the last clone is dropped.
pub struct Receiver<T>(Arc<Core<T>>);

/// Why a message was not sent; it comes back.
#[derive(Debug)]
pub enum SendError<T> {
    /// Nobody will receive it.
    Closed(T),
    Interrupted(Interrupt, T),
    /// There was no room in time.
    Late(T),
}

/// A channel that holds at most `count` messages and `bytes` bytes; a single message above the bytes is let into an
/// empty channel.
pub fn channel<T: Send>(count: usize, bytes: usize) -> (Sender<T>, Receiver<T>) {
    let queue = Queue {
        messages: VecDeque::new(),
        bytes: 0,
        senders: 1,
        receivers: 1,
        closed: false,
        sleeping_receivers: 0,
        sleeping_senders: 0,
        watchers: Vec::new(),
    };
    let core = Arc::new(Core {
        queue: Mutex::new(queue),
        filled: AtomicU32::new(0),
        drained: AtomicU32::new(0),
        length: AtomicUsize::new(0),
        max_count: count.max(1),
        max_bytes: bytes,
    });
    (Sender(core.clone()), Receiver(core))
}

impl<T: Send> Sender<T> {
    /// Sends, waiting for room. `bytes` is the message's size.
    pub fn send(&self, waiter: &Waiter, value: T, bytes: usize) -> Result<(), SendError<T>> {
        self.send_unless(waiter, value, bytes, Wakes::Stop, None)
    }

    /// The same with a deadline.
    pub fn send_until(
        &self,
        waiter: &Waiter,
        value: T,
        bytes: usize,
        deadline: Instant,
    ) -> Result<(), SendError<T>> {
        self.send_unless(waiter, value, bytes, Wakes::Stop, Some(deadline))
    }

    /// The same, with a deadline where there is one.
    pub fn send_within(
        &self,
        waiter: &Waiter,
        value: T,
        bytes: usize,
        deadline: Option<Instant>,
    ) -> Result<(), SendError<T>> {
        self.send_unless(waiter, value, bytes, Wakes::Stop, deadline)
    }

    /// As [`Sender::send`], but a stop does not end the wait; only a kill of the calling thread does.
    pub fn send_through_stop(&self, waiter: &Waiter, value: T, bytes: usize) -> Result<(), SendError<T>> {
        self.send_unless(waiter, value, bytes, Wakes::Kill, None)
    }

    fn send_unless(
        &self,
        waiter: &Waiter,
        value: T,
        bytes: usize,
        wakes: Wakes,
        deadline: Option<Instant>,
    ) -> Result<(), SendError<T>> {
        let core = &*self.0;
        let mut queue = core.lock();
        let mut settled = false;
        loop {
            if queue.closed {
                return Err(SendError::Closed(value));
            }
            if core.has_room(&queue, bytes) {
                core.put(queue, Sized { value, bytes });
                return Ok(());
            }
            if !settled {
                drop(queue);
                waiter.settle();
                settled = true;
                let full = core.length.load(Ordering::Acquire);
                spin(|| core.length.load(Ordering::Acquire) != full);
                queue = core.lock();
                continue;
            }
            let seen = core.drained.load(Ordering::SeqCst);
            queue.sleeping_senders += 1;
            drop(queue);
            let woken = waiter.park(wakes, &core.drained, seen, deadline);
            queue = core.lock();
            queue.sleeping_senders -= 1;
            match woken {
                Err(why) => return Err(SendError::Interrupted(why, value)),
                Ok(false) if !queue.closed && !core.has_room(&queue, bytes) => {
                    return Err(SendError::Late(value));
                }
                Ok(_) => {}
            }
        }
    }

    /// Sends without waiting, dropping the oldest messages for room; a closed channel drops this one.
    pub fn push(&self, value: T, bytes: usize) {
        let core = &*self.0;
        let mut queue = core.lock();
        while !queue.closed && !core.has_room(&queue, bytes) {
            if let Some(old) = queue.messages.pop_front() {
                queue.bytes -= old.bytes;
            }
        }
        if !queue.closed {
            core.put(queue, Sized { value, bytes });
        }
    }

    /// No more messages: receivers get what is queued, then the end.
    pub fn close(&self) {
        self.0.close();
    }
}

impl<T: Send> Receiver<T> {
    /// The next message; `None` once the channel is closed and empty.
    pub fn receive(&self, waiter: &Waiter) -> Result<Option<T>, Interrupt> {
        self.receive_until(waiter, None).map(Option::flatten)
    }

    /// The same with a deadline: outer `None` when it has passed.
    pub fn receive_until(
        &self,
        waiter: &Waiter,
        deadline: Option<Instant>,
    ) -> Result<Option<Option<T>>, Interrupt> {
        self.receive_unless(waiter, deadline, Wakes::Stop)
    }

    /// Takes and drops what comes until the channel is closed; false when the deadline passes first. Only a kill of
    /// the calling thread ends it early.
    pub fn drain_until(&self, waiter: &Waiter, deadline: Option<Instant>) -> Result<bool, Interrupt> {
        loop {
            match self.receive_unless(waiter, deadline, Wakes::Kill)? {
                None => return Ok(false),
                Some(None) => return Ok(true),
                Some(Some(message)) => drop(message),
            }
        }
    }

    #[expect(clippy::option_option, reason = "the outer is time, the inner the channel's end")]
    fn receive_unless(
        &self,
        waiter: &Waiter,
        deadline: Option<Instant>,
        wakes: Wakes,
    ) -> Result<Option<Option<T>>, Interrupt> {
        let core = &*self.0;
        let mut queue = core.lock();
        let mut settled = false;
        loop {
            if let Some(message) = queue.messages.pop_front() {
                return Ok(Some(Some(core.took(queue, message))));
            }
            if queue.closed {
                return Ok(Some(None));
            }
            if !settled {
                drop(queue);
                waiter.settle();
                settled = true;
                spin(|| core.length.load(Ordering::Acquire) != 0);
                queue = core.lock();
                continue;
            }
            let seen = core.filled.load(Ordering::SeqCst);
            queue.sleeping_receivers += 1;
            drop(queue);
            let woken = waiter.park(wakes, &core.filled, seen, deadline);
            queue = core.lock();
            queue.sleeping_receivers -= 1;
            // A message that came at the same moment is given, else it would wait behind this thread.
            if queue.messages.is_empty() && !queue.closed {
                match woken {
                    Err(why) => return Err(why),
                    Ok(false) => return Ok(None),
                    Ok(true) => {}
                }
            }
        }
    }

    /// The next message if there is one now: outer `None` when there is none yet.
    pub fn try_receive(&self) -> Option<Option<T>> {
        let core = &*self.0;
        let mut queue = core.lock();
        match queue.messages.pop_front() {
            Some(message) => Some(Some(core.took(queue, message))),
            None if queue.closed => Some(None),
            None => None,
        }
    }

    /// Takes those out of their turn of which it is true.
    pub fn take_where(&self, mut wanted: impl FnMut(&T) -> bool) -> Vec<T> {
        let core = &*self.0;
        let mut queue = core.lock();
        let (taken, left): (VecDeque<_>, _) =
            std::mem::take(&mut queue.messages).into_iter().partition(|message| wanted(&message.value));
        queue.messages = left;
        queue.bytes -= taken.iter().map(|message| message.bytes).sum::<usize>();
        core.publish(&queue);
        if !taken.is_empty() && queue.sleeping_senders > 0 {
            core.drained.fetch_add(1, Ordering::SeqCst);
            drop(queue);
            crate::sys::futex::wake(&core.drained, u32::MAX);
        }
        taken.into_iter().map(|message| message.value).collect()
    }

    /// How many messages wait.
    pub fn length(&self) -> usize {
        self.0.length.load(Ordering::Acquire) & !CLOSED
    }

    /// Is a sender asleep for want of room?
    pub fn is_blocked(&self) -> bool {
        self.0.lock().sleeping_senders > 0
    }

    /// Takes no more: senders get [`SendError::Closed`].
    pub fn close(&self) {
        self.0.close();
    }
}

/// Looks a while before sleeping: a reply from another processor is often a microsecond away.
fn spin(ready: impl Fn() -> bool) {
    for round in 0..10 {
        for _ in 0..1 << round.min(6) {
            if ready() {
                return;
            }
            std::hint::spin_loop();
        }
        if round > 6 {
            std::thread::yield_now();
        }
    }
}

impl<T> Core<T> {
    fn lock(&self) -> MutexGuard<'_, Queue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_room(&self, queue: &Queue<T>, bytes: usize) -> bool {
        queue.messages.is_empty()
            || (queue.messages.len() < self.max_count && queue.bytes + bytes <= self.max_bytes)
    }

    fn put(&self, mut queue: MutexGuard<'_, Queue<T>>, message: Sized<T>) {
        queue.bytes += message.bytes;
        queue.messages.push_back(message);
        self.publish(&queue);
        if !queue.watchers.is_empty() {
            queue.watchers.iter().for_each(|watcher| watcher.raise());
        }
        if queue.sleeping_receivers > 0 {
            self.filled.fetch_add(1, Ordering::SeqCst);
            drop(queue);
            crate::sys::futex::wake(&self.filled, 1);
        }
    }

    fn took(&self, mut queue: MutexGuard<'_, Queue<T>>, message: Sized<T>) -> T {
        queue.bytes -= message.bytes;
        self.publish(&queue);
        if queue.sleeping_senders > 0 {
            self.drained.fetch_add(1, Ordering::SeqCst);
            drop(queue);
            // All of them: room is counted in bytes, and the first may not fit where the second does.
            crate::sys::futex::wake(&self.drained, u32::MAX);
        }
        message.value
    }

    fn publish(&self, queue: &Queue<T>) {
        let closed = if queue.closed { CLOSED } else { 0 };
        self.length.store(queue.messages.len() | closed, Ordering::Release);
    }

    fn close(&self) {
        self.close_locked(self.lock());
    }

    fn close_locked(&self, mut queue: MutexGuard<'_, Queue<T>>) {
        queue.closed = true;
        self.publish(&queue);
        queue.watchers.iter().for_each(|watcher| watcher.raise());
        self.filled.fetch_add(1, Ordering::SeqCst);
        self.drained.fetch_add(1, Ordering::SeqCst);
        drop(queue);
        crate::sys::futex::wake(&self.filled, u32::MAX);
        crate::sys::futex::wake(&self.drained, u32::MAX);
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.lock().senders += 1;
        Sender(self.0.clone())
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.0.lock().receivers += 1;
        Receiver(self.0.clone())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.senders -= 1;
        if queue.senders == 0 {
            self.0.close_locked(queue);
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut queue = self.0.lock();
        queue.receivers -= 1;
        if queue.receivers == 0 {
            // What nobody can take any more is dropped now, outside the lock.
            let unread = std::mem::take(&mut queue.messages);
            queue.bytes = 0;
            self.0.close_locked(queue);
            drop(unread);
        }
    }
}

/// What [`crate::select`] needs of a channel.
pub trait Watchable {
    /// Would a receive return at once?
    fn is_ready(&self) -> bool;
    #[doc(hidden)]
    fn watch(&self, watcher: &Watcher);
    #[doc(hidden)]
    fn unwatch(&self, watcher: &Watcher);
}

/// A thread that waits for several things.
pub struct Watcher(pub(crate) Arc<WaiterCore>);

impl<T: Send> Watchable for Receiver<T> {
    fn is_ready(&self) -> bool {
        self.0.length.load(Ordering::Acquire) != 0
    }

    fn watch(&self, watcher: &Watcher) {
        self.0.lock().watchers.push(watcher.0.clone());
    }

    fn unwatch(&self, watcher: &Watcher) {
        let mut queue = self.0.lock();
        if let Some(at) = queue.watchers.iter().position(|w| Arc::ptr_eq(w, &watcher.0)) {
            queue.watchers.swap_remove(at);
        }
    }
}
