//! Cutting a stream: in pieces as whole, by candidates as exactly, and never beyond the limits.

use proptest::prelude::*;
use wat_edn::{ErrorKind, Framer, Lexer, Limits, Next, Token, Value};

/// The texts of the values and the kinds of the errors, in order.
#[derive(Debug, PartialEq)]
enum Item {
    Value(Vec<u8>),
    Error(ErrorKind, u64, u64, u64),
}

fn frame<'a>(pieces: impl Iterator<Item = &'a [u8]>, limits: Limits) -> Vec<Item> {
    let mut framer = Framer::new(limits);
    let mut items = Vec::new();
    for piece in pieces {
        framer.push(piece);
        drain(&mut framer, &mut items);
    }
    framer.finish();
    drain(&mut framer, &mut items);
    assert_eq!(framer.next(), Next::Eof);
    items
}

fn drain(framer: &mut Framer, items: &mut Vec<Item>) {
    for _ in 0..1_000_000 {
        match framer.next() {
            Next::Value { start, end } => items.push(Item::Value(framer.bytes()[start..end].to_vec())),
            Next::Error(e) => items.push(Item::Error(e.kind, e.offset, e.line, e.column)),
            Next::NeedMore | Next::Eof => return,
        }
    }
    panic!("the framer does not come to an end");
}

fn whole(text: &[u8]) -> Vec<Item> {
    frame(std::iter::once(text), Limits::DEFAULT)
}

fn values(text: &str) -> Vec<String> {
    let value = |item| match item {
        Item::Value(text) => String::from_utf8(text).expect("utf-8"),
        error => panic!("{error:?}"),
    };
    whole(text.as_bytes()).into_iter().map(value).collect()
}

#[test]
fn values_share_lines_or_span_them() {
    for (text, expected) in [
        ("1 2\n3", &["1", "2", "3"][..]),
        ("{:a\n 1}[2](3)\"four\n\":five", &["{:a\n 1}", "[2]", "(3)", "\"four\n\"", ":five"]),
        ("1[2]\\(\\a\\b\"x\"", &["1", "[2]", "\\(", "\\a", "\\b", "\"x\""]),
        ("; c\n , 1 ; [\n 2;x", &["1", "2"]),
        ("#_1 2 #_ #_ [3] 4 5", &["2", "5"]),
        ("#_#foo 1 2", &["2"]),
        ("#foo #_ 1 2 3", &["#foo #_ 1 2", "3"]),
        ("#_ #foo #_ 1 2 3", &["3"]),
        ("#foo #_ #bar 1 2 3", &["#foo #_ #bar 1 2", "3"]),
        ("#a #b {:c #d [1]} #{1} ##NaN", &["#a #b {:c #d [1]}", "#{1}", "##NaN"]),
        ("#a\"x\"#b[1]", &["#a\"x\"", "#b[1]"]),
        ("\"a\\\"b\" \"\\\\\" \"\"", &["\"a\\\"b\"", "\"\\\\\"", "\"\""]),
        ("#_\\\" 1", &["1"]),
        ("[#_\\\" 1]", &["[#_\\\" 1]"]),
        ("#_{1 2} #_1", &[]),
    ] {
        assert_eq!(values(text), expected, "{text}");
    }
}

#[test]
fn strings_comments_and_characters_hide_brackets() {
    assert_eq!(values("[\"]\" \\] ; ]\n \\\" ] 1"), ["[\"]\" \\] ; ]\n \\\" ]", "1"]);
}

#[test]
fn after_malformed_text_the_next_line_is_read() {
    let items = whole(b"1 ) 2\n3\n[4");
    assert_eq!(
        items,
        [
            Item::Value(b"1".into()),
            Item::Error(ErrorKind::Unbalanced, 2, 1, 3),
            Item::Value(b"3".into()),
            Item::Error(ErrorKind::UnexpectedEnd, 10, 3, 3),
        ]
    );
    assert_eq!(whole(b"#foo"), [Item::Error(ErrorKind::UnexpectedEnd, 4, 1, 5)]);
    assert_eq!(whole(b"#_ #_ 1"), [Item::Error(ErrorKind::UnexpectedEnd, 7, 1, 8)]);
}

#[test]
fn resync_goes_on_behind_the_offending_line() {
    let mut framer = Framer::default();
    framer.push(b"[1 \n @ 2\n 3 4]\n5\n");
    let Next::Value { start, end } = framer.next() else { panic!("a value") };
    let text = &framer.bytes()[start..end];
    let error = Value::parse(text).expect_err("malformed");
    let at = start + error.offset as usize;
    framer.resync(at);
    let mut items = Vec::new();
    drain(&mut framer, &mut items);
    assert_eq!(
        items,
        [
            Item::Value(b"3".into()),
            Item::Value(b"4".into()),
            Item::Error(ErrorKind::Unbalanced, 13, 3, 5),
            Item::Value(b"5".into()),
        ]
    );
}

#[test]
fn positions_count_lines_and_scalars_over_the_whole_stream() {
    let mut framer = Framer::default();
    for n in 1..=2000u64 {
        framer.push("λ \"é\n\" :x\n".as_bytes());
        for column in [1, 3, 3] {
            let Next::Value { start, .. } = framer.next() else { panic!("a value") };
            let line = 2 * n - u64::from(framer.bytes()[start] != b':');
            assert_eq!((framer.position(start).line, framer.position(start).column), (line, column));
        }
        assert_eq!(framer.next(), Next::NeedMore);
    }
    assert!(framer.capacity() < 200, "{}", framer.capacity());
}

#[test]
fn candidates_give_what_exact_framing_gives() {
    let text = "{:a 1}\n[2\n 3] 4 ; c\n#_5 6\n\"x\ny\" #t\n7\n#_8\n\n9";
    let mut framer = Framer::default();
    framer.push(text.as_bytes());
    framer.finish();
    let mut read = Vec::new();
    let mut lines = 0;
    for _ in 0..100 {
        if let Some(range) = framer.candidate() {
            let mut lexer = Lexer::new(&framer.bytes()[range.clone()]);
            let from = lexer.clone();
            if lexer.skip_value().is_ok() {
                let end = lexer.offset();
                lexer = from;
                lexer.next_token().expect("a token");
                let start = lexer.token_start();
                read.push(text_of(&framer, range.start + start, range.start + end));
                framer.accept(range.start + end);
                lines += 1;
                continue;
            }
        }
        match framer.next() {
            Next::Value { start, end } => read.push(text_of(&framer, start, end)),
            Next::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(read, values(text));
    assert!(lines >= 3, "{lines}");
}

#[test]
fn candidates_keep_the_size_limit() {
    let limits = Limits { bytes: 10, depth: 256 };
    let mut framer = Framer::new(limits);
    framer.push(b"[12345678]\n[123456789]\n[1]\n");
    let mut items = Vec::new();
    read_by_candidates(&mut framer, &mut items);
    let lines: Vec<_> =
        items.iter().map(|item: &Result<(u64, u64), ErrorKind>| item.map(|(line, _)| line)).collect();
    assert_eq!(lines, [Ok(1), Err(ErrorKind::TooLarge), Ok(3)]);
}

/// The places where values end, found by candidates where they serve and by exact framing where not.
fn read_by_candidates(framer: &mut Framer, ends: &mut Vec<Result<(u64, u64), ErrorKind>>) {
    for _ in 0..100_000 {
        if let Some(range) = framer.candidate() {
            let mut lexer = Lexer::new(&framer.bytes()[range.clone()]);
            if lexer.skip_value().is_ok() {
                let end = range.start + lexer.offset();
                ends.push(Ok(place(framer, end)));
                framer.accept(end);
                continue;
            }
        }
        match framer.next() {
            Next::Value { end, .. } => ends.push(Ok(place(framer, end))),
            Next::Error(e) => ends.push(Err(e.kind)),
            Next::NeedMore | Next::Eof => return,
        }
    }
    panic!("the framer does not come to an end");
}

fn place(framer: &Framer, at: usize) -> (u64, u64) {
    let position = framer.position(at);
    (position.line, position.column)
}

fn text_of(framer: &Framer, start: usize, end: usize) -> String {
    String::from_utf8(framer.bytes()[start..end].to_vec()).expect("utf-8")
}

#[test]
fn endless_values_are_refused_within_the_limit() {
    let limits = Limits { bytes: 100_000, depth: 256 };
    for (opening, piece) in [
        ("\"", "abcdefgh"),
        ("", "[1] #_"),
        ("[", "1 2 \"x\" "),
        ("[", ";comment\n"),
        ("", "abcdefgh"),
        ("#_\"", "xyz "),
        ("", "#_ "),
        ("#a", " "),
        ("#a ;", "xx"),
    ] {
        let mut framer = Framer::new(limits);
        framer.push(opening.as_bytes());
        let piece = piece.repeat(512);
        let mut pushed = 0;
        let refused = loop {
            framer.push(piece.as_bytes());
            pushed += piece.len();
            let mut error = None;
            for _ in 0..piece.len() {
                match framer.next() {
                    Next::Error(e) => {
                        error = Some(e.kind);
                        break;
                    }
                    Next::NeedMore => break,
                    _ => {}
                }
            }
            assert!(framer.capacity() <= 4 * limits.bytes, "{opening}{}", framer.capacity());
            if error.is_some() || pushed > 20 * limits.bytes {
                break error;
            }
        };
        let endless_value = !piece.starts_with("[1]");
        assert_eq!(refused, endless_value.then_some(ErrorKind::TooLarge), "{opening} {}", &piece[..4]);
    }
}

#[test]
fn endless_space_and_comments_are_dropped() {
    let mut framer = Framer::default();
    framer.push(b"; ");
    for _ in 0..2000 {
        framer.push(&[b'x'; 4096]);
        assert_eq!(framer.next(), Next::NeedMore);
    }
    framer.push(b"\n");
    for _ in 0..2000 {
        framer.push(&[b' '; 4096]);
        assert_eq!(framer.next(), Next::NeedMore);
    }
    assert!(framer.capacity() < 100_000, "{}", framer.capacity());
    framer.push(b"1 ");
    assert!(matches!(framer.next(), Next::Value { .. }));
}

#[test]
fn deep_nesting_is_refused() {
    for open in ["[", "(", "{", "#{", "#a [", "#_["] {
        let text = open.repeat(100_000);
        let items = whole(text.as_bytes());
        assert!(matches!(items[..], [Item::Error(ErrorKind::TooDeep, ..)]), "{open}");
        assert!(Value::parse(text.as_bytes()).is_err());
        let mut lexer = Lexer::new(text.as_bytes());
        assert!(lexer.skip_value().is_err());
    }
}

#[test]
fn a_megabyte_in_small_pieces_takes_linear_time() {
    let text = format!("[\"{}\"]\n", "x".repeat(4 << 20));
    let items = frame(text.as_bytes().chunks(64), Limits::DEFAULT);
    assert_eq!(items.len(), 1);
}

fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let letters = prop::sample::select(b"()[]{}\"\\;#_^@a1:./-+NM \n,e\xc3\xa9\xff\xf0u".to_vec());
    let fragments = prop::sample::select(
        "#_ #foo #a/b [ ] ( ) { } #{ \"a\\\"b\" \"x\ny\" ;c\n :a a 1 -2.5 1e3 \\] \\newline \\u0041 é ##NaN \n 12N ~ \" ;"
            .split(' ')
            .collect::<Vec<_>>(),
    );
    let fragment = (fragments, prop::sample::select(vec!["", " ", "\n"]));
    let pieced = prop::collection::vec(fragment, 0..60)
        .prop_map(|all| all.into_iter().flat_map(|(text, gap)| [text, gap]).collect::<String>().into_bytes());
    prop_oneof![pieced, prop::collection::vec(letters, 0..200), prop::collection::vec(any::<u8>(), 0..200)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn one_byte_at_a_time_gives_what_the_whole_gives(text in hostile()) {
        prop_assert_eq!(frame(text.chunks(1), Limits::DEFAULT), whole(&text));
        prop_assert_eq!(frame(text.chunks(7), Limits::DEFAULT), whole(&text));
    }

    #[test]
    fn candidates_and_exact_framing_agree(text in hostile(), piece in 1usize..100) {
        let (mut fast, mut exact) = (Framer::default(), Framer::default());
        let (mut by_candidates, mut by_frames) = (Vec::new(), Vec::new());
        for piece in text.chunks(piece) {
            fast.push(piece);
            read_by_candidates(&mut fast, &mut by_candidates);
        }
        fast.finish();
        read_by_candidates(&mut fast, &mut by_candidates);
        exact.push(&text);
        exact.finish();
        loop {
            match exact.next() {
                Next::Value { end, .. } => by_frames.push(Ok(place(&exact, end))),
                Next::Error(e) => by_frames.push(Err(e.kind)),
                Next::NeedMore | Next::Eof => break,
            }
        }
        prop_assert_eq!(by_candidates, by_frames);
    }

    #[test]
    fn guesses_take_what_tokens_take(text in hostile()) {
        let mut lexer = Lexer::new(&text);
        for _ in 0..=text.len() {
            let mut tokens = lexer.clone();
            let token = tokens.next_token();
            let same = |guess: &Lexer<'_>| (guess.offset(), guess.token_start()) == (tokens.offset(), tokens.token_start());
            let mut guess = lexer.clone();
            if let Some(n) = guess.eat_int() {
                prop_assert!(token == Ok(Token::Int(n)) && same(&guess));
            }
            let mut guess = lexer.clone();
            if let Some(x) = guess.eat_float() {
                prop_assert!(token == Ok(Token::Float(x)) && same(&guess));
            }
            let mut guess = lexer.clone();
            if let Some(string) = guess.eat_str() {
                prop_assert!(token == Ok(Token::Str(string)) && same(&guess));
            }
            let mut guess = lexer.clone();
            if guess.eat_exact(b":a") {
                prop_assert!(token == Ok(Token::Keyword("a")) && same(&guess));
            }
            match token {
                Ok(Token::Eof) | Err(_) => break,
                Ok(_) => lexer = tokens,
            }
        }
    }

    #[test]
    fn random_text_never_panics(text in hostile()) {
        if let Err(error) = Value::parse(&text) {
            prop_assert!(error.offset as usize <= text.len());
            prop_assert!(!error.message.is_empty());
        }
        { let mut lexer = Lexer::new(&text);
            for _ in 0..=text.len() {
                match lexer.next_token() {
                    Ok(Token::Eof) | Err(_) => break,
                    Ok(Token::Str(string)) => { string.to_str(); }
                    Ok(_) => prop_assert!(lexer.token_start() < lexer.offset()),
                }
            }
        }
    }

    #[test]
    fn what_parses_is_framed_as_one_value(text in hostile()) {
        if let Ok(value) = Value::parse(&text) {
            let items = whole(&text);
            prop_assert_eq!(items.len(), 1);
            if let Item::Value(text) = &items[0] {
                prop_assert_eq!(Value::parse(text), Ok(value));
            }
        }
    }

    #[test]
    fn what_is_framed_whole_lexes_to_its_end_or_is_malformed(text in hostile()) {
        for item in whole(&text) {
            let Item::Value(text) = item else { continue };
            let mut lexer = Lexer::new(&text); if lexer.skip_value().is_ok() {
                prop_assert_eq!(lexer.offset(), text.len());
            }
        }
    }
}

/// What stood discarded before each value, however the text comes.
#[test]
fn the_form_discarded_before_a_value_is_remembered() {
    let long = format!("#_\"{}\" 6", "x".repeat(300));
    let text = format!("1 #_#a {{:b 1}} 2\n3 #_x #_ [4] ;c\n 5 {long} 7");
    for step in [1, 3, 1000] {
        let mut framer = Framer::default();
        let mut found = Vec::new();
        let mut pieces = text.as_bytes().chunks(step);
        loop {
            match framer.next() {
                Next::Value { start, end } => {
                    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    found.push((shown(&framer.bytes()[start..end]), shown(framer.discarded())));
                }
                Next::NeedMore => match pieces.next() {
                    Some(piece) => framer.push(piece),
                    None => framer.finish(),
                },
                Next::Eof => break,
                Next::Error(error) => panic!("{error}"),
            }
        }
        let expected = [("1", ""), ("2", "#_#a {:b 1}"), ("3", ""), ("5", "#_ [4]"), ("6", ""), ("7", "")];
        let expected: Vec<(String, String)> =
            expected.iter().map(|(value, before)| (value.to_string(), before.to_string())).collect();
        assert_eq!(found, expected, "{step}");
    }
}
