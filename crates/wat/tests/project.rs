//! The project file: what it changes, how its mistakes are told, and that settings reach every process.

mod support;

use support::Source;
use support::command::{err, out, run};

const MAIN: &str = "
(ns shop.main (:use [shop.cart :as cart] [wat.env :as env]))
(defn below {:in nil :out i64} [] -> nil
  (println (unwrap-or (env/setting :limit) 0)))
(defn middle {:in nil :out (Tuple i64 i64)} [] -> nil
  (let [t (spawn-thread below) p (spawn-process below)]
    (println (tuple (unwrap (unwrap (recv t))) (unwrap (unwrap (recv p)))))))
(defn main [] -> nil
  (println (cart/total [1 2]))
  (println (map count (args)))
  (println (unwrap (unwrap (recv (spawn-process middle))))))
";
const CART: &str = "(ns shop.cart)
(defn total \"The sum. Example: (shop.cart/total [1 2]) => 3\" [xs <- (Vector i64)] -> i64
  (reduce + 0 xs))
";
const TEST: &str =
    "(ns shop.cart-test (:use [shop.cart :as cart] [wat.env :as env] [wat.test :only [assert-eq]]))
(deftest \"the total is within the limit\"
  (assert-eq true (< (cart/total [1 2]) (unwrap-or (env/setting :limit) 0))))
";

fn shop(project: &str) -> Source {
    Source::empty()
        .with("wat.edn", project)
        .with("src/shop/main.wat", MAIN)
        .with("src/shop/cart.wat", CART)
        .with("test/shop/cart-test.wat", TEST)
}

const PROJECT: &str = "{:paths [\"src\" \"test\"] :main shop.main :settings {:limit 20 :name \"ada\"}}";

#[test]
fn the_main_program_runs_from_anywhere_in_the_project_with_its_settings_in_the_whole_tree() {
    let shop = shop(PROJECT);
    for place in [shop.directory.clone(), shop.directory.join("src/shop")] {
        let done = run(&place, &["run", "a", "--bcd"]);
        assert_eq!((out(&done).as_str(), err(&done).as_str()), ("3\n[1 5]\n[20 20]\n", ""));
        let done = run(&place, &["--set", "limit=-7"]);
        assert_eq!((out(&done).as_str(), err(&done).as_str()), ("3\n[]\n[-7 -7]\n", ""));
    }
}

#[test]
fn the_roots_are_those_of_check_and_test_and_fmt() {
    let shop = shop(PROJECT).with("elsewhere.wat", "(this is no program");
    let done = run(&shop.directory, &["check"]);
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
    let done = run(&shop.directory, &["test"]);
    assert_eq!(done.status.code(), Some(0), "{}{}", out(&done), err(&done));
    assert!(
        out(&done).contains("test/shop/cart-test.wat\n  ok   the total is within the limit"),
        "{}",
        out(&done)
    );
    let done = run(&shop.directory, &["--set", "limit=2", "test"]);
    assert_eq!(done.status.code(), Some(1), "{}{}", out(&done), err(&done));
    let done = run(&shop.directory, &["fmt"]);
    assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""));
    assert_eq!(out(&run(&shop.directory, &["fmt", "--check", "src"])), "");
}

#[test]
fn a_setting_has_the_type_its_place_expects() {
    let program = "(defn main [] -> nil
  (println (= (Some \"ada\") (wat.env/setting :name)))
  (println (map-err :found (map (fn [n <- (Option i64)] n) (wat.env/try-setting :name))))
  (println (+ 1 (unwrap-or (wat.env/setting :name) 0))))";
    let source = Source::empty().with("wat.edn", "{:settings {:name \"ada\"}}").with("a.wat", program);
    let done = run(&source.directory, &["a.wat"]);
    assert_eq!(out(&done), "true\n#wat.core/Err \"\\\"ada\\\"\"\n");
    assert_eq!(done.status.code(), Some(1));
    assert!(err(&done).contains("the setting :name cannot be used: expected i64"), "{}", err(&done));
}

#[test]
fn a_setting_of_the_command_line_is_checked() {
    let shop = shop(PROJECT);
    for (setting, why) in [
        ("limit", "wants NAME=EDN"),
        ("limt=3", "did you mean limit?"),
        ("limit=[1", "unexpected end of input"),
        ("name=bob", "a String is written with its quotes"),
        ("li mit=1", "cannot be the name"),
    ] {
        let done = run(&shop.directory, &["--set", setting]);
        assert_eq!(done.status.code(), Some(64), "{setting}");
        assert!(err(&done).contains(why), "{setting}: {}", err(&done));
    }
}

#[test]
fn a_project_file_is_read_strictly() {
    for (project, title, help) in [
        ("{:path [\"src\"]}", "has no such key", "did you mean `:paths`?"),
        ("[1]", "holds one map", "write {:paths"),
        ("", "holds one map", "write {:paths"),
        ("{:paths \"src\"}", "lists source roots", "[\"src\" \"test\"]"),
        ("{:paths [src]}", "lists source roots", "strings"),
        ("{:paths [\"sources\"]}", "\"sources\" cannot be used", "mkdir -p sources"),
        ("{:paths [\"/tmp\"]}", "belongs to its project", "from the project file's directory"),
        ("{:paths [\"src\"] :main shop.cat}", "no file defines `shop.cat`", "src/shop/cat.wat"),
        ("{:paths [\"src\"] :main shop.main/main}", "`:main` is a namespace", "write shop.main"),
        ("{:main \"shop\"}", "`:main` is a namespace", "write its name alone"),
        ("{:settings {:a (f 1)}}", "`:a` is not EDN", "a setting is data"),
        ("{:settings {\"a\" 1}}", "name is a keyword", "{:port 8080}"),
        ("{:settings [1]}", "is a map", "{:port 8080}"),
        ("{:settings {:a 1}", "", ""),
    ] {
        let shop = shop(project);
        for words in [&["check", "src/shop/cart.wat"][..], &["run"], &["test"], &["fmt"], &["doc"]] {
            let done = run(&shop.directory, words);
            let said = err(&done);
            assert_eq!(done.status.code(), Some(2), "{words:?} {project}: {said}");
            assert!(said.contains(title) && said.contains(help), "{project}: {said}");
            assert!(said.contains("wat.edn:1:"), "{project}: {said}");
        }
        assert_eq!(run(&shop.directory, &["explain", "bad-project"]).status.code(), Some(0));
    }
}

#[test]
fn a_namespace_in_two_roots_is_told() {
    let shop = shop(PROJECT).with("test/shop/cart.wat", "(ns shop.cart)\n");
    let done = run(&shop.directory, &["run"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("two files define `shop.cart`"), "{}", err(&done));
}

#[test]
fn a_file_outside_the_project_is_not_part_of_it() {
    let shop =
        shop(PROJECT).with("inner/a.wat", "(ns a (:use [shop.cart :as cart]))\n(println (cart/total [4]))\n");
    assert_eq!(out(&run(&shop.directory, &["inner/a.wat"])), "4\n");
    let other =
        Source::empty().with("a.wat", "(ns a (:use [shop.cart :as cart]))\n(println (cart/total [4]))\n");
    let done = run(&shop.directory, &[other.directory.join("a.wat").to_str().expect("UTF-8")]);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("unknown-namespace"), "{}", err(&done));
}

#[test]
fn without_a_project_the_commands_say_what_they_want() {
    let place = Source::empty();
    for words in [&[][..], &["run"], &["check"]] {
        let done = run(&place.directory, words);
        assert_eq!(done.status.code(), Some(64));
        assert!(err(&done).contains("there is no wat.edn here or above"), "{}", err(&done));
    }
}

#[test]
fn a_new_project_does_all_that_its_readme_says() {
    let place = Source::empty();
    assert_eq!(run(&place.directory, &["new", "shop"]).status.code(), Some(0));
    let shop = place.directory.join("shop");
    let said = |words: &[&str]| {
        let done = run(&shop, words);
        assert_eq!((done.status.code(), err(&done).as_str()), (Some(0), ""), "{words:?}");
        out(&done)
    };
    assert_eq!(said(&[]), "\"hello, world\"\n");
    assert_eq!(said(&["run"]), "\"hello, world\"\n");
    assert_eq!(said(&["--out", "lines", "--set", "greeting=\"hi\"", "run"]), "hi, world\n");
    assert!(said(&["test"]).contains("1 passed, 0 failed"));
    assert_eq!(said(&["check"]), "");
    assert_eq!(said(&["fmt", "--check"]), "");
    assert!(said(&["doc", "shop.greeting"]).contains("greet"));
    assert!(said(&["doc", "greet"]).contains("A greeting for somebody."));
}
