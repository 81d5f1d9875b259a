use super::*;
use crate::testing::{Ty, check_balance, region, text, value};
use crate::value::compare::compare;
use proptest::prelude::*;
use std::cmp::Ordering;

fn point() -> Ty {
    Ty::Struct("user/Point", vec![("x", Ty::F64), ("y", Ty::F64)])
}

fn shape() -> Ty {
    Ty::Enum("user/Shape", vec![("Unit", vec![]), ("Circle", vec![("centre", point()), ("r", Ty::F64)])])
}

fn colour() -> Ty {
    Ty::Enum("user/Colour", vec![("Red", vec![]), ("Green", vec![])])
}

fn order() -> Ty {
    Ty::Struct(
        "user/Order",
        vec![("sku", Ty::Str), ("qty", Ty::I64), ("note", Ty::Option(Box::new(Ty::Str)))],
    )
}

fn read_error() -> Ty {
    Ty::Struct(
        "wat.kernel/ReadError",
        vec![
            ("kind", Ty::Keyword),
            ("at", Ty::Vector(Box::new(Ty::Edn))),
            ("expected", Ty::Str),
            ("found", Ty::Str),
            ("line", Ty::I64),
            ("column", Ty::I64),
        ],
    )
}

fn vector(item: Ty) -> Ty {
    Ty::Vector(Box::new(item))
}

fn option(item: Ty) -> Ty {
    Ty::Option(Box::new(item))
}

/// Reads `input` and expects what it is written as.
fn written(ty: Ty, input: &str, output: &str) {
    check_balance(|mem| {
        let slot = value(mem, &ty, input);
        assert_eq!(text(slot, &ty), output);
        mem.drop_as(slot, region().desc(&ty));
    });
}

#[test]
fn what_values_look_like() {
    written(point(), "{:y 2 :x 1.0}", "#user/Point {:x 1.0 :y 2.0}");
    written(shape(), "#user.Shape/Unit nil", "#user.Shape/Unit nil");
    written(
        vector(shape()),
        "[#user.Shape/Circle {:centre {:x 1 :y 2} :r 3.5}]",
        "[#user.Shape/Circle {:centre #user/Point {:x 1.0 :y 2.0} :r 3.5}]",
    );
    written(colour(), "#user.Colour/Green nil", "#user.Colour/Green nil");
    written(option(Ty::I64), "nil", "nil");
    written(option(Ty::I64), "5", "5");
    written(option(option(Ty::I64)), "#wat.core/Some nil", "#wat.core/Some nil");
    written(option(option(Ty::I64)), "nil", "nil");
    written(option(option(Ty::I64)), "#wat.core/Some 5", "#wat.core/Some 5");
    written(option(Ty::Edn), "#wat.core/Some nil", "#wat.core/Some nil");
    written(Ty::Result(Box::new(Ty::I64), Box::new(Ty::Str)), "#wat.core/Ok 5", "#wat.core/Ok 5");
    written(
        Ty::Result(Box::new(Ty::Nil), Box::new(Ty::Str)),
        "#wat.core/Err \"a\\nb\"",
        "#wat.core/Err \"a\\nb\"",
    );
    written(Ty::Tuple(vec![Ty::I64, Ty::Char, Ty::Bool]), "[1 \\a true]", "[1 \\a true]");
    written(Ty::Duration, "#wat/duration \"1.50s\"", "#wat/duration \"1.5s\"");
    written(Ty::Bytes, "#wat/bytes \"aGk=\"", "#wat/bytes \"aGk=\"");
    written(Ty::Instant, "#inst \"2024-01-02\"", "#inst \"2024-01-02T00:00:00Z\"");
    written(
        Ty::Uuid,
        "#uuid \"F81D4FAE-7dec-11d0-a765-00a0c91e6bf6\"",
        "#uuid \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"",
    );
    written(Ty::BigInt, "-123456789012345678901234567890N", "-123456789012345678901234567890N");
    written(Ty::Decimal, "0.30M", "0.30M");
    written(Ty::Decimal, "-0.000000000000001M", "-1e-15M");
    written(
        Ty::Edn,
        "#foo/bar [1 2.5 \"s\" :k sym nil \\c (1) #inst \"2024\" 5N 1.0M]",
        "#foo/bar [1 2.5 \"s\" :k sym nil \\c (1) #inst \"2024-01-01T00:00:00Z\" 5N 1.0M]",
    );
    written(Ty::Struct("user/Empty", vec![]), "{}", "#user/Empty {}");
    written(
        Ty::Map(Box::new(Ty::Keyword), Box::new(vector(Ty::I64))),
        "{:a [1 2] ; one\n :b #_x []}",
        "{:b [] :a [1 2]}",
    );
}

#[test]
fn show_is_bare_at_the_top() {
    check_balance(|mem| {
        for (ty, input, shown) in [
            (Ty::Str, "\"a\\nb\"", "a\nb"),
            (Ty::Char, "\\a", "a"),
            (Ty::Edn, "\"x\"", "x"),
            (vector(Ty::Str), "[\"x\"]", "[\"x\"]"),
            (Ty::Keyword, ":k", ":k"),
        ] {
            let slot = value(mem, &ty, input);
            let string = show_text(mem, slot, region().desc(&ty)).expect("room");
            assert_eq!(crate::text::str(string), shown);
            mem.drop(string);
            mem.drop_as(slot, region().desc(&ty));
        }
    });
}

/// Expects `input` to be refused with this kind, message, line and column.
fn refused(ty: Ty, input: &str, kind: &str, message: &str, line: u64, column: u64) {
    check_balance(|mem| {
        let fault = decode(mem, region().desc(&ty), input.as_bytes()).expect("room").expect_err(input);
        assert_eq!((fault.kind, fault.to_string().as_str()), (kind, message), "{input}");
        assert_eq!((fault.line, fault.column), (line, column), "{input}");
        // The error is a value that the program can look at.
        let error = region().desc(&read_error());
        let slot = fault.to_value(mem, error).expect("room");
        assert_eq!(text(slot, &read_error()).as_bytes(), fault.to_edn("wat.kernel/ReadError"));
        mem.drop(slot);
    });
}

#[test]
fn what_is_refused_and_how_it_is_said() {
    let moves = || {
        Ty::Struct(
            "user/Turn",
            vec![("move", Ty::Struct("user/Move", vec![("from", point()), ("to", point())]))],
        )
    };
    refused(
        moves(),
        "{:move {:from {:y 1.0\n :x \"3\"} :to 5}}",
        "wrong-type",
        "at :move :from :x: expected f64, found \"3\"",
        2,
        5,
    );
    let one_of = "expected one of :sku :qty :note, found";
    refused(
        order(),
        "{:sku \"a\" :quantity 3}",
        "unknown-key",
        &format!("at :quantity: {one_of} :quantity"),
        1,
        11,
    );
    refused(
        order(),
        "{:sku \"a\" :note nil}",
        "missing-key",
        "at :qty: expected i64, found no such key",
        1,
        20,
    );
    refused(
        order(),
        "{:sku \"a\" :qty 1}",
        "missing-key",
        "at :note: expected (Option String), found no such key",
        1,
        17,
    );
    refused(
        order(),
        "{:sku \"a\" :sku \"b\"}",
        "duplicate-key",
        "at :sku: expected a key once, found :sku again",
        1,
        11,
    );
    refused(
        order(),
        "{:qty 99999999999999999999}",
        "out-of-range",
        "at :qty: expected i64, found 99999999999999999999",
        1,
        7,
    );
    refused(order(), "{sku 1}", "wrong-type", &format!("{one_of} sku"), 1, 2);
    refused(point(), "#user/Pint {:x 1.0}", "wrong-tag", "expected #user/Point, found #user/Pint", 1, 1);
    refused(point(), "[1 2]", "wrong-type", "expected user/Point, found a vector", 1, 1);
    refused(shape(), "{:r 1.0}", "wrong-type", "expected user/Shape, found a map", 1, 1);
    refused(
        shape(),
        "#user.Shape/Square nil",
        "wrong-tag",
        "expected #user.Shape/Unit or #user.Shape/Circle, found #user.Shape/Square",
        1,
        1,
    );
    refused(shape(), "#user.Shape/Unit {}", "wrong-type", "expected nil, found a map", 1, 18);
    refused(Ty::F64, "9007199254740993", "out-of-range", "expected f64, found 9007199254740993", 1, 1);
    refused(Ty::F64, "1e400", "out-of-range", "expected f64, found 1e400", 1, 1);
    refused(Ty::I64, "1.0", "wrong-type", "expected i64, found 1.0", 1, 1);
    refused(Ty::I64, "nil", "wrong-type", "expected i64, found nil", 1, 1);
    refused(
        Ty::Map(Box::new(Ty::Str), Box::new(vector(Ty::I64))),
        "{\"a\" [1 2] \"b\" [1 :x]}",
        "wrong-type",
        "at \"b\" 1: expected i64, found :x",
        1,
        19,
    );
    refused(
        Ty::Map(Box::new(Ty::I64), Box::new(Ty::Str)),
        "{1 \"a\" 1 \"b\"}",
        "duplicate-key",
        "at 1: expected a key once, found 1 again",
        1,
        8,
    );
    refused(
        Ty::Set(Box::new(Ty::Str)),
        "#{\"a\" \"b\" \"a\"}",
        "duplicate-key",
        "expected an element once, found \"a\" again",
        1,
        11,
    );
    refused(
        Ty::Tuple(vec![Ty::I64, Ty::Str]),
        "[1]",
        "wrong-length",
        "expected (Tuple i64 String), found 1 of 2 elements",
        1,
        3,
    );
    refused(
        Ty::Tuple(vec![Ty::I64]),
        "[1 2]",
        "wrong-length",
        "expected (Tuple i64), found more than 1 elements",
        1,
        4,
    );
    refused(Ty::Duration, "#wat/duration 5", "wrong-type", "expected Duration, found 5", 1, 15);
    refused(
        Ty::Duration,
        "#wat/duration \"9999999999999s\"",
        "out-of-range",
        "expected Duration, found \"9999999999999s\"",
        1,
        15,
    );
    refused(Ty::Edn, "[1 #inst \"1066\"]", "out-of-range", "at 1: expected Instant, found \"1066\"", 1, 10);
    refused(Ty::Edn, "{:a 1 :a 2}", "duplicate-key", "at :a: expected a key once, found :a again", 1, 7);
    refused(
        vector(Ty::I64),
        "[1 2",
        "malformed",
        "at 2: expected one EDN value, found unexpected end of input inside a vector opened at 1:1",
        1,
        5,
    );
    refused(
        vector(Ty::I64),
        "[1 2)",
        "malformed",
        "at 2: expected one EDN value, found unbalanced ) inside a vector opened at 1:1",
        1,
        5,
    );
    refused(Ty::I64, "1 2", "malformed", "expected one EDN value, found unexpected 2 after the value", 1, 3);
    refused(
        Ty::Str,
        "\"a\" ]",
        "malformed",
        "expected one EDN value, found unexpected ] after the value",
        1,
        5,
    );
    refused(
        Ty::Result(Box::new(Ty::I64), Box::new(Ty::Str)),
        "5",
        "wrong-type",
        "expected (Result i64 String), found 5",
        1,
        1,
    );
    refused(option(option(Ty::I64)), "5", "wrong-type", "expected (Option (Option i64)), found 5", 1, 1);
}

#[test]
fn unfinished_text_says_so() {
    check_balance(|mem| {
        for input in ["", "{:sku \"a", "{:sku \"a\"", "{:sku", "#user/Order", "{:sku \"a\" :qty"] {
            let fault =
                decode(mem, region().desc(&order()), input.as_bytes()).expect("room").expect_err(input);
            assert!(fault.unfinished || input == "#user/Order", "{input}: {fault}");
        }
        let read =
            decode_prefix(mem, region().desc(&vector(Ty::I64)), b" [1 2] [3", wat_edn::Position::START);
        let (slot, end) = read.expect("room").expect("a whole value");
        assert_eq!((text(slot, &vector(Ty::I64)).as_str(), end), ("[1 2]", 6));
        mem.drop(slot);
    });
}

#[test]
fn nesting_is_limited_alike_on_both_sides() {
    let desc = region().desc(&Ty::Edn);
    check_balance(|mem| {
        for (open, close) in [("[", "]"), ("#t ", ""), ("{1 ", "}"), ("#{", "}")] {
            let nested = |n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
            let slot = value(mem, &Ty::Edn, &nested(256));
            assert_eq!(text(slot, &Ty::Edn), nested(256));
            let fault = decode(mem, desc, nested(257).as_bytes()).expect("room").expect_err("too deep");
            assert_eq!(fault.kind, "limit");
            let deeper = mem
                .object_of(
                    DescRef::builtin(wat_abi::desc::Builtin::EdnTagged),
                    0,
                    &[value(mem, &Ty::Symbol, "t"), slot],
                )
                .expect("room")
                .slot();
            assert_eq!(encode(deeper, desc, &mut Vec::new()), Err(Limit::Depth(256)));
            mem.drop(deeper);
        }
    });
}

#[test]
fn long_values_are_written_and_read() {
    let ty = vector(Ty::I64);
    let desc = region().desc(&ty);
    check_balance(|mem| {
        let numbers: Vec<u64> = (0..1_000_000).collect();
        let slot = crate::testing::vector_of(mem, desc, &numbers);
        let written = text(slot, &ty);
        let again = value(mem, &ty, &written);
        assert_eq!(compare(slot, again, desc), Ordering::Equal);
        let limits = wat_edn::Limits { bytes: 1000, ..Default::default() };
        assert_eq!(encode_within(slot, desc, &mut Vec::new(), limits), Err(Limit::Bytes(1000)));
        mem.drop(slot);
        mem.drop(again);
    });
}

#[test]
fn edn_and_back() {
    let result = Ty::Result(Box::new(order()), Box::new(read_error()));
    check_balance(|mem| {
        let slot = value(mem, &order(), "{:sku \"a\" :qty 1 :note \"n\"}");
        let edn = edn_of(mem, slot, region().desc(&order())).expect("room");
        assert_eq!(text(edn, &Ty::Edn), "#user/Order {:sku \"a\" :note \"n\" :qty 1}");
        let back = from_edn(mem, edn, region().desc(&result)).expect("room");
        assert_eq!(text(back, &result), "#wat.core/Ok #user/Order {:sku \"a\" :qty 1 :note \"n\"}");
        let input = value(mem, &Ty::Str, "\"{:sku 5}\"");
        let bad = read_edn(mem, input, region().desc(&result)).expect("room");
        assert_eq!(
            text(bad, &result),
            "#wat.core/Err #wat.kernel/ReadError {:kind :wrong-type :at [:sku] :expected \"String\" :found \"5\" :line 1 :column 7}"
        );
        [slot, edn, back, input, bad].into_iter().for_each(|slot| mem.drop(slot));
    });
}

fn types() -> impl Strategy<Value = Ty> {
    let scalar = prop_oneof![
        Just(Ty::Nil),
        Just(Ty::Bool),
        Just(Ty::I64),
        Just(Ty::F64),
        Just(Ty::Char),
        Just(Ty::Keyword),
        Just(Ty::Symbol),
        Just(Ty::Str),
        Just(Ty::Bytes),
        Just(Ty::BigInt),
        Just(Ty::Decimal),
        Just(Ty::Instant),
        Just(Ty::Duration),
        Just(Ty::Uuid),
        Just(Ty::Edn),
        Just(point()),
        Just(colour()),
        Just(shape()),
        Just(Ty::Node),
    ];
    scalar.prop_recursive(3, 8, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            boxed.clone().prop_map(Ty::Vector),
            boxed.clone().prop_map(Ty::Set),
            boxed.clone().prop_map(Ty::Option),
            (boxed.clone(), boxed.clone()).prop_map(|(k, v)| Ty::Map(k, v)),
            (boxed.clone(), boxed).prop_map(|(a, b)| Ty::Result(a, b)),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Ty::Tuple),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| Ty::Struct("user/Pair", vec![("a", a), ("b", b)])),
            (inner.clone(), inner).prop_map(|(a, b)| {
                Ty::Enum(
                    "user/Sum",
                    vec![
                        ("Zero", vec![]),
                        ("One", vec![("a", a.clone())]),
                        ("Two", vec![("a", a), ("b", b)]),
                    ],
                )
            }),
        ]
    })
}

/// Numbers that look random, from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = wat_abi::hash::word(self.0.wrapping_add(0x9e37_79b9_7f4a_7c15));
        self.0 % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len() as u64) as usize]
    }
}

fn admits_nil(ty: &Ty) -> bool {
    matches!(ty, Ty::Nil | Ty::Edn | Ty::Option(_))
}

/// Some EDN text of a value of type `ty`.
fn sample(ty: &Ty, dice: &mut Dice, depth: usize) -> String {
    let n = if depth > 5 { 0 } else { dice.roll(if depth < 2 { 24 } else { 4 }) };
    let many = |dice: &mut Dice, item: &Ty| {
        (0..n).map(|_| sample(item, dice, depth + 1)).collect::<Vec<_>>().join(" ")
    };
    let distinct = |dice: &mut Dice, key: &Ty| {
        // Keys are told apart as values, not as texts.
        check_balance(|mem| {
            let desc = region().desc(key);
            let mut seen: Vec<(u64, String)> = Vec::new();
            for _ in 0..n {
                let text = sample(key, dice, depth + 1);
                let slot = value(mem, key, &text);
                if seen.iter().any(|(other, _)| compare(slot, *other, desc) == Ordering::Equal) {
                    mem.drop_as(slot, desc);
                } else {
                    seen.push((slot, text));
                }
            }
            seen.iter().for_each(|(slot, _)| mem.drop_as(*slot, desc));
            seen.into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        })
    };
    match ty {
        Ty::Nil => "nil".to_string(),
        Ty::Bool => dice.pick(&["true", "false"]).to_string(),
        Ty::I64 => (dice.roll(u64::MAX) as i64 >> dice.roll(64)).to_string(),
        Ty::F64 => {
            let mut out = Vec::new();
            let bits = dice.roll(u64::MAX);
            let x = if dice.roll(2) == 0 { f64::from_bits(bits) } else { (bits % 1000) as f64 / 8.0 };
            wat_edn::write::float(&mut out, x);
            String::from_utf8(out).expect("UTF-8")
        }
        Ty::Char => dice.pick(&["\\a", "\\newline", "\\é", "\\u0001", "\\😀", "\\space"]).to_string(),
        Ty::Keyword => dice.pick(&[":a", ":b/c", ":1", ":long-name"]).to_string(),
        Ty::Symbol => dice.pick(&["a", "b/c", "+", "/"]).to_string(),
        Ty::Str => {
            format!("\"{}{}\"", dice.pick(&["", "x", "\\n", "é\\\"", "a longer text\\u0000"]), dice.roll(40))
        }
        Ty::Bytes => {
            dice.pick(&["#wat/bytes \"\"", "#wat/bytes \"aGk=\"", "#wat/bytes \"AAEC\""]).to_string()
        }
        Ty::BigInt => {
            format!("{}{}N", dice.pick(&["", "-", "1", "-98765432109876543210"]), 1 + dice.roll(u64::MAX - 1))
        }
        Ty::Decimal => {
            format!("{}{}.{}M", dice.pick(&["", "-"]), dice.roll(1000), dice.pick(&["0", "50", "001"]))
        }
        Ty::Instant => format!("#inst \"20{:02}-0{}-11T12:00:00.5Z\"", dice.roll(100), 1 + dice.roll(9)),
        Ty::Duration => format!("#wat/duration \"{}{}.25s\"", dice.pick(&["", "-"]), dice.roll(1 << 32)),
        Ty::Uuid => format!("#uuid \"f81d4fae-7dec-11d0-a765-{:012x}\"", dice.roll(1 << 48)),
        Ty::Edn => {
            let ty = match dice.roll(6) {
                0 if depth < 4 => vector(Ty::Edn),
                1 if depth < 4 => Ty::Map(Box::new(Ty::Edn), Box::new(Ty::Edn)),
                2 if depth < 4 => Ty::Set(Box::new(Ty::Edn)),
                3 => Ty::Nil,
                4 => return format!("#some/tag {}", sample(&Ty::I64, dice, depth + 1)),
                _ => Ty::Str,
            };
            sample(&ty, dice, depth + 1)
        }
        Ty::Vector(item) => format!("[{}]", many(dice, item)),
        Ty::Set(item) => format!("#{{{}}}", distinct(dice, item).join(" ")),
        Ty::Map(key, item) => {
            let entries = distinct(dice, key)
                .into_iter()
                .map(|key| format!("{key} {}", sample(item, dice, depth + 1)))
                .collect::<Vec<_>>();
            format!("{{{}}}", entries.join(", "))
        }
        Ty::Tuple(items) => {
            format!(
                "[{}]",
                items.iter().map(|item| sample(item, dice, depth + 1)).collect::<Vec<_>>().join(" ")
            )
        }
        Ty::Option(item) => match (dice.roll(3), admits_nil(item)) {
            (0, _) => "nil".to_string(),
            (_, true) => format!("#wat.core/Some {}", sample(item, dice, depth + 1)),
            (_, false) => sample(item, dice, depth + 1),
        },
        Ty::Result(ok, err) => match dice.roll(2) {
            0 => format!("#wat.core/Ok {}", sample(ok, dice, depth + 1)),
            _ => format!("#wat.core/Err {}", sample(err, dice, depth + 1)),
        },
        Ty::Struct(name, fields) => {
            let tag = if dice.roll(2) == 0 { format!("#{name} ") } else { String::new() };
            format!("{tag}{{{}}}", sample_fields(fields, dice, depth))
        }
        Ty::Enum(name, variants) => {
            let (variant, fields) = &variants[dice.roll(variants.len() as u64) as usize];
            let tag = format!("#{}/{variant}", name.replace('/', "."));
            if fields.is_empty() {
                format!("{tag} nil")
            } else {
                format!("{tag} {{{}}}", sample_fields(fields, dice, depth))
            }
        }
        Ty::Node | Ty::Tree => {
            let nodes = 1 + dice.roll(20);
            (0..nodes).fold("nil".to_string(), |next, i| format!("{{:next {next} :value {i}}}"))
        }
    }
}

fn sample_fields(fields: &[(&str, Ty)], dice: &mut Dice, depth: usize) -> String {
    let mut texts: Vec<String> =
        fields.iter().map(|(name, ty)| format!(":{name} {}", sample(ty, dice, depth + 1))).collect();
    if dice.roll(2) == 0 {
        texts.reverse();
    }
    texts.join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn what_is_written_reads_back(ty in types(), seed in any::<u64>()) {
        let input = sample(&ty, &mut Dice(seed), 0);
        let desc = region().desc(&ty);
        check_balance(|mem| {
            let slot = value(mem, &ty, &input);
            let written = text(slot, &ty);
            assert!(!written.contains('\n'));
            let again = value(mem, &ty, &written);
            assert_eq!(compare(slot, again, desc), Ordering::Equal, "{input}\n{written}");
            assert_eq!(text(again, &ty), written);
            assert_eq!(crate::value::hash::hash(slot, desc), crate::value::hash::hash(again, desc));
            // Dynamic values of the same text hold the same.
            let edn = edn_of(mem, slot, desc).expect("room");
            let edn_text = text(edn, &Ty::Edn);
            let back = value(mem, &ty, &edn_text);
            assert_eq!(compare(slot, back, desc), Ordering::Equal, "{edn_text}");
            // A copy is equal and apart.
            let mut other = crate::heap::Heap::new(usize::MAX);
            let message = crate::heap::message::Message::copy(slot, desc).expect("room");
            let copy = message.adopt(other.mem()).expect("room");
            assert_eq!(compare(slot, copy, desc), Ordering::Equal);
            other.mem().drop_as(copy, desc);
            assert_eq!(other.live_objects(), 0);
            [slot, again, back].into_iter().for_each(|slot| mem.drop_as(slot, desc));
            mem.drop(edn);
        });
    }

    /// Damaged text is refused or read, and leaves the heap balanced.
    #[test]
    fn damaged_text_leaves_nothing_behind(ty in types(), seed in any::<u64>(), cuts in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4)) {
        let mut bytes = sample(&ty, &mut Dice(seed), 1).into_bytes();
        for (at, byte) in cuts {
            let at = usize::from(at) % bytes.len();
            match byte % 4 {
                0 => { bytes.truncate(at.max(1)) }
                1 => { bytes.remove(at); }
                2 => bytes[at] = b"[]{}()\"#:; 1a\\\n,"[usize::from(byte / 4) % 16],
                _ => bytes.insert(at, b"[]{}()\"#:; 1a\\\n,"[usize::from(byte / 4) % 16]),
            }
            if bytes.is_empty() { bytes.push(b'1'); }
        }
        let desc = region().desc(&ty);
        check_balance(|mem| {
            if let Ok(slot) = decode(mem, desc, &bytes).expect("room") {
                mem.drop_as(slot, desc);
            }
        });
    }
}
