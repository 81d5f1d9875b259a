//! CSV as the csv crate reads and writes it under other settings, and Python's csv module.

use crate::batch::{answers, fed, has, page};
use crate::random::Random;
use std::process::Command;

/// The first letter of an input is the delimiter. The cells as EDN, the text written again, and whether the rows one by
/// one are the same.
const PROGRAM: &str = r#"
(ns user (:use [wat.csv :as csv] [wat.edn :as edn]))
(defstruct Answer [rows <- (Vector (Vector String))  text <- String  alike <- bool])
(defn answer [input <- String] -> (Result Answer keyword)
  (let [options (csv/Options (Some (nth input 0)) None)
        text    (subs input 1 (count input))]
    (match (csv/rows text options)
      ((Err e)   (do (assert (and (> (:line e) 0) (> (:column e) 0))) (Err (:kind e))))
      ((Ok rows) (Ok (Answer rows (csv/text rows options)
                             (= (map (fn [row] (unwrap row)) (vec (csv/row-seq text options))) rows)))))))
(defn main {:in String :out String} [] -> nil (serve (fn [input] (edn/text (answer input)))))
"#;

type Rows = Vec<Vec<String>>;

/// The rows and the text of each answer; None where it was refused.
fn ours(inputs: &[String]) -> Vec<Option<(Rows, String)>> {
    answers(PROGRAM, inputs).iter().map(|answer| rows_of(answer)).collect()
}

fn rows_of(answer: &str) -> Option<(Rows, String)> {
    use wat_edn::Value;
    let value = Value::parse(answer.as_bytes()).unwrap_or_else(|error| panic!("{error}: {answer}"));
    let Value::Tagged(result) = value else { panic!("a Result: {answer}") };
    if result.0 == "wat.core/Err" {
        return None;
    }
    let Value::Tagged(found) = &result.1 else { panic!("an Answer: {answer}") };
    assert_eq!(found.1.get("alike"), Some(&Value::Bool(true)), "{answer}");
    let cells = |row: &Value| match row {
        Value::Vector(cells) => cells.iter().map(|cell| cell.as_str().expect("a cell").to_string()).collect(),
        other => panic!("{other}"),
    };
    let Some(Value::Vector(rows)) = found.1.get("rows") else { panic!("{answer}") };
    let text = found.1.get("text").and_then(Value::as_str).expect("a text");
    Some((rows.iter().map(cells).collect(), text.to_string()))
}

fn cell(random: &mut Random) -> String {
    const LETTERS: [char; 16] =
        ['a', 'Z', '0', ' ', '"', '"', '\'', '\n', '\r', '\t', ',', ';', '|', 'é', '😀', '\u{2028}'];
    (0..random.below(8)).map(|_| *random.one_of(&LETTERS)).collect()
}

/// Rows of two cells or more: a row of one empty cell is a line without anything to many writers.
fn rows(random: &mut Random) -> Rows {
    (0..1 + random.below(5)).map(|_| (0..2 + random.below(4)).map(|_| cell(random)).collect()).collect()
}

const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// Guards: delimiters, quotes and ends of lines in both directions.
#[test]
fn csv_is_what_the_crate_writes_under_any_settings() {
    use csv::{QuoteStyle, ReaderBuilder, Terminator, WriterBuilder};
    let mut random = Random::of(11);
    let (mut tables, mut inputs) = (Vec::new(), Vec::new());
    for _ in 0..1500 {
        let rows = rows(&mut random);
        let delimiter = *random.one_of(&DELIMITERS);
        let mut writer = WriterBuilder::new()
            .flexible(true)
            .delimiter(delimiter as u8)
            .quote_style(*random.one_of(&[QuoteStyle::Always, QuoteStyle::Necessary, QuoteStyle::NonNumeric]))
            .terminator(*random.one_of(&[Terminator::CRLF, Terminator::Any(b'\n'), Terminator::Any(b'\r')]))
            .from_writer(Vec::new());
        rows.iter().for_each(|row| writer.write_record(row).expect("memory"));
        let text = String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8");
        inputs.push(format!("{delimiter}{text}"));
        tables.push(rows);
    }
    for ((rows, input), answer) in tables.iter().zip(&inputs).zip(ours(&inputs)) {
        let (read, text) = answer.unwrap_or_else(|| panic!("refused: {input:?}"));
        assert_eq!(&read, rows, "{input:?}");
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(input.as_bytes()[0])
            .from_reader(text.as_bytes());
        let again: Rows =
            reader.records().map(|row| row.expect("CSV").iter().map(str::to_string).collect()).collect();
        assert_eq!(&again, rows, "{input:?} was written {text:?}");
    }
}

/// Guards: the same, through an implementation that shares nothing with ours.
#[test]
fn csv_is_what_python_reads_and_writes() {
    if !has("csv of python3", Command::new("python3").args(["-c", "import csv"])) {
        return;
    }
    let mut random = Random::of(12);
    // Its writer leaves a lone CR unquoted, where its reader ends a row.
    let mut rows_of = || -> Rows {
        rows(&mut random).iter().map(|row| row.iter().map(|cell| cell.replace('\r', "")).collect()).collect()
    };
    let cases: Vec<(char, Rows)> = (0..600).map(|i| (DELIMITERS[i % 4], rows_of())).collect();
    let lines: Vec<String> = cases
        .iter()
        .map(|(delimiter, rows)| serde_json::json!([delimiter.to_string(), rows]).to_string())
        .collect();
    let script = |word: &str| {
        let mut python = Command::new("python3");
        python.arg(page("table.py")).arg(word);
        python
    };
    let json = |line: &String| serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    let texts: Vec<String> = fed(&mut script("write"), &lines)
        .iter()
        .zip(&cases)
        .map(|(line, (delimiter, _))| format!("{delimiter}{}", json(line).as_str().expect("a text")))
        .collect();
    let found: Vec<(Rows, String)> = ours(&texts)
        .into_iter()
        .zip(&texts)
        .map(|(a, text)| a.unwrap_or_else(|| panic!("refused {text:?}")))
        .collect();
    let lines: Vec<String> = found
        .iter()
        .zip(&cases)
        .map(|((_, text), (delimiter, _))| serde_json::json!([delimiter.to_string(), text]).to_string())
        .collect();
    let back = fed(&mut script("read"), &lines);
    for (((_, rows), (read, text)), back) in cases.iter().zip(&found).zip(&back) {
        assert_eq!(read, rows);
        assert_eq!(json(back), serde_json::json!(rows), "{text:?}");
    }
}

/// Damaged texts: wat refuses a quote without an end and takes the rest as the csv crate does.
#[test]
fn damaged_csv_is_read_as_the_crate_reads_it() {
    let mut random = Random::of(13);
    let mut inputs = Vec::new();
    for _ in 0..2000 {
        let letters = ['a', '"', '"', ',', '\n', '\r', ' ', 'é'];
        let text: String = (0..random.below(14)).map(|_| *random.one_of(&letters)).collect();
        inputs.push(format!(",{text}"));
    }
    let mut refused = 0;
    for (input, answer) in inputs.iter().zip(ours(&inputs)) {
        let text = &input[1..];
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let theirs: Rows =
            reader.records().map(|row| row.expect("UTF-8").iter().map(str::to_string).collect()).collect();
        match answer {
            Some((rows, _)) => assert_eq!(rows, theirs, "{text:?}"),
            None => {
                assert!(text.contains('"'), "{text:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > 100 && refused < 1500, "{refused} refused");
}
