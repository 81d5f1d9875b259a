//! Reading speed of the lexer and the framer on a log, beside serde_json reading equal records into a struct.
//!
//! `cargo run --release -p wat-edn --example edn_bench [MEGABYTES [ROUNDS]]` prints medians. The rows alternate in one
//! run, because times of different runs on a shared machine do not compare.

use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::time::Instant;
use wat_edn::{Framer, Lexer, Next, Token, Value, write};

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
struct Entry {
    id: i64,
    path: String,
    size: i64,
    t: f64,
}

type Row = (&'static str, usize, Box<dyn Fn() -> u64>);

fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<usize>().expect("a number"));
    let bytes = arguments.next().unwrap_or(50) << 20;
    let rounds = arguments.next().unwrap_or(7);
    let entries = generate(bytes);
    let (edn, json) = (to_edn(&entries), to_json(&entries));
    println!("{} records, {} MB of EDN, {} MB of JSON", entries.len(), edn.len() >> 20, json.len() >> 20);
    let edn: &'static [u8] = edn.leak();
    let json: &'static [u8] = json.leak();
    let entries: &'static [Entry] = entries.leak();
    let rows: Vec<Row> = vec![
        ("serde_json struct", json.len(), Box::new(|| count_json(json))),
        ("serde_json Value", json.len(), Box::new(|| count_json_values(json))),
        ("lexer, all tokens", edn.len(), Box::new(|| tokens(edn))),
        ("lines alone", edn.len(), Box::new(|| candidates(edn))),
        ("exact framing", edn.len(), Box::new(|| frames(edn))),
        ("candidates + struct by tokens", edn.len(), Box::new(|| structs(edn, by_tokens))),
        ("candidates + struct by guesses", edn.len(), Box::new(|| structs(edn, by_guesses))),
        ("wat_edn::Value", edn.len(), Box::new(|| dynamic(edn))),
        ("write EDN", edn.len(), Box::new(|| to_edn(entries).len() as u64)),
        ("write JSON", json.len(), Box::new(|| to_json(entries).len() as u64)),
    ];
    let mut times = vec![Vec::new(); rows.len()];
    for _ in 0..rounds {
        for (row, times) in rows.iter().zip(&mut times) {
            let start = Instant::now();
            black_box((row.2)());
            times.push(start.elapsed().as_secs_f64());
        }
    }
    for (row, times) in rows.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        let per_record = median * 1e9 / entries.len() as f64;
        println!("{:32} {:7.0} MB/s {:7.1} ns a record", row.0, row.1 as f64 / median / 1e6, per_record);
    }
}

/// A linear congruential generator: the same log in every run.
fn generate(bytes: usize) -> Vec<Entry> {
    let mut state = 7u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % below
    };
    let words = ["index.html", "images", "orders", "a b", "naïve", "static", "v2", "\"quoted\""];
    let mut size = 0;
    let mut entries = Vec::new();
    while size < bytes {
        let path: String = (0..2 + random(3)).flat_map(|_| ["/", words[random(8) as usize]]).collect();
        size += path.len() + 50;
        let id = entries.len() as i64 + 1;
        entries.push(Entry { id, path, size: random(1 << 20) as i64, t: random(1_000_000) as f64 / 1000.0 });
    }
    entries
}

fn to_edn(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        out.extend_from_slice(b"#user/Entry {:id ");
        write::int(&mut out, entry.id);
        out.extend_from_slice(b" :path ");
        write::string(&mut out, &entry.path);
        out.extend_from_slice(b" :size ");
        write::int(&mut out, entry.size);
        out.extend_from_slice(b" :t ");
        write::float(&mut out, entry.t);
        out.extend_from_slice(b"}\n");
    }
    out
}

fn to_json(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut out, entry).expect("a vector takes all");
        out.push(b'\n');
    }
    out
}

fn count_json(json: &[u8]) -> u64 {
    let entries = serde_json::Deserializer::from_slice(json).into_iter::<Entry>();
    entries.map(|entry| black_box(entry.expect("well formed")).id as u64).sum()
}

fn count_json_values(json: &[u8]) -> u64 {
    let values = serde_json::Deserializer::from_slice(json).into_iter::<serde_json::Value>();
    values.map(|value| u64::from(black_box(value.expect("well formed")).is_object())).sum()
}

fn tokens(edn: &[u8]) -> u64 {
    let mut lexer = Lexer::new(edn);
    let mut count = 0;
    while !matches!(black_box(lexer.next_token().expect("well formed")), Token::Eof) {
        count += 1;
    }
    count
}

/// Reads the log as a program does its stdin: pieces of 64 KiB through a framer.
fn stream(edn: &[u8], mut value: impl FnMut(&mut Framer) -> bool) {
    let mut framer = Framer::default();
    for piece in edn.chunks(1 << 16) {
        framer.push(piece);
        while value(&mut framer) {}
    }
}

fn candidates(edn: &[u8]) -> u64 {
    let mut count = 0;
    stream(edn, |framer| {
        if let Some(range) = framer.candidate() {
            count += 1;
            let end =
                range.start + memchr::memchr(b'\n', &framer.bytes()[range.clone()]).unwrap_or(range.len());
            framer.accept(end);
            return true;
        }
        matches!(framer.next(), Next::Value { .. })
    });
    count
}

fn frames(edn: &[u8]) -> u64 {
    let mut count = 0;
    stream(edn, |framer| {
        let found = matches!(framer.next(), Next::Value { .. });
        count += u64::from(found);
        found
    });
    count
}

fn structs(edn: &[u8], decode: fn(&mut Lexer<'_>) -> Option<Entry>) -> u64 {
    let mut sum = 0;
    let mut add = |entry: Option<Entry>| sum += black_box(entry.expect("well formed")).id as u64;
    stream(edn, |framer| {
        if let Some(range) = framer.candidate() {
            let mut lexer = Lexer::new(&framer.bytes()[range.clone()]);
            add(decode(&mut lexer));
            let end = range.start + lexer.offset();
            framer.accept(end);
            return true;
        }
        let Next::Value { start, end } = framer.next() else { return false };
        add(decode(&mut Lexer::new(&framer.bytes()[start..end])));
        true
    });
    sum
}

fn by_tokens(lexer: &mut Lexer<'_>) -> Option<Entry> {
    let mut next = || lexer.next_token().ok();
    let mut entry = Entry { id: 0, path: String::new(), size: 0, t: 0.0 };
    if next()? != Token::Tag("user/Entry") || next()? != Token::OpenMap {
        return None;
    }
    loop {
        match next()? {
            Token::Keyword("id") => entry.id = int(next()?)?,
            Token::Keyword("path") => entry.path = string(next()?)?,
            Token::Keyword("size") => entry.size = int(next()?)?,
            Token::Keyword("t") => entry.t = float(next()?)?,
            Token::CloseBrace => return Some(entry),
            _ => return None,
        }
    }
}

fn by_guesses(lexer: &mut Lexer<'_>) -> Option<Entry> {
    let start = lexer.offset();
    let entry = guess(lexer);
    if entry.is_none() {
        lexer.rewind(start);
        return by_tokens(lexer);
    }
    entry
}

fn guess(lexer: &mut Lexer<'_>) -> Option<Entry> {
    lexer.eat_exact(b"#user/Entry {:id").then_some(())?;
    let id = lexer.eat_int()?;
    lexer.eat_exact(b":path").then_some(())?;
    let path = lexer.eat_str()?.to_str().into_owned();
    lexer.eat_exact(b":size").then_some(())?;
    let size = lexer.eat_int()?;
    lexer.eat_exact(b":t").then_some(())?;
    let t = lexer.eat_float()?;
    lexer.eat_exact(b"}").then_some(Entry { id, path, size, t })
}

fn int(token: Token<'_>) -> Option<i64> {
    if let Token::Int(n) = token { Some(n) } else { None }
}

fn float(token: Token<'_>) -> Option<f64> {
    if let Token::Float(x) = token { Some(x) } else { None }
}

fn string(token: Token<'_>) -> Option<String> {
    if let Token::Str(text) = token { Some(text.to_str().into_owned()) } else { None }
}

fn dynamic(edn: &[u8]) -> u64 {
    let mut count = 0;
    for line in edn.split(|&b| b == b'\n').filter(|line| !line.is_empty()) {
        count += u64::from(matches!(black_box(Value::parse(line)), Ok(Value::Tagged(_))));
    }
    count
}
