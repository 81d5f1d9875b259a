//! What a child says to its parent, and the asker of an errand to the ancestor that does it: one packet after another,
//! on the warden. Not here: how a packet is made (`control.rs`, `tether.rs`).

use super::core::{ChildCore, Watch};
use crate::ask::Request;
use crate::control::FromChild;
use crate::life::{ChildEvent, State};
use crate::mutation::removed;
use crate::see::Tapped;
use crate::shared::{Shared, lock};
use crate::sys::{fd, process};
use crate::tether::{self, Down, Heard, Up};
use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl ChildCore {
    /// Closes the control socket. What a child that can have no connections has left there takes no time.
    pub(super) fn hang_up(&self, shared: &Shared, watch: &mut Watch) {
        let Some(control) = watch.control.take() else { return };
        if self.authority.kinds().net {
            shared.hang_up(control);
        }
    }

    /// Receives what the asker of an errand says. Whatever cuts the tether ends the command.
    fn hear_asker(&self, shared: &Shared) {
        // Bounded, so that a flood cannot keep the warden here.
        for _ in 0..16 {
            let watch = self.watch();
            let Some(tether) = &watch.tether else { return };
            match tether::hear_asker(tether) {
                Heard::Nothing => return,
                Heard::Word(Up::Look { token }) => {
                    let asleep = self.own_pid().is_some_and(process::is_asleep);
                    tether::say(tether, &Down::Looked { token, asleep });
                }
                Heard::Word(Up::Stop { left_ms }) => {
                    drop(watch);
                    let left = Duration::from_millis(left_ms.min(u64::from(u32::MAX)));
                    self.event(shared, ChildEvent::StopAsked, left);
                }
                Heard::Cut => {
                    // The end is still to be told on it, and a cut would be found at each look.
                    if let Some(set) = shared.existing_poll_set() {
                        fd::epoll_remove(set, tether.as_fd());
                    }
                    drop(watch);
                    if !removed("tether") {
                        self.event(shared, ChildEvent::KillAsked, Duration::ZERO);
                    }
                    return;
                }
            }
        }
    }

    /// Receives what the child says. Anything out of order ends it.
    pub(crate) fn hear(&self, shared: &Arc<Shared>, buffer: &mut [u8]) {
        if self.errand.is_some() {
            return self.hear_asker(shared);
        }
        // Bounded, so that a flood cannot keep the warden here.
        for _ in 0..16 {
            let mut watch = self.watch();
            let Some(control) = &watch.control else { return };
            let came = match fd::receive_packet_with(control.as_fd(), buffer) {
                Ok(came) if came.length == 0 && came.carried.is_empty() => {
                    self.hang_up(shared, &mut watch);
                    return;
                }
                Ok(came) => came,
                // A child that left without reading all we sent resets the socket; what it said comes after that.
                Err(e) if matches!(e.kind(), io::ErrorKind::Interrupted | io::ErrorKind::ConnectionReset) => {
                    continue;
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => {
                    self.hang_up(shared, &mut watch);
                    return;
                }
            };
            let packet = buffer.get(..came.length).map(FromChild::parse);
            let sockets = came.carried.iter().any(|fd| fd::is_socket(fd.as_fd())) && !removed("ask-sockets");
            let event = match packet {
                // To close one may take as long as its owner says, which is nothing for the warden.
                _ if sockets => {
                    fd::close_apart(came.carried);
                    ChildEvent::Misspoke
                }
                _ if came.carried.len() > fd::MOST_CARRIED => ChildEvent::Misspoke,
                Some(Ok(FromChild::Request { token, kind, below, request: bytes })) => {
                    drop(watch);
                    let Some(core) = shared.child(self.number) else { return };
                    let request =
                        Request { token, kind, below, bytes: bytes.to_vec(), carried: came.carried };
                    if shared.asks.heard(shared, &core, request, came.cut).is_ok() {
                        continue;
                    }
                    watch = self.watch();
                    ChildEvent::Misspoke
                }
                _ if !came.carried.is_empty() => ChildEvent::Misspoke,
                Some(Ok(FromChild::Withdraw { token })) => {
                    drop(watch);
                    shared.asks.withdrawn(shared, self, token);
                    continue;
                }
                Some(Ok(FromChild::Ready)) => ChildEvent::Ready,
                Some(Ok(FromChild::Crash(record))) if watch.said.crash.is_none() => {
                    watch.said.crash = Some(record.to_vec());
                    continue;
                }
                Some(Ok(FromChild::Ended { .. })) if !watch.said.ended => {
                    watch.said.ended = true;
                    continue;
                }
                Some(Ok(FromChild::Refused { errno, step })) if watch.said.refused.is_none() => {
                    // Only a child that has not started can fail to start.
                    if watch.state == State::Running {
                        ChildEvent::Misspoke
                    } else {
                        watch.said.refused = Some((step.to_string(), errno));
                        continue;
                    }
                }
                Some(Ok(FromChild::Denied { call })) if watch.said.denied.is_none() => {
                    watch.said.denied = Some(call);
                    continue;
                }
                Some(Ok(FromChild::Strays)) => {
                    shared.strays.told();
                    continue;
                }
                Some(Ok(FromChild::Answer { token, write })) => {
                    self.answer.store(u64::from(token) << 32 | u64::from(write), Ordering::SeqCst);
                    continue;
                }
                Some(Ok(FromChild::Tapped { token, what })) => match Tapped::decode(what) {
                    Some(tapped) => {
                        lock(&shared.tapped).push((self.number, token, tapped));
                        continue;
                    }
                    None => ChildEvent::Misspoke,
                },
                Some(Ok(FromChild::Seen { token, last, piece })) => {
                    drop(watch);
                    if lock(&shared.rounds).heard(self.number, token, last, piece).is_err() {
                        self.hang_up(shared, &mut self.watch());
                        self.event(shared, ChildEvent::Misspoke, Duration::ZERO);
                        return;
                    }
                    continue;
                }
                _ => ChildEvent::Misspoke,
            };
            if event == ChildEvent::Misspoke && removed("protocol") {
                continue;
            }
            if event == ChildEvent::Misspoke {
                self.hang_up(shared, &mut watch);
            }
            drop(watch);
            self.event(shared, event, Duration::ZERO);
        }
    }
}
