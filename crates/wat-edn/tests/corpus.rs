//! Every case of `corpus.txt` is read or refused as it says, alike whole and through the framer.

use wat_edn::{Framer, Next, Value};

#[test]
fn each_case_has_its_verdict() {
    let corpus = include_str!("corpus.txt");
    let mut failures = Vec::new();
    let mut count = 0;
    for case in corpus.split("\n=== ").skip(1) {
        let (header, text) = case.split_once('\n').unwrap_or((case, ""));
        let text = text.strip_suffix('\n').filter(|_| corpus.ends_with(case)).unwrap_or(text);
        let (name, verdict) = header.rsplit_once(' ').expect("a header is a name and a verdict");
        let parsed = Value::parse(text.as_bytes());
        count += 1;
        if parsed.is_ok() != (verdict == "ok") {
            failures.push(format!("{name}: {parsed:?}"));
        }
        if let Ok(value) = parsed {
            let written = value.to_string();
            assert!(!written.contains('\n'), "{name}");
            assert_eq!(Value::parse(written.as_bytes()).as_ref(), Ok(&value), "{name}");
            assert_eq!(framed(text), vec![value], "{name}");
        }
    }
    assert!(count > 100, "{count}");
    assert!(failures.is_empty(), "{failures:#?}");
}

fn framed(text: &str) -> Vec<Value> {
    let mut framer = Framer::default();
    framer.push(text.as_bytes());
    framer.finish();
    let mut values = Vec::new();
    loop {
        match framer.next() {
            Next::Value { start, end } => {
                let slice = &framer.bytes()[start..end];
                values.push(Value::parse(slice).expect("a case that is read whole is read framed"));
            }
            Next::Eof => return values,
            other => panic!("{other:?} in {text:?}"),
        }
    }
}
