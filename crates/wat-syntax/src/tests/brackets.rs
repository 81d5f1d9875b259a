//! What is open and never closed, or closed and never opened.

use expect_test::expect;

use super::check;

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
