//! Time zones and calendars as the time zone database has them, read by chrono-tz; wat reads it through another crate.

use crate::batch::values;
use crate::random::Random;
use chrono::{DateTime, Datelike, LocalResult, NaiveDateTime, Offset, TimeZone, Timelike};
use chrono_tz::{OffsetName, TZ_VARIANTS, Tz};
use std::collections::BTreeMap;
use wat_edn::Value;

/// For a zone and seconds since 1970: what the calendar shows at each, and when the clocks next change.
const SHOWN: &str = r#"
(ns user (:use [wat.time :as time]))
(defn at [s <- i64] -> Instant (time/from-epoch (seconds s)))
(defn shown [z <- time/Zone  s <- i64] -> String
  (let [f (time/fields z (at s))]
    (str (time/format z "%Y-%m-%d %H:%M:%S" (at s)) " " (:day-of-year f) " " (:week-year f) " " (:week f) " "
         (time/format z "%a" (at s)) " " (quot (time/as-millis (:offset f)) 1000) " " (:abbreviation f))))
(defn next [z <- time/Zone  s <- i64] -> i64
  (match (time/next-transition z (at s))
    (None -1)
    ((Some t) (quot (time/as-millis (time/since-epoch t)) 1000))))
(defn main {:in (Tuple String (Vector i64)) :out (Vector (Tuple String i64))} [] -> nil
  (serve (fn [ask]
    (let [(tuple name times) ask  z (unwrap (time/zone name))]
      (map (fn [s] (tuple (shown z s) (next z s))) times)))))
"#;

/// For a zone and what its clocks show, as the seconds that UTC would take: the instants.
const MEANT: &str = r#"
(ns user (:use [wat.time :as time]))
(defn meant [z <- time/Zone  s <- i64] -> (Option i64)
  (let [f (time/fields time/utc (time/from-epoch (seconds s)))
        c (time/Civil (:year f) (:month f) (:day f) (:hour f) (:minute f) (:second f) 0)]
    (match (time/instant z c)
      ((Ok t)  (Some (quot (time/as-millis (time/since-epoch t)) 1000)))
      ((Err _) None))))
(defn main {:in (Tuple String (Vector i64)) :out (Vector (Option i64))} [] -> nil
  (serve (fn [ask]
    (let [(tuple name times) ask  z (unwrap (time/zone name))]
      (map (fn [s] (meant z s)) times)))))
"#;

const YEAR_2037: i64 = 2_114_380_800;
const STEP: i64 = 20 * 86_400 + 3_607;

fn offset(zone: Tz, seconds: i64) -> i64 {
    let utc = DateTime::from_timestamp(seconds, 0).expect("a time of this century").naive_utc();
    i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc())
}

/// The first second of each offset that a zone has had.
fn transitions(zone: Tz) -> Vec<i64> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < YEAR_2037 {
        let (mut low, mut high) = (from, from + STEP);
        let before = offset(zone, low);
        if offset(zone, high) != before {
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if offset(zone, middle) == before { low = middle } else { high = middle }
            }
            found.push(high);
        }
        from = high.max(from + 1);
        if high - low > 1 {
            from = high;
        }
    }
    found
}

fn ask(zone: &str, times: &[i64]) -> String {
    Value::Vector(vec![Value::string(zone), Value::Vector(times.iter().map(|&t| Value::Int(t)).collect())])
        .to_string()
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Vector(items) => items,
        other => panic!("a vector: {other}"),
    }
}

fn answers(program: &str, asked: &[(Tz, Vec<i64>)]) -> Vec<Vec<Value>> {
    let texts: Vec<String> = asked.iter().map(|(zone, times)| ask(zone.name(), times)).collect();
    let parse = |text: String| items(Value::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text}")));
    values(program, &texts).into_iter().map(parse).collect()
}

/// The two crates carry different releases of the database, between which the rules of a few zones change: those may
/// differ, the others not.
fn few(differ: &BTreeMap<&str, String>) {
    println!("of another release: {:?}", differ.keys());
    for zone in
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo"]
    {
        assert!(!differ.contains_key(zone), "{zone}: {}", differ[zone]);
    }
    assert!(differ.len() <= 30, "{} zones differ: {differ:#?}", differ.len());
}

/// Guards: the zones inside the binary, and what the calendar shows.
#[test]
fn every_zone_changes_when_the_database_says_so() {
    let mut random = Random::of(5);
    let mut asked = Vec::new();
    let mut changes = Vec::new();
    for zone in TZ_VARIANTS {
        let found = transitions(zone);
        let mut times: Vec<i64> = found.iter().flat_map(|&t| [t - 1, t]).collect();
        times.extend((0..20).map(|_| random.below(YEAR_2037 as usize) as i64));
        asked.push((zone, times));
        changes.push(found);
    }
    let (mut compared, mut differ) = (0, BTreeMap::new());
    for (((zone, times), changes), answer) in asked.iter().zip(&changes).zip(answers(SHOWN, &asked)) {
        assert_eq!(answer.len(), times.len());
        for (at, row) in times.iter().zip(answer) {
            let utc = DateTime::from_timestamp(*at, 0).expect("a time of this century");
            let local = utc.with_timezone(zone);
            let week = local.iso_week();
            let row = items(row);
            let expected = format!(
                "{} {} {} {} {} {}",
                local.format("%Y-%m-%d %H:%M:%S"),
                local.ordinal(),
                week.year(),
                week.week(),
                local.weekday(),
                local.offset().fix().local_minus_utc(),
            );
            let (shown, abbreviation) =
                row[0].as_str().and_then(|shown| shown.rsplit_once(' ')).expect("words");
            let theirs = local.offset().abbreviation();
            if shown != expected || theirs.is_some_and(|theirs| theirs != abbreviation) {
                differ.insert(
                    zone.name(),
                    format!("at {at}: {shown} {abbreviation}, not {expected} {theirs:?}"),
                );
                continue;
            }
            if changes.contains(&(at + 1)) && row[1].as_int() != Some(at + 1) {
                differ.insert(zone.name(), format!("changes at {}, not {}", row[1], at + 1));
            }
            compared += 1;
        }
    }
    few(&differ);
    assert!(compared > 50_000, "{compared}");
}

/// Guards: what is shown twice is the first time, and what was skipped is as much later.
#[test]
fn what_clocks_show_is_the_instant_that_the_database_says() {
    let mut asked = Vec::new();
    for zone in TZ_VARIANTS {
        let mut times = Vec::new();
        for at in transitions(zone) {
            let (before, after) = (offset(zone, at - 1), offset(zone, at));
            times.extend([-5400, -1800, -1, 0, 1, 1800, 5400].map(|d| at + before.min(after) + d));
            times.extend([-1, 0, 1].map(|d| at + before.max(after) + d));
        }
        asked.push((zone, times));
    }
    let (mut skipped, mut twice, mut differ) = (0, 0, BTreeMap::new());
    for ((zone, times), answer) in asked.iter().zip(answers(MEANT, &asked)) {
        for (shown, found) in times.iter().zip(answer) {
            let civil: NaiveDateTime =
                DateTime::from_timestamp(*shown, 0).expect("a time of this century").naive_utc();
            let expected = match zone.from_local_datetime(&civil) {
                LocalResult::Single(one) => one.timestamp(),
                LocalResult::Ambiguous(first, _) => {
                    twice += 1;
                    first.timestamp()
                }
                LocalResult::None => {
                    skipped += 1;
                    // By the offset from before the change: as much later as the clocks went forward.
                    let before =
                        (1..=26).map(|h| offset(*zone, shown - offset(*zone, shown - h * 3600) - 3600 * h));
                    let later: Vec<i64> = before.map(|offset| shown - offset).collect();
                    if !later.contains(&found.as_int().unwrap_or(i64::MIN)) {
                        differ.insert(zone.name(), format!("skipped {civil}: {found}"));
                    }
                    continue;
                }
            };
            if found != Value::Int(expected) {
                differ.insert(zone.name(), format!("{civil} is {found}, not {expected}"));
            }
        }
    }
    few(&differ);
    assert!(skipped > 10_000 && twice > 10_000, "{skipped} skipped, {twice} twice");
}

/// A pattern and an instant: the text, and the instant that the text is by the same pattern where it tells all.
const PATTERNS: &str = r#"
(ns user (:use [wat.time :as time]))
(def zone (time/Zone "America/St_Johns"))
(defn main {:in (Tuple String i64) :out String} [] -> nil
  (serve (fn [ask]
    (let [(tuple pattern n) ask] (time/format zone pattern (time/from-epoch (nanos n)))))))
"#;

/// Guards: the patterns of `format`, as chrono writes them.
#[test]
fn patterns_are_written_as_chrono_writes_them() {
    const PIECES: [&str; 32] = [
        "%Y", "%C", "%y", "%m", "%b", "%B", "%h", "%d", "%e", "%a", "%A", "%w", "%u", "%U", "%W", "%G", "%g",
        "%V", "%j", "%D", "%F", "%H", "%k", "%I", "%l", "%p", "%M", "%S", "%R", "%T", "%z", "%:z",
    ];
    let zone: Tz = "America/St_Johns".parse().expect("a zone");
    let mut random = Random::of(6);
    let mut cases = Vec::new();
    for _ in 0..3000 {
        let pattern: Vec<&str> = (0..1 + random.below(6)).map(|_| *random.one_of(&PIECES)).collect();
        // Of the years 1970 to 2100; before, offsets have seconds, which chrono rounds away.
        let nanos = random.below(4_102_444_800) as i64 * 1_000_000_000;
        cases.push((pattern.join("|"), nanos + random.below(1_000_000_000) as i64));
    }
    let text = |(pattern, at): &(String, i64)| {
        Value::Vector(vec![Value::string(pattern.as_str()), Value::Int(*at)]).to_string()
    };
    let texts: Vec<String> = cases.iter().map(text).collect();
    for ((pattern, at), ours) in cases.iter().zip(values(PATTERNS, &texts)) {
        let local = DateTime::from_timestamp_nanos(*at).with_timezone(&zone);
        let theirs = Value::string(local.format(pattern).to_string()).to_string();
        assert_eq!(ours, theirs, "{pattern} at {at} second {}", local.second());
    }
}
