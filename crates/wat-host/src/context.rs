//! What goes with a request down the tree: until when an answer is wanted, and which trace it belongs to. On a pipe it is
//! a discarded form in front of the value, `#_#wat/context {:left 250000000 :at 25412345678901 :trace "4bf9…"} 42`, which
//! every reader of EDN passes over; between threads it goes in the parcel. It is written only where there is something to
//! say, and what cannot be read as one is the comment it is for everybody else.
//!
//! `:left` is the time left in nanoseconds, and `:at` when that was so on the clock that all processes of a machine
//! share: what a request has waited in a pipe is not given to it again. A command may be a way to another machine, so it is
//! not told `:at`. Not here: how a program narrows it (`scope.rs`).

use crate::process::ticks;
use std::fmt;
use std::time::{Duration, Instant};
use wat_edn::{Limits, Value};
use wat_kernel::see::Told;

const TAG: &str = "wat/context";
/// In front of `nil`, in the place of an answer: the deadline had passed before the request was begun.
const LATE: &str = "wat/late";
/// The line that says so.
pub const LATE_LINE: &[u8] = b"#_#wat/late {} nil\n";
/// A mark is read within these bounds.
const BOUNDS: Limits = Limits { bytes: 256, depth: 4 };

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    pub deadline: Option<Instant>,
    pub trace: Option<Trace>,
}

/// The number of a trace as W3C's Trace Context has it: 16 bytes, not all of them 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Trace(u128);

impl Context {
    pub fn is_empty(&self) -> bool {
        self.deadline.is_none() && self.trace.is_none()
    }

    /// Has the time passed?
    pub fn is_over(&self) -> bool {
        self.deadline.is_some_and(|end| end <= Instant::now())
    }

    /// Time left, 0 when it has passed.
    pub fn left(&self) -> Option<Duration> {
        self.deadline.map(|end| end.saturating_duration_since(Instant::now()))
    }

    /// The same for whoever watches an edge.
    pub fn told(&self) -> Told {
        Told { left: self.left(), trace: self.trace.map(|trace| trace.to_string()) }
    }

    /// The same with a deadline that is no later than `other`.
    pub fn within(self, other: Option<Instant>) -> Context {
        Context { deadline: earlier(self.deadline, other), ..self }
    }

    /// What stands before the value on a pipe; nothing where there is nothing to say. Only a reader that surely has our
    /// clock is told the time: by another machine's, which may be ahead, any request could have waited for days.
    pub fn mark(&self, same_clock: bool) -> String {
        if self.is_empty() {
            return String::new();
        }
        let mut fields = Vec::new();
        if let Some(left) = self.left() {
            let left = i64::try_from(left.as_nanos()).unwrap_or(i64::MAX);
            fields.push(format!(":left {left}"));
            if same_clock {
                fields.push(format!(":at {}", ticks()));
            }
        }
        if let Some(trace) = self.trace {
            fields.push(format!(":trace \"{trace}\""));
        }
        format!("#_#{TAG} {{{}}} ", fields.join(" "))
    }

    /// What a discarded form says, `#_` included; a part that makes no sense says nothing.
    pub fn of_mark(discarded: &[u8]) -> Context {
        let Some(fields) = mark(discarded, TAG) else { return Context::default() };
        let number = |key: &str| fields.get(key).and_then(Value::as_int);
        // A clock that is ahead of ours is another machine's.
        let waited = number("at").and_then(|at| ticks().checked_sub(u64::try_from(at).ok()?)).unwrap_or(0);
        let left = number("left").map(|nanos| u64::try_from(nanos).unwrap_or(0).saturating_sub(waited));
        let left = left.map(Duration::from_nanos);
        Context {
            deadline: left.and_then(|left| Instant::now().checked_add(left)),
            trace: fields.get("trace").and_then(Value::as_str).and_then(Trace::parse),
        }
    }
}

/// The earlier of two deadlines.
pub fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Whether a value says, instead of an answer, that its request came too late.
pub fn is_late(discarded: &[u8], value: &[u8]) -> bool {
    value == b"nil" && mark(discarded, LATE).is_some()
}

fn mark(discarded: &[u8], tag: &str) -> Option<Value> {
    let text = discarded.strip_prefix(b"#_")?;
    match Value::parse_with(text, BOUNDS).ok()? {
        Value::Tagged(tagged) if tagged.0 == tag => Some(tagged.1),
        _ => None,
    }
}

impl Trace {
    /// A new one.
    pub fn random() -> Trace {
        let [high, low] = wat_kernel::random();
        Trace((u128::from(high) << 64 | u128::from(low)).max(1))
    }

    /// 32 digits, letters small, as the standard has them.
    pub fn parse(text: &str) -> Option<Trace> {
        let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let fits = text.len() == 32 && text.bytes().all(is_digit);
        fits.then(|| u128::from_str_radix(text, 16).ok()).flatten().filter(|number| *number != 0).map(Trace)
    }
}

impl Trace {
    /// What a `traceparent` says, after W3C's Trace Context, section 3.2; one that is not well formed says nothing.
    pub fn of_parent(text: &str) -> Option<Trace> {
        let part = |from: usize, to: usize| text.get(from..to);
        let is_hex = |part: &str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let [version, parent, flags] = [part(0, 2)?, part(36, 52)?, part(53, 55)?];
        let dashes = [part(2, 3)?, part(35, 36)?, part(52, 53)?];
        // A later version may say more behind another dash.
        let ends =
            if version == "00" { text.len() == 55 } else { text.len() == 55 || part(55, 56) == Some("-") };
        let fits = dashes == ["-"; 3]
            && ends
            && version != "ff"
            && [version, parent, flags].into_iter().all(is_hex)
            && parent != "0000000000000000";
        Trace::parse(part(3, 35)?).filter(|_| fits)
    }

    /// A `traceparent` for whoever is asked: each request is a parent of its own.
    pub fn parent(self) -> String {
        let [number, _] = wat_kernel::random();
        format!("00-{self}-{:016x}-01", number.max(1))
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_mark_is_read_back() {
        let context =
            Context { deadline: Some(Instant::now() + Duration::from_secs(2)), trace: Trace::parse(NUMBER) };
        let mark = context.mark(true);
        assert!(mark.ends_with(&format!(" :trace \"{NUMBER}\"}} ")), "{mark}");
        let back = Context::of_mark(mark.trim_end().as_bytes());
        assert_eq!(back.trace, context.trace);
        let left = back.left().expect("a deadline");
        assert!(left <= Duration::from_secs(2) && left > Duration::from_millis(1500), "{left:?}");
        assert_eq!(Context::default().mark(true), "");
        assert!(mark.contains(" :at "), "{mark}");
        assert!(!context.mark(false).contains(" :at "));
    }

    #[test]
    fn what_makes_no_sense_says_nothing() {
        let none = Context::default();
        for text in [
            "",
            "#_",
            "#_5",
            "#wat/context {:left 5}",
            "#_#wat/contexts {:left 5}",
            "#_#wat/context [1]",
            "#_#wat/context {:left \"soon\" :trace 5}",
            "#_#wat/context {:left 99999999999999999999999}",
            "#_#wat/context {:at 5}",
            "#_#wat/context {:trace \"4BF92F3577B34DA6A3CE929D0E0E4736\"}",
            "#_#wat/context {:trace \"00000000000000000000000000000000\"}",
            "#_#wat/context {:trace \"4bf92f\"}",
            "#_#wat/context {:left 5",
            "#_#wat/context {:left 5} {:left 6}",
        ] {
            assert_eq!(Context::of_mark(text.as_bytes()), none, "{text}");
        }
        let long = format!("#_#wat/context {{:left 5 :note \"{}\"}}", "x".repeat(300));
        assert_eq!(Context::of_mark(long.as_bytes()), none);
    }

    #[test]
    fn what_was_waited_is_taken_off() {
        let left = |at: u64| {
            Context::of_mark(format!("#_#wat/context {{:left 5000000000 :at {at}}}").as_bytes()).left()
        };
        let second = 1_000_000_000;
        let seconds = |at: u64| left(at).map(|left| left.as_secs_f64().round());
        assert_eq!(seconds(ticks() - 2 * second), Some(3.0));
        assert_eq!(seconds(ticks() - 9 * second), Some(0.0));
        // Another machine's clock.
        assert_eq!(seconds(ticks() + 9 * second), Some(5.0));
    }

    #[test]
    fn a_traceparent_is_read_as_the_standard_says() {
        let of = |text: &str| Trace::of_parent(text).map(|trace| trace.to_string());
        let parent = "00f067aa0ba902b7";
        assert_eq!(of(&format!("00-{NUMBER}-{parent}-01")).as_deref(), Some(NUMBER));
        assert_eq!(of(&format!("cc-{NUMBER}-{parent}-09")).as_deref(), Some(NUMBER));
        assert_eq!(of(&format!("cc-{NUMBER}-{parent}-09-more")).as_deref(), Some(NUMBER));
        let zeros = "0".repeat(32);
        for wrong in [
            String::new(),
            NUMBER.to_string(),
            format!("00-{NUMBER}-{parent}"),
            format!("00-{NUMBER}-{parent}-01-more"),
            format!("cc-{NUMBER}-{parent}-01.more"),
            format!("ff-{NUMBER}-{parent}-01"),
            format!("0g-{NUMBER}-{parent}-01"),
            format!("00-{zeros}-{parent}-01"),
            format!("00-{NUMBER}-0000000000000000-01"),
            format!("00-{}-{parent}-01", NUMBER.to_uppercase()),
            format!("00-{NUMBER}-{}-01", parent.to_uppercase()),
            format!("00-{NUMBER}_{parent}-01"),
            format!("00-{NUMBER}-{parent}-é"),
        ] {
            assert_eq!(of(&wrong), None, "{wrong}");
        }
        let made = Trace::parse(NUMBER).expect("a trace").parent();
        assert_eq!(of(&made).as_deref(), Some(NUMBER), "{made}");
    }

    #[test]
    fn a_time_that_has_passed_is_over() {
        assert!(Context::of_mark(b"#_#wat/context {:left -7}").is_over());
        assert!(Context::of_mark(b"#_#wat/context {:left 0 :more [1]}").is_over());
        assert!(!Context::of_mark(b"#_#wat/context {:left 9223372036854775807}").is_over());
        assert!(!Context::default().is_over());
    }

    #[test]
    fn an_answer_of_nil_is_late_only_behind_its_mark() {
        assert!(is_late(LATE_LINE.trim_ascii_end().strip_suffix(b" nil").expect("it ends so"), b"nil"));
        assert!(!is_late(b"#_#wat/late {}", b"5"));
        assert!(!is_late(b"", b"nil"));
    }
}
