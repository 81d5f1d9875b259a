//! The readers that are called in place: EDN from bytes, wat's own reader, its formatter, and the whole compiler.
//!
//! Each says whether it accepts an input and panics where a law does not hold. [`serve`] is the process that asks them.

use std::io::{Read, Write};
use wat_edn::{Framer, Limits, Next, Value};
use wat_source::FileId;

/// Reads inputs framed by their length, answers each with a word.
pub fn serve(name: &str) -> Result<(), String> {
    let judge: fn(&[u8]) -> bool = match name {
        "edn" => edn,
        "reader" => |input| reader(text(input)),
        "fmt" => |input| fmt(text(input)),
        "check" => |input| check(text(input)),
        "broken" => broken,
        _ => return Err(format!("nothing inside is called {name}")),
    };
    // A thread with the stack that a main thread has by default.
    let work = move || -> std::io::Result<()> {
        let (mut stdin, mut stdout) = (std::io::stdin().lock(), std::io::stdout().lock());
        let mut length = [0; 4];
        while stdin.read_exact(&mut length).is_ok() {
            let mut input = vec![0; u32::from_le_bytes(length) as usize];
            stdin.read_exact(&mut input)?;
            let word: &[u8] = if judge(&input) { b"accepted\n" } else { b"refused\n" };
            stdout.write_all(word)?;
            stdout.flush()?;
        }
        Ok(())
    };
    let thread =
        std::thread::Builder::new().stack_size(8 << 20).spawn(work).map_err(|error| error.to_string())?;
    match thread.join() {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("a panic".to_string()),
    }
}

fn text(input: &[u8]) -> &str {
    std::str::from_utf8(input).expect("only texts are given to this target")
}

/// A value that is read is written as text that reads alike; a stream is cut the same way whole and byte by byte.
fn edn(input: &[u8]) -> bool {
    let whole = frames(&mut std::iter::once(input));
    assert_eq!(frames(&mut input.chunks(1)), whole, "cut otherwise byte by byte");
    match Value::parse_all(input, Limits::DEFAULT) {
        Ok(values) => {
            for value in &values {
                let line = value.to_string();
                assert!(!line.contains('\n'), "a line holds a newline: {line:?}");
                let again = Value::parse(line.as_bytes()).unwrap_or_else(|error| panic!("{error}: {line:?}"));
                assert_eq!(&again, value);
                assert_eq!(again.to_string(), line);
            }
            assert_eq!(whole.len(), values.len(), "the framer finds other values");
            true
        }
        Err(error) => {
            assert!(error.to_string().len() < 2000, "an error as long as its input");
            false
        }
    }
}

/// Where the values of a stream are, or the place of an error.
fn frames(pieces: &mut dyn Iterator<Item = &[u8]>) -> Vec<Result<Vec<u8>, (String, u64)>> {
    let mut framer = Framer::new(Limits::DEFAULT);
    let mut found = Vec::new();
    let mut is_open = true;
    while is_open {
        match pieces.next() {
            Some(piece) => framer.push(piece),
            None => {
                framer.finish();
                is_open = false;
            }
        }
        loop {
            match framer.next() {
                Next::Value { start, end } => found.push(Ok(framer.bytes()[start..end].to_vec())),
                Next::Error(error) => found.push(Err((format!("{:?}", error.kind), error.offset))),
                Next::NeedMore | Next::Eof => break,
            }
        }
    }
    found
}

/// Tokens lose nothing of a text, and places lie in it.
fn reader(text: &str) -> bool {
    let mut at = 0;
    for token in wat_syntax::tokens(text) {
        assert_eq!(token.start as usize, at, "tokens lie one behind the other");
        at = token.end as usize;
    }
    assert_eq!(at, text.len(), "tokens hold the whole text");
    let reading = wat_syntax::read(FileId::NONE, text);
    for diagnostic in &reading.diagnostics {
        let span = diagnostic.span();
        assert!(
            text.get(span.start as usize..span.end as usize).is_some(),
            "{span:?} is no place of the text"
        );
    }
    !reading.diagnostics.iter().any(wat_source::Diagnostic::is_error)
}

/// What is formatted is left as it is by formatting it again; that it reads alike is asserted inside.
fn fmt(text: &str) -> bool {
    use wat_fmt::{Spelling, format};
    match format(FileId::NONE, text, Spelling::Short) {
        Ok(once) => {
            let twice = format(FileId::NONE, &once, Spelling::Short)
                .unwrap_or_else(|_| panic!("unreadable: {once:?}"));
            assert_eq!(once, twice, "formatting is not done at once");
            assert!(format(FileId::NONE, text, Spelling::Edn).is_ok());
            true
        }
        Err(_) => false,
    }
}

/// The whole way to an image: reader, macros, checker, specialisation with its verifier, code.
fn check(text: &str) -> bool {
    match wat_driver::compile_text("fuzz.wat", text.as_bytes().to_vec()) {
        Ok(_) => true,
        Err(report) => {
            assert!(report.has_errors(), "refused without a reason");
            for diagnostic in &report.diagnostics {
                assert!(!wat_source::draw(diagnostic, &report.sources, false).is_empty());
            }
            false
        }
    }
}

/// What a defect looks like from outside: see `tests/harness.rs`.
fn broken(input: &[u8]) -> bool {
    fn deeper(n: u64) -> u64 {
        if n == 0 { 0 } else { std::hint::black_box(deeper(n - 1)) + 1 }
    }
    let says = |word: &str| input.windows(word.len()).any(|part| part == word.as_bytes());
    assert!(!says("panic"), "asked for");
    while says("hang") {
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    if says("grow") {
        std::mem::forget(vec![1u8; 300 << 20]);
    }
    !says("overflow") || deeper(1 << 40) == 0
}
