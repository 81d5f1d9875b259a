//! Questions under way: who asks, whose answers are awaited until when, what has been said. Pure: no clock, no socket.

use super::sight::{self, MAX_ANSWER, Malformed, Sight};
use std::collections::BTreeMap;
use std::time::Instant;

/// Questions at once; one more waits for its asker's patience to end.
const MOST: usize = 16;

/// Who wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The parent, with its own token.
    Parent(u32),
    /// A client at the door.
    Visitor(u64),
    /// SIGQUIT at the root.
    Quit,
}

/// All questions of one process.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    asked: u32,
    open: Vec<Round>,
}

#[derive(Debug)]
struct Round {
    token: u32,
    asker: Asker,
    until: Instant,
    sights: Vec<Sight>,
    /// Children whose answer is awaited: what this process knows of each, and what it has said so far.
    awaited: BTreeMap<u32, (Sight, Vec<u8>)>,
}

/// A question answered as far as it could be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) asker: Asker,
    pub(crate) sights: Vec<Sight>,
}

impl Rounds {
    /// The token of the next question, unless there are too many.
    pub(crate) fn next(&mut self) -> Option<u32> {
        if self.open.len() >= MOST {
            return None;
        }
        self.asked = self.asked.wrapping_add(1);
        Some(self.asked)
    }

    /// `sights` are those of this process; `awaited` the children that were asked.
    pub(crate) fn begin(
        &mut self,
        token: u32,
        asker: Asker,
        until: Instant,
        sights: Vec<Sight>,
        awaited: Vec<(u32, Sight)>,
    ) {
        let awaited = awaited.into_iter().map(|(child, known)| (child, (known, Vec::new()))).collect();
        self.open.push(Round { token, asker, until, sights, awaited });
    }

    /// A child has said a piece of its answer. What comes too late is passed over.
    pub(crate) fn heard(
        &mut self,
        child: u32,
        token: u32,
        last: bool,
        piece: &[u8],
    ) -> Result<(), Malformed> {
        let Some(round) = self.open.iter_mut().find(|round| round.token == token) else { return Ok(()) };
        let Some((known, said)) = round.awaited.get_mut(&child) else { return Ok(()) };
        if said.len() + piece.len() > MAX_ANSWER || (piece.is_empty() && !last) {
            return Err(Malformed);
        }
        said.extend_from_slice(piece);
        if last {
            let sights = sight::decode(said, &known.path)?;
            let known = known.clone();
            round.awaited.remove(&child);
            round.sights.extend(merged(known, sights));
        }
        Ok(())
    }

    /// A child has ended.
    pub(crate) fn gone(&mut self, child: u32) {
        for round in &mut self.open {
            round.awaited.remove(&child);
        }
    }

    /// Nobody is left to tell.
    pub(crate) fn forget(&mut self, asker: Asker) {
        self.open.retain(|round| round.asker != asker);
    }

    /// Those that need nobody any more, or whose time is over.
    pub(crate) fn take_done(&mut self, now: Instant) -> Vec<Answer> {
        let mut done = Vec::new();
        let mut at = 0;
        while at < self.open.len() {
            if self.open[at].awaited.is_empty() || self.open[at].until <= now {
                let Round { asker, mut sights, awaited, .. } = self.open.remove(at);
                // What the parent knows stands in for those who said nothing, or not enough.
                sights.extend(awaited.into_values().map(|(known, _)| known));
                done.push(Answer { asker, sights });
            } else {
                at += 1;
            }
        }
        done
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

/// A child's own words, with what its parent knows better.
fn merged(known: Sight, mut sights: Vec<Sight>) -> Vec<Sight> {
    if let Some(own) = sights.first_mut() {
        let said = std::mem::replace(own, known);
        *own = Sight {
            answers: true,
            // Its parent has sent it no readiness yet, or a stop: the later of the two states is true.
            state: if own.state as u8 > said.state as u8 { own.state } else { said.state },
            memory: said.memory,
            cpu_us: said.cpu_us,
            read: said.read,
            written: said.written,
            wait: said.wait,
            queues: said.queues,
            left_out: said.left_out,
            path: own.path.clone(),
            program: own.program.clone(),
            ..*own
        };
    }
    sights
}

#[cfg(test)]
mod tests {
    use super::super::sight::tests::sight;
    use super::*;
    use std::time::Duration;

    fn silent(path: &str) -> Sight {
        Sight { answers: false, wait: None, pid: 99, ..sight(path) }
    }

    fn asked(rounds: &mut Rounds, until: Instant) -> u32 {
        let token = rounds.next().expect("room");
        let awaited = vec![(0, silent("/0")), (1, silent("/1"))];
        rounds.begin(token, Asker::Quit, until, vec![sight("/")], awaited);
        token
    }

    #[test]
    fn a_question_is_done_when_all_have_answered() {
        let (mut rounds, now) = (Rounds::default(), Instant::now());
        let token = asked(&mut rounds, now + Duration::from_secs(1));
        let said = sight::encode(&mut [sight("/0"), sight("/0/4")]);
        let (one, two) = said.split_at(10);
        assert_eq!(rounds.heard(0, token, false, one), Ok(()));
        assert_eq!(rounds.heard(0, token, true, two), Ok(()));
        assert_eq!(rounds.take_done(now), []);
        rounds.gone(1);
        let done = rounds.take_done(now);
        let paths: Vec<&str> = done[0].sights.iter().map(|s| s.path.as_str()).collect();
        assert_eq!(paths, ["/", "/0", "/0/4"]);
        // The pid is the one that the parent knows.
        assert_eq!((done[0].sights[1].pid, done[0].sights[1].answers), (99, true));
        assert!(rounds.is_empty());
    }

    #[test]
    fn who_does_not_answer_in_time_is_shown_as_such() {
        let (mut rounds, now) = (Rounds::default(), Instant::now());
        let token = asked(&mut rounds, now);
        assert_eq!(rounds.heard(0, token, false, b"half of it"), Ok(()));
        let done = rounds.take_done(now);
        assert_eq!(done[0].sights[1..], [silent("/0"), silent("/1")]);
        // Its answer comes too late.
        assert_eq!(rounds.heard(0, token, true, b"rest"), Ok(()));
    }

    #[test]
    fn lies_and_floods_are_malformed() {
        let mut rounds = Rounds::default();
        let until = Instant::now() + Duration::from_secs(1);
        let token = asked(&mut rounds, until);
        let forged = sight::encode(&mut [sight("/0"), sight("/1")]);
        assert_eq!(rounds.heard(0, token, true, &forged), Err(Malformed));
        assert_eq!(rounds.heard(1, token, false, b""), Err(Malformed));
        let piece = vec![0; MAX_ANSWER];
        assert_eq!(rounds.heard(1, token, false, &piece), Ok(()));
        assert_eq!(rounds.heard(1, token, false, b"x"), Err(Malformed));
    }

    #[test]
    fn questions_at_once_are_bounded() {
        let (mut rounds, now) = (Rounds::default(), Instant::now());
        for _ in 0..MOST {
            let token = rounds.next().expect("room");
            rounds.begin(token, Asker::Visitor(3), now, vec![sight("/")], vec![(0, silent("/0"))]);
        }
        assert_eq!(rounds.next(), None);
        rounds.forget(Asker::Visitor(3));
        assert!(rounds.next().is_some());
    }
}
