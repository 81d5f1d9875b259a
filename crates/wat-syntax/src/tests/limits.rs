//! Texts that would cost a careless reader its stack or its time.

use wat_source::{FileId, SourceMap, draw};

use super::codes;
use crate::{MAX_DEPTH, load, read};

#[test]
fn deep_nesting_is_one_error_and_no_overflow() {
    for (open, close) in [("(", ")"), ("[", "]"), ("#{", "}"), ("{", "}"), ("((", "))"), ("[(", ")]")] {
        let deep = format!("{}{} ok", open.repeat(100_000), close.repeat(100_000));
        let reading = read(FileId(0), &deep);
        let too_deep = reading.diagnostics.iter().filter(|d| d.code.name() == "too-deep").count();
        assert_eq!(too_deep, 1, "{open}");
        assert_eq!(reading.forms.len(), 2, "{open}");
    }
    assert_eq!(codes(&format!("{}x", "'".repeat(100_000))), ["too-deep"]);
    assert_eq!(codes(&"(".repeat(100_000)), ["too-deep", "unbalanced-bracket"]);
    assert_eq!(codes(&")".repeat(100_000)), ["unbalanced-bracket"]);
    assert_eq!(codes(&"#_".repeat(100)), vec!["unexpected-token"; 100]);
    let allowed = format!("{}{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
    assert_eq!(codes(&allowed), [""; 0]);
}

#[test]
fn hostile_brackets_take_linear_time() {
    let start = std::time::Instant::now();
    codes(&"(]".repeat(500_000));
    codes(&"(a\n".repeat(300_000));
    codes(&"\n(a])".repeat(200_000));
    codes(&"[(]".repeat(300_000));
    codes(&format!("{}{}", "(".repeat(512), "]".repeat(1_000_000)));
    codes(&"\"\\\"\n".repeat(300_000));
    assert!(start.elapsed() < std::time::Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn a_line_of_ten_megabytes() {
    let text = format!("(def x [{}])", "12 :key \"text\" [a b] ".repeat(500_000));
    let reading = read(FileId(0), &text);
    assert!(reading.diagnostics.is_empty());
    assert_eq!(reading.forms.len(), 1);
    let broken = format!("{text}]");
    let mut map = SourceMap::new();
    let (_, reading) = load(&mut map, "long.wat", broken.into_bytes());
    assert_eq!(reading.diagnostics.len(), 1);
    assert!(draw(&reading.diagnostics[0], &map, false).len() < 2_000);
}
