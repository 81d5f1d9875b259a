//! `wat tap`: the values that pass on one edge, one a line. Not here: how they are copied (wat-kernel).

use super::{find, write};
use crate::options::Options;
use std::io::Write;
use wat_host::see::{PATIENCE, Tapped, Told, Wanted};

pub fn run(pid: i32, path: &str, options: &Options) -> Result<(), String> {
    let mut visit = find(Some(pid))?;
    if path == "/" {
        return Err(
            "nobody in the tree sends anything to its root; name a node below it, such as /0".to_string()
        );
    }
    let sights = visit.look(PATIENCE).map_err(|e| e.to_string())?;
    if !sights.iter().any(|sight| sight.path == path) {
        let near = wat_source::suggest(path, sights.iter().map(|sight| sight.path.as_str()));
        let help = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
        return Err(format!("there is no node {path} in the tree{help}"));
    }
    // Neither said means both.
    let both = options.requests == options.replies;
    let wanted = Wanted {
        requests: both || options.requests,
        replies: both || options.replies,
        filter: options.filter.clone().unwrap_or_default(),
        trace: options.of_trace.clone().unwrap_or_default(),
    };
    let mut written = Ok(true);
    let show = |tapped: Tapped| {
        written = write(&if options.as_json { json(&tapped) } else { line(&tapped) });
        written == Ok(true)
    };
    let end = visit.tap(path, wanted, show).map_err(|e| e.to_string())?;
    written?;
    if let Some(why) = end {
        // Said beside the values, which may be read by a program.
        let _ = writeln!(std::io::stderr(), "wat: {why}");
    }
    Ok(())
}

/// One object a line: `request`, `reply`, `dropped` or `ended`.
fn json(tapped: &Tapped) -> String {
    let value = |name: &str, text: &[u8], length: u64| serde_json::json!({ name: String::from_utf8_lossy(text).trim_end(), "bytes": length });
    let object = match tapped {
        Tapped::Request { text, length, about } => {
            let mut object = value("request", text, *length);
            if let Some(left) = about.left {
                object["left_ms"] = (left.as_secs_f64() * 1e3).into();
            }
            if let Some(trace) = &about.trace {
                object["trace"] = trace.as_str().into();
            }
            object
        }
        Tapped::Reply { text, length } => value("reply", text, *length),
        Tapped::Dropped(count) => serde_json::json!({ "dropped": count }),
        Tapped::Ended(why) => serde_json::json!({ "ended": why }),
    };
    format!("{object}\n")
}

/// What goes with a request, behind it.
fn told(about: &Told) -> String {
    let left = about.left.map(|left| format!("{} ms left", left.as_millis()));
    let trace = about.trace.as_deref().map(|trace| format!("trace {}", super::draw::plain(trace)));
    let all: Vec<String> = left.into_iter().chain(trace).collect();
    if all.is_empty() { String::new() } else { format!("  ; {}", all.join(", ")) }
}

/// `> ` before what goes to the node, `< ` before what comes from it, `!` before what is not shown.
pub fn line(tapped: &Tapped) -> String {
    let value = |arrow: char, text: &[u8], length: u64, told: String| {
        let text = super::draw::plain(&String::from_utf8_lossy(text));
        let shown = text.trim_end();
        let cut =
            if length > text.len() as u64 { format!(" … ({length} bytes in all)") } else { String::new() };
        format!("{arrow} {shown}{cut}{told}\n")
    };
    match tapped {
        Tapped::Request { text, length, about } => value('>', text, *length, told(about)),
        Tapped::Reply { text, length } => value('<', text, *length, String::new()),
        Tapped::Dropped(1) => "! 1 value not shown: they pass faster than they can be shown\n".to_string(),
        Tapped::Dropped(count) => {
            format!("! {count} values not shown: they pass faster than they can be shown\n")
        }
        Tapped::Ended(why) => format!("! {why}\n"),
    }
}
