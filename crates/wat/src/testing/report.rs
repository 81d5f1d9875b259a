//! How a failed test looks: its name, the place in the user's file, what was expected and found, what it wrote.

use super::difference::differences;
use super::{Failure, Verdict, Why};
use wat_edn::Value;

/// A value longer than this is cut.
const WIDTH: usize = 400;
/// So many differences are drawn.
const MOST_DIFFERENCES: usize = 10;

/// The failure, after an empty line.
pub fn draw(file: &str, verdict: &Verdict, failure: &Failure, limit_ms: u64) -> String {
    let mut out = format!("\nFAIL {} ({file}:{})\n", verdict.title, verdict.line);
    let place = match &failure.why {
        Why::Crash(crash) => place(crash),
        _ => None,
    };
    let (path, line) = place.unwrap_or_else(|| (file.to_string(), verdict.line));
    out.push_str(&excerpt(&path, line));
    match &failure.why {
        Why::Late => {
            let seconds = limit_ms as f64 / 1e3;
            out.push_str(&format!(
                "  it took longer than {seconds} s and was ended; --limit SECONDS gives it more\n"
            ));
        }
        Why::Lost(how) => out.push_str(&format!("  {how}\n")),
        Why::Crash(crash) => tell(crash, &mut out),
    }
    written("stdout", &failure.stdout, &mut out);
    written("stderr", &failure.stderr, &mut out);
    out
}

/// What a crash says, and what caused it.
fn tell(crash: &Value, out: &mut String) {
    let kind = crash.get("kind").and_then(Value::as_keyword).unwrap_or("unknown");
    let message = crash.get("message").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "panic" => out.push_str(&format!("  {message}\n")),
        _ => out.push_str(&format!("  :{kind}: {message}\n")),
    }
    match crash.get("data") {
        None | Some(Value::Nil) => {}
        Some(Value::Tagged(tagged)) if tagged.0 == "wat.test/Mismatch" => mismatch(&tagged.1, out),
        Some(data) => out.push_str(&format!("    data  {}\n", cut(&data.to_string()))),
    }
    if let Some(Value::Tagged(cause)) = crash.get("cause") {
        out.push_str("  caused by\n");
        tell(&cause.1, out);
    }
}

fn mismatch(found: &Value, out: &mut String) {
    let (Some(expected), Some(actual)) = (found.get("expected"), found.get("actual")) else { return };
    out.push_str(&format!("    expected  {}\n", cut(&expected.to_string())));
    out.push_str(&format!("    actual    {}\n", cut(&actual.to_string())));
    let all = differences(expected, actual);
    // Where they differ as a whole there is no more to say.
    if all.iter().all(|one| one.path.is_empty() && one.expected.is_some() && one.actual.is_some()) {
        return;
    }
    for one in all.iter().take(MOST_DIFFERENCES) {
        if !one.path.is_empty() {
            out.push_str(&format!("    at {}\n", one.path.join(" ")));
        }
        let (minus, plus) = (one.expected.as_deref(), one.actual.as_deref());
        for (sign, side) in [('-', minus), ('+', plus)] {
            if let Some(text) = side {
                out.push_str(&format!("      {sign} {}\n", cut(text)));
            }
        }
    }
    if all.len() > MOST_DIFFERENCES {
        out.push_str(&format!("    and {} more differences\n", all.len() - MOST_DIFFERENCES));
    }
}

/// The innermost place of the crash outside the library.
fn place(crash: &Value) -> Option<(String, i64)> {
    let of = |value: &Value| {
        let fields = match value {
            Value::Tagged(tagged) => &tagged.1,
            other => other,
        };
        let file = fields.get("file").and_then(Value::as_str)?.to_string();
        Some((file, fields.get("line").and_then(Value::as_int)?))
    };
    let trace = match crash.get("trace") {
        Some(Value::Vector(frames)) => frames.as_slice(),
        _ => &[],
    };
    let places = crash.get("place").into_iter().chain(trace).filter_map(of);
    places.into_iter().find(|(file, _)| !wat_driver::is_library(file))
}

fn excerpt(path: &str, line: i64) -> String {
    let mut out = format!("  --> {path}:{line}\n");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let index = usize::try_from(line - 1).unwrap_or(usize::MAX);
    if let Some(source) = text.lines().nth(index) {
        let shown: String = source.chars().take(160).collect();
        out.push_str(&format!("  {line} | {shown}\n"));
    }
    out
}

fn written(name: &str, lines: &[String], out: &mut String) {
    if lines.is_empty() {
        return;
    }
    out.push_str(&format!("  {name}\n"));
    for line in lines {
        out.push_str(&format!("    {}\n", cut(line)));
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.to_string();
    }
    text.chars().take(WIDTH).chain("…".chars()).collect()
}
