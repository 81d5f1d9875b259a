//! Protocols: what their mistakes say, which names they make, what calls of methods become.

use super::{Files, check_in, check_with, library_files, listed, said, said_of};
use crate::Library;
use crate::hir::{Body, Defs, ExprKind};
use crate::stdio::visit;
use expect_test::{Expect, expect};
use wat_source::{SourceMap, Symbol};

const DESCRIBE: &str = "(defprotocol Describe (describe [self <- Self] -> String))
(extend i64 Describe (describe [n] (str n)))
(extend (Vector T) Describe {:where [(Describe T)]} (describe [xs] (str (map describe xs))))
";

/// The whole text of what is said of lines 4 and on.
fn drawn(source: &str, wanted: Expect) {
    let (checked, sources) = check_in(&format!("{DESCRIBE}{source}"), &mut Files(&[]));
    let text: String = checked.diagnostics.iter().map(|d| wat_source::draw(d, &sources, false)).collect();
    wanted.assert_eq(&text);
}

#[test]
fn a_missing_implementation_is_told_with_the_call_that_asks() {
    drawn(
        "(extend (Option T) Describe {:where [(Ord T)]} (describe [_] \"\"))
(defn all {:where [(Describe T)]} [xs <- (Vector T)] -> String (describe xs))
(defn main [] -> nil
  (println (all [true]))
  (println (describe [(Some #{1})]))
  (println (describe (panic! \"no\"))))",
        expect![[r#"
            error[missing-bound]: `all` needs Describe, which bool does not have
             --> main.wat:7:17
              |
            7 |   (println (all [true]))
              |                 ^^^^^^ this is a bool
              |
              = help: implement it: (extend bool Describe (describe [self] …))
            error[missing-bound]: `describe` needs Ord, which (Set i64) does not have
             --> main.wat:8:22
              |
            8 |   (println (describe [(Some #{1})]))
              |                      ^^^^^^^^^^^^^ this is a (Set i64), a part of (Vector (Option (Set i64)))
              |
              = note: the implementation of Describe for (Option T) asks for it
            error[ambiguous-type]: the type of this value is not determined
             --> main.wat:9:22
              |
            9 |   (println (describe (panic! "no"))))
              |                      ^^^^^^^^^^^^^ `describe` needs to know it
        "#]],
    );
}

#[test]
fn how_definitions_are_written() {
    expect![[r#"
        1:1 bad-syntax `defprotocol` needs at least one method
        2:20 bad-syntax a protocol has no type parameters
        3:18 bad-syntax a method is a list that begins with its name
        3:21 bad-syntax the types of `two` do not mention `Self`
        3:44 bad-syntax a method needs its parameters in a vector: [x <- i64]
        3:63 bad-syntax a method states its result after the parameters: -> T
        3:80 redefinition `two` is defined twice
        3:104 bad-syntax a method needs a name
        4:14 bad-name `lower` cannot be the name of this definition
        5:14 shadowed-prelude this hides `Show` of the prelude
        5:42 bad-type `Show` is a protocol, not a type
        6:20 unknown-attribute a `defprotocol` has no attribute `:where`
        6:38 unknown-attribute a `method` has no attribute `:private`
        6:54 bad-syntax the parameter `self` needs a type: self <- T
        7:1 bad-syntax `extend` takes a type, a protocol and its methods
        8:1 bad-syntax `extend` takes a type, a protocol and its methods
        9:9 bad-type `T` is every type, and an `extend` is for one
        10:9 unbound-type unknown type `Nowhere`
        11:13 unbound-name unknown protocol `Nowhere`
        12:13 unbound-name unknown protocol `fine`
        13:13 missing-method `Fine` of i64 lacks `seven`
        13:19 unknown-attribute an `extend` has no attribute `:in`
        13:43 redefinition `eight` is implemented twice here
        13:57 redefinition `eight` is implemented twice here
        13:64 bad-syntax a method is a list that begins with its name
        14:69 unused-value this value is not used
        15:33 bad-syntax a method needs its parameters in a vector: [self]
        16:27 unbound-name unknown protocol `Finer`
        16:37 unknown-type-variable `U` is no type variable here
        16:62 bad-type `Fine` is a protocol, not a type
        16:71 unbound-type unknown type `Self`
        18:12 unbound-name `Fine` is a protocol, not a value
        19:12 unsupported-form `extend` is not available here
    "#]]
    .assert_eq(&said(
        "(defprotocol Empty)
(defprotocol (Many T) (one [self <- Self] -> i64))
(defprotocol Odd 5 (two [x <- i64] -> i64) (three self) (four [self <- Self]) (two [s <- Self] -> nil) ())
(defprotocol lower (five [self <- Self] -> i64))
(defprotocol Show (six [self <- Self] -> Show))
(defprotocol Fine {:where 1} (seven {:private true} [self] -> i64) (eight [self <- Self] -> i64 0))
(extend)
(extend i64)
(extend T Fine (eight [x] 1))
(extend Nowhere Fine (eight [x] 1))
(extend i64 Nowhere (eight [x] 1))
(extend i64 fine)
(extend i64 Fine {:in i64} (eight [x] 1) (eight [x] 2) (eight) 7)
(extend f64 Fine (seven [_] 1) (eight [x <- Self] -> i64 (let [y x] (fn [z <- Self] z) 1)))
(extend bool Fine (seven [_] 1) (eight x))
(defn f {:where [(Fine T) (Finer T) (Fine U)]} [x <- T  y <- Fine] -> Self x)
(defn main [] -> nil
  (println Fine)
  (println (extend i64 Fine)))",
    ));
}

#[test]
fn names_of_protocols_and_methods() {
    let text = "(ns shop.text)
(defprotocol Text (text [self <- Self] -> String))
(defprotocol Inner {:private true} (inner [self <- Self] -> String))
(extend i64 Text (text [n] (str n)))
(extend i64 Inner (inner [n] (str n)))";
    let check = |main: &str| said_of(main, &[("shop.text", text)]);
    expect![[""]].assert_eq(&check("(ns main (:use [shop.text :only [Text]])) (println (text 1))"));
    expect![[""]].assert_eq(&check("(ns main (:use [shop.text :as t])) (println (t/text 1))"));
    expect![[""]].assert_eq(&check("(ns main (:use [shop.text])) (println (shop.text/text 1))"));
    expect![[""]].assert_eq(&check("(ns main (:use [shop.text :only [text]])) (println (text 1))"));
    expect![[r#"
        2:29 private-name `shop.text/Inner` is private to its file
        2:41 unknown-namespace no namespace or alias `u`
        3:11 private-name `shop.text/inner` is private to its file
        4:11 unbound-name unknown name `text`
    "#]]
    .assert_eq(&check(
        "(ns main (:use [shop.text :as t]))
(defn f {:where [(t/Text T) (t/Inner T) (u/Text T)]} [x <- T] -> String (t/text x))
(println (t/inner 1))
(println (text 1))",
    ));
    expect![[r#"
        1:34 private-name `shop.text/Inner` is private to its file
        1:40 private-name `shop.text/inner` is private to its file
        1:46 unbound-name unknown name `shop.text/Texts`
    "#]]
    .assert_eq(&check("(ns main (:use [shop.text :only [Inner inner Texts]])) (println 1)"));
}

/// The names that the body of a definition calls or mentions.
fn mentioned(defs: &[crate::hir::Def], name: &str) -> String {
    let def = defs.iter().find(|def| def.name == name).expect("it is defined");
    let (Body::Fn(body) | Body::Value(body)) = &def.body else { return "no body".to_string() };
    let mut found = Vec::new();
    visit(body, true, &mut |e| match &e.kind {
        ExprKind::Def { name, targs } | ExprKind::Call { name, targs, .. } => {
            let targs: Vec<String> = targs.iter().map(|ty| ty.to_string()).collect();
            found.push(format!("{name}<{}>", targs.join(" ")));
        }
        _ => {}
    });
    found.join(", ")
}

#[test]
fn methods_of_known_types_are_their_implementations() {
    let source = format!(
        "{DESCRIBE}
(defprotocol Two (one [self <- Self  x <- T] -> T) (two [self <- Self] -> i64 (one self 2)))
(extend (Option T) Two (one [_ y] y))
(defn generic {{:where [(Describe T)]}} [x <- T] -> String (str (describe x) (describe [x])))
(defn ground [] -> (Vector String) (map describe [[1]]))
(defn other [] -> i64 (+ (two (Some 1.5)) (one (Some :k) 5)))
(println nil)"
    );
    let (checked, sources) = check_in(&source, &mut Files(&[]));
    expect![[""]].assert_eq(&listed(&checked.diagnostics, &sources));
    let defs = &checked.unit.defs;
    let show = |name: &str| format!("{name}: {}\n", mentioned(defs, name));
    let text =
        show("user/generic") + &show("user/ground") + &show("user/other") + &show("user/two by default");
    expect![[r#"
        user/generic: wat.core/str_join_all<>, user/describe<T>, user/describe of (Vector T)<T>
        user/ground: wat.core/map-vector<(Vector i64) String>, user/describe of (Vector T)<i64>
        user/other: wat.core/add-numbers<i64>, user/two by default<(Option f64)>, user/one of (Option T)<keyword i64>
        user/two by default: user/one<Self i64>
    "#]]
    .assert_eq(&text);
}

/// The library may define protocols and implement them; both travel with it.
#[test]
fn protocols_of_the_library() {
    let mut files = library_files();
    let text = "(ns wat.text)
(defprotocol Text (text [self <- Self] -> String) (loud [self <- Self] -> String (str (text self) \"!\")))
(defstruct Box [n <- i64])
(extend Box Text (text [b] (str (:n b))))
(extend i64 Text (text [n] (str n)))
(extend (Vector T) Text {:where [(Text T)]} (text [xs] (str (map text xs))))
(defn shout {:where [(Text T)]} [x <- T] -> String (loud x))";
    files.push(("lib/wat/text.wat".to_string(), text.to_string()));
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let mut sources = SourceMap::new();
    let (library, found) = Library::build(&borrowed, &mut sources);
    expect![[""]].assert_eq(&listed(&found, &sources));
    let bytes = postcard::to_stdvec(&library).expect("a library can be written");
    let library: Library = postcard::from_bytes(&bytes).expect("and read");
    assert_eq!(library.implementations(Symbol::new("wat.text/Text")).len(), 3);
    let main = "(ns main (:use [wat.text :as t :only [Text Box]]))
(defstruct Pt [x <- i64])
(extend Pt Text (text [p] (str (:x p))))
(extend f64 Text (text [x] (str x)))
(extend Box Text (text [_] \"\"))
(extend (Vector Pt) Text (text [_] \"\"))
(defn grow {:where [(Text T)]} [x <- T] -> String (t/shout [x]))
(defn main [] -> nil
  (println (t/shout [(Pt 1)]))
  (println (loud (Box 2)))
  (println (text [[1]]))
  (println (grow :a)))";
    let (checked, sources) = check_with(main, &mut Files(&[]), &library);
    expect![[r#"
        4:9 orphan-extend this file defines neither f64 nor `Text`
        5:9 orphan-extend this file defines neither Box nor `Text`
        6:9 orphan-extend this file defines neither (Vector Pt) nor `Text`
        12:18 missing-bound `grow` needs Text, which keyword does not have
    "#]]
    .assert_eq(&listed(&checked.diagnostics, &sources));
}

/// What comes back at smaller types is welcome, what grows is not, by whichever way.
#[test]
fn recursion_through_methods() {
    let source = format!(
        "{DESCRIBE}
(defn helper {{:where [(Describe T)]}} [x <- T] -> String (describe x))
(defstruct (Box T) [of <- T])
(extend (Box T) Describe {{:where [(Describe T)]}}
  (describe [b] (str (helper (:of b)) (describe [(:of b)]) (helper [(:of b)]))))
(defn pump {{:where [(Describe T)]}} [x <- T] -> String (spread (Some x)))
(defn spread {{:where [(Describe T)]}} [x <- T] -> String (describe x))
(extend (Option T) Describe {{:where [(Describe T)]}}
  (describe [x] (match x (None \"\") ((Some y) (pump [y])))))
(println (describe (Box 1)))"
    );
    expect![[r#"
        12:46 polymorphic-recursion `pump` refers to itself at other types than its own
    "#]]
    .assert_eq(&said(&source));
}
