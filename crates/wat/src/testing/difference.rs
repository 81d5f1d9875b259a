//! Where two values differ: a path into both, and what each has there. Not here: what the values mean.

use wat_edn::Value;

/// A place where two values differ; a side that has nothing there is None.
#[derive(Debug, PartialEq)]
pub struct Difference {
    /// `:from :x`, `2`; empty where the values differ as a whole.
    pub path: Vec<String>,
    pub expected: Option<String>,
    pub actual: Option<String>,
}

/// The differences, in the order of the expected value.
pub fn differences(expected: &Value, actual: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(expected, actual, &mut Vec::new(), &mut found);
    found
}

fn walk(a: &Value, b: &Value, path: &mut Vec<String>, found: &mut Vec<Difference>) {
    if a == b {
        return;
    }
    match (a, b) {
        (Value::Tagged(a), Value::Tagged(b)) if a.0 == b.0 => walk(&a.1, &b.1, path, found),
        (Value::Map(a), Value::Map(b)) => {
            for (key, value) in a {
                let other = b.iter().find(|(k, _)| k == key).map(|(_, other)| other);
                part(key.to_string(), Some(value), other, path, found);
            }
            for (key, other) in b.iter().filter(|(key, _)| !a.iter().any(|(k, _)| k == key)) {
                part(key.to_string(), None, Some(other), path, found);
            }
        }
        (Value::Vector(a), Value::Vector(b)) | (Value::List(a), Value::List(b)) => {
            for n in 0..a.len().max(b.len()) {
                part(n.to_string(), a.get(n), b.get(n), path, found);
            }
        }
        (Value::Set(a), Value::Set(b)) => {
            let lacks = |item: &&Value, others: &[Value]| !others.contains(item);
            for item in a.iter().filter(|item| lacks(item, b)) {
                found.push(Difference { path: path.clone(), expected: Some(item.to_string()), actual: None });
            }
            for item in b.iter().filter(|item| lacks(item, a)) {
                found.push(Difference { path: path.clone(), expected: None, actual: Some(item.to_string()) });
            }
        }
        _ => {
            let (expected, actual) = (Some(a.to_string()), Some(b.to_string()));
            found.push(Difference { path: path.clone(), expected, actual });
        }
    }
}

fn part(
    step: String,
    a: Option<&Value>,
    b: Option<&Value>,
    path: &mut Vec<String>,
    found: &mut Vec<Difference>,
) {
    path.push(step);
    match (a, b) {
        (Some(a), Some(b)) => walk(a, b, path, found),
        _ => found.push(Difference {
            path: path.clone(),
            expected: a.map(Value::to_string),
            actual: b.map(Value::to_string),
        }),
    }
    path.pop();
}
