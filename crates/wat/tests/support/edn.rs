//! Looking into the EDN that programs print.

use wat_edn::Value;

pub fn parse(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text:?}"))
}

/// The last line of a stderr that is a crash: what a root that crashes prints.
pub fn crash(stderr: &str) -> Value {
    let line = stderr.lines().rev().find(|line| line.starts_with("#wat.kernel/Crash"));
    parse(line.unwrap_or_else(|| panic!("no crash in {stderr:?}")))
}

/// A field as text: a keyword's name, a string bare, anything else as EDN; empty where there is none.
pub fn field(value: &Value, key: &str) -> String {
    match untagged(value).get(key) {
        None => String::new(),
        Some(found) => match (found.as_keyword(), found.as_str()) {
            (Some(word), _) | (_, Some(word)) => word.to_string(),
            _ => found.to_string(),
        },
    }
}

/// The field itself, for a look further inside.
pub fn inside<'a>(value: &'a Value, key: &str) -> &'a Value {
    untagged(value).get(key).unwrap_or(&Value::Nil)
}

fn untagged(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) => untagged(&tagged.1),
        other => other,
    }
}
