//! Characters that begin nothing or cannot be seen, and bytes that are no text.

use expect_test::expect;
use wat_source::FileId;

use super::{check, shown};
use crate::read;

#[test]
fn characters_that_start_nothing() {
    check(
        "@x ^{:a 1} y #\"re\" a\u{a0}b #=(x)",
        expect![[r#"
            <error>
            x
            <error>
            {:a 1}
            y
            <error>
            "re"
            a
            <error>
            b
            <error>
            (x)
            error[unexpected-token]: unexpected `@`
             --> a.wat:1:1
              |
            1 | @x ^{:a 1} y #"re" a b #=(x)
              | ^ nothing is dereferenced here
            error[unexpected-token]: unexpected `^`
             --> a.wat:1:4
              |
            1 | @x ^{:a 1} y #"re" a b #=(x)
              |    ^ there is no metadata; attributes are a map after the name
            error[unexpected-token]: unexpected `#`
             --> a.wat:1:14
              |
            1 | @x ^{:a 1} y #"re" a b #=(x)
              |              ^ `#` starts `#{…}`, `#(…)`, `#_` and tags like `#inst`
              |
              = help: a regular expression is a string: `(regex "…")` of `wat.regex`
            error[unexpected-token]: unexpected character U+00A0
             --> a.wat:1:21
              |
            1 | @x ^{:a 1} y #"re" a b #=(x)
              |                     ^ looks like a blank but is not one
              |
            help: write a blank instead
              |
            1 | @x ^{:a 1} y #"re" a b #=(x)
              |                     +
            error[unexpected-token]: unexpected `#=`
             --> a.wat:1:24
              |
            1 | @x ^{:a 1} y #"re" a b #=(x)
              |                        ^^ no form starts like this
        "#]],
    );
}

#[test]
fn characters_that_cannot_be_seen_are_named() {
    for c in ["\u{200b}", "\u{202e}", "\u{0}", "\u{2028}"] {
        let reading = read(FileId(0), &format!("(a {c} b)"));
        let titles: Vec<&str> = reading.diagnostics.iter().map(|d| d.title.as_str()).collect();
        let number = u32::from(c.chars().next().expect("there is one"));
        assert_eq!(titles, [format!("unexpected character U+{number:04X}")]);
    }
}

#[test]
fn bytes_that_are_no_text() {
    expect![[r#"
        error[not-utf8]: this file is not UTF-8
         --> a.wat:2:4
          |
        2 | (b � c)
          |    ^ the byte 0xFF belongs to no character
          |
          = help: save it as UTF-8
    "#]]
    .assert_eq(&shown(b"(a)\n(b \xff c)"));
    assert!(shown(b"\x7fELF\0\x02\xd0").starts_with("error[not-utf8]: this file is no text\n"));
}
