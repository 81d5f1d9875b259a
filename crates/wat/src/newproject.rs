//! `wat new NAME`: a directory with a program, a library file and its test, and what a repository of them needs.

use crate::{exit, report};
use std::fs;
use std::path::Path;

/// Makes the project beside the current directory's other entries.
pub fn run(name: &str) -> i32 {
    if let Err(why) = check_name(name) {
        report::write(&format!("wat: {name:?} cannot be a project's name: {why}\n"));
        return exit::MISUSE;
    }
    let root = Path::new(name);
    if root.symlink_metadata().is_ok() {
        report::write(&format!("wat: new {name}: it is there already; choose another name\n"));
        return exit::MISUSE;
    }
    for (path, text) in files(name) {
        let path = root.join(path);
        let parent = path.parent().unwrap_or(root);
        if let Err(error) = fs::create_dir_all(parent).and_then(|()| fs::write(&path, text)) {
            report::write(&format!("wat: write {}: {error}\n", path.display()));
            return 1;
        }
    }
    0
}

/// A project's name is the name of its namespace.
fn check_name(name: &str) -> Result<(), &'static str> {
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("a namespace begins with a small letter, a to z");
    }
    if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err("it may have small letters, digits and `-`");
    }
    if matches!(name, "wat" | "user") {
        return Err("that namespace is taken");
    }
    Ok(())
}

fn files(name: &str) -> [(String, String); 6] {
    let project = format!(
        "{{:paths    [\"src\" \"test\"]
 :main     {name}.main
 :settings {{:greeting \"hello\"}}}}
"
    );
    let main = format!(
        "(ns {name}.main (:use [{name}.greeting :as greeting] [wat.env :as env]))

(defn main [] -> nil
  (println (greeting/greet (unwrap-or (env/setting :greeting) \"hello\") \"world\")))
"
    );
    let greeting = format!(
        "(ns {name}.greeting)

(defn greet \"A greeting for somebody.\" [greeting <- String  who <- String] -> String
  (str greeting \", \" who))
"
    );
    let test = format!(
        "(ns {name}.greeting-test (:use [{name}.greeting :as greeting] [wat.test :only [assert-eq]]))

(deftest \"greets by name\"
  (assert-eq \"hello, ada\" (greeting/greet \"hello\" \"ada\")))
"
    );
    let readme = format!(
        "# {name}

    wat                          run src/{name}/main.wat
    wat --set 'greeting=\"hi\"'    with another setting than that of wat.edn
    wat test                     run the tests
    wat fmt                      format all files
    wat doc {name}.greeting{space} what a namespace defines
",
        space = " ".repeat(12usize.saturating_sub(name.len()))
    );
    [
        ("wat.edn".into(), project),
        (format!("src/{name}/main.wat"), main),
        (format!("src/{name}/greeting.wat"), greeting),
        (format!("test/{name}/greeting-test.wat"), test),
        ("README.md".into(), readme),
        (".gitignore".into(), "*.log\n".into()),
    ]
}
