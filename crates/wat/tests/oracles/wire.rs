//! A program whose type holds every wire type, and values of that type from a seed.

use crate::random::Random;
use wat_edn::{Instant, Value, is_keyword, is_symbol};

/// Answers each value with itself: decoded at its type, built, and encoded again.
pub const PROGRAM: &str = r#"
(defstruct Point [x <- f64  y <- f64])
(defstruct (Pair A B) [first <- A  second <- B])
(defenum Colour Red Green (Mix [parts <- (Vector f64)  name <- (Option String)]))
(defenum Thing
  Nothing
  (Bool [v <- bool])       (I64 [v <- i64])         (F64 [v <- f64])           (Char [v <- char])
  (Word [v <- keyword])    (Name [v <- Symbol])     (Big [v <- BigInt])        (Exact [v <- Decimal])
  (Text [v <- String])     (Raw [v <- Bytes])       (At [v <- Instant])        (For [v <- Duration])
  (Id [v <- Uuid])         (Nil [v <- nil])         (Dynamic [v <- Edn])
  (Many [v <- (Vector Thing)])                      (Named [v <- (Map String Thing)])
  (Counts [v <- (Map keyword i64)])                 (Points [v <- (Map (Tuple i64 String) Point)])
  (Floats [v <- (Set f64)])                         (Words [v <- (Set keyword)])
  (Row [v <- (Tuple i64 String Thing)])             (Maybe [v <- (Option i64)])
  (Twice [v <- (Option (Option i64))])              (Either [v <- (Result Point String)])
  (Two [v <- (Pair Colour (Option char))])          (Hue [v <- Colour]))

(defn main {:in Thing :out Thing} [] -> nil (serve (fn [v] v)))
"#;

/// As [`PROGRAM`]: the value, or why what stands on the line is none.
pub fn tolerant() -> String {
    let main = "(defn main {:in Thing :out (Result Thing ReadError)} [] -> nil
  (loop []
    (match (try-readln)
      ((Ok None)     nil)
      ((Ok (Some v)) (do (println (Ok v)) (recur)))
      ((Err e)       (do (println (Err e)) (recur))))))
";
    let types = PROGRAM.split("(defn main").next().unwrap_or_default();
    format!("{types}{main}")
}

pub fn thing(random: &mut Random, depth: usize) -> Value {
    let deeper = depth + 1;
    let (name, value) = match random.below(if depth < 4 { 30 } else { 20 }) {
        0 => return variant("Thing/Nothing", None),
        1 => ("Bool", boolean(random)),
        2 => ("I64", integer(random)),
        3 => ("F64", float(random)),
        4 => ("Char", Value::Char(letter(random))),
        5 => ("Word", Value::Keyword(name(random, is_keyword))),
        6 => ("Name", Value::Symbol(name(random, is_symbol))),
        7 => ("Big", big(random)),
        8 => ("Exact", exact(random)),
        9 => ("Text", Value::Str(text(random))),
        10 => ("Raw", parsed(&format!("#wat/bytes \"{}\"", base64(random)))),
        11 => ("At", instant(random)),
        12 => ("For", duration(random)),
        13 => ("Id", Value::Uuid(u128::from(random.next()) << 64 | u128::from(random.next()))),
        14 => ("Nil", Value::Nil),
        15 => ("Counts", map(random, |r| (Value::Keyword(name(r, is_keyword)), integer(r)))),
        16 => {
            let entry = |r: &mut Random| (Value::Vector(vec![integer(r), Value::Str(text(r))]), point(r));
            ("Points", map(random, entry))
        }
        17 => ("Floats", set(random, float)),
        18 => ("Words", set(random, |r| Value::Keyword(name(r, is_keyword)))),
        19 => ("Maybe", if random.below(3) == 0 { Value::Nil } else { integer(random) }),
        20 => ("Twice", twice(random)),
        21 => ("Either", either(random)),
        22 => ("Hue", colour(random)),
        23 => {
            let second = if random.below(2) == 0 { Value::Nil } else { Value::Char(letter(random)) };
            ("Two", tagged("user/Pair", &[("first", colour(random)), ("second", second)]))
        }
        24 => ("Row", Value::Vector(vec![integer(random), Value::Str(text(random)), thing(random, deeper)])),
        25 => ("Named", map(random, |r| (Value::Str(text(r)), thing(r, deeper)))),
        26 | 27 => ("Dynamic", dynamic(random, deeper)),
        _ => ("Many", Value::Vector((0..random.below(5)).map(|_| thing(random, deeper)).collect())),
    };
    variant(&format!("Thing/{name}"), Some(&[("v", value)]))
}

/// Any EDN value.
fn dynamic(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth < 5 { 20 } else { 14 }) {
        0 => Value::Nil,
        1 => boolean(random),
        2 => integer(random),
        3 => float(random),
        4 => Value::Char(letter(random)),
        5 => Value::Keyword(name(random, is_keyword)),
        6 => Value::Symbol(name(random, is_symbol)),
        7 => big(random),
        8 => exact(random),
        9 | 10 => Value::Str(text(random)),
        11 => instant(random),
        12 => duration(random),
        13 => Value::Uuid(u128::from(random.next())),
        14 | 15 => Value::Vector((0..random.below(5)).map(|_| dynamic(random, depth + 1)).collect()),
        16 => Value::List((0..random.below(5)).map(|_| dynamic(random, depth + 1)).collect()),
        17 => map(random, |r| (key(r), dynamic(r, depth + 1))),
        18 => set(random, key),
        _ => {
            let names = ["my.app/Point", "x", "a.b-c/d_e", "foo/Bar"];
            Value::tagged(*random.one_of(&names), dynamic(random, depth + 1))
        }
    }
}

/// A key that readers which compare numbers by value keep apart from other keys.
fn key(random: &mut Random) -> Value {
    match random.below(4) {
        0 => Value::Keyword(name(random, is_keyword)),
        1 => Value::Str(text(random)),
        2 => Value::Vector(vec![integer(random), Value::Str(text(random))]),
        _ => Value::Int(2 + random.below(1000) as i64),
    }
}

fn variant(name: &str, fields: Option<&[(&str, Value)]>) -> Value {
    let name = format!("user.{name}");
    match fields {
        None => Value::tagged(name, Value::Nil),
        Some(fields) => tagged(&name, fields),
    }
}

fn tagged(name: &str, fields: &[(&str, Value)]) -> Value {
    let entries = fields.iter().map(|(key, value)| (Value::keyword(*key), value.clone())).collect();
    Value::tagged(name, Value::Map(entries))
}

fn point(random: &mut Random) -> Value {
    tagged("user/Point", &[("x", float(random)), ("y", float(random))])
}

fn colour(random: &mut Random) -> Value {
    match random.below(3) {
        0 => variant("Colour/Red", None),
        1 => variant("Colour/Green", None),
        _ => {
            let parts = Value::Vector((0..random.below(4)).map(|_| float(random)).collect());
            let name = if random.below(2) == 0 { Value::Nil } else { Value::Str(text(random)) };
            variant("Colour/Mix", Some(&[("parts", parts), ("name", name)]))
        }
    }
}

fn either(random: &mut Random) -> Value {
    match random.below(2) {
        0 => Value::tagged("wat.core/Ok", point(random)),
        _ => Value::tagged("wat.core/Err", Value::Str(text(random))),
    }
}

fn twice(random: &mut Random) -> Value {
    match random.below(3) {
        0 => Value::Nil,
        1 => Value::tagged("wat.core/Some", Value::Nil),
        _ => Value::tagged("wat.core/Some", integer(random)),
    }
}

/// Of up to five entries those with different keys.
fn map(random: &mut Random, mut entry: impl FnMut(&mut Random) -> (Value, Value)) -> Value {
    let mut entries: Vec<(Value, Value)> = Vec::new();
    for _ in 0..random.below(6) {
        let new = entry(random);
        if entries.iter().all(|(key, _)| *key != new.0) {
            entries.push(new);
        }
    }
    Value::Map(entries)
}

fn set(random: &mut Random, mut element: impl FnMut(&mut Random) -> Value) -> Value {
    let mut elements: Vec<Value> = Vec::new();
    for _ in 0..random.below(6) {
        let new = element(random);
        if !elements.contains(&new) {
            elements.push(new);
        }
    }
    Value::Set(elements)
}

fn boolean(random: &mut Random) -> Value {
    Value::Bool(random.below(2) == 0)
}

fn integer(random: &mut Random) -> Value {
    let edges = [0, 1, -1, i64::MAX, i64::MIN, i64::MAX - 1, 1 << 53, (1 << 53) + 1, i64::from(i32::MIN) - 1];
    match random.below(3) {
        0 => Value::Int(*random.one_of(&edges)),
        1 => Value::Int(random.below(2000) as i64 - 1000),
        _ => Value::Int(random.next() as i64),
    }
}

pub fn float(random: &mut Random) -> Value {
    let edges = [
        0.0,
        -0.0,
        1.0,
        0.1,
        1e15,
        1e16,
        1e-5,
        9.9e-6,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        9_007_199_254_740_993.0,
        1e22,
        1e23,
        123456.789,
    ];
    match random.below(4) {
        0 => Value::Float(*random.one_of(&edges)),
        1 => Value::Float((random.below(2_000_000) as f64 - 1e6) / 1000.0),
        2 => {
            Value::Float((random.below(2_000_000) as f64 - 1e6) * 10f64.powi(random.below(600) as i32 - 300))
        }
        _ => match f64::from_bits(random.next()) {
            x if x.is_nan() => Value::Float(f64::NAN),
            x => Value::Float(x),
        },
    }
}

fn digits(random: &mut Random, most: usize) -> String {
    let sign = if random.below(2) == 0 { "-" } else { "" };
    let first = 1 + random.below(9);
    let more: String = (0..random.below(most)).map(|_| char::from(b'0' + random.below(10) as u8)).collect();
    format!("{sign}{first}{more}")
}

fn big(random: &mut Random) -> Value {
    parsed(&format!("{}N", digits(random, 60)))
}

fn exact(random: &mut Random) -> Value {
    let digits = digits(random, 40);
    match random.below(3) {
        0 => parsed(&format!("{digits}M")),
        1 => parsed(&format!("{digits}.{}0M", random.below(1000))),
        _ => parsed(&format!("{digits}e{}M", random.below(60) as i64 - 30)),
    }
}

/// Of the years 1677 to 2262, to any fraction of a second.
fn instant(random: &mut Random) -> Value {
    let nanos = random.next() as i64;
    let unit = *random.one_of(&[1_000_000_000, 1_000_000, 1_000, 1]);
    Value::Inst(Instant::from_nanos(nanos - nanos.rem_euclid(unit)))
}

fn duration(random: &mut Random) -> Value {
    let nanos = random.next() as i64 >> random.below(60);
    let mut text = Vec::new();
    wat_edn::write::duration(&mut text, nanos);
    parsed(std::str::from_utf8(&text).expect("durations are ASCII"))
}

fn base64(random: &mut Random) -> String {
    let bytes: Vec<u8> = (0..random.below(12)).map(|_| random.next() as u8).collect();
    let mut text = Vec::new();
    wat_edn::base64::encode(&bytes, &mut text);
    String::from_utf8(text).expect("base64 is ASCII")
}

fn letter(random: &mut Random) -> char {
    const SOME: [char; 28] = [
        'a', 'Z', '0', ' ', '"', '\\', '\n', '\t', '\r', ',', ';', '/', '(', ']', '#', ':', 'é', 'λ', '☃',
        '😀', '\0', '\u{1}', '\u{7f}', '\u{85}', '\u{a0}', '\u{2028}', '\u{feff}', '\u{fffd}',
    ];
    match random.below(4) {
        0 => char::from(b' ' + random.below(95) as u8),
        1 => char::from_u32(random.below(0x11_0000) as u32).unwrap_or('x'),
        _ => *random.one_of(&SOME),
    }
}

pub fn text(random: &mut Random) -> String {
    (0..random.below(9)).map(|_| letter(random)).collect()
}

/// A name that every reader of EDN should take: letters, digits and the marks that EDN allows.
fn name(random: &mut Random, is: fn(&str) -> bool) -> String {
    const FIRST: &[u8] = b"abcxyzABCXYZ*!_?$%&=<>";
    const REST: &[u8] = b"abcxyzABCXYZ*!_?$%&=<>0123456789-+.";
    loop {
        let mut part = |least: usize| -> String {
            let first = char::from(*random.one_of(FIRST));
            let rest = (0..least + random.below(6)).map(|_| char::from(*random.one_of(REST)));
            std::iter::once(first).chain(rest).collect()
        };
        let (first, second) = (part(0), part(0));
        let name = if random.below(3) == 0 { format!("{first}/{second}") } else { first };
        if is(&name) && !matches!(name.as_str(), "nil" | "true" | "false") {
            return name;
        }
    }
}

fn parsed(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}
