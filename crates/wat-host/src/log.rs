//! Lines of stderr as whoever reads a log takes them: who wrote a line, and whether it is an event of `wat.log`. What a
//! line says of itself is believed only as far as the path in front of it, which the parent put there.

use wat_edn::{Limits, Value};

/// The tag of an event.
pub const EVENT: &str = "wat.kernel/LogEvent";

/// Events are read within these bounds; what is beyond them is a line like any other.
const BOUNDS: Limits = Limits { bytes: 64 << 10, depth: 32 };

/// The most of a message and of fields that an event has, as text: with both it is still read as one.
const MOST: usize = 24 << 10;

/// A line from below: `[path] text`.
pub struct Line<'a> {
    pub path: &'a str,
    pub text: &'a [u8],
}

impl Line<'_> {
    /// A line without a path in front is taken as the root's own.
    pub fn read(line: &[u8]) -> Line<'_> {
        let tagged = || {
            let rest = line.strip_prefix(b"[")?;
            let end = rest.iter().position(|b| *b == b']')?;
            let path = std::str::from_utf8(&rest[..end]).ok().filter(|path| path.starts_with('/'))?;
            Some(Line { path, text: rest[end + 1..].strip_prefix(b" ")? })
        };
        tagged().unwrap_or(Line { path: "/", text: line })
    }

    /// The fields of the event that the line is. A path that is neither the writer's nor below it is put right.
    pub fn event(&self) -> Option<Value> {
        let named = self.text.strip_prefix(b"#")?.starts_with(EVENT.as_bytes());
        let value = named.then(|| Value::parse_with(self.text, BOUNDS).ok()).flatten()?;
        let Value::Tagged(tagged) = value else { return None };
        let (tag, Value::Map(mut entries)) = *tagged else { return None };
        if tag != EVENT {
            return None;
        }
        for (key, value) in &mut entries {
            let own = |said: &str| said.strip_prefix(self.path).is_some_and(|rest| is_end(self.path, rest));
            if key.as_keyword() == Some("path") && !value.as_str().is_some_and(own) {
                *value = Value::string(self.path);
            }
        }
        Some(Value::Map(entries))
    }

    /// The text as a person or a program is given it.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(self.text).into_owned()
    }

    /// The EDN of a `wat.kernel/LogLine`: of its event, or else of its text.
    pub fn values(&self) -> (Option<String>, String) {
        let event = self.event().map(|fields| {
            let event = Value::tagged(EVENT, fields);
            let fields = vec![(Value::keyword("event"), event)];
            Value::tagged("wat.kernel.LogLine/Logged", Value::Map(fields)).to_string()
        });
        let fields = vec![
            (Value::keyword("path"), Value::string(self.path)),
            (Value::keyword("text"), Value::string(self.shown())),
        ];
        (event, Value::tagged("wat.kernel.LogLine/Text", Value::Map(fields)).to_string())
    }
}

/// Whether a path goes on so behind another that it is the same or lies below.
fn is_end(top: &str, rest: &str) -> bool {
    rest.is_empty() || top == "/" || rest.starts_with('/')
}

/// What an event says.
pub struct Event<'a> {
    pub level: &'a str,
    pub path: &'a str,
    pub namespace: &'a str,
    pub message: &'a str,
    pub trace: Option<&'a str>,
    /// Nanoseconds since the epoch.
    pub time: i64,
    /// The EDN of its fields, a map.
    pub fields: &'a [u8],
}

/// A message as EDN, which goes through every queue on its way: a long one is cut, and says how long it was.
fn message(text: &str) -> String {
    let whole = Value::string(text).to_string();
    let mut keep = text.len().min(MOST);
    let mut shown = whole;
    while shown.len() > MOST {
        keep = text.floor_char_boundary(keep);
        shown = Value::string(format!("{} … ({} bytes in all)", &text[..keep], text.len())).to_string();
        // Characters that are written as several, or the mark itself.
        keep -= keep / 8 + 1;
    }
    shown
}

impl Event<'_> {
    /// Its line, without the newline. It is within what a reader takes for an event, however long its message and fields are.
    pub fn line(&self) -> Vec<u8> {
        let quoted = |text: &str| Value::string(text).to_string();
        let time = Value::Inst(wat_edn::Instant::from_nanos(self.time));
        let trace = self.trace.map_or("nil".to_string(), quoted);
        let mut line = format!(
            "#{EVENT} {{:level :{} :time {time} :path {} :namespace {} :message {} :trace {trace} :fields ",
            self.level,
            quoted(self.path),
            quoted(self.namespace),
            message(self.message),
        )
        .into_bytes();
        match self.fields.len() {
            0..=MOST => line.extend_from_slice(self.fields),
            long => line.extend_from_slice(format!("{{:cut \"fields of {long} bytes\"}}").as_bytes()),
        }
        line.push(b'}');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(line: &[u8]) -> Option<String> {
        Line::read(line).event()?.get("path")?.as_str().map(str::to_string)
    }

    #[test]
    fn the_path_in_front_goes_before_what_the_line_says() {
        let event = |path: &str| format!("#wat.kernel/LogEvent {{:path \"{path}\"}}");
        let tagged = |tag: &str, path: &str| path_of(format!("[{tag}] {}", event(path)).as_bytes());
        assert_eq!(tagged("/0", "/0").as_deref(), Some("/0"));
        assert_eq!(tagged("/0", "/0/3").as_deref(), Some("/0/3"));
        assert_eq!(tagged("/0", "/1").as_deref(), Some("/0"));
        assert_eq!(tagged("/0", "/01").as_deref(), Some("/0"));
        assert_eq!(path_of(event("/5").as_bytes()).as_deref(), Some("/5"));
    }

    #[test]
    fn a_long_event_is_cut_and_still_an_event() {
        for text in ["x".repeat(1 << 20), "é\u{1}\"".repeat(1 << 18)] {
            let fields = format!("{{:n \"{}\"}}", "y".repeat(1 << 20)).into_bytes();
            let event = Event {
                level: "info",
                path: "/0",
                namespace: "a",
                message: &text,
                trace: None,
                time: 0,
                fields: &fields,
            };
            let line = [b"[/0] ", &event.line()[..]].concat();
            let read = Line::read(&line).event().expect("an event");
            let message = read.get("message").and_then(Value::as_str).expect("a message");
            assert!(message.ends_with(&format!(" … ({} bytes in all)", text.len())), "{}", line.len());
            assert!(message.len() > 4096 && text.starts_with(&message[..4000]));
            let cut = read.get("fields").and_then(|fields| fields.get("cut")).and_then(Value::as_str);
            assert_eq!(cut, Some("fields of 1048583 bytes"));
        }
    }

    #[test]
    fn what_is_no_event_is_text() {
        for line in ["[/0] hello", "[/0] #wat.kernel/LogEvents {}", "[/0] #wat.kernel/LogEvent {:path", "[/0"]
        {
            assert!(Line::read(line.as_bytes()).event().is_none(), "{line}");
        }
        let (event, text) = Line::read(b"[/0] a \"b\"").values();
        assert_eq!(event, None);
        assert_eq!(text, r#"#wat.kernel.LogLine/Text {:path "/0" :text "a \"b\""}"#);
    }
}
