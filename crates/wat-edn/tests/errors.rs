//! What a mistake is called and where it is put.

use wat_edn::{ErrorKind, Limits, Value};

#[track_caller]
fn check(text: &str, message: &str) {
    let error = Value::parse(text.as_bytes()).expect_err("the text is malformed");
    assert_eq!(error.to_string(), message);
}

#[test]
fn messages_name_the_mistake_and_its_place() {
    check("", "unexpected end of input at 1:1");
    check("[1\n {:a", "unexpected end of input inside a map opened at 2:2 at 2:5");
    check("[1 #{2 \"abc", "unexpected end of input inside a string opened at 1:8 at 1:12");
    check("(1 ; (\n \\) ", "unexpected end of input inside a list opened at 1:1 at 2:5");
    check("[1 2)", "unbalanced ) inside a vector opened at 1:1 at 1:5");
    check("1 )", "unexpected ) after the value at 1:3");
    check(")", "unbalanced ) at 1:1");
    check("\n λ @x", "unexpected character @ at 2:4");
    check("λλ\u{a0}", "invalid symbol λλ\u{a0} at 1:1");
    check("\u{feff}1", "unexpected character U+FEFF, a byte-order mark at 1:1");
    check("{:a 1 :b}", "a key without a value in a map at 1:9");
    check("{:a 1\n :a 2}", "duplicate key :a at 2:2");
    check("#{[1 2] (1) [1 2]}", "duplicate element [ at 1:13");
    check("9223372036854775808", "number out of range 9223372036854775808 at 1:1");
    check("[1e400]", "number out of range 1e400 at 1:2");
    check("[1.2.3]", "invalid number 1.2.3 at 1:2");
    check("[1 017]", "invalid number 017 at 1:4");
    check("\"a\\qb\"", "invalid escape \\q in a string at 1:3");
    check("\"a\\ud800\"", "invalid escape \\ud800 in a string at 1:3");
    check("\\abc", "invalid character literal \\abc at 1:1");
    check("[::a]", "invalid keyword ::a at 1:2");
    check("[a/b/c]", "invalid symbol a/b/c at 1:2");
    check("#1a 2", "invalid tag #1a at 1:1");
    check("[#foo]", "no value after #foo at 1:2");
    check("[1 #_]", "no value after #_ at 1:4");
    check("[#_ #_ 1]", "no value after #_ at 1:5");
    check("##Foo", "unknown symbolic value ##Foo at 1:1");
    check("[#inst \"2024-13-45\"]", "malformed text of #inst at 1:2");
    check("#uuid 5", "malformed text of #uuid at 1:1");
}

#[test]
fn invalid_utf8_has_its_place() {
    let error = Value::parse(b"[1\n \"\xff\"]").expect_err("invalid");
    assert_eq!((error.kind, error.line, error.column, error.offset), (ErrorKind::InvalidUtf8, 2, 3, 5));
}

#[test]
fn duplicates_are_found_by_value() {
    for text in [
        "#{1 2 1}",
        "#{##NaN ##NaN}",
        "#{0.0 -0.0}",
        "#{1.0M 1.00M}",
        "#{{:a 1 :b 2} {:b 2 :a 1}}",
        "{#{1 2} 0 #{2 1} 1}",
        "{#t [1] 0 #t [1] 1}",
        "#{#inst \"2024\" #inst \"2024-01-01T01:00+01:00\"}",
    ] {
        let kind = Value::parse(text.as_bytes()).expect_err(text).kind;
        assert!(matches!(kind, ErrorKind::DuplicateKey | ErrorKind::DuplicateElement), "{text}");
    }
    for text in [
        "#{1 1.0 1N 1M}",
        "#{[1] (1)}",
        "#{:a a \"a\" \\a}",
        "#{[1 2] [2 1]}",
        "#{{:a :b} {:b :a}}",
        "#{#a 1 #b 1}",
    ] {
        assert!(Value::parse(text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn the_first_of_many_duplicates_is_reported() {
    let many: String = (0..1000).map(|n| format!("{n} ")).collect();
    let text = format!("#{{{many}\n 7\n 3 [1]}}");
    let error = Value::parse(text.as_bytes()).expect_err("a duplicate");
    assert_eq!((error.kind, error.line), (ErrorKind::DuplicateElement, 2));
    assert!(Value::parse(format!("#{{{many} [1] [2]}}").as_bytes()).is_ok());
}

#[test]
fn limits_are_exact() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(Value::parse(nested(256).as_bytes()).is_ok());
    assert_eq!(Value::parse(nested(257).as_bytes()).expect_err("deep").kind, ErrorKind::TooDeep);
    let tags = |n: usize| format!("{}1", "#a ".repeat(n));
    assert!(Value::parse(tags(256).as_bytes()).is_ok());
    assert_eq!(Value::parse(tags(257).as_bytes()).expect_err("deep").kind, ErrorKind::TooDeep);
    let discards = format!("#_{} 1", nested(257));
    assert_eq!(Value::parse(discards.as_bytes()).expect_err("deep").kind, ErrorKind::TooDeep);
    assert_eq!(
        Value::parse(format!("{} 1", "#_ ".repeat(100_000)).as_bytes()).expect_err("end").kind,
        ErrorKind::UnexpectedEnd
    );

    let limits = Limits { bytes: 10, depth: 2 };
    assert!(Value::parse_with(b"[12345678]", limits).is_ok());
    assert_eq!(Value::parse_with(b"[123456789]", limits).expect_err("large").kind, ErrorKind::TooLarge);
    assert_eq!(Value::parse_with(b"[[[]]]", limits).expect_err("deep").kind, ErrorKind::TooDeep);
}
