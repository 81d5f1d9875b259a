//! How the crash of the root's program looks: drawn for a person on a terminal, one EDN line otherwise.

use crate::report;
use std::io::IsTerminal;
use wat_edn::Value;
use wat_source::SourceMap;

/// Prints the EDN text of a `wat.kernel/Crash` to stderr.
pub fn print(text: &str, sources: &SourceMap) {
    if std::io::stderr().is_terminal()
        && let Ok(value) = Value::parse(text.as_bytes())
    {
        report::write(&draw(&value, sources, 0));
        return;
    }
    report::write(&format!("{text}\n"));
}

/// The crash, the line it happened on, the calls that led there, and the crash that caused it.
fn draw(crash: &Value, sources: &SourceMap, depth: usize) -> String {
    let word = if depth == 0 { "crash" } else { "caused by" };
    let mut out = format!(
        "{word} :{} in {} at {}: {}\n",
        name(field(crash, "kind")),
        text(field(crash, "program")),
        text(field(crash, "path")),
        text(field(crash, "message")),
    );
    if let Some(data) = field(crash, "data").filter(|d| **d != Value::Nil) {
        out.push_str(&format!("  data: {}\n", data));
    }
    if let Some(place) = field(crash, "place").filter(|p| **p != Value::Nil) {
        out.push_str(&excerpt(place, sources));
    }
    if let Some(Value::Vector(frames)) = field(crash, "trace") {
        // A recursion is one line, however deep it went.
        for same in frames.chunk_by(|one, next| one == next) {
            let at = format!("{}:{}", text(field(&same[0], "file")), integer(field(&same[0], "line")));
            let times = if same.len() > 1 { format!(", {} times", same.len()) } else { String::new() };
            out.push_str(&format!("  in {} ({at}){times}\n", text(field(&same[0], "fn"))));
        }
    }
    if let Some(Value::Vector(lines)) = field(crash, "stderr") {
        for line in lines {
            out.push_str(&format!("  stderr: {}\n", text(Some(line))));
        }
    }
    if let Some(cause) = field(crash, "cause").filter(|c| **c != Value::Nil) {
        out.push_str(&draw(cause, sources, depth + 1));
    }
    out
}

fn excerpt(place: &Value, sources: &SourceMap) -> String {
    let (path, line, column) =
        (text(field(place, "file")), integer(field(place, "line")), integer(field(place, "column")));
    let mut out = format!("  --> {path}:{line}:{column}\n");
    let file = sources.files().find(|f| sources.path(*f) == path);
    if let (Some(file), Ok(number)) = (file, u32::try_from(line)) {
        let source = &sources.text(file)[sources.line_range(file, number.max(1))];
        let shown: String = source.chars().take(160).collect();
        let gutter = line.to_string();
        let before = usize::try_from(column - 1).unwrap_or(0);
        out.push_str(&format!("{gutter} | {shown}\n"));
        if before < 160 {
            out.push_str(&format!("{} | {}^\n", " ".repeat(gutter.len()), " ".repeat(before)));
        }
    }
    out
}

/// A field of a tagged or bare map.
fn field<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Tagged(tagged) => field(&tagged.1, key),
        Value::Map(pairs) => {
            pairs.iter().find(|(k, _)| matches!(k, Value::Keyword(name) if name == key)).map(|(_, v)| v)
        }
        _ => None,
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::Str(s)) => s.to_string(),
        Some(other) => other.to_string(),
        None => "?".to_string(),
    }
}

fn name(value: Option<&Value>) -> String {
    match value {
        Some(Value::Keyword(k)) => k.to_string(),
        _ => "unknown".to_string(),
    }
}

fn integer(value: Option<&Value>) -> i64 {
    match value {
        Some(Value::Int(n)) => *n,
        _ => 0,
    }
}
