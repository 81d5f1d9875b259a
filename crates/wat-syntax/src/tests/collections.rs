//! Collections, comments, discards and sigils, and keys that are there twice.

use expect_test::expect;

use super::check;

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
