//! The lives of this process and of its children, as tables: state × event → state and action.
//!
//! Pure: nothing here waits, signals or reads a clock. The warden performs what the tables decide.

/// States of any process: this one, or a child as its parent sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum State {
    /// From clone to readiness.
    Starting,
    /// The program runs.
    Running,
    /// Asked to stop; a deadline is set.
    Stopping,
    /// Reaped.
    Ended,
}

/// What can happen to this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Boot is complete.
    Booted,
    /// SIGTERM, SIGINT or SIGHUP at the root, or a stop packet from the parent.
    StopAsked,
    /// SIGINT at the root again.
    StopAgain,
    /// The deadline of the stop has passed.
    DeadlinePassed,
    /// The lifeline has ended.
    ParentLost,
    /// The program has ended and its children too.
    Finished,
}

/// What this process's warden does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Nothing,
    /// Wake every wait, pass the stop to the children, set the deadline.
    Stop,
    /// SIGKILL the direct children, then end this process.
    KillAll,
}

/// The table of this process.
pub(crate) fn step(state: State, event: Event) -> (State, Action) {
    use Action::{KillAll, Nothing, Stop};
    use State::{Ended, Running, Starting, Stopping};
    match (state, event) {
        (Ended, _) => (Ended, Nothing),
        (_, Event::ParentLost) => (Ended, KillAll),
        (_, Event::Finished) => (Ended, Nothing),
        (Starting, Event::Booted) => (Running, Nothing),
        (Running | Stopping, Event::Booted) => (state, Nothing),
        (Starting | Running, Event::StopAsked | Event::StopAgain) => (Stopping, Stop),
        // A second polite request may only shorten the time: it is the warden that compares deadlines.
        (Stopping, Event::StopAsked) => (Stopping, Stop),
        (Stopping, Event::StopAgain | Event::DeadlinePassed) => (Ended, KillAll),
        (Starting | Running, Event::DeadlinePassed) => (state, Nothing),
    }
}

/// What can happen to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChildEvent {
    Ready,
    StopAsked,
    /// Its time to stop is over.
    GraceOver,
    /// Seen stopped by a signal for the stall limit.
    Stalled,
    /// It broke the control protocol.
    Misspoke,
    /// Its wall time is spent.
    TimeSpent,
    /// The parent's program wants it dead.
    KillAsked,
    Reaped,
}

/// What the parent does to a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChildAction {
    Nothing,
    /// Send a stop packet and set the deadline.
    SendStop,
    /// SIGKILL by pid descriptor, noting the event as the reason.
    Kill,
    /// Build its end.
    Conclude,
}

/// The table of a child.
pub(crate) fn child_step(state: State, event: ChildEvent) -> (State, ChildAction) {
    use ChildAction::{Conclude, Kill, Nothing, SendStop};
    use State::{Ended, Running, Starting, Stopping};
    match (state, event) {
        (Ended, _) => (Ended, Nothing),
        (_, ChildEvent::Reaped) => (Ended, Conclude),
        (Starting, ChildEvent::Ready) => (Running, Nothing),
        // Readiness may be under way while the stop is sent; a second one is a child making things up.
        (Stopping, ChildEvent::Ready) => (Stopping, Nothing),
        (Running, ChildEvent::Ready) => (Stopping, Kill),
        (_, ChildEvent::StopAsked) => (Stopping, SendStop),
        (_, ChildEvent::KillAsked | ChildEvent::Misspoke | ChildEvent::TimeSpent) => (Stopping, Kill),
        (Stopping, ChildEvent::GraceOver) => (Stopping, Kill),
        (Starting | Running, ChildEvent::GraceOver) => (state, Nothing),
        (Starting | Stopping, ChildEvent::Stalled) => (Stopping, Kill),
        (Running, ChildEvent::Stalled) => (Running, Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [State; 4] = [State::Starting, State::Running, State::Stopping, State::Ended];

    #[test]
    fn an_ended_process_does_nothing_more() {
        for event in
            [Event::Booted, Event::StopAsked, Event::StopAgain, Event::DeadlinePassed, Event::ParentLost]
        {
            assert_eq!(step(State::Ended, event), (State::Ended, Action::Nothing));
        }
    }

    #[test]
    fn losing_the_parent_kills_in_every_living_state() {
        for state in &STATES[..3] {
            assert_eq!(step(*state, Event::ParentLost), (State::Ended, Action::KillAll));
        }
    }

    #[test]
    fn a_deadline_counts_only_while_stopping() {
        assert_eq!(step(State::Running, Event::DeadlinePassed).1, Action::Nothing);
        assert_eq!(step(State::Stopping, Event::DeadlinePassed).1, Action::KillAll);
        assert_eq!(step(State::Stopping, Event::StopAgain).1, Action::KillAll);
    }

    #[test]
    fn a_child_is_concluded_exactly_once() {
        for state in &STATES[..3] {
            assert_eq!(child_step(*state, ChildEvent::Reaped), (State::Ended, ChildAction::Conclude));
        }
        assert_eq!(child_step(State::Ended, ChildEvent::Reaped), (State::Ended, ChildAction::Nothing));
    }

    #[test]
    fn a_stopped_child_is_killed_in_boot_and_stopping_alone() {
        assert_eq!(child_step(State::Starting, ChildEvent::Stalled).1, ChildAction::Kill);
        assert_eq!(child_step(State::Stopping, ChildEvent::Stalled).1, ChildAction::Kill);
        assert_eq!(child_step(State::Running, ChildEvent::Stalled).1, ChildAction::Nothing);
    }
}
