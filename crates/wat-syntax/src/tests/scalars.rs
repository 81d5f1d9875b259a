//! Numbers, strings, characters and keywords: what is read, and what is wrong with one.

use expect_test::expect;

use super::check;

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
