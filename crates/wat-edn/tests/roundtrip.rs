//! read ∘ write = id.

use proptest::prelude::*;
use wat_edn::{Instant, Lexer, Token, Value, is_keyword, is_symbol, is_tag, number, write};

fn name(test: fn(&str) -> bool) -> impl Strategy<Value = String> {
    prop_oneof!["[a-zλ][a-z0-9.*+!_?$%&=<>#-]{0,6}", "[a-z][a-z.-]{0,5}/[a-z+*-][a-z0-9]{0,4}"]
        .prop_filter("a name", move |text| test(text))
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-20i64..20).prop_map(Value::Int),
        any::<u64>().prop_map(|bits| Value::Float(f64::from_bits(bits))),
        any::<f32>().prop_map(|x| Value::Float(f64::from(x))),
        any::<String>().prop_map(Value::Str),
        any::<char>().prop_map(Value::Char),
        name(is_keyword).prop_map(Value::Keyword),
        name(is_symbol).prop_map(Value::Symbol),
        "-?[1-9][0-9]{0,40}".prop_map(|n| Value::BigInt(Box::new(number::parse_bigint(&n).expect("digits")))),
        ("-?[0-9]{1,20}", "[0-9]{1,20}", -30i32..30).prop_map(|(whole, fraction, power)| {
            let text = format!("{whole}.{fraction}e{power}");
            Value::Decimal(Box::new(number::parse_decimal(&text).expect("digits")))
        }),
        any::<i64>().prop_map(|nanos| Value::Inst(Instant::from_nanos(nanos))),
        any::<u128>().prop_map(Value::Uuid),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(5, 60, 6, |inner| {
        let items = || prop::collection::vec(inner.clone(), 0..6);
        prop_oneof![
            items().prop_map(Value::List),
            items().prop_map(Value::Vector),
            items().prop_map(|items| {
                let mut kept: Vec<Value> = Vec::new();
                items.into_iter().for_each(|item| {
                    if !kept.contains(&item) {
                        kept.push(item)
                    }
                });
                Value::Set(kept)
            }),
            prop::collection::vec((inner.clone(), inner.clone()), 0..6).prop_map(|entries| {
                let mut kept: Vec<(Value, Value)> = Vec::new();
                for (key, value) in entries {
                    if kept.iter().all(|(other, _)| *other != key) {
                        kept.push((key, value));
                    }
                }
                Value::Map(kept)
            }),
            (name(is_tag), inner.clone())
                .prop_filter("no built-in tag", |(tag, _)| tag != "inst" && tag != "uuid")
                .prop_map(|(tag, value)| Value::tagged(tag, value)),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_reads_back(value in value()) {
        let text = value.to_string();
        prop_assert!(!text.contains('\n'));
        let read = Value::parse(text.as_bytes());
        prop_assert_eq!(read.as_ref(), Ok(&value));
        prop_assert_eq!(read.expect("read above").to_string(), text);
    }

    #[test]
    fn a_float_reads_back_to_the_same_bits(bits in any::<u64>()) {
        check_float(f64::from_bits(bits));
    }

    #[test]
    fn a_short_decimal_reads_as_the_nearest_float(digits in 0u64..1 << 60, point in 0usize..25, power in -40i32..40) {
        let mut text = format!("{digits:026}");
        text.insert(26 - point.min(25), '.');
        let text = format!("{}e{power}", if text.starts_with('0') { text.trim_start_matches('0') } else { &text });
        let text = if text.starts_with('.') { format!("0{text}") } else { text };
        let expected: f64 = text.parse().expect("a float");
        match Lexer::new(text.as_bytes()).next_token() {
            Ok(Token::Float(x)) => prop_assert_eq!(x.to_bits(), expected.to_bits()),
            other => prop_assert!(false, "{:?} of {}", other, text),
        }
    }

    #[test]
    fn integers_agree_with_the_standard_parser(text in "-?[1-9][0-9]{0,22}") {
        match (Lexer::new(text.as_bytes()).next_token(), text.parse::<i64>()) {
            (Ok(Token::Int(n)), Ok(expected)) => prop_assert_eq!(n, expected),
            (Ok(Token::IntOutOfRange(whole)), Err(_)) => prop_assert_eq!(whole, text.as_str()),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn bytes_durations_and_uuids_read_back(bytes in prop::collection::vec(any::<u8>(), 0..50), nanos in any::<i64>(), uuid in any::<u128>()) {
        let text = |write: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            write(&mut out);
            String::from_utf8(out).expect("utf-8")
        };
        prop_assert_eq!(wat_edn::base64::decode(&text(&|out| wat_edn::base64::encode(&bytes, out))), Ok(bytes));
        prop_assert_eq!(wat_edn::duration::parse(&text(&|out| wat_edn::duration::format(nanos, out))), Ok(nanos));
        prop_assert_eq!(wat_edn::uuid::parse(&text(&|out| wat_edn::uuid::format(uuid, out))), Ok(uuid));
    }
}

#[test]
fn floats_at_the_edges_read_back() {
    for power in -330..310 {
        for digits in ["1", "9.999999999999999", "1.25", "4.35", "8.1"] {
            let x: f64 = format!("{digits}e{power}").parse().expect("a float");
            check_float(x);
            check_float(-x);
            check_float(f64::from_bits(x.to_bits() + 1));
        }
    }
}

#[track_caller]
fn check_float(x: f64) {
    let mut out = Vec::new();
    write::float(&mut out, x);
    let text = std::str::from_utf8(&out).expect("ascii");
    let Ok(Token::Float(read)) = Lexer::new(text.as_bytes()).next_token() else {
        panic!("{text} is no float")
    };
    assert!(read.to_bits() == x.to_bits() || read.is_nan() && x.is_nan(), "{text}");
    let plain = x == 0.0 || (1e-5..1e16).contains(&x.abs());
    assert_eq!(x.is_finite() && !plain, text.contains('e'), "{text}");
    assert!(!text.contains('+') && text.contains(['.', 'e', '#']), "{text}");
}
