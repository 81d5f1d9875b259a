//! What is read from what, and what is said about it.

use expect_test::{Expect, expect};
use wat_source::{FileId, SourceMap, draw};

use crate::{Form, FormKind, MAX_DEPTH, load, read};

/// The forms, one a line, then the diagnostics as they are drawn.
fn check(input: &str, expected: Expect) {
    expected.assert_eq(&shown(input.as_bytes()));
}

fn shown(input: &[u8]) -> String {
    let mut map = SourceMap::new();
    let (_, reading) = load(&mut map, "a.wat", input.to_vec());
    let mut out: String = reading.forms.iter().map(|form| format!("{form}\n")).collect();
    for diagnostic in &reading.diagnostics {
        out.push_str(&draw(diagnostic, &map, false));
    }
    out
}

/// The codes of what is wrong with a text.
fn codes(input: &str) -> Vec<&'static str> {
    read(FileId(0), input).diagnostics.iter().map(|diagnostic| diagnostic.code.name()).collect()
}

#[test]
fn scalars() {
    check(
        "nil true false 42 -7 +7 -0 0x2A -0xff 42N 0xffffffffffffffffffN 9223372036854775807 -9223372036854775808",
        expect![[r#"
            nil
            true
            false
            42
            -7
            7
            0
            42
            -255
            42N
            4722366482869645213695N
            9223372036854775807
            -9223372036854775808
        "#]],
    );
    check(
        "1.5 1e9 1E-7 -0.0 100000000000000000000.0 ##Inf ##-Inf ##NaN 1.50M -3M 1e3M",
        expect![[r#"
        1.5
        1000000000.0
        1e-7
        -0.0
        1e20
        ##Inf
        ##-Inf
        ##NaN
        1.50M
        -3M
        1e3M
    "#]],
    );
    check(
        r#"\a \newline \space \tab \return \u0041 \( \\ \é \u \" "a\"\\\n\té\u00e9\ud83d\ude00" "two
lines""#,
        expect![[r#"
            \a
            \newline
            \space
            \tab
            \return
            \A
            \(
            \\
            \é
            \u
            \"
            "a\"\\\n\téé😀"
            "two\nlines"
        "#]],
    );
    check(
        "x a.b/c / a// -> <- + - ... %1 x' x# a:b &  | :k :ns/key :a:b :1 :+ é→",
        expect![[r#"
            x
            a.b/c
            /
            a//
            ->
            <-
            +
            -
            ...
            %1
            x'
            x#
            a:b
            &
            |
            :k
            :ns/key
            :a:b
            :1
            :+
            é→
        "#]],
    );
    check(
        "#inst \"2024-02-29\" #inst \"2024-02-29T12:30:00.5+02:00\" #uuid \"f81d4fae-7dec-11d0-a765-00A0C91E6BF6\" #geo/Point {:x 1}",
        expect![[r##"
            #inst "2024-02-29"
            #inst "2024-02-29T12:30:00.5+02:00"
            #uuid "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
            #geo/Point {:x 1}
        "##]],
    );
}

#[test]
fn collections_comments_and_discards() {
    check(
        "(a [b c] {:k 1, :l 2} #{1 2}) ; end\n#_ (not me) #_#_ x y z () [] {} #{} [#_ x]",
        expect![[r#"
            (a [b c] {:k 1 :l 2} #{1 2})
            z
            ()
            []
            {}
            #{}
            []
        "#]],
    );
    check(
        "\u{feff}(x)",
        expect![[r#"
        (x)
    "#]],
    );
}

#[test]
fn sigils() {
    check(
        "'x `(a ~b ~@c) ''x #'",
        expect![[r#"
            (quote x)
            (quasiquote (a (unquote b) (unquote-splicing c)))
            (quote (quote x))
            <error>
            error[unexpected-token]: unexpected `#'`
             --> a.wat:1:20
              |
            1 | 'x `(a ~b ~@c) ''x #'
              |                    ^^ there are no vars; a definition is mentioned by its name
        "#]],
    );
    check(
        "#(f % %2) #(g) #(h %& %3) #() #(+ {%1 [%]})",
        expect![[r#"
        (fn [%1 %2] (f %1 %2))
        (fn [] (g))
        (fn [%1 %2 %3 & %&] (h %& %3))
        (fn [] ())
        (fn [%1] (+ {%1 [%1]}))
    "#]],
    );
    check(
        "#(a #(b %)) #(f %0 %21)",
        expect![[r#"
            (fn [%1] (a (b %1)))
            (fn [] (f <error> <error>))
            error[bad-syntax]: `#(…)` inside `#(…)`
             --> a.wat:1:5
              |
            1 | #(a #(b %)) #(f %0 %21)
              | --  ^^ whose `%` would be meant?
              | |
              | the one around it
              |
              = help: write one of them as `(fn [x] …)`
            error[bad-name]: `%0` is no parameter of `#(…)`
             --> a.wat:1:17
              |
            1 | #(a #(b %)) #(f %0 %21)
              |                 ^^ they are `%`, `%1`, `%2` and so on, and `%&` for the rest
            error[argument-limit]: `#(…)` has at most 20 parameters
             --> a.wat:1:20
              |
            1 | #(a #(b %)) #(f %0 %21)
              |                    ^^^ beyond the last one
              |
              = help: give them names: `(fn [a b …] …)`
        "#]],
    );
    check(
        "(a ') `",
        expect![[r#"
            (a <error>)
            <error>
            error[unexpected-token]: expected a form after `'`, found `)`
             --> a.wat:1:4
              |
            1 | (a ') `
              |    ^ applies to nothing
            error[unexpected-token]: expected a form after ```, found the end of the file
             --> a.wat:1:7
              |
            1 | (a ') `
              |       ^ applies to nothing
        "#]],
    );
}

#[test]
fn colon_paths_are_names() {
    check(
        ":user::main :wat::core::let :wat::core::i64 :user::Shape::Circle :a::b::Shape::Circle :a::b::Shape :Shape::Circle :wat::core::< :wat::core::+ :wat::core::/ :wat::core::->",
        expect![[r#"
            user/main
            wat.core/let
            wat.core/i64
            user.Shape/Circle
            a.b.Shape/Circle
            a.b/Shape
            Shape/Circle
            wat.core/<
            wat.core/+
            wat.core//
            wat.core/->
        "#]],
    );
    check(
        ":a:: ::x :a:::b :: a::b :a::b/c :a::1",
        expect![[r#"
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            error[bad-name]: `:a::` is not a name
             --> a.wat:1:1
              |
            1 | :a:: ::x :a:::b :: a::b :a::b/c :a::1
              | ^^^^ a name is missing at a `::`
            error[bad-name]: `::x` is not a name
             --> a.wat:1:6
              |
            1 | :a:: ::x :a:::b :: a::b :a::b/c :a::1
              |      ^^^ a colon path starts with one colon and a namespace
              |
              = help: a keyword is `:x`
            error[bad-name]: `:a:::b` is not a name
             --> a.wat:1:10
              |
            1 | :a:: ::x :a:::b :: a::b :a::b/c :a::1
              |          ^^^^^^ its parts are separated by exactly two colons
            error[bad-name]: `::` is not a name
             --> a.wat:1:17
              |
            1 | :a:: ::x :a:::b :: a::b :a::b/c :a::1
              |                 ^^ a colon path starts with one colon and a namespace
            error[bad-name]: `a::b` is not a name
             --> a.wat:1:20
              |
            1 | :a:: ::x :a:::b :: a::b :a::b/c :a::1
              |                    ^^^^ a name with `::` starts with a colon
              |
            help: write `:a::b`
              |
            1 | :a:: ::x :a:::b :: :a::b :a::b/c :a::1
              |                    +
            error[bad-name]: `:a::b/c` is not a name
             --> a.wat:1:25
              |
            1 | :a:: ::x :a:::b :: a::b :a::b/c :a::1
              |                         ^^^^^^^ the parts of a colon path are separated by `::`, without `/`
            error[bad-name]: `:a::1` is not a name
             --> a.wat:1:33
              |
            1 | :a:: ::x :a:::b :: a::b :a::b/c :a::1
              |                                 ^^^^^ no part of it starts with a digit
        "#]],
    );
}

#[test]
fn bad_names() {
    check(
        "a/ /a a/b/c : :/ :a/ a: a/1 .5",
        expect![[r#"
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            error[bad-name]: `a/` is not a name
             --> a.wat:1:1
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 .5
              | ^^ the name after the `/` is missing
            error[bad-name]: `/a` is not a name
             --> a.wat:1:4
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 .5
              |    ^^ the namespace before the `/` is missing
            error[bad-name]: `a/b/c` is not a name
             --> a.wat:1:7
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 .5
              |       ^^^^^ a name has one `/`, after its namespace; the parts of a namespace are separated by dots
            error[bad-name]: `:` is not a name
             --> a.wat:1:13
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 .5
              |             ^ a keyword has a name after its colon
            error[bad-name]: `:/` is not a name
             --> a.wat:1:15
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 .5
              |               ^^ `/` alone is no keyword
            error[bad-name]: `:a/` is not a name
             --> a.wat:1:18
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 .5
              |                  ^^^ the name after the `/` is missing
            error[bad-name]: `a:` is not a name
             --> a.wat:1:22
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 .5
              |                      ^^ a name does not end with a colon; a type follows its name as in n <- i64
            error[bad-name]: `a/1` is not a name
             --> a.wat:1:25
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 .5
              |                         ^^^ a name does not start with a digit
            error[bad-literal]: `.5` is not a number
             --> a.wat:1:29
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 .5
              |                             ^^ a number starts with a digit
              |
            help: write `0.5`
              |
            1 | a/ /a a/b/c : :/ :a/ a: a/1 0.5
              |                             +
        "#]],
    );
}

#[test]
fn bad_literals() {
    check(
        "9223372036854775808 0x8000000000000000 1e400 1e-400",
        expect![[r#"
            <error>
            <error>
            <error>
            <error>
            error[bad-literal]: this integer is out of range
             --> a.wat:1:1
              |
            1 | 9223372036854775808 0x8000000000000000 1e400 1e-400
              | ^^^^^^^^^^^^^^^^^^^ does not fit in an i64
              |
              = note: an i64 lies between -9223372036854775808 and 9223372036854775807
            help: write a BigInt, which has no limit
              |
            1 | 9223372036854775808N 0x8000000000000000 1e400 1e-400
              |                    +
            error[bad-literal]: this integer is out of range
             --> a.wat:1:21
              |
            1 | 9223372036854775808 0x8000000000000000 1e400 1e-400
              |                     ^^^^^^^^^^^^^^^^^^ does not fit in an i64
              |
              = note: an i64 lies between -9223372036854775808 and 9223372036854775807
            help: write a BigInt, which has no limit
              |
            1 | 9223372036854775808 0x8000000000000000N 1e400 1e-400
              |                                       +
            error[bad-literal]: this number is out of range
             --> a.wat:1:40
              |
            1 | 9223372036854775808 0x8000000000000000 1e400 1e-400
              |                                        ^^^^^ does not fit in an f64
              |
              = note: the largest f64 is 1.7976931348623157e308
              = help: infinity is written `##Inf`
            error[bad-literal]: this number is out of range
             --> a.wat:1:46
              |
            1 | 9223372036854775808 0x8000000000000000 1e400 1e-400
              |                                              ^^^^^^ too close to zero for an f64
        "#]],
    );
    check(
        "017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M",
        expect![[r#"
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            <error>
            error[bad-literal]: `017` starts with a zero
             --> a.wat:1:1
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              | ^^^ octal and padded numbers are not numbers here
              |
            help: write `17`
              |
            1 - 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
            1 + 17 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |
            error[bad-literal]: `1_000` is not a number
             --> a.wat:1:5
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |     ^^^^^ digits are not grouped
              |
            help: write `1000`
              |
            1 - 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
            1 + 017 1000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |
            error[bad-literal]: `1/2` is not a number
             --> a.wat:1:11
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |           ^^^ there are no ratios
              |
              = help: divide with `(/ a b)`, or write a decimal number
            error[bad-literal]: `1.` is not a number
             --> a.wat:1:15
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |               ^^ a digit is needed after the point
              |
            help: write `1.0`
              |
            1 | 017 1_000 1/2 1.0 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |                 +
            error[bad-literal]: `0x` is not a number
             --> a.wat:1:18
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |                  ^^ after `0x` come the digits 0-9 and a-f
            error[bad-literal]: `0xg` is not a number
             --> a.wat:1:21
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |                     ^^^ after `0x` come the digits 0-9 and a-f
            error[bad-literal]: `12ab` is not a number
             --> a.wat:1:25
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |                         ^^^^ names do not start with a digit, and numbers hold nothing else
            error[bad-literal]: `1.5N` is not a number
             --> a.wat:1:30
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |                              ^^^^ `N` makes a BigInt, which is an integer; a Decimal ends with `M`
            error[bad-literal]: `##nan` is not a number
             --> a.wat:1:35
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |                                   ^^^^^ only `##Inf`, `##-Inf` and `##NaN` start with `##`
            error[bad-literal]: this number is out of range
             --> a.wat:1:41
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |                                         ^^^^^^^^^^ the exponent of a Decimal has at most six digits
            error[bad-literal]: `1e` is not a number
             --> a.wat:1:52
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |                                                    ^^ names do not start with a digit, and numbers hold nothing else
            error[bad-literal]: `007M` starts with a zero
             --> a.wat:1:55
              |
            1 | 017 1_000 1/2 1. 0x 0xg 12ab 1.5N ##nan 1e9999999M 1e 007M
              |                                                       ^^^^ octal and padded numbers are not numbers here
        "#]],
    );
    check(
        r"\newlin \u12 \ud800 \nope \u00411",
        expect![[r#"
            <error>
            <error>
            <error>
            <error>
            <error>
            error[bad-literal]: `\newlin` is not a character
             --> a.wat:1:1
              |
            1 | \newlin \u12 \ud800 \nope \u00411
              | ^^^^^^^ no character has this name
              |
            help: did you mean `\newline`?
              |
            1 | \newline \u12 \ud800 \nope \u00411
              |        +
            error[bad-literal]: `\u12` is not a character
             --> a.wat:1:9
              |
            1 | \newlin \u12 \ud800 \nope \u00411
              |         ^^^^ no character has this name
              |
              = note: characters are `\a`, `\newline`, `\space`, `\tab`, `\return` and `\u0041`
            error[bad-escape]: `\ud800` is not a character
             --> a.wat:1:14
              |
            1 | \newlin \u12 \ud800 \nope \u00411
              |              ^^^^^^ half of a surrogate pair
              |
              = help: write the character itself after the backslash
            error[bad-literal]: `\nope` is not a character
             --> a.wat:1:21
              |
            1 | \newlin \u12 \ud800 \nope \u00411
              |                     ^^^^^ no character has this name
              |
              = note: characters are `\a`, `\newline`, `\space`, `\tab`, `\return` and `\u0041`
            error[bad-escape]: `\u00411` is not a character
             --> a.wat:1:27
              |
            1 | \newlin \u12 \ud800 \nope \u00411
              |                           ^^^^^^^ `\u` takes four hexadecimal digits
        "#]],
    );
    check(
        r#""a\qb\u12" "\ud800x" #inst "2023-02-29" #inst 1 #uuid "1""#,
        expect![[r#"
            "ab"
            "x"
            <error>
            <error>
            <error>
            error[bad-escape]: `\q` is not an escape
             --> a.wat:1:3
              |
            1 | "a\qb\u12" "\ud800x" #inst "2023-02-29" #inst 1 #uuid "1"
              |   ^^ strings have no such escape
              |
              = note: escapes are `\"` `\\` `\n` `\r` `\t` `\b` `\f` and `\u0041`
            help: a backslash of the text is written twice
              |
            1 | "a\\qb\u12" "\ud800x" #inst "2023-02-29" #inst 1 #uuid "1"
              |   +
            error[bad-escape]: `\u12` is not an escape
             --> a.wat:1:6
              |
            1 | "a\qb\u12" "\ud800x" #inst "2023-02-29" #inst 1 #uuid "1"
              |      ^^^^ `\u` takes four hexadecimal digits
              |
              = note: escapes are `\"` `\\` `\n` `\r` `\t` `\b` `\f` and `\u0041`
            error[bad-escape]: `\ud800` is not an escape
             --> a.wat:1:13
              |
            1 | "a\qb\u12" "\ud800x" #inst "2023-02-29" #inst 1 #uuid "1"
              |             ^^^^^^ half of a surrogate pair
              |
              = note: escapes are `\"` `\\` `\n` `\r` `\t` `\b` `\f` and `\u0041`
            error[bad-literal]: this is no `#inst`
             --> a.wat:1:22
              |
            1 | "a\qb\u12" "\ud800x" #inst "2023-02-29" #inst 1 #uuid "1"
              |                      ^^^^^^^^^^^^^^^^^^ expected a date, or a date and time with offset, as in "2024-02-29T12:30:00Z"
            error[bad-literal]: this is no `#inst`
             --> a.wat:1:41
              |
            1 | "a\qb\u12" "\ud800x" #inst "2023-02-29" #inst 1 #uuid "1"
              |                                         ^^^^^^^ expected a date, or a date and time with offset, as in "2024-02-29T12:30:00Z"
            error[bad-literal]: this is no `#uuid`
             --> a.wat:1:49
              |
            1 | "a\qb\u12" "\ud800x" #inst "2023-02-29" #inst 1 #uuid "1"
              |                                                 ^^^^^^^^^ expected 32 hexadecimal digits, as in "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
        "#]],
    );
}

#[test]
fn duplicate_keys() {
    check(
        "{:a 1 :b 2 :a 3} #{1 0x1} {[1] 1 [1] 2} {:a} #{1.0 1.00 1.0M 1.00M}",
        expect![[r#"
            {:a 1 :b 2 :a 3}
            #{1 1}
            {[1] 1 [1] 2}
            {:a <error>}
            #{1.0 1.0 1.0M 1.00M}
            error[duplicate-key]: `:a` is here twice
             --> a.wat:1:12
              |
            1 | {:a 1 :b 2 :a 3} #{1 0x1} {[1] 1 [1] 2} {:a} #{1.0 1.00 1.0M 1.00M}
              |  --        ^^ the same key again
              |  |
              |  first here
            error[duplicate-key]: `1` is here twice
             --> a.wat:1:22
              |
            1 | {:a 1 :b 2 :a 3} #{1 0x1} {[1] 1 [1] 2} {:a} #{1.0 1.00 1.0M 1.00M}
              |                    - ^^^ the same element again
              |                    |
              |                    first here
            error[duplicate-key]: `[1]` is here twice
             --> a.wat:1:34
              |
            1 | {:a 1 :b 2 :a 3} #{1 0x1} {[1] 1 [1] 2} {:a} #{1.0 1.00 1.0M 1.00M}
              |                            ---   ^^^ the same key again
              |                            |
              |                            first here
            error[bad-literal]: a map literal needs a value for each key
             --> a.wat:1:42
              |
            1 | {:a 1 :b 2 :a 3} #{1 0x1} {[1] 1 [1] 2} {:a} #{1.0 1.00 1.0M 1.00M}
              |                                          ^^ has no value
            error[duplicate-key]: `1.0` is here twice
             --> a.wat:1:52
              |
            1 | {:a 1 :b 2 :a 3} #{1 0x1} {[1] 1 [1] 2} {:a} #{1.0 1.00 1.0M 1.00M}
              |                                                --- ^^^^ the same element again
              |                                                |
              |                                                first here
        "#]],
    );
}

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
fn one_bracket_wrong_is_one_error() {
    check(
        "(defn f [x) (foo x))\n(g)",
        expect![[r#"
            (defn f [x <error>] (foo x))
            (g)
            error[unbalanced-bracket]: `[` is closed by `)`
             --> a.wat:1:11
              |
            1 | (defn f [x) (foo x))
              |         - ^ expected `]`
              |         |
              |         opened here
              |
            help: close it with `]`
              |
            1 - (defn f [x) (foo x))
            1 + (defn f [x] (foo x))
              |
        "#]],
    );
    check(
        "(let [x (f 1] x)",
        expect![[r#"
            (let [x (f 1 <error>)] x)
            error[unbalanced-bracket]: unclosed `(`
             --> a.wat:1:9
              |
            1 | (let [x (f 1] x)
              |         ^   - closes the `[` around it
              |         |
              |         never closed
        "#]],
    );
    check(
        "(foo a])",
        expect![[r#"
            (foo a <error>)
            error[unbalanced-bracket]: unexpected `]`
             --> a.wat:1:7
              |
            1 | (foo a])
              | -     ^ closes nothing
              | |
              | the innermost bracket open here
        "#]],
    );
    check(
        "(defn f [x]) (foo x))\n(defn g [] 1)",
        expect![[r#"
            (defn f [x] <error>)
            (defn g [] 1)
            error[unbalanced-bracket]: unexpected `)`
             --> a.wat:1:21
              |
            1 | (defn f [x]) (foo x))
              |                    -^ closes nothing
              |                    |
              |                    everything before is closed here
        "#]],
    );
    check(
        "(defn f [x]\n  (let [y 1]\n    (foo y)\n  (bar x))\n\n(defn g [] 1)\n(defn h [] 2)",
        expect![[r#"
            (defn f [x] (let [y 1] (foo y) (bar x)) <error>)
            (defn g [] 1)
            (defn h [] 2)
            error[unbalanced-bracket]: unclosed `(`
             --> a.wat:2:3
              |
            2 |   (let [y 1]
              |   ^ never closed
            3 |     (foo y)
              |            - going by the indentation, it ends here
        "#]],
    );
    check(
        "(a (b",
        expect![[r#"
            (a (b <error>) <error>)
            error[unbalanced-bracket]: unclosed `(`
             --> a.wat:1:4
              |
            1 | (a (b
              |    ^ - the form ends here
              |    |
              |    never closed
        "#]],
    );
    check(
        "]",
        expect![[r#"
            error[unbalanced-bracket]: unexpected `]`
             --> a.wat:1:1
              |
            1 | ]
              | ^ closes nothing
        "#]],
    );
    check(
        "(let [x 1]\n(foo x)\n(bar x))",
        expect![[r#"
        (let [x 1] (foo x) (bar x))
    "#]],
    );
}

#[test]
fn a_string_without_end_is_one_error() {
    check(
        "(foo \"bar)\n(baz)",
        expect![[r#"
            (foo <error> <error>)
            (baz)
            error[unterminated-string]: this string has no end
             --> a.wat:1:6
              |
            1 | (foo "bar)
              |      ^ its closing quote is missing
              |
              = note: where this looks like the end of a string, a quote is missing further up
        "#]],
    );
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

#[test]
fn forms_know_their_place() {
    let text = "(a 'b #(c %) [1 2])";
    let forms = read(FileId(0), text).forms;
    let excerpt = |form: &Form| text[form.span.start as usize..form.span.end as usize].to_string();
    let places: Vec<String> = forms[0].children().into_iter().map(excerpt).collect();
    expect![[r##"["a", "'b", "#(c %)", "[1 2]"]"##]].assert_eq(&format!("{places:?}"));
    let quoted: Vec<String> = forms[0].children()[1].children().into_iter().map(excerpt).collect();
    expect![[r#"["'", "b"]"#]].assert_eq(&format!("{quoted:?}"));
    let short: Vec<String> = forms[0].children()[2].children().into_iter().map(excerpt).collect();
    expect![[r##"["#", "#", "(c %)"]"##]].assert_eq(&format!("{short:?}"));
}

#[test]
fn helpers_look_inside() {
    let form = &read(FileId(0), "(fn {:in i64} [x] x)").forms[0];
    assert!(form.is_call("fn"));
    let rest = form.call("fn").expect("it is a call of fn");
    assert!(rest[0].get("in").is_some_and(|value| value.is_symbol("i64")));
    assert_eq!(rest[1].as_vector().map(<[Form]>::len), Some(1));
    assert!(!form.has_error());
    assert!(matches!(rest[2].kind, FormKind::Symbol(_)));
}
