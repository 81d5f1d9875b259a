//! Databases in files: locks between processes, damage, and values of every kind through parameters.

mod support;

use std::fs;
use std::time::Duration;
use support::source::test_file;
use support::{Random, Source, program, turn, wat};

const MINUTE: Duration = Duration::from_secs(60);

/// Guards: the busy handler (without it a locked database answers at once, or waits for ever) and the stop word in it.
#[test]
fn a_lock_is_waited_for_up_to_a_limit_and_a_stop_ends_the_wait() {
    let _turn = turn(MINUTE);
    let place = Source::empty();
    // A child has a working directory of its own.
    let database = place.directory.join("test.db");
    let words = [database.to_str().expect("temporary paths are UTF-8")];
    let ended = wat(test_file("machine/databases")).args(&words).run("");
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let expected = [
        "#wat.core/Ok nil",
        "#wat.core/Ok 3000000",
        "#wat.core/Err \"more than 2999999 bytes of rows: raise `:rows` or `:bytes`, or take them one by one with `fold`\"",
        "#wat.core/Ok #wat.core/Ok 1",
        "#wat.core/Ok #wat.core/Err :busy",
        "#wat.core/Err :busy",
        "#wat.core/Ok #wat.core/Ok 1",
        "#wat.core/Ok nil",
        "#wat.core/Ok #wat.core/Ok 2",
        "#wat.core/Ok nil",
        "#wat.core/Err :read-only",
        "#wat.core/Ok 1",
        "#wat.core/Ok 1",
        "#wat.core/Err :cannot-open",
        "#wat.core/Err :cannot-open",
        "#wat.core/Err :cannot-open",
        "#wat.core/Err :not-a-database",
    ];
    assert_eq!(ended.out.lines().collect::<Vec<_>>(), expected, "{ended:?}");
}

/// Guards: every answer of SQLite being looked at: a damaged file gives an error or rows, not a signal or a crash.
#[test]
fn a_damaged_file_is_an_error() {
    let _turn = turn(2 * MINUTE);
    let place = Source::empty();
    let make = program(
        "(ns user (:use [wat.sqlite :as sql]))
         (let [db (unwrap (sql/open \"test.db\") \"open\")]
           (unwrap (sql/exec db \"create table t (n integer primary key, s text)\" nil) \"create\")
           (unwrap (sql/transact db (fn [db] (sql/exec db \"with recursive c(n) as (select 1 union all select n + 1 from c limit 500) insert into t select n, hex(randomblob(40)) from c\" nil))) \"fill\"))",
    );
    let made = wat(&make.file).directory(&place.directory).run("");
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let database = place.directory.join("test.db");
    let whole = fs::read(&database).expect("the database");
    let mut random = Random::seeded();
    for _ in 0..12 {
        let mut bytes = whole.clone();
        for _ in 0..1 + random.below(200) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        if random.below(4) == 0 {
            bytes.truncate(random.below(whole.len()));
        }
        fs::write(&database, &bytes).expect("a writable directory");
        let ended = wat(test_file("machine/database-dump")).directory(&place.directory).run("");
        assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    }
}

/// Guards: parameters as data: texts that look like SQL, hold zero bytes or any character come back as they were.
#[test]
fn what_goes_in_as_a_parameter_comes_back() {
    let _turn = turn(MINUTE);
    let mut random = Random::seeded();
    let mut input = String::new();
    let pieces =
        ["'", "\"", "--", ";", "drop table t", "\\u0000", "?", ":s", "%", "añ", "😀", "\\\\", "\\n", "x"];
    let count = 300;
    for _ in 0..count {
        let text: String = (0..random.below(12)).map(|_| *random.one_of(&pieces)).collect();
        let text = text.replace('"', "\\\"");
        let whole = [i64::MIN, i64::MAX, 0, -1, random.next() as i64][random.below(5)];
        let real = random.one_of(&["##Inf", "##-Inf", "-0.0", "1.7976931348623157e308", "5e-324"]);
        input.push_str(&format!("[\"{text}\" {whole} {real}]\n"));
    }
    let ended = wat(test_file("machine/database-echo")).run(&input);
    assert_eq!(ended.out, "true\n".repeat(count), "{ended:?}");
}
