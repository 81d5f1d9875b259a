//! Names and their paths, and what is no name.

use expect_test::expect;

use super::check;

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
