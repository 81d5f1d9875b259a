//! EDN text into values of a type, straight into the heap. The first offence in reading order is reported; missing
//! keys at the closing brace. Only structs may omit their tags. A stack of frames takes the place of recursion.
//!
//! On an error everything built so far is dropped: the heap is as before.

use super::fault::ReadFault;
use super::offence::{cut, describe, one_of};
use super::plan::{self, Plan};
use crate::desc::{DescRef, VariantRef};
use crate::fail::Fail;
use crate::heap::Mem;
use crate::object::Obj;
use crate::sum::{ERR, NONE, OK, SOME};
use crate::{map, number, text, vector};
use wat_abi::desc::{Builtin, Kind};
use wat_abi::layout::Repr;
use wat_edn::number::{parse_bigint, parse_decimal};
use wat_edn::{
    ErrorKind, Instant, LexError, Lexer, Limits, LiteralError, Position, Token, base64, duration, uuid,
};

/// The one value in `bytes`, of type `desc`.
pub fn decode(mem: Mem, desc: DescRef, bytes: &[u8]) -> Result<Result<u64, ReadFault>, Fail> {
    decode_at(mem, desc, bytes, Position::START)
}

/// [`decode`] of bytes that stand at `place` in a stream.
pub fn decode_at(
    mem: Mem,
    desc: DescRef,
    bytes: &[u8],
    place: Position,
) -> Result<Result<u64, ReadFault>, Fail> {
    run(mem, desc, bytes, place, true).map(|result| result.map(|(value, _)| value))
}

/// The first value in `bytes`, and the offset of the byte behind it.
pub fn decode_prefix(
    mem: Mem,
    desc: DescRef,
    bytes: &[u8],
    place: Position,
) -> Result<Result<(u64, usize), ReadFault>, Fail> {
    run(mem, desc, bytes, place, false)
}

fn run(
    mem: Mem,
    desc: DescRef,
    bytes: &[u8],
    place: Position,
    whole: bool,
) -> Result<Result<(u64, usize), ReadFault>, Fail> {
    let mut reader = Decoder { mem, lexer: Lexer::new(bytes), frames: Vec::new(), depth: 0, place };
    let mut read = reader.one(desc);
    if let (Ok(value), true) = (&read, whole) {
        let value = *value;
        match reader.lexer.next_token() {
            Ok(Token::Eof) => {}
            other => {
                mem.drop_as(value, desc);
                let offset = reader.lexer.token_start();
                let trailing = LexError { kind: ErrorKind::TrailingText, offset };
                read = Err(other.err().unwrap_or(trailing).into());
            }
        }
    }
    match read {
        Ok(value) => Ok(Ok((value, reader.lexer.offset()))),
        Err(Stop::Fault(fault)) => {
            reader.discard();
            Ok(Err(*fault))
        }
        Err(Stop::Lex(error)) => {
            let at = reader.path();
            reader.discard();
            Ok(Err(malformed(error, bytes, place, at)))
        }
        Err(Stop::Fail(fail)) => Err(fail),
    }
}

fn malformed(error: LexError, bytes: &[u8], place: Position, at: Vec<String>) -> ReadFault {
    let located = wat_edn::ReadError::locate(error, bytes, place, 0);
    let kind = match error.kind {
        ErrorKind::TooDeep | ErrorKind::TooLarge => "limit",
        _ => "malformed",
    };
    ReadFault {
        kind,
        at,
        expected: "one EDN value".to_string(),
        found: located.message,
        line: located.line,
        column: located.column,
        offset: error.offset,
        unfinished: error.kind == ErrorKind::UnexpectedEnd,
    }
}

/// Why no value came about.
pub(super) enum Stop {
    Fault(Box<ReadFault>),
    Lex(LexError),
    Fail(Fail),
}

impl From<LexError> for Stop {
    fn from(error: LexError) -> Stop {
        Stop::Lex(error)
    }
}

impl From<Fail> for Stop {
    fn from(fail: Fail) -> Stop {
        Stop::Fail(fail)
    }
}

pub(super) struct Decoder<'t> {
    mem: Mem,
    pub(super) lexer: Lexer<'t>,
    pub(super) frames: Vec<Frame<'t>>,
    /// Collections and tags that are open.
    depth: usize,
    pub(super) place: Position,
}

/// A value of which a part is still to come.
pub(super) struct Frame<'t> {
    pub(super) form: Form<'t>,
    /// Levels to leave at its end.
    levels: usize,
}

pub(super) enum Form<'t> {
    /// A struct or variant; `at` is the field whose value is being read.
    Fields {
        object: Obj,
        plan: &'static Plan,
        seen: Bits,
        at: Option<usize>,
    },
    Tuple {
        object: Obj,
        fields: VariantRef,
        at: usize,
        ty: DescRef,
    },
    Sequence {
        vector: Obj,
        close: Token<'static>,
    },
    /// The key that waits for its value, and its text.
    Map {
        map: Obj,
        key: Option<(u64, &'t [u8])>,
        start: usize,
    },
    Set {
        set: Obj,
        start: usize,
    },
    /// `Some`, `Ok`, `Err`.
    Wrap {
        desc: DescRef,
        tag: u8,
    },
    Tagged {
        symbol: u64,
    },
}

/// Which fields have been read.
#[derive(Default)]
pub(super) struct Bits {
    first: u64,
    more: Vec<u64>,
}

impl Bits {
    /// How many there are.
    fn count(&self) -> usize {
        let ones = |word: &u64| word.count_ones() as usize;
        ones(&self.first) + self.more.iter().map(ones).sum::<usize>()
    }

    /// Whether they are the first of the first 64 and no others.
    fn is_prefix(&self) -> bool {
        self.first.trailing_ones() < 64 && self.first & (self.first + 1) == 0
    }

    fn has(&self, i: usize) -> bool {
        let word = if i < 64 { self.first } else { self.more.get(i / 64 - 1).copied().unwrap_or(0) };
        word >> (i % 64) & 1 != 0
    }

    fn add(&mut self, i: usize) {
        if i < 64 {
            self.first |= 1 << i;
            return;
        }
        if self.more.len() < i / 64 {
            self.more.resize(i / 64, 0);
        }
        self.more[i / 64 - 1] |= 1 << (i % 64);
    }
}

enum Step<'t> {
    /// A value of this type begins with this token.
    Begin(Token<'t>, DescRef),
    /// A value is complete.
    Done(u64),
    /// The innermost frame goes on.
    Open,
}

impl<'t> Decoder<'t> {
    fn one(&mut self, desc: DescRef) -> Result<u64, Stop> {
        let mut step = Step::Begin(self.lexer.next_token()?, desc);
        loop {
            step = match step {
                Step::Begin(token, desc) => self.value(token, desc)?,
                Step::Open => self.resume()?,
                Step::Done(value) => match self.frames.last() {
                    None => return Ok(value),
                    Some(Frame { form: Form::Wrap { desc, tag }, levels }) => {
                        self.depth -= levels;
                        let whole = self.mem.object_of(*desc, *tag, &[value])?;
                        self.frames.pop();
                        Step::Done(whole.slot())
                    }
                    Some(Frame { form: Form::Tagged { symbol }, levels }) => {
                        self.depth -= levels;
                        let desc = DescRef::builtin(Builtin::EdnTagged);
                        let whole = self.mem.object_of(desc, 0, &[*symbol, value])?;
                        self.frames.pop();
                        Step::Done(whole.slot())
                    }
                    Some(_) => {
                        self.deliver(value)?;
                        Step::Open
                    }
                },
            };
        }
    }

    /// Begins a value of type `desc` with its first token.
    fn value(&mut self, token: Token<'t>, mut desc: DescRef) -> Result<Step<'t>, Stop> {
        loop {
            if desc.kind() != Kind::Option {
                break;
            }
            let inner = desc.variant(usize::from(SOME)).field(0);
            match token {
                Token::Nil => return Ok(Step::Done(u64::from(NONE))),
                Token::Tag("wat.core/Some") if inner.admits_nil() => return self.wrap(desc, SOME),
                Token::Tag(_) if inner.admits_nil() => {
                    return Err(self.wrong_tag(desc, "#wat.core/Some or nil"));
                }
                _ if inner.admits_nil() => return Err(self.wrong_type(token, desc)),
                _ => self.push(Form::Wrap { desc, tag: SOME }, 0)?,
            }
            desc = inner;
        }
        let done = |slot: u64| Ok(Step::Done(slot));
        let mem = self.mem;
        match (desc.kind(), token) {
            (Kind::Nil, Token::Nil) => done(0),
            (Kind::Bool, Token::True) => done(1),
            (Kind::Bool, Token::False) => done(0),
            (Kind::I64, Token::Int(value)) => done(value as u64),
            (Kind::F64, Token::Float(value)) => done(value.to_bits()),
            (Kind::F64, Token::Int(value)) => {
                let float = value as f64;
                if float as i128 != i128::from(value) {
                    return Err(self.out_of_range(token, desc));
                }
                done(float.to_bits())
            }
            (Kind::Char, Token::Char(c)) => done(u64::from(u32::from(c))),
            (Kind::Keyword, Token::Keyword(name)) => done(text::make_keyword(mem, name)?),
            (Kind::Symbol, Token::Symbol(name)) => done(text::make_symbol(mem, name)?),
            (Kind::Str, Token::Str(string)) => done(text::make_string(mem, &string.to_str())?),
            (Kind::BigInt, Token::BigInt(digits)) => done(self.bigint(digits, desc)?),
            (Kind::Decimal, Token::Decimal(digits)) => done(self.decimal(digits, desc)?),
            (Kind::I64, Token::IntOutOfRange(_)) | (Kind::F64, Token::FloatOutOfRange(_)) => {
                Err(self.out_of_range(token, desc))
            }
            (kind @ (Kind::Instant | Kind::Duration | Kind::Uuid | Kind::Bytes), Token::Tag(name)) => {
                if name != scalar_tag(kind) {
                    return Err(self.wrong_tag(desc, &format!("#{}", scalar_tag(kind))));
                }
                done(self.tagged_scalar(kind, desc)?)
            }
            (Kind::Vector, Token::OpenVector) => self.sequence(desc, Token::CloseVector),
            (Kind::Map, Token::OpenMap) => {
                let map = map::empty(mem, desc)?;
                self.open(Form::Map { map, key: None, start: 0 }, 1)
            }
            (Kind::Set, Token::OpenSet) => {
                let set = map::empty(mem, desc)?;
                self.open(Form::Set { set, start: 0 }, 1)
            }
            (Kind::Tuple, Token::OpenVector) => {
                let fields = desc.variant(0);
                let object = mem.object(desc, 0, fields.len())?;
                self.open(Form::Tuple { object, fields, at: 0, ty: desc }, 1)
            }
            (Kind::Struct, Token::OpenMap) => self.fields(desc, 0, 1),
            (Kind::Struct, Token::Tag(name)) => {
                if name != desc.name() {
                    return Err(self.wrong_tag(desc, &format!("#{}", desc.name())));
                }
                match self.behind_tag()? {
                    Token::OpenMap => self.fields(desc, 0, 2),
                    other => Err(self.wrong_type(other, desc)),
                }
            }
            (Kind::Enum, Token::Tag(name)) => self.variant(name, desc),
            (Kind::Result, Token::Tag("wat.core/Ok")) => self.wrap(desc, OK),
            (Kind::Result, Token::Tag("wat.core/Err")) => self.wrap(desc, ERR),
            (Kind::Result, Token::Tag(_)) => Err(self.wrong_tag(desc, "#wat.core/Ok or #wat.core/Err")),
            (Kind::Edn, token) => self.dynamic(token),
            (_, token) => Err(self.wrong_type(token, desc)),
        }
    }

    /// Begins a value of dynamic type.
    fn dynamic(&mut self, token: Token<'t>) -> Result<Step<'t>, Stop> {
        let desc = DescRef::EDN;
        let mem = self.mem;
        let boxed = |ty: Builtin, slot: u64| -> Result<Step<'t>, Stop> {
            Ok(Step::Done(mem.object_of(DescRef::builtin(ty), 0, &[slot])?.slot()))
        };
        match token {
            Token::Nil => boxed(Builtin::BoxNil, 0),
            Token::True => boxed(Builtin::BoxBool, 1),
            Token::False => boxed(Builtin::BoxBool, 0),
            Token::Int(value) => boxed(Builtin::BoxI64, value as u64),
            Token::Float(value) => boxed(Builtin::BoxF64, value.to_bits()),
            Token::Char(c) => boxed(Builtin::BoxChar, u64::from(u32::from(c))),
            Token::Keyword(name) => Ok(Step::Done(text::make_keyword(mem, name)?)),
            Token::Symbol(name) => Ok(Step::Done(text::make_symbol(mem, name)?)),
            Token::Str(string) => Ok(Step::Done(text::make_string(mem, &string.to_str())?)),
            Token::BigInt(digits) => Ok(Step::Done(self.bigint(digits, desc)?)),
            Token::Decimal(digits) => Ok(Step::Done(self.decimal(digits, desc)?)),
            Token::IntOutOfRange(_) | Token::FloatOutOfRange(_) => Err(self.out_of_range(token, desc)),
            Token::OpenVector => self.sequence(DescRef::builtin(Builtin::EdnVector), Token::CloseVector),
            Token::OpenList => self.sequence(DescRef::builtin(Builtin::EdnList), Token::CloseList),
            Token::OpenMap => {
                let map = map::empty(mem, DescRef::builtin(Builtin::EdnMap))?;
                self.open(Form::Map { map, key: None, start: 0 }, 1)
            }
            Token::OpenSet => {
                let set = map::empty(mem, DescRef::builtin(Builtin::EdnSet))?;
                self.open(Form::Set { set, start: 0 }, 1)
            }
            Token::Tag("inst") => {
                let slot = self.tagged_scalar(Kind::Instant, DescRef::builtin(Builtin::Instant))?;
                boxed(Builtin::BoxInstant, slot)
            }
            Token::Tag("wat/duration") => {
                let slot = self.tagged_scalar(Kind::Duration, DescRef::builtin(Builtin::Duration))?;
                boxed(Builtin::BoxDuration, slot)
            }
            Token::Tag("uuid") => {
                Ok(Step::Done(self.tagged_scalar(Kind::Uuid, DescRef::builtin(Builtin::Uuid))?))
            }
            Token::Tag("wat/bytes") => {
                Ok(Step::Done(self.tagged_scalar(Kind::Bytes, DescRef::builtin(Builtin::Bytes))?))
            }
            Token::Tag(name) => {
                let symbol = text::make_symbol(mem, name)?;
                self.push(Form::Tagged { symbol }, 1)?;
                let first = self.behind_tag()?;
                Ok(Step::Begin(first, DescRef::EDN))
            }
            Token::CloseList | Token::CloseVector | Token::CloseBrace | Token::Eof => {
                Err(self.wrong_type(token, desc))
            }
        }
    }

    fn bigint(&mut self, digits: &str, desc: DescRef) -> Result<u64, Stop> {
        match parse_bigint(digits) {
            Ok(value) => Ok(number::make_bigint(self.mem, &value)?),
            Err(_) => Err(self.out_of_range(Token::BigInt(digits), desc)),
        }
    }

    fn decimal(&mut self, digits: &str, desc: DescRef) -> Result<u64, Stop> {
        match parse_decimal(digits) {
            Ok(value) => {
                let (digits, scale) = value.into_bigint_and_exponent();
                Ok(number::make_decimal(self.mem, &digits, scale)?)
            }
            Err(_) => Err(self.out_of_range(Token::Decimal(digits), desc)),
        }
    }

    /// The scalar behind a tag that has been read.
    fn tagged_scalar(&mut self, kind: Kind, desc: DescRef) -> Result<u64, Stop> {
        self.check_depth(1)?;
        let token = self.behind_tag()?;
        let Token::Str(string) = token else { return Err(self.wrong_type(token, desc)) };
        let string = string.to_str();
        let read: Result<u64, LiteralError> = match kind {
            Kind::Instant => Instant::parse(&string)
                .and_then(|instant| instant.to_nanos().ok_or(LiteralError::OutOfRange))
                .map(|nanos| nanos as u64),
            Kind::Duration => duration::parse(&string).map(|nanos| nanos as u64),
            Kind::Uuid => match uuid::parse(&string) {
                Ok(value) => Ok(number::make_uuid(self.mem, value)?),
                Err(error) => Err(error),
            },
            _ => match base64::decode(&string) {
                Ok(bytes) => Ok(text::make_bytes(self.mem, &bytes)?),
                Err(error) => Err(error),
            },
        };
        match read {
            Ok(slot) => Ok(slot),
            Err(LiteralError::Malformed) => Err(self.wrong_type(token, desc)),
            Err(_) => Err(self.out_of_range(token, desc)),
        }
    }

    fn variant(&mut self, name: &str, desc: DescRef) -> Result<Step<'t>, Stop> {
        let Some(tag) = (0..desc.variant_count()).find(|&tag| is_variant_tag(name, desc, tag)) else {
            let names = (0..desc.variant_count())
                .map(|tag| format!("#{}/{}", desc.name().replace('/', "."), desc.variant(tag).name()));
            let known = names.collect::<Vec<_>>().join(" or ");
            return Err(self.wrong_tag(desc, &known));
        };
        let token = self.behind_tag()?;
        match token {
            Token::Nil if desc.variant(tag).is_empty() => {
                self.check_depth(1)?;
                debug_assert!(desc.repr() == Repr::I || desc.repr() == Repr::P);
                Ok(Step::Done(tag as u64))
            }
            Token::OpenMap if !desc.variant(tag).is_empty() => self.fields(desc, tag, 2),
            other => {
                let expected = if desc.variant(tag).is_empty() { "nil" } else { "a map of fields" };
                Err(self.fault("wrong-type", expected.to_string(), describe(other, &self.lexer)))
            }
        }
    }

    /// The token of the value a tag stands before.
    fn behind_tag(&mut self) -> Result<Token<'t>, Stop> {
        let tag = self.lexer.token_start();
        match self.lexer.next_token()? {
            Token::Eof | Token::CloseList | Token::CloseVector | Token::CloseBrace => {
                Err(LexError { kind: ErrorKind::MissingValue, offset: tag }.into())
            }
            token => Ok(token),
        }
    }

    fn fields(&mut self, desc: DescRef, tag: usize, levels: usize) -> Result<Step<'t>, Stop> {
        let plan = plan::of(desc, tag);
        let object = self.mem.object(desc, tag as u8, plan.fields.len())?;
        self.open(Form::Fields { object, plan, seen: Bits::default(), at: None }, levels)
    }

    fn sequence(&mut self, desc: DescRef, close: Token<'static>) -> Result<Step<'t>, Stop> {
        let vector = vector::with_capacity(self.mem, desc, 0)?;
        self.open(Form::Sequence { vector, close }, 1)
    }

    fn wrap(&mut self, desc: DescRef, tag: u8) -> Result<Step<'t>, Stop> {
        self.push(Form::Wrap { desc, tag }, 1)?;
        let first = self.behind_tag()?;
        Ok(Step::Begin(first, desc.variant(usize::from(tag)).field(0)))
    }

    fn open(&mut self, form: Form<'t>, levels: usize) -> Result<Step<'t>, Stop> {
        self.push(form, levels)?;
        Ok(Step::Open)
    }

    fn push(&mut self, form: Form<'t>, levels: usize) -> Result<(), Stop> {
        let allowed = self.check_depth(levels);
        self.depth += levels;
        self.frames.push(Frame { form, levels });
        allowed
    }

    fn check_depth(&self, levels: usize) -> Result<(), Stop> {
        if self.depth + levels > Limits::DEFAULT.depth {
            return Err(LexError { kind: ErrorKind::TooDeep, offset: self.lexer.token_start() }.into());
        }
        Ok(())
    }

    /// Hands a complete value to the innermost frame.
    fn deliver(&mut self, value: u64) -> Result<(), Stop> {
        let mem = self.mem;
        let frame = self.frames.last_mut().expect("a part belongs to a frame");
        match &mut frame.form {
            Form::Fields { object, seen, at, .. } => {
                let i = at.take().expect("a value follows its key");
                object.set(i, value);
                seen.add(i);
            }
            Form::Tuple { object, at, .. } => {
                object.set(*at, value);
                *at += 1;
            }
            Form::Sequence { vector, .. } => *vector = vector::push(mem, *vector, value)?,
            Form::Map { map, key, start } => match key.take() {
                Some((key, _)) => *map = map::insert(mem, *map, key, value)?,
                None => {
                    let (map, start) = (*map, *start);
                    let text = &self.lexer.bytes()[start..self.lexer.offset()];
                    *key = Some((value, text));
                    if map::get(map, value).is_some() {
                        return Err(self.duplicate(start, "a key once"));
                    }
                }
            },
            Form::Set { set, start } => {
                if map::get(*set, value).is_some() {
                    let start = *start;
                    mem.drop_as(value, set.desc().arg0());
                    return Err(self.duplicate(start, "an element once"));
                }
                *set = map::insert(mem, *set, value, 0)?;
            }
            Form::Wrap { .. } | Form::Tagged { .. } => unreachable!("completed by `resume`"),
        }
        Ok(())
    }

    fn duplicate(&self, start: usize, expected: &str) -> Stop {
        let text = cut(&self.lexer.bytes()[start..self.lexer.offset()]);
        self.fault_at("duplicate-key", expected.to_string(), format!("{text} again"), start)
    }

    /// Goes on with the innermost frame: begins its next part, or completes it.
    fn resume(&mut self) -> Result<Step<'t>, Stop> {
        if let Some(step) = self.guess()? {
            return Ok(step);
        }
        let token = self.lexer.next_token()?;
        let offset = self.lexer.token_start();
        let unbalanced = || Err(LexError { kind: ErrorKind::Unbalanced, offset }.into());
        let Some(frame) = self.frames.last_mut() else { unreachable!("a frame is open") };
        let closes = matches!(token, Token::CloseList | Token::CloseVector | Token::CloseBrace);
        if token == Token::Eof {
            return Err(LexError { kind: ErrorKind::UnexpectedEnd, offset }.into());
        }
        match &mut frame.form {
            Form::Fields { plan, seen, at, .. } => {
                let fields = plan.fields;
                let name = match token {
                    Token::CloseBrace => {
                        if let Some(missing) = (0..fields.len()).find(|&i| !seen.has(i)) {
                            return Err(self.missing(fields, missing));
                        }
                        return self.finish();
                    }
                    _ if closes => return unbalanced(),
                    Token::Keyword(name) => name,
                    other => {
                        return Err(self.fault("wrong-type", one_of(fields), describe(other, &self.lexer)));
                    }
                };
                let Some(i) = fields.find(name, seen.count()) else { return Err(self.unknown(fields, name)) };
                *at = Some(i);
                if seen.has(i) {
                    return Err(self.fault(
                        "duplicate-key",
                        "a key once".to_string(),
                        format!(":{name} again"),
                    ));
                }
                let first = self.part(ErrorKind::MissingMapValue)?;
                Ok(Step::Begin(first, fields.field(i)))
            }
            Form::Tuple { fields, at, ty, .. } => {
                let (fields, at, ty) = (*fields, *at, *ty);
                let length = fields.len();
                match token {
                    Token::CloseVector if at == length => self.finish(),
                    Token::CloseVector => Err(self.wrong_length(ty, format!("{at} of {length} elements"))),
                    _ if closes => unbalanced(),
                    _ if at == length => Err(self.wrong_length(ty, format!("more than {length} elements"))),
                    first => Ok(Step::Begin(first, fields.field(at))),
                }
            }
            Form::Sequence { vector, close } => {
                let element = vector.desc().arg0();
                match token {
                    token if token == *close => self.finish(),
                    _ if closes => unbalanced(),
                    first => Ok(Step::Begin(first, element)),
                }
            }
            Form::Map { map, key, start } => {
                let desc = map.desc();
                match token {
                    Token::CloseBrace if key.is_none() => self.finish(),
                    Token::CloseBrace => Err(LexError { kind: ErrorKind::MissingMapValue, offset }.into()),
                    _ if closes => unbalanced(),
                    first if key.is_none() => {
                        *start = offset;
                        Ok(Step::Begin(first, desc.arg0()))
                    }
                    first => Ok(Step::Begin(first, desc.arg1())),
                }
            }
            Form::Set { set, start } => {
                let element = set.desc().arg0();
                match token {
                    Token::CloseBrace => self.finish(),
                    _ if closes => unbalanced(),
                    first => {
                        *start = offset;
                        Ok(Step::Begin(first, element))
                    }
                }
            }
            Form::Wrap { .. } | Form::Tagged { .. } => unreachable!("never resumed"),
        }
    }

    /// Reads parts of the innermost frame as the encoder writes them, as far as that goes: fields in their order,
    /// numbers and strings. What is no such part is left in the text.
    #[inline]
    fn guess(&mut self) -> Result<Option<Step<'t>>, Stop> {
        let mem = self.mem;
        let lexer = &mut self.lexer;
        match self.frames.last_mut().map(|frame| &mut frame.form) {
            Some(Form::Fields { object, plan, seen, at }) if seen.is_prefix() => loop {
                let i = seen.count();
                let Some(key) = plan.keys.get(i) else { return Ok(None) };
                if !lexer.eat_exact(key) {
                    return Ok(None);
                }
                let field = plan.fields.field(i);
                match scalar(mem, lexer, field.kind())? {
                    Some(slot) => {
                        object.set(i, slot);
                        seen.add(i);
                    }
                    None => {
                        *at = Some(i);
                        let first = self.part(ErrorKind::MissingMapValue)?;
                        return Ok(Some(Step::Begin(first, field)));
                    }
                }
            },
            Some(Form::Sequence { vector, .. }) => {
                let kind = vector.desc().arg0().kind();
                while let Some(slot) = scalar(mem, lexer, kind)? {
                    *vector = vector::push(mem, *vector, slot)?;
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// The first token of a value that must come.
    fn part(&mut self, missing: ErrorKind) -> Result<Token<'t>, Stop> {
        let token = self.lexer.next_token()?;
        let offset = self.lexer.token_start();
        match token {
            Token::Eof => Err(LexError { kind: ErrorKind::UnexpectedEnd, offset }.into()),
            Token::CloseBrace => Err(LexError { kind: missing, offset }.into()),
            Token::CloseList | Token::CloseVector => {
                Err(LexError { kind: ErrorKind::Unbalanced, offset }.into())
            }
            token => Ok(token),
        }
    }

    /// Closes the innermost frame.
    fn finish(&mut self) -> Result<Step<'t>, Stop> {
        let frame = self.frames.pop().expect("a frame is open");
        self.depth -= frame.levels;
        Ok(Step::Done(match frame.form {
            Form::Fields { object, .. } | Form::Tuple { object, .. } => object.slot(),
            Form::Sequence { vector, .. } => vector.slot(),
            Form::Map { map, .. } => map.slot(),
            Form::Set { set, .. } => set.slot(),
            Form::Wrap { .. } | Form::Tagged { .. } => unreachable!("completed when delivered"),
        }))
    }

    /// Drops what has been built.
    fn discard(&mut self) {
        let mem = self.mem;
        while let Some(frame) = self.frames.pop() {
            match frame.form {
                Form::Fields { object, plan, seen, .. } => {
                    let fields = plan.fields;
                    (0..fields.len())
                        .filter(|&i| seen.has(i))
                        .for_each(|i| mem.drop_as(object.get(i), fields.field(i)));
                    mem.free_cell(object);
                }
                Form::Tuple { object, fields, at, .. } => {
                    (0..at).for_each(|i| mem.drop_as(object.get(i), fields.field(i)));
                    mem.free_cell(object);
                }
                Form::Sequence { vector, .. } => mem.drop(vector.slot()),
                Form::Map { map, key, .. } => {
                    if let Some((key, _)) = key {
                        mem.drop_as(key, map.desc().arg0());
                    }
                    mem.drop(map.slot());
                }
                Form::Set { set, .. } => mem.drop(set.slot()),
                Form::Wrap { .. } => {}
                Form::Tagged { symbol } => mem.drop(symbol),
            }
        }
    }
}

fn scalar_tag(kind: Kind) -> &'static str {
    match kind {
        Kind::Instant => "inst",
        Kind::Duration => "wat/duration",
        Kind::Uuid => "uuid",
        _ => "wat/bytes",
    }
}

/// Whether `name` is `user.Shape/Circle` for the variant Circle of `user/Shape`.
fn is_variant_tag(name: &str, desc: DescRef, tag: usize) -> bool {
    let Some((ty, variant)) = name.split_once('/') else { return false };
    variant == desc.variant(tag).name()
        && ty.len() == desc.name().len()
        && ty.bytes().zip(desc.name().bytes()).all(|(a, b)| a == b || (a == b'.' && b == b'/'))
}

/// The number or string that comes next, if one of this kind does.
#[inline]
fn scalar(mem: Mem, lexer: &mut Lexer<'_>, kind: Kind) -> Result<Option<u64>, Fail> {
    match kind {
        Kind::I64 => Ok(lexer.eat_int().map(|value| value as u64)),
        Kind::F64 => Ok(lexer.eat_float().map(f64::to_bits)),
        Kind::Str => match lexer.eat_str() {
            Some(string) => text::make_string(mem, &string.to_str()).map(Some),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}
