//! What wat writes is read by others as what it is, and what they write of it is read here as the same value.

use crate::batch::values;
use crate::drawing::{Eyes, drawn};
use crate::pages::table;
use crate::random::Random;
use crate::readers::{Answer, READERS, Reader, TRAITS};
use crate::wire;
use wat_edn::Value;

const CASES: usize = 2000;
const EXACT: Eyes = Eyes { one_integer: false, only_floats: false, plain_tags: false, tick: 1 };

fn parsed(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Texts that a wat program wrote, of values of every wire type.
fn corpus() -> Vec<String> {
    let mut random = Random::of(1);
    let given: Vec<Value> = (0..CASES).map(|_| wire::thing(&mut random, 0)).collect();
    let texts: Vec<String> = given.iter().map(Value::to_string).collect();
    let written = values(wire::PROGRAM, &texts);
    for (value, text) in given.iter().zip(&written) {
        assert_eq!(drawn(&parsed(text), EXACT), drawn(value, EXACT), "{value} became {text}");
    }
    written
}

/// Whether any part of the value is so.
fn holds(value: &Value, is: fn(&Value) -> bool) -> bool {
    let parts: Vec<&Value> = match value {
        Value::List(items) | Value::Vector(items) | Value::Set(items) => items.iter().collect(),
        Value::Map(entries) => entries.iter().flat_map(|(key, item)| [key, item]).collect(),
        Value::Tagged(tagged) => vec![&tagged.1],
        _ => Vec::new(),
    };
    is(value) || parts.into_iter().any(|part| holds(part, is))
}

fn has_any(value: &Value, names: &[String]) -> bool {
    names.iter().any(|name| TRAITS.iter().any(|(known, is)| known == name && holds(value, *is)))
}

const WRITTEN: &str = "What wat writes";

/// The names of the rows of what wat writes in whose cell the reader has such a word.
fn rows_where(reader: &Reader, is: fn(&str) -> bool) -> Vec<String> {
    let rows = table("EDN.md", WRITTEN);
    let column = column(&rows, reader);
    rows[1..].iter().filter(|row| is(&row[column])).map(|row| row[0].clone()).collect()
}

fn column(rows: &[Vec<String>], reader: &Reader) -> usize {
    let found = rows[0].iter().position(|head| *head == reader.name);
    found.unwrap_or_else(|| panic!("no column {}", reader.name))
}

/// Guards: every writer of `wat_edn::write` and every encoder of the codec.
#[test]
fn others_read_what_wat_writes_and_are_read() {
    let texts = corpus();
    let wrong: Vec<String> = READERS.iter().filter_map(|reader| judge(reader, &texts).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn judge(reader: &Reader, texts: &[String]) -> Result<(), String> {
    let name = reader.name;
    let lacks = rows_where(reader, |cell| matches!(cell, "refused" | "otherwise"));
    let loses = rows_where(reader, |cell| cell == "printed otherwise");
    let fit: Vec<String> = texts.iter().filter(|text| !has_any(&parsed(text), &lacks)).cloned().collect();
    let Some(answers) = (reader.ask)(&fit) else { return Ok(()) };
    let mut wrong = Vec::new();
    let mut back = Vec::new();
    for (text, answer) in fit.iter().zip(answers) {
        let value = parsed(text);
        match answer {
            Answer::Read { seen, printed } if seen == drawn(&value, reader.eyes) => {
                if !has_any(&value, &loses) {
                    back.push((text.clone(), printed));
                }
            }
            other => {
                let (ours, traits) = (drawn(&value, reader.eyes), traits(&value));
                wrong.push(format!("{traits:?} {text}\n  ours {ours}\n  {other:?}"));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(format!("{name} differs on {}:\n{}", wrong.len(), first(wrong)));
    }
    let printed: Vec<String> = back.iter().map(|(_, printed)| printed.replace('\n', " ")).collect();
    let again = values(&wire::tolerant(), &printed);
    let bare = |text: String| text.strip_prefix("#wat.core/Ok ").map(str::to_string).unwrap_or(text);
    let again = again.into_iter().map(bare);
    let other = back.iter().zip(again).filter(|((text, _), again)| text != again);
    let shown = |((text, printed), again): (&(String, String), String)| {
        format!("{:?} {text}\n  printed {printed}\n  read {again}", traits(&parsed(text)))
    };
    let wrong: Vec<String> = other.map(shown).collect();
    if !wrong.is_empty() {
        return Err(format!("{name} came back otherwise in {}:\n{}", wrong.len(), first(wrong)));
    }
    println!("{name}: {} of {} texts read alike, {} read back", fit.len(), texts.len(), back.len());
    assert!(fit.len() > texts.len() / 3 && back.len() > fit.len() / 3, "{name} was hardly asked");
    Ok(())
}

/// The names of all that a value holds, for whoever reads a failure.
fn traits(value: &Value) -> Vec<&'static str> {
    TRAITS.iter().filter(|(_, is)| holds(value, *is)).map(|(name, _)| *name).collect()
}

/// The shortest, which tell most.
fn first(mut wrong: Vec<String>) -> String {
    wrong.sort_by_key(String::len);
    wrong.iter().take(16).map(|text| format!("{text:.500}\n")).collect()
}

/// What a reader makes of a text, beside wat: as in the table's cells.
fn verdict(reader: &Reader, text: &str, answer: &Answer) -> &'static str {
    match (Value::parse(text.as_bytes()), answer) {
        (Ok(value), Answer::Read { seen, printed }) if *seen == drawn(&value, reader.eyes) => {
            let again = Value::parse(printed.as_bytes()).map(|again| drawn(&again, EXACT));
            if again.is_ok_and(|again| again == drawn(&value, EXACT)) {
                "as wat"
            } else {
                "printed otherwise"
            }
        }
        (Err(_), Answer::Refused(_)) => "as wat",
        (_, Answer::Read { .. }) => "otherwise",
        (_, Answer::Refused(_)) => "refused",
    }
}

/// Each row of both tables is what happens. The corpus leaves out by these rows, so that none of them can be more than
/// a reader deserves.
#[test]
fn differences_are_those_of_the_tables() {
    let mut wrong = Vec::new();
    for heading in [WRITTEN, "What wat refuses or reads otherwise"] {
        let rows = table("EDN.md", heading);
        let texts: Vec<String> = rows[1..].iter().map(|row| row[1].clone()).collect();
        for (text, row) in texts.iter().zip(&rows[1..]) {
            let read = Value::parse(text.as_bytes());
            assert_eq!(if read.is_ok() { "read" } else { "refused" }, row[2], "{}", row[0]);
            if let (Ok(value), Some((_, is))) = (read, TRAITS.iter().find(|(name, _)| *name == row[0])) {
                assert!(holds(&value, *is), "{text} is no example of {}", row[0]);
            }
        }
        for reader in READERS {
            let column = column(&rows, &reader);
            let Some(answers) = (reader.ask)(&texts) else { continue };
            for ((text, row), answer) in texts.iter().zip(&rows[1..]).zip(answers) {
                let found = verdict(&reader, text, &answer);
                if found != row[column] {
                    wrong.push(format!(
                        "{}: {} is {found}, not {}: {answer:?}",
                        row[0], reader.name, row[column]
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let rows = table("EDN.md", WRITTEN);
    for (name, _) in TRAITS {
        assert!(rows.iter().any(|row| row[0] == name), "no row for {name}");
    }
}
