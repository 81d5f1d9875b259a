//! The crash value as the host writes it: of a peer that ended, or of a request that failed. It is EDN text, decoded
//! where someone looks with the descriptor of the type it is wanted at; see KERNEL's crash value for the fields.
//!
//! Not here: the crashes of this process's own program, which `wat_runtime::unit` formats where they happen.

use std::io::ErrorKind;
use std::time::Duration;
use wat_edn::Value;
use wat_kernel::{Cause, End, Kind};

/// Everything a crash says, with EDN for what this crate does not look into.
#[derive(Clone, Debug)]
pub struct Story {
    pub kind: String,
    pub path: String,
    pub program: String,
    pub message: String,
    pub data: Value,
    pub place: Value,
    pub trace: Value,
    pub cause: Value,
    pub signal: Option<i32>,
    pub exit: Option<i32>,
    pub stderr: Vec<String>,
    pub usage: Option<(Duration, u64)>,
    pub in_flight: u64,
    /// `no`, `unknown`; none for an end.
    pub executed: Option<&'static str>,
}

impl Story {
    /// A crash of this kind that says no more than its message.
    pub fn new(kind: &str, path: &str, program: &str, message: impl Into<String>) -> Story {
        Story {
            kind: kind.to_string(),
            path: path.to_string(),
            program: program.to_string(),
            message: message.into(),
            data: Value::Nil,
            place: Value::Nil,
            trace: Value::Vector(Vec::new()),
            cause: Value::Nil,
            signal: None,
            exit: None,
            stderr: Vec::new(),
            usage: None,
            in_flight: 0,
            executed: None,
        }
    }

    pub fn executed(mut self, word: &'static str) -> Story {
        self.executed = Some(word);
        self
    }

    /// The crash, given as its text, that led to this one.
    pub fn caused_by(&mut self, text: Option<&str>) {
        self.cause = text.and_then(|text| Value::parse(text.as_bytes()).ok()).unwrap_or(Value::Nil);
    }

    /// How a child process ended, or none when it ended well. What the child says of itself is believed for what
    /// only it can know; who it is and what it used, its parent knows.
    pub fn of_end(end: &End, path: &str, program: &str, in_flight: u64) -> Option<Story> {
        let mut story = match &end.cause {
            Cause::Clean => return None,
            Cause::Crash(record) => Story::of_record(record, path, program),
            Cause::NoRecord(told) => {
                let mut story = Story::new(kind_name(told.kind), path, program, no_record(told));
                story.signal = told.signal;
                story.exit = told.exit;
                if !told.reason.is_empty() && told.kind != Kind::Killed {
                    let mut data = vec![("reason", Value::Str(told.reason.clone()))];
                    if let Some((step, error)) = &told.failed {
                        data.push(("step", Value::Str(step.clone())));
                        data.push(("error", Value::Keyword(error_name(*error).to_string())));
                    }
                    story.data = map(data);
                }
                story
            }
        };
        if matches!(end.cause, Cause::Crash(_)) {
            story.exit = end.exit;
        }
        story.stderr = end.stderr_tail.clone();
        story.usage = Some((end.usage.cpu, end.usage.max_rss));
        story.in_flight = in_flight;
        Some(story)
    }

    /// How a command ended. It says nothing of itself but its exit code, and what it wrote to stderr last.
    pub fn of_command(end: &End, path: &str, program: &str, in_flight: u64) -> Option<Story> {
        let mut story = Story::of_end(end, path, program, in_flight)?;
        if let Some(code) = story.exit {
            let last = story.stderr.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty());
            let said: String = last.map_or(String::new(), |line| format!(": {line}"));
            story.message = format!("{program} exited with code {code}{said}").chars().take(300).collect();
        }
        Some(story)
    }

    /// What a child or thread wrote of its crash.
    pub fn of_record(record: &[u8], path: &str, program: &str) -> Story {
        let Some(value) = parse(record).filter(|v| v.get("kind").is_some()) else {
            return Story::new("exited", path, program, "it crashed, and what it said of it cannot be read");
        };
        let text = |key| value.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        let other = |key| value.get(key).cloned().unwrap_or(Value::Nil);
        let kind = value.get("kind").and_then(Value::as_keyword).unwrap_or("exited").to_string();
        let mut story = Story::new(&kind, path, program, text("message"));
        story.data = other("data");
        story.place = other("place");
        story.cause = other("cause");
        if let Some(trace @ Value::Vector(_)) = value.get("trace") {
            story.trace = trace.clone();
        }
        story
    }

    /// The EDN text of the `wat.kernel/Crash`.
    pub fn text(&self) -> String {
        let integer = |n: Option<i32>| n.map_or(Value::Nil, |n| Value::Int(n.into()));
        let usage = self.usage.map_or(Value::Nil, |(cpu, rss)| {
            let nanos = i64::try_from(cpu.as_nanos()).unwrap_or(i64::MAX);
            let mut text = Vec::new();
            wat_edn::duration::format(nanos, &mut text);
            let cpu = Value::Str(String::from_utf8(text).expect("a duration is ASCII"));
            let cpu = Value::Tagged(Box::new(("wat/duration".to_string(), cpu)));
            let rss = Value::Int(i64::try_from(rss).unwrap_or(i64::MAX));
            tagged("wat.kernel/Usage", map(vec![("cpu", cpu), ("max-rss", rss)]))
        });
        let fields = map(vec![
            ("kind", Value::Keyword(self.kind.clone())),
            ("path", Value::Str(self.path.clone())),
            ("program", Value::Str(self.program.clone())),
            ("message", Value::Str(self.message.clone())),
            ("data", self.data.clone()),
            ("place", self.place.clone()),
            ("trace", self.trace.clone()),
            ("cause", self.cause.clone()),
            ("signal", integer(self.signal)),
            ("exit", integer(self.exit)),
            ("stderr", Value::Vector(self.stderr.iter().cloned().map(Value::Str).collect())),
            ("usage", usage),
            ("in-flight", Value::Int(i64::try_from(self.in_flight).unwrap_or(i64::MAX))),
            ("executed", self.executed.map_or(Value::Nil, |w| Value::Keyword(w.to_string()))),
        ]);
        tagged("wat.kernel/Crash", fields).to_string()
    }

    /// Back from [`Story::text`].
    pub fn of_text(text: &str) -> Story {
        let value = parse(text.as_bytes()).unwrap_or(Value::Nil);
        let string = |key| value.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        let mut story = Story::of_record(text.as_bytes(), &string("path"), &string("program"));
        story.in_flight = value.get("in-flight").and_then(Value::as_int).map_or(0, |n| n.max(0) as u64);
        story
    }

    /// The same with nothing that a hostile child may have malformed.
    pub fn plain(&self) -> Story {
        let mut story = Story::new(&self.kind, &self.path, &self.program, &self.message);
        story.signal = self.signal;
        story.exit = self.exit;
        story.in_flight = self.in_flight;
        story.executed = self.executed;
        story
    }
}

/// The crash of an end, given as its text, as the answer to one request.
pub fn answered(text: &str, executed: &str) -> String {
    let Ok(Value::Tagged(mut tagged)) = Value::parse(text.as_bytes()) else { return text.to_string() };
    if let Value::Map(entries) = &mut tagged.1 {
        for (key, value) in entries.iter_mut() {
            if key.as_keyword() == Some("executed") {
                *value = Value::Keyword(executed.to_string());
            }
        }
    }
    Value::Tagged(tagged).to_string()
}

/// Whether the chain of causes in a crash's text ends in a crash of kind `:stopped`.
pub fn ends_in_stopped(text: &[u8]) -> bool {
    let Some(value) = parse(text) else { return false };
    let mut crash = &value;
    while let Some(cause) = crash.get("cause").filter(|c| **c != Value::Nil) {
        crash = untagged(cause);
    }
    crash.get("kind").and_then(Value::as_keyword) == Some("stopped")
}

/// The fields of a crash's text.
fn parse(text: &[u8]) -> Option<Value> {
    match Value::parse(text).ok()? {
        Value::Tagged(tagged) => Some(tagged.1),
        value => Some(value),
    }
}

fn untagged(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) => &tagged.1,
        value => value,
    }
}

fn map(pairs: Vec<(&str, Value)>) -> Value {
    Value::Map(pairs.into_iter().map(|(k, v)| (Value::Keyword(k.to_string()), v)).collect())
}

fn tagged(tag: &str, value: Value) -> Value {
    Value::Tagged(Box::new((tag.to_string(), value)))
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Killed => "killed",
        Kind::Exited => "exited",
        Kind::Denied => "denied",
        Kind::Limit => "limit",
        Kind::OutOfMemory => "out-of-memory",
        Kind::SpawnFailed => "spawn-failed",
        Kind::Lost => "lost",
    }
}

/// As `wat.kernel/IoError` names them.
fn error_name(error: ErrorKind) -> &'static str {
    match error {
        ErrorKind::NotFound => "not-found",
        ErrorKind::PermissionDenied => "permission-denied",
        ErrorKind::IsADirectory => "is-a-directory",
        ErrorKind::NotADirectory => "not-a-directory",
        ErrorKind::InvalidInput | ErrorKind::InvalidData => "invalid",
        ErrorKind::ArgumentListTooLong => "too-long",
        ErrorKind::WouldBlock | ErrorKind::QuotaExceeded | ErrorKind::OutOfMemory => "limit",
        _ => "failed",
    }
}

fn no_record(told: &wat_kernel::NoRecord) -> String {
    // Why we killed it, or what it may not do, says all; the signal has a field of its own, and a thread's kill has none.
    if matches!(told.kind, Kind::Killed | Kind::Denied) && !told.reason.is_empty() {
        return told.reason.clone();
    }
    let what = match (told.kind, told.signal, told.exit) {
        (Kind::SpawnFailed, ..) => "it could not be started".to_string(),
        (_, Some(signal), _) => format!("ended by signal {signal}"),
        (_, _, Some(code)) => format!("left with code {code} and without a word"),
        _ => "ended without a word".to_string(),
    };
    if told.reason.is_empty() { what } else { format!("{what}: {}", told.reason) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_believed_for_what_only_the_child_knows() {
        let record = b"#wat.kernel/Crash {:kind :panic :path \"/forged\" :program \"forged\" :message \"m\" :data {:n 1}}";
        let story = Story::of_record(record, "/0", "user/worker");
        assert_eq!((story.kind.as_str(), story.path.as_str()), ("panic", "/0"));
        let text = story.text();
        assert!(text.contains(":program \"user/worker\"") && text.contains(":data {:n 1}"), "{text}");
    }

    #[test]
    fn a_damaged_record_is_still_a_crash() {
        assert_eq!(Story::of_record(b"{:kind", "/0", "p").kind, "exited");
        assert_eq!(Story::of_record(b"\xff\xfe", "/0", "p").kind, "exited");
    }

    #[test]
    fn the_end_of_a_chain_is_found() {
        assert!(ends_in_stopped(b"{:kind :panic :cause {:kind :panic :cause {:kind :stopped :cause nil}}}"));
        assert!(!ends_in_stopped(b"{:kind :panic :cause {:kind :timeout :cause nil}}"));
    }
}
