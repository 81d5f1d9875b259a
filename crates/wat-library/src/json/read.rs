//! JSON text into the EDN text of a value of a type, directed by the type. A stack of frames takes the place of recursion.
//!
//! The EDN text is decoded next: that is where values are made and where equal keys are found. [`Places`] leads from a
//! place in it back to the JSON.

use crate::scalar;
use struson::reader::{JsonReader, JsonStreamReader, ReaderError, ReaderSettings, ValueType};
use wat_abi::desc::Kind;
use wat_edn::number::parse_bigint;
use wat_edn::{Position, write};
use wat_runtime::codec::ReadFault;
use wat_runtime::desc::{DescRef, VariantRef};

/// What is read, and how much of it.
pub struct Limits {
    /// Keys that the struct does not have are passed over.
    pub skip_unknown: bool,
    /// Levels of arrays and objects.
    pub depth: i64,
    pub bytes: i64,
}

/// The most levels: EDN's own, less one for a tagged scalar within.
const DEEPEST: i64 = 255;

/// The EDN text of the one value in `text`, and where its parts came from.
pub fn edn(text: &[u8], desc: DescRef, limits: Limits) -> Result<(Vec<u8>, Places), ReadFault> {
    if text.len() as i64 > limits.bytes {
        let found = format!("{} bytes", text.len());
        return Err(fault(text, 0, "limit", Vec::new(), format!("at most {} bytes", limits.bytes), found));
    }
    let settings = ReaderSettings {
        track_path: false,
        max_nesting_depth: Some(limits.depth.clamp(1, DEEPEST) as u32),
        // Digits are bounded where they are converted.
        restrict_number_values: false,
        ..ReaderSettings::default()
    };
    let mut reader = Reader {
        json: JsonStreamReader::new_custom(text, settings),
        text,
        out: Vec::new(),
        frames: Vec::new(),
        places: Places(Vec::new()),
        skip_unknown: limits.skip_unknown,
    };
    if let Err(stop) = reader.run(desc) {
        return Err(reader.explain(stop));
    }
    let Reader { json, out, places, .. } = reader;
    match json.consume_trailing_whitespace() {
        Ok(()) => Ok((out, places)),
        Err(error) => Err(malformed(text, &error, Vec::new())),
    }
}

/// For each value: where its EDN text begins and where it stood in the JSON.
pub struct Places(Vec<(usize, usize)>);

impl Places {
    /// A fault of the EDN text as one of the JSON.
    pub fn of(&self, text: &[u8], fault: ReadFault) -> ReadFault {
        let after = self.0.partition_point(|&(edn, _)| edn <= fault.offset);
        let offset = after.checked_sub(1).map_or(0, |i| self.0[i].1);
        let Position { line, column } = Position::START.advance(&text[..offset]);
        ReadFault { line, column, offset, unfinished: false, ..fault }
    }
}

enum Stop {
    Fault(Box<ReadFault>),
    Json(Box<ReaderError>),
}

impl From<ReaderError> for Stop {
    fn from(error: ReaderError) -> Stop {
        Stop::Json(Box::new(error))
    }
}

struct Reader<'t> {
    json: JsonStreamReader<&'t [u8]>,
    text: &'t [u8],
    out: Vec<u8>,
    frames: Vec<Frame>,
    places: Places,
    skip_unknown: bool,
}

/// A value of which a part is still to come, and the way to that part.
struct Frame {
    form: Form,
    step: Option<String>,
}

enum Form {
    Fields {
        fields: VariantRef,
        seen: Vec<bool>,
        last: usize,
    },
    Items {
        element: DescRef,
        at: usize,
        close: &'static [u8],
    },
    Tuple {
        fields: VariantRef,
        at: usize,
    },
    Object {
        key: DescRef,
        value: DescRef,
    },
    /// An array of pairs.
    Pairs {
        key: DescRef,
        value: DescRef,
        at: usize,
    },
    Pair {
        key: DescRef,
        value: DescRef,
        at: usize,
    },
    /// An object of one key, of which the value is being read.
    Only,
}

impl<'t> Reader<'t> {
    fn run(&mut self, desc: DescRef) -> Result<(), Stop> {
        self.value(desc)?;
        while !self.frames.is_empty() {
            if let Some(desc) = self.next()? {
                self.value(desc)?;
            }
        }
        Ok(())
    }

    /// The offset of what comes next.
    fn place(&self) -> usize {
        self.json.current_position(false).data_pos.map_or(0, |at| at as usize).min(self.text.len())
    }

    fn peek(&mut self) -> Result<(ValueType, usize), Stop> {
        let kind = self.json.peek()?;
        Ok((kind, self.place()))
    }

    fn path(&self) -> Vec<String> {
        self.frames.iter().filter_map(|frame| frame.step.clone()).collect()
    }

    #[cold]
    fn fault(&self, at: usize, kind: &'static str, expected: String, found: String) -> Stop {
        Stop::Fault(Box::new(fault(self.text, at, kind, self.path(), expected, found)))
    }

    #[cold]
    fn wrong(&self, at: usize, kind: &'static str, expected: String) -> Stop {
        let found = excerpt(self.text, at);
        self.fault(at, kind, expected, found)
    }

    fn explain(&self, stop: Stop) -> ReadFault {
        match stop {
            Stop::Fault(fault) => *fault,
            Stop::Json(error) => malformed(self.text, &error, self.path()),
        }
    }

    fn push(&mut self, form: Form) {
        self.frames.push(Frame { form, step: None });
    }

    /// Reads a scalar, or opens a compound and pushes its frame.
    fn value(&mut self, mut desc: DescRef) -> Result<(), Stop> {
        let (mut json, mut at) = self.peek()?;
        self.places.0.push((self.out.len(), at));
        while matches!(desc.kind(), Kind::Option | Kind::Result) {
            if desc.kind() == Kind::Result {
                let tag = self.only(at, json, &["Ok", "Err"])?;
                self.out.extend_from_slice(if tag == 0 { b"#wat.core/Ok " } else { b"#wat.core/Err " });
                desc = desc.variant(tag).field(0);
                (json, at) = self.peek()?;
                continue;
            }
            let inner = desc.variant(1).field(0);
            if json == ValueType::Null {
                self.json.next_null()?;
                self.out.extend_from_slice(b"nil");
                return Ok(());
            }
            if inner.kind() == Kind::Edn {
                self.out.extend_from_slice(b"#wat.core/Some ");
            } else if inner.admits_nil() {
                self.only(at, json, &["Some"])?;
                self.out.extend_from_slice(b"#wat.core/Some ");
                (json, at) = self.peek()?;
            }
            desc = inner;
        }
        match (desc.kind(), json) {
            (Kind::Edn, _) => self.dynamic(json, at),
            (Kind::Nil, ValueType::Null) => {
                self.json.next_null()?;
                self.out.extend_from_slice(b"nil");
                Ok(())
            }
            (Kind::Bool, ValueType::Boolean) => {
                let value = self.json.next_bool()?;
                self.out.extend_from_slice(if value { b"true" } else { b"false" });
                Ok(())
            }
            (Kind::I64 | Kind::F64 | Kind::BigInt | Kind::Decimal, ValueType::Number) => {
                let number = self.json.next_number_as_string()?;
                self.spelled(desc, &number, at)
            }
            (Kind::F64, ValueType::String) => {
                let name = self.json.next_string()?;
                if !matches!(name.as_str(), "NaN" | "Infinity" | "-Infinity") {
                    return Err(self.wrong(at, "wrong-type", desc.describe()));
                }
                self.spelled(desc, &name, at)
            }
            (Kind::Enum, ValueType::String) => {
                let name = self.json.next_string()?;
                scalar::read(desc, &name, &mut self.out).map_err(|kind| self.wrong(at, kind, variants(desc)))
            }
            (_, ValueType::String) if scalar::is_string(desc) => {
                let string = self.json.next_string()?;
                self.spelled(desc, &string, at)
            }
            (Kind::Enum, ValueType::Object) => {
                let names: Vec<&str> =
                    (0..desc.variant_count()).map(|i| desc.variant(i)).map(VariantRef::name).collect();
                let chosen = self.only(at, json, &names)?;
                let fields = desc.variant(chosen);
                self.out.extend_from_slice(scalar::variant_tag(desc, fields.name()).as_bytes());
                let (json, at) = self.peek()?;
                match json {
                    ValueType::Object if !fields.is_empty() => self.fields(fields),
                    ValueType::Null if fields.is_empty() => {
                        self.json.next_null()?;
                        self.out.extend_from_slice(b"nil");
                        Ok(())
                    }
                    _ => {
                        let expected = if fields.is_empty() { "null" } else { "an object of its fields" };
                        Err(self.wrong(at, "wrong-type", expected.to_string()))
                    }
                }
            }
            (Kind::Struct, ValueType::Object) => self.fields(desc.variant(0)),
            (Kind::Vector, ValueType::Array) => self.items(desc.arg0(), b"[", b"]"),
            (Kind::Set, ValueType::Array) => self.items(desc.arg0(), b"#{", b"}"),
            (Kind::Tuple, ValueType::Array) => {
                self.json.begin_array()?;
                self.out.push(b'[');
                self.push(Form::Tuple { fields: desc.variant(0), at: 0 });
                Ok(())
            }
            (Kind::Map, ValueType::Object) if scalar::is_spelled(desc.arg0()) => {
                self.object(desc.arg0(), desc.arg1())
            }
            (Kind::Map, ValueType::Array) if !scalar::is_spelled(desc.arg0()) => {
                self.json.begin_array()?;
                self.out.push(b'{');
                self.push(Form::Pairs { key: desc.arg0(), value: desc.arg1(), at: 0 });
                Ok(())
            }
            _ => Err(self.wrong(at, "wrong-type", expected(desc))),
        }
    }

    fn spelled(&mut self, desc: DescRef, text: &str, at: usize) -> Result<(), Stop> {
        scalar::read(desc, text, &mut self.out).map_err(|kind| self.wrong(at, kind, scalar::expected(desc)))
    }

    fn dynamic(&mut self, json: ValueType, at: usize) -> Result<(), Stop> {
        match json {
            ValueType::Null => {
                self.json.next_null()?;
                self.out.extend_from_slice(b"nil");
            }
            ValueType::Boolean => {
                let value = self.json.next_bool()?;
                self.out.extend_from_slice(if value { b"true" } else { b"false" });
            }
            ValueType::String => {
                let string = self.json.next_string()?;
                write::string(&mut self.out, &string);
            }
            ValueType::Number => {
                let number = self.json.next_number_as_string()?;
                let range = |_| self.wrong(at, "out-of-range", "a number".to_string());
                if scalar::is_integer(&number) {
                    match number.parse() {
                        Ok(value) => write::int(&mut self.out, value),
                        Err(_) => {
                            let value = parse_bigint(&number).map_err(|_| range("long"))?;
                            write::bigint(&mut self.out, &value);
                        }
                    }
                } else {
                    let value = scalar::float(&number).map_err(range)?;
                    write::float(&mut self.out, value);
                }
            }
            ValueType::Array => self.items(DescRef::EDN, b"[", b"]")?,
            ValueType::Object => self.object(DescRef::STR, DescRef::EDN)?,
        }
        Ok(())
    }

    fn fields(&mut self, fields: VariantRef) -> Result<(), Stop> {
        self.json.begin_object()?;
        self.out.push(b'{');
        self.push(Form::Fields { fields, seen: vec![false; fields.len()], last: 0 });
        Ok(())
    }

    fn items(&mut self, element: DescRef, open: &[u8], close: &'static [u8]) -> Result<(), Stop> {
        self.json.begin_array()?;
        self.out.extend_from_slice(open);
        self.push(Form::Items { element, at: 0, close });
        Ok(())
    }

    fn object(&mut self, key: DescRef, value: DescRef) -> Result<(), Stop> {
        self.json.begin_object()?;
        self.out.push(b'{');
        self.push(Form::Object { key, value });
        Ok(())
    }

    /// Opens an object whose one key is among `names`: which of them.
    fn only(&mut self, at: usize, json: ValueType, names: &[&str]) -> Result<usize, Stop> {
        let expected = || match names {
            [name] => format!("an object with the key \"{name}\""),
            _ => format!("an object with one of the keys \"{}\"", names.join("\" \"")),
        };
        if json != ValueType::Object {
            return Err(self.wrong(at, "wrong-type", expected()));
        }
        self.json.begin_object()?;
        if !self.json.has_next()? {
            return Err(self.fault(at, "wrong-length", expected(), "an empty object".to_string()));
        }
        let at = self.place();
        let name = self.json.next_name_owned()?;
        let chosen = names.iter().position(|n| *n == name);
        let chosen = chosen.ok_or_else(|| self.wrong(at, "wrong-tag", expected()))?;
        self.frames.push(Frame { form: Form::Only, step: Some(string(&name)) });
        Ok(chosen)
    }

    /// What the innermost frame reads next; nothing where that was its end, or more of its like follows.
    fn next(&mut self) -> Result<Option<DescRef>, Stop> {
        let more = self.json.has_next()?;
        let at = self.place();
        let depth = self.frames.len() - 1;
        let frame = &mut self.frames[depth];
        match &mut frame.form {
            Form::Items { element, at: n, .. } if more => {
                let element = *element;
                frame.step = Some(n.to_string());
                *n += 1;
                self.out.push(b' ');
                Ok(Some(element))
            }
            Form::Pairs { key, value, at: n } if more => {
                let pair = Form::Pair { key: *key, value: *value, at: 0 };
                frame.step = Some(n.to_string());
                *n += 1;
                let (json, at) = self.peek()?;
                if json != ValueType::Array {
                    return Err(self.wrong(at, "wrong-type", "an array of a key and a value".to_string()));
                }
                self.json.begin_array()?;
                self.push(pair);
                Ok(None)
            }
            Form::Tuple { fields, at: n } => {
                let (fields, i) = (*fields, *n);
                if more != (i < fields.len()) {
                    frame.step = None;
                    let found = if more { "more" } else { "fewer" };
                    let expected = format!("an array of {}", fields.len());
                    return Err(self.fault(at, "wrong-length", expected, found.to_string()));
                }
                if !more {
                    return self.end(b"]", true);
                }
                frame.step = Some(i.to_string());
                *n += 1;
                self.out.push(b' ');
                Ok(Some(fields.field(i)))
            }
            Form::Pair { key, value, at: n } => {
                let (next, i) = (if *n == 0 { *key } else { *value }, *n);
                if more != (i < 2) {
                    frame.step = None;
                    let found = if more { "more" } else { "fewer" };
                    let expected = "an array of a key and a value".to_string();
                    return Err(self.fault(at, "wrong-length", expected, found.to_string()));
                }
                if !more {
                    return self.end(b"", true);
                }
                frame.step = Some(i.to_string());
                *n += 1;
                self.out.push(b' ');
                Ok(Some(next))
            }
            Form::Object { key, value } if more => {
                let (key, value) = (*key, *value);
                let name = self.json.next_name_owned()?;
                self.out.push(b' ');
                self.places.0.push((self.out.len(), at));
                let from = self.out.len();
                self.spelled(key, &name, at)?;
                let step = String::from_utf8_lossy(&self.out[from..]).into_owned();
                self.frames[depth].step = Some(step);
                self.out.push(b' ');
                Ok(Some(value))
            }
            Form::Fields { .. } if more => self.field(at),
            Form::Only if more => {
                let expected = "an object with no other key".to_string();
                Err(self.wrong(at, "wrong-length", expected))
            }
            Form::Fields { fields, seen, .. } => {
                let fields = *fields;
                let missing: Vec<usize> = (0..fields.len()).filter(|&i| !seen[i]).collect();
                frame.step = None;
                for i in missing {
                    let name = fields.field_name(i);
                    if fields.field(i).kind() != Kind::Option {
                        let found = "the end of the object".to_string();
                        return Err(self.fault(at, "missing-key", format!("the key \"{name}\""), found));
                    }
                    self.out.extend_from_slice(format!(" :{name} nil").as_bytes());
                }
                self.end(b"}", false)
            }
            Form::Object { .. } => self.end(b"}", false),
            Form::Items { close, .. } => {
                let close = *close;
                self.end(close, true)
            }
            Form::Pairs { .. } => self.end(b"}", true),
            Form::Only => self.end(b"", false),
        }
    }

    /// The next key of a struct.
    fn field(&mut self, at: usize) -> Result<Option<DescRef>, Stop> {
        let name = self.json.next_name_owned()?;
        let depth = self.frames.len() - 1;
        let Frame { form: Form::Fields { fields, seen, last }, step } = &mut self.frames[depth] else {
            return Ok(None);
        };
        let fields = *fields;
        let Some(i) = fields.find(&name, *last) else {
            if self.skip_unknown {
                self.json.skip_value()?;
                return Ok(None);
            }
            *step = None;
            return Err(self.wrong(at, "unknown-key", keys(fields)));
        };
        if seen[i] {
            *step = None;
            return Err(self.wrong(at, "duplicate-key", "each key once".to_string()));
        }
        seen[i] = true;
        *last = i + 1;
        *step = Some(format!(":{name}"));
        self.out.extend_from_slice(format!(" :{name} ").as_bytes());
        Ok(Some(fields.field(i)))
    }

    fn end(&mut self, close: &[u8], array: bool) -> Result<Option<DescRef>, Stop> {
        if array {
            self.json.end_array()?;
        } else {
            self.json.end_object()?;
        }
        self.out.extend_from_slice(close);
        self.frames.pop();
        Ok(None)
    }
}

fn fault(
    text: &[u8],
    offset: usize,
    kind: &'static str,
    at: Vec<String>,
    expected: String,
    found: String,
) -> ReadFault {
    let Position { line, column } = Position::START.advance(&text[..offset]);
    ReadFault { kind, at, expected, found, line, column, offset, unfinished: false }
}

/// Text that is no JSON.
fn malformed(text: &[u8], error: &ReaderError, at: Vec<String>) -> ReadFault {
    let expected = "one JSON value".to_string();
    let (kind, location, found) = match error {
        ReaderError::SyntaxError(error) => {
            ("malformed", Some(&error.location), words(&error.kind.to_string()))
        }
        ReaderError::MaxNestingDepthExceeded { max_nesting_depth, location } => {
            ("limit", Some(location), format!("more than {max_nesting_depth} levels"))
        }
        ReaderError::UnexpectedValueType { location, .. }
        | ReaderError::UnexpectedStructure { location, .. }
        | ReaderError::UnsupportedNumberValue { location, .. }
        | ReaderError::IoError { location, .. } => ("malformed", Some(location), error.to_string()),
        _ => ("malformed", None, error.to_string()),
    };
    let offset = location.and_then(|l| l.data_pos).map_or(0, |at| at as usize).min(text.len());
    fault(text, offset, kind, at, expected, found)
}

/// `MalformedNumber` as `malformed number`.
fn words(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn string(text: &str) -> String {
    let mut out = Vec::new();
    write::string(&mut out, text);
    String::from_utf8_lossy(&out).into_owned()
}

/// What JSON is expected for a type.
fn expected(desc: DescRef) -> String {
    match desc.kind() {
        Kind::Struct => format!("{}: an object", desc.describe()),
        Kind::Vector | Kind::Set => format!("{}: an array", desc.describe()),
        Kind::Tuple => format!("{}: an array of {}", desc.describe(), desc.variant(0).len()),
        Kind::Map if scalar::is_spelled(desc.arg0()) => format!("{}: an object", desc.describe()),
        Kind::Map => format!("{}: an array of pairs", desc.describe()),
        Kind::Enum => variants(desc),
        _ => scalar::expected(desc),
    }
}

fn variants(desc: DescRef) -> String {
    let all = (0..desc.variant_count()).map(|i| desc.variant(i));
    let written = |v: VariantRef| {
        if v.is_empty() { format!("\"{}\"", v.name()) } else { format!("{{\"{}\": …}}", v.name()) }
    };
    format!("one of {}", all.map(written).collect::<Vec<_>>().join(" "))
}

fn keys(fields: VariantRef) -> String {
    let names: Vec<String> = (0..fields.len()).map(|i| format!("\"{}\"", fields.field_name(i))).collect();
    match names.as_slice() {
        [] => "no key".to_string(),
        [one] => format!("the key {one}"),
        _ => format!("one of the keys {}", names.join(" ")),
    }
}

/// The longest piece of text shown, in scalar values.
const SHOWN: usize = 40;

/// The token at `at`, as a message shows it.
fn excerpt(text: &[u8], at: usize) -> String {
    let rest = &text[at.min(text.len())..];
    let end = match rest.first() {
        None => return "the end of the text".to_string(),
        Some(b'{') => return "an object".to_string(),
        Some(b'[') => return "an array".to_string(),
        Some(b'"') => {
            let mut i = 1;
            while i < rest.len() && rest[i] != b'"' {
                i += if rest[i] == b'\\' { 2 } else { 1 };
            }
            (i + 1).min(rest.len())
        }
        Some(_) => rest.iter().position(|b| b" \t\r\n,:]}".contains(b)).unwrap_or(rest.len()).max(1),
    };
    let token = String::from_utf8_lossy(&rest[..end]);
    match token.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{}…", &token[..cut]),
        None => token.into_owned(),
    }
}
