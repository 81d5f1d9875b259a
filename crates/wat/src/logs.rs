//! How the log of a tree looks on the root's stderr: a line for people, or one JSON object for machines. As EDN the lines
//! pass as they are. Not here: what an event is, and whom a line is from, which wat-host reads.

use serde_json::{Map, Value as Json};
use wat_edn::{Instant, Value};
use wat_host::log::Line;

/// What `--log` may say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Text,
    Edn,
    Json,
}

impl Form {
    pub const WORDS: &[&str] = &["text", "edn", "json"];

    pub fn named(word: &str) -> Form {
        match word {
            "text" => Form::Text,
            "json" => Form::Json,
            _ => Form::Edn,
        }
    }
}

/// What makes whole lines of `[path] text`.
pub type Render = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// None where the lines pass as they are.
pub fn render(form: Form, color: bool) -> Option<Render> {
    match form {
        Form::Edn => None,
        Form::Text => Some(Box::new(move |line| drawn(line, color))),
        Form::Json => Some(Box::new(object)),
    }
}

/// An event for a person; another line as it is, behind the path of who wrote it unless that is the root.
fn drawn(line: &[u8], color: bool) -> Vec<u8> {
    let read = Line::read(line);
    let Some(event) = read.event() else {
        let text = if read.path == "/" { read.text } else { line };
        return [text, b"\n"].concat();
    };
    let text = |key: &str| event.get(key).map_or(String::new(), plain);
    let level = text("level");
    let mut out = format!(
        "{} {} {} {}: {}",
        event.get("time").map_or(String::new(), time_of_day),
        painted(&level, color),
        text("path"),
        text("namespace"),
        text("message"),
    );
    if let Some(Value::Map(fields)) = event.get("fields") {
        for (key, value) in fields {
            out.push_str(&format!(" {}={value}", plain(key)));
        }
    }
    if let Some(trace) = event.get("trace").and_then(Value::as_str) {
        out.push_str(&format!(" trace={}", plain(&Value::string(trace))));
    }
    out.push('\n');
    out.into_bytes()
}

/// A text bare, a keyword without its colon; what could move a terminal's cursor as EDN has it.
fn plain(value: &Value) -> String {
    match value {
        Value::Str(text) | Value::Keyword(text) if !text.chars().any(char::is_control) => text.clone(),
        other => other.to_string(),
    }
}

/// Hours to milliseconds in UTC.
fn time_of_day(value: &Value) -> String {
    let Value::Inst(instant) = value else { return value.to_string() };
    let second = instant.seconds().rem_euclid(86_400);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{hour:02}:{minute:02}:{:02}.{:03}", second % 60, instant.subsec_nanos() / 1_000_000)
}

fn painted(level: &str, color: bool) -> String {
    let word = format!("{:5}", level.to_uppercase());
    let code = match level {
        "debug" => "2",
        "info" => "32",
        "warn" => "33",
        "error" => "31",
        _ => return word,
    };
    if color { format!("\x1b[{code}m{word}\x1b[0m") } else { word }
}

/// One JSON object: an event's parts, or the text of another line and the path it came from.
fn object(line: &[u8]) -> Vec<u8> {
    let read = Line::read(line);
    let mut parts = Map::new();
    match read.event() {
        Some(Value::Map(fields)) => {
            let said = fields.iter().filter(|(_, value)| *value != Value::Nil);
            parts.extend(said.map(|(key, value)| (name(key), json(value))));
        }
        _ => {
            parts.insert("path".to_string(), Json::from(read.path));
            parts.insert("text".to_string(), Json::from(read.shown()));
        }
    }
    let mut out = Json::Object(parts).to_string().into_bytes();
    out.push(b'\n');
    out
}

/// What JSON has no word for is the text of its EDN; a tagged text is the text, a tagged map has its tag in `tag`.
fn json(value: &Value) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::Bool(b) => Json::from(*b),
        Value::Int(n) => Json::from(*n),
        Value::Float(x) if x.is_finite() => Json::from(*x),
        Value::Str(text) | Value::Keyword(text) => Json::from(text.as_str()),
        Value::Char(c) => Json::from(c.to_string()),
        Value::List(items) | Value::Vector(items) | Value::Set(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (name(key), json(value))).collect())
        }
        Value::Tagged(tagged) => match &tagged.1 {
            Value::Str(text) => Json::from(text.as_str()),
            Value::Map(entries) => {
                let tag = ("tag".to_string(), Json::from(tagged.0.as_str()));
                let entries = entries.iter().map(|(key, value)| (name(key), json(value)));
                Json::Object(std::iter::once(tag).chain(entries).collect())
            }
            _ => Json::from(value.to_string()),
        },
        Value::Inst(instant) => Json::from(written(*instant)),
        other => Json::from(other.to_string()),
    }
}

fn name(key: &Value) -> String {
    match key {
        Value::Str(text) | Value::Keyword(text) => text.clone(),
        other => other.to_string(),
    }
}

/// As RFC 3339 has it.
fn written(instant: Instant) -> String {
    let text = Value::Inst(instant).to_string();
    text.trim_start_matches("#inst ").trim_matches('"').to_string()
}
